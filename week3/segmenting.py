"""Week 3: the tools of the segmentation lesson: scenes, training, small maps. Its pictures: mask_pictures.

Call workbook.start() before you import this file: it quiets TensorFlow, which is loaded here.
Pictures are uint8 arrays (m, n_H, n_W, 3), masks uint8 arrays (m, n_H, n_W) of class numbers, palettes uint8
arrays (classes, 3).
"""

from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from workbook.training import training_step, warm_up_cosine

# ---------------------------------------------------------------- scenes


class Scenes(NamedTuple):
    """Pictures and masks, and what the numbers in the masks mean."""

    X_train: np.ndarray
    masks_train: np.ndarray
    X_test: np.ndarray
    masks_test: np.ndarray
    pixel_classes: tuple[str, ...]
    palette: np.ndarray

    @property
    def key(self):
        """Names and palette, as the functions that draw masks want them."""
        return self.pixel_classes, self.palette


def grouped(data, groups):
    """The scenes of a data set with classes put together: groups is {new name: names of the old classes}.

    A new class has the colour of its first old one. Raises ValueError where an old class is in no group.
    """
    new = {old: i for i, members in enumerate(groups.values()) for old in members}
    missing = [name for name in data.pixel_classes if name not in new]
    if missing:
        raise ValueError(f"in no group: {', '.join(missing)}")
    table = np.array([new[name] for name in data.pixel_classes], np.uint8)
    first = [data.pixel_classes.index(members[0]) for members in groups.values()]
    masks = table[data.masks_train], table[data.masks_test]
    return Scenes(data.X_train, masks[0], data.X_test, masks[1], tuple(groups), data.palette[first])


# ---------------------------------------------------------------- training


