"""Trees, bushes and hedges."""

import numpy as np

from workbook.data.road_canvas import LEAVES, Canvas
from workbook.data.road_light import Light
from workbook.data.road_solids import Place, box, moved, paint

GREENS = np.array(
    [[0.16, 0.27, 0.09], [0.24, 0.33, 0.12], [0.12, 0.22, 0.11], [0.30, 0.34, 0.14], [0.36, 0.27, 0.10]]
)
BARK = np.array([0.22, 0.17, 0.13])


def green(rng: np.random.Generator) -> np.ndarray:
    """(3,) reflectance of leaves."""
    colour = GREENS[rng.choice(5, p=[0.3, 0.28, 0.2, 0.14, 0.08])]
    return np.clip(colour * np.exp(rng.normal(0, 0.16) + rng.normal(0, 0.05, 3)), 0.03, 0.6)


def blobs(
    canvas: Canvas,
    light: Light,
    centres: np.ndarray,
    radii: np.ndarray,
    albedo: np.ndarray,
    rng: np.random.Generator,
) -> None:
    """Ragged clumps of leaves, the farthest first: centres (n, 3) and radii (n,) in metres, albedo (n, 3)."""
    order = np.argsort(-centres[:, 2], kind="stable")
    centres, radii, albedo = centres[order], radii[order], albedo[order]
    seen, distance = canvas.camera.project(centres)
    wide = radii * canvas.camera.focal / distance
    turn = np.arange(11) * (2 * np.pi / 11)
    ragged = wide[:, None] * rng.uniform(0.55, 1.2, (len(centres), 11))
    outlines = seen[:, None] + ragged[..., None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    middle = centres.mean(axis=0)
    out = moved(centres - middle, 0, 0.25 * radii.mean(), -0.6 * radii.mean())
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    colours = light.on(albedo, out) * (0.7 + 0.55 * np.clip(out[:, 1:2] + 0.4, 0, 1))
    canvas.fill(list(outlines), colours, "vegetation", distance, LEAVES)


def _trunk(canvas: Canvas, light: Light, points: np.ndarray, widths: np.ndarray) -> None:
    """Branches: points (n, 2, 3), widths (n, 2) metres."""
    n = len(points)
    seen, distance = canvas.camera.project(points.reshape(-1, 3))
    seen, distance = seen.reshape(n, 2, 2), distance.reshape(n, 2)
    half = np.maximum(0.5 * widths * canvas.camera.focal / distance, 0.5)[..., None]
    along = seen[:, 1] - seen[:, 0]
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-6)
    aside = np.stack([-along[:, 1], along[:, 0]], axis=1)[:, None] * half
    outlines = np.concatenate([seen + aside, (seen - aside)[:, ::-1]], axis=1)
    colours = light.on(np.broadcast_to(BARK, (n, 3)), np.broadcast_to([0.2, 0.2, -0.95], (n, 3)))
    canvas.fill(list(outlines), colours, "vegetation", float(distance.mean()))


def tree(
    canvas: Canvas, light: Light, x: float, z: float, height: float, bare: bool, rng: np.random.Generator
) -> None:
    """A broad-leaved tree, a conifer, or a bare one."""
    foot, stem = np.array([x, 0.0, z]), rng.uniform(0.22, 0.4) * height
    thick = 0.035 * height + 0.05
    conifer = rng.random() < 0.15
    wide = (0.16 if conifer else rng.uniform(0.26, 0.42)) * height
    if bare and not conifer:
        _bare(canvas, light, foot, height, stem, thick, wide, rng)
        return
    crown = moved(foot, 0, stem, 0)
    _trunk(
        canvas, light, np.array([[foot, moved(crown, 0, 0.3 * height, 0)]]), np.array([[thick, 0.6 * thick]])
    )
    size = canvas.camera.scale(z) * wide  # drawn pixels
    n = 26 if size > 40 else (14 if size > 14 else 7)
    share = rng.uniform(0, 1, n)
    angle = rng.uniform(0, 2 * np.pi, n)
    if conifer:
        share = np.linspace(0, 0.95, n)
        reach, radii = wide * (1 - share) * 0.5, wide * (1.05 - share) * 0.8
        level = (0.1 + 0.9 * share) * (height - 0.4 * stem) - 0.6 * stem
    else:
        spread = np.sqrt(np.clip(1 - (2 * share - 1) ** 2, 0.05, 1))
        reach, radii = wide * spread * rng.uniform(0.3, 0.9, n), wide * rng.uniform(1.0, 1.7, n) / n**0.5
        level = share * (height - stem) * 0.85
    centres = crown + np.stack([reach * np.cos(angle), level, reach * np.sin(angle)], axis=1)
    colour = green(rng) * np.exp(rng.normal(0, 0.13, (n, 1)))
    blobs(canvas, light, centres, radii, colour, rng)


