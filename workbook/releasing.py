"""From one source to two notebooks: the solved lesson, executed, and the learner's, with blank answers.

weekN/solutions/<lesson>.py is a text notebook (jupytext, py:percent). Cells keep their ids from release
to release: the id comes from what a cell is (the answer to ``zero_pad``, its check) or says, never from
its place.
"""

import os
import re
import tempfile
from collections.abc import Callable, Iterable
from copy import deepcopy
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbformat import NotebookNode

from workbook.lessons import Lesson, LessonError, all_lessons
from workbook.paths import repository
from workbook.reading import YOUR_CODE
from workbook.writing import atomic_write

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
BLANK = f'raise NotImplementedError("{YOUR_CODE}")'
GO_ON = "raises-exception"
"""Tells JupyterLab that "Run All" goes on after a cell that fails: an answer may be missing there."""

_HEADER_KEYS = {"title": str, "order": int, "minutes": int, "runs": (int, float)}
_CHECK = re.compile(r"^check\((\w+)\)\s*$")
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def release(
    lessons: Iterable[Lesson] | None = None,
    force: bool = False,
    tell: Callable[[str], None] = print,
) -> list[Path]:
    """Write both notebooks of each lesson whose source has changed; the paths written.

    Raises LessonError where a source is not as it should be, or a cell of it fails or writes to stderr.
    """
    written: list[Path] = []
    for lesson in _with_source(lessons):
        if not force and not drifted([lesson]):
            tell(f"{lesson.name}: nothing has changed")
            continue
        notebook = build(lesson)
        solved = None if force else known_outputs(lesson)
        if solved is None:
            tell(f"{lesson.name}: running {len(_code(notebook))} cells")
            solved = execute(notebook, lesson)
        else:
            tell(f"{lesson.name}: only the text has changed, the outputs stay")
        for path, content in ((solved_path(lesson), solved), (lesson.notebook, blank(notebook))):
            write_notebook(path, content)
            written.append(path)
    return written


def drifted(lessons: Iterable[Lesson] | None = None) -> list[str]:
    """What no longer fits its source, a sentence each."""
    found = []
    for lesson in _with_source(lessons):
        fresh = build(lesson)
        for path, expected in ((solved_path(lesson), fresh), (lesson.notebook, blank(fresh))):
            if not path.is_file():
                found.append(f"{_relative(path)} is missing: run make release.")
            elif _essence_of(path) != _essence(expected):
                found.append(f"{_relative(path)} is not what its source says: run make release.")
    return found


def build(lesson: Lesson) -> NotebookNode:
    """The lesson as a solved notebook that has not run: cells, ids and metadata, no outputs."""
    header = lesson.header
    for key, kind in _HEADER_KEYS.items():
        if not isinstance(header.get(key), kind):
            raise LessonError(f"{_relative(lesson.source)}: the header needs workbook: {key}.")
    notebook = jupytext.read(lesson.source, fmt="py:percent")
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": _KERNEL,
            "language_info": {"name": "python"},
            "workbook": {"lesson": f"{lesson.week}/{lesson.name}"},
        }
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    taken: set[str] = set()
    for number, cell in enumerate(notebook.cells, 1):
        try:
            _dress(cell, lesson)
        except LessonError as error:
            raise LessonError(f"{_relative(lesson.source)}: cell {number}: {error}") from error
        cell.id = _unique(_name(cell), taken)
    _validate(notebook, lesson)
    return notebook


def blank(notebook: NotebookNode) -> NotebookNode:
    """The learner's notebook: solutions cleared, nothing run. Below the first gap each cell that shows
    something may fail, and the cells below it are run all the same."""
    learner = deepcopy(notebook)
    gaps = False
    for cell in learner.cells:
        if cell.cell_type == "code":
            gaps = gaps or BEGIN in cell.source
            if gaps and "nbgrader" not in cell.metadata:
                cell.metadata.tags = [*cell.metadata.get("tags", []), GO_ON]
            cell.source = clear_solutions(cell.source)
            cell.outputs, cell.execution_count = [], None
    return learner


def clear_solutions(source: str) -> str:
    """The source of a cell with each marked region replaced by a line that waits for code.

    Raises ValueError where the marks do not pair up.
    """
    kept: list[str] = []
    inside = False
    for line in source.splitlines():
        mark = line.strip()
        if mark in (BEGIN, END):
            if inside == (mark == BEGIN):
                raise ValueError(f"{mark} stands where it does not belong")
            inside = not inside
            if inside:
                indent = line[: len(line) - len(line.lstrip())]
                kept.append(indent + BLANK)
        elif not inside:
            kept.append(line)
    if inside:
        raise ValueError(f"{BEGIN} is never ended")
    return "\n".join(kept)


