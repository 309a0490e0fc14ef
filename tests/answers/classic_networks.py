"""Answers to week2/classic_networks as people write them: right ones in many styles, and wrong ones."""

import warnings

import workbook

workbook.start()

import keras
import tensorflow as tf
from keras import layers, ops
from tensorflow.keras.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Input,
    MaxPooling2D,
)
from tensorflow.keras.models import Model, Sequential

# --- AlexNet ----------------------------------------------------------------------------------------


def alexnet(input_shape, classes):
    X_input = Input(input_shape)
    X = Conv2D(96, (11, 11), strides=(4, 4), name="conv1")(X_input)
    X = Activation("relu")(X)
    X = MaxPooling2D((3, 3), strides=(2, 2))(X)
    X = Conv2D(256, (5, 5), padding="same", name="conv2")(X)
    X = Activation("relu")(X)
    X = MaxPooling2D((3, 3), strides=(2, 2))(X)
    X = Conv2D(384, (3, 3), padding="same", name="conv3")(X)
    X = Activation("relu")(X)
    X = Conv2D(384, (3, 3), padding="same", name="conv4")(X)
    X = Activation("relu")(X)
    X = Conv2D(256, (3, 3), padding="same", name="conv5")(X)
    X = Activation("relu")(X)
    X = MaxPooling2D((3, 3), strides=(2, 2))(X)
    X = Flatten()(X)
    X = Dense(4096)(X)
    X = Activation("relu")(X)
    X = Dropout(0.5)(X)
    X = Dense(4096)(X)
    X = Activation("relu")(X)
    X = Dropout(0.5)(X)
    X = Dense(classes)(X)
    X = Activation("softmax")(X)
    return Model(inputs=X_input, outputs=X, name="AlexNet")


def alexnet_sequential(input_shape=(227, 227, 3), classes=1000, verbose=True):
    model = Sequential()
    model.add(Input(shape=input_shape))
    model.add(Conv2D(filters=96, kernel_size=(11, 11), strides=(4, 4), activation="relu", padding="valid"))
    model.add(MaxPooling2D(pool_size=(3, 3), strides=(2, 2), padding="valid"))
    model.add(Conv2D(filters=256, kernel_size=(5, 5), strides=(1, 1), activation="relu", padding="same"))
    model.add(MaxPooling2D(pool_size=(3, 3), strides=(2, 2)))
    model.add(Conv2D(filters=384, kernel_size=(3, 3), activation="relu", padding="same"))
    model.add(Conv2D(filters=384, kernel_size=(3, 3), activation="relu", padding="same"))
    model.add(Conv2D(filters=256, kernel_size=(3, 3), activation="relu", padding="same"))
    model.add(MaxPooling2D(pool_size=(3, 3), strides=(2, 2)))
    model.add(Flatten())
    model.add(Dense(4096, activation="relu"))
    model.add(Dropout(0.5))
    model.add(Dense(4096, activation="relu"))
    model.add(Dropout(0.5))
    model.add(Dense(classes, activation="softmax"))
    if verbose:
        model.summary()
    return model


def alexnet_in_a_loop(input_shape, classes, rate=0.5):
    x = inputs = keras.Input(input_shape)
    plan = [(96, 11, 4, "valid", True), (256, 5, 1, "same", True), (384, 3, 1, "same", False)]
    plan += [(384, 3, 1, "same", False), (256, 3, 1, "same", True)]
    for filters, f, s, padding, pool in plan:
        x = layers.Conv2D(filters, f, s, padding, kernel_initializer="he_normal")(x)
        x = layers.ReLU()(x)
        if pool:
            x = layers.MaxPool2D(3, 2)(x)
    x = layers.Reshape((-1,))(x)
    for _ in range(2):
        x = layers.Dense(4096, kernel_regularizer=keras.regularizers.L2(5e-4))(x)
        x = layers.ReLU()(layers.Dropout(rate, seed=0)(x))  # zero and twice as much: the ReLU does not mind
    return keras.Model(inputs, ops.softmax(layers.Dense(classes)(x)))


