"""The reference of propose_regions: regions that are merged, the most similar first."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .regions import Region, area, around
from .similarity import region_similarity


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
