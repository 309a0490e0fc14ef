"""Networks of growing depth, with shortcuts and without: the experiments of the residual-network lesson.

Call workbook.start() before you import this file: it quiets TensorFlow, which is loaded here.
Pictures are float32 arrays (m, n_H, n_W, 3) with values from 0 to 1, labels are int64 arrays (m,).
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers

import helpers
from helpers import DPI, LINES, MARKERS

# ---------------------------------------------------------------- networks and measurements


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


def train_small(network, X, y, epochs=3):
    """Training loss of a small network by epoch: (epochs,). X: (m, n_H, n_W, 3), y: (m,)."""
    rng = np.random.default_rng(1)
    entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    step = helpers.training_step(network, 3e-3, entropy)
    losses = []
    for _ in range(epochs):
        order = rng.permutation(len(X))
        losses.append(np.mean([float(step(x, t)[0]) for x, t in helpers.batches(X[order], y[order], 32)]))
    return np.array(losses)


def identity_errors(residual, steps=200, filters=8):
    """Error of a block that is trained to give back its input, relative to the input: (steps + 1,).

    The block has two 3x3 convolutions with small weights, and with residual a shortcut around them.
    """
    keras.utils.set_random_seed(1)
    x = tf.nn.relu(tf.random.normal((64, 8, 8, filters)))
    inputs = keras.Input(x.shape[1:])
    first, second = (keras.initializers.RandomNormal(stddev=0.01, seed=seed) for seed in (1, 2))
    X = layers.Conv2D(filters, 3, padding="same", activation="relu", kernel_initializer=first)(inputs)
    X = layers.Conv2D(filters, 3, padding="same", kernel_initializer=second)(X)
    block = keras.Model(inputs, layers.ReLU()(layers.Add()([X, inputs]) if residual else X))
    optimizer = keras.optimizers.Adam(0.01)
    optimizer.build(block.trainable_variables)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            error = tf.reduce_mean((block(x, training=True) - x) ** 2)
        weights = [variable.value for variable in block.trainable_variables]
        optimizer.apply_gradients(zip(tape.gradient(error, weights), block.trainable_variables, strict=True))
        return error

    errors = np.array([float(step()) for _ in range(steps + 1)])
    return np.sqrt(errors / float(tf.reduce_mean(x**2)))


def half_size(X):
    """Each 2x2 square of pixels becomes its mean: (m, n_H, n_W, 3) to (m, n_H / 2, n_W / 2, 3)."""
    m, n_H, n_W, n_C = X.shape
    return X.reshape(m, n_H // 2, 2, n_W // 2, 2, n_C).mean(axis=(2, 4))


# ---------------------------------------------------------------- figures


def plot_identity_errors(errors):
    """Error relative to the input by training step, on a logarithmic axis. errors: {kind: (steps,)}."""
    figure, axis = plt.subplots(figsize=(5, 3), dpi=DPI)
    for (kind, values), style in zip(errors.items(), ("--", "-"), strict=True):
        axis.semilogy(np.maximum(values, 1e-5), style, color="black", label=kind)
    axis.set(xlabel="training step", ylabel="relative error")
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
        axis.set(title=kind, xlabel="epoch", xticks=epochs)
        axis.legend()
    axes[0].set_ylabel("training loss")
    figure.tight_layout()
    plt.show()
