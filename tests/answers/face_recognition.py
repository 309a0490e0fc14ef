"""Answers to week4/face_recognition as people write them: right ones in many styles, and wrong ones."""

import itertools
import sys
import warnings
from pathlib import Path

import workbook

workbook.start()
sys.path.insert(0, str(Path(__file__).parents[2] / "week4"))  # where a lesson finds its own modules

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from tensorflow.keras.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv2D,
    Dense,
    Flatten,
    Input,
    Lambda,
)
from tensorflow.keras.models import Model, Sequential

import triplets


def img_to_encoding(image_path, model):
    """Given in the notebook; another takes its place in a check."""
    raise AssertionError("the notebook's own is not at hand here")


# --- triplet_loss, the first as the well-known exercise is often answered ---------------------------------


def triplet_loss(y_true, y_pred, alpha=0.2):
    anchor, positive, negative = y_pred[0], y_pred[1], y_pred[2]
    pos_dist = tf.reduce_sum(tf.square(tf.subtract(anchor, positive)), axis=-1)
    neg_dist = tf.reduce_sum(tf.square(tf.subtract(anchor, negative)), axis=-1)
    basic_loss = tf.add(tf.subtract(pos_dist, neg_dist), alpha)
    loss = tf.reduce_sum(tf.maximum(basic_loss, 0.0))
    return loss


def loss_with_ops(y_true, y_pred, alpha=0.2, **kwargs):
    a, p, n = y_pred
    return ops.sum(ops.relu(ops.sum((a - p) ** 2, axis=1) - ops.sum((a - n) ** 2, axis=1) + alpha))


def loss_with_norms(y_true, y_pred, alpha=0.2):
    a, p, n = y_pred
    gap = tf.norm(a - p, axis=-1) ** 2 - tf.norm(a - n, axis=-1) ** 2
    return tf.math.reduce_sum(tf.nn.relu(gap + alpha))


def loss_in_a_loop(y_true, y_pred, alpha=0.2):
    print("a print costs nothing")
    warnings.warn("nor does a warning", stacklevel=1)
    total = tf.constant(0.0)
    for a, p, n in zip(*[tf.unstack(part) for part in y_pred], strict=True):
        total += tf.maximum(tf.tensordot(a - p, a - p, 1) - tf.tensordot(a - n, a - n, 1) + alpha, 0)
    return total


@tf.function
def loss_as_a_graph(y_true, y_pred, alpha=0.2):
    anchor, positive, negative = tf.unstack(tf.stack(y_pred))
    distance_pos = tf.einsum("md,md->m", anchor - positive, anchor - positive)
    distance_neg = tf.einsum("md,md->m", anchor - negative, anchor - negative)
    return tf.reduce_sum(
        tf.where(distance_pos + alpha > distance_neg, distance_pos - distance_neg + alpha, 0.0)
    )


def loss_in_double(y_true: list, y_pred: list, alpha: float = 0.2, axis: int = -1) -> tf.Tensor:
    a, p, n = (tf.cast(part, tf.float64) for part in y_pred)
    near = tf.reduce_sum(tf.math.squared_difference(a, p), axis=axis)
    far = tf.reduce_sum(tf.math.squared_difference(a, n), axis=axis)
    return tf.reduce_sum(tf.clip_by_value(near - far + alpha, 0, np.inf))


def loss_expanded(y_true, y_pred, alpha=0.2):
    """|a - p|^2 - |a - n|^2 = |p|^2 - |n|^2 + 2 a (n - p)."""
    a, p, n = y_pred
    gap = tf.reduce_sum(p * p - n * n + 2 * a * (n - p), axis=1, keepdims=True)
    return tf.math.add_n(tf.unstack(tf.nn.relu(gap[:, 0] + alpha)))


def loss_of_those_above(y_true, y_pred, alpha=0.2):
    a, p, n = y_pred
    costs = ops.sum(ops.square(a - p), -1) - ops.sum(ops.square(a - n), -1) + alpha
    return tf.reduce_sum(tf.boolean_mask(costs, costs > 0))


class _TripletLoss(layers.Layer):
    def __init__(self, alpha):
        super().__init__()
        self.alpha = alpha

    def call(self, parts):
        a, p, n = parts
        near, far = layers.Subtract()([a, p]), layers.Subtract()([a, n])
        return ops.sum(layers.ReLU()(ops.sum(near**2 - far**2, axis=-1) + self.alpha))


def loss_as_a_layer(y_true, y_pred, alpha=0.2):
    return _TripletLoss(alpha)(list(y_pred))


def loss_of_matrices(y_true, y_pred, alpha=0.2):
    anchor, positive, negative = y_pred
    near = tf.linalg.diag_part(tf.matmul(anchor - positive, anchor - positive, transpose_b=True))
    far = tf.linalg.diag_part(tf.matmul(anchor - negative, anchor - negative, transpose_b=True))
    zero = tf.zeros_like(near)
    return tf.tensordot(tf.ones_like(near), tf.maximum(zero, near - far + alpha), 1)


def loss_cut_before_the_margin(y_true, y_pred, alpha=0.2):
    a, p, n = y_pred
    return tf.reduce_sum(tf.nn.relu(tf.reduce_sum((a - p) ** 2 - (a - n) ** 2, -1)) + alpha)


def loss_along_the_batch(y_true, y_pred, alpha=0.2):
    a, p, n = y_pred
    return tf.reduce_sum(tf.nn.relu(tf.reduce_sum((a - p) ** 2, 0) - tf.reduce_sum((a - n) ** 2, 0) + alpha))


def loss_returned_in_the_loop(y_true, y_pred, alpha=0.2):
    for a, p, n in zip(*y_pred, strict=True):
        return tf.maximum(tf.reduce_sum((a - p) ** 2) - tf.reduce_sum((a - n) ** 2) + alpha, 0.0)


def loss_from_the_positive(y_true, y_pred, alpha=0.2):
    a, p, n = y_pred
    return tf.reduce_sum(tf.nn.relu(tf.reduce_sum((a - p) ** 2 - (p - n) ** 2, -1) + alpha))


def loss_of_absolutes(y_true, y_pred, alpha=0.2):
    a, p, n = y_pred
    return tf.reduce_sum(tf.nn.relu(tf.reduce_sum(tf.abs(a - p) - tf.abs(a - n), -1) + alpha))


def loss_of_batch_mean(y_true, y_pred, alpha=0.2):
    a, p, n = y_pred
    return tf.reduce_mean(tf.nn.relu(tf.reduce_sum((a - p) ** 2 - (a - n) ** 2, -1) + alpha))


def loss_with_numpy(y_true, y_pred, alpha=0.2):
    a, p, n = (np.asarray(part) for part in y_pred)
    return np.maximum(((a - p) ** 2).sum(-1) - ((a - n) ** 2).sum(-1) + alpha, 0).sum()


# --- mine_hard_triplets ------------------------------------------------------------------------------------


def mine_in_loops(embeddings, labels, alpha):
    triplets = []
    m = len(labels)
    for a in range(m):
        for p in range(m):
            for n in range(m):
                if a != p and labels[a] == labels[p] and labels[a] != labels[n]:
                    d_p = np.sum((embeddings[a] - embeddings[p]) ** 2)
                    d_n = np.sum((embeddings[a] - embeddings[n]) ** 2)
                    if d_p - d_n + alpha > 0:
                        triplets.append((a, p, n))
    return triplets


def mine_by_broadcasting(embeddings, labels, alpha):
    d = np.square(embeddings[:, None, :] - embeddings[None, :, :]).sum(-1)
    same = labels[:, None] == labels[None, :]
    positive = same & ~np.eye(len(labels), dtype=bool)
    ok = positive[:, :, None] & ~same[:, None, :] & (d[:, :, None] + alpha > d[:, None, :])
    return np.argwhere(ok)


def mine_with_tensorflow(embeddings, labels, alpha):
    e = tf.constant(embeddings)
    d = tf.reduce_sum((e[:, None] - e[None]) ** 2, -1)
    same = tf.equal(labels[:, None], labels[None])
    ok = same[:, :, None] & ~same[:, None] & ~tf.eye(len(labels), dtype=tf.bool)[:, :, None]
    return tf.where(ok & (d[:, :, None] - d[:, None] + alpha > 0))


