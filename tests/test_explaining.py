"""What NumPy, Keras and TensorFlow raise at the usual slips: the error itself shows, with its usual cause."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from workbook.exercise import Exercise, case
from workbook.explaining import explain
from workbook.observing import RAISED, observe_case

ARRAYS: dict[str, tuple[Callable[[np.ndarray], Any], str]] = {
    "comparisons without parentheses": (lambda A: A > 1 & A < 4, "parentheses around each comparison"),
    "parts of different shapes": (lambda A: np.stack([A, A[:1]]), "np.stack wants parts of one shape"),
    "a sum in place that grows": (lambda A: A.__iadd__(np.ones((2, 2, 3))), "print both shapes"),
    "a mask of another shape": (lambda A: A[np.ones(3, bool)], "A mask has the shape"),
    "the least of nothing": (lambda A: min([]), "nothing is left to choose from"),
    "a tensor product that does not fit": (lambda A: np.tensordot(A, A, 1), "tensordot multiplies axes"),
    "sizes that are no tuple": (lambda A: np.zeros(3, 4), "one tuple: np.zeros((3, 4))"),
    "a loop over a number": (lambda A: list(5), "range(n)"),
    "many numbers as one": (lambda A: A.item(), "print its shape"),
    "an argument that is misspelt": (lambda A: np.sum(A, axes=0), "has no argument axes"),
    "an argument too few": (lambda A: np.pad(A), "also needs 'pad_width'"),
    "an attribute of all items at once": (lambda A: [A].trainable, "A loop reaches them one by one"),
}

LAYERS: dict[str, tuple[Callable[[SimpleNamespace], Any], str]] = {
    "a window larger than the map": (lambda k: k.layers.MaxPooling2D(9)(k.X), "got smaller than the window"),
    "a reshape to another size": (lambda k: k.layers.Reshape((4, 4))(k.X), "keeps the number of values"),
    "a ReLU that is given its input": (lambda k: k.layers.ReLU(k.X), "two pairs of parentheses"),
    "a norm that is given its input": (
        lambda k: k.layers.BatchNormalization(k.X),
        "two pairs of parentheses",
    ),
    "a dense layer that is": (lambda k: k.layers.Dense(8, k.X), "two pairs of parentheses"),
    "a Flatten that is": (lambda k: k.layers.Flatten(k.X), "two pairs of parentheses"),
    "a layer that is not called": (
        lambda k: k.keras.Model(k.X, k.layers.Dense(3)),
        "two pairs of parentheses",
    ),
    "two inputs and no list": (lambda k: k.layers.Concatenate()(k.X, k.X), "Add()([a, b])"),
    "heights that differ where layers join": (
        lambda k: k.layers.Concatenate()([k.X, k.taller]),
        "are joined",
    ),
    "the same with keras.ops": (lambda k: k.keras.ops.concatenate([k.X, k.taller]), "are joined"),
    "heights that differ where layers add": (lambda k: k.layers.Add()([k.X, k.taller]), "Two branches"),
    "the same with a plus": (lambda k: k.X + k.taller, "Two branches"),
    "no way from input to output": (lambda k: k.keras.Model(k.X, k.taller), "No way of layers leads"),
    "stride without an s": (lambda k: k.layers.Conv2D(3, 3, stride=1), "Conv2D has no argument stride"),
    "a model without outputs": (lambda k: k.keras.Model(k.X), "keras.Model(inputs, outputs)"),
    "NumPy on a symbol": (lambda k: np.maximum(k.X, 0), "use Keras layers or keras.ops"),
    "TensorFlow on a symbol": (lambda k: k.tf.nn.relu(k.X) + k.tf.constant(1.0), "use Keras layers"),
    "a model for another shape": (lambda k: k.small(np.zeros((2, 5))), "another shape"),
    "an item of a tensor": (lambda k: _set(k.tf.constant([1.0])), "a tensor is never changed"),
    "whole numbers and floats": (lambda k: k.tf.constant(1.0) / k.tf.constant(2), "tf.cast"),
    "logits of another shape": (
        lambda k: k.tf.nn.sigmoid_cross_entropy_with_logits(k.tf.zeros((2, 1)), k.tf.zeros(2)),
        "takes an axis away",
    ),
    "classes as floats": (
        lambda k: k.tf.nn.sparse_softmax_cross_entropy_with_logits(k.tf.zeros(2), k.tf.zeros((2, 3))),
        "tf.int32",
    ),
    "one pair and no list": (
        lambda k: k.keras.optimizers.SGD().apply_gradients((k.tf.zeros(3), k.tf.Variable([0.0]))),
        "a list of pairs",
    ),
    "Keras 2's input_shape": (lambda k: k.layers.Flatten().input_shape, "the shape of a tensor"),
    "weights before there are any": (lambda k: k.layers.Dense(2).set_weights([np.ones(2)]), "or none yet"),
}


def _set(x: Any) -> None:
    x[0] = 2.0


def told(answer: Callable, argument: Any) -> str:
    """The error's text and its cause, as a check has them for a learner's function."""
    exercise = Exercise(name="f", points=1, cases=[case("one")], reference=lambda: 0)
    seen = observe_case(exercise, lambda: answer(argument), case("one"), 60)
    assert seen.outcome == RAISED
    assert not seen.error["text"].startswith("Exception encountered when calling")
    return explain(seen.error["type"], seen.error["text"])


@pytest.mark.parametrize(("answer", "cause"), ARRAYS.values(), ids=ARRAYS)
def test_slips_with_arrays(answer: Callable, cause: str) -> None:
    assert cause in told(answer, np.arange(6.0).reshape(2, 3))


@pytest.fixture(scope="module")
def k() -> SimpleNamespace:
    import keras
    import tensorflow as tf

    small = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    X, taller = keras.Input((5, 7, 3)), keras.Input((6, 7, 3))
    return SimpleNamespace(keras=keras, layers=keras.layers, tf=tf, X=X, taller=taller, small=small)


@pytest.mark.parametrize(("answer", "cause"), LAYERS.values(), ids=LAYERS)
def test_slips_with_layers_and_tensors(answer: Callable, cause: str, k: SimpleNamespace) -> None:
    assert cause in told(answer, k)


def test_a_call_that_fails_before_the_first_line_is_laid_to_the_parameters() -> None:
    missing = "f() missing 1 required positional argument: 's'"
    assert "keep the parameters of the exercise" in explain("TypeError", missing, inside=False)
    assert "What is called in this line also needs 's'" in explain("TypeError", missing)
    by_name = "f() got an unexpected keyword argument 'axis'"
    assert "needs a parameter called axis" in explain("TypeError", by_name, inside=False)
