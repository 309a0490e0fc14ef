"""The body of an animal as parts: a skeleton in a pose, and the flesh and wool around it."""

import numpy as np

from workbook.data.animal_head import head, head_frame, neck, neck_line
from workbook.data.animal_kinds import Animal, Build
from workbook.data.animal_parts import (
    BELLY,
    COAT,
    DARK,
    INNER,
    MANE,
    POINTS,
    Part,
    Pose,
    chain,
    upward,
    xyz,
)


def _trunk(build: Build, middle: float) -> list[Part]:
    """Barrel, rump, chest and belly. middle: the height of the trunk's axis."""
    half, wool = build.depth / 2, 0.024 * build.wool_body
    tuck = 0.16 * half * (1 - min(build.wool_body, 1))  # a waist shows only where no fleece hides it
    rump, chest = middle - build.slope / 2, middle + build.slope / 2
    return [
        Part(
            xyz(-0.34, rump + 0.5 * tuck, 0),
            xyz(0.32, chest, 0),
            half * 0.96 - tuck,
            half * 0.98,
            COAT,
            wool,
        ),
        Part(
            xyz(-0.42, rump + 0.01, 0),
            xyz(-0.2, rump + 0.5 * tuck, 0),
            half * 0.84 - 0.4 * tuck,
            half * 0.93 - tuck,
            COAT,
            wool,
        ),
        Part(xyz(0.38, chest - 0.01, 0), xyz(0.2, chest, 0), half * 0.86, half * 0.94, COAT, wool),
        Part(
            xyz(-0.2, middle - 0.42 * half + 2 * tuck, 0),
            xyz(0.2, middle - 0.44 * half, 0),
            half * 0.6 - 0.5 * tuck,
            half * 0.6,
            BELLY,
            wool,
        ),
    ]


def _swung(points: list[np.ndarray], degrees: float) -> list[np.ndarray]:
    """A leg swung about its first point; the hoof stays on the ground."""
    root, t = points[0], np.tan(np.radians(degrees))
    return [point + xyz((root[1] - point[1]) * t, 0, 0) for point in points]


def _legs(build: Build, middle: float, strides: np.ndarray) -> list[Part]:
    """Four legs and their feet."""
    parts = []
    wool, leg, half = 0.02 * build.wool_leg, build.leg, build.depth / 2
    for i, (x, side) in enumerate([(0.34, 1), (0.34, -1), (-0.38, 1), (-0.38, -1)]):
        z = side * 0.48 * half
        top = middle + (build.slope / 2 if x > 0 else -build.slope / 2) - 0.2 * half
        if x > 0:
            joints = [
                xyz(x, top, z),
                xyz(x, leg, z),
                xyz(x + 0.01, leg * 0.52, z),
                xyz(x, 0.05, z),
            ]
        else:
            joints = [
                xyz(x + 0.02, top, z),
                xyz(x + 0.05, leg * 1.0, z),
                xyz(x - 0.07, leg * 0.55, z),
                xyz(x - 0.04, 0.05, z),
            ]
        joints = _swung(joints, strides[i])
        thick = build.thigh * (1.0 if x > 0 else 1.25)
        parts += chain(joints[:3], [thick * 1.15, thick * 0.82, build.shank * 1.25], COAT, wool * 1.4)
        parts += chain(joints[2:], [build.shank * 1.2, build.shank * 0.92], POINTS, wool)
        foot = joints[3]
        parts.append(Part(foot, foot + xyz(0.035, -0.02, 0), build.shank * 0.95, build.shank * 0.9, DARK))
    return parts


def _folded_legs(build: Build) -> list[Part]:
    """The legs of an animal that lies."""
    parts, wool = [], 0.02 * build.wool_leg
    for side in (1, -1):
        z = side * 0.4 * build.depth
        parts += chain(
            [xyz(-0.3, 0.2, z), xyz(-0.1, 0.12, z), xyz(-0.34, 0.06, z * 1.1)],
            [build.thigh * 1.4, build.thigh * 0.8, build.shank * 1.1],
            COAT,
            wool,
        )
        parts += chain(
            [xyz(0.32, 0.16, z * 0.8), xyz(0.5, 0.08, z * 0.9), xyz(0.26, 0.05, z)],
            [build.thigh, build.shank * 1.3, build.shank],
            POINTS,
            wool,
        )
    return parts


def _tail(animal: Animal, middle: float, lift: float) -> list[Part]:
    """A tail in two pieces, some with a tuft."""
    build = animal.build
    root = xyz(-0.36 - 0.45 * build.depth * 0.9, middle - build.slope / 2 + 0.14 * build.depth, 0)
    first, second = (
        upward(180 - build.tail_angle - lift + bend)
        for bend in ((-14, 12) if build.tail_angle < 0 else (-25, 10))
    )
    middle_of_it = root + first * build.tail * 0.45
    tip = middle_of_it + second * build.tail * 0.55
    radii = [build.tail_width * f for f in (0.8, 1.0, 0.75)]
    tone = MANE if animal.kind == "horse" else COAT
    parts = chain([root, middle_of_it, tip], radii, tone, 0.02 * build.wool_body)
    if animal.kind in ("cow", "giraffe", "camel"):
        parts.append(Part(tip, tip + xyz(0, -0.08, 0), 0.045, 0.03, MANE, 0.01))
    return parts


def _humps(animal: Animal, middle: float) -> list[Part]:
    """One or two on a camel; a cow has an udder instead."""
    if animal.kind == "cow":
        udder = xyz(-0.24, middle - animal.build.depth * 0.48, 0)
        return [Part(udder, udder + xyz(0.08, 0, 0), 0.09, 0.08, INNER)]
    if animal.kind != "camel":
        return []
    top = middle + 0.42 * animal.build.depth
    places = (-0.02,) if animal.shaggy < 0.3 else (-0.24, 0.2)
    return [Part(xyz(x, top, 0), xyz(x - 0.02, top + 0.14, 0), 0.2, 0.12, COAT, 0.02) for x in places]


def body(animal: Animal, pose: Pose) -> list[Part]:
    """All parts of the animal in a pose."""
    build = animal.build
    middle = build.depth / 2 + (0.02 if pose.lying else build.leg)
    parts = _trunk(build, middle)
    parts += _folded_legs(build) if pose.lying else _legs(build, middle, pose.strides)
    line = neck_line(build, pose, middle)
    parts += _tail(animal, middle, pose.tail_lift) + neck(animal, line) + _humps(animal, middle)
    return parts + head(animal, head_frame(animal, pose, line))
