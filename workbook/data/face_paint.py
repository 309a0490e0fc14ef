"""The colours of a head's surface: skin, eyes, brows, lips, teeth, beard and hair.

Everything is painted on the head's grid (see face_shape.py) from functions of the place on the face, with
edges about as soft as the grid is fine. Lengths are in centimetres.
"""

from typing import NamedTuple

import numpy as np

from workbook.data.face_people import Expression, Person
from workbook.data.face_shape import Head, mouth_curves, stroke

DARK = np.array([0.055, 0.04, 0.04], np.float32)  # lashes and pupils
SCLERA = np.array([0.86, 0.83, 0.81], np.float32)
TEETH = np.array([0.95, 0.92, 0.87], np.float32)
THROAT = np.array([0.16, 0.05, 0.05], np.float32)
EDGE = 0.11  # cm over which one colour gives way to another


class Paint(NamedTuple):
    """What the light meets at each point of the grid."""

    albedo: np.ndarray  # (rows, columns, 3) RGB reflectance
    gloss: np.ndarray  # (rows, columns) 0 dull to 1 wet
    glint: np.ndarray  # (rows, columns) light that a lamp mirrored in the eye adds


def _over(albedo: np.ndarray, colour, cover: np.ndarray) -> None:
    """Lay a colour over the albedo, in place."""
    albedo += cover[..., None] * (np.asarray(colour, np.float32) - albedo)


def _step(distance: np.ndarray, edge: float = EDGE) -> np.ndarray:
    """0 outside (distance below 0) to 1 inside."""
    return np.clip(distance / edge + 0.5, 0, 1)


def _near(x: np.ndarray, y: np.ndarray, low: tuple, high: tuple) -> tuple[slice, slice]:
    """The part of a grid that holds all points between the corners low and high, (x, y) each."""
    rows = slice(*np.searchsorted(-y[:, 0], [-high[1], -low[1]]))
    ends = x[[rows.start, rows.stop - 1]]
    inside = np.flatnonzero(((ends > low[0]) & (ends < high[0])).any(axis=0))
    return rows, slice(inside[0], inside[-1] + 1)


def _hill(x, y, centre, spread) -> np.ndarray:
    return np.exp(-(((x - centre[0]) / spread[0]) ** 2) - ((y - centre[1]) / spread[1]) ** 2)


def _skin(person: Person, expression: Expression, head: Head, x, y, noise) -> np.ndarray:
    """The bare skin: blood in cheeks and nose, shade around the eyes, lines."""
    skin, e, base = person.skin.astype(np.float32), person.eye_spacing, -person.nose_length
    albedo = skin * (1 + 0.022 * noise[..., None])
    red = 0.7 * _hill(x, y, (0, base + 0.9), (1.3, 0.9)) + 0.25 * _hill(x, y, (0, y[-1, 0] + 2), (2, 1.5))
    hollow = np.zeros_like(x)
    for side in (-1, 1):
        red += (0.4 + person.blush) * _hill(x, y, (side * 4.0, -3.3), (1.9, 1.5))
        hollow += _hill(x, y, (side * (e - 0.5), -0.9), (1.4, 0.6)) * (0.5 + 0.6 * person.age)
        hollow += 0.7 * _hill(x, y, (side * (e - 0.2), 0.8), (1.7, 0.7))
    albedo *= 1 + red[..., None] * np.array([0.01, -0.09, -0.08], np.float32)
    albedo *= 1 - hollow[..., None] * np.array([0.08, 0.11, 0.09], np.float32)
    return albedo * (1 - np.clip(_lines(person, expression, head, x, y), 0, 0.5))[..., None]


