"""Checks for conv_backward: the gradients of a convolution."""

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_slip

from .convolution import conv_cases, conv_reference
from .windows import (
    PICTURE_0,
    STOPS,
    STRIDES,
    TOLERANCE,
    WINDOWS,
    add,
    back_to_places,
    pad_pictures,
    places,
    window,
    windows,
)


def conv_backward_reference(dZ, cache):
    A_prev, W, _, hparameters = cache
    f, stride, pad = W.shape[0], hparameters["stride"], hparameters["pad"]
    A_prev_pad = pad_pictures(A_prev, pad)
    dW = np.einsum("mhwcij,mhwn->ijcn", windows(A_prev_pad, f, stride), dZ)
    parts = np.einsum("mhwn,ijcn->mhwcij", dZ, W)
    dA_prev_pad = back_to_places(parts, A_prev_pad.shape, f, stride)
    n_H_prev, n_W_prev = A_prev.shape[1:3]
    return dA_prev_pad[:, pad : pad + n_H_prev, pad : pad + n_W_prev], dW, dZ.sum((0, 1, 2), keepdims=True)


def conv_backward_with(slip):
    """conv_backward, window by window, with one slip."""

    def conv_backward(dZ, cache):
        A_prev, W, b, hparameters = cache
        f, stride, pad = W.shape[0], hparameters["stride"], hparameters["pad"]
        m, n_H_prev, n_W_prev, _ = A_prev.shape
        A_prev_pad = pad_pictures(A_prev, pad)
        dA = A_prev_pad * (1.0 if slip == "from A_prev" else 0)
        dW, db = W * (1.0 if slip == "from W" else 0), b * (1.0 if slip == "from b" else 0)
        for i, h, w, c in places(dZ.shape, slip, stride):
            if slip == "anew" and (h, w, c) == (0, 0, 0):
                dW[...] = db[...] = 0
            place, dz = window(h, w, f, stride, slip), dZ[i, h, w, c]
            if slip == "dz at the start":
                dz = dZ[i, h * stride, w * stride, c]
            if slip == "dZ swapped":
                dz = dZ[i, w, h, c]
            if slip == "dZ of picture 0":
                dz = dZ[0, h, w, c]
            if slip == "summed":
                dz = dZ[i, h, w].sum()
            a_slice = (A_prev if slip == "A_prev" else A_prev_pad)[0 if slip == "picture 0" else i][place]
            kernel = W[..., 0 if slip == "first filter" else c]
            kernel = kernel.swapaxes(0, 1) if slip == "transposed" else kernel
            to_dA, to_dW = dz * (kernel[::-1, ::-1] if slip == "flipped" else kernel), dz * a_slice
            if slip in ("exchanged", "a for W", "W for a"):
                to_dA, to_dW = to_dW if slip != "W for a" else to_dA, to_dA if slip != "a for W" else to_dW
            add(dA[i], place, to_dA, overwrite=slip == "dA =")
            add(dW, (..., c), to_dW, overwrite=slip == "dW =")
            times = {
                "db times b": b[0, 0, 0, c],
                "db sums": dZ[i, :, :, c].sum() / dz,
                "db for each place": f * f,
                "db for each weight": a_slice.size,
            }.get(slip, 1)
            add(db, (..., c), dz * times, overwrite=slip == "db =")
        if slip in ("no dA", "no dW", "no db"):
            {"no dA": dA, "no dW": dW, "no db": db}[slip][...] = 0
        if slip == "by m":
            dW, db = dW / m, db / m
        if slip == "db mean":
            db = dZ.mean((0, 1, 2), keepdims=True)
        if slip == "one db":
            db[...] = dZ.sum()
        if slip == "last dA":
            dA[:-1] = 0
        if slip == "dA last":
            return dW, db, dA[:, pad : pad + n_H_prev, pad : pad + n_W_prev]
        if slip == "order":
            return dA[:, pad : pad + n_H_prev, pad : pad + n_W_prev], db, dW
        if slip == "not cut":
            return dA, dW, db
        if slip == "cut at the end":
            return dA[:, :n_H_prev, :n_W_prev], dW, db
        if slip == "cut at the start":
            return dA[:, 2 * pad :, 2 * pad :], dW, db
        if slip == "0:-0":
            return dA[:, pad:-pad, pad:-pad], dW, db
        if slip == "0:-0 into place":
            dA_prev = np.zeros(A_prev.shape)
            for i in range(m):
                dA_prev[i] = dA[i, pad:-pad, pad:-pad]
            return dA_prev, dW, db
        return dA[:, pad : pad + n_H_prev, pad : pad + n_W_prev], dW, db

    return conv_backward


def conv_backward_cases(rng):
    """The layers of conv_forward, with a gradient from above."""
    return [
        case(each.name, rng.normal(size=conv_reference(*each.args)[0].shape), each.args)
        for each in conv_cases(rng)
    ]


