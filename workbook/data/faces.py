"""Draws pictures of faces of people who do not exist.

A *person* is a set of measures and colours (draw_person); a picture adds an *expression*, a pose, light,
glasses, clothes, a background and a camera (draw_face) and knows where the face's landmarks are. The person's
measures are in face_people.py, the surface of the head in face_shape.py, its colours in face_paint.py, light
and camera in face_scene.py.

    rng = np.random.default_rng(0)
    person = draw_person(rng)
    picture, landmarks, smile = draw_face(person, rng, smile=True)
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from workbook.data.camera import blur, smooth_noise
from workbook.data.face_parts import Glasses, Turns, View, turned
from workbook.data.face_people import Expression, Hair, Person, draw_hair, draw_person
from workbook.data.face_scene import OVERSAMPLING, Light, project, render
from workbook.data.face_shape import Head, mouth_curves

__all__ = [
    "LANDMARKS",
    "Expression",
    "Face",
    "Hair",
    "Person",
    "draw_album",
    "draw_face",
    "draw_hair",
    "draw_person",
]
PICTURES_PER_PERSON = 6
SET_VARIETY = 0.25  # of draw_set: everybody looks into one camera, as at a door

# Left and right are those of the picture.
LANDMARKS = (
    "left eye, outer corner",
    "left eye, middle",
    "left eye, inner corner",
    "right eye, inner corner",
    "right eye, middle",
    "right eye, outer corner",
    "left brow, outer end",
    "left brow, inner end",
    "right brow, inner end",
    "right brow, outer end",
    "nose, bridge",
    "nose, tip",
    "nose, left wing",
    "nose, right wing",
    "mouth, left corner",
    "mouth, right corner",
    "upper lip, top",
    "upper lip, lower edge",
    "lower lip, upper edge",
    "lower lip, bottom",
    "chin",
)


class Face(NamedTuple):
    """A picture of a face and what is known of it."""

    picture: np.ndarray  # (size, size, 3) uint8 RGB
    landmarks: (
        np.ndarray
    )  # (21, 2) float32: x, y in pixels of each of LANDMARKS; (0, 0) is the top left corner
    smile: float  # 0 none to 1 broad


# Expressions


def _smiling(degree: float, rng: np.random.Generator) -> Expression:
    opened = rng.random() < np.interp(degree, [0.4, 0.9], [0.2, 0.9])
    opening = rng.uniform(0.4, 0.6 + 0.8 * degree) if opened else 0.0
    return Expression(
        smile=degree,
        lift=0.3 + 0.95 * degree + rng.normal(0, 0.05),
        stretch=0.15 + 0.75 * degree + rng.normal(0, 0.1),
        opening=opening,
        teeth=rng.uniform(0.55, 0.95) if opened else 0.0,
        aside=rng.normal(0, 0.08),
        cheeks=degree * rng.uniform(0.75, 1.1),
        squint=degree * rng.uniform(0.2, 0.9),
        lids=float(np.clip(rng.normal(0.98, 0.08), 0.7, 1.15)),
        brow=rng.normal(0.1, 0.25),
        frown=0.0,
        gaze=(0.0, 0.0),
    )


def _sober(rng: np.random.Generator) -> Expression:
    """No smile: still, sad, talking, astonished, or squinting in the light."""
    kind = rng.choice(5, p=[0.38, 0.15, 0.27, 0.10, 0.10])
    opening = rng.uniform(0.2, 1.3) if kind == 2 else (rng.uniform(0.3, 1.5) if kind == 3 else 0.0)
    stretch = rng.uniform(-0.6, 0.35) if kind == 2 else rng.normal(-0.05, 0.12)
    shows_teeth = opening > 0 and rng.random() < 0.6
    return Expression(
        smile=0.0,
        lift=rng.uniform(-0.5, -0.15) if kind == 1 else rng.normal(0.04, 0.08),
        stretch=stretch,
        opening=opening,
        teeth=rng.uniform(0.3, 0.95) if shows_teeth else 0.0,
        aside=rng.normal(0, 0.08),
        cheeks=0.0,
        squint=rng.uniform(0.3, 0.8) if kind == 4 else max(rng.normal(0, 0.15), 0.0),
        lids=rng.uniform(1.05, 1.25) if kind == 3 else float(np.clip(rng.normal(0.96, 0.1), 0.6, 1.15)),
        brow=rng.uniform(0.5, 1.0) if kind == 3 else rng.normal(0.0, 0.25),
        frown=rng.uniform(0.2, 0.9) if kind in (1, 4) else max(rng.normal(0, 0.12), 0.0),
        gaze=(0.0, 0.0),
    )


def draw_expression(rng: np.random.Generator, smile: float | bool | None = None) -> Expression:
    """An expression. smile: as in draw_face."""
    if smile is None:
        smile = bool(rng.random() < 0.5)
    if smile is True:
        smile = rng.uniform(0.5, 1.0)
    expression = _smiling(float(smile), rng) if smile > 0 else _sober(rng)
    gaze = np.clip(rng.normal(0, [0.12, 0.06]), -0.3, 0.3)
    return expression._replace(gaze=(float(gaze[0]), float(gaze[1])))


# Surroundings


def _view(variety: float, rng: np.random.Generator) -> View:
    yaw, pitch, roll = np.clip(rng.normal(0, 1, 3), -2, 2) * [15, 6, 5] * variety
    scale = 1 / 20.5 * np.exp(np.clip(rng.normal(0, 0.07), -0.14, 0.14) * variety)
    x, y = np.array([0.5, 0.5]) + rng.normal(0, 1, 2) * [0.025, 0.022] * variety
    return View(float(yaw), float(pitch + 1), float(roll), (float(x), float(y)), float(scale))


def _light(variety: float, rng: np.random.Generator) -> Light:
    spread = 0.3 + 0.7 * variety
    side, up = 0.75 * spread * rng.normal(), 0.45 + 0.48 * spread * rng.uniform(-1, 1)
    towards = np.array([side, up, 1.0])
    towards /= np.linalg.norm(towards)
    warmth = rng.normal(0, 0.035) * np.array([1, 0.15, -1])
    room = rng.uniform(0.36, 0.56)
    return Light(
        towards=towards.astype(np.float32),
        lamp=((1.08 - room) * rng.uniform(0.95, 1.2) * np.exp(warmth)).astype(np.float32),
        room=(room * np.exp(rng.normal(0, 0.035) * np.array([-1, 0, 1]))).astype(np.float32),
        back=(max(rng.normal(0.05, 0.12), 0) * np.exp(rng.normal(0, 0.1, 3))).astype(np.float32),
    )


def _wall(n: int, variety: float, rng: np.random.Generator) -> np.ndarray:
    """(n, n, 3) light of a plain wall, a gradient, or things out of focus."""
    cluttered = min(0.35 * variety, 0.7)
    kind = rng.choice(3, p=[0.55 * (1 - cluttered), 0.45 * (1 - cluttered), cluttered])
    ramp = np.linspace(-0.5, 0.5, n, dtype=np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    across = np.cos(angle) * ramp[None, :] + np.sin(angle) * ramp[:, None]
    grey, tint = rng.uniform(0.1, 0.85), rng.normal(0, 0.07, 3)
    colour = grey * np.exp(tint - tint.mean())
    wall = np.broadcast_to(colour, (n, n, 3)) * (1 + rng.normal(0, 0.15) * across)[..., None]
    if kind == 1:
        other = np.clip(colour + rng.normal(0, 0.25) + rng.normal(0, 0.05, 3), 0.05, 0.95)
        part = np.clip(across * rng.uniform(0.8, 2.5) + 0.5, 0, 1)[..., None]
        wall = wall + part * (other - wall)
    if kind == 2:
        for _ in range(rng.integers(3, 9)):  # furniture, windows, leaves
            thing = np.clip(rng.uniform(0.05, 0.95) * np.exp(rng.normal(0, 0.13, 3)), 0.03, 0.97)
            left, top = rng.integers(-n // 4, n, 2)
            right, bottom = left + rng.integers(n // 8, n // 2), top + rng.integers(n // 8, n)
            wall[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = thing
        wall = blur(wall.astype(np.float32), rng.uniform(0.012, 0.05) * n)
    return np.clip(wall * (1 + 0.015 * smooth_noise(n, 12, rng))[..., None], 0.01, 1).astype(np.float32)


def _pair_of_glasses(rng: np.random.Generator) -> Glasses:
    dark = rng.random() < 0.7
    colour = (
        np.full(3, rng.uniform(0.05, 0.2)) if dark else rng.uniform(0.2, 0.6) * np.array([1.2, 0.9, 0.65])
    )
    return Glasses(
        half=(rng.uniform(2.15, 2.6), rng.uniform(1.55, 2.15)),
        square=rng.uniform(2.0, 5.0),
        thick=rng.uniform(0.16, 0.42),
        colour=np.clip(colour, 0.03, 0.8),
    )


# Landmarks


def _on_surface(head: Head, places: np.ndarray) -> np.ndarray:
    """(k, 3) points of the head in front of the places (k, 2), x and y in the head's frame."""
    x, y = places.T
    row = np.clip(np.searchsorted(-head.y[:, 0], -y), 1, len(head.y) - 1)
    column = np.clip((head.x[row] < x[:, None]).sum(axis=1), 1, head.x.shape[1] - 1)
    lower = (head.y[row - 1, 0] - y) / (head.y[row - 1, 0] - head.y[row, 0])
    right = (x - head.x[row, column - 1]) / (head.x[row, column] - head.x[row, column - 1])
    left_of, right_of = (head.points[:, column - step, :] for step in (1, 0))
    each = np.arange(len(places))
    above, below = (
        left_of[at, each] + right[:, None] * (right_of[at, each] - left_of[at, each]) for at in (row - 1, row)
    )
    return above + lower[:, None] * (below - above)


