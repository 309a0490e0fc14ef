"""Answers to week3/region_proposals as people write them: right ones in many styles, and wrong ones."""

import heapq
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


def similarity_typed(a: Region, b: Region) -> float:
    """One small function for each of the four."""

    def same(one: np.ndarray, other: np.ndarray) -> float:
        return float(np.sum(np.where(one < other, one, other)))

    def box() -> float:
        corners = np.stack([a.box, b.box])
        low, high = corners[:, :2].min(axis=0), corners[:, 2:].max(axis=0)
        return float(np.prod(high - low))

    sizes = a.size + b.size
    return same(a.colour, b.colour) + same(a.texture, b.texture) + (1 - sizes) + (1 - (box() - sizes))


def similarity_joined(a, b):
    """Both histograms one behind the other."""
    one, other = (np.concatenate([r.colour, r.texture]) for r in (a, b))
    both = np.sum([one, other], axis=0)
    left, top, right, bottom = np.where(
        [True, True, False, False], np.fmin(a.box, b.box), np.fmax(a.box, b.box)
    )
    s_size = 1.0 - sum(r.size for r in (a, b))
    s_fill = s_size + 1 - (1 - a.size - b.size) - (right - left) * (bottom - top) + a.size + b.size
    return ((both - np.abs(one - other)) / 2).sum() + s_size + s_fill


def similarity_of_dictionaries(a, b):
    a, b = a._asdict(), b._asdict()
    measures = {name: np.minimum(a[name], b[name]).sum(dtype=np.float32) for name in ("colour", "texture")}
    measures["size"] = 1 - a["size"] - b["size"]
    sides = [max(a["box"][i + 2], b["box"][i + 2]) - min(a["box"][i], b["box"][i]) for i in (0, 1)]
    measures["fill"] = 1 - (math.prod(sides) - a["size"] - b["size"])
    return sum(measures.values())


def similarity_by_sorting(a, b):
    pairs = np.sort(np.stack([np.r_[a.colour, a.texture], np.r_[b.colour, b.texture]]), axis=0)
    edges = np.sort(np.stack([a.box, b.box]), axis=0)
    area = np.multiply.reduce(edges[1, 2:] - edges[0, :2])
    return np.array([pairs[0].sum() + 2 - area])


@tf.function
def _same(one, other):
    return tf.reduce_sum(one + other - tf.abs(one - other)) / 2


def similarity_in_a_graph(a, b):
    box = tf.maximum(a.box, b.box)[2:] - tf.minimum(a.box, b.box)[:2]
    colour, texture = _same(tf.constant(a.colour), tf.constant(b.colour)), _same(a.texture, b.texture)
    return float(colour + texture) + 1 - a.size - b.size + 1 - float(box[0] * box[1]) + a.size + b.size


def similarity_accumulated(a, b, verbose=False):
    total = np.float64(0)
    for name in ["colour", "texture"]:
        for p, q in zip(getattr(a, name), getattr(b, name), strict=True):
            total += p if p < q else q
    x = [a.box[0], a.box[2], b.box[0], b.box[2]]
    y = [a.box[1], a.box[3], b.box[1], b.box[3]]
    total += 1 - (a.size + b.size)
    total += 1 - ((max(x) - min(x)) * (max(y) - min(y)) - (a.size + b.size))
    if verbose:
        print(total)
    return total


def similarity_of_means(a, b):
    return region_similarity(a, b) / 4


def similarity_without_fill(a, b):
    return np.minimum(a.colour, b.colour).sum() + np.minimum(a.texture, b.texture).sum() + 1 - a.size - b.size


def similarity_of_boxes(a, b):
    """Takes the areas of the boxes for what the regions fill."""
    area = lambda box: (box[2] - box[0]) * (box[3] - box[1])  # noqa: E731
    around = np.r_[np.minimum(a.box, b.box)[:2], np.maximum(a.box, b.box)[2:]]
    fill = 1 - (area(around) - area(a.box) - area(b.box))
    same = np.minimum(a.colour, b.colour).sum() + np.minimum(a.texture, b.texture).sum()
    return same + 1 - a.size - b.size + fill


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
    """Living regions and their neighbours as sets; boxes in a list of tuples."""
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
    return list({(x1 * n_W, y1 * n_H, x2 * n_W, y2 * n_H) for x1, y1, x2, y2 in boxes})


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


