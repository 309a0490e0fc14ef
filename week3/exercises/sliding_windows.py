"""Checks for week3/sliding_windows: a classifier at every window, its convolutional form, and boxes from a map.

Models are judged by what they compute. The references take switches, and a mistake is a reference with a
switch thrown.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, Mistake, case
from workbook.models import known, known_pictures
from workbook.plain import Other, plain
from workbook.slips import switched

TOLERANCE = 1e-5  # sums in float32, in another order where windows come one by one

# --- sliding_window_predict -----------------------------------------------------------------------------


def both_ways(number: Any) -> tuple[int, int]:
    """A window as (height, width), also where it is given as one number."""
    return tuple(number) if np.ndim(number) else (number, number)


def starts(n: int, f: int, stride: int, edge: str) -> list[int]:
    """Where windows of length f begin along n pixels.

    edge  what happens at the far end: "left out", "lost" (the last one is missing where it fits exactly), "fewer"
          (the last one is always missing), "one before" (1 is added to n - f, and not to the count), "beyond" (one more, where something is left), "anywhere" (they begin
          up to the last pixel) or "moved" (one more, moved back until it fits)
    """
    if edge == "lost":
        return list(range(0, n - f, stride))
    if edge == "fewer":
        return starts(n, f, stride, "left out")[:-1]
    if edge == "anywhere":
        return list(range(0, n, stride))
    if edge == "one before":
        return [i * stride for i in range((n - f + 1) // stride)]
    count = (n - f) / stride + 1
    first = [i * stride for i in range(math.floor(count) if edge == "left out" else math.ceil(count))]
    return [min(start, n - f) for start in first] if edge == "moved" else first


def sliding_window_predict(
    model: Any,
    image: np.ndarray,
    window: Any,
    stride: int,
    *,
    shape: Callable = lambda f_H, f_W: (f_H, f_W),
    strides: Callable = lambda stride, f_H, f_W: (stride, stride),
    edge: str = "left out",
    fill: bool = False,
    sizes: Callable = lambda n_H, n_W: (n_H, n_W),
    corners: bool = True,
    prepare: Callable = lambda window: window,
    finish: Callable = lambda scores: scores,
) -> np.ndarray:
    """The classes of every window that lies in the picture: (rows, columns, classes).

    shape, strides, sizes  the window's shape, how far it moves down and right, the picture's size
    fill                   whether windows that stick out are filled with zeros, and not cut
    corners                whether a window's corner is a multiple of the stride
    """
    f_H, f_W = shape(*both_ways(window))
    down, right = strides(stride, f_H, f_W)
    n_H, n_W = sizes(*image.shape[:2])
    tops, lefts = starts(n_H, f_H, down, edge), starts(n_W, f_W, right, edge)
    rows, columns = len(tops), len(lefts)
    if not corners:
        tops, lefts = range(rows), range(columns)
    if fill:
        image = np.pad(image, ((0, f_H), (0, f_W), (0, 0)))
    windows = [prepare(image[top : top + f_H, left : left + f_W]) for top in tops for left in lefts]
    if not windows:
        return np.zeros((rows, columns, 0))
    return finish(answers(model, windows).reshape(rows, columns, -1))


def answers(model: Any, windows: list[np.ndarray]) -> np.ndarray:
    """What the model says of each window, in one go where all have the same shape."""
    if len({window.shape for window in windows}) == 1:
        return np.asarray(model(np.stack(windows)))
    return np.concatenate([np.asarray(model(window[np.newaxis])) for window in windows])


def column_by_column(scores: np.ndarray) -> np.ndarray:
    """Windows taken column by column, and laid out as if they came row by row."""
    return scores.transpose(1, 0, 2).reshape(scores.shape)


def any_size_classifier(n_C: int, classes: int) -> Any:
    """A small classifier that takes windows of every shape, so that a window of the wrong shape gives numbers
    and no exception."""
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((None, None, n_C)),
            layers.Conv2D(6, 2, padding="same", activation="tanh"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(classes, activation="softmax"),
        ]
    )
    for weight in model.variables:
        weight.assign(1.5 * known(tuple(weight.shape), "classifier"))
    return model


def look_at_map(function: Callable, classes: int, image: np.ndarray, window: Any, stride: int) -> Any:
    """The map that the function makes with a known classifier. A list of lists does for an array."""
    scores = function(any_size_classifier(image.shape[2], classes), image, window, stride)
    return regular(scores)


def regular(value: Any) -> Any:
    """A list of lists or arrays as one array, where their lengths agree; anything else as it is."""
    if not isinstance(value, list | tuple):
        return value
    try:
        return np.array([np.asarray(item) for item in value], dtype=float)
    except (TypeError, ValueError):
        return value


def picture(rng: np.random.Generator, n_H: int, n_W: int) -> np.ndarray:
    """A picture of noise in colour, (n_H, n_W, 3) float32."""
    return rng.normal(size=(n_H, n_W, 3)).astype(np.float32)


slide = Exercise(
    name="sliding_window_predict",
    points=12,
    difficulty=2,
    minutes=20,
    cases=lambda rng: [
        case("the example of the text: 6x8 pixels, windows of 4x4, stride 2", 2, picture(rng, 6, 8), 4, 2),
        case("a window that is not square: 3 high, 5 wide", 3, picture(rng, 8, 13), (3, 5), 2),
        case("10x9 pixels, stride 3: one pixel more than fits", 2, picture(rng, 10, 9), 4, 3),
        case("stride 1", 4, picture(rng, 5, 6), 3, 1),
        case("a stride larger than the window", 3, picture(rng, 8, 6), 2, 3),
    ],
    observe=look_at_map,
    reference=sliding_window_predict,
    tolerance=TOLERANCE,
    time_limit=40,
    slow=True,
    mistakes=switched(
        sliding_window_predict,
        {
            "the argument stride is ignored: the window moves by 1": {"strides": lambda s, f_H, f_W: (1, 1)},
            "the window moves by its own size, so that windows never overlap. It moves by stride": {
                "strides": lambda s, f_H, f_W: (f_H, f_W)
            },
            "the window moves by stride downwards, but by 1 to the right": {
                "strides": lambda s, f_H, f_W: (s, 1)
            },
            "the window moves by stride to the right, but by 1 downwards": {
                "strides": lambda s, f_H, f_W: (1, s)
            },
            "window i begins at pixel i. It begins at pixel i * stride": {"corners": False},
            "the last window is lost where it fits exactly: range(0, n - f, stride) stops before n - f. Write "
            "n - f + 1": {"edge": "lost"},
            "the last row and the last column of windows are missing: (n - f) // stride + 1 fit, not one less": {
                "edge": "fewer"
            },
            "1 is added to n - f before it is divided by stride. It belongs behind: (n - f) // stride + 1": {
                "edge": "one before"
            },
            "windows that stick out of the picture are taken too, cut at the edge. Leave them out": {
                "edge": "beyond"
            },
            "windows that stick out of the picture are filled with zeros. Leave them out": {
                "edge": "beyond",
                "fill": True,
            },
            "windows begin at every stride up to the last pixel, and are cut at the edge. The last one has to "
            "fit whole": {"edge": "anywhere"},
            "windows begin at every stride up to the last pixel, and are filled with zeros at the edge. The last "
            "one has to fit whole": {"edge": "anywhere", "fill": True},
            "one more window is taken at the far edge, moved back until it fits. Leave it out": {
                "edge": "moved"
            },
            "rows and columns of the map are swapped: the first axis goes down": {
                "finish": lambda scores: scores.transpose(1, 0, 2)
            },
            "the answers are right, but laid out as (columns, rows) where they belong in (rows, columns)": {
                "finish": lambda scores: scores.reshape(scores.shape[1], scores.shape[0], -1)
            },
            "the windows are taken column by column, and laid out as if they came row by row": {
                "finish": column_by_column
            },
            "the answers come in one long list, (windows, classes). Reshape it to (rows, columns, classes)": {
                "finish": lambda scores: scores.reshape(-1, scores.shape[2])
            },
            "the batch axis is still there: the map has the shape (1, rows, columns, classes)": {
                "finish": lambda scores: scores[np.newaxis]
            },
            "the classes are the first axis of the map. They are the last": {
                "finish": lambda scores: scores.transpose(2, 0, 1)
            },
            "height and width of the window are swapped: it is given as (h, w)": {
                "shape": lambda f_H, f_W: (f_W, f_H)
            },
            "every window is square: its width is ignored": {"shape": lambda f_H, f_W: (f_H, f_H)},
            "every window is square: its height is ignored": {"shape": lambda f_H, f_W: (f_W, f_W)},
            "the picture is taken for a square: its height stands for its width too": {
                "sizes": lambda n_H, n_W: (n_H, n_H)
            },
            "the picture is taken for a square: its width stands for its height too": {
                "sizes": lambda n_H, n_W: (n_W, n_W)
            },
            "the map holds the most probable class and not the probabilities": {
                "finish": lambda scores: scores.argmax(axis=2)
            },
            "the map holds the largest probability only. All classes are asked for": {
                "finish": lambda scores: scores.max(axis=2)
            },
            "the map holds the last class only. All classes are asked for": {
                "finish": lambda scores: scores[..., -1]
            },
            "the pixels are divided by 255. The picture comes as the model wants it": {
                "prepare": lambda window: window / 255
            },
        },
    ),
    hints=[
        "Along n pixels, how many windows of length f fit, each stride pixels after the one before? Draw 6 pixels "
        "and windows of 4, 2 apart.",
        "rows = (n_H - h) // stride + 1, and columns likewise. Window (i, j) is image[i * stride : i * stride + h, "
        "j * stride : j * stride + w].",
        "If only 'one pixel more than fits' fails, look at the far edge. If only 'not square' fails, height and "
        "width are mixed up somewhere. If the map lacks a row and a column, a range stops one too early. If "
        "shapes are right and numbers wrong, look at the order in which the windows are collected.",
        "Collect the windows row by row, scores = np.asarray(model(np.stack(windows))), then "
        "scores.reshape(rows, columns, -1).",
    ],
    idea="Nothing in it knows what a face is: whatever classifies a window can now search a picture.",
    try_next="Change both 4s to 16 in the cell that draws the map of the grandstand: how many windows are left, and "
    "which faces fall between two of them?",
)


# --- dense_to_convolutional -----------------------------------------------------------------------------

CLASSIFIERS = {
    "lesson": ((16, 12, 3), "two rounds"),
    "tanh": ((9, 11, 2), "average"),
    "strides": ((15, 13, 1), "overlapping"),
}
"""The shapes of the windows, (h, w, n_C), and what is in front of Flatten."""


def classifier(kind: str, sizes: tuple[int, ...]) -> Any:
    """A classifier of windows under known weights; sizes are filters and units, drawn for each check."""
    import keras
    from keras import layers

    shape, front = CLASSIFIERS[kind]
    a, b, c, classes = sizes
    fronts = {
        "two rounds": lambda: [
            layers.Conv2D(a, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(b, 2, activation="relu"),
            layers.MaxPooling2D(2),
        ],
        "average": lambda: [layers.Conv2D(a, (2, 4), activation="relu"), layers.AveragePooling2D(2)],
        "overlapping": lambda: [
            layers.Conv2D(b, 3, strides=2, activation="tanh"),
            layers.MaxPooling2D(3, strides=2),
        ],
    }
    ends = {
        "lesson": lambda: [layers.Dense(c, activation="relu"), layers.Dense(classes, activation="softmax")],
        "tanh": lambda: [
            layers.Dense(c, activation="tanh"),
            layers.Dense(a, activation="relu"),
            layers.Dense(classes, activation="sigmoid"),
        ],
        "strides": lambda: [layers.Dense(classes, activation="softmax")],
    }
    model = keras.Sequential([keras.Input(shape), *fronts[front](), layers.Flatten(), *ends[kind]()])
    for weight in model.variables:
        size = tuple(weight.shape)
        spread = 0.5 if len(size) == 1 else math.sqrt(2 / math.prod(size[:-1]))
        weight.assign(spread * known(size, "classifier"))
    return model


def dense_to_convolutional(
    model: Any,
    *,
    any_size: bool = True,
    reshape: Callable = lambda kernel, h, w, c: kernel.reshape(h, w, c, -1),
    bias: str = "copied",
    fresh: tuple[str, ...] = (),
    activation: Callable = lambda own, last: own,
    softmax_axis: int | tuple[int, ...] = -1,
    padding: str | None = None,
    pool_padding: str | None = None,
    pool_strides: bool = True,
    conv_strides: bool = True,
    pooling: str | None = None,
    tiled: bool = False,
    end: Callable | None = None,
    spoil: bool = False,
) -> Any:
    """The same classifier with convolutions in place of its dense layers (Sermanet et al. 2013, section 3.5).

    bias     "copied", "zero" or "none"
    fresh    which layers get new weights: "convolutions", "dense"
    spoil    whether the given model loses its last activation
    """
    import keras
    from keras import layers

    inputs = X = keras.Input((None, None, model.input_shape[3]) if any_size else model.input_shape[1:])
    shape = None
    for layer in model.layers:
        config = layer.get_config()
        if isinstance(layer, layers.Flatten):
            shape = layer.input.shape[1:]
        elif isinstance(layer, layers.Dense):
            kernel, b = layer.get_weights()
            h, w, c = shape or (1, 1, len(kernel))
            wanted = activation(config["activation"], layer is model.layers[-1])
            axis = softmax_axis if wanted == "softmax" else -1
            convolution = layers.Conv2D(
                layer.units,
                (h, w),
                strides=(h, w) if tiled and shape else 1,
                padding=padding or "valid",
                use_bias=bias != "none",
                activation=None if axis != -1 else wanted,
            )
            X = convolution(X)
            if axis != -1:
                X = layers.Softmax(axis)(X)
            if "dense" not in fresh:
                kernel = reshape(kernel, h, w, c)
                biases = [] if bias == "none" else [b if bias == "copied" else np.zeros_like(b)]
                convolution.set_weights([kernel, *biases])
            shape = None
        else:
            changed = {}
            if isinstance(layer, layers.Conv2D) and not conv_strides:
                changed["strides"] = (1, 1)
            if "pool_size" in config:
                changed |= {"padding": pool_padding} if pool_padding else {}
                changed |= {} if pool_strides else {"strides": None}
            kind = {"max": layers.MaxPooling2D}.get(pooling) if "pool_size" in config else None
            copy = (kind or type(layer)).from_config(config | changed)
            X = copy(X)
            if "convolutions" not in fresh:
                copy.set_weights(layer.get_weights())
    if spoil:
        model.layers[-1].activation = keras.activations.linear
    return keras.Model(inputs, end(X) if end else X)


def largest_of_map(X: Any) -> Any:
    """One answer for a whole picture."""
    from keras import layers

    return layers.GlobalMaxPooling2D()(X)


def look_at_conversion(function: Callable, kind: str, sizes: tuple[int, ...], larger: tuple[int, int]) -> Any:
    """What the new model computes for pictures larger than the window, and what has become of the old one."""
    import keras

    model = classifier(kind, sizes)
    h, w, n_C = model.input_shape[1:]
    windows = known_pictures(3, (h, w, n_C))
    before = [np.array(weight) for weight in model.get_weights()]
    X = known_pictures(2, (h + larger[0], w + larger[1], n_C))
    right = np.asarray(dense_to_convolutional(classifier(kind, sizes))(X))
    new = function(model)
    if not isinstance(new, keras.Model):
        return plain(new)
    return {
        "the map of larger pictures": map_or_reason(new, X, right, before),
        "number of parameters": sum(math.prod(v.shape) for v in new.variables if "seed" not in v.path),
        "the given classifier, afterwards": np.asarray(model(windows, training=False)),
    }


def map_or_reason(new: Any, X: np.ndarray, right: np.ndarray, weights: list[np.ndarray]) -> Any:
    """The map, or in words why there is none to be compared.

    New weights are random, and so is a map made with them: it is not worth looking at. Then the words say which
    of the given weights are nowhere to be found.
    """
    try:
        scores = np.asarray(new(X, training=False))
    except (ValueError, TypeError):
        wanted = getattr(new, "input_shape", None)
        if isinstance(wanted, tuple) and None not in wanted[1:]:
            return Other("nothing", "nothing: the new model takes pictures of one size only")
        raise
    if scores.shape == right.shape and np.allclose(scores, right, atol=1e-3):
        return scores
    found = [np.sort(np.ravel(variable)) for variable in new.variables]
    missing = [
        i
        for i, weight in enumerate(weights)
        if not any(
            each.shape == (weight.size,) and np.allclose(each, np.sort(weight, None)) for each in found
        )
    ]
    kinds = sorted({("bias" if weights[i].ndim == 1 else "kernel") + f" {i // 2 + 1}" for i in missing})
    if not missing:
        return scores
    return Other(
        "map", f"one with other weights: the given classifier's {', '.join(kinds)} cannot be found in it"
    )


NEW_DENSE = (
    "the convolutions that replace the dense layers keep the weights that they were born with. Copy those of the "
    "dense layers: set_weights"
)

convert = Exercise(
    name="dense_to_convolutional",
    points=18,
    difficulty=4,
    minutes=35,
    cases=lambda rng: [
        case("a classifier like the lesson's", "lesson", (4, 5, 6, 3), (11, 18)).weighing(2),
        case(
            "three dense layers with tanh, ReLU and sigmoid, average pooling",
            "tanh",
            tuple(rng.permutation([3, 4, 5, 7]).tolist()),
            (6, 3),
        ),
        case(
            "a convolution with stride 2, a pooling that overlaps, one dense layer",
            "strides",
            tuple(rng.permutation([3, 4, 5, 6]).tolist()),
            (14, 9),
        ),
    ],
    observe=look_at_conversion,
    gives="a Keras model",
    reference=dense_to_convolutional,
    tolerance=TOLERANCE,
    time_limit=60,
    slow=True,
    mistakes=switched(
        dense_to_convolutional,
        {
            "the new model still wants pictures of the window's size. Its input is (None, None, channels)": {
                "any_size": False
            },
            "the dense kernel is unrolled as (channels, h, w). Flatten puts the channels last: (h, w, channels, "
            "units)": {"reshape": lambda k, h, w, c: k.reshape(c, h, w, -1).transpose(1, 2, 0, 3)},
            "height and width are swapped in the reshaped kernel: Flatten goes through the rows first": {
                "reshape": lambda k, h, w, c: k.reshape(w, h, c, -1).transpose(1, 0, 2, 3)
            },
            "the dense kernel is transposed before it is reshaped. Its units are the last axis already": {
                "reshape": lambda k, h, w, c: k.T.reshape(h, w, c, -1)
            },
            "the kernel is turned by 180 degrees. Keras's convolution does not turn it back: leave it": {
                "reshape": lambda k, h, w, c: k.reshape(h, w, c, -1)[::-1, ::-1]
            },
            "the new convolutions have no biases": {"bias": "none"},
            "the biases of the dense layers are not copied: they stay 0": {"bias": "zero"},
            NEW_DENSE: {"fresh": ("dense",)},
            "the first convolutions are built anew and not given their weights": {"fresh": ("convolutions",)},
            "no weights are copied at all: the new model starts from scratch": {
                "fresh": ("convolutions", "dense")
            },
            "the activations of the dense layers are lost": {"activation": lambda own, last: None},
            "the activation of the last layer is lost: its numbers are no probabilities": {
                "activation": lambda own, last: None if last else own
            },
            "the activations of the dense layers before the last are lost": {
                "activation": lambda own, last: own if last else None
            },
            "every dense layer before the last becomes a convolution with ReLU. Take over layer.activation": {
                "activation": lambda own, last: own if last else "relu"
            },
            "the last layer always gets a softmax. Take over layer.activation": {
                "activation": lambda own, last: "softmax" if last else own
            },
            "the last layer always gets a sigmoid. Take over layer.activation": {
                "activation": lambda own, last: "sigmoid" if last else own
            },
            "the softmax runs over the rows of the map. It runs over the channels, at each place by itself": {
                "softmax_axis": 1
            },
            "the softmax runs over the columns of the map. It runs over the channels, at each place by itself": {
                "softmax_axis": 2
            },
            "the softmax runs over the whole map at once. It runs over the channels, at each place by itself": {
                "softmax_axis": (1, 2, 3)
            },
            "the convolution that replaces the first dense layer has padding='same': it looks beyond the "
            "edge, where no window fits": {"padding": "same"},
            "the poolings have padding='same'. Copy them as they are": {"pool_padding": "same"},
            "the strides of a pooling are lost: it moves by its own size. Copy it as it is": {
                "pool_strides": False
            },
            "the strides of a convolution are lost: it moves by 1. Copy it as it is": {"conv_strides": False},
            "every pooling becomes a max pooling. Copy it as it is": {"pooling": "max"},
            "the first dense layer's convolution moves by the size of its own window. Its stride is 1": {
                "tiled": True
            },
            "the new model gives one answer for a whole picture. A map is asked for": {"end": largest_of_map},
            "the given classifier is changed: its last activation is gone. Leave it as it is": {
                "spoil": True
            },
        },
    ),
    hints=[
        "Convolutions and poolings do not ask how large a picture is. Which layer does? What does a dense layer "
        "see, if you look at what comes into Flatten?",
        "Walk through model.layers. Before Flatten: take the layer as it is. Flatten: note the shape (h, w, c) of "
        "what comes in, and leave it out. The first dense layer: Conv2D(units, (h, w)). The others: Conv2D(units, 1).",
        "If the shape of the map is wrong, look at paddings and strides. If the shape is right and the numbers are "
        "wrong, look at the order of the kernel's axes, at the biases, at the activations. If it raises at "
        "set_weights, compare the two shapes in the message: kernel.reshape(h, w, c, units).",
        "kernel, bias = layer.get_weights(); conv = Conv2D(layer.units, (h, w), activation=layer.activation); "
        "X = conv(X); conv.set_weights([kernel.reshape(h, w, -1, layer.units), bias]).",
    ],
    idea="The same trick turned ImageNet classifiers into networks for segmentation two years later.",
    try_next="Predict the shape of dense_to_convolutional(classifier)(np.zeros((1, 32, 36, 3))), then run it: how many "
    "windows of 32 pixels fit into 36?",
)


# --- map_to_boxes ---------------------------------------------------------------------------------------


def map_to_boxes(
    scores: np.ndarray,
    window: Any,
    stride: int,
    threshold: float,
    scale: float = 1.0,
    *,
    chosen: Callable = lambda scores, threshold: scores >= threshold,
    shape: Callable = lambda f_H, f_W: (f_H, f_W),
    step: Callable = lambda stride, f_H, f_W: (stride, stride),
    swapped: bool = False,
    finish: Callable = lambda boxes, scale: np.concatenate([boxes[:, :4] / scale, boxes[:, 4:]], axis=1),
    change: Callable = lambda boxes: boxes,
) -> np.ndarray:
    """The windows whose score reaches the threshold: rows x1, y1, x2, y2, score.

    chosen   which places of the map count; step: pixels from one row and one column to the next
    swapped  whether rows of the map are taken for x
    change   what happens to the boxes before, finish: when they are brought to the picture's own size
    """
    f_H, f_W = shape(*both_ways(window))
    down, right = step(stride, f_H, f_W)
    i, j = np.nonzero(chosen(scores, threshold))
    values = scores[i, j]
    if swapped:
        i, j = j, i
    y1, x1 = i * down, j * right
    boxes = np.stack([x1, y1, x1 + f_W, y1 + f_H, values], axis=1).astype(float)
    return finish(change(boxes), scale)


def corners_only(boxes: np.ndarray, scale: float) -> np.ndarray:
    """Boxes whose corner is brought to the picture's own size, and whose sides are not."""
    first = boxes[:, :2] / scale
    return np.concatenate([first, first + boxes[:, 2:4] - boxes[:, :2], boxes[:, 4:]], axis=1)


