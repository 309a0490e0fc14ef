"""What both convolutions share: the reference, and a convolution along any number of axes with a slip in it."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

TOLERANCE = 1e-5  # sums of about a hundred float32 products of order 1 are off by about 1e-6


def conv_reference(x: Any, w: Any, b: Any, stride: Any, padding: Any) -> np.ndarray:
    """x (m, *sizes, c_prev), w (*f, c_prev, c), b (c,): the windows of all axes at once, valid after padding."""
    rank = w.ndim - 2
    strides, paddings = np.broadcast_to(stride, rank), np.broadcast_to(padding, rank)
    x = np.pad(x, [(0, 0), *((p, p) for p in paddings), (0, 0)])
    views = np.lib.stride_tricks.sliding_window_view(x, w.shape[:rank], tuple(range(1, rank + 1)))
    views = views[(slice(None), *(slice(None, None, s) for s in strides))]
    return np.tensordot(views, np.moveaxis(w, -2, 0), rank + 1) + np.reshape(b, -1)


ORDERS = {
    "reversed": (2, 1, 0),
    "two first swapped": (1, 0, 2),
    "two last swapped": (0, 2, 1),
    "depth last": (2, 0, 1),
    "first for all": (0, 0, 0),
}


def three(numbers: Any, slip: str, what: str) -> list[int]:
    """The numbers along the axes, in another order where the slip says so: "strides: reversed"."""
    name, _, how = slip.partition(": ")
    numbers = [int(n) for n in np.reshape(numbers, -1)]
    return [numbers[i] for i in ORDERS[how]] if name == what else numbers


def padded(x: np.ndarray, paddings: list[int], slip: str) -> np.ndarray:
    """x with its borders of zeros, with a slip."""
    sides = {"one side": (0, 1), "near side": (2, 0)}.get(slip, (1, 1))
    widths = [(sides[0] * p, sides[1] * p) for p in paddings]
    if slip == "first axis not padded":
        widths[0] = (0, 0)
    batch = channels = (0, 0)
    if slip == "batch too":
        batch = (paddings[0], paddings[0])
    if slip == "channels too":
        channels = (paddings[0], paddings[0])
    return np.pad(x, [batch, *widths, channels], mode="edge" if slip == "edge" else "constant")


def conv_with(slip: str) -> Callable:
    """A convolution, window by window, with one slip; a slip of "" has none."""

    def convolve(x: Any, w: Any, b: Any, stride: Any, padding: Any) -> np.ndarray:
        rank = w.ndim - 2
        f, (c_prev, c) = w.shape[:rank], w.shape[rank:]
        strides, paddings = three(stride, slip, "strides"), three(padding, slip, "paddings")
        if slip == "stride ignored":
            strides = [1] * rank
        if slip == "first axis not strided":
            strides[0] = 1
        if slip == "no padding":
            paddings = [0] * rank
        if slip == "same":
            paddings = [(k - 1) // 2 for k in f]
        x_pad = padded(x, paddings, slip)
        counted = [0 if slip == "padding not counted" else p for p in paddings]
        sizes = [
            x_pad.shape[1 + i]
            if slip not in ("padding not counted", "counted once")
            else x.shape[1 + i] + (counted[i] if slip == "counted once" else 2 * counted[i])
            for i in range(rank)
        ]
        rounding = math.ceil if slip == "ceil" else math.floor
        n_out = [
            rounding((n - k) / s) + (slip != "no + 1") for n, k, s in zip(sizes, f, strides, strict=True)
        ]
        z = np.zeros((len(x_pad), *n_out, c))
        turned = {"flipped": rank, "depth turned": 1}.get(slip, 0)
        kernels = w[(slice(None, None, -1),) * turned]
        for place in np.ndindex(*z.shape[:-1]):
            if slip == "first example" and place[0] > 0:
                break
            step = strides if slip == "taps apart" else [1] * rank
            starts = (
                place[1:]
                if slip in ("taps apart", "not in place")
                else [i * s for i, s in zip(place[1:], strides, strict=True)]
            )
            ends = [a + k * d for a, k, d in zip(starts, f, step, strict=True)]
            where = tuple(slice(a, e, d) for a, e, d in zip(starts, ends, step, strict=True))
            window = x_pad[place[0]][(*where, slice(0, c_prev))]
            if window.shape != w.shape[:-1]:  # it sticks out
                grown = [(0, want - got) for want, got in zip(w.shape[:-1], window.shape, strict=True)]
                window = np.pad(window, grown)
            z[place] = [
                _one(window, kernels[..., 0 if slip == "first kernel" else k], slip) for k in range(c)
            ]
        if slip == "over the batch":
            z[:] = z.sum(axis=0)
        z += {"no bias": 0, "bias at each tap": math.prod(w.shape[:-1]), "bias at each slice": len(w)}.get(
            slip, 1
        ) * {
            "first bias": b[0],
            "sum of biases": np.sum(b),
        }.get(slip, b)
        if slip == "last window":
            for axis in range(1, rank + 1):
                z[(slice(None),) * axis + (-1,)] = 0
        if slip == "relu":
            return np.maximum(z, 0)
        if slip == "depth summed away":
            return z.sum(axis=1)
        if slip == "depth last":
            return np.moveaxis(z, 1, 3)
        return z

    return convolve


def _one(window: np.ndarray, kernel: np.ndarray, slip: str) -> float:
    """One window and one kernel: a number."""
    if slip == "first channel":
        window, kernel = window[..., :1], kernel[..., :1]
    if slip == "first slice":
        window, kernel = window[:1], kernel[:1]
    if slip == "middle slice":
        middle = slice(len(kernel) // 2, len(kernel) // 2 + 1)
        window, kernel = window[middle], kernel[middle]
    products = window * kernel
    return {"mean": products.mean, "largest": products.max}.get(slip, products.sum)()


SLIPS = {
    "stride ignored": "the window moves by 1 at each step, whatever the stride is",
    "not in place": "the size counts on the stride, but the windows begin 1 apart: window i begins at i * stride",
    "last window": "the last place of each axis stays 0: the loops run over all places of the output",
    "taps apart": "the stride spreads the kernel's numbers apart (a dilation): it should move the window",
    "no padding": "padding is ignored",
    "same": "the padding is made so that the size stays ((f - 1) // 2), whatever the argument padding says",
    "one side": "the zeros stand at the far end only: each side needs them",
    "near side": "all 2 * padding zeros stand at the near end: half of them belong at the far end",
    "counted once": "padding is counted once in the output size: there are zeros on both sides, so 2 * padding",
    "padding not counted": "the output size is that of the input before the padding: n + 2 * padding goes in",
    "batch too": "the batch is padded too: that adds empty examples",
    "channels too": "the channels are padded too: the last axis should keep its length",
    "edge": "the border repeats the last numbers in place of zeros",
    "flipped": "the kernel is turned round before use: networks leave it as it is",
    "ceil": "the output size is rounded up: a window that sticks out does not count",
    "no + 1": "the output size lacks the + 1: the window's first place counts too",
    "first channel": "only the first channel of the input is used: sum over all of them",
    "first kernel": "kernel 0 is used for every output channel",
    "first bias": "the bias of kernel 0 is used for every output channel",
    "sum of biases": "the sum of all biases is added to each output channel: kernel k has its own, b[k]",
    "no bias": "the bias is forgotten",
    "bias at each tap": "the bias is added to every product before the sum: it belongs to the sum, once",
    "first example": "only the first example of the batch is convolved",
    "over the batch": "the sum runs over the examples too, so that all of them get the same: each has its own",
    "mean": "the mean of the products is taken in place of their sum",
    "largest": "the largest product is taken in place of their sum",
    "relu": "negative results become 0: the activation comes later, not here",
}
