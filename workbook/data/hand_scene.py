"""Draws a posed hand as a photograph: surface, light, shadow, wall and camera.

The hand arrives as tapered capsules (spheres swept along bones) in *hand units*: one unit is the length
from wrist to middle fingertip, x points right, y up, z towards the camera. Seen from the front every
capsule has a height above each pixel in closed form, so the hand is a height field: no ray marching.
"""

from typing import NamedTuple

import numpy as np

from workbook.data.camera import blur, photograph, shifted, smooth_noise

OVERSAMPLING = 2  # pixels drawn along each side of one output pixel
BLEND = 0.010  # hand units over which two touching surfaces melt into one
FAR = -9.0  # the height, in hand units, where there is no hand


class Capsule(NamedTuple):
    """A sphere that shrinks on its way from start to end: one bone with the flesh around it."""

    start: np.ndarray  # (3,) hand units
    end: np.ndarray  # (3,)
    start_radius: float
    end_radius: float
    redness: float = 0.0  # how much blood shows: 0 as the arm, 1 as a fingertip


class Mark(NamedTuple):
    """A stroke on the skin: a crease, a palm line, a nail."""

    start: np.ndarray  # (3,) hand units
    end: np.ndarray  # (3,)
    width: float  # hand units
    strength: float  # above 0 darkens (crease), below 0 lightens (nail)


class View(NamedTuple):
    """Where the hand lies in the picture."""

    centre: tuple[float, float]  # (x, y) of the hand's origin, as a fraction of the picture, y down
    scale: float  # one hand unit as a fraction of the picture's side


class Scene(NamedTuple):
    """Everything about the picture that is not the hand's shape."""

    skin: np.ndarray  # (3,) RGB reflectance, 0 to 1
    wall: np.ndarray  # (3,) RGB reflectance, 0 to 1
    light: np.ndarray  # (3,) unit vector towards the lamp
    ambient: float  # the share of light that comes from everywhere, 0 to 1
    crease_depth: float  # how dark the valleys between fingers look, 1 is usual
    wall_distance: float  # hand units between the hand and the wall behind it
    sleeve: np.ndarray | None  # (3,) RGB reflectance of the cuff, or None for a bare arm
    sleeve_start: tuple[np.ndarray, np.ndarray]  # a point on the arm and the direction along it, (2,) each


def seen_from(parts: list, rotation: np.ndarray, mirror: float, nearness: float) -> list:
    """Capsules or marks turned and, for a left hand, mirrored; what is nearer to the camera looks larger."""
    ends = np.array([(part.start, part.end) for part in parts])
    turned = (ends @ rotation.T) * [mirror, 1, 1]
    turned = turned * (1 + nearness * turned[..., 2:])
    return [part._replace(start=a, end=b) for part, (a, b) in zip(parts, turned, strict=True)]


def _grid(view: View, n: int) -> tuple[np.ndarray, np.ndarray]:
    """x of every column and y of every row in hand units, (n,) each, y up."""
    pixel = (np.arange(n, dtype=np.float32) + 0.5) / n
    return (pixel - view.centre[0]) / view.scale, (view.centre[1] - pixel) / view.scale


def _window(x: np.ndarray, y: np.ndarray, start: np.ndarray, end: np.ndarray, reach: float) -> tuple:
    """The rows and columns (slices) within reach of the segment from start to end."""
    low, high = np.minimum(start, end) - reach, np.maximum(start, end) + reach
    rows = slice(np.searchsorted(-y, -high[1]), np.searchsorted(-y, -low[1]))
    columns = slice(np.searchsorted(x, low[0]), np.searchsorted(x, high[0]))
    return rows, columns


def _capsule_surface(capsule: Capsule, x: np.ndarray, y: np.ndarray) -> tuple:
    """Front of one capsule over the pixels (y[:, None], x[None, :]).

    The ray at a pixel meets many of the spheres swept along the bone. Its highest hit is on the sphere at
    t = (w + R u_z) / |bone_xy|, where w is the pixel's place along the bone, R the half-chord of the
    capsule beside it and u the bone's direction: the maximum over t of the spheres' heights.
    Returns inside (bool), height z and the unit normal's three parts, each (rows, columns).
    """
    bone = (capsule.end - capsule.start).astype(np.float32)
    length = float(np.linalg.norm(bone)) + 1e-6
    flat = float(np.hypot(bone[0], bone[1])) + 1e-6
    taper = np.float32(capsule.end_radius - capsule.start_radius)
    dx, dy = x[None, :] - np.float32(capsule.start[0]), y[:, None] - np.float32(capsule.start[1])
    along = (dx * bone[0] + dy * bone[1]) / flat
    across2 = dx**2 + dy**2 - along**2
    radius = capsule.start_radius + taper * np.clip(along / flat, 0, 1)
    half_chord = np.sqrt(np.maximum(radius**2 - across2, 0))
    t = np.clip((along + half_chord * (bone[2] / length)) / flat, 0, 1)
    radius = capsule.start_radius + taper * t
    rise2 = radius**2 - across2 - (along - flat * t) ** 2
    rise = np.sqrt(np.maximum(rise2, 0))
    normal = (dx - bone[0] * t) / radius, (dy - bone[1] * t) / radius, rise / radius
    return rise2 > 0, np.float32(capsule.start[2]) + bone[2] * t + rise, *normal


