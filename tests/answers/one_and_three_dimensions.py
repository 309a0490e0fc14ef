"""Answers to week4/one_and_three_dimensions as people write them, right and wrong."""

import itertools
import warnings

import workbook

workbook.start()

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from tensorflow.keras.layers import (
    Activation,
    Conv1D,
    Conv3D,
    Dense,
    GlobalAveragePooling3D,
    GlobalMaxPool1D,
    Input,
)
from tensorflow.keras.models import Model, Sequential

# --- conv1d_forward ----------------------------------------------------------------------------------------


def conv1d_in_full(x, w, b, stride, padding):
    (m, n, _) = x.shape
    (f, _, c) = w.shape
    n_out = int((n + 2 * padding - f) / stride) + 1
    x_pad = np.pad(x, ((0, 0), (padding, padding), (0, 0)), mode="constant", constant_values=0)
    Z = np.zeros((m, n_out, c))
    for i in range(m):
        for t in range(n_out):
            for k in range(c):
                start = t * stride
                window = x_pad[i, start : start + f, :]
                Z[i, t, k] = np.sum(window * w[:, :, k]) + float(b[k])
    return Z


def conv1d_by_shifts(x, w, b, stride=1, padding=0):
    """The signal moves, the kernel stands still."""
    print("a print costs nothing")
    warnings.warn("nor does a warning", stacklevel=1)
    f = w.shape[0]
    x = np.pad(x, ((0, 0), (padding,) * 2, (0, 0)))
    last = x.shape[1] - f
    return sum(x[:, r : r + last + 1 : stride] @ w[r] for r in range(f)) + b


def conv1d_by_einsum(x, w, b, stride, padding, verbose=False):
    border = [np.zeros_like(x[:, :1])] * padding
    x = np.concatenate([*border, x, *border], axis=1)
    views = np.lib.stride_tricks.sliding_window_view(x, w.shape[0], axis=1)[:, ::stride]
    return np.einsum("mtcf,fck->mtk", views, w) + np.reshape(b, (1, 1, -1))


def conv1d_with_tensorflow(x, w, b, stride, padding):
    x = tf.pad(tf.constant(x, tf.float32), [[0, 0], [padding, padding], [0, 0]])
    return tf.nn.conv1d(x, tf.cast(w, tf.float32), stride, "VALID") + tf.cast(b, tf.float32)


def conv1d_with_correlate(x, w, b, stride, padding):
    """np.correlate does not flip."""
    x = np.pad(x, [(0, 0), (padding, padding), (0, 0)])
    result = []
    for signal in x:
        rows = []
        for k in range(w.shape[2]):
            total = sum(np.correlate(signal[:, j], w[:, j, k], "valid") for j in range(w.shape[1]))
            rows.append(total[::stride] + b[k])
        result.append(np.stack(rows, axis=-1))
    return np.array(result)


def conv1d_with_convolve(x, w, b, stride, padding):
    """np.convolve flips the kernel."""
    x = np.pad(x, [(0, 0), (padding, padding), (0, 0)])
    c_prev, c = w.shape[1:]
    z = [
        [sum(np.convolve(s[:, j], w[:, j, k], "valid") for j in range(c_prev)) + b[k] for k in range(c)]
        for s in x
    ]
    return np.moveaxis(np.array(z), 1, 2)[:, ::stride]


