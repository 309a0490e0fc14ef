"""Week 2: the tools and the pictures of the MobileNet lesson.

Call workbook.start() before you import this file: it quiets TensorFlow, which is loaded here.
Pictures are float32 arrays (m, n_H, n_W, n_C), labels are int64 arrays (m,).
"""

import time
from dataclasses import dataclass

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers

import helpers

DPI = 72
MARKERS = ["o", "s", "^", "D"]
HATCHES = ["", "//", "..", "xx", "--"]


# ---------------------------------------------------------------- counting


@dataclass(frozen=True)
class Step:
    """One convolution or dense layer of a network, for one picture.

    kind             "full", "1x1", "depthwise" or "dense"
    shape            of its output: (n_H, n_W, n_C), or (n,) for a dense layer
    multiplications  how many it takes
    """

    kind: str
    shape: tuple[int, ...]
    multiplications: int

    @property
    def numbers(self):
        """How many numbers come out."""
        return int(np.prod(self.shape))


def steps(model, input_shape):
    """The convolutions and dense layers of a Keras model, in the order in which they run: a list of Step.

    Read from the graph that TensorFlow makes of the model, so that it does not matter how it was written.
    input_shape: (n_H, n_W, n_C).
    """
    run = tf.function(lambda X: model(X, training=False))
    graph = run.get_concrete_function(tf.TensorSpec((1, *input_shape))).graph
    found = [_step(operation) for operation in graph.get_operations()]
    return [step for step in found if step is not None]


def _step(operation):
    """A Step, or None where the operation is something else than a convolution or a dense layer."""
    if operation.type not in ("Conv2D", "DepthwiseConv2dNative", "MatMul"):
        return None
    kernel = tuple(operation.inputs[1].shape)
    shape = tuple(operation.outputs[0].shape)[1:]
    kind = {"MatMul": "dense", "DepthwiseConv2dNative": "depthwise"}.get(operation.type)
    if kind is None:
        kind = "1x1" if kernel[:2] == (1, 1) else "full"
    return Step(kind, shape, int(np.prod(kernel) * np.prod(shape[:-1])))


def multiplications(model, input_shape):
    """How many multiplications a model takes for one picture of input_shape (n_H, n_W, n_C)."""
    return sum(step.multiplications for step in steps(model, input_shape))


# ---------------------------------------------------------------- measuring


def time_convolutions(channels, size=32, f=3, m=8, repeats=7):
    """Seconds for a standard and for a separable convolution, n_C to n_C channels: two lists.

    channels: the numbers of channels to try. Pictures: (m, size, size, n_C). Each is measured several times
    in turn, and the shortest time counts: whatever else the computer does only ever adds to it.
    """
    times = [], []
    for n_C in channels:
        X = tf.random.normal((m, size, size, n_C))
        standard, separable = _standard(n_C, f), _separable(n_C, f)
        both = [tf.function(layer) for layer in (standard, separable)]
        taken = np.array([[_seconds(layer, X) for layer in both] for _ in range(repeats)])
        for kind, best in zip(times, taken.min(axis=0), strict=True):
            kind.append(float(best))
    return times


def _standard(n_C, f):
    kernel = tf.random.normal((f, f, n_C, n_C))
    return lambda X: tf.nn.conv2d(X, kernel, 1, "SAME")


def _separable(n_C, f):
    depthwise, pointwise = tf.random.normal((f, f, n_C, 1)), tf.random.normal((1, 1, n_C, n_C))

    def apply(X):
        return tf.nn.conv2d(tf.nn.depthwise_conv2d(X, depthwise, (1, 1, 1, 1), "SAME"), pointwise, 1, "SAME")

    return apply


def _seconds(layer, X):
    begin = time.perf_counter()
    layer(X).numpy()
    return time.perf_counter() - begin


# ---------------------------------------------------------------- comparing with Keras


def mobilenet_v1(block, input_shape, classes):
    """MobileNet v1 of thirteen blocks, block(X, filters, strides). (Howard et al. 2017, table 1)"""
    inputs = keras.Input(input_shape)
    X = layers.Conv2D(32, 3, 2, padding="same", use_bias=False)(inputs)
    X = layers.ReLU(6)(layers.BatchNormalization()(X))
    plan = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]
    for filters, strides in plan:
        X = block(X, filters, strides)
    X = layers.GlobalAveragePooling2D()(X)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(X))


