"""Checks for pool_forward: the largest number of each window, or the mean."""

import math

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_slip

from .windows import (
    END_OF_ROWS,
    ONE_SIDE,
    PICTURE_0,
    SIZES,
    STOPS,
    STRIDES,
    TOLERANCE,
    WINDOWS,
    output_size,
    pad_as_tensorflow,
    places,
    window,
    windows,
)


def pool_reference(A_prev, hparameters, mode="max"):
    views = windows(A_prev, hparameters["f"], hparameters["stride"])
    return (views.max if mode == "max" else views.mean)((-2, -1)), (A_prev, hparameters)


def pool_with(slip):
    """pool_forward, window by window, with one slip."""

    def pool_forward(A_prev, hparameters, mode=slip if slip == "average" else "max"):
        f, stride = hparameters["f"], hparameters["stride"]
        f, stride = {
            "f is stride": (stride, stride),
            "stride is f": (f, f),
            "f 2": (2, stride),
            "stride 1": (f, 1),
            "stride 2": (f, 2),
            "exchanged": (stride, f),
        }.get(slip, (f, stride))
        mode = {"always max": "max", "always average": "average"}.get(slip, mode)
        if slip == "modes exchanged":
            mode = "average" if mode == "max" else "max"
        if slip == "SAME":
            views = windows(pad_as_tensorflow(A_prev * 1.0, f, stride, np.nan), f, stride)
            return (np.nanmax if mode == "max" else np.nanmean)(views, (-2, -1)), (A_prev, hparameters)
        sides = {"height twice": (1, 1), "width twice": (2, 2)}.get(slip, (1, 2))
        n_H, n_W = (output_size(A_prev.shape[side], f, 0, stride, slip) for side in sides)
        A = np.zeros((len(A_prev), n_H, n_W, A_prev.shape[3]))
        for i, h, w, c in places(A.shape, slip, stride):
            if slip == "empty":
                break
            channels = {"all channels": slice(None), "first channel": 0}.get(slip, c)
            picture = A_prev[0 if slip == "picture 0" else i]
            seen = picture[window(h, w, f, f if slip == "start h * f" else stride, slip)][..., channels]
            if slip == f"no {mode}" or (slip == "end of rows, empty ones skipped" and not seen.size):
                continue
            if mode == "max":
                A[(i, w, h, c) if slip == "A swapped" else (i, h, w, c)] = {
                    "min": lambda x: x.min(),
                    "from zero": lambda x: max(0, x.max()),
                    "size": lambda x: abs(x).max(),
                    "place": lambda x: x.argmax(),
                }.get(slip, np.max)(seen)
            else:
                count = {"by f": f, "sum": 1, "by stride": stride**2, "by 4": 4}.get(slip, seen.size)
                mean = seen.sum() / count if count else np.nan
                mean = np.median(seen) if slip == "median" else mean
                A[(i, w, h, c) if slip == "A swapped" else (i, h, w, c)] = mean
                A[i, h, w, c] = math.floor(A[i, h, w, c]) if slip == "//" else A[i, h, w, c]
        return A, (A if slip == "cache" else A_prev, hparameters)

    return pool_forward


def pool_cases(rng):
    normal = lambda *shape: rng.normal(size=shape)  # noqa: E731
    below_zero, whole = -rng.uniform(1, 9, (2, 4, 5, 2)), rng.integers(-9, 10, (1, 4, 6, 2))
    return [
        case("one picture, windows side by side", normal(1, 4, 4, 1), {"f": 2, "stride": 2}, "max"),
        case("no mode is named", normal(2, 5, 7, 3), {"f": 3, "stride": 2}),
        case("negative numbers only", below_zero, {"f": 2, "stride": 1}, mode="max"),
        case("average, windows overlap", normal(2, 4, 6, 3), {"f": 3, "stride": 1}, "average"),
        case("average, stride 2, a remainder", normal(2, 6, 7, 2), {"f": 3, "stride": 2}, mode="average"),
        case("gaps between the windows", normal(1, 7, 8, 5), {"f": 2, "stride": 3}, mode="max"),
        case("whole numbers", whole, {"f": 2, "stride": 2}, mode="max"),
    ]


