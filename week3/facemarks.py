"""Week 3: faces with landmarks, what landmarks are good for, and pictures of both.

Nobody is photographed: code draws the faces and knows where their landmarks are. Points are (x, y) in pixels, x to
the right and y down, with (0, 0) at the top left corner; left and right are those of the picture. No TensorFlow
is loaded here.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Ellipse, Polygon

from workbook.data import faces
from workbook.data.kept import kept

DPI = 72
SIDE = 64  # pixels along a side as the network sees a face
EDGE = 6  # pixels that are added on each side, so that a crop has room to move
CANVAS = SIDE + 2 * EDGE
NAMES = (
    "left eye, outer corner",
    "left eye, inner corner",
    "right eye, inner corner",
    "right eye, outer corner",
    "nose, tip",
    "mouth, left corner",
    "mouth, right corner",
    "upper lip, top",
    "lower lip, bottom",
    "chin",
)
MIRRORED = np.array([3, 2, 1, 0, 4, 6, 5, 7, 8, 9])
"""Which landmark of a picture becomes which of its mirror image: left and right change their names."""


TRAIN, TEST = (75, 6, 1), (20, 6, 2)  # the lesson's faces: people, pictures of each, the seed
PARTS = "X", "landmarks", "smile"


def load_faces(quiet=False):
    """The lesson's faces to train on and those to test on, as draw_faces gives them; drawn once, then kept in
    datasets/generated."""
    keys = [f"{split}_{part}" for split in ("train", "test") for part in PARTS]
    sizes = "-".join(f"{each}x{people}s{seed}" for people, each, seed in (TRAIN, TEST))
    count, count_test = (people * each for people, each, _ in (TRAIN, TEST))

    def draw(update):
        train = draw_faces(*TRAIN, update=update)
        test = draw_faces(*TEST, update=lambda done: update(count + done))
        return dict(zip(keys, (*train, *test), strict=True))

    arrays = kept(
        "landmarks",
        draw,
        keys=tuple(keys),
        drawings=count + count_test,
        recipe=f"{CANVAS}px-{sizes}",
        code=("face*.py", "camera.py"),
        lesson_code=Path(__file__),
        quiet=quiet,
    )
    return tuple(arrays[key] for key in keys[:3]), tuple(arrays[key] for key in keys[3:])


def draw_faces(people, each, seed, update=lambda done: None):
    """Faces of people who do not exist: X (m, CANVAS, CANVAS, 3) uint8, landmarks (m, 10, 2) float32 in pixels,
    and how broad each smiles (m,), 0 to 1. The outermost EDGE pixels repeat those at the picture's edge.
    update: a function that hears how many are drawn."""
    album = faces.draw_album(people, each, seed, size=SIDE, variety=0.7, update=update)
    chosen = [faces.LANDMARKS.index(name) for name in NAMES]
    edge = (0, 0), (EDGE, EDGE), (EDGE, EDGE), (0, 0)
    return np.pad(album.X, edge, mode="edge"), album.landmarks[:, chosen] + EDGE, album.smile


# ---------------------------------------------------------------- what landmarks tell


def smile_features(points):
    """Two numbers for each face (m, 2) from its landmarks (m, 10, 2): whatever the size and the tilt of the head.

    The first: how wide the mouth is, as a share of the distance of the outer corners of the eyes. The second: how
    far the corners of the mouth lie above the middle of the lips, as a share of the same.
    """
    eyes = points[:, 3] - points[:, 0]
    size = np.linalg.norm(eyes, axis=1, keepdims=True)
    right = eyes / size
    down = np.stack([-right[:, 1], right[:, 0]], axis=1)
    wide = ((points[:, 6] - points[:, 5]) * right).sum(axis=1)
    corners, lips = points[:, 5:7].mean(axis=1), points[:, 7:9].mean(axis=1)
    raised = ((lips - corners) * down).sum(axis=1)
    return np.stack([wide, raised], axis=1) / size


def fit_line(features, smiles):
    """Weights (3,) of a straight line through the features (m, 2) that tells smiles (m,) bool: least squares."""
    with_one = np.column_stack([features, np.ones(len(features))])
    return np.linalg.lstsq(with_one, 2.0 * smiles - 1, rcond=None)[0]


def says_smile(features, weights):
    """(m,) bool: which faces lie on the side of the smiles."""
    return features @ weights[:2] + weights[2] > 0


# ---------------------------------------------------------------- pictures


def show_landmarks(pictures, points, truth=None, columns=6, numbers=False, titles=None, width=1.9):
    """Faces with their landmarks as white dots; crosses where ``truth`` says that they are.

    pictures: (k, n, n, 3) uint8 or 0 to 1. points, truth: (k, landmarks, 2) pixels. numbers: beside each dot.
    """
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    size = (width * columns, (width + (0.25 if titles else 0.05)) * rows)
    figure, axes = plt.subplots(rows, columns, figsize=size, dpi=DPI, squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for i, (axis, picture) in enumerate(zip(axes.flat, pictures, strict=False)):
        axis.imshow(picture, interpolation="nearest")
        if truth is not None:
            axis.plot(*truth[i].T, "x", color="black", markersize=5, markeredgewidth=1.2)
        axis.plot(*points[i].T, "o", color="white", markeredgecolor="black", markersize=4 * width / 1.9)
        for k, (x, y) in enumerate(points[i] if numbers else ()):
            axis.text(x + 1.2, y - 1.2, str(k), fontsize=9, color="white", bbox=_INK)
        if titles:
            axis.set_title(titles[i], fontsize=10)
        axis.set(xlim=(-0.5, len(picture) - 0.5), ylim=(len(picture) - 0.5, -0.5))
    figure.tight_layout(pad=0.3)
    plt.show()


_INK = {"facecolor": "black", "edgecolor": "none", "pad": 0.5, "alpha": 0.7}


def dress_up(pictures, points, columns=6):
    """Faces with glasses, a moustache and a hat, each put where the landmarks (k, 10, 2) say."""
    rows = -(-len(pictures) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(1.9 * columns, 3.15 * rows), dpi=DPI, squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for axis, picture, marks in zip(axes.flat, pictures, points, strict=False):
        axis.imshow(picture, interpolation="nearest")
        for thing in (_hat, _glasses, _moustache):
            thing(axis, marks)
        axis.set(xlim=(-0.5, len(picture) - 0.5), ylim=(len(picture) - 0.5, -42))  # room for the hat
    figure.tight_layout(pad=0.3)
    plt.show()


def _frame(marks):
    """Where the face is: the middle of the eyes, one eye distance to the right, one down, and the angle."""
    left, right = marks[0:2].mean(axis=0), marks[2:4].mean(axis=0)
    across = right - left
    down = np.array([-across[1], across[0]])
    return (left + right) / 2, across, down, np.degrees(np.arctan2(across[1], across[0]))


def _glasses(axis, marks):
    _, across, down, angle = _frame(marks)
    wide, high = 0.72 * np.linalg.norm(across), 0.52 * np.linalg.norm(across)
    rims = [marks[0:2].mean(axis=0) + 0.04 * down, marks[2:4].mean(axis=0) + 0.04 * down]
    for rim in rims:
        axis.add_patch(
            Ellipse(rim, wide, high, angle=angle, facecolor=(0, 0, 0, 0.35), edgecolor="black", lw=2)
        )
    bridge = rims[0] + 0.36 * across, rims[1] - 0.36 * across
    axis.plot(*np.transpose(bridge), color="black", lw=2)


def _moustache(axis, marks):
    middle = 0.45 * marks[4] + 0.55 * marks[7]
    half, down = (marks[6] - marks[5]) * 0.62, _frame(marks)[2]
    t = np.linspace(-1, 1, 41)[:, np.newaxis]
    thick = 0.16 * np.abs(np.sin(np.pi * t)) ** 0.6 * (1 - 0.35 * np.abs(t)) + 0.015
    spine = middle + t * half + (0.10 * t**2 - 0.08 * t**4) * down
    axis.add_patch(
        Polygon(np.concatenate([spine - thick * down, (spine + 0.6 * thick * down)[::-1]]), color="#2a1608")
    )


def _hat(axis, marks):
    middle, across, down, _ = _frame(marks)
    brim = middle - 0.95 * down
    corners = [brim - 0.85 * across, brim + 0.85 * across, brim - 1.3 * down]
    axis.add_patch(Polygon(corners, facecolor="#1f3fd1", edgecolor="black", lw=1.2))
    for share, half in ((0.25, 0.62), (0.55, 0.37)):
        ends = np.stack([brim - share * 1.3 * down + side * half * across for side in (-1, 1)])
        axis.plot(*ends.T, color="#ffe14d", lw=3)
    axis.add_patch(
        Ellipse(corners[2], *[0.4 * np.linalg.norm(across)] * 2, facecolor="white", edgecolor="black")
    )