def _landmarks(
    person: Person, expression: Expression, head: Head, turns: Turns, view: View, size: int
) -> np.ndarray:
    mouth, e, half = head.mouth, person.eye_spacing, person.eye_width / 2
    base, brow = -person.nose_length, person.brow_height + 0.55 * expression.brow
    lips = [float(curve[0]) for curve in mouth_curves(mouth, np.array([mouth.aside]))[:4]]
    corner = mouth.middle + mouth.lift
    tilt, slant, arch = person.eye_tilt, person.brow_slant, person.brow_arch
    outer, inner = brow + 0.4 * arch + 0.9 * slant, brow - 0.5 * arch - 0.9 * slant - 0.5 * expression.frown
    places = [
        *((-e - half, tilt), (-e, 0), (-e + half, -tilt), (e - half, -tilt), (e, 0), (e + half, tilt)),
        *((-e - 1.8, outer), (-e + 1.6, inner), (e - 1.6, inner), (e + 1.8, outer)),
        *((0, 0.2), (0, base + 1.0 + 0.5 * person.nose_up)),
        *((-person.nose_width, base + 0.5), (person.nose_width, base + 0.5)),
        *((mouth.aside - mouth.half, corner), (mouth.aside + mouth.half, corner)),
        *((mouth.aside, height) for height in lips),
        (0, head.y[-1, 0] + 0.35),
    ]
    points = _on_surface(head, np.array(places))
    return np.stack(project(turned(points, turns.head), view, size), axis=1).astype(np.float32)


