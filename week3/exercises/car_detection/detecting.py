"""Checks for yolo_eval: from the network's output to boxes on a picture."""

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_slip

from .filtering import filter_with, keep_sure
from .observers import RESULTS, three_arrays
from .suppression import suppress, suppress_with


def corners_of(box_xy, box_wh):
    """Middles and sizes as corners y1, x1, y2, x2."""
    box_xy, box_wh = np.asarray(box_xy), np.asarray(box_wh)
    low, high = box_xy - box_wh / 2, box_xy + box_wh / 2
    return np.concatenate([low[..., ::-1], high[..., ::-1]], axis=-1)


def detect(yolo_outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5):
    """The reference."""
    box_xy, box_wh, box_confidence, box_class_probs = yolo_outputs
    found = keep_sure(corners_of(box_xy, box_wh), box_confidence, box_class_probs, score_threshold)
    scores, boxes, classes = suppress(*found, max_boxes, iou_threshold)
    n_H, n_W = image_shape
    return scores, boxes * np.array([n_H, n_W, n_H, n_W], np.float32), classes


def eval_with(slip):
    """yolo_eval, with one slip."""
    first_shape = (608, 608) if slip == "default shape" else (720, 1280)
    changed = {"default boxes": (5, 0.6, 0.5), "default score": (10, 0.5, 0.5), "default iou": (10, 0.6, 0.6)}
    changed["default iou, lower"] = 10, 0.6, 0.4
    most_, score_, share_ = changed.get(slip, (10, 0.6, 0.5))

    def yolo_eval(
        yolo_outputs, image_shape=first_shape, max_boxes=most_, score_threshold=score_, iou_threshold=share_
    ):
        box_xy, box_wh, box_confidence, box_class_probs = yolo_outputs
        boxes = corners_of(box_xy, 2 * box_wh if slip == "wh whole" else box_wh)
        if slip == "xy and wh":
            boxes = corners_of(box_wh, box_xy)
        if slip == "no corners":
            boxes = np.concatenate([box_xy, box_wh], axis=-1)
        if slip in ("x first", "x first, scaled as y"):
            boxes = boxes[..., [1, 0, 3, 2]]
        score, iou_ = (0.6 if slip in ("fixed score", "all left out") else score_threshold), iou_threshold
        most = {"fixed boxes": 10, "nothing handed on": 10, "all left out": 10, "no limit": 99}.get(
            slip, max_boxes
        )
        if slip == "exchanged":
            score, iou_ = iou_, score
        iou_ = {"fixed iou": 0.5, "nothing handed on": 0.5, "all left out": 0.5, "no suppression": 2}.get(
            slip, iou_
        )
        score = 0 if slip == "no filter" else score
        rule = {">": filter_with(">"), "confidence": filter_with("class alone")}.get(slip, keep_sure)
        found = rule(boxes, box_confidence, box_class_probs, score)
        thin = suppress_with(slip) if slip in ("not clamped", "max first", ">=") else suppress
        scores, boxes, classes = found if slip == "left out" else thin(*found, most, iou_)
        n_H, n_W = (720, 1280) if slip == "fixed shape" else image_shape
        sides = {"not scaled": [1, 1, 1, 1], "w h": [n_W, n_H, n_W, n_H], "x first": [n_W, n_H, n_W, n_H]}
        sides = np.array(sides.get(slip, [n_H, n_W, n_H, n_W]), np.float32)
        boxes = boxes * sides * (sides if slip == "scaled twice" else 1)
        if slip == "whole pixels":
            boxes = boxes.astype(int)
        if slip == "rounded":
            boxes = np.round(boxes)
        if slip == "clipped":
            boxes = np.clip(boxes, 0, [n_H, n_W, n_H, n_W])
        return (boxes, scores, classes) if slip == "boxes first" else (scores, boxes, classes)

    return yolo_eval


