"""Answers to week2/inception as people write them: right ones in many styles, and wrong ones."""

import math
import warnings

import numpy as np

import workbook

workbook.start()

import keras
import tensorflow as tf
from keras import layers, ops
from tensorflow.keras.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    Input,
    MaxPooling2D,
)
from tensorflow.keras.models import Model

# --- pointwise_convolution ----------------------------------------------------------------------------


def pointwise_conv(X, filters):
    return Conv2D(filters=filters, kernel_size=(1, 1), strides=(1, 1), padding="same", activation="relu")(X)


def pointwise_steps(X, filters, name=None):
    X = layers.Conv2D(filters, 1, use_bias=True, kernel_initializer="he_normal", name=name)(X)
    X = layers.Activation("relu")(X)
    return X


def pointwise_dense(X, filters):
    return layers.Dense(filters, activation=tf.nn.relu)(X)


def pointwise_einsum(X, filters):
    y = layers.EinsumDense("mhwc,cj->mhwj", output_shape=(None, None, filters), bias_axes="j")(X)
    return ops.relu(y)


def pointwise_rows(X, filters):
    """All pixels in one row, and a convolution in one dimension."""
    n_H, n_W, n_C = X.shape[1:]
    rows = layers.Reshape((n_H * n_W, n_C))(X)
    return layers.Reshape((n_H, n_W, filters))(layers.Conv1D(filters, 1, activation="relu")(rows))


class Mix(layers.Layer):
    """A layer of one's own."""

    def __init__(self, filters):
        super().__init__()
        self.filters = filters

    def build(self, shape):
        self.W = self.add_weight(shape=(shape[-1], self.filters), name="W")
        self.b = self.add_weight(shape=(self.filters,), initializer="zeros", name="b")

    def call(self, X):
        return ops.maximum(ops.matmul(X, self.W) + self.b, 0)


def pointwise_own(X, filters):
    print("shape", X.shape)
    warnings.warn("a warning costs nothing", stacklevel=1)
    return Mix(filters)(X)


def pointwise_sequential(X, filters):
    return keras.Sequential([layers.Conv2D(filters, [1, 1]), layers.ReLU()])(X)


def pointwise_tensordot(X, filters):
    """One matrix product over the channels, in a layer that makes its weights when called."""

    class Product(layers.Layer):
        def build(self, input_shape):
            self.kernel = self.add_weight(name="kernel", shape=(1, 1, input_shape[-1], filters))
            self.bias = self.add_weight(name="bias", shape=(filters,), initializer="zeros")

        def call(self, inputs):
            return tf.nn.relu(tf.tensordot(inputs, self.kernel[0, 0], axes=[[3], [0]]) + self.bias)

    return Product()(X)


def pointwise_model(X: tf.Tensor, filters: int, activation="relu") -> tf.Tensor:
    """A model of its own, called on X."""
    inner = keras.Input(shape=X.shape[1:])
    conv = layers.Conv2D(filters, 1, padding="valid", data_format="channels_last", dtype="float32")
    return keras.Model(inner, layers.Activation(activation)(conv(inner)))(X)


def pointwise_per_pixel(X, filters):
    dense = tf.keras.layers.Dense(filters, activation=keras.activations.relu)
    return layers.TimeDistributed(layers.TimeDistributed(dense))(X)


def pointwise_lambda(X, filters):
    Z = Conv2D(filters, (1, 1), bias_initializer="ones", kernel_regularizer="l2")(layers.Dropout(0.0)(X))
    return layers.Lambda(lambda z: tf.maximum(z, 0.0))(Z)


def pointwise_linear(X, filters):
    return Conv2D(filters, 1)(X)


def pointwise_wide(X, filters):
    return Conv2D(filters, 3, padding="same", activation="relu")(X)


def pointwise_softmax(X, filters):
    return layers.Activation("softmax")(Conv2D(filters, 1)(X))


def pointwise_leaky(X, filters):
    return layers.LeakyReLU()(Conv2D(filters, 1)(X))


def pointwise_in_a_row(X, filters):
    """The pixels as one long row, and a convolution along it."""
    n_H, n_W, n_C = X.shape[1:]
    row = layers.Conv1D(filters, kernel_size=1, activation="relu")(layers.Reshape((n_H * n_W, n_C))(X))
    return layers.Reshape((n_H, n_W, filters))(row)


def pointwise_time_distributed(X, filters):
    per_pixel = layers.TimeDistributed(Dense(filters, activation=tf.nn.relu))
    return layers.TimeDistributed(per_pixel)(X)


def pointwise_exchanged(X, filters):
    return Conv2D(1, filters, activation="relu")(X)


def pointwise_relu6(X, filters):
    return ops.relu6(Conv2D(filters, (1, 1))(X))


def pointwise_tanh(X, filters):
    return Conv2D(filters, (1, 1), activation="tanh")(X)


def pointwise_layer(X, filters):
    return Conv2D(filters, 1, activation="relu")


def pointwise_channels_first(X, filters):
    return layers.ReLU()(Conv2D(X.shape[-1], filters, 1)(X))


def pointwise_numpy(X, filters):
    return np.maximum(X @ np.ones((X.shape[-1], filters)), 0)


# --- convolution_cost ---------------------------------------------------------------------------------


def cost_recursive(input_shape, filters, f, bottleneck=None):
    h, w, c = input_shape
    if bottleneck:
        return cost_recursive((h, w, c), bottleneck, 1) + cost_recursive((h, w, bottleneck), filters, f)
    return h * w * c * filters * f**2


