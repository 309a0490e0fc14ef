"""Answers to week1/convolution_application as people write them: right ones in many styles, wrong ones."""

import math
import warnings

import workbook

workbook.start()

import keras
import numpy as np
import tensorflow as tf
import tensorflow.keras.layers as tfl
from keras import layers, ops

# --- happyModel ---------------------------------------------------------------------------------------


def happyModel():
    """As the well-known exercise is usually answered: a list of layers."""
    model = tf.keras.Sequential(
        [
            tfl.ZeroPadding2D(padding=(3, 3), input_shape=(64, 64, 3), data_format="channels_last"),
            tfl.Conv2D(filters=32, kernel_size=(7, 7), strides=(1, 1)),
            tfl.BatchNormalization(axis=3, momentum=0.99, epsilon=0.001),
            tfl.ReLU(),
            tfl.MaxPool2D(),
            tfl.Flatten(),
            tfl.Dense(1, activation="sigmoid"),
        ]
    )
    return model


def happy_added_step_by_step():
    model = keras.models.Sequential()
    model.add(keras.Input(shape=(64, 64, 3)))
    model.add(layers.Conv2D(32, 7, padding="same", use_bias=False, name="conv0"))
    model.add(layers.BatchNormalization(momentum=0.9, name="bn0"))
    model.add(layers.Activation("relu"))
    model.add(layers.MaxPooling2D(pool_size=(2, 2), strides=(2, 2), name="max_pool"))
    model.add(layers.Flatten())
    model.add(layers.Dense(units=1, activation=keras.activations.sigmoid, name="fc"))
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return model


def happy_functional(input_shape):
    """The older edition: a function of the shape, with names for the layers."""
    X_input = tfl.Input(input_shape)
    X = tfl.ZeroPadding2D((3, 3))(X_input)
    X = tfl.Conv2D(32, (7, 7), strides=(1, 1), name="conv0")(X)
    X = tfl.BatchNormalization(axis=3, name="bn0")(X)
    X = tfl.Activation("relu")(X)
    X = tfl.MaxPooling2D((2, 2), name="max_pool")(X)
    X = tfl.Flatten()(X)
    X = tfl.Dense(1, activation="sigmoid", name="fc")(X)
    return keras.Model(inputs=X_input, outputs=X, name="HappyModel")


class _Happy(keras.Model):
    def __init__(self):
        super().__init__()
        self.convolution = layers.Conv2D(32, 7, padding="same")
        self.normalize = layers.BatchNormalization()
        self.dense = layers.Dense(1)

    def call(self, X, training=None):
        X = ops.relu(self.normalize(self.convolution(X), training=training))
        X = ops.max_pool(X, 2, 2)
        return ops.sigmoid(self.dense(ops.reshape(X, (-1, 32 * 32 * 32))))


def happy_subclassed():
    model = _Happy()
    model.build((None, 64, 64, 3))
    return model


def happy_built_at_the_end():
    warnings.warn("a warning costs nothing", stacklevel=1)
    model = happy_not_built_yet()
    print("no input shape: it is given at the end")
    model.build((None, 64, 64, 3))
    return model


def happy_not_built_yet():
    """No input shape: Keras finds it out when the first picture comes, after the next cell."""
    return keras.Sequential(
        [
            layers.ZeroPadding2D(3),
            layers.Conv2D(32, 7),
            layers.BatchNormalization(-1),
            layers.ReLU(),
            layers.MaxPool2D(),
            layers.Flatten(),
            layers.Dense(1, "sigmoid"),
        ]
    )


def happy_pools_first():
    """ReLU keeps the order of numbers: it may stand after the pooling as well."""
    return keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            layers.Conv2D(32, (7, 7), padding="SAME"),
            layers.BatchNormalization(),
            layers.MaxPool2D(2, padding="same"),
            layers.Activation(tf.nn.relu),
            layers.Reshape((-1,)),
            layers.Dense(1),
            layers.Activation("sigmoid"),
        ]
    )


# wrong


def happy_small_window():
    return keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            layers.Conv2D(32, 3, padding="same"),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.MaxPool2D(),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def happy_relu_in_the_convolution():
    return keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            layers.ZeroPadding2D(3),
            layers.Conv2D(32, 7, activation="relu"),
            layers.BatchNormalization(axis=3),
            layers.MaxPool2D(),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def happy_without_bias_at_the_end():
    return keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            layers.Conv2D(32, 7, padding="same"),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.MaxPool2D(),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid", use_bias=False),
        ]
    )


def happy_frozen():
    model = happyModel()
    model.trainable = False
    return model


def happy_returns_a_list():
    return [layers.ZeroPadding2D(3), layers.Conv2D(32, 7)]


def happy_returns_nothing():
    model = happyModel()
    model.summary()


# --- convolutional_model ------------------------------------------------------------------------------


def convolutional_model(input_shape):
    """As the well-known exercise is usually answered."""
    input_img = tf.keras.Input(shape=input_shape)
    Z1 = tfl.Conv2D(filters=8, kernel_size=(4, 4), strides=(1, 1), padding="SAME")(input_img)
    A1 = tfl.ReLU()(Z1)
    P1 = tfl.MaxPool2D(pool_size=(8, 8), strides=(8, 8), padding="same")(A1)
    Z2 = tfl.Conv2D(filters=16, kernel_size=(2, 2), strides=(1, 1), padding="SAME")(P1)
    A2 = tfl.ReLU()(Z2)
    P2 = tfl.MaxPool2D(pool_size=(4, 4), strides=(4, 4), padding="same")(A2)
    F = tfl.Flatten()(P2)
    outputs = tfl.Dense(units=6, activation="softmax")(F)
    return tf.keras.Model(inputs=input_img, outputs=outputs)


