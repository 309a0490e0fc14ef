"""Week 3: the classifier, the counts, the clock and the pictures of the sliding-windows lesson.

Call workbook.start() before you import this file: it quiets TensorFlow, which is loaded here.
Boxes are (x1, y1, x2, y2) in pixels, x to the right and y down. A map is (rows, columns, classes): what a
classifier says of each window.
"""

import time

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from matplotlib.patches import Rectangle

from grandstand import draw_stand, resized
from postprocess import iou_matrix

DPI = 72
SIDE = 32  # of a window, in pixels
NEAR, OTHER = 20, 100  # windows for each face that are tried, and for each picture


# ---------------------------------------------------------------- windows to learn from


def see(pictures):
    """Pixels as the classifier gets them: uint8 or float 0 to 255 in, float32 from -2 to 2 out."""
    return (np.asarray(pictures, np.float32) - 128) / 64


def draw_windows(people, seeds):
    """Windows (m, 32, 32, 3) float32 from 0 to 255, and whether each holds a face, (m,) 0 or 1.

    One grandstand is drawn for each seed. A window holds a face where it and the face's box overlap by more
    than 0.6 (intersection over union), and none where they overlap by less than 0.4. What is between the two
    is left out.
    """
    X, y = [], []
    for seed in seeds:
        stand, rng = draw_stand(people, seed), np.random.default_rng(seed)
        boxes = _some_boxes(stand, rng)
        best = iou_matrix(boxes, stand.faces).max(axis=1)
        clear = (best < 0.4) | (best > 0.6)
        X.append(cut(stand.picture, boxes[clear]))
        y.append((best[clear] > 0.6).astype(np.int64))
    return np.concatenate(X), np.concatenate(y)


def _some_boxes(stand, rng):
    """Square boxes inside the picture: a third on faces, a third beside them, a third anywhere."""
    n_H, n_W = stand.picture.shape[:2]
    face = np.repeat(stand.faces, NEAR, axis=0)
    side, middle = face[:, 2] - face[:, 0], (face[:, :2] + face[:, 2:]) / 2
    on = (np.arange(len(face)) % 2 == 0)[:, np.newaxis]
    shift = np.where(on, rng.normal(0, 0.07, middle.shape), rng.uniform(-0.8, 0.8, middle.shape))
    middle = middle + shift * side[:, np.newaxis]
    side = side * np.exp(rng.uniform(-1, 1, len(face)) * np.where(on[:, 0], 0.2, 0.8))
    middle = np.concatenate([middle, rng.uniform(0, 1, (OTHER, 2)) * [n_W, n_H]])
    side = np.concatenate([side, np.exp(rng.uniform(np.log(20), np.log(80), OTHER))])[:, np.newaxis]
    boxes = np.concatenate([middle - side / 2, middle + side / 2], axis=1)
    return boxes[(boxes >= 0).all(axis=1) & (boxes[:, 2] <= n_W) & (boxes[:, 3] <= n_H)]


def cut(picture, boxes, side=SIDE):
    """What lies in each of the boxes (k, 4), each brought to side x side pixels: (k, side, side, 3) float32."""
    n_H, n_W = picture.shape[:2]
    x1, y1, x2, y2 = (np.asarray(boxes, np.float32) - np.float32([0, 0, 1, 1])).T
    shares = np.stack([y1 / (n_H - 1), x1 / (n_W - 1), y2 / (n_H - 1), x2 / (n_W - 1)], axis=1)
    whole = tf.constant(picture[np.newaxis], tf.float32)
    return tf.image.crop_and_resize(whole, shares, np.zeros(len(boxes), np.int32), (side, side)).numpy()


# ---------------------------------------------------------------- the classifier


def face_classifier():
    """A network for one window: (m, 32, 32, 3) to the probabilities of "something else" and "a face"."""
    return keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 3)),
            layers.Conv2D(8, 5, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(16, activation="relu"),
            layers.Dense(2, activation="softmax"),
        ]
    )


