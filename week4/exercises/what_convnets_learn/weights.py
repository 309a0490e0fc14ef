"""What several checks share: known weights, and a reference with a slip in it."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook.models import known


def give_weights(model: Any) -> None:
    """Known weights, none of them zero, and statistics far from a batch's own."""
    for variable in model.variables:
        role = variable.path.split("/")[-1]
        shape = tuple(variable.shape)
        values = known(shape, "weights" + role) / np.sqrt(max(1, int(np.prod(shape[:-1]))))
        if role == "moving_variance":
            values = 0.5 + np.abs(values)
        elif role == "gamma":
            values = 1 + 0.3 * values
        variable.assign(values)


def with_slip(function: Callable) -> Callable[[str], Callable]:
    return lambda slip: functools.partial(function, slip=slip)
