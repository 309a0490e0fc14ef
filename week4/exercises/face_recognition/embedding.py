"""Checks for embedding_model: a network that gives vectors of length 1."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.models import known_pictures, observe_network, without_a_mode
from workbook.slips import switched

LAYERS = ((24, 2), (48, 2), (72, 1), (96, 2), (96, 1))
"""Filters and stride of each convolution."""


def embedding_model(
    input_shape: tuple[int, int, int],
    dimensions: int,
    *,
    unit: str = "L2",
    relus: int = 5,
    norm: bool = True,
    relu_first: bool = False,
    relu_twice: bool = False,
    layers_: tuple[tuple[int, int], ...] = LAYERS,
    pooling: str = "average",
    dense_relu: bool = False,
    dense_bias: bool = True,
    ceiling: float | None = None,
    mode: bool | None = None,
) -> Any:
    """Five convolutions, a dense layer, and a vector of length 1 for each picture."""
    import keras
    from keras import layers, ops

    X = inputs = keras.Input(input_shape)
    for i, (filters, stride) in enumerate(layers_):
        X = layers.Conv2D(
            filters, 3, strides=stride, padding="same", use_bias=False, kernel_initializer="zeros"
        )(X)
        X = layers.ReLU(ceiling)(X) if relu_first or relu_twice else X
        X = layers.BatchNormalization()(X, training=mode) if norm else X
        X = layers.ReLU(ceiling)(X) if i < relus and not relu_first else X
    if pooling == "average":
        X = layers.AveragePooling2D(2)(X)
    elif pooling == "max":
        X = layers.MaxPooling2D(2)(X)
    X = layers.GlobalAveragePooling2D()(X) if pooling == "global" else layers.Flatten()(X)
    how = {"activation": "relu" if dense_relu else None, "use_bias": dense_bias}
    X = layers.Dense(dimensions, kernel_initializer="zeros", **how)(X)
    if unit == "L2":
        X = layers.UnitNormalization()(X)
    elif unit == "squared":
        X = X / ops.sum(X**2, axis=-1, keepdims=True)
    elif unit == "L1":
        X = X / ops.sum(ops.abs(X), axis=-1, keepdims=True)
    elif unit == "sum":
        X = X / ops.sum(X, axis=-1, keepdims=True)
    elif unit == "all":
        X = X / ops.sqrt(ops.sum(X**2))
    elif unit == "batch":
        X = X / ops.sqrt(ops.sum(X**2, axis=0, keepdims=True))
    elif unit == "softmax":
        X = layers.Softmax()(X)
    return keras.Model(inputs, X)


def look_at_embedding(network: Callable, input_shape: tuple[int, int, int], **kwargs: Any) -> Any:
    """What a network computes under known weights, in both modes, and whether without a mode it is as in use."""
    made: list[Any] = []

    @functools.wraps(network)
    def kept(*args: Any, **more: Any) -> Any:
        made.append(network(*args, **more))
        return made[-1]

    seen = observe_network(kept, input_shape, **kwargs)
    if not isinstance(seen, dict) or "in training mode" not in seen:
        return seen
    return seen | {"where no mode is given": without_a_mode(made[-1], known_pictures(3, input_shape)[2:])}


the_network = Exercise(
    name="embedding_model",
    points=15,
    difficulty=2,
    minutes=20,
    cases=[
        case("pictures higher than wide", (32, 16, 3), dimensions=5),
        case("grey pictures, more dimensions", (16, 32, 1), dimensions=8),
    ],
    reference=embedding_model,
    observe=look_at_embedding,
    gives="a Keras model",
    tolerance=2e-4,
    slow=True,
    mistakes=switched(
        embedding_model,
        {
            "the output is not scaled to length 1": {"unit": "none"},
            "the output's absolute values add up to 1: divide by the root of the sum of squares": {
                "unit": "L1"
            },
            "the length is taken over the batch: it belongs to each row, along the last axis": {
                "unit": "batch"
            },
            "the output is a softmax: an embedding has no classes": {"unit": "softmax"},
            "the output is divided by the square of its length: take the root": {"unit": "squared"},
            "there is no ReLU after the convolutions": {"relus": 0},
            "the last convolution has no ReLU": {"relus": 4},
            "there is no batch normalization": {"norm": False},
            "batch normalization has training=True, so that it works as in training where no mode is given: give it none": {
                "mode": True
            },
            "the ReLU stands before the batch normalization: it comes after it": {"relu_first": True},
            "there is a ReLU before the batch normalization too, in the convolution perhaps: it has one after it alone": {
                "relu_twice": True
            },
            "the length is taken of the whole batch at once: each row has its own, along the last axis": {
                "unit": "all"
            },
            "the vector is divided by the sum of its numbers: divide by the root of the sum of squares": {
                "unit": "sum"
            },
            "the dense layer has a ReLU, so half of the sphere is never used": {"dense_relu": True},
            "the dense layer has no biases. It has them, as by default": {"dense_bias": False},
            "the activations are ReLU6, which cuts off at 6. Here they are ReLU": {"ceiling": 6.0},
            "max pooling stands where average pooling belongs": {"pooling": "max"},
            "the pooling is forgotten": {"pooling": "none"},
            "each map gives its mean over the whole picture: pool 2x2 and flatten": {"pooling": "global"},
            "all five convolutions have stride 2": {"layers_": tuple((each, 2) for each, _ in LAYERS)},
            "the strides are in another order: it is 2, 2, 1, 2, 1": {
                "layers_": tuple(
                    (filters, stride) for (filters, _), stride in zip(LAYERS, (2, 2, 2, 1, 1), strict=True)
                )
            },
            "the argument dimensions is ignored: it is always 64": {"dimensions": 64},
        },
    ),
    hints=[
        "model.summary() shows the shapes: for 48x48 pictures the last convolution gives 6 x 6 x 96.",
        "Each convolution: no activation, then batch normalization, then ReLU. The dense layer has none.",
        "If the parameters are right and the numbers are not, look at what has none: strides, pooling, the "
        "scaling to length 1.",
        "End with keras.layers.UnitNormalization()(X).",
    ],
    idea="On the unit sphere a squared distance lies between 0 and 4, whatever the picture.",
    try_next="Print embedding_model((48, 48, 3), 64).count_params() and the same for 8 dimensions, and "
    "find the layer that makes the difference.",
)
