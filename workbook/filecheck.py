"""Checking a whole file: which lesson it answers, and a report on each exercise that it defines."""

import ast
import difflib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbook import checking, session
from workbook.collecting import Collected, SteppedOver, Unreadable, collect
from workbook.exercise import Exercise
from workbook.lessons import Lesson, LessonError, all_lessons, exercises_of, find_lesson
from workbook.paths import repository
from workbook.reading import read_cells, statements
from workbook.reporting import Report


@dataclass
class FileCheck:
    """What was found in a file.

    reports  one for each exercise of the lesson that the file defines, in the lesson's order
    broken   exercises that the file defines in a way that cannot be run, and why
    missing  exercises of the lesson that the file does not define; they cost nothing here
    """

    file: Path
    lesson: Lesson
    reports: list[Report] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)
    missing: list[Exercise] = field(default_factory=list)
    stepped_over: list[SteppedOver] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """True where everything that the file defines is right."""
        return not self.broken and all(report.passed for report in self.reports)

    @property
    def score(self) -> int:
        return sum(report.score for report in self.reports)

    @property
    def points(self) -> int:
        """What the exercises that the file defines are worth."""
        broken = sum(self.lesson.exercise(name).points for name in self.broken)
        return broken + sum(report.points for report in self.reports)

    def to_dict(self) -> dict[str, Any]:
        """The same for a program."""
        reports = {report.exercise.name: report.to_dict() for report in self.reports}
        reports |= {name: _broken_dict(self.lesson.exercise(name), why) for name, why in self.broken.items()}
        order = [exercise.name for exercise in self.lesson.exercises]
        return {
            "file": str(self.file),
            "lesson": self.lesson.name,
            "exercises": [reports[name] for name in order if name in reports],
            "not_found": [exercise.name for exercise in self.missing],
            "stepped_over": [vars(each) for each in self.stepped_over],
            "score": self.score,
            "points": self.points,
        }


def _broken_dict(exercise: Exercise, why: str) -> dict[str, Any]:
    about = {"name": exercise.name, "points": exercise.points, "score": 0, "passed": False}
    return about | {"diagnosis": None, "message": f"It cannot be run: {why}"}


def check_file(
    path: Path,
    lesson: str | None = None,
    record: bool = False,
    tell: Callable[[str, int, int], None] = lambda words, done, total: None,
) -> FileCheck:
    """Check the exercises that a file defines. Raises Unreadable or LessonError.

    lesson  its name; without it, the lesson that has most of the file's functions
    record  whether the results are kept as progress
    tell    called before each step: what is being done, how much is done, of how much
    """
    named = find_lesson(lesson) if lesson else None
    session.start()
    tell(f"reading {path.name}", 0, 0)
    collected = collect(path, week=_week_of(path, named))
    answers = {name: _answer(collected, name) for name in (*collected.defined, *collected.broken)}
    where = named or _lesson_of(path, answers)
    found = FileCheck(path, where, stepped_over=collected.stepped_over)
    exercises = [exercise for exercise in where.exercises if exercise.name in answers]
    if not exercises:
        raise Unreadable(_nothing_in(path, where, answers))
    found.missing = [exercise for exercise in where.exercises if exercise.name not in answers]
    for done, exercise in enumerate(exercises):
        tell(exercise.name, done, len(exercises))
        answer = answers[exercise.name]
        if answer is None:
            found.broken[exercise.name] = collected.broken[exercise.name]
            continue
        report = checking.examine(exercise, answer)
        if record:
            report.notes += checking.keep(where, report)
        found.reports.append(report)
    return found


def _week_of(path: Path, named: Lesson | None) -> Path | None:
    """The folder of the week of a file's lesson, so that its helper modules are found from anywhere: the
    lesson that was named, that the file is named after, or whose functions it defines."""
    if named is None:
        cells = read_cells(path)
        defined = (node for cell in cells for node in statements(cell)[0] if isinstance(node, _DEFINITIONS))
        try:
            named = _lesson_of(path, {node.name: None for node in defined})
        except (LessonError, Unreadable):
            return None
    return named.notebook.parent.resolve()


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _answer(collected: Collected, name: str) -> Callable | None:
    """The function of that name; None where its definition cannot be run."""
    return collected.namespace.get(name) if name in collected.defined else None


def _lesson_of(path: Path, names: dict[str, Any]) -> Lesson:
    """The lesson with most exercises of these names; of several the one that the file is named after."""
    lessons = all_lessons()
    if not lessons:
        raise LessonError(f"There is no lesson in {repository()}: run workbook inside the workbook's folder.")
    matches = {lesson.name: sum(e.name in names for e in exercises_of(lesson)) for lesson in lessons}
    most = max(matches.values(), default=0)
    if not most:
        for lesson in lessons:
            if lesson.name == path.stem:
                return lesson
        raise Unreadable(_nothing_in(path, None, names))
    best = [lesson for lesson in lessons if matches[lesson.name] == most]
    for lesson in sorted(best, key=lambda lesson: -len(lesson.name)):
        if len(best) == 1 or lesson.name in path.stem:
            return lesson
    options = " or ".join(f"--lesson {lesson.name}" for lesson in best)
    raise LessonError(f"Several lessons have the exercises of {path}: add {options}.")


def _nothing_in(path: Path, lesson: Lesson | None, names: dict[str, Any]) -> str:
    """What to say of a file that defines no exercise."""
    lessons = [lesson] if lesson else all_lessons()
    known = [exercise.name for each in lessons for exercise in exercises_of(each)]
    whose = f"of {lesson.name}" if lesson else "of any lesson"
    start = f"{path} defines no exercise {whose}."
    for name in names:
        if close := difflib.get_close_matches(name, known, n=1, cutoff=0.75):
            return f"{start} It defines {name}: did you mean {close[0]}?"
    if not names:
        return f"{start} It defines no function at all: is it the file with your answers?"
    shown = ", ".join(list(names)[:6]) + (", ..." if len(names) > 6 else "")
    there = f" There are: {', '.join(known)}." if lesson else ""
    return f"{start} It defines {shown}.{there}"
