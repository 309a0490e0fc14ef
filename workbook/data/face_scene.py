"""Draws a head as a photograph: light, shadow, background and camera.

The parts (see face_parts.py) are points with colours and normals. They are projected and dropped into the
pixels; where several points meet, those in front are averaged. Lengths are in centimetres.
"""

from functools import reduce
from typing import NamedTuple

import numpy as np

from workbook.data.camera import blur, photograph, shifted
from workbook.data.face_parts import (
    Glasses,
    Part,
    Turns,
    View,
    curls,
    ears,
    glasses_part,
    hanging_hair,
    head_part,
    neck_and_clothes,
    strand_noise,
    turned,
    turns_of,
)
from workbook.data.face_people import Expression, Person
from workbook.data.face_shape import Head, grid_lines, head_surface

OVERSAMPLING = 2  # pixels drawn along each side of one output pixel
FAR = -60.0  # depth of what is not the head
FACE = np.array([0.0, -2.5, 8.5], np.float32)  # what the camera looks at
DISTANCE = 75.0  # of the camera from it


class Light(NamedTuple):
    """Lamp and room."""

    towards: np.ndarray  # (3,) unit vector towards the lamp
    lamp: np.ndarray  # (3,) RGB
    room: np.ndarray  # (3,) RGB of the light from everywhere
    back: np.ndarray  # (3,) RGB of a weak light from the other side


def _power16(base: np.ndarray) -> np.ndarray:
    for _ in range(4):
        base = base * base
    return base


def lit(surface: Part, light: Light) -> np.ndarray:
    """(k, 6): RGB light of the room that each point sends to the camera, and of the lamp if not in shadow.

    Skin lets light in, so that it wraps around the edge of a shadow. Strands of hair shine across their
    length (Kajiya and Kay, 1989).
    """
    normal, albedo = surface.normal, surface.albedo
    facing = normal @ light.towards
    diffuse = np.clip((facing[:, None] + surface.wrap) / (1 + surface.wrap), 0, 1)
    halfway = light.towards + np.array([0, 0, 1], np.float32)
    halfway = halfway / np.linalg.norm(halfway)
    mirror = _power16(np.clip(normal @ halfway, 0, 1))
    shine = (surface.gloss * (0.16 * mirror + 0.14 * mirror**3))[:, None]
    if surface.hair is not None:
        along = surface.tangent @ halfway
        streak = surface.hair * _power16(np.clip(1 - along**2, 0, 1)) * np.clip(facing + 0.3, 0, 1)
        shine = shine + (0.055 + 0.28 * albedo) * streak[:, None]
    across = np.float32(-0.9 * np.sign(light.towards[0] + 1e-6))
    back = np.clip(normal[:, :1] * across - 0.15, 0, 1) * light.back
    room = albedo * (light.room * (0.78 + 0.22 * normal[:, 1:2]) + back)
    if surface.glint is not None:
        room = room + surface.glint[:, None]
    return np.concatenate([room, light.lamp * (albedo * diffuse + shine)], axis=1)


def project(points: np.ndarray, view: View, n: int) -> tuple[np.ndarray, np.ndarray]:
    """x and y in pixels of an (n, n) picture, of points (k, 3) in the camera's frame; y down."""
    x, y, z = (points - turned(FACE, turns_of(view).head)).T
    nearer = n * view.scale / (1 - z / DISTANCE)
    return view.centre[0] * n + x * nearer, view.centre[1] * n - y * nearer


