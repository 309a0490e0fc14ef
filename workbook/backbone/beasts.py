"""Four-legged animals, in layers as shapes.py says."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from workbook.backbone import materials
from workbook.backbone.shapes import DARK, Layer, Thing


class Beast(NamedTuple):
    """The build of a four-legged animal; lengths in unit squares."""

    body: float = 0.2  # half its length
    girth: float = 0.13  # half its height
    legs: float = 0.25
    leg_width: float = 0.06
    neck: float = 0.15
    rise: float = 0.9  # angle of the neck above the horizontal, radians
    neck_width: float = 0.11
    head: float = 0.08
    snout: float = 0.1
    ears: str = "short"  # short, long, round or none
    tail: float = 0.15
    horns: bool = False
    mane: bool = False
    coats: tuple = (materials.fur,)


BEASTS = {
    "sheep": Beast(
        0.22, 0.2, 0.17, 0.04, 0.1, 0.5, 0.13, 0.075, 0.07, "long", 0.05, coats=(materials.wool,)
    ),
    "horse": Beast(0.23, 0.12, 0.3, 0.05, 0.24, 0.95, 0.12, 0.07, 0.14, "short", 0.28, mane=True),
    "cow": Beast(
        0.26, 0.16, 0.22, 0.06, 0.12, 0.45, 0.15, 0.085, 0.11, "long", 0.25, True,
        coats=(materials.spotted, materials.fur),
    ),
    "giraffe": Beast(
        0.17, 0.11, 0.33, 0.04, 0.42, 1.15, 0.07, 0.05, 0.09, "short", 0.15, True, True, (materials.spotted,)
    ),
    "zebra": Beast(
        0.22, 0.13, 0.26, 0.05, 0.2, 0.9, 0.12, 0.07, 0.12, "round", 0.2, mane=True,
        coats=(materials.striped,),
    ),
    "dog": Beast(
        0.18, 0.1, 0.2, 0.045, 0.1, 0.9, 0.09, 0.085, 0.1, "long", 0.2,
        coats=(materials.fur, materials.spotted),
    ),
    "bear": Beast(0.24, 0.2, 0.16, 0.1, 0.08, 0.4, 0.2, 0.115, 0.08, "round", 0.03),
    "pig": Beast(
        0.25, 0.18, 0.11, 0.06, 0.05, 0.2, 0.18, 0.1, 0.09, "short", 0.07, coats=(materials.skin,)
    ),
    "elephant": Beast(
        0.25, 0.22, 0.2, 0.11, 0.08, 0.5, 0.2, 0.13, 0.02, "round", 0.15,
        coats=(materials.stone, materials.soil),
    ),
    "deer": Beast(0.19, 0.1, 0.28, 0.035, 0.18, 1.0, 0.08, 0.06, 0.09, "long", 0.05, True),
}  # fmt: skip


def beast(build: Beast) -> Thing:
    """A four-legged animal from the side, each time another one."""

    def thing(n: int, rng: np.random.Generator) -> list[Layer]:
        b = build._replace(
            **{k: v * rng.uniform(0.85, 1.18) for k, v in build._asdict().items() if type(v) is float}
        )
        coat = b.coats[rng.integers(len(b.coats))](n, rng)
        floor, x = 0.92, 0.45
        y = floor - b.legs - b.girth * 0.7
        rise = b.rise + rng.normal(0, 0.2) - (1.5 if rng.random() < 0.15 else 0)  # some graze
        nx, ny = x + b.body * 0.85, y - b.girth * 0.35
        hx, hy = nx + b.neck * np.cos(rise), ny - b.neck * np.sin(rise)
        step = rng.normal(0, 0.05, 4)

        def legs(s, which):
            for k in which:
                at = x + b.body * (-0.8, 0.75, -0.62, 0.92)[k]
                s.stroke(
                    [(at, y), (at + step[k] * 0.4, y + 0.6 * (floor - y)), (at + step[k], floor)],
                    b.leg_width * 1.3,
                    b.leg_width * 0.8,
                )

        def trunk(s):
            s.disc(x, y, b.body * 1.15, b.girth)
            s.disc(x - b.body * 0.6, y, b.girth * 0.95)
            s.disc(x + b.body * 0.6, y - 0.1 * b.girth, b.girth * 0.98)
            s.stroke([(nx - 0.05, ny + b.girth * 0.3), (nx, ny), (hx, hy)], b.neck_width * 1.5, b.neck_width)
            s.stroke(
                [
                    (x - b.body, y - 0.05),
                    (x - b.body - 0.06, y + 0.3 * b.tail),
                    (x - b.body - 0.07, y + b.tail),
                ],
                0.035,
            )

        tip = (hx + b.snout, hy + 0.55 * b.snout)

        def head(s):
            s.disc(hx + 0.01, hy, b.head, b.head * 0.85)
            s.stroke([(hx, hy), tip], b.head * 1.4, b.head * 0.9)
            if build is BEASTS["elephant"]:
                s.stroke([(hx + 0.07, hy), (hx + 0.15, hy + 0.15), (hx + 0.13, floor - 0.1)], 0.1, 0.04)

        def extras(s):
            size = b.head * {"short": 0.55, "long": 0.95, "round": 0.6, "none": 0.0}[b.ears]
            s.disc(hx - 0.04, hy - b.head * 0.9, size * 0.5, size, -0.5 if b.ears == "short" else -1.1)
            if b.mane:
                s.stroke([(nx - 0.05, ny - 0.03), (hx - 0.05, hy - b.head * 0.5)], 0.06)
            if b.horns:
                s.stroke(
                    [(hx, hy - b.head * 0.8), (hx + 0.02, hy - b.head * 1.9), (hx - 0.03, hy - b.head * 2.5)],
                    0.025,
                    0.012,
                )

        face = coat if rng.random() < 0.6 else coat * 0 + materials.coat_colour(rng)
        return [
            (coat * 0.65, lambda s: legs(s, (2, 3))),
            (coat, trunk),
            (coat * 0.95, lambda s: legs(s, (0, 1))),
            (face, head),
            (face * rng.uniform(0.3, 0.9), extras),
            (DARK, lambda s: (s.disc(hx + 0.3 * b.head, hy - 0.25 * b.head, 0.013), s.disc(*tip, 0.02))),
        ]

    return thing
