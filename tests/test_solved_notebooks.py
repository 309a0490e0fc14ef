"""A solved notebook, checked as a file, earns all its points: only its definitions are run there."""

import os
from pathlib import Path

import pytest

import workbook
from workbook.filecheck import check_file
from workbook.lessons import Lesson, all_lessons


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder that the tests of exercises use too, so that slow references are observed once."""
    folder = tmp_path_factory.getbasetemp()
    folder = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    monkeypatch.setenv("WORKBOOK_HOME", str(folder / "exercises"))


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.name)
def test_a_solved_notebook_earns_all_points(lesson: Lesson) -> None:
    workbook.start()
    solved: Path = lesson.source.with_suffix(".ipynb")
    found = check_file(solved, lesson.name, False, lambda words, done, total: None)
    assert not found.broken
    assert found.score == lesson.points, "\n".join(report.text() for report in found.reports)
