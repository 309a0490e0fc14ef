"""What references and slips share: how a window goes over a picture."""

import math

import numpy as np

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

PICTURE_0 = "all windows are cut from picture 0: take picture i of the batch"
STRIDES = {
    "stride ignored": "the window moves by 1 at each step, whatever the stride is",
    "stride on rows": "the stride moves the window down, but not to the right: the columns need it as well",
    "stride on columns": "the stride moves the window to the right, but not down: the rows need it as well",
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
    "h twice": "the window's columns are taken from h as well: they start at w * stride",
    "w twice": "the window's rows are taken from w as well: they start at h * stride",
}
END_OF_ROWS = {
    "end of rows": "the windows' columns end at h * stride + f: they should end at w * stride + f",
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
UNDIVIDED = (
    "the output size is not divided by the stride, or only a part of it is: all that stands before the + 1 is divided, so "
    "it needs brackets"
)
SIZES = {
    "ceil": "the output size is rounded up: a window that sticks out of the picture does not count",
    "no + 1": "the output size lacks the + 1: the window's first position counts too",
    "stride not in size": UNDIVIDED,
    "unbracketed, f": UNDIVIDED,
    "+ 1 inside": "the + 1 of the output size is divided by the stride as well: add it after the division",
}
RANGE = (
    "the loops skip places of the output: every one of them counts, so range(n_H), and it is the window's place that is "
    "multiplied by stride"
)
STOPS = {
    "range with stride": RANGE,
    "range with stride, twice": RANGE,
    "n_H columns": "the loop over the columns runs n_H times: there are n_W of them",
    "first example": "only the first picture of the batch is used: does return stand inside the loop over pictures?",
    "first row": "only the first row of windows is used: does return stand inside the loop over rows?",
    "first window": "only the first window is used: does return stand inside the loop over columns?",
    "first number": "only the first window and channel is used: does return stand inside the innermost loop?",
    "last row": "the last row of windows is left out: range(n_H) ends at n_H - 1 already",
    "last column": "the last column of windows is left out: range(n_W) ends at n_W - 1 already",
    "last of both": "the last row and the last column of windows are left out: range(n_H) ends at n_H - 1 already",
}


def output_size(n, f, pad, stride, slip):
    """How many windows fit along n pixels."""
    border = {"pad once": pad, "no pad in size": 0}.get(slip, 2 * pad)
    if slip in ("n / stride", "n / stride, up"):
        return n // stride if slip == "n / stride" else math.ceil(n / stride)
    if slip == "unbracketed, f":
        return int(n + border - f / stride + 1)
    if slip == "unbracketed, pad":
        return int(n - f + border / stride + 1)
    steps = (n + border - f + (slip == "+ 1 inside")) / (1 if slip == "stride not in size" else stride)
    return (math.ceil if slip == "ceil" else math.floor)(steps) + (slip not in ("no + 1", "+ 1 inside"))


def window(h, w, f, stride, slip):
    """The rows and columns that the output at (h, w) sees."""
    h, w = {"swapped": (w, h), "h twice": (h, h), "w twice": (w, w)}.get(slip, (h, w))
    unmoved = slip in ("stride ignored", "range with stride")
    top = h * (1 if unmoved or slip == "stride on columns" else stride)
    left = w * (1 if unmoved or slip == "stride on rows" else stride)
    kind, _, axis = slip.partition(", ")
    if kind == "end of rows":
        return slice(top, top + f), slice(left, top + f)
    rows = side(h, top, f, stride, kind if axis != "columns" else "")
    columns = side(w, left, f, stride, kind if axis != "rows" else "")
    return slice(*rows), slice(*columns)


def side(h, start, f, stride, kind):
    """Where a window starts and ends along one axis."""
    return {
        "end f": (start, f),
        "end h + f": (start, h + f),
        "end + stride": (start, start + stride),
        "start h": (h, start + f),
        "no end": (start, None),
        "no start": (0, start + f),
        "one": (start, start + 1),
    }.get(kind, (start, start + f))


def places(shape, slip, stride):
    """All places (i, h, w, c) of an output of that shape, but for those that the slip leaves out."""
    m, n_H, n_W, n_C = shape
    if slip in ("range with stride", "range with stride, twice"):
        return (
            (i, h * stride, w * stride, c)
            for i, h, w, c in np.ndindex(m, -(-n_H // stride), -(-n_W // stride), n_C)
        )
    part = {
        "first example": (1, n_H, n_W, n_C),
        "first row": (1, 1, n_W, n_C),
        "first window": (1, 1, 1, n_C),
        "first number": (1, 1, 1, 1),
        "n_H columns": (m, n_H, n_H, n_C),
        "last row": (m, max(0, n_H - 1), n_W, n_C),
        "last column": (m, n_H, max(0, n_W - 1), n_C),
        "last of both": (m, max(0, n_H - 1), max(0, n_W - 1), n_C),
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
