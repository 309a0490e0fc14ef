"""The canvas of road scenes: a camera, and a picture of numbers that tell which surface each pixel shows.

Surfaces are polygons in front of each other, painted from far to near with their own number. One look-up then
gives a pixel's colour, another its class and a third its object, so that picture, mask and boxes agree by
construction (Catmull's item buffer, 1974). Lengths are in metres in the frame of the road: x right of the
camera, y up, z along the road, which may bend and climb.
"""

from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from workbook.data.road_classes import PIXEL_CLASSES

OVERSAMPLING = 3  # pixels drawn along each side of one output pixel
NEAREST = 0.4  # metres in front of the camera
KIND = {name: number for number, name in enumerate(PIXEL_CLASSES)}
PLAIN, ASPHALT, LAWN, LEAVES, WALL = range(5)  # textures


class Camera(NamedTuple):
    """Where the camera stands and looks. Widths, heights and the focal length are in drawn pixels."""

    width: int
    height: int
    focal: float
    centre: float  # column of the direction of the road
    horizon: float  # row of the horizon at the picture's middle
    stands: float  # metres above the road
    bend: float  # 1 / metres: curvature of the road, above 0 to the right
    climb: float  # 1 / metres: curvature upwards
    roll: float  # radians

    def project(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(k, 3) points as (k, 2) columns and rows, and their (k,) distances."""
        z = np.maximum(points[:, 2], NEAREST)
        half = 0.5 * z * z
        across = self.focal * (points[:, 0] + self.bend * half) / z
        down = self.focal * (self.stands - points[:, 1] - self.climb * half) / z
        seen = np.empty((len(points), 2))
        seen[:, 0] = self.centre + across + self.roll * down
        seen[:, 1] = self.horizon + down - self.roll * (self.centre - 0.5 * self.width + across)
        return seen, z

    def scale(self, z: float) -> float:
        """Drawn pixels that a metre takes at distance z."""
        return self.focal / max(z, NEAREST)


class Glow(NamedTuple):
    """A lamp that dazzles."""

    surface: int  # its number: where another surface is seen, the lamp is hidden
    column: float
    row: float
    radius: float  # drawn pixels
    colour: tuple[float, float, float]


class Thing(NamedTuple):
    """An object with a box: what it would show if nothing hid it."""

    box_class: int
    first: int  # numbers of its surfaces: from first ...
    last: int  # ... to last, exclusive
    extent: tuple[float, float, float, float]  # x1, y1, x2, y2 of the whole object, in and out of the picture
    area: int  # drawn pixels that it covered when it was painted


class Canvas:
    """Paints surfaces from far to near. Surface 0 is the sky."""

    def __init__(self, camera: Camera) -> None:
        self.camera = camera
        self.image = Image.new("I", (camera.width, camera.height), 0)
        self.pen = ImageDraw.Draw(self.image)
        self.shade = Image.new("L", (camera.width, camera.height), 0)  # shadows on the ground
        self.shade_pen = ImageDraw.Draw(self.shade)
        self.colours = [np.zeros((1, 3))]
        self.kinds, self.textures = [KIND["sky"]], [PLAIN]
        self.distances = [np.zeros(1)]
        self.count = 1
        self.glows: list[Glow] = []
        self.things: list[Thing] = []
        self._box_class, self._first = 0, 0  # of the object that is being painted, where there is one
        self._extent: list[np.ndarray] | None = None

    def fill(
        self,
        outlines: list[np.ndarray],
        colours: np.ndarray,
        kind: str,
        distance: float | np.ndarray,
        texture: int = PLAIN,
    ) -> None:
        """Paint polygons [(k, 2)] with colours (n, 3), or (1, 3) for all."""
        self._number(len(outlines), colours, kind, distance, texture)
        for number, outline in enumerate(outlines, self.count - len(outlines)):
            self.pen.polygon(outline.ravel().tolist(), fill=number)
        if self._extent is not None:
            self._extent += outlines

    def line(
        self,
        path: np.ndarray,
        width: float,
        colour: np.ndarray,
        kind: str,
        distance: float,
    ) -> None:
        """Paint a line through points (k, 2), at least one drawn pixel wide."""
        self._number(1, np.asarray(colour)[None], kind, distance, PLAIN)
        self.pen.line(path.ravel().tolist(), fill=self.count - 1, width=max(1, round(width)))
        if self._extent is not None:
            self._extent.append(path)

    def _number(
        self, n: int, colours: np.ndarray, kind: str, distance: float | np.ndarray, texture: int
    ) -> None:
        """Write down n surfaces; the last gets the number count - 1."""
        self.colours.append(colours if len(colours) == n else np.repeat(colours, n, axis=0))
        self.kinds += [KIND[kind]] * n
        self.distances.append(distance if isinstance(distance, np.ndarray) else np.full(n, distance))
        self.textures += [texture] * n
        self.count += n

    def shadow(self, outlines: list[np.ndarray], strength: float) -> None:
        """Darken the ground inside polygons [(k, 2)]; strength 0 to 1."""
        for outline in outlines:
            self.shade_pen.polygon(outline.ravel().tolist(), fill=round(255 * strength))

    def begin(self, box_class: int) -> None:
        """What is painted until end() is one object with a box."""
        self._first, self._extent, self._box_class = self.count, [], box_class

    def end(self) -> None:
        """Close the object that begin() opened."""
        if self._extent:
            points = np.concatenate(self._extent)
            extent = (*points.min(axis=0), *points.max(axis=0))
            area = self._newest_area(extent)
            self.things.append(Thing(self._box_class, self._first, self.count, extent, area))
        self._extent = None

    def _newest_area(self, extent: tuple[float, float, float, float]) -> int:
        """Pixels inside extent that show the object that is being painted."""
        left, top = (max(int(value) - 2, 0) for value in extent[:2])
        right = min(int(extent[2]) + 3, self.camera.width)
        bottom = min(int(extent[3]) + 3, self.camera.height)
        if left >= right or top >= bottom:
            return 0
        return int((np.asarray(self.image.crop((left, top, right, bottom))) >= self._first).sum())

    def surfaces(self) -> tuple[np.ndarray, ...]:
        """Of each surface: colour (n, 3), class, distance and texture (n,)."""
        return (
            np.concatenate(self.colours).astype(np.float32),
            np.array(self.kinds, np.uint8),
            np.concatenate(self.distances).astype(np.float32),
            np.array(self.textures, np.uint8),
        )