def propose_with_a_class(image, segment=initial_regions):
    """A small class keeps regions, living pairs and boxes."""

    class Grouping:
        def __init__(self, regions, pairs):
            self.regions = list(regions)
            self.pairs = {frozenset(pair): None for pair in pairs}
            for pair in self.pairs:
                self.pairs[pair] = self.measure(pair)

        def measure(self, pair):
            i, j = sorted(pair)
            return float(region_similarity(self.regions[i], self.regions[j]))

        def merge(self):
            best = max(self.pairs.items(), key=lambda item: item[1])[0]
            a, b = (self.regions[k] for k in best)
            mean = lambda p, q: (p * a.size + q * b.size) / (a.size + b.size)  # noqa: E731
            box = np.hstack([np.minimum(a.box[0:2], b.box[0:2]), np.maximum(a.box[2:4], b.box[2:4])])
            new = type(a)(box, a.size + b.size, mean(a.colour, b.colour), mean(a.texture, b.texture))
            self.regions.append(new)
            old = [pair for pair in self.pairs if pair & best]
            for pair in old:
                self.pairs.pop(pair)
            for k in set().union(*old) - best:
                pair = frozenset((k, len(self.regions) - 1))
                self.pairs[pair] = self.measure(pair)

    grouping = Grouping(*segment(image))
    while grouping.pairs:
        grouping.merge()
    height, width = image.shape[0], image.shape[1]
    boxes = np.stack([region.box for region in grouping.regions])
    boxes[:, [0, 2]] *= width
    boxes[:, [1, 3]] *= height
    return np.unique(boxes.round(3), axis=0)


def propose_with_a_heap(image: np.ndarray, segment=initial_regions) -> np.ndarray:
    """A heap of similarities; pairs that are out of date are passed over when they come up."""
    regions, pairs = segment(image)
    regions, alive = list(regions), set(range(len(regions)))
    near = {k: {i + j - k for i, j in pairs if k in (i, j)} for k in alive}
    heap = [(-region_similarity(regions[i], regions[j]), i, j) for i, j in pairs]
    heapq.heapify(heap)
    while heap:
        _, i, j = heapq.heappop(heap)
        if not {i, j} <= alive:
            continue
        a, b, n = regions[i], regions[j], len(regions)
        s = a.size + b.size
        box = [*map(min, a.box[:2], b.box[:2]), *map(max, a.box[2:], b.box[2:])]
        new = (
            a.colour * (a.size / s) + b.colour * (b.size / s),
            a.texture * (a.size / s) + b.texture * (b.size / s),
        )
        regions.append(Region(np.array(box), s, *new))
        near[n] = (near[i] | near[j]) & alive - {i, j}
        alive = alive - {i, j} | {n}
        for k in near[n]:
            near[k].add(n)
            heapq.heappush(heap, (-region_similarity(regions[k], regions[n]), k, n))
    n_H, n_W = image.shape[:2]
    seen = []
    for region in regions:
        box = np.asarray(region.box) * np.array([n_W, n_H] * 2)
        if not any(np.allclose(box, other) for other in seen):
            seen.append(box)
    return np.array(seen)


def propose_again_and_again(image, segment=initial_regions):
    """Computes all similarities anew in every round; pairs as a set of names that change."""
    regions, pairs = segment(image)
    regions, pairs = list(regions), [list(pair) for pair in pairs]
    while len(pairs) > 0:
        values = [region_similarity(regions[i], regions[j]) for i, j in pairs]
        i, j = pairs[int(np.argmax(values))]
        a, b = regions[i], regions[j]
        sizes = np.array([a.size, b.size])
        regions.append(
            Region(
                box=np.array(
                    [
                        min(a.box[0], b.box[0]),
                        min(a.box[1], b.box[1]),
                        max(a.box[2], b.box[2]),
                        max(a.box[3], b.box[3]),
                    ]
                ),
                size=sizes.sum(),
                colour=np.dot(sizes, [a.colour, b.colour]) / sizes.sum(),
                texture=np.dot(sizes, [a.texture, b.texture]) / sizes.sum(),
            )
        )
        n = len(regions) - 1
        pairs = [[n if k in (i, j) else k for k in pair] for pair in pairs]
        pairs = [list(pair) for pair in {tuple(sorted(pair)) for pair in pairs if pair[0] != pair[1]}]
    boxes = tf.constant([region.box for region in regions]) * [*image.shape[1::-1], *image.shape[1::-1]]
    unique, _ = tf.raw_ops.UniqueV2(x=boxes, axis=[0])
    return unique


def propose_with_a_graph(image, segment=initial_regions):
    """Neighbours as a matrix of True and False; similarities are kept in a table beside it."""
    table, pairs = segment(image)
    m, regions = len(table), list(table)
    touch, alike = np.zeros((2 * m, 2 * m), bool), np.zeros((2 * m, 2 * m))
    for i, j in pairs:
        touch[i, j] = touch[j, i] = True
        alike[i, j] = alike[j, i] = region_similarity(table[i], table[j])
    while touch.any():
        i, j = divmod(np.argmax(np.where(touch, alike, -np.inf)), 2 * m)
        n, (a, b) = len(regions), (regions[i], regions[j])
        total = a.size + b.size
        share = b.size / total
        new = a._replace(
            size=total,
            box=np.where(np.arange(4) < 2, np.minimum(a.box, b.box), np.maximum(a.box, b.box)),
            colour=a.colour + share * (b.colour - a.colour),
            texture=a.texture + share * (b.texture - a.texture),
        )
        regions.append(new)
        touch[n] = touch[i] | touch[j]
        touch[[i, j]] = False
        touch[n, [i, j]] = False
        touch[:, n] = touch[n]
        touch[:, [i, j]] = False
        for k in np.flatnonzero(touch[n]):
            alike[k, n] = alike[n, k] = region_similarity(new, regions[k])
    n_H, n_W, *_ = image.shape
    return {(r.box[0] * n_W, r.box[1] * n_H, r.box[2] * n_W, r.box[3] * n_H) for r in regions}


