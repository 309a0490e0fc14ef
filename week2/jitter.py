"""Colour augmentation in four colour spaces, and networks trained with each: the experiment of the
transfer-learning lesson.

Call workbook.start() before you import this file: it quiets TensorFlow, which is loaded here.
Pictures here are float arrays (m, n, n, 3) with values from 0 to 1, RGB. A jitter is a function
(images, sigma, seed) that gives such pictures back, each with colours of its own.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import hsv_to_rgb, rgb_to_hsv

import thaw
import transfer
from helpers import DPI

TO_YCBCR = np.array([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]])
"""From RGB to brightness Y and the two colour differences Cb and Cr (ITU-R BT.601)."""

# ---------------------------------------------------------------- four jitters


def _draw(images, sigma, seed):
    """Three normal numbers for each picture, (m, 1, 1, 3): all jitters of a seed have the same."""
    return np.random.default_rng(seed).normal(0, sigma, (len(images), 1, 1, 3))


def rgb_jitter(images, sigma, seed):
    """Adds a number of its own to each of red, green and blue."""
    return np.clip(images + _draw(images, sigma, seed), 0, 1)


def hsv_jitter(images, sigma, seed):
    """Turns the hue by a share of a full circle, multiplies the saturation and the value."""
    shift = _draw(images, sigma, seed)
    hsv = rgb_to_hsv(images)
    hue = (hsv[..., :1] + shift[..., :1]) % 1
    return hsv_to_rgb(np.concatenate([hue, np.clip(hsv[..., 1:] * np.exp(shift[..., 1:]), 0, 1)], axis=-1))


def ycbcr_jitter(images, sigma, seed):
    """Adds a number of its own to each of Y, Cb and Cr, which is to add one colour to the whole picture."""
    return np.clip(images + _draw(images, sigma, seed) @ np.linalg.inv(TO_YCBCR).T, 0, 1)


def strength(jitter, images, size, seed=0):
    """The sigma with which a jitter moves the pixels of these pictures by size, root mean square."""
    sigma = size
    for _ in range(6):
        moved = np.sqrt(np.mean((jitter(images, sigma, seed) - images) ** 2))
        sigma *= size / max(moved, 1e-6)
    return float(sigma)


def with_strength(jitters, images, size):
    """The jitters of a dictionary, each as a function (images, factor, seed) that moves the pixels by factor * size.

    All get the sigma that fits these pictures, so that none wins by being louder.
    """
    sigmas = {name: strength(jitter, images, size) for name, jitter in jitters.items()}
    return {
        name: lambda X, factor, seed, f=jitter, s=sigmas[name]: f(X, factor * s, seed)
        for name, jitter in jitters.items()
    }


def bytes_through(jitter, X, factor, seed):
    """A jitter on pictures (m, n, n, 3) from 0 to 255, which come back as float32 from 0 to 255."""
    return np.asarray(255 * jitter(X / np.float32(255), factor, seed), np.float32)


# ---------------------------------------------------------------- the experiment


VERSIONS = 3
"""Of each training picture: how many a network sees, each with colours of its own, every other one mirrored."""


def network(base):
    """A network on a base of which blocks 6 to 16 train, in two parts and as a whole.

    Returns what is frozen (scaled pictures to features), the rest (features to a logit), and both behind each
    other, for pictures (m, n, n, 3) from 0 to 255.
    """
    lower, upper = thaw.split(base, "block_5_add")
    inputs = keras.Input(base.input.shape[1:])
    return lower, upper, keras.Model(inputs, upper(lower(inputs / 127.5 - 1, training=False)))


def compare(base, jitters, data, sizes, seeds, m, steps, peak):
    """Trains a network once for each jitter and seed, and tests it under all jitters in growing strength.

    base     a pretrained one, thawed; jitters: {name: function (X, factor, seed)}
    sizes    factors of the strength under test; m: training pictures

    What is frozen runs once on each version of a picture. Returns {name: accuracy (seeds, sizes)}, with "none"
    first, and {seed: all values of the network without jitter}.
    """
    lower, upper, whole = network(base)
    features, fit, ask = thaw.through(lower), transfer.trainer(upper, peak, steps), transfer.in_use(upper)
    tests = [features(by_turns(jitters, data.X_test, size)) for size in sizes]
    found, plain = {name: np.empty((len(seeds), len(sizes))) for name in ("none", *jitters)}, {}
    for name in found:
        versions = [features(X) for X in _versions(jitters.get(name), data.X_train)]
        for i, seed in enumerate(seeds):
            chosen = transfer.balanced(data.y_train, m, seed)
            shown = [version[chosen] for version in versions]
            fit(lambda epoch, shown=shown: shown[epoch % len(shown)], data.y_train[chosen], seed)
            found[name][i] = [transfer.share_right(ask(test), data.y_test) for test in tests]
            if name == "none":
                plain[seed] = [np.array(variable.value) for variable in whole.variables]
    return found, plain


def by_turns(jitters, X, size, seed=100):
    """The pictures X (m, n, n, 3) from 0 to 255 with shifted colours, by each of the jitters in turn."""
    shifted = X.astype(np.float32)
    for i, jitter in enumerate(jitters.values() if size else ()):
        shifted[i :: len(jitters)] = bytes_through(jitter, X[i :: len(jitters)], size, seed)
    return shifted


def _versions(jitter, X):
    """The training pictures as they are shown, epoch by epoch: mirrored in turn, with the colours of the jitter."""
    both = X, X[:, :, ::-1]
    if jitter is None:
        return both
    return [bytes_through(jitter, both[k % 2], 1, k) for k in range(VERSIONS)]


# ---------------------------------------------------------------- figures


def show_jitters(jitters, image, sizes=(1, 1, 1, 1, 1)):
    """One picture (n, n, 3) from 0 to 1 under each jitter, five draws in a row."""
    figure, axes = plt.subplots(len(jitters), len(sizes) + 1, figsize=(7.2, 1.25 * len(jitters)), dpi=DPI)
    for row, (name, jitter) in zip(axes, jitters.items(), strict=True):
        many = np.repeat(image[None], len(sizes), axis=0)
        for axis, x in zip(row, [image, *jitter(many, 1, 3)], strict=True):
            axis.imshow(np.clip(x, 0, 1))
            axis.axis("off")
        row[0].text(-0.1, 0.5, name, transform=row[0].transAxes, ha="right", va="center", fontsize=10)
    axes[0, 0].set_title("as it is", fontsize=9)
    figure.tight_layout()
    plt.show()


def show_axes(images, vectors, values):
    """Colours of pixels (m, n, n, 3) from 0 to 1, red against green and against blue, and their principal axes.

    vectors (3, 3) has the axes as columns, values (3,) the variances along them.
    """
    rng = np.random.default_rng(1)
    pixels = rng.permutation(images.reshape(-1, 3))[:1500]
    middle = pixels.mean(axis=0)
    looks = (("longest", "-"), ("middle", "--"), ("shortest", ":"))
    figure, panels = plt.subplots(1, 2, figsize=(7, 3.3), dpi=DPI)
    for panel, (i, j) in zip(panels, ((0, 1), (0, 2)), strict=True):
        panel.scatter(pixels[:, i], pixels[:, j], s=4, c=pixels, linewidths=0)
        for k, (name, style) in zip(
            np.argsort(values)[::-1], looks, strict=True
        ):  # the shortest is seen on top
            end = 2 * np.sqrt(values[k]) * vectors[:, k]
            line = np.stack([middle - end, middle + end])[:, [i, j]].T
            panel.plot(*line, color="white", lw=4)
            panel.plot(*line, color="black", lw=2, linestyle=style, label=name)
        panel.set(xlabel="red", ylabel=("green", "blue")[j - 1], xlim=(0, 1), ylim=(0, 1), aspect="equal")
    panels[0].legend(fontsize=8, loc="upper left")
    figure.tight_layout()
    plt.show()


def plot_robustness(found, sizes):
    """Accuracy by strength of the colour shift under test, a line for each jitter in training.

    found: {name: (seeds, sizes)}. Lines are means over seeds, bars the standard errors of the means.
    """
    figure, axis = plt.subplots(figsize=(7.5, 3.6), dpi=DPI)
    styles = [
        ("-", "o", "gray"),
        ("-", "s", "black"),
        ("--", "^", "black"),
        ("-.", "D", "black"),
        (":", "v", "black"),
    ]
    for i, ((name, values), (line, marker, colour)) in enumerate(zip(found.items(), styles, strict=True)):
        error = values.std(axis=0, ddof=1) / np.sqrt(len(values))
        place = np.array(sizes) + 0.02 * (i - 2)
        axis.errorbar(
            place,
            values.mean(axis=0),
            error,
            linestyle=line,
            marker=marker,
            color=colour,
            capsize=3,
            label=name,
        )
    axis.set(
        xlabel="colour shift in the test (1: as strong as in training)", ylabel="test accuracy", xticks=sizes
    )
    axis.legend(fontsize=9, title="jitter in training", loc="center left", bbox_to_anchor=(1, 0.5))
    figure.tight_layout()
    plt.show()
