"""Poles, traffic lights and signs."""

import numpy as np

from workbook.data.road_canvas import Canvas, Glow
from workbook.data.road_light import Light
from workbook.data.road_solids import Place, moved

METAL = np.array([0.42, 0.43, 0.44])
FACING = np.array([[0.1, 0.15, -0.98]])
LAMPS = {"red": (1.2, 0.12, 0.10), "amber": (1.2, 0.75, 0.1), "green": (0.15, 1.1, 0.55)}
RED, BLUE, WHITE, YELLOW = (0.75, 0.07, 0.08), (0.08, 0.22, 0.62), (0.88, 0.88, 0.88), (0.90, 0.68, 0.06)
GREEN, BLACK, DARK = (0.05, 0.38, 0.22), (0.06, 0.06, 0.06), (0.07, 0.07, 0.075)


def pole(
    canvas: Canvas, light: Light, start: np.ndarray, end: np.ndarray, width: float, colour: np.ndarray = METAL
) -> None:
    """A straight pole between two points (3,), width in metres."""
    seen, distance = canvas.camera.project(np.stack([start, end]))
    half = np.maximum(0.5 * width * canvas.camera.focal / distance, 1.0)[:, None]
    along = seen[1] - seen[0]
    along = along / max(np.hypot(*along), 1e-6)
    aside = np.array([-along[1], along[0]]) * half
    outline = np.concatenate([seen + aside, (seen - aside)[::-1]])
    canvas.fill([outline], light.on(colour[None], FACING), "pole", float(distance.mean()))


def _plate(
    canvas: Canvas, light: Light, middle: np.ndarray, shape: np.ndarray, turn: float, colour: tuple, kind: str
) -> None:
    """A flat shape (k, 2) around middle (3,), turned about the pole."""
    points = middle + np.stack([shape[:, 0] * np.cos(turn), shape[:, 1], -shape[:, 0] * np.sin(turn)], axis=1)
    seen, distance = canvas.camera.project(points)
    canvas.fill([seen], light.on(np.array([colour], float), FACING), kind, float(distance.mean()))


def _ngon(n: int, radius: float, start: float = 0.0) -> np.ndarray:
    """(n, 2) corners of a regular polygon."""
    turn = start + np.arange(n) * 2 * np.pi / n
    return radius * np.stack([np.cos(turn), np.sin(turn)], axis=1)


def _rectangle(wide: float, high: float) -> np.ndarray:
    """(4, 2) corners around the middle."""
    return np.array([[-wide, -high], [wide, -high], [wide, high], [-wide, high]]) / 2


ARROW = np.array([[-8, -30], [8, -30], [8, 2], [25, 2], [0, 33], [-25, 2], [-8, 2]]) / 100
SIGNS = ("limit", "ban", "warning", "stop", "order", "diamond", "info", "board", "street")


def sign(canvas: Canvas, light: Light, middle: np.ndarray, box_class: int, rng: np.random.Generator) -> None:
    """A traffic sign around middle (3,)."""
    kind = str(rng.choice(SIGNS))
    size, turn = rng.uniform(0.8, 1.1), rng.normal(0, 0.15)

    def plate(shape: np.ndarray, colour: tuple, up: float = 0.0) -> None:
        _plate(canvas, light, moved(middle, 0, up, 0), shape * size, turn, colour, "sign")

    canvas.begin(box_class)
    if kind in ("limit", "ban"):
        plate(_ngon(14, 0.5), RED)
        plate(_ngon(14, 0.37), WHITE)
        if kind == "limit":
            for x in (-0.14, 0.14):
                plate(np.add(_rectangle(0.17, 0.34), (x, 0)), BLACK)
    elif kind == "warning":
        plate(np.array([[-0.58, -0.45], [0.58, -0.45], [0, 0.55]]), RED)
        plate(np.array([[-0.36, -0.32], [0.36, -0.32], [0, 0.30]]), WHITE)
        plate(np.add(_rectangle(0.10, 0.32), (0, -0.1)), BLACK)
    elif kind == "stop":
        plate(_ngon(8, 0.53, np.pi / 8), WHITE)
        plate(_ngon(8, 0.48, np.pi / 8), RED)
        plate(_rectangle(0.66, 0.2), WHITE)
    elif kind == "order":
        plate(_ngon(14, 0.5), BLUE)
        plate(ARROW, WHITE)
    elif kind == "diamond":
        plate(_ngon(4, 0.68), YELLOW)
        plate(_rectangle(0.16, 0.5), BLACK)
    elif kind == "info":
        plate(_rectangle(0.85, 0.85), BLUE)
        plate(_rectangle(0.45, 0.5), WHITE)
    elif kind == "board":
        wide = rng.uniform(1.3, 2.2)
        colour = (BLUE, GREEN, WHITE, YELLOW)[rng.integers(4)]
        ink = BLACK if colour in (WHITE, YELLOW) else WHITE
        plate(_rectangle(wide, 0.9), ink)
        plate(_rectangle(wide - 0.1, 0.8), colour)
        for up in (-0.18, 0.18):
            plate(_rectangle(wide * rng.uniform(0.5, 0.8), 0.14), ink, up * size)
    else:
        plate(_rectangle(0.65, 0.85), WHITE)
        for up in (-0.22, 0.02, 0.22):
            plate(_rectangle(0.46, 0.13), (RED, BLACK)[rng.integers(2)], up * size)
    canvas.end()


