"""What nature makes, and the list of all materials. Each function draws (n, n, 3) in [0, 1] from an rng."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from workbook.backbone.canvas import any_colour, cells, fractal, grey, hsv, noise, over, places, ramp, shades
from workbook.backbone.patterns import (
    brick,
    dots,
    folds,
    knit,
    metal,
    paint,
    plaid,
    scales,
    stripes,
    tiles,
    weave,
)

Material = Callable[[int, np.random.Generator], np.ndarray]


def _strokes(
    n: int, rng, count: int, length: float, angle, colours: np.ndarray, width: int = 1
) -> np.ndarray:
    """Short lines laid over each other; angle gives the direction at places (x, y) in radians."""
    image = Image.new("RGB", (n, n), tuple(int(255 * c) for c in colours.min(axis=0)))
    draw = ImageDraw.Draw(image)
    x, y = rng.uniform(-0.05, 1.05, (2, count))
    turn = angle(x, y) + rng.normal(0, 0.22, count)
    reach = length * rng.uniform(0.5, 1.3, count)
    ends = np.stack([x, y, x + reach * np.cos(turn), y + reach * np.sin(turn)], axis=1) * n
    inks = (colours[rng.integers(0, len(colours), count)] * 255).astype(int)
    for end, ink in zip(ends.tolist(), inks.tolist(), strict=True):
        draw.line(end, fill=tuple(ink), width=width)
    return np.asarray(image, np.float32) / 255


def coat_colour(rng) -> np.ndarray:
    """(3,) white, cream, fawn, brown, grey or black, as animals are."""
    kinds = ((0.1, 0.08, 0.95), (0.11, 0.25, 0.85), (0.08, 0.5, 0.65), (0.06, 0.55, 0.35), (0.1, 0.1, 0.5))
    hue, saturation, value = kinds[rng.integers(len(kinds))] if rng.random() < 0.85 else (0.1, 0.1, 0.15)
    return hsv(hue + rng.normal(0, 0.015), saturation + rng.normal(0, 0.07), value + rng.normal(0, 0.08))


def fur(n, rng):
    """Short straight hair that lies in one direction."""
    turn, bend = rng.uniform(0, 2 * np.pi), rng.normal(0, 1.2, 2)
    tones = shades(coat_colour(rng), rng)
    return _strokes(
        n, rng, 420, rng.uniform(0.07, 0.16), lambda x, y: turn + bend[0] * x + bend[1] * y, tones
    )


def wool(n, rng):
    """Curls: round soft bumps in two sizes."""
    fine = rng.uniform(9, 20)
    bumps = 1 - np.abs(noise(n, fine, rng)) * 0.7 + 0.3 * np.abs(noise(n, 2 * fine, rng))
    base = coat_colour(rng)
    return ramp(0.5 * bumps + 0.15 * noise(n, 3, rng) + 0.2, base * 0.35, base, np.minimum(base * 1.25, 1))


def spotted(n, rng):
    """A coat with patches: cow, giraffe or leopard."""
    base, patch = coat_colour(rng), coat_colour(rng) * rng.uniform(0.3, 0.7)
    near_, second, _ = cells(n, int(rng.integers(8, 40)), rng)
    kind = rng.integers(3)
    if kind == 0:
        mask = second - near_ > rng.uniform(0.02, 0.05)
    elif kind == 1:
        mask = near_ < rng.uniform(0.03, 0.07)
    else:
        mask = fractal(n, rng.uniform(3, 6), rng, 3) > 0.3
    picture = fur(n, rng) * 0.25 + base * 0.75
    over(picture, patch, mask.astype(np.float32))
    return picture


def striped(n, rng):
    """A coat with bent stripes: zebra or tiger."""
    x, y = places(n)
    turn = rng.uniform(0, np.pi)
    wave = (np.cos(turn) * x + np.sin(turn) * y) * rng.uniform(25, 60) + 1.2 * noise(n, 4, rng)
    base = coat_colour(rng)
    return ramp(0.5 + 1.5 * np.sin(wave), base * 0.15, base * 0.3, np.minimum(base * 1.1, 1))


def grass(n, rng):
    green = hsv(rng.uniform(0.16, 0.36), rng.uniform(0.35, 0.85), rng.uniform(0.3, 0.75))
    upright = -np.pi / 2 + rng.normal(0, 0.3)
    return _strokes(
        n, rng, 420, rng.uniform(0.06, 0.2), lambda x, y: upright + 0 * x, shades(green, rng, 0.35)
    )


def foliage(n, rng):
    """Leaves over leaves."""
    hue = rng.uniform(0.2, 0.4) if rng.random() < 0.8 else rng.uniform(0.02, 0.15)
    tones = shades(hsv(hue, rng.uniform(0.4, 0.9), rng.uniform(0.25, 0.7)), rng, 0.4)
    image = Image.new("RGB", (n, n), tuple(int(120 * c) for c in tones.min(axis=0)))
    draw, size = ImageDraw.Draw(image), rng.uniform(0.03, 0.09) * n
    for _ in range(int(min(1.6 * (n / size) ** 2 / 3, 330))):
        x, y, turn = rng.uniform(0, n), rng.uniform(0, n), rng.uniform(0, 2 * np.pi)
        a, b = size * rng.uniform(0.7, 1.4), size * 0.4
        c, s = np.cos(turn), np.sin(turn)
        leaf = [
            (x + a * c, y + a * s),
            (x - b * s, y + b * c),
            (x - a * c, y - a * s),
            (x + b * s, y - b * c),
        ]
        draw.polygon(leaf, fill=tuple(int(255 * v) for v in tones[rng.integers(len(tones))]))
    return np.asarray(image, np.float32) / 255


def wood(n, rng):
    grain = fractal(n, rng.uniform(3, 6), rng, 5, 0.6, stretch=rng.uniform(6, 14))
    rings = np.sin(rng.uniform(6, 20) * (places(n)[1] + 0.12 * noise(n, 2, rng)) + grain)
    tone = hsv(rng.uniform(0.04, 0.11), rng.uniform(0.3, 0.7), rng.uniform(0.4, 0.9))
    picture = ramp(0.5 + 0.2 * grain + 0.2 * rings, tone * 0.45, tone * 0.85, np.minimum(tone * 1.2, 1))
    return picture if rng.random() < 0.5 else np.ascontiguousarray(picture.transpose(1, 0, 2))


def bark(n, rng):
    ridges = np.abs(fractal(n, rng.uniform(9, 16), rng, 3, 0.6, stretch=rng.uniform(0.2, 0.4)))
    tone = hsv(rng.uniform(0.04, 0.12), rng.uniform(0.1, 0.5), rng.uniform(0.3, 0.7))
    return ramp(ridges * 0.8, tone * 0.25, tone, np.minimum(tone * 1.4, 1))


def stone(n, rng):
    rough = fractal(n, rng.uniform(3, 8), rng, 5, 0.65)
    crack = np.abs(fractal(n, rng.uniform(2, 5), rng, 3))
    tone = grey(0.35, 0.8, rng)
    return np.clip(
        ramp(0.5 + 0.22 * rough, tone * 0.5, tone, tone * 1.3) * np.clip(0.5 + 4 * crack, 0, 1)[..., None],
        0,
        1,
    )


def pebbles(n, rng):
    count = int(rng.integers(30, 90))
    near_, second, which = cells(n, count, rng)
    tones = shades(grey(0.4, 0.8, rng), rng, 0.3, count)
    round_ = np.clip((second - near_) * np.sqrt(count) * 1.6, 0, 1)
    return np.clip(tones[which] * (0.25 + 0.85 * np.sqrt(round_))[..., None], 0, 1)


def cracked(n, rng):
    """Dry earth, a turtle's shell or leaded glass: flat cells with dark borders."""
    count = int(rng.integers(12, 50))
    near_, second, which = cells(n, count, rng)
    tones = shades(any_colour(rng), rng, rng.uniform(0.05, 0.3), count)
    line = np.clip((second - near_) * np.sqrt(count) * 6, 0.15, 1)
    return np.clip(tones[which] * line[..., None], 0, 1)


