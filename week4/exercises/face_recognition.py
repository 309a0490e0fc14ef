"""Checks for week4/face_recognition: triplets, an embedding, verification, recognition, a threshold.

The references take switches, and a mistake is a reference with a switch thrown. Answers that read a picture
do it through ``img_to_encoding``, which is put in its place here; pictures are small files in a folder that
is gone after the look.
"""

import functools
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.models import known, observe_network, parameters, set_known_weights
from workbook.observing import standing_in
from workbook.plain import Other, plain
from workbook.slips import by_words, switched

# --- triplet_loss -----------------------------------------------------------------------------------------


def triplet_loss(
    y_true: Any,
    y_pred: Any,
    alpha: float = 0.2,
    *,
    distance: str = "squared",
    sign: int = 1,
    swapped: bool = False,
    far_from: str = "anchor",
    axis: int = -1,
    total: str = "sum",
    clamp: str = "each",
) -> Any:
    """Sum over the batch of max(|a - p|^2 - |a - n|^2 + alpha, 0) (Schroff et al. 2015, equation 3)."""
    import tensorflow as tf

    anchor, positive, negative = y_pred
    if swapped:
        positive, negative = negative, positive
    differences = anchor - positive, (positive if far_from == "positive" else anchor) - negative
    near, far = (
        {
            "squared": lambda d: tf.reduce_sum(tf.square(d), axis),
            "plain": lambda d: tf.sqrt(tf.reduce_sum(tf.square(d), axis)),
            "mean": lambda d: tf.reduce_mean(tf.square(d), axis),
            "L1": lambda d: tf.reduce_sum(tf.abs(d), axis),
            "sum squared": lambda d: tf.square(tf.reduce_sum(d, axis)),
            "no square": lambda d: tf.reduce_sum(d, axis),
        }[distance](difference)
        for difference in differences
    )
    if clamp == "no axis":
        near, far = tf.reduce_sum(near), tf.reduce_sum(far)
    loss = near - far + sign * alpha
    if clamp in ("each", "no axis"):
        loss = tf.maximum(loss, 0.0)
    if clamp == "before the margin":
        loss = tf.maximum(near - far, 0.0) + alpha
    if total != "sum":
        return {"mean": tf.reduce_mean(loss), "none": loss, "first": loss[0], "last": loss[-1]}[total]
    loss = tf.reduce_sum(loss)
    return tf.maximum(loss, 0.0) if clamp == "late" else loss


def look_at_loss(function: Callable, y_pred: list, **kwargs: Any) -> Any:
    """The loss, and its gradient for the anchors: training needs both."""
    import tensorflow as tf

    parts = [tf.Variable(part) for part in y_pred]
    with tf.GradientTape() as tape:
        loss = function(None, [part.value() for part in parts], **kwargs)
    seen = plain(loss)
    if not isinstance(seen, np.ndarray) or not tf.is_tensor(loss):
        return {"loss": seen, "a gradient flows": False} if isinstance(seen, np.ndarray) else seen
    gradient = tape.gradient(loss, parts[0])
    return {"loss": seen, "a gradient flows": gradient is not None}


def triplets_of_vectors(rng: np.random.Generator) -> list:
    def vectors(m: int, d: int, scale: float = 1.0) -> list[np.ndarray]:
        return [(scale * rng.normal(size=(m, d))).astype(np.float32) for _ in range(3)]

    easy = [np.eye(3, 4), 0.98 * np.eye(3, 4), -np.eye(3, 4)]
    mixed = [np.float32(np.concatenate(pair)) for pair in zip(easy, vectors(3, 4), strict=True)]
    return [
        case("several triplets, the usual margin", vectors(7, 5)),
        case("easy triplets beside hard ones", mixed),
        case("easy triplets alone cost nothing", [np.float32(part) for part in easy]),
        case("another margin", vectors(4, 6, 0.5), alpha=1.5),
        case("one triplet that is hard", [np.float32([[0, 0]]), np.float32([[3, 4]]), np.float32([[1, 1]])]),
    ]


# --- mine_hard_triplets -----------------------------------------------------------------------------------


def mine_hard_triplets(
    embeddings: Any,
    labels: Any,
    alpha: float,
    *,
    squared: bool = True,
    self_too: bool = False,
    mean: bool = False,
    pairs_once: int = 0,
    anybody: bool = False,
    met: bool = False,
    sign: int = 1,
    only_hard: bool = False,
    only_semi: bool = False,
    only_easy: bool = False,
    one_negative: str = "",
    order: tuple[int, int, int] = (0, 1, 2),
) -> np.ndarray:
    """All (anchor, positive, negative), indices (k, 3), whose loss is above zero."""
    X, y = np.asarray(embeddings, np.float64), np.asarray(labels).reshape(-1)
    d = ((X[:, None] - X) ** 2).sum(axis=-1) / (X.shape[1] if mean else 1)
    d = d if squared else np.sqrt(d)
    found = []
    for a, p, n in np.ndindex(len(y), len(y), len(y)):
        if y[a] != y[p] or (a == p and not self_too) or pairs_once * (p - a) < 0:
            continue
        if (y[n] == y[a] and not anybody) or (anybody and n in (a, p)):
            continue
        loss = d[a, p] - d[a, n] + (0 if only_hard else sign * alpha)
        costs = loss > 0 or (met and loss == 0)
        if costs != only_easy and not (only_semi and d[a, n] <= d[a, p]):
            found.append((a, p, n))
    if one_negative:
        best = (lambda t: d[t[0], t[2]]) if one_negative == "nearest" else (lambda t: t[2])
        pairs = dict.fromkeys((a, p) for a, p, _ in found)
        found = [min((t for t in found if t[:2] == pair), key=best) for pair in pairs]
    return np.array([[t[i] for i in order] for t in found], int).reshape(-1, 3)