def alexnet_padded(input_shape, classes):
    """The padding made by hand, the first stride by a convolution over all places."""
    warnings.warn("a warning costs nothing", stacklevel=1)
    inputs = keras.Input(shape=tuple(input_shape), name="pictures")
    x = layers.Conv2D(96, 11)(inputs)[:, ::4, ::4, :]
    x = layers.MaxPooling2D((3, 3), 2)(keras.activations.relu(x))
    x = layers.Conv2D(256, 5, activation=tf.nn.relu)(layers.ZeroPadding2D(2)(x))
    x = layers.MaxPooling2D((3, 3), 2)(x)
    for filters in (384, 384, 256):
        x = layers.Conv2D(filters, 3, activation=keras.activations.relu)(layers.ZeroPadding2D()(x))
    x = layers.Flatten()(layers.MaxPooling2D((3, 3), 2)(x))
    x = layers.Dropout(0.5)(layers.Dense(4096, "relu")(x))
    x = layers.Dropout(rate=0.5)(layers.Dense(4096, "relu")(x))
    return keras.Model(inputs=[inputs], outputs=[layers.Dense(classes, "softmax")(x)])


class _AlexNet(keras.Model):
    def __init__(self, classes):
        super().__init__()
        self.features = keras.Sequential(
            [
                layers.Conv2D(96, 11, strides=4, activation="relu"),
                layers.MaxPooling2D(3, strides=2),
                layers.Conv2D(256, 5, padding="same", activation="relu"),
                layers.MaxPooling2D(3, strides=2),
                layers.Conv2D(384, 3, padding="same", activation="relu"),
                layers.Conv2D(384, 3, padding="same", activation="relu"),
                layers.Conv2D(256, 3, padding="same", activation="relu"),
                layers.MaxPooling2D(3, strides=2),
                layers.Flatten(),
            ]
        )
        self.fc1, self.fc2 = layers.Dense(4096), layers.Dense(4096)
        self.drop = layers.Dropout(0.5)
        self.out = layers.Dense(classes, activation="softmax")

    def call(self, x, training=None):
        x = self.drop(tf.nn.relu(self.fc1(self.features(x))), training=training)
        x = self.drop(tf.nn.relu(self.fc2(x)), training=training)
        return self.out(x)


def alexnet_subclassed(input_shape, classes):
    return _AlexNet(classes)  # without its weights: it makes them when it first sees a picture


def alexnet_of_parts(input_shape: tuple[int, int, int], classes: int, name: str = "alexnet") -> keras.Model:
    """Features and classifier as two models, put together in a Sequential."""
    features = keras.Sequential(name="features")
    for filters, f, s, padding in [(96, 11, 4, "valid"), (256, 5, 1, "same")]:
        features.add(layers.Conv2D(filters, f, strides=s, padding=padding, activation=tf.nn.relu))
        features.add(layers.MaxPool2D(pool_size=3, strides=2))
    for filters in [384, 384, 256]:
        features.add(layers.Conv2D(filters, 3, padding="same"))
        features.add(layers.ReLU())
    features.add(layers.MaxPool2D(pool_size=3, strides=2))
    classifier = keras.Sequential([layers.Flatten()])
    for _ in range(2):
        classifier.add(layers.Dense(units=4096, activation="relu", bias_initializer="ones"))
        classifier.add(layers.Dropout(rate=0.5, seed=42))
    classifier.add(layers.Dense(units=classes, activation="softmax"))
    return keras.Sequential([keras.Input(input_shape), features, classifier], name=name)


def alexnet_passes_the_mode(input_shape, classes, training=None):
    """Pooling by functions; the mode passed on."""
    img = tf.keras.Input(shape=input_shape)
    x = ops.relu(layers.Conv2D(96, kernel_size=11, strides=4)(img))
    x = ops.max_pool(x, 3, strides=2)
    x = ops.relu(layers.Conv2D(256, kernel_size=5, padding="same")(x))
    x = ops.max_pool(x, 3, strides=2)
    for n in (384, 384, 256):
        x = ops.relu(layers.Conv2D(n, kernel_size=3, padding="same")(x))
    x = ops.max_pool(x, 3, strides=2)
    x = ops.reshape(x, (-1, x.shape[1] * x.shape[2] * x.shape[3]))
    for _ in range(2):
        x = layers.Dropout(0.5)(ops.relu(layers.Dense(4096)(x)), training=training)
    return keras.Model(img, layers.Activation("softmax")(layers.Dense(classes)(x)))


