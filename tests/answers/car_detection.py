"""Answers to week3/car_detection as people write them, right and wrong.

RIGHT  for each exercise, answers in different styles that must pass
WRONG  for each exercise, (answer, a piece of the diagnosis that it must get, or None)
"""

import math
import warnings

import workbook

workbook.start()

import keras
import numpy as np
import tensorflow as tf
from keras import ops

# iou ---------------------------------------------------------------------------------------------


def iou(box1, box2):
    x1, y1 = max(box1[0], box2[0]), max(box1[1], box2[1])
    x2, y2 = min(box1[2], box2[2]), min(box1[3], box2[3])
    inter_area = max(x2 - x1, 0) * max(y2 - y1, 0)
    box1_area = (box1[3] - box1[1]) * (box1[2] - box1[0])
    box2_area = (box2[3] - box2[1]) * (box2[2] - box2[0])
    return inter_area / (box1_area + box2_area - inter_area)


def iou_unpacked(box1, box2):
    (box1_x1, box1_y1, box1_x2, box1_y2) = box1
    (box2_x1, box2_y1, box2_x2, box2_y2) = box2
    xi1 = np.maximum(box1_x1, box2_x1)
    yi1 = np.maximum(box1_y1, box2_y1)
    xi2 = np.minimum(box1_x2, box2_x2)
    yi2 = np.minimum(box1_y2, box2_y2)
    inter_width = max(0, xi2 - xi1)
    inter_height = max(0, yi2 - yi1)
    inter_area = inter_width * inter_height
    union_area = (
        (box1_x2 - box1_x1) * (box1_y2 - box1_y1) + (box2_x2 - box2_x1) * (box2_y2 - box2_y1) - inter_area
    )
    print("iou:", inter_area / union_area)
    return inter_area / union_area


def iou_of_slices(box1, box2):
    sides = np.clip(np.minimum(box1[2:], box2[2:]) - np.maximum(box1[:2], box2[:2]), 0, None)
    overlap = sides.prod()
    return overlap / (np.prod(box1[2:] - box1[:2]) + np.prod(box2[2:] - box2[:2]) - overlap)


def iou_leaves_early(box1, box2):
    if box1[2] <= box2[0] or box2[2] <= box1[0] or box1[3] <= box2[1] or box2[3] <= box1[1]:
        return 0
    w = min(box1[2], box2[2]) - max(box1[0], box2[0])
    h = min(box1[3], box2[3]) - max(box1[1], box2[1])
    size = lambda b: (b[2] - b[0]) * (b[3] - b[1])  # noqa: E731
    return float(w * h / (size(box1) + size(box2) - w * h))


def iou_by_tensorflow(box1, box2):
    box1, box2 = tf.cast(box1, tf.float32), tf.cast(box2, tf.float32)
    wh = tf.maximum(tf.minimum(box1[2:], box2[2:]) - tf.maximum(box1[:2], box2[:2]), 0.0)
    inter = wh[0] * wh[1]
    area = tf.reduce_prod(box1[2:] - box1[:2]) + tf.reduce_prod(box2[2:] - box2[:2])
    return tf.reshape(inter / (area - inter), (1,))


def iou_with_epsilon(box1, box2, eps=1e-9):
    w = (min(box1[2], box2[2]) - max(box1[0], box2[0])).clip(0)
    h = (min(box1[3], box2[3]) - max(box1[1], box2[1])).clip(0)
    union = (box1[2] - box1[0]) * (box1[3] - box1[1]) + (box2[2] - box2[0]) * (box2[3] - box2[1]) - w * h
    return np.array(w * h / (union + eps))


def iou_typed(box1: np.ndarray, box2: np.ndarray, verbose: bool = False) -> float:
    """Named edges, areas from a helper, max with default 0.0."""

    def area(left: float, top: float, right: float, bottom: float) -> float:
        return (right - left) * (bottom - top)

    left, top = (max(pair) for pair in zip(box1[:2], box2[:2], strict=True))
    right, bottom = (min(pair) for pair in zip(box1[2:], box2[2:], strict=True))
    shared = 0.0 if right < left or bottom < top else area(left, top, right, bottom)
    if verbose:
        print(shared)
    return shared / (area(*box1) + area(*box2) - shared)


def iou_by_shapes(box1, box2):
    """Sides as sums of the boxes' sides less those of the box around both."""
    box1, box2 = np.array(box1, dtype=np.float32), np.array(box2, dtype=np.float32)
    sides1, sides2 = box1[2:] - box1[:2], box2[2:] - box2[:2]
    around = np.maximum(box1, box2)[2:] - np.minimum(box1, box2)[:2]
    inter = np.prod(np.maximum(sides1 + sides2 - around, 0))
    return 1 / ((np.prod(sides1) + np.prod(sides2)) / inter - 1) if inter > 0 else np.float32(0)


def iou_by_keras(box1, box2):
    a, b = ops.convert_to_tensor(box1, "float32"), ops.convert_to_tensor(box2, "float32")
    wh = ops.relu(ops.minimum(a[2:], b[2:]) - ops.maximum(a[:2], b[:2]))
    inter = ops.prod(wh)
    return ops.divide(inter, ops.prod(a[2:] - a[:2]) + ops.prod(b[2:] - b[:2]) - inter)


def iou_many(box1, box2):
    """For (4,) or (m, 4): the last axis holds the corners."""
    box1, box2 = np.atleast_2d(box1), np.atleast_2d(box2)
    wh = np.where(
        (gap := np.minimum(box1[:, 2:], box2[:, 2:]) - np.maximum(box1[:, :2], box2[:, :2])) > 0, gap, 0
    )
    inter = wh[:, 0] * wh[:, 1]
    area = lambda b: np.multiply(*(b[:, 2:] - b[:, :2]).T)  # noqa: E731
    return np.squeeze(np.true_divide(inter, area(box1) + area(box2) - inter))


def iou_unclamped(box1, box2):
    x1, y1 = np.maximum(box1[:2], box2[:2])
    x2, y2 = np.minimum(box1[2:], box2[2:])
    inter = (x2 - x1) * (y2 - y1)
    a1 = (box1[3] - box1[1]) * (box1[2] - box1[0])
    a2 = (box2[3] - box2[1]) * (box2[2] - box2[0])
    return inter / (a1 + a2 - inter)


def iou_clamps_the_area(box1, box2):
    w = min(box1[2], box2[2]) - max(box1[0], box2[0])
    h = min(box1[3], box2[3]) - max(box1[1], box2[1])
    inter = max(w * h, 0)
    return inter / (
        (box1[2] - box1[0]) * (box1[3] - box1[1]) + (box2[2] - box2[0]) * (box2[3] - box2[1]) - inter
    )


def iou_over_the_sum(box1, box2):
    w = max(min(box1[2], box2[2]) - max(box1[0], box2[0]), 0)
    h = max(min(box1[3], box2[3]) - max(box1[1], box2[1]), 0)
    return w * h / ((box1[2] - box1[0]) * (box1[3] - box1[1]) + (box2[2] - box2[0]) * (box2[3] - box2[1]))


def iou_counts_pixels(box1, box2):
    w = max(min(box1[2], box2[2]) - max(box1[0], box2[0]) + 1, 0)
    h = max(min(box1[3], box2[3]) - max(box1[1], box2[1]) + 1, 0)
    size = lambda b: (b[2] - b[0] + 1) * (b[3] - b[1] + 1)  # noqa: E731
    return w * h / (size(box1) + size(box2) - w * h)


def iou_leaves_too_seldom(box1, box2):
    w = min(box1[2], box2[2]) - max(box1[0], box2[0])
    h = min(box1[3], box2[3]) - max(box1[1], box2[1])
    if w < 0 and h < 0:
        return 0.0
    size = lambda b: (b[2] - b[0]) * (b[3] - b[1])  # noqa: E731
    return w * h / (size(box1) + size(box2) - w * h)


def iou_copied_a_line(box1, box2):
    w = max(min(box1[2], box2[2]) - max(box1[0], box2[0]), 0)
    h = max(min(box1[3], box2[3]) - max(box1[1], box2[1]), 0)
    box1_area = (box1[2] - box1[0]) * (box1[3] - box1[1])
    box2_area = (box1[2] - box1[0]) * (box1[3] - box1[1])
    return w * h / (box1_area + box2_area - w * h)


def iou_of_sizes(box1, box2):
    w = max(min(box1[0] + box1[2], box2[0] + box2[2]) - max(box1[0], box2[0]), 0)
    h = max(min(box1[1] + box1[3], box2[1] + box2[3]) - max(box1[1], box2[1]), 0)
    return w * h / (box1[2] * box1[3] + box2[2] * box2[3] - w * h)


# yolo_filter_boxes -------------------------------------------------------------------------------


def yolo_filter_boxes(boxes, box_confidence, box_class_probs, threshold=0.6):
    box_scores = box_confidence * box_class_probs
    box_classes = tf.math.argmax(box_scores, axis=-1)
    box_class_scores = tf.math.reduce_max(box_scores, axis=-1)
    filtering_mask = box_class_scores >= threshold
    scores = tf.boolean_mask(box_class_scores, filtering_mask)
    boxes = tf.boolean_mask(boxes, filtering_mask)
    classes = tf.boolean_mask(box_classes, filtering_mask)
    return scores, boxes, classes


def filter_by_numpy(boxes, box_confidence, box_class_probs, threshold=0.6):
    scores = box_confidence * box_class_probs
    best = np.max(scores, -1)
    return (
        best[best >= threshold],
        boxes[best >= threshold],
        np.argmax(scores, -1)[best >= threshold].astype(np.int32),
    )


def filter_by_loops(boxes, box_confidence, box_class_probs, threshold=0.6):
    scores, kept, classes = [], [], []
    n_H, n_W, k, _ = boxes.shape
    for h in range(n_H):
        for w in range(n_W):
            for a in range(k):
                each = [box_confidence[h, w, a, 0] * p for p in box_class_probs[h, w, a]]
                if max(each) >= threshold:
                    scores.append(max(each))
                    kept.append(boxes[h, w, a])
                    classes.append(each.index(max(each)))
    return scores, kept, classes


def filter_by_keras(boxes, box_confidence, box_class_probs, threshold=0.6):
    warnings.warn("keras.ops", stacklevel=1)
    scores = ops.multiply(box_confidence, box_class_probs)
    best, classes = ops.max(scores, axis=-1), ops.argmax(scores, axis=-1)
    mask = ops.greater_equal(best, threshold)
    return tf.boolean_mask(best, mask), tf.boolean_mask(boxes, mask), tf.boolean_mask(classes, mask)


