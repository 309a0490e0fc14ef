"""The references of week 1 against finite differences: a slope that is found in a second way."""

from collections.abc import Callable

import numpy as np
import pytest

from workbook.lessons import find_lesson

LESSON = find_lesson("convolution_step_by_step")


def numeric_gradient(cost: Callable[[], float], x: np.ndarray, epsilon: float = 1e-6) -> np.ndarray:
    """The slopes of cost() by each number of x, which is changed for a moment and put back."""
    slopes = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        kept = x[place]
        x[place] = kept + epsilon
        up = cost()
        x[place] = kept - epsilon
        down = cost()
        x[place] = kept
        slopes[place] = (up - down) / (2 * epsilon)
    return slopes


@pytest.mark.parametrize("seed", [1, 2])
def test_gradients_of_the_convolution(seed: int) -> None:
    forward, backward = (LESSON.exercise(name).reference for name in ("conv_forward", "conv_backward"))
    for case in LESSON.exercise("conv_backward").draw(seed):
        dZ, (A_prev, W, b, hparameters) = case.args

        def cost(dZ=dZ, inputs=(A_prev, W, b, hparameters)):
            return np.sum(dZ * forward(*inputs)[0])

        for x, gradient in zip((A_prev, W, b), backward(*case.args), strict=True):
            np.testing.assert_allclose(gradient, numeric_gradient(cost, x), atol=1e-6, err_msg=case.name)


@pytest.mark.parametrize("seed", [1, 2])
def test_gradients_of_pooling(seed: int) -> None:
    forward, backward = (LESSON.exercise(name).reference for name in ("pool_forward", "pool_backward"))
    compared = 0
    for case in LESSON.exercise("pool_backward").draw(seed):
        dA, (A_prev, hparameters) = case.args[:2]
        mode = (*case.args[2:], *case.kwargs.values(), "max")[0]

        def cost(dA=dA, inputs=(A_prev, hparameters, mode)):
            return np.sum(dA * forward(*inputs)[0])

        if len(np.unique(A_prev)) == A_prev.size:  # at a tie the maximum has a corner, and no slope
            gradient = backward(*case.args, **case.kwargs)
            np.testing.assert_allclose(gradient, numeric_gradient(cost, A_prev), atol=1e-6, err_msg=case.name)
            compared += 1
    assert compared >= 3