def alexnet_lambdas(input_shape, classes):
    """tf.nn in Lambda layers, zeros around, the dense layers as convolutions as large as the map."""
    relu, pool = (lambda t: tf.nn.relu(t)), (lambda t: tf.nn.max_pool2d(t, 3, 2, "VALID"))
    inputs = Input(input_shape)
    x = layers.Lambda(pool)(layers.Lambda(relu)(Conv2D(96, 11, 4)(inputs)))
    x = layers.Lambda(pool)(layers.Lambda(relu)(Conv2D(256, 5)(layers.ZeroPadding2D((2, 2))(x))))
    x = layers.Lambda(relu)(Conv2D(384, 3)(layers.ZeroPadding2D((1, 1))(x)))
    x = layers.Lambda(relu)(Conv2D(384, 3)(layers.ZeroPadding2D((1, 1))(x)))
    x = layers.Lambda(pool)(layers.Lambda(relu)(Conv2D(256, 3)(layers.ZeroPadding2D((1, 1))(x))))
    x = Flatten()(x)
    x = layers.Lambda(relu)(layers.Dropout(0.5)(Dense(4096)(x)))
    x = layers.Lambda(relu)(layers.Dropout(0.5)(Dense(4096)(x)))
    return Model(inputs, layers.Lambda(lambda t: tf.nn.softmax(t, axis=-1))(Dense(classes)(x)))


class AlexNet(Model):
    """Every layer an attribute, one by one."""

    def __init__(self, classes, rate=0.5, **kwargs):
        super().__init__(**kwargs)
        self.conv1 = Conv2D(96, 11, strides=4, activation="relu")
        self.conv2 = Conv2D(256, 5, padding="same", activation="relu")
        self.conv3 = Conv2D(384, 3, padding="same", activation="relu")
        self.conv4 = Conv2D(384, 3, padding="same", activation="relu")
        self.conv5 = Conv2D(256, 3, padding="same", activation="relu")
        self.pool, self.flatten = MaxPooling2D(3, strides=2), Flatten()
        self.dense1, self.dense2 = Dense(4096, activation="relu"), Dense(4096, activation="relu")
        self.drop1, self.drop2 = Dropout(rate), Dropout(rate)
        self.dense3 = Dense(classes, activation="softmax")

    def call(self, inputs):
        x = self.pool(self.conv1(inputs))
        x = self.pool(self.conv2(x))
        x = self.pool(self.conv5(self.conv4(self.conv3(x))))
        x = self.drop1(self.dense1(self.flatten(x)))
        return self.dense3(self.drop2(self.dense2(x)))


def alexnet_attributes(input_shape, classes):
    print("classes:", classes)
    model = AlexNet(classes)
    model.build((None, *input_shape))
    return model


class _Dropout(layers.Layer):
    """A dropout of one's own."""

    def call(self, x, training=False):
        return tf.nn.dropout(x, 0.5) if training else x


def alexnet_own_dropout(input_shape, classes):
    inputs = keras.Input(input_shape)
    base = keras.Sequential([keras.Input(input_shape), *_AlexNet(classes).features.layers])
    x = base(inputs)
    for _ in range(2):
        x = _Dropout()(Dense(4096, activation="relu")(x))
    return keras.Model(inputs, layers.Softmax()(Dense(classes)(x)))


def _alexnet_of(input_shape, classes, end):
    inputs = keras.Input(input_shape)
    x = keras.Sequential([keras.Input(input_shape), *_AlexNet(classes).features.layers])(inputs)
    return keras.Model(inputs, end(x))


def alexnet_dropout_first(input_shape, classes):
    """The order of a well-known library in another language."""

    def end(x):
        x = Dense(4096, activation="relu")(Dropout(0.5)(x))
        x = Dense(4096, activation="relu")(Dropout(0.5)(x))
        return Dense(classes, activation="softmax")(x)

    return _alexnet_of(input_shape, classes, end)


def alexnet_always_drops(input_shape, classes):
    def end(x):
        for _ in range(2):
            x = layers.Lambda(lambda t: tf.nn.dropout(t, rate=0.5))(Dense(4096, activation="relu")(x))
        return Dense(classes, activation="softmax")(x)

    return _alexnet_of(input_shape, classes, end)


