"""Checks for iou: the share of two boxes that both cover."""

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_slip

from .observers import TOLERANCE, one_number


def overlap_share(box1, box2):
    """The reference. Either box may also be (4, k): the corners of k boxes."""
    (a1, b1, a2, b2), (c1, d1, c2, d2) = box1, box2
    shared = np.clip(np.minimum(a2, c2) - np.maximum(a1, c1), 0, None)
    shared = shared * np.clip(np.minimum(b2, d2) - np.maximum(b1, d1), 0, None)
    return shared / ((a2 - a1) * (b2 - b1) + (c2 - c1) * (d2 - d1) - shared)


def iou_with(slip):
    """iou, with one slip."""

    def iou(box1, box2):
        (a1, b1, a2, b2), (c1, d1, c2, d2) = box1, box2
        if slip == "sizes":
            a2, b2, c2, d2 = a1 + a2, b1 + b2, c1 + c2, d1 + d2
        if slip == "middle and size":
            a1, b1, a2, b2 = a1 - a2 / 2, b1 - b2 / 2, a1 + a2 / 2, b1 + b2 / 2
            c1, d1, c2, d2 = c1 - c2 / 2, d1 - d2 / 2, c1 + c2 / 2, d1 + d2 / 2
        if slip == "x x y y":
            (a1, a2, b1, b2), (c1, c2, d1, d2) = box1, box2
        more = 1 if slip == "pixels" else 0
        w, h = min(a2, c2) - max(a1, c1) + more, min(b2, d2) - max(b1, d1) + more
        if slip in ("hull", "hull upside down"):
            w, h = max(a2, c2) - min(a1, c1), max(b2, d2) - min(b1, d1)
        elif slip == "and":
            w, h = (0, h) if w <= 0 and h <= 0 else (w, h)
        elif slip == "clamped product":
            w, h = max(w * h, 0), 1
        elif slip in ("width clamped", "height clamped"):
            w, h = (max(w, 0), h) if slip == "width clamped" else (w, max(h, 0))
        elif slip == "size of difference":
            w, h = abs(w), abs(h)
        elif slip not in ("not clamped", "share clamped"):
            w, h = max(w, 0), max(h, 0)
        if slip == "pixels of the overlap":
            w, h = max(min(a2, c2) - max(a1, c1) + 1, 0), max(min(b2, d2) - max(b1, d1) + 1, 0)
        area1, area2 = (a2 - a1 + more) * (b2 - b1 + more), (c2 - c1 + more) * (d2 - d1 + more)
        union = area1 + area2 - w * h
        below = {
            "sum": area1 + area2,
            "smaller": min(area1, area2),
            "first": area1,
            "second": area2,
            "twice": union - w * h,
        }
        below |= {
            "larger": max(area1, area2),
            "added": union + 2 * w * h,
            "box1 twice": 2 * area1 - w * h,
            "box2 twice": 2 * area2 - w * h,
            "dice": (area1 + area2) / 2,
            "around": (max(a2, c2) - min(a1, c1)) * (max(b2, d2) - min(b1, d1)),
        }
        share = w * h / below.get(slip, union)
        if slip in ("upside down", "hull upside down"):
            return union / (w * h) if w * h else np.inf
        if slip == "share clamped":
            return max(share, 0)
        return {"overlap": w * h, "distance": 1 - share, "union": union}.get(slip, share)

    return iou


