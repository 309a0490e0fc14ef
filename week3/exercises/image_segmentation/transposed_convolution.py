"""Checks for transpose_convolution: each number of the input stamps a kernel."""

import functools

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_slip

TOLERANCE = 1e-5  # sums of about a hundred float32 products of order 1 are off by about 1e-6


def transpose_convolution(X, W, stride, padding):
    """An ordinary convolution of the picture pulled apart, with zeros between its pixels and around it.

    (Dumoulin & Visin 2016, section 4.5) The kernel is turned by 180 degrees for it.
    """
    m, n_H, n_W, n_C_prev = X.shape
    f = W.shape[0]
    apart = np.zeros((m, (n_H - 1) * stride + 2 * f - 1, (n_W - 1) * stride + 2 * f - 1, n_C_prev))
    apart[:, f - 1 : apart.shape[1] - f + 1 : stride, f - 1 : apart.shape[2] - f + 1 : stride] = X
    views = np.lib.stride_tricks.sliding_window_view(apart, (f, f), (1, 2))  # (m, n_H, n_W, n_C_prev, f, f)
    full = np.einsum("mhwkij,ijck->mhwc", views, W[::-1, ::-1])
    return full[:, padding : full.shape[1] - padding, padding : full.shape[2] - padding]


def stamp_with(slip):
    """transpose_convolution, stamp by stamp, with one slip."""

    def transpose_convolution(X, W, stride, padding):
        p, s = padding, {"stride ignored": 1, "stride is f": W.shape[0]}.get(slip, stride)
        if slip == "pads X":
            X, p = np.pad(X, ((0, 0), (p, p), (p, p), (0, 0))), 0
        m, n_H_prev, n_W_prev, _ = X.shape
        f, n_C = W.shape[0], W.shape[3 if slip == "n_C" else 2]
        kernel = {
            "flipped": W[::-1, ::-1],
            "swapped": W.transpose(1, 0, 2, 3),
            "mean": W / W.shape[3],
        }.get(slip, W)
        n_H, n_W = (size(n, f, s) for n in (n_H_prev, n_H_prev if slip == "square" else n_W_prev))
        out = np.zeros((m, n_H, n_W, n_C))
        for i, h, w in np.ndindex(m, n_H_prev, n_W_prev):
            if slip == "first picture" and i > 0:
                break
            top, left = h * (1 if slip == "columns" else s), w * (1 if slip == "rows" else s)
            if slip == "h and w":
                top, left = left, top
            if slip == "not in place":
                top, left = h, w
            if slip == "p at once":
                top, left = top - p, left - p
            part = stamp(X[i, h, w], kernel)
            if slip in ("overwritten", "overwritten, channels too"):
                out[i, top : top + f, left : left + f] = part
            else:
                place = out[i, top : top + f, left : left + f]
                place += part[: place.shape[0], : place.shape[1]] if slip == "cut at the edge" else part
        return cropped(out, p)

    def size(n, f, s):
        whole = (n - 1) * s + f
        return {"no - 1": n * s + f, "n * stride": max(n * s, whole), "cut at the edge": n * s}.get(
            slip, whole
        )

    def stamp(x, kernel):
        if slip == "x @ W":
            return x @ kernel
        if slip == "overwritten, channels too":
            return x[-1] * kernel[..., -1]
        if slip == "first channel":
            return x[0] * kernel[..., 0]
        if slip == "sums":
            return x.sum() * kernel.sum(-1)
        if slip == "largest":
            return (kernel * x).max(-1)
        return kernel @ x

    def cropped(out, p):
        n_H, n_W = out.shape[1:3]
        ways = {
            "not cropped": lambda: out,
            "top left": lambda: out[:, p:, p:],
            "bottom right": lambda: out[:, : n_H - p, : n_W - p],
            "2p on top": lambda: out[:, 2 * p :, 2 * p :],
            "2p below": lambda: out[:, : n_H - 2 * p, : n_W - 2 * p],
            "2p each": lambda: out[:, 2 * p : n_H - 2 * p, 2 * p : n_W - 2 * p],
            "rows only": lambda: out[:, p : n_H - p],
            "p:-p": lambda: out[:, p:-p, p:-p],
            "bordered": lambda: np.pad(out, ((0, 0), (p, p), (p, p), (0, 0))),
            "always 1": lambda: out[:, 1:-1, 1:-1],
        }
        return ways.get(slip, lambda: out[:, p : n_H - p, p : n_W - p])()

    return transpose_convolution


