"""Answers to week3/image_segmentation as people write them: right ones in many styles, and wrong ones."""

import warnings

import workbook

workbook.start()

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from tensorflow.keras.layers import (
    Conv2D,
    Conv2DTranspose,
    Dropout,
    Input,
    MaxPooling2D,
    concatenate,
)
from tensorflow.keras.models import Model

# mean_iou ----------------------------------------------------------------------------------------


def iou_loop(y_true, y_pred, classes):
    ious = []
    for c in range(classes):
        t, p = y_true == c, y_pred == c
        union = np.sum(t | p)
        if union == 0:
            continue
        ious.append(np.sum(t & p) / union)
    return np.mean(ious)


def iou_confusion(y_true, y_pred, classes):
    index = y_true.astype(np.int64).ravel() * classes + y_pred.astype(np.int64).ravel()
    table = np.bincount(index, minlength=classes * classes).reshape(classes, classes)
    inter = np.diagonal(table)
    union = table.sum(axis=0) + table.sum(axis=1) - inter
    with np.errstate(invalid="ignore"):
        return float(np.nanmean(inter / union))


def iou_one_hot(y_true, y_pred, classes):
    t = np.eye(classes)[np.asarray(y_true, int).reshape(-1)]
    p = np.eye(classes)[np.asarray(y_pred, int).reshape(-1)]
    inter = (t * p).sum(0)
    union = np.maximum(t, p).sum(0)
    there = union > 0
    return np.array([(inter[there] / union[there]).mean()])


def iou_keras(y_true, y_pred, classes):
    metric = keras.metrics.MeanIoU(num_classes=classes)
    metric.update_state(y_true, y_pred)
    return metric.result()


def iou_sets(y_true, y_pred, classes):
    y_true, y_pred = list(np.ravel(y_true)), list(np.ravel(y_pred))
    total = count = 0
    for c in range(classes):
        a = {i for i, v in enumerate(y_true) if v == c}
        b = {i for i, v in enumerate(y_pred) if v == c}
        if a or b:
            total += len(a & b) / len(a | b)
            count += 1
    return total / count


def iou_with_nan(y_true, y_pred, classes, verbose=True):
    ious = np.full(classes, np.nan)
    for k in np.union1d(y_true, y_pred).astype(int):
        inter = np.logical_and(y_true == k, y_pred == k).sum()
        ious[k] = inter / ((y_true == k).sum() + (y_pred == k).sum() - inter)
    if verbose:
        print(ious)
    return np.nanmean(ious)


def iou_tensorflow(y_true, y_pred, classes):
    t = tf.one_hot(tf.reshape(tf.cast(y_true, tf.int32), [-1]), classes)
    p = tf.one_hot(tf.reshape(tf.cast(y_pred, tf.int32), [-1]), classes)
    inter = tf.reduce_sum(t * p, 0)
    union = tf.reduce_sum(t + p, 0) - inter
    return tf.reduce_mean(tf.boolean_mask(tf.math.divide_no_nan(inter, union), union > 0))


def iou_histograms(y_true: np.ndarray, y_pred: np.ndarray, classes: int) -> float:
    """Areas by np.bincount; the intersections by counting what is equal."""
    t, p = np.asarray(y_true, np.int64).reshape(-1), np.asarray(y_pred, np.int64).reshape(-1)
    areas = np.bincount(t, minlength=classes) + np.bincount(p, minlength=classes)
    both = np.bincount(t[t == p], minlength=classes)
    there = areas > 0
    return (both[there] / (areas - both)[there]).sum() / np.count_nonzero(there)


def iou_with_keras_ops(y_true, y_pred, classes):
    labels = ops.arange(classes, dtype="int32")
    t = ops.equal(ops.expand_dims(ops.ravel(ops.cast(y_true, "int32")), 1), labels)
    p = ops.equal(ops.expand_dims(ops.ravel(ops.cast(y_pred, "int32")), 1), labels)
    inter = ops.sum(ops.cast(ops.logical_and(t, p), "float32"), axis=0)
    union = ops.sum(ops.cast(ops.logical_or(t, p), "float32"), axis=0)
    return ops.sum(ops.divide_no_nan(inter, union)) / ops.sum(ops.cast(union > 0, "float32"))


def iou_pixel_by_pixel(y_true, y_pred, classes, ignore=None):
    """Three counters, one pixel at a time."""
    inter, area = [0] * classes, [0] * classes
    for t, p in zip(np.nditer(y_true), np.nditer(y_pred), strict=True):
        area[int(t)] += 1
        area[int(p)] += 1
        if int(t) == int(p):
            inter[int(t)] += 1
    shares = [i / (a - i) for c, (i, a) in enumerate(zip(inter, area, strict=True)) if a and c != ignore]
    return np.float32(sum(shares) / len(shares))


def iou_accuracy(y_true, y_pred, classes):
    return (y_true == y_pred).mean()


def iou_smoothed(y_true, y_pred, classes):
    """The 1 that many add to both sides, so that nothing is divided by 0."""
    ious = [
        (np.sum((y_true == c) & (y_pred == c)) + 1) / (np.sum((y_true == c) | (y_pred == c)) + 1)
        for c in range(classes)
    ]
    return np.mean(ious)


def iou_true_classes(y_true, y_pred, classes):
    return np.mean(
        [
            ((y_true == c) & (y_pred == c)).sum() / ((y_true == c) | (y_pred == c)).sum()
            for c in np.unique(y_true)
        ]
    )


def iou_in_bytes(y_true, y_pred, classes):
    y_true, y_pred = np.asarray(y_true, np.uint8), np.asarray(y_pred, np.uint8)
    table = np.bincount((y_true * np.uint8(classes) + y_pred).ravel(), minlength=classes**2)
    table = table[: classes**2].reshape(classes, classes)
    inter = np.diag(table)
    union = table.sum(0) + table.sum(1) - inter
    return (inter[union > 0] / union[union > 0]).mean()


def iou_prints(y_true, y_pred, classes):
    print(iou_loop(y_true, y_pred, classes))


# transpose_convolution ---------------------------------------------------------------------------


