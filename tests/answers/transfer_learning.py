"""Answers to week2/transfer_learning as people write them: right ones in many styles, and wrong ones."""

import sys
import warnings
from pathlib import Path

import workbook

workbook.start()
sys.path.insert(0, str(Path(__file__).parents[2] / "week2"))  # where a lesson finds its own modules

import keras
import numpy as np
import tensorflow as tf
import tensorflow.keras.layers as tfl
from keras import layers, ops
from tensorflow.keras.applications.mobilenet_v2 import preprocess_input
from tensorflow.keras.layers import RandomFlip, RandomRotation
from tensorflow.keras.models import Model, Sequential

import transfer
from workbook.weights import load_backbone

IMG_SIZE = (160, 160)

# --- data_augmenter -------------------------------------------------------------------------------------


def augmenter_by_adding():
    data_augmentation = tf.keras.Sequential()
    data_augmentation.add(RandomFlip("horizontal"))
    data_augmentation.add(RandomRotation(0.2))
    return data_augmentation


def augmenter_list():
    return keras.Sequential([layers.RandomFlip(mode="horizontal"), layers.RandomRotation(factor=0.2)])


def augmenter_turned_first():
    print("rotation first")
    return Sequential([tfl.RandomRotation((-0.2, 0.2), fill_mode="nearest"), tfl.RandomFlip("horizontal")])


def augmenter_functional(seed=3):
    inputs = keras.Input((None, None, 3))
    x = layers.RandomFlip("horizontal", seed=seed)(inputs)
    return keras.Model(inputs, layers.RandomRotation(0.2, fill_mode="constant", seed=seed)(x))


class _Augmenter(keras.layers.Layer):
    """Both in a layer of its own, built only when called."""

    def __init__(self):
        super().__init__()
        self.steps = [layers.RandomFlip("horizontal"), layers.RandomRotation(0.2, interpolation="bilinear")]

    def call(self, images, training=False):
        for step in self.steps:
            images = step(images, training=training)
        return images


def augmenter_layer():
    return _Augmenter()


def augmenter_with_input():
    warnings.warn("a warning costs nothing", stacklevel=1)
    return keras.Sequential(
        [keras.Input((None, None, 3)), RandomFlip("horizontal"), RandomRotation(0.2)], name="augmentation"
    )


class Augmentation(keras.Model):
    """A subclassed model around two layers."""

    def __init__(self):
        super().__init__(name="augmentation")
        self.flip = tfl.RandomFlip(mode="horizontal", seed=1)
        self.turn = tfl.RandomRotation(factor=0.2, fill_mode="reflect", seed=2)

    def call(self, inputs, training=None):
        return self.turn(self.flip(inputs, training=training), training=training)


def augmenter_model():
    return Augmentation()


class FlipInTraining(layers.Layer):
    """A flip of one's own, half of the pictures, in training only."""

    def call(self, inputs, training=False):
        if not training:
            return inputs
        heads = tf.random.uniform((tf.shape(inputs)[0], 1, 1, 1)) < 0.5
        return tf.where(heads, tf.reverse(inputs, axis=[2]), inputs)


def augmenter_own_flip():
    return keras.Sequential([FlipInTraining(), layers.RandomRotation((-0.2, 0.2), fill_mode="wrap")])


def augmenter_in_a_loop(flip: str = "horizontal", turn: float = 0.2) -> keras.Sequential:
    model = Sequential(name="data_augmentation")
    for layer in (layers.Identity(), RandomFlip(flip), RandomRotation([-turn, turn]), layers.Dropout(0)):
        model.add(layer)
    return model


def augmenter_nested():
    flip = tf.keras.Sequential([tf.keras.layers.RandomFlip("horizontal")])
    turn = tf.keras.Sequential(
        [tf.keras.layers.RandomRotation(72 / 360, fill_mode="constant", fill_value=0.0)]
    )
    return tf.keras.Sequential([flip, turn])


def augmenter_of_half_turns():
    return keras.Sequential([RandomFlip("horizontal"), RandomRotation(72 / 180)])


def augmenter_default_flip():
    return keras.Sequential([RandomFlip(), RandomRotation(0.2)])


def augmenter_of_two_flips():
    return keras.Sequential([RandomFlip("horizontal"), RandomFlip("vertical"), RandomRotation(0.2)])


def augmenter_that_scales():
    return keras.Sequential([layers.Rescaling(1.0 / 255), RandomFlip("horizontal"), RandomRotation(0.2)])


def augmenter_function():
    return lambda images: tf.image.random_flip_left_right(images)


def augmenter_always():
    def flip(x):
        return tf.image.random_flip_left_right(x)

    return keras.Sequential([layers.Lambda(flip), RandomRotation(0.2)])


# --- pca_color_augmentation -----------------------------------------------------------------------------


def pca_short(images, sigma, seed):
    pixels = images.reshape(-1, 3)
    values, vectors = np.linalg.eigh(np.cov(pixels, rowvar=False))
    alpha = np.random.default_rng(seed).normal(0, sigma, size=(len(images), 3))
    return np.clip(images + ((alpha * values) @ vectors.T)[:, None, None, :], 0, 1)


def pca_by_hand(images, sigma, seed):
    m = images.shape[0]
    flat = np.array(images, dtype=np.float64).reshape((-1, 3))
    centred = flat - flat.mean(axis=0)
    C = np.dot(centred.T, centred) / flat.shape[0]
    lam, p = np.linalg.eig(C)
    rng = np.random.default_rng(seed)
    alpha = rng.normal(0, sigma, size=(m, 3))
    out = np.zeros_like(images)
    for i in range(m):
        delta = np.zeros(3)
        for k in range(3):
            delta += p[:, k] * alpha[i, k] * lam[k]
        out[i] = images[i] + delta
    out[out > 1] = 1
    out[out < 0] = 0
    return out


def pca_svd(images, sigma, seed):
    """The eigenvalues are the squares of the singular values over N, largest first."""
    X = images.reshape(-1, 3) - images.mean(axis=(0, 1, 2))
    _, s, Vt = np.linalg.svd(X, full_matrices=False)
    alpha = np.random.default_rng(seed).normal(0, sigma, size=(images.shape[0], 3))
    shift = (alpha * (s**2 / len(X))) @ Vt
    return np.clip(images + shift.reshape(-1, 1, 1, 3), 0.0, 1.0)


def pca_largest_first(images, sigma, seed):
    values, vectors = np.linalg.eigh(np.cov(images.reshape(-1, 3).T))
    order = np.argsort(values)[::-1]
    values, vectors = values[order], vectors[:, order]
    alpha = np.random.default_rng(seed).normal(loc=0.0, scale=sigma, size=(len(images), 3))
    shift = np.einsum("mk,k,ck->mc", alpha, values, vectors)
    return np.clip(images + shift[:, np.newaxis, np.newaxis], 0, 1).astype(np.float32)