def compare(ours, theirs, input_shape, seed=1):
    """Gives theirs random weights, copies them to ours, and looks at both: two results.

    The difference of their numbers of parameters (biases aside, which batch normalization makes useless), and
    the largest difference of their outputs for three random pictures.
    """
    rng = np.random.default_rng(seed)
    ranges = {"gamma": (0.5, 1.5), "beta": (-0.5, 0.5), "moving_mean": (-0.5, 0.5), "moving_variance": (1, 2)}
    for role, variable in _weights(theirs):
        if role in ranges:
            variable.assign(rng.uniform(*ranges[role], variable.shape))
    missing = _size(ours) - _size(theirs)
    if missing == 0:
        _copy(theirs, ours)
    X = rng.normal(size=(3, *input_shape)).astype(np.float32)
    return missing, float(np.abs(ours(X, training=False) - theirs(X, training=False)).max())


def _weights(model):
    """(role, variable) of all weights but biases, in the model's order; every kernel has the role "kernel"."""
    named = [(variable.path.split("/")[-1], variable) for variable in model.weights]
    return [
        ("kernel" if "kernel" in role else role, variable)
        for role, variable in named
        if role != "bias" and "seed" not in variable.path
    ]


def _size(model):
    return sum(int(np.prod(variable.shape)) for _, variable in _weights(model))


def _copy(source, target):
    """Each weight of the target gets the next weight of the source that has the same role and shape; the
    1x1 convolution at the end of one may be the dense layer of the other."""
    waiting = {}
    for role, variable in _weights(source):
        waiting.setdefault((role, _squeezed(variable)), []).append(variable)
    for role, variable in _weights(target):
        variable.assign(np.reshape(waiting[role, _squeezed(variable)].pop(0), variable.shape))


def _squeezed(variable):
    return tuple(n for n in variable.shape if n != 1)


# ---------------------------------------------------------------- small networks for small pictures


def small_network(block, depth=1.0, width=1.0, resolution=1.0):
    """A small network of inverted residual blocks, block(X, filters, expansion, strides), and its input's side.

    depth, width and resolution multiply the blocks of a stage, the channels of each layer, and the side of
    the picture. With 1, 1, 1: a first convolution, three stages of one block, and pictures of 32x32.
    """
    size = round(32 * resolution)
    inputs = keras.Input((size, size, 3))
    X = _convolve(inputs, round(16 * width), 3, strides=2)
    for channels, strides in ((16, 1), (24, 2), (40, 2)):
        for i in range(round(depth)):
            X = block(X, round(channels * width), 4, strides if i == 0 else 1)
    X = layers.GlobalAveragePooling2D()(_convolve(X, round(160 * width), 1))
    return keras.Model(inputs, layers.Dense(6, activation="softmax")(X))


def _convolve(X, filters, f, strides=1):
    X = layers.Conv2D(filters, f, strides, padding="same", use_bias=False)(X)
    return layers.ReLU(6)(layers.BatchNormalization()(X))


def trained_network(block, factors, signs, epochs, pictures=None, seed=1):
    """A small network with these factors (depth, width, resolution), trained on signs; and its test accuracy.

    signs     what load_signs gives; pictures: how many of the training pictures are used, all where left out
    """
    keras.utils.set_random_seed(seed)
    model = small_network(block, *factors)
    helpers.set_momentum(model, 0.9)
    size = model.input_shape[1]
    X = resize(signs.X_train[:pictures], size)
    train(model, X, signs.y_train[:pictures], epochs, seed=seed)
    return model, helpers.accuracy(model, resize(signs.X_test, size), signs.y_test)


def resize(X, size):
    """Pictures (m, n_H, n_W, 3) of bytes as (m, size, size, 3), float32, with values from 0 to 1."""
    X = X.astype(np.float32) / 255
    return X if X.shape[1] == size else tf.image.resize(X, (size, size), antialias=True).numpy()