def cost_float(input_shape, filters, f, bottleneck=None):
    per_number = f * f * float(input_shape[2] if bottleneck is None else bottleneck)
    total = per_number * math.prod(input_shape[:2]) * filters
    if bottleneck is not None:
        total += math.prod(input_shape) * bottleneck
    return total


def cost_numpy(input_shape, filters, f, bottleneck=None):
    n_H, n_W, n_C = np.array(input_shape, dtype=np.int64)
    if bottleneck is None:
        return np.prod([n_H, n_W, filters, f, f, n_C])
    return np.array([n_H * n_W * n_C * bottleneck + n_H * n_W * bottleneck * f * f * filters])


def cost_sum(input_shape, filters, f, bottleneck=None, verbose=True):
    channels = [input_shape[-1], filters] if bottleneck is None else [input_shape[-1], bottleneck, filters]
    windows = [f] if bottleneck is None else [1, f]
    steps = zip(channels, channels[1:], windows, strict=False)
    total = sum(a * b * k * k for a, b, k in steps) * input_shape[0] * input_shape[1]
    if verbose:
        print(f"{total:,} multiplications")
    return total


def cost_tensor(input_shape, filters, f, bottleneck=None):
    n_H, n_W, n_C = input_shape
    if bottleneck is None:
        cost = n_H * n_W * n_C * filters * f * f
    else:
        cost = n_H * n_W * bottleneck * (n_C + f * f * filters)
    return tf.constant(cost, tf.float64)


def cost_as_loop(input_shape, filters, f, bottleneck=None):
    cost = 0
    stages = [(filters, f)] if bottleneck is None else [(bottleneck, 1), (filters, f)]
    n_H, n_W, n_C = input_shape
    for n, k in stages:
        cost += n_H * n_W * n * (k * k * n_C)
        n_C = n
    return cost


def cost_of_layers(input_shape, filters, f, bottleneck=None):
    """A function for one layer, and a sum over the layers."""

    def layer(n_H: int, n_W: int, n_C: int, k: int, n: int) -> int:
        return (n_H * n_W) * (k**2 * n_C) * n

    h, w, c = (int(n) for n in input_shape)
    if bottleneck is None:
        return layer(h, w, c, f, filters)
    return layer(h, w, c, 1, bottleneck) + layer(h, w, bottleneck, f, filters)


def cost_of_kernels(input_shape, filters, f, bottleneck=None):
    """The numbers in each kernel, times the places."""
    kernels = [(f, f, input_shape[2], filters)]
    if bottleneck is not None:
        kernels = [(1, 1, input_shape[2], bottleneck), (f, f, bottleneck, filters)]
    places = input_shape[0] * input_shape[1]
    return float(
        places * sum(np.zeros(1, np.float64) + np.prod(kernel, dtype=float) for kernel in kernels)[0]
    )


def cost_scalars(input_shape, filters, f, bottleneck=None):
    n_H, n_W, n_C = map(np.int64, input_shape)
    thin = n_C if bottleneck is None else bottleneck
    first = 0 if bottleneck is None else n_H * n_W * n_C * bottleneck
    return np.int64(first) + np.int64(n_H * n_W * filters) * f * f * thin


def cost_by_convolving(input_shape, filters, f, bottleneck=None, *, count=0):
    """Goes through the channels one by one."""
    n_H, n_W, n_C = input_shape
    if bottleneck is None:
        for _ in range(filters):
            count += n_C * f * f
        return count * n_H * n_W
    for _ in range(bottleneck):
        count += n_C
    for _ in range(filters):
        count += bottleneck * f * f
    return count * n_H * n_W


def cost_in_float32(input_shape, filters, f, bottleneck=None):
    """Exact all the same: what is above 2**24 here is a smaller odd number times a power of 2."""
    n_H, n_W, n_C = tf.unstack(tf.cast(input_shape, tf.float32))
    if bottleneck is None:
        return n_H * n_W * n_C * f * f * filters
    return n_H * n_W * (n_C * bottleneck + bottleneck * f * f * filters)


def cost_without_first(input_shape, filters, f, bottleneck=None):
    n_H, n_W, n_C = input_shape
    return n_H * n_W * filters * f * f * (bottleneck or n_C)


def cost_square_window(input_shape, filters, f, bottleneck=None):
    n_H, n_W, n_C = input_shape
    if bottleneck is None:
        return n_H * n_H * filters * f**2 * n_C
    return n_H * n_W * bottleneck * n_C + n_H * n_H * filters * f**2 * bottleneck


def cost_doubled(input_shape, filters, f, bottleneck=None):
    n_H, n_W, n_C = input_shape
    if bottleneck is None:
        return n_H * n_W * filters * f * 2 * n_C
    return n_H * n_W * bottleneck * n_C + n_H * n_W * filters * f * 2 * bottleneck


def cost_square(input_shape, filters, f, bottleneck=None):
    n = input_shape[0]
    return cost_recursive((n, n, input_shape[2]), filters, f, bottleneck)


def cost_same_channels(input_shape, filters, f, bottleneck=None):
    cost = cost_recursive(input_shape, filters, f)
    return cost if bottleneck is None else cost + cost_recursive(input_shape, bottleneck, 1)


def cost_operations(input_shape, filters, f, bottleneck=None):
    return 2 * cost_recursive(input_shape, filters, f, bottleneck)


def cost_with_a_caret(input_shape, filters, f, bottleneck=None):
    n_H, n_W, n_C = input_shape
    if bottleneck is None:
        return n_H * n_W * filters * f ^ 2 * n_C
    cost_reduce = n_H * n_W * bottleneck * n_C
    return cost_reduce + n_H * n_W * filters * f ^ 2 * bottleneck


