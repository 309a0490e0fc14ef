"""Checks for triplet_loss: closer to the positive than to the negative."""

from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, Mistake, case
from workbook.losses import gradient_of, left_tensorflow
from workbook.plain import plain
from workbook.slips import switched


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
    cut_off: str = "",
) -> Any:
    """Sum over the batch of max(|a - p|^2 - |a - n|^2 + alpha, 0) (Schroff et al. 2015, equation 3)."""
    import tensorflow as tf

    anchor, positive, negative = y_pred
    if cut_off == "positives":
        positive = tf.stop_gradient(positive)
    elif cut_off == "negatives":
        negative = tf.stop_gradient(negative)
    elif cut_off == "anchors":
        anchor = tf.stop_gradient(anchor)
    if swapped:
        positive, negative = negative, positive
    negative = positive if far_from == "the positive itself" else negative
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
    if clamp == "each number":
        each = tf.square(differences[0]) - tf.square(differences[1]) + alpha
        return tf.reduce_sum(tf.maximum(each, 0.0))
    if clamp == "no axis":
        near, far = tf.reduce_sum(near), tf.reduce_sum(far)
    if clamp == "keepdims":
        near, clamp = near[:, None], "each"
    if clamp == "margin after the sum":
        return tf.reduce_sum(tf.maximum(near - far, 0.0)) + alpha
    loss = near - far + sign * alpha
    if clamp in ("each", "no axis"):
        loss = tf.maximum(loss, 0.0)
    if clamp == "at alpha":
        loss = tf.maximum(near - far, alpha)
    if clamp == "before the margin":
        loss = tf.maximum(near - far, 0.0) + alpha
    if total != "sum":
        return {"mean": tf.reduce_mean(loss), "none": loss, "first": loss[0], "last": loss[-1]}[total]
    loss = tf.reduce_sum(loss)
    return tf.maximum(loss, 0.0) if clamp == "late" else loss


def of_other_default(margin: float) -> Callable:
    """The loss with another margin where none is given."""
    return lambda y_true, y_pred, alpha=margin: triplet_loss(y_true, y_pred, alpha)


def look_at_loss(function: Callable, y_pred: list, **kwargs: Any) -> Any:
    """The loss and its gradients: training needs both."""
    import tensorflow as tf

    parts = [tf.Variable(part) for part in y_pred]
    with tf.GradientTape(persistent=True) as tape:
        loss = function(None, [part.value() for part in parts], **kwargs)
    seen = plain(loss)
    if not isinstance(seen, np.ndarray):
        return seen
    names = "anchors", "positives", "negatives"
    return {"loss": seen} | {
        f"its gradient for the {name}": gradient_of(tape, loss, part)
        for name, part in zip(names, parts, strict=True)
    }


def triplets_of_vectors(rng: np.random.Generator) -> list:
    def vectors(m: int, d: int, scale: float = 1.0) -> list[np.ndarray]:
        return [(scale * rng.normal(size=(m, d))).astype(np.float32) for _ in range(3)]

    easy = [np.eye(3, 4), 0.98 * np.eye(3, 4), -np.eye(3, 4)]
    near, far = [1, 2, 1, 3], [2, 1, 1.05, 1]
    by_hand = [np.float32(part) for part in (np.zeros((4, 2)), np.outer(near, [1, 0]), np.outer(far, [0, 1]))]
    mixed = [np.float32(np.concatenate(pair)) for pair in zip(easy, vectors(3, 4), strict=True)]
    return [
        case("several triplets, the usual margin", vectors(7, 5)),
        case("easy triplets beside hard ones", mixed),
        case("easy triplets alone cost nothing", [np.float32(part) for part in easy]),
        case("another margin", vectors(4, 6, 0.5), alpha=1.5),
        case("an easy triplet, a hard one, one within the margin, a hard one", by_hand),
        case("one triplet that is hard", [np.float32([[0, 0]]), np.float32([[3, 4]]), np.float32([[1, 1]])]),
    ]


the_loss = Exercise(
    name="triplet_loss",
    points=10,
    difficulty=2,
    minutes=15,
    cases=triplets_of_vectors,
    reference=triplet_loss,
    observe=look_at_loss,
    gives="a number made by TensorFlow",
    tolerance=1e-5,
    mistakes=[
        left_tensorflow(triplet_loss),
        *(
            Mistake("alpha is not 0.2 where none is given", of_other_default(a))
            for a in (0.1, 0.3, 0.4, 0.5, 1.0)
        ),
        *switched(
            triplet_loss,
            {
                "the distances are not squared: leave the square root out": {"distance": "plain"},
                "the mean over the batch is taken for the sum": {"total": "mean"},
                "the mean over the embedding is taken where the squares are to be summed": {
                    "distance": "mean"
                },
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
                "nothing is cut off at zero, so easy triplets pay back what hard ones cost": {
                    "clamp": "never"
                },
                "the loss is cut off at zero after the sum: cut each triplet off, then add": {
                    "clamp": "late"
                },
                "the squares are summed over the whole batch at once, or the triplets before they are cut off: sum over "
                "the last axis only, and cut each triplet off": {"clamp": "no axis"},
                "one of the distances has the shape (m, 1), for keepdims=True, and the other (m,): together they make (m, m) "
                "numbers. Leave keepdims out": {"clamp": "keepdims"},
                "the margin is added after the cut at zero, so easy triplets cost it: near - far + alpha, then "
                "cut": {"clamp": "before the margin"},
                "the margin is added once, after the sum: each triplet has it, inside of the cut at zero": {
                    "clamp": "margin after the sum"
                },
                "the cut at zero comes before the sum over the embedding: sum the squares first, then cut each triplet off": {
                    "clamp": "each number"
                },
                "the loss of a triplet is max(near - far, alpha): it is max(near - far + alpha, 0)": {
                    "clamp": "at alpha"
                },
                "both distances are those of the positive, so that each triplet costs alpha: the second is that of the negative": {
                    "far_from": "the positive itself"
                },
                "the negative is compared with the positive: its distance to the anchor counts": {
                    "far_from": "positive"
                },
                **{
                    f"no gradient reaches the {part}: NumPy, or .numpy(), stands in its way. Use tf. there as well": {
                        "cut_off": part
                    }
                    for part in ("anchors", "positives", "negatives")
                },
                "the losses of the triplets are not added up": {"total": "none"},
                "only the first triplet counts: the return stands inside the loop": {"total": "first"},
                "only the last triplet counts: the sum is overwritten in the loop, not added to": {
                    "total": "last"
                },
                "the argument alpha is ignored: the margin is always 0.2": {"alpha": 0.2},
            },
        ),
    ],
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
