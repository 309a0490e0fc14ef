"""Answers to week2/mobilenet as people write them: right ones in many styles, and wrong ones."""

import warnings
from decimal import Decimal
from fractions import Fraction

import workbook

workbook.start()

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from tensorflow.keras.layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    GlobalAveragePooling2D,
    Input,
    ReLU,
    ZeroPadding2D,
)
from tensorflow.keras.models import Model

# --- separable_cost_ratio -----------------------------------------------------------------------------


def ratio_short(f, filters):
    return 1 / filters + 1 / f**2


def ratio_counted(f, filters, n_H=7, n_W=9, n_C=11):
    """Both costs in full, for some picture."""
    standard = n_H * n_W * f * f * n_C * filters
    depthwise, pointwise = n_H * n_W * f * f * n_C, n_H * n_W * n_C * filters
    print(standard, depthwise, pointwise)
    return (depthwise + pointwise) / standard


def ratio_numpy(f, filters):
    return np.sum(1.0 / np.array([filters, np.square(f)]))


def ratio_array(f, filters):
    return np.array(1 / filters) + np.reciprocal(float(f)) ** 2


def ratio_tensor(f, filters):
    return tf.constant(1 / filters, tf.float64) + tf.constant(1 / f, tf.float64) ** 2


def ratio_fraction(f: int, filters: int) -> float:
    return float(Fraction(1, filters) + Fraction(1, f * f))


def ratio_layers(f, filters):
    """Counted by a function for any convolution, per pixel and for one input channel."""

    def cost(window, n_C, n):
        return window * window * n_C * n

    return (cost(f, 1, 1) + cost(1, 1, filters)) / cost(f, 1, filters)


def ratio_scalar(f, filters):
    f, filters = np.float64(f), np.float64(filters)
    return np.add(np.divide(1, filters), np.power(f, -2.0))


def ratio_negative_powers(f, filters):
    share: float = filters**-1 + f**-2
    print(f"{share:.1%}")
    return share


def ratio_summed(f, filters):
    """A loop over two steps, with a list that holds one number at the end."""
    steps = [f**2, filters]
    total = 0.0
    for step in steps:
        total += step
    return np.array([[total / (f**2 * filters)]])


def ratio_in_float32(f, filters):
    """TensorFlow computes in float32 unless it is told otherwise."""
    return tf.constant(1.0) / filters + tf.constant(1.0) / f**2


def ratio_half_in_float32(f, filters):
    return np.reciprocal(float(filters)) + np.float32(f) ** -2


def ratio_of_fractions(f, filters):
    """Left as an exact fraction."""
    return Fraction(1, filters) + Fraction(1, f * f)


def ratio_decimal(f, filters):
    return Decimal(f**2 + filters) / Decimal(f**2 * filters)


def ratio_one_channel(f, filters):
    """The number of parameters of a layer with one input channel, in place of its multiplications."""
    return (f * f + 1 + filters) / (f * f * filters)


def ratio_as_text(f, filters):
    return f"{1 / filters + 1 / f**2:.3f}"


# --- depthwise_separable_block --------------------------------------------------------------------------


def separable_step_by_step(X, filters, strides=1):
    X = DepthwiseConv2D(kernel_size=(3, 3), strides=(strides, strides), padding="same")(X)
    X = BatchNormalization(axis=3)(X)
    X = ReLU(max_value=6)(X)
    X = Conv2D(filters, kernel_size=(1, 1), strides=(1, 1), padding="same")(X)
    X = BatchNormalization(axis=3)(X)
    X = ReLU(max_value=6)(X)
    return X


