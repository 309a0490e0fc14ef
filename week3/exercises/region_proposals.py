"""Checks for week3/region_proposals: similarity of regions, their grouping, detection by crops, RoI pooling.

The references take switches, and a mistake is a reference with a switch thrown. Regions in the checks are drawn
until no two similarities are nearly equal, so that a tie never decides. Classifiers are plain functions that know
which box a crop shows, however it was resized.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from workbook import Exercise, case
from workbook.plain import Other, plain
from workbook.slips import switched

# --- region_similarity --------------------------------------------------------------------------------------


class Region(NamedTuple):
    """As in the notebook: box and size are shares of the picture, both histograms add up to 1."""

    box: np.ndarray
    size: float
    colour: np.ndarray
    texture: np.ndarray


def around(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The smallest box that holds two boxes x1, y1, x2, y2."""
    return np.concatenate([np.minimum(a[:2], b[:2]), np.maximum(a[2:], b[2:])])


def area(box: np.ndarray) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def shared(one: np.ndarray, other: np.ndarray, how: str = "intersection") -> float:
    """How far two histograms agree."""
    return {
        "intersection": np.minimum(one, other).sum(),
        "product": (one * other).sum(),
        "union": np.maximum(one, other).sum(),
        "difference": np.abs(one - other).sum(),
        "mean": np.minimum(one, other).mean(),
    }[how]


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    """Area of the intersection of two boxes."""
    return np.maximum(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0).prod()


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
            "the mean over the bins is taken: add the smaller values up": {"how": "mean"},
            "the colour is missing from the sum": {"parts": "tsf"},
            "the texture is missing from the sum": {"parts": "csf"},
            "the size is missing from the sum": {"parts": "ctf"},
            "the fill is missing from the sum": {"parts": "cts"},
            "the colour is compared twice, the texture not at all": {"parts": "ccsf"},
            "the sizes are added: large regions then seem alike. It is 1 - both sizes": {
                "size": lambda a, b: a.size + b.size
            },
            "the difference of the sizes is taken: it is 1 - both sizes": {
                "size": lambda a, b: 1 - abs(a.size - b.size)
            },
            "the size says nothing of the second region": {"size": lambda a, b: 1 - a.size},
            "the gap itself is added as fill: it is 1 - the gap": {
                "gap": lambda a, b: 1 - (area(around(a.box, b.box)) - a.size - b.size)
            },
            "the sizes are added to the box around both where they are to be taken off": {
                "gap": lambda a, b: area(around(a.box, b.box)) + a.size + b.size
            },
            "only one size is taken off the box around both": {
                "gap": lambda a, b: area(around(a.box, b.box)) - a.size
            },
            "the areas of the two boxes are taken for the sizes: a region need not fill its box": {
                "gap": lambda a, b: area(around(a.box, b.box)) - area(a.box) - area(b.box)
            },
            "the overlap of the two boxes is taken for the box around both": {
                "gap": lambda a, b: overlap(a.box, b.box) - a.size - b.size
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
    idea="Size and fill together are 2 - the area of the box around both: the sizes cancel.",
)


# --- propose_regions ----------------------------------------------------------------------------------------


def weighted(a: Region, b: Region, name: str) -> np.ndarray:
    return (a.size * getattr(a, name) + b.size * getattr(b, name)) / (a.size + b.size)


def merged(a: Region, b: Region) -> Region:
    """The region of two regions: histograms are means, weighted by size."""
    return Region(around(a.box, b.box), a.size + b.size, weighted(a, b, "colour"), weighted(a, b, "texture"))


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
    collect: Callable = lambda initial, later: [*initial, *later],
    unique: bool = True,
    finish: Callable = lambda boxes, n_H, n_W: boxes * [n_W, n_H, n_W, n_H],
    gaps: list | None = None,
) -> np.ndarray:
    """Boxes (n, 4) in pixels of all regions of a grouping from the bottom up (Uijlings et al. 2013, algorithm 1).

    neighbours  of a new region: those of "both" parts, of the "first" only, or "none"
    anew        whether similarities with a new region are computed; else the better old one is kept
    most        merges at most
    gaps        gets, for each merge, how far the best similarity is ahead of the next
    """
    initial, pairs = segment(image)
    regions = list(initial)
    if all_pairs:
        pairs = [(i, j) for j in range(len(regions)) for i in range(j)]
    S = {frozenset(pair): region_similarity(*(regions[k] for k in pair)) for pair in pairs}
    while S and (most is None or len(regions) - len(initial) < most):
        if gaps is not None and len(S) > 1:
            gaps.append(np.diff(sorted(S.values()))[-1])
        i, j = sorted(best(S, key=S.get))
        old = {pair: S.pop(pair) for pair in [pair for pair in S if i in pair or j in pair]}
        near = {k for pair in old for k in pair if neighbours == "both" or i in pair} - {i, j}
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
    "weights swapped": lambda a, b: merged(a, b)._replace(
        colour=weighted(a._replace(size=b.size), b._replace(size=a.size), "colour"),
        texture=weighted(a._replace(size=b.size), b._replace(size=a.size), "texture"),
    ),
    "larger size": lambda a, b: merged(a, b)._replace(size=max(a.size, b.size)),
    "area of the box": lambda a, b: merged(a, b)._replace(size=area(around(a.box, b.box))),
}
"""New regions that are wrong only in their weights: not every picture shows it, so pictures that do are drawn."""


