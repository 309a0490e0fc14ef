"""The road and what lies flat beside it."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from workbook.data.road_canvas import ASPHALT, LAWN, Canvas
from workbook.data.road_light import Light

UP = np.array([[0.0, 1.0, 0.0]])
FAR = 420.0  # metres: where the drawn road ends
WHITE = np.array([0.80, 0.80, 0.78])
YELLOW = np.array([0.78, 0.60, 0.16])


class Road(NamedTuple):
    """A road seen from one of its lanes. x in metres, 0 is the camera."""

    place: str  # "city", "suburb", "avenue" or "country"
    left: float  # the kerbs
    right: float
    lanes: tuple[tuple[float, int], ...]  # x of their middles; 1 where traffic goes our way, else -1
    middle: float  # x of the line between the directions
    lane: float  # width of a lane
    parking: tuple[bool, bool]  # a row of parked cars at the left, at the right
    walks: tuple[float, float]  # width of the pavements, 0 for none
    junction: float | None  # z of the middle of a crossing road
    cross: float  # half the width of the crossing road
    zebra: float | None  # z of a zebra crossing


def draw_road(place: str, rng: np.random.Generator) -> Road:
    """A road of one of the places."""
    lane = rng.uniform(2.9, 3.5)
    ours = int(rng.choice([1, 2, 3], p=[0.62, 0.28, 0.10])) if place != "suburb" else 1
    others = int(rng.choice([0, 1, 2], p=[0.12, 0.63, 0.25])) if place != "suburb" else 1
    own = int(rng.integers(ours))
    offset = rng.normal(0, 0.25)
    lanes = [((i - own) * lane + offset, 1) for i in range(ours)]
    lanes += [((-own - 1 - i) * lane + offset, -1) for i in range(others)]
    middle = (-own - 0.5) * lane + offset
    parks = {"city": 0.6, "suburb": 0.6, "avenue": 0.4, "country": 0.0}[place]
    parking = (bool(rng.random() < parks), bool(rng.random() < parks))
    edge = rng.uniform(0.1, 0.9)
    left = middle - others * lane - edge - 2.2 * parking[0]
    right = (ours - own - 0.5) * lane + offset + edge + 2.2 * parking[1]
    walks = (rng.uniform(1.6, 4.5), rng.uniform(1.6, 4.5))
    if place == "country":
        walks = (0.0, 0.0)
    junction = rng.uniform(13, 45) if rng.random() < {"city": 0.45, "suburb": 0.35}.get(place, 0.3) else None
    zebra = rng.uniform(8, 25) if junction is None and place != "country" and rng.random() < 0.15 else None
    return Road(
        place, left, right, tuple(lanes), middle, lane, parking, walks, junction, rng.uniform(3.5, 7.5), zebra
    )


Strip = tuple[tuple[float, float], tuple[float, float]]  # x1, x2 and z1, z2


def outlines(canvas: Canvas, strips: list[Strip]) -> list[np.ndarray]:
    """Outlines (k, 2) of strips along the road; the long ones follow its bends."""
    corners, counts = [], []
    for (x1, x2), (z1, z2) in strips:
        z1 = max(z1, 0.4)
        n = 2 if z2 < 1.4 * z1 else 3 + int(6 * np.log(z2 / z1))
        along = z1 * np.exp(np.arange(n) * (np.log(max(z2 / z1, 1.0001)) / (n - 1)))
        points = np.zeros((2 * n, 3))
        points[:n, 0], points[n:, 0] = x1, x2
        points[:n, 2], points[n:, 2] = along, along[::-1]
        corners.append(points)
        counts.append(2 * n)
    seen, _ = canvas.camera.project(np.concatenate(corners))
    ends = np.cumsum(counts)
    return [seen[end - n : end] for end, n in zip(ends, counts, strict=True)]


def lay(
    canvas: Canvas,
    light: Light,
    strips: list[Strip],
    albedo: np.ndarray,
    kind: str,
    texture: int = ASPHALT,
) -> None:
    """Paint strips of one colour on the ground."""
    if strips:
        canvas.fill(outlines(canvas, strips), light.on(albedo[None], UP), kind, 1.0, texture)


def pieces(road: Road, gap: float) -> list[tuple[float, float]]:
    """The stretches of z before and behind the junction; gap: metres added to its half width."""
    if road.junction is None:
        return [(0.4, FAR)]
    return [(0.4, road.junction - road.cross - gap), (road.junction + road.cross + gap, FAR)]


def paint_ground(canvas: Canvas, light: Light, road: Road, rng: np.random.Generator) -> None:
    """Fields, pavements and the road itself."""
    town = road.place == "city"
    grass = np.array([0.22, 0.30, 0.11]) * np.exp(rng.normal(0, 0.15) + rng.normal(0, 0.08, 3))
    if rng.random() < 0.2:
        grass = np.array([0.42, 0.38, 0.20]) * rng.uniform(0.8, 1.1)  # dry
    stone = rng.uniform(0.38, 0.62) * np.array([1.02, 1.0, 0.96]) * np.exp(rng.normal(0, 0.03, 3))
    tar = rng.uniform(0.2, 0.42) * np.array([1.0, 1.0, 1.02]) * np.exp(rng.normal(0, 0.02, 3))
    tar = tar * (1 - 0.35 * light.wet)
    beside = (stone, "pavement", ASPHALT) if town else (grass, "grass", LAWN)
    lay(canvas, light, [((-160, 160), (0.4, FAR))], *beside)
    for side, edge, walk in ((-1, road.left, road.walks[0]), (1, road.right, road.walks[1])):
        if walk:
            x = (edge - walk, edge) if side < 0 else (edge, edge + walk)
            if not town:
                lay(canvas, light, [(x, z) for z in pieces(road, 0)], stone, "pavement")
            kerb = (edge - 0.18, edge) if side < 0 else (edge, edge + 0.18)
            bright = np.clip(stone * 1.25, 0, 0.9)
            lay(canvas, light, [(kerb, z) for z in pieces(road, 0)], bright, "pavement")
    lay(canvas, light, [((road.left, road.right), (0.4, FAR))], tar, "road")
    if road.junction is not None:
        z = (road.junction - road.cross, road.junction + road.cross)
        lay(canvas, light, [((-160, road.left + 0.2), z), ((road.right - 0.2, 160), z)], tar, "road")
    _wear(canvas, light, road, tar, rng)
    _markings(canvas, light, road, tar, rng)


def _wear(canvas: Canvas, light: Light, road: Road, tar: np.ndarray, rng: np.random.Generator) -> None:
    """Patches of new tar and the traces of tyres."""
    tracks = []
    for x, _ in road.lanes:
        tracks += [((x + side - 0.25, x + side + 0.25), (0.4, 90.0)) for side in (-0.75, 0.75)]
    lay(canvas, light, tracks, tar * rng.uniform(0.9, 1.0), "road")
    for _ in range(rng.integers(0, 4)):
        x, z = rng.uniform(road.left, road.right - 1), rng.uniform(3, 30)
        size = rng.uniform(0.6, 2.5), rng.uniform(1, 12)
        patch = ((x, min(x + size[0], road.right)), (z, z + size[1]))
        lay(canvas, light, [patch], tar * rng.uniform(0.75, 1.2), "road")
    for _ in range(rng.integers(0, 3)):  # lids of drains
        x, z = rng.uniform(road.left + 0.5, road.right - 0.5), rng.uniform(4, 15)
        turn = np.arange(8) * (np.pi / 4)
        lid = np.stack([x + 0.35 * np.cos(turn), 0 * turn, z + 0.35 * np.sin(turn)], axis=1)
        colour = light.on(tar[None] * rng.uniform(0.5, 0.8), UP)
        canvas.fill([canvas.camera.project(lid)[0]], colour, "road", 1.0, ASPHALT)
    cracks = []
    for _ in range(rng.integers(0, 5)):
        x, z, step = rng.uniform(road.left, road.right), rng.uniform(3, 14), rng.uniform(-0.25, 0.25)
        for _ in range(5):
            cracks.append(((x, x + 0.05), (z, z + 0.8)))
            x, z = x + step + rng.normal(0, 0.1), z + 0.7
    lay(canvas, light, cracks, tar * 0.65, "road")


def _dashes(x: float, wide: float, long: float, gap: float, start: float, z: tuple[float, float]) -> list:
    places = np.arange(max(z[0], 0.4) + start, min(z[1], 90.0), long + gap)
    return [((x - wide / 2, x + wide / 2), (a, min(a + long, z[1]))) for a in places]


def _stripes(road: Road, z: float, long: float) -> list[Strip]:
    """A zebra crossing that begins at z."""
    return [((x, x + 0.5), (z, z + long)) for x in np.arange(road.left + 0.4, road.right - 0.4, 1.0)]


def _line(x: float, wide: float, runs: list[tuple[float, float]]) -> list[Strip]:
    return [((x - wide / 2, x + wide / 2), z) for z in runs]


def _between_lanes(road: Road, wide: float, rng: np.random.Generator) -> dict[str, list[Strip]]:
    """White and yellow lines between lanes and along the edges."""
    runs, marks = pieces(road, 1.5), {"white": [], "yellow": []}
    long, gap, start = rng.uniform(1.5, 4.5), rng.uniform(2, 7), rng.uniform(0, 5)
    for (left, left_way), (right, right_way) in pairwise(sorted(road.lanes)):
        x = (left + right) / 2
        dashes = [dash for z in runs for dash in _dashes(x, wide, long, gap, start, z)]
        if left_way == right_way:
            marks["white"] += dashes
            continue
        style, tint = rng.choice(["double", "single", "dashed"]), str(rng.choice(["white", "yellow"]))
        shifts = {"double": (-1.1 * wide, 1.1 * wide), "single": (0.0,), "dashed": ()}[style]
        marks[tint] += dashes if style == "dashed" else []
        for shift in shifts:
            marks[tint] += _line(x + shift, wide, runs)
    if road.place != "suburb" and rng.random() < 0.7:
        tint = "yellow" if rng.random() < 0.25 else "white"
        marks[tint] += _line(road.left + 0.3 + 2.2 * road.parking[0], wide, runs)
        marks[tint] += _line(road.right - 0.3 - 2.2 * road.parking[1], wide, runs)
    return marks


def _at_junction(road: Road, ours: list[float], rng: np.random.Generator) -> list[Strip]:
    """Zebra crossings and a stop line."""
    z, half, zebra = road.junction - road.cross - 1.2, road.lane / 2, rng.random() < 0.6
    stop = z - (4.2 if zebra else 0.6)
    marks = [((min(ours) - half, max(ours) + half), (stop, stop + 0.45))] if stop > 1.5 else []
    if zebra:
        ends = [end for end in (z - 2.6, 2 * road.junction - z) if end > 1]
        marks += [stripe for end in ends for stripe in _stripes(road, end, 2.6)]
    return marks


def _markings(canvas: Canvas, light: Light, road: Road, tar: np.ndarray, rng: np.random.Generator) -> None:
    """All lines, worn or fresh."""
    wear = rng.uniform(0.45, 1.0)
    marks = _between_lanes(road, rng.uniform(0.13, 0.2), rng)
    ours = [x for x, way in road.lanes if way > 0]
    if road.junction is not None:
        marks["white"] += _at_junction(road, ours, rng)
    if road.zebra is not None:
        marks["white"] += _stripes(road, road.zebra, 3.0)
    white, yellow = tar + wear * (WHITE - tar), tar + wear * (YELLOW - tar)
    lay(canvas, light, marks["white"], white, "lane marking")
    lay(canvas, light, marks["yellow"], yellow, "lane marking")
    if rng.random() < 0.3:
        _arrow(canvas, light, ours[rng.integers(len(ours))], rng.uniform(6, 18), white, rng)


def _arrow(
    canvas: Canvas, light: Light, x: float, z: float, colour: np.ndarray, rng: np.random.Generator
) -> None:
    """An arrow on the road: ahead, or to a side."""
    turn = rng.choice([-1, 0, 1])
    shaft = np.array([[-0.12, 0], [0.12, 0], [0.12, 2.6], [-0.12, 2.6]])
    head = np.array([[-0.45, 2.6], [0.45, 2.6], [0.0, 4.2]])
    if turn:
        head = np.array([[0.0, 2.0], [turn * 0.2, 3.3], [turn * 1.1, 2.9]])
    parts = []
    for flat in (shaft, head):
        points = np.stack([flat[:, 0] + x, np.zeros(len(flat)), flat[:, 1] + z], axis=1)
        parts.append(canvas.camera.project(points)[0])
    canvas.fill(parts, light.on(colour[None], UP), "lane marking", 1.0, ASPHALT)