def signs_with_activations_inside(input_shape, classes=6):
    x = inputs = keras.Input(input_shape)
    for filters, f, pool in ((8, 4, 8), (16, 2, 4)):
        x = layers.Conv2D(filters, f, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(pool, padding="same")(x)
    return keras.Model(inputs, layers.Dense(classes, "softmax")(layers.Flatten()(x)))


def signs_sequential(input_shape):
    model = keras.Sequential(name="signs")
    model.add(layers.Input(input_shape))
    model.add(layers.Conv2D(8, 4, padding="same"))
    model.add(layers.MaxPool2D(8, padding="same"))  # ReLU keeps the order: the maximum may come first
    model.add(layers.ReLU())
    model.add(layers.Conv2D(16, 2, padding="same"))
    model.add(layers.MaxPool2D(4, padding="same"))
    model.add(layers.ReLU())
    model.add(layers.Flatten())
    model.add(layers.Dense(6))
    model.add(layers.Softmax())
    return model


def signs_with_operations(input_shape: tuple) -> keras.Model:
    inputs = keras.Input(shape=tuple(input_shape), dtype="float32")
    A1 = ops.relu(layers.Conv2D(8, (4, 4), padding="same", kernel_initializer="he_normal")(inputs))
    P1 = ops.max_pool(A1, 8, 8, padding="same")
    A2 = keras.activations.relu(layers.Conv2D(16, (2, 2), padding="same")(P1))
    P2 = ops.max_pool(A2, 4, 4, padding="same")
    logits = layers.Dense(6, name="logits")(layers.Reshape((-1,))(P2))
    return keras.Model(inputs, ops.softmax(logits, axis=-1))


class _Signs(keras.Model):
    def __init__(self):
        super().__init__()
        self.steps = [
            layers.Conv2D(8, 4, padding="same", activation="relu"),
            layers.MaxPool2D(8, padding="same"),
            layers.Conv2D(16, 2, padding="same", activation="relu"),
            layers.MaxPool2D(4, padding="same"),
            layers.Flatten(),
            layers.Dense(6, activation="softmax"),
        ]

    def call(self, X):
        for step in self.steps:
            X = step(X)
        return X


def signs_subclassed(input_shape):
    return _Signs()


def signs_older(input_shape=(64, 64, 3)):
    print("building", input_shape)
    inner = keras.Sequential([layers.Conv2D(8, 4, padding="same"), layers.Activation("relu")])
    inputs = keras.Input(input_shape)
    X = layers.MaxPooling2D((8, 8), strides=8, padding="same")(inner(inputs))
    X = layers.Activation(tf.nn.relu)(layers.Convolution2D(16, 2, padding="same")(X))
    X = layers.MaxPooling2D((4, 4), strides=4, padding="same")(X)
    X = layers.Flatten()(X)
    model = keras.Model(inputs, layers.Dense(6, activation=keras.activations.softmax)(X))
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return model


# wrong


def signs_reuses_the_first(input_shape):
    inputs = keras.Input(input_shape)
    A1 = layers.ReLU()(layers.Conv2D(8, 4, padding="same")(inputs))
    P1 = layers.MaxPool2D(8, 8, padding="same")(A1)
    Z2 = layers.Conv2D(16, 2, padding="same")(A1)  # P1 is forgotten
    P2 = layers.MaxPool2D(4, 4, padding="same")(layers.ReLU()(Z2))
    print(P1.shape)
    return keras.Model(inputs, layers.Dense(6, "softmax")(layers.Flatten()(P2)))


def signs_of_the_picture(input_shape):
    inputs = keras.Input(input_shape)
    P1 = layers.MaxPool2D(8, 8, padding="same")(layers.ReLU()(layers.Conv2D(8, 4, padding="same")(inputs)))
    Z2 = layers.Conv2D(16, 2, padding="same")(inputs)  # P1 is forgotten
    P2 = layers.MaxPool2D(4, 4, padding="same")(layers.ReLU()(Z2))
    print(P1.shape)
    return keras.Model(inputs, layers.Dense(6, "softmax")(layers.Flatten()(P2)))


def signs_default_padding(input_shape):
    inputs = keras.Input(input_shape)
    X = layers.MaxPool2D(8)(layers.Conv2D(8, 4, padding="same", activation="relu")(inputs))
    X = layers.MaxPool2D(4)(layers.Conv2D(16, 2, padding="same", activation="relu")(X))
    return keras.Model(inputs, layers.Dense(6, "softmax")(layers.Flatten()(X)))


def signs_logits(input_shape):
    inputs = keras.Input(input_shape)
    X = layers.MaxPool2D(8, padding="same")(layers.Conv2D(8, 4, padding="same", activation="relu")(inputs))
    X = layers.MaxPool2D(4, padding="same")(layers.Conv2D(16, 2, padding="same", activation="relu")(X))
    return keras.Model(inputs, layers.Dense(6)(layers.Flatten()(X)))


def signs_with_dropout(input_shape):
    inputs = keras.Input(input_shape)
    X = layers.MaxPool2D(8, padding="same")(layers.Conv2D(8, 4, padding="same", activation="relu")(inputs))
    X = layers.MaxPool2D(4, padding="same")(layers.Conv2D(16, 2, padding="same", activation="relu")(X))
    X = layers.Dropout(0.5, seed=1)(layers.Flatten()(X))
    return keras.Model(inputs, layers.Dense(6, "softmax")(X))


def signs_in_capitals(input_shape):
    """Ran in older editions of Keras."""
    inputs = tfl.Input(shape=input_shape)
    A1 = tfl.ReLU()(tfl.Conv2D(8, (4, 4), strides=(1, 1), padding="SAME", name="conv0")(inputs))
    P1 = tfl.MaxPool2D((8, 8), strides=(8, 8), padding="SAME", name="max_pool0")(A1)
    A2 = tfl.ReLU()(tfl.Conv2D(16, (2, 2), strides=(1, 1), padding="SAME")(P1))
    P2 = tfl.MaxPool2D((4, 4), strides=(4, 4), padding="SAME")(A2)
    return keras.Model(inputs, tfl.Dense(6, activation="softmax")(tfl.Flatten()(P2)))


def signs_returns_output(input_shape):
    return convolutional_model(input_shape).output


# --- activation_table ---------------------------------------------------------------------------------


def activation_table(model):
    rows = [("input", model.input_shape[1:], math.prod(model.input_shape[1:]), 0)]
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        shape = layer.output.shape[1:]
        rows.append((layer.name, shape, math.prod(shape), layer.count_params()))
    return rows


def table_with_numpy(model):
    first = model.inputs[0]
    rows = [["input", list(first.shape)[1:], np.prod(first.shape[1:]), np.int64(0)]]
    rows += [
        [layer.name, np.array(layer.output.shape[1:]), np.prod(layer.output.shape[1:]), sum_of(layer.weights)]
        for layer in model.layers
        if type(layer).__name__ != "InputLayer"
    ]
    return rows


def sum_of(weights):
    return np.sum([np.prod(weight.shape) for weight in weights])


def table_of_measured_shapes(model):
    """Runs a picture through, and looks at what comes out."""
    X = np.zeros((1, *model.input_shape[1:]), "float32")
    table = ()
    for name, layer in [("input", None), *((each.name, each) for each in model.layers)]:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        X = X if layer is None else np.asarray(layer(X))
        parameters = 0 if layer is None else sum(int(np.size(w)) for w in layer.get_weights())
        table += ((name, tf.TensorShape(X.shape[1:]), X.size, parameters),)
    return table


def table_from_dictionaries(model):
    return [tuple(row.values()) for row in table_of_dictionaries(model)]


def table_of_dictionaries(model):
    rows = [{"layer": "input", "shape": model.input_shape[1:]}]
    for layer in model.layers:
        if not isinstance(layer, layers.InputLayer):
            rows.append({"layer": layer.name, "shape": layer.output.shape[1:]})
            assert len(rows) > 1
    for row, count in zip(rows, [0, *counts(model)], strict=True):
        row["size"] = float(np.prod(row["shape"]))
        row["parameters"] = count
    return rows


def counts(model):
    return [each.count_params() for each in model.layers if not isinstance(each, layers.InputLayer)]


def table_as_layers_hold_it(model, verbose=True):
    """An InputLayer gives the row of the input where there is one."""
    rows = []
    if not isinstance(model.layers[0], keras.layers.InputLayer):
        rows.append(("input", tuple(model.input_shape[1:]), int(np.prod(model.input_shape[1:])), 0))
    for layer in model.layers:
        _, *shape = layer.output.shape
        size = 1
        for n in shape:
            size *= n
        name = "input" if isinstance(layer, keras.layers.InputLayer) else layer.name
        rows.append((name, shape if len(shape) > 1 else shape[0], size, layer.count_params()))
        if verbose:
            print(rows[-1])
    return rows


# wrong


def table_with_batch(model):
    rows = [("input", model.input_shape, math.prod(model.input_shape[1:]), 0)]
    for layer in model.layers:
        if not isinstance(layer, keras.layers.InputLayer):
            rows.append(
                (layer.name, layer.output.shape, math.prod(layer.output.shape[1:]), layer.count_params())
            )
    return rows


def table_of_trainable(model):
    rows = activation_table(model)
    by_name = {
        layer.name: sum_of(layer.trainable_weights) if layer.trainable_weights else 0
        for layer in model.layers
    }
    return [(name, shape, size, by_name.get(name, 0)) for name, shape, size, _ in rows]


def table_of_layers(model):
    return [
        (layer.name, layer.output.shape[1:], math.prod(layer.output.shape[1:]), layer.count_params())
        for layer in model.layers
    ]


def table_cumulates(model):
    total, rows = 0, []
    for name, shape, size, parameters in activation_table(model):
        total += parameters
        rows.append((name, shape, size, total))
    return rows


def table_of_triples(model):
    return [row[:3] for row in activation_table(model)]


def table_is_summary(model):
    return model.summary(print_fn=lambda text: None)


# --- lenet5 -------------------------------------------------------------------------------------------


def lenet5(input_shape, classes):
    model = keras.Sequential()
    model.add(keras.Input(shape=input_shape))
    model.add(layers.Conv2D(6, kernel_size=(5, 5), activation="tanh"))
    model.add(layers.AveragePooling2D(pool_size=(2, 2), strides=2))
    model.add(layers.Conv2D(16, kernel_size=(5, 5), activation="tanh", padding="valid"))
    model.add(layers.AveragePooling2D(2))
    model.add(layers.Flatten())
    model.add(layers.Dense(120, activation="tanh"))
    model.add(layers.Dense(84, activation="tanh"))
    model.add(layers.Dense(classes, activation="softmax"))
    return model


def lenet_functional(input_shape, classes):
    x = inputs = keras.Input(input_shape)
    for filters in (6, 16):
        x = layers.Activation("tanh")(layers.Conv2D(filters, 5)(x))
        x = layers.AvgPool2D(2, 2)(x)
    x = layers.Flatten()(x)
    for units in (120, 84):
        x = layers.Dense(units, "tanh")(x)
    return keras.Model(inputs, layers.Dense(classes, "softmax")(x), name="lenet5")


def lenet_with_operations(input_shape=(32, 32, 1), classes=10):
    inputs = keras.Input(input_shape)
    S2 = ops.average_pool(ops.tanh(layers.Conv2D(6, 5)(inputs)), 2, 2)
    S4 = ops.average_pool(ops.tanh(layers.Conv2D(16, 5)(S2)), 2, 2)
    C5 = ops.tanh(layers.Dense(120)(layers.Reshape((-1,))(S4)))
    F6 = ops.tanh(layers.Dense(84)(C5))
    return keras.Model(inputs, layers.Softmax()(layers.Dense(classes)(F6)))


def lenet_as_in_the_paper(input_shape, classes):
    """C5 is a convolution, whose window is the whole map."""
    inputs = keras.Input(input_shape)
    X = layers.AveragePooling2D(2)(layers.Conv2D(6, 5, activation=tf.math.tanh)(inputs))
    X = layers.AveragePooling2D(2)(layers.Conv2D(16, 5, activation=tf.nn.tanh)(X))
    X = layers.Conv2D(120, tuple(X.shape[1:3]), activation="tanh")(X)
    X = layers.Flatten()(X)
    X = layers.Dense(84, activation="tanh")(X)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(X))