def _lines(person: Person, expression: Expression, head: Head, x, y) -> np.ndarray:
    """Creases: beside the mouth, on the forehead, at the eyes."""
    e, smile = person.eye_spacing, expression.cheeks
    mouth, base = head.mouth, -person.nose_length
    ink = np.zeros_like(x)
    for side in (-1, 1):
        fold = 0.03 + 0.09 * person.age + 0.15 * smile
        corner = (side * (mouth.half + 0.95), mouth.middle + 0.3)
        ink += fold * stroke(x, y, (side * (person.nose_width + 0.25), base + 0.6), corner, 0.28)
        feet = 0.10 * person.age + 0.12 * smile * (0.3 + person.age)
        for rise in (-0.5, 0.1):
            ink += feet * stroke(x, y, (side * (e + 1.8), -0.1), (side * (e + 2.9), rise), 0.12)
    forehead = 0.09 * person.age + 0.12 * max(expression.brow, 0)
    for height in (4.0, 4.9, 5.8):
        ink += forehead * np.exp(-(((y - height - 0.02 * x**2 / 4) / 0.16) ** 2)) * (np.abs(x) < 4)
    return ink


def _spots(person: Person, albedo: np.ndarray, x, y) -> None:
    """Freckles and moles, the same in every picture of a person."""
    rng = np.random.default_rng(person.marks)
    places = [
        (rng.normal(0, 3.2), rng.normal(-2.4, 1.5), 0.12, 0.30) for _ in range(round(70 * person.freckles))
    ]
    places += [(rng.uniform(-5.5, 5.5), rng.uniform(-9, 5), 0.17, 0.75) for _ in range(person.moles)]
    for place_x, place_y, radius, strength in places:
        row = int(np.clip(np.searchsorted(-y[:, 0], -place_y), 3, len(y) - 4))
        column = int(np.clip(np.searchsorted(x[row], place_x), 3, x.shape[1] - 4))
        near = slice(row - 3, row + 4), slice(column - 3, column + 4)
        dot = strength * _hill(x[near], y[near[0]], (place_x, place_y), (radius, radius))
        albedo[near] *= 1 - dot[..., None] * np.array([0.45, 0.6, 0.65], np.float32)


def _brows(person: Person, expression: Expression, albedo: np.ndarray, x, y, noise) -> None:
    v = (np.abs(x) - person.eye_spacing - 0.1) / 1.85
    lowered = 0.45 * expression.frown * np.clip(0.4 - v, 0, 1.2)
    middle = person.brow_height + 0.55 * expression.brow - lowered
    middle += person.brow_arch * (1 - (v - 0.25) ** 2) + person.brow_slant * v
    thick = 0.5 * person.brow_thickness * np.clip(1.05 - 0.42 * np.clip(v, -0.2, 1.2), 0.2, 1.1)
    distance = ((y - middle) / thick) ** 2
    cover = np.exp(-(distance**2)) * _step(1 - np.abs(v), 0.3)
    _over(albedo, person.brow_colour, np.clip(cover * (0.82 + 0.12 * noise), 0, 0.95))


class _Eye(NamedTuple):
    """One eye in its own coordinates."""

    u: np.ndarray  # -1 inner to 1 outer corner
    upper: np.ndarray  # height of the upper lid's edge
    lower: np.ndarray


def _eye(person: Person, expression: Expression, side: int, x) -> _Eye:
    u = side * (x - side * person.eye_spacing) / (person.eye_width / 2)
    arc = np.clip(1 - u**2, 0, 1)
    high = person.eye_opening * 0.60 * (1 - 0.15 * expression.squint) * expression.lids
    low = person.eye_opening * 0.40 * (1 - 0.75 * expression.squint) * min(1, 0.5 + expression.lids / 2)
    tilt = person.eye_tilt * u
    return _Eye(u, tilt + high * arc**0.7 * (1 - 0.12 * u), tilt - low * arc**0.9 * (1 + 0.15 * u))


