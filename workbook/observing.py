"""Observe: the only step that runs a learner's code. What it gives back is plain data."""

import contextlib
import copy
import inspect
import re
import sysconfig
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from workbook.exercise import NOTEBOOK_SEED, Case, Exercise
from workbook.limits import OutOfTime, captured, within
from workbook.plain import Other, clean, plain

RETURNED, RAISED, STOPPED, OUT_OF_TIME = "returned", "raised", "stopped", "out of time"


@dataclass(frozen=True)
class Observation:
    """What was seen of a function on one case.

    outcome   "returned", "raised", "stopped" (it called exit) or "out of time"
    value     what it returned, as plain data
    error     of an exception: "type", "text", and of the learner's own line "line", "number", "function"
    printed   the first characters that it printed
    changed   names of the arguments that it changed in place
    """

    outcome: str
    value: Any = None
    error: dict[str, Any] | None = None
    printed: str = ""
    changed: tuple[str, ...] = ()

    def to_plain(self) -> dict[str, Any]:
        """This observation as plain data."""
        told = {"outcome": self.outcome, "error": self.error, "printed": self.printed}
        return plain(told | {"changed": self.changed}) | {"value": self.value}

    @classmethod
    def from_plain(cls, data: Any) -> "Observation":
        """The reverse of ``to_plain``; raises ValueError where the data is nothing that it writes."""
        try:
            outcome, error, printed, changed = (
                data[key] for key in ("outcome", "error", "printed", "changed")
            )
            value = data["value"]
        except (TypeError, KeyError, IndexError) as missing:
            raise ValueError("this is not an observation") from missing
        right = (
            outcome in (RETURNED, RAISED, STOPPED, OUT_OF_TIME)
            and (isinstance(error, dict) if outcome == RAISED else error is None)
            and isinstance(printed, str)
            and isinstance(changed, list)
            and all(isinstance(name, str) for name in changed)
        )
        if not right:
            raise ValueError("this is not an observation")
        return cls(
            outcome, value, _error_from_plain(error) if error is not None else None, printed, tuple(changed)
        )


def _error_from_plain(error: dict[str, Any]) -> dict[str, Any]:
    texts = {key: clean(str(error.get(key, ""))) for key in ("type", "text", "line", "function")}
    number = error.get("number")
    is_number = isinstance(number, np.ndarray) and number.shape == () and number.dtype.kind in "iu"
    return texts | {"number": int(number) if is_number else 0}


def observe(exercise: Exercise, function: Callable, seed: int = NOTEBOOK_SEED) -> list[Observation]:
    """Run a function on every case of an exercise. Never raises for what the function does.

    Once a case has run out of time the others get a tenth of it, so that a loop without an end costs a
    learner seconds and not minutes.
    """
    seen: list[Observation] = []
    for each in exercise.draw(seed):
        late = any(earlier.outcome == OUT_OF_TIME for earlier in seen)
        seen.append(observe_case(exercise, function, each, exercise.time_limit / (10 if late else 1)))
    return seen


