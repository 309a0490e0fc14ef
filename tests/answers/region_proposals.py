"""Answers to week3/region_proposals as people write them: right ones in many styles, and wrong ones."""

import math
import warnings
from collections import namedtuple

import workbook

workbook.start()

import numpy as np
import tensorflow as tf
from PIL import Image

Region = namedtuple("Region", "box size colour texture")


def initial_regions(image):
    """Given in the notebook; another takes its place in a check."""
    raise AssertionError("the notebook's own is not at hand here")


def warp(image, boxes, size):
    """As in the notebook: what lies in each of the boxes (n, 4), brought to size x size pixels."""
    n_H, n_W = image.shape[:2]
    x1, y1, x2, y2 = np.asarray(boxes, np.float32).reshape(-1, 4).T
    shares = np.stack([y1 / (n_H - 1), x1 / (n_W - 1), (y2 - 1) / (n_H - 1), (x2 - 1) / (n_W - 1)], axis=1)
    whole = tf.constant(image[np.newaxis], tf.float32)
    return tf.image.crop_and_resize(whole, shares, np.zeros(len(shares), np.int32), (size, size)).numpy()


def suppress(boxes, scores, labels, iou_threshold=0.5):
    """As in the notebook, by TensorFlow: the numbers of those that stay."""
    kept = []
    for label in np.unique(labels):
        own = np.flatnonzero(labels == label)
        stay = tf.image.non_max_suppression(
            np.float32(boxes[own]), np.float32(scores[own]), 100, iou_threshold
        )
        kept.append(own[stay.numpy()])
    return np.concatenate(kept) if kept else np.zeros(0, int)


# --- region_similarity --------------------------------------------------------------------------------------


def region_similarity(a, b):
    colour = np.minimum(a.colour, b.colour).sum()
    texture = np.minimum(a.texture, b.texture).sum()
    size = 1 - a.size - b.size
    x1, y1 = np.minimum(a.box[:2], b.box[:2])
    x2, y2 = np.maximum(a.box[2:], b.box[2:])
    fill = 1 - ((x2 - x1) * (y2 - y1) - a.size - b.size)
    return colour + texture + size + fill


def similarity_in_loops(a, b, weights=(1, 1, 1, 1)):
    print("a print costs nothing")
    warnings.warn("nor does a warning", stacklevel=1)
    s_colour = sum(min(p, q) for p, q in zip(a.colour, b.colour, strict=True))
    s_texture = 0.0
    for k in range(len(a.texture)):
        s_texture += b.texture[k] if a.texture[k] > b.texture[k] else a.texture[k]
    width = max(a.box[2], b.box[2]) - min(a.box[0], b.box[0])
    height = max(a.box[3], b.box[3]) - min(a.box[1], b.box[1])
    parts = s_colour, s_texture, 1 - (a.size + b.size), 1 - width * height + a.size + b.size
    return float(sum(w * part for w, part in zip(weights, parts, strict=True)))


def similarity_with_tensorflow(a, b):
    box = tf.concat([tf.minimum(a.box[:2], b.box[:2]), tf.maximum(a.box[2:], b.box[2:])], axis=0)
    area = tf.reduce_prod(box[2:] - box[:2])
    same = tf.reduce_sum(tf.minimum(a.colour, b.colour)) + tf.reduce_sum(tf.minimum(a.texture, b.texture))
    return same + (1 - a.size - b.size) + (1 - (area - a.size - b.size))


def similarity_shortest(a, b):
    """1 - |p - q| / 2 is the intersection of two histograms; size and fill together are 2 - area."""
    a_box, _, a_colour, a_texture = a
    b_box, _, b_colour, b_texture = b
    histograms = 2 - np.abs(a_colour - b_colour).sum() / 2 - np.abs(a_texture - b_texture).sum() / 2
    sides = np.maximum(a_box, b_box)[2:] - np.minimum(a_box, b_box)[:2]
    return np.array(histograms + 2 - np.prod(sides))


def similarity_of_means(a, b):
    return region_similarity(a, b) / 4


def similarity_without_fill(a, b):
    return np.minimum(a.colour, b.colour).sum() + np.minimum(a.texture, b.texture).sum() + 1 - a.size - b.size


def similarity_as_tuple(a, b):
    return np.minimum(a.colour, b.colour).sum(), np.minimum(a.texture, b.texture).sum()


# --- propose_regions ----------------------------------------------------------------------------------------