def conv1d_without_two(x, w, b, stride, padding):
    m, n, _ = x.shape
    f, _, c = w.shape
    x = np.pad(x, ((0, 0), (padding, padding), (0, 0)))
    Z = np.zeros((m, (n + padding - f) // stride + 1, c))
    for t in range(Z.shape[1]):
        Z[:, t] = np.tensordot(x[:, t * stride : t * stride + f], w, 2) + b
    return Z


def conv1d_pads_all(x, w, b, stride, padding):
    return conv1d_in_full(np.pad(x, padding), w, b, stride, 0)


# --- conv3d_forward ----------------------------------------------------------------------------------------


def conv3d_in_full(x, w, b, stride, padding):
    m, n_D, n_H, n_W, _ = x.shape
    f_D, f_H, f_W, _, c = w.shape
    s_D, s_H, s_W = stride
    p_D, p_H, p_W = padding
    o_D = (n_D + 2 * p_D - f_D) // s_D + 1
    o_H = (n_H + 2 * p_H - f_H) // s_H + 1
    o_W = (n_W + 2 * p_W - f_W) // s_W + 1
    x_pad = np.pad(x, ((0, 0), (p_D, p_D), (p_H, p_H), (p_W, p_W), (0, 0)))
    Z = np.zeros((m, o_D, o_H, o_W, c))
    for i in range(m):
        for d in range(o_D):
            for h in range(o_H):
                for v in range(o_W):
                    a, e, g = d * s_D, h * s_H, v * s_W
                    window = x_pad[i, a : a + f_D, e : e + f_H, g : g + f_W, :]
                    for k in range(c):
                        Z[i, d, h, v, k] = np.sum(window * w[..., k]) + b[k]
    return Z


def conv3d_by_shifts(x, w, b, stride=(1, 1, 1), padding=(0, 0, 0)):
    stride, padding = np.broadcast_to(stride, 3), np.broadcast_to(padding, 3)
    x = np.pad(x, [(0, 0), *[(int(p), int(p)) for p in padding], (0, 0)])
    ends = [n - f + 1 for n, f in zip(x.shape[1:4], w.shape[:3], strict=True)]
    z = 0
    for place in itertools.product(*map(range, w.shape[:3])):
        where = tuple(slice(a, a + e, int(s)) for a, e, s in zip(place, ends, stride, strict=True))
        z = z + x[(slice(None), *where)] @ w[place]
    return z + b


def conv3d_with_tensorflow(x, w, b, stride, padding):
    x = tf.pad(x, [[0, 0], *[[p, p] for p in padding], [0, 0]])
    return tf.nn.conv3d(x, w, strides=[1, *stride, 1], padding="VALID") + b


def conv3d_of_conv2d(x, w, b, stride, padding):
    """A sum over the depth of 2-D convolutions of slices."""
    x = np.pad(x, [(0, 0), *[(p, p) for p in padding], (0, 0)]).astype(np.float32)
    slices = []
    for d in range(0, x.shape[1] - w.shape[0] + 1, stride[0]):
        total = 0
        for k in range(w.shape[0]):
            total = total + tf.nn.conv2d(
                x[:, d + k], w[k].astype(np.float32), [1, *stride[1:], 1], padding="VALID"
            )
        slices.append(total)
    return tf.stack(slices, axis=1) + b.astype(np.float32)


def conv3d_by_einsum(x, w, b, stride, padding):
    (s_D, s_H, s_W), p = tuple(stride), [0, *padding, 0]
    x = np.pad(x, list(zip(p, p, strict=True)))
    views = np.lib.stride_tricks.sliding_window_view(x, w.shape[:3], axis=(1, 2, 3))
    return np.einsum("mdhwcijk,ijkcn->mdhwn", views[:, ::s_D, ::s_H, ::s_W], w) + b.reshape((1, 1, 1, 1, -1))


def conv3d_slice_by_slice(x, w, b, stride, padding):
    """Forgets that the kernel is deep."""
    return conv3d_in_full(x, np.concatenate([w[:1], 0 * w[1:]]), b, stride, padding)


def conv3d_other_order(x, w, b, stride, padding):
    return conv3d_by_shifts(x, w, b, stride[::-1], padding)


def conv3d_without_depth(x, w, b, stride, padding):
    return conv3d_in_full(x, w, b, stride, (0, *padding[1:]))


# --- heartbeat_model ---------------------------------------------------------------------------------------


def heartbeat_sequential(input_shape, classes):
    return Sequential(
        [
            Input(shape=input_shape),
            Conv1D(16, 15, strides=2, padding="same", activation="relu"),
            Conv1D(24, 9, strides=3, padding="same", activation="relu"),
            Conv1D(32, 9, strides=3, padding="same", activation="relu"),
            Conv1D(32, 9, strides=2, padding="same", activation="relu"),
            GlobalMaxPool1D(),
            Dense(classes, activation="softmax"),
        ]
    )


def heartbeat_functional(input_shape, classes=3, name="heart"):
    x = inputs = keras.Input(input_shape)
    for filters, f, s in [(16, 15, 2), (24, 9, 3), (32, 9, 3), (32, 9, 2)]:
        x = Activation("relu")(Conv1D(filters, kernel_size=f, strides=s, padding="same")(x))
    x = ops.max(x, axis=1)
    return Model(inputs, layers.Softmax()(Dense(classes)(x)), name=name)


def heartbeat_not_built(input_shape, classes):
    model = keras.Sequential()
    for filters, f, s in zip((16, 24, 32, 32), (15, 9, 9, 9), (2, 3, 3, 2), strict=True):
        model.add(layers.Conv1D(filters, f, s, "same", kernel_initializer="he_normal"))
        model.add(layers.ReLU())
    model.add(layers.GlobalMaxPooling1D())
    model.add(layers.Dense(units=classes, activation=tf.nn.softmax))
    return model


class _Heart(keras.Model):
    def __init__(self, classes):
        super().__init__()
        self.body = [
            layers.Conv1D(filters, f, strides=s, padding="same")
            for filters, f, s in ((16, 15, 2), (24, 9, 3), (32, 9, 3), (32, 9, 2))
        ]
        self.head = layers.Dense(classes)

    def call(self, X, training=None):
        for layer in self.body:
            X = tf.nn.relu(layer(X))
        return tf.nn.softmax(self.head(tf.reduce_max(X, axis=1)))


def heartbeat_subclassed(input_shape, classes):
    return _Heart(classes)


def heartbeat_of_flat_pictures(input_shape, classes):
    """A signal as a picture of height 1: the same numbers."""
    n, channels = input_shape
    x = inputs = keras.Input(input_shape)
    x = layers.Reshape((1, n, channels))(x)
    for filters, f, s in ((16, 15, 2), (24, 9, 3), (32, 9, 3), (32, 9, 2)):
        x = layers.Conv2D(filters, (1, f), strides=(1, s), padding="same", activation="relu")(x)
    return keras.Model(inputs, layers.Dense(classes, "softmax")(layers.GlobalMaxPooling2D()(x)))


def heartbeat_pools_the_mean(input_shape, classes):
    x = inputs = keras.Input(input_shape)
    for filters, f, s in ((16, 15, 2), (24, 9, 3), (32, 9, 3), (32, 9, 2)):
        x = layers.Conv1D(filters, f, s, padding="same", activation="relu")(x)
    return keras.Model(inputs, layers.Dense(classes, "softmax")(layers.GlobalAveragePooling1D()(x)))


def heartbeat_of_logits(input_shape, classes):
    model = heartbeat_sequential(input_shape, classes)
    model.layers[-1].activation = keras.activations.linear
    return model


def heartbeat_returns_output(input_shape, classes):
    return heartbeat_functional(input_shape, classes).output


# --- action_model ------------------------------------------------------------------------------------------


def action_sequential(input_shape, classes):
    return Sequential(
        [
            Input(shape=input_shape),
            Conv3D(8, (3, 3, 3), strides=(1, 2, 2), padding="same", activation="relu"),
            Conv3D(16, (3, 3, 3), strides=(1, 2, 2), padding="same", activation="relu"),
            Conv3D(32, (3, 3, 3), strides=(2, 2, 2), padding="same", activation="relu"),
            GlobalAveragePooling3D(),
            Dense(classes, activation="softmax"),
        ]
    )


def action_functional(input_shape=(12, 24, 24, 1), classes=6):
    x = inputs = keras.Input(input_shape)
    for filters, time in ((8, 1), (16, 1), (32, 2)):
        x = layers.Conv3D(filters, 3, strides=(time, 2, 2), padding="same")(x)
        x = layers.ReLU()(x)
    x = ops.mean(x, axis=(1, 2, 3))
    return keras.Model(inputs=inputs, outputs=layers.Activation("softmax")(layers.Dense(classes)(x)))


def action_not_built(input_shape, classes):
    return keras.Sequential(
        [
            layers.Conv3D(8, 3, (1, 2, 2), "same", activation="relu"),
            layers.Conv3D(16, 3, (1, 2, 2), "same", activation="relu"),
            layers.Conv3D(32, 3, 2, "same", activation="relu"),
            layers.GlobalAvgPool3D(),
            layers.Dense(classes),
            layers.Softmax(),
        ],
        name="clips",
    )


class _Action(keras.Model):
    def __init__(self, classes):
        super().__init__()
        self.one = layers.Conv3D(8, 3, strides=(1, 2, 2), padding="same", activation="relu")
        self.two = layers.Conv3D(16, 3, strides=(1, 2, 2), padding="same", activation="relu")
        self.three = layers.Conv3D(32, 3, strides=2, padding="same", activation="relu")
        self.head = layers.Dense(classes, activation="softmax")

    def call(self, X):
        return self.head(ops.mean(self.three(self.two(self.one(X))), axis=[1, 2, 3]))


def action_subclassed(input_shape, classes):
    model = _Action(classes)
    model.build((None, *input_shape))
    return model


def action_of_frames(input_shape, classes):
    inputs = keras.Input(input_shape)
    x = inputs
    for filters, s in ((8, (1, 2, 2)), (16, (1, 2, 2)), (32, (2, 2, 2))):
        x = layers.Conv3D(filters, (1, 3, 3), strides=s, padding="same", activation="relu")(x)
    return keras.Model(inputs, layers.Dense(classes, "softmax")(layers.GlobalAveragePooling3D()(x)))


def action_of_six(input_shape, classes):
    return action_functional(input_shape)


def action_returns_layers(input_shape, classes):
    return [layers.Conv3D(8, 3), layers.Dense(classes)]


RIGHT = {
    "conv1d_forward": [
        conv1d_in_full,
        conv1d_by_shifts,
        conv1d_by_einsum,
        conv1d_with_tensorflow,
        conv1d_with_correlate,
    ],
    "conv3d_forward": [
        conv3d_in_full,
        conv3d_by_shifts,
        conv3d_with_tensorflow,
        conv3d_of_conv2d,
        conv3d_by_einsum,
    ],
    "heartbeat_model": [
        heartbeat_sequential,
        heartbeat_functional,
        heartbeat_not_built,
        heartbeat_subclassed,
        heartbeat_of_flat_pictures,
    ],
    "action_model": [action_sequential, action_functional, action_not_built, action_subclassed],
}
WRONG = {
    "conv1d_forward": [
        (conv1d_with_convolve, "the kernel is turned round"),
        (conv1d_without_two, "padding is counted once"),
        (conv1d_pads_all, None),
    ],
    "conv3d_forward": [
        (conv3d_slice_by_slice, "only the kernel's first slice"),
        (conv3d_other_order, "the strides are read as (width, height, depth)"),
        (conv3d_without_depth, "the depth is not padded"),
    ],
    "heartbeat_model": [
        (heartbeat_pools_the_mean, "the mean over time is taken"),
        (heartbeat_of_logits, "has no softmax"),
        (heartbeat_returns_output, "expected a Keras model"),
    ],
    "action_model": [
        (action_of_frames, "each frame is looked at by itself"),
        (action_of_six, "the argument classes is ignored"),
        (action_returns_layers, None),
    ],
}
