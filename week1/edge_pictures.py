"""Photographs and drawings for the lesson on edges: numbers, slopes, arrows, angles.

The photographs come with scikit-image, as files of the installed package; nothing is downloaded.
"""

from collections.abc import Sequence
from importlib.resources import files

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle
from PIL import Image

PHOTOGRAPHS = ("astronaut", "brick", "camera", "chelsea", "coffee", "coins", "grass")
"""Public domain or CC0, but for the coins: "no known copyright restrictions" (Brooklyn Museum)."""


def real_photograph(name: str, shrink: int = 1, colour: bool = False) -> np.ndarray:
    """A photograph that scikit-image brings: (n_H, n_W), or (n_H, n_W, 3) in colour, from 0 to 1.

    name    one of PHOTOGRAPHS; ValueError for any other
    shrink  squares of so many pixels a side become one, their mean
    """
    if name not in PHOTOGRAPHS:
        raise ValueError(f"There is no photograph {name!r}. There are: {', '.join(PHOTOGRAPHS)}.")
    with Image.open(str(files("skimage") / "data" / f"{name}.png")) as picture:
        pixels = np.asarray(picture.convert("RGB" if colour else "L"), float) / 255
    n_H, n_W = (n // shrink for n in pixels.shape[:2])
    blocks = pixels[: n_H * shrink, : n_W * shrink].reshape(n_H, shrink, n_W, shrink, -1).mean((1, 3))
    return blocks if colour else blocks[..., 0]


def cut_patches(picture: np.ndarray, m: int, n: int, seed: int) -> np.ndarray:
    """Squares (m, n, n) from random places of a picture (n_H, n_W)."""
    rng = np.random.default_rng(seed)
    n_H, n_W = picture.shape
    tops, lefts = rng.integers(0, n_H - n + 1, m), rng.integers(0, n_W - n + 1, m)
    return np.stack([picture[top : top + n, left : left + n] for top, left in zip(tops, lefts, strict=True)])


def ripples(n: int, wavelength: float) -> tuple[np.ndarray, np.ndarray]:
    """Rings around the middle (n, n), and for each pixel the angle of its slope's line in degrees.

    The rings are cosines of the distance to the middle: everywhere the slope points at the middle or away.
    """
    y, x = np.mgrid[:n, :n] - (n - 1) / 2
    return np.cos(2 * np.pi * np.hypot(x, y) / wavelength), np.degrees(np.arctan2(y, x))


def show_zoom(picture: np.ndarray, top: int, left: int, n_H: int, n_W: int) -> None:
    """A photograph (n_H, n_W) with a frame in it, and beside it what the computer gets: numbers, 0 to 255."""
    _, axes = plt.subplots(1, 2, figsize=(10, 3.8), width_ratios=[1, 1.5])
    axes[0].imshow(picture, vmin=0, vmax=1)
    axes[0].add_patch(Rectangle((left - 0.5, top - 0.5), n_W, n_H, fill=False, edgecolor="white", lw=3.5))
    axes[0].add_patch(Rectangle((left - 0.5, top - 0.5), n_W, n_H, fill=False, edgecolor="black", lw=1.5))
    axes[0].set_title("what you see")
    axes[0].axis("off")
    inside = np.round(255 * picture[top : top + n_H, left : left + n_W]).astype(int)
    axes[1].imshow(inside, vmin=0, vmax=255)
    for (row, column), number in np.ndenumerate(inside):
        ink = "black" if number > 110 else "white"
        axes[1].text(column, row, str(number), ha="center", va="center", color=ink, fontsize=10)
    axes[1].axis("off")
    axes[1].set_title(f"what the computer gets: {n_H} of {picture.shape[0]} rows")
    plt.tight_layout()
    plt.show()


def show_profile(picture: np.ndarray, row: int) -> None:
    """A photograph, the brightness along one row of it, and the difference of neighbours in that row."""
    _, axes = plt.subplots(1, 3, figsize=(12, 3.2), width_ratios=[1, 1.3, 1.3])
    axes[0].imshow(picture)
    axes[0].axhline(row, color="white", lw=3)
    axes[0].axhline(row, color="black", lw=1.5)
    axes[0].set_title(f"row {row}")
    axes[0].axis("off")
    axes[1].plot(picture[row], color="black", lw=1)
    axes[1].set(title="brightness along the row", xlabel="column")
    axes[2].plot(np.arange(len(picture[row]) - 1) + 0.5, np.diff(picture[row]), color="black", lw=1)
    axes[2].set(title="right neighbour minus left", xlabel="column")
    for ax in axes[1:]:
        ax.grid(alpha=0.3)
    plt.tight_layout()
    plt.show()


def show_slopes(picture: np.ndarray, G_x: np.ndarray, G_y: np.ndarray, every: int = 3) -> None:
    """A picture with arrows from dark to bright where its slopes are steep.

    picture   (n_H, n_W)
    G_x, G_y  (n_H - 2, n_W - 2): the answers of two 3 x 3 kernels, without padding
    """
    G_x, G_y = np.asarray(G_x), np.asarray(G_y)
    strength = np.hypot(G_x, G_y)
    rows, columns = (axis.ravel() for axis in np.mgrid[: G_x.shape[0] : every, : G_x.shape[1] : every])
    steep = strength[rows, columns] > 0.25 * strength.max()
    rows, columns = rows[steep], columns[steep]
    _, ax = plt.subplots(figsize=(6.2, 6.2 * picture.shape[0] / picture.shape[1]))
    ax.imshow(picture)
    place, arrow = (columns + 1, rows + 1), (G_x[rows, columns], G_y[rows, columns])
    look = {"angles": "xy", "pivot": "mid", "scale": 10 * strength.max(), "width": 0.007}
    ax.quiver(*place, *arrow, color="black", edgecolor="white", linewidth=0.8, **look)
    ax.axis("off")
    plt.tight_layout()
    plt.show()


def show_angle_errors(
    middles: Sequence[float], errors: dict[str, Sequence[float]], marks: dict[str, float]
) -> None:
    """The mean error of the angle against the kernel's middle number, with known kernels marked."""
    _, ax = plt.subplots(figsize=(7.5, 3.8))
    for (name, curve), mark in zip(errors.items(), "osx^d", strict=False):
        ax.plot(middles, curve, color="black", lw=1, marker=mark, markerfacecolor="white", label=name)
    top = 1.25 * max(max(curve) for curve in errors.values())
    for name, middle in marks.items():
        ax.axvline(middle, color="#888888", ls="--", zorder=0)
        ax.text(middle, top * 0.97, f" {name}", va="top")
    ax.set(xlabel="number in the middle of the column", ylabel="mean error in degrees", ylim=(0, top))
    ax.legend(loc="center right")
    plt.tight_layout()
    plt.show()
