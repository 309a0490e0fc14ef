"""From what came back of a sandbox to a result: judging, standing in for wrong parts, words."""

import dataclasses
import time
from collections.abc import Callable
from typing import Any

from workbook.exercise import Exercise
from workbook.grading.bounds import Bounds
from workbook.grading.results import GRADED, STOPPED, Result
from workbook.grading.wire import End, Returned, unframe
from workbook.judging import UnsoundReference, judge
from workbook.observing import Observation
from workbook.plain import clean
from workbook.reporting import Report

Run = Callable[[list[str], list[str]], Returned]
"""Runs exercises of one submission, with references in the place of some others, their parts."""

Verdicts = tuple[dict[str, dict[str, Any]], list[str]]
"""A verdict on each exercise by its name, and what was stepped over."""

MISSING = "The notebook does not define it: was its cell deleted or made text, or its function renamed?"
NOT_RUN = (
    "It gets its value in {where}, which is not run. What counts is a function with that name, defined with "
    "def at the top level of a code cell."
)
OUT_OF_BOUNDS = {
    End.TIME: "it was stopped: the time for the whole notebook was out",
    End.MEMORY: "it was stopped: it took more memory than there is for one submission",
    End.CROWD: "it was stopped: for seconds it kept more threads busy than one submission may",
    End.DROPPED: "it was stopped",
}
ENDED = (
    "It gave no result: it ended the process (os._exit, a crash), ran past its time without stopping, or "
    "used more processes or memory than there is for one submission."
)
FLOODED = "It gave back more than can be judged."
SENSELESS = "What it gave back is nothing that can be judged."


def bounded(exercises: tuple[Exercise, ...], bounds: Bounds) -> list[Exercise]:
    """A lesson's exercises with the time limits of a grading."""
    return [dataclasses.replace(e, time_limit=min(e.time_limit, bounds.case_seconds)) for e in exercises]


def verdicts(exercises: list[Exercise], seed: int, returned: Returned, names: list[str]) -> Verdicts:
    """Judge, in this process, what came back of these exercises. Raises UnsoundReference."""
    found, stepped_over = {}, []
    for exercise in exercises:
        if exercise.name in names:
            found[exercise.name], notes = _verdict(exercise, seed, returned)
            stepped_over = stepped_over or notes
    return found, stepped_over


def _verdict(exercise: Exercise, seed: int, returned: Returned) -> tuple[dict[str, Any], list[str]]:
    if exercise.name in returned.flooded:
        return without(exercise, FLOODED, True), []
    if exercise.name not in returned.content:
        return without(exercise, ENDED, True), []
    try:
        said = unframe(returned.content[exercise.name])
        if not isinstance(said, dict):
            raise ValueError("not what is sent")
        if isinstance(said.get("broken"), str):
            return without(exercise, f"Its definition cannot be run: {clean(said['broken'])}", True), []
        if isinstance(said.get("not run"), str):
            message = NOT_RUN.format(where=tidy(said["not run"]))
            return without(exercise, message, True), _texts(said.get("stepped over"))
        if "observations" not in said:
            return without(exercise, MISSING, False), _texts(said.get("stepped over"))
        seen = said["observations"]
        if not isinstance(seen, list):
            raise ValueError("not what is sent")
        report = judge(exercise, [Observation.from_plain(each) for each in seen], seed)
        return _from_report(report), _texts(said.get("stepped over"))
    except UnsoundReference:
        raise
    except Exception:
        return without(exercise, SENSELESS, True), []


class Marker:
    """Makes one result of the verdicts on a submission to one lesson."""

    def __init__(
        self, exercises: list[Exercise], verdicts: Callable[[Returned, list[str]], Verdicts]
    ) -> None:
        """``verdicts``: gives the verdict on each of the exercises named, and what was stepped over."""
        self.exercises, self.verdicts = exercises, verdicts

    def again(self, found: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
        """The exercises to be judged once more, each with the parts that the reference stands in for."""
        wanted = {}
        for exercise in self.exercises:
            wrong = [need for need in exercise.needs if not found[need]["passed"]]
            verdict = found[exercise.name]
            if wrong and verdict["attempted"] and not verdict["passed"]:
                wanted[exercise.name] = wrong
        return wanted

    def with_parts(
        self,
        found: dict[str, dict[str, Any]],
        second: dict[str, dict[str, Any]],
        standing: dict[str, list[str]],
    ) -> None:
        """Let the second verdict count where it is better: one slip costs once."""
        for name, verdict in second.items():
            parts = " and ".join(standing[name])
            first = found[name]
            if verdict["score"] <= first["score"]:
                first["message"] = (
                    f"It builds on {parts}, which is not right yet: mend that first. {first['message']}"
                )
                continue
            words = f"It was judged with a right {parts} in its place, since yours is not right yet."
            message = verdict["message"] if not verdict["passed"] else ""
            found[name] = verdict | {
                "with_reference_parts": True,
                "message": f"{words} {message}".strip(),
                "notes": [words, *verdict["notes"]],
            }


def _texts(value: Any) -> list[str]:
    """Sentences that came back, if they are that."""
    if not isinstance(value, list):
        return []
    return [tidy(each) for each in value[:30] if isinstance(each, str)]


def tidy(text: str, most: int = 400) -> str:
    """A text on one line, without control characters."""
    kept = "".join(each if each.isprintable() else " " for each in clean(text, most))
    return " ".join(kept.split())


def _from_report(report: Report) -> dict[str, Any]:
    return report.to_dict() | {
        "attempted": not report.not_attempted,
        "text": report.text(),
        "rows": [[row.word, row.name, row.text] for row in report.rows],
        "printed": "" if report.passed else report.printed,
        "notes": [*report.notes, *filter(None, [report.relation])],
        "with_reference_parts": False,
    }


def without(exercise: Exercise, message: str, attempted: bool) -> dict[str, Any]:
    """A verdict without observations: no points, and why."""
    return {
        "name": exercise.name,
        "points": exercise.points,
        "score": 0,
        "passed": False,
        "diagnosis": None,
        "message": message,
        "attempted": attempted,
        "text": f"{exercise.name}: 0 of {exercise.points} points\n  {message}",
        "notes": [],
        "with_reference_parts": False,
    }


def mark(marker: Marker, run: Run, blank: Result) -> Result:
    """The result on one submission: a first run of all exercises, a second where parts must stand in."""
    started = time.monotonic()
    names = [exercise.name for exercise in marker.exercises]
    first = run(names, [])
    found, notes = marker.verdicts(first, names)
    if standing := marker.again(found):
        second = {}
        for name, parts in standing.items():  # each by itself: the part of one may be another's own answer
            second |= marker.verdicts(run([name], parts), [name])[0]
        marker.with_parts(found, second, standing)
    if first.ended in OUT_OF_BOUNDS:
        notes = [f"The submission ran out of bounds: {OUT_OF_BOUNDS[first.ended]}.", *notes]
    exercises = [found[name] for name in names]
    return dataclasses.replace(
        blank,
        status=GRADED if first.content else STOPPED,
        score=sum(each["score"] for each in exercises),
        exercises=exercises,
        notes=notes,
        seconds=round(time.monotonic() - started, 3),
    )


__all__ = ["Marker", "Run", "Verdicts", "bounded", "mark", "tidy", "verdicts", "without"]