class _LeNet(keras.Model):
    def __init__(self, classes):
        super().__init__()
        self.maps = keras.Sequential(
            [
                layers.Conv2D(6, 5, activation="tanh"),
                layers.AveragePooling2D(2),
                layers.Conv2D(16, 5, activation="tanh"),
                layers.AveragePooling2D(2),
                layers.Flatten(),
            ]
        )
        self.decide = [layers.Dense(120, "tanh"), layers.Dense(84, "tanh"), layers.Dense(classes, "softmax")]

    def call(self, X, training=False):
        X = self.maps(X)
        for layer in self.decide:
            X = layer(X)
        return X


def lenet_subclassed(input_shape, classes):
    net = _LeNet(classes)
    net.build((None, *input_shape))
    return net


# wrong


def lenet_modern(input_shape, classes):
    return keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(6, 5, activation="relu"),
            layers.AveragePooling2D(2),
            layers.Conv2D(16, 5, activation="relu"),
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dense(120, activation="relu"),
            layers.Dense(84, activation="relu"),
            layers.Dense(classes, activation="softmax"),
        ]
    )


def lenet_for_28(input_shape, classes):
    return keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(6, 5, activation="tanh", padding="same"),
            layers.AveragePooling2D(2),
            layers.Conv2D(16, 5, activation="tanh"),
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dense(120, activation="tanh"),
            layers.Dense(84, activation="tanh"),
            layers.Dense(classes, activation="softmax"),
        ]
    )


