"""What several checks share: how results are looked at, and how close numbers have to be."""

import traceback

import numpy as np

TOLERANCE = 1e-5
RESULTS = ("scores", "boxes", "classes")


def one_number(function, *args):
    """What the function returns; an array or tensor that holds one number counts as that number."""
    value = function(*args)
    alone = hasattr(value, "__array__") and np.size(value) == 1
    return np.asarray(value).reshape(()) if alone else value


def three_arrays(function, *args, no_class=False, **kwargs):
    """Scores, boxes and classes as arrays, whether tensors, arrays or lists come back.

    no_class  True where no box is left: who goes class by class then has no parts to join, which is no mistake
    """
    try:
        results = function(*args, **kwargs)
    except Exception as error:
        if no_class and joins_nothing(error):
            return [np.zeros(0), np.zeros((0, 4)), np.zeros(0, int)]
        raise
    if are_whole_numbers(results):
        return np.array([int(each) for each in results], int)
    if not isinstance(results, tuple | list) or len(results) != 3:
        return results
    return [
        _array(each, (-1, 4) if name == "boxes" else (-1,))
        for each, name in zip(results, RESULTS, strict=True)
    ]


def are_whole_numbers(results):
    """True for a list of whole numbers, which are then the numbers of boxes."""
    return isinstance(results, list) and all(
        isinstance(each, int | np.integer)
        or (getattr(each, "shape", None) == () and np.asarray(each).dtype.kind in "iu")
        for each in results
    )


def joins_nothing(error):
    """True where the parts of an empty list were to be joined, by NumPy, TensorFlow or Keras."""
    names = [frame.f_code.co_name for frame, _ in traceback.walk_tb(error.__traceback__)]
    text = str(error).lower()
    return "need at least one array" in text or "concat" in text or any(n.startswith("concat") for n in names)


def _array(value, shape):
    """A list, tensor or array as an array; one without numbers has the shape that it should have."""
    try:
        array = np.asarray(value)
    except (ValueError, TypeError):
        return value
    return array.reshape(shape) if array.size == 0 and array.dtype.kind in "fiub" else array
