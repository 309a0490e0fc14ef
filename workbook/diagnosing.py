"""Wrong answers that need no list: an argument that is never used, a wrong default, two that are exchanged.

The reference is run once more with such an argument, and what it gives is compared with what the learner's
function gave. So the words are true of whatever wrong code gives these results, for every exercise, and an
author writes nothing for it.
"""

import functools
import inspect
import itertools
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from workbook.comparing import number
from workbook.exercise import Exercise
from workbook.observing import RETURNED, Observation, observe_case

MOST_RUNS, MOST_SLOW_RUNS = 80, 5
"""So many changed references are tried on one case, and of slow ones: a check should answer at once."""
SECONDS = 2.0
"""So long a changed reference gets on a case, if it is quick by itself: a stride of 0 may end no loop."""

Path = tuple[str, ...]
"""Where an argument is: ("stride",), or ("hparameters", "stride") for one inside a dictionary."""
Arguments = dict[Path, Any]
Equal = Callable[[Exercise, Observation, Observation], bool]


@dataclass(frozen=True)
class Change:
    """What is done to the arguments before the reference gets them, and how to tell of it.

    to_defaults  done only to what the caller does not pass
    """

    words: str
    apply: Callable[[Arguments], Arguments]
    to_defaults: bool = False


def diagnose(
    exercise: Exercise, seen: list[Observation], expected: list[Observation], seed: int, equal: Equal
) -> str | None:
    """The words of the first change of arguments under which the reference gives these observations.

    They complete the sentence "Your results are the ones you get when ...". None where no change does.
    """
    wrong = [
        i for i, (one, two) in enumerate(zip(expected, seen, strict=True)) if not equal(exercise, one, two)
    ]
    if not wrong or any(each.outcome != RETURNED for each in (*seen, *expected)):
        return None
    known = _Variants.of(exercise, seed)
    if known is None:
        return None
    for change in itertools.islice(known.changes(wrong), MOST_SLOW_RUNS if exercise.slow else MOST_RUNS):
        order = [*wrong, *(i for i in range(len(seen)) if i not in wrong)]
        if all(equal(exercise, known.observe(change, i), seen[i]) for i in order):
            return change.words
    return None


class _Variants:
    """An exercise's reference under changed arguments, on the cases of one seed; what it gave is kept."""

    _known: ClassVar[OrderedDict[tuple[Exercise, int], "_Variants"]] = OrderedDict()

    def __init__(self, exercise: Exercise, seed: int, signature: inspect.Signature) -> None:
        self.exercise, self.signature = exercise, signature
        self.cases = exercise.draw(seed)
        self._passed: set[str] = set()  # a reference may have switches of its own, which no case passes
        self._given: list[set[str]] = [set() for _ in self.cases]
        self.calls = [self._record(i) for i in range(len(self.cases))]
        self._seen: dict[tuple[str, int], Observation] = {}

    @classmethod
    def of(cls, exercise: Exercise, seed: int) -> "_Variants | None":
        """None where nobody can tell what the reference's arguments are called."""
        if (exercise, seed) not in cls._known:
            try:
                signature = inspect.signature(exercise.reference)
            except (TypeError, ValueError):
                return None
            cls._known[exercise, seed] = cls(exercise, seed, signature)
            while len(cls._known) > 40:
                cls._known.popitem(last=False)
        return cls._known[exercise, seed]

    def observe(self, change: Change, index: int) -> Observation:
        """What the reference gives on a case under a change."""
        key = change.words, index
        if key not in self._seen:
            self._seen[key] = self._run(index, change)
        return self._seen[key]

    def _record(self, index: int) -> list[Arguments]:
        """The arguments of each call of the reference on a case."""
        calls: list[Arguments] = []

        def look(arguments: Arguments) -> Arguments:
            calls.append(arguments)
            return {}

        self._run(index, Change("", look))
        return calls

    def _run(self, index: int, change: Change) -> Observation:
        reference = self.exercise.reference

        @functools.wraps(reference)
        def changed(*args: Any, **kwargs: Any) -> Any:
            bound = self.signature.bind(*args, **kwargs)
            given = set(bound.arguments)
            self._passed |= given
            self._given[index] |= given
            bound.apply_defaults()
            for path, value in change.apply(_flat(bound.arguments)).items():
                name, *key = path
                if change.to_defaults and name in given:
                    continue
                if key:
                    bound.arguments[name] = {**bound.arguments[name], key[0]: value}
                else:
                    bound.arguments[name] = value
            return reference(*bound.args, **bound.kwargs)

        limit = self.exercise.time_limit
        seconds = limit if self.exercise.slow else min(limit, SECONDS)
        return observe_case(self.exercise, changed, self.cases[index], seconds)

    def changes(self, wrong: list[int]) -> Iterator[Change]:
        """The changes that can explain why just these cases are wrong, the likeliest first."""
        calls = [self.calls[i] for i in wrong]
        if not all(calls):
            return
        every = [call for case in self.calls for call in case]
        paths = [path for path in every[0] if path[0] in self._passed and all(path in call for call in every)]
        varied = [path for path in paths if _is_varied([call[path] for call in every])]
        yield from self._held([path for path in varied if not self._unset(path, wrong)], calls, every)
        yield from self._defaults([path for path in varied if self._unset(path, wrong)], calls, every)
        yield from _exchanged(paths, calls)
        yield from _shifted(varied, calls)
        yield from _emptied(paths, calls)

    def _held(
        self, paths: list[Path], wrong: list[list[Arguments]], every: list[Arguments]
    ) -> Iterator[Change]:
        """An argument that has one value whatever the caller says: its default, one of the cases', 0 or 1."""
        for path in paths:
            values = [call[path] for call in every]
            if not all(_is_plain(value) for value in values):
                continue
            default = (
                self.signature.parameters[path[0]].default if len(path) == 1 else inspect.Parameter.empty
            )
            usual = [default] if _is_plain(default) else []
            for value in _likely([*usual, *values]):
                if all(any(not _alike(call[path], value) for call in case) for case in wrong):
                    why = "its default, " if usual and _alike(value, default) else ""
                    words = f"`{_spell(path)}` is {why}{_show(value)}, whatever is passed"
                    yield Change(words, lambda _, p=path, v=value: {p: v})

    def _unset(self, path: Path, wrong: list[int]) -> bool:
        """True for an argument with a default that none of the wrong cases passes."""
        return len(path) == 1 and not any(path[0] in self._given[i] for i in wrong)

    def _defaults(
        self, paths: list[Path], wrong: list[list[Arguments]], every: list[Arguments]
    ) -> Iterator[Change]:
        """A default that is another one: a value of the cases, 0 or 1, or one more or less."""
        for path in paths:
            default = wrong[0][0][path]
            values = [call[path] for call in every]
            if not all(_is_plain(value) for value in values):
                continue
            beside = [default + 1, default - 1] if _is_whole(default) else []
            for value in _likely(values, beside):
                if not _alike(value, default):
                    words = f"`{_spell(path)}` is {_show(value)} where none is given: "
                    words += f"its default is {_show(default)}"
                    yield Change(words, lambda _, p=path, v=value: {p: v}, to_defaults=True)


