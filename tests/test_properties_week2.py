"""What mathematics says of the reference answers of week 2, tried on many inputs."""

from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import workbook
from workbook.lessons import all_lessons
from workbook.models import known, set_known_weights

LESSONS = {lesson.name: lesson for lesson in all_lessons() if lesson.week == "week2"}
REFERENCE = {each.name: each.reference for lesson in LESSONS.values() for each in lesson.exercises}

some = settings(
    deadline=None,
    max_examples=20,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
few = settings(some, max_examples=5)

sizes = st.integers(1, 20)
odd = st.sampled_from([1, 3, 5, 7])
seeds = st.integers(0, 10_000)
bases = st.floats(1.05, 1.6)


@pytest.fixture(autouse=True, scope="module")
def quiet_tensorflow() -> None:
    workbook.start()


def close(one: Any, two: Any, tolerance: float = 1e-5) -> bool:
    return np.allclose(np.asarray(one), np.asarray(two), rtol=tolerance, atol=tolerance)


def pictures(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def used(model: Any, X: np.ndarray) -> np.ndarray:
    """What a model computes in inference mode."""
    return np.asarray(model(X, training=False))


# --- costs ----------------------------------------------------------------------------------------------


@some
@given(n_H=sizes, n_W=sizes, n_C=sizes, filters=sizes, f=odd, b=sizes)
def test_a_bottleneck_costs_what_its_two_convolutions_cost(n_H, n_W, n_C, filters, f, b) -> None:
    cost = REFERENCE["convolution_cost"]
    two = cost((n_H, n_W, n_C), b, 1) + cost((n_H, n_W, b), filters, f)
    assert cost((n_H, n_W, n_C), filters, f, b) == two


@some
@given(n_H=sizes, n_W=sizes, n_C=sizes, filters=sizes, f=odd, k=st.integers(2, 5))
def test_the_cost_of_a_convolution_grows_with_each_of_its_sizes(n_H, n_W, n_C, filters, f, k) -> None:
    cost = REFERENCE["convolution_cost"]
    once = cost((n_H, n_W, n_C), filters, f)
    assert cost((n_W, n_H, n_C), filters, f) == once
    assert cost((k * n_H, n_W, n_C), filters, f) == cost((n_H, n_W, k * n_C), filters, f) == k * once
    assert cost((n_H, n_W, n_C), k * filters, f) == k * once
    assert cost((n_H, n_W, n_C), filters, k * f) == k * k * once


@some
@given(f=odd, filters=st.integers(1, 600), n_C=sizes)
def test_the_ratio_is_that_of_the_two_costs(f, filters, n_C) -> None:
    ratio, cost = REFERENCE["separable_cost_ratio"], REFERENCE["convolution_cost"]
    depthwise = n_C * cost((6, 7, 1), 1, f)
    standard = cost((6, 7, n_C), filters, f)
    assert close(ratio(f, filters), (depthwise + cost((6, 7, n_C), filters, 1)) / standard, 1e-12)
    assert ratio(f, filters + 1) < ratio(f, filters)
    assert ratio(f, filters) > 1 / f**2


@some
@given(a=st.floats(-3, 6), b=st.floats(-3, 6), factors=st.tuples(bases, bases, bases))
def test_two_scalings_after_each_other_are_one(a, b, factors) -> None:
    scale = REFERENCE["compound_scaling"]
    both = np.multiply(scale(a, *factors), scale(b, *factors))
    assert close(both, scale(a + b, *factors), 1e-9)
    assert close(scale(0, *factors), 1) and close(scale(1, *factors), factors, 1e-12)


@some
@given(flops=st.floats(1e6, 1e9), ratio=st.floats(0.05, 100), factors=st.tuples(bases, bases, bases))
def test_a_network_scaled_to_a_budget_costs_the_budget(flops, ratio, factors) -> None:
    to_budget = REFERENCE["scale_to_budget"]
    phi = to_budget(flops, ratio * flops, *factors)
    depth, width, resolution = REFERENCE["compound_scaling"](phi, *factors)
    assert close(depth * width**2 * resolution**2, ratio, 1e-9)
    assert close(to_budget(ratio * flops, flops, *factors), -phi, 1e-9)
    assert close(to_budget(7 * flops, 7 * ratio * flops, *factors), phi, 1e-9)


# --- colours --------------------------------------------------------------------------------------------


def dull_pictures(seed: int, m: int) -> np.ndarray:
    """Pictures whose colours lie near the middle, so that nothing is cut off."""
    rng = np.random.default_rng(seed)
    light = rng.normal(0, 0.03, (m, 6, 8, 1)) * np.array([1.0, 0.7, 0.4])
    return 0.5 + light + rng.normal(0, 0.01, (m, 6, 8, 3))


@some
@given(seed=seeds, m=st.integers(1, 4))
def test_colours_shift_as_pixels_are_shuffled_moved_and_dimmed(seed, m) -> None:
    shifted = REFERENCE["pca_color_augmentation"]
    X = dull_pictures(seed, m)
    shift = shifted(X, 1.0, seed) - X
    assert close(shift, shift[:, :1, :1], 1e-9)  # every pixel of a picture by the same colour
    order = np.random.default_rng(seed).permutation(48)
    shuffled = X.reshape(m, 48, 3)[:, order].reshape(X.shape)
    assert close(shifted(shuffled, 1.0, seed) - shuffled, shift, 1e-6)
    assert close(shifted(X + 0.05, 1.0, seed) - X - 0.05, shift, 1e-6)
    assert close(shifted(X / 2, 1.0, seed) - X / 2, shift / 4, 1e-9)  # an eigenvalue is a variance
    assert close(shifted(X, 0.5, seed) - X, shift / 2, 1e-9)
    assert close(shifted(X, 0.0, seed), X, 1e-12)


@some
@given(seed=seeds, sigma=st.floats(0, 50))
def test_colours_stay_between_0_and_1(seed, sigma) -> None:
    found = REFERENCE["pca_color_augmentation"](dull_pictures(seed, 3), sigma, seed)
    assert found.min() >= 0 and found.max() <= 1


# --- predictions ----------------------------------------------------------------------------------------


@cache
def classifier(role: str = "one", shape: tuple[int, int] = (6, 4)) -> Any:
    make = REFERENCE["multi_crop_predict"].__globals__["known_classifier"]
    return make((*shape, 3), role)


@few
@given(seed=seeds)
def test_ten_crops_do_not_mind_a_mirror_nor_the_order_of_pictures(seed) -> None:
    predict = REFERENCE["multi_crop_predict"]
    X = pictures(seed, 3, 9, 10, 3)
    p = predict(classifier(), X)
    assert close(predict(classifier(), X[:, :, ::-1]), p)
    assert close(predict(classifier(), X[::-1]), p[::-1])
    assert np.all((p > 0) & (p < 1))


@few
@given(seed=seeds)
def test_an_ensemble_lies_between_its_members_in_any_order(seed) -> None:
    predict = REFERENCE["ensemble_predict"]
    X = pictures(seed, 4, 6, 4, 3)
    models = [classifier("one"), classifier("two"), classifier("three")]
    p, each = predict(models, X), [predict([model], X) for model in models]
    assert close(predict(models[::-1], X), p)
    assert close(predict(models, X[::-1]), p[::-1])
    assert close(predict([models[0]] * 3, X), each[0])
    assert np.all(p <= np.max(each, axis=0) + 1e-6) and np.all(p >= np.min(each, axis=0) - 1e-6)


# --- blocks and networks --------------------------------------------------------------------------------

BLOCKS = {
    "identity_block": {"f": 3, "filters": [3, 4, 5]},
    "convolutional_block": {"f": 3, "filters": [3, 4, 6], "s": 2},
    "vgg_block": {"filters": 4, "convolutions": 2},
    "pointwise_convolution": {"filters": 4},
    "inception_module": dict(
        zip(("one", "reduce 3", "three", "reduce 5", "five", "pool"), (2, 3, 4, 2, 3, 4), strict=True)
    ),
    "depthwise_separable_block": {"filters": 6, "strides": 2},
    "inverted_residual_block": {"filters": 5, "expansion": 3},
}


@cache
def block(name: str) -> Any:
    import keras

    inputs = keras.Input((6, 8, 5))
    given_to = BLOCKS[name]
    make = REFERENCE[name]
    outputs = make(inputs, *given_to.values()) if " " in "".join(given_to) else make(inputs, **given_to)
    model = keras.Model(inputs, outputs)
    set_known_weights(model)
    return model


@pytest.mark.parametrize("name", BLOCKS)
@few
@given(seed=seeds)
def test_a_block_treats_every_picture_alike(name, seed) -> None:
    X = pictures(seed, 3, 6, 8, 5)
    Y = used(block(name), X)
    assert close(used(block(name), X[::-1]), Y[::-1])
    assert close(used(block(name), X[:1]), Y[:1])


@few
@given(seed=seeds)
def test_pixels_may_be_shuffled_before_a_pointwise_convolution_or_after(seed) -> None:
    X, order = pictures(seed, 2, 48, 5), np.random.default_rng(seed).permutation(48)
    after = used(block("pointwise_convolution"), X.reshape(2, 6, 8, 5)).reshape(2, 48, -1)[:, order]
    before = used(block("pointwise_convolution"), X[:, order].reshape(2, 6, 8, 5)).reshape(2, 48, -1)
    assert close(before, after)


@few
@given(seed=seeds, k=st.floats(0.1, 10))
def test_a_vgg_block_without_biases_grows_with_its_picture(seed, k) -> None:
    X = pictures(seed, 2, 6, 8, 5)
    assert close(used(block("vgg_block"), np.float32(k) * X), k * used(block("vgg_block"), X), 1e-4)


@pytest.mark.parametrize("name", ["identity_block", "inverted_residual_block"])
def test_a_residual_block_whose_last_scale_is_zero_passes_its_input_on(name) -> None:
    model = block(name)
    before = [np.asarray(variable) for variable in model.variables]
    last = [layer for layer in model.layers if type(layer).__name__ == "BatchNormalization"][-1]
    last.gamma.assign(np.zeros(last.gamma.shape))
    last.beta.assign(np.zeros(last.beta.shape))
    X = pictures(1, 2, 6, 8, 5)
    assert close(used(model, X), np.maximum(X, 0) if name == "identity_block" else X)
    for variable, value in zip(model.variables, before, strict=True):
        variable.assign(value)


def test_networks_give_probabilities_that_do_not_mind_the_order_of_pictures() -> None:
    X = 3 * known((3, 32, 32, 3), "pictures")
    networks = [
        REFERENCE["mobilenet_v2"]((32, 32, 3), 4, 0.35),
        REFERENCE["googlenet"]((32, 32, 3), 4, 0.125),
    ]
    for network in networks:
        set_known_weights(network)
        found = network(X, training=False)
        turned = network(X[::-1], training=False)
        outputs = zip(
            *((each if isinstance(each, list) else [each]) for each in (found, turned)), strict=True
        )
        for one, other in outputs:
            assert close(np.sum(one, axis=1), 1)
            assert close(other, np.asarray(one)[::-1], 1e-4)


# --- augmentation and thawing ---------------------------------------------------------------------------


@few
@given(seed=seeds)
def test_an_augmenter_leaves_pictures_in_use_alone(seed) -> None:
    X = pictures(seed, 2, 8, 8, 3)
    assert close(used(REFERENCE["data_augmenter"](), X), X)


def test_thawing_twice_is_thawing_once_and_more_is_thawed_from_further_below() -> None:
    module = REFERENCE["alpaca_model"].__globals__
    with module["stand_in_bases"](REFERENCE["alpaca_model"]):
        model = REFERENCE["alpaca_model"]((16, 24), module["known_augmentation"]())
    unfreeze, trained = REFERENCE["unfreeze"], []
    for from_layer in (0, 3, 6, 9, 13, 3, 3):
        unfreeze(model, from_layer)
        trained.append({variable.path for variable in model.trainable_variables})
    assert trained[0] >= trained[1] >= trained[2] >= trained[3] >= trained[4]
    assert trained[1] == trained[5] == trained[6]
