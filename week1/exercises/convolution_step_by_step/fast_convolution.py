"""Checks for conv_forward_fast: a convolution whose loops NumPy runs."""

import gc
import sys

import numpy as np

from workbook import Exercise, Mistake, case
from workbook.slips import by_slip

from .convolution import CONV_SLIPS, conv_cases, conv_reference, conv_with, filters
from .windows import TOLERANCE, pad_pictures, windows

SAME_WORK = "as many as for a small picture"
MORE_WORK = "more than for a small picture"
NOT_COUNTED = ("arrayprint.py", "einsumfunc.py")
"""Files of NumPy whose work depends on the shape although nobody walks over pixels: they print an array, and plan
the order of a product of many."""


def lines_of_python(function, *args):
    """How many lines of Python a call runs, in the function and in all that it calls.

    The garbage collector waits meanwhile: it would run finalizers of other people's objects in between.
    """
    lines = 0

    def trace(frame, event, argument):
        nonlocal lines
        lines += event == "line"
        return None if frame.f_code.co_filename.endswith(NOT_COUNTED) else trace

    function(*args)  # a first call may import, compile or trace: that is not counted
    before, collecting = sys.gettrace(), gc.isenabled()
    gc.disable()
    sys.settrace(trace)
    try:
        function(*args)
    finally:
        sys.settrace(before)
        if collecting:
            gc.enable()
    return lines


def result_and_lines(function, A_prev, *args, small=None):
    """The result; and with the shape of a smaller picture, whether the large one takes more Python.

    The large one has 100 rows or columns of windows more: a loop over them runs at least 100 lines more. TensorFlow
    runs some ten more or fewer from call to call.
    """
    result = function(A_prev, *args)
    if small is None:
        return result
    n_H, n_W = small
    more = lines_of_python(function, A_prev, *args) - lines_of_python(function, A_prev[:, :n_H, :n_W], *args)
    return {"result": result, "lines of Python": MORE_WORK if more >= 50 else SAME_WORK}


def fast_cases(rng):
    """The layers of conv_forward count one point each, the absence of loops seven and seven."""
    tall, wide = rng.normal(size=(1, 103, 3, 1)), rng.normal(size=(1, 3, 103, 1))
    layer = filters(rng, 2, 1, 2, 1, 0)
    return [
        *conv_cases(rng),
        case("a tall picture", tall, *layer, small=(3, 3)).weighing(7),
        case("a wide picture", wide, *layer, small=(3, 3)).weighing(7),
    ]


def fast_with(slip):
    """conv_forward_fast as one matrix product, with one slip."""

    def conv_forward_fast(A_prev, W, b, hparameters):
        if slip == "SAME" or (slip == "SAME where padded" and hparameters["pad"]):
            return conv_with(slip)(A_prev, W, b, hparameters)
        f, _, n_C_prev, n_C = W.shape
        biases = b
        stride, pad = (
            (1 if slip == "stride" else hparameters["stride"]),
            (0 if slip == "pad" else hparameters["pad"]),
        )
        A_prev_pad = pad_pictures(A_prev, pad)
        views = windows(A_prev_pad, f, stride)
        if slip == "no stride in slices":
            views = windows(A_prev_pad, f, 1)[:, : views.shape[1], : views.shape[2]]
        m, n_H, n_W = views.shape[:3]
        order = (0, 1, 2, 3, 4, 5) if slip == "channels first" else (0, 1, 2, 4, 5, 3)
        rows = views.transpose(order).reshape(m * n_H * n_W, f * f * n_C_prev)
        kernels = filter_with(W, slip)
        columns = kernels.reshape(n_C, -1).T if slip == "filters first" else kernels.reshape(-1, n_C)
        product = rows @ columns
        if slip == "last place":
            product = views[..., -1, -1].reshape(-1, n_C_prev) @ W[-1, -1]
        if slip == "empty":
            product = 0 * product
        if slip == "Z reshaped":
            product = product.T
        shape = (m, n_W, n_H, n_C) if slip == "swapped" else (m, n_H, n_W, n_C)
        if slip in ("stride on rows", "stride on columns"):
            s_H, s_W = (stride, 1) if slip == "stride on rows" else (1, stride)
            product = np.einsum("mhwcij,ijcn->mhwn", windows(A_prev_pad, f, 1)[:, ::s_H, ::s_W], W)
            shape = product.shape
        b = b[..., :1] if slip == "first bias" else b
        times = {"bias": 0, "bias each time": f * f, "minus bias": -1}.get(slip, 1)
        Z = product.reshape(shape) + times * (b.sum() if slip == "all biases" else b)
        Z = np.maximum(Z, 0) if slip == "relu" else Z
        return Z, (A_prev_pad if slip == "cache" else A_prev, W, biases, hparameters)

    return conv_forward_fast


