"""Carrying a learner's notebook over to a newer release: nothing that the learner wrote is lost.

Cells are known by their ids, answers by nbgrader's names as well, which survive programs that drop ids;
without either, a cell is known by what it says, as long as nobody has changed it. A copy remembers, in its
metadata, a hash of each cell as it was released; so a cell that the learner has changed is told from one that
a newer release has changed.
"""

import hashlib
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode

ASIDE = "# Yours, from before the update. The cell above is how it is released now.\n"


@dataclass
class Carried:
    """The notebook that comes of it, and what the learner should know, a sentence each."""

    notebook: NotebookNode
    notes: list[str] = field(default_factory=list)


def fresh(released: NotebookNode) -> NotebookNode:
    """A copy of a released notebook that remembers what it was."""
    copy = deepcopy(released)
    copy.metadata.setdefault("workbook", nbformat.from_dict({}))
    copy.metadata.workbook.cells = {name_of(cell): hash_of(cell) for cell in released.cells}
    return copy


def carry(mine: NotebookNode, released: NotebookNode) -> Carried:
    """A learner's notebook in the form of a newer release.

    - An answer that the learner has written stays, whatever the release says.
    - Of all other cells those that the learner has not touched become the release's. One that both have
      changed stands twice: the release's, and the learner's below it.
    - The learner's own cells stay behind the cells that they stood behind.
    - Outputs stay where the code has not changed.
    """
    result = Carried(fresh(released))
    base = dict(mine.metadata.get("workbook", {}).get("cells", {}))
    mine = _recognized(mine, base, released)
    known: dict[str, NotebookNode] = {}
    for cell in mine.cells:
        known.setdefault(name_of(cell), cell)
    cells: list[NotebookNode] = []
    own = _own_cells(mine, {name_of(cell) for cell in released.cells}, base, result)
    cells += own.pop("", [])
    for cell in result.notebook.cells:
        name = name_of(cell)
        cells += _one(cell, known.get(name), base.get(name), result) + own.pop(name, [])
    result.notebook.cells = _with_distinct_ids(cells)
    return result


def name_of(cell: NotebookNode) -> str:
    """What a cell is called: nbgrader's name for an answer or a check, else its id."""
    named = cell.metadata.get("nbgrader", {})
    return str(named.get("grade_id") or cell.get("id", "")) if isinstance(named, dict) else cell.get("id", "")


def hash_of(cell: NotebookNode) -> str:
    return hashlib.sha256(f"{cell.cell_type}\n{cell.source.strip()}".encode()).hexdigest()[:12]


def is_answer(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def _recognized(mine: NotebookNode, base: dict[str, str], released: NotebookNode) -> NotebookNode:
    """The learner's notebook with the ids that a program has dropped or changed.

    A cell that nobody has named and that says what a released cell said, which is not there, is that cell.
    """
    names = base | {name_of(cell): hash_of(cell) for cell in released.cells if name_of(cell) not in base}
    there = {name_of(cell) for cell in mine.cells}
    missing: dict[str, list[str]] = {}
    for name, hashed in names.items():
        if name not in there:
            missing.setdefault(hashed, []).append(name)
    mine = deepcopy(mine)
    for cell in mine.cells:
        unknown = name_of(cell) == cell.get("id", "") and name_of(cell) not in names
        if unknown and missing.get(hash_of(cell)):
            cell.id = missing[hash_of(cell)].pop(0)
    return mine


def _one(
    new: NotebookNode, old: NotebookNode | None, base: str | None, result: Carried
) -> list[NotebookNode]:
    """A released cell as it shall stand, and below it the learner's form of it where both have changed."""
    if old is None:
        return [new]
    if hash_of(old) == hash_of(new):
        return [_with_results(new, old)]
    if hash_of(old) == base:  # the learner has not touched it
        return [new]
    if is_answer(new):
        if base is not None and base != hash_of(new):
            result.notes.append(
                f"{name_of(new).removeprefix('answer-')}: your answer stays; the text around it is newer "
                "in the released lesson."
            )
        return [_with_results(new, old, old.source)]
    if base == hash_of(new):  # the release has not touched it
        return [_with_results(new, old, old.source)]
    name = name_of(new)
    result.notes.append(f"{name}: you changed this cell and so did the release; yours stands below it.")
    return [new, _aside(old)]


def _with_results(new: NotebookNode, old: NotebookNode, source: str | None = None) -> NotebookNode:
    """The new cell with the old one's outputs, and its source where one is given."""
    cell = deepcopy(new)
    if source is not None:
        cell.source = source
    if cell.cell_type == "code" and old.cell_type == "code":
        cell.outputs, cell.execution_count = deepcopy(old.outputs), old.execution_count
    return cell


def _aside(old: NotebookNode) -> NotebookNode:
    """The learner's form of a cell as a cell of the learner's own."""
    cell = deepcopy(old)
    cell.metadata = nbformat.from_dict({})
    cell.id = f"{cell.id[:50]}-yours"
    if cell.cell_type == "code":
        cell.source = ASIDE + cell.source
        cell.outputs, cell.execution_count = [], None
    return cell


def _own_cells(
    mine: NotebookNode, released: set[str], base: dict[str, str], result: Carried
) -> dict[str, list[NotebookNode]]:
    """The learner's cells that the release does not know, by the name of the released cell before them."""
    found: dict[str, list[NotebookNode]] = {}
    before = ""
    seen: set[str] = set()
    for cell in mine.cells:
        name = name_of(cell)
        if name in released and name not in seen:
            before = name
            seen.add(name)
        elif base.get(name) != hash_of(cell) and cell.source.strip():
            if is_answer(cell) and name not in released:
                result.notes.append(f"{name}: it is no longer in the lesson; what you wrote stays.")
            found.setdefault(before, []).append(deepcopy(cell))
    return found


def _with_distinct_ids(cells: list[NotebookNode]) -> list[NotebookNode]:
    """No two cells of a notebook may have one id."""
    return list(_numbered(cells))


def _numbered(cells: list[NotebookNode]) -> Iterator[NotebookNode]:
    taken: set[str] = set()
    for cell in cells:
        name, number = cell.get("id") or "cell", 1
        while cell.get("id") in taken or not cell.get("id"):
            number += 1
            cell.id = f"{name[:58]}-{number}"
        taken.add(cell.id)
        yield cell