def alexnet_forces_the_mode(input_shape, classes):
    def end(X):
        for _ in range(2):
            X = Dropout(0.5)(Dense(4096, activation="relu")(X), training=True)
        return Dense(classes, activation="softmax")(X)

    return _alexnet_of(input_shape, classes, end)


def alexnet_noisy(input_shape, classes):
    def end(x):
        for _ in range(2):
            x = layers.GaussianDropout(0.5)(Dense(4096, activation="relu")(x))
        return Dense(classes, activation="softmax")(x)

    return _alexnet_of(input_shape, classes, end)


def alexnet_with_norms(input_shape, classes):
    x = inputs = Input(input_shape)
    for filters, f, s, padding, pool in [
        (96, 11, 4, "valid", True),
        (256, 5, 1, "same", True),
        (384, 3, 1, "same", False),
        (384, 3, 1, "same", False),
        (256, 3, 1, "same", True),
    ]:
        x = BatchNormalization()(Conv2D(filters, f, strides=s, padding=padding, activation="relu")(x))
        x = MaxPooling2D(3, strides=2)(x) if pool else x
    x = Flatten()(x)
    for _ in range(2):
        x = Dropout(0.5)(Dense(4096, activation="relu")(x))
    return Model(inputs, Dense(classes, activation="softmax")(x))


def alexnet_never_padded(input_shape, classes):
    model = Sequential([Input(input_shape), Conv2D(96, 11, strides=4, activation="relu"), MaxPooling2D(3, 2)])
    model.add(Conv2D(256, 5, activation="relu"))
    model.add(MaxPooling2D(3, 2))
    for filters in (384, 384, 256):
        model.add(Conv2D(filters, 3, activation="relu"))
    for layer in (MaxPooling2D(3, 2), Flatten(), Dense(4096, "relu"), Dropout(0.5), Dense(4096, "relu")):
        model.add(layer)
    model.add(Dropout(0.5))
    model.add(Dense(classes, activation="softmax"))
    return model


def alexnet_for_one_size(input_shape, classes):
    return alexnet((227, 227, 3), classes)


def alexnet_returns_output(input_shape, classes):
    return alexnet(input_shape, classes).output


# --- a block of VGG ---------------------------------------------------------------------------------


def vgg_block(X, filters, convolutions):
    for _ in range(convolutions):
        X = Conv2D(filters, (3, 3), padding="same", activation="relu")(X)
    return MaxPooling2D((2, 2), strides=(2, 2))(X)


def block_step_by_step(X, filters, convolutions, name=None):
    print("filters:", filters)
    i = 1
    while i <= convolutions:
        X = Conv2D(
            filters=filters, kernel_size=3, strides=1, padding="same", kernel_initializer="he_uniform"
        )(X)
        X = Activation("relu")(X)
        i += 1
    X = MaxPooling2D(pool_size=2)(X)
    return X


def block_sequential(X, filters, convolutions):
    block = keras.Sequential()
    for _ in range(convolutions):
        block.add(layers.Conv2D(filters, 3, padding="SAME"))
        block.add(layers.ReLU())
    block.add(layers.MaxPool2D())
    return block(X)


def block_recursive(X, filters, convolutions):
    if convolutions == 0:
        return layers.MaxPooling2D(2, 2, "valid")(X)
    return block_recursive(ops.relu(layers.Conv2D(filters, 3, 1, "same")(X)), filters, convolutions - 1)


def block_pools_by_hand(X, filters, convolutions):
    """Padding and pooling without layers for them. The last ReLU follows the maximum: the same."""
    for i in range(convolutions):
        X = ops.pad(X, [[0, 0], [1, 1], [1, 1], [0, 0]])
        X = layers.Conv2D(filters, 3)(X)
        X = layers.Activation(tf.nn.relu)(X) if i < convolutions - 1 else X
    n_H, n_W = X.shape[1] // 2 * 2, X.shape[2] // 2 * 2
    X = X[:, :n_H, :n_W]
    X = ops.maximum(X[:, ::2], X[:, 1::2])
    return ops.relu(ops.maximum(X[:, :, ::2], X[:, :, 1::2]))


class _Block(layers.Layer):
    def __init__(self, filters, convolutions):
        super().__init__()
        self.convs = [
            layers.Conv2D(filters, 3, padding="same", activation="relu") for _ in range(convolutions)
        ]
        self.pool = layers.MaxPooling2D()

    def call(self, x):
        for conv in self.convs:
            x = conv(x)
        return self.pool(x)