def lenet_ten(input_shape, classes):
    return lenet_functional(input_shape, 10)


def lenet_c5(input_shape, classes):
    inputs = keras.Input(input_shape)
    X = layers.AveragePooling2D(2)(layers.Conv2D(6, 5, activation="tanh")(inputs))
    X = layers.AveragePooling2D(2)(layers.Conv2D(16, 5, activation="tanh")(X))
    X = layers.Flatten()(layers.Conv2D(120, 5, activation="tanh")(X))
    X = layers.Dense(84, activation="tanh")(X)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(X))


def lenet_relu_at_the_end(input_shape, classes):
    model = lenet_functional(input_shape, classes)
    return keras.Model(model.input, ops.relu(model.output - 0.2))


# --- more answers ---------------------------------------------------------------------------------------


def happy_padded_by_an_operation():
    inputs = keras.Input((64, 64, 3), name="pictures")
    X = ops.pad(inputs, [[0, 0], [3, 3], [3, 3], [0, 0]])
    X = ops.relu(layers.BatchNormalization()(layers.Conv2D(32, 7)(X)))
    return keras.Model(inputs, layers.Dense(1, "sigmoid")(layers.Flatten()(layers.MaxPooling2D()(X))))


def happy_with_lambdas():
    return keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            layers.Lambda(lambda t: tf.pad(t, [[0, 0], [3, 3], [3, 3], [0, 0]]), output_shape=(70, 70, 3)),
            layers.Conv2D(32, (7, 7), activation="linear"),
            layers.BatchNormalization(axis=-1),
            layers.LeakyReLU(negative_slope=0.0),
            layers.MaxPool2D((2, 2), padding="valid"),
            layers.Flatten(),
            layers.Dense(1),
            layers.Lambda(lambda z: 1 / (1 + tf.exp(-z))),
        ]
    )


def happy_of_two_parts():
    first = keras.Sequential([layers.ZeroPadding2D(((3, 3), (3, 3))), layers.Conv2D(32, 7)])
    last = keras.Sequential([layers.Flatten(), layers.Identity(), layers.Dropout(0), layers.Dense(1)])
    norm, relu, pool = layers.BatchNormalization(3), layers.ReLU(), layers.MaxPool2D()
    parts = [first, norm, relu, pool, last, layers.Activation("sigmoid")]
    return keras.Sequential([keras.Input(shape=(64, 64, 3)), *parts])


class _Seeing(layers.Layer):
    """Convolution, batch normalization, ReLU and pooling in one layer."""

    def __init__(self):
        super().__init__()
        self.convolution = layers.Conv2D(32, 7, padding="same", use_bias=False)
        self.normalization = layers.BatchNormalization()

    def call(self, X, training=None):
        X = tf.nn.relu(self.normalization(self.convolution(X), training=training))
        return tf.nn.max_pool2d(X, 2, 2, "VALID")


def happy_with_a_layer_of_its_own():
    return keras.Sequential(
        [keras.Input((64, 64, 3)), _Seeing(), layers.Flatten(), layers.Dense(1, activation=tf.nn.sigmoid)]
    )


# wrong


def happy_with_arguments_exchanged():
    return keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            layers.ZeroPadding2D(3),
            layers.Conv2D(7, 32),
            layers.BatchNormalization(axis=3),
            layers.ReLU(),
            layers.MaxPool2D(),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def happy_with_two_relus():
    return keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            layers.ZeroPadding2D(3),
            layers.Conv2D(32, 7, activation="relu"),
            layers.BatchNormalization(axis=3),
            layers.ReLU(),
            layers.MaxPool2D(),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def signs_with_keyword_arguments(input_shape):
    model = tf.keras.Sequential()
    model.add(tf.keras.Input(shape=input_shape))
    for filters, window, pool in ((8, 4, 8), (16, 2, 4)):
        model.add(tfl.Conv2D(filters=filters, kernel_size=window, strides=1, padding="same", name=f"c{pool}"))
        model.add(tfl.Activation("relu"))
        model.add(tfl.MaxPool2D(pool_size=(pool, pool), strides=(pool, pool), padding="same"))
    model.add(tfl.Flatten())
    model.add(tfl.Dense(units=6, activation="softmax", kernel_initializer="glorot_uniform"))
    return model


def signs_padded_by_hand(input_shape):
    """padding="same" puts the odd column on the right and the odd row below."""
    inputs = keras.Input(input_shape)
    X = layers.Conv2D(8, 4, activation="relu")(layers.ZeroPadding2D(((1, 2), (1, 2)))(inputs))
    X = layers.MaxPool2D(8, padding="same")(X)
    X = layers.Conv2D(16, 2, activation="relu")(layers.ZeroPadding2D(((0, 1), (0, 1)))(X))
    X = layers.Flatten()(layers.MaxPool2D(4, padding="same")(X))
    return keras.Model(inputs, keras.activations.softmax(layers.Dense(6)(X)))


