"""Week 3, region proposals: first regions and what is known of them, boxes in order, crops, networks, the clock.

Call workbook.start() before you import this file: it quiets TensorFlow, which is loaded here.
Pictures are (n_H, n_W, 3) uint8. Boxes are (n, 4) corners x1, y1, x2, y2 in pixels, where nothing else is said.
"""

from functools import partial
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from PIL import Image
from skimage.color import rgb2hsv, rgb2lab
from skimage.segmentation import felzenszwalb

import detector
from postprocess import iou_matrix, suppress
from windows import seconds  # the lesson's clock
from workbook.training import training_step, warm_up_cosine

COLOUR_BINS, TEXTURE_BINS = 25, 10  # for each channel; for each channel and direction
ENLARGED = 2  # a far car has 12 pixels: the first regions are found in a picture twice as large
SPACES = {
    "rgb": lambda picture: picture,
    "lab": lambda picture: rgb2lab(picture) / 100 + [0, 0.5, 0.5],
    "hsv": rgb2hsv,
}
"""Colour spaces, from RGB 0 to 1, each channel brought to about 0 to 1."""

LOOKS = (
    {"space": "rgb", "scale": 100, "by_colour": False},
    {"space": "rgb", "scale": 40},
    {"space": "lab", "scale": 50},
    {"space": "hsv", "scale": 100},
)
"""First regions whose groupings are put together: arguments of initial_regions. Chosen on training scenes."""


class Region(NamedTuple):
    """A region of a picture."""

    box: np.ndarray  # (4,) x1, y1, x2, y2 as shares of the picture's width and height, 0 to 1
    size: float  # its pixels, as a share of the picture's
    colour: np.ndarray  # (75,) histogram of its colours, adds up to 1
    texture: np.ndarray  # (60,) histogram of its edges, adds up to 1


# ---------------------------------------------------------------- the first regions


def small_pieces(image, space="rgb", scale=100):
    """Pieces of like colour: the number of the piece (2 n_H, 2 n_W) of each pixel, and the colours (..., 3).

    scale: the larger, the larger the pieces. (Felzenszwalb & Huttenlocher 2004)
    """
    n_H, n_W = image.shape[:2]
    large = Image.fromarray(image).resize((ENLARGED * n_W, ENLARGED * n_H), Image.Resampling.BILINEAR)
    colours = SPACES[space](np.asarray(large) / 255.0)
    return felzenszwalb(colours, scale=scale, sigma=0.8, min_size=20, channel_axis=-1), colours


def initial_regions(image, space="rgb", scale=100, by_colour=True):
    """What a picture hangs together from: a list of regions, and a list of pairs (i, j) of neighbours, i < j.

    image  (n_H, n_W, 3) uint8
    space  in which colours are compared: "rgb", "lab" or "hsv"; scale: the larger, the fewer regions
    by_colour  False: the grouping shall not look at colours, so all regions get the same histogram
    """
    pieces, colours = small_pieces(image, space, scale)
    steps = np.concatenate(np.gradient(colours, axis=(0, 1)), axis=-1)
    colour = histograms(pieces, colours, COLOUR_BINS, 0, 1)
    if not by_colour:
        colour = np.full_like(colour, 1 / colour.shape[1])
    texture = histograms(pieces, steps, TEXTURE_BINS, -0.1, 0.1)
    sizes = np.bincount(pieces.ravel()) / pieces.size
    columns = zip(boxes_of(pieces), sizes, colour, texture, strict=True)
    return [Region(*row) for row in columns], touching(pieces)


def histograms(pieces, values, bins, low, high):
    """Of each piece the histograms of its values (n_H, n_W, c), one after another: (pieces, c * bins), sum 1."""
    count, channels = pieces.max() + 1, values.shape[-1]
    index = np.clip((values - low) / (high - low) * bins, 0, bins - 1).astype(int)
    index += bins * (np.arange(channels) + channels * pieces[..., None])
    counts = np.bincount(index.ravel(), minlength=count * channels * bins).reshape(count, -1)
    return counts / counts.sum(axis=1, keepdims=True)


def boxes_of(pieces):
    """The box (pieces, 4) of each piece, x1, y1, x2, y2 as shares of width and height."""
    n_H, n_W = pieces.shape
    rows, columns = np.mgrid[:n_H, :n_W]
    low, high = np.full((pieces.max() + 1, 2), max(n_H, n_W)), np.zeros((pieces.max() + 1, 2), int)
    for k, places in enumerate((columns, rows)):
        np.minimum.at(low[:, k], pieces, places)
        np.maximum.at(high[:, k], pieces, places + 1)
    return np.hstack([low, high]) / [n_W, n_H, n_W, n_H]


