"""Checks for week1/convolution_step_by_step: one layer of a convolutional network, forward and backward.

References see all windows at once (``windows``); mistakes go from window to window, as a learner does,
with one slip in them. A slip is named by a short key; the words beside it are what the learner reads.
"""

import gc
import math
import sys

import numpy as np

from workbook import Exercise, Mistake, case
from workbook.slips import by_slip

TOLERANCE = 1e-5  # sums of about a hundred float32 products of order 1 are off by about 1e-6


# What the references share -----------------------------------------------------------------------


def pad_pictures(X, pad):
    """Zeros around height and width of (m, n_H, n_W, n_C)."""
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))


def windows(X, f, stride):
    """All windows of (m, n_H_prev, n_W_prev, n_C): a view (m, n_H, n_W, n_C, f, f)."""
    return np.lib.stride_tricks.sliding_window_view(X, (f, f), (1, 2))[:, ::stride, ::stride]


def back_to_places(parts, shape, f, stride):
    """The reverse of ``windows``: adds parts (m, n_H, n_W, n_C, f, f) up where their windows lie."""
    places = windows(np.arange(math.prod(shape)).reshape(shape), f, stride)
    return np.bincount(places.ravel(), parts.ravel(), math.prod(shape)).reshape(shape)


# What the slips share ----------------------------------------------------------------------------

STRIDES = {
    "stride ignored": "the window moves by 1 at each step, whatever the stride is",
    "stride on rows": "the stride moves the window down, but not to the right: the columns need it as well",
}
WINDOWS = {
    "one, rows": "a window has one of its rows only: it has f of them",
    "one, columns": "a window has one of its columns only: it has f of them",
    "end f": "each window ends at row f and column f: it should end f after its own start",
    "end h + f": "the windows end at h + f and w + f: they should end f after their own start, h * stride + f",
    "start h": "the windows start at h and w and end in the right place: they start at h * stride and w * stride",
    "no end": "the windows have no end: cut them off f after their start",
    "no start": "the windows all start at 0: they should start at h * stride and w * stride",
    "swapped": "height and width are exchanged where the window is placed: h counts rows, w counts columns",
    "h twice": "the window's columns are taken from h as well: horiz_start is w * stride",
    "w twice": "the window's rows are taken from w as well: vert_start is h * stride",
}
ONE_SIDE = {}
for axis, place in (("rows", "h"), ("columns", "w")):
    ONE_SIDE |= {
        f"end f, {axis}": f"the windows' {axis} end at f: they should end f after their own start",
        f"end h + f, {axis}": f"the windows' {axis} end at {place} + f: they should end at {place} * stride + f",
        f"start h, {axis}": f"the windows' {axis} start at {place}: they should start at {place} * stride",
        f"no end, {axis}": f"the windows' {axis} have no end: cut them off f after their start",
        f"no start, {axis}": f"the windows' {axis} all start at 0: they should start at {place} * stride",
    }
SIZES = {
    "ceil": "the output size is rounded up: a window that sticks out of the picture does not count",
    "no + 1": "the output size lacks the + 1: the window's first position counts too",
    "+ 1 inside": "the + 1 of the output size is divided by the stride as well: add it after the division",
}
STOPS = {
    "first example": "only the first picture of the batch is used: does return stand inside the loop over pictures?",
    "first row": "only the first row of windows is used: does return stand inside the loop over rows?",
    "first window": "only the first window is used: does return stand inside the loop over columns?",
    "first number": "only the first window and channel is used: does return stand inside the innermost loop?",
    "last row": "the last row of windows is left out: range(n_H) ends at n_H - 1 already",
    "last column": "the last column of windows is left out: range(n_W) ends at n_W - 1 already",
}


def output_size(n, f, pad, stride, slip):
    """How many windows fit along n pixels."""
    border = {"pad once": pad, "no pad in size": 0}.get(slip, 2 * pad)
    steps = (n + border - f + (slip == "+ 1 inside")) / stride
    return (math.ceil if slip == "ceil" else math.floor)(steps) + (slip not in ("no + 1", "+ 1 inside"))


def window(h, w, f, stride, slip):
    """The rows and columns that the output at (h, w) sees."""
    h, w = {"swapped": (w, h), "h twice": (h, h), "w twice": (w, w)}.get(slip, (h, w))
    top = h * (1 if slip == "stride ignored" else stride)
    left = w * (1 if slip in ("stride ignored", "stride on rows") else stride)
    kind, _, axis = slip.partition(", ")
    rows = side(h, top, f, kind if axis != "columns" else "")
    columns = side(w, left, f, kind if axis != "rows" else "")
    return slice(*rows), slice(*columns)


def side(h, start, f, kind):
    """Where a window starts and ends along one axis."""
    return {
        "end f": (start, f),
        "end h + f": (start, h + f),
        "start h": (h, start + f),
        "no end": (start, None),
        "no start": (0, start + f),
        "one": (start, start + 1),
    }.get(kind, (start, start + f))