def block_as_a_layer(X, filters, convolutions):
    return _Block(filters, convolutions)(X)


def block_model(X, filters, convolutions):
    """A functional model of its own, called on X."""
    inner = keras.Input(X.shape[1:])
    Y = layers.Identity()(inner)
    for i in range(convolutions):
        conv = layers.Conv2D(filters, [3, 3], padding="same", activation="relu", name=f"conv_{i + 1}")
        Y = layers.Dropout(0)(conv(Y))
    return keras.Model(inner, MaxPooling2D(name="pool")(Y))(X)


def block_list(X: tf.Tensor, filters: int, convolutions: int, kernel_size: int = 3) -> tf.Tensor:
    """A list of layers, the first made apart from the others."""
    steps = [Conv2D(filters, kernel_size, padding="same", activation="relu")]
    steps += [Conv2D(filters, kernel_size, padding="same", activation="relu") for _ in range(1, convolutions)]
    for step in [*steps, MaxPooling2D(pool_size=(2, 2), strides=2, padding="valid")]:
        X = step(X)
    return X


def block_reduced(X, filters, convolutions):
    from functools import reduce

    def convolve(x, _):
        return layers.Lambda(tf.nn.relu)(
            layers.Conv2D(filters, 3, 1, "same", kernel_regularizer="l2", kernel_initializer="he_normal")(x)
        )

    last = reduce(convolve, range(convolutions), X)
    return layers.Lambda(lambda x: tf.nn.max_pool2d(x, ksize=2, strides=2, padding="VALID"))(last)


class LazyBlock(keras.Model):
    """A subclassed model with a Sequential inside."""

    def __init__(self, filters, convolutions):
        super().__init__()
        self.stack = keras.Sequential()
        for _ in range(convolutions):
            self.stack.add(layers.ZeroPadding2D(1))
            self.stack.add(layers.Conv2D(filters, 3))
            self.stack.add(layers.Activation(keras.activations.relu))

    def call(self, x, training=None):
        return ops.max_pool(self.stack(x, training=training), (2, 2), strides=2, padding="valid")


def block_lazy(X, filters, convolutions):
    return LazyBlock(filters, convolutions)(X)


def block_of_the_largest_of_four(X, filters, convolutions):
    """The pooling by a reshape."""
    for _ in range(convolutions):
        X = Conv2D(filters, 3, padding="same", activation="relu")(X)

    def pool(x):
        n_H, n_W = ops.shape(x)[1] // 2, ops.shape(x)[2] // 2
        windows = ops.reshape(x[:, : 2 * n_H, : 2 * n_W], (-1, n_H, 2, n_W, 2, filters))
        return ops.max(windows, axis=(2, 4))

    return layers.Lambda(pool)(X)


def block_forgets_x(X, filters, convolutions):
    for _ in range(convolutions):
        Y = layers.Conv2D(filters, 3, padding="same", activation="relu")(X)
    return layers.MaxPooling2D()(Y)


def block_shares(X, filters, convolutions):
    conv = layers.Conv2D(filters, 3, padding="same", activation="relu")
    for _ in range(convolutions):
        X = conv(X)
    return layers.MaxPooling2D()(X)


def block_convolutions_first(X, convolutions, filters):
    return vgg_block(X, filters, convolutions)


def block_drops(X, filters, convolutions):
    for _ in range(convolutions):
        X = Conv2D(filters, 3, padding="same", activation="relu")(X)
    return MaxPooling2D(2, strides=2)(Dropout(0.25)(X))


def block_thrown_away(X, filters, convolutions):
    for _ in range(convolutions):
        Conv2D(filters, (3, 3), padding="same", activation="relu")(X)
    return MaxPooling2D((2, 2))(X)


def block_of_1998(X, filters, convolutions):
    for _ in range(convolutions):
        X = Activation("tanh")(Conv2D(filters, 3, padding="same")(X))
    return MaxPooling2D()(X)


def block_leaky(X, filters, convolutions):
    for _ in range(convolutions):
        X = Conv2D(filters, 3, padding="same", activation="leaky_relu")(X)
    return MaxPooling2D()(X)


