"""Checks for pointwise_convolution: a dense layer at every pixel."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.known import known_pictures, with_a_strong_one
from workbook.models import block_model, in_training
from workbook.slips import by_words

from .observers import positional, set_lively_weights


def look_at_pointwise(function: Callable, input_shape: tuple[int, ...], filters: int) -> Any:
    """The shape, the number of parameters and what comes out, under known weights and biases."""
    import keras

    model = block_model(positional(function, filters), input_shape)
    if not isinstance(model, keras.Model):
        return model
    set_lively_weights(model, biases=True)
    X = with_a_strong_one(known_pictures(2, input_shape))
    output = np.asarray(model(X, training=False))
    return {
        "output shape": list(output.shape)[1:],
        "parameters, biases included": model.count_params(),
        "output": output,
        "in training mode": in_training(model, X, output),
    }


def pointwise_convolution(X: Any, filters: int, slip: str = "") -> Any:
    """A 1x1 convolution with biases, then ReLU (Lin, Chen & Yan 2013); ``slip`` makes the mistakes."""
    from keras import layers

    if slip == "flat":
        return layers.Dense(filters, activation="relu")(layers.Flatten()(X))
    if slip == "columns":
        return layers.Permute((3, 2, 1))(
            layers.Conv2D(filters, 1, activation="relu")(layers.Permute((3, 2, 1))(X))
        )
    if slip == "channels first":
        return layers.Conv2D(X.shape[-1], filters, 1, activation="relu")(X)
    if slip == "depthwise":
        return layers.DepthwiseConv2D(1, activation="relu")(X)
    if slip == "averaged":
        X = layers.GlobalAveragePooling2D(keepdims=True)(X)
    if slip == "relu first":
        return layers.Conv2D(filters, 1)(layers.ReLU()(X))
    window = {"3x3": 3, "window": filters, "exchanged": filters, "exchanged, no padding": filters}.get(
        slip, 1
    )
    X = layers.Conv2D(
        {"n_C": X.shape[-1], "window": X.shape[-1]}.get(slip, 1 if "exchanged" in slip else filters),
        window,
        strides=2 if slip == "stride" else 1,
        padding="valid" if slip == "exchanged, no padding" else "same",
        use_bias=slip != "no bias",
    )(X)
    if slip == "ReLU6":
        return layers.ReLU(6.0)(X)
    if slip == "norm":
        X = layers.BatchNormalization()(X)
    if slip == "dropout":
        return layers.Dropout(0.3)(layers.ReLU()(X))
    activation = slip if slip in ("sigmoid", "softmax", "tanh") else "relu"
    return X if slip == "no relu" else layers.Activation(activation)(X)


EXCHANGED = "filters and window are exchanged: Conv2D takes the number of filters first, then the window"
POINTWISE_SLIPS = {
    "there is no ReLU after the convolution": "no relu",
    "the ReLU stands before the convolution and not after it": "relu first",
    "there is a sigmoid in place of the ReLU": "sigmoid",
    "there is a softmax in place of the ReLU": "softmax",
    "there is a tanh in place of the ReLU": "tanh",
    "there is a ReLU6 in place of the ReLU": "ReLU6",
    "the window is 3x3. Here it sees one pixel only, 1x1": "3x3",
    EXCHANGED: "exchanged",
    "Conv2D gets the channels that come in as its first argument. It finds them in X: Conv2D(filters, 1)": (
        "channels first"
    ),
    "the convolution has no biases": "no bias",
    "filters is ignored, and as many channels come out as came in": "n_C",
    "each channel is multiplied by itself (a depthwise convolution). A 1x1 convolution mixes the channels": (
        "depthwise"
    ),
    "the picture is flattened before the dense layer, which then sees all pixels at once": "flat",
    "the layer works along the height and not along the channels, which are the last axis": "columns",
    "the pixels are averaged first, so that all places get the same answer": "averaged",
    "the stride is 2. Here every pixel gets an answer": "stride",
    "there is a batch normalization between convolution and ReLU. It comes later, not here": "norm",
    "there is a dropout. Here convolution and ReLU are all": "dropout",
}

pointwise = Exercise(
    name="pointwise_convolution",
    points=7,
    difficulty=1,
    minutes=10,
    cases=lambda rng: [
        case("fewer channels out than in", (5, 7, int(rng.integers(6, 9))), int(rng.integers(3, 6))),
        case("more channels out than in", (4, 3, int(rng.integers(2, 4))), int(rng.integers(5, 9))),
        case("a single pixel", (1, 1, int(rng.integers(5, 8))), int(rng.integers(2, 5))),
    ],
    observe=look_at_pointwise,
    gives="a Keras tensor",
    reference=pointwise_convolution,
    tolerance=1e-4,
    time_limit=30,
    slow=True,
    mistakes=[
        *by_words(
            {
                words: functools.partial(pointwise_convolution, slip=slip)
                for words, slip in POINTWISE_SLIPS.items()
            }
        ),
        *by_words(
            {
                EXCHANGED: functools.partial(pointwise_convolution, slip="exchanged, no padding")
            }  # as Keras has it
        ),
    ],
    hints=[
        "A convolution has a window. How large is it when the answer at a pixel depends on that pixel alone?",
        "Conv2D(filters, 1) looks at one pixel and all its channels. Which activation does the text ask for?",
        "If the shape is right and the output is wrong, look at the activation; if the number of parameters is "
        "wrong, look at the window and the biases.",
        "return Conv2D(filters, ..., activation=...)(X)",
    ],
    idea="Dense(filters, activation='relu')(X) passes this check too. The lesson shows why.",
    try_next="Put (-1, 2, -1) into the first column of W, where the three filters are made by hand: where in the "
    "picture of a hand is there more green than the mean of red and blue?",
)
