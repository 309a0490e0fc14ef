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


def pointwise_linear(X, filters):
    return Conv2D(filters, 1)(X)


def pointwise_wide(X, filters):
    return Conv2D(filters, 3, padding="same", activation="relu")(X)


def pointwise_leaky(X, filters):
    return layers.LeakyReLU()(Conv2D(filters, 1)(X))


def pointwise_layer(X, filters):
    return Conv2D(filters, 1, activation="relu")


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


def cost_without_first(input_shape, filters, f, bottleneck=None):
    n_H, n_W, n_C = input_shape
    return n_H * n_W * filters * f * f * (bottleneck or n_C)


def cost_square(input_shape, filters, f, bottleneck=None):
    n = input_shape[0]
    return cost_recursive((n, n, input_shape[2]), filters, f, bottleneck)


def cost_same_channels(input_shape, filters, f, bottleneck=None):
    cost = cost_recursive(input_shape, filters, f)
    return cost if bottleneck is None else cost + cost_recursive(input_shape, bottleneck, 1)


def cost_operations(input_shape, filters, f, bottleneck=None):
    return 2 * cost_recursive(input_shape, filters, f, bottleneck)


def cost_int32(input_shape, filters, f, bottleneck=None):
    return np.array(cost_recursive(input_shape, filters, f, bottleneck) % 2**32)


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


def module_of_2014(X, a, b, c, d, e, f):
    def conv(x, n, k=1):
        return Conv2D(n, k, padding="same", activation="relu")(x)

    pooled = MaxPooling2D(3, strides=1, padding="same")(X)
    return Concatenate()([conv(X, a), conv(conv(X, b), c, 3), conv(conv(X, d), e, 5), conv(pooled, f)])


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


def module_list(X, a, b, c, d, e, f):
    return [convolution(X, a), convolution(convolution(X, b), c, 3)]


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
inception_module = module_by_lesson


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
        x = seen[name] = module_sequential(x, *(round(width * n) for n in filters))
    x = layers.Dropout(rate=dropout, seed=3)(layers.GlobalAvgPool2D()(x))
    x = layers.Softmax()(layers.Dense(classes)(x))
    return keras.Model(inputs, (x, _head(seen["4a"], classes, width), _head(seen["4d"], classes, width)))


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
        x = inception_module(x, *(np.array(filters) * width).astype(int).tolist())
        if i in (2, 5):
            heads += [_head(x, classes, width)]
    x = layers.AveragePooling2D(x.shape[1:3])(x)
    x = layers.Conv2D(classes, 1)(layers.Dropout(0.4)(x))
    return keras.Model(inputs, [layers.Softmax()(layers.Flatten()(x)), *heads])


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
    ],
    "convolution_cost": [cost_recursive, cost_float, cost_numpy, cost_sum, cost_tensor, cost_as_loop],
    "inception_module": [
        module_by_lesson,
        module_spelled_out,
        module_one_thin,
        module_sequential,
        module_dense,
        module_as_layer,
    ],
    "googlenet": [net_line_by_line, net_in_a_loop, net_with_average_last, net_subclassed, net_map],
}
WRONG = {
    "pointwise_convolution": [
        (pointwise_linear, "there is no ReLU after the convolution"),
        (pointwise_wide, "the window is 3x3"),
        (pointwise_leaky, None),
        (pointwise_layer, "expected a Keras tensor"),
        (pointwise_numpy, None),
    ],
    "convolution_cost": [
        (cost_without_first, "the first part, the 1x1 convolution to the bottleneck, is left out"),
        (cost_square, "the height is used twice"),
        (cost_same_channels, "still sees all n_C channels"),
        (cost_operations, "additions are counted"),
        (cost_int32, None),
    ],
    "inception_module": [
        (module_of_2014, "there is no batch normalization"),
        (module_naive, "which is the naive module"),
        (module_overwrites, "the pooling has stride 3"),
        (module_pool_first, "the part with the pooling comes first"),
        (module_list, "expected a Keras tensor"),
    ],
    "googlenet": [
        (net_main_only, "only the main output comes back"),
        (net_main_last, "the main output comes last"),
        (net_full_width, "width is ignored"),
        (net_as_dictionary, "outputs are a dictionary"),
        (net_without_dropout, None),
    ],
}
