"""Checks for roi_pool: any part of a feature map as a grid of one size."""

from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.plain import plain
from workbook.slips import switched


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


def first_alone(pooled: np.ndarray) -> np.ndarray:
    """The bins of the first box, and zeros. Without a box the loop never comes to its return."""
    return np.concatenate([pooled[:1], 0 * pooled[1:]]) if len(pooled) else pooled


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
        return rng.permutation(np.arange(int(np.prod(shape)))).reshape(shape).astype(np.float32) - 39.75

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
            "the minimum of each bin is taken: take the maximum": {
                "pool": lambda cells: cells.min(axis=(0, 1))
            },
            "the largest value of all channels is taken: each channel by itself": {
                "pool": lambda cells: cells.max()
            },
            "the maximum starts from 0, so that negative values are lost": {
                "pool": lambda cells: np.maximum(cells.max(axis=(0, 1)), 0)
            },
            "a bin ends at the floor of its end: take the ceiling, so that a cell cut in two counts for both": {
                "high": np.floor
            },
            "a bin ends at int(end) + 1: where its end lies on the edge of a cell, that is one cell too far. Take the "
            "ceiling": {"high": lambda end: np.floor(end) + 1},
            "a bin ends one cell too far: a slice leaves its end out, so it goes up to the ceiling": {
                "high": lambda end: np.ceil(end) + 1,
                "least": 2,
            },
            "a bin ends one cell too far, even where it has no height or width: a slice leaves its end out, so it goes up to "
            "the ceiling": {"high": lambda end: np.ceil(end) + 1},
            "a bin begins at the ceiling of its start: take the floor": {"low": np.ceil},
            "the edges of the bins are rounded to the nearest cell: floor of the start, ceiling of the end": {
                "low": np.round,
                "high": np.round,
            },
            "the box is rounded to whole cells before it is divided into bins": {"change": np.round},
            "the box is widened to whole cells before it is divided into bins": {
                "change": lambda boxes: np.concatenate(
                    [np.floor(boxes[:, :2]), np.ceil(boxes[:, 2:])], axis=1
                )
            },
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
            "only the first box is pooled, and the others stay 0. Does return stand inside the loop?": {
                "finish": first_alone
            },
            "the array holds whole numbers, so that what is behind the point is cut off: make it of floats": {
                "finish": lambda pooled: pooled.astype(int)
            },
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
