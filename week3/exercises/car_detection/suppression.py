"""Checks for yolo_non_max_suppression: one box for each object."""

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_slip

from .observers import RESULTS, three_arrays
from .overlap import overlap_share


def greedy(scores, boxes, threshold, share=overlap_share):
    """Numbers of the boxes that stay, best first: each drops those that overlap it by more than threshold."""
    waiting, kept = np.argsort(-scores, kind="stable"), []
    while len(waiting):
        best, waiting = waiting[0], waiting[1:]
        kept.append(best)
        waiting = waiting[share(boxes[best], boxes[waiting].T) <= threshold]
    return np.array(kept, int)


def suppress(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    """The reference."""
    scores, boxes, classes = map(np.asarray, (scores, boxes, classes))
    kept = greedy(scores, boxes, iou_threshold)[:max_boxes]
    return scores[kept], boxes[kept], classes[kept]


def raw_share(box, others):
    """Intersection over union without the clamp."""
    w = np.minimum(box[2], others[2]) - np.maximum(box[0], others[0])
    h = np.minimum(box[3], others[3]) - np.maximum(box[1], others[1])
    areas = (box[2] - box[0]) * (box[3] - box[1]) + (others[2] - others[0]) * (others[3] - others[1])
    return w * h / (areas - w * h)


def suppress_with(slip):
    """yolo_non_max_suppression, with one slip."""

    share = {"default iou, lower": 0.4, "default iou, higher": 0.6}.get(slip, 0.5)

    def yolo_non_max_suppression(
        scores, boxes, classes, max_boxes=12 if slip == "default boxes" else 10, iou_threshold=share
    ):
        limit = {"fixed iou": 0.5, "no suppression": 2}.get(slip, iou_threshold)
        most = {"fixed boxes": 10, "no limit": len(scores), "one more": max_boxes + 1}.get(slip, max_boxes)
        if not len(scores):
            return np.zeros(0, int) if slip == "numbers" else (scores, boxes, classes)
        if slip == "max first":
            first = np.argsort(-scores)[:max_boxes]
            kept = first[greedy(scores[first], boxes[first], limit)]
        else:
            kept = kept_with(slip, scores, boxes, classes, limit, most)
        if slip == "input order":
            kept = np.sort(kept)
        if slip == "return in the loop":
            kept = kept[:1]
        if slip == "worst first":
            kept = kept[::-1]
        if slip == "numbers":
            return kept
        if slip == "boxes first":
            return boxes[kept], scores[kept], classes[kept]
        if slip == "classes second":
            return scores[kept], classes[kept], boxes[kept]
        return scores[kept], boxes[kept], classes if slip == "all classes" else classes[kept]

    return yolo_non_max_suppression


def kept_with(slip, scores, boxes, classes, limit, most):
    """Numbers of the boxes that stay, as the slip has it."""
    if slip in ("for each class", "grouped"):
        groups = [np.flatnonzero(classes == c) for c in np.unique(classes)]
        found = [group[greedy(scores[group], boxes[group], limit)[:most]] for group in groups]
        kept = np.concatenate(found)
        return kept[np.argsort(-scores[kept])] if slip == "for each class" else kept[:most]
    if slip == "not sorted":
        return greedy(-np.arange(len(scores)), boxes, limit)[:most]
    if slip == "lowest wins":
        return greedy(-scores, boxes, limit)[:most]
    order = np.argsort(-scores)
    if slip == "removed in the loop":
        return removed_in_the_loop(list(order), boxes, limit)[:most]
    if slip == "inverted":
        return greedy(scores, boxes, 0, lambda a, b: overlap_share(a, b) <= limit)[:most]
    shares = np.array([overlap_share(boxes[i], boxes[order].T) for i in order])
    earlier = np.tril(shares, -1)
    if slip == "dropped ones drop":
        return order[(earlier <= limit).all(axis=1)][:most]
    if slip == "best alone drops":
        return order[earlier[:, 0] <= limit][:most]
    if slip == "neighbours":
        return order[np.append(True, np.diag(shares, 1) <= limit)][:most]
    if slip == "last alone":
        return held_against_the_last(order, boxes, limit)[:most]
    if slip == "one for each class":
        return np.array([i for k, i in enumerate(order) if classes[i] not in classes[order[:k]]], int)[:most]
    if slip == ">=":
        return greedy(scores, boxes, limit, lambda a, b: overlap_share(a, b) + 1e-7)[:most]
    return greedy(scores, boxes, limit, raw_share if slip == "not clamped" else overlap_share)[:most]


def held_against_the_last(order, boxes, limit):
    """Numbers of the boxes that stay, where each is compared with the one that stayed last alone."""
    kept = [order[0]]
    for i in order[1:]:
        if overlap_share(boxes[kept[-1]], boxes[i]) <= limit:
            kept.append(i)
    return np.array(kept, int)


def removed_in_the_loop(waiting, boxes, limit):
    """Numbers of the boxes that stay, where the list is gone through and shortened at the same time."""
    kept = []
    while waiting:
        kept.append(waiting.pop(0))
        for i in waiting:
            if overlap_share(boxes[kept[-1]], boxes[i]) > limit:
                waiting.remove(i)
    return np.array(kept, int)


SUPPRESS_SLIPS = {
    "one more": "one box too many comes back: stop as soon as there are max_boxes",
    "removed in the loop": "boxes are taken out of the list while a loop goes through it: the loop then passes over "
    "the one behind. Build a new list of those that stay",
    "inverted": "the boxes that overlap the best one stay, and those that do not go: it is the other way round",
    "no limit": "max_boxes is ignored: at most so many boxes may come back",
    "fixed boxes": "at most 10 boxes come back, whatever max_boxes says",
    "default boxes": "max_boxes is not 10 where none is given",
    "max first": "the best max_boxes boxes are taken first and then thinned out: suppress first, then count",
    "fixed iou": "the threshold of the overlap is 0.5, whatever iou_threshold says",
    "default iou, lower": "iou_threshold is not 0.5 where none is given",
    "default iou, higher": "iou_threshold is not 0.5 where none is given",
    "return in the loop": "only the best box of all comes back. Does return stand inside the loop?",
    "no suppression": "no box is suppressed: boxes that overlap a better one too much should go",
    ">=": "a box goes where its overlap equals iou_threshold: it goes only where the overlap is larger",
    "not clamped": "boxes that do not meet suppress each other: the overlap's width and height must not fall below 0",
    "not sorted": "the boxes are taken in the order in which they come: begin with the highest score",
    "lowest wins": "the lowest score comes first and suppresses the better ones: begin with the highest",
    "worst first": "the right boxes come back, lowest score first: highest first is asked for",
    "input order": "the right boxes come back, in the order in which they came in: highest score first is asked for",
    "dropped ones drop": "a box that was suppressed still suppresses others: once it is out it has no say",
    "best alone drops": "only the best box of all suppresses others: each box that stays does",
    "neighbours": "each box is held against the one before it alone: against all that stay, it should be",
    "last alone": "each box is held against the one that stayed last alone: against all that stay, it should be",
    "for each class": "each class brings up to max_boxes boxes: max_boxes counts all classes together",
    "grouped": "the boxes come back class by class: order them all by score, then cut at max_boxes",
    "one for each class": "each class brings one box: two cars that do not overlap are two cars",
    "numbers": "the numbers of the boxes come back: use them to pick scores, boxes and classes",
    "all classes": "all classes come back: pick those of the boxes that stay",
    "boxes first": "boxes come back first: the order is scores, boxes, classes",
    "classes second": "classes come back second: the order is scores, boxes, classes",
}


def pixel_boxes(rng, rows):
    """Scores, boxes and classes in random order, from rows (top, left, height, width, score, class)."""
    rows = np.array(rows, float)[rng.permutation(len(rows))]
    top, left = rng.integers(0, 40, 2)
    corners = rows[:, [0, 1, 0, 1]] + np.array([top, left, top, left])
    corners[:, 2:] += rows[:, 2:4]
    return rows[:, 4].astype(np.float32), corners.astype(np.float32), rows[:, 5].astype(np.int64)


def distinct_scores(rng, count):
    """Scores from 0.3 to 1 of which no two are equal, best first."""
    return np.sort(rng.choice(np.arange(40, 127), count, replace=False))[::-1] / 128


def groups_of_three(rng):
    """Three boxes on each of three objects; every two on one object overlap by at least 0.6."""
    scores = rng.permutation(distinct_scores(rng, 9)).reshape(3, 3)
    kinds = rng.permutation(5)[:3]
    shifts = (0, 3, 5)
    return [(d, 60 * g, 20, 30, scores[g, i], kinds[g]) for g in range(3) for i, d in enumerate(shifts)]


def apart(rng, count):
    """Boxes in a row that do not touch, of two classes."""
    scores = distinct_scores(rng, count)
    return [(0, 15 * i, 12, 10, scores[i], i % 2) for i in range(count)]


def shifted_pairs(rng, height, shift):
    """Two objects with two boxes each, which lie shift rows apart: IoU (height - shift) / (height + shift)."""
    a, b, c, d = distinct_scores(rng, 4)
    return [
        (0, 0, height, 8, a, 1),
        (shift, 0, height, 8, c, 1),
        (0, 30, height, 9, b, 0),
        (shift, 30, height, 9, d, 0),
    ]


def diagonal(rng):
    """Boxes 10 x 10, each 9 pixels below and 9 right of the one before: with a negative width and height the
    overlap would be 81, and the IoU 0.68."""
    scores = rng.permutation(distinct_scores(rng, 3))
    return [(19 * i, 19 * i, 10, 10, scores[i], 2) for i in range(3)]


def crowd_at_the_top(rng):
    """The three best boxes are on one object."""
    s = distinct_scores(rng, 6)
    places = [(0, 0, 1), (2, 0, 1), (4, 0, 1), (0, 60, 0), (0, 120, 3), (0, 180, 0)]
    return [(top, left, 20, 30, s[i], kind) for i, (top, left, kind) in enumerate(places)]


def suppress_example():
    """The worked example: the second box overlaps the first by 0.6 and goes, the third stays."""
    boxes = np.array([[0, 0, 4, 4], [1, 0, 5, 4], [6, 0, 8, 4]], np.float32)
    return np.array([0.875, 0.75, 0.5], np.float32), boxes, np.array([0, 0, 1])


def suppress_cases(rng):
    chain = [(d, 0, 20, 9, score, 2) for d, score in zip((0, 6, 12), distinct_scores(rng, 3), strict=True)]
    return [
        case("the example of the text", *suppress_example()),
        case("three boxes on each of three objects", *pixel_boxes(rng, groups_of_three(rng))),
        case("a chain: first and third do not overlap much", *pixel_boxes(rng, chain)),
        case("boxes apart in both directions", *pixel_boxes(rng, diagonal(rng))),
        case("an overlap that equals the threshold", *pixel_boxes(rng, shifted_pairs(rng, 12, 4)), 10, 0.5),
        case(
            "an overlap of 0.45, nothing said of iou_threshold", *pixel_boxes(rng, shifted_pairs(rng, 16, 6))
        ),
        case("a low iou_threshold", *pixel_boxes(rng, shifted_pairs(rng, 20, 8)), iou_threshold=0.25),
        case("a high iou_threshold", *pixel_boxes(rng, shifted_pairs(rng, 20, 4)), 10, 0.75),
        case("at most two boxes", *pixel_boxes(rng, apart(rng, 5)), max_boxes=2),
        case("at most three, the best on one object", *pixel_boxes(rng, crowd_at_the_top(rng)), max_boxes=3),
        case("at most ten where nothing is said", *pixel_boxes(rng, apart(rng, 13))),
        case("more than ten may stay", *pixel_boxes(rng, apart(rng, 14)), max_boxes=12),
        case(
            "no box at all",
            np.zeros(0, np.float32),
            np.zeros((0, 4), np.float32),
            np.zeros(0, int),
            no_class=True,
        ),
    ]


yolo_non_max_suppression = Exercise(
    name="yolo_non_max_suppression",
    points=18,
    difficulty=3,
    minutes=30,
    cases=suppress_cases,
    observe=three_arrays,
    returns=RESULTS,
    reference=suppress,
    needs=("iou",),
    mistakes=by_slip(suppress_with, SUPPRESS_SLIPS),
    hints=[
        "Sort by score, highest first: np.argsort(-scores). The first one stays, whatever the others are.",
        "Keep a list of those that wait. Take the first out of it, then drop from the list all that overlap it by "
        "more than the threshold. Repeat with what is left.",
        "If the chain fails, boxes that are out still suppress others. If only 'at most three' fails, you cut before "
        "you suppressed. If only the equal overlap fails, you wrote >= for >.",
        "best, rest = order[0], order[1:]; keep.append(best); order = [i for i in rest if iou(boxes[best], "
        "boxes[i]) <= iou_threshold]. tf.image.non_max_suppression(boxes, scores, max_boxes, iou_threshold) does "
        "all of it and gives the numbers of the boxes that stay.",
    ],
    idea="It takes for granted that two boxes which overlap much show one thing. Two people in an embrace prove it "
    "wrong.",
    try_next="Change per_object=6 to 30 where the crowd is made, and say first how many boxes the threshold 0.5 "
    "will leave.",
)