def look_at_triplets(function: Callable, embeddings: Any, labels: Any, alpha: float) -> Any:
    """The triplets in an order of their own: in which they come does not matter."""
    found = function(embeddings, labels, alpha)
    rows = list(found) if isinstance(found, set) else plain(found)
    try:
        rows = np.asarray(rows)
        rows = rows.reshape(-1, 3) if rows.size == 0 else rows
        if rows.ndim != 2 or rows.shape[1] != 3 or rows.astype(int).tolist() != rows.tolist():
            return plain(found)
    except (TypeError, ValueError):
        return plain(found)
    return rows.astype(int)[np.lexsort(rows.T[::-1])]


def batches_to_mine(rng: np.random.Generator) -> list:
    def batch(labels: list[int], alpha: float) -> tuple:
        labels = rng.permutation(labels)
        while True:
            X = rng.normal(size=(len(labels), 4)).astype(np.float32)
            X /= np.linalg.norm(X, axis=1, keepdims=True)
            d = ((X[:, None] - X) ** 2).sum(axis=-1)
            gaps = [np.subtract.outer(d[i], d[i])[~np.eye(len(d), dtype=bool)] for i in range(len(d))]
            if min(np.abs(np.array(gaps) + shift).min() for shift in (0, alpha, -alpha)) > 1e-5:
                return X, labels, alpha

    line, far_apart = np.float32([[0], [1], [2], [3]]), np.float32([[0], [1], [11], [12]])
    return [
        case("three people, unlike numbers of pictures", *batch([0, 0, 0, 1, 1, 2], 0.2)),
        case("a wide margin", *batch([5, 5, 9, 9, 9, 7, 7], 1.0)),
        case("no margin", *batch([1, 1, 2, 2], 0.0)),
        case("a negative exactly at the margin costs nothing", line, np.array([0, 0, 1, 1]), 3.0),
        case("everybody far apart: nothing to learn", 9 * line, np.array([0, 1, 2, 3]), 0.5),
        case("two people far apart: nothing to learn", far_apart, np.array([0, 0, 1, 1]), 0.5),
    ]


# --- embedding_model --------------------------------------------------------------------------------------

LAYERS = ((24, 2), (48, 2), (72, 1), (96, 2), (96, 1))
"""Filters and stride of each convolution."""


def embedding_model(
    input_shape: tuple[int, int, int],
    dimensions: int,
    *,
    unit: str = "L2",
    relus: int = 5,
    norm: bool = True,
    relu_first: bool = False,
    layers_: tuple[tuple[int, int], ...] = LAYERS,
    pooling: str = "average",
    dense_relu: bool = False,
) -> Any:
    """Five convolutions, a dense layer, and a vector of length 1 for each picture."""
    import keras
    from keras import layers, ops

    X = inputs = keras.Input(input_shape)
    for i, (filters, stride) in enumerate(layers_):
        X = layers.Conv2D(
            filters, 3, strides=stride, padding="same", use_bias=False, kernel_initializer="zeros"
        )(X)
        X = layers.ReLU()(X) if relu_first else X
        X = layers.BatchNormalization()(X) if norm else X
        X = layers.ReLU()(X) if i < relus and not relu_first else X
    if pooling == "average":
        X = layers.AveragePooling2D(2)(X)
    elif pooling == "max":
        X = layers.MaxPooling2D(2)(X)
    X = layers.GlobalAveragePooling2D()(X) if pooling == "global" else layers.Flatten()(X)
    X = layers.Dense(dimensions, activation="relu" if dense_relu else None, kernel_initializer="zeros")(X)
    if unit == "L2":
        X = layers.UnitNormalization()(X)
    elif unit == "squared":
        X = X / ops.sum(X**2, axis=-1, keepdims=True)
    elif unit == "L1":
        X = X / ops.sum(ops.abs(X), axis=-1, keepdims=True)
    elif unit == "batch":
        X = X / ops.sqrt(ops.sum(X**2, axis=0, keepdims=True))
    elif unit == "softmax":
        X = layers.Softmax()(X)
    return keras.Model(inputs, X)


# --- verify and who_is_it ---------------------------------------------------------------------------------

SIDE = 8
THRESHOLD = 0.7


def img_to_encoding(image_path: str, model: Any, *, dtype: type = np.float32) -> np.ndarray:
    """(1, dimensions): the model's answer to the picture of a file, as in the notebook."""
    from PIL import Image, UnidentifiedImageError

    if not Path(image_path).is_file():
        raise FileNotFoundError(f"There is no file {Path(image_path).name}.")
    try:
        with Image.open(image_path) as picture:
            X = np.asarray(picture.convert("RGB").resize((SIDE, SIDE)), np.float32)[np.newaxis] / 255
    except (UnidentifiedImageError, OSError) as error:
        raise ValueError(f"{Path(image_path).name} is not a picture that can be read.") from error
    return np.asarray(model(X, training=False)).astype(dtype)


