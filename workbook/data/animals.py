"""Draws pictures of alpacas and of other animals, to stand in for photographs.

Whether a picture shows an alpaca decides nothing but the kind of the animals in it: their number, place, size
in the picture, coat, pose, light and surroundings are drawn alike for both classes.
"""

import io
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from PIL import Image

from workbook.data import animal_fields as fields
from workbook.data import animal_scene as scene
from workbook.data.animal_body import body
from workbook.data.animal_kinds import OTHERS, SIZES, Animal, draw_animal
from workbook.data.animal_parts import Part, draw_pose
from workbook.data.camera import photograph, rotation_matrix

OVERSAMPLING = 2  # pixels drawn along each side of one output pixel


def _view(close: bool, rng: np.random.Generator) -> np.ndarray:
    """A rotation: from the side, from three quarters, from the front or, not close, from behind."""
    manner = rng.choice(4, p=[0.35, 0.35, 0.30, 0.0] if close else [0.47, 0.33, 0.13, 0.07])
    yaw = (rng.normal(0, 10), -rng.uniform(22, 62), -rng.uniform(62, 92), rng.uniform(25, 75))[manner]
    yaw = yaw if rng.random() < 0.5 else 180 - yaw
    return rotation_matrix(yaw, rng.uniform(3, 14), 0)


class _Subject(NamedTuple):
    """An animal and where it stands in the picture."""

    animal: Animal
    parts: list[Part]
    rotation: np.ndarray  # (3, 3)
    x: float  # pixels, of the point between the feet
    y: float
    unit: float  # pixels of a trunk length


def _in_front(kind: str, close: bool, n: int, rng: np.random.Generator) -> _Subject:
    """The animal that the picture is about: what is seen of it fills a share that no kind has for its own."""
    animal, pose, rotation = draw_animal(kind, rng), draw_pose(rng), _view(close, rng)
    if close:
        pose = pose._replace(grazing=False, lying=False, neck_turn=pose.neck_turn * 0.2)
    parts = body(animal, pose)
    turned = scene.seen(parts, rotation)
    left, right, low, high = scene.outline([part for part in turned if part.head or not close])
    share = float(np.clip(np.exp(rng.normal(np.log(0.66), 0.26)), 0.32, 1.1))
    unit = share * n / max(0.5 * (right - left + high - low), 0.9 * (high - low), 0.8 * (right - left))
    x, y = rng.normal(0.5, 0.11) * n, rng.normal(0.53, 0.06) * n
    return _Subject(animal, parts, rotation, x - (left + right) / 2 * unit, y + (low + high) / 2 * unit, unit)


def _behind(kind: str, first: _Subject, horizon: float, rng: np.random.Generator) -> _Subject:
    """An animal farther away, as large as perspective has it. horizon: row in pixels."""
    animal, rotation = draw_animal(kind, rng), _view(False, rng)
    parts = body(animal, draw_pose(rng))
    nearness = rng.uniform(0.4, 0.92)
    aside = rng.choice([-1, 1]) * rng.uniform(0.7, 2.2) * first.unit
    unit = first.unit * nearness * SIZES[kind] / SIZES[first.animal.kind]
    return _Subject(animal, parts, rotation, first.x + aside, horizon + (first.y - horizon) * nearness, unit)


def draw_picture(alpaca: bool, rng: np.random.Generator, size: int = 160) -> np.ndarray:
    """A picture of one or more animals, of which an alpaca is in front or none is there at all.

    rng: all chance comes from it. size: pixels along a side, 16 to 512. Returns (size, size, 3) uint8 RGB.
    Raises ValueError for an argument of another kind or out of range.
    """
    if not isinstance(alpaca, bool | np.bool_):
        raise ValueError(f"alpaca must be True or False, got {alpaca!r}")
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng must be a NumPy generator such as np.random.default_rng(0), got {rng!r}")
    if size not in range(16, 513):
        raise ValueError(f"size must be a whole number of pixels from 16 to 512, got {size!r}")
    n = int(size) * OVERSAMPLING

    def kind(share: float) -> str:
        return "alpaca" if alpaca and rng.random() < share else str(rng.choice(OTHERS))

    close, count = rng.random() < 0.16, rng.choice([1, 2, 3], p=[0.62, 0.28, 0.10])
    first = _in_front(kind(1), close, n, rng)
    place = fields.draw_place(n, first.y / n - 0.12, rng)
    blurred = 0.0 if rng.random() < 0.5 else rng.uniform(0.5, 4)
    picture = fields.out_of_focus(place.picture, (max(blurred, 3.0) if close else blurred) * n / 320)
    herd = [] if close else [_behind(kind(0.7), first, place.horizon * n, rng) for _ in range(count - 1)]
    for subject in [*sorted(herd, key=lambda each: each.y), first]:
        picture = _with_animal(picture, subject, place, rng)
    picture = fields.with_foreground(picture, place, rng)
    return _compressed(photograph(np.clip(picture, 0, 1.6), int(size), rng), rng)


def _with_animal(
    picture: np.ndarray, subject: _Subject, place: fields.Place, rng: np.random.Generator
) -> np.ndarray:
    """The picture with an animal and its shadow in it."""
    n = len(picture)
    animal, parts, rotation, *where = subject
    layer = scene.draw_layer(animal, parts, rotation, where, n, place.sun, rng)
    if layer is None:
        return picture
    shadow = scene.ground_shadow(parts, rotation, where, n, place.sun)
    sun, sky = place.sun.colour, place.sun.sky
    dark = (0.95 * sun / (sun + sky))[None, None] * shadow[..., None]
    below = np.clip((np.arange(n) - place.horizon * n) / 4, 0, 1)[:, None, None]
    picture = picture * (1 - dark * below)
    window = layer.window
    cover = (layer.cover * fields.veil(n, where[1], where[2], place.ground, rng)[window])[..., None]
    picture[window] = picture[window] * (1 - cover) + layer.colour * cover
    return picture


def _compressed(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """As it comes out of a JPEG file."""
    stored = io.BytesIO()
    Image.fromarray(picture).save(stored, "JPEG", quality=int(rng.integers(55, 95)))
    return np.array(Image.open(stored))


def draw_set(
    m: int, seed: int, size: int = 160, progress: Callable[[int, int], None] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """A balanced, shuffled set of pictures of alpacas (1) and of other animals (0); a seed gives one set.

    m: pictures, at least 1. seed: 0 or above; another seed gives other animals. size: pixels along a side.
    progress: called as progress(done, m) after each picture.
    Returns X (m, size, size, 3) uint8 and y (m,) int64. Raises ValueError for a bad m, seed or size.
    """
    if not isinstance(m, int | np.integer) or m < 1:
        raise ValueError(f"m, the number of pictures, must be a whole number above 0, got {m!r}")
    if not isinstance(seed, int | np.integer) or seed < 0:
        raise ValueError(f"seed must be a whole number, 0 or above, got {seed!r}")
    picture_seed, order_seed = np.random.SeedSequence(int(seed)).spawn(2)
    y = (np.random.default_rng(order_seed).permutation(m) % 2).astype(np.int64)
    X = np.empty((m, size, size, 3), np.uint8)
    for i, source in enumerate(picture_seed.spawn(m)):
        X[i] = draw_picture(bool(y[i]), np.random.default_rng(source), size)
        if progress is not None:
            progress(i + 1, m)
    return X, y