def signs_with_tf_functions(input_shape):
    inputs = keras.Input(input_shape, dtype="float32")
    X = layers.Lambda(tf.nn.relu)(layers.Conv2D(8, 4, padding="same")(inputs))
    X = layers.Lambda(lambda t: tf.nn.max_pool2d(t, 8, 8, "SAME"))(X)
    X = layers.Lambda(tf.nn.relu)(layers.Conv2D(16, 2, padding="same")(X))
    X = layers.Lambda(lambda t: tf.nn.max_pool2d(t, 4, 4, "SAME"))(X)
    return keras.Model(inputs, layers.Dense(6, "softmax")(layers.Flatten()(X)))


def signs_with_idle_layers(input_shape):
    X = inputs = keras.Input(input_shape)
    X = layers.Identity()(X)
    for filters, window, pool in ((8, 4, 8), (16, 2, 4)):
        X = layers.Conv2D(filters, window, padding="same", bias_initializer="ones")(X)
        X = layers.Dropout(0.0)(ops.maximum(X, 0))
        X = layers.MaxPool2D(pool, padding="same")(X)
    return keras.Model(inputs, layers.Softmax()(layers.Dense(6, activation=None)(layers.Flatten()(X))))


# wrong


def signs_with_a_hidden_layer(input_shape):
    inputs = keras.Input(input_shape)
    X = layers.MaxPool2D(8, padding="same")(layers.Conv2D(8, 4, padding="same", activation="relu")(inputs))
    X = layers.MaxPool2D(4, padding="same")(layers.Conv2D(16, 2, padding="same", activation="relu")(X))
    X = layers.Dense(64, activation="relu")(layers.Flatten()(X))
    return keras.Model(inputs, layers.Dense(6, "softmax")(X))


def signs_with_small_pools(input_shape):
    inputs = keras.Input(input_shape)
    X = layers.MaxPool2D(padding="same")(layers.Conv2D(8, 4, padding="same", activation="relu")(inputs))
    X = layers.MaxPool2D(padding="same")(layers.Conv2D(16, 2, padding="same", activation="relu")(X))
    return keras.Model(inputs, layers.Dense(6, "softmax")(layers.Flatten()(X)))


def table_with_names(model):
    from collections import namedtuple

    row = namedtuple("Row", "layer shape size parameters")
    shape = model.input_shape[1:]
    return [row("input", shape, math.prod(shape), 0)] + [
        row(each.name, each.output.shape[1:], math.prod(each.output.shape[1:]), each.count_params())
        for each in model.layers
        if not isinstance(each, layers.InputLayer)
    ]


def table_of_computed_shapes(model):
    rows, shape = (
        [["input", model.input_shape[1:], int(np.prod(model.input_shape[1:])), 0]],
        model.input_shape,
    )
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        shape = layer.compute_output_shape(shape)
        rows.append([layer.name, shape[1:], int(np.prod(shape[1:])), layer.count_params()])
    return rows


def table_as_an_array(model):
    return np.array(table_with_names(model), dtype=object)


def table_of_outputs(model):
    """A second model gives all activations at once."""
    inner = [layer for layer in model.layers if "Input" not in type(layer).__name__]
    outputs = keras.Model(model.inputs, [layer.output for layer in inner])(
        np.zeros((2, *model.input_shape[1:]), "float32")
    )
    rows = [("input", model.input_shape[1:], math.prod(model.input_shape[1:]), 0)]
    for layer, output in zip(inner, outputs, strict=True):
        rows.append((layer.name, output[0].shape, tf.size(output[0]), layer.count_params()))
    return rows


def table_by_steps(model, size_of=np.size):
    rows = activation_table(model)
    table = tuple((name, [*shape], np.float64(size), np.int32(count)) for name, shape, size, count in rows)
    print(*table, sep="\n")
    return table


# wrong


def table_skips_the_first(model):
    shape = model.input_shape[1:]
    rows = [("input", shape, math.prod(shape), 0)]
    for layer in model.layers[1:]:
        rows.append(
            (layer.name, layer.output.shape[1:], math.prod(layer.output.shape[1:]), layer.count_params())
        )
    return rows


def table_named_by_keras(model):
    return [(model.layers[0].name, *activation_table(model)[0][1:]), *activation_table(model)[1:]]


def table_of_texts(model):
    return [
        (name, " x ".join(map(str, shape)), size, count)
        for name, shape, size, count in activation_table(model)
    ]


def table_of_another_model(model):
    rows = [("input", model.input_shape[1:], math.prod(model.input_shape[1:]), 0)]
    for layer in lenet5((32, 32, 1), 6).layers:
        shape = layer.output.shape[1:]
        rows.append((layer.name, shape, math.prod(shape), layer.count_params()))
    return rows


def table_breaks(model):
    rows = [("input", model.input_shape[1:], math.prod(model.input_shape[1:]), 0)]
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            break
        shape = layer.output.shape[1:]
        rows.append((layer.name, shape, math.prod(shape), layer.count_params()))
    return rows


def table_returns_at_once(model):
    rows = [("input", model.input_shape[1:], math.prod(model.input_shape[1:]), 0)]
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        shape = layer.output.shape[1:]
        rows.append((layer.name, shape, math.prod(shape), layer.count_params()))
        return rows


def table_without_last_axes(model):
    rows = [("input", model.input_shape[1:], math.prod(model.input_shape[1:]), 0)]
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        shape = layer.output.shape[1:-1]
        rows.append((layer.name, shape, math.prod(shape), layer.count_params()))
    return rows


def table_of_means(model):
    rows = activation_table(model)
    return [(name, shape, sum(shape) / len(shape), count) for name, shape, _, count in rows]


def table_with_sizes_last(model):
    return [(name, shape, count, size) for name, shape, size, count in activation_table(model)]


def lenet_of_two_parts(input_shape, classes):
    maps = keras.Sequential([keras.Input(input_shape), layers.Conv2D(6, 5, activation="tanh")])
    maps.add(layers.AveragePooling2D(2))
    maps.add(layers.Conv2D(16, 5, activation="tanh"))
    maps.add(layers.AveragePooling2D(2))
    head = [layers.Flatten(), layers.Dense(120, "tanh"), layers.Dense(84, "tanh"), layers.Dense(classes)]
    return keras.Sequential([maps, keras.Sequential(head), layers.Softmax()])


