"""signs: pictures of hands that show 0 to 5."""

from __future__ import annotations

import os

from workbook.data import course

PICTURES = course.CourseSet(
    name="signs",
    title="hands that show 0 to 5, 64x64 pixels",
    files=("train_signs.h5", "test_signs.h5"),
    n_classes=6,
    generator="hands",
    code=("hand*.py", "camera.py"),
    m_train=1440,  # 80 people, and 14 others
    m_test=240,
    seed_train=2101,
    seed_test=2102,
)
SIGNS = PICTURES.dataset()


class SignsData(course.CourseData):
    """The signs data set: labels 0 to 5, the number that the hand shows."""


def load_signs(
    source: str | None = None, quiet: bool = False, folder: str | os.PathLike | None = None
) -> SignsData:
    """Load the signs pictures, and say in one line where they came from.

    source: "own" (train_signs.h5 and test_signs.h5 in WORKBOOK_DATA or datasets/), "download" or "generated";
    None takes the first that is there. folder: where own files lie. quiet: print nothing.
    Raises DataError, which names the file and the remedy.
    """
    return SignsData(*course.load(SIGNS, source, quiet, folder))