@functools.cache
def small_model(role: str) -> Any:
    """A Keras model that turns a picture into four numbers of length 1; another role, other weights.

    In the role "three of four" the last number is 0.
    """
    import keras

    inputs = keras.Input((SIDE, SIDE, 3))
    X = keras.layers.Dense(4, use_bias=False)(keras.layers.Flatten()(inputs))
    model = keras.Model(inputs, keras.layers.UnitNormalization()(X))
    kernel = known((SIDE * SIDE * 3, 4), role)
    model.set_weights([kernel * (1, 1, 1, role != "three of four")])
    return model


def in_a_folder(look: Callable) -> Callable:
    """Runs a look with a picture in a folder that is gone afterwards."""

    @functools.wraps(look)
    def wrapped(function: Callable, picture: np.ndarray, **kwargs: Any) -> Any:
        from PIL import Image

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "at_the_door.png"
            if kwargs.get("file") == "broken":
                path.write_bytes(b"no picture")
            elif kwargs.get("file") != "missing":
                Image.fromarray(picture).save(path)
            dtype = np.float64 if kwargs.get("role") == "three of four" else np.float32
            reads = functools.partial(img_to_encoding, dtype=dtype)
            with standing_in(function, {"img_to_encoding": reads}):
                return look(function, path, picture, **kwargs)

    return wrapped


def encodings(picture: np.ndarray, model: Any, distances: dict[str, float]) -> dict[str, np.ndarray]:
    """A database in which each person is so far from the picture's own encoding.

    Where the own encoding ends with a 0, they differ in that number alone, and the distance is exact (float64).
    """
    own = np.asarray(model(picture[np.newaxis].astype(np.float32) / 255, training=False))
    if own[0, -1] == 0:
        last = np.array([0.0, 0.0, 0.0, 1.0])
        return {name: own.astype(float) + distance * last for name, distance in distances.items()}
    away = known((1, own.shape[1]), "away")
    away -= (away * own).sum() * own
    away /= np.linalg.norm(away)
    return {name: (own + distance * away).astype(np.float32) for name, distance in distances.items()}


def told(call: Callable) -> Any:
    """What comes back, or that an error was raised on purpose, of whatever kind."""
    try:
        return plain(call())
    except (NotImplementedError, NameError, TypeError, AttributeError, ImportError):
        raise
    except Exception:
        return "an error"


def _pair(value: Any, names: tuple[str, str]) -> Any:
    if not isinstance(value, list) or len(value) != 2:
        return value
    parts = [
        np.asarray(part).reshape(()) if np.size(part) == 1 and isinstance(part, np.ndarray) else part
        for part in value
    ]
    return dict(zip(names, parts, strict=True))


@in_a_folder
def look_at_verify(
    function: Callable,
    path: Path,
    picture: np.ndarray,
    identity: str,
    distances: dict,
    role: str = "a",
    file: str = "",
    expects: str = "",
) -> Any:
    model = small_model(role)
    database = encodings(picture, model, distances)
    call = functools.partial(function, str(path), identity, database, model)
    if expects == "an error":
        return {"for this": "an error" if (seen := told(call)) == "an error" else seen}
    seen = _pair(plain(call()), ("distance", "door opens"))
    if isinstance(seen, dict) and isinstance(seen["door opens"], np.ndarray) and seen["door opens"].size == 1:
        seen["door opens"] = bool(seen["door opens"])
        if role == "three of four" and _rounded(seen["distance"]):
            seen["door opens"] = False
    return seen


def _rounded(distance: Any) -> bool:
    """True where a distance of 0.7 came through float32: it is then below 0.7, or not, as one looks at it."""
    return isinstance(distance, np.ndarray) and distance.size == 1 and np.float32(distance) == distance


def measured(distance: str, encoding: np.ndarray, stored: np.ndarray) -> float:
    """How far two encodings are apart: "L2" is right, the others are what people take for it."""
    difference = encoding - stored
    return {
        "L2": np.linalg.norm(difference),
        "squared": np.sum(difference**2),
        "L1": np.abs(difference).sum(),
        "mean": np.sqrt(np.mean(difference**2)),
        "cosine": 1 - np.sum(encoding * stored) / np.linalg.norm(encoding) / np.linalg.norm(stored),
    }[distance]


def verify(
    image_path: str,
    identity: str,
    database: dict,
    model: Any,
    *,
    distance: str = "L2",
    threshold: float = THRESHOLD,
    opens: str = "below",
    which: str = "identity",
    other_model: bool = False,
    order: int = 1,
    unknown: str = "error",
    read_anyway: bool = False,
) -> Any:
    """The distance of a picture to a person's encoding, and whether the door opens: below 0.7."""
    if unknown == "answer" and identity not in database:
        return np.inf, False
    try:
        encoding = img_to_encoding(image_path, small_model("another") if other_model else model)
    except (OSError, ValueError):
        if not read_anyway:
            raise
        return np.inf, False
    stored = {
        "identity": lambda: database[identity],
        "first": lambda: next(iter(database.values())),
        "nearest": lambda: min(database.values(), key=lambda each: np.linalg.norm(encoding - each)),
    }[which]()
    far = measured(distance, encoding, stored)
    opened = {"below": far < threshold, "above": far > threshold, "at": far <= threshold}[opens]
    return (far, bool(opened))[::order]


