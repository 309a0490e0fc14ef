"""Grading a folder: which files count, what they earn, what a second run does."""

import json
from pathlib import Path

import pytest
from grading_support import RIGHT, need_sandbox, toy_tree, write_notebook

from workbook import cli
from workbook.grading import GRADED, UNREADABLE, NoSandbox, Result, grade_folder, sandbox
from workbook.grading.answers import Part, Unreadable, choose, parts_of
from workbook.grading.submissions import find
from workbook.lessons import all_lessons, find_lesson
from workbook.reading import Cell


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toy_tree(tmp_path_factory.mktemp("tree"))


@pytest.fixture(autouse=True)
def toy(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBOOK_ROOT", str(tree))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    need_sandbox()
    return tmp_path / "submissions"


def graded(folder: Path, out: Path, **options) -> dict[str, Result]:
    return {each.submission: each for each in grade_folder(folder, find_lesson("toy"), out, **options)}


def scores(result: Result) -> dict[str, int]:
    return {each["name"]: each["score"] for each in result.exercises}


def test_all_layouts_and_what_each_earns(folder: Path, tmp_path: Path) -> None:
    write_notebook(folder / "right.ipynb", RIGHT)
    write_notebook(
        folder / "slip.ipynb", "def double(X): return X**2", "def total(X): return double(X).sum()"
    )
    write_notebook(folder / "blank.ipynb", "def double(X):\n    raise NotImplementedError")
    write_notebook(folder / "ben" / "toy.ipynb", "import nowhere\n%magic\n" + RIGHT, "double(", "1 / 0")
    write_notebook(folder / "cleo" / "week-1" / "toy.ipynb", "def helper(X): return X + X", "double = helper")
    (folder / "essay.pdf").write_bytes(b"%PDF")
    (folder / "cut.ipynb").write_text('{"cells": [')
    found = graded(folder, tmp_path / "out")
    assert scores(found["right"])["double"] == 6 and scores(found["right"])["corner"] == 1
    assert scores(found["ben"]) == scores(found["right"])
    assert scores(found["cleo"])["double"] == 6
    assert found["blank"].score == 0 and not found["blank"].exercises[0]["attempted"]
    slip = {each["name"]: each for each in found["slip"].exercises}
    assert slip["double"]["diagnosis"] == "X is squared" and slip["double"]["score"] < 6
    assert slip["total"]["score"] == 4 and slip["total"]["with_reference_parts"]  # one slip costs once
    assert found["cut"].status == UNREADABLE and found["cut"].notes
    table = (tmp_path / "out" / "grades.csv").read_text().splitlines()
    assert table[0].startswith("submission,status,score,points,double,total")
    assert len(table) == 1 + len(found)
    marks = json.loads((tmp_path / "out" / "grades.json").read_text())
    assert {each["submission"] for each in marks["results"]} == set(found)


def test_a_second_run_grades_only_what_has_changed(folder: Path, tmp_path: Path) -> None:
    for name in ("ada", "bo"):
        write_notebook(folder / f"{name}.ipynb", RIGHT)
    out, told = tmp_path / "out", []
    first = graded(folder, out)
    write_notebook(folder / "bo.ipynb", "def double(X): return X + 1")
    second = graded(folder, out, tell=lambda words, done, total: told.append(words))
    assert "bo" in told and "ada" not in told
    assert second["ada"] == first["ada"] and second["bo"].score < first["bo"].score
    seed = json.loads((out / "grades.json").read_text())["seed"]
    graded(folder, out, seed=seed + 1, tell=lambda words, done, total: told.append(words))
    assert "ada" in told and json.loads((out / "grades.json").read_text())["seed"] == seed + 1
    kept = next(path for path in (out / ".results").glob("*.json") if path.name != "grading.json")
    kept.write_text("{")  # as a crash leaves it, if it could
    assert graded(folder, out)["ada"].score == first["ada"].score


def test_an_interrupted_grading_with_another_seed_is_gone_on_with(folder: Path, tmp_path: Path) -> None:
    for name in ("ada", "bo"):
        write_notebook(folder / f"{name}.ipynb", RIGHT)
    out, told = tmp_path / "out", []
    graded(folder, out, seed=1)

    def interrupted(contents, grader):
        raise KeyboardInterrupt
        yield

    with pytest.raises(KeyboardInterrupt):
        graded(folder, out, seed=2, runner=interrupted)
    graded(folder, out, tell=lambda words, done, total: told.append(words))
    assert json.loads((out / "grades.json").read_text())["seed"] == 2 and {"ada", "bo"} <= set(told)


@pytest.mark.parametrize(("cells", "text"), [(6_000, "1"), (1, "x" * 2_000_000)])
def test_a_large_notebook_of_an_old_format_is_not_converted(cells: int, text: str) -> None:
    cell = {"cell_type": "code", "input": text, "language": "python", "metadata": {}, "outputs": []}
    sheets = [{"cells": [cell] * cells, "metadata": {}}]
    book = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": sheets}
    with pytest.raises(Unreadable, match="of an old format, and too large"):
        parts_of(json.dumps(book).encode(), "ada.ipynb")
    sheets[0]["cells"] = [cell | {"input": "x = 1"}]
    assert [part.cell.text for part in parts_of(json.dumps(book).encode(), "ada.ipynb")] == ["x = 1"]


def test_names_are_cleaned_and_stay_apart(tmp_path: Path) -> None:
    for name in ("a\x1b[31mred", "a\nb", "a b", "..c"):
        write_notebook(tmp_path / f"{name}.ipynb", RIGHT)
    (tmp_path / "link.ipynb").symlink_to("/etc/passwd")
    found = find(tmp_path, "toy")
    names = [each.name for each in found]
    assert len(set(names)) == len(names) >= 4
    assert all(name.isprintable() and "/" not in name for name in names)
    assert next(each for each in found if each.path.is_symlink()).trouble


def test_the_command(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    write_notebook(folder / "ada.ipynb", RIGHT)
    arguments = ["grade", str(folder), "--lesson", "toy", "--out", str(tmp_path / "out")]
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    assert not end.value.code and "1 of 1 graded" in capsys.readouterr().out
    assert (tmp_path / "out" / "summary.html").is_file()
    assert (tmp_path / "out" / "feedback" / "ada.html").is_file()
    (folder / "bad.ipynb").write_text("no notebook")
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    assert end.value.code == 1 and "bad: unreadable" in capsys.readouterr().out


def test_what_cannot_be_graded_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["grade", str(tmp_path / "no"), "--lesson", "toy", "--out", str(tmp_path / "out")])
    assert end.value.code == 2 and "is no folder" in capsys.readouterr().err
    monkeypatch.setattr(sandbox, "available", lambda: "the kernel has none")
    write_notebook(tmp_path / "s" / "ada.ipynb", RIGHT)
    with pytest.raises(NoSandbox, match="the kernel has none"):
        graded(tmp_path / "s", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    with pytest.raises(SystemExit) as end:
        cli.main(["grade", str(tmp_path / "s"), "--lesson", "toy", "--out", str(tmp_path / "out")])
    assert end.value.code == 2 and "No sandbox can be had here" in capsys.readouterr().err


def test_ones_own_notebook_without_a_sandbox(tmp_path: Path) -> None:
    write_notebook(tmp_path / "s" / "ada.ipynb", RIGHT)
    found = graded(tmp_path / "s", tmp_path / "out", sandbox=False)
    assert found["ada"].status == GRADED and scores(found["ada"])["double"] == 6


REPOSITORY = Path(__file__).resolve().parents[1]
HALF = """
def double(X):
    Y = 0
    for x in X:
        raise NotImplementedError("your code here")
    return Y
"""


def counts(*cells: str) -> int:
    """Which of these cells counts for double, where the first is the lesson's own answer cell."""
    parts = [Part(Cell("", "", text), "" if n else "double") for n, text in enumerate(cells)]
    return choose(parts, ["double"])["double"]


def test_an_answer_below_its_unfinished_cell_counts() -> None:
    right = "def double(X): return 2 * X"
    for unfinished in (HALF, "def double(X): raise NotImplementedError", "def double(X):\n    'Soon.'"):
        assert counts(unfinished, right) == 1
        assert counts(unfinished) == 0


def test_a_finished_answer_cell_counts_before_a_later_one() -> None:
    later = "def double(X): return X"
    left = "def double(X):\n    return 2 * X\n    raise NotImplementedError('your code here')"
    refusing = (
        "def double(X):\n    if X is None:\n        raise NotImplementedError('a case')\n    return 2 * X"
    )
    many = "def double(X):\n    if X == 0: return 0\n" + "".join(
        f"    elif X == {n}: return {2 * n}\n" for n in range(1, 900)
    )
    for finished in ("def double(X): return 2 * X", left, refusing, many, "double = abs"):
        assert counts(finished, later) == 0


def test_every_released_answer_cell_is_known_to_be_unfinished(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBOOK_ROOT", str(REPOSITORY))
    names = []
    for lesson in all_lessons():
        for part in parts_of(lesson.notebook.read_bytes(), lesson.notebook.name):
            if part.answers:
                names.append(part.answers)
                mine = Part(Cell("", "", f"def {part.answers}(): return 1"))
                assert choose([part, mine], [part.answers]) == {part.answers: 1}, part.answers
    assert len(names) > 80
