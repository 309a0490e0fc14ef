"""HDF5 files, read whole and checked or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbook.data.errors import DataError
from workbook.data.files import shown
from workbook.writing import atomic_write

if TYPE_CHECKING:
    import numpy as np

    Arrays = dict[str, np.ndarray]

SIGNATURE = b"\x89HDF\r\n\x1a\n"
LARGEST = 2**30  # bytes of one array; a header that claims more is broken or no set of this workbook
DEFLATE = 1032  # gzip makes nothing smaller than by this factor; pictures that were never written it would
MOST_WORDS = 10_000  # strings in one array

LOOKS_LIKE = [  # the first bytes of what people end up with in place of the file
    (b"version https://git-lfs", "it is a Git LFS pointer: only the note where the file would be"),
    (b"PK\x03\x04", "it is a zip archive: unpack it"),
    (b"\x1f\x8b", "it is compressed with gzip: unpack it"),
]


def what_it_is(start: bytes) -> str | None:
    """What a file that is not HDF5 seems to be, from its first bytes; None where it is HDF5."""
    if start.startswith(SIGNATURE):
        return None
    if not start:
        return "it is empty"
    if start.lstrip()[:1] == b"<":
        return "it is a web page: a login or error page was saved in its place"
    return next((words for prefix, words in LOOKS_LIKE if start.startswith(prefix)), "it is no HDF5 file")


def _check_signature(path: Path, remedy: str) -> None:
    """Raise DataError where the file is absent, unreadable or plainly something else."""
    try:
        with open(path, "rb") as file:
            start = file.read(64)
    except FileNotFoundError as error:
        raise DataError(f"{shown(path)} is not there.", remedy) from error
    except OSError as error:
        raise DataError(f"{shown(path)} cannot be opened: {error.strerror or error}.", remedy) from error
    if (what := what_it_is(start)) is not None:
        raise DataError(f"{shown(path)} cannot be read: {what}.", remedy)


def read(path: Path, keys: Iterable[str], remedy: str) -> tuple[Arrays, dict[str, Any]]:
    """Read the named arrays and the file's attributes, each array whole.

    remedy: a sentence that ends every error. Strings come back as NumPy strings.
    Raises DataError: absent, truncated, no HDF5, a key missing, an array too large or of a strange type.
    """
    import h5py

    _check_signature(path, remedy)
    try:
        with h5py.File(path, "r", locking=False) as file:
            arrays = {key: _read_array(file, key, path, remedy) for key in keys}
            return arrays, dict(file.attrs)
    except DataError:
        raise
    except Exception as error:  # a damaged header makes HDF5 raise nearly anything
        why = "it is truncated" if "truncated" in str(error) else f"it is damaged ({_first_line(error)})"
        raise DataError(f"{shown(path)} cannot be read: {why}.", remedy) from error


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120]


def _read_array(file: Any, key: str, path: Path, remedy: str) -> np.ndarray:
    import h5py

    if key not in file:
        found = ", ".join(list(file)[:8]) or "nothing"
        raise DataError(
            f"{shown(path)} is another kind of file: it lacks {key!r} and holds {found}.",
            remedy,
        )
    item = file[key]
    if not isinstance(item, h5py.Dataset) or item.shape is None:
        raise DataError(f"{shown(path)} is another kind of file: {key!r} is no array in it.", remedy)
    text = h5py.check_string_dtype(item.dtype) is not None
    if not text and item.dtype.kind not in "biuf":
        raise DataError(f"{shown(path)} is another kind of file: {key!r} holds {item.dtype}.", remedy)
    if not _is_plausible(item, path.stat().st_size, text):
        raise DataError(
            f"{shown(path)} is damaged: {key!r} claims {item.shape} but does not hold it.", remedy
        )
    return item.asstr("utf-8")[()].astype(str) if text else item[()]


def _is_plausible(item: Any, file_size: int, text: bool) -> bool:
    """Whether the file can hold what an array's header claims; a damaged one may claim all of memory."""
    claimed, stored = item.dtype.itemsize * item.size, item.id.get_storage_size()
    if stored > file_size or claimed > LARGEST:
        return False
    return item.size <= MOST_WORDS if text else claimed <= stored * DEFLATE


def checksum(arrays: Mapping[str, np.ndarray]) -> str:
    """SHA-256 over names, types, shapes and values, in the order of the names."""
    digest = hashlib.sha256()
    for key in sorted(arrays):
        array = arrays[key]
        digest.update(f"{key} {array.dtype.str} {array.shape}\n".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def write_cache(path: Path, arrays: Mapping[str, np.ndarray], recipe: str) -> None:
    """Write arrays as HDF5 with their checksum and the recipe that made them, atomically. Raises OSError."""
    import h5py
    import numpy as np

    # HDF5 builds the file in memory, plain Python writes it: a full disk is then an ordinary OSError.
    with h5py.File(path.name, "w", driver="core", backing_store=False) as file:
        for key, array in arrays.items():
            file[key] = np.char.encode(array, "utf-8") if array.dtype.kind == "U" else array
        file.attrs.update(recipe=np.bytes_(recipe), sha256=np.bytes_(checksum(arrays)))
        file.flush()
        image = file.id.get_file_image()
    atomic_write(path, image)


def read_cache(path: Path, keys: Iterable[str], recipe: str) -> Arrays:
    """Read what write_cache wrote. Raises DataError where it is damaged, altered or of another recipe."""
    remedy = "Delete it: it is drawn anew when needed."
    arrays, attributes = read(path, keys, remedy)
    found, signed = (_text(attributes.get(key)) for key in ("recipe", "sha256"))
    if found != recipe:
        raise DataError(f"{shown(path)} was made by another recipe ({found}).", remedy)
    if signed != checksum(arrays):
        raise DataError(f"{shown(path)} was altered: its contents no longer match its checksum.", remedy)
    return arrays


def _text(value: Any) -> str | None:
    """An attribute as text; None where it is missing or something else."""
    return value.decode("ascii", "replace") if isinstance(value, bytes) else None
