"""Week 3, region proposals: its figures. No TensorFlow is loaded here.

Boxes are (n, 4) corners x1, y1, x2, y2 in pixels. Functions that draw return nothing.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

DPI = 72
STYLES = ("-", "--", ":")
MARKERS = ("o", "s", "^")
HATCHES = ("", "///", "...")


def mean_colours(pieces, picture):
    """A picture (n_H, n_W, 3), 0 to 1, in which each piece has the mean of its colours. pieces (n_H, n_W) int."""
    counts = np.bincount(pieces.ravel())
    means = [np.bincount(pieces.ravel(), picture[..., k].ravel()) / counts for k in range(3)]
    return np.stack(means, axis=-1)[pieces]


def edges_of(pieces):
    """Where one piece (n_H, n_W) ends and the next begins: (n_H, n_W) bool."""
    edges = np.zeros(pieces.shape, bool)
    edges[:, 1:] |= pieces[:, 1:] != pieces[:, :-1]
    edges[1:] |= pieces[1:] != pieces[:-1]
    return edges


def show_pieces(picture, several, titles):
    """A picture (n_H, n_W, 3), and beside it several divisions of it into pieces (2 n_H, 2 n_W) int."""
    large = np.repeat(np.repeat(picture / 255.0, 2, axis=0), 2, axis=1)
    figure, axes = plt.subplots(1, 1 + len(several), figsize=(3.4 * (1 + len(several)), 2.9), dpi=DPI)
    axes[0].imshow(picture)
    axes[0].set_title("the picture", fontsize=10)
    for axis, pieces, title in zip(axes[1:], several, titles, strict=True):
        painted = mean_colours(pieces, large)
        painted[edges_of(pieces)] = 1
        axis.imshow(painted)
        axis.set_title(title, fontsize=10)
    for axis in axes:
        axis.axis("off")
    figure.tight_layout(pad=0.3)
    plt.show()


def show_regions(picture, boxes, truth, columns=4):
    """Boxes (n, 4) by their size: a panel for each quarter of them, the largest first; cars (k, 4) dashed."""
    area = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    parts = np.array_split(np.argsort(-area, kind="stable"), columns)
    figure, axes = plt.subplots(1, columns, figsize=(3.2 * columns, 2.8), dpi=DPI)
    for axis, part in zip(axes, parts, strict=True):
        axis.imshow(0.5 + 0.5 * picture / 255.0)
        for box in boxes[part]:
            _box(axis, box, "black", 0.7)
        for box in truth:
            _box(axis, box, "white", 3.2)
            _box(axis, box, "black", 1.6, "--")
        low, high = np.sqrt(area[part].min()), np.sqrt(area[part].max())
        axis.set_title(f"{len(part)} boxes, about {low:.0f} to {high:.0f} pixels", fontsize=10)
        axis.axis("off")
    figure.tight_layout(pad=0.3)
    plt.show()


def _box(axis, box, colour, width, style="-"):
    x1, y1, x2, y2 = box[:4]
    corner = (x1 - 0.5, y1 - 0.5)  # the middle of the first pixel is at 0, its edge at -0.5
    axis.add_patch(
        Rectangle(corner, x2 - x1, y2 - y1, fill=False, edgecolor=colour, linewidth=width, linestyle=style)
    )


def show_best(pictures, proposals, truth, overlaps):
    """Cars (k, 4) of some pictures, dashed, and for each the proposal that fits best, with its IoU.

    proposals: for each picture (n, 4); overlaps: for each picture a table (k, n) of IoU
    """
    figure, axes = plt.subplots(1, len(pictures), figsize=(3.2 * len(pictures), 2.6), dpi=DPI)
    for axis, picture, boxes, objects, table in zip(axes, pictures, proposals, truth, overlaps, strict=True):
        axis.imshow(picture)
        for box, row in zip(objects, table, strict=True):
            best = boxes[row.argmax()]
            _box(axis, box, "white", 3.2)
            _box(axis, box, "black", 1.6, "--")
            _box(axis, best, "black", 3.4)
            _box(axis, best, "#ffe14d", 1.8)
            x = min(best[0], 0.8 * picture.shape[1])
            axis.text(
                x,
                max(best[1] - 1.5, 8),
                f"{row.max():.2f}",
                fontsize=9,
                color="white",
                backgroundcolor="black",
            ).get_bbox_patch().set_boxstyle("square", pad=0.15)
        axis.axis("off")
    figure.tight_layout(pad=0.3)
    plt.show()


def show_recall(counts, curves):
    """Recall against the number of proposals, which grows by factors. curves: {name: (counts,)}."""
    figure, axis = plt.subplots(figsize=(6.6, 4), dpi=DPI)
    for (name, values), style, mark in zip(curves.items(), STYLES, MARKERS, strict=False):
        axis.plot(counts, values, style, color="black", marker=mark, markerfacecolor="white", label=name)
    axis.axvline(200, color="0.7", linewidth=1)
    axis.axhline(0.9, color="0.7", linewidth=1)
    axis.set(xscale="log", xlabel="boxes for each picture", ylabel="share of the cars found", ylim=(0, 1.02))
    axis.set_xticks(counts, [str(n) for n in counts])
    axis.minorticks_off()
    axis.legend(fontsize=9)
    figure.tight_layout()
    plt.show()


def show_bins(features, box, bins):
    """A map (n_H, n_W), a box (4,) in cells on it, its bins' edges, and the maximum of each bin (h, w) beside it."""
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(8.6, 3.6), dpi=DPI, width_ratios=(features.shape[1], 1.6 * bins.shape[1])
    )
    x1, y1, x2, y2 = box
    _numbers(left, features)
    _box(left, box, "black", 3)
    for k in range(1, bins.shape[0]):
        left.plot([x1 - 0.5, x2 - 0.5], [y1 + k * (y2 - y1) / bins.shape[0] - 0.5] * 2, "--", color="black")
    for k in range(1, bins.shape[1]):
        left.plot([x1 + k * (x2 - x1) / bins.shape[1] - 0.5] * 2, [y1 - 0.5, y2 - 0.5], "--", color="black")
    _numbers(right, bins)
    left.set_title("the map, a box and its bins", fontsize=10)
    right.set_title("the maximum of each bin", fontsize=10)
    figure.tight_layout()
    plt.show()