def mine_as_a_set(embeddings, labels, alpha=0.2):
    def d(i, j):
        return float(((embeddings[i] - embeddings[j]) ** 2).sum())

    who = list(enumerate(labels))
    found = [
        (a, p, n)
        for (a, la), (p, lp), (n, ln) in itertools.product(who, who, who)
        if la == lp != ln and a != p and d(a, p) + alpha > d(a, n)
    ]
    return np.array(found[::-1])


def mine_by_anchor(embeddings, labels, alpha):
    """One anchor after another, all its positives and negatives at once."""
    result = []
    for a, (x, label) in enumerate(zip(embeddings, labels, strict=True)):
        d = np.sum(np.square(embeddings - x), axis=1)
        positives = [i for i in np.flatnonzero(labels == label) if i != a]
        negatives = np.flatnonzero(labels != label)
        for p in positives:
            result += [[a, p, n] for n in negatives[d[negatives] < d[p] + alpha]]
    return result


def mine_from_products(
    embeddings: np.ndarray, labels: np.ndarray, alpha: float
) -> list[tuple[int, int, int]]:
    """|a - b|^2 = |a|^2 + |b|^2 - 2 a b."""
    X = embeddings.astype(np.float64)
    lengths = np.sum(X**2, axis=1)
    D = lengths[:, None] + lengths - 2 * X @ X.T
    return [
        (int(a), int(p), int(n))
        for a, p in itertools.permutations(range(len(X)), 2)
        if labels[a] == labels[p]
        for n in range(len(X))
        if labels[n] != labels[a] and D[a, p] - D[a, n] > -alpha
    ]


def mine_with_norms(embeddings, labels, alpha):
    m = embeddings.shape[0]
    D = np.empty((m, m))
    for i in range(m):
        for j in range(m):
            D[i, j] = np.linalg.norm(embeddings[i] - embeddings[j]) ** 2
    A, P, N = np.meshgrid(*[np.arange(m)] * 3, indexing="ij")
    keep = (labels[A] == labels[P]) & (A != P) & (labels[A] != labels[N]) & (D[A, P] - D[A, N] + alpha > 0)
    return np.stack([A[keep], P[keep], N[keep]], axis=-1)


def mine_a_set_of_tuples(embeddings, labels, alpha):
    return {tuple(map(int, row)) for row in mine_in_loops(embeddings, labels, alpha)}


def mine_with_keras(embeddings, labels, alpha):
    e = ops.convert_to_tensor(embeddings)
    d = ops.sum(ops.square(ops.expand_dims(e, 1) - ops.expand_dims(e, 0)), axis=2)
    loss = ops.relu(d[:, :, None] - d[:, None, :] + alpha)
    same = np.equal.outer(labels, labels)
    np.fill_diagonal(pos := same.copy(), False)
    return np.transpose(np.nonzero(pos[:, :, None] & ~same[:, None, :] & (ops.convert_to_numpy(loss) > 0)))


def mine_by_recursion(embeddings, labels, alpha, a=0):
    if a == len(labels):
        return []
    d = ((embeddings[a] - embeddings) ** 2).sum(axis=1)
    mine = [
        np.array([a, p, n])
        for p in range(len(labels))
        for n in range(len(labels))
        if p != a and labels[p] == labels[a] and labels[n] != labels[a] and d[p] + alpha - d[n] > 0
    ]
    return mine + mine_by_recursion(embeddings, labels, alpha, a + 1)


def mine_the_nearest(embeddings, labels, alpha):
    found = mine_by_anchor(embeddings, labels, alpha)
    far = {tuple(t): np.sum((embeddings[t[0]] - embeddings[t[2]]) ** 2) for t in found}
    pairs = {(a, p) for a, p, _ in found}
    return [min((t for t in found if tuple(t[:2]) == pair), key=lambda t: far[tuple(t)]) for pair in pairs]


def mine_and_break(embeddings, labels, alpha):
    triplets = []
    for a, p in itertools.permutations(range(len(labels)), 2):
        for n in range(len(labels)):
            d_p, d_n = (np.sum((embeddings[a] - embeddings[i]) ** 2) for i in (p, n))
            if labels[a] == labels[p] != labels[n] and d_p + alpha > d_n:
                triplets.append((a, p, n))
                break
    return triplets


def mine_the_easy(embeddings, labels, alpha):
    d = np.square(embeddings[:, None, :] - embeddings[None, :, :]).sum(-1)
    same = labels[:, None] == labels[None, :]
    positive = same & ~np.eye(len(labels), dtype=bool)
    return np.argwhere(positive[:, :, None] & ~same[:, None] & (d[:, None] >= d[:, :, None] + alpha))


def mine_names(embeddings, labels, alpha):
    return [[labels[i] for i in triplet] for triplet in mine_in_loops(embeddings, labels, alpha)]


def mine_within_a_person(embeddings, labels, alpha):
    return [t for t in mine_in_loops(embeddings, labels, alpha) if t[0] < t[1]]


def mine_the_margin_met(embeddings, labels, alpha):
    d = np.square(embeddings[:, None, :] - embeddings[None, :, :]).sum(-1)
    same = labels[:, None] == labels[None, :]
    positive = same & ~np.eye(len(labels), dtype=bool)
    return np.argwhere(positive[:, :, None] & ~same[:, None] & (d[:, :, None] + alpha >= d[:, None]))


# --- embedding_model ---------------------------------------------------------------------------------------


def embedding_functional(input_shape, dimensions):
    inputs = Input(shape=input_shape)
    x = inputs
    for filters, s in [(24, 2), (48, 2), (72, 1), (96, 2), (96, 1)]:
        x = Conv2D(filters, (3, 3), strides=(s, s), padding="same")(x)
        x = BatchNormalization(axis=-1, momentum=0.9)(x)
        x = Activation("relu")(x)
    x = AveragePooling2D((2, 2))(x)
    x = Flatten()(x)
    x = Dense(dimensions)(x)
    x = Lambda(lambda v: tf.math.l2_normalize(v, axis=-1))(x)
    return Model(inputs=inputs, outputs=x)


