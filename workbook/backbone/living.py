"""Animals and people, in layers as shapes.py says."""

from __future__ import annotations

import numpy as np

from workbook.backbone import materials
from workbook.backbone.beasts import BEASTS, beast
from workbook.backbone.canvas import hsv
from workbook.backbone.shapes import DARK, Thing, cloth, hard


def pet_face(n, rng):
    """The face of a cat, dog or other furry animal from in front."""
    coat, other = (materials.wool if rng.random() < 0.3 else materials.fur)(n, rng), materials.fur(n, rng)
    pointed, w, gap = rng.random() < 0.5, rng.uniform(0.28, 0.36), rng.uniform(0.12, 0.18)

    def ears(s):
        for side in (-1, 1):
            if pointed:
                s.polygon([(0.5 + side * 0.06, 0.3), (0.5 + side * 0.3, 0.05), (0.5 + side * w, 0.42)])
            else:
                s.disc(0.5 + side * w, 0.42, 0.09, 0.2, side * -0.3)

    def eyes(s, r=0.055):
        for side in (-1, 1):
            s.disc(0.5 + side * gap, 0.45, r, r * 0.85)

    return [
        (coat * rng.uniform(0.5, 1), ears),
        (coat, lambda s: s.disc(0.5, 0.52, w, 0.34)),
        (other, lambda s: s.disc(0.5, 0.68, 0.17, 0.14)),
        (hsv(rng.uniform(0.06, 0.6), 0.5, 0.7), eyes),
        (
            DARK,
            lambda s: (
                eyes(s, 0.03),
                s.disc(0.5, 0.61, 0.05, 0.035),
                s.stroke([(0.5, 0.61), (0.5, 0.72)], 0.015),
            ),
        ),
    ]


def bird(n, rng):
    coat = materials.scales(n, rng) if rng.random() < 0.5 else materials.paint(n, rng)
    long = rng.uniform(0.08, 0.3)
    return [
        (
            hsv(0.1, 0.7, 0.6),
            lambda s: (
                s.stroke([(0.45, 0.6), (0.44, 0.92)], 0.02),
                s.stroke([(0.55, 0.6), (0.56, 0.92)], 0.02),
            ),
        ),
        (coat * 0.8, lambda s: s.polygon([(0.25, 0.5), (0.02, 0.5 + long), (0.1, 0.4 + long), (0.3, 0.62)])),
        (
            coat,
            lambda s: (
                s.disc(0.47, 0.53, 0.25, 0.16, -0.3),
                s.stroke([(0.6, 0.45), (0.72, 0.3)], 0.15),
                s.disc(0.73, 0.28, 0.1),
            ),
        ),
        (hsv(0.1, 0.8, 0.9), lambda s: s.polygon([(0.81, 0.24), (0.97, 0.3), (0.81, 0.33)])),
        (materials.scales(n, rng), lambda s: s.disc(0.42, 0.52, 0.19, 0.09, -0.4)),
        (DARK, lambda s: s.disc(0.76, 0.26, 0.02)),
    ]


def fish(n, rng):
    coat = (materials.scales, materials.stripes, materials.dots, materials.metal)[rng.integers(4)](n, rng)
    h = rng.uniform(0.12, 0.26)
    return [
        (
            coat * 0.8,
            lambda s: (
                s.polygon([(0.25, 0.5), (0.03, 0.3), (0.03, 0.7)]),
                s.polygon([(0.4, 0.5), (0.5, 0.5 - h - 0.14), (0.65, 0.5)]),
            ),
        ),
        (
            coat,
            lambda s: (s.disc(0.55, 0.5, 0.36, h), s.polygon([(0.2, 0.5), (0.4, 0.5 - h), (0.4, 0.5 + h)])),
        ),
        (np.ones(3, np.float32), lambda s: s.disc(0.78, 0.46, 0.035)),
        (DARK, lambda s: s.disc(0.785, 0.46, 0.018)),
    ]


