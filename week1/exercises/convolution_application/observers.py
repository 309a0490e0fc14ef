"""How a network is looked at: its results under known weights, its sizes, what it trains."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook.known import known, known_pictures, set_usual_epsilon
from workbook.plain import plain
from workbook.structure import LAYERS, layers_in_words


def role_of(variable: Any) -> str:
    """What a variable is for: "kernel", "bias", "gamma", ..."""
    return variable.path.split("/")[-1]


def needless_biases(model: Any) -> set[str]:
    """Paths of biases as long as a moving mean: a batch normalization takes them away again, so that a
    network may have them or not."""
    lengths = {tuple(each.shape) for each in model.variables if role_of(each) == "moving_mean"}
    return {each.path for each in model.variables if role_of(each) == "bias" and tuple(each.shape) in lengths}


def known_weight(shape: tuple[int, ...], role: str) -> np.ndarray:
    """Known numbers for a weight. A kernel's depend on how many numbers it takes in and gives out only, so
    that a convolution over the whole map and a dense layer get the same."""
    values = known((math.prod(shape[:-1]), shape[-1]), role).reshape(shape)
    if role == "gamma":
        return 0.7 + 0.2 * np.tanh(values)
    if role == "moving_variance":
        return 2 + np.tanh(values)
    if role == "kernel":
        return values * np.sqrt(2 / math.prod(shape[:-1]))
    return values if role == "bias" else 0.3 * values


def set_weights(model: Any) -> dict[str, Any]:
    """Gives a built model known weights, and its batch normalizations Keras's epsilon.

    Returns how many parameters train and how many do not, without the biases that change nothing, and the
    layers that hold them.
    """
    set_usual_epsilon(model)
    needless = needless_biases(model)
    counts = {"trainable": 0, "not trainable": 0}
    trainable = {variable.path for variable in model.trainable_variables}
    for variable in model.variables:
        if "seed" in variable.path:
            continue
        shape = tuple(variable.shape)
        if variable.path in needless:
            variable.assign(np.zeros(shape))
            continue
        variable.assign(known_weight(shape, role_of(variable)))
        counts["trainable" if variable.path in trainable else "not trainable"] += math.prod(shape)
    return counts | {LAYERS: layers_in_words(model)}


def look_at_network(function: Callable, input_shape: tuple[int, int, int], *args: Any) -> Any:
    """What a network computes under known weights, in both modes: args are the function's own."""
    import keras

    model = function(*args)
    if not isinstance(model, keras.Model):
        return plain(model)
    X = 0.2 * known_pictures(3, input_shape)  # faint, so that a bias below 0 keeps a whole window below 0
    model(X[:1])  # builds a Sequential that was given no input shape
    counts = set_weights(model)
    inference = np.asarray(model(X, training=False))
    training = np.asarray(model(X, training=True))  # last, since it moves the statistics
    return {
        "output shape": list(inference.shape)[1:],
        "parameters": counts,
        "in inference mode": inference,
        "in training mode": training,
    }


def look_at_model_of(function: Callable, input_shape: tuple[int, int, int], *args: Any) -> Any:
    """As look_at_network, for a function that takes the shape of the pictures first."""
    return look_at_network(function, input_shape, input_shape, *args)
