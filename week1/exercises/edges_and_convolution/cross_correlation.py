"""Checks for cross_correlate2d: a kernel that slides over a picture."""

import math

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_slip

from .windows import TOLERANCE, windows


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
        "square cut": kernel[:, : len(kernel)],
        "rolled": np.roll(kernel[::-1, ::-1], 1, (0, 1)),
        "without 0": kernel[:0:-1, :0:-1],
    }
    return turned.get(slip, kernel)


def padded_with(image, padding, slip):
    """The picture with its border as the slip has it."""
    if slip in ("padding ignored", "padding forgotten"):
        return image
    if slip in ("one side", "behind"):
        return np.pad(image, (0, padding if slip == "one side" else 2 * padding))
    if slip == "rows only":
        return np.pad(image, ((padding, padding), (0, 0)))
    if slip == "padding 1":
        return np.pad(image, 1)
    how = {"edge": {"mode": "edge"}, "ones": {"constant_values": 1}}
    return np.pad(image, padding, **how.get(slip, {}))


def padded_as_tensorflow(image, kernel, stride):
    """What padding="SAME" does: the output has n / stride numbers along a side, rounded up."""
    sides = zip(image.shape, kernel.shape, strict=True)
    missing = [max(0, (math.ceil(n / stride) - 1) * stride + f - n) for n, f in sides]
    return np.pad(image, [(n // 2, n - n // 2) for n in missing])


def shape_of(image, X, kernel, stride, padding, slip):
    """The output's shape as the slip has it; X is the picture with its border."""
    if slip in ("padding forgotten", "rows only"):
        image, padding = X, 0
    p = {"p once": padding / 2, "no p in size": 0}.get(slip, padding)
    step = 1 if slip in ("stride ignored", "stride not in size") else stride
    one = {"no + 1": 0, "+ 1 inside": 0}.get(slip, 1)
    rounded = math.ceil if slip == "ceil" else math.floor
    f = (kernel.shape[0],) * 2 if slip.startswith("square") else kernel.shape
    f = f[::-1] if slip == "f exchanged" else f
    return tuple(
        max(0, rounded((n + 2 * p - f_n + (slip == "+ 1 inside")) / step) + one)
        for n, f_n in zip(image.shape, f, strict=True)
    )


def correlate_with(slip):
    """cross_correlate2d, window by window, with one slip."""

    def cross_correlate2d(image, kernel, stride=2 if slip == "default 2" else 1, padding=0):
        f_H, f_W = (kernel.shape[0],) * 2 if slip == "square" else kernel.shape
        f_W = min(f_H, f_W) if slip == "square cut" else f_W
        if slip == "padded later":
            return np.pad(correlate(image, kernel, stride), padding)
        if slip == "thinned out":
            return correlate(np.pad(image, padding)[::stride, ::stride], kernel)
        if slip == "SAME" or (slip == "SAME where padded" and padding):
            return correlate(padded_as_tensorflow(image, kernel, stride), kernel, stride)
        kernel = kernel.astype(image.dtype) if slip == "kernel as picture" else kernel
        image = image.astype(kernel.dtype) if slip == "picture as kernel" else image
        if slip == "range":
            rows = correlate(np.pad(image, padding), kernel)[:-1:stride, :-1:stride]
            return np.array([list(row) for row in rows])
        X = padded_with(image, padding, slip)
        output = np.zeros(shape_of(image, X, kernel, stride, padding, slip))
        if slip in ("whole numbers", "whole numbers of the kernel"):
            output = output.astype(image.dtype if slip == "whole numbers" else kernel.dtype)
        weights = kernel_of(kernel, slip)
        shape = output.shape
        if slip in ("zeros_like", "zeros of shape"):
            output = np.zeros_like(image) if slip == "zeros_like" else np.zeros(image.shape)
        for h, w in places(shape, slip, stride):
            unmoved = slip in ("stride ignored", "place", "range with stride", "range over the picture")
            down = 1 if unmoved or slip == "stride on columns" else stride
            right = 1 if unmoved or slip == "stride on rows" else stride
            down, right = (f_H, f_W) if slip == "by f" else (down, right)
            y, x = {"swapped": (w, h), "h twice": (h, h), "w twice": (w, w)}.get(slip, (h, w))
            top, left = y * down, x * right
            bottom, end = {
                "end f": (f_H, f_W),
                "end h + f": (h + f_H, w + f_W),
                "end + stride": (top + stride, left + stride),
                "no end": (None, None),
            }.get(slip, (top + f_H, left + f_W))
            output[h, w] = add_up(X[top:bottom, left:end], weights, slip)
        if slip == "running total":
            return np.cumsum(output).reshape(output.shape)
        if slip == "one list":
            output[:] = output[-1]
        return np.squeeze(output) if slip == "squeezed" else output

    return cross_correlate2d


def places(shape, slip, stride):
    """All places (h, w) of an output of that shape, but for those that the slip leaves out."""
    n_H, n_W = shape
    if slip in ("range with stride", "range with stride, twice"):
        return [(h, w) for h in range(0, n_H, stride) for w in range(0, n_W, stride)]
    if slip == "range over the picture":
        return [(h, w) for h in range(0, n_H * stride, stride) for w in range(0, n_W * stride, stride)]
    part = {
        "first row": (1, n_W),
        "first window": (1, 1),
        "last row": (max(0, n_H - 1), n_W),
        "last column": (n_H, max(0, n_W - 1)),
        "last of both": (max(0, n_H - 1), max(0, n_W - 1)),
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
        "last product": lambda x: x[-1, -1],
        "plus": lambda x: np.sum(window + weights),
        "sums first": lambda x: np.sum(window) * np.sum(weights),
    }
    return ways.get(slip, np.sum)(products)


def correlate_cases(rng):
    normal = lambda *shape: rng.normal(size=shape)  # noqa: E731
    quarters = rng.integers(-3, 4, (2, 3)) + 0.25
    return [
        case("one window only", normal(3, 3), normal(3, 3)),
        case("height unlike width", normal(5, 7), normal(3, 3)),
        case("a flat kernel", normal(6, 5), normal(2, 4)),
        case("stride 2 with a remainder", normal(6, 8), normal(3, 3), stride=2),
        case("stride 2 without a remainder", normal(7, 5), normal(3, 3), 2),
        case(
            "padding 1, whole numbers in the kernel",
            normal(4, 6),
            rng.permutation(9).reshape(3, 3) - 3,
            padding=1,
        ),
        case("padding 2, stride 3, a tall kernel", normal(7, 5), normal(4, 2), 3, 2),
        case("whole numbers in, quarters in the kernel", rng.integers(0, 10, (4, 5)), quarters),
    ]


RANGE = (
    "the loops skip places of the output: every one of them is wanted, so range(out_H), and it is the window's place "
    "that is multiplied by stride"
)
AS_IMAGE = "output has the picture's own shape: it has a number for each window, np.zeros((out_H, out_W))"
SAME = "the border is the one that padding='same' makes: it should be padding wide on each side, whatever the kernel is"
CORRELATE_SLIPS = {
    "flipped": "the kernel is turned upside down and left to right: cross-correlation leaves it as it is",
    "transposed": "the kernel is transposed: its first axis counts rows, as the picture's does",
    "stride ignored": "the window moves by 1 at each step, whatever the stride is",
    "place": "the window moves by 1 at each step, whatever stride is: multiply its place by stride",
    "stride on rows": "the stride moves the window down, but not to the right: the columns need it as well",
    "stride on columns": "the stride moves the window to the right, but not down: the rows need it as well",
    "range with stride": RANGE,
    "range with stride, twice": RANGE,
    "range over the picture": "the loops run over the picture in steps of stride, and their place in it is used for the "
    "output as well: there it is h // stride, w // stride",
    "range": "the last places are left out: range stops before its end, so add 1 to that, n_H + 2 * padding - f_H + 1",
    "by f": "the window moves by its own size, h * f_H and w * f_W: it moves by stride",
    "stride not in size": "the output size does not know the stride: divide by it, round down, add 1",
    "zeros_like": AS_IMAGE,
    "zeros of shape": AS_IMAGE,
    "default 2": "the stride is 2 where none is named: it should be 1",
    "swapped": "height and width are exchanged where the window is placed: h counts rows, w counts columns",
    "end f": "each window ends at row f_H and column f_W: it should end that far after its own start",
    "end h + f": "the windows end at h + f_H and w + f_W: they should end that far after their own start",
    "end + stride": "the windows end at their start + stride: they are f_H rows and f_W columns large",
    "no end": "the windows have no end: cut them off f_H rows and f_W columns after their start",
    "h twice": "the window's columns are taken from h as well: they start at w * stride",
    "w twice": "the window's rows are taken from w as well: they start at h * stride",
    "first row": "only the first row of the output is filled: does return stand inside the loop over rows?",
    "first window": "only the first number of the output is filled: does return stand inside the inner loop?",
    "last row": "the last row of the output is left out: range(out_H) ends at out_H - 1 already",
    "last column": "the last column of the output is left out: range(out_W) ends at out_W - 1 already",
    "last of both": "the last row and the last column of the output are left out: range(out_H) ends at out_H - 1 already",
    "thinned out": "the stride takes pixels out of the picture before the windows are cut: it says where windows "
    "start, and each of them holds neighbours",
    "padded later": "the zeros are put around the result: they belong around the picture",
    "square": "the kernel is taken for a square: f_H is kernel.shape[0], f_W is kernel.shape[1]",
    "square cut": "the kernel is taken for a square, f_H rows and columns: the width goes with f_W, kernel.shape[1]",
    "f exchanged": "f_H and f_W are exchanged in the output size: the height goes with f_H, the width with f_W",
    "padding ignored": "windows run over the rim: cut them out of the padded picture, and count the padding once "
    "in the output size",
    "padding forgotten": "padding is ignored: put that many zeros around the picture first",
    "padding 1": "the border is always 1 wide, whatever padding is",
    "one side": "the border is only at the bottom and on the right: each side needs one",
    "behind": "all zeros, 2 * padding, are at the bottom and on the right: each side needs padding of them",
    "rows only": "only the height is padded: the width needs a border too",
    "SAME": SAME,
    "SAME where padded": SAME,
    "edge": "the border repeats the picture's edge in place of zeros",
    "ones": "the border is filled with ones in place of zeros",
    "no p in size": "the output size does not know the padding: the picture is 2 * padding larger",
    "p once": "padding is counted once in the output size: there is a border on both sides, so 2 * padding",
    "ceil": "the output size is rounded up: a window that sticks out of the picture does not count",
    "no + 1": "the output size lacks the + 1: the window's first position counts too",
    "+ 1 inside": "the + 1 of the output size is divided by the stride as well: add it after the division",
    "largest": "the largest product is taken in place of the sum of all",
    "last product": "only the product at the kernel's last place is kept: in a loop over the kernel the products add "
    "up (+=)",
    "running total": "each sum goes on from the one before: begin every window's sum at 0",
    "one list": "all rows of the output are the last one: [[0] * out_W] * out_H is one row, out_H times, so take "
    "np.zeros((out_H, out_W))",
    "squeezed": "all axes of length 1 are dropped, as squeeze does: a single row, column or number keeps its two axes",
    "plus": "window and kernel are added: they are multiplied, number by number",
    "sums first": "window and kernel are summed up before they are multiplied: multiply number by number first",
    "mean": "the mean of the products is taken in place of their sum",
    "matrices": "window and kernel are multiplied as matrices (np.dot, @): use *, number by number",
    "relu": "negative results become 0: an edge from bright to dark is negative, and that is right",
    "size": "the sign of the results is dropped: it says on which side it is brighter",
    "whole numbers": "the results are cut to whole numbers: np.zeros(shape), not zeros_like of a whole picture",
    "whole numbers of the kernel": "the results are cut to whole numbers where the kernel holds such: np.zeros(shape) makes "
    "floats",
    "picture as kernel": "the picture is cut to whole numbers where the kernel holds such: make floats of both",
    "kernel as picture": "the kernel is cut to whole numbers where the picture holds such: make floats of both",
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
