"""Animals as solid bodies, seen from any side: spheres in rows, lit from one direction.

Lengths are in units of about a horse's height; x runs forward, y up, z to the animal's left.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image

from workbook.backbone.canvas import fractal, hsv, noise, over
from workbook.backbone.materials import Material, fur, skin, spotted, stone, striped, wool
from workbook.backbone.patterns import scales

PARTS = ("body", "leg", "neck", "head", "tail")
FINER = 2  # bodies are computed on this many times as many pixels, so that their edges come out smooth


class Build(NamedTuple):
    """What an animal is made like. Every animal differs from it by a fifth or so."""

    length: float = 0.5
    girth: float = 0.16  # the trunk's radius
    legs: float = 0.45
    leg: float = 0.05  # a leg's radius
    neck: float = 0.25
    rise: float = 0.8  # how steeply the neck rises, radians
    nape: float = 0.09  # the neck's radius
    head: float = 0.09
    snout: float = 0.14
    ears: float = 0.09
    tail: float = 0.3
    coats: tuple[Material, ...] = (fur,)
    horns: float = 0.0
    feet: int = 4


BUILDS = {
    "horse": Build(0.55, 0.17, 0.5, 0.05, 0.36, 0.85, 0.1, 0.09, 0.22, 0.08, 0.45),
    "ox": Build(0.62, 0.22, 0.36, 0.06, 0.2, 0.35, 0.14, 0.11, 0.17, 0.1, 0.4, (fur, spotted), 0.16),
    "ewe": Build(0.42, 0.24, 0.24, 0.035, 0.14, 0.5, 0.11, 0.08, 0.11, 0.1, 0.08, (wool,)),
    "goat": Build(0.4, 0.16, 0.32, 0.03, 0.2, 0.9, 0.07, 0.07, 0.12, 0.1, 0.08, (fur,), 0.2),
    "stag": Build(0.45, 0.15, 0.5, 0.03, 0.3, 1.0, 0.07, 0.07, 0.14, 0.11, 0.08, (fur,), 0.3),
    "giraffe": Build(0.42, 0.18, 0.75, 0.045, 0.85, 1.15, 0.08, 0.07, 0.15, 0.08, 0.3, (spotted,), 0.06),
    "zebra": Build(0.48, 0.18, 0.42, 0.045, 0.26, 0.85, 0.1, 0.09, 0.17, 0.1, 0.3, (striped,)),
    "elephant": Build(0.6, 0.32, 0.42, 0.1, 0.1, 0.5, 0.2, 0.19, 0.25, 0.28, 0.25, (stone,)),
    "bear": Build(0.5, 0.25, 0.22, 0.09, 0.12, 0.4, 0.17, 0.14, 0.12, 0.06, 0.03),
    "pig": Build(0.5, 0.2, 0.16, 0.05, 0.06, 0.1, 0.16, 0.12, 0.13, 0.09, 0.1, (skin, spotted)),
    "dog": Build(0.38, 0.12, 0.3, 0.04, 0.16, 0.9, 0.08, 0.09, 0.13, 0.1, 0.28, (fur, spotted)),
    "cat": Build(0.34, 0.1, 0.2, 0.03, 0.08, 0.6, 0.07, 0.09, 0.05, 0.08, 0.36, (fur, striped)),
    "hare": Build(0.24, 0.13, 0.12, 0.035, 0.06, 0.7, 0.07, 0.08, 0.06, 0.22, 0.05),
    "armadillo": Build(0.4, 0.17, 0.09, 0.035, 0.04, 0.0, 0.08, 0.06, 0.14, 0.07, 0.3, (scales,)),
    "ostrich": Build(0.3, 0.22, 0.6, 0.035, 0.5, 1.25, 0.04, 0.055, 0.1, 0.0, 0.18, (fur, wool), feet=2),
    "goose": Build(0.32, 0.15, 0.16, 0.02, 0.26, 1.2, 0.04, 0.055, 0.1, 0.0, 0.14, (fur,), feet=2),
    "hen": Build(0.2, 0.14, 0.15, 0.02, 0.1, 1.1, 0.06, 0.06, 0.06, 0.0, 0.2, (fur, scales), feet=2),
}  # fmt: skip


class Spheres(NamedTuple):
    """The spheres that make up an animal."""

    at: np.ndarray  # (k, 3)
    radius: np.ndarray  # (k,)
    part: np.ndarray  # (k,) number in PARTS
    shade: np.ndarray  # (k,) 0: coat, 1: face, 2: feet and horns, 3: eyes and nose


def _row(start, end, r0: float, r1: float, part: str, shade: int = 0) -> tuple:
    """Spheres from start to end, whose radius goes from r0 to r1, so near that they look like one body."""
    start, end = np.asarray(start, float), np.asarray(end, float)
    count = max(2, int(np.ceil(np.linalg.norm(end - start) / (0.55 * max(min(r0, r1), 0.012)))) + 1)
    t = np.linspace(0, 1, min(count, 14))
    return start + t[:, None] * (end - start), r0 + t * (r1 - r0), PARTS.index(part), shade


def body(b: Build, rng: np.random.Generator) -> Spheres:
    """An animal of this build that stands, walks, grazes or lies."""
    lies, grazes = rng.random() < 0.12, rng.random() < 0.25
    legs = b.legs * (0.12 if lies else 1.0)
    back, half = legs + 0.75 * b.girth, b.length / 2
    rows = [
        _row((-half, back, 0), (half, back + rng.normal(0, 0.02), 0), 0.95 * b.girth, b.girth, "body"),
    ]
    spots = ((-0.8, 0.55), (-0.8, -0.55), (0.85, 0.5), (0.85, -0.5)) if b.feet == 4 else ((0, 0.5), (0, -0.5))
    for x, z in spots:
        hip = np.array([x * half, back - 0.3 * b.girth, z * b.girth])
        step = rng.normal(0, 0.1 * b.legs)
        foot = np.array([hip[0] + step, 0.7 * b.leg, z * b.girth])
        knee = 0.5 * (hip + foot) + [rng.normal(0.02, 0.03) * np.sign(x + 0.1), 0, 0]
        rows += [
            _row(hip, knee, 1.7 * b.leg, b.leg, "leg"),
            _row(knee, foot, b.leg, 0.8 * b.leg, "leg", 2 * (rng.random() < 0.3)),
        ]
    up, aside = (-0.9 if grazes and not lies else b.rise + rng.normal(0, 0.2)), rng.normal(0, 0.35)
    along = np.array([np.cos(up) * np.cos(aside), np.sin(up), np.cos(up) * np.sin(aside)])
    root = np.array([half + 0.2 * b.girth, back + 0.45 * b.girth, 0])
    top = root + b.neck * along
    top[1] = max(top[1], 0.16)
    rows.append(_row(root - 0.25 * b.girth * along, top, 1.45 * b.nape, 0.9 * b.nape, "neck"))
    turn, nod = aside + rng.normal(0, 0.5), rng.normal(-0.35, 0.25) - (0.4 if grazes else 0)
    ahead = np.array([np.cos(nod) * np.cos(turn), np.sin(nod), np.cos(nod) * np.sin(turn)])
    left = np.array([-np.sin(turn), 0, np.cos(turn)])
    above = np.cross(left, ahead)
    nose = top + (0.5 * b.head + b.snout) * ahead
    rows += [
        _row(top, top + 0.4 * b.head * ahead, b.head, 0.95 * b.head, "head", 1),
        _row(top + 0.5 * b.head * ahead, nose, 0.75 * b.head, 0.5 * b.head, "head", 1),
        _row(
            nose + 0.3 * b.head * ahead, nose + 0.32 * b.head * ahead, 0.25 * b.head, 0.25 * b.head, "head", 3
        ),
    ]
    for side in (-1, 1):
        eye = top + 0.55 * b.head * ahead + 0.75 * side * b.head * left + 0.4 * b.head * above
        rows.append(_row(eye, eye + 0.01 * ahead, 0.2 * b.head, 0.2 * b.head, "head", 3))
        crown = top + 0.7 * side * b.head * left + 0.7 * b.head * above
        if b.ears:
            tip = crown + b.ears * (above + side * rng.uniform(0.2, 1.2) * left)
            rows.append(_row(crown, tip, 0.3 * b.ears, 0.16 * b.ears, "head", 1))
        if b.horns:
            tip = crown + b.horns * (above + side * 0.5 * left + rng.normal(0, 0.2) * ahead)
            rows.append(_row(crown, tip, 0.025, 0.012, "head", 2))
    end = np.array([-half - 0.9 * b.girth, back + 0.3 * b.girth, 0])
    hang = rng.uniform(-1.4, 0.3)
    tip = end + b.tail * np.array([-np.cos(hang), np.sin(hang), rng.normal(0, 0.3)])
    rows.append(_row(end, tip, 0.035, 0.03, "tail"))
    return Spheres(
        np.concatenate([at for at, *_ in rows]),
        np.concatenate([radius for _, radius, *_ in rows]),
        np.concatenate([np.full(len(at), part) for at, _, part, _ in rows]),
        np.concatenate([np.full(len(at), shade) for at, *_, shade in rows]),
    )


def _turned(at: np.ndarray, yaw: float, pitch: float) -> np.ndarray:
    """(k, 3) places, turned about the upright axis and then towards the eye; z points to the eye."""
    x, y, z = at.T
    x, z = np.cos(yaw) * x - np.sin(yaw) * z, np.sin(yaw) * x + np.cos(yaw) * z
    return np.stack([x, np.cos(pitch) * y - np.sin(pitch) * z, np.sin(pitch) * y + np.cos(pitch) * z], axis=1)


class Seen(NamedTuple):
    """An animal on (n, n) pixels."""

    colour: np.ndarray  # (n, n, 3) lit
    cover: np.ndarray  # (n, n) from 0 to 1
    part: np.ndarray  # (n, n) number in PARTS where cover is over a half


def seen(b: Build, n: int, light: np.ndarray, place: tuple, rng: np.random.Generator) -> Seen:
    """An animal as it is seen from somewhere.

    light: (3,) the direction that it comes from. place: x and y of the animal's middle, its size, as parts
    of the picture.
    """
    spheres = body(b, rng)
    at = _turned(spheres.at, rng.uniform(0, 2 * np.pi), rng.uniform(0, 0.45))
    low, high = (at - spheres.radius[:, None]).min(axis=0), (at + spheres.radius[:, None]).max(axis=0)
    m = n * FINER
    scale = place[2] * m / max(high[:2] - low[:2])
    at = (at - (low + high) / 2) * [scale, -scale, scale] + [place[0] * m, place[1] * m, 0]
    which, normal = _nearest(at, spheres.radius * scale, m, rng)
    covered = which >= 0
    coat = b.coats[rng.integers(len(b.coats))](n, rng)
    face = 1.0 if rng.random() < 0.6 else rng.uniform(0.4, 1.3)
    tints = np.array([1.0, face, rng.uniform(0.3, 1.1), 0.0], np.float32)
    lit = np.maximum(normal @ light, 0) * rng.uniform(0.5, 1.0) + rng.uniform(0.3, 0.6)
    lit *= 1 - 0.35 * np.clip(normal[..., 1], 0, 1)  # bellies are dark
    cover = _smaller(covered.astype(np.float32), n)
    tint = _smaller(tints[spheres.shade[which]] * lit * covered, n) / np.maximum(cover, 1e-3)
    middle, contrast = coat.mean(axis=(0, 1)), rng.uniform(0.3, 1.0)
    coat = (middle + contrast * (coat - middle)) * (1 + 0.12 * fractal(n, n / 6, rng, 3)[..., None])
    parts = np.where(covered, spheres.part[which], 0)[FINER // 2 :: FINER, FINER // 2 :: FINER]
    return Seen(coat * tint[..., None], cover, parts)


def _nearest(at: np.ndarray, radii: np.ndarray, m: int, rng: np.random.Generator) -> tuple:
    """Which sphere is seen at each of m x m pixels, -1 for none, and (m, m, 3) the direction it faces there.

    at: (k, 3) in pixels, y down. Fur makes the outline rough.
    """
    rough = 1 + rng.uniform(0, 0.12) * noise(m, m / 5, rng) + rng.uniform(0, 0.1) * noise(m, m / 14, rng)
    depth, which = np.full((m, m), -np.inf, np.float32), np.full((m, m), -1, np.int32)
    normal = np.zeros((m, m, 3), np.float32)
    for k, ((x, y, z), r) in enumerate(zip(at, radii, strict=True)):
        reach = 1.3 * r + 1
        top, bottom = max(int(y - reach), 0), min(int(y + reach) + 2, m)
        left, right = max(int(x - reach), 0), min(int(x + reach) + 2, m)
        if top >= bottom or left >= right:
            continue
        part = np.s_[top:bottom, left:right]
        down, across = np.arange(top, bottom)[:, None] + 0.5 - y, np.arange(left, right)[None] + 0.5 - x
        inside = (r * rough[part]) ** 2 - down**2 - across**2
        towards = np.sqrt(np.maximum(inside, 0))
        nearer = (inside > 0) & (z + towards > depth[part])
        depth[part][nearer], which[part][nearer] = (z + towards)[nearer], k
        normal[part][nearer] = np.stack(np.broadcast_arrays(across, down, towards), -1)[nearer] / r
    return which, normal


def _smaller(grid: np.ndarray, n: int) -> np.ndarray:
    return grid.reshape(n, FINER, n, FINER).mean(axis=(1, 3))


def varied(b: Build, rng: np.random.Generator) -> Build:
    """Another animal of the same kind."""
    return b._replace(
        **{k: v * rng.uniform(0.82, 1.2) for k, v in b._asdict().items() if isinstance(v, float)}
    )


def herd(name: str, picture: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """One to four animals of a kind over a picture, (n, n, 3), and (n, n) which part is where, or -1."""
    n, parts = len(picture), np.full(picture.shape[:2], -1, np.int16)
    light = np.array([rng.uniform(-0.8, 0.8), -rng.uniform(0.4, 1), rng.uniform(0.2, 0.9)], np.float32)
    light /= np.linalg.norm(light)
    warm = hsv(rng.uniform(0.05, 0.16), rng.uniform(0, 0.25), 1.0)
    count = int(rng.choice((1, 1, 1, 2, 3, 4)))
    size = rng.uniform(0.5, 1.25) if count == 1 else rng.uniform(0.3, 0.6)
    places = [
        (rng.uniform(0.3, 0.7), rng.uniform(0.45, 0.62), size)
        if count == 1
        else (rng.uniform(0.15, 0.85), rng.uniform(0.4, 0.75), size * rng.uniform(0.8, 1.2))
        for _ in range(count)
    ]
    for place in sorted(places, key=lambda p: p[1]):
        one = seen(varied(BUILDS[name], rng), n, light, place, rng)
        shadow = np.roll(one.cover, (int(0.03 * n), int(-light[0] * 0.06 * n)), axis=(0, 1))
        shadow = np.asarray(Image.fromarray(shadow).resize((n // 6, n // 6)).resize((n, n)))
        picture = picture * (1 - rng.uniform(0.1, 0.5) * shadow[..., None])
        over(picture, np.clip(one.colour * warm, 0, 1), one.cover)
        parts = np.where(one.cover > 0.5, one.part, parts)
    return picture, parts
