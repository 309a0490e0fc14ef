"""A missing answer in a notebook is named in one sentence; every other error keeps its traceback."""

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbclient import NotebookClient
from toy_support import make_tree

from workbook import gaps, progress
from workbook.checking import check

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


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> InteractiveShell:
    """A kernel that watches its cells, as after ``workbook.start``."""
    monkeypatch.setattr(gaps, "_outdated", {})
    shell = InteractiveShell()
    for _ in range(2):
        gaps._watch(shell)
    return shell


def ran(shell: InteractiveShell, *cells: str, cell_id: str | None = "answer-double") -> str | None:
    """What is said of double after these cells have run."""
    for cell in cells:
        shell.run_cell(cell, cell_id=cell_id)
    return gaps.outdated("double", shell.user_ns.get("double"))


RIGHT = "def double(x):\n    return 2 * x"


def test_a_cell_that_fails_leaves_an_older_function(shell: InteractiveShell, capsys) -> None:
    assert ran(shell, RIGHT) is None
    words = ran(shell, "def double(x):\n    return (2 * x")
    assert "failed: SyntaxError in line 2 (" in words and "version before" in words
    assert "failed: NameError: name 'k' is not defined" in ran(shell, "def double(x=k):\n    return x")
    assert ran(shell, RIGHT) is None


def test_a_cell_that_fails_below_the_function_has_defined_it(shell: InteractiveShell, capsys) -> None:
    assert ran(shell, RIGHT, f"{RIGHT}\n1 / 0") is None


def test_a_check_in_the_cell_itself_looks_at_the_new_function(shell: InteractiveShell, capsys) -> None:
    ran(shell, RIGHT, "def double(")
    shell.user_ns["gaps"] = gaps
    shell.run_cell(f"{RIGHT}\nsaid = gaps.outdated('double', double)", cell_id="answer-double")
    assert shell.user_ns["said"] is None


def test_a_cell_that_defines_another_name(shell: InteractiveShell) -> None:
    assert ran(shell, RIGHT) is None
    assert ran(shell, "def helper(x):\n    return x", "double(2)", cell_id="of-mine") is None
    words = ran(shell, "def duoble(x):\n    return 2 * x")
    assert "The cell for double defines duoble, and not double." in words
    assert ran(shell, "def twice(x):\n    return 2 * x\ndouble = twice") is None


def test_a_name_that_is_not_known_because_its_cell_failed(shell: InteractiveShell, capsys) -> None:
    ran(shell, "def double(x:\n    return x")
    assert said(lambda: eval("double(1)", {})).startswith("The last run of the cell with def double failed")
    ran(shell, "def duoble(x):\n    return 2 * x")
    assert "The cell for double defines duoble" in said(lambda: eval("double(1)", {}))


def test_an_outdated_function_is_not_checked(
    shell: InteractiveShell, capsys, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_tree(tmp_path / "tree")
    monkeypatch.setenv("WORKBOOK_ROOT", str(tmp_path / "tree"))
    monkeypatch.setenv("WORKBOOK_HOME", str(tmp_path / "home"))
    ran(shell, RIGHT, "def double(x:")
    capsys.readouterr()
    assert check(shell.user_ns["double"], "toy") is None
    assert "Nothing was checked" in capsys.readouterr().out and not progress.best()
    ran(shell, RIGHT)
    assert check(shell.user_ns["double"], "toy").passed
