"""Solids of flat faces, and how they are painted.

A solid stands in a frame of its own: x to its right, y up, z where it is heading; lengths in metres. The
corners of a face go round against the clock as seen from outside, so that the sign of its area in the picture
tells whether it is turned to the camera. A face that lies on another comes later in the list.
"""

from typing import NamedTuple

import numpy as np

from workbook.data.road_canvas import PLAIN, Canvas, Glow
from workbook.data.road_light import Light


class Face(NamedTuple):
    """A flat, one-sided polygon."""

    corners: np.ndarray  # (k, 3)
    albedo: np.ndarray  # (3,)
    lamp: float = 0.0  # above 0: gives light of its own; its glow's radius in metres


class Place(NamedTuple):
    """Where a solid stands and where it is heading, in the frame of the road."""

    x: float
    z: float
    heading: float = 0.0  # radians, 0 is away from the camera, above 0 turns right

    def put(self, points: np.ndarray) -> np.ndarray:
        """(k, 3) points of the solid in the frame of the road."""
        cos, sin = np.cos(self.heading), np.sin(self.heading)
        x, y, z = points.T
        return np.stack([self.x + x * cos + z * sin, y, self.z - x * sin + z * cos], axis=1)


def moved(points: np.ndarray, x: float, y: float, z: float) -> np.ndarray:
    """Points (..., 3) moved by metres to the right, up and ahead."""
    return points + np.array([x, y, z])


Rgb = tuple[float, float, float] | np.ndarray | list[float]


def rear(x: tuple[float, float], y: tuple[float, float], z: float, albedo: Rgb, lamp: float = 0.0) -> Face:
    """A rectangle that faces back."""
    (x1, x2), (y1, y2) = x, y
    return Face(np.array([[x1, y1, z], [x2, y1, z], [x2, y2, z], [x1, y2, z]]), np.asarray(albedo), lamp)


def front(x: tuple[float, float], y: tuple[float, float], z: float, albedo: Rgb, lamp: float = 0.0) -> Face:
    """A rectangle that faces forward."""
    (x1, x2), (y1, y2) = x, y
    return Face(np.array([[x2, y1, z], [x1, y1, z], [x1, y2, z], [x2, y2, z]]), np.asarray(albedo), lamp)


def sides(z: tuple[float, float], y: tuple[float, float], half: float, albedo: Rgb) -> list[Face]:
    """Two rectangles that face right and left, at x = half and x = -half."""
    (z1, z2), (y1, y2) = z, y
    right = np.array([[half, y1, z1], [half, y1, z2], [half, y2, z2], [half, y2, z1]])
    return both(right, albedo)


def both(right: np.ndarray, albedo: Rgb) -> list[Face]:
    """A face of the right side and its mirror image on the left."""
    return [Face(right, np.asarray(albedo)), Face((right * [-1, 1, 1])[::-1], np.asarray(albedo))]


def extrude(profile: np.ndarray, side: Rgb, skins: list[Rgb]) -> list[Face]:
    """A solid from its outline (k, 3): z, y and half its width at each point.

    The outline goes from the rear bottom over the top to the front bottom. side: albedo of both sides;
    skins: albedo of each of the k - 1 strips between them.
    """
    z, y, half = np.asarray(profile, float).T
    right = np.stack([half, y, z], axis=1)
    left = right * [-1, 1, 1]
    across = np.stack([left[:-1], right[:-1], right[1:], left[1:]], axis=1)
    faces = both(np.concatenate([right[:1], right[:0:-1]]), side)
    faces += [Face(corners, np.asarray(skin)) for corners, skin in zip(across, skins, strict=True)]
    return faces


def box(x: tuple[float, float], y: tuple[float, float], z: tuple[float, float], albedo: Rgb) -> list[Face]:
    """A box without a bottom."""
    middle, half = (x[0] + x[1]) / 2, (x[1] - x[0]) / 2
    profile = np.array([[z[0], y[0], half], [z[0], y[1], half], [z[1], y[1], half], [z[1], y[0], half]])
    faces = extrude(profile, albedo, [albedo] * 3)
    return [face._replace(corners=moved(face.corners, middle, 0, 0)) for face in faces]


