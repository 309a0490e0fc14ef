"""Week 4, one and three dimensions: clips whose class only motion tells, a scanned parcel, and their pictures.

No TensorFlow is loaded here. A clip is (n_D, n_H, n_W, 1) float32: n_D frames, one after the other. All is drawn
from seeds.

In a clip one shape moves or changes its size, and another stands still, on a ground of waves. In a frame taken
out of a clip at random nothing tells the class: places are uniform on a field that closes up on itself, angles
are uniform, and the size of a shape that does not grow is the size that a growing one has at some moment.
"""

import matplotlib.pyplot as plt
import numpy as np

DPI = 72
CLASSES = ("left", "right", "up", "down", "growing", "shrinking")
BACKWARDS = (1, 0, 3, 2, 5, 4)  # what each class becomes when its clip is played backwards
FRAMES, SIDE = 12, 24
SIDE = 24


# ---------------------------------------------------------------- clips


def draw_clips(m, seed, frames=FRAMES):
    """Clips (m, frames, 24, 24, 1) float32 around 0 and their classes (m,), as many of each as can be."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(m) % len(CLASSES))
    X = _grounds(m, rng)[:, np.newaxis]
    for moves in (False, True):  # a shape that stands still, and before it the one that moves
        paths = _paths(y if moves else 0 * y, frames, rng)
        x, top, size = (path[:, : None if moves else 1, np.newaxis, np.newaxis] for path in paths)
        mask, paint = _shape(x, top, size, m, rng)
        X = X * (1 - mask) + paint * mask
    X = X * rng.uniform(0.9, 1.1, (m, frames, 1, 1)) + rng.normal(0, 0.1, X.shape)  # light and noise
    return X.astype(np.float32)[..., np.newaxis], y


def _shape(x, top, size, m, rng):
    """Where a shape is, from 0 to 1, and its stripes: two arrays (m, frames, 24, 24)."""
    grid = np.arange(SIDE, dtype=np.float32)
    dx, dy = _around(grid - x) / size, _around(grid[:, np.newaxis] - top) / size
    angle = rng.uniform(0, 2 * np.pi, (m, 1, 1, 1)).astype(np.float32)
    u, v = dx * np.cos(angle) + dy * np.sin(angle), dy * np.cos(angle) - dx * np.sin(angle)
    mask = np.clip(0.5 - _outside(u, v, rng.integers(0, 5, m)) * size, 0, 1)  # an edge one pixel soft
    wave, phase = rng.uniform(2, 6, (m, 1, 1, 1)), rng.uniform(0, 6.3, (m, 1, 1, 1))
    shade = rng.choice([-1, 1], (m, 1, 1, 1)) * rng.uniform(0.6, 1, (m, 1, 1, 1))
    return mask, (shade * (1 + 0.35 * np.sin(wave * u + phase))).astype(np.float32)


def _around(d):
    """Differences on a field that closes up on itself: what leaves on one side comes back on the other."""
    return (d + SIDE / 2) % SIDE - SIDE / 2


def _paths(y, frames, rng):
    """For each clip and frame the place of the shape's middle and its size in pixels: three arrays (m, frames)."""
    m = len(y)
    t = np.arange(frames, dtype=np.float32)
    x, top = rng.uniform(0, SIDE, (2, m, 1)).astype(np.float32)
    speed = rng.uniform(0.8, 1.8, (m, 1))
    way = np.array([[-1, 0], [1, 0], [0, -1], [0, 1], [0, 0], [0, 0]])[y]
    small, large = rng.uniform(2, 3.5, (m, 1)), rng.uniform(5.5, 8, (m, 1))
    moment = np.where((y >= 4)[:, None], t, rng.integers(0, frames, (m, 1)))
    moment = np.where((y == 5)[:, None], frames - 1 - moment, moment)
    size = small + (large - small) * moment / (frames - 1)
    return x + way[:, :1] * speed * t, top + way[:, 1:] * speed * t, size.astype(np.float32)


def _outside(u, v, kinds):
    """How far each point lies outside of a shape of size 1 (below 0: inside): disc, square, bar, triangle, cross."""
    out = np.empty(u.shape, np.float32)
    for kind in range(5):
        these = kinds == kind
        a, b = u[these], v[these]
        if kind == 0:
            d = np.hypot(a, b) - 0.9
        elif kind == 1:
            d = np.maximum(abs(a), abs(b)) - 0.8
        elif kind == 2:
            d = np.maximum(abs(a) - 1, abs(b) - 0.45)
        elif kind == 3:
            d = np.maximum(-b, 0.87 * abs(a) + 0.5 * b) - 0.55
        else:
            d = np.minimum(np.maximum(abs(a) - 1, abs(b) - 0.3), np.maximum(abs(a) - 0.3, abs(b) - 1))
        out[these] = d
    return out


def _grounds(m, rng):
    """Still grounds (m, 24, 24): a few waves of chance, faint or strong."""
    row, column = np.mgrid[:SIDE, :SIDE].astype(np.float32) / SIDE
    total = 0
    for _ in range(4):
        a, b, phase = (rng.uniform(-12, 12, (m, 1, 1)).astype(np.float32) for _ in range(3))
        total = total + np.sin(a * row + b * column + phase)
    return total * rng.uniform(0.02, 0.16, (m, 1, 1)).astype(np.float32)


