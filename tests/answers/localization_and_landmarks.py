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


def loss_by_where(y_true: tf.Tensor, y_pred: tf.Tensor, box_weight: float = 1.0) -> tf.Tensor:
    """One formula for pictures with an object, one for those without."""
    y_pred = tf.clip_by_value(y_pred, 1e-6, 1 - 1e-6)
    logs = tf.math.log(y_pred)
    there = box_weight * tf.reduce_sum(tf.math.squared_difference(y_true, y_pred)[:, 1:5], -1)
    there -= logs[:, 0] + tf.reduce_sum(tf.where(y_true[:, 5:] > 0.5, logs[:, 5:], 0.0), -1)
    return tf.reduce_mean(tf.where(tf.equal(y_true[:, 0], 1), there, -tf.math.log1p(-y_pred[:, 0])))


def loss_split(y_true, y_pred, box_weight=1.0):
    """tf.split, columns that keep their axis, an einsum for the classes."""
    sizes = [1, 4, y_true.shape[-1] - 5]
    p, b, c = tf.split(y_true, sizes, axis=1)
    p_hat, b_hat, c_hat = tf.split(y_pred, sizes, axis=1)
    tiny = keras.backend.epsilon()
    p_hat, c_hat = tf.maximum(tiny, tf.minimum(p_hat, 1 - tiny)), tf.maximum(c_hat, tiny)
    loss = p * (-tf.math.log(p_hat)) + (1 - p) * (-tf.math.log(1 - p_hat))
    loss += p * box_weight * tf.reduce_sum(tf.pow(b - b_hat, 2), axis=1, keepdims=True)
    loss -= p * tf.einsum("mc,mc->m", c, tf.math.log(c_hat))[:, None]
    return tf.math.reduce_mean(loss, axis=0)[0]


class _LocalizationLoss(keras.losses.Loss):
    def __init__(self, box_weight):
        super().__init__()
        self.box_weight = box_weight

    def call(self, y_true, y_pred):
        here = ops.squeeze(y_true[:, :1], axis=-1)
        parts = keras.losses.binary_crossentropy(y_true[:, :1], y_pred[:, :1])
        parts += here * keras.losses.categorical_crossentropy(y_true[:, 5:], y_pred[:, 5:])
        error = ops.linalg.norm(y_true[:, 1:5] - y_pred[:, 1:5] + 1e-12, axis=-1)
        return parts + here * self.box_weight * error**2


def loss_by_class(y_true, y_pred, box_weight=1.0):
    return _LocalizationLoss(box_weight)(y_true, y_pred)


def loss_by_rows(y_true, y_pred, box_weight=1.0):
    """One picture at a time, with tf.map_fn; the class is picked by its number."""

    def one(pair):
        t, q = pair[0], tf.clip_by_value(pair[1], 1e-7, 1 - 1e-7)
        presence = -tf.math.log(tf.abs(1 - t[0] - q[0]))
        kind = -tf.math.log(q[5 + tf.argmax(t[5:])])
        return presence + t[0] * (box_weight * tf.tensordot(t[1:5] - q[1:5], t[1:5] - q[1:5], 1) + kind)

    each = tf.map_fn(one, (y_true, y_pred), fn_output_signature=tf.float32)
    return tf.add_n(tf.unstack(each)) / float(y_true.shape[0])


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


def loss_of_logits(y_true, y_pred, box_weight=1.0):
    presence = keras.losses.binary_crossentropy(y_true[:, :1], y_pred[:, :1], from_logits=True)
    box = ops.sum((y_true[:, 1:5] - y_pred[:, 1:5]) ** 2, axis=1)
    kind = keras.losses.categorical_crossentropy(y_true[:, 5:], y_pred[:, 5:])
    return ops.mean(presence + y_true[:, 0] * (box_weight * box + kind))