def lenet_not_built_yet(input_shape, classes):
    model = tf.keras.models.Sequential(
        [
            tfl.Conv2D(filters=6, kernel_size=5, activation=tf.nn.tanh),
            tfl.AvgPool2D(pool_size=2),
            tfl.Conv2D(filters=16, kernel_size=(5, 5), activation=tf.keras.activations.tanh),
            tfl.AvgPool2D(pool_size=2),
            tfl.Flatten(),
            tfl.Dense(units=120, activation="tanh"),
            tfl.Dense(units=84, activation="tanh"),
            tfl.Dense(units=classes, activation="softmax"),
        ]
    )
    model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy")
    return model


def lenet_uses_layers_twice(input_shape, classes):
    """Pooling and tanh have no weights: one layer of each will do for all places."""
    pool, tanh = layers.AveragePooling2D(2), layers.Activation("tanh")
    inputs = keras.Input(input_shape)
    X = pool(tanh(layers.Conv2D(6, 5)(inputs)))
    X = pool(tanh(layers.Conv2D(16, 5)(X)))
    X = tanh(layers.Dense(120)(layers.Flatten()(X)))
    X = tanh(layers.Dense(84)(X))
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(X))


def lenet_averages_by_reshape(input_shape, classes):
    X = inputs = keras.Input(input_shape)
    for filters in (6, 16):
        X = layers.Conv2D(filters, 5, activation="tanh")(X)
        n_H, n_W = X.shape[1] // 2, X.shape[2] // 2
        X = ops.reshape(X[:, : 2 * n_H, : 2 * n_W], (-1, n_H, 2, n_W, 2, filters))
        X = ops.mean(X, axis=(2, 4))
    X = layers.Dense(84, "tanh")(layers.Dense(120, "tanh")(layers.Flatten()(X)))
    return keras.Model(inputs, ops.softmax(layers.Dense(classes)(X)))


def lenet_with_lambdas(input_shape, classes, *, activation="tanh"):
    X = inputs = keras.Input(input_shape)
    for filters in (6, 16):
        X = layers.Activation(activation)(layers.Conv2D(filters, 5)(X))
        X = layers.Lambda(lambda t: tf.nn.avg_pool2d(t, 2, 2, "VALID"))(X)
    X = layers.Flatten()(X)
    for units in (120, 84):
        X = keras.activations.tanh(layers.Dense(units, name=f"dense_{units}")(X))
    print(inputs.shape, X.shape)
    return keras.Model(inputs=[inputs], outputs=layers.Dense(classes, activation=ops.softmax)(X))


# wrong


def _lenet(input_shape, classes, convolution=None, dense=None, after=()):
    model = keras.Sequential([keras.Input(input_shape)])
    for filters in (6, 16):
        model.add(layers.Conv2D(filters, 5, activation=convolution))
        model.add(layers.AveragePooling2D(2))
        for activation in after:
            model.add(layers.Activation(activation))
    model.add(layers.Flatten())
    model.add(layers.Dense(120, activation=dense))
    model.add(layers.Dense(84, activation=dense))
    model.add(layers.Dense(classes, activation="softmax"))
    return model


def lenet_bare_convolutions(input_shape, classes):
    return _lenet(input_shape, classes, dense="tanh")


def lenet_bare_dense_layers(input_shape, classes):
    return _lenet(input_shape, classes, convolution="tanh")


def lenet_tanh_behind_the_pooling(input_shape, classes):
    return _lenet(input_shape, classes, dense="tanh", after=["tanh"])


def lenet_relu_in_front(input_shape, classes):
    return _lenet(input_shape, classes, convolution="relu", dense="tanh")


def happy_with_another_epsilon():
    return keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            layers.Conv2D(32, 7, padding="same"),
            layers.BatchNormalization(axis=3, epsilon=1e-5, momentum=0.9),
            layers.ReLU(),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def happy_with_everything_named():
    """As a careful program writes it: each argument by its name, and a summary."""
    model = tf.keras.Sequential(name="HappyModel")
    model.add(tf.keras.Input(shape=(64, 64, 3)))
    model.add(tfl.ZeroPadding2D(padding=((3, 3), (3, 3))))
    model.add(tfl.Conv2D(32, (7, 7), kernel_initializer="he_normal", kernel_regularizer="l2"))
    model.add(tfl.BatchNormalization(axis=3))
    model.add(tfl.Activation("relu", name="relu0"))
    model.add(tfl.MaxPooling2D(pool_size=2, strides=2, padding="valid"))
    model.add(tfl.Flatten())
    model.add(tfl.Dense(1))
    model.add(tfl.Activation(tf.math.sigmoid))
    model.summary()
    return model


