"""Judge: compares observations with the reference's. Never runs the learner's code."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from workbook import diagnosing, remembering
from workbook.comparing import NO_RETURN, WRONG_KIND, WRONG_VALUE, Difference, compare, kind_of
from workbook.exercise import NOTEBOOK_SEED, Case, Exercise, call
from workbook.explaining import explain
from workbook.observing import OUT_OF_TIME, RAISED, RETURNED, STOPPED, Observation
from workbook.plain import Other, is_told_only
from workbook.relating import relate
from workbook.reporting import NOT_ATTEMPTED, PASSED, Report, Row, when
from workbook.structure import holds_layers, tell_layers, tell_rest

Tell = Callable[[int, int], None]
"""Called with how many of the known mistakes were compared, and how many there are."""


def judge(
    exercise: Exercise,
    observations: list[Observation],
    seed: int = NOTEBOOK_SEED,
    tell: Tell = lambda done, of: None,
) -> Report:
    """The report on observations that ``observe`` made of a learner's function with the same seed."""
    expected = remembering.reference(exercise, seed)
    cases = exercise.draw(seed)
    _insist_on_sound(exercise, expected)
    if len(observations) != len(cases):
        raise ValueError(f"{exercise.name}: {len(observations)} observations of {len(cases)} cases")
    rows = [
        replace(row, case=i)
        for i, (case, right, seen) in enumerate(zip(cases, expected, observations, strict=True))
        for row in _rows(exercise, case.name, right, seen)
    ]
    weights = [case.weight for case in cases]
    report = Report(exercise, rows, weights, printed=next((o.printed for o in observations if o.printed), ""))
    if not report.passed and not report.not_attempted:
        report.diagnosis = _diagnose(exercise, observations, expected, seed, tell)
        if not report.diagnosis:
            report.relation = _in_part(exercise, observations, expected, seed) or _told(
                exercise, cases, expected, observations
            )
    changed = sorted({name for seen in observations for name in seen.changed})
    if changed:
        report.notes.append(
            f"The function changes its input {', '.join(changed)} in place. Work on a copy: who calls it may "
            "need the input again."
        )
    return report


def _in_part(exercise: Exercise, seen: list[Observation], expected: list[Observation], seed: int) -> str:
    """The mistake that gives all results there are, two of them wrong or more, where other cases raise."""
    returned = [i for i, each in enumerate(seen) if each.outcome == RETURNED]
    if len(returned) == len(seen):
        return ""
    if sum(not equal(exercise, expected[i], seen[i]) for i in returned) < 2:
        return ""  # of one result much is true by chance
    for index, mistake in enumerate(exercise.mistakes):
        known = remembering.mistake(exercise, index, seed)
        if all(equal(exercise, known[i], seen[i]) for i in returned):
            return when("Where it gives results, they are the ones you get", mistake.words)
    return ""


def _told(exercise: Exercise, cases: list[Case], expected: list[Observation], seen: list[Observation]) -> str:
    """What no mistake names: which layer of a model differs, or how the results relate to the right ones."""
    if any(each.outcome != RETURNED for each in (*expected, *seen)):
        return ""
    values = [each.value for each in expected], [each.value for each in seen]
    places = not holds_layers(*values)
    return tell_layers(*values) or relate(exercise, cases, expected, seen, places) or tell_rest(*values)


_FAULTS = {"NameError", "UnboundLocalError", "AttributeError", "ImportError", "ModuleNotFoundError"}
_FAULTS |= {"MemoryError", "NotImplementedError", "TypeError"}
"""What no reference raises on purpose."""


class UnsoundReference(RuntimeError):
    """Nobody can be measured by this reference."""


def _insist_on_sound(exercise: Exercise, expected: list[Observation]) -> None:
    """Raises UnsoundReference where the reference itself has failed, or where nothing would be compared.

    A reference may raise on some cases: that is then what the exercise asks for.
    """
    for each in expected:
        if each.outcome == RETURNED and not _parts(each.value):
            raise UnsoundReference(f"what is looked at in {exercise.name} is only told, and never judged")
    failed = [o for o in expected if o.outcome != RETURNED]
    for each in failed:
        if each.outcome != RAISED:
            raise UnsoundReference(f"the reference of {exercise.name} gave no result: {each.outcome}")
        if each.error["type"] in _FAULTS or len(failed) == len(expected):
            raise UnsoundReference(
                f"the reference of {exercise.name} raises {each.error['type']}: {each.error['text']}"
            )


