"""Week 3: crops that boxes and landmarks follow, two short trainings, and the figures of localization.

Call workbook.start() before you import this file: it quiets TensorFlow, which is loaded here. A box of the network is
(centre x, centre y, width, height) as shares of the picture's side; corner boxes are (x1, y1, x2, y2) in pixels.
"""

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

import facemarks
import helpers
import meadow
from workbook.training import recalibrate, training_step, warm_up_cosine

SIDE = 64  # pixels along a side as a network sees a picture
BATCH = 30
DPI = 72


def see(pictures):
    """Pixels as the networks get them: 0 to 255 in, float32 from -2 to 2 out."""
    return (np.asarray(pictures, np.float32) - 128) / 64


# ---------------------------------------------------------------- crops


def draw_crops(boxes, canvas, smallest, rng):
    """A square crop for each box (m, 4) of corners, anywhere on a canvas of so many pixels, but the whole box is
    in it: (m, 4) corners in pixels. A box of zeros is none. smallest: pixels along a side at least."""
    side = np.maximum(
        rng.uniform(smallest, canvas, len(boxes)), (boxes[:, 2:] - boxes[:, :2]).max(axis=1) + 2
    )
    side = np.minimum(side, canvas)[:, np.newaxis]
    empty = ~boxes.any(axis=1, keepdims=True)
    low = np.where(empty, 0, np.maximum(boxes[:, 2:] - side, 0))
    high = np.where(empty, canvas - side, np.minimum(boxes[:, :2], canvas - side))
    corner = low + rng.random((len(boxes), 2)) * np.maximum(high - low, 0)
    return np.concatenate([corner, corner + side], axis=1)


def cut(X, crops):
    """What lies in the crop (m, 4) of each picture (m, n, n, 3), brought to SIDE pixels: float32, 0 to 255."""
    half = (
        crops[:, 2:3] - crops[:, :1]
    ) / SIDE / 2 - 0.5  # from a crop's edge to the middle of its first pixel
    ends = np.concatenate([crops[:, :2] + half, crops[:, 2:] - half - 1], axis=1) / (X.shape[1] - 1)
    order = ends[:, [1, 0, 3, 2]].astype(np.float32)
    numbers = np.arange(len(X), dtype=np.int32)
    return tf.image.crop_and_resize(X.astype(np.float32), order, numbers, (SIDE, SIDE)).numpy()


def mirrored(boxes):
    """Boxes (m, 4) of the network in the mirror image: the centre moves, the size stays."""
    return boxes * [-1, 1, 1, 1] + [1, 0, 0, 0]


def targets(boxes, labels, crops, classes):
    """y (m, 5 + classes) float32 of corner boxes (m, 4) as they lie in crops (m, 4): presence, box, one-hot class.

    labels: (m,), 0 for none, else 1 + the class. Where nothing is there all numbers are 0.
    """
    side = crops[:, 2:3] - crops[:, :1]
    here = labels > 0
    y = np.zeros((len(labels), 5 + classes), np.float32)
    y[:, 0] = here
    y[:, 1:3] = ((boxes[:, :2] + boxes[:, 2:]) / 2 - crops[:, :2]) / side
    y[:, 3:5] = (boxes[:, 2:] - boxes[:, :2]) / side
    y[~here, 1:] = 0
    y[here, 4 + labels[here]] = 1
    return y


def lit(X, rng):
    """Pictures as a network sees them (m, n, n, 3), with a little more or less contrast and light."""
    shape = len(X), 1, 1, 1
    return X * rng.uniform(0.85, 1.15, shape).astype(np.float32) + rng.uniform(-0.2, 0.2, shape).astype(
        np.float32
    )


def animals(scenes, rng, chosen=None, vary=True):
    """A batch of scenes: pictures as the network sees them (m, SIDE, SIDE, 3), and y (m, 5 + classes).

    chosen: which scenes; None: all. vary: mirror half of them and change their light.
    """
    X, boxes, labels = (part if chosen is None else part[chosen] for part in scenes)
    crops = draw_crops(boxes, meadow.CANVAS, 60, rng)
    X, y = see(cut(X, crops)), targets(boxes, labels, crops, len(meadow.KINDS))
    if vary:
        turn = rng.random(len(X)) < 0.5
        X[turn] = X[turn, :, ::-1]
        y[turn & (labels > 0), 1:5] = mirrored(y[turn & (labels > 0), 1:5])
        X = lit(X, rng)
    return X, y


