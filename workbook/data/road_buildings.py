"""Houses, fences and what stands at the horizon."""

import numpy as np

from workbook.data.road_canvas import LEAVES, PLAIN, WALL, Canvas
from workbook.data.road_light import Light
from workbook.data.road_plants import green
from workbook.data.road_solids import Face, Place, box, cast, paint

WALLS = np.array(
    [
        [0.82, 0.79, 0.72],
        [0.50, 0.28, 0.20],
        [0.72, 0.60, 0.42],
        [0.52, 0.50, 0.48],
        [0.38, 0.36, 0.36],
        [0.62, 0.40, 0.28],
        [0.86, 0.86, 0.85],
        [0.30, 0.37, 0.42],
    ]
)
AWAY = np.array([[0, 0.3, -0.95]])
FENCES = np.array([[0.5, 0.36, 0.24], [0.6, 0.6, 0.6], [0.2, 0.22, 0.22], [0.45, 0.26, 0.2]])
ROOFS = np.array([[0.42, 0.20, 0.14], [0.24, 0.23, 0.24], [0.34, 0.27, 0.22]])


def quads(
    canvas: Canvas,
    light: Light,
    corners: np.ndarray,
    albedo: np.ndarray,
    normal: tuple,
    kind: str,
    texture: int = PLAIN,
) -> None:
    """Paint (n, 4, 3) rectangles of albedo (n, 3) that face one way."""
    if len(corners) == 0:
        return
    seen, distance = canvas.camera.project(corners.reshape(-1, 3))
    colours = light.on(albedo, np.broadcast_to(np.array(normal, float), albedo.shape))
    canvas.fill(list(seen.reshape(-1, 4, 2)), colours, kind, distance.reshape(-1, 4).mean(axis=1), texture)


def _grid(
    u: tuple[float, float], y: tuple[float, float], across: float, floor: float, size: tuple[float, float]
) -> np.ndarray:
    """(n, 4) u1, u2, y1, y2 of the windows of a wall."""
    columns = max(int((u[1] - u[0] - 0.6) / across), 1)
    rows = max(int((y[1] - y[0]) / floor), 1)
    step = (u[1] - u[0]) / columns
    left = u[0] + (np.arange(columns) + 0.5) * step - size[0] / 2
    low = y[0] + np.arange(rows) * floor + 0.9
    left, low = (grid.ravel() for grid in np.meshgrid(left, low))
    return np.stack([left, left + size[0], low, low + size[1]], axis=1)


def _window_colours(n: int, light: Light, rng: np.random.Generator) -> np.ndarray:
    """(n, 3) reflectance of panes, some of them lit in the evening."""
    glass = rng.uniform(0.05, 0.30) * np.array([0.9, 1.0, 1.1])
    colours = glass * np.exp(rng.normal(0, 0.3, (n, 1)))
    lit = rng.random(n) < 0.45 * light.lamps
    colours[lit] = np.array([1.5, 1.2, 0.7]) * rng.uniform(0.5, 1.2)
    return colours