def sign_on_pole(
    canvas: Canvas, light: Light, x: float, z: float, box_class: int, rng: np.random.Generator
) -> None:
    """A sign on its pole beside the road."""
    height = rng.uniform(2.0, 2.9)
    pole(canvas, light, np.array([x, 0, z + 0.06]), np.array([x, height + 0.5, z + 0.06]), 0.08)
    sign(canvas, light, np.array([x, height, z]), box_class, rng)


def signal(
    canvas: Canvas, light: Light, middle: np.ndarray, lamp: str, box_class: int, rng: np.random.Generator
) -> None:
    """The three lamps of a traffic light around middle (3,)."""
    turn, size = rng.normal(0, 0.12), rng.uniform(1.0, 1.2)

    def plate(at: np.ndarray, shape: np.ndarray, colour: tuple) -> None:
        _plate(canvas, light, at, shape * size, turn, colour, "traffic light")

    canvas.begin(box_class)
    framed = rng.random() < 0.5
    if framed:
        plate(moved(middle, 0, 0, 0.03), _rectangle(0.72, 1.35), (0.05, 0.05, 0.05))
    plate(middle, _rectangle(0.46, 1.15), DARK if framed or rng.random() < 0.7 else (0.55, 0.45, 0.08))
    for name, up in (("red", 0.36), ("amber", 0.0), ("green", -0.36)):
        at = moved(middle, 0, up * size, -0.03)
        if name == lamp:
            _shine(canvas, light, at, 0.17 * size, LAMPS[name])
        else:
            plate(at, _ngon(8, 0.14), tuple(0.18 * value for value in LAMPS[name]))
    canvas.end()


def _shine(canvas: Canvas, light: Light, middle: np.ndarray, radius: float, colour: tuple) -> None:
    """The lamp of a traffic light that is on."""
    ring = np.concatenate([_ngon(8, radius), np.zeros((8, 1))], axis=1)
    seen, distance = canvas.camera.project(middle + ring)
    canvas.fill([seen], np.array([colour]), "traffic light", float(distance[0]))
    strength, wide = 0.25 + 0.45 * light.lamps, 0.2 * canvas.camera.scale(float(distance[0]))
    glow = tuple(strength * value for value in colour)
    canvas.glows.append(Glow(canvas.count - 1, *seen.mean(axis=0), max(wide, 2.2), glow))


def traffic_light(
    canvas: Canvas,
    light: Light,
    place: Place,
    reach: float,
    twin: bool,
    lamp: str,
    box_class: int,
    rng: np.random.Generator,
) -> None:
    """A traffic light on its pole, or at the end of an arm over the road that reaches so many metres.

    twin: with an arm there is a second one on the pole.
    """
    x, z, height = place.x, place.z, rng.uniform(2.9, 3.5)
    top = rng.uniform(5.2, 6.2) if reach else height + 0.8
    pole(canvas, light, np.array([x, 0, z + 0.1]), np.array([x, top, z + 0.1]), 0.16)
    if reach:
        end = np.array([x + reach, top - 0.1, z + 0.1])
        pole(canvas, light, np.array([x, top - 0.1, z + 0.1]), end, 0.12)
        signal(canvas, light, end - [0, 0.25, 0.1], lamp, box_class, rng)
    if twin or not reach:
        signal(canvas, light, np.array([x, height, z]), lamp, box_class, rng)


def street_lamp(
    canvas: Canvas, light: Light, x: float, z: float, side: int, rng: np.random.Generator
) -> None:
    """A lamp post that leans over the road."""
    height, reach = rng.uniform(5.5, 9.0), rng.uniform(0.6, 2.2)
    colour = METAL * rng.uniform(0.4, 1.3)
    top = np.array([x, height, z])
    pole(canvas, light, np.array([x, 0.0, z]), top, 0.16, colour)
    end = moved(top, -side * reach, 0.25, 0)
    pole(canvas, light, top, end, 0.1, colour)
    seen, distance = canvas.camera.project(end[None])
    if light.lamps > 0.3 and rng.random() < 0.8:
        radius = max(0.3 * canvas.camera.scale(float(distance[0])), 1.8)
        glow = (1.0 * light.lamps, 0.85 * light.lamps, 0.5 * light.lamps)
        canvas.glows.append(Glow(canvas.count - 1, *seen[0], radius, glow))


def bollard(canvas: Canvas, light: Light, x: float, z: float, rng: np.random.Generator) -> None:
    """A short post at the kerb."""
    colour = np.array([0.1, 0.1, 0.1]) if rng.random() < 0.7 else np.array([0.75, 0.75, 0.7])
    pole(canvas, light, np.array([x, 0.0, z]), np.array([x, 0.95, z]), 0.14, colour)
