"""Checks for conv_forward: all windows and all filters."""

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_slip

from .windows import (
    END_OF_ROWS,
    PICTURE_0,
    SIZES,
    STOPS,
    STRIDES,
    TOLERANCE,
    UNDIVIDED,
    WINDOWS,
    output_size,
    pad_as_tensorflow,
    pad_pictures,
    places,
    window,
    windows,
)


def conv_reference(A_prev, W, b, hparameters):
    views = windows(pad_pictures(A_prev, hparameters["pad"]), W.shape[0], hparameters["stride"])
    return np.einsum("mhwcij,ijcn->mhwn", views, W) + b, (A_prev, W, b, hparameters)


def conv_with(slip):
    """conv_forward, window by window, with one slip."""

    def conv_forward(A_prev, W, b, hparameters):
        stride, pad = hparameters["stride"], {"no pad": 0, "pad 1": 1}.get(slip, hparameters["pad"])
        stride, pad = {"stride 1": (1, pad), "stride 2": (2, pad), "exchanged": (pad, stride)}.get(
            slip, (stride, pad)
        )
        if slip in ("SAME", "pad twice") or (slip == "SAME where padded" and pad):
            padded = pad_pictures(A_prev, 2 * pad)
            X = padded if slip == "pad twice" else pad_as_tensorflow(A_prev, W.shape[0], stride)
            return conv_reference(X, W, b, hparameters | {"pad": 0})[0], (A_prev, W, b, hparameters)
        f, n_C = W.shape[0], W.shape[2 if slip == "n_C" else 3]
        A_prev_pad = pad_pictures(A_prev, pad)
        sides = {"height twice": (1, 1), "width twice": (2, 2)}.get(slip, (1, 2))
        n_H, n_W = (output_size(A_prev.shape[side], f, pad, stride, slip) for side in sides)
        Z = np.zeros((len(A_prev), n_H, n_W, n_C))
        for i, h, w, c in places(Z.shape, slip, stride):
            if slip == "empty":
                break
            picture = (A_prev if slip == "A_prev" else A_prev_pad)[0 if slip == "picture 0" else i]
            a_slice = picture[window(h, w, f, f if slip == "by f" else stride, slip)]
            kernel = W[..., 0 if slip == "first filter" else c]
            kernel = kernel.swapaxes(0, 1) if slip == "transposed" else kernel
            products = a_slice * (kernel[::-1, ::-1] if slip == "flipped" else kernel)
            products = products[..., -1] if slip == "last channel" else products
            times = {
                "no bias": 0,
                "bias in sum": products.size,
                "bias per channel": W.shape[2],
                "bias twice": 2,
            }.get(slip, 1)
            bias = b.sum() if slip == "all biases" else b[0, 0, 0, 0 if slip == "first bias" else c]
            Z[(i, w, h, c) if slip == "Z swapped" else (i, h, w, c)] = products.sum() + times * bias
        if slip == "relu":
            Z = np.maximum(Z, 0)
        weights = (b, W) if slip == "cache order" else (W, b)
        return Z, (A_prev_pad if slip == "cache" else A_prev, *weights, hparameters)

    return conv_forward


def filters(rng, f, n_C_prev, n_C, stride, pad):
    """W, b and hparameters."""
    W, b = rng.normal(size=(f, f, n_C_prev, n_C)), rng.normal(size=(1, 1, 1, n_C))
    return W, b, {"stride": stride, "pad": pad}


def conv_cases(rng):
    return [
        case("one picture, one filter", rng.normal(size=(1, 4, 4, 1)), *filters(rng, 3, 1, 1, 1, 0)),
        case("two pictures, three filters", rng.normal(size=(2, 4, 4, 2)), *filters(rng, 3, 2, 3, 1, 0)),
        case("height unlike width, pad 1", rng.normal(size=(2, 3, 5, 3)), *filters(rng, 3, 3, 2, 1, 1)),
        case("stride 2 with a remainder", rng.normal(size=(2, 6, 8, 2)), *filters(rng, 3, 2, 3, 2, 0)),
        case("pad 2, stride 3, an even filter", rng.normal(size=(2, 5, 4, 3)), *filters(rng, 2, 3, 2, 3, 2)),
        case("1 x 1 filter, pad 1, stride 2", rng.normal(size=(2, 4, 3, 2)), *filters(rng, 1, 2, 3, 2, 1)),
    ]


