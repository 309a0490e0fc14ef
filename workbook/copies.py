"""The learner's own copies of the lessons, in my/: git does not know them, so an update cannot touch them.

A copy is made once. When a lesson is newer than a copy, the copy is carried over (``carrying``), and the
notebook as it was is kept in my/backups.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import nbformat
from filelock import FileLock
from nbformat import NotebookNode

from workbook.carrying import carry, fresh
from workbook.lessons import Lesson, LessonError, all_lessons
from workbook.paths import repository
from workbook.releasing import blank, build, write_notebook
from workbook.writing import atomic_write

FOLDER = "my"


@dataclass(frozen=True)
class Change:
    """What was done to one copy.

    kind    "made", "carried over", or "left alone" where something is wrong with it
    backup  where the notebook as it was lies now, where it was changed
    notes   what the learner should know, a sentence each
    """

    path: Path
    kind: str
    backup: Path | None = None
    notes: list[str] = field(default_factory=list)


def folder() -> Path:
    return repository() / FOLDER


def copy_of(lesson: Lesson) -> Path:
    """Where the learner's copy of a lesson lies, or would lie."""
    return folder() / lesson.week / lesson.notebook.name


def refresh(lessons: Iterable[Lesson] | None = None) -> list[Change]:
    """Make the copies that are missing, and carry over those of which there is a newer release."""
    folder().mkdir(parents=True, exist_ok=True)
    with FileLock(folder() / ".lock"):
        changes = [_refresh(lesson) for lesson in (all_lessons() if lessons is None else lessons)]
    return [change for change in changes if change is not None]


def _refresh(lesson: Lesson) -> Change | None:
    path = copy_of(lesson)
    try:
        released = _released(lesson)
    except LessonError as error:
        return Change(path, "left alone", notes=[str(error)])
    if released is None:
        return None
    kind, start = ("carried over", path) if path.is_file() else ("made", lesson.notebook)
    mine = _read(start)
    if mine is None:
        words = f"{start} is not a notebook any more: move it away, and workbook mine makes it anew."
        if (folder() / "backups").is_dir():
            words += " Earlier states of your notebooks lie in my/backups."
        return Change(path, "left alone", notes=[words])
    if kind == "made" and "cells" not in mine.metadata.get("workbook", {}):
        mine.metadata["workbook"] = fresh(released).metadata.workbook  # edited where it was released, perhaps
    if kind == "carried over" and mine.metadata.get("workbook") == fresh(released).metadata.workbook:
        return None
    carried = carry(mine, released)
    backup = _back_up(path, path.relative_to(folder())) if path.is_file() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    write_notebook(path, _introduced(carried.notebook))
    return Change(path, kind, backup, carried.notes)


def _introduced(notebook: NotebookNode) -> NotebookNode:
    """The notebook with what JupyterLab writes into it when its kernel has started: without, a notebook that
    was only opened would count as changed, with a dot in its tab and a question when it is closed."""
    notebook.metadata.kernelspec = nbformat.from_dict(
        {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    )
    notebook.metadata.language_info = nbformat.from_dict(
        {
            "codemirror_mode": {"name": "ipython", "version": 3},
            "file_extension": ".py",
            "mimetype": "text/x-python",
            "name": "python",
            "nbconvert_exporter": "python",
            "pygments_lexer": "ipython3",
            "version": platform.python_version(),
        }
    )
    return notebook


def _released(lesson: Lesson) -> NotebookNode | None:
    """The lesson as it is released: from its source, since the notebook beside it may have been worked in;
    from that notebook where a teacher has taken the solutions away."""
    if lesson.source.is_file():
        return blank(build(lesson))
    return _read(lesson.notebook)


def _read(path: Path) -> NotebookNode | None:
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except (OSError, ValueError, KeyError, AttributeError, nbformat.ValidationError, json.JSONDecodeError):
        return None
    return notebook


def _back_up(path: Path, name: Path) -> Path:
    """Keep a notebook as it is, under today's date and this name."""
    moment = datetime.now().strftime("%Y-%m-%d %H%M%S")
    kept, number = folder() / "backups" / moment / name, 1
    while kept.exists():
        number += 1
        kept = folder() / "backups" / f"{moment} {number}" / name
    kept.parent.mkdir(parents=True, exist_ok=True)
    atomic_write(kept, path.read_bytes())
    return kept


def keep_beside(path: Path) -> Path:
    """Put a copy of any notebook of the workbook into my/backups; where it lies."""
    return _back_up(path, path.relative_to(repository()))