def pictures_for_doors(rng: np.random.Generator) -> list[np.ndarray]:
    return [rng.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8) for _ in range(8)]


def doors(rng: np.random.Generator) -> list:
    X = pictures_for_doors(rng)
    near, far = rng.uniform(0.1, 0.3), rng.uniform(1.0, 1.3)
    between, below = rng.uniform(0.705, 0.715), rng.uniform(0.685, 0.695)
    others = {"Ada": far, "Bo": near, "Chen": between}
    return [
        case("the person is who they say", X[0], identity="Bo", distances=others),
        case("somebody else", X[1], identity="Ada", distances=others),
        case("above 0.7, but its square is not", X[2], identity="Chen", distances=others),
        case(
            "below 0.7, with another model",
            X[3],
            identity="Dora",
            distances={"Ed": far, "Dora": below},
            role="b",
        ),
        case("exactly 0.7 is not below", X[7], identity="Fay", distances={"Fay": 0.7}, role="three of four"),
        case("an unknown name is an error", X[4], identity="Eve", distances=others, expects="an error"),
        case(
            "a missing picture is an error",
            X[5],
            identity="Bo",
            distances=others,
            file="missing",
            expects="an error",
        ),
        case(
            "a broken picture is an error",
            X[6],
            identity="Bo",
            distances=others,
            file="broken",
            expects="an error",
        ),
    ]


def who_is_it(
    image_path: str,
    database: dict,
    model: Any,
    *,
    distance: str = "L2",
    best: str = "min",
    other_model: bool = False,
    order: int = 1,
    empty: str = "none",
    start: float = np.inf,
    threshold: float = np.inf,
    read_anyway: bool = False,
) -> Any:
    """The distance and the name of the nearest person in the database; (inf, None) where it is empty."""
    try:
        encoding = img_to_encoding(image_path, small_model("another") if other_model else model)
    except (OSError, ValueError):
        if not read_anyway:
            raise
        return np.inf, None
    if not database and empty != "none":
        raise ValueError("the database is empty")
    far, identity, now = start, None, start
    for name, stored in database.items():
        now = measured(distance, encoding, stored)
        if now < far or best == "last" or (identity is None and start == np.inf):
            far, identity = far if best == "not kept" else now, name
        if best == "first":
            break
    if best == "last distance":
        far = now
    if best == "max" and database:
        distances = {name: np.linalg.norm(encoding - stored) for name, stored in database.items()}
        identity = max(distances, key=distances.get)
        far = distances[identity]
    if far > threshold:
        identity = None
    return (far, identity)[::order]


@in_a_folder
def look_at_who(
    function: Callable,
    path: Path,
    picture: np.ndarray,
    distances: dict,
    role: str = "a",
    file: str = "",
    expects: str = "",
) -> Any:
    model = small_model(role)
    database = encodings(picture, model, distances)
    call = functools.partial(function, str(path), database, model)
    if expects == "an error":
        return {"for this": "an error" if (seen := told(call)) == "an error" else seen}
    if not distances:
        try:
            seen = _pair(plain(call()), ("distance", "name"))
        except NotImplementedError:
            raise
        except (NameError, LookupError, ValueError, TypeError):
            return {"name": "an error"}
        return {"name": seen["name"]} if isinstance(seen, dict) and "name" in seen else seen
    return _pair(plain(call()), ("distance", "name"))


def crowds(rng: np.random.Generator) -> list:
    X = pictures_for_doors(rng)
    a, b, c, d = np.cumsum(rng.uniform(0.08, 0.15, 4))
    return [
        case("the nearest stands in the middle", X[0], distances={"Ada": c, "Bo": a, "Chen": b, "Dora": d}),
        case("the nearest comes first", X[1], distances={"Ed": a, "Fay": d, "Gil": c}),
        case(
            "the nearest comes last, with another model",
            X[2],
            distances={"Hua": d, "Ida": b, "Jo": a},
            role="b",
        ),
        case("nobody is near", X[3], distances={"Ada": 1.4, "Bo": 1.2, "Chen": 1.3}),
        case("an empty database has nobody", X[4], distances={}),
        case("a missing picture is an error", X[5], distances={"Ada": a}, file="missing", expects="an error"),
        case("a broken picture is an error", X[6], distances={"Ada": a}, file="broken", expects="an error"),
    ]


# --- similarity_head --------------------------------------------------------------------------------------


