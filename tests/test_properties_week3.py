"""What mathematics says of the reference answers of week 3, tried on many inputs."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import workbook
from workbook.lessons import all_lessons, loaded
from workbook.models import known_pictures, set_known_weights

LESSONS = {lesson.name: lesson for lesson in all_lessons() if lesson.week == "week3"}
REFERENCE = {each.name: each.reference for lesson in LESSONS.values() for each in lesson.exercises}

some = settings(deadline=None, max_examples=20, derandomize=True)
few = settings(some, max_examples=4)

seeds = st.integers(0, 10_000)
scales = st.sampled_from([0.25, 0.5, 2.0, 8.0])
strides = st.integers(1, 4)


@pytest.fixture(autouse=True, scope="module")
def quiet_tensorflow() -> None:
    workbook.start()


def close(one: Any, two: Any, tolerance: float = 1e-6) -> bool:
    one, two = np.asarray(one), np.asarray(two)
    return one.shape == two.shape and np.allclose(one, two, rtol=tolerance, atol=tolerance)


def some_boxes(rng: np.random.Generator, count: int, side: float = 10.0) -> np.ndarray:
    """Boxes (count, 4) of corners, whole numbers on a square."""
    low = rng.integers(0, side - 1, (count, 2))
    return np.concatenate([low, low + rng.integers(1, side, (count, 2))], axis=1).astype(float)


def rows_of(array: Any) -> list[tuple]:
    return sorted(map(tuple, np.round(np.asarray(array, float), 6).tolist()))


def module_of(lesson: str) -> Any:
    """The names of all modules of a lesson's autograder."""
    home = LESSONS[lesson].exercises[0].reference.__module__.split(".")[0]
    return SimpleNamespace(**{name: value for module in loaded(home) for name, value in vars(module).items()})


# --- intersection over union ------------------------------------------------------------------------------


@some
@given(seed=seeds, scale=scales, dx=st.integers(-50, 50), dy=st.integers(-50, 50))
def test_iou_does_not_ask_which_box_comes_first_nor_where_they_lie_nor_in_which_unit(
    seed, scale, dx, dy
) -> None:
    iou = REFERENCE["iou"]
    a, b = some_boxes(np.random.default_rng(seed), 2)
    share = iou(a, b)
    assert 0 <= share <= 1
    assert iou(a, a) == 1
    assert iou(b, a) == share
    move = np.array([dx, dy, dx, dy])
    assert close(iou(scale * a + move, scale * b + move), share)
    assert close(iou(a[[1, 0, 3, 2]], b[[1, 0, 3, 2]]), share)  # the picture turned over its diagonal


@some
@given(seed=seeds, classes=st.integers(1, 6))
def test_mean_iou_does_not_ask_which_mask_comes_first_nor_for_the_order_of_pixels(seed, classes) -> None:
    mean_iou, rng = REFERENCE["mean_iou"], np.random.default_rng(seed)
    t, p = rng.integers(0, classes, (2, 3, 4, 5))
    value = mean_iou(t, p, classes)
    assert 0 <= value <= 1
    assert close(mean_iou(p, t, classes), value)
    assert mean_iou(t, t, classes) == 1
    order, names = rng.permutation(t.size), rng.permutation(classes)
    assert close(mean_iou(t.ravel()[order], p.ravel()[order], classes), value)
    assert close(mean_iou(names[t], names[p], classes), value)
    assert close(mean_iou(t, p, classes + 3), value)


# --- filter and suppression -------------------------------------------------------------------------------


@some
@given(seed=seeds, threshold=st.floats(0, 1))
def test_a_stricter_threshold_keeps_some_of_what_a_milder_one_keeps(seed, threshold) -> None:
    keep, rng = REFERENCE["yolo_filter_boxes"], np.random.default_rng(seed)
    boxes, confidence, probabilities = (
        rng.random((2, 3, 2, 4)),
        rng.random((2, 3, 2, 1)),
        rng.random((2, 3, 2, 5)),
    )
    mild = keep(boxes, confidence, probabilities, threshold / 2)
    strict = keep(boxes, confidence, probabilities, threshold)
    assert (strict[0] >= threshold).all()
    assert set(strict[0].tolist()) <= set(mild[0].tolist())
    assert len(keep(boxes, confidence, probabilities, 0)[0]) == 12