def cost_channels_first(input_shape, filters, f, bottleneck=None):
    n_C, n_H, n_W = input_shape
    if bottleneck is None:
        return n_H * n_W * filters * f * f * n_C
    return n_H * n_W * bottleneck * (n_C + f * f * filters)


def cost_back_to_the_input(input_shape, filters, f, bottleneck=None):
    n_H, n_W, n_C = input_shape
    if not bottleneck:
        return n_H * n_W * n_C * f**2 * filters
    return n_H * n_W * (n_C * bottleneck) + n_H * n_W * f**2 * (bottleneck * n_C)


def cost_of_a_flat_window(input_shape, filters, f, bottleneck=None):
    n_H, n_W, n_C = input_shape
    if bottleneck is None:
        return n_H * n_W * filters * f * f * n_C
    return n_H * n_W * bottleneck * n_C + n_H * n_W * filters * f * f


def cost_added_to_the_straight_way(input_shape, filters, f, bottleneck=None):
    n_H, n_W, n_C = input_shape
    cost = n_H * n_W * filters * f * f * n_C
    if bottleneck is not None:
        cost += n_H * n_W * bottleneck * n_C + n_H * n_W * filters * f * f * bottleneck
    return cost


def cost_as_a_share(input_shape, filters, f, bottleneck=None):
    n_H, n_W, n_C = input_shape
    straight = n_H * n_W * filters * f * f * n_C
    if bottleneck is None:
        return straight
    return straight / (n_H * n_W * bottleneck * n_C + n_H * n_W * filters * f * f * bottleneck)


def cost_int32(input_shape, filters, f, bottleneck=None):
    n_H, n_W, n_C = np.array(input_shape, dtype=np.int32)
    with np.errstate(over="ignore"):
        if bottleneck is None:
            return n_H * n_W * np.int32(filters) * np.int32(f * f) * n_C
        return n_H * n_W * n_C * np.int32(bottleneck) + n_H * n_W * np.int32(bottleneck * filters * f * f)


# --- inception_module ---------------------------------------------------------------------------------


def convolution(X, filters, f=1, strides=1):
    """The function of the lesson."""
    X = Conv2D(filters, f, strides=strides, padding="same", use_bias=False)(X)
    X = BatchNormalization(momentum=0.9)(X)
    return Activation("relu")(X)


def module_by_lesson(
    X, filters_1x1, filters_3x3_reduce, filters_3x3, filters_5x5_reduce, filters_5x5, filters_pool
):
    a = convolution(X, filters_1x1)
    b = convolution(convolution(X, filters_3x3_reduce), filters_3x3, 3)
    c = convolution(convolution(X, filters_5x5_reduce), filters_5x5, 5)
    d = convolution(MaxPooling2D((3, 3), strides=(1, 1), padding="same")(X), filters_pool)
    return Concatenate(axis=3)([a, b, c, d])


def module_spelled_out(X, f1, f3_in, f3_out, f5_in, f5_out, fp, name="inception"):
    t1 = Conv2D(f1, (1, 1), padding="same", name=f"{name}_1x1")(X)
    t1 = BatchNormalization(axis=3)(t1)
    t1 = Activation("relu")(t1)
    t2 = Conv2D(f3_in, (1, 1), padding="same")(X)
    t2 = BatchNormalization(axis=3)(t2)
    t2 = Activation("relu")(t2)
    t2 = Conv2D(f3_out, (3, 3), padding="same")(t2)
    t2 = BatchNormalization(axis=3)(t2)
    t2 = Activation("relu")(t2)
    t3 = Conv2D(f5_in, (1, 1), padding="same")(X)
    t3 = BatchNormalization(axis=3)(t3)
    t3 = Activation("relu")(t3)
    t3 = Conv2D(f5_out, (5, 5), padding="same")(t3)
    t3 = BatchNormalization(axis=3)(t3)
    t3 = Activation("relu")(t3)
    t4 = MaxPooling2D((3, 3), strides=1, padding="same")(X)
    t4 = Conv2D(fp, (1, 1), padding="same")(t4)
    t4 = BatchNormalization(axis=3)(t4)
    t4 = Activation("relu")(t4)
    return layers.concatenate([t1, t2, t3, t4], axis=-1)


def module_one_thin(X, *filters):
    """All 1x1 convolutions of X as one, its result cut in three."""
    one, thin_3, three, thin_5, five, pool = filters
    everything = [convolution(X, n) for n in (one, thin_3, thin_5)]
    parts = [everything[0], convolution(everything[1], three, 3), convolution(everything[2], five, 5)]
    parts.append(convolution(layers.MaxPool2D(3, 1, "same")(X), pool))
    return ops.concatenate(parts, axis=-1)


