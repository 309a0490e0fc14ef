"""Checks for propose_regions: regions that are merged, the most similar first."""

from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, Mistake, case
from workbook.plain import Other, plain
from workbook.slips import switched

from .merging import WRONG_MERGES, half_divided, merged, merged_by, propose_regions
from .regions import Region, area, around
from .segmentations import segmentations


def whole_loop(last: bool) -> Callable:
    """Regions without the first (the whole, where ``last``) of the later ones."""
    return lambda initial, later: [*initial, *(later[:-1] if last else later[1:])]


def look_at_boxes(function: Callable, image: np.ndarray, regions: list, pairs: list) -> Any:
    """The boxes in one order, each once, and how many came again."""
    asked = []

    def segment(image: np.ndarray) -> tuple[list, list]:
        asked.append(image)
        return list(regions), list(pairs)

    boxes = as_boxes(function(image, segment))
    if not isinstance(boxes, np.ndarray):
        return boxes
    if not asked:
        return Other("boxes", "boxes of other regions: the argument segment was not called")
    boxes = np.round(boxes.astype(float), 4)
    single = np.unique(boxes, axis=0)
    return {"the boxes, in any order": single, "boxes that come a second time": len(boxes) - len(single)}


def as_boxes(boxes: Any) -> Any:
    """Boxes as an array (n, 4), also where they come as a list, a set or a tensor; else as plain data."""
    if isinstance(boxes, set | frozenset):
        boxes = list(boxes)
    if isinstance(boxes, list | tuple):
        try:
            boxes = np.array([np.asarray(box, float) for box in boxes], float)
        except (TypeError, ValueError):
            return Other("list", f"a {type(boxes).__name__} of {len(boxes)} items that are not all boxes")
    boxes = plain(boxes)
    if not isinstance(boxes, np.ndarray) or boxes.dtype.kind not in "biuf":
        return boxes
    if boxes.size == 0:
        return np.zeros((0, 4))
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        return Other("boxes", f"an array of shape {boxes.shape}")
    return boxes


