"""Checks for encode_targets: boxes as what the network should say."""

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_slip

from .anchors import shape_share
from .observers import TOLERANCE


def encode(boxes, anchors, grid, slip=""):
    """The reference, and the same with one slip in it."""
    (n_H, n_W), k = (grid[::-1] if slip == "grid turned" else grid), len(anchors)
    y_true = np.zeros((n_H, n_W, k, 6), np.float32)
    for x1, y1, x2, y2, kind in boxes[:1] if slip == "first box" else boxes:
        w, h = (x2, y2) if slip == "corners as sizes" else (x2 - x1, y2 - y1)
        w, h = (w * n_W, h * n_H) if slip == "sizes in cells" else (w, h)
        x, y = (x1, y1) if slip == "corner" else ((x1 + x2) / 2, (y1 + y2) / 2)
        across, down = (x * n_H, y * n_W) if slip == "grid exchanged" else (x * n_W, y * n_H)
        column, row = (round(across), round(down)) if slip.startswith("round") else (int(across), int(down))
        if slip == "round, kept inside":
            column, row = min(column, n_W - 1), min(row, n_H - 1)
        rest = np.array([across - column, down - row])
        if slip == "row and column":
            row, column = column, row
        if slip == "row and column, kept inside":
            row, column = min(column, n_H - 1), min(row, n_W - 1)
        if slip == "no break":
            for i in range(k):
                if not y_true[row, column, i, 0]:
                    y_true[row, column, i] = [1, *rest, *sizes_with(w, h, *anchors[i], ""), kind]
            continue
        taken = y_true[row, column, :, {"size for presence": 3, "class for presence": 5}.get(slip, 0)]
        j = anchor_for(w, h, anchors, taken, slip)
        if j is None or (slip == "one for each cell" and taken.any()):
            continue
        measure = anchor_for(w, h, anchors, 0 * taken, "") if slip == "measured by the best" else j
        t_w, t_h = sizes_with(w, h, *anchors[measure], slip)
        places = {"no offset": (across, down), "in shares": (x, y), "from the middle": rest - 0.5}
        places["shares from the corner"] = rest / [n_W, n_H]
        t_x, t_y = places.get(slip, rest)
        if slip == "x and y exchanged":
            t_x, t_y = t_y, t_x
        there = shape_share(np.array([[w, h]]), anchors)[0, j] if slip == "overlap" else 1
        target = [there, t_x, t_y, t_w, t_h, kind + (slip == "class from 1")]
        if slip == "y first":
            target = [1, t_y, t_x, t_h, t_w, kind]
        if slip == "class first":
            target = [kind, *target[1:5], 1]
        if slip == "presence last":
            target = [*target[1:5], 1, kind]
        y_true[row, column, slice(None) if slip == "every anchor" else j] = target
    return y_true.astype(int) if slip == "whole numbers" else y_true


def anchor_for(w, h, anchors, taken, slip):
    """The number of the anchor for a box, or None: the free one with the highest IoU."""
    shares = shape_share(np.array([[w, h]]), anchors)[0]
    if slip == "nearest":
        shares = -np.linalg.norm(anchors - [w, h], axis=1)
    if slip == "area":
        shares = -np.abs(anchors.prod(axis=1) - w * h)
    if slip == "sides turned":
        shares = shape_share(np.array([[h, w]]), anchors)[0]
    if slip == "overlap alone":
        shares = np.minimum([w, h], anchors).prod(axis=1)
    if slip == "lowest":
        shares = -shares
    if slip == "first free":
        shares = -np.arange(len(anchors))
    order = np.argsort(-shares, kind="stable")
    if slip == "first anchor":
        return 0
    if slip == "overwritten":
        return order[0]
    if slip == "second lost":
        return None if taken[order[0]] else order[0]
    if slip == "then the first" and taken[order[0]]:
        order = np.arange(len(anchors))
    if slip == "then the next":
        order = (order[0] + np.arange(len(anchors))) % len(anchors)
    free = [j for j in order if not taken[j]]
    full = {"full cell overwritten": order[0], "full cell, last overwritten": order[-1]}
    return free[0] if free else full.get(slip)


def sizes_with(w, h, p_w, p_h, slip):
    if slip == "sizes as they are":
        return w, h
    if slip == "no log":
        return w / p_w, h / p_h
    if slip == "difference":
        return w - p_w, h - p_h
    if slip == "log alone":
        return np.log(w), np.log(h)
    if slip == "turned over":
        return np.log(p_w / w), np.log(p_h / h)
    if slip == "anchor turned":
        return np.log(w / p_h), np.log(h / p_w)
    if slip == "h and w":
        return np.log(h / p_h), np.log(w / p_w)
    if slip == "log2":
        return np.log2(w / p_w), np.log2(h / p_h)
    return np.log(w / p_w), np.log(h / p_h)


