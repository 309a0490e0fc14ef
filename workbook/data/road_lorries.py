"""Trucks and buses as solids."""

from itertools import pairwise

import numpy as np

from workbook.data.road_solids import Face, box, extrude, front, inset, rear, sides
from workbook.data.road_vehicles import DARK, GLASS, Vehicle, lamps, paint_colour, underside, wheels


def _panes(
    z: tuple[float, float], y: tuple[float, float], half: float, n: int, glass: np.ndarray
) -> list[Face]:
    """A row of n windows along both sides."""
    faces, step = [], (z[1] - z[0]) / n
    for i in range(n):
        start = z[0] + i * step
        faces += sides((start + 0.07, start + step - 0.07), y, half, glass)
    return faces


def bus(rng: np.random.Generator, lit: bool) -> Vehicle:
    """A city bus with one deck or two, or a coach."""
    double = rng.random() < 0.25
    length, half = rng.uniform(9.0, 12.0), 1.26
    height = rng.uniform(4.1, 4.4) if double else rng.uniform(2.95, 3.4)
    colour = paint_colour(rng, bright=0.9)
    if rng.random() < 0.12:
        colour = np.array([0.62, 0.08, 0.08]) * rng.uniform(0.8, 1.2)
    other = paint_colour(rng) if rng.random() < 0.5 else colour * 0.75
    glass = GLASS * rng.uniform(0.6, 1.4) if not lit else np.array([0.75, 0.68, 0.5]) * rng.uniform(0.4, 1)
    body = np.array(
        [
            [-0.495 * length, 0.32, half],
            [-0.5 * length, height - 0.25, half],
            [-0.49 * length, height, 0.93 * half],
            [0.485 * length, height, 0.93 * half],
            [0.495 * length, height - 0.2, half],
            [0.5 * length, 1.0, half],
            [0.495 * length, 0.3, half],
        ]
    )
    faces = underside(half, length, 0.3)
    faces += extrude(body, colour, [colour, colour, colour * 1.1, colour, colour, colour])
    faces += sides((-0.49 * length, 0.49 * length), (0.33, rng.uniform(0.6, 1.1)), half + 0.005, other)
    decks = [(1.35, 2.35), (2.85, height - 0.35)] if double else [(1.30, height - 0.55)]
    for deck in decks:
        faces += _panes((-0.47 * length, 0.47 * length), deck, half + 0.01, int(length / 1.6), glass)
    door = (0.36 * length, 0.44 * length)
    faces.append(Face(sides(door, (0.4, 2.4), half + 0.02, GLASS)[0].corners, GLASS * 1.3))
    faces += wheels((-0.28 * length, 0.27 * length), half + 0.01, 0.48, np.full(3, rng.uniform(0.15, 0.5)))
    ends = (-0.502 * length, 0.505 * length)
    faces.append(front((-0.92 * half, 0.92 * half), (1.05, 2.45), ends[1], glass * 1.1))
    if double:
        faces.append(front((-0.9 * half, 0.9 * half), (3.0, height - 0.3), ends[1], glass * 1.1))
        faces.append(rear((-0.85 * half, 0.85 * half), (3.0, height - 0.4), ends[0], glass))
    sign = 2.55 if double else height - 0.5
    faces.append(front((-0.8 * half, 0.8 * half), (sign, sign + 0.34), ends[1], DARK))
    faces.append(
        front((-0.6 * half, 0.5 * half), (sign + 0.08, sign + 0.26), ends[1], [1.0, 0.62, 0.1], 0.05)
    )
    faces.append(rear((-0.8 * half, 0.8 * half), (1.55, 2.4), ends[0], glass))
    faces.append(rear((-0.6 * half, 0.6 * half), (0.6, 1.15), ends[0], other * 0.6))
    faces.append(rear((-0.95 * half, 0.95 * half), (0.32, 0.48), ends[0], DARK))
    faces += lamps(half, ends, (0.6, 1.0), 0.26, lit, rng.random() < 0.2)
    return Vehicle([faces], [0.0], half, length, height)


def _tipper(z: tuple[float, float], half: float, height: float, colour: np.ndarray) -> list[Face]:
    """An open load with ribs."""
    narrow, length = 0.8 * half, z[1] - z[0]
    body = [[z[0], 0.95, narrow], [z[0] - 0.2, height, half], [z[1], height, half], [z[1], 0.95, narrow]]
    faces = extrude(np.array(body), colour, [colour, colour * 0.3, colour])
    for rib in z[0] + np.arange(1, 5) * length / 5:
        faces += sides((rib, rib + 0.12), (1.0, height), half, colour * 0.7)
    return faces


def _tank(z: tuple[float, float], half: float, height: float, colour: np.ndarray) -> list[Face]:
    """A lying cylinder of eight sides."""
    turn = np.linspace(-0.5, 1.5, 9) * np.pi
    middle, radius = (0.9 + height) / 2, (height - 0.9) / 2
    ring = np.stack([half * np.cos(turn), middle + radius * np.sin(turn)], axis=1)
    faces = []
    for (x1, y1), (x2, y2) in pairwise(ring):
        skin = np.array([[x1, y1, z[0]], [x1, y1, z[1]], [x2, y2, z[1]], [x2, y2, z[0]]])
        faces.append(Face(skin, colour))
    back = np.stack([ring[:-1, 0], ring[:-1, 1], np.full(8, z[0])], axis=1)
    return [*faces, Face(back, colour * 0.85)]


