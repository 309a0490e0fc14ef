"""What all generated pictures are made of: smooth noise, colours, masks and light.

A picture is (n, n, 3) float32 in [0, 1]; a mask is (n, n) in [0, 1]; places are (x, y) in a unit square, y
down.
"""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SHARPNESS = 2  # masks are drawn this many times larger, so that their edges come out smooth


@lru_cache(maxsize=8)
def places(n: int) -> tuple[np.ndarray, np.ndarray]:
    """The x and y of each pixel, two (n, n) float32 arrays."""
    at = ((np.arange(n) + 0.5) / n).astype(np.float32)
    x, y = np.meshgrid(at, at)
    x.setflags(write=False)
    y.setflags(write=False)
    return x, y


def noise(n: int, cells: float, rng: np.random.Generator, stretch: float = 1.0) -> np.ndarray:
    """(n, n) float32 noise of about unit variance that changes over n / cells pixels.

    stretch: how many times longer its features are along x than along y (below 1: along y).
    """
    across, down = cells / max(stretch, 1.0), cells * min(stretch, 1.0)
    shape = (int(np.ceil(down)) + 3, int(np.ceil(across)) + 3)
    values = Image.fromarray(rng.standard_normal(shape).astype(np.float32))
    box = (1.0, 1.0, 1.0 + across, 1.0 + down)
    return np.asarray(values.resize((n, n), Image.Resampling.BICUBIC, box=box)) * np.float32(1.3)


def fractal(
    n: int,
    cells: float,
    rng: np.random.Generator,
    octaves: int = 4,
    roughness: float = 0.5,
    stretch: float = 1.0,
) -> np.ndarray:
    """(n, n) float32 sum of octaves of noise, each twice as fine and roughness times as strong."""
    total, strength, power = np.zeros((n, n), np.float32), 1.0, 0.0
    for _ in range(octaves):
        if cells > n:
            break
        total += np.float32(strength) * noise(n, cells, rng, stretch)
        power += strength**2
        cells, strength = 2 * cells, strength * roughness
    return total / np.float32(np.sqrt(power) if power else 1.0)


def cells(n: int, count: int, rng: np.random.Generator, aspect: float = 1.0) -> tuple[np.ndarray, ...]:
    """Voronoi cells: distance to the nearest seed, to the second nearest, and the nearest one's number."""
    seeds = rng.random((count, 2)).astype(np.float32) * 1.2 - 0.1
    x, y = places(n)
    far = np.square(x[..., None] - seeds[:, 0]) + aspect * np.square(y[..., None] - seeds[:, 1])
    nearest = far.argmin(axis=-1)
    two = np.sqrt(np.partition(far, 1, axis=-1)[..., :2])
    return two[..., 0], two[..., 1], nearest


def hsv(hue: float, saturation: float, value: float) -> np.ndarray:
    """(3,) float32 RGB of a colour; hue runs round a circle of length 1."""
    clipped = (float(np.clip(each, 0, 1)) for each in (saturation, value))
    return np.array(colorsys.hsv_to_rgb(hue % 1.0, *clipped), np.float32)


def any_colour(rng: np.random.Generator) -> np.ndarray:
    """(3,) a colour of any hue, more often muted than glaring."""
    return hsv(rng.random(), rng.beta(1.6, 1.8), rng.uniform(0.12, 0.98))


def near(colour: np.ndarray, rng: np.random.Generator, by: float = 0.08) -> np.ndarray:
    """(3,) a colour that differs from the given one mostly in brightness."""
    return np.clip(colour * np.float32(np.exp(rng.normal(0, by))) + rng.normal(0, by / 3, 3), 0, 1).astype(
        np.float32
    )


def grey(low: float, high: float, rng: np.random.Generator) -> np.ndarray:
    """(3,) a colour without much colour, as bright as told."""
    return hsv(rng.random(), rng.uniform(0, 0.15), rng.uniform(low, high))


def shades(colour: np.ndarray, rng, spread: float = 0.25, count: int = 12) -> np.ndarray:
    """(count, 3) darker and lighter versions of a colour."""
    factors = np.exp(rng.normal(0, spread, (count, 1)))
    return np.clip(colour * factors + rng.normal(0, 0.02, (count, 3)), 0, 1).astype(np.float32)


def ramp(values: np.ndarray, *colours: np.ndarray) -> np.ndarray:
    """(n, n, 3): values from 0 to 1 as places between the colours, which are evenly spaced."""
    at = np.clip(values, 0, 1) * (len(colours) - 1)
    low = np.minimum(at.astype(np.int32), len(colours) - 2)
    table = np.asarray(colours, np.float32)
    part = (at - low)[..., None].astype(np.float32)
    return table[low] * (1 - part) + table[low + 1] * part


