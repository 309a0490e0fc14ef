"""Checks for week3/localization_and_landmarks: a loss with a mask, a network for a box, one for landmarks.

The references take switches, and a mistake is a reference with a switch thrown. Networks are judged by what
they compute under known weights.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.models import observe_network
from workbook.plain import plain
from workbook.slips import switched

# --- localization_loss ------------------------------------------------------------------------------------

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
    sign: int = 1,
    clip: bool = True,
    swapped: bool = False,
    first_class: int = 5,
    last_class: int | None = None,
) -> Any:
    """Mean over the batch of the cross-entropy of presence and, where there is an object, of the squared error
    of the box and the cross-entropy of its class."""
    import tensorflow as tf

    t, p = tf.cast(y_true, tf.float32), tf.cast(y_pred, tf.float32)
    t, p = (p, t) if swapped else (t, p)
    here, says = t[:, 0], p[:, 0]

    def log(x: Any) -> Any:
        return tf.math.log(tf.clip_by_value(x, TINY, 1 - TINY) if clip else x)

    wrong = t[:, first_class - 4 : first_class] - p[:, first_class - 4 : first_class]
    kinds, guess = t[:, first_class:last_class], p[:, first_class:last_class]
    parts = {
        "presence": {
            "both": lambda: -here * log(says) - (1 - here) * log(1 - says),
            "only there": lambda: -here * log(says),
            "squares": lambda: tf.square(here - says),
        }[presence](),
        "box": {
            "squares": lambda: tf.reduce_sum(tf.square(wrong), axis=1),
            "mean": lambda: tf.reduce_mean(tf.square(wrong), axis=1),
            "absolute": lambda: tf.reduce_sum(tf.abs(wrong), axis=1),
            "root": lambda: tf.sqrt(tf.reduce_sum(tf.square(wrong), axis=1)),
        }[box](),
        "classes": {
            "cross-entropy": lambda: -tf.reduce_sum(kinds * log(guess), axis=1),
            "mean": lambda: -tf.reduce_mean(kinds * log(guess), axis=1),
            "each alone": lambda: -tf.reduce_sum(kinds * log(guess) + (1 - kinds) * log(1 - guess), axis=1),
            "squares": lambda: tf.reduce_sum(tf.square(kinds - guess), axis=1),
        }[classes](),
    }
    masks = {"truth": here, "share": says, "guess": tf.cast(says > 0.5, tf.float32)}
    loss = 0.0
    for name, part in parts.items():
        part = sign * part if name != "box" else part
        part = box_weight * part if name in weighs else part
        loss += masks[mask_of] * part if name in mask else part
    if total == "none":
        return loss
    if total == "objects":
        return tf.reduce_sum(loss) / tf.reduce_sum(here)
    return tf.reduce_mean(loss) if total == "mean" else tf.reduce_sum(loss)


def look_at_loss(function: Callable, y_true: np.ndarray, y_pred: np.ndarray, **kwargs: Any) -> Any:
    """The loss, and whether a gradient flows to the prediction: training needs both."""
    import tensorflow as tf

    t, p = tf.constant(y_true), tf.Variable(y_pred)
    with tf.GradientTape() as tape:
        loss = function(t, p.value(), **kwargs)
    seen = plain(loss)
    if not isinstance(seen, np.ndarray):
        return seen
    gradient = tape.gradient(loss, p) if tf.is_tensor(loss) else None
    flows = gradient is not None and bool(np.isfinite(np.asarray(gradient)).all())
    return {"loss": seen, "a gradient flows": flows}


def batches(rng: np.random.Generator) -> list:
    def softmax(z: np.ndarray) -> np.ndarray:
        return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)

    def batch(here: list[int], classes: int) -> tuple[np.ndarray, np.ndarray]:
        m = len(here)
        truth = [np.reshape(here, (m, 1)), rng.uniform(0.1, 0.9, (m, 4))]
        truth.append(np.eye(classes)[rng.integers(0, classes, m)])
        says = np.where(
            rng.random((m, 1)) < 0.5, rng.uniform(0.1, 0.4, (m, 1)), rng.uniform(0.6, 0.9, (m, 1))
        )
        guess = [says, rng.uniform(0.1, 0.9, (m, 4)), softmax(rng.normal(size=(m, classes)))]
        return np.float32(np.concatenate(truth, axis=1)), np.float32(np.concatenate(guess, axis=1))

    there, away = batch([1, 1, 0, 1], 3), batch([0, 0, 0, 0, 0], 3)
    sure = batch([1, 0, 1], 4)[0]
    return [
        case("an object in every picture", *batch([1, 1, 1, 1], 3)),
        case("some pictures are empty: whatever the question marks hold counts nothing", *there),
        case("all pictures are empty: presence alone counts", *away),
        case("five classes", *batch([1, 0, 1, 1, 0, 1], 5)),
        case("the box counts eight times", *batch([1, 1, 0, 1, 0], 3), box_weight=8.0),
        case("one picture", *batch([1], 2)),
        case("sure and right: a log of 0 must not turn into NaN", sure, sure.copy()),
    ]


# --- the two networks -------------------------------------------------------------------------------------

LAYERS = ((16, 2), (32, 2), (64, 2), (64, 1), (64, 1))
"""Filters and stride of each convolution."""


def trunk(
    input_shape: tuple[int, int, int],
    *,
    layers_: tuple[tuple[int, int], ...] = LAYERS,
    norm: bool = True,
    relu: bool = True,
    norm_last: bool = False,
    padding: str = "same",
    window: int = 3,
    end: str = "flatten",
    units: int = 128,
    dense_norm: bool = True,
    dense_relu: bool = True,
) -> tuple[Any, Any]:
    """Five convolutions and a dense layer: the input, and 128 numbers for each picture."""
    import keras
    from keras import layers

    X = inputs = keras.Input(input_shape)
    for filters, stride in layers_:
        X = layers.Conv2D(
            filters, window, strides=stride, padding=padding, use_bias=False, kernel_initializer="zeros"
        )(X)
        X = layers.ReLU()(X) if relu and norm_last else X
        X = layers.BatchNormalization()(X) if norm else X
        X = layers.ReLU()(X) if relu and not norm_last else X
    if end == "flatten":
        X = layers.Flatten()(X)
    elif end:
        X = (layers.GlobalAveragePooling2D if end == "average" else layers.GlobalMaxPooling2D)()(X)
    if units:
        X = layers.Dense(units, use_bias=False, kernel_initializer="zeros")(X)
        X = layers.BatchNormalization()(X) if dense_norm else X
        X = layers.ReLU()(X) if dense_relu else X
    return inputs, X


def localization_model(
    input_shape: tuple[int, int, int],
    classes: int,
    *,
    head: str = "right",
    outputs: Callable = lambda classes: 5 + classes,
    **switches: Any,
) -> Any:
    """Pictures to (m, 5 + classes): presence, box, probabilities of the classes."""
    import keras
    from keras import layers, ops

    inputs, X = trunk(input_shape, **switches)
    if head == "two layers":
        parts = [layers.Dense(5, activation="sigmoid")(X), layers.Dense(classes, activation="softmax")(X)]
        return keras.Model(inputs, layers.Concatenate()(parts))
    X = layers.Dense(outputs(classes), kernel_initializer="zeros")(X)
    first, rest = X[:, :5], X[:, 5:]
    ends = {
        "right": lambda: (ops.sigmoid(first), ops.softmax(rest)),
        "swapped": lambda: (ops.softmax(first), ops.sigmoid(rest)),
        "all sigmoid": lambda: (ops.sigmoid(first), ops.sigmoid(rest)),
        "all softmax": lambda: (ops.softmax(X),),
        "none": lambda: (X,),
        "free box": lambda: (ops.sigmoid(first[:, :1]), first[:, 1:], ops.softmax(rest)),
        "box with ReLU": lambda: (ops.sigmoid(first[:, :1]), ops.relu(first[:, 1:]), ops.softmax(rest)),
        "raw classes": lambda: (ops.sigmoid(first), rest),
        "over the batch": lambda: (ops.sigmoid(first), ops.softmax(rest, axis=0)),
        "cut at four": lambda: (ops.sigmoid(X[:, :4]), ops.softmax(X[:, 4:])),
        "classes first": lambda: (ops.softmax(rest), ops.sigmoid(first)),
        "tanh": lambda: (ops.tanh(first), ops.softmax(rest)),
    }
    return keras.Model(inputs, ops.concatenate(ends[head](), axis=-1))


def landmark_model(
    input_shape: tuple[int, int, int],
    landmarks: int,
    *,
    activation: str | None = None,
    shape: str = "right",
    **switches: Any,
) -> Any:
    """Pictures to (m, landmarks, 2): x and y of each landmark."""
    import keras
    from keras import layers

    inputs, X = trunk(input_shape, **switches)
    X = layers.Dense(2 * landmarks, activation=activation, kernel_initializer="zeros")(X)
    if shape == "right":
        X = layers.Reshape((landmarks, 2))(X)
    elif shape == "two rows":
        X = layers.Reshape((2, landmarks))(X)
    elif shape == "two rows turned":
        X = layers.Permute((2, 1))(layers.Reshape((2, landmarks))(X))
    return keras.Model(inputs, X)


IN_THE_TRUNK = {
    "there is no ReLU after the convolutions": {"relu": False},
    "there is no batch normalization after the convolutions": {"norm": False},
    "the ReLU stands before the batch normalization. Here it comes after it": {"norm_last": True},
    "the maps are averaged to one number each. Here they are flattened: an average does not know where": {
        "end": "average"
    },
    "the convolutions have no padding='same'": {"padding": "valid"},
    "all five convolutions have stride 1 or the strides are in another order": {
        "layers_": tuple(
            (filters, stride) for (filters, _), stride in zip(LAYERS, (1, 1, 2, 2, 2), strict=True)
        )
    },
    "the dense layer of 128 units is missing": {"units": 0},
    "the dense layer of 128 units has no ReLU": {"dense_relu": False},
    "the dense layer of 128 units has no batch normalization": {"dense_norm": False},
}


# --- the exercises ----------------------------------------------------------------------------------------

the_loss = Exercise(
    name="localization_loss",
    points=20,
    difficulty=3,
    minutes=30,
    cases=batches,
    reference=localization_loss,
    observe=look_at_loss,
    tolerance=1e-4,
    mistakes=switched(
        localization_loss,
        {
            "the box is not masked: it counts in empty pictures too": {"mask": ("classes",)},
            "the classes are not masked: they count in empty pictures too": {"mask": ("box",)},
            "there is no mask: box and classes count in empty pictures too": {"mask": ()},
            "presence counts only where there is an object: (1 - p) log(1 - p') is missing, or the mask covers it": {
                "presence": "only there"
            },
            "the mask is what the network says of presence, not what is true": {"mask_of": "share"},
            "the mask is whether the network says more than 0.5, not what is true": {"mask_of": "guess"},
            "presence is judged by the squared error. Here it is the cross-entropy": {"presence": "squares"},
            "the mean over the four numbers of the box is taken. Here their squares are added": {
                "box": "mean"
            },
            "the box is judged by absolute differences. Here they are squared": {"box": "absolute"},
            "the root of the box's squares is taken. Leave it out": {"box": "root"},
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
            "y_true and y_pred are swapped": {"swapped": True},
            "the minus before the logs is missing": {"sign": -1},
            "nothing is clipped, and 0 times the log of 0 is NaN": {"clip": False},
            "the argument box_weight is ignored: the box always counts once": {"box_weight": 1.0},
            "box_weight multiplies the whole loss. It belongs to the box alone": {
                "weighs": ("presence", "box", "classes")
            },
            "box_weight multiplies the classes as well. It belongs to the box alone": {
                "weighs": ("box", "classes")
            },
            "the columns are one off: the box is 1 to 4, the classes begin at 5": {"first_class": 4},
            "only the first three classes are looked at": {"last_class": 8},
        },
    ),
    hints=[
        "Three losses of shape (m,) first, each for all pictures; the mask, y_true[:, 0], comes afterwards.",
        "Slices: [:, 0], [:, 1:5], [:, 5:]. Sum squares and logs over axis 1, take the mean over the batch at "
        "the very end.",
        "If the case without empty pictures passes and the others do not, look at the mask. If only the last "
        "case is wrong, a log meets a 0: clip the probabilities to [1e-7, 1 - 1e-7] before the log.",
        "presence = -(p * tf.math.log(q) + (1 - p) * tf.math.log(1 - q)), with q the clipped y_pred[:, 0]; then "
        "tf.reduce_mean(presence + p * (box_weight * box + classes)).",
    ],
    idea="The same loss, at each cell of a grid and for each anchor, is nearly all of YOLO.",
)

the_model = Exercise(
    name="localization_model",
    points=15,
    difficulty=2,
    minutes=20,
    cases=[
        case("pictures higher than wide, three classes", (32, 16, 3), classes=3),
        case("grey pictures whose side is no multiple of 8, six classes", (20, 28, 1), classes=6),
    ],
    reference=localization_model,
    observe=observe_network,
    gives="a Keras model",
    tolerance=2e-4,
    time_limit=30,
    slow=True,
    mistakes=switched(
        localization_model,
        {
            "the sigmoid and the softmax are swapped": {"head": "swapped"},
            "the classes have a sigmoid, so that their probabilities do not add up to 1": {
                "head": "all sigmoid"
            },
            "one softmax runs over all outputs: presence and box then compete with the classes": {
                "head": "all softmax"
            },
            "the outputs are raw: sigmoid and softmax are missing": {"head": "none"},
            "the box has no sigmoid": {"head": "free box"},
            "the box has a ReLU in place of a sigmoid": {"head": "box with ReLU"},
            "presence and box have a tanh in place of a sigmoid": {"head": "tanh"},
            "the classes have no softmax": {"head": "raw classes"},
            "the softmax runs over the batch: it belongs to the last axis": {"head": "over the batch"},
            "the cut is one off: the sigmoid is for the first five outputs": {"head": "cut at four"},
            "the classes stand before presence and box": {"head": "classes first"},
            "the outputs come from several dense layers. Here it is one of 5 + classes units, and then a cut": {
                "head": "two layers"
            },
            "there is one output too few: presence, four for the box, and one for each class": {
                "outputs": lambda classes: 4 + classes
            },
            "the argument classes is ignored: there are always three": {"classes": 3},
            **IN_THE_TRUNK,
        },
    ),
    hints=[
        "A loop over pairs of filters and strides makes the five convolutions: no activation, then batch "
        "normalization, then ReLU.",
        "model.summary() for 64 x 64 x 3 and three classes: 32x32x16, 16x16x32, 8x8x64 three times, 4096, 128, 8.",
        "If the parameters are right and the outputs are not, look at what has none: ReLUs, sigmoid, softmax, "
        "and which outputs each gets.",
        "X = Dense(5 + classes)(X), then ops.concatenate([ops.sigmoid(X[:, :5]), ops.softmax(X[:, 5:])], axis=-1).",
    ],
    idea="A classifier becomes a localizer by five more outputs. What it learns is in the loss.",
)

the_landmarks = Exercise(
    name="landmark_model",
    points=10,
    difficulty=2,
    minutes=10,
    cases=[
        case("pictures wider than high, ten landmarks", (16, 32, 3), landmarks=10),
        case("grey pictures, three landmarks", (24, 24, 1), landmarks=3),
    ],
    reference=landmark_model,
    observe=observe_network,
    gives="a Keras model",
    tolerance=2e-4,
    time_limit=30,
    slow=True,
    mistakes=switched(
        landmark_model,
        {
            "the output is flat: (m, 2 * landmarks). Reshape it to (m, landmarks, 2)": {"shape": "flat"},
            "the output has the shape (m, 2, landmarks). Here it is (m, landmarks, 2)": {"shape": "two rows"},
            "all x stand before all y in the dense layer. Here x and y of a landmark stand side by side": {
                "shape": "two rows turned"
            },
            "the landmarks have a sigmoid: one outside the picture could never be told": {
                "activation": "sigmoid"
            },
            "the landmarks have a ReLU: left of the picture and above it nothing could be told": {
                "activation": "relu"
            },
            "the landmarks have a softmax": {"activation": "softmax"},
            "the argument landmarks is ignored: there are always ten": {"landmarks": 10},
            **IN_THE_TRUNK,
        },
    ),
    hints=[
        "Everything up to the 128 numbers is as before. Two numbers for each landmark.",
        "Reshape takes the shape without the batch.",
        "If only the shape is wrong, the reshape is missing or turned; if the outputs never fall below 0, an "
        "activation is left.",
        "X = Reshape((landmarks, 2))(Dense(2 * landmarks)(X)).",
    ],
    idea="A hundred landmarks cost no more layers than ten. Bodies, hands and cows have them too.",
)
