"""Draws an animal's parts as a photograph would show them: surface, wool, coat, light and shadow.

Seen from the camera every part has a height above each pixel in closed form, as the bones of a hand have
(hand_scene.py). Wool makes the radius of a part uneven, so that it shows inside and along the outline.
"""

from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw
from scipy.spatial import cKDTree

from workbook.data import animal_parts as tones
from workbook.data.animal_kinds import Animal
from workbook.data.animal_noise import patchwork, soft
from workbook.data.animal_parts import Part

BLEND = 0.022  # trunk lengths over which two surfaces melt into one
FAR = -9.0  # the height where there is no animal


class Sun(NamedTuple):
    """The light of one picture, in the camera's axes."""

    towards: np.ndarray  # (3,) unit vector towards the sun
    colour: np.ndarray  # (3,) of direct light
    sky: np.ndarray  # (3,) of light from everywhere
    ground: np.ndarray  # (3,) of light from below

    def on_ground(self) -> np.ndarray:
        """(3,) the light that falls on level ground."""
        return (self.colour * self.towards[1] + self.sky * 0.85).astype(np.float32)


class Layer(NamedTuple):
    """An animal as drawn: a window of the picture."""

    window: tuple[slice, slice]
    colour: np.ndarray  # (h, w, 3) light
    cover: np.ndarray  # (h, w) 0 to 1


def seen(parts: list[Part], rotation: np.ndarray) -> list[Part]:
    """The parts in the camera's axes."""
    ends = np.array([(part.start, part.end) for part in parts]) @ rotation.T
    return [part._replace(start=a, end=b) for part, (a, b) in zip(parts, ends, strict=True)]


def outline(parts: list[Part]) -> tuple[float, float, float, float]:
    """The box around parts in the camera's axes: left, right, low, high."""
    starts, ends = (np.array([getattr(part, name)[:2] for part in parts]) for name in ("start", "end"))
    r0, r1 = (
        np.array([getattr(part, name) for part in parts])[:, None] for name in ("start_radius", "end_radius")
    )
    low = np.minimum(starts - r0, ends - r1).min(axis=0)
    high = np.maximum(starts + r0, ends + r1).max(axis=0)
    return float(low[0]), float(high[0]), float(low[1]), float(high[1])


def _part_surface(part: Part, x: np.ndarray, y: np.ndarray, fluff: np.ndarray) -> tuple:
    """inside (bool), height and unit normal of one part over (y[:, None], x[None, :]); see hand_scene.py."""
    bone = (part.end - part.start).astype(np.float32)
    length = float(np.linalg.norm(bone)) + 1e-6
    flat = float(np.hypot(bone[0], bone[1])) + 1e-6
    base = part.start_radius + np.float32(part.wool) * fluff if part.wool else np.float32(part.start_radius)
    taper = np.float32(part.end_radius - part.start_radius)
    dx, dy = x[None, :] - np.float32(part.start[0]), y[:, None] - np.float32(part.start[1])
    along = (dx * bone[0] + dy * bone[1]) / flat
    across2 = dx**2 + dy**2 - along**2
    radius = base + taper * np.clip(along / flat, 0, 1)
    t = np.clip((along + np.sqrt(np.maximum(radius**2 - across2, 0)) * (bone[2] / length)) / flat, 0, 1)
    radius = base + taper * t
    rise2 = radius**2 - across2 - (along - flat * t) ** 2
    rise = np.sqrt(np.maximum(rise2, 0))
    normal = (dx - bone[0] * t) / radius, (dy - bone[1] * t) / radius, rise / radius
    return rise2 > 0, np.float32(part.start[2]) + bone[2] * t + rise, normal


class Surface(NamedTuple):
    """The union of an animal's parts, melted together where they touch."""

    height: np.ndarray  # (h, w) trunk lengths, FAR where there is none
    normal: np.ndarray  # (h, w, 3)
    colour: np.ndarray  # (h, w, 3) reflectance
    wool: np.ndarray  # (h, w) 0 smooth, about 1 a thick fleece
    coat: np.ndarray  # (h, w) the share that wears the coat's pattern
    gloss: np.ndarray  # (h, w)