def house(
    canvas: Canvas,
    light: Light,
    side: int,
    x: float,
    z: tuple[float, float],
    height: float,
    gabled: bool,
    shop: bool,
    rng: np.random.Generator,
) -> None:
    """A house whose front, at x, faces the road. side: -1 left of the road, 1 right."""
    wall = np.clip(
        WALLS[rng.integers(len(WALLS))] * np.exp(rng.normal(0, 0.12) + rng.normal(0, 0.03, 3)), 0.05, 0.92
    )
    deep, long = rng.uniform(8, 14), z[1] - z[0]
    near, far = sorted((x, x + side * deep))
    middle = (near + far) / 2
    faces = box((near - middle, far - middle), (0, height), (0, long), wall)
    if gabled:
        ridge, roof = height + rng.uniform(1.8, 3.5), ROOFS[rng.integers(3)] * rng.uniform(0.8, 1.2)
        half, over = deep / 2 + 0.3, 0.3
        gable = np.array([[-half, height, 0], [half, height, 0], [0, ridge, 0]], float)
        faces.append(Face(gable, wall))
        slopes = np.array(
            [[half, height, -over], [half, height, long + over], [0, ridge, long + over], [0, ridge, -over]]
        )
        faces += [Face(slopes, roof), Face((slopes * [-1, 1, 1])[::-1], roof)]
    paint(canvas, light, faces, Place(middle, z[0]), "building", WALL)
    if canvas.camera.scale(z[1]) * 3 < 16:
        return
    floor, across = rng.uniform(2.8, 3.6), rng.uniform(2.2, 3.8)
    size = rng.uniform(0.9, min(2.0, across - 0.5)), rng.uniform(1.2, 1.8)
    if rng.random() < 0.15:  # an office: bands of glass
        size = across - 0.2, rng.uniform(1.5, 2.2)
    start = floor if shop else 0.0
    _front_windows(canvas, light, side, x, z, (start, height), across, floor, size, rng)
    if canvas.camera.scale(z[0]) * 3 > 14 and z[0] > 2:
        grid = _grid((near, far), (0.0, height), across * 1.3, floor, size)
        grid = grid[rng.random(len(grid)) < 0.7]
        corners = np.stack(
            [grid[:, [0, 1, 1, 0]], grid[:, [2, 2, 3, 3]], np.full((len(grid), 4), z[0])], axis=-1
        )
        quads(canvas, light, corners, _window_colours(len(grid), light, rng), (0, 0, -1), "building")
    if shop:
        _shop(canvas, light, side, x, z, floor, rng)


def _on_front(x: float, grid: np.ndarray) -> np.ndarray:
    """(n, 4, 3) corners of rectangles (n, 4) z1, z2, y1, y2 on the plane x."""
    return np.stack([np.full((len(grid), 4), x), grid[:, [2, 2, 3, 3]], grid[:, [0, 1, 1, 0]]], axis=-1)


def _front_windows(
    canvas: Canvas,
    light: Light,
    side: int,
    x: float,
    z: tuple,
    y: tuple,
    across: float,
    floor: float,
    size: tuple,
    rng: np.random.Generator,
) -> None:
    """The windows towards the road, between the heights y."""
    if y[1] - y[0] < 2:
        return
    grid = _grid(z, y, across, floor, size)
    grid = grid[(grid[:, 0] > 0.8) & (grid[:, 3] < y[1] - 0.1)]
    if len(grid) == 0:
        return
    out = (-side, 0, 0)
    if rng.random() < 0.5 and canvas.camera.scale(z[1]) * size[0] > 4:  # frames
        frame = grid + np.array([-0.14, 0.14, -0.14, 0.14])
        colour = np.full((len(grid), 3), rng.uniform(0.5, 0.9))
        quads(canvas, light, _on_front(x, frame), colour, out, "building")
    quads(canvas, light, _on_front(x, grid), _window_colours(len(grid), light, rng), out, "building")


def _shop(
    canvas: Canvas, light: Light, side: int, x: float, z: tuple, floor: float, rng: np.random.Generator
) -> None:
    """A shop window and its board."""
    out, z = (-side, 0, 0), (max(z[0], 0.8), z[1])
    glass = np.array([[z[0] + 0.4, z[1] - 0.4, 0.5, floor - 0.8]])
    colour = _window_colours(1, light, rng) * rng.uniform(0.8, 2.0)
    quads(canvas, light, _on_front(x, glass), np.clip(colour, 0, 1.4), out, "building")
    board = np.array([[z[0] + 0.2, z[1] - 0.2, floor - 0.75, floor - 0.1]])
    quads(canvas, light, _on_front(x, board), rng.uniform(0.1, 0.8, (1, 3)), out, "building")
    if rng.random() < 0.3:
        edge, high, low = x - side * rng.uniform(0.8, 1.4), floor - 0.2, floor - 0.9
        z1, z2 = z[0] + 0.3, z[1] - 0.3
        awning = np.array([[[x, high, z1], [edge, low, z1], [edge, low, z2], [x, high, z2]]])
        colour = rng.uniform(0.1, 0.9, (1, 3))
        quads(canvas, light, awning, colour, (-side * 0.5, 0.8, 0), "building")


