"""Checks for localization_loss: presence, box and class, where box and class count only with an object."""

from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, Mistake, case
from workbook.losses import gradient_in_words, gradient_of, left_tensorflow
from workbook.plain import plain
from workbook.slips import switched

TINY = 1e-7


def localization_loss(
    y_true: Any,
    y_pred: Any,
    box_weight: float = 1.0,
    *,
    mask: tuple[str, ...] = ("box", "classes"),
    mask_of: str = "truth",
    presence: str = "both",
    box: str = "squares",
    classes: str = "cross-entropy",
    total: str = "mean",
    weighs: tuple[str, ...] = ("box",),
    signs: tuple[str, ...] = ("presence", "classes"),
    clip: bool = True,
    swapped: bool = False,
    box_columns: tuple[int, int] = (1, 5),
    first_class: int = 5,
    last_class: int | None = None,
    cut_off: str = "",
) -> Any:
    """Mean over the batch of the cross-entropy of presence and, where there is an object, of the squared error
    of the box and the cross-entropy of its class."""
    import tensorflow as tf

    t, p = tf.cast(y_true, tf.float32), tf.cast(y_pred, tf.float32)
    t, p = (p, t) if swapped else (t, p)
    here, says = t[:, 0], p[:, 0]

    def log(x: Any) -> Any:
        return tf.math.log(tf.clip_by_value(x, TINY, 1 - TINY) if clip else x)

    wrong = (t - p)[:, slice(*box_columns)]
    kinds, guess = t[:, first_class:last_class], p[:, first_class:last_class]
    parts = {
        "presence": {
            "both": lambda: -here * log(says) - (1 - here) * log(1 - says),
            "only there": lambda: -here * log(says),
            "minus once": lambda: -here * log(says) + (1 - here) * log(1 - says),
            "squares": lambda: tf.square(here - says),
            "raw": lambda: tf.nn.sigmoid_cross_entropy_with_logits(labels=here, logits=says),
        }[presence](),
        "box": {
            "squares": lambda: tf.reduce_sum(tf.square(wrong), axis=1),
            "mean": lambda: tf.reduce_mean(tf.square(wrong), axis=1),
            "over the batch": lambda: tf.reduce_sum(tf.square(wrong)),
            "mean of all": lambda: tf.fill(tf.shape(here), tf.reduce_mean(tf.square(wrong))),
            "half": lambda: tf.reduce_sum(tf.square(wrong), axis=1) / 2,
            "roots": lambda: tf.reduce_sum(tf.square(roots(t) - roots(p)), axis=1),
            "absolute": lambda: tf.reduce_sum(tf.abs(wrong), axis=1),
            "root": lambda: tf.sqrt(tf.reduce_sum(tf.square(wrong), axis=1)),
        }[box](),
        "classes": {
            "cross-entropy": lambda: -tf.reduce_sum(kinds * log(guess), axis=1),
            "mean": lambda: -tf.reduce_mean(kinds * log(guess), axis=1),
            "over the batch": lambda: -tf.reduce_sum(kinds * log(guess)),
            "mean of all": lambda: tf.fill(
                tf.shape(here), -tf.reduce_mean(tf.reduce_sum(kinds * log(guess), 1))
            ),
            "each alone": lambda: -tf.reduce_sum(kinds * log(guess) + (1 - kinds) * log(1 - guess), axis=1),
            "squares": lambda: tf.reduce_sum(tf.square(kinds - guess), axis=1),
            "raw": lambda: tf.nn.softmax_cross_entropy_with_logits(labels=kinds, logits=guess),
        }[classes](),
    }
    if cut_off:
        parts[cut_off] = tf.stop_gradient(parts[cut_off])
    masks = {"truth": here, "share": says, "guess": tf.cast(says > 0.5, tf.float32), "turned": 1 - here}
    masks["first decides"] = here * here[0]
    if total == "objects apart":
        apart = tf.boolean_mask(box_weight * parts["box"] + parts["classes"], here == 1)
        return tf.reduce_mean(parts["presence"]) + tf.reduce_mean(apart)
    if total == "objects apart, masked":
        apart = here * (box_weight * parts["box"] + parts["classes"])
        return tf.reduce_mean(parts["presence"]) + tf.reduce_sum(apart) / tf.reduce_sum(here)
    if total == "crossed":
        return tf.reduce_mean(
            parts["presence"] + here[:, None] * (box_weight * parts["box"] + parts["classes"])
        )
    if total == "objects apart, at least 1":
        there = tf.reduce_sum(here * (box_weight * parts["box"] + parts["classes"]))
        return tf.reduce_mean(parts["presence"]) + there / tf.maximum(tf.reduce_sum(here), 1)
    loss = 0.0
    for name, part in parts.items():
        part = part if name in signs or name == "box" else -part
        part = box_weight * part if name in weighs else part
        loss += masks[mask_of] * part if name in mask else part
    if total == "none":
        return loss
    if total == "objects":
        return tf.reduce_sum(loss) / tf.reduce_sum(here)
    if total == "objects, at least 1":
        return tf.reduce_sum(loss) / tf.maximum(tf.reduce_sum(here), 1)
    return tf.reduce_mean(loss) if total == "mean" else tf.reduce_sum(loss)


