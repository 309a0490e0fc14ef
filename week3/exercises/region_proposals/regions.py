"""A region of a picture, and what two of them have in common."""

from typing import NamedTuple

import numpy as np


class Region(NamedTuple):
    """As in the notebook: box and size are shares of the picture, both histograms add up to 1."""

    box: np.ndarray
    size: float
    colour: np.ndarray
    texture: np.ndarray


def around(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The smallest box that holds two boxes x1, y1, x2, y2."""
    return np.concatenate([np.minimum(a[:2], b[:2]), np.maximum(a[2:], b[2:])])


def area(box: np.ndarray) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def shared(one: np.ndarray, other: np.ndarray, how: str = "intersection") -> float:
    """How far two histograms agree."""
    return {
        "intersection": np.minimum(one, other).sum(),
        "product": (one * other).sum(),
        "union": np.maximum(one, other).sum(),
        "difference": np.abs(one - other).sum(),
        "mean": np.minimum(one, other).mean(),
        "sums": min(one.sum(), other.sum()),
    }[how]


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    """Area of the intersection of two boxes."""
    return np.maximum(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0).prod()
