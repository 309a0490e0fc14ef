"""Week 3: the pictures of the segmentation lesson: numbers in cells, maps, masks with a legend, the U.

Pictures are uint8 arrays (m, n_H, n_W, 3), masks uint8 arrays (m, n_H, n_W) of class numbers, palettes uint8
arrays (classes, 3). No TensorFlow is loaded here.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import FancyArrow, Patch, Rectangle

from helpers import colour_mask

DPI = 72
HATCHES = ["", "//", "..", "xx"]


def show_cells(arrays, titles, marks=()):
    """Small arrays (rows, columns) side by side, each number in its cell, zeros pale; all cells of one size.

    marks: (array, top, left, height, width, style) draws a rectangle around cells of an array.
    """
    widths = [array.shape[1] for array in arrays]
    tallest = max(array.shape[0] for array in arrays)
    scale = min(0.48, 11 / (sum(widths) + len(widths)))
    size = ((sum(widths) + 0.8 * len(widths)) * scale, tallest * scale + 0.35)
    figure, axes = plt.subplots(1, len(arrays), figsize=size, dpi=DPI, width_ratios=widths, squeeze=False)
    largest = max(np.abs(array).max() for array in arrays)
    for k, (axis, array, title) in enumerate(zip(axes[0], arrays, titles, strict=True)):
        axis.imshow(np.abs(array), cmap="Greys", vmin=0, vmax=2.2 * largest)
        for (row, column), value in np.ndenumerate(array):
            colour = "black" if value else "dimgray"
            axis.text(column, row, f"{value:.3g}", ha="center", va="center", fontsize=10, color=colour)
        for _, top, left, height, width, style in (mark for mark in marks if mark[0] == k):
            frame = Rectangle(
                (left - 0.5, top - 0.5), width, height, fill=False, linewidth=2, linestyle=style
            )
            axis.add_patch(frame).set_clip_on(False)
        axis.set_title(title, fontsize=10)
        axis.set_anchor("N")
        axis.set(xticks=[], yticks=[])
    figure.tight_layout(pad=0.5)
    plt.show()


def show_maps(maps, titles, width=2.5):
    """Arrays (n_H, n_W) as grey pictures side by side, each from its smallest to its largest number; a map
    whose numbers hardly differ is plain grey."""
    figure, axes = plt.subplots(
        1, len(maps), figsize=(width * len(maps), width + 0.3), dpi=DPI, squeeze=False
    )
    for axis, array, title in zip(axes[0], maps, titles, strict=True):
        middle, spread = (array.max() + array.min()) / 2, max(np.ptp(array), 1e-3 * np.abs(array).max())
        axis.imshow(array, cmap="gray", vmin=middle - 0.6 * spread, vmax=middle + 0.6 * spread)
        axis.set_title(title, fontsize=10)
        axis.axis("off")
    figure.tight_layout(pad=0.6)
    plt.show()


def show_matrices(matrices, titles):
    """Matrices as grey pictures side by side, white 0, all on the same scale."""
    sizes = [matrix.shape for matrix in matrices]
    size = (0.19 * sum(n for _, n in sizes) + 0.5, 0.19 * max(m for m, _ in sizes) + 0.5)
    figure, axes = plt.subplots(1, len(matrices), figsize=size, dpi=DPI, width_ratios=[n for _, n in sizes])
    top = max(np.abs(matrix).max() for matrix in matrices)
    for axis, matrix, title in zip(axes, matrices, titles, strict=True):
        axis.imshow(matrix, cmap="Greys", vmin=0, vmax=1.2 * top)
        axis.set_title(title, fontsize=10)
        axis.set(xticks=[], yticks=[])
        axis.set_anchor("N")
    figure.tight_layout(pad=0.5)
    plt.show()


def show_masks(pictures, columns, names, palette, width=3.0):
    """Scenes in rows: the picture, then its masks under their titles, one legend for all.

    pictures (m, n_H, n_W, 3); columns {title: masks (m, n_H, n_W)}.
    """
    count = 1 + len(columns)
    n_H, n_W = pictures.shape[1:3]
    height = width * n_H / n_W
    size = (width * count + 1.5, height * len(pictures) + 0.3)
    figure, axes = plt.subplots(len(pictures), count, figsize=size, dpi=DPI, squeeze=False)
    for row, picture in zip(range(len(pictures)), pictures, strict=True):
        axes[row, 0].imshow(picture)
        for axis, masks in zip(axes[row, 1:], columns.values(), strict=True):
            axis.imshow(colour_mask(masks[row], palette), interpolation="nearest")
    for axis, title in zip(axes[0], ["picture", *columns], strict=True):
        axis.set_title(title, fontsize=11)
    for axis in axes.flat:
        axis.axis("off")
    edge = 1 - 1.5 / size[0]
    figure.tight_layout(pad=0.3, w_pad=1.6, rect=(0, 0, edge, 1))
    beside = {"loc": "center left", "bbox_to_anchor": (edge, 0.5)}
    figure.legend(handles=_legend(columns.values(), names, palette), fontsize=9, frameon=False, **beside)
    plt.show()


def _legend(masks, names, palette):
    present = np.unique(np.concatenate([np.unique(mask) for mask in masks])).astype(int)
    colours = np.asarray(palette, float) / 255
    return [Patch(facecolor=colours[n], edgecolor="black", linewidth=0.6, label=names[n]) for n in present]


def plot_ious(names, results):
    """A bar for each class and each result: its IoU. results: {label: IoU of each class}, NaN is left out."""
    figure, axis = plt.subplots(figsize=(9.5, 3.3), dpi=DPI)
    places, width = np.arange(len(names)), 0.8 / len(results)
    shades = ["white", "lightgray", "gray"]
    for k, (label, ious) in enumerate(results.items()):
        offset = (k - (len(results) - 1) / 2) * width
        style = {"color": shades[k], "edgecolor": "black", "hatch": HATCHES[k]}
        axis.bar(
            places + offset,
            np.nan_to_num(ious),
            width,
            label=f"{label}: mean {np.nanmean(ious):.2f}",
            **style,
        )
    axis.set_xticks(places, names, rotation=35, ha="right", fontsize=9)
    axis.set(ylabel="IoU", ylim=(0, 1), xlim=(-0.6, len(names) - 0.4))
    axis.legend(fontsize=9, loc="upper center", bbox_to_anchor=(0.5, 1.17), ncols=len(results), frameon=False)
    figure.tight_layout()
    plt.show()


def draw_unet(input_size=(96, 128, 3), n_filters=32, n_classes=23):
    """The U as boxes: height for the size of the map, width for its channels, arrows for what moves where."""
    n_H, n_W, _ = input_size
    figure, axis = plt.subplots(figsize=(10.5, 4.6), dpi=DPI)
    tops, middles = [0, 1.35, 2.5, 3.45, 4.3], []
    for level in range(5):
        for column in sorted({level, 8 - level}):
            name = f"block {column + 1}" if column < 5 else f"up {column + 1}"
            _draw_box(axis, column, tops[level], level, n_H, n_W, n_filters * 2**level, name)
        middles.append(tops[level] + _height(level) / 2)
    arrow = {"head_width": 0.12, "head_length": 0.1, "length_includes_head": True, "color": "black"}
    for column in range(8):
        level, after = min(column, 8 - column), min(column + 1, 7 - column)
        start = (column + 0.36, middles[level] + 0.12)
        end = (column + 0.64, middles[after] + 0.12)
        axis.add_patch(FancyArrow(*start, end[0] - start[0], end[1] - start[1], width=0.012, **arrow))
    for level in range(4):
        begin, length = level + 0.36, 8 - 2 * level - 0.72
        y = middles[level] - 0.18
        axis.add_patch(FancyArrow(begin, y, length, 0, width=0.012, linestyle="--", **arrow))
        axis.text(4, y - 0.06, "copy and put beside", ha="center", va="bottom", fontsize=8)
    axis.text(8.42, middles[0], f"3x3, 1x1:\n{n_H} x {n_W} x {n_classes}", va="center", fontsize=9)
    axis.text(1.1, 3.9, "down: max pooling", ha="center", fontsize=9)
    axis.text(6.9, 3.9, "up: transposed convolution", ha="center", fontsize=9)
    axis.set(xlim=(-0.6, 9.5), ylim=(5.1, -0.45))
    axis.axis("off")
    figure.tight_layout(pad=0.2)
    plt.show()


def _height(level):
    return (1.1, 0.85, 0.65, 0.5, 0.4)[level]


def _draw_box(axis, column, top, level, n_H, n_W, channels, name):
    """One block of the U, its name above and its shape inside."""
    height = _height(level)
    axis.add_patch(Rectangle((column - 0.34, top), 0.68, height, facecolor="whitesmoke", edgecolor="black"))
    axis.text(column, top - 0.05, name, ha="center", va="bottom", fontsize=8)
    text = f"{n_H >> level}x{n_W >> level}\nx{channels}"
    axis.text(column, top + height / 2, text, ha="center", va="center", fontsize=8)
