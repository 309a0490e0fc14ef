"""Answers to week2/residual_networks as people write them: right ones in many styles, and wrong ones."""

import warnings

import workbook

workbook.start()

import keras
import tensorflow as tf
from keras import layers, ops
from tensorflow.keras.initializers import glorot_uniform, random_uniform
from tensorflow.keras.layers import (
    Activation,
    Add,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    Input,
    MaxPooling2D,
    ZeroPadding2D,
)
from tensorflow.keras.models import Model

# --- step by step, with seeds and a training argument, as the well-known exercise is often answered ---


def identity_block(X, f, filters, initializer=random_uniform, training=True):
    F1, F2, F3 = filters
    X_shortcut = X
    X = Conv2D(filters=F1, kernel_size=1, strides=(1, 1), padding="valid",
               kernel_initializer=initializer(seed=0))(X)  # fmt: skip
    X = BatchNormalization(axis=3)(X, training=training)
    X = Activation("relu")(X)
    X = Conv2D(filters=F2, kernel_size=f, strides=(1, 1), padding="same",
               kernel_initializer=initializer(seed=0))(X)  # fmt: skip
    X = BatchNormalization(axis=3)(X, training=training)
    X = Activation("relu")(X)
    X = Conv2D(filters=F3, kernel_size=1, strides=(1, 1), padding="valid",
               kernel_initializer=initializer(seed=0))(X)  # fmt: skip
    X = BatchNormalization(axis=3)(X, training=training)
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


def convolutional_block(X, f, filters, s=2, training=True, initializer=glorot_uniform):
    F1, F2, F3 = filters
    X_shortcut = X
    X = Conv2D(F1, 1, strides=(s, s), kernel_initializer=initializer(seed=0))(X)
    X = BatchNormalization(axis=3)(X, training=training)
    X = Activation("relu")(X)
    X = Conv2D(F2, f, strides=(1, 1), padding="same", kernel_initializer=initializer(seed=0))(X)
    X = BatchNormalization(axis=3)(X, training=training)
    X = Activation("relu")(X)
    X = Conv2D(F3, 1, strides=(1, 1), kernel_initializer=initializer(seed=0))(X)
    X = BatchNormalization(axis=3)(X, training=training)
    X_shortcut = Conv2D(F3, 1, strides=(s, s), kernel_initializer=initializer(seed=0))(X_shortcut)
    X_shortcut = BatchNormalization(axis=3)(X_shortcut, training=training)
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


def ResNet50(input_shape=(64, 64, 3), classes=6, training=False):
    X_input = Input(input_shape)
    X = ZeroPadding2D((3, 3))(X_input)
    X = Conv2D(64, (7, 7), strides=(2, 2), kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3)(X)
    X = Activation("relu")(X)
    X = MaxPooling2D((3, 3), strides=(2, 2))(X)
    X = convolutional_block(X, f=3, filters=[64, 64, 256], s=1)
    X = identity_block(X, 3, [64, 64, 256])
    X = identity_block(X, 3, [64, 64, 256], glorot_uniform)
    X = convolutional_block(X, f=3, filters=[128, 128, 512], s=2)
    X = identity_block(X, 3, [128, 128, 512])
    X = identity_block(X, 3, [128, 128, 512])
    X = identity_block(X, 3, [128, 128, 512])
    X = convolutional_block(X, f=3, filters=[256, 256, 1024], s=2)
    X = identity_block(X, 3, [256, 256, 1024])
    X = identity_block(X, 3, [256, 256, 1024])
    X = identity_block(X, 3, [256, 256, 1024])
    X = identity_block(X, 3, [256, 256, 1024])
    X = identity_block(X, 3, [256, 256, 1024])
    X = convolutional_block(X, f=3, filters=[512, 512, 2048], s=2)
    X = identity_block(X, 3, [512, 512, 2048])
    X = identity_block(X, 3, [512, 512, 2048])
    X = AveragePooling2D((2, 2))(X)
    X = Flatten()(X)
    X = Dense(classes, activation="softmax", kernel_initializer=glorot_uniform(seed=0))(X)
    return Model(inputs=X_input, outputs=X)


# --- an older edition: names for layers, and two more arguments to make them from -----------------------


def identity_with_names(X, f, filters, stage, block, initializer=random_uniform):
    conv_name_base = "res" + str(stage) + block + "_branch"
    bn_name_base = "bn" + str(stage) + block + "_branch"
    F1, F2, F3 = filters
    X_shortcut = X
    X = Conv2D(F1, (1, 1), name=conv_name_base + "2a", kernel_initializer=initializer(seed=0))(X)
    X = BatchNormalization(axis=3, name=bn_name_base + "2a")(X)
    X = Activation("relu")(X)
    X = Conv2D(F2, (f, f), padding="same", name=conv_name_base + "2b", kernel_initializer=initializer())(X)
    X = BatchNormalization(axis=3, name=bn_name_base + "2b")(X)
    X = Activation("relu")(X)
    X = Conv2D(F3, (1, 1), name=conv_name_base + "2c", kernel_initializer=initializer())(X)
    X = BatchNormalization(axis=3, name=bn_name_base + "2c")(X)
    X = layers.add([X, X_shortcut])
    return Activation("relu")(X)