ENCODE_SLIPS = {
    "corner": "the cell and the place in it come from the upper left corner: take the middle of the box",
    "corners as sizes": "x2 and y2 are taken for width and height: they are x2 - x1 and y2 - y1",
    "round": "the cell is rounded to the nearest: round it down, for cell 3 goes from 3 to 4",
    "round, kept inside": "the cell is rounded to the nearest, and what then lies outside the grid goes to its edge: round "
    "it down, for cell 3 goes from 3 to 4",
    "grid exchanged": "n_H and n_W are exchanged: grid is (n_H, n_W), rows first, and x counts columns",
    "grid turned": "n_W and n_H are exchanged where grid is unpacked, so that the array is turned: grid is (n_H, n_W)",
    "row and column": "row and column are exchanged: y_true is indexed [row, column], and x chooses the column",
    "row and column, kept inside": "row and column are exchanged, and what then lies outside the grid goes to its edge: "
    "y_true is indexed [row, column], and x chooses the column",
    "no offset": "the middle is given in cells from the picture's corner: take off the cell's own number",
    "in shares": "the middle is given as a share of the picture: count it in cells, from the cell's corner",
    "shares from the corner": "the middle is measured from the cell's corner, but as a share of the picture: count it in "
    "cells, 0 to 1",
    "from the middle": "the middle is measured from the cell's middle: measure it from its corner, 0 to 1",
    "x and y exchanged": "t_x and t_y are exchanged",
    "y first": "the order is t_y, t_x, t_h, t_w: it should be t_x, t_y, t_w, t_h",
    "sizes as they are": "width and height stand there as shares of the picture: t_w = log(width / anchor's width)",
    "no log": "the logarithm is missing: t_w = log(width / anchor's width)",
    "difference": "the anchor is taken off: t_w is the logarithm of the quotient",
    "sizes in cells": "width and height are counted in cells, and the anchors are shares of the picture: leave both as "
    "shares",
    "log alone": "the sizes are not divided by the anchor's: t_w = log(width / anchor's width)",
    "turned over": "the quotient is upside down: width over anchor's width",
    "h and w": "t_w and t_h are exchanged",
    "anchor turned": "the anchor's width and height are exchanged where t_w and t_h are calculated: an anchor is "
    "(width, height)",
    "log2": "the logarithm is to base 2: take the natural one, whose inverse is exp",
    "nearest": "the anchor is the one nearest in width and height: it should be the one with the highest IoU",
    "area": "the anchor is the one with the nearest area: it should be the one with the highest IoU",
    "overlap alone": "the anchor is the one with the largest overlap: divide by the union, or the large anchors win",
    "whole numbers": "the array holds whole numbers, so that everything behind the point is cut off: make it of floats",
    "sides turned": "width and height are exchanged where the anchor is chosen: an anchor is (width, height)",
    "lowest": "the anchor with the lowest IoU is chosen: it should be the highest",
    "first anchor": "every box goes to anchor 0: it should go to the one with the highest IoU",
    "first free": "a box takes the first free anchor of its cell: it should take the free one with the highest IoU",
    "then the first": "a box whose best anchor is taken goes to the first one in the list that is free: it should "
    "take the free one with the highest IoU",
    "then the next": "a box whose best anchor is taken goes to the next one in the list that is free: it should "
    "take the free one with the highest IoU",
    "every anchor": "a box is written to all anchors of its cell: one is enough",
    "no break": "a box is written to every free anchor of its cell: end the search (break) after the first",
    "overwritten": "a box takes its best anchor even where another box is there already: it should take the best "
    "that is free",
    "size for presence": "a cell counts as free where the width stands at 0, as it does for a box as wide as its "
    "anchor: look at the first number, presence",
    "class for presence": "a cell counts as free where the class stands at 0, as class 0 does: look at the first number, "
    "presence",
    "measured by the best": "t_w and t_h are measured by the best anchor, where the box stands in another: measure by the "
    "anchor that it stands in",
    "one for each cell": "a cell takes one box only: a second one goes to the best anchor that is free",
    "first box": "only the first box is entered. Does return stand inside the loop?",
    "second lost": "a box whose best anchor is taken is dropped: it should take the best that is free",
    "full cell overwritten": "where no anchor is free, a box is written over another: it is left out",
    "full cell, last overwritten": "where no anchor is free, a box is written over the one that was tried last: it is left "
    "out",
    "overlap": "the first number is the IoU with the anchor: it should be 1",
    "class from 1": "1 is added to the class",
    "class first": "class and presence are exchanged: the order is presence, t_x, t_y, t_w, t_h, class",
    "presence last": "the 1 stands after the box: the order is presence, t_x, t_y, t_w, t_h, class",
}