def touching(pieces):
    """Pairs (i, j), i < j, of pieces with a common edge."""
    beside = np.stack([pieces[:, :-1].ravel(), pieces[:, 1:].ravel()])
    below = np.stack([pieces[:-1].ravel(), pieces[1:].ravel()])
    pairs = np.sort(np.concatenate([beside, below], axis=1), axis=0)
    return [tuple(pair) for pair in np.unique(pairs[:, pairs[0] < pairs[1]], axis=1).T.tolist()]


# ---------------------------------------------------------------- proposals, best first


def best_first(groupings, least_side=10, same=0.65, seed=1):
    """Boxes of several groupings in one list: (n, 4). Large ones rather early, small ones rather late.

    groupings  a list of arrays (n, 4), boxes in pixels
    least_side boxes narrower or lower than this are left out
    same       of two boxes whose IoU is above this the later one is left out
    The rank of a box in its grouping, largest first, times a random number from 0 to 1, decides. (Uijlings et al.
    2013, section 4.3: there the place in the hierarchy stands for the size.)
    """
    rng, boxes, keys = np.random.default_rng(seed), [], []
    for grouping in groupings:
        own = np.round(np.array([np.asarray(box, float) for box in grouping]).reshape(-1, 4), 4)
        own = own[detector.shorter_side(own) >= least_side]
        own = own[np.lexsort((*own.T, -(own[:, 2:] - own[:, :2]).prod(axis=1)))]
        boxes.append(own)
        keys.append(np.arange(1, len(own) + 1) * rng.random(len(own)))
    boxes, keys = np.concatenate(boxes), np.concatenate(keys)
    return boxes[suppress(boxes, -keys, iou_threshold=same, max_boxes=len(boxes))]


def proposals_of(image, propose, looks=LOOKS):
    """The proposals (n, 4) for one picture, best first: groupings by the function propose, one for each look."""
    return best_first([propose(image, partial(initial_regions, **look)) for look in looks])


def random_boxes(n, shape, seed=1, least_side=8):
    """Boxes (n, 4) with corners drawn at random in a picture of shape (n_H, n_W)."""
    rng = np.random.default_rng(seed)
    x, y = (np.sort(rng.uniform(0, side, (2, 20 * n)), axis=0) for side in shape[::-1])
    boxes = np.stack([x[0], y[0], x[1], y[1]], axis=1)
    return boxes[detector.shorter_side(boxes) >= least_side][:n]


def window_boxes(n, shape):
    """At most n windows (., 4) of six shapes on a grid over a picture (n_H, n_W), as evenly as n allows."""
    n_H, n_W = shape
    windows = []
    for w, h in ((16, 16), (28, 20), (24, 28), (44, 32), (60, 44), (40, 48)):
        across = max(1, round(np.sqrt(n / 6 * (n_W - w) / (n_H - h))))
        down = max(1, int(n / 6 / across))
        x, y = np.meshgrid(np.linspace(0, n_W - w, across), np.linspace(0, n_H - h, down))
        windows.append(np.stack([x.ravel(), y.ravel(), x.ravel() + w, y.ravel() + h], axis=1))
    return np.concatenate(windows)[:n]


def cars(boxes):
    """The cars (n, 4) that count, of boxes (n, 5) of the roads data set: at least 12 pixels wide and high."""
    return boxes[(boxes[:, 4] == 0) & (detector.shorter_side(boxes) >= detector.LEAST_SIDE), :4]


def first_hits(proposals, truth, iou_threshold=0.5):
    """For every object of all pictures, how many proposals it takes until one fits: (objects,), inf where none does.

    proposals, truth: for each picture (n, 4) and (k, 4)
    """
    hits = [
        iou_matrix(objects, boxes) >= iou_threshold for boxes, objects in zip(proposals, truth, strict=True)
    ]
    return np.concatenate(
        [np.where(hit.any(axis=1), hit.argmax(axis=1) + 1.0, np.inf) for hit in hits if hit.size]
        or [np.zeros(0)]
    )


def recall(proposals, truth, counts):
    """Which share of the objects is met by the first so many proposals: an array, one number for each count."""
    first = first_hits(proposals, truth)
    return np.array([np.mean(first <= count) for count in counts])


# ---------------------------------------------------------------- crops and their classifier


def warp(image, boxes, size):
    """What lies in each of the boxes (n, 4), brought to size x size pixels: (n, size, size, 3) float32, 0 to 255."""
    n_H, n_W = image.shape[:2]
    x1, y1, x2, y2 = (np.asarray(boxes, np.float32).reshape(-1, 4) - np.float32([0, 0, 1, 1])).T
    shares = np.stack([y1 / (n_H - 1), x1 / (n_W - 1), y2 / (n_H - 1), x2 / (n_W - 1)], axis=1)
    whole = tf.constant(image[np.newaxis], tf.float32)
    return tf.image.crop_and_resize(whole, shares, np.zeros(len(shares), np.int32), (size, size)).numpy()


