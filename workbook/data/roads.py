"""roads: what a camera in a car sees, with boxes around objects and the class of each pixel."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from workbook.data import course, hdf5, sources
from workbook.data.errors import DataError
from workbook.data.files import shown
from workbook.data.road_classes import BOX_CLASSES, PIXEL_CLASSES, palette_of

if TYPE_CHECKING:
    import numpy as np

PICTURE = (96, 128, 3)
MOST_CLASSES = 23
M_TRAIN, M_TEST = 1400, 200
SEED_TRAIN, SEED_TEST = 5101, 5102  # two seeds: no scene is in both sets
FILES = ("train_roads.h5", "test_roads.h5")
SPLIT_KEYS = ("set_x", "set_masks", "set_boxes", "set_counts")
NAMES = ("pixel_classes", "box_classes")
KEYS = tuple(f"{split}_{key}" for split in ("train", "test") for key in SPLIT_KEYS) + NAMES
REMEDY = "Put the right file in its place, or move both roads files away to use the generated set."


class RoadsData(NamedTuple):
    """The roads data set. A box is x1, y1, x2, y2 and a class: corners in pixels, x to the right, y down."""

    X_train: np.ndarray  # (m_train, 96, 128, 3) uint8 RGB
    masks_train: np.ndarray  # (m_train, 96, 128) uint8: index into pixel_classes
    boxes_train: list[np.ndarray]  # m_train arrays (n_i, 5) float32: corners, index into box_classes
    X_test: np.ndarray  # (m_test, 96, 128, 3) uint8 RGB
    masks_test: np.ndarray  # (m_test, 96, 128) uint8
    boxes_test: list[np.ndarray]  # m_test arrays (n_i, 5) float32
    pixel_classes: tuple[str, ...]  # names, at most 23
    box_classes: tuple[str, ...]
    palette: np.ndarray  # (n_pixel_classes, 3) uint8 RGB: colours for masks that differ in lightness too
    source: str  # "own", "download" or "generated"


def draw_set(
    m: int, seed: int, progress: Callable[[int, int], None] | None = None
) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Pictures, masks and boxes from the generator (see road_scene.py)."""
    from workbook.data import road_scene

    return road_scene.draw_set(m, seed, progress)


def draw(update: Callable[[int], None]) -> hdf5.Arrays:
    """The arrays under KEYS, drawn; update is told how many scenes are done."""
    import numpy as np

    arrays, before = {}, 0
    for split, m, seed in (("train", M_TRAIN, SEED_TRAIN), ("test", M_TEST, SEED_TEST)):
        start = before
        X, masks, boxes = draw_set(m, seed, lambda done, _, start=start: update(start + done))
        counts = np.array([len(each) for each in boxes], np.int64)
        packed = np.concatenate(boxes).astype(np.float32).reshape(-1, 5)
        values = dict(zip(SPLIT_KEYS, (X, masks, packed, counts), strict=True))
        arrays |= {f"{split}_{key}": value for key, value in values.items()}
        before += m
    return arrays | {"pixel_classes": np.array(PIXEL_CLASSES), "box_classes": np.array(BOX_CLASSES)}


def recipe() -> str:
    """Names generator, sizes and seeds."""
    version = course.code_version(("road_*.py",))
    return f"v{version}-{M_TRAIN}s{SEED_TRAIN}-{M_TEST}s{SEED_TEST}"


def summary(arrays: hdf5.Arrays) -> str:
    """Such as "1,400 training and 200 test scenes with 9,000 boxes"."""
    train, test = (len(arrays[f"{split}_set_x"]) for split in ("train", "test"))
    boxes = len(arrays["train_set_boxes"]) + len(arrays["test_set_boxes"])
    return f"{train:,} training and {test:,} test scenes with {boxes:,} boxes"


# A person's own scenes


def read(folder: Path) -> hdf5.Arrays:
    """The arrays of train_roads.h5 and test_roads.h5, both whole and checked. Raises DataError."""
    arrays: hdf5.Arrays = {}
    for split, name in zip(("train", "test"), FILES, strict=True):
        found, _ = hdf5.read(folder / name, [f"{split}_{key}" for key in SPLIT_KEYS] + list(NAMES), REMEDY)
        _check(split, found, f"{shown(folder / name)}:")
        for key in NAMES:
            if key in arrays and arrays[key].tolist() != found[key].tolist():
                files = f"{shown(folder / FILES[0])} and {FILES[1]}"
                raise DataError(f"{files} do not belong together: their {key} differ.", REMEDY)
        arrays |= found
    return arrays


