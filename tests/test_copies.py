"""The learner's copies in my/, and an update by real git that leaves every answer."""

import json
import subprocess
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from test_releasing import EXERCISES, SOURCE

from workbook import cli, copies, progress, updating
from workbook.checking import show_progress
from workbook.lessons import LessonError, _load, find_lesson
from workbook.releasing import blank, build, write_notebook
from workbook.standing import standings

RIGHT = "def double(n):\n    return 2 * n"


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def write_release(root: Path, source: str = SOURCE) -> None:
    """A workbook of one lesson, as it is released."""
    for folder in ("week1/exercises", "week1/solutions", "workbook"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "workbook" / "paths.py").touch()
    (root / ".gitignore").write_text("my/\n")
    (root / "week1" / "exercises" / "mini.py").write_text(EXERCISES)
    (root / "week1" / "solutions" / "mini.py").write_text(source)
    lesson = find_lesson("mini")
    write_notebook(lesson.notebook, blank(build(lesson)))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A learner's clone; its origin lies beside it."""
    origin, clone = tmp_path / "origin", tmp_path / "a clone"
    origin.mkdir()
    git(origin, "init")
    monkeypatch.setenv("WORKBOOK_ROOT", str(origin))
    write_release(origin)
    git(origin, "add", ".")
    git(origin, "commit", "-m", "first")
    git(tmp_path, "clone", str(origin), str(clone))
    monkeypatch.setenv("WORKBOOK_ROOT", str(clone))
    _load.cache_clear()
    return clone


