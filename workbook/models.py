"""Observing Keras: known weights, known inputs, and what a network computes from them.

Nothing here looks at layer names, layer classes or the order of layers: only at shapes, at numbers of
parameters and at outputs. TensorFlow is imported when the first of these functions is called.
"""

import contextlib
import functools
import inspect
import sys
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook.limits import Bounded
from workbook.observing import written
from workbook.plain import Other, plain
from workbook.structure import LAYERS, layers_in_words

_PERIOD = 65_537  # a prime, so that the pattern never falls in step with the shape of a kernel

_OLDER = {"training": None, "stage": 2, "block": "a"}
"""What older editions of the well-known exercises asked for: the mode, and names for layers."""


@functools.cache
def _pattern() -> np.ndarray:
    """The numbers that all known weights are made of, twice, so that a window may start anywhere."""
    return np.tile(np.random.RandomState(0).standard_normal(_PERIOD).astype(np.float32), 2)


def _window(shape: tuple[int, ...], role: str) -> np.ndarray:
    """The numbers for a shape and a role, before the longest shapes repeat them."""
    start = zlib.crc32(f"{role}{tuple(shape)}".encode()) % _PERIOD
    return _pattern()[start : start + min(_PERIOD, int(np.prod(shape)))]


def known(shape: tuple[int, ...], role: str = "") -> np.ndarray:
    """Numbers (float32) that depend on a shape and a role only, spread like a normal distribution."""
    return np.resize(_window(shape, role), shape)


def known_pictures(m: int, shape: tuple[int, ...]) -> np.ndarray:
    """Inputs of shape (m, *shape), float32, each example unlike the others."""
    return known((m, *shape), "pictures")


def _scaled(shape: tuple[int, ...], role: str, biases: bool) -> np.ndarray:
    """Known weights of a size that keeps a network of fifty layers within bounds, by the weight's role.

    With ``biases`` nothing is normalized: kernels then make up for what each ReLU takes away.
    """
    values = _window(shape, role)
    if role == "gamma":
        values = 0.7 + 0.2 * np.tanh(values)
    elif role == "moving_variance":
        values = 2.0 + np.tanh(values)
    elif role in ("beta", "moving_mean"):
        values = 0.3 * values
    elif role == "bias":  # one before batch normalization changes nothing
        values = 0.1 * values if biases else np.zeros(1)
    else:
        values = values / np.sqrt(max(1, int(np.prod(shape[:-1]))) / (2 if biases else 1))
    return np.resize(values.astype(np.float32), shape)


def set_known_weights(model: Any, biases: bool = False, filled: frozenset[int] = frozenset()) -> None:
    """Give a Keras model weights that depend on nothing but their shapes and roles.

    biases  True for a network without batch normalization, where biases matter; else they are zero
    filled  the ids of variables that have their known weights already

    The epsilon of batch normalizations is everybody's own choice: it becomes that of Keras.
    """
    import keras

    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.epsilon = 1e-3
    for variable in model.variables:
        if id(variable) not in filled and (role := _role(variable)):
            variable.assign(_scaled(tuple(variable.shape), role, biases))


def _role(variable: Any) -> str:
    """What a weight is for: "kernel", "gamma"; nothing for a variable that is no weight."""
    role = variable.path.split("/")[-1]
    return "" if "seed" in role or "int" in str(variable.dtype) else role


def build_known(make: Callable[[], Any], biases: bool = False) -> Any:
    """What ``make`` gives; a Keras model gets known weights, as ``set_known_weights`` gives them.

    Most of the time that it takes to build a network of fifty layers goes into random numbers that nobody
    will look at. So its variables are made when it stands, with the known weights in them. Where a model asks
    for the values of its variables earlier than that, it is built once more in the usual way.
    """
    import keras

    try:
        model, filled = _build_empty(make, biases)
    except Exception:  # the learner's own are raised again
        model, filled = make(), frozenset()
    if isinstance(model, keras.Model):
        set_known_weights(model, biases, filled)
    return model


def _build_empty(make: Callable[[], Any], biases: bool) -> tuple[Any, frozenset[int]]:
    """What ``make`` gives, its variables made at the end, and the ids of those that got known weights.
    Raises many things where that cannot be."""
    import keras
    from keras.src.backend.common import global_state, variables

    said, filled = Bounded(), set()
    try:
        with keras.StatelessScope(initialize_variables=False), contextlib.redirect_stdout(said):
            model = make()
        for variable in model.variables if isinstance(model, keras.Model) else ():
            if variable._value is None and (role := _role(variable)):
                variable._initializer = functools.partial(_initial, role=role, biases=biases)
                filled.add(id(variable))
        variables.initialize_all_variables()
    finally:
        global_state.set_global_attribute("uninitialized_variables", [])
    sys.stdout.write(said.kept)
    return model, frozenset(filled)


def _initial(shape: tuple[int, ...], dtype: Any = None, *, role: str, biases: bool) -> Any:
    """A known weight, called as an initializer is."""
    import keras

    return keras.ops.convert_to_tensor(_scaled(tuple(shape), role, biases), dtype=dtype)


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
    """How many kernels of convolutions ``KnownInitializer`` has made."""
    kernels = [variable for variable in model.trainable_variables if len(variable.shape) == 4]
    marks = [0.1 * known(tuple(kernel.shape), "initializer") for kernel in kernels]
    return sum(
        np.allclose(np.asarray(kernel), mark, atol=1e-6) for kernel, mark in zip(kernels, marks, strict=True)
    )


def parameters(model: Any, biases: bool = False) -> dict[str, Any]:
    """Numbers of parameters that train and that do not, and the layers that hold them, which are only told.

    biases  True where biases count: those before a batch normalization may be left out
    """
    count: dict[str, Any] = {"trainable": 0, "not trainable": 0}
    for kind, variables in (
        ("trainable", model.trainable_variables),
        ("not trainable", model.non_trainable_variables),
    ):
        for variable in variables:
            role = variable.path.split("/")[-1]
            if (biases or role != "bias") and "seed" not in variable.path:
                count[kind] += int(np.prod(variable.shape))
    return count | {LAYERS: layers_in_words(model, biases)}


def accepts(function: Callable, name: str) -> bool:
    """True where the function has a parameter of that name."""
    try:
        return name in inspect.signature(written(function)).parameters
    except (TypeError, ValueError):
        return False


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
    marked = marked_kernels(model)
    set_known_weights(model, biases)
    return {
        "output shape": list(model.output_shape)[1:],
        "kernels made by the initializer": marked,
        **_computed(model, known_pictures(3, input_shape), biases),
    }


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
    computed = _computed(model, known_pictures(2, input_shape), biases)
    return {"output shape": list(computed["in inference mode"].shape)[1:], **computed}


def _computed(model: Any, X: np.ndarray, biases: bool) -> dict[str, Any]:
    """Numbers of parameters, and the outputs for X in both modes of a model that has known weights."""
    made = len(model.variables)
    inference = np.asarray(model(X, training=False))
    if len(model.variables) > made:  # a subclass may make its weights only now
        set_known_weights(model, biases)
        inference = np.asarray(model(X, training=False))
    training = np.asarray(model(X, training=True))  # last, since it moves the statistics
    return {
        "parameters": parameters(model, biases),
        "in inference mode": inference,
        "in training mode": training,
    }