def filter_with_where(boxes, box_confidence, box_class_probs, threshold=0.6, verbose=True):
    scores = np.asarray(box_confidence) * np.asarray(box_class_probs)
    where = np.where(scores.max(3) >= threshold)
    if verbose:
        print(len(where[0]), "boxes")
    return [scores.max(3)[where], boxes[where], scores.argmax(3)[where]]


def filter_flat(boxes, box_confidence, box_class_probs, threshold=0.6):
    boxes, probs = tf.reshape(boxes, (-1, 4)), tf.reshape(box_class_probs, (-1, box_class_probs.shape[-1]))
    scores = tf.reshape(box_confidence, (-1, 1)) * probs
    index = tf.where(tf.reduce_max(scores, 1) >= threshold)[:, 0]
    best = tf.gather(scores, index)
    return tf.reduce_max(best, 1), tf.gather(boxes, index), tf.argmax(best, 1)


def filter_by_argwhere(boxes: np.ndarray, box_confidence, box_class_probs, threshold: float = 0.6) -> tuple:
    places = np.argwhere(np.max(box_confidence * box_class_probs, axis=-1) >= threshold)
    scores, corners, classes = np.zeros(len(places)), np.zeros((len(places), 4)), np.zeros(len(places), int)
    for n, (i, j, a) in enumerate(places):
        each = box_confidence[i, j, a] * box_class_probs[i, j, a]
        scores[n], corners[n], classes[n] = np.amax(each), boxes[i, j, a], np.argmax(each)
    return scores, corners, classes


@tf.function
def filter_as_graph(boxes, box_confidence, box_class_probs, threshold=0.6):
    scores = box_confidence * box_class_probs
    best = tf.reduce_max(scores, axis=-1)
    keep = tf.where(tf.math.logical_not(best < threshold))
    return tf.gather_nd(best, keep), tf.gather_nd(boxes, keep), tf.gather_nd(tf.argmax(scores, -1), keep)


def filter_top_one(boxes, box_confidence, box_class_probs, threshold=0.6):
    """tf.math.top_k gives value and class at once; a product by einsum."""
    scores = tf.einsum("hwac,hwak->hwak", box_confidence, box_class_probs)
    values, indices = tf.math.top_k(scores, k=1)
    mask = values[..., 0] >= threshold
    return values[mask][:, 0], tf.constant(boxes)[mask], tf.reshape(indices[mask], [-1])


def filter_compressed(boxes, box_confidence, box_class_probs, threshold=0.6):
    """One row for each box, then np.compress."""
    n = box_class_probs.shape[-1]
    rows = np.concatenate([boxes, box_confidence, box_class_probs], axis=-1, dtype=np.float64).reshape(
        -1, 5 + n
    )
    scores = rows[:, 4:5] * rows[:, 5:]
    keep = scores.max(1) >= threshold
    result = np.compress(keep, rows, axis=0)
    return scores[keep].max(1), result[:, :4], scores[keep].argmax(1).tolist()


def filter_strictly(boxes, box_confidence, box_class_probs, threshold=0.6):
    scores = box_confidence * box_class_probs
    mask = tf.reduce_max(scores, -1) > threshold
    return tuple(
        tf.boolean_mask(each, mask) for each in (tf.reduce_max(scores, -1), boxes, tf.argmax(scores, -1))
    )


def filter_at_06(boxes, box_confidence, box_class_probs, threshold=0.6):
    scores = box_confidence * box_class_probs
    mask = np.max(scores, -1) >= 0.6
    return np.max(scores, -1)[mask], boxes[mask], np.argmax(scores, -1)[mask]


def filter_by_confidence(boxes, box_confidence, box_class_probs, threshold=0.6):
    scores = box_confidence * box_class_probs
    mask = box_confidence[..., 0] >= threshold
    return scores.max(-1)[mask], boxes[mask], scores.argmax(-1)[mask]


def filter_leaves_boxes(boxes, box_confidence, box_class_probs, threshold=0.6):
    scores, _, classes = filter_by_numpy(boxes, box_confidence, box_class_probs, threshold)
    return scores, boxes, classes


def filter_boxes_first(boxes, box_confidence, box_class_probs, threshold=0.6):
    scores, boxes, classes = filter_by_numpy(boxes, box_confidence, box_class_probs, threshold)
    return boxes, scores, classes


def filter_returns_two(boxes, box_confidence, box_class_probs, threshold=0.6):
    return filter_by_numpy(boxes, box_confidence, box_class_probs, threshold)[:2]


# yolo_non_max_suppression ------------------------------------------------------------------------