def loss_without_height(y_true, y_pred, box_weight=1.0):
    presence = keras.losses.binary_crossentropy(y_true[:, :1], y_pred[:, :1])
    box = ops.sum((y_true[:, 1:4] - y_pred[:, 1:4]) ** 2, axis=1)
    kind = keras.losses.categorical_crossentropy(y_true[:, 5:], y_pred[:, 5:])
    return ops.mean(presence + y_true[:, 0] * (box_weight * box + kind))


def loss_with_a_wide_mask(y_true, y_pred, box_weight=1.0):
    presence = keras.losses.binary_crossentropy(y_true[:, :1], y_pred[:, :1])
    box = ops.sum((y_true[:, 1:5] - y_pred[:, 1:5]) ** 2, axis=1)
    kind = keras.losses.categorical_crossentropy(y_true[:, 5:], y_pred[:, 5:])
    return ops.mean(presence + y_true[:, :1] * (box_weight * box + kind))


def loss_of_found_ones(y_true, y_pred, box_weight=1.0):
    presence = keras.losses.binary_crossentropy(y_true[:, :1], y_pred[:, :1])
    t, p = y_true[y_true[:, 0] == 1], y_pred[y_true[:, 0] == 1]
    box = tf.reduce_mean(tf.reduce_sum((t[:, 1:5] - p[:, 1:5]) ** 2, axis=1))
    kind = tf.reduce_mean(keras.losses.categorical_crossentropy(t[:, 5:], p[:, 5:]))
    return tf.reduce_mean(presence) + box_weight * box + kind


def loss_of_each_picture(y_true, y_pred, box_weight=1.0):
    presence = keras.losses.binary_crossentropy(y_true[:, :1], y_pred[:, :1])
    box = ops.sum((y_true[:, 1:5] - y_pred[:, 1:5]) ** 2, axis=1)
    return presence + y_true[:, 0] * (
        box_weight * box + keras.losses.categorical_crossentropy(y_true[:, 5:], y_pred[:, 5:])
    )


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


def localization_with_two_heads(input_shape, classes):
    x = inputs = keras.Input(input_shape)
    x = _convolutions(x)
    heads = [Dense(5, activation="sigmoid")(x), Dense(classes, activation="softmax")(x)]
    return Model(inputs, Concatenate()(heads))


def localization_with_three_heads(input_shape: tuple, classes: int) -> keras.Model:
    """The classes' layer is made first; presence and box come after it, and are put before it."""
    inputs = keras.layers.Input(shape=input_shape, name="picture")
    x = _convolutions(inputs)
    kind = layers.Dense(classes, "softmax", name="class")(x)
    box = layers.Activation("sigmoid")(layers.Dense(4, name="box")(x))
    presence = layers.Dense(1, activation=tf.nn.sigmoid, name="presence")(x)
    return keras.Model(inputs, tf.keras.layers.concatenate([presence, box, kind]), name="localizer")


def localization_turned(input_shape, classes):
    """One dense layer whose first units are the classes; the result is in the right order."""
    inputs = keras.Input(shape=input_shape)
    x = layers.Dense(classes + 5)(_convolutions(inputs))
    kind, rest = ops.softmax(x[:, :classes]), ops.sigmoid(x[:, classes:])
    return keras.Model(inputs, ops.concatenate([rest, kind], axis=1))


class _OwnLocalizer(keras.Model):
    """All layers made in __init__, weights when it is first called."""

    def __init__(self, classes):
        super().__init__()
        self.steps = []
        for filters, stride in zip((16, 32, 64, 64, 64), (2, 2, 2, 1, 1), strict=True):
            self.steps.append(layers.Conv2D(filters, 3, stride, padding="same", use_bias=False))
            self.steps.append(layers.BatchNormalization())
        self.flat, self.dense, self.norm = layers.Flatten(), layers.Dense(128), layers.BatchNormalization()
        self.last = layers.Dense(5 + classes)

    def call(self, X, training=None):
        for convolution, norm in zip(self.steps[::2], self.steps[1::2], strict=True):
            X = tf.nn.relu(norm(convolution(X), training=training))
        X = self.last(tf.nn.relu(self.norm(self.dense(self.flat(X)), training=training)))
        return tf.concat([tf.sigmoid(X[:, :5]), tf.nn.softmax(X[:, 5:])], -1)