@some
@given(seed=seeds, threshold=st.floats(0.05, 0.95), count=st.integers(0, 12), scale=scales)
def test_suppression_done_twice_is_suppression_done_once(seed, threshold, count, scale) -> None:
    suppress, iou, rng = REFERENCE["yolo_non_max_suppression"], REFERENCE["iou"], np.random.default_rng(seed)
    scores, boxes = rng.permutation(count) + 0.5, some_boxes(rng, count)
    classes = rng.integers(0, 3, count)
    kept = suppress(scores, boxes, classes, count, threshold)
    again = suppress(*kept, count, threshold)
    assert all(close(a, b) for a, b in zip(kept, again, strict=True))
    assert (np.diff(kept[0]) < 0).all()
    assert all(iou(a, b) <= threshold for i, a in enumerate(kept[1]) for b in kept[1][:i])
    order = rng.permutation(count)
    shuffled = suppress(scores[order], boxes[order], classes[order], count, threshold)
    assert close(shuffled[0], kept[0]) and close(shuffled[1], kept[1])
    assert close(suppress(scores, scale * boxes, classes, count, threshold)[0], kept[0])
    assert close(suppress(scores, boxes, classes, 2, threshold)[0], kept[0][:2])


@some
@given(seed=seeds, n_H=st.integers(10, 500), n_W=st.integers(10, 500))
def test_boxes_grow_with_the_picture_they_are_wanted_for(seed, n_H, n_W) -> None:
    yolo_eval, rng = REFERENCE["yolo_eval"], np.random.default_rng(seed)
    outputs = tuple(rng.random((3, 4, 2, n)).astype(np.float32) for n in (2, 2, 1, 3))
    one = yolo_eval(outputs, (1, 1), 10, 0.4, 0.5)
    other = yolo_eval(outputs, (n_H, n_W), 10, 0.4, 0.5)
    assert close(one[0], other[0]) and close(one[2], other[2])
    assert close(one[1] * [n_H, n_W, n_H, n_W], other[1], 1e-3)


# --- anchors, targets, loss, average precision ------------------------------------------------------------


@some
@given(seed=seeds, k=st.integers(1, 4), scale=scales)
def test_anchors_grow_with_the_boxes_and_turn_with_them(seed, k, scale) -> None:
    kmeans, boxes = REFERENCE["kmeans_anchors"], np.random.default_rng(seed).uniform(2, 40, (20, 2))
    anchors = kmeans(boxes, k)
    assert close(kmeans(scale * boxes, k), scale * anchors)
    assert close(kmeans(boxes[:, ::-1], k), anchors[:, ::-1])
    assert (anchors >= boxes.min(axis=0) - 1e-9).all() and (anchors <= boxes.max(axis=0) + 1e-9).all()


@some
@given(seed=seeds, n_H=st.integers(1, 6), n_W=st.integers(1, 6), count=st.integers(0, 4))
def test_targets_can_be_turned_back_into_boxes(seed, n_H, n_W, count) -> None:
    encode, rng = REFERENCE["encode_targets"], np.random.default_rng(seed)
    middles, sizes = rng.uniform(0.1, 0.9, (count, 2)), rng.uniform(0.02, 0.2, (count, 2))
    kinds = rng.integers(0, 5, (count, 1))
    boxes = np.concatenate([middles - sizes / 2, middles + sizes / 2, kinds], axis=1)
    anchors = rng.uniform(0.05, 0.4, (max(count, 1), 2))  # as many as boxes: there is room for all
    y_true = encode(boxes, anchors, (n_H, n_W))
    rows, columns, j = np.nonzero(y_true[..., 0])
    t = y_true[rows, columns, j]
    xy = (np.stack([columns, rows], axis=1) + t[:, 1:3]) / [n_W, n_H]
    wh = anchors[j] * np.exp(t[:, 3:5])
    back = np.concatenate([xy - wh / 2, xy + wh / 2, t[:, 5:]], axis=1)
    assert np.allclose(
        np.array(rows_of(back)).reshape(-1, 5), np.array(rows_of(boxes)).reshape(-1, 5), atol=1e-4
    )


