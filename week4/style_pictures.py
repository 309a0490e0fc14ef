"""Pictures for style transfer: photographs that scikit-image brings along, and paintings drawn by code.

A picture is (n, n, 3) float32, RGB from 0 to 1. No TensorFlow is loaded here, and nothing is downloaded.
"""

from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from workbook.own_picture import load_picture

CORNERS = {  # (left, top, side) in pixels of the square that is cut out
    "astronaut": (60, 0, 330),
    "chelsea": (65, 0, 300),
    "coffee": (130, 20, 380),
    "rocket": (90, 0, 427),
}
CANVAS = 640  # pixels; paintings are drawn large and then reduced

NIGHT = ("#0b1d51", "#16357f", "#2a5caa", "#4f8fd0", "#9cc4e4", "#e8e3c3", "#f6c945", "#f09a1a")
EMBERS = ("#2b0a0a", "#6d1414", "#b3261e", "#e2571e", "#f6a623", "#fbe3a1", "#1d3b3a", "#3f7d6e")
GLASS = ("#0f4c5c", "#e36414", "#fb8b24", "#9a031e", "#5f0f40", "#f2e8cf", "#386641", "#1d70a2")


@cache
def photograph(name="astronaut", n=128):
    """The middle of a photograph inside scikit-image: (n, n, 3). name: one of CORNERS. Raises KeyError."""
    left, top, side = CORNERS[name]
    folder = Path(__import__("skimage").__file__).parent / "data"
    path = folder / f"{name}{'.jpg' if name == 'rocket' else '.png'}"
    with Image.open(path) as picture:
        return _reduced(picture.convert("RGB").crop((left, top, left + side, top + side)), n)


def own(path, n=128):
    """A picture of your own, upright, its middle square: (n, n, 3). Raises FileNotFoundError, ValueError."""
    return load_picture(path, n)[0].astype(np.float32) / 255


def _reduced(picture, n):
    return np.asarray(picture.resize((n, n), Image.Resampling.LANCZOS), np.float32) / 255


# ---------------------------------------------------------------- paintings


def painting(name="night", n=128):
    """A painting by its name, one of PAINTINGS: (n, n, 3). Raises KeyError for another name."""
    return PAINTINGS[name](n)


@cache
def night(n=128, seed=7):
    """Thick strokes of blue and yellow that follow whirls in the sky, with lights in them."""
    rng = np.random.default_rng(seed)
    whirls = [(0.30, 0.34, 1.0), (0.70, 0.22, -0.9), (0.80, 0.68, 0.9), (0.22, 0.80, -0.8)]
    lights = [(0.30, 0.34), (0.70, 0.22), (0.80, 0.68), (0.22, 0.80), (0.52, 0.55)]

    def shade(x, y):
        near = min(np.hypot(x - a, y - b) for a, b in lights)
        ring = 0.5 + 0.5 * np.cos(near * 55)
        return np.exp(-((near / 0.085) ** 2)) * 7.5 + 3.6 * ring * np.exp(-near / 0.3) + rng.normal(0.9, 0.7)

    return _strokes(n, rng, NIGHT, whirls, shade, count=5200, length=11, width=(6, 13))


@cache
def embers(n=128, seed=3):
    """Broad strokes of red, orange and green in long waves."""
    rng = np.random.default_rng(seed)
    whirls = [(0.1, 0.2, 0.7), (0.85, 0.8, 0.8), (0.6, 0.1, -0.5)]

    def shade(x, y):
        wave = np.sin(9 * x + 4 * np.sin(5 * y)) + np.cos(11 * y - 3 * np.sin(4 * x))
        return 3.4 + 1.9 * wave + rng.normal(0, 0.7)

    return _strokes(n, rng, EMBERS, whirls, shade, count=3000, length=9, width=(11, 22))


def _strokes(n, rng, palette, whirls, shade, count, length, width):
    """Strokes along the flow around whirls (x, y, strength), large ones first, small ones on top."""
    colours = np.array([_rgb(each) for each in palette], float)
    canvas = Image.new("RGB", (CANVAS, CANVAS), palette[1])
    draw = ImageDraw.Draw(canvas)
    for i in range(count):
        x, y = rng.uniform(-0.03, 1.03, 2)
        at = np.clip(shade(x, y), 0, len(colours) - 1.001)
        low = int(at)
        colour = colours[low] + (at - low > rng.uniform()) * (colours[low + 1] - colours[low])
        wide = np.interp(i / count, [0, 1], width[::-1]) * rng.uniform(0.7, 1.2)
        _stroke(draw, rng, _path(x, y, whirls, length), colour + rng.normal(0, 9), wide)
    return _reduced(canvas.filter(ImageFilter.UnsharpMask(3, 60, 0)), n)


