"""What several checks share: numbers, networks under known weights, and how close numbers have to be."""

import functools
import inspect
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from workbook.known import build_known
from workbook.models import (
    block_model,
    computed,
    extras,
    known,
    known_pictures,
    observe_defaults,
    parameters,
    set_known_weights,
)
from workbook.observing import written
from workbook.plain import Other, plain
from workbook.quick_layers import quick_layers

TOLERANCE = 1e-5  # a few operations in float32, as TensorFlow does them, are off by about 1e-6


def numbers(function: Callable, *args: Any, **kwargs: Any) -> Any:
    """What the function returns; an array or tensor that holds one number counts as that number, and so does a fraction."""
    value = function(*args, **kwargs)
    if isinstance(value, list | tuple):
        return [_single(item) for item in value]
    return _single(value)


def _single(value: Any) -> Any:
    if isinstance(value, Fraction | Decimal):
        return float(value)
    alone = hasattr(value, "__array__") and np.size(value) == 1
    return np.asarray(value).reshape(()) if alone else value


def set_lively_weights(model: Any, biases: bool = False, *, gain: float) -> None:
    """Known weights under which a ReLU6 meets its ceiling: gammas are ``gain`` times as large as elsewhere."""
    set_known_weights(model, biases)
    for variable in model.variables:
        role = variable.path.split("/")[-1]
        if role == "gamma":
            variable.assign(gain * np.asarray(variable))
        elif role.endswith("kernel"):
            variable.assign(kernel(tuple(variable.shape)))


def kernel(shape: tuple[int, ...]) -> np.ndarray:
    """Known numbers for a kernel, the same for layers that can do the same.

    A depthwise kernel is (f, f, n_C, 1), and (f, f, 1, n_C) where a grouped convolution stands for it; a 1x1
    convolution's is (1, 1, n_C, filters), and (n_C, filters) where a dense layer stands for it.
    """
    if len(shape) == 4 and shape[0] > 1 and 1 in shape[2:]:
        return np.reshape(known((*shape[:2], max(shape[2:])), "depthwise") / shape[0], shape)
    core = shape[2:] if shape[:2] == (1, 1) else shape
    return np.reshape(known(core, "kernel") / np.sqrt(np.prod(core[:-1])), shape)


def look_at_block(
    block: Callable, input_shape: tuple[int, ...], only_defaults: bool = False, **kwargs: Any
) -> Any:
    """Everything that a block computes for pictures of ``input_shape``, (n_H, n_W, n_C), its arguments given by
    their places; or only what its defaults give."""
    import keras

    if only_defaults:
        return observe_defaults(block, input_shape, **kwargs, **without_default(block))

    @functools.wraps(block)
    def placed(X: Any, **named: Any) -> Any:
        return block(X, *kwargs.values(), **named)

    model = block_model(placed, input_shape)
    if not isinstance(model, keras.Model):
        return model
    weights = functools.partial(set_lively_weights, gain=5)
    seen = steadily(model, known_pictures(3, input_shape), weights)
    return {"output shape": list(seen["in inference mode"].shape)[1:], **seen}


def steadily(model: Any, X: np.ndarray, set_weights: Callable) -> dict[str, Any]:
    """What ``computed`` says of a model; an ``Other`` where it gives other numbers each time while it is trained."""
    seen = computed(model, X, set_weights=set_weights)
    with quick_layers():
        again = np.asarray(model(X, training=True))
    if again.shape == seen["in training mode"].shape and not np.allclose(
        again, seen["in training mode"], 1e-3, 1e-3
    ):
        told = "other numbers in each call: is there a dropout? Here there is none"
        seen["in training mode"] = Other("random", told)
    return seen


def without_default(block: Callable) -> dict[str, Any]:
    """What the text gives as defaults, for the parameters of a function that have none."""
    parameters = inspect.signature(written(block)).parameters
    usual = {"expansion": 6, "strides": 1, "input_shape": (64, 64, 3), "classes": 6, "alpha": 1.0}
    return {
        name: usual[name] for name in usual.keys() & parameters.keys() if not has_default(parameters[name])
    }


def has_default(parameter: inspect.Parameter) -> bool:
    return parameter.default is not inspect.Parameter.empty


def look_at_network(network: Callable, only_size: bool = False, **kwargs: Any) -> Any:
    """Everything that a network computes, or only its output's shape and its numbers of parameters."""
    import keras

    kwargs = kwargs or without_default(network)
    model = build_known(lambda: network(**kwargs, **extras(network)))
    if not isinstance(model, keras.Model):
        return plain(model)
    input_shape = kwargs.get("input_shape", (64, 64, 3))
    if only_size:
        input_shape = getattr(model, "input_shape", (None, *input_shape))[1:]  # that of its default, perhaps
        with quick_layers():
            outputs = model(np.zeros((1, *input_shape), np.float32), training=False)
        sizes = {"a picture that goes in": list(input_shape), "output shape": list(outputs.shape)[1:]}
        return sizes | {"parameters": parameters(model)}
    weights = functools.partial(set_lively_weights, gain=2.5)
    seen = steadily(model, 4 * known_pictures(3, input_shape), weights)
    return {"output shape": list(seen["in inference mode"].shape)[1:], **seen}
