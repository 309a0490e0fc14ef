"""What several checks share: known weights, and arguments by position."""

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook.models import known, set_known_weights


def set_lively_weights(model: Any, biases: bool = False) -> None:
    """Known weights under which a picture is still felt after twenty layers, the same for layers that can do
    the same: a dense layer, a 1x1 convolution, and a convolution over the whole map."""
    set_known_weights(model)
    for variable in model.variables:
        role, shape = variable.path.split("/")[-1], tuple(variable.shape)
        if role == "gamma":
            variable.assign(1.8 * np.asarray(variable))
        elif "moving" not in role and role != "beta" and "seed" not in variable.path:
            n_in, n_out = math.prod(shape[:-1]), shape[-1]
            if n_in > 1:
                variable.assign(np.reshape(known((n_in, n_out), "kernel") / np.sqrt(n_in / 2), shape))
            elif biases:
                variable.assign(np.reshape(0.5 * known((n_out,), "bias"), shape))


def positional(function: Callable, *args: Any) -> Callable:
    """The block as a function of X alone, its other arguments given by their places."""

    @functools.wraps(function)
    def block(X: Any, **kwargs: Any) -> Any:
        return function(X, *args, **kwargs)

    return block
