"""Checks for map_to_boxes: from a map of scores to boxes."""

from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, Mistake, case
from workbook.plain import plain
from workbook.slips import switched

from .sliding import both_ways, regular


def map_to_boxes(
    scores: np.ndarray,
    window: Any,
    stride: int,
    threshold: float,
    scale: float = 1.0,
    *,
    chosen: Callable = lambda scores, threshold: scores >= threshold,
    shape: Callable = lambda f_H, f_W: (f_H, f_W),
    step: Callable = lambda stride, f_H, f_W: (stride, stride),
    box: Callable = lambda stride, f_H, f_W: (f_H, f_W),
    swapped: bool = False,
    finish: Callable = lambda boxes, scale: np.concatenate([boxes[:, :4] / scale, boxes[:, 4:]], axis=1),
    change: Callable = lambda boxes: boxes,
) -> np.ndarray:
    """The windows whose score reaches the threshold: rows x1, y1, x2, y2, score.

    chosen   which places of the map count; step: pixels from one row and one column to the next
    box      height and width of a box
    swapped  whether rows of the map are taken for x
    change   what happens to the boxes before, finish: when they are brought to the picture's own size
    """
    f_H, f_W = shape(*both_ways(window))
    down, right = step(stride, f_H, f_W)
    i, j = np.nonzero(chosen(scores, threshold))
    values = scores[i, j]
    if swapped:
        i, j = j, i
    y1, x1 = i * down, j * right
    high, wide = box(stride, f_H, f_W)
    boxes = np.stack([x1, y1, x1 + wide, y1 + high, values], axis=1).astype(float)
    return finish(change(boxes), scale)


def corners_only(boxes: np.ndarray, scale: float) -> np.ndarray:
    """Boxes whose corner is brought to the picture's own size, and whose sides are not."""
    first = boxes[:, :2] / scale
    return np.concatenate([first, first + boxes[:, 2:4] - boxes[:, :2], boxes[:, 4:]], axis=1)


def centred(boxes: np.ndarray) -> np.ndarray:
    """Boxes whose middle is where their corner belongs."""
    half = (boxes[:, 2:4] - boxes[:, :2]) / 2
    return boxes - np.concatenate([half, half, 0 * half[:, :1]], axis=1)


def look_at_boxes(function: Callable, *args: Any, **kwargs: Any) -> Any:
    """The boxes as an array, however they come: as a list, as a tensor, with none of them. They are in the order
    of their corners, which no two share: scores that were rounded may be equal."""
    boxes = function(*args, **kwargs)
    if boxes is None:
        return None
    boxes = plain(regular(boxes))
    if not isinstance(boxes, np.ndarray) or boxes.dtype.kind not in "biuf":
        return boxes
    if boxes.size == 0:
        return np.zeros((0, 5))
    if boxes.ndim != 2:
        return boxes
    return boxes[np.lexsort(np.round(boxes, 6).T[::-1])]