def execute(notebook: NotebookNode, lesson: Lesson) -> NotebookNode:
    """The notebook after running it beside its source, with a record of its own."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    solved = deepcopy(notebook)
    folder = lesson.source.parent
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"WORKBOOK_HOME": home, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        client = NotebookClient(
            solved,
            timeout=1800,
            kernel_name="python3",
            resources={"metadata": {"path": str(folder)}},
            extra_arguments=["--log-level=ERROR"],
        )
        try:
            client.execute(env=environment)
        except CellExecutionError as error:
            raise LessonError(f"{_relative(lesson.source)}: a cell fails.\n{error}") from error
        except (CellTimeoutError, DeadKernelError) as error:
            raise LessonError(f"{_relative(lesson.source)}: {error}") from error
    for cell in solved.cells:
        cell.metadata.pop("execution", None)  # when it ran says nothing about what it says
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                raise LessonError(f"{_relative(lesson.source)}: {cell.id} writes to stderr:\n{output.text}")
    solved.metadata.pop("widgets", None)
    solved.metadata.language_info = nbformat.from_dict({"name": "python"})
    return solved


def known_outputs(lesson: Lesson) -> NotebookNode | None:
    """The lesson with the outputs of its solved notebook; None where that is damaged or has other code."""
    path = solved_path(lesson)
    if not path.is_file():
        return None
    try:
        known = _code(nbformat.read(path, as_version=4))
    except Exception:  # nbformat has no common exception for what it cannot read
        return None
    solved = build(lesson)
    if [cell.source for cell in known] != [cell.source for cell in _code(solved)]:
        return None
    for cell, old in zip(_code(solved), known, strict=True):
        cell.outputs, cell.execution_count = old.outputs, old.execution_count
    return solved


def _code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _with_source(lessons: Iterable[Lesson] | None) -> list[Lesson]:
    chosen = all_lessons() if lessons is None else list(lessons)
    missing = [lesson.name for lesson in chosen if not lesson.source.is_file()]
    if missing and lessons is not None:
        raise LessonError(f"{', '.join(missing)}: there is no source in solutions/.")
    return [lesson for lesson in chosen if lesson.source.is_file()]


def solved_path(lesson: Lesson) -> Path:
    """Where the lesson's solved notebook is."""
    return lesson.source.with_suffix(".ipynb")


def _dress(cell: NotebookNode, lesson: Lesson) -> None:
    """Give a cell nbgrader's metadata (schema 3) and only those tags that mean something here."""
    tags = [tag for tag in cell.metadata.get("tags", []) if tag]
    name = cell.metadata.get("name")
    cell.metadata = nbformat.from_dict({})
    if name:
        cell.metadata.name = name
    if tags:
        cell.metadata.tags = tags
    if cell.cell_type != "code":
        return
    cell.outputs, cell.execution_count = [], None
    if checked := checked_name(cell):
        points = lesson.exercise(checked).points
        cell.metadata.nbgrader = _nbgrader(f"check-{checked}", grade=True, locked=True, points=points)
        cell.metadata.deletable = False
    elif BEGIN in cell.source:
        cell.metadata.nbgrader = _nbgrader(f"answer-{_function(cell.source)}", solution=True)


def checked_name(cell: NotebookNode) -> str | None:
    """The exercise that a cell checks; None where it is no check cell."""
    found = _CHECK.match(cell.source.strip()) if cell.cell_type == "code" else None
    return found[1] if found else None


def _nbgrader(
    grade_id: str,
    grade: bool = False,
    solution: bool = False,
    locked: bool = False,
    points: int | None = None,
) -> dict[str, Any]:
    metadata = {
        "grade": grade,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    return metadata if points is None else metadata | {"points": points}


def _function(source: str) -> str:
    """The name of the function that an answer cell asks for: the one that holds the first mark."""
    before = source[: source.index(BEGIN)]
    names = re.findall(r"^(?:def|class) (\w+)", before, re.MULTILINE)
    if not names:
        raise LessonError(f"a marked solution stands outside a function:\n{source[:200]}")
    return names[-1]


_FOLD = re.compile(r"<details>\s*<summary>.*?</summary>")
"""How a text begins that is folded away: no part of what a cell is called."""


def _name(cell: NotebookNode) -> str:
    """What a cell is called: by its metadata, by what it is, or by its first words."""
    if "nbgrader" in cell.metadata:
        return cell.metadata.nbgrader.grade_id
    if "name" in cell.metadata:
        return re.sub(r"[^A-Za-z0-9_-]+", "-", cell.metadata.pop("name"))[:60]
    words = re.findall(r"[A-Za-z0-9]+", _FOLD.sub("", cell.source))[:5]
    kind = "text" if cell.cell_type == "markdown" else "code"
    return "-".join([kind, *(word.lower() for word in words)])[:60]


def _unique(name: str, taken: set[str]) -> str:
    """A name that is not taken yet, with a number where need be."""
    candidate, n = name, 2
    while candidate in taken:
        candidate, n = f"{name[:58]}-{n}", n + 1
    taken.add(candidate)
    return candidate


def _validate(notebook: NotebookNode, lesson: Lesson) -> None:
    """Marks pair up, and every exercise of the lesson has its answer cell and, after it, its check cell."""
    for cell in notebook.cells:
        try:
            clear_solutions(cell.source)
        except ValueError as error:
            raise LessonError(f"{_relative(lesson.source)}: {cell.id}: {error}") from error
    ids = [cell.id for cell in notebook.cells]
    for exercise in lesson.exercises:
        answer, check = f"answer-{exercise.name}", f"check-{exercise.name}"
        if answer not in ids or check not in ids or ids.index(check) < ids.index(answer):
            raise LessonError(
                f"{_relative(lesson.source)}: {exercise.name} needs a cell with its marked solution and, "
                f"after it, a cell check({exercise.name})."
            )
    nbformat.validate(notebook)


def _essence_of(path: Path) -> list[tuple] | None:
    """The same of a file; None where it is no notebook."""
    try:
        return _essence(nbformat.read(path, as_version=4))
    except Exception:  # nbformat has no common exception for what it cannot read
        return None


def _essence(notebook: NotebookNode) -> list[tuple]:
    """All of a notebook that its source decides."""
    return [
        (cell.id, cell.cell_type, cell.source, cell.metadata.get("nbgrader"), cell.metadata.get("tags"))
        for cell in notebook.cells
    ]


def write_notebook(path: Path, notebook: NotebookNode) -> None:
    """Write a notebook whole or not at all."""
    atomic_write(path, (nbformat.writes(notebook).rstrip("\n") + "\n").encode())


def _relative(path: Path) -> str:
    return str(path.relative_to(repository())) if path.is_relative_to(repository()) else path.name