def tells(image: np.ndarray, regions: list, pairs: list, boxes: np.ndarray) -> bool:
    """True where each of the wrong merges gives other boxes than the right ones."""
    right = {tuple(box) for box in boxes.tolist()}
    others = (
        propose_regions(image, lambda _: (regions, pairs), merge=each) for each in WRONG_MERGES.values()
    )
    return all({tuple(box) for box in other.tolist()} != right for other in others)


def whole_loop(last: bool) -> Callable:
    """Regions without the first (the whole, where ``last``) of the later ones."""
    return lambda initial, later: [*initial, *(later[:-1] if last else later[1:])]


def look_at_boxes(function: Callable, image: np.ndarray, regions: list, pairs: list) -> Any:
    """The boxes in one order, each once, and how many came again."""
    boxes = function(image, lambda _: (list(regions), list(pairs)))
    boxes = as_boxes(boxes)
    if not isinstance(boxes, np.ndarray):
        return boxes
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
        Region(np.array([0.0, 0, 0.25, 1]), 0.25, histogram(rng, 9), histogram(rng, 6)),
        Region(np.array([0.25, 0, 1, 1]), 0.75, histogram(rng, 9), histogram(rng, 6)),
    ]
    picture = rng.integers(0, 256, (32, 64, 3)).astype(np.uint8)
    return [
        case("two regions become one", picture, two, [(0, 1)]),
        case(
            "a picture wider than high, two regions with a hole", *segmentation(rng, (32, 64), 3, 4)
        ).weighing(2),
        case(
            "a picture higher than wide, many regions", *segmentation(rng, (128, 64), 6, 4, 3, telling=True)
        ).weighing(2),
        case("two islands that never touch", *segmentation(rng, (32, 64), 2, 4, 1, apart=True)),
        case("one region alone, nothing to merge", picture, [one], []),
    ]


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
    time_limit=20,
    mistakes=switched(
        propose_regions,
        {
            "the least similar neighbours are merged: take the most similar": {"best": min},
            "any two regions are merged, neighbours or not": {"all_pairs": True},
            "the histograms of a new region are plain means: weigh them by size": {
                "merge": WRONG_MERGES["plain means"]
            },
            "the histograms of a new region are sums, so that they no longer add up to 1": {
                "merge": lambda a, b: merged(a, b)._replace(
                    colour=a.colour + b.colour, texture=a.texture + b.texture
                )
            },
            "the histograms are weighted by size but not divided by the new size: they no longer add up to 1": {
                "merge": lambda a, b: merged(a, b)._replace(
                    colour=a.size * a.colour + b.size * b.colour,
                    texture=a.size * a.texture + b.size * b.texture,
                )
            },
            "a new region keeps the histograms of one of its parts": {
                "merge": lambda a, b: merged(a, b)._replace(colour=a.colour, texture=a.texture)
            },
            "the weights of the histograms are swapped: the smaller region counts more": {
                "merge": WRONG_MERGES["weights swapped"]
            },
            "the size of a new region is that of its larger part: add both": {
                "merge": WRONG_MERGES["larger size"]
            },
            "the size of a new region is the area of its box: add the sizes of its parts": {
                "merge": WRONG_MERGES["area of the box"]
            },
            "the box of a new region is the mean of its parts' boxes: take the box around both": {
                "merge": lambda a, b: merged(a, b)._replace(box=(a.box + b.box) / 2)
            },
            "a new region has no neighbours, so it is never merged again": {"neighbours": "none"},
            "a new region inherits the neighbours of one of its parts only": {"neighbours": "first"},
            "the similarities with a new region are not computed: it inherits old ones": {"anew": False},
            "the loop ends after one merge": {"most": 1},
            "the boxes of the initial regions are missing": {"collect": lambda initial, later: later},
            "the boxes of the merged regions are missing": {"collect": lambda initial, later: initial},
            "the last merge is missing: go on until there are no neighbours left": {
                "collect": whole_loop(True)
            },
            "a box comes more than once: a region with a hole and what fills the hole have the same box as the "
            "region": {"unique": False},
            "the boxes are shares of the picture: pixels are wanted": {
                "finish": lambda boxes, n_H, n_W: boxes
            },
            "height and width of the picture are swapped: x goes with the width": {
                "finish": lambda boxes, n_H, n_W: boxes * [n_H, n_W, n_H, n_W]
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
        },
    ),
    hints=[
        "Keep a dictionary: pair of neighbours to similarity. Each round takes its largest entry, max(S, key=S.get).",
        "After a merge of i and j: take out all pairs with i or j, and note who else was in them. Those are the "
        "neighbours of the new region, whose number is len(regions).",
        "If 'two regions become one' passes and the others do not, print the number of merges: it should be the "
        "number of regions less one (less two with two islands). If it is right, look at the new histograms.",
        "regions.append(Region(box, a.size + b.size, (a.size * a.colour + b.size * b.colour) / (a.size + b.size), "
        "...)); S[k, n] = region_similarity(regions[k], regions[n]) for each old neighbour k.",
    ],
    try_next="Compare len(propose_regions(image)) with 2 * len(initial_regions(image)) - 1 for a picture of the lesson: how "
    "many boxes came twice?",
    idea="n regions give at most 2n - 1 boxes, from the smallest spot to the whole picture: all sizes for nothing.",
)


