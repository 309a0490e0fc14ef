"""Neck and head of an animal."""

from typing import NamedTuple

import numpy as np

from workbook.data.animal_kinds import Animal, Build
from workbook.data.animal_parts import (
    COAT,
    DARK,
    EYE,
    HORN,
    INNER,
    MANE,
    POINTS,
    SHINE,
    Part,
    Pose,
    chain,
    turned,
    upward,
    xyz,
)


def neck_line(build: Build, pose: Pose, middle: float) -> list[np.ndarray]:
    """Five points from the shoulder to the skull."""
    chest = middle + build.slope / 2
    if pose.grazing and not pose.lying:  # the shoulders sink and the neck stretches
        root = xyz(0.42, chest - 0.12 * build.depth, 0)
        drop = root[1] - 0.05 - 0.8 * build.head
        length = float(np.clip(drop / 0.94, build.neck, 1.35 * build.neck))
        angle = -np.degrees(np.arcsin(np.clip(drop / length, -1, 0.94)))
        turn, bow = 0.3 * pose.neck_turn, -0.10
    else:
        root, length = xyz(0.38, chest + 0.16 * build.depth, 0), build.neck
        angle, turn, bow = build.neck_angle + pose.neck_lift, pose.neck_turn, build.neck_bow
    top = root + turned(upward(angle), turn) * length
    ahead = turned(xyz(1, 0, 0), pose.neck_turn * 0.5)
    bend = (root + top) / 2 + ahead * 0.06 * build.neck + xyz(0, -bow * build.neck, 0)
    return [(1 - t) ** 2 * root + 2 * t * (1 - t) * bend + t**2 * top for t in np.linspace(0, 1, 5)]


def neck(animal: Animal, line: list[np.ndarray]) -> list[Part]:
    """The neck along its line, and a mane."""
    build = animal.build
    radii = np.interp(
        np.linspace(0, 1, 5),
        [0, 0.45, 1],
        [build.neck_root, (build.neck_root + 2 * build.neck_top) / 3, build.neck_top],
    )
    inside = line[0] + xyz(-0.16, -0.14 * build.depth, 0)
    wool = 0.018 * build.wool_neck
    parts = chain([inside, *line], [build.neck_root * 1.1, *radii], COAT, wool)
    if animal.kind in ("horse", "giraffe"):
        thick = 0.05 if animal.kind == "horse" else 0.025
        back = [point + xyz(-0.6, 0.8, 0) * (radius * 0.8) for point, radius in zip(line, radii, strict=True)]
        parts += chain(back, [thick] * 5, MANE, 0.015)
    return parts


class Frame(NamedTuple):
    """Where the head is: its own right-handed axes."""

    origin: np.ndarray  # the middle of the skull
    ahead: np.ndarray
    up: np.ndarray
    side: np.ndarray  # to its left

    def at(self, ahead: float, up: float, side: float) -> np.ndarray:
        """A point of the head."""
        return self.origin + ahead * self.ahead + up * self.up + side * self.side


def head_frame(animal: Animal, pose: Pose, line: list[np.ndarray]) -> Frame:
    """Where the head is, at the end of the neck's line."""
    build = animal.build
    pitch = build.head_pitch + pose.head_nod
    if pose.grazing and not pose.lying:
        pitch = -62 + pose.head_nod
    turn = (pose.neck_turn * (0.3 if pose.grazing else 1)) + pose.head_turn
    ahead = turned(upward(pitch), turn)
    side = turned(xyz(0, 0, 1), turn)
    return Frame(line[-1] + ahead * build.skull * 0.35, ahead, np.cross(side, ahead), side)


def _between(
    frame: Frame, start: tuple, end: tuple, radii: tuple[float, float], tone: int, wool: float = 0.0
) -> Part:
    """A part between two points of the head, each (ahead, up, side)."""
    return Part(frame.at(*start), frame.at(*end), *radii, tone, wool)


def _nose(build: Build) -> float:
    """How far the muzzle is ahead of the skull."""
    return build.head - build.skull - build.muzzle


def _skull(build: Build, frame: Frame) -> list[Part]:
    """Skull, muzzle, jaw and the tip of the nose."""
    k, m, nose, wool = build.skull, build.muzzle, _nose(build), 0.011 * build.wool_head
    tip = nose + 0.62 * m, nose + 0.7 * m
    return [
        _between(frame, (-0.1 * k, 0, 0), (0.35 * k, 0, 0), (k, 0.93 * k), COAT, wool),
        _between(frame, (0.4 * k, -0.12 * k, 0), (nose, -0.3 * k, 0), (0.78 * k, m), POINTS, 0.4 * wool),
        _between(
            frame,
            (0.1 * k, -0.55 * k, 0),
            (0.85 * nose, -0.55 * k, 0),
            (0.5 * k, 0.75 * m),
            POINTS,
            0.4 * wool,
        ),
        _between(frame, (tip[0], -0.12 * k, 0), (tip[1], -0.3 * k, 0), (0.46 * m, 0.42 * m), DARK),
    ]


