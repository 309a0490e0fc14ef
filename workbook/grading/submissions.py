"""Finding submissions in a folder: whose they are and which file, with nothing opened that is no notebook."""

import json
import os
import stat
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

MOST = 100_000
MOST_BYTES = 32 * 2**20  # of a notebook that is looked at to see which lesson it is of
MOST_BRACKETS = 1_000_000
"""Of a notebook: each may become a list, and a million of them take a second and 64 MB to read."""

OVERFULL = (
    "it holds more than a million brackets, as printed numbers may: clear its outputs and save it again"
)
_MOST_LOOKED_AT = 20  # notebooks in one learner's folder
_IGNORED = ("__pycache__", ".ipynb_checkpoints", "__MACOSX")
_COURSE = ("source", "release", "submitted", "autograded", "feedback", "downloaded")
_JOINERS = "\u200c\u200d"  # which Persian, Hindi and other scripts write names with
_SEVERAL, _CLOSED = "Several notebooks were handed in", "What may not be read"
_LINK = "it is a symbolic link, and links are not followed"
_UNPACK = "it is an archive: unpack it"
_WHAT_TO_DO = {ending: _UNPACK for ending in (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz")}
_WHAT_TO_DO[".py"] = "it is a script and not a notebook: put its functions into the lesson's notebook"
_WHAT_TO_DO |= {
    ending: "it is not a notebook: ask for the notebook itself, which ends in .ipynb"
    for ending in (".pdf", ".html", ".htm", ".doc", ".docx", ".odt", ".rtf")
}
"""What people hand in that is no notebook, by its ending, and what to say of it."""


@dataclass(frozen=True)
class Submission:
    """A submission: the learner's name as it may be shown, the file, and why it cannot be read, if so.

    note  what to tell of other notebooks that lay there
    """

    name: str
    file: str
    path: Path
    trouble: str = ""
    note: str = ""

    def read(self, most: int) -> bytes:
        """The file's bytes. Raises OSError, and ValueError where it is larger than ``most``."""
        return _read(self.path, most)


def _read(path: Path, most: int) -> bytes:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError("it is no ordinary file")
        content = file.read(most + 1)
    if len(content) > most:
        raise ValueError(f"it is larger than {most // 2**20} MB: clear its outputs and save it again")
    return content


def find(folder: Path, lesson: str, others: Collection[str] = ()) -> list[Submission]:
    """All submissions in a folder, by name.

    ``name.ipynb``, ``name/<lesson>.ipynb`` or nbgrader's ``name/<assignment>/<lesson>.ipynb``; a folder
    with one notebook of another name counts too. ``folder`` may be a course that holds ``submitted``.

    others  the names of the other lessons: where a learner's folder holds several notebooks, theirs do
            not count
    """
    if _is_course(folder):
        inner = find(folder / "submitted", lesson, others)
        return [replace(each, file=f"submitted/{each.file}") for each in inner]
    found = [each for entry in _entries(folder) for each in [_look(entry, folder, lesson, others)] if each]
    return _distinct(found[:MOST], folder)


def left_out(folder: Path) -> list[str]:
    """The names of the files beside the submissions that nobody has handed in: Thumbs.db, grades.csv.

    Of a course also what lies beside ``submitted`` and is none of nbgrader's folders: a learner may have
    called a folder so, and the others would be missing without a word.
    """
    if _is_course(folder):
        beside = [each for each in _entries(folder) if each.name not in _COURSE and not _is_stray(each)]
        return [clean_name(each.name) for each in beside] + left_out(folder / "submitted")
    return [clean_name(each.name) for each in _entries(folder) if _is_stray(each)]


def trouble_of(content: bytes, lesson: str, others: Collection[str]) -> str:
    """Why a notebook is none of this lesson, as far as its bytes tell; "" where it may be."""
    if not content.strip():
        return "the file is empty"
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        return "it is no text in UTF-8: save it as UTF-8"
    if is_overfull(content):
        return OVERFULL
    other = lesson_of(content)
    return f"it is the notebook of {other}, not of {lesson}" if other != lesson and other in others else ""


def is_overfull(content: bytes) -> bool:
    """Whether a notebook would take its reader minutes and much memory."""
    return content.count(b"[") + content.count(b"{") > MOST_BRACKETS


def lesson_of(content: bytes) -> str:
    """The name of the lesson that a notebook says it is of, in its metadata; "" where it says none."""
    if is_overfull(content):
        return ""
    try:
        named = json.loads(content.decode("utf-8-sig"))["metadata"]["workbook"]["lesson"]
    except (ValueError, RecursionError, TypeError, LookupError):
        return ""
    return named.rpartition("/")[2] if isinstance(named, str) else ""


def _is_course(folder: Path) -> bool:
    return (folder / "submitted").is_dir() and not (folder / "submitted").is_symlink()


def _entries(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:
        return sorted(Path(e.path) for e in entries if not e.name.startswith(".") and e.name not in _IGNORED)


def _is_stray(path: Path) -> bool:
    """Whether a file is plainly no submission."""
    return not path.is_symlink() and path.is_file() and path.suffix.lower() != ".ipynb" and not _advice(path)


def _advice(path: Path) -> str:
    """What to do about a file that was handed in and is no notebook; "" where it is nothing of that kind."""
    name = path.name.lower()
    if ".ipynb" in name and not name.endswith(".ipynb"):
        return "it is not a notebook by its name: rename it, so that it ends in .ipynb"
    return _WHAT_TO_DO.get(path.suffix.lower(), "")


def _look(path: Path, folder: Path, lesson: str, others: Collection[str]) -> Submission | None:
    """The submission that an entry of the folder is."""
    if path.is_symlink():
        return _refuse(path, folder, path, _LINK)
    if path.is_dir():
        return _look_in(path, folder, lesson, others)
    if path.suffix.lower() == ".ipynb":
        return _accept(path, folder, path.stem)
    if not path.is_file():
        return _refuse(path, folder, path, "it is no ordinary file")
    return _refuse(path, folder, path, why) if (why := _advice(path)) else None


# --- a learner's folder -------------------------------------------------------------------------------


@dataclass
class _Found:
    """What lies in a learner's folder: notebooks, other things that were handed in, folders that may not be
    read."""

    notebooks: list[Path] = field(default_factory=list)
    handed_in: list[Path] = field(default_factory=list)
    closed: list[Path] = field(default_factory=list)


def _look_in(learner: Path, folder: Path, lesson: str, others: Collection[str]) -> Submission:
    """The one notebook in a learner's folder, or in the folders in it."""
    found = _Found()
    _search(learner, 3, found)
    mine = _without_others(found.notebooks, lesson, others)
    chosen, why = _choose(mine, learner, lesson)
    if chosen is None:
        return _refuse(learner, folder, learner, why or _why_none(found, learner, lesson))
    if chosen.is_symlink():
        return _refuse(chosen, folder, learner, _LINK)
    beside = [each for each in mine if each != chosen]
    note = _note(chosen, beside, found.closed, learner)
    return replace(_accept(chosen, folder, learner.name), note=note)


def _search(folder: Path, depth: int, found: _Found) -> None:
    """Look through a folder and its folders; links to folders are not followed."""
    try:
        entries = _entries(folder)[:1_000]
        folders = [path for path in entries if path.is_dir() and not path.is_symlink()]
    except OSError:
        found.closed.append(folder)
        return
    files = [path for path in entries if path not in folders]
    found.notebooks += [path for path in files if path.suffix.lower() == ".ipynb"]
    found.handed_in += [path for path in files if _advice(path)]
    if depth > 1:
        for path in folders:
            _search(path, depth - 1, found)


def _without_others(files: list[Path], lesson: str, others: Collection[str]) -> list[Path]:
    """Of several notebooks those of no other lesson; a single one is looked at when it is read."""
    if not 1 < len(files) <= _MOST_LOOKED_AT:
        return files
    return [each for each in files if (_lesson_in(each) or each.stem) not in set(others) - {lesson}]


def _lesson_in(path: Path) -> str:
    try:
        return lesson_of(_read(path, MOST_BYTES))
    except (OSError, ValueError):
        return ""


def _choose(files: list[Path], learner: Path, lesson: str) -> tuple[Path | None, str]:
    """The notebook that is plainly meant; or None, and why there is none, where there are several.

    That which is named as the lesson in the learner's own folder; else that which is named as the lesson,
    or after it, or the only one. Notebooks in several sub-folders are those of several learners.
    """
    named = [each for each in files if each.stem == lesson]
    own = [each for each in named if each.parent == learner]
    deeper = sorted({each.parent for each in (named if own else files)} - {learner})
    if len(deeper) > 1:
        places = _listed([_below(each, learner) for each in deeper])
        return None, (
            f"it holds notebooks in several sub-folders ({places}): point grade at the folder whose entries "
            "are the learners, or make one folder for each learner"
        )
    for wanted in (own, named, [each for each in files if lesson in each.stem], files):
        if len(wanted) == 1:
            return wanted[0], ""
    names = _listed([_below(each, learner) for each in files])
    return None, f"it holds several notebooks, and none is {lesson}.ipynb: {names}" if files else ""


def _why_none(found: _Found, learner: Path, lesson: str) -> str:
    """Why there is no notebook of a lesson in a learner's folder."""
    if found.notebooks:
        names = _listed([_below(each, learner) for each in found.notebooks])
        return f"it holds no notebook of {lesson}, only those of other lessons: {names}"
    if learner in found.closed:
        return "this folder may not be read: change its permissions"
    if found.closed:
        return f"{_below(found.closed[0], learner)} in it may not be read: change its permissions"
    if found.handed_in:
        first = found.handed_in[0]
        return f"there is no notebook in it, but {_below(first, learner)}: {_advice(first)}"
    return "there is no notebook in it"


def _note(chosen: Path, beside: list[Path], closed: list[Path], learner: Path) -> str:
    """What to tell of notebooks that lay beside the one that counts, and of folders that may not be read."""
    words = []
    if beside:
        names = _listed([_below(each, learner) for each in beside])
        words.append(f"{_SEVERAL}: {_below(chosen, learner)} counts, not {names}.")
    if closed:
        words.append(f"{_CLOSED}: {_listed([_below(each, learner) for each in closed])}.")
    return " ".join(words)


def is_on_files(note: str) -> bool:
    """Whether a note on a submission tells of what lay beside its notebook."""
    return note.startswith((_SEVERAL, _CLOSED))


def _below(path: Path, learner: Path) -> str:
    return clean_path(path.relative_to(learner))


def _listed(names: list[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _accept(path: Path, folder: Path, name: str) -> Submission:
    return Submission(clean_name(name), clean_path(path.relative_to(folder)), path)


def _refuse(path: Path, folder: Path, named: Path, why: str) -> Submission:
    name = named.stem if named.suffix and not named.is_dir() else named.name
    return Submission(clean_name(name), clean_path(path.relative_to(folder)), path, why)


def clean_name(name: str, most: int = 80) -> str:
    """A name fit for a table, a terminal and a file: no separators, control characters or marks that turn
    text around."""
    text = unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "replace"))
    kept = "".join("_" if each in '/\\:<>"|?*' or _is_odd(each) else each for each in text).strip(
        f" .{_JOINERS}"
    )
    while ".." in kept:
        kept = kept.replace("..", "_")
    return kept[:most] or "unnamed"


def clean_path(path: Path) -> str:
    """A path inside the folder, fit to be shown."""
    return "/".join(clean_name(part, 200) for part in path.parts)


def _is_odd(character: str) -> bool:
    kind = unicodedata.category(character)
    return kind in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") and character not in _JOINERS


def _own_name(submission: Submission, folder: Path) -> str:
    """What a learner's file, without its ending, or folder is called on the disk."""
    path = submission.path
    return path.stem if path.parent == folder else path.relative_to(folder).parts[0]


def _distinct(found: list[Submission], folder: Path) -> list[Submission]:
    """Names that became the same get numbers, but for that which was so from the start. Case does not tell
    names apart: not every disk knows it."""
    taken: set[str] = set()
    result = []
    for each in sorted(found, key=lambda s: (bool(s.trouble), s.name != _own_name(s, folder), s.file)):
        name, number = each.name, 1
        while name.casefold() in taken:
            number += 1
            name = f"{each.name} ({number})"
        taken.add(name.casefold())
        result.append(replace(each, name=name))
    return sorted(result, key=lambda s: s.name.casefold())
