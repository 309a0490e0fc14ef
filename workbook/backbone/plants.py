"""Plants, in layers as shapes.py says."""

from __future__ import annotations

import numpy as np

from workbook.backbone import materials
from workbook.backbone.canvas import any_colour, hsv
from workbook.backbone.shapes import Thing


def conifer(n, rng):
    def needles(s):
        for k in range(4):
            y, w = 0.08 + 0.18 * k, 0.12 + 0.085 * k
            s.polygon([(0.5, y), (0.5 + w, y + 0.28), (0.5 - w, y + 0.28)])

    return [
        (materials.bark(n, rng), lambda s: s.polygon([(0.46, 0.6), (0.54, 0.6), (0.55, 0.92), (0.45, 0.92)])),
        (materials.foliage(n, rng) * rng.uniform(0.5, 1), needles),
    ]


def broad_tree(n, rng):
    blobs = rng.normal([0.5, 0.35], [0.14, 0.1], (12, 2))
    sizes = rng.uniform(0.1, 0.2, 12)

    def trunk(s):
        s.stroke([(0.5, 0.4), (0.5 + rng.normal(0, 0.02), 0.92)], 0.06, 0.1)
        s.stroke([(0.5, 0.6), (0.35, 0.4)], 0.04)
        s.stroke([(0.5, 0.65), (0.66, 0.42)], 0.04)

    return [
        (materials.bark(n, rng), trunk),
        (
            materials.foliage(n, rng),
            lambda s: [s.disc(x, y, r) for (x, y), r in zip(blobs, sizes, strict=True)],
        ),
    ]


def palm(n, rng):
    lean = rng.normal(0, 0.12)

    def fronds(s):
        for angle in np.linspace(-np.pi * 1.05, 0.05 * np.pi, 8) + rng.normal(0, 0.1, 8):
            x, y = 0.5 + lean, 0.3
            a, b = 0.2 * np.cos(angle), 0.16 * np.sin(angle)
            s.stroke([(x, y), (x + a, y + b), (x + 1.9 * a, y + b * 1.2 + 0.12)], 0.05, 0.015)

    return [
        (
            materials.bark(n, rng),
            lambda s: s.stroke([(0.5, 0.92), (0.5 + lean * 0.4, 0.6), (0.5 + lean, 0.3)], 0.07, 0.05),
        ),
        (materials.grass(n, rng), fronds),
    ]


def flower(n, rng):
    petals, r, colour = int(rng.integers(5, 12)), rng.uniform(0.13, 0.2), any_colour(rng)

    def crown(s):
        for angle in 2 * np.pi * np.arange(petals) / petals:
            s.disc(0.5 + r * np.cos(angle), 0.35 + r * np.sin(angle), r, r * 2.2 / petals, angle)

    def stem(s):
        s.stroke([(0.5, 0.35), (0.52, 0.95)], 0.03)
        s.disc(0.62, 0.72, 0.12, 0.04, -0.6)
        s.disc(0.4, 0.8, 0.12, 0.04, 0.6)

    return [
        (hsv(0.3, 0.6, rng.uniform(0.3, 0.6)), stem),
        (colour * (0.8 + 0.2 * materials.folds(n, rng)), crown),
        (hsv(rng.uniform(0.06, 0.16), 0.8, 0.85), lambda s: s.disc(0.5, 0.35, r * 0.45)),
    ]


def cactus(n, rng):
    def body(s):
        s.stroke([(0.5, 0.2), (0.5, 0.92)], 0.2)
        s.stroke([(0.5, 0.6), (0.25, 0.58), (0.25, 0.35)], 0.1)
        s.stroke([(0.5, 0.5), (0.74, 0.48), (0.74, 0.28)], 0.1)

    return [(materials.folds(n, rng) * 0.3 + hsv(0.35, 0.5, rng.uniform(0.3, 0.6)) * 0.7, body)]


def mushroom(n, rng):
    t = np.linspace(np.pi, 2 * np.pi, 20)
    cap = np.stack([0.5 + 0.36 * np.cos(t), 0.5 + rng.uniform(0.22, 0.36) * np.sin(t)], axis=1)
    fill = materials.dots(n, rng) if rng.random() < 0.5 else materials.skin(n, rng)
    return [
        (hsv(0.11, 0.15, 0.9), lambda s: s.stroke([(0.5, 0.45), (0.5, 0.9)], 0.13, 0.18)),
        (fill, lambda s: s.polygon(cap)),
    ]


def fruit(n, rng):
    shape, hue = rng.uniform(0.27, 0.36, 2), rng.choice([0.0, 0.08, 0.15, 0.27, 0.8])
    tone = hsv(hue, 0.8, rng.uniform(0.5, 0.95))
    return [
        (hsv(0.08, 0.5, 0.25), lambda s: s.stroke([(0.5, 0.3), (0.54, 0.1)], 0.03)),
        (hsv(0.3, 0.7, 0.5), lambda s: s.disc(0.63, 0.16, 0.1, 0.04, -0.4)),
        (tone * (0.85 + 0.15 * materials.soil(n, rng)), lambda s: s.disc(0.5, 0.56, *shape)),
    ]


PLANTS: dict[str, Thing] = {
    each.__name__: each for each in (conifer, broad_tree, palm, flower, cactus, mushroom, fruit)
}