def small_anchors():
    return np.array([[0.1, 0.15], [0.3, 0.12], [0.16, 0.4]])


def boxes_around(rng, rows):
    """Boxes x1, y1, x2, y2, class around middles, from rows (x, y, w, h, class); sizes vary by 4 %."""
    rows = np.array(rows, float)
    sizes = rows[:, 2:4] * rng.uniform(0.96, 1.04, (len(rows), 2))
    return np.concatenate([rows[:, :2] - sizes / 2, rows[:, :2] + sizes / 2, rows[:, 4:]], axis=1)


def encode_cases(rng):
    x, y = rng.uniform(0.42, 0.46), rng.uniform(0.55, 0.59)  # in row 2, column 2 of 4 x 5
    crowd = [(x, y, 0.3, 0.12, 0), (x - 0.01, y + 0.02, 0.32, 0.11, 4), (x + 0.02, y, 0.28, 0.13, 2)]
    spread = [
        (0.13, 0.3, 0.1, 0.16, 3),
        (0.7, 0.2, 0.29, 0.12, 0),
        (0.83, 0.62, 0.17, 0.41, 2),
        (0.2, 0.7, 0.3, 0.1, 1),
    ]
    long_ones = [(0.3, 0.4, 0.14, 0.26, 1), (0.61, 0.6, 0.2, 0.2, 3), (0.77, 0.3, 0.19, 0.17, 0)]
    long_ones += [(0.1, 0.8, 0.04, 0.3, 2), (0.9, 0.85, 0.17, 0.04, 1)]
    return [
        case("the example of the text", example_box(), np.array([[0.1, 0.1], [0.2, 0.4]]), (2, 4)),
        case("boxes in different cells", boxes_around(rng, spread), small_anchors(), (4, 5)),
        case("more rows than columns", boxes_around(rng, spread), small_anchors(), (7, 3)),
        case("sizes between the anchors'", boxes_around(rng, long_ones), small_anchors(), (3, 6)),
        case(
            "two in one cell that want the same anchor", boxes_around(rng, crowd[:2]), small_anchors(), (4, 5)
        ),
        case(
            "two in one cell that want the same anchor, the anchors in another order",
            boxes_around(rng, crowd[:2]),
            small_anchors()[::-1],
            (4, 5),
        ),
        case(
            "two in one cell, wide and tall",
            boxes_around(rng, [crowd[0], (x, y, 0.15, 0.38, 3)]),
            small_anchors(),
            (4, 5),
        ),
        case(
            "two in one cell, the first of the very size of its anchor",
            np.array([[0.3125, 0.5, 0.5625, 0.625, 1], [0.31, 0.5, 0.57, 0.63, 2]]),
            np.array([[0.25, 0.125], [0.5, 0.25]]),
            (4, 5),
        ),
        case("three in a cell of two anchors", boxes_around(rng, crowd), small_anchors()[:2], (4, 5)),
        case("a picture without objects", np.zeros((0, 5)), small_anchors(), (3, 4)),
    ]


def example_box():
    """The worked example: middle (0.4, 0.75) lies in column 1 of 4 and row 1 of 2."""
    return np.array([[0.3, 0.55, 0.5, 0.95, 2]])


encode_targets = Exercise(
    name="encode_targets",
    points=16,
    difficulty=4,
    minutes=35,
    cases=encode_cases,
    reference=encode,
    tolerance=TOLERANCE,
    mistakes=by_slip(
        lambda slip: lambda boxes, anchors, grid: encode(boxes, anchors, grid, slip), ENCODE_SLIPS
    ),
    hints=[
        "Write down for one box: its middle as a share, then in cells. What is before the decimal point is the cell, "
        "what is after it is t.",
        "x * n_W counts columns, y * n_H counts rows. int() cuts off what is after the decimal point.",
        "If only the crowded cells fail, look at what happens where an anchor is taken. If 'more rows than columns' "
        "raises an IndexError, row and column or n_H and n_W are exchanged.",
        "for j in np.argsort(-shares): if y_true[row, column, j, 0] == 0: y_true[row, column, j] = [1, x * n_W - "
        "column, y * n_H - row, log(w / p_w), log(h / p_h), kind]; break.",
    ],
    idea="What is behind the point is in the target, what is before it is the place: no network has to learn to count.",
    try_next="Encode the box of the example by hand on a grid of (1, 1), and say first what t_x and t_y become.",
)