IOU_SLIPS = {
    "not clamped": "the overlap's width and height are not kept from falling below 0: boxes that lie apart in both "
    "directions then get a positive overlap, minus times minus",
    "clamped product": "the overlap's area is kept from falling below 0, and not its width and height: minus times "
    "minus is plus, so boxes that lie apart in both directions seem to overlap",
    "share clamped": "the quotient is kept from falling below 0, and not the overlap's width and height: minus times "
    "minus is plus, so boxes that lie apart in both directions seem to overlap",
    "width clamped": "only the overlap's width is kept from falling below 0: its height needs that too",
    "height clamped": "only the overlap's height is kept from falling below 0: its width needs that too",
    "size of difference": "a negative width or height of the overlap is made positive: it should become 0, for the "
    "boxes do not meet",
    "hull": "min and max are exchanged: the overlap starts at the larger of the two left edges and ends at the "
    "smaller of the two right ones",
    "hull upside down": "min and max are exchanged, and what is taken for the union is divided by what is taken for "
    "the overlap: the overlap goes from the larger left edge to the smaller right one, and is divided by the union",
    "sum": "the overlap is divided by the sum of both areas: the overlap is in both, so take it off once",
    "twice": "the overlap is taken off twice from the sum of the areas: once is enough",
    "added": "the overlap is added to the sum of the areas: it is in both, so take it off once",
    "upside down": "the union is divided by the overlap: it is the other way round",
    "dice": "twice the overlap is divided by the sum of both areas (the Dice score): divide the overlap by the union",
    "around": "the overlap is divided by the area of the box around both: the union is the two areas less the overlap",
    "smaller": "the overlap is divided by the smaller area: divide by the union",
    "larger": "the overlap is divided by the larger area: divide by the union",
    "first": "the overlap is divided by the area of box1: divide by the union",
    "second": "the overlap is divided by the area of box2: divide by the union",
    "box1 twice": "the union is made of box1's area twice: the second area is that of box2",
    "box2 twice": "the union is made of box2's area twice: the first area is that of box1",
    "and": "0 comes back only where boxes lie apart in both directions: one direction is enough, so it is or and not "
    "and",
    "sizes": "the last two numbers are taken for width and height: they are the right and the lower edge",
    "middle and size": "the numbers are taken for the middle and the size: they are the left, upper, right and lower edge",
    "x x y y": "the order is taken for x1, x2, y1, y2: it is x1, y1, x2, y2",
    "pixels": "1 is added to widths and heights, as if corners were pixels that belong to the box: they are edges",
    "pixels of the overlap": "1 is added to the overlap's width and height, as if corners were pixels: they are edges",
    "overlap": "the overlap's area comes back: divide it by the union",
    "union": "the union's area comes back: divide the overlap by it",
    "distance": "1 - IoU comes back: IoU is 1 for equal boxes",
}


def iou_cases(rng):
    box = lambda *corners: np.array(corners, float)  # noqa: E731
    x, y = rng.integers(1, 9, 2)
    w, h = rng.uniform(3, 5), rng.uniform(6, 9)
    moved = box(x + 1.3, y - 2.1, x + 1.3 + h, y - 2.1 + w)
    return [
        case("the example of the text", box(1, 1, 5, 4), box(3, 2, 7, 5)),
        case("boxes apart in both directions", box(0, 0, 3, 2), box(5, 4, 9, 9)),
        case(
            "boxes apart, the second above left", box(x + 9, y + 9, x + 12, y + 14), box(x, y, x + 3, y + 4)
        ),
        case("side by side with a gap", box(0, 1, 4, 5), box(6, 2, 9, 6)),
        case("one above the other with a gap", box(1, 8, 5, 10), box(2, 1, 6, 5)),
        case("touching at a corner", box(1, 1, 2, 3), box(2, 3, 4, 4)),
        case("one inside the other", box(0, 0, 10, 4), box(x / 2, 1, x / 2 + 2, 3)),
        case("the first inside the second", box(3, y / 4, 5, y / 4 + 2), box(2, 0, 7, 6)),
        case("the same box twice", box(x, y, x + 3, y + 5), box(x, y, x + 3, y + 5)),
        case("width unlike height", box(x, y, x + w, y + h), moved),
        case("shares of a picture", moved / 20, box(x, y, x + w, y + h) / 20),
    ]


iou = Exercise(
    name="iou",
    points=10,
    difficulty=2,
    minutes=12,
    cases=iou_cases,
    observe=one_number,
    reference=overlap_share,
    tolerance=TOLERANCE,
    mistakes=by_slip(iou_with, IOU_SLIPS),
    hints=[
        "Draw two boxes that overlap. At which x does the overlap begin, and at which does it end?",
        "It begins at the larger of the two x1 and ends at the smaller of the two x2. What if it ends before it "
        "begins?",
        "If the boxes with a gap fail, clamp the overlap's width at 0, and its height as well, before you multiply "
        "them. If 'the same box twice' does not give 1, look at the union.",
        "w = max(min(x2, x2') - max(x1, x1'), 0), h likewise; the union is area + area' - w * h.",
    ],
    idea="It has no unit: a box of 5 pixels that is off by one loses as much as one of 500 that is off by 100.",
    try_next="In the cell with sizes 10 and 100 write box + [2, 0, 2, 0] for box + 2, and work out both numbers by hand "
    "first.",
)
