"""Pages and gradebook of a grading: whole, escaped, and the same when written twice."""

import os
import sys
from pathlib import Path

from workbook.grading.outputs import write_all
from workbook.grading.pages import page_name
from workbook.grading.results import Result
from workbook.lessons import find_lesson

HOSTILE = "<script>alert(1)</script>'\"><img src=x onerror=alert(1)>"


def a_result(name: str, lesson, score: int = 2, diagnosis: str | None = HOSTILE) -> Result:
    exercises = [
        {
            "name": e.name,
            "points": e.points,
            "score": score,
            "passed": False,
            "message": HOSTILE,
            "diagnosis": diagnosis,
            "attempted": True,
            "text": f"{e.name}\n  {HOSTILE}",
            "notes": [HOSTILE],
            "with_reference_parts": False,
        }
        for e in lesson.exercises
    ]
    total = score * len(exercises)
    return Result(name, "a.ipynb", lesson.name, "graded", total, lesson.points, exercises, [HOSTILE])


def test_everything_is_escaped_and_linked(tmp_path):
    lesson = find_lesson("convolution_step_by_step")
    results = [a_result("ada", lesson), a_result(HOSTILE, lesson)]
    results.append(Result("bad", "b.ipynb", lesson.name, "unreadable", 0, lesson.points, notes=[HOSTILE]))
    for path in write_all(results, lesson, tmp_path):
        text = path.read_text()
        assert "<script" not in text and "<img" not in text
        assert "Content-Security-Policy" in text
    summary = (tmp_path / "summary.html").read_text()
    for each in results:
        assert f"feedback/{page_name(each.submission)}" in summary
        assert (tmp_path / "feedback" / page_name(each.submission)).is_file()


def test_names_that_are_unlike_have_pages_that_are():
    assert len({page_name(n).lower() for n in ("Ada", "ada", "a/b", "a_b", "a b", "../x")}) == 6


def test_a_second_gradebook_updates_the_first(tmp_path, monkeypatch):
    from nbgrader.api import Gradebook

    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    lesson = find_lesson("convolution_step_by_step")
    for score in (1, 2):
        write_all([a_result("ada", lesson, score, "it slips")], lesson, tmp_path, nbgrader=True)
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as book:
        submissions = book.assignment_submissions(lesson.name)
        assert [s.score for s in submissions] == [2 * len(lesson.exercises)]
        comment = book.find_comment("answer-zero_pad", lesson.name, lesson.name, "ada")
        assert comment.auto_comment == HOSTILE
