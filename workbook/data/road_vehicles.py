"""Cars as solids, and what all vehicles are made of."""

from typing import NamedTuple

import numpy as np

from workbook.data.road_solids import Face, both, disc, extrude, front, inset, rear, sides

GLASS = np.array([0.13, 0.16, 0.19])
TYRE = np.array([0.055, 0.055, 0.06])
DARK = np.array([0.07, 0.07, 0.075])
RED = np.array([0.62, 0.07, 0.06])
CLEAR = np.array([0.85, 0.86, 0.88])

PAINTS = np.array(  # RGB reflectance, and how often
    [
        [0.88, 0.88, 0.87, 22],
        [0.07, 0.07, 0.08, 18],
        [0.30, 0.31, 0.33, 16],
        [0.58, 0.60, 0.62, 15],
        [0.10, 0.18, 0.42, 10],
        [0.55, 0.07, 0.08, 9],
        [0.08, 0.25, 0.20, 3],
        [0.52, 0.45, 0.34, 3],
        [0.80, 0.62, 0.10, 2],
        [0.25, 0.45, 0.65, 2],
    ]
)


class Vehicle(NamedTuple):
    """A vehicle in its own frame, and the size of its box."""

    parts: list[list[Face]]  # painted from far to near
    middles: list[float]  # z of each part
    half: float
    length: float
    height: float


def paint_colour(rng: np.random.Generator, bright: float = 0.0) -> np.ndarray:
    """(3,) reflectance of a car's paint. bright: 1 leaves out black and greys."""
    weight = PAINTS[:, 3] * np.where((bright > 0) & (PAINTS[:, :3].max(axis=1) < 0.4), 1 - bright, 1)
    colour = PAINTS[rng.choice(len(PAINTS), p=weight / weight.sum()), :3]
    return np.clip(colour * np.exp(rng.normal(0, 0.12) + rng.normal(0, 0.05, 3)), 0.04, 0.95)


def wheels(axles: tuple[float, ...], half: float, radius: float, hub: np.ndarray) -> list[Face]:
    """Wheels at each z of axles, on both sides."""
    faces = []
    for z in axles:
        faces += disc(z, radius, half, radius * 1.18, DARK)
        faces += disc(z, radius, half + 0.01, radius, TYRE)
        faces += disc(z, radius, half + 0.02, radius * 0.6, hub, 8)
    return faces


def underside(half: float, length: float, clearance: float) -> list[Face]:
    """Darkness and tyres below a body, as seen from behind and in front."""
    faces = []
    for face, z in ((rear, -0.44 * length), (front, 0.44 * length)):
        faces.append(face((-0.9 * half, 0.9 * half), (0.06, clearance + 0.1), z, DARK * 0.6))
        for x in (-0.97 * half, 0.97 * half - 0.22):
            faces.append(face((x, x + 0.22), (0.0, clearance + 0.1), z, TYRE))
    return faces


def lamps(
    half: float, z: tuple[float, float], y: tuple[float, float], wide: float, lit: bool, brake: bool
) -> list[Face]:
    """Tail lamps at z[0] and headlamps at z[1]."""
    tail = np.array([1.0, 0.16, 0.12]) if (lit or brake) else RED
    head = np.array([1.25, 1.2, 1.05]) if lit else CLEAR
    faces = []
    for x in (-half * 0.97, half * 0.97 - wide):
        faces.append(rear((x, x + wide), y, z[0], tail, 0.16 + 0.1 * brake if lit or brake else 0.0))
        faces.append(front((x, x + wide), (y[0], y[1] - 0.05), z[1], head, 0.3 if lit else 0.0))
    return faces


# Length, height, belt and hood in metres; then, in lengths, z of the cabin's rear foot, rear and front roof
# edge and front foot.
STYLES = {
    "saloon": (4.6, 1.45, 0.93, 0.86, -0.36, -0.20, 0.02, 0.17),
    "hatchback": (3.9, 1.50, 0.95, 0.86, -0.49, -0.40, 0.03, 0.21),
    "estate": (4.6, 1.50, 0.94, 0.86, -0.49, -0.42, 0.03, 0.18),
    "off-roader": (4.6, 1.76, 1.10, 1.03, -0.49, -0.44, 0.05, 0.20),
    "people carrier": (4.8, 1.95, 1.15, 1.05, -0.495, -0.47, 0.15, 0.33),
}


