"""Pedestrians and cyclists: bones with flesh and clothes around them."""

import numpy as np

from workbook.data.road_canvas import Canvas
from workbook.data.road_light import Light
from workbook.data.road_solids import Place, moved

SKINS = np.array([[0.88, 0.70, 0.58], [0.78, 0.58, 0.46], [0.58, 0.40, 0.30], [0.36, 0.25, 0.19]])
HAIRS = np.array(
    [[0.08, 0.06, 0.05], [0.22, 0.14, 0.08], [0.55, 0.42, 0.22], [0.6, 0.6, 0.6], [0.1, 0.1, 0.1]]
)
TOWARDS_US = np.array([0.15, 0.25, -0.95])


def limbs(
    canvas: Canvas,
    light: Light,
    ends: np.ndarray,
    radii: np.ndarray,
    albedo: np.ndarray,
    place: Place,
    kind: str,
) -> None:
    """Paint n rounded limbs, the farthest first.

    ends: (n, 2, 3) metres, in the frame of the person; radii: (n, 2) metres; albedo: (n, 3).
    """
    n = len(ends)
    seen, distance = canvas.camera.project(place.put(ends.reshape(-1, 3)))
    seen, distance = seen.reshape(n, 2, 2), distance.reshape(n, 2)
    wide = np.maximum(radii * canvas.camera.focal / distance, 0.55)
    along = seen[:, 1] - seen[:, 0]
    angle = np.arctan2(along[:, 1], along[:, 0])
    turn = np.linspace(0.5, 1.5, 4) * np.pi
    turns = angle[:, None, None] + np.stack([turn, turn + np.pi])
    around = np.stack([np.cos(turns), np.sin(turns)], axis=-1)
    outlines = (seen[:, :, None] + wide[:, :, None, None] * around).reshape(n, 8, 2)
    bone = place.put(ends[:, 1]) - place.put(ends[:, 0])
    bone /= np.maximum(np.linalg.norm(bone, axis=1, keepdims=True), 1e-6)
    normal = TOWARDS_US - bone * (bone @ TOWARDS_US)[:, None]
    colours = light.on(albedo, normal / np.linalg.norm(normal, axis=1, keepdims=True))
    order = np.argsort(-distance.mean(axis=1), kind="stable")
    canvas.fill(list(outlines[order]), colours[order], kind, float(distance.min()))


def clothes(rng: np.random.Generator) -> np.ndarray:
    """(3,) reflectance: mostly dark and dull, sometimes bright."""
    if rng.random() < 0.25:
        return np.clip(rng.uniform(0.2, 0.9, 3) * rng.uniform(0.7, 1.2), 0.05, 0.95)
    return np.clip(rng.uniform(0.05, 0.6) * np.exp(rng.normal(0, 0.18, 3)), 0.03, 0.9)


def _leg(hip: np.ndarray, swing: float, knee: float, size: float) -> np.ndarray:
    """(3, 2, 3) thigh, shin and foot. swing: forward angle of the thigh; knee: bend; size: body height."""
    thigh, shin = 0.245 * size, 0.245 * size
    a = hip + thigh * np.array([0, -np.cos(swing), np.sin(swing)])
    b = a + shin * np.array([0, -np.cos(swing - knee), np.sin(swing - knee)])
    toe = b + size * np.array([0, -0.012, 0.09])
    return np.stack([[hip, a], [a, b], [b, toe]])


def pedestrian(canvas: Canvas, light: Light, place: Place, rng: np.random.Generator) -> None:
    """A person who stands or walks."""
    size = rng.uniform(1.0, 1.4) if rng.random() < 0.1 else float(np.clip(rng.normal(1.72, 0.09), 1.5, 1.95))
    girth = rng.uniform(0.9, 1.3) * size / 1.7
    stride = rng.uniform(0.15, 0.55) if rng.random() < 0.75 else 0.05
    phase = rng.choice([-1.0, 1.0]) * stride
    skin, hair = SKINS[rng.integers(4)], HAIRS[rng.integers(5)]
    top, bottom, shoes = clothes(rng), clothes(rng) * 0.8, rng.uniform(0.05, 0.4) * np.ones(3)
    ends, radii, albedo = [], [], []

    def add(bones: np.ndarray, widths: list, colours: list) -> None:
        ends.append(np.asarray(bones, float))
        radii.append(np.array(widths) * girth)
        albedo.append(np.asarray(colours))

    hips = np.array([0, 0.505 * size, 0])
    for side, swing in ((-1, phase), (1, -phase)):
        hip = moved(hips, side * 0.085 * girth, 0, 0)
        leg = _leg(hip, swing, max(0.0, -swing) * 1.1 + 0.06, size)
        add(leg, [[0.085, 0.065], [0.065, 0.05], [0.045, 0.04]], [bottom, bottom, shoes])
    shoulders = np.array([0, 0.80 * size, 0.02])
    for side in (-1, 1):
        x = side * 0.06 * girth
        add([[moved(hips, x, -0.02, 0), moved(shoulders, x * 1.6, -0.03, 0)]], [[0.125, 0.125]], [top])
    if rng.random() < 0.3:  # a skirt or a long coat
        cloth = top if rng.random() < 0.6 else bottom
        add([[hips, hips - [0, rng.uniform(0.1, 0.3) * size, 0]]], [[0.17, 0.2]], [cloth])
    for side, swing in ((-1, -phase), (1, phase)):
        shoulder = moved(shoulders, side * 0.21 * girth, -0.03, 0)
        elbow = shoulder + size * np.array([side * 0.02, -0.165, 0.14 * swing])
        hand = elbow + size * np.array([0, -0.13, 0.10 + 0.16 * swing])
        add([[shoulder, elbow], [elbow, hand]], [[0.06, 0.05], [0.045, 0.04]], [top, top])
        add([[hand, hand]], [[0.045, 0.045]], [skin])
    head = np.array([0, 0.925 * size, 0.02])
    add([[head - [0, 0.1, 0.02], head - [0, 0.16, 0.02]]], [[0.05, 0.06]], [skin])
    add([[moved(head, 0, 0.03, 0.015), head - [0, 0.05, 0.0]]], [[0.098, 0.08]], [skin])
    add(
        [[moved(head, 0, 0.055, -0.03), moved(head, 0, -0.02 - 0.1 * (rng.random() < 0.3), -0.05)]],
        [[0.105, 0.085]],
        [hair],
    )
    if rng.random() < 0.3:  # a bag on the back or in the hand
        bag = moved(shoulders, 0, -0.1, -0.2) if rng.random() < 0.6 else moved(hips, 0.3 * girth, -0.05, 0)
        add([[bag, bag - [0, 0.22, 0]]], [[0.13, 0.13]], [clothes(rng)])
    limbs(
        canvas,
        light,
        np.concatenate(ends),
        np.concatenate(radii),
        np.concatenate(albedo),
        place,
        "pedestrian",
    )


