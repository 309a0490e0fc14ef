"""Pictures, plots and times for the lessons of week 1.

Every plot is small (72 dpi), says in words or numbers what its colours say, and reads well in black and
white. Functions that draw begin with ``show_`` and return nothing.
"""

import time
from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

plt.rcParams.update({"figure.dpi": 72, "font.size": 11, "axes.titlesize": 11, "image.cmap": "gray"})

SHADES = ("#ffffff", "#cfe3f5", "#f7dfb5", "#d9d9d9", "#c8e6c9", "#f3d1dc", "#e0d4f0", "#fff3a8", "#bfe6e6")
"""Light enough for black numbers on them."""


# A picture to work on ----------------------------------------------------------------------------


def photograph(seed: int = 1) -> np.ndarray:
    """A lighthouse by the sea: (96, 128, 3), red, green and blue from 0 to 1.

    Drawn four times as large and averaged down, so that edges are soft as a camera's, with a little noise.
    """
    y, x = np.mgrid[0:96:384j, 0:128:512j]
    picture = _between((0.45, 0.66, 0.92), (0.98, 0.88, 0.76), y / 60)
    for cx, cy, rx, ry in ((24, 15, 14, 4), (34, 18, 12, 3.5), (108, 24, 13, 3)):
        cloud = np.exp(-(((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2))
        picture = _between(picture, (1.0, 1.0, 1.0), 0.8 * cloud)
    _paint(picture, (x - 100) ** 2 + (y - 44) ** 2 < 49, (1.0, 0.93, 0.6))
    waves = 0.5 + 0.5 * np.sin(0.9 * y + 0.12 * x + 2 * np.sin(0.07 * x))
    sea = _between((0.08, 0.30, 0.45), (0.35, 0.60, 0.70), waves * np.clip((y - 58) / 30, 0.15, 1))
    picture = np.where((y > 58)[..., None], sea, picture)
    _paint(picture, y > 78 - 16 * np.exp(-(((x - 36) / 30) ** 2)), (0.28, 0.42, 0.20))
    half = 4.5 + (y - 24) * 0.07
    tower = (abs(x - 40) < half) & (y > 24) & (y < 68)
    _paint(picture, tower, (0.95, 0.94, 0.90))
    _paint(picture, tower & ((y - 24) % 15 < 7), (0.78, 0.15, 0.13))
    _paint(picture, (abs(x - 40) < 6.5) & (abs(y - 23) < 1.2), (0.2, 0.2, 0.22))
    _paint(picture, (abs(x - 40) < 3.2) & (y > 16) & (y < 22), (1.0, 0.95, 0.55))
    _paint(picture, (abs(x - 40) < (y - 10) * 0.75) & (y > 10) & (y < 16.5), (0.2, 0.2, 0.22))
    picture *= np.where((x > 40) & tower, 0.82, 1.0)[..., None]
    small = picture.reshape(96, 4, 128, 4, 3).mean((1, 3))
    return np.clip(small + np.random.default_rng(seed).normal(0, 0.012, small.shape), 0, 1)


def _between(first, second, share) -> np.ndarray:
    share = np.clip(share, 0, 1)[..., None]
    return (1 - share) * np.asarray(first) + share * np.asarray(second)


def _paint(picture: np.ndarray, where: np.ndarray, colour: tuple[float, float, float]) -> None:
    picture[where] = colour


# Pictures and cells with numbers -----------------------------------------------------------------


def show_pictures(
    pictures: Sequence[np.ndarray],
    titles: Sequence[str],
    width: float = 3.4,
    span: tuple[float, float] | None = None,
) -> None:
    """Pictures side by side: (n_H, n_W) in grey, (n_H, n_W, 3) in colour.

    span  the numbers that are black and white in all grey pictures; None: each one's least and largest
    """
    black, white = span or (None, None)
    _, axes = plt.subplots(1, len(pictures), figsize=(width * len(pictures), width * 0.82), squeeze=False)
    for ax, picture, title in zip(axes[0], pictures, titles, strict=True):
        ax.imshow(np.clip(picture, 0, 1) if picture.ndim == 3 else picture, vmin=black, vmax=white)
        ax.set_title(title)
        ax.axis("off")
    plt.tight_layout()
    plt.show()


def show_cells(arrays: Sequence[np.ndarray], titles: Sequence[str], groups: Sequence | None = None) -> None:
    """Arrays (n_H, n_W) side by side as cells with their numbers.

    groups  for each array a whole number for each cell, which chooses the cell's shade, or None: then cells
            that hold 0 are white and the others shaded
    """
    groups, arrays = groups or [None] * len(arrays), [np.asarray(array) for array in arrays]
    widths = [max(array.shape[1], 3) for array in arrays]
    tallest = max(array.shape[0] for array in arrays)
    size = (0.5 * sum(widths) + 0.9 * len(arrays), 0.5 * tallest + 0.6)
    _, axes = plt.subplots(1, len(arrays), figsize=size, squeeze=False, width_ratios=widths)
    for ax, array, title, group in zip(axes[0], arrays, titles, groups, strict=True):
        draw_cells(ax, array, (array != 0).astype(int) if group is None else group)
        n_H, n_W = array.shape
        room = max(n_W, 3) / 2 + 0.05, tallest / 2 + 0.05  # the same for all, so that cells are of one size
        ax.set(xlim=(n_W / 2 - room[0], n_W / 2 + room[0]), ylim=(n_H / 2 + room[1], n_H / 2 - room[1]))
        ax.text(n_W / 2, -0.25, title, ha="center", va="bottom")
    plt.tight_layout()
    plt.show()


def draw_cells(ax: Axes, array: np.ndarray, group: np.ndarray) -> None:
    """One array as cells with numbers, in an axes of its own."""
    n_H, n_W = array.shape
    for (row, column), number in np.ndenumerate(array):
        shade = SHADES[int(group[row, column]) % len(SHADES)]
        ax.add_patch(Rectangle((column, row), 1, 1, facecolor=shade, edgecolor="#555555"))
        text = f"{number:.3g}"
        size = 8.5 if len(text) > 4 else 11
        ax.text(column + 0.5, row + 0.52, text, ha="center", va="center", fontsize=size)
    ax.set(xlim=(0, n_W), ylim=(n_H, 0), aspect="equal")
    ax.axis("off")


def show_padding(X: np.ndarray, X_pad: np.ndarray) -> None:
    """A small picture (n_H, n_W) before and after padding, as cells: the border is white."""
    pad = (X_pad.shape[0] - X.shape[0]) // 2
    inside = np.zeros(X_pad.shape, int)
    inside[pad : pad + X.shape[0], pad : pad + X.shape[1]] = 1
    show_cells([X, X_pad], [f"before: {X.shape}", f"after: {X_pad.shape}"], [np.ones(X.shape, int), inside])


def show_window_steps(n_H: int, n_W: int, f: int, stride: int) -> None:
    """Where an f x f window stops on an n_H x n_W picture: one small drawing for each stop.

    Pixels that no window has seen after the last stop are hatched in the last drawing.
    """
    rows, columns = (n_H - f) // stride + 1, (n_W - f) // stride + 1
    size = (min(12, 1.9 * columns), min(12, 1.9 * columns) / columns * rows * (n_H + 1) / n_W)
    _, axes = plt.subplots(rows, columns, figsize=size, squeeze=False)
    seen = np.zeros((n_H, n_W), bool)
    for (h, w), ax in np.ndenumerate(axes):
        seen[h * stride : h * stride + f, w * stride : w * stride + f] = True
        last = (h, w) == (rows - 1, columns - 1)
        for row, column in np.ndindex(n_H, n_W):
            hatch = "////" if last and not seen[row, column] else ""
            ax.add_patch(
                Rectangle((column, row), 1, 1, facecolor="white", edgecolor="#aaaaaa", hatch=hatch, lw=0.5)
            )
        place = (w * stride, h * stride)
        ax.add_patch(Rectangle(place, f, f, facecolor="#5b9bd5", alpha=0.55, edgecolor="black", lw=1.5))
        ax.set(xlim=(-0.1, n_W + 0.1), ylim=(n_H + 0.1, -0.1), aspect="equal", title=f"h = {h}, w = {w}")
        ax.axis("off")
    plt.tight_layout()
    plt.show()


def show_pooling(x: np.ndarray, f: int, stride: int, results: dict[str, np.ndarray]) -> None:
    """A small picture with its windows in shades, and beside it what became of each window.

    x        (n_H, n_W); the windows must not overlap
    results  for each name the pooled numbers (rows, columns)
    """
    rows, columns = next(iter(results.values())).shape
    numbers = np.arange(1, rows * columns + 1).reshape(rows, columns)
    group = np.zeros(x.shape, int)
    for (h, w), number in np.ndenumerate(numbers):
        group[h * stride : h * stride + f, w * stride : w * stride + f] = number
    show_cells([x, *results.values()], ["before", *results], [group, *[numbers] * len(results)])


# Errors and times --------------------------------------------------------------------------------


def show_gradient_errors(errors: dict[str, float], limit: float = 1e-6) -> None:
    """The largest difference of each gradient from the numeric one, as bars on a logarithmic scale."""
    _, ax = plt.subplots(figsize=(6.5, 0.45 * len(errors) + 1.1))
    smallest = 1e-12
    for k, error in enumerate(errors.values()):
        ax.barh(k, max(error, smallest) - smallest, left=smallest, color="#9ecae1", edgecolor="black")
        ax.text(max(error, smallest) * 1.5, k, f"{error:.0e}", va="center")
    ax.axvline(limit, color="black", linestyle="--")
    ax.text(limit * 1.2, -0.75, f"limit {limit:.0e}", va="center")
    ax.set(xscale="log", xlim=(smallest, 1e-4), xlabel="largest difference from the numeric gradient")
    ax.set_yticks(range(len(errors)), list(errors))
    ax.set_ylim(len(errors) - 0.4, -1.2)
    plt.tight_layout()
    plt.show()


def show_curves(
    x: Sequence[float], curves: dict[str, Sequence[float]], xlabel: str, ylabel: str, base: int = 10
) -> None:
    """Curves on logarithmic axes, told apart by their marks and by a label at their end.

    A curve may be shorter than x: it then ends earlier.
    """
    _, ax = plt.subplots(figsize=(7, 3.6))
    for (name, y), mark in zip(curves.items(), "osx^dv", strict=False):
        ax.plot(x[: len(y)], y, marker=mark, color="black", linewidth=1, markerfacecolor="white")
        ax.annotate(name, (x[len(y) - 1], y[-1]), xytext=(8, -4), textcoords="offset points")
    ax.set_xscale("log", base=base)
    if base == 2:
        ax.set_xticks(x, [str(each) for each in x])
    ax.set(yscale="log", xlabel=xlabel, ylabel=ylabel)
    ax.grid(alpha=0.3)
    ax.margins(x=0.2)
    plt.tight_layout()
    plt.show()


def seconds(function: Callable, *args, repeats: int = 5) -> float:
    """The shortest of several runs, in seconds: the one that was disturbed least."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function(*args)
        times.append(time.perf_counter() - start)
    return min(times)


def show_times(times: dict[str, float]) -> None:
    """Seconds as bars on a logarithmic scale, with how many times as fast as the first each one is."""
    _, ax = plt.subplots(figsize=(7.5, 0.5 * len(times) + 1))
    first = next(iter(times.values()))
    left = min(times.values()) / 3
    for k, time_ in enumerate(times.values()):
        ax.barh(k, time_ - left, left=left, color="#d9d9d9", edgecolor="black")
        faster = f", {first / time_:,.0f} times as fast" if k else ""
        ax.text(time_ * 1.15, k, f"{1000 * time_:,.3g} ms{faster}", va="center")
    ax.set(xscale="log", xlim=(left, first * 30), xlabel="seconds")
    ax.set_yticks(range(len(times)), list(times))
    ax.invert_yaxis()
    plt.tight_layout()
    plt.show()