@few
@given(seed=seeds)
def test_losses_do_not_ask_for_the_order_of_pictures_and_average_over_them(seed) -> None:
    rng = np.random.default_rng(seed)
    y_true = np.zeros((3, 2, 2, 2, 6), np.float32)
    y_true[..., 0] = rng.random((3, 2, 2, 2)) < 0.4
    y_true[..., 1:5] = rng.random((3, 2, 2, 2, 4))
    y_pred = rng.normal(size=(3, 2, 2, 2, 8)).astype(np.float32)
    here, box = rng.integers(0, 2, (3, 1)), rng.random((3, 4))
    flat_true = np.concatenate([here, box, np.eye(3)[rng.integers(0, 3, 3)]], axis=1).astype(np.float32)
    flat_pred = rng.uniform(0.1, 0.9, (3, 8)).astype(np.float32)
    for name, t, p in (("yolo_loss", y_true, y_pred), ("localization_loss", flat_true, flat_pred)):
        loss, order = REFERENCE[name], rng.permutation(3)
        whole = float(loss(t, p))
        assert close(float(loss(t[order], p[order])), whole, 1e-4)
        assert close(np.mean([float(loss(t[i : i + 1], p[i : i + 1])) for i in range(3)]), whole, 1e-4)
    empty = flat_true * np.float32([0, *[1] * 7])
    other = empty + np.float32([0, *rng.random(7)])
    assert close(
        float(REFERENCE["localization_loss"](empty, flat_pred)),
        float(REFERENCE["localization_loss"](other, flat_pred)),
    )


@some
@given(seed=seeds, count=st.integers(0, 15), missed=st.integers(0, 5))
def test_average_precision_sees_the_order_of_the_scores_alone(seed, count, missed) -> None:
    average, rng = REFERENCE["average_precision"], np.random.default_rng(seed)
    scores, correct = rng.permutation(count) / 20, rng.random(count) < 0.5
    n_objects = max(int(correct.sum()) + missed, 1)
    value = float(average(scores, correct, n_objects))
    assert 0 <= value <= correct.sum() / n_objects + 1e-9
    order = rng.permutation(count)
    assert close(float(average(scores[order], correct[order], n_objects)), value)
    assert close(float(average(np.exp(3 * scores), correct, n_objects)), value)
    worse = np.append(scores, -1.0), np.append(correct, False)
    assert close(float(average(*worse, n_objects)), value)  # a wrong one at the very end costs nothing
    assert close(float(average(scores, correct, 2 * n_objects)), value / 2)


# --- regions ----------------------------------------------------------------------------------------------


@some
@given(seed=seeds)
def test_similarity_has_no_first_and_second_region(seed) -> None:
    checks, rng = module_of("region_proposals"), np.random.default_rng(seed)
    boxes = some_boxes(rng, 2) / 20
    a, b = (
        checks.Region(x, 0.5 * checks.area(x), checks.histogram(rng, 6), checks.histogram(rng, 4))
        for x in boxes
    )
    value = checks.region_similarity(a, b)
    assert close(checks.region_similarity(b, a), value)
    order = rng.permutation(6)
    turned = [region._replace(colour=region.colour[order]) for region in (a, b)]
    assert close(checks.region_similarity(*turned), value)
    assert value <= 4


