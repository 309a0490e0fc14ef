"""Week 3: pictures of people on a grandstand, near and far, and where their faces are.

Nobody is photographed: code draws each person alone, cuts the person out, and seats the cut-outs in rows.
Boxes are (x1, y1, x2, y2) in pixels, x to the right and y down, with (0, 0) at the top left corner.
"""

from typing import NamedTuple

import numpy as np

from workbook.data.face_parts import Glasses, View
from workbook.data.face_people import draw_person
from workbook.data.face_scene import OVERSAMPLING, Light, render
from workbook.data.faces import draw_expression

WIDE = 42.0  # cm that a cut-out shows, from shoulder to shoulder
FACE = 20.0  # cm: the side of the square that we call the box of a face
MIDDLE = 0.53  # where the middle of that square is in a cut-out, as a share of its height
ROWS = (24, 32, 44, 60)  # sides of the faces' boxes in pixels, from the last row to the first


class Stand(NamedTuple):
    """A picture of a grandstand and the boxes of the faces in it."""

    picture: np.ndarray  # (n_H, n_W, 3) uint8
    faces: np.ndarray  # (k, 4) float: x1, y1, x2, y2 in pixels


def resized(picture, n_H, n_W):
    """A picture (rows, columns, channels) in another size: (n_H, n_W, channels) float32.

    Each new pixel is a mean of the old ones that it covers, weighted by a triangle, so that nothing flickers
    when the picture shrinks.
    """
    down, right = _weights(n_H, len(picture)), _weights(n_W, picture.shape[1])
    return np.einsum("ir,rck,jc->ijk", down, picture.astype(np.float32), right, optimize=True)


def _weights(new, old):
    step = old / new
    middle = (np.arange(new) + 0.5)[:, np.newaxis] * step - 0.5
    weight = np.maximum(1 - np.abs(middle - np.arange(old)) / max(step, 1), 0)
    return (weight / weight.sum(axis=1, keepdims=True)).astype(np.float32)