# --- rcnn_detect --------------------------------------------------------------------------------------------

RESULTS = ("scores", "boxes", "classes")


def iou(box: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Intersection over union of one box with many."""
    w, h = np.maximum(np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2]), 0).T
    return over_union(w * h, box, boxes)


def raw_iou(box: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """The same, but minus times minus is plus: for boxes that lie apart in both directions."""
    w, h = (np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2])).T
    return over_union(w * h, box, boxes)


def over_union(shared: np.ndarray, box: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    return shared / (area(box) + (boxes[:, 2:] - boxes[:, :2]).prod(axis=1) - shared)


def suppressed(
    scores: np.ndarray, boxes: np.ndarray, classes: np.ndarray, threshold: float, by_class: bool, first: bool, over: Callable, share: Callable
) -> np.ndarray:  # fmt: skip
    """Numbers of the boxes that stay. first: the first box wins, and not the best one."""
    waiting, kept = np.arange(len(scores)) if first else np.argsort(-scores), []
    while len(waiting):
        best, waiting = waiting[0], waiting[1:]
        kept.append(best)
        clash = over(share(boxes[best], boxes[waiting]), threshold)
        waiting = waiting[~(clash & ((classes[waiting] == classes[best]) | (not by_class)))]
    return np.array(kept, int)


def beside_all(scores: np.ndarray, boxes: np.ndarray, classes: np.ndarray, threshold: float) -> np.ndarray:
    """Numbers of the boxes that overlap no better one of their class, whether that one stays or not."""
    order = np.argsort(-scores)
    better = [[j for j in order[:k] if classes[j] == classes[i]] for k, i in enumerate(order)]
    stays = [not (iou(boxes[i], boxes[own]) > threshold).any() for i, own in zip(order, better, strict=True)]
    return order[np.array(stays, bool)]


def cut(image: np.ndarray, box: np.ndarray, size: int) -> np.ndarray:
    """A crop (size, size, 3): for each pixel the nearest one of the box."""
    x1, y1, x2, y2 = box
    places = (np.arange(size) + 0.5) / size
    rows = np.clip(y1 + places * (y2 - y1), 0, image.shape[0] - 1).astype(int)
    columns = np.clip(x1 + places * (x2 - x1), 0, image.shape[1] - 1).astype(int)
    return image[rows[:, None], columns].astype(np.float32)


def whole(image: np.ndarray, box: np.ndarray) -> np.ndarray:
    return np.array([0, 0, image.shape[1], image.shape[0]])


def rcnn_detect(
    image: np.ndarray,
    classifier: Callable,
    proposals: np.ndarray,
    score_threshold: float = 0.5,
    iou_threshold: float = 0.3,
    size: int = 32,
    *,
    read: Callable = lambda image, box: box,
    prepare: Callable = lambda crops: crops,
    sure: Callable = lambda scores, threshold: scores >= threshold,
    limit: float | None = None,
    default_limit: float | None = None,
    iou_limit: float | None = None,
    default_iou: float | None = None,
    exchanged: bool = False,
    fixed_size: int | None = None,
    background: str = "dropped",
    count_from: int = 1,
    suppress: str = "by class",
    over: Callable = lambda value, threshold: value > threshold,
    finish: Callable = lambda scores, boxes, classes: (scores, boxes, classes),
    empty: str = "arrays",
) -> tuple:
    """Scores, boxes and classes of what is seen in the proposals (Girshick et al. 2014, section 2).

    background  "dropped", "kept" as a class, or "blind": it is left out before the best class is chosen
    """
    proposals = np.asarray(proposals, float).reshape(-1, 4)
    if default_limit is not None and score_threshold == 0.5:
        score_threshold = default_limit
    if default_iou is not None and iou_threshold == 0.3:
        iou_threshold = default_iou
    if exchanged:
        score_threshold, iou_threshold = iou_threshold, score_threshold
    score_threshold = score_threshold if limit is None else limit
    iou_threshold = iou_threshold if iou_limit is None else iou_limit
    if not len(proposals):
        if empty == "error":
            raise ValueError("need at least one array to stack")
        return None if empty == "none" else (np.zeros(0), np.zeros((0, 4)), np.zeros(0, int))
    crops = prepare(np.stack([cut(image, read(image, box), fixed_size or size) for box in proposals]))
    probabilities = np.asarray(classifier(crops))
    first = 1 if background == "blind" else 0
    classes = probabilities[:, first:].argmax(axis=1) + first
    scores = probabilities[np.arange(len(classes)), classes]
    keep = sure(scores, score_threshold) & ((classes > 0) | (background == "kept"))
    scores, boxes, classes = scores[keep], proposals[keep], classes[keep]
    if suppress != "none":
        kept = suppressed(
            scores,
            boxes,
            classes,
            iou_threshold,
            suppress in ("by class", "not clamped"),
            suppress == "first",
            over,
            raw_iou if suppress == "not clamped" else iou,
        )
        if suppress == "dropped drop":
            kept = beside_all(scores, boxes, classes, iou_threshold)
        scores, boxes, classes = scores[kept], boxes[kept], classes[kept]
    return finish(scores, boxes, classes + count_from - 1)


SPREAD = 2  # grey levels for each pixel to the right, and downwards


def slope(n_H: int, n_W: int) -> np.ndarray:
    """A picture from which a crop tells its place: red grows to the right, green downwards, blue is 77."""
    rows, columns = np.mgrid[:n_H, :n_W]
    return np.stack([SPREAD * columns, SPREAD * rows, np.full_like(rows, 77)], axis=-1).astype(np.uint8)


class Seer:
    """A classifier that knows the proposals: crops (n, size, size, 3) to probabilities (n, classes).

    It finds out which box a crop shows, however it was resized, and notes what it was asked.
    """

    def __init__(self, image: np.ndarray, proposals: np.ndarray, probabilities: np.ndarray) -> None:
        self.boxes, self.probabilities, self.n_H_n_W = proposals, probabilities, image.shape[:2]
        self.shapes, self.crops = [], []

    def __call__(self, crops: Any, training: bool | None = None, **options: Any) -> np.ndarray:
        crops = np.asarray(crops, float)
        self.shapes.append(list(crops.shape))
        if crops.ndim != 4:
            raise ValueError(f"crops (n, size, size, 3) expected, got shape {crops.shape}")
        self.crops += list(crops)
        answers = np.zeros((len(crops), self.probabilities.shape[1]))
        for answer, crop in zip(answers, crops, strict=True):
            number = self.which(crop)
            answer[:] = self.probabilities[number] if number is not None else np.eye(len(answer))[0]
        return answers.astype(np.float32)

    predict = __call__

    def which(self, crop: np.ndarray) -> int | None:
        """The number of the proposal that a crop shows, None for something else."""
        near = np.abs(self.boxes - corners_of(crop)).max(axis=1) if len(self.boxes) else np.array([np.inf])
        return int(near.argmin()) if near.min() < 2.5 and same_pixels(crop) else None


def same_pixels(crop: np.ndarray) -> bool:
    return abs(crop[..., 2].mean() - 77) < 2


def corners_of(crop: np.ndarray) -> np.ndarray:
    """Where a crop of a slope comes from, within a pixel or two: x1, y1, x2, y2. Half a cell is lost at each end."""
    red, green = crop[..., 0].mean(axis=0) / SPREAD + 0.5, crop[..., 1].mean(axis=1) / SPREAD + 0.5
    x, y = red.mean(), green.mean()
    w, h = (np.abs(np.diff(values)).sum() * len(values) / max(1, len(values) - 1) for values in (red, green))
    return np.array([x - w / 2, y - h / 2, x + w / 2, y + h / 2])


def shown(crop: np.ndarray, box: np.ndarray, shape: tuple[int, int]) -> str:
    """What a crop shows, in words, where its box was to be shown."""
    if crop.max() <= 1.5:
        return "pixels that are no longer 0 to 255"
    if not same_pixels(crop):
        return "pixels that were changed"
    x1, y1, x2, y2 = box
    n_H, n_W = shape
    guesses = {
        "its box": box,
        "the whole picture": (0, 0, n_W, n_H),
        "its box with x and y exchanged": np.clip((y1, x1, y2, x2), 0, [n_W, n_H, n_W, n_H]),
        "x2 and y2 taken for width and height": (x1, y1, min(x1 + x2, n_W), min(y1 + y2, n_H)),
    }
    for words, guess in guesses.items():
        if np.abs(corners_of(crop) - guess).max() < 2.5:
            return words
    return "something else"


def look_at_detection(
    function: Callable,
    shape: tuple[int, int],
    proposals: np.ndarray,
    probabilities: np.ndarray,
    **options: Any,
) -> Any:
    """What was asked of the classifier, and what came back, best score first."""
    image = slope(*shape)
    seer = Seer(image, proposals, probabilities)
    results = function(image, seer, proposals.copy(), **options)
    seen = told(results)
    if len(proposals) == 0:
        return seen
    asked = {
        "shape of all crops together": [sum(s[0] for s in seer.shapes if s), *(seer.shapes[0][1:] if seer.shapes else [])],
        "what the crops show": [shown(c, b, shape) for c, b in zip(seer.crops, proposals, strict=False)],
    }  # fmt: skip
    return asked | (seen if isinstance(seen, dict) else {name: seen for name in RESULTS})


def told(results: Any) -> Any:
    """Scores, boxes and classes, best score first; something else as plain data."""
    results = plain(results)
    if not isinstance(results, list) or len(results) != 3:
        return results
    arrays = [as_numbers(each, -1 if i != 1 else (-1, 4)) for i, each in enumerate(results)]
    scores, boxes, classes = arrays
    flat = all(isinstance(each, np.ndarray) for each in arrays) and scores.ndim == classes.ndim == 1
    if flat and boxes.ndim == 2 and len(scores) == len(boxes) == len(classes):
        order = np.argsort(-scores, kind="stable")
        arrays = [each[order] for each in arrays]
    return dict(zip(RESULTS, arrays, strict=True))


def as_numbers(value: Any, shape: Any) -> Any:
    """A list or array of numbers as an array; one without numbers has the shape that it should have."""
    try:
        array = np.asarray(value, float)
    except (TypeError, ValueError):
        return value
    return array.reshape(np.zeros(0).reshape(shape if shape != -1 else 0).shape) if array.size == 0 else array


def crowd(rng: np.random.Generator) -> tuple:
    """Two things with three proposals each, one alone, and background; three classes besides it."""
    boxes = [
        (8, 10, 48, 40), (12, 10, 52, 40), (16, 14, 56, 44),  # one thing: IoU with the first 0.82, 0.53
        (70, 20, 110, 70), (74, 24, 114, 74), (62, 20, 102, 70),
        (10, 55, 40, 72), (40, 46, 60, 76),
    ]  # fmt: skip
    kinds = [1, 1, 1, 3, 3, 3, 2, 0]
    scores = [0.75, 0.875, 0.625, 0.9375, 0.8125, 0.5625, 0.6875, 0.96875]
    order = rng.permutation(len(boxes))
    return np.array(boxes, float)[order], probabilities_of(kinds, scores, 4)[order]


def probabilities_of(kinds: list[int], scores: list[float], classes: int) -> np.ndarray:
    """Rows that add up to 1: the score at its class, the rest shared out unevenly."""
    rows = np.zeros((len(kinds), classes))
    for row, kind, score in zip(rows, kinds, scores, strict=True):
        rest = [k for k in range(classes) if k != kind]
        shares = np.arange(1, len(rest) + 1) / (len(rest) * (len(rest) + 1) / 2)
        row[rest], row[kind] = (1 - score) * shares, score
    return rows


def detections(rng: np.random.Generator) -> list:
    def boxes(*rows: tuple) -> np.ndarray:
        return np.array(rows, float)

    hand = boxes((8, 8, 40, 32), (16, 8, 48, 32), (60, 20, 100, 60), (10, 50, 40, 75))
    lengthwise = boxes((10, 10, 50, 30), (22, 10, 62, 30))  # IoU 28 / 52 = 0.54
    parts = boxes((10, 10, 40, 40), (20, 10, 50, 40), (70, 10, 90, 50))  # IoU 0.5
    chain = boxes((10, 10, 50, 40), (26, 10, 66, 40), (42, 10, 82, 40))  # IoU 0.43 and 0.11
    left = boxes((10, 10, 50, 40), (20, 20, 60, 66), (64, 12, 80, 60))
    return [
        case("the example of the text", (80, 120), hand, probabilities_of([1, 1, 2, 0], [0.75, 0.875, 0.5, 0.9375], 3)),
        case("three classes in a crowd", (80, 120), *crowd(rng)).weighing(2),
        case("a picture higher than wide, crops of 24", (120, 70), boxes((8, 60, 40, 100), (12, 10, 60, 50)), probabilities_of([1, 2], [0.75, 0.875], 3), size=24),
        case("a score that meets the threshold exactly, and one just below", (80, 120), left, probabilities_of([1, 2, 1], [0.75, 0.734375, 0.875], 3), score_threshold=0.75),
        case("a low threshold, where the background is the most probable", (80, 120), hand, probabilities_of([0, 1, 2, 0], [0.5, 0.4375, 0.625, 0.5625], 3), score_threshold=0.3),
        case("two classes at one place", (80, 120), lengthwise, probabilities_of([1, 2], [0.8125, 0.75], 3)),
        case("an overlap that meets iou_threshold exactly", (80, 120), parts, probabilities_of([1, 1, 1], [0.6875, 0.75, 0.5625], 2), iou_threshold=0.5),
        case("a high iou_threshold", (80, 120), lengthwise, probabilities_of([1, 1], [0.6875, 0.9375], 2), iou_threshold=0.6),
        case("an overlap of 0.43, nothing said of iou_threshold", (80, 120), chain, probabilities_of([1, 1, 1], [0.9375, 0.8125, 0.6875], 2)),
        case("boxes apart in both directions, of one class", (80, 120), boxes((10, 10, 30, 30), (46, 46, 66, 66)), probabilities_of([1, 1], [0.75, 0.875], 3)),
        case("all is background", (80, 120), hand, probabilities_of([0, 0, 0, 0], [0.75, 0.875, 0.625, 0.9375], 3)),
        case("no proposals at all", (80, 120), np.zeros((0, 4)), np.zeros((0, 3))),
    ]  # fmt: skip


detecting = Exercise(
    name="rcnn_detect",
    points=14,
    difficulty=3,
    minutes=25,
    cases=detections,
    observe=look_at_detection,
    gives="scores, boxes and classes",
    returns=RESULTS,
    reference=rcnn_detect,
    tolerance=1e-5,
    time_limit=30,
    mistakes=switched(
        rcnn_detect,
        {
            "> stands for >=: a score that equals score_threshold counts": {
                "sure": lambda scores, threshold: scores > threshold
            },
            "score_threshold is ignored: everything that is not background stays": {
                "sure": lambda scores, threshold: scores >= 0
            },
            "the argument score_threshold is ignored: it is always 0.5": {"limit": 0.5},
            "score_threshold is not 0.5 where none is given": {"default_limit": 0.6},
            "the argument iou_threshold is ignored: it is always 0.3": {"iou_limit": 0.3},
            "iou_threshold is not 0.3 where none is given": {"default_iou": 0.5},
            "score_threshold and iou_threshold are exchanged": {"exchanged": True},
            "a box whose IoU equals iou_threshold is dropped: only those above it go": {
                "over": lambda value, threshold: value >= threshold
            },
            "boxes of unlike classes suppress each other: each class by itself": {"suppress": "all"},
            "nothing is suppressed": {"suppress": "none"},
            "boxes that do not meet suppress each other: the overlap's width and height must not fall below 0": {
                "suppress": "not clamped"
            },
            "a box that was suppressed still suppresses others: once it is out it has no say": {
                "suppress": "dropped drop"
            },
            "the first of several boxes stays, and not the one with the best score": {"suppress": "first"},
            "the background comes back as a class: drop class 0": {"background": "kept"},
            "the background is left out before the best class is chosen: where it is the most probable, there is "
            "nothing": {"background": "blind"},
            "classes are counted from 0 once the background is dropped: keep the classifier's numbers": {
                "count_from": 0
            },
            "the argument size is ignored: crops are always 32 x 32": {"fixed_size": 32},
            "the whole picture is shown for each proposal: cut out the box": {"read": whole},
            "x and y are exchanged in the crops: rows go from y1 to y2": {
                "read": lambda image, box: box[[1, 0, 3, 2]]
            },
            "x2 and y2 are taken for width and height in the crops": {
                "read": lambda image, box: np.concatenate([box[:2], box[:2] + box[2:]])
            },
            "the pixels are divided by 255: the classifier gets them as they are": {
                "prepare": lambda crops: crops / 255
            },
            "the boxes come first: the order is scores, boxes, classes": {
                "finish": lambda scores, boxes, classes: (boxes, scores, classes)
            },
            "the classes come second: the order is scores, boxes, classes": {
                "finish": lambda scores, boxes, classes: (scores, classes, boxes)
            },
            "the boxes are (y1, x1, y2, x2): give them as the proposals are": {
                "finish": lambda scores, boxes, classes: (scores, boxes[:, [1, 0, 3, 2]], classes)
            },
            "no proposals end in an error: empty arrays are wanted": {"empty": "error"},
            "nothing comes back where there are no proposals: empty arrays are wanted": {"empty": "none"},
        },
    ),
    hints=[
        "Three steps: warp(image, proposals, size); classifier(crops); then choose.",
        "probabilities.argmax(axis=1) is each proposal's class, max its score. Which of them stay?",
        "If only 'two classes at one place' is wrong, give the classes to suppress. If only 'the background is the "
        "most probable' is, you left column 0 out too early. If only the empty case raises, look at what you stack.",
        "keep = (classes > 0) & (scores >= score_threshold), then suppress(boxes[keep], scores[keep], classes[keep], "
        "iou_threshold) gives the numbers of those that stay.",
    ],
    try_next="Lower score_threshold to 0.2 where the detections are drawn, and say first what will be seen there.",
    idea="Swap the classifier and it detects something else: the proposals know of no class.",
)


# --- roi_pool -----------------------------------------------------------------------------------------------


def roi_pool(
    features: np.ndarray,
    boxes: np.ndarray,
    size: Any,
    *,
    pool: Callable = lambda cells: cells.max(axis=(0, 1)),
    low: Callable = np.floor,
    high: Callable = np.ceil,
    bins: Callable = lambda h, w: (h, w),
    order: tuple[int, ...] = (0, 1, 2, 3),
    least: int = 1,
    change: Callable = lambda boxes: boxes,
    whole_steps: bool = False,
    finish: Callable = lambda pooled: pooled,
) -> np.ndarray:
    """Each box of a map as h x w bins, the maximum of each (Girshick 2015, section 2.1): (n, h, w, C)."""
    features, boxes = np.asarray(features), np.asarray(boxes, float).reshape(-1, 4)
    h, w = bins(*(size if np.ndim(size) else (size, size)))
    n_H, n_W, n_C = features.shape
    pooled = np.zeros((len(boxes), h, w, n_C))
    for b, box in enumerate(change(boxes)):
        x1, y1, x2, y2 = box[list(order)]
        if whole_steps:
            x2, y2 = x1 + (x2 - x1) // w * w, y1 + (y2 - y1) // h * h
        for i in range(h):
            top, bottom = edges(y1, y2, i, h, n_H, low, high, least)
            for j in range(w):
                left, right = edges(x1, x2, j, w, n_W, low, high, least)
                cells = features[top:bottom, left:right]
                pooled[b, i, j] = pool(cells) if cells.size else 0
    return finish(pooled)


def edges(
    start: float, end: float, i: int, count: int, n: int, low: Callable, high: Callable, least: int
) -> tuple[int, int]:
    """The first cell of bin i of so many, and the one after its last."""
    step = (end - start) / count
    first = int(low(start + i * step))
    first = min(first, n - 1)
    return first, min(max(int(high(start + (i + 1) * step)), first + least), n)


def look_at_pooling(function: Callable, *args: Any) -> Any:
    """The pooled map as an array, however it comes; none of it has the shape that it should have."""
    pooled = function(*args)
    if isinstance(pooled, list | tuple):
        try:
            pooled = np.array([np.asarray(each, float) for each in pooled], float)
        except (TypeError, ValueError):
            return pooled
    pooled = plain(pooled)
    if isinstance(pooled, np.ndarray) and pooled.size == 0 and len(args[1]) == 0:
        h, w = args[2] if np.ndim(args[2]) else (args[2], args[2])
        return np.zeros((0, h, w, args[0].shape[2]))
    return pooled


def maps_to_pool(rng: np.random.Generator) -> list:
    def features(*shape: int) -> np.ndarray:
        return rng.permutation(np.arange(int(np.prod(shape)))).reshape(shape).astype(np.float32) - 40

    hand = np.array([[1, 2, 0, 3], [4, 0, 5, 1], [0, 6, 2, 2]], np.float32)[..., None]
    shifted = np.array([[1.25, 0.5, 7.25, 5.5], [0.75, 2.5, 6.75, 6.5], [3.0, 1.25, 9.0, 7.25]])
    return [
        case("the example of the text", hand, np.array([[0.0, 0, 4, 3]]), 2),
        case("edges between the cells, three boxes", features(8, 10, 3), shifted, 4),
        case("bins that are not square: 3 high, 2 wide", features(9, 7, 2), np.array([[1.5, 0.75, 6.5, 8.25], [0.0, 3.0, 5.0, 6.0]]), (3, 2)),
        case("bins that are not square: 1 high, 4 wide", features(5, 12, 4), np.array([[2.0, 1.5, 10.0, 4.5]]), (1, 4)),
        case("a box smaller than its bins", features(6, 7, 2), np.array([[2.25, 3.5, 3.25, 4.0], [4.0, 1.0, 5.0, 3.0]]), 4),
        case("a box without height, one without width", features(7, 6, 2), np.array([[1.0, 3.0, 5.0, 3.0], [2.0, 2.0, 2.0, 6.0]]), 2),
        case("all values below zero", features(6, 6, 1) - 100, np.array([[0.0, 1.0, 6.0, 5.0]]), 2),
        case("no boxes", features(4, 5, 2), np.zeros((0, 4)), 2),
    ]  # fmt: skip


pooling = Exercise(
    name="roi_pool",
    points=10,
    difficulty=3,
    minutes=20,
    cases=maps_to_pool,
    observe=look_at_pooling,
    gives="an array (n, h, w, C)",
    reference=roi_pool,
    tolerance=1e-5,
    mistakes=switched(
        roi_pool,
        {
            "the mean of each bin is taken: take the maximum": {
                "pool": lambda cells: cells.mean(axis=(0, 1))
            },
            "the sum of each bin is taken: take the maximum": {"pool": lambda cells: cells.sum(axis=(0, 1))},
            "the largest value of all channels is taken: each channel by itself": {
                "pool": lambda cells: cells.max()
            },
            "the maximum starts from 0, so that negative values are lost": {
                "pool": lambda cells: np.maximum(cells.max(axis=(0, 1)), 0)
            },
            "a bin ends at the floor of its end: take the ceiling, so that a cell cut in two counts for both": {
                "high": np.floor
            },
            "a bin begins at the ceiling of its start: take the floor": {"low": np.ceil},
            "the edges of the bins are rounded to the nearest cell: floor of the start, ceiling of the end": {
                "low": np.round,
                "high": np.round,
            },
            "the box is rounded to whole cells before it is divided into bins": {"change": np.round},
            "the box is cut to whole cells (int) before it is divided into bins": {"change": np.floor},
            "x2 and y2 are taken for width and height": {
                "change": lambda boxes: np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1)
            },
            "the bins begin at the corner of the map: add y1 and x1": {
                "change": lambda boxes: boxes - np.tile(boxes[:, :2], 2)
            },
            "a bin has a whole number of cells, (y2 - y1) // h: its edges may lie between cells": {
                "whole_steps": True
            },
            "a bin without a cell gives 0: each bin has at least one cell": {"least": 0},
            "x and y are exchanged: rows go from y1 to y2": {"order": (1, 0, 3, 2)},
            "height and width of the bins are exchanged: size is (h, w)": {"bins": lambda h, w: (w, h)},
            "the bins are always as many across as down: the width of size is ignored": {
                "bins": lambda h, w: (h, h)
            },
            "the argument size is ignored: it is always 2 x 2": {"bins": lambda h, w: (2, 2)},
            "only the first box is pooled": {"finish": lambda pooled: pooled[:1]},
            "the axis of the boxes is missing where there is only one": {
                "finish": lambda pooled: pooled[0] if len(pooled) == 1 else pooled
            },
            "the channels come before the bins: they are the last axis": {
                "finish": lambda pooled: pooled.transpose(0, 3, 1, 2)
            },
            "rows and columns of the bins are swapped": {
                "finish": lambda pooled: pooled.transpose(0, 2, 1, 3)
            },
            "each box is flattened to one row: keep (n, h, w, C)": {
                "finish": lambda pooled: pooled.reshape(len(pooled), int(np.prod(pooled.shape[1:])))
            },
        },
    ),
    hints=[
        "One box, one bin: from which row to which? Rows first, columns likewise.",
        "top = floor(y1 + i * (y2 - y1) / h), bottom = ceil(y1 + (i + 1) * (y2 - y1) / h), at least top + 1.",
        "If the example passes and 'edges between the cells' does not, look at floor and ceiling. If only the box "
        "without height fails, a bin has no cell.",
        "features[top:bottom, left:right].max(axis=(0, 1)) is one bin, all channels.",
    ],
    try_next="Change the bins from 2 x 3 to 1 x 1 in the cell with the numbers from 0 to 53, and say first which number "
    "is left.",
    idea="A box of any shape becomes h x w x C numbers: what comes after may be dense layers.",
)