def _path(x, y, whirls, length):
    """Points along the flow from (x, y): (length, 2) in pixels of the canvas."""
    points = []
    for _ in range(length):
        points.append((x * CANVAS, y * CANVAS))
        u, v = 0.55, 0.18 * np.sin(7 * x)
        for a, b, strength in whirls:
            pull = 3.2 * strength * np.exp(-np.hypot(x - a, y - b) / 0.2)
            u, v = u - pull * (y - b) / 0.16, v + pull * (x - a) / 0.16
        step = 0.0085 / (np.hypot(u, v) + 1e-9)
        x, y = x + step * u, y + step * v
    return np.array(points)


def _stroke(draw, rng, path, colour, wide):
    """A brush stroke: a dark rim on one side, the colour, and a few light bristles."""
    for shift, scale, light in (
        (1.6, 1.0, -38),
        (0, 0.92, 0),
        (-0.22 * wide, 0.22, 26),
        (0.2 * wide, 0.14, -14),
    ):
        points = [tuple(point) for point in path + np.array([shift, shift])]
        fill = tuple(int(each) for each in np.clip(colour + light + rng.normal(0, 4), 0, 255))
        draw.line(points, fill=fill, width=max(1, round(wide * scale)), joint="curve")


@cache
def mosaic(n=128, seed=5):
    """Coloured glass in dark lead, in rings around two centres."""
    rng = np.random.default_rng(seed)
    seeds = rng.uniform(0, 1, (420, 2))
    rows, columns = np.mgrid[:CANVAS, :CANVAS] / CANVAS
    pixels = np.stack([columns, rows], axis=-1).reshape(-1, 2)
    from scipy.spatial import cKDTree

    distance, owner = cKDTree(seeds).query(pixels, k=2)
    rings = np.hypot(*(seeds - (0.35, 0.4)).T) * 13 + 2 * np.hypot(*(seeds - (0.8, 0.8)).T)
    colours = np.array([_rgb(each) for each in GLASS])[
        (rings + rng.uniform(0, 1.2, len(seeds))).astype(int) % 8
    ]
    glow = 1 + 0.25 * rng.normal(size=len(seeds))[owner[:, 0]] - 3.5 * distance[:, 0]
    picture = colours[owner[:, 0]] * np.clip(glow, 0.5, 1.4)[:, None]
    picture[distance[:, 1] - distance[:, 0] < 0.009] = (16, 14, 20)
    return _reduced(Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8).reshape(CANVAS, CANVAS, 3)), n)


@cache
def ink(n=128, seed=2):
    """Black ink on warm paper: bundles of curved brush lines and a red sun."""
    rng = np.random.default_rng(seed)
    canvas = Image.new("RGB", (CANVAS, CANVAS), "#efe3c8")
    draw = ImageDraw.Draw(canvas)
    draw.ellipse((395, 70, 545, 220), fill="#c1301c")
    t = np.linspace(0, 1, 150)
    for _ in range(70):
        x0, y0, turn, bend = (
            rng.uniform(0, 640),
            rng.uniform(0, 640),
            rng.normal(0.3, 0.5),
            rng.normal(0, 130),
        )
        reach = rng.uniform(90, 320)
        x = x0 + reach * (t - 0.5) * np.cos(turn) - bend * np.sin(np.pi * t) * np.sin(turn)
        y = y0 + reach * (t - 0.5) * np.sin(turn) + bend * np.sin(np.pi * t) * np.cos(turn)
        shade, wide = int(rng.integers(12, 90)), rng.uniform(5, 17)
        for k in range(len(t)):
            r = wide * np.sin(np.pi * (0.08 + 0.84 * t[k])) ** 1.5 / 2 + 0.5
            draw.ellipse((x[k] - r, y[k] - r, x[k] + r, y[k] + r), fill=(shade, shade, shade + 12))
    return _reduced(canvas.filter(ImageFilter.GaussianBlur(0.8)), n)


PAINTINGS = {"night": night, "embers": embers, "mosaic": mosaic, "ink": ink}


def _rgb(colour):
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
