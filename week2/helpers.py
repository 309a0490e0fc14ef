"""Week 2: what its lessons share: your own picture, training on signs, and what a network gets wrong.

Call workbook.start() before you import this file: it quiets TensorFlow, which is loaded here.
Pictures are float32 arrays (m, n_H, n_W, 3) with values from 0 to 1, labels are int64 arrays (m,).
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from PIL import Image

from workbook import own_picture, training
from workbook.training import batch_norms, set_momentum, training_step, warm_up_cosine

DPI = 72
LINES = ["-", "--", "-.", ":"]
MARKERS = ["o", "s", "^", "D"]


# ---------------------------------------------------------------- pictures in


def load_picture(path, size=64):
    """Your own picture, its middle square: (1, size, size, 3) float32 from 0 to 1.

    Raises FileNotFoundError where there is no such file, ValueError where the file is no picture.
    """
    return own_picture.load_picture(path, size).astype(np.float32) / 255


def move(x, angle, zoom, shift):
    """One picture (n, n, 3), turned by angle (degrees), magnified by zoom and shifted (pixels).

    What comes in from outside the picture repeats its border.
    """
    n, border = len(x), len(x) // 2
    turn = np.deg2rad(angle)
    M = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) / zoom
    middle = np.full(2, n / 2)
    t = middle + border - M @ (middle + shift)  # where the output's corner comes from
    wide = np.pad(np.uint8(np.round(255 * x)), ((border, border), (border, border), (0, 0)), mode="edge")
    row = (M[0, 0], M[0, 1], t[0], M[1, 0], M[1, 1], t[1])
    moved = Image.fromarray(wide).transform((n, n), Image.Transform.AFFINE, row, Image.Resampling.BILINEAR)
    return np.asarray(moved, np.float32) / 255


def augment(X, rng, angle=8, zoom=0.05, shift=0.04, light=0.08):
    """Each picture a little different, its label still true: a new array like X (m, n, n, 3).

    Turned by up to angle degrees, magnified and shifted by up to these shares of its size, and lit
    differently: brightness, contrast and colour by up to a share light.
    """
    m, n = X.shape[:2]
    moved = np.empty(X.shape, np.float32)
    for i in range(m):
        scale = 1 + rng.uniform(-zoom, zoom)
        moved[i] = move(X[i], rng.uniform(-angle, angle), scale, rng.uniform(-shift, shift, 2) * n)
    contrast = 1 + rng.uniform(-light, light, (m, 1, 1, 1))
    colour = 1 + rng.uniform(-light, light, (m, 1, 1, 1)) + rng.uniform(-light, light, (m, 1, 1, 3)) / 2
    mean = moved.mean(axis=(1, 2, 3), keepdims=True)
    return np.clip(((moved - mean) * contrast + mean) * colour, 0, 1).astype(np.float32)


# ---------------------------------------------------------------- training


def start_as_identity(model):
    """Sets gamma to 0 in the last batch norm of each identity block, which then gives back its input.

    The block computes relu(0 + x) = x, for x is a ReLU's output, until training needs more of it. Such a
    batch norm is known by feeding an addition whose other input comes from none. Returns their number: 12 in
    ResNet-50. (Goyal et al. 2017, section 5.1)
    """
    additions = [step for step in model.operations if type(step).__name__ == "Add"]
    started = 0
    for addition in additions:
        feeding = [norm for norm in batch_norms(model) if any(norm.output is x for x in addition.input)]
        if len(feeding) == 1:
            feeding[0].gamma.assign(np.zeros(feeding[0].gamma.shape))
            started += 1
    return started


def recalibrate(model, X, batch_size=216):
    """Sets the moving statistics of every batch norm to plain means over the pictures X (m, n_H, n_W, 3)."""
    training.recalibrate(model, (X[start : start + batch_size] for start in range(0, len(X), batch_size)))


def accuracy(model, X, y, batch_size=216):
    """Share of the pictures X (m, n_H, n_W, 3) whose label y (m,) the model gives, in inference mode."""
    return float(np.mean(model.predict(X, batch_size=batch_size, verbose=0).argmax(axis=1) == y))


def two_looks(model, X, X_test, y_test):
    """Test accuracy in inference mode, twice, of the same weights: with the moving statistics that the
    batch norms have stored, and with statistics recounted on X. The stored ones are there again afterwards.
    """
    stored_accuracy = accuracy(model, X_test, y_test)
    moving = [v for norm in batch_norms(model) for v in (norm.moving_mean, norm.moving_variance)]
    stored = [np.array(v) for v in moving]
    recalibrate(model, X)
    recounted_accuracy = accuracy(model, X_test, y_test)
    for variable, value in zip(moving, stored, strict=True):
        variable.assign(value)
    return stored_accuracy, recounted_accuracy


def batches(X, y, batch_size):
    """Pictures X (m, n, n, 3) and labels y (m,) in whole batches, in order: pairs of tensors."""
    for start in range(0, len(X) - batch_size + 1, batch_size):
        yield tf.constant(X[start : start + batch_size]), tf.constant(y[start : start + batch_size])


def train(model, X, y, X_test, y_test, passes=8_600, batch_size=24, peak=1.5e-3):
    """Trains a network on pictures X (m, n, n, 3) with labels y (m,), and says how it goes.

    passes: how many pictures it sees in all, each epoch all of X; at most ten epochs. The last quarter of the
    epochs shows the pictures as they are, those before augmented. Returns lists by epoch: "training"
    (accuracy of each batch before its step), "stored" and "recounted" (see two_looks; on 108 test pictures).
    """
    rng = np.random.default_rng(1)
    epochs = int(np.clip(round(passes / len(X)), 1, 10))
    steps = len(X) // batch_size
    step = training_step(model, warm_up_cosine(peak, min(60, steps), epochs * steps))
    history = {"training": [], "stored": [], "recounted": []}
    for epoch in range(epochs):
        order = rng.permutation(len(X))
        pictures = augment(X[order], rng) if epoch < epochs - max(1, epochs // 4) else X[order]
        right = [
            np.mean(step(x, t)[1].numpy().argmax(axis=1) == t.numpy())
            for x, t in batches(pictures, y[order], batch_size)
        ]
        history["training"].append(float(np.mean(right)))
        stored, recounted = two_looks(model, X[:72], X_test[:108], y_test[:108])
        history["stored"].append(stored)
        history["recounted"].append(recounted)
        print(f"epoch {epoch + 1} of {epochs}: training accuracy {history['training'][-1]:.2f}", flush=True)
    return history


# ---------------------------------------------------------------- figures


def show_signs(X, y, columns=10, titles=None):
    """The pictures X (m, n_H, n_W, 3), each under its label y (m,) or under its own title."""
    titles = list(map(str, y)) if titles is None else titles
    rows, height = -(-len(X) // columns), 1.25 + 0.2 * any("\n" in title for title in titles)
    figure, axes = plt.subplots(rows, columns, figsize=(columns, height * rows), dpi=DPI, squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for axis, x, title in zip(axes.flat, X, titles, strict=False):
        axis.imshow(x)
        axis.set_title(title, fontsize=9)
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


def plot_accuracies(history):
    """Accuracy by epoch: in training, and on the test pictures with stored and with recounted statistics.

    history: what train gives.
    """
    names = {
        "training": "training pictures, in training",
        "recounted": "test pictures, statistics counted again",
        "stored": "test pictures, as Keras stored them",
    }
    figure, axis = plt.subplots(figsize=(9, 3.5), dpi=DPI)
    for name, style, marker in zip(names, ("-", "--", ":"), MARKERS, strict=False):
        epochs = np.arange(1, len(history[name]) + 1)
        axis.plot(epochs, history[name], style, color="black", marker=marker, ms=5, label=names[name])
    axis.axhline(1 / 6, color="gray", linewidth=0.8)
    axis.annotate("a die", (epochs[-1], 1 / 6), (0, 3), textcoords="offset points", ha="right", color="gray")
    axis.set(xlabel="epoch", ylabel="accuracy", xticks=epochs, ylim=(0, 1.02))
    axis.legend(fontsize=9, loc="center left", bbox_to_anchor=(1, 0.5))
    figure.tight_layout()
    plt.show()


def show_confusion(model, X, y, classes=6):
    """How often each sign y (m,) of X (m, n_H, n_W, 3) is taken for which: rows are true, columns seen."""
    guess = model.predict(X, verbose=0).argmax(axis=1)
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (y, guess), 1)
    figure, axis = plt.subplots(figsize=(3.2, 3.2), dpi=DPI)
    axis.imshow(counts, cmap="Greys")
    for true, seen in np.ndindex(counts.shape):
        colour = "white" if counts[true, seen] > counts.max() / 2 else "black"
        axis.text(seen, true, counts[true, seen], ha="center", va="center", color=colour, fontsize=9)
    axis.set(xlabel="seen", ylabel="true", xticks=range(classes), yticks=range(classes))
    figure.tight_layout()
    plt.show()