def _wheel(canvas: Canvas, light: Light, place: Place, z: float, radius: float) -> None:
    """A bicycle's wheel, its hub at z."""
    turn = np.linspace(0, 2 * np.pi, 15)
    ring = np.stack([0 * turn, radius + radius * np.sin(turn), z + radius * np.cos(turn)], axis=1)
    path, distance = canvas.camera.project(place.put(ring))
    colour = light.on(np.array([[0.08, 0.08, 0.085]]), np.array([[0.0, 0.3, -0.95]]))[0]
    canvas.line(path, 0.055 * canvas.camera.scale(distance[0]), colour, "cyclist", float(distance[0]))


def cyclist(canvas: Canvas, light: Light, place: Place, rng: np.random.Generator) -> None:
    """A person on a bicycle."""
    size = float(np.clip(rng.normal(1.74, 0.08), 1.55, 1.92))
    lean, radius = rng.uniform(0.25, 0.75), rng.uniform(0.32, 0.35)
    skin, top, bottom, frame = SKINS[rng.integers(4)], clothes(rng), clothes(rng) * 0.8, clothes(rng)
    if rng.random() < 0.3:  # a safety vest
        top = np.array([0.85, 0.92, 0.15]) if rng.random() < 0.6 else np.array([0.95, 0.45, 0.08])
    for z in (0.52, -0.52):
        _wheel(canvas, light, place, z, radius)
    saddle, crank = np.array([0, 0.95, -0.22]), np.array([0, 0.3, -0.02])
    bars, hub_f, hub_r = np.array([0, 1.02, 0.36]), np.array([0, radius, 0.52]), np.array([0, radius, -0.52])
    ends = [
        [crank, saddle],
        [saddle, bars - [0, 0.12, 0]],
        [crank, bars - [0, 0.15, 0]],
        [bars, hub_f],
        [crank, hub_r],
        [hub_r, saddle],
    ]
    ends.append([bars - [0.26, 0, 0], moved(bars, 0.26, 0, 0)])
    widths = [[0.026, 0.026]] * 7
    colours = [frame] * 6 + [np.full(3, 0.1)]
    turn = rng.uniform(0, np.pi)
    for side, phase in ((-1, turn), (1, turn + np.pi)):
        pedal = moved(crank, side * 0.11, 0.17 * np.sin(phase), 0.17 * np.cos(phase))
        hip = moved(saddle, side * 0.09, 0.04, 0)
        knee = moved((hip + pedal) / 2, 0, 0.06, 0.26)
        ends += [[hip, knee], [knee, pedal], [pedal, moved(pedal, 0, -0.02, 0.14)]]
        widths += [[0.085, 0.07], [0.065, 0.045], [0.045, 0.04]]
        colours += [bottom, bottom if rng.random() < 0.7 else skin, np.full(3, 0.12)]
    back = 0.33 * size * np.array([0, np.cos(lean), np.sin(lean)])
    chest = moved(saddle, 0, 0.06, 0) + back
    ends += [[moved(saddle, 0, 0.06, 0), chest]] * 2
    ends[-1] = [moved(saddle, 0.05, 0.06, 0), moved(chest, 0.07, 0, 0)]
    ends[-2] = [moved(saddle, -0.05, 0.06, 0), moved(chest, -0.07, 0, 0)]
    widths += [[0.13, 0.13]] * 2
    colours += [top, top]
    for side in (-1, 1):
        shoulder, hand = moved(chest, side * 0.19, 0, 0), moved(bars, side * 0.24, 0.03, 0)
        elbow = moved((shoulder + hand) / 2, side * 0.05, -0.06, 0)
        ends += [[shoulder, elbow], [elbow, hand]]
        widths += [[0.06, 0.05], [0.045, 0.04]]
        colours += [top, top if rng.random() < 0.6 else skin]
    head = moved(chest, 0, 0.24, 0.10)
    hat = clothes(rng) if rng.random() < 0.6 else HAIRS[rng.integers(5)]
    ends += [[head, head - [0, 0.09, 0.01]], [moved(head, 0, 0.06, -0.06), moved(head, 0, 0.07, 0.05)]]
    widths += [[0.095, 0.075], [0.11, 0.11]]
    colours += [skin, hat]
    if rng.random() < 0.2:
        ends.append([moved(chest, 0, -0.02, -0.16), moved(saddle, 0, 0.24, -0.12)])
        widths.append([0.13, 0.13])
        colours.append(clothes(rng))
    limbs(canvas, light, np.array(ends), np.array(widths), np.array(colours), place, "cyclist")
