"""Week 3: the pictures of the lesson on car detection. Functions that draw return nothing."""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle
from PIL import Image

import helpers

DPI = 72
STYLES = ["-", "--", "-.", ":"]
MARKERS = ["o", "s", "^", "D", "v"]


def show_overlaps(pairs, values):
    """Pairs of boxes, their overlap hatched, and under each pair its IoU.

    pairs: pairs of corner boxes (4,); values: a number for each
    """
    figure, axes = plt.subplots(1, len(pairs), figsize=(2.3 * len(pairs), 2.4), dpi=DPI)
    for axis, (one, two), value in zip(axes, pairs, values, strict=True):
        for box, style in ((one, "-"), (two, "--")):
            axis.add_patch(_rectangle(box, fill=False, linewidth=2, linestyle=style))
        corners = np.concatenate([np.maximum(one[:2], two[:2]), np.minimum(one[2:], two[2:])])
        if (corners[2:] > corners[:2]).all():
            axis.add_patch(
                _rectangle(corners, facecolor="lightgray", hatch="///", edgecolor="gray", linewidth=0)
            )
        low, high = np.minimum(one, two)[:2], np.maximum(one, two)[2:]
        middle, reach = (low + high) / 2, 0.56 * (high - low).max()
        axis.set(xlim=(middle[0] - reach, middle[0] + reach), ylim=(middle[1] + reach, middle[1] - reach))
        axis.set(aspect="equal", title=f"IoU {value:.2f}")
        axis.axis("off")
    figure.tight_layout()
    plt.show()


def _rectangle(box, **style):
    x1, y1, x2, y2 = box[:4]
    return Rectangle((x1, y1), x2 - x1, y2 - y1, **({"edgecolor": "black"} | style))


def show_grid(picture, boxes, grid, anchors):
    """A picture with its grid, the middle of each box and the anchor that fits it best, dashed.

    picture (n_H, n_W, 3); boxes (n, 5), pixels and class; grid: rows and columns; anchors (k, 2), shares
    """
    n_H, n_W = picture.shape[:2]
    figure, axis = plt.subplots(figsize=(8, 8 * n_H / n_W), dpi=DPI)
    axis.imshow(picture, extent=(0, n_W, n_H, 0))
    for i in range(1, grid[0]):
        axis.axhline(i * n_H / grid[0], color="white", linewidth=0.7)
    for i in range(1, grid[1]):
        axis.axvline(i * n_W / grid[1], color="white", linewidth=0.7)
    for x1, y1, x2, y2, _ in boxes:
        x, y = (x1 + x2) / 2, (y1 + y2) / 2
        cell = np.floor([x / n_W * grid[1], y / n_H * grid[0]]) * [n_W / grid[1], n_H / grid[0]]
        axis.add_patch(
            _rectangle(
                (*cell, cell[0] + n_W / grid[1], cell[1] + n_H / grid[0]), facecolor="white", alpha=0.45
            )
        )
        axis.add_patch(_rectangle((x1, y1, x2, y2), fill=False, edgecolor="yellow", linewidth=2.2))
        w, h = anchors[best_anchor((x2 - x1) / n_W, (y2 - y1) / n_H, anchors)] * [n_W, n_H]
        around = (x - w / 2, y - h / 2, x + w / 2, y + h / 2)
        axis.add_patch(_rectangle(around, fill=False, edgecolor="white", linewidth=1.4, linestyle="--"))
        axis.plot(x, y, "o", color="yellow", mec="black", ms=6)
    axis.set(xlim=(0, n_W), ylim=(n_H, 0))
    axis.axis("off")
    figure.tight_layout(pad=0.2)
    plt.show()


def best_anchor(w, h, anchors):
    """The number of the anchor (k, 2) with the highest IoU with a box of this width and height."""
    shared = np.minimum(w, anchors[:, 0]) * np.minimum(h, anchors[:, 1])
    return int(np.argmax(shared / (w * h + anchors.prod(axis=1) - shared)))


