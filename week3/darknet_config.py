"""Reading a network's description in Darknet's .cfg format: sections of key=value lines.

    [convolutional]
    filters=16        # whole numbers, numbers, words, or lists of numbers with commas
    activation=leaky

Values are read when they are asked for, so that an option of training that nobody needs can hold anything.
Source of the format and of its defaults: Darknet (Redmon, 2013 to 2018, https://pjreddie.com/darknet/).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from workbook.data.errors import DataError
from workbook.data.files import shown

REMEDY = "Correct that line, or take the .cfg file that came with the weights."
LARGEST_FILE = 2**20  # bytes; real ones have some ten thousand
LARGEST_WHOLE = 2**16  # of sizes, strides and filters: what is larger is a slip


@dataclass(frozen=True)
class Section:
    """One section of a .cfg file. Its readers raise DataError, naming the file and the line."""

    file: str  # as shown to people
    name: str  # without brackets, in small letters
    line: int  # where it starts, from 1
    options: dict[str, tuple[str, int]] = field(default_factory=dict)  # key: (value, line)

    def flaw(self, what: str, key: str | None = None, remedy: str = REMEDY) -> DataError:
        """The error that says what is wrong with this section, or with the line of one key in it."""
        line = self.options[key][1] if key in self.options else self.line
        return DataError(f"{self.file}, line {line}: [{self.name}] {what}.", remedy)

    def word(self, key: str, default: str) -> str:
        """The value in small letters."""
        return self.options[key][0].lower() if key in self.options else default

    def number(self, key: str, default: float) -> float:
        """A value such as 1.05."""
        return self._read(key, default, _number, "a number")

    def whole(self, key: str, default: int, least: int = 0) -> int:
        """A whole number that is at least so much."""
        value = self._read(key, default, _whole, "a whole number")
        if not least <= value <= LARGEST_WHOLE:
            raise self.flaw(f"has {key}={value}, which is not from {least} to {LARGEST_WHOLE}", key)
        return value

    def wholes(self, key: str, default: tuple[int, ...] = ()) -> tuple[int, ...]:
        """Whole numbers with commas between, perhaps negative."""
        return self._read(key, default, lambda text: _each(text, _whole), "whole numbers with commas between")

    def numbers(self, key: str, default: tuple[float, ...] = ()) -> tuple[float, ...]:
        """Numbers with commas between."""
        return self._read(key, default, lambda text: _each(text, _number), "numbers with commas between")

    def _read(self, key: str, default, read: Callable, kind: str):
        if key not in self.options:
            return default
        text = self.options[key][0]
        try:
            return read(text)
        except (ValueError, OverflowError):
            raise self.flaw(f"has {key}={text}, which is not {kind}", key) from None


def _each(text: str, read: Callable) -> tuple:
    """What is between commas; a comma at the end is no harm."""
    return tuple(read(entry) for entry in text.strip(",").split(","))


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _whole(text: str) -> int:
    value = _number(text)
    if value != int(value):
        raise ValueError(text)
    return int(value)


def read_config(path: str | Path) -> list[Section]:
    """The sections of a .cfg file, in its order; the first is [net].

    Raises DataError: no such file, not text, a line that is neither a section nor key=value, no [net].
    """
    path = Path(path)
    file = shown(path)
    sections: list[Section] = []
    for line, text in enumerate(_text(path, file).splitlines(), start=1):
        text = "".join(text.partition("#")[0].split())  # blanks mean nothing, not even between digits
        if not text or text.startswith(";"):
            continue
        if text.startswith("["):
            if len(text) < 3 or not text.endswith("]"):
                raise DataError(f"{file}, line {line}: {text[:60]!r} is no section such as [net].", REMEDY)
            sections.append(Section(file, text[1:-1].lower(), line))
            continue
        key, equals, value = text.partition("=")
        if not equals or not key or not sections:
            where = "no key=value line" if sections else "not the start of a section such as [net]"
            raise DataError(f"{file}, line {line}: {text[:60]!r} is {where}.", REMEDY)
        sections[-1].options.setdefault(key.lower(), (value, line))  # of two, Darknet takes the first
    _check_net(sections, file)
    return sections


def _text(path: Path, file: str) -> str:
    try:
        with open(path, "rb") as opened:
            content = opened.read(LARGEST_FILE + 1)
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error.strerror or error}.", "Correct the path.") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if len(content) > LARGEST_FILE or "\0" in text:
        raise DataError(
            f"{file} is not a .cfg file: it is not text, or far too long.",
            "Give the .cfg file first and the .weights file second.",
        )
    return text


def _check_net(sections: list[Section], file: str) -> None:
    if not sections:
        raise DataError(f"{file} has no section: it is empty.", "Download or copy it again.")
    if sections[0].name not in ("net", "network"):
        first = sections[0]
        raise DataError(
            f"{file}, line {first.line}: the first section is [{first.name}]. It must be [net], which gives "
            "width, height and channels of the pictures.",
            "Take the whole .cfg file that came with the weights.",
        )
    if len(sections) == 1:
        raise sections[0].flaw("is the only section: there are no layers")
