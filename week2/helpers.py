"""Week 2: the small tools and the pictures of the residual-network lesson.

Call workbook.start() before you import this file: it quiets TensorFlow, which is loaded here.
Pictures are float32 arrays (m, n_H, n_W, 3) with values from 0 to 1, labels are int64 arrays (m,).
"""

from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from PIL import Image, ImageOps, UnidentifiedImageError

DPI = 72
LINES = ["-", "--", "-.", ":"]
MARKERS = ["o", "s", "^", "D"]


# ---------------------------------------------------------------- pictures in


def load_picture(path, size=64):
    """Reads your own picture and cuts out its middle square: (1, size, size, 3) float32 from 0 to 1.

    Raises FileNotFoundError where there is no such file, ValueError where the file is no picture.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no file {path}. Files here: see the folder {path.resolve().parent}."
        )
    try:
        with Image.open(path) as picture:
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise ValueError(f"{path.name} is not a picture that can be read: save it as JPEG or PNG.") from error
    square = ImageOps.fit(upright, (size, size), Image.Resampling.LANCZOS)
    return np.asarray(square, np.float32)[np.newaxis] / 255


def move(x, angle, zoom, shift, mirror):
    """One picture (n, n, 3), turned by angle (degrees), magnified, shifted (pixels) and maybe mirrored.

    What comes in from outside the picture repeats its border.
    """
    n, border = len(x), len(x) // 2
    turn = np.deg2rad(angle)
    flip = -1 if mirror else 1
    M = np.array([[flip * np.cos(turn), -np.sin(turn)], [flip * np.sin(turn), np.cos(turn)]]) / zoom
    middle = np.full(2, n / 2)
    t = middle + border - M @ (middle + shift)  # where the output's corner comes from
    wide = np.pad(np.uint8(np.round(255 * x)), ((border, border), (border, border), (0, 0)), mode="edge")
    row = (M[0, 0], M[0, 1], t[0], M[1, 0], M[1, 1], t[1])
    moved = Image.fromarray(wide).transform((n, n), Image.Transform.AFFINE, row, Image.Resampling.BILINEAR)
    return np.asarray(moved, np.float32) / 255


def augment(X, rng, angle=10, zoom=0.08, shift=0.05, light=0.1, mirror=True):
    """Each picture a little different, its label still true: a new array like X (m, n, n, 3).

    Mirrored (a left hand for a right one), turned by up to angle degrees, magnified and shifted by up to
    these shares of its size, and lit differently: brightness, contrast and colour by up to a share light.
    """
    m, n = X.shape[:2]
    moved = np.empty(X.shape, np.float32)
    for i in range(m):
        scale = 1 + rng.uniform(-zoom, zoom)
        moved[i] = move(
            X[i], rng.uniform(-angle, angle), scale, rng.uniform(-shift, shift, 2) * n, rng.random() < 0.5
        )
    contrast = 1 + rng.uniform(-light, light, (m, 1, 1, 1))
    colour = 1 + rng.uniform(-light, light, (m, 1, 1, 1)) + rng.uniform(-light, light, (m, 1, 1, 3)) / 2
    mean = moved.mean(axis=(1, 2, 3), keepdims=True)
    return np.clip(((moved - mean) * contrast + mean) * colour, 0, 1).astype(np.float32)


class AugmentedBatches(keras.utils.PyDataset):
    """Batches for model.fit: shuffled and augmented anew in each epoch, the same ones for the same seed."""

    def __init__(self, X, y, batch_size=32, seed=0, **strength):
        super().__init__()
        self.X, self.y, self.batch_size, self.seed, self.strength = X, y, batch_size, seed, strength
        self.epoch = 0
        self.on_epoch_end()

    def __len__(self):
        return -(-len(self.X) // self.batch_size)

    def __getitem__(self, i):
        batch = self.order[i * self.batch_size : (i + 1) * self.batch_size]
        rng = np.random.default_rng([self.seed, self.epoch, i])
        return augment(self.X[batch], rng, **self.strength), self.y[batch]

    def on_epoch_end(self):
        self.epoch += 1
        self.order = np.random.default_rng([self.seed, self.epoch]).permutation(len(self.X))


# ---------------------------------------------------------------- training


def warm_up_cosine(peak, warm_up_steps, total_steps):
    """A learning rate that climbs to peak in warm_up_steps, then falls to 0 along half a cosine.

    (Goyal et al. 2017, section 2.2; Loshchilov & Hutter 2017, eq. 5)
    """
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=peak / warm_up_steps,
        decay_steps=total_steps - warm_up_steps,
        warmup_target=peak,
        warmup_steps=warm_up_steps,
    )


def batch_norms(model):
    """The model's BatchNormalization layers, in order."""
    return [layer for layer in model.layers if isinstance(layer, layers.BatchNormalization)]


def set_momentum(model, momentum):
    """Every batch norm then keeps this share of its moving statistics in a step. Do it before compiling."""
    for layer in batch_norms(model):
        layer.momentum = momentum


def recalibrate(model, X, batch_size=216):
    """Sets the moving statistics of every batch norm to plain means over the pictures X (m, n_H, n_W, 3).

    Only forward passes: no weight learns. With momentum k / (k + 1) in step k = 0, 1, ... the moving average
    is the plain mean of the batches so far. ("Precise BN": Wu & Johnson 2021, section 3)
    """
    before = [layer.momentum for layer in batch_norms(model)]
    for k, start in enumerate(range(0, len(X), batch_size)):
        set_momentum(model, k / (k + 1))
        model(X[start : start + batch_size], training=True)
    for layer, momentum in zip(batch_norms(model), before, strict=True):
        layer.momentum = momentum


