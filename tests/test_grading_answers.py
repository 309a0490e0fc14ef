"""From a notebook to its answers: which definition of several counts, and what is said where none does."""

import json
import time
from pathlib import Path

import pytest
from grading_support import need_sandbox, toy_tree, write_notebook

from workbook.grading import grade_folder
from workbook.grading.answers import Part, Unreadable, choose, doubles, parts_of
from workbook.grading.submissions import lesson_of, trouble_of
from workbook.lessons import all_lessons, find_lesson
from workbook.reading import Cell

RIGHT = "def double(X): return 2 * X"
HALF = """
def double(X):
    Y = 0
    for x in X:
        raise NotImplementedError("your code here")
    return Y
"""


def of_double(*cells: str) -> list[Part]:
    """These cells as parts; the first is the lesson's own answer cell."""
    parts = (Cell(f"cell {n}", f"cell {n}", text) for n, text in enumerate(cells, 1))
    return [Part(cell, "" if n else "double") for n, cell in enumerate(parts)]


def counts(*cells: str) -> int:
    """Which of these cells counts for double."""
    return choose(of_double(*cells), ["double"])["double"]


def test_an_answer_below_its_unfinished_cell_counts() -> None:
    for unfinished in (HALF, "def double(X): raise NotImplementedError", "def double(X):\n    'Soon.'"):
        assert counts(unfinished, RIGHT) == 1
        assert counts(unfinished) == 0


def test_a_finished_answer_cell_counts_before_a_later_one() -> None:
    later = "def double(X): return X"
    left = "def double(X):\n    return 2 * X\n    raise NotImplementedError('your code here')"
    refusing = "def double(X):\n    if not X:\n        raise NotImplementedError('a case')\n    return 2 * X"
    many = "def double(X):\n    if X == 0: return 0\n" + "".join(
        f"    elif X == {n}: return {2 * n}\n" for n in range(1, 900)
    )
    for finished in (RIGHT, left, refusing, many, "double = abs"):
        assert counts(finished, later) == 0


def test_every_released_answer_cell_is_known_to_be_unfinished() -> None:
    names = []
    for lesson in all_lessons():
        for part in parts_of(lesson.notebook.read_bytes(), lesson.notebook.name):
            if part.answers:
                names.append(part.answers)
                mine = Part(Cell("", "", f"def {part.answers}(): return 1"))
                assert choose([part, mine], [part.answers]) == {part.answers: 1}, part.answers
    assert len(names) > 80


def test_two_finished_definitions_are_told_of() -> None:
    parts = of_double("def double(X): return X", RIGHT)
    assert doubles(parts, choose(parts, ["double"])) == [
        "double is defined in cell 1 and in cell 2: what counts is cell 1, the lesson's own cell for it."
    ]
    assert not doubles(of_double(HALF, RIGHT), {"double": 1})


def test_an_answer_in_a_check_cell_counts() -> None:
    def parts(source: str) -> list[Part]:
        cell = {"cell_type": "code", "id": "check-double", "metadata": {}, "outputs": [], "source": source}
        book = {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {},
            "cells": [cell | {"execution_count": None}],
        }
        return parts_of(json.dumps(book).encode(), "a.ipynb")

    assert not parts("check(double)")
    (part,) = parts(f"{RIGHT}\ncheck(double)")
    assert RIGHT in part.cell.text


@pytest.mark.parametrize(
    ("cell", "where"),
    [
        ("if True:\n    def double(X): return 2 * X", "cell 1, line 1 (an if)"),
        (
            "class Twice:\n    def __call__(self, X): return 2 * X\ndouble = Twice()",
            "line 3 (it calls Twice)",
        ),
    ],
)
def test_a_definition_that_is_not_run_is_told_of(
    cell: str, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need_sandbox()
    monkeypatch.setenv("WORKBOOK_ROOT", str(toy_tree(tmp_path / "tree")))
    write_notebook(tmp_path / "submissions" / "a.ipynb", cell)
    (result,) = grade_folder(tmp_path / "submissions", find_lesson("toy"), tmp_path / "out")
    verdict = result.exercises[0]
    assert where in verdict["message"] and "at the top level" in verdict["message"] and verdict["attempted"]


def test_a_notebook_that_would_take_minutes_to_read_is_not_read() -> None:
    lists = b'{"metadata": {"a": [' + b"[]," * 2_000_000 + b'0]}, "nbformat": 4, "cells": []}'
    started = time.monotonic()
    assert "clear its outputs" in trouble_of(lists, "toy", {"other"}) and not lesson_of(lists)
    with pytest.raises(Unreadable, match="it holds more than a million brackets"):
        parts_of(lists, "ada.ipynb")
    assert time.monotonic() - started < 1