@few
@given(seed=seeds)
def test_proposals_do_not_ask_for_the_numbers_of_the_regions(seed) -> None:
    checks, rng = module_of("region_proposals"), np.random.default_rng(seed)
    image, regions, pairs = checks.segmentation(rng, (32, 64), 3, 3)
    boxes = checks.propose_regions(image, lambda _: (regions, pairs))
    order = rng.permutation(len(regions))
    places = np.argsort(order)
    again = [tuple(sorted((places[i], places[j]))) for i, j in pairs]
    turned = checks.propose_regions(image, lambda _: ([regions[k] for k in order], again))
    assert rows_of(turned) == rows_of(boxes)
    assert len(boxes) <= 2 * len(regions) - 1
    assert (0.0, 0.0, 64.0, 32.0) in rows_of(boxes)


@some
@given(seed=seeds, h=st.integers(1, 3), w=st.integers(1, 3))
def test_pooling_moves_with_the_map_and_takes_no_number_that_is_not_there(seed, h, w) -> None:
    roi_pool, rng = REFERENCE["roi_pool"], np.random.default_rng(seed)
    features = rng.permutation(6 * 7 * 2).reshape(6, 7, 2).astype(float)
    boxes = np.add(np.minimum(some_boxes(rng, 3, 6), [6, 5, 7, 6]), [0, 0, 0.25, 0.25])
    boxes = np.minimum(boxes, [6, 5, 7, 6])
    pooled = roi_pool(features, boxes, (h, w))
    assert np.isin(pooled, features).all()
    assert close(roi_pool(2 * features + 1, boxes, (h, w)), 2 * pooled + 1)
    moved = np.pad(features, ((2, 0), (3, 0), (0, 0)))
    assert close(roi_pool(moved, np.add(boxes, [3, 2, 3, 2]), (h, w)), pooled)
    turned = roi_pool(features.transpose(1, 0, 2), boxes[:, [1, 0, 3, 2]], (w, h))
    assert close(turned, pooled.transpose(0, 2, 1, 3))
    assert close(roi_pool(features[..., ::-1], boxes, (h, w)), pooled[..., ::-1])


@some
@given(seed=seeds)
def test_detection_does_not_ask_for_the_order_of_the_proposals(seed) -> None:
    checks, rng = module_of("region_proposals"), np.random.default_rng(seed)
    proposals, probabilities = checks.crowd(rng)
    image, order = checks.slope(80, 120), rng.permutation(len(proposals))

    def found(order):
        seer = checks.Seer(image, proposals[order], probabilities[order])
        scores, boxes, classes = checks.rcnn_detect(image, seer, proposals[order])
        return rows_of(np.column_stack([scores, boxes, classes]))

    assert found(order) == found(np.arange(len(proposals)))


# --- windows ----------------------------------------------------------------------------------------------


@some
@given(seed=seeds, stride=strides, f_H=st.integers(1, 4), f_W=st.integers(1, 4), scale=scales)
def test_boxes_of_a_map_turn_with_it_and_shrink_with_the_scale(seed, stride, f_H, f_W, scale) -> None:
    to_boxes, scores = REFERENCE["map_to_boxes"], np.random.default_rng(seed).random((3, 5))
    boxes = to_boxes(scores, (f_H, f_W), stride, 0.4)
    turned = to_boxes(scores.T, (f_W, f_H), stride, 0.4)
    assert rows_of(turned[:, [1, 0, 3, 2, 4]]) == rows_of(boxes)
    scaled = to_boxes(scores, (f_H, f_W), stride, 0.4, scale)
    assert close(scaled * [scale, scale, scale, scale, 1], boxes)
    assert len(boxes) == np.count_nonzero(scores >= 0.4)


@few
@given(seed=seeds, stride=st.integers(1, 3))
def test_the_map_of_a_wider_stride_is_a_part_of_the_map_of_stride_one(seed, stride) -> None:
    checks = module_of("sliding_windows")
    image, model = checks.picture(np.random.default_rng(seed), 7, 9), checks.any_size_classifier(3, 2)
    every = checks.sliding_window_predict(model, image, (3, 4), 1)
    assert close(checks.sliding_window_predict(model, image, (3, 4), stride), every[::stride, ::stride], 1e-5)


