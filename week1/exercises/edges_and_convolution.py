"""Checks for week1/edges_and_convolution: sizes, cross-correlation, convolution, a kernel that is learned.

References see all windows at once (``windows``); mistakes go from window to window, as a learner does,
with one slip in them. A slip is named by a short key; the words beside it are what the learner reads.
"""

import math

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_slip

TOLERANCE = 1e-5  # sums of some ten float32 products of order 1 are off by about 1e-6

LEARNING_TOLERANCE = 1e-4
"""A right answer in float32 is off by less than 1e-6: each step shrinks the error of the steps before. A wrong one
may climb and lose digits on its way, and should be known all the same. In some case every slip is off by 1e-2."""


def windows(X, f_H, f_W):
    """All windows of (..., n_H, n_W): a view (..., n_H - f_H + 1, n_W - f_W + 1, f_H, f_W)."""
    return np.lib.stride_tricks.sliding_window_view(X, (f_H, f_W), (-2, -1))


# same_padding ------------------------------------------------------------------------------------

SAME = {
    "both sides": lambda f: f - 1,
    "halved": lambda f: f / 2,
    "rounded up": lambda f: (f + 1) // 2,
    "unbracketed": lambda f: f - 1 // 2,
    "unbracketed /": lambda f: f - 1 / 2,
    "minus 2": lambda f: f - 2,
    "one too few": lambda f: f // 2 - 1,
    "always 1": lambda f: 1,
    "always 0": lambda f: 0,
    "negative": lambda f: (1 - f) // 2,
    "a pair": lambda f: ((f - 1) // 2, (f - 1) // 2),
}
BRACKETS = "f - 1 stands without brackets: the division comes first then, so write (f - 1) and divide that"
SAME_SLIPS = {
    "both sides": "p counts the zeros of both sides together: it should be those of one side, half as many",
    "halved": "f is halved as it is: take 1 off first, for the middle of the window needs no padding",
    "rounded up": "f / 2 is rounded up: round it down, for the middle of the window needs no padding",
    "unbracketed": BRACKETS,
    "unbracketed /": BRACKETS,
    "minus 2": "p is f - 2, which is right for f = 3 only: at f = 5 the window sticks out by 2",
    "one too few": "p is one too small: the middle of the window should reach the corner pixel",
    "always 1": "p is 1, whatever f is: a larger window sticks out further",
    "always 0": "p is 0, so nothing is padded and the picture shrinks",
    "negative": "the sign is wrong: solve n + 2 * p - f + 1 = n for p once more",
    "a pair": "a pair comes back, one number for each side: one number is enough, the sides are alike",
}

same_padding = Exercise(
    name="same_padding",
    points=5,
    difficulty=1,
    minutes=5,
    cases=lambda rng: [
        case("the 3 x 3 window of the text", 3),
        case("a window of one pixel needs none", 1),
        case("a window of 5 x 5", 5),
        case("a large window", 2 * int(rng.integers(5, 20)) + 1),
    ],
    reference=lambda f: f // 2,
    mistakes=by_slip(SAME.get, SAME_SLIPS),
    hints=[
        "Lay the middle of a 5 x 5 window on the corner pixel. How many of its columns are outside?",
        "The output has n + 2p - f + 1 pixels. Write down that this is n, and solve for p.",
        "If f = 3 passes and f = 5 fails, the number fits one window only. If f = 1 fails alone or you see "
        "halves, the 1 is missing, or its brackets.",
        "n + 2p - f + 1 = n gives 2p = f - 1. Divide with //, and with brackets around f - 1.",
    ],
    idea="Odd windows have a middle, so the border is as wide on the left as on the right. Even ones do not.",
    try_next="Print same_padding(f) for f = 2, 4 and 6, put each into n + 2 * p - f + 1 with n = 10, and see by "
    "how much an even window misses 10.",
)

# conv_output_size --------------------------------------------------------------------------------

SIZES = {
    "ceil": lambda n, f, p, s: math.ceil((n + 2 * p - f) / s) + 1,
    "round": lambda n, f, p, s: math.floor((n + 2 * p - f) / s + 0.5) + 1,
    "not rounded": lambda n, f, p, s: (n + 2 * p - f) / s + 1,
    "no + 1": lambda n, f, p, s: (n + 2 * p - f) // s,
    "+ 1 inside": lambda n, f, p, s: (n + 2 * p - f + 1) // s,
    "p once": lambda n, f, p, s: (n + p - f) // s + 1,
    "no p": lambda n, f, p, s: (n - f) // s + 1,
    "minus p": lambda n, f, p, s: (n - 2 * p - f) // s + 1,
    "no f": lambda n, f, p, s: (n + 2 * p) // s + 1,
    "plus f": lambda n, f, p, s: (n + 2 * p + f) // s + 1,
    "no s": lambda n, f, p, s: n + 2 * p - f + 1,
    "unbracketed": lambda n, f, p, s: n + 2 * p - f // s + 1,
    "p and s exchanged": lambda n, f, p, s: (n + 2 * s - f) // max(p, 1) + 1,
    "2 + p": lambda n, f, p, s: (n + 2 + p - f) // s + 1,
    "by f": lambda n, f, p, s: (n + 2 * p - f) // f + 1,
    "minus s": lambda n, f, p, s: (n + 2 * p - s) // s + 1,
    "s for p": lambda n, f, p, s: (n + 2 * s - f) // s + 1,
    "f from the right": lambda n, f, p, s: (f - n - 2 * p) // s + 1,
    "no n": lambda n, f, p, s: (2 * p - f) // s + 1,
    "minus 1": lambda n, f, p, s: (n + 2 * p - f) // s - 1,
    "plus 2": lambda n, f, p, s: (n + 2 * p - f) // s + 2,
    "times s": lambda n, f, p, s: (n + 2 * p - f) * s + 1,
    "same": lambda n, f, p, s: math.ceil(n / s),
    "all": lambda n, f, p, s: ((n + 2 * p - f) // s + 1) ** 2,
    "rest": lambda n, f, p, s: (n + 2 * p - f) % s + 1,
    "a pair": lambda n, f, p, s: ((n + 2 * p - f) // s + 1, (n + 2 * p - f) // s + 1),
}
SIZE_SLIPS = {
    "ceil": "the size is rounded up: a window that sticks out of the picture does not count",
    "round": "the size is rounded to the nearest number: round it down, a half window is no window",
    "not rounded": "the size is not rounded: there is no half window, so round down",
    "no + 1": "the + 1 is missing: the window's first position counts too, before any step",
    "+ 1 inside": "the + 1 is divided by s as well: it belongs after the division, once rounded down",
    "p once": "p is counted once: there is a border on both sides, so 2 * p",
    "no p": "p is ignored: the border makes the picture 2 * p pixels longer",
    "minus p": "2 * p is taken off: a border makes the picture longer, not shorter",
    "no f": "f is ignored: the window needs f pixels before it takes its first step",
    "plus f": "f is added: the window takes up f of the pixels, so it is taken off",
    "no s": "s is ignored: the window moves s pixels at each step",
    "unbracketed": "only f is divided by s: the whole of n + 2 * p - f is, so it needs brackets",
    "p and s exchanged": "p and s are exchanged: p is the border, s is the step",
    "2 + p": "2 and p are added: the border is there twice, 2 * p",
    "by f": "the rest is divided by f: it is divided by s, the step",
    "minus s": "s is taken off in place of f: the window covers f pixels before its first step",
    "s for p": "2 * s is added in place of 2 * p: s is the step, p is the border",
    "f from the right": "the signs are turned round: f is taken off n + 2 * p, not the other way",
    "no n": "n is ignored: the picture itself is n pixels long",
    "minus 1": "1 is taken off in place of added: the window's first position counts too",
    "plus 2": "2 is added in place of 1: only the window's first position comes on top of its steps",
    "times s": "the rest is multiplied by s: a longer step means fewer positions, so divide",
    "same": "the size is n / s rounded up, as padding='same' has it: here f and p count",
    "all": "the windows of the whole square are counted: those along one side are asked for",
    "rest": "the remainder (%) is taken: divide with //",
    "a pair": "a pair comes back: one number is asked for, the size along one direction",
}

conv_output_size = Exercise(
    name="conv_output_size",
    points=5,
    difficulty=1,
    minutes=10,
    cases=lambda rng: [
        case("the example of the text", 7, 3, 1, 2),
        case("no border, one pixel at a time", 28, 5, 0, 1),
        case("a small remainder", 9, 4, 1, 3),
        case("a large remainder", 10, 3, 2, 4),
        case("the window fits once", 5, 9, 2, 2),
        case("a window of one pixel", int(rng.integers(20, 40)), 1, 0, 2),
        case("random sizes", int(rng.integers(50, 90)), int(rng.integers(2, 9)), 3, 5),
    ],
    reference=lambda n, f, p, s: len(range(0, n + 2 * p - f + 1, s)),
    mistakes=by_slip(SIZES.get, SIZE_SLIPS),
    hints=[
        "With its border the picture is n + 2p long. At first the window covers f of that. How far can it go?",
        "It can go n + 2p - f pixels, in steps of s. How many whole steps is that, and how many positions?",
        "If only cases with a remainder fail, look at the rounding, and that + 1 comes after it. If 'the "
        "window fits once' gives 0, the first position is not counted.",
        "(n + 2 * p - f) // s + 1: // rounds down by itself.",
    ],
    idea="Give it f = s = 2 and p = 0: n is halved. Two such layers after each other, and what is left of n?",
    try_next="Write (2, 1, 0) in place of (1, 0) in the next cell and predict, before you run it, how many "
    "pixels five layers with padding 2 leave.",
)

# cross_correlate2d -------------------------------------------------------------------------------


def correlate(image, kernel, stride=1, padding=0):
    """The reference: all windows at once."""
    views = windows(np.pad(image, padding), *kernel.shape)[::stride, ::stride]
    return np.einsum("hwij,ij->hw", views, kernel)


def kernel_of(kernel, slip):
    """The kernel as the slip has it."""
    turned = {
        "flipped": kernel[::-1, ::-1],
        "rows flipped": kernel[::-1],
        "columns flipped": kernel[:, ::-1],
        "transposed": kernel.T,
        "negated": -kernel,
        "quarter turn": np.rot90(kernel),
        "quarter back": np.rot90(kernel, -1),
        "other diagonal": np.rot90(kernel, 2).T,
    }
    return turned.get(slip, kernel)


def padded_with(image, padding, slip):
    """The picture with its border as the slip has it."""
    if slip in ("padding ignored", "padding forgotten"):
        return image
    if slip == "one side":
        return np.pad(image, (0, padding))
    if slip == "rows only":
        return np.pad(image, ((padding, padding), (0, 0)))
    if slip == "padding 1":
        return np.pad(image, 1)
    how = {"edge": {"mode": "edge"}, "ones": {"constant_values": 1}}
    return np.pad(image, padding, **how.get(slip, {}))


def shape_of(image, X, kernel, stride, padding, slip):
    """The output's shape as the slip has it; X is the picture with its border."""
    if slip in ("padding forgotten", "rows only"):
        image, padding = X, 0
    p = {"p once": padding / 2, "no p in size": 0}.get(slip, padding)
    step = 1 if slip in ("stride ignored", "stride not in size") else stride
    one = {"no + 1": 0, "+ 1 inside": 0}.get(slip, 1)
    rounded = math.ceil if slip == "ceil" else math.floor
    f = (kernel.shape[0],) * 2 if slip == "square" else kernel.shape
    f = f[::-1] if slip == "f exchanged" else f
    return tuple(
        max(0, rounded((n + 2 * p - f_n + (slip == "+ 1 inside")) / step) + one)
        for n, f_n in zip(image.shape, f, strict=True)
    )


def correlate_with(slip):
    """cross_correlate2d, window by window, with one slip."""

    def cross_correlate2d(image, kernel, stride=2 if slip == "default 2" else 1, padding=0):
        f_H, f_W = (kernel.shape[0],) * 2 if slip == "square" else kernel.shape
        if slip == "padded later":
            return np.pad(correlate(image, kernel, stride), padding)
        if slip == "thinned out":
            return correlate(np.pad(image, padding)[::stride, ::stride], kernel)
        X = padded_with(image, padding, slip)
        output = np.zeros(shape_of(image, X, kernel, stride, padding, slip))
        if slip == "whole numbers":
            output = output.astype(image.dtype)
        weights = kernel_of(kernel, slip)
        for h, w in places(output.shape, slip):
            down = 1 if slip == "stride ignored" else stride
            right = 1 if slip in ("stride ignored", "stride on rows") else stride
            y, x = {"swapped": (w, h), "h twice": (h, h), "w twice": (w, w)}.get(slip, (h, w))
            top, left = y * down, x * right
            bottom, end = {"end f": (f_H, f_W), "end h + f": (h + f_H, w + f_W), "no end": (None, None)}.get(
                slip, (top + f_H, left + f_W)
            )
            output[h, w] = add_up(X[top:bottom, left:end], weights, slip)
        return output

    return cross_correlate2d


def places(shape, slip):
    """All places (h, w) of an output of that shape, but for those that the slip leaves out."""
    n_H, n_W = shape
    part = {
        "first row": (1, n_W),
        "first window": (1, 1),
        "last row": (max(0, n_H - 1), n_W),
        "last column": (n_H, max(0, n_W - 1)),
    }
    return np.ndindex(part.get(slip, shape))


def add_up(window, weights, slip):
    """One number of the output, as the slip has it."""
    if slip == "matrices":
        return np.sum(window @ weights)
    products = window * weights
    ways = {
        "mean": np.mean,
        "relu": lambda x: max(0, np.sum(x)),
        "size": lambda x: abs(np.sum(x)),
        "largest": np.max,
        "plus": lambda x: np.sum(window + weights),
        "sums first": lambda x: np.sum(window) * np.sum(weights),
    }
    return ways.get(slip, np.sum)(products)


def correlate_cases(rng):
    normal = lambda *shape: rng.normal(size=shape)  # noqa: E731
    halves = rng.integers(-3, 4, (2, 3)) + 0.5
    return [
        case("one window only", normal(3, 3), normal(3, 3)),
        case("height unlike width", normal(5, 7), normal(3, 3)),
        case("a flat kernel", normal(6, 5), normal(2, 4)),
        case("stride 2 with a remainder", normal(6, 8), normal(3, 3), stride=2),
        case("stride 2 without a remainder", normal(7, 5), normal(3, 3), 2),
        case("padding 1 keeps the size", normal(4, 6), normal(3, 3), padding=1),
        case("padding 2, stride 3, a tall kernel", normal(7, 5), normal(4, 2), 3, 2),
        case("whole numbers in, halves in the kernel", rng.integers(0, 10, (4, 5)), halves),
    ]


NO_PADDING = "padding is ignored: put that many zeros around the picture first"
CORRELATE_SLIPS = {
    "flipped": "the kernel is turned upside down and left to right: cross-correlation leaves it as it is",
    "transposed": "the kernel is transposed: its first axis counts rows, as the picture's does",
    "stride ignored": "the window moves by 1 at each step, whatever the stride is",
    "stride on rows": "the stride moves the window down, but not to the right: the columns need it as well",
    "stride not in size": "the output size does not know the stride: divide by it, round down, add 1",
    "default 2": "the stride is 2 where none is named: it should be 1",
    "swapped": "height and width are exchanged where the window is placed: h counts rows, w counts columns",
    "end f": "each window ends at row f_H and column f_W: it should end that far after its own start",
    "end h + f": "the windows end at h + f_H and w + f_W: they should end that far after their own start",
    "no end": "the windows have no end: cut them off f_H rows and f_W columns after their start",
    "h twice": "the window's columns are taken from h as well: they start at w * stride",
    "w twice": "the window's rows are taken from w as well: they start at h * stride",
    "first row": "only the first row of the output is filled: does return stand inside the loop over rows?",
    "first window": "only the first number of the output is filled: does return stand inside the inner loop?",
    "last row": "the last row of the output is left out: range(out_H) ends at out_H - 1 already",
    "last column": "the last column of the output is left out: range(out_W) ends at out_W - 1 already",
    "thinned out": "the stride takes pixels out of the picture before the windows are cut: it says where windows "
    "start, and each of them holds neighbours",
    "padded later": "the zeros are put around the result: they belong around the picture",
    "square": "the kernel is taken for a square: f_H is kernel.shape[0], f_W is kernel.shape[1]",
    "f exchanged": "f_H and f_W are exchanged in the output size: the height goes with f_H, the width with f_W",
    "padding ignored": NO_PADDING,
    "padding forgotten": NO_PADDING,
    "padding 1": "the border is always 1 wide, whatever padding is",
    "one side": "the border is only at the bottom and on the right: each side needs one",
    "rows only": "only the height is padded: the width needs a border too",
    "edge": "the border repeats the picture's edge in place of zeros",
    "ones": "the border is filled with ones in place of zeros",
    "no p in size": "the output size does not know the padding: the picture is 2 * padding larger",
    "p once": "padding is counted once in the output size: there is a border on both sides, so 2 * padding",
    "ceil": "the output size is rounded up: a window that sticks out of the picture does not count",
    "no + 1": "the output size lacks the + 1: the window's first position counts too",
    "+ 1 inside": "the + 1 of the output size is divided by the stride as well: add it after the division",
    "largest": "the largest product is taken in place of the sum of all",
    "plus": "window and kernel are added: they are multiplied, number by number",
    "sums first": "window and kernel are summed up before they are multiplied: multiply number by number first",
    "mean": "the mean of the products is taken in place of their sum",
    "matrices": "window and kernel are multiplied as matrices (np.dot, @): use *, number by number",
    "relu": "negative results become 0: an edge from bright to dark is negative, and that is right",
    "size": "the sign of the results is dropped: it says on which side it is brighter",
    "whole numbers": "the results are cut to whole numbers: np.zeros(shape), not zeros_like of a whole picture",
}

cross_correlate2d = Exercise(
    name="cross_correlate2d",
    points=20,
    difficulty=3,
    minutes=25,
    cases=correlate_cases,
    reference=correlate,
    tolerance=TOLERANCE,
    needs=("conv_output_size",),
    mistakes=by_slip(correlate_with, CORRELATE_SLIPS),
    hints=[
        "Begin with the padded picture and the size of the output, once for the height and once for the "
        "width: you have a function for that.",
        "The number at (h, w) comes from one window. Its first row is h * stride, and it is f_H rows high.",
        "If stride 1 passes and stride 2 fails, look at where a window starts. If 'a flat kernel' fails, see "
        "whether f_H and f_W are where they belong. If all numbers are whole, look at how output was made.",
        "window = X[h * stride : h * stride + f_H, w * stride : w * stride + f_W], and then "
        "output[h, w] = np.sum(window * kernel).",
    ],
    idea="Two loops around one line. The next lesson adds channels and a batch around the very same line.",
    try_next="Write stride=3 into both calls of cross_correlate2d in the next cell, and look at what is left of "
    "the coins and of their rims.",
)

# convolve2d --------------------------------------------------------------------------------------


def convolve(image, kernel):
    """The reference: the definition. Each pixel spreads the kernel around itself; the edges are cut off."""
    (n_H, n_W), (f_H, f_W) = image.shape, kernel.shape
    full = np.zeros((n_H + f_H - 1, n_W + f_W - 1))
    for i, j in np.ndindex(f_H, f_W):
        full[i : i + n_H, j : j + n_W] += kernel[i, j] * image
    return full[f_H - 1 : n_H, f_W - 1 : n_W]


def convolve_with(slip):
    """convolve2d, with one slip."""

    def convolve2d(image, kernel):
        f_H, f_W = kernel.shape
        if slip == "picture flipped":
            return correlate(image[::-1, ::-1], kernel)
        if slip == "result flipped":
            return correlate(image, kernel)[::-1, ::-1]
        if slip == "full":
            return convolve(np.pad(image, ((f_H - 1, f_H - 1), (f_W - 1, f_W - 1))), kernel)
        if slip == "same":
            before = (f_H - 1) // 2, (f_W - 1) // 2
            widths = [(f - 1 - b, b) for f, b in zip(kernel.shape, before, strict=True)]
            return convolve(np.pad(image, widths), kernel)
        if slip == "in a circle":
            spectrum = np.fft.fft2(image) * np.fft.fft2(kernel, image.shape)
            return np.real(np.fft.ifft2(spectrum))
        if slip == "circle cut":
            spectrum = np.fft.fft2(image) * np.fft.fft2(kernel, image.shape)
            around = np.real(np.fft.ifft2(spectrum))
            return around[: image.shape[0] - f_H + 1, : image.shape[1] - f_W + 1]
        if slip == "mean":
            return convolve(image, kernel) / kernel.size
        return correlate(image, kernel_of(kernel, slip))

    return convolve2d


CONVOLVE_SLIPS = {
    "not flipped": "the kernel is not flipped (or twice): this is cross-correlation",
    "rows flipped": "the kernel is turned upside down only: its columns need flipping too",
    "columns flipped": "the kernel is turned left to right only: its rows need flipping too",
    "transposed": "the kernel is transposed in place of flipped: kernel.T exchanges rows and columns",
    "quarter turn": "the kernel is turned by a quarter: flipping both axes is half a turn, np.rot90(kernel, 2)",
    "quarter back": "the kernel is turned back by a quarter: flipping both axes is half a turn, np.rot90(kernel, 2)",
    "other diagonal": "the kernel is flipped and transposed as well: .T exchanges rows and columns, leave it out",
    "negated": "the kernel's sign is changed: that is the same as flipping for kernels like Sobel's, not for all",
    "picture flipped": "the picture is flipped, not the kernel: the result comes out upside down",
    "result flipped": "the result is flipped, not the kernel",
    "full": "windows that stick out of the picture are counted ('full'): keep those that lie inside, 'valid'",
    "same": "the picture is padded so that its size stays ('same'): keep the windows inside it, 'valid'",
    "in a circle": "the window comes in again on the other side, as FFT has it: keep the windows inside",
    "circle cut": "the wrong end of the FFT's result is cut off: its first f - 1 rows and columns wrap around",
    "mean": "the mean of the products is taken in place of their sum",
}

convolve2d = Exercise(
    name="convolve2d",
    points=10,
    difficulty=2,
    minutes=10,
    cases=lambda rng: [
        case("the example of the text", *small_pair()),
        case("height unlike width", rng.normal(size=(5, 7)), rng.normal(size=(3, 3))),
        case("a flat kernel", rng.normal(size=(6, 5)), rng.normal(size=(2, 4))),
        case("a tall kernel", rng.normal(size=(5, 6)), rng.normal(size=(3, 2))),
        case("an edge kernel", rng.normal(size=(4, 6)), np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])),
    ],
    reference=convolve,
    tolerance=TOLERANCE,
    needs=("cross_correlate2d",),
    mistakes=by_slip(convolve_with, CONVOLVE_SLIPS),
    hints=[
        "You have a function that slides a kernel over a picture. What must happen to the kernel first?",
        "kernel[::-1] turns it upside down. What turns it left to right as well?",
        "If 'an edge kernel' passes and the others fail, the sign is changed in place of the places. If the "
        "shape is too large, windows outside the picture are counted.",
        "cross_correlate2d(image, kernel[::-1, ::-1]). np.flip(kernel) does the same.",
    ],
    idea="A library that says convolve flips; a network that says convolution mostly does not. Now you can tell.",
    try_next="Compare convolve2d(coins, K) with cross_correlate2d(coins, K) by np.allclose for K = np.ones((3, "
    "3)), for sobel and for -sobel: which kernel cannot tell the two apart, and why?",
)


def small_pair():
    """The worked example: one window, so one number. 5*4 + 6*3 + 7*2 + 8*1 = 60."""
    return np.array([[5.0, 6], [7, 8]]), np.array([[1.0, 2], [3, 4]])


# learn_kernel ------------------------------------------------------------------------------------


def learn(images, targets, steps, learning_rate):
    """The reference: the loss is quadratic in the kernel, so its gradient is a matrix product and a vector."""
    rows = windows(images, 3, 3).reshape(-1, 9)
    A, b = 2 * rows.T @ rows / len(rows), 2 * rows.T @ targets.ravel() / len(rows)
    kernel = np.zeros(9)
    for _ in range(steps):
        kernel = kernel - learning_rate * (A @ kernel - b)
    return kernel.reshape(3, 3)


def learn_with(slip):
    """learn_kernel, with one slip."""

    def learn_kernel(images, targets, steps, learning_rate):
        if slip == "solved":
            rows = windows(images, 3, 3).reshape(-1, 9)
            return np.linalg.lstsq(rows, targets.ravel(), rcond=None)[0].reshape(3, 3)
        if slip == "first picture":
            images, targets = images[:1], targets[:1]
        if slip == "last picture":
            views, targets_used = windows(images[-1:], 3, 3), targets[-1:]
        else:
            views, targets_used = windows(images, 3, 3), targets
        steps = {"100 steps": 100, "one step": 1, "a step more": steps + 1, "a step less": steps - 1}.get(
            slip, steps
        )
        rate = {"rate 0.1": 0.1, "no rate": 1, "rate falls": learning_rate}.get(slip, learning_rate)
        kernel = np.ones((3, 3)) if slip == "from ones" else np.zeros((3, 3))
        before, total, gradient = kernel, 0, kernel
        for step in range(steps):
            if slip == "picture by picture":
                for view, target in zip(views, targets, strict=True):
                    kernel = kernel - rate * slope(kernel, view[None], target[None], "")
                continue
            gradient = slope(before if slip == "old errors" else kernel, views, targets_used, slip)
            if slip == "last picture":
                gradient = gradient * len(targets_used) / len(targets)
            if slip == "kept":
                gradient = total = total + gradient
            if slip == "rate falls":
                rate = learning_rate / (step + 1)
            move = (-1 if slip == "uphill" else 1) * rate * gradient
            kernel = -move if slip == "overwritten" else kernel - move
        return {"stays": np.zeros((3, 3)), "gradient": gradient}.get(slip, kernel)

    return learn_kernel


def slope(kernel, views, targets, slip):
    """The gradient of the mean squared error by the kernel, as the slip has it."""
    used = kernel[::-1, ::-1] if slip == "convolved" else kernel
    error = np.einsum("mhwij,ij->mhw", views, used) - targets
    if slip == "absolute":
        return np.einsum("mhwij,mhw->ij", views, np.sign(error)) / error.size
    met = error[:, ::-1, ::-1] if slip == "errors flipped" else error
    gradient = 2 * np.einsum("mhwij,mhw->ij", views, met)
    counts = {"sum": 1, "by pictures": len(views), "by pixels": error[0].size, "by windows": 9 * error.size}
    gradient = gradient / counts.get(slip, error.size)
    factor = {"no 2": 0.5, "4": 2, "//": 2 // error.size / (2 / error.size), "turned over": error.size**2 / 4}
    gradient = gradient * factor.get(slip, 1)
    if slip == "errors only":
        return np.full((3, 3), 2 * error.mean())
    if slip == "windows only":
        return 2 * views.mean((0, 1, 2))
    turned = {"flipped": gradient[::-1, ::-1], "convolved": gradient[::-1, ::-1], "transposed": gradient.T}
    return turned.get(slip, gradient)


def learning_cases(rng):
    def pictures(m, n_H, n_W, kernel, noise=0.0):
        images = rng.normal(size=(m, n_H, n_W))
        targets = np.einsum("mhwij,ij->mhw", windows(images, 3, 3), kernel)
        return images, targets + rng.normal(0, noise, targets.shape) if noise else targets

    sobel = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    return [
        case("the example of the text: one window, one step", *small_window(), 1, 0.25),
        case("one step from zeros", *pictures(3, 6, 8, sobel), 1, 0.25),
        case("two steps", *pictures(3, 7, 5, sobel), 2, 0.2),
        case("five steps, another kernel", *pictures(2, 8, 6, rng.normal(size=(3, 3))), 5, 0.15),
        case("targets that no kernel meets", *pictures(4, 6, 5, sobel.T, noise=1.0), 3, 0.125),
        case("a dozen steps", *pictures(3, 6, 8, rng.normal(size=(3, 3))), 12, 0.02),
    ]


def small_window():
    """The worked example: a picture of one window, whose output should be 4: 2 * window is learned."""
    return np.array([[[0.0, 0, 0.5], [0, 0, 1], [0, 0, 0.5]]]), np.array([[[4.0]]])


LEARN_SLIPS = {
    "sum": "the gradient is that of the sum of the squares: divide by targets.size, as the mean asks",
    "by pictures": "the squares are summed over the pixels and averaged over the pictures only: divide by "
    "targets.size, which counts all numbers",
    "by pixels": "each picture's mean is taken and these are added up: divide by targets.size, which counts "
    "the pictures too",
    "by windows": "the mean is also taken over the 9 places of the window: they are summed up",
    "no 2": "the factor 2 is missing from the gradient: the square's slope is 2 * error",
    "4": "the factor 2 is there twice: the square's slope is 2 * error",
    "//": "2 // targets.size is rounded down to 0: use /",
    "turned over": "the gradient is multiplied by targets.size / 2: it should be 2 / targets.size",
    "errors only": "the windows are missing from the gradient: each error is multiplied by what its window holds",
    "windows only": "the errors are missing from the gradient: each window is multiplied by its error",
    "stays": "the kernel stays full of zeros: each step takes learning_rate times the gradient off it, where the "
    "error is output - target",
    "gradient": "the last gradient comes back: return the kernel",
    "kept": "the gradients of all steps are added up: begin each step with a gradient of zeros",
    "absolute": "the error's sign is used in place of the error: that is the slope of its size, not of its square",
    "uphill": "the step goes uphill: take the gradient off, where output - target is the error",
    "flipped": "the gradient is turned round: the place (r, s) of the kernel meets the place (r, s) of a window",
    "errors flipped": "the errors are flipped on their way back, as convolution would: each window belongs to "
    "its own error",
    "transposed": "the gradient is transposed: its rows belong to the window's rows",
    "convolved": "the output is computed by convolution, so the kernel learned is turned round: use "
    "cross-correlation",
    "first picture": "only the first picture is used: the error and the gradient run over all of them",
    "last picture": "the gradient is overwritten (=) by each picture, so the last alone counts: add up (+=)",
    "picture by picture": "a step is made for each picture: one step should look at all of them",
    "old errors": "the errors are computed once, before the loop: they change with the kernel at each step",
    "overwritten": "the kernel is overwritten by the step: each step moves the kernel that is there",
    "from ones": "the kernel starts from ones: it should start from zeros",
    "100 steps": "100 steps are made, whatever steps says",
    "one step": "one step is made, whatever steps says: does return stand inside the loop?",
    "a step more": "one step too many is made",
    "a step less": "one step too few is made",
    "rate 0.1": "the learning rate is 0.1, whatever learning_rate says",
    "no rate": "the gradient is taken off whole: multiply it by learning_rate",
    "rate falls": "the learning rate falls from step to step: it should stay as it is",
    "solved": "the best kernel is solved for outright: follow the gradient, steps times, and stop where you are",
}

learn_kernel = Exercise(
    name="learn_kernel",
    points=20,
    difficulty=4,
    minutes=30,
    cases=learning_cases,
    reference=learn,
    tolerance=LEARNING_TOLERANCE,
    needs=("cross_correlate2d",),
    mistakes=by_slip(learn_with, LEARN_SLIPS),
    hints=[
        "Three things happen in each step: compute the outputs with the kernel of now, compute the gradient, "
        "move the kernel.",
        "error has one number for each window. Number (r, s) of the gradient multiplies each error with what "
        "that window holds at (r, s).",
        "If 'one step' passes and 'two steps' fails, look at whether the errors are new in each step and the "
        "kernel is kept. If the example passes and 'one step' fails, look at what you divide by.",
        "error = np.sum(windows * kernel, axis=(3, 4)) - targets; gradient = 2 / targets.size * "
        "np.sum(windows * error[..., None, None], axis=(0, 1, 2)); kernel -= learning_rate * gradient.",
    ],
    idea="Nothing here knows that it is about edges. Give it other targets, and it finds other kernels.",
    try_next="Give the call of learn_kernel in the next cell the learning rates 0.05 and 1.5 in place of 0.2, "
    "and say which of the two creeps and which flies away.",
)