def half_size(X, masks):
    """Pictures and masks at half their height and width: each 2x2 square's mean, and its upper left class."""
    m, n_H, n_W, _ = X.shape
    small = X.reshape(m, n_H // 2, 2, n_W // 2, 2, 3).mean(axis=(2, 4))
    return small.round().astype(np.uint8), masks[:, ::2, ::2]


def as_input(X):
    """Bytes as a float32 tensor, each picture with mean 0 and standard deviation 1."""
    X = X.astype(np.float32)
    spread = np.maximum(X.std(axis=(1, 2, 3), keepdims=True), 1)
    return tf.constant((X - X.mean(axis=(1, 2, 3), keepdims=True)) / spread)


def class_weights(masks, classes, power, without=None):
    """How much a pixel of each class counts in the loss: (classes,) float32, on average 1 for a pixel.

    A class of a share p of all pixels weighs p to the power of -power. without: a class that never counts.
    """
    share = np.bincount(masks.ravel(), minlength=classes) / masks.size
    weights = np.where(share > 0, np.maximum(share, 1e-4) ** -power, 0)
    if without is not None:
        weights[without] = 0
    return (weights / np.sum(weights * share)).astype(np.float32)


def weighted_cross_entropy(weights):
    """A loss of masks t (m, n_H, n_W) and logits (m, n_H, n_W, classes); weights: of each class, (classes,)."""

    def loss(t, logits):
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(t, logits)
        return tf.reduce_mean(each * tf.gather(weights, t))

    return loss


def train(model, X, masks, epochs, peak=4e-3, batch_size=8, power=0.3, without=None, seed=1):
    """Trains a network that gives logits (m, n_H, n_W, classes); half of the pictures are shown mirrored.

    power, without: see class_weights. Returns the mean loss of each epoch: (epochs,).
    """
    rng = np.random.default_rng(seed)
    count = len(X) // batch_size
    weights = tf.constant(class_weights(masks, model.output_shape[-1], power, without))
    step = training_step(model, warm_up_cosine(peak, 60, epochs * count), weighted_cross_entropy(weights))
    losses = []
    for _ in range(epochs):
        order = rng.permutation(len(X))[: count * batch_size].reshape(count, batch_size)
        total = 0.0
        for chosen in order:
            x, t = mirrored(X[chosen], masks[chosen], rng)
            total += float(step(as_input(x), tf.constant(t.astype(np.int32)))[0])
        losses.append(total / count)
    return np.array(losses)


def train_in_two_sizes(unet, X, masks, classes, epochs, without=None, n_filters=8):
    """A network of unet(input_size, n_filters, n_classes), trained on half-size pictures, then on whole ones.

    epochs: how many of each. without: a class whose pixels are not learned from.
    """
    keras.utils.set_random_seed(1)
    X_small, masks_small = half_size(X, masks)
    small, whole = (unet(size, n_filters, classes) for size in (X_small.shape[1:], X.shape[1:]))
    train(small, X_small, masks_small, epochs[0], without=without)
    whole.set_weights(small.get_weights())
    train(whole, X, masks, epochs[1], peak=2e-3, without=without)
    return whole


def mirrored(X, masks, rng):
    """Each picture and its mask turned left to right, or neither of the two, by the toss of a coin."""
    heads = rng.random(len(X)) < 0.5
    X, masks = X.copy(), masks.copy()
    X[heads], masks[heads] = X[heads, :, ::-1], masks[heads, :, ::-1]
    return X, masks


def predict(model, X, without=None, batch_size=20):
    """The class with the largest logit at every pixel: (m, n_H, n_W) uint8. without: a class never to choose."""
    parts = []
    for start in range(0, len(X), batch_size):
        logits = model(as_input(X[start : start + batch_size]), training=False).numpy()
        if without is not None:
            logits[..., without] = -np.inf
        parts.append(logits.argmax(axis=-1).astype(np.uint8))
    return np.concatenate(parts)


def class_ious(y_true, y_pred, classes):
    """The IoU of each class, NaN where neither mask holds it: (classes,)."""
    ious = np.full(classes, np.nan)
    for c in range(classes):
        union = np.sum((y_true == c) | (y_pred == c))
        if union:
            ious[c] = np.sum((y_true == c) & (y_pred == c)) / union
    return ious


def usual_mask(masks, classes):
    """For each pixel the class that most masks (m, n_H, n_W) have there: (n_H, n_W) uint8."""
    counts = [np.sum(masks == c, axis=0) for c in range(classes)]
    return np.argmax(counts, axis=0).astype(np.uint8)


def unet_of(conv_block, upsampling_block, input_size, n_filters, n_classes):
    """The U-Net of exercise 5, with blocks of your choice."""
    inputs = keras.Input(input_size)
    X, skips = inputs, []
    for width, share in ((1, 0), (2, 0), (4, 0), (8, 0.3)):
        X, skip = conv_block(X, width * n_filters, share)
        skips.append(skip)
    X, _ = conv_block(X, 16 * n_filters, 0.3, max_pooling=False)
    for width in (8, 4, 2, 1):
        X = upsampling_block(X, skips.pop(), width * n_filters)
    end = layers.Conv2D(n_filters, 3, activation="relu", padding="same", kernel_initializer="he_normal")
    return keras.Model(inputs, layers.Conv2D(n_classes, 1)(end(X)))


# ---------------------------------------------------------------- small maps


def convolution_matrix(W, n_H, n_W, stride):
    """A convolution without padding as a matrix: (numbers that come out, numbers that go in).

    W (f, f): one channel in, one out. Each row is one window of the picture (n_H, n_W).
    """
    f = len(W)
    rows = []
    for top in range(0, n_H - f + 1, stride):
        for left in range(0, n_W - f + 1, stride):
            row = np.zeros((n_H, n_W))
            row[top : top + f, left : left + f] = W
            rows.append(row.ravel())
    return np.array(rows)


def keras_transposed(X, W, stride, padding):
    """What Keras's Conv2DTranspose makes of X (m, n_H, n_W, n_C_prev) with the kernel W (f, f, n_C, n_C_prev).

    padding: "valid" or "same". Returns an array (m, n_H, n_W, n_C).
    """
    f, _, n_C, _ = W.shape
    layer = layers.Conv2DTranspose(n_C, f, strides=stride, padding=padding, use_bias=False)
    layer.build(X.shape)
    layer.kernel.assign(W)
    return layer(X.astype(np.float32)).numpy()


def equal(a, b):
    """True where two arrays have the same shape and the same numbers, to what 32 bits can hold."""
    a, b = np.asarray(a), np.asarray(b)
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-4, atol=1e-4))


def unevenness(Z, border=3):
    """Spread of a map's numbers over their mean size, channel by channel, the border left out: the mean.

    Z: (1, n_H, n_W, n_C).
    """
    inside = np.asarray(Z)[0, border:-border, border:-border]
    return float(np.mean(inside.std(axis=(0, 1)) / np.abs(inside).mean(axis=(0, 1))))


def resize_convolution(X, W):
    """Pixels repeated twice in each direction, then an ordinary 3x3 convolution, zeros around: twice as large.

    X (m, n_H, n_W, n_C_prev), W (3, 3, n_C, n_C_prev). (Odena, Dumoulin & Olah 2016)
    """
    larger = np.repeat(np.repeat(X, 2, axis=1), 2, axis=2)
    return tf.nn.conv2d(larger, np.transpose(W, (0, 1, 3, 2)), 1, "SAME").numpy()