# --- short, with functions of one's own -------------------------------------------------------------


def _conv(X, n, k, init, s=1):
    X = layers.Conv2D(n, k, strides=s, padding="same", use_bias=False, kernel_initializer=init)(X)
    return layers.BatchNormalization()(X)


def identity_short(X, f, filters, initializer=random_uniform):
    a, b, c = tuple(filters)
    y = layers.ReLU()(_conv(X, a, 1, initializer))
    y = layers.ReLU()(_conv(y, b, f, initializer))
    return layers.ReLU()(layers.Add()([X, _conv(y, c, 1, initializer)]))


def convolutional_short(X, f, filters, s=2, initializer=glorot_uniform):
    a, b, c = filters
    aside = _conv(X, c, 1, initializer, s)
    y = ops.relu(_conv(X, a, (1, 1), initializer, (s, s)))
    y = ops.relu(_conv(y, b, (f, f), initializer))
    return ops.relu(aside + _conv(y, c, 1, initializer))


def identity_chatty(X: tf.Tensor, f: int, filters: list[int], initializer=random_uniform, verbose=True):
    print("shape", X.shape)
    warnings.warn("a warning costs nothing", stacklevel=1)
    main = keras.Sequential(
        [
            layers.Conv2D(filters[0], 1, kernel_initializer=initializer()),
            layers.BatchNormalization(name=None),
            layers.ReLU(),
            layers.Conv2D(filters[1], f, padding="same", kernel_initializer=initializer()),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Conv2D(filters[2], 1, kernel_initializer=initializer()),
            layers.BatchNormalization(),
        ]
    )
    return keras.activations.relu(main(X) + X)


def convolutional_sequential(X, f, filters, s=2, initializer=glorot_uniform, training=None):
    shortcut = keras.Sequential(
        [layers.Conv2D(filters[2], 1, s, kernel_initializer=initializer()), layers.BatchNormalization()]
    )
    main = [
        layers.Conv2D(filters[0], 1, s, activation=None, kernel_initializer=initializer()),
        layers.BatchNormalization(-1),
        layers.Activation("relu"),
        layers.Conv2D(filters[1], f, padding="SAME", kernel_initializer=initializer()),
        layers.BatchNormalization(),
        layers.Activation(tf.nn.relu) if False else layers.ReLU(),
        layers.Conv2D(filters[2], 1, kernel_initializer=initializer()),
        layers.BatchNormalization(momentum=0.9),
    ]
    y = X
    for layer in main:
        y = layer(y)
    return layers.Activation("relu")(layers.add([y, shortcut(X)]))


def convolutional_cropped(X, f, filters, s=2, initializer=glorot_uniform):
    """A stride on a 1x1 window is a slice of the picture."""
    thin = X[:, ::s, ::s, :]
    return convolutional_short(thin, f, filters, 1, initializer)


def resnet_in_a_loop(input_shape=(64, 64, 3), classes=6):
    x = inputs = keras.Input(shape=input_shape)
    x = layers.ZeroPadding2D(3)(x)
    x = layers.Conv2D(64, 7, 2)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.MaxPool2D(3, 2)(x)
    for stage, n in enumerate([3, 4, 6, 3]):
        width = 64 * 2**stage
        for i in range(n):
            if i == 0:
                x = convolutional_short(x, 3, (width, width, 4 * width), s=1 + (stage > 0))
            else:
                x = identity_short(x, 3, (width, width, 4 * width))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes, "softmax")(x), name="resnet")


def resnet_as_layers(input_shape=(64, 64, 3), classes=6, **kwargs):
    inputs = keras.Input(input_shape)
    stem = keras.Sequential(
        [
            layers.ZeroPadding2D((3, 3)),
            layers.Conv2D(64, (7, 7), (2, 2), use_bias=False),
            layers.BatchNormalization(axis=-1),
            layers.Activation("relu"),
            layers.MaxPooling2D((3, 3), (2, 2)),
        ]
    )
    x = stem(inputs)
    for width, n, s in [(64, 2, 1), (128, 3, 2), (256, 5, 2), (512, 2, 2)]:
        x = convolutional_block(x, 3, [width, width, width * 4], s, initializer=glorot_uniform)
        for _ in range(n):
            x = identity_block(x, 3, [width, width, width * 4], training=None)
    x = layers.Dense(classes)(layers.Flatten()(layers.AveragePooling2D(2, padding="valid")(x)))
    return keras.Model(inputs, layers.Softmax()(x))