def far_slices(room):
    """The slip that multiplies a slice's start by the stride: with zeros behind the picture as room, or without."""

    def conv_forward_fast(A_prev, W, b, hparameters):
        f, stride, pad = W.shape[0], hparameters["stride"], hparameters["pad"]
        _, n_H, n_W, _ = conv_reference(A_prev, W, b, hparameters)[0].shape
        behind = pad + room * f * stride
        X = np.pad(A_prev, ((0, 0), (pad, behind), (pad, behind), (0, 0)))
        Z = np.zeros((len(A_prev), n_H, n_W, W.shape[3]))
        for r, s in np.ndindex(f, f):
            top, left = r * stride, s * stride
            Z += X[:, top : top + stride * n_H : stride, left : left + stride * n_W : stride] @ W[r, s]
        return Z + b, (A_prev, W, b, hparameters)

    return conv_forward_fast


def sliced_with(slip):
    """conv_forward_fast as a loop over the places of the filter, whose slices end in the wrong place."""

    def conv_forward_fast(A_prev, W, b, hparameters):
        f, stride, pad = W.shape[0], hparameters["stride"], hparameters["pad"]
        _, n_H, n_W, _ = conv_reference(A_prev, W, b, hparameters)[0].shape
        X = A_prev if slip == "A_prev" else pad_pictures(A_prev, pad)
        Z = np.zeros((len(A_prev), n_H, n_W, W.shape[3]))
        for r, s in np.ndindex(f, f):
            bottom, end = {"no end": (None, None), "end n_H": (r + n_H, s + n_W), "from 0": (n_H, n_W)}.get(
                slip, (r + stride * n_H, s + stride * n_W)
            )
            part = X[:, r:bottom:stride, s:end:stride]
            Z += part * W[r, s] if slip == "number by number" else part @ W[r, s]
        return Z + b, (A_prev, W, b, hparameters)

    return conv_forward_fast


def filter_with(W, slip):
    """The filters as a slip has them; what a loop over their places leaves out is 0."""
    place = np.add.outer(np.zeros(len(W)), np.arange(len(W)))  # the column, and transposed the row
    kept = {
        "no first row": place.T > 0,
        "no first column": place > 0,
        "no last row": len(W) - 1 > place.T,
        "no last column": place < len(W) - 1,
        "no last of both": np.maximum(place, place.T) < len(W) - 1,
        "diagonal": place == place.T,
    }
    turned = {"flipped": W[::-1, ::-1], "transposed": W.swapaxes(0, 1), "first filter": W[..., :1] + 0 * W}
    return turned.get(slip, W * kept.get(slip, place == place)[:, :, None, None])


def one_loop(axis):
    """A right conv_forward_fast but for a Python loop over rows (axis 1) or columns (axis 2) of Z."""

    def conv_forward_fast(A_prev, W, b, hparameters):
        views = windows(pad_pictures(A_prev, hparameters["pad"]), W.shape[0], hparameters["stride"])
        lines = [np.einsum("mpcij,ijcn->mpn", views.take(k, axis), W) for k in range(views.shape[axis])]
        return np.stack(lines, axis) + b, (A_prev, W, b, hparameters)

    return conv_forward_fast


FAR_SLICES = (
    "the slices start at r * stride and s * stride: the filter's places are neighbours, so start at r and s"
)