def roots(y: Any) -> Any:
    """Boxes with the roots of width and height in place of these."""
    import tensorflow as tf

    return tf.concat([y[:, 1:3], tf.sqrt(y[:, 3:5])], axis=1)


def of_other_default(weight: float) -> Callable:
    """The loss with another weight of the box where none is given."""
    return lambda y_true, y_pred, box_weight=weight: localization_loss(y_true, y_pred, box_weight)


def look_at_loss(
    function: Callable, y_true: np.ndarray, y_pred: np.ndarray, rounded: int | None = None, **kwargs: Any
) -> Any:
    """The loss, and which parts of the prediction its gradient reaches: training needs both.

    rounded  digits that are looked at, where how a log of 0 is kept away changes the others
    """
    import tensorflow as tf

    t, p = tf.constant(y_true), tf.Variable(y_pred)
    with tf.GradientTape(persistent=True) as tape:
        loss = function(t, p.value(), **kwargs)
    seen = plain(loss)
    if not isinstance(seen, np.ndarray):
        return seen
    if rounded is not None and seen.dtype.kind in "fiu" and np.isfinite(seen).all():
        seen = np.round(seen, rounded) + 0.0
    words = gradient_in_words(tape, loss, p)
    if words == "flows" and rounded is None:  # at 0 or 1 it depends on how the log is kept away from 0
        g = np.abs(gradient_of(tape, loss, p))
        parts = {"presence": g[:, 0], "the box": g[:, 1:5], "the classes": g[:, 5:]}
        words = "reaches " + (
            ", ".join(name for name, part in parts.items() if part.max() > 1e-6) or "nothing"
        )
    return {"loss": seen, "a gradient": words}


def batches(rng: np.random.Generator) -> list:
    def softmax(z: np.ndarray) -> np.ndarray:
        return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)

    def batch(here: list[int], classes: int) -> tuple[np.ndarray, np.ndarray]:
        m = len(here)
        truth = [np.reshape(here, (m, 1)), rng.uniform(0.1, 0.9, (m, 4))]
        kinds = rng.integers(0, classes, m)
        kinds[0] = classes - 1  # so that the last class is there with every seed
        truth.append(np.eye(classes)[kinds])
        says = np.where(
            rng.random((m, 1)) < 0.5, rng.uniform(0.1, 0.4, (m, 1)), rng.uniform(0.6, 0.9, (m, 1))
        )
        guess = [says, rng.uniform(0.1, 0.9, (m, 4)), softmax(rng.normal(size=(m, classes)))]
        return np.float32(np.concatenate(truth, axis=1)), np.float32(np.concatenate(guess, axis=1))

    def right_but_for(first: int, last: int) -> tuple[np.ndarray, np.ndarray]:
        """A batch whose predictions are nearly right but for the columns from first to last."""
        truth, guess = batch([1, 0, 1, 1], 3)
        kept = guess[:, first:last].copy()
        nearly = 0.01 + 0.98 * truth[:, [0]], truth[:, 1:5], 0.01 + 0.97 * truth[:, 5:]
        guess = np.concatenate(nearly, axis=1)
        guess[:, first:last] = kept
        return truth, guess

    there, away = batch([1, 1, 0, 1], 3), batch([0, 0, 0, 0, 0], 3)
    sure = batch([1, 0, 1], 4)[0]
    return [
        case("an object in every picture", *batch([1, 1, 1, 1], 3)),
        case("some pictures are empty: whatever the question marks hold counts nothing", *there),
        case("all pictures are empty: presence alone counts", *away),
        case("presence alone is off", *right_but_for(0, 1)),
        case("the box alone is off", *right_but_for(1, 5)),
        case("the class alone is off", *right_but_for(5, 8)),
        case("five classes", *batch([1, 0, 1, 1, 0, 1], 5)),
        case(
            "the box counts eight times, the first picture is empty",
            *batch([0, 1, 0, 1, 1], 3),
            box_weight=8.0,
        ),
        case("one picture", *batch([1], 2)),
        case("sure and right: a log of 0 must not turn into NaN", sure, sure.copy(), rounded=2),
    ]


