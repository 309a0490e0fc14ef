"""The places where animals stand: sky, hills, trees, meadows, snow, sand, fences, stables."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from workbook.data.animal_noise import patchwork, soft
from workbook.data.animal_scene import Sun

# Ground reflectance: two colours between which a ground changes
GROUNDS = {
    "meadow": ((0.28, 0.37, 0.15), (0.43, 0.48, 0.23)),
    "dry hill": ((0.50, 0.42, 0.25), (0.66, 0.58, 0.38)),
    "sand": ((0.62, 0.52, 0.40), (0.74, 0.65, 0.52)),
    "snow": ((0.80, 0.82, 0.85), (0.90, 0.91, 0.93)),
    "earth": ((0.33, 0.25, 0.18), (0.46, 0.37, 0.28)),
    "straw": ((0.60, 0.48, 0.26), (0.76, 0.65, 0.40)),
}
TALL = ("meadow", "dry hill", "straw")  # where blades stand up
SHARES = {"meadow": 0.42, "dry hill": 0.18, "sand": 0.08, "snow": 0.08, "earth": 0.14, "straw": 0.10}


class Place(NamedTuple):
    """A place before the animals come."""

    picture: np.ndarray  # (n, n, 3) light
    horizon: float  # row, as a fraction of the picture
    ground: str
    sun: Sun


def draw_sun(ground: np.ndarray, rng: np.random.Generator) -> Sun:
    """Sunshine, haze or an overcast sky; the exposure is right for a grey animal."""
    bright = rng.choice([rng.uniform(0.0, 0.15), rng.uniform(0.4, 1.0)], p=[0.35, 0.65])
    towards = np.array([rng.normal(0, 0.7), rng.uniform(0.6, 1.5), rng.uniform(-0.15, 1.2)])
    warm = np.exp(rng.normal(0.035, 0.04) * np.array([1, 0.3, -1]))
    exposure = rng.uniform(1.0, 1.26) * (1.08 - 0.3 * ground.mean())
    ground = 0.5 * ground + 0.5 * ground.mean()
    sky = exposure * (0.80 - 0.30 * bright) * np.exp(np.array([-0.03, 0, 0.045]) * (0.3 + bright))
    colour = exposure * (0.16 + 0.62 * bright) * warm
    bounce = (0.3 + 0.3 * bright) * ground + 0.18
    towards = towards / np.linalg.norm(towards)
    return Sun(*(np.asarray(part, np.float32) for part in (towards, colour, sky, bounce)))


def _fractal(shape: tuple[int, int], cells: float, octaves: int, rng: np.random.Generator) -> np.ndarray:
    """(h, w) noise whose details are ever smaller and fainter."""
    total = np.zeros(shape, np.float32)
    for i in range(octaves):
        total += patchwork(shape, max(cells / 2**i, 1.0), rng) * 0.6**i
    return total


def _sky(n: int, sun: Sun, rng: np.random.Generator) -> np.ndarray:
    """(n, n, 3)."""
    height = np.linspace(1, 0, n, dtype=np.float32)[:, None, None]
    blue, haze = np.array([0.36, 0.56, 0.86]), np.array([0.80, 0.86, 0.92])
    clear = float(np.clip(sun.colour.mean() * rng.uniform(0.7, 1.2), 0, 1))
    top = clear * blue * rng.uniform(0.75, 1.1) + (1 - clear) * np.array([0.72, 0.75, 0.79])
    sky = haze + (top - haze) * height ** rng.uniform(0.5, 1.2)
    clouds = _fractal((n, n), n / rng.uniform(1.5, 4), 5, rng) + rng.normal(-0.2, 0.8)
    cover = np.clip(0.5 * clouds + 0.1, 0, 1)[..., None] ** 1.3
    cloud = 0.94 - 0.10 * np.clip(clouds - 1, 0, 1)[..., None]
    return np.broadcast_to(sky + cover * (cloud - sky), (n, n, 3)).astype(np.float32)


def _ridge(n: int, level: float, rough: float, rng: np.random.Generator) -> np.ndarray:
    """(n,) the row of a skyline for each column."""
    x = np.arange(n) / n
    line = np.zeros(n)
    for i in range(6):
        line += rng.normal() * 0.55**i * np.sin(2 * np.pi * (x * 0.7 * 1.9**i + rng.random()))
    return (level + rough * line) * n


def _below(n: int, line: np.ndarray) -> np.ndarray:
    """(n, n, 1) 0 above a skyline, 1 below, soft over a pixel."""
    return np.clip(np.arange(n)[:, None] - line[None, :] + 0.5, 0, 1)[..., None].astype(np.float32)


def _hills(picture: np.ndarray, horizon: float, light: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Up to three ridges, the farther the hazier, some with snow."""
    n = len(picture)
    haze = np.array([0.66, 0.74, 0.82]) * light.mean()
    tint = np.array([[0.28, 0.36, 0.18], [0.45, 0.40, 0.26], [0.35, 0.33, 0.32]])[rng.integers(3)]
    count = rng.integers(0, 4)
    for i in range(count):
        far = 1 - (i + 1) / (count + 1)
        line = _ridge(n, horizon - (0.03 + 0.14 * far * rng.random()), 0.02 + 0.05 * far, rng)
        colour = tint * light * (1 + 0.12 * _fractal((n, n), n / 14, 3, rng))[..., None]
        if far > 0.6 and rng.random() < 0.35:  # snow on the peaks
            top = np.clip(
                (line[None, :] + n * 0.07 - np.arange(n)[:, None]) / (0.03 * n)
                + patchwork((n, n), n / 25, rng),
                0,
                1,
            )
            colour = colour + top[..., None] * (0.95 * light - colour)
        colour = haze * far * 0.75 + colour * (1 - far * 0.75)
        picture = picture + _below(n, line) * (colour - picture)
    return picture.astype(np.float32)