def square(picture, n):
    """A picture of n x n pixels, made of as many copies of the picture (n_H, n_W, n_C) as that takes."""
    copies = -(-n // min(picture.shape[:2]))
    return np.tile(picture, (copies, copies, 1))[:n, :n]


# ---------------------------------------------------------------- people


def draw_people(number, seed, size=88):
    """Cut-outs of people, (number, size, size, 4) float32: RGB times opacity, and opacity, all from 0 to 1."""
    return np.stack(
        [_cut_out(np.random.default_rng(s), size) for s in np.random.SeedSequence(seed).spawn(number)]
    )


def _cut_out(rng, size):
    """A person before nothing. Drawn twice, before black and before grey: what differs shines through."""
    person, expression = draw_person(rng), draw_expression(rng)
    yaw, pitch, roll = np.clip(rng.normal(0, [14, 5, 5]), [-28, -10, -10], [28, 10, 10])
    view = View(float(yaw), float(pitch + 1), float(roll), (0.5, 0.66), 1 / WIDE)
    clothes = np.clip(rng.uniform(0.1, 0.8) * np.exp(rng.normal(0, 0.4, 3)), 0.03, 0.9)
    glasses = _glasses(rng) if rng.random() < 0.2 else None
    light, camera = _daylight(rng), int(rng.integers(2**32))
    n = size * OVERSAMPLING
    black, grey = (
        render(
            person,
            expression,
            view,
            light,
            np.full((n, n, 3), wall, np.float32),
            clothes,
            glasses,
            np.random.default_rng(camera),
            size,
        )[0]
        / np.float32(255)
        for wall in (0.0, 0.8)
    )
    through = (grey - black).mean(axis=2, keepdims=True)
    opacity = np.clip(1 - through / through[0, 0], 0, 1)
    colour = np.clip(black - (1 - opacity) * black[0, 0], 0, 1)
    return np.concatenate([colour, opacity], axis=2)


def _glasses(rng):
    half = rng.uniform(2.15, 2.6), rng.uniform(1.6, 2.1)
    return Glasses(half, rng.uniform(2, 5), rng.uniform(0.2, 0.42), np.full(3, rng.uniform(0.05, 0.3)))


def _daylight(rng):
    towards = np.array([rng.uniform(-0.8, 0.8), 0.55, 1.0])
    return Light(
        towards=(towards / np.linalg.norm(towards)).astype(np.float32),
        lamp=np.array([0.72, 0.69, 0.64], np.float32),
        room=np.array([0.44, 0.46, 0.50], np.float32),
        back=np.full(3, 0.06, np.float32),
    )


# ---------------------------------------------------------------- the stand


def draw_stand(people, seed, rows=ROWS, n_W=352, seated=0.85):
    """A Stand on which some of the people (m, size, size, 4) sit; nobody sits there twice.

    rows: the sides of the faces' boxes, from the last row, on top, to the first. n_W: the picture's width.
    seated: which share of the seats is taken.
    """
    rng = np.random.default_rng(seed)
    steps = [round(1.4 * face) for face in rows]
    canvas = np.empty((sum(steps) + round(1.3 * rows[0]), n_W, 3), np.float32)
    canvas[:] = rng.uniform(0.75, 1.1) * np.array([0.55, 0.6, 0.66])  # the sky
    team, concrete = rng.permutation([0.75, 0.3, 0.22]), rng.uniform(0.4, 0.65)
    guests = iter(rng.permutation(len(people)))
    faces, bottom = [], len(canvas) - sum(steps)
    for face, step in zip(rows, steps, strict=True):
        top, bottom = bottom - round(0.15 * face), bottom + step
        shade = np.linspace(1.1, 0.75, len(canvas) - top)[:, np.newaxis, np.newaxis]
        canvas[top:] = concrete * shade * np.array([1, 0.98, 0.94])
        pitch = 1.95 * face
        places = pitch * (rng.uniform(-0.3, 0.3) + np.arange(np.ceil(n_W / pitch) + 1)) + rng.normal(
            0, 0.08 * face
        )
        for x in places:
            _paint(canvas, (x, bottom - 0.1 * face), (0.72 * face, 0.62 * face), team, corners=8)
        for x in places:
            if 0.5 * face < x < n_W - 0.5 * face and rng.random() < seated:
                faces.append(_seat(canvas, people[next(guests)], face, x, bottom, rng))
            elif rng.random() < 0.5:
                _balloon(canvas, face, x, bottom, rng)
    canvas += rng.normal(0, 0.01, canvas.shape)
    return Stand((np.clip(canvas, 0, 1) * 255).round().astype(np.uint8), np.array(faces))


def _seat(canvas, person, face, x, bottom, rng):
    """Paints a person on the canvas whose face has its middle near x. Returns the box of the face."""
    size = round(WIDE / FACE * face)
    person = person[:, :: rng.choice([-1, 1])]
    left, top = round(x - size / 2), round(bottom + face * rng.normal(-0.97, 0.06) - MIDDLE * size)
    body = resized(person, size, size)
    body = np.concatenate([body, np.repeat(body[-1:], len(canvas), axis=0)])  # down to the floor
    rows, columns = slice(max(top, 0), None), slice(max(left, 0), left + size)
    n_H, n_W = canvas[rows, columns].shape[:2]
    seen = body[max(-top, 0) :, max(-left, 0) :][:n_H, :n_W]
    canvas[rows, columns] = canvas[rows, columns] * (1 - seen[..., 3:]) + seen[..., :3]
    middle = np.array([left + size / 2, top + MIDDLE * size])
    return np.concatenate([middle - face / 2, middle + face / 2])


def _balloon(canvas, face, x, bottom, rng):
    """Something round that is no face, in any colour, also in one of skin."""
    radius = face * rng.uniform(0.3, 0.5)
    middle = x, bottom - face * rng.uniform(0.7, 1.1)
    colour = np.clip(rng.uniform(0.2, 0.9) * np.exp(rng.normal(0, 0.35, 3)), 0.05, 0.95)
    _paint(canvas, (x, (middle[1] + bottom) / 2), (0.6, 0.6 * face), colour * 0.5, corners=8)  # its string
    for part, light in ((1.0, 0.85), (0.75, 1.0), (0.25, 1.3)):
        offset = (1 - part) * radius * 0.4
        shape = part * radius * 0.9, part * radius
        _paint(canvas, (middle[0] - offset, middle[1] - offset), shape, np.clip(colour * light, 0, 1))


def _paint(canvas, middle, half, colour, corners=2):
    """An ellipse, or with more corners nearly a rectangle: middle (x, y), half its width and height."""
    (left, right), (top, bottom) = (
        (max(int(m - h) - 1, 0), max(int(m + h) + 2, 0)) for m, h in zip(middle, half, strict=True)
    )
    part = canvas[top:bottom, left:right]
    y, x = np.ogrid[top : top + part.shape[0], left : left + part.shape[1]]
    across, down = np.abs((x + 0.5 - middle[0]) / half[0]), np.abs((y + 0.5 - middle[1]) / half[1])
    inside = (1 - across**corners - down**corners) * min(half) / corners + 0.5
    inside = np.clip(inside, 0, 1)[..., np.newaxis]
    part[:] = part * (1 - inside) + inside * colour