def embedding_sequential(input_shape, dimensions):
    parts = [layers.Input(input_shape)]
    for filters, s in zip([24, 48, 72, 96, 96], [2, 2, 1, 2, 1], strict=True):
        parts += [
            layers.Conv2D(filters, 3, s, "same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
        ]
    parts += [
        layers.AvgPool2D(2),
        layers.Flatten(),
        layers.Dense(dimensions),
        layers.UnitNormalization(axis=-1),
    ]
    return Sequential(parts)


def embedding_with_ops(input_shape=(48, 48, 3), dimensions=64, name="embedding"):
    x = inputs = keras.Input(input_shape)
    for filters, s in ((24, 2), (48, 2), (72, 1), (96, 2), (96, 1)):
        x = ops.relu(
            layers.BatchNormalization(momentum=0.95)(layers.Conv2D(filters, 3, strides=s, padding="same")(x))
        )
    x = layers.Dense(dimensions, use_bias=True)(layers.Flatten()(ops.average_pool(x, 2)))
    return keras.Model(inputs, x / ops.sqrt(ops.sum(x**2, axis=1, keepdims=True)), name=name)


class _Embedding(keras.Model):
    def __init__(self, input_shape, dimensions):
        super().__init__()
        self.inner = embedding_sequential(input_shape, dimensions)

    def call(self, X, training=None):
        return self.inner(X, training=training)


def embedding_subclassed(input_shape, dimensions):
    model = _Embedding(input_shape, dimensions)
    model.build((None, *input_shape))
    return model


def embedding_not_built(input_shape, dimensions):
    """Without an Input: the first call builds it."""
    model = Sequential()
    for filters, s in ((24, 2), (48, 2), (72, 1), (96, 2), (96, 1)):
        model.add(Conv2D(filters, 3, strides=s, padding="same", kernel_initializer="he_normal"))
        model.add(BatchNormalization())
        model.add(Activation(tf.nn.relu))
    model.add(layers.AveragePooling2D(2))
    model.add(Flatten())
    model.add(Dense(units=dimensions, activation="linear"))
    model.add(layers.UnitNormalization())
    return model


def _conv_block(x, filters, strides):
    x = tf.keras.layers.Conv2D(filters, kernel_size=(3, 3), strides=(strides, strides), padding="SAME")(x)
    return tf.keras.layers.ReLU()(tf.keras.layers.BatchNormalization(axis=3)(x))


def embedding_with_a_helper(input_shape, dimensions):
    inputs = tf.keras.layers.Input(shape=input_shape, name="picture")
    x = _conv_block(inputs, 24, 2)
    x = _conv_block(x, 48, 2)
    x = _conv_block(x, 72, 1)
    x = _conv_block(x, 96, 2)
    x = _conv_block(x, 96, 1)
    x = tf.keras.layers.AveragePooling2D(pool_size=2, strides=2)(x)
    x = tf.keras.layers.Dropout(0.0)(tf.keras.layers.Flatten()(x))
    x = tf.keras.layers.Dense(dimensions, name="embedding")(x)
    outputs = tf.keras.layers.Lambda(lambda v: v / tf.norm(v, axis=1, keepdims=True))(x)
    return tf.keras.Model(inputs, outputs, name="embedder")


class _Unit(layers.Layer):
    def call(self, x):
        return ops.normalize(x, axis=-1)


def embedding_with_a_layer(input_shape: tuple, dimensions: int = 64) -> keras.Model:
    return Sequential([*embedding_functional(input_shape, dimensions).layers[:-1], _Unit()])


def embedding_with_other_padding(input_shape, dimensions):
    """Zeros by hand: as "same" puts them, where the size is even and the stride 2."""
    x = inputs = keras.Input(shape=input_shape)
    for filters, s in ((24, 2), (48, 2), (72, 1), (96, 2), (96, 1)):
        x = layers.ZeroPadding2D(((s == 1, 1), (s == 1, 1)))(x)
        x = layers.Conv2D(filters, 3, s, padding="valid", use_bias=False)(x)
        x = layers.Activation("relu")(layers.BatchNormalization(epsilon=0.001, momentum=0.5)(x))
    x = layers.Reshape((-1,))(layers.AveragePooling2D(2, padding="valid")(x))
    x = layers.Dense(dimensions)(x)
    return keras.Model(inputs, ops.divide(x, ops.norm(x, axis=-1, keepdims=True)))


class _Net(Model):
    def __init__(self, dimensions, **kwargs):
        super().__init__(**kwargs)
        table = ((24, 2), (48, 2), (72, 1), (96, 2), (96, 1))
        self.convs = [layers.Conv2D(filters, 3, s, "same") for filters, s in table]
        self.norms = [layers.BatchNormalization() for _ in table]
        self.pool, self.flat, self.dense = (
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dense(dimensions),
        )

    def call(self, x, training=False):
        for conv, norm in zip(self.convs, self.norms, strict=True):
            x = tf.nn.relu(norm(conv(x), training=training))
        return tf.math.l2_normalize(self.dense(self.flat(self.pool(x))), axis=1)


def embedding_class_not_built(input_shape, dimensions):
    return _Net(dimensions)


def embedding_in_two_models(input_shape, dimensions):
    body = keras.Sequential([keras.Input(input_shape)], name="body")
    for filters, stride in ((24, 2), (48, 2), (72, 1), (96, 2), (96, 1)):
        body.add(layers.Conv2D(filters, (3, 3), strides=stride, padding="same", use_bias=False))
        body.add(layers.BatchNormalization())
        body.add(layers.ReLU())
    head = keras.Sequential(
        [layers.AveragePooling2D(2), layers.Flatten(), layers.Dense(dimensions)], name="head"
    )
    inputs = keras.Input(input_shape)
    x = head(body(inputs))
    return keras.Model(inputs, x * ops.rsqrt(ops.sum(x * x, -1, keepdims=True)))


def _embedding_of(input_shape, dimensions, parts, end=layers.Flatten, pool=None):
    x = inputs = keras.Input(input_shape)
    for filters, s in parts:
        x = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(filters, 3, s, padding="same")(x)))
    x = layers.Dense(dimensions)(end()((pool or layers.AveragePooling2D(2))(x)))
    return keras.Model(inputs, layers.UnitNormalization()(x))


def embedding_of_equal_strides(input_shape, dimensions):
    return _embedding_of(input_shape, dimensions, [(filters, 2) for filters in (24, 48, 72, 96, 96)])


def embedding_without_pooling(input_shape, dimensions):
    parts = ((24, 2), (48, 2), (72, 1), (96, 2), (96, 1))
    return _embedding_of(input_shape, dimensions, parts, pool=layers.Identity())


def embedding_global(input_shape, dimensions):
    parts = ((24, 2), (48, 2), (72, 1), (96, 2), (96, 1))
    return _embedding_of(input_shape, dimensions, parts, layers.Flatten, layers.GlobalAveragePooling2D())


def embedding_relu_first(input_shape, dimensions):
    x = inputs = keras.Input(input_shape)
    for filters, s in ((24, 2), (48, 2), (72, 1), (96, 2), (96, 1)):
        x = layers.BatchNormalization()(layers.Conv2D(filters, 3, s, "same", activation="relu")(x))
    x = layers.Dense(dimensions)(layers.Flatten()(layers.AveragePooling2D(2)(x)))
    return keras.Model(inputs, layers.UnitNormalization()(x))


def embedding_without_length(input_shape, dimensions):
    model = embedding_functional(input_shape, dimensions)
    return Model(model.input, model.layers[-2].output)


def embedding_returns_tensor(input_shape, dimensions):
    return embedding_functional(input_shape, dimensions).output


# --- verify, the first as the well-known exercise is often answered ----------------------------------------


def verify(image_path, identity, database, model):
    encoding = img_to_encoding(image_path, model)
    dist = np.linalg.norm(encoding - database[identity])
    if dist < 0.7:
        print("It's " + str(identity) + ", welcome in!")
        door_open = True
    else:
        print("It's not " + str(identity) + ", please go away")
        door_open = False
    return dist, door_open


def verify_short(image_path, identity, database, model, threshold=0.7):
    known = np.ravel(database[identity])
    dist = float(np.sqrt(np.sum((np.ravel(img_to_encoding(image_path, model)) - known) ** 2)))
    return [dist, dist < threshold]


def verify_with_tensorflow(image_path, identity, database, model):
    dist = tf.norm(img_to_encoding(image_path, model) - tf.constant(database[identity]))
    return dist, dist < 0.7


def verify_with_words(image_path, identity, database, model):
    if identity not in database:
        raise ValueError(f"I know nobody called {identity}")
    dist = np.linalg.norm(database[identity] - img_to_encoding(image_path=image_path, model=model))
    return dist, np.bool_(dist < 0.7)


def verify_with_vdot(image_path, identity, database, model):
    stored = database[identity]
    difference = np.subtract(img_to_encoding(image_path, model), stored)
    dist = np.sqrt(np.vdot(difference, difference))
    door_open = False
    if dist < 0.7:
        door_open = True
    return dist, door_open


def verify_with_keras(image_path, identity, database, model):
    a = ops.convert_to_tensor(img_to_encoding(image_path, model))
    b = ops.convert_to_tensor(database[identity])
    dist = ops.norm(a - b)
    return dist, ops.less(dist, 0.7)


def verify_in_single(image_path, identity, database, model):
    """float32 throughout, and Python's numbers at the end."""
    a, b = (np.float32(each) for each in (img_to_encoding(image_path, model), database[identity]))
    dist = float(np.linalg.norm(a - b))
    return dist, dist < 0.7


def verify_cast(image_path: str, identity: str, database: dict, model: keras.Model) -> tuple[float, bool]:
    encoding = tf.cast(img_to_encoding(image_path, model), tf.float32)
    dist = tf.sqrt(tf.reduce_sum(tf.square(encoding - tf.cast(database[identity], tf.float32)))).numpy()
    return dist, not dist >= 0.7


def verify_with_an_assert(image_path, identity, database, model):
    assert identity in database, f"{identity} does not live here"
    (encoding,), (known,) = img_to_encoding(image_path, model), database[identity]
    dist = sum((a - b) ** 2 for a, b in zip(encoding.tolist(), known.tolist(), strict=True)) ** 0.5
    return dist, (0.7).__gt__(dist)


def verify_with_an_error_of_its_own(image_path, identity, database, model):
    class Unknown(Exception):
        pass

    if identity not in database:
        raise Unknown(identity)
    try:
        encoding = img_to_encoding(image_path, model)
    except (FileNotFoundError, ValueError) as error:
        raise RuntimeError("no picture, no door") from error
    dist = np.linalg.norm(encoding - database[identity], axis=1, keepdims=True)
    return np.array([[dist.item()]]), np.array([dist.item() < 0.7])


