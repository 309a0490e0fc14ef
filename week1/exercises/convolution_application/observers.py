"""How a network is looked at: its results under known weights, its sizes, what it trains."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook.known import known, known_pictures, set_usual_epsilon
from workbook.models import computed, needless_biases
from workbook.plain import plain


def role_of(variable: Any) -> str:
    """What a variable is for: "kernel", "bias", "gamma", ..."""
    return variable.path.split("/")[-1]


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


def set_weights(model: Any, biases: bool = False) -> None:
    """Gives a built model known weights, and its batch normalizations Keras's epsilon. Biases that change
    nothing become zero."""
    set_usual_epsilon(model)
    needless = set() if biases else needless_biases(model)
    for variable in model.variables:
        if "seed" not in variable.path:
            weight = known_weight(tuple(variable.shape), role_of(variable))
            variable.assign(np.zeros_like(weight) if variable.path in needless else weight)


def look_at_network(function: Callable, input_shape: tuple[int, int, int], *args: Any) -> Any:
    """What a network computes under known weights, in both modes: args are the function's own."""
    import keras

    model = function(*args)
    if not isinstance(model, keras.Model):
        return plain(model)
    X = 0.2 * known_pictures(3, input_shape)  # faint, so that a bias below 0 keeps a whole window below 0
    model(X[:1])  # builds a Sequential that was given no input shape
    seen = computed(model, X, set_weights=set_weights)
    return {"output shape": list(seen["in inference mode"].shape)[1:], **seen}


def look_at_model_of(function: Callable, input_shape: tuple[int, int, int], *args: Any) -> Any:
    """As look_at_network, for a function that takes the shape of the pictures first."""
    return look_at_network(function, input_shape, input_shape, *args)
