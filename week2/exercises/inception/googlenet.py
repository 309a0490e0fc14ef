"""Checks for googlenet: nine modules and three outputs."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.known import build_known
from workbook.models import extras, known_pictures, parameters, without_a_mode
from workbook.observing import standing_in
from workbook.plain import Other, plain
from workbook.quick_layers import quick_layers
from workbook.slips import by_words, switched

from .inception_module import convolution, inception_module
from .observers import set_lively_weights

TABLE = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
"""The six numbers of each module (Szegedy et al. 2015, table 1)."""


def googlenet(
    input_shape: tuple[int, int, int],
    classes: int,
    width: float = 1,
    *,
    rounding: Callable[[float], int] = int,
    table: dict[str, tuple[int, ...]] = TABLE,
    without: tuple[str, ...] = (),
    stride: int = 2,
    pool: dict[str, Any] | None = None,
    heads_after: tuple[str, str] = ("4a", "4d"),
    head_pool: str = "AveragePooling2D",
    head_strides: int = 3,
    head_end: str = "Flatten",
    head_relu: str | None = "relu",
    head_width: float | None = None,
    head_dense_width: float | None = None,
    onwards: str = "",
    end: str = "GlobalAveragePooling2D",
    dropped: tuple[float, float] = (0.4, 0.7),
    mode: bool | None = None,
    fewer_classes: bool = False,
    activations: tuple[str | None, str | None] = ("softmax", "softmax"),
    outputs: tuple[int, ...] = (0, 1, 2),
) -> Any:
    """GoogLeNet (Szegedy et al. 2015, table 1) with batch normalization, three outputs.

    without  what is left out: "pool 1" to "pool 4", "1x1", "norm", "head pool", "head 1x1", "head dense"
    onwards  what of the heads the main path goes on from: "pooled", "reduced" by the 1x1 convolution, or ""
    """
    import keras
    from keras import layers

    def n(filters: int, factor: float = width) -> int:
        return rounding(factor * filters)

    def unless(name: str, layer: Any, x: Any) -> Any:
        return x if name in without else layer(x)

    def halved(name: str, x: Any) -> Any:
        how = {"pool_size": 3, "strides": 2, "padding": "same"} | (pool or {})
        return unless(name, layers.MaxPooling2D(**how), x)

    def answer(x: Any, share: float, activation: str | None) -> Any:
        units = n(classes) if fewer_classes else classes
        x = layers.Dropout(share)(x, training=mode) if share else x
        return layers.Dense(units, activation=activation)(x)

    def head(x: Any) -> tuple[dict[str, Any], Any]:
        factor = width if head_width is None else head_width
        pooled = x
        if "head pool" not in without:
            pooled = getattr(layers, head_pool)(5, strides=head_strides, padding="same")(x)
        reduced = unless("head 1x1", lambda x: convolution(x, n(128, factor)), pooled)
        x = getattr(layers, head_end)()(reduced)
        units = n(1024, factor if head_dense_width is None else head_dense_width)
        dense = layers.Dense(units, activation=head_relu, kernel_initializer="zeros")
        return {"pooled": pooled, "reduced": reduced}, answer(
            unless("head dense", dense, x), dropped[1], activations[1]
        )

    inputs = keras.Input(input_shape)
    X = halved("pool 1", convolution(inputs, n(64), 7, stride))
    X = unless("1x1", lambda x: convolution(x, n(64)), X)
    X = halved("pool 2", convolution(X, n(192), 3))
    asides = {}
    for name, filters in table.items():
        X = inception_module(X, *map(n, filters))
        if name in heads_after:
            seen, asides[name] = head(X)
            X = seen.get(onwards, X)
        if name in ("3b", "4e"):
            X = halved("pool 3" if name == "3b" else "pool 4", X)
    main = answer(getattr(layers, end)()(X), dropped[0], activations[0])
    results = [main, asides[heads_after[0]], asides[heads_after[1]]]
    chosen = [results[i] for i in outputs]
    return keras.Model(inputs, chosen if len(chosen) > 1 else chosen[0])


def with_filters_of(name: str, other: str) -> dict[str, tuple[int, ...]]:
    """The table with one module taking the numbers of another."""
    return TABLE | {name: TABLE[other]}


def always_six(input_shape: tuple[int, int, int], classes: int, width: float = 1) -> Any:
    return googlenet(input_shape, 6, width)


def half_as_wide(input_shape: tuple[int, int, int], classes: int, width: float = 0.5) -> Any:
    return googlenet(input_shape, classes, width)


STEP = 0.01
"""What each feature adds to the first class's logit where dropped features are counted."""


