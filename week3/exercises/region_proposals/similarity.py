"""Checks for region_similarity: how well two regions go together."""

from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.slips import switched

from .regions import Region, area, around, overlap, shared


def region_similarity(
    a: Region,
    b: Region,
    *,
    how: str = "intersection",
    parts: str = "ctsf",
    size: Callable = lambda a, b: 1 - a.size - b.size,
    gap: Callable = lambda a, b: area(around(a.box, b.box)) - a.size - b.size,
    total: Callable = sum,
) -> float:
    """Colour, texture, size and fill, added up (Uijlings et al. 2013, section 3.2, all weights 1)."""
    values = {
        "c": shared(a.colour, b.colour, how),
        "t": shared(a.texture, b.texture, how),
        "s": size(a, b),
        "f": 1 - gap(a, b),
    }
    return float(total([values[part] for part in parts]))


def within(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The box around both with min and max exchanged: what they share, or less than nothing."""
    return np.concatenate([np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])])


def with_sizes(box: np.ndarray) -> np.ndarray:
    """A box whose last two numbers are taken for width and height."""
    return np.concatenate([box[:2], box[:2] + box[2:]])


def one_number(function: Callable, *args: Any) -> Any:
    """What the function returns; an array or tensor that holds one number counts as that number."""
    value = function(*args)
    alone = hasattr(value, "__array__") and np.size(value) == 1
    return np.asarray(value).reshape(()) if alone else value


def histogram(rng: np.random.Generator, bins: int) -> np.ndarray:
    counts = rng.random(bins) ** 3
    return counts / counts.sum()


def pairs_of_regions(rng: np.random.Generator) -> list:
    def region(box: tuple, filled: float) -> Region:
        box = np.array(box, float)
        return Region(box, filled * area(box), histogram(rng, 12), histogram(rng, 7))

    hand = (
        Region(np.array([0, 0, 0.5, 0.5]), 0.2, np.array([0.5, 0.5, 0]), np.array([1.0, 0])),
        Region(np.array([0.5, 0, 1, 0.5]), 0.1, np.array([0.25, 0.5, 0.25]), np.array([0.5, 0.5])),
    )
    ring, core = region((0.25, 0.25, 0.75, 1), 0.5), region((0.375, 0.5, 0.5, 0.75), 1)
    same = region((0.1, 0.2, 0.4, 0.9), 0.75)
    return [
        case("the example of the text", *hand),
        case("side by side", region((0.1, 0.2, 0.35, 0.6), 0.8), region((0.35, 0.3, 0.8, 0.5), 0.9)),
        case("the second above and left of the first", region((0.5, 0.6, 1, 0.7), 1), region((0, 0, 0.6, 0.6), 0.7)),
        case("one lies in a hole of the other", ring, core),
        case("corner to corner, so that their box is nearly empty", region((0, 0, 0.1, 0.2), 1), region((0.9, 0.7, 1, 1), 1)),
        case("the same histograms", same, region((0.4, 0.2, 0.9, 0.8), 0.5)._replace(colour=same.colour, texture=same.texture)),
    ]  # fmt: skip


similarity = Exercise(
    name="region_similarity",
    points=10,
    difficulty=2,
    minutes=15,
    cases=pairs_of_regions,
    observe=one_number,
    gives="a number",
    reference=region_similarity,
    mistakes=switched(
        region_similarity,
        {
            "the histograms are multiplied bin by bin: take the smaller of the two in each bin": {
                "how": "product"
            },
            "the larger of the two histograms is taken in each bin: take the smaller": {"how": "union"},
            "the difference of the histograms is added up: it is 0 where they agree": {"how": "difference"},
            "the smaller of the two sums is taken, which is 1: take the smaller in each bin, then add up": {
                "how": "sums"
            },
            "the mean over the bins is taken: add the smaller values up": {"how": "mean"},
            "the colour is missing from the sum": {"parts": "tsf"},
            "the texture is missing from the sum": {"parts": "csf"},
            "the size is missing from the sum": {"parts": "ctf"},
            "the fill is missing from the sum": {"parts": "cts"},
            "the colour is compared twice, the texture not at all": {"parts": "ccsf"},
            "the texture is compared twice, the colour not at all": {"parts": "ttsf"},
            "the sizes are added: large regions then seem alike. It is 1 - both sizes": {
                "size": lambda a, b: a.size + b.size
            },
            "the difference of the sizes is taken: it is 1 - both sizes": {
                "size": lambda a, b: 1 - abs(a.size - b.size)
            },
            "the size says nothing of the second region": {"size": lambda a, b: 1 - a.size},
            "the size is 1 - a.size + b.size, which adds the second: take both off": {
                "size": lambda a, b: 1 - a.size + b.size
            },
            "the gap itself is added as fill: it is 1 - the gap": {
                "gap": lambda a, b: 1 - (area(around(a.box, b.box)) - a.size - b.size)
            },
            "the sizes are added to the box around both where they are to be taken off": {
                "gap": lambda a, b: area(around(a.box, b.box)) + a.size + b.size
            },
            "the second size is added to the gap where it is to be taken off: it is the box - a.size - b.size": {
                "gap": lambda a, b: area(around(a.box, b.box)) - a.size + b.size
            },
            "only one size is taken off the box around both": {
                "gap": lambda a, b: area(around(a.box, b.box)) - a.size
            },
            "the areas of the two boxes are taken for the sizes: a region need not fill its box": {
                "gap": lambda a, b: area(around(a.box, b.box)) - area(a.box) - area(b.box)
            },
            "no size is taken off the box around both: the gap is the box - a.size - b.size": {
                "gap": lambda a, b: area(around(a.box, b.box))
            },
            "the gap is divided by the box around both: it is a share of the picture as it is": {
                "gap": lambda a, b: 1 - (a.size + b.size) / area(around(a.box, b.box))
            },
            "the last two numbers of a box are taken for its width and height: they are x2 and y2": {
                "gap": lambda a, b: area(around(with_sizes(a.box), with_sizes(b.box))) - a.size - b.size
            },
            "the overlap of the two boxes is taken for the box around both": {
                "gap": lambda a, b: overlap(a.box, b.box) - a.size - b.size
            },
            "min and max are exchanged in the box around both: it begins at the smaller x1 and y1, and ends at the "
            "larger x2 and y2": {"gap": lambda a, b: area(within(a.box, b.box)) - a.size - b.size},
            "the areas of the two boxes are added: the box around both is wanted": {
                "gap": lambda a, b: area(a.box) + area(b.box) - a.size - b.size
            },
            "only the first box is looked at: the box around both is wanted": {
                "gap": lambda a, b: area(a.box) - a.size - b.size
            },
            "only the second box is looked at: the box around both is wanted": {
                "gap": lambda a, b: area(b.box) - a.size - b.size
            },
            "the four parts are multiplied: add them": {"total": np.prod},
            "the mean of the four parts is taken: add them": {"total": np.mean},
        },
    ),
    hints=[
        "Four numbers, each 1 at best. Compute them one by one and compare with the example by hand.",
        "The box around both: the smaller of the x1, the smaller of the y1, the larger of the x2, the larger of the y2.",
        "If only 'corner to corner' is wrong, look at the box around both. If only 'one lies in a hole' is, you took "
        "areas of boxes for sizes.",
        "np.minimum(a.colour, b.colour).sum() + the same for texture + (1 - a.size - b.size) + "
        "(1 - (box - a.size - b.size)).",
    ],
    try_next="Give both regions of the example by hand a size of 0.01 and say first whether the similarity changes.",
    idea="Four simple measures, and none of them has a learned number.",
)
