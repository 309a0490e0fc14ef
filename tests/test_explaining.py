"""What NumPy, Keras and TensorFlow raise at the usual slips: the error itself shows, with its usual cause."""

import os
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
    "crops of different shapes": (lambda A: np.array([A, A[:, :2]]), "An array wants parts of one shape"),
    "a row for one number": (lambda A: A.__setitem__((0, 0), [1, 2]), "One number is expected"),
    "axes of another array": (lambda A: A.transpose(0, 2, 1), "names each axis of the array once"),
    "nothing to stack": (lambda A: np.stack([]), "the list is empty"),
    "a dictionary that grows": (lambda A: [S.update({9: k}) for S in [{1: 1}] for k in S], "list(S)"),
    "a shape in three": (
        lambda A: [n_H for n_H, n_W, n_C in [A[None, None].shape]],
        "4 numbers, with m first",
    ),
    "a pair in three": (lambda A: [a for a, b, c in [(1, 2)]], "is not the number of values on the right."),
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
    "a power that is none": (lambda A: 1.5 ^ 2, "write x**2"),
    "an argument that is not given": (lambda A: 3 * None, "if x is None"),
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
    "a name that is given twice": (
        lambda k: k.keras.Model(k.X, k.layers.ReLU(name="c")(k.layers.ReLU(name="c")(k.X))),
        "Leave name= out",
    ),
    "a model that is called without anything": (
        lambda k: k.keras.Sequential([k.layers.RandomFlip()])(),
        "layer(X), not layer()",
    ),
    "a list of means": (lambda k: k.X - [0.4, 0.4, 0.4], "make an array of it first"),
    "a window where the stride stands": (
        lambda k: k.layers.Conv2D(3, 4, 1, strides=2),
        "strides is given twice",
    ),
    "heights that differ where layers join": (
        lambda k: k.layers.Concatenate()([k.X, k.taller]),
        "are joined",
    ),
    "the same with keras.ops": (lambda k: k.keras.ops.concatenate([k.X, k.taller]), "are joined"),
    "heights that differ where layers add": (
        lambda k: k.layers.Add()([k.X, k.taller]),
        "need the same shape",
    ),
    "the same with a plus": (lambda k: k.X + k.taller, "channels behind channels use concatenate"),
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
    "a gradient and a variable that are no pair": (
        lambda k: k.keras.optimizers.SGD().apply_gradients(k.tf.zeros(1), k.tf.Variable([0.0])),
        "a list of pairs",
    ),
    "Keras 2's input_shape": (lambda k: k.layers.Flatten().input_shape, "the shape of a tensor"),
    "the turned of a tensor": (lambda k: k.tf.zeros((2, 3)).T, "tf.transpose(A)"),
    "that of a variable": (lambda k: k.tf.Variable([[1.0]]).T, "tf.transpose(A)"),
    "a method of arrays": (lambda k: k.tf.zeros((2, 3)).reshape(6), "A tensor has no .reshape"),
    "one picture": (lambda k: k.model(np.zeros((5, 7, 3))), "axis of the batch is missing. A model takes"),
    "a list of pictures": (lambda k: k.model([np.zeros((5, 7, 3))] * 2), "np.stack(crops) makes one"),
    "a list of one picture": (
        lambda k: k.model([np.zeros((5, 7, 3))]),
        "np.stack(crops) makes one",
    ),
    "a gradient that is None": (lambda k: k.tf.square(None), "tape.watch(x)"),
    "a cost of NumPy": (lambda k: derived(k, lambda v: np.mean(v.numpy())), "tf.reduce_mean, not np.mean"),
    "a cost that is a number": (lambda k: derived(k, lambda v: float(v[0])), "no float()"),
    "a cost that is an array": (lambda k: derived(k, lambda v: v.numpy()), "no .numpy()"),
    "a picture of NumPy that is watched": (lambda k: watched(k, np.ones(3)), "tf.constant(x)"),
    "sparse labels with an axis": (
        lambda k: k.tf.nn.sparse_softmax_cross_entropy_with_logits(
            k.tf.zeros((2, 1), k.tf.int32), k.tf.zeros((2, 3))
        ),
        "have no last axis",
    ),
    "scores before boxes": (
        lambda k: k.tf.image.non_max_suppression(k.tf.zeros(3), k.tf.zeros((3, 4)), 5),
        "first the boxes",
    ),
    "an axis too many": (
        lambda k: k.tf.transpose(k.tf.zeros((2, 3)), (2, 0, 1)),
        "has 2 axes, and perm has 3 entries",
    ),
    "a pair that is not unpacked": (lambda k: k.tf.square(("conv", 0.2)), "unpack it first"),
    "a name among numbers": (lambda k: k.tf.reduce_mean(("conv", k.tf.zeros(2))), "Unpack that first"),
    "tensors of two shapes": (lambda k: k.tf.square([k.tf.zeros(2), k.tf.zeros(3)]), "one by one"),
    "Flatten of any size": (
        lambda k: k.layers.Dense(3)(k.layers.Flatten()(k.keras.Input((None, None, 3)))),
        "known height and width",
    ),
    "a model for a path": (lambda k: os.fspath(k.model), "are two arguments exchanged"),
    "a path for a picture": (lambda k: k.model("a.png"), "read that first"),
    "weights of another shape": (
        lambda k: k.small.layers[0].set_weights([np.zeros(8), np.zeros(2)]),
        "a reshape may do",
    ),
    "the output of a Sequential": (
        lambda k: k.keras.Sequential([k.keras.Input((4,)), k.layers.Dense(2)]).output,
        "Y = body(X)",
    ),
    "the input of a Sequential": (lambda k: k.keras.Sequential([k.layers.Dense(2)]).input, "model.inputs[0]"),
    "an optimizer of Keras 2": (lambda k: k.keras.optimizers.Adam().minimize(1.0, []), "apply_gradients"),
    "whole numbers for a convolution": (
        lambda k: k.tf.nn.conv2d(np.ones((1, 4, 4, 1), int), np.ones((2, 2, 1, 1), int), 1, "VALID"),
        "tf.cast(x, tf.float32)",
    ),
    "degrees for a share of a turn": (lambda k: k.layers.RandomRotation(72), "72 / 360"),
    "weights before there are any": (lambda k: k.layers.Dense(2).set_weights([np.ones(2)]), "or none yet"),
}


