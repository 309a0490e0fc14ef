"""The parts of a picture of a person: head, ears, hair that hangs, neck, clothes and glasses.

Each is a grid of points with normals and colours, turned into the camera's frame. Lengths are in centimetres,
see face_people.py.
"""

from typing import NamedTuple

import numpy as np

from workbook.data.camera import rotation_matrix
from workbook.data.face_paint import paint_head
from workbook.data.face_people import Expression, Person
from workbook.data.face_shape import Head

NECK = np.array([0.0, -9.5, -2.5], np.float32)  # about which the head turns
# How far light reaches around the edge of a shadow, RGB
SKIN_WRAP, HAIR_WRAP, CLOTH_WRAP = (0.50, 0.34, 0.30), (0.4, 0.4, 0.4), (0.3, 0.3, 0.3)


class View(NamedTuple):
    """How the head is turned and where it lies in the picture."""

    yaw: float  # degrees, above 0 turns the face to the right of the picture
    pitch: float  # degrees, above 0 nods down
    roll: float  # degrees
    centre: tuple[float, float]  # (x, y) of the middle of the face, as a fraction of the picture, y down
    scale: float  # one centimetre as a fraction of the picture's side


class Turns(NamedTuple):
    """How head, neck and body are turned."""

    head: np.ndarray  # (3, 3)
    neck: np.ndarray
    body: np.ndarray


def turns_of(view: View) -> Turns:
    """The body follows the head by a third, the neck by half."""
    return Turns(
        rotation_matrix(view.yaw, view.pitch, view.roll),
        rotation_matrix(0.5 * view.yaw, 0.3 * view.pitch, 0.5 * view.roll),
        rotation_matrix(0.3 * view.yaw, 0.0, 0.0),
    )


def turned(points: np.ndarray, rotation: np.ndarray) -> np.ndarray:
    return (points - NECK) @ rotation.T.astype(np.float32) + NECK


class Part(NamedTuple):
    """Points of one thing in the picture, in the camera's frame, k of them."""

    points: np.ndarray  # (k, 3)
    normal: np.ndarray  # (k, 3) unit vectors
    albedo: np.ndarray  # (k, 3) RGB reflectance
    gloss: np.ndarray  # (k,) 0 dull to 1 wet
    wrap: np.ndarray  # (3,) RGB: how far light reaches around the edge of a shadow
    tangent: np.ndarray | None = None  # (k, 3) unit vectors along the strands of hair
    hair: np.ndarray | None = None  # (k,) 0 skin to 1 hair
    glint: np.ndarray | None = None  # (k,) light that is added: the lamp mirrored in an eye

    def only(self, chosen: np.ndarray) -> "Part":
        """The chosen points, (k,) bool."""
        at = np.flatnonzero(chosen)
        return Part(*(each if each is None or each is self.wrap else each[at] for each in self))


def part(points, normal, albedo, gloss: float | np.ndarray, wrap, **more) -> Part:
    """A part from grids of any shape."""

    def flat(grid: np.ndarray, last: tuple[int, ...]) -> np.ndarray:
        return np.broadcast_to(grid, (*points.shape[:-1], *last)).reshape(-1, *last).astype(np.float32)

    more = {name: flat(grid, (3,) if name == "tangent" else ()) for name, grid in more.items()}
    vectors = (flat(grid, (3,)) for grid in (points, normal, albedo))
    return Part(*vectors, flat(np.asarray(gloss), ()), np.array(wrap, np.float32), **more)


def unit(vectors: np.ndarray) -> np.ndarray:
    """The vectors (..., 3) with length 1."""
    x, y, z = np.moveaxis(vectors, -1, 0)
    return vectors / (np.sqrt(x * x + y * y + z * z) + 1e-6)[..., None]


def normals(points: np.ndarray) -> np.ndarray:
    """(rows, columns, 3) unit normals of a grid whose rows go down and columns to the right."""
    down, right = np.empty_like(points), np.empty_like(points)
    down[1:-1], down[0], down[-1] = points[2:] - points[:-2], points[1] - points[0], points[-1] - points[-2]
    right[:, 1:-1] = points[:, 2:] - points[:, :-2]
    right[:, 0], right[:, -1] = points[:, 1] - points[:, 0], points[:, -1] - points[:, -2]
    cross = np.empty_like(points)
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        cross[..., i] = down[..., j] * right[..., k] - down[..., k] * right[..., j]
    return unit(cross)