def propose_generators(image, segment=initial_regions):
    """A generator inside gives the regions one by one."""

    def every(regions, S):
        yield from regions
        regions = dict(enumerate(regions))
        while S:
            i, j = sorted(S, key=S.get)[-1]
            a, b = regions.pop(i), regions.pop(j)
            w = a.size / (a.size + b.size)
            both = np.array([a.box, b.box])
            box = np.append(both[:, :2].min(0), both[:, 2:].max(0))
            new = Region(
                box, a.size + b.size, w * a.colour + (1 - w) * b.colour, w * a.texture + (1 - w) * b.texture
            )
            near = {k for pair in S for k in pair if i in pair or j in pair} - {i, j}
            S = {pair: value for pair, value in S.items() if not {i, j} & set(pair)}
            number = max([*regions, i, j]) + 1
            regions[number] = new
            S |= {(k, number): region_similarity(regions[k], new) for k in near}
            yield new

    regions, pairs = segment(image)
    S = {(i, j): region_similarity(regions[i], regions[j]) for i, j in pairs}
    sides = np.array([image.shape[1], image.shape[0], image.shape[1], image.shape[0]], dtype=np.float32)
    boxes = [tuple((region.box * sides).tolist()) for region in every(regions, S)]
    return np.array(list(set(boxes)), dtype=np.float32)


def propose_lists(image, segment=initial_regions):
    """propose_regions with everything as plain lists at the end."""
    boxes = propose_with_a_graph(image, lambda picture: tuple(map(tuple, segment(picture))))
    return [list(map(float, box)) for box in sorted(boxes)]


def propose_twice(image, segment=initial_regions):
    boxes = propose_with_sets(image, segment)
    return boxes + boxes


def propose_only_initial(image, segment=initial_regions):
    n_H, n_W = image.shape[:2]
    return np.unique([region.box for region in segment(image)[0]], axis=0) * [n_W, n_H, n_W, n_H]


def propose_plain_means(image, segment=initial_regions):
    """Histograms of a new region as means, whatever the sizes."""
    regions, neighbours = segment(image)
    regions = list(regions)
    S = {(i, j): region_similarity(regions[i], regions[j]) for i, j in neighbours}
    while S:
        i, j = max(S, key=S.get)
        a, b = regions[i], regions[j]
        box = np.concatenate([np.minimum(a.box[:2], b.box[:2]), np.maximum(a.box[2:], b.box[2:])])
        gone = [pair for pair in S if i in pair or j in pair]
        near = {k for pair in gone for k in pair} - {i, j}
        for pair in gone:
            del S[pair]
        regions.append(Region(box, a.size + b.size, (a.colour + b.colour) / 2, (a.texture + b.texture) / 2))
        for k in near:
            S[k, len(regions) - 1] = region_similarity(regions[k], regions[-1])
    n_H, n_W = image.shape[:2]
    return np.unique([region.box for region in regions], axis=0) * [n_W, n_H, n_W, n_H]


def propose_with_duplicates(image, segment=initial_regions):
    """Every region's box, though two regions may have the same."""
    regions, neighbours = segment(image)
    regions = list(regions)
    S = {(i, j): region_similarity(regions[i], regions[j]) for i, j in neighbours}
    while S:
        i, j = max(S, key=S.get)
        a, b = regions[i], regions[j]
        s = a.size + b.size
        box = np.concatenate([np.minimum(a.box[:2], b.box[:2]), np.maximum(a.box[2:], b.box[2:])])
        gone = [pair for pair in S if i in pair or j in pair]
        near = {k for pair in gone for k in pair} - {i, j}
        for pair in gone:
            del S[pair]
        colour, texture = (
            (a.size * a.colour + b.size * b.colour) / s,
            (a.size * a.texture + b.size * b.texture) / s,
        )
        regions.append(Region(box, s, colour, texture))
        for k in near:
            S[k, len(regions) - 1] = region_similarity(regions[k], regions[-1])
    n_H, n_W = image.shape[:2]
    return np.array([region.box for region in regions]) * [n_W, n_H, n_W, n_H]


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
    """Asks for one crop after another; patient, and right."""
    scores, boxes, classes = [], [], []
    for box in proposals:
        answer = np.asarray(classifier(warp(image, [box], size)))[0]
        if answer.argmax() > 0 and answer.max() >= score_threshold:
            scores.append(answer.max())
            boxes.append(box)
            classes.append(answer.argmax())
    scores, boxes, classes = np.array(scores), np.reshape(boxes, (-1, 4)), np.array(classes, int)
    kept = suppress(boxes, scores, classes, iou_threshold=iou_threshold)
    return scores[kept], boxes[kept], classes[kept]