def stamps_in_a_loop(X, W, stride, padding):
    m, n_H_prev, n_W_prev, n_C_prev = X.shape
    f, _, n_C, _ = W.shape
    n_H = (n_H_prev - 1) * stride + f
    n_W = (n_W_prev - 1) * stride + f
    Z = np.zeros((m, n_H, n_W, n_C))
    for i in range(m):
        for h in range(n_H_prev):
            for w in range(n_W_prev):
                for c in range(n_C):
                    for k in range(n_C_prev):
                        Z[i, h * stride : h * stride + f, w * stride : w * stride + f, c] += (
                            X[i, h, w, k] * W[:, :, c, k]
                        )
    if padding == 0:
        return Z
    return Z[:, padding:-padding, padding:-padding, :]


def stamps_by_place(X, W, stride, padding):
    """One shifted picture for each place of the filter."""
    m, h, w, _ = X.shape
    f = len(W)
    Z = np.zeros((m, (h - 1) * stride + f, (w - 1) * stride + f, W.shape[2]), dtype=np.float32)
    for r in range(f):
        for s in range(f):
            Z[:, r : r + (h - 1) * stride + 1 : stride, s : s + (w - 1) * stride + 1 : stride] += (
                X @ W[r, s].T
            )
    return Z[:, padding : Z.shape[1] - padding, padding : Z.shape[2] - padding]


def stamps_einsum(X, W, stride, padding):
    stamps = np.einsum("mhwk,ijck->mhwijc", X, W)
    m, h, w, f, _, c = stamps.shape
    Z = np.zeros((m, (h - 1) * stride + f, (w - 1) * stride + f, c))
    for a in range(h):
        for b in range(w):
            Z[:, a * stride : a * stride + f, b * stride : b * stride + f] += stamps[:, a, b]
    p = padding
    return Z[:, p : None if p == 0 else -p, p : None if p == 0 else -p]


def stamps_pixel_by_pixel(X: np.ndarray, W: np.ndarray, stride: int = 1, padding: int = 0) -> np.ndarray:
    """Asks for each pixel of the result which stamps reach it."""
    m, h, w, _ = X.shape
    f, _, n_C, _ = W.shape
    out = np.zeros((m, (h - 1) * stride + f - 2 * padding, (w - 1) * stride + f - 2 * padding, n_C))
    for y in range(out.shape[1]):
        for x in range(out.shape[2]):
            for a in range(h):
                for b in range(w):
                    r, s = y + padding - a * stride, x + padding - b * stride
                    if 0 <= r < f and 0 <= s < f:
                        out[:, y, x] += X[:, a, b] @ W[r, s].T
    return out


def stamps_tensorflow(X, W, stride, padding):
    m, h, w, _ = X.shape
    f, _, n_C, _ = W.shape
    p = padding
    shape = (m, (h - 1) * stride + f - 2 * p, (w - 1) * stride + f - 2 * p, n_C)
    return tf.nn.conv2d_transpose(X, W, shape, stride, [[0, 0], [p, p], [p, p], [0, 0]])


def stamps_by_gradient(X, W, stride, padding):
    """The gradient of the convolution with the same weights."""
    m, h, w, _ = X.shape
    f, _, n_C, _ = W.shape
    A = tf.Variable(tf.zeros((m, (h - 1) * stride + f, (w - 1) * stride + f, n_C), tf.float64))
    with tf.GradientTape() as tape:
        Z = tf.nn.conv2d(A, tf.constant(W, tf.float64), stride, "VALID")
        cost = tf.reduce_sum(Z * X)
    full = tape.gradient(cost, A).numpy()
    return full[:, padding : full.shape[1] - padding, padding : full.shape[2] - padding]


def stamps_as_convolution(X, W, stride, padding):
    warnings.warn("a warning costs nothing", stacklevel=1)
    m, h, w, k = X.shape
    f = W.shape[0]
    apart = np.zeros((m, (h - 1) * stride + 1, (w - 1) * stride + 1, k))
    apart[:, ::stride, ::stride] = X
    apart = np.pad(apart, ((0, 0), (f - 1, f - 1), (f - 1, f - 1), (0, 0)))
    turned = np.flip(W, (0, 1)).transpose(0, 1, 3, 2)
    n_H, n_W = apart.shape[1] - f + 1, apart.shape[2] - f + 1
    out = np.zeros((m, n_H, n_W, W.shape[2]))
    for y in range(n_H):
        for x in range(n_W):
            out[:, y, x] = np.tensordot(apart[:, y : y + f, x : x + f], turned, axes=3)
    return out[:, padding : n_H - padding, padding : n_W - padding]


def stamps_matrix(X: np.ndarray, W: np.ndarray, stride: int, padding: int) -> np.ndarray:
    """One large matrix that says which pixel goes where with which weight."""
    (m, h, w, k), (f, _, c, _) = X.shape, W.shape
    n_H, n_W = (h - 1) * stride + f, (w - 1) * stride + f
    M = np.zeros((n_H, n_W, c, h, w, k))
    for a, b, r, s in np.ndindex(h, w, f, f):
        M[a * stride + r, b * stride + s, :, a, b] += W[r, s]
    Z = (M.reshape(n_H * n_W * c, -1) @ X.reshape(m, -1).T).T.reshape(m, n_H, n_W, c)
    rows, columns = np.arange(padding, n_H - padding), np.arange(padding, n_W - padding)
    return Z[:, rows][:, :, columns]


def stamps_add_at(X, W, stride, padding):
    """np.add.at adds up what falls on the same place."""
    m, h, w, _ = X.shape
    f, n_C = W.shape[0], W.shape[2]
    stamps = np.tensordot(X, W, axes=([3], [3]))
    i, a, b, r, s = np.indices((m, h, w, f, f))
    Z = np.zeros((m, stride * (h - 1) + f, stride * (w - 1) + f, n_C))
    np.add.at(Z, (i, a * stride + r, b * stride + s), stamps)
    if padding > 0:
        Z = np.delete(Z, [*range(padding), *range(-padding, 0)], axis=1)
        Z = np.delete(Z, [*range(padding), *range(-padding, 0)], axis=2)
    return Z


def stamps_keras_layer(X, W, stride, padding):
    """Keras's own layer, and then the border is cut off."""
    layer = layers.Conv2DTranspose(W.shape[2], W.shape[0], strides=stride, use_bias=False, dtype="float64")
    layer.build(X.shape)
    layer.set_weights([W])
    n_H, n_W = ((n - 1) * stride + W.shape[0] for n in X.shape[1:3])
    Z = layer(X)[:, :n_H, :n_W]  # Keras adds rows of zeros where the stride is larger than the filter
    return layers.Cropping2D(padding, dtype="float64")(Z) if padding else Z.numpy()