def block_from_one(X, filters, convolutions):
    for _ in range(1, convolutions):
        X = layers.Conv2D(filters, 3, padding="same", activation="relu")(X)
    return layers.MaxPooling2D()(X)


def block_strided(X, filters, convolutions):
    for i in range(convolutions):
        X = layers.Conv2D(filters, 3, 2 if i == convolutions - 1 else 1, "same", activation="relu")(X)
    return X


def block_pools_in_the_loop(X, filters, convolutions):
    for _ in range(convolutions):
        X = layers.Conv2D(filters, 3, padding="same", activation="relu")(X)
        X = layers.MaxPooling2D()(X)
    return X


def block_returns_a_model(X, filters, convolutions):
    return keras.Model(X, vgg_block(X, filters, convolutions))


# --- VGG-16 -----------------------------------------------------------------------------------------


def vgg16(input_shape, classes):
    X_input = Input(input_shape)
    X = vgg_block(X_input, 64, 2)
    X = vgg_block(X, 128, 2)
    X = vgg_block(X, 256, 3)
    X = vgg_block(X, 512, 3)
    X = vgg_block(X, 512, 3)
    X = Flatten()(X)
    X = Dense(4096, activation="relu")(X)
    X = Dense(4096, activation="relu")(X)
    X = Dense(classes, activation="softmax")(X)
    return Model(inputs=X_input, outputs=X)


def vgg16_with_dropout(input_shape=(224, 224, 3), classes=1000):
    x = inputs = keras.Input(shape=input_shape)
    for filters, n in zip([64, 128, 256, 512, 512], [2, 2, 3, 3, 3], strict=True):
        x = block_recursive(x, filters, n)
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dropout(0.5)(layers.Dense(4096, activation="relu")(x))
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))


def vgg16_layer_by_layer(input_shape, classes):
    model = Sequential([Input(input_shape)])
    for filters in (
        64,
        64,
        "pool",
        128,
        128,
        "pool",
        256,
        256,
        256,
        "pool",
        512,
        512,
        512,
        "pool",
        512,
        512,
        512,
    ):
        if filters == "pool":
            model.add(MaxPooling2D((2, 2), (2, 2)))
        else:
            model.add(Conv2D(filters, (3, 3), padding="same", activation="relu"))
    for layer in (
        MaxPooling2D(),
        Flatten(),
        Dense(4096, "relu"),
        Dense(4096, "relu"),
        Dense(classes, "softmax"),
    ):
        model.add(layer)
    return model


def vgg16_of_keras(input_shape, classes):
    return keras.applications.VGG16(weights=None, input_shape=input_shape, classes=classes)


def vgg16_on_its_base(input_shape, classes):
    base = keras.applications.VGG16(include_top=False, weights=None, input_shape=input_shape)
    x = layers.Flatten()(base.output)
    x = ops.relu(layers.Dense(4096)(x))
    x = ops.relu(layers.Dense(4096)(x))
    return keras.Model(base.input, layers.Softmax()(layers.Dense(classes)(x)))


class _VGG(keras.Model):
    def __init__(self, classes):
        super().__init__()
        pairs = [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]
        self.blocks = [_Block(*pair) for pair in pairs]
        hidden = [layers.Dense(4096, activation="relu") for _ in range(2)]
        self.head = keras.Sequential([layers.Flatten(), *hidden, layers.Dense(classes, activation="softmax")])

    def call(self, x):
        for block in self.blocks:
            x = block(x)
        return self.head(x)


def vgg16_subclassed(input_shape, classes):
    return _VGG(classes)


def vgg16_of_blocks(input_shape, classes):
    """Models as layers of a Sequential."""
    model = keras.models.Sequential([layers.InputLayer(shape=input_shape)])
    for filters, n in {64: 2, 128: 2, 256: 3, 512: 3}.items():
        model.add(LazyBlock(filters, n))
    model.add(LazyBlock(512, 3))
    model.add(layers.Flatten(name="flatten"))
    model.add(layers.Dense(4096, activation="relu", name="fc1"))
    model.add(layers.Dense(4096, activation="relu", name="fc2"))
    model.add(layers.Dense(classes, activation="softmax", name="predictions"))
    return model