def _paint_eye(person: Person, expression: Expression, side: int, lamp, albedo, gloss, glint, x, y) -> None:
    u, upper, lower = eye = _eye(person, expression, side, x)
    near = np.abs(u) < 1.05
    inside = np.minimum(_step(upper - y), _step(y - lower)) * near
    _lids(person, albedo, eye, y)
    white = SCLERA * (1 - 0.22 * np.clip(u**2, 0, 1))[..., None]
    dx = x - side * person.eye_spacing - expression.gaze[0]
    dy = y - 0.05 - expression.gaze[1]
    r = np.sqrt(dx**2 + dy**2)
    lit_side = 1 + 0.35 * np.clip(-(dx * lamp[0] + dy * lamp[1]) / 0.6, -1, 1)
    iris = person.iris.astype(np.float32) * (lit_side - 0.45 * np.clip((r - 0.42) / 0.2, 0, 1))[..., None]
    _over(white, iris, _step(0.62 - r))
    _over(white, DARK, _step(0.27 - r))
    white *= (1 - 0.5 * np.exp(-np.clip(upper - y, 0, 2) / 0.2))[..., None]  # the lid's shadow
    albedo += inside[..., None] * (white - albedo)
    gloss *= 1 - inside
    spot = np.exp(-((dx - 0.22 * lamp[0]) ** 2 + (dy - 0.10 - 0.16 * lamp[1]) ** 2) / 0.16**2)
    glint += 0.75 * spot * inside
    lash = np.exp(-(((y - upper) / (0.10 + 0.07 * person.lashes)) ** 2)) * _step(1.06 - np.abs(u), 0.3)
    _over(albedo, DARK * 1.6, lash * (0.55 + 0.4 * person.lashes))
    rim = np.exp(-(((y - lower + 0.03) / 0.10) ** 2)) * _step(1 - np.abs(u), 0.3)
    _over(albedo, person.skin * [0.55, 0.42, 0.40], rim * (0.3 + 0.3 * person.lashes))


def _lids(person: Person, albedo: np.ndarray, eye: _Eye, y) -> None:
    """The fold above the eye, and the shade of the lid."""
    above = y - eye.upper
    fold = np.exp(-(((above - 0.42) / 0.13) ** 2)) * _step(1.05 - np.abs(eye.u), 0.4) * 0.42 * person.lid_fold
    bag = np.exp(-(((eye.lower - y - 0.5) / 0.16) ** 2)) * _step(0.9 - np.abs(eye.u), 0.4)
    albedo *= (1 - fold - bag * (0.03 + 0.14 * person.age))[..., None]


def _mouth(person: Person, expression: Expression, head: Head, albedo, gloss, x, y) -> None:
    top, upper_edge, lower_edge, bottom, u = mouth_curves(head.mouth, x)
    wide = _step(1 - np.abs(u), 0.12)
    lips = person.lips.astype(np.float32)
    upper = np.minimum(_step(top - y, 0.2), _step(y - upper_edge)) * wide
    lower = np.minimum(_step(lower_edge - y), _step(y - bottom, 0.22)) * wide
    _over(albedo, lips * 0.86, upper * 0.9)
    _over(albedo, lips, lower * 0.85)
    gloss += 0.5 * lower
    gap = np.minimum(_step(upper_edge - y), _step(y - lower_edge)) * wide
    inner = (
        THROAT
        + np.array([0.22, 0.06, 0.06], np.float32)
        * _step(0.55 * lower_edge + 0.45 * upper_edge - y, 0.5)[..., None]
    )
    shown = expression.teeth * 0.85
    teeth = _step(y - upper_edge + shown, 0.12) * _step(0.9 - np.abs(u), 0.25) * (expression.teeth > 0)
    between = 0.08 * np.cos(2 * np.pi * (x - head.mouth.aside) / 0.82) ** 8
    _over(
        inner,
        TEETH * (0.97 - 0.35 * np.clip(np.abs(u), 0, 1) ** 2)[..., None],
        np.clip(teeth - between, 0, 1),
    )
    albedo += gap[..., None] * (inner - albedo)
    closed = np.exp(-(((y - (upper_edge + lower_edge) / 2) / 0.11) ** 2)) * _step(1.04 - np.abs(u), 0.15)
    seam = closed * np.clip(1 - head.mouth.opening / 0.25, 0, 1)
    _over(albedo, lips * 0.32, 0.8 * seam)
    for side in (-1, 1):  # the dimple of the corner
        corner = (head.mouth.aside + side * head.mouth.half, head.mouth.middle + head.mouth.lift)
        albedo *= (1 - 0.3 * _hill(x, y, corner, (0.28, 0.25)))[..., None]


