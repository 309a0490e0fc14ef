"""Finding submissions in a folder: whose they are and which file, with nothing opened that is no notebook."""

import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MOST = 100_000
_IGNORED = ("__pycache__", ".ipynb_checkpoints", "__MACOSX")


@dataclass(frozen=True)
class Submission:
    """A submission: the learner's name as it may be shown, the file, and why it cannot be read, if so."""

    name: str
    file: str
    path: Path
    trouble: str = ""

    def read(self, most: int) -> bytes:
        """The file's bytes. Raises OSError, and ValueError where it is larger than ``most``."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        with os.fdopen(os.open(self.path, flags), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ValueError("it is no ordinary file")
            content = file.read(most + 1)
        if len(content) > most:
            raise ValueError(f"it is larger than {most // 2**20} MB: clear its outputs and save it again")
        return content


def find(folder: Path, lesson: str) -> list[Submission]:
    """All submissions in a folder, by name.

    ``name.ipynb``, ``name/<lesson>.ipynb`` or nbgrader's ``name/<assignment>/<lesson>.ipynb``; a folder
    with one notebook of another name counts too. ``folder`` may be a course that holds ``submitted``.
    """
    if (folder / "submitted").is_dir() and not (folder / "submitted").is_symlink():
        inner = find(folder / "submitted", lesson)
        return [Submission(s.name, f"submitted/{s.file}", s.path, s.trouble) for s in inner]
    found = [each for entry in _entries(folder) for each in [_look(entry, folder, lesson)] if each]
    return _distinct(found[:MOST])


def _entries(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:
        return sorted(Path(e.path) for e in entries if not e.name.startswith(".") and e.name not in _IGNORED)


def _look(path: Path, folder: Path, lesson: str) -> Submission | None:
    """The submission that an entry of the folder is."""
    if path.is_symlink():
        return _refuse(path, folder, path, "it is a symbolic link, and links are not followed")
    if path.is_dir():
        return _look_in(path, folder, lesson)
    if path.suffix.lower() == ".ipynb":
        return _accept(path, folder, path.stem)
    if not path.is_file():
        return _refuse(path, folder, path, "it is no ordinary file")
    return _refuse(path, folder, path, "it is not a notebook: a submission ends in .ipynb")


def _look_in(learner: Path, folder: Path, lesson: str) -> Submission | None:
    """The one notebook in a learner's folder, or in the folders in it."""
    files = list(_notebooks(learner, 3))
    for wanted in (
        [each for each in files if each.stem == lesson and not each.is_symlink()],
        [each for each in files if lesson in each.stem and not each.is_symlink()],
        files,
    ):
        if len(wanted) == 1 and wanted[0].is_symlink():
            return _refuse(wanted[0], folder, learner, "it is a symbolic link, and links are not followed")
        if len(wanted) == 1 or (wanted and wanted[0].stem == lesson):
            return _accept(wanted[0], folder, learner.name)
    if files:
        return _refuse(learner, folder, learner, f"it holds several notebooks, and none is {lesson}.ipynb")
    return _refuse(learner, folder, learner, "there is no notebook in it")


def _notebooks(folder: Path, depth: int) -> Iterator[Path]:
    """The notebooks in a folder and its folders; links to folders are not followed."""
    try:
        entries = _entries(folder)[:1_000]
    except OSError:
        return
    for path in entries:
        if path.suffix.lower() == ".ipynb" and not (path.is_dir() and not path.is_symlink()):
            yield path
    for path in entries:
        if depth > 1 and path.is_dir() and not path.is_symlink():
            yield from _notebooks(path, depth - 1)


def _accept(path: Path, folder: Path, name: str) -> Submission:
    return Submission(clean_name(name), clean_path(path.relative_to(folder)), path)


def _refuse(path: Path, folder: Path, named: Path, why: str) -> Submission:
    name = named.stem if named.suffix and not named.is_dir() else named.name
    return Submission(clean_name(name), clean_path(path.relative_to(folder)), path, why)


def clean_name(name: str, most: int = 80) -> str:
    """A name fit for a table, a terminal and a file: no separators, control characters or marks that turn
    text around."""
    text = unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "replace"))
    kept = "".join("_" if each in '/\\:<>"|?*' or _is_odd(each) else each for each in text).strip(" .")
    while ".." in kept:
        kept = kept.replace("..", "_")
    return kept[:most] or "unnamed"


def clean_path(path: Path) -> str:
    """A path inside the folder, fit to be shown."""
    return "/".join(clean_name(part, 200) for part in path.parts)


def _is_odd(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _distinct(found: list[Submission]) -> list[Submission]:
    """Names that became the same get numbers. Case does not tell names apart: not every disk knows it."""
    taken: set[str] = set()
    result = []
    for each in sorted(found, key=lambda s: (bool(s.trouble), s.name.casefold(), s.file)):
        name, number = each.name, 1
        while name.casefold() in taken:
            number += 1
            name = f"{each.name} ({number})"
        taken.add(name.casefold())
        result.append(Submission(name, each.file, each.path, each.trouble))
    return sorted(result, key=lambda s: s.name.casefold())
