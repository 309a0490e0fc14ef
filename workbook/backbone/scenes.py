"""Places: what lies behind things. Each function draws (n, n, 3) and says where things may stand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from workbook.backbone import materials
from workbook.backbone.canvas import Stencil, any_colour, fractal, hsv, noise, over, places, ramp, soft

Place = Callable[[int, np.random.Generator], tuple[np.ndarray, float]]

GROUNDS = (
    materials.grass,
    materials.sand,
    materials.soil,
    materials.snow,
    materials.pebbles,
    materials.water,
)
WALLS = (materials.brick, materials.paint, materials.wood, materials.tiles, materials.stone, materials.folds)
FLOORS = (
    materials.wood,
    materials.tiles,
    materials.marble,
    materials.weave,
    materials.paint,
    materials.stone,
)


def _pick(options, rng):
    return options[rng.integers(len(options))]


def _below(n: int, horizon: np.ndarray | float, sharp: float = 60.0) -> np.ndarray:
    """(n, n) mask of what lies below a horizon, a height or one for each column."""
    return np.clip((places(n)[1] - horizon) * sharp + 0.5, 0, 1)


def _skyline(n: int, rng, height: float, rough: float, cells_: float = 3.0) -> np.ndarray:
    return height + rough * fractal(n, cells_, rng, 4, 0.5)[n // 2]


def _far(texture: np.ndarray, horizon: float) -> np.ndarray:
    """A ground seen at a slant: rows are squeezed towards the horizon."""
    n = len(texture)
    row = (np.arange(n) + 0.5) / n
    depth = np.clip((row - horizon) / max(1 - horizon, 0.05), 0.02, 1)
    source = np.clip((np.power(depth, 0.6) * (n - 1)).astype(int), 0, n - 1)
    return texture[source]


def _ground(picture: np.ndarray, kind, horizon: float, rng, line=None) -> None:
    n = len(picture)
    texture = _far(kind(n, rng), horizon)
    haze = np.clip(0.35 - (places(n)[1] - horizon), 0, 0.35)[..., None] * rng.uniform(0, 1)
    over(
        picture,
        texture * (1 - haze) + picture.mean((0, 1)) * haze,
        _below(n, horizon if line is None else line),
    )


def _trees(picture: np.ndarray, line: np.ndarray, rng, height: float) -> None:
    n = len(picture)
    crown = line - height * (0.5 + np.abs(fractal(n, 9, rng, 3, 0.6)[0]))
    mask = _below(n, crown) * (1 - _below(n, line))
    over(picture, materials.foliage(n, rng) * rng.uniform(0.4, 1), mask)


def meadow(n, rng):
    """A field of grass with the sky, a row of trees or a fence behind."""
    picture, horizon = materials.sky(n, rng), rng.uniform(0.1, 0.6)
    line = _skyline(n, rng, horizon, rng.uniform(0, 0.02))
    if rng.random() < 0.6:
        _trees(picture, line + 0.01, rng, rng.uniform(0.05, 0.25))
    _ground(picture, materials.grass, horizon, rng, line)
    if rng.random() < 0.35:
        _fence(picture, horizon, rng)
    return picture, horizon


def _fence(picture: np.ndarray, horizon: float, rng) -> None:
    n, stencil = len(picture), Stencil(len(picture))
    top, gap = horizon + rng.uniform(-0.08, 0.03), rng.uniform(0.08, 0.25)
    tall, thick = rng.uniform(0.08, 0.2), rng.uniform(0.008, 0.025)
    for x in np.arange(rng.uniform(-gap, 0), 1.2, gap):
        stencil.stroke([(x, top), (x, top + tall)], thick * 1.5)
    for y in np.linspace(top + 0.02, top + tall * 0.7, int(rng.integers(2, 5))):
        stencil.stroke([(-0.1, y), (1.1, y + rng.normal(0, 0.01))], thick)
    over(picture, materials.wood(n, rng) * rng.uniform(0.5, 1.1), stencil.mask())


def mountains(n, rng):
    picture, base = materials.sky(n, rng), rng.uniform(0.25, 0.5)
    for layer in range(int(rng.integers(2, 4))):
        line = _skyline(n, rng, base + 0.12 * layer, 0.09)
        rock = materials.stone(n, rng) * hsv(rng.uniform(0.5, 0.7), 0.25, rng.uniform(0.5, 1))
        over(picture, rock, _below(n, line))
        if layer == 0 and rng.random() < 0.6:
            over(
                picture,
                hsv(0.6, 0.03, 0.97),
                _below(n, line) * (1 - _below(n, base + 0.05 * noise(n, 9, rng), 12)),
            )
    horizon = base + rng.uniform(0.25, 0.4)
    _ground(picture, _pick(GROUNDS, rng), horizon, rng)
    return picture, horizon


def beach(n, rng):
    picture, horizon = materials.sky(n, rng), rng.uniform(0.25, 0.55)
    _ground(picture, materials.water, horizon, rng)
    shore = horizon + rng.uniform(0.1, 0.3)
    line = shore + 0.05 * noise(n, 2, rng)[0] + rng.normal(0, 0.1) * (places(n)[0][0] - 0.5)
    over(picture, hsv(0.6, 0.02, 0.95), _below(n, line - 0.015))
    over(picture, materials.sand(n, rng), _below(n, line))
    return picture, shore


def forest(n, rng):
    picture = materials.foliage(n, rng) * rng.uniform(0.3, 0.9)
    horizon = rng.uniform(0.5, 0.8)
    _ground(picture, _pick((materials.grass, materials.soil, materials.foliage), rng), horizon, rng)
    for size in np.sort(rng.uniform(0.015, 0.09, int(rng.integers(4, 12)))):
        stencil, x = Stencil(n), rng.random()
        stencil.stroke([(x + rng.normal(0, 0.03), -0.1), (x, horizon + size * 2)], size, size * 1.5)
        over(picture, materials.bark(n, rng) * rng.uniform(0.5, 1.1), stencil.mask())
    return picture, horizon


def city(n, rng):
    """Buildings with rows of windows."""
    picture, ground = materials.sky(n, rng), rng.uniform(0.7, 0.95)
    x, y = places(n)
    for _ in range(int(rng.integers(5, 11))):
        left, width, top = rng.uniform(-0.1, 0.95), rng.uniform(0.1, 0.3), rng.uniform(0.1, 0.6)
        mask = ((x > left) & (x < left + width) & (y > top)).astype(np.float32)
        over(picture, _pick((materials.paint, materials.brick, materials.stone), rng)(n, rng), mask)
        u, v = (x - left) * rng.uniform(18, 40) % 1, (y - top) * rng.uniform(15, 35) % 1
        over(
            picture,
            hsv(rng.choice([0.58, 0.13]), 0.3, rng.choice([0.2, 0.9])),
            mask * ((u > 0.45) & (v > 0.4)),
        )
    _ground(picture, _pick((materials.paint, materials.stone, materials.tiles), rng), ground, rng)
    return picture, ground


def road(n, rng):
    picture, horizon = meadow(n, rng)
    stencil, at, wide = Stencil(n), rng.uniform(0.3, 0.7), rng.uniform(0.3, 0.9)
    stencil.polygon([(at - 0.01, horizon), (at + 0.01, horizon), (0.5 + wide, 1.05), (0.5 - wide, 1.05)])
    over(picture, materials.stone(n, rng) * 0.3 + hsv(0.6, 0.05, rng.uniform(0.2, 0.5)) * 0.7, stencil.mask())
    line = Stencil(n)
    for t in np.arange(rng.uniform(0, 0.1), 1, 0.22):
        a, b = t**2, min(t + 0.11, 1) ** 2
        xs, ys = at + (0.5 - at) * np.array([a, b]), horizon + (1 - horizon) * np.array([a, b])
        line.stroke(np.stack([xs, ys], 1), 0.004 + 0.03 * a, 0.004 + 0.03 * b)
    over(picture, hsv(0.13, rng.choice([0.0, 0.7]), 0.9), line.mask())
    return picture, horizon


def room(n, rng):
    """A wall, a floor and perhaps a window, a picture or a carpet."""
    picture, floor = _pick(WALLS, rng)(n, rng), rng.uniform(0.5, 0.85)
    _ground(picture, _pick(FLOORS, rng), floor, rng)
    over(picture, any_colour(rng), _below(n, floor - 0.02) * (1 - _below(n, floor)))
    for _ in range(int(rng.integers(0, 3))):
        left, top, wide, tall = rng.uniform(0, 0.7), rng.uniform(0, 0.3), *rng.uniform(0.15, 0.4, 2)
        for grow, fill in ((0.02, any_colour(rng)), (0, _pick((meadow, city, mountains), rng)(n, rng)[0])):
            frame = Stencil(n)
            x0, y0, x1, y1 = left - grow, top - grow, left + wide + grow, min(top + tall, floor - 0.05) + grow
            frame.polygon([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
            over(picture, fill, frame.mask())
    return picture, floor


def wall(n, rng):
    """A wall or cloth that fills the picture, or a blurred nothing."""
    if rng.random() < 0.5:
        return _pick(WALLS, rng)(n, rng), 0.75
    picture = ramp(0.5 + 0.4 * fractal(n, rng.uniform(1, 4), rng, 2), *(any_colour(rng) for _ in range(3)))
    return picture, 0.75


def dusk(n, rng):
    """The sun over a dark land, or the moon and stars over it."""
    y, night = places(n)[1], rng.random() < 0.5
    low = hsv(rng.uniform(0.0, 0.12), 0.8, 0.9) if not night else hsv(0.63, 0.6, 0.3)
    picture = ramp(y, hsv(rng.uniform(0.6, 0.8), 0.6, 0.15 if night else 0.4), low)
    if night:
        over(picture, np.ones(3, np.float32), (noise(n, n / 2, rng) > 3.4).astype(np.float32))
    disc = Stencil(n)
    disc.disc(rng.uniform(0.15, 0.85), rng.uniform(0.15, 0.6), rng.uniform(0.03, 0.1))
    glow = disc.mask()
    over(picture, hsv(0.12, 0.1 if night else 0.5, 1), np.maximum(glow, 0.8 * soft(glow, n / 12)))
    horizon = rng.uniform(0.55, 0.85)
    over(
        picture,
        picture * 0.0 + hsv(0.6, 0.3, rng.uniform(0.02, 0.15)),
        _below(n, _skyline(n, rng, horizon, 0.05)),
    )
    return picture, horizon


def underwater(n, rng):
    x, y = places(n)
    tone = hsv(rng.uniform(0.45, 0.6), rng.uniform(0.5, 0.9), rng.uniform(0.4, 0.8))
    rays = np.clip(np.sin(20 * (x + 0.5 * y) + 2 * noise(n, 3, rng)), 0, 1) * (1 - y) * 0.3
    picture = ramp(y, np.minimum(tone * 1.4, 1), tone * 0.4) + rays[..., None]
    floor = rng.uniform(0.75, 1.0)
    over(picture, materials.sand(n, rng) * tone, _below(n, _skyline(n, rng, floor, 0.03), 15))
    return np.clip(picture, 0, 1), floor


PLACES: dict[str, Place] = {
    each.__name__: each
    for each in (meadow, mountains, beach, forest, city, road, room, wall, dusk, underwater)
}