def observe_case(exercise: Exercise, function: Callable, each: Case, seconds: float) -> Observation:
    """Run a function on one case, for so many seconds at most."""
    args, kwargs = copy.deepcopy((each.args, each.kwargs))

    def run() -> tuple[str, Any, dict[str, Any] | None]:
        try:
            return RETURNED, plain(exercise.observe(function, *args, **kwargs)), None
        except (OutOfTime, KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:
            return RAISED, None, _describe(error)  # within the time: the error's text is the learner's too

    # as everybody has it: a learner's np.seterr(all="raise") is no concern of the reference
    with captured() as output, np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"):
        try:
            outcome, value, error = within(seconds, run)
        except OutOfTime:
            return Observation(OUT_OF_TIME, printed=clean(output.kept))
        except (SystemExit, GeneratorExit):
            return Observation(STOPPED, printed=clean(output.kept))
    if outcome == RAISED:
        return Observation(RAISED, error=error, printed=clean(output.kept))
    changed = _changed(exercise, function, each, args, kwargs)
    return Observation(RETURNED, value, None, clean(output.kept), changed)


def argument_names(exercise: Exercise, function: Callable, count: int) -> list[str]:
    """What to call the first arguments of a case: as the observer does, and what it hands on as the function.

    function  the learner's, or the reference
    """
    named = _positional(exercise.observe)[1:]
    names = named + _positional(function)[len(named) :]
    return [*names[:count], *(f"argument {i + 1}" for i in range(len(names), count))]


def _positional(function: Callable) -> list[str]:
    """The names of the parameters that take an argument by its place."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    by_place = inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD
    return [each.name for each in parameters if each.kind in by_place]


def _changed(
    exercise: Exercise, function: Callable, each: Case, args: tuple, kwargs: dict[str, Any]
) -> tuple[str, ...]:
    """Names of the arguments that are no longer what the case says."""
    labels = (*argument_names(exercise, function, len(args)), *each.kwargs)
    before, after = (*each.args, *each.kwargs.values()), (*args, *kwargs.values())
    return tuple(
        label
        for label, old, new in zip(labels, before, after, strict=True)
        if not _same(plain(old), plain(new))
    )


def _same(one: Any, two: Any) -> bool:
    """True where two pieces of plain data hold the very same values."""
    if isinstance(one, np.ndarray) and isinstance(two, np.ndarray):
        return one.shape == two.shape and np.array_equal(one, two, equal_nan=one.dtype.kind in "fc")
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(map(_same, one, two))
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(_same(one[key], two[key]) for key in one)
    if isinstance(one, Other) and isinstance(two, Other):
        return one.type == two.type
    return type(one) is type(two) and one == two


_INNER = re.compile(r"^\{\{.*?\}\} ?|:? \[Op:\w+\].*", re.DOTALL)
"""What TensorFlow says of itself around the text of an error."""


_WRAPPED = re.compile(
    r"\AException encountered when calling [^\n]*\n\s*(?:\x1b\[1m)?(?P<said>.*?)(?:\x1b\[0m)?\s*"
    r"(?:\n\s*Arguments received by .*)?\Z",
    re.DOTALL,
)
"""What Keras says around the text of an error that a layer has raised."""


_PICTURE = re.compile(r"(?<=Invalid input shape for input) .*?(?= with name ')", re.DOTALL)
"""The numbers of a whole picture, where Keras names an input of a wrong shape."""


def _unwrapped(text: str) -> str:
    while (found := _WRAPPED.match(text)) and found["said"]:
        text = found["said"]
    return text


def _describe(error: BaseException) -> dict[str, Any]:
    """An exception as plain data, with the last line of it that the learner wrote."""
    try:
        text = clean(_INNER.sub("", _unwrapped(_PICTURE.sub("", str(error)[:100_000])[:5_000])).strip(), 600)
    except Exception:
        text = "its text cannot be read"
    described = {"type": type(error).__name__, "text": text, "line": "", "number": 0, "function": ""}
    mine = [
        (frame, number)
        for frame, number in traceback.walk_tb(error.__traceback__)
        if not _is_library(frame.f_code.co_filename)
    ]
    for last in traceback.StackSummary.extract(mine[-1:]):  # the last alone: a recursion has thousands
        described |= {"line": clean(last.line or ""), "number": last.lineno or 0, "function": last.name}
    return described


_LIBRARIES = (
    sysconfig.get_paths()["stdlib"],
    sysconfig.get_paths()["platstdlib"],
    str(Path(__file__).parent),
    "<frozen",
    "<__array_function__",
)
_INSTALLED = re.compile(
    r"site-packages|dist-packages|week\d[/\\]exercises[/\\]|"
    + re.escape(str(Path(__file__).parents[1]))
    + r"[/\\]week\d[/\\]\w+\.py$"
)


def _is_library(filename: str) -> bool:
    """True for code that the learner did not write: Python, packages, this one, the lessons' helpers."""
    return bool(_INSTALLED.search(filename)) or filename.startswith(_LIBRARIES)


def written(function: Any) -> Callable:
    """The function that the learner wrote, below ``tf.function``, ``partial`` and other wrappers."""
    for attribute in ("python_function", "_python_function", "func", "__wrapped__", "__func__"):
        inner = getattr(function, attribute, None)
        if callable(inner) and inner is not function:
            return written(inner)
    return function


@contextlib.contextmanager
def standing_in(function: Callable, parts: dict[str, Callable]) -> Iterator[None]:
    """For a while the function finds these parts by their names, in place of the learner's own."""
    names = getattr(written(function), "__globals__", {})
    missing = object()
    before = {name: names.get(name, missing) for name in parts}
    names.update(parts)
    try:
        yield
    finally:
        for name, old in before.items():
            if old is missing:
                names.pop(name, None)
            else:
                names[name] = old