def over(picture: np.ndarray, fill: np.ndarray, mask: np.ndarray) -> None:
    """Lay a colour or a texture over a picture where the mask is; changes the picture."""
    picture += (fill - picture) * mask[..., None]


def soft(mask: np.ndarray, sigma: float) -> np.ndarray:
    """A mask blurred by sigma pixels."""
    image = Image.fromarray((np.clip(mask, 0, 1) * 255).astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(sigma)), np.float32) / 255


class Stencil:
    """A mask under construction: polygons, discs and strokes in places, moved by one affine map."""

    def __init__(self, n: int, matrix: np.ndarray | None = None) -> None:
        self.n, self.matrix = n, matrix
        self.image = Image.new("L", (n * SHARPNESS, n * SHARPNESS))
        self.draw = ImageDraw.Draw(self.image)

    def _at(self, points: Sequence) -> list[tuple[float, float]]:
        points = np.asarray(points, np.float64).reshape(-1, 2)
        if self.matrix is not None:
            points = points @ self.matrix[:, :2].T + self.matrix[:, 2]
        return [tuple(point) for point in points * (self.n * SHARPNESS)]

    def _width(self, width: float) -> float:
        scale = 1.0 if self.matrix is None else float(np.sqrt(abs(np.linalg.det(self.matrix[:, :2]))))
        return max(width * scale * self.n * SHARPNESS, 1.0)

    def polygon(self, points: Sequence, ink: int = 255) -> None:
        """Fill a polygon; ink 0 cuts it out."""
        self.draw.polygon(self._at(points), fill=ink)

    def disc(
        self, x: float, y: float, r: float, r_y: float | None = None, turn: float = 0.0, ink=255
    ) -> None:
        """Fill an ellipse with the radii r and r_y, turned by some radians."""
        angle = np.linspace(0, 2 * np.pi, 28, endpoint=False)
        across, down = r * np.cos(angle), (r if r_y is None else r_y) * np.sin(angle)
        cos, sin = np.cos(turn), np.sin(turn)
        self.polygon(np.stack([x + cos * across - sin * down, y + sin * across + cos * down], axis=1), ink)

    def stroke(self, points: Sequence, width: float, end: float | None = None, ink: int = 255) -> None:
        """Draw a round-ended line through points, from one width to another."""
        points = np.asarray(points, np.float64)
        widths = np.linspace(width, width if end is None else end, len(points))
        places_, radii = self._at(points), [self._width(each) / 2 for each in widths]
        for i, ((x, y), r) in enumerate(zip(places_, radii, strict=True)):
            self.draw.ellipse((x - r, y - r, x + r, y + r), fill=ink)
            if i:
                self._limb(places_[i - 1], (x, y), radii[i - 1], r, ink)

    def _limb(self, start: tuple, end: tuple, r: float, s: float, ink: int) -> None:
        along = np.subtract(end, start)
        side = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-6)
        corners = [start + r * side, end + s * side, end - s * side, start - r * side]
        self.draw.polygon([tuple(corner) for corner in corners], fill=ink)

    def mask(self) -> np.ndarray:
        """(n, n) float32 in [0, 1]."""
        return np.asarray(self.image.reduce(SHARPNESS), np.float32) / 255


def relief(mask: np.ndarray, light: float, depth: float, sigma: float) -> np.ndarray:
    """(n, n) brightness factor about 1: the mask seen as a cushion, lit from the angle light (radians)."""
    cushion = soft(mask, sigma)
    slope = np.zeros_like(cushion)
    slope[:, 1:-1] += np.float32(np.cos(light)) * (cushion[:, 2:] - cushion[:, :-2])
    slope[1:-1] += np.float32(np.sin(light)) * (cushion[2:] - cushion[:-2])
    return 1 - np.float32(depth * sigma) * slope


def affine(x: float, y: float, size: float, turn: float = 0.0, mirror: bool = False, shear: float = 0.0):
    """(2, 3) map that takes the middle of the unit square to (x, y), scales, turns and may mirror it."""
    cos, sin = np.cos(turn), np.sin(turn)
    linear = size * np.array([[cos, -sin], [sin, cos]]) @ np.array([[-1.0 if mirror else 1.0, shear], [0, 1]])
    return np.concatenate([linear, (np.array([x, y]) - linear @ [0.5, 0.5])[:, None]], axis=1)