def portraits(album, rng, chosen=None, vary=True, swap=True):
    """A batch of faces: pictures as the network sees them (m, SIDE, SIDE, 3), and landmarks (m, 10, 2) as shares.

    album: pictures and landmarks as facemarks.draw_faces gives them. vary: as in animals. swap: give left and right
    landmarks each other's place where a face is mirrored; False is a mistake, to be looked at.
    """
    X, points = (part if chosen is None else part[chosen] for part in album[:2])
    side = rng.uniform(58, 70, (len(X), 1))
    corner = (facemarks.CANVAS - side) * rng.random((len(X), 2))
    X = see(cut(X, np.concatenate([corner, corner + side], axis=1)))
    points = (points - corner[:, np.newaxis]) / side[:, :, np.newaxis]
    if vary:
        turn = rng.random(len(X)) < 0.5
        X[turn] = X[turn, :, ::-1]
        order = facemarks.MIRRORED if swap else slice(None)
        points[turn] = (points[turn] * [-1, 1] + [1, 0])[:, order]
        X = lit(X, rng)
    return X, points.astype(np.float32)


def half_empty(scenes):
    """The scenes without an animal, and as many with one."""
    empty = np.flatnonzero(scenes.labels == 0)
    chosen = np.concatenate([empty, np.flatnonzero(scenes.labels > 0)[: len(empty)]])
    return meadow.Scenes(*(part[chosen] for part in scenes))


# ---------------------------------------------------------------- training