def _tone_colours(animal: Animal) -> np.ndarray:
    """(9, 3) RGB reflectance of the tones that animal_parts names."""
    coat = animal.coat
    inner = 0.6 * coat.coat + 0.4 * np.array([0.78, 0.58, 0.52])
    return np.array(
        [
            coat.coat,
            coat.points,
            coat.belly,
            [0.09, 0.08, 0.08],
            [0.025, 0.02, 0.02],
            [0.9, 0.9, 0.95],
            coat.horn,
            coat.mane,
            inner,
        ],
        np.float32,
    )


def surface(animal: Animal, parts: list[Part], x: np.ndarray, y: np.ndarray, fluff: np.ndarray) -> Surface:
    """parts: in the camera's axes. x (w,), y (h,), y downwards falling: the pixels, in trunk lengths."""
    shape, colours = (len(y), len(x)), _tone_colours(animal)
    total, sums = np.zeros(shape, np.float32), np.zeros((9, *shape), np.float32)
    for part in parts:
        reach = max(part.start_radius, part.end_radius) + 2.5 * part.wool
        low, high = np.minimum(part.start, part.end) - reach, np.maximum(part.start, part.end) + reach
        rows = slice(np.searchsorted(-y, -high[1]), np.searchsorted(-y, -low[1]))
        columns = slice(np.searchsorted(x, low[0]), np.searchsorted(x, high[0]))
        if rows.start >= rows.stop or columns.start >= columns.stop:
            continue
        inside, height, normal = _part_surface(part, x[columns], y[rows], fluff[rows, columns])
        proud = (
            0.07 if part.tone in (tones.EYE, tones.SHINE, tones.INNER) else 0.0
        )  # small things melt into nothing
        weight = np.exp(np.clip((height + proud) / BLEND, -80, 80)) * inside
        total[rows, columns] += weight
        patterned = float(part.tone in (tones.COAT, tones.POINTS, tones.BELLY))
        shiny = {tones.EYE: 1.0, tones.DARK: 0.35, tones.HORN: 0.3}.get(part.tone, 0.0)
        values = (*normal, *colours[part.tone], min(part.wool * 45, 1.0), patterned, shiny)
        for target, value in zip(sums, values, strict=True):
            target[rows, columns] += weight * value
    there = total > 0
    sums /= np.where(there, total, 1)
    height = np.full(shape, FAR, np.float32)
    height[there] = BLEND * np.log(total[there])
    normal = np.moveaxis(sums[:3], 0, -1)
    normal = normal / np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-6)
    return Surface(height, normal, np.moveaxis(sums[3:6], 0, -1).copy(), sums[6], sums[7], sums[8])


def paint_pattern(
    animal: Animal, s: Surface, x: np.ndarray, y: np.ndarray, rotation: np.ndarray, fray: np.ndarray
) -> None:
    """Put the patches or the net of the coat on the surface."""
    coat = animal.coat
    if coat.pattern == "plain":
        return
    rows, columns = np.nonzero((s.height > FAR) & (s.coat > 0.2))
    places = np.stack([x[columns], y[rows], s.height[rows, columns]], axis=1) @ rotation
    tree = cKDTree(coat.seeds)
    if coat.pattern == "net":
        near, _ = tree.query(places, k=2)
        share = np.clip(1.5 - (near[:, 1] - near[:, 0]) / coat.reach + 0.4 * fray[rows, columns], 0, 1)
        share = np.where(places[:, 1] < 0.42 * animal.build.leg, 1, share)
    else:
        near, _ = tree.query(places, k=1)
        share = np.clip((coat.reach * (1 + 0.16 * fray[rows, columns]) - near) / 0.03 + 0.5, 0, 1)
    share = (share * s.coat[rows, columns])[:, None].astype(np.float32)
    s.colour[rows, columns] += share * (coat.patch.astype(np.float32) - s.colour[rows, columns])


