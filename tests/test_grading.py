"""Grading a folder: which files count, what they earn, what a second run does."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from grading_support import RIGHT, need_sandbox, toy_tree, write_notebook

from workbook import cli
from workbook.grading import GRADED, UNREADABLE, NoSandbox, Result, batch, grade_folder, sandbox
from workbook.grading.answers import Unreadable, parts_of
from workbook.grading.submissions import clean_name, find, left_out, trouble_of
from workbook.lessons import LessonError, find_lesson


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


def test_nobody_takes_a_name_that_another_has(tmp_path: Path) -> None:
    for name in ("ada ", "ada.", "ada", "ada (2)"):
        write_notebook(tmp_path / name / "toy.ipynb", RIGHT)
    names = {each.path.parent.name: each.name for each in find(tmp_path, "toy")}
    assert names["ada"] == "ada" and names["ada (2)"] == "ada (2)" and len(set(names.values())) == 4


def test_a_folder_that_is_taken_for_a_course_hides_nobody(tmp_path: Path) -> None:
    for name in ("submitted/ada/toy", "source/toy/toy", "bo", "cy/toy"):
        write_notebook(tmp_path / f"{name}.ipynb", RIGHT)
    (tmp_path / "gradebook.db").touch()
    assert [each.name for each in find(tmp_path, "toy")] == ["ada"]
    assert left_out(tmp_path) == ["bo.ipynb", "cy"]


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


# --- which files count -------------------------------------------------------------------------------


def write_other(path: Path, lesson: str = "week1/other") -> Path:
    """A notebook that says which lesson it is of."""
    book = json.loads(write_notebook(path, RIGHT).read_text())
    path.write_text(json.dumps(book | {"metadata": {"workbook": {"lesson": lesson}}}))
    return path


@pytest.fixture
def other(tree: Path) -> Iterator[str]:
    """A second lesson, for as long as a test runs."""
    path = tree / "week1" / "exercises" / "other.py"
    path.write_text((path.parent / "toy.py").read_text())
    yield "other"
    path.unlink()


@pytest.mark.parametrize("files", [("anna/toy", "ben/toy"), ("anna/toy", "ben/mine"), ("a/1", "b/2")])
def test_a_folder_of_several_learners_is_no_learner(tmp_path: Path, files: tuple[str, str]) -> None:
    for file in files:
        write_notebook(tmp_path / "week1" / f"{file}.ipynb", RIGHT)
    (found,) = find(tmp_path, "toy")
    places = ", ".join(file.split("/")[0] for file in files)
    assert f"several sub-folders ({places})" in found.trouble
    assert "point grade at the folder whose entries are the learners" in found.trouble


def test_a_blank_notebook_above_several_learners_stands_for_none_of_them(tmp_path: Path) -> None:
    for file in ("toy", "anna/toy", "ben/toy"):
        write_notebook(tmp_path / "week1" / f"{file}.ipynb", RIGHT)
    (found,) = find(tmp_path, "toy")
    assert "(anna, ben)" in found.trouble


def test_of_several_notebooks_the_one_that_is_meant_is_graded_and_the_others_are_told(tmp_path: Path) -> None:
    for file in ("x/toy", "x/toy_FINAL", "y/toy", "y/new/toy", "z/toy", "one/deeper/toy"):
        write_notebook(tmp_path / "s" / f"{file}.ipynb", RIGHT)
    out = tmp_path / "out"
    for _ in range(2):  # the second time from what is kept
        found = graded(tmp_path / "s", out, sandbox=False)
        assert found["x"].file == "x/toy.ipynb" and found["y"].file == "y/toy.ipynb"
        assert found["x"].notes == [
            "Several notebooks were handed in: toy.ipynb counts, not toy_FINAL.ipynb."
        ]
        assert "not new/toy.ipynb" in found["y"].notes[0] and found["y"].status == GRADED
        assert not found["z"].notes and not found["one"].notes and found["one"].status == GRADED
    marks = json.loads((out / "grades.json").read_text())
    assert [len(each["notes"]) for each in marks["results"]] == [0, 1, 1, 0]


def test_a_notebook_of_another_lesson_is_not_graded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    write_other(tmp_path / "s" / "ada.ipynb")
    write_other(tmp_path / "s" / "bo" / "mine.ipynb")
    monkeypatch.setattr(batch, "Warm", lambda *args: pytest.fail("a server was started"))
    found = graded(tmp_path / "s", tmp_path / "out", sandbox=False)
    for name, file in (("ada", "ada.ipynb"), ("bo", "bo/mine.ipynb")):
        assert found[name].status == UNREADABLE
        assert found[name].notes == [f"{file}: it is the notebook of other, not of toy."]


def test_what_a_notebook_says_of_its_lesson_may_be_anything() -> None:
    for said in ("week1/toy", "toy", "week9/nowhere", "", None, 3, ["other"], {"other": 1}):
        text = json.dumps({"metadata": {"workbook": {"lesson": said}}})
        assert not trouble_of(text.encode(), "toy", {"other"})
    for text in ("[", "[" * 100_000, "3", "[]", '{"metadata": null}', '{"metadata": {"workbook": []}}'):
        assert not trouble_of(text.encode(), "toy", {"other"})


def test_notebooks_of_other_lessons_are_no_candidates(tmp_path: Path) -> None:
    write_notebook(tmp_path / "ada" / "homework.ipynb", RIGHT)
    write_notebook(tmp_path / "ada" / "other.ipynb", RIGHT)
    write_other(tmp_path / "ada" / "week-2" / "mine.ipynb")
    write_other(tmp_path / "bo" / "1.ipynb")
    write_other(tmp_path / "bo" / "2.ipynb")
    write_other(tmp_path / "cy" / "other.ipynb", "week1/toy")
    write_other(tmp_path / "cy" / "toy.ipynb", "week1/other")
    ada, bo, cy = find(tmp_path, "toy", {"other"})
    assert ada.file == "ada/homework.ipynb" and not ada.note
    assert bo.trouble == "it holds no notebook of toy, only those of other lessons: 1.ipynb, 2.ipynb"
    assert cy.file == "cy/other.ipynb"


def test_a_second_lesson_does_not_overwrite_the_first(tmp_path: Path, other: str) -> None:
    write_notebook(tmp_path / "s" / "ada.ipynb", RIGHT)
    out = tmp_path / "marks"
    graded(tmp_path / "s", out, sandbox=False)
    before = {path: path.read_bytes() for path in out.rglob("*.json")}
    with pytest.raises(LessonError, match=r"marks holds the grades of toy: .*--out, such as .*marks/other"):
        grade_folder(tmp_path / "s", find_lesson(other), out, sandbox=False)
    assert {path: path.read_bytes() for path in out.rglob("*.json")} == before


def test_a_folder_without_submissions_takes_no_grades_away(tmp_path: Path) -> None:
    write_notebook(tmp_path / "s" / "ada.ipynb", RIGHT)
    graded(tmp_path / "s", tmp_path / "out", sandbox=False)
    before = (tmp_path / "out" / "grades.csv").read_text()
    (tmp_path / "empty").mkdir()
    assert not graded(tmp_path / "empty", tmp_path / "out", sandbox=False)
    assert not graded(tmp_path / "empty", tmp_path / "new", sandbox=False)
    assert not (tmp_path / "new").exists()
    assert (tmp_path / "out" / "grades.csv").read_text() == before


def test_a_seed_below_zero_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    (tmp_path / "s").mkdir()
    with pytest.raises(SystemExit) as end:
        cli.main(["grade", str(tmp_path / "s"), "--lesson", "toy", "--out", "o", "--seed", "-1"])
    assert end.value.code == 2 and "--seed" in capsys.readouterr().err


def test_a_page_that_is_missing_is_told_after_the_marks(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    write_notebook(tmp_path / "s" / "ada.ipynb", RIGHT)
    (tmp_path / "out" / "feedback" / "ada.html").mkdir(parents=True)
    arguments = ["grade", str(tmp_path / "s"), "--lesson", "toy", "--out", str(tmp_path / "out")]
    with pytest.raises(SystemExit) as end:
        cli.main([*arguments, "--no-sandbox"])
    said = capsys.readouterr()
    assert end.value.code == 1 and "1 of 1 graded" in said.out and "could not be written" in said.err


def test_a_folder_that_may_not_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = os.scandir
    for name in ("ada", "bo/inner", "cy/inner"):
        (tmp_path / name).mkdir(parents=True)
    write_notebook(tmp_path / "cy" / "toy.ipynb", RIGHT)
    closed = {tmp_path / "ada", tmp_path / "bo" / "inner", tmp_path / "cy" / "inner"}

    def scandir(path: Path) -> Any:
        if path in closed:
            raise PermissionError(13, "Permission denied")
        return usual(path)

    monkeypatch.setattr(os, "scandir", scandir)
    ada, bo, cy = find(tmp_path, "toy")
    assert "this folder may not be read" in ada.trouble and "inner in it may not be read" in bo.trouble
    assert not cy.trouble and cy.note == "What may not be read: inner."


def test_what_nobody_handed_in_is_left_out_and_told(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    write_notebook(tmp_path / "s" / "ada.ipynb", RIGHT)
    for name in ("Thumbs.db", "desktop.ini", "grades.csv", "Makefile", ".DS_Store"):
        (tmp_path / "s" / name).touch()
    assert [each.name for each in find(tmp_path / "s", "toy")] == ["ada"]
    assert left_out(tmp_path / "s") == ["Makefile", "Thumbs.db", "desktop.ini", "grades.csv"]
    arguments = ["grade", str(tmp_path / "s"), "--lesson", "toy", "--out", str(tmp_path / "out")]
    with pytest.raises(SystemExit) as end:
        cli.main([*arguments, "--no-sandbox"])
    assert not end.value.code
    assert "left out: Makefile, Thumbs.db, desktop.ini, grades.csv\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ada.zip", "unpack it"),
        ("ada.py", "it is a script"),
        ("ada.pdf", "it is not a notebook"),
        ("ada.ipynb.txt", "rename it"),
        ("ada/ada.zip", "there is no notebook in it, but ada.zip: it is an archive: unpack it"),
    ],
)
def test_what_to_do_with_what_was_handed_in(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).touch()
    (found,) = find(tmp_path, "toy")
    assert words in found.trouble and not left_out(tmp_path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b" \n", "the file is empty"),
        ('{"a": "\u00e9"}'.encode("utf-16"), "save it as UTF-8"),
        ('{"a": "\u00e9"}'.encode("utf-16-le"), "save it as UTF-8"),
        ('{"a": "\u00e9"}'.encode("latin-1"), "save it as UTF-8"),
    ],
)
def test_a_file_that_is_empty_or_in_another_encoding(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "ada.ipynb").write_bytes(content)
    result = graded(tmp_path / "s", tmp_path / "out", sandbox=False)["ada"]
    assert result.status == UNREADABLE and words in result.notes[0] and len(result.notes) == 1
    assert (tmp_path / "out" / "grades.json").read_text().count(words) == 1


@pytest.mark.parametrize(
    "metadata",
    [None, [], *({"kernelspec": each} for each in (None, [], {"language": None}, {"language": "Python3"}))],
)
def test_what_a_notebook_does_not_need_may_be_damaged(metadata: Any) -> None:
    cells = [{"cell_type": "code", "source": text} for text in (None, ["x = 1\n", "y = 2"])]
    book = {"nbformat": 4, "metadata": metadata, "cells": cells}
    assert parts_of(json.dumps(book).encode(), "ada.ipynb")[-1].cell.text == "x = 1\ny = 2"


def test_names_keep_the_joiners_of_their_script() -> None:
    for name in ("\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", "\u0915\u094d\u200d\u0937"):
        assert clean_name(name) == name
    assert clean_name("\u200d") == "unnamed" and clean_name("a\u202eb") == "a_b"