def pca_tensorflow(images, sigma, seed):
    X = tf.reshape(tf.cast(images, tf.float64), (-1, 3))
    X = X - tf.reduce_mean(X, axis=0)
    values, vectors = tf.linalg.eigh(tf.matmul(X, X, transpose_a=True) / tf.cast(tf.shape(X)[0], tf.float64))
    alpha = tf.constant(np.random.default_rng(seed).normal(0, sigma, size=(len(images), 3)))
    shift = tf.matmul(alpha * values, vectors, transpose_b=True)
    return tf.clip_by_value(tf.cast(images, tf.float64) + shift[:, None, None, :], 0.0, 1.0)


def pca_picture_by_picture(images, sigma, seed, eps=0.0):
    """Draws for one picture after the other, which gives the same numbers."""
    rng = np.random.default_rng(seed)
    values, vectors = np.linalg.eigh(np.cov(np.concatenate([x.reshape(-1, 3) for x in images]).T, bias=True))
    shifted = []
    for image in images:
        alpha = rng.normal(0, sigma, 3)
        shifted.append(np.minimum(np.maximum(image + vectors.dot(alpha * (values + eps)), 0), 1))
    return np.stack(shifted)


def pca_standard_normal(images, sigma, seed):
    alpha = sigma * np.random.default_rng(seed).standard_normal((len(images), 3))
    values, vectors = np.linalg.eigh(np.cov(np.reshape(images, (-1, 3)), rowvar=False))
    shift = np.matmul(vectors * values, alpha[..., None])
    return np.clip(images + shift.reshape(-1, 1, 1, 3), 0, 1)


def pca_by_singular_values(images, sigma, seed):
    """The SVD of the covariance: it is symmetric, so that its singular vectors are its eigenvectors."""
    table = np.vstack([images[..., c].ravel() for c in range(3)])
    U, S, _ = np.linalg.svd(np.cov(table))
    normal = np.random.default_rng(seed).normal(0, sigma, size=(images.shape[0], 3))
    delta = np.array([U @ (S * a) for a in normal])
    return np.minimum(1, np.maximum(0, images + np.expand_dims(delta, (1, 2))))


def pca_diagonal(images: np.ndarray, sigma: float, seed: int) -> np.ndarray:
    """Matrices with the eigenvalues on their diagonal; the mean of products less the product of means."""
    flat = images.astype(np.float64).reshape(-1, images.shape[-1])
    mu = flat.mean(0)
    C = flat.T @ flat / len(flat) - np.outer(mu, mu)
    w, V = np.linalg.eigh(C)
    generator = np.random.Generator(np.random.PCG64(seed))
    alpha = generator.normal(0, sigma, size=(len(images), 3))
    shift = alpha @ np.diag(w) @ V.transpose()
    result = images.copy()
    for picture, colour in zip(result, shift, strict=True):
        picture += colour  # the copy's, in place
    return result.clip(min=0, max=1)


def pca_channel_by_channel(images, sigma, seed):
    """Every sum by hand, in float64 lists."""
    m, n_H, n_W, n_C = images.shape
    N = m * n_H * n_W
    means = [float(images[..., c].mean()) for c in range(n_C)]
    C = np.zeros((n_C, n_C))
    for a in range(n_C):
        for b in range(n_C):
            C[a, b] = np.sum((images[..., a] - means[a]) * (images[..., b] - means[b])) / (N - 1)
    values, vectors = np.linalg.eigh(C)
    alpha = np.random.default_rng(seed=seed).normal(0, sigma, size=(m, 3)).tolist()
    new = np.empty(images.shape)
    for i in range(m):
        for c in range(n_C):
            shift = sum(alpha[i][k] * values[k] * vectors[c, k] for k in range(3))
            new[i, :, :, c] = np.clip(images[i, :, :, c] + shift, 0, 1)
    return new


def pca_in_place(images, sigma, seed):
    """The axes as the SVD has them, and the given pictures are changed."""
    u, s, _ = np.linalg.svd(np.cov(images.reshape(-1, 3).T))
    for image, a in zip(
        images, np.random.default_rng(seed).normal(0, sigma, size=(len(images), 3)), strict=True
    ):
        image += u @ (a * s)
    np.clip(images, 0, 1, out=images)
    return images


def pca_wide_covariance(images, sigma, seed):
    """np.cov without rowvar=False: a matrix as wide as there are pixels."""
    eigenvalues, eigenvectors = np.linalg.eigh(np.cov(images.reshape(-1, 3)))
    alpha = np.random.default_rng(seed).normal(0, sigma, size=(len(images), 3))
    return np.clip(images + ((alpha * eigenvalues) @ eigenvectors.T)[:, None, None], 0, 1)


def pca_with(change):
    """The usual steps, and ``change`` at their end: of alpha, values, vectors, pictures, sigma."""

    def pca_color_augmentation(images, sigma, seed):
        eigenvalues, eigenvectors = np.linalg.eigh(np.cov(images.reshape(-1, 3), rowvar=False))
        alpha = np.random.default_rng(seed).normal(0, sigma, size=(len(images), 3))
        return change(alpha, eigenvalues, eigenvectors, images, sigma)

    return pca_color_augmentation


def _shifted(images, shift):
    return np.clip(images + shift[:, None, None], 0, 1)


def pca_without_the_seed(images, sigma, seed):
    alpha = np.random.default_rng().normal(0, sigma, size=(len(images), 3))
    return pca_with(lambda _, values, vectors, *rest: _shifted(images, (alpha * values) @ vectors.T))(
        images, sigma, seed
    )


def pca_sigma_first(images, sigma, seed):
    alpha = np.random.default_rng(seed).normal(sigma, size=(len(images), 3))
    return pca_with(lambda _, values, vectors, *rest: _shifted(images, (alpha * values) @ vectors.T))(
        images, sigma, seed
    )


def pca_centred(images, sigma, seed):
    mean = images.reshape(-1, 3).mean(axis=0)
    return pca_with(lambda a, values, vectors, *rest: _shifted(images - mean, (a * values) @ vectors.T))(
        images, sigma, seed
    )


def pca_stretched(images, sigma, seed):
    def change(a, values, vectors, images, sigma):
        out = images + ((a * values) @ vectors.T)[:, None, None]
        return (out - out.min()) / (out.max() - out.min())

    return pca_with(change)(images, sigma, seed)


def pca_of_pictures_to_255(images, sigma, seed):
    pixels = 255 * images.reshape(-1, 3)
    values, vectors = np.linalg.eigh(np.cov(pixels, rowvar=False))
    alpha = np.random.default_rng(seed).normal(0, sigma, size=(len(images), 3))
    return _shifted(images, (alpha * values) @ vectors.T)


def pca_of_small_pictures(images, sigma, seed):
    pixels = images.reshape(-1, 3) / 255
    values, vectors = np.linalg.eigh(np.cov(pixels, rowvar=False))
    alpha = np.random.default_rng(seed).normal(0, sigma, size=(len(images), 3))
    return _shifted(images, (alpha * values) @ vectors.T)


