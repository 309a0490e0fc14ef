"""Checks for kmeans_anchors: the sizes that boxes mostly have."""

import numpy as np

from workbook import Exercise, case
from workbook.limits import OutOfTime
from workbook.plain import Other
from workbook.slips import by_slip

MANY = 1_000  # rounds: k-means stops long before, some wrong answers go round in a circle for ever


def shape_share(boxes, anchors):
    """IoU of boxes (m, 2) and anchors (k, 2), widths and heights, laid corner on corner: (m, k)."""
    shared = np.minimum(boxes[:, None], anchors[None]).prod(axis=-1)
    return shared / (boxes.prod(axis=-1)[:, None] + anchors.prod(axis=-1)[None] - shared)


def start_anchors(boxes, k):
    """k boxes, evenly spaced in the order of their areas."""
    order = np.argsort(boxes.prod(axis=-1))
    return boxes[order[(2 * np.arange(k) + 1) * len(boxes) // (2 * k)]]


def cluster(
    boxes,
    k,
    nearest=lambda boxes, anchors: shape_share(boxes, anchors).argmax(axis=1),
    centre=None,
    steps=MANY,
):
    """k-means on widths and heights: the reference with its defaults."""
    centre = centre or (lambda own: own.mean(axis=0))
    anchors, before = start_anchors(boxes, k).astype(float), None
    for _ in range(steps):
        own = nearest(boxes, anchors)
        if before is not None and (own == before).all():
            break
        anchors = np.array([centre(boxes[own == j]) if (own == j).any() else anchors[j] for j in range(k)])
        before = own
    return anchors


def kmeans_with(slip):
    """kmeans_anchors, with one slip."""

    def distance(boxes, anchors):
        return np.linalg.norm(boxes[:, None] - anchors[None], axis=-1).argmin(axis=1)

    def area(boxes, anchors):
        return np.abs(boxes.prod(axis=-1)[:, None] - anchors.prod(axis=-1)[None]).argmin(axis=1)

    def overlap(boxes, anchors):
        return np.minimum(boxes[:, None], anchors[None]).prod(axis=-1).argmax(axis=1)

    def over_box(boxes, anchors):
        shared = np.minimum(boxes[:, None], anchors[None]).prod(axis=-1)
        return (shared / anchors.prod(axis=-1)[None]).argmax(axis=1)

    rules = {"euclid": distance, "area": area, "overlap": overlap, "anchor": over_box}
    rules["farthest"] = lambda boxes, anchors: shape_share(boxes, anchors).argmin(axis=1)
    centres = {
        "median": lambda own: np.median(own, axis=0),
        "sum": lambda own: own.sum(axis=0),
        "largest": lambda own: own.max(axis=0),
        "both alike": lambda own: np.repeat(own.mean(), 2),
        "of all": lambda own: own.sum(axis=0) / 30,
    }

    def kmeans_anchors(boxes, k):
        if slip in EMPTY:
            steps = MANY - (slip == "empty nan, odd")
            return cluster_without_care(boxes, k, EMPTY[slip], steps, slip == "empty nan, for ever")
        if slip == "of all":
            centres["of all"] = lambda own: own.sum(axis=0) / len(boxes)
        more = {"nearest": rules[slip]} if slip in rules else {}
        steps = ROUNDS.get(slip, MANY)
        anchors = cluster(boxes, 5 if slip == "five" else k, centre=centres.get(slip), steps=steps, **more)
        if slip == "two results":
            return anchors, shape_share(boxes, anchors).argmax(axis=1)
        return anchors[:, ::-1] if slip == "exchanged" else anchors

    return kmeans_anchors


ROUNDS = {"start": 0, "one step": 1, "two steps": 2, "five steps": 5, "ten": 10, "twenty": 20, "fifty": 50}
EMPTY = {"empty nan": np.nan, "empty nan, odd": np.nan, "empty nan, for ever": np.nan, "empty zero": 0.0}


def cluster_without_care(boxes, k, empty, steps, for_ever=False):
    """k-means where an anchor to which no box goes gets this number for width and height.

    All boxes then go to the first NaN, which becomes their mean while the others become NaN: which of them are left
    depends on whether the number of rounds is odd. A loop without a limit never ends: nobody has to wait for that here.
    """
    anchors, before = start_anchors(boxes, k).astype(float), None
    for _ in range(steps):
        with np.errstate(all="ignore"):
            own = shape_share(boxes, anchors).argmax(axis=1)
        if before is not None and (own == before).all():
            break
        for j in range(k):
            anchors[j] = boxes[own == j].mean(axis=0) if (own == j).any() else empty
        before = own
    else:
        if for_ever:
            raise OutOfTime
    return anchors


BECOMES_NAN = "an anchor to which no box goes becomes NaN, the mean of nothing: it stays as it is"
KMEANS_SLIPS = {
    "empty nan": BECOMES_NAN,
    "empty nan, odd": BECOMES_NAN,
    "empty nan, for ever": "an anchor to which no box goes becomes NaN, the mean of nothing, and then the loop never ends: "
    "such an anchor stays as it is",
    "empty zero": "an anchor to which no box goes becomes 0: it stays as it is",
    "euclid": "a box goes to the anchor that is nearest in pixels: it should go to the one with the highest IoU",
    "area": "a box goes to the anchor with the nearest area: a wide and a tall box can have the same area",
    "overlap": "a box goes to the anchor with the largest overlap: divide it by the union, or large anchors take all",
    "anchor": "the overlap is divided by the anchor's area: divide it by the union",
    "farthest": "a box goes to the anchor with the lowest IoU: the distance is 1 - IoU, so the highest IoU is nearest",
    "one step": "one step is made: repeat until no box changes its anchor. Does return stand inside the loop?",
    "two steps": "two steps are made: repeat until no box changes its anchor",
    "five steps": "the loop ends after five steps: repeat until no box changes its anchor",
    "ten": "the loop ends after ten rounds, whether or not a box still moves: repeat until no box changes its anchor",
    "twenty": "the loop ends after twenty rounds, whether or not a box still moves: repeat until no box changes its "
    "anchor",
    "fifty": "the loop ends after fifty rounds, whether or not a box still moves: repeat until no box changes its anchor",
    "start": "the first anchors come back as they were: each should move to the mean of its boxes",
    "median": "an anchor moves to the median of its boxes: it should move to their mean",
    "sum": "an anchor moves to the sum of its boxes: it should move to their mean",
    "of all": "the sum of an anchor's boxes is divided by the number of all boxes: divide by the number of its own",
    "largest": "an anchor grows to the largest of its boxes: it should move to their mean",
    "both alike": "one mean is taken over widths and heights together: use axis=0, a mean for each of them",
    "five": "five anchors come back, whatever k is",
    "two results": "two results come back, the anchors and to which of them each box goes: return the anchors alone",
    "exchanged": "widths and heights are exchanged: a row is (width, height), as in boxes",
}


def look_at_anchors(function, boxes, k, fit=False):
    """The anchors, in the order of their areas; or whether they fit the boxes as well as k-means can, where no
    groups are marked and the last step depends on the first."""
    anchors = function(boxes, k)
    if anchors is None:
        return None
    if isinstance(anchors, tuple) and len(anchors) == 2 and np.shape(anchors[1]) == (len(boxes),):
        return Other("tuple", "2 results, the second a number for each box")
    try:
        array = np.asarray(anchors, float)
    except (ValueError, TypeError):
        return anchors
    if array.shape != (k, 2) or not np.isfinite(array).all() or (array <= 0).any():
        return array
    if not fit:
        return array[np.lexsort((array[:, 0], array.prod(axis=1)))]
    reached, possible = (shape_share(boxes, each).max(axis=1).mean() for each in (array, cluster(boxes, k)))
    return {"their mean IoU with the boxes is as high as it gets": bool(reached > possible - 0.004)}


def kinds_of_boxes(rng, kinds, spread=0.03):
    """Boxes around these (width, height, how many), each side up to spread larger or smaller, in random order."""
    middles = np.repeat([kind[:2] for kind in kinds], [kind[2] for kind in kinds], axis=0)
    return rng.permutation(middles * rng.uniform(1 - spread, 1 + spread, middles.shape))


def tight_and_loose(rng):
    """Many small boxes, and large ones of many sizes, the least of which is nearer in pixels to the small ones."""
    small = np.full((24, 2), 0.06) * rng.uniform(0.97, 1.03, (24, 2))
    large = np.linspace(0.17, 0.55, 14)[:, None] * rng.uniform(0.98, 1.02, (14, 2))
    return rng.permutation(np.concatenate([small, large]))


def one_at_a_time(m=105, first=48, mean=60, short=0.005):
    """Widths of boxes of one height with which k-means of two anchors takes 57 rounds, to the only place where it
    stops: behind the first ones each width lies just below the border of two groups that part there, so that one
    box changes its anchor in a round. The last width makes the mean."""
    widths = list(np.linspace(10, 18, first))
    while len(widths) < m - 1:
        below = np.mean(widths)
        above = (m * mean - sum(widths)) / (m - len(widths))
        widths.append(np.sqrt(below * above) * (1 - short))
    widths.append(m * mean - sum(widths))
    return np.stack([np.round(widths, 2), np.full(m, 20.0)], axis=1)


PATIENCE = (
    """43 17  33 21  53 47  27 44  36 46  30 15  9 50  16 58  29 10  59 12  35 59  21 16  58 53  23 6"""
)
"""Widths and heights with which the anchors move seven times, to the best place that there is."""

kmeans_anchors = Exercise(
    name="kmeans_anchors",
    points=12,
    difficulty=3,
    minutes=25,
    cases=lambda rng: [
        case("the example of the text", np.array([[10, 20], [10, 30], [40, 20], [50, 20]], float), 2),
        case(
            "three kinds of different size", kinds_of_boxes(rng, [(8, 5, 15), (24, 14, 14), (60, 45, 16)]), 3
        ),
        case("wide and tall", kinds_of_boxes(rng, [(40, 10, 9), (22, 22, 10), (12, 48, 11)]), 3),
        case("many of one kind, few of the other", kinds_of_boxes(rng, [(9, 6, 28), (16, 50, 7)]), 2),
        case("small boxes alike, large ones not", tight_and_loose(rng), 2),
        case("anchors that move seven times", np.array(PATIENCE.split(), float).reshape(-1, 2), 2),
        case("the same as shares of a picture", np.array(PATIENCE.split(), float).reshape(-1, 2) / 1280, 2),
        case("boxes that change their anchor one at a time, in 57 rounds", one_at_a_time(), 2),
        case("one anchor for all", rng.uniform(3, 30, (12, 2)), 1),
        case("an anchor to which no box goes, so that it stays", np.array([[10.0, 10]] * 9 + [[50, 20]]), 3),
        case(
            "no groups at all",
            np.exp(rng.uniform(1, 4, (300, 1)) + rng.normal(0, 0.6, (300, 2))),
            2,
            fit=True,
        ),
    ],
    observe=look_at_anchors,
    gives="an array (k, 2), widths and heights",
    reference=cluster,
    tolerance=1e-4,
    mistakes=by_slip(kmeans_with, KMEANS_SLIPS),
    hints=[
        "Two steps, again and again: each box goes to an anchor, then each anchor goes to the mean of its boxes.",
        "For the IoU of shapes lay the boxes corner on corner: the overlap is the smaller width times the smaller "
        "height.",
        "If 'small boxes alike' fails alone, you take the nearest in pixels and not the highest IoU. If the example "
        "fails alone, you may have stopped after one step; if the 57 rounds do, the loop ends too early.",
        "shared = np.minimum(boxes[:, None], anchors).prod(-1); IoU = shared / (areas of the boxes + areas of the "
        "anchors - shared), shape (m, k); own = IoU.argmax(axis=1); anchors[j] = boxes[own == j].mean(axis=0).",
    ],
    idea="The mean IoU grows with k, like a staircase that gets flatter. Five was the landing that YOLOv2 chose.",
    try_next="Add 20 to the values of k in the curve, (1, 2, 3, 4, 5, 7, 9, 20), and guess the mean IoU before you run it.",
)