def _happy(border=(), inner="relu", before=(), end=layers.Flatten):
    return keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            *before,
            *([] if border else [layers.ZeroPadding2D(3)]),
            layers.Conv2D(32, 7),
            *border,
            layers.BatchNormalization(),
            layers.Activation(inner),
            layers.MaxPool2D(),
            end(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def happy_padded_behind():
    return _happy(border=[layers.ZeroPadding2D(3)])


def happy_rescaled():
    return _happy(before=[layers.Rescaling(1.0 / 255)])


def happy_leaky():
    return _happy(inner=keras.layers.LeakyReLU())


def happy_with_tanh():
    return _happy(inner="tanh")


def happy_of_the_largest():
    return _happy(end=layers.GlobalMaxPooling2D)


def signs_flat_by_reshape(input_shape):
    X = inputs = keras.Input(shape=tuple(input_shape), name="pictures")
    for filters, f, pool in ((8, (4, 4), 8), (16, (2, 2), 4)):
        X = layers.Conv2D(filters, f, padding="same", kernel_initializer="he_uniform")(X)
        X = tf.keras.layers.MaxPool2D(pool, padding="same")(X)
        X = tf.keras.activations.relu(X)
    X = layers.Dense(6)(layers.Reshape((-1,))(X))
    return tf.keras.models.Model([inputs], [layers.Softmax()(X)])


def _signs(input_shape, padding="same", pool_padding="same", inner="relu", before=()):
    X = inputs = keras.Input(input_shape)
    for layer in before:
        X = layer(X)
    for filters, f, pool in ((8, 4, 8), (16, 2, 4)):
        X = layers.Conv2D(filters, f, padding=padding, activation=inner)(X)
        X = layers.MaxPool2D(pool, padding=pool_padding)(X)
    return keras.Model(inputs, layers.Dense(6, "softmax")(layers.Flatten()(X)))


def signs_with_small_maps(input_shape):
    return _signs(input_shape, padding="valid")


def signs_without_padding(input_shape):
    return _signs(input_shape, "valid", "valid")


def signs_with_tanh(input_shape):
    return _signs(input_shape, inner="tanh")


def signs_rescaled(input_shape):
    return _signs(input_shape, before=[layers.Rescaling(1 / 255)])


def signs_of_the_largest(input_shape):
    X = inputs = keras.Input(input_shape)
    X = layers.MaxPool2D(8, padding="same")(layers.Conv2D(8, 4, padding="same", activation="relu")(X))
    X = layers.MaxPool2D(4, padding="same")(layers.Conv2D(16, 2, padding="same", activation="relu")(X))
    return keras.Model(inputs, layers.Dense(6, "softmax")(layers.GlobalMaxPooling2D()(X)))


def table_by_an_inner_function(model: keras.Model) -> list[tuple[str, tuple[int, ...], int, int]]:
    """Rows of plain Python numbers, made by a helper."""

    def row(name, shape, weights=()):
        shape = tuple(int(n) for n in shape[1:])
        return name, shape, int(np.prod(shape)), int(sum(tf.size(weight) for weight in weights))

    inner = [layer for layer in model.layers if layer.__class__.__name__ != "InputLayer"]
    return [row("input", model.input_shape), *(row(x.name, x.output.shape, x.weights) for x in inner)]


def _rows(model, size=math.prod, shape=lambda shape: shape, count=None, row=lambda *row: row):
    """activation_table whose first row is right, and whose others are as told."""
    rows = activation_table(model)[:1]
    for layer in model.layers:
        if not isinstance(layer, layers.InputLayer):
            out = layer.output.shape[1:]
            number = count(layer) if count else layer.count_params()
            rows.append(row(layer.name, shape(out), size(out), number))
    return rows


def table_of_sums(model):
    return _rows(model, size=sum)


def table_of_lengths(model):
    return _rows(model, size=len)


def table_with_shapes_as_text(model):
    return _rows(model, shape=str)


def table_with_exchanged_numbers(model):
    return _rows(model, row=lambda name, shape, size, count: (name, shape, count, size))


def table_of_kernels(model):
    return _rows(model, count=lambda layer: math.prod(layer.weights[0].shape) if layer.weights else 0)


def table_of_variables(model):
    return _rows(model, count=lambda layer: sum(math.prod(each.shape) for each in layer.variables))


def table_of_the_whole_model(model):
    return _rows(model, count=lambda layer: model.count_params())


def table_begins_anew(model):
    rows = [("input", model.input_shape[1:], math.prod(model.input_shape[1:]), 0)]
    for layer in model.layers:
        shape = layer.output.shape[1:]
        if not isinstance(layer, layers.InputLayer):
            rows = [(layer.name, shape, math.prod(shape), layer.count_params())]
    return rows


def table_returns_in_the_loop(model):
    rows = activation_table(model)[:1]
    for layer in model.layers:
        shape = layer.output.shape[1:]
        if not isinstance(layer, layers.InputLayer):
            rows.append((layer.name, shape, math.prod(shape), layer.count_params()))
        return rows


def table_asks_the_first_layer(model):
    shape = model.layers[0].output.shape[1:]
    return [("input", shape, math.prod(shape), 0), *activation_table(model)[1:]]


def lenet_built_later(input_shape, classes, activation="tanh"):
    model = keras.models.Sequential(
        [
            layers.Conv2D(6, (5, 5), strides=(1, 1), padding="valid"),
            layers.Activation(activation),
            layers.AvgPool2D(2, padding="valid"),
            layers.Conv2D(16, (5, 5), activation=keras.ops.tanh),
            layers.AvgPool2D(2),
            layers.Flatten(),
            layers.Dense(120, activation, kernel_initializer="glorot_normal"),
            layers.Dense(84, activation),
            layers.Dense(classes),
            layers.Softmax(),
        ],
        name="LeNet-5",
    )
    model.build((None, *input_shape))
    return model


def _lenet_with(input_shape, classes, bends=("tanh",) * 4, kinds=(layers.AvgPool2D,) * 2, padding="valid"):
    X = inputs = keras.Input(input_shape)
    for filters, bend, kind in zip((6, 16), bends, kinds, strict=False):
        X = kind(2, padding=padding)(layers.Conv2D(filters, 5, activation=bend)(X))
    X = layers.Flatten()(X)
    for units, bend in zip((120, 84), bends[2:], strict=True):
        X = layers.Dense(units, activation=bend)(X)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(X))


def lenet_pads_its_poolings(input_shape, classes):
    return _lenet_with(input_shape, classes, padding="same")


def lenet_largest_first(input_shape, classes):
    return _lenet_with(input_shape, classes, kinds=(layers.MaxPool2D, layers.AvgPool2D))


def lenet_bare_last(input_shape, classes):
    return _lenet_with(input_shape, classes, ("tanh", "tanh", "tanh", None))


def lenet_relu_first(input_shape, classes):
    return _lenet_with(input_shape, classes, ("relu", "tanh", "tanh", "tanh"))


def table_cuts_the_names(model):
    rows = [("input", model.input_shape[1:], math.prod(model.input_shape[1:]), 0)]
    for layer in model.layers:
        if "input" not in type(layer).__name__.lower():
            shape = layer.output.shape[1:]
            rows.append((layer.name.split("_")[0], shape, math.prod(shape), layer.count_params()))
    return rows


