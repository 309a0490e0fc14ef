"""Checks for verify: is it who they say they are?"""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.plain import plain
from workbook.slips import switched

from .encodings import (
    encodings,
    img_to_encoding,
    in_a_folder,
    measured,
    pair,
    pictures_for_doors,
    small_model,
    told,
)

THRESHOLD = 0.7


@in_a_folder
def look_at_verify(
    function: Callable,
    path: Path,
    picture: np.ndarray,
    identity: str,
    distances: dict,
    role: str = "a",
    file: str = "",
    expects: str = "",
) -> Any:
    model = small_model(role)
    database = encodings(picture, model, distances)
    call = functools.partial(function, str(path), identity, database, model)
    if expects == "an error":
        return {"for this": told(call)}
    seen = pair(plain(call()), ("distance", "door opens"))
    if isinstance(seen, dict) and isinstance(seen["door opens"], np.ndarray) and seen["door opens"].size == 1:
        seen["door opens"] = bool(seen["door opens"])
        if role == "three of four" and _rounded(seen["distance"]):
            seen["door opens"] = False
    return seen


def _rounded(distance: Any) -> bool:
    """True where a distance of 0.7 came through float32: it is then below 0.7, or not, as one looks at it."""
    return isinstance(distance, np.ndarray) and distance.size == 1 and np.float32(distance) == distance


def verify(
    image_path: str,
    identity: str,
    database: dict,
    model: Any,
    *,
    distance: str = "L2",
    threshold: float = THRESHOLD,
    opens: str = "below",
    which: str = "identity",
    other_model: bool = False,
    order: int = 1,
    unknown: str = "error",
    read_anyway: bool = False,
) -> Any:
    """The distance of a picture to a person's encoding, and whether the door opens: below 0.7."""
    if unknown == "answer" and identity not in database:
        return np.inf, False
    try:
        encoding = img_to_encoding(image_path, small_model("another") if other_model else model)
    except (OSError, ValueError):
        if not read_anyway:
            raise
        return np.inf, False
    stored = {
        "identity": lambda: database[identity],
        "first": lambda: next(iter(database.values())),
        "nearest if known": lambda: min(
            (database[identity], *database.values()), key=lambda each: np.linalg.norm(encoding - each)
        ),
        "nearest": lambda: min(database.values(), key=lambda each: np.linalg.norm(encoding - each)),
    }[which]()
    far = measured(distance, encoding, stored)
    opened = {"below": far < threshold, "above": far > threshold, "at": far <= threshold, "always": True}[
        opens
    ]
    return (far, bool(opened))[::order]


def doors(rng: np.random.Generator) -> list:
    X = pictures_for_doors(rng)
    near, far = rng.uniform(0.1, 0.3), rng.uniform(1.0, 1.3)
    between, below = rng.uniform(0.705, 0.715), rng.uniform(0.685, 0.695)
    others = {"Ada": far, "Bo": near, "Chen": between}
    return [
        case("the person is who they say", X[0], identity="Bo", distances=others),
        case("somebody else", X[1], identity="Ada", distances=others),
        case("above 0.7, but its square is not", X[2], identity="Chen", distances=others),
        case(
            "below 0.7, with another model",
            X[3],
            identity="Dora",
            distances={"Ed": far, "Dora": below},
            role="b",
        ),
        case("exactly 0.7 is not below", X[7], identity="Fay", distances={"Fay": 0.7}, role="three of four"),
        case("an unknown name is an error", X[4], identity="Eve", distances=others, expects="an error"),
        case(
            "a missing picture is an error",
            X[5],
            identity="Bo",
            distances=others,
            file="missing",
            expects="an error",
        ),
        case(
            "a broken picture is an error",
            X[6],
            identity="Bo",
            distances=others,
            file="broken",
            expects="an error",
        ),
    ]


the_door = Exercise(
    name="verify",
    points=10,
    difficulty=2,
    minutes=15,
    cases=doors,
    reference=verify,
    observe=look_at_verify,
    gives="a pair: the distance, and whether the door opens",
    tolerance=1e-4,
    slow=True,
    mistakes=switched(
        verify,
        {
            "the distance is squared: the threshold of 0.7 is for the distance itself": {
                "distance": "squared"
            },
            "the absolute differences are added: take the root of the sum of squares": {"distance": "L1"},
            "the mean of the squares is taken for their sum": {"distance": "mean"},
            "the mean of the squares is taken, without a root: the distance is the root of their sum": {
                "distance": "mean squared"
            },
            "the distance that comes back is squared, though the door opens as it should": {
                "distance": "squared",
                "threshold": THRESHOLD**2,
            },
            "the door opens for everybody, however far: door_open is False from 0.7 on": {"opens": "always"},
            "the door opens for strangers: it should open below the threshold": {"opens": "above"},
            "the cosine of the two is taken: the distance is the length of their difference": {
                "distance": "cosine"
            },
            "the threshold lies below 0.7": {"threshold": 0.5},
            "the threshold lies above 0.7": {"threshold": 1.0},
            "the door opens at 0.7 exactly: it opens below, so < and not <=": {"opens": "at"},
            "the argument identity is ignored, and the first in the database is looked at": {
                "which": "first"
            },
            "the argument identity is ignored, and the nearest in the database is looked at": {
                "which": "nearest"
            },
            "the distance is that to the nearest in the database: measure it to the encoding of identity": {
                "which": "nearest if known"
            },
            "the argument model is ignored, and another model encodes the picture": {"other_model": True},
            "the answer comes before the distance: first dist, then door_open": {"order": -1},
            "an unknown name gets an answer: let database[identity] raise its error": {"unknown": "answer"},
            "a picture that cannot be read gets an answer: let the error through": {"read_anyway": True},
        },
    ),
    hints=[
        "Encode the picture with the model that you are given. Who is to be compared with it?",
        "np.linalg.norm of the difference is the distance: no square.",
        "If only the case whose square is below 0.7 is wrong, your distance is squared.",
        "dist = np.linalg.norm(img_to_encoding(image_path, model) - database[identity]).",
    ],
    idea="A door that opens on a missing file is worse than one that complains.",
    try_next="In the cell below 'One picture each', let the newcomer claim to be each of the house in turn, "
    "and count how often the door opens.",
)