def _face(build: Build, frame: Frame, s: int) -> list[Part]:
    """Eye, the light in it, nostril and mouth of the left side (s = 1) or the right one (s = -1)."""
    k, m, nose, eye = build.skull, build.muzzle, _nose(build), 0.19 * build.skull + 0.007
    shine, nostril = 0.25 * eye, nose + 0.8 * m
    return [
        _between(
            frame,
            (0.5 * k, 0.25 * k, s * 0.76 * k),
            (0.62 * k, 0.23 * k, s * 0.72 * k),
            (eye, 0.9 * eye),
            EYE,
        ),
        _between(
            frame, (0.64 * k, 0.38 * k, s * 0.9 * k), (0.65 * k, 0.38 * k, s * 0.9 * k), (shine, shine), SHINE
        ),
        _between(
            frame, (nostril, 0, s * 0.4 * m), (nostril, -0.06 * k, s * 0.36 * m), (0.15 * m, 0.13 * m), EYE
        ),
        _between(
            frame,
            (0.55 * nose, -0.5 * k, s * 0.8 * m),
            (nose + 0.6 * m, -0.52 * k, s * 0.5 * m),
            (0.008, 0.008),
            DARK,
        ),
    ]


def _ears(animal: Animal, frame: Frame) -> list[Part]:
    """Those of an alpaca bend inwards as bananas do."""
    b, parts = animal.build, []
    lean = np.radians(b.ear_angle)
    for s in (1, -1):
        root = frame.at(-0.2 * b.skull, 0.72 * b.skull, s * 0.5 * b.skull)
        out = np.cos(lean) * frame.up + s * np.sin(lean) * frame.side - 0.12 * frame.ahead
        inward = out - (0.5 * s * frame.side if animal.kind == "alpaca" else 0.25 * frame.up)
        middle = root + out * b.ear * 0.55
        tip = middle + inward / np.linalg.norm(inward) * b.ear * 0.5
        parts += chain([root, middle, tip], [b.ear_width * 0.9, b.ear_width, b.ear_width * 0.3], COAT)
        front = frame.ahead * b.ear_width * 0.55
        parts += chain(
            [root + front + 0.2 * (middle - root), middle + front, tip - 0.25 * (tip - middle) + front * 0.6],
            [b.ear_width * 0.5, b.ear_width * 0.62, b.ear_width * 0.2],
            INNER,
        )
    return parts


def _tuft(animal: Animal, frame: Frame) -> list[Part]:
    """Wool on the forehead and behind the cheeks."""
    k, thick = animal.build.skull, animal.build.skull * (0.6 + 0.4 * animal.tuft)
    parts = []
    for ahead, up, size in ((-0.1, 0.75, 0.62), (0.35, 0.8, 0.55), (0.0, 1.0, 0.5)):
        place = frame.at(ahead * k, (up + 0.12 * animal.tuft) * k, 0)
        parts.append(Part(place, place + 0.01 * frame.side, size * thick, size * thick, COAT, 0.014))
    for s in (1, -1):
        cheek = frame.at(-0.3 * k, -0.3 * k, s * 0.4 * k)
        parts.append(Part(cheek, cheek - 0.04 * frame.up, 0.62 * k, 0.6 * k, COAT, 0.010))
    return parts


def _horns(animal: Animal, frame: Frame) -> list[Part]:
    """Aside those of a cow, back those of a goat, curled down those of a sheep."""
    k, parts = animal.build.skull, []
    aside, back = (0.9, 0.0) if animal.kind == "cow" else (0.3, 0.5)
    end = (-0.6 if animal.kind == "sheep" else 0.6) * frame.up - 0.3 * frame.ahead
    for s in (1, -1):
        root = frame.at(0.0, 0.7 * k, s * 0.4 * k)
        out = 0.6 * frame.up + s * aside * frame.side - back * frame.ahead
        middle = root + out * animal.horns * 0.6
        parts += chain([root, middle, middle + end * animal.horns * 0.5], [0.032, 0.024, 0.008], HORN)
    return parts


def _own_marks(animal: Animal, frame: Frame) -> list[Part]:
    """What only one kind has: a beard, ossicones, the forelock of a horse, the curls of a camel."""
    k, parts = animal.build.skull, []
    if animal.beard:
        chin = frame.at(animal.build.head * 0.45, -0.75 * k, 0)
        parts.append(Part(chin, chin + xyz(0, -animal.beard, 0), 0.035, 0.01, COAT, 0.01))
    if animal.kind == "giraffe":
        for s in (1, -1):
            root = frame.at(-0.1 * k, 0.75 * k, s * 0.3 * k)
            parts += chain([root, root + 0.09 * frame.up - 0.03 * frame.ahead], [0.018, 0.026], MANE)
    if animal.kind == "horse":
        parts.append(_between(frame, (0, 0.95 * k, 0), (0.7 * k, 0.75 * k, 0), (0.04, 0.02), MANE, 0.01))
    if animal.kind == "camel":
        parts.append(_between(frame, (-0.1 * k, 0.8 * k, 0), (0.1 * k, 0.8 * k, 0), (0.05, 0.04), COAT, 0.03))
    return parts


def head(animal: Animal, frame: Frame) -> list[Part]:
    """Skull, face, ears and what adorns them."""
    parts = _skull(animal.build, frame) + _ears(animal, frame) + _own_marks(animal, frame)
    for s in (1, -1):
        parts += _face(animal.build, frame, s)
    if animal.tuft:
        parts += _tuft(animal, frame)
    if animal.horns:
        parts += _horns(animal, frame)
    return [part._replace(head=True) for part in parts]