def localization_unbuilt(input_shape, classes):
    return _OwnLocalizer(classes)


def localization_padded(input_shape, classes, rate=0.0):
    """Dropout of nothing, a Permute that changes nothing, a helper for what comes again and again."""

    def unit(x, filters, strides=1):
        x = layers.Conv2D(filters=filters, kernel_size=[3, 3], strides=strides, padding="SAME")(x)
        x = layers.BatchNormalization(axis=3)(x)
        return layers.Dropout(rate)(layers.Activation(keras.activations.relu)(x))

    inputs = layers.Input((*input_shape,))
    x = unit(unit(unit(inputs, 16, 2), 32, 2), 64, (2, 2))
    x = layers.Permute((1, 2, 3))(unit(unit(x, 64), 64))
    x = layers.Reshape((-1,))(x)
    x = keras.Sequential([layers.Dense(128), layers.BatchNormalization(), layers.ReLU()])(x)
    return keras.Model(inputs=[inputs], outputs=_Head()(layers.Dense(classes + 5, "linear")(x)))


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


def localization_of_two_outputs(input_shape, classes):
    inputs = keras.Input(input_shape)
    x = _convolutions(inputs)
    return keras.Model(inputs, [Dense(5, activation="sigmoid")(x), Dense(classes, activation="softmax")(x)])


def localization_joined_without_axis(input_shape, classes):
    inputs = keras.Input(input_shape)
    x = layers.Dense(5 + classes)(_convolutions(inputs))
    return keras.Model(inputs, ops.concatenate([ops.sigmoid(x[:, :5]), ops.softmax(x[:, 5:])]))


def localization_relu_early(input_shape, classes):
    x = inputs = keras.Input(input_shape)
    for filters, s in ((16, 2), (32, 2), (64, 2), (64, 1), (64, 1)):
        x = layers.BatchNormalization()(layers.Conv2D(filters, 3, s, "same", activation="relu")(x))
    x = layers.BatchNormalization()(layers.Dense(128, activation="relu")(layers.Flatten()(x)))
    return keras.Model(inputs, _Head()(layers.Dense(5 + classes)(x)))


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


def landmark_two_heads(input_shape, landmarks):
    """One dense layer for x, one for y."""
    inputs = keras.Input(input_shape)
    hidden = _convolutions(inputs)
    x, y = layers.Dense(landmarks, name="x")(hidden), layers.Dense(landmarks, name="y")(hidden)
    return keras.Model(inputs, ops.stack([x, y], axis=-1))


def landmark_rows_turned(input_shape, landmarks):
    """All x before all y in the dense layer, side by side in the result."""
    inputs = keras.Input(input_shape)
    X = layers.Reshape((2, landmarks))(layers.Dense(2 * landmarks)(_convolutions(inputs)))
    return keras.Model(inputs, layers.Permute((2, 1))(X))


def landmark_by_lambda(input_shape, landmarks):
    inputs = tf.keras.Input(shape=input_shape, dtype="float32")
    X = tf.keras.layers.Dense(units=2 * landmarks, use_bias=True)(_convolutions(inputs))
    X = layers.Lambda(lambda v: tf.reshape(v, [-1, landmarks, 2]), output_shape=(landmarks, 2))(X)
    return tf.keras.Model(inputs=inputs, outputs=X)


def landmark_nested(input_shape: tuple, landmarks: int) -> keras.Model:
    """A trunk as a model of its own, used as a layer."""
    inputs = keras.Input(input_shape)
    trunk = keras.Model(inputs, _convolutions(inputs), name="trunk")
    head = keras.Sequential([layers.Dense(landmarks * 2), layers.Reshape([landmarks, 2])])
    again = keras.Input(input_shape)
    return keras.Model(again, head(trunk(again)))