def propose_regions(image, segment=initial_regions):
    regions, neighbours = segment(image)
    regions = list(regions)
    S = {(i, j): region_similarity(regions[i], regions[j]) for i, j in neighbours}
    while S:
        i, j = max(S, key=S.get)
        a, b = regions[i], regions[j]
        size = a.size + b.size
        box = np.concatenate([np.minimum(a.box[:2], b.box[:2]), np.maximum(a.box[2:], b.box[2:])])
        colour = (a.size * a.colour + b.size * b.colour) / size
        texture = (a.size * a.texture + b.size * b.texture) / size
        gone = [pair for pair in S if i in pair or j in pair]
        near = {k for pair in gone for k in pair} - {i, j}
        for pair in gone:
            del S[pair]
        regions.append(Region(box, size, colour, texture))
        n = len(regions) - 1
        for k in near:
            S[k, n] = region_similarity(regions[k], regions[n])
    n_H, n_W = image.shape[:2]
    return np.unique([region.box for region in regions], axis=0) * [n_W, n_H, n_W, n_H]


def propose_with_sets(image, segment=initial_regions, scale=100):
    """Living regions and their neighbours as sets; boxes as whole numbers in a list of tuples."""
    table, pairs = segment(image)
    regions = dict(enumerate(table))
    friends = {k: set() for k in regions}
    for i, j in pairs:
        friends[i].add(j)
        friends[j].add(i)
    boxes, n = [tuple(region.box) for region in table], len(table)
    while any(friends.values()):
        _, i, j = max(
            (region_similarity(regions[i], regions[j]), i, j) for i in friends for j in friends[i] if i < j
        )
        a, b = regions.pop(i), regions.pop(j)
        share = a.size / (a.size + b.size)
        box = [
            min(a.box[0], b.box[0]),
            min(a.box[1], b.box[1]),
            max(a.box[2], b.box[2]),
            max(a.box[3], b.box[3]),
        ]
        regions[n] = a._replace(
            box=np.array(box),
            size=a.size + b.size,
            colour=share * a.colour + (1 - share) * b.colour,
            texture=share * a.texture + (1 - share) * b.texture,
        )
        friends[n] = (friends.pop(i) | friends.pop(j)) - {i, j}
        for k in friends[n]:
            friends[k] = (friends[k] - {i, j}) | {n}
        if tuple(box) not in boxes:
            boxes.append(tuple(box))
        n += 1
    n_H, n_W, _ = image.shape
    boxes = {(round(x1 * n_W), round(y1 * n_H), round(x2 * n_W), round(y2 * n_H)) for x1, y1, x2, y2 in boxes}
    return list(boxes)


def propose_with_a_matrix(image, segment=initial_regions):
    """A table of all similarities, minus infinity where there is nothing to merge."""
    regions, pairs = segment(image)
    m = len(regions)
    S = np.full((2 * m, 2 * m), -np.inf)
    for i, j in pairs:
        S[i, j] = S[j, i] = region_similarity(regions[i], regions[j])
    regions = [*regions]
    while S.max() > -np.inf:
        i, j = np.unravel_index(S.argmax(), S.shape)
        a, b = regions[i], regions[j]
        weights = np.array([a.size, b.size]) / (a.size + b.size)
        regions.append(
            Region(
                np.r_[np.minimum(a.box, b.box)[:2], np.maximum(a.box, b.box)[2:]],
                a.size + b.size,
                weights @ np.stack([a.colour, b.colour]),
                weights @ np.stack([a.texture, b.texture]),
            )
        )
        near = np.flatnonzero((S[i] > -np.inf) | (S[j] > -np.inf))
        S[[i, j]] = -np.inf
        S[:, [i, j]] = -np.inf
        for k in near[(near != i) & (near != j)]:
            S[k, len(regions) - 1] = S[len(regions) - 1, k] = region_similarity(regions[k], regions[-1])
    boxes = np.array([region.box for region in reversed(regions)])
    boxes = boxes * np.tile(image.shape[1::-1], 2)
    return tf.constant(list(dict.fromkeys(map(tuple, boxes.tolist()))))


