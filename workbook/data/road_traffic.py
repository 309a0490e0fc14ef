"""Who is on the road, and where: chosen so that nothing stands inside another."""

from typing import NamedTuple

import numpy as np

from workbook.data.road_canvas import OVERSAMPLING, Camera
from workbook.data.road_ground import Road
from workbook.data.road_lorries import bus, truck
from workbook.data.road_solids import Place
from workbook.data.road_vehicles import Vehicle, car

RIGHT = np.pi / 2
MAKERS = {"car": car, "truck": truck, "bus": bus}


class Actor(NamedTuple):
    """Something with a box, and where it is."""

    kind: str
    place: Place
    half: float  # half the width and half the length of its footprint, in its own frame
    length: float
    bottom: float  # metres above the road
    top: float
    vehicle: Vehicle | None = None
    reach: float = 0.0  # of the arm of a traffic light
    twin: bool = False  # it has a second one on its pole

    def footprint(self) -> tuple[float, float, float, float]:
        """x1, z1, x2, z2 of its ground, a little too large where it stands aslant."""
        cos, sin = abs(np.cos(self.place.heading)), abs(np.sin(self.place.heading))
        across = self.half * cos + self.length / 2 * sin
        along = self.half * sin + self.length / 2 * cos
        x, z = self.place.x, self.place.z
        return x - across, z - along, x + across, z + along

    def extent(self, camera: Camera) -> tuple[float, float, float, float]:
        """x1, y1, x2, y2 in output pixels, about."""
        x1, z1, x2, z2 = self.footprint()
        z1 = max(z1, 1.0)
        x = [x1 + self.reach, x2 + self.reach]
        points = np.array([[a, y, z] for a in x for y in (self.bottom, self.top) for z in (z1, max(z2, z1))])
        seen = camera.project(points)[0] / OVERSAMPLING
        return (*seen.min(axis=0), *seen.max(axis=0))


def _log_uniform(low: float, high: float, rng: np.random.Generator) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(max(high, low * 1.01)))))


def _vehicle_place(road: Road, length: float, half: float, kind: str, rng: np.random.Generator) -> Place:
    """A lane, a parking place, or a way across the road."""
    if road.junction is not None and rng.random() < (0.44 if road.place == "country" else 0.66):
        z = road.junction + rng.choice([-0.5, 0.5]) * road.cross
        way = rng.choice([-RIGHT, RIGHT])
        if rng.random() < 0.3:
            way *= rng.uniform(0.3, 0.8)
        return Place(rng.uniform(-0.6, 0.6) * z + rng.normal(0, 2), z, way + rng.normal(0, 0.06))
    near = 3.0 + length / 2
    if any(road.parking) and kind != "bus" and rng.random() < 0.35:
        side = rng.choice([s for s, free in zip((-1, 1), road.parking, strict=True) if free])
        x = road.left + 0.25 + half if side < 0 else road.right - 0.25 - half
        way = 0.0 if side > 0 or rng.random() < 0.4 else np.pi
        return Place(x + rng.normal(0, 0.1), _log_uniform(near, 45, rng), way + rng.normal(0, 0.04))
    if rng.random() < 0.12 and road.place != "country":  # comes out of a drive, or turns round
        side = int(rng.choice([-1, 1]))
        x = road.left - rng.uniform(0, 3) if side < 0 else road.right + rng.uniform(0, 3)
        return Place(x, _log_uniform(near + 3, 30, rng), -side * rng.uniform(0.6, 1.7))
    x, way = road.lanes[rng.integers(len(road.lanes))]
    near = near + 1.5 if abs(x) < 2 else near
    return Place(
        x + rng.normal(0, 0.2), _log_uniform(near, 42, rng), (0.0 if way > 0 else np.pi) + rng.normal(0, 0.03)
    )


def _walker_place(road: Road, rng: np.random.Generator) -> Place:
    """On a pavement, or on the way across."""
    crossing = road.junction - road.cross - 2.5 if road.junction is not None else road.zebra
    if rng.random() < 0.35:
        z = crossing + rng.normal(0, 0.6) if crossing and crossing > 4 else _log_uniform(6, 18, rng)
        x = rng.uniform(road.left - 1, road.right + 1)
        return Place(x, z, rng.choice([-RIGHT, RIGHT]) + rng.normal(0, 0.2))
    side = int(rng.choice([-1, 1]))
    walk = max(road.walks[int(side > 0)], 0.8)
    x = (road.left if side < 0 else road.right) + side * rng.uniform(0.3, walk - 0.2)
    return Place(x, _log_uniform(4.5, 18, rng), rng.choice([0, np.pi]) + rng.normal(0, 0.5))


def _cyclist_place(road: Road, rng: np.random.Generator) -> Place:
    """Along a kerb, or on the way across."""
    if rng.random() < 0.3:
        z = road.junction if road.junction is not None else _log_uniform(6, 18, rng)
        return Place(
            rng.uniform(-0.5, 0.5) * z,
            z + rng.normal(0, 1.5),
            rng.choice([-RIGHT, RIGHT]) + rng.normal(0, 0.3),
        )
    if rng.random() < 0.65:
        x = road.right - 0.6 - 2.2 * road.parking[1] + rng.normal(0, 0.3)
        return Place(x, _log_uniform(4.5, 20, rng), rng.normal(0, 0.12))
    x = road.left + 0.6 + 2.2 * road.parking[0] + rng.normal(0, 0.3)
    return Place(x, _log_uniform(4.5, 20, rng), np.pi + rng.normal(0, 0.12))