def shuffled(X, seed):
    """The clips of X (m, n_D, n_H, n_W, 1), each with its frames in an order of chance."""
    frames = np.tile(np.arange(X.shape[1]), (len(X), 1))
    return X[np.arange(len(X))[:, np.newaxis], np.random.default_rng(seed).permuted(frames, axis=1)]


# ---------------------------------------------------------------- a parcel


def ball(radius, depth=None):
    """A ball of ones in a cube of -c, so that all adds up to 0: (depth, side, side) with side 2 * radius + 1.

    depth  how many slices of it, those in the middle; None: all
    """
    side = 2 * radius + 1
    z, y, x = np.mgrid[:side, :side, :side] - radius
    inside = (x**2 + y**2 + z**2 <= (radius + 0.3) ** 2).astype(np.float32)
    skip = 0 if depth is None else (side - depth) // 2
    inside = inside[skip : side - skip]
    return inside - inside.mean()


def draw_parcel(seed, shape=(16, 20, 24), radius=3, density=0.7):
    """A scan (n_D, n_H, n_W) of a parcel, slice by slice, with much noise; and where in it a ball's middle lies."""
    rng = np.random.default_rng(seed)
    middle = np.array([rng.integers(radius, n - radius) for n in shape])
    distance = np.sqrt(sum((axis - at) ** 2 for axis, at in zip(np.indices(shape), middle, strict=True)))
    scan = density * (distance <= radius + 0.3) + rng.normal(0, 1, shape)
    return scan.astype(np.float32), middle


def show_parcel(scan, middle, results):
    """Every other slice of a scan; below it results of the same shape, by name; a ring where the ball is."""
    rows = {"the scan": scan, **results}
    columns = range(middle[0] % 2, len(scan), 2)
    figure, axes = plt.subplots(
        len(rows), len(columns), figsize=(1.25 * len(columns), 1.2 * len(rows)), dpi=DPI
    )
    for line, (name, volume) in zip(axes, rows.items(), strict=True):
        for axis, d in zip(line, columns, strict=True):
            axis.imshow(volume[d], cmap="gray", vmin=volume.min(), vmax=volume.max())
            axis.set(xticks=[], yticks=[])
            if d == middle[0] and name != "the scan":
                axis.add_patch(plt.Circle((middle[2], middle[1]), 5, fill=False, ec="white", lw=1.5))
            if name == "the scan":
                axis.set_title(f"slice {d}", fontsize=8)
        line[0].set_ylabel(name, fontsize=8)
    figure.tight_layout(pad=0.4)
    plt.show()


# ---------------------------------------------------------------- pictures of clips


def show_frames(X, frame):
    """One frame of each clip of X (m, n_D, n_H, n_W, 1), side by side, without an answer."""
    figure, axes = plt.subplots(1, len(X), figsize=(1.4 * len(X), 1.7), dpi=DPI)
    for letter, axis, clip in zip("ABCDEFGHIJ", axes, X, strict=False):
        axis.imshow(clip[frame, :, :, 0], cmap="gray", vmin=-1.4, vmax=1.4)
        axis.set(xticks=[], yticks=[], title=letter)
    figure.tight_layout(pad=0.4)
    plt.show()


def show_clips(X, titles):
    """A row for each clip of X (m, n_D, n_H, n_W, 1): its frames from left to right."""
    figure, axes = plt.subplots(len(X), X.shape[1], figsize=(0.85 * X.shape[1], 0.87 * len(X)), dpi=DPI)
    for line, clip, title in zip(axes, X, titles, strict=True):
        for axis, frame in zip(line, clip, strict=True):
            axis.imshow(frame[:, :, 0], cmap="gray", vmin=-1.4, vmax=1.4)
            axis.set(xticks=[], yticks=[])
        line[0].set_ylabel(title, fontsize=9)
    figure.tight_layout(pad=0.3)
    plt.show()


def count_pairs(first, second):
    """How often the answers (m,) and (m,) of two networks go together: (6, 6) whole numbers."""
    table = np.zeros((len(CLASSES), len(CLASSES)), int)
    np.add.at(table, (first, second), 1)
    return table


def show_table(table, down, across):
    """A table of counts between CLASSES, the darker the more."""
    figure, axis = plt.subplots(figsize=(5.2, 4.4), dpi=DPI)
    axis.imshow(table, cmap="Greys", vmax=1.3 * table.max())
    for (i, j), count in np.ndenumerate(table):
        axis.text(
            j, i, count, ha="center", va="center", color="white" if count > table.max() / 2 else "black"
        )
    axis.set(xticks=range(len(CLASSES)), yticks=range(len(CLASSES)), xlabel=across, ylabel=down)
    axis.set_xticklabels(CLASSES, rotation=30)
    axis.set_yticklabels(CLASSES)
    figure.tight_layout()
    plt.show()


def show_kernels(kernels, count=8):
    """The first kernels of a first layer, (3, 3, 3, 1, c): a column for each, its three moments from top down."""
    figure, axes = plt.subplots(3, count, figsize=(0.95 * count, 3), dpi=DPI)
    for k in range(count):
        for moment in range(3):
            axis = axes[moment, k]
            most = np.abs(kernels[..., 0, k]).max()
            axis.imshow(kernels[moment, :, :, 0, k], cmap="gray", vmin=-most, vmax=most)
            axis.set(xticks=[], yticks=[])
    for axis, name in zip(axes[:, 0], ("before", "now", "after"), strict=True):
        axis.set_ylabel(name, fontsize=9)
    figure.tight_layout(pad=0.3)
    plt.show()
