"""Week 4, face recognition: its figures. No TensorFlow is loaded here."""

import matplotlib.pyplot as plt
import numpy as np

DPI = 72
LINES = ("-", "--", "-.", ":")
MARKERS = "osD^vPX*"


def show_people(X, y, people, columns=6):
    """A row for each of some people: pictures X (m, n, n, 3) whose label y (m,) is theirs."""
    figure, axes = plt.subplots(len(people), columns, figsize=(columns, len(people)), dpi=DPI, squeeze=False)
    for row, person in zip(axes, people, strict=True):
        for axis, picture in zip(row, X[y == person], strict=False):
            axis.imshow(picture)
        for axis in row:
            axis.axis("off")
    figure.subplots_adjust(0, 0, 1, 1, 0.03, 0.03)
    plt.show()


def plane_of(vectors):
    """Rows (m, k) in the plane (m, 2) in which they are spread most (principal components)."""
    centred = vectors - vectors.mean(axis=0)
    return centred @ np.linalg.svd(centred, full_matrices=False)[2][:2].T


def show_planes(before, after, y, people):
    """Embeddings before and after the training, each in its own plane; a marker and a grey for each person."""
    figure, axes = plt.subplots(1, 2, figsize=(9, 4.2), dpi=DPI)
    for axis, vectors, title in zip(axes, (before, after), ("before the training", "after it"), strict=True):
        mine = np.isin(y, people)
        flat = plane_of(vectors[mine])
        for i, person in enumerate(people):
            of = y[mine] == person
            shade = str(0.8 * (i % 2)) if i < 4 else plt.cm.viridis(i / len(people))
            axis.scatter(*flat[of].T, marker=MARKERS[i % 8], s=55, color=shade, edgecolor="black")
        axis.set(title=title, xticks=[], yticks=[])
    figure.tight_layout()
    plt.show()


def plot_mining(curves, every):
    """Accuracy on people who were not trained on, by step. curves: by kind of triplet, one value each ``every`` steps."""
    figure, axis = plt.subplots(figsize=(6.4, 3.8), dpi=DPI)
    for (kind, values), line, marker in zip(curves.items(), LINES, MARKERS, strict=False):
        steps = every * np.arange(1, len(values) + 1)
        axis.plot(
            steps,
            values,
            line,
            color="black",
            marker=marker,
            markersize=5,
            markerfacecolor="white",
            label=kind,
        )
    axis.set(xlabel="steps", ylabel="balanced accuracy, new people", ylim=(0.49, 1))
    axis.legend(fontsize=9)
    figure.tight_layout()
    plt.show()


def plot_distances(distances, same, threshold):
    """Two histograms of the distances (k,): of pairs of one person and of two people; and the threshold."""
    figure, axis = plt.subplots(figsize=(6.4, 3.2), dpi=DPI)
    bins = np.linspace(0, distances.max(), 41)
    axis.hist(distances[~same], bins, density=True, color="0.75", label="two people")
    axis.hist(distances[same], bins, density=True, histtype="step", color="black", lw=1.8, label="one person")
    axis.axvline(threshold, color="black", ls="--", label="threshold")
    axis.set(xlabel="distance", ylabel="share of such pairs", yticks=[])
    axis.legend(fontsize=9)
    figure.tight_layout()
    plt.show()


def roc(distances, same):
    """Shares of wrong and of right yes answers for every threshold, from none to all: two arrays."""
    order = np.argsort(distances, kind="stable")
    hits = np.concatenate([[0], np.cumsum(same[order]) / same.sum()])
    alarms = np.concatenate([[0], np.cumsum(~same[order]) / (~same).sum()])
    return alarms, hits


def plot_roc(curves, marks):
    """ROC curves. curves: by name, (distances, same); marks: by name, the threshold to mark on it, or None."""
    figure, axis = plt.subplots(figsize=(4.8, 4.4), dpi=DPI)
    for (name, (distances, same)), line in zip(curves.items(), LINES, strict=False):
        alarms, hits = roc(distances, same)
        axis.plot(alarms, hits, line, color="black", label=f"{name}: area {np.trapezoid(hits, alarms):.3f}")
        if marks.get(name) is not None:
            below = distances < marks[name]
            axis.plot(below[~same].mean(), below[same].mean(), "o", color="black", ms=8, mfc="white")
    axis.plot([0, 1], [0, 1], color="0.7", lw=1)
    axis.set(xlabel="doors opened to a stranger", ylabel="doors opened to the right person")
    axis.legend(loc="lower right", fontsize=9)
    figure.tight_layout()
    plt.show()


def show_squares():
    """Plain against squared distance: how hard each pulls at a positive, by its distance."""
    d = np.linspace(0, 2, 50)
    figure, axis = plt.subplots(figsize=(5, 3), dpi=DPI)
    axis.plot(d, 2 * d, "-", color="black", label="pull of the squared distance")
    axis.plot(d, np.ones_like(d), "--", color="black", label="pull of the plain distance")
    axis.set(xlabel="distance", ylabel="size of the gradient")
    axis.legend(fontsize=9)
    figure.tight_layout()
    plt.show()