EVAL_SLIPS = {
    "not scaled": "the boxes stay shares of the picture: scale them to image_shape",
    "fixed shape": "the boxes are scaled to 720 x 1280, whatever image_shape says",
    "default shape": "image_shape is not (720, 1280) where none is given",
    "w h": "height and width are exchanged where the boxes are scaled: image_shape is (height, width), and the boxes "
    "are y1, x1, y2, x2",
    "scaled twice": "the boxes are scaled twice",
    "whole pixels": "the boxes are cut to whole pixels: leave the fractions",
    "rounded": "the boxes are rounded to whole pixels: leave the fractions",
    "clipped": "what reaches over an edge of the picture is cut off: leave the boxes as they are",
    "x first": "the boxes come back as x1, y1, x2, y2: it should be y1, x1, y2, x2, as yolo_boxes_to_corners gives "
    "them",
    "x first, scaled as y": "the corners stand as x1, y1, x2, y2 when they are scaled, so that x is multiplied by the "
    "height: it should be y1, x1, y2, x2, as yolo_boxes_to_corners gives them",
    "no corners": "middles and sizes are taken for corners: yolo_boxes_to_corners makes corners of them",
    "xy and wh": "middles and sizes are exchanged: yolo_outputs begins with box_xy, and yolo_boxes_to_corners takes it first",
    "wh whole": "the whole width and height is added to the middle on each side: it should be half of them",
    "no limit": "max_boxes is ignored: hand it on to yolo_non_max_suppression",
    "fixed boxes": "at most 10 boxes come back, whatever max_boxes says: hand it on",
    "default boxes": "max_boxes is not 10 where none is given",
    "max first": "the best max_boxes boxes are taken first and then thinned out: suppress first, then count",
    "no filter": "score_threshold is ignored: hand it on to yolo_filter_boxes",
    "fixed score": "the threshold of the score is 0.6, whatever score_threshold says: hand it on",
    "default score": "score_threshold is not 0.6 where none is given",
    ">": "a score that equals score_threshold is dropped: keep it, with >=",
    "confidence": "the confidence is not used: the score is confidence times class probability",
    "no suppression": "iou_threshold is ignored and no box is suppressed: hand it on to yolo_non_max_suppression",
    "left out": "all boxes that are sure enough come back, in the order of the grid: yolo_non_max_suppression is left out",
    "fixed iou": "the threshold of the overlap is 0.5, whatever iou_threshold says: hand it on",
    "nothing handed on": "neither max_boxes nor iou_threshold counts, at most 10 boxes come back and the overlap's "
    "threshold is 0.5: hand both on to yolo_non_max_suppression",
    "all left out": "score_threshold, max_boxes and iou_threshold are not handed on, so that the other functions' own defaults "
    "count: hand them on",
    "default iou": "iou_threshold is not 0.5 where none is given",
    "default iou, lower": "iou_threshold is not 0.5 where none is given",
    "not clamped": "boxes that do not meet suppress each other: the overlap's width and height must not fall below 0",
    ">=": "a box goes where its overlap equals iou_threshold: it goes only where the overlap is larger",
    "exchanged": "score_threshold and iou_threshold are exchanged",
    "boxes first": "boxes come back first: the order is scores, boxes, classes",
}


def outputs_of(rng, seen, shape=(3, 4, 2), classes=4):
    """Outputs of a network that sees these boxes, at random places of its grid, and hardly anything else.

    seen: rows (top, left, height, width, score, class), lengths in 1/64 of the picture. Score is confidence 0.75
    or 1 times probability, and what is left over is shared by the other classes.
    """
    count = int(np.prod(shape))
    xy, wh = rng.integers(8, 56, (2, count, 2)) / 64
    wh = wh / 4
    confidence = np.full(count, 1 / 16)
    probabilities = rng.integers(1, 8, (count, classes)) / 64
    for place, (top, left, height, width, score, kind) in zip(rng.permutation(count), seen, strict=False):
        xy[place] = (left + width / 2) / 64, (top + height / 2) / 64
        wh[place] = width / 64, height / 64
        confidence[place] = 0.75 if score <= 0.7 else 1
        probabilities[place, int(kind)] = score / confidence[place]
    as_grid = lambda numbers: numbers.reshape(*shape, -1).astype(np.float32)  # noqa: E731
    return tuple(map(as_grid, (xy, wh, confidence, probabilities)))


def street(rng):
    """Two objects with three boxes each, one with a single box; scores on both sides of 0.6 and of 0.5."""
    a, b = rng.permutation(4)[:2]
    return [
        (4, 3, 20, 14, 0.96875, a),
        (7, 3, 20, 14, 0.921875, a),
        (9, 3, 20, 14, 0.890625, a),
        (30, 40, 20, 17, 0.8125, b),
        (32, 40, 20, 17, 0.75, b),
        (33, 40, 20, 17, 0.5625, b),
        (40, 10, 12, 9, 0.65625, a),
        (2, 44, 12, 9, 0.5625, b),
    ]


