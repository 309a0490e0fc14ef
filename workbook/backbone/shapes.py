"""Plain shapes of any material, and what all things are made of.

A thing is drawn in layers, back to front. A layer is a texture or colour and a function that draws its
outline into a Stencil. A thing fills the unit square; y = 0.92 is where it stands.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from workbook.backbone import materials
from workbook.backbone.canvas import Stencil, hsv

Layer = tuple[np.ndarray, Callable[[Stencil], None]]

Thing = Callable[[int, np.random.Generator], list[Layer]]


DARK = hsv(0.6, 0.2, 0.08)

GLASS = hsv(0.57, 0.25, 0.75)

HARD = (
    materials.paint,
    materials.paint,
    materials.wood,
    materials.metal,
    materials.stone,
    materials.marble,
    materials.tiles,
)

CLOTH = (
    materials.weave,
    materials.plaid,
    materials.knit,
    materials.folds,
    materials.paint,
    materials.stripes,
    materials.dots,
)

ANY = tuple(materials.MATERIALS.values())


def hard(n, rng):
    return HARD[rng.integers(len(HARD))](n, rng)


def cloth(n, rng):
    return CLOTH[rng.integers(len(CLOTH))](n, rng)


def box(x0, y0, x1, y1):
    """The corners of an upright rectangle."""
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def regular(corners: int, r: float, turn: float = 0.0, inner: float | None = None) -> np.ndarray:
    """(k, 2) corners of a regular polygon, or of a star with an inner radius, about the middle."""
    k = corners * (1 if inner is None else 2)
    angle = turn - np.pi / 2 + 2 * np.pi * np.arange(k) / k
    radius = np.full(k, r)
    if inner is not None:
        radius[1::2] = inner
    return 0.5 + radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _one(outline: Callable[[Stencil, np.random.Generator], None]) -> Thing:
    """A flat shape of any material."""

    def thing(n, rng):
        seed = rng.integers(2**31)
        return [(ANY[rng.integers(len(ANY))](n, rng), lambda s: outline(s, np.random.default_rng(seed)))]

    return thing


def _ring(s, rng):
    s.disc(0.5, 0.5, 0.42)
    s.disc(0.5, 0.5, rng.uniform(0.2, 0.32), ink=0)


def _crescent(s, rng):
    s.disc(0.5, 0.5, 0.42)
    s.disc(0.5 + rng.uniform(0.13, 0.25), 0.45, rng.uniform(0.3, 0.38), ink=0)


def _heart(s, rng):
    t = np.linspace(0, 2 * np.pi, 40)
    y = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    s.polygon(np.stack([0.5 + 0.027 * 16 * np.sin(t) ** 3, 0.48 - 0.027 * y], axis=1))


def _cross(s, rng):
    w = rng.uniform(0.07, 0.16)
    s.polygon(box(0.5 - w, 0.1, 0.5 + w, 0.9))
    s.polygon(box(0.1, 0.5 - w, 0.9, 0.5 + w))


def _arrow(s, rng):
    w, h = rng.uniform(0.06, 0.12), rng.uniform(0.35, 0.5)
    s.polygon(
        [(0.5, 0.08), (0.85, h), (0.5 + w, h), (0.5 + w, 0.92), (0.5 - w, 0.92), (0.5 - w, h), (0.15, h)]
    )


def _spiral(s, rng):
    t = np.linspace(0.5, rng.uniform(2.2, 3.2) * 2 * np.pi, 60)
    r = 0.42 * t / t[-1]
    s.stroke(np.stack([0.5 + r * np.cos(t), 0.5 + r * np.sin(t)], axis=1), rng.uniform(0.04, 0.07))


def _blob(s, rng):
    t = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    r = 0.33 + sum(rng.normal(0, 0.09 / k) * np.cos(k * t + rng.uniform(0, 6)) for k in range(2, 6))
    s.polygon(np.stack([0.5 + r * np.cos(t), 0.5 + r * np.sin(t)], axis=1))


def _polygon(corners):
    return lambda s, rng: s.polygon(regular(corners, 0.44) * rng.uniform(0.9, 1.1))


SHAPES: dict[str, Thing] = {
    "disc": _one(lambda s, rng: s.disc(0.5, 0.5, 0.43, rng.uniform(0.3, 0.43))),
    "triangle": _one(_polygon(3)),
    "square": _one(lambda s, rng: s.polygon(box(0.12, 0.5 - (w := rng.uniform(0.2, 0.4)), 0.88, 0.5 + w))),
    "hexagon": _one(_polygon(6)),
    "star": _one(lambda s, rng: s.polygon(regular(5, 0.46, 0, rng.uniform(0.16, 0.26)))),
    "ring": _one(_ring),
    "crescent": _one(_crescent),
    "heart": _one(_heart),
    "cross": _one(_cross),
    "arrow": _one(_arrow),
    "spiral": _one(_spiral),
    "blob": _one(_blob),
}