def _numbers(axis, values):
    axis.imshow(values, cmap="gray", vmin=values.min() - 80, vmax=values.max())
    for (i, j), value in np.ndenumerate(values):
        axis.text(j, i, f"{value:.0f}", ha="center", va="center", fontsize=9, zorder=5).set_bbox(
            {"facecolor": "white", "alpha": 0.7, "pad": 0.5, "edgecolor": "none"}
        )
    axis.axis("off")


def show_times(parts):
    """Where the time of a picture goes. parts: {way of looking: {step: seconds}}; the same steps in each."""
    figure, axis = plt.subplots(figsize=(8, 0.75 * len(parts) + 1.3), dpi=DPI)
    steps = list(next(iter(parts.values())))
    start = np.zeros(len(parts))
    for step, hatch, shade in zip(steps, HATCHES, ("white", "0.75", "0.45"), strict=True):
        widths = np.array([1000 * each[step] for each in parts.values()])
        axis.barh(list(parts), widths, left=start, color=shade, edgecolor="black", hatch=hatch, label=step)
        start += widths
    for i, total in enumerate(start):
        axis.text(total + 0.01 * start.max(), i, f"{total:.0f} ms", va="center", fontsize=10)
    axis.set(xlabel="milliseconds for one picture", xlim=(0, 1.15 * start.max()))
    axis.invert_yaxis()
    axis.legend(fontsize=9, loc="lower right")
    figure.tight_layout()
    plt.show()
