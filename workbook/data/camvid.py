"""CamVid: real road scenes with the class of each pixel, for those who have camvid.h5.

Brostow, Fauqueur and Cipolla, 2009. The workbook neither ships nor downloads it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from workbook.data import files, hdf5
from workbook.data.errors import DataError
from workbook.data.road_classes import palette_of

if TYPE_CHECKING:
    import numpy as np

FILE = "camvid.h5"
SIZE = (96, 128)  # n_H, n_W of what load_camvid gives
KEYS = ("train_images", "train_masks", "test_images", "test_masks", "class_names")
REMEDY = f"Put the right {FILE} in its place, or do without: no lesson needs it."


class CamvidData(NamedTuple):
    """CamVid at the size of the roads data set. Scenes are in the order in which they were filmed."""

    X_train: np.ndarray  # (m_train, 96, 128, 3) uint8 RGB
    masks_train: np.ndarray  # (m_train, 96, 128) uint8: index into pixel_classes
    X_test: np.ndarray  # (m_test, 96, 128, 3) uint8 RGB
    masks_test: np.ndarray  # (m_test, 96, 128) uint8
    pixel_classes: tuple[str, ...]  # names; the last, "unlabelled", is no class to learn
    palette: np.ndarray  # (n_pixel_classes, 3) uint8 RGB
    source: str  # "own"


def load_camvid(quiet: bool = False, folder: str | os.PathLike | None = None) -> CamvidData:
    """Load CamVid from camvid.h5 in folder, WORKBOOK_DATA or datasets/, resized to 96x128.

    The file holds train_images and test_images (m, n_H, n_W, 3) uint8, train_masks and test_masks
    (m, n_H, n_W) uint8 and class_names. quiet: print nothing.
    Raises DataError where the file is absent or broken; it names the file and the remedy.
    """
    looked = files.own_folders(folder)
    path = next((each / FILE for each in looked if os.path.lexists(each / FILE)), None)
    if path is None:
        places = " nor in ".join(files.shown(each) for each in looked)
        raise DataError(
            f"CamVid is not here: there is no {FILE} in {places}.",
            "Name its folder in WORKBOOK_DATA, or do without: no lesson needs it.",
        )
    arrays, _ = hdf5.read(path, KEYS, REMEDY)
    names = tuple(str(name) for name in arrays["class_names"].reshape(-1))
    splits = [_split(arrays, split, len(names), path) for split in ("train", "test")]
    if not quiet:
        train, test = (len(X) for X, _ in splits)
        print(f"CamVid: {train:,} training and {test:,} test scenes, own files ({files.shown(path.parent)})")
    return CamvidData(*splits[0], *splits[1], names, palette_of(names), "own")


def _split(arrays: hdf5.Arrays, split: str, n_classes: int, path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Pictures and masks of one split, checked and resized."""
    X, masks = arrays[f"{split}_images"], arrays[f"{split}_masks"]

    def wrong(what: str) -> DataError:
        return DataError(f"{files.shown(path)}: {what}.", REMEDY)

    if X.ndim != 4 or X.shape[3] != 3 or X.dtype.name != "uint8" or X.size == 0:
        raise wrong(f"{split}_images must be (m, n_H, n_W, 3) uint8 and are {X.shape} {X.dtype}")
    if masks.shape != X.shape[:3] or masks.dtype.name != "uint8":
        raise wrong(f"{split}_masks must be {X.shape[:3]} uint8 and are {masks.shape} {masks.dtype}")
    if masks.max() >= n_classes:
        raise wrong(f"{split}_masks must lie in 0 to {n_classes - 1} and reach {masks.max()}")
    return _resized(X, masks)


def _resized(X: np.ndarray, masks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pictures averaged over the pixels that go into one; masks: the class in the middle of each pixel."""
    import numpy as np
    from PIL import Image

    (n_H, n_W), size = SIZE, (SIZE[1], SIZE[0])
    pictures = [np.asarray(Image.fromarray(x).resize(size, Image.Resampling.BILINEAR)) for x in X]
    rows = ((np.arange(n_H) + 0.5) * masks.shape[1] / n_H).astype(int)
    columns = ((np.arange(n_W) + 0.5) * masks.shape[2] / n_W).astype(int)
    return np.stack(pictures), masks[:, rows[:, None], columns]