def places(shape, slip):
    """All places (i, h, w, c) of an output of that shape, but for those that the slip leaves out."""
    m, n_H, n_W, n_C = shape
    part = {
        "first example": (1, n_H, n_W, n_C),
        "first row": (1, 1, n_W, n_C),
        "first window": (1, 1, 1, n_C),
        "first number": (1, 1, 1, 1),
        "last row": (m, max(0, n_H - 1), n_W, n_C),
        "last column": (m, n_H, max(0, n_W - 1), n_C),
    }
    return np.ndindex(part.get(slip, shape))


def pad_as_tensorflow(X, f, stride, fill=0.0):
    """What padding="SAME" does: the output has n / stride rows, rounded up, whatever f is."""
    missing = [max(0, (math.ceil(n / stride) - 1) * stride + f - n) for n in X.shape[1:3]]
    sides = [(n // 2, n - n // 2) for n in missing]
    return np.pad(X, ((0, 0), *sides, (0, 0)), constant_values=fill)


def add(total, place, part, overwrite):
    """What should be +=, and is = where the slip is to overwrite."""
    if overwrite:
        total[place] = part
    else:
        total[place] += part


# zero_pad ----------------------------------------------------------------------------------------


def pad_with(slip):
    """zero_pad by np.pad, with one slip."""

    def zero_pad(X, pad):
        p, none, one, after = (pad, pad), (0, 0), (1, 1), (0, pad)
        twice, before = (2 * pad, 2 * pad), (2 * pad, 0)
        widths = {
            "all": (p, p, p, p),
            "channels": (none, p, p, p),
            "batch": (p, p, p, none),
            "too early": (p, p, none, none),
            "too late": (none, none, p, p),
            "height and channels": (none, p, none, p),
            "batch and width": (p, none, p, none),
            "height only": (none, p, none, none),
            "width only": (none, none, p, none),
            "one side": (none, after, after, none),
            "other side": (none, before, before, none),
            "twice": (none, twice, twice, none),
            "always 1": (none, one, one, none),
            "nothing": (none, none, none, none),
        }
        if slip == "inside":
            inner = np.zeros_like(X)
            inner[:, pad : X.shape[1] - pad, pad : X.shape[2] - pad] = 1
            return X * inner
        how = {"edge": {"mode": "edge"}, "ones": {"constant_values": 1}}
        return np.pad(X, widths.get(slip, (none, p, p, none)), **how.get(slip, {}))

    return zero_pad


PAD_SLIPS = {
    "all": "all four axes are padded: only height and width should grow",
    "channels": "the channels are padded too: the last axis should keep its length",
    "batch": "the batch is padded too: that adds black pictures, not a black border",
    "too early": "the axes are one too early: axis 0 counts the pictures, height and width are axes 1 and 2",
    "too late": "the axes are one too late: height and width are axes 1 and 2, the channels are axis 3",
    "height and channels": "height and channels are padded: axis 2, the width, needs the border, not axis 3",
    "batch and width": "the batch and the width are padded: axis 1, the height, needs the border, not axis 0",
    "height only": "only the height is padded: the width needs a border too",
    "width only": "only the width is padded: the height needs a border too",
    "one side": "the border is only at the bottom and on the right: each side needs one",
    "other side": "the picture lies at the bottom right of the larger one: it begins at row pad and column pad",
    "twice": "the border is 2 * pad wide on each side: it should be pad wide",
    "always 1": "the border is always 1 wide, whatever pad is",
    "edge": "the border repeats the picture's edge in place of zeros",
    "ones": "the border is filled with ones in place of zeros",
    "inside": "the picture's own outer pixels are set to 0: the zeros come around it, and it grows",
    "nothing": "X comes back as it was, without a border",
}

zero_pad = Exercise(
    name="zero_pad",
    points=5,
    difficulty=1,
    minutes=10,
    cases=lambda rng: [
        case("one small picture", rng.normal(size=(1, 2, 2, 1)), 1),
        case("two pictures, height unlike width", rng.normal(size=(2, 3, 5, 3)), 1),
        case("pad 2", rng.normal(size=(2, 4, 3, 2)), 2),
        case("pad 0 changes nothing", rng.normal(size=(2, 3, 4, 2)), 0),
        case("whole numbers", rng.integers(1, 10, (1, 3, 4, 2)), 1),
    ],
    reference=pad_pictures,
    mistakes=by_slip(pad_with, PAD_SLIPS),
    hints=[
        "X has four axes: pictures, height, width, channels. Which two should grow, and by how much each?",
        "np.pad takes a pair (before, after) for each axis, in the order of the axes.",
        "If your shape has more pictures or channels than expected, look at the pairs of the first "
        "and the last axis: both should be (0, 0).",
        "np.pad(X, ((0, 0), (pad, pad), ..., ...)): the third pair is like the second, the last like the "
        "first.",
    ],
    idea="Zeros are the default of np.pad. What would a border that repeats the edge do to an edge detector?",
    try_next="Change the 2 in the next cell to 0 and to 4, and say before each run how many of all numbers will "
    "be zeros.",
)

# conv_single_step --------------------------------------------------------------------------------


def one_number(function, *args):
    """What the function returns; an array or tensor that holds one number counts as that number."""
    value = function(*args)
    alone = hasattr(value, "__array__") and np.size(value) == 1
    return np.asarray(value).reshape(()) if alone else value


STEPS = {
    "no bias": lambda a, W, b: np.sum(a * W),
    "bias in sum": lambda a, W, b: np.sum(a * W + b),
    "no sum": lambda a, W, b: a * W + b,
    "channels left": lambda a, W, b: np.sum(a * W, axis=(0, 1)) + b.item(),
    "first channel": lambda a, W, b: np.sum(a[..., 0] * W[..., 0]) + b.item(),
    "mean": lambda a, W, b: np.mean(a * W) + b.item(),
    "flipped": lambda a, W, b: np.sum(a * W[::-1, ::-1]) + b.item(),
    "matrices": lambda a, W, b: np.sum(a @ W) + b.item(),
    "int": lambda a, W, b: np.sum(a * W) + int(b.item()),
    "relu": lambda a, W, b: max(0, np.sum(a * W) + b.item()),
    "added": lambda a, W, b: np.sum(a + W) + b.item(),
    "minus b": lambda a, W, b: np.sum(a * W) - b.item(),
    "no W": lambda a, W, b: np.sum(a) + b.item(),
    "sums first": lambda a, W, b: np.sum(a) * np.sum(W) + b.item(),
    "max": lambda a, W, b: np.max(a * W) + b.item(),
    "times b": lambda a, W, b: np.sum(a * W) * b.item(),
    "a twice": lambda a, W, b: np.sum(a * a) + b.item(),
    "W twice": lambda a, W, b: np.sum(W * W) + b.item(),
    "no a": lambda a, W, b: np.sum(W) + b.item(),
    "b for W": lambda a, W, b: np.sum(a * b) + b.item(),
}
STEP_SLIPS = {
    "no bias": "the bias is forgotten",
    "bias in sum": "the bias is added to every product before the sum: it belongs to the sum, once",
    "no sum": "the products are not summed up: one number should come back",
    "channels left": "the sum runs over height and width only: the channels belong to the window as well",
    "first channel": "only the first channel is used",
    "mean": "the mean of the products is taken in place of their sum",
    "flipped": "the filter is turned upside down and left to right before use: networks leave it as it is",
    "matrices": "slice and filter are multiplied as matrices (np.dot, np.matmul, @): use *, number by number",
    "int": "the bias is cut to a whole number by int(b): use float(b) or b.item()",
    "relu": "negative results become 0: the activation comes later, not here",
    "added": "slice and filter are added number by number: they are multiplied",
    "minus b": "the bias is taken off the sum: it is added",
    "no W": "the filter is not used: each number of the slice is multiplied by the filter's",
    "sums first": "slice and filter are summed up before they are multiplied: multiply number by number first",
    "max": "the largest product is taken in place of the sum of all",
    "times b": "the sum is multiplied by the bias: the bias is added",
    "a twice": "the slice is multiplied by itself: it meets the filter W",
    "W twice": "the filter is multiplied by itself: it meets the slice",
    "no a": "the slice is not used: each of its numbers is multiplied by the filter's",
    "b for W": "the slice is multiplied by the bias: it is multiplied by the filter, and the bias is added to the sum",
}

conv_single_step = Exercise(
    name="conv_single_step",
    points=5,
    difficulty=1,
    minutes=10,
    observe=one_number,
    cases=lambda rng: [
        case("the example of the text", *small_slice()),
        case("3 x 3 pixels, 3 channels", *rng.normal(size=(2, 3, 3, 3)), np.full((1, 1, 1), 1.7)),
        case("2 x 2 pixels, 4 channels", *rng.normal(size=(2, 2, 2, 4)), np.full((1, 1, 1), -0.6)),
        case("no bias", *rng.normal(size=(2, 3, 3, 2)), np.zeros((1, 1, 1))),
        case(
            "a negative result",
            -rng.uniform(1, 2, (3, 3, 2)),
            rng.uniform(1, 2, (3, 3, 2)),
            np.ones((1, 1, 1)),
        ),
    ],
    reference=lambda a_slice_prev, W, b: np.vdot(a_slice_prev, W) + np.sum(b),
    tolerance=TOLERANCE,
    mistakes=by_slip(STEPS.get, STEP_SLIPS),
    hints=[
        "Lay the filter on the slice. Which numbers meet, and what happens to the products?",
        "a_slice_prev * W multiplies number by number and keeps the shape (f, f, n_C_prev).",
        "If 'no bias' passes and the others fail, look at how often b is added: once, after the sum.",
        "np.sum(a_slice_prev * W) is one number; b holds one number too: b.item() takes it out.",
    ],
    idea="This one line is the whole of a convolution. All the rest is where to put the window.",
    try_next="Write -edge in place of edge in the last call of the next cell, and predict its three lines before "
    "you run it.",
)


def small_slice():
    """The worked example: 1*1 + 2*0 + 3*0 + 4*(-1) = -3, and the bias 0.5 makes -2.5."""
    return (
        np.array([[[1.0], [2]], [[3], [4]]]),
        np.array([[[1.0], [0]], [[0], [-1]]]),
        np.full((1, 1, 1), 0.5),
    )


# conv_forward ------------------------------------------------------------------------------------


def conv_reference(A_prev, W, b, hparameters):
    views = windows(pad_pictures(A_prev, hparameters["pad"]), W.shape[0], hparameters["stride"])
    return np.einsum("mhwcij,ijcn->mhwn", views, W) + b, (A_prev, W, b, hparameters)


def conv_with(slip):
    """conv_forward, window by window, with one slip."""

    def conv_forward(A_prev, W, b, hparameters):
        stride, pad = hparameters["stride"], 0 if slip == "no pad" else hparameters["pad"]
        if slip in ("SAME", "pad twice"):
            padded = pad_pictures(A_prev, 2 * pad)
            X = padded if slip == "pad twice" else pad_as_tensorflow(A_prev, W.shape[0], stride)
            return conv_reference(X, W, b, hparameters | {"pad": 0})[0], (A_prev, W, b, hparameters)
        f, n_C = W.shape[0], W.shape[2 if slip == "n_C" else 3]
        A_prev_pad = pad_pictures(A_prev, pad)
        sides = {"height twice": (1, 1), "width twice": (2, 2)}.get(slip, (1, 2))
        n_H, n_W = (output_size(A_prev.shape[side], f, pad, stride, slip) for side in sides)
        Z = np.zeros((len(A_prev), n_H, n_W, n_C))
        for i, h, w, c in places(Z.shape, slip):
            if slip == "empty":
                break
            a_slice = (A_prev if slip == "A_prev" else A_prev_pad)[i][window(h, w, f, stride, slip)]
            kernel = W[..., 0 if slip == "first filter" else c]
            products = a_slice * (kernel[::-1, ::-1] if slip == "flipped" else kernel)
            times = {"no bias": 0, "bias in sum": products.size}.get(slip, 1)
            Z[i, h, w, c] = products.sum() + times * b[0, 0, 0, 0 if slip == "first bias" else c]
        if slip == "relu":
            Z = np.maximum(Z, 0)
        return Z, (A_prev_pad if slip == "cache" else A_prev, W, b, hparameters)

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


CONV_SLIPS = {
    "A_prev": "the windows are cut from A_prev, not from the padded A_prev_pad",
    "no pad": "pad is ignored: hparameters['pad'] is the width of the border of zeros",
    "pad once": "pad is counted once in the output size: there is a border on both sides, so 2 * pad",
    "no pad in size": "pad is missing in the output size: the padded picture is 2 * pad longer",
    "pad twice": "the border is there twice, 2 * pad wide on each side: pad the pictures once",
    "SAME": "the border is the one that padding='same' makes: it should be pad wide on each side, whatever f is",
    "height twice": "n_W is made from the height: it counts the windows along the width, n_W_prev",
    "width twice": "n_H is made from the width: it counts the windows along the height, n_H_prev",
    **STRIDES,
    **WINDOWS,
    **SIZES,
    **STOPS,
    "first filter": "filter 0 is used for every output channel: take W[:, :, :, c]",
    "first bias": "the bias of filter 0 is used for every output channel: take b[:, :, :, c]",
    "no bias": "the bias is forgotten",
    "bias in sum": "the bias is added to every product before the sum: it belongs to the sum, once",
    "flipped": "the filter is turned upside down and left to right before use: networks leave it as it is",
    "empty": "Z is still full of zeros: each result has its place Z[i, h, w, c]",
    "n_C": "n_C is read from W's third axis, the channels that come in: the fourth axis counts the filters",
    "cache": "the cache holds the padded pictures: conv_backward expects A_prev as it came in",
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
        "a_slice_prev = a_prev_pad[vert_start:vert_start + f, horiz_start:horiz_start + f, :], then "
        "conv_single_step(a_slice_prev, W[:, :, :, c], b[:, :, :, c]).",
    ],
    idea="Four loops around one line. Count how often that line runs: that is the price of a layer.",
    try_next="Write 3 in place of the 2 where the next cell sets filters[1, 1, :, 2], and see what else besides "
    "red becomes bright in the third map.",
)

# pool_forward ------------------------------------------------------------------------------------


def pool_reference(A_prev, hparameters, mode="max"):
    views = windows(A_prev, hparameters["f"], hparameters["stride"])
    return (views.max if mode == "max" else views.mean)((-2, -1)), (A_prev, hparameters)


def pool_with(slip):
    """pool_forward, window by window, with one slip."""

    def pool_forward(A_prev, hparameters, mode=slip if slip == "average" else "max"):
        f, stride = hparameters["f"], hparameters["stride"]
        f, stride = {"f is stride": (stride, stride), "stride is f": (f, f)}.get(slip, (f, stride))
        mode = {"always max": "max", "always average": "average"}.get(slip, mode)
        if slip == "modes exchanged":
            mode = "average" if mode == "max" else "max"
        if slip == "SAME":
            views = windows(pad_as_tensorflow(A_prev * 1.0, f, stride, np.nan), f, stride)
            return (np.nanmax if mode == "max" else np.nanmean)(views, (-2, -1)), (A_prev, hparameters)
        n_H, n_W = (output_size(n, f, 0, stride, slip) for n in A_prev.shape[1:3])
        A = np.zeros((len(A_prev), n_H, n_W, A_prev.shape[3]))
        for i, h, w, c in places(A.shape, slip):
            if slip == "empty":
                break
            channels = {"all channels": slice(None), "first channel": 0}.get(slip, c)
            seen = A_prev[i][window(h, w, f, stride, slip)][..., channels]
            if mode == "max":
                A[i, h, w, c] = {
                    "min": lambda x: x.min(),
                    "from zero": lambda x: max(0, x.max()),
                    "size": lambda x: abs(x).max(),
                    "place": lambda x: x.argmax(),
                }.get(slip, np.max)(seen)
            else:
                count = {"by f": f, "sum": 1, "by stride": stride**2}.get(slip, seen.size)
                A[i, h, w, c] = seen.sum() / count if count else np.nan
                A[i, h, w, c] = math.floor(A[i, h, w, c]) if slip == "//" else A[i, h, w, c]
        return A, (A_prev, hparameters)

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
    "from zero": "the search for the maximum starts at 0: among negative numbers 0 wins without being there",
    "by f": "the sum is divided by f: a window holds f * f numbers",
    "by stride": "the sum is divided by stride * stride: a window holds f * f numbers",
    "sum": "the average is not divided by the f * f numbers of the window",
    "size": "the number of the largest size is taken, without its sign: -9 is less than 1",
    "place": "the place of the maximum (argmax) is returned, not the maximum itself",
    "//": "the averages are rounded down by //: use /",
    "SAME": "windows that stick out of the picture count, as padding='same' has it: keep those that lie inside",
    "first channel": "channel 0 is pooled for all of them: take channel c",
    "all channels": "each window holds all channels: pooling treats every channel by itself",
    **STRIDES,
    "stride is f": "the window moves by its own size f, whatever the stride is",
    "f is stride": "the window is as large as the stride, whatever f is",
    **WINDOWS,
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
        "Each channel is pooled by itself: window = a_prev[vert_start:vert_end, horiz_start:horiz_end, c].",
        "If 'negative numbers only' fails alone, look for a 0 that takes part in the maximum. If only the "
        "averages fail, see what the sum is divided by.",
        "if mode == 'max': A[i, h, w, c] = np.max(window), elif mode == 'average': np.mean(window).",
    ],
    idea="Pooling has nothing to learn: no filter, no bias. It only chooses or mixes.",
    try_next="Run the next cell, then pool its x with stride 1 in place of 2 and print the shape: how many "
    "windows did you expect?",
)