def similarity_head(
    dimensions: int,
    *,
    one: str = "absolute",
    chi: str = "right",
    eps: float = 1e-6,
    features: str = "both",
    activation: str | None = "sigmoid",
    summed: bool = False,
) -> Any:
    """Two embeddings to the probability that they show one person (Taigman et al. 2014, section 5)."""
    import keras
    from keras import layers, ops

    a, b = keras.Input((dimensions,)), keras.Input((dimensions,))
    difference = a - b
    first = {"signed": difference, "squared": ops.square(difference)}.get(one, ops.abs(difference))
    below = {
        "no abs": a + b,
        "abs of sum": ops.abs(a + b),
        "squares": ops.square(a) + ops.square(b),
        "none": ops.ones_like(a),
    }.get(chi, ops.abs(a) + ops.abs(b))
    above = ops.abs(difference) if chi == "not squared" else ops.square(difference)
    second = above / (below + eps)
    parts = {
        "both": [first, second],
        "swapped": [second, first],
        "first": [first],
        "second": [second],
        "pictures": [a, b],
        "added": [first + second],
    }[features]
    X = ops.concatenate(parts, axis=-1) if len(parts) > 1 else parts[0]
    X = ops.sum(X, axis=-1, keepdims=True) if summed else X
    return keras.Model([a, b], layers.Dense(1, activation=activation, kernel_initializer="zeros")(X))


def look_at_head(function: Callable, dimensions: int) -> Any:
    """What the head says of known pairs under known weights, whichever of the two comes first."""
    import keras

    model = function(dimensions)
    if not isinstance(model, keras.Model):
        return plain(model)
    inputs = len(getattr(model, "inputs", None) or [0, 0])  # a class of one's own need not tell
    if inputs != 2:
        return Other("Model", f"a Keras model of {inputs} input{'s' * (inputs > 1)}")
    a, b = known((6, dimensions), "one side"), known((6, dimensions), "other side")
    a[0, 0] = b[0, 0] = 0  # nothing to divide by
    model([a, b])
    set_known_weights(model, biases=True)
    return {
        "parameters": parameters(model, biases=True),
        "of two": np.asarray(model([a, b], training=False)),
        "the other way round": np.asarray(model([b, a], training=False)),
        "of one with itself": np.asarray(model([a, a], training=False)),
    }


# --- choose_threshold -------------------------------------------------------------------------------------


def balanced(distances: np.ndarray, same: np.ndarray, threshold: float, strict: bool = True) -> float:
    """The mean of two shares: same pairs taken for the same, other pairs for others."""
    below = distances < threshold if strict else distances <= threshold
    return (below[same].mean() + (~below[~same]).mean()) / 2


def choose_threshold(distances: Any, same: Any, *, how: str = "balanced") -> float:
    """A threshold with the best balanced accuracy: below it two pictures count as one person."""
    distances, same = np.asarray(distances, float).reshape(-1), np.asarray(same, bool).reshape(-1)
    values = np.unique(distances)
    middles = (values[1:] + values[:-1]) / 2
    candidates = np.concatenate([[values[0] - 1], middles, [values[-1] + 1]])
    scores = {
        "balanced": lambda t: balanced(distances, same, t),
        "accuracy": lambda t: np.mean((distances < t) == same),
        "precision": lambda t: 1 - (distances < t)[~same].mean(),
        "equal errors": lambda t: -abs((distances >= t)[same].mean() - (distances < t)[~same].mean()),
        "at most": lambda t: balanced(distances, same, t, strict=False),
    }
    if how == "at most":
        candidates = values
    if how == "mean of same":
        return float(distances[same].mean())
    if how == "mean":
        return float(distances.mean())
    if how == "between":
        return float((distances[same].mean() + distances[~same].mean()) / 2)
    if how == "farthest same":
        return float(distances[same].max()) + 1e-9
    if how == "nearest other":
        return float(distances[~same].min())
    best = {t: scores.get(how, scores["balanced"])(t) for t in candidates}
    chosen = max(best, key=best.get)
    if how == "score":
        return float(best[chosen])
    if how == "index":
        return int(np.argmax(list(best.values())))
    return float(chosen)


def look_at_threshold(function: Callable, distances: np.ndarray, same: np.ndarray) -> Any:
    """How good the threshold is: where several are best, each will do."""
    chosen = plain(function(distances, same))
    if not isinstance(chosen, np.ndarray) or chosen.size != 1 or chosen.dtype.kind not in "biuf":
        return chosen
    below = distances < chosen.reshape(())
    said = "yes to all pairs" if below.all() else "yes to some pairs" if below.any() else "yes to none"
    return {
        "it says": said,
        "balanced accuracy at your threshold": balanced(distances, same, float(chosen.reshape(()))),
    }


def pairs_to_part(rng: np.random.Generator) -> list:
    def pairs(m_same: int, m_other: int, scale: float = 1.0) -> tuple:
        near = np.abs(rng.normal(0.55, 0.22, m_same)) ** 1.3
        far = rng.normal(1.05, 0.25, m_other).clip(0.05)
        order = rng.permutation(m_same + m_other)
        same = np.arange(m_same + m_other) < m_same
        distances = scale * np.concatenate([near, far])[order]
        return np.round(2**14 * distances) / 2**14, same[order]  # the same numbers in float32

    return [
        case("as many of one person as of two", *pairs(60, 60)),
        case("far more pairs of two people", *pairs(20, 400)),
        case("distances far above 1", *pairs(70, 50, 30.0)),
        case("a clear gap", np.array([5.3, 6.2, 5.2, 6.5, 6.4]), np.array([True, False, True, False, False])),
        case(
            "equal distances on both sides",
            np.array([1.0, 1, 2, 2, 2, 3]),
            np.array([1, 1, 1, 0, 0, 0], bool),
        ),
    ]


