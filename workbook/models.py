"""Observing Keras: known weights, known inputs, and what a network computes from them.

Nothing here looks at layer names, layer classes or the order of layers: only at shapes, at numbers of
parameters and at outputs. TensorFlow is imported when the first of these functions is called.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook.known import build_known, known, known_pictures, set_known_weights, with_a_strong_one
from workbook.observing import written
from workbook.plain import Other, plain
from workbook.quick_layers import quick_layers
from workbook.structure import LAYERS, layers_in_words

_OLDER = {"training": None, "stage": 2, "block": "a"}
"""What older editions of the well-known exercises asked for: the mode, and names for layers."""


class KnownInitializer:
    """An initializer that leaves a mark: works as ``initializer``, ``initializer()`` or
    ``initializer(seed=0)``, as learners write it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def __call__(self, shape: tuple[int, ...] | None = None, dtype: Any = None, **kwargs: Any) -> Any:
        if shape is None:
            return self
        return 0.1 * known(tuple(shape), "initializer")

    def get_config(self) -> dict[str, Any]:
        return {}


def marked_kernels(model: Any) -> int:
    """How many kernels ``KnownInitializer`` has made, those of dense layers at each pixel too."""
    kernels = [variable for variable in model.trainable_variables if len(variable.shape) > 1]
    marks = [0.1 * known(tuple(kernel.shape), "initializer") for kernel in kernels]
    return sum(
        np.allclose(np.asarray(kernel), mark, atol=1e-6) for kernel, mark in zip(kernels, marks, strict=True)
    )


def parameters(model: Any, biases: bool = False) -> dict[str, Any]:
    """Numbers of parameters that train and that do not, and the layers that hold them, which are only told.

    biases  True where all biases count, else those before a batch normalization do not
    """
    count: dict[str, Any] = {"trainable": 0, "not trainable": 0}
    needless = set() if biases else needless_biases(model)
    for kind, variables in (
        ("trainable", model.trainable_variables),
        ("not trainable", model.non_trainable_variables),
    ):
        for variable in variables:
            if variable.path not in needless and "seed" not in variable.path:
                count[kind] += int(np.prod(variable.shape))
    return count | {LAYERS: layers_in_words(model, biases)}


def needless_biases(model: Any) -> set[str]:
    """Paths of biases as long as a moving mean: a batch normalization takes them away again, so that a
    network may have them or not."""
    roles = {variable.path: variable.path.split("/")[-1] for variable in model.variables}
    shapes = {variable.path: tuple(variable.shape) for variable in model.variables}
    normalized = {shapes[path] for path, role in roles.items() if role == "moving_mean"}
    return {path for path, role in roles.items() if role == "bias" and shapes[path] in normalized}


def accepts(function: Callable, name: str) -> bool:
    """True where the function has a parameter of that name."""
    try:
        return name in inspect.signature(written(function)).parameters
    except (TypeError, ValueError):
        return False


def in_training(model: Any, X: np.ndarray, in_use: np.ndarray) -> str:
    """What a model without batch normalization computes in training mode, in words: it may drop numbers."""
    outputs = np.asarray(model(X, training=True))
    return "as in use" if np.allclose(outputs, in_use, rtol=1e-3, atol=1e-5) else "other numbers than in use"


def extras(function: Callable) -> dict[str, Any]:
    """Arguments that some right answers ask for beyond the exercise's: the mode, and names for layers."""
    try:
        parameters = inspect.signature(written(function)).parameters
    except (TypeError, ValueError):
        return {}
    return {
        name: value
        for name, value in _OLDER.items()
        if name in parameters and parameters[name].default is inspect.Parameter.empty
    }


def block_model(block: Callable, input_shape: tuple[int, ...], **kwargs: Any) -> Any:
    """A model of one block, a function from a Keras tensor to a Keras tensor; where the block returns
    something else, that as plain data."""
    import keras

    inputs = keras.Input(input_shape)
    outputs = block(inputs, **kwargs, **extras(block))
    if isinstance(outputs, keras.Model):
        return Other("Model", "a Keras model")
    return keras.Model(inputs, outputs) if keras.backend.is_keras_tensor(outputs) else plain(outputs)


