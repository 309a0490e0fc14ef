"""Checks for dense_to_convolutional: the same classifier as a convolution."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.models import known, known_pictures
from workbook.plain import Other, plain
from workbook.slips import switched

from .sliding import TOLERANCE

CLASSIFIERS = {
    "lesson": ((16, 12, 3), "two rounds"),
    "tanh": ((9, 11, 2), "average"),
    "strides": ((15, 13, 1), "overlapping"),
}
"""The shapes of the windows, (h, w, n_C), and what is in front of Flatten."""


def classifier(kind: str, sizes: tuple[int, ...]) -> Any:
    """A classifier of windows under known weights; sizes are filters and units, drawn for each check."""
    import keras
    from keras import layers

    shape, front = CLASSIFIERS[kind]
    a, b, c, classes = sizes
    fronts = {
        "two rounds": lambda: [
            layers.Conv2D(a, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(b, 2, activation="relu"),
            layers.MaxPooling2D(2),
        ],
        "average": lambda: [layers.Conv2D(a, (2, 4)), layers.AveragePooling2D(2)],
        "overlapping": lambda: [
            layers.Conv2D(b, 3, strides=2, activation="tanh"),
            layers.MaxPooling2D(3, strides=2),
        ],
    }
    ends = {
        "lesson": lambda: [layers.Dense(c, activation="relu"), layers.Dense(classes, activation="softmax")],
        "tanh": lambda: [
            layers.Dense(c, activation="tanh"),
            layers.Dense(a, activation="relu"),
            layers.Dense(classes, activation="sigmoid"),
        ],
        "strides": lambda: [layers.Dense(classes, activation="softmax")],
    }
    model = keras.Sequential([keras.Input(shape), *fronts[front](), layers.Flatten(), *ends[kind]()])
    for weight in model.variables:
        size = tuple(weight.shape)
        spread = 0.5 if len(size) == 1 else math.sqrt(2 / math.prod(size[:-1]))
        weight.assign(spread * known(size, "classifier"))
    return model


def dense_to_convolutional(
    model: Any,
    *,
    any_size: bool = True,
    reshape: Callable = lambda kernel, h, w, c: kernel.reshape(h, w, c, -1),
    bias: str = "copied",
    fresh: tuple[str, ...] = (),
    window: Callable = lambda h, w: (h, w),
    activation: Callable = lambda own, last, first: own,
    softmax_axis: int | tuple[int, ...] = -1,
    padding: str | None = None,
    pool_padding: str | None = None,
    pool_strides: bool = True,
    conv_strides: bool = True,
    pooling: str | None = None,
    tiled: bool = False,
    end: Callable | None = None,
    more: bool = False,
    spoil: bool = False,
) -> Any:
    """The same classifier with convolutions in place of its dense layers (Sermanet et al. 2013, section 3.5).

    bias     "copied", "zero" or "none"
    fresh    which layers get new weights: "convolutions", "dense"
    more     whether a ReLU follows each layer in front of Flatten
    spoil    whether the given model loses its last activation
    """
    import keras
    from keras import layers

    inputs = X = keras.Input((None, None, model.input_shape[3]) if any_size else model.input_shape[1:])
    shape = None
    for layer in model.layers:
        config = layer.get_config()
        if isinstance(layer, layers.Flatten):
            shape = layer.input.shape[1:]
        elif isinstance(layer, layers.Dense):
            kernel, b = layer.get_weights()
            h, w, c = shape or (1, 1, len(kernel))
            wanted = activation(config["activation"], layer is model.layers[-1], shape is not None)
            axis = softmax_axis if wanted == "softmax" else -1
            convolution = layers.Conv2D(
                layer.units,
                window(h, w),
                strides=(h, w) if tiled and shape else 1,
                padding=padding or "valid",
                use_bias=bias != "none",
                activation=None if axis != -1 else wanted,
            )
            X = convolution(X)
            if axis != -1:
                X = layers.Softmax(axis)(X)
            if "dense" not in fresh:
                kernel = reshape(kernel, h, w, c)
                biases = [] if bias == "none" else [b if bias == "copied" else np.zeros_like(b)]
                convolution.set_weights([kernel, *biases])
            shape = None
        else:
            changed = {}
            if isinstance(layer, layers.Conv2D) and not conv_strides:
                changed["strides"] = (1, 1)
            if "pool_size" in config:
                changed |= {"padding": pool_padding} if pool_padding else {}
                changed |= {} if pool_strides else {"strides": None}
            kind = {"max": layers.MaxPooling2D}.get(pooling) if "pool_size" in config else None
            copy = (kind or type(layer)).from_config(config | changed)
            X = layers.ReLU()(copy(X)) if more else copy(X)
            if "convolutions" not in fresh:
                copy.set_weights(layer.get_weights())
    if spoil:
        model.layers[-1].activation = keras.activations.linear
    return keras.Model(inputs, end(X) if end else X)


def largest_of_map(X: Any) -> Any:
    """One answer for a whole picture."""
    from keras import layers

    return layers.GlobalMaxPooling2D()(X)


def mean_of_map(X: Any) -> Any:
    from keras import layers

    return layers.GlobalAveragePooling2D()(X)


def look_at_conversion(function: Callable, kind: str, sizes: tuple[int, ...], larger: tuple[int, int]) -> Any:
    """What the new model computes for pictures larger than the window, and what has become of the old one."""
    import keras

    model = classifier(kind, sizes)
    h, w, n_C = model.input_shape[1:]
    windows = known_pictures(3, (h, w, n_C))
    before = [np.array(weight) for weight in model.get_weights()]
    X = known_pictures(2, (h + larger[0], w + larger[1], n_C))
    right = np.asarray(dense_to_convolutional(classifier(kind, sizes))(X))
    new = function(model)
    if not isinstance(new, keras.Model):
        return plain(new)
    return {
        "the map of larger pictures": map_or_reason(new, X, right, before),
        "number of parameters": sum(math.prod(v.shape) for v in new.variables if "seed" not in v.path),
        "the given classifier, afterwards": np.asarray(model(windows, training=False)),
    }


def map_or_reason(new: Any, X: np.ndarray, right: np.ndarray, weights: list[np.ndarray]) -> Any:
    """The map, or in words why there is none to be compared.

    New weights are random, and so is a map made with them: it is not worth looking at. Then the words say which
    of the given weights are nowhere to be found.
    """
    try:
        scores = np.asarray(new(X, training=False))
    except (ValueError, TypeError):
        wanted = getattr(new, "input_shape", None)
        if isinstance(wanted, tuple) and None not in wanted[1:]:
            return Other("nothing", "nothing: the new model takes pictures of one size only")
        raise
    if scores.shape == right.shape and np.allclose(scores, right, atol=1e-3):
        return scores
    found = [np.sort(np.ravel(variable)) for variable in new.variables]
    missing = [
        i
        for i, weight in enumerate(weights)
        if not any(
            each.shape == (weight.size,) and np.allclose(each, np.sort(weight, None)) for each in found
        )
    ]
    kinds = sorted({("bias" if weights[i].ndim == 1 else "kernel") + f" {i // 2 + 1}" for i in missing})
    if not missing:
        return scores
    return Other(
        "map", f"one with other weights: the given classifier's {', '.join(kinds)} cannot be found in it"
    )


TRANSPOSED = "the dense kernel is transposed before it is reshaped. Its units are the last axis already"
NEW_DENSE = (
    "the convolutions that replace the dense layers keep the weights that they were born with. Copy those of the "
    "dense layers: set_weights"
)

convert = Exercise(
    name="dense_to_convolutional",
    points=18,
    difficulty=4,
    minutes=35,
    cases=lambda rng: [
        case("a classifier like the lesson's", "lesson", (4, 5, 6, 3), (11, 18)).weighing(2),
        case(
            "three dense layers with tanh, ReLU and sigmoid, average pooling",
            "tanh",
            tuple(rng.permutation([3, 4, 5, 7]).tolist()),
            (6, 3),
        ),
        case(
            "a convolution with stride 2, a pooling that overlaps, one dense layer",
            "strides",
            tuple(rng.permutation([3, 4, 5, 6]).tolist()),
            (14, 9),
        ),
    ],
    observe=look_at_conversion,
    gives="a Keras model",
    reference=dense_to_convolutional,
    tolerance=TOLERANCE,
    time_limit=60,
    slow=True,
    mistakes=switched(
        dense_to_convolutional,
        {
            "the new model still wants pictures of the window's size. Its input is (None, None, channels)": {
                "any_size": False
            },
            "the dense kernel is unrolled as (channels, h, w). Flatten puts the channels last: (h, w, channels, "
            "units)": {"reshape": lambda k, h, w, c: k.reshape(c, h, w, -1).transpose(1, 2, 0, 3)},
            "height and width are swapped in the reshaped kernel: Flatten goes through the rows first": {
                "reshape": lambda k, h, w, c: k.reshape(w, h, c, -1).transpose(1, 0, 2, 3)
            },
            TRANSPOSED: {"reshape": lambda k, h, w, c: k.T.reshape(h, w, c, -1)},
            f"{TRANSPOSED} (In the first dense layer)": {
                "reshape": lambda k, h, w, c: (k if h == w == 1 else k.T).reshape(h, w, c, -1)
            },
            "height and width are exchanged in the first convolution's window, and in its kernel: it is (h, w)": {
                "window": lambda h, w: (w, h),
                "reshape": lambda k, h, w, c: k.reshape(w, h, c, -1),
            },
            "the kernel is turned by 180 degrees. Keras's convolution does not turn it back: leave it": {
                "reshape": lambda k, h, w, c: k.reshape(h, w, c, -1)[::-1, ::-1]
            },
            "the new convolutions have no biases": {"bias": "none"},
            "the biases of the dense layers are not copied: they stay those of new layers": {"bias": "zero"},
            NEW_DENSE: {"fresh": ("dense",)},
            "the first convolutions are built anew and not given their weights": {"fresh": ("convolutions",)},
            "no weights are copied at all: the new model starts from scratch": {
                "fresh": ("convolutions", "dense")
            },
            "the activations of the dense layers are lost": {"activation": lambda own, last, first: None},
            "the activation of the last layer is lost: its numbers are no probabilities": {
                "activation": lambda own, last, first: None if last else own
            },
            "the activations of the dense layers before the last are lost": {
                "activation": lambda own, last, first: own if last else None
            },
            "every dense layer before the last becomes a convolution with ReLU. Take over layer.activation": {
                "activation": lambda own, last, first: own if last else "relu"
            },
            "the convolution that replaces the first dense layer always has a ReLU. Take over layer.activation": {
                "activation": lambda own, last, first: "relu" if first else own
            },
            "the convolution that replaces the first dense layer always has a ReLU, the others a softmax. Take over "
            "layer.activation": {"activation": lambda own, last, first: "relu" if first else "softmax"},
            "every dense layer before the last becomes a convolution with ReLU, and the last one gets a softmax. Take over "
            "layer.activation": {"activation": lambda own, last, first: "softmax" if last else "relu"},
            "the last layer always gets a softmax. Take over layer.activation": {
                "activation": lambda own, last, first: "softmax" if last else own
            },
            "the last layer always gets a sigmoid. Take over layer.activation": {
                "activation": lambda own, last, first: "sigmoid" if last else own
            },
            "the softmax runs over the rows of the map. It runs over the channels, at each place by itself": {
                "softmax_axis": 1
            },
            "the softmax runs over the columns of the map. It runs over the channels, at each place by itself": {
                "softmax_axis": 2
            },
            "the softmax runs over the whole map at once. It runs over the channels, at each place by itself": {
                "softmax_axis": (1, 2, 3)
            },
            "the convolution that replaces the first dense layer has padding='same': it looks beyond the "
            "edge, where no window fits": {"padding": "same"},
            "the poolings have padding='same'. Copy them as they are": {"pool_padding": "same"},
            "the strides of a pooling are lost: it moves by its own size. Copy it as it is": {
                "pool_strides": False
            },
            "the strides of a convolution are lost: it moves by 1. Copy it as it is": {"conv_strides": False},
            "every pooling becomes a max pooling. Copy it as it is": {"pooling": "max"},
            "the first dense layer's convolution moves by the size of its own window. Its stride is 1": {
                "tiled": True
            },
            "the new model gives one answer for a whole picture. A map is asked for": {"end": largest_of_map},
            "the new model gives the mean of the map, one answer for a whole picture. A map is asked for": {
                "end": mean_of_map
            },
            "a ReLU follows the convolutions and poolings. They have the activations that they need: call them as "
            "they are": {"more": True},
            "the given classifier is changed: its last activation is gone. Leave it as it is": {
                "spoil": True
            },
        },
    ),
    hints=[
        "Convolutions and poolings do not ask how large a picture is. Which layer does? What does a dense layer "
        "see, if you look at what comes into Flatten?",
        "Walk through model.layers. Before Flatten: take the layer as it is. Flatten: note the shape (h, w, c) of "
        "what comes in, and leave it out. The first dense layer: Conv2D(units, (h, w)). The others: Conv2D(units, 1).",
        "If the shape of the map is wrong, look at paddings and strides. If the shape is right and the numbers are "
        "wrong, look at the order of the kernel's axes, at the biases, at the activations. If it raises at "
        "set_weights, compare the two shapes in the message: kernel.reshape(h, w, c, units).",
        "kernel, bias = layer.get_weights(); conv = Conv2D(layer.units, (h, w), activation=layer.activation); "
        "X = conv(X); conv.set_weights([kernel.reshape(h, w, -1, layer.units), bias]).",
    ],
    idea="The same trick turned ImageNet classifiers into networks for segmentation in 2014.",
    try_next="Predict the shape of dense_to_convolutional(classifier)(np.zeros((1, 32, 36, 3))), then run it: how many "
    "windows of 32 pixels fit into 36?",
)
