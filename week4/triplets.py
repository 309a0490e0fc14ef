"""Week 4, face recognition: pictures for a network, batches of triplets, a short training, and pairs.

Call workbook.start() before you import this file: it loads TensorFlow. Pictures are float32 (m, n, n, 3)
as as_floats gives them, labels are int64 (m,), embeddings are float32 (m, dimensions) of length 1.
"""

import keras
import numpy as np
import tensorflow as tf

from workbook import own_picture
from workbook.training import recalibrate, training_step, warm_up_cosine

SIDE = 48
BATCH = 280


# ---------------------------------------------------------------- pictures


def as_floats(X):
    """uint8 pictures as float32 around 0.5, all equally bright and of equal contrast, whatever the light was."""
    X = X.astype(np.float32)
    axes = (1, 2, 3)
    return 0.5 + 0.25 * (X - X.mean(axes, keepdims=True)) / (X.std(axes, keepdims=True) + 0.25)


def split_people(y, held_out):
    """(m,) bool: the pictures of the last ``held_out`` of the people in y (m,)."""
    return np.isin(y, np.unique(y)[-held_out:])


def img_to_encoding(image_path, model):
    """The embedding (1, dimensions) of the picture in a file, by the given model.

    Raises FileNotFoundError where there is no such file, ValueError where the file is no picture.
    """
    X = as_floats(own_picture.load_picture(image_path, model.input_shape[1]))
    return np.asarray(model(X, training=False))


def encode(model, X):
    """Embeddings (m, dimensions) of pictures X (m, n, n, 3), in inference mode."""
    parts = [np.asarray(model(X[i : i + BATCH], training=False)) for i in range(0, len(X), BATCH)]
    return np.concatenate(parts)


def jitter(x, amount):
    """Each picture of a batch a little turned, magnified, shifted, lit anew and sometimes mirrored."""
    m, n = tf.shape(x)[0], x.shape[1]

    def drawn(reach):
        return tf.random.uniform((m,), -reach, reach)

    angle, zoom = drawn(1.5 * amount), 1 + drawn(amount)
    c, s, middle, none = tf.cos(angle) * zoom, tf.sin(angle) * zoom, (n - 1) / 2, tf.zeros((m,))
    dx, dy = (drawn(n * (0.03 + 0.6 * amount)) for _ in range(2))
    rows = [c, -s, middle * (1 - c + s) + dx, s, c, middle * (1 - s - c) + dy, none, none]
    x = tf.raw_ops.ImageProjectiveTransformV3(
        images=x,
        transforms=tf.stack(rows, axis=1),
        output_shape=[n, n],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="NEAREST",
    )
    x = tf.where(tf.random.uniform((m, 1, 1, 1)) < 0.5, x[:, :, ::-1], x)
    contrast, light = (
        tf.random.uniform((m, 1, 1, 1), 0.85, 1.15),
        tf.random.uniform((m, 1, 1, 1), -0.06, 0.06),
    )
    return x * contrast + light


# ---------------------------------------------------------------- triplets of a batch


def triplets_of(embeddings, labels, alpha, kind, rng):
    """Indices (k, 3) of anchor, positive and negative in a batch, of one of four kinds.

    random      one negative for each pair of pictures of a person, whichever it is
    semi-hard   all whose negative is farther than the positive, but by less than alpha
    hard        all whose negative is nearer than the positive
    hardest     for each anchor its farthest positive and its nearest negative
    Distances are squared. (Schroff et al. 2015, section 3.2; Hermans et al. 2017, section 2)
    """
    d = ((embeddings[:, None] - embeddings) ** 2).sum(axis=-1)
    same = labels[:, None] == labels
    pairs = same & ~np.eye(len(labels), dtype=bool)
    if kind == "hardest":
        rows = np.arange(len(labels))
        positive, negative = np.where(pairs, d, -1).argmax(axis=1), np.where(same, 9, d).argmin(axis=1)
        return np.stack([rows, positive, negative], axis=1)
    if kind == "random":
        anchors, positives = np.nonzero(pairs)
        negatives = [rng.choice(np.flatnonzero(~same[a])) for a in anchors]
        return np.stack([anchors, positives, negatives], axis=1)
    gap = d[:, None, :] - d[:, :, None]  # far minus near, by anchor, positive, negative
    chosen = (gap > 0) & (gap < alpha) if kind == "semi-hard" else gap <= 0
    return np.argwhere(pairs[:, :, None] & ~same[:, None, :] & chosen)


