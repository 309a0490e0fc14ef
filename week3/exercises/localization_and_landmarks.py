"""Checks for week3/localization_and_landmarks: a loss with a mask, a network for a box, one for landmarks.

The references take switches, and a mistake is a reference with a switch thrown. Networks are judged by what
they compute under known weights.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.models import extras, known, known_pictures, parameters, set_known_weights
from workbook.plain import Other, plain
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
    signs: tuple[str, ...] = ("presence", "classes"),
    clip: bool = True,
    swapped: bool = False,
    box_columns: tuple[int, int] = (1, 5),
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

    wrong = (t - p)[:, slice(*box_columns)]
    kinds, guess = t[:, first_class:last_class], p[:, first_class:last_class]
    parts = {
        "presence": {
            "both": lambda: -here * log(says) - (1 - here) * log(1 - says),
            "only there": lambda: -here * log(says),
            "squares": lambda: tf.square(here - says),
            "raw": lambda: tf.nn.sigmoid_cross_entropy_with_logits(labels=here, logits=says),
        }[presence](),
        "box": {
            "squares": lambda: tf.reduce_sum(tf.square(wrong), axis=1),
            "mean": lambda: tf.reduce_mean(tf.square(wrong), axis=1),
            "over the batch": lambda: tf.reduce_sum(tf.square(wrong)),
            "absolute": lambda: tf.reduce_sum(tf.abs(wrong), axis=1),
            "root": lambda: tf.sqrt(tf.reduce_sum(tf.square(wrong), axis=1)),
        }[box](),
        "classes": {
            "cross-entropy": lambda: -tf.reduce_sum(kinds * log(guess), axis=1),
            "mean": lambda: -tf.reduce_mean(kinds * log(guess), axis=1),
            "over the batch": lambda: -tf.reduce_sum(kinds * log(guess)),
            "each alone": lambda: -tf.reduce_sum(kinds * log(guess) + (1 - kinds) * log(1 - guess), axis=1),
            "squares": lambda: tf.reduce_sum(tf.square(kinds - guess), axis=1),
            "raw": lambda: tf.nn.softmax_cross_entropy_with_logits(labels=kinds, logits=guess),
        }[classes](),
    }
    masks = {"truth": here, "share": says, "guess": tf.cast(says > 0.5, tf.float32)}
    if total == "objects apart":
        apart = tf.boolean_mask(box_weight * parts["box"] + parts["classes"], here == 1)
        return tf.reduce_mean(parts["presence"]) + tf.reduce_mean(apart)
    if total == "crossed":
        return tf.reduce_mean(
            parts["presence"] + here[:, None] * (box_weight * parts["box"] + parts["classes"])
        )
    loss = 0.0
    for name, part in parts.items():
        part = part if name in signs or name == "box" else -part
        part = box_weight * part if name in weighs else part
        loss += masks[mask_of] * part if name in mask else part
    if total == "none":
        return loss
    if total == "objects":
        return tf.reduce_sum(loss) / tf.reduce_sum(here)
    return tf.reduce_mean(loss) if total == "mean" else tf.reduce_sum(loss)


def look_at_loss(
    function: Callable, y_true: np.ndarray, y_pred: np.ndarray, rounded: int | None = None, **kwargs: Any
) -> Any:
    """The loss, and whether a gradient flows to the prediction: training needs both.

    rounded  digits that are looked at, where how a log of 0 is kept away changes the others
    """
    import tensorflow as tf

    t, p = tf.constant(y_true), tf.Variable(y_pred)
    with tf.GradientTape() as tape:
        loss = function(t, p.value(), **kwargs)
    seen = plain(loss)
    if not isinstance(seen, np.ndarray):
        return seen
    if rounded is not None and seen.dtype.kind in "fiu" and np.isfinite(seen).all():
        seen = np.round(seen, rounded) + 0.0
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
        case("the box counts eight times", *batch([1, 1, 0, 1, 0], 3), box_weight=8.0),
        case("one picture", *batch([1], 2)),
        case("sure and right: a log of 0 must not turn into NaN", sure, sure.copy(), rounded=2),
    ]


# --- the two networks -------------------------------------------------------------------------------------


def look_at_network(network: Callable, input_shape: tuple[int, int, int], **kwargs: Any) -> Any:
    """What a network computes under known weights, in both modes."""
    import keras

    model = network(input_shape=input_shape, **kwargs, **extras(network))
    if not isinstance(model, keras.Model):
        return plain(model)
    X = known_pictures(2, input_shape)
    outputs = model(X, training=False)  # a subclassed model makes its weights when it is called
    if isinstance(outputs, list | tuple | dict):
        return Other("Model", f"a Keras model with {len(outputs)} outputs: put them together as one")
    set_known_weights(model)
    set_heads(model, X)
    inference = np.asarray(model(X, training=False))
    return {
        "output shape": list(inference.shape)[1:],
        "parameters": parameters(model),
        "in inference mode": inference,
        "in training mode": np.asarray(model(X, training=True)),
    }


def set_heads(model: Any, X: np.ndarray) -> None:
    """Gives each number of the output its own known column of weights, in whatever order the units stand, and
    whether one dense layer makes them or several. With weights of 0 the gradients tell which output a unit makes."""
    import tensorflow as tf

    count = int(np.prod(model(X, training=False).shape[1:]))
    kernels = [variable for variable in model.trainable_variables if len(variable.shape) == 2]
    groups = [[each for each in kernels if each.shape[0] == n] for n in {each.shape[0] for each in kernels}]
    heads = next((group for group in groups if sum(each.shape[1] for each in group) == count), None)
    if heads is None:
        return
    n = heads[0].shape[0]
    for head in heads:
        head.assign(np.zeros(head.shape, np.float32))
    with tf.GradientTape(persistent=True) as tape:
        outputs = tf.unstack(tf.reshape(model(X, training=False), (len(X), count))[0])
    grows = [
        tape.gradient(output, [head.value for head in heads], unconnected_gradients="zero")
        for output in outputs
    ]
    places = (
        np.array([np.concatenate([np.sum(g, axis=0) for g in each]) for each in grows])
        .argmax(axis=0)
        .tolist()
    )
    if sorted(places) != list(range(count)):
        places = list(range(count))
    columns = (known((n, count), "kernel") / np.sqrt(n))[:, places]
    for head in heads:
        head.assign(columns[:, : head.shape[1]])
        columns = columns[:, head.shape[1] :]


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
    dense_norm_last: bool = False,
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
        X = layers.ReLU()(X) if dense_relu and dense_norm_last else X
        X = layers.BatchNormalization()(X) if dense_norm else X
        X = layers.ReLU()(X) if dense_relu and not dense_norm_last else X
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
    X = layers.Dense(outputs(classes), kernel_initializer="zeros")(X)
    first, rest = X[:, :5], X[:, 5:]
    ends = {
        "right": lambda: (
            (ops.sigmoid(first), ops.softmax(rest)) if outputs(classes) > 5 else (ops.sigmoid(first),)
        ),
        "swapped": lambda: (ops.softmax(first), ops.sigmoid(rest)),
        "all sigmoid": lambda: (ops.sigmoid(first), ops.sigmoid(rest)),
        "all softmax": lambda: (ops.softmax(X),),
        "none": lambda: (X,),
        "free box": lambda: (ops.sigmoid(first[:, :1]), first[:, 1:], ops.softmax(rest)),
        "box with ReLU": lambda: (ops.sigmoid(first[:, :1]), ops.relu(first[:, 1:]), ops.softmax(rest)),
        "raw classes": lambda: (ops.sigmoid(first), rest),
        "over the batch": lambda: (ops.sigmoid(first), ops.softmax(rest, axis=0)),
        "softmax from four": lambda: (ops.sigmoid(first), ops.softmax(X[:, 4:])),
        "softmax of all": lambda: (ops.sigmoid(first), ops.softmax(X)),
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
    return keras.Model(inputs, X)


IN_THE_TRUNK = {
    "there is no ReLU after the convolutions": {"relu": False},
    "there is no batch normalization after the convolutions": {"norm": False},
    "the ReLU stands before the batch normalization. Here it comes after it": {"norm_last": True},
    "the maps are averaged to one number each. Here they are flattened: an average does not know where": {
        "end": "average"
    },
    "the convolutions have no padding='same'": {"padding": "valid"},
    "the strides are in another order: 1, 1, 2, 2, 2. They are 2, 2, 2, 1, 1": {
        "layers_": tuple(
            (filters, stride) for (filters, _), stride in zip(LAYERS, (1, 1, 2, 2, 2), strict=True)
        )
    },
    "the dense layer of 128 units is missing": {"units": 0},
    "the dense layer of 128 units has no ReLU": {"dense_relu": False},
    "the dense layer of 128 units has no batch normalization": {"dense_norm": False},
    "the ReLU of the dense layer stands before its batch normalization. Here it comes after it": {
        "dense_norm_last": True
    },
    "neither the convolutions nor the dense layer have batch normalization": {
        "norm": False,
        "dense_norm": False,
    },
    "nowhere is a ReLU": {"relu": False, "dense_relu": False},
    "all ReLUs stand before the batch normalizations. Here they come after them": {
        "norm_last": True,
        "dense_norm_last": True,
    },
    "the maxima of the maps are taken, one number each. Here they are flattened: a maximum does not know where": {
        "end": "max"
    },
    "all five convolutions have stride 2": {"layers_": tuple((filters, 2) for filters, _ in LAYERS)},
    "all five convolutions have stride 1": {"layers_": tuple((filters, 1) for filters, _ in LAYERS)},
    "the windows of the convolutions are 5x5. They are 3x3": {"window": 5},
    "there are four convolutions: the last one with 64 filters and stride 1 is missing": {
        "layers_": LAYERS[:4]
    },
    "there are three convolutions: the two with 64 filters and stride 1 are missing": {"layers_": LAYERS[:3]},
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
    time_limit=30,
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
            "the box is cut with [:, :5], so that presence is in it. Write [:, 1:5]": {"box_columns": (0, 5)},
            "only the centre of the box is compared. Its width and height count too": {"box_columns": (1, 3)},
            "the last class is left out: write [:, 5:]": {"last_class": -1},
            "presence goes through a sigmoid, as if it were a raw number (logits). It is a probability already": {
                "presence": "raw"
            },
            "the classes go through a softmax, as if they were raw numbers (logits). They are probabilities "
            "already": {"classes": "raw"},
            "box and classes are averaged over the pictures with an object. Here they are divided by the number "
            "of all pictures": {"total": "objects apart"},
            "a mask of shape (m, 1) meets losses of shape (m,): together they make (m, m) numbers. Write "
            "y_true[:, 0]": {"total": "crossed"},
            "only the first three classes are looked at": {"last_class": 8},
        },
    ),
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
    observe=look_at_network,
    gives="a Keras model",
    tolerance=2e-4,
    time_limit=60,
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
            "the softmax gets one output too many: the classes begin at X[:, 5:]": {
                "head": "softmax from four"
            },
            "the softmax gets all outputs, so that 5 too many come back: give it X[:, 5:]": {
                "head": "softmax of all"
            },
            "the classes stand before presence and box": {"head": "classes first"},
            "there is one output too few: presence, four for the box, and one for each class": {
                "outputs": lambda classes: 4 + classes
            },
            "there is no output for the classes: the last dense layer has 5 + classes units": {
                "outputs": lambda classes: 5
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
    try_next="Compare localization_model((64, 64, 3), 3).count_params() with that for (128, 128, 3): which layer grows?",
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
    observe=look_at_network,
    gives="a Keras model",
    tolerance=2e-4,
    time_limit=60,
    slow=True,
    mistakes=switched(
        landmark_model,
        {
            "the output is flat: (m, 2 * landmarks). Reshape it to (m, landmarks, 2)": {"shape": "flat"},
            "the output has the shape (m, 2, landmarks). Here it is (m, landmarks, 2)": {"shape": "two rows"},
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
    try_next="Once the network is trained, give it a mirrored face, faces_test[:1, :, ::-1], and look at which side it "
    "puts landmark 0.",
)
