"""A sign of life for work that takes long: a bar in a terminal, one line in a notebook, else nothing."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE_S = 1.0  # shorter work goes by without a word


class _Meter:
    """Counts work done and shows it once it has lasted longer than PATIENCE_S."""

    def __init__(self, words: str, total: int) -> None:
        self.words, self.total = words, max(total, 1)
        self.start = time.monotonic()
        self.bar = None
        self.told = False

    def update(self, done: int) -> None:
        """done: how much of the total is done so far."""
        if self.bar is not None:
            self.bar.update(self.task, completed=done)
        elif not self.told and time.monotonic() - self.start > PATIENCE_S:
            self.told = True
            self._show(done)

    def _show(self, done: int) -> None:
        if sys.stdout.isatty():
            from rich.console import Console
            from rich.progress import Progress

            self.bar = Progress(console=Console(file=sys.stdout), transient=True)
            self.task = self.bar.add_task(self.words, total=self.total, completed=done)
            self.bar.start()
        elif "ipykernel" in sys.modules:
            seconds = (time.monotonic() - self.start) * (self.total / max(done, 1) - 1)
            print(f"{self.words}: about {max(round(seconds), 1)} seconds more ...", flush=True)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.stop()


@contextmanager
def meter(words: str, total: int, quiet: bool = False) -> Iterator[Callable[[int], None]]:
    """Show progress on stdout while work goes on; gives a function to call with how much is done.

    words: what is being done. total: how much there is to do. quiet: show nothing.
    """
    counter = _Meter(words, total)
    try:
        yield (lambda done: None) if quiet else counter.update
    finally:
        counter.close()