def pca_of_singular_values(images, sigma, seed):
    pixels = images.reshape(-1, 3)
    _, s, vt = np.linalg.svd(pixels - pixels.mean(axis=0), full_matrices=False)
    alpha = np.random.default_rng(seed).normal(0, sigma, size=(len(images), 3))
    return _shifted(images, (alpha * s) @ vt)


def pca_each_alone(images, sigma, seed):
    rng = np.random.default_rng(seed)
    out = []
    for image in images:
        values, vectors = np.linalg.eigh(np.cov(image.reshape(-1, 3), rowvar=False))
        out.append(np.clip(image + vectors @ (rng.normal(0, sigma, 3) * values), 0, 1))
    return np.array(out)


def pca_no_values(images, sigma, seed):
    _, vectors = np.linalg.eigh(np.cov(images.reshape(-1, 3), rowvar=False))
    alpha = np.random.default_rng(seed).normal(0, sigma, size=(len(images), 3))
    return np.clip(images + (alpha @ vectors.T)[:, None, None, :], 0, 1)


def pca_rows(images, sigma, seed):
    values, vectors = np.linalg.eigh(np.cov(images.reshape(-1, 3), rowvar=False))
    alpha = np.random.default_rng(seed).normal(0, sigma, size=(len(images), 3))
    return np.clip(images + ((alpha * values) @ vectors)[:, None, None, :], 0, 1)


def pca_global_seed(images, sigma, seed):
    np.random.seed(seed)
    values, vectors = np.linalg.eigh(np.cov(images.reshape(-1, 3), rowvar=False))
    alpha = np.random.normal(0, sigma, size=(len(images), 3))
    return np.clip(images + ((alpha * values) @ vectors.T)[:, None, None, :], 0, 1)


def pca_rows_of_alpha(images, sigma, seed):
    alpha = np.random.default_rng(seed).normal(0, sigma, size=(3, len(images)))
    values, vectors = np.linalg.eigh(np.cov(images.reshape(-1, 3), rowvar=False))
    return np.clip(images + np.einsum("km,k,ck->mc", alpha, values, vectors)[:, None, None, :], 0, 1)


def pca_bytes(images, sigma, seed):
    return (255 * pca_short(images, sigma, seed)).astype(np.uint8)


# --- alpaca_model ---------------------------------------------------------------------------------------


def alpaca_well_known(image_shape=IMG_SIZE, data_augmentation=None):
    input_shape = (*image_shape, 3)
    base_model = tf.keras.applications.MobileNetV2(
        input_shape=input_shape, include_top=False, weights="imagenet"
    )
    base_model.trainable = False
    inputs = tf.keras.Input(shape=input_shape)
    x = data_augmentation(inputs)
    x = preprocess_input(x)
    x = base_model(x, training=False)
    x = tfl.GlobalAveragePooling2D()(x)
    x = tfl.Dropout(0.2)(x)
    outputs = tfl.Dense(1)(x)
    return tf.keras.Model(inputs, outputs)


def alpaca_of_the_lesson(image_shape, data_augmentation):
    base = transfer.backbone((*image_shape, 3))
    base.trainable = False
    inputs = keras.Input((*image_shape, 3))
    x = data_augmentation(inputs)
    x = layers.Rescaling(1 / 127.5, offset=-1)(x)
    x = base(x, training=False)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(1)(layers.Dropout(0.2)(x)))


def alpaca_loaded(image_shape, data_augmentation):
    """The base from the workbook's loader; every layer of it frozen."""
    loaded = load_backbone(image_shape=(*image_shape, 3), quiet=True)
    print(loaded.line)
    for layer in loaded.model.layers:
        layer.trainable = False
    inputs = keras.Input((*image_shape, 3))
    x = data_augmentation(inputs)
    x = (x - 127.5) / 127.5
    x = loaded.model(x, training=False)
    x = ops.mean(x, axis=(1, 2))
    return Model(inputs=inputs, outputs=layers.Dense(1, activation="linear")(layers.Dropout(rate=0.2)(x)))


def alpaca_pooling_in_base(image_shape, data_augmentation):
    from keras.applications import MobileNetV2

    base = MobileNetV2((*image_shape, 3), alpha=0.35, include_top=False, pooling="avg")
    base.trainable = False
    inputs = layers.Input(shape=(*image_shape, 3))
    x = base(preprocess_input(data_augmentation(inputs)), training=False)
    x = layers.Dropout(0.2)(x)
    return keras.Model(inputs, layers.Dense(1, kernel_initializer="zeros")(x))


class _Alpaca(keras.Model):
    """A subclassed model, built when first called."""

    def __init__(self, image_shape, augmentation):
        super().__init__()
        self.augmentation = augmentation
        self.base = tf.keras.applications.mobilenet_v2.MobileNetV2(
            include_top=False, weights="imagenet", input_shape=[*image_shape, 3]
        )
        self.base.trainable = False
        self.pool = layers.GlobalAveragePooling2D()
        self.drop = layers.Dropout(0.2)
        self.answer = layers.Dense(1)

    def call(self, images, training=False):
        x = self.augmentation(images, training=training)
        x = self.base(x / 127.5 - 1, training=False)
        return self.answer(self.drop(self.pool(x), training=training))


def alpaca_subclassed(image_shape, data_augmentation):
    return _Alpaca(image_shape, data_augmentation)


def alpaca_convolution_head(image_shape, data_augmentation, dropout=0.2):
    """The logit by a 1x1 convolution on the mean that keeps its axes; whole channels are dropped before."""
    warnings.warn("a warning costs nothing", stacklevel=1)
    base = transfer.backbone((*image_shape, 3))
    base.trainable = False
    inputs = keras.Input(shape=(*image_shape, 3), dtype="float32")
    x = base(ops.subtract(ops.divide(data_augmentation(inputs), 127.5), 1.0), training=False)
    x = layers.SpatialDropout2D(dropout)(x)
    x = layers.GlobalAveragePooling2D(keepdims=True)(x)
    return keras.Model(inputs, layers.Flatten()(layers.Conv2D(1, 1)(x)))


def alpaca_in_sequence(image_shape, data_augmentation):
    """A Sequential has no place for training=False; a frozen base does not need it."""
    base = transfer.backbone((*image_shape, 3))
    base.trainable = False
    return keras.Sequential(
        [
            keras.Input((*image_shape, 3)),
            data_augmentation,
            layers.Rescaling(1 / 127.5, offset=-1),
            base,
            layers.GlobalAveragePooling2D(),
            layers.Dropout(0.2),
            layers.Dense(1),
        ]
    )


