"""Week 2: the tools and the pictures of the lesson on classic networks.

Call workbook.start() before you import this file: it quiets TensorFlow, which is loaded here.
A network is a keras.Model; its costs are a list of Layer, first layer first.
"""

import gc
from dataclasses import dataclass

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers

DPI = 72


# ---------------------------------------------------------------- what a network costs


@dataclass(frozen=True)
class Layer:
    """A layer with weights: its name ("conv 1", "dense 2"), the shape that comes out, without m, the number of
    its parameters, and the multiplications that it makes for one picture."""

    name: str
    shape: tuple[int, ...]
    parameters: int
    multiplications: int

    @property
    def is_dense(self):
        return len(self.shape) == 1


def layers_with_kernels(model):
    """The layers of a functional or sequential model that have a kernel, those of models inside it too."""
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from layers_with_kernels(layer)
        elif hasattr(layer, "kernel"):
            yield layer


def costs(model):
    """The costs of a model, a list of Layer.

    Each number of a kernel is used once for each place of the output: kernel size times n_H * n_W
    multiplications in a convolution, kernel size in a dense layer. Raises ValueError where the model was not
    made of connected layers.
    """
    found, count = [], {"conv": 0, "dense": 0}
    for layer in layers_with_kernels(model):
        kind = "conv" if len(layer.kernel.shape) == 4 else "dense"
        count[kind] += 1
        shape = tuple(layer.output.shape[1:])
        kernel = int(np.prod(layer.kernel.shape))
        parameters = sum(int(np.prod(weight.shape)) for weight in layer.trainable_weights)
        found.append(Layer(f"{kind} {count[kind]}", shape, parameters, kernel * int(np.prod(shape[:-1]))))
    if not found:
        raise ValueError("no layer with a kernel was found: costs() reads functional and sequential models")
    return found


def costs_of(network, input_shape, classes):
    """The costs of network(input_shape, classes). The model is gone afterwards, and its memory given back."""
    try:
        return costs(network(input_shape, classes))
    finally:
        gc.collect()


def print_costs(rows):
    """A table of costs: name, shape, parameters, multiplications in millions."""
    print(f"{'layer':<9}{'comes out':>16}{'parameters':>14}{'multiplications':>18}")
    for row in rows:
        shape = " x ".join(map(str, row.shape))
        millions = row.multiplications / 1e6
        print(f"{row.name:<9}{shape:>16}{row.parameters:>14,}{millions:>10,.1f} million")
    parameters, multiplications = totals(rows)
    print(f"{'all':<9}{'':>16}{parameters:>14,}{multiplications / 1e6:>10,.1f} million")


def totals(rows, dense=None):
    """Parameters and multiplications of all rows, of the dense ones (dense=True) or the others (False)."""
    chosen = [row for row in rows if dense is None or row.is_dense == dense]
    return sum(row.parameters for row in chosen), sum(row.multiplications for row in chosen)


# ---------------------------------------------------------------- what a unit sees


def stack(fs, filters=8, activation="linear"):
    """A model of convolutions on one-channel pictures of any size, windows fs, without padding or bias.

    Its kernels are positive, so that nothing cancels, and sum to 1 for each filter.
    """
    X = inputs = keras.Input((None, None, 1))
    for f in fs:
        X = layers.Conv2D(filters, f, activation=activation, use_bias=False, kernel_initializer="ones")(X)
    model = keras.Model(inputs, X)
    for kernel in model.trainable_variables:
        kernel.assign(np.full(kernel.shape, 1 / np.prod(kernel.shape[:-1])))
    return model


