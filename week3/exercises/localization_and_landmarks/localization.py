"""Checks for localization_model: a network that says whether, where and what."""

from collections.abc import Callable
from typing import Any

from workbook import Exercise, case
from workbook.slips import switched

from .observers import look_at_network
from .trunk import IN_THE_TRUNK, NO_BIASES, trunk


def localization_model(
    input_shape: tuple[int, int, int],
    classes: int,
    *,
    head: str = "right",
    outputs: Callable = lambda classes: 5 + classes,
    biases: bool = True,
    axis: int = -1,
    **switches: Any,
) -> Any:
    """Pictures to (m, 5 + classes): presence, box, probabilities of the classes."""
    import keras
    from keras import layers, ops

    inputs, X = trunk(input_shape, **switches)
    X = layers.Dense(outputs(classes), use_bias=biases, kernel_initializer="zeros")(X)
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
        "sigmoid before": lambda: (ops.sigmoid(first), ops.softmax(ops.sigmoid(rest))),
        "over the batch": lambda: (ops.sigmoid(first), ops.softmax(rest, axis=0)),
        "softmax from four": lambda: (ops.sigmoid(first), ops.softmax(X[:, 4:])),
        "softmax of all": lambda: (ops.sigmoid(first), ops.softmax(X)),
        "cut at four": lambda: (ops.sigmoid(X[:, :4]), ops.softmax(X[:, 4:])),
        "classes first": lambda: (ops.softmax(rest), ops.sigmoid(first)),
        "ReLU before": lambda: (ops.sigmoid(ops.relu(first)), ops.softmax(ops.relu(rest))),
        "box in the softmax": lambda: (ops.sigmoid(X[:, :1]), ops.softmax(X[:, 1:])),
        "tanh": lambda: (ops.tanh(first), ops.softmax(rest)),
    }
    return keras.Model(inputs, ops.concatenate(ends[head](), axis=axis))


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
            "the last dense layer has a ReLU. Sigmoid and softmax want raw numbers, below 0 too": {
                "head": "ReLU before"
            },
            "the softmax runs over box and classes: the sigmoid is for the first five outputs, the box among them": {
                "head": "box in the softmax"
            },
            "the classes have no softmax": {"head": "raw classes"},
            "the classes go through the sigmoid and then through the softmax: the softmax wants raw numbers": {
                "head": "sigmoid before"
            },
            "the softmax runs over the batch: it belongs to the last axis": {"head": "over the batch"},
            "the cut is one off: the sigmoid is for the first five outputs": {"head": "cut at four"},
            "the softmax gets one output too many: the classes begin at X[:, 5:]": {
                "head": "softmax from four"
            },
            "the softmax gets all outputs, so that 5 too many come back: give it X[:, 5:]": {
                "head": "softmax of all"
            },
            "presence and box are joined with the classes along the batch, which is axis 0: ops.concatenate(..., axis=1)": {
                "axis": 0
            },
            "the classes stand before presence and box": {"head": "classes first"},
            "there is one output too few: presence, four for the box, and one for each class": {
                "outputs": lambda classes: 4 + classes
            },
            "there is no output for the classes: the last dense layer has 5 + classes units": {
                "outputs": lambda classes: 5
            },
            "the argument classes is ignored: there are always three": {"classes": 3},
            NO_BIASES: {"biases": False},
            **IN_THE_TRUNK,
        },
    ),
    hints=[
        "A loop over pairs of filters and strides makes the five convolutions: no activation, then batch "
        "normalization, then ReLU.",
        "model.summary() for 64 x 64 x 3 and three classes: 32x32x16, 16x16x32, 8x8x64 three times, 4096, 128, 8.",
        "If the parameters are right and the outputs are not, look at what has none: ReLUs, sigmoid, softmax, "
        "and which outputs each gets.",
        "X = layers.Dense(5 + classes)(X), then "
        "ops.concatenate([ops.sigmoid(X[:, :5]), ops.softmax(X[:, 5:])], axis=-1).",
    ],
    idea="A classifier becomes a localizer by five more outputs. What it learns is in the loss.",
    try_next="Compare localization_model((64, 64, 3), 3).count_params() with that for (128, 128, 3): which layer grows?",
)