def sand(n, rng):
    x, y = places(n)
    ripple = np.sin(rng.uniform(15, 60) * (y + 0.15 * noise(n, 3, rng)) + 2 * x) * rng.choice([0.0, 0.12])
    tone = hsv(rng.uniform(0.08, 0.13), rng.uniform(0.15, 0.5), rng.uniform(0.6, 0.9))
    return np.clip(
        tone * (1 + ripple + 0.07 * fractal(n, 30, rng, 3, 0.9) + 0.06 * noise(n, 3, rng))[..., None], 0, 1
    )


def snow(n, rng):
    tone = hsv(rng.uniform(0.55, 0.65), rng.uniform(0, 0.15), rng.uniform(0.85, 1))
    return np.clip(tone * (1 + 0.09 * fractal(n, 2, rng, 5, 0.45))[..., None], 0, 1)


def soil(n, rng):
    tone = hsv(rng.uniform(0.03, 0.1), rng.uniform(0.3, 0.6), rng.uniform(0.2, 0.5))
    return np.clip(tone * (1 + 0.3 * fractal(n, 10, rng, 4, 0.8))[..., None], 0, 1)


def water(n, rng):
    waves = fractal(n, rng.uniform(5, 12), rng, 4, 0.6, stretch=rng.uniform(2.5, 5))
    tone = hsv(rng.uniform(0.48, 0.63), rng.uniform(0.2, 0.8), rng.uniform(0.35, 0.8))
    return ramp(0.4 + 0.22 * waves, tone * 0.45, tone, np.minimum(tone * 1.2 + 0.1, 1), hsv(0.6, 0.05, 1))