# --- the exercises ----------------------------------------------------------------------------------------

the_loss = Exercise(
    name="triplet_loss",
    points=10,
    difficulty=2,
    minutes=15,
    cases=triplets_of_vectors,
    reference=triplet_loss,
    observe=look_at_loss,
    tolerance=1e-5,
    mistakes=switched(
        triplet_loss,
        {
            "the distances are not squared: leave the square root out": {"distance": "plain"},
            "the mean over the batch is taken for the sum": {"total": "mean"},
            "the mean over the embedding is taken where the squares are to be summed": {"distance": "mean"},
            "the absolute differences are added: square each difference, then add": {"distance": "L1"},
            "the differences are added and then squared: square each one, then add": {
                "distance": "sum squared"
            },
            "the differences are added without squares: those above and below cancel out": {
                "distance": "no square"
            },
            "the squares are summed along the batch: sum along the embedding, the last axis": {"axis": 0},
            "the margin is subtracted: it belongs on the side of the loss, with a plus": {"sign": -1},
            "the positive and the negative are swapped, so that strangers are pulled together": {
                "swapped": True
            },
            "nothing is cut off at zero, so easy triplets pay back what hard ones cost": {"clamp": "never"},
            "the loss is cut off at zero after the sum: cut each triplet off, then add": {"clamp": "late"},
            "the squares are summed over the whole batch at once: sum over the last axis only": {
                "clamp": "no axis"
            },
            "the margin is added after the cut at zero, so easy triplets cost it: near - far + alpha, then "
            "cut": {"clamp": "before the margin"},
            "the negative is compared with the positive: its distance to the anchor counts": {
                "far_from": "positive"
            },
            "the losses of the triplets are not added up": {"total": "none"},
            "only the first triplet counts: the return stands inside the loop": {"total": "first"},
            "only the last triplet counts: the sum is overwritten in the loop, not added to": {
                "total": "last"
            },
            "the argument alpha is ignored: the margin is always 0.2": {"alpha": 0.2},
        },
    ),
    hints=[
        "Three vectors in a row of each array: write down the shape after the sum over the embedding.",
        "Near, far, then near - far + alpha: one number for each triplet.",
        "If easy triplets alone give a negative number, the cut at zero is missing; if they do not but the "
        "mixed batch comes out too small, you cut after adding.",
        "tf.reduce_sum(tf.maximum(near - far + alpha, 0.0)) with near = tf.reduce_sum(tf.square(anchor - "
        "positive), axis=-1).",
    ],
    idea="A triplet that is right by more than the margin has no gradient: it teaches nothing any more.",
    try_next="Call it on the example by hand, once with alpha=0.2 and once with alpha=1.4, and say "
    "beforehand what it costs.",
)

the_miner = Exercise(
    name="mine_hard_triplets",
    points=15,
    difficulty=3,
    minutes=25,
    cases=batches_to_mine,
    reference=mine_hard_triplets,
    observe=look_at_triplets,
    gives="triplets of whole numbers: (k, 3)",
    mistakes=switched(
        mine_hard_triplets,
        {
            "the distances are not squared": {"squared": False},
            "a picture is its own positive": {"self_too": True},
            "each pair is taken once: either of its two pictures is the anchor in turn": {"pairs_once": 1},
            "each pair is taken once, with the later picture as the anchor: either is in turn": {
                "pairs_once": -1
            },
            "the squares are averaged over the embedding: a squared distance is their sum": {"mean": True},
            "the negative may be the same person: look at its label": {"anybody": True},
            "a triplet that meets the margin exactly is kept: its loss is zero": {"met": True},
            "the margin has the wrong sign": {"sign": -1},
            "the argument alpha is ignored: only negatives nearer than the positive are kept": {
                "only_hard": True
            },
            "only semi-hard triplets are kept: those whose negative is nearer than the positive belong too": {
                "only_semi": True
            },
            "only the nearest negative of each pair is kept: all that cost something belong here": {
                "one_negative": "nearest"
            },
            "only the first negative of each pair is kept: the search must go on after it": {
                "one_negative": "first"
            },
            "the easy triplets are kept, which cost nothing: the loss must be above zero": {
                "only_easy": True
            },
            "a triplet names the negative before the positive": {"order": (0, 2, 1)},
            "a triplet names the positive before the anchor": {"order": (1, 0, 2)},
        },
    ),
    hints=[
        "First all squared distances, as a table of m by m.",
        "Three loops: an anchor, a positive with its label that is not the anchor, a negative with another.",
        "If you have half of the triplets, each pair gives only one; if a few too many with a wide margin, "
        "compare labels again, and > with >=.",
        "Keep (a, p, n) where D[a, p] - D[a, n] + alpha > 0.",
    ],
    idea="Late in a training hardly any triplet is left. Choosing them becomes most of the work.",
    try_next="Count len(mine_hard_triplets(e, y, alpha)) for random unit vectors e of 64 numbers and "
    "of 2, y = np.arange(64) // 4 and alpha 0.2: which space leaves more to learn?",
)

