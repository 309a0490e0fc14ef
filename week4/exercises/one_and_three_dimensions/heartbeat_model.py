"""Checks for heartbeat_model: four convolutions along time, and the largest number of each channel."""

from typing import Any

from workbook import Exercise, case
from workbook.slips import switched

from .observers import SLIPS_OF_BOTH, look_at_network

SIGNAL_LAYERS = ((16, 15, 2), (24, 9, 3), (32, 9, 3), (32, 9, 2))
"""Kernels, their length and the stride of each layer of heartbeat_model."""


def heartbeat_model(
    input_shape: tuple[int, int],
    classes: int,
    *,
    layers_: tuple = SIGNAL_LAYERS,
    padding: str = "same",
    relus: tuple[int, ...] = (0, 1, 2, 3),
    ceiling: float | None = None,
    pooling: str = "max",
    strided: str = "by the convolution",
    dropout: float = 0.0,
    activation: str | None = "softmax",
) -> Any:
    """Signals (m, n, channels) to probabilities (m, classes): four convolutions, the largest of each channel."""
    import keras
    from keras import layers

    X = inputs = keras.Input(input_shape)
    for i, (filters, f, stride) in enumerate(layers_):
        by_pooling = strided == "by pooling"
        X = layers.Conv1D(filters, f, strides=1 if by_pooling else stride, padding=padding)(X)
        X = layers.ReLU(ceiling)(X) if i in relus else X
        X = layers.MaxPooling1D(stride)(X) if by_pooling else X
    ends = {
        "max": layers.GlobalMaxPooling1D,
        "average": layers.GlobalAveragePooling1D,
        "flatten": layers.Flatten,
    }
    if pooling.startswith("after"):
        X = layers.Dense(classes)(X)
        X = layers.Softmax()(X) if pooling == "after the softmax" else X
        X = layers.GlobalMaxPooling1D()(X)
        return keras.Model(inputs, X if pooling == "after the softmax" else layers.Softmax()(X))
    if pooling == "over channels":
        X = keras.ops.max(X, axis=-1)
    else:
        X = X[:, -1] if pooling == "last" else ends[pooling]()(X)
    X = layers.Dropout(dropout)(X) if dropout else X
    return keras.Model(inputs, layers.Dense(classes, activation=activation)(X))


heartbeats = Exercise(
    name="heartbeat_model",
    points=10,
    difficulty=2,
    minutes=15,
    cases=[
        case("one channel, four classes", (240, 1), 4),
        case("two electrodes, a length that no stride divides", (229, 2), 5),
    ],
    observe=look_at_network,
    gives="a Keras model",
    reference=heartbeat_model,
    tolerance=2e-4,
    slow=True,
    mistakes=switched(
        heartbeat_model,
        {
            "the argument classes is ignored: it is always 3": {"classes": 3},
            **SLIPS_OF_BOTH,
            "the last convolution has no ReLU": {"relus": (0, 1, 2)},
            "only the first convolution has a ReLU": {"relus": (0,)},
            "the mean over time is taken: here it is the largest number, for a beat is over in a moment": {
                "pooling": "average"
            },
            "the maps are flattened: here each channel gives its largest number": {"pooling": "flatten"},
            "the largest number of each moment is taken, over the channels: here each channel gives its largest number, "
            "over time": {"pooling": "over channels"},
            "the largest number is taken after the dense layer: first that of each channel, then the dense layer and the softmax": {
                "pooling": "after the dense layer"
            },
            "the largest number is taken after the softmax, so that the classes do not add up to 1: first that of each channel, "
            "then the dense layer and the softmax": {"pooling": "after the softmax"},
            "pooling layers make the maps shorter: here the convolutions do it, by their strides": {
                "strided": "by pooling"
            },
            "only the last moment is looked at: here each channel gives its largest number": {
                "pooling": "last"
            },
            "the padding is all in the past ('causal'): here it is 'same'": {"padding": "causal"},
            "all convolutions have stride 1": {
                "layers_": tuple((filters, f, 1) for filters, f, _ in SIGNAL_LAYERS)
            },
            "all convolutions have stride 2": {
                "layers_": tuple((filters, f, 2) for filters, f, _ in SIGNAL_LAYERS)
            },
            "the strides are in another order: it is 2, 3, 3, 2": {
                "layers_": tuple(
                    (filters, f, stride)
                    for (filters, f, _), stride in zip(SIGNAL_LAYERS, (2, 2, 3, 3), strict=True)
                )
            },
            "the last convolution has stride 3: here it is 2": {"layers_": (*SIGNAL_LAYERS[:3], (32, 9, 3))},
            "all kernels have the length 9: the first convolution's have 15": {
                "layers_": ((16, 9, 2), *SIGNAL_LAYERS[1:])
            },
            "the last convolution is missing": {"layers_": SIGNAL_LAYERS[:3]},
            "the number of kernels and their length are exchanged: Conv1D(filters, kernel_size)": {
                "layers_": tuple((f, filters, stride) for filters, f, stride in SIGNAL_LAYERS)
            },
        },
    ),
    hints=[
        "keras.layers has Conv1D and GlobalMaxPooling1D: as in 2-D, with one number where there were two.",
        "model.summary() for input_shape (600, 1): 300, 100, 34, 17 samples, with 16, 24, 32, 32 channels.",
        "If the parameters are right and the outputs are not, look at what has none: strides, padding, ReLU, "
        "the pooling, the softmax.",
        "layers.Conv1D(filters, f, strides=stride, padding='same', activation='relu'), four times; then "
        "layers.GlobalMaxPooling1D() and layers.Dense(classes, activation='softmax').",
    ],
    idea="The largest number over time: the network takes a window of any length, and an event anywhere in it.",
    try_next="Build it for (1200, 1) in place of (600, 1) and compare count_params(): what stays, and why?",
)
