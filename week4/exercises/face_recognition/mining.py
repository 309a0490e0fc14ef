"""Checks for mine_hard_triplets: the hardest positive and negative of a batch."""

from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.plain import plain
from workbook.slips import switched


def mine_hard_triplets(
    embeddings: Any,
    labels: Any,
    alpha: float,
    *,
    squared: bool = True,
    self_too: bool = False,
    absolute: bool = False,
    mean: bool = False,
    pairs_once: int = 0,
    anybody: bool = False,
    any_picture: bool = False,
    met: bool = False,
    sign: int = 1,
    only_hard: bool = False,
    only_semi: bool = False,
    only_easy: bool = False,
    below_zero: bool = False,
    everything: bool = False,
    one_negative: str = "",
    order: tuple[int, int, int] = (0, 1, 2),
    people: bool = False,
) -> np.ndarray:
    """All (anchor, positive, negative), indices (k, 3), whose loss is above zero."""
    X, y = np.asarray(embeddings, np.float64), np.asarray(labels).reshape(-1)
    d = ((X[:, None] - X) ** 2).sum(axis=-1) / (X.shape[1] if mean else 1)
    d = d if squared else np.sqrt(d)
    d = np.abs(X[:, None] - X).sum(axis=-1) if absolute else d
    found = []
    for a, p, n in np.ndindex(len(y), len(y), len(y)):
        if y[a] != y[p] or (a == p and not self_too) or pairs_once * (p - a) < 0:
            continue
        if (y[n] == y[a] and not anybody and not any_picture) or (anybody and n in (a, p)):
            continue
        loss = d[a, p] - d[a, n] + (0 if only_hard else sign * alpha)
        costs = everything or (loss < 0 if below_zero else loss > 0 or (met and loss == 0))
        if costs != only_easy and not (only_semi and d[a, n] <= d[a, p]):
            found.append((a, p, n))
    if one_negative:
        best = (lambda t: d[t[0], t[2]]) if one_negative == "nearest" else (lambda t: t[2])
        pairs = dict.fromkeys((a, p) for a, p, _ in found)
        found = [min((t for t in found if t[:2] == pair), key=best) for pair in pairs]
    if people:
        found = [tuple(y[list(t)]) for t in found]
    return np.array([[t[i] for i in order] for t in found], int).reshape(-1, 3)


def look_at_triplets(function: Callable, embeddings: Any, labels: Any, alpha: float) -> Any:
    """The triplets in an order of their own: in which they come does not matter."""
    found = function(embeddings, labels, alpha)
    rows = list(found) if isinstance(found, set) else plain(found)
    try:
        rows = np.asarray(rows)
        rows = rows.reshape(-1, 3) if rows.size == 0 else rows
        if rows.ndim != 2 or rows.shape[1] != 3 or rows.astype(int).tolist() != rows.tolist():
            return plain(found)
    except (TypeError, ValueError):
        return plain(found)
    return rows.astype(int)[np.lexsort(rows.T[::-1])]


def batches_to_mine(rng: np.random.Generator) -> list:
    def batch(labels: list[int], alpha: float) -> tuple:
        labels = rng.permutation(labels)
        while True:
            X = rng.normal(size=(len(labels), 4)).astype(np.float32)
            X /= np.linalg.norm(X, axis=1, keepdims=True)
            d = ((X[:, None] - X) ** 2).sum(axis=-1)
            gaps = [np.subtract.outer(d[i], d[i])[~np.eye(len(d), dtype=bool)] for i in range(len(d))]
            if min(np.abs(np.array(gaps) + shift).min() for shift in (0, alpha, -alpha)) > 1e-5:
                return X, labels, alpha

    line, far_apart = np.float32([[0], [1], [2], [3]]), np.float32([[0], [1], [11], [12]])
    return [
        case("three people, unlike numbers of pictures", *batch([0, 0, 0, 1, 1, 2], 0.2)),
        case("a wide margin", *batch([5, 5, 9, 9, 9, 7, 7], 1.0)),
        case("no margin", *batch([1, 1, 2, 2], 0.0)),
        case("a negative exactly at the margin costs nothing", line, np.array([0, 0, 1, 1]), 3.0),
        case("everybody far apart: nothing to learn", 9 * line, np.array([0, 1, 2, 3]), 0.5),
        case("two people far apart: nothing to learn", far_apart, np.array([0, 0, 1, 1]), 0.5),
    ]


ALPHA_IGNORED = "the argument alpha is ignored: only negatives nearer than the positive are kept"

the_miner = Exercise(
    name="mine_hard_triplets",
    points=15,
    difficulty=3,
    minutes=25,
    cases=batches_to_mine,
    reference=mine_hard_triplets,
    observe=look_at_triplets,
    gives="triplets of whole numbers: (k, 3)",
    mistakes=[
        *switched(
            mine_hard_triplets,
            {
                "the distances are not squared": {"squared": False},
                "the absolute differences are added: square each one, then add": {"absolute": True},
                "a triplet holds the people's labels: it holds the places of their pictures in the batch": {
                    "people": True
                },
                "a picture is its own positive": {"self_too": True},
                "each pair is taken once: either of its two pictures is the anchor in turn": {
                    "pairs_once": 1
                },
                "each pair is taken once, with the later picture as the anchor: either is in turn": {
                    "pairs_once": -1
                },
                "the squares are averaged over the embedding: a squared distance is their sum": {
                    "mean": True
                },
                "the negative may be the same person: look at its label": {"anybody": True},
                "the negative may be any picture, the anchor and the positive too: it shows somebody else": {
                    "any_picture": True
                },
                "a triplet that meets the margin exactly is kept: its loss is zero": {"met": True},
                "the margin has the wrong sign": {"sign": -1},
                ALPHA_IGNORED: {"only_hard": True},
                "only semi-hard triplets are kept: those whose negative is nearer than the positive belong too": {
                    "only_semi": True
                },
                "only the nearest negative of each pair is kept: all that cost something belong here": {
                    "one_negative": "nearest"
                },
                "only the first negative of each pair is kept: the search must go on after it": {
                    "one_negative": "first"
                },
                "the easy triplets are kept, which cost nothing: the loss must be above zero": {
                    "only_easy": True
                },
                "the triplets with a loss below zero are kept, which cost nothing: keep those above zero": {
                    "below_zero": True
                },
                "all triplets are kept, whatever they cost: the loss must be above zero": {
                    "everything": True
                },
                "a triplet names the negative before the positive": {"order": (0, 2, 1)},
                "a triplet names the positive before the anchor, or the negative's distance is taken to the positive: it is "
                "that to the anchor": {"order": (1, 0, 2)},
            },
        ),
        *switched(mine_hard_triplets, {ALPHA_IGNORED: {"only_hard": True, "met": True}}),
    ],
    hints=[
        "First all squared distances, as a table of m by m.",
        "Three loops: an anchor, a positive with its label that is not the anchor, a negative with another.",
        "If you have half of the triplets, each pair gives only one; if a few too many with a wide margin, "
        "compare labels again, and > with >=.",
        "Keep (a, p, n) where D[a, p] - D[a, n] + alpha > 0.",
    ],
    idea="Late in a training hardly any triplet is left. Choosing them becomes most of the work.",
    try_next="Count len(mine_hard_triplets(e, np.arange(64) // 4, 0.2)) for 64 random vectors e of length 1, first "
    "of 64 numbers each and then of 2: which space leaves more to learn?",
)
