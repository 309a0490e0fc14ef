"""Real detectors: networks that were trained with Darknet, from their .cfg and .weights files to a Keras model.

    network = load_darknet("yolo.cfg", "yolo.weights", "coco.names")
    network.detect(picture)      # [("dog", 0.96, (114.0, 189.0, 385.0, 536.0)), ...]
    network.model.summary()

Call workbook.start() before you import this file: it quiets TensorFlow, which is loaded here.
Sources: Redmon and Farhadi, YOLO9000 (2016, arXiv:1612.08242) and YOLOv3 (2018, arXiv:1804.02767).
"""

from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras import layers as kl

from darknet_config import read_config
from darknet_layers import Head, Layer, Plan, plan_layers
from darknet_weights import assign_weights, read_weights
from postprocess import filter_scores, suppress
from workbook.data.errors import DataError
from workbook.data.files import own_folders, shown

EPSILON = 1e-5  # of batch normalization, as Darknet has it
NEVER = float(np.finfo(np.float32).min)  # a value that no maximum takes

ACTIVATIONS = {
    "leaky": lambda name: kl.LeakyReLU(negative_slope=0.1, name=name),
    "relu": lambda name: kl.ReLU(name=name),
    "relu6": lambda name: kl.ReLU(max_value=6, name=name),
    "mish": lambda name: kl.Activation("mish", name=name),
    "logistic": lambda name: kl.Activation("sigmoid", name=name),
    "swish": lambda name: kl.Activation("silu", name=name),
    "tanh": lambda name: kl.Activation("tanh", name=name),
}


class Found(NamedTuple):
    """The files of one network."""

    cfg: Path
    weights: Path
    names: Path | None  # None: there is no file that names the classes


def find_darknet(folder: str | Path | None = None) -> list[Found]:
    """The Darknet networks of yours, the one with the most weights first; an empty list where there is none.

    Looked for in folder, or else in darknet/ in the folder that WORKBOOK_DATA names and in datasets/: pairs
    <name>.cfg and <name>.weights. Their classes are named by <name>.names, or by the only .names file beside.
    Raises DataError: folder or WORKBOOK_DATA names no folder.
    """
    found = []
    for place in own_folders(folder):
        for root in (place, place / "darknet") if folder is not None else (place / "darknet",):
            for weights in sorted(root.glob("*.weights")):
                if (cfg := weights.with_suffix(".cfg")).is_file():
                    found.append(Found(cfg, weights, _names_beside(cfg)))
    return sorted(found, key=lambda each: -each.weights.stat().st_size)


def _names_beside(cfg: Path) -> Path | None:
    if (own := cfg.with_suffix(".names")).is_file():
        return own
    beside = list(cfg.parent.glob("*.names"))
    return beside[0] if len(beside) == 1 else None


def load_darknet(cfg_path, weights_path, names_path=None) -> "Network":
    """The network of a .cfg and a .weights file, ready to detect.

    names_path: a text file with the classes' names, one on each line; None: they are called "0", "1", ...
    Raises DataError, saying which file and line is wrong and what to do: a file that is absent or foreign, a
    section that is unknown, shapes that do not fit, too few or too many weights or names.
    """
    plan = plan_layers(read_config(cfg_path))
    names = _read_names(names_path, plan.heads[0].what.classes)
    weights = read_weights(weights_path, plan, shown(Path(cfg_path)))
    model = build_model(plan)
    assign_weights(model, plan, weights)
    return Network(model, plan, names)


def _read_names(path, classes: int) -> list[str]:
    if path is None:
        return [str(number) for number in range(classes)]
    file = shown(Path(path))
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error.strerror or error}.", "Correct the path.") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{file} is not text.", "It must hold a class's name on each line.") from error
    names = [line.strip() for line in text.strip().splitlines()]
    if len(names) != classes:
        raise DataError(
            f"{file} names {len(names)} classes, and the network tells {classes} apart.",
            "Take the .names file that came with it, or none.",
        )
    return names


# ---------------------------------------------------------------- the model


