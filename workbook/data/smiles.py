"""smiles: pictures of faces that smile or do not."""

from __future__ import annotations

import os

from workbook.data import course

PICTURES = course.CourseSet(
    name="smiles",
    title="faces that smile or do not, 64x64 pixels",
    files=("train_happy.h5", "test_happy.h5"),
    n_classes=2,
    generator="faces",
    code=("face*.py", "camera.py"),
    m_train=600,  # 100 people, and 25 others
    m_test=150,
    seed_train=3101,
    seed_test=3102,
)
SMILES = PICTURES.dataset()


class SmilesData(course.CourseData):
    """The smiles data set: labels 1 for a smile, 0 for none."""


def load_smiles(
    source: str | None = None, quiet: bool = False, folder: str | os.PathLike | None = None
) -> SmilesData:
    """Load the pictures of faces, and say in one line where they came from.

    source: "own" (train_happy.h5 and test_happy.h5 in WORKBOOK_DATA or datasets/), "download" or "generated";
    None takes the first that is there. folder: where own files lie. quiet: print nothing.
    Raises DataError, which names the file and the remedy.
    """
    return SmilesData(*course.load(SMILES, source, quiet, folder))
