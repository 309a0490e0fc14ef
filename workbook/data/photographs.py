"""Photographs in class folders, or in a zip archive of such folders: read whole, squared, split for good.

    shown/
        cat/      any JPEG and PNG files, of any size
        not cat/

Nothing is unpacked to the disk: an archive's members are read one by one, up to a size, and none may name a
place outside.
"""

from __future__ import annotations

import hashlib
import io
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbook.data import hdf5
from workbook.data.errors import DataError
from workbook.data.files import shown

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

LARGEST_FILE = 2**26  # bytes of one photograph
MOST_PIXELS = 100_000_000  # of one photograph
MOST_FILES = 20_000
TEST_SHARE = 0.2
FORMATS = ("JPEG", "PNG")
SKIPPED = {"thumbs.db", "desktop.ini", "__macosx"}  # what systems leave; so are names that start with a dot


@dataclass(frozen=True)
class Photograph:
    """One file, not read yet."""

    label: int
    where: str  # as shown to people
    read: Callable[[], bytes]  # raises OSError


def left_by_a_system(name: str) -> bool:
    """Whether a file is none of the person's: hidden, or an index of thumbnails."""
    return name.startswith(".") or name.lower() in SKIPPED


# Where they are


def in_folder(root: Path, classes: tuple[str, ...], remedy: str) -> list[Photograph]:
    """The photographs of root/<class>/. Raises DataError: a class is missing or empty."""
    found = []
    for label, name in enumerate(classes):
        folder = root / name
        if not folder.is_dir():
            raise DataError(f"{shown(root)} lacks the folder {name!r}.", remedy)
        paths = [path for path in sorted(folder.iterdir()) if not left_by_a_system(path.name)]
        if not paths:
            raise DataError(f"{shown(folder)} is empty: it must hold photographs.", remedy)
        found += [Photograph(label, shown(path), lambda path=path: _read_file(path)) for path in paths]
    return found


def _read_file(path: Path) -> bytes:
    if path.is_dir():
        raise OSError("it is a folder")
    with open(path, "rb") as file:
        return file.read(LARGEST_FILE + 1)