def test_a_convolutional_classifier_gives_what_its_windows_give() -> None:
    checks = module_of("sliding_windows")
    model = checks.classifier("tanh", (3, 4, 5, 2))
    X = known_pictures(2, (13, 15, 2))
    scores = np.asarray(checks.dense_to_convolutional(model)(X))
    through_windows = [checks.sliding_window_predict(model, x, (9, 11), 2) for x in X]
    assert close(scores, np.stack(through_windows), 1e-5)
    assert close(np.asarray(checks.dense_to_convolutional(model)(X[::-1])), scores[::-1], 1e-5)


# --- transposed convolution, networks ---------------------------------------------------------------------


@some
@given(seed=seeds, stride=strides, f=st.integers(1, 4), a=st.floats(-3, 3))
def test_a_transposed_convolution_is_linear_and_the_convolution_turned_round(seed, stride, f, a) -> None:
    import tensorflow as tf

    up, rng = REFERENCE["transpose_convolution"], np.random.default_rng(seed)
    X, Y = rng.normal(size=(2, 2, 3, 4, 2))
    W, V = rng.normal(size=(2, f, f, 3, 2))
    Z = up(X, W, stride, 0)
    assert close(up(a * X + Y, W, stride, 0), a * Z + up(Y, W, stride, 0))
    assert close(up(X, a * W + V, stride, 0), a * Z + up(X, V, stride, 0))
    A = rng.normal(size=Z.shape)  # <conv(A), X> = <A, up(X)>
    convolved = tf.nn.conv2d(A, W, stride, "VALID").numpy()
    assert close(np.sum(convolved * X), np.sum(A * Z))
    p = min(f - 1, 1)
    n_H, n_W = Z.shape[1:3]
    assert close(up(X, W, stride, p), Z[:, p : n_H - p, p : n_W - p])


NETWORKS = {
    "localization_model": ((16, 16, 1), {"classes": 2}),
    "landmark_model": ((16, 16, 1), {"landmarks": 2}),
    "unet_model": ((16, 16, 1), {"n_filters": 2, "n_classes": 3}),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_judges_each_picture_by_itself(name) -> None:
    shape, arguments = NETWORKS[name]
    model = REFERENCE[name](shape, **arguments)
    set_known_weights(model, biases=name == "unet_model")
    X = known_pictures(3, shape)
    outputs = np.asarray(model(X, training=False))
    assert close(np.asarray(model(X[[2, 0, 1]], training=False)), outputs[[2, 0, 1]], 1e-4)
    assert close(np.asarray(model(X[1:2], training=False)), outputs[1:2], 1e-4)


def test_blocks_of_the_u_net_do_not_ask_how_large_a_picture_is() -> None:
    import keras

    inputs = keras.Input((None, None, 2))
    after, skip = REFERENCE["conv_block"](inputs, n_filters=3)
    up = REFERENCE["upsampling_block"](after, skip, n_filters=3)
    model = keras.Model(inputs, up)
    set_known_weights(model, biases=True)
    X = known_pictures(1, (24, 24, 2))
    whole, part = (np.asarray(model(each, training=False)) for each in (X, X[:, :, 2:]))
    assert whole.shape == (1, 24, 24, 3)
    assert close(whole[:, :, 12:], part[:, :, 10:], 1e-4)  # moved by two pixels, far from the edge


# --- scenes -----------------------------------------------------------------------------------------------


def test_two_processes_draw_what_one_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(LESSONS["localization_and_landmarks"].path).parent.parent))
    import meadow

    alone = meadow.draw_scenes(5, seed=3)
    monkeypatch.setattr(meadow, "MANY", 5)
    together = meadow.draw_scenes(5, seed=3)
    assert all(np.array_equal(a, b) and a.dtype == b.dtype for a, b in zip(alone, together, strict=True))
