"""Checks for zero_pad: a border of zeros."""

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_slip

from .windows import pad_pictures


def pad_with(slip):
    """zero_pad by np.pad, with one slip."""

    def zero_pad(X, pad):
        p, none, one, after = (pad, pad), (0, 0), (1, 1), (0, pad)
        half = (pad // 2, pad - pad // 2)
        twice, before, behind = (2 * pad, 2 * pad), (2 * pad, 0), (0, 2 * pad)
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
            "in all": (none, half, half, none),
            "one side, before": (none, (pad, 0), (pad, 0), none),
            "other side": (none, before, before, none),
            "behind": (none, behind, behind, none),
            "twice": (none, twice, twice, none),
            "always 1": (none, one, one, none),
            "nothing": (none, none, none, none),
        }
        if slip == "inside":
            inner = np.zeros_like(X)
            inner[:, pad : X.shape[1] - pad, pad : X.shape[2] - pad] = 1
            return X * inner
        how = {"edge": {"mode": "edge"}, "reflect": {"mode": "reflect"}, "ones": {"constant_values": 1}}
        how |= {
            "symmetric": {"mode": "symmetric"},
            "wrap": {"mode": "wrap"},
            "filled": {"constant_values": pad},
        }
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
    "one side, before": "the border is only at the top and on the left: each side needs one",
    "in all": "both sides share pad between them: each side gets pad zeros",
    "other side": "the picture lies at the bottom right of the larger one: it begins at row pad and column pad",
    "behind": "the picture lies at the top left of the larger one: it begins at row pad and column pad",
    "twice": "the border is 2 * pad wide on each side: it should be pad wide",
    "always 1": "the border is always 1 wide, whatever pad is",
    "edge": "the border repeats the picture's edge in place of zeros",
    "reflect": "the border mirrors the picture in place of zeros: np.pad fills with zeros where no mode is named",
    "symmetric": "the border mirrors the picture in place of zeros: np.pad fills with zeros where no mode is named",
    "wrap": "the border is taken from the picture's other side in place of zeros: leave mode='wrap' out",
    "filled": "the border is filled with the number pad: constant_values says with what, the widths say how far",
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
    try_next="Give zero_pad a border of 0 and then of 4 in place of 2 in the next cell, and say before each run "
    "how many of all numbers will be zeros.",
)
