"""Week 3's segmentation: the references against Keras, and the tools that the lesson trains with.

``helpers`` is the name of a module in each week, so the lesson's module is loaded under a name of its own.
"""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

import workbook
from workbook.lessons import find_lesson

LESSON = find_lesson("image_segmentation")
WEEK = Path(__file__).resolve().parent.parent / "week3"


@pytest.fixture(scope="module")
def segmenting():
    workbook.start()
    others = sys.modules.pop("helpers", None)
    sys.path.insert(0, str(WEEK))
    try:
        yield importlib.import_module("segmenting")
    finally:
        sys.path.remove(str(WEEK))
        sys.modules.pop("helpers", None)
        if others is not None:
            sys.modules["helpers"] = others


@pytest.mark.parametrize("seed", [1, 2])
def test_stamps_are_what_tensorflow_calls_a_transposed_convolution(seed: int) -> None:
    import tensorflow as tf

    exercise = LESSON.exercise("transpose_convolution")
    for case in exercise.draw(seed):
        X, W, stride, p = case.args
        ours = exercise.reference(*case.args)
        crop = [[0, 0], [p, p], [p, p], [0, 0]]
        theirs = tf.nn.conv2d_transpose(X, W, ours.shape, stride, crop)
        np.testing.assert_allclose(ours, theirs, atol=1e-9, err_msg=case.name)


@pytest.mark.parametrize(("f", "stride"), [(3, 1), (3, 2), (2, 2), (4, 2), (5, 3), (2, 3), (1, 2)])
def test_stamps_are_what_keras_computes(segmenting, f: int, stride: int) -> None:
    rng = np.random.default_rng(f * stride)
    X, W = rng.normal(size=(2, 3, 4, 3)), rng.normal(size=(f, f, 2, 3))
    whole = LESSON.exercise("transpose_convolution").reference(X, W, stride, 0)
    valid, same = (segmenting.keras_transposed(X, W, stride, word) for word in ("valid", "same"))
    n_H, n_W = whole.shape[1:3]
    np.testing.assert_allclose(valid[:, :n_H, :n_W], whole, atol=1e-5)
    assert (
        not valid[:, n_H:].any() and not valid[:, :, n_W:].any()
    )  # zeros where the stride is over the filter
    assert same.shape == (2, 3 * stride, 4 * stride, 2)
    start = max(f - stride, 0) // 2
    part = whole[:, start : start + same.shape[1], start : start + same.shape[2]]
    np.testing.assert_allclose(same[:, : part.shape[1], : part.shape[2]], part, atol=1e-5)


@pytest.mark.parametrize("seed", [1, 2])
def test_mean_iou_is_that_of_keras(seed: int) -> None:
    import keras

    exercise = LESSON.exercise("mean_iou")
    for case in exercise.draw(seed):
        metric = keras.metrics.MeanIoU(num_classes=case.args[2])
        metric.update_state(*case.args[:2])
        assert exercise.reference(*case.args) == pytest.approx(float(metric.result()), abs=1e-6), case.name


def test_parameters_of_the_well_known_unet() -> None:
    workbook.start()
    model = LESSON.exercise("unet_model").reference()
    assert model.count_params() == 8_640_471
    assert model.output_shape == (None, 96, 128, 23)


def test_unet_of_blocks_is_the_unet(segmenting) -> None:
    blocks = [LESSON.exercise(name).reference for name in ("conv_block", "upsampling_block")]
    whole = LESSON.exercise("unet_model").reference((32, 48, 3), 2, 5)
    ours = segmenting.unet_of(*blocks, (32, 48, 3), 2, 5)
    ours.set_weights(whole.get_weights())
    X = np.random.default_rng(1).normal(size=(2, 32, 48, 3))
    np.testing.assert_allclose(ours(X), whole(X), atol=1e-5)


def test_grouped_puts_classes_together(segmenting) -> None:
    masks = np.array([[[0, 1], [2, 1]]], np.uint8)
    palette = np.arange(9, dtype=np.uint8).reshape(3, 3)
    data = segmenting.Scenes(None, masks, None, masks[:, :1], ("sky", "car", "bus"), palette)
    scenes = segmenting.grouped(data, {"vehicle": ("bus", "car"), "sky": ("sky",)})
    assert scenes.masks_train.tolist() == [[[1, 0], [0, 0]]]
    assert scenes.pixel_classes == ("vehicle", "sky")
    assert scenes.palette.tolist() == [[6, 7, 8], [0, 1, 2]]
    with pytest.raises(ValueError, match="in no group: bus"):
        segmenting.grouped(data, {"car": ("car",), "sky": ("sky",)})


def test_pictures_are_mirrored_with_their_masks(segmenting) -> None:
    rng = np.random.default_rng(1)
    X = rng.integers(0, 256, (40, 4, 6, 3), np.uint8)
    masks = X[..., 0]
    turned, turned_masks = segmenting.mirrored(X, masks, rng)
    assert (turned[..., 0] == turned_masks).all()
    as_before = (turned == X).all(axis=(1, 2, 3))
    assert 0 < as_before.sum() < 40
    assert (turned[~as_before] == X[~as_before, :, ::-1]).all()


def test_class_weights_lift_rare_classes(segmenting) -> None:
    masks = np.repeat(np.array([0, 1, 2], np.uint8), (900, 90, 10)).reshape(1, 20, 50)
    weights = segmenting.class_weights(masks, 4, 0.5)
    assert weights[0] < weights[1] < weights[2] and weights[3] == 0
    assert np.mean(weights[masks]) == pytest.approx(1)
    assert segmenting.class_weights(masks, 4, 0.5, without=1)[1] == 0


def test_half_size_keeps_pictures_and_masks_together(segmenting) -> None:
    X = np.full((1, 4, 6, 3), 7, np.uint8)
    masks = np.arange(24, dtype=np.uint8).reshape(1, 4, 6)
    small, few = segmenting.half_size(X, masks)
    assert (small == 7).all() and small.shape == (1, 2, 3, 3) and small.dtype == np.uint8
    assert few.tolist() == [[[0, 2, 4], [12, 14, 16]]]


def test_usual_mask_and_ious(segmenting) -> None:
    masks = np.array([[[0, 1]], [[0, 2]], [[1, 2]]], np.uint8)
    assert segmenting.usual_mask(masks, 3).tolist() == [[0, 2]]
    ious = segmenting.class_ious(masks, np.zeros_like(masks), 4)
    assert ious[0] == pytest.approx(2 / 6) and ious[1] == 0 and np.isnan(ious[3])
