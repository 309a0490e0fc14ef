"""What people make: walls, cloth, metal and paint. Each function draws (n, n, 3) in [0, 1] from an rng."""

from __future__ import annotations

import numpy as np

from workbook.backbone.canvas import any_colour, fractal, grey, hsv, near, noise, over, places, ramp, shades


def _rows(n, rng, rows: float, aspect: float, offset: float):
    """Numbers of row and column of a wall's bricks, and the place in the brick from 0 to 1."""
    x, y = places(n)
    down = y * rows + rng.random()
    row = np.floor(down)
    across = x * rows / aspect + offset * row + rng.random()
    return row.astype(int), np.floor(across).astype(int), across % 1, down % 1


def brick(n, rng):
    rows, aspect = rng.uniform(5, 13), rng.uniform(1.7, 3.2)
    row, column, u, v = _rows(n, rng, rows, aspect, 0.5)
    tone = hsv(rng.uniform(0.0, 0.09), rng.uniform(0.2, 0.75), rng.uniform(0.4, 0.8))
    tones = shades(tone, rng, 0.15, 61)
    picture = tones[(row * 17 + column * 7) % 61] * (1 + 0.1 * fractal(n, 12, rng)[..., None])
    joint = rng.uniform(0.06, 0.12)
    gap = (np.minimum(u, 1 - u) * aspect < joint) | (np.minimum(v, 1 - v) < joint)
    over(picture, grey(0.4, 0.85, rng), gap.astype(np.float32))
    return np.clip(picture, 0, 1)


def tiles(n, rng):
    row, column, u, v = _rows(n, rng, rng.uniform(3, 9), 1.0, 0.0)
    two = np.stack([any_colour(rng), any_colour(rng)])
    picture = (
        two[(row + column) % 2]
        if rng.random() < 0.5
        else shades(two[0], rng, 0.06, 31)[(row * 5 + column) % 31]
    )
    edge = np.minimum(np.minimum(u, 1 - u), np.minimum(v, 1 - v))
    picture = picture * (0.85 + 0.3 * np.clip(edge, 0, 0.5)[..., None])
    over(picture, grey(0.3, 0.9, rng), (edge < 0.05).astype(np.float32))
    return picture


def scales(n, rng):
    """Roof tiles, feathers or fish scales: rows of overlapping discs."""
    row, column, u, v = _rows(n, rng, rng.uniform(6, 14), 1.3, 0.5)
    bow = np.square(u - 0.5) * 2 + v
    shade = shades(any_colour(rng), rng, 0.12, 31)[(row * 7 + column * 3) % 31]
    return np.clip(shade * (0.5 + 0.6 * (bow % 1))[..., None], 0, 1)


def weave(n, rng):
    x, y = places(n)
    threads = rng.uniform(14, 34)
    a, b = any_colour(rng), any_colour(rng)
    checker = np.sin(np.pi * threads * x) * np.sin(np.pi * threads * y)
    shade = 0.75 + 0.25 * np.abs(
        np.where(checker > 0, np.sin(np.pi * threads * x), np.sin(np.pi * threads * y))
    )
    picture = (
        np.where((checker > 0)[..., None], a, near(a if rng.random() < 0.5 else b, rng, 0.2))
        * shade[..., None]
    )
    return np.clip(picture * (1 + 0.1 * noise(n, 3, rng))[..., None], 0, 1)


def plaid(n, rng):
    x, y = places(n)
    profile = rng.random((2, 12))
    period = rng.uniform(1.5, 4)
    band = [profile[i][((at * period % 1) * 12).astype(int)] for i, at in enumerate((x, y))]
    return ramp((band[0] + band[1]) / 2, any_colour(rng), any_colour(rng), any_colour(rng))


def knit(n, rng):
    x, y = places(n)
    across, down = rng.uniform(8, 16), rng.uniform(10, 20)
    u = np.abs((x * across) % 1 - 0.5) * 2
    stitch = np.sin(2 * np.pi * (y * down - 0.6 * u)) * (1 - 0.6 * np.abs(u - 0.5))
    tone = any_colour(rng)
    return ramp(0.55 + 0.4 * stitch, tone * 0.35, tone, np.minimum(tone * 1.25, 1))


def folds(n, rng):
    """Cloth that hangs: soft bent bands of light."""
    x, y = places(n)
    wave = np.sin(rng.uniform(6, 22) * (x + 0.3 * y * rng.normal()) + 1.5 * noise(n, 2, rng, 0.4))
    tone = any_colour(rng)
    return ramp(0.5 + 0.45 * wave, tone * 0.4, tone, np.minimum(tone * 1.3, 1))


def metal(n, rng):
    x, y = places(n)
    brushed = fractal(n, 40, rng, 2, 0.7, stretch=20)
    gleam = np.sin(rng.uniform(2, 7) * (y + rng.normal() * x) + rng.uniform(0, 6))
    tone = hsv(rng.choice([0.6, 0.12, 0.07]), rng.uniform(0, 0.4), rng.uniform(0.5, 0.8))
    return ramp(0.5 + 0.35 * gleam + 0.06 * brushed, tone * 0.35, tone, np.minimum(tone * 1.6, 1))


def paint(n, rng):
    """A plain coloured surface, nearly even."""
    return np.clip(any_colour(rng) * (1 + rng.uniform(0.01, 0.08) * fractal(n, 2, rng))[..., None], 0, 1)


def dots(n, rng):
    _, _, u, v = _rows(n, rng, rng.uniform(4, 12), 1.0, rng.choice([0.0, 0.5]))
    inside = np.hypot(u - 0.5, v - 0.5) < rng.uniform(0.18, 0.4)
    picture = np.tile(any_colour(rng), (n, n, 1))
    over(picture, any_colour(rng), inside.astype(np.float32))
    return picture


def stripes(n, rng):
    x, y = places(n)
    turn = rng.uniform(0, np.pi)
    at = (np.cos(turn) * x + np.sin(turn) * y) * rng.uniform(4, 14)
    colours = np.stack([any_colour(rng) for _ in range(int(rng.integers(2, 5)))])
    return colours[np.floor(at).astype(int) % len(colours)]
