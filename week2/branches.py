"""Week 2: the pictures and small tools of the Inception lesson.

Call workbook.start() before you import this file: it quiets TensorFlow, which is loaded here.
Pictures are float32 arrays (m, n_H, n_W, 3) with values from 0 to 1, labels are int64 arrays (m,).
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from matplotlib.patches import Rectangle

import helpers

DPI = 72
HATCHES = ("", "//", "..", "xx")
PARTS = ("1x1", "3x3", "5x5", "pooling")
HEADS = ("main", "after 4a", "after 4d")


# ---------------------------------------------------------------- 1x1 convolutions


def set_weights(model, W, b):
    """Gives a model of one layer the kernel W (n_C, filters) and the biases b (filters,)."""
    for variable in model.trainable_variables:
        variable.assign(np.reshape(W if len(variable.shape) > 1 else b, variable.shape))


def show_maps(picture, maps, titles):
    """A picture (n_H, n_W, 3), and beside it each channel of maps (n_H, n_W, filters) in grey."""
    figure, axes = plt.subplots(1, len(titles) + 1, figsize=(1.9 * (len(titles) + 1), 2.2), dpi=DPI)
    axes[0].imshow(picture)
    axes[0].set_title("the picture", fontsize=10)
    for channel, title in enumerate(titles):
        axes[channel + 1].imshow(maps[..., channel], cmap="gray", vmin=0)
        axes[channel + 1].set_title(title, fontsize=10)
    for axis in axes:
        axis.axis("off")
    figure.tight_layout()
    plt.show()


# ---------------------------------------------------------------- what a module looks like and costs


def _box(axis, x, y, text, width=1.5, height=0.62, **how):
    axis.add_patch(Rectangle((x - width / 2, y - height / 2), width, height, fc="white", ec="black", **how))
    axis.text(x, y, text, ha="center", va="center", fontsize=9)


def _arrow(axis, start, end):
    axis.annotate("", end, start, arrowprops={"arrowstyle": "->", "lw": 0.9, "shrinkA": 0, "shrinkB": 0})


def draw_module(n_C, filters):
    """One Inception module: what stands where, and how many channels each part brings.

    n_C      channels that come in
    filters  its six numbers: 1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, pooling
    """
    one, reduce_3, three, reduce_5, five, pool = filters
    figure, axis = plt.subplots(figsize=(8, 3.4), dpi=DPI)
    left = (None, f"1x1, {reduce_3}", f"1x1, {reduce_5}", "max 3x3")
    right = (f"1x1, {one}", f"3x3, {three}", f"5x5, {five}", f"1x1, {pool}")
    ends, total = (one, three, five, pool), one + three + five + pool
    _box(axis, 0.6, 1.5, f"X\n{n_C}", 0.9, 0.9)
    top = 3.3
    for i, y in enumerate((3, 2, 1, 0)):
        start = (1.05, 1.5)
        if left[i]:
            _arrow(axis, start, (1.85, y))
            _box(axis, 2.6, y, left[i])
            start = (3.35, y)
        else:
            axis.plot([1.05, 1.85], [1.5, y], color="black", lw=0.9)
            start = (1.85, y)
        _arrow(axis, start, (4.25, y))
        _box(axis, 5.0, y, right[i])
        height = 3.6 * ends[i] / total
        patch = Rectangle((7.0, top - height), 0.7, height, fc="white", ec="black", hatch=HATCHES[i])
        axis.add_patch(patch)
        _arrow(axis, (5.75, y), (6.97, top - height / 2))
        axis.text(7.8, top - height / 2, f"{PARTS[i]}: {ends[i]}", va="center", fontsize=9)
        top -= height
    axis.text(7.35, 3.45, f"{total}", ha="center", va="bottom", fontsize=10)
    axis.set(xlim=(0, 9.3), ylim=(-0.6, 3.9))
    axis.axis("off")
    figure.tight_layout()
    plt.show()


def plot_costs(names, straight, reduced):
    """Millions of multiplications of each module: with both large convolutions straight on the input, and
    through their bottlenecks. names, straight and reduced: as many of each."""
    place = np.arange(len(names))
    figure, axis = plt.subplots(figsize=(7, 3), dpi=DPI)
    axis.bar(place - 0.2, np.array(straight) / 1e6, 0.4, fc="white", ec="black", hatch="//", label="straight")
    axis.bar(place + 0.2, np.array(reduced) / 1e6, 0.4, fc="black", ec="black", label="through bottlenecks")
    axis.set(xticks=place, xticklabels=names, ylabel="million multiplications", xlabel="module")
    axis.legend(fontsize=9)
    figure.tight_layout()
    plt.show()


def draw_network(modules=("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b"), heads=("4a", "4d")):
    """GoogLeNet for a picture of 64x64: height of a box for the size of its map, the two heads above."""
    before = [("7x7", 32), ("pool", 16), ("1x1", 16), ("3x3", 16), ("pool", 8)]
    sizes = {"3": 8, "4": 4, "5": 2}
    chain = before + [(name, sizes[name[0]]) for name in modules]
    chain = [
        entry
        for name, size in chain
        for entry in ([("pool", size)] * (name in ("4a", "5a")) + [(name, size)])
    ]
    chain.append(("mean", 1))
    figure, axis = plt.subplots(figsize=(9, 3), dpi=DPI)
    for x, (name, size) in enumerate(chain):
        height = 0.5 + 0.35 * np.log2(size)
        grey = "#d9d9d9" if name in modules else "white"
        axis.add_patch(Rectangle((x, -height / 2), 0.8, height, fc=grey, ec="black"))
        axis.text(x + 0.4, 0, name, ha="center", va="center", fontsize=8, rotation=0 if len(name) < 4 else 90)
        axis.text(x + 0.4, -1.35, f"{size}", ha="center", va="center", fontsize=8)
        if x + 1 < len(chain):
            _arrow(axis, (x + 0.8, 0), (x + 1, 0))
        if name in heads:
            _arrow(axis, (x + 0.4, height / 2), (x + 0.4, 1.2))
            _box(axis, x + 0.4, 1.45, f"output after {name}", 2.6, 0.5)
    _arrow(axis, (len(chain) - 0.2, 0), (len(chain) + 0.3, 0))
    axis.text(len(chain) + 0.4, 0, "main\noutput", va="center", fontsize=9)
    axis.text(-0.2, -1.35, "size", ha="right", va="center", fontsize=8)
    axis.set(xlim=(-1, len(chain) + 1.8), ylim=(-1.6, 1.8))
    axis.axis("off")
    figure.tight_layout()
    plt.show()


# ---------------------------------------------------------------- gradients of early layers


def without_batch_norm(model, stddev):
    """The same network without its batch normalizations, its kernels drawn anew: normal, mean 0, stddev."""

    def copy(layer):
        if isinstance(layer, layers.BatchNormalization):
            return layers.Identity()
        return layer.__class__.from_config(layer.get_config())

    def call(layer, *args, **kwargs):
        return args[0] if isinstance(layer, layers.Identity) else layer(*args, **kwargs)

    plain = keras.models.clone_model(model, clone_function=copy, call_function=call)
    rng = np.random.default_rng(1)
    for variable in plain.trainable_variables:
        if len(variable.shape) > 1:
            variable.assign(rng.normal(0, stddev, variable.shape))
    return plain


def gradient_norms(model, X, y, weights):
    """Norm of the loss's gradient for the first convolution and every 3x3 one, first layer first.

    X: (m, n_H, n_W, 3), y: (m,); weights: of the three losses. In training mode; nothing is learned.
    """
    kernels = [v.value for v in model.trainable_variables if len(v.shape) == 4 and v.shape[0] in (3, 7)]
    keras.utils.set_random_seed(1)  # the same dropout each time
    with tf.GradientTape() as tape:
        losses = [keras.losses.SparseCategoricalCrossentropy()(y, p) for p in model(X, training=True)]
        loss = sum(weight * each for weight, each in zip(weights, losses, strict=True))
    return np.array([float(tf.norm(gradient)) for gradient in tape.gradient(loss, kernels)])


def plot_gradients(norms, places):
    """Gradient norm by place, one panel for each way to start. norms: {way: {"main output alone": (places,),
    "all three outputs": (places,)}}."""
    figure, axes = plt.subplots(1, len(norms), figsize=(8.5, 3.2), dpi=DPI)
    for axis, (way, curves) in zip(axes, norms.items(), strict=True):
        for (name, values), style, marker in zip(curves.items(), ("--", "-"), ("s", "o"), strict=True):
            axis.semilogy(places, values, style, color="black", marker=marker, ms=5, label=name)
        axis.set_title(way, fontsize=10)
        axis.tick_params(axis="x", labelsize=8)
        axis.set_xlabel("place in the network, first layer on the left", fontsize=9)
        axis.legend(fontsize=8)
    axes[0].set_ylabel("norm of the gradient")
    figure.tight_layout()
    plt.show()


# ---------------------------------------------------------------- training


def train(model, X, y, X_test, y_test, epochs=10, batch_size=16, peak=1.5e-3, weights=(1, 0.3, 0.3)):
    """Trains a network with three outputs on pictures X (m, n, n, 3) with labels y (m,).

    weights: of the three losses. The last quarter of the epochs shows the pictures as they are, those before
    augmented. At the end the batch norms' statistics are counted again. Returns the test accuracy of each
    output by epoch: {"main": (epochs,), "after 4a": (epochs,), "after 4d": (epochs,)}.
    """
    rng = np.random.default_rng(1)
    steps = len(X) // batch_size
    rate = helpers.warm_up_cosine(peak, min(60, steps), epochs * steps)
    entropy = keras.losses.SparseCategoricalCrossentropy()

    def loss(t, outputs):
        return sum(weight * entropy(t, output) for weight, output in zip(weights, outputs, strict=True))

    step = helpers.training_step(model, rate, loss)
    history = {name: [] for name in HEADS}
    for epoch in range(epochs):
        order = rng.permutation(len(X))[: steps * batch_size]
        pictures = helpers.augment(X[order], rng) if epoch < epochs - max(1, epochs // 4) else X[order]
        for x, t in helpers.batches(pictures, y[order], batch_size):
            step(x, t)
        if epoch == epochs - 1:
            helpers.recalibrate(model, X)
        for name, share in zip(HEADS, accuracies(model, X_test, y_test), strict=True):
            history[name].append(share)
        print(f"epoch {epoch + 1} of {epochs}: test accuracy {history['main'][-1]:.2f}", flush=True)
    return history


def accuracies(model, X, y):
    """Share of the pictures X (m, n_H, n_W, 3) whose label y (m,) each of the outputs gives: a list."""
    answers = model.predict(X, batch_size=120, verbose=0)
    return [float(np.mean(answer.argmax(axis=1) == y)) for answer in answers]


def plot_heads(history):
    """Test accuracy of the three outputs by epoch. history: what train gives."""
    figure, axis = plt.subplots(figsize=(6, 3.4), dpi=DPI)
    for (name, values), style, marker in zip(history.items(), ("-", ":", "--"), "o^s", strict=True):
        epochs = np.arange(1, len(values) + 1)
        axis.plot(epochs, values, style, color="black", marker=marker, ms=5, label=name)
    axis.axhline(1 / 6, color="gray", linewidth=0.8)
    axis.annotate("a die", (epochs[-1], 1 / 6), (0, 3), textcoords="offset points", ha="right", color="gray")
    axis.set(xlabel="epoch", ylabel="test accuracy", xticks=epochs, ylim=(0, 1.02))
    axis.legend(fontsize=9, loc="center right")
    figure.tight_layout()
    plt.show()
