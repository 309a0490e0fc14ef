"""Objects, in layers as shapes.py says."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from workbook.backbone import materials
from workbook.backbone.canvas import any_colour, hsv, near
from workbook.backbone.shapes import DARK, GLASS, Layer, Thing, box, cloth, hard


def cup(n, rng):
    fill, w = hard(n, rng), rng.uniform(0.2, 0.28)

    def handle(s):
        s.disc(0.5 + w, 0.6, 0.17, 0.15)
        s.disc(0.5 + w, 0.6, 0.11, 0.09, ink=0)

    def body(s):
        s.polygon([(0.5 - w, 0.35), (0.5 + w, 0.35), (0.5 + w * 0.8, 0.9), (0.5 - w * 0.8, 0.9)])
        s.disc(0.5, 0.9, w * 0.8, 0.03)

    return [
        (fill, handle),
        (fill, body),
        (near(fill.mean((0, 1)), rng, 0.3), lambda s: s.disc(0.5, 0.35, w, 0.07)),
        (hsv(0.07, 0.6, 0.3), lambda s: s.disc(0.5, 0.36, w * 0.85, 0.05)),
    ]


def bottle(n, rng):
    w, neck = rng.uniform(0.1, 0.19), rng.uniform(0.03, 0.06)

    def body(s):
        s.polygon(box(0.5 - w, 0.4, 0.5 + w, 0.92))
        s.polygon([(0.5 - w, 0.42), (0.5 - neck, 0.27), (0.5 + neck, 0.27), (0.5 + w, 0.42)])
        s.polygon(box(0.5 - neck, 0.1, 0.5 + neck, 0.3))

    return [
        (hsv(rng.random(), rng.uniform(0.2, 0.8), rng.uniform(0.2, 0.7)), body),
        (cloth(n, rng), lambda s: s.polygon(box(0.5 - w, 0.52, 0.5 + w, 0.78))),
        (any_colour(rng), lambda s: s.polygon(box(0.5 - neck * 1.2, 0.06, 0.5 + neck * 1.2, 0.14))),
    ]


def chair(n, rng):
    fill, back, thick = hard(n, rng), rng.uniform(0.1, 0.25), rng.uniform(0.03, 0.06)

    def legs(s):
        for x in (0.25, 0.72):
            s.stroke([(x, 0.58), (x + rng.normal(0, 0.01), 0.92)], thick)
        for x in (0.36, 0.8):
            s.stroke([(x, 0.55), (x, 0.84)], thick)
        s.stroke([(0.25, 0.58), (0.27, back)], thick)
        s.stroke([(0.38, 0.52), (0.4, back)], thick)

    rest = [(0.25, back), (0.41, back - 0.02), (0.41, back + 0.2), (0.25, back + 0.22)]
    seat = [(0.22, 0.56), (0.36, 0.5), (0.84, 0.5), (0.76, 0.58), (0.76, 0.62), (0.22, 0.62)]
    return [(fill, legs), (fill, lambda s: s.polygon(rest)), (cloth(n, rng), lambda s: s.polygon(seat))]


def table(n, rng):
    fill, top = hard(n, rng), rng.uniform(0.4, 0.55)

    def legs(s):
        for x, y in ((0.12, 0.92), (0.88, 0.92), (0.24, 0.82), (0.76, 0.82)):
            s.stroke([(x, top), (x, y)], 0.045)

    board = [
        (0.18, top - 0.12),
        (0.82, top - 0.12),
        (0.97, top + 0.02),
        (0.97, top + 0.06),
        (0.03, top + 0.06),
        (0.03, top + 0.02),
    ]
    return [(fill * 0.8, legs), (fill, lambda s: s.polygon(board))]


def house(n, rng):
    front, top = materials.brick(n, rng) if rng.random() < 0.5 else hard(n, rng), rng.uniform(0.35, 0.5)
    roof = [(0.05, top + 0.02), (0.5, top - rng.uniform(0.2, 0.33)), (0.95, top + 0.02)]

    def windows(s):
        for x in (0.2, 0.66):
            for y in np.arange(top + 0.1, 0.75, 0.24):
                s.polygon(box(x, y, x + 0.14, y + 0.13))

    return [
        (hard(n, rng), lambda s: s.polygon(box(0.68, top - 0.25, 0.77, top))),
        (front, lambda s: s.polygon(box(0.12, top, 0.88, 0.92))),
        (materials.scales(n, rng), lambda s: s.polygon(roof)),
        (GLASS * rng.uniform(0.3, 1), windows),
        (any_colour(rng), lambda s: s.polygon(box(0.43, 0.68, 0.57, 0.92))),
    ]


def car(n, rng):
    h, roof = rng.uniform(0.5, 0.58), rng.uniform(0.34, 0.42)
    body = [(0.03, 0.8), (0.03, h + 0.06), (0.1, h), (0.9, h), (0.97, h + 0.1), (0.97, 0.8)]
    cabin = [(0.2, h + 0.01), (0.32, roof), (0.68, roof), (0.82, h + 0.01)]
    paint = materials.paint(n, rng)

    def wheels(s, r=0.1):
        s.disc(0.24, 0.8, r)
        s.disc(0.76, 0.8, r)

    def windows(s):
        s.polygon([(0.25, h), (0.34, roof + 0.03), (0.49, roof + 0.03), (0.49, h)])
        s.polygon([(0.52, h), (0.52, roof + 0.03), (0.66, roof + 0.03), (0.76, h)])

    return [
        (paint, lambda s: s.polygon(cabin)),
        (paint, lambda s: s.polygon(body)),
        (GLASS * rng.uniform(0.2, 1), windows),
        (DARK, wheels),
        (hsv(0.6, 0.05, 0.7), lambda s: wheels(s, 0.05)),
        (hsv(0.13, 0.4, 1), lambda s: s.disc(0.94, h + 0.14, 0.03)),
    ]


def bicycle(n, rng):
    def wheels(s):
        for x in (0.24, 0.76):
            s.disc(x, 0.7, 0.21)
            s.disc(x, 0.7, 0.18, ink=0)

    def frame(s):
        s.stroke([(0.24, 0.7), (0.4, 0.4), (0.66, 0.4), (0.48, 0.7), (0.24, 0.7)], 0.03)
        s.stroke([(0.48, 0.7), (0.38, 0.34)], 0.03)
        s.stroke([(0.76, 0.7), (0.64, 0.3), (0.72, 0.27)], 0.03)
        s.stroke([(0.32, 0.33), (0.45, 0.33)], 0.05)

    return [(DARK, wheels), (materials.paint(n, rng), frame)]


def boat(n, rng):
    hull = [(0.08, 0.66), (0.92, 0.66), (0.78, 0.88), (0.2, 0.88)]
    return [
        (hsv(0.08, 0.5, 0.3), lambda s: s.stroke([(0.5, 0.1), (0.5, 0.7)], 0.025)),
        (cloth(n, rng), lambda s: s.polygon([(0.52, 0.1), (0.52, 0.6), (0.85, 0.6)])),
        (cloth(n, rng), lambda s: s.polygon([(0.48, 0.16), (0.48, 0.6), (0.2, 0.6)])),
        (hard(n, rng), lambda s: s.polygon(hull)),
    ]


def aeroplane(n, rng):
    fill = materials.metal(n, rng) if rng.random() < 0.5 else materials.paint(n, rng)
    return [
        (fill * 0.8, lambda s: s.polygon([(0.45, 0.5), (0.62, 0.5), (0.75, 0.15), (0.66, 0.15)])),
        (fill, lambda s: s.stroke([(0.1, 0.52), (0.3, 0.48), (0.85, 0.5), (0.93, 0.53)], 0.1, 0.06)),
        (any_colour(rng), lambda s: s.polygon([(0.08, 0.5), (0.03, 0.25), (0.12, 0.25), (0.24, 0.47)])),
        (fill * 0.9, lambda s: s.polygon([(0.42, 0.52), (0.6, 0.52), (0.42, 0.86), (0.33, 0.86)])),
    ]


def lamp(n, rng):
    w = rng.uniform(0.06, 0.16)
    return [
        (hard(n, rng), lambda s: (s.stroke([(0.5, 0.4), (0.5, 0.9)], 0.04), s.disc(0.5, 0.9, 0.2, 0.04))),
        (
            hsv(0.12, rng.uniform(0.1, 0.6), 1),
            lambda s: s.polygon([(0.5 - w, 0.1), (0.5 + w, 0.1), (0.8, 0.45), (0.2, 0.45)]),
        ),
    ]


def books(n, rng):
    def book(x0, x1, top):
        return (cloth(n, rng) * rng.uniform(0.6, 1), lambda s: s.polygon(box(x0, top, x1, 0.9)))

    edges = np.cumsum(rng.uniform(0.06, 0.16, 8)) + 0.02
    return [book(a, b, rng.uniform(0.25, 0.5)) for a, b in pairwise(edges) if b < 0.97]


def ball(n, rng):
    fill, patch, turn = materials.paint(n, rng), any_colour(rng), rng.uniform(0, 6)
    layers: list[Layer] = [(fill, lambda s: s.disc(0.5, 0.5, 0.4))]
    for k in range(3):
        a = turn + k * 2 * np.pi / 3
        layers.append(
            (patch, lambda s, a=a: s.disc(0.5 + 0.22 * np.cos(a), 0.5 + 0.22 * np.sin(a), 0.13, 0.08, a))
        )
    return layers


def clock(n, rng):
    hour, minute = rng.uniform(0, 2 * np.pi, 2)

    def hands(s):
        for angle, reach, width in ((hour, 0.18, 0.04), (minute, 0.27, 0.025)):
            s.stroke([(0.5, 0.5), (0.5 + reach * np.cos(angle), 0.5 + reach * np.sin(angle))], width)
        for k in range(12):
            a = k * np.pi / 6
            s.disc(0.5 + 0.31 * np.cos(a), 0.5 + 0.31 * np.sin(a), 0.02)

    return [
        (hard(n, rng), lambda s: s.disc(0.5, 0.5, 0.43)),
        (hsv(0.12, 0.08, 0.95), lambda s: s.disc(0.5, 0.5, 0.36)),
        (DARK, hands),
    ]


def umbrella(n, rng):
    t = np.linspace(np.pi, 2 * np.pi, 20)
    dome = np.stack([0.5 + 0.43 * np.cos(t), 0.5 + 0.36 * np.sin(t)], axis=1)
    hook = [(0.5, 0.2), (0.5, 0.82), (0.54, 0.88), (0.6, 0.84)]
    return [(DARK, lambda s: s.stroke(hook, 0.03)), (cloth(n, rng), lambda s: s.polygon(dome))]


OBJECTS: dict[str, Thing] = {
    each.__name__: each
    for each in (
        cup,
        bottle,
        chair,
        table,
        house,
        car,
        bicycle,
        boat,
        aeroplane,
        lamp,
        books,
        ball,
        clock,
        umbrella,
    )
}
