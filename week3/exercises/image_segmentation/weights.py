"""What the checks of blocks and network share: weights, and whether results are tensors."""

from typing import Any

import numpy as np

from workbook.models import known, set_known_weights


def set_weights(model: Any) -> None:
    """Known weights, biases included, the same for a 1x1 convolution and for a dense layer in its place."""
    set_known_weights(model, biases=True)
    for variable in model.variables:
        shape = tuple(variable.shape)
        if len(shape) == 4 and shape[:2] == (1, 1):
            core = shape[2:]
            variable.assign(np.reshape(known(core, "kernel") / np.sqrt(core[0] / 2), shape))
        elif len(shape) == 2:
            variable.assign(known(shape, "kernel") / np.sqrt(shape[0] / 2))


def drawn(model: Any, but: tuple[int, ...] = (), only: tuple[int, ...] = ()) -> list[str]:
    """How the numbers of each 3x3 kernel are spread before training: how widely, as a share of what he_normal
    gives, and in which form; ``but`` is the shape of a kernel that is left out, ``only`` the one looked at."""
    kernels = [np.asarray(v) for v in model.trainable_variables if len(v.shape) == 4]
    return sorted(
        f"{kernel.std() / np.sqrt(2 / np.prod(kernel.shape[:-1])):.1f}, {form(kernel)}"
        for kernel in kernels
        if kernel.shape != but and kernel.size > 2_000 and (not only or kernel.shape == only)
    )


def form(numbers: np.ndarray) -> str:
    """Whether thousands of numbers are spread evenly, none beyond 1.73 deviations, or like a bell: those of
    he_normal go to 2.27."""
    return "even" if np.abs(numbers).max() < 2 * numbers.std() else "a bell"


DRAWN = "how widely the kernels' numbers are spread before training, 1 as by he_normal, and in which form"
GLOROT = "glorot_uniform"
INITIALIZERS = {
    "glorot first": GLOROT,
    "glorot second": GLOROT,
    "glorot": GLOROT,
    "he_uniform": "he_uniform",
}


def he(slip: str) -> str:
    """The initializer of a reference's kernels."""
    return INITIALIZERS.get(slip, "he_normal")


def are_tensors(outputs: Any, count: int) -> bool:
    import keras

    several = isinstance(outputs, list | tuple) and len(outputs) == count
    return several and all(keras.backend.is_keras_tensor(output) for output in outputs)
