"""What the bodies of animals are made of, and how one stands.

x points to where the animal looks, y up, z to its left; the ground is y = 0, lengths are trunk lengths.
"""

from typing import NamedTuple

import numpy as np

COAT, POINTS, BELLY, DARK, EYE, SHINE, HORN, MANE, INNER = range(9)  # tones


class Part(NamedTuple):
    """A sphere that shrinks or grows on its way from start to end."""

    start: np.ndarray  # (3,)
    end: np.ndarray  # (3,)
    start_radius: float
    end_radius: float
    tone: int
    wool: float = 0.0
    head: bool = False  # belongs to the head


class Pose(NamedTuple):
    """How an animal stands."""

    lying: bool
    neck_lift: float  # degrees added to the neck's angle; ignored when grazing
    grazing: bool
    neck_turn: float  # degrees to the side
    head_turn: float  # degrees to the side, beyond the neck
    head_nod: float  # degrees
    strides: np.ndarray  # (4,) degrees that the legs swing
    tail_lift: float  # degrees


def draw_pose(rng: np.random.Generator) -> Pose:
    """A pose, of which no kind of animal has more than another."""
    grazing = bool(rng.random() < 0.2)
    looking_back = rng.random() < 0.12
    stride = rng.choice([4.0, 16.0], p=[0.65, 0.35])
    return Pose(
        lying=bool(rng.random() < 0.12) and not grazing,
        neck_lift=float(np.clip(rng.normal(0, 9), -22, 14)),
        grazing=grazing,
        neck_turn=float(rng.choice([-1, 1]) * rng.uniform(60, 130))
        if looking_back
        else float(rng.normal(0, 14)),
        head_turn=float(np.clip(rng.normal(0, 28), -70, 70)),
        head_nod=float(rng.normal(0, 7)),
        strides=np.clip(rng.normal(0, 1, 4), -1.6, 1.6) * stride,
        tail_lift=float(rng.normal(0, 12)),
    )


def xyz(*numbers: float) -> np.ndarray:
    """A point or a direction, (3,)."""
    return np.array(numbers, dtype=float)


def chain(points: list[np.ndarray], radii: list[float], tone: int, wool: float = 0.0) -> list[Part]:
    """Parts between consecutive points."""
    return [
        Part(points[i], points[i + 1], radii[i], radii[i + 1], tone, wool) for i in range(len(points) - 1)
    ]


def turned(direction: np.ndarray, degrees: float) -> np.ndarray:
    """A direction turned about the vertical, to the left above 0."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    x, y, z = direction
    return xyz(c * x - s * z, y, s * x + c * z)


def upward(degrees: float) -> np.ndarray:
    """A direction ahead, so many degrees above the horizontal."""
    return xyz(np.cos(np.radians(degrees)), np.sin(np.radians(degrees)), 0)
