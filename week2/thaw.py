"""How many layers to train as data grows, and what people did by hand before: curves of the transfer-learning
lesson.

Call workbook.start() before you import this file: it quiets TensorFlow, which is loaded here.
Pictures are uint8 arrays (m, n, n, 3); labels are arrays (m,), 1 for an alpaca.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from matplotlib.colors import rgb_to_hsv

import transfer
from helpers import DPI

LAST_FROZEN = {
    "head alone": "out_relu",
    "blocks 13 to 16": "block_12_add",
    "blocks 6 to 16": "block_5_add",
}
"""By what trains: the last layer of the base that does not. What comes out of it is computed once, and kept."""

PEAKS = {"head alone": 1e-2, "by hand": 1e-2}
STEPS = 60

# ---------------------------------------------------------------- features by hand


def by_hand(X):
    """What people measured on pictures before networks learned to: colours and directions of edges, (m, 224).

    Of each of 4x4 cells: how much of each of 6 hues there is, and how much edge in each of 8 directions.
    (Dalal & Triggs 2005 for the edges)
    """
    m = len(X)
    hsv = rgb_to_hsv(X.astype(np.float32) / 255)
    grey = X.mean(axis=3) / 255
    down, right = np.gradient(grey, axis=(1, 2))
    direction = np.arctan2(down, right) % np.pi
    colour = _histogram(hsv[..., 0], hsv[..., 1] * hsv[..., 2], 6, 1)
    edges = _histogram(direction, np.hypot(down, right), 8, np.pi)
    return np.concatenate([colour, edges], axis=1).reshape(m, 1, 1, -1)


def _histogram(values, weights, bins, end):
    """Weighted histograms of values (m, n, n) from 0 to end in 4x4 cells: (m, 16 * bins), each picture's root."""
    m, n = values.shape[:2]
    step = n // 4
    which = np.minimum((values / end * bins).astype(int), bins - 1)
    layers_ = np.where(which[..., None] == np.arange(bins), weights[..., None], 0)[:, : 4 * step, : 4 * step]
    cells = layers_.reshape(m, 4, step, 4, step, bins).sum(axis=(2, 4)).reshape(m, -1)
    return np.sqrt(cells / (cells.sum(axis=1, keepdims=True) + 1e-6)).astype(np.float32)


# ---------------------------------------------------------------- the curves


def split(base, last_frozen):
    """The base cut in two after a layer: a model up to it, and a network from there to a logit.

    last_frozen: a layer's name
    """
    cut = base.get_layer(last_frozen).output
    inputs = keras.Input(cut.shape[1:])
    X = inputs if cut is base.output else keras.Model(cut, base.output)(inputs, training=False)
    return keras.Model(base.input, cut), keras.Model(inputs, head(X))


def head(X):
    """Mean of each channel, dropout, one logit."""
    return layers.Dense(1)(layers.Dropout(0.2)(layers.GlobalAveragePooling2D()(X)))


def curve(what, new_base, data, sizes, seeds):
    """Test accuracy for each number of training pictures and each seed: (sizes, seeds).

    what: a key of LAST_FROZEN, or "by hand"; new_base: gives a pretrained base, thawed. What stays frozen runs once
    on each picture and its mirror image.
    """
    keras.utils.set_random_seed(1)
    if what == "by hand":
        inputs = keras.Input((1, 1, 224))
        features, upper = by_hand, keras.Model(inputs, head(layers.Rescaling(10.0)(inputs)))
    else:
        lower, upper = split(new_base(), LAST_FROZEN[what])
        features = through(lower)
    both = [features(X) for X in (data.X_train, data.X_train[:, :, ::-1])]
    test = features(data.X_test)
    fit, ask = transfer.trainer(upper, PEAKS.get(what, 1e-3), STEPS), transfer.in_use(upper)
    found = np.empty((len(sizes), len(seeds)))
    for i, j in np.ndindex(found.shape):
        chosen = transfer.balanced(data.y_train, sizes[i], seeds[j])
        fit(lambda epoch, chosen=chosen: both[epoch % 2][chosen], data.y_train[chosen], seeds[j])
        found[i, j] = transfer.share_right(ask(test), data.y_test)
    return found


def through(model):
    """A function that scales pictures to -1 to 1 and sends them through a frozen model."""

    outputs = transfer.in_use(model)
    return lambda X: outputs(X.astype(np.float32) / 127.5 - 1)


def plot_curves(found, sizes):
    """Test accuracy by number of training pictures, a line for each way; bars from the lowest to the highest seed.

    found: {what: (sizes, seeds)}.
    """
    figure, axis = plt.subplots(figsize=(7.5, 3.8), dpi=DPI)
    styles = [("-", "o"), ("--", "s"), (":", "D"), ("-", "x")]
    for i, ((what, values), (line, marker)) in enumerate(zip(found.items(), styles, strict=False)):
        mean = values.mean(axis=1)
        place = np.array(sizes) * 1.03 ** (i - 2)  # side by side, so that the bars can be told apart
        bars = np.abs(np.stack([values.min(axis=1), values.max(axis=1)]) - mean)
        colour = "gray" if what == "by hand" else "black"
        axis.errorbar(
            place, mean, bars, linestyle=line, marker=marker, color=colour, capsize=3, lw=1.2, label=what
        )
    axis.set_xscale("log")
    axis.set_xticks(sizes, sizes)
    axis.minorticks_off()
    axis.axhline(0.5, color="gray", linewidth=0.8)
    axis.annotate("a coin", (sizes[0], 0.5), (12, -12), textcoords="offset points", color="gray")
    axis.set(xlabel="training pictures", ylabel="test accuracy", ylim=(0.4, 1.02))
    axis.legend(fontsize=9, loc="center left", bbox_to_anchor=(1, 0.5), title="what trains")
    figure.tight_layout()
    plt.show()