def propose_recursively(image, segment=initial_regions):
    """Merge once, then the rest; living regions in a dictionary, their boxes in a set."""

    def box_of(a, b):
        return np.concatenate([np.minimum(a[:2], b[:2]), np.maximum(a[2:], b[2:])]).astype(np.float32)

    def rest(living, pairs, next_number):
        boxes = {tuple(np.round(np.asarray(r[0]) * sides, 3).tolist()) for r in living.values()}
        if not pairs:
            return boxes
        i, j = max(pairs, key=lambda pair: region_similarity(*(living[k] for k in pair)))
        (a_box, a_size, a_colour, a_texture), (b_box, b_size, b_colour, b_texture) = living[i], living[j]
        s = a_size + b_size
        new = Region(
            box_of(a_box, b_box),
            s,
            np.average([a_colour, b_colour], axis=0, weights=[a_size, b_size]),
            np.average([a_texture, b_texture], axis=0, weights=[a_size, b_size]),
        )
        living = {k: r for k, r in living.items() if k not in (i, j)} | {next_number: new}
        renamed = [tuple(next_number if k in (i, j) else k for k in pair) for pair in pairs]
        pairs = {tuple(sorted(pair)) for pair in renamed if pair[0] != pair[1]}
        return boxes | rest(living, pairs, next_number + 1)

    sides = [image.shape[1], image.shape[0]] * 2
    regions, pairs = segment(image)
    return np.array(sorted(rest(dict(enumerate(regions)), {tuple(pair) for pair in pairs}, len(regions))))


def propose_twice(image, segment=initial_regions):
    boxes = propose_with_sets(image, segment)
    return boxes + boxes


def propose_only_initial(image, segment=initial_regions):
    n_H, n_W = image.shape[:2]
    return np.unique([region.box for region in segment(image)[0]], axis=0) * [n_W, n_H, n_W, n_H]


def propose_shares(image, segment=initial_regions):
    n_H, n_W = image.shape[:2]
    return propose_regions(image, segment) / [n_W, n_H, n_W, n_H]


def propose_yields(image, segment=initial_regions):
    yield from propose_with_sets(image, segment)


# --- rcnn_detect --------------------------------------------------------------------------------------------


def rcnn_detect(image, classifier, proposals, score_threshold=0.5, iou_threshold=0.3, size=32):
    probabilities = np.asarray(classifier(warp(image, proposals, size)))
    classes, scores = probabilities.argmax(axis=1), probabilities.max(axis=1)
    keep = (classes > 0) & (scores >= score_threshold)
    scores, boxes, classes = scores[keep], proposals[keep], classes[keep]
    kept = suppress(boxes, scores, classes, iou_threshold)
    return scores[kept], boxes[kept], classes[kept]


def detect_with_pillow(image, classifier, proposals, score_threshold=0.5, iou_threshold=0.3, size=32):
    """Crops by Pillow, one class after another, a loop for the suppression, lists."""
    if len(proposals) == 0:
        return [], [], []
    picture = Image.fromarray(image)
    crops = [
        np.asarray(picture.crop(tuple(map(int, box))).resize((size, size), Image.BILINEAR))
        for box in proposals
    ]
    P = classifier.predict(np.array(crops, dtype=np.float32), verbose=0)
    scores, boxes, classes = [], [], []
    for kind in range(1, P.shape[1]):
        mine = [i for i in range(len(P)) if np.argmax(P[i]) == kind and P[i, kind] >= score_threshold]
        for i in sorted(mine, key=lambda i: -P[i, kind]):
            same = [box for box, k in zip(boxes, classes, strict=True) if k == kind]
            if all(_iou(proposals[i], box) <= iou_threshold for box in same):
                scores.append(float(P[i, kind]))
                boxes.append(tuple(proposals[i]))
                classes.append(kind)
    return scores, boxes, classes


def _iou(a, b):
    w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(w, 0) * max(h, 0)
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def detect_with_tensorflow(
    image, classifier, proposals, score_threshold=0.5, iou_threshold=0.3, size=32, context=0
):
    """Crops by tf.image.resize, suppression of classes that are moved apart, tensors."""
    proposals = tf.cast(tf.reshape(proposals, (-1, 4)), tf.float32)
    if proposals.shape[0] == 0:
        return tf.zeros(0), tf.zeros((0, 4)), tf.zeros(0, tf.int64)
    crops = tf.stack(
        [
            tf.image.resize(image[int(y1) : int(y2), int(x1) : int(x2)], (size, size))
            for x1, y1, x2, y2 in proposals.numpy()
        ]
    )
    p = tf.convert_to_tensor(classifier(crops, training=False))
    kinds, best = tf.argmax(p, axis=-1), tf.reduce_max(p, axis=-1)
    sure = tf.logical_and(kinds != 0, best >= score_threshold)
    kinds, best, boxes = kinds[sure], best[sure], proposals[sure]
    apart = boxes + 10_000 * tf.cast(kinds, tf.float32)[:, None]
    chosen = tf.image.non_max_suppression(apart, best, 1000, iou_threshold)
    return tf.gather(best, chosen), tf.gather(boxes, chosen), tf.gather(kinds, chosen)