PAD_0 = (
    "the border is cut off with [pad:-pad]: for pad 0 that is [0:-0], which is empty. Use "
    "[pad:pad + n_H_prev], or cut only where pad is above 0"
)
DB_AGAIN = "db adds dZ[i, h, w, c] again for each place of the filter, as in a loop over them: each window adds it once"
CONV_BACKWARD_SLIPS = {
    "dA =": "dA_prev is overwritten (=) where windows overlap: a pixel's gradients add up (+=)",
    "dW =": "dW is overwritten (=) at each window: every window adds to it (+=)",
    "db =": "db is overwritten (=) at each window: every window adds to it (+=)",
    "no dA": "dA_prev is still full of zeros: each window adds W[:, :, :, c] * dZ[i, h, w, c] to its place",
    "no dW": "dW is still full of zeros: each window adds itself times dZ[i, h, w, c] to dW[:, :, :, c]",
    "no db": "db is still full of zeros: each window adds dZ[i, h, w, c] to db[:, :, :, c]",
    "A_prev": "dW is made from windows of A_prev: the filter saw the padded A_prev_pad",
    "not cut": "the border of dA_prev_pad is still there: dA_prev has the shape of A_prev",
    "0:-0": PAD_0,
    "0:-0 into place": PAD_0,
    "cut at the end": "the border of dA_prev_pad is cut off at the bottom and on the right only: it begins with pad "
    "rows and columns of border",
    "cut at the start": "the border of dA_prev_pad is cut off at the top and on the left only: it ends with pad rows "
    "and columns of border",
    "last dA": "only the last picture's dA_prev is filled: does its line stand behind the loop over the pictures?",
    "anew": "dW and db are set to zeros anew for each picture, so the last alone counts: all pictures add up",
    "dz at the start": "dZ is read at the window's first row and column: dZ[i, h, w, c] belongs to the window",
    **STRIDES,
    **WINDOWS,
    **STOPS,
    "picture 0": PICTURE_0,
    "dZ of picture 0": "dZ is read from picture 0 each time: take dZ[i, h, w, c]",
    "dZ swapped": "height and width are exchanged where dZ is read: take dZ[i, h, w, c]",
    "summed": "each window gets the slopes of all filters added up: take dZ[i, h, w, c]",
    "from A_prev": "dA_prev begins as A_prev, to which the slopes are added: it begins with zeros",
    "from W": "dW begins as W, to which the slopes are added: it begins with zeros",
    "from b": "db begins as b, to which the slopes are added: it begins with zeros",
    "db sums": "db adds the sum over a whole picture at every window: each window adds its own dZ[i, h, w, c]",
    "db for each place": DB_AGAIN,
    "db for each weight": DB_AGAIN,
    "db times b": "db is multiplied by b: the slope of z by b is 1, so each window adds dZ[i, h, w, c] alone",
    "a for W": "dA_prev gets the window in place of the filter: it gets W[:, :, :, c] * dZ[i, h, w, c]",
    "W for a": "dW gets the filter in place of the window: it gets the slice * dZ[i, h, w, c]",
    "transposed": "rows and columns of the filter are exchanged for dA_prev: each weight goes back to the pixel that it "
    "met",
    "dA last": "dA_prev comes last: return dA_prev, dW, db, in this order",
    "order": "dW and db are exchanged: return dA_prev, dW, db, in this order",
    "by m": "dW and db are divided by the number of pictures: dZ has that factor in it already",
    "db mean": "db is a mean over dZ: it should be the sum",
    "one db": "db sums over the filters too: each filter has a bias and a db of its own",
    "first filter": "filter 0 is used for every output channel: take W[:, :, :, c]",
    "flipped": "the filter is turned round for dA_prev: each weight goes back to the pixel that it met",
    "exchanged": "W and the slice are exchanged: dA_prev gets W * dZ, dW gets the slice * dZ",
}

conv_backward = Exercise(
    name="conv_backward",
    points=20,
    difficulty=4,
    minutes=30,
    cases=conv_backward_cases,
    reference=conv_backward_reference,
    returns=("dA_prev", "dW", "db"),
    tolerance=TOLERANCE,
    needs=("zero_pad",),
    mistakes=by_slip(conv_backward_with, CONV_BACKWARD_SLIPS),
    hints=[
        "Same four loops, same windows. Forward, a window gave one number; now that number's gradient "
        "dZ[i, h, w, c] goes back to everything that made it.",
        "z = sum(a * W) + b: dz/da is W, dz/dW is a, dz/db is 1. Each times dZ[i, h, w, c], added up.",
        "If only the cases with pad 0 fail, look at how the border is cut off: [0:-0] is empty. If only "
        "those with a pad fail, see whether the slice comes from A_prev_pad.",
        "dA_prev_pad[i, rows, columns, :] += W[:, :, :, c] * dZ[i, h, w, c]; "
        "dW[:, :, :, c] += A_prev_pad[i, rows, columns, :] * dZ[i, h, w, c]; db[:, :, :, c] += dZ[i, h, w, c].",
    ],
    idea="Forward and backward see the same windows: one gathers, the other scatters.",
    try_next="In the next cell set the stride to 2 and dZ to np.ones((1, 1, 1, 1)), and predict which pixels of "
    "dA_prev stay 0.",
)
