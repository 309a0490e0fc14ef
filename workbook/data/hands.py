"""Draws pictures of hands that show 0 to 5, to stand in for the SIGNS set.

A *person* has a hand shape and a skin; a *pose* bends the fingers into a sign; a *camera* looks at it from
somewhere. The signs are those people give in the SIGNS photographs: 0 is an O of all fingers, 1 the index
finger, 2 index and middle, 3 thumb, index and middle, 4 the four fingers with the thumb over the palm,
5 the open hand. The drawing itself is in hand_scene.py. Lengths are in hand units (wrist to middle
fingertip is 1), angles in degrees. A right hand with its palm to the camera has the thumb at x > 0.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from workbook.data.camera import rotation_matrix
from workbook.data.hand_scene import Capsule, Mark, Scene, View, render, seen_from

SIGNS = 6  # 0 to 5 fingers
PICTURES_PER_PERSON = 18

# A mean adult hand; rows are index, middle, ring and little finger.
KNUCKLES = np.array([[0.15, 0.50, 0.0], [0.05, 0.515, 0.0], [-0.055, 0.49, 0.0], [-0.15, 0.435, 0.01]])
PHALANGES = np.array([[0.21, 0.12, 0.095], [0.235, 0.138, 0.10], [0.218, 0.132, 0.10], [0.172, 0.098, 0.09]])
FINGER_RADII = np.array([0.052, 0.048, 0.044, 0.037])  # at the knuckle, the two joints and the tip
FINGER_GIRTH = np.array([1.0, 1.02, 0.96, 0.86])
THUMB_ROOT = np.array([0.09, 0.10, 0.035])
THUMB_BONES = np.array([0.22, 0.165, 0.125])
THUMB_RADII = np.array([0.085, 0.058, 0.050, 0.040])

# Which of index, middle, ring and little finger are stretched in each sign.
STRETCHED = np.array(
    [[0, 0, 0, 0], [1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 1, 1], [1, 1, 1, 1]], dtype=bool
)

LOOPS = (1, 0.05, 0.05, 0, 0, 0)  # how often the bent fingers of each sign meet the thumb in a ring

SKIN_TONES = np.array(  # RGB reflectance from light to dark
    [[0.93, 0.76, 0.67], [0.85, 0.66, 0.54], [0.77, 0.57, 0.44], [0.60, 0.42, 0.31], [0.40, 0.28, 0.22]]
)


class Person(NamedTuple):
    """What stays the same in all pictures of one person."""

    breadth: float  # width of the palm, 1 is the mean
    finger_length: np.ndarray  # (4,) factors
    thumb_length: float  # factor
    thickness: float  # of fingers, factor
    skin: np.ndarray  # (3,) RGB reflectance
    nails: float  # how much lighter than the skin the nails are


class Fingers(NamedTuple):
    """Joint positions of a posed hand."""

    joints: np.ndarray  # (4, 4, 3): finger; knuckle, two joints, tip; x, y, z
    palmar: np.ndarray  # (4, 3, 3): finger; bone; unit vector out of its inner side
    thumb: np.ndarray  # (4, 3): root, two joints, tip


def draw_person(rng: np.random.Generator) -> Person:
    """A new person."""
    tone = np.clip(rng.normal(1.5, 0.7), 0, 3.5)
    lighter = int(tone)
    skin = SKIN_TONES[lighter] + (tone - lighter) * (SKIN_TONES[lighter + 1] - SKIN_TONES[lighter])
    return Person(
        breadth=rng.normal(1.0, 0.06),
        finger_length=rng.normal(1.0, 0.05) + rng.normal(0, 0.025, 4),
        thumb_length=rng.normal(1.0, 0.06),
        thickness=rng.normal(1.04, 0.08),
        skin=np.clip(skin * np.exp(rng.normal(0, 0.02, 3)), 0.1, 0.95),
        nails=rng.uniform(0.05, 0.25),
    )


def _bends(sign: int, loop: bool, rng: np.random.Generator) -> np.ndarray:
    """(4, 3) degrees by which each finger bends at its three joints.

    loop: the bent fingers meet the thumb in a ring (the O of zero) instead of closing to a fist.
    """
    shared, own = rng.normal(0, 1, 3), rng.normal(0, 1, (4, 3))
    straight = np.array([4, 7, 5]) + shared * [7, 4, 3] + own * [4, 4, 3]
    if rng.random() < 0.06:  # a tired hand, or one that reaches out
        straight = straight + rng.uniform(0.2, 0.8) * np.array([10, 25, 15])
    if loop:
        bent = np.array([54, 64, 40]) + shared * [9, 8, 8] + own * [4, 5, 5]
    else:
        bent = np.array([78, 98, 55]) + shared * [8, 7, 8] + own * [5, 5, 5]
    return np.where(STRETCHED[sign][:, None], np.maximum(straight, [-12, 0, 0]), bent)


def _spread(sign: int, rng: np.random.Generator) -> np.ndarray:
    """(4,) degrees by which each finger leans towards the thumb (above 0) or away from it."""
    stretched = STRETCHED[sign]
    gap = rng.uniform(0, 3) if rng.random() < 0.05 else rng.uniform(6, 36 if stretched.sum() == 2 else 15)
    middle = 0.6 if stretched.sum() == 2 else 1.4  # the place in the fan that points straight up
    lean = gap * (middle - np.array([0, 1, 2, 3.2])) + rng.normal(0, 2, 4)
    return np.where(stretched, lean, np.array([-3, 0, 4, 8]) + rng.normal(0, 2, 4))


def _finger(base: np.ndarray, lengths: np.ndarray, bends: np.ndarray, lean: float) -> tuple:
    """Joints (4, 3) and inner sides (3, 3) of one finger that bends towards the palm (+z)."""
    bend, lean = np.radians(np.cumsum(bends)), np.radians(lean)
    flat, out = np.cos(bend), np.sin(bend)
    bones = np.stack([np.sin(lean) * flat, np.cos(lean) * flat, out], axis=1)
    palmar = np.stack([-np.sin(lean) * out, -np.cos(lean) * out, flat], axis=1)
    return np.concatenate([base[None], base + np.cumsum(bones * lengths[:, None], axis=0)]), palmar


def _reach(chain: np.ndarray, lengths: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The chain of joints (4, 3) bent so that its tip comes as near to target as its bones allow.

    FABRIK (Aristidou and Lasenby, 2011): pull the chain from the target back, then from the root forth.
    """
    chain, root, last = chain.copy(), chain[0].copy(), len(lengths)
    for _ in range(8):
        chain[last] = target
        for i in range(last - 1, -1, -1):
            step = chain[i] - chain[i + 1]
            chain[i] = chain[i + 1] + step * (lengths[i] / np.linalg.norm(step))
        chain[0] = root
        for i in range(last):
            step = chain[i + 1] - chain[i]
            chain[i + 1] = chain[i] + step * (lengths[i] / np.linalg.norm(step))
    return chain