def _check(split: str, found: hdf5.Arrays, where: str) -> None:
    """Raise a DataError that starts with where, unless the arrays of one file fit together."""
    X, masks, boxes, counts = (found[f"{split}_{key}"] for key in SPLIT_KEYS)
    n_pixel, n_box = (len(_names(found[key], key, where)) for key in NAMES)
    problem = _wrong_pictures(X, masks, n_pixel) or _wrong_boxes(boxes, counts, len(X), n_box)
    if problem:
        raise DataError(f"{where} {problem}.", REMEDY)


def _wrong_pictures(X: np.ndarray, masks: np.ndarray, n_classes: int) -> str | None:
    """What is wrong with pictures and masks, or None."""
    if X.ndim != 4 or X.shape[1:] != PICTURE or len(X) == 0:
        return f"the pictures must have the shape (m, {', '.join(map(str, PICTURE))}) and have {X.shape}"
    if X.dtype.name != "uint8":
        return f"the pictures must be uint8, 0 to 255, and are {X.dtype}"
    if masks.shape != X.shape[:3] or masks.dtype.name != "uint8":
        return f"the masks must be {X.shape[:3]} uint8 and are {masks.shape} {masks.dtype}"
    if masks.max() >= n_classes:
        return f"the masks must lie in 0 to {n_classes - 1} and reach {masks.max()}"
    return None


def _wrong_boxes(boxes: np.ndarray, counts: np.ndarray, m: int, n_classes: int) -> str | None:
    """What is wrong with boxes and their counts, or None."""
    if counts.shape != (m,) or counts.dtype.kind not in "iu" or counts.min() < 0:
        return f"set_counts must tell for each of the {m:,} pictures how many boxes it has"
    if boxes.ndim != 2 or boxes.shape[1] != 5 or boxes.dtype.kind not in "iuf":
        return f"the boxes must be (n, 5) numbers and are {boxes.shape} {boxes.dtype}"
    if counts.sum() != len(boxes):
        return f"set_counts adds up to {counts.sum():,} but there are {len(boxes):,} boxes"
    x1, y1, x2, y2, kind = boxes.T
    inside = (x1 >= 0) & (x1 < x2) & (x2 <= PICTURE[1]) & (y1 >= 0) & (y1 < y2) & (y2 <= PICTURE[0])
    if not inside.all():
        return f"{(~inside).sum():,} boxes are empty or reach out of the picture; x1, y1, x2, y2 are pixels"
    if not ((kind >= 0) & (kind < n_classes) & (kind == kind.round())).all():
        return f"the classes of the boxes must be whole numbers from 0 to {n_classes - 1}"
    return None


def _names(array: np.ndarray, key: str, where: str) -> list[str]:
    names = array.reshape(-1).tolist()
    if not 1 <= len(names) <= MOST_CLASSES or not all(isinstance(name, str) for name in names):
        raise DataError(f"{where} {key} must hold 1 to {MOST_CLASSES} names.", REMEDY)
    return names


ROADS = sources.DataSet(
    name="roads",
    title="road scenes with boxes and masks, 96x128 pixels",
    own=FILES,
    read=read,
    draw=lambda update: draw(update),  # looked up late, as recipe is: tests make the set small
    drawings=M_TRAIN + M_TEST,
    recipe=lambda: recipe(),
    keys=KEYS,
    summary=summary,
)


def _unpacked(arrays: hdf5.Arrays, split: str) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    import numpy as np

    X, masks, boxes, counts = (arrays[f"{split}_{key}"] for key in SPLIT_KEYS)
    return X, masks, np.split(boxes.astype(np.float32, copy=False), np.cumsum(counts)[:-1])


def load_roads(
    source: str | None = None, quiet: bool = False, folder: str | os.PathLike | None = None
) -> RoadsData:
    """Load the road scenes, and say in one line where they came from.

    source: "own" (train_roads.h5 and test_roads.h5 in WORKBOOK_DATA or datasets/), "download" or "generated";
    None takes the first that is there. folder: where own files lie. quiet: print nothing.
    Raises DataError, which names the file and the remedy.
    """
    loaded = sources.load(ROADS, source, quiet, folder)
    names = [tuple(str(name) for name in loaded.arrays[key].reshape(-1)) for key in NAMES]
    train, test = (_unpacked(loaded.arrays, split) for split in ("train", "test"))
    return RoadsData(*train, *test, *names, palette_of(names[0]), loaded.source)
