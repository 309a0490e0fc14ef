"""What is told of a model's layers: where one is missing, too many or of another shape."""

import numpy as np
import pytest

import workbook
from workbook.comparing import compare
from workbook.judging import judge
from workbook.lessons import find_lesson
from workbook.observing import observe
from workbook.structure import (
    LAYERS,
    NO_WEIGHTS,
    OTHER_COUNT,
    difference,
    layers_in_words,
    tell_layers,
    tell_rest,
)

STEM, BIGGER = "a kernel of shape (7, 7, 3, 32)", "a kernel of shape (5, 5, 3, 32)"
NORM, OTHER_NORM = "a batch normalization over 32 channels", "a batch normalization over 16 channels"
BIAS = "a bias of shape (32,)"
DENSE = "a kernel of shape (100, 10)"


@pytest.mark.parametrize(
    ("expected", "got", "words"),
    [
        ([STEM, NORM], [NORM, STEM], ""),
        ([STEM, NORM], [BIGGER, NORM], f"Where {STEM} belongs, your model has {BIGGER}."),
        ([STEM, NORM], [STEM], f"Your model lacks {NORM}."),
        ([STEM, NORM, DENSE], [DENSE], f"Your model lacks 2 layers with weights (the first: {STEM})."),
        ([STEM], [STEM, STEM], f"Your model has {STEM} too many."),
        ([STEM, "a bias of shape (4,)"], [], f"Your model lacks {STEM}."),
        ([DENSE], ["a kernel of shape (5, 5, 4, 10)"], ""),
        (
            [DENSE],
            ["a kernel of shape (5, 4, 4, 10)"],
            f"Where {DENSE} belongs, your model has a kernel of shape (5, 4, 4, 10).",
        ),
        ([STEM, BIAS], [STEM], f"Your model lacks {BIAS}."),
        ([STEM, NORM], [STEM, NORM, BIAS], f"Your model has {BIAS} too many."),
        ([STEM, NORM], [STEM, BIAS], f"Your model lacks {NORM}."),
        ([STEM], [f"{STEM}, frozen"], f"Where {STEM} belongs, your model has {STEM}, frozen."),
        (
            [STEM, NORM],
            [OTHER_NORM, DENSE, BIGGER],  # the kernel is what stands in the kernel's place
            f"Where {STEM} belongs, your model has {BIGGER}. 2 more of its layers with weights differ, "
            "perhaps for this reason.",
        ),
    ],
)
def test_difference(expected: list[str], got: list[str], words: str) -> None:
    assert difference(expected, got) == words


def test_layers_of_a_model_in_words() -> None:
    workbook.start()
    import keras
    from keras import layers

    frozen = layers.Dense(5, trainable=False)
    model = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.Conv2D(4, 3),
            layers.BatchNormalization(),
            layers.DepthwiseConv2D(2, use_bias=False),
            layers.Dropout(0.5, seed=1),
            layers.Flatten(),
            frozen,
        ]
    )
    kernels = ["a kernel of shape (3, 3, 3, 4)", "a kernel of shape (2, 2, 4, 1)"]
    last = "a kernel of shape (100, 5), frozen"
    norm = "a batch normalization over 4 channels"
    bias = "a bias of shape (5,), frozen"
    assert sorted(layers_in_words(model)) == sorted([*kernels, last, norm, bias])
    assert sorted(layers_in_words(model, biases=True)) == sorted(
        [*kernels, last, norm, bias, "a bias of shape (4,)"]
    )


def test_normalizations_and_weights_of_ones_own_in_words() -> None:
    workbook.start()
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.BatchNormalization(scale=False),
            layers.BatchNormalization(scale=False, center=False),
            layers.BatchNormalization(trainable=False),
            layers.LayerNormalization(),
            layers.PReLU(shared_axes=(1, 2)),
        ]
    )
    assert layers_in_words(model) == [
        "a batch normalization over 3 channels without gamma",
        "a batch normalization over 3 channels without gamma and beta",
        "a batch normalization over 3 channels, frozen",
        "a normalization without moving averages over 3 channels",
        "a weight (alpha) of shape (1, 1, 3)",
    ]


def test_told_of_all_cases_and_never_of_what_does_not_pair_up() -> None:
    value = lambda layers, output: {"n": {LAYERS: layers}, "out": np.full((2, 2), output)}  # noqa: E731
    right = [value([STEM], 1.0), value([STEM, NORM], 2.0)]
    assert tell_layers(right, [value([STEM], 1.0), value([STEM], 2.0)]) == f"Your model lacks {NORM}."
    assert tell_layers(right, [value([STEM], 1.0), np.zeros(3)]) == ""
    assert tell_layers(right, right) == tell_rest(right, right) == ""
    assert tell_rest(right, [value([STEM], 1.0), value([STEM, NORM], 3.0)]) == NO_WEIGHTS
    assert tell_rest(right, [value([STEM], 9.0), value([STEM], 3.0)]) == ""
    junk = {"n": {LAYERS: [1, {"a": "b"}]}, "out": "text"}
    assert tell_layers(right, [junk, junk]) == tell_rest(right, [junk, junk]) == ""


def test_the_rest_is_told_where_the_number_of_parameters_agrees() -> None:
    value = lambda count, output: {  # noqa: E731
        "parameters": {"trainable": np.array(count), LAYERS: [STEM]},
        "out": np.full((2, 2), output),
    }
    assert tell_rest([value(30, 1.0)], [value(30, 2.0)]) == NO_WEIGHTS
    assert tell_rest([value(30, 1.0)], [value(29, 2.0)]) == OTHER_COUNT
    assert tell_rest([value(30, 1.0)], [value(29, 1.0)]) == ""


def test_what_is_told_only_is_never_judged() -> None:
    assert compare({"a": np.array(1), LAYERS: [STEM]}, {"a": np.array(1)}, 1e-5) is None
    assert compare({"a": np.array(1), LAYERS: [STEM]}, {"a": np.array(1), LAYERS: "junk"}, 1e-5) is None


def test_a_learner_reads_which_layer_differs() -> None:
    workbook.start()
    lesson = find_lesson("mobilenet")
    exercise = next(each for each in lesson.exercises if each.name == "depthwise_separable_block")

    def depthwise_separable_block(X, filters, strides=1):
        from keras import layers

        X = layers.DepthwiseConv2D(5, strides=strides, padding="same", use_bias=False)(X)
        X = layers.ReLU(6)(layers.BatchNormalization()(X))
        X = layers.Conv2D(filters, 1, use_bias=False)(X)
        return layers.ReLU(6)(layers.BatchNormalization()(X))

    report = judge(exercise, observe(exercise, depthwise_separable_block))
    words = "Where a kernel of shape (3, 3, 3, 1) belongs, your model has a kernel of shape (5, 5, 3, 1)."
    assert words in report.text()
    assert "_layers" not in report.text()