def separable_sequential(X, filters, strides):
    print("channels:", X.shape[-1])
    warnings.warn("a warning costs nothing", stacklevel=1)
    block = keras.Sequential(
        [
            layers.DepthwiseConv2D(3, strides, "same", use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(6.0),
            layers.Conv2D(filters, 1, use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.Activation("relu6"),
        ],
        name=None,
    )
    return block(X)


def separable_grouped(X, filters, strides=1, kernel_size=3):
    """A depthwise convolution is one with as many groups as channels."""
    n_C = X.shape[-1]
    y = layers.Conv2D(n_C, kernel_size, strides=strides, padding="same", groups=n_C, use_bias=False)(X)
    y = ops.relu6(layers.BatchNormalization()(y))
    return ops.relu6(layers.BatchNormalization()(layers.Conv2D(filters, 1)(y)))


def separable_as_in_keras(X, filters, strides=1, alpha=1.0):
    """With the explicit padding that Keras's own MobileNet has; the picture is even where the stride is 2."""
    if strides == 2:
        X = ZeroPadding2D(((0, 1), (0, 1)))(X)
    X = DepthwiseConv2D(3, padding="same" if strides == 1 else "valid", strides=strides, use_bias=False)(X)
    X = BatchNormalization()(X)
    X = layers.ReLU(6.0)(X)
    X = Conv2D(int(filters * alpha), (1, 1), padding="same", use_bias=False, strides=(1, 1))(X)
    X = BatchNormalization()(X)
    return layers.ReLU(6.0)(X)


class _Separable(layers.Layer):
    """The block as a layer of its own."""

    def __init__(self, filters, strides, **kwargs):
        super().__init__(**kwargs)
        self.depthwise = layers.DepthwiseConv2D(3, strides=strides, padding="same")
        self.pointwise = layers.Conv2D(filters, 1)
        self.norms = [layers.BatchNormalization(), layers.BatchNormalization()]

    def call(self, X, training=None):
        X = tf.nn.relu6(self.norms[0](self.depthwise(X), training=training))
        return tf.nn.relu6(self.norms[1](self.pointwise(X), training=training))


def separable_subclassed(X, filters, strides=1):
    return _Separable(filters, strides)(X)


def separable_clipped(X, filters, strides=1, training=None):
    def finish(x):
        return ops.clip(layers.BatchNormalization(-1)(x, training=training), 0, 6)

    x = finish(layers.DepthwiseConv2D((3, 3), (strides, strides), padding="SAME", activation=None)(X))
    return finish(layers.Conv2D(filters, (1, 1), activation="linear")(x))


def separable_dense(X, filters, strides=1):
    """A 1x1 convolution is a dense layer on the channels of every pixel."""
    X = layers.ReLU(6)(layers.BatchNormalization()(layers.DepthwiseConv2D(3, strides, "same")(X)))
    return layers.ReLU(6)(layers.BatchNormalization()(layers.Dense(filters, use_bias=False)(X)))


def separable_model_inside(X, filters, strides=1):
    """Another epsilon, a model of its own."""
    inner = keras.Input(X.shape[1:])
    y = layers.DepthwiseConv2D(3, strides=strides, padding="same", depthwise_initializer="he_normal")(inner)
    y = layers.ReLU(6)(layers.BatchNormalization(epsilon=1e-5, momentum=0.9)(y))
    y = layers.Conv2D(filters, 1, padding="same", kernel_regularizer=keras.regularizers.L2(4e-5))(y)
    y = layers.ReLU(6)(layers.BatchNormalization(epsilon=1e-5, momentum=0.9)(y))
    return keras.Model(inner, y)(X)


def separable_padded(X, filters, strides=1, training=None):
    """The zeros that "same" puts around, computed from the size."""

    def around(n):
        total = max((-(-n // strides) - 1) * strides + 3 - n, 0)
        return total // 2, total - total // 2

    X = layers.ZeroPadding2D((around(X.shape[1]), around(X.shape[2])))(X)
    X = layers.DepthwiseConv2D((3, 3), strides=(strides, strides), use_bias=False)(X)
    X = layers.Lambda(tf.nn.relu6)(layers.BatchNormalization()(X, training=training))
    X = layers.Conv2D(filters=filters, kernel_size=1, use_bias=False)(X)
    return layers.Lambda(tf.nn.relu6)(layers.BatchNormalization()(X, training=training))


def separable_helper(X: tf.Tensor, filters: int, strides: int = 1, activation="relu6", rate=0.0) -> tf.Tensor:
    """A helper for both steps, layers that do nothing in between."""

    def step(layer, x):
        for each in (layer, BatchNormalization(axis=-1), layers.Activation(activation), layers.Dropout(rate)):
            x = each(x)
        return x

    depthwise = tf.keras.layers.DepthwiseConv2D(3, padding="same", strides=strides)
    return step(tf.keras.layers.Conv2D(filters, 1), step(depthwise, X))


def separable_einsum(X, filters, strides=1):
    """Height and width of what comes out are not known before pictures come."""
    X = ops.relu6(
        BatchNormalization()(DepthwiseConv2D(3, strides=strides, padding="same", use_bias=False)(X))
    )
    X = layers.EinsumDense("mhwc,cf->mhwf", output_shape=(None, None, filters))(X)
    return ops.clip(BatchNormalization()(X), 0, 6)


def separable_halves(X, filters, strides=2):
    return separable_step_by_step(X, filters, strides)


def separable_at_once(X, filters, strides=1):
    X = layers.SeparableConv2D(filters, 3, strides=strides, padding="same", use_bias=False)(X)
    return layers.ReLU(6.0)(layers.BatchNormalization()(X))


def separable_plain_relu(X, filters, strides=1):
    X = layers.DepthwiseConv2D(3, strides=strides, padding="same")(X)
    X = Activation("relu")(BatchNormalization()(X))
    return Activation("relu")(BatchNormalization()(Conv2D(filters, 1)(X)))


def separable_activation_in_layer(X, filters, strides=1):
    X = layers.DepthwiseConv2D(3, strides=strides, padding="same", activation="relu6")(X)
    X = BatchNormalization()(X)
    return BatchNormalization()(Conv2D(filters, 1, activation="relu6")(X))


def separable_tanh(X, filters, strides=1):
    return layers.Activation("tanh")(separable_step_by_step(X, filters, strides))


def separable_dropout(X, filters, strides=1):
    return layers.Dropout(0.2)(separable_step_by_step(X, filters, strides))


def separable_model(X, filters, strides=1):
    return Model(X, separable_step_by_step(X, filters, strides))


# --- inverted_residual_block ----------------------------------------------------------------------------


def inverted_step_by_step(X, filters, expansion, strides):
    X_shortcut = X
    n_C = X.shape[3]
    if expansion != 1:
        X = Conv2D(filters=n_C * expansion, kernel_size=(1, 1), padding="valid")(X)
        X = BatchNormalization(axis=3)(X)
        X = ReLU(6.0)(X)
    X = DepthwiseConv2D(kernel_size=(3, 3), strides=(strides, strides), padding="same")(X)
    X = BatchNormalization(axis=3)(X)
    X = ReLU(6.0)(X)
    X = Conv2D(filters=filters, kernel_size=(1, 1), padding="valid")(X)
    X = BatchNormalization(axis=3)(X)
    if strides == 1 and n_C == filters:
        X = Add()([X, X_shortcut])
    return X


def _norm6(x):
    return layers.Activation("relu6")(layers.BatchNormalization()(x))


def inverted_short(X, filters, expansion=6, strides=1):
    y = X
    if expansion > 1:
        y = _norm6(layers.Conv2D(expansion * X.shape[-1], 1, use_bias=False)(y))
    y = _norm6(layers.DepthwiseConv2D(3, strides, padding="same", use_bias=False)(y))
    y = layers.BatchNormalization()(layers.Conv2D(filters, 1, use_bias=False)(y))
    return X + y if X.shape == y.shape else y


def inverted_as_in_keras(X, filters, expansion=6, strides=1, block_id=1):
    """With the explicit padding that Keras's own MobileNetV2 has."""
    in_channels = X.shape[-1]
    x = X
    if expansion != 1:
        x = layers.Conv2D(expansion * in_channels, kernel_size=1, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization(axis=-1, epsilon=1e-3, momentum=0.999)(x)
        x = layers.ReLU(6.0)(x)
    if strides == 2:
        n_H, n_W = x.shape[1:3]
        x = layers.ZeroPadding2D(((1 - (1 - n_H % 2), 1), (1 - (1 - n_W % 2), 1)))(x)
    x = layers.DepthwiseConv2D(3, strides, padding="same" if strides == 1 else "valid", use_bias=False)(x)
    x = layers.BatchNormalization(axis=-1, epsilon=1e-3, momentum=0.999)(x)
    x = layers.ReLU(6.0)(x)
    x = layers.Conv2D(filters, kernel_size=1, padding="same", use_bias=False, activation=None)(x)
    x = layers.BatchNormalization(axis=-1, epsilon=1e-3, momentum=0.999)(x)
    return layers.Add()([X, x]) if in_channels == filters and strides == 1 else x


def inverted_sequential(X, filters, expansion=6, strides=1, **kwargs):
    print(X.shape, filters)
    wide = int(X.shape[-1]) * expansion
    first = [layers.Conv2D(wide, 1), layers.BatchNormalization(), layers.ReLU(max_value=6.0)]
    rest = [
        layers.DepthwiseConv2D((3, 3), strides=(strides, strides), padding="same"),
        layers.BatchNormalization(),
        layers.ReLU(max_value=6.0),
        layers.Conv2D(filters, (1, 1)),
        layers.BatchNormalization(),
    ]
    main = keras.Sequential(rest if expansion == 1 else first + rest)
    return layers.add([main(X), X]) if (strides, X.shape[-1]) == (1, filters) else main(X)


class _Inverted(keras.Model):
    """The block as a subclassed model, its convolutions grouped ones."""

    def __init__(self, n_C, filters, expansion, strides):
        super().__init__()
        wide = n_C * expansion
        self.expand = Conv2D(wide, 1, use_bias=False) if expansion != 1 else None
        self.first = BatchNormalization() if expansion != 1 else None
        self.depthwise = Conv2D(wide, 3, strides, padding="same", groups=wide, use_bias=False)
        self.second = BatchNormalization()
        self.project = Conv2D(filters, 1, use_bias=False)
        self.third = BatchNormalization()
        self.residual = strides == 1 and n_C == filters

    def call(self, X, training=None):
        Y = X
        if self.expand is not None:
            Y = tf.nn.relu6(self.first(self.expand(Y), training=training))
        Y = tf.nn.relu6(self.second(self.depthwise(Y), training=training))
        Y = self.third(self.project(Y), training=training)
        return X + Y if self.residual else Y


def inverted_subclassed(X, filters, expansion=6, strides=1):
    return _Inverted(X.shape[-1], filters, expansion, strides)(X)


def inverted_with_identity(X, filters, expansion=6, strides=1, training=None):
    """A layer that does nothing where the expansion is 1, ReLU6 as a difference of two ReLUs."""

    def six(x):
        return ops.relu(x) - ops.relu(x - 6)

    n_C = X.shape[-1]
    y = layers.Identity()(X) if expansion == 1 else layers.Conv2D(n_C * expansion, 1, use_bias=False)(X)
    y = y if expansion == 1 else six(layers.BatchNormalization()(y, training=training))
    y = layers.DepthwiseConv2D([3, 3], strides=[strides] * 2, padding="same")(y)
    y = six(layers.BatchNormalization()(y, training=training))
    y = layers.BatchNormalization()(layers.Conv2D(filters, 1)(y), training=training)
    if strides != 1 or n_C != filters:
        return y
    return ops.add(X, y)


def inverted_functional(X, filters, expansion=6, strides=1):
    """A model of its own; another epsilon; the sum by keras.ops."""
    inner = keras.Input(X.shape[1:])
    y = inner
    if expansion > 1:
        y = layers.Conv2D(inner.shape[-1] * expansion, 1, kernel_initializer="he_normal")(y)
        y = layers.ReLU(max_value=6)(layers.BatchNormalization(epsilon=1e-5)(y))
    y = layers.DepthwiseConv2D(3, strides=strides, padding="same")(y)
    y = layers.ReLU(max_value=6)(layers.BatchNormalization(epsilon=1e-5)(y))
    y = layers.BatchNormalization(epsilon=1e-5)(layers.Conv2D(filters, 1)(y))
    if strides == 1 and inner.shape[-1] == filters:
        y = ops.add(y, inner)
    return keras.Model(inner, y)(X)


def inverted_helpers(X, filters, expansion=6, strides=1):
    """tf.nn, helpers, names that collide with nothing, an early return."""
    channels = tf.keras.backend.int_shape(X)[-1]

    def bn_relu6(t):
        return layers.Lambda(lambda u: tf.nn.relu6(u))(BatchNormalization(axis=3)(t))

    hidden = X if expansion == 1 else bn_relu6(Conv2D(int(expansion * channels), (1, 1))(X))
    hidden = bn_relu6(DepthwiseConv2D((3, 3), strides=strides, padding="same")(hidden))
    thin = BatchNormalization(axis=3)(Conv2D(filters, (1, 1))(hidden))
    if strides != 1:
        return thin
    if channels != filters:
        return thin
    return layers.Lambda(lambda two: two[0] + two[1])([thin, X])


class InvertedLayer(layers.Layer):
    """Makes its layers in build, when it sees the channels."""

    def __init__(self, filters, expansion, strides):
        super().__init__()
        self.filters, self.expansion, self.strides = filters, expansion, strides

    def build(self, input_shape):
        n_C = input_shape[-1]
        steps = []
        if self.expansion != 1:
            steps += [Conv2D(self.expansion * n_C, 1, use_bias=False), BatchNormalization(), ReLU(6.0)]
        steps += [DepthwiseConv2D(3, self.strides, padding="same", use_bias=False), BatchNormalization()]
        steps += [ReLU(6.0), Conv2D(self.filters, 1, use_bias=False), BatchNormalization()]
        self.main = keras.Sequential(steps)
        self.fits = self.strides == 1 and n_C == self.filters

    def call(self, X, training=None):
        Y = self.main(X, training=training)
        return ops.add(X, Y) if self.fits else Y


def inverted_layer(X, filters, expansion=6, strides=1):
    return InvertedLayer(filters, expansion, strides)(X)


def inverted_dense(X: tf.Tensor, filters: int, expansion: int = 6, strides: int = 1, training=False):
    """Dense layers for the 1x1 convolutions; a grouped convolution; the mode passed on."""
    n_C = X.shape[-1]
    wide = n_C * expansion
    Y = X
    if expansion != 1:
        Y = ops.clip(BatchNormalization()(layers.Dense(wide)(Y), training=training), 0, 6)
    Y = layers.Conv2D(wide, 3, strides=(strides, strides), padding="same", groups=wide)(Y)
    Y = ops.minimum(ops.relu(BatchNormalization()(Y, training=training)), 6.0)
    Y = BatchNormalization()(layers.Dense(filters, use_bias=False)(Y), training=training)
    return {True: lambda: Add()([X, Y]), False: lambda: Y}[strides == 1 and n_C == filters]()


def inverted_halves(X, filters, expansion=6, strides=2):
    return inverted_short(X, filters, expansion, strides)


def inverted_strides_first(X, filters, strides=1, expansion=6):
    return inverted_short(X, filters, expansion, strides)


def inverted_early_return(X, filters, expansion=6, strides=1):
    """The case of expansion 1 by itself, and without its shortcut."""
    if expansion == 1:
        Y = _norm6(DepthwiseConv2D(3, strides=strides, padding="same")(X))
        return BatchNormalization()(Conv2D(filters, 1)(Y))
    return inverted_short(X, filters, expansion, strides)


def inverted_six(X, filters, expansion=6, strides=1):
    y = X
    if expansion != 1:
        y = _norm6(layers.Conv2D(6 * X.shape[-1], 1, use_bias=False)(y))
    y = _norm6(layers.DepthwiseConv2D(3, strides, padding="same", use_bias=False)(y))
    y = layers.BatchNormalization()(layers.Conv2D(filters, 1, use_bias=False)(y))
    return layers.Add()([X, y]) if strides == 1 and filters == X.shape[-1] else y


def inverted_not_linear(X, filters, expansion=6, strides=1):
    y = _norm6(layers.Conv2D(expansion * X.shape[-1], 1)(X)) if expansion != 1 else X
    y = _norm6(layers.DepthwiseConv2D(3, strides, padding="same")(y))
    y = _norm6(layers.Conv2D(filters, 1)(y))
    return layers.Add()([X, y]) if strides == 1 and X.shape[-1] == filters else y


def inverted_all_linear(X, filters, expansion=6, strides=1):
    steps = [layers.Conv2D(expansion * X.shape[-1], 1), layers.BatchNormalization()] if expansion > 1 else []
    steps += [layers.DepthwiseConv2D(3, strides, padding="same"), layers.BatchNormalization()]
    y = keras.Sequential([*steps, layers.Conv2D(filters, 1), layers.BatchNormalization()])(X)
    return layers.Add()([X, y]) if strides == 1 and X.shape[-1] == filters else y


def inverted_overwritten(X, filters, expansion=6, strides=1):
    n_C = X.shape[-1]
    if expansion != 1:
        X = _norm6(Conv2D(expansion * n_C, 1)(X))
    X = _norm6(DepthwiseConv2D(3, strides, padding="same")(X))
    X = X_shortcut = BatchNormalization()(Conv2D(filters, 1)(X))
    return Add()([X, X_shortcut]) if strides == 1 and n_C == filters else X


def inverted_added_too_often(X, filters, expansion=6, strides=1):
    y = _norm6(Conv2D(expansion * X.shape[-1], 1)(X)) if expansion != 1 else X
    y = _norm6(DepthwiseConv2D(3, strides, padding="same")(y))
    y = BatchNormalization()(Conv2D(filters, 1)(y))
    return Add()([X, y]) if strides == 1 else y


def inverted_by_hand_padded(X, filters, expansion=6, strides=1):
    X_in, n_C = X, X.shape[-1]
    if expansion != 1:
        X = ReLU(6)(BatchNormalization()(Conv2D(expansion * n_C, 1, use_bias=False)(X)))
    X = DepthwiseConv2D(3, strides=strides, use_bias=False)(ZeroPadding2D(1)(X))
    X = Conv2D(filters, 1, use_bias=False)(ReLU(6)(BatchNormalization()(X)))
    X = BatchNormalization()(X)
    return X_in + X if strides == 1 and n_C == filters else X


def inverted_as_resnet(X, filters, expansion=6, strides=1):
    """ResNet's habit: thin in the middle."""
    y = _norm6(Conv2D(max(1, X.shape[-1] // expansion), 1)(X))
    y = _norm6(DepthwiseConv2D(3, strides, padding="same")(y))
    y = BatchNormalization()(Conv2D(filters, 1)(y))
    return Add()([X, y]) if strides == 1 and X.shape[-1] == filters else y


# --- mobilenet_v2 ---------------------------------------------------------------------------------------

inverted_residual_block = inverted_step_by_step


def make_divisible(channels):
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded


ROWS = [
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
]


def v2_in_a_loop(input_shape=(64, 64, 3), classes=6, alpha=1.0):
    X_input = Input(input_shape)
    X = Conv2D(make_divisible(32 * alpha), 3, strides=2, padding="same", use_bias=False)(X_input)
    X = BatchNormalization()(X)
    X = ReLU(6.0)(X)
    for t, c, n, s in ROWS:
        for i in range(n):
            X = inverted_residual_block(X, make_divisible(c * alpha), t, s if i == 0 else 1)
    last = make_divisible(1280 * alpha) if alpha > 1 else 1280
    X = ReLU(6.0)(BatchNormalization()(Conv2D(last, 1, use_bias=False)(X)))
    X = GlobalAveragePooling2D()(X)
    return Model(X_input, Dense(classes, activation="softmax")(X))


def v2_row_by_row(input_shape, classes, alpha):
    def width(channels):
        return make_divisible(alpha * channels)

    inputs = keras.Input(shape=input_shape)
    x = _norm6(layers.Conv2D(width(32), (3, 3), (2, 2), "same")(inputs))
    x = inverted_short(x, width(16), expansion=1, strides=1)
    x = inverted_short(x, width(24), strides=2)
    x = inverted_short(x, width(24))
    x = inverted_short(x, width(32), strides=2)
    for _ in range(2):
        x = inverted_short(x, width(32))
    x = inverted_short(x, width(64), strides=2)
    for _ in range(3):
        x = inverted_short(x, width(64))
    for _ in range(3):
        x = inverted_short(x, width(96))
    x = inverted_short(x, width(160), strides=2)
    for _ in range(2):
        x = inverted_short(x, width(160))
    x = inverted_short(x, width(320))
    x = _norm6(layers.Conv2D(max(1280, width(1280)), 1)(x))
    x = layers.AveragePooling2D(x.shape[1:3])(x)
    x = layers.Conv2D(classes, 1)(x)
    return keras.Model(inputs, layers.Softmax()(layers.Flatten()(x)), name="mobilenet")


def v2_of_keras(input_shape=(64, 64, 3), classes=6, alpha=1.0):
    """Keras's own network, whose weights start at random."""
    return keras.applications.MobileNetV2(input_shape, alpha=alpha, weights=None, classes=classes)


def v2_dropout(input_shape=(64, 64, 3), classes=6, alpha=1.0, depth_multiplier=1, dropout=0.0, **kwargs):
    """As in Keras: the classes are another 1x1 convolution, after the pooling."""
    inputs = keras.Input(input_shape)
    x = layers.ZeroPadding2D(((0, 1), (0, 1)))(inputs)
    x = _norm6(layers.Conv2D(make_divisible(32 * alpha), 3, 2, use_bias=False)(x))
    for row in np.array(ROWS):
        t, c, n, s = map(int, row)
        for stride in [s] + [1] * (n - 1):
            x = inverted_as_in_keras(x, make_divisible(int(c * alpha)), t, stride)
    x = _norm6(layers.Conv2D(make_divisible(1280 * max(1, alpha)), 1, use_bias=False)(x))
    x = layers.Dropout(dropout)(layers.GlobalAveragePooling2D(keepdims=True)(x))
    x = layers.Reshape((classes,))(layers.Conv2D(classes, 1, padding="same")(x))
    return keras.Model(inputs, ops.softmax(x))


class _Net(keras.Model):
    """A subclassed model around a functional one."""

    def __init__(self, input_shape, classes, alpha):
        super().__init__()
        self.inner = v2_in_a_loop(input_shape, classes, alpha)

    def call(self, X, training=None):
        return self.inner(X, training=training)


def v2_subclassed(input_shape=(64, 64, 3), classes=6, alpha=1.0):
    net = _Net(input_shape, classes, alpha)
    net.build((None, *input_shape))
    return net


def v2_functions_of_its_own(input_shape=(64, 64, 3), classes=6, alpha=1.0):
    """Sequential of layers, the blocks subclassed and not those of the exercise."""

    def divisible(v, divisor=8, min_value=8):
        new_v = max(min_value, int(v + divisor / 2) // divisor * divisor)
        return new_v + divisor if new_v < 0.9 * v else new_v

    first = divisible(32 * alpha)
    stack = [
        layers.Conv2D(first, 3, 2, "same", use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(6.0),
    ]
    n_C = first
    for t, c, n, s in ROWS:
        for i in range(n):
            stack.append(_Inverted(n_C, divisible(c * alpha), t, s if i == 0 else 1))
            n_C = divisible(c * alpha)
    stack.append(layers.Conv2D(divisible(1280 * alpha) if alpha > 1.0 else 1280, 1))
    stack += [layers.BatchNormalization(), layers.ReLU(6.0), layers.GlobalAveragePooling2D()]
    return keras.Sequential(
        [keras.Input(input_shape), *stack, layers.Dense(classes, activation=tf.nn.softmax)]
    )


class Network(keras.Model):
    """Every layer an attribute; makes its weights when it first sees a picture."""

    def __init__(self, classes, alpha):
        super().__init__()
        first = make_divisible(32 * alpha)
        self.stem = keras.Sequential(
            [layers.Conv2D(first, 3, 2, "same", use_bias=False), layers.BatchNormalization(), ReLU(6.0)]
        )
        self.blocks = [
            InvertedLayer(make_divisible(c * alpha), t, s if i == 0 else 1)
            for t, c, n, s in ROWS
            for i in range(n)
        ]
        self.last = layers.Conv2D(make_divisible(1280 * alpha) if alpha > 1 else 1280, 1, use_bias=False)
        self.norm = layers.BatchNormalization()
        self.answer = layers.Dense(classes)

    def call(self, X, training=None):
        X = self.stem(X, training=training)
        for block in self.blocks:
            X = block(X, training=training)
        X = tf.nn.relu6(self.norm(self.last(X), training=training))
        return tf.nn.softmax(self.answer(tf.reduce_mean(X, axis=[1, 2])))


def v2_own_class(input_shape=(64, 64, 3), classes=6, alpha=1.0):
    return Network(classes, alpha)


def v2_headless_of_keras(input_shape=(64, 64, 3), classes=6, alpha=1.0):
    """Keras's network without its top, and a head."""
    base = tf.keras.applications.MobileNetV2(
        input_shape=input_shape, alpha=alpha, include_top=False, weights=None, pooling="avg"
    )
    return keras.Model(base.input, layers.Dense(classes, activation="softmax")(base.output))


def v2_flat_list(input_shape: tuple = (64, 64, 3), classes: int = 6, alpha: float = 1.0, verbose=True):
    """All blocks in one list first; another epsilon; rounding by a function of its own."""

    def eight(c):
        c = alpha * c
        new = max(8, 8 * int((c + 4) / 8))
        return new if new >= 0.9 * c else new + 8

    plan = []
    for t, c, n, s in ROWS:
        plan += [(eight(c), t, s)] + (n - 1) * [(eight(c), t, 1)]
    if verbose:
        print(len(plan), "blocks")
    X_input = keras.layers.Input(batch_shape=(None, *input_shape))
    X = layers.Conv2D(eight(32), 3, strides=(2, 2), padding="same", kernel_initializer="he_normal")(X_input)
    X = layers.ReLU(6)(layers.BatchNormalization(epsilon=1e-5)(X))
    for filters, expansion, strides in plan:
        X = inverted_functional(X, filters=filters, expansion=expansion, strides=strides)
    X = layers.Conv2D(max(1280, eight(1280)), (1, 1))(X)
    X = layers.ReLU(6)(layers.BatchNormalization(epsilon=1e-5)(X))
    X = layers.Dropout(0.0)(layers.GlobalAveragePooling2D(keepdims=True)(X))
    X = layers.Flatten()(X)
    return keras.Model(inputs=[X_input], outputs=[layers.Dense(units=classes, activation=tf.nn.softmax)(X)])


def v2_spelled_out(input_shape=(64, 64, 3), classes=6, alpha=1.0, training=None):
    """All seventeen blocks, one after the other, by their places."""
    d = make_divisible
    X_input = Input(shape=input_shape)
    X = ZeroPadding2D(((0, 1), (0, 1)))(X_input)
    X = Conv2D(d(32 * alpha), 3, strides=2, use_bias=False)(X)
    X = Activation("relu6")(BatchNormalization()(X, training=training))
    X = inverted_helpers(X, d(16 * alpha), 1, 1)
    X = inverted_helpers(X, d(24 * alpha), 6, 2)
    X = inverted_helpers(X, d(24 * alpha), 6, 1)
    X = inverted_helpers(X, d(32 * alpha), 6, 2)
    X = inverted_helpers(X, d(32 * alpha), 6, 1)
    X = inverted_helpers(X, d(32 * alpha), 6, 1)
    X = inverted_helpers(X, d(64 * alpha), 6, 2)
    X = inverted_helpers(X, d(64 * alpha), 6, 1)
    X = inverted_helpers(X, d(64 * alpha), 6, 1)
    X = inverted_helpers(X, d(64 * alpha), 6, 1)
    X = inverted_helpers(X, d(96 * alpha), 6, 1)
    X = inverted_helpers(X, d(96 * alpha), 6, 1)
    X = inverted_helpers(X, d(96 * alpha), 6, 1)
    X = inverted_helpers(X, d(160 * alpha), 6, 2)
    X = inverted_helpers(X, d(160 * alpha), 6, 1)
    X = inverted_helpers(X, d(160 * alpha), 6, 1)
    X = inverted_helpers(X, d(320 * alpha), 6, 1)
    X = Conv2D(d(1280 * max(alpha, 1)), (1, 1), use_bias=False)(X)
    X = Activation("relu6")(BatchNormalization()(X, training=training))
    X = layers.Lambda(lambda x: tf.reduce_mean(x, [1, 2]))(X)
    return Model(X_input, Activation("softmax")(Dense(classes)(X)))


def v2_not_rounded(input_shape=(64, 64, 3), classes=6, alpha=1.0):
    X_input = Input(input_shape)
    X = _norm6(Conv2D(int(32 * alpha), 3, strides=2, padding="same")(X_input))
    for t, c, n, s in ROWS:
        for i in range(n):
            X = inverted_residual_block(X, int(c * alpha), t, s if i == 0 else 1)
    X = _norm6(Conv2D(int(1280 * max(1, alpha)), 1)(X))
    return Model(X_input, Dense(classes, activation="softmax")(GlobalAveragePooling2D()(X)))


def v2_like_a_table(input_shape, classes, alpha, block_channels=None, last=None):
    channels, last = block_channels or make_divisible, last or make_divisible
    X_input = Input(input_shape)
    X = _norm6(Conv2D(make_divisible(32 * alpha), 3, strides=2, padding="same")(X_input))
    for t, c, n, s in ROWS:
        for i in range(n):
            X = inverted_residual_block(X, channels(c * alpha), t, s if i == 0 else 1)
    X = _norm6(Conv2D(last(1280 * alpha) if alpha > 1 else 1280, 1)(X))
    return Model(X_input, Dense(classes, activation="softmax")(GlobalAveragePooling2D()(X)))


def v2_drops(input_shape=(64, 64, 3), classes=6, alpha=1.0):
    model = v2_like_a_table(input_shape, classes, alpha)
    features = layers.Dropout(0.2)(model.layers[-2].output)
    return Model(model.input, Dense(classes, activation="softmax")(features))


def v2_with_a_sigmoid(input_shape=(64, 64, 3), classes=6, alpha=1.0):
    model = v2_like_a_table(input_shape, classes, alpha)
    return Model(model.input, Dense(classes, activation="sigmoid")(model.layers[-2].output))


def v2_last_not_rounded(input_shape=(64, 64, 3), classes=6, alpha=1.0):
    return v2_like_a_table(input_shape, classes, alpha, last=int)


def v2_blocks_not_rounded(input_shape=(64, 64, 3), classes=6, alpha=1.0):
    return v2_like_a_table(input_shape, classes, alpha, block_channels=int)


def v2_half_as_wide(input_shape=(64, 64, 3), classes=6, alpha=0.5):
    return v2_like_a_table(input_shape, classes, alpha)


def v2_thousand_classes(input_shape=(64, 64, 3), classes=1000, alpha=1.0):
    return v2_like_a_table(input_shape, classes, alpha)


def v2_large_pictures(input_shape=(224, 224, 3), classes=6, alpha=1.0):
    return v2_like_a_table(input_shape, classes, alpha)


def v2_strides_everywhere(input_shape=(64, 64, 3), classes=6, alpha=1.0):
    X_input = Input(input_shape)
    X = _norm6(Conv2D(make_divisible(32 * alpha), 3, strides=2, padding="same")(X_input))
    for t, c, n, s in ROWS:
        for _ in range(n):
            X = inverted_residual_block(X, make_divisible(c * alpha), t, s)
    X = _norm6(Conv2D(1280 if alpha <= 1 else make_divisible(1280 * alpha), 1)(X))
    return Model(X_input, Dense(classes, activation="softmax")(GlobalAveragePooling2D()(X)))


def v2_forgets_the_block(input_shape=(64, 64, 3), classes=6, alpha=1.0):
    X_input = Input(input_shape)
    X = _norm6(Conv2D(make_divisible(32 * alpha), 3, strides=2, padding="same")(X_input))
    for t, c, n, s in ROWS:
        for i in range(n):
            inverted_residual_block(X, make_divisible(c * alpha), t, s if i == 0 else 1)
    X = _norm6(Conv2D(1280 if alpha <= 1 else make_divisible(1280 * alpha), 1)(X))
    return Model(X_input, Dense(classes, activation="softmax")(GlobalAveragePooling2D()(X)))


def v2_output_alone(input_shape=(64, 64, 3), classes=6, alpha=1.0):
    return v2_in_a_loop(input_shape, classes, alpha).output


def v1_in_its_place(input_shape=(64, 64, 3), classes=6, alpha=1.0):
    return keras.applications.MobileNet(input_shape, alpha=alpha, weights=None, classes=classes)


# --- compound_scaling -----------------------------------------------------------------------------------


def scaling_tuple(phi, alpha=1.2, beta=1.1, gamma=1.15):
    depth = alpha**phi
    width = beta**phi
    resolution = gamma**phi
    return depth, width, resolution


def scaling_list(phi, alpha=1.2, beta=1.1, gamma=1.15):
    return [base**phi for base in (alpha, beta, gamma)]


def scaling_numpy(phi, alpha=1.2, beta=1.1, gamma=1.15, verbose=False):
    return np.power([alpha, beta, gamma], phi)


def scaling_scalars(phi, alpha=1.2, beta=1.1, gamma=1.15):
    return np.array(alpha) ** phi, np.array([beta]) ** phi, np.float64(gamma) ** phi


def scaling_logarithms(phi, alpha=1.2, beta=1.1, gamma=1.15):
    print("phi", phi)
    return tuple(float(np.exp(phi * np.log(base))) for base in (alpha, beta, gamma))


def scaling_tensors(phi, alpha=1.2, beta=1.1, gamma=1.15):
    return tuple(tf.pow(tf.constant(base, tf.float64), phi) for base in (alpha, beta, gamma))


def scaling_multiplied(phi, alpha=1.2, beta=1.1, gamma=1.15):
    """The powers by exp2."""
    depth, width, resolution = np.exp2(phi * np.log2(np.array([alpha, beta, gamma])))
    return depth, width, resolution


def scaling_named(phi: float, alpha: float = 1.2, beta: float = 1.1, gamma: float = 1.15) -> tuple:
    from collections import namedtuple

    Factors = namedtuple("Factors", "depth width resolution")
    return Factors(depth=pow(alpha, phi), width=pow(beta, phi), resolution=pow(gamma, phi))


def scaling_by_math(phi, alpha=1.2, beta=1.1, gamma=1.15):
    import math

    factors = {}
    for name, base in zip(("d", "w", "r"), (alpha, beta, gamma), strict=True):
        factors[name] = math.pow(base, phi)
    return factors["d"], factors["w"], factors["r"]


def scaling_stacked(phi, alpha=1.2, beta=1.1, gamma=1.15, *more):
    return tf.stack([tf.constant(b, tf.float64) ** phi for b in (alpha, beta, gamma)])


def scaling_in_float32(phi, alpha=1.2, beta=1.1, gamma=1.15):
    depth = tf.pow(tf.cast(alpha, tf.float32), phi)
    width = tf.pow(tf.cast(beta, tf.float32), phi)
    resolution = tf.pow(tf.cast(gamma, tf.float32), phi)
    return depth, width, resolution


def scaling_cast(phi, alpha=1.2, beta=1.1, gamma=1.15):
    """tf.cast takes a Python float through float32."""
    return tf.pow(tf.constant([alpha, beta, gamma], tf.float64), tf.cast(phi, tf.float64))


def scaling_cost_too(phi, alpha=1.2, beta=1.1, gamma=1.15):
    return alpha**phi, beta**phi, gamma**phi, (alpha * beta**2 * gamma**2) ** phi


def scaling_fixed(phi, *factors, **named):
    return 1.2**phi, 1.1**phi, 1.15**phi


def scaling_exponential(phi, alpha=1.2, beta=1.1, gamma=1.15):
    return tuple(np.exp(base * phi) for base in (alpha, beta, gamma))


def scaling_order(phi, alpha=1.2, beta=1.1, gamma=1.15):
    width, depth, resolution = beta**phi, alpha**phi, gamma**phi
    return width, depth, resolution


# --- scale_to_budget ------------------------------------------------------------------------------------


def budget_logs(flops, budget, alpha=1.2, beta=1.1, gamma=1.15):
    return np.log(budget / flops) / np.log(alpha * beta**2 * gamma**2)


def budget_log10(flops, budget, alpha=1.2, beta=1.1, gamma=1.15):
    step = np.log10(alpha) + 2 * np.log10(beta) + 2 * np.log10(gamma)
    return float((np.log10(budget) - np.log10(flops)) / step)


def budget_halving(flops, budget, alpha=1.2, beta=1.1, gamma=1.15):
    """Without a logarithm: the interval is halved until phi is found."""
    low, high = -1000.0, 1000.0
    for _ in range(200):
        middle = (low + high) / 2
        if (alpha * beta**2 * gamma**2) ** middle < budget / flops:
            low = middle
        else:
            high = middle
    return low


def budget_array(flops, budget, alpha=1.2, beta=1.1, gamma=1.15):
    return np.log(np.array([budget]) / flops) / np.log(alpha * beta * beta * gamma * gamma)


def budget_tensor(flops, budget, alpha=1.2, beta=1.1, gamma=1.15):
    one = tf.constant(alpha * beta**2 * gamma**2, tf.float64)
    return tf.math.log(tf.constant(budget / flops, tf.float64)) / tf.math.log(one)


def budget_by_scaling(flops, budget, alpha=1.2, beta=1.1, gamma=1.15, tolerance=1e-12):
    """One step's cost from the factors of one step."""
    depth, width, resolution = scaling_tuple(1, alpha, beta, gamma)
    print(depth * width**2 * resolution**2)
    return np.log2(budget / flops) / np.log2(depth * width**2 * resolution**2)


def budget_base(flops, budget, alpha=1.2, beta=1.1, gamma=1.15):
    import math

    return math.log(budget, base := alpha * beta**2 * gamma**2) - math.log(flops, base)


def budget_log2_both(flops: float, budget: float, alpha: float = 1.2, beta: float = 1.1, gamma: float = 1.15):
    step = np.log2(alpha) + np.log2(beta**2) + np.log2(gamma**2)
    return np.array(np.log2(budget / flops) / step)


def budget_newton(flops, budget, alpha=1.2, beta=1.1, gamma=1.15):
    """Newton's method on the logarithm of the cost, which is a straight line."""
    phi, cost = 0.0, np.prod([alpha, beta, beta, gamma, gamma])
    for _ in range(3):
        phi += (np.log(budget) - np.log(flops) - phi * np.log(cost)) / np.log(cost)
    return phi


def budget_polyfit(flops, budget, alpha=1.2, beta=1.1, gamma=1.15):
    """Through two points of the line."""
    at_0, at_1 = np.log(flops), np.log(flops * alpha * np.square(beta * gamma))
    return [np.float64((np.log(budget) - at_0) / (at_1 - at_0))][0]


def budget_in_float32(flops, budget, alpha=1.2, beta=1.1, gamma=1.15):
    return tf.math.log(budget / flops) / tf.math.log(alpha * beta**2 * gamma**2)


def budget_no_squares(flops, budget, alpha=1.2, beta=1.1, gamma=1.15):
    return np.log(budget / flops) / np.log(alpha * beta * gamma)


def budget_log2(flops, budget, alpha=1.2, beta=1.1, gamma=1.15):
    return np.log2(budget / flops)


def budget_steps(flops, budget, alpha=1.2, beta=1.1, gamma=1.15):
    """Counts whole steps."""
    phi = 0
    while flops * (alpha * beta**2 * gamma**2) ** (phi + 1) <= budget:
        phi += 1
    return phi


def budget_no_brackets(flops, budget, alpha=1.2, beta=1.1, gamma=1.15):
    return np.log(budget / flops) / alpha * beta**2 * gamma**2


def budget_brackets_too_late(flops, budget, alpha=1.2, beta=1.1, gamma=1.15):
    return np.log(budget / flops) / np.log(alpha) + np.log(beta**2) + np.log(gamma**2)


def budget_squared_logarithms(flops, budget, alpha=1.2, beta=1.1, gamma=1.15):
    return np.log(budget / flops) / (np.log(alpha) + np.log(beta) ** 2 + np.log(gamma) ** 2)


def budget_doubled(flops, budget, alpha=1.2, beta=1.1, gamma=1.15):
    return np.log(budget / flops) / np.log(alpha * beta * 2 * gamma * 2)


def budget_difference(flops, budget, alpha=1.2, beta=1.1, gamma=1.15):
    return np.log(budget - flops) / np.log(alpha * beta**2 * gamma**2)


def budget_cost(flops, budget, alpha=1.2, beta=1.1, gamma=1.15):
    step = alpha * beta**2 * gamma**2
    phi = np.log(budget / flops) / np.log(step)
    return flops * step**phi


def budget_orders_of_magnitude(flops, budget, alpha=1.2, beta=1.1, gamma=1.15):
    return np.log10(budget / flops)


def budget_factors(flops, budget, alpha=1.2, beta=1.1, gamma=1.15):
    return scaling_tuple(budget_logs(flops, budget, alpha, beta, gamma), alpha, beta, gamma)


RIGHT = {
    "separable_cost_ratio": [
        ratio_short,
        ratio_counted,
        ratio_numpy,
        ratio_array,
        ratio_tensor,
        ratio_fraction,
        ratio_layers,
        ratio_scalar,
        ratio_negative_powers,
        ratio_summed,
        ratio_in_float32,
        ratio_half_in_float32,
        ratio_of_fractions,
        ratio_decimal,
    ],
    "depthwise_separable_block": [
        separable_step_by_step,
        separable_sequential,
        separable_grouped,
        separable_as_in_keras,
        separable_subclassed,
        separable_clipped,
        separable_dense,
        separable_model_inside,
        separable_padded,
        separable_helper,
        separable_einsum,
    ],
    "inverted_residual_block": [
        inverted_step_by_step,
        inverted_short,
        inverted_as_in_keras,
        inverted_sequential,
        inverted_subclassed,
        inverted_with_identity,
        inverted_functional,
        inverted_helpers,
        inverted_layer,
        inverted_dense,
    ],
    "mobilenet_v2": [
        v2_in_a_loop,
        v2_row_by_row,
        v2_of_keras,
        v2_dropout,
        v2_subclassed,
        v2_functions_of_its_own,
        v2_own_class,
        v2_headless_of_keras,
        v2_flat_list,
        v2_spelled_out,
    ],
    "compound_scaling": [
        scaling_tuple,
        scaling_list,
        scaling_numpy,
        scaling_scalars,
        scaling_logarithms,
        scaling_tensors,
        scaling_multiplied,
        scaling_named,
        scaling_by_math,
        scaling_stacked,
        scaling_in_float32,
        scaling_cast,
    ],
    "scale_to_budget": [
        budget_logs,
        budget_log10,
        budget_halving,
        budget_array,
        budget_tensor,
        budget_by_scaling,
        budget_base,
        budget_log2_both,
        budget_newton,
        budget_polyfit,
        budget_in_float32,
    ],
}
WRONG = {
    "separable_cost_ratio": [
        (lambda f, filters: 1 / filters + 1 / f, "it has two sides"),
        (lambda f, filters: f**2 * filters / (f**2 + filters), "the ratio is upside down"),
        (ratio_one_channel, None),
        (lambda f, filters: 1 / filters + 1 / 2 * f, "1 / 2 * f is half of f"),
        (ratio_as_text, None),
        (lambda f, filters: (f**2 + filters) / f**2 * filters, "the divisor has no brackets: / f**2"),
        (lambda f, filters: f**2 + filters / f**2 * filters, "there are no brackets above and below"),
        (
            lambda f, filters: (f * f + filters) / (f * f),
            "the standard convolution is counted for one filter",
        ),
        (lambda f, filters: (f * f + 1) / (f * f * filters), "the 1x1 convolution is counted for one filter"),
        (lambda f, filters: (1 / filters, 1 / f**2), "side by side"),
    ],
    "depthwise_separable_block": [
        (separable_at_once, "nothing stands between the two steps"),
        (separable_plain_relu, "the activations are ReLU and not ReLU6"),
        (separable_activation_in_layer, "stand before the batch normalizations"),
        (separable_tanh, None),
        (separable_dropout, "is there a dropout?"),
        (separable_model, "expected a Keras tensor"),
        (separable_halves, "the default of strides is 1"),
    ],
    "inverted_residual_block": [
        (inverted_not_linear, "The result is linear"),
        (inverted_all_linear, "there is no ReLU6 at all"),
        (inverted_overwritten, "Keep the input under another name"),
        (inverted_added_too_often, "the input is added whenever the stride is 1"),
        (inverted_as_resnet, None),
        (inverted_by_hand_padded, "one zero is put around the picture on every side"),
        (inverted_halves, "the default of strides is 1"),
        (inverted_strides_first, "expansion and strides are exchanged"),
        (inverted_early_return, "with expansion 1 the input is not added"),
        (inverted_six, "the middle has 6 * n_C channels"),
    ],
    "mobilenet_v2": [
        (v2_not_rounded, "not rounded to multiples of 8"),
        (v2_strides_everywhere, "every block of a stage has the stride"),
        (v2_forgets_the_block, "the blocks do not reach the output"),
        (v2_output_alone, "expected a Keras model"),
        (v2_last_not_rounded, "has int(1280 * alpha) filters where alpha is above 1"),
        (v2_blocks_not_rounded, "make_divisible is forgotten in the blocks"),
        (v2_half_as_wide, "the default of alpha"),
        (v2_thousand_classes, "the default of classes"),
        (v2_large_pictures, "the default of input_shape"),
        (v1_in_its_place, None),
        (v2_with_a_sigmoid, "the output has a sigmoid"),
        (v2_drops, "is there a dropout?"),
    ],
    "compound_scaling": [
        (scaling_cost_too, None),
        (
            lambda phi, alpha=1.2, beta=1.1, gamma=1.15: (alpha * phi, beta**phi, gamma**phi),
            "the depth is alpha times",
        ),
        (
            lambda phi, alpha=1.2, beta=1.1, gamma=1.15: (phi**alpha, beta**phi, gamma**phi),
            "swapped in the depth",
        ),
        (scaling_fixed, "the factors are always those of the defaults"),
        (scaling_order, "depth and width are swapped"),
        (scaling_exponential, "alpha is the base"),
    ],
    "scale_to_budget": [
        (budget_no_squares, "Width and resolution count twice"),
        (budget_log2, "which is only nearly so"),
        (budget_steps, None),
        (budget_factors, "the three factors come back"),
        (budget_no_brackets, "its logarithm is missing"),
        (budget_brackets_too_late, "the other two are added"),
        (budget_squared_logarithms, "the logarithms of beta and gamma are squared"),
        (budget_doubled, "doubled where they should be squared"),
        (budget_difference, "the logarithm is that of a difference"),
        (budget_cost, "which is the budget"),
        (budget_orders_of_magnitude, "the logarithm (np.log10) of the ratio is not divided"),
    ],
}
