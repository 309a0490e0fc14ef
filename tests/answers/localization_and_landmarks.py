"""Answers to week3/localization_and_landmarks as people write them: right ones and wrong ones."""

import warnings

import workbook

workbook.start()

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from tensorflow.keras.layers import (
    Activation,
    BatchNormalization,
    Concatenate,
    Conv2D,
    Dense,
    Flatten,
    Input,
    Lambda,
    Reshape,
)
from tensorflow.keras.models import Model, Sequential

# --- localization_loss -------------------------------------------------------------------------------------


def localization_loss(y_true, y_pred, box_weight=1.0):
    q = tf.clip_by_value(y_pred, 1e-7, 1 - 1e-7)
    p = y_true[:, 0]
    presence = -(p * tf.math.log(q[:, 0]) + (1 - p) * tf.math.log(1 - q[:, 0]))
    box = tf.reduce_sum(tf.square(y_true[:, 1:5] - y_pred[:, 1:5]), axis=1)
    classes = -tf.reduce_sum(y_true[:, 5:] * tf.math.log(q[:, 5:]), axis=1)
    return tf.reduce_mean(presence + p * (box_weight * box + classes))


def loss_with_keras(y_true, y_pred, box_weight=1, verbose=False):
    presence = keras.losses.binary_crossentropy(y_true[:, :1], y_pred[:, :1])
    box = 4 * keras.losses.mean_squared_error(y_true[:, 1:5], y_pred[:, 1:5])
    kind = keras.losses.categorical_crossentropy(y_true[:, 5:], y_pred[:, 5:])
    return ops.mean(presence + y_true[:, 0] * (box_weight * box + kind))


def loss_in_a_loop(y_true, y_pred, box_weight=1.0):
    print("a print costs nothing")
    warnings.warn("nor does a warning", stacklevel=1)
    total = 0.0
    for t, p in zip(tf.unstack(y_true), tf.unstack(y_pred), strict=True):
        if t[0] == 1:
            total += -tf.math.log(p[0] + 1e-7)
            total += box_weight * tf.reduce_sum((t[1:5] - p[1:5]) ** 2)
            total += -tf.reduce_sum(t[5:] * tf.math.log(p[5:] + 1e-7))
        else:
            total += -tf.math.log(1 - p[0] + 1e-7)
    return total / len(y_true)


def loss_with_xlogy(y_true, y_pred, box_weight=1.0):
    here, says = y_true[:, 0], y_pred[:, 0]
    presence = tf.math.xlogy(here, says) + tf.math.xlogy(1 - here, 1 - says)
    kind = tf.reduce_sum(tf.math.xlogy(y_true[:, 5:], y_pred[:, 5:]), axis=-1)
    error = y_true[:, 1:5] - y_pred[:, 1:5]
    box = tf.einsum("ij,ij->i", error, error)
    return tf.reduce_mean(tf.where(here > 0, box_weight * box - kind, 0.0) - presence)


def loss_of_the_objects(y_true, y_pred, box_weight=1.0):
    """Picks the pictures with an object first; sums, and divides by the whole batch."""
    m = tf.cast(tf.shape(y_true)[0], tf.float32)
    t, p = tf.boolean_mask(y_true, y_true[:, 0] == 1), tf.boolean_mask(y_pred, y_true[:, 0] == 1)
    presence = tf.reduce_mean(keras.losses.binary_crossentropy(y_true[:, :1], y_pred[:, :1]))
    box = box_weight * tf.nn.l2_loss(t[:, 1:5] - p[:, 1:5]) * 2
    kind = -tf.math.log(tf.maximum(tf.reduce_sum(t[:, 5:] * p[:, 5:], axis=1), 1e-6))
    return presence + (box + tf.reduce_sum(kind)) / m


def loss_in_double(y_true, y_pred, box_weight=1.0):
    t, p = tf.cast(y_true, tf.float64), tf.cast(y_pred, tf.float64)
    q = keras.ops.clip(p, 1e-6, 1 - 1e-6)
    parts = -t[:, :1] * ops.log(q[:, :1]) - (1 - t[:, :1]) * ops.log(1 - q[:, :1])
    parts += t[:, :1] * box_weight * ops.sum((t - p)[:, 1:5] ** 2, axis=1, keepdims=True)
    parts -= t[:, :1] * ops.sum(t[:, 5:] * ops.log(q[:, 5:]), axis=1, keepdims=True)
    return ops.sum(parts) / parts.shape[0]