def in_archive(path: Path, prefixes: tuple[str, ...], classes: tuple[str, ...], remedy: str) -> list:
    """The photographs of a zip archive, whose class folders lie below one of the prefixes ("" or "name/").

    Raises DataError: no archive, a class missing, a name that leads outside.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = [member.filename for member in archive.infolist() if not member.is_dir()]
    except (OSError, zipfile.BadZipFile, NotImplementedError, UnicodeError) as error:
        raise DataError(f"{shown(path)} cannot be read as a zip archive: {error}.", remedy) from error
    if outside := [name for name in names if name.startswith("/") or ".." in name.split("/")]:
        raise DataError(f"{shown(path)} names a place outside: {outside[0]!r}.", remedy)
    for prefix in prefixes:
        found = list(_members(path, names, prefix, classes))
        if {photograph.label for photograph in found} == set(range(len(classes))):
            return found
    listed = " and ".join(repr(name) for name in classes)
    raise DataError(f"{shown(path)} does not hold the folders {listed} with photographs in them.", remedy)


def _members(path: Path, names: list[str], prefix: str, classes: tuple[str, ...]) -> Iterator[Photograph]:
    for name in sorted(names):
        folder, _, file = name.rpartition("/")
        for label, kind in enumerate(classes):
            if folder == f"{prefix}{kind}" and not left_by_a_system(file):
                where = f"{shown(path)}: {name}"
                yield Photograph(label, where, lambda name=name: _read_member(path, name))


def _read_member(path: Path, name: str) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive, archive.open(name) as member:
            return member.read(LARGEST_FILE + 1)  # what a member's header claims is not believed
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        raise OSError(str(error)) from error


# What they show


def read_all(
    photographs: list[Photograph], side: int, remedy: str, formats: tuple[str, ...] = FORMATS
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """All photographs as squares, in the order of their digests: the same wherever and however they lie.

    formats: what the files may be, as Pillow names them.
    Returns pictures (m, side, side, 3) uint8 RGB, labels (m,) int64, and m SHA-256 digests of the files.
    Raises DataError, which names the file.
    """
    import numpy as np

    if len(photographs) > MOST_FILES or len(photographs) * side**2 * 3 > hdf5.LARGEST:
        raise DataError(f"{len(photographs):,} photographs are too many to hold in memory.", remedy)
    found = []
    for photograph in photographs:
        content = _content(photograph, remedy)
        digest = hashlib.sha256(content).hexdigest()
        found.append((digest, photograph.label, _square(content, side, photograph.where, remedy, formats)))
    found.sort(key=lambda each: each[:2])
    digests, labels, pictures = zip(*found, strict=True)
    return np.stack(pictures), np.array(labels, dtype="int64"), list(digests)


def _content(photograph: Photograph, remedy: str) -> bytes:
    """The bytes of a file, never more than LARGEST_FILE. Raises DataError."""
    try:
        content = photograph.read()
    except OSError as error:
        raise DataError(f"{photograph.where} cannot be read: {error.strerror or error}.", remedy) from error
    if len(content) > LARGEST_FILE:
        raise DataError(f"{photograph.where} is larger than {LARGEST_FILE / 1e6:.0f} MB.", remedy)
    return content


def _square(content: bytes, side: int, where: str, remedy: str, formats: tuple[str, ...]) -> np.ndarray:
    """(side, side, 3) uint8 RGB: upright, the short side resized, the middle kept."""
    import numpy as np
    from PIL import Image, ImageOps, UnidentifiedImageError

    def wrong(why: str) -> DataError:
        return DataError(f"{where} cannot be read: {why}.", remedy)

    try:
        # Warnings are not shown: what matters is in the error.
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(io.BytesIO(content), formats=formats) as picture,
        ):
            if picture.width * picture.height > MOST_PIXELS:
                raise wrong(f"it has {picture.width:,} x {picture.height:,} pixels")
            picture.draft(None, (2 * side, 2 * side))  # a large JPEG need not be decoded in full
            upright = _in_colour(ImageOps.exif_transpose(picture))
        return np.asarray(ImageOps.fit(upright, (side, side), Image.Resampling.LANCZOS), np.uint8)
    except UnidentifiedImageError as error:
        what = hdf5.what_it_is(content[:64])
        neither = f"it is neither a {' nor a '.join(formats).replace('PPM', 'PGM')} picture"
        raise wrong(neither if what in (None, "it is no HDF5 file") else what) from error
    except DataError:
        raise
    except Exception as error:  # a damaged picture makes Pillow raise nearly anything
        why = "it is truncated" if "truncated" in str(error) else f"it is damaged ({str(error)[:100]})"
        raise wrong(why) from error


def _in_colour(picture: Image.Image) -> Image.Image:
    """Grey, palette, CMYK, 16 bits or see-through: all become RGB, on white where there is nothing."""
    from PIL import Image

    if picture.mode.startswith("I"):  # 16 bits
        picture = picture.point(lambda value: value / 256).convert("L")
    if "A" in picture.getbands() or "transparency" in picture.info:
        white = Image.new("RGBA", picture.size, "white")
        white.alpha_composite(picture.convert("RGBA"))
        return white.convert("RGB")
    return picture.convert("RGB")


# Which of them train


def for_testing(labels: np.ndarray, digests: list[str], classes: tuple[str, ...], remedy: str) -> np.ndarray:
    """(m,) bool: which photographs test, one in five of each class.

    The bytes of the files decide, not their names or order: those with the lowest digests test. Files
    with the same bytes stay together. Raises DataError where a class has less than two different ones.
    """
    import numpy as np

    digest, testing = np.array(digests), set()
    for label, name in enumerate(classes):
        different = np.unique(digest[labels == label])  # sorted
        if len(different) < 2:
            what = f"{name!r} holds only one photograph: one to train and one to test are needed."
            raise DataError(what, remedy)
        testing |= set(different[: max(round(TEST_SHARE * len(different)), 1)])
    return np.array([each in testing for each in digests])