class _Net(keras.Model):
    """A subclassed model around a functional one."""

    def __init__(self, input_shape, classes):
        super().__init__()
        self.inner = resnet_in_a_loop(input_shape, classes)

    def call(self, X, training=None):
        return self.inner(X, training=training)


def resnet_subclassed(input_shape=(64, 64, 3), classes=6):
    net = _Net(input_shape, classes)
    net.build((None, *input_shape))
    return net


# --- layers and models of one's own -------------------------------------------------------------------


class Step(layers.Layer):
    """Convolution and batch normalization, with a ReLU if asked for; built only when called."""

    def __init__(self, filters, f, initializer, s=1, relu=True, **kwargs):
        super().__init__(**kwargs)
        self.conv = layers.Conv2D(
            filters, f, strides=s, padding="same", use_bias=False, kernel_initializer=initializer(seed=0)
        )
        self.bn = layers.BatchNormalization(axis=-1)
        self.relu = relu

    def call(self, x, training=None):
        x = self.bn(self.conv(x), training=training)
        return tf.nn.relu(x) if self.relu else x


class Residual(keras.Model):
    """Both blocks as a subclassed model: a projection where a stride is given."""

    def __init__(self, f, filters, initializer, s=None):
        super().__init__()
        F1, F2, F3 = filters
        self.steps = [
            Step(F1, 1, initializer, s or 1),
            Step(F2, f, initializer),
            Step(F3, 1, initializer, relu=False),
        ]
        self.projection = None if s is None else Step(F3, 1, initializer, s, relu=False)

    def call(self, inputs, training=False):
        x = inputs
        for step in self.steps:
            x = step(x, training=training)
        aside = inputs if self.projection is None else self.projection(inputs, training=training)
        return tf.nn.relu(x + aside)


def identity_as_a_model(X, f, filters, initializer=random_uniform):
    return Residual(f, filters, initializer)(X)


def convolutional_as_a_model(X, f, filters, s=2, initializer=glorot_uniform):
    return Residual(f, filters, initializer, s)(X)


class IdentityLayer(keras.layers.Layer):
    """Makes its layers in build."""

    def __init__(self, f, filters, initializer):
        super().__init__()
        self.f, self.filters, self.initializer = f, filters, initializer

    def build(self, input_shape):
        windows = [1, self.f, 1]
        self.convs = [
            layers.Conv2D(n, k, padding="same", kernel_initializer=self.initializer)
            for n, k in zip(self.filters, windows, strict=True)
        ]
        self.norms = [layers.BatchNormalization() for _ in windows]

    def call(self, X, training=None):
        Y = X
        for i, (conv, norm) in enumerate(zip(self.convs, self.norms, strict=True)):
            Y = norm(conv(Y), training=training)
            Y = keras.ops.relu(Y) if i < 2 else Y
        return keras.ops.relu(keras.ops.add(Y, X))


def identity_as_a_layer(X, f, filters, initializer=random_uniform):
    return IdentityLayer(f, filters, initializer)(X)


# --- the padding by hand, Lambda layers, another number type, another epsilon --------------------------


def identity_padded(X, f, filters, initializer=random_uniform):
    """ "same" for a window of f is f - 1 rows of zeros, the smaller half of them above."""
    above, below = (f - 1) // 2, f // 2
    y = layers.Conv2D(filters[0], (1, 1), (1, 1), "valid", kernel_initializer=initializer(seed=0))(X)
    y = layers.Activation("relu")(layers.BatchNormalization(3)(y))
    y = layers.ZeroPadding2D(((above, below), (above, below)))(y)
    y = layers.Conv2D(filters[1], (f, f), (1, 1), "valid", kernel_initializer=initializer(seed=0))(y)
    y = layers.Activation("relu")(layers.BatchNormalization(3)(y))
    y = layers.Conv2D(filters[2], (1, 1), (1, 1), "valid", kernel_initializer=initializer(seed=0))(y)
    y = layers.BatchNormalization(3)(y)
    return layers.Activation("relu")(keras.layers.add([X, y]))


def identity_lambdas(X, f, filters, initializer=random_uniform):
    relu = layers.Lambda(lambda t: tf.nn.relu(t))
    F1, F2, F3 = filters
    y = relu(layers.BatchNormalization()(layers.Conv2D(F1, 1, kernel_initializer=initializer())(X)))
    y = layers.Conv2D(F2, f, padding="same", kernel_initializer=initializer())(y)
    y = relu(layers.BatchNormalization()(y))
    y = layers.BatchNormalization()(layers.Conv2D(F3, 1, kernel_initializer=initializer())(y))
    y = layers.Lambda(lambda both: both[0] + both[1])([y, X])
    return relu(y)