def verify_the_nearest(image_path, identity, database, model):
    encoding = img_to_encoding(image_path, model)
    dist = min(np.linalg.norm(encoding - known) for known in database.values())
    return dist, bool(dist < 0.7)


def verify_and_open_at_the_threshold(image_path, identity, database, model):
    dist = np.linalg.norm(img_to_encoding(image_path, model) - database[identity])
    return dist, bool(dist <= 0.7)


def verify_generously(image_path, identity, database, model):
    dist = np.linalg.norm(img_to_encoding(image_path, model) - database[identity])
    return dist, bool(dist < 1)


def verify_the_cosine(image_path, identity, database, model):
    a, b = img_to_encoding(image_path, model)[0], database[identity][0]
    dist = 1 - a @ b / (np.linalg.norm(a) * np.linalg.norm(b))
    return dist, bool(dist < 0.7)


def verify_squared(image_path, identity, database, model):
    dist = np.sum((img_to_encoding(image_path, model) - database[identity]) ** 2)
    return dist, bool(dist < 0.7)


def verify_only_opens(image_path, identity, database, model):
    return verify_short(image_path, identity, database, model)[1]


def verify_get(image_path, identity, database, model):
    if database.get(identity) is None:
        return np.inf, False
    return verify_short(image_path, identity, database, model)


# --- who_is_it ---------------------------------------------------------------------------------------------


def who_is_it(image_path, database, model):
    encoding = img_to_encoding(image_path, model)
    min_dist = np.inf
    identity = None
    for name, db_enc in database.items():
        dist = np.linalg.norm(encoding - db_enc)
        if dist < min_dist:
            min_dist = dist
            identity = name
    if min_dist > 0.7:
        print("Not in the database.")
    else:
        print("it's " + str(identity) + ", the distance is " + str(min_dist))
    return min_dist, identity


def who_with_min(image_path, database, model):
    encoding = img_to_encoding(image_path, model)
    distances = [(float(np.linalg.norm(encoding - stored)), name) for name, stored in database.items()]
    return min(distances, default=(float("inf"), None))


def who_stacked(image_path, database, model):
    encoding = img_to_encoding(image_path, model)
    if not database:
        return np.inf, None
    names = list(database)
    far = np.linalg.norm(np.concatenate([database[name] for name in names]) - encoding, axis=1)
    return far.min(), names[int(np.argmin(far))]


def who_with_tensorflow(image_path, database, model):
    min_dist, identity = tf.constant(np.inf), None
    x = tf.constant(img_to_encoding(image_path, model))
    for name in database:
        dist = tf.norm(x - database[name], ord="euclidean")
        if dist < min_dist:
            min_dist, identity = dist, name
    return min_dist, identity


def who_sorted(image_path, database, model):
    encoding = np.squeeze(img_to_encoding(image_path, model))

    def distance(name):
        return np.linalg.norm(encoding - np.squeeze(database[name]))

    ranking = sorted(database, key=distance)
    return (distance(ranking[0]), ranking[0]) if ranking else (np.inf, None)


def who_with_a_dictionary(image_path, database, model):
    encoding = img_to_encoding(image_path, model)
    far = {name: np.sqrt(((encoding - each) ** 2).sum()) for name, each in database.items()}
    identity = min(far, key=far.get, default=None)
    return far.get(identity, float("inf")), identity


def who_in_tensors(image_path, database, model):
    """As in the notebook: encodings and database are both float32."""
    x = tf.constant(img_to_encoding(image_path, model))
    if len(database) == 0:
        return [float("inf"), None]
    stored = tf.concat([tf.constant(each) for each in database.values()], axis=0)
    dist = tf.norm(stored - x, axis=-1)
    i = int(tf.argmin(dist))
    return [dist[i], list(database.keys())[i]]


def who_with_keras(image_path, database, model):
    encoding = ops.convert_to_tensor(img_to_encoding(image_path, model))
    best = (np.inf, None)
    for who, known in database.items():
        d = float(ops.sqrt(ops.sum(ops.square(encoding - ops.convert_to_tensor(known)))))
        best = (d, who) if d < best[0] else best
    return best


def who_reduces(image_path, database, model):
    encoding = img_to_encoding(image_path=image_path, model=model).astype(np.float64).ravel()
    identity, min_dist = None, float("inf")
    for name in reversed(list(database)):
        new = np.hypot.reduce(encoding - database[name].ravel())
        identity, min_dist = (name, new) if new <= min_dist else (identity, min_dist)
    return np.array(min_dist), identity


def who_by_recursion(image_path: str, database: dict, model, verbose: bool = False) -> tuple:
    def nearest(x, pairs):
        if not pairs:
            return np.inf, None
        (name, stored), *rest = pairs
        return min((np.linalg.norm(x - stored), name), nearest(x, rest), key=lambda pair: pair[0])

    return nearest(img_to_encoding(image_path, model), list(database.items()))


def who_returns_the_last_distance(image_path, database, model):
    encoding = img_to_encoding(image_path, model)
    min_dist, identity, dist = np.inf, None, np.inf
    for name, stored in database.items():
        dist = np.linalg.norm(encoding - stored)
        if dist < min_dist:
            min_dist, identity = dist, name
    return dist, identity


def who_never_updates(image_path, database, model):
    encoding = img_to_encoding(image_path, model)
    min_dist, identity = np.inf, None
    for name, stored in database.items():
        if np.linalg.norm(encoding - stored) < min_dist:
            identity = name
    return min_dist, identity


def who_sums_absolutes(image_path, database, model):
    encoding = img_to_encoding(image_path, model)
    return min(
        ((np.abs(encoding - stored).sum(), name) for name, stored in database.items()), default=(np.inf, None)
    )


def who_without_a_start(image_path, database, model):
    encoding = img_to_encoding(image_path, model)
    min_dist = 100
    for name, stored in database.items():
        dist = np.linalg.norm(encoding - stored)
        if dist < min_dist:
            min_dist, identity = dist, name
    return min_dist, identity


def who_keeps_nothing(image_path, database, model):
    encoding = img_to_encoding(image_path, model)
    min_dist, identity = np.inf, None
    for name, stored in database.items():
        min_dist, identity = np.linalg.norm(encoding - stored), name
    return min_dist, identity


# --- similarity_head ---------------------------------------------------------------------------------------


def head_functional(dimensions):
    a, b = Input((dimensions,)), Input((dimensions,))
    difference = layers.Subtract()([a, b])
    one = Lambda(tf.abs)(difference)
    two = Lambda(lambda t: tf.square(t[0]) / (tf.abs(t[1]) + tf.abs(t[2]) + 1e-6))([difference, a, b])
    return Model([a, b], Dense(1, activation="sigmoid")(Concatenate()([one, two])))


def head_with_ops(dimensions, name="head"):
    a, b = keras.Input(shape=(dimensions,), name="a"), keras.Input(shape=(dimensions,), name="b")
    features = [ops.absolute(a - b), (a - b) ** 2 / (abs(a) + abs(b) + 1e-6)]
    return keras.Model(inputs=[a, b], outputs=ops.sigmoid(layers.Dense(1)(ops.concatenate(features, -1))))


def head_with_maximum(dimensions):
    a, b = keras.Input((dimensions,)), keras.Input((dimensions,))
    d = ops.maximum(a, b) - ops.minimum(a, b)
    x = ops.hstack([d, d * d / ops.maximum(ops.abs(a) + ops.abs(b), 1e-6)])
    return keras.Model((a, b), layers.Activation("sigmoid")(layers.Dense(1)(x)))


class _Head(layers.Layer):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(1, "sigmoid")

    def call(self, pair):
        a, b = pair
        chi = ops.square(b - a) / (ops.abs(b) + ops.abs(a) + 1e-6)
        return self.dense(ops.concatenate([ops.abs(b - a), chi], axis=1))


def head_as_a_layer(dimensions):
    pair = [keras.Input((dimensions,)), keras.Input((dimensions,))]
    return keras.Model(pair, _Head()(pair))


def head_sequential_end(dimensions):
    a, b = Input(shape=(dimensions,), name="first"), Input(shape=(dimensions,), name="second")
    gap = layers.subtract([a, b])
    size = layers.add([ops.abs(a), ops.abs(b)])
    x = layers.concatenate([ops.abs(gap), gap * gap / (size + 1e-6)])
    return Model(inputs=[a, b], outputs=Sequential([Dense(1), Activation("sigmoid")])(x))


