"""Known weights and inputs: numbers that depend on nothing but a shape and a role.

TensorFlow is imported when the first of these functions needs it.
"""

import contextlib
import functools
import sys
import weakref
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook.limits import Bounded

_PERIOD = 65_537  # a prime, so that the pattern never falls in step with the shape of a kernel
_ALIGNED = 64  # bytes


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


def with_a_strong_one(X: np.ndarray) -> np.ndarray:
    """Inputs X (m, ...) and after them the first once more, 40 times as strong: (m + 1, ...).

    Where all numbers are below 6, a ReLU6 does what a ReLU does. A strong input tells them apart.
    """
    return np.concatenate([X, 40 * X[:1]])


_weights: weakref.WeakValueDictionary[tuple, np.ndarray] = weakref.WeakValueDictionary()


def known_weight(shape: tuple[int, ...], role: str, biases: bool = False) -> np.ndarray:
    """A known weight (float32) by its shape and role, of a size that keeps a network of fifty layers within
    bounds. All that are in use at a time and are the same share one array, which is read-only.

    With ``biases`` nothing is normalized: kernels then make up for what each ReLU takes away.
    """
    key = shape, role, biases
    weight = _weights.get(key)
    if weight is None:
        weight = _aligned(shape)
        _repeat(_scaled(shape, role, biases), weight.reshape(-1))
        weight.flags.writeable = False
        _weights[key] = weight
    return weight


def _aligned(shape: tuple[int, ...]) -> np.ndarray:
    """An empty array that TensorFlow can use where it lies."""
    size = 4 * int(np.prod(shape))
    content = np.empty(size + _ALIGNED, np.uint8)
    start = -content.ctypes.data % _ALIGNED
    return content[start : start + size].view(np.float32).reshape(shape)


def _repeat(values: np.ndarray, into: np.ndarray) -> None:
    """Fill an array with values again and again, as ``np.resize`` does with a new one."""
    whole, rest = divmod(into.size, values.size)
    into[: into.size - rest].reshape(whole, -1)[:] = values
    into[into.size - rest :] = values[:rest]


def _scaled(shape: tuple[int, ...], role: str, biases: bool) -> np.ndarray:
    """The numbers of a known weight, before the longest shapes repeat them.

    A kernel's depend on how many numbers it takes in and gives out only, so that a convolution over the whole
    map does the same as a dense layer.
    """
    core = (int(np.prod(shape[:-1])), shape[-1]) if role == "kernel" and shape else shape
    values = _window(core, role)
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
    return values.astype(np.float32)


def set_known_weights(model: Any, biases: bool = False, filled: frozenset[int] = frozenset()) -> None:
    """Give a Keras model weights that depend on nothing but their shapes and roles.

    biases  True for a network without batch normalization, where biases matter; else they are zero
    filled  the ids of variables that have their known weights already

    The epsilon of batch normalizations is everybody's own choice: it becomes that of Keras.
    """
    set_usual_epsilon(model)
    for variable in model.variables:
        if id(variable) not in filled and (role := _role(variable)):
            variable.assign(known_weight(tuple(variable.shape), role, biases))


def set_usual_epsilon(model: Any) -> None:
    """The epsilon of a model's batch normalizations becomes that of Keras."""
    import keras

    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.epsilon = 1e-3


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

    return keras.ops.convert_to_tensor(in_place(known_weight(tuple(shape), role, biases)), dtype=dtype)


def in_place(array: np.ndarray) -> Any:
    """A tensor whose numbers are those of a read-only array, where they lie: ``tf.constant`` would copy them.

    TensorFlow never writes where it does not own the memory: to change a variable that holds such a tensor
    it makes a copy. Where the array is not aligned as TensorFlow wants it, it copies it now.
    """
    import tensorflow as tf

    try:
        device = tf.constant(0.0)
        return type(device)(array, device.device, None)
    except (AttributeError, TypeError):  # another version of TensorFlow
        return tf.constant(array)
