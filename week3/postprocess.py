"""From what a detector says of every cell and anchor to the few boxes that are shown: filtering, suppression.

NumPy alone, no loop over boxes or classes: only one over what is kept. Boxes are (n, 4) corners x1, y1, x2, y2.
A candidate is a box with one class: (box, class, score).
"""

from typing import NamedTuple

import numpy as np

BLOCK = 64  # candidates that are looked at together, at first
LARGEST = 512  # candidates that are looked at together at most, and that are put in order before the rest


class Candidates(NamedTuple):
    """Boxes that passed the threshold, in the order of their numbers."""

    box: np.ndarray  # (n,) int: the number of the box
    label: np.ndarray  # (n,) int: the number of the class
    score: np.ndarray  # (n,) float


def filter_scores(confidence, class_probs, threshold=0.6, best_only=True):
    """Which boxes show an object: score = confidence x probability of the class, at least the threshold.

    confidence   (n,), from 0 to 1
    class_probs  (n, classes), from 0 to 1
    threshold    over 0; a score that equals it passes
    best_only    True: each box stands for its best class alone, as in the paper; False: for every class that
                 passes, as tf.image.combined_non_max_suppression sees it

    A score is never over its confidence, so that boxes of a lower one are left out before anything is
    multiplied: that is most of the work, saved.
    """
    rows = np.flatnonzero(confidence >= threshold)
    scores = confidence[rows, np.newaxis] * class_probs[rows]
    if not best_only:
        at = np.flatnonzero(scores >= threshold).astype(np.int32)  # half the memory, and so half the time
        row, label = np.divmod(at, scores.shape[1])
        return Candidates(rows[row], label, scores.ravel()[at])
    label = scores.argmax(axis=1)
    score = scores[np.arange(len(rows)), label]
    passed = score >= threshold
    return Candidates(rows[passed], label[passed], score[passed])


def iou_matrix(boxes, others):
    """Intersection over union of each of n boxes with each of k others: (n, k); 0 where both are empty."""
    x1, y1, x2, y2 = (boxes[:, k, np.newaxis] for k in range(4))
    u1, v1, u2, v2 = (others[np.newaxis, :, k] for k in range(4))
    width = np.minimum(x2, u2) - np.maximum(x1, u1)
    height = np.minimum(y2, v2) - np.maximum(y1, v1)
    overlap = np.maximum(width, 0) * np.maximum(height, 0)
    union = (x2 - x1) * (y2 - y1) + (u2 - u1) * (v2 - v1) - overlap
    shares = np.zeros(overlap.shape, np.result_type(overlap, np.float32))  # whole numbers come in, too
    return np.divide(overlap, union, out=shares, where=union > 0)


def suppress(boxes, scores, labels=None, iou_threshold=0.5, max_boxes=100, max_per_class=None):
    """Non-max suppression, each class for itself: the numbers of the candidates kept, the best first.

    boxes          (n, 4) of the candidates, x1 <= x2 and y1 <= y2
    scores         (n,); of two that are equal the earlier candidate wins
    labels         (n,) classes: boxes of unlike classes do not disturb each other; None: all are of one class
    iou_threshold  a box goes when its intersection over union with a better one that stayed is over this
    max_boxes      how many stay at most, of all classes; max_per_class: of each (None: no limit)

    Candidates are looked at in blocks, from the best on, and no longer than until max_boxes are found. Those of
    a block that no box kept earlier pushes out are compared with each other, all pairs at once.
    """
    boxes, scores = np.asarray(boxes), np.asarray(scores)
    labels = np.zeros(len(scores), int) if labels is None else np.asarray(labels)
    kept, counts = [], {}
    for block in _best_first(scores) if max_boxes > 0 else ():
        if kept:
            block = block[~_clashes(boxes, labels, np.asarray(kept), block, iou_threshold).any(axis=0)]
        clashes = _clashes(boxes, labels, block, block, iou_threshold)
        free = np.ones(len(block), bool)
        for k, number in enumerate(block.tolist()):
            if not free[k]:
                continue
            label = labels[number]
            counts[label] = counts.get(label, 0) + 1
            if max_per_class is not None and counts[label] > max_per_class:
                continue
            kept.append(number)
            if len(kept) >= max_boxes:
                return np.asarray(kept, int)
            free &= ~clashes[k]
    return np.asarray(kept, int)


def _clashes(boxes, labels, numbers, others, iou_threshold):
    """Which of the candidates `others` a candidate of `numbers` would push out: (k, m) bool."""
    same = labels[numbers][:, np.newaxis] == labels[others][np.newaxis]
    return same & (iou_matrix(boxes[numbers], boxes[others]) > iou_threshold)


def _best_first(scores):
    """Blocks of candidates, the best first, each twice as long as the one before.

    Where there are many, the best of them are put in order first, the rest only if they are asked for.
    """
    rest, first = np.arange(len(scores), dtype=np.int32), LARGEST
    while len(rest) > 8 * first:
        values = scores[rest]
        ahead = values >= np.partition(values, len(rest) - first)[len(rest) - first]
        yield from _in_blocks(rest[ahead], scores)  # with all that equal the last one: earlier ones must win
        rest, first = rest[~ahead], 8 * first
    yield from _in_blocks(rest, scores)


def _in_blocks(numbers, scores):
    ordered = numbers[np.argsort(-scores[numbers], kind="stable")]
    start, size = 0, BLOCK
    while start < len(ordered):
        yield ordered[start : start + size]
        start, size = start + size, min(2 * size, LARGEST)