def detect_in_batches(
    image: np.ndarray,
    classifier,
    proposals,
    score_threshold: float = 0.5,
    iou_threshold: float = 0.3,
    size: int = 32,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Batches of three; a table with a row for each detection."""
    rows = []
    for start in range(0, len(proposals), 3):
        some = proposals[start : start + 3]
        for box, p in zip(some, np.asarray(classifier(warp(image, some, size))), strict=True):
            rows.append([float(np.max(p)), int(np.argmax(p)), *box])
    table = np.array(rows).reshape(len(rows), 6)
    table = table[(table[:, 0] >= score_threshold) & (table[:, 1] != 0)]
    table = table[np.argsort(table[:, 0])[::-1]]
    result = []
    for row in table:
        if not any(row[1] == other[1] and _iou(row[2:], other[2:]) > iou_threshold for other in result):
            result.append(row)
    result = np.array(result).reshape(-1, 6)
    return result[:, 0], result[:, 2:], result[:, 1].astype(np.int64)


def detect_class_by_class(image, classifier, proposals, score_threshold=0.5, iou_threshold=0.3, size=32):
    """Its own suppression, one class after another, on copies."""
    empty = np.zeros(0), np.zeros((0, 4)), np.zeros(0, dtype=np.int32)
    if proposals.shape[0] == 0:
        return empty
    p = classifier(warp(image=image, boxes=proposals, size=size))
    p = p.numpy() if hasattr(p, "numpy") else p
    best = p.argmax(-1)
    parts = [empty]
    for label in range(1, p.shape[-1]):
        own = np.flatnonzero((best == label) & (p[:, label] >= score_threshold))
        own = own[np.argsort(-p[own, label])]
        while own.size:
            parts.append((p[own[:1], label], proposals[own[:1]], np.array([label])))
            own = np.array(
                [i for i in own[1:] if _iou(proposals[own[0]], proposals[i]) <= iou_threshold], int
            )
    return tuple(np.concatenate(each) for each in zip(*parts, strict=True))


def detect_with_masks(image, classifier, proposals, score_threshold=0.5, iou_threshold=0.3, size=32):
    """Everything as a mask over all proposals."""
    n = len(proposals)
    probabilities = tf.constant(classifier(warp(image, proposals, size)))
    top = tf.math.top_k(probabilities, k=1)
    scores, kinds = tf.reshape(top.values, [-1]).numpy(), tf.reshape(top.indices, [-1]).numpy()
    alive = ~(scores < score_threshold) & ~(kinds == 0)
    stays = np.zeros(n, dtype=bool)
    while alive.any():
        best = np.argmax(np.where(alive, scores, -1))
        stays[best], alive[best] = True, False
        for i in range(n):
            if alive[i] and kinds[i] == kinds[best] and _iou(proposals[i], proposals[best]) > iou_threshold:
                alive[i] = False
    return scores[stays], proposals[stays], kinds[stays]


def detect_resized(
    image, classifier, proposals, score_threshold=0.5, iou_threshold=0.3, size=32, method="area"
):
    """Whole pixels, cut and brought to size one by one; lists that are sorted."""
    crops = []
    for x1, y1, x2, y2 in np.rint(np.asarray(proposals)).astype(int):
        crops.append(tf.image.resize(tf.cast(image, tf.float32)[y1:y2, x1:x2], [size, size], method=method))
    if crops == []:
        return [], np.empty((0, 4)), []
    answers = np.asarray(classifier.predict(tf.stack(crops), verbose=0))
    found = [(max(p), list(p).index(max(p)), box) for p, box in zip(answers, proposals, strict=True)]
    found = sorted(
        (each for each in found if each[1] and each[0] >= score_threshold), key=lambda each: each[0]
    )
    kept = []
    while found:
        kept.append(found.pop())
        found = [e for e in found if e[1] != kept[-1][1] or _iou(e[2], kept[-1][2]) <= iou_threshold]
    return [e[0] for e in kept], [e[2] for e in kept], [e[1] for e in kept]


def detect_all_classes_together(
    image, classifier, proposals, score_threshold=0.5, iou_threshold=0.3, size=32
):
    p = np.asarray(classifier(warp(image, proposals, size)))
    keep = (p.argmax(axis=1) > 0) & (p.max(axis=1) >= score_threshold)
    p, boxes = p[keep], proposals[keep]
    kept = suppress(boxes, p.max(axis=1), np.zeros(len(p)), iou_threshold)
    return p.max(axis=1)[kept], boxes[kept], p.argmax(axis=1)[kept]


def _detect_with(image, classifier, proposals, score_threshold, size, clashes):
    """Its own suppression: ``clashes(i, j)`` says whether box j takes box i away."""
    if len(proposals) == 0:
        return np.zeros(0), np.zeros((0, 4)), np.zeros(0, int)
    p = np.asarray(classifier(warp(image, proposals, size)))
    stays, sure = (
        [],
        [i for i in np.argsort(-p.max(1)) if p[i].argmax() > 0 and p[i].max() >= score_threshold],
    )
    for k, i in enumerate(sure):
        if not any(
            p[i].argmax() == p[j].argmax() and clashes(i, j) for j in (stays if clashes.kept else sure[:k])
        ):
            stays.append(i)
    return p.max(1)[stays], proposals[stays], p.argmax(1)[stays]


def detect_unclamped(image, classifier, proposals, score_threshold=0.5, iou_threshold=0.3, size=32):
    def clashes(i, j):
        a, b = proposals[i], proposals[j]
        shared = (min(a[2], b[2]) - max(a[0], b[0])) * (min(a[3], b[3]) - max(a[1], b[1]))
        area = lambda c: (c[2] - c[0]) * (c[3] - c[1])  # noqa: E731
        return shared / (area(a) + area(b) - shared) > iou_threshold

    clashes.kept = True
    return _detect_with(image, classifier, proposals, score_threshold, size, clashes)


def detect_beside_all(image, classifier, proposals, score_threshold=0.5, iou_threshold=0.3, size=32):
    def clashes(i, j):
        return _iou(proposals[i], proposals[j]) > iou_threshold

    clashes.kept = False
    return _detect_with(image, classifier, proposals, score_threshold, size, clashes)


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


def pool_by_reduceat(features: np.ndarray, boxes: np.ndarray, size: int | tuple[int, int]) -> np.ndarray:
    """Each bin is a slice from a small helper; maximum.reduce over both axes."""
    h, w = size if isinstance(size, tuple | list) else (size, size)

    def bins(start, length, count):
        for i in range(count):
            first = int(start + i * length / count)
            yield slice(first, max(math.ceil(start + (i + 1) * length / count), first + 1))

    pooled = [
        [
            [np.maximum.reduce(features[r, c], axis=(0, 1)) for c in bins(x1, x2 - x1, w)]
            for r in bins(y1, y2 - y1, h)
        ]
        for x1, y1, x2, y2 in np.asarray(boxes, float).tolist()
    ]
    return np.array(pooled).reshape(len(boxes), h, w, features.shape[-1])


def pool_channels(features, boxes, size):
    """Channel by channel, cell by cell, in plain Python."""
    h, w = (size,) * 2 if np.ndim(size) == 0 else size
    out = np.full((len(boxes), h, w, features.shape[2]), -np.inf)
    for n, (x1, y1, x2, y2) in enumerate(boxes):
        for i, j in np.ndindex(h, w):
            top, left = np.floor(y1 + i * (y2 - y1) / h), np.floor(x1 + j * (x2 - x1) / w)
            bottom, right = np.ceil(y1 + (i + 1) * (y2 - y1) / h), np.ceil(x1 + (j + 1) * (x2 - x1) / w)
            bottom, right = bottom + (bottom == top), right + (right == left)
            for row in range(int(top), int(bottom)):
                for column in range(int(left), int(right)):
                    for c in range(features.shape[2]):
                        if features[row, column, c] > out[n, i, j, c]:
                            out[n, i, j, c] = features[row, column, c]
    return out


def pool_by_edges(features, boxes, size, dtype=np.float64):
    """All edges of all boxes at once."""
    h, w = np.broadcast_to(size, 2)
    boxes = np.asarray(boxes, dtype).reshape(-1, 4)
    y = boxes[:, [1]] + (boxes[:, [3]] - boxes[:, [1]]) * np.arange(h + 1) / h
    x = boxes[:, [0]] + (boxes[:, [2]] - boxes[:, [0]]) * np.arange(w + 1) / w
    tops, lefts = y[:, :-1].astype(int), x[:, :-1].astype(int)
    bottoms, rights = np.ceil(y[:, 1:]).astype(int), np.ceil(x[:, 1:]).astype(int)
    bottoms, rights = np.where(bottoms > tops, bottoms, tops + 1), np.where(rights > lefts, rights, lefts + 1)
    pooled = np.zeros((len(boxes), h, w, features.shape[2]), features.dtype)
    for n, i, j in np.ndindex(*pooled.shape[:3]):
        pooled[n, i, j] = np.amax(
            features[tops[n, i] : bottoms[n, i], lefts[n, j] : rights[n, j]], axis=(0, 1)
        )
    return pooled


def pool_segments(features, boxes, size):
    """tf.math.reduce_max over ragged pieces, rows first."""
    h, w = (size, size) if np.ndim(size) == 0 else size
    result = tf.TensorArray(tf.float32, size=len(boxes), element_shape=(h, w, features.shape[2]))
    for n, box in enumerate(np.asarray(boxes)):
        x1, y1, x2, y2 = (float(v) for v in box)
        rows = []
        for i in range(h):
            a, b = y1 + (y2 - y1) * i / h, y1 + (y2 - y1) * (i + 1) / h
            strip = tf.math.reduce_max(features[int(a // 1) : max(int(-(-b // 1)), int(a // 1) + 1)], axis=0)
            cells = []
            for j in range(w):
                c, d = x1 + (x2 - x1) * j / w, x1 + (x2 - x1) * (j + 1) / w
                cells.append(
                    tf.reduce_max(strip[int(c // 1) : max(int(-(-d // 1)), int(c // 1) + 1)], axis=0)
                )
            rows.append(tf.stack(cells))
        result = result.write(n, tf.cast(tf.stack(rows), tf.float32))
    return result.stack()


def pool_flat_bins(features, boxes, size):
    """Bins counted through with divmod; a list of rows, reshaped at the end."""
    h, w = (int(size), int(size)) if np.size(size) == 1 else map(int, size)
    values = []
    for x1, y1, x2, y2 in boxes:
        for b in range(h * w):
            i, j = divmod(b, w)
            t, l = math.floor(y1 + (y2 - y1) / h * i), math.floor(x1 + (x2 - x1) / w * j)  # noqa: E741
            cells = features[t : max(t + 1, math.ceil(y1 + (y2 - y1) / h * (i + 1))), l:]
            cells = cells[:, : max(1, math.ceil(x1 + (x2 - x1) / w * (j + 1)) - l)]
            values.append(cells.reshape(-1, cells.shape[-1]).max(axis=0))
    return np.reshape(values, (len(boxes), h, w, features.shape[-1]))


def pool_sorted(features, boxes, size):
    """The largest is the last of the sorted ones; a dictionary of bins."""
    h, w = (size, size) if isinstance(size, int) else size
    bins = {}
    for n, box in enumerate(boxes):
        steps = np.array([box[2] - box[0], box[3] - box[1]]) / (w, h)
        for i in range(h):
            for j in range(w):
                low = np.floor(box[:2] + steps * (j, i)).astype(int)
                high = np.maximum(np.ceil(box[:2] + steps * (j + 1, i + 1)).astype(int), low + 1)
                cells = features[low[1] : high[1], low[0] : high[0]]
                bins[n, i, j] = np.sort(cells.reshape(-1, features.shape[2]), axis=0)[-1]
    out = np.empty((len(boxes), h, w, features.shape[2]))
    for place, value in bins.items():
        out[place] = value
    return out


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


def pool_from_the_corner(features, boxes, size):
    boxes = np.asarray(boxes, float)
    return roi_pool(features, np.concatenate([0 * boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1), size)


def pool_whole_steps(features, boxes, size):
    h, w = (size, size) if np.ndim(size) == 0 else size
    pooled = np.zeros((len(boxes), h, w, features.shape[2]))
    for n, (x1, y1, x2, y2) in enumerate(boxes):
        down, right = (y2 - y1) // h, (x2 - x1) // w
        for i in range(h):
            t, b = math.floor(y1 + i * down), math.ceil(y1 + (i + 1) * down)
            for j in range(w):
                u, v = math.floor(x1 + j * right), math.ceil(x1 + (j + 1) * right)
                pooled[n, i, j] = features[t : max(b, t + 1), u : max(v, u + 1)].max(axis=(0, 1))
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


def similarity_with_a_sign_lost(a, b):
    x1, y1 = np.minimum(a.box[:2], b.box[:2])
    x2, y2 = np.maximum(a.box[2:], b.box[2:])
    gap = (x2 - x1) * (y2 - y1) - a.size + b.size
    agree = np.minimum(a.colour, b.colour).sum() + np.minimum(a.texture, b.texture).sum()
    return agree + (1 - a.size - b.size) + (1 - gap)


def propose_and_take_out_the_pair(image, segment=initial_regions):
    regions, pairs = segment(image)
    regions = list(regions)
    S = {tuple(p): region_similarity(regions[p[0]], regions[p[1]]) for p in pairs}
    for _ in range(len(regions) - 1):
        i, j = max(S, key=S.get)
        a, b = regions[i], regions[j]
        box = np.concatenate([np.minimum(a.box[:2], b.box[:2]), np.maximum(a.box[2:], b.box[2:])])
        size = a.size + b.size
        colour, texture = (
            (a.size * one + b.size * two) / size
            for one, two in ((a.colour, b.colour), (a.texture, b.texture))
        )
        regions.append(Region(box, size, colour, texture))
        touched = {k for pair in S if i in pair or j in pair for k in pair} - {i, j}
        del S[i, j]
        for k in touched:
            S[k, len(regions) - 1] = region_similarity(regions[k], regions[-1])
    n_H, n_W = image.shape[:2]
    return np.unique([region.box * [n_W, n_H, n_W, n_H] for region in regions], axis=0)


def detect_with_corners(change):
    def detect(image, classifier, proposals, score_threshold=0.5, iou_threshold=0.3, size=32):
        if len(proposals) == 0:
            return np.zeros(0), np.zeros((0, 4)), np.zeros(0, int)
        p = np.asarray(classifier(warp(image, proposals, size)))
        scores, classes = p.max(axis=1), p.argmax(axis=1)
        keep = (classes > 0) & (scores >= score_threshold)
        scores, boxes, classes = scores[keep], change(proposals[keep]), classes[keep]
        kept = suppress(boxes, scores, classes, iou_threshold)
        return scores[kept], boxes[kept], classes[kept]

    return detect


def similarity_with(parts="ctsf", gap=lambda bb, a, b: bb - a.size - b.size):
    """The four measures one by one, with a slip."""

    def similarity(a, b):
        x1, y1 = np.minimum(a.box[:2], b.box[:2])
        x2, y2 = np.maximum(a.box[2:], b.box[2:])
        measures = {
            "c": np.minimum(a.colour, b.colour).sum(),
            "t": np.minimum(a.texture, b.texture).sum(),
            "s": 1 - a.size - b.size,
            "f": 1 - gap((x2 - x1) * (y2 - y1), a, b),
        }
        return sum(measures[part] for part in parts)

    return similarity


def similarity_of_differences(a, b):
    """Half the difference of two histograms is what they do not share; and the sizes cancel out."""
    same = [1 - 0.5 * np.abs(one - two).sum() for one, two in ((a[2], b[2]), (a[3], b[3]))]
    w, h = np.maximum(a.box[2:], b.box[2:]) - np.minimum(a.box[:2], b.box[:2])
    return np.array([sum(same) + 2 - w * h])


def propose_with(
    size=lambda a, b: a.size + b.size, mean=lambda p, q, n, one, two: (p * one + q * two) / n, forgets=False
):
    """The loop as many write it, with a slip."""

    def propose(image, segment=initial_regions):
        regions, pairs = segment(image)
        regions = list(regions)
        S = {tuple(pair): region_similarity(*(regions[k] for k in pair)) for pair in pairs}
        while S:
            i, j = max(S, key=S.get)
            a, b = regions[i], regions[j]
            n = size(a, b)
            colour, texture = (
                mean(a.size, b.size, n, *two) for two in ((a.colour, b.colour), (a.texture, b.texture))
            )
            box = np.concatenate([np.minimum(a.box[:2], b.box[:2]), np.maximum(a.box[2:], b.box[2:])])
            regions.append(Region(box, n, colour, texture))
            gone = [(i, j)] if forgets else [pair for pair in S if {i, j} & set(pair)]
            near = {k for pair in gone for k in pair} - {i, j}
            for pair in gone:
                del S[pair]
            for k in near:
                S[k, len(regions) - 1] = region_similarity(regions[k], regions[-1])
        n_H, n_W = image.shape[:2]
        return np.unique([region.box * [n_W, n_H, n_W, n_H] for region in regions], axis=0)

    return propose


def detect_with(share=None, boxes_from_all=False, order=(0, 1, 2)):
    """Step by step, with a slip; share: the threshold that suppress gets."""

    def detect(image, classifier, proposals, score_threshold=0.5, iou_threshold=0.3, size=32):
        if len(proposals) == 0:
            return np.zeros(0), np.zeros((0, 4)), np.zeros(0, int)
        p = np.asarray(classifier(warp(image, proposals, size)))
        scores, classes = p.max(axis=1), p.argmax(axis=1)
        keep = (classes > 0) & (scores >= score_threshold)
        scores, boxes, classes = scores[keep], proposals[keep], classes[keep]
        limit = {None: iou_threshold, "default": 0.5, "score": score_threshold}[share]
        kept = suppress(boxes, scores, classes, limit)
        found = scores[kept], (proposals if boxes_from_all else boxes)[kept], classes[kept]
        return tuple(found[k] for k in order)

    return detect


def detect_by_tensors(image, classifier, proposals, score_threshold=0.5, iou_threshold=0.3, size=32):
    """The answer of a Keras model is a tensor, and a tensor has .numpy()."""
    if not len(proposals):
        return [], [], []
    probabilities = classifier(warp(image, proposals, size), training=False).numpy()
    found = []
    for box, row in zip(proposals, probabilities, strict=True):
        kind = int(np.argmax(row))
        if kind != 0 and row[kind] >= score_threshold:
            found.append((row[kind], box, kind))
    found.sort(key=lambda each: -each[0])
    best = []
    for each in found:
        if not any(own[2] == each[2] and _iou(own[1], each[1]) > iou_threshold for own in best):
            best.append(each)
    return tuple(np.array([each[k] for each in best]) for k in range(3))


def pool_with(far=0, kind=float, first=False):
    """Bin by bin, with a slip."""

    def pool(features, boxes, size):
        h, w = np.broadcast_to(size, 2)
        out = np.zeros((len(boxes), h, w, features.shape[2]), kind)
        for n, (x1, y1, x2, y2) in enumerate(boxes):
            for i, j in np.ndindex(h, w):
                top, left = int(y1 + i * (y2 - y1) / h), int(x1 + j * (x2 - x1) / w)
                bottom = max(math.ceil(y1 + (i + 1) * (y2 - y1) / h), top + 1) + far
                right = max(math.ceil(x1 + (j + 1) * (x2 - x1) / w), left + 1) + far
                out[n, i, j] = features[top:bottom, left:right].max(axis=(0, 1))
            if first:
                return out
        return out

    return pool


RIGHT = {
    "region_similarity": [
        similarity_of_differences,
        region_similarity,
        similarity_in_loops,
        similarity_with_tensorflow,
        similarity_shortest,
        similarity_typed,
        similarity_joined,
        similarity_of_dictionaries,
        similarity_by_sorting,
        similarity_in_a_graph,
        similarity_accumulated,
    ],
    "propose_regions": [
        propose_regions,
        propose_with_sets,
        propose_with_a_matrix,
        propose_recursively,
        propose_with_a_class,
        propose_with_a_heap,
        propose_again_and_again,
        propose_with_a_graph,
        propose_generators,
        propose_lists,
    ],
    "rcnn_detect": [
        detect_by_tensors,
        rcnn_detect,
        detect_with_pillow,
        detect_with_tensorflow,
        detect_nearest,
        detect_one_by_one,
        detect_in_batches,
        detect_class_by_class,
        detect_with_masks,
        detect_resized,
        lambda *args, **kwargs: list(map(list, rcnn_detect(*args, **kwargs))),
    ],
    "roi_pool": [
        roi_pool,
        pool_rows_first,
        pool_with_tensorflow,
        pool_with_masks,
        pool_by_reduceat,
        pool_channels,
        pool_by_edges,
        pool_segments,
        pool_flat_bins,
        pool_sorted,
    ],
}
WRONG = {
    "region_similarity": [
        (similarity_with("ttsf"), "the texture is compared twice"),
        (similarity_with(gap=lambda bb, a, b: bb), "no size is taken off"),
        (similarity_with(gap=lambda bb, a, b: (bb - a.size - b.size) / bb), "divided by the box around both"),
        (similarity_with_a_sign_lost, "the second size is added to the gap"),
        (similarity_of_means, "the mean of the four parts"),
        (similarity_without_fill, "the fill is missing"),
        (similarity_of_boxes, "areas of the two boxes are taken for the sizes"),
        (similarity_as_tuple, None),
    ],
    "propose_regions": [
        (propose_with(size=lambda a, b: max(a.size, b.size)), "and its histograms are divided by that"),
        (propose_with(mean=lambda p, q, n, one, two: p * one + q * two / n), "into parentheses"),
        (propose_with(forgets=True), "the new region gets no neighbours"),
        (propose_and_take_out_the_pair, "only the pair that was merged is taken out"),
        (propose_twice, None),
        (propose_only_initial, "the boxes of the merged regions are missing"),
        (propose_plain_means, "plain means"),
        (propose_with_duplicates, "more than once"),
        (propose_shares, "the boxes are shares of the picture"),
        (propose_yields, "yield in place of return"),
    ],
    "rcnn_detect": [
        (detect_with(share="default"), "is not handed on to suppress"),
        (detect_with(share="score"), "score_threshold in place of iou_threshold"),
        (detect_with(boxes_from_all=True), "the boxes are picked from all proposals"),
        (detect_with(order=(1, 0, 2)), "the boxes come first"),
        (detect_with(order=(0, 2, 1)), "the classes come second"),
        (detect_with_corners(np.round), "rounded to whole pixels"),
        (detect_with_corners(lambda boxes: boxes.astype(int)), "cut to whole pixels"),
        (detect_all_classes_together, "boxes of unlike classes suppress each other"),
        (detect_greater, "> stands for >="),
        (detect_unclamped, "do not meet"),
        (detect_beside_all, "still suppresses others"),
        (detect_only_scores, None),
    ],
    "roi_pool": [
        (pool_with(far=1), "one cell too far"),
        (pool_with(kind=int), "the array holds whole numbers"),
        (pool_with(first=True), "the others stay 0"),
        (pool_floored, "cut to whole cells"),
        (pool_from_the_corner, "begin at the corner of the map"),
        (pool_whole_steps, "a whole number of cells"),
        (pool_means, "the mean of each bin"),
        (pool_squares, "as many across as down"),
        (pool_empty_bins, None),
    ],
}
