"""Files and folders of data: where they are, how they are shown, how they are locked and swept."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from workbook import paths
from workbook.data.errors import DataError
from workbook.writing import PART

AN_HOUR = 3600.0


def datasets_folder() -> Path:
    """The repository's folder for data files."""
    return paths.repository() / "datasets"


def kept_folders(kind: str) -> list[Path]:
    """Folders for what the workbook itself fetches or draws, best first: the repository's, the user's cache.

    kind: "generated" or "downloads". None of them needs to exist.
    """
    return [datasets_folder() / kind, paths.user_cache() / "datasets" / kind]


def own_folders(folder: str | os.PathLike | None = None) -> list[Path]:
    """Folders in which a person's own files are looked for, best first.

    folder: look only here. Else WORKBOOK_DATA (where set), then the repository's datasets/.
    Raises DataError where the folder or WORKBOOK_DATA names no folder.
    """
    if folder is not None:
        return [_named_folder(folder, "folder=", "Correct the path, or leave folder out.")]
    named = os.environ.get("WORKBOOK_DATA")
    if not named:
        return [datasets_folder()]
    remedy = "Correct WORKBOOK_DATA, or unset it to go without own files."
    return list(dict.fromkeys([_named_folder(named, "WORKBOOK_DATA", remedy), datasets_folder()]))


def _named_folder(text: str | os.PathLike, named_by: str, remedy: str) -> Path:
    """A folder that a person named, a relative one from here or else from the repository."""
    path = Path(text).expanduser()
    for candidate in (path, paths.repository() / path):
        if candidate.is_dir():
            return candidate.resolve()
    raise DataError(f"{named_by} names {str(text)!r}, and there is no such folder.", remedy)


def shown(path: Path) -> str:
    """A path as people should read it: relative to the repository where it lies in or right beside it."""
    with suppress(ValueError):  # another drive on Windows
        relative = Path(os.path.relpath(path, paths.repository()))
        if relative.parts[:2] != ("..", "..") and relative.parts != ("..",):
            return relative.as_posix()
    with suppress(ValueError, RuntimeError):
        return (Path("~") / path.relative_to(Path.home())).as_posix()
    return str(path)


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hex. Raises OSError."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stale(leftover: Path) -> bool:
    """Whether a temporary file is so old that nobody writes it any more; False where it is gone by now."""
    try:
        return time.time() - leftover.stat().st_mtime > AN_HOUR
    except OSError:
        return False


def sweep(folder: Path, name: str) -> None:
    """Remove what killed writers of this file left, and any leftover older than an hour. Hold the lock."""
    for leftover in folder.glob(f".*{PART}"):
        with suppress(OSError):
            if leftover.name.startswith(f".{name}.") or stale(leftover):
                leftover.unlink()


@contextmanager
def locked(path: Path, timeout_s: float) -> Iterator[None]:
    """Hold the lock that guards a file, making its folder where needed.

    The operating system frees the lock when its holder dies, so a lock file that was left is harmless.
    Raises OSError where the folder cannot be written or the lock is not free in time.
    """
    from filelock import FileLock

    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path.parent / f".{path.name}.lock", timeout=timeout_s)
    try:
        lock.acquire()
    except NotImplementedError as error:
        raise OSError(f"{shown(path.parent)} cannot be locked: {error}") from error
    try:
        yield
    finally:
        lock.release()