def stamps_overwritten(X, W, stride, padding):
    m, n_H_prev, n_W_prev, _ = X.shape
    f, _, n_C, _ = W.shape
    n_H, n_W = (n_H_prev - 1) * stride + f, (n_W_prev - 1) * stride + f
    Z = np.zeros((m, n_H, n_W, n_C))
    for i in range(m):
        for h in range(n_H_prev):
            for w in range(n_W_prev):
                Z[i, h * stride : h * stride + f, w * stride : w * stride + f] = np.dot(W, X[i, h, w])
    return Z[:, padding : n_H - padding, padding : n_W - padding]


def stamps_minus_padding(X, W, stride, padding):
    Z = stamps_by_place(X, W, stride, 0)
    return Z[:, padding:-padding, padding:-padding]


def stamps_turned(X, W, stride, padding):
    return stamps_by_place(X, W[::-1, ::-1], stride, padding)


def stamps_for_same(X, W, stride, padding):
    """As large as Keras's padding 'same' makes it."""
    Z = stamps_by_place(X, W, stride, 0)
    return Z[:, : X.shape[1] * stride, : X.shape[2] * stride]


def stamps_of_one_picture(X, W, stride, padding):
    return stamps_by_place(X[:1], W, stride, padding)[0]


def stamps_lists(X, W, stride, padding):
    return stamps_by_place(X, W, stride, padding).tolist()


# conv_block --------------------------------------------------------------------------------------


def conv_block(inputs=None, n_filters=32, dropout_prob=0, max_pooling=True):
    conv = Conv2D(n_filters, 3, activation="relu", padding="same", kernel_initializer="he_normal")(inputs)
    conv = Conv2D(n_filters, 3, activation="relu", padding="same", kernel_initializer="he_normal")(conv)
    if dropout_prob > 0:
        conv = Dropout(dropout_prob)(conv)
    next_layer = MaxPooling2D(pool_size=(2, 2))(conv) if max_pooling else conv
    skip_connection = conv
    return next_layer, skip_connection


def conv_block_short(inputs, n_filters=32, dropout_prob=0, max_pooling=True):
    x = inputs
    for _ in range(2):
        x = layers.Conv2D(
            n_filters, (3, 3), padding="same", kernel_initializer=keras.initializers.HeNormal()
        )(x)
        x = layers.ReLU()(x)
    x = layers.Dropout(dropout_prob)(x)
    return [layers.MaxPool2D()(x) if max_pooling else x, x]


def conv_block_sequential(inputs, n_filters=32, dropout_prob=0.0, max_pooling=True, **kwargs):
    print("conv_block", inputs.shape)
    he = keras.initializers.HeNormal(seed=1)
    two = keras.Sequential(
        [
            layers.Conv2D(n_filters, 3, 1, "same", kernel_initializer=he),
            layers.Activation("relu"),
            layers.Conv2D(n_filters, 3, strides=(1, 1), padding="SAME", kernel_initializer="HeNormal"),
        ]
    )
    x = ops.relu(two(inputs))
    if dropout_prob:
        x = layers.Dropout(rate=dropout_prob, seed=3)(x)
    after = layers.Activation("linear")(x)
    if max_pooling:
        after = layers.MaxPooling2D((2, 2), strides=(2, 2))(x)
    return after, x


def conv_block_padded(inputs, n_filters=32, dropout_prob=0, max_pooling=True):
    """The border by hand, the pooling from keras.ops, the dropout before the last ReLU."""
    he = "he_normal"
    x = layers.Conv2D(n_filters, 3, activation=ops.relu, kernel_initializer=he)(
        layers.ZeroPadding2D(1)(inputs)
    )
    x = layers.Conv2D(n_filters, 3, kernel_initializer=he)(layers.ZeroPadding2D(1)(x))
    if dropout_prob != 0:
        x = layers.Dropout(dropout_prob)(x)
    x = keras.activations.relu(x)
    return (ops.max_pool(x, 2), x) if max_pooling is True else (x, x)


class Pair(layers.Layer):
    """Both convolutions as one layer of one's own."""

    def __init__(self, n):
        super().__init__()
        how = {"padding": "same", "activation": "relu", "kernel_initializer": "he_normal"}
        self.one, self.two = layers.Conv2D(n, 3, **how), layers.Conv2D(n, 3, **how)

    def call(self, X):
        return self.two(self.one(X))


def conv_block_layer(inputs, n_filters=32, dropout_prob=0, max_pooling=True):
    skip = Pair(n_filters)(inputs)
    skip = layers.Dropout(dropout_prob)(skip) if dropout_prob > 0 else skip
    return (layers.MaxPooling2D(2, padding="valid")(skip) if max_pooling else skip), skip


def conv_block_typed(
    inputs: keras.KerasTensor,
    n_filters: int = 32,
    dropout_prob: float = 0,
    max_pooling: bool = True,
    name: str | None = None,
) -> tuple:
    convolution = dict(
        filters=n_filters, kernel_size=(3, 3), strides=1, padding="same", activation=tf.nn.relu
    )
    for _ in ("first", "second"):
        inputs = tf.keras.layers.Conv2D(**convolution, kernel_initializer=tf.keras.initializers.he_normal())(
            inputs
        )
    if dropout_prob > 0.0:
        inputs = tf.keras.layers.Dropout(dropout_prob)(inputs)
    if not max_pooling:
        return inputs, inputs
    return tf.keras.layers.MaxPool2D(pool_size=2, strides=2)(inputs), inputs


def conv_block_recursive(inputs, n_filters=32, dropout_prob=0, max_pooling=True, depth=2):
    if depth:
        he = keras.initializers.VarianceScaling(scale=2.0, mode="fan_in", distribution="truncated_normal")
        x = layers.Conv2D(n_filters, 3, padding="same", kernel_initializer=he, bias_initializer="zeros")(
            inputs
        )
        return conv_block_recursive(layers.ReLU()(x), n_filters, dropout_prob, max_pooling, depth - 1)
    x = layers.Dropout(dropout_prob)(inputs) if dropout_prob > 0 else layers.Identity()(inputs)
    return (layers.MaxPooling2D()(x), x) if max_pooling else (x, x)


