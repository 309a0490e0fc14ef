"""signs: pictures of hands that show 0 to 5."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from workbook.data.course import KEYS, checked, read_pair
from workbook.data.sources import DataSet, load

if TYPE_CHECKING:
    import numpy as np

FILES = ("train_signs.h5", "test_signs.h5")
PICTURE = (64, 64, 3)
N_CLASSES = 6
M_TRAIN, M_TEST = 1440, 240  # 80 people, and 14 others
SEED_TRAIN, SEED_TEST = 2101, 2102  # nobody's hand is in both


class SignsData(NamedTuple):
    """The signs data set."""

    X_train: np.ndarray  # (m_train, 64, 64, 3) uint8 RGB
    y_train: np.ndarray  # (m_train,) int64, 0 to 5
    X_test: np.ndarray  # (m_test, 64, 64, 3) uint8 RGB
    y_test: np.ndarray  # (m_test,) int64, 0 to 5
    classes: np.ndarray  # (6,) the class names
    source: str  # "own", "download" or "generated"


def load_signs(
    source: str | None = None, quiet: bool = False, folder: str | os.PathLike | None = None
) -> SignsData:
    """Load the signs pictures, and say in one line where they came from.

    source: "own" (train_signs.h5 and test_signs.h5 in WORKBOOK_DATA or datasets/), "download" or "generated";
    None takes the first that is there. folder: where own files lie. quiet: print nothing.
    Raises DataError, which names the file and the remedy.
    """
    loaded = load(SIGNS, source, quiet, folder)
    return SignsData(*(loaded.arrays[key] for key in KEYS), source=loaded.source)


def draw_set(m: int, seed: int, progress: Callable | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Pictures (m, 64, 64, 3) uint8 and labels (m,) int64, drawn by workbook.data.hands."""
    from workbook.data import hands

    return hands.draw_set(m, seed, progress=progress)


def _draw(update: Callable[[int], None]) -> dict[str, np.ndarray]:
    import numpy as np

    train = draw_set(M_TRAIN, SEED_TRAIN, progress=lambda done, *_: update(done))
    test = draw_set(M_TEST, SEED_TEST, progress=lambda done, *_: update(M_TRAIN + done))
    X_train, y_train = checked(
        *train, PICTURE, N_CLASSES, "workbook.data.hands drew wrongly:", "Please report this."
    )
    X_test, y_test = checked(
        *test, PICTURE, N_CLASSES, "workbook.data.hands drew wrongly:", "Please report this."
    )
    return dict(zip(KEYS, (X_train, y_train, X_test, y_test, np.arange(N_CLASSES)), strict=True))


def _generator_version() -> str:
    """Changes with the drawing code, so that nobody has to remember to raise a number."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("hand*.py")):
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:8]


def _recipe() -> str:
    return f"v{_generator_version()}-{M_TRAIN}s{SEED_TRAIN}-{M_TEST}s{SEED_TEST}"


def _read(folder: Path) -> dict[str, np.ndarray]:
    remedy = "Put the right file in its place, or move both signs files away to use the generated set."
    return read_pair(folder, FILES, PICTURE, N_CLASSES, remedy)


def _summary(arrays: dict[str, np.ndarray]) -> str:
    return f"{len(arrays['train_set_y']):,} training and {len(arrays['test_set_y']):,} test pictures"


SIGNS = DataSet(
    name="signs",
    title="hands that show 0 to 5, 64x64 pixels",
    own=FILES,
    read=_read,
    draw=_draw,
    drawings=M_TRAIN + M_TEST,
    recipe=_recipe,
    keys=KEYS,
    summary=_summary,
)