the_network = Exercise(
    name="embedding_model",
    points=15,
    difficulty=2,
    minutes=20,
    cases=[
        case("pictures higher than wide", (32, 16, 3), dimensions=5),
        case("grey pictures, more dimensions", (16, 32, 1), dimensions=8),
    ],
    reference=embedding_model,
    observe=observe_network,
    gives="a Keras model",
    tolerance=2e-4,
    slow=True,
    mistakes=switched(
        embedding_model,
        {
            "the output is not scaled to length 1": {"unit": "none"},
            "the output's absolute values add up to 1: divide by the root of the sum of squares": {
                "unit": "L1"
            },
            "the length is taken over the batch: it belongs to each row, along the last axis": {
                "unit": "batch"
            },
            "the output is a softmax: an embedding has no classes": {"unit": "softmax"},
            "the output is divided by the square of its length: take the root": {"unit": "squared"},
            "there is no ReLU after the convolutions": {"relus": 0},
            "the last convolution has no ReLU": {"relus": 4},
            "there is no batch normalization": {"norm": False},
            "the ReLU stands before the batch normalization: it comes after it": {"relu_first": True},
            "the dense layer has a ReLU, so half of the sphere is never used": {"dense_relu": True},
            "max pooling stands where average pooling belongs": {"pooling": "max"},
            "the pooling is forgotten": {"pooling": "none"},
            "each map gives its mean over the whole picture: pool 2x2 and flatten": {"pooling": "global"},
            "all five convolutions have stride 2": {"layers_": tuple((each, 2) for each, _ in LAYERS)},
            "the strides are in another order: it is 2, 2, 1, 2, 1": {
                "layers_": tuple(
                    (filters, stride) for (filters, _), stride in zip(LAYERS, (2, 2, 2, 1, 1), strict=True)
                )
            },
            "the argument dimensions is ignored: it is always 64": {"dimensions": 64},
        },
    ),
    hints=[
        "model.summary() shows the shapes: for 48x48 pictures the last convolution gives 6 x 6 x 96.",
        "Each convolution: no activation, then batch normalization, then ReLU. The dense layer has none.",
        "If the parameters are right and the numbers are not, look at what has none: strides, pooling, the "
        "scaling to length 1.",
        "End with keras.layers.UnitNormalization()(X).",
    ],
    idea="On the unit sphere a squared distance lies between 0 and 4, whatever the picture.",
    try_next="Print embedding_model((48, 48, 3), 64).count_params() and the same for 8 dimensions, and "
    "find the layer that makes the difference.",
)

the_door = Exercise(
    name="verify",
    points=10,
    difficulty=2,
    minutes=15,
    cases=doors,
    reference=verify,
    observe=look_at_verify,
    tolerance=1e-4,
    slow=True,
    mistakes=switched(
        verify,
        {
            "the distance is squared: the threshold of 0.7 is for the distance itself": {
                "distance": "squared"
            },
            "the absolute differences are added: take the root of the sum of squares": {"distance": "L1"},
            "the mean of the squares is taken for their sum": {"distance": "mean"},
            "the door opens for strangers: it should open below the threshold": {"opens": "above"},
            "the cosine of the two is taken: the distance is the length of their difference": {
                "distance": "cosine"
            },
            "the threshold lies below 0.7": {"threshold": 0.5},
            "the threshold lies above 0.7": {"threshold": 1.0},
            "the door opens at 0.7 exactly: it opens below, so < and not <=": {"opens": "at"},
            "the argument identity is ignored, and the first in the database is looked at": {
                "which": "first"
            },
            "the argument identity is ignored, and the nearest in the database is looked at": {
                "which": "nearest"
            },
            "the argument model is ignored, and another model encodes the picture": {"other_model": True},
            "the answer comes before the distance: first dist, then door_open": {"order": -1},
            "an unknown name gets an answer: let database[identity] raise its error": {"unknown": "answer"},
            "a picture that cannot be read gets an answer: let the error through": {"read_anyway": True},
        },
    ),
    hints=[
        "Encode the picture with the model that you are given. Who is to be compared with it?",
        "np.linalg.norm of the difference is the distance: no square.",
        "If only the case whose square is below 0.7 is wrong, your distance is squared.",
        "dist = np.linalg.norm(img_to_encoding(image_path, model) - database[identity]).",
    ],
    idea="A door that opens on a missing file is worse than one that complains.",
    try_next="In the cell below 'One picture each', let the newcomer claim to be each of the house in turn, "
    "and count how often the door opens.",
)