def yolo_non_max_suppression(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    max_boxes_tensor = tf.Variable(max_boxes, dtype="int32")
    nms_indices = tf.image.non_max_suppression(boxes, scores, max_boxes_tensor, iou_threshold)
    scores = tf.gather(scores, nms_indices)
    boxes = tf.gather(boxes, nms_indices)
    classes = tf.gather(classes, nms_indices)
    return scores, boxes, classes


def suppress_class_by_class(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    boxes, scores = tf.cast(boxes, tf.float32), tf.cast(scores, tf.float32)
    kept = []
    for label in tf.unique(classes)[0]:
        mask = classes == label
        index = tf.image.non_max_suppression(
            tf.boolean_mask(boxes, mask),
            tf.boolean_mask(scores, mask),
            max_boxes,
            iou_threshold=iou_threshold,
        )
        kept.append(tf.gather(tf.squeeze(tf.where(mask), axis=1), index))
    kept = tf.concat(kept, axis=0)
    order = tf.argsort(tf.gather(scores, kept), direction="DESCENDING")[:max_boxes]
    kept = tf.gather(kept, order)
    return tf.gather(scores, kept), tf.gather(boxes, kept), tf.gather(classes, kept)


def suppress_by_hand(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    order = list(np.argsort(scores)[::-1])
    keep = []
    while order and len(keep) < max_boxes:
        best = order.pop(0)
        keep.append(best)
        order = [i for i in order if iou(boxes[best], boxes[i]) <= iou_threshold]
    return scores[keep], boxes[keep], classes[keep]


def suppress_against_the_kept(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    kept = []
    for i in sorted(range(len(scores)), key=lambda i: -scores[i]):
        if all(iou_leaves_early(boxes[i], boxes[j]) <= iou_threshold for j in kept):
            kept += [i]
        if len(kept) == max_boxes:
            break
    return [scores[i] for i in kept], [boxes[i] for i in kept], [int(classes[i]) for i in kept]


def suppress_with_zeros(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    left, kept = np.array(scores, float), []
    while len(left) and left.max() > 0 and len(kept) < max_boxes:
        i = int(np.argmax(left))
        kept.append(i)
        for j in range(len(left)):
            if iou_of_slices(boxes[i], boxes[j]) > iou_threshold:
                left[j] = 0
        left[i] = 0
    return np.take(scores, np.array(kept, int)), boxes[kept], classes[kept].astype("int32")


def suppress_as_arrays(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    order = np.argsort(-scores)
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    keep = []
    while order.size > 0:
        i = order[0]
        keep.append(i)
        yy1, xx1 = np.maximum(boxes[i, 0], boxes[order[1:], 0]), np.maximum(boxes[i, 1], boxes[order[1:], 1])
        yy2, xx2 = np.minimum(boxes[i, 2], boxes[order[1:], 2]), np.minimum(boxes[i, 3], boxes[order[1:], 3])
        inter = np.maximum(0.0, xx2 - xx1) * np.maximum(0.0, yy2 - yy1)
        overlap = inter / (area[i] + area[order[1:]] - inter)
        order = order[np.where(overlap <= iou_threshold)[0] + 1]
    keep = keep[:max_boxes]
    return scores[keep], boxes[keep], classes[keep]


def suppress_recursively(scores, boxes, classes, max_boxes: int = 10, iou_threshold: float = 0.5):
    def rest(order, most):
        if not order or most == 0:
            return []
        best, *others = order
        return [best, *rest([i for i in others if not iou(boxes[best], boxes[i]) > iou_threshold], most - 1)]

    kept = rest(sorted(range(len(scores)), key=scores.__getitem__, reverse=True), max_boxes)
    return np.asarray(scores)[kept], np.asarray(boxes)[kept], np.asarray(classes)[kept]


def suppress_by_matrix(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    """All overlaps in one table, and a mask of those that live; each class by itself."""
    scores, boxes, classes = scores.astype(np.float64), boxes.astype(np.float64), np.array(classes)
    low, high = (
        np.maximum(boxes[:, None, :2], boxes[None, :, :2]),
        np.minimum(boxes[:, None, 2:], boxes[None, :, 2:]),
    )
    inter = np.prod((high - low).clip(min=0), axis=-1)
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    clash = inter / (area[:, None] + area - inter) > iou_threshold
    clash &= classes[:, None] == classes
    alive, kept = np.ones(len(scores), bool), []
    for i in (-scores).argsort():
        if alive[i]:
            kept.append(i)
            alive &= ~clash[i]
    kept = kept[:max_boxes]
    return scores[kept], boxes[kept], classes[kept]


def suppress_by_scores(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    """TensorFlow's suppression that gives scores back as well, with a sigma of 0."""
    numbers, best = tf.image.non_max_suppression_with_scores(
        tf.cast(boxes, tf.float32), tf.cast(scores, tf.float32), max_boxes, iou_threshold=iou_threshold
    )
    return [best, tf.gather(boxes, numbers), tf.gather(classes, numbers)]


def suppress_shifted(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    """Classes are moved so far apart that they never meet."""
    far = 10_000.0 * np.reshape(classes, (-1, 1)).astype(np.float64)
    shifted = boxes.astype(np.float64) + far
    order, keep = np.lexsort((np.arange(len(scores)), -np.asarray(scores))), []
    for i in order:
        clashes = [iou_of_slices(shifted[i], shifted[j]) > iou_threshold for j in keep]
        if not any(clashes):
            keep.append(int(i))
    keep = np.array(keep[:max_boxes], dtype=np.int32)
    return scores[keep], boxes[keep], classes[keep]


def suppress_without_limit(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    kept = tf.image.non_max_suppression(boxes, scores, len(scores), iou_threshold)
    return tf.gather(scores, kept), tf.gather(boxes, kept), tf.gather(classes, kept)


def suppress_forgets_the_threshold(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    kept = tf.image.non_max_suppression(boxes, scores, max_boxes)
    return tf.gather(scores, kept), tf.gather(boxes, kept), tf.gather(classes, kept)


def suppress_top_first(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    top = np.argsort(-scores)[:max_boxes]
    return suppress_by_hand(scores[top], boxes[top], classes[top], max_boxes, iou_threshold)


def suppress_at_equality(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    kept = []
    for i in np.argsort(-scores):
        if all(iou(boxes[i], boxes[j]) < iou_threshold for j in kept) and len(kept) < max_boxes:
            kept.append(i)
    return scores[kept], boxes[kept], classes[kept]


def suppress_unclamped(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    kept = []
    for i in np.argsort(-scores):
        if all(iou_unclamped(boxes[i], boxes[j]) <= iou_threshold for j in kept) and len(kept) < max_boxes:
            kept.append(i)
    return scores[kept], boxes[kept], classes[kept]


def suppress_unsorted(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    kept = []
    for i in range(len(scores)):
        if all(iou(boxes[i], boxes[j]) <= iou_threshold for j in kept) and len(kept) < max_boxes:
            kept.append(i)
    return scores[kept], boxes[kept], classes[kept]


def suppress_while_removing(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    order, keep = np.argsort(-scores).tolist(), []
    while len(order) > 0:
        best = order[0]
        keep.append(best)
        order.remove(best)
        for other in order:
            if iou(boxes[best], boxes[other]) > iou_threshold:
                order.remove(other)
    keep = keep[:max_boxes]
    return scores[keep], boxes[keep], classes[keep]


def suppress_stops_late(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    keep = []
    for i in np.argsort(-scores):
        if len(keep) > max_boxes:
            break
        if all(iou(boxes[i], boxes[j]) <= iou_threshold for j in keep):
            keep.append(i)
    return scores[keep], boxes[keep], classes[keep]


def suppress_wants_a_box(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    left, kept = np.array(scores, float), []
    while left.max() > 0 and len(kept) < max_boxes:
        i = left.argmax()
        kept.append(i)
        left[[iou(boxes[i], each) > iou_threshold for each in boxes]] = 0
    return scores[kept], boxes[kept], classes[kept]


def suppress_in_place_of_order(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    scores, boxes, classes = suppress_by_hand(scores, boxes, classes, max_boxes, iou_threshold)
    return scores[::-1], boxes[::-1], classes[::-1]


# yolo_eval ---------------------------------------------------------------------------------------


def yolo_boxes_to_corners(box_xy, box_wh):
    box_mins = box_xy - (box_wh / 2.0)
    box_maxes = box_xy + (box_wh / 2.0)
    return tf.concat(
        [box_mins[..., 1:2], box_mins[..., 0:1], box_maxes[..., 1:2], box_maxes[..., 0:1]], axis=-1
    )


def scale_boxes(boxes, image_shape):
    height, width = tf.cast(image_shape[0], tf.float32), tf.cast(image_shape[1], tf.float32)
    return boxes * tf.reshape(tf.stack([height, width, height, width]), [1, 4])


def yolo_eval(yolo_outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5):
    box_xy, box_wh, box_confidence, box_class_probs = yolo_outputs
    boxes = yolo_boxes_to_corners(box_xy, box_wh)
    scores, boxes, classes = yolo_filter_boxes(boxes, box_confidence, box_class_probs, score_threshold)
    boxes = scale_boxes(boxes, image_shape)
    scores, boxes, classes = yolo_non_max_suppression(scores, boxes, classes, max_boxes, iou_threshold)
    return scores, boxes, classes


def eval_scales_last(
    yolo_outputs, image_shape=(720.0, 1280.0), max_boxes=10, score_threshold=0.6, iou_threshold=0.5
):
    box_xy, box_wh, confidence, probs = yolo_outputs
    found = filter_by_numpy(yolo_boxes_to_corners(box_xy, box_wh).numpy(), confidence, probs, score_threshold)
    scores, boxes, classes = suppress_by_hand(*found, max_boxes=max_boxes, iou_threshold=iou_threshold)
    return scores, boxes * np.array(list(image_shape) * 2, np.float32), classes


def eval_scales_first(outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5):
    (x, y), (w, h) = np.moveaxis(outputs[0], -1, 0), np.moveaxis(outputs[1], -1, 0)
    n_H, n_W = image_shape
    boxes = np.stack([(y - h / 2) * n_H, (x - w / 2) * n_W, (y + h / 2) * n_H, (x + w / 2) * n_W], -1)
    found = filter_flat(boxes, outputs[2], outputs[3], score_threshold)
    return suppress_class_by_class(*found, max_boxes, iou_threshold)


def eval_by_names(
    yolo_outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5
):
    box_xy, box_wh, box_confidence, box_class_probs = yolo_outputs
    scores, boxes, classes = filter_with_where(
        yolo_boxes_to_corners(box_xy, box_wh).numpy(),
        box_class_probs=box_class_probs,
        box_confidence=box_confidence,
        threshold=score_threshold,
        verbose=False,
    )
    for i in range(len(boxes)):
        boxes[i] = boxes[i] * [image_shape[0], image_shape[1], image_shape[0], image_shape[1]]
    return suppress_with_zeros(scores, boxes, classes, max_boxes, iou_threshold)


def eval_in_one_go(
    yolo_outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5
):
    xy, wh, confidence, probs = (tf.reshape(each, (-1, each.shape[-1])) for each in yolo_outputs)
    scores = tf.reduce_max(confidence * probs, -1)
    corners = yolo_boxes_to_corners(xy, wh)
    below = float(np.nextafter(np.float32(score_threshold), np.float32(0)))
    index = tf.image.non_max_suppression(corners, scores, max_boxes, iou_threshold, score_threshold=below)
    boxes = tf.gather(scale_boxes(corners, image_shape), index)
    return tf.gather(scores, index), boxes, tf.gather(tf.argmax(probs, -1), index)


def eval_typed(
    yolo_outputs: tuple,
    image_shape: tuple[int, int] = (720, 1280),
    max_boxes: int = 10,
    score_threshold: float = 0.6,
    iou_threshold: float = 0.5,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    xy, wh, confidence, probs = [np.asarray(each, np.float64) for each in yolo_outputs]
    boxes = np.concatenate([(xy - wh / 2)[..., ::-1], (xy + wh / 2)[..., ::-1]], axis=-1)
    found = filter_by_argwhere(boxes, confidence, probs, threshold=score_threshold)
    scores, boxes, classes = suppress_by_matrix(*found, max_boxes, iou_threshold)
    height, width = image_shape
    boxes[:, ::2] *= height
    boxes[:, 1::2] *= width
    return scores, boxes, classes


def eval_with_keywords(
    yolo_outputs, image_shape=(720.0, 1280.0), max_boxes=10, score_threshold=0.6, iou_threshold=0.5
):
    box_xy, box_wh, box_confidence, box_class_probs = yolo_outputs
    scores, boxes, classes = yolo_filter_boxes(
        boxes=yolo_boxes_to_corners(box_xy, box_wh),
        box_confidence=box_confidence,
        box_class_probs=box_class_probs,
        threshold=score_threshold,
    )
    return yolo_non_max_suppression(
        max_boxes=max_boxes,
        iou_threshold=iou_threshold,
        scores=scores,
        classes=classes,
        boxes=scale_boxes(boxes, image_shape),
    )


def eval_by_loops(outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5):
    """Everything by hand, cell by cell; the suppression at the end works on whole rows."""
    box_xy, box_wh, confidence, probs = outputs
    rows = []
    for place in np.ndindex(*confidence.shape[:3]):
        each = confidence[place] * probs[place]
        if each.max() >= score_threshold:
            (x, y), (w, h) = box_xy[place], box_wh[place]
            n_H, n_W = image_shape
            corners = ((y - h / 2) * n_H, (x - w / 2) * n_W, (y + h / 2) * n_H, (x + w / 2) * n_W)
            rows.append((each.max(), corners, each.argmax()))
    rows.sort(key=lambda row: row[0], reverse=True)
    kept = []
    for row in rows:
        if len(kept) < max_boxes and all(iou(row[1], other[1]) <= iou_threshold for other in kept):
            kept.append(row)
    return [row[0] for row in kept], [row[1] for row in kept], [row[2] for row in kept]


def eval_flattened(
    yolo_outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5, names=None
):
    """The filter in the suppression's order: sort all, cut by score, suppress class by class."""
    xy, wh, confidence, probs = map(tf.convert_to_tensor, yolo_outputs)
    boxes = tf.reshape(yolo_boxes_to_corners(xy, wh), (-1, 4))
    scores = tf.reshape(confidence * probs, (-1, probs.shape[-1]))
    order = tf.argsort(-tf.reduce_max(scores, axis=1))
    scores, boxes = tf.gather(scores, order), scale_boxes(tf.gather(boxes, order), image_shape)
    count = int(tf.reduce_sum(tf.cast(tf.reduce_max(scores, axis=1) >= score_threshold, tf.int32)))
    scores, boxes = scores[:count], boxes[:count]
    return suppress_class_by_class(
        tf.reduce_max(scores, 1), boxes, tf.argmax(scores, 1), max_boxes, iou_threshold
    )


def eval_through_a_dictionary(
    yolo_outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5
):
    print("max_boxes", max_boxes)
    n_H, n_W = (float(n) for n in image_shape)
    boxes = yolo_boxes_to_corners(*yolo_outputs[:2])
    found = dict(
        zip(
            ("scores", "boxes", "classes"),
            filter_top_one(boxes, *yolo_outputs[2:], score_threshold),
            strict=True,
        )
    )
    found["boxes"] = found["boxes"] * tf.constant([n_H, n_W, n_H, n_W])
    found = {name: value.numpy() for name, value in found.items()}
    return suppress_recursively(**found, max_boxes=max_boxes, iou_threshold=iou_threshold)


def eval_hands_nothing_on(
    outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5
):
    boxes = yolo_boxes_to_corners(outputs[0], outputs[1])
    scores, boxes, classes = yolo_filter_boxes(boxes, outputs[2], outputs[3])
    return yolo_non_max_suppression(scores, scale_boxes(boxes, image_shape), classes)


def eval_forgets_max_boxes(
    outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5
):
    return yolo_eval(outputs, image_shape, 10, score_threshold, iou_threshold)


def eval_for_one_shape(
    outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5
):
    return yolo_eval(outputs, (720, 1280), max_boxes, score_threshold, iou_threshold)


def eval_exchanges_thresholds(
    outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5
):
    return yolo_eval(outputs, image_shape, max_boxes, iou_threshold, score_threshold)


def eval_x_first(outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5):
    scores, boxes, classes = yolo_eval(outputs, image_shape, max_boxes, score_threshold, iou_threshold)
    return scores, tf.gather(boxes, [1, 0, 3, 2], axis=1), classes


def eval_leaves_shares(
    outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5
):
    return yolo_eval(outputs, (1, 1), max_boxes, score_threshold, iou_threshold)


# kmeans_anchors ----------------------------------------------------------------------------------


def shape_iou(boxes, anchors):
    shared = np.minimum(boxes[:, None], anchors).prod(-1)
    return shared / (boxes.prod(-1)[:, None] + anchors.prod(-1) - shared)


def evenly_spaced(boxes, k):
    order = np.argsort(boxes.prod(axis=1))
    return boxes[order[(2 * np.arange(k) + 1) * len(boxes) // (2 * k)]].astype(float)


def kmeans_anchors(boxes, k):
    anchors = evenly_spaced(boxes, k)
    while True:
        own = shape_iou(boxes, anchors).argmax(axis=1)
        new = np.array([boxes[own == j].mean(axis=0) if np.any(own == j) else anchors[j] for j in range(k)])
        if np.allclose(new, anchors):
            return new
        anchors = new


def kmeans_by_loops(boxes, k, steps=100):
    anchors = [list(a) for a in evenly_spaced(boxes, k)]
    for _ in range(steps):
        groups = [[] for _ in anchors]
        for w, h in boxes:
            distances = []
            for a, b in anchors:
                shared = min(w, a) * min(h, b)
                distances.append(1 - shared / (w * h + a * b - shared))
            groups[distances.index(min(distances))].append((w, h))
        anchors = [np.mean(g, axis=0) if g else a for g, a in zip(groups, anchors, strict=True)]
    print(anchors)
    return anchors


def kmeans_with_restarts(boxes, k):
    rng, best = np.random.default_rng(), None
    for _ in range(40):
        anchors = boxes[rng.choice(len(boxes), k, replace=False)].astype(float)
        for _ in range(60):
            own = np.argmin(1 - shape_iou(boxes, anchors), axis=1)
            anchors = np.array(
                [boxes[own == j].mean(0) if (own == j).any() else anchors[j] for j in range(k)]
            )
        fit = shape_iou(boxes, anchors).max(1).mean()
        if best is None or fit > best[0]:
            best = fit, anchors
    return best[1]


def kmeans_by_tensorflow(boxes, k):
    boxes = tf.cast(boxes, tf.float32)
    anchors = tf.cast(evenly_spaced(boxes.numpy(), k), tf.float32)
    for _ in range(60):
        shared = tf.reduce_prod(tf.minimum(boxes[:, None], anchors[None]), -1)
        union = tf.reduce_prod(boxes, -1)[:, None] + tf.reduce_prod(anchors, -1)[None] - shared
        hot = tf.one_hot(tf.argmax(shared / union, axis=1), k)
        count = tf.reduce_sum(hot, 0)[:, None]
        means = tf.math.divide_no_nan(tf.matmul(hot, boxes, transpose_a=True), count)
        anchors = tf.where(count > 0, means, anchors)
    return anchors


def kmeans_largest_first(boxes, k):
    return kmeans_anchors(boxes[::-1], k)[::-1].astype(np.float32)


def kmeans_by_bincount(boxes, k):
    anchors, last = evenly_spaced(boxes, k), None
    for _ in range(1000):
        own = shape_iou(boxes, anchors).argmax(1)
        if last is not None and np.array_equal(own, last):
            break
        last = own
        count = np.bincount(own, minlength=k)
        means = np.stack([np.bincount(own, boxes[:, i], k) / np.maximum(count, 1) for i in (0, 1)], axis=1)
        anchors = np.where(count[:, None] > 0, means, anchors)
    return anchors


def kmeans_in_place(boxes: np.ndarray, k: int, max_iterations: int = 200) -> np.ndarray:
    """The scaffold's anchors, changed in place; a flag says whether anything moved."""
    order = np.argsort(boxes[:, 0] * boxes[:, 1])
    anchors = boxes[order[(2 * np.arange(k) + 1) * len(boxes) // (2 * k)]].astype(float)
    moved = True
    while moved and max_iterations:
        moved, max_iterations = False, max_iterations - 1
        own = [np.argmin([1 - iou([0, 0, *box], [0, 0, *anchor]) for anchor in anchors]) for box in boxes]
        for j in range(k):
            group = boxes[np.array(own) == j]
            if group.size == 0:
                continue
            if not np.allclose(group.mean(0), anchors[j]):
                anchors[j] = group.mean(0)
                moved = True
    return anchors


def kmeans_recursively(boxes, k, anchors=None, before=None):
    anchors = evenly_spaced(boxes, k) if anchors is None else anchors
    own = np.argmax(shape_iou(boxes, anchors), axis=-1).tolist()
    if own == before:
        return [tuple(anchor) for anchor in anchors]
    groups = [boxes[[i for i, j in enumerate(own) if j == g]] for g in range(k)]
    moved = [np.average(group, axis=0) if len(group) else anchors[g] for g, group in enumerate(groups)]
    return kmeans_recursively(boxes, k, np.array(moved), own)


def kmeans_by_segments(boxes, k):
    widths_heights = tf.constant(boxes, tf.float64)
    anchors = tf.Variable(evenly_spaced(boxes, k))
    for _ in range(60):
        shared = tf.reduce_prod(tf.minimum(widths_heights[:, tf.newaxis, :], anchors[tf.newaxis]), axis=2)
        areas = tf.reduce_prod(widths_heights, axis=1, keepdims=True)
        union = areas + tf.transpose(tf.reduce_prod(anchors, axis=1, keepdims=True)) - shared
        own = tf.argmin(1.0 - shared / union, axis=1)
        means = tf.math.unsorted_segment_mean(widths_heights, own, k)
        there = tf.math.unsorted_segment_sum(tf.ones(len(boxes)), own, k) > 0
        anchors.assign(tf.where(there[:, None], means, anchors))
    return anchors


def kmeans_masked(boxes, k):
    """Masked arrays leave out what belongs to others."""
    anchors, w, h = evenly_spaced(boxes, k), boxes[:, :1], boxes[:, 1:]
    for _ in range(64):
        shared = np.minimum(w, anchors[:, 0]) * np.minimum(h, anchors[:, 1])
        distance = 1 - shared / (w * h + anchors[:, 0] * anchors[:, 1] - shared)
        others = distance.argmin(axis=1)[:, None] != np.arange(k)
        for j in range(k):
            mask = np.repeat(others[:, j, None], 2, axis=1)
            if not mask.all():
                anchors[j] = np.ma.array(boxes, mask=mask).mean(axis=0)
    return anchors.astype(np.float32)


def _moved(boxes, own, anchors, centre):
    """Each anchor in the centre of its own boxes; one without any stays."""
    groups = [boxes[own == j] for j in range(len(anchors))]
    return np.array([centre(g, axis=0) if len(g) else a for g, a in zip(groups, anchors, strict=True)])


def kmeans_by_distance(boxes, k):
    anchors = evenly_spaced(boxes, k)
    for _ in range(100):
        own = np.linalg.norm(boxes[:, None] - anchors, axis=-1).argmin(1)
        anchors = _moved(boxes, own, anchors, np.mean)
    return anchors


def kmeans_returns_inside(boxes, k):
    anchors = evenly_spaced(boxes, k)
    for _ in range(100):
        own = shape_iou(boxes, anchors).argmax(1)
        return _moved(boxes, own, anchors, np.mean)


def kmeans_of_medians(boxes, k):
    anchors = evenly_spaced(boxes, k)
    for _ in range(100):
        own = shape_iou(boxes, anchors).argmax(1)
        anchors = _moved(boxes, own, anchors, np.median)
    return anchors


def kmeans_five_times(boxes, k):
    anchors = evenly_spaced(boxes, k)
    for _ in range(5):
        anchors = _moved(boxes, shape_iou(boxes, anchors).argmax(1), anchors, np.mean)
    return anchors


def kmeans_of_nothing(boxes, k):
    anchors = evenly_spaced(boxes, k)
    for _ in range(99):
        own = shape_iou(boxes, anchors).argmax(1)
        new = np.array([boxes[own == j].mean(0) for j in range(k)])
        if np.array_equal(new, anchors, equal_nan=True):
            break
        anchors = new
    return anchors


def kmeans_returns_groups(boxes, k):
    return shape_iou(boxes, kmeans_anchors(boxes, k)).argmax(1)


# encode_targets ----------------------------------------------------------------------------------


def encode_targets(boxes, anchors, grid):
    n_H, n_W = grid
    y_true = np.zeros((n_H, n_W, len(anchors), 6), np.float32)
    for x1, y1, x2, y2, kind in boxes:
        w, h = x2 - x1, y2 - y1
        x, y = (x1 + x2) / 2 * n_W, (y1 + y2) / 2 * n_H
        column, row = int(x), int(y)
        shared = np.minimum(w, anchors[:, 0]) * np.minimum(h, anchors[:, 1])
        shares = shared / (w * h + anchors[:, 0] * anchors[:, 1] - shared)
        for j in np.argsort(-shares):
            if y_true[row, column, j, 0] == 0:
                t_w, t_h = np.log(w / anchors[j, 0]), np.log(h / anchors[j, 1])
                y_true[row, column, j] = [1, x - column, y - row, t_w, t_h, kind]
                break
    return y_true


def encode_with_minus_one(boxes, anchors, grid):
    y_true = np.zeros((*grid, len(anchors), 6))
    for box in boxes:
        middle = (box[:2] + box[2:4]) / 2 * np.array(grid)[::-1]
        cell = np.floor(middle).astype(int)
        size = box[2:4] - box[:2]
        shares = shape_iou(size[None], anchors)[0]
        shares = np.where(y_true[cell[1], cell[0], :, 0] > 0, -1, shares)
        j = shares.argmax()
        if shares[j] >= 0:
            y_true[cell[1], cell[0], j] = np.concatenate(
                [[1], middle - cell, np.log(size / anchors[j]), box[4:]]
            )
    return y_true


def encode_with_a_set(boxes, anchors, grid):
    n_H, n_W = grid
    taken = set()
    out = np.zeros((n_H, n_W, len(anchors), 6))
    for x1, y1, x2, y2, c in np.asarray(boxes).tolist():
        w, h, cx, cy = x2 - x1, y2 - y1, (x1 + x2) / 2, (y1 + y2) / 2
        col, row = math.floor(cx * n_W), math.floor(cy * n_H)
        free = [j for j in range(len(anchors)) if (row, col, j) not in taken]
        if not free:
            print("no room")
            continue
        j = max(free, key=lambda j: iou([0, 0, w, h], [0, 0, *anchors[j]]))
        taken.add((row, col, j))
        out[row, col, j, :] = (
            1,
            cx * n_W - col,
            cy * n_H - row,
            math.log(w / anchors[j][0]),
            math.log(h / anchors[j][1]),
            int(c),
        )
    return out


def encode_as_tensor(boxes, anchors, grid):
    return tf.constant(encode_targets(boxes, anchors, grid))


def encode_with_modulo(boxes, anchors, grid):
    n_H, n_W = grid
    y_true = np.zeros((n_H, n_W, len(anchors), 6), np.float32)
    if len(boxes) == 0:
        return y_true
    boxes = np.array(boxes)
    middles = (boxes[:, :2] + boxes[:, 2:4]) / 2 * [n_W, n_H]
    cells = (middles // 1).astype(int)
    shares = shape_iou(boxes[:, 2:4] - boxes[:, :2], anchors)
    for box, (column, row), rest, share in zip(boxes, cells, middles % 1, shares, strict=True):
        for j in sorted(range(len(anchors)), key=lambda j: share[j], reverse=True):
            slot = y_true[row, column, j]
            if not slot[0]:
                slot[0], slot[1:3], slot[5] = 1, rest, box[4]
                slot[3:5] = np.log((box[2:4] - box[:2]) / anchors[j])
                break
    return y_true


def encode_by_scatter(boxes, anchors, grid):
    places, values = [], []
    for box in boxes:
        x, y = grid[1] * (box[0] + box[2]) / 2, grid[0] * (box[1] + box[3]) / 2
        ranking = np.argsort(shape_iou(np.array([box[2:4] - box[:2]]), anchors)[0])[::-1]
        open_ = [j for j in ranking if [int(y), int(x), j] not in places]
        if open_:
            places.append([int(y), int(x), open_[0]])
            values.append(
                [1, x - int(x), y - int(y), *np.log((box[2:4] - box[:2]) / anchors[open_[0]]), box[4]]
            )
    zeros = tf.zeros((*grid, len(anchors), 6))
    return tf.tensor_scatter_nd_update(zeros, places, tf.cast(values, tf.float32)) if places else zeros


def encode_in_double(boxes: np.ndarray, anchors: np.ndarray, grid: tuple[int, int]) -> np.ndarray:
    """divmod gives cell and rest; free anchors by a mask; float64."""
    y_true = np.zeros(shape=(grid[0], grid[1], anchors.shape[0], 6))
    for box in boxes:
        corner, end, kind = box[0:2], box[2:4], box[4]
        (column, row), rest = np.divmod(0.5 * (corner + end) * np.flip(grid), 1)
        column, row, size = int(column), int(row), end - corner
        free = np.flatnonzero(y_true[row, column, :, 0] == 0)
        if free.size:
            best = free[np.argmax(shape_iou(size[np.newaxis], anchors[free]))]
            y_true[row, column, best] = np.hstack([1, rest, np.log(size) - np.log(anchors[best]), kind])
    return y_true


def encode_with_a_dictionary(boxes, anchors, grid):
    """A dictionary of what is taken, filled in at the end."""
    filled = {}
    for x1, y1, x2, y2, kind in boxes:
        x, y = grid[1] * (x1 + x2) / 2, grid[0] * (y1 + y2) / 2
        size = np.array([[x2 - x1, y2 - y1]])
        for j in reversed(np.argsort(shape_iou(size, np.asarray(anchors)).ravel())):
            if (int(y), int(x), j) in filled:
                continue
            filled[int(y), int(x), j] = [1.0, x % 1, y % 1, *np.log(size[0] / anchors[j]), kind]
            break
    y_true = np.zeros((*grid, len(anchors), 6), dtype="float32")
    for place, values in filled.items():
        y_true[place] = values
    return y_true


def encode_flat_index(boxes, anchors, grid):
    """Cells counted through; the scores of what is taken are minus infinity."""
    n_H, n_W, k = *grid, len(anchors)
    flat = np.zeros((n_H * n_W, k, 6), np.float32)
    for box in np.asarray(boxes, np.float64):
        w, h = box[2] - box[0], box[3] - box[1]
        x, y = box[[0, 2]].mean() * n_W, box[[1, 3]].mean() * n_H
        cell = flat[n_W * int(np.floor(y)) + int(np.floor(x))]
        inter = np.minimum(anchors, [w, h]).prod(1)
        shares = np.where(cell[:, 0] == 1, -np.inf, inter / (w * h + anchors.prod(1) - inter))
        if np.isfinite(shares).any():
            j = int(np.nanargmax(shares))
            cell[j] = (
                1,
                x - np.floor(x),
                y - np.floor(y),
                np.log(w / anchors[j][0]),
                np.log(h / anchors[j][1]),
                box[4],
            )
    return flat.reshape(n_H, n_W, k, 6)


def encode_variable(boxes, anchors, grid):
    y_true = tf.Variable(tf.zeros((*grid, len(anchors), 6), tf.float64))
    for x1, y1, x2, y2, kind in boxes:
        w, h, x, y = x2 - x1, y2 - y1, (x1 + x2) * grid[1] / 2, (y1 + y2) * grid[0] / 2
        row, column = int(y), int(x)
        shares = ops.convert_to_numpy([iou([0, 0, w, h], [0, 0, a, b]) for a, b in anchors])
        for j in tf.argsort(shares, direction="DESCENDING").numpy():
            if y_true[row, column, j, 0] < 0.5:
                sizes = tf.math.log(np.array([w, h]) / anchors[j])
                y_true[row, column, j].assign(tf.concat([[1.0, x - column, y - row], sizes, [kind]], 0))
                break
    return y_true


def encode_overwrites(boxes, anchors, grid):
    y_true = np.zeros((*grid, len(anchors), 6), np.float32)
    for x1, y1, x2, y2, kind in boxes:
        x, y, size = (x1 + x2) / 2 * grid[1], (y1 + y2) / 2 * grid[0], np.array([x2 - x1, y2 - y1])
        j = shape_iou(size[None], anchors)[0].argmax()
        y_true[int(y), int(x), j] = [1, x - int(x), y - int(y), *np.log(size / anchors[j]), kind]
    return y_true


def encode_swaps_the_cell(boxes, anchors, grid):
    y_true = np.zeros((*grid, len(anchors), 6), np.float32)
    for x1, y1, x2, y2, kind in boxes:
        x, y, size = (x1 + x2) / 2 * grid[1], (y1 + y2) / 2 * grid[0], np.array([x2 - x1, y2 - y1])
        for j in np.argsort(-shape_iou(size[None], anchors)[0]):
            if not y_true[int(x), int(y), j, 0]:
                y_true[int(x), int(y), j] = [1, x - int(x), y - int(y), *np.log(size / anchors[j]), kind]
                break
    return y_true


def encode_without_log(boxes, anchors, grid):
    y_true = encode_targets(boxes, anchors, grid)
    there = y_true[..., 0] == 1
    y_true[there, 3:5] = np.exp(y_true[there, 3:5])
    return y_true


def encode_from_the_corner(boxes, anchors, grid):
    y_true = np.zeros((*grid, len(anchors), 6), np.float32)
    for x1, y1, x2, y2, kind in boxes:
        x, y, size = x1 * grid[1], y1 * grid[0], np.array([x2 - x1, y2 - y1])
        for j in np.argsort(-shape_iou(size[None], anchors)[0]):
            if not y_true[int(y), int(x), j, 0]:
                y_true[int(y), int(x), j] = [1, x - int(x), y - int(y), *np.log(size / anchors[j]), kind]
                break
    return y_true


def encode_into_integers(boxes, anchors, grid):
    y_true = np.zeros((*grid, len(anchors), 6), dtype=int)
    y_true[...] = encode_targets(boxes, anchors, grid)
    return y_true


def encode_by_overlap(boxes, anchors, grid):
    y_true = np.zeros((*grid, len(anchors), 6), np.float32)
    for x1, y1, x2, y2, kind in boxes:
        x, y, size = (x1 + x2) / 2 * grid[1], (y1 + y2) / 2 * grid[0], np.array([x2 - x1, y2 - y1])
        for j in np.argsort(-np.minimum(size, anchors).prod(1), kind="stable"):
            if not y_true[int(y), int(x), j, 0]:
                y_true[int(y), int(x), j] = [1, x - int(x), y - int(y), *np.log(size / anchors[j]), kind]
                break
    return y_true


def encode_flat(boxes, anchors, grid):
    return encode_targets(boxes, anchors, grid).reshape(*grid, -1)


# yolo_loss ---------------------------------------------------------------------------------------


def yolo_loss(y_true, y_pred):
    there = y_true[..., 0]
    xy = tf.sigmoid(y_pred[..., 1:3])
    box = tf.reduce_sum((xy - y_true[..., 1:3]) ** 2, -1) + tf.reduce_sum(
        (y_pred[..., 3:5] - y_true[..., 3:5]) ** 2, -1
    )
    sure = tf.nn.sigmoid_cross_entropy_with_logits(labels=there, logits=y_pred[..., 0])
    kind = tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=tf.cast(y_true[..., 5], tf.int32), logits=y_pred[..., 5:]
    )
    weight = there + 0.5 * (1 - there)
    m = tf.cast(tf.shape(y_true)[0], tf.float32)
    return tf.reduce_sum(5 * there * box + weight * sure + there * kind) / m


def loss_by_masks(y_true, y_pred, box_weight=5.0, empty_weight=0.5):
    mask = y_true[..., 0] > 0.5
    true, pred = tf.boolean_mask(y_true, mask), tf.boolean_mask(y_pred, mask)
    empty = tf.boolean_mask(y_pred, tf.logical_not(mask))
    total = box_weight * tf.reduce_sum(tf.square(tf.sigmoid(pred[:, 1:3]) - true[:, 1:3]))
    total += box_weight * tf.reduce_sum(tf.square(pred[:, 3:5] - true[:, 3:5]))
    total += tf.reduce_sum(tf.math.softplus(-pred[:, 0])) + empty_weight * tf.reduce_sum(
        tf.math.softplus(empty[:, 0])
    )
    hot = tf.one_hot(tf.cast(true[:, 5], tf.int32), y_pred.shape[-1] - 5)
    total -= tf.reduce_sum(hot * tf.nn.log_softmax(pred[:, 5:]))
    return total / y_true.shape[0]


def loss_by_keras(y_true, y_pred):
    there = y_true[..., :1]
    binary = keras.losses.BinaryCrossentropy(from_logits=True, reduction="sum")
    classes = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="none")
    weight = tf.where(there[..., 0] > 0, 1.0, 0.5)
    confidence = binary(there, y_pred[..., :1], sample_weight=weight)
    names = tf.reduce_sum(classes(y_true[..., 5], y_pred[..., 5:]) * there[..., 0])
    guess = tf.concat([tf.sigmoid(y_pred[..., 1:3]), y_pred[..., 3:5]], -1)
    return (5 * tf.reduce_sum(there * (guess - y_true[..., 1:5]) ** 2) + confidence + names) / len(y_true)


def loss_by_ops(y_true, y_pred):
    there = y_true[..., 0]
    error = ops.sum((ops.sigmoid(y_pred[..., 1:3]) - y_true[..., 1:3]) ** 2, axis=-1)
    error = error + ops.sum((y_pred[..., 3:5] - y_true[..., 3:5]) ** 2, axis=-1)
    sure = ops.binary_crossentropy(there, y_pred[..., 0], from_logits=True)
    names = ops.sparse_categorical_crossentropy(
        ops.cast(y_true[..., 5], "int32"), y_pred[..., 5:], from_logits=True
    )
    each = there * (5 * error + sure + names) + 0.5 * (1 - there) * sure
    return ops.mean(ops.sum(each, axis=(1, 2, 3)))


def loss_picture_by_picture(y_true, y_pred):
    total = 0.0
    for true, pred in zip(tf.unstack(y_true), tf.unstack(y_pred), strict=True):
        there = true[..., 0]
        far = tf.concat([tf.sigmoid(pred[..., 1:3]), pred[..., 3:5]], -1) - true[..., 1:5]
        binary = (
            tf.maximum(pred[..., 0], 0) - pred[..., 0] * there + tf.math.log1p(tf.exp(-tf.abs(pred[..., 0])))
        )
        picked = tf.gather(pred[..., 5:], tf.cast(true[..., 5], tf.int32), axis=-1, batch_dims=3)
        names = tf.reduce_logsumexp(pred[..., 5:], -1) - picked
        total += tf.reduce_sum(there * (5 * tf.reduce_sum(far**2, -1) + names) + (0.5 + 0.5 * there) * binary)
    return tf.reshape(total / y_true.shape[0], ())


class YoloLoss(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return loss_by_ops(y_true, y_pred)


def loss_by_class(y_true, y_pred):
    return YoloLoss(reduction="sum")(y_true, y_pred)


def loss_by_parts(y_true: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
    """A function for each part; where for the weights."""

    def box():
        xy = tf.reduce_sum(
            tf.math.squared_difference(tf.nn.sigmoid(y_pred[..., 1:3]), y_true[..., 1:3]), axis=-1
        )
        wh = tf.reduce_sum(tf.math.squared_difference(y_pred[..., 3:5], y_true[..., 3:5]), axis=-1)
        return tf.where(there, 5 * (xy + wh), 0.0)

    def confidence():
        labels = tf.cast(there, tf.float32)
        return tf.where(there, 1.0, 0.5) * tf.nn.sigmoid_cross_entropy_with_logits(labels, y_pred[..., 0])

    def classes():
        labels = tf.one_hot(tf.cast(y_true[..., 5], "int32"), tf.shape(y_pred)[-1] - 5)
        return tf.where(there, tf.nn.softmax_cross_entropy_with_logits(labels, y_pred[..., 5:]), 0.0)

    there = tf.equal(y_true[..., 0], 1)
    return tf.reduce_mean(tf.reduce_sum(box() + confidence() + classes(), axis=[1, 2, 3]))


def loss_in_double(y_true, y_pred):
    y_true, y_pred = tf.cast(y_true, tf.float64), tf.cast(y_pred, tf.float64)
    p, xy, wh, kind = tf.split(y_true, [1, 2, 2, 1], axis=-1)
    q, uv, ab, raw = tf.split(y_pred, [1, 2, 2, y_pred.shape[-1] - 5], axis=-1)
    total = 5.0 * tf.reduce_sum(p * (tf.sigmoid(uv) - xy) ** 2) + 5.0 * tf.reduce_sum(p * (ab - wh) ** 2)
    total += tf.reduce_sum((0.5 + 0.5 * p) * tf.nn.sigmoid_cross_entropy_with_logits(labels=p, logits=q))
    picked = tf.gather(tf.nn.log_softmax(raw), tf.cast(kind, tf.int64), batch_dims=4)
    return (total - tf.reduce_sum(p * picked)) / y_true.shape[0]


def loss_of_flat_rows(y_true, y_pred):
    """Rows of anchors, those with an object picked by their numbers."""
    m = y_true.shape[0]
    t, q = tf.reshape(y_true, (-1, 6)), tf.reshape(y_pred, (-1, y_pred.shape[-1]))
    numbers = tf.where(t[:, 0] > 0)[:, 0]
    t1, q1 = tf.gather(t, numbers), tf.gather(q, numbers)
    guess = tf.concat([tf.sigmoid(q1[:, 1:3]), q1[:, 3:5]], axis=1)
    loss = 5 * 2 * tf.nn.l2_loss(guess - t1[:, 1:5])
    each = tf.nn.softplus(q[:, 0]) - t[:, 0] * q[:, 0]
    loss += tf.tensordot(0.5 * (1 + t[:, 0]), each, 1)
    loss += tf.reduce_sum(keras.losses.sparse_categorical_crossentropy(t1[:, 5], q1[:, 5:], from_logits=True))
    return tf.divide(loss, m)


def loss_everywhere(y_true, y_pred):
    there = y_true[..., 0]
    box = tf.reduce_sum((tf.sigmoid(y_pred[..., 1:3]) - y_true[..., 1:3]) ** 2, -1)
    box += tf.reduce_sum((y_pred[..., 3:5] - y_true[..., 3:5]) ** 2, -1)
    sure = tf.nn.sigmoid_cross_entropy_with_logits(there, y_pred[..., 0])
    kind = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.cast(y_true[..., 5], tf.int32), y_pred[..., 5:])
    return tf.reduce_sum(5 * box + (0.5 + 0.5 * there) * sure + there * kind) / len(y_true)


def loss_of_logs(y_true, y_pred):
    there, sure = y_true[..., 0], tf.sigmoid(y_pred[..., 0])
    box = tf.reduce_sum((tf.sigmoid(y_pred[..., 1:3]) - y_true[..., 1:3]) ** 2, -1)
    box += tf.reduce_sum((y_pred[..., 3:5] - y_true[..., 3:5]) ** 2, -1)
    binary = -(there * tf.math.log(sure) + (1 - there) * tf.math.log(1 - sure))
    kind = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.cast(y_true[..., 5], tf.int32), y_pred[..., 5:])
    return tf.reduce_sum(5 * there * box + (0.5 + 0.5 * there) * binary + there * kind) / len(y_true)


def loss_of_probabilities(y_true, y_pred):
    there = y_true[..., 0]
    box = tf.reduce_sum((tf.sigmoid(y_pred[..., 1:3]) - y_true[..., 1:3]) ** 2, -1)
    box += tf.reduce_sum((y_pred[..., 3:5] - y_true[..., 3:5]) ** 2, -1)
    sure = tf.nn.sigmoid_cross_entropy_with_logits(there, y_pred[..., 0])
    soft = tf.nn.softmax(y_pred[..., 5:], axis=-1)
    kind = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.cast(y_true[..., 5], tf.int32), soft)
    return tf.reduce_sum(5 * there * box + (0.5 + 0.5 * there) * sure + there * kind) / len(y_true)


def loss_of_keras_means(y_true, y_pred):
    there = y_true[..., 0]
    guess = tf.concat([tf.sigmoid(y_pred[..., 1:3]), y_pred[..., 3:5]], -1)
    box = keras.losses.mean_squared_error(y_true[..., 1:5], guess)
    sure = tf.nn.sigmoid_cross_entropy_with_logits(there, y_pred[..., 0])
    kind = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.cast(y_true[..., 5], tf.int32), y_pred[..., 5:])
    return tf.reduce_sum(5 * there * box + (0.5 + 0.5 * there) * sure + there * kind) / len(y_true)


def loss_without_m(y_true, y_pred):
    return yolo_loss(y_true, y_pred) * len(y_true)


def loss_by_numpy(y_true, y_pred):
    return float(yolo_loss(y_true, y_pred))


def loss_of_each_picture(y_true, y_pred):
    return tf.stack([yolo_loss(y_true[i : i + 1], y_pred[i : i + 1]) for i in range(len(y_true))])


# average_precision -------------------------------------------------------------------------------


def average_precision(scores, correct, n_objects):
    order = np.argsort(-scores)
    right = np.cumsum(correct[order])
    precision = right / np.arange(1, len(scores) + 1)
    recall = right / n_objects
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return np.sum(best * np.diff(recall, prepend=0))


def average_by_loop(scores, correct, n_objects):
    pairs = sorted(zip(scores, correct, strict=True), reverse=True)
    right, points = 0, []
    for shown, (_, each) in enumerate(pairs, 1):
        right += bool(each)
        points.append((right / shown, right / n_objects))
    area, before = 0, 0
    for i, (_, recall) in enumerate(points):
        if recall > before:
            area += (recall - before) * max(p for p, _ in points[i:])
            before = recall
    return area


def average_with_sentinels(scores, correct, n_objects):
    order = np.argsort(scores)[::-1]
    tp = np.cumsum(np.asarray(correct)[order].astype(int))
    fp = np.cumsum(~np.asarray(correct)[order])
    rec, prec = tp / n_objects, tp / np.maximum(tp + fp, 1e-12)
    mrec, mpre = np.concatenate([[0.0], rec, [1.0]]), np.concatenate([[0.0], prec, [0.0]])
    for i in range(mpre.size - 1, 0, -1):
        mpre[i - 1] = np.maximum(mpre[i - 1], mpre[i])
    i = np.where(mrec[1:] != mrec[:-1])[0]
    return np.sum((mrec[i + 1] - mrec[i]) * mpre[i + 1])


def average_over_the_right_ones(scores, correct, n_objects):
    hits = np.flatnonzero(correct[np.argsort(-scores)])
    precision = np.arange(1, len(hits) + 1) / (hits + 1)
    return sum(precision[i:].max() for i in range(len(hits))) / n_objects


def average_by_tensorflow(scores, correct, n_objects):
    order = tf.argsort(tf.constant(scores), direction="DESCENDING")
    right = tf.cumsum(tf.cast(tf.gather(correct, order), tf.float64))
    precision = right / tf.range(1, len(scores) + 1, dtype=tf.float64)
    best = tf.reverse(tf.scan(tf.maximum, tf.reverse(precision, [0])), [0]) if len(scores) else precision
    steps = right - tf.concat([[0.0], right[:-1]], 0) if len(scores) else right
    return tf.reduce_sum(best * steps) / n_objects


def average_from_the_end(scores, correct, n_objects):
    best, area = 0.0, 0.0
    order = np.argsort(-np.asarray(scores))
    right = int(np.sum(correct))
    for shown in range(len(order), 0, -1):
        best = max(best, right / shown)
        if correct[order[shown - 1]]:
            area += best / n_objects
            right -= 1
    print("AP", area)
    return np.array([area])


def average_by_cummax(scores: np.ndarray, correct: np.ndarray, n_objects: int) -> float:
    """One row for each detection; from the last to the first, the best precision so far."""
    table = np.column_stack([scores, correct])[np.argsort(scores)[::-1]]
    hits = table[:, 1].cumsum()
    precision = np.divide(hits, np.arange(len(table)) + 1.0)
    for i in range(len(precision) - 2, -1, -1):
        precision[i] = max(precision[i], precision[i + 1])
    return float(np.dot(precision, table[:, 1]) / n_objects)


def average_by_levels(scores, correct, n_objects):
    """The highest precision at which so many objects are found, for each number of objects."""
    order = np.argsort(np.negative(scores), kind="stable")
    found = np.cumsum(np.take(correct, order)) if len(scores) else np.zeros(0)
    total = 0.0
    for count in range(1, n_objects + 1):
        enough = np.flatnonzero(found >= count)
        total += max((found[i] / (i + 1) for i in enough), default=0.0)
    return np.float64(total) / n_objects


def average_by_keras(scores, correct, n_objects):
    if ops.size(scores) == 0:
        return ops.convert_to_tensor(0.0)
    order = ops.flip(ops.argsort(scores))
    right = ops.cumsum(ops.cast(ops.take(correct, order), "float32"))
    precision = right / ops.arange(1, len(scores) + 1, dtype="float32")
    best = ops.flip(ops.associative_scan(ops.maximum, ops.flip(precision)))
    return ops.sum(best * ops.diff(ops.concatenate([ops.zeros(1), right]))) / n_objects


def average_recursively(scores, correct, n_objects, best=0.0):
    """Takes the worst detection away, again and again."""
    if len(scores) == 0:
        return 0
    last = int(np.argmin(scores))
    best = max(best, np.sum(correct) / len(scores))
    rest = np.delete(scores, last), np.delete(correct, last)
    return (best if correct[last] else 0) / n_objects + average_recursively(*rest, n_objects, best)


def average_unsorted(scores, correct, n_objects):
    right = np.cumsum(correct)
    precision = np.maximum.accumulate((right / np.arange(1, len(scores) + 1))[::-1])[::-1]
    return np.sum(precision * np.diff(right / n_objects, prepend=0))


def average_from_the_second(scores, correct, n_objects):
    right = np.cumsum(correct[np.argsort(-scores)])
    precision, recall = right / np.arange(1, len(scores) + 1), right / n_objects
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return sum((recall[i] - recall[i - 1]) * best[i] for i in range(1, len(recall)))


def average_without_envelope(scores, correct, n_objects):
    right = np.cumsum(correct[np.argsort(-scores)])
    return np.sum(right / np.arange(1, len(scores) + 1) * np.diff(right, prepend=0)) / n_objects


def average_of_the_found(scores, correct, n_objects):
    return average_precision(scores, correct, max(correct.sum(), 1))


def average_at_eleven(scores, correct, n_objects):
    right = np.cumsum(correct[np.argsort(-scores)])
    precision, recall = right / np.arange(1, len(scores) + 1), right / n_objects
    return np.mean([precision[recall >= t - 1e-12].max(initial=0) for t in np.linspace(0, 1, 11)])


def iou_of_middles(box1, box2):
    def edges(box):
        x, y, w, h = box
        return x - w / 2, y - h / 2, x + w / 2, y + h / 2

    return iou(edges(box1), edges(box2))


def filter_one_hot(boxes, box_confidence, box_class_probs, threshold=0.6):
    scores = box_confidence * box_class_probs
    best = tf.reduce_max(scores, axis=-1)
    hot = tf.one_hot(tf.argmax(scores, axis=-1), scores.shape[-1])
    return tuple(tf.boolean_mask(each, best >= threshold) for each in (best, boxes, hot))


def filter_a_mask_of_classes(boxes, box_confidence, box_class_probs, threshold=0.6):
    scores = box_confidence * box_class_probs
    best = scores.max(axis=-1, keepdims=True)
    sure = best[..., 0] >= threshold
    return best[..., 0][sure], boxes[sure], (scores == best)[sure]


def suppress_to_a_list(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    order, keep = list(np.argsort(-scores)), []
    while order and len(keep) < max_boxes:
        keep.append(order.pop(0))
        order = [i for i in order if iou(boxes[keep[-1]], boxes[i]) <= iou_threshold]
    return keep


def suppress_to_numbers(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    return tf.image.non_max_suppression(boxes, scores, max_boxes, iou_threshold)


def eval_inside_the_picture(
    yolo_outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5
):
    xy, wh, confidence, probs = yolo_outputs
    boxes = tf.clip_by_value(yolo_boxes_to_corners(xy, wh), 0.0, 1.0)
    found = yolo_filter_boxes(boxes, confidence, probs, score_threshold)
    scores, boxes, classes = yolo_non_max_suppression(*found, max_boxes, iou_threshold)
    return scores, scale_boxes(boxes, image_shape), classes


def kmeans_with_the_owners(boxes, k):
    anchors = kmeans_anchors(boxes, k)
    return anchors, shape_iou(boxes, anchors).argmax(axis=1)


def encode_on_a_grid_turned(boxes, anchors, grid):
    n_W, n_H = grid
    return encode_by_scatter(boxes, anchors, (n_H, n_W))


def encode_with_the_best_size(boxes, anchors, grid):
    n_H, n_W = grid
    y_true = np.zeros((n_H, n_W, len(anchors), 6))
    for x1, y1, x2, y2, kind in boxes:
        x, y = (x1 + x2) / 2 * n_W, (y1 + y2) / 2 * n_H
        ranking = np.argsort(-shape_iou(np.array([[x2 - x1, y2 - y1]]), anchors)[0])
        t_w, t_h = np.log((x2 - x1, y2 - y1) / anchors[ranking[0]])
        for j in ranking:
            if y_true[int(y), int(x), j, 0] == 0:
                y_true[int(y), int(x), j] = [1, x - int(x), y - int(y), t_w, t_h, kind]
                break
    return y_true


def encode_asking_the_class(boxes, anchors, grid):
    n_H, n_W = grid
    y_true = np.zeros((n_H, n_W, len(anchors), 6))
    for x1, y1, x2, y2, kind in boxes:
        x, y = (x1 + x2) / 2 * n_W, (y1 + y2) / 2 * n_H
        size = np.array([x2 - x1, y2 - y1])
        for j in np.argsort(-shape_iou(size[None], anchors)[0]):
            if not y_true[int(y), int(x), j, 5]:
                y_true[int(y), int(x), j] = [1, x % 1, y % 1, *np.log(size / anchors[j]), kind]
                break
    return y_true


def _precision_and_recall(scores, correct, n_objects):
    right = np.cumsum(correct[np.argsort(-scores)])
    return right / np.arange(1, len(scores) + 1), right / n_objects


def average_left_turned(scores, correct, n_objects):
    precision, recall = _precision_and_recall(scores, correct, n_objects)
    best = np.maximum.accumulate(precision[::-1])
    return np.sum(best * np.diff(recall, prepend=0))


def average_of_the_best(scores, correct, n_objects):
    precision, _ = _precision_and_recall(scores, correct, n_objects)
    return np.mean(np.maximum.accumulate(precision[::-1])) if len(scores) else 0.0


def iou_of_sorted_edges(box1, box2):
    """Of four edges in their order the two in the middle bound the overlap."""

    def overlap(a0, a1, b0, b1):
        if a1 <= b0 or b1 <= a0:
            return 0
        edges = sorted([a0, a1, b0, b1])
        return edges[2] - edges[1]

    both = overlap(*box1[::2], *box2[::2]) * overlap(*box1[1::2], *box2[1::2])
    areas = [(x2 - x1) * (y2 - y1) for x1, y1, x2, y2 in (box1, box2)]
    return both / (sum(areas) - both)


def iou_over(choose):
    """The overlap divided by what is chosen of the two areas."""

    def wrong(box1, box2):
        areas = [(x2 - x1) * (y2 - y1) for x1, y1, x2, y2 in (box1, box2)]
        share = iou(box1, box2)
        return share * sum(areas) / (1 + share) / choose(areas)

    return wrong


def filter_adding(boxes, box_confidence, box_class_probs, threshold=0.6):
    return filter_by_numpy(boxes, np.ones_like(box_confidence), box_confidence + box_class_probs, threshold)


def filter_up_to(boxes, box_confidence, box_class_probs, threshold=0.6):
    scores = box_confidence * box_class_probs
    best = scores.max(axis=-1)
    return best[best <= threshold], boxes[best <= threshold], scores.argmax(axis=-1)[best <= threshold]


def suppress_by_default(share):
    def suppress(scores, boxes, classes, max_boxes=10, iou_threshold=share):
        return yolo_non_max_suppression(scores, boxes, classes, max_boxes, iou_threshold)

    return suppress


def suppress_returns_inside(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    order = np.argsort(-scores)
    while len(order):
        kept = order[:1]
        order = [i for i in order[1:] if iou(boxes[kept[0]], boxes[i]) <= iou_threshold]
        return scores[kept], boxes[kept], classes[kept]
    return scores, boxes, classes


def suppress_classes_second(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    scores, boxes, classes = yolo_non_max_suppression(scores, boxes, classes, max_boxes, iou_threshold)
    return scores, classes, boxes


def suppress_combined(scores, boxes, classes, max_boxes=10, iou_threshold=0.5):
    """TensorFlow's suppression for batches, with one class for all; the boxes tell which they were."""
    if len(scores) == 0:
        return np.array([]), np.array([]), np.array([])
    found = tf.image.combined_non_max_suppression(
        boxes[None, :, None], scores[None, :, None], max_boxes, max_boxes, iou_threshold, clip_boxes=False
    )
    n = int(found.valid_detections[0])
    corners = found.nmsed_boxes[0, :n].numpy()
    own = [classes[np.flatnonzero((boxes == corner).all(axis=1))[0]] for corner in corners]
    return found.nmsed_scores[0, :n].numpy(), corners, np.array(own)


def eval_by_default(share):
    def evaluate(
        yolo_outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=share
    ):
        return yolo_eval(yolo_outputs, image_shape, max_boxes, score_threshold, iou_threshold)

    return evaluate


def eval_sizes_first(
    yolo_outputs, image_shape=(720, 1280), max_boxes=10, score_threshold=0.6, iou_threshold=0.5
):
    wh, xy, *rest = yolo_outputs
    return yolo_eval((xy, wh, *rest), image_shape, max_boxes, score_threshold, iou_threshold)


def kmeans_until_close(boxes, k):
    """Stops as soon as the anchors move by less than 0.01, in whatever unit."""
    anchors = evenly_spaced(boxes, k)
    while True:
        own = shape_iou(boxes, anchors).argmax(axis=1)
        before, anchors = anchors, _moved(boxes, own, anchors, lambda mine: mine.mean(axis=0))
        if np.abs(anchors - before).max() < 0.01:
            return anchors


def encode_with(rest=lambda t, grid: t, turned=False, one=False, first=False):
    """The solution as many write it, with a slip."""

    def encode(boxes, anchors, grid):
        n_H, n_W = grid
        y_true = np.zeros((n_H, n_W, len(anchors), 6))
        for x1, y1, x2, y2, kind in boxes:
            size = np.array([x2 - x1, y2 - y1])
            cells = np.array([(x1 + x2) / 2 * n_W, (y1 + y2) / 2 * n_H])
            column, row = cells.astype(int)
            t_x, t_y = rest(cells - [column, row], np.array([n_W, n_H]))
            for j in np.argsort(-shape_iou(size[None], anchors)[0]):
                if one and y_true[row, column, :, 0].any():
                    break
                if y_true[row, column, j, 0] == 0:
                    t_w, t_h = np.log(size / (anchors[j][::-1] if turned else anchors[j]))
                    y_true[row, column, j] = [1, t_x, t_y, t_w, t_h, kind]
                    break
            if first:
                return y_true
        return y_true

    return encode


def loss_with_parts(weigh):
    """The loss with box parts weighed in another way: squares of middle and size (..., 2), and the mask."""

    def loss(y_true, y_pred):
        there = y_true[..., 0]
        middle = tf.square(tf.sigmoid(y_pred[..., 1:3]) - y_true[..., 1:3])
        size = tf.square(y_pred[..., 3:5] - y_true[..., 3:5])
        sure = tf.nn.sigmoid_cross_entropy_with_logits(there, y_pred[..., 0])
        kind = tf.nn.sparse_softmax_cross_entropy_with_logits(
            tf.cast(y_true[..., 5], tf.int32), y_pred[..., 5:]
        )
        each = weigh(middle, size, there) + (0.5 + 0.5 * there) * sure + there * kind
        return tf.reduce_sum(each) / len(y_true)

    return loss


def _sum(x):
    return tf.reduce_sum(x, axis=-1)


def average_by_trapezoids(scores, correct, n_objects):
    precision, recall = _precision_and_recall(scores, correct, n_objects)
    return np.sum(np.diff(recall) * (precision[1:] + precision[:-1]) / 2)


def average_in_the_old_way_forwards(scores, correct, n_objects):
    """With sentinels, as VOC's tools have it, but the precision is gone through from the front."""
    precision, recall = _precision_and_recall(scores, correct, n_objects)
    x, y = np.concatenate([[0], recall, [1]]), np.concatenate([[0], precision, [0]])
    y = np.maximum.accumulate(y)
    i = np.flatnonzero(x[1:] != x[:-1])
    return np.sum((x[i + 1] - x[i]) * y[i + 1])


def average_where_right(scores, correct, n_objects):
    precision, _ = _precision_and_recall(scores, correct, n_objects)
    return precision[correct[np.argsort(-scores)]].mean()


def average_over_all_shown(scores, correct, n_objects):
    right = np.cumsum(correct[np.argsort(-scores)])
    precision = right / max(len(scores), 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return np.sum(best * np.diff(right / n_objects, prepend=0))


RIGHT = {
    "iou": [
        iou_of_sorted_edges,
        iou,
        iou_unpacked,
        iou_of_slices,
        iou_leaves_early,
        iou_by_tensorflow,
        iou_with_epsilon,
        iou_typed,
        iou_by_shapes,
        iou_by_keras,
        iou_many,
    ],
    "yolo_filter_boxes": [
        yolo_filter_boxes,
        filter_by_numpy,
        filter_by_loops,
        filter_by_keras,
        filter_with_where,
        filter_flat,
        filter_by_argwhere,
        filter_as_graph,
        filter_top_one,
        filter_compressed,
    ],
    "yolo_non_max_suppression": [
        suppress_combined,
        yolo_non_max_suppression,
        suppress_class_by_class,
        suppress_by_hand,
        suppress_against_the_kept,
        suppress_with_zeros,
        suppress_as_arrays,
        suppress_recursively,
        suppress_by_matrix,
        suppress_by_scores,
        suppress_shifted,
    ],
    "yolo_eval": [
        yolo_eval,
        eval_scales_last,
        eval_scales_first,
        eval_by_names,
        eval_in_one_go,
        eval_typed,
        eval_with_keywords,
        eval_by_loops,
        eval_flattened,
        eval_through_a_dictionary,
    ],
    "kmeans_anchors": [
        kmeans_anchors,
        kmeans_by_loops,
        kmeans_with_restarts,
        kmeans_by_tensorflow,
        kmeans_largest_first,
        kmeans_by_bincount,
        kmeans_in_place,
        kmeans_recursively,
        kmeans_by_segments,
        kmeans_masked,
    ],
    "encode_targets": [
        encode_targets,
        encode_with_minus_one,
        encode_with_a_set,
        encode_as_tensor,
        encode_with_modulo,
        encode_by_scatter,
        encode_in_double,
        encode_with_a_dictionary,
        encode_flat_index,
        encode_variable,
    ],
    "yolo_loss": [
        yolo_loss,
        loss_by_masks,
        loss_by_keras,
        loss_by_ops,
        loss_picture_by_picture,
        loss_by_class,
        tf.function(yolo_loss),
        loss_by_parts,
        loss_in_double,
        loss_of_flat_rows,
    ],
    "average_precision": [
        average_precision,
        average_by_loop,
        average_with_sentinels,
        average_over_the_right_ones,
        average_by_tensorflow,
        average_from_the_end,
        average_by_cummax,
        average_by_levels,
        average_by_keras,
        average_recursively,
    ],
}

WRONG = {
    "iou": [
        (iou_over(max), "by the larger area"),
        (iou_over(min), "by the smaller area"),
        (iou_over(lambda areas: areas[0]), "by the area of box1"),
        (iou_over(lambda areas: areas[1]), "by the area of box2"),
        (iou_of_middles, "taken for the middle and the size"),
        (iou_unclamped, "minus times minus"),
        (iou_clamps_the_area, "minus times minus is plus"),
        (iou_over_the_sum, "sum of both areas"),
        (iou_counts_pixels, "1 is added"),
        (iou_of_sizes, "width and height"),
        (iou_leaves_too_seldom, "it is or and not and"),
        (iou_copied_a_line, "box1's area twice"),
    ],
    "yolo_filter_boxes": [
        (filter_adding, "are added: multiply"),
        (filter_up_to, "it is >=, not <="),
        (filter_one_hot, "one-hot"),
        (filter_a_mask_of_classes, "one-hot"),
        (filter_strictly, "with >="),
        (filter_at_06, "whatever threshold says"),
        (filter_by_confidence, "the confidence alone"),
        (filter_boxes_first, "boxes come back first"),
        (filter_leaves_boxes, "all boxes come back"),
        (filter_returns_two, None),
    ],
    "yolo_non_max_suppression": [
        (suppress_by_default(0.4), "iou_threshold is not 0.5 where none is given"),
        (suppress_by_default(0.6), "iou_threshold is not 0.5 where none is given"),
        (suppress_returns_inside, "Does return stand inside the loop"),
        (suppress_classes_second, "classes come back second"),
        (suppress_to_a_list, "the numbers of the boxes come back"),
        (suppress_to_numbers, "the numbers of the boxes come back"),
        (suppress_without_limit, "max_boxes is ignored"),
        (suppress_forgets_the_threshold, "whatever iou_threshold says"),
        (suppress_top_first, "suppress first, then count"),
        (suppress_at_equality, "only where the overlap is larger"),
        (suppress_unclamped, "do not meet"),
        (suppress_unsorted, "begin with the highest score"),
        (suppress_in_place_of_order, "lowest score first"),
        (suppress_while_removing, "taken out of the list while a loop"),
        (suppress_stops_late, "one box too many"),
        (suppress_wants_a_box, None),
    ],
    "yolo_eval": [
        (eval_by_default(0.4), "iou_threshold is not 0.5 where none is given"),
        (eval_by_default(0.6), "iou_threshold is not 0.5 where none is given"),
        (eval_sizes_first, "middles and sizes are exchanged"),
        (eval_inside_the_picture, "what reaches over an edge"),
        (eval_hands_nothing_on, "are not handed on"),
        (eval_forgets_max_boxes, "whatever max_boxes says"),
        (eval_for_one_shape, "whatever image_shape says"),
        (eval_exchanges_thresholds, "are exchanged"),
        (eval_x_first, "y1, x1, y2, x2"),
        (eval_leaves_shares, "stay shares"),
    ],
    "kmeans_anchors": [
        (kmeans_until_close, None),
        (kmeans_with_the_owners, "two results come back"),
        (kmeans_by_distance, "nearest in pixels"),
        (kmeans_returns_inside, "return stand inside"),
        (kmeans_of_medians, "median"),
        (kmeans_five_times, "after five steps"),
        (kmeans_of_nothing, "becomes NaN"),
        (kmeans_returns_groups, None),
    ],
    "encode_targets": [
        (encode_with(rest=lambda t, grid: t / grid), "but as a share of the picture"),
        (encode_with(turned=True), "the anchor's width and height are exchanged"),
        (encode_with(one=True), "a cell takes one box only"),
        (encode_with(first=True), "only the first box is entered"),
        (encode_on_a_grid_turned, "the array is turned"),
        (encode_with_the_best_size, "measured by the best anchor"),
        (encode_asking_the_class, "where the class stands at 0"),
        (encode_overwrites, "best anchor even where"),
        (encode_swaps_the_cell, "row and column are exchanged"),
        (encode_without_log, "logarithm is missing"),
        (encode_from_the_corner, "take the middle"),
        (encode_into_integers, "whole numbers"),
        (encode_by_overlap, "largest overlap"),
        (encode_flat, None),
    ],
    "yolo_loss": [
        (loss_with_parts(lambda m, s, p: p * (5 * _sum(m) + _sum(s))), "multiplies the middle alone"),
        (loss_with_parts(lambda m, s, p: 5 * p * _sum(m)), "the sizes are missing"),
        (loss_with_parts(lambda m, s, p: 5 * p * _sum(s)), "the middle is missing"),
        (loss_with_parts(lambda m, s, p: 5 * p * tf.reduce_sum(m + s)), "of all anchors are added up"),
        (loss_everywhere, "the box counts where there is no object"),
        (loss_of_logs, "by itself"),
        (loss_without_m, "not divided by the number of pictures"),
        (loss_of_probabilities, "softmax twice"),
        (loss_of_keras_means, "mean of the box's four squares"),
        (loss_by_numpy, None),
        (loss_of_each_picture, None),
    ],
    "average_precision": [
        (average_by_trapezoids, "slanted lines"),
        (average_in_the_old_way_forwards, "the best precision so far"),
        (average_where_right, "the mean precision over the right detections"),
        (average_over_all_shown, "divided by the number of all detections"),
        (average_left_turned, "not turned back"),
        (average_of_the_best, "the mean over all detections of the best"),
        (average_unsorted, "as they come"),
        (average_from_the_second, "first step of recall"),
        (average_without_envelope, "precision is used as it is"),
        (average_of_the_found, "the missed ones count"),
        (average_at_eleven, "11 levels"),
    ],
}
