"""Filtering and suppression: what tf.image.combined_non_max_suppression gives, ties and limits included."""

import importlib
from pathlib import Path

import numpy as np
import pytest

import workbook

WEEK = Path(__file__).resolve().parent.parent / "week3"


@pytest.fixture(scope="module")
def post():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(WEEK))
        return importlib.import_module("postprocess")


def draw_grid(seed, boxes=1805, classes=80, steps=None, crowd=0.1):
    """Confidences, probabilities and boxes. steps: scores are multiples of 1 / steps."""
    rng = np.random.default_rng(seed)
    confidence = rng.random(boxes, np.float32) ** 2
    probs = rng.random((boxes, classes), np.float32) ** 3
    if steps:
        confidence, probs = np.ones(boxes, np.float32), np.floor(probs * steps) / np.float32(steps)
    middle, side = rng.random((boxes, 2)), rng.uniform(crowd, 4 * crowd, (boxes, 2))
    corners = np.concatenate([middle - side / 2, middle + side / 2], axis=1).astype(np.float32)
    return confidence, probs, corners


def tensorflow_keeps(confidence, probs, corners, threshold, iou_threshold, per_class, total):
    workbook.start()
    import tensorflow as tf

    found = tf.image.combined_non_max_suppression(
        corners[np.newaxis, :, np.newaxis],
        (confidence[:, np.newaxis] * probs)[np.newaxis],
        per_class,
        total,
        iou_threshold,
        float(np.nextafter(np.float32(threshold), np.float32(0))),  # it leaves out what equals its threshold
        clip_boxes=False,
    )
    n = int(found.valid_detections[0])
    return [part[0, :n].numpy() for part in (found.nmsed_boxes, found.nmsed_scores, found.nmsed_classes)]


def keep(post, confidence, probs, corners, threshold, iou_threshold, per_class, total):
    chosen = post.filter_scores(confidence, probs, threshold, best_only=False)
    kept = post.suppress(
        corners[chosen.box], chosen.score, chosen.label, iou_threshold, total, max_per_class=per_class
    )
    return corners[chosen.box[kept]], chosen.score[kept], chosen.label[kept]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("threshold", "iou_threshold", "per_class", "total"),
    [
        (0.6, 0.5, 100, 100),
        (0.3, 0.3, 5, 100),  # the limit of each class bites
        (0.05, 0.1, 200, 10_000),  # most candidates are looked at
        (0.9, 0.0, 10, 10),
        (0.7, 1.0, 500, 1000),  # nothing is suppressed
        (0.99999, 0.5, 10, 10),  # nothing is found
    ],
)
def test_the_same_as_tensorflow(post, seed, threshold, iou_threshold, per_class, total):
    grid = draw_grid(seed)
    arguments = (threshold, iou_threshold, per_class, total)
    expected, found = tensorflow_keeps(*grid, *arguments), keep(post, *grid, *arguments)
    for part, true_part in zip(found, expected, strict=True):
        np.testing.assert_array_equal(part, true_part)


@pytest.mark.parametrize("seed", range(3))
def test_the_same_as_tensorflow_where_scores_are_equal(post, seed):
    """The earlier box wins. tf.image.non_max_suppression, class by class: it alone promises an order."""
    workbook.start()
    import tensorflow as tf

    confidence, probs, corners = draw_grid(seed, boxes=900, classes=6, steps=8)
    chosen = post.filter_scores(confidence, probs, 0.5, best_only=False)  # 0.5 is met exactly
    kept = post.suppress(corners[chosen.box], chosen.score, chosen.label, 0.4, 10_000)
    for label in range(6):
        least = float(np.nextafter(np.float32(0.5), np.float32(0)))
        expected = tf.image.non_max_suppression(corners, probs[:, label], 10_000, 0.4, least).numpy()
        np.testing.assert_array_equal(chosen.box[kept[chosen.label[kept] == label]], expected)
    assert len(np.unique(chosen.score)) < 6 and len(kept) > 300