def _bare(
    canvas: Canvas,
    light: Light,
    foot: np.ndarray,
    height: float,
    stem: float,
    thick: float,
    wide: float,
    rng: np.random.Generator,
) -> None:
    """A tree in winter: a trunk and a bunch of branches that fork once."""
    n = 12 if canvas.camera.scale(foot[2]) * wide > 10 else 6
    crown = moved(foot, 0, stem, 0)
    start = crown + np.stack([np.zeros(n), rng.uniform(0, 0.35, n) * height, np.zeros(n)], axis=1)
    out = np.stack(
        [
            rng.normal(0, 0.55, n) * wide,
            rng.uniform(0.3, 0.65, n) * (height - stem),
            rng.normal(0, 0.4, n) * wide,
        ],
        axis=1,
    )
    middle = start + 0.55 * out
    twigs = middle + 0.5 * out * [1, 1, 1] + rng.normal(0, 0.18, (n, 3)) * wide
    points = np.concatenate(
        [
            [[foot, moved(crown, 0, 0.4 * height, 0)]],
            np.stack([start, middle], axis=1),
            np.stack([middle, twigs], axis=1),
            np.stack([middle, middle + 0.45 * out + rng.normal(0, 0.25, (n, 3)) * wide], axis=1),
        ]
    )
    widths = np.concatenate(
        [[[thick, 0.4 * thick]], np.full((n, 2), 0.35 * thick), np.full((2 * n, 2), 0.18 * thick)]
    )
    _trunk(canvas, light, points, widths)


def tree_shadow(
    canvas: Canvas, light: Light, x: float, z: float, height: float, rng: np.random.Generator
) -> None:
    """The dappled shadow of a tree."""
    if light.shadows == 0:
        return
    n, wide = 9, 0.33 * height
    level = rng.uniform(0.35, 0.95, n) * height
    away = np.clip(-light.towards / max(light.towards[1], 0.15), -3, 3)
    centres = (
        np.array([x, 0, z])
        + away * [1, 0, 1] * level[:, None]
        + rng.normal(0, 0.35, (n, 3)) * [wide, 0, wide]
    )
    turn = np.linspace(0, 2 * np.pi, 9, endpoint=False)
    ring = np.stack([np.cos(turn), 0 * turn, np.sin(turn)], axis=1)
    ragged = rng.uniform(0.25, 0.55, (n, 9, 1)) * wide
    points = (centres[:, None] + ragged * ring).reshape(-1, 3)
    seen, _ = canvas.camera.project(points)
    near = points[:, 2].reshape(n, 9).min(axis=1) > 1.0
    canvas.shadow(
        [outline for outline, shown in zip(seen.reshape(n, 9, 2), near, strict=True) if shown], light.shadows
    )


def bush(canvas: Canvas, light: Light, x: float, z: float, height: float, rng: np.random.Generator) -> None:
    """A bush."""
    n = 7
    centres = np.stack(
        [x + rng.normal(0, 0.55, n) * height, rng.uniform(0.2, 0.75, n) * height, z + rng.normal(0, 0.4, n)],
        axis=1,
    )
    colour = green(rng) * np.exp(rng.normal(0, 0.1, (n, 1)))
    blobs(canvas, light, centres, rng.uniform(0.35, 0.55, n) * height, colour, rng)


def hedge(
    canvas: Canvas, light: Light, x: float, z: tuple[float, float], height: float, rng: np.random.Generator
) -> None:
    """A cut hedge along the road."""
    faces = box((-0.4, 0.4), (0, height), (0, z[1] - z[0]), green(rng))
    paint(canvas, light, faces, Place(x, z[0]), "vegetation", LEAVES)