def module_sequential(X, a, b, c, d, e, f):
    def conv(n, k=1):
        return [
            layers.Conv2D(n, k, padding="SAME", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
        ]

    towers = [
        conv(a),
        conv(b) + conv(c, 3),
        conv(d) + conv(e, 5),
        [layers.MaxPooling2D(3, strides=1, padding="same"), *conv(f)],
    ]
    return layers.Concatenate()([keras.Sequential(tower)(X) for tower in towers])


def module_dense(
    X, filters_1x1, filters_3x3_reduce, filters_3x3, filters_5x5_reduce, filters_5x5, filters_pool
):
    """A 1x1 convolution is a dense layer on every pixel."""

    def pointwise(x, n):
        return ops.relu(layers.BatchNormalization()(layers.Dense(n)(x)))

    def window(x, n, f):
        padded = layers.ZeroPadding2D(f // 2)(x)
        return ops.relu(layers.BatchNormalization()(layers.Conv2D(n, f, use_bias=False)(padded)))

    pooled = tf.keras.layers.Lambda(lambda x: tf.nn.max_pool2d(x, 3, 1, "SAME"))(X)
    parts = [
        pointwise(X, filters_1x1),
        window(pointwise(X, filters_3x3_reduce), filters_3x3, 3),
        window(pointwise(X, filters_5x5_reduce), filters_5x5, 5),
        pointwise(pooled, filters_pool),
    ]
    return tf.keras.layers.concatenate(parts)


class Inception(layers.Layer):
    """A layer of one's own that holds the six convolutions."""

    def __init__(self, *filters):
        super().__init__()
        self.convs = [
            layers.Conv2D(n, k, padding="same") for n, k in zip(filters, (1, 1, 3, 1, 5, 1), strict=True)
        ]
        self.norms = [layers.BatchNormalization() for _ in filters]
        self.pool = layers.MaxPooling2D(3, 1, padding="same")

    def step(self, i, X, training):
        return ops.relu(self.norms[i](self.convs[i](X), training=training))

    def call(self, X, training=None):
        second = self.step(2, self.step(1, X, training), training)
        third = self.step(4, self.step(3, X, training), training)
        parts = [self.step(0, X, training), second, third, self.step(5, self.pool(X), training)]
        return ops.concatenate(parts, axis=-1)


def module_as_layer(X, a, b, c, d, e, f):
    return Inception(a, b, c, d, e, f)(X)


class Tower(keras.Model):
    """One part of the module as a subclassed model."""

    def __init__(self, sizes, pool=False):
        super().__init__()
        self.pool = layers.MaxPooling2D((3, 3), strides=(1, 1), padding="same") if pool else None
        self.convs = [layers.Conv2D(n, k, padding="same", kernel_initializer="he_normal") for n, k in sizes]
        self.norms = [layers.BatchNormalization(epsilon=1e-5) for _ in sizes]

    def call(self, X, training=False):
        if self.pool is not None:
            X = self.pool(X)
        for conv, norm in zip(self.convs, self.norms, strict=True):
            X = tf.nn.relu(norm(conv(X), training=training))
        return X


def module_of_models(X, f1, f3r, f3, f5r, f5, fp):
    towers = [Tower([(f1, 1)]), Tower([(f3r, 1), (f3, 3)]), Tower([(f5r, 1), (f5, 5)])]
    return layers.Concatenate(axis=3)([tower(X) for tower in [*towers, Tower([(fp, 1)], pool=True)]])


def module_backwards(X, a, b, c, d, e, f):
    """The parts in another order of writing, joined two by two."""
    d_part = convolution(ops.max_pool(X, 3, strides=1, padding="same"), f)
    c_part = convolution(convolution(X, d), e, f=5)
    b_part = convolution(convolution(X, b, f=1), c, 3, strides=1)
    left = tf.keras.layers.concatenate([convolution(X, a), b_part])
    right = tf.keras.layers.concatenate([c_part, d_part])
    return Concatenate()([left, right])


def module_wide_pool(
    X: tf.Tensor,
    filters_1x1: int,
    filters_3x3_reduce: int,
    filters_3x3: int,
    filters_5x5_reduce: int,
    filters_5x5: int,
    filters_pool: int,
    training=None,
) -> tf.Tensor:
    """Zeros around by hand; for the maximum they are very small numbers."""

    def step(x, n, k):
        x = layers.Conv2D(n, k, kernel_regularizer=keras.regularizers.l2(1e-4))(x)
        return layers.Activation("relu")(layers.BatchNormalization(3)(x, training=training))

    parts = [step(X, filters_1x1, 1)]
    parts += [step(layers.ZeroPadding2D(1)(step(X, filters_3x3_reduce, 1)), filters_3x3, 3)]
    parts += [step(layers.ZeroPadding2D((2, 2))(step(X, filters_5x5_reduce, 1)), filters_5x5, 5)]
    padded = layers.Lambda(
        lambda x: tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], constant_values=x.dtype.min)
    )(X)
    parts += [step(layers.MaxPooling2D(3, strides=1)(padded), filters_pool, 1)]
    return layers.Lambda(lambda four: tf.concat(four, axis=-1))(parts)


def module_inner(X, *six, name=None):
    """A functional model of its own, with a dictionary of parts."""
    inner = keras.Input(X.shape[1:])
    part = {"1x1": convolution(inner, six[0])}
    for k, reduce, n in ((3, six[1], six[2]), (5, six[3], six[4])):
        part[f"{k}x{k}"] = convolution(convolution(inner, reduce, 1), n, k)
    part["pool"] = convolution(MaxPooling2D(pool_size=(3, 3), strides=(1, 1), padding="same")(inner), six[5])
    print(*part)
    return keras.Model(inner, Concatenate(axis=-1)(list(part.values())), name=name)(X)


def module_of_2014(X, a, b, c, d, e, f):
    def conv(x, n, k=1):
        return Conv2D(n, k, padding="same", activation="relu")(x)

    pooled = MaxPooling2D(3, strides=1, padding="same")(X)
    return Concatenate()([conv(X, a), conv(conv(X, b), c, 3), conv(conv(X, d), e, 5), conv(pooled, f)])


def module_of_the_first_exercise(X, a, b, c, d, e, f):
    one, two, three = pointwise_conv(X, a), pointwise_conv(X, b), pointwise_conv(X, d)
    four = pointwise_conv(MaxPooling2D(3, 1, "same")(X), f)
    return Concatenate()([one, convolution(two, c, 3), convolution(three, e, 5), four])


def module_naive(X, a, b, c, d, e, f):
    pooled = MaxPooling2D(3, strides=1, padding="same")(X)
    return Concatenate()(
        [convolution(X, a), convolution(X, c, 3), convolution(X, e, 5), convolution(pooled, f)]
    )


