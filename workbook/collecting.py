"""How a file becomes functions: only imports, constants and definitions of it are run.

A notebook or script that was solved elsewhere, for an older Python or Keras, with helper modules and data
that are not here, still gives its answers. What was stepped over is told, each with its place and reason.
"""

import contextlib
import itertools
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from workbook.collector import Collected, Collector, SteppedOver
from workbook.importing import lies_in
from workbook.limits import captured
from workbook.reading import Unreadable, read_cells

__all__ = ["Collected", "SteppedOver", "Unreadable", "collect"]

_numbers = itertools.count(1)


def collect(path: str | Path, beside: bool = True, week: Path | None = None) -> Collected:
    """The functions that a .py or .ipynb file defines. Raises Unreadable.

    beside  whether helper modules that lie in the file's folder may be imported: code that lies there is the
            learner's own. Whoever grades the files of many people in one folder says False.
    week    the folder of the lesson's week, whose helper modules may be imported too

    sys.path, the working directory and sys.argv are what they were afterwards, whatever the file does.
    """
    path = Path(path)
    cells = read_cells(path)
    module = ModuleType(f"_workbook_answers_{next(_numbers)}")
    sys.modules[module.__name__] = module  # dataclasses and type hints look there
    collector = Collector(module, path.resolve().parent if beside else None)
    with captured(), _as_it_was(collector.folder, week):
        for cell in cells:
            collector.read(cell)
    collector.finish_group()
    return collector.collected


@contextlib.contextmanager
def _as_it_was(folder: Path | None, week: Path | None) -> Iterator[None]:
    """For a while modules of two folders can be imported, behind all others; then everything is as before,
    but for the week's modules, which stay: observers look for them."""
    path, argv, working, bytecode = sys.path[:], sys.argv[:], os.getcwd(), sys.dont_write_bytecode
    if week is not None:
        _forget_other_weeks(week)
    modules = set(sys.modules)
    sys.dont_write_bytecode = True  # leave nothing in the learner's folder
    if week is not None:  # that of another lesson may lie on the path, and hold modules of the same names
        others = {str(each) for each in week.parent.glob("week*") if each != week}
        sys.path[:] = [each for each in sys.path if each not in others]
    sys.path += [str(each) for each in (folder, week) if each is not None]
    try:
        yield
    finally:
        sys.path[:], sys.argv[:], sys.dont_write_bytecode = path, argv, bytecode
        os.chdir(working)
        for name in set(sys.modules) - modules:  # the next file's helpers may have the same name
            if folder not in (None, week) and lies_in(sys.modules[name], folder):
                del sys.modules[name]


def _forget_other_weeks(week: Path) -> None:
    """Several weeks have a module ``helpers``: one of another week must not be taken for this week's."""
    for name in (path.stem for path in week.glob("*.py")):
        if name in sys.modules and not lies_in(sys.modules[name], week):
            del sys.modules[name]