def _container(
    z: tuple[float, float],
    half: float,
    height: float,
    folds: bool,
    colour: np.ndarray,
    rng: np.random.Generator,
) -> list[Face]:
    """A closed load with doors at the back, perhaps a firm's name, and perhaps a curtain with folds."""
    start, length = z[0], z[1] - z[0]
    faces = box((-half, half), (0.9, height), z, colour)
    if folds:
        for fold in start + np.arange(1, 8) * length / 8:
            faces += sides((fold, fold + 0.06), (1.0, height - 0.1), half + 0.005, colour * 0.8)
    if rng.random() < 0.55:
        mark, low = paint_colour(rng), rng.uniform(1.4, height - 1.2)
        z1 = start + rng.uniform(0.08, 0.3) * length
        z2, high = z1 + rng.uniform(0.3, 0.6) * length, low + rng.uniform(0.3, 0.9)
        faces += sides((z1, z2), (low, high), half + 0.01, mark)
        if rng.random() < 0.5:
            faces.append(rear((-0.5 * half, 0.5 * half), (low, low + 0.4), start - 0.01, mark))
    faces.append(rear((-0.02, 0.02), (0.95, height - 0.05), start - 0.015, colour * 0.55))
    for x in (-0.55 * half, 0.5 * half):
        faces.append(rear((x, x + 0.05), (0.95, height - 0.05), start - 0.015, colour * 0.7))
    faces.append(rear((-half, half), (height - 0.12, height), start - 0.012, colour * 0.75))
    return faces


def _load(
    kind: str, z: tuple[float, float], half: float, height: float, rng: np.random.Generator
) -> list[Face]:
    """What a truck carries between z[0] and z[1]."""
    colour = paint_colour(rng, bright=0.8)
    if kind == "tipper":
        return _tipper(z, half, height, colour)
    if kind == "tanker":
        return _tank(z, half, height, colour * 0.5 + 0.4)
    return _container(z, half, height, kind == "curtain", colour, rng)


def truck(rng: np.random.Generator, lit: bool) -> Vehicle:
    """A truck with a box, a curtain, a tank or a tipper."""
    kind = str(rng.choice(["box", "curtain", "tanker", "tipper"], p=[0.5, 0.22, 0.12, 0.16]))
    heavy = rng.random() < 0.5
    length, half = (rng.uniform(8.0, 11.0), 1.25) if heavy else (rng.uniform(5.8, 7.2), 1.1)
    cab_length, cab_height = (2.1, rng.uniform(2.7, 3.1)) if heavy else (1.9, rng.uniform(2.2, 2.5))
    height = rng.uniform(3.2, 3.9) if heavy else rng.uniform(2.7, 3.2)
    if kind == "tipper":
        height = rng.uniform(2.3, 2.9)
    if kind == "tanker":
        height = rng.uniform(2.7, 3.3)
    start, cab = -0.5 * length, 0.5 * length - cab_length
    load = underside(half, length, 0.5)
    load += box((-half * 0.9, half * 0.9), (0.45, 0.9), (start + 0.1, cab), DARK)
    load += _load(kind, (start, start + length - cab_length - 0.25), half, height, rng)
    load.append(rear((-half * 0.92, half * 0.92), (0.42, 0.6), start - 0.02, [0.2, 0.2, 0.21]))
    radius = 0.5 if heavy else 0.4
    load += wheels(
        (-0.32 * length, -0.20 * length) if heavy else (-0.27 * length,), half, radius, np.full(3, 0.25)
    )
    colour = paint_colour(rng, bright=0.4)
    end = 0.5 * length
    body = np.array(
        [
            [cab, 0.45, half * 0.97],
            [cab, cab_height, half * 0.92],
            [end - 0.45, cab_height, half * 0.9],
            [end - 0.1, 0.55 * cab_height + 0.1, half * 0.97],
            [end, 1.0, half * 0.97],
            [end, 0.4, half * 0.97],
        ]
    )
    glass = GLASS * rng.uniform(0.6, 1.4)
    front_end = extrude(body, colour, [colour * 0.8, colour, colour, colour, colour * 0.7])
    front_end.append(inset(front_end[4], glass * 1.2, 0.07, 0.05, 0.12))
    front_end += sides(
        (cab + 0.5, end - 0.4), (0.57 * cab_height + 0.1, cab_height - 0.3), half * 0.975, glass
    )
    front_end.append(front((-0.6 * half, 0.6 * half), (0.75, 1.2), end + 0.01, DARK))
    front_end += wheels((end - 0.9,), half, radius, np.full(3, 0.3))
    shining = lamps(half, (start - 0.03, end + 0.01), (0.62, 0.86), 0.3, lit, rng.random() < 0.2)
    load += shining[::2]
    front_end += shining[1::2]
    return Vehicle([load, front_end], [start + 0.35 * length, cab + 1], half, length, max(height, cab_height))
