"""From a notebook to its answers: which cells count, and which of several definitions of one name."""

import ast
import json
import math
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbook.collector import Collected, Collector, defined_by
from workbook.grading.submissions import OVERFULL, is_overfull
from workbook.reading import YOUR_CODE, Cell, Unreadable, parse_notebook, source_of, statements

MOST_CELLS = 5_000
_MOST_OLD_BYTES = 2_000_000
_DEFINES = re.compile(r"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """A code cell of a submission: its text, and the exercise that its id or nbgrader's says it answers."""

    cell: Cell
    answers: str = ""

    def to_list(self) -> list[str]:
        return [self.cell.name, self.cell.label, self.cell.text, self.answers]

    @classmethod
    def from_list(cls, data: list[str]) -> "Part":
        return cls(Cell(*data[:3]), data[3])


def to_bytes(parts: list[Part]) -> bytes:
    """Parts as they travel to a sandbox."""
    return json.dumps([part.to_list() for part in parts]).encode()


def read_parts(descriptor: int) -> list[Part]:
    """Parts from the start of an open file, which is closed."""
    with os.fdopen(descriptor, "rb") as file:
        file.seek(0)
        return [Part.from_list(item) for item in json.load(file)]


def parts_of(content: bytes, file: str) -> list[Part]:
    """The code cells of a notebook that may define something. Raises Unreadable; runs nothing."""
    path = Path(file)
    if is_overfull(content):
        raise Unreadable(f"{file}: {OVERFULL}.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(f"{file} is not a notebook: it is not text.") from None
    _look_at_format(text, file)
    try:
        cells = parse_notebook(text, path)["cells"]
    except Unreadable:
        raise
    except Exception as error:
        raise Unreadable(f"{file} is not a notebook ({type(error).__name__}).") from error
    if len(cells) > MOST_CELLS:
        raise Unreadable(f"{file} has more than {MOST_CELLS:,} cells.")
    parts = []
    for number, cell in enumerate((each for each in cells if each.get("cell_type") == "code"), 1):
        text = _encodable(source_of(cell))
        if not _is_check(cell) or _DEFINES.search(text):  # a check alone would only be told as not run
            whole = Cell(f"cell {number} of {path.name}", f"cell {number}", text)
            parts.append(Part(whole, _answered(cell)))
    return parts


def _look_at_format(text: str, file: str) -> None:
    """Raise Unreadable for a large notebook of an old format: to bring it up to date has no bound."""
    try:
        notebook = json.loads(text)
        if notebook["nbformat"] >= 4:
            return
    except (ValueError, RecursionError, TypeError, LookupError):
        return  # that it is no notebook is said by who reads it
    if len(text) > _MOST_OLD_BYTES or _old_cells(notebook) > MOST_CELLS:
        raise Unreadable(
            f"{file} is a notebook of an old format, and too large to be brought up to date here: open it in "
            "Jupyter, clear its outputs and save it again."
        )


def _old_cells(notebook: dict[str, Any]) -> float:
    """How many cells a notebook of an old format has; without end where it is damaged."""
    try:
        sheets = notebook.get("worksheets", [])
        return sum(len(sheet.get("cells", [])) for sheet in [notebook, *sheets])
    except (TypeError, AttributeError):
        return math.inf


def _encodable(text: str) -> str:
    """Halves of characters, which JSON can hold and Python cannot read, become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _names(cell: dict[str, Any]) -> list[str]:
    """What a cell is called: its id, and nbgrader's, which survives formats without ids."""
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return [name for name in (cell.get("id"), grade_id) if isinstance(name, str)]


def _is_check(cell: dict[str, Any]) -> bool:
    return any(name.startswith("check-") for name in _names(cell))


def _answered(cell: dict[str, Any]) -> str:
    return next((name.removeprefix("answer-") for name in _names(cell) if name.startswith("answer-")), "")


def choose(parts: list[Part], exercises: list[str]) -> dict[str, int]:
    """For each exercise that is defined, the number of the part whose definition counts.

    That of the lesson's own answer cell, unless it still waits for code or is gone; then the last one that
    does not wait; then the last.
    """
    found: dict[str, list[tuple[bool, bool, int]]] = {}
    for number, part in enumerate(parts):
        for name, blank in _defined(part.cell).items():
            if name in exercises:
                found.setdefault(name, []).append((not blank, part.answers == name, number))
    return {name: max(candidates)[2] for name, candidates in found.items()}


def _defined(cell: Cell) -> dict[str, bool]:
    """The names that a cell defines at its top level, each with whether it still waits for its code."""
    names = {}
    for node in statements(cell)[0]:
        blank = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _is_blank(node)
        names |= dict.fromkeys(defined_by(node), blank)
    return names


def _is_blank(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """True for a function that does nothing, or in which a released line still waits for code."""
    body = [node for node in function.body if not _is_text(node)]
    return all(isinstance(node, ast.Pass) or _waits(node) for node in body) or _has_gap(function)


def _has_gap(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """True where a line that a learner should replace can still be reached."""
    blocks = [function.body]
    while blocks:
        for node in blocks.pop():
            if _waits(node) and _says(node, YOUR_CODE):
                return True
            if isinstance(node, ast.Return | ast.Raise | ast.Continue | ast.Break):
                break  # what stands below was left there and is never run
            blocks += [getattr(node, part, []) for part in ("body", "orelse", "finalbody")]
            blocks += [each.body for part in ("handlers", "cases") for each in getattr(node, part, [])]
    return False


def _says(node: ast.Raise, text: str) -> bool:
    """Whether what is raised is called with this text alone."""
    arguments = node.exc.args if isinstance(node.exc, ast.Call) else []
    return [each.value for each in arguments if isinstance(each, ast.Constant)] == [text]


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _waits(node: ast.stmt) -> bool:
    if not isinstance(node, ast.Raise) or node.exc is None:
        return False
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


def collect_parts(parts: list[Part], chosen: dict[str, int], module: Any) -> Collected:
    """Run the imports, constants and definitions of a submission in a module, in the notebook's order."""
    collector = Collector(module)
    for number, part in enumerate(parts):
        collector.read(part.cell, skipped={name for name, home in chosen.items() if home != number})
    collector.finish_group()
    return collector.collected


def told(collected: Collected) -> list[str]:
    """What was stepped over, in sentences; at most thirty."""
    return [str(each)[:400] for each in collected.stepped_over[:30]]


def doubles(parts: list[Part], chosen: dict[str, int]) -> list[str]:
    """A sentence for each exercise that is defined in several cells: which one counts."""
    found: dict[str, list[int]] = {}
    for number, part in enumerate(parts):
        for name, blank in _defined(part.cell).items():
            if name in chosen and not blank:
                found.setdefault(name, []).append(number)
    return [
        f"{name} is defined in {' and in '.join(parts[n].cell.label for n in numbers)}: what counts is "
        f"{parts[chosen[name]].cell.label}, {_why(parts[chosen[name]], name)}."
        for name, numbers in found.items()
        if len(numbers) > 1
    ]


def _why(part: Part, name: str) -> str:
    return "the lesson's own cell for it" if part.answers == name else "the last of them"


__all__ = [
    "Part",
    "Unreadable",
    "choose",
    "collect_parts",
    "doubles",
    "parts_of",
    "read_parts",
    "to_bytes",
    "told",
]
