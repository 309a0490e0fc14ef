"""people: several pictures of each of many people, some of whom are kept for the test."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from workbook.data import course, hdf5, photographs, sources
from workbook.data.errors import DataError
from workbook.data.files import shown

if TYPE_CHECKING:
    import numpy as np

NAME = "people"
ALSO_CALLED = "orl_faces"  # the folder of own pictures, where it is not called people
KEYS = ("train_set_x", "train_set_y", "test_set_x", "test_set_y", "list_names")
CODE = ("face*.py", "camera.py")  # patterns of the files that hold the drawing code
SIDE = 48
EACH = 6  # pictures of a person
N_TRAIN, N_TEST = 320, 40  # people
SEED_TRAIN, SEED_TEST = 6101, 6102  # two seeds: nobody is in both
VARIETY = 0.25  # everybody looks into one camera, as at a door
TEST_SHARE = 0.25  # of the people in own folders
FORMATS = ("JPEG", "PNG", "PPM")  # PPM is what Pillow calls PGM too
REMEDY = (
    "Own pictures lie in one folder for each person, people/<name>/, as PGM, PNG or JPEG files. Correct or "
    "remove what is named, or move the folder away to use the generated set."
)


class PeopleData(NamedTuple):
    """The people data set. Who is in the test set is in no training picture."""

    X_train: np.ndarray  # (m_train, 48, 48, 3) uint8 RGB
    y_train: np.ndarray  # (m_train,) int64: index into names
    X_test: np.ndarray  # (m_test, 48, 48, 3) uint8 RGB
    y_test: np.ndarray  # (m_test,) int64: index into names, none of which is in y_train
    names: tuple[str, ...]  # what each person is called
    source: str  # "own", "download" or "generated"


# Own pictures


def _in_order(name: str) -> tuple:
    """A key that sorts s2 before s10."""
    return tuple(
        (not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in re.split(r"(\d+)", name)
    )


def read_folder(folder: Path) -> hdf5.Arrays:
    """The arrays of folder/people/<person>/<pictures>, or of folder/orl_faces. Raises DataError.

    The last quarter of the people test, in the order of their names.
    """
    import numpy as np

    root = folder / (NAME if os.path.lexists(folder / NAME) else ALSO_CALLED)
    if not root.is_dir():
        raise DataError(f"{shown(root)} is no folder.", REMEDY)
    names = [
        each.name for each in root.iterdir() if each.is_dir() and not photographs.left_by_a_system(each.name)
    ]
    names = tuple(sorted(names, key=_in_order))
    if len(names) < 4:
        raise DataError(f"{shown(root)} holds {len(names)} folders of people: at least 4 are needed.", REMEDY)
    found = photographs.in_folder(root, names, REMEDY)
    X, y, _ = photographs.read_all(found, SIDE, REMEDY, FORMATS)
    for label, count in enumerate(np.bincount(y, minlength=len(names))):
        if count < 2:
            what = f"{shown(root / names[label])} holds one picture: two of each person are needed."
            raise DataError(what, REMEDY)
    order = np.argsort(y, kind="stable")
    X, y = X[order], y[order]
    test = y >= len(names) - max(round(TEST_SHARE * len(names)), 1)
    return dict(zip(KEYS, (X[~test], y[~test], X[test], y[test], np.array(names)), strict=True))


# Drawn pictures


def draw_people(people: int, each: int, seed: int, update: Callable[[int], None]) -> np.ndarray:
    """Pictures (people * each, SIDE, SIDE, 3) uint8, by person; update is told how many are done."""
    import numpy as np

    from workbook.data.faces import draw_face, draw_person

    X = np.empty((people * each, SIDE, SIDE, 3), np.uint8)
    for i, source in enumerate(np.random.SeedSequence(seed).spawn(people)):
        person_seed, picture_seed = source.spawn(2)
        person = draw_person(np.random.default_rng(person_seed))
        for j, one in enumerate(picture_seed.spawn(each)):
            X[i * each + j] = draw_face(person, np.random.default_rng(one), SIDE, variety=VARIETY).picture
        update((i + 1) * each)
    return X


def draw(update: Callable[[int], None]) -> hdf5.Arrays:
    """The arrays under KEYS, drawn; update is told how many pictures are done."""
    import numpy as np

    X_train = draw_people(N_TRAIN, EACH, SEED_TRAIN, update)
    X_test = draw_people(N_TEST, EACH, SEED_TEST, lambda done: update(N_TRAIN * EACH + done))
    y = np.repeat(np.arange(N_TRAIN + N_TEST), EACH)
    names = np.array([f"person {i + 1}" for i in range(N_TRAIN + N_TEST)])
    values = (X_train, y[: N_TRAIN * EACH], X_test, y[N_TRAIN * EACH :], names)
    return dict(zip(KEYS, values, strict=True))


def recipe() -> str:
    """Names generator, size, numbers of people and pictures, and seeds."""
    people = f"{N_TRAIN}s{SEED_TRAIN}-{N_TEST}s{SEED_TEST}"
    return f"v{course.code_version(CODE)}-{SIDE}px-{EACH}x-{people}-{VARIETY}"


def summary(arrays: hdf5.Arrays) -> str:
    """Such as "1,920 pictures of 320 people to train and 240 of 40 others to test"."""
    train, test = ((len(y), len(set(y.tolist()))) for y in (arrays[KEYS[1]], arrays[KEYS[3]]))
    return f"{train[0]:,} pictures of {train[1]} people to train and {test[0]:,} of {test[1]} others to test"


PEOPLE = sources.DataSet(
    name=NAME,
    title="several pictures of each of many people, 48x48 pixels",
    own=(NAME,),
    read=read_folder,
    draw=lambda update: draw(update),  # looked up late, as recipe is: tests make the set small
    drawings=(N_TRAIN + N_TEST) * EACH,
    recipe=lambda: recipe(),
    keys=KEYS,
    summary=summary,
    also_own=((ALSO_CALLED,),),
)


def load_people(
    source: str | None = None, quiet: bool = False, folder: str | os.PathLike | None = None
) -> PeopleData:
    """Load pictures of many people, and say in one line where they came from.

    source: "own" (a folder people/<name>/ or orl_faces/<name>/ in WORKBOOK_DATA or datasets/), "download" or
    "generated"; None takes the first that is there. folder: where own files lie. quiet: print nothing.
    Raises DataError, which names the file and the remedy.
    """
    loaded = sources.load(PEOPLE, source, quiet, folder)
    X_train, y_train, X_test, y_test, names = (loaded.arrays[key] for key in KEYS)
    return PeopleData(X_train, y_train, X_test, y_test, tuple(map(str, names)), loaded.source)