def _thumb_target(sign: int, joints: np.ndarray, loop: bool, rng: np.random.Generator) -> np.ndarray | None:
    """Where the tip of the thumb goes, (3,), or None for a thumb stretched away from the hand."""
    if sign in (3, 5):
        return None
    if sign == 4:
        return np.array([rng.uniform(-0.15, 0.03), rng.uniform(0.30, 0.44), rng.uniform(0.09, 0.12)])
    if loop:
        return joints[sign, 3] + rng.normal(0, 0.012, 3) + [0.0, -0.05, 0.0]
    finger = rng.choice([1, 2]) if sign < 2 else 2
    return (joints[finger, 1] + joints[finger, 2]) / 2 + [0.0, 0.0, 0.085] + rng.normal(0, 0.012, 3)


def _thumb(person: Person, sign: int, joints: np.ndarray, loop: bool, rng: np.random.Generator) -> np.ndarray:
    """Joints of the thumb, (4, 3)."""
    lengths = THUMB_BONES * person.thumb_length
    target = _thumb_target(sign, joints, loop, rng)
    aside = np.radians(np.clip(rng.normal(48, 8), 32, 64) if target is None else 35)
    front = rng.normal(0.22, 0.13) if target is None else 0.7
    turns = np.array([0.0, -12.0, -22.0]) + rng.normal(0, 9, 3)
    angles = aside + np.radians(turns)
    bones = np.stack([np.sin(angles), np.cos(angles), front * np.array([1.0, 0.7, 0.5])], axis=1)
    bones /= np.linalg.norm(bones, axis=1, keepdims=True)
    root = THUMB_ROOT * [person.breadth, 1, 1]
    chain = np.concatenate([root[None], root + np.cumsum(bones * lengths[:, None], axis=0)])
    return chain if target is None else _reach(chain, lengths, target)


