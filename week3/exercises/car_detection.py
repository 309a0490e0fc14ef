"""Checks for week3/car_detection: overlap, filtering, suppression, anchors, targets, loss, average precision.

Each mistake is a right answer with one slip in it. A slip is named by a short key; the words beside it are what
the learner reads. Scores are multiples of 1/128 and boxes mostly multiples of 1/64 or whole pixels, exact in
float32, so that a threshold can be met exactly. Boxes that overlap are of one class: whether a car may suppress
a truck is a matter of taste, and both ways are right here.
"""

import traceback

import numpy as np

from workbook import Exercise, case
from workbook.plain import Other
from workbook.slips import by_slip

TOLERANCE = 1e-5
RESULTS = ("scores", "boxes", "classes")


# What observers share ----------------------------------------------------------------------------


def one_number(function, *args):
    """What the function returns; an array or tensor that holds one number counts as that number."""
    value = function(*args)
    alone = hasattr(value, "__array__") and np.size(value) == 1
    return np.asarray(value).reshape(()) if alone else value


def three_arrays(function, *args, no_class=False, **kwargs):
    """Scores, boxes and classes as arrays, whether tensors, arrays or lists come back.

    no_class  True where no box is left: who goes class by class then has no parts to join, which is no mistake
    """
    try:
        results = function(*args, **kwargs)
    except Exception as error:
        if no_class and joins_nothing(error):
            return [np.zeros(0), np.zeros((0, 4)), np.zeros(0, int)]
        raise
    if not isinstance(results, tuple | list) or len(results) != 3:
        return results
    return [
        _array(each, (-1, 4) if name == "boxes" else (-1,))
        for each, name in zip(results, RESULTS, strict=True)
    ]


def joins_nothing(error):
    """True where the parts of an empty list were to be joined, by NumPy, TensorFlow or Keras."""
    names = [frame.f_code.co_name for frame, _ in traceback.walk_tb(error.__traceback__)]
    text = str(error).lower()
    return "need at least one array" in text or "concat" in text or any(n.startswith("concat") for n in names)


def _array(value, shape):
    """A list, tensor or array as an array; one without numbers has the shape that it should have."""
    try:
        array = np.asarray(value)
    except (ValueError, TypeError):
        return value
    return array.reshape(shape) if array.size == 0 and array.dtype.kind in "fiub" else array


# iou ---------------------------------------------------------------------------------------------


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
        if slip == "x x y y":
            (a1, a2, b1, b2), (c1, c2, d1, d2) = box1, box2
        more = 1 if slip == "pixels" else 0
        w, h = min(a2, c2) - max(a1, c1) + more, min(b2, d2) - max(b1, d1) + more
        if slip == "hull":
            w, h = max(a2, c2) - min(a1, c1), max(b2, d2) - min(b1, d1)
        elif slip == "and":
            w, h = (0, h) if w <= 0 and h <= 0 else (w, h)
        elif slip == "clamped product":
            w, h = max(w * h, 0), 1
        elif slip in ("width clamped", "height clamped"):
            w, h = (max(w, 0), h) if slip == "width clamped" else (w, max(h, 0))
        elif slip == "size of difference":
            w, h = abs(w), abs(h)
        elif slip != "not clamped":
            w, h = max(w, 0), max(h, 0)
        area1, area2 = (a2 - a1 + more) * (b2 - b1 + more), (c2 - c1 + more) * (d2 - d1 + more)
        union = area1 + area2 - w * h
        below = {"sum": area1 + area2, "smaller": min(area1, area2), "first": area1, "twice": union - w * h}
        below |= {
            "added": union + 2 * w * h,
            "box1 twice": 2 * area1 - w * h,
            "box2 twice": 2 * area2 - w * h,
        }
        share = w * h / below.get(slip, union)
        if slip == "upside down":
            return union / (w * h) if w * h else np.inf
        return {"overlap": w * h, "distance": 1 - share, "union": union}.get(slip, share)

    return iou


