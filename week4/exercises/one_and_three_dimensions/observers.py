"""What both networks share: what is looked at, and slips that both know."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook.models import in_training, known, known_pictures, parameters, with_a_strong_one
from workbook.plain import plain

SLIPS_OF_BOTH: dict[str, dict[str, Any]] = {
    "the output has no softmax: it gives no probabilities": {"activation": None},
    "the output has a sigmoid for each class: a softmax lets them add up to 1": {"activation": "sigmoid"},
    "there is no ReLU after the convolutions": {"relus": ()},
    "the activations are ReLU6, which cuts off at 6. Here they are ReLU": {"ceiling": 6.0},
    "the convolutions have no padding: padding='same' is missing": {"padding": "valid"},
    "there is a dropout, which the table does not have": {"dropout": 0.3},
}


def look_at_network(network: Callable, input_shape: tuple[int, ...], classes: int) -> Any:
    """What a network computes under known weights, and its number of parameters.

    A weight's numbers depend only on how many numbers it takes in and gives out, so that a convolution along
    one axis and one over pictures of height 1 get the same.
    """
    import keras

    model = network(input_shape=input_shape, classes=classes)
    if not isinstance(model, keras.Model):
        return plain(model)
    X = with_a_strong_one(known_pictures(3, input_shape))  # a ReLU6 cuts it off
    model(X[:1])  # builds a Sequential that was given no input shape
    for variable in model.weights:
        fan_in, fan_out = math.prod(variable.shape[:-1]), variable.shape[-1]
        size = np.sqrt(2 / fan_in) if len(variable.shape) > 1 else 0.3
        values = size * known((fan_in, fan_out), "weight").reshape(variable.shape)
        variable.assign(1 + abs(values) if variable.path.endswith("variance") else values)
    outputs = np.asarray(model(X, training=False))
    return {
        "output shape": list(outputs.shape)[1:],
        "parameters": parameters(model, biases=True),
        "outputs": outputs,
        "in training mode": in_training(model, X, outputs),
    }
