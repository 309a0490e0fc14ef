"""Checks for similarity_head: a small network that compares two encodings."""

from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.models import in_training, known, parameters, set_known_weights
from workbook.plain import Other, plain
from workbook.slips import switched


def similarity_head(
    dimensions: int,
    *,
    one: str = "absolute",
    chi: str = "right",
    eps: float = 1e-6,
    features: str = "both",
    activation: str | None = "sigmoid",
    summed: bool = False,
    dropout: float = 0.0,
) -> Any:
    """Two embeddings to the probability that they show one person (Taigman et al. 2014, section 4)."""
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
    second = above / (below + eps) / (2 if chi == "half" else 1)
    second = above / ops.abs(a) + ops.abs(b) + eps if chi == "brackets" else second
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
    X = layers.Dropout(dropout)(X) if dropout else X
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
        "of two": (in_use := np.asarray(model([a, b], training=False))),
        "in training mode": in_training(model, [a, b], in_use),
        "the other way round": np.asarray(model([b, a], training=False)),
        "of one with itself": np.asarray(model([a, a], training=False)),
    }


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
            "only |a| stands below the line of chi-squared, and |b| is added to it: mind the brackets, "
            "/ (|a| + |b| + 1e-6)": {"chi": "brackets"},
            "chi-squared is halved: here it has no factor": {"chi": "half"},
            "chi-squared is not divided by |a| + |b|": {"chi": "none"},
            "there is no sigmoid: the output is no probability": {"activation": None},
            "the output is a softmax over one unit, which is always 1": {"activation": "softmax"},
            "there is a dropout. This head has none": {"dropout": 0.5},
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
    try_next="Once the head is trained, print head.predict([first[:1], first[:1]]), a pair of equal embeddings: is "
    "it 1, and which weight alone decides it?",
)