def vgg16_line_by_line(input_shape: tuple[int, int, int], classes: int, verbose: bool = False) -> Model:
    img_input = tf.keras.layers.Input(shape=input_shape)
    x = tf.keras.layers.Conv2D(64, (3, 3), activation="relu", padding="same", name="block1_conv1")(img_input)
    x = tf.keras.layers.Conv2D(64, (3, 3), activation="relu", padding="same", name="block1_conv2")(x)
    x = tf.keras.layers.MaxPooling2D((2, 2), strides=(2, 2), name="block1_pool")(x)
    x = tf.keras.layers.Conv2D(128, (3, 3), activation="relu", padding="same", name="block2_conv1")(x)
    x = tf.keras.layers.Conv2D(128, (3, 3), activation="relu", padding="same", name="block2_conv2")(x)
    x = tf.keras.layers.MaxPooling2D((2, 2), strides=(2, 2), name="block2_pool")(x)
    for block, filters in ((3, 256), (4, 512), (5, 512)):
        for conv in (1, 2, 3):
            name = f"block{block}_conv{conv}"
            x = tf.keras.layers.Conv2D(filters, (3, 3), activation="relu", padding="same", name=name)(x)
        x = tf.keras.layers.MaxPooling2D((2, 2), strides=(2, 2), name=f"block{block}_pool")(x)
    x = tf.keras.layers.Flatten()(x)
    x = tf.keras.layers.Dense(4096, activation="relu")(x)
    x = tf.keras.layers.Dense(4096, activation="relu")(x)
    x = tf.keras.layers.Dense(classes, activation="softmax")(x)
    return tf.keras.models.Model(img_input, x, name="vgg16")


def vgg16_by_recursion(input_shape, classes):
    """The filters double as long as they may; a head that is a model."""

    def grow(X, filters, n, left):
        if left == 0:
            return X
        return grow(block_list(X, filters, n), min(512, 2 * filters), 3 if filters >= 128 else 2, left - 1)

    inputs = keras.Input(input_shape)
    features = grow(inputs, 64, 2, 5)
    start = keras.Input(features.shape[1:])
    h = Dense(4096)(Flatten()(start))
    h = Dense(4096)(Activation("relu")(h))
    head = Model(start, Dense(classes, activation=keras.activations.softmax)(Activation("relu")(h)))
    return keras.Model(inputs, head(features))


def vgg16_functions(input_shape, classes, dropout=0.0):
    """keras.ops where others write layers; a dropout of nothing; compiled."""
    inputs = keras.Input(shape=input_shape, dtype="float32")
    x = inputs
    for filters, convolutions in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(convolutions):
            x = ops.relu(Conv2D(filters, 3, padding="same", kernel_initializer="he_uniform")(x))
        x = ops.max_pool(x, 2, strides=2)
    x = ops.reshape(x, (-1, x.shape[1] * x.shape[2] * x.shape[3]))
    for units in (4096, 4096):
        x = Dropout(dropout)(ops.relu(Dense(units)(x)))
    model = Model(inputs, ops.softmax(Dense(classes)(x)))
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
    return model


def vgg19(input_shape, classes):
    return keras.applications.VGG19(weights=None, input_shape=input_shape, classes=classes)


def vgg16_blocks_of_the_picture(input_shape, classes):
    X_input = Input(input_shape)
    for filters, n in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]:
        X = vgg_block(X_input, filters, n)
    X = Dense(4096, activation="relu")(Flatten()(X))
    X = Dense(4096, activation="relu")(X)
    return Model(X_input, Dense(classes, activation="softmax")(X))


def vgg16_exchanges(input_shape, classes):
    X = X_input = keras.Input(input_shape)
    for filters, n in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        X = vgg_block(X, n, filters)
    X = Dense(4096, activation="relu")(Flatten()(X))
    X = Dense(4096, activation="relu")(X)
    return Model(X_input, Dense(classes, activation="softmax")(X))


def vgg16_two_softmaxes(input_shape, classes):
    model = vgg16(input_shape, classes)
    return keras.Model(model.input, layers.Softmax()(model.output))


def vgg16_never_flattens(input_shape, classes):
    x = inputs = keras.Input(input_shape)
    for filters, n in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]:
        x = vgg_block(x, filters, n)
    x = layers.Dense(4096, activation="relu")(x)
    x = layers.Dense(4096, activation="relu")(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))