def train(model, batch, m, loss, epochs, peak=6e-3, size=BATCH):
    """Trains a model: ``batch(chosen, rng)`` gives pictures and targets of some of m examples.

    loss: of targets and outputs, a scalar. size: of a batch. Adam, with a learning rate that climbs and falls. Batch norms count their
    statistics again at the end.
    """
    tf.random.set_seed(1)
    rng, steps = np.random.default_rng(1), epochs * (m // size)
    step = training_step(model, warm_up_cosine(peak, max(steps // 10, 1), steps), loss)
    for _ in range(epochs):
        order = rng.permutation(m)
        for start in range(0, m - size + 1, size):
            X, y = batch(order[start : start + size], rng)
            step(tf.constant(X), tf.constant(y))
    recalibrate(model, (batch(rng.permutation(m)[:200], rng)[0] for _ in range(6)))


def train_animals(model, scenes, loss, epochs):
    """Trains a localizer on scenes."""
    train(model, lambda chosen, rng: animals(scenes, rng, chosen), len(scenes.X), loss, epochs)


def train_faces(model, album, epochs, swap=True):
    """Trains a model of landmarks on an album, by the mean squared error; swap: as in portraits.

    It starts from the mean face, where one last dense layer makes all landmarks: the bias is the mean place of each,
    in the order in which they come out, and the weights are small.
    """

    def error(truth, points):
        return 100 * tf.reduce_mean(tf.square(truth - points))

    def batch(chosen, rng):
        return portraits(album, rng, chosen, swap=swap)

    X, points = batch(None, np.random.default_rng(0))
    mean = points.mean(axis=0)
    kernel, bias = model.trainable_variables[-2:]

    def far(order):
        bias.assign(order)
        return np.abs(answers(model, X[:30]) - mean).mean()

    if tuple(bias.shape) == (mean.size,):
        kernel.assign(0.1 * kernel)
        bias.assign(min((mean.ravel(), mean.T.ravel()), key=far))
    train(model, batch, len(album[0]), error, epochs)


def answers(model, X):
    """What a model says of pictures, in inference mode, as an array."""
    return np.concatenate([np.asarray(model(X[i : i + 200], training=False)) for i in range(0, len(X), 200)])


# ---------------------------------------------------------------- measuring


def corners(boxes, side=SIDE):
    """Boxes (m, 4) of the network as corners (x1, y1, x2, y2) in pixels."""
    middle, half = boxes[:, :2], boxes[:, 2:4] / 2
    return side * np.concatenate([middle - half, middle + half], axis=1)


def overlaps(boxes, others):
    """Intersection over union of each of m boxes of the network with its partner: (m,)."""
    a, b = corners(boxes, 1), corners(others, 1)
    inner = np.clip(np.minimum(a[:, 2:], b[:, 2:]) - np.maximum(a[:, :2], b[:, :2]), 0, None).prod(axis=1)
    areas = [(box[:, 2:] - box[:, :2]).prod(axis=1) for box in (a, b)]
    return inner / (areas[0] + areas[1] - inner)


def scores(y, says):
    """How good predictions (m, 5 + classes) are: shares of presence and class told rightly, mean IoU. The last two
    over the pictures that hold an animal."""
    here = y[:, 0] == 1
    right = says[here, 5:].argmax(axis=1) == y[here, 5:].argmax(axis=1)
    return {
        "presence": float(np.mean((says[:, 0] > 0.5) == here)),
        "class": float(right.mean()),
        "mean IoU": float(overlaps(y[here, 1:5], says[here, 1:5]).mean()),
    }


def in_fog(model, X, y, contrasts):
    """What fog does to the predictions for pictures that hold an animal: for each contrast, from 1 to 0, the mean
    probability of an animal, and the mean size of the box, 1 where it is as large as the true one."""
    X, y = X[y[:, 0] == 1], y[y[:, 0] == 1]
    middle = X.mean(axis=(1, 2), keepdims=True)
    curve = []
    for contrast in contrasts:
        says = answers(model, (middle + contrast * (X - middle)).astype(np.float32))
        sizes = np.sqrt(says[:, 3:5].prod(axis=1) / y[:, 3:5].prod(axis=1))
        curve.append((says[:, 0].mean(), sizes.mean()))
    return np.array(curve)


def pixels_off(truth, points):
    """Mean distance, in pixels of a picture of SIDE, of landmarks (m, k, 2) from where they are."""
    return float(np.linalg.norm(SIDE * (truth - points), axis=2).mean())


# ---------------------------------------------------------------- figures


def pictures(X):
    """Back from what the networks see to pictures of values from 0 to 1."""
    return np.clip(X / 4 + 0.5, 0, 1)


def show_scenes(scenes, chosen, columns=6):
    """Some scenes as they were drawn, with their boxes."""
    names = ("nothing", *meadow.KINDS)
    boxes = [scenes.boxes[i : i + 1] if scenes.labels[i] else [] for i in chosen]
    titles = [names[scenes.labels[i]] for i in chosen]
    helpers.show_scenes([scenes.X[i] for i in chosen], boxes, titles=titles, columns=columns, width=1.9)


def show_answers(X, says, truth, columns=6):
    """Pictures with the box that is said, where an animal is said to be, and the true box, dashed and thin."""
    shown, titles = pictures(X), []
    boxes, told = corners(says[:, 1:5]), says[:, 0] > 0.5
    for one, here in zip(says, told, strict=True):
        name = meadow.KINDS[one[5:].argmax()] if here else "nothing"
        titles.append(f"{name} {max(one[0], 1 - one[0]):.2f}")
    rows = -(-len(X) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(1.9 * columns, 2.15 * rows), dpi=DPI, squeeze=False)
    for i, axis in enumerate(axes.flat):
        axis.axis("off")
        if i >= len(X):
            continue
        axis.imshow(shown[i], interpolation="nearest")
        if truth[i, 0]:
            (x1, y1, x2, y2) = corners(truth[i : i + 1, 1:5])[0] - 0.5
            axis.plot([x1, x2, x2, x1, x1], [y1, y1, y2, y2, y1], "--", color="white", lw=1.2)
        helpers.draw_boxes(axis, boxes[i : i + 1] if told[i] else [])
        axis.set_title(titles[i], fontsize=10)
        axis.set(xlim=(-0.5, SIDE - 0.5), ylim=(SIDE - 0.5, -0.5))
    figure.tight_layout(pad=0.3)
    plt.show()


def show_overlaps(named):
    """Histograms of IoU side by side. named: {name: (m,) values}."""
    figure, axes = plt.subplots(
        1, len(named), figsize=(3.4 * len(named), 2.4), dpi=DPI, sharey=True, squeeze=False
    )
    for axis, (name, values) in zip(axes.flat, named.items(), strict=True):
        axis.hist(values, np.linspace(0, 1, 21), color="0.75", edgecolor="black")
        axis.axvline(np.mean(values), color="black", ls="--")
        axis.set(title=name, xlabel=f"IoU, mean {np.mean(values):.2f}")
    axes[0, 0].set_ylabel("pictures")
    figure.tight_layout()
    plt.show()


def show_fog(contrasts, curves):
    """Size of the box and probability of an animal against the contrast. curves: {name: as in_fog gives it}."""
    figure, axes = plt.subplots(1, 2, figsize=(9, 3), dpi=DPI)
    labels = "probability of an animal", "size of the box, true size = 1"
    for k, (axis, label) in enumerate(zip(axes, labels, strict=True)):
        for (name, curve), line in zip(curves.items(), ("-o", "--s"), strict=True):
            axis.plot(
                contrasts, curve[:, k], line, color="black", markersize=5, markerfacecolor="white", label=name
            )
        axis.set(
            xscale="log", xlabel="contrast of the picture: fog to the right", ylabel=label, ylim=(0, None)
        )
        axis.invert_xaxis()
        axis.set_xticks(contrasts, [f"{c:g}" for c in contrasts])
        axis.minorticks_off()
        axis.legend(fontsize=9)
    figure.tight_layout()
    plt.show()