def head_stacked(dimensions):
    """Side by side by stacking and reshaping."""
    a, b = keras.Input((dimensions,)), keras.Input((dimensions,))
    d = ops.abs(a - b)
    both = ops.stack([d, ops.square(d) / (ops.abs(a) + ops.abs(b) + 1e-6)], axis=1)
    x = layers.Flatten()(both)
    return keras.Model([a, b], layers.Dense(1, activation=keras.activations.sigmoid)(x))


class _Compare(Model):
    def __init__(self):
        super().__init__()
        self.out = Dense(1, activation="sigmoid")

    def call(self, inputs):
        a, b = inputs
        chi = tf.math.divide_no_nan(tf.square(a - b), tf.abs(a) + tf.abs(b))
        return self.out(tf.concat([tf.abs(a - b), chi], axis=-1))


def head_subclassed(dimensions):
    return _Compare()


def head_with_lambdas(dimensions: int, epsilon: float = 1e-6) -> Model:
    a, b = tf.keras.Input([dimensions]), tf.keras.Input([dimensions])
    l1 = Lambda(lambda t: tf.keras.ops.abs(t[0] - t[1]))([a, b])
    chi = Lambda(lambda t: tf.pow(t[0] - t[1], 2) / (tf.abs(t[0]) + tf.abs(t[1]) + epsilon))([a, b])
    features = layers.Concatenate(axis=1)([l1, chi])
    return Model([a, b], Dense(1, kernel_initializer="glorot_normal", activation=tf.nn.sigmoid)(features))


def head_with_own_sigmoid(dimensions):
    a, b = keras.Input((dimensions,), dtype="float32"), keras.Input((dimensions,), dtype="float32")
    d = ops.sqrt(ops.square(a - b))
    z = Dense(1, name="weights")(ops.append(d, d**2 / (ops.abs(a) + ops.abs(b) + 1e-6), axis=1))
    return keras.Model([a, b], 1 / (1 + ops.exp(-z)))


def head_with_two_layers_of_features(dimensions):
    a = b = None
    pair = [a, b] = [keras.Input((dimensions,)) for _ in range(2)]
    difference = layers.Subtract()(pair)
    squares = layers.Multiply()([difference, difference])
    sizes = layers.Add()([layers.Activation(ops.abs)(a), layers.Activation(ops.abs)(b)])
    chi = layers.Multiply()([squares, layers.Activation(lambda x: 1 / (x + 1e-6))(sizes)])
    X = layers.Concatenate()([layers.Activation(ops.abs)(difference), layers.Dropout(0)(chi)])
    return keras.Model(pair, layers.Dense(1, "sigmoid", bias_initializer="zeros")(X))


def head_divides_by_zero(dimensions):
    a, b = Input((dimensions,)), Input((dimensions,))
    chi = ops.square(a - b) / (ops.abs(a) + ops.abs(b))
    return Model([a, b], Dense(1, activation="sigmoid")(Concatenate()([ops.abs(a - b), chi])))


def head_of_squares(dimensions):
    a, b = Input((dimensions,)), Input((dimensions,))
    chi = (a - b) ** 2 / (a**2 + b**2 + 1e-6)
    return Model([a, b], Dense(1, activation="sigmoid")(Concatenate()([ops.abs(a - b), chi])))


def head_added(dimensions):
    a, b = Input((dimensions,)), Input((dimensions,))
    chi = (a - b) ** 2 / (ops.abs(a) + ops.abs(b) + 1e-6)
    return Model([a, b], Dense(1, activation="sigmoid")(layers.Add()([ops.abs(a - b), chi])))


def head_of_signed(dimensions):
    a, b = Input((dimensions,)), Input((dimensions,))
    chi = ops.square(a - b) / (ops.abs(a) + ops.abs(b) + 1e-6)
    return Model([a, b], Dense(1, activation="sigmoid")(Concatenate()([a - b, chi])))


def head_of_one_input(dimensions):
    a = Input((dimensions,))
    return Model(a, Dense(1, activation="sigmoid")(a))


# --- choose_threshold --------------------------------------------------------------------------------------


def threshold_in_a_loop(distances, same):
    best, best_score = None, -1.0
    values = sorted(set(distances.tolist()))
    for t in [values[0], *[(a + b) / 2 for a, b in itertools.pairwise(values)], values[-1] + 1]:
        score = (np.mean(distances[same] < t) + np.mean(distances[~same] >= t)) / 2
        if score >= best_score:
            best, best_score = t, score
    return best


def threshold_at_a_distance(distances, same):
    """A candidate may be a distance itself: what equals it is not below it."""
    candidates = np.append(np.unique(distances), np.inf)
    yes = distances[None, :] < candidates[:, None]
    rates = [yes[:, same].mean(axis=1) + 1 - yes[:, ~same].mean(axis=1)]
    return candidates[np.argmax(rates[0])]


def threshold_by_sorting(distances, same):
    order = np.argsort(distances)
    d, s = np.asarray(distances)[order], np.asarray(same)[order].astype(float)
    gain = np.cumsum(s) / s.sum() - np.cumsum(1 - s) / (1 - s).sum()
    gain[:-1][np.diff(d) == 0] = -np.inf
    i = int(np.argmax(gain))
    return tf.constant((d[i] + d[min(i + 1, len(d) - 1)]) / 2 if i + 1 < len(d) else d[i] + 1)


def threshold_from_the_curve(distances, same):
    try_these = np.concatenate([distances + 1e-9, [distances.min()]])
    tpr = np.array([(distances[same] < t).mean() for t in try_these])
    fpr = np.array([(distances[~same] < t).mean() for t in try_these])
    return float(try_these[(tpr - fpr).argmax()])


def threshold_as_a_table(distances, same):
    d = np.unique(distances)
    t = np.r_[d[0] / 2, (d[1:] + d[:-1]) / 2, d[-1] + 1]
    yes = np.less.outer(distances, t)
    return t[np.argmax(yes[same].mean(axis=0) - yes[~same].mean(axis=0))]


def threshold_with_tensorflow(distances, same):
    d, s = tf.cast(distances, tf.float32), tf.cast(same, tf.bool)
    candidates = tf.concat([tf.sort(d), [tf.reduce_max(d) + 1.0]], 0)
    below = tf.cast(d[None] < candidates[:, None], tf.float32)
    hits = tf.reduce_mean(tf.boolean_mask(below, s, axis=1), 1)
    alarms = tf.reduce_mean(tf.boolean_mask(below, ~s, axis=1), 1)
    return candidates[tf.argmax(hits - alarms)]


def threshold_of_least_errors(distances: np.ndarray, same: np.ndarray) -> float:
    def errors(t):
        misses = sum(d >= t for d, s in zip(distances, same, strict=True) if s)
        alarms = sum(d < t for d, s in zip(distances, same, strict=True) if not s)
        return misses / sum(same) + alarms / (len(same) - sum(same))

    return min((float(d) + 1e-7 for d in distances), key=errors)


def threshold_with_weights(distances, same, weights=None):
    """Plain accuracy with weights that count both kinds alike."""
    weights = np.where(same, 0.5 / np.count_nonzero(same), 0.5 / np.count_nonzero(same == 0))
    ends = np.concatenate([np.sort(distances), [np.inf]])
    scores = [np.sum(weights[(distances < t) == same]) for t in ends]
    return np.array([ends[int(np.argmax(scores))]])


def threshold_from_a_histogram(distances, same):
    edges = np.append(np.unique(distances), distances.max() + 1)
    hits = np.histogram(distances[same], edges)[0].cumsum() / same.sum()
    alarms = np.histogram(distances[same == 0], edges)[0].cumsum() / np.sum(same == 0)
    return edges[1:][np.argmax(hits + (1 - alarms))].item()


def threshold_walking_up(distances, same):
    """The pairs from near to far; each moves the two shares."""
    pairs = sorted(zip(distances.tolist(), same.tolist(), strict=True))
    n_same = sum(s for _, s in pairs)
    n_other = len(pairs) - n_same
    best, chosen, right, wrong = 0.0, pairs[0][0], 0, 0
    for i, (d, s) in enumerate(pairs):
        right, wrong = right + s, wrong + (not s)
        after = pairs[i + 1][0] if i + 1 < len(pairs) else d + 2
        if after > d and right / n_same - wrong / n_other > best:
            best, chosen = right / n_same - wrong / n_other, (d + after) / 2
    return chosen


