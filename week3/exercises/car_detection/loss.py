"""Checks for yolo_loss: what a prediction lacks, as one number, and its gradient."""

import numpy as np

from workbook import Exercise, case
from workbook.losses import left_tensorflow
from workbook.plain import Other
from workbook.slips import by_slip


def loss_with(slip=""):
    """The reference, and the same with one slip in it."""

    def yolo_loss(y_true, y_pred):
        import tensorflow as tf

        binary, several = (
            tf.nn.sigmoid_cross_entropy_with_logits,
            tf.nn.sparse_softmax_cross_entropy_with_logits,
        )
        there, kind = y_true[..., 0], tf.cast(y_true[..., 5], tf.int32)
        total = tf.math.reduce_mean if slip in ("mean", "mean but classes") else tf.math.reduce_sum
        xy = y_pred[..., 1:3] if slip == "no sigmoid" else tf.sigmoid(y_pred[..., 1:3])
        wh = tf.sigmoid(y_pred[..., 3:5]) if slip == "sigmoid on sizes" else y_pred[..., 3:5]
        wh = tf.exp(wh) if slip == "exp on sizes" else wh
        far = tf.concat([xy - y_true[..., 1:3], wh - y_true[..., 3:5]], axis=-1)
        box = tf.reduce_sum(tf.abs(far) if slip == "absolute" else far**2, axis=-1)
        box = tf.sqrt(box + 1e-12) if slip == "root" else box
        squares = {"middles alone": far[..., :2], "sizes alone": far[..., 2:]}.get(slip)
        box = box if squares is None else tf.reduce_sum(squares**2, axis=-1)
        if slip == "5 for the middle":
            box = tf.reduce_sum(far**2 * [1, 1, 0.2, 0.2], axis=-1)
        box = tf.fill(tf.shape(there), tf.reduce_sum(far**2)) if slip == "over all" else box
        box = box / 4 if slip == "mean of four" else box
        raw = y_pred[..., 0]
        sure = tf.sigmoid(raw)
        if slip == "squared confidence":
            confidence = (sure - there) ** 2
        elif slip == "log of sigmoid":
            confidence = -there * tf.math.log(sure) - (1 - there) * tf.math.log(1 - sure)
        elif slip == "clipped":
            sure = tf.clip_by_value(sure, 1e-7, 1 - 1e-7)
            confidence = -there * tf.math.log(sure) - (1 - there) * tf.math.log(1 - sure)
        elif slip == "labels second":
            confidence = binary(raw, there)
        elif slip in ("sigmoid twice", "both twice"):
            confidence = binary(there, sure)
        else:
            confidence = binary(there, raw)
        if slip == "classes one by one":
            hot = tf.one_hot(kind, y_pred.shape[-1] - 5)
            names = tf.reduce_sum(binary(hot, y_pred[..., 5:]), axis=-1)
        elif slip == "squared classes":
            hot = tf.one_hot(kind, y_pred.shape[-1] - 5)
            names = tf.reduce_sum((tf.nn.softmax(y_pred[..., 5:]) - hot) ** 2, axis=-1)
        else:
            numbers = y_pred[..., 4 if slip == "classes from 4" else 5 :]
            names = several(
                kind, tf.nn.softmax(numbers) if slip in ("softmax twice", "both twice") else numbers
            )
        five, half = {"no 5": (1, 0.5), "no half": (5, 1), "exchanged": (0.5, 5)}.get(slip, (5, 0.5))
        where = 1 - there
        empty = {
            "half everywhere": (1, 0.5),
            "half for objects": (0.5, 1),
            "empty ignored": (1, 0),
            "only empty": (0, 1),
        }.get(slip)
        weight = there + half * where if empty is None else empty[0] * there + empty[1] * half * 2 * where
        weight = tf.fill(tf.shape(there), 0.5) if slip == "half everywhere" else weight
        weight = there + half if slip == "half on top" else weight
        parts = [
            five * (box if slip in ("boxes everywhere", "no mask") else there * box),
            weight * confidence,
            (five if slip == "5 for the class" else 1)
            * (names if slip in ("classes everywhere", "no mask") else there * names),
        ]
        chosen = {"no boxes": [1, 2], "no classes": [0, 1]}.get(slip, [0, 1, 2])
        pictures = 1 if slip in ("not over m", "mean") else tf.cast(tf.shape(y_true)[0], tf.float32)
        if slip in ("over objects", "over objects, if any"):
            pictures = tf.maximum(tf.reduce_sum(there), 1 if slip == "over objects" else 0)
        return tf.add_n([total(parts[i]) for i in chosen]) / pictures

    return yolo_loss


