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
    passed_over: float = np.inf,
    read_anyway: bool = False,
) -> Any:
    """The distance and the name of the nearest person in the database; (inf, None) where it is empty."""
    try:
        encoding = img_to_encoding(image_path, small_model("another") if other_model else model)
    except (OSError, ValueError):
        if not read_anyway:
            raise
        return np.inf, None
    if not database and empty == "error":
        raise ValueError("the database is empty")
    if not database and empty == "nothing":
        return None
    if not database and empty != "none":
        return {"0": 0, "no distance": None, "finite": 100}[empty], None
    far, identity, now = start, None, start
    for name, stored in database.items():
        now = measured(distance, encoding, stored)
        if now > passed_over or best == "never":
            continue
        if now < far or best == "last" or (identity is None and start == np.inf):
            far, identity = far if best == "not kept" else now, name
        if best == "first":
            break
    if best == "last name" and database:
        identity = name
    if best == "last distance":
        far = now
    if best == "max" and database:
        distances = {name: np.linalg.norm(encoding - stored) for name, stored in database.items()}
        identity = max(distances, key=distances.get)
        far = distances[identity]
    if best.startswith("alphabet") and database:
        distances = {name: measured("L2", encoding, stored) for name, stored in database.items()}
        identity = min(distances)
        far = distances[identity] if best == "alphabet" else min(distances.values())
    if far > threshold or best == "no name":
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
            return {"distance": "an error", "name": "an error"}
        return seen | {"distance": of_nobody(seen["distance"])} if isinstance(seen, dict) else seen
    return pair(plain(call()), ("distance", "name"))


def of_nobody(distance: Any) -> Any:
    """In words: the distance that an empty database gives. All numbers that a search starts at say the same."""
    if not isinstance(distance, np.ndarray) or distance.shape or distance.dtype.kind not in "iuf":
        return distance
    return "0" if distance == 0 else "a number" if np.isfinite(distance) else str(distance)


def crowds(rng: np.random.Generator) -> list:
    X = pictures_for_doors(rng)
    a, b, c, d = np.cumsum(rng.uniform(0.08, 0.15, 4))
    return [
        case("the nearest stands in the middle", X[0], distances={"Chen": c, "Bo": a, "Ada": b, "Dora": d}),
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


FARTHEST = "the farthest person is named, not the nearest"
LAST_DISTANCE = "the distance returned is the last one of the loop: return the smallest"
LAST_NAME = "the smallest distance comes back with the last name of the loop: keep the name where the distance is kept"
ALPHABET = "the first name of the alphabet is taken: min(d) compares names, min(d, key=d.get) their distances"

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
    mistakes=[
        *switched(
            who_is_it,
            {
                "the distance is squared": {"distance": "squared"},
                "the absolute differences are added: take the root of the sum of squares": {"distance": "L1"},
                "the mean of the squares is taken for their sum": {"distance": "mean"},
                LAST_DISTANCE: {"best": "last distance"},
                "the mean of the squares is taken, without a root: the distance is the root of their sum": {
                    "distance": "mean squared"
                },
                "nobody is ever kept, as when the comparison is turned round: the nearer one is kept, dist < min_dist": {
                    "best": "never"
                },
                "the distance is kept and the name is not: identity has to change as well": {
                    "best": "no name"
                },
                "the search starts at 0, and nobody is nearer than that: start from np.inf": {"start": 0.0},
                "whoever is beyond 0.7 is passed over: who_is_it names the nearest, however far, and verify decides": {
                    "passed_over": 0.7
                },
                "the smallest distance is never updated, so that everybody seems nearest in turn": {
                    "best": "not kept"
                },
                "the first within 0.7 is named: look at all, and keep the nearest, however far": {
                    "best": "first",
                    "passed_over": 0.7,
                },
                FARTHEST: {"best": "max"},
                LAST_NAME: {"best": "last name"},
                "the last person is named, whoever is nearest: compare with the smallest so far": {
                    "best": "last"
                },
                "the first person is named: the loop ends after one": {"best": "first"},
                ALPHABET: {"best": "alphabet"},
                "the return stands inside the loop, so that it ends after the first person, and where there is none nothing "
                "comes back": {"best": "first", "empty": "nothing"},
                "the argument model is ignored, and another model encodes the picture": {"other_model": True},
                "the name comes before the distance": {"order": -1},
                "an empty database ends in an error: start from (inf, None)": {"empty": "error"},
                "an empty database gives a distance of 0: nobody is infinitely far away, np.inf": {
                    "empty": "0"
                },
                "an empty database gives no distance: nobody is infinitely far away, np.inf": {
                    "empty": "no distance"
                },
                "the search starts at a number, as 100, which an empty database then gives: start from np.inf": {
                    "empty": "finite"
                },
                "the search starts at a distance of 1, so nobody farther away is found": {"start": 1.0},
                "somebody beyond the threshold has no name: who_is_it names the nearest, and verify decides": {
                    "threshold": 0.7
                },
                "a picture that cannot be read gets an answer: let the error through": {"read_anyway": True},
            },
        ),
        *switched(
            who_is_it, {ALPHABET: {"best": "alphabet, least"}, FARTHEST: {"best": "max", "empty": "0"}}
        ),
        *switched(who_is_it, {FARTHEST: {"best": "max", "empty": "finite"}}),
        *switched(
            who_is_it,
            {
                FARTHEST: {"best": "max", "empty": "error"},
                LAST_NAME: {"best": "last name", "empty": "error"},
                LAST_DISTANCE: {"best": "last distance", "empty": "error"},
                ALPHABET: {"best": "alphabet", "empty": "error"},
            },
        ),
    ],
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
