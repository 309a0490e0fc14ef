"""nbgrader's gradebook.db, written by nbgrader's own API. A second run updates the first.

A submission that the machine could not grade is left out: what stands there of an earlier run stays.
"""

import contextlib
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

from workbook.grading.results import NOT_GRADED, Result
from workbook.lessons import Lesson


def write_gradebook(results: list[Result], lesson: Lesson, out: Path) -> Path:
    """Write ``out/gradebook.db``: scores as the autograder's, the diagnosis as its comment."""
    from nbgrader.api import Gradebook

    path = (out / "gradebook.db").resolve()
    with _beside_python(), warnings.catch_warnings(), Gradebook(f"sqlite:///{path}") as book:
        warnings.simplefilter("ignore")  # SQLAlchemy warns of what nbgrader does inside
        name = lesson.name
        book.update_or_create_assignment(name)
        book.update_or_create_notebook(name, name)
        for exercise in lesson.exercises:
            book.update_or_create_grade_cell(
                f"check-{exercise.name}", name, name, max_score=exercise.points, cell_type="code"
            )
            book.update_or_create_solution_cell(f"answer-{exercise.name}", name, name)
        for result in (each for each in results if each.status != NOT_GRADED):
            book.update_or_create_student(result.submission)
            book.update_or_create_submission(name, result.submission)
            why = " ".join(result.notes)  # where nothing could be judged, it is said there alone
            for each in result.exercises:
                where = (name, name, result.submission)
                grade = book.find_grade(f"check-{each['name']}", *where)
                grade.auto_score, grade.needs_manual_grade = each["score"], False
                book.find_comment(f"answer-{each['name']}", *where).auto_comment = each["message"] or why
        book.db.commit()
    return path


@contextlib.contextmanager
def _beside_python() -> Iterator[None]:
    """nbgrader starts ``alembic`` by name: let it be found where the environment is not activated."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + before
    try:
        yield
    finally:
        os.environ["PATH"] = before