def _beard(person: Person, head: Head, albedo, gloss, x, y, noise) -> None:
    if person.beard < 0.05:
        return
    mouth, base = head.mouth, -person.nose_length
    angle = np.abs(head.angle[:, head.face[1]])
    edge = np.interp(
        angle, [0, 14, 26, 45, 62, 80], [mouth.middle - 0.4, mouth.middle, -6.0, -4.6, -2.2, -0.5]
    )
    cheeks = _step(edge - y + 0.35 * noise, 1.3)
    lip = _hill(x, y, (0, (base + mouth.middle) / 2 - 0.3), (mouth.half * 1.02, 0.85)) ** 0.6
    chin = _hill(x, y, (0, y[-1, 0] + 1.2), (2.3, 2.3)) ** 0.5
    parts = {"full": np.maximum(cheeks, lip), "chin": np.maximum(chin, lip), "moustache": lip}[
        person.beard_shape
    ]
    top, _, _, bottom, u = mouth_curves(mouth, x)
    lips = np.minimum(_step(top - y, 0.2), _step(y - bottom, 0.2)) * (np.abs(u) < 1)
    dense = np.clip(parts, 0, 1) * (1 - lips) * _step(base - 0.15 - y + 8.0 * (np.abs(x) > 2.4), 0.4)
    colour = 0.8 * person.hair.colour + 0.1 * person.skin
    cover = np.clip(dense * person.beard * (0.85 + 0.2 * noise), 0, 0.93)
    _over(albedo, colour, cover)
    gloss *= 1 - cover


def _nostrils(person: Person, albedo: np.ndarray, x, y) -> None:
    for side in (-1, 1):
        hole = _hill(x, y, (side * 0.42 * person.nose_width, -person.nose_length + 0.1), (0.36, 0.2))
        _over(albedo, person.skin * [0.25, 0.15, 0.13], np.clip(0.85 * hole, 0, 1))
        wing = (side * (person.nose_width + 0.02), -person.nose_length + 0.55)
        albedo *= (1 - 0.22 * _hill(x, y, wing, (0.22, 0.6)))[..., None]


def paint_head(
    person: Person,
    expression: Expression,
    head: Head,
    lamp: np.ndarray,
    noise: np.ndarray,
    strands: np.ndarray,
) -> Paint:
    """Colours of the head's grid.

    lamp: (2,) where the lamp is mirrored in the eyes, -1 to 1 to the right and up. noise: (rows, columns) of
    unit variance, the skin's pores. strands: (rows, columns) of unit variance, along the hair.
    """
    skin = person.skin.astype(np.float32)
    albedo = np.broadcast_to(skin, (*head.x.shape, 3)) * (1 + 0.022 * noise[..., None])
    gloss = np.full(head.x.shape, 0.32, np.float32)
    glint = np.zeros_like(gloss)
    face = head.face
    x, y = head.x[face], head.y[face[0]]
    part = _skin(person, expression, head, x, y, noise[face])
    shine, spark = gloss[face], glint[face]
    _spots(person, part, x, y)
    _beard(person, head, part, shine, x, y, noise[face])

    def on(low: tuple, high: tuple, *grids: np.ndarray) -> tuple:
        near = _near(x, y, low, high)
        return *(grid[near] for grid in grids), x[near], y[near[0]]

    mouth, e, base = head.mouth, person.eye_spacing, -person.nose_length
    low, high = mouth.middle - mouth.opening - 2.5, mouth.middle + mouth.opening + 2.5
    _nostrils(person, *on((-2.6, base - 0.7), (2.6, base + 1.6), part))
    _mouth(person, expression, head, *on((-mouth.half - 0.8, low), (mouth.half + 0.8, high), part, shine))
    for side in (-1, 1):
        middle = side * e
        _paint_eye(
            person, expression, side, lamp, *on((middle - 2.1, -1.7), (middle + 2.1, 1.9), part, shine, spark)
        )
    part_, x_, y_ = on((-e - 2.4, 0.9), (e + 2.4, 4.6), part)
    _brows(person, expression, part_, x_, y_, on((-e - 2.4, 0.9), (e + 2.4, 4.6), strands[face])[0])
    albedo[face] = part
    hair = person.hair.colour.astype(np.float32) * np.exp(0.22 * strands)[..., None]
    albedo += head.hair[..., None] * (hair - albedo)
    return Paint(albedo.astype(np.float32), gloss * (1 - head.hair), glint)
