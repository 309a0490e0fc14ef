"""``check`` and ``hint``: what a learner calls in a notebook. Neither raises, but where it is interrupted."""

import sqlite3
from collections.abc import Callable
from typing import Any

from workbook import gaps, progress, session
from workbook.exercise import NOTEBOOK_SEED, Exercise
from workbook.judging import Tell, judge
from workbook.lessons import (
    Lesson,
    LessonError,
    all_lessons,
    did_you_mean,
    exercise_names,
    find_lesson,
    lessons_with,
)
from workbook.notebook import Note, Place, Waiting, show
from workbook.observing import observe, standing_in, written
from workbook.plain import clean
from workbook.reporting import Report


def check(function: Callable, lesson: str | None = None) -> Report | None:
    """Check an answer: run it on the exercise's cases, say what is wrong, and record the result.

    function  the learner's function; its name tells the exercise
    lesson    the lesson's name, where several have an exercise of that name

    Shows the report and returns it; returns None where there is nothing to report on.
    """
    waiting = Waiting()
    try:
        where, exercise = find_exercise(function, lesson)
        if old := gaps.outdated(exercise.name, function):
            return _say("Nothing was checked", old)
        report = examine(exercise, function, tell=waiting.tell)
        report.notes += keep(where, report)
        report.repeated = _repeated(where, report)
        report._ipython_display_(waiting.place)
    except LessonError as error:
        return _say("Nothing was checked", str(error))
    except KeyboardInterrupt:
        words = "Nothing was recorded. Run the cell again when you like."
        return _say("The check was stopped", words, waiting.place)
    except Exception as error:
        words = f"This is a fault of the workbook, not of your answer: {_told(error)}."
        return _say("The check itself failed", words, waiting.place)
    return report


def hint(function: Callable, lesson: str | None = None) -> None:
    """Show the next hint for an exercise, one at a time."""
    try:
        where, exercise = find_exercise(function, lesson)
        if not exercise.hints:
            return _say(exercise.name, "There is no hint for this exercise.")
        index = _next_hint(where.name, exercise)
        title = f"{exercise.name}: hint {index + 1} of {len(exercise.hints)}"
        show(Note(title, exercise.hints[index], hint=True))
    except LessonError as error:
        _say("There is no hint", str(error))
    except Exception as error:
        _say("The hint could not be shown", f"This is a fault of the workbook: {_told(error)}.")
    return None


def show_progress(lesson: str | None = None) -> None:
    """Show where you stand in a lesson (the one that is open where none is named), and what comes next."""
    from workbook.progress_page import LessonProgress

    try:
        chosen = lesson or session.current_lesson()
        if chosen is None:
            raise LessonError('Name a lesson: show_progress("residual_networks").')
        found = find_lesson(chosen)
        _ = found.exercises  # says why, where they cannot be loaded
        show(LessonProgress(found.name))
    except LessonError as error:
        _say("There is nothing to show", str(error))
    except (sqlite3.Error, OSError) as error:
        _say("Your record cannot be read", f"{error}: workbook doctor has a remedy.")
    except Exception as error:
        _say("Your progress could not be shown", f"This is a fault of the workbook: {_told(error)}.")
    return None


def examine(
    exercise: Exercise, function: Callable, seed: int = NOTEBOOK_SEED, tell: Tell = lambda done, of: None
) -> Report:
    """Observe and judge, and say which earlier exercise is to blame where one is."""
    report = judge(exercise, observe(exercise, function, seed), seed, tell)
    if not report.passed and not report.not_attempted and exercise.needs:
        report.first = _blame(exercise, function, seed)
    return report


def _blame(exercise: Exercise, function: Callable, seed: int) -> str:
    """What to say where an earlier exercise that this one calls is wrong; nothing where all are right."""
    wrong = wrong_parts(exercise, function, seed)
    if not wrong:
        return ""
    with standing_in(function, {part.name: part.reference for part in wrong}):
        passes = judge(exercise, observe(exercise, function, seed), seed).passed
    names = " and ".join(part.name for part in wrong)
    if passes:
        return f"Mend {names} first. With a right {names} in its place, this {exercise.name} passes."
    return f"It builds on {names}, which is not right yet: mend that first."


