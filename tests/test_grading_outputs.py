"""Pages and gradebook of a grading: whole, escaped, and the same when written twice."""

import csv
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from workbook.grading.folder import write_grades, write_whole
from workbook.grading.outputs import Unwritten, write_all
from workbook.grading.pages import page_name
from workbook.grading.results import NOT_GRADED, Result
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


def test_what_was_not_graded_is_no_mark(tmp_path):
    lesson = find_lesson("convolution_step_by_step")
    failed = Result("ada", "a.ipynb", lesson.name, NOT_GRADED, 0, lesson.points, notes=["No space: /srv"])
    write_all([failed], lesson, tmp_path)
    write_grades([failed], lesson, 1, tmp_path)
    page = (tmp_path / "feedback" / "ada.html").read_text()
    assert "Not graded yet" in page and "points" not in page and "/srv" not in page
    summary = (tmp_path / "summary.html").read_text()
    assert "No space: /srv" in summary and f"0 of {lesson.points}" not in summary
    (_, row) = csv.reader((tmp_path / "grades.csv").read_text().splitlines())
    assert row[:4] == ["ada", "not graded", "", str(lesson.points)] and set(row[4:-1]) == {""}


def test_no_name_is_a_formula_to_a_spreadsheet(tmp_path):
    lesson = find_lesson("convolution_step_by_step")
    names = ["=1", "+1", "-1", "@A", "\uff1d1", "a;=1", "a; -1", "a=1; b", "x-y;z"]
    results = [Result(name, f"{name}.ipynb", lesson.name, "graded", 0, lesson.points) for name in names]
    write_grades(results, lesson, 1, tmp_path)
    rows = list(csv.reader((tmp_path / "grades.csv").read_text().splitlines()))[1:]
    wanted = ["'=1", "'+1", "'-1", "'@A", "'\uff1d1", "a;'=1", "a; '-1", "a=1; b", "x-y;z"]
    assert [row[0] for row in rows] == wanted and [row[-1] for row in rows] == [f"{n}.ipynb" for n in wanted]


def test_why_nothing_was_judged_is_said_once(tmp_path):
    lesson = find_lesson("convolution_step_by_step")
    zero = [each | {"message": "", "attempted": False} for each in a_result("ada", lesson, 0).exercises]
    why = "a.ipynb: it is an archive: unpack it."
    bad = Result("ada", "a.zip", lesson.name, "unreadable", 0, lesson.points, zero, [why])
    write_all([bad], lesson, tmp_path, nbgrader=True)
    page = (tmp_path / "feedback" / "ada.html").read_text()
    assert page.count(why) == 1 and "<section" not in page and "zero_pad" not in page
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as book:
        assert book.find_comment("answer-zero_pad", lesson.name, lesson.name, "ada").auto_comment == why


def test_a_note_on_other_files_is_on_both_pages(tmp_path):
    lesson = find_lesson("convolution_step_by_step")
    note = "Several notebooks were handed in: toy.ipynb counts, not new.ipynb."
    write_all([replace(a_result("ada", lesson), notes=["cell 1: x", note])], lesson, tmp_path)
    assert note in (tmp_path / "feedback" / "ada.html").read_text()
    summary = (tmp_path / "summary.html").read_text()
    assert note in summary and "cell 1: x" not in summary


def test_pages_of_submissions_that_are_gone_are_removed_and_no_other_file(tmp_path):
    lesson = find_lesson("convolution_step_by_step")
    write_all([a_result(name, lesson) for name in ("ada", "bo")], lesson, tmp_path)
    (tmp_path / "feedback" / "mine.html").write_text("a page of my own")
    (tmp_path / "feedback" / "notes.txt").write_text((tmp_path / "feedback" / "bo.html").read_text())
    write_all([a_result("ada", lesson)], lesson, tmp_path)
    left = sorted(path.name for path in (tmp_path / "feedback").iterdir())
    assert left == ["ada.html", "mine.html", "notes.txt"]


def test_a_page_that_cannot_be_written_is_named_and_costs_no_other(tmp_path):
    lesson = find_lesson("convolution_step_by_step")
    (tmp_path / "feedback" / "ada.html").mkdir(parents=True)
    with pytest.raises(Unwritten) as told:
        write_all([a_result(name, lesson) for name in ("ada", "bo")], lesson, tmp_path)
    words = str(told.value)
    assert str(tmp_path / "feedback" / "ada.html") in words and ".part" not in words
    assert f"The marks are complete, in {tmp_path / 'grades.csv'}" in words
    assert (tmp_path / "summary.html").is_file() and (tmp_path / "feedback" / "bo.html").is_file()


def test_a_file_that_cannot_be_written_is_named_by_its_own_name(tmp_path):
    (tmp_path / "grades.csv").mkdir()
    with pytest.raises(OSError) as told:
        write_whole(tmp_path / "grades.csv", "")
    assert told.value.filename == str(tmp_path / "grades.csv") and told.value.strerror


def test_names_that_are_unlike_have_pages_that_are():
    assert len({page_name(n).lower() for n in ("Ada", "ada", "a/b", "a_b", "a b", "../x")}) == 6


def test_a_second_gradebook_updates_the_first(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    lesson = find_lesson("convolution_step_by_step")
    for score in (1, 2):
        write_all([a_result("ada", lesson, score, "it slips")], lesson, tmp_path, nbgrader=True)
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as book:
        submissions = book.assignment_submissions(lesson.name)
        assert [s.score for s in submissions] == [2 * len(lesson.exercises)]
        comment = book.find_comment("answer-zero_pad", lesson.name, lesson.name, "ada")
        assert comment.auto_comment == HOSTILE