the_guest = Exercise(
    name="who_is_it",
    points=10,
    difficulty=2,
    minutes=15,
    cases=crowds,
    reference=who_is_it,
    observe=look_at_who,
    tolerance=1e-4,
    slow=True,
    mistakes=switched(
        who_is_it,
        {
            "the distance is squared": {"distance": "squared"},
            "the absolute differences are added: take the root of the sum of squares": {"distance": "L1"},
            "the mean of the squares is taken for their sum": {"distance": "mean"},
            "the distance returned is the last one of the loop: return the smallest": {
                "best": "last distance"
            },
            "the smallest distance is never updated, so that everybody seems nearest in turn": {
                "best": "not kept"
            },
            "the farthest person is named, not the nearest": {"best": "max"},
            "the last person is named, whoever is nearest: compare with the smallest so far": {
                "best": "last"
            },
            "the first person is named: the loop ends after one": {"best": "first"},
            "the argument model is ignored, and another model encodes the picture": {"other_model": True},
            "the name comes before the distance": {"order": -1},
            "an empty database ends in an error: start from (inf, None)": {"empty": "error"},
            "the search starts at a distance of 1, so nobody farther away is found": {"start": 1.0},
            "somebody beyond the threshold has no name: who_is_it names the nearest, and verify decides": {
                "threshold": 0.7
            },
            "a picture that cannot be read gets an answer: let the error through": {"read_anyway": True},
        },
    ),
    hints=[
        "Encode the picture once, before the loop.",
        "Keep the smallest distance so far, and whose it is.",
        "If only the case where nobody is near is wrong, your smallest distance starts too small.",
        "Start with min_dist, identity = np.inf, None.",
    ],
    idea="Recognition among a thousand people is a thousand verifications: errors add up.",
    try_next="Change [:11] to [:31] in the cell below 'One picture each', so that thirty people live in the "
    "house, and count again how many are named rightly.",
)

the_head = Exercise(
    name="similarity_head",
    points=10,
    difficulty=3,
    minutes=20,
    cases=[case("three dimensions", 3), case("eight dimensions", 8)],
    reference=similarity_head,
    observe=look_at_head,
    gives="a Keras model of two inputs",
    tolerance=1e-4,
    mistakes=switched(
        similarity_head,
        {
            "the difference keeps its sign, so the answer depends on who comes first": {"one": "signed"},
            "the first feature is the squared difference: it is the absolute one": {"one": "squared"},
            "chi-squared is missing": {"features": "first"},
            "the absolute difference is missing": {"features": "second"},
            "chi-squared stands before the absolute difference": {"features": "swapped"},
            "the dense layer sees the embeddings themselves, not how they differ": {"features": "pictures"},
            "chi-squared is divided by a + b, which may be negative: take |a| + |b|": {"chi": "no abs"},
            "the two features are added to each other: set them side by side": {"features": "added"},
            "chi-squared is divided by |a + b|: take |a| + |b|": {"chi": "abs of sum"},
            "chi-squared is divided by the sum of the squares: take |a| + |b|": {"chi": "squares"},
            "0 is divided by 0 where both numbers are 0: add 1e-6 below the line": {"eps": 0.0},
            "the difference above the line of chi-squared is not squared": {"chi": "not squared"},
            "chi-squared is not divided by |a| + |b|": {"chi": "none"},
            "there is no sigmoid: the output is no probability": {"activation": None},
            "the output is a softmax over one unit, which is always 1": {"activation": "softmax"},
            "the features are added up: each should have a weight of its own": {"summed": True},
        },
    ),
    hints=[
        "Two inputs of the given size; keras.ops works on them directly.",
        "The dense layer sees 2 * dimensions numbers.",
        "If the two orders of a pair disagree, an absolute value or a square is missing.",
        "ops.concatenate([ops.abs(a - b), ops.square(a - b) / (ops.abs(a) + ops.abs(b) + 1e-6)]).",
    ],
    idea="Set all weights to -1: the head is then an L1 distance, with something added.",
    try_next="Feed head.predict a pair of equal embeddings and print the probability: is it 1, and "
    "which weight alone decides it?",
)

the_threshold = Exercise(
    name="choose_threshold",
    points=10,
    difficulty=3,
    minutes=15,
    cases=pairs_to_part,
    reference=choose_threshold,
    observe=look_at_threshold,
    mistakes=[
        *by_words(
            {
                words: functools.partial(choose_threshold, how=how)
                for words, how in {
                    "plain accuracy is used: where most pairs are of two people, it favours saying no": "accuracy",
                    "only pairs of two people are counted: then nobody is let in": "precision",
                    "the two errors are made equal: the balanced accuracy is to be the greatest": (
                        "equal errors"
                    ),
                    "a distance equal to the threshold counts as below: distance < threshold is same": (
                        "at most"
                    ),
                    "the threshold is the mean of the distances of one person": "mean of same",
                    "the threshold is the mean of all distances": "mean",
                    "the threshold lies halfway between the two mean distances": "between",
                    "only pairs of one person are counted: the farthest of them is let in, at any price": (
                        "farthest same"
                    ),
                    "the threshold keeps out the nearest pair of two people, at any price": "nearest other",
                    "the accuracy itself is returned in place of the threshold": "score",
                    "the place of the best threshold is returned in place of its value": "index",
                }.items()
            }
        )
    ],
    hints=[
        "Where can the answer change? Only between two neighbouring distances.",
        "For each candidate: the share of same pairs below it, and of other pairs not below it. Their mean.",
        "If all is right but the case with far more pairs of two people, you count plain accuracy.",
        "Candidates: the middles of np.unique(distances), one below all and one above all.",
    ],
    idea="Where a wrong yes costs more than a wrong no, give the two shares unlike weights.",
    try_next="Choose the threshold on the pairs of X_learn in place of X_choose, and see how much the "
    "accuracy on the test people changes.",
)