def show_shapes(boxes, anchors, curves):
    """Widths and heights of boxes with the anchors on them; and the mean IoU as the number of anchors grows.

    boxes (m, 2), anchors (k, 2) in pixels; curves: {k: mean IoU}
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), dpi=DPI)
    left.plot(*boxes.T, ".", color="gray", ms=3, alpha=0.5, label="boxes")
    left.plot(*anchors.T, "X", color="black", mec="white", ms=13, label="anchors")
    left.set(xscale="log", yscale="log", xlabel="width, pixels", ylabel="height, pixels")
    ticks = [4, 8, 16, 32, 64]
    left.set_xticks(ticks, ticks)
    left.set_yticks(ticks, ticks)
    left.minorticks_off()
    left.legend(fontsize=9)
    right.plot(list(curves), list(curves.values()), "-o", color="black")
    right.set(
        xlabel="number of anchors",
        ylabel="mean IoU with the best anchor",
        xticks=list(curves),
        ylim=(0.2, 0.9),
    )
    right.grid(alpha=0.3)
    figure.tight_layout()
    plt.show()


def show_losses(losses):
    """The loss of each epoch, on a logarithmic scale."""
    figure, axis = plt.subplots(figsize=(5.5, 2.8), dpi=DPI)
    axis.plot(np.arange(1, len(losses) + 1), losses, "-", color="black")
    axis.set(xlabel="epoch", ylabel="loss (logarithmic)", yscale="log")
    ticks = [
        t for t in (1, 2, 3, 4, 6, 8, 10, 15, 20, 30, 40, 60) if min(losses) * 0.9 < t < max(losses) * 1.1
    ]
    axis.set_yticks(ticks, ticks)
    axis.minorticks_off()
    axis.grid(alpha=0.3)
    figure.tight_layout()
    plt.show()


def show_precision_recall(marks, average_precision):
    """Precision against recall of each class, as the threshold falls.

    marks: {class: Marks}, see detector.match
    """
    figure, axis = plt.subplots(figsize=(5.5, 3.8), dpi=DPI)
    for (name, (scores, correct, n_objects)), style, mark in zip(
        marks.items(), STYLES, MARKERS, strict=False
    ):
        right = np.cumsum(correct[np.argsort(-scores)])
        precision, recall = right / np.arange(1, len(scores) + 1), right / n_objects
        label = f"{name}: AP {float(average_precision(scores, correct, n_objects)):.2f}"
        every = max(1, len(recall) // 8)
        axis.plot(
            recall,
            precision,
            style,
            color="black",
            marker=mark,
            markevery=every,
            mfc="white",
            ms=6,
            label=label,
        )
    axis.set(xlabel="recall: share of the objects found", ylabel="precision", xlim=(0, 1.02), ylim=(0, 1.04))
    axis.legend(fontsize=9, loc="lower left")
    axis.grid(alpha=0.3)
    figure.tight_layout()
    plt.show()


def show_detections(pictures, detections, names, columns=4, truth=None):
    """Pictures with what was detected in them, class and score on each box.

    detections: for each picture (scores, boxes, classes), boxes y1, x1, y2, x2 in pixels
    truth: for each picture (n, 5), drawn beside it as a second row of pictures; None: none
    """
    boxes = [np.asarray(found[1]).reshape(-1, 4)[:, [1, 0, 3, 2]] for found in detections]
    scores = [np.asarray(found[0]) for found in detections]
    labels = [np.asarray(found[2]).astype(int) for found in detections]
    helpers.show_scenes(pictures, boxes, labels, scores, names=names, columns=columns, width=12.5 / columns)


def show_recall(edges, recall):
    """Which share of the objects is found, by the shorter side of their boxes.

    edges: sides in pixels, one more than recall has numbers
    """
    names = [f"{low} to {high}" for low, high in pairwise(edges)]
    names[-1] = f"{edges[-2]} or more"
    figure, axis = plt.subplots(figsize=(6, 2.8), dpi=DPI)
    axis.bar(range(len(names)), recall, 0.7, color="lightgray", edgecolor="black")
    for i, share in enumerate(recall):
        axis.text(i, share + 0.02, f"{share:.2f}", ha="center", fontsize=9)
    axis.set_xticks(range(len(names)), names, fontsize=9)
    axis.set(xlabel="shorter side of the box, pixels", ylabel="share found", ylim=(0, 1.12))
    figure.tight_layout()
    plt.show()


# ---------------------------------------------------------------- real photographs


def show_real_streets(darknet, most=4):
    """What a real YOLO finds in real photographs, where its files are; else a line that says what is missing.

    darknet: the module that reads Darknet's files
    """
    networks = darknet.find_darknet()
    photographs = _photographs(networks[0].cfg.parent)[:most] if networks else []
    if not networks:
        print(
            "There is no Darknet network here: put a pair NAME.cfg and NAME.weights, its classes in NAME.names and"
        )
        print("some photographs (.jpg) into datasets/darknet/, and run this cell again.")
        return
    network = darknet.load_darknet(*networks[0])
    print(
        f"{networks[0].cfg.stem}: {network.model.count_params():,} parameters, {len(network.names)} classes"
    )
    if not photographs:
        print(f"There are no photographs (.jpg) beside {networks[0].cfg.name}: put some there.")
    for path in photographs:
        picture = np.asarray(Image.open(path).convert("RGB"))
        found = network.detect(picture)
        seen = ", ".join(f"{name} {score:.2f}" for name, score, _ in found[:5]) or "nothing"
        print(f"{path.name}: {seen}{' and more' if len(found) > 5 else ''}")
        names, scores, boxes = ([each[i] for each in found] for i in range(3))
        helpers.draw_boxes(picture, boxes, names, scores, names=network.names)


def _photographs(folder):
    """The photographs beside a network: one that everybody knows first, then streets, then others."""
    streets = sorted((folder.parent / "driveai").glob("*.jpg"))
    beside = sorted(folder.glob("*.jpg"), key=lambda path: (path.stem != "dog", path.stem))
    return beside[:1] + streets[1::5] + beside[1:]
