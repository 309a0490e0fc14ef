"""Pictures in regions, the cases of propose_regions: islands, holes, and wrong merges that show."""

from itertools import pairwise

import numpy as np

from workbook import case

from .merging import propose_regions, tells
from .regions import Region, area
from .similarity import histogram


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
