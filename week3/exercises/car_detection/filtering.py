"""Checks for yolo_filter_boxes: the boxes that are sure enough."""

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_slip

from .observers import RESULTS, three_arrays


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
        scores = box_confidence + box_class_probs if slip == "added" else scores
        if slip == "every class":
            places = np.nonzero(scores >= threshold)
            return scores[places], boxes[places[:-1]], places[-1]
        best, classes = scores.max(axis=-1), scores.argmax(axis=-1)
        best = scores.sum(axis=-1) if slip == "sum" else best
        limit = 0.6 if slip == "fixed" else threshold
        if slip == "confidence alone":
            best = box_confidence[..., 0]
        judged = {"by confidence": box_confidence[..., 0], "by class": box_class_probs.max(axis=-1)}.get(
            slip, best
        )
        sure = judged > limit if slip == ">" else judged >= limit
        if slip in ("below", "at most"):
            sure = judged < limit if slip == "below" else judged <= limit
        if slip == "no filter":
            sure = np.ones(best.shape, bool)
        if slip == "one for each cell":
            sure &= best == best.max(axis=-1, keepdims=True)
        given = {"confidence": box_confidence[..., 0], "probability": box_class_probs.max(axis=-1)}.get(
            slip, best
        )
        kept = given[sure], boxes[sure], classes[sure] + (slip == "from 1")
        if slip == "one-hot":
            return given[sure], boxes[sure], scores[sure] == best[sure][:, np.newaxis]
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
    "at most": "the boxes up to the threshold are kept, and the others dropped: it is >=, not <=",
    "added": "confidence and class probability are added: multiply them",
    "by confidence": "the confidence alone is held against the threshold: it should be the score, confidence times "
    "class probability",
    "by class": "the class probability alone is held against the threshold: it should be the score, confidence "
    "times class probability",
    "class alone": "the confidence is not used: the score is confidence times class probability",
    "confidence": "the confidence comes back as the score: the score is confidence times class probability",
    "confidence alone": "the confidence is the score, both where it is held against the threshold and where it comes "
    "back: the score is confidence times class probability",
    "probability": "the class probability comes back as the score: the score is confidence times class probability",
    "sum": "the scores of all classes are added up: the score of a box is that of its best class",
    "every class": "a box comes back once for each class above the threshold: only its best class counts",
    "one for each cell": "only the best anchor of each cell is kept: all that are sure enough should stay",
    "from 1": "classes are counted from 1: the first class is 0",
    "one-hot": "the classes come back one-hot, a row for each box: argmax gives the number of the class",
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
    try_next="Give it the three boxes of the example by hand, as arrays of the shapes (1, 3, 1, ...), with a "
    "threshold of 0.375, and say first which of them stay.",
)
