"""Checks for sliding_window_predict: a classifier at every window."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.models import known
from workbook.slips import switched

TOLERANCE = 1e-5  # sums in float32, in another order where windows come one by one


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
    counted: Callable = lambda f_H, f_W: (f_H, f_W),
    cut: Callable = lambda f_H, f_W, stride: (f_H, f_W),
    fill: bool = False,
    sizes: Callable = lambda n_H, n_W: (n_H, n_W),
    corners: bool = True,
    training: bool = False,
    prepare: Callable = lambda window: window,
    finish: Callable = lambda scores: scores,
) -> np.ndarray:
    """The classes of every window that lies in the picture: (rows, columns, classes).

    shape, strides, sizes  the window's shape, how far it moves down and right, the picture's size
    counted                the window's height and width where rows and columns are counted
    cut                    its height and width where it is cut out
    fill                   whether windows that stick out are filled with zeros, and not cut
    corners                whether a window's corner is a multiple of the stride
    """
    f_H, f_W = shape(*both_ways(window))
    down, right = strides(stride, f_H, f_W)
    n_H, n_W = sizes(*image.shape[:2])
    high, wide = counted(f_H, f_W)
    tops, lefts = starts(n_H, high, down, edge), starts(n_W, wide, right, edge)
    rows, columns = len(tops), len(lefts)
    if not corners:
        tops, lefts = range(rows), range(columns)
    if fill:
        image = np.pad(image, ((0, f_H), (0, f_W), (0, 0)))
    high, wide = cut(f_H, f_W, stride)
    windows = [prepare(image[top : top + high, left : left + wide]) for top in tops for left in lefts]
    if not windows:
        return np.zeros((rows, columns, 0))
    if training:
        return np.asarray(model(np.stack(windows), training=True)).reshape(rows, columns, -1)
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
    and no exception. In training mode it gives others."""
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((None, None, n_C)),
            layers.Conv2D(6, 2, padding="same"),
            layers.BatchNormalization(),
            layers.Activation("tanh"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(classes, activation="softmax"),
        ]
    )
    for weight in model.variables:
        value = 1.5 * known(tuple(weight.shape), "classifier")
        weight.assign(1 + np.abs(value) if weight.path.endswith("moving_variance") else value)
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
        case("a stride larger than the window", 3, picture(rng, 9, 6), 2, 3),
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
            "every window is cut out as a square: its width is ignored where it ends": {
                "cut": lambda f_H, f_W, s: (f_H, f_H)
            },
            "the windows are one pixel too small: a slice ends before its second number, so it is start : start + h": {
                "cut": lambda f_H, f_W, s: (f_H - 1, f_W - 1)
            },
            "a window is cut out as large as the stride. It goes from start to start + h and start + w": {
                "cut": lambda f_H, f_W, s: (s, s)
            },
            "every window is square: its height is ignored": {"shape": lambda f_H, f_W: (f_W, f_W)},
            "the columns are counted with the window's height, so that windows stick out on the right and are cut: "
            "(n_W - w) // stride + 1 fit": {"counted": lambda f_H, f_W: (f_H, f_H)},
            "the columns are counted with the window's height, so that windows stick out on the right and are filled "
            "with zeros: (n_W - w) // stride + 1 fit": {
                "counted": lambda f_H, f_W: (f_H, f_H),
                "fill": True,
            },
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
            "the model is asked in training mode. Leave training=True out": {"training": True},
            "the axes of the windows are mixed up: sliding_window_view puts the channels before height and width. Move them "
            "to the end (np.moveaxis), then reshape": {
                "prepare": lambda window: window.transpose(2, 0, 1).reshape(window.shape)
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