def house_shadow(
    canvas: Canvas, light: Light, side: int, x: float, z: tuple[float, float], height: float
) -> None:
    """The shadow of a house, where it falls towards the road."""
    if light.shadows > 0 and light.towards[0] * side > 0.1 and light.towards[1] > 0.05:
        far = x + side * 10
        base = np.array([[x, 0, z[0]], [far, 0, z[0]], [far, 0, z[1]], [x, 0, z[1]]])
        cast(canvas, light, np.maximum(base, [-np.inf, 0, 1.0]), height)


def fence(canvas: Canvas, light: Light, x: float, z: tuple[float, float], rng: np.random.Generator) -> None:
    """A wall, a railing or boards along the road."""
    height = rng.uniform(0.8, 1.8)
    colour = FENCES[rng.integers(len(FENCES))] * rng.uniform(0.7, 1.2)
    z, out = (max(z[0], 1.0), z[1]), (-np.sign(x), 0, -0.3)
    grid, texture = np.array([[z[0], z[1], 0.0, height]]), WALL
    if rng.random() < 0.3:  # rails and posts
        rails = [[z[0], z[1], low, low + 0.16] for low in (0.3 * height, 0.6 * height, 0.9 * height)]
        posts = [[a, a + 0.14, 0.0, height] for a in np.arange(z[0], min(z[1], 45), 1.6)]
        grid, texture = np.array(rails + posts), PLAIN
    colours = np.broadcast_to(colour, (len(grid), 3))
    quads(canvas, light, _on_front(x, grid), colours, out, "fence", texture)


def guard_rail(canvas: Canvas, light: Light, x: float, z: tuple[float, float]) -> None:
    """A steel rail on posts."""
    z = (max(z[0], 1.0), z[1])
    grid = [[a, a + 0.12, 0.0, 0.5] for a in np.arange(z[0], min(z[1], 50), 2.5)] + [[z[0], z[1], 0.42, 0.78]]
    colour = np.broadcast_to([0.58, 0.59, 0.60], (len(grid), 3))
    quads(canvas, light, _on_front(x, np.array(grid)), colour, (-np.sign(x), 0.3, 0), "fence")


def backdrop(canvas: Canvas, light: Light, town: bool, rng: np.random.Generator) -> None:
    """What stands at the horizon: hills, woods, roofs."""
    camera, n = canvas.camera, 120
    columns = np.linspace(-0.02, 1.02, n) * camera.width
    bottom = camera.horizon + 0.09 * camera.height
    pixels = camera.width / 128  # drawn pixels to one of an ordinary picture

    def skyline(heights: np.ndarray, colour: np.ndarray, kind: str, distance: float, texture: int) -> None:
        rows = camera.horizon - camera.roll * (columns - 0.5 * camera.width) - heights * pixels
        outline = np.concatenate(
            [np.stack([columns, rows], axis=1), [[columns[-1], bottom], [columns[0], bottom]]]
        )
        canvas.fill([outline], light.on(colour[None], AWAY), kind, distance, texture)

    def domes(count: int, high: float, wide: float) -> np.ndarray:
        middle, half = rng.uniform(0, n, count), rng.uniform(0.5, 1.5, count) * wide
        arch = 1 - ((np.arange(n)[:, None] - middle) / half) ** 2
        return (np.sqrt(np.clip(arch, 0, 1)) * rng.uniform(0.4, 1.0, count) * high).max(axis=1)

    if rng.random() < 0.35:
        skyline(domes(7, rng.uniform(3, 9), 30) + 1, green(rng) * 0.9, "vegetation", 1.5 * light.reach, PLAIN)
    if town or rng.random() < 0.4:
        heights = np.repeat(rng.uniform(1, 9 if town else 4, n // 6), 6)
        skyline(heights, WALLS[rng.integers(len(WALLS))] * 0.8, "building", 0.9 * light.reach, WALL)
    if not town or rng.random() < 0.5:
        for distance in (0.8, 0.5):
            high = rng.uniform(2, 7)
            heights = domes(40, high, rng.uniform(3, 7)) + 0.3 * high
            skyline(heights, green(rng) * 0.9, "vegetation", distance * light.reach, LEAVES)
