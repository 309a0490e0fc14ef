"""How blocks and networks are looked at: results under known weights, and dropouts in training."""

import contextlib
import functools
import gc
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from workbook.known import with_a_strong_one
from workbook.models import (
    block_model,
    extras,
    in_training,
    known_pictures,
    parameters,
    set_known_weights,
)
from workbook.plain import Other, plain

MOST = 150_000_000
"""Parameters that a network may have in a check: VGG-16 for 224x224 pictures has fewer. A forgotten pooling
layer brings them to billions, which are 4 bytes each."""
MOST_WEIGHTS = 150
"""Kernels and biases that a network may have in a check: VGG-19 has 38. Where filters are taken for convolutions there
are hundreds of layers, and Python's stack ends before the network does."""


@contextlib.contextmanager
def building(most: int) -> Iterator[None]:
    """For a while new weights are zeros, since known ones follow and random ones take time, and a layer that
    brings the parameters above a bound is refused before it takes its memory."""
    import keras

    original, total, weights = keras.layers.Layer.add_weight, 0, 0

    @functools.wraps(original)
    def counted(self: Any, shape: Any = None, initializer: Any = None, *args: Any, **kwargs: Any) -> Any:
        nonlocal total, weights
        total, weights = total + int(np.prod(shape or ())), weights + 1
        if weights > MOST_WEIGHTS:
            raise ValueError(
                f"with this layer the network has over {MOST_WEIGHTS} kernels and biases, and goes on growing: do "
                "filters and convolutions stand in their places?"
            )
        if total > most:
            raise ValueError(
                f"with this layer the network has {total:,} parameters: is the picture small by now, and "
                "does each layer take what the one before gave?"
            )
        return original(self, shape, "zeros", *args, **kwargs)

    keras.layers.Layer.add_weight = counted
    try:
        yield
    finally:
        keras.layers.Layer.add_weight = original


def built(network: Callable, input_shape: tuple[int, int, int], classes: int) -> Any:
    """The network as a model with all of its weights; where the function gives something else, that.

    Raises ValueError where it takes pictures of another shape, or has far too many parameters.
    """
    import keras

    with building(MOST):
        model = network(input_shape=input_shape, classes=classes, **extras(network))
        if not isinstance(model, keras.Model):
            return plain(model)
        takes = getattr(model, "input_shape", None)
        if takes is not None and tuple(takes[1:]) != input_shape:
            raise ValueError(f"the model takes pictures of {takes[1:]}, where input_shape is {input_shape}")
        model(np.zeros((1, *input_shape), np.float32), training=False)  # a subclass makes its weights now
    return model


def used(model: Any, X: np.ndarray) -> Any:
    """Outputs in inference mode; an ``Other`` where a call without a mode, which means the same, gives others."""
    first, second = np.asarray(model(X, training=False)), np.asarray(model(X))
    if first.shape == second.shape and np.allclose(first, second, atol=1e-6):
        return first
    return Other("random", "other numbers in each call, although the network is in use and not in training")


def look_at_block(block: Callable, input_shape: tuple[int, int, int], filters: int, convolutions: int) -> Any:
    """What a block computes, its arguments given by their places: shape, numbers of parameters, its result under known
    weights, and whether that is another one in training."""
    import keras

    @functools.wraps(block)
    def placed(X: Any, **named: Any) -> Any:
        return block(X, filters, convolutions, **named)

    model = block_model(placed, input_shape)
    if not isinstance(model, keras.Model):
        return model
    set_known_weights(model, biases=True)
    X = with_a_strong_one(known_pictures(3, input_shape))
    return {
        "output shape": list(model(X, training=False).shape)[1:],
        "parameters": parameters(model, biases=True),
        "result": used(model, X),
        "in training mode": in_training(model, X, np.asarray(model(X, training=False))),
    }


def look_at_network(network: Callable, *args: Any, **kwargs: Any) -> Any:
    """What ``computed`` says of a network, whose memory, over 100 MB, is given back."""
    try:
        return computed(network, *args, **kwargs)
    finally:
        gc.collect()  # a model is a ring of references


def computed(
    network: Callable, input_shape: tuple[int, int, int], classes: int, signals: bool = False
) -> Any:
    """What a network computes in use; with ``signals``, what its dropout does in training."""
    import keras

    model = built(network, input_shape, classes)
    if not isinstance(model, keras.Model):
        return model
    if signals:
        return follow_signals(model, input_shape)
    set_known_weights(model, biases=True)
    X = known_pictures(2, input_shape)
    return {
        "output shape": list(model(X, training=False).shape)[1:],
        "parameters": parameters(model, biases=True),
        "outputs": used(model, X),
    }


SIGNALS = ("from the second dense layer on", "from the first dense layer on", "from the picture on")


def follow_signals(model: Any, input_shape: tuple[int, int, int], m: int = 128) -> dict[str, Any]:
    """What becomes of a signal of 1 on its way to the output in training mode: "0 or 2", for instance.

    All weights are zero but for three wires. A dropout of rate r sets a signal to 0 or divides it by
    1 - r, so the values that arrive say which dropouts stand on the way. Nothing is estimated: which values
    there are is the same each time, but for a chance below 1e-11 that one is missing among ``m`` pictures.
    """
    for variable in model.trainable_variables:
        wire = wires(tuple(variable.shape))
        if wire is not None:
            variable.assign(wire)
    probabilities = np.asarray(model(np.ones((m, *input_shape), np.float32), training=True))
    with np.errstate(all="ignore"):
        arrived = np.log(probabilities[:, 1:4] / probabilities[:, :1])  # undoes the softmax
    return {name: in_words(values) for name, values in zip(SIGNALS, arrived.T, strict=False)}


def wires(shape: tuple[int, ...]) -> np.ndarray | None:
    """Weights of a shape that carry three signals through a network to the outputs 1, 2 and 3.

    A signal starts at unit 1 of each hidden layer, from its bias. The second layer takes unit 1 of the first
    to its unit 2. The picture's first channel goes on through all convolutions, and to unit 3. Output 0 is 0.
    A convolution over the whole map that stands for a dense layer gets what that would get.
    """
    if len(shape) == 4 and 4096 in shape[2:]:
        return wires((math.prod(shape[:-1]), shape[-1])).reshape(shape)
    values = np.zeros(shape, np.float32)
    match shape:
        case (f, g, _, _):
            values[f // 2, g // 2, 0] = 1
        case (4096,):
            values[1] = 1
        case (4096, 4096):
            values[1, 2] = values[3, 3] = 1
        case (_, 4096):
            values[0, 3] = 1
        case (n_in, n_out) if min(n_in, n_out) > 3:
            values[[1, 2, 3], [1, 2, 3]] = 1
        case (_,):
            pass
        case _:
            return None
    return values


def in_words(values: np.ndarray) -> str:
    """The values that occur: "always 1", "0 or 2"."""
    different = [f"{value:g}" for value in np.unique(np.round(values, 2) + 0.0)]
    if len(different) == 1:
        return f"always {different[0]}"
    return " or ".join(different) if len(different) < 5 else "many values"