def butterfly(n, rng):
    wings = (materials.dots, materials.cracked, materials.foam, materials.spotted)[rng.integers(4)](n, rng)
    a, b = rng.uniform(0.17, 0.25), rng.uniform(0.11, 0.17)

    def both(s):
        for side in (-1, 1):
            s.disc(0.5 + side * 0.22, 0.36, a, b, side * -0.7)
            s.disc(0.5 + side * 0.17, 0.66, b * 1.1, b * 0.8, side * 0.6)

    return [
        (wings, both),
        (
            DARK,
            lambda s: (
                s.stroke([(0.5, 0.25), (0.5, 0.75)], 0.05),
                s.stroke([(0.5, 0.25), (0.4, 0.1)], 0.012),
                s.stroke([(0.5, 0.25), (0.6, 0.1)], 0.012),
            ),
        ),
    ]


def snake(n, rng):
    t = np.linspace(0, 1, 40)
    path = np.stack(
        [0.08 + 0.84 * t, 0.6 + rng.uniform(0.08, 0.2) * np.sin(t * rng.uniform(8, 14) + rng.uniform(0, 6))],
        1,
    )
    return [
        (materials.scales(n, rng), lambda s: s.stroke(path, 0.05, 0.11)),
        (DARK, lambda s: s.disc(*path[-1], 0.015)),
    ]


def spider(n, rng):
    def legs(s):
        for side in (-1, 1):
            for rise in (-0.25, -0.1, 0.08, 0.25):
                s.stroke(
                    [(0.5, 0.5), (0.5 + side * 0.22, 0.42 + rise), (0.5 + side * 0.42, 0.55 + rise * 1.6)],
                    0.025,
                    0.012,
                )

    fill = materials.fur(n, rng) * 0.6
    return [(fill, legs), (fill, lambda s: (s.disc(0.5, 0.6, 0.15, 0.17), s.disc(0.5, 0.42, 0.09)))]


def person(n, rng):
    """Somebody who stands, walks or waves, in clothes."""
    tone, shirt, trousers = materials.skin(n, rng), cloth(n, rng), cloth(n, rng) * rng.uniform(0.3, 1)
    swing, wave, hat = rng.uniform(0, 0.12), rng.uniform(-0.25, 0.2, 2), rng.random() < 0.3

    def limbs(s):
        for side, y in ((-1, wave[0]), (1, wave[1])):
            s.stroke(
                [(0.5 + side * 0.1, 0.32), (0.5 + side * 0.19, 0.42 + y / 2), (0.5 + side * 0.22, 0.48 + y)],
                0.055,
            )

    return [
        (
            trousers,
            lambda s: [
                s.stroke([(0.5 + k * 0.05, 0.52), (0.5 + k * (0.06 + swing), 0.92)], 0.1, 0.07)
                for k in (-1, 1)
            ],
        ),
        (tone, limbs),
        (
            shirt,
            lambda s: (
                s.polygon([(0.38, 0.28), (0.62, 0.28), (0.6, 0.58), (0.4, 0.58)]),
                s.stroke([(0.4, 0.3), (0.33, 0.4)], 0.09),
                s.stroke([(0.6, 0.3), (0.67, 0.4)], 0.09),
            ),
        ),
        (materials.coat_colour(rng) * 0.6, lambda s: s.disc(0.5, 0.16, 0.085, 0.1)),
        (tone, lambda s: (s.disc(0.5, 0.185, 0.068, 0.085), s.stroke([(0.5, 0.2), (0.5, 0.29)], 0.06))),
        (
            hard(n, rng),
            lambda s: s.polygon([(0.38, 0.13), (0.43, 0.05), (0.57, 0.05), (0.62, 0.13)]) if hat else None,
        ),
    ]


ANIMALS: dict[str, Thing] = {name: beast(build) for name, build in BEASTS.items()} | {
    each.__name__: each for each in (pet_face, bird, fish, butterfly, snake, spider)
}


PEOPLE: dict[str, Thing] = {"person": person}
