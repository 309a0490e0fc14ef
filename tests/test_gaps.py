"""A missing answer in a notebook is named in one sentence; every other error keeps its traceback."""

import nbformat
import pytest
from nbclient import NotebookClient

from workbook import gaps

NAMES = ["double", "quadruple"]
BLANK = "def double(x):\n    raise NotImplementedError('your code here')"


def quadruple(x):
    return double(double(x))


def double(x):
    raise NotImplementedError("your code here")


def other():
    raise NotImplementedError("not for this type")


def said(call) -> str | None:
    with pytest.raises((NotImplementedError, NameError)) as caught:
        call()
    return gaps.missing(caught.value, caught.tb, NAMES)


def test_the_innermost_exercise_is_named() -> None:
    assert said(lambda: double(1)) == gaps.GAP.format(name="double")
    assert said(lambda: quadruple(1)) == gaps.GAP.format(name="double")


def test_an_exercise_whose_cell_has_not_run() -> None:
    assert said(lambda: eval("double(1)", {})) == gaps.NOT_RUN.format(name="double")


def test_other_errors_are_left_alone() -> None:
    assert said(other) is None
    assert said(lambda: eval("X_train", {})) is None


def test_what_a_kernel_shows() -> None:
    start = "from workbook import gaps\ngaps.explain(lambda: ['double'])"
    cells = [start, "double(3)", BLANK, "double(3)", "X_train"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, kernel_name="python3", allow_errors=True, timeout=120).execute()
    shown = ["\n".join(each.traceback) for cell in notebook.cells for each in cell.outputs]
    assert shown[0] == gaps.NOT_RUN.format(name="double")
    assert shown[1] == gaps.GAP.format(name="double")
    assert "Traceback" in shown[2] and "X_train" in shown[2]
    kinds = [each.ename for cell in notebook.cells for each in cell.outputs]
    assert kinds == ["NameError", "NotImplementedError", "NameError"]