def threshold_counts_equal_ones(distances, same):
    candidates = np.unique(distances)
    scores = [(np.mean(distances[same] <= t) + np.mean(distances[~same] > t)) / 2 for t in candidates]
    return candidates[np.argmax(scores)]


def threshold_of_equal_errors(distances, same):
    candidates = np.unique(distances)
    return min(candidates, key=lambda t: abs(np.mean(distances[same] >= t) - np.mean(distances[~same] < t)))


def threshold_lets_all_in(distances, same):
    candidates = np.append(np.unique(distances), distances.max() + 1)
    return max(candidates, key=lambda t: np.mean(distances[same] < t))


def threshold_of_the_others(distances, same):
    return threshold_in_a_loop(distances, ~same)


def threshold_of_accuracy(distances, same):
    candidates = np.concatenate([np.unique(distances), [distances.max() + 1]])
    return max(candidates, key=lambda t: np.mean((distances < t) == same))


def threshold_of_the_mean(distances, same):
    return np.mean(distances)


def embedding_of_convolutions_only(input_shape, dimensions):
    X = inputs = keras.Input(input_shape)
    for filters, stride in ((24, 2), (48, 2), (72, 1), (96, 2), (96, 1)):
        X = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(filters, 3, stride, "same")(X)))
    X = layers.AveragePooling2D(2)(X)
    X = layers.Flatten()(layers.Conv2D(dimensions, X.shape[1:3])(X))
    return keras.Model(inputs, layers.UnitNormalization()(X))


def verify_by_the_module(image_path, identity, database, model):
    dist = np.linalg.norm(triplets.img_to_encoding(image_path, model) - database[identity])
    return dist, dist < 0.7


def who_starts_at_1_5(image_path, database, model):
    encoding = img_to_encoding(image_path, model)
    min_dist, identity = (1.5, None) if database else (np.inf, None)
    for name, stored in database.items():
        dist = np.linalg.norm(encoding - stored)
        if dist < min_dist:
            min_dist, identity = dist, name
    return min_dist, identity


def triplet_gathered(y_true, y_pred, alpha=0.2):
    """Rows are picked out first, so that the gradient comes as slices."""
    a, p, n = (tf.gather(x, tf.range(tf.shape(x)[0])) for x in y_pred)
    near, far = (tf.reduce_sum((a - x) ** 2, axis=-1) for x in (p, n))
    return tf.reduce_sum(tf.nn.relu(near - far + alpha))


def who_starts_at(start):
    def who(image_path, database, model):
        encoding = img_to_encoding(image_path, model)
        min_dist, identity = start, None
        for name, stored in database.items():
            dist = np.linalg.norm(encoding - stored)
            if dist < min_dist:
                min_dist, identity = dist, name
        return min_dist, identity

    return who


def who_answers_nobody_with(distance):
    def who(image_path, database, model):
        return who_with_a_dictionary(image_path, database, model) if database else (distance, None)

    return who


def who_of_the_alphabet(image_path, database, model):
    encoding = img_to_encoding(image_path, model)
    if not database:
        return np.inf, None
    dists = {name: np.linalg.norm(encoding - stored) for name, stored in database.items()}
    identity = min(dists)
    return dists[identity], identity


def who_of_the_alphabet_at_the_least(image_path, database, model):
    encoding = img_to_encoding(image_path, model)
    dists = {name: np.linalg.norm(encoding - stored) for name, stored in database.items()}
    return min(dists.values(), default=np.inf), min(dists, default=None)


def embedding_always_training(input_shape, dimensions):
    X = inputs = keras.Input(input_shape)
    for f, s in zip((24, 48, 72, 96, 96), (2, 2, 1, 2, 1), strict=True):
        X = layers.Conv2D(f, 3, s, padding="same")(X)
        X = ops.relu(layers.BatchNormalization()(X, training=True))
    X = layers.Dense(dimensions)(layers.Flatten()(ops.average_pool(X, 2, 2)))
    return keras.Model(inputs, ops.normalize(X, axis=-1))


def threshold_between_alone(distances, same):
    d = np.unique(distances)
    t = (d[1:] + d[:-1]) / 2
    return t[np.argmax([(distances[same] < each).mean() + (distances[~same] >= each).mean() for each in t])]


def threshold_between_and_below(distances, same):
    """One candidate outside is enough: yes to all is never better than yes to none."""
    d = np.unique(distances)
    t = np.append((d[1:] + d[:-1]) / 2, d[0])
    return t[np.argmax([(distances[same] < each).mean() + (distances[~same] >= each).mean() for each in t])]


def threshold_between_and_above(distances, same):
    d = np.unique(distances)
    t = np.append((d[1:] + d[:-1]) / 2, d[-1] + 1)
    return t[np.argmax([(distances[same] < each).mean() + (distances[~same] >= each).mean() for each in t])]


def threshold_evenly(lowest, count):
    def choose(distances, same):
        t = np.linspace(distances.min() if lowest is None else lowest, distances.max(), count)
        scores = [(distances[same] < each).mean() + (distances[~same] >= each).mean() for each in t]
        return t[np.argmax(scores)]

    return choose


def threshold_of_unsorted(distances, same):
    d = distances
    t = np.concatenate([[d.min() - 1], (d[1:] + d[:-1]) / 2, [d.max() + 1]])
    return t[np.argmax([(d[same] < each).mean() + (d[~same] >= each).mean() for each in t])]


def loss_of_columns_and_rows(y_true, y_pred, alpha=0.2):
    a, p, n = y_pred
    near = tf.reduce_sum((a - p) ** 2, axis=1)
    far = tf.reduce_sum((a - n) ** 2, axis=1, keepdims=True)
    return tf.reduce_sum(tf.maximum(near - far + alpha, 0))


def loss_of_another_margin(y_true, y_pred, alpha=0.4):
    return triplet_loss(y_true, y_pred, alpha)


def who_returns_in_the_loop(image_path, database, model):
    encoding = img_to_encoding(image_path, model)
    min_dist, identity = np.inf, None
    for name, stored in database.items():
        dist = np.linalg.norm(encoding - stored)
        if dist < min_dist:
            min_dist, identity = dist, name
        return min_dist, identity


def who_names_the_last(image_path, database, model):
    encoding = img_to_encoding(image_path, model)
    min_dist, identity = np.inf, None
    for identity in database:
        min_dist = min(min_dist, np.linalg.norm(encoding - database[identity]))
    return min_dist, identity


def who_is_farthest_from(start):
    def who(image_path, database, model):
        encoding = img_to_encoding(image_path, model)
        dist, identity = start, None
        for name, stored in database.items():
            if np.linalg.norm(encoding - stored) > dist:
                dist, identity = np.linalg.norm(encoding - stored), name
        return dist, identity

    return who


def threshold_index(distances, same):
    d = np.sort(distances)
    t = np.r_[d[0] - 1, (d[1:] + d[:-1]) / 2, d[-1] + 1]
    return np.argmax([(distances[same] < each).mean() + (distances[~same] >= each).mean() for each in t])


def threshold_sorts_in_place(distances, same):
    distances.sort()
    return threshold_in_a_loop(distances, same)


def loss_stacked(y_true, y_pred, alpha=0.2):
    y = tf.stack(y_pred, axis=1)
    d = tf.reduce_sum((y[:, :1] - y[:, 1:]) ** 2, axis=-1)
    return tf.reduce_sum(tf.nn.relu(d[:, 0] - d[:, 1] + alpha))


def loss_by_halves(y_true, y_pred, alpha=0.2):
    """max(x, 0) is (x + |x|) / 2."""
    a, p, n = y_pred
    x = tf.reduce_sum((a - p) ** 2, -1) - tf.reduce_sum((a - n) ** 2, -1) + alpha
    return tf.reduce_sum(x + tf.abs(x)) / 2


def loss_with_one_margin(y_true, y_pred, alpha=0.2):
    a, p, n = y_pred
    gap = tf.reduce_sum((a - p) ** 2, -1) - tf.reduce_sum((a - n) ** 2, -1)
    return tf.reduce_sum(tf.maximum(gap, 0.0)) + alpha


def loss_of_the_positive_twice(y_true, y_pred, alpha=0.2):
    anchor, positive, _ = y_pred
    near = tf.reduce_sum(tf.square(anchor - positive), axis=-1)
    far = tf.reduce_sum(tf.square(anchor - positive), axis=-1)
    return tf.reduce_sum(tf.maximum(near - far + alpha, 0.0))