IOU_SLIPS = {
    "not clamped": "the overlap's width and height are not kept from falling below 0: boxes that lie apart in both "
    "directions then get a positive overlap, minus times minus",
    "clamped product": "the overlap's area is kept from falling below 0, and not its width and height: minus times "
    "minus is plus, so boxes that lie apart in both directions seem to overlap",
    "width clamped": "only the overlap's width is kept from falling below 0: its height needs that too",
    "height clamped": "only the overlap's height is kept from falling below 0: its width needs that too",
    "size of difference": "a negative width or height of the overlap is made positive: it should become 0, for the "
    "boxes do not meet",
    "hull": "min and max are exchanged: the overlap starts at the larger of the two left edges and ends at the "
    "smaller of the two right ones",
    "sum": "the overlap is divided by the sum of both areas: the overlap is in both, so take it off once",
    "twice": "the overlap is taken off twice from the sum of the areas: once is enough",
    "added": "the overlap is added to the sum of the areas: it is in both, so take it off once",
    "upside down": "the union is divided by the overlap: it is the other way round",
    "smaller": "the overlap is divided by the smaller area: divide by the union",
    "first": "the overlap is divided by the area of box1: divide by the union",
    "box1 twice": "the union is made of box1's area twice: the second area is that of box2",
    "box2 twice": "the union is made of box2's area twice: the first area is that of box1",
    "and": "0 comes back only where boxes lie apart in both directions: one direction is enough, so it is or and not "
    "and",
    "sizes": "the last two numbers are taken for width and height: they are the right and the lower edge",
    "x x y y": "the order is taken for x1, x2, y1, y2: it is x1, y1, x2, y2",
    "pixels": "1 is added to widths and heights, as if corners were pixels that belong to the box: they are edges",
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

# yolo_filter_boxes -------------------------------------------------------------------------------


def keep_sure(boxes, box_confidence, box_class_probs, threshold=0.6):
    """The reference."""
    scores = np.asarray(box_confidence) * np.asarray(box_class_probs)
    best = scores.max(axis=-1)
    sure = best >= threshold
    return best[sure], np.asarray(boxes)[sure], scores.argmax(axis=-1)[sure]


def filter_with(slip):
    """yolo_filter_boxes, with one slip."""

    def yolo_filter_boxes(
        boxes, box_confidence, box_class_probs, threshold=0.5 if slip == "default" else 0.6
    ):
        scores = box_class_probs if slip == "class alone" else box_confidence * box_class_probs
        if slip == "every class":
            places = np.nonzero(scores >= threshold)
            return scores[places], boxes[places[:-1]], places[-1]
        best, classes = scores.max(axis=-1), scores.argmax(axis=-1)
        best = scores.sum(axis=-1) if slip == "sum" else best
        limit = 0.6 if slip == "fixed" else threshold
        judged = {"by confidence": box_confidence[..., 0], "by class": box_class_probs.max(axis=-1)}.get(
            slip, best
        )
        sure = judged > limit if slip == ">" else judged >= limit
        if slip == "below":
            sure = judged < limit
        if slip == "no filter":
            sure = np.ones(best.shape, bool)
        if slip == "one for each cell":
            sure &= best == best.max(axis=-1, keepdims=True)
        given = {"confidence": box_confidence[..., 0], "probability": box_class_probs.max(axis=-1)}.get(
            slip, best
        )
        kept = given[sure], boxes[sure], classes[sure] + (slip == "from 1")
        if slip == "boxes whole":
            return given[sure], boxes, classes[sure]
        if slip == "classes whole":
            return given[sure], boxes[sure], classes
        if slip == "scores whole":
            return given, boxes[sure], classes[sure]
        if slip == "sorted":
            return tuple(each[np.argsort(-kept[0])] for each in kept)
        if slip == "boxes first":
            return kept[1], kept[0], kept[2]
        if slip == "classes second":
            return kept[0], kept[2], kept[1]
        return kept

    return yolo_filter_boxes


FILTER_SLIPS = {
    ">": "a score that equals the threshold is dropped: keep it, with >=",
    "fixed": "the threshold is 0.6, whatever threshold says",
    "default": "the threshold is 0.5 where none is given: it should be 0.6",
    "no filter": "all boxes are kept: drop those whose score is below the threshold",
    "below": "the boxes below the threshold are kept, and the others dropped",
    "by confidence": "the confidence alone is held against the threshold: it should be the score, confidence times "
    "class probability",
    "by class": "the class probability alone is held against the threshold: it should be the score, confidence "
    "times class probability",
    "class alone": "the confidence is not used: the score is confidence times class probability",
    "confidence": "the confidence comes back as the score: the score is confidence times class probability",
    "probability": "the class probability comes back as the score: the score is confidence times class probability",
    "sum": "the scores of all classes are added up: the score of a box is that of its best class",
    "every class": "a box comes back once for each class above the threshold: only its best class counts",
    "one for each cell": "only the best anchor of each cell is kept: all that are sure enough should stay",
    "from 1": "classes are counted from 1: the first class is 0",
    "sorted": "the boxes are sorted by score: leave them in the order of the grid",
    "boxes whole": "all boxes come back: pick them with the same mask as the scores",
    "classes whole": "all classes come back: pick them with the same mask as the scores",
    "scores whole": "all scores come back: pick them with the same mask as the boxes",
    "boxes first": "boxes come back first: the order is scores, boxes, classes",
    "classes second": "classes come back second: the order is scores, boxes, classes",
}


def grid_outputs(rng, planted, shape=(3, 4, 2), classes=5):
    """Boxes, confidence and class probabilities on a grid. planted: pairs (confidence, best probability) that
    certainly occur, at random places; the rest is drawn. Probabilities of a box differ from each other."""
    count = int(np.prod(shape))
    confidence = rng.integers(1, 7, count) / 8
    probabilities = np.array([rng.permutation(np.arange(1, 17))[:classes] for _ in range(count)]) / 16
    for place, (sure, best) in zip(rng.permutation(count), planted, strict=False):
        confidence[place] = sure
        row = rng.permutation(np.arange(1, round(64 * best)))[:classes] / 64
        row[rng.integers(1, classes)] = best
        probabilities[place] = row
    boxes = rng.uniform(0, 1, (*shape, 4)).astype(np.float32)
    as_grid = lambda numbers: numbers.reshape(*shape, -1).astype(np.float32)  # noqa: E731
    return boxes, as_grid(confidence), as_grid(probabilities)


PLANTED = [(1, 0.5), (0.875, 0.75), (0.625, 1), (1, 0.4375), (0.25, 1), (0.75, 0.875), (0.9375, 0.9375)]


def by_hand():
    """The worked example: three boxes, of which two have a score of at least 0.5."""
    boxes = np.array([[[[0, 0, 1, 1]], [[0, 1, 2, 3]], [[4, 4, 6, 7]]]], np.float32)
    confidence = np.array([[[[0.5]], [[0.75]], [[1.0]]]], np.float32)
    probabilities = np.array([[[[0.75, 0.25]], [[0.25, 0.75]], [[0.5, 0.25]]]], np.float32)
    return boxes, confidence, probabilities


yolo_filter_boxes = Exercise(
    name="yolo_filter_boxes",
    points=12,
    difficulty=2,
    minutes=20,
    cases=lambda rng: [
        case("the example of the text", *by_hand(), threshold=0.5),
        case("the threshold is left at its default", *grid_outputs(rng, PLANTED)),
        case("scores that equal the threshold", *grid_outputs(rng, [*PLANTED, (0.5, 1)]), threshold=0.5),
        case("a low threshold, met exactly", *grid_outputs(rng, [(0.5, 0.75), *PLANTED]), 0.375),
        case("hardly anything is sure enough", *grid_outputs(rng, PLANTED, (2, 5, 3), 7), threshold=0.875),
        case("nothing is sure enough", *grid_outputs(rng, PLANTED[:5], (3, 2, 1), 4), threshold=0.96875),
        case("everything is", *grid_outputs(rng, PLANTED[:3], (2, 3, 2), 4), threshold=0),
    ],
    observe=three_arrays,
    returns=RESULTS,
    reference=keep_sure,
    mistakes=by_slip(filter_with, FILTER_SLIPS),
    hints=[
        "Multiply first: (n_H, n_W, k, 1) times (n_H, n_W, k, C) is (n_H, n_W, k, C), a score for each class.",
        "Along the last axis, max gives the best score and argmax its class. Both are (n_H, n_W, k).",
        "If 'scores that equal the threshold' fails alone, you wrote > for >=. If the default fails alone, look at "
        "the function's first line. If the boxes are right and the scores are not, look at what you return.",
        "sure = best >= threshold is an array of True and False; best[sure], boxes[sure] and classes[sure] are what "
        "is asked for. tf.boolean_mask does the same.",
    ],
    idea="Of 1,805 boxes on a 19 x 19 grid with five anchors a handful stays. The rest is not even looked at again.",
    try_next="Give it the three boxes of the example by hand with a threshold of 0.375, and say before which of them "
    "stay.",
)

# yolo_non_max_suppression ------------------------------------------------------------------------


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

    def yolo_non_max_suppression(
        scores, boxes, classes, max_boxes=12 if slip == "default boxes" else 10, iou_threshold=0.5
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
        if slip == "worst first":
            kept = kept[::-1]
        if slip == "numbers":
            return kept
        if slip == "boxes first":
            return boxes[kept], scores[kept], classes[kept]
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
    if slip == "one for each class":
        return np.array([i for k, i in enumerate(order) if classes[i] not in classes[order[:k]]], int)[:most]
    if slip == ">=":
        return greedy(scores, boxes, limit, lambda a, b: overlap_share(a, b) + 1e-7)[:most]
    return greedy(scores, boxes, limit, raw_share if slip == "not clamped" else overlap_share)[:most]


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
    "for each class": "each class brings up to max_boxes boxes: max_boxes counts all classes together",
    "grouped": "the boxes come back class by class: order them all by score, then cut at max_boxes",
    "one for each class": "each class brings one box: two cars that do not overlap are two cars",
    "numbers": "the numbers of the boxes come back: use them to pick scores, boxes and classes",
    "all classes": "all classes come back: pick those of the boxes that stay",
    "boxes first": "boxes come back first: the order is scores, boxes, classes",
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
        case("an overlap that equals the threshold", *pixel_boxes(rng, shifted_pairs(rng, 12, 4))),
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
    try_next="Change per_object=6 to 30 where the crowd is made, and say before how many boxes the threshold 0.5 will "
    "leave.",
)

# yolo_eval ---------------------------------------------------------------------------------------


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
    most_, score_, share_ = changed.get(slip, (10, 0.6, 0.5))

    def yolo_eval(
        yolo_outputs, image_shape=first_shape, max_boxes=most_, score_threshold=score_, iou_threshold=share_
    ):
        box_xy, box_wh, box_confidence, box_class_probs = yolo_outputs
        boxes = corners_of(box_xy, 2 * box_wh if slip == "wh whole" else box_wh)
        if slip == "no corners":
            boxes = np.concatenate([box_xy, box_wh], axis=-1)
        if slip == "x first":
            boxes = boxes[..., [1, 0, 3, 2]]
        score, iou_ = (0.6 if slip == "fixed score" else score_threshold), iou_threshold
        most = {"fixed boxes": 10, "no limit": 99}.get(slip, max_boxes)
        if slip == "exchanged":
            score, iou_ = iou_, score
        iou_ = {"fixed iou": 0.5, "no suppression": 2}.get(slip, iou_)
        score = 0 if slip == "no filter" else score
        rule = {">": filter_with(">"), "confidence": filter_with("class alone")}.get(slip, keep_sure)
        found = rule(boxes, box_confidence, box_class_probs, score)
        thin = suppress_with(slip) if slip in ("not clamped", "max first", ">=") else suppress
        scores, boxes, classes = thin(*found, most, iou_)
        n_H, n_W = (720, 1280) if slip == "fixed shape" else image_shape
        sides = {"not scaled": [1, 1, 1, 1], "w h": [n_W, n_H, n_W, n_H], "x first": [n_W, n_H, n_W, n_H]}
        sides = np.array(sides.get(slip, [n_H, n_W, n_H, n_W]), np.float32)
        boxes = boxes * sides * (sides if slip == "scaled twice" else 1)
        if slip == "whole pixels":
            boxes = boxes.astype(int)
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
    "x first": "the boxes come back as x1, y1, x2, y2: it should be y1, x1, y2, x2, as yolo_boxes_to_corners gives "
    "them",
    "no corners": "middles and sizes are taken for corners: yolo_boxes_to_corners makes corners of them",
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
    "fixed iou": "the threshold of the overlap is 0.5, whatever iou_threshold says: hand it on",
    "default iou": "iou_threshold is not 0.5 where none is given",
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
        case("an overlap that equals iou_threshold", outputs_of(rng, equal_overlap()), (96, 128)),
        case("boxes apart in both directions", outputs_of(rng, corner_to_corner()), (200, 100)),
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
    try_next="Once the detector is trained, print len(each[0]) for the first detections of detections(0.02) and of "
    "detections(0.5).",
)

