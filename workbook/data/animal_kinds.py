"""The measures and coats of animals: what makes an alpaca an alpaca, and a sheep a sheep.

Lengths are in trunk lengths (shoulder to rump is about 1), angles in degrees. Coats are drawn without a look
at the kind, so that no colour tells what an animal is; only the net of a giraffe is its own.
"""

from typing import NamedTuple

import numpy as np


class Build(NamedTuple):
    """The measures of one animal."""

    leg: float  # from the ground to the belly
    depth: float  # of the trunk
    slope: float  # how much the shoulder is above the rump
    neck: float  # length
    neck_angle: float  # above the horizontal, head held up
    neck_bow: float  # how far the neck sags before it rises
    neck_root: float  # radius
    neck_top: float  # radius
    head: float  # length from the back of the skull to the nose
    skull: float  # radius
    muzzle: float  # radius
    head_pitch: float  # above the horizontal; below 0 the nose hangs
    ear: float  # length
    ear_width: float  # radius
    ear_angle: float  # 0 straight up, 90 to the side, beyond: hanging
    tail: float  # length
    tail_angle: float  # above the horizontal, backwards
    tail_width: float  # radius
    thigh: float  # radius of the legs at the top
    shank: float  # radius below the knee
    wool_body: float  # how lumpy the fleece is, 0 smooth
    wool_neck: float
    wool_head: float
    wool_leg: float


KINDS = ("alpaca", "sheep", "goat", "horse", "dog", "cow", "giraffe", "camel")
MEANS = {  # a field of Build: the mean of each of KINDS
    "leg": (0.52, 0.38, 0.5, 0.68, 0.5, 0.5, 0.98, 0.72),
    "depth": (0.56, 0.6, 0.48, 0.5, 0.4, 0.58, 0.56, 0.54),
    "slope": (0, 0, 0, 0.03, 0.03, 0, 0.16, 0.02),
    "neck": (0.66, 0.27, 0.36, 0.6, 0.24, 0.34, 1.15, 0.74),
    "neck_angle": (74, 38, 52, 50, 50, 22, 64, 52),
    "neck_bow": (0.05, 0, 0, 0, 0, 0, 0, 0.34),
    "neck_root": (0.15, 0.17, 0.13, 0.2, 0.125, 0.19, 0.2, 0.15),
    "neck_top": (0.115, 0.115, 0.08, 0.105, 0.095, 0.125, 0.085, 0.09),
    "head": (0.31, 0.34, 0.33, 0.48, 0.37, 0.44, 0.38, 0.36),
    "skull": (0.105, 0.088, 0.08, 0.105, 0.1, 0.115, 0.085, 0.088),
    "muzzle": (0.062, 0.058, 0.05, 0.07, 0.055, 0.088, 0.056, 0.062),
    "head_pitch": (-8, -38, -40, -46, -14, -42, -30, -10),
    "ear": (0.19, 0.15, 0.17, 0.115, 0.14, 0.16, 0.12, 0.075),
    "ear_width": (0.03, 0.03, 0.03, 0.024, 0.042, 0.042, 0.032, 0.026),
    "ear_angle": (14, 98, 88, 12, 60, 92, 70, 40),
    "tail": (0.16, 0.26, 0.14, 0.58, 0.4, 0.55, 0.45, 0.38),
    "tail_angle": (-30, -70, 50, -76, 35, -80, -75, -75),
    "tail_width": (0.06, 0.05, 0.035, 0.05, 0.036, 0.026, 0.024, 0.024),
    "thigh": (0.12, 0.085, 0.09, 0.125, 0.1, 0.12, 0.12, 0.115),
    "shank": (0.052, 0.036, 0.036, 0.038, 0.038, 0.052, 0.048, 0.05),
    "wool_body": (1, 1, 0.3, 0, 0.25, 0.08, 0, 0.45),
    "wool_neck": (1, 0.8, 0.25, 0, 0.25, 0.05, 0, 0.55),
    "wool_head": (0.9, 0.15, 0.1, 0, 0.1, 0.05, 0, 0.35),
    "wool_leg": (0.6, 0.05, 0.05, 0, 0.1, 0, 0, 0.15),
}
SIZES = dict(zip(KINDS, (0.9, 0.9, 0.75, 1.45, 0.65, 1.5, 1.7, 1.5), strict=True))  # metres of a trunk
OTHERS = tuple(kind for kind in KINDS if kind != "alpaca")

