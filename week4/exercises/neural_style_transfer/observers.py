"""What several checks share: tensors in, numbers out, how close they have to be, and whether a gradient flows.

References and mistakes count with tensors as with arrays, and give back what they were given: the painting needs
the gradient of a cost, and NumPy has none.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from workbook import Mistake
from workbook.plain import Other, plain

TOLERANCE = 2e-4  # sums of some hundred squares in float32
STEP = 0.01  # by so much an argument is moved to see what the result does

FLOWS = "a gradient flows"
GRADIENT = "its gradient reaches the picture, for the painting"


def tensors(value: Any) -> Any:
    """Arrays as float32 tensors, in lists and pairs too; names and weights stay."""
    import tensorflow as tf

    if isinstance(value, list | tuple):
        return type(value)(tensors(each) for each in value)
    return tf.constant(value, tf.float32) if isinstance(value, np.ndarray | np.float32) else value


def arrays(value: Any) -> Any:
    """The reverse: tensors as arrays."""
    if isinstance(value, list | tuple):
        return type(value)(arrays(each) for each in value)
    return np.asarray(value) if hasattr(value, "__array__") else value


def counting(value: Any) -> Any:
    """NumPy for arrays, and for tensors TensorFlow's functions of the same names."""
    import tensorflow as tf

    return tf.experimental.numpy if tf.is_tensor(value) else np


def wide(value: Any) -> Any:
    """An array or tensor in double precision."""
    return counting(value).asarray(value, np.float64)


def number(value: Any) -> Any:
    """What was returned; an array or tensor that holds one number counts as that number."""
    alone = hasattr(value, "__array__") and np.size(value) == 1
    return np.asarray(value, np.float64).reshape(()) if alone else value


def one_number(function: Callable, *args: Any, to: Sequence[int] = (), **kwargs: Any) -> Any:
    """The function on tensors, and the one number that it gives; with ``to`` as ``result`` does."""
    return number(result(function, *args, to=to, **kwargs))


def result(function: Callable, *args: Any, to: Sequence[int] = (), **kwargs: Any) -> Any:
    """What the function gives for tensors; with ``to`` only whether its gradient reaches these arguments."""
    args = tensors(args)
    found = flow(function, args, to, **kwargs) if to else function(*args, **kwargs)
    is_list = isinstance(found, list | tuple)
    return Other("list", "a list: make one tensor of it, tf.stack") if is_list else found


def flow(function: Callable, args: tuple, to: Sequence[int], **kwargs: Any) -> Any:
    """FLOWS where the gradient for some arguments (their places, in ``to``) is what the function does when they
    are moved; else what is wrong, in words."""
    import tensorflow as tf

    places = [(i, j) for i in to for j in range(len(args[i]) if isinstance(args[i], list) else 1)]
    given = [args[i][j] if isinstance(args[i], list) else args[i] for i, j in places]

    def total(values: Sequence) -> Any:
        """The numbers of the result, weighed and added up."""
        new = [list(each) if isinstance(each, list) else each for each in args]
        for (i, j), value in zip(places, values, strict=True):
            if isinstance(new[i], list):
                new[i][j] = value
            else:
                new[i] = value
        out = function(*new, **kwargs)
        return _weighed(out)

    with tf.GradientTape() as tape:
        tape.watch(given)
        out = total(given)
    if not tf.is_tensor(out) and not isinstance(plain(out), np.ndarray):
        return out
    gradients = tape.gradient(out, given) if tf.is_tensor(out) else [None] * len(given)
    moved, promised = [], []
    for k, (value, gradient) in enumerate(zip(given, gradients, strict=True)):
        way = value + tf.constant(np.random.default_rng(k).normal(size=value.shape), value.dtype)
        ends = [total([*given[:k], value + step * way, *given[k + 1 :]]) for step in (STEP, -STEP)]
        moved.append(float(ends[0] - ends[1]) / (2 * STEP))
        slope = 0 if gradient is None else tf.reduce_sum(tf.convert_to_tensor(gradient) * way)
        promised.append(float(slope))
    moved, promised = np.array(moved), np.array(promised)
    if np.allclose(moved, 0, atol=1e-4):
        return "the result does not change with the picture"
    if all(each is None for each in gradients):
        return "no gradient flows: NumPy, .numpy() or float has cut it off"
    near = np.abs(moved - promised) <= 0.1 * np.abs(moved) + 0.02 * np.abs(moved).max()
    return (
        FLOWS
        if near.all()
        else "a part of the gradient is lost: NumPy, .numpy() or float has cut it off on the way"
    )


def _weighed(out: Any) -> Any:
    """The numbers of a result, each with a weight of its own, added up; what holds none stays."""
    import tensorflow as tf

    if tf.is_tensor(out):
        weights = np.random.default_rng(0).uniform(0.5, 1.5, out.shape)
        return tf.reduce_sum(tf.cast(out, tf.float64) * weights)
    value = plain(out)
    if not isinstance(value, np.ndarray):
        return out
    return np.sum(value * np.random.default_rng(0).uniform(0.5, 1.5, value.shape))


def in_numpy(function: Callable) -> Callable:
    """The function, computed with arrays whatever it is given."""

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return function(*arrays(args), **arrays_of(kwargs))

    return wrapped


def arrays_of(kwargs: dict[str, Any]) -> dict[str, Any]:
    return {name: arrays(value) for name, value in kwargs.items()}


def with_numpy(reference: Callable, mistakes: Sequence[Mistake]) -> list[Mistake]:
    """These mistakes, the same ones made in NumPy, and the right numbers from NumPy."""
    words = (
        "the numbers are right, but they come from NumPy (or .numpy(), float, a tensor or variable made anew), so that no "
        "gradient reaches the picture and train_step could not change it: use tf. or keras.ops all the way"
    )
    twins = [Mistake(each.words, in_numpy(each.function)) for each in mistakes]
    return [*mistakes, *twins, Mistake(words, in_numpy(reference))]