# conv_backward -----------------------------------------------------------------------------------


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
        dA, dW, db = np.zeros(A_prev_pad.shape), np.zeros(W.shape), np.zeros(b.shape)
        for i, h, w, c in places(dZ.shape, slip):
            if slip == "anew" and (h, w, c) == (0, 0, 0):
                dW[...] = db[...] = 0
            place, dz = window(h, w, f, stride, slip), dZ[i, h, w, c]
            if slip == "dz at the start":
                dz = dZ[i, h * stride, w * stride, c]
            a_slice = (A_prev if slip == "A_prev" else A_prev_pad)[i][place]
            kernel = W[..., 0 if slip == "first filter" else c]
            to_dA, to_dW = dz * (kernel[::-1, ::-1] if slip == "flipped" else kernel), dz * a_slice
            if slip == "exchanged":
                to_dA, to_dW = to_dW, to_dA
            add(dA[i], place, to_dA, overwrite=slip == "dA =")
            add(dW, (..., c), to_dW, overwrite=slip == "dW =")
            add(db, (..., c), dz, overwrite=slip == "db =")
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
        if slip == "not cut":
            return dA, dW, db
        if slip == "cut at the end":
            return dA[:, :n_H_prev, :n_W_prev], dW, db
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
    "last dA": "only the last picture's dA_prev is filled: does its line stand behind the loop over the pictures?",
    "anew": "dW and db are set to zeros anew for each picture, so the last alone counts: all pictures add up",
    "dz at the start": "dZ is read at the window's first row and column: dZ[i, h, w, c] belongs to the window",
    **STRIDES,
    **WINDOWS,
    **STOPS,
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
        "da_prev_pad[window] += W[:, :, :, c] * dZ[i, h, w, c]; dW[:, :, :, c] += a_slice * dZ[i, h, w, c]; "
        "db[:, :, :, c] += dZ[i, h, w, c].",
    ],
    idea="Forward and backward see the same windows: one gathers, the other scatters.",
    try_next="In the next cell set the stride to 2 and dZ to np.ones((1, 1, 1, 1)), and predict which pixels of "
    "dA_prev stay 0.",
)