def loss_without_mask(y_true, y_pred, box_weight=1.0):
    presence = keras.losses.binary_crossentropy(y_true[:, :1], y_pred[:, :1])
    box = tf.reduce_sum((y_true[:, 1:5] - y_pred[:, 1:5]) ** 2, axis=1)
    kind = keras.losses.categorical_crossentropy(y_true[:, 5:], y_pred[:, 5:])
    return tf.reduce_mean(presence + box_weight * box + kind)


def loss_of_mean_squares(y_true, y_pred, box_weight=1.0):
    presence = keras.losses.binary_crossentropy(y_true[:, :1], y_pred[:, :1])
    box = keras.losses.mean_squared_error(y_true[:, 1:5], y_pred[:, 1:5])
    kind = keras.losses.categorical_crossentropy(y_true[:, 5:], y_pred[:, 5:])
    return ops.mean(presence + y_true[:, 0] * (box_weight * box + kind))


def loss_with_numpy(y_true, y_pred, box_weight=1.0):
    t, p = np.asarray(y_true), np.clip(np.asarray(y_pred), 1e-7, 1 - 1e-7)
    presence = -np.where(t[:, 0] == 1, np.log(p[:, 0]), np.log(1 - p[:, 0]))
    box = ((t - p)[:, 1:5] ** 2).sum(axis=1)
    return np.mean(presence + t[:, 0] * (box_weight * box - (t * np.log(p))[:, 5:].sum(axis=1)))


def loss_with_a_late_mask(y_true, y_pred, box_weight=1.0):
    """tf.where hides the NaN of 0 log 0 from the loss, and not from the gradient."""
    here, says = y_true[:, 0], y_pred[:, 0]
    presence = -tf.where(here == 1, tf.math.log(says), tf.math.log(1 - says))
    box = tf.reduce_sum((y_true[:, 1:5] - y_pred[:, 1:5]) ** 2, axis=1)
    kind = -tf.reduce_sum(tf.where(y_true[:, 5:] == 1, tf.math.log(y_pred[:, 5:]), 0.0), axis=1)
    return tf.reduce_mean(presence + here * (box_weight * box + kind))


# --- localization_model ------------------------------------------------------------------------------------


def localization_functional(input_shape, classes):
    inputs = Input(shape=input_shape)
    x = inputs
    for filters, s in [(16, 2), (32, 2), (64, 2), (64, 1), (64, 1)]:
        x = Conv2D(filters, (3, 3), strides=(s, s), padding="same")(x)
        x = BatchNormalization(axis=-1, momentum=0.9)(x)
        x = Activation("relu")(x)
    x = Flatten()(x)
    x = Dense(128)(x)
    x = BatchNormalization()(x)
    x = Activation("relu")(x)
    x = Dense(5 + classes)(x)
    first = Activation("sigmoid")(Lambda(lambda v: v[:, :5])(x))
    last = Activation("softmax")(Lambda(lambda v: v[:, 5:])(x))
    return Model(inputs=inputs, outputs=Concatenate()([first, last]))


class _Head(layers.Layer):
    def call(self, X):
        return tf.concat([tf.nn.sigmoid(X[..., :5]), tf.nn.softmax(X[..., 5:], axis=-1)], axis=-1)