def identity_as_in_keras(x, f, filters, initializer=random_uniform, name="block", bn_axis=3):
    """The epsilon of Keras's own ResNet, and its way with a model inside."""
    inner = keras.Input(x.shape[1:])
    filters1, filters2, filters3 = filters
    y = layers.Conv2D(filters1, 1, kernel_initializer=initializer(seed=0), name=name + "_1_conv")(inner)
    y = layers.BatchNormalization(axis=bn_axis, epsilon=1.001e-5, name=name + "_1_bn")(y)
    y = layers.Activation("relu", name=name + "_1_relu")(y)
    y = layers.Conv2D(filters2, f, padding="SAME", kernel_initializer=initializer(seed=0))(y)
    y = layers.BatchNormalization(axis=bn_axis, epsilon=1.001e-5, name=name + "_2_bn")(y)
    y = layers.Activation("relu", name=name + "_2_relu")(y)
    y = layers.Conv2D(filters3, 1, kernel_initializer=initializer(seed=0), name=name + "_3_conv")(y)
    y = layers.BatchNormalization(axis=bn_axis, epsilon=1.001e-5, name=name + "_3_bn")(y)
    y = layers.Activation("relu", name=name + "_out")(layers.Add(name=name + "_add")([inner, y]))
    return keras.Model(inner, y, name=name)(x)


def identity_float64(X, f, filters, initializer=random_uniform):
    how = {"dtype": "float64"}
    F = list(filters)
    y = layers.Conv2D(F[0], 1, kernel_initializer=initializer(seed=0), **how)(X)
    y = layers.ReLU(**how)(layers.BatchNormalization(**how)(y))
    y = layers.Conv2D(F[1], f, padding="same", kernel_initializer=initializer(seed=0), **how)(y)
    y = layers.ReLU(**how)(layers.BatchNormalization(**how)(y))
    y = layers.Conv2D(F[2], 1, kernel_initializer=initializer(seed=0), **how)(y)
    y = layers.BatchNormalization(**how)(y)
    return layers.ReLU(**how)(layers.Add(**how)([y, X]))


def identity_with_extras(
    X: tf.Tensor, f: int, filters: list[int], initializer=random_uniform, dropout: float = 0.0
) -> tf.Tensor:
    """Type hints, a weight decay, layers that do nothing, one ReLU for all three places."""
    relu, bn = tf.keras.layers.ReLU(), tf.keras.layers.BatchNormalization
    decay = keras.regularizers.L2(1e-4)
    shortcut = layers.Identity()(X)
    for i, (n, k) in enumerate(zip(filters, (1, f, 1), strict=True)):
        conv = Conv2D(n, k, padding="same", kernel_initializer=initializer(seed=0), kernel_regularizer=decay)
        X = bn(momentum=0.9, gamma_initializer="zeros" if i == 2 else "ones")(conv(X))
        X = layers.Dropout(dropout)(relu(X) if i < 2 else X)
    return relu(layers.Add()([shortcut, X]))


def convolutional_names(X, f, filters, stage, block, s=2, initializer=glorot_uniform):
    conv, bn = f"res{stage}{block}_branch", f"bn{stage}{block}_branch"
    F1, F2, F3 = filters
    Y = Conv2D(F1, (1, 1), strides=(s, s), name=conv + "2a", kernel_initializer=initializer(seed=0))(X)
    Y = Activation("relu")(BatchNormalization(axis=3, name=bn + "2a")(Y))
    Y = Conv2D(F2, (f, f), padding="same", name=conv + "2b", kernel_initializer=initializer(seed=0))(Y)
    Y = Activation("relu")(BatchNormalization(axis=3, name=bn + "2b")(Y))
    Y = Conv2D(F3, (1, 1), name=conv + "2c", kernel_initializer=initializer(seed=0))(Y)
    Y = BatchNormalization(axis=3, name=bn + "2c")(Y)
    Z = Conv2D(F3, (1, 1), strides=(s, s), name=conv + "1", kernel_initializer=initializer(seed=0))(X)
    Z = BatchNormalization(axis=3, name=bn + "1")(Z)
    return Activation("relu")(Add()([Y, Z]))


def convolutional_pooled_first(X, f, filters, s=2, initializer=glorot_uniform):
    """A max pooling of one pixel with a stride takes every s-th pixel, as a 1x1 convolution with one does."""
    thin = MaxPooling2D(1, strides=s)(X)
    return convolutional_short(thin, f, filters, 1, initializer)


def convolutional_padded(X, f, filters, s=2, initializer=glorot_uniform):
    bn, relu = keras.layers.BatchNormalization, keras.ops.relu
    above, below = (f - 1) // 2, f - 1 - (f - 1) // 2
    y = relu(bn()(Conv2D(filters[0], 1, strides=s, kernel_initializer=initializer)(X)))
    y = tf.keras.layers.Lambda(lambda t: tf.pad(t, [[0, 0], [above, below], [above, below], [0, 0]]))(y)
    y = relu(bn()(Conv2D(filters[1], f, kernel_initializer=initializer)(y)))
    y = bn()(Conv2D(filters[2], 1, kernel_initializer=initializer)(y))
    return relu(y + bn()(Conv2D(filters[2], 1, s, kernel_initializer=initializer)(X)))