def sky(n, rng):
    y = places(n)[1]
    top = hsv(rng.uniform(0.54, 0.65), rng.uniform(0.2, 0.8), rng.uniform(0.5, 0.95))
    low = top * 0.4 + 0.6 * hsv(rng.choice([0.58, 0.08]), rng.uniform(0, 0.35), rng.uniform(0.8, 1))
    picture = ramp(y, top, low)
    cloud = np.clip(fractal(n, rng.uniform(1.5, 4), rng, 5, 0.5, 1.8) * 0.9 + rng.uniform(-1.2, 0.8), 0, 1)
    over(picture, hsv(0.6, 0.03, rng.uniform(0.7, 1)), cloud)
    return picture


def marble(n, rng):
    x, y = places(n)
    vein = np.abs(np.sin(rng.uniform(4, 10) * (x + y * rng.normal()) + 2.2 * fractal(n, 3, rng, 5)))
    return ramp(np.power(vein, 0.4), grey(0.2, 0.5, rng), grey(0.7, 0.9, rng), grey(0.9, 1, rng))


def skin(n, rng):
    tone = hsv(rng.uniform(0.03, 0.08), rng.uniform(0.3, 0.6), rng.uniform(0.3, 0.95))
    return np.clip(tone * (1 + 0.05 * fractal(n, 6, rng))[..., None], 0, 1)


def rust(n, rng):
    spots = fractal(n, rng.uniform(4, 9), rng, 5, 0.7)
    return ramp(0.5 + 0.5 * spots, paint(n, rng).mean((0, 1)), hsv(0.06, 0.7, 0.55), hsv(0.04, 0.8, 0.25))


def foam(n, rng):
    """Bubbles with rims and glints."""
    count = int(rng.integers(20, 70))
    near_, _, _ = cells(n, count, rng)
    rim = np.clip(near_ * np.sqrt(count), 0, 1)
    tone = any_colour(rng)
    return np.clip(ramp(np.power(rim, 3), tone * 0.6, tone, np.ones(3)) + (near_ < 0.012)[..., None], 0, 1)


MATERIALS: dict[str, Material] = {
    each.__name__: each
    for each in (
        fur,
        wool,
        spotted,
        striped,
        grass,
        foliage,
        wood,
        bark,
        brick,
        tiles,
        scales,
        stone,
        pebbles,
        cracked,
        sand,
        snow,
        soil,
        water,
        sky,
        weave,
        plaid,
        knit,
        folds,
        marble,
        metal,
        paint,
        skin,
        rust,
        foam,
        dots,
        stripes,
    )
}