def pose_hand(person: Person, sign: int, rng: np.random.Generator) -> Fingers:
    """A right hand, palm to the camera and fingers up, that shows the sign."""
    loop = rng.random() < LOOPS[sign]
    bends, leans = _bends(sign, loop, rng), _spread(sign, rng)
    knuckles = KNUCKLES * [person.breadth, 1, 1]
    lengths = PHALANGES * person.finger_length[:, None]
    fingers = [_finger(*finger) for finger in zip(knuckles, lengths, bends, leans, strict=True)]
    joints = np.stack([finger[0] for finger in fingers])
    if loop:  # the bent fingers bunch up: each tip goes part of the way to the first one
        first = int(np.argmin(STRETCHED[sign]))
        for i in range(first + 1, 4):
            meeting = joints[first, 3] + (i - first) * np.array([-0.045, 0.005, -0.02])
            joints[i] = _reach(joints[i], lengths[i], 0.7 * joints[i, 3] + 0.3 * meeting)
    thumb = _thumb(person, sign, joints, loop, rng)
    return Fingers(joints, np.stack([finger[1] for finger in fingers]), thumb)


def _chain(joints: np.ndarray, radii: np.ndarray, redness: tuple[float, ...]) -> list[Capsule]:
    """One capsule for each bone between consecutive joints."""
    return [
        Capsule(joints[i], joints[i + 1], radii[i], radii[i + 1], redness[i]) for i in range(len(joints) - 1)
    ]


def flesh(person: Person, hand: Fingers) -> list[Capsule]:
    """The capsules of fingers, thumb and palm."""
    wide, thick = person.breadth, person.thickness
    parts = _chain(hand.thumb, THUMB_RADII * [1, thick, thick, thick], (0.3, 0.35, 0.7))
    for joints, girth in zip(hand.joints, FINGER_GIRTH, strict=True):
        parts += _chain(joints, FINGER_RADII * girth * thick, (0.3, 0.4, 0.9))
    knuckles = hand.joints[:, 0]
    between = (knuckles[:-1] + knuckles[1:]) / 2  # fill the gaps between the bones: a palm is flat
    for top in (*knuckles, *between):
        parts.append(Capsule(top * [0.45, 0, 0] + [0, 0.02, 0], top, 0.088, 0.064, 0.3))
    webs = knuckles + 0.38 * (hand.joints[:, 1] - knuckles)
    parts += [Capsule(webs[i], webs[i + 1], 0.040, 0.040, 0.3) for i in range(3)]
    heel = np.array([[-0.085 * wide, 0.09, 0.03], [-0.135 * wide, 0.34, 0.025]])
    parts.append(Capsule(heel[0], heel[1], 0.078, 0.060, 0.45))
    index_bone = hand.joints[0, 0] * [0.9, 0.75, 1]
    parts.append(Capsule(hand.thumb[1] * 0.75 + THUMB_ROOT * 0.25, index_bone, 0.048, 0.045, 0.35))
    return parts


