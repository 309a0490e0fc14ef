"""Checks for conv_single_step: one window and one filter."""

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_slip

from .windows import TOLERANCE


def one_number(function, *args):
    """What the function returns; an array or tensor that holds one number counts as that number."""
    value = function(*args)
    alone = hasattr(value, "__array__") and np.size(value) == 1
    return np.asarray(value).reshape(()) if alone else value


STEPS = {
    "no bias": lambda a, W, b: np.sum(a * W),
    "bias in sum": lambda a, W, b: np.sum(a * W + b),
    "bias in W": lambda a, W, b: np.sum(a * (W + b)),
    "bias in a": lambda a, W, b: np.sum((a + b) * W),
    "bias twice": lambda a, W, b: np.sum(a * W) + 2 * b.item(),
    "no sum": lambda a, W, b: a * W + b,
    "channels left": lambda a, W, b: np.sum(a * W, axis=(0, 1)) + b.item(),
    "channels left, + b": lambda a, W, b: np.sum(a * W, axis=(0, 1)) + b,
    "sum of Python": lambda a, W, b: sum(a * W) + b.item(),
    "sum of Python, + b": lambda a, W, b: sum(a * W) + b,
    "first channel": lambda a, W, b: np.sum(a[..., 0] * W[..., 0]) + b.item(),
    "mean": lambda a, W, b: np.mean(a * W) + b.item(),
    "flipped": lambda a, W, b: np.sum(a * W[::-1, ::-1]) + b.item(),
    "all flipped": lambda a, W, b: np.sum(a * np.flip(W)) + b.item(),
    "transposed": lambda a, W, b: np.sum(a * W.swapaxes(0, 1)) + b.item(),
    "T": lambda a, W, b: np.sum(a * W.T) + b.item(),
    "last product": lambda a, W, b: (a * W)[-1, -1, -1] + b.item(),
    "matrices": lambda a, W, b: np.sum(a @ W) + b.item(),
    "matrices, turned": lambda a, W, b: np.sum(a @ W.swapaxes(-1, -2)) + b.item(),
    "matrices, by channel": lambda a, W, b: np.einsum("ijc,jkc->", a, W) + b.item(),
    "int": lambda a, W, b: np.sum(a * W) + int(b.item()),
    "relu": lambda a, W, b: max(0, np.sum(a * W) + b.item()),
    "added": lambda a, W, b: np.sum(a + W) + b.item(),
    "minus b": lambda a, W, b: np.sum(a * W) - b.item(),
    "no W": lambda a, W, b: np.sum(a) + b.item(),
    "sums first": lambda a, W, b: np.sum(a) * np.sum(W) + b.item(),
    "max": lambda a, W, b: np.max(a * W) + b.item(),
    "times b": lambda a, W, b: np.sum(a * W) * b.item(),
    "a twice": lambda a, W, b: np.sum(a * a) + b.item(),
    "W twice": lambda a, W, b: np.sum(W * W) + b.item(),
    "no a": lambda a, W, b: np.sum(W) + b.item(),
    "b for W": lambda a, W, b: np.sum(a * b) + b.item(),
}
MATRICES = "slice and filter are multiplied as matrices (np.dot, np.matmul, @): use *, number by number"
CHANNELS_LEFT = "the sum runs over height and width only: the channels belong to the window as well"
SUM_OF_PYTHON = "Python's sum adds up the rows only: np.sum adds up all numbers"
STEP_SLIPS = {
    "no bias": "the bias is forgotten",
    "bias in sum": "the bias is added to every product before the sum: it belongs to the sum, once",
    "bias in W": "the bias is added to the filter before it is multiplied: it belongs to the sum, once",
    "bias in a": "the bias is added to the window before it is multiplied: it belongs to the sum, once",
    "bias twice": "the bias is added twice",
    "all flipped": "the filter is flipped along all its axes before use: networks leave it as it is",
    "transposed": "rows and columns of the filter are exchanged: it lies on the window as it is",
    "T": "W.T turns round all three axes of the filter: it lies on the window as it is",
    "last product": "only the last product is kept: in a loop over the filter the products add up (+=)",
    "no sum": "the products are not summed up: one number should come back",
    "channels left": CHANNELS_LEFT,
    "channels left, + b": CHANNELS_LEFT,
    "sum of Python": SUM_OF_PYTHON,
    "sum of Python, + b": SUM_OF_PYTHON,
    "first channel": "only the first channel is used",
    "mean": "the mean of the products is taken in place of their sum",
    "flipped": "the filter is turned upside down and left to right before use: networks leave it as it is",
    "matrices": MATRICES,
    "matrices, turned": MATRICES,
    "matrices, by channel": MATRICES,
    "int": "the bias is cut to a whole number by int(b): use float(b) or b.item()",
    "relu": "negative results become 0: the activation comes later, not here",
    "added": "slice and filter are added number by number: they are multiplied",
    "minus b": "the bias is taken off the sum: it is added",
    "no W": "the filter is not used: each number of the slice is multiplied by the filter's",
    "sums first": "slice and filter are summed up before they are multiplied: multiply number by number first",
    "max": "the largest product is taken in place of the sum of all",
    "times b": "the sum is multiplied by the bias: the bias is added",
    "a twice": "the slice is multiplied by itself: it meets the filter W",
    "W twice": "the filter is multiplied by itself: it meets the slice",
    "no a": "the slice is not used: each of its numbers is multiplied by the filter's",
    "b for W": "the slice is multiplied by the bias: it is multiplied by the filter, and the bias is added to the sum",
}

conv_single_step = Exercise(
    name="conv_single_step",
    points=5,
    difficulty=1,
    minutes=10,
    observe=one_number,
    cases=lambda rng: [
        case("the example of the text", *small_slice()),
        case("3 x 3 pixels, 3 channels", *rng.normal(size=(2, 3, 3, 3)), np.full((1, 1, 1), 1.7)),
        case("2 x 2 pixels, 4 channels", *rng.normal(size=(2, 2, 2, 4)), np.full((1, 1, 1), -0.6)),
        case("no bias", *rng.normal(size=(2, 3, 3, 2)), np.zeros((1, 1, 1))),
        case(
            "a negative result",
            -rng.uniform(1, 2, (3, 3, 2)),
            rng.uniform(1, 2, (3, 3, 2)),
            np.ones((1, 1, 1)),
        ),
    ],
    reference=lambda a_slice_prev, W, b: np.vdot(a_slice_prev, W) + np.sum(b),
    tolerance=TOLERANCE,
    mistakes=by_slip(STEPS.get, STEP_SLIPS),
    hints=[
        "Lay the filter on the slice. Which numbers meet, and what happens to the products?",
        "a_slice_prev * W multiplies number by number and keeps the shape (f, f, n_C_prev).",
        "If 'no bias' passes and the others fail, look at how often b is added: once, after the sum.",
        "np.sum(a_slice_prev * W) is one number; b holds one number too: b.item() takes it out.",
    ],
    idea="This one line is the whole of a convolution. All the rest is where to put the window.",
    try_next="Write -edge in place of edge in the call of conv_single_step in the next cell, and predict its three "
    "lines before you run it.",
)


def small_slice():
    """The worked example: 1*1 + 2*0 + 3*0 + 4*(-1) = -3, and the bias 0.5 makes -2.5."""
    return (
        np.array([[[1.0], [2]], [[3], [4]]]),
        np.array([[[1.0], [0]], [[0], [-1]]]),
        np.full((1, 1, 1), 0.5),
    )