def some_scores(rng: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """A map of scores, some high and some low, in hundredths."""
    return np.round(rng.permutation(np.linspace(0.03, 0.97, rows * columns)), 2).reshape(rows, columns)


EXAMPLE = np.array([[0.1, 0.9, 0.2], [0.3, 0.4, 0.6]])

boxes = Exercise(
    name="map_to_boxes",
    points=10,
    difficulty=2,
    minutes=15,
    cases=lambda rng: [
        case("the example of the text", EXAMPLE, 4, 2, 0.5),
        case("a window that is not square: 3 high, 5 wide", some_scores(rng, 3, 4), (3, 5), 2, 0.6),
        case("a score that meets the threshold exactly", np.array([[0.25, 0.75], [0.5, 0.875]]), 6, 3, 0.75),
        case("no score reaches the threshold", some_scores(rng, 2, 3), 8, 4, 0.98),
        case("found in a picture of half the size", some_scores(rng, 3, 2), 8, 4, 0.4, scale=0.5),
        case("found in a picture a little larger", some_scores(rng, 4, 5), (7, 6), 3, 0.3, 1.25),
    ],
    observe=look_at_boxes,
    gives="an array of boxes (k, 5)",
    reference=map_to_boxes,
    tolerance=1e-5,
    mistakes=[
        *switched(
            map_to_boxes,
            {
                "> stands for >=: a score that meets the threshold counts too": {
                    "chosen": lambda scores, threshold: scores > threshold
                },
                "the threshold is ignored: every window becomes a box": {
                    "chosen": lambda scores, threshold: np.ones(scores.shape, bool)
                },
                "the argument threshold is ignored: it is always 0.5": {
                    "chosen": lambda scores, threshold: scores >= 0.5
                },
                "only the window with the highest score becomes a box": {
                    "chosen": lambda scores, threshold: (scores >= threshold) & (scores == scores.max())
                },
                "only the first row of the map is looked at. Does return stand inside the loop?": {
                    "chosen": lambda scores, threshold: (
                        (scores >= threshold) & (np.arange(len(scores)) == 0)[:, None]
                    )
                },
                "only the first place of the map is looked at. Does return stand inside the loops?": {
                    "chosen": lambda scores, threshold: (
                        (scores >= threshold) & (np.arange(scores.size) == 0).reshape(scores.shape)
                    )
                },
                "the windows below the threshold become boxes, not those that reach it": {
                    "chosen": lambda scores, threshold: scores < threshold
                },
                "a row of the map is taken for x and a column for y. Rows go down: they are y": {
                    "swapped": True
                },
                "the boxes are (y1, x1, y2, x2). Here x comes first": {
                    "change": lambda boxes: boxes[:, [1, 0, 3, 2, 4]]
                },
                "height and width of the window are swapped: it is given as (h, w)": {
                    "shape": lambda f_H, f_W: (f_W, f_H)
                },
                "every box is square: the window's width is ignored": {"shape": lambda f_H, f_W: (f_H, f_H)},
                "every box is square: the window's height is ignored": {"shape": lambda f_H, f_W: (f_W, f_W)},
                "the stride is ignored: place (i, j) of the map begins at pixel (i * stride, j * stride)": {
                    "step": lambda stride, f_H, f_W: (1, 1)
                },
                "one step in the map is taken for a whole window. It is stride pixels": {
                    "step": lambda stride, f_H, f_W: (f_H, f_W)
                },
                "a box is as large as the stride. It is as large as the window: x2 = x1 + w, y2 = y1 + h": {
                    "box": lambda stride, f_H, f_W: (stride, stride)
                },
                "the rows are not multiplied by stride: y1 = i * stride": {
                    "step": lambda stride, f_H, f_W: (1, stride)
                },
                "the columns are not multiplied by stride: x1 = j * stride": {
                    "step": lambda stride, f_H, f_W: (stride, 1)
                },
                "the boxes are (x1, x2, y1, y2). The order is x1, y1, x2, y2": {
                    "change": lambda boxes: boxes[:, [0, 2, 1, 3, 4]]
                },
                "the second corner is (y2, x2). The order is x1, y1, x2, y2": {
                    "change": lambda boxes: boxes[:, [0, 1, 3, 2, 4]]
                },
                "the boxes are (x, y, width, height). The second corner is asked for: x + width, y + height": {
                    "change": lambda boxes: np.concatenate(
                        [boxes[:, :2], boxes[:, 2:4] - boxes[:, :2], boxes[:, 4:]], axis=1
                    )
                },
                "the last two corners are the window's width and height, and not divided by scale. The second corner is asked "
                "for: (x1 + w) / scale, (y1 + h) / scale": {
                    "finish": lambda boxes, scale: np.concatenate(
                        [boxes[:, :2] / scale, boxes[:, 2:4] - boxes[:, :2], boxes[:, 4:]], axis=1
                    )
                },
                "(j * stride, i * stride) is taken for the middle of the box. It is its upper left corner": {
                    "change": centred
                },
                "the second corner is one pixel too near: x2 = x1 + width": {
                    "change": lambda boxes: boxes - [0, 0, 1, 1, 0]
                },
                "the argument scale is ignored: the boxes are in pixels of the picture that was searched": {
                    "finish": lambda boxes, scale: boxes
                },
                "the boxes are multiplied by scale. In a picture of half the size a face is half as large: divide": {
                    "finish": lambda boxes, scale: boxes * [scale, scale, scale, scale, 1]
                },
                "only the first corner is divided by scale: the sides of a box grow with it": {
                    "finish": corners_only
                },
                "only the first corner is divided by scale. The second one needs it too": {
                    "finish": lambda boxes, scale: np.concatenate(
                        [boxes[:, :2] / scale, boxes[:, 2:]], axis=1
                    )
                },
                "the corners are cut to whole pixels": {
                    "finish": lambda boxes, scale: np.concatenate(
                        [np.floor(boxes[:, :4] / scale), boxes[:, 4:]], axis=1
                    )
                },
                "the corners are rounded to the nearest whole pixels": {
                    "finish": lambda boxes, scale: np.concatenate(
                        [np.round(boxes[:, :4] / scale), boxes[:, 4:]], axis=1
                    )
                },
                "the scores are divided by scale too": {"finish": lambda boxes, scale: boxes / scale},
                "the array holds whole numbers, so that corners and scores are cut off: make it of floats": {
                    "finish": lambda boxes, scale: np.floor(boxes / [scale, scale, scale, scale, 1])
                },
                "the scores are cut off to whole numbers: leave them as they are": {
                    "finish": lambda boxes, scale: np.concatenate(
                        [boxes[:, :4] / scale, np.floor(boxes[:, 4:])], axis=1
                    )
                },
                "the scores are rounded: leave them as they are": {
                    "finish": lambda boxes, scale: np.concatenate(
                        [boxes[:, :4] / scale, np.round(boxes[:, 4:])], axis=1
                    )
                },
                "the scores are missing: each row is x1, y1, x2, y2, score": {
                    "finish": lambda boxes, scale: boxes[:, :4] / scale
                },
                "the score comes first in each row. It comes last: x1, y1, x2, y2, score": {
                    "finish": lambda boxes, scale: np.concatenate(
                        [boxes[:, 4:], boxes[:, :4] / scale], axis=1
                    )
                },
            },
        ),
        Mistake(
            "the argument scale has no effect on the corner, only on the sides of a box",
            lambda scores, window, stride, threshold, scale=1.0: map_to_boxes(
                scores,
                window,
                stride,
                threshold,
                finish=lambda boxes, _: np.concatenate(
                    [boxes[:, :2], boxes[:, :2] + (boxes[:, 2:4] - boxes[:, :2]) / scale, boxes[:, 4:]],
                    axis=1,
                ),
            ),
        ),
    ],
    hints=[
        "np.nonzero(scores >= threshold), or two loops, gives the places (i, j). Which of the two is x?",
        "x1 = j * stride, y1 = i * stride, x2 = x1 + w, y2 = y1 + h. Then all four divided by scale, the score not.",
        "If only 'not square' fails, h and w are mixed up. If only 'meets the threshold exactly' fails, it is >= . "
        "If both cases with a scale fail, look at what is divided: four numbers, and not multiplied.",
        "boxes.append([j * stride / scale, i * stride / scale, (j * stride + w) / scale, (i * stride + h) / scale, "
        "scores[i, j]]) for each place; at the end np.array(boxes).reshape(-1, 5).",
    ],
    idea="Three numbers, window, stride and scale, are all that links a map to the pixels of the picture.",
    try_next="Once find_faces is defined, call find_faces(stand.picture, scales=(1.0,)) and draw its boxes with "
    "windows.show_picture: say first which rows of seats keep theirs.",
)
