"""Taking a newer release with git: what was worked in where it was released is brought to my/ first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from workbook import copies
from workbook.lessons import Lesson, LessonError, all_lessons
from workbook.paths import repository


def save_what_was_worked_in_place() -> list[str]:
    """Bring released notebooks that were worked in to my/ and put them back as released; a sentence each.

    Git would refuse to update over them. What is in my/ already stays: the other is put beside it. Raises
    LessonError where the workbook is no clone.
    """
    _insist_on_a_clone()
    said = []
    for path in _changed_notebooks():
        kept = _kept(path)
        _git("checkout", "HEAD", "--", str(path))
        said.append(f"{_short(path)} was worked in: your work is now in {_short(kept)}")
    return said


def _kept(path: Path) -> Path:
    """Where a notebook of the release lies from now on: it is the learner's copy, else a backup as it is."""
    lesson = _lesson_of(path)
    if lesson is None or copies.copy_of(lesson).exists():
        return copies.keep_beside(path)
    copies.refresh([lesson])
    return copies.copy_of(lesson) if copies.copy_of(lesson).is_file() else copies.keep_beside(path)


def pull() -> str:
    """Take what is new by ``git pull``; what git says. Raises LessonError where it cannot."""
    _insist_on_a_clone()
    done = _git("pull", "--ff-only", check=False)
    if done.returncode:
        raise LessonError(
            f"git could not update:\n{(done.stderr or done.stdout).strip()}\n"
            "Nothing was changed. Your own notebooks are safe in my/."
        )
    return done.stdout.strip()


def _insist_on_a_clone() -> None:
    """Raise LessonError where the workbook was unpacked, or is a folder of another repository."""
    root = repository()
    if not (root / ".git").exists():
        raise LessonError(
            f"{root} was not made by git clone. Unpack a newer release over it (my/ is in no release, so "
            "your copies stay), then run: workbook mine"
        )


def requirements() -> bytes:
    """The pinned packages, to see whether an update has changed them."""
    path = repository() / "requirements.txt"
    return path.read_bytes() if path.is_file() else b""


def install_requirements() -> None:
    """Bring the environment to the pinned packages. Raises LessonError where that fails."""
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "-q"]
    done = subprocess.run([*command, "-r", str(repository() / "requirements.txt")])
    if done.returncode:
        raise LessonError(
            "The packages could not be brought up to date: run make setup when you have a network."
        )


def _changed_notebooks() -> list[Path]:
    """The notebooks that are not as git has them. A new one of the learner's is in nobody's way."""
    listed = _git("status", "--porcelain", "-z", "--no-renames", "--untracked-files=no", "--", "week*").stdout
    entries = [entry for entry in listed.split("\0") if entry]
    return [
        repository() / entry[3:]
        for entry in entries
        if entry.endswith(".ipynb") and entry[0] != "A" and "D" not in entry[:2]
    ]


def _lesson_of(path: Path) -> Lesson | None:
    """The lesson whose learner's notebook this is."""
    return next((each for each in all_lessons() if each.notebook.resolve() == path.resolve()), None)


def _short(path: Path) -> str:
    return str(path.relative_to(repository()))


def _git(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=repository(), capture_output=True, text=True, timeout=600
        )
    except FileNotFoundError:
        raise LessonError(
            "git is not installed here: install it, or unpack a newer release by hand."
        ) from None
    if check and done.returncode:
        raise LessonError(f"git {' '.join(arguments)}: {done.stderr.strip()}")
    return done
