"""Pictures that one lesson draws for itself: drawn once, then kept beside the generated data sets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from workbook.data import course, sources

if TYPE_CHECKING:
    from workbook.data.hdf5 import Arrays


def kept(
    name: str,
    draw: Callable[[Callable[[int], None]], Arrays],
    keys: tuple[str, ...],
    drawings: int,
    recipe: str,
    code: tuple[str, ...],
    lesson_code: Path,
    quiet: bool = False,
) -> Arrays:
    """What ``draw`` gives, read from the file in which it was kept the last time where there is one.

    draw: a function to tell how many are done -> arrays under these keys. drawings: how many pictures.
    recipe: sizes and seeds; with the drawing code it makes the file's name, so that a change draws anew.
    code: patterns of files in workbook/data; lesson_code: the lesson's own file. quiet: print nothing.
    """
    version = course.code_version(code, lesson_code)
    dataset = sources.DataSet(
        name=name,
        title=name,
        own=(),
        read=lambda folder: {},
        draw=draw,
        drawings=drawings,
        recipe=lambda: f"v{version}-{recipe}",
        keys=keys,
        summary=lambda arrays: f"{drawings:,} pictures",
    )
    return sources.load(dataset, source="generated", quiet=quiet).arrays