LOSS_SLIPS = {
    "boxes everywhere": "the box counts where there is no object too: multiply its error by presence",
    "classes everywhere": "the class counts where there is no object too: multiply its cross-entropy by presence",
    "no mask": "box and class count where there is no object too: multiply both by presence",
    "5 for the middle": "the weight 5 multiplies the middle alone: it belongs to the sizes too",
    "middles alone": "the sizes are missing from the box: t_w and t_h count too",
    "sizes alone": "the middle is missing from the box: t_x and t_y count too",
    "over all": "the squares of all anchors are added up before the mask: write axis=-1 where the box is summed, a number "
    "for each anchor",
    "classes from 4": "the classes begin one number too early: write y_pred[..., 5:]",
    "5 for the class": "the weight 5 multiplies the class as well: it belongs to the box alone",
    "no 5": "the weight 5 of the box is missing",
    "no half": "the weight 0.5 of anchors without an object is missing",
    "exchanged": "the weights are exchanged: 5 belongs to the box, 0.5 to anchors without an object",
    "half everywhere": "the confidence has weight 0.5 where there is an object too: there it counts whole",
    "half on top": "the 0.5 counts where there is an object too, on top of its 1: the weight is p + 0.5 * (1 - p)",
    "half for objects": "the weights 1 and 0.5 of the confidence are exchanged: 1 belongs to anchors with an object, "
    "0.5 to those without",
    "empty ignored": "anchors without an object do not count: their confidence should be 0, and that is to be learned",
    "only empty": "the confidence counts only where there is no object: where there is one it should be 1",
    "no boxes": "the box is missing from the sum",
    "no classes": "the class is missing from the sum",
    "no sigmoid": "t_x and t_y are compared with the raw numbers: the sigmoid belongs in between",
    "sigmoid on sizes": "t_w and t_h go through a sigmoid: they can be any number, so leave them raw",
    "exp on sizes": "the exponential of the raw sizes is compared with t_w and t_h, which are logarithms: leave them",
    "absolute": "the box's errors are not squared",
    "root": "the root of the squares is taken: leave the sum of the squares",
    "squared confidence": "the confidence has a squared error: it should be the binary cross-entropy",
    "log of sigmoid": "the logarithm of the sigmoid is taken by itself: for large numbers it becomes infinite, which "
    "sigmoid_cross_entropy_with_logits avoids",
    "clipped": "the sigmoid is clipped before its logarithm: what is very sure and wrong then counts too little, and "
    "has no gradient. sigmoid_cross_entropy_with_logits takes the raw numbers",
    "labels second": "labels and logits are exchanged in the confidence: sigmoid_cross_entropy_with_logits takes the "
    "labels first (presence), then the raw numbers. Write labels= and logits=",
    "sigmoid twice": "the confidence goes through the sigmoid twice: sigmoid_cross_entropy_with_logits wants raw "
    "numbers",
    "softmax twice": "the classes go through the softmax twice: sparse_softmax_cross_entropy_with_logits wants raw "
    "numbers",
    "both twice": "the confidence goes through the sigmoid and the classes through the softmax twice: the two functions of "
    "tf.nn want raw numbers",
    "mean of four": "the mean of the box's four squares is taken: add them up",
    "classes one by one": "each class has a binary cross-entropy: one class out of several asks for softmax",
    "squared classes": "the class has a squared error: it should be the cross-entropy",
    "mean": "means are taken in place of sums: a hundred empty anchors then drown one car",
    "mean but classes": "means over all anchors are taken and divided by m once more: add up, and divide by m once",
    "not over m": "the sum is not divided by the number of pictures",
    "over objects": "the sum is divided by the number of objects: divide by the number of pictures",
    "over objects, if any": "the sum is divided by the number of objects, which may be 0: divide by the number of pictures",
}