def module_overwrites(X, a, b, c, d, e, f):
    first = convolution(X, a)
    second = convolution(convolution(X, b), c, 3)
    third = convolution(convolution(X, d), e, 5)
    X = MaxPooling2D(3, padding="same")(X)
    return Concatenate()([first, second, third, convolution(X, f)])


def module_pool_first(X, a, b, c, d, e, f):
    parts = [convolution(MaxPooling2D(3, strides=1, padding="same")(X), f), convolution(X, a)]
    parts += [convolution(convolution(X, b), c, 3), convolution(convolution(X, d), e, 5)]
    return Concatenate()(parts)


def module_in_a_row(X, a, b, c, d, e, f):
    A = convolution(X, a)
    B = convolution(convolution(X, b), c, 3)
    C = convolution(convolution(B, d), e, 5)
    D = convolution(MaxPooling2D(3, strides=1, padding="same")(X), f)
    return Concatenate()([A, B, C, D])


def module_loses_X(X, a, b, c, d, e, f):
    X = A = convolution(X, a)
    B = convolution(convolution(X, b), c, 3)
    C = convolution(convolution(X, d), e, 5)
    D = convolution(MaxPooling2D(3, strides=1, padding="same")(X), f)
    return Concatenate()([A, B, C, D])


def module_list(X, a, b, c, d, e, f):
    return [convolution(X, a), convolution(convolution(X, b), c, 3)]


def module_pool_and_first_exchanged(X, f1, f3r, f3, f5r, f5, fp):
    branch_1 = convolution(X, fp)
    branch_2 = convolution(convolution(X, f3r), f3, 3)
    branch_3 = convolution(convolution(X, f5r), f5, 5)
    branch_4 = convolution(MaxPooling2D((3, 3), strides=(1, 1), padding="same")(X), f1)
    return layers.concatenate([branch_1, branch_2, branch_3, branch_4], axis=-1)


def module_beside(X, a, b, c, d, e, f):
    """Joined along axis 2, the width."""
    last = convolution(MaxPooling2D(3, strides=1, padding="same")(X), f)
    parts = [convolution(X, a), convolution(convolution(X, b), c, 3), convolution(convolution(X, d), e, 5)]
    return Concatenate(axis=2)([*parts, last])


# --- googlenet ----------------------------------------------------------------------------------------

MODULES = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}


def inception_module(X, *six, name=None):
    """The lesson's, which takes a name too."""
    return module_by_lesson(X, *six)


def _head(X, classes, width):
    X = AveragePooling2D((5, 5), strides=3, padding="same")(X)
    X = convolution(X, int(128 * width), 1)
    X = Flatten()(X)
    X = Dense(int(1024 * width), activation="relu")(X)
    X = Dropout(0.7)(X)
    return Dense(classes, activation="softmax")(X)


def _stem(X, width):
    X = convolution(X, int(64 * width), 7, 2)
    X = MaxPooling2D(3, 2, padding="same")(X)
    X = convolution(X, int(64 * width))
    X = convolution(X, int(192 * width), 3)
    return MaxPooling2D(3, 2, padding="same")(X)


def net_line_by_line(input_shape, classes, width=1):
    def m(X, *filters):
        return inception_module(X, *[int(width * n) for n in filters])

    X_input = Input(input_shape)
    X = _stem(X_input, width)
    X = m(X, 64, 96, 128, 16, 32, 32)
    X = m(X, 128, 128, 192, 32, 96, 64)
    X = MaxPooling2D((3, 3), strides=(2, 2), padding="same")(X)
    X = m(X, 192, 96, 208, 16, 48, 64)
    aux1 = _head(X, classes, width)
    X = m(X, 160, 112, 224, 24, 64, 64)
    X = m(X, 128, 128, 256, 24, 64, 64)
    X = m(X, 112, 144, 288, 32, 64, 64)
    aux2 = _head(X, classes, width)
    X = m(X, 256, 160, 320, 32, 128, 128)
    X = MaxPooling2D((3, 3), strides=(2, 2), padding="same")(X)
    X = m(X, 256, 160, 320, 32, 128, 128)
    X = m(X, 384, 192, 384, 48, 128, 128)
    X = GlobalAveragePooling2D()(X)
    X = Dropout(0.4)(X)
    X = Dense(classes, activation="softmax")(X)
    return Model(inputs=X_input, outputs=[X, aux1, aux2])


def net_in_a_loop(input_shape, classes, width=1.0, dropout=0.4):
    x = inputs = keras.Input(shape=input_shape)
    x = _stem(x, width)
    seen = {}
    for name, filters in MODULES.items():
        if name in ["4a", "5a"]:
            x = layers.MaxPool2D(3, 2, "same")(x)
        x = seen[name] = module_sequential(x, *(int(width * n) for n in filters))
    x = layers.Dropout(rate=dropout, seed=3)(layers.GlobalAvgPool2D()(x))
    x = layers.Softmax()(layers.Dense(classes)(x))
    return keras.Model(inputs, (x, _head(seen["4a"], classes, width), _head(seen["4d"], classes, width)))