def build_model(plan: Plan) -> keras.Model:
    """A Keras model with untrained weights: (m, n_H, n_W, n_C) from 0 to 1 -> a list of the heads' raw maps."""
    picture = keras.Input(plan.shape, name="picture")
    outputs: list = []
    for number, layer in enumerate(plan.layers):
        inputs = [outputs[source] if source >= 0 else picture for source in layer.sources]
        outputs.append(_BUILDERS[layer.section.name](inputs, layer, f"{layer.section.name}_{number}"))
    heads = [out for out, layer in zip(outputs, plan.layers, strict=True) if isinstance(layer.what, Head)]
    return keras.Model(picture, heads)


def _build_convolution(inputs: list, layer: Layer, name: str):
    X, what = inputs[0], layer.what
    n_C = X.shape[-1]
    padding = "valid"
    if what.pad and what.size == 2 * what.pad + 1 and what.stride == (1, 1):
        padding = "same"
    elif what.pad:
        X = kl.ZeroPadding2D(what.pad, name=f"{name}_pad")(X)
    options = {"strides": what.stride, "padding": padding, "use_bias": not what.batch_normalize, "name": name}
    if 1 < what.groups == n_C and what.stride[0] == what.stride[1]:
        X = kl.DepthwiseConv2D(what.size, depth_multiplier=what.filters // n_C, **options)(X)
    else:
        X = kl.Conv2D(what.filters, what.size, groups=what.groups, **options)(X)
    if what.batch_normalize:
        X = kl.BatchNormalization(epsilon=EPSILON, name=f"{name}_bn")(X)
    return _activate(X, what.activation, name)


def _activate(X, activation: str, name: str):
    return X if activation == "linear" else ACTIVATIONS[activation](f"{name}_{activation}")(X)


def _build_pooling(inputs: list, layer: Layer, name: str):
    """Padding takes part in no maximum: what lies outside is below every number."""
    X, (size, stride, pads) = inputs[0], layer.what
    if np.any(pads):
        X = keras.ops.pad(X, ((0, 0), *pads, (0, 0)), constant_values=NEVER)
    return kl.MaxPooling2D(size, stride, name=name)(X)


def _build_upsampling(inputs: list, layer: Layer, name: str):
    return kl.UpSampling2D(layer.what, interpolation="nearest", name=name)(inputs[0])


def _build_route(inputs: list, layer: Layer, name: str):
    groups, group = layer.what
    if groups > 1:
        shares = [X.shape[-1] // groups for X in inputs]
        inputs = [X[..., group * n : (group + 1) * n] for X, n in zip(inputs, shares, strict=True)]
    return kl.Concatenate(name=name)(inputs) if len(inputs) > 1 else kl.Identity(name=name)(inputs[0])


def _build_shortcut(inputs: list, layer: Layer, name: str):
    """On a CPU TensorFlow 2.21 joins convolution, sum and activation into one step, and there it takes 0.2 for
    leaky's slope and refuses mish. Both are written here so that it does not see them.
    """
    X = kl.Add(name=name)(inputs)
    if layer.what == "leaky":
        return keras.ops.maximum(X, 0.1 * X)
    if layer.what == "mish":
        powers = keras.ops.exp(keras.ops.minimum(X, 20.0))
        share = powers * (powers + 2)  # tanh(log(1 + e)) = share / (share + 2)
        return X * (share / (share + 2))
    return _activate(X, layer.what, name)


def _build_dropout(inputs: list, layer: Layer, name: str):
    return kl.Dropout(layer.what, name=name)(inputs[0])


def _build_head(inputs: list, layer: Layer, name: str):
    return kl.Identity(name=name)(inputs[0])


_BUILDERS = {
    "convolutional": _build_convolution,
    "maxpool": _build_pooling,
    "upsample": _build_upsampling,
    "route": _build_route,
    "shortcut": _build_shortcut,
    "dropout": _build_dropout,
    "yolo": _build_head,
    "region": _build_head,
}


# ---------------------------------------------------------------- detection


class Network:
    """A detector: a Keras model that gives raw maps, the classes' names, and what the maps mean."""

    def __init__(self, model: keras.Model, plan: Plan, names: list[str]) -> None:
        self.model, self.names, self.plan = model, names, plan
        self._run = tf.function(lambda X: model(X, training=False), autograph=False)

    def maps(self, picture: np.ndarray) -> list[np.ndarray]:
        """The heads' raw maps, each (n_H, n_W, anchors x (5 + classes)), of a picture of any size.

        picture: (height, width, 3) uint8, RGB. It is stretched to the network's size, its sides each for
        itself, by bilinear interpolation without smoothing: as OpenCV's dnn does. Raises ValueError.
        """
        picture = np.asarray(picture)
        if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != self.plan.shape[2]:
            raise ValueError(
                f"The picture must be (height, width, {self.plan.shape[2]}) uint8, values from 0 to 255; "
                f"this one is {picture.shape} {picture.dtype}."
            )
        X = tf.image.resize(picture[np.newaxis], self.plan.shape[:2], "bilinear")
        maps = self._run(tf.round(X) / 255.0)
        return [each.numpy()[0] for each in (maps if isinstance(maps, (list, tuple)) else [maps])]

    def detect(self, picture, score_threshold=0.25, iou_threshold=0.45, max_boxes=100) -> list:
        """What is on a picture: a list of (name, score, (x1, y1, x2, y2)), the surest first.

        picture          (height, width, 3) uint8, RGB
        score_threshold  over 0; iou_threshold: of non-max suppression, within each class
        Corners are in pixels of the picture, clipped to it. Raises ValueError: not such a picture.
        """
        maps = self.maps(picture)
        height, width = np.shape(picture)[:2]
        found = [
            decode_map(raw, head.what, self.plan.shape, score_threshold)
            for raw, head in zip(maps, self.plan.heads, strict=True)
        ]
        boxes, labels, scores = (np.concatenate(parts) for parts in zip(*found, strict=True))
        boxes = boxes * np.array([width, height, width, height], np.float32)
        kept = suppress(boxes, scores, labels, iou_threshold, max_boxes)
        boxes = np.clip(boxes[kept], 0, [width, height, width, height])
        rows = zip(labels[kept].tolist(), scores[kept].tolist(), boxes.tolist(), strict=True)
        return [(self.names[label], score, tuple(box)) for label, score, box in rows]


def decode_map(raw, head, shape, threshold):
    """The boxes of a head's map whose score is at least threshold: corners as shares of the picture, classes, scores.

    raw: (n_H, n_W, anchors x (5 + classes)); shape: of the network's picture. Gives (n, 4), (n,), (n,).

        x = (column + sigmoid(t_x)) / n_W      w = anchor's width x exp(t_w)     (y and h likewise)

    Only what passes is decoded.
    """
    n_H, n_W, _ = raw.shape
    rows = raw.reshape(n_H * n_W * len(head.anchors), 5 + head.classes)
    confidence = sigmoid(rows[:, 4])
    likely = np.flatnonzero(confidence >= threshold)
    rows, confidence = rows[likely], confidence[likely]
    chosen = filter_scores(confidence, _probabilities(rows[:, 5:], head.softmax), threshold)
    rows = rows[chosen.box]
    cell, anchor = np.divmod(likely[chosen.box], len(head.anchors))
    place = np.stack([cell % n_W, cell // n_W], axis=1)  # column, row
    inside = sigmoid(rows[:, :2]) * head.scale_x_y - (head.scale_x_y - 1) / 2
    middle = (place + inside) / (n_W, n_H)
    side = np.exp(np.minimum(rows[:, 2:4], 20)) * np.reshape(head.anchors, (-1, 2))[anchor]
    boxes = np.concatenate([middle - side / 2, middle + side / 2], axis=1).astype(np.float32)
    return boxes, chosen.label, chosen.score


def sigmoid(t):
    """1 / (1 + exp(-t)), also where exp(-t) would be too large for a number."""
    return (1 + np.tanh(np.asarray(t, np.float32) / 2)) / 2


def _probabilities(logits, softmax):
    if softmax is None:
        return logits
    if not softmax:
        return sigmoid(logits)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True, initial=-np.inf))
    return powers / powers.sum(axis=1, keepdims=True)