def localization_sequential(input_shape, classes, name=None):
    parts = [layers.Input(input_shape)]
    for filters, s in zip([16, 32, 64, 64, 64], [2, 2, 2, 1, 1], strict=True):
        parts += [
            layers.Conv2D(filters, 3, s, "same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
        ]
    parts += [layers.Flatten(), layers.Dense(128, use_bias=False), layers.BatchNormalization()]
    parts += [layers.ReLU(), layers.Dense(5 + classes), _Head()]
    return Sequential(parts, name=name)


def localization_with_split(input_shape, classes):
    x = inputs = keras.Input(tuple(input_shape))
    for filters, s in ((16, 2), (32, 2), (64, 2), (64, 1), (64, 1)):
        x = layers.Conv2D(filters, 3, strides=s, padding="same")(x)
        x = ops.relu(layers.BatchNormalization(momentum=0.95)(x))
    x = ops.relu(layers.BatchNormalization()(layers.Dense(128)(layers.Flatten()(x))))
    x = layers.Dense(units=classes + 5)(x)
    presence, box, kind = ops.split(x, [1, 5], axis=1)
    parts = [1 / (1 + ops.exp(-presence)), ops.sigmoid(box), layers.Softmax()(kind)]
    return keras.Model(inputs, ops.concatenate(parts, axis=1))


class _Localizer(keras.Model):
    def __init__(self, input_shape, classes):
        super().__init__()
        self.inner = localization_sequential(input_shape, classes)

    def call(self, X, training=None):
        return self.inner(X, training=training)


def localization_subclassed(input_shape, classes):
    model = _Localizer(input_shape, classes)
    model.build((None, *input_shape))
    return model


def localization_with_average(input_shape, classes):
    x = inputs = keras.Input(input_shape)
    for filters, s in ((16, 2), (32, 2), (64, 2), (64, 1), (64, 1)):
        x = layers.Conv2D(filters, 3, strides=s, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
    x = _dense(layers.GlobalAveragePooling2D()(x))
    return keras.Model(inputs, _Head()(layers.Dense(5 + classes)(x)))


def localization_of_three(input_shape, classes):
    return localization_functional(input_shape, 3)


def localization_tensor(input_shape, classes):
    return localization_functional(input_shape, classes).output


def localization_with_two_heads(input_shape, classes):
    inner = localization_functional(input_shape, classes)
    x = next(layer for layer in inner.layers if getattr(layer, "units", 0) == 5 + classes).input
    heads = [Dense(5, activation="sigmoid")(x), Dense(classes, activation="softmax")(x)]
    return Model(inner.input, Concatenate()(heads))


# --- landmark_model ----------------------------------------------------------------------------------------


def _convolutions(x):
    for filters, s in ((16, 2), (32, 2), (64, 2), (64, 1), (64, 1)):
        x = layers.Conv2D(filters, 3, strides=s, padding="same", use_bias=False)(x)
        x = layers.Activation("relu")(layers.BatchNormalization()(x))
    return _dense(layers.Flatten()(x))


def _dense(x):
    return layers.ReLU()(layers.BatchNormalization()(layers.Dense(128)(x)))


def landmark_functional(input_shape, landmarks):
    inputs = Input(shape=input_shape)
    x = Dense(landmarks * 2, activation="linear")(_convolutions(inputs))
    return Model(inputs, Reshape((landmarks, 2))(x))


def landmark_sequential(input_shape, landmarks, name="landmarks"):
    model = Sequential([Input(input_shape)], name=name)
    for filters, s in zip([16, 32, 64, 64, 64], [2, 2, 2, 1, 1], strict=True):
        model.add(Conv2D(filters, 3, strides=s, padding="same"))
        model.add(BatchNormalization())
        model.add(layers.ReLU())
    model.add(Flatten())
    model.add(Dense(128))
    model.add(BatchNormalization())
    model.add(Activation("relu"))
    model.add(Dense(2 * landmarks))
    model.add(Reshape((-1, 2)))
    return model


def landmark_with_ops(input_shape, landmarks):
    inputs = keras.Input(input_shape)
    x = layers.Dense(2 * landmarks)(_convolutions(inputs))
    return keras.Model(inputs, ops.reshape(x, (-1, landmarks, 2)))


class _Pointer(keras.Model):
    def __init__(self, input_shape, landmarks):
        super().__init__()
        self.inner = landmark_sequential(input_shape, landmarks)

    def call(self, X, training=None):
        return self.inner(X, training=training)


def landmark_subclassed(input_shape, landmarks):
    model = _Pointer(input_shape, landmarks)
    model.build((None, *input_shape))
    return model


def landmark_flat(input_shape, landmarks):
    inputs = keras.Input(input_shape)
    return keras.Model(inputs, layers.Dense(2 * landmarks)(_convolutions(inputs)))


def landmark_with_sigmoid(input_shape, landmarks):
    inputs = keras.Input(input_shape)
    x = layers.Dense(2 * landmarks, "sigmoid")(_convolutions(inputs))
    return keras.Model(inputs, layers.Reshape((landmarks, 2))(x))


def landmark_of_ten(input_shape, landmarks):
    return landmark_functional(input_shape, 10)


RIGHT = {
    "localization_loss": [
        localization_loss,
        loss_with_keras,
        loss_in_a_loop,
        loss_with_xlogy,
        loss_of_the_objects,
        loss_in_double,
    ],
    "localization_model": [
        localization_functional,
        localization_sequential,
        localization_with_split,
        localization_subclassed,
    ],
    "landmark_model": [landmark_functional, landmark_sequential, landmark_with_ops, landmark_subclassed],
}
WRONG = {
    "localization_loss": [
        (loss_without_mask, "there is no mask"),
        (loss_of_mean_squares, "the mean over the four numbers"),
        (loss_with_numpy, None),
        (loss_with_a_late_mask, None),
    ],
    "localization_model": [
        (localization_with_average, "an average does not know where"),
        (localization_of_three, "the argument classes is ignored"),
        (localization_tensor, "expected a Keras model"),
        (localization_with_two_heads, "several dense layers"),
    ],
    "landmark_model": [
        (landmark_flat, "the output is flat"),
        (landmark_with_sigmoid, "have a sigmoid"),
        (landmark_of_ten, "the argument landmarks is ignored"),
    ],
}