the_loss = Exercise(
    name="localization_loss",
    points=20,
    difficulty=3,
    minutes=30,
    cases=batches,
    reference=localization_loss,
    observe=look_at_loss,
    gives="a number made by TensorFlow",
    tolerance=1e-4,
    time_limit=30,
    mistakes=[
        left_tensorflow(localization_loss),
        *(
            Mistake("box_weight is not 1 where none is given", of_other_default(w))
            for w in (2.0, 5.0, 10.0, 60.0)
        ),
        *switched(
            localization_loss,
            {
                "the box is not masked: it counts in empty pictures too": {"mask": ("classes",)},
                "the classes are not masked: they count in empty pictures too": {"mask": ("box",)},
                "there is no mask: box and classes count in empty pictures too": {"mask": ()},
                "presence counts only where there is an object: (1 - p) log(1 - p') is missing, or the mask covers it": {
                    "presence": "only there"
                },
                "presence has one minus, which belongs to both of its logs: -(p log p' + (1 - p) log(1 - p'))": {
                    "presence": "minus once"
                },
                "the mask is turned round: box and classes count where no object is": {"mask_of": "turned"},
                "the first picture decides for the whole batch: where it is empty, no box and no class counts": {
                    "mask_of": "first decides"
                },
                "the mask is what the network says of presence, not what is true": {"mask_of": "share"},
                "the mask is whether the network says more than 0.5, not what is true": {"mask_of": "guess"},
                "presence is judged by the squared error. Here it is the cross-entropy": {
                    "presence": "squares"
                },
                "the mean over the four numbers of the box is taken. Here their squares are added": {
                    "box": "mean"
                },
                "the box is judged by absolute differences. Here they are squared": {"box": "absolute"},
                "the root of the box's squares is taken. Leave it out": {"box": "root"},
                "the squares of the box are halved, as tf.nn.l2_loss and the Huber loss do. Here they count whole": {
                    "box": "half"
                },
                "the roots of width and height are compared, as in the first YOLO. Here they are compared as they "
                "are": {"box": "roots"},
                "the classes' mean over the batch is taken before the mask, as an object of Keras does "
                '(CategoricalCrossentropy()). Give it reduction="none", or call the function': {
                    "classes": "mean of all"
                },
                "the means of box and classes over the batch are taken before the mask, as objects of Keras do "
                "(MeanSquaredError(), CategoricalCrossentropy()): take a number for each picture. And the box's four "
                "squares are added": {"box": "mean of all", "classes": "mean of all"},
                "the mean over the classes is taken. The cross-entropy is a sum": {"classes": "mean"},
                "each class is judged as a yes or no of its own. Here one class is right, and its log counts": {
                    "classes": "each alone"
                },
                "the classes are judged by the squared error. Here it is the cross-entropy": {
                    "classes": "squares"
                },
                "the losses of the pictures are added. Here their mean is taken": {"total": "sum"},
                "the pictures' losses are not brought together: take their mean": {"total": "none"},
                "the sum is divided by the number of objects. Here it is the number of pictures": {
                    "total": "objects"
                },
                "the sum is divided by the number of objects, or by 1 where there is none. Here it is the number of "
                "pictures": {"total": "objects, at least 1"},
                "y_true and y_pred are swapped": {"swapped": True},
                "the minus before the logs is missing": {"signs": ()},
                "the minus before the log of the classes is missing": {"signs": ("presence",)},
                "the minus before the logs of presence is missing": {"signs": ("classes",)},
                "the squares are added over the batch as well: write axis=1 where the box is summed": {
                    "box": "over the batch"
                },
                "the logs of the classes are added over the batch as well: write axis=1 there": {
                    "classes": "over the batch"
                },
                "nothing is clipped, or by so little that float32 loses it (1 - 1e-8 is 1 there): 0 times the log of "
                "0 is NaN": {"clip": False},
                "the argument box_weight is ignored: the box always counts once": {"box_weight": 1.0},
                "the argument box_weight is ignored: the box always counts 60 times": {"box_weight": 60.0},
                "box_weight multiplies the whole loss. It belongs to the box alone": {
                    "weighs": ("presence", "box", "classes")
                },
                "box_weight multiplies the classes as well. It belongs to the box alone": {
                    "weighs": ("box", "classes")
                },
                "the columns are one off: the box is 1 to 4, the classes begin at 5": {
                    "box_columns": (0, 4),
                    "first_class": 4,
                },
                "the box is cut with [:, 1:4], which leaves its height out. Write [:, 1:5]": {
                    "box_columns": (1, 4)
                },
                "the box is cut with [:, :5], so that presence is in it. Write [:, 1:5]": {
                    "box_columns": (0, 5)
                },
                "only the centre of the box is compared. Its width and height count too": {
                    "box_columns": (1, 3)
                },
                "the classes begin one column too early: write [:, 5:]": {"first_class": 4},
                "the last class is left out: write [:, 5:]": {"last_class": -1},
                "presence goes through a sigmoid, as if it were a raw number (logits). It is a probability already": {
                    "presence": "raw"
                },
                "the classes go through a softmax, as if they were raw numbers (logits). They are probabilities "
                "already": {"classes": "raw"},
                "box and classes are averaged over the pictures with an object. Here they are divided by the number "
                "of all pictures": {"total": "objects apart"},
                "box and classes are divided by the number of pictures with an object, which may be 0. Here they are divided "
                "by the number of all pictures": {"total": "objects apart, masked"},
                "box and classes are divided by the number of pictures with an object, or by 1 where there is none. Here "
                "they are divided by the number of all pictures": {"total": "objects apart, at least 1"},
                "a mask of shape (m, 1) meets losses of shape (m,): together they make (m, m) numbers. Write "
                "y_true[:, 0]. (Or means over the batch are taken before the mask.)": {"total": "crossed"},
                "only the first three classes are looked at": {"last_class": 8},
                **{
                    f"no gradient reaches {name}: NumPy, or .numpy(), stands in its way. Use tf. there as well": {
                        "cut_off": part
                    }
                    for part, name in (
                        ("presence", "presence"),
                        ("box", "the box"),
                        ("classes", "the classes"),
                    )
                },
            },
        ),
    ],
    hints=[
        "Three losses of shape (m,) first, each for all pictures; the mask, y_true[:, 0], comes afterwards.",
        "Slices: [:, 0], [:, 1:5], [:, 5:]. Sum squares and logs over axis 1, take the mean over the batch at "
        "the very end.",
        "If the case without empty pictures passes and the others do not, look at the mask. Three cases tell which "
        "of the three losses is wrong. If only the last case is wrong, a log meets a 0: clip the probabilities to [1e-7, 1 - 1e-7] before the log.",
        "presence = -(p * tf.math.log(q) + (1 - p) * tf.math.log(1 - q)), with q the clipped y_pred[:, 0]; then "
        "tf.reduce_mean(presence + p * (box_weight * box + classes)).",
    ],
    idea="The same loss, at each cell of a grid and for each anchor, is nearly all of YOLO.",
    try_next="In the cell that compares class and box, move the box by 6 / 64 in place of 3 / 64: by what factor does its "
    "loss grow?",
)