def train(model, X, y, epochs=6, batch_size=32, peak=3e-3):
    """Trains a classifier on windows X (m, 32, 32, 3), values from 0 to 255, with labels y (m,)."""
    rate = keras.optimizers.schedules.CosineDecay(peak, epochs * -(-len(X) // batch_size))
    loss = "sparse_categorical_crossentropy"
    model.compile(keras.optimizers.Adam(rate), loss, metrics=["accuracy"], jit_compile=False)
    history = model.fit(see(X), y, batch_size=batch_size, epochs=epochs, verbose=0).history
    print(f"accuracy on the windows that it learns from, in the last epoch: {history['accuracy'][-1]:.3f}")


# ---------------------------------------------------------------- counting, and the clock


def multiplications(model, input_shape):
    """How many multiplications a model takes for one picture of input_shape (n_H, n_W, n_C).

    Read from the graph that TensorFlow makes of the model, so that it does not matter how it was written.
    """
    run = tf.function(lambda X: model(X, training=False))
    graph = run.get_concrete_function(tf.TensorSpec((1, *input_shape))).graph
    steps = [step for step in graph.get_operations() if step.type in ("Conv2D", "MatMul")]
    return sum(int(np.prod(step.inputs[1].shape) * np.prod(step.outputs[0].shape[1:-1])) for step in steps)


def seconds(function, repeats=5):
    """The shortest time of so many calls, after one that does not count."""
    function()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


class Compiled:
    """A model that TensorFlow has turned into a graph: the same answers, with less to do around each call.

    So two ways of asking are timed, and not two ways of calling. It is called as the model is.
    """

    def __init__(self, model):
        self.model = model
        self.run = tf.function(lambda X: model(X, training=False), reduce_retracing=True)

    def __call__(self, X, **options):
        return self.run(tf.convert_to_tensor(X, tf.float32))

    def predict(self, X, **options):
        return self(X).numpy()

    def __getattr__(self, name):
        return getattr(self.model, name)


# ---------------------------------------------------------------- how a classifier answers


def answers_by_size(model, stand, sizes):
    """Mean probability of a face, by how many of the window's 32 pixels the face's box fills: (sizes,)."""
    return np.array([_mean_answer(model, stand, SIDE / size, 0) for size in sizes])


def answers_by_shift(model, stand, shifts):
    """Mean probability of a face, by how many pixels the window stands to the right of the face: (shifts,)."""
    return np.array([_mean_answer(model, stand, 1.0, shift / SIDE) for shift in shifts])


def _mean_answer(model, stand, zoom, shift):
    """Over all faces whose window, zoom times as large as the face and shifted, lies inside the picture."""
    middle = (stand.faces[:, :2] + stand.faces[:, 2:]) / 2
    side = (stand.faces[:, 2:3] - stand.faces[:, :1]) * zoom
    middle = middle + side * [shift, 0]
    boxes = np.concatenate([middle - side / 2, middle + side / 2], axis=1)
    n_H, n_W = stand.picture.shape[:2]
    inside = (boxes >= 0).all(axis=1) & (boxes[:, 2] <= n_W) & (boxes[:, 3] <= n_H)
    pictures = see(cut(stand.picture, boxes[inside]))
    return float(np.mean(np.asarray(model(pictures))[:, 1]))


def best_overlaps(boxes, faces):
    """For each face (k, 4), how well the best of the boxes (n, 4 or 5) fits it: (k,), 0 not at all, 1 exactly."""
    boxes = np.reshape(boxes, (len(boxes), -1))[:, :4]
    return iou_matrix(faces, boxes).max(axis=1, initial=0.0)


# ---------------------------------------------------------------- figures


def show_picture(picture, boxes=()):
    """A picture (n_H, n_W, 3) uint8, twice as large as it is, with thin boxes around what was found."""
    n_H, n_W = picture.shape[:2]
    figure, axis = plt.subplots(figsize=(2 * n_W / DPI, 2 * n_H / DPI), dpi=DPI)
    axis.imshow(picture)
    for x1, y1, x2, y2 in np.asarray(boxes)[:, :4] if len(boxes) else ():
        axis.add_patch(
            Rectangle((x1 - 0.5, y1 - 0.5), x2 - x1, y2 - y1, fill=False, edgecolor="white", linewidth=0.7)
        )
    axis.axis("off")
    figure.tight_layout(pad=0)
    plt.show()


def show_windows(X, y, columns=12, rows=2, seed=1):
    """Some windows (m, 32, 32, 3) from 0 to 255: in the upper rows faces, in the lower rows something else."""
    rng = np.random.default_rng(seed)
    figure, axes = plt.subplots(2 * rows, columns, figsize=(0.8 * columns, 1.75 * rows), dpi=DPI)
    for label, part in zip((1, 0), np.split(axes, 2), strict=True):
        chosen = rng.choice(np.flatnonzero(y == label), size=part.size, replace=False)
        for axis, x in zip(part.flat, X[chosen], strict=True):
            axis.imshow(x.astype(np.uint8))
            axis.set(xticks=[], yticks=[])
        part[0, 0].set_ylabel("face" if label else "other", fontsize=10)
    figure.tight_layout(pad=0.4)
    plt.show()


def show_map(picture, scores, stride, window=SIDE):
    """A picture (n_H, n_W, 3), and a map (rows, columns) of probabilities: each at the middle of its window."""
    n_H, n_W = picture.shape[:2]
    figure, axes = plt.subplots(1, 2, figsize=(12, 6 * n_H / n_W + 0.3), dpi=DPI, layout="constrained")
    axes[0].imshow(picture)
    first, (rows, columns) = (window - stride) / 2, scores.shape
    extent = (first, first + columns * stride, first + rows * stride, first)
    shown = axes[1].imshow(scores, cmap="gray_r", vmin=0, vmax=1, extent=extent, interpolation="nearest")
    axes[1].set(xlim=(0, n_W), ylim=(n_H, 0), aspect="equal")
    axes[0].set_title("the picture", fontsize=10)
    axes[1].set_title("probability of a face, at the middle of each window", fontsize=10)
    figure.colorbar(shown, ax=axes[1], shrink=0.8)
    plt.show()


def show_times(times):
    """Seconds as bars on a logarithmic axis. times: {name: seconds}."""
    figure, axis = plt.subplots(figsize=(7.5, 0.55 * len(times) + 0.8), dpi=DPI)
    names, values = list(times), list(times.values())
    axis.barh(names, values, color="0.75", edgecolor="black", hatch="//")
    for i, value in enumerate(values):
        axis.text(value * 1.15, i, f"{value:.3g} s", va="center", fontsize=10)
    axis.set(
        xscale="log", xlim=(min(values) / 3, max(values) * 6), xlabel="seconds (each step is a factor of 10)"
    )
    axis.invert_yaxis()
    figure.tight_layout()
    plt.show()


def show_speed_up(sizes, measured, counted):
    """The speed-up against the size of the picture: as the clock has it, and as multiplications have it."""
    figure, axis = plt.subplots(figsize=(6.5, 3.4), dpi=DPI)
    axis.plot(sizes, measured, "-", color="black", marker="o", label="time, measured")
    axis.plot(
        sizes,
        counted,
        "--",
        color="black",
        marker="s",
        markerfacecolor="white",
        label="multiplications, counted",
    )
    axis.axhline(1, color="gray", linewidth=0.8)
    axis.set(
        xscale="log", xlabel="height and width of the picture, pixels", ylabel="times as fast", ylim=(0, None)
    )
    axis.set_xticks(sizes, [str(n) for n in sizes])
    axis.minorticks_off()
    axis.legend()
    figure.tight_layout()
    plt.show()


def show_answers(sizes, by_size, shifts, by_shift):
    """The classifier's answer by the size of the face, and by how far the window is off."""
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.1), dpi=DPI, sharey=True)
    axes[0].plot(sizes, by_size, "-o", color="black", markersize=4)
    axes[0].axvline(SIDE, color="gray", linewidth=0.8, linestyle=":")
    axes[0].set(
        xscale="log", xlabel="size of the face in the window's pixels", ylabel="mean probability of a face"
    )
    axes[0].set_xticks(sizes[::2], [f"{n:.0f}" for n in sizes[::2]])
    axes[0].minorticks_off()
    axes[1].plot(shifts, by_shift, "-s", color="black", markersize=4)
    axes[1].set(xlabel="window off by so many pixels (below 0: to the left)", ylim=(0, 1.03))
    figure.tight_layout()
    plt.show()


def show_pyramid(pictures, maps, scales, threshold):
    """The same picture in several sizes, drawn to scale, and the places of each map that reach the threshold."""
    widths = [picture.shape[1] for picture in pictures]
    unit = 13 / (sum(widths) + 20 * len(widths))
    figure, axes = plt.subplots(
        1, len(pictures), figsize=(13, unit * pictures[0].shape[0] + 0.5), dpi=DPI, width_ratios=widths
    )
    for axis, picture, scores, scale in zip(axes, pictures, maps, scales, strict=True):
        axis.imshow(np.clip(picture, 0, 255).astype(np.uint8))
        rows, columns = np.nonzero(scores >= threshold)
        middle = SIDE / 2
        axis.plot(
            columns * 4 + middle, rows * 4 + middle, "o", color="white", markeredgecolor="black", markersize=4
        )
        axis.set_title(f"scale {scale:g}", fontsize=10)
        axis.set_anchor("S")
        axis.axis("off")
    figure.tight_layout(pad=0.4)
    plt.show()