class Fur(NamedTuple):
    """Noise fields over a window, (h, w) float32 each, about unit variance."""

    lumps: np.ndarray  # of a fleece
    curls: np.ndarray
    hair: np.ndarray


def draw_fur(animal: Animal, shape: tuple[int, int], unit: float, rng: np.random.Generator) -> Fur:
    """A fleece in locks and curls, and the hair that every animal has."""
    stretch = 1 + 2.2 * animal.shaggy
    lumps = 0.7 * patchwork(shape, 0.075 * unit, rng, stretch) + 0.7 * patchwork(
        shape, 0.042 * unit, rng, stretch
    )
    curls = 1.0 - 1.3 * np.abs(patchwork(shape, max(0.027 * unit, 1.8), rng, stretch))
    curls += 0.6 * patchwork(shape, max(0.013 * unit, 1.5), rng, stretch)
    hair = 0.8 * patchwork(shape, max(0.010 * unit, 1.3), rng, 2.5)
    if unit > 250:  # so near that single hairs show
        hair += 0.7 * patchwork(shape, 0.004 * unit, rng, 3)
    return Fur(lumps, curls, hair)


def _bumped(s: Surface, fur: Fur, unit: float) -> np.ndarray:
    """The normals, roughened by locks and hair."""
    relief = s.wool * (0.0062 * fur.lumps + 0.0034 * fur.curls) + 0.0006 * fur.hair
    down, right = np.gradient(relief * np.float32(unit))
    normal = s.normal.copy()
    normal[..., 0] -= right
    normal[..., 1] += down
    return normal / np.linalg.norm(normal, axis=-1, keepdims=True).clip(1e-6)


def _shifted(image: np.ndarray, right: int, down: int, fill: float) -> np.ndarray:
    """image moved by whole pixels; what comes in from outside is fill."""
    h, w = image.shape
    moved = np.full_like(image, fill)
    right, down = int(np.clip(right, -w, w)), int(np.clip(down, -h, h))
    moved[max(down, 0) : h + min(down, 0), max(right, 0) : w + min(right, 0)] = image[
        max(-down, 0) : h - max(down, 0), max(-right, 0) : w - max(right, 0)
    ]
    return moved


def _own_shadow(height: np.ndarray, sun: Sun, unit: float) -> np.ndarray:
    """(h, w) the part of the sun that each point sees past the rest of the animal."""
    lit = np.ones_like(height)
    for step in (0.06, 0.14, 0.26, 0.45):
        right, up = (sun.towards[:2] * step * unit).round().astype(int)
        blocker = _shifted(height, -right, up, FAR)
        lit = np.minimum(lit, 1 - np.clip((blocker - height - step * sun.towards[2] - 0.02) / 0.08, 0, 1))
    lit[height == FAR] = 1
    return soft(lit, 0.012 * unit)


def _openness(height: np.ndarray, unit: float) -> np.ndarray:
    """(h, w) how much of the sky each point sees: hollows are dark."""
    there = (height > FAR).astype(np.float32)
    low, opened = np.where(there > 0, height, np.float32(0)), np.ones_like(height)
    for radius, strength in ((0.05, 1.6), (0.14, 1.2)):
        around = soft(low, radius * unit) / np.maximum(soft(there, radius * unit), 1e-3)
        opened *= np.clip(1 - strength * np.maximum(around - height - 0.02, 0) / (radius + 0.1), 0.4, 1)
    return opened


