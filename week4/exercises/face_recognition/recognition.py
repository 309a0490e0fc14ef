"""Checks for who_is_it: the nearest person of a database."""

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


def who_is_it(
    image_path: str,
    database: dict,
    model: Any,
    *,
    distance: str = "L2",
    best: str = "min",
    other_model: bool = False,
    order: int = 1,
    empty: str = "none",
    start: float = np.inf,
    threshold: float = np.inf,
    read_anyway: bool = False,
) -> Any:
    """The distance and the name of the nearest person in the database; (inf, None) where it is empty."""
    try:
        encoding = img_to_encoding(image_path, small_model("another") if other_model else model)
    except (OSError, ValueError):
        if not read_anyway:
            raise
        return np.inf, None
    if not database and empty != "none":
        raise ValueError("the database is empty")
    far, identity, now = start, None, start
    for name, stored in database.items():
        now = measured(distance, encoding, stored)
        if now < far or best == "last" or (identity is None and start == np.inf):
            far, identity = far if best == "not kept" else now, name
        if best == "first":
            break
    if best == "last distance":
        far = now
    if best == "max" and database:
        distances = {name: np.linalg.norm(encoding - stored) for name, stored in database.items()}
        identity = max(distances, key=distances.get)
        far = distances[identity]
    if far > threshold:
        identity = None
    return (far, identity)[::order]


@in_a_folder
def look_at_who(
    function: Callable,
    path: Path,
    picture: np.ndarray,
    distances: dict,
    role: str = "a",
    file: str = "",
    expects: str = "",
) -> Any:
    model = small_model(role)
    database = encodings(picture, model, distances)
    call = functools.partial(function, str(path), database, model)
    if expects == "an error":
        return {"for this": told(call)}
    if not distances:
        try:
            seen = pair(plain(call()), ("distance", "name"))
        except NotImplementedError:
            raise
        except (NameError, LookupError, ValueError, TypeError):
            return {"name": "an error"}
        return {"name": seen["name"]} if isinstance(seen, dict) and "name" in seen else seen
    return pair(plain(call()), ("distance", "name"))


def crowds(rng: np.random.Generator) -> list:
    X = pictures_for_doors(rng)
    a, b, c, d = np.cumsum(rng.uniform(0.08, 0.15, 4))
    return [
        case("the nearest stands in the middle", X[0], distances={"Ada": c, "Bo": a, "Chen": b, "Dora": d}),
        case("the nearest comes first", X[1], distances={"Ed": a, "Fay": d, "Gil": c}),
        case(
            "the nearest comes last, with another model",
            X[2],
            distances={"Hua": d, "Ida": b, "Jo": a},
            role="b",
        ),
        case("nobody is near", X[3], distances={"Ada": 1.9, "Bo": 1.7, "Chen": 1.8}),
        case("an empty database has nobody", X[4], distances={}),
        case("a missing picture is an error", X[5], distances={"Ada": a}, file="missing", expects="an error"),
        case("a broken picture is an error", X[6], distances={"Ada": a}, file="broken", expects="an error"),
    ]


the_guest = Exercise(
    name="who_is_it",
    points=10,
    difficulty=2,
    minutes=15,
    cases=crowds,
    reference=who_is_it,
    observe=look_at_who,
    gives="a pair: the distance, and a name",
    tolerance=1e-4,
    slow=True,
    mistakes=switched(
        who_is_it,
        {
            "the distance is squared": {"distance": "squared"},
            "the absolute differences are added: take the root of the sum of squares": {"distance": "L1"},
            "the mean of the squares is taken for their sum": {"distance": "mean"},
            "the distance returned is the last one of the loop: return the smallest": {
                "best": "last distance"
            },
            "the smallest distance is never updated, so that everybody seems nearest in turn": {
                "best": "not kept"
            },
            "the farthest person is named, not the nearest": {"best": "max"},
            "the last person is named, whoever is nearest: compare with the smallest so far": {
                "best": "last"
            },
            "the first person is named: the loop ends after one": {"best": "first"},
            "the argument model is ignored, and another model encodes the picture": {"other_model": True},
            "the name comes before the distance": {"order": -1},
            "an empty database ends in an error: start from (inf, None)": {"empty": "error"},
            "the search starts at a distance of 1, so nobody farther away is found": {"start": 1.0},
            "somebody beyond the threshold has no name: who_is_it names the nearest, and verify decides": {
                "threshold": 0.7
            },
            "a picture that cannot be read gets an answer: let the error through": {"read_anyway": True},
        },
    ),
    hints=[
        "Encode the picture once, before the loop.",
        "Keep the smallest distance so far, and whose it is.",
        "If only the case where nobody is near is wrong, your smallest distance starts too small.",
        "Start with min_dist, identity = np.inf, None.",
    ],
    idea="Recognition among a thousand people is a thousand verifications: errors add up.",
    try_next="Change [:11] to [:31] in the cell below 'One picture each', so that thirty people live in the "
    "house, and count again how many are named rightly.",
)
