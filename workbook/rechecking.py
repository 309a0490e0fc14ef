"""Renewing what check cells show in solved notebooks, without running the rest.

After an exercise has got another case, another mistake or other words, the lesson's code is the same, and so
is all that its other cells printed. Only its checks read differently, and they cost seconds, not minutes.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from nbformat import NotebookNode

from workbook import checking, session
from workbook.collecting import collect
from workbook.lessons import Lesson, LessonError
from workbook.releasing import checked_name, known_outputs, solved_path, write_notebook


def renew_checks(lessons: Iterable[Lesson], tell: Callable[[str], None] = print) -> list[Path]:
    """Check each lesson's solved answers and put the reports into its solved notebook; the paths written.

    Raises LessonError where code has changed since the notebook was run, or where a solved answer fails.
    """
    written = []
    for lesson in lessons:
        path = solved_path(lesson)
        solved = known_outputs(lesson)
        if solved is None:
            raise LessonError(
                f"{lesson.name}: its code has changed since it was run: workbook release {lesson.name}."
            )
        session.start(lesson.name)
        answers = collect(path, week=lesson.notebook.parent).namespace
        count = sum(_renew(cell, lesson, answers) for cell in solved.cells)
        write_notebook(path, solved)
        written.append(path)
        tell(f"{lesson.name}: {count} checks made anew")
    return written


def _renew(cell: NotebookNode, lesson: Lesson, answers: dict[str, Callable]) -> bool:
    """True for a check cell, which then holds the report on the solved answer."""
    name = checked_name(cell)
    if name is None:
        return False
    report = checking.examine(lesson.exercise(name), answers[name])
    if not report.passed:
        raise LessonError(f"{lesson.name}: the solved answer fails.\n{report.text()}")
    shown = next(output for output in cell.outputs if "text/html" in output.get("data", {}))
    shown.data["text/html"], shown.data["text/plain"] = report._repr_html_(), report.text()
    return True
