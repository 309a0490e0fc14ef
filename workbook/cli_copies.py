"""``workbook mine`` and ``workbook update``: the learner's own copies of the lessons, and newer releases."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from workbook import showing
from workbook.paths import repository


def mine(
    next_one: Annotated[bool, typer.Option("--next", help="Only print which of them to open next.")] = False,
) -> None:
    """Make your own copies of the lessons, in my/, and bring them up to date.

    A copy that is there is never made anew: where a lesson is newer, your
    answers, your own cells and your outputs are carried over, and the notebook
    as it was is kept in my/backups. Git does not look into my/.

    [bold]Examples[/bold]

    \b
    workbook mine
    workbook mine --next
    """
    from workbook.copies import refresh

    if next_one:
        print(_next_notebook().relative_to(repository()).as_posix())
        return
    changes = refresh()
    if made := sum(change.kind == "made" for change in changes):
        words = f"{made} lesson{'s' if made > 1 else ''}"
        showing.say(f"Your own copies of {words} are in {repository() / 'my'}.")
    for change in changes:
        if change.kind != "made":
            _report(change)
    if not changes:
        showing.say("Your copies are up to date.")


def update() -> None:
    """Take a newer release with git, and carry your answers over.

    Notebooks that were worked in where they were released are brought to my/
    first. Then comes git pull, the packages where they have changed, and
    workbook mine. No answer is ever overwritten.

    [bold]Examples[/bold]

    \b
    workbook update
    """
    from workbook import updating

    for sentence in updating.save_what_was_worked_in_place():
        showing.say(sentence)
    before = updating.requirements()
    showing.say(updating.pull())
    if updating.requirements() != before:
        showing.say("Bringing the packages up to date.")
        updating.install_requirements()
    # another process: the engine itself may be newer now
    done = subprocess.run([sys.executable, "-m", "workbook", "mine"], cwd=repository())
    raise typer.Exit(done.returncode)


def _report(change: Any) -> None:
    """What was done to a copy that was there."""
    where = f" As it was: {_short(change.backup)}" if change.backup else ""
    showing.say(f"{_short(change.path)}: {change.kind}.{where}")
    for note in change.notes:
        showing.say(f"  {note}")


def _next_notebook() -> Path:
    """The copy in which the learner goes on."""
    from workbook.copies import copy_of
    from workbook.lessons import all_lessons
    from workbook.standing import standings, waiting

    chosen = waiting(standings())
    return copy_of(chosen.lesson if chosen else all_lessons()[0])


def _short(path: Path) -> str:
    return str(path.relative_to(repository())) if path.is_relative_to(repository()) else str(path)