SAME = "the border is the one that padding='same' makes: it should be pad wide on each side, whatever f is"
CONV_SLIPS = {
    "A_prev": "the windows are cut from A_prev, not from the padded A_prev_pad",
    "picture 0": PICTURE_0,
    "no pad": "pad is ignored: hparameters['pad'] is the width of the border of zeros",
    "pad 1": "pad is 1, whatever hparameters['pad'] is",
    "stride 1": "the stride is 1, whatever hparameters['stride'] is",
    "stride 2": "the stride is 2, whatever hparameters['stride'] is",
    "exchanged": "stride and pad are exchanged where they are taken out of hparameters",
    "unbracketed, pad": UNDIVIDED,
    "pad once": "pad is counted once in the output size: there is a border on both sides, so 2 * pad",
    "no pad in size": "pad is missing in the output size: the padded picture is 2 * pad longer",
    "pad twice": "the border is there twice, 2 * pad wide on each side: pad the pictures once",
    "SAME": SAME,
    "SAME where padded": SAME,
    "height twice": "n_W is made from the height: it counts the windows along the width, n_W_prev",
    "width twice": "n_H is made from the width: it counts the windows along the height, n_H_prev",
    **STRIDES,
    **WINDOWS,
    **END_OF_ROWS,
    **SIZES,
    **STOPS,
    "by f": "the window moves by its own size f, whatever the stride is",
    "first filter": "filter 0 is used for every output channel: take W[:, :, :, c]",
    "first bias": "the bias of filter 0 is used for every output channel: take b[:, :, :, c]",
    "all biases": "the sum of all biases is added for every filter: each has one of its own, b[:, :, :, c]",
    "no bias": "the bias is forgotten",
    "bias in sum": "the bias is added to every product before the sum: it belongs to the sum, once",
    "flipped": "the filter is turned upside down and left to right before use: networks leave it as it is",
    "bias twice": "the bias is added twice: conv_single_step has added it already",
    "bias per channel": "the bias is added for every channel that comes in: it belongs to the sum, once",
    "last channel": "only the last channel of the window counts: the channels add up (+=)",
    "transposed": "rows and columns of the filter are exchanged: it lies on the window as it is",
    "Z swapped": "height and width are exchanged where the result is written: it belongs to Z[i, h, w, c]",
    "empty": "Z is still full of zeros: each result has its place Z[i, h, w, c]",
    "n_C": "n_C is read from W's third axis, the channels that come in: the fourth axis counts the filters",
    "cache": "the cache holds the padded pictures: conv_backward expects A_prev as it came in",
    "cache order": "W and b are exchanged in the cache: it holds (A_prev, W, b, hparameters), in this order",
    **{
        f"end + stride{axis}": f"a window{of} ends at its start + stride: it is f pixels long, so it ends at its start + f"
        for axis, of in (("", ""), (", rows", "'s rows"), (", columns", "'s columns"))
    },
    "relu": "negative results become 0: the activation comes later, not here",
}

conv_forward = Exercise(
    name="conv_forward",
    points=15,
    difficulty=3,
    minutes=25,
    cases=conv_cases,
    reference=conv_reference,
    returns=("Z", "cache"),
    tolerance=TOLERANCE,
    needs=("zero_pad", "conv_single_step"),
    mistakes=by_slip(conv_with, CONV_SLIPS),
    hints=[
        "Begin with the sizes: (n - f + 2 * pad) // stride + 1 for the height and again for the width. Then "
        "Z = np.zeros((m, n_H, n_W, n_C)).",
        "Z[i, h, w, c] looks at one window of picture i with filter c. The window's first row is h * stride.",
        "If the first two cases pass and 'pad 1' fails, look at where the slice is cut from. If 'stride 2' "
        "fails, look at where a window starts, and at rounding down.",
        "a_slice_prev = A_prev_pad[i, h * stride : h * stride + f, w * stride : w * stride + f, :], then "
        "conv_single_step(a_slice_prev, W[:, :, :, c], b[:, :, :, c]).",
    ],
    idea="Four loops around one line. Count how often that line runs: that is the price of a layer.",
    try_next="Give the third filter of the next cell the weights [3, -1, -1] in place of [2, -1, -1], and see what "
    "else besides red becomes bright in the third map.",
)