def _palm_lines(wide: float, rng: np.random.Generator) -> list[Mark]:
    """The lines of life, head and heart as short strokes."""
    z = 0.075
    lines = np.array(
        [
            [[0.15, 0.38, z], [0.06, 0.33, z], [0.015, 0.22, z], [0.03, 0.08, z]],
            [[0.15, 0.39, z], [0.06, 0.36, z], [-0.04, 0.31, z], [-0.12, 0.25, z]],
            [[0.06, 0.50, z], [0.02, 0.43, z], [-0.08, 0.39, z], [-0.17, 0.385, z]],
        ]
    )
    lines = (lines + rng.normal(0, 0.012, lines.shape) * [1, 1, 0]) * [wide, 1, 1]
    return [Mark(line[i], line[i + 1], 0.010, 0.14) for line in lines for i in range(3)]


def _finger_marks(joints: np.ndarray, palmar: np.ndarray, radii: np.ndarray, nails: float) -> list[Mark]:
    """Three creases across the inner side of a finger and a nail on its outer side."""
    side = np.cross(joints[1] - joints[0], palmar[0])
    side /= np.linalg.norm(side)
    root = 0.55 * joints[0] + 0.45 * joints[1]  # the palm's skin reaches half-way up the first bone
    marks = []
    for place, inner, radius in zip((root, joints[1], joints[2]), palmar, radii[:3], strict=True):
        crease, half = place + 0.9 * radius * inner, 0.6 * radius * side
        marks.append(Mark(crease - half, crease + half, 0.010, 0.13))
    nail = joints[3] - 0.85 * radii[3] * palmar[2]
    along = (joints[3] - joints[2]) / np.linalg.norm(joints[3] - joints[2])
    return [*marks, Mark(nail - 0.03 * along, nail + 0.012 * along, 0.024, -nails)]


def skin_marks(person: Person, hand: Fingers, rng: np.random.Generator) -> list[Mark]:
    """All lines and nails of the hand."""
    marks = _palm_lines(person.breadth, rng)
    for joints, palmar, girth in zip(hand.joints, hand.palmar, FINGER_GIRTH, strict=True):
        marks += _finger_marks(joints, palmar, FINGER_RADII * girth * person.thickness, person.nails)
    return marks


def _turn(sign: int, rng: np.random.Generator) -> tuple[float, float]:
    """Yaw and pitch in degrees. An O is shown so that its hole is seen: with the thumb to the camera."""
    yaw = -rng.uniform(35, 80) if sign == 0 else rng.normal(-8, 9)
    if rng.random() < 0.01:  # the back of the hand
        yaw = yaw + 180
    return yaw, rng.normal(0, 7)


def _forearm(lean: float, width: float, depth: float) -> list[Capsule]:
    """Three capsules side by side, from the wrist out of the picture; lean in degrees from straight down."""
    along = np.array([np.sin(np.radians(lean)), -np.cos(np.radians(lean)), depth])
    aside = np.array([along[1], -along[0], 0.0]) * width
    return [Capsule(side, side + along * 2.2 + side, 0.086, 0.15, 0.3) for side in (aside, 0 * aside, -aside)]


def _scene(person: Person, forearm: np.ndarray, rng: np.random.Generator) -> Scene:
    """Wall, lamp and clothes of one picture. forearm: (2,) direction from the wrist to the elbow."""
    wall = np.array([0.88, 0.865, 0.835]) * np.exp(rng.normal(0, 0.04))
    if rng.random() < 0.05:  # a coloured wall
        wall = rng.uniform(0.4, 0.9) * (1 + rng.uniform(-0.15, 0.15, 3))
    light = np.array([rng.normal(0, 0.5), rng.uniform(0.1, 0.9), 1.0])
    sleeve = rng.uniform(0.08, 0.8) * (1 + rng.uniform(-0.4, 0.4, 3)) if rng.random() < 0.12 else None
    return Scene(
        skin=(person.skin * np.exp(rng.normal(0, 0.05))).astype(np.float32),
        wall=np.clip(wall, 0.1, 0.97).astype(np.float32),
        light=(light / np.linalg.norm(light)).astype(np.float32),
        ambient=rng.uniform(0.40, 0.58),
        crease_depth=rng.uniform(0.3, 1.1),
        wall_distance=rng.uniform(0.1, 0.5),
        sleeve=sleeve,
        sleeve_start=(forearm * rng.uniform(0.05, 0.4), forearm),
    )