# Pictures


def _picture(
    person: Person,
    rng: np.random.Generator,
    size: int,
    smile: float | bool | None,
    glasses: bool | None,
    variety: float,
) -> Face:
    expression = draw_expression(rng, smile)
    view, light = _view(variety, rng), _light(variety, rng)
    wall = _wall(size * OVERSAMPLING, variety, rng)
    clothes = np.clip(rng.uniform(0.05, 0.8) * np.exp(rng.normal(0, 0.3, 3)), 0.03, 0.9)
    worn, drawn = _pair_of_glasses(rng), rng.random() < 0.2
    worn = worn if (drawn if glasses is None else glasses) else None
    picture, head, turns = render(person, expression, view, light, wall, clothes, worn, rng, size)
    return Face(picture, _landmarks(person, expression, head, turns, view, size), expression.smile)


def draw_face(
    person: Person,
    rng: np.random.Generator,
    size: int = 64,
    smile: float | bool | None = None,
    glasses: bool | None = None,
    variety: float = 1.0,
) -> Face:
    """A picture of the person, with an expression, pose, light, background and camera of its own.

    rng: all chance comes from it. size: pixels along a side, 16 to 512. smile: True or False, or how broad
    from 0 (none) to 1; None leaves it to chance. glasses: whether they are worn; None: one picture in five.
    variety: 0 looks straight into the camera, 1 is usual, up to 2 turns the head farther.
    Returns a Face: picture, landmarks and smile. Raises ValueError for an argument out of range.
    """
    if not isinstance(person, Person):
        raise ValueError(f"person must be a Person as draw_person gives, got {type(person).__name__}")
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng must be a NumPy generator such as np.random.default_rng(0), got {rng!r}")
    if size not in range(16, 513):
        raise ValueError(f"size must be a whole number of pixels from 16 to 512, got {size!r}")
    if smile is not None and not (isinstance(smile, bool | int | float | np.number) and 0 <= smile <= 1):
        raise ValueError(f"smile must be True, False, None or a number from 0 to 1, got {smile!r}")
    if not 0 <= variety <= 2:
        raise ValueError(f"variety must be a number from 0 to 2, got {variety!r}")
    return _picture(person, rng, int(size), smile, glasses, float(variety))