def parked(rng, count):
    """Boxes that do not touch, in rows of four; all scores above 0.6."""
    scores = rng.choice(np.arange(84, 127), count, replace=False) / 128
    return [(16 * (i // 4) + 2, 16 * (i % 4) + 1, 10, 13, scores[i], i % 3) for i in range(count)]


def pairs(shift):
    """Two objects with two boxes each, shift apart: IoU (20 - shift) / (20 + shift)."""
    rows = [(4, 5, 0.9375, 0), (4 + shift, 5, 0.84375, 0), (30, 30, 0.875, 2), (30 + shift, 30, 0.71875, 2)]
    return [(top, left, 20, 14, score, kind) for top, left, score, kind in rows]


def equal_overlap():
    """Two objects with two boxes each, 4 of 12 rows apart: IoU 8 / 16, exactly one half."""
    rows = [(4, 5, 0.9375, 0), (8, 5, 0.84375, 0), (30, 30, 0.875, 2), (34, 30, 0.71875, 2)]
    return [(top, left, 12, 14, score, kind) for top, left, score, kind in rows]


def corner_to_corner():
    """Boxes 10 x 10, 9 apart in both directions."""
    return [(4 + 19 * i, 6 + 19 * i, 10, 10, score, 1) for i, score in enumerate((0.8125, 0.9375, 0.875))]


def over_the_edges():
    """A box that reaches over the upper left corner, one over the lower right one."""
    return [(-4, -3, 20, 14, 0.96875, 1), (50, 54, 20, 17, 0.8125, 2)]


def eval_cases(rng):
    edge = [
        (4, 5, 20, 14, 0.375, 1),
        (30, 30, 9, 20, 0.75, 0),
        (40, 4, 9, 9, 0.3671875, 2),
        (4, 40, 9, 9, 0.5, 0),
    ]
    return [
        case("all arguments but the first left out", outputs_of(rng, street(rng))),
        case("a picture of 96 x 128", outputs_of(rng, street(rng)), image_shape=(96, 128)),
        case("a picture taller than wide, given as floats", outputs_of(rng, street(rng)), (640.0, 480.0)),
        case(
            "at most two boxes, the best on one object", outputs_of(rng, street(rng)), (96, 128), max_boxes=2
        ),
        case("at most ten where nothing is said", outputs_of(rng, parked(rng, 13))),
        case("more than ten may stay", outputs_of(rng, parked(rng, 14)), max_boxes=12),
        case("a score that equals score_threshold", outputs_of(rng, edge), (320, 320), score_threshold=0.375),
        case("a strict score_threshold", outputs_of(rng, street(rng)), (96, 128), 10, 0.8125),
        case("a low iou_threshold", outputs_of(rng, pairs(8)), (96, 128), iou_threshold=0.25),
        case("a high iou_threshold", outputs_of(rng, pairs(4)), (96, 128), 10, 0.6, 0.75),
        case("an overlap between 0.5 and 0.6", outputs_of(rng, pairs(6)), (96, 128)),
        case("an overlap between 0.4 and 0.5", outputs_of(rng, pairs(8)), (96, 128)),
        case(
            "an overlap that equals iou_threshold",
            outputs_of(rng, equal_overlap()),
            (96, 128),
            iou_threshold=0.5,
        ),
        case("boxes apart in both directions", outputs_of(rng, corner_to_corner()), (200, 100)),
        case("boxes that reach over the edges", outputs_of(rng, over_the_edges()), (96, 128)),
        case(
            "nothing is sure enough, so no box is left",
            outputs_of(rng, street(rng)),
            score_threshold=0.984375,
            no_class=True,
        ),
    ]


yolo_eval = Exercise(
    name="yolo_eval",
    points=12,
    difficulty=2,
    minutes=15,
    cases=eval_cases,
    observe=three_arrays,
    returns=RESULTS,
    reference=detect,
    tolerance=1e-3,  # pixels: float32 keeps seven digits, and a picture has 1,280 of them
    needs=("yolo_filter_boxes", "yolo_non_max_suppression"),
    mistakes=by_slip(eval_with, EVAL_SLIPS),
    hints=[
        "Four steps, a line each: corners, filter, scale, suppress. You have a function for every one of them.",
        "Every argument has its place: score_threshold goes to the filter, image_shape to scale_boxes, max_boxes and "
        "iou_threshold to the suppression.",
        "If the first case passes and others fail, a number is written where an argument should stand. If the boxes "
        "are below 1, they were not scaled.",
        "boxes = yolo_boxes_to_corners(box_xy, box_wh); scores, boxes, classes = yolo_filter_boxes(boxes, "
        "box_confidence, box_class_probs, score_threshold); then scale_boxes(boxes, image_shape); then suppress.",
    ],
    idea="Filter before you suppress: suppression compares boxes in pairs, and 1,805 boxes are 1.6 million pairs.",
    try_next="Once the detector is trained, print [len(each[0]) for each in detections(0.02)[:5]] and the same for "
    "0.5, and say first how many boxes remain.",
)