def mean_loss(triplet_loss, alpha, kind):
    """A loss of a batch, for training_step: the mean of triplet_loss over the triplets of a kind."""
    rng = np.random.default_rng(1)

    def choose(labels, embeddings):
        return triplets_of(embeddings.numpy(), labels.numpy(), alpha, kind, rng).astype(np.int32)

    def loss(labels, embeddings):
        chosen = tf.py_function(choose, [labels, tf.stop_gradient(embeddings)], tf.int32)
        chosen = tf.reshape(chosen, (-1, 3))
        parts = [tf.gather(embeddings, chosen[:, i]) for i in range(3)]
        count = tf.cast(tf.maximum(tf.shape(chosen)[0], 1), tf.float32)
        return triplet_loss(labels, parts, alpha) / count

    return loss


def some_people(y, people, each, rng):
    """Indices of a batch: ``each`` pictures of each of ``people`` persons of y (m,)."""
    who = rng.choice(np.unique(y), people, replace=False)
    return np.concatenate([rng.permutation(np.flatnonzero(y == one))[:each] for one in who])


def train(
    model,
    X,
    y,
    triplet_loss,
    steps=600,
    alpha=0.4,
    kind="semi-hard",
    people=16,
    peak=2e-3,
    watch=None,
    amount=None,
):
    """Trains an embedding on pictures X (m, n, n, 3) of people y (m,), four pictures of each in a batch.

    amount  of jitter; None: 0.05, and 0.1 where fewer than a hundred people are there to learn from
    watch   a function of the model; what it gives after each eighth of the steps is returned as a list
    """
    tf.random.set_seed(1)
    rng, pictures, seen = np.random.default_rng(1), tf.constant(X), []
    augment = tf.function(jitter, reduce_retracing=True)
    known = len(np.unique(y))
    if amount is None:
        amount = 0.05 if known >= 100 else 0.1
    people = min(people, known)
    step = training_step(
        model, warm_up_cosine(peak, min(50, steps // 4), steps), mean_loss(triplet_loss, alpha, kind)
    )
    for i in range(steps):
        batch = some_people(y, people, 4, rng)
        step(augment(tf.gather(pictures, batch), amount), tf.constant(y[batch]))
        if watch is not None and (i + 1) % (steps // 8) == 0:
            settle(model, X)
            seen.append(watch(model))
    settle(model, X)
    return seen


def settle(model, X):
    """Counts the statistics of the batch norms again, on at most three batches of X."""
    recalibrate(model, (X[i : i + BATCH] for i in range(0, min(len(X), 3 * BATCH), BATCH)))


# ---------------------------------------------------------------- pairs


def all_pairs(embeddings, labels):
    """Distances (k,), not squared, of all pairs of pictures, and whether both show one person (k,) bool.

    Raises ValueError where there are not as many labels as embeddings.
    """
    if len(embeddings) != len(labels):
        raise ValueError(f"{len(embeddings)} embeddings and {len(labels)} labels: each needs its own")
    first, second = np.triu_indices(len(labels), 1)
    return np.linalg.norm(embeddings[first] - embeddings[second], axis=1), labels[first] == labels[second]


def balanced_accuracy(distances, same, threshold):
    """Mean of two shares: pairs of one person below the threshold, pairs of two people not below it."""
    below = distances < threshold
    return float((below[same].mean() + (~below[~same]).mean()) / 2)


def best_accuracy(embeddings, labels):
    """The best balanced accuracy that any threshold gives on all pairs."""
    distances, same = all_pairs(embeddings, labels)
    return max(balanced_accuracy(distances, same, t) for t in np.linspace(0, distances.max() + 0.01, 101))


def nearest_is_right(vectors, labels):
    """Share of rows of (m, k) whose nearest other row shows the same person."""
    d = ((vectors[:, None] - vectors) ** 2).sum(axis=-1)
    np.fill_diagonal(d, np.inf)
    return float((labels[d.argmin(axis=1)] == labels).mean())


def thumbnails(X, side=8):
    """Pictures (m, n, n, 3) shrunk to side x side, as rows (m, 3 * side**2). side divides n."""
    m, n = X.shape[:2]
    return X.reshape(m, side, n // side, side, n // side, 3).mean(axis=(2, 4)).reshape(m, -1)


def pair_batches(embeddings, labels, rng, m=4096):
    """m pairs of embeddings, half of them of one person: two arrays (m, dimensions) and same (m, 1)."""
    first, second = np.triu_indices(len(labels), 1)
    same = labels[first] == labels[second]
    taken = np.concatenate([rng.choice(np.flatnonzero(kind), m // 2) for kind in (same, ~same)])
    return embeddings[first[taken]], embeddings[second[taken]], same[taken, None].astype(np.float32)


def train_head(head, first, second, same, epochs=20):
    """Trains a similarity head on pairs; gives back its accuracy on them."""
    head.compile(keras.optimizers.Adam(0.03), "binary_crossentropy", metrics=["accuracy"])
    head.fit([first, second], same, batch_size=256, epochs=epochs, verbose=0)
    return float(head.evaluate([first, second], same, verbose=0)[1])