def _check_counts(seed: int, **counts: int) -> None:
    for name, count in counts.items():
        if not isinstance(count, int | np.integer) or count < 1:
            raise ValueError(f"{name} must be a whole number above 0, got {count!r}")
    if not isinstance(seed, int | np.integer) or seed < 0:
        raise ValueError(f"seed must be a whole number, 0 or above, got {seed!r}")


def draw_set(
    m: int, seed: int, progress: Callable[[int, int], None] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """A balanced, shuffled set of faces that smile (1) or do not (0); the same seed gives the same set.

    On another kind of processor float32 sums round otherwise, and a few bytes may differ by 1.
    m: pictures, at least 1. seed: 0 or above; another seed gives other people, so sets drawn from two
    seeds share nobody. Each person smiles in half of their pictures. progress: called as progress(done, m)
    after each picture. Returns X (m, 64, 64, 3) uint8 and y (m,) int64.
    Raises ValueError for a bad m or seed.
    """
    _check_counts(seed, m=m)
    people_seed, picture_seed, order_seed = np.random.SeedSequence(int(seed)).spawn(3)
    people = [draw_person(np.random.default_rng(s)) for s in people_seed.spawn(-(-m // PICTURES_PER_PERSON))]
    order = np.random.default_rng(order_seed).permutation(m)
    y = (order % 2).astype(np.int64)
    X = np.empty((m, 64, 64, 3), np.uint8)
    for i, source in enumerate(picture_seed.spawn(m)):
        person = people[order[i] // PICTURES_PER_PERSON]
        X[i] = draw_face(person, np.random.default_rng(source), smile=bool(y[i]), variety=SET_VARIETY).picture
        if progress is not None:
            progress(i + 1, m)
    return X, y


class Album(NamedTuple):
    """Pictures of several people, in the order of the people."""

    X: np.ndarray  # (people * each, size, size, 3) uint8 RGB
    identity: np.ndarray  # (people * each,) int64: 0, 0, ..., 1, 1, ...
    landmarks: np.ndarray  # (people * each, 21, 2) float32, x and y in pixels
    smile: np.ndarray  # (people * each,) float64, 0 none to 1 broad


def draw_album(
    people: int,
    each: int,
    seed: int,
    size: int = 64,
    variety: float = 1.0,
    update: Callable[[int], None] = lambda done: None,
) -> Album:
    """Several pictures of each of several people; the same seed gives the same album.

    A person's first pictures stay the same when more people or more pictures are asked for. Two seeds share
    nobody. update: a function that hears how many are drawn.
    Raises ValueError for a number below 1 or a bad seed.
    """
    _check_counts(seed, people=people, each=each)
    faces = []
    for source in np.random.SeedSequence(int(seed)).spawn(people):
        person_seed, picture_seed = source.spawn(2)
        person = draw_person(np.random.default_rng(person_seed))
        faces += [
            draw_face(person, np.random.default_rng(s), size=size, variety=variety)
            for s in picture_seed.spawn(each)
        ]
        update(len(faces))
    return Album(
        np.stack([face.picture for face in faces]),
        np.repeat(np.arange(people), each),
        np.stack([face.landmarks for face in faces]),
        np.array([face.smile for face in faces]),
    )