def _post_place(road: Road, kind: str, rng: np.random.Generator) -> Place:
    """Beside the road; traffic lights mostly at the junction."""
    side = 1 if rng.random() < 0.65 else -1
    edge = road.right + rng.uniform(0.3, 0.9) if side > 0 else road.left - rng.uniform(0.3, 0.9)
    z = _log_uniform(6.0, 17 if kind == "sign" else 14, rng)
    if kind == "traffic light" and road.junction is not None and rng.random() < 0.7:
        z = road.junction - road.cross - 1 if rng.random() < 0.6 else road.junction + road.cross + 1
        z = min(z, 18.0)
    return Place(edge, max(z, 6.0))


def draw_actor(kind: str, road: Road, lit: bool, rng: np.random.Generator) -> Actor:
    """Somebody or something of a kind, at a place that suits it."""
    if kind in MAKERS:
        vehicle = MAKERS[kind](rng, lit)
        place = _vehicle_place(road, vehicle.length, vehicle.half, kind, rng)
        return Actor(kind, place, vehicle.half, vehicle.length, 0.0, vehicle.height, vehicle)
    if kind == "pedestrian":
        return Actor(kind, _walker_place(road, rng), 0.3, 0.5, 0.0, 1.75)
    if kind == "cyclist":
        return Actor(kind, _cyclist_place(road, rng), 0.35, 1.75, 0.0, 1.75)
    place = _post_place(road, kind, rng)
    if kind == "sign":
        return Actor(kind, place, 0.5, 0.2, 1.9, 3.0)
    if place.x > 0 and rng.random() < 0.4:
        reach = -rng.uniform(2.0, max(min(place.x + 1.5, 6.0), 2.5))
        return Actor(kind, place, 0.3, 0.2, 4.8, 6.0, None, reach, bool(rng.random() < 0.6))
    return Actor(kind, place, 0.3, 0.2, 2.4, 3.9)


def _overlap(a: tuple, b: tuple, margin: float) -> bool:
    """Whether two rectangles come nearer to each other than a margin."""
    return a[0] - margin < b[2] and b[0] - margin < a[2] and a[1] - margin < b[3] and b[1] - margin < a[3]


def _hidden(a: tuple, b: tuple) -> float:
    """Which part of the smaller of two boxes lies in the other."""
    across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if across <= 0 or down <= 0:
        return 0.0
    return across * down / max(min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1])), 1e-6)


class Judge(NamedTuple):
    """Decides whether an actor may join the others."""

    camera: Camera
    strict: bool  # nobody may hide another or leave the picture

    def admits(self, actor: Actor, others: list[Actor]) -> bool:
        """Whether there is room for the actor."""
        ground = actor.footprint()
        if ground[1] < 2.2 or any(_overlap(ground, other.footprint(), 0.5) for other in others):
            return False
        width, height = self.camera.width / OVERSAMPLING, self.camera.height / OVERSAMPLING
        x1, y1, x2, y2 = box = actor.extent(self.camera)
        inside = max(min(x2, width) - max(x1, 0), 0) * max(min(y2, height) - max(y1, 0), 0)
        share = inside / max((x2 - x1) * (y2 - y1), 1e-6)
        if share < (0.8 if self.strict else 0.3):
            return False
        if not self.strict:
            return y2 - y1 > 4
        if min(x2 - x1, y2 - y1) < 6 or (x2 - x1) * (y2 - y1) < 100:
            return False
        return all(_hidden(box, other.extent(self.camera)) < 0.3 for other in others)


WEIGHTS = {
    "car": 0.26,
    "truck": 0.11,
    "bus": 0.11,
    "pedestrian": 0.17,
    "cyclist": 0.12,
    "traffic light": 0.11,
    "sign": 0.12,
}


def draw_traffic(
    road: Road,
    camera: Camera,
    lit: bool,
    n_objects: int | None,
    kinds: tuple[str, ...],
    rng: np.random.Generator,
) -> list[Actor]:
    """The actors of a scene; at most n_objects of them where that is not None."""
    strict = n_objects is not None
    weight = np.array([1.0 if strict else WEIGHTS[kind] for kind in kinds])
    wanted = n_objects if strict else int(rng.integers(3, 11))
    actors: list[Actor] = []
    judge = Judge(camera, strict)
    for _ in range(wanted):
        kind = str(rng.choice(kinds, p=weight / weight.sum()))
        for _ in range(60 if strict else 4):
            actor = draw_actor(kind, road, lit, rng)
            if strict:
                actor = actor._replace(twin=False)
            if judge.admits(actor, actors):
                actors.append(actor)
                break
    if not strict and "car" in kinds:
        actors += _parked(road, lit, judge, actors, rng)
    return actors


def _parked(
    road: Road, lit: bool, judge: Judge, others: list[Actor], rng: np.random.Generator
) -> list[Actor]:
    """Rows of parked cars."""
    row: list[Actor] = []
    for side, free in zip((-1, 1), road.parking, strict=True):
        if not free or rng.random() < 0.3:
            continue
        z, filled = rng.uniform(5, 12), rng.uniform(0.3, 0.9)
        for _ in range(7):
            if rng.random() > filled:
                z += 5.5
                continue
            vehicle = MAKERS["car"](rng, False)
            z += vehicle.length / 2
            x = road.left + 0.25 + vehicle.half if side < 0 else road.right - 0.25 - vehicle.half
            way = 0.0 if side > 0 or rng.random() < 0.3 else np.pi
            place = Place(x, z, way + rng.normal(0, 0.02))
            actor = Actor("car", place, vehicle.half, vehicle.length, 0.0, vehicle.height, vehicle)
            crossing = road.junction is not None and abs(z - road.junction) < road.cross + 4
            if not crossing and judge.admits(actor, others + row):
                row.append(actor)
            z += vehicle.length / 2 + rng.uniform(0.8, 2.0)
    return row
