"""What stands along the road: houses, trees, fences, lamps."""

from collections.abc import Callable

import numpy as np

from workbook.data.road_buildings import fence, guard_rail, house, house_shadow
from workbook.data.road_canvas import Canvas
from workbook.data.road_furniture import bollard, pole, street_lamp
from workbook.data.road_ground import Road
from workbook.data.road_light import Light
from workbook.data.road_plants import bush, hedge, tree, tree_shadow

Item = tuple[float, Callable[[], None]]  # how far, and what paints it


class Scenery:
    """Collects what stands along the road, to be painted from far to near."""

    def __init__(self, canvas: Canvas, light: Light, road: Road, rng: np.random.Generator) -> None:
        self.canvas, self.light, self.road, self.rng = canvas, light, road, rng
        self.items: list[Item] = []
        self.bare = rng.random() < 0.25

    def clear(self, z1: float, z2: float) -> bool:
        """Whether a stretch keeps away from the crossing road."""
        junction, half = self.road.junction, self.road.cross + 2
        return junction is None or z2 < junction - half or z1 > junction + half

    def houses(
        self,
        side: int,
        x: float,
        high: tuple[float, float],
        long: tuple[float, float],
        gap: float,
        gabled: bool,
        shops: float,
    ) -> None:
        """A row of houses with fronts at x, up to 110 metres away."""
        rng, z = self.rng, _start(self.rng)
        while z < 110:
            size = rng.uniform(*long) * (1.6 if z > 60 else 1.0)
            z1, z2, height = z, z + size, rng.uniform(*high)
            z = z2 + (gap * rng.uniform(0.3, 1.7) if gap else rng.uniform(2, 8) * (rng.random() < 0.12))
            if not self.clear(z1, z2) or rng.random() < 0.06:
                continue
            house_shadow(self.canvas, self.light, side, x, (z1, z2), height)
            at, front = x + side * rng.uniform(0, 0.8), (max(z1, 0.7), z2)
            roof, shop = gabled or rng.random() < 0.15, rng.random() < shops
            self.items.append((z2, self._later(house, side, at, front, height, roof, shop)))

    def _later(self, paint: Callable, *place: object) -> Callable[[], None]:
        """What paints something at its turn, with chance of its own."""
        seed = self.rng.integers(2**32)
        return lambda: paint(self.canvas, self.light, *place, np.random.default_rng(seed))

    def trees(
        self,
        x: tuple[float, float],
        step: float,
        high: tuple[float, float],
        start: float = 4.0,
        end: float = 90.0,
    ) -> None:
        """Trees between x[0] and x[1], about every step metres."""
        rng, z = self.rng, start + self.rng.uniform(0, step)
        while z < end:
            at, height = rng.uniform(*x), rng.uniform(*high)
            if self.clear(z - 1.5, z + 1.5):
                if not self.bare:
                    tree_shadow(self.canvas, self.light, at, z, height, rng)
                self.items.append((z, self._later(tree, at, z, height, self.bare)))
            z += step * rng.uniform(0.6, 1.5) * (1 + z / 60)

    def bushes(self, x: tuple[float, float], n: int) -> None:
        """Bushes here and there."""
        for _ in range(n):
            z = self.rng.uniform(5, 50)
            if self.clear(z - 1, z + 1):
                self.items.append((z, self._later(bush, self.rng.uniform(*x), z, self.rng.uniform(0.6, 2.2))))

    def border(self, x: float) -> None:
        """Hedges, fences and walls along a line, in pieces."""
        rng, z = self.rng, _start(self.rng)
        while z < 70:
            z2 = z + rng.uniform(6, 16)
            if self.clear(z, z2) and rng.random() < 0.75:
                if rng.random() < 0.4:
                    self.items.append((z2, self._later(hedge, x, (max(z, 1.0), z2), rng.uniform(0.7, 1.8))))
                else:
                    self.items.append((z2, self._later(fence, x, (z, z2))))
            z = z2 + rng.uniform(0, 3)

    def rail(self, x: float) -> None:
        """A guard rail."""
        for z in ((1.0, 12.0), (12.0, 40.0), (40.0, 140.0)):
            if self.clear(*z):
                self.items.append((z[1], lambda z=z: guard_rail(self.canvas, self.light, x, z)))

    def lamps(self, side: int, x: float, step: float) -> None:
        """Street lamps."""
        z = self.rng.uniform(5, 5 + step)
        while z < 80:
            if self.clear(z, z):
                self.items.append((z, self._later(street_lamp, x, z, side)))
            z += step

    def bollards(self, x: float) -> None:
        """A row of bollards."""
        z = self.rng.uniform(4, 12)
        for _ in range(self.rng.integers(4, 10)):
            if self.clear(z, z):
                self.items.append((z, self._later(bollard, x, z)))
            z += 1.8

    def telegraph(self, x: float) -> None:
        """Wooden poles."""
        z = self.rng.uniform(8, 25)
        while z < 100:
            ends = np.array([x, 0.0, z]), np.array([x, 7.5, z])
            self.items.append(
                (z, lambda ends=ends: pole(self.canvas, self.light, *ends, 0.22, np.array([0.3, 0.24, 0.18])))
            )
            z += 28