@pytest.mark.parametrize("seed", range(3))
def test_the_same_as_tensorflow_where_few_scores_are_equal(post, seed):
    """All classes at once: TensorFlow keeps the order of up to 16 of a class, and none between classes."""
    grid = draw_grid(seed, boxes=16, classes=5, steps=4, crowd=0.3)
    arguments = (0.5, 0.4, 16, 80)
    expected, found = tensorflow_keeps(*grid, *arguments), keep(post, *grid, *arguments)
    rows = [sorted(zip(-s, label, map(tuple, b), strict=True)) for b, s, label in (expected, found)]
    assert rows[0] == rows[1] and len(rows[0]) > 8


def greedy(boxes, scores, labels, iou_threshold):
    """The definition, box by box."""
    kept = []
    for i in sorted(range(len(scores)), key=lambda i: -scores[i]):
        for j in kept:
            side = np.minimum(boxes[i, 2:], boxes[j, 2:]) - np.maximum(boxes[i, :2], boxes[j, :2])
            overlap = np.prod(np.maximum(side, 0))
            union = np.prod(boxes[i, 2:] - boxes[i, :2]) + np.prod(boxes[j, 2:] - boxes[j, :2]) - overlap
            if labels[i] == labels[j] and overlap / union > iou_threshold:
                break
        else:
            kept.append(i)
    return kept


@pytest.mark.parametrize("number", [0, 1, 2, 63, 64, 65, 200, 700])
def test_the_same_as_the_definition(post, number):
    rng = np.random.default_rng(number)
    _, _, boxes = draw_grid(number, boxes=number, classes=1, crowd=0.2)
    scores, labels = np.round(rng.random(number), 2), rng.integers(0, 3, number)
    expected = greedy(boxes, scores, labels, 0.4)
    assert post.suppress(boxes, scores, labels, 0.4, 10_000).tolist() == expected
    assert post.suppress(boxes, scores, labels, 0.4, 7).tolist() == expected[:7]
    assert post.suppress(boxes, scores, labels, 0.4, 0).tolist() == []
    assert post.suppress(boxes, scores, None, 0.4, 10_000).tolist() == greedy(boxes, scores, 0 * labels, 0.4)


def test_many_equal_scores_in_many_blocks(post):
    """20,000 boxes apart from each other with two scores: all stay, the earlier first."""
    corners = np.arange(20_000.0)[:, np.newaxis] * 2 + [0, 0, 1, 1]
    scores = np.where(np.arange(20_000) % 3, 0.5, 0.9)
    order = np.argsort(-scores, kind="stable")
    np.testing.assert_array_equal(post.suppress(corners, scores, max_boxes=20_000), order)
    np.testing.assert_array_equal(post.suppress(corners, scores, max_boxes=6_900), order[:6_900])


def test_empty_boxes_disturb_nobody(post):
    boxes = np.array([[1, 1, 1, 1], [1, 1, 1, 1], [0, 0, 2, 2]], np.float32)
    assert post.suppress(boxes, np.array([0.9, 0.8, 0.7]), iou_threshold=0.0).tolist() == [0, 1, 2]


def test_the_best_class_alone_and_a_threshold_that_is_met(post):
    confidence = np.array([1.0, 0.5, 0.5, 0.2], np.float32)
    probs = np.array([[0.5, 0.25, 0.5], [0.25, 1.0, 0.75], [0.75, 0.5, 0.25], [1, 1, 1]], np.float32)
    best = post.filter_scores(confidence, probs, threshold=0.5)
    assert (best.box.tolist(), best.label.tolist(), best.score.tolist()) == ([0, 1], [0, 1], [0.5, 0.5])
    every = post.filter_scores(confidence, probs, threshold=0.375, best_only=False)
    assert list(zip(every.box, every.label, strict=True)) == [(0, 0), (0, 2), (1, 1), (1, 2), (2, 0)]