def net_of_convolutions(input_shape, classes, width=1):
    """The dense layers as convolutions over the whole map, made flat in the end."""
    inputs = keras.Input(input_shape)
    x = _stem(inputs, width)
    heads = []
    for name, filters in MODULES.items():
        x = module_as_layer(x, *[int(n * width) for n in filters])
        if name in ("4a", "4d"):
            y = AveragePooling2D(5, 3, "same")(x)
            y = layers.ReLU()(BatchNormalization()(Conv2D(int(128 * width), 1)(y)))
            y = Conv2D(int(1024 * width), tuple(y.shape[1:3]), activation="relu")(y)
            y = Conv2D(classes, 1, activation="softmax")(layers.Dropout(0.7)(y))
            heads.append(layers.Reshape((classes,))(y))
        if name in ("3b", "4e"):
            x = MaxPooling2D(3, strides=2, padding="same")(x)
    x = layers.Dropout(0.4)(GlobalAveragePooling2D(keepdims=True)(x))
    main = Flatten()(Conv2D(classes, 1, activation="softmax")(x))
    return keras.Model(inputs, [main, *heads])


def net_with_average_last(input_shape, classes, width=1):
    """The mean over all places by other means, heads with convolutions, names for the outputs."""
    inputs = keras.Input(input_shape)
    x = _stem(inputs, width)
    heads = []
    for name, filters in MODULES.items():
        x = module_as_layer(x, *[int(n * width) for n in filters])
        if name in ("4a", "4d"):
            y = AveragePooling2D(5, 3, "same")(x)
            y = layers.ReLU()(BatchNormalization()(Conv2D(int(128 * width), (1, 1))(y)))
            y = layers.Dense(int(1024 * width))(layers.Reshape((-1,))(y))
            y = layers.Dropout(0.7)(ops.relu(y))
            heads.append(Dense(classes, "softmax", name=f"auxiliary_{len(heads) + 1}")(y))
        if name in ("3b", "4e"):
            x = MaxPooling2D(3, strides=2, padding="same")(x)
    x = layers.Dropout(0.4)(ops.mean(x, axis=(1, 2)))
    main = Dense(classes, "softmax", name="main")(x)
    return keras.Model(inputs, [main, *heads], name="googlenet")


class _Net(keras.Model):
    """A subclassed model around a functional one."""

    def __init__(self, inner):
        super().__init__(inner.inputs, inner.outputs)


def net_subclassed(input_shape, classes, width=1):
    return _Net(net_line_by_line(input_shape, classes, width))


def net_map(input_shape=(64, 64, 3), classes=6, width=1, training=None):
    """The mean as an average pooling as large as the map; the last layer as a 1x1 convolution."""
    inputs = keras.Input(input_shape)
    x, heads = _stem(inputs, width), []
    for i, filters in enumerate(MODULES.values()):
        if i in (2, 7):
            x = layers.MaxPooling2D(pool_size=(3, 3), strides=(2, 2), padding="same")(x)
        x = inception_module(x, *(np.array(filters) * width).astype(int).tolist(), name=f"inception_{i}")
        if i in (2, 5):
            heads += [_head(x, classes, width)]
    x = layers.AveragePooling2D(x.shape[1:3])(x)
    x = layers.Conv2D(classes, 1)(layers.Dropout(0.4)(x))
    return keras.Model(inputs, [layers.Softmax()(layers.Flatten()(x)), *heads])


class GoogLeNet(keras.Model):
    """Every layer an attribute; makes its weights when it first sees a picture, and gives a tuple."""

    def __init__(self, classes, width):
        super().__init__()

        def conv(n, k=1, s=1):
            return [
                layers.Conv2D(int(n * width), k, strides=s, padding="same", use_bias=False),
                layers.BatchNormalization(),
                layers.ReLU(),
            ]

        def pool():
            return layers.MaxPooling2D(3, strides=2, padding="same")

        stem = [*conv(64, 7, 2), pool(), *conv(64), *conv(192, 3), pool()]
        self.stem = keras.Sequential(stem)
        self.inceptions = [Inception(*(int(n * width) for n in row)) for row in MODULES.values()]
        self.pools = [pool(), pool()]
        self.heads = [
            keras.Sequential(
                [
                    layers.AveragePooling2D(5, strides=3, padding="same"),
                    *conv(128),
                    layers.Flatten(),
                    layers.Dense(int(1024 * width), activation="relu"),
                    layers.Dropout(0.7),
                    layers.Dense(classes, activation="softmax"),
                ]
            )
            for _ in range(2)
        ]
        self.dropout, self.out = layers.Dropout(0.4), layers.Dense(classes)

    def call(self, X, training=None):
        X, answers = self.stem(X, training=training), []
        for name, inception in zip(MODULES, self.inceptions, strict=True):
            X = inception(X, training=training)
            if name in ("4a", "4d"):
                answers.append(self.heads[len(answers)](X, training=training))
            if name in ("3b", "4e"):
                X = self.pools[name == "4e"](X)
        X = self.dropout(tf.reduce_mean(X, axis=[1, 2]), training=training)
        return tf.nn.softmax(self.out(X)), *answers


def net_own_class(input_shape, classes, width=1):
    return GoogLeNet(classes, width)


def net_by_stages(input_shape, classes, width=1):
    """Stages as functions, numbers of filters made by one, another epsilon, the heads a class."""

    class Head:
        def __init__(self, scale):
            self.scale = scale

        def __call__(self, X):
            X = tf.keras.layers.AveragePooling2D(pool_size=(5, 5), strides=(3, 3), padding="same")(X)
            X = layers.Activation("relu")(
                layers.BatchNormalization(epsilon=1e-5)(layers.Conv2D(self.scale(128), 1)(X))
            )
            X = layers.Activation("relu")(layers.Dense(self.scale(1024))(layers.Flatten()(X)))
            return layers.Dense(classes, activation=tf.nn.softmax)(layers.Dropout(0.7)(X))

    def scale(n):
        return int(n * width)

    def stage(X, names):
        for name in names:
            X = module_of_models(X, *[scale(n) for n in MODULES[name]])
        return X

    def halve(X):
        return layers.MaxPooling2D(3, strides=2, padding="same")(X)

    inputs = keras.Input(input_shape, name="picture")
    X = halve(convolution(inputs, scale(64), f=7, strides=2))
    X = halve(convolution(convolution(X, scale(64)), scale(192), f=3))
    X = halve(stage(X, ["3a", "3b"]))
    after_4a = stage(X, ["4a"])
    after_4d = stage(after_4a, ["4b", "4c", "4d"])
    X = stage(halve(stage(after_4d, ["4e"])), ["5a", "5b"])
    X = layers.GlobalAveragePooling2D(keepdims=True)(X)
    X = layers.Flatten()(layers.SpatialDropout2D(0.4)(X))
    main = Dense(classes, activation="softmax")(X)
    head = Head(scale)
    return keras.Model(inputs=inputs, outputs=[main, head(after_4a), head(after_4d)])


