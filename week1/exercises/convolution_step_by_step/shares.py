"""Checks for create_mask_from_window and distribute_value: which numbers of a window get the gradient."""

import math

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_slip

from .windows import TOLERANCE


def first_only(x):
    mask = np.zeros(x.shape, dtype=bool)
    mask[np.unravel_index(np.argmax(x), x.shape)] = True
    return mask


def largest_so_far(x, ties):
    """Marks what is above all before it, row by row; with ties, what equals the largest before it, too."""
    before = np.append(-np.inf, np.maximum.accumulate(x.ravel())[:-1]).reshape(x.shape)
    return x >= before if ties else x > before


def with_a_close_second(x):
    """x with its largest number made whole and its smallest put just below: to round is then a mistake."""
    least, most = np.argmin(x), np.argmax(x)
    x.flat[most] = np.ceil(x.flat[most])
    x.flat[least] = x.flat[most] - 0.01
    return x


MASKS = {
    "rounded": lambda x: x.round() == x.max().round(),
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
    "value alone": lambda x: x.max(),
    "all": lambda x: x == x,
    "none": lambda x: x > x.max(),
    "shared": lambda x: (x == x.max()) / np.sum(x == x.max()),
    "from zero": lambda x: x == max(0, x.max()),
    "argmax's number": lambda x: x == np.argmax(x),
    "np.where": lambda x: np.where(x == x.max()),
    "np.argwhere": lambda x: np.argwhere(x == x.max()),
    "so far": lambda x: largest_so_far(x, ties=True),
    "so far, >": lambda x: largest_so_far(x, ties=False),
    "mean": lambda x: x > x.mean(),
    "mean or more": lambda x: x >= x.mean(),
    "square": lambda x: x[:, : len(x)] == x.max(),
    "mean, square": lambda x: x[:, : len(x)] > x.mean(),
    "last": lambda x: first_only(x[::-1, ::-1])[::-1, ::-1],
}
PLACES = "the places of the maximum are returned, as np.where or np.argwhere finds them, not a mask of the window's shape"
SO_FAR = "every place that was the largest so far is marked: find the maximum of the whole window first"
MASK_SLIPS = {
    "argmax's number": "x is compared with the place of its maximum (argmax): compare it with the maximum, np.max(x)",
    "np.where": PLACES,
    "np.argwhere": PLACES,
    "so far": SO_FAR,
    "so far, >": SO_FAR,
    ">= 0": "every place of 0 or more is marked: only the maximum should be",
    "> 0": "every place above 0 is marked: only the maximum should be",
    "argmax": "only the first maximum is marked: the exercise asks for every place that holds it",
    "columns": "the maximum of each column is marked: there is one for the whole window",
    "rows": "the maximum of each row is marked: there is one for the whole window",
    "minimum": "the smallest number is marked, not the largest",
    "size": "the number of the largest size is marked, its sign left aside: -9 is less than 1",
    "rounded": "the numbers are rounded before they are compared: compare them as they are",
    "not": "the mask is the wrong way round: True everywhere but at the maximum",
    "value": "the mask holds the maximum itself: it should hold True (or 1) there",
    "value alone": "the maximum itself is returned, not a mask of the window's shape",
    "place": "the place of the maximum is returned, not a mask of the window's shape",
    "all": "every place is marked: each number is compared with itself, in place of the maximum",
    "none": "no place is marked: nothing is above the maximum, so compare with ==",
    "shared": "equal maxima share the mark: each of them gets a whole one",
    "from zero": "the search for the maximum starts at 0: among negative numbers no place holds it, and none is marked",
    "mean": "every place above the mean is marked: only the maximum should be",
    "mean or more": "every place of the mean or more is marked: only the maximum should be",
    "square": "the mask is a square, n_H x n_H: it has the shape of x",
    "mean, square": "every place above the mean is marked, in a square mask: only the maximum should be, in one of the "
    "shape of x",
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
        case("negative numbers only", with_a_close_second(-rng.uniform(1, 9, (3, 3)))),
        case("the largest number stands twice", np.array([[4, 1, 4], [2, 3, -7]])),
        case("all numbers are 0", np.zeros((2, 2))),
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
    try_next="Call it on np.maximum(np.random.default_rng(1).normal(size=(2, 2)) - 2, 0), a window of nothing "
    "but zeros, and count the winners.",
)

SHARES = {
    "whole": lambda dz, shape: np.full(shape, dz * 1.0),
    "height": lambda dz, shape: np.full(shape, dz / shape[0]),
    "width": lambda dz, shape: np.full(shape, dz / shape[1]),
    "plus": lambda dz, shape: np.full(shape, dz / sum(shape)),
    "square": lambda dz, shape: np.full(shape, dz / shape[0] ** 2),
    "square of width": lambda dz, shape: np.full(shape, dz / shape[1] ** 2),
    "by 4": lambda dz, shape: np.full(shape, dz / 4),
    "by 2": lambda dz, shape: np.full(shape, dz / 2),
    "root": lambda dz, shape: np.full(shape, dz / math.sqrt(math.prod(shape))),
    "quotient": lambda dz, shape: np.full(shape, dz / shape[0] / (1 / shape[1])),
    "corner": lambda dz, shape: np.eye(math.prod(shape))[0].reshape(shape) * dz,
    "times": lambda dz, shape: np.full(shape, dz * math.prod(shape)),
    "//": lambda dz, shape: np.full(shape, dz // math.prod(shape)),
    "int": lambda dz, shape: np.full(shape, int(dz / math.prod(shape))),
    "like dz": lambda dz, shape: np.full_like(dz, dz / math.prod(shape), shape=shape),
    "swapped": lambda dz, shape: np.full(shape[::-1], dz / math.prod(shape)),
    "square result": lambda dz, shape: np.full(shape[:1] * 2, dz / shape[0] ** 2),
    "square of shares": lambda dz, shape: np.full(shape[:1] * 2, dz / math.prod(shape)),
    "alone": lambda dz, shape: dz / math.prod(shape),
}
SQUARE = "the result is a square, n_H x n_H: shape gives its height and its width"
SHARE_SLIPS = {
    "whole": "every place gets all of dz: the shares should add up to dz",
    "height": "dz is divided by the height only: a window has n_H * n_W places",
    "width": "dz is divided by the width only: a window has n_H * n_W places",
    "plus": "dz is divided by n_H + n_W: a window has n_H * n_W places",
    "square": "dz is divided by n_H twice: that is right for squares only",
    "square of width": "dz is divided by n_W twice: that is right for squares only",
    "by 4": "dz is divided by 4, whatever shape is: a window has n_H * n_W places",
    "by 2": "dz is divided by 2, as len(shape) has it: a window has n_H * n_W places",
    "root": "dz is divided by the square root of n_H * n_W: divide by n_H * n_W itself",
    "quotient": "dz is divided by n_H / n_W: n_H and n_W are multiplied, so write dz / (n_H * n_W)",
    "corner": "the first place gets all of dz and the others nothing: all get the same",
    "times": "dz is multiplied by the number of places: it should be divided",
    "//": "the shares are rounded down by //: use /",
    "int": "the shares are cut to whole numbers: they are fractions, so keep int and dtype=int away",
    "like dz": "the array holds whole numbers where dz is one, as np.full_like makes it: its shares are fractions",
    "swapped": "height and width of the result are exchanged",
    "square result": SQUARE,
    "square of shares": SQUARE,
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
