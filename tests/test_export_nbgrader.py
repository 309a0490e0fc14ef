"""The exported course under nbgrader's own command line."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from workbook.grading.export_nbgrader import NOT_RUN, assignment, export
from workbook.lessons import LessonError, find_lesson
from workbook.releasing import clear_solutions

LESSON = "convolution_step_by_step"


def nbgrader(course: Path, *arguments: str) -> None:
    environment = os.environ | {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course,
        capture_output=True,
        text=True,
        env=environment,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def submit(course: Path, student: str, change) -> None:
    notebook = nbformat.read(course / "source" / LESSON / f"{LESSON}.ipynb", as_version=4)
    answers = [c for c in notebook.cells if c.get("metadata", {}).get("nbgrader", {}).get("solution")]
    for number, cell in enumerate(answers):
        change(number, cell)
    place = course / "submitted" / student / LESSON
    place.mkdir(parents=True)
    nbformat.write(notebook, place / f"{LESSON}.ipynb")


def blank(number, cell):
    cell.source = clear_solutions(cell.source)


def half(number, cell):
    if number == 0:  # right only where the padding is 1
        cell.source = "def zero_pad(X, pad):\n    return np.pad(X, ((0, 0), (1, 1), (1, 1), (0, 0)))\n"
    elif number % 2:
        blank(number, cell)


def noisy(number, cell):
    cell.source += "\nimport sys, warnings\nwarnings.warn('a warning')\nprint('noise', file=sys.stderr)\n"
    if number == 0:
        cell.source += "import atexit, threading\n_stderr = sys.stderr\n"
        cell.source += "import workbook.reporting as _r\n_show = _r.show\n"
        cell.source += "_r.show = lambda *things: (print('noise', file=_stderr), _show(*things))\n"


@pytest.fixture
def scores(tmp_path_factory, monkeypatch) -> dict[str, float]:
    from nbgrader.api import Gradebook

    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")  # alembic
    course = tmp_path_factory.mktemp("course")
    export([find_lesson(LESSON)], course)
    nbgrader(course, "generate_assignment", LESSON)
    for name, change in (("solved", lambda *_: None), ("blank", blank), ("half", half), ("noisy", noisy)):
        submit(course, name, change)
    nbgrader(course, "autograde", LESSON)
    nbgrader(course, "generate_feedback", LESSON)
    for name in ("solved", "blank", "half", "noisy"):
        assert (course / "feedback" / name / LESSON / f"{LESSON}.html").is_file()
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        found = {s.student.id: s.score for s in book.assignment_submissions(LESSON)}
        grades = book.find_submission_notebook(LESSON, LESSON, "half").grades
        found["half zero_pad"] = next(g.auto_score for g in grades if g.name == "check-zero_pad")
    return found


def test_marks_by_nbgrader(scores):
    points = find_lesson(LESSON).points
    assert scores["solved"] == points
    assert scores["blank"] == 0
    assert 0 < scores["half"] < points
    assert 0 < scores["half zero_pad"] < find_lesson(LESSON).exercise("zero_pad").points
    assert scores["noisy"] == points


def test_heavy_cells_are_text():
    notebook = assignment(find_lesson(LESSON))
    assert any(cell.cell_type == "markdown" and NOT_RUN in cell.source for cell in notebook.cells)
    code = [c for c in notebook.cells if c.cell_type == "code"]
    assert not any("show_pictures(" in c.source for c in code if "nbgrader" not in c.metadata)


def test_a_course_of_somebody_else_is_left_alone(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    with pytest.raises(LessonError, match="another course"):
        export([find_lesson(LESSON)], tmp_path)


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(LessonError, match="is a file"):
        export([find_lesson(LESSON)], tmp_path / "file")


def test_definitions_of_a_cell_that_is_not_run_are_kept():
    code = [c for c in assignment(find_lesson("mobilenet")).cells if c.cell_type == "code"]
    sources = [cell.source for cell in code]
    helper = next(i for i, source in enumerate(sources) if source.startswith("def make_divisible"))
    assert "print(" not in sources[helper]
    assert helper < next(i for i, cell in enumerate(code) if cell.id == "answer-mobilenet_v2")


def test_a_default_from_a_cell_that_is_not_run_is_none():
    cells = assignment(find_lesson("neural_style_transfer")).cells
    answer = next(cell for cell in cells if cell.id == "answer-compute_style_cost")
    assert answer.source.startswith("STYLE_LAYERS = None  # it is computed in a cell that is not run")