def _likely(values: list[Any], beside: list[Any] | None = None) -> list[Any]:
    """These values, and 0 and 1 where they are numbers; each once."""
    numbers = [0, 1] if all(_is_number(value) for value in values) else []
    once: list[Any] = []
    for value in [*values, *numbers, *(beside or [])]:
        if not any(_alike(value, other) for other in once):
            once.append(value)
    return once


def _exchanged(paths: list[Path], wrong: list[list[Arguments]]) -> Iterator[Change]:
    for one, two in itertools.combinations(paths, 2):
        pairs = [[(call[one], call[two]) for call in case] for case in wrong]
        flat = [pair for case in pairs for pair in case]
        if all(_is_exchangeable(*pair) for pair in flat) and all(
            any(not _alike(*pair) for pair in case) for case in pairs
        ):
            words = f"`{_spell(one)}` and `{_spell(two)}` are exchanged"
            yield Change(words, lambda call, a=one, b=two: {a: call[b], b: call[a]})


def _shifted(paths: list[Path], wrong: list[list[Arguments]]) -> Iterator[Change]:
    for path in paths:
        if all(_is_whole(call[path]) for case in wrong for call in case):
            for step, word in ((1, "larger"), (-1, "smaller")):
                words = f"`{_spell(path)}` is one {word} than what is passed"
                yield Change(words, lambda call, p=path, s=step: {p: call[p] + s})


def _emptied(paths: list[Path], wrong: list[list[Arguments]]) -> Iterator[Change]:
    """An array that counts as nothing."""
    for path in paths:
        if all(_is_floats(call[path]) for case in wrong for call in case):
            for word, make in (("zeros", np.zeros_like), ("ones", np.ones_like)):
                words = f"`{_spell(path)}` is all {word}, whatever is passed"
                yield Change(words, lambda call, p=path, f=make: {p: f(call[p])})


def _flat(arguments: dict[str, Any]) -> Arguments:
    """Arguments by their path; a dictionary's by its keys."""
    flat: Arguments = {}
    for name, value in arguments.items():
        if isinstance(value, dict) and value and all(isinstance(key, str) for key in value):
            flat |= {(name, key): inner for key, inner in value.items()}
        else:
            flat[name,] = value
    return flat


def _is_plain(value: Any) -> bool:
    """True for what a person would write into code by hand."""
    if isinstance(value, tuple | list):
        return 0 < len(value) <= 4 and all(_is_plain(item) for item in value)
    return value is None or isinstance(value, str | bool | int | float | np.integer | np.floating)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _is_floats(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.size > 0


def _is_varied(values: list[Any]) -> bool:
    return any(not _alike(value, values[0]) for value in values)


def _is_exchangeable(one: Any, two: Any) -> bool:
    if _is_floats(one) and _is_floats(two):
        return one.shape == two.shape
    return (_is_number(one) and _is_number(two)) or (
        isinstance(one, str | tuple) and type(one) is type(two) and _is_plain(one)
    )


def _alike(one: Any, two: Any) -> bool:
    if _is_plain(one) and _is_plain(two):
        return type(one) is type(two) and one == two if isinstance(one, bool) else one == two
    if isinstance(one, np.ndarray) and isinstance(two, np.ndarray):
        return one.shape == two.shape and bool(np.array_equal(one, two))
    return one is two


def _spell(path: Path) -> str:
    name, *key = path
    return f'{name}["{key[0]}"]' if key else name


def _show(value: Any) -> str:
    return number(value) if _is_number(value) else repr(value)
