"""The surface of a head: skull, nose, cheeks, lips and hair as one grid of points.

Lengths are in centimetres in the head's own frame (see face_people.py). The grid's rows go from the crown to
below the chin, its columns around the head from one ear over the face to the other.
"""

from typing import NamedTuple

import numpy as np

from workbook.data.face_people import Expression, Person

HEAD_MIDDLE = -0.5  # the height around which hair grows outwards
WIDEST = 128.0  # degrees from the middle of the face to the grid's edge, behind the ears


class Mouth(NamedTuple):
    """Where the lips are, as curves over x."""

    half: float  # half the width
    middle: float  # height of the lips' line in the middle
    lift: float  # how much higher the corners are than the middle
    opening: float  # between the lips in the middle
    upper: float  # thickness of the upper lip
    lower: float  # thickness of the lower lip
    bow: float
    aside: float  # how far it is pulled to one side


class Head(NamedTuple):
    """The grid and what painting needs to know of it."""

    points: np.ndarray  # (rows, columns, 3)
    x: np.ndarray  # (rows, columns) of the smooth skull, without nose, cheeks and hair
    y: np.ndarray  # (rows, 1)
    angle: np.ndarray  # (1, columns) degrees from the middle of the face
    hair: np.ndarray  # (rows, columns) 0 skin to 1 hair
    mouth: Mouth
    face: tuple[slice, slice]  # the part of the grid that has a face on it


def grid_lines(fineness: float) -> tuple[np.ndarray, np.ndarray]:
    """Latitudes from crown to chin, radians, and angles around the head, degrees; dense on the face."""
    n = round(160 * fineness)
    where = np.linspace(0, 1, n, dtype=np.float32)
    latitude = np.interp(where, [0, 0.30, 0.90, 1], np.radians([89.5, 24, -72, -89.5]))
    side = np.linspace(-1, 1, round(180 * fineness), dtype=np.float32)
    angle = WIDEST * (0.62 * side + 0.38 * side**3)
    return latitude.astype(np.float32), angle.astype(np.float32)


def mouth_of(person: Person, expression: Expression) -> Mouth:
    """The lips of a person with an expression."""
    half = person.mouth_width + expression.stretch
    thin = 1 - 0.22 * np.clip(expression.stretch / 0.8, -0.6, 1)
    return Mouth(
        half=half,
        middle=-person.length + person.mouth_height - 0.25 * expression.lift - 0.45 * expression.opening,
        lift=expression.lift + person.mouth_curve,
        opening=expression.opening,
        upper=person.upper_lip * thin,
        lower=person.lower_lip * thin,
        bow=person.lip_bow,
        aside=expression.aside,
    )


def mouth_curves(mouth: Mouth, x: np.ndarray) -> tuple[np.ndarray, ...]:
    """Heights over x of the upper lip's top, its lower edge, the lower lip's upper edge and its bottom.

    Also gives u, the place along the mouth: -1 and 1 are the corners.
    """
    u = (x - mouth.aside) / mouth.half
    inside = np.clip(1 - u**2, 0, 1)
    line = mouth.middle + mouth.lift * np.minimum(u**2, 1.3) + 0.12 * mouth.aside * u
    round_ = np.sqrt(inside)
    gap = mouth.opening * round_ * (0.55 + 0.45 * inside)
    upper_edge, lower_edge = line + 0.45 * gap, line - 0.55 * gap
    notch = 1 - (0.12 + 0.22 * mouth.bow) * np.exp(-((u / 0.16) ** 2))
    top = upper_edge + mouth.upper * notch * inside**0.8
    bottom = lower_edge - mouth.lower * inside**0.7
    return top, upper_edge, lower_edge, bottom, u


def _profile(person: Person, opening: float, latitude: np.ndarray) -> tuple[np.ndarray, ...]:
    """Height, half the width and the depth of the face at each latitude; the skull without its features."""
    sine, cosine = np.sin(latitude), np.cos(latitude)
    chin = person.length + 0.75 * opening
    y = np.where(sine > 0, person.crown * sine, chin * sine)
    w, part = person.width, -sine  # part: how far down from the eyes to the chin
    down = np.interp(
        part,
        [0, 0.15, 0.58, 0.80, 0.92, 1],
        [
            w * 1.0,
            w * 1.005,
            w * person.jaw / 0.815,
            w * 0.5 * (person.jaw + person.chin) / 0.66,
            w * person.chin / 0.42,
            w * person.chin / 0.42,
        ],
    )
    up = np.interp(
        sine, [0, 0.35, 0.7, 1], [w, w * person.temples * 1.07, w * person.temples * 1.13, w * 1.12]
    )
    width = np.where(sine > 0, up, down)
    front_down = np.interp(part, [0, 0.3, 0.6, 0.85, 1], [8.6, 9.0, 9.7, 10.4, 10.9])
    front_up = np.interp(sine, [0, 0.2, 0.5, 0.8, 1], [8.6, 9.2, 10.1, 10.9, 10.9])
    front = np.where(sine > 0, front_up * cosine, front_down * cosine**0.36)
    return y, _smoothed(width) * cosine, _smoothed(front)


