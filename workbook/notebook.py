"""What a learner reads below a cell: words are shown there, and while a check takes long, how far it is."""

import sys
import textwrap
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

PATIENCE = 4.0
"""So many seconds pass before a learner is told what the check is doing."""


def fill(words: str, width: int = 100) -> str:
    """Words in lines; paths and code stay whole."""
    return textwrap.fill(words, width, break_long_words=False, break_on_hyphens=False)


def current_cell() -> int | None:
    """The number of the notebook cell that runs now; None outside IPython."""
    if "IPython" not in sys.modules:
        return None
    from IPython import get_ipython

    shell = get_ipython()
    return None if shell is None else shell.execution_count


@dataclass
class Place:
    """Where something is shown, so that something else can take its place."""

    name: str = field(default_factory=lambda: uuid.uuid4().hex)
    taken: bool = False


def show(thing: Any, place: Place | None = None) -> None:
    """Show something that has ``text()`` and ``_repr_html_()`` where the learner reads it.

    place  shown there, in place of what stands there
    """
    if current_cell() is None:
        try:
            print(thing.text())
        except UnicodeEncodeError:  # a terminal that knows few characters
            print(thing.text().encode("ascii", "replace").decode())
        return
    from IPython.display import display

    content = {"text/html": thing._repr_html_(), "text/plain": thing.text()}
    if place is None:
        display(content, raw=True)
        return
    display(content, raw=True, display_id=place.name, update=place.taken)
    place.taken = True


@dataclass(frozen=True)
class Note:
    """Words for a learner, shown like a report: a hint, or why a check could not be made."""

    title: str
    words: str
    hint: bool = False

    def text(self) -> str:
        return f"{self.title}\n" + textwrap.indent(fill(self.words, 98), "  ")

    __str__ = __repr__ = text

    def _repr_html_(self) -> str:
        from workbook.html import note_html

        return note_html(self)


class Waiting:
    """Tells how far a check is, once it has taken some seconds; its report then takes that place.

    Large networks are compared with wrong ones that were never built on this computer: that takes up to a
    minute, once. In a terminal nothing is told.
    """

    def __init__(self) -> None:
        self._place = Place()
        self._begun: float | None = None

    def tell(self, done: int, of: int) -> None:
        """So many of the usual mistakes have been compared with the answer."""
        now = time.monotonic()
        self._begun = now if self._begun is None else self._begun
        if now - self._begun >= PATIENCE and current_cell() is not None:
            words = f"Compared with {done} of {of} usual mistakes. The next check of this exercise is quick."
            show(Note("Looking for what explains these results", words), self._place)

    @property
    def place(self) -> Place | None:
        """Where the words stand; None where nothing was told."""
        return self._place if self._place.taken else None
