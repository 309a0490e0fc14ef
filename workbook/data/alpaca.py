"""alpaca: pictures of alpacas and of other animals."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from workbook.data import course, hdf5, photographs, sources

if TYPE_CHECKING:
    import numpy as np
    import tensorflow as tf

NAME = "alpaca"
CLASSES = ("not alpaca", "alpaca")
ARCHIVE = "alpaca.zip"
CODE = ("animal*.py", "camera.py")  # patterns of the files that hold the drawing code
DRAWN_SIDE = 160
M_TRAIN, M_TEST = 400, 120
SEED_TRAIN, SEED_TEST = 4101, 4102
SIDES = range(32, 225)
REMEDY = (
    f"Own photographs lie in {NAME}/{CLASSES[1]} and {NAME}/{CLASSES[0]}, as JPEG or PNG files. Correct or "
    f"remove what is named, or move the folder {NAME} away to use the generated set."
)


class AlpacaData(NamedTuple):
    """The alpaca data set, split for good."""

    X_train: np.ndarray  # (m_train, side, side, 3) uint8 RGB
    y_train: np.ndarray  # (m_train,) int64, 1 for an alpaca and 0 for none
    X_test: np.ndarray  # (m_test, side, side, 3) uint8 RGB
    y_test: np.ndarray  # (m_test,) int64
    classes: tuple[str, ...]  # ("not alpaca", "alpaca")
    source: str  # "own", "download" or "generated"

    def train(self, batch_size: int = 32, seed: int = 1) -> tf.data.Dataset:
        """Batches of the training pictures, in another order in each epoch; a seed gives the same orders.

        A batch is (pictures, labels): float32 (batch, side, side, 3) from 0 to 255, and float32 (batch,).
        Keras's fit warns about any tf.data pipeline unless it is told shuffle=False.
        """
        return _batches(self.X_train, self.y_train, batch_size, seed)

    def test(self, batch_size: int = 32) -> tf.data.Dataset:
        """Batches of the test pictures in their fixed order; a batch is as in train."""
        return _batches(self.X_test, self.y_test, batch_size, None)


def _batches(X: np.ndarray, y: np.ndarray, batch_size: int, seed: int | None) -> tf.data.Dataset:
    """A tf.data pipeline over arrays. seed: None keeps the order. Raises ValueError for a bad batch_size."""
    import numpy as np
    import tensorflow as tf

    if not isinstance(batch_size, int | np.integer) or batch_size < 1:
        raise ValueError(f"batch_size must be a whole number above 0, got {batch_size!r}")
    epochs = itertools.count()

    def one_epoch() -> Iterator[tuple]:
        order, epoch = np.arange(len(X)), next(epochs)
        if seed is not None:  # NumPy's order: that of tf.data would change with tf.random.set_seed too
            order = np.random.default_rng([seed, epoch]).permutation(len(X))
        for start in range(0, len(X), batch_size):
            taken = order[start : start + batch_size]
            yield X[taken], y[taken]

    signature = (tf.TensorSpec((None, *X.shape[1:]), tf.uint8), tf.TensorSpec((None,), tf.int64))
    batches = tf.data.Dataset.from_generator(one_epoch, output_signature=signature)
    batches = batches.apply(tf.data.experimental.assert_cardinality(-(-len(X) // batch_size)))
    as_floats = batches.map(lambda X, y: (tf.cast(X, tf.float32), tf.cast(y, tf.float32)))
    return as_floats.prefetch(tf.data.AUTOTUNE)


# The three sources


def _arrays(found: list[photographs.Photograph], side: int) -> hdf5.Arrays:
    """Photographs, split, as the five arrays. Raises DataError."""
    import numpy as np

    X, y, digests = photographs.read_all(found, side, REMEDY)
    test = photographs.for_testing(y, digests, CLASSES, REMEDY)
    return dict(zip(course.KEYS, (X[~test], y[~test], X[test], y[test], np.array(CLASSES)), strict=True))


def read_folder(folder: Path, side: int = 96) -> hdf5.Arrays:
    """The arrays of own photographs: folder/alpaca/<class>/ or folder/<class>/. Raises DataError."""
    root = folder if all((folder / name).is_dir() for name in CLASSES) else folder / NAME
    return _arrays(photographs.in_folder(root, CLASSES, REMEDY), side)


def read_archive(folder: Path, side: int = 96) -> hdf5.Arrays:
    """The arrays of a downloaded archive with the same folders in it. Raises DataError."""
    remedy = f"Delete it, and ask who serves it for an archive with the folder {NAME} in it."
    return _arrays(photographs.in_archive(folder / ARCHIVE, (f"{NAME}/", ""), CLASSES, remedy), side)


def draw(update: Callable[[int], None]) -> hdf5.Arrays:
    """The arrays, drawn at DRAWN_SIDE; update is told how many pictures are done."""
    import numpy as np

    from workbook.data import animals

    X_train, y_train = animals.draw_set(M_TRAIN, SEED_TRAIN, DRAWN_SIDE, lambda done, *_: update(done))
    X_test, y_test = animals.draw_set(M_TEST, SEED_TEST, DRAWN_SIDE, lambda done, *_: update(M_TRAIN + done))
    return dict(zip(course.KEYS, (X_train, y_train, X_test, y_test, np.array(CLASSES)), strict=True))


def recipe() -> str:
    """Names generator, size, numbers of pictures and seeds."""
    version = course.code_version(CODE)
    return f"v{version}-{DRAWN_SIDE}px-{M_TRAIN}s{SEED_TRAIN}-{M_TEST}s{SEED_TEST}"


ALPACA = sources.DataSet(
    name=NAME,
    title="animals that are alpacas or are not, 32 to 224 pixels",
    own=(NAME,),
    read=read_folder,
    draw=lambda update: draw(update),
    drawings=M_TRAIN + M_TEST,
    recipe=recipe,
    keys=course.KEYS,
    summary=course.summary,
    registered=(ARCHIVE,),
    read_registered=read_archive,
)


def load_alpaca(
    side: int = 96,
    source: str | None = None,
    quiet: bool = False,
    folder: str | os.PathLike | None = None,
) -> AlpacaData:
    """Load pictures of alpacas and of other animals, and say in one line where they came from.

    side: pixels along each side, 32 to 224; a photograph's short side is resized and its middle kept.
    source: "own" (the folders alpaca/alpaca and alpaca/not alpaca in WORKBOOK_DATA or datasets/), "download"
    (a registered archive) or "generated"; None takes the first that is there.
    folder: where own files lie. quiet: print nothing.
    Raises DataError, which names the file and the remedy; ValueError for a side out of range.
    """
    if isinstance(side, bool) or side not in SIDES:
        raise ValueError(
            f"side must be a whole number of pixels from {SIDES[0]} to {SIDES[-1]}, got {side!r}"
        )
    side = int(side)
    dataset = replace(
        ALPACA, read=partial(read_folder, side=side), read_registered=partial(read_archive, side=side)
    )
    loaded = sources.load(dataset, source, quiet, folder)
    X_train, y_train, X_test, y_test = (loaded.arrays[key] for key in course.KEYS[:4])
    return AlpacaData(
        _resized(X_train, side), y_train, _resized(X_test, side), y_test, CLASSES, loaded.source
    )


def _resized(X: np.ndarray, side: int) -> np.ndarray:
    """Pictures (m, n, n, 3) as (m, side, side, 3)."""
    import numpy as np
    from PIL import Image

    if X.shape[1] == side:
        return X
    lanczos = Image.Resampling.LANCZOS
    return np.stack([np.asarray(Image.fromarray(picture).resize((side, side), lanczos)) for picture in X])
