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


def conv1d_with_keras(x, w, b, stride, padding):
    """A layer with given weights."""
    layer = layers.Conv1D(w.shape[2], w.shape[0], strides=stride, padding="valid")
    x = layers.ZeroPadding1D(padding)(ops.convert_to_tensor(x, "float32"))
    layer.build(x.shape)
    layer.set_weights([w, b])
    return layer(x)


def conv1d_as_a_matrix(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int, padding: int) -> np.ndarray:
    """All windows as rows of one matrix."""
    m, n, c_prev = x.shape
    f, _, c = w.shape
    n_out = int(np.floor((n + 2 * padding - f) / stride + 1))
    x_pad = np.zeros((m, n + 2 * padding, c_prev))
    x_pad[:, padding : padding + n] = x
    places = stride * np.arange(n_out)[:, None] + np.arange(f)
    return (x_pad[:, places].reshape(m * n_out, f * c_prev) @ w.reshape(-1, c)).reshape(m, n_out, c) + b


def conv1d_as_a_picture(x, w, b, stride, padding):
    """A picture of height 1."""
    x, w = tf.cast(x, tf.float64)[:, None], tf.cast(w, tf.float64)[None]
    frame = [[0, 0], [0, 0], [padding, padding], [0, 0]]
    z = tf.nn.conv2d(x, w, strides=[1, 1, stride, 1], padding=frame)
    return tf.squeeze(z + b, axis=1).numpy()


def conv1d_until_the_end(x, w, b, stride, padding):
    f = len(w)
    x = np.pad(x, ((0, 0), (padding, padding), (0, 0)), "constant")
    rows, start = [], 0
    while start + f <= x.shape[1]:
        rows.append(np.dot(x[:, start : start + f].reshape(len(x), -1), w.reshape(-1, w.shape[-1])))
        start += stride
    return np.stack(rows, axis=1) + b.reshape(1, 1, -1)


def conv1d_with_a_helper(x, w, b, stride, padding):
    def single(window, kernel, bias):
        s = np.multiply(window, kernel)
        return np.add(np.sum(s), bias).item()

    m, n, _ = np.shape(x)
    f, _, c = np.shape(w)
    out = 1 + (n - f + 2 * padding) // stride
    z = np.empty((m, out, c), dtype=np.float64)
    for i, t, k in np.ndindex(m, out, c):
        begin = t * stride - padding
        inside = range(max(begin, 0), min(begin + f, n))
        z[i, t, k] = single(x[i, inside], w[[j - begin for j in inside], :, k], b[k])
    return z