def convolutional_as_in_keras(x, f, filters, s=2, initializer=glorot_uniform):
    """Another epsilon, the shortcut first."""

    def norm(y):
        return layers.BatchNormalization(axis=3, epsilon=1e-5)(y)

    shortcut = norm(layers.Conv2D(filters[2], 1, strides=s, kernel_initializer=initializer(seed=0))(x))
    y = layers.Conv2D(filters[0], 1, strides=s, kernel_initializer=initializer(seed=0))(x)
    y = layers.Activation("relu")(norm(y))
    y = layers.Conv2D(filters[1], f, padding="SAME", kernel_initializer=initializer(seed=0))(y)
    y = layers.Activation("relu")(norm(y))
    y = norm(layers.Conv2D(filters[2], 1, kernel_initializer=initializer(seed=0))(y))
    return layers.Activation("relu")(layers.Add()([shortcut, y]))


def convolutional_branches(X, f, filters, s=2, initializer=glorot_uniform, training=True):
    """The two paths as functions, the mode passed on."""

    def main(x):
        for i, (n, k) in enumerate([(filters[0], 1), (filters[1], f), (filters[2], 1)]):
            if i:
                x = layers.Activation(keras.activations.relu)(x)
            stride = s if i == 0 else 1
            x = layers.Conv2D(n, k, stride, "same", kernel_initializer=initializer(seed=0))(x)
            x = layers.BatchNormalization()(x, training=training)
        return x

    def aside(x):
        x = layers.Conv2D(filters[2], (1, 1), (s, s), kernel_initializer=initializer(seed=0))(x)
        return layers.BatchNormalization()(x, training=training)

    return layers.Activation(keras.activations.relu)(layers.Add()([main(X), aside(X)]))


# --- the network in other clothes ---------------------------------------------------------------------


def resnet_in_sequence(input_shape=(64, 64, 3), classes=6):
    """A Sequential of layers and of blocks that are models of their own."""
    steps = [keras.Input(input_shape), ZeroPadding2D(3), Conv2D(64, 7, strides=2)]
    steps += [BatchNormalization(), layers.ReLU(), MaxPooling2D(3, 2)]
    for stage, (width, n) in enumerate([(64, 3), (128, 4), (256, 6), (512, 3)]):
        for i in range(n):
            s = None if i > 0 else 2 if stage > 0 else 1
            steps.append(Residual(3, [width, width, 4 * width], glorot_uniform, s))
    return keras.Sequential([*steps, AveragePooling2D(2), Flatten(), Dense(classes, activation="softmax")])


class WholeNet(keras.Model):
    """Every layer an attribute; without its weights until it first sees a picture."""

    def __init__(self, classes):
        super().__init__()
        self.pad, self.conv = layers.ZeroPadding2D((3, 3)), layers.Conv2D(64, (7, 7), strides=(2, 2))
        self.bn, self.pool = layers.BatchNormalization(axis=3), layers.MaxPooling2D((3, 3), strides=(2, 2))
        self.blocks = []
        for width, n, s in ((64, 2, 1), (128, 3, 2), (256, 5, 2), (512, 2, 2)):
            self.blocks.append(Residual(3, [width, width, width * 4], glorot_uniform, s))
            self.blocks += [Residual(3, [width, width, width * 4], random_uniform) for _ in range(n)]
        self.average, self.flatten = layers.AveragePooling2D((2, 2)), layers.Flatten()
        self.fc = layers.Dense(classes, activation="softmax")

    def call(self, x, training=False):
        x = tf.nn.relu(self.bn(self.conv(self.pad(x)), training=training))
        x = self.pool(x)
        for block in self.blocks:
            x = block(x, training=training)
        return self.fc(self.flatten(self.average(x)))


def resnet_every_layer(input_shape=(64, 64, 3), classes=6):
    return WholeNet(classes)


def resnet_as_in_keras(input_shape=(64, 64, 3), classes=6, include_top=True, pooling="avg"):
    """Another epsilon, an optional top, a pooling over all places."""
    img_input = layers.Input(shape=input_shape)
    x = layers.ZeroPadding2D(padding=((3, 3), (3, 3)), name="conv1_pad")(img_input)
    x = layers.Conv2D(64, 7, strides=2, use_bias=True, name="conv1_conv")(x)
    x = layers.BatchNormalization(axis=3, epsilon=1.001e-5, name="conv1_bn")(x)
    x = layers.Activation("relu", name="conv1_relu")(x)
    x = layers.MaxPooling2D(3, strides=2, name="pool1_pool")(x)
    for filters, blocks, stride1 in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        x = convolutional_as_in_keras(x, 3, [filters, filters, 4 * filters], stride1)
        for i in range(2, blocks + 1):
            x = identity_as_in_keras(x, 3, [filters, filters, 4 * filters], name=f"conv{filters}_block{i}")
    if include_top:
        x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
        x = layers.Dense(classes, activation="softmax", name="predictions")(x)
    return keras.Model(img_input, x, name="resnet50")