class _OwnPointer(keras.Model):
    def __init__(self, landmarks, **kwargs):
        super().__init__(**kwargs)
        sizes = ((16, 2), (32, 2), (64, 2), (64, 1), (64, 1))
        self.convolutions = [layers.Conv2D(f, 3, s, "same") for f, s in sizes]
        self.norms = [layers.BatchNormalization() for _ in range(6)]
        self.dense, self.last = layers.Dense(128), layers.Dense(2 * landmarks)
        self.landmarks = landmarks

    def call(self, X, training=False):
        for convolution, norm in zip(self.convolutions, self.norms[:5], strict=True):
            X = ops.relu(norm(convolution(X), training=training))
        X = ops.reshape(X, (ops.shape(X)[0], -1))
        X = ops.maximum(self.norms[5](self.dense(X), training=training), 0)
        return ops.reshape(self.last(X), (-1, self.landmarks, 2))


def landmark_unbuilt(input_shape, landmarks):
    return _OwnPointer(landmarks)


def landmark_with_a_trunk_of_the_other(input_shape, landmarks):
    """Cuts the localizer open and puts another end on it."""
    other = localization_sequential(input_shape, 1)
    hidden = other.layers[-3].output
    out = layers.Dense(landmarks * 2, kernel_initializer="he_normal")(hidden)
    out = layers.Reshape(target_shape=(landmarks, 2), name="points")(out)
    model = keras.Model(other.inputs, out)
    model.summary()
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


def landmark_unknown_order(input_shape, landmarks):
    inputs = keras.Input(input_shape)
    X = layers.Dense(2 * landmarks)(_convolutions(inputs))
    return keras.Model(inputs, layers.Reshape((2, landmarks))(X))


def localization_of_convolutions_only(input_shape, classes):
    X = inputs = keras.Input(input_shape)
    for filters, stride in ((16, 2), (32, 2), (64, 2), (64, 1), (64, 1)):
        X = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(filters, 3, stride, "same")(X)))
    X = layers.Conv2D(128, X.shape[1:3])(X)
    X = layers.Conv2D(5 + classes, 1)(layers.ReLU()(layers.BatchNormalization()(X)))
    X = layers.Flatten()(X)
    return keras.Model(inputs, ops.concatenate([ops.sigmoid(X[:, :5]), ops.softmax(X[:, 5:])], axis=-1))


def loss_gathered(y_true, y_pred, box_weight=1.0):
    """Rows are picked out first, so that the gradient comes as slices."""
    y_pred = tf.gather(y_pred, tf.range(tf.shape(y_pred)[0]))
    here, q = y_true[:, 0], tf.clip_by_value(y_pred, 1e-7, 1 - 1e-7)
    presence = -(here * tf.math.log(q[:, 0]) + (1 - here) * tf.math.log(1 - q[:, 0]))
    box = tf.reduce_sum((y_true[:, 1:5] - y_pred[:, 1:5]) ** 2, axis=1)
    classes = -tf.reduce_sum(y_true[:, 5:] * tf.math.log(q[:, 5:]), axis=1)
    return tf.reduce_mean(presence + here * (box_weight * box + classes))


def _always_training(input_shape):
    X = inputs = keras.Input(input_shape)
    for f, s in ((16, 2), (32, 2), (64, 2), (64, 1), (64, 1)):
        X = layers.Conv2D(f, 3, s, padding="same")(X)
        X = layers.ReLU()(layers.BatchNormalization()(X, training=True))
    X = layers.Dense(128)(layers.Flatten()(X))
    return inputs, layers.ReLU()(layers.BatchNormalization()(X, training=True))


def localization_always_training(input_shape, classes):
    inputs, X = _always_training(input_shape)
    X = layers.Dense(5 + classes)(X)
    return keras.Model(inputs, ops.concatenate([ops.sigmoid(X[:, :5]), ops.softmax(X[:, 5:])], axis=-1))


def landmark_always_training(input_shape, landmarks):
    inputs, X = _always_training(input_shape)
    return keras.Model(inputs, layers.Reshape((landmarks, 2))(layers.Dense(2 * landmarks)(X)))


