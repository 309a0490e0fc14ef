"""A learner's first exercise in JupyterLab, in a real browser: blank, wrong, right, a hint, a new kernel."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser_support import console_errors, open_browser, picture, wait_for
from lab_support import Notebook, copy_workbook, jupyterlab, run_workbook

from workbook.releasing import BEGIN, BLANK, END

LESSON = "week2/residual_networks.ipynb"
PROGRESS = "where-you-stand"
ANSWER, CHECK = "answer-identity_block", "check-identity_block"
WRONG_END = ['X = Activation("relu")(X)', "return Add()([X, X_shortcut])"]
RIGHT_END = ["X = Add()([X, X_shortcut])", 'return Activation("relu")(X)']


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_workbook(tmp_path_factory.mktemp("lab"))


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    with open_browser(1400, 1000) as page:
        yield page


@pytest.fixture(scope="module")
def lab(page: Any, tree: Path) -> Iterator[str]:
    with jupyterlab(tree) as address:
        yield address


def test_the_first_exercise(page: Any, lab: str, tree: Path) -> None:
    notebook = Notebook(page, lab, f"my/{LESSON}")
    picture(page, "lab-1-opened")
    assert not notebook.is_changed(), "a notebook that was only opened counts as changed"
    first, pictures, sizes, *_ = [cell for cell in notebook.ids() if cell.startswith("code-")]
    notebook.run(first)
    assert "training and" in notebook.run(pictures)
    assert "one picture: (64, 64, 3)" in notebook.run(sizes)
    notebook.look_at(pictures)
    picture(page, "lab-2-pictures")
    notebook.run(ANSWER)
    assert "Not attempted yet" in notebook.run(CHECK)
    notebook.look_at(CHECK)
    picture(page, "lab-3-not-attempted")

    notebook.write(ANSWER, _solved(tree, ANSWER).replace("\n    ".join(RIGHT_END), BLANK))
    _type_over(notebook, BLANK, WRONG_END)
    notebook.run(ANSWER)
    assert "when the shortcut is added after the last ReLU" in notebook.run(CHECK)
    notebook.look_at(CHECK)
    picture(page, "lab-4-mistake-named")

    hints = _new_cell(notebook, CHECK, "hint(identity_block)")
    assert "hint 1 of" in notebook.run(hints)
    notebook.look_at(hints)
    picture(page, "lab-5-hint")

    _type_over(notebook, "\n    ".join(WRONG_END), RIGHT_END)
    notebook.run(ANSWER)
    assert "15 of 15 points" in notebook.run(CHECK)
    notebook.look_at(CHECK)
    picture(page, "lab-6-passed")

    assert _complaints(notebook) == []
    notebook.restart_kernel()
    notebook.run(first)
    notebook.run(ANSWER)
    assert "hint 2 of" in notebook.run(hints), "a new kernel goes on where the old one stopped"
    picture(page, "lab-7-after-restart")
    assert "15 of 50 points" in notebook.run(PROGRESS)
    notebook.look_at(PROGRESS)
    picture(page, "lab-8-progress")
    assert _earned(tree) == 15
    assert _complaints(notebook) == []
    assert console_errors(page) == []


def _complaints(notebook: Notebook) -> list[dict[str, Any]]:
    """What the cells say that no learner should see: warnings, anything else on stderr, errors."""
    return [
        each for each in notebook.outputs() if each.get("name") == "stderr" or each["output_type"] == "error"
    ]


def _solved(tree: Path, cell: str) -> str:
    """A cell of the solved notebook, without its marks."""
    notebook = json.loads((tree / LESSON).with_name("solutions").joinpath(Path(LESSON).name).read_text())
    source = next("".join(each["source"]) for each in notebook["cells"] if each["id"] == cell)
    return "\n".join(line for line in source.splitlines() if line.strip() not in (BEGIN, END))


def _type_over(notebook: Notebook, old: str, lines: list[str]) -> None:
    """Mark a piece of the answer and type lines in its place, key by key."""
    from selenium.webdriver.common.keys import Keys

    editor = notebook.editor(ANSWER)
    notebook.select(ANSWER, old)
    editor.send_keys(Keys.ENTER.join(lines))
    assert "\n    ".join(lines) in notebook.source(ANSWER), "what is typed does not stand in the cell"


def _new_cell(notebook: Notebook, below: str, text: str) -> str:
    """Add a cell below another, as a learner does, and type into it; its id."""
    before = set(notebook.ids())
    notebook.insert_below(below)
    (new,) = set(notebook.ids()) - before
    notebook.editor(new).send_keys(text)
    return new


def _earned(tree: Path) -> int:
    """The points that ``workbook progress`` gives for the lesson."""
    lessons = json.loads(run_workbook(tree, "progress", "--json"))["lessons"]
    return next(each["score"] for each in lessons if each["lesson"] == Path(LESSON).stem)


def test_the_stop_button_is_heard_while_a_picture_is_painted(page: Any, lab: str) -> None:
    notebook = Notebook(page, lab, "my/week4/neural_style_transfer.ipynb")
    first, cell = [each for each in notebook.ids() if each.startswith("code-")][:2]
    notebook.write(first, _SLOW_PAINTER)
    notebook.run(first)
    notebook.write(
        cell, "done = painting.paint(slow_step, painting.noisy(np.zeros((8, 8, 3))), 150, every=2)"
    )
    notebook.begin(cell)
    wait_for("the first steps", lambda: re.search(r"[1-9]\d* of 150", notebook.shown(cell)), 60)
    notebook.press(cell, "button")
    wait_for("its end", lambda: "stopped by you" in notebook.shown(cell), 15)
    picture(page, "lab-9-stopped")
    assert "True (8, 8, 3)" in notebook.run(
        _new_cell(notebook, cell, "print(done.stopped, done.picture.shape)")
    )
    assert console_errors(page) == []


_SLOW_PAINTER = """
import time
import workbook
workbook.start("neural_style_transfer")
import numpy as np
import painting

def slow_step(image):
    time.sleep(0.2)
    return 1.0
"""
