"""Draws road scenes as a camera in a car sees them, with the class of each pixel and boxes around objects.

    scene = draw_scene(0)
    scene.picture, scene.mask, scene.boxes

The parts are in road_*.py: the canvas and its camera in road_canvas.py, light and photograph in
road_light.py, the road in road_ground.py, what stands along it in road_scenery.py, who is on it in
road_traffic.py.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from workbook.data.road_buildings import backdrop
from workbook.data.road_canvas import OVERSAMPLING, Camera, Canvas
from workbook.data.road_classes import BOX_CLASSES
from workbook.data.road_furniture import sign_on_pole, traffic_light
from workbook.data.road_ground import draw_road, paint_ground
from workbook.data.road_light import WEATHERS, Light, draw_light, photograph
from workbook.data.road_people import cyclist, pedestrian
from workbook.data.road_scenery import Item, draw_scenery
from workbook.data.road_solids import paint, shadow
from workbook.data.road_traffic import Actor, draw_traffic

PEOPLE = {"pedestrian": pedestrian, "cyclist": cyclist}
PLACES = ("city", "suburb", "avenue", "country")
LEAST_SIDE, LEAST_AREA = 4.5, 30.0  # pixels: smaller boxes are left out
LEAST_SEEN = 0.35  # the part of an object that must be seen


class RoadScene(NamedTuple):
    """A picture and what is known of it."""

    picture: np.ndarray  # (n_H, n_W, 3) uint8 RGB
    mask: np.ndarray  # (n_H, n_W) uint8: the class of each pixel, index into PIXEL_CLASSES
    boxes: np.ndarray  # (n, 5) float32: x1, y1, x2, y2 in pixels and the class, index into BOX_CLASSES


def _camera(height: int, width: int, rng: np.random.Generator) -> Camera:
    rows, columns = height * OVERSAMPLING, width * OVERSAMPLING
    return Camera(
        width=columns,
        height=rows,
        focal=columns * rng.uniform(0.85, 1.2),
        centre=columns * float(np.clip(rng.normal(0.5, 0.07), 0.3, 0.7)),
        horizon=rows * float(np.clip(rng.normal(0.45, 0.06), 0.3, 0.62)),
        stands=float(rng.choice([rng.uniform(1.15, 1.7), rng.uniform(1.7, 2.4)], p=[0.8, 0.2])),
        bend=float(rng.normal(0, 0.0018) * (rng.random() < 0.6)),
        climb=float(rng.normal(0, 0.0002)),
        roll=float(rng.normal(0, 0.008)),
    )


def _actor_item(canvas: Canvas, light: Light, actor: Actor, seed: int, lamp: str) -> Item:
    rng, box_class, place = np.random.default_rng(seed), BOX_CLASSES.index(actor.kind), actor.place

    def paint_it() -> None:
        if actor.kind == "sign":
            sign_on_pole(canvas, light, place.x, place.z, box_class, rng)
        elif actor.kind == "traffic light":
            traffic_light(canvas, light, place, actor.reach, actor.twin, lamp, box_class, rng)
        else:
            canvas.begin(box_class)
            if actor.vehicle is not None:
                parts = zip(actor.vehicle.parts, actor.vehicle.middles, strict=True)
                ahead = np.cos(place.heading)
                for part, _ in sorted(parts, key=lambda each: -each[1] * ahead):
                    paint(canvas, light, part, place, actor.kind)
            else:
                PEOPLE[actor.kind](canvas, light, place, rng)
            canvas.end()

    return place.z, paint_it


def _boxes(canvas: Canvas) -> np.ndarray:
    """(n, 5) boxes around what is seen of each object.

    An object has a box if at least LEAST_SEEN of it is seen, both of what would be seen if nothing stood in
    front and of its whole extent in and out of the picture, and if the box is large enough.
    """
    index, found = np.asarray(canvas.image), []
    height, width = index.shape
    for thing in canvas.things:
        seen = (index >= thing.first) & (index < thing.last)
        rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
        if len(rows) == 0:
            continue
        x1, y1, x2, y2 = thing.extent
        inside = max(min(x2, width) - max(x1, 0), 0) * max(min(y2, height) - max(y1, 0), 0)
        if seen.sum() < LEAST_SEEN * thing.area or inside < LEAST_SEEN * (x2 - x1) * (y2 - y1):
            continue
        box = np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]) / OVERSAMPLING
        sides = box[2:] - box[:2]
        if sides.min() >= LEAST_SIDE and sides.prod() >= LEAST_AREA:
            found.append([*box, thing.box_class])
    return np.array(found, np.float32).reshape(-1, 5)


def _mask(canvas: Canvas) -> np.ndarray:
    """(n_H, n_W) uint8: the class in the middle of each pixel."""
    middle = np.asarray(canvas.image)[OVERSAMPLING // 2 :: OVERSAMPLING, OVERSAMPLING // 2 :: OVERSAMPLING]
    return canvas.surfaces()[1][middle]


def _mirrored(scene: RoadScene) -> RoadScene:
    """The same where people drive on the other side."""
    boxes = scene.boxes.copy()
    boxes[:, [0, 2]] = scene.picture.shape[1] - scene.boxes[:, [2, 0]]
    return RoadScene(scene.picture[:, ::-1].copy(), scene.mask[:, ::-1].copy(), boxes)


def _painted(
    camera: Camera, n_objects: int | None, kinds: tuple[str, ...], rng: np.random.Generator
) -> tuple[Canvas, Light]:
    """A canvas with a whole scene on it, and its light."""
    place = str(rng.choice(PLACES, p=[0.44, 0.22, 0.21, 0.13]))
    light = draw_light(str(rng.choice(WEATHERS, p=[0.35, 0.22, 0.18, 0.14, 0.11])), rng)
    road, canvas = draw_road(place, rng), Canvas(camera)
    actors = draw_traffic(road, camera, light.lamps > 0.15, n_objects, kinds, rng)
    backdrop(canvas, light, place == "city", rng)
    paint_ground(canvas, light, road, rng)
    items = draw_scenery(canvas, light, road, rng)
    lamp = str(rng.choice(["red", "amber", "green"], p=[0.45, 0.1, 0.45]))
    for actor in actors:
        items.append(_actor_item(canvas, light, actor, rng.integers(2**32), lamp))
        if actor.vehicle is not None:
            shadow(canvas, light, actor.place, actor.half, actor.length, actor.top)
        elif actor.kind in PEOPLE:
            shadow(canvas, light, actor.place, 0.6 * actor.half, 0.5, actor.top)
    for _, paint_it in sorted(items, key=lambda item: -item[0]):
        paint_it()
    return canvas, light


def draw_scene(
    seed: int | np.random.SeedSequence,
    height: int = 96,
    width: int = 128,
    n_objects: int | None = None,
    kinds: tuple[str, ...] | None = None,
) -> RoadScene:
    """A road scene; the same seed gives the same scene.

    seed: a whole number, 0 or above. height, width: pixels, 32 to 512. n_objects: at most so many objects
    with a box, hardly ever fewer, in full view and not tiny; None leaves their number to chance and lets them
    hide each other. kinds: which of BOX_CLASSES may be there; None is all.
    Returns a RoadScene. Raises ValueError for an argument out of range.
    """
    if not isinstance(seed, np.random.SeedSequence):
        _check_whole("seed", seed, 0)
    _check_whole("height", height, 32, 512)
    _check_whole("width", width, 32, 512)
    if n_objects is not None:
        _check_whole("n_objects", n_objects, 0)
    kinds = BOX_CLASSES if kinds is None else tuple(kinds)
    if not kinds or not set(kinds) <= set(BOX_CLASSES):
        raise ValueError(f"kinds must be some of {', '.join(BOX_CLASSES)}, got {kinds!r}")
    rng = np.random.default_rng(seed)
    canvas, light = _painted(_camera(int(height), int(width), rng), n_objects, kinds, rng)
    scene = RoadScene(photograph(canvas, light, rng), _mask(canvas), _boxes(canvas))
    return _mirrored(scene) if rng.random() < 0.5 else scene


def _check_whole(name: str, value: int, least: int, most: int | None = None) -> None:
    right = isinstance(value, int | np.integer) and value >= least and (most is None or value <= most)
    if not right or isinstance(value, bool):
        bounds = f"{least} or above" if most is None else f"from {least} to {most}"
        raise ValueError(f"{name} must be a whole number, {bounds}, got {value!r}")


def draw_set(
    m: int, seed: int, progress: Callable[[int, int], None] | None = None
) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Scenes of 96x128 pixels; the same seed gives the same set, and two seeds share no scene.

    On another kind of processor sums round otherwise, and a few bytes of the pictures may differ by 1.
    m: scenes, at least 1. seed: 0 or above. progress: called as progress(done, m) after each scene.
    Returns pictures (m, 96, 128, 3) uint8, masks (m, 96, 128) uint8 and boxes: m arrays (n, 5) float32.
    Raises ValueError for a bad m or seed.
    """
    _check_whole("m", m, 1)
    _check_whole("seed", seed, 0)
    X, masks, boxes = np.empty((m, 96, 128, 3), np.uint8), np.empty((m, 96, 128), np.uint8), []
    for i, source in enumerate(np.random.SeedSequence(int(seed)).spawn(m)):
        X[i], masks[i], found = draw_scene(source)
        boxes.append(found)
        if progress is not None:
            progress(i + 1, m)
    return X, masks, boxes