def disc(z: float, y: float, half: float, radius: float, albedo: Rgb, corners: int = 10) -> list[Face]:
    """A disc on either side, such as a wheel."""
    turn = np.arange(corners) * (2 * np.pi / corners)
    right = np.stack([np.full(corners, half), y + radius * np.sin(turn), z + radius * np.cos(turn)], axis=1)
    return both(right, albedo)


def inset(face: Face, albedo: Rgb, x: float, bottom: float, top: float) -> Face:
    """A smaller rectangle on a four-cornered face: margins as shares of its width and height."""
    a, b, c, d = face.corners

    def at(u: float, v: float) -> np.ndarray:
        return (a + (b - a) * u) * (1 - v) + (d + (c - d) * u) * v

    corners = np.stack([at(x, bottom), at(1 - x, bottom), at(1 - x, 1 - top), at(x, 1 - top)])
    return Face(corners, np.asarray(albedo))


def normals(faces: list[Face]) -> np.ndarray:
    """(n, 3) unit vectors out of the faces."""
    a, b, c = (np.stack([face.corners[k] for face in faces]) for k in range(3))
    out = -np.cross(b - a, c - a)
    return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)


def paint(
    canvas: Canvas, light: Light, faces: list[Face], place: Place, kind: str, texture: int = PLAIN
) -> None:
    """Paint a solid's faces that are turned to the camera, in their order."""
    counts = np.array([len(face.corners) for face in faces])
    points, distance = canvas.camera.project(place.put(np.concatenate([face.corners for face in faces])))
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    following = np.arange(1, len(points) + 1)
    following[starts + counts - 1] = starts
    cross = points[:, 0] * points[following, 1] - points[following, 0] * points[:, 1]
    shown = np.flatnonzero(np.add.reduceat(cross, starts) < -0.5)
    if len(shown) == 0:
        return
    chosen = [faces[i] for i in shown]
    cos, sin = np.cos(place.heading), np.sin(place.heading)
    turn = np.array([[cos, 0, -sin], [0, 1, 0], [sin, 0, cos]])
    albedo = np.stack([face.albedo for face in chosen])
    colours = light.on(albedo, normals(chosen) @ turn)
    outlines = [points[starts[i] : starts[i] + counts[i]] for i in shown]
    for i, face in enumerate(chosen):
        if face.lamp > 0:
            colours[i] = face.albedo
            radius = max(face.lamp * canvas.camera.scale(float(distance[starts[shown[i]]])), 2.0)
            glow = tuple(0.55 * light.lamps * face.albedo)
            canvas.glows.append(Glow(canvas.count + i, *outlines[i].mean(axis=0), radius, glow))
    canvas.fill(outlines, colours, kind, float(distance.min()), texture)


def shadow(canvas: Canvas, light: Light, place: Place, half: float, length: float, height: float) -> None:
    """The shadow of a box on the ground, and the darkness below it."""
    corners = np.array(
        [[-half, 0, -length / 2], [half, 0, -length / 2], [half, 0, length / 2], [-half, 0, length / 2]]
    )
    base = place.put(corners) * [1, 0, 1]
    if light.shadows > 0 and light.towards[1] > 0.05:
        cast(canvas, light, base, height)
    below, _ = canvas.camera.project(base)
    canvas.shadow([below], 0.72)


def cast(canvas: Canvas, light: Light, base: np.ndarray, height: float) -> None:
    """The sun's shadow of an upright prism with a base (k, 3) on the ground."""
    away = -light.towards * (height / light.towards[1])
    far = base + np.clip(away * [1, 0, 1], -25, 25)
    pairs = zip(base, np.roll(base, -1, axis=0), far, np.roll(far, -1, axis=0), strict=True)
    walls = np.concatenate([np.stack([a, b, d, c]) for a, b, c, d in pairs] + [far])
    seen, _ = canvas.camera.project(walls)
    k = 4 * len(base)
    canvas.shadow([*seen[:k].reshape(-1, 4, 2), seen[k:]], light.shadows)