def _view(lean: float, rng: np.random.Generator) -> View:
    """Size and place, the same for every sign: the middle of an open hand comes near the picture's middle."""
    scale = float(np.clip(np.exp(rng.normal(np.log(0.91), 0.08)), 0.72, 1.08))
    middle = 0.45 * scale * np.array([-np.sin(np.radians(lean)), -np.cos(np.radians(lean))])
    jitter = rng.normal(0, 1, 2) * np.array([0.06, 0.04])
    x, y = np.array([0.5, 0.52]) + jitter - middle
    return View((float(x), float(y)), scale)


def _picture(person: Person, sign: int, rng: np.random.Generator, size: int) -> np.ndarray:
    """One (size, size, 3) uint8 picture of the person showing the sign."""
    hand = pose_hand(person, sign, rng)
    mirror = 1.0 if rng.random() < 0.5 else -1.0
    arm_lean = float(np.clip(rng.normal(0, 16), -45, 45))
    hand_lean = arm_lean + rng.normal(0, 8)
    yaw, pitch = _turn(sign, rng)
    rotation = rotation_matrix(yaw, pitch, mirror * hand_lean)
    nearness = rng.uniform(0.0, 0.35)
    capsules = seen_from(flesh(person, hand), rotation, mirror, nearness)
    marks = seen_from(skin_marks(person, hand, rng), rotation, mirror, nearness)
    arm = _forearm(arm_lean, 0.06 * abs(np.cos(np.radians(yaw))), rng.uniform(-0.3, 0.1))
    forearm = np.array([np.sin(np.radians(arm_lean)), -np.cos(np.radians(arm_lean))])
    return render(capsules + arm, marks, _view(hand_lean, rng), _scene(person, forearm, rng), rng, size)


def draw_hand(sign: int, rng: np.random.Generator, size: int = 64) -> np.ndarray:
    """A picture of a new person's hand that shows sign.

    sign: 0 to 5. rng: all chance comes from it. size: pixels along a side, 16 to 512.
    Returns (size, size, 3) uint8 RGB. Raises ValueError for a sign or size out of range.
    """
    if sign not in range(SIGNS):
        raise ValueError(f"sign must be a whole number from 0 to {SIGNS - 1}, got {sign!r}")
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng must be a NumPy generator such as np.random.default_rng(0), got {rng!r}")
    if size not in range(16, 513):
        raise ValueError(f"size must be a whole number of pixels from 16 to 512, got {size!r}")
    return _picture(draw_person(rng), int(sign), rng, int(size))


def draw_set(
    m: int, seed: int, progress: Callable[[int, int], None] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """A balanced, shuffled set of pictures; the same seed gives the same set.

    On another kind of processor float32 sums round otherwise, and one byte in a million may differ by 1.
    m: pictures, at least 1. seed: 0 or above; another seed gives other people, so sets drawn from two
    seeds share nobody. progress: called as progress(done, m) after each picture.
    Returns X (m, 64, 64, 3) uint8 and y (m,) int64. Raises ValueError for a bad m or seed.
    """
    if not isinstance(m, int | np.integer) or m < 1:
        raise ValueError(f"m, the number of pictures, must be a whole number above 0, got {m!r}")
    if not isinstance(seed, int | np.integer) or seed < 0:
        raise ValueError(f"seed must be a whole number, 0 or above, got {seed!r}")
    people_seed, picture_seed, order_seed = np.random.SeedSequence(int(seed)).spawn(3)
    people = [draw_person(np.random.default_rng(s)) for s in people_seed.spawn(-(-m // PICTURES_PER_PERSON))]
    order = np.random.default_rng(order_seed).permutation(m)
    y = (order % SIGNS).astype(np.int64)
    X = np.empty((m, 64, 64, 3), np.uint8)
    for i, source in enumerate(picture_seed.spawn(m)):
        person = people[order[i] // PICTURES_PER_PERSON]
        X[i] = _picture(person, int(y[i]), np.random.default_rng(source), 64)
        if progress is not None:
            progress(i + 1, m)
    return X, y