def alpaca_helper_and_lambda(image_shape=(96, 96), data_augmentation=None, dropout=0.2):
    """Scaled in a Lambda layer, its head a Sequential."""

    def frozen(shape):
        network = keras.applications.MobileNetV2(input_shape=shape, include_top=False, weights="imagenet")
        network.trainable = False
        return network

    shape = (*image_shape, 3)
    picture = tfl.Input(shape=shape, name="picture")
    head = keras.Sequential([tfl.GlobalAvgPool2D(), tfl.Dropout(dropout), tfl.Dense(units=1)], name="head")
    scaled = tfl.Lambda(lambda t: preprocess_input(t))(data_augmentation(picture))
    return Model(picture, head(frozen(shape)(scaled, training=False)), name="alpaca")


def alpaca_flat_head(image_shape: tuple, data_augmentation: keras.layers.Layer) -> keras.Model:
    """Scaled by a Rescaling; the mean by a pooling as large as the map; prints."""
    base = transfer.backbone((*image_shape, 3))
    base.trainable = False
    print("frozen layers:", len(base.layers))
    x = inputs = keras.Input((*image_shape, 3))
    for step in (data_augmentation, layers.Rescaling(2 / 255, offset=-1.0)):
        x = step(x)
    x = base(x, training=False)
    x = layers.AveragePooling2D(x.shape[1:3])(x)
    x = layers.Dropout(0.2, seed=3)(layers.Flatten()(x))
    return keras.Model(inputs=[inputs], outputs=[layers.Dense(1, use_bias=True, activation=None)(x)])


class Gate(keras.Model):
    """A subclassed model that is built at once, its base made elsewhere."""

    def __init__(self, base, data_augmentation):
        super().__init__()
        base.trainable = False
        self.augment, self.base = data_augmentation, base
        self.head = [layers.Dropout(0.2), layers.Dense(1)]

    def call(self, inputs, training=None):
        x = preprocess_input(self.augment(inputs, training=training))
        x = tf.reduce_mean(self.base(x, training=False), axis=[1, 2])
        return self.head[1](self.head[0](x, training=training))


def alpaca_gate(image_shape, data_augmentation):
    model = Gate(transfer.backbone((*image_shape, 3)), data_augmentation)
    model.build((None, *image_shape, 3))
    return model


def alpaca_sigmoid(image_shape, data_augmentation):
    model = alpaca_of_the_lesson(image_shape, data_augmentation)
    return keras.Model(model.inputs, layers.Activation("sigmoid")(model.output))


def alpaca_scaled_first(image_shape, data_augmentation):
    base = transfer.backbone((*image_shape, 3))
    base.trainable = False
    inputs = keras.Input((*image_shape, 3))
    x = base(data_augmentation(preprocess_input(inputs)), training=False)
    x = layers.Dropout(0.2)(layers.GlobalAveragePooling2D()(x))
    return keras.Model(inputs, layers.Dense(1)(x))


def alpaca_training(image_shape, data_augmentation):
    base = keras.applications.MobileNetV2(input_shape=(*image_shape, 3), include_top=False)
    inputs = keras.Input((*image_shape, 3))
    x = base(preprocess_input(data_augmentation(inputs)), training=False)
    x = layers.Dropout(0.2)(layers.GlobalAveragePooling2D()(x))
    return keras.Model(inputs, layers.Dense(1)(x))


def alpaca_of_another_network(image_shape, data_augmentation):
    """With the preprocess_input of the residual lesson's network."""
    base = transfer.backbone((*image_shape, 3))
    base.trainable = False
    inputs = keras.Input((*image_shape, 3))
    x = keras.applications.resnet50.preprocess_input(data_augmentation(inputs))
    x = layers.GlobalAveragePooling2D()(base(x, training=False))
    return keras.Model(inputs, layers.Dense(1)(layers.Dropout(0.2)(x)))


def alpaca_two_layers(image_shape, data_augmentation):
    base = keras.applications.MobileNetV2(input_shape=(*image_shape, 3), include_top=False)
    base.trainable = False
    inputs = keras.Input((*image_shape, 3))
    x = base(preprocess_input(data_augmentation(inputs)), training=False)
    x = layers.Dropout(0.2)(layers.GlobalAveragePooling2D()(x))
    return keras.Model(inputs, layers.Dense(1)(layers.Dense(16, activation="relu")(x)))


def alpaca_output_alone(image_shape, data_augmentation):
    return alpaca_of_the_lesson(image_shape, data_augmentation).output


# --- unfreeze -------------------------------------------------------------------------------------------


def unfreeze_well_known(model, from_layer):
    base_model = model.layers[2]
    base_model.trainable = True
    print("Number of layers in the base model: ", len(base_model.layers))
    for layer in base_model.layers[:from_layer]:
        layer.trainable = False


def unfreeze_of_the_lesson(model, from_layer):
    for i, layer in enumerate(transfer.base_of(model).layers):
        layer.trainable = i >= from_layer
    base = transfer.base_of(model)
    flags = [layer.trainable for layer in base.layers]
    base.trainable = True
    for layer, flag in zip(base.layers, flags, strict=True):
        layer.trainable = flag
    return model


def unfreeze_both_slices(model, from_layer, verbose=False):
    base = next(layer for layer in model.layers if len(getattr(layer, "layers", [])) > 3)
    base.trainable = True
    for layer in base.layers[:from_layer]:
        layer.trainable = False
    for layer in base.layers[from_layer:]:
        layer.trainable = True
    return base


def unfreeze_counting(model, from_layer):
    base = [layer for layer in model.layers if isinstance(layer, keras.Model)][-1]
    base.trainable = True
    k = 0
    while k < len(base.layers):
        base.layers[k].trainable = k >= from_layer
        k += 1


def unfreeze_keeps_batch_norms(model, from_layer):
    base = transfer.base_of(model)
    base.trainable = True
    for i, layer in enumerate(base.layers):
        layer.trainable = i >= from_layer and not isinstance(layer, layers.BatchNormalization)


def unfreeze_and_compile(model, from_layer):
    base = transfer.base_of(model)
    base.trainable = True
    for layer in base.layers:
        layer.trainable = base.layers.index(layer) >= from_layer
    model.compile(keras.optimizers.Adam(1e-4), keras.losses.BinaryCrossentropy(from_logits=True))


def unfreeze_by_flags(model, from_layer):
    """All first, then a list of the numbers that are frozen."""
    (base,) = [layer for layer in model.layers if "layers" in dir(layer) and len(layer.layers) > 5]
    base.trainable = True
    frozen = set(range(from_layer))
    for number, layer in enumerate(base.layers, start=0):
        layer.trainable = number not in frozen


def unfreeze_while(model: keras.Model, from_layer: int = 100) -> None:
    base_model = transfer.base_of(model)
    base_model.trainable = True
    remaining = list(base_model.layers)
    while len(base_model.layers) - len(remaining) < from_layer:
        remaining.pop(0).trainable = False
    while remaining:
        remaining.pop().trainable = True


def unfreeze_map(model, from_layer):
    base = transfer.base_of(model)
    setattr(base, "trainable", True)  # noqa: B010
    list(map(lambda layer: setattr(layer, "trainable", True), base.layers))
    list(map(lambda layer: setattr(layer, "trainable", False), base.layers[0:from_layer]))
    return [layer.name for layer in base.layers if layer.trainable]