# kmeans_anchors ----------------------------------------------------------------------------------


def shape_share(boxes, anchors):
    """IoU of boxes (m, 2) and anchors (k, 2), widths and heights, laid corner on corner: (m, k)."""
    shared = np.minimum(boxes[:, None], anchors[None]).prod(axis=-1)
    return shared / (boxes.prod(axis=-1)[:, None] + anchors.prod(axis=-1)[None] - shared)


def start_anchors(boxes, k):
    """k boxes, evenly spaced in the order of their areas."""
    order = np.argsort(boxes.prod(axis=-1))
    return boxes[order[(2 * np.arange(k) + 1) * len(boxes) // (2 * k)]]


def cluster(
    boxes, k, nearest=lambda boxes, anchors: shape_share(boxes, anchors).argmax(axis=1), centre=None, steps=99
):
    """k-means on widths and heights: the reference with its defaults."""
    centre = centre or (lambda own: own.mean(axis=0))
    anchors, before = start_anchors(boxes, k).astype(float), None
    for _ in range(steps):
        own = nearest(boxes, anchors)
        if before is not None and (own == before).all():
            break
        anchors = np.array([centre(boxes[own == j]) if (own == j).any() else anchors[j] for j in range(k)])
        before = own
    return anchors


def kmeans_with(slip):
    """kmeans_anchors, with one slip."""

    def distance(boxes, anchors):
        return np.linalg.norm(boxes[:, None] - anchors[None], axis=-1).argmin(axis=1)

    def area(boxes, anchors):
        return np.abs(boxes.prod(axis=-1)[:, None] - anchors.prod(axis=-1)[None]).argmin(axis=1)

    def overlap(boxes, anchors):
        return np.minimum(boxes[:, None], anchors[None]).prod(axis=-1).argmax(axis=1)

    def over_box(boxes, anchors):
        shared = np.minimum(boxes[:, None], anchors[None]).prod(axis=-1)
        return (shared / anchors.prod(axis=-1)[None]).argmax(axis=1)

    rules = {"euclid": distance, "area": area, "overlap": overlap, "anchor": over_box}
    rules["farthest"] = lambda boxes, anchors: shape_share(boxes, anchors).argmin(axis=1)
    centres = {
        "median": lambda own: np.median(own, axis=0),
        "sum": lambda own: own.sum(axis=0),
        "largest": lambda own: own.max(axis=0),
        "both alike": lambda own: np.repeat(own.mean(), 2),
        "of all": lambda own: own.sum(axis=0) / 30,
    }

    def kmeans_anchors(boxes, k):
        if slip in EMPTY:
            return cluster_without_care(boxes, k, EMPTY[slip])
        if slip == "of all":
            centres["of all"] = lambda own: own.sum(axis=0) / len(boxes)
        more = {"nearest": rules[slip]} if slip in rules else {}
        steps = {"one step": 1, "two steps": 2, "five steps": 5, "start": 0}.get(slip, 99)
        anchors = cluster(boxes, 5 if slip == "five" else k, centre=centres.get(slip), steps=steps, **more)
        return anchors[:, ::-1] if slip == "exchanged" else anchors

    return kmeans_anchors


EMPTY = {"empty nan": np.nan, "empty zero": 0.0}


def cluster_without_care(boxes, k, empty):
    """k-means where an anchor to which no box goes gets this number for width and height."""
    anchors, before = start_anchors(boxes, k).astype(float), None
    for _ in range(99):
        with np.errstate(all="ignore"):
            own = shape_share(boxes, anchors).argmax(axis=1)
        if before is not None and (own == before).all():
            break
        for j in range(k):
            anchors[j] = boxes[own == j].mean(axis=0) if (own == j).any() else empty
        before = own
    return anchors


KMEANS_SLIPS = {
    "empty nan": "an anchor to which no box goes becomes NaN, the mean of nothing: it stays as it is",
    "empty zero": "an anchor to which no box goes becomes 0: it stays as it is",
    "euclid": "a box goes to the anchor that is nearest in pixels: it should go to the one with the highest IoU",
    "area": "a box goes to the anchor with the nearest area: a wide and a tall box can have the same area",
    "overlap": "a box goes to the anchor with the largest overlap: divide it by the union, or large anchors take all",
    "anchor": "the overlap is divided by the anchor's area: divide it by the union",
    "farthest": "a box goes to the anchor with the lowest IoU: the distance is 1 - IoU, so the highest IoU is nearest",
    "one step": "one step is made: repeat until no box changes its anchor. Does return stand inside the loop?",
    "two steps": "two steps are made: repeat until no box changes its anchor",
    "five steps": "the loop ends after five steps: repeat until no box changes its anchor",
    "start": "the first anchors come back as they were: each should move to the mean of its boxes",
    "median": "an anchor moves to the median of its boxes: it should move to their mean",
    "sum": "an anchor moves to the sum of its boxes: it should move to their mean",
    "of all": "the sum of an anchor's boxes is divided by the number of all boxes: divide by the number of its own",
    "largest": "an anchor grows to the largest of its boxes: it should move to their mean",
    "both alike": "one mean is taken over widths and heights together: use axis=0, a mean for each of them",
    "five": "five anchors come back, whatever k is",
    "exchanged": "widths and heights are exchanged: a row is (width, height), as in boxes",
}


def look_at_anchors(function, boxes, k, fit=False):
    """The anchors, in the order of their areas; or whether they fit the boxes as well as k-means can, where no
    groups are marked and the last step depends on the first."""
    anchors = function(boxes, k)
    try:
        array = np.asarray(anchors, float)
    except (ValueError, TypeError):
        return anchors
    if array.shape != (k, 2) or not np.isfinite(array).all() or (array <= 0).any():
        return array
    if not fit:
        return array[np.lexsort((array[:, 0], array.prod(axis=1)))]
    reached, possible = (shape_share(boxes, each).max(axis=1).mean() for each in (array, cluster(boxes, k)))
    return {"their mean IoU with the boxes is as high as it gets": bool(reached > possible - 0.004)}


def kinds_of_boxes(rng, kinds, spread=0.03):
    """Boxes around these (width, height, how many), each side up to spread larger or smaller, in random order."""
    middles = np.repeat([kind[:2] for kind in kinds], [kind[2] for kind in kinds], axis=0)
    return rng.permutation(middles * rng.uniform(1 - spread, 1 + spread, middles.shape))


def tight_and_loose(rng):
    """Many small boxes, and large ones of many sizes, the least of which is nearer in pixels to the small ones."""
    small = np.full((24, 2), 0.06) * rng.uniform(0.97, 1.03, (24, 2))
    large = np.linspace(0.17, 0.55, 14)[:, None] * rng.uniform(0.98, 1.02, (14, 2))
    return rng.permutation(np.concatenate([small, large]))


PATIENCE = (
    """43 17  33 21  53 47  27 44  36 46  30 15  9 50  16 58  29 10  59 12  35 59  21 16  58 53  23 6"""
)
"""Widths and heights with which the anchors move seven times, to the best place that there is."""

kmeans_anchors = Exercise(
    name="kmeans_anchors",
    points=12,
    difficulty=3,
    minutes=25,
    cases=lambda rng: [
        case("the example of the text", np.array([[10, 20], [10, 30], [40, 20], [50, 20]], float), 2),
        case(
            "three kinds of different size", kinds_of_boxes(rng, [(8, 5, 15), (24, 14, 14), (60, 45, 16)]), 3
        ),
        case("wide and tall", kinds_of_boxes(rng, [(40, 10, 9), (22, 22, 10), (12, 48, 11)]), 3),
        case("many of one kind, few of the other", kinds_of_boxes(rng, [(9, 6, 28), (16, 50, 7)]), 2),
        case("small boxes alike, large ones not", tight_and_loose(rng), 2),
        case("anchors that move seven times", np.array(PATIENCE.split(), float).reshape(-1, 2), 2),
        case("one anchor for all", rng.uniform(3, 30, (12, 2)), 1),
        case("an anchor to which no box goes", np.array([[10.0, 10]] * 9 + [[50, 20]]), 3),
        case(
            "no groups at all",
            np.exp(rng.uniform(1, 4, (300, 1)) + rng.normal(0, 0.6, (300, 2))),
            2,
            fit=True,
        ),
    ],
    observe=look_at_anchors,
    reference=cluster,
    tolerance=1e-4,
    mistakes=by_slip(kmeans_with, KMEANS_SLIPS),
    hints=[
        "Two steps, again and again: each box goes to an anchor, then each anchor goes to the mean of its boxes.",
        "For the IoU of shapes lay the boxes corner on corner: the overlap is the smaller width times the smaller "
        "height.",
        "If 'small boxes alike' fails alone, you take the nearest in pixels and not the highest IoU. If the example "
        "fails alone, you may have stopped after one step.",
        "shared = np.minimum(boxes[:, None], anchors).prod(-1); IoU = shared / (areas of the boxes + areas of the "
        "anchors - shared), shape (m, k); own = IoU.argmax(axis=1); anchors[j] = boxes[own == j].mean(axis=0).",
    ],
    idea="The mean IoU grows with k, like a staircase that gets flatter. Five was the landing that YOLOv2 chose.",
    try_next="Add 20 to the values of k in the curve, (1, 2, 3, 4, 5, 7, 9, 20), and guess the mean IoU before you run it.",
)

# encode_targets ----------------------------------------------------------------------------------


def encode(boxes, anchors, grid, slip=""):
    """The reference, and the same with one slip in it."""
    (n_H, n_W), k = grid, len(anchors)
    y_true = np.zeros((n_H, n_W, k, 6), np.float32)
    for x1, y1, x2, y2, kind in boxes:
        w, h = (x2, y2) if slip == "corners as sizes" else (x2 - x1, y2 - y1)
        x, y = (x1, y1) if slip == "corner" else ((x1 + x2) / 2, (y1 + y2) / 2)
        across, down = (x * n_H, y * n_W) if slip == "grid exchanged" else (x * n_W, y * n_H)
        column, row = (round(across), round(down)) if slip == "round" else (int(across), int(down))
        rest = np.array([across - column, down - row])
        if slip == "row and column":
            row, column = column, row
        j = anchor_for(w, h, anchors, y_true[row, column, :, 0], slip)
        if j is None:
            continue
        t_w, t_h = sizes_with(w, h, *anchors[j], slip)
        t_x, t_y = {"no offset": (across, down), "in shares": (x, y), "from the middle": rest - 0.5}.get(
            slip, rest
        )
        if slip == "x and y exchanged":
            t_x, t_y = t_y, t_x
        there = shape_share(np.array([[w, h]]), anchors)[0, j] if slip == "overlap" else 1
        target = [there, t_x, t_y, t_w, t_h, kind + (slip == "class from 1")]
        if slip == "presence last":
            target = [*target[1:5], 1, kind]
        y_true[row, column, slice(None) if slip == "every anchor" else j] = target
    return y_true.astype(int) if slip == "whole numbers" else y_true


def anchor_for(w, h, anchors, taken, slip):
    """The number of the anchor for a box, or None: the free one with the highest IoU."""
    shares = shape_share(np.array([[w, h]]), anchors)[0]
    if slip == "nearest":
        shares = -np.linalg.norm(anchors - [w, h], axis=1)
    if slip == "area":
        shares = -np.abs(anchors.prod(axis=1) - w * h)
    if slip == "sides turned":
        shares = shape_share(np.array([[h, w]]), anchors)[0]
    if slip == "overlap alone":
        shares = np.minimum([w, h], anchors).prod(axis=1)
    if slip == "lowest":
        shares = -shares
    if slip == "first free":
        shares = -np.arange(len(anchors))
    order = np.argsort(-shares, kind="stable")
    if slip == "first anchor":
        return 0
    if slip == "overwritten":
        return order[0]
    if slip == "second lost":
        return None if taken[order[0]] else order[0]
    free = [j for j in order if not taken[j]]
    return free[0] if free else (order[0] if slip == "full cell overwritten" else None)


def sizes_with(w, h, p_w, p_h, slip):
    if slip == "no log":
        return w / p_w, h / p_h
    if slip == "difference":
        return w - p_w, h - p_h
    if slip == "log alone":
        return np.log(w), np.log(h)
    if slip == "turned over":
        return np.log(p_w / w), np.log(p_h / h)
    if slip == "h and w":
        return np.log(h / p_h), np.log(w / p_w)
    if slip == "log2":
        return np.log2(w / p_w), np.log2(h / p_h)
    return np.log(w / p_w), np.log(h / p_h)


ENCODE_SLIPS = {
    "corner": "the cell and the place in it come from the upper left corner: take the middle of the box",
    "corners as sizes": "x2 and y2 are taken for width and height: they are x2 - x1 and y2 - y1",
    "round": "the cell is rounded to the nearest: round it down, for cell 3 goes from 3 to 4",
    "grid exchanged": "n_H and n_W are exchanged: grid is (n_H, n_W), rows first, and x counts columns",
    "row and column": "row and column are exchanged: y_true is indexed [row, column], and x chooses the column",
    "no offset": "the middle is given in cells from the picture's corner: take off the cell's own number",
    "in shares": "the middle is given as a share of the picture: count it in cells, from the cell's corner",
    "from the middle": "the middle is measured from the cell's middle: measure it from its corner, 0 to 1",
    "x and y exchanged": "t_x and t_y are exchanged",
    "no log": "the logarithm is missing: t_w = log(width / anchor's width)",
    "difference": "the anchor is taken off: t_w is the logarithm of the quotient",
    "log alone": "the sizes are not divided by the anchor's: t_w = log(width / anchor's width)",
    "turned over": "the quotient is upside down: width over anchor's width",
    "h and w": "t_w and t_h are exchanged",
    "log2": "the logarithm is to base 2: take the natural one, whose inverse is exp",
    "nearest": "the anchor is the one nearest in width and height: it should be the one with the highest IoU",
    "area": "the anchor is the one with the nearest area: it should be the one with the highest IoU",
    "overlap alone": "the anchor is the one with the largest overlap: divide by the union, or the large anchors win",
    "whole numbers": "the array holds whole numbers, so that everything behind the point is cut off: make it of floats",
    "sides turned": "width and height are exchanged where the anchor is chosen: an anchor is (width, height)",
    "lowest": "the anchor with the lowest IoU is chosen: it should be the highest",
    "first anchor": "every box goes to anchor 0: it should go to the one with the highest IoU",
    "first free": "a box takes the first free anchor of its cell: it should take the free one with the highest IoU",
    "every anchor": "a box is written to all anchors of its cell: one is enough",
    "overwritten": "a box takes its best anchor even where another box is there already: it should take the best "
    "that is free",
    "second lost": "a box whose best anchor is taken is dropped: it should take the best that is free",
    "full cell overwritten": "where no anchor is free, a box is written over another: it is left out",
    "overlap": "the first number is the IoU with the anchor: it should be 1",
    "class from 1": "1 is added to the class",
    "presence last": "the 1 stands after the box: the order is presence, t_x, t_y, t_w, t_h, class",
}


def small_anchors():
    return np.array([[0.1, 0.15], [0.3, 0.12], [0.16, 0.4]])


def boxes_around(rng, rows):
    """Boxes x1, y1, x2, y2, class around middles, from rows (x, y, w, h, class); sizes vary by 4 %."""
    rows = np.array(rows, float)
    sizes = rows[:, 2:4] * rng.uniform(0.96, 1.04, (len(rows), 2))
    return np.concatenate([rows[:, :2] - sizes / 2, rows[:, :2] + sizes / 2, rows[:, 4:]], axis=1)


def encode_cases(rng):
    x, y = rng.uniform(0.42, 0.46), rng.uniform(0.55, 0.59)  # in row 2, column 2 of 4 x 5
    crowd = [(x, y, 0.3, 0.12, 0), (x - 0.01, y + 0.02, 0.32, 0.11, 4), (x + 0.02, y, 0.28, 0.13, 2)]
    spread = [
        (0.13, 0.3, 0.1, 0.16, 3),
        (0.7, 0.2, 0.29, 0.12, 0),
        (0.83, 0.62, 0.17, 0.41, 2),
        (0.2, 0.7, 0.3, 0.1, 1),
    ]
    long_ones = [(0.3, 0.4, 0.14, 0.26, 1), (0.61, 0.6, 0.2, 0.2, 3), (0.77, 0.3, 0.19, 0.17, 0)]
    long_ones += [(0.1, 0.8, 0.04, 0.3, 2), (0.9, 0.85, 0.17, 0.04, 1)]
    return [
        case("the example of the text", example_box(), np.array([[0.1, 0.1], [0.2, 0.4]]), (2, 4)),
        case("boxes in different cells", boxes_around(rng, spread), small_anchors(), (4, 5)),
        case("more rows than columns", boxes_around(rng, spread), small_anchors(), (7, 3)),
        case("sizes between the anchors'", boxes_around(rng, long_ones), small_anchors(), (3, 6)),
        case(
            "two in one cell that want the same anchor", boxes_around(rng, crowd[:2]), small_anchors(), (4, 5)
        ),
        case(
            "two in one cell, wide and tall",
            boxes_around(rng, [crowd[0], (x, y, 0.15, 0.38, 3)]),
            small_anchors(),
            (4, 5),
        ),
        case("three in a cell of two anchors", boxes_around(rng, crowd), small_anchors()[:2], (4, 5)),
        case("a picture without objects", np.zeros((0, 5)), small_anchors(), (3, 4)),
    ]


def example_box():
    """The worked example: middle (0.4, 0.75) lies in column 1 of 4 and row 1 of 2."""
    return np.array([[0.3, 0.55, 0.5, 0.95, 2]])


encode_targets = Exercise(
    name="encode_targets",
    points=16,
    difficulty=4,
    minutes=35,
    cases=encode_cases,
    reference=encode,
    tolerance=TOLERANCE,
    mistakes=by_slip(
        lambda slip: lambda boxes, anchors, grid: encode(boxes, anchors, grid, slip), ENCODE_SLIPS
    ),
    hints=[
        "Write down for one box: its middle as a share, then in cells. What is before the point is the cell, what is "
        "behind it is t.",
        "x * n_W counts columns, y * n_H counts rows. int() cuts off what is behind the point.",
        "If only the crowded cells fail, look at what happens where an anchor is taken. If 'more rows than columns' "
        "raises an IndexError, row and column or n_H and n_W are exchanged.",
        "for j in np.argsort(-shares): if y_true[row, column, j, 0] == 0: y_true[row, column, j] = [1, x * n_W - "
        "column, y * n_H - row, log(w / p_w), log(h / p_h), kind]; break.",
    ],
    idea="What is behind the point is in the target, what is before it is the place: no network has to learn to count.",
    try_next="Encode the box of the example by hand on a grid of (1, 1), and say first what t_x and t_y become.",
)

# yolo_loss ---------------------------------------------------------------------------------------


def loss_with(slip=""):
    """The reference, and the same with one slip in it."""

    def yolo_loss(y_true, y_pred):
        import tensorflow as tf

        binary, several = (
            tf.nn.sigmoid_cross_entropy_with_logits,
            tf.nn.sparse_softmax_cross_entropy_with_logits,
        )
        there, kind = y_true[..., 0], tf.cast(y_true[..., 5], tf.int32)
        total = tf.math.reduce_mean if slip in ("mean", "mean but classes") else tf.math.reduce_sum
        xy = y_pred[..., 1:3] if slip == "no sigmoid" else tf.sigmoid(y_pred[..., 1:3])
        wh = tf.sigmoid(y_pred[..., 3:5]) if slip == "sigmoid on sizes" else y_pred[..., 3:5]
        wh = tf.exp(wh) if slip == "exp on sizes" else wh
        far = tf.concat([xy - y_true[..., 1:3], wh - y_true[..., 3:5]], axis=-1)
        box = tf.reduce_sum(tf.abs(far) if slip == "absolute" else far**2, axis=-1)
        box = tf.sqrt(box + 1e-12) if slip == "root" else box
        box = box / 4 if slip == "mean of four" else box
        raw = y_pred[..., 0]
        sure = tf.sigmoid(raw)
        if slip == "squared confidence":
            confidence = (sure - there) ** 2
        elif slip == "log of sigmoid":
            confidence = -there * tf.math.log(sure) - (1 - there) * tf.math.log(1 - sure)
        elif slip == "clipped":
            sure = tf.clip_by_value(sure, 1e-7, 1 - 1e-7)
            confidence = -there * tf.math.log(sure) - (1 - there) * tf.math.log(1 - sure)
        elif slip == "sigmoid twice":
            confidence = binary(there, sure)
        else:
            confidence = binary(there, raw)
        if slip == "classes one by one":
            hot = tf.one_hot(kind, y_pred.shape[-1] - 5)
            names = tf.reduce_sum(binary(hot, y_pred[..., 5:]), axis=-1)
        elif slip == "squared classes":
            hot = tf.one_hot(kind, y_pred.shape[-1] - 5)
            names = tf.reduce_sum((tf.nn.softmax(y_pred[..., 5:]) - hot) ** 2, axis=-1)
        else:
            names = several(
                kind, tf.nn.softmax(y_pred[..., 5:]) if slip == "softmax twice" else y_pred[..., 5:]
            )
        five, half = {"no 5": (1, 0.5), "no half": (5, 1), "exchanged": (0.5, 5)}.get(slip, (5, 0.5))
        where = 1 - there
        empty = {"half everywhere": (1, 0.5), "empty ignored": (1, 0), "only empty": (0, 1)}.get(slip)
        weight = there + half * where if empty is None else empty[0] * there + empty[1] * half * 2 * where
        weight = tf.fill(tf.shape(there), 0.5) if slip == "half everywhere" else weight
        parts = [
            five * (box if slip == "boxes everywhere" else there * box),
            weight * confidence,
            names if slip == "classes everywhere" else there * names,
        ]
        chosen = {"no boxes": [1, 2], "no classes": [0, 1]}.get(slip, [0, 1, 2])
        pictures = 1 if slip in ("not over m", "mean") else tf.cast(tf.shape(y_true)[0], tf.float32)
        if slip == "over objects":
            pictures = tf.maximum(tf.reduce_sum(there), 1)
        return tf.add_n([total(parts[i]) for i in chosen]) / pictures

    return yolo_loss


LOSS_SLIPS = {
    "boxes everywhere": "the box counts where there is no object too: multiply its error by presence",
    "classes everywhere": "the class counts where there is no object too: multiply its cross-entropy by presence",
    "no 5": "the weight 5 of the box is missing",
    "no half": "the weight 0.5 of anchors without an object is missing",
    "exchanged": "the weights are exchanged: 5 belongs to the box, 0.5 to anchors without an object",
    "half everywhere": "the confidence has weight 0.5 where there is an object too: there it counts whole",
    "empty ignored": "anchors without an object do not count: their confidence should be 0, and that is to be learned",
    "only empty": "the confidence counts only where there is no object: where there is one it should be 1",
    "no boxes": "the box is missing from the sum",
    "no classes": "the class is missing from the sum",
    "no sigmoid": "t_x and t_y are compared with the raw numbers: the sigmoid belongs in between",
    "sigmoid on sizes": "t_w and t_h go through a sigmoid: they can be any number, so leave them raw",
    "exp on sizes": "the exponential of the raw sizes is compared with t_w and t_h, which are logarithms: leave them",
    "absolute": "the box's errors are not squared",
    "root": "the root of the squares is taken: leave the sum of the squares",
    "squared confidence": "the confidence has a squared error: it should be the binary cross-entropy",
    "log of sigmoid": "the logarithm of the sigmoid is taken by itself: for large numbers it becomes infinite, which "
    "sigmoid_cross_entropy_with_logits avoids",
    "clipped": "the sigmoid is clipped before its logarithm: what is very sure and wrong then counts too little, and "
    "has no gradient. sigmoid_cross_entropy_with_logits takes the raw numbers",
    "sigmoid twice": "the confidence goes through the sigmoid twice: sigmoid_cross_entropy_with_logits wants raw "
    "numbers",
    "softmax twice": "the classes go through the softmax twice: sparse_softmax_cross_entropy_with_logits wants raw "
    "numbers",
    "mean of four": "the mean of the box's four squares is taken: add them up",
    "classes one by one": "each class has a binary cross-entropy: one class out of several asks for softmax",
    "squared classes": "the class has a squared error: it should be the cross-entropy",
    "mean": "means are taken in place of sums: a hundred empty anchors then drown one car",
    "mean but classes": "means over all anchors are taken and divided by m once more: add up, and divide by m once",
    "not over m": "the sum is not divided by the number of pictures",
    "over objects": "the sum is divided by the number of objects: divide by the number of pictures",
}


def loss_and_gradient(function, y_true, y_pred, smooth=True):
    """The loss, and how it changes with the prediction: what training needs of it.

    smooth: False where a right loss may have a kink, as max(x, 0) has at 0; its gradient is not looked at there.
    """
    import tensorflow as tf

    prediction = tf.constant(y_pred)
    with tf.GradientTape() as tape:
        tape.watch(prediction)
        loss = function(tf.constant(y_true), prediction)
    if loss is None or isinstance(loss, tuple | list | dict | str):
        return loss
    gradient = tape.gradient(loss, prediction) if tf.is_tensor(loss) else None
    if gradient is None:
        gradient = Other("None", "none: somewhere the numbers leave TensorFlow (NumPy, float, .numpy())")
    return {"the loss": np.asarray(loss)} | ({"its gradient": gradient} if smooth else {})


def batch_of(rng, m, objects, grid=(2, 3), k=2, classes=3):
    """A batch of targets with so many objects, and predictions."""
    y_true = np.zeros((m * grid[0] * grid[1] * k, 6))
    places = rng.permutation(len(y_true))[:objects]
    kinds = rng.permutation(np.arange(objects) % classes)
    y_true[places] = np.column_stack(
        [np.ones(objects), rng.uniform(0, 1, (objects, 2)), rng.normal(0, 0.4, (objects, 2)), kinds]
    )
    shape = (m, *grid, k)
    y_pred = rng.normal(0, 1.2, (*shape, 5 + classes)).astype(np.float32)
    return y_true.reshape(*shape, 6).astype(np.float32), y_pred


def very_sure(rng):
    """Two anchors of which one sees a car that is not there, and the other none where one is."""
    y_true, y_pred = batch_of(rng, 2, 1, (1, 2), 1)
    y_pred[..., 0] = np.where(y_true[..., 0] == 1, -60, 50)
    return y_true, y_pred


def loss_example():
    """The worked example: one anchor with an object, one without; all predictions 0."""
    y_true = np.zeros((1, 1, 1, 2, 6), np.float32)
    y_true[0, 0, 0, 0] = [1, 0.7, 0.5, 0.1, -0.2, 1]
    return y_true, np.zeros((1, 1, 1, 2, 7), np.float32)


yolo_loss = Exercise(
    name="yolo_loss",
    points=12,
    difficulty=3,
    minutes=30,
    cases=lambda rng: [
        case("the example of the text", *loss_example(), smooth=False),
        case("no object at all", *batch_of(rng, 2, 0)),
        case("an object in every anchor", *batch_of(rng, 2, 12, (1, 3), 2)),
        case("three pictures, some objects", *batch_of(rng, 3, 7)),
        case("four pictures, another grid, five classes", *batch_of(rng, 4, 9, (3, 2), 3, 5)),
        case("very sure, and wrong", *very_sure(rng)),
    ],
    observe=loss_and_gradient,
    gives="a number made by TensorFlow",
    reference=loss_with(),
    tolerance=1e-4,
    time_limit=30,
    mistakes=by_slip(loss_with, LOSS_SLIPS),
    hints=[
        "Cut the arrays up first: y_true[..., 0] is presence, y_true[..., 1:5] the box, y_true[..., 5] the class. "
        "y_pred has the same order, with a number for each class from 5 on.",
        "tf.nn.sigmoid_cross_entropy_with_logits and tf.nn.sparse_softmax_cross_entropy_with_logits take raw numbers. "
        "Each gives one number for each anchor here.",
        "If 'no object at all' fails, something counts that presence should switch off, or 0.5 is missing. If only "
        "'very sure' fails, you take the logarithm of a sigmoid yourself.",
        "weight = there + 0.5 * (1 - there); the sum over all anchors of 5 * there * box + weight * confidence + "
        "there * classes, divided by the number of pictures.",
    ],
    idea="Without the half for empty anchors, nothing would ever teach the network to say no.",
    try_next="Work out by hand what it gives for y_true = tf.zeros((1, 2, 2, 3, 6)) and y_pred = tf.zeros((1, 2, 2, 3, "
    "8)), then run it.",
)

# average_precision -------------------------------------------------------------------------------


def area_under(scores, correct, n_objects, slip=""):
    """The reference, and the same with one slip in it."""
    scores, correct = np.asarray(scores, float), np.asarray(correct, bool)
    order = np.argsort(scores if slip == "ascending" else -scores)
    if slip == "not sorted":
        order = np.arange(len(scores))
    right = np.cumsum(correct[order])
    shown = np.arange(1, len(scores) + 1)
    precision = right / (n_objects if slip == "precision over objects" else shown)
    whole = {"found only": max(correct.sum(), 1), "over detections": max(len(scores), 1)}.get(slip, n_objects)
    recall = right / whole
    best = np.maximum.accumulate(precision[::-1])[::-1] if slip != "envelope of the past" else None
    if slip == "no envelope":
        best = precision
    if slip == "envelope of the past":
        best = np.maximum.accumulate(precision)
    steps = np.diff(recall, prepend=0)
    if slip == "no first step":
        return np.sum(np.diff(recall) * best[1:])
    points = {"11 points": 11, "101 points": 101}.get(slip)
    if points:
        levels = np.linspace(0, 1, points)
        return np.mean([max(best[recall >= level - 1e-9], default=0) for level in levels])
    if slip == "trapezoids":
        return np.sum(steps * (precision + np.append(1, precision[:-1])) / 2) if len(best) else 0.0
    if slip == "precision":
        return precision[-1] if len(best) else 0.0
    if slip == "recall":
        return recall[-1] if len(best) else 0.0
    if slip == "mean of all":
        return precision.mean() if len(best) else 0.0
    if slip == "mean where right":
        return precision[correct[order]].mean() if correct.any() else 0.0
    return float(np.sum(steps * best))


AVERAGE_SLIPS = {
    "not sorted": "the detections are taken as they come: begin with the highest score",
    "ascending": "the lowest score comes first: begin with the highest",
    "no envelope": "the precision is used as it is: at each recall take the best precision from there on to the right",
    "envelope of the past": "the best precision so far is taken: it should be the best from here on, at this recall or "
    "more",
    "found only": "recall is a share of the objects that were found: divide by n_objects, the missed ones count",
    "over detections": "recall is a share of the detections: divide by n_objects",
    "precision over objects": "precision is divided by n_objects: it is a share of the detections shown so far",
    "11 points": "11 levels of recall are averaged, as in the first years of PASCAL VOC: take the whole area",
    "101 points": "101 levels of recall are averaged, as COCO does: take the whole area",
    "trapezoids": "the points of the curve are joined by slanted lines: it goes in steps, at the best "
    "precision from there on",
    "no first step": "the first step of recall, from 0, is left out: np.diff(recall, prepend=0)",
    "precision": "the precision of all detections comes back: take the area under the curve",
    "recall": "the recall of all detections comes back: take the area under the curve",
    "mean of all": "the mean precision over all detections comes back: the area counts where recall grows",
    "mean where right": "the mean precision over the right detections comes back: objects that were missed count as "
    "0, and the precision is the best from there on",
}


def some_detections(rng, count, right, first):
    """Scores without ties in random order, and which of them are right; the better ones more often."""
    scores = rng.permutation(distinct_scores(rng, count))
    order = np.argsort(-scores)
    correct = np.zeros(count, bool)
    correct[order[np.sort(rng.choice(count, right, replace=False))]] = True
    correct[order[:3]] = [first, not first, True]
    correct[order[-1]] = True
    return scores, correct


def average_cases(rng):
    few, many = some_detections(rng, 9, 4, True), some_detections(rng, 40, 22, False)
    return [
        case("the example of the text", np.array([0.6, 0.9, 0.8]), np.array([True, True, False]), 4),
        case("all found, nothing else", np.array([0.5, 0.7, 0.9]), np.array([True, True, True]), 3),
        case("in any order", *few, int(few[1].sum())),
        case("objects that were missed", *few, int(few[1].sum()) + 3),
        case("many detections", *many, int(many[1].sum()) + 6),
        case("nothing is right", np.array([0.4, 0.8]), np.array([False, False]), 5),
        case("nothing was detected", np.zeros(0), np.zeros(0, bool), 2),
    ]


average_precision = Exercise(
    name="average_precision",
    points=8,
    difficulty=3,
    minutes=20,
    cases=average_cases,
    observe=one_number,
    reference=area_under,
    mistakes=by_slip(lambda slip: lambda *args: area_under(*args, slip), AVERAGE_SLIPS),
    hints=[
        "Sort by score, highest first. After each detection: how many of those so far are right?",
        "np.cumsum counts. Divided by 1, 2, 3, ... it is precision; divided by n_objects it is recall.",
        "If 'all found' passes and 'objects that were missed' fails, look at what recall is divided by. If the result "
        "is a little too small, precision must not rise to the right: take the best from there on.",
        "best = np.maximum.accumulate(precision[::-1])[::-1], then the sum of best times the steps of recall, "
        "np.diff(recall, prepend=0).",
    ],
    try_next="Unpack one entry of marks().values(), call it with n_objects doubled, and say first what becomes of the "
    "average precision.",
    idea="A detector that finds half of all cars and is never wrong has 0.5. So has one that finds all and is wrong "
    "every other time, evenly.",
)
