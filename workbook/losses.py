"""Losses that train: whether a gradient flows through one, and the slip of leaving TensorFlow."""

from collections.abc import Callable
from typing import Any

import numpy as np

from workbook.exercise import Mistake
from workbook.plain import Other

_LEFT = (
    "the loss is right, but computed in NumPy or turned into a plain number, so that no gradient flows: use "
    "tf. functions, and leave out .numpy() and float"
)


def left_tensorflow(loss: Callable) -> Mistake:
    """The mistake of a right loss that comes back as a plain number. loss: gives a scalar tensor."""
    return Mistake(_LEFT, lambda *args, **kwargs: loss(*args, **kwargs).numpy())


def gradient_of(tape: Any, loss: Any, source: Any) -> Any:
    """The gradient of the loss for the source, a tf.Variable; words where none flows or it is not finite."""
    import tensorflow as tf

    words = gradient_in_words(tape, loss, source)
    if words != "flows":
        return Other("gradient", words)
    return np.asarray(tf.convert_to_tensor(tape.gradient(loss, source)))  # a tf.gather gives slices


def gradient_in_words(tape: Any, loss: Any, source: Any) -> str:
    """ "flows" where a finite gradient of the loss reaches the source, a tf.Variable; else what is wrong."""
    import tensorflow as tf

    if not tf.is_tensor(loss):
        return "none flows: computed in NumPy or as a plain number. Use tf."
    gradient = tape.gradient(loss, source)
    if gradient is None:
        return "none flows: the loss is cut off from y_pred. Use tf. all the way"
    return "flows" if np.isfinite(np.asarray(tf.convert_to_tensor(gradient))).all() else "is not finite"
