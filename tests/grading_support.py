"""Submissions to the toy lesson, as files, and where a sandbox can be had."""

import json
from pathlib import Path

import pytest
from toy_support import TOY

from workbook.grading import sandbox

RIGHT = "def double(X):\n    return 2 * X\n\ndef corner(X):\n    return X\n"


def toy_tree(root: Path) -> Path:
    """A workbook with one lesson, of those toy exercises whose references are sound."""
    (root / "week1" / "exercises").mkdir(parents=True)
    (root / "week1" / "exercises" / "toy.py").write_text(TOY.split("refusal =")[0])
    (root / "workbook").mkdir()
    (root / "workbook" / "paths.py").touch()
    return root


def write_notebook(path: Path, *cells: str) -> Path:
    """A notebook of code cells."""
    path.parent.mkdir(parents=True, exist_ok=True)
    code = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    content = [code | {"id": f"c{i}", "source": cell} for i, cell in enumerate(cells)]
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": content}
    path.write_text(json.dumps(book))
    return path


def need_sandbox() -> None:
    """Skip where the kernel gives no sandbox."""
    if why := sandbox.available():
        pytest.skip(f"no sandbox can be had here: {why}")