def loss_of_another_weight(weight):
    def loss(y_true, y_pred, box_weight=weight):
        return localization_loss(y_true, y_pred, box_weight)

    return loss


def _parts(y_true, y_pred):
    """Presence, box and classes of each picture, written out."""
    p, q = y_true[:, 0], tf.clip_by_value(y_pred, 1e-7, 1 - 1e-7)
    presence = -(p * tf.math.log(q[:, 0]) + (1 - p) * tf.math.log(1 - q[:, 0]))
    box = tf.reduce_sum(tf.square(y_true[:, 1:5] - y_pred[:, 1:5]), axis=1)
    return p, presence, box, -tf.reduce_sum(y_true[:, 5:] * tf.math.log(q[:, 5:]), axis=1)


def loss_of_objects_of_keras(y_true, y_pred, box_weight: float = 1.0, *, eps: float = 1e-7):
    """Losses of Keras that give a number for each picture, and means of the masked ones."""
    tf.debugging.assert_equal(tf.shape(y_true), tf.shape(y_pred))
    presence = keras.losses.BinaryCrossentropy(reduction="none")(y_true[:, :1], y_pred[:, :1])
    classes = keras.losses.CategoricalCrossentropy(reduction=None)(y_true[:, 5:], y_pred[:, 5:])
    box = tf.add_n([tf.square(y_true[:, i] - y_pred[:, i]) for i in range(1, 5)])
    there = y_true[:, 0]
    return (
        tf.reduce_mean(presence) + tf.reduce_mean(there * box) * box_weight + tf.reduce_mean(there * classes)
    )


def loss_that_leaves_early(y_true, y_pred, box_weight=1.0):
    """Right for one picture at a time."""
    p, presence, box, classes = _parts(y_true, y_pred)
    if p[0] == 0:
        return tf.reduce_mean(presence)
    return tf.reduce_mean(presence + p * (box_weight * box + classes))


def loss_with_one_minus(y_true, y_pred, box_weight=1.0):
    p, _, box, classes = _parts(y_true, y_pred)
    q = tf.clip_by_value(y_pred[:, 0], 1e-7, 1 - 1e-7)
    presence = -p * tf.math.log(q) + (1 - p) * tf.math.log(1 - q)
    return tf.reduce_mean(presence + p * (box_weight * box + classes))


def loss_by_l2_loss(y_true, y_pred, box_weight=1.0):
    p, presence, _, classes = _parts(y_true, y_pred)
    box = tf.stack([tf.nn.l2_loss(t[1:5] - q[1:5]) for t, q in zip(y_true, y_pred, strict=True)])
    return tf.reduce_mean(presence + p * (box_weight * box + classes))


def loss_of_means_of_keras(y_true, y_pred, box_weight=1.0):
    presence = keras.losses.BinaryCrossentropy()(y_true[:, 0:1], y_pred[:, 0:1])
    box = keras.losses.MeanSquaredError()(y_true[:, 1:5], y_pred[:, 1:5])
    classes = keras.losses.CategoricalCrossentropy()(y_true[:, 5:], y_pred[:, 5:])
    return tf.reduce_mean(presence + y_true[:, 0] * (box_weight * box + classes))


def loss_over_the_objects(y_true, y_pred, box_weight=1.0):
    p, presence, box, classes = _parts(y_true, y_pred)
    total = presence + p * (box_weight * box + classes)
    return tf.reduce_sum(total) / tf.maximum(tf.reduce_sum(p), 1)


def loss_always_of_the_lesson(y_true, y_pred, box_weight=1.0):
    return localization_loss(y_true, y_pred, 60.0)


def localization_pooled(input_shape, classes):
    X = inputs = keras.Input(input_shape)
    for filters, stride in ((16, 2), (32, 2), (64, 2), (64, 1), (64, 1)):
        X = Conv2D(filters, 3, padding="same")(X)
        X = layers.MaxPooling2D(padding="same")(X) if stride == 2 else X
        X = layers.ReLU()(BatchNormalization()(X))
    return Model(inputs, _Head()(Dense(5 + classes)(_dense(Flatten()(X)))))