def unfreeze_whole_model_first(model, from_layer):
    """Everything, the head too, and then the front of the base frozen."""
    model.trainable = True
    base, n = transfer.base_of(model), 0
    for layer in base.layers:
        if n < from_layer:
            layer.trainable = False
        else:
            layer.trainable = True
        n = n + 1


def unfreeze_only_freezes(model, from_layer):
    base_model = model.layers[2]
    base_model.trainable = True
    for layer in base_model.layers[:from_layer]:
        layer.trainable = False


def unfreeze_until_break(model, from_layer):
    base = transfer.base_of(model)
    base.trainable = True
    for i, layer in enumerate(base.layers):
        if i == from_layer:
            break
        layer.trainable = False


def unfreeze_one_too_few(model, from_layer):
    base = transfer.base_of(model)
    base.trainable = True
    for layer in base.layers[: from_layer + 1]:
        layer.trainable = False


def unfreeze_one_layer(model, from_layer):
    base = transfer.base_of(model)
    base.trainable = True
    for i, layer in enumerate(base.layers):
        layer.trainable = i == from_layer


def unfreeze_frozen_model(model, from_layer):
    model.trainable = False
    base = transfer.base_of(model)
    base.trainable = True
    for i, layer in enumerate(base.layers):
        layer.trainable = i >= from_layer


def unfreeze_base_last(model, from_layer):
    base = transfer.base_of(model)
    base.trainable = True
    for i, layer in enumerate(base.layers):
        layer.trainable = i >= from_layer
    base.trainable = from_layer < 1


def unfreeze_a_clone(model, from_layer):
    clone = keras.models.clone_model(model)
    base = transfer.base_of(clone)
    base.trainable = True
    for i, layer in enumerate(base.layers):
        layer.trainable = i >= from_layer
    return clone


def unfreeze_last_by_slices(model, from_layer):
    base = transfer.base_of(model)
    base.trainable = True
    for layer in base.layers[-from_layer:]:
        layer.trainable = True
    for layer in base.layers[:-from_layer]:
        layer.trainable = False


def unfreeze_one_too_many(model, from_layer):
    base = transfer.base_of(model)
    base.trainable = True
    for layer in base.layers:
        layer.trainable = True
    for layer in base.layers[: from_layer - 1]:
        layer.trainable = False


def unfreeze_from_behind(model, from_layer):
    base = transfer.base_of(model)
    base.trainable = True
    for i, layer in enumerate(reversed(base.layers)):
        layer.trainable = i >= from_layer


def unfreeze_the_model(model, from_layer):
    model.trainable = True
    for layer in model.layers[:from_layer]:
        layer.trainable = False


def unfreeze_only_thaws(model, from_layer):
    for layer in transfer.base_of(model).layers[from_layer:]:
        layer.trainable = True


def unfreeze_from_the_end(model, from_layer):
    base = transfer.base_of(model)
    base.trainable = True
    for layer in base.layers[:-from_layer] if from_layer else base.layers:
        layer.trainable = False


# --- multi_crop_predict ---------------------------------------------------------------------------------


def crops_in_a_list(model, images):
    h, w = model.input_shape[1:3]
    n_H, n_W = images.shape[1:3]
    y, x = (n_H - h) // 2, (n_W - w) // 2
    starts = [(0, 0), (0, n_W - w), (n_H - h, 0), (n_H - h, n_W - w), (y, x)]
    crops = [images[:, a : a + h, b : b + w] for a, b in starts]
    crops += [crop[:, :, ::-1] for crop in crops]
    return np.mean([keras.ops.sigmoid(model(crop, training=False))[:, 0] for crop in crops], axis=0)


def crops_predicted(model, images):
    """One by one, with model.predict, the mirrored whole picture after the picture."""
    _, h, w, _ = model.input_shape
    total = np.zeros((images.shape[0], 1))
    for version in (images, np.flip(images, axis=2)):
        H, W = version.shape[1], version.shape[2]
        top, left = int((H - h) / 2), int((W - w) / 2)
        total += tf.sigmoid(model.predict(version[:, :h, :w], verbose=0))
        total += tf.sigmoid(model.predict(version[:, :h, W - w :], verbose=0))
        total += tf.sigmoid(model.predict(version[:, H - h :, :w], verbose=0))
        total += tf.sigmoid(model.predict(version[:, H - h :, W - w :], verbose=0))
        total += tf.sigmoid(model.predict(version[:, top : top + h, left : left + w], verbose=0))
    return (total / 10)[:, 0]


def crops_one_batch(model, images):
    """All crops of all pictures in one batch."""
    m, n_H, n_W, _ = images.shape
    h, w = model.inputs[0].shape[1:3]
    crops = []
    for a, b in [(0, 0), (0, 1), (1, 0), (1, 1), (0.5, 0.5)]:
        i, j = int(a * (n_H - h)), int(b * (n_W - w))
        crops += [images[:, i : i + h, j : j + w], images[:, i : i + h, j : j + w][:, :, ::-1]]
    logits = model(np.concatenate(crops)).numpy().reshape(10, m)
    return (1 / (1 + np.exp(-logits))).mean(0)