# create_mask_from_window, distribute_value -------------------------------------------------------


def first_only(x):
    mask = np.zeros(x.shape, dtype=bool)
    mask[np.unravel_index(np.argmax(x), x.shape)] = True
    return mask


MASKS = {
    ">= 0": lambda x: x >= 0,
    "> 0": lambda x: x > 0,
    "argmax": first_only,
    "columns": lambda x: x == x.max(axis=0),
    "rows": lambda x: x == x.max(axis=1, keepdims=True),
    "minimum": lambda x: x == x.min(),
    "size": lambda x: abs(x) == abs(x).max(),
    "not": lambda x: x != x.max(),
    "value": lambda x: x * (x == x.max()),
    "place": lambda x: np.argmax(x),
    "all": lambda x: x == x,
    "none": lambda x: x > x.max(),
    "shared": lambda x: (x == x.max()) / np.sum(x == x.max()),
    "mean": lambda x: x > x.mean(),
    "mean or more": lambda x: x >= x.mean(),
    "last": lambda x: first_only(x[::-1, ::-1])[::-1, ::-1],
}
MASK_SLIPS = {
    ">= 0": "every place of 0 or more is marked: only the maximum should be",
    "> 0": "every place above 0 is marked: only the maximum should be",
    "argmax": "only the first maximum is marked: the exercise asks for every place that holds it",
    "columns": "the maximum of each column is marked: there is one for the whole window",
    "rows": "the maximum of each row is marked: there is one for the whole window",
    "minimum": "the smallest number is marked, not the largest",
    "size": "the number of the largest size is marked, its sign left aside: -9 is less than 1",
    "not": "the mask is the wrong way round: True everywhere but at the maximum",
    "value": "the mask holds the maximum itself: it should hold True (or 1) there",
    "place": "the place of the maximum is returned, not a mask of the window's shape",
    "all": "every place is marked: each number is compared with itself, in place of the maximum",
    "none": "no place is marked: nothing is above the maximum, so compare with ==",
    "shared": "equal maxima share the mark: each of them gets a whole one",
    "mean": "every place above the mean is marked: only the maximum should be",
    "mean or more": "every place of the mean or more is marked: only the maximum should be",
    "last": "only the last maximum is marked: the exercise asks for every place that holds it",
}