WRONG_GROUPINGS = {
    "the least similar neighbours are merged: take the most similar": {"best": min},
    "any two regions are merged, neighbours or not": {"all_pairs": True},
    "the histograms of a new region are plain means: weigh them by size": {
        "merge": WRONG_MERGES["plain means"]
    },
    "the textures of a new region are plain means: weigh them by size, as the colours": {
        "merge": WRONG_MERGES["plain mean of texture"]
    },
    "the colours of a new region are plain means: weigh them by size, as the textures": {
        "merge": WRONG_MERGES["plain mean of colour"]
    },
    "the histograms of a new region are sums, so that they no longer add up to 1": {
        "merge": lambda a, b: merged(a, b)._replace(colour=a.colour + b.colour, texture=a.texture + b.texture)
    },
    "the histograms are weighted by size but not divided by the new size: they no longer add up to 1": {
        "merge": lambda a, b: merged(a, b)._replace(
            colour=a.size * a.colour + b.size * b.colour,
            texture=a.size * a.texture + b.size * b.texture,
        )
    },
    "only the second part of the weighted mean is divided by the size. Put the sum into parentheses": {
        "merge": half_divided
    },
    "a new region keeps the histograms of one of its parts": {
        "merge": lambda a, b: merged(a, b)._replace(colour=a.colour, texture=a.texture)
    },
    "the weights of the histograms are swapped: the smaller region counts more": {
        "merge": WRONG_MERGES["weights swapped"]
    },
    "the size of a new region is that of its larger part: add both": {"merge": WRONG_MERGES["larger size"]},
    "the size of a new region is the area of its box: add the sizes of its parts": {
        "merge": WRONG_MERGES["area of the box"]
    },
    "the size of a new region is that of its larger part, and its histograms are divided by that: add both sizes": {
        "merge": merged_by(lambda a, b: max(a.size, b.size))
    },
    "the size of a new region is the area of its box, and its histograms are divided by that: add the sizes of its "
    "parts": {"merge": merged_by(lambda a, b: area(around(a.box, b.box)))},
    "the box of a new region is the mean of its parts' boxes: take the box around both": {
        "merge": lambda a, b: merged(a, b)._replace(box=(a.box + b.box) / 2)
    },
    "a new region has no neighbours, so it is never merged again": {"neighbours": "none"},
    "a new region has only the neighbours that both of its parts had: those of either one belong too": {
        "neighbours": "common"
    },
    "a new region inherits the neighbours of one of its parts only": {"neighbours": "first"},
    "only the pair that was merged is taken out: take out every pair with one of the two, or they are merged again": {
        "stale": True
    },
    "only the pair that was merged is taken out, and the new region gets no neighbours: take out every pair with one of the "
    "two, for it tells who the neighbours are": {"stale": True, "neighbours": "none"},
    "the similarities with a new region are not computed: it inherits old ones": {"anew": False},
    "the loop ends after one merge": {"most": 1},
    "the loop goes on until one region is left: a picture may consist of parts that are no neighbours, so end it when no "
    "pair is left": {"eager": True},
    "the boxes of the initial regions are missing": {"collect": lambda initial, later: later},
    "the boxes of the merged regions are missing, or a merged region keeps the box of one of its parts": {
        "collect": lambda initial, later: initial
    },
    "the last merge is missing: go on until there are no neighbours left": {"collect": whole_loop(True)},
    "a box comes more than once: a region with a hole and what fills the hole have the same box as the "
    "region": {"unique": False},
    "the boxes are shares of the picture: pixels are wanted": {"finish": lambda boxes, n_H, n_W: boxes},
    "height and width of the picture are swapped: x goes with the width": {
        "finish": lambda boxes, n_H, n_W: boxes * [n_H, n_W, n_H, n_W]
    },
    "the boxes are rounded to whole pixels: leave the fractions": {
        "finish": lambda boxes, n_H, n_W: (boxes * [n_W, n_H, n_W, n_H]).round()
    },
    "the picture is taken for a square": {"finish": lambda boxes, n_H, n_W: boxes * n_H},
    "the boxes are (y1, x1, y2, x2): x comes first": {
        "finish": lambda boxes, n_H, n_W: (boxes * [n_W, n_H, n_W, n_H])[:, [1, 0, 3, 2]]
    },
    "the boxes are (x, y, width, height): the second corner is wanted": {
        "finish": lambda boxes, n_H, n_W: (
            np.hstack([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]]) * [n_W, n_H, n_W, n_H]
        )
    },
}

grouping = Exercise(
    name="propose_regions",
    points=16,
    difficulty=4,
    minutes=40,
    cases=segmentations,
    observe=look_at_boxes,
    gives="boxes (n, 4)",
    reference=propose_regions,
    needs=["region_similarity"],
    tolerance=1e-3,
    mistakes=[
        Mistake(
            "the argument segment is not called, so that the regions are not those that it gives: segment(image)",
            lambda image, segment: np.zeros((1, 4)),
        ),
        *switched(propose_regions, WRONG_GROUPINGS),
    ],
    hints=[
        "Keep a dictionary: pair of neighbours to similarity. Each round takes its largest entry, max(S, key=S.get).",
        "After a merge of i and j: take out all pairs with i or j, and note who else was in them. Those are the "
        "neighbours of the new region, whose number is len(regions).",
        "If 'two regions become one' passes and the others do not, print the number of merges: it should be the "
        "number of regions less one (less two with two islands). If it is right, look at the new histograms.",
        "regions.append(Region(box, a.size + b.size, (a.size * a.colour + b.size * b.colour) / (a.size + b.size), "
        "...)); S[k, n] = region_similarity(regions[k], regions[n]) for each old neighbour k.",
    ],
    try_next="Compare len(propose_regions(X[street])) with 2 * len(initial_regions(X[street])[0]) - 1: how many "
    "boxes came twice?",
    idea="n regions give at most 2n - 1 boxes, from the smallest spot to the whole picture: all sizes for nothing.",
)