def publish(root: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    """A newer release at the origin."""
    origin = root.parent / "origin"
    monkeypatch.setenv("WORKBOOK_ROOT", str(origin))
    write_release(origin, source)
    git(origin, "commit", "-am", "second")
    monkeypatch.setenv("WORKBOOK_ROOT", str(root))


def mine(root: Path) -> Path:
    return root / "my" / "week1" / "mini.ipynb"


def write_answer(path: Path, source: str = RIGHT) -> None:
    notebook = nbformat.read(path, as_version=4)
    next(cell for cell in notebook.cells if cell.id == "answer-double").source = source
    nbformat.write(notebook, path)


def text(path: Path) -> str:
    return "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)


NEWER = SOURCE.replace("Two functions, and no more.", "Two functions, told better.")


def test_copies_are_made_once_and_git_does_not_see_them(root: Path):
    assert [change.kind for change in copies.refresh()] == ["made"]
    write_answer(mine(root))
    before = mine(root).read_bytes()
    assert copies.refresh() == []
    assert mine(root).read_bytes() == before
    assert git(root, "status", "--porcelain") == ""


def test_a_plain_pull_leaves_answers_and_the_next_refresh_carries_them(
    root: Path, monkeypatch: pytest.MonkeyPatch
):
    copies.refresh()
    write_answer(mine(root))
    as_it_was = mine(root).read_bytes()
    publish(root, monkeypatch, NEWER)
    git(root, "pull")
    (change,) = copies.refresh()
    assert change.kind == "carried over"
    assert change.backup.read_bytes() == as_it_was
    assert RIGHT in text(mine(root)) and "told better" in text(mine(root))
    assert copies.refresh() == []


def test_lessons_of_one_week_are_kept_in_the_same_second(root: Path, monkeypatch: pytest.MonkeyPatch):
    class Noon:
        @staticmethod
        def now() -> datetime:
            return datetime(2026, 1, 1, 12)

    monkeypatch.setattr(copies, "datetime", Noon)
    copies.refresh()
    names = [Path("week1", name) for name in ("mini.ipynb", "other.ipynb", "mini.ipynb")]
    kept = [copies._back_up(mine(root), name) for name in names]
    assert len(set(kept)) == 3 and all(path.read_bytes() == mine(root).read_bytes() for path in kept)


def test_update_brings_what_was_worked_in_place_to_my(root: Path, monkeypatch: pytest.MonkeyPatch):
    write_answer(root / "week1" / "mini.ipynb")
    publish(root, monkeypatch, NEWER)
    said = updating.save_what_was_worked_in_place()
    assert "my/week1/mini.ipynb" in said[0]
    updating.pull()
    copies.refresh()
    assert RIGHT in text(mine(root)) and "told better" in text(mine(root))
    assert "told better" in text(root / "week1" / "mini.ipynb")
    assert git(root, "status", "--porcelain") == ""


@pytest.mark.parametrize("staged", [False, True])
def test_update_keeps_what_is_no_sound_notebook_as_it_is(root: Path, staged: bool):
    path = root / "week1" / "mini.ipynb"
    write_answer(path)
    notebook = json.loads(path.read_text())
    next(cell for cell in notebook["cells"] if cell["cell_type"] == "markdown")["execution_count"] = None
    path.write_text(json.dumps(notebook))
    before = path.read_bytes()
    if staged:
        git(root, "add", "week1")
    (said,) = updating.save_what_was_worked_in_place()
    (kept,) = (root / "my" / "backups").rglob("*.ipynb")
    assert kept.read_bytes() == before
    assert str(kept.relative_to(root)) in said
    assert git(root, "status", "--porcelain") == ""


def test_update_lets_a_new_notebook_be(root: Path):
    path = root / "week1" / "mine.ipynb"
    path.write_bytes((root / "week1" / "mini.ipynb").read_bytes())
    git(root, "add", "week1/mine.ipynb")
    git(root, "mv", "week1/mini.ipynb", "week1/moved.ipynb")
    assert updating.save_what_was_worked_in_place() == []
    assert path.is_file()


def test_update_keeps_both_where_a_copy_and_the_release_were_worked_in(root: Path):
    copies.refresh()
    write_answer(mine(root), RIGHT + "  # in my")
    write_answer(root / "week1" / "mini.ipynb", RIGHT + "  # in week1")
    updating.save_what_was_worked_in_place()
    assert "# in my" in text(mine(root))
    (kept,) = (root / "my" / "backups").rglob("*.ipynb")
    assert "# in week1" in text(kept)


def test_a_damaged_copy_is_left_alone_and_told(root: Path, monkeypatch: pytest.MonkeyPatch):
    copies.refresh()
    mine(root).write_text('{"cells": [')
    publish(root, monkeypatch, NEWER)
    git(root, "pull")
    (change,) = copies.refresh()
    assert change.kind == "left alone"
    assert "is not a notebook any more" in change.notes[0]
    assert mine(root).read_text() == '{"cells": ['


def test_without_solutions_the_released_notebook_is_the_release(root: Path):
    (root / "week1" / "solutions" / "mini.py").unlink()
    copies.refresh()
    assert "def double" in text(mine(root))


def test_a_pull_that_git_refuses_says_so_and_changes_nothing(root: Path, monkeypatch: pytest.MonkeyPatch):
    copies.refresh()
    (root / "week1" / "exercises" / "mini.py").write_text("# mine\n" + EXERCISES)
    origin = root.parent / "origin"
    (origin / "week1" / "exercises" / "mini.py").write_text("# theirs\n" + EXERCISES)
    git(origin, "commit", "-am", "second")
    with pytest.raises(LessonError, match="git could not update"):
        updating.pull()
    assert mine(root).is_file()


def test_a_folder_that_is_no_clone_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WORKBOOK_ROOT", str(tmp_path))
    with pytest.raises(LessonError, match="was not made by git clone"):
        updating.pull()


def test_the_commands(root: Path, capsys: pytest.CaptureFixture[str]):
    for words in ("Your own copies of 1 lesson are in", "Your copies are up to date."):
        with pytest.raises(SystemExit) as end:
            cli.main(["mine"])
        assert end.value.code == 0
        assert words in capsys.readouterr().out.replace("\n", " ")
    with pytest.raises(SystemExit):
        cli.main(["mine", "--next"])
    assert capsys.readouterr().out.strip() == "my/week1/mini.ipynb"


def test_advice_names_the_copy(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from workbook.standing import advice

    monkeypatch.setenv("WORKBOOK_HOME", str(tmp_path / "home"))
    assert "in week1/mini.ipynb" in advice(standings())
    copies.refresh()
    assert "in my/week1/mini.ipynb" in advice(standings())


def test_a_lesson_that_is_begun_comes_next(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from workbook.standing import waiting

    monkeypatch.setenv("WORKBOOK_HOME", str(tmp_path / "home"))
    for name in ("exercises/another.py", "solutions/another.py"):  # comes before mini, in the alphabet
        (root / "week1" / name).write_text((root / "week1" / name.replace("another", "mini")).read_text())
    assert waiting(standings()).lesson.name == "another"
    progress.record("mini", "double", False, 0, 5, None)
    assert waiting(standings()).lesson.name == "mini"


def test_an_autograder_that_is_being_written_stops_no_other(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    monkeypatch.setenv("WORKBOOK_HOME", str(tmp_path / "home"))
    (root / "week1" / "exercises" / "draft.py").write_text("def half(")
    with pytest.raises(LessonError, match=r"draft\.py cannot be loaded: SyntaxError"):
        _ = find_lesson("draft").exercises
    for command in (["mine"], ["progress"], ["mine", "--next"]):
        with pytest.raises(SystemExit) as end:
            cli.main(command)
        assert end.value.code == 0, command
    assert capsys.readouterr().out.endswith("my/week1/mini.ipynb\n")
    show_progress("mini")
    assert "mini" in capsys.readouterr().out
    show_progress("draft")
    assert "cannot be loaded: SyntaxError" in capsys.readouterr().out


def test_a_workbook_inside_another_repository_is_no_clone(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    inside = tmp_path / "origin" / "courses" / "cnn"
    inside.mkdir(parents=True)
    monkeypatch.setenv("WORKBOOK_ROOT", str(inside))
    write_release(inside)
    git(tmp_path / "origin", "add", ".")
    git(tmp_path / "origin", "commit", "-m", "a course")
    write_answer(inside / "week1" / "mini.ipynb")
    with pytest.raises(LessonError, match="was not made by git clone"):
        updating.save_what_was_worked_in_place()
    assert "return 2 * n" in (inside / "week1" / "mini.ipynb").read_text()


def test_a_copy_remembers_what_was_released(root: Path):
    copies.refresh()
    remembered = json.loads(mine(root).read_text())["metadata"]["workbook"]
    assert remembered["lesson"] == "week1/mini"
    assert "answer-double" in remembered["cells"]