def _start(rng: np.random.Generator) -> float:
    """Where a row begins: beside the camera."""
    return float(rng.uniform(-6, 3))


def draw_scenery(canvas: Canvas, light: Light, road: Road, rng: np.random.Generator) -> list[Item]:
    """Everything along the road except traffic; shadows are cast at once."""
    here = Scenery(canvas, light, road, rng)
    for side in (-1, 1):
        edge, walk = ((road.left, road.walks[0]), (road.right, road.walks[1]))[int(side > 0)]
        line = edge + side * (walk + 0.2)
        {"city": _city, "suburb": _suburb, "avenue": _avenue, "country": _country}[road.place](
            here, side, edge, line, rng
        )
    return here.items


def _span(a: float, b: float) -> tuple[float, float]:
    return (min(a, b), max(a, b))


def _city(here: Scenery, side: int, edge: float, line: float, rng: np.random.Generator) -> None:
    low = rng.uniform(6, 11)
    here.houses(
        side, line, (low, low + rng.uniform(2, 10)), (7, 16), 0.0, rng.random() < 0.35, rng.uniform(0, 0.9)
    )
    if rng.random() < 0.35:
        here.trees(_span(edge + side * 0.6, edge + side * 1.0), rng.uniform(9, 18), (4, 8))
    if rng.random() < 0.6:
        here.lamps(side, edge + side * 0.4, rng.uniform(16, 30))
    if rng.random() < 0.2:
        here.bollards(edge + side * 0.35)
    if rng.random() < 0.3:
        here.border(edge + side * 0.3)


def _suburb(here: Scenery, side: int, edge: float, line: float, rng: np.random.Generator) -> None:
    back = line + side * rng.uniform(2, 6)
    here.houses(side, back, (4.5, 7.5), (8, 13), rng.uniform(2, 6), rng.random() < 0.8, 0.0)
    if rng.random() < 0.8:
        here.border(line)
    here.trees(_span(line + side * 0.8, back - side * 1), rng.uniform(10, 25), (4, 9))
    here.bushes(_span(line + side * 0.5, back), int(rng.integers(0, 6)))
    if rng.random() < 0.5:
        here.lamps(side, edge + side * 0.4, rng.uniform(20, 35))


def _avenue(here: Scenery, side: int, edge: float, line: float, rng: np.random.Generator) -> None:
    here.trees(_span(line + side * 0.8, line + side * 2.5), rng.uniform(4, 9), (7, 14))
    if rng.random() < 0.6:
        here.trees(_span(line + side * 7, line + side * 16), rng.uniform(5, 10), (6, 13), start=8)
    if rng.random() < 0.4:
        here.houses(side, line + side * rng.uniform(10, 18), (5, 12), (12, 25), 6.0, False, 0.0)
    if rng.random() < 0.6:
        here.border(line + side * 0.3)
    here.bushes(_span(line + side, line + side * 8), int(rng.integers(0, 7)))
    if rng.random() < 0.5:
        here.lamps(side, edge + side * 0.5, rng.uniform(20, 35))


def _country(here: Scenery, side: int, edge: float, line: float, rng: np.random.Generator) -> None:
    if rng.random() < 0.5:
        here.rail(edge + side * 0.6)
    if rng.random() < 0.8:
        here.trees(_span(line + side * 3, line + side * 25), rng.uniform(5, 16), (5, 12), start=6, end=140)
    here.bushes(_span(line + side * 1.5, line + side * 12), int(rng.integers(0, 9)))
    if rng.random() < 0.2:
        here.houses(side, line + side * rng.uniform(8, 20), (4, 6), (9, 14), 25.0, True, 0.0)
    if rng.random() < 0.4:
        here.telegraph(line + side * rng.uniform(1.5, 3))
    if rng.random() < 0.25:
        here.border(line + side * rng.uniform(1.5, 3))