def accuracy(model, X, y, batch_size=216):
    """Share of the pictures X (m, n_H, n_W, 3) whose label y (m,) the model gives, in inference mode."""
    return float(np.mean(model.predict(X, batch_size=batch_size, verbose=0).argmax(axis=1) == y))


# ---------------------------------------------------------------- depth


def plain_or_residual_network(
    depth, residual, batch_norm=True, filters=16, input_shape=(32, 32, 3), classes=6
):
    """A narrow network of depth layers: pairs of 3x3 convolutions, with or without a shortcut over each pair.

    depth is even, 4 or more: one convolution, (depth - 2) / 2 pairs and the dense layer. Output: (m, classes)
    logits. The shortcut is the only difference: both kinds have the same weights.
    (He et al. 2015, section 3.3)
    """

    def convolve(X, strides=1):
        X = layers.Conv2D(filters, 3, strides=strides, padding="same")(X)
        return layers.BatchNormalization(momentum=0.9)(X) if batch_norm else X

    inputs = keras.Input(input_shape)
    X = layers.ReLU()(convolve(inputs, strides=2))
    pairs = (depth - 2) // 2
    for pair in range(pairs):
        shortcut = X
        X = convolve(layers.ReLU()(convolve(X)))
        if residual:
            X = layers.Add()([X, shortcut])
        X = layers.ReLU()(X)
        if pair == pairs // 2 - 1:
            X = layers.MaxPooling2D()(X)
    return keras.Model(inputs, layers.Dense(classes)(layers.GlobalAveragePooling2D()(X)))


def gradient_norms(model, X, y):
    """Norm of the loss's gradient with respect to each convolution's kernel, first layer first: (layers,).

    X: (m, n_H, n_W, 3), y: (m,). The model gives logits; it is run in training mode and does not learn.
    """
    kernels = [layer.kernel.value for layer in model.layers if isinstance(layer, layers.Conv2D)]
    with tf.GradientTape() as tape:
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(y, model(X, training=True))
    return np.array([float(tf.norm(gradient)) for gradient in tape.gradient(loss, kernels)])


def half_size(X):
    """Each 2x2 square of pixels becomes its mean: (m, n_H, n_W, 3) to (m, n_H / 2, n_W / 2, 3)."""
    m, n_H, n_W, n_C = X.shape
    return X.reshape(m, n_H // 2, 2, n_W // 2, 2, n_C).mean(axis=(2, 4))


# ---------------------------------------------------------------- figures


def show_signs(X, y, columns=10, titles=None):
    """The pictures X (m, n_H, n_W, 3), each under its label y (m,) or under its own title."""
    rows = -(-len(X) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(columns, 1.25 * rows), dpi=DPI, squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for i, (axis, x) in enumerate(zip(axes.flat, X, strict=False)):
        axis.imshow(x)
        axis.set_title(str(y[i]) if titles is None else titles[i], fontsize=9)
    figure.tight_layout()
    plt.show()


def show_predictions(model, X, y=None, columns=6):
    """The pictures X (m, n_H, n_W, 3), each under what the model sees and how sure it is."""
    probabilities = model.predict(X, verbose=0)
    guess = probabilities.argmax(axis=1)
    titles = [f"{g}: {100 * p[g]:.0f} %" for g, p in zip(guess, probabilities, strict=True)]
    if y is not None:
        titles = [t if g == k else f"{t}\nwrong: is {k}" for t, g, k in zip(titles, guess, y, strict=True)]
    show_signs(X, guess, columns, titles)


def plot_history(history, names=("accuracy", "val_accuracy"), ylabel="accuracy"):
    """Curves by epoch of the named entries of history: a dict of lists, as in model.fit(...).history."""
    figure, axis = plt.subplots(figsize=(5, 3), dpi=DPI)
    for i, name in enumerate(name for name in names if name in history):
        epochs = np.arange(1, len(history[name]) + 1)
        axis.plot(epochs, history[name], color="black", linestyle=LINES[i], marker=MARKERS[i], label=name)
    axis.set(xlabel="epoch", ylabel=ylabel)
    axis.legend()
    figure.tight_layout()
    plt.show()


def plot_gradient_norms(norms):
    """Gradient norm by layer on a logarithmic axis.

    norms: {(kind, depth): (layers,)}, where kind is "plain" or "residual".
    """
    depths = sorted({depth for _, depth in norms})
    figure, axis = plt.subplots(figsize=(6, 3.5), dpi=DPI)
    for (kind, depth), values in norms.items():
        style = "-" if kind == "residual" else "--"
        marker = MARKERS[depths.index(depth) % len(MARKERS)]
        place = np.linspace(0, 1, len(values))
        axis.semilogy(
            place, values, style, color="black", marker=marker, ms=4, markevery=0.2, label=f"{kind} {depth}"
        )
    axis.set(xlabel="place in the network (0 first layer, 1 last)", ylabel="norm of the gradient")
    axis.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    figure.tight_layout()
    plt.show()


def plot_depth_curves(curves):
    """Training loss by epoch, plain networks on the left and residual ones on the right.

    curves: {(kind, depth): (epochs,)}, where kind is "plain" or "residual".
    """
    figure, axes = plt.subplots(1, 2, figsize=(8, 3), dpi=DPI, sharey=True)
    for axis, kind in zip(axes, ("plain", "residual"), strict=True):
        chosen = {depth: losses for (k, depth), losses in sorted(curves.items()) if k == kind}
        for i, (depth, losses) in enumerate(chosen.items()):
            epochs = np.arange(1, len(losses) + 1)
            axis.plot(epochs, losses, LINES[i], color="black", marker=MARKERS[i], label=f"{depth} layers")
        axis.set(title=kind, xlabel="epoch")
        axis.legend()
    axes[0].set_ylabel("training loss")
    figure.tight_layout()
    plt.show()
