"""Checks for propose_regions: regions that are merged, the most similar first."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from workbook import Exercise, Mistake, case
from workbook.plain import Other, plain
from workbook.slips import switched

from .regions import Region, area, around
from .similarity import histogram, region_similarity


def weighted(a: Region, b: Region, name: str) -> np.ndarray:
    return (a.size * getattr(a, name) + b.size * getattr(b, name)) / (a.size + b.size)


def merged(a: Region, b: Region) -> Region:
    """The region of two regions: histograms are means, weighted by size."""
    return Region(around(a.box, b.box), a.size + b.size, weighted(a, b, "colour"), weighted(a, b, "texture"))


def merged_by(size: Callable) -> Callable:
    """A merge whose new region has another size, by which its histograms are divided too."""

    def merge(a: Region, b: Region) -> Region:
        right, n = merged(a, b), size(a, b)
        share = (a.size + b.size) / n
        return right._replace(size=n, colour=right.colour * share, texture=right.texture * share)

    return merge


def half_divided(a: Region, b: Region) -> Region:
    """A merge whose histograms have their second part alone divided by the size."""
    colour, texture = (
        a.size * one + b.size * two / (a.size + b.size)
        for one, two in ((a.colour, b.colour), (a.texture, b.texture))
    )
    return merged(a, b)._replace(colour=colour, texture=texture)


def propose_regions(
    image: np.ndarray,
    segment: Callable,
    *,
    merge: Callable = merged,
    best: Callable = max,
    neighbours: str = "both",
    all_pairs: bool = False,
    anew: bool = True,
    most: int | None = None,
    stale: bool = False,
    eager: bool = False,
    collect: Callable = lambda initial, later: [*initial, *later],
    unique: bool = True,
    finish: Callable = lambda boxes, n_H, n_W: boxes * [n_W, n_H, n_W, n_H],
    gaps: list | None = None,
) -> np.ndarray:
    """Boxes (n, 4) in pixels of all regions of a grouping from the bottom up (Uijlings et al. 2013, algorithm 1).

    neighbours  of a new region: those of "both" parts, of the "first" only, those in "common", or "none"
    anew        whether similarities with a new region are computed; else the better old one is kept
    most        merges at most
    stale       whether old pairs of the merged two stay; then there is one merge less than regions
    eager       whether the loop goes on until one region is left, however the picture hangs together
    gaps        gets, for each merge, how far the best similarity is ahead of the next
    """
    initial, pairs = segment(image)
    regions = list(initial)
    if all_pairs:
        pairs = [(i, j) for j in range(len(regions)) for i in range(j)]
    S = {frozenset(pair): region_similarity(*(regions[k] for k in pair)) for pair in pairs}
    most = len(initial) - 1 if stale and neighbours != "none" else most
    while (S or (eager and len(regions) < 2 * len(initial) - 1)) and (
        most is None or len(regions) - len(initial) < most
    ):
        if gaps is not None and len(S) > 1:
            gaps.append(np.diff(sorted(S.values()))[-1])
        i, j = sorted(best(S, key=S.get))
        old = {pair: S.pop(pair) for pair in [pair for pair in S if i in pair or j in pair]}
        if stale:
            S |= {pair: value for pair, value in old.items() if pair != {i, j}}
        near = {k for pair in old for k in pair if neighbours != "first" or i in pair} - {i, j}
        if neighbours == "common":
            near = {k for k in near if {frozenset((i, k)), frozenset((j, k))} <= set(old)}
        near = set() if neighbours == "none" else near
        regions.append(merge(regions[i], regions[j]))
        for k in near:
            value = region_similarity(regions[k], regions[-1])
            if not anew:
                value = max(old[pair] for pair in old if k in pair)
            S[frozenset((k, len(regions) - 1))] = value
    kept = collect(regions[: len(initial)], regions[len(initial) :])
    boxes = [tuple(region.box) for region in kept]
    boxes = np.array(list(dict.fromkeys(boxes)) if unique else boxes, float).reshape(-1, 4)
    return finish(boxes, *image.shape[:2])


WRONG_MERGES = {
    "plain means": lambda a, b: merged(a, b)._replace(
        colour=(a.colour + b.colour) / 2, texture=(a.texture + b.texture) / 2
    ),
    "plain mean of texture": lambda a, b: merged(a, b)._replace(texture=(a.texture + b.texture) / 2),
    "plain mean of colour": lambda a, b: merged(a, b)._replace(colour=(a.colour + b.colour) / 2),
    "weights swapped": lambda a, b: merged(a, b)._replace(
        colour=weighted(a._replace(size=b.size), b._replace(size=a.size), "colour"),
        texture=weighted(a._replace(size=b.size), b._replace(size=a.size), "texture"),
    ),
    "larger size": lambda a, b: merged(a, b)._replace(size=max(a.size, b.size)),
    "area of the box": lambda a, b: merged(a, b)._replace(size=area(around(a.box, b.box))),
}
"""New regions that are wrong only in their weights: not every picture shows it, so pictures that do are drawn."""


def tells(image: np.ndarray, regions: list, pairs: list, boxes: np.ndarray) -> bool:
    """True where each of the wrong merges gives other boxes than the right ones and than the other wrong ones."""
    others = (
        propose_regions(image, lambda _: (regions, pairs), merge=each) for each in WRONG_MERGES.values()
    )
    seen = [frozenset(map(tuple, each.tolist())) for each in (boxes, *others)]
    return len(set(seen)) == len(seen)


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


def patchwork(rng: np.random.Generator, shape: tuple[int, int], rows: int, columns: int) -> list[np.ndarray]:
    """Boxes in pixels of patches that fill a picture: rows cut into unlike columns."""
    n_H, n_W = shape
    tops = np.concatenate(
        [[0], np.sort(rng.choice(np.arange(2, n_H - 1, 2), rows - 1, replace=False)), [n_H]]
    )
    boxes = []
    for top, bottom in pairwise(tops):
        cuts = np.sort(rng.choice(np.arange(2, n_W - 1, 2), columns - 1, replace=False))
        lefts = np.concatenate([[0], cuts, [n_W]])
        boxes += [np.array([x1, top, x2, bottom]) for x1, x2 in pairwise(lefts)]
    return boxes


def touching(boxes: list[np.ndarray]) -> list[tuple[int, int]]:
    """Pairs of patches with a common edge, or one inside the other."""
    pairs = []
    for j, b in enumerate(boxes):
        for i, a in enumerate(boxes[:j]):
            w, h = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
            if (w > 0 and h >= 0) or (h > 0 and w >= 0):
                pairs.append((i, j))
    return pairs


def segmentation(
    rng: np.random.Generator,
    shape: tuple[int, int],
    rows: int,
    columns: int,
    holes: int = 2,
    apart: bool = False,
    telling: bool = False,
) -> tuple:
    """A picture of noise, regions and pairs of neighbours. holes: patches with another one inside.

    apart    whether the upper and the lower half have no neighbours in common: two islands
    telling  whether every one of the wrong merges has to be seen in the boxes
    """
    n_H, n_W = shape
    while True:
        boxes = patchwork(rng, shape, rows, columns)
        outer = [box for box in boxes if box[2] - box[0] >= 6 and box[3] - box[1] >= 6][:holes]
        inner = [box + np.array([2, 2, -2, -2]) for box in outer]
        shares = [box / [n_W, n_H, n_W, n_H] for box in [*boxes, *inner]]
        sizes = [area(box) for box in shares]
        for i, box in enumerate(outer):
            index = next(k for k, each in enumerate(boxes) if each is box)
            sizes[index] -= sizes[len(boxes) + i]
        order = rng.permutation(len(shares))
        regions = [Region(shares[k], sizes[k], histogram(rng, 9), histogram(rng, 6)) for k in order]
        pairs = touching([shares[k] for k in order])
        if apart:
            upper = [bool(shares[k][3] <= boxes[columns - 1][3] / n_H) for k in order]
            pairs = [(i, j) for i, j in pairs if upper[i] == upper[j]]
        image = rng.integers(0, 256, (n_H, n_W, 3)).astype(np.uint8)
        gaps: list[float] = []
        made = propose_regions(image, lambda _: (regions, pairs), gaps=gaps)  # noqa: B023
        repeats = 2 * len(regions) - 1 > len(made)
        sound = min(gaps, default=1) > 1e-4 and len(outer) == holes and repeats
        if sound and (not telling or tells(image, regions, pairs, made)):
            return image, regions, pairs


def segmentations(rng: np.random.Generator) -> list:
    one = Region(np.array([0.0, 0, 1, 1]), 1.0, histogram(rng, 9), histogram(rng, 6))
    two = [
        Region(np.array([0.0, 0, 0.27, 1]), 0.27, histogram(rng, 9), histogram(rng, 6)),
        Region(np.array([0.27, 0, 1, 1]), 0.73, histogram(rng, 9), histogram(rng, 6)),
    ]
    picture = rng.integers(0, 256, (32, 64, 3)).astype(np.uint8)
    return [
        case("two regions become one, their edge between two pixels", picture, two, [(0, 1)]),
        case(
            "a picture wider than high, two regions with a hole", *segmentation(rng, (32, 64), 3, 4)
        ).weighing(2),
        case(
            "a picture higher than wide, many regions", *segmentation(rng, (128, 64), 6, 4, 3, telling=True)
        ).weighing(2),
        case("two islands that never touch", *segmentation(rng, (32, 64), 2, 4, 1, apart=True)),
        case("one region alone, nothing to merge", picture, [one], []),
    ]


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