def wrong_parts(exercise: Exercise, function: Callable, seed: int) -> list[Exercise]:
    """The exercises that this one needs and whose functions, where the learner has them, fail."""
    names = getattr(written(function), "__globals__", {})
    wrong = []
    for need in exercise.needs:
        part = next(each for each in _siblings(exercise) if each.name == need)
        answer = names.get(need)
        if callable(answer) and not judge(part, observe(part, answer, seed), seed).passed:
            wrong.append(part)
    return wrong


def _siblings(exercise: Exercise) -> tuple[Exercise, ...]:
    """The exercises of the same lesson."""
    lesson = next(each for each in lessons_with(exercise.name) if exercise in each.exercises)
    return lesson.exercises


def find_exercise(function: Any, lesson: str | None = None) -> tuple[Lesson, Exercise]:
    """The exercise that a function answers, by the function's name and the lesson."""
    if isinstance(function, str):
        raise LessonError(f"Give the function itself, without the quotes: {clean(function, 60)}.")
    if not callable(function):
        raise LessonError(
            "Give the function itself, without parentheses after it: check(f) and not check(f(...)). "
            f"This is {_kind(function)}."
        )
    name = _name_of(function)
    chosen = lesson or session.current_lesson()
    if chosen:
        where = find_lesson(chosen)
        if lesson or any(exercise.name == name for exercise in where.exercises):
            return where, where.exercise(name)
    found = lessons_with(name)
    if len(found) == 1:
        return found[0], found[0].exercise(name)
    if found:
        names = " or ".join(f'lesson="{each.name}"' for each in found)
        raise LessonError(f"Several lessons have an exercise called {name}: add {names}.")
    if chosen:
        find_lesson(chosen).exercise(name)  # raises, with a guess at the name that was meant
    guess = did_you_mean(name, _all_names())
    raise LessonError(
        f"No lesson has an exercise called {name!r}: is the name spelt as in the lesson?{guess}"
    )


def _name_of(function: Callable) -> str:
    """The name that a function was defined with, or, where that is no exercise's, the exercise's name that
    it was given to: by a lambda, a decorator, or an object that can be called."""
    inner = written(function)
    name = getattr(inner, "__name__", None)
    known = _all_names()
    if name in known:
        return name
    variables = getattr(inner, "__globals__", None) or getattr(type(inner).__call__, "__globals__", {})
    given = [each for each in known if variables.get(each) is function]
    if given:
        return given[0]
    if name is None or name == "<lambda>":
        raise LessonError(f"This is {_kind(function)} without a name: write def and the exercise's name.")
    return name


def _all_names() -> list[str]:
    return [name for lesson in all_lessons() for name in exercise_names(lesson)]


def _told(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _kind(thing: Any) -> str:
    if thing is None:
        return "None"
    article = "an" if type(thing).__name__[0].lower() in "aeiou" else "a"
    return f"{article} {type(thing).__name__}"


def keep(lesson: Lesson, report: Report) -> list[str]:
    """Record a result; where that fails, the note to show instead of an error.

    An answer that is still blank is no result: it is neither wrong nor a failure to count.
    """
    if report.not_attempted:
        return []
    try:
        progress.record(
            lesson.name,
            report.exercise.name,
            report.passed,
            report.score,
            report.points,
            report.diagnosis,
        )
    except (sqlite3.Error, OSError) as error:
        return [
            f"This result could not be recorded in {progress.path()} ({error}): workbook doctor has a remedy."
        ]
    return []


def _repeated(lesson: Lesson, report: Report) -> int:
    """How often the exercise has failed in this very way; 0 where nobody knows or it was not tried."""
    if report.passed or report.not_attempted:
        return 0
    try:
        return progress.same_failures(lesson.name, report.exercise.name)
    except (sqlite3.Error, OSError):
        return 0


_shown: dict[tuple[str, str], int] = {}


def _next_hint(lesson: str, exercise: Exercise) -> int:
    """The number of the next hint; counted in memory where the record cannot be written."""
    try:
        return progress.next_hint(lesson, exercise.name, len(exercise.hints))
    except (sqlite3.Error, OSError):
        key = (lesson, exercise.name)
        _shown[key] = min(_shown.get(key, -1) + 1, len(exercise.hints) - 1)
        return _shown[key]


def _say(title: str, words: str, place: Place | None = None) -> None:
    show(Note(title, words), place)