def net_unrolled(input_shape: tuple, classes: int, width: float = 1, verbose=True) -> keras.Model:
    """Line by line with a variable for each result, zeros around by hand in the first convolution."""
    w = width
    img = Input(shape=input_shape)
    x = Conv2D(int(64 * w), (7, 7), strides=2, padding="same", use_bias=False)(img)
    x = Activation("relu")(BatchNormalization(axis=3)(x))
    x = layers.MaxPool2D((3, 3), strides=2, padding="same")(x)
    x = convolution(x, int(64 * w), f=1)
    x = convolution(x, int(192 * w), f=3)
    x = layers.MaxPool2D((3, 3), strides=2, padding="same")(x)
    i3a = module_spelled_out(x, *(int(w * n) for n in (64, 96, 128, 16, 32, 32)), name="i3a")
    i3b = module_spelled_out(i3a, *(int(w * n) for n in (128, 128, 192, 32, 96, 64)), name="i3b")
    p3 = layers.MaxPool2D((3, 3), strides=2, padding="same")(i3b)
    i4a = module_spelled_out(p3, *(int(w * n) for n in (192, 96, 208, 16, 48, 64)), name="i4a")
    i4b = module_spelled_out(i4a, *(int(w * n) for n in (160, 112, 224, 24, 64, 64)), name="i4b")
    i4c = module_spelled_out(i4b, *(int(w * n) for n in (128, 128, 256, 24, 64, 64)), name="i4c")
    i4d = module_spelled_out(i4c, *(int(w * n) for n in (112, 144, 288, 32, 64, 64)), name="i4d")
    i4e = module_spelled_out(i4d, *(int(w * n) for n in (256, 160, 320, 32, 128, 128)), name="i4e")
    p4 = layers.MaxPool2D((3, 3), strides=2, padding="same")(i4e)
    i5a = module_spelled_out(p4, *(int(w * n) for n in (256, 160, 320, 32, 128, 128)), name="i5a")
    i5b = module_spelled_out(i5a, *(int(w * n) for n in (384, 192, 384, 48, 128, 128)), name="i5b")
    main = Dense(classes, activation="softmax", name="main")(Dropout(0.4)(GlobalAveragePooling2D()(i5b)))
    heads = []
    for number, tensor in enumerate((i4a, i4d), 1):
        y = convolution(AveragePooling2D((5, 5), strides=(3, 3), padding="same")(tensor), int(128 * w))
        y = Dropout(0.7)(Dense(int(1024 * w), activation="relu")(Flatten()(y)))
        heads.append(Dense(classes, activation="softmax", name=f"aux{number}")(y))
    model = Model(img, [main, heads[0], heads[1]])
    if verbose:
        print(model.count_params())
    return model


def net_lambdas(input_shape, classes, width=1):
    """tf.nn in Lambda layers."""

    def pool(x):
        return layers.Lambda(lambda t: tf.nn.max_pool2d(t, 3, 2, "SAME"))(x)

    def numbers(*row):
        return [int(width * n) for n in row]

    def head(x):
        x = layers.Lambda(lambda t: tf.nn.avg_pool2d(t, 5, 3, "SAME"))(x)
        x = convolution(x, *numbers(128))
        x = ops.relu(Dense(*numbers(1024))(Flatten()(x)))
        return ops.softmax(Dense(classes)(Dropout(rate=0.7, seed=1)(x)))

    inputs = keras.layers.Input(input_shape)
    x = pool(convolution(inputs, *numbers(64), 7, 2))
    x = pool(convolution(convolution(x, *numbers(64)), *numbers(192), 3))
    taps = []
    for index, row in enumerate(MODULES.values()):
        x = module_backwards(x, *numbers(*row))
        taps.append(x)
        x = pool(x) if index in (1, 6) else x
    x = layers.Lambda(lambda t: tf.reduce_mean(t, axis=(1, 2)))(x)
    answer = ops.softmax(Dense(classes)(Dropout(0.4)(x)))
    return keras.Model(inputs, [answer, head(taps[2]), head(taps[5])])


def net_in_sequence(input_shape, classes, width=1):
    """Pieces of the main path as models, put together at the end."""
    names = list(MODULES)

    def piece(shape, rows, pool_first=False):
        start = keras.Input(shape)
        y = MaxPooling2D(3, 2, "same")(start) if pool_first else start
        for name in rows:
            y = inception_module(y, *(int(width * n) for n in MODULES[name]))
            y = MaxPooling2D(3, 2, "same")(y) if name == "4e" else y
        return keras.Model(start, y)

    inputs = keras.Input(input_shape)
    x = _stem(inputs, width)
    x = piece(x.shape[1:], names[:2])(x)
    x = first = piece(x.shape[1:], names[2:3], pool_first=True)(x)
    x = second = piece(x.shape[1:], names[3:6])(x)
    x = piece(x.shape[1:], names[6:])(x)
    end = keras.Sequential(
        [layers.GlobalAveragePooling2D(), layers.Dropout(0.4), layers.Dense(classes, activation="softmax")]
    )
    return keras.Model(inputs, [end(x), _head(first, classes, width), _head(second, classes, width)])


