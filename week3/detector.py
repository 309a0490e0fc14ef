"""Week 3: what the lesson on car detection builds on: from grid to boxes, a small YOLO, its training, its marks.

Call workbook.start() before you import this file: it quiets TensorFlow, which is loaded here.
Pictures are (m, n_H, n_W, 3) uint8. Boxes of the roads data set are (n, 5): x1, y1, x2, y2 in pixels and a class.
"""

from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from PIL import Image

from postprocess import iou_matrix
from workbook.training import training_step, warm_up_cosine

CLASSES = ("car", "large vehicle")
"""What the lesson's detector learns to find."""

N_CLASSES = len(CLASSES)

KINDS = {0: 0, 1: 1, 2: 1}
"""Of the classes of the roads data set: car; truck and bus. The others are not looked for."""

LEAST_SIDE = 12
"""Pixels: objects narrower or lower than this are neither asked for nor counted as wrong."""


# ---------------------------------------------------------------- boxes


def yolo_boxes_to_corners(box_xy, box_wh):
    """Middles (..., 2), x and y, and sizes (..., 2), width and height, as corners (..., 4): y1, x1, y2, x2."""
    box_xy, box_wh = np.asarray(box_xy), np.asarray(box_wh)
    low, high = box_xy - box_wh / 2, box_xy + box_wh / 2
    return np.concatenate([low[..., ::-1], high[..., ::-1]], axis=-1)


def scale_boxes(boxes, image_shape):
    """Boxes (k, 4), y1, x1, y2, x2 as shares of a picture, in the pixels of one of image_shape (n_H, n_W)."""
    n_H, n_W = (float(n) for n in image_shape)
    boxes = np.asarray(boxes)
    return boxes * np.array([n_H, n_W, n_H, n_W], boxes.dtype)


def shares(boxes, shape=(96, 128)):
    """Boxes (n, 5) in pixels of a picture (n_H, n_W) with corners as shares of it, 0 to 1; the class stays."""
    n_H, n_W = shape
    return np.asarray(boxes, np.float64) / np.array([n_W, n_H, n_W, n_H, 1])


def sizes(boxes):
    """Widths and heights (m, 2) of all boxes in a list of arrays (n, 5)."""
    all_boxes = np.concatenate(boxes)
    return all_boxes[:, 2:4] - all_boxes[:, :2]


def learnable(boxes):
    """Of a list of arrays (n, 5) the vehicles, with the classes that are learned: see KINDS."""
    kept = [each[np.isin(each[:, 4], list(KINDS))] for each in boxes]
    return [np.column_stack([each[:, :4], [KINDS[int(kind)] for kind in each[:, 4]]]) for each in kept]


# ---------------------------------------------------------------- the network


def sigmoid(x):
    return 1 / (1 + np.exp(-np.clip(x, -60, 60)))


def decode(y_pred, anchors):
    """What the network says, as box_xy, box_wh, box_confidence and box_class_probs: yolo_outputs.

    y_pred   (..., n_H, n_W, k, 5 + classes): confidence, x, y, w, h, a number for each class, all raw
    anchors  (k, 2) widths and heights as shares of the picture
    Returns middles and sizes as shares of the picture (..., 2), confidence (..., 1), probabilities (..., classes).
    """
    y_pred = np.asarray(y_pred, np.float32)
    n_H, n_W = y_pred.shape[-4:-2]
    rows, columns = np.mgrid[:n_H, :n_W].astype(np.float32)
    cells = np.stack([columns, rows], axis=-1)[:, :, None]
    box_xy = (cells + sigmoid(y_pred[..., 1:3])) / np.array([n_W, n_H], np.float32)
    box_wh = np.asarray(anchors, np.float32) * np.exp(np.clip(y_pred[..., 3:5], -8, 8))
    powers = np.exp(y_pred[..., 5:] - y_pred[..., 5:].max(axis=-1, keepdims=True))
    return box_xy, box_wh, sigmoid(y_pred[..., :1]), powers / powers.sum(axis=-1, keepdims=True)


def small_yolo(k, classes=N_CLASSES, input_shape=(96, 128, 3)):
    """A network that looks once: a picture (m, n_H, n_W, 3), 0 to 1, becomes (m, n_H/8, n_W/8, k, 5 + classes).

    Three halvings for the grid, one more to see what is around, and the two put together again.
    """
    inputs = keras.Input(input_shape)
    X = _convolve(inputs, 16, 3, 2)
    X = _convolve(X, 32, 3, 2)
    X = _residual(X, 32)
    X = _convolve(X, 64, 3, 2)
    X = _residual(_residual(X, 64), 64)
    wide = _convolve(X, 112, 3, 2)
    wide = _residual(_residual(_residual(wide, 112), 112), 112)
    wide = layers.UpSampling2D(2)(_convolve(wide, 64, 1))
    X = layers.Concatenate()([X, wide])
    X = _convolve(_convolve(X, 64, 1), 96, 3)
    first = np.zeros(k * (5 + classes))
    first[:: 5 + classes] = -4  # nearly all anchors see nothing
    X = layers.Conv2D(k * (5 + classes), 1, bias_initializer=keras.initializers.Constant(first))(X)
    return keras.Model(inputs, layers.Reshape((*X.shape[1:3], k, 5 + classes))(X))