def conv_block_nested(inputs, n_filters=32, dropout_prob=0, max_pooling=True):
    """A model of its own, called as a layer, with two results."""
    own = keras.Input(inputs.shape[1:])
    after, skip = conv_block(own, n_filters, dropout_prob, max_pooling)
    return tuple(keras.Model(own, [layers.Activation("linear")(after), skip])(inputs))


class _Down(keras.Model):
    def __init__(self, n, rate):
        super().__init__()
        self.convolutions = [
            layers.Conv2D(n, 3, padding="same", kernel_initializer="he_normal") for _ in "ab"
        ]
        self.drop = layers.Dropout(rate)

    def call(self, X, training=None):
        for convolution in self.convolutions:
            X = tf.maximum(convolution(X), 0.0)
        return self.drop(X, training=training)


def conv_block_subclassed(inputs, n_filters=32, dropout_prob=0, max_pooling=True):
    skip_connection = _Down(n_filters, dropout_prob)(inputs)
    next_layer = layers.GlobalMaxPooling2D if not inputs.shape else layers.MaxPooling2D(2, 2)
    return (next_layer(skip_connection) if max_pooling else skip_connection), skip_connection


def conv_block_lambda(inputs, n_filters=32, dropout_prob=0, max_pooling=True, verbose=True):
    """Conv2D layers without activations, Lambda layers for the rest; maximum of four neighbours."""
    relu = lambda: layers.Lambda(lambda v: ops.relu(v))  # noqa: E731
    x = layers.Conv2D(n_filters, 3, 1, "same", kernel_initializer=keras.initializers.HeNormal())(inputs)
    x = layers.Conv2D(n_filters, 3, 1, "same", kernel_initializer="he_normal", dtype="float32")(relu()(x))
    x = relu()(x)
    if dropout_prob > 0:
        x = layers.Dropout(dropout_prob)(x)
    if verbose:
        print(x.shape)
    if not max_pooling:
        return layers.Activation(None)(x), x
    n_H, n_W = x.shape[1] // 2 * 2, x.shape[2] // 2 * 2
    rows = ops.maximum(x[:, 0:n_H:2], x[:, 1:n_H:2])
    return ops.maximum(rows[:, :, 0:n_W:2], rows[:, :, 1:n_W:2]), x


def conv_block_pooled_skip(inputs=None, n_filters=32, dropout_prob=0, max_pooling=True):
    conv, _ = conv_block(inputs, n_filters, dropout_prob, False)
    if max_pooling:
        conv = MaxPooling2D(2)(conv)
    return conv, conv


def conv_block_linear(inputs=None, n_filters=32, dropout_prob=0, max_pooling=True):
    conv = Conv2D(n_filters, 3, activation="relu", padding="same", kernel_initializer="he_normal")(inputs)
    conv = Conv2D(n_filters, 3, padding="same", kernel_initializer="he_normal")(conv)
    if dropout_prob > 0:
        conv = Dropout(dropout_prob)(conv)
    return (MaxPooling2D()(conv) if max_pooling else conv), conv


def conv_block_with_a_layer(inputs, n_filters=32, dropout_prob=0, max_pooling=True):
    _, conv = conv_block_linear(inputs, n_filters, dropout_prob)
    return (MaxPooling2D() if max_pooling else conv), conv


def conv_block_strided(inputs, n_filters=32, dropout_prob=0, max_pooling=True):
    _, skip = conv_block_short(inputs, n_filters, dropout_prob, False)
    return (skip[:, ::2, ::2] if max_pooling else skip), skip


def conv_block_late_dropout(inputs, n_filters=32, dropout_prob=0, max_pooling=True):
    after, skip = conv_block(inputs, n_filters, 0, max_pooling)
    return (layers.Dropout(dropout_prob)(after) if dropout_prob else after), skip


def conv_block_half_he(inputs, n_filters=32, dropout_prob=0, max_pooling=True):
    conv = Conv2D(n_filters, 3, activation="relu", padding="same", kernel_initializer="he_normal")(inputs)
    conv = Conv2D(n_filters, 3, activation="relu", padding="same")(conv)
    if dropout_prob > 0:
        conv = Dropout(dropout_prob)(conv)
    return (MaxPooling2D()(conv) if max_pooling else conv), conv


def conv_block_model(inputs, n_filters=32, dropout_prob=0, max_pooling=True):
    return keras.Model(inputs, conv_block(inputs, n_filters, dropout_prob, max_pooling))


# upsampling_block --------------------------------------------------------------------------------


def upsampling_block(expansive_input, contractive_input, n_filters=32):
    up = Conv2DTranspose(n_filters, 3, strides=2, padding="same")(expansive_input)
    merge = concatenate([up, contractive_input], axis=3)
    conv = Conv2D(n_filters, 3, activation="relu", padding="same", kernel_initializer="he_normal")(merge)
    conv = Conv2D(n_filters, 3, activation="relu", padding="same", kernel_initializer="he_normal")(conv)
    return conv


def upsampling_of_parts(expansive_input, contractive_input, n_filters=32):
    up = layers.Conv2DTranspose(
        n_filters, (3, 3), (2, 2), padding="same", kernel_initializer="he_normal", name=None
    )
    x = layers.Concatenate()([up(expansive_input), contractive_input])
    return Pair(n_filters)(x)


def upsampling_by_conv_block(expansive_input, contractive_input, n_filters=32):
    up = layers.Conv2DTranspose(filters=n_filters, kernel_size=3, strides=2, padding="same")(expansive_input)
    return conv_block(ops.concatenate([up, contractive_input], -1), n_filters, max_pooling=False)[0]


def upsampling_cropped(expansive_input, contractive_input, n_filters=32, verbose=0):
    """Padding 'valid' and the last row and column cut off is padding 'same'."""
    up = layers.Conv2DTranspose(n_filters, 3, strides=2)(expansive_input)
    up = layers.Cropping2D(((0, 1), (0, 1)))(up)
    x = layers.concatenate([up, contractive_input])
    for _ in range(2):
        x = layers.Conv2D(n_filters, 3, padding="same", kernel_initializer="he_normal")(x)
        x = layers.Activation("relu")(x)
    return x


def upsampling_typed(
    expansive_input: keras.KerasTensor, contractive_input: keras.KerasTensor, n_filters: int = 32
) -> keras.KerasTensor:
    up = tf.keras.layers.Conv2DTranspose(
        filters=n_filters, kernel_size=(3, 3), strides=(2, 2), padding="SAME", activation="linear"
    )(expansive_input)
    joined = tf.keras.layers.Concatenate(axis=-1)([up, contractive_input])
    return conv_block_typed(joined, n_filters, max_pooling=False)[1]