def net_main_only(input_shape, classes, width=1):
    model = net_line_by_line(input_shape, classes, width)
    return keras.Model(model.input, model.outputs[0])


def net_as_dictionary(input_shape, classes, width=1):
    model = net_line_by_line(input_shape, classes, width)
    return keras.Model(model.input, dict(zip(("main", "aux1", "aux2"), model.outputs, strict=True)))


def net_main_last(input_shape, classes, width=1):
    model = net_line_by_line(input_shape, classes, width)
    return keras.Model(model.input, [*model.outputs[1:], model.outputs[0]])


def net_full_width(input_shape, classes, width=1):
    return net_line_by_line(input_shape, classes)


def net_of_whole_widths(rounding, network):
    """The same network, its numbers of filters rounded in another way: int() finds whole numbers in it."""

    class Width(float):
        def __mul__(self, n):
            return rounding(float(self) * n)

        __rmul__ = __mul__

    def net(input_shape, classes, width=1):
        return network(input_shape, classes, Width(width))

    return net


def net_half_as_wide(input_shape, classes, width=0.5):
    return net_line_by_line(input_shape, classes, width)


def net_without_dropout(input_shape, classes, width=1):
    model = net_line_by_line(input_shape, classes, width)
    copy = lambda layer: (  # noqa: E731
        layers.Identity() if isinstance(layer, Dropout) else layer.__class__.from_config(layer.get_config())
    )
    return keras.models.clone_model(model, clone_function=copy)


RIGHT = {
    "pointwise_convolution": [
        pointwise_conv,
        pointwise_steps,
        pointwise_dense,
        pointwise_einsum,
        pointwise_rows,
        pointwise_own,
        pointwise_sequential,
        pointwise_tensordot,
        pointwise_model,
        pointwise_per_pixel,
        pointwise_lambda,
        pointwise_in_a_row,
        pointwise_time_distributed,
    ],
    "convolution_cost": [
        cost_recursive,
        cost_float,
        cost_numpy,
        cost_sum,
        cost_tensor,
        cost_as_loop,
        cost_of_layers,
        cost_of_kernels,
        cost_scalars,
        cost_by_convolving,
        cost_in_float32,
    ],
    "inception_module": [
        module_by_lesson,
        module_spelled_out,
        module_one_thin,
        module_sequential,
        module_dense,
        module_as_layer,
        module_of_models,
        module_backwards,
        module_wide_pool,
        module_inner,
    ],
    "googlenet": [
        net_line_by_line,
        net_in_a_loop,
        net_with_average_last,
        net_of_convolutions,
        net_subclassed,
        net_map,
        net_own_class,
        net_by_stages,
        net_unrolled,
        net_lambdas,
        net_in_sequence,
    ],
}
WRONG = {
    "pointwise_convolution": [
        (pointwise_linear, "there is no ReLU after the convolution"),
        (pointwise_wide, "the window is 3x3"),
        (pointwise_leaky, None),
        (pointwise_softmax, "there is a softmax"),
        (pointwise_layer, "expected a Keras tensor"),
        (pointwise_exchanged, "filters and window are exchanged"),
        (pointwise_relu6, "there is a ReLU6"),
        (pointwise_tanh, "there is a tanh"),
        (pointwise_channels_first, "gets the channels that come in"),
        (pointwise_numpy, None),
    ],
    "convolution_cost": [
        (cost_without_first, "the first part, the 1x1 convolution to the bottleneck, is left out"),
        (cost_square, "the height is used twice"),
        (cost_same_channels, "still sees all n_C channels"),
        (cost_operations, "additions are counted"),
        (cost_int32, "whole numbers of 32 bits hold no more"),
        (cost_square_window, "the width never, in the f x f convolution"),
        (cost_doubled, "f is doubled where it should be squared"),
        (cost_with_a_caret, "In Python ^ is something else"),
        (cost_channels_first, "input_shape is taken for (n_C, n_H, n_W)"),
        (cost_back_to_the_input, "gives n_C channels"),
        (cost_of_a_flat_window, "is counted without its channels"),
        (cost_added_to_the_straight_way, "the straight way is added"),
        (cost_as_a_share, "how many times the detour is cheaper"),
    ],
    "inception_module": [
        (module_of_2014, "there is no batch normalization"),
        (module_of_the_first_exercise, "pointwise_convolution has none"),
        (module_naive, "which is the naive module"),
        (module_overwrites, "the pooling has stride 3"),
        (module_pool_first, "the part with the pooling comes first"),
        (module_list, "expected a Keras tensor"),
        (module_in_a_row, "starts from the second part's result"),
        (module_loses_X, "X is overwritten by the first part"),
        (module_pool_and_first_exchanged, "filters_1x1 and filters_pool are exchanged"),
        (module_beside, "along height or width"),
    ],
    "googlenet": [
        (net_main_only, "only the main output comes back"),
        (net_main_last, "the main output comes last"),
        (net_full_width, "width is ignored"),
        (net_as_dictionary, "outputs are a dictionary"),
        (net_without_dropout, None),
        (net_of_whole_widths(round, net_line_by_line), "rounded to the nearest number"),
        (net_of_whole_widths(math.ceil, net_line_by_line), "rounded up"),
        (net_half_as_wide, "the default of width is not 1"),
    ],
}
