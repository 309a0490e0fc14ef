"""Week 4, what convolutional networks learn: a trained network to open, and tools to look at its layers.

Call workbook.start() before you import this file: it loads TensorFlow. Pictures are float32 (m, n_H, n_W, 3)
with values from -1 (black) over 0 (grey) to 1 (white), as the network was trained on.
"""

import io
from functools import cache

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from IPython.display import Image as Shown
from IPython.display import display
from matplotlib.patches import Rectangle
from matplotlib.patheffects import Normal, Stroke
from PIL import Image

from workbook.data import load_signs, load_smiles
from workbook.weights import load_backbone

SIDE = 64
DPI = 72
SHADES = 128  # colours of a stored figure
LINES = ("-", "--", "-.", ":")

NO_WINDOW = (1, 1, 1, 0)
"""Of a layer that looks at one place: kernel 1, stride 1, dilation 1, no padding."""

POINTWISE = (
    "Activation", "Add", "Average", "BatchNormalization", "Concatenate", "Dense", "Dropout", "ELU", "GELU", "InputLayer",
    "LayerNormalization", "LeakyReLU", "Maximum", "Minimum", "Multiply", "PReLU", "ReLU", "Rescaling", "Softmax",
    "SpatialDropout2D", "Subtract",
)  # fmt: skip
MOVING = ("Conv2D", "DepthwiseConv2D", "SeparableConv2D", "MaxPooling2D", "AveragePooling2D")


# ---------------------------------------------------------------- layers


def before(model, layer):
    """Names of the layers of a model whose outputs a layer takes in: [] for the first."""
    names = {each.name for each in model.layers}
    found = [tensor._keras_history.operation.name for tensor in keras.tree.flatten(layer.input)]
    return [name for name in found if name in names and name != layer.name]


def window(layer):
    """How a layer moves over its input: (f, s, d, p), four whole numbers: kernel, stride, dilation, padding.

    p  rows of zeros that are put on top, as TensorFlow does it; those below do not matter here. Cropping counts
       as less than none.

    A layer that looks at one place only gives (1, 1, 1, 0). Raises ValueError for a layer that is no window
    (Flatten, a mean over everything), and where rows and columns differ.
    """
    kind = type(layer).__name__
    if kind in POINTWISE:
        return NO_WINDOW
    if kind == "ZeroPadding2D":
        return 1, 1, 1, _alike([sides[0] for sides in layer.padding], layer)
    if kind == "Cropping2D":
        return 1, 1, 1, -_alike([sides[0] for sides in layer.cropping], layer)
    if kind not in MOVING:
        raise ValueError(f"{layer.name} ({kind}) has no window that moves over a map")
    kernel = _alike(getattr(layer, "kernel_size", None) or layer.pool_size, layer)
    stride = _alike(layer.strides, layer)
    dilation = _alike(getattr(layer, "dilation_rate", (1, 1)), layer)
    wide = (kernel - 1) * dilation + 1
    sides = layer.input.shape[1:3] if layer.padding == "same" else ()
    return kernel, stride, dilation, _alike([_on_top(n, wide, stride) for n in sides] or [0], layer)