def upsampling_sequential(expansive_input, contractive_input, n_filters=32):
    he = {"padding": "same", "activation": "relu", "kernel_initializer": "he_normal"}
    up = keras.Sequential([layers.Conv2DTranspose(n_filters, 3, 2, "same")])
    two = keras.Sequential(
        [layers.Conv2D(n_filters, 3, **he), layers.Dropout(0), layers.Conv2D(n_filters, 3, **he)]
    )
    return two(layers.concatenate([up(expansive_input), contractive_input]))


class Up(keras.layers.Layer):
    """The whole block as one layer with two inputs."""

    def __init__(self, n_filters, **kwargs):
        super().__init__(**kwargs)
        self.up = layers.Conv2DTranspose(n_filters, 3, strides=2, padding="same")
        self.pair = Pair(n_filters)

    def call(self, inputs):
        below, across = inputs
        return self.pair(tf.concat([self.up(below), across], axis=-1))


def upsampling_layer(expansive_input, contractive_input, n_filters=32):
    return Up(n_filters, name=None)([expansive_input, contractive_input])


def upsampling_nested(expansive_input, contractive_input, n_filters=32):
    """A model with two inputs, called on the two."""
    a, b = keras.Input(expansive_input.shape[1:]), keras.Input(contractive_input.shape[1:])
    model = keras.Model([a, b], upsampling_block(a, b, n_filters))
    return model([expansive_input, contractive_input])


def upsampling_permuted(expansive_input, contractive_input, n_filters=32):
    """Joined along the first axis of channels-first maps, which comes to the same."""
    up = layers.Conv2DTranspose(n_filters, 3, strides=2, padding="same")(expansive_input)
    first = [layers.Permute((3, 1, 2))(x) for x in (up, contractive_input)]
    x = layers.Permute((2, 3, 1))(layers.Concatenate(axis=1)(first))
    for number in range(2):
        x = layers.Conv2D(n_filters, 3, padding="same", kernel_initializer="he_normal", name=None)(x)
        x = ops.maximum(x, 0) if number else layers.ReLU()(x)
    return x


def upsampling_padded(expansive_input, contractive_input, n_filters=32, activation="relu"):
    """Borders by hand; the joined map is built up in a list."""
    parts = [layers.Conv2DTranspose(n_filters, 3, strides=2, padding="same")(expansive_input)]
    parts.append(contractive_input)
    x = keras.layers.concatenate(parts, axis=3)
    for _ in range(2):
        x = layers.ZeroPadding2D(padding=(1, 1))(x)
        x = layers.Conv2D(n_filters, kernel_size=3, padding="valid", kernel_initializer="he_normal")(x)
        x = layers.Activation(activation)(x)
    return x


def upsampling_other_order(expansive_input, contractive_input, n_filters=32):
    up = Conv2DTranspose(n_filters, 3, strides=2, padding="same")(expansive_input)
    merge = concatenate([contractive_input, up], axis=3)
    return conv_block(merge, n_filters, max_pooling=False)[1]


def upsampling_repeats(expansive_input, contractive_input, n_filters=32):
    up = layers.UpSampling2D()(expansive_input)
    up = layers.Conv2D(n_filters, 3, padding="same")(up)
    return Pair(n_filters)(layers.Concatenate()([up, contractive_input]))


def upsampling_merged_twice(expansive_input, contractive_input, n_filters=32):
    up = Conv2DTranspose(n_filters, 3, strides=2, padding="same")(expansive_input)
    merge = concatenate([up, contractive_input], axis=3)
    conv = Conv2D(n_filters, 3, activation="relu", padding="same", kernel_initializer="he_normal")(merge)
    conv = Conv2D(n_filters, 3, activation="relu", padding="same", kernel_initializer="he_normal")(merge)
    return conv


def upsampling_without_stride(expansive_input, contractive_input, n_filters=32):
    up = Conv2DTranspose(n_filters, 3, padding="same")(expansive_input)
    merge = concatenate([up, contractive_input], axis=3)
    return conv_block(merge, n_filters, max_pooling=False)[1]


def upsampling_without_relus(expansive_input, contractive_input, n_filters=32):
    up = Conv2DTranspose(n_filters, 3, strides=2, padding="same")(expansive_input)
    x = concatenate([up, contractive_input], axis=3)
    for _ in range(2):
        x = Conv2D(n_filters, 3, padding="same", kernel_initializer="he_normal")(x)
    return x


def upsampling_returns_nothing(expansive_input, contractive_input, n_filters=32):
    upsampling_block(expansive_input, contractive_input, n_filters)


# unet_model --------------------------------------------------------------------------------------


def unet_model(input_size=(96, 128, 3), n_filters=32, n_classes=23):
    inputs = Input(input_size)
    cblock1 = conv_block(inputs, n_filters)
    cblock2 = conv_block(cblock1[0], 2 * n_filters)
    cblock3 = conv_block(cblock2[0], 4 * n_filters)
    cblock4 = conv_block(cblock3[0], 8 * n_filters, dropout_prob=0.3)
    cblock5 = conv_block(cblock4[0], 16 * n_filters, dropout_prob=0.3, max_pooling=False)
    ublock6 = upsampling_block(cblock5[0], cblock4[1], 8 * n_filters)
    ublock7 = upsampling_block(ublock6, cblock3[1], n_filters * 4)
    ublock8 = upsampling_block(ublock7, cblock2[1], n_filters * 2)
    ublock9 = upsampling_block(ublock8, cblock1[1], n_filters)
    conv9 = Conv2D(n_filters, 3, activation="relu", padding="same", kernel_initializer="he_normal")(ublock9)
    conv10 = Conv2D(n_classes, 1, padding="same")(conv9)
    return tf.keras.Model(inputs=inputs, outputs=conv10)


def unet_in_loops(input_size=(96, 128, 3), n_filters=32, n_classes=23):
    x = inputs = keras.Input(shape=input_size)
    skips = []
    for level in range(4):
        x, skip = conv_block_short(x, n_filters * 2**level, dropout_prob=0.3 * (level == 3))
        skips.append(skip)
    x, _ = conv_block_short(x, 16 * n_filters, 0.3, max_pooling=False)
    for level in reversed(range(4)):
        x = upsampling_of_parts(x, skips.pop(), n_filters * 2**level)
    x = layers.Conv2D(n_filters, (3, 3), padding="same", kernel_initializer="he_normal")(x)
    x = layers.Activation("relu")(x)
    return keras.Model(inputs, layers.Conv2D(n_classes, (1, 1), activation="linear")(x), name="unet")