def _convolve(X, filters, f, strides=1):
    X = layers.Conv2D(filters, f, strides, padding="same", use_bias=False)(X)
    return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(X))


def _residual(X, filters):
    Y = _convolve(_convolve(X, filters // 2, 1), filters, 3)
    return layers.Add()([X, Y])


# ---------------------------------------------------------------- training


def train(
    model,
    X,
    boxes,
    anchors,
    encode_targets,
    yolo_loss,
    epochs=36,
    batch_size=16,
    peak=3e-3,
    seed=1,
    report=print,
):
    """Trains a detector; every epoch shows each picture once, moved, zoomed, mirrored and lit a little differently.

    X      (m, n_H, n_W, 3) uint8; boxes: a list of arrays (n, 5), pixels and class
    encode_targets(boxes, anchors, grid), yolo_loss(y_true, y_pred): the learner's functions
    report(line) is told how it goes. Returns the mean loss of each epoch.
    """
    rng = np.random.default_rng(seed)
    grid, shape = model.output_shape[1:3], X.shape[1:3]
    count = len(X) // batch_size
    optimizer = keras.optimizers.AdamW(warm_up_cosine(peak, count, epochs * count), weight_decay=0.02)
    step = training_step(model, optimizer, yolo_loss, clip=50.0)
    losses = []
    for epoch in range(epochs):
        total = 0.0
        for chosen in rng.permutation(len(X))[: count * batch_size].reshape(count, batch_size):
            seen = [changed(X[i], boxes[i], rng) for i in chosen]
            pictures = relit(np.stack([picture for picture, _ in seen]), rng)
            targets = [encode_targets(shares(own, shape), anchors, grid) for _, own in seen]
            y_true = np.stack([np.asarray(each) for each in targets]).astype(np.float32)
            total += float(step(tf.constant(pictures), tf.constant(y_true))[0])
        losses.append(total / count)
        if report and (epoch + 1) % 5 == 0:
            report(f"epoch {epoch + 1:2} of {epochs}: loss {losses[-1]:.2f}")
    return losses


def changed(picture, boxes, rng, least_seen=0.4, least_side=4):
    """A picture (n_H, n_W, 3) uint8, mirrored or not, zoomed and moved, and its boxes (n, 5) in pixels.

    What comes in from outside is grey. Boxes of which less than least_seen is left in the picture, or that
    become narrower than least_side, are dropped.
    """
    n_H, n_W = picture.shape[:2]
    zoom = np.exp(rng.uniform(np.log(0.8), np.log(1.5))) * np.exp(rng.uniform(-0.1, 0.1, 2))
    room = np.array([n_W, n_H]) * (1 - zoom)
    move = room * rng.uniform(0, 1, 2) + rng.uniform(-0.06, 0.06, 2) * [n_W, n_H]
    turned = rng.random() < 0.5
    sign, start = (-1, n_W) if turned else (1, 0)
    # the pixel x of the result comes from ((x - move) / zoom), counted from the right where turned
    row = (sign / zoom[0], 0, start - sign * move[0] / zoom[0], 0, 1 / zoom[1], -move[1] / zoom[1])
    image = Image.fromarray(picture)
    image = image.transform(
        (n_W, n_H), Image.Transform.AFFINE, row, Image.Resampling.BILINEAR, fillcolor=(114,) * 3
    )
    corners = boxes[:, :4].copy()
    if turned:
        corners[:, [0, 2]] = n_W - corners[:, [2, 0]]
    corners = corners * np.tile(zoom, 2) + np.tile(move, 2)
    inside = np.clip(corners, 0, [n_W, n_H, n_W, n_H])
    left, whole = inside[:, 2:] - inside[:, :2], corners[:, 2:] - corners[:, :2]
    stays = (left.prod(axis=1) > least_seen * whole.prod(axis=1)) & (left.min(axis=1) >= least_side)
    return np.asarray(image), np.column_stack([inside, boxes[:, 4]])[stays]


def relit(pictures, rng, light=0.2):
    """Pictures (m, n_H, n_W, 3) uint8 as float32 from 0 to 1, each with other brightness, contrast and colour."""
    m = len(pictures)
    out = pictures.astype(np.float32) / 255
    contrast = np.float32(1 + rng.uniform(-light, light, (m, 1, 1, 1)))
    colour = 1 + rng.uniform(-light, light, (m, 1, 1, 1)) + rng.uniform(-light, light, (m, 1, 1, 3)) / 2
    mean = out.mean(axis=(1, 2, 3), keepdims=True)
    return np.clip(((out - mean) * contrast + mean) * np.float32(colour), 0, 1)


def predict(model, X, batch_size=50):
    """What the network says of pictures X (m, n_H, n_W, 3) uint8: (m, n_H/8, n_W/8, k, 5 + classes), raw."""
    run = tf.function(lambda x: model(x, training=False), jit_compile=False)
    parts = [np.float32(X[i : i + batch_size]) / 255 for i in range(0, len(X), batch_size)]
    return np.concatenate([run(tf.constant(part)).numpy() for part in parts])


# ---------------------------------------------------------------- marks


class Marks(NamedTuple):
    """What became of the detections of one class, on all pictures together.

    scores (d,) and correct (d,): of each detection that counts; n_objects: how many there are to be found
    """

    scores: np.ndarray
    correct: np.ndarray
    n_objects: int


def match(detections, truth, kind, iou_threshold=0.5, least_side=LEAST_SIDE):
    """Marks of one class. Best score first, each detection takes the free object that it overlaps most.

    detections  for each picture (scores, boxes, classes); boxes (d, 4) are y1, x1, y2, x2 in pixels
    truth       for each picture (n, 5): x1, y1, x2, y2, class
    An object is found by an overlap of iou_threshold or more, and once only (Everingham et al. 2010, section 4.2).
    Objects smaller than least_side are not asked for: a detection that finds one counts neither way, nor does one
    that finds nothing and is as small itself. (As COCO measures objects of a size: Lin et al. 2014)
    """
    scores, correct, n_objects = [], [], 0
    for (all_scores, all_boxes, classes), objects in zip(detections, truth, strict=True):
        objects = objects[objects[:, 4] == kind]
        small = shorter_side(objects) < least_side
        n_objects += int((~small).sum())
        own = np.flatnonzero(np.asarray(classes) == kind)
        own = own[np.argsort(-np.asarray(all_scores)[own])]
        boxes = np.asarray(all_boxes).reshape(-1, 4)[own][:, [1, 0, 3, 2]]
        table, free = iou_matrix(boxes, objects[:, :4]), np.ones(len(objects), bool)
        for score, box, row in zip(np.asarray(all_scores)[own], boxes, table, strict=True):
            able = np.flatnonzero((row >= iou_threshold) & (free | small))
            able = able[np.lexsort((-row[able], small[able]))]  # an object that is asked for comes first
            if small[able[0]] if len(able) else shorter_side(box) < least_side:
                continue
            free[able[:1]] = False
            scores.append(float(score))
            correct.append(len(able) > 0)
    return Marks(np.array(scores), np.array(correct, bool), n_objects)


def shorter_side(boxes):
    """Width or height, whichever is less, of boxes (..., 4) or more, x1, y1, x2, y2."""
    return np.minimum(boxes[..., 2] - boxes[..., 0], boxes[..., 3] - boxes[..., 1])


def recall_by_size(detections, truth, edges, score_threshold=0.3, iou_threshold=0.5):
    """Which share of the objects is found, by the shorter side of their boxes: (len(edges) - 1,).

    edges: sides in pixels, ascending; an object counts in the group from edges[i] up to edges[i + 1]. It is found by
    a detection of its class with at least these two thresholds.
    """
    found, there = np.zeros(len(edges) - 1), np.zeros(len(edges) - 1)
    for (scores, boxes, classes), objects in zip(detections, truth, strict=True):
        sure = np.asarray(scores) >= score_threshold
        boxes = np.asarray(boxes).reshape(-1, 4)[sure][:, [1, 0, 3, 2]]
        same = objects[:, None, 4] == np.asarray(classes)[sure]
        seen = ((iou_matrix(objects[:, :4], boxes) >= iou_threshold) & same).any(axis=1)
        group = np.digitize(shorter_side(objects), edges) - 1
        for each, hit in zip(group, seen, strict=True):
            if 0 <= each < len(there):
                there[each] += 1
                found[each] += hit
    return found / np.maximum(there, 1)


def many_boxes(objects, per_object, seed):
    """Boxes as a network might give them before suppression: (scores, boxes, classes), boxes y1, x1, y2, x2.

    Around each of the objects (n, 5) lie per_object boxes, moved and resized at random; the nearer, the surer.
    """
    rng = np.random.default_rng(seed)
    corners = np.repeat(objects[:, :4], per_object, axis=0)
    sides = np.tile(corners[:, 2:] - corners[:, :2], 2)
    boxes = corners + rng.normal(0, 0.09, corners.shape) * sides
    near = np.diag(iou_matrix(boxes, corners))
    scores = np.clip(near + rng.normal(0, 0.05, len(near)), 0.3, 0.99)
    kinds = np.repeat(objects[:, 4], per_object).astype(int)
    return scores.astype(np.float32), boxes[:, [1, 0, 3, 2]].astype(np.float32), kinds