def train(model, X, y, epochs, peak=3e-3, batch_size=16, seed=1):
    """Trains a network on pictures X (m, n, n, 3) with labels y (m,).

    The last quarter of the epochs, at least one, shows the pictures as they are, those before augmented. At the
    end the moving statistics of the batch normalizations are counted again.
    """
    rng = np.random.default_rng(seed)
    count = len(X) // batch_size
    step = helpers.training_step(model, helpers.warm_up_cosine(peak, count, epochs * count))
    for epoch in range(epochs):
        order = rng.permutation(len(X))[: count * batch_size]
        augmented = epoch < epochs - max(1, epochs // 4)
        pictures = helpers.augment(X[order], rng) if augmented else X[order]
        for x, t in helpers.batches(pictures, y[order], batch_size):
            step(x, t)
    helpers.recalibrate(model, X[:432])


# ---------------------------------------------------------------- figures


def draw_two_steps(positions=5, channels=3):
    """What one number of the output reads: a standard convolution, a depthwise one, a 1x1 one.

    A cut through the picture: a row of positions for each channel. Lines lead from what is read.
    """
    middle = positions // 2
    window = range(middle - 1, middle + 2)
    readers = [
        ("standard 3x3", [(p, c) for p in window for c in range(channels)]),
        ("depthwise 3x3", [(p, channels - 1) for p in window]),  # the top row: no line crosses another row
        ("1x1", [(middle, c) for c in range(channels)]),
    ]
    figure, axes = plt.subplots(1, 3, figsize=(9, 2.6), dpi=DPI, sharey=True)
    for axis, (name, read) in zip(axes, readers, strict=True):
        _draw_reading(axis, name, read, positions, channels)
    figure.tight_layout()
    plt.show()


def _draw_reading(axis, name, read, positions, channels):
    """One panel: the input's rows below, one output number above, lines between."""
    top = (positions // 2, channels + 1.0)
    for p, c in np.ndindex(positions, channels):
        axis.plot(p, c, "o", ms=11, mec="black", mfc="black" if (p, c) in read else "white", zorder=2)
    for p, c in read:
        axis.plot([p, top[0]], [c, top[1]], color="gray", linewidth=1, zorder=1)
    axis.plot(*top, "s", ms=12, mec="black", mfc="lightgray", zorder=2)
    axis.text(top[0] + 0.35, top[1], "one number", va="center", fontsize=9)
    axis.set(xlim=(-0.6, positions - 0.2), ylim=(-0.6, channels + 1.7), xticks=[], yticks=range(channels))
    axis.set_yticklabels([f"channel {c + 1}" for c in range(channels)], fontsize=9)
    axis.tick_params(length=0)
    axis.set_title(name, fontsize=11)
    for side in axis.spines.values():
        side.set_visible(False)


def plot_costs(channels, predicted, measured):
    """How many times cheaper a separable convolution is, as counted and as timed, by the number of channels."""
    figure, axis = plt.subplots(figsize=(6, 3.4), dpi=DPI)
    axis.plot(channels, predicted, "-", color="black", marker="o", label="multiplications, counted")
    axis.plot(channels, measured, "--", color="black", marker="s", label="seconds, measured here")
    axis.axhline(1, color="gray", linewidth=0.8)
    axis.annotate(
        "no gain",
        (channels[-1], 1),
        (0, -12),
        textcoords="offset points",
        ha="right",
        color="gray",
        fontsize=9,
    )
    axis.set_xscale("log", base=2)
    axis.set(xlabel="channels, in and out", ylabel="times cheaper", ylim=(0, None))
    axis.set_xticks(channels, channels)
    axis.legend(fontsize=9)
    figure.tight_layout()
    plt.show()


def plot_memory(found):
    """How many numbers come out of each convolution, first layer left: found is what steps gives."""
    convolutions = [step for step in found if step.kind != "dense"]
    styles = {"full": ("black", ""), "1x1": ("white", ""), "depthwise": ("lightgray", "//")}
    names = {"full": "3x3, first layer", "1x1": "1x1", "depthwise": "depthwise 3x3"}
    figure, axis = plt.subplots(figsize=(9, 3.2), dpi=DPI)
    for kind, (colour, hatch) in styles.items():
        places = [i for i, step in enumerate(convolutions) if step.kind == kind]
        heights = [convolutions[i].numbers * 4 / 1024 for i in places]
        axis.bar(places, heights, 0.85, color=colour, hatch=hatch, edgecolor="black", label=names[kind])
    axis.set(
        xlabel="convolution, in the order in which they run",
        ylabel="output, kB",
        xlim=(-1, len(convolutions)),
    )
    axis.legend(fontsize=9)
    figure.tight_layout()
    plt.show()


def plot_budget(results):
    """Accuracy of each network as a bar, its multiplications below its name.

    results: {name: (multiplications, accuracy)}.
    """
    figure, axis = plt.subplots(figsize=(6.5, 3.2), dpi=DPI)
    for i, ((_, accuracy), hatch) in enumerate(zip(results.values(), HATCHES, strict=False)):
        axis.bar(i, accuracy, 0.6, color="white", edgecolor="black", hatch=hatch)
        axis.text(i, accuracy + 0.02, f"{accuracy:.2f}", ha="center", fontsize=10)
    labels = [f"{name}\n{count / 1e6:.1f} million" for name, (count, _) in results.items()]
    axis.set_xticks(range(len(results)), labels, fontsize=9)
    axis.axhline(1 / 6, color="gray", linewidth=0.8)
    axis.text(len(results) - 0.62, 1 / 6 + 0.015, "a die", color="gray", fontsize=9)
    axis.set(ylabel="test accuracy", xlim=(-0.5, len(results) - 0.25), ylim=(0, 1.1))
    figure.tight_layout()
    plt.show()