def signs_pads_behind(input_shape):
    """Pools as PyTorch does with ceil_mode: what is missing comes at the end."""
    import keras
    from keras import layers

    X = inputs = keras.Input(input_shape)
    for filters, window, pool in ((8, 4, 8), (16, 2, 4)):
        X = layers.Conv2D(filters, window, padding="same", activation="relu")(X)
        n_H, n_W = X.shape[1:3]
        X = layers.ZeroPadding2D(((0, -n_H % pool), (0, -n_W % pool)))(X)
        X = layers.MaxPooling2D(pool)(X)
    return keras.Model(inputs, layers.Dense(6, activation="softmax")(layers.Flatten()(X)))


RIGHT = {
    "happyModel": [
        happyModel,
        happy_added_step_by_step,
        happy_functional,
        happy_subclassed,
        happy_built_at_the_end,
        happy_pools_first,
        happy_padded_by_an_operation,
        happy_with_lambdas,
        happy_of_two_parts,
        happy_with_a_layer_of_its_own,
        happy_with_another_epsilon,
        happy_with_everything_named,
    ],
    "convolutional_model": [
        convolutional_model,
        signs_with_activations_inside,
        signs_sequential,
        signs_with_operations,
        signs_subclassed,
        signs_older,
        signs_with_keyword_arguments,
        signs_padded_by_hand,
        signs_with_tf_functions,
        signs_with_idle_layers,
        signs_flat_by_reshape,
    ],
    "activation_table": [
        activation_table,
        table_with_numpy,
        table_of_measured_shapes,
        table_from_dictionaries,
        table_as_layers_hold_it,
        table_with_names,
        table_of_computed_shapes,
        table_as_an_array,
        table_of_outputs,
        table_by_steps,
        table_by_an_inner_function,
    ],
    "lenet5": [
        lenet5,
        lenet_functional,
        lenet_with_operations,
        lenet_as_in_the_paper,
        lenet_subclassed,
        lenet_of_two_parts,
        lenet_not_built_yet,
        lenet_uses_layers_twice,
        lenet_averages_by_reshape,
        lenet_with_lambdas,
        lenet_built_later,
    ],
}
WRONG = {
    "happyModel": [
        (happy_small_window, "with a border of 1"),
        (happy_relu_in_the_convolution, "the ReLU stands before the batch normalization"),
        (happy_without_bias_at_the_end, None),
        (happy_frozen, None),
        (happy_returns_a_list, "expected a Keras model"),
        (happy_returns_nothing, "is a return line missing"),
        (happy_with_arguments_exchanged, "are exchanged"),
        (happy_not_built_yet, "begin the list with keras.Input((64, 64, 3))"),
        (happy_with_two_relus, "before the batch normalization as well"),
        (happy_padded_behind, "stands behind the convolution"),
        (happy_rescaled, "divided by 255"),
        (happy_leaky, "a leaky ReLU"),
        (happy_with_tanh, "the activation is a tanh"),
        (happy_of_the_largest, "only the largest number is left"),
    ],
    "convolutional_model": [
        (signs_reuses_the_first, "the second convolution does not get its result"),
        (signs_of_the_picture, "the second convolution gets the picture"),
        (signs_default_padding, "neither pooling has padding='same'"),
        (signs_logits, "the output has no softmax"),
        (signs_with_dropout, None),
        (signs_in_capitals, "stands in capital letters"),
        (signs_returns_output, "expected a Keras model"),
        (signs_with_a_hidden_layer, "one more dense layer"),
        (signs_with_small_pools, "2x2, as by default"),
        (signs_with_small_maps, "neither convolution has padding"),
        (signs_without_padding, "no padding='same' anywhere"),
        (signs_with_tanh, "the activations are tanh"),
        (signs_rescaled, "divided by 255"),
        (signs_of_the_largest, "a global one"),
        (signs_pads_behind, "at the bottom and on the right alone"),
    ],
    "activation_table": [
        (table_with_batch, "the shapes still have the batch axis"),
        (table_of_trainable, "only the parameters that train are counted"),
        (table_of_layers, "A Sequential has none there"),
        (table_cumulates, "added up from row to row"),
        (table_of_triples, "expected a list of rows of four"),
        (table_is_summary, "is a return line missing"),
        (table_named_by_keras, "the first row has another name"),
        (table_of_texts, "the shapes are text"),
        (table_of_dictionaries, "rows that are dictionaries"),
        (table_of_another_model, "read the argument model"),
        (table_breaks, "the loop breaks off at the InputLayer"),
        (table_returns_at_once, "comes back from inside the loop"),
        (table_without_last_axes, "not shape[1:-1]"),
        (table_of_means, "the size is the mean of the axes"),
        (table_skips_the_first, "the first of model.layers is skipped"),
        (table_with_sizes_last, "size and parameters are exchanged"),
        (table_of_sums, "adds up the axes"),
        (table_of_lengths, "the number of axes"),
        (table_with_shapes_as_text, "the shapes are text"),
        (table_with_exchanged_numbers, "size and parameters are exchanged"),
        (table_of_kernels, "first array of weights"),
        (table_of_variables, "random numbers is counted"),
        (table_of_the_whole_model, "of the whole model"),
        (table_begins_anew, "made anew for each layer"),
        (table_returns_in_the_loop, "from inside the loop"),
        (table_asks_the_first_layer, "the first of model.layers"),
        (table_cuts_the_names, None),
    ],
    "lenet5": [
        (lenet_modern, "the activations are ReLUs"),
        (lenet_for_28, "the first convolution has padding='same'"),
        (lenet_ten, "the argument classes is ignored"),
        (lenet_c5, "the 120 units are a 5x5 convolution"),
        (lenet_relu_at_the_end, None),
        (lenet_bare_convolutions, "the convolutions have no tanh"),
        (lenet_bare_dense_layers, "the dense layers have no tanh"),
        (lenet_tanh_behind_the_pooling, "behind the pooling"),
        (lenet_relu_in_front, "the convolutions have ReLUs"),
        (lenet_pads_its_poolings, "the poolings have padding='same'"),
        (lenet_largest_first, "the first pooling takes the largest"),
        (lenet_bare_last, "84 units has no tanh"),
        (lenet_relu_first, "the first convolution has a ReLU"),
    ],
}