def mine_in_an_array(embeddings, labels, alpha):
    return np.array(mine_in_loops(embeddings, labels, alpha), dtype=float)


def mine_by_groups(embeddings, labels, alpha):
    groups, out = {}, []
    for i, label in enumerate(labels):
        groups.setdefault(label, []).append(i)
    for ids in groups.values():
        for a, p in itertools.permutations(ids, 2):
            near = float(np.square(embeddings[a] - embeddings[p]).sum())
            for n in set(range(len(labels))) - set(ids):
                far = float(np.square(embeddings[a] - embeddings[n]).sum())
                if max(near - far + alpha, 0) > 0:
                    out.append((a, p, n))
    return tuple(out)


def _mine_by(distances, labels, alpha, hard=False):
    m = range(len(labels))
    return [
        (a, p, n)
        for a, p, n in itertools.product(m, m, m)
        if a != p and labels[a] == labels[p] and labels[a] != labels[n]
        if (distances[a, n] <= distances[a, p] if hard else distances[a, n] < distances[a, p] + alpha)
    ]


def mine_by_absolutes(embeddings, labels, alpha):
    return _mine_by(np.abs(embeddings[:, None] - embeddings).sum(-1), labels, alpha)


def mine_the_hard_alone(embeddings, labels, alpha):
    return _mine_by(np.square(embeddings[:, None] - embeddings).sum(-1), labels, alpha, hard=True)


def embedding_with_a_floor(input_shape, dimensions):
    x = inputs = keras.Input(input_shape)
    for filters, s in ((24, 2), (48, 2), (72, 1), (96, 2), (96, 1)):
        x = layers.Conv2D(filters=filters, kernel_size=(3, 3), strides=s, padding="same")(x)
        x = layers.Activation("relu")(layers.BatchNormalization(epsilon=1e-5)(x))
    x = layers.AveragePooling2D(pool_size=(2, 2), strides=(2, 2))(x)
    x = layers.Dense(dimensions)(layers.Reshape((int(np.prod(x.shape[1:])),))(x))
    return keras.Model(inputs, x / ops.sqrt(ops.maximum(ops.sum(x * x, axis=-1, keepdims=True), 1e-12)))