def unet_with_dense(input_size=(96, 128, 3), n_filters=32, n_classes=23, **kwargs):
    """A 1x1 convolution is a dense layer at every pixel; the fifth block pools, and only its skip is used."""
    print("building")
    inputs = keras.Input(input_size)
    a = conv_block_layer(inputs, n_filters)
    b = conv_block_layer(a[0], n_filters * 2)
    c = conv_block_layer(b[0], n_filters * 4)
    d = conv_block_layer(c[0], n_filters * 8, 0.3)
    e = conv_block_layer(d[0], n_filters * 16, 0.3)[1]
    for skip, factor in ((d[1], 8), (c[1], 4), (b[1], 2), (a[1], 1)):
        e = upsampling_cropped(e, skip, factor * n_filters)
    e = layers.Conv2D(n_filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(e)
    return keras.Model(inputs, layers.Dense(n_classes)(e))


def unet_all_in_one(input_size=(96, 128, 3), n_filters=32, n_classes=23):
    """No functions of one's own at all."""
    conv = lambda n: layers.Conv2D(n, 3, padding="same", activation="relu", kernel_initializer="he_normal")  # noqa: E731
    n = n_filters
    inputs = layers.Input(input_size)
    d1 = conv(n)(conv(n)(inputs))
    d2 = conv(2 * n)(conv(2 * n)(layers.MaxPooling2D()(d1)))
    d3 = conv(4 * n)(conv(4 * n)(layers.MaxPooling2D()(d2)))
    d4 = layers.Dropout(0.3)(conv(8 * n)(conv(8 * n)(layers.MaxPooling2D()(d3))))
    d5 = layers.Dropout(0.3)(conv(16 * n)(conv(16 * n)(layers.MaxPooling2D()(d4))))
    x = d5
    for k, skip in ((8, d4), (4, d3), (2, d2), (1, d1)):
        x = layers.Conv2DTranspose(k * n, 3, 2, "same")(x)
        x = conv(k * n)(conv(k * n)(layers.concatenate([x, skip])))
    return keras.Model(inputs, layers.Conv2D(n_classes, 1)(conv(n)(x)))


class _Net(keras.Model):
    """A subclassed model around a functional one."""

    def __init__(self, *args):
        super().__init__()
        self.inner = unet_in_loops(*args)

    def call(self, X, training=None):
        return self.inner(X, training=training)


def unet_subclassed(input_size=(96, 128, 3), n_filters=32, n_classes=23):
    return _Net(input_size, n_filters, n_classes)


def unet_recursive(input_size: tuple = (96, 128, 3), n_filters: int = 32, n_classes: int = 23) -> keras.Model:
    """What lies between going down and coming up is a smaller U."""

    def inner(x, level):
        n, rate = n_filters * 2**level, 0.3 if level >= 3 else 0
        if level == 4:
            return conv_block_typed(x, n, rate, max_pooling=False)[0]
        after, skip = conv_block_typed(x, n, rate)
        return upsampling_typed(inner(after, level + 1), skip, n)

    inputs = tf.keras.Input(shape=input_size)
    x = inner(inputs, 0)
    x = layers.Conv2D(
        n_filters, 3, padding="same", kernel_initializer="he_normal", activation=keras.activations.relu
    )(x)
    return tf.keras.Model(
        inputs=[inputs], outputs=layers.Conv2D(n_classes, kernel_size=(1, 1), padding="same")(x)
    )


class _OwnNet(keras.Model):
    """Layers made in __init__, weights at the first call."""

    def __init__(self, n, classes):
        super().__init__()
        how = {"padding": "same", "activation": "relu", "kernel_initializer": "he_normal"}
        widths = [n * 2**level for level in range(5)]
        self.down = [[layers.Conv2D(w, 3, **how), layers.Conv2D(w, 3, **how)] for w in widths]
        self.ups = [layers.Conv2DTranspose(w, 3, 2, padding="same") for w in widths[:4]]
        self.after = [[layers.Conv2D(w, 3, **how), layers.Conv2D(w, 3, **how)] for w in widths[:4]]
        self.drops, self.pool = [layers.Dropout(0.3), layers.Dropout(0.3)], layers.MaxPooling2D()
        self.last, self.logits = layers.Conv2D(n, 3, **how), layers.Conv2D(classes, 1)

    def call(self, X, training=False):
        skips = []
        for level, (one, two) in enumerate(self.down):
            X = two(one(X))
            if level >= 3:
                X = self.drops[level - 3](X, training=training)
            skips.append(X)
            X = self.pool(X) if level < 4 else X
        for level in (3, 2, 1, 0):
            one, two = self.after[level]
            X = two(one(tf.concat([self.ups[level](X), skips[level]], axis=3)))
        return self.logits(self.last(X))


def unet_unbuilt(input_size=(96, 128, 3), n_filters=32, n_classes=23):
    return _OwnNet(n_filters, n_classes)


def unet_of_names(input_size=(96, 128, 3), n_filters=32, n_classes=23):
    """Every block in a dictionary under its name; names for the layers."""
    X = {"picture": layers.Input(input_size, name="picture")}
    X["down1"], X["skip1"] = conv_block_nested(X["picture"], n_filters)
    for k in (2, 3, 4):
        X[f"down{k}"], X[f"skip{k}"] = conv_block_nested(
            X[f"down{k - 1}"], n_filters * 2 ** (k - 1), 0.3 if k == 4 else 0
        )
    X["up5"], _ = conv_block_nested(X["down4"], n_filters * 16, 0.3, False)
    for k in (4, 3, 2, 1):
        X[f"up{k}"] = upsampling_nested(X[f"up{k + 1}"], X[f"skip{k}"], n_filters * 2 ** (k - 1))
    end = layers.Conv2D(n_filters, 3, padding="same", kernel_initializer="he_normal", name="before_last")(
        X["up1"]
    )
    logits = layers.Conv2D(n_classes, 1, name="logits")(layers.ReLU(name="relu")(end))
    return keras.Model(X["picture"], logits, name="u_net")


def unet_with_einsum(input_size=(96, 128, 3), n_filters=32, n_classes=23, verbose=0):
    """Powers from a list that is walked down and up; the last layer is an EinsumDense."""
    powers, held = [1, 2, 4, 8], []
    x = inputs = keras.Input(shape=tuple(input_size), dtype="float32")
    for p in powers:
        x, skip = conv_block_subclassed(x, p * n_filters, dropout_prob=0.3 if p == 8 else 0)
        held.append((p, skip))
    _, x = conv_block_subclassed(x, 16 * n_filters, 0.3, max_pooling=False)
    while held:
        p, skip = held.pop()
        x = upsampling_layer(x, skip, p * n_filters)
    x = layers.Conv2D(n_filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(x)
    x = layers.EinsumDense("bhwc,cd->bhwd", output_shape=(None, None, n_classes), bias_axes="d")(x)
    if verbose:
        print(x.shape)
    return keras.Model(inputs, layers.Identity()(x))


def unet_as_a_layer(input_size=(96, 128, 3), n_filters=32, n_classes=23):
    inputs = Input(shape=input_size)
    return Model(inputs=inputs, outputs=unet_model(input_size, n_filters, n_classes)(inputs))


def unet_with_softmax(input_size=(96, 128, 3), n_filters=32, n_classes=23):
    inner = unet_model(input_size, n_filters, n_classes)
    return keras.Model(inner.input, layers.Softmax()(inner.output))


def unet_without_dropout(input_size=(96, 128, 3), n_filters=32, n_classes=23):
    x = inputs = keras.Input(shape=input_size)
    skips = []
    for level in range(4):
        x, skip = conv_block_short(x, n_filters * 2**level)
        skips.append(skip)
    x, _ = conv_block_short(x, 16 * n_filters, max_pooling=False)
    for level in reversed(range(4)):
        x = upsampling_of_parts(x, skips.pop(), n_filters * 2**level)
    x = conv_block_short(x, n_filters)[1]
    return keras.Model(inputs, layers.Conv2D(n_classes, 1)(x))


def unet_no_dropout_but_right(input_size=(96, 128, 3), n_filters=32, n_classes=23):
    x = inputs = keras.Input(shape=input_size)
    skips = []
    for level in range(4):
        x, skip = conv_block(x, n_filters * 2**level)
        skips.append(skip)
    x, _ = conv_block(x, 16 * n_filters, max_pooling=False)
    for level in reversed(range(4)):
        x = upsampling_block(x, skips.pop(), n_filters * 2**level)
    x = layers.Conv2D(n_filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(x)
    return keras.Model(inputs, layers.Conv2D(n_classes, 1)(x))


def unet_glorot_end(input_size=(96, 128, 3), n_filters=32, n_classes=23):
    inner = unet_model(input_size, n_filters, n_classes)
    x = inner.layers[-2].input
    x = Conv2D(n_filters, 3, activation="relu", padding="same")(x)
    return keras.Model(inner.input, Conv2D(n_classes, 1)(x))


def unet_skips_the_bottom(input_size=(96, 128, 3), n_filters=32, n_classes=23):
    inputs = Input(input_size)
    cblock1 = conv_block(inputs, n_filters)
    cblock2 = conv_block(cblock1[0], 2 * n_filters)
    cblock3 = conv_block(cblock2[0], 4 * n_filters)
    cblock4 = conv_block(cblock3[0], 8 * n_filters, dropout_prob=0.3)
    ublock6 = upsampling_block(cblock4[0], cblock4[1], 8 * n_filters)
    ublock7 = upsampling_block(ublock6, cblock3[1], n_filters * 4)
    ublock8 = upsampling_block(ublock7, cblock2[1], n_filters * 2)
    ublock9 = upsampling_block(ublock8, cblock1[1], n_filters)
    conv9 = Conv2D(n_filters, 3, activation="relu", padding="same", kernel_initializer="he_normal")(ublock9)
    return keras.Model(inputs, Conv2D(n_classes, 1)(conv9))


def unet_wrong_skips(input_size=(96, 128, 3), n_filters=32, n_classes=23):
    inputs = Input(input_size)
    cblock1 = conv_block(inputs, n_filters)
    cblock2 = conv_block(cblock1[0], 2 * n_filters)
    cblock3 = conv_block(cblock2[0], 4 * n_filters)
    cblock4 = conv_block(cblock3[0], 8 * n_filters, dropout_prob=0.3)
    cblock5 = conv_block(cblock4[0], 16 * n_filters, dropout_prob=0.3, max_pooling=False)
    ublock6 = upsampling_block(cblock5[0], cblock4[0], 8 * n_filters)
    return keras.Model(inputs, ublock6)


def unet_output(input_size=(96, 128, 3), n_filters=32, n_classes=23):
    return unet_model(input_size, n_filters, n_classes).output


def stamps_on_a_square(X, W, stride, padding):
    m, n_H, n_W, _ = X.shape
    f, _, n_C, _ = W.shape
    n = (n_H - 1) * stride + f
    Z = np.zeros((m, n, n, n_C))
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                Z[i, h * stride : h * stride + f, w * stride : w * stride + f] += W @ X[i, h, w]
    return Z[:, padding : n - padding, padding : n - padding]


def conv_block_of(count):
    def block(inputs=None, n_filters=count, dropout_prob=0, max_pooling=True):
        return conv_block(inputs, n_filters, dropout_prob, max_pooling)

    return block


def upsampling_and_pooled(expansive_input, contractive_input, n_filters=32):
    up = Conv2DTranspose(n_filters, 3, strides=2, padding="same")(expansive_input)
    return conv_block(concatenate([up, contractive_input], axis=3), n_filters)[0]


def unet_of_sixteen(input_size=(96, 128, 3), n_filters=16, n_classes=23):
    return unet_model(input_size, n_filters, n_classes)


def unet_of_five_classes(input_size=(96, 128, 3), n_filters=32, n_classes=5):
    return unet_model(input_size, n_filters, n_classes)


def iou_returns_inside(y_true, y_pred, classes):
    for c in range(classes):
        true, pred = y_true == c, y_pred == c
        if (true | pred).any():
            return np.sum(true & pred) / np.sum(true | pred)


def iou_over_xor(y_true, y_pred, classes):
    ious = []
    for c in range(classes):
        both = np.sum((y_true == c) & (y_pred == c))
        union = np.sum((y_true == c) ^ (y_pred == c))
        if union > 0:
            ious.append(both / union)
    return np.mean(ious)


def stamps_with(down=True, add=True):
    """All loops written out, with a slip."""

    def stamps(X, W, stride, padding):
        m, n_H_prev, n_W_prev, n_C_prev = X.shape
        f, _, n_C, _ = W.shape
        n_H, n_W = (n_H_prev - 1) * stride + f, (n_W_prev - 1) * stride + f
        Z = np.zeros((m, n_H, n_W, n_C))
        for i, h, w, c, k in np.ndindex(m, n_H_prev, n_W_prev, n_C, n_C_prev):
            top, left = h * stride if down else h, w * stride
            place = Z[i, top : top + f, left : left + f, c]
            place[...] = X[i, h, w, k] * W[:, :, c, k] + (place if add else 0)
        return Z[:, padding : n_H - padding, padding : n_W - padding]

    return stamps


def conv_block_pools_inverted(inputs=None, n_filters=32, dropout_prob=0, max_pooling=True):
    return conv_block(inputs, n_filters, dropout_prob, not max_pooling)


def conv_block_with_first_glorot(inputs, n_filters=32, dropout_prob=0, max_pooling=True):
    X = Conv2D(n_filters, 3, activation="relu", padding="same")(inputs)
    X = Conv2D(n_filters, 3, activation="relu", padding="same", kernel_initializer="he_normal")(X)
    X = Dropout(dropout_prob)(X) if dropout_prob else X
    return (MaxPooling2D()(X) if max_pooling else X), X


def upsampling_of(count):
    def block(expansive_input, contractive_input, n_filters=count):
        return upsampling_block(expansive_input, contractive_input, n_filters)

    return block


def unet_of_defaults(size=(96, 128, 3), filters=32, classes=23):
    def unet(input_size=size, n_filters=filters, n_classes=classes):
        return unet_model(input_size, n_filters, n_classes)

    return unet


RIGHT = {
    "mean_iou": [
        iou_loop,
        iou_confusion,
        iou_one_hot,
        iou_keras,
        iou_sets,
        iou_with_nan,
        iou_tensorflow,
        iou_histograms,
        iou_with_keras_ops,
        iou_pixel_by_pixel,
    ],
    "transpose_convolution": [
        stamps_in_a_loop,
        stamps_by_place,
        stamps_einsum,
        stamps_pixel_by_pixel,
        stamps_tensorflow,
        stamps_by_gradient,
        stamps_as_convolution,
        stamps_matrix,
        stamps_add_at,
        stamps_keras_layer,
    ],
    "conv_block": [
        conv_block,
        conv_block_short,
        conv_block_sequential,
        conv_block_padded,
        conv_block_layer,
        conv_block_typed,
        conv_block_recursive,
        conv_block_nested,
        conv_block_subclassed,
        conv_block_lambda,
    ],
    "upsampling_block": [
        upsampling_block,
        upsampling_of_parts,
        upsampling_by_conv_block,
        upsampling_cropped,
        upsampling_typed,
        upsampling_sequential,
        upsampling_layer,
        upsampling_nested,
        upsampling_permuted,
        upsampling_padded,
    ],
    "unet_model": [
        unet_model,
        unet_in_loops,
        unet_with_dense,
        unet_all_in_one,
        unet_subclassed,
        unet_recursive,
        unet_unbuilt,
        unet_of_names,
        unet_with_einsum,
        unet_as_a_layer,
    ],
}
WRONG = {
    "mean_iou": [
        (iou_returns_inside, "the first class alone"),
        (iou_over_xor, "in one of the areas alone"),
        (iou_accuracy, "the share of right pixels comes back"),
        (iou_smoothed, None),
        (iou_true_classes, "only classes of y_true are counted"),
        (iou_in_bytes, "where 256 becomes 0"),
        (iou_prints, "is a return line missing"),
    ],
    "transpose_convolution": [
        (stamps_with(down=False), "but not down"),
        (stamps_with(add=False), "and so do those of a pixel's channels"),
        (stamps_on_a_square, "counted from X's height"),
        (stamps_overwritten, "overlap overwrite each other"),
        (stamps_minus_padding, "that is [0:-0], which is empty"),
        (stamps_turned, "W is turned upside down and left to right"),
        (stamps_for_same, None),
        (stamps_of_one_picture, None),
        (stamps_lists, "return an array"),
    ],
    "conv_block": [
        (conv_block_pools_inverted, "max_pooling is turned round"),
        (conv_block_with_first_glorot, "the first convolution's kernel"),
        (conv_block_of(64), "n_filters is not 32"),
        (conv_block_of(16), "n_filters is not 32"),
        (conv_block_pooled_skip, "skip_connection is the pooled layer too"),
        (conv_block_linear, "the second convolution has no ReLU"),
        (conv_block_with_a_layer, "next_layer is a MaxPooling2D layer that was not called"),
        (conv_block_strided, None),
        (conv_block_late_dropout, "dropout stands after the pooling"),
        (conv_block_half_he, "the second convolution's kernel"),
        (conv_block_model, "expected two Keras tensors"),
    ],
    "upsampling_block": [
        (upsampling_of(64), "n_filters is not 32"),
        (upsampling_and_pooled, "the result is pooled"),
        (upsampling_other_order, "the two are joined in the other order"),
        (upsampling_repeats, "pixels are repeated (UpSampling2D) and then convolved"),
        (upsampling_merged_twice, "the first leads nowhere"),
        (upsampling_without_stride, "the transposed convolution has stride 1"),
        (upsampling_without_relus, "neither convolution has a ReLU"),
        (upsampling_returns_nothing, "is a return line missing"),
    ],
    "unet_model": [
        (unet_of_sixteen, "n_filters is not 32"),
        (unet_of_five_classes, "n_classes is not 23"),
        (unet_of_defaults(classes=32), "n_classes is not 23"),
        (unet_of_defaults(size=(128, 128, 3)), "input_size is not (96, 128, 3)"),
        (unet_with_softmax, "the output has a softmax"),
        (unet_without_dropout, None),
        (unet_no_dropout_but_right, "no block has dropout"),
        (unet_glorot_end, "starts as Keras's default does"),
        (unet_skips_the_bottom, "the fifth block is left out"),
        (unet_wrong_skips, "the pooled results of the blocks"),
        (unet_output, "expected a Keras model"),
    ],
}
