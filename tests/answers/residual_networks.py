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


def identity_block(X, f, filters, training=True, initializer=random_uniform):
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
    X = identity_block(X, 3, [64, 64, 256])
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


def identity_valid(X, f, filters, initializer=random_uniform):
    F1, F2, F3 = filters
    y = Activation("relu")(BatchNormalization()(Conv2D(F1, 1, kernel_initializer=initializer())(X)))
    y = Activation("relu")(BatchNormalization()(Conv2D(F2, f, kernel_initializer=initializer())(y)))
    y = BatchNormalization()(Conv2D(F3, 1, kernel_initializer=initializer())(y))
    return Activation("relu")(Add()([y, X]))


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


def resnet_returns_output(input_shape=(64, 64, 3), classes=6):
    return resnet_in_a_loop(input_shape, classes).output


def resnet_with_two_inputs(input_shape=(64, 64, 3), classes=6):
    model = resnet_in_a_loop(input_shape, classes)
    return keras.Model([model.input, keras.Input((1,))], model.output)


RIGHT = {
    "identity_block": [identity_block, identity_with_names, identity_short, identity_chatty],
    "convolutional_block": [
        convolutional_block,
        convolutional_short,
        convolutional_sequential,
        convolutional_cropped,
    ],
    "ResNet50": [ResNet50, resnet_in_a_loop, resnet_as_layers, resnet_subclassed],
}
WRONG = {
    "identity_block": [
        (identity_keeps_nothing, "the shortcut is never added"),
        (identity_adds_late, "the shortcut is added after the last ReLU"),
        (identity_doubled, None),
        (identity_valid, "It needs padding='same'"),
    ],
    "convolutional_block": [
        (convolutional_plain_shortcut, "the convolution on the shortcut has no batch normalization"),
        (convolutional_stride_in_the_middle, "the stride stands on the middle convolution"),
        (convolutional_pooled, None),
        (returns_a_model, "expected a Keras tensor"),
    ],
    "ResNet50": [
        (resnet_of_other_blocks, "stage 5 has stride 1"),
        (resnet_returns_output, "expected a Keras model"),
        (resnet_with_two_inputs, None),
    ],
}