def crops_tensorflow(model, images):
    images = tf.convert_to_tensor(images)
    h, w = model.input_shape[1], model.input_shape[2]
    n_H, n_W = images.shape[1] - h, images.shape[2] - w
    boxes = [(0, 0), (0, n_W), (n_H, 0), (n_H, n_W), (n_H // 2, n_W // 2)]
    found = []
    for a, b in boxes:
        crop = tf.image.crop_to_bounding_box(images, a, b, h, w)
        for version in (crop, tf.image.flip_left_right(crop)):
            found.append(tf.nn.sigmoid(tf.squeeze(model(version, training=False), axis=-1)))
    return tf.reduce_mean(tf.stack(found), axis=0)


def crops_picture_by_picture(model, images, verbose=0):
    h, w = model.input_shape[1:-1]
    result = []
    for image in images:
        n_H, n_W = image.shape[:2]
        i, j = (n_H - h) // 2, (n_W - w) // 2
        five = [
            image[:h, :w],
            image[:h, -w:],
            image[-h:, :w],
            image[-h:, -w:],
            image[i : i + h, j : j + w],
        ]
        ten = np.array(five + [np.fliplr(crop) for crop in five])
        result.append(np.mean(tf.math.sigmoid(model(ten))))
    return np.array(result)


def crops_by_function(model, images):
    """A function for a probability, a sum in a loop over all ten."""
    (h, w), (n_H, n_W) = model.input_shape[1:3], images.shape[1:3]

    def probability(x):
        return 1.0 / (1.0 + np.exp(-np.asarray(model(x, training=False), dtype=np.float64).ravel()))

    total = np.zeros(images.shape[0])
    for place in ("upper left", "upper right", "lower left", "lower right", "centre"):
        a = {"u": 0, "l": n_H - h, "c": (n_H - h) // 2}[place[0]]
        b = 0 if place.endswith("left") else n_W - w if place.endswith("right") else (n_W - w) // 2
        crop = images[:, a : a + h, b : b + w, :]
        total += probability(crop)
        total += probability(np.flip(crop, 2))
    return total / 10


def crops_summed(model, images):
    _, h, w, _ = model.input_shape
    _, H, W, _ = images.shape
    rows, columns = [slice(0, h), slice(H - h, H)], [slice(0, w), slice(W - w, W)]
    crops = [images[:, r, c] for r in rows for c in columns]
    top, left = (H - h) // 2, (W - w) // 2
    crops.append(images[:, top : top + h, left : left + w])
    both = crops + [tf.reverse(crop, axis=[2]) for crop in crops]
    return sum(keras.activations.sigmoid(model(crop))[:, 0] for crop in both) / len(both)


def crops_one_by_one(model, images):
    """The ten crops of each picture as one batch, in numbers of Python."""
    h, w = model.input_shape[1], model.input_shape[2]
    answers = np.empty(len(images))
    for i in range(len(images)):
        picture, crops = images[i], []
        n_H, n_W, _ = picture.shape
        for a, b in {(0, 0), (0, n_W - w), (n_H - h, 0), (n_H - h, n_W - w)}:
            crops.append(picture[a : a + h, b : b + w])
        crops = crops * (4 // len(crops))  # where corners coincide
        crops.append(picture[(n_H - h) // 2 :, (n_W - w) // 2 :][:h, :w])
        crops = np.stack(crops + [crop[:, ::-1] for crop in crops])
        answers[i] = float(tf.reduce_mean(tf.sigmoid(model.predict_on_batch(crops))))
    return answers


def crops_sigmoid_model(model, images, batch_size=32):
    """A network with a sigmoid at its end, made first."""
    probabilities = keras.Sequential([model, layers.Activation("sigmoid")])
    h, w = model.input_shape[1:3]
    n_H, n_W = images.shape[1:3]
    found = []
    for flipped in (False, True):
        x = images[:, :, ::-1] if flipped else images
        for a in (0, n_H - h):
            for b in (0, n_W - w):
                found.append(probabilities.predict(x[:, a : a + h, b : b + w], batch_size, verbose=0))
        crop = images[:, (n_H - h) // 2 : (n_H - h) // 2 + h, (n_W - w) // 2 : (n_W - w) // 2 + w]
        found.append(probabilities(crop[:, :, ::-1] if flipped else crop))
    return np.squeeze(np.mean(found, axis=0), axis=1)


def crops_float64(model, images):
    images = np.array(images, dtype=np.float64)
    h, w = map(int, model.input_shape[1:3])
    y1, x1 = images.shape[1] - h, images.shape[2] - w
    p = []
    for y, x in ((0, 0), (0, x1), (y1, 0), (y1, x1), (y1 // 2, x1 // 2)):
        crop = np.take(np.take(images, range(y, y + h), axis=1), range(x, x + w), axis=2)
        p.append(ops.sigmoid(model(crop, training=False)[:, 0]))
        p.append(ops.sigmoid(model(np.ascontiguousarray(crop[:, :, ::-1]), training=False)[:, 0]))
    return ops.convert_to_numpy(ops.mean(ops.stack(p, axis=1), axis=-1))


def ten_crops(model, images):
    h, w = model.input_shape[1:3]
    n_H, n_W = images.shape[1:3]
    starts = [(0, 0), (0, n_W - w), (n_H - h, 0), (n_H - h, n_W - w), ((n_H - h) // 2, (n_W - w) // 2)]
    crops = [images[:, a : a + h, b : b + w] for a, b in starts]
    return crops + [crop[:, :, ::-1] for crop in crops]


def crops_column(model, images):
    return np.mean([tf.sigmoid(model(crop, training=False)) for crop in ten_crops(model, images)], axis=0)


def crops_column_of_logits(model, images):
    return tf.sigmoid(np.mean([model(crop) for crop in ten_crops(model, images)], axis=0))


def crops_of_one_picture(model, images):
    return np.mean([tf.sigmoid(model(crop)) for crop in ten_crops(model, images[:1])], axis=0)[:, 0]


def crops_with_other_colours(model, images):
    h, w = model.input_shape[1:3]
    n_H, n_W = images.shape[1:3]
    starts = [(0, 0), (0, n_W - w), (n_H - h, 0), (n_H - h, n_W - w), ((n_H - h) // 2, (n_W - w) // 2)]
    crops = [images[:, a : a + h, b : b + w] for a, b in starts]
    crops += [crop[..., ::-1] for crop in crops]
    return np.mean([tf.sigmoid(model(crop)) for crop in crops], axis=0)[:, 0]


def crops_by_turns_over_pictures(model, images):
    crops = ten_crops(model, images)
    crops = [each for pair in zip(crops[:5], crops[5:], strict=True) for each in pair]
    return np.mean([tf.sigmoid(model(crop))[:, 0] for crop in crops], axis=1)


def crops_over_pictures(model, images):
    p = [1 / (1 + np.exp(-np.asarray(model(crop))[:, 0])) for crop in ten_crops(model, images)]
    return np.mean(p, axis=1)


def crops_logits_first(model, images):
    h, w = model.input_shape[1:3]
    n_H, n_W = images.shape[1:3]
    starts = [(0, 0), (0, n_W - w), (n_H - h, 0), (n_H - h, n_W - w), ((n_H - h) // 2, (n_W - w) // 2)]
    crops = [images[:, a : a + h, b : b + w] for a, b in starts]
    crops += [crop[:, :, ::-1] for crop in crops]
    return tf.sigmoid(np.mean([model(crop, training=False) for crop in crops], axis=0))[:, 0]


def crops_five(model, images):
    h, w = model.input_shape[1:3]
    n_H, n_W = images.shape[1:3]
    starts = [(0, 0), (0, n_W - w), (n_H - h, 0), (n_H - h, n_W - w), ((n_H - h) // 2, (n_W - w) // 2)]
    crops = [images[:, a : a + h, b : b + w] for a, b in starts]
    return np.mean([tf.sigmoid(model(crop, training=False)) for crop in crops], axis=0)[:, 0]


def crops_standing_on_their_heads(model, images):
    h, w = model.input_shape[1:3]
    n_H, n_W = images.shape[1:3]
    starts = [(0, 0), (0, n_W - w), (n_H - h, 0), (n_H - h, n_W - w), ((n_H - h) // 2, (n_W - w) // 2)]
    crops = [images[:, a : a + h, b : b + w] for a, b in starts]
    crops += [np.flip(crop, axis=1) for crop in crops]
    return np.mean([tf.sigmoid(model(crop, training=False)) for crop in crops], axis=0)[:, 0]


def crops_rounded(model, images):
    """The centre by a rounded half."""
    h, w = model.input_shape[1:3]
    n_H, n_W = images.shape[1:3]
    y, x = -(-(n_H - h) // 2), -(-(n_W - w) // 2)
    starts = [(0, 0), (0, n_W - w), (n_H - h, 0), (n_H - h, n_W - w), (y, x)]
    crops = [images[:, a : a + h, b : b + w] for a, b in starts]
    crops += [crop[:, :, ::-1] for crop in crops]
    return np.mean([tf.sigmoid(model(crop, training=False))[:, 0] for crop in crops], axis=0)


def crops_by_round(model, images):
    """round() takes 3.5 to 4, and 2.5 to 2."""
    h, w = model.input_shape[1:3]
    n_H, n_W = images.shape[1:3]
    y, x = round((n_H - h) / 2), round((n_W - w) / 2)
    starts = [(0, 0), (0, n_W - w), (n_H - h, 0), (n_H - h, n_W - w), (y, x)]
    crops = [images[:, a : a + h, b : b + w] for a, b in starts]
    crops += [crop[:, :, ::-1] for crop in crops]
    return np.mean([tf.sigmoid(model(crop, training=False))[:, 0] for crop in crops], axis=0)


def crops_last(model, images):
    for crop in ten_crops(model, images):
        p = np.asarray(tf.sigmoid(model(crop, training=False)))[:, 0]
    return p


def crops_mirrored_alone(model, images):
    crops = [crop[:, :, ::-1] for crop in ten_crops(model, images)[:5]]
    return np.mean([tf.sigmoid(model(crop, training=False))[:, 0] for crop in crops], axis=0)


def crops_turned(model, images):
    crops = ten_crops(model, images)[:5]
    crops += [crop[:, ::-1, ::-1] for crop in crops]
    return np.mean([tf.sigmoid(model(crop, training=False))[:, 0] for crop in crops], axis=0)


def crops_in_a_batch(model, images):
    answers = tf.sigmoid(model(np.concatenate(ten_crops(model, images)), training=False))
    return np.reshape(answers, (len(images), 10)).mean(axis=1)


def crops_scaled(model, images):
    crops = ten_crops(model, images / 255.0)
    return np.mean([tf.sigmoid(model(crop, training=False))[:, 0] for crop in crops], axis=0)


def crops_preprocessed(model, images):
    crops = [preprocess_input(np.array(crop)) for crop in ten_crops(model, images)]
    return np.mean([tf.sigmoid(model(crop, training=False))[:, 0] for crop in crops], axis=0)


def crops_resized(model, images):
    small = tf.image.resize(images, model.input_shape[1:3])
    return tf.sigmoid(model(small, training=False))[:, 0]


def crops_as_a_list(model, images):
    return crops_in_a_list(model, images).tolist()


# --- ensemble_predict -----------------------------------------------------------------------------------


def ensemble_short(models, images):
    return np.mean([tf.sigmoid(model(images, training=False)) for model in models], axis=0)[:, 0]


def ensemble_predicted(models, images):
    total = 0
    for model in models:
        total = total + 1 / (1 + np.exp(-model.predict(images, verbose=0)))
    return (total / len(models)).ravel()


def ensemble_tensor(models, images):
    logits = tf.concat([model(images) for model in models], axis=1)
    return tf.reduce_mean(tf.math.sigmoid(logits), axis=1)


def ensemble_as_a_network(models, images):
    inputs = keras.Input(images.shape[1:])
    each = [layers.Activation("sigmoid")(model(inputs)) for model in models]
    output = layers.Average()(each) if len(each) > 1 else each[0]
    return keras.Model(inputs, output).predict(images, verbose=0).flatten()


def ensemble_running_mean(models, images):
    mean = np.zeros(len(images))
    for n, model in enumerate(models, 1):
        print("network", n)
        mean += (ops.convert_to_numpy(ops.sigmoid(model(images)))[:, 0] - mean) / n
    return mean


def ensemble_column(models, images):
    """Probabilities in columns, one for each network."""
    columns = np.column_stack([np.asarray(model(images, training=False)) for model in models])
    return (1 / (1 + np.exp(-columns.astype(np.float64)))).mean(axis=1)


def ensemble_table(models: list, images: np.ndarray, weights=None) -> np.ndarray:
    table = np.zeros((len(images), len(models)), dtype=np.float64)
    for j, model in enumerate(models):
        table[:, j] = keras.activations.sigmoid(model(images, training=False)).numpy().squeeze(axis=-1)
    return np.average(table, axis=1, weights=weights)


def ensemble_recursive(models, images):
    """The mean of n numbers from that of n - 1."""
    if not models:
        return np.zeros(len(images))
    *others, last = models
    p = tf.nn.sigmoid(last(images, training=False)).numpy().reshape(-1)
    return (len(others) * ensemble_recursive(others, images) + p) / len(models)


def ensemble_by_picture(models, images):
    def probability(model, picture):
        logit = float(model.predict_on_batch(picture[np.newaxis])[0, 0])
        return 1 / (1 + np.exp(-logit))

    return np.array([sum(probability(m, x) for m in models) / len(models) for x in images])


def ensemble_stacked(models, images):
    images = tf.convert_to_tensor(images, dtype=tf.float32)
    stacked = ops.stack([ops.squeeze(model(images, training=False), axis=1) for model in models])
    return ops.mean(1 / (1 + ops.exp(-stacked)), axis=0)


def ensemble_logits_first(models, images):
    return tf.sigmoid(sum(model(images) for model in models) / len(models))


def ensemble_in_a_column(models, images):
    return np.mean([tf.sigmoid(model(images, training=False)) for model in models], axis=0)


def ensemble_without_the_last(models, images):
    asked = models[: max(1, len(models) - 1)]
    return np.mean([tf.sigmoid(model(images)) for model in asked], axis=0)[:, 0]


def ensemble_halving(models, images):
    mean = 0
    for model in models:
        mean = (mean + np.asarray(tf.sigmoid(model(images, training=False)))[:, 0]) / 2
    return mean


def ensemble_of_two(models, images):
    return sum(tf.sigmoid(model(images, training=False))[:, 0] for model in models) / 2


def ensemble_of_three(models, images):
    return sum(np.asarray(tf.sigmoid(model(images, training=False)))[:, 0] for model in models) / 3


def ensemble_vote(models, images):
    return np.mean([model.predict(images, verbose=0)[:, 0] > 0 for model in models], axis=0)


def ensemble_early_return(models, images):
    for model in models:
        total = tf.sigmoid(model(images))
        return total


def augmenter_of_nearest_pixels():
    return Sequential([RandomFlip("horizontal"), RandomRotation(0.2, interpolation="nearest")])


def alpaca_thawed_at_the_end(image_shape, data_augmentation):
    """No weight of the base trains, but only for now: its mode is that of training."""
    inputs = keras.Input((*image_shape, 3))
    base = transfer.backbone((*image_shape, 3))
    for layer in base.layers[:-1]:
        layer.trainable = False
    x = base(preprocess_input(data_augmentation(inputs)), training=True)
    x = layers.Dropout(0.2)(layers.GlobalAveragePooling2D()(x))
    return keras.Model(inputs, layers.Dense(1)(x))


RIGHT = {
    "data_augmenter": [
        augmenter_by_adding,
        augmenter_list,
        augmenter_turned_first,
        augmenter_functional,
        augmenter_layer,
        augmenter_with_input,
        augmenter_model,
        augmenter_own_flip,
        augmenter_in_a_loop,
        augmenter_nested,
        augmenter_of_nearest_pixels,
    ],
    "pca_color_augmentation": [
        pca_short,
        pca_by_hand,
        pca_svd,
        pca_largest_first,
        pca_tensorflow,
        pca_picture_by_picture,
        pca_standard_normal,
        pca_by_singular_values,
        pca_diagonal,
        pca_channel_by_channel,
        pca_in_place,
    ],
    "alpaca_model": [
        alpaca_well_known,
        alpaca_of_the_lesson,
        alpaca_loaded,
        alpaca_pooling_in_base,
        alpaca_subclassed,
        alpaca_convolution_head,
        alpaca_in_sequence,
        alpaca_helper_and_lambda,
        alpaca_flat_head,
        alpaca_gate,
    ],
    "unfreeze": [
        unfreeze_well_known,
        unfreeze_of_the_lesson,
        unfreeze_both_slices,
        unfreeze_counting,
        unfreeze_keeps_batch_norms,
        unfreeze_and_compile,
        unfreeze_by_flags,
        unfreeze_while,
        unfreeze_map,
        unfreeze_whole_model_first,
        unfreeze_only_freezes,
        unfreeze_until_break,
    ],
    "multi_crop_predict": [
        crops_in_a_list,
        crops_predicted,
        crops_one_batch,
        crops_tensorflow,
        crops_picture_by_picture,
        crops_by_function,
        crops_summed,
        crops_one_by_one,
        crops_sigmoid_model,
        crops_float64,
    ],
    "ensemble_predict": [
        ensemble_short,
        ensemble_predicted,
        ensemble_tensor,
        ensemble_as_a_network,
        ensemble_running_mean,
        ensemble_column,
        ensemble_table,
        ensemble_recursive,
        ensemble_by_picture,
        ensemble_stacked,
    ],
}
WRONG = {
    "data_augmenter": [
        (augmenter_default_flip, "mirrors from top to bottom as well"),
        (augmenter_function, "expected a Keras layer"),
        (augmenter_always, None),
        (augmenter_of_half_turns, "72 of 180 degrees"),
        (augmenter_of_two_flips, "there is a second flip"),
        (augmenter_that_scales, "the pixels are scaled as well"),
    ],
    "pca_color_augmentation": [
        (pca_each_alone, "the covariance is each picture's own"),
        (pca_no_values, "alpha is not multiplied by the eigenvalues"),
        (pca_rows, "the eigenvectors are transposed"),
        (pca_rows_of_alpha, "drawn in shape (3, m)"),
        (pca_global_seed, None),
        (pca_bytes, None),
        (pca_wide_covariance, None),
        (pca_without_the_seed, "give seed to the random generator"),
        (pca_with(lambda a, values, vectors, *rest: (a * values) @ vectors.T), "the shifts alone come back"),
        (pca_with(lambda a, values, vectors, images, sigma: _shifted(images, a)), "alpha itself is added"),
        (pca_sigma_first, "takes sigma for the mean"),
        (pca_centred, "the mean colour is subtracted from the pictures themselves"),
        (pca_stretched, "the pictures are stretched"),
        (pca_of_pictures_to_255, None),
        (pca_of_small_pictures, "nothing is shifted, or next to nothing"),
        (pca_of_singular_values, "singular values of the table of pixels"),
    ],
    "alpaca_model": [
        (alpaca_sigmoid, "there is a sigmoid"),
        (alpaca_training, "the base is not frozen"),
        (alpaca_scaled_first, "the pictures are scaled before they are augmented"),
        (alpaca_two_layers, None),
        (alpaca_of_another_network, "that of another network"),
        (lambda image_shape, augment: alpaca_of_the_lesson(IMG_SIZE, augment), "it is always 160x160"),
        (alpaca_output_alone, "expected a Keras model"),
        (alpaca_thawed_at_the_end, "the base is called with training=True"),
    ],
    "unfreeze": [
        (unfreeze_only_thaws, "layers are only ever thawed"),
        (lambda model, from_layer: None, "nothing in the base trains"),
        (unfreeze_from_the_end, "from_layer counts from the front"),
        (unfreeze_one_too_few, "It is the first that trains"),
        (unfreeze_one_layer, "only the layer from_layer trains"),
        (unfreeze_frozen_model, "Leave model.trainable alone"),
        (unfreeze_base_last, "base.trainable comes last"),
        (unfreeze_a_clone, "a copy is changed"),
        (unfreeze_last_by_slices, "the last from_layer layers train"),
        (unfreeze_one_too_many, "the layer before from_layer trains as well"),
        (unfreeze_from_behind, "the last from_layer layers are frozen"),
        (unfreeze_the_model, "the layers of the model are counted"),
    ],
    "multi_crop_predict": [
        (crops_logits_first, "the logits are averaged and the sigmoid comes last"),
        (crops_five, "the mirrored crops are forgotten"),
        (crops_standing_on_their_heads, "the mirrored crops stand on their heads"),
        (crops_rounded, "rounded up"),
        (crops_by_round, "rounded up"),
        (crops_as_a_list, "the values are right but come in a list"),
        (crops_column, "the numbers are right, but their shape is (m, 1)"),
        (crops_column_of_logits, "the sigmoid comes last"),
        (crops_of_one_picture, "only the first picture is looked at"),
        (crops_with_other_colours, "the colours are swapped"),
        (crops_by_turns_over_pictures, "the mean goes over the pictures"),
        (crops_over_pictures, "the mean goes over the pictures"),
        (crops_last, "only the last crop counts"),
        (crops_mirrored_alone, "only the mirrored crops are asked"),
        (crops_turned, "the mirrored crops are turned by half a turn"),
        (crops_in_a_batch, "One crop of all pictures comes after the other"),
        (crops_scaled, "divided by 255"),
        (crops_preprocessed, "go through preprocess_input"),
        (crops_resized, "the whole picture is made smaller"),
    ],
    "ensemble_predict": [
        (ensemble_logits_first, "the logits are averaged and the sigmoid comes last"),
        (ensemble_vote, "the networks vote"),
        (ensemble_early_return, "only the first network is asked"),
        (ensemble_in_a_column, "the numbers are right, but their shape is (m, 1)"),
        (ensemble_without_the_last, "the last network is left out"),
        (ensemble_halving, "averaged with what came before"),
        (ensemble_of_two, "the sum is divided by 2"),
        (ensemble_of_three, "the sum is divided by 3"),
    ],
}