def derived(k: SimpleNamespace, cost: Callable) -> Any:
    v = k.tf.Variable([1.0, 2.0])
    with k.tf.GradientTape() as tape:
        J = cost(v)
    return tape.gradient(J, v)


def watched(k: SimpleNamespace, x: Any) -> None:
    with k.tf.GradientTape() as tape:
        tape.watch(x)


def _set(x: Any) -> None:
    x[0] = 2.0


def told(answer: Callable, argument: Any) -> str:
    """The error's text and its cause, as a check has them for a learner's function."""
    exercise = Exercise(name="f", points=1, cases=[case("one")], reference=lambda: 0)
    seen = observe_case(exercise, lambda: answer(argument), case("one"), 60)
    assert seen.outcome == RAISED
    assert not seen.error["text"].startswith("Exception encountered when calling")
    return explain(seen.error["type"], seen.error["text"], line=seen.error["line"])


@pytest.mark.parametrize(("answer", "cause"), ARRAYS.values(), ids=ARRAYS)
def test_slips_with_arrays(answer: Callable, cause: str) -> None:
    assert cause in told(answer, np.arange(6.0).reshape(2, 3))


@pytest.fixture(scope="module")
def k() -> SimpleNamespace:
    import keras
    import tensorflow as tf

    small = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    X, taller = keras.Input((5, 7, 3)), keras.Input((6, 7, 3))
    model = keras.Model(X, keras.layers.Conv2D(2, 3)(X))
    return SimpleNamespace(
        keras=keras, layers=keras.layers, tf=tf, X=X, taller=taller, small=small, model=model
    )


@pytest.mark.parametrize(("answer", "cause"), LAYERS.values(), ids=LAYERS)
def test_slips_with_layers_and_tensors(answer: Callable, cause: str, k: SimpleNamespace) -> None:
    assert cause in told(answer, k)


def test_a_call_that_fails_before_the_first_line_is_laid_to_the_parameters() -> None:
    missing = "f() missing 1 required positional argument: 's'"
    assert "keep the parameters of the exercise" in explain("TypeError", missing, inside=False)
    assert "What is called in this line also needs 's'" in explain("TypeError", missing)
    by_name = "f() got an unexpected keyword argument 'axis'"
    assert "needs a parameter called axis" in explain("TypeError", by_name, inside=False)


PAIRS = "apply_gradients wants a list of pairs"
NAMES = "The number of names on the left is not the number of values on the right."


@pytest.mark.parametrize(
    ("text", "line", "cause"),
    [
        ("(expected 2)", "optimizer.apply_gradients((g, v))", f"{PAIRS}: [(gradient, variable)]."),
        ("(expected 2)", "y, x = corner", NAMES),
        ("(expected 3)", "n_H, n_W, n_C = A.shape", "4 numbers, with m first"),
        ("(expected 3)", "a, b, c = box", NAMES),
        ("(expected 4)", "a, b, c, d = box", NAMES),
        ("(expected 2)", "", PAIRS),
        ("(expected 3)", "", "(Is it a shape?"),
    ],
)
def test_the_learners_line_tells_what_is_unpacked(text: str, line: str, cause: str) -> None:
    said = explain("ValueError", f"too many values to unpack {text}", line=line)
    assert said == cause if cause.endswith(".") else cause in said


def test_a_model_that_gets_a_list_of_one_picture_says_so_whatever_its_numbers() -> None:
    said = explain("ValueError", "Invalid input shape for input [[[0.3 0.8 0.3]")
    assert "np.stack(crops)" in said and "image[None]" in said


def test_a_number_for_a_type_is_laid_to_the_tape_where_there_is_one() -> None:
    text = "Cannot convert the argument `type_value`: 9.65 to a TensorFlow DType."
    assert explain("TypeError", text, line="g = tape.gradient(J, x)").startswith("The tape works on tensors")
    assert "If this is tape.gradient" in explain("TypeError", text)
    float_dtype = "'float' object has no attribute 'dtype'"
    assert explain("AttributeError", float_dtype, line="g = tape.gradient(J, [x])").startswith(
        "The tape works"
    )
    assert "np.array makes" in explain("AttributeError", float_dtype, line="print(x.dtype)")