LEAVES = np.array(
    [[0.20, 0.29, 0.12], [0.29, 0.34, 0.15], [0.38, 0.28, 0.14], [0.16, 0.22, 0.13], [0.27, 0.28, 0.22]]
)


def _tree(pen: ImageDraw.ImageDraw, x: float, foot: float, tall: float, rng: np.random.Generator) -> None:
    """A tree or a bush as blobs of leaves, brighter towards its top; grey 60 to 200."""
    manner = rng.choice(["round", "bush", "fir"], p=[0.5, 0.35, 0.15])
    if manner == "fir":
        for t in np.linspace(0, 0.9, 9):
            wide = 0.24 * tall * (1 - t) * rng.uniform(0.8, 1.15)
            top = foot - tall * min(t + 0.28, 1)
            pen.polygon(
                [(x - wide, foot - tall * t * 0.95), (x + wide, foot - tall * t * 0.95), (x, top)],
                fill=int(80 + 70 * t),
            )
        return
    trunk = 0.0 if manner == "bush" else rng.uniform(0.15, 0.4)
    pen.rectangle((x - 0.03 * tall, foot - (trunk + 0.2) * tall, x + 0.03 * tall, foot), fill=50)
    wide, high = tall * rng.uniform(0.35, 0.6) * (1.4 if manner == "bush" else 1), tall * (1 - trunk) / 2
    for _ in range(26):
        angle, far = rng.uniform(0, 2 * np.pi), np.sqrt(rng.random())
        dx, dy = far * np.cos(angle), far * np.sin(angle)
        r = tall * rng.uniform(0.06, 0.16)
        cx, cy = x + dx * wide * 0.85, foot - trunk * tall - high + dy * high * 0.85
        tone = int(np.clip(125 - 55 * dy + rng.normal(0, 16), 55, 210))
        pen.ellipse((cx - r * 1.2, cy - r, cx + r * 1.2, cy + r), fill=tone)


