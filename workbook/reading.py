"""How a file becomes statements: scripts and notebooks, with what Python cannot read stepped over."""

import ast
import difflib
import json
import re
import tokenize
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

YOUR_CODE = "your code here"
"""What the error says that stands in a learner's notebook where code is wanted."""

_MOST_BYTES = 200_000_000
_PYTHON_MAGICS = {"%%time", "%%timeit", "%%capture", "%%prun", "%%px", "%%memit"}
"""Cell magics whose cell is Python all the same."""

_PYTHON = re.compile(r"(i?python[\d.]*|\s*)", re.IGNORECASE)
_MAGIC = re.compile(r"\s*[%!?]|\s*[\w\s.,]+=\s*[%!]|.*\?\s*$")
_DEFINES = re.compile(r"^(?:async\s+)?(?:def|class)\s+(\w+)", re.MULTILINE)
_GOES_ON = re.compile(r"[\s)\]}#]|(else|elif|except|finally)\b")
_INCOMPLETE = re.compile(
    r"never closed|unterminated triple|unexpected EOF|expected an indented block|expected 'ex"
)


class Unreadable(Exception):
    """A file that cannot be read as Python or as a notebook; the text says what to do."""


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook, or a whole script.

    name   what tracebacks call it: "cell 3 of answers.ipynb", "answers.py"
    label  what stands before the line number when people are told: "cell 3", or nothing
    """

    name: str
    label: str
    text: str

    def place(self, first: int, last: int | None = None) -> str:
        """ "cell 3, line 2" or "lines 2 to 5"."""
        lines = f"line {first}" if last in (None, first) else f"lines {first} to {last}"
        return f"{self.label}, {lines}" if self.label else lines


@dataclass(frozen=True)
class Trouble:
    """Lines that Python cannot read: where they start and end, why, and what they would have defined."""

    first: int
    last: int
    why: str
    names: tuple[str, ...] = ()


# Files


def read_cells(path: Path) -> list[Cell]:
    """The code of a .py or .ipynb file, cell by cell. Raises Unreadable."""
    _look_at(path)
    try:
        if path.suffix.lower() == ".ipynb":
            return _notebook_cells(path)
        with tokenize.open(path) as file:  # follows a line such as "# -*- coding: latin-1 -*-"
            text = file.read()
    except (UnicodeDecodeError, SyntaxError) as error:
        raise Unreadable(f"{path} is not text that Python can read: {error}. Save it as UTF-8.") from error
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror or error}.") from error
    if "\0" in text:
        raise Unreadable(f"{path} is not Python: it holds binary data. Name the .py or .ipynb file itself.")
    return [Cell(path.name, "", text)]


def _look_at(path: Path) -> None:
    """Raise Unreadable where a path names nothing that could be read."""
    if path.is_dir():
        raise Unreadable(f"{path} is a folder: name a .py or .ipynb file in it.")
    if not path.exists():
        near = [each.name for each in path.parent.glob("*")] if path.parent.is_dir() else []
        close = difflib.get_close_matches(path.name, near, n=1)
        guess = f"Did you mean {path.parent / close[0]}?" if close else "Is the path right?"
        raise Unreadable(f"There is no file {path}. {guess}")
    if path.suffix.lower() not in (".py", ".ipynb"):
        raise Unreadable(f"{path} is neither a .py nor an .ipynb file: name the file with your answers.")
    if path.stat().st_size > _MOST_BYTES:
        raise Unreadable(f"{path} is larger than 200 MB: clear its outputs and save it again.")


def _notebook_cells(path: Path) -> list[Cell]:
    """The code cells of a notebook, numbered as Jupyter numbers them when all are run once."""
    notebook = _notebook(path)
    texts = [source_of(cell) for cell in notebook["cells"] if cell.get("cell_type") == "code"]
    return [
        Cell(f"cell {number} of {path.name}", f"cell {number}", text) for number, text in enumerate(texts, 1)
    ]


def _notebook(path: Path) -> dict[str, Any]:
    """A notebook of format 4; older ones are brought up to it."""
    return parse_notebook(path.read_text(encoding="utf-8-sig"), path)


def parse_notebook(text: str, path: Path) -> dict[str, Any]:
    """The text of a notebook as a notebook of format 4. Raises Unreadable, which names the path."""
    if not text.strip():
        raise Unreadable(f"{path} is not a notebook: the file is empty. Get it again, or save it once more.")
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(
            f"{path} is not a whole notebook ({error}). It may have been cut short or hold the marks of a "
            "merge: get it again, or save it once more from Jupyter."
        ) from error
    version = notebook.get("nbformat") if isinstance(notebook, dict) else None
    if not isinstance(version, int) or version > 4:
        raise Unreadable(f"{path} is not a notebook that this workbook knows: save it again from Jupyter.")
    if version < 4:
        notebook = _upgraded(path, text)
    if not _is_sound(notebook):
        raise Unreadable(
            f"{path} is not a sound notebook: its cells are damaged. Save it again from Jupyter."
        )
    language = _language(notebook)
    if not _PYTHON.fullmatch(language):
        raise Unreadable(f"{path} is written in {language}: the exercises are answered in Python.")
    return notebook


def _upgraded(path: Path, text: str) -> dict[str, Any]:
    import nbformat  # takes seconds to import, so only here

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return nbformat.reads(text, as_version=4)
    except Exception as error:
        raise Unreadable(
            f"{path} is an old notebook that cannot be brought up to date ({type(error).__name__}): "
            "open it in Jupyter and save it again."
        ) from error


def _is_sound(notebook: dict[str, Any]) -> bool:
    cells = notebook.get("cells")
    return isinstance(cells, list) and all(
        isinstance(cell, dict) and isinstance(cell.get("source", ""), str | list | None) for cell in cells
    )


def _language(notebook: dict[str, Any]) -> str:
    """The language that a notebook says it is written in; Python where it says nothing of use."""
    found: Any = notebook
    for name in ("metadata", "kernelspec", "language"):
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, str) else "python"


def source_of(cell: dict[str, Any]) -> str:
    """The text of a cell: one that has none is empty."""
    source = cell.get("source") or ""
    return source if isinstance(source, str) else "".join(map(str, source))


# Statements


def statements(cell: Cell) -> tuple[list[ast.stmt], list[Trouble]]:
    """What a cell says, statement by statement, and what of it is no Python."""
    lines = cell.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines, troubles = _without_cell_magic(lines)
    try:
        found, more = _parse(lines, 0, len(lines))
        return found, troubles + more
    except SyntaxError:
        found, more = _parse_in_pieces(lines)
        return found, troubles + more


def _without_cell_magic(lines: list[str]) -> tuple[list[str], list[Trouble]]:
    """A first line such as %%time is taken off; where it makes the cell something else, all of it is."""
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if not lines[first].startswith("%%"):
        return lines, []
    magic = lines[first].split()[0]
    if magic in _PYTHON_MAGICS:
        return [*lines[:first], "", *lines[first + 1 :]], [
            Trouble(first + 1, first + 1, "a magic of Jupyter")
        ]
    return [], [Trouble(first + 1, len(lines), f"{magic} makes it something else than Python")]


def _parse(lines: list[str], start: int, stop: int) -> tuple[list[ast.stmt], list[Trouble]]:
    """Parse a range of lines; a magic or a print of Python 2 in them is taken out. Raises SyntaxError."""
    lines = [*[""] * start, *lines[start:stop]]
    troubles: list[Trouble] = []
    while True:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # "\d" in a string that is not raw
                return ast.parse("\n".join(lines)).body, troubles
        except (ValueError, RecursionError, MemoryError) as error:
            raise SyntaxError(str(error)) from error
        except SyntaxError as error:
            troubles.append(_take_out(lines, error))


def _take_out(lines: list[str], error: SyntaxError) -> Trouble:
    """Put ``pass`` in place of the line that cannot be read, where that line alone is to blame."""
    first = (error.lineno or 0) - 1
    if not 0 <= first < len(lines):
        raise error
    line, last = lines[first], first
    if "Missing parentheses in call to" in str(error.msg):
        why = "written for Python 2"
        last = max(first, min((error.end_lineno or 0), len(lines)) - 1)
    elif _MAGIC.match(line):
        why = "a magic of Jupyter" if "%" in line else "a command for Jupyter, no Python"
        while lines[last].endswith("\\") and last + 1 < len(lines):
            last += 1
    else:
        raise error
    indent = line[: len(line) - len(line.lstrip())]
    lines[first : last + 1] = [f"{indent}pass", *[""] * (last - first)]
    return Trouble(first + 1, last + 1, why)


def _parse_in_pieces(lines: list[str]) -> tuple[list[ast.stmt], list[Trouble]]:
    """Parse what can be parsed, piece by piece; a piece starts at a line without indentation."""
    starts = _piece_starts(lines)
    found: list[ast.stmt] = []
    troubles: list[Trouble] = []
    at = 0
    while at < len(starts) - 1:
        after, body, more = _next_piece(lines, starts, at)
        found += body
        troubles += more
        at = after
    return found, troubles


def _next_piece(
    lines: list[str], starts: list[int], at: int, most: int = 100
) -> tuple[int, list[ast.stmt], list[Trouble]]:
    """The piece at a start, made longer while it is incomplete; where nothing helps, it is a trouble."""
    trouble = None
    for after in range(at + 1, min(at + most, len(starts))):
        try:
            return after, *_parse(lines, starts[at], starts[after])
        except SyntaxError as error:
            trouble = trouble or _unreadable_piece(lines, starts[at], starts[at + 1], error)
            if not _INCOMPLETE.search(str(error.msg)):
                break
    return at + 1, [], [trouble] if trouble else []


def _unreadable_piece(lines: list[str], start: int, stop: int, error: SyntaxError) -> Trouble:
    text = "\n".join(lines[start:stop])
    where = min(max(error.lineno or 0, start + 1), stop)
    why = f"Python cannot read line {where}: {error.msg}"
    return Trouble(start + 1, start + len(text.rstrip().split("\n")), why, tuple(_DEFINES.findall(text)))


def _piece_starts(lines: list[str]) -> list[int]:
    """Where pieces may start, and the end as the last one."""
    starts, decorated = [], False
    for i, line in enumerate(lines):
        if not line.strip() or (starts and _GOES_ON.match(line)):
            continue
        if not decorated:
            starts.append(i)
        decorated = line.startswith("@")
    return [*starts, len(lines)]