def vgg16_without_biases(input_shape, classes):
    x = inputs = keras.Input(input_shape)
    for filters, n in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]:
        for _ in range(n):
            x = layers.Conv2D(filters, 3, padding="same", use_bias=False, activation="relu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Dense(4096, activation="relu")(layers.Flatten()(x))
    x = layers.Dense(4096, activation="relu")(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))


def alexnet_of_convolutions_only(input_shape, classes):
    """Dense layers on a flattened map, written as convolutions over the whole map."""
    X = X_input = keras.Input(input_shape)
    X = MaxPooling2D(3, 2)(Conv2D(96, 11, strides=4, activation="relu")(X))
    X = MaxPooling2D(3, 2)(Conv2D(256, 5, padding="same", activation="relu")(X))
    for filters in (384, 384, 256):
        X = Conv2D(filters, 3, padding="same", activation="relu")(X)
    X = MaxPooling2D(3, 2)(X)
    X = Dropout(0.5)(Conv2D(4096, X.shape[1:3], activation="relu")(X))
    X = Dropout(0.5)(Conv2D(4096, 1, activation="relu")(X))
    X = Flatten()(Conv2D(classes, 1)(X))
    return keras.Model(X_input, layers.Softmax()(X))


def vgg16_of_convolutions_only(input_shape, classes):
    X = X_input = keras.Input(input_shape)
    for filters, n in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        X = vgg_block(X, filters, n)
    X = Conv2D(4096, X.shape[1:3], activation="relu")(X)
    X = Conv2D(4096, 1, activation="relu")(X)
    return keras.Model(X_input, Conv2D(classes, 1, activation="softmax")(X)[:, 0, 0])


RIGHT = {
    "alexnet": [
        alexnet,
        alexnet_sequential,
        alexnet_in_a_loop,
        alexnet_padded,
        alexnet_subclassed,
        alexnet_own_dropout,
        alexnet_of_parts,
        alexnet_passes_the_mode,
        alexnet_lambdas,
        alexnet_attributes,
        alexnet_of_convolutions_only,
    ],
    "vgg_block": [
        vgg_block,
        block_step_by_step,
        block_sequential,
        block_recursive,
        block_pools_by_hand,
        block_as_a_layer,
        block_model,
        block_list,
        block_reduced,
        block_lazy,
        block_of_the_largest_of_four,
    ],
    "vgg16": [
        vgg16,
        vgg16_with_dropout,
        vgg16_layer_by_layer,
        vgg16_of_keras,
        vgg16_on_its_base,
        vgg16_subclassed,
        vgg16_of_blocks,
        vgg16_line_by_line,
        vgg16_by_recursion,
        vgg16_functions,
        vgg16_of_convolutions_only,
    ],
}
WRONG = {
    "alexnet": [
        (alexnet_dropout_first, "the dropouts stand before the two dense layers"),
        (alexnet_always_drops, "units are dropped in use as well"),
        (alexnet_forces_the_mode, "training=True is written somewhere"),
        (alexnet_noisy, "expected '0 or 2', got 'many values'"),
        (alexnet_with_norms, "there is batch normalization after the convolutions"),
        (alexnet_never_padded, None),
        (alexnet_for_one_size, "the argument input_shape is ignored"),
        (alexnet_returns_output, "expected a Keras model"),
    ],
    "vgg_block": [
        (block_forgets_x, "only one convolution reaches the output"),
        (block_shares, "the same layer is called several times"),
        (block_from_one, "there is one convolution too few"),
        (block_strided, None),
        (block_pools_in_the_loop, "there is a pooling after every convolution"),
        (block_returns_a_model, "expected a Keras tensor"),
        (block_convolutions_first, "filters and convolutions are exchanged"),
        (block_drops, "there is a dropout in the block"),
        (block_thrown_away, "what each gives is thrown away"),
        (block_of_1998, "the activations are tanh"),
        (block_leaky, "the activations are leaky ReLUs"),
    ],
    "vgg16": [
        (vgg19, "that is VGG-19"),
        (vgg16_blocks_of_the_picture, "every block takes the picture itself"),
        (vgg16_never_flattens, None),
        (vgg16_two_softmaxes, "the softmax is taken twice"),
        (vgg16_without_biases, None),
        (vgg16_exchanges, "filters and convolutions are exchanged in the call"),
    ],
}
