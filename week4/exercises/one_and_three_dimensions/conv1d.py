"""Checks for conv1d_forward: a window that slides along one axis."""

from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_slip

from .convolving import SLIPS, TOLERANCE, conv_reference, conv_with

ALL_AXES = "np.pad(x, padding) pads all axes, the batch and the channels too: give it a pair for each axis"
SLIPS_1D = {
    "bias at each slice": "the bias is added for each tap of the kernel, f times: it belongs to the whole sum, once",
    "all axes: einsum": ALL_AXES,
    "all axes: tensordot": ALL_AXES,
    "all axes: products": ALL_AXES,
}


def conv1d_with(slip: str) -> Callable:
    """A convolution of signals with one slip: "all axes: ..." where x is padded along every axis, which raises the
    error that belongs to a way of multiplying."""
    if not slip.startswith("all axes: "):
        return conv_with(slip)
    way = slip.removeprefix("all axes: ")

    def convolve(x: Any, w: Any, b: Any, stride: Any, padding: Any) -> np.ndarray:
        f, _, c = w.shape
        x_pad = np.pad(x, padding)
        z = np.zeros((len(x_pad), (x.shape[1] + 2 * padding - f) // stride + 1, c))
        for i in range(z.shape[1]):
            window = x_pad[:, i * stride : i * stride + f]
            if way == "einsum":
                z[:, i] = np.einsum("mfc,fck->mk", window, w) + b
            elif way == "tensordot":
                z[:, i] = np.tensordot(window, w, 2) + b
            else:
                z[:, i] = np.stack([[(one * w[..., k]).sum() + b[k] for k in range(c)] for one in window])
        return z

    return convolve


def signals(rng: np.random.Generator) -> list:
    def drawn(m: int, n: int, f: int, c_prev: int, c: int) -> tuple:
        return rng.normal(size=(m, n, c_prev)), rng.normal(size=(f, c_prev, c)), rng.normal(size=c)

    line = np.array([1.0, 2, 0, 3, 1]).reshape(1, 5, 1)
    return [
        case("the example of the text", line, np.array([1.0, 0, -1]).reshape(3, 1, 1), np.array([0.5]), 2, 1),
        case("one signal, one kernel", *drawn(1, 14, 5, 1, 1), stride=1, padding=0),
        case("three signals, two channels in, four out", *drawn(3, 9, 3, 2, 4), stride=1, padding=0),
        case("padding 2", *drawn(2, 7, 3, 2, 3), stride=1, padding=2),
        case("stride 3 with a remainder", *drawn(2, 12, 4, 3, 2), stride=3, padding=0),
        case("stride 2, padding 1, an even kernel", *drawn(2, 9, 2, 2, 3), stride=2, padding=1),
        case("a kernel as long as the signal", *drawn(2, 5, 5, 2, 2), stride=2, padding=0),
    ]


conv1d_forward = Exercise(
    name="conv1d_forward",
    points=10,
    difficulty=2,
    minutes=20,
    cases=signals,
    reference=conv_reference,
    tolerance=TOLERANCE,
    mistakes=by_slip(conv1d_with, SLIPS | SLIPS_1D),
    hints=[
        "How many places does the window have? Count them for n = 7, f = 3, stride 2 on your fingers, then write "
        "the formula.",
        "Pad the middle axis only: a pair for each axis, ((0, 0), (padding, padding), (0, 0)).",
        "If stride 1 passes and stride 3 fails, look at where a window begins (i * stride) and at rounding down.",
        "One window of the whole batch is x_pad[:, i * stride : i * stride + f], of shape (m, f, c_prev). "
        "np.tensordot(window, w, 2) multiplies it by all kernels and sums: (m, c).",
    ],
    idea="Take height away from week 1's conv_forward, and this is what is left. Nothing else has changed.",
    try_next="Print conv1d_forward(np.array([2.0, 2, 2, 5, 5]).reshape(1, 5, 1), np.array([-1.0, 1]).reshape(2, 1, "
    "1), np.zeros(1), 1, 0)[0, :, 0], and say first what becomes of the flat pieces.",
)