def resnet_functions(input_shape=(64, 64, 3), classes=6):
    """Padding, pooling and the mean by functions; pieces nested as models."""
    inputs = keras.Input(shape=tuple(input_shape))
    X = ops.pad(inputs, [[0, 0], [3, 3], [3, 3], [0, 0]])
    X = ops.relu(BatchNormalization(-1)(Conv2D(64, 7, (2, 2))(X)))
    X = ops.max_pool(X, 3, strides=2)

    def stage(X, width, n, s):
        inner = keras.Input(X.shape[1:])
        Y = convolutional_branches(inner, 3, (width, width, 4 * width), s)
        for _ in range(n):
            Y = identity_lambdas(Y, 3, (width, width, 4 * width))
        return keras.Model(inner, Y)(X)

    X = stage(X, 64, 2, 1)
    X = stage(X, 128, 3, 2)
    X = stage(X, 256, 5, 2)
    X = stage(X, 512, 2, 2)
    X = ops.reshape(ops.average_pool(X, 2), (-1, 2048 * (X.shape[1] // 2) * (X.shape[2] // 2)))
    return keras.Model(inputs, ops.softmax(Dense(classes)(X), axis=-1))


def resnet_chatty(input_shape: tuple = (64, 64, 3), classes: int = 6, verbose: bool = True) -> keras.Model:
    """Prints, compiles, has a dropout of nothing and a head that is a 1x1 convolution."""
    X_input = keras.layers.Input(batch_shape=(None, *input_shape), dtype="float32", name="picture")
    X = layers.Dropout(0.0)(ZeroPadding2D(padding=(3, 3))(X_input))
    X = Conv2D(filters=64, kernel_size=[7, 7], strides=[2, 2], kernel_initializer="glorot_uniform")(X)
    X = tf.keras.layers.ReLU()(BatchNormalization(axis=-1)(X))
    X = MaxPooling2D(pool_size=(3, 3), strides=(2, 2), padding="valid")(X)
    plan = {2: ([64, 64, 256], 1, 2), 3: ([128, 128, 512], 2, 3)}
    plan |= {4: ([256, 256, 1024], 2, 5), 5: ([512, 512, 2048], 2, 2)}
    for number, (filters, s, repeats) in plan.items():
        X = convolutional_names(X, f=3, filters=filters, stage=number, block="a", s=s)
        for letter in "bcdef"[:repeats]:
            X = identity_with_names(X, 3, filters, stage=number, block=letter)
    X = AveragePooling2D(pool_size=(2, 2), strides=(2, 2), name="avg_pool")(X)
    X = Dense(classes, activation=tf.nn.softmax, name=f"fc{classes}")(Flatten()(X))
    model = Model(X_input, X)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    if verbose:
        print(len(model.layers), "layers")
    return model


def resnet_by_recursion(input_shape=(64, 64, 3), classes=6):
    def blocks(X, plan):
        if not plan:
            return X
        (width, n, s), *rest = plan
        X = convolutional_padded(X, 3, [width, width, 4 * width], s)
        return blocks(repeat(X, width, n), rest)

    def repeat(X, width, n):
        return repeat(identity_padded(X, 3, [width, width, 4 * width]), width, n - 1) if n else X

    inputs = Input(input_shape)
    stem = Activation("relu")(BatchNormalization()(Conv2D(64, 7, 2)(ZeroPadding2D(3)(inputs))))
    X = blocks(MaxPooling2D(3, 2)(stem), [(64, 2, 1), (128, 3, 2), (256, 5, 2), (512, 2, 2)])
    X = Flatten()(AveragePooling2D((2, 2), padding="same")(X))
    return Model([inputs], [Dense(units=classes, activation="softmax")(X)])


# --- wrong ------------------------------------------------------------------------------------------


def identity_keeps_nothing(X, f, filters, initializer=random_uniform):
    F1, F2, F3 = filters
    X = Activation("relu")(BatchNormalization()(Conv2D(F1, 1, kernel_initializer=initializer())(X)))
    X_shortcut = X = Activation("relu")(
        BatchNormalization()(Conv2D(F2, f, padding="same", kernel_initializer=initializer())(X))
    )
    X = BatchNormalization()(Conv2D(F3, 1, kernel_initializer=initializer())(X))
    print(X_shortcut.shape)
    return Activation("relu")(X)


def identity_adds_late(X, f, filters, initializer=random_uniform):
    y = layers.ReLU()(_conv(X, filters[0], 1, initializer))
    y = layers.ReLU()(_conv(y, filters[1], f, initializer))
    return layers.ReLU()(_conv(y, filters[2], 1, initializer)) + X


def identity_doubled(X, f, filters, initializer=random_uniform):
    y = identity_short(X, f, filters, initializer)
    return layers.Add()([y, y])


def identity_glorot(X, f, filters, initializer=glorot_uniform):
    return identity_short(X, f, filters, initializer)


def identity_ignores_it(X, f, filters, initializer=random_uniform):
    return identity_short(X, f, filters, "glorot_uniform")


def identity_along_rows(X, f, filters, initializer=random_uniform):
    y = X
    for i, (n, k) in enumerate(zip(filters, (1, f, 1), strict=True)):
        y = Conv2D(n, k, padding="same", kernel_initializer=initializer(seed=0))(y)
        y = BatchNormalization(axis=1)(y)
        y = Activation("relu")(y if i < 2 else Add()([X, y]))
    return y


def identity_filters_first(X, filters, f, initializer=random_uniform):
    F1, F2, F3 = filters
    return identity_short(X, f, [F1, F2, F3], initializer)


def convolutional_random(X, f, filters, s=2, initializer=random_uniform):
    return convolutional_short(X, f, filters, s, initializer)


def convolutional_filters_first(X, filters, f, s=2, initializer=glorot_uniform):
    F1, F2, F3 = filters
    return convolutional_short(X, f, [F1, F2, F3], s, initializer)


def identity_valid(X, f, filters, initializer=random_uniform):
    F1, F2, F3 = filters
    y = Activation("relu")(BatchNormalization()(Conv2D(F1, 1, kernel_initializer=initializer())(X)))
    y = Activation("relu")(BatchNormalization()(Conv2D(F2, f, kernel_initializer=initializer())(y)))
    y = BatchNormalization()(Conv2D(F3, 1, kernel_initializer=initializer())(y))
    return Activation("relu")(Add()([y, X]))


def identity_of_the_end(X, f, filters, initializer=random_uniform):
    """The input is overwritten before it is kept."""
    for i, (n, k) in enumerate(zip(filters, (1, f, 1), strict=True)):
        X = BatchNormalization()(Conv2D(n, k, padding="same", kernel_initializer=initializer)(X))
        X = Activation("relu")(X) if i < 2 else X
    X_shortcut = X
    return Activation("relu")(Add()([X, X_shortcut]))


def identity_relu_everywhere(X, f, filters, initializer=random_uniform):
    Y = X
    for n, k in zip(filters, (1, f, 1), strict=True):
        Y = Activation("relu")(
            BatchNormalization()(Conv2D(n, k, padding="same", kernel_initializer=initializer)(Y))
        )
    return Activation("relu")(Add()([X, Y]))


def identity_side_by_side(X, f, filters, initializer=random_uniform):
    y = layers.ReLU()(_conv(X, filters[0], 1, initializer))
    y = layers.ReLU()(_conv(y, filters[1], f, initializer))
    return layers.ReLU()(layers.concatenate([_conv(y, filters[2], 1, initializer), X]))


def convolutional_wide_windows(X, f, filters, s=2, initializer=glorot_uniform):
    y = ops.relu(_conv(X, filters[0], f, initializer, s))
    y = ops.relu(_conv(y, filters[1], f, initializer))
    return ops.relu(_conv(X, filters[2], 1, initializer, s) + _conv(y, filters[2], f, initializer))


def convolutional_one_norm_too_few(X, f, filters, s=2, initializer=glorot_uniform):
    y = ops.relu(layers.Conv2D(filters[0], 1, strides=s, use_bias=False, kernel_initializer=initializer)(X))
    y = ops.relu(_conv(y, filters[1], f, initializer))
    return ops.relu(_conv(X, filters[2], 1, initializer, s) + _conv(y, filters[2], 1, initializer))


def convolutional_plain_shortcut(X, f, filters, s=2, initializer=glorot_uniform):
    aside = layers.Conv2D(filters[2], 1, strides=s, kernel_initializer=initializer)(X)
    y = ops.relu(_conv(X, filters[0], 1, initializer, s))
    y = ops.relu(_conv(y, filters[1], f, initializer))
    return ops.relu(aside + _conv(y, filters[2], 1, initializer))


def convolutional_stride_in_the_middle(X, f, filters, s=2, initializer=glorot_uniform):
    aside = _conv(X, filters[2], 1, initializer, s)
    y = ops.relu(_conv(X, filters[0], 1, initializer))
    y = ops.relu(_conv(y, filters[1], f, initializer, s))
    return ops.relu(aside + _conv(y, filters[2], 1, initializer))


def convolutional_pooled(X, f, filters, s=2, initializer=glorot_uniform):
    return convolutional_short(layers.AveragePooling2D(s, padding="same")(X), f, filters, 1, initializer)


def returns_a_model(X, f, filters, s=2, initializer=random_uniform):
    return keras.Model(X, convolutional_short(X, f, filters, s, initializer))


def resnet_of_other_blocks(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    x = layers.ZeroPadding2D(3)(inputs)
    x = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(64, 7, 2)(x)))
    x = layers.MaxPool2D(3, 2)(x)
    for width, n, s in [(64, 2, 1), (128, 3, 2), (256, 5, 2), (512, 2, 1)]:
        x = convolutional_short(x, 3, [width, width, width * 4], s)
        for _ in range(n):
            x = identity_short(x, 3, [width, width, width * 4])
    x = layers.Dense(classes, "softmax")(layers.Flatten()(layers.AveragePooling2D(2)(x)))
    return keras.Model(inputs, x)


def resnet_for_imagenet(input_shape=(224, 224, 3), classes=6):
    return ResNet50(input_shape, classes)


def resnet_of_ten_classes(input_shape=(64, 64, 3), classes=10):
    return ResNet50(input_shape, classes)


def resnet_forgets_its_blocks(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    x = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(64, 7, 2)(layers.ZeroPadding2D(3)(inputs))))
    x = layers.MaxPool2D(3, 2)(x)
    for width, n, s in [(64, 2, 1), (128, 3, 2), (256, 5, 2), (512, 2, 2)]:
        x = convolutional_short(x, 3, [width, width, width * 4], s)
        for _ in range(n):
            identity_short(x, 3, [width, width, width * 4])
    x = layers.Dense(classes, "softmax")(layers.Flatten()(layers.AveragePooling2D(2)(x)))
    return keras.Model(inputs, x)


def resnet_returns_output(input_shape=(64, 64, 3), classes=6):
    return resnet_in_a_loop(input_shape, classes).output


def resnet_with_two_inputs(input_shape=(64, 64, 3), classes=6):
    model = resnet_in_a_loop(input_shape, classes)
    return keras.Model([model.input, keras.Input((1,))], model.output)


def identity_with_dense_layers(X, f, filters, initializer=random_uniform):
    """A 1x1 convolution is a dense layer at each pixel."""
    F1, F2, F3 = filters
    Y = layers.Dense(F1, kernel_initializer=initializer(seed=0))(X)
    Y = layers.ReLU()(layers.BatchNormalization()(Y))
    Y = layers.Conv2D(F2, f, padding="same", kernel_initializer=initializer(seed=0))(Y)
    Y = layers.ReLU()(layers.BatchNormalization()(Y))
    Y = layers.Dense(F3, kernel_initializer=initializer(seed=0))(Y)
    return layers.ReLU()(layers.BatchNormalization()(Y) + X)


RIGHT = {
    "identity_block": [
        identity_block,
        identity_with_names,
        identity_short,
        identity_chatty,
        identity_as_a_model,
        identity_as_a_layer,
        identity_padded,
        identity_lambdas,
        identity_as_in_keras,
        identity_float64,
        identity_with_extras,
        identity_with_dense_layers,
    ],
    "convolutional_block": [
        convolutional_block,
        convolutional_short,
        convolutional_sequential,
        convolutional_cropped,
        convolutional_as_a_model,
        convolutional_names,
        convolutional_pooled_first,
        convolutional_padded,
        convolutional_as_in_keras,
        convolutional_branches,
    ],
    "ResNet50": [
        ResNet50,
        resnet_in_a_loop,
        resnet_as_layers,
        resnet_subclassed,
        resnet_in_sequence,
        resnet_every_layer,
        resnet_as_in_keras,
        resnet_functions,
        resnet_chatty,
        resnet_by_recursion,
    ],
}
WRONG = {
    "identity_block": [
        (identity_keeps_nothing, "the shortcut is never added"),
        (identity_adds_late, "the shortcut is added after the last ReLU"),
        (identity_doubled, None),
        (identity_of_the_end, "X was overwritten"),
        (identity_relu_everywhere, "there is a ReLU before the addition"),
        (identity_side_by_side, "put behind each other"),
        (identity_valid, "It needs padding='same'"),
        (identity_glorot, "the default of initializer is glorot_uniform"),
        (identity_ignores_it, "is not given to every convolution"),
        (identity_along_rows, "works along another axis"),
        (identity_filters_first, "the parameters stand in another order"),
    ],
    "convolutional_block": [
        (convolutional_plain_shortcut, "the convolution on the shortcut has no batch normalization"),
        (convolutional_stride_in_the_middle, "the stride stands on the middle convolution"),
        (convolutional_pooled, None),
        (convolutional_wide_windows, "all windows of the main path are f x f"),
        (convolutional_one_norm_too_few, "no batch normalization after the first convolution"),
        (returns_a_model, "expected a Keras tensor"),
        (convolutional_random, "the default of initializer is random_uniform"),
        (convolutional_filters_first, "the parameters stand in another order"),
    ],
    "ResNet50": [
        (resnet_of_other_blocks, "stage 5 has stride 1"),
        (resnet_forgets_its_blocks, "the identity blocks do not reach the output"),
        (resnet_returns_output, "expected a Keras model"),
        (resnet_with_two_inputs, None),
        (resnet_for_imagenet, "the default of input_shape is (224, 224, 3)"),
        (resnet_of_ten_classes, "the default of classes is 10"),
    ],
}
