"""Week 1: activation volumes as boxes, their sizes as bars, and what a convolution shares and leaves out.

A table is a list of rows (name, shape, size, parameters), the input first, as the exercise
``activation_table`` gives it. Functions that draw begin with ``show_`` and return nothing.
"""

import re
from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Polygon

Row = tuple[str, Sequence[int], int, int]

SLANT = np.array([0.45, 0.32])
"""Where one unit into the depth of the page is drawn: to the right, and up."""


def plain_name(name: str) -> str:
    """A layer's name without the number that Keras adds: "conv2d_3" becomes "conv2d"."""
    return re.sub(r"_\d+$", "", str(name))


def shape_words(shape: Sequence[int]) -> str:
    """A shape as people write it: "14 × 14 × 6"."""
    return " × ".join(str(int(n)) for n in np.atleast_1d(shape))


def print_table(table: Sequence[Row]) -> None:
    """The table in columns, with its sums in the last line."""
    print(f"{'layer':20} {'activation shape':>18} {'size':>9} {'parameters':>12}")
    for name, shape, size, parameters in table:
        print(f"{plain_name(name):20} {shape_words(shape):>18} {int(size):9,} {int(parameters):12,}")
    sizes, parameters = (int(sum(row[i] for row in table)) for i in (2, 3))
    print(f"{'sum':20} {'':18} {sizes:9,} {parameters:12,}")


# Boxes -------------------------------------------------------------------------------------------


def show_volumes(table: Sequence[Row]) -> None:
    """The activations of a network as boxes, from left to right.

    A box is as tall as n_H, as deep as n_W and as wide as n_C; a vector is a standing bar. Lengths are drawn
    by their square roots, so that 3 and 64 both can be seen. Layers that leave the shape as it is are named
    under the box of the layer before.
    """
    steps = _steps(table)
    tallest = max(_lengths(shape)[0] for _, shape in steps)
    place, marks = 0.0, []
    _, ax = plt.subplots(figsize=(min(14, 1.75 * len(steps) + 0.6), 4.4))
    for names, shape in steps:
        height, depth, width = _lengths(shape)
        slant = depth * SLANT
        _draw_box(ax, place, -height / 2, width, height, slant)
        label = max(width + slant[0], 1.0)
        marks.append((place + (width + slant[0]) / 2, names, shape))
        place += label + 0.85 + 0.055 * max(map(len, [*names, shape_words(shape)]))
    lowest = -tallest / 2
    for x, names, shape in marks:
        ax.text(x, lowest - 0.3, shape_words(shape), ha="center", va="top", fontweight="bold", fontsize=10)
        ax.text(x, lowest - 0.85, "\n".join(names), ha="center", va="top", fontsize=9)
    lines = max(len(names) for names, _ in steps)
    ax.set(xlim=(-0.9, place), ylim=(lowest - 1.1 - 0.45 * lines, tallest / 2 + tallest * SLANT[1] + 0.3))
    ax.set_aspect("equal")
    ax.axis("off")
    plt.tight_layout()
    plt.show()


def _steps(table: Sequence[Row]) -> list[tuple[list[str], tuple[int, ...]]]:
    """Names and shape of each box: rows in a row with one shape share a box."""
    steps: list[tuple[list[str], tuple[int, ...]]] = []
    for name, shape, _, _ in table:
        shape = tuple(int(n) for n in np.atleast_1d(shape))
        if steps and steps[-1][1] == shape:
            steps[-1][0].append(plain_name(name))
        else:
            steps.append(([plain_name(name)], shape))
    return steps


def _lengths(shape: tuple[int, ...]) -> tuple[float, float, float]:
    """How tall, deep and wide a volume is drawn."""
    if len(shape) == 1:
        return 0.4 * np.sqrt(min(shape[0], 150)), 0.25, 0.25
    n_H, n_W, n_C = shape
    return 0.55 * np.sqrt(n_H), 0.55 * np.sqrt(n_W), 0.3 * np.sqrt(n_C)


def _draw_box(ax: Axes, left: float, bottom: float, width: float, height: float, slant: np.ndarray) -> None:
    corner = np.array([left, bottom])
    right, up = np.array([width, 0]), np.array([0, height])
    faces = {
        "#d6e6f4": [corner, corner + right, corner + right + up, corner + up],
        "#f4f8fc": [corner + up, corner + right + up, corner + right + up + slant, corner + up + slant],
        "#a9c6e0": [corner + right, corner + right + slant, corner + right + up + slant, corner + right + up],
    }
    for shade, points in faces.items():
        ax.add_patch(Polygon(points, facecolor=shade, edgecolor="black", linewidth=1))


