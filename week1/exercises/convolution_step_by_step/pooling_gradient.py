"""Checks for pool_backward: the gradient of pooling."""

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_slip

from .pooling import POOL_MODES, pool_reference
from .shares import first_only
from .windows import (
    END_OF_ROWS,
    ONE_SIDE,
    STOPS,
    STRIDES,
    TOLERANCE,
    WINDOWS,
    add,
    back_to_places,
    places,
    window,
    windows,
)


def pool_backward_reference(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    views = windows(A_prev, f, stride)
    share = views == views.max((-2, -1), keepdims=True) if mode == "max" else np.full(views.shape, 1 / f**2)
    return back_to_places(dA[..., None, None] * share, A_prev.shape, f, stride)


def pool_backward_with(slip, whole_shares=False):
    """pool_backward, window by window, with one slip.

    whole_shares  whether the shares of an average are (f, f), as from distribute_value, where a slip cuts the window
    """

    def pool_backward(dA, cache, mode=slip if slip == "average" else "max"):
        A_prev, hparameters = cache
        f, stride = hparameters["f"], hparameters["stride"]
        stride = f if slip == "stride is f" else stride
        mode = {"always max": "max", "always average": "average"}.get(slip, mode)
        if slip == "modes exchanged":
            mode = "average" if mode == "max" else "max"
        dA_prev = A_prev * 1.0 if slip == "copy" else np.zeros(A_prev.shape)
        for i, h, w, c in places(dA.shape, slip, stride):
            if slip == "anew" and (h, w, c) == (0, 0, 0):
                dA_prev[...] = 0
            place = window(h, w, f, stride, slip)
            seen, dz = A_prev[i][place][..., c], dA[i, h, w, c]
            if slip == "summed":
                dz = dA[i, h, w].sum()
            if slip == "dz at the start":
                dz = dA[i, h * stride, w * stride, c]
            if slip == "picture 0":
                seen = A_prev[0][place][..., c]
            if mode == "max":
                whole = A_prev[i, :, :, c] if slip == "maximum of the picture" else seen
                rivals = A_prev[i][place] if slip in ("all channels", "channels together") else whole
                masks = {
                    "argmax": first_only,
                    ">= 0": lambda x: x >= 0,
                    "no mask": np.ones_like,
                    "value": np.copy,
                    "masked value": lambda x: x * (x == x.max()),
                    "shared": lambda x: (x == x.max()) / np.sum(x == x.max()),
                    "from zero": lambda x: x == max(0, x.max()),
                    "masked value, no dA": lambda x: x * (x == x.max()),
                }
                dz = 1 if slip in ("mask alone", "masked value, no dA") else dz
                part = dz * masks.get(slip, lambda x: x == rivals.max())(seen)  # noqa: B023
            else:
                out = dA[0, :, :, 0].size
                picture = A_prev[0, :, :, 0].size
                divisor = {
                    "by picture": picture,
                    "whole": 1,
                    "by f": f,
                    "by stride": stride**2,
                    "by output": out,
                    "by 4": 4,
                }.get(slip, f * f)
                shape = (f, f) if whole_shares else seen.shape
                part = np.full(shape, dz // divisor if slip == "//" else dz / divisor)
            if slip == "value in average" and mode == "average":
                part = part * seen
            if slip == "channels together" or (slip == "to all channels" and mode == "average"):
                part = (A_prev[i][place] == rivals.max()) * dz if mode == "max" else part[..., None]
                dA_prev[i][place] += part
            elif slip != f"no {mode}":
                add(dA_prev[i], (*place, c), part, overwrite=slip in ("=", f"= in {mode}"))
        return (dA_prev, cache) if slip == "with the cache" else dA_prev

    return pool_backward


def pool_backward_cases(rng):
    """A pooling layer each: the picture, the hyperparameters, the mode, and a gradient from above."""

    def one(name, A_prev, f, stride, *mode, **named):
        hparameters = {"f": f, "stride": stride}
        dA = rng.normal(size=pool_reference(A_prev, hparameters)[0].shape)
        return case(name, dA, (A_prev, hparameters), *mode, **named)

    return [
        one("one picture, windows side by side", rng.normal(size=(1, 4, 4, 1)), 2, 2, "max"),
        one("no mode is named, windows overlap", rng.normal(size=(2, 5, 7, 3)), 3, 2),
        one("the maximum stands twice", rng.integers(0, 3, (2, 4, 5, 2)) * 1.0, 2, 1, mode="max"),
        one("negative numbers only", -rng.uniform(1, 9, (2, 4, 5, 2)), 2, 1, mode="max"),
        one("average, windows overlap", rng.normal(size=(2, 4, 6, 3)), 3, 1, mode="average"),
        one("average, stride 2 with a remainder", rng.normal(size=(2, 6, 7, 2)), 3, 2, "average"),
        one("gaps between the windows", rng.normal(size=(1, 7, 8, 2)), 2, 3, mode="max"),
    ]


END_STRIDE = "a window ends at its start + stride: it is f pixels long, so it ends at its start + f"
ALL_CHANNELS = (
    "the windows hold all channels: each gradient belongs to its own channel, [i, rows, columns, c]"
)
CUT_WINDOWS = {**WINDOWS, **END_OF_ROWS, **ONE_SIDE, "end + stride": END_STRIDE}
CUT_WINDOWS |= {"stride is f": "the window moves by its own size f, whatever the stride is"}
CUT_WINDOWS |= dict.fromkeys(
    ("end f", "end f, rows", "end f, columns", "end of rows"),
    "a window ends in the wrong place, before its start or too early: it goes from h * stride to h * stride + f, and from "
    "w * stride to w * stride + f",
)
POOL_BACKWARD_SLIPS = {
    "end + stride": END_STRIDE,
    "= in max": "dA_prev is overwritten (=) in mode 'max' where windows overlap: gradients add up (+=)",
    "= in average": "dA_prev is overwritten (=) in mode 'average' where windows overlap: gradients add up (+=)",
    "no max": "dA_prev stays full of zeros in mode 'max': the maximum of each window gets its gradient",
    "no average": "dA_prev stays full of zeros in mode 'average': each window's places share its gradient",
    "=": "dA_prev is overwritten (=) where windows overlap: a pixel's gradients add up (+=)",
    **POOL_MODES,
    "modes exchanged": "the two modes are exchanged: in mode 'max' the maximum gets the gradient, in mode 'average' "
    "all places share it",
    "summed": "each window gets the gradients of all channels added up: take dA[i, h, w, c]",
    "copy": "dA_prev begins as a copy of A_prev, to which the gradients are added: it begins with zeros",
    "picture 0": "the masks are all made from picture 0: take picture i of A_prev",
    "no mask": "in mode 'max' every place gets the gradient: only the maximum should (multiply by the mask)",
    "value": "the window itself is multiplied by the gradient in place of its mask",
    "masked value": "the maximum is multiplied by the gradient: its place gets the gradient itself",
    "mask alone": "the mask itself is added in mode 'max': multiply it by dA[i, h, w, c]",
    "masked value, no dA": "the maximum itself is added in mode 'max': its place gets the gradient, dA[i, h, w, c]",
    "anew": "dA_prev is set to zeros anew for each picture, so the last alone counts: make it before the loops",
    "by picture": "the gradient is divided by the size of the picture: a window holds f * f numbers",
    "value in average": "in mode 'average' the shares are multiplied by the window: they do not depend on it",
    ">= 0": "the mask marks every place of 0 or more: it should mark the maximum",
    "argmax": "only the first maximum gets the gradient: the mask marks every place that holds it",
    "shared": "equal maxima share the gradient: the exercise asks for the whole of it at each of them",
    "from zero": "the search for the maximum starts at 0: among negative numbers no place holds it, and none is marked",
    "all channels": "the maximum is taken over all channels: the mask is made for each channel by itself",
    "channels together": ALL_CHANNELS,
    "to all channels": ALL_CHANNELS,
    "maximum of the picture": "the mask marks the maximum of the whole picture: each window has a maximum of its own",
    "with the cache": "the cache is returned as well: return dA_prev alone",
    "whole": "in mode 'average' every place gets the whole gradient: share it among the f * f places",
    "//": "in mode 'average' the shares are rounded down by //: use /",
    "by f": "the gradient is divided by f: a window holds f * f numbers",
    "by 4": "the gradient is divided by 4, whatever f is: a window holds f * f numbers",
    "by stride": "the gradient is divided by stride * stride: a window holds f * f numbers",
    "by output": "the gradient is divided by n_H * n_W, the number of windows: a window holds f * f numbers",
    "dz at the start": "dA is read at the window's first row and column: dA[i, h, w, c] belongs to the window",
    **STRIDES,
    "stride is f": "the window moves by its own size f, whatever the stride is",
    **WINDOWS,
    **END_OF_ROWS,
    **ONE_SIDE,
    **STOPS,
}

pool_backward = Exercise(
    name="pool_backward",
    points=15,
    difficulty=3,
    minutes=20,
    cases=pool_backward_cases,
    reference=pool_backward_reference,
    tolerance=TOLERANCE,
    needs=("create_mask_from_window", "distribute_value"),
    mistakes=[
        *by_slip(pool_backward_with, POOL_BACKWARD_SLIPS),
        *by_slip(lambda slip: pool_backward_with(slip, whole_shares=True), CUT_WINDOWS),
    ],
    hints=[
        "The loops run over dA; the windows lie in A_prev and in dA_prev, where pool_forward had them.",
        "In mode 'max' the winner gets the gradient: mask * dA[i, h, w, c]. In 'average' all get a share.",
        "If windows side by side pass and overlapping ones fail, look for an = that should be +=.",
        "dA_prev[i, rows, columns, c] += mask * dA[i, h, w, c], or "
        "+= distribute_value(dA[i, h, w, c], (f, f)).",
    ],
    idea="A maximum is a switch, an average is a splitter. Which of the two keeps more pixels learning?",
    try_next="Run the next cell, then print pool_backward(np.ones((1, 3, 3, 1)), (x.reshape(1, 4, 4, 1), {'f': "
    "2, 'stride': 1}))[0, :, :, 0], and find out why one pixel gets 4.",
)