STAMP_SLIPS = {
    "overwritten": "stamps that overlap overwrite each other (=): where they meet they add up (+=)",
    "overwritten, channels too": "= stands for +=: where stamps overlap they add up, and so do those of a pixel's channels",
    "stride ignored": "each stamp lies 1 pixel beside the last, whatever the stride is",
    "not in place": "the size counts on the stride, but each stamp lies 1 pixel beside the last: the stamp of row h "
    "begins at h * stride",
    "rows": "the stride moves the stamps down, but not to the right: the columns need it as well",
    "columns": "the stride moves the stamps to the right, but not down: the rows need it as well",
    "stride is f": "the stamps lie side by side, f pixels apart, whatever the stride is",
    "h and w": "height and width are exchanged where the stamp is placed: h counts rows, w counts columns",
    "flipped": "W is turned upside down and left to right: that belongs to the other way of calculating, where "
    "windows are read. A stamp is W as it is",
    "swapped": "the rows and columns of W are exchanged",
    "x @ W": "the sum runs over W's third axis: the fourth one belongs to the channels of X. Write W @ x, with "
    "x the numbers of one pixel",
    "n_C": "n_C is read from W's fourth axis, the channels that come in: the third axis counts those that go "
    "out",
    "first channel": "only the first channel of X is used: a stamp is the sum over all of them",
    "sums": "W and the pixel are summed over the channels before they are multiplied: multiply, then sum",
    "mean": "the mean over the channels of X is taken in place of the sum",
    "largest": "the largest of the channels' products is taken in place of their sum",
    "first picture": "only the first picture of the batch is worked on",
    "not cropped": "padding is ignored: crop so many rows and columns from each side of the result",
    "top left": "padding is cropped at the top and on the left only: every side loses it",
    "bottom right": "padding is cropped at the bottom and on the right only: every side loses it",
    "2p on top": "twice the padding is cropped at the top and on the left: every side loses padding once",
    "2p below": "twice the padding is cropped at the bottom and on the right: every side loses padding once",
    "2p each": "twice the padding is cropped from each side",
    "rows only": "padding is cropped from the rows only: the columns need it as well",
    "p:-p": "padding is cropped with [padding:-padding]: for 0 that is [0:-0], which is empty. Use "
    "[padding:n_H - padding]",
    "bordered": "padding puts zeros around the result. Here it takes away: crop",
    "pads X": "zeros are put around X, as an ordinary convolution does. Here padding crops the result",
    "p at once": "the stamps are placed padding pixels further up and left, where negative rows count from the "
    "end: stamp on the full size first, then crop",
    "always 1": "one row and column is cropped from each side, whatever padding is",
    "no - 1": "the size is n * stride + f: the first stamp needs f pixels, each further one stride more: "
    "(n - 1) * stride + f",
    "cut at the edge": "the full size is n * stride, and stamps are cut where they stick out: it is "
    "(n - 1) * stride + f, so that the last stamp fits",
    "square": "the width of the result is counted from X's height: it is (n_W_prev - 1) * stride + f",
    "n * stride": "the result has at least n * stride rows and columns: the last stamp ends at "
    "(n - 1) * stride + f",
}


def kernel_and_picture(rng, m, n_H, n_W, n_C_prev, f, n_C):
    """X (m, n_H, n_W, n_C_prev) and W (f, f, n_C, n_C_prev)."""
    return rng.normal(size=(m, n_H, n_W, n_C_prev)), rng.normal(size=(f, f, n_C, n_C_prev))


def stamp_cases(rng):
    X, W = np.array([[1.0, 2], [3, 0]]), np.array([[1.0, 2, 1], [0, 1, 0], [0, 0, 3]])
    draw = functools.partial(kernel_and_picture, rng)
    return [
        case("the example of the text", X.reshape(1, 2, 2, 1), W.reshape(3, 3, 1, 1), 2, 0),
        case("stamps side by side", *draw(1, 3, 3, 1, 2, 1), 2, 0),
        case("two pictures, more channels in than out", *draw(2, 3, 4, 3, 3, 2), 2, 0),
        case("more channels out than in, stride 1", *draw(2, 4, 3, 2, 3, 5), 1, 0),
        case("padding 1", *draw(2, 2, 4, 2, 3, 2), 2, 1),
        case("padding 2, an even filter", *draw(2, 4, 3, 2, 4, 3), 1, 2),
        case("stride over filter: gaps", *draw(2, 3, 2, 2, 2, 3), 3, 0),
        case("gaps, padding 1", *draw(1, 2, 3, 3, 2, 2), 4, 1),
        case("a 1 x 1 filter", *draw(2, 3, 4, 2, 1, 3), 2, 0),
    ]


stamps = Exercise(
    name="transpose_convolution",
    points=15,
    difficulty=3,
    minutes=25,
    cases=stamp_cases,
    reference=transpose_convolution,
    tolerance=TOLERANCE,
    mistakes=by_slip(stamp_with, STAMP_SLIPS),
    hints=[
        "Begin with the full size, (n - 1) * stride + f, and an array of zeros of it. Each pixel of X adds one "
        "stamp to that; the first stamp starts at row 0 and column 0.",
        "A pixel holds n_C_prev numbers. The stamp is W weighted by them and summed: W @ X[i, h, w] has the "
        "shape (f, f, n_C).",
        "If 'stamps side by side' passes and the others fail, stamps overwrite each other: use +=. If only the "
        "cases with padding fail, look at the cropping; if all but those fail, at [0:-0].",
        "Z[i, h * stride : h * stride + f, w * stride : w * stride + f] += W @ X[i, h, w]; at the end "
        "Z[:, padding : n_H - padding, padding : n_W - padding], with n_H and n_W the full size.",
    ],
    try_next="Call it on the example by hand with stride 3 in place of 2: say first how large the result is, and whether "
    "stamps still overlap.",
    idea="You have met this loop: it is the line for dA_prev in conv_backward.",
)