def _cabin(profile: np.ndarray, colour: np.ndarray, glass: np.ndarray) -> list[Face]:
    """The upper part of a car with its windows."""
    faces = extrude(profile, colour, [colour] * 3)
    right, left, back, roof, wind = faces
    faces = [right, left, back, inset(back, glass, 0.08, 0.06, 0.12), roof, wind]
    faces.append(inset(wind, glass * 1.2, 0.06, 0.04, 0.08))
    (z1, y1, w1), (z2, y2, w2), (z3, *_), (z4, *_) = profile

    def at(z_low: float, z_high: float, v: float) -> list[float]:
        return [w1 + (w2 - w1) * v, y1 + (y2 - y1) * v, z_low + (z_high - z_low) * v]

    pillar = 0.5 * (z2 + z3) + 0.05
    for (low1, high1), (low2, high2) in (
        ((z1 + 0.16, z2 + 0.10), (pillar - 0.05, pillar - 0.05)),
        ((pillar + 0.05, pillar + 0.05), (z4 - 0.22, z3 - 0.06)),
    ):
        pane = [at(low1, high1, 0.08), at(low2, high2, 0.08), at(low2, high2, 0.86), at(low1, high1, 0.86)]
        faces += both(np.array(pane), glass)
    return faces


def car(rng: np.random.Generator, lit: bool) -> Vehicle:
    """A car of some style and colour. lit: its lamps are on."""
    length, height, belt, hood, *glass_z = STYLES[str(rng.choice(list(STYLES)))]
    length, height = length * rng.uniform(0.93, 1.07), height * rng.uniform(0.96, 1.04)
    half, colour = rng.uniform(0.86, 0.95), paint_colour(rng)
    z = np.array(glass_z) * length
    glass = GLASS * rng.uniform(0.6, 1.5)
    low = colour * 0.62
    body = np.array(
        [
            [-0.48 * length, 0.24, 0.93 * half],
            [-0.50 * length, 0.50, 0.98 * half],
            [-0.49 * length, belt + 0.03, 0.95 * half],
            [z[3], belt + 0.02, 0.97 * half],
            [0.45 * length, hood, 0.93 * half],
            [0.50 * length, 0.58, 0.93 * half],
            [0.485 * length, 0.22, 0.90 * half],
        ]
    )
    plastic = low if rng.random() < 0.7 else DARK
    faces = underside(half, length, 0.2)
    faces += extrude(body, colour, [plastic, colour, colour * 1.05, colour * 1.05, colour, plastic])
    faces += sides((-0.47 * length, 0.47 * length), (0.24, 0.48), half * 0.985, low)
    hub = rng.uniform(0.2, 0.6) * np.ones(3)
    faces += wheels((-0.3 * length, 0.31 * length), half * 0.99, rng.uniform(0.30, 0.35), hub)
    cabin = np.array(
        [
            [z[0], belt, 0.94 * half],
            [z[1], height, 0.74 * half],
            [z[2], height * 0.995, 0.74 * half],
            [z[3], belt, 0.94 * half],
        ]
    )
    faces += _cabin(cabin, colour, glass)
    heights = (0.56, 0.56 + rng.uniform(0.14, 0.34))
    ends, brake = (-0.503 * length, 0.503 * length), rng.random() < 0.2
    faces += lamps(half * 0.97, ends, heights, rng.uniform(0.22, 0.42), lit, brake)
    plate = [0.85, 0.85, 0.82] if rng.random() < 0.6 else [0.85, 0.72, 0.2]
    faces.append(rear((-0.26, 0.26), (0.5, 0.62), -0.505 * length, plate))
    faces.append(front((-0.26, 0.26), (0.36, 0.46), 0.505 * length, plate))
    faces.append(front((-0.45 * half, 0.45 * half), (0.52, 0.70), 0.503 * length, DARK))
    faces.append(front((-0.6 * half, 0.6 * half), (0.26, 0.36), 0.503 * length, DARK))
    faces += sides((0.0, 0.02), (0.3, belt), half, low)  # the gap between the doors
    return Vehicle([faces], [0.0], half, length, height)