def hand_surface(capsules: list[Capsule], view: View, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The union of all capsules, melted together where they touch.

    Returns height (n, n) in hand units, FAR where there is no hand; normal (n, n, 3); redness (n, n).
    The union is a soft maximum: H = BLEND log(sum of exp(h / BLEND)), and the normals are averaged with
    the same weights, so that a crease between two parts is a smooth valley.
    """
    x, y = _grid(view, n)
    total = np.zeros((n, n), np.float32)
    sums = np.zeros((4, n, n), np.float32)  # normal x, y, z and redness, times their weights
    for capsule in capsules:
        reach = max(capsule.start_radius, capsule.end_radius)
        window = _window(x, y, capsule.start[:2], capsule.end[:2], reach)
        inside, height, *normal = _capsule_surface(capsule, x[window[1]], y[window[0]])
        weight = np.exp(np.clip(height / BLEND, -80, 80)) * inside
        total[window] += weight
        for part, value in enumerate((*normal, capsule.redness)):
            sums[part][window] += weight * value
    hand = total > 0
    sums /= np.where(hand, total, 1)
    height = np.full((n, n), FAR, np.float32)
    height[hand] = BLEND * np.log(total[hand])
    normal = np.moveaxis(sums[:3], 0, -1) * np.array([0.85, 0.85, 1], np.float32)  # flatter than a tube
    normal /= np.maximum(np.sqrt((normal**2).sum(axis=-1, keepdims=True)), 1e-6)
    return height, normal, sums[3]


def marks_on(height: np.ndarray, marks: list[Mark], view: View) -> np.ndarray:
    """(n, n) sum of the strokes that are in sight: a mark hidden behind the hand does not show."""
    n = height.shape[0]
    x, y = _grid(view, n)
    ink = np.zeros((n, n), np.float32)
    for mark in marks:
        rows, columns = _window(x, y, mark.start[:2], mark.end[:2], 2 * mark.width)
        bone = mark.end - mark.start
        dx, dy = x[None, columns] - mark.start[0], y[rows, None] - mark.start[1]
        t = np.clip((dx * bone[0] + dy * bone[1]) / (bone[0] ** 2 + bone[1] ** 2 + 1e-9), 0, 1)
        distance2 = (dx - bone[0] * t) ** 2 + (dy - bone[1] * t) ** 2
        depth = height[rows, columns] - (mark.start[2] + bone[2] * t)
        ink[rows, columns] += mark.strength * np.exp(-distance2 / mark.width**2 - (depth / 0.03) ** 2)
    return ink


def occlusion(height: np.ndarray, hand: np.ndarray, pixels_per_unit: float) -> np.ndarray:
    """(n, n) in 0..1: how open each point is to the sky; valleys between fingers are dark."""
    openness = np.ones_like(height)
    low = np.where(hand, height, 0)
    for radius, strength in ((0.03, 2.6), (0.10, 1.3)):  # hand units: creases, then the hollow of the palm
        sigma = radius * pixels_per_unit
        around = blur(low, sigma) / np.maximum(blur(hand.astype(np.float32), sigma), 1e-3)
        openness *= np.clip(1 - strength * np.maximum(around - height - 0.02, 0) / (radius + 0.1), 0.45, 1)
    return openness


def self_shadow(height: np.ndarray, light: np.ndarray, pixels_per_unit: float) -> np.ndarray:
    """(n, n) in 0..1: the part of the lamp that each point sees past the rest of the hand."""
    lit = np.ones_like(height)
    for step in (0.05, 0.10, 0.17, 0.26):  # hand units walked across the picture, towards the lamp
        right, up = (light[:2] * step * pixels_per_unit).round().astype(int)
        blocker = shifted(height, -right, up, FAR)
        lit = np.minimum(lit, 1 - np.clip((blocker - height - step * light[2] - 0.02) / 0.06, 0, 1))
    lit[height == FAR] = 1  # no darkness to leak in from outside the hand
    return blur(lit, 0.02 * pixels_per_unit)


def lit_skin(
    scene: Scene, normal: np.ndarray, open_sky: np.ndarray, lit: np.ndarray, redness: np.ndarray
) -> np.ndarray:
    """(pixels, 3) light from the hand to the camera; normal is (pixels, 3), the other maps (pixels,).

    Skin lets light in and scatters it, red farthest, so light wraps around the edge of the shadow and
    the wrap is wider in red than in blue.
    """
    facing = normal @ scene.light
    wrap = np.array([0.60, 0.45, 0.40], np.float32)
    diffuse = np.clip((facing[..., None] + wrap) / (1 + wrap), 0, 1) * (0.35 + 0.65 * lit[..., None])
    blood = np.array([0.04, -0.05, -0.035], np.float32) * scene.skin[0]
    reflectance = scene.skin + redness[..., None] * blood
    halfway = scene.light + np.array([0, 0, 1], np.float32)
    gloss = np.clip(normal @ (halfway / np.linalg.norm(halfway)), 0, 1) ** 16
    shadow_tint = 1 - scene.crease_depth * (1 - open_sky[..., None]) * np.array([0.8, 1.0, 1.05], np.float32)
    return (
        reflectance * (scene.ambient + (1.06 - scene.ambient) * diffuse) * shadow_tint
        + 0.07 * (gloss * lit)[..., None]
    )


def lit_wall(scene: Scene, hand: np.ndarray, pixels_per_unit: float, rng: np.random.Generator) -> np.ndarray:
    """(n, n, 3) the wall with its uneven light, a touch of dirt, and the soft shadow of the hand."""
    n = hand.shape[0]
    ramp = np.linspace(-0.5, 0.5, n, dtype=np.float32)
    slope = rng.normal(0, 0.06, 2)
    uneven = 1 + slope[0] * ramp[None, :] + slope[1] * ramp[:, None] + 0.02 * smooth_noise(n, 3, rng)
    right, up = -scene.light[:2] / scene.light[2] * scene.wall_distance * pixels_per_unit
    cast = shifted(hand.astype(np.float32), round(right), round(-up), 0)
    softness = (0.04 + 0.16 * scene.wall_distance) * pixels_per_unit
    shade = rng.uniform(0.12, 0.45) * blur(cast, softness)
    contact = rng.uniform(0.05, 0.20) * blur(hand.astype(np.float32), 0.12 * pixels_per_unit)
    darkness = (1 - (1 - shade) * (1 - contact))[..., None] * np.array([1.05, 1.0, 0.93], np.float32)
    return scene.wall * uneven[..., None] * (1 - darkness)


def _in_sleeve(scene: Scene, view: View, n: int) -> np.ndarray:
    """(n, n) bool: the pixels beyond the cuff."""
    x, y = _grid(view, n)
    point, along = scene.sleeve_start
    return (x[None, :] - point[0]) * along[0] + (y[:, None] - point[1]) * along[1] > 0


def render(
    capsules: list[Capsule],
    marks: list[Mark],
    view: View,
    scene: Scene,
    rng: np.random.Generator,
    size: int,
) -> np.ndarray:
    """A (size, size, 3) uint8 photograph of the hand."""
    n = size * OVERSAMPLING
    pixels_per_unit = view.scale * n
    height, normal, redness = hand_surface(capsules, view, n)
    hand = height > FAR
    light = occlusion(height, hand, pixels_per_unit), self_shadow(height, scene.light, pixels_per_unit)
    blood = redness + 0.12 * smooth_noise(n, 9, rng)
    tone = (1 + 0.03 * smooth_noise(n, 14, rng)) * (1 - np.clip(marks_on(height, marks, view), -0.3, 0.6))
    picture = lit_wall(scene, hand, pixels_per_unit, rng)
    picture[hand] = lit_skin(scene, normal[hand], *(part[hand] for part in light), blood[hand])
    picture[hand] *= tone[hand][:, None]
    if scene.sleeve is not None:
        cloth = hand & _in_sleeve(scene, view, n)
        picture[cloth] = scene.sleeve * (0.45 + 0.5 * np.clip(normal[cloth] @ scene.light, 0, 1))[:, None]
    return photograph(picture, size, rng)
