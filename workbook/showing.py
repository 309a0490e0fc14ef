"""What the command line shows: words on stdout, progress bars and errors on stderr."""

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

Tell = Callable[[str, int, int], None]
"""Called with what is being done, how much is done and of how much (0: nobody knows)."""


def say(text: str = "", style: str = "") -> None:
    """Print a line, coloured where the terminal can."""
    from rich.text import Text

    console().print(Text(text, style=style), soft_wrap=True)


def say_json(content: Any) -> None:
    """Print JSON, and nothing else."""
    sys.stdout.write(json.dumps(content, indent=2) + "\n")


def console() -> Any:
    """A rich console on stdout as it is now."""
    from rich.console import Console

    return Console(file=sys.stdout, highlight=False)


def complain(text: str) -> None:
    """Print an error to stderr."""
    from rich.console import Console
    from rich.text import Text

    Console(stderr=True, highlight=False).print(Text(text, style="red"), soft_wrap=True)


@contextlib.contextmanager
def bar(hidden: bool = False) -> Iterator[Tell]:
    """A progress bar on stderr, where that is a terminal; gives a function that moves it."""
    if hidden or not _is_terminal():
        yield lambda words, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    # its own descriptor: checks close off stderr for a while, so that libraries do not write to it
    with os.fdopen(os.dup(sys.stderr.fileno()), "w", encoding=sys.stderr.encoding) as stream:
        progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            console=Console(file=stream, force_terminal=True),
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        with progress:
            task = progress.add_task("", total=None)
            yield lambda words, done, total: progress.update(
                task, description=words, completed=done, total=total or None, refresh=True
            )


def _is_terminal() -> bool:
    try:
        return sys.stderr.isatty() and sys.stderr.fileno() >= 0
    except (AttributeError, OSError, ValueError):
        return False


def gigabytes(size: float) -> str:
    """ "7.8 GB"."""
    return f"{size / 1e9:.1f} GB"
