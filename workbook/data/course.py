"""The course's schema: pictures and labels in a train_*.h5 and a test_*.h5."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workbook.data import hdf5
from workbook.data.errors import DataError
from workbook.data.files import shown

if TYPE_CHECKING:
    import numpy as np

KEYS = ("train_set_x", "train_set_y", "test_set_x", "test_set_y", "list_classes")


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
