"""Writing a file whole or not at all."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

PART = ".part"  # the ending of a file that is still being written


def atomic_write(path: Path, data: bytes, durably: bool = True) -> None:
    """Write a file whole or not at all: a temporary file beside it, then renamed. Its mode stays.

    durably: flushed to the disk, for what cannot be made again. Raises OSError (disk full, read-only folder)
    and then leaves nothing behind.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PART}")
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            if durably:
                file.flush()
                os.fsync(file.fileno())
        with suppress(FileNotFoundError):
            os.chmod(temporary, path.stat().st_mode & 0o777)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    if durably:
        _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    """Make a rename last through a power cut, where the system can do that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