def observe_block(block: Callable, input_shape: tuple[int, ...], biases: bool = False, **kwargs: Any) -> Any:
    """What a block of layers computes under known weights, in both modes, and who made its kernels.

    input_shape  (n_H, n_W, n_C)
    biases       True where biases matter: a block without batch normalization
    kwargs       the block's other arguments, but for ``initializer``
    """
    import keras

    if accepts(block, "initializer"):
        kwargs |= {"initializer": KnownInitializer}
    model = block_model(block, input_shape, **kwargs)
    if not isinstance(model, keras.Model):
        return model
    return {
        "output shape": _shape_of_output(model, input_shape),
        "kernels made by the initializer": marked_kernels(model),
        **computed(model, known_pictures(3, input_shape), biases),
    }


def observe_defaults(block: Callable, input_shape: tuple[int, ...], **kwargs: Any) -> Any:
    """A block called with its required arguments alone: the shape of what comes out, and the parameters."""
    import keras

    model = block_model(block, input_shape, **kwargs)
    if not isinstance(model, keras.Model):
        return model
    return {"output shape": _shape_of_output(model, input_shape), "parameters": parameters(model)}


def _shape_of_output(model: Any, input_shape: tuple[int, ...]) -> list[int]:
    """The shape for one picture, as it comes out: that of a symbolic output may hold None."""
    return list(model(np.zeros((1, *input_shape), np.float32), training=False).shape)[1:]


def observe_network(
    network: Callable, input_shape: tuple[int, ...], biases: bool = False, **kwargs: Any
) -> Any:
    """What a whole network computes under known weights, in both modes.

    input_shape  (n_H, n_W, n_C), given to the function as ``input_shape``
    biases       True where biases matter: a network without batch normalization
    kwargs       the function's other arguments
    """
    import keras

    wanted = kwargs | {"input_shape": input_shape} | extras(network)
    model = build_known(lambda: network(**wanted), biases)
    if not isinstance(model, keras.Model):
        return plain(model)
    settled = functools.partial(set_settled_weights, X=known_pictures(3, input_shape))
    seen = computed(model, known_pictures(2, input_shape), biases, settled)
    return {"output shape": list(seen["in inference mode"].shape)[1:], **seen}


def without_a_mode(model: Any, X: np.ndarray) -> str:
    """Whether a model gives the same where no mode is named as in use: "the same" or "other numbers".

    X  (m, ...) pictures, others than those that the moving statistics are of
    """
    import keras

    in_use, unnamed = (keras.tree.flatten(model(X, **mode)) for mode in ({"training": False}, {}))
    pairs = zip(map(np.asarray, in_use), map(np.asarray, unnamed), strict=True)
    return "the same" if all(np.allclose(b, a, 1e-3, 1e-5) for a, b in pairs) else "other numbers"


def set_settled_weights(model: Any, biases: bool, X: np.ndarray) -> None:
    """Known weights, and batch normalizations whose moving statistics are those of the pictures X.

    Under other statistics a deep network says nearly the same of every picture, and its mistakes with it.
    """
    import keras

    set_known_weights(model, biases)
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0
    with quick_layers():
        model(X, training=True)


def computed(
    model: Any,
    X: np.ndarray,
    biases: bool = False,
    set_weights: Callable[[Any, bool], None] = set_known_weights,
) -> dict[str, Any]:
    """Numbers of parameters, and what a model computes in both modes from weights that ``set_weights`` gives.

    X       (m, ...) for training mode; in inference mode comes one more, a strong one
    biases  True where all biases count
    """
    made, in_use = len(model.variables), with_a_strong_one(X)
    set_weights(model, biases)
    with quick_layers():
        inference = np.asarray(model(in_use, training=False))
        if len(model.variables) > made:  # a subclass may make its weights only now
            set_weights(model, biases)
            inference = np.asarray(model(in_use, training=False))
        training = np.asarray(model(X, training=True))  # last, since it moves the statistics
    return {
        "parameters": parameters(model, biases),
        "in inference mode": inference,
        "in training mode": training,
    }