def dropped_shares(model: Any, input_shape: tuple[int, ...], classes: int) -> np.ndarray:
    """Which share of the features before each output dropout sets to zero in training mode: (outputs,).

    Every feature is made 1, and each adds STEP to one logit. Dropout of a share r leaves some, times
    1 / (1 - r), so that logits differ by multiples of STEP / (1 - r).
    """
    for variable in model.variables:
        role, shape = variable.path.split("/")[-1], tuple(variable.shape)
        if "seed" in variable.path or "int" in str(variable.dtype):
            continue
        value = np.full(shape, float(role in ("beta", "bias", "moving_variance")), np.float32)
        if len(shape) > 1 and shape[-1] == classes:
            value[..., 0] = STEP
        variable.assign(value)
    outputs = _several(model(np.zeros((32, *input_shape), np.float32), training=True))
    return np.array([_dropped(np.asarray(output, np.float64)) for output in outputs])


def _dropped(output: np.ndarray) -> float:
    """The share that was dropped, from probabilities or logits (m, classes), to two digits."""
    logits = np.log(output) if np.allclose(output.sum(axis=1), 1, atol=1e-4) else output
    if logits.shape[1] < 2:  # one class alone: its probability is always 1
        return 0.0
    values = np.unique(np.round(logits[:, 0] - logits[:, 1], 4))
    return 0.0 if len(values) < 2 else round(1 - STEP / float(np.diff(values).min()), 2)


A_DICTIONARY = Other("Model", "a model whose outputs are a dictionary: give keras.Model a list of three")
PLACES = ("main output", "output after 4a", "output after 4d")


def light(X: Any, *filters: Any, **named: Any) -> Any:
    """A cheap layer in place of a module, where only the first convolution and the shapes are of interest."""
    from keras import layers

    given = (*filters, *named.values())  # a name may be among them
    numbers = [n for n in given if isinstance(n, int | np.integer)]
    one, _, three, _, five, pool = numbers[:6]
    return layers.Conv2D(one + three + five + pool, 1)(X)


def look_at_defaults(network: Callable, input_shape: tuple[int, ...], classes: int) -> Any:
    """A network called without a width: how wide its first convolution is, and the shapes of its outputs."""
    import keras

    with standing_in(network, {"inception_module": light}):
        model = network(input_shape, classes, **extras(network))
    if not isinstance(model, keras.Model):
        return plain(model)
    found = model(np.zeros((1, *input_shape), np.float32), training=False)
    if isinstance(found, dict):
        return A_DICTIONARY
    found = _several(found)
    first = [v.shape[-1] for v in model.trainable_variables if len(v.shape) == 4 and v.shape[0] == 7]
    return {
        "filters of the 7x7 convolution": first,
        "shapes of the outputs": [list(output.shape)[1:] for output in found],
    }