def _trees(picture: np.ndarray, horizon: float, light: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Trees and bushes along the horizon, or a wood that fills what is behind."""
    n = len(picture)
    count = int(rng.choice([3, 9, 30], p=[0.35, 0.4, 0.25]))
    tall = n * rng.choice([0.08, 0.2, 0.45], p=[0.45, 0.35, 0.2]) * rng.uniform(0.7, 1.3)
    shape = Image.new("L", (n, n))
    pen = ImageDraw.Draw(shape)
    if count == 30 and rng.random() < 0.7:
        pen.rectangle((0, horizon * n - 0.6 * tall, n, horizon * n + 2), fill=75)
    for x in rng.uniform(-0.05, 1.05, count) * n:
        _tree(pen, x, horizon * n + rng.uniform(0, 0.015) * n, tall * rng.uniform(0.5, 1.25), rng)
    ragged = np.asarray(shape.effect_spread(max(n // 130, 1)), np.float32)  # leaves, not discs
    cover = np.clip(ragged / 40, 0, 1)[..., None]
    leaf = LEAVES[rng.choice(5, p=[0.42, 0.23, 0.1, 0.15, 0.1])].astype(np.float32)
    leaves = 0.75 + ragged / 300 + 0.11 * _fractal((n, n), n / 30, 3, rng)
    colour = leaf * light * leaves[..., None] * np.float32(rng.uniform(0.7, 1.15))
    haze = np.float32(rng.uniform(0, 0.3))
    colour = colour + haze * (0.7 * light - colour)
    return picture + cover * (colour - picture)


def _wall(n: int, light: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(n, n, 3) boards, upright or level."""
    base = np.array(
        [[0.46, 0.34, 0.24], [0.55, 0.50, 0.45], [0.42, 0.17, 0.12], [0.70, 0.68, 0.64], [0.30, 0.25, 0.21]]
    )[rng.integers(5)]
    grain = patchwork((n, n), 3, rng, 25) * 0.07 + patchwork((n, n), n / 8, rng) * 0.08
    width = n * rng.uniform(0.05, 0.16)
    boards = (np.arange(n) / width + rng.random()) % 1
    seam = np.exp(-((np.minimum(boards, 1 - boards) * width / 1.6) ** 2))
    tone = rng.normal(0, 0.10, n)[((np.arange(n) / width + 5).astype(int))]
    wall = base * light * np.exp(grain + tone[None, :] - 0.8 * seam[None, :])[..., None]
    if rng.random() < 0.5:
        wall = wall.swapaxes(0, 1)
    return (wall * rng.uniform(0.55, 1.05)).astype(np.float32)


@lru_cache(maxsize=1)
def _earth() -> np.ndarray:
    """(1024, 1024) noise in many sizes, the same for all pictures, which each see another piece of it."""
    rng, total = np.random.default_rng(0), np.zeros((1024, 1024), np.float32)
    for cells, weight in ((4, 1.0), (16, 0.8), (64, 0.6)):
        grid = rng.normal(size=(1024 // cells, 1024 // cells)).astype(np.float32)
        wrapped = Image.fromarray(np.pad(grid, 2, mode="wrap"))
        box = (2, 2, 2 + len(grid), 2 + len(grid))
        total += weight * np.asarray(wrapped.resize((1024, 1024), Image.Resampling.BICUBIC, box=box))
    return total


def _ground(n: int, horizon: float, kind: str, light: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(n, n, 3) the ground in perspective; only rows below the horizon mean anything."""
    low, high = (np.array(c) * np.exp(rng.normal(0, 0.10) + rng.normal(0, 0.025, 3)) for c in GROUNDS[kind])
    near = np.clip((np.arange(n) - horizon * n) / n, 0.004, None).astype(np.float32)
    across, away = (np.arange(n, dtype=np.float32) / n - 0.5)[None, :] / near[:, None], (1 / near)[:, None]
    total, (right, down) = np.zeros((n, n), np.float32), rng.integers(0, 1024, 2)
    for scale, power in ((7.0, 0.75), (48.0, 0.8)):
        rows, columns = (away * scale * 1.6 + down).astype(int), (across * scale + right).astype(int)
        fade = np.clip(near * n / (scale * 0.35), 0, 1)[:, None]
        total += power * fade * _earth()[rows & 1023, columns & 1023]
    blades = patchwork((n, n), 2.0, rng, 3.0) * np.clip(near / 0.25, 0.15, 1)[:, None]
    contrast = np.float32({"snow": 0.3, "sand": 0.5}.get(kind, 0.9))
    share = np.clip(0.5 + 0.24 * total, 0, 1)[..., None]
    rough = np.exp(contrast * (0.09 * total + (0.13 if kind in TALL else 0.05) * blades))
    return (low + share * (high - low)).astype(np.float32) * rough[..., None] * light


def _fence(
    picture: np.ndarray, foot: float, tall: float, light: np.ndarray, blurred: float, rng: np.random.Generator
) -> np.ndarray:
    """Rails and posts, wire, or mesh that stands in row foot, both lengths as fractions of the picture."""
    n = len(picture)
    shape = Image.new("L", (n, n))
    pen = ImageDraw.Draw(shape)
    foot, tall = foot * n, tall * n
    gap, lean = rng.uniform(0.9, 2.2) * tall, rng.normal(0, 0.03)
    kind = rng.choice(["rails", "wire", "mesh"], p=[0.5, 0.25, 0.25])
    thick = max(tall * (0.09 if kind == "rails" else 0.04), 1.5)
    for x in np.arange(rng.uniform(-gap, 0), n, gap):
        pen.rectangle((x, foot + lean * x - tall, x + thick, foot + lean * x), fill=255)
    rails = {"rails": rng.integers(2, 5), "wire": rng.integers(3, 6), "mesh": 9}[kind]
    width = max(int(thick * (0.8 if kind == "rails" else 0.2)), 1)
    for i in range(rails):
        y = foot - tall * (0.95 - 0.85 * i / rails)
        pen.line((0, y, n, y + lean * n), fill=255 if kind == "rails" else 150, width=width)
    if kind == "mesh":
        for x in np.arange(0, n, tall / 9):
            pen.line((x, foot - tall + lean * x, x, foot + lean * x), fill=130, width=width)
    cover = soft(np.asarray(shape, np.float32) / 255, max(blurred, 0.4))[..., None]
    wood = np.array([0.5, 0.42, 0.34]) if rng.random() < 0.7 else np.array([0.85, 0.84, 0.82])
    colour = wood * rng.uniform(0.5, 1.1) * light * np.exp(0.07 * patchwork((n, n), 4, rng))[..., None]
    return (picture + cover * (colour - picture)).astype(np.float32)


def _blades(picture: np.ndarray, kind: str, light: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Stalks near the camera, along the lower edge."""
    n = len(picture)
    shape = Image.new("L", (n, n))
    pen = ImageDraw.Draw(shape)
    tall, lean = rng.uniform(0.08, 0.3) * n, rng.normal(0, 0.3)
    for _ in range(rng.integers(25, 120)):
        x, high = rng.uniform(-0.1, 1.1) * n, tall * rng.uniform(0.3, 1.0)
        bend = (lean + rng.normal(0, 0.25)) * high
        wide, tone = n * rng.uniform(0.003, 0.009), int(rng.integers(110, 255))
        root = (x - wide, n), (x + wide, n)
        pen.polygon([root[0], (x + 0.3 * bend - 0.6 * wide, n - 0.6 * high), (x + bend, n - high),
                     (x + 0.3 * bend + 0.6 * wide, n - 0.6 * high), root[1]], fill=tone)  # fmt: skip
    tone = soft(np.asarray(shape, np.float32) / 255, rng.uniform(0.6, 3.0) * n / 320)[..., None]
    cover = np.clip(2.2 * tone, 0, 1)
    low, high = (np.array(colour, np.float32) for colour in GROUNDS[kind])
    colour = (0.6 * low + tone * high) * light
    return (picture + cover * (colour - picture)).astype(np.float32)


def with_foreground(picture: np.ndarray, place: Place, rng: np.random.Generator) -> np.ndarray:
    """The picture with grass, or a fence out of focus, between the camera and the animals, or as it was."""
    light = place.sun.on_ground()
    drawn = rng.random()
    if drawn < 0.10 and place.ground in TALL:
        return _blades(picture, place.ground, light, rng)
    if drawn > 0.93:
        blurred = rng.uniform(0.8, 3.0) * len(picture) / 320
        return _fence(picture, rng.uniform(0.85, 1.4), rng.uniform(0.5, 1.3), light, blurred, rng)
    return picture


def draw_place(n: int, lowest: float, rng: np.random.Generator) -> Place:
    """A place of n x n pixels with nobody in it. lowest: where the horizon may be at most, as a fraction."""
    kind = str(rng.choice(list(SHARES), p=list(SHARES.values())))
    sun = draw_sun(np.array(GROUNDS[kind][0]), rng)
    light = sun.on_ground()
    horizon = min(rng.uniform(0.08, 0.62), lowest)
    indoors = rng.random() < (0.55 if kind == "straw" else 0.08)
    if indoors:
        behind = _wall(n, light * 0.8, rng)
    else:
        behind = _hills(_sky(n, sun, rng), horizon, light, rng)
        if rng.random() < 0.75:
            behind = _trees(behind, horizon, light, rng)
    line = _ridge(n, horizon, 0.0 if indoors else 0.008, rng)
    ground = _ground(n, horizon, kind, light, rng)
    picture = behind + _below(n, line) * (ground - behind)
    if rng.random() < 0.4:
        foot, tall = horizon + rng.uniform(0.02, 0.10), rng.uniform(0.10, 0.32)
        picture = _fence(picture, foot, tall, light, 0, rng)
    return Place(picture.astype(np.float32), horizon, kind, sun)


def out_of_focus(picture: np.ndarray, sigma: float) -> np.ndarray:
    """Blurred by sigma pixels."""
    return soft(picture, sigma) if sigma > 0.3 else picture


def veil(n: int, foot: float, unit: float, kind: str, rng: np.random.Generator) -> np.ndarray:
    """(n, n) 0 where grass, straw or snow hides the feet of an animal that stands in row foot, else 1."""
    tall = {"meadow": 0.07, "dry hill": 0.07, "straw": 0.05, "snow": 0.06, "earth": 0.015, "sand": 0.02}[kind]
    ragged = 1.0 if kind in TALL else 0.3
    blades = np.abs(patchwork((1, n), max(0.012 * unit, 1.6), rng)[0]) * ragged + 1 - 0.6 * ragged
    top = foot - tall * rng.uniform(0.3, 1.3) * unit * blades
    return np.clip(top[None, :] - np.arange(n)[:, None] + 0.5, 0, 1).astype(np.float32)