def detect_nearest(image, classifier, proposals, score_threshold=0.5, iou_threshold=0.3, size=32):
    """The nearest pixels; a table of all overlaps."""
    proposals = np.reshape(proposals, (-1, 4)).astype(np.float64)
    crops = np.zeros((len(proposals), size, size, 3), np.uint8)
    for crop, (x1, y1, x2, y2) in zip(crops, proposals, strict=True):
        rows = (y1 + (np.arange(size) + 0.5) * (y2 - y1) / size).astype(int)
        columns = (x1 + (np.arange(size) + 0.5) * (x2 - x1) / size).astype(int)
        crop[:] = image[np.ix_(rows, columns)]
    p = classifier(crops)
    order = np.argsort(-p.max(axis=1))
    stays = []
    for i in order:
        kind = p[i].argmax()
        if kind == 0 or p[i, kind] < score_threshold:
            continue
        if any(p[k].argmax() == kind and _iou(proposals[i], proposals[k]) > iou_threshold for k in stays):
            continue
        stays.append(i)
    return p.max(axis=1)[stays], proposals[stays], p.argmax(axis=1)[stays]


def detect_one_by_one(image, classifier, proposals, score_threshold=0.5, iou_threshold=0.3, size=32):
    answers = [classifier(warp(image, [box], size))[0] for box in proposals]
    together = np.reshape(answers, (len(proposals), -1))
    return rcnn_detect(image, lambda crops: together, proposals, score_threshold, iou_threshold, size)


def detect_all_classes_together(
    image, classifier, proposals, score_threshold=0.5, iou_threshold=0.3, size=32
):
    p = np.asarray(classifier(warp(image, proposals, size)))
    keep = (p.argmax(axis=1) > 0) & (p.max(axis=1) >= score_threshold)
    p, boxes = p[keep], proposals[keep]
    kept = suppress(boxes, p.max(axis=1), np.zeros(len(p)), iou_threshold)
    return p.max(axis=1)[kept], boxes[kept], p.argmax(axis=1)[kept]


def detect_greater(image, classifier, proposals, score_threshold=0.5, iou_threshold=0.3, size=32):
    return rcnn_detect(
        image, classifier, proposals, np.nextafter(np.float32(score_threshold), 1), iou_threshold, size
    )


def detect_only_scores(image, classifier, proposals, score_threshold=0.5, iou_threshold=0.3, size=32):
    return rcnn_detect(image, classifier, proposals, score_threshold, iou_threshold, size)[0]


# --- roi_pool -----------------------------------------------------------------------------------------------


def roi_pool(features, boxes, size):
    h, w = (size, size) if np.ndim(size) == 0 else size
    pooled = np.zeros((len(boxes), h, w, features.shape[2]), features.dtype)
    for n, (x1, y1, x2, y2) in enumerate(boxes):
        for i in range(h):
            top = int(np.floor(y1 + i * (y2 - y1) / h))
            bottom = max(int(np.ceil(y1 + (i + 1) * (y2 - y1) / h)), top + 1)
            for j in range(w):
                left = int(np.floor(x1 + j * (x2 - x1) / w))
                right = max(int(np.ceil(x1 + (j + 1) * (x2 - x1) / w)), left + 1)
                pooled[n, i, j] = features[top:bottom, left:right].max(axis=(0, 1))
    return pooled


def pool_rows_first(features, boxes, size):
    """First the maximum over the rows of each bin, then over its columns."""
    h, w = np.broadcast_to(size, 2)

    def edges(start, end, count):
        places = np.linspace(start, end, count + 1)
        first = np.floor(places[:-1]).astype(int)
        return list(zip(first, np.maximum(np.ceil(places[1:]).astype(int), first + 1), strict=True))

    out = np.empty((len(boxes), h, w, features.shape[-1]))
    for n, (x1, y1, x2, y2) in enumerate(np.asarray(boxes)):
        rows = np.stack([features[a:b].max(0) for a, b in edges(y1, y2, h)])
        out[n] = np.stack([rows[:, a:b].max(1) for a, b in edges(x1, x2, w)], axis=1)
    return out


