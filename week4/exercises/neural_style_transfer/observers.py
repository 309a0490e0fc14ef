"""What several checks share: tensors in, numbers out, and how close they have to be."""

from collections.abc import Callable
from typing import Any

import numpy as np

TOLERANCE = 2e-4  # sums of some hundred squares in float32


def tensors(value: Any) -> Any:
    """Arrays as float32 tensors, in lists and pairs too; names and weights stay."""
    import tensorflow as tf

    if isinstance(value, list | tuple):
        return type(value)(tensors(each) for each in value)
    return tf.constant(value, tf.float32) if isinstance(value, np.ndarray) else value


def number(value: Any) -> Any:
    """What was returned; an array or tensor that holds one number counts as that number."""
    alone = hasattr(value, "__array__") and np.size(value) == 1
    return np.asarray(value, np.float64).reshape(()) if alone else value


def one_number(function: Callable, *args: Any, **kwargs: Any) -> Any:
    """The function on tensors, and the one number that it gives."""
    return number(function(*tensors(args), **kwargs))