def _on_top(n, wide, stride):
    """Rows of zeros that "same" puts above n rows: half of all that are needed, rounded down."""
    last = 0 if n is None else (-(-n // stride) - 1) * stride
    needed = wide - stride if n is None else last + wide - n
    return max(needed, 0) // 2


def _alike(values, layer):
    """The one value of both directions. Raises ValueError where they differ."""
    first, *others = (int(value) for value in np.atleast_1d(values))
    if any(other != first for other in others):
        raise ValueError(f"{layer.name} treats rows and columns differently")
    return first


# ---------------------------------------------------------------- the network and its pictures


@cache
def network(trained=True):
    """MobileNetV2 up to its block 7: with the weights that ship, or with random ones. Pictures (m, 64, 64, 3)."""
    base = load_backbone((SIDE, SIDE, 3), source="shipped", quiet=True).model
    model = keras.Model(base.inputs, base.get_layer("block_7_expand_relu").output)
    if trained:
        return model
    keras.utils.set_random_seed(1)
    return keras.models.clone_model(model)


@cache
def pictures():
    """Faces and hands in turn: X (1000, 64, 64, 3) from -1 to 1, and what each shows, 0 a face or 1 a hand (1000,)."""
    faces, hands = load_smiles(quiet=True).X_train[:500], load_signs(quiet=True).X_train[:500]
    X = np.stack([faces, hands], axis=1).reshape(-1, SIDE, SIDE, 3).astype(np.float32)
    return X / 127.5 - 1, np.arange(len(X)) % 2


# ---------------------------------------------------------------- measures


def effective_field(model, layer, images, seed=0):
    """How much each pixel counts for the unit in the middle of a layer: (n_H, n_W), in all 1.

    The squared gradient of the unit, its channels mixed with random signs, averaged over pictures. (Luo et al. 2016)
    """
    part = keras.Model(model.input, model.get_layer(layer).output)
    x = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(x)
        A = part(x, training=False)
        signs = np.random.default_rng(seed).choice([-1.0, 1.0], (len(images), A.shape[-1]))
        J = tf.reduce_sum(A[:, (A.shape[1] - 1) // 2, (A.shape[2] - 1) // 2] * tf.constant(signs, tf.float32))
    energy = np.square(tape.gradient(J, x)).sum(axis=(0, 3))
    return energy / energy.sum()


def middle_share(energy, top, size):
    """The share of the energy (n_H, n_W) in the middle half, by side, of a square field whose first row and column is top."""
    quarter = size / 4
    at = np.arange(len(energy)) + 0.5 - top
    inside = (at > quarter) & (at < size - quarter)
    return float(energy[np.ix_(inside, inside)].sum() / energy.sum())


def best_pictures(model, layer, channel, images, k):
    """Places (k,) of the pictures (m, n_H, n_W, 3) in which a channel reaches its greatest values, best first."""
    return np.argsort(-_strongest(model, layer, images)[:, channel])[:k]


def of_one_kind(model, layer, images, kind, k=8):
    """Of the k best pictures of a channel, the share that shows the commoner of two kinds: the mean of all channels.

    kind  (m,), 0 or 1. Channels that are the same for all pictures are left out.
    """
    best = _strongest(model, layer, images)
    ones = kind[np.argsort(-best, axis=0)[:k]].mean(axis=0)[best.std(axis=0) > 1e-6]
    return float(np.maximum(ones, 1 - ones).mean())


def _strongest(model, layer, images):
    """The greatest value of each channel in each picture: (m, n_C)."""
    part = keras.Model(model.input, model.get_layer(layer).output)
    return part.predict(images, verbose=0, batch_size=100).max(axis=(1, 2))


def inside(found, count):
    """The channels (count,) whose patches (n_C, k, size, size, 3) reach least over the rims of the pictures."""
    return np.argsort((found == 0).all(axis=-1).mean(axis=(1, 2, 3)), kind="stable")[:count]


def occlusion_map(model, layer, channel, picture, side=12, step=4):
    """How far a channel's greatest activation falls when a grey square hides a place: (rows, columns), 0 to 1.

    picture  (n_H, n_W, 3); side: of the square, in pixels; step: from one place to the next. (Zeiler & Fergus 2014)
    """
    part = keras.Model(model.input, model.get_layer(layer).output)
    places = range(-side // 2, len(picture) - side // 2 + 1, step)
    hidden = []
    for top in places:
        for left in places:
            copy = picture.copy()
            copy[max(top, 0) : top + side, max(left, 0) : left + side] = 0
            hidden.append(copy)
    A = part.predict(np.stack([picture, *hidden]), verbose=0, batch_size=64)[..., channel].max(axis=(1, 2))
    return (1 - A[1:] / A[0]).reshape(len(places), -1)


# ---------------------------------------------------------------- figures


def show(rows, names=(), titles=(), width=1.0, gap=0.03, above=""):
    """Rows of small pictures (n, n, 3) from -1 to 1, or grey maps (n, n) from 0 to 1; all as large as one another.

    names  of the rows, on the left; titles: of the columns; width: of a picture, in inches; above: of all together
    """
    columns = max(len(row) for row in rows)
    left, top = (0.11 * max(map(len, names)) if names else 0), (0.28 if titles or above else 0)
    size = (width * columns + left, width * len(rows) + top)
    figure, axes = plt.subplots(len(rows), columns, figsize=size, dpi=DPI, squeeze=False)
    for r, row in enumerate(axes):
        for axis, each in zip(row, rows[r], strict=False):
            each = np.asarray(each)
            if each.ndim == 2:
                axis.imshow(each, cmap="gray", vmin=0, vmax=1)
            else:
                axis.imshow(np.clip((each + 1) / 2, 0, 1))
        for axis in row:
            axis.set(xticks=[], yticks=[], frame_on=False)
    for axis, name in zip(axes[:, 0], names, strict=False):
        axis.set_ylabel(name, fontsize=9, rotation=0, ha="right", va="center")
    for axis, title in zip(axes[0], titles, strict=False):
        axis.set_title(title, fontsize=9)
    figure.subplots_adjust(left / size[0], 0, 1, 1 - top / size[1], gap, gap)
    if above:
        figure.text(left / size[0], 1 - 0.5 * top / size[1], above, fontsize=10, va="center")
    display_small(figure)


def show_channels(found, channels, title, width=0.5):
    """The patches (n_C, k, size, size, 3) of some channels, two in a row with a gap between them, under a title."""
    gap = np.ones_like(found[:1, 0])
    pairs = np.reshape(channels, (-1, 2))
    names = [f"{left}, {right}" for left, right in pairs]
    show(
        [np.concatenate([found[left], gap, found[right]]) for left, right in pairs],
        names,
        width=width,
        above=title,
    )


def display_small(figure):
    """Shows a figure in few colours, which keeps the notebook small."""
    file, small = io.BytesIO(), io.BytesIO()
    figure.savefig(file, format="png", dpi=DPI)
    plt.close(figure)
    Image.open(file).convert("RGB").quantize(SHADES).save(small, "PNG", optimize=True)
    display(Shown(small.getvalue(), format="png"))


def show_kernels(model, other):
    """The 3x3 kernels of the first layer of two models, each stretched to the same contrast."""
    rows = []
    for each in (model, other):
        kernels = np.moveaxis(each.get_layer("Conv1").get_weights()[0], -1, 0)
        rows.append(kernels / np.abs(kernels).max(axis=(1, 2, 3), keepdims=True))
    show(rows, ("trained", "random"), width=0.6, gap=0.15)


def show_fields(picture, fields):
    """Squares on a picture (n, n, 3): what the unit in the middle sees, for each name in fields: (size, jump, start)."""
    figure, axis = plt.subplots(figsize=(7.2, 4.2), dpi=DPI)
    axis.imshow((picture + 1) / 2)
    for i, (name, (size, jump, start)) in enumerate(reversed(fields.items())):
        first = start + jump * int((len(picture) / jump - 1) / 2) - 0.5
        style = {"lw": 1.6, "ls": LINES[i % 4]}
        rim = [Stroke(linewidth=3.5, foreground="black"), Normal()]
        axis.add_patch(
            Rectangle((first, first), size, size, fill=False, ec="white", path_effects=rim, **style)
        )
        where = {"xy": (min(first + size, len(picture) - 1), first), "xytext": (len(picture) + 4, 4 + 9 * i)}
        line = {
            "arrowstyle": "-",
            "color": "white",
            "path_effects": [Stroke(linewidth=2.5, foreground="black"), Normal()],
        }
        words = f"{name}: {size} x {size}"
        axis.annotate(words, **where, arrowprops=line, fontsize=10, va="center", annotation_clip=False)
    axis.axis("off")
    axis.set(xlim=(-0.5, len(picture) - 0.5), ylim=(len(picture) - 0.5, -0.5))
    figure.subplots_adjust(0.01, 0.02, 0.6, 0.98)
    display_small(figure)


def show_energies(energies, fields):
    """How much each pixel counts, {name: (n, n)}, dark for much; the square is the field (top, size) of that name."""
    figure, axes = plt.subplots(1, len(energies), figsize=(2.7 * len(energies), 2.9), dpi=DPI, squeeze=False)
    for axis, (name, energy) in zip(axes.flat, energies.items(), strict=True):
        top, size = fields[name]
        axis.imshow(np.sqrt(energy / energy.max()), cmap="gray_r", vmin=0, vmax=1)
        axis.add_patch(Rectangle((top - 0.5, top - 0.5), size, size, fill=False, ec="black", lw=1.5))
        axis.add_patch(
            Rectangle((top - 0.5 + size / 4,) * 2, size / 2, size / 2, fill=False, ec="black", lw=1, ls=":")
        )
        axis.set_title(name, fontsize=9)
        axis.set(xticks=[], yticks=[])
    figure.subplots_adjust(0.01, 0.01, 0.99, 0.9, 0.03)
    display_small(figure)


def show_hidden(pictures, maps, title):
    """Pictures (n, n, 3), each beside the map of how far a unit falls when a place is hidden; white for all the way."""
    row = [each for pair in zip(pictures, maps, strict=True) for each in pair]
    show([row[:8], row[8:]] if len(row) > 8 else [row], width=1.25, above=title)
