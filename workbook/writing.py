"""Writing a file whole or not at all."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

PART = ".part"  # the ending of a file that is still being written


def atomic_write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: a temporary file beside it, flushed to the disk, then renamed.

    Raises OSError (disk full, read-only folder) and then leaves nothing behind.
    """
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=PART, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, _mode(path))
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    _flush_folder(path.parent)


_UMASK = os.umask(0)
os.umask(_UMASK)


def _mode(path: Path) -> int:
    """That of the file which is replaced; of a new one what people want of new files."""
    with suppress(OSError):
        return path.stat().st_mode & 0o777
    return 0o666 & ~_UMASK


def _flush_folder(folder: Path) -> None:
    """Make a rename last through a power cut, where the system can do that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