def loss_and_gradient(function, y_true, y_pred, smooth=True):
    """The loss, and how it changes with the prediction: what training needs of it.

    smooth: False where a right loss may have a kink, as max(x, 0) has at 0; its gradient is not looked at there.
    """
    import tensorflow as tf

    prediction = tf.constant(y_pred)
    with tf.GradientTape() as tape:
        tape.watch(prediction)
        loss = function(tf.constant(y_true), prediction)
    if loss is None or isinstance(loss, tuple | list | dict | str):
        return loss
    gradient = tape.gradient(loss, prediction) if tf.is_tensor(loss) else None
    if gradient is None:
        gradient = Other("None", "none: somewhere the numbers leave TensorFlow (NumPy, float, .numpy())")
    return {"the loss": np.asarray(loss)} | ({"its gradient": gradient} if smooth else {})


def batch_of(rng, m, objects, grid=(2, 3), k=2, classes=3):
    """A batch of targets with so many objects, and predictions."""
    y_true = np.zeros((m * grid[0] * grid[1] * k, 6))
    places = rng.permutation(len(y_true))[:objects]
    kinds = rng.permutation(np.arange(objects) % classes)
    y_true[places] = np.column_stack(
        [np.ones(objects), rng.uniform(0, 1, (objects, 2)), rng.normal(0, 0.4, (objects, 2)), kinds]
    )
    shape = (m, *grid, k)
    y_pred = rng.normal(0, 1.2, (*shape, 5 + classes)).astype(np.float32)
    return y_true.reshape(*shape, 6).astype(np.float32), y_pred


def very_sure(rng):
    """Two anchors of which one sees a car that is not there, and the other none where one is."""
    y_true, y_pred = batch_of(rng, 2, 1, (1, 2), 1)
    y_pred[..., 0] = np.where(y_true[..., 0] == 1, -60, 50)
    return y_true, y_pred


def loss_example():
    """The worked example: one anchor with an object, one without; all predictions 0."""
    y_true = np.zeros((1, 1, 1, 2, 6), np.float32)
    y_true[0, 0, 0, 0] = [1, 0.7, 0.5, 0.1, -0.2, 1]
    return y_true, np.zeros((1, 1, 1, 2, 7), np.float32)


yolo_loss = Exercise(
    name="yolo_loss",
    points=12,
    difficulty=3,
    minutes=30,
    cases=lambda rng: [
        case("the example of the text", *loss_example(), smooth=False),
        case("no object at all", *batch_of(rng, 2, 0)),
        case("an object in every anchor", *batch_of(rng, 2, 12, (1, 3), 2)),
        case("three pictures, some objects", *batch_of(rng, 3, 7)),
        case("four pictures, another grid, five classes", *batch_of(rng, 4, 9, (3, 2), 3, 5)),
        case("very sure, and wrong", *very_sure(rng)),
    ],
    observe=loss_and_gradient,
    gives="a number made by TensorFlow",
    reference=loss_with(),
    tolerance=1e-4,
    time_limit=30,
    mistakes=[
        left_tensorflow(loss_with()),
        *by_slip(loss_with, LOSS_SLIPS),
    ],
    hints=[
        "Cut the arrays up first: y_true[..., 0] is presence, y_true[..., 1:5] the box, y_true[..., 5] the class. "
        "y_pred has the same order, with a number for each class from 5 on.",
        "tf.nn.sigmoid_cross_entropy_with_logits and tf.nn.sparse_softmax_cross_entropy_with_logits take raw numbers. "
        "Each gives one number for each anchor here.",
        "If 'no object at all' fails, something counts that presence should switch off, or 0.5 is missing. If only "
        "'very sure' fails, you take the logarithm of a sigmoid yourself.",
        "weight = there + 0.5 * (1 - there); the sum over all anchors of 5 * there * box + weight * confidence + "
        "there * classes, divided by the number of pictures.",
    ],
    idea="Without the half for empty anchors, nothing would ever teach the network to say no.",
    try_next="Work out by hand what it gives for y_true = tf.zeros((1, 2, 2, 3, 6)) and y_pred = tf.zeros((1, 2, 2, 3, "
    "8)), then run it.",
)