def _drop(parts: list[Part], light: Light, view: View, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Depth (n, n), and the light of room and lamp (n, n, 3) each, of the points in front."""
    points = np.concatenate([each.points for each in parts])
    x, y = project(points, view, n)
    seen = np.flatnonzero((x >= 0) & (x < n) & (y >= 0) & (y < n))
    pixel, z = y[seen].astype(np.int32) * n + x[seen].astype(np.int32), points[seen, 2]
    depth = np.full(n * n, FAR, np.float32)
    order = np.argsort((z * 512 + 32768).astype(np.uint16), kind="stable")
    depth[pixel[order]] = z[order]
    front = z > depth[pixel] - 0.6
    pixel, chosen = pixel[front], np.zeros(len(points), bool)
    chosen[seen[front]] = True
    starts = np.cumsum([len(each.points) for each in parts])[:-1]
    shown = zip(parts, np.split(chosen, starts), strict=True)
    colours = np.concatenate([lit(each.only(these), light) for each, these in shown])
    count = np.maximum(np.bincount(pixel, minlength=n * n), 1)
    sums = np.stack([np.bincount(pixel, colour, n * n) / count for colour in colours.T], axis=-1)
    depth, sums = _mended(depth.reshape(n, n), sums.astype(np.float32).reshape(n, n, 6))
    return depth, sums[..., :3], sums[..., 3:]


def _widest(image: np.ndarray, choose: np.ufunc) -> np.ndarray:
    """The greatest (np.maximum) or least (np.minimum) value in the 5x5 pixels around each pixel."""
    n = len(image)
    padded = np.pad(image, 2, mode="edge")
    rows = reduce(choose, (padded[step : step + n] for step in range(5)))
    return reduce(choose, (rows[:, step : step + n] for step in range(5)))


def _mended(depth: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fill the pixels that no point of the surface met, though its points surround them.

    They are where a morphological closing of the depth, with 5x5 pixels, lies well before the depth.
    """
    closed = _widest(_widest(depth, np.maximum), np.minimum)
    row, column = np.nonzero(closed > depth + 1.2)
    surface, last = closed[row, column], len(depth) - 1
    steps = np.arange(-2, 3)
    down, right = (grid.ravel()[:, None] for grid in np.meshgrid(steps, steps, indexing="ij"))
    near = np.clip(row + down, 0, last), np.clip(column + right, 0, last)  # (25, holes)
    same = (depth[near] > surface - 1.5).astype(np.float32)
    same /= np.maximum(same.sum(axis=0), 1)
    mended = np.einsum("sh,shc->hc", same, values[near])
    depth[row, column], values[row, column] = surface, mended
    return depth, values


def _openness(depth: np.ndarray, there: np.ndarray, pixels: float) -> np.ndarray:
    """(n, n) in 0..1: how open each point is to the room; hollows are dark. pixels: to a centimetre."""
    openness = np.ones_like(depth)
    low = np.where(there, depth, 0)
    for radius, strength in ((0.7, 0.45), (2.2, 0.36)):  # cm: the corners of eyes and nose, then the sockets
        around = blur(low, radius * pixels) / np.maximum(
            blur(there.astype(np.float32), radius * pixels), 1e-3
        )
        openness *= np.clip(1 - strength * np.maximum(around - depth - 0.1 * radius, 0) / radius, 0.4, 1)
    return openness


def _unshaded(depth: np.ndarray, towards: np.ndarray, pixels: float) -> np.ndarray:
    """(n, n) in 0..1: the part of the lamp that each point sees past the nose, the brows and the hair."""
    lit = np.ones_like(depth)
    for step in (0.7, 1.3, 2.2, 3.5, 5.5):  # cm walked across the picture, towards the lamp
        right, up = (towards[:2] * step * pixels).round().astype(int)
        blocker = shifted(depth, -right, up, FAR)
        lit = np.minimum(
            lit, 1 - np.clip((blocker - depth - step * towards[2] - 0.25) / (0.5 + 0.25 * step), 0, 1)
        )
    lit[depth == FAR] = 1
    return 0.12 + 0.88 * blur(lit, 0.35 * pixels)


def render(
    person: Person,
    expression: Expression,
    view: View,
    light: Light,
    wall: np.ndarray,
    clothes: np.ndarray,
    glasses: Glasses | None,
    rng: np.random.Generator,
    size: int,
) -> tuple[np.ndarray, Head, Turns]:
    """A (size, size, 3) uint8 photograph; the head's surface and its turn, for landmarks.

    wall: (n, n, 3) RGB light of the background with n = OVERSAMPLING size. clothes: (3,) RGB reflectance.
    """
    n, fineness = size * OVERSAMPLING, max(0.5, 0.9 * size / 64)
    own = np.random.default_rng(person.hair.strands)
    latitude, angle = grid_lines(fineness)
    shape = len(latitude), len(angle)
    strands = strand_noise(shape, 90, own, 0.25 * person.hair.parting)
    rough = strands if person.hair.wave < 0.8 else curls(shape, own)
    head = head_surface(person, expression, fineness, rough)
    turns = turns_of(view)
    pores = np.random.default_rng(person.marks).normal(size=shape).astype(np.float32)
    parts = [
        head_part(person, expression, head, turns, light.towards, pores, strands),
        *ears(person, turns, fineness),
        *hanging_hair(person, turns, fineness, own),
        *neck_and_clothes(person, turns, clothes, own.uniform(0.2, 1), fineness),
    ]
    depth, room, lamp = _drop(parts, light, view, n)
    there = depth > FAR
    pixels = view.scale * n
    picture = (
        room * _openness(depth, there, pixels)[..., None]
        + lamp * _unshaded(depth, light.towards, pixels)[..., None]
    )
    picture = np.where(there[..., None], picture, wall)
    if glasses is not None:
        before, room, lamp = _drop([glasses_part(person, glasses, turns, fineness)], light, view, n)
        picture = np.where((before > depth)[..., None], room + lamp, picture)
    return photograph(picture.astype(np.float32), size, rng), head, turns
