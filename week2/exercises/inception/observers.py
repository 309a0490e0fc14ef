"""What several checks share: known weights, and arguments by position."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook.models import known, set_known_weights


def set_lively_weights(model: Any, biases: bool = False) -> None:
    """Known weights under which a picture is still felt after twenty layers, the same for layers that can do
    the same: a 1x1 convolution's kernel is (1, 1, n_C, filters), a dense layer's (n_C, filters)."""
    set_known_weights(model)
    for variable in model.variables:
        role, shape = variable.path.split("/")[-1], tuple(variable.shape)
        if role == "gamma":
            variable.assign(1.8 * np.asarray(variable))
        elif "moving" not in role and role != "beta" and "seed" not in variable.path:
            core = shape[next((i for i, n in enumerate(shape) if n > 1), 0) :]
            if len(core) > 1:
                variable.assign(np.reshape(known(core, "kernel") / np.sqrt(np.prod(core[:-1]) / 2), shape))
            elif biases:
                variable.assign(np.reshape(0.5 * known(core, "bias"), shape))


def positional(function: Callable, *args: Any) -> Callable:
    """The block as a function of X alone, its other arguments given by their places."""

    @functools.wraps(function)
    def block(X: Any, **kwargs: Any) -> Any:
        return function(X, *args, **kwargs)

    return block