def show_sizes(table: Sequence[Row]) -> None:
    """For each layer its activations (left) and its parameters (right), as bars with their numbers."""
    names = [plain_name(row[0]) for row in table]
    _, axes = plt.subplots(1, 2, figsize=(10, 0.34 * len(table) + 1), sharey=True)
    for ax, column, title in zip(axes, (2, 3), ("activations", "parameters"), strict=True):
        values = [int(row[column]) for row in table]
        ax.barh(range(len(values)), values, color="#c9c9c9", edgecolor="black")
        for k, value in enumerate(values):
            ax.text(value + 0.02 * max(values), k, f"{value:,}", va="center", fontsize=9)
        ax.set(title=title, xlim=(0, 1.25 * max(values)), xticks=[])
        ax.spines[["top", "right", "bottom"]].set_visible(False)
    axes[0].set_yticks(range(len(names)), names)
    axes[0].invert_yaxis()
    plt.tight_layout()
    plt.show()


def show_maps(model: Any, x: np.ndarray, picture: np.ndarray, most: int = 8) -> None:
    """What one picture becomes on its way through a network: a row for each layer with maps.

    x  (1, n_H, n_W, n_C), what the model sees; picture: the same as it looks. At most ``most`` maps a row.
    """
    import keras

    kept = [
        layer
        for layer in model.layers
        if len(layer.output.shape) == 4 and not isinstance(layer, keras.layers.InputLayer)
    ]
    maps = keras.Model(model.inputs, [layer.output for layer in kept])([x], training=False)
    maps = maps if isinstance(maps, list | tuple) else [maps]
    rows = len(kept) + 1
    _, axes = plt.subplots(rows, most + 1, figsize=(1.1 * most + 1.6, 1.1 * rows), squeeze=False)
    for ax in axes.flat:
        ax.axis("off")
    axes[0, 1].imshow(np.squeeze(picture))
    names = ["picture", *(plain_name(layer.name) for layer in kept)]
    shapes = [np.shape(x)[1:], *(np.shape(values)[1:] for values in maps)]
    for row, name, shape in zip(axes, names, shapes, strict=True):
        words = f"{name}\n{shape_words(shape)}"
        row[0].text(0.9, 0.5, words, transform=row[0].transAxes, ha="right", va="center", fontsize=9)
    for row, values in zip(axes[1:], maps, strict=True):
        values = np.asarray(values)[0]
        for k in range(min(most, values.shape[-1])):
            row[k + 1].imshow(values[..., k])
    plt.tight_layout(pad=0.3)
    plt.show()


# Why convolutions --------------------------------------------------------------------------------


def show_matrices(matrices: dict[str, np.ndarray]) -> None:
    """Layers as the matrices (out, in) that they are: white is no weight, grey a weight, dark a large one."""
    _, axes = plt.subplots(1, len(matrices), figsize=(5.2 * len(matrices), 3.8), squeeze=False)
    for ax, (title, matrix) in zip(axes[0], matrices.items(), strict=True):
        strength = np.abs(matrix) / np.abs(matrix).max()
        ax.imshow(np.where(matrix != 0, 0.25 + 0.75 * strength, 0), cmap="Greys", vmin=0, vmax=1)
        ax.set(title=title, xlabel="number that comes in", ylabel="number that goes out")
    plt.tight_layout()
    plt.show()


def show_footprints(footprints: dict[str, np.ndarray], picture: np.ndarray) -> None:
    """Which pixels one number depends on: the picture, light where the slope is not 0, for each layer."""
    grey = np.squeeze(picture)
    grey = (grey - grey.min()) / (grey.max() - grey.min())
    _, axes = plt.subplots(1, len(footprints), figsize=(2.1 * len(footprints), 2.6), squeeze=False)
    for ax, (title, slopes) in zip(axes[0], footprints.items(), strict=True):
        seen = np.squeeze(slopes) != 0
        ax.imshow(np.where(seen, 0.35 + 0.65 * grey, 0.22 * grey), vmin=0, vmax=1)
        ax.set_title(f"{plain_name(title)}\n{seen.sum():,} of {seen.size:,}", fontsize=10)
        ax.axis("off")
    plt.tight_layout()
    plt.show()