create_mask_from_window = Exercise(
    name="create_mask_from_window",
    points=5,
    difficulty=1,
    minutes=5,
    cases=lambda rng: [
        case("the example of the text", np.array([[1.0, 5.0], [3.0, 2.0]])),
        case("height unlike width", rng.normal(size=(2, 3))),
        case("negative numbers only", -rng.uniform(1, 9, (3, 3))),
        case("the largest number stands twice", np.array([[4, 1, 4], [2, 3, -7]])),
        case("all numbers are 0, as after a ReLU", np.zeros((2, 2))),
    ],
    reference=lambda x: np.isin(x, np.sort(x, axis=None)[-1]),
    mistakes=by_slip(MASKS.get, MASK_SLIPS),
    hints=[
        "Which single number has every place of the window to be compared with?",
        "An array compared with a number gives an array of True and False of the same shape.",
        "If 'the largest number stands twice' fails alone, argmax may be at work: it finds only the first.",
        "x == ... with the maximum of the whole window on the right.",
    ],
    idea="The mask remembers who won. Only the winner moved the output, so only it gets the gradient.",
    try_next="Call it on np.maximum(np.random.default_rng(1).normal(size=(2, 2)) - 2, 0), a window after ReLU, "
    "and count the winners.",
)

SHARES = {
    "whole": lambda dz, shape: np.full(shape, dz * 1.0),
    "height": lambda dz, shape: np.full(shape, dz / shape[0]),
    "width": lambda dz, shape: np.full(shape, dz / shape[1]),
    "plus": lambda dz, shape: np.full(shape, dz / sum(shape)),
    "square": lambda dz, shape: np.full(shape, dz / shape[0] ** 2),
    "square of width": lambda dz, shape: np.full(shape, dz / shape[1] ** 2),
    "root": lambda dz, shape: np.full(shape, dz / math.sqrt(math.prod(shape))),
    "quotient": lambda dz, shape: np.full(shape, dz / shape[0] / (1 / shape[1])),
    "corner": lambda dz, shape: np.eye(math.prod(shape))[0].reshape(shape) * dz,
    "times": lambda dz, shape: np.full(shape, dz * math.prod(shape)),
    "//": lambda dz, shape: np.full(shape, dz // math.prod(shape)),
    "int": lambda dz, shape: np.full(shape, int(dz / math.prod(shape))),
    "swapped": lambda dz, shape: np.full(shape[::-1], dz / math.prod(shape)),
    "alone": lambda dz, shape: dz / math.prod(shape),
}
SHARE_SLIPS = {
    "whole": "every place gets all of dz: the shares should add up to dz",
    "height": "dz is divided by the height only: a window has n_H * n_W places",
    "width": "dz is divided by the width only: a window has n_H * n_W places",
    "plus": "dz is divided by n_H + n_W: a window has n_H * n_W places",
    "square": "dz is divided by n_H twice: that is right for squares only",
    "square of width": "dz is divided by n_W twice: that is right for squares only",
    "root": "dz is divided by the square root of n_H * n_W: divide by n_H * n_W itself",
    "quotient": "dz is divided by n_H / n_W: n_H and n_W are multiplied, so write dz / (n_H * n_W)",
    "corner": "the first place gets all of dz and the others nothing: all get the same",
    "times": "dz is multiplied by the number of places: it should be divided",
    "//": "the shares are rounded down by //: use /",
    "int": "the shares are cut to whole numbers: they are fractions, so keep int and dtype=int away",
    "swapped": "height and width of the result are exchanged",
    "alone": "the share itself is returned, not an array filled with it",
}

distribute_value = Exercise(
    name="distribute_value",
    points=5,
    difficulty=1,
    minutes=5,
    cases=lambda rng: [
        case("the example of the text", 2.0, (2, 2)),
        case("height unlike width", rng.uniform(7, 11), (2, 3)),
        case("a negative gradient", -rng.uniform(1, 9), (3, 3)),
        case("a single row", rng.uniform(5, 15), (1, 4)),
        case("a whole number over four places", 1, (2, 2)),
    ],
    reference=lambda dz, shape: np.full(shape, dz / math.prod(shape)),
    tolerance=TOLERANCE,
    mistakes=by_slip(SHARES.get, SHARE_SLIPS),
    hints=[
        "The average of n numbers changes by 1/n when one of them changes by 1. How many are in the window?",
        "The shares are all equal, and they add up to dz.",
        "If squares pass and 'height unlike width' fails, look at the divisor: it is height times width.",
        "np.ones(shape) times the share, or np.full(shape, share).",
    ],
    idea="Sum what you return: dz again. Averaging spreads a gradient out, and loses none of it.",
    try_next="Print distribute_value(1, (n, n)).sum() == 1 for n = 2, 3 and 7, and then the sum itself where it "
    "is False: that is rounding, and no mistake.",
)

# pool_backward -----------------------------------------------------------------------------------


def pool_backward_reference(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    views = windows(A_prev, f, stride)
    share = views == views.max((-2, -1), keepdims=True) if mode == "max" else np.full(views.shape, 1 / f**2)
    return back_to_places(dA[..., None, None] * share, A_prev.shape, f, stride)


def pool_backward_with(slip):
    """pool_backward, window by window, with one slip."""

    def pool_backward(dA, cache, mode=slip if slip == "average" else "max"):
        A_prev, hparameters = cache
        f, stride = hparameters["f"], hparameters["stride"]
        stride = f if slip == "stride is f" else stride
        mode = {"always max": "max", "always average": "average"}.get(slip, mode)
        dA_prev = np.zeros(A_prev.shape)
        for i, h, w, c in places(dA.shape, slip):
            place = window(h, w, f, stride, slip)
            seen, dz = A_prev[i][place][..., c], dA[i, h, w, c]
            if slip == "summed":
                dz = dA[i, h, w].sum()
            if slip == "dz at the start":
                dz = dA[i, h * stride, w * stride, c]
            if mode == "max":
                rivals = A_prev[i][place] if slip == "all channels" else seen
                masks = {
                    "argmax": first_only,
                    ">= 0": lambda x: x >= 0,
                    "no mask": np.ones_like,
                    "value": np.copy,
                    "masked value": lambda x: x * (x == x.max()),
                }
                part = dz * masks.get(slip, lambda x: x == rivals.max())(seen)  # noqa: B023
            else:
                out = dA[0, :, :, 0].size
                divisor = {"whole": 1, "by f": f, "by stride": stride**2, "by output": out}.get(slip, f * f)
                part = np.full(seen.shape, dz / divisor)
            if slip == "value in average" and mode == "average":
                part = part * seen
            if slip != f"no {mode}":
                add(dA_prev[i], (*place, c), part, overwrite=slip in ("=", f"= in {mode}"))
        return dA_prev

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


POOL_BACKWARD_SLIPS = {
    "= in max": "dA_prev is overwritten (=) in mode 'max' where windows overlap: gradients add up (+=)",
    "= in average": "dA_prev is overwritten (=) in mode 'average' where windows overlap: gradients add up (+=)",
    "no max": "dA_prev stays full of zeros in mode 'max': the maximum of each window gets its gradient",
    "no average": "dA_prev stays full of zeros in mode 'average': each window's places share its gradient",
    "=": "dA_prev is overwritten (=) where windows overlap: a pixel's gradients add up (+=)",
    **POOL_MODES,
    "summed": "each window gets the gradients of all channels added up: take dA[i, h, w, c]",
    "no mask": "in mode 'max' every place gets the gradient: only the maximum should (multiply by the mask)",
    "value": "the window itself is multiplied by the gradient in place of its mask",
    "masked value": "the maximum is multiplied by the gradient: its place gets the gradient itself",
    "value in average": "in mode 'average' the shares are multiplied by the window: they do not depend on it",
    ">= 0": "the mask marks every place of 0 or more: it should mark the maximum",
    "argmax": "only the first maximum gets the gradient: the mask marks every place that holds it",
    "all channels": "the maximum is taken over all channels: the mask is made for each channel by itself",
    "whole": "in mode 'average' every place gets the whole gradient: share it among the f * f places",
    "by f": "the gradient is divided by f: a window holds f * f numbers",
    "by stride": "the gradient is divided by stride * stride: a window holds f * f numbers",
    "by output": "the gradient is divided by n_H * n_W, the number of windows: a window holds f * f numbers",
    "dz at the start": "dA is read at the window's first row and column: dA[i, h, w, c] belongs to the window",
    **STRIDES,
    "stride is f": "the window moves by its own size f, whatever the stride is",
    **WINDOWS,
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
    mistakes=by_slip(pool_backward_with, POOL_BACKWARD_SLIPS),
    hints=[
        "The loops run over dA; the windows lie in A_prev and in dA_prev, where pool_forward had them.",
        "In mode 'max' the winner gets the gradient: mask * dA[i, h, w, c]. In 'average' all get a share.",
        "If windows side by side pass and overlapping ones fail, look for an = that should be +=.",
        "dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, c] += mask * dA[i, h, w, c], or "
        "+= distribute_value(dA[i, h, w, c], (f, f)).",
    ],
    idea="A maximum is a switch, an average is a splitter. Which of the two keeps more pixels learning?",
    try_next="Run the next cell, then print pool_backward(np.ones((1, 3, 3, 1)), (x.reshape(1, 4, 4, 1), {'f': "
    "2, 'stride': 1}))[0, :, :, 0], and find out why one pixel gets 4.",
)

# conv_forward_fast -------------------------------------------------------------------------------


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
        if slip == "SAME":
            return conv_with(slip)(A_prev, W, b, hparameters)
        f, _, n_C_prev, n_C = W.shape
        stride, pad = (
            (1 if slip == "stride" else hparameters["stride"]),
            (0 if slip == "pad" else hparameters["pad"]),
        )
        A_prev_pad = pad_pictures(A_prev, pad)
        views = windows(A_prev_pad, f, stride)
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
        Z = product.reshape(shape) + {"bias": 0, "bias each time": f * f, "minus bias": -1}.get(slip, 1) * b
        return Z, (A_prev_pad if slip == "cache" else A_prev, W, b, hparameters)

    return conv_forward_fast


def filter_with(W, slip):
    """The filters as a slip has them; what a loop over their places leaves out is 0."""
    place = np.add.outer(np.zeros(len(W)), np.arange(len(W)))  # the column, and transposed the row
    kept = {
        "no first row": place.T > 0,
        "no first column": place > 0,
        "no last row": len(W) - 1 > place.T,
        "no last column": place < len(W) - 1,
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
        *by_slip(
            fast_with,
            {
                "stride": CONV_SLIPS["stride ignored"],
                "pad": CONV_SLIPS["no pad"],
                "SAME": CONV_SLIPS["SAME"],
                "bias": CONV_SLIPS["no bias"],
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
                "diagonal": "only the filter's diagonal is used: its f * f places need two loops, r and s",
                "first filter": "filter 0 is used for every output channel: take all of W",
                "bias each time": "the bias is added for each of the f * f places: it belongs to the sum, once",
                "minus bias": "the bias is taken off: it is added",
            },
        ),
    ],
    hints=[
        "Do not move the window: move the picture. For one place (i, j) of the filter, which pixels does it "
        "meet in all windows together?",
        "It meets A_prev_pad[:, i:i + stride * n_H:stride, j:j + stride * n_W:stride, :], an array of shape "
        "(m, n_H, n_W, n_C_prev).",
        "If stride 1 passes and stride 2 fails, look at the end of that slice: n_H steps of length stride.",
        "Loop over the f * f places only: Z += that slice @ W[i, j], which is (n_C_prev, n_C). Then add b. "
        "Or: np.lib.stride_tricks.sliding_window_view with np.einsum, without any loop.",
    ],
    idea="The same multiplications, in another order: now they run in compiled code. Layout is speed.",
    try_next="Write 16 in place of 8 for the filters, in W and in b of the next cell, run on to the times, and "
    "see which of the three doubles.",
)