def looks_at(model, n, pictures=64):
    """How strongly each input pixel moves the unit in the middle of the output: (n, n) float32.

    The size of the gradient, added up over so many random pictures (n, n, channels): a ReLU or a max pooling lets
    it through here in one picture and there in another. Pixels that no picture moves have 0.
    """
    shape = (pictures, n, n, model.input_shape[-1])
    X = tf.constant(np.random.default_rng(1).normal(size=shape).astype(np.float32))
    with tf.GradientTape() as tape:
        tape.watch(X)
        out = model(X, training=False)
        middle = out[:, out.shape[1] // 2, out.shape[2] // 2]
        total = tf.reduce_sum(middle)
    return np.abs(tape.gradient(total, X)).sum(axis=(0, 3))


def extent(seen):
    """Height and width of the smallest rectangle around all pixels above 0 of (n_H, n_W)."""
    return tuple(int(np.ptp(np.flatnonzero(seen.any(axis=axis))) + 1) for axis in (1, 0))


def positive_kernels(model):
    """Gives all kernels random positive numbers and all biases 0, so that no ReLU stays silent. Returns model."""
    rng = np.random.default_rng(1)
    for variable in model.trainable_variables:
        positive = rng.uniform(0.5, 1.5, variable.shape) / np.prod(variable.shape[:-1])
        variable.assign(positive if len(variable.shape) > 1 else np.zeros(variable.shape))
    return model


# ---------------------------------------------------------------- weights


def lively_weights(model):
    """Gives a model random weights that carry a picture's signal to the end. Returns model.

    Kernels have the standard deviation sqrt(2 / fan_in) (He et al. 2015, arXiv:1502.01852), biases 0.1.
    """
    rng = np.random.default_rng(1)
    for variable in model.trainable_variables:
        fan_in = np.prod(variable.shape[:-1])
        scale = np.sqrt(2 / fan_in) if len(variable.shape) > 1 else 0.1
        variable.assign(rng.standard_normal(variable.shape, np.float32) * np.float32(scale))
    return model


# ---------------------------------------------------------------- figures


def box(x, y, width, height, depth):
    """The three visible faces of a box seen from the right and above: front, top, flank, each four corners."""
    right, up = x + width, y + height
    front = [(x, y), (right, y), (right, up), (x, up)]
    top = [(x, up), (right, up), (right + depth, up + depth), (x + depth, up + depth)]
    flank = [(right, y), (right + depth, y + depth), (right + depth, up + depth), (right, up)]
    return front, top, flank


def show_volumes(steps, title=""):
    """Draws what comes out of each step as a box: as high and deep as the picture, as wide as there are channels.

    steps  a list of (name, (n_H, n_W, n_C)) or (name, (n,)). Not to scale: lengths grow with the square root
    """
    figure, axis = plt.subplots(figsize=(10.5, 3.4), dpi=DPI)
    place = 0.0
    for name, shape in steps:
        flat = len(shape) == 1
        height = 0.033 * np.sqrt(shape[0]) if flat else 0.24 * np.sqrt(shape[0])
        width = 0.12 if flat else 0.055 * np.sqrt(shape[-1])
        depth = 0 if flat else 0.32 * height
        faces = box(place, -height / 2, width, height, depth)
        for corners, shade in zip(faces, ("0.85", "0.95", "0.7"), strict=True):
            axis.add_patch(plt.Polygon(corners, facecolor=shade, edgecolor="black", lw=0.8))
        words = f"{shape[0]}" if flat else f"{shape[0]}x{shape[1]}\nx{shape[2]}"
        axis.text(place + width / 2, -2.1, words, ha="center", va="top", fontsize=9)
        axis.text(place + width / 2, -2.95, name, ha="center", va="top", fontsize=9, style="italic")
        place += max(width + depth, 0.9) + 0.3
    axis.set(xlim=(-0.7, place), ylim=(-3.4, 3.1), title=title)
    axis.set_aspect("equal")
    axis.axis("off")
    figure.tight_layout()
    plt.show()


def plot_shares(rows, title=""):
    """Bars by layer: its share of all parameters to the left, of all multiplications to the right."""
    parameters, multiplications = totals(rows)
    places = np.arange(len(rows))[::-1]
    left = [100 * row.parameters / parameters for row in rows]
    right = [100 * row.multiplications / multiplications for row in rows]
    figure, axes = plt.subplots(1, 2, figsize=(9, 0.27 * len(rows) + 1.2), dpi=DPI, sharey=True)
    for axis, values, what in zip(axes, (left, right), ("parameters", "multiplications"), strict=True):
        kinds = ["white" if row.is_dense else "0.45" for row in rows]
        bars = axis.barh(places, values, color=kinds, edgecolor="black", lw=0.8)
        for bar, row in zip(bars, rows, strict=True):
            bar.set_hatch("////" if row.is_dense else "")
        for y, value in zip(places, values, strict=True):
            words = f"{value:.1f}" if value < 9.95 else f"{value:.0f}"
            axis.text(value + 0.015 * max(values), y, words, va="center", fontsize=8)
        axis.set(xlim=(0, 1.15 * max(values)), xlabel=f"% of all {what}")
    axes[0].set_yticks(places, [row.name for row in rows], fontsize=9)
    handles = [
        plt.Rectangle((0, 0), 1, 1, facecolor="0.45", edgecolor="black", label="convolution"),
        plt.Rectangle((0, 0), 1, 1, facecolor="white", edgecolor="black", hatch="////", label="dense"),
    ]
    axes[1].legend(handles=handles, fontsize=9, loc="lower right")
    figure.suptitle(title, fontsize=11)
    figure.tight_layout()
    plt.show()


def show_sight(maps):
    """Maps (n, n) of how strongly each pixel counts, side by side. maps: {title: map}. Pixels that count for
    nothing are hatched."""
    figure, axes = plt.subplots(1, len(maps), figsize=(2.6 * len(maps), 2.9), dpi=DPI, squeeze=False)
    for axis, (title, seen) in zip(axes.flat, maps.items(), strict=True):
        share = seen / seen.max()
        axis.imshow(1 - share, cmap="gray", vmin=0, vmax=1.15)
        for i, j in np.argwhere(seen == 0):
            box = plt.Rectangle(
                (j - 0.5, i - 0.5), 1, 1, facecolor="white", edgecolor="0.8", hatch="//", lw=0
            )
            axis.add_patch(box)
        axis.set_title(title, fontsize=10)
        axis.set(xticks=[], yticks=[])
    figure.tight_layout()
    plt.show()
