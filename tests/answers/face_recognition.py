"""Answers to week4/face_recognition as people write them: right ones in many styles, and wrong ones."""

import itertools
import warnings

import workbook

workbook.start()

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
    min_dist = 100
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


def threshold_of_accuracy(distances, same):
    candidates = np.concatenate([np.unique(distances), [distances.max() + 1]])
    return max(candidates, key=lambda t: np.mean((distances < t) == same))


def threshold_of_the_mean(distances, same):
    return np.mean(distances)


RIGHT = {
    "triplet_loss": [triplet_loss, loss_with_ops, loss_with_norms, loss_in_a_loop],
    "mine_hard_triplets": [mine_in_loops, mine_by_broadcasting, mine_with_tensorflow, mine_as_a_set],
    "embedding_model": [embedding_functional, embedding_sequential, embedding_with_ops, embedding_subclassed],
    "verify": [verify, verify_short, verify_with_tensorflow, verify_with_words],
    "who_is_it": [who_is_it, who_with_min, who_stacked, who_with_tensorflow],
    "similarity_head": [head_functional, head_with_ops, head_with_maximum, head_as_a_layer],
    "choose_threshold": [
        threshold_in_a_loop,
        threshold_at_a_distance,
        threshold_by_sorting,
        threshold_from_the_curve,
    ],
}
WRONG = {
    "triplet_loss": [(loss_of_batch_mean, "the mean over the batch"), (loss_with_numpy, None)],
    "mine_hard_triplets": [
        (mine_within_a_person, "each pair is taken once"),
        (mine_the_margin_met, "meets the margin exactly"),
    ],
    "embedding_model": [
        (embedding_without_length, "not scaled to length 1"),
        (embedding_returns_tensor, "expected a Keras model"),
    ],
    "verify": [
        (verify_squared, "the distance is squared"),
        (verify_only_opens, None),
        (verify_get, "an unknown name gets an answer"),
    ],
    "who_is_it": [
        (who_without_a_start, "an empty database ends in an error"),
        (who_keeps_nothing, "the last person is named"),
    ],
    "similarity_head": [(head_of_signed, "keeps its sign"), (head_of_one_input, None)],
    "choose_threshold": [
        (threshold_of_accuracy, "plain accuracy"),
        (threshold_of_the_mean, "the mean of all distances"),
    ],
}