def look_at_network(
    network: Callable,
    input_shape: tuple[int, ...],
    classes: int,
    only_defaults: bool = False,
    only_size: bool = False,
    **kwargs: Any,
) -> Any:
    """Everything that a network with three outputs computes, only its parameters, or only what its defaults give."""
    import keras

    if only_defaults:
        return look_at_defaults(network, input_shape, classes)
    model = build_known(lambda: network(input_shape, classes, **kwargs, **extras(network)))
    if not isinstance(model, keras.Model):
        return plain(model)
    if only_size:
        with quick_layers():  # a subclass may make its weights only now
            model(np.zeros((1, *input_shape), np.float32), training=False)
        return {"parameters": parameters(model)}
    X, made = known_pictures(2, input_shape), len(model.variables)
    set_lively_weights(model)
    with quick_layers():
        found = model(X, training=False)
        if len(model.variables) > made:  # a subclass may make its weights only now
            set_lively_weights(model)
            found = model(X, training=False)
        if isinstance(found, dict):
            return A_DICTIONARY
        found = [np.asarray(output) for output in _several(found)]
        return {
            "number of outputs": len(found),
            "parameters": parameters(model),
            **dict(zip(PLACES, found, strict=False)),
            "where no mode is given": without_a_mode(model, X),
            "share of features dropped in training": dropped_shares(model, input_shape, classes),
        }


def _several(outputs: Any) -> list:
    return list(outputs) if isinstance(outputs, list | tuple) else [outputs]