def shade(s: Surface, normal: np.ndarray, fur: Fur, sun: Sun, unit: float, belly: np.ndarray) -> np.ndarray:
    """(h, w, 3) light from the animal to the camera. belly: (h, w) 0 high up to 1 near the ground."""
    facing = normal @ sun.towards
    wrap = 0.12 + 0.33 * s.wool
    direct = np.clip((facing + wrap) / (1 + wrap), 0, 1) * _own_shadow(s.height, sun, unit)
    up = 0.5 + 0.5 * normal[..., 1]
    opened = _openness(s.height, unit) * (1 - 0.25 * belly * (1 - up))
    around = up[..., None] * sun.sky + (1 - up[..., None]) * sun.ground
    hairy = 1 + 0.045 * np.clip(fur.hair, -2, 2) + 0.085 * s.wool * np.clip(fur.curls, -2, 1.5)
    light = direct[..., None] * sun.colour + around * opened[..., None]
    halfway = (sun.towards + np.array([0, 0, 1], np.float32)) / np.sqrt(
        2 + 2 * max(float(sun.towards[2]), -0.9)
    )
    glint = np.clip(normal @ halfway, 0, 1)
    for _ in range(4):
        glint = glint * glint  # to the power of 16
    glint *= (0.03 + 0.5 * s.gloss) * direct
    return s.colour * hairy[..., None] * light + glint[..., None] * sun.colour


def draw_layer(
    animal: Animal,
    parts: list[Part],
    rotation: np.ndarray,
    place: tuple[float, float, float],
    n: int,
    sun: Sun,
    rng: np.random.Generator,
) -> Layer | None:
    """An animal in a picture of n x n pixels; None where none of it is in sight.

    parts: in the animal's axes. place: x and y, in pixels, of the point between the feet, and the pixels of
    one trunk length.
    """
    turned = seen(parts, rotation)
    px, py, unit = place
    left, right, low, high = outline(turned)
    columns = slice(max(int(px + (left - 0.06) * unit), 0), min(int(px + (right + 0.06) * unit) + 1, n))
    rows = slice(max(int(py - (high + 0.06) * unit), 0), min(int(py - (low - 0.06) * unit) + 1, n))
    if columns.start >= columns.stop - 8 or rows.start >= rows.stop - 8:
        return None
    x = ((np.arange(columns.start, columns.stop) + 0.5 - px) / unit).astype(np.float32)
    y = ((py - np.arange(rows.start, rows.stop) - 0.5) / unit).astype(np.float32)
    fur = draw_fur(animal, (len(y), len(x)), unit, rng)
    s = surface(animal, turned, x, y, 0.42 * fur.lumps + 0.30 * fur.curls + 0.2 * fur.hair)
    paint_pattern(animal, s, x, y, rotation, fur.curls)
    belly = np.clip(1 - y / (animal.build.leg + animal.build.depth), 0, 1)[:, None]
    colour = shade(s, _bumped(s, fur, unit), fur, sun, unit, belly)
    there = s.height > FAR
    return Layer((rows, columns), np.where(there[..., None], colour, 0), there.astype(np.float32))


def ground_shadow(
    parts: list[Part], rotation: np.ndarray, place: tuple[float, float, float], n: int, sun: Sun
) -> np.ndarray:
    """(n, n) 0 to 1: where the animal keeps the sun off the ground."""
    px, py, unit = place
    up = rotation @ np.array([0.0, 1.0, 0.0])
    drop = sun.towards / max(float(sun.towards @ up), 0.25)
    half = n // 2
    mask = Image.new("L", (half, half))
    pen = ImageDraw.Draw(mask)
    for part in seen(parts, rotation):
        spots = []
        for end in (part.start, part.end):
            on_ground = end - drop * float(end @ up)
            spots.append(((px + on_ground[0] * unit) / 2, (py - on_ground[1] * unit) / 2))
        r = max(part.start_radius, part.end_radius) * unit / 2
        squash = max(up[2], 0.12) ** 0.5
        for t in np.linspace(0, 1, 2 + int(abs(spots[0][0] - spots[1][0]) / max(r, 1))):
            cx, cy = (spots[0][i] * (1 - t) + spots[1][i] * t for i in (0, 1))
            pen.ellipse((cx - r, cy - r * squash, cx + r, cy + r * squash), fill=255)
    blurred = soft(np.asarray(mask, np.float32) / 255, 0.012 * unit + 0.6)
    return np.asarray(Image.fromarray(blurred).resize((n, n), Image.Resampling.BILINEAR))
