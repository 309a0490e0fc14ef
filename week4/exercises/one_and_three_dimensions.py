"""Checks for week4/one_and_three_dimensions: convolution along one axis and along three, and a network for each.

References see all windows at once; mistakes go from window to window, as a learner does, with one slip in
them. The networks take switches, and a mistake there is a reference with a switch thrown.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.models import in_training, known, known_pictures, parameters, with_a_strong_one
from workbook.plain import plain
from workbook.slips import by_slip, switched

TOLERANCE = 1e-5  # sums of about a hundred float32 products of order 1 are off by about 1e-6

# --- convolution along any number of axes ---------------------------------------------------------------


def conv_reference(x: Any, w: Any, b: Any, stride: Any, padding: Any) -> np.ndarray:
    """x (m, *sizes, c_prev), w (*f, c_prev, c), b (c,): the windows of all axes at once, valid after padding."""
    rank = w.ndim - 2
    strides, paddings = np.broadcast_to(stride, rank), np.broadcast_to(padding, rank)
    x = np.pad(x, [(0, 0), *((p, p) for p in paddings), (0, 0)])
    views = np.lib.stride_tricks.sliding_window_view(x, w.shape[:rank], tuple(range(1, rank + 1)))
    views = views[(slice(None), *(slice(None, None, s) for s in strides))]
    return np.tensordot(views, np.moveaxis(w, -2, 0), rank + 1) + np.reshape(b, -1)


ORDERS = {
    "reversed": (2, 1, 0),
    "two first swapped": (1, 0, 2),
    "two last swapped": (0, 2, 1),
    "depth last": (2, 0, 1),
    "first for all": (0, 0, 0),
}


def three(numbers: Any, slip: str, what: str) -> list[int]:
    """The numbers along the axes, in another order where the slip says so: "strides: reversed"."""
    name, _, how = slip.partition(": ")
    numbers = [int(n) for n in np.reshape(numbers, -1)]
    return [numbers[i] for i in ORDERS[how]] if name == what else numbers


def padded(x: np.ndarray, paddings: list[int], slip: str) -> np.ndarray:
    """x with its borders of zeros, with a slip."""
    sides = {"one side": (0, 1), "near side": (2, 0)}.get(slip, (1, 1))
    widths = [(sides[0] * p, sides[1] * p) for p in paddings]
    if slip == "first axis not padded":
        widths[0] = (0, 0)
    batch = channels = (0, 0)
    if slip == "batch too":
        batch = (paddings[0], paddings[0])
    if slip == "channels too":
        channels = (paddings[0], paddings[0])
    return np.pad(x, [batch, *widths, channels], mode="edge" if slip == "edge" else "constant")


def conv_with(slip: str) -> Callable:
    """A convolution, window by window, with one slip; a slip of "" has none."""

    def convolve(x: Any, w: Any, b: Any, stride: Any, padding: Any) -> np.ndarray:
        rank = w.ndim - 2
        f, (c_prev, c) = w.shape[:rank], w.shape[rank:]
        strides, paddings = three(stride, slip, "strides"), three(padding, slip, "paddings")
        if slip == "stride ignored":
            strides = [1] * rank
        if slip == "first axis not strided":
            strides[0] = 1
        if slip == "no padding":
            paddings = [0] * rank
        if slip == "same":
            paddings = [(k - 1) // 2 for k in f]
        x_pad = padded(x, paddings, slip)
        counted = [0 if slip == "padding not counted" else p for p in paddings]
        sizes = [
            x_pad.shape[1 + i]
            if slip not in ("padding not counted", "counted once")
            else x.shape[1 + i] + (counted[i] if slip == "counted once" else 2 * counted[i])
            for i in range(rank)
        ]
        rounding = math.ceil if slip == "ceil" else math.floor
        n_out = [
            rounding((n - k) / s) + (slip != "no + 1") for n, k, s in zip(sizes, f, strides, strict=True)
        ]
        z = np.zeros((len(x_pad), *n_out, c))
        turned = {"flipped": rank, "depth turned": 1}.get(slip, 0)
        kernels = w[(slice(None, None, -1),) * turned]
        for place in np.ndindex(*z.shape[:-1]):
            if slip == "first example" and place[0] > 0:
                break
            step = strides if slip == "taps apart" else [1] * rank
            starts = (
                place[1:]
                if slip in ("taps apart", "not in place")
                else [i * s for i, s in zip(place[1:], strides, strict=True)]
            )
            ends = [a + k * d for a, k, d in zip(starts, f, step, strict=True)]
            where = tuple(slice(a, e, d) for a, e, d in zip(starts, ends, step, strict=True))
            window = x_pad[place[0]][(*where, slice(0, c_prev))]
            if window.shape != w.shape[:-1]:  # it sticks out
                grown = [(0, want - got) for want, got in zip(w.shape[:-1], window.shape, strict=True)]
                window = np.pad(window, grown)
            z[place] = [
                _one(window, kernels[..., 0 if slip == "first kernel" else k], slip) for k in range(c)
            ]
        if slip == "over the batch":
            z[:] = z.sum(axis=0)
        z += {"no bias": 0, "bias at each tap": math.prod(w.shape[:-1]), "bias at each slice": len(w)}.get(
            slip, 1
        ) * {
            "first bias": b[0],
            "sum of biases": np.sum(b),
        }.get(slip, b)
        if slip == "last window":
            for axis in range(1, rank + 1):
                z[(slice(None),) * axis + (-1,)] = 0
        if slip == "relu":
            return np.maximum(z, 0)
        if slip == "depth summed away":
            return z.sum(axis=1)
        if slip == "depth last":
            return np.moveaxis(z, 1, 3)
        return z

    return convolve


def conv1d_with(slip: str) -> Callable:
    """A convolution of signals with one slip: "all axes: ..." where x is padded along every axis, which raises the
    error that belongs to a way of multiplying."""
    if not slip.startswith("all axes: "):
        return conv_with(slip)
    way = slip.removeprefix("all axes: ")

    def convolve(x: Any, w: Any, b: Any, stride: Any, padding: Any) -> np.ndarray:
        f, _, c = w.shape
        x_pad = np.pad(x, padding)
        z = np.zeros((len(x_pad), (x.shape[1] + 2 * padding - f) // stride + 1, c))
        for i in range(z.shape[1]):
            window = x_pad[:, i * stride : i * stride + f]
            if way == "einsum":
                z[:, i] = np.einsum("mfc,fck->mk", window, w) + b
            elif way == "tensordot":
                z[:, i] = np.tensordot(window, w, 2) + b
            else:
                z[:, i] = np.stack([[(one * w[..., k]).sum() + b[k] for k in range(c)] for one in window])
        return z

    return convolve


def _one(window: np.ndarray, kernel: np.ndarray, slip: str) -> float:
    """One window and one kernel: a number."""
    if slip == "first channel":
        window, kernel = window[..., :1], kernel[..., :1]
    if slip == "first slice":
        window, kernel = window[:1], kernel[:1]
    if slip == "middle slice":
        middle = slice(len(kernel) // 2, len(kernel) // 2 + 1)
        window, kernel = window[middle], kernel[middle]
    products = window * kernel
    return {"mean": products.mean, "largest": products.max}.get(slip, products.sum)()


SLIPS = {
    "stride ignored": "the window moves by 1 at each step, whatever the stride is",
    "not in place": "the size counts on the stride, but the windows begin 1 apart: window i begins at i * stride",
    "last window": "the last place of each axis stays 0: the loops run over all places of the output",
    "taps apart": "the stride spreads the kernel's numbers apart (a dilation): it should move the window",
    "no padding": "padding is ignored",
    "same": "the padding is made so that the size stays ((f - 1) // 2), whatever the argument padding says",
    "one side": "the zeros stand at the far end only: each side needs them",
    "near side": "all 2 * padding zeros stand at the near end: half of them belong at the far end",
    "counted once": "padding is counted once in the output size: there are zeros on both sides, so 2 * padding",
    "padding not counted": "the output size is that of the input before the padding: n + 2 * padding goes in",
    "batch too": "the batch is padded too: that adds empty examples",
    "channels too": "the channels are padded too: the last axis should keep its length",
    "edge": "the border repeats the last numbers in place of zeros",
    "flipped": "the kernel is turned round before use: networks leave it as it is",
    "ceil": "the output size is rounded up: a window that sticks out does not count",
    "no + 1": "the output size lacks the + 1: the window's first place counts too",
    "first channel": "only the first channel of the input is used: sum over all of them",
    "first kernel": "kernel 0 is used for every output channel",
    "first bias": "the bias of kernel 0 is used for every output channel",
    "sum of biases": "the sum of all biases is added to each output channel: kernel k has its own, b[k]",
    "no bias": "the bias is forgotten",
    "bias at each tap": "the bias is added to every product before the sum: it belongs to the sum, once",
    "first example": "only the first example of the batch is convolved",
    "over the batch": "the sum runs over the examples too, so that all of them get the same: each has its own",
    "mean": "the mean of the products is taken in place of their sum",
    "largest": "the largest product is taken in place of their sum",
    "relu": "negative results become 0: the activation comes later, not here",
}
ALL_AXES = "np.pad(x, padding) pads all axes, the batch and the channels too: give it a pair for each axis"
SLIPS_1D = {
    "bias at each slice": "the bias is added for each tap of the kernel, f times: it belongs to the whole sum, once",
    "all axes: einsum": ALL_AXES,
    "all axes: tensordot": ALL_AXES,
    "all axes: products": ALL_AXES,
}
SLIPS_3D = {
    "strides: reversed": "the strides are read as (width, height, depth): the order is (depth, height, width)",
    "strides: depth last": "the strides are read as (height, width, depth): the order is (depth, height, width)",
    "strides: two first swapped": "the strides of depth and height are exchanged",
    "strides: two last swapped": "the strides of height and width are exchanged",
    "strides: first for all": "the stride of the depth is used along all three axes",
    "paddings: reversed": "the paddings are read as (width, height, depth): the order is (depth, height, width)",
    "paddings: depth last": "the paddings are read as (height, width, depth): the order is (depth, height, width)",
    "paddings: two first swapped": "the paddings of depth and height are exchanged",
    "paddings: two last swapped": "the paddings of height and width are exchanged",
    "paddings: first for all": "the padding of the depth is used along all three axes",
    "bias at each slice": "the bias is added for each slice of the kernel, f_D times: it belongs to the whole sum, once",
    "depth turned": "the kernel is turned round along the depth: networks leave it as it is",
    "first axis not padded": "the depth is not padded: it is an axis like height and width",
    "first axis not strided": "the stride of the depth is ignored: it is an axis like height and width",
    "first slice": "only the kernel's first slice is used, on one slice of the volume: sum over the depth too",
    "middle slice": "only the kernel's middle slice is used, on one slice of the volume: sum over the depth too",
    "depth summed away": "the results are added up along the depth: the kernel slides along it, the axis stays",
    "depth last": "the depth is the third axis of the result: it should be the first after the batch",
}


def signals(rng: np.random.Generator) -> list:
    def drawn(m: int, n: int, f: int, c_prev: int, c: int) -> tuple:
        return rng.normal(size=(m, n, c_prev)), rng.normal(size=(f, c_prev, c)), rng.normal(size=c)

    line = np.array([1.0, 2, 0, 3, 1]).reshape(1, 5, 1)
    return [
        case("the example of the text", line, np.array([1.0, 0, -1]).reshape(3, 1, 1), np.array([0.5]), 2, 1),
        case("one signal, one kernel", *drawn(1, 14, 5, 1, 1), stride=1, padding=0),
        case("three signals, two channels in, four out", *drawn(3, 9, 3, 2, 4), stride=1, padding=0),
        case("padding 2", *drawn(2, 7, 3, 2, 3), stride=1, padding=2),
        case("stride 3 with a remainder", *drawn(2, 12, 4, 3, 2), stride=3, padding=0),
        case("stride 2, padding 1, an even kernel", *drawn(2, 9, 2, 2, 3), stride=2, padding=1),
        case("a kernel as long as the signal", *drawn(2, 5, 5, 2, 2), stride=2, padding=0),
    ]


def volumes(rng: np.random.Generator) -> list:
    def drawn(m: int, n: tuple, f: tuple, c_prev: int, c: int) -> tuple:
        return rng.normal(size=(m, *n, c_prev)), rng.normal(size=(*f, c_prev, c)), rng.normal(size=c)

    cube = np.zeros((1, 3, 2, 2, 1))
    cube[0, :, :, :, 0] = [[[1, 2], [3, 4]], [[0, 1], [0, 2]], [[5, 0], [1, 1]]]
    kernel = np.zeros((2, 1, 2, 1, 1))
    kernel[:, 0, :, 0, 0] = [[1, 0], [0, -1]]
    ones, none = (1, 1, 1), (0, 0, 0)
    return [
        case("the example of the text", cube, kernel, np.array([0.5]), ones, none),
        case("a cube and a cube", *drawn(1, (5, 5, 5), (3, 3, 3), 1, 1), stride=ones, padding=none),
        case(
            "depth, height and width unlike, two volumes",
            *drawn(2, (3, 4, 6), (2, 3, 4), 2, 3),
            stride=ones,
            padding=none,
        ),
        case("strides unlike", *drawn(2, (6, 7, 9), (2, 2, 2), 2, 2), stride=(1, 2, 3), padding=none),
        case("paddings unlike", *drawn(2, (3, 4, 4), (2, 3, 3), 2, 2), stride=ones, padding=(2, 1, 0)),
        case(
            "stride and padding in all three",
            *drawn(2, (5, 4, 7), (3, 1, 2), 3, 2),
            stride=(2, 3, 1),
            padding=(1, 0, 2),
        ),
    ]


# --- the networks -----------------------------------------------------------------------------------------

SIGNAL_LAYERS = ((16, 15, 2), (24, 9, 3), (32, 9, 3), (32, 9, 2))
"""Kernels, their length and the stride of each layer of heartbeat_model."""

CLIP_LAYERS = ((8, (1, 2, 2)), (16, (1, 2, 2)), (32, (2, 2, 2)))
"""Kernels and stride (depth, height, width) of each layer of action_model; every kernel is 3 x 3 x 3."""


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


def action_model(
    input_shape: tuple[int, int, int, int],
    classes: int,
    *,
    layers_: tuple = CLIP_LAYERS,
    f: Any = 3,
    padding: str = "same",
    relus: tuple[int, ...] = (0, 1, 2),
    ceiling: float | None = None,
    pooling: str = "average",
    swap: bool = False,
    dropout: float = 0.0,
    activation: str | None = "softmax",
) -> Any:
    """Clips (m, n_D, n_H, n_W, channels) to probabilities (m, classes): three convolutions, and the mean."""
    import keras
    from keras import layers

    X = inputs = keras.Input(input_shape)
    X = layers.Permute((2, 1, 3, 4))(X) if swap else X
    for i, (filters, stride) in enumerate(layers_):
        X = layers.Conv3D(filters, f, strides=stride, padding=padding)(X)
        X = layers.ReLU(ceiling)(X) if i in relus else X
    ends = {
        "max": layers.GlobalMaxPooling3D,
        "average": layers.GlobalAveragePooling3D,
        "flatten": layers.Flatten,
    }
    X = layers.GlobalAveragePooling2D()(X[:, -1]) if pooling == "last" else ends[pooling]()(X)
    X = layers.Dropout(dropout)(X) if dropout else X
    return keras.Model(inputs, layers.Dense(classes, activation=activation)(X))


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


NO_DROPOUT = "there is a dropout, which the table does not have"

# --- the exercises ----------------------------------------------------------------------------------------

conv1d_forward = Exercise(
    name="conv1d_forward",
    points=10,
    difficulty=2,
    minutes=20,
    cases=signals,
    reference=conv_reference,
    tolerance=TOLERANCE,
    mistakes=by_slip(conv1d_with, SLIPS | SLIPS_1D),
    hints=[
        "How many places does the window have? Count them for n = 7, f = 3, stride 2 on your fingers, then write "
        "the formula.",
        "Pad the middle axis only: a pair for each axis, ((0, 0), (padding, padding), (0, 0)).",
        "If stride 1 passes and stride 3 fails, look at where a window begins (i * stride) and at rounding down.",
        "One window of the whole batch is x_pad[:, i * stride : i * stride + f], of shape (m, f, c_prev). "
        "np.tensordot(window, w, 2) multiplies it by all kernels and sums: (m, c).",
    ],
    idea="Take height away from week 1's conv_forward, and this is what is left. Nothing else has changed.",
    try_next="Print conv1d_forward(np.array([2.0, 2, 2, 5, 5]).reshape(1, 5, 1), np.array([-1.0, 1]).reshape(2, 1, "
    "1), np.zeros(1), 1, 0)[0, :, 0], and say first what becomes of the flat pieces.",
)

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
            "the output has no softmax: it gives no probabilities": {"activation": None},
            "the output has a sigmoid for each class: a softmax lets them add up to 1": {
                "activation": "sigmoid"
            },
            "there is no ReLU after the convolutions": {"relus": ()},
            "the last convolution has no ReLU": {"relus": (0, 1, 2)},
            "the activations are ReLU6, which cuts off at 6. Here they are ReLU": {"ceiling": 6.0},
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
            "the convolutions have no padding: padding='same' is missing": {"padding": "valid"},
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
            NO_DROPOUT: {"dropout": 0.3},
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

conv3d_forward = Exercise(
    name="conv3d_forward",
    points=15,
    difficulty=3,
    minutes=25,
    cases=volumes,
    reference=conv_reference,
    tolerance=TOLERANCE,
    time_limit=20,
    mistakes=by_slip(conv_with, SLIPS | SLIPS_3D),
    hints=[
        "Three sizes, each by the same formula with its own f, stride and padding: (depth, height, width).",
        "np.pad takes five pairs here, and the first and the last are (0, 0). Then three loops, d, h, w.",
        "If the cube passes and 'strides unlike' fails, write next to each stride which axis it belongs to; if "
        "'paddings unlike' fails alone, do the same there.",
        "A window of the whole batch is x_pad[:, d0 : d0 + f_D, h0 : h0 + f_H, w0 : w0 + f_W] with d0 = d * s_D "
        "and so on; np.tensordot(window, w, 4) sums over depth, height, width and channels: (m, c).",
    ],
    idea="With f_D = 1 this is a 2-D convolution of every slice by itself. How few letters make the difference!",
    try_next="Turn the kernel of the example by hand over in depth, w[::-1], and work out the four numbers "
    "before you run it.",
)

actions = Exercise(
    name="action_model",
    points=15,
    difficulty=2,
    minutes=20,
    cases=[
        case("frames, rows and columns unlike", (7, 16, 19, 1), 4),
        case("clips in colour, a single class more", (5, 9, 8, 3), 7),
        case("a clip of one frame", (1, 8, 12, 1), 3),
    ],
    observe=look_at_network,
    gives="a Keras model",
    reference=action_model,
    tolerance=2e-4,
    slow=True,
    mistakes=switched(
        action_model,
        {
            "the argument classes is ignored: it is always 6": {"classes": 6},
            "the output has no softmax: it gives no probabilities": {"activation": None},
            "the output has a sigmoid for each class: a softmax lets them add up to 1": {
                "activation": "sigmoid"
            },
            "there is no ReLU after the convolutions": {"relus": ()},
            "the last convolution has no ReLU": {"relus": (0, 1)},
            "the activations are ReLU6, which cuts off at 6. Here they are ReLU": {"ceiling": 6.0},
            "the largest number is taken: here it is the mean over all frames and places": {"pooling": "max"},
            "the maps are flattened: here each channel gives its mean": {"pooling": "flatten"},
            "only the last frame is looked at: here the mean runs over all of them": {"pooling": "last"},
            "the kernels are 1 x 3 x 3: each frame is looked at by itself, and nothing sees the motion": {
                "f": (1, 3, 3)
            },
            "the kernels are 3 x 1 x 1: they see time, and no picture": {"f": (3, 1, 1)},
            "the convolutions have no padding: padding='same' is missing": {"padding": "valid"},
            "all three convolutions have stride 2 in time as well: the first two keep all frames": {
                "layers_": tuple((filters, 2) for filters, _ in CLIP_LAYERS)
            },
            "no convolution has a stride in time: the last one's is 2 along all three axes": {
                "layers_": tuple((filters, (1, 2, 2)) for filters, _ in CLIP_LAYERS)
            },
            "the strides are written as (height, width, time): time comes first": {
                "layers_": tuple((filters, stride[::-1]) for filters, stride in CLIP_LAYERS)
            },
            "the first convolution has stride 2 in time, and the last one has none: it is the other way round": {
                "layers_": tuple(
                    (filters, stride)
                    for (filters, _), (_, stride) in zip(CLIP_LAYERS, CLIP_LAYERS[::-1], strict=True)
                )
            },
            "all convolutions have stride 1": {"layers_": tuple((filters, 1) for filters, _ in CLIP_LAYERS)},
            "frames and rows are exchanged before the convolutions": {"swap": True},
            NO_DROPOUT: {"dropout": 0.3},
        },
    ),
    hints=[
        "keras.layers has Conv3D and GlobalAveragePooling3D. Sizes and strides are (time, height, width).",
        "model.summary() for input_shape (12, 24, 24, 1): 12 x 12 x 12 x 8, 12 x 6 x 6 x 16, 6 x 3 x 3 x 32.",
        "If the parameters are right and the outputs are not, look at what has none: the strides and their order, "
        "padding, ReLU, the pooling, the softmax.",
        "layers.Conv3D(filters, 3, strides=stride, padding='same', activation='relu') for the three rows of the "
        "table; then layers.GlobalAveragePooling3D() and layers.Dense(classes, activation='softmax').",
    ],
    idea="A kernel of three frames knows before and after. That is all it takes to see which way things go.",
    try_next="Build it for (24, 24, 24, 1) and compare count_params() with that for 12 frames; then "
    "find out what has doubled.",
)