def crop_classifier(size=32, classes=2):
    """A network for one crop: (m, size, size, 3), 0 to 255, to the probabilities of background and of a car."""
    return keras.Sequential(
        [
            keras.Input((size, size, 3)),
            layers.Rescaling(1 / 64, offset=-2),
            layers.Conv2D(24, 5, strides=2, padding="same", activation="relu"),
            layers.Conv2D(40, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(64, activation="relu"),
            layers.Dense(classes, activation="softmax"),
        ]
    )


def crops_to_learn(X, boxes, propose, size=32, grouped=120, seed=1):
    """Crops (m, size, size, 3) float32 from scenes X with objects, boxes (n, 5), and their classes (m,): 0 or 1.

    Candidates are boxes near the objects and some anywhere; in the first ``grouped`` scenes one grouping by the
    function propose as well. From an IoU of 0.5 on a candidate shows the object (1), below 0.4 background (0); what is
    between the two is left out, and so is what shows an object of less than 12 pixels.
    """
    rng, crops, kinds = np.random.default_rng(seed), [], []
    for number, (image, objects) in enumerate(zip(X, boxes, strict=True)):
        near = np.repeat(objects[:, :4], 10, axis=0)
        spread = rng.choice([0.06, 0.25], (len(near), 1)) * np.tile(near[:, 2:] - near[:, :2], 2)
        candidates = [near + spread * rng.normal(size=near.shape), random_boxes(4, image.shape[:2], number)]
        if number < grouped:
            look = partial(initial_regions, **LOOKS[number % len(LOOKS)])
            candidates.append(best_first([propose(image, look)]))
        candidates = np.clip(np.concatenate(candidates), 0, np.tile(image.shape[1::-1], 2))
        candidates = candidates[detector.shorter_side(candidates) >= 6]
        counts = detector.shorter_side(objects) >= detector.LEAST_SIDE
        table = iou_matrix(candidates, objects[:, :4])
        clear = table.max(axis=1, initial=0) < 0.4
        shows = (table[:, counts] >= 0.5).any(axis=1)
        crops.append(warp(image, candidates[clear | shows], size))
        kinds.append(shows[clear | shows].astype(int))
    return np.concatenate(crops), np.concatenate(kinds)


def train(model, crops, kinds, epochs=6, batch_size=64, peak=2e-3, seed=1):
    """Trains a classifier on crops, each mirrored or not; gives back its accuracy in the last epoch."""
    rng, count = np.random.default_rng(seed), len(crops) // batch_size
    step = training_step(model, warm_up_cosine(peak, count // 2, epochs * count))
    for _ in range(epochs):
        right = 0
        for chosen in rng.permutation(len(crops))[: count * batch_size].reshape(count, batch_size):
            x = crops[chosen] * rng.uniform(0.85, 1.15, (batch_size, 1, 1, 1)).astype(np.float32)
            mirrored = rng.random((batch_size, 1, 1, 1)) < 0.5
            x = np.where(mirrored, x[:, :, ::-1], x)
            outputs = step(tf.constant(x), tf.constant(kinds[chosen]))[1]
            right += int((outputs.numpy().argmax(axis=1) == kinds[chosen]).sum())
    return right / (count * batch_size)


# ---------------------------------------------------------------- one network, three ways of looking


def body(channels=(64, 128, 256, 512, 512)):
    """The convolutions of VGG-16, untrained: pictures (m, n_H, n_W, 3) of any size to maps of 512 channels, stride 16.

    (Simonyan & Zisserman 2015, configuration D, as Girshick 2015 cut it off before the last pooling)
    """
    X = inputs = keras.Input((None, None, 3))
    for block, filters in enumerate(channels):
        X = layers.MaxPooling2D(2)(X) if block else X
        for _ in range(2 if block < 2 else 3):
            X = layers.Conv2D(filters, 3, padding="same", activation="relu")(X)
    return keras.Model(inputs, X)


def head(bins=3, channels=512, classes=3):
    """Two dense layers, untrained: (m, bins, bins, channels) to probabilities (m, classes)."""
    return keras.Sequential(
        [
            keras.Input((bins, bins, channels)),
            layers.Flatten(),
            layers.Dense(256, activation="relu"),
            layers.Dense(classes, activation="softmax"),
        ]
    )


def grid_head(anchors=3, channels=512, classes=2):
    """YOLO's last layer, untrained: maps (m, n_H, n_W, channels) to (m, n_H, n_W, anchors, 5 + classes)."""
    inputs = keras.Input((None, None, channels))
    X = layers.Conv2D(anchors * (5 + classes), 1)(inputs)
    return keras.Model(inputs, layers.Reshape((-1, 1, anchors, 5 + classes))(X))