def _rows(exercise: Exercise, name: str, expected: Observation, seen: Observation) -> list[Row]:
    """A row for a case, or one for each thing looked at where the observer gives a dictionary."""
    parts = _parts(expected.value) if expected.outcome == RETURNED else {"": None}
    names = [f"{name}: {part}" if part else name for part in parts]
    if seen.outcome != RETURNED:
        outcome, text = _not_returned(exercise, seen)
        if expected.outcome == RAISED == seen.outcome and expected.error["type"] == seen.error["type"]:
            outcome, text = PASSED, ""
        return [Row(each, outcome, text if i == 0 else "") for i, each in enumerate(names)]
    if expected.outcome == RAISED:
        text = f"expected a {expected.error['type']} ({expected.error['text']}), but nothing was raised"
        return [Row(name, WRONG_VALUE, text)]
    got = seen.value if "" not in parts else {"": seen.value}
    if not isinstance(got, dict) or not got.keys() & parts.keys():
        wanted = exercise.gives or (
            "a dictionary" if exercise.observe is call else "what the exercise asks for"
        )
        text = NO_RETURN if got is None else f"expected {wanted}, got {kind_of(got)}"
        return [Row(each, WRONG_KIND, text) for each in names]
    rows = [
        _row(exercise, each, parts[part], got.get(part, _NOTHING))
        for each, part in zip(names, parts, strict=True)
    ]
    if any(got.get(part) is not None for part in parts):  # something was returned, and None is a part of it
        unset = "expected {}, got None: is it never set, or never returned?"
        rows = [
            replace(row, text=unset.format(kind_of(parts[part]))) if row.text == NO_RETURN else row
            for row, part in zip(rows, parts, strict=True)
        ]
    return rows


_NOTHING = Other("nothing", "nothing: what is wrong above kept it from being looked at")


def _row(exercise: Exercise, name: str, expected: Any, got: Any) -> Row:
    is_all = isinstance(expected, list) and len(expected) == len(exercise.returns)
    found = compare(expected, got, exercise.tolerance, tuple(exercise.returns) if is_all else ())
    return Row(name, found.rung, found.text, found.where) if found else Row(name, PASSED)


def _parts(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or not value:
        return {"": value}
    return {part: item for part, item in value.items() if not is_told_only(part)}


def _not_returned(exercise: Exercise, seen: Observation) -> tuple[str, str]:
    """The rung and the sentence for a function that gave nothing back."""
    if seen.outcome == OUT_OF_TIME:
        text = f"no answer after {exercise.time_limit:g} seconds: does a loop never end?"
        return OUT_OF_TIME, text
    if seen.outcome == STOPPED:
        return STOPPED, "it calls exit, which would end the whole notebook: use return instead"
    error = seen.error
    # a library raises it too: for a symbolic tensor given to NumPy, for instance
    if error["type"] == "NotImplementedError" and re.search(r"^$|^raise\b|NotImpl", error["line"]):
        return _blank(exercise, error)
    place = f" in line {error['number']}: {error['line']}" if error["line"] else ""
    cause = explain(error["type"], error["text"], inside=bool(error["line"]), line=error["line"])
    said = f": {error['text'].splitlines()[0]}" if error["text"].strip() else ""
    text = f"{error['type']}{said}{place}"
    return RAISED, f"{text}\n{cause}" if cause else text


def _blank(exercise: Exercise, error: dict[str, Any]) -> tuple[str, str]:
    """A region without code raises NotImplementedError: in this function, or in one that it calls."""
    inside = error["function"]
    if inside and inside != exercise.name and inside in exercise.needs:
        return RAISED, f"it calls {inside}, which is not written yet: write {inside} first"
    return NOT_ATTEMPTED, f"line {error['number']} still waits for your code" if error["number"] else ""


def _diagnose(
    exercise: Exercise, observations: list[Observation], expected: list[Observation], seed: int, tell: Tell
) -> str | None:
    """The words of what gives these very observations, or None: a known mistake, or an argument unused."""
    for index, mistake in enumerate(exercise.mistakes):
        tell(index, len(exercise.mistakes))
        known = remembering.mistake(exercise, index, seed)
        if all(map(lambda a, b: equal(exercise, a, b), known, observations)):
            return mistake.words
    tell(len(exercise.mistakes), len(exercise.mistakes))
    return diagnosing.diagnose(exercise, observations, expected, seed, equal)


def equal(exercise: Exercise, known: Observation, seen: Observation) -> bool:
    """True where two observations are the same to the exercise's tolerance."""
    if known.outcome != seen.outcome:
        return False
    if known.outcome == RAISED:
        return _said(known) == _said(seen) and known.error["type"] != "NotImplementedError"
    return _equal_values(known.value, seen.value, exercise.tolerance)


def _said(raised: Observation) -> tuple[str, str]:
    """What an exception says, but for the numbers that Keras adds to the names of layers ("add_3"), and for
    the order of shapes that do not fit: a * b and b * a fail alike."""
    text = re.sub(r"(?<=[a-z])_\d+\b", "", raised.error["text"])
    if "could not be broadcast together" in text:
        text = " ".join(["shapes", *sorted(re.findall(r"\([\d,]*\)", text))])
    return raised.error["type"], text


def _equal_values(known: Any, seen: Any, tolerance: float) -> bool:
    if known is None or isinstance(known, str):
        return type(known) is type(seen) and known == seen
    finding: Difference | None = compare(known, seen, tolerance)
    return finding is None and (not isinstance(known, dict) or known.keys() == seen.keys())


__all__ = ["WRONG_KIND", "WRONG_VALUE", "UnsoundReference", "equal", "judge"]