def pool_with_tensorflow(features, boxes, size, name=None):
    h, w = (size, size) if isinstance(size, int) else size
    features, pooled = tf.constant(features), []
    for x1, y1, x2, y2 in boxes:
        for i in range(h):
            for j in range(w):
                t, b = math.floor(y1 + i * (y2 - y1) / h), math.ceil(y1 + (i + 1) * (y2 - y1) / h)
                u, v = math.floor(x1 + j * (x2 - x1) / w), math.ceil(x1 + (j + 1) * (x2 - x1) / w)
                pooled.append(tf.reduce_max(features[t : max(b, t + 1), u : max(v, u + 1)], axis=[0, 1]))
    if not pooled:
        return tf.zeros((0, h, w, features.shape[2]))
    return tf.reshape(tf.stack(pooled), (len(boxes), h, w, -1))


def pool_with_masks(features, boxes, size):
    """Which cells belong to which bin: two tables of True and False, then one maximum."""
    h, w = (size, size) if np.isscalar(size) else size

    def members(start, end, bins, n):
        step, k = (end - start) / bins, np.arange(n)
        rows = []
        for i in range(bins):
            first = np.floor(start + i * step)
            rows.append((k >= first) & (k < np.maximum(np.ceil(start + (i + 1) * step), first + 1)))
        return np.array(rows)

    def one(box):
        x1, y1, x2, y2 = box
        down, right = members(y1, y2, h, features.shape[0]), members(x1, x2, w, features.shape[1])
        inside = down[:, None, :, None] & right[None, :, None, :]
        return np.where(inside[..., None], features, -np.inf).max(axis=(2, 3))

    return [one(box) for box in boxes]


def pool_floored(features, boxes, size):
    return roi_pool(features, np.floor(boxes), size)


def pool_means(features, boxes, size):
    h, w = (size, size) if np.ndim(size) == 0 else size
    pooled = np.zeros((len(boxes), h, w, features.shape[2]))
    for n, (x1, y1, x2, y2) in enumerate(boxes):
        for i in range(h):
            t = int(np.floor(y1 + i * (y2 - y1) / h))
            b = max(int(np.ceil(y1 + (i + 1) * (y2 - y1) / h)), t + 1)
            for j in range(w):
                u = int(np.floor(x1 + j * (x2 - x1) / w))
                v = max(int(np.ceil(x1 + (j + 1) * (x2 - x1) / w)), u + 1)
                pooled[n, i, j] = features[t:b, u:v].mean(axis=(0, 1))
    return pooled


def pool_squares(features, boxes, size):
    size = size if np.ndim(size) == 0 else size[0]
    return roi_pool(features, boxes, size)


def pool_empty_bins(features, boxes, size):
    """No bin is given a cell where it has none: max of nothing raises."""
    h, w = np.broadcast_to(size, 2)
    pooled = np.zeros((len(boxes), h, w, features.shape[2]))
    for n, (x1, y1, x2, y2) in enumerate(boxes):
        rows, columns = np.linspace(y1, y2, h + 1), np.linspace(x1, x2, w + 1)
        for i in range(h):
            for j in range(w):
                cells = features[
                    int(rows[i]) : math.ceil(rows[i + 1]), int(columns[j]) : math.ceil(columns[j + 1])
                ]
                pooled[n, i, j] = cells.max(axis=(0, 1))
    return pooled


RIGHT = {
    "region_similarity": [
        region_similarity,
        similarity_in_loops,
        similarity_with_tensorflow,
        similarity_shortest,
    ],
    "propose_regions": [propose_regions, propose_with_sets, propose_with_a_matrix, propose_recursively],
    "rcnn_detect": [rcnn_detect, detect_with_pillow, detect_with_tensorflow, detect_nearest],
    "roi_pool": [roi_pool, pool_rows_first, pool_with_tensorflow, pool_with_masks],
}
WRONG = {
    "region_similarity": [
        (similarity_of_means, "the mean of the four parts"),
        (similarity_without_fill, "the fill is missing"),
        (similarity_as_tuple, None),
    ],
    "propose_regions": [
        (propose_twice, None),
        (propose_only_initial, "the boxes of the merged regions are missing"),
        (propose_shares, "the boxes are shares of the picture"),
        (propose_yields, "yield in place of return"),
    ],
    "rcnn_detect": [
        (detect_one_by_one, None),
        (detect_all_classes_together, "boxes of unlike classes suppress each other"),
        (detect_greater, "> stands for >="),
        (detect_only_scores, None),
    ],
    "roi_pool": [
        (pool_floored, None),
        (pool_means, "the mean of each bin"),
        (pool_squares, "as many across as down"),
        (pool_empty_bins, None),
    ],
}
