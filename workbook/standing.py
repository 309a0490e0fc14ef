"""Where a learner stands: what is earned in each lesson, and what to do next."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbook import progress
from workbook.exercise import Exercise
from workbook.lessons import Lesson, all_lessons, exercises_of
from workbook.paths import repository
from workbook.progress import Best


@dataclass(frozen=True)
class Standing:
    """A lesson with what was earned in it so far.

    next     what to do next, in a short sentence
    open     the first exercise that is not passed
    minutes  what is left: those of the exercises that are not passed
    known    the best result of each exercise that was checked
    """

    lesson: Lesson
    score: int
    passed: int
    next: str
    open: Exercise | None
    minutes: int = 0
    known: dict[str, Best] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        """True where every exercise is passed."""
        return self.open is None

    def to_dict(self) -> dict[str, Any]:
        """The same for a program."""
        return {
            "lesson": self.lesson.name,
            "week": self.lesson.week,
            "title": self.lesson.title,
            "score": self.score,
            "points": self.lesson.points,
            "passed": self.passed,
            "exercises": len(self.lesson.exercises),
            "minutes_left": self.minutes,
            "next": self.next,
        }


def standings() -> list[Standing]:
    """The standing in every lesson that has exercises, in the order in which they are taught."""
    best = progress.best()
    return [_standing(lesson, best) for lesson in all_lessons() if exercises_of(lesson)]


def _standing(lesson: Lesson, best: dict[tuple[str, str], Best]) -> Standing:
    known = {e.name: best[lesson.name, e.name] for e in lesson.exercises if (lesson.name, e.name) in best}
    score = sum(earned(e, known[e.name]) for e in lesson.exercises if e.name in known)
    passed = sum(result.passed for result in known.values())
    left = sum(e.minutes for e in lesson.exercises if e.name not in known or not known[e.name].passed)
    return Standing(lesson, score, passed, _next(lesson, known), first_open(lesson, known), left, known)


def standing(lesson: Lesson) -> Standing:
    """One lesson's standing."""
    return _standing(lesson, progress.best())


def earned(exercise: Exercise, result: Best) -> int:
    """The points of the best result; a release may have changed what the exercise is worth."""
    return exercise.points if result.passed else min(result.score, exercise.points)


def _next(lesson: Lesson, known: dict[str, Best]) -> str:
    """What to do next in a lesson, in a short sentence."""
    exercise = first_open(lesson, known)
    if exercise is None:
        return "Done."
    if exercise.name in known:
        points = earned(exercise, known[exercise.name])
        return f"Mend {exercise.name} ({points} of {exercise.points})."
    return f"Write {exercise.name}." if known else f"Start with {exercise.name}."


def first_open(lesson: Lesson, known: dict[str, Best]) -> Exercise | None:
    """The first exercise of a lesson that is not passed yet."""
    return next((e for e in lesson.exercises if e.name not in known or not known[e.name].passed), None)


def waiting(standings: list[Standing]) -> Standing | None:
    """The lesson to open next: the first one begun, else the first one open; None where all is done."""
    rest = [each for each in standings if not each.done]
    return next((each for each in rest if each.known), rest[0] if rest else None)


def advice(standings: list[Standing]) -> str:
    """Which lesson to open next, and what waits there."""
    each = waiting(standings)
    if each is None:
        return "All exercises are passed: well done." if standings else ""
    exercise = each.open
    return (
        f"Next: {exercise.name} in {_place(each.lesson)}, "
        f"difficulty {exercise.difficulty} of 5, about {exercise.minutes} minutes."
    )


def duration(minutes: int) -> str:
    """ "1 h 20", "45 min", or "-" for nothing."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min" if rest else "-"
    return f"{hours} h {rest:02}" if rest else f"{hours} h"


def _place(lesson: Lesson) -> str:
    """The notebook to open, from the workbook's folder: the learner's own copy where there is one."""
    own = Path("my", lesson.week, lesson.notebook.name)
    return (own if (repository() / own).is_file() else Path(*own.parts[1:])).as_posix()
