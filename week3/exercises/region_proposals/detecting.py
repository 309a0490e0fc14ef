"""Checks for rcnn_detect: proposals that are cut out and classified one by one."""

from collections.abc import Callable

import numpy as np

from workbook import Exercise, case
from workbook.slips import switched

from .regions import area
from .seeing import RESULTS, look_at_detection


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
    score_for_iou: bool = False,
    fixed_size: int | None = None,
    background: str = "dropped",
    count_from: int = 1,
    suppress: str = "by class",
    picked_from: str = "kept",
    over: Callable = lambda value, threshold: value > threshold,
    finish: Callable = lambda scores, boxes, classes: (scores, boxes, classes),
    empty: str = "arrays",
) -> tuple:
    """Scores, boxes and classes of what is seen in the proposals (Girshick et al. 2014, section 2).

    background   "dropped", "kept" as a class, or "blind": it is left out before the best class is chosen
    picked_from  "kept", "all", or "boxes from all": the numbers that suppress gives pick from what was there before filtering
    """
    proposals = np.asarray(proposals, float).reshape(-1, 4)
    if default_limit is not None and score_threshold == 0.5:
        score_threshold = default_limit
    if default_iou is not None and iou_threshold == 0.3:
        iou_threshold = default_iou
    if exchanged:
        score_threshold, iou_threshold = iou_threshold, score_threshold
    if score_for_iou:
        iou_threshold = score_threshold
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
    everything = scores, proposals, classes
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
        picked = {"all": everything, "boxes from all": (scores, proposals, classes)}.get(
            picked_from, (scores, boxes, classes)
        )
        scores, boxes, classes = (each[kept] for each in picked)
    return finish(scores, boxes, classes + count_from - 1)


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
        case("a picture higher than wide, crops of 24, corners with fractions", (120, 70), boxes((8.75, 60.5, 40.25, 100.75), (12.75, 10.25, 60.5, 50.75)), probabilities_of([1, 2], [0.75, 0.875], 3), size=24),
        case("a score that meets the threshold exactly, and one just below", (80, 120), left, probabilities_of([1, 2, 1], [0.75, 0.734375, 0.875], 3), score_threshold=0.75),
        case("a low threshold, where the background is the most probable", (80, 120), hand, probabilities_of([0, 1, 2, 0], [0.5, 0.4375, 0.625, 0.5625], 3), score_threshold=0.3),
        case("two classes at one place", (80, 120), lengthwise, probabilities_of([1, 2], [0.8125, 0.75], 3)),
        case("an overlap that meets iou_threshold exactly", (80, 120), parts, probabilities_of([1, 1, 1], [0.6875, 0.75, 0.5625], 2), iou_threshold=0.5),
        case("a high iou_threshold", (80, 120), lengthwise, probabilities_of([1, 1], [0.6875, 0.9375], 2), iou_threshold=0.6),
        case("an overlap of 0.43, nothing said of iou_threshold", (80, 120), chain, probabilities_of([1, 1, 1], [0.9375, 0.8125, 0.6875], 2)),
        case("boxes apart in both directions, of one class", (80, 120), boxes((10, 10, 30, 30), (46, 46, 66, 66)), probabilities_of([1, 1], [0.75, 0.875], 3)),
        case("a high score_threshold, and an overlap of 0.54", (80, 120), lengthwise, probabilities_of([1, 1], [0.875, 0.9375], 2), score_threshold=0.75),
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
            "iou_threshold is not handed on to suppress, whose own default is 0.5": {"iou_limit": 0.5},
            "score_threshold and iou_threshold are exchanged": {"exchanged": True},
            "suppress gets score_threshold in place of iou_threshold": {"score_for_iou": True},
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
            "the numbers that suppress gives pick from all proposals: they count those that were given to suppress, so "
            "pick from scores[keep], proposals[keep] and classes[keep]": {"picked_from": "all"},
            "the boxes are picked from all proposals by the numbers that suppress gives: pick them from those that were given "
            "to suppress, proposals[keep], as the scores": {"picked_from": "boxes from all"},
            "the first of several boxes stays, and not the one with the best score": {"suppress": "first"},
            "the background comes back as a class: drop class 0": {"background": "kept"},
            "the background is left out before the best class is chosen: where it is the most probable, there is "
            "nothing": {"background": "blind"},
            "the classes are the places in probabilities[:, 1:]: add 1, for column 0 was cut off, and look at the "
            "background before": {"background": "blind", "count_from": 0},
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
            "the pixels are scaled, by 255 for instance: the classifier gets them as they are": {
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
            "the boxes are rounded to whole pixels: give them as the proposals are": {
                "finish": lambda scores, boxes, classes: (scores, np.round(boxes), classes)
            },
            "the boxes are cut to whole pixels: give them as the proposals are": {
                "finish": lambda scores, boxes, classes: (scores, np.floor(boxes), classes)
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
    try_next="In the cell that draws the detections write 0.5 in place of 0.7, and say first what will be seen "
    "more. Why would 0.2 show nothing more than 0.5?",
    idea="Swap the classifier and it detects something else: the proposals know of no class.",
)
