"""Checks for maximize_activation: a picture that excites a channel more and more."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, Mistake, case
from workbook.slips import by_slip

from .weights import give_weights, with_slip


def maximize_activation(
    model: Any,
    layer: str,
    channel: int,
    steps: int,
    start: Any,
    rate: float = 0.05,
    *,
    slip: str = "",
) -> Any:
    """Gradient ascent on a picture: it excites a channel more and more (Erhan et al. 2009).

    start  (1, n_H, n_W, 3); the result is like it, between -1 and 1
    """
    import keras
    import tensorflow as tf

    if slip == "last layer":
        layer = model.layers[-1].name
    part = keras.Model(model.input, model.get_layer(layer).output)
    picture = tf.convert_to_tensor(start, tf.float32)
    if slip == "from grey":
        picture = tf.zeros_like(picture)
    channel = 0 if slip == "channel 0" else channel
    if slip == "return inside":
        if not steps:
            return None
        steps = 1
    g = None
    for _ in range(1 if slip == "one step" else steps):
        if g is None or slip != "one gradient":
            with tf.GradientTape() as tape:
                tape.watch(picture)
                A = part(picture, training=slip == "training")
                A = {"whole layer": A, "row": A[:, channel % A.shape[1]]}.get(slip, A[..., channel])
                A = tf.nn.relu(A) if slip == "relu" else A
                J = {"max": tf.reduce_max, "squares": lambda a: tf.reduce_mean(a**2)}.get(
                    slip, tf.reduce_mean
                )(A)
            g = tape.gradient(J, picture)
        picture = tf.clip_by_value(picture, -1.0, 1.0) if slip == "clipped first" else picture
        picture = picture + (0.05 if slip == "rate" else rate) * _direction(g, slip)
        if slip not in ("not clipped", "clipped at the end", "clipped first"):
            picture = tf.clip_by_value(picture, 0.0 if slip == "clipped at 0" else -1.0, 1.0)
    return tf.clip_by_value(picture, -1.0, 1.0) if slip == "clipped at the end" else picture


def _direction(g: Any, slip: str) -> Any:
    import tensorflow as tf

    if slip == "raw":
        return g
    if slip == "sign":
        return tf.sign(g)
    if slip == "length":
        return g / (tf.norm(g) + 1e-8)
    if slip == "largest":
        return g / (tf.reduce_max(tf.abs(g)) + 1e-8)
    if slip == "no root":
        return g / (tf.reduce_mean(tf.square(g)) + 1e-8)
    if slip == "spread":
        return (g - tf.reduce_mean(g)) / (tf.math.reduce_std(g) + 1e-8)
    if slip == "std":
        return g / (tf.math.reduce_std(g) + 1e-8)
    if slip == "mean size":
        return g / (tf.reduce_mean(tf.abs(g)) + 1e-8)
    if slip == "under the root":
        return g / tf.sqrt(tf.reduce_mean(tf.square(g)) + 1e-8)
    g = g / (tf.sqrt(tf.reduce_mean(tf.square(g))) + 1e-8)
    return -g if slip == "down" else g


def of_other_default(size: float) -> Callable:
    """The ascent with another rate where none is given."""

    def ascend(model: Any, layer: str, channel: int, steps: int, start: Any, rate: float = size) -> Any:
        return maximize_activation(model, layer, channel, steps, start, rate)

    return ascend


@functools.cache
def dreamer(n_H: int, n_W: int) -> Any:
    """A small smooth model with known weights, which behaves otherwise in training."""
    from keras import Input, Model, layers

    inputs = Input((n_H, n_W, 3), name="picture")
    X = layers.Conv2D(4, 3, padding="same", name="first")(inputs)
    X = layers.BatchNormalization(name="norm")(X)
    X = layers.Activation("tanh", name="tanh")(X)
    X = layers.Conv2D(5, 3, strides=2, padding="same", name="second")(X)
    X = layers.Activation("softplus", name="softplus")(X)
    model = Model(inputs, layers.Conv2D(3, 3, name="third")(X))
    give_weights(model)
    return model


def look_at_dream(function: Callable, layer: str, channel: int, steps: int, start: Any, **kwargs: Any) -> Any:
    """The picture that comes out, for the small model."""
    statistics = [np.array(v) for v in dreamer(*start.shape[1:3]).non_trainable_variables]
    model = dreamer(*start.shape[1:3])
    try:
        return function(model, layer, channel, steps, start, **kwargs)
    finally:  # a run in training mode moves them
        for variable, value in zip(model.non_trainable_variables, statistics, strict=True):
            variable.assign(value)


def starts(rng: np.random.Generator) -> list:
    def start(n_H: int, n_W: int, spread: float = 0.1) -> np.ndarray:
        return rng.normal(0, spread, (1, n_H, n_W, 3)).clip(-1, 1).astype(np.float32)

    return [
        case("one step of the usual size", "second", 1, 1, start(8, 10)),
        case("several steps", "third", 2, 5, start(10, 8)),
        case("a layer in the middle, small steps", "tanh", 3, 3, start(6, 6), rate=0.01),
        case(
            "large steps: pixels reach black and white on the way", "third", 1, 6, start(8, 8, 0.6), rate=0.4
        ),
        case("no step at all", "first", 1, 0, start(6, 8)),
    ]


DREAM_SLIPS = {
    "down": "the picture walks down the gradient: the channel falls silent",
    "raw": "the gradient is used as it is: divide it by the root of the mean of its squares",
    "length": "the gradient is divided by its length: take the mean of its squares, not the sum",
    "largest": "the gradient is divided by its greatest value: take the root of the mean of its squares",
    "mean size": "the gradient is divided by the mean of its absolute values: take the root of the mean of its squares",
    "no root": "the gradient is divided by the mean of its squares: the root is missing",
    "spread": "the mean of the gradient is taken away, and the rest divided by its spread: divide the gradient itself by "
    "the root of the mean of its squares",
    "std": "the gradient is divided by its standard deviation: take the root of the mean of its squares",
    "under the root": "1e-8 stands under the root, where it is large beside the mean of the squares: add it to the root",
    "sign": "only the sign of the gradient is used",
    "rate": "the argument rate is ignored: it is always 0.05",
    "one step": "there is only one step, whatever steps says",
    "return inside": "the return stands inside the loop, so that there is only one step",
    "one gradient": "the gradient is taken once: take it anew in every step",
    "channel 0": "the argument channel is ignored: the first channel is excited",
    "whole layer": "the mean runs over all channels of the layer",
    "row": "a row of the map is taken for a channel: channels are the last axis, [..., channel]",
    "squares": "the mean of the squares is raised: take the mean of the map itself",
    "relu": "what is below 0 is cut off before the mean: take the map as it is",
    "max": "only the strongest unit of the channel is raised: take the mean of its map",
    "not clipped": "pixels leave the range from -1 to 1",
    "clipped at the end": "the picture is cut off at -1 and 1 only at the end: do it after every step",
    "clipped at 0": "the picture is cut off at 0: black is -1 here",
    "clipped first": "the picture is cut off before the step and not after it",
    "from grey": "the argument start is ignored: the picture begins as plain grey",
    "training": "the network runs in training mode",
    "last layer": "the argument layer is ignored: the last layer is looked at",
}

the_dream = Exercise(
    name="maximize_activation",
    points=14,
    difficulty=3,
    minutes=20,
    cases=starts,
    reference=maximize_activation,
    observe=look_at_dream,
    tolerance=2e-4,
    slow=True,
    mistakes=[
        *by_slip(with_slip(maximize_activation), DREAM_SLIPS),
        *(Mistake("rate is not 0.05 where none is given", of_other_default(rate)) for rate in (0.01, 0.1)),
    ],
    hints=[
        "tf.GradientTape: call tape.watch(picture) where the picture is a tensor and no variable.",
        "J = tf.reduce_mean(part(picture)[..., channel]); g = tape.gradient(J, picture).",
        "If only the case with large steps is wrong, look at when and where you cut off: after every step, at -1 and 1.",
        "picture = tf.clip_by_value(picture + rate * g / (tf.sqrt(tf.reduce_mean(g**2)) + 1e-8), -1.0, 1.0).",
    ],
    idea="The same gradient, with another sign and another aim, makes adversarial pictures.",
    try_next="Start from X[:1] in place of dreaming.grey() in the cell below, and look how much of the "
    "face is left after 30 steps.",
)
