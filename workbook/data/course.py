"""The course's schema: pictures and labels in a train_*.h5 and a test_*.h5."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from workbook.data import hdf5, sources
from workbook.data.errors import DataError
from workbook.data.files import shown

if TYPE_CHECKING:
    import numpy as np

KEYS = ("train_set_x", "train_set_y", "test_set_x", "test_set_y", "list_classes")
PICTURE = (64, 64, 3)


class CourseData(NamedTuple):
    """A data set of the course's schema."""

    X_train: np.ndarray  # (m_train, 64, 64, 3) uint8 RGB
    y_train: np.ndarray  # (m_train,) int64
    X_test: np.ndarray  # (m_test, 64, 64, 3) uint8 RGB
    y_test: np.ndarray  # (m_test,) int64
    classes: np.ndarray  # (n_classes,) the class names
    source: str  # "own", "download" or "generated"


def code_version(patterns: tuple[str, ...], *others: Path) -> str:
    """A hash of the files of workbook.data with these names, and of others; line endings do not count."""
    folder, digest = Path(__file__).parent, hashlib.sha256()
    for path in (*sorted({path for pattern in patterns for path in folder.glob(pattern)}), *others):
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:8]


@dataclass
class CourseSet:
    """A set of the course's schema: what its own files are called, and who draws it from which seeds."""

    name: str
    title: str
    files: tuple[str, str]  # a person's own files, training first
    n_classes: int
    generator: str  # the module of workbook.data whose draw_set(m, seed, progress) draws pictures and labels
    code: tuple[str, ...]  # patterns of the files that hold the drawing code
    m_train: int
    m_test: int
    seed_train: int
    seed_test: int  # another seed: nobody is in both sets

    def dataset(self) -> sources.DataSet:
        """What the loader must know."""
        return sources.DataSet(
            name=self.name,
            title=self.title,
            own=self.files,
            read=self.read,
            draw=self.draw,
            drawings=self.m_train + self.m_test,
            recipe=self.recipe,
            keys=KEYS,
            summary=summary,
        )

    def read(self, folder: Path) -> hdf5.Arrays:
        """The arrays of a folder with own files, checked. Raises DataError."""
        remedy = (
            f"Put the right file in its place, or move both {self.name} files away to use the generated set."
        )
        return read_pair(folder, self.files, PICTURE, self.n_classes, remedy)

    def draw_set(self, m: int, seed: int, progress: Callable | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Pictures (m, 64, 64, 3) uint8 and labels (m,) int64 from the generator."""
        return import_module(f"workbook.data.{self.generator}").draw_set(m, seed, progress=progress)

    def draw(self, update: Callable[[int], None]) -> hdf5.Arrays:
        """The five arrays, drawn; update is told how many pictures are done."""
        import numpy as np

        arrays, before = {}, 0
        for split, m, seed in (
            ("train", self.m_train, self.seed_train),
            ("test", self.m_test, self.seed_test),
        ):
            drawn = self.draw_set(m, seed, progress=lambda done, *_, before=before: update(before + done))
            where = f"workbook.data.{self.generator} drew wrongly:"
            X, y = checked(*drawn, PICTURE, self.n_classes, where, "Please report this.")
            arrays |= {f"{split}_set_x": X, f"{split}_set_y": y}
            before += m
        return arrays | {"list_classes": np.arange(self.n_classes)}

    def version(self) -> str:
        """Changes with the drawing code, so that nobody has to remember to raise a number."""
        return code_version(self.code)

    def recipe(self) -> str:
        """Names generator, sizes and seeds."""
        return f"v{self.version()}-{self.m_train}s{self.seed_train}-{self.m_test}s{self.seed_test}"


def load(
    dataset: sources.DataSet, source: str | None, quiet: bool, folder: str | os.PathLike | None
) -> CourseData:
    """What a load_<set> function gives. Raises DataError, which names the file and the remedy."""
    loaded = sources.load(dataset, source, quiet, folder)
    return CourseData(*(loaded.arrays[key] for key in KEYS), source=loaded.source)


def summary(arrays: hdf5.Arrays) -> str:
    """How many pictures there are, for people."""
    return f"{len(arrays['train_set_y']):,} training and {len(arrays['test_set_y']):,} test pictures"


def read_pair(
    folder: Path, files: tuple[str, str], picture: tuple[int, int, int], n_classes: int, remedy: str
) -> hdf5.Arrays:
    """Read a training and a test file of the course's schema, both whole and checked.

    files: their names, training first. picture: (n_H, n_W, n_C). Returns the five arrays under KEYS: pictures
    (m, n_H, n_W, n_C) uint8, labels (m,) int64, classes (n_classes,). Raises DataError.
    """
    import numpy as np

    arrays, classes = {}, []
    for split, name in zip(("train", "test"), files, strict=True):
        keys = (f"{split}_set_x", f"{split}_set_y", "list_classes")
        found, _ = hdf5.read(folder / name, keys, remedy)
        X, y = checked(found[keys[0]], found[keys[1]], picture, n_classes, f"{shown(folder / name)}:", remedy)
        arrays.update({keys[0]: X, keys[1]: y})
        classes.append(_checked_classes(found["list_classes"], n_classes, folder / name, remedy))
    if not np.array_equal(*classes):
        raise DataError(
            f"{shown(folder / files[0])} and {files[1]} do not belong together: "
            f"their list_classes are {classes[0].tolist()} and {classes[1].tolist()}.",
            remedy,
        )
    return arrays | {"list_classes": classes[0]}


def checked(
    X: np.ndarray, y: np.ndarray, picture: tuple[int, int, int], n_classes: int, where: str, remedy: str
) -> tuple[np.ndarray, np.ndarray]:
    """Pictures (m, n_H, n_W, n_C) uint8 and labels (m,) int64, or a DataError that starts with where."""

    def wrong(what: str) -> DataError:
        return DataError(f"{where} {what}.", remedy)

    if X.ndim != 4 or X.shape[1:] != picture or len(X) == 0:
        expected = ", ".join(map(str, picture))
        raise wrong(f"the pictures must have the shape (m, {expected}) and have {X.shape}")
    if X.dtype.name != "uint8":
        raise wrong(f"the pictures must be uint8, 0 to 255, and are {X.dtype}")
    if y.dtype.kind not in "iu":
        raise wrong(f"the labels must be whole numbers and are {y.dtype}")
    if y.size != len(X) or max(y.shape, default=0) != len(X):
        raise wrong(f"there are {len(X):,} pictures but labels of shape {y.shape}")
    if y.min() < 0 or y.max() >= n_classes:
        raise wrong(f"the labels must lie in 0 to {n_classes - 1} and lie in {y.min()} to {y.max()}")
    return X, y.reshape(-1).astype("int64")


def _checked_classes(classes: np.ndarray, n_classes: int, path: Path, remedy: str) -> np.ndarray:
    if classes.size != n_classes:
        raise DataError(
            f"{shown(path)}: list_classes must name {n_classes} classes, not {classes.size}.",
            remedy,
        )
    return classes.reshape(-1)