def strand_noise(
    shape: tuple[int, int], cells: int, rng: np.random.Generator, slope: float = 0.0
) -> np.ndarray:
    """(rows, columns) noise of about unit variance in streaks that run down the rows, slanted by slope."""
    rows, columns = shape
    fine = rng.normal(size=(6, cells)).astype(np.float32)
    place = np.linspace(0, cells - 1.001, columns)[None, :] + slope * cells * np.linspace(0, 1, rows)[:, None]
    place = place % (cells - 1.001)
    level = np.linspace(0, 4.999, rows)
    left, high = place.astype(int), level.astype(int)[:, None]
    right, low = place - left, (level - level.astype(int))[:, None]
    above = fine[high, left] * (1 - right) + fine[high, left + 1] * right
    below = fine[high + 1, left] * (1 - right) + fine[high + 1, left + 1] * right
    return (1.35 * (above * (1 - low) + below * low)).astype(np.float32)


def curls(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """(rows, columns) noise of about unit variance in tufts of a few points."""
    noise = rng.normal(size=shape).astype(np.float32)
    for axis in (0, 1):
        noise = sum(np.roll(noise, step, axis) for step in range(-2, 3)) / np.float32(5**0.5)
    return noise


def head_part(
    person: Person, expression: Expression, head: Head, turns: Turns, towards, pores, strands
) -> Part:
    points = turned(head.points, turns.head)
    lamp = np.clip(1.3 * (turns.head.T @ towards)[:2], -1, 1)
    paint = paint_head(person, expression, head, lamp, pores, strands)
    tangent = np.empty_like(points)
    tangent[:-1] = unit(points[1:] - points[:-1])
    tangent[-1] = tangent[-2]
    shine = {"hair": head.hair, "tangent": tangent, "glint": paint.glint}
    return part(points, normals(points), paint.albedo, paint.gloss, SKIN_WRAP, **shine)


def ears(person: Person, turns: Turns, fineness: float) -> list[Part]:
    rim, around = np.meshgrid(
        np.linspace(0.05, 1, round(12 * fineness)),
        np.linspace(0, 2 * np.pi, round(46 * fineness)),
        indexing="ij",
    )
    parts = []
    for side in (-1, 1):
        out = np.radians(22 + 28 * person.ears_out)
        back = np.array([side * np.sin(out), 0, -np.cos(out)])
        face = np.array([side * np.cos(out), 0, np.sin(out)])
        narrow = np.where(np.sin(around) < 0, 0.75, 1.0)  # lobes are narrower
        height = 3.1 * person.ears * rim * np.sin(around)
        reach = 1.55 * person.ears * rim * np.cos(around) * narrow + 1.35
        relief = 0.45 * np.exp(-(((rim - 0.86) / 0.13) ** 2)) - 0.5 * np.exp(-(((rim - 0.2) / 0.35) ** 2))
        attached = np.array([side * (person.width - 0.25), -1.5, -0.4])
        points = (
            attached + height[..., None] * [0, 1, -0.15] + reach[..., None] * back + relief[..., None] * face
        )
        points = turned(points.astype(np.float32), turns.head)
        normal = normals(points)
        normal *= np.sign((normal @ (turns.head @ face).astype(np.float32)).mean())
        hollow = 1 - 0.45 * np.exp(-(((rim - 0.35) / 0.3) ** 2))
        albedo = (person.skin * [1.0, 0.90, 0.90])[None, None] * hollow[..., None]
        parts.append(part(points, normal, albedo, 0.2, (0.6, 0.4, 0.35)))
    return parts


def hanging_hair(person: Person, turns: Turns, fineness: float, rng) -> list[Part]:
    """Hair that falls beside and behind the face."""
    if person.hair.style not in ("bob", "long"):
        return []
    rows, columns = round(110 * fineness), round(190 * fineness)
    around = np.linspace(60, 300, columns, dtype=np.float32)[None, :]
    y = np.linspace(6.5, -person.hair.length, rows, dtype=np.float32)[:, None]
    noise = strand_noise((rows, columns), 64, rng)
    w = person.width
    wide = np.interp(y, [-22, -14, -9, -3, 3, 6.5], [w + 2.6, w + 2.2, w + 1.5, w + 1.6, w + 1.2, w + 0.1])
    wide = wide + 0.5 * (person.hair.volume - 1.3) + 0.7 * person.hair.wave * np.sin(0.9 * y + 0.6 * noise)
    wide = wide + 0.22 * noise
    turn = np.radians(around)
    front = 8.6 - 0.12 * np.clip(-y - 4, 0, 30)
    points = np.stack([wide * np.sin(turn), y + 0 * around, front * np.cos(turn) - 0.4 + 0 * y], axis=-1)
    points[..., 1] -= 0.5 * noise * np.clip(-y - person.hair.length + 3, 0, 3)
    points = points.astype(np.float32)
    blend = np.clip((y[..., None] + 12) / 10, 0, 1)  # the ends rest on the shoulders
    moved = blend * turned(points, turns.head) + (1 - blend) * turned(points, turns.neck)
    normal = -normals(moved)
    normal *= np.sign((normal * np.stack([np.sin(turn), 0 * turn, np.cos(turn)], -1)).sum(-1).mean())
    tangent = unit(np.gradient(moved, axis=0))
    inside = moved[..., 2:] < -1.5
    albedo = person.hair.colour * np.exp(0.25 * noise)[..., None] * np.where(inside, 0.45, 1.0)
    return [part(moved, normal, albedo, 0.0, HAIR_WRAP, tangent=tangent, hair=np.float32(1))]


def neck_and_clothes(person: Person, turns: Turns, clothes: np.ndarray, collar: float, fineness: float):
    rows, columns = round(60 * fineness), round(90 * fineness)
    y = np.linspace(-6, -17, rows, dtype=np.float32)[:, None]
    turn = np.radians(np.linspace(-115, 115, columns, dtype=np.float32))[None, :]
    wide = person.width * 0.67 + 0.5 * np.clip((-13.0 - y) / 2, 0, 3) ** 2
    neck = np.stack([wide * np.sin(turn), y + 0 * turn, 4.8 * np.cos(turn) - 3.2 + 0 * y], axis=-1).astype(
        np.float32
    )
    neck = turned(neck, turns.neck)
    parts = [part(neck, normals(neck), 0.97 * person.skin, 0.12, SKIN_WRAP)]
    rows, columns = round(45 * fineness), round(200 * fineness)
    u = np.linspace(-1, 1, columns, dtype=np.float32)[None, :]
    v = np.linspace(0, 1, rows, dtype=np.float32)[:, None] ** 1.3
    x, top = 23 * u, -13.6 - 3.0 * np.abs(u) ** 1.2 - 4.5 * u**4
    y = top - 7 * v
    z = -5.0 + 6.5 * np.sqrt(v) * (1 - 0.55 * u**2)
    body = np.stack([x + 0 * v, y, z], axis=-1).astype(np.float32)
    reach = np.sqrt((body[..., 0] / 6.2) ** 2 + ((body[..., 1] + 13.5) / (1.4 + 4.5 * collar)) ** 2)
    hem = np.exp(-(((reach - 1.08) / 0.07) ** 2))
    bare = np.clip((1 - reach) / 0.06, 0, 1)[..., None]
    cloth = clothes * (1 - 0.25 * hem)[..., None]
    albedo = cloth + bare * (person.skin - cloth)
    body = turned(body, turns.body)
    return [*parts, part(body, normals(body), albedo, 0.1 * bare[..., 0], CLOTH_WRAP)]


class Glasses(NamedTuple):
    """A pair of glasses."""

    half: tuple[float, float]  # half the width and height of a lens, cm
    square: float  # 2 round to 6 square
    thick: float  # of the frame, cm
    colour: np.ndarray  # (3,) RGB reflectance


def glasses_part(person: Person, glasses: Glasses, turns: Turns, fineness: float) -> Part:
    turn = np.linspace(0, 2 * np.pi, round(220 * fineness), dtype=np.float32)
    c, s = np.cos(turn), np.sin(turn)
    r = (np.abs(c) ** glasses.square + np.abs(s) ** glasses.square) ** (-1 / glasses.square)
    band = np.linspace(-0.5, 0.5, 4)[:, None] * glasses.thick
    e = person.eye_spacing
    lines = []
    for side in (-1, 1):
        x = side * (e + 0.15) + (glasses.half[0] + band) * r * c
        y = -0.25 + (glasses.half[1] + band) * r * s
        lines.append(np.stack([x, y, 9.9 - 0.03 * np.abs(x) ** 2 + 0 * y], axis=-1).reshape(-1, 3))
        t = np.linspace(0, 1, round(70 * fineness))
        hinge = side * (e + 0.15 + glasses.half[0])
        arm = np.stack(
            [hinge + side * t * (person.width + 0.3 - abs(hinge)), 0.5 - 0.3 * t, 9.0 - 10.5 * t], axis=-1
        )
        lines += [arm + np.array([0, b, 0]) for b in band[:, 0]]
    x = np.linspace(-1, 1, round(26 * fineness)) * (e + 0.15 - glasses.half[0] + 0.1)
    bridge = np.stack([x, 0.45 - 0.12 * x**2, 10.2 + 0 * x], axis=-1)
    lines += [bridge + np.array([0, b, 0]) for b in band[:, 0]]
    points = turned(np.concatenate(lines).astype(np.float32), turns.head)
    return part(points, np.array([0, 0.3, 0.95]), glasses.colour, 0.8, CLOTH_WRAP)