def conv1d_same(x, w, b, stride, padding):
    return conv1d_in_full(x, w, b, stride, (w.shape[0] - 1) // 2)


def conv1d_of_one_channel(x, w, b, stride, padding):
    return conv1d_in_full(x[..., :1], w[:, :1], b, stride, padding)


def conv1d_bias_at_each_tap(x, w, b, stride, padding):
    x = np.pad(x, ((0, 0), (padding, padding), (0, 0)))
    starts = range(0, x.shape[1] - len(w) + 1, stride)
    return np.stack([(x[:, a : a + len(w), :, None] * w + b).sum(axis=(1, 2)) for a in starts], axis=1)


def conv1d_of_the_first(x, w, b, stride, padding):
    z = np.zeros((len(x), (x.shape[1] + 2 * padding - len(w)) // stride + 1, w.shape[2]))
    z[0] = conv1d_in_full(x[:1], w, b, stride, padding)[0]
    return z


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


def conv3d_with_keras(x, w, b, stride, padding):
    layer = layers.Conv3D(w.shape[-1], w.shape[:3], strides=tuple(stride), dtype="float32")
    x = layers.ZeroPadding3D(tuple(padding))(ops.cast(x, "float32"))
    layer.build(x.shape)
    layer.set_weights([w, b])
    return ops.convert_to_numpy(layer(x))


def conv3d_as_a_matrix(x, w, b, stride, padding):
    m, c = x.shape[0], w.shape[-1]
    x = np.pad(x, ((0, 0), *((p, p) for p in padding), (0, 0)))
    sizes = [(n - f) // s + 1 for n, f, s in zip(x.shape[1:], w.shape, stride, strict=False)][:3]
    rows = []
    for d, h, v in itertools.product(*(range(size) for size in sizes)):
        where = [slice(i * s, i * s + f) for i, s, f in zip((d, h, v), stride, w.shape[:3], strict=True)]
        rows.append(x[(slice(None), *where)].reshape(m, -1))
    z = np.array(rows) @ w.reshape(-1, c) + b
    return np.swapaxes(z, 0, 1).reshape(m, *sizes, c)


def conv3d_typed(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: tuple[int, int, int], padding: tuple[int, int, int]
) -> np.ndarray:
    """One kernel after another."""
    x = np.pad(x, [(0, 0)] + [(p, p) for p in padding] + [(0, 0)])
    maps = []
    for k in range(w.shape[-1]):
        views = np.lib.stride_tricks.sliding_window_view(x, (1, *w.shape[:4]))[..., 0, :, :, :, :]
        views = views[:, :: stride[0], :: stride[1], :: stride[2], 0]
        maps.append((views * w[..., k]).sum(axis=(-4, -3, -2, -1)) + b[k])
    return np.stack(maps, axis=-1)


def conv3d_until_the_end(x, w, b, stride, padding):
    x = np.pad(x, ((0, 0), (padding[0],) * 2, (padding[1],) * 2, (padding[2],) * 2, (0, 0)))
    f, n = w.shape[:3], x.shape[1:4]
    return np.array(
        [
            [
                [
                    [
                        np.tensordot(each[d : d + f[0], h : h + f[1], v : v + f[2]], w, axes=4) + b
                        for v in range(0, n[2] - f[2] + 1, stride[2])
                    ]
                    for h in range(0, n[1] - f[1] + 1, stride[1])
                ]
                for d in range(0, n[0] - f[0] + 1, stride[0])
            ]
            for each in x
        ]
    )


def conv3d_by_recursion(x, w, b, stride, padding):
    """A convolution of r axes is a sum of convolutions of r - 1."""

    def convolve(x, w, strides, paddings):
        if not strides:
            return x @ w
        (s, *strides), (p, *paddings) = strides, paddings
        border = [(0, 0)] * x.ndim
        border[1] = (p, p)
        x = np.pad(x, border)
        n_out = (x.shape[1] - w.shape[0]) // s + 1
        parts = []
        for i in range(n_out):
            parts.append(sum(convolve(x[:, i * s + j], w[j], strides, paddings) for j in range(w.shape[0])))
        return np.stack(parts, axis=1)

    return convolve(x, w, list(stride), list(padding)) + b


def conv3d_summed_over_depth(x, w, b, stride, padding):
    return conv3d_in_full(x, w, b, stride, padding).sum(axis=1)


def conv3d_one_stride(x, w, b, stride, padding):
    return conv3d_in_full(x, w, b, (stride[0],) * 3, padding)


def conv3d_paddings_reversed(x, w, b, stride, padding):
    return conv3d_in_full(x, w, b, stride, padding[::-1])


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


def heartbeat_with_lambda(input_shape, classes):
    net = [keras.Input(shape=input_shape)]
    for filters, f, s in ((16, 15, 2), (24, 9, 3), (32, 9, 3), (32, 9, 2)):
        net += [Conv1D(filters, f, s, padding="SAME"), layers.Lambda(lambda x: tf.nn.relu(x))]
    net += [layers.Lambda(lambda x: tf.reduce_max(x, axis=1)), Dense(classes), Activation("softmax")]
    return Sequential(net)


def _padded(x, f, s):
    """Zeros by hand, as "same" puts them."""
    n = x.shape[1]
    total = max((-(-n // s) - 1) * s + f - n, 0)
    return layers.ZeroPadding1D((total // 2, total - total // 2))(x)


def heartbeat_padded_by_hand(input_shape, classes):
    x = inputs = tf.keras.layers.Input(input_shape)
    for filters, f, s in ((16, 15, 2), (24, 9, 3), (32, 9, 3), (32, 9, 2)):
        x = layers.ReLU()(layers.Conv1D(filters, f, strides=s, padding="valid")(_padded(x, f, s)))
    x = layers.Flatten()(layers.MaxPooling1D(x.shape[1])(x))
    return tf.keras.Model(inputs=inputs, outputs=layers.Dense(classes, activation="softmax")(x))


class _Block(layers.Layer):
    def __init__(self, filters, f, stride, **kwargs):
        super().__init__(**kwargs)
        self.conv = layers.Conv1D(filters, f, stride, "same", activation="relu", bias_initializer="ones")

    def call(self, x):
        return self.conv(x)


def heartbeat_of_blocks(input_shape: tuple[int, int], classes: int = 3) -> keras.Model:
    blocks = [_Block(16, 15, 2), _Block(24, 9, 3), _Block(32, 9, 3), _Block(32, 9, 2, name="last")]
    X = inputs = keras.Input(input_shape, name="signal")
    for block in blocks:
        X = block(X)
    X = layers.Dropout(0)(layers.GlobalMaxPooling1D(keepdims=False)(X))
    return keras.Model(inputs, layers.Dense(classes, keras.activations.softmax)(X))


def heartbeat_in_two_models(input_shape, classes):
    body = Sequential(name="body")
    for filters, f, s in ((16, 15, 2), (24, 9, 3), (32, 9, 3), (32, 9, 2)):
        body.add(Conv1D(filters=filters, kernel_size=(f,), strides=(s,), padding="same"))
        body.add(layers.Activation(keras.activations.relu))
    inputs = Input(input_shape)
    return Model([inputs], [Dense(classes, "softmax")(GlobalMaxPool1D()(body(inputs)))][0])


def heartbeat_channels(input_shape, classes, **settings):
    """The softmax by hand."""
    x = inputs = keras.Input(input_shape)
    for filters, f, s in ((16, 15, 2), (24, 9, 3), (32, 9, 3), (32, 9, 2)):
        x = ops.maximum(layers.Conv1D(filters, f, strides=s, padding="same")(x), 0.0)
    e = ops.exp(layers.Dense(classes)(ops.amax(x, axis=-2)))
    return keras.Model(inputs, e / ops.sum(e, axis=-1, keepdims=True))


def heartbeat_without_padding(input_shape, classes):
    x = inputs = keras.Input(input_shape)
    for filters, f, s in ((16, 15, 2), (24, 9, 3), (32, 9, 3), (32, 9, 2)):
        x = layers.Conv1D(filters, f, s, activation="relu")(x)
    return keras.Model(inputs, layers.Dense(classes, "softmax")(layers.GlobalMaxPooling1D()(x)))


def heartbeat_of_stride_two(input_shape, classes):
    x = inputs = keras.Input(input_shape)
    for filters, f in ((16, 15), (24, 9), (32, 9), (32, 9)):
        x = layers.Conv1D(filters, f, 2, "same", activation="relu")(x)
    return keras.Model(inputs, layers.Dense(classes, "softmax")(layers.GlobalMaxPooling1D()(x)))


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


def action_with_keywords(input_shape: tuple, classes: int) -> keras.Model:
    table = [(8, (1, 2, 2)), (16, (1, 2, 2)), (32, (2, 2, 2))]
    stack = [tf.keras.Input(shape=input_shape, name="clip")]
    for number, (filters, strides) in enumerate(table, start=1):
        stack.append(
            tf.keras.layers.Conv3D(
                filters=filters, kernel_size=3, strides=strides, padding="same", name=f"conv{number}"
            )
        )
        stack.append(tf.keras.layers.Activation("relu", name=f"relu{number}"))
    stack.append(tf.keras.layers.GlobalAveragePooling3D(data_format="channels_last"))
    stack.append(tf.keras.layers.Dense(units=classes, activation=tf.nn.softmax))
    return tf.keras.Sequential(stack)


def action_with_pooling(input_shape, classes):
    """The mean as a pooling over all that is left."""
    x = inputs = keras.Input(input_shape)
    for filters, s in ((8, [1, 2, 2]), (16, [1, 2, 2]), (32, [2, 2, 2])):
        x = layers.ReLU(negative_slope=0.0)(layers.Conv3D(filters, (3, 3, 3), s, "same")(x))
    x = layers.Flatten()(layers.AveragePooling3D(pool_size=x.shape[1:4])(x))
    return keras.Model(inputs, layers.Softmax(axis=-1)(layers.Dense(classes)(x)))


def _conv(x, filters, strides):
    return ops.relu(layers.Conv3D(filters, 3, strides=strides, padding="same", use_bias=True)(x))


def action_with_a_helper(input_shape, classes, dropout=0.0):
    inputs = Input(input_shape)
    x = _conv(_conv(_conv(inputs, 8, (1, 2, 2)), 16, (1, 2, 2)), 32, (2, 2, 2))
    x = layers.GlobalAveragePooling3D(keepdims=True)(x)
    x = layers.Dropout(dropout)(layers.Reshape((32,))(x))
    return Model(inputs=[inputs], outputs=Activation(tf.nn.softmax)(Dense(classes, activation=None)(x)))


class _Clip(Model):
    def __init__(self, classes):
        super().__init__()
        self.stack = Sequential(
            [
                Conv3D(8, 3, (1, 2, 2), "same", activation="relu"),
                Conv3D(16, 3, (1, 2, 2), "same", activation="relu"),
                Conv3D(32, 3, (2, 2, 2), "same", activation="relu"),
            ]
        )
        self.dense = Dense(classes)

    def call(self, clips, training=None):
        maps = self.stack(clips, training=training)
        return tf.math.softmax(self.dense(tf.reduce_mean(maps, [1, 2, 3])))


def action_class_not_built(input_shape, classes):
    return _Clip(classes)


def action_flat(input_shape, classes):
    """The mean over frames and places after they became one axis."""
    x = inputs = keras.Input(input_shape)
    for filters, s in zip((8, 16, 32), ((1, 2, 2), (1, 2, 2), (2, 2, 2)), strict=True):
        x = layers.Conv3D(
            filters, 3, s, padding="same", activation=ops.relu, kernel_initializer="he_uniform"
        )(x)
    x = layers.GlobalAveragePooling1D()(layers.Reshape((-1, 32))(x))
    return keras.Model(inputs, layers.Dense(classes, activation="softmax", name="probabilities")(x))


def action_padded_by_hand(input_shape, classes):
    x = inputs = keras.Input(input_shape)
    for filters, strides in ((8, (1, 2, 2)), (16, (1, 2, 2)), (32, (2, 2, 2))):
        needed = [max((-(-n // s) - 1) * s + 3 - n, 0) for n, s in zip(x.shape[1:4], strides, strict=True)]
        x = layers.ZeroPadding3D([(n // 2, n - n // 2) for n in needed])(x)
        x = layers.Conv3D(filters, 3, strides, activation="relu")(x)
    return keras.Model(inputs, layers.Dense(classes, "softmax")(ops.mean(x, axis=(1, 2, 3))))


def _action_of(input_shape, classes, strides=((1, 2, 2), (1, 2, 2), (2, 2, 2)), pool=None, end="softmax"):
    x = inputs = keras.Input(input_shape)
    for filters, s in zip((8, 16, 32), strides, strict=True):
        x = layers.Conv3D(filters, 3, s, padding="same", activation="relu")(x)
    x = (pool or layers.GlobalAveragePooling3D())(x)
    return keras.Model(inputs, layers.Dense(classes, activation=end)(x))


def action_of_stride_two(input_shape, classes):
    return _action_of(input_shape, classes, strides=(2, 2, 2))


def action_of_the_largest(input_shape, classes):
    return _action_of(input_shape, classes, pool=layers.GlobalMaxPooling3D())


def action_of_logits(input_shape, classes):
    return _action_of(input_shape, classes, end=None)


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


def conv1d_pads_all_and_sees_all(x, w, b, stride, padding):
    f = w.shape[0]
    views = np.lib.stride_tricks.sliding_window_view(np.pad(x, padding), f, axis=1)[:, ::stride]
    return np.einsum("mtjr,rjk->mtk", views, w) + b


def conv1d_pads_all_by_tensordot(x, w, b, stride, padding):
    n_out = (x.shape[1] + 2 * padding - len(w)) // stride + 1
    x = np.pad(x, padding)
    return np.stack(
        [np.tensordot(x[:, i * stride : i * stride + len(w)], w, 2) + b for i in range(n_out)], axis=1
    )


def conv1d_pads_all_in_loops(x, w, b, stride, padding):
    x = np.pad(x, padding)
    f, _, c = w.shape
    z = np.zeros((x.shape[0], (x.shape[1] - f) // stride + 1, c))
    for m in range(z.shape[0]):
        for i in range(z.shape[1]):
            for k in range(c):
                window = x[m, i * stride : i * stride + f, :]
                z[m, i, k] = np.sum(window * w[..., k]) + b[k]
    return z


def conv1d_bias_at_each_of_f(x, w, b, stride, padding):
    x = np.pad(x, [(0, 0), (padding, padding), (0, 0)])
    views = np.lib.stride_tricks.sliding_window_view(x, len(w), axis=1)[:, ::stride]
    return sum(views[..., r] @ w[r] + b for r in range(len(w)))


def conv3d_turned_in_depth(x, w, b, stride, padding):
    return conv3d_in_full(x, w[::-1], b, stride, padding)


def heartbeat_exchanged(input_shape, classes):
    x = inputs = keras.Input(input_shape)
    for filters, f, s in ((16, 15, 2), (24, 9, 3), (32, 9, 3), (32, 9, 2)):
        x = layers.Conv1D(f, filters, s, padding="same", activation="relu")(x)
    return keras.Model(inputs, layers.Dense(classes, "softmax")(layers.GlobalMaxPooling1D()(x)))


def heartbeat_of_dense_maps(input_shape, classes):
    x = inputs = keras.Input(input_shape)
    for filters, f, s in ((16, 15, 2), (24, 9, 3), (32, 9, 3), (32, 9, 2)):
        x = layers.Conv1D(filters, f, s, padding="same", activation="relu")(x)
    x = layers.GlobalMaxPooling1D()(layers.Dense(classes, activation="softmax")(x))
    return keras.Model(inputs, x)


def heartbeat_that_pools(input_shape, classes):
    model = keras.Sequential([keras.Input(input_shape)])
    for filters, f, s in ((16, 15, 2), (24, 9, 3), (32, 9, 3), (32, 9, 2)):
        model.add(layers.Conv1D(filters, f, padding="same", activation="relu"))
        model.add(layers.MaxPooling1D(s))
    model.add(layers.GlobalMaxPooling1D())
    model.add(layers.Dense(classes, "softmax"))
    return model


def heartbeat_of_relu6(input_shape, classes):
    x = inputs = keras.Input(input_shape)
    for filters, f, s in ((16, 15, 2), (24, 9, 3), (32, 9, 3), (32, 9, 2)):
        x = layers.Conv1D(filters, f, s, padding="same", activation="relu6")(x)
    return keras.Model(inputs, layers.Dense(classes, "softmax")(layers.GlobalMaxPooling1D()(x)))


def action_of_relu6(input_shape, classes):
    x = inputs = keras.Input(input_shape)
    for filters, s in ((8, (1, 2, 2)), (16, (1, 2, 2)), (32, 2)):
        x = ops.relu6(layers.Conv3D(filters, 3, s, padding="same")(x))
    return keras.Model(inputs, layers.Dense(classes, "softmax")(layers.GlobalAveragePooling3D()(x)))


def action_of_other_strides(input_shape, classes):
    return _action_of(input_shape, classes, strides=((2, 2, 2), (1, 2, 2), (1, 2, 2)))


def conv3d_strides_of_pictures(x, w, b, stride, padding):
    s_H, s_W, s_D = stride
    return conv3d_in_full(x, w, b, (s_D, s_H, s_W), padding)


def conv1d_gathered(x, w, b, stride: int = 1, padding: int = 0) -> np.ndarray:
    assert stride > 0 <= padding
    x = np.pad(np.asarray(x, float), [(0, 0), (padding, padding), (0, 0)])
    places = np.arange(0, x.shape[1] - len(w) + 1, stride)[:, None] + np.arange(len(w))
    return np.einsum("mtfc,fck->mtk", x[:, places], w, optimize=True) + b


def conv1d_with_ops(x, w, b, stride, padding):
    x = ops.pad(x, [[0, 0], [padding, padding], [0, 0]])
    return ops.conv(x, w, strides=stride, padding="valid") + b


def action_of_dense_maps(input_shape, classes):
    """The dense layer and the mean may change places: neither bends."""
    x = inputs = keras.Input((None, None, None, input_shape[-1]))
    for filters, s in ((8, (1, 2, 2)), (16, (1, 2, 2)), (32, (2, 2, 2))):
        x = layers.Conv3D(filters, 3, s, padding="same", activation="relu")(x)
    x = layers.GlobalAveragePooling3D()(layers.Dense(classes)(x))
    return keras.Model(inputs, layers.Softmax()(x))


def heartbeat_of_any_length(input_shape, classes):
    x = inputs = keras.Input((None, input_shape[-1]))
    for filters, f, s in ((16, 15, 2), (24, 9, 3), (32, 9, 3), (32, 9, 2)):
        x = layers.Conv1D(filters, f, strides=s, padding="same", activation=layers.ReLU())(x)
    x = layers.Conv1D(classes, 1, activation="softmax")(layers.GlobalMaxPooling1D(keepdims=True)(x))
    return keras.Model(inputs, layers.Flatten()(x))


RIGHT = {
    "conv1d_forward": [
        conv1d_in_full,
        conv1d_by_shifts,
        conv1d_by_einsum,
        conv1d_with_tensorflow,
        conv1d_with_correlate,
        conv1d_with_keras,
        conv1d_as_a_matrix,
        conv1d_as_a_picture,
        conv1d_until_the_end,
        conv1d_with_a_helper,
        conv1d_gathered,
        conv1d_with_ops,
    ],
    "conv3d_forward": [
        conv3d_in_full,
        conv3d_by_shifts,
        conv3d_with_tensorflow,
        conv3d_of_conv2d,
        conv3d_by_einsum,
        conv3d_with_keras,
        conv3d_as_a_matrix,
        conv3d_typed,
        conv3d_until_the_end,
        conv3d_by_recursion,
    ],
    "heartbeat_model": [
        heartbeat_sequential,
        heartbeat_functional,
        heartbeat_not_built,
        heartbeat_subclassed,
        heartbeat_of_flat_pictures,
        heartbeat_with_lambda,
        heartbeat_padded_by_hand,
        heartbeat_of_blocks,
        heartbeat_in_two_models,
        heartbeat_channels,
        heartbeat_of_any_length,
    ],
    "action_model": [
        action_sequential,
        action_functional,
        action_not_built,
        action_subclassed,
        action_with_keywords,
        action_with_pooling,
        action_with_a_helper,
        action_class_not_built,
        action_flat,
        action_padded_by_hand,
        action_of_dense_maps,
    ],
}
WRONG = {
    "conv1d_forward": [
        (conv1d_pads_all_and_sees_all, None),
        (conv1d_pads_all_by_tensordot, "pads all axes"),
        (conv1d_pads_all_in_loops, "pads all axes"),
        (conv1d_bias_at_each_of_f, "for each tap of the kernel, f times"),
        (conv1d_with_convolve, "the kernel is turned round"),
        (conv1d_without_two, "padding is counted once"),
        (conv1d_pads_all, None),
        (conv1d_same, "so that the size stays"),
        (conv1d_of_one_channel, "only the first channel"),
        (conv1d_bias_at_each_tap, "added to every product"),
        (conv1d_of_the_first, None),
    ],
    "conv3d_forward": [
        (conv3d_strides_of_pictures, "(height, width, depth)"),
        (conv3d_turned_in_depth, "turned round along the depth"),
        (conv3d_slice_by_slice, "only the kernel's first slice"),
        (conv3d_other_order, "the strides are read as (width, height, depth)"),
        (conv3d_without_depth, "the depth is not padded"),
        (conv3d_summed_over_depth, "added up along the depth"),
        (conv3d_one_stride, "used along all three axes"),
        (conv3d_paddings_reversed, "the paddings are read as"),
    ],
    "heartbeat_model": [
        (heartbeat_of_dense_maps, "after the softmax"),
        (heartbeat_that_pools, "pooling layers make"),
        (heartbeat_of_relu6, "ReLU6"),
        (heartbeat_exchanged, "their length are exchanged"),
        (heartbeat_pools_the_mean, "the mean over time is taken"),
        (heartbeat_of_logits, "has no softmax"),
        (heartbeat_returns_output, "expected a Keras model"),
        (heartbeat_without_padding, "have no padding"),
        (heartbeat_of_stride_two, "all convolutions have stride 2"),
    ],
    "action_model": [
        (action_of_relu6, "ReLU6"),
        (action_of_other_strides, "the other way round"),
        (action_of_frames, "each frame is looked at by itself"),
        (action_of_six, "the argument classes is ignored"),
        (action_returns_layers, None),
        (action_of_stride_two, "stride 2 in time as well"),
        (action_of_the_largest, "the largest number is taken"),
        (action_of_logits, "has no softmax"),
    ],
}