COLOURS = np.array(  # RGB reflectance: white, cream, fawn, brown, dark brown, grey, rose grey, black
    [
        [0.94, 0.92, 0.88],
        [0.88, 0.79, 0.64],
        [0.74, 0.55, 0.36],
        [0.48, 0.29, 0.17],
        [0.27, 0.17, 0.12],
        [0.52, 0.51, 0.51],
        [0.55, 0.45, 0.41],
        [0.15, 0.14, 0.145],
    ]
)
SHARES = (0.22, 0.16, 0.16, 0.16, 0.08, 0.08, 0.05, 0.09)


class Coat(NamedTuple):
    """The colours of one animal, RGB reflectance, (3,) each."""

    coat: np.ndarray
    points: np.ndarray  # legs and face
    belly: np.ndarray
    mane: np.ndarray
    horn: np.ndarray
    pattern: str  # "plain", "patches" or "net"
    patch: np.ndarray  # colour of the patches, or of the lines of the net
    seeds: np.ndarray  # (k, 3) where patches or the meshes of the net are, trunk lengths
    reach: float  # how far a patch reaches, trunk lengths


class Animal(NamedTuple):
    """What stays the same in all pictures of one animal."""

    kind: str
    build: Build
    coat: Coat
    horns: float  # length, 0 for none
    tuft: float  # wool on the forehead, 1 is usual for an alpaca
    shaggy: float  # 0 curly, 1 hanging in locks
    beard: float  # length


def draw_build(kind: str, rng: np.random.Generator) -> Build:
    """Measures around the mean of the kind: the same proportions for no two animals."""
    mean = np.array([MEANS[name][KINDS.index(kind)] for name in Build._fields])
    angles = np.array([name.endswith(("angle", "pitch")) for name in Build._fields])
    spread = np.where(angles, 0, 0.07)
    grown = mean * np.exp(np.clip(rng.normal(0, 1, len(mean)), -2, 2) * spread)
    return Build(*(grown + np.where(angles, rng.normal(0, 5, len(mean)), 0)).tolist())


def _tinted(colour: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Nearly the colour: no two animals have the same."""
    return np.clip(colour * np.exp(rng.normal(0, 0.06) + rng.normal(0, 0.025, 3)), 0.05, 0.97)


def draw_coat(rng: np.random.Generator, net: bool = False) -> Coat:
    """A coat of any colour. net: with the meshes of a giraffe."""
    first, second = (_tinted(COLOURS[i], rng) for i in rng.choice(len(COLOURS), 2, p=SHARES))
    manner = rng.choice(4, p=[0.56, 0.20, 0.16, 0.08])  # plain, patches, other points, light belly
    dark = _tinted(COLOURS[[4, 7][rng.integers(2)]], rng)
    points = dark if manner == 2 else first
    belly = 0.4 * first + 0.6 * COLOURS[0] if manner == 3 else first
    pattern, patch, reach = (
        ("patches", second, rng.uniform(0.18, 0.34)) if manner == 1 else ("plain", first, 0.2)
    )
    seeds = rng.uniform([-0.7, 0.2, -0.4], [0.8, 2.2, 0.4], (rng.integers(4, 14), 3))
    if net:
        light = _tinted(COLOURS[rng.integers(0, 3)], rng)
        first, patch = _tinted(COLOURS[rng.integers(2, 5)], rng), light
        points = belly = light
        pattern, reach = "net", rng.uniform(0.014, 0.024)
        seeds = rng.uniform([-0.7, 0.3, -0.4], [1.3, 2.9, 0.4], (420, 3))
    return Coat(
        coat=first,
        points=points,
        belly=belly,
        mane=dark if rng.random() < 0.5 else first * 0.8,
        horn=np.array([0.45, 0.38, 0.30]) * rng.uniform(0.6, 1.3),
        pattern=pattern,
        patch=patch,
        seeds=seeds,
        reach=reach,
    )


def draw_animal(kind: str, rng: np.random.Generator) -> Animal:
    """A new animal of a kind."""
    horned = {"goat": 0.6, "cow": 0.45, "sheep": 0.15}.get(kind, 0.0)
    return Animal(
        kind=kind,
        build=draw_build(kind, rng),
        coat=draw_coat(rng, net=kind == "giraffe"),
        horns=rng.uniform(0.12, 0.3) if rng.random() < horned else 0.0,
        tuft=rng.uniform(0.5, 1.3) if kind == "alpaca" else 0.0,
        shaggy=float(np.clip(rng.normal(0.25, 0.3), 0, 1)),
        beard=rng.uniform(0.08, 0.18) if kind == "goat" and rng.random() < 0.6 else 0.0,
    )
