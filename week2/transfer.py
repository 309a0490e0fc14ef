"""Fine-tuning a pretrained base: the networks, the trainings and the figures of the transfer-learning lesson.

Call workbook.start() before you import this file: it quiets TensorFlow, which is loaded here.
Pictures are arrays (m, n, n, 3), uint8 or float32, with values from 0 to 255; labels are arrays (m,), 1 for an
alpaca. Networks give one logit for each picture, (m, 1).
"""

from functools import cache

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers

import helpers
from helpers import DPI
from workbook.data import load_alpaca
from workbook.weights import load_backbone

HATCHES = ["", "//", "xx", ".."]

# ---------------------------------------------------------------- networks


@cache
def source():
    """What load_backbone says of the weights that are there: its source, its alpha and its line."""
    found = load_backbone(image_shape=(96, 96, 3), quiet=True)
    return found.source, found.alpha, found.line


def side():
    """Side of the pictures that suits the weights: 96 for those that ship, 224 for ImageNet's."""
    return 96 if source()[0] == "shipped" else 224


def backbone(input_shape):
    """A pretrained MobileNetV2 without its top: (m, n_H, n_W, 3) with values from -1 to 1 to features.

    input_shape: (n_H, n_W, 3). Each call gives a new one.
    """
    return load_backbone(image_shape=tuple(input_shape), quiet=True).model


def base_of(model):
    """The layer of a model that is itself a model: the one with most layers."""
    return max((layer for layer in model.layers if hasattr(layer, "layers")), key=lambda x: len(x.layers))


def from_scratch(input_shape, augmenter):
    """The same network as on the pretrained base, with random weights, all of which train. Values 0 to 255."""
    base = keras.applications.MobileNetV2(input_shape, source()[1], include_top=False, weights=None)
    for layer in base.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.momentum = 0.9
    inputs = keras.Input(input_shape)
    X = base(augmenter(inputs) / 127.5 - 1)
    X = layers.Dropout(0.2)(layers.GlobalAveragePooling2D()(X))
    return keras.Model(inputs, layers.Dense(1)(X))


def small(data, margin=0):
    """The pictures of a data set at 96x96, or larger by a margin: where many networks are trained, small is quick."""
    n = 96 + margin
    return data if data.X_train.shape[1] == n else load_alpaca(n, quiet=True)


def set_weights(model, values):
    """Gives a model all of its values, as jitter.compare notes them for jitter.network."""
    for variable, value in zip(model.variables, values, strict=True):
        variable.assign(value)


# ---------------------------------------------------------------- training and measuring


def cross_entropy(t, logits):
    """Mean cross-entropy of labels t (m,) and logits (m, 1)."""
    t = tf.cast(t, tf.float32)
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(t, tf.reshape(logits, [-1])))


def keep_statistics(model):
    """Freezes every batch norm of the model's base: only so do its moving averages stand still in training."""
    nested = [layer for layer in model.layers if hasattr(layer, "layers")]
    for layer in base_of(model).layers if nested else []:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False


def trainer(model, peak, steps, pretrained=True):
    """A function (X, y, seed) that trains a model from the weights that it has now, each time anew.

    X is an array (m, ...) or a function of the epoch that gives one. The learning rate climbs to peak in the first
    tenth of the steps and falls along a cosine; a batch has 16 examples. Its graph is laid out once. With
    pretrained the batch norms of the base keep their statistics.
    """
    if pretrained:
        keep_statistics(model)
    rate = helpers.warm_up_cosine(peak, max(1, steps // 10), steps)
    optimizer = keras.optimizers.Adam(rate)
    step = helpers.training_step(model, optimizer, cross_entropy)
    start = [np.array(v) for v in (*model.variables, *optimizer.variables)]

    def train(X, y, seed=1):
        for variable, value in zip((*model.variables, *optimizer.variables), start, strict=True):
            variable.assign(value)
        rng, done, epoch = np.random.default_rng(seed), 0, 0
        while done < steps:
            examples = X(epoch) if callable(X) else X
            order = rng.permutation(len(y))
            for x, t in helpers.batches(examples[order].astype(np.float32), y[order], min(16, len(y))):
                step(x, t)
                done += 1
                if done == steps:
                    break
            epoch += 1

    return train


def train(model, X, y, epochs, peak, seed=1, pretrained=True):
    """Trains a model on X (m, n, n, 3) with labels y (m,), in batches of 16; see trainer."""
    trainer(model, peak, epochs * (len(y) // 16), pretrained)(X, y, seed)


def in_use(model):
    """The model in inference mode, as a function of pictures or features X (m, ...) of any number: an array.

    Its graph is laid out once, which takes about as long as 300 pictures do without one.
    """
    shape = (None, *model.input_shape[1:])
    run = tf.function(lambda x: model(x, training=False), input_signature=[tf.TensorSpec(shape, tf.float32)])

    def outputs(X, batch_size=64):
        parts = [X[i : i + batch_size].astype(np.float32) for i in range(0, len(X), batch_size)]
        return np.concatenate([run(part).numpy() for part in parts])

    return outputs


def share_right(outputs, y):
    """The share of logits (m, 1) that say what y (m,) says."""
    return float(np.mean((outputs[:, 0] > 0) == y))


def accuracy(model, X, y):
    """Share of the pictures X (m, n, n, 3) of which the model says what y (m,) says, in inference mode."""
    return share_right(in_use(model)(X), y)


def recalibrate(model, X):
    """The batch norms of the base count their statistics again over X (m, n, n, 3) with values from 0 to 255."""
    helpers.recalibrate(base_of(model), X.astype(np.float32) / 127.5 - 1, batch_size=100)


def balanced(y, m, seed):
    """Places of m examples, as many of each class, drawn at random: (m,)."""
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.permutation(np.flatnonzero(y == k))[: m // 2] for k in (0, 1)])


# ---------------------------------------------------------------- figures


def show(X, titles=None, columns=8):
    """Pictures X (m, n, n, 3) from 0 to 255, each under its title."""
    titles = [""] * len(X) if titles is None else list(titles)
    helpers.show_signs(np.clip(X, 0, 255).astype(np.uint8), titles, columns, titles)


def show_answers(model, X, y):
    """Pictures X (m, n, n, 3), each under how sure the model is of an alpaca; where that is wrong, it says so."""
    sure = 1 / (1 + np.exp(-in_use(model)(X)[:, 0]))
    wrong = (sure > 0.5) != y
    show(X, [f"{100 * p:.0f} %" + (", wrong" if w else "") for p, w in zip(sure, wrong, strict=True)])


def plot_bars(results):
    """Test accuracy as bars: {name: accuracies of each seed}. A bar is their mean, the dots are the seeds."""
    figure, axis = plt.subplots(figsize=(6.5, 3.2), dpi=DPI)
    for i, (values, hatch) in enumerate(zip(results.values(), HATCHES, strict=False)):
        values = np.atleast_1d(values)
        axis.bar(i, values.mean(), 0.6, color="white", edgecolor="black", hatch=hatch)
        if len(values) > 1:
            axis.plot(np.full(len(values), i), values, "o", color="black", ms=5)
        axis.text(i, values.max() + 0.03, f"{values.mean():.2f}", ha="center", fontsize=10)
    axis.set_xticks(range(len(results)), list(results), fontsize=9)
    axis.axhline(0.5, color="gray", linewidth=0.8)
    axis.text(len(results) - 0.55, 0.505, "a coin", color="gray", fontsize=9)
    axis.set(ylabel="test accuracy", xlim=(-0.5, len(results) - 0.1), ylim=(0.4, 1.06))
    figure.tight_layout()
    plt.show()