def localization_with_relu_twice(input_shape, classes):
    X = inputs = keras.Input(input_shape)
    for filters, stride in ((16, 2), (32, 2), (64, 2), (64, 1), (64, 1)):
        X = Conv2D(filters, 3, stride, "same", activation="relu")(X)
        X = layers.ReLU()(BatchNormalization()(X))
    return Model(inputs, _Head()(Dense(5 + classes)(_dense(Flatten()(X)))))


def localization_with_relu_last(input_shape, classes):
    inputs = keras.Input(input_shape)
    return Model(inputs, _Head()(Dense(5 + classes, activation="relu")(_convolutions(inputs))))


RIGHT = {
    "localization_loss": [
        loss_of_objects_of_keras,
        loss_gathered,
        localization_loss,
        loss_with_keras,
        loss_in_a_loop,
        loss_with_xlogy,
        loss_of_the_objects,
        loss_in_double,
        loss_by_where,
        loss_split,
        loss_by_class,
        loss_by_rows,
        tf.function(localization_loss),
    ],
    "localization_model": [
        localization_functional,
        localization_sequential,
        localization_with_split,
        localization_subclassed,
        localization_with_two_heads,
        localization_with_three_heads,
        localization_turned,
        localization_unbuilt,
        localization_padded,
        localization_of_convolutions_only,
        lambda input_shape, classes: keras.Sequential([localization_with_split(input_shape, classes)]),
    ],
    "landmark_model": [
        landmark_functional,
        landmark_sequential,
        landmark_with_ops,
        landmark_subclassed,
        landmark_two_heads,
        landmark_rows_turned,
        landmark_by_lambda,
        landmark_nested,
        landmark_unbuilt,
        landmark_with_a_trunk_of_the_other,
    ],
}
WRONG = {
    "localization_loss": [
        (loss_that_leaves_early, "the first picture decides for the whole batch"),
        (loss_with_one_minus, "presence has one minus"),
        (loss_by_l2_loss, "the squares of the box are halved"),
        (loss_of_means_of_keras, "as objects of Keras do"),
        (loss_over_the_objects, "or by 1 where there is none. Here it is the number"),
        (loss_always_of_the_lesson, "always counts 60 times"),
        (loss_of_another_weight(60), "box_weight is not 1"),
        (loss_of_another_weight(5.0), "box_weight is not 1"),
        (loss_of_another_weight(2), "box_weight is not 1"),
        (loss_without_mask, "there is no mask"),
        (loss_of_mean_squares, "the mean over the four numbers"),
        (loss_with_numpy, None),
        (loss_with_a_late_mask, None),
        (loss_of_logits, "as if it were a raw number"),
        (loss_without_height, "leaves its height out"),
        (loss_with_a_wide_mask, "(m, m) numbers"),
        (loss_of_found_ones, "averaged over the pictures with an object"),
        (loss_of_each_picture, "take their mean"),
    ],
    "localization_model": [
        (localization_pooled, "a pooling halves the map"),
        (localization_with_relu_twice, "a ReLU of its own"),
        (localization_with_relu_last, "the last dense layer has a ReLU"),
        (localization_with_average, "an average does not know where"),
        (localization_of_three, "the argument classes is ignored"),
        (localization_tensor, "expected a Keras model"),
        (localization_of_two_outputs, "a Keras model with 2 outputs"),
        (localization_always_training, "batch normalization has training=True"),
        (localization_joined_without_axis, "along the batch"),
        (localization_relu_early, "all ReLUs stand before"),
    ],
    "landmark_model": [
        (landmark_always_training, "batch normalization has training=True"),
        (landmark_flat, "the output is flat"),
        (landmark_with_sigmoid, "have a sigmoid"),
        (landmark_of_ten, "the argument landmarks is ignored"),
        (landmark_unknown_order, "Here it is (m, landmarks, 2)"),
    ],
}