def embedding_with_two_relus(input_shape, dimensions):
    x = inputs = keras.Input(input_shape)
    for filters, s in ((24, 2), (48, 2), (72, 1), (96, 2), (96, 1)):
        x = layers.Conv2D(filters, 3, s, padding="same", activation="relu")(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Dense(dimensions)(layers.Flatten()(layers.AveragePooling2D(2)(x)))
    return keras.Model(inputs, layers.UnitNormalization()(x))


def embedding_of_the_whole_norm(input_shape, dimensions):
    x = inputs = keras.Input(input_shape)
    for filters, s in ((24, 2), (48, 2), (72, 1), (96, 2), (96, 1)):
        x = layers.Conv2D(filters, 3, s, padding="same")(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Dense(dimensions)(layers.Flatten()(layers.AveragePooling2D(2)(x)))
    return keras.Model(inputs, x / ops.norm(x))


def threshold_just_above(distances, same):
    candidates = np.nextafter(np.unique(distances), np.inf)
    return max(candidates, key=lambda t: np.mean(distances[same] < t) + np.mean(distances[~same] >= t))


def threshold_in_plain_python(distances, same):
    pairs = sorted(zip(map(float, distances), map(bool, same), strict=True))
    n_same = sum(s for _, s in pairs)
    best, chosen = 0.5, pairs[0][0] - 1
    for t in [d for d, _ in pairs] + [pairs[-1][0] * 2 + 1]:
        hits = sum(d < t for d, s in pairs if s) / n_same
        kept_out = sum(d >= t for d, s in pairs if not s) / (len(pairs) - n_same)
        if (hits + kept_out) / 2 > best:
            best, chosen = (hits + kept_out) / 2, t
    return np.float32(chosen)


def threshold_of(how):
    def choose(distances, same):
        d = np.unique(distances)
        best, chosen = -1.0, None
        for t in np.concatenate([[d[0] - 1], (d[1:] + d[:-1]) / 2, [d[-1] + 1]]):
            yes = distances > t if how == "worst" else distances < t
            hits, kept_out = yes[same].mean(), (~yes)[~same].mean()
            score = (hits + kept_out) / 2
            if how == "product":
                score = np.sqrt(hits * kept_out)
            if how == "smaller":
                score = min(hits, kept_out)
            if how == "F1":
                precision = same[yes].mean() if yes.any() else 0.0
                score = 2 * precision * hits / (precision + hits) if precision + hits else 0.0
            if score > best or how == "never kept":
                best, chosen = score, t
        return chosen

    return choose


def threshold_up_to_1(distances, same):
    t = np.linspace(0, 1, 101)
    return t[np.argmax([(distances[same] < each).mean() + (distances[~same] >= each).mean() for each in t])]


def threshold_of_running_sums(distances, same):
    order = np.argsort(distances)
    d, s = distances[order], same[order]
    let_in = np.cumsum(s) / s.sum() - np.cumsum(~s) / (~s).sum()
    i = np.argmax(let_in)
    return (d[i] + d[i + 1]) / 2 if i + 1 < len(d) else d[i] + 1


def threshold_between_the_two(distances, same):
    return (distances[same].max() + distances[~same].min()) / 2


def verify_by_math(image_path: str, identity: str, database: dict, model: keras.Model) -> tuple[float, bool]:
    import math

    if identity not in database:
        raise KeyError(f"{identity!r} does not live here")
    (encoding,) = img_to_encoding(image_path, model)
    dist = math.dist(encoding, database[identity][0])
    return dist, dist < 7 / 10


def verify_the_mean_square(image_path, identity, database, model):
    dist = np.mean((img_to_encoding(image_path, model) - database[identity]) ** 2)
    return dist, bool(dist < 0.7)


def verify_returns_the_square(image_path, identity, database, model):
    dist = np.linalg.norm(img_to_encoding(image_path, model) - database[identity]) ** 2
    return dist, bool(dist < 0.7**2)


def verify_everybody(image_path, identity, database, model):
    dist = np.linalg.norm(img_to_encoding(image_path, model) - database[identity])
    door_open = True
    if dist < 0.7:
        door_open = True
    return dist, door_open


def who_in_numpy_names(image_path, database, model):
    encoding = img_to_encoding(image_path, model)
    names = np.array(list(database))
    if names.size == 0:
        return np.inf, None
    far = np.array([np.linalg.norm(encoding - stored) for stored in database.values()])
    return far.min(), names[far.argmin()]


def who_turned_round(image_path, database, model):
    encoding = img_to_encoding(image_path, model)
    min_dist, identity = np.inf, None
    for name, stored in database.items():
        dist = np.linalg.norm(encoding - stored)
        if dist > min_dist:
            min_dist, identity = dist, name
    return min_dist, identity


def who_keeps_no_name(image_path, database, model):
    encoding = img_to_encoding(image_path, model)
    min_dist, identity = np.inf, None
    for stored in database.values():
        min_dist = min(min_dist, np.linalg.norm(encoding - stored))
    return min_dist, identity


def who_is_near_enough(image_path, database, model):
    encoding = img_to_encoding(image_path, model)
    min_dist, identity = np.inf, None
    for name, stored in database.items():
        dist = np.linalg.norm(encoding - stored)
        if dist < min_dist and dist < 0.7:
            min_dist, identity = dist, name
    return min_dist, identity


def who_returns_dist(image_path, database, model):
    encoding = img_to_encoding(image_path, model)
    min_dist, identity = np.inf, None
    for name, stored in database.items():
        dist = np.linalg.norm(encoding - stored)
        if dist < min_dist:
            min_dist, identity = dist, name
    return dist, identity


def who_returns_name(image_path, database, model):
    encoding = img_to_encoding(image_path, model)
    min_dist = np.inf
    for name in database:
        dist = np.linalg.norm(encoding - database[name])
        if dist < min_dist:
            min_dist = dist
    return min_dist, name


def head_of_reciprocals(dimensions):
    a, b = keras.Input((dimensions,)), keras.Input((dimensions,))
    below = ops.reciprocal(ops.abs(a) + ops.abs(b) + keras.backend.epsilon())
    x = layers.concatenate([abs(a - b), layers.Multiply()([ops.square(a - b), below])])
    return keras.Model((a, b), ops.sigmoid(layers.Dense(1)(x)))


def head_halved(dimensions):
    a, b = Input((dimensions,)), Input((dimensions,))
    chi = 0.5 * ops.square(a - b) / (ops.abs(a) + ops.abs(b) + 1e-6)
    return Model([a, b], Dense(1, activation="sigmoid")(Concatenate()([ops.abs(a - b), chi])))


RIGHT = {
    "triplet_loss": [
        triplet_gathered,
        triplet_loss,
        loss_with_ops,
        loss_with_norms,
        loss_in_a_loop,
        loss_as_a_graph,
        loss_in_double,
        loss_expanded,
        loss_of_those_above,
        loss_as_a_layer,
        loss_of_matrices,
        loss_stacked,
        loss_by_halves,
    ],
    "mine_hard_triplets": [
        mine_in_loops,
        mine_by_broadcasting,
        mine_with_tensorflow,
        mine_as_a_set,
        mine_by_anchor,
        mine_from_products,
        mine_with_norms,
        mine_a_set_of_tuples,
        mine_with_keras,
        mine_by_recursion,
        mine_in_an_array,
        mine_by_groups,
    ],
    "embedding_model": [
        embedding_functional,
        embedding_sequential,
        embedding_with_ops,
        embedding_subclassed,
        embedding_not_built,
        embedding_with_a_helper,
        embedding_with_a_layer,
        embedding_with_other_padding,
        embedding_class_not_built,
        embedding_in_two_models,
        embedding_of_convolutions_only,
        embedding_with_a_floor,
    ],
    "verify": [
        verify,
        verify_short,
        verify_with_tensorflow,
        verify_with_words,
        verify_with_vdot,
        verify_with_keras,
        verify_in_single,
        verify_cast,
        verify_with_an_assert,
        verify_with_an_error_of_its_own,
        verify_by_the_module,
        verify_by_math,
    ],
    "who_is_it": [
        who_is_it,
        who_with_min,
        who_stacked,
        who_with_tensorflow,
        who_sorted,
        who_with_a_dictionary,
        who_in_tensors,
        who_with_keras,
        who_reduces,
        who_by_recursion,
        who_starts_at(float("inf")),
        who_in_numpy_names,
    ],
    "similarity_head": [
        head_functional,
        head_with_ops,
        head_with_maximum,
        head_as_a_layer,
        head_sequential_end,
        head_stacked,
        head_subclassed,
        head_with_lambdas,
        head_with_own_sigmoid,
        head_with_two_layers_of_features,
        head_of_reciprocals,
    ],
    "choose_threshold": [
        threshold_in_a_loop,
        threshold_at_a_distance,
        threshold_by_sorting,
        threshold_from_the_curve,
        threshold_as_a_table,
        threshold_with_tensorflow,
        threshold_of_least_errors,
        threshold_with_weights,
        threshold_from_a_histogram,
        threshold_walking_up,
        threshold_between_and_below,
        threshold_between_and_above,
        threshold_just_above,
        threshold_in_plain_python,
    ],
}
WRONG = {
    "triplet_loss": [
        (loss_of_columns_and_rows, "for keepdims=True"),
        (loss_of_another_margin, "alpha is not 0.2"),
        (loss_of_batch_mean, "the mean over the batch"),
        (loss_with_numpy, None),
        (loss_cut_before_the_margin, "the margin is added after the cut"),
        (loss_along_the_batch, "summed along the batch"),
        (loss_returned_in_the_loop, "the return stands inside the loop"),
        (loss_from_the_positive, "the negative is compared with the positive"),
        (loss_of_absolutes, "the absolute differences are added"),
        (loss_with_one_margin, "the margin is added once, after the sum"),
        (loss_of_the_positive_twice, "both distances are those of the positive"),
    ],
    "mine_hard_triplets": [
        (mine_within_a_person, "each pair is taken once"),
        (mine_the_margin_met, "meets the margin exactly"),
        (mine_the_nearest, "only the nearest negative"),
        (mine_and_break, "only the first negative"),
        (mine_the_easy, "the easy triplets are kept"),
        (mine_names, "holds the people's labels"),
        (mine_by_absolutes, "the absolute differences are added"),
        (mine_the_hard_alone, "the argument alpha is ignored"),
    ],
    "embedding_model": [
        (embedding_without_length, "not scaled to length 1"),
        (embedding_returns_tensor, "expected a Keras model"),
        (embedding_of_equal_strides, "all five convolutions have stride 2"),
        (embedding_without_pooling, "the pooling is forgotten"),
        (embedding_global, "its mean over the whole picture"),
        (embedding_always_training, "batch normalization has training=True"),
        (embedding_relu_first, "the ReLU stands before the batch normalization"),
        (embedding_with_two_relus, "there is a ReLU before the batch normalization too"),
        (embedding_of_the_whole_norm, "of the whole batch at once"),
    ],
    "verify": [
        (verify_squared, "the distance is squared"),
        (verify_only_opens, None),
        (verify_get, "an unknown name gets an answer"),
        (verify_the_nearest, "the nearest in the database is looked at"),
        (verify_and_open_at_the_threshold, "the door opens at 0.7 exactly"),
        (verify_generously, "the threshold lies above 0.7"),
        (verify_the_cosine, "the cosine of the two"),
        (verify_the_mean_square, "without a root"),
        (verify_returns_the_square, "the distance that comes back is squared"),
        (verify_everybody, "opens for everybody"),
    ],
    "who_is_it": [
        (who_names_the_last, "the last name of the loop"),
        (who_returns_in_the_loop, "the return stands inside the loop"),
        (who_is_farthest_from(0), "the farthest person is named"),
        (who_is_farthest_from(-1), "the farthest person is named"),
        (who_without_a_start, "an empty database ends in an error"),
        (who_keeps_nothing, "the last person is named"),
        (who_returns_the_last_distance, "the last one of the loop"),
        (who_never_updates, "never updated"),
        (who_sums_absolutes, "the absolute differences are added"),
        (who_starts_at_1_5, None),
        (who_starts_at(100), "the search starts at a number"),
        (who_starts_at(2), "the search starts at a number"),
        (who_starts_at(1e9), "the search starts at a number"),
        (who_answers_nobody_with(0), "a distance of 0"),
        (who_answers_nobody_with(None), "gives no distance"),
        (who_of_the_alphabet, "the first name of the alphabet"),
        (who_of_the_alphabet_at_the_least, "the first name of the alphabet"),
        (who_turned_round, "nobody is ever kept"),
        (who_keeps_no_name, "the name is not"),
        (who_starts_at(0), "the search starts at 0"),
        (who_is_near_enough, "is passed over"),
        (who_returns_dist, "the last one of the loop"),
        (who_returns_name, "the last name of the loop"),
    ],
    "similarity_head": [
        (head_of_signed, "keeps its sign"),
        (head_of_one_input, None),
        (head_divides_by_zero, "0 is divided by 0"),
        (head_of_squares, "divided by the sum of the squares"),
        (head_added, "the two features are added"),
        (head_halved, "chi-squared is halved"),
    ],
    "choose_threshold": [
        (threshold_index, "the place of the best threshold"),
        (threshold_sorts_in_place, "sorted and same is not"),
        (threshold_of_accuracy, "plain accuracy"),
        (threshold_of_the_mean, "the mean of all distances"),
        (threshold_counts_equal_ones, "a distance equal to the threshold"),
        (threshold_of_equal_errors, "the two errors are made equal"),
        (threshold_lets_all_in, "only pairs of one person are counted"),
        (threshold_of_the_others, None),
        (threshold_between_alone, "no candidate outside of all distances"),
        (threshold_evenly(None, 1000), "evenly spaced"),
        (threshold_evenly(0, 1000), "evenly spaced"),
        (threshold_evenly(None, 2000), "evenly spaced"),
        (threshold_evenly(None, 100), "evenly spaced"),
        (threshold_of_unsorted, "not sorted before the middles"),
        (threshold_of("product"), "the shares are multiplied"),
        (threshold_of("smaller"), "the smaller of the two shares"),
        (threshold_of("F1"), "the F1 score"),
        (threshold_of("worst"), "the worst threshold"),
        (threshold_of("never kept"), "everybody is let in"),
        (threshold_up_to_1, "fixed numbers from 0 to 1"),
        (threshold_between_the_two, "halfway between the farthest"),
        (threshold_of_running_sums, "counted one by one"),
    ],
}