def centred(boxes: np.ndarray) -> np.ndarray:
    """Boxes whose middle is where their corner belongs."""
    half = (boxes[:, 2:4] - boxes[:, :2]) / 2
    return boxes - np.concatenate([half, half, 0 * half[:, :1]], axis=1)


def look_at_boxes(function: Callable, *args: Any, **kwargs: Any) -> Any:
    """The boxes as an array in one order, however they come: as a list, as a tensor, with none of them."""
    boxes = function(*args, **kwargs)
    if boxes is None:
        return None
    boxes = plain(regular(boxes))
    if not isinstance(boxes, np.ndarray) or boxes.dtype.kind not in "biuf":
        return boxes
    if boxes.size == 0:
        return np.zeros((0, 5))
    if boxes.ndim != 2:
        return boxes
    return boxes[np.lexsort(np.round(boxes, 6).T)]


def some_scores(rng: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """A map of scores, some high and some low, in hundredths."""
    return np.round(rng.permutation(np.linspace(0.03, 0.97, rows * columns)), 2).reshape(rows, columns)


EXAMPLE = np.array([[0.1, 0.9, 0.2], [0.3, 0.4, 0.6]])

boxes = Exercise(
    name="map_to_boxes",
    points=10,
    difficulty=2,
    minutes=15,
    cases=lambda rng: [
        case("the example of the text", EXAMPLE, 4, 2, 0.5),
        case("a window that is not square: 3 high, 5 wide", some_scores(rng, 3, 4), (3, 5), 2, 0.6),
        case("a score that meets the threshold exactly", np.array([[0.25, 0.75], [0.5, 0.875]]), 6, 3, 0.75),
        case("no score reaches the threshold", some_scores(rng, 2, 3), 8, 4, 0.98),
        case("found in a picture of half the size", some_scores(rng, 3, 2), 8, 4, 0.4, scale=0.5),
        case("found in a picture a little larger", some_scores(rng, 4, 5), (7, 6), 3, 0.3, 1.25),
    ],
    observe=look_at_boxes,
    gives="an array of boxes (k, 5)",
    reference=map_to_boxes,
    tolerance=1e-5,
    mistakes=[
        *switched(
            map_to_boxes,
            {
                "> stands for >=: a score that meets the threshold counts too": {
                    "chosen": lambda scores, threshold: scores > threshold
                },
                "the threshold is ignored: every window becomes a box": {
                    "chosen": lambda scores, threshold: np.ones(scores.shape, bool)
                },
                "the argument threshold is ignored: it is always 0.5": {
                    "chosen": lambda scores, threshold: scores >= 0.5
                },
                "only the window with the highest score becomes a box": {
                    "chosen": lambda scores, threshold: (scores >= threshold) & (scores == scores.max())
                },
                "the windows below the threshold become boxes, not those that reach it": {
                    "chosen": lambda scores, threshold: scores < threshold
                },
                "a row of the map is taken for x and a column for y. Rows go down: they are y": {
                    "swapped": True
                },
                "the boxes are (y1, x1, y2, x2). Here x comes first": {
                    "change": lambda boxes: boxes[:, [1, 0, 3, 2, 4]]
                },
                "height and width of the window are swapped: it is given as (h, w)": {
                    "shape": lambda f_H, f_W: (f_W, f_H)
                },
                "every box is square: the window's width is ignored": {"shape": lambda f_H, f_W: (f_H, f_H)},
                "every box is square: the window's height is ignored": {"shape": lambda f_H, f_W: (f_W, f_W)},
                "the stride is ignored: place (i, j) of the map begins at pixel (i * stride, j * stride)": {
                    "step": lambda stride, f_H, f_W: (1, 1)
                },
                "one step in the map is taken for a whole window. It is stride pixels": {
                    "step": lambda stride, f_H, f_W: (f_H, f_W)
                },
                "the rows are not multiplied by stride: y1 = i * stride": {
                    "step": lambda stride, f_H, f_W: (1, stride)
                },
                "the columns are not multiplied by stride: x1 = j * stride": {
                    "step": lambda stride, f_H, f_W: (stride, 1)
                },
                "the boxes are (x1, x2, y1, y2). The order is x1, y1, x2, y2": {
                    "change": lambda boxes: boxes[:, [0, 2, 1, 3, 4]]
                },
                "the second corner is (y2, x2). The order is x1, y1, x2, y2": {
                    "change": lambda boxes: boxes[:, [0, 1, 3, 2, 4]]
                },
                "the boxes are (x, y, width, height). The second corner is asked for: x + width, y + height": {
                    "change": lambda boxes: np.concatenate(
                        [boxes[:, :2], boxes[:, 2:4] - boxes[:, :2], boxes[:, 4:]], axis=1
                    )
                },
                "(j * stride, i * stride) is taken for the middle of the box. It is its upper left corner": {
                    "change": centred
                },
                "the second corner is one pixel too near: x2 = x1 + width": {
                    "change": lambda boxes: boxes - [0, 0, 1, 1, 0]
                },
                "the argument scale is ignored: the boxes are in pixels of the picture that was searched": {
                    "finish": lambda boxes, scale: boxes
                },
                "the boxes are multiplied by scale. In a picture of half the size a face is half as large: divide": {
                    "finish": lambda boxes, scale: boxes * [scale, scale, scale, scale, 1]
                },
                "only the first corner is divided by scale: the sides of a box grow with it": {
                    "finish": corners_only
                },
                "the corners are cut to whole pixels": {
                    "finish": lambda boxes, scale: np.concatenate(
                        [np.floor(boxes[:, :4] / scale), boxes[:, 4:]], axis=1
                    )
                },
                "the corners are rounded to the nearest whole pixels": {
                    "finish": lambda boxes, scale: np.concatenate(
                        [np.round(boxes[:, :4] / scale), boxes[:, 4:]], axis=1
                    )
                },
                "the scores are divided by scale too": {"finish": lambda boxes, scale: boxes / scale},
                "the scores are missing: each row is x1, y1, x2, y2, score": {
                    "finish": lambda boxes, scale: boxes[:, :4] / scale
                },
                "the score comes first in each row. It comes last: x1, y1, x2, y2, score": {
                    "finish": lambda boxes, scale: np.concatenate(
                        [boxes[:, 4:], boxes[:, :4] / scale], axis=1
                    )
                },
            },
        ),
        Mistake(
            "the argument scale has no effect on the corner, only on the sides of a box",
            lambda scores, window, stride, threshold, scale=1.0: map_to_boxes(
                scores,
                window,
                stride,
                threshold,
                finish=lambda boxes, _: np.concatenate(
                    [boxes[:, :2], boxes[:, :2] + (boxes[:, 2:4] - boxes[:, :2]) / scale, boxes[:, 4:]],
                    axis=1,
                ),
            ),
        ),
    ],
    hints=[
        "np.nonzero(scores >= threshold), or two loops, gives the places (i, j). Which of the two is x?",
        "x1 = j * stride, y1 = i * stride, x2 = x1 + w, y2 = y1 + h. Then all four divided by scale, the score not.",
        "If only 'not square' fails, h and w are mixed up. If only 'meets the threshold exactly' fails, it is >= . "
        "If both cases with a scale fail, look at what is divided: four numbers, and not multiplied.",
        "boxes.append([j * stride / scale, i * stride / scale, (j * stride + w) / scale, (i * stride + h) / scale, "
        "scores[i, j]]) for each place; at the end np.array(boxes).reshape(-1, 5).",
    ],
    idea="Three numbers, window, stride and scale, are all that links a map to the pixels of the picture.",
    try_next="Call find_faces(stand.picture, scales=(1.0,)) and draw its boxes with windows.show_picture: say before "
    "which rows of seats keep theirs.",
)