def _smoothed(profile: np.ndarray, reach: int = 5) -> np.ndarray:
    """The same profile without corners."""
    kernel = np.hanning(2 * reach + 3)[1:-1]
    padded = np.pad(profile, reach, mode="edge")
    return np.convolve(padded, kernel / kernel.sum(), mode="valid")


def _bump(x, y, centre, spread, turn: float = 0.0) -> np.ndarray:
    """A Gaussian hill of height 1. centre and spread: (x, y) in cm; turn in degrees."""
    dx, dy = x - centre[0], y - centre[1]
    if turn:
        c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
        dx, dy = c * dx + s * dy, c * dy - s * dx
    return np.exp(-((dx / spread[0]) ** 2) - (dy / spread[1]) ** 2)


def stroke(x, y, start, end, width: float) -> np.ndarray:
    """A soft line of height 1 from start to end, (x, y) each."""
    along = np.subtract(end, start).astype(np.float32)
    dx, dy = x - np.float32(start[0]), y - np.float32(start[1])
    t = np.clip((dx * along[0] + dy * along[1]) / (along @ along + 1e-6), 0, 1)
    return np.exp(-((dx - t * along[0]) ** 2 + (dy - t * along[1]) ** 2) / width**2)


def _nose(person: Person, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    base, out = -person.nose_length, person.nose_out
    tip = base + 1.0 + 0.5 * person.nose_up
    ridge = np.interp(
        y[::-1, 0],
        [base - 0.9, base - 0.15, base + 0.35, tip, tip + 1.0, 0.4 * base, 0.2, 2.4],
        [
            0.0,
            0.35,
            out - 0.35,
            out,
            out * 0.84,
            out * 0.52 + person.nose_bridge * 0.35 + person.nose_hump,
            person.nose_bridge,
            0.1,
        ],
    )[::-1]
    ridge = _smoothed(ridge, 3)[:, None]
    wide = np.interp(y, [base - 0.5, tip, tip + 1.2, 0.3, 2.4], [1.2, 1.15, 1.0, 0.95, 1.4])
    wings = sum(
        0.85 * _bump(x, y, (side * (person.nose_width - 0.52), base + 0.55), (0.62, 0.72)) for side in (-1, 1)
    )
    return ridge * np.exp(-((x / wide) ** 2)) + wings


def _features(
    person: Person, expression: Expression, mouth: Mouth, x: np.ndarray, y: np.ndarray
) -> np.ndarray:
    """How far the face stands out over the smooth skull, cm along z."""
    out = _nose(person, x, y)
    chin = y[-1, 0] + 1.5
    smile = expression.cheeks
    nose_base, e = -person.nose_length, person.eye_spacing
    for side in (-1, 1):
        out -= person.eye_depth * _bump(x, y, (side * (e - 0.35), 0.15), (1.9, 1.25))
        out += 0.42 * _bump(x, y, (side * e, -0.05), (1.25, 0.95))  # the eyeball under its lids
        brow = (side * (e + 0.1), person.brow_height - 0.2 + 0.4 * expression.brow)
        out += person.brow_ridge * 0.8 * _bump(x, y, brow, (2.2, 0.8), side * 6)
        out += person.cheekbones * _bump(x, y, (side * 4.9, -2.2), (1.7, 1.5))
        out += 0.55 * person.fullness * _bump(x, y, (side * 4.2, nose_base - 1.2), (1.8, 2.2))
        out += 0.75 * smile * _bump(x, y, (side * 3.9, -3.1 + 0.2 * smile), (1.5, 1.25))
        fold = 0.06 + 0.12 * person.age + 0.30 * smile
        start, end = (
            (side * (person.nose_width + 0.35), nose_base + 0.5),
            (side * (mouth.half + 1.0), mouth.middle - 0.2),
        )
        out -= fold * stroke(x, y, start, end, 0.6)
    out -= 0.3 * _bump(x, y, (0, chin + 1.9), (2.2, 0.7))  # the hollow below the lower lip
    out += (0.35 + person.chin_out) * _bump(x, y, (0, chin), (1.9, 1.4))
    top, upper_edge, lower_edge, bottom, u = mouth_curves(mouth, x)
    across = np.exp(-(np.clip(np.abs(u), 0, 3) ** 3))
    for high, low, height in ((top, upper_edge, 0.42), (lower_edge, bottom, 0.5)):
        middle, half = (high + low) / 2, np.maximum((high - low) / 2, 0.12)
        out += height * across * np.exp(-(((y - middle) / (1.2 * half)) ** 2))
    gap = np.clip((upper_edge - y) / 0.15, 0, 1) * np.clip((y - lower_edge) / 0.15, 0, 1)
    return out - 0.9 * gap * (np.abs(u) < 1)


def _hair_edge(person: Person, angle: np.ndarray) -> np.ndarray:
    """The height above which hair grows, at each angle around the head."""
    hair, a = person.hair, np.abs(angle)
    line = hair.line
    sideburn = -1.8 if person.beard > 0.5 else -0.8
    corner = {"receding": line + 2.0, "fringe": line}.get(hair.style, line - 0.3)
    temple = {"receding": line - 1.5, "bald": 6.5, "fringe": line - 0.6}.get(hair.style, line - 2.2)
    sides = {"bald": 2.5}.get(hair.style, 1.6)
    knots = [0, 22, 40, 52, 62, 71, 78, 86, 98, 128]
    heights = [line, line, corner, temple, sides, sideburn, sideburn - 0.2, 1.8, 0.5, -7]
    if hair.style in ("bob", "long"):
        heights[3:8] = [line - 1.6, 1.5, -1, -3, -4]
    edge = np.interp(a, knots, heights)
    if hair.style in ("side", "bob", "long", "fringe"):  # combed to one side: the edge slopes
        slope = 2.4 if hair.style == "side" else 1.4
        edge += slope * np.clip(hair.parting * angle / 45, -1, 0.4) * np.clip(1.35 - a / 60, 0, 1)
    return edge.astype(np.float32)


def _hair_cover(person: Person, y: np.ndarray, angle: np.ndarray, rough: np.ndarray) -> np.ndarray:
    """(rows, columns) 0 skin to 1 hair."""
    soft = {"bald": 1.2, "crop": 0.9, "receding": 0.9}.get(person.hair.style, 0.5)
    ragged = {"fringe": 0.5, "curly": 0.5}.get(person.hair.style, 0.3)
    cover = np.clip((y - _hair_edge(person, angle) - ragged * rough) / soft + 0.5, 0, 1)
    return cover * cover * (3 - 2 * cover)


def _hair_height(person: Person, cover, y, angle, rough) -> np.ndarray:
    """How far the hair stands off the skull, cm."""
    hair = person.hair
    top = np.clip((y + 1) / 8, 0.15, 1)
    lean = 1 + 0.3 * np.clip(hair.parting * angle / 60, -1, 1) * (hair.style == "side")
    body = hair.volume * (0.35 + 0.65 * top) * lean
    reach = {"fringe": 0.8, "curly": 2.0}.get(hair.style, 2.6)  # cm from the hairline to the full height
    rise = np.clip((y - _hair_edge(person, angle)) / reach, 0.02, 1)
    return cover * np.sqrt(rise) * body * (1 + (0.04 + 0.10 * hair.wave) * rough)


def head_surface(person: Person, expression: Expression, fineness: float, rough: np.ndarray) -> Head:
    """The head with its hair. fineness: 1 for 64x64 pixels. rough: (rows, columns) noise, the strands."""
    latitude, angle = grid_lines(fineness)
    y, width, front = (
        part.astype(np.float32)[:, None] for part in _profile(person, expression.opening, latitude)
    )
    turn = np.radians(angle)[None, :]
    square = 1 + 0.05 * np.sin(2 * turn) ** 2  # faces are flatter than an ellipse
    x = width * np.sin(turn) * square
    z = np.where(
        np.abs(turn) < np.pi / 2,
        front * np.cos(turn) * square,
        9.8 * np.cos(latitude)[:, None] * np.cos(turn),
    )
    mouth = mouth_of(person, expression)
    rows = slice(int(np.argmax(y[:, 0] < 5)), len(y))
    columns = slice(*np.searchsorted(angle, [-75, 75]))
    out = np.zeros_like(x)
    out[rows, columns] = _features(person, expression, mouth, x[rows, columns], y[rows])
    angles = angle[None, :]
    cover = _hair_cover(person, y, angles, rough)
    points = np.stack([x, np.broadcast_to(y, x.shape), z + out], axis=-1)
    away = points - np.array([0, HEAD_MIDDLE, 0], np.float32)
    away /= np.linalg.norm(away, axis=-1, keepdims=True) + 1e-6
    points = points + away * _hair_height(person, cover, y, angles, rough)[..., None]
    return Head(points.astype(np.float32), x, y, angles, cover, mouth, (rows, columns))