network = Exercise(
    name="googlenet",
    points=20,
    difficulty=4,
    minutes=40,
    needs=("inception_module",),
    cases=[
        case(
            "64x80 grey pictures, 5 classes, a quarter as wide", (64, 80, 1), classes=5, width=0.25
        ).weighing(3),
        case("0.3 times as wide: its size", (64, 64, 1), classes=5, width=0.3, only_size=True),
        case("without a width, 7 classes", (64, 64, 3), classes=7, only_defaults=True),
    ],
    observe=look_at_network,
    gives="a Keras model",
    reference=googlenet,
    tolerance=1e-3,
    time_limit=120,
    slow=True,
    mistakes=[
        *switched(
            googlenet,
            {
                "only the main output comes back. Training needs all three": {"outputs": (0,)},
                "the main output comes last. The order is main, after 4a, after 4d": {"outputs": (1, 2, 0)},
                "the two auxiliary outputs are exchanged. The order is main, after 4a, after 4d": {
                    "outputs": (0, 2, 1)
                },
                "the auxiliary heads stand one module too late, after 4b and 4e": {
                    "heads_after": ("4b", "4e")
                },
                "the second auxiliary head stands one module too late, after 4e. It looks at the result of 4d": {
                    "heads_after": ("4a", "4e")
                },
                "both auxiliary heads look at the result of 4a. The second one looks at that of 4d": {
                    "heads_after": ("4a", "4a")
                },
                "the auxiliary outputs have no softmax": {"activations": ("softmax", None)},
                "the main output has no softmax": {"activations": (None, "softmax")},
                "the auxiliary heads have no average pooling": {"without": ("head pool",)},
                "the auxiliary heads take the maximum and not the average": {"head_pool": "MaxPooling2D"},
                "the pooling of the auxiliary heads has stride 5, the default of its window. It has 3": {
                    "head_strides": 5
                },
                "the auxiliary heads have no 1x1 convolution": {"without": ("head 1x1",)},
                "the auxiliary heads have no dense layer of 1024": {"without": ("head dense",)},
                "the dense layer of 1024 in the auxiliary heads has no ReLU": {"head_relu": None},
                "the auxiliary heads average over all places in place of flattening": {
                    "head_end": "GlobalAveragePooling2D"
                },
                "4b gets what the auxiliary head has pooled. Give the head a variable of its own": {
                    "onwards": "pooled"
                },
                "4b gets what the auxiliary head has pooled and reduced. Give the head a variable of its own": {
                    "onwards": "reduced"
                },
                "there is no dropout before the main output": {"dropped": (0, 0.7)},
                "there is no dropout before the auxiliary outputs": {"dropped": (0.4, 0)},
                "the shares of dropout are taken for what is kept: Dropout(0.4) drops 0.4": {
                    "dropped": (0.6, 0.3)
                },
                "dropout is 0.4 everywhere. In the auxiliary heads it is 0.7": {"dropped": (0.4, 0.4)},
                "dropout is 0.5 everywhere. It is 0.4 before the main output and 0.7 in the auxiliary heads": {
                    "dropped": (0.5, 0.5)
                },
                "dropout is 0.7 everywhere. Before the main output it is 0.4": {"dropped": (0.7, 0.7)},
                "the two shares of dropout are exchanged: 0.4 before the main output, 0.7 in the auxiliary heads": {
                    "dropped": (0.7, 0.4)
                },
                "the auxiliary heads drop 0.3 and keep 0.7. They drop 0.7": {"dropped": (0.4, 0.3)},
                "dropout works at all times: it has training=True. Give it no mode": {"mode": True},
                "width shrinks the number of classes as well: classes stays as it is": {
                    "fewer_classes": True
                },
                "the main path is flattened. It is averaged over all places": {"end": "Flatten"},
                "the main path takes the maximum over all places and not the average": {
                    "end": "GlobalMaxPooling2D"
                },
                "the max pooling after the first convolution is missing": {"without": ("pool 1",)},
                "the max pooling before 3a is missing": {"without": ("pool 2",)},
                "the max pooling between 3b and 4a is missing": {"without": ("pool 3",)},
                "the max pooling between 4e and 5a is missing": {"without": ("pool 4",)},
                "the max poolings have 2x2 windows. They have 3x3": {"pool": {"pool_size": 2}},
                "the max poolings have no padding. They need padding='same'": {"pool": {"padding": "valid"}},
                "the first convolution has stride 1. It has 2": {"stride": 1},
                "the 1x1 convolution before the 3x3 one with 192 filters is missing": {"without": ("1x1",)},
                "module 4c is missing": {"table": {k: v for k, v in TABLE.items() if k != "4c"}},
                "module 4e has the numbers of 4d": {"table": with_filters_of("4e", "4d")},
                "module 5b has the numbers of 5a": {"table": with_filters_of("5b", "5a")},
                "width is ignored": {"width": 1},
                "width times filters is rounded to the nearest number: int() rounds it down": {
                    "rounding": round
                },
                "width times filters is rounded up: int() rounds it down": {"rounding": math.ceil},
                "width is forgotten in the auxiliary heads: it shrinks their 128 and 1024 too": {
                    "head_width": 1
                },
                "width is forgotten in the dense layers of the auxiliary heads: it shrinks their 1024 too": {
                    "head_dense_width": 1
                },
            },
        ),
        *by_words(
            {
                "classes is ignored, and there are always 6": always_six,
                "the default of width is not 1: where no width is given, the network is as wide as the table says": (
                    half_as_wide
                ),
            }
        ),
    ],
    hints=[
        "Write the main path first, from top to bottom of the table, with a loop over MODULES. Where in that "
        "loop do the two auxiliary heads and the two poolings belong?",
        "A head starts from X and must not change it: auxiliary_head takes X and gives back an output, under "
        "names of its own. Flatten, then the dense layers.",
        "If only the parameters differ, compare numbers of filters, above all with width. If only the outputs "
        "differ, look at poolings: 3x3, stride 2, 'same' in the main path, 5x5, stride 3, 'same' in the heads.",
        "for name, filters in MODULES.items(): X = inception_module(X, *[int(width * n) for n in filters]); "
        "after '4a' and '4d' auxiliary.append(auxiliary_head(X)); after '3b' and '4e' pool.",
    ],
    idea="Two of the three outputs are cut off after training: in use they cost nothing.",
    try_next="Print the count_params() of googlenet((64, 64, 3), 6, width) for the widths 1, 0.5 and 0.25: "
    "does half the width leave half of the parameters, or a quarter?",
)