POOL_MODES = {
    "always max": "mode is ignored: the maximum is taken even where mode is 'average'",
    "always average": "mode is ignored: the average is taken even where mode is 'max'",
    "average": "the average is the default: where no mode is named, it should be 'max'",
}
POOL_SLIPS = {
    **POOL_MODES,
    "modes exchanged": "the two modes are exchanged: 'max' takes the maximum, 'average' the average",
    "min": "the smallest number of each window is taken in mode 'max': take the largest",
    "empty": "A is still full of zeros: each result has its place A[i, h, w, c]",
    "no max": "A stays full of zeros in mode 'max': it holds the largest number of each window",
    "no average": "A stays full of zeros in mode 'average': it holds the mean of each window",
    "from zero": "the search for the maximum starts at 0: among negative numbers 0 wins without being there",
    "by f": "the sum is divided by f: a window holds f * f numbers",
    "by stride": "the sum is divided by stride * stride: a window holds f * f numbers",
    "by 4": "the sum is divided by 4, whatever f is: a window holds f * f numbers",
    "sum": "the average is not divided by the f * f numbers of the window",
    "size": "the number of the largest size is taken, without its sign: -9 is less than 1",
    "place": "the place of the maximum (argmax) is returned, not the maximum itself",
    "//": "the averages are rounded down by //: use /",
    "n / stride": "the output size is n // stride: before its first step the window needs f pixels, so take f off n, "
    "divide, and add 1",
    "n / stride, up": "the output size is n / stride rounded up: windows that stick out of the picture do not count, so "
    "take f off n, divide, round down, and add 1",
    "start h * f": "a window starts at h * f: it starts at h * stride, and is f long",
    "cache": "the cache holds what was pooled, A: pool_backward expects A_prev, in which it looks for the maxima",
    "SAME": "windows that stick out of the picture count, as padding='same' has it: keep those that lie inside",
    "first channel": "channel 0 is pooled for all of them: take channel c",
    "picture 0": PICTURE_0,
    "all channels": "each window holds all channels: pooling treats every channel by itself",
    **STRIDES,
    "stride is f": "the window moves by its own size f, whatever the stride is",
    "f 2": "f is 2, whatever hparameters['f'] is",
    "stride 1": "the stride is 1, whatever hparameters['stride'] is",
    "stride 2": "the stride is 2, whatever hparameters['stride'] is",
    "exchanged": "f and stride are exchanged where they are taken out of hparameters",
    "height twice": "n_W is made from the height: it counts the windows along the width, n_W_prev",
    "width twice": "n_H is made from the width: it counts the windows along the height, n_H_prev",
    "A swapped": "height and width are exchanged where the result is written: it belongs to A[i, h, w, c]",
    "median": "the median is taken in mode 'average': it is the mean",
    **{
        f"end + stride{axis}": f"a window{of} ends at its start + stride: it is f pixels long, so it ends at its start + f"
        for axis, of in (("", ""), (", rows", "'s rows"), (", columns", "'s columns"))
    },
    "f is stride": "the window is as large as the stride, whatever f is",
    **WINDOWS,
    **END_OF_ROWS,
    "end of rows, empty ones skipped": END_OF_ROWS["end of rows"],
    **ONE_SIDE,
    **SIZES,
    **STOPS,
}

pool_forward = Exercise(
    name="pool_forward",
    points=10,
    difficulty=2,
    minutes=15,
    cases=pool_cases,
    reference=pool_reference,
    returns=("A", "cache"),
    tolerance=TOLERANCE,
    mistakes=by_slip(pool_with, POOL_SLIPS),
    hints=[
        "The four loops of conv_forward, without a filter and without pad. What does c choose now?",
        "Each channel is pooled by itself: "
        "window = A_prev[i, h * stride : h * stride + f, w * stride : w * stride + f, c].",
        "If 'negative numbers only' fails alone, look for a 0 that takes part in the maximum. If only the "
        "averages fail, see what the sum is divided by.",
        "if mode == 'max': A[i, h, w, c] = np.max(window), elif mode == 'average': np.mean(window).",
    ],
    idea="Pooling has nothing to learn: no filter, no bias. It only chooses or mixes.",
    try_next="Run the next cell, then pool its x with stride 1 in place of 2 and print the shape: how many "
    "windows did you expect?",
)