conv_forward_fast = Exercise(
    name="conv_forward_fast",
    points=20,
    difficulty=4,
    minutes=30,
    cases=fast_cases,
    observe=result_and_lines,
    reference=conv_reference,
    gives="two results (Z, cache)",
    returns=("Z", "cache"),
    tolerance=TOLERANCE,
    needs=("zero_pad",),
    mistakes=[
        Mistake(
            "Python still walks from pixel to pixel, in a loop, a comprehension or np.vectorize: let one "
            "operation of NumPy see all windows",
            conv_with(""),
        ),
        Mistake("Python still walks from row to row of the picture: take all rows at once", one_loop(1)),
        Mistake(
            "Python still walks from column to column of the picture: take all columns at once", one_loop(2)
        ),
        *by_slip(far_slices, {1: FAR_SLICES, 0: FAR_SLICES}),
        *by_slip(
            sliced_with,
            {
                "A_prev": "the slices are cut from A_prev, not from the padded A_prev_pad",
                "no end": "the slices have no end: cut them off after n_H and n_W steps, at r + stride * n_H and s + stride "
                "* n_W",
                "end n_H": "the slices end n_H and n_W pixels after their start: they make n_H and n_W steps of stride, so "
                "they end at r + stride * n_H and s + stride * n_W",
                "from 0": "the slices end at n_H and n_W, wherever they start: they end at r + stride * n_H and s + stride "
                "* n_W",
                "number by number": "slice and filter are multiplied number by number: the product of matrices, slice @ "
                "W[r, s], adds up the channels",
            },
        ),
        *by_slip(
            fast_with,
            {
                "stride": CONV_SLIPS["stride ignored"],
                "no stride in slices": "the window moves by 1 at each step, whatever stride is: each slice takes "
                "every stride-th row and column, X[:, r:r + stride * n_H:stride, s:s + stride * n_W:stride]",
                "pad": CONV_SLIPS["no pad"],
                "SAME": CONV_SLIPS["SAME"],
                "SAME where padded": CONV_SLIPS["SAME"],
                "stride on rows": CONV_SLIPS["stride on rows"],
                "stride on columns": CONV_SLIPS["stride on columns"],
                "relu": CONV_SLIPS["relu"],
                "first bias": "the bias of filter 0 is used for every output channel: add all of b",
                "bias": CONV_SLIPS["no bias"],
                "all biases": "the sum of all biases is added for every filter: each has one of its own, so add b",
                "flipped": CONV_SLIPS["flipped"],
                "cache": CONV_SLIPS["cache"],
                "channels first": "the windows are laid flat with the channels first, W with the channels "
                "last: both need the same order (f, f, n_C_prev)",
                "filters first": "W is reshaped to (n_C, ...) although n_C is its last axis: a reshape moves "
                "no axis, so use W.reshape(-1, n_C)",
                "Z reshaped": "the product has the filters first and is reshaped to (m, n_H, n_W, n_C): a "
                "reshape moves no axis, so transpose it before",
                "swapped": "the result is folded up as (m, n_W, n_H, n_C): rows come before columns",
                "last place": "only the filter's last place counts: each of the f * f places adds to Z (+=)",
                "empty": "the filter adds nothing to Z: each of the f * f places adds its slice @ W[r, s]",
                "transposed": "rows and columns of the filter are exchanged: W[r, s] goes with the slice that begins "
                "at row r and column s",
                "no first row": "the filter's first row is left out: the loop over its rows begins at 0",
                "no first column": "the filter's first column is left out: the loop over its columns begins at 0",
                "no last row": "the filter's last row is left out: range(f) ends at f - 1 already",
                "no last column": "the filter's last column is left out: range(f) ends at f - 1 already",
                "no last of both": "the filter's last row and last column are left out: range(f) ends at f - 1 "
                "already",
                "diagonal": "only the filter's diagonal is used: its f * f places need two loops, r and s",
                "first filter": "filter 0 is used for every output channel: take all of W",
                "bias each time": "the bias is added for each of the f * f places: it belongs to the sum, once",
                "minus bias": "the bias is taken off: it is added",
            },
        ),
    ],
    hints=[
        "Do not move the window: move the picture. For one place (r, s) of the filter, which pixels does it "
        "meet in all windows together?",
        "It meets A_prev_pad[:, r:r + stride * n_H:stride, s:s + stride * n_W:stride, :], an array of shape "
        "(m, n_H, n_W, n_C_prev).",
        "If stride 1 passes and stride 2 fails, look at the end of that slice: n_H steps of length stride.",
        "Loop over the f * f places only: Z += that slice @ W[r, s], which is (n_C_prev, n_C). Then add b. "
        "Or: np.lib.stride_tricks.sliding_window_view with np.einsum, without any loop.",
    ],
    idea="The same multiplications, in another order: now they run in compiled code. Layout is speed.",
    try_next="Write 16 in place of 8 for the filters, in W and in b of the next cell, run on to the times, and say "
    "first which of the three will double.",
)
