"""How rcnn_detect is looked at: a network that tells from the pixels which box it was shown."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook.comparing import kind_of
from workbook.plain import Other, plain

NOT_CALLED = "nothing: the classifier was not called"
RESULTS = ("scores", "boxes", "classes")


SPREAD = 2  # grey levels for each pixel to the right, and downwards


def slope(n_H: int, n_W: int) -> np.ndarray:
    """A picture from which a crop tells its place: red grows to the right, green downwards, blue is 77."""
    rows, columns = np.mgrid[:n_H, :n_W]
    return np.stack([SPREAD * columns, SPREAD * rows, np.full_like(rows, 77)], axis=-1).astype(np.uint8)


class Probabilities(np.ndarray):
    """What a classifier gives back: an array that also has the method of a tensor, as a Keras model's answer has."""

    def numpy(self) -> np.ndarray:
        return np.array(self)


class Seer:
    """A classifier that knows the proposals: crops (n, size, size, 3) to probabilities (n, classes).

    It finds out which box a crop shows, however it was resized, and notes what it was asked.
    """

    def __init__(self, image: np.ndarray, proposals: np.ndarray, probabilities: np.ndarray) -> None:
        self.boxes, self.probabilities, self.n_H_n_W = proposals, probabilities, image.shape[:2]
        self.shapes, self.crops = [], []

    def __call__(self, crops: Any, training: bool | None = None, **options: Any) -> np.ndarray:
        crops = np.asarray(crops, float)
        self.shapes.append(list(crops.shape))
        if crops.ndim != 4:
            raise ValueError(f"crops (n, size, size, 3) expected, got shape {crops.shape}")
        self.crops += list(crops)
        answers = np.zeros((len(crops), self.probabilities.shape[1]))
        for answer, crop in zip(answers, crops, strict=True):
            number = self.which(crop)
            answer[:] = self.probabilities[number] if number is not None else np.eye(len(answer))[0]
        return answers.astype(np.float32).view(Probabilities)

    predict = predict_on_batch = __call__

    def which(self, crop: np.ndarray) -> int | None:
        """The number of the proposal that a crop shows, None for something else."""
        near = np.abs(self.boxes - corners_of(crop)).max(axis=1) if len(self.boxes) else np.array([np.inf])
        return int(near.argmin()) if near.min() < 2.5 and same_pixels(crop) else None


def same_pixels(crop: np.ndarray) -> bool:
    return abs(crop[..., 2].mean() - 77) < 2


def corners_of(crop: np.ndarray) -> np.ndarray:
    """Where a crop of a slope comes from, within a pixel or two: x1, y1, x2, y2. Half a cell is lost at each end."""
    red, green = crop[..., 0].mean(axis=0) / SPREAD + 0.5, crop[..., 1].mean(axis=1) / SPREAD + 0.5
    x, y = red.mean(), green.mean()
    w, h = (np.abs(np.diff(values)).sum() * len(values) / max(1, len(values) - 1) for values in (red, green))
    return np.array([x - w / 2, y - h / 2, x + w / 2, y + h / 2])


def shown(crop: np.ndarray, box: np.ndarray, shape: tuple[int, int]) -> str:
    """What a crop shows, in words, where its box was to be shown."""
    if crop.max() <= 1.5:
        return "pixels that are no longer 0 to 255"
    if not same_pixels(crop):
        return "pixels that were changed"
    x1, y1, x2, y2 = box
    n_H, n_W = shape
    guesses = {
        "its box": box,
        "the whole picture": (0, 0, n_W, n_H),
        "its box with x and y exchanged": np.clip((y1, x1, y2, x2), 0, [n_W, n_H, n_W, n_H]),
        "x2 and y2 taken for width and height": (x1, y1, min(x1 + x2, n_W), min(y1 + y2, n_H)),
    }
    for words, guess in guesses.items():
        if np.abs(corners_of(crop) - guess).max() < 2.5:
            return words
    return "something else"


def look_at_detection(
    function: Callable,
    shape: tuple[int, int],
    proposals: np.ndarray,
    probabilities: np.ndarray,
    **options: Any,
) -> Any:
    """What was asked of the classifier, and what came back, best score first."""
    image = slope(*shape)
    seer = Seer(image, proposals, probabilities)
    results = function(image, seer, proposals.copy(), **options)
    seen = told(results)
    if len(proposals) == 0:
        return seen
    asked = {
        "shape of all crops together": NOT_CALLED,
        "what the crops show": NOT_CALLED,
    }
    if seer.shapes:
        crops = [sum(s[0] for s in seer.shapes if s), *seer.shapes[0][1:]]
        views = Counter(shown(c, b, shape) for c, b in zip(seer.crops, proposals, strict=False))
        asked = {
            "shape of all crops together": str(tuple(crops)),
            "what the crops show": ", ".join(f"{views[words]} x {words}" for words in sorted(views)),
        }
    return asked | (seen if isinstance(seen, dict) else {name: seen for name in RESULTS})


def told(results: Any) -> Any:
    """Scores, boxes and classes, best score first; something else as plain data."""
    results = plain(results)
    if results is None or isinstance(results, Other):
        return results
    if not isinstance(results, list) or len(results) != 3:
        return Other("results", f"{kind_of(results)}, where 3 results are wanted: {', '.join(RESULTS)}")
    arrays = [as_numbers(each, -1 if i != 1 else (-1, 4)) for i, each in enumerate(results)]
    scores, boxes, classes = arrays
    flat = all(isinstance(each, np.ndarray) for each in arrays) and scores.ndim == classes.ndim == 1
    if flat and boxes.ndim == 2 and len(scores) == len(boxes) == len(classes):
        order = np.argsort(-scores, kind="stable")
        arrays = [each[order] for each in arrays]
    elif len({len(each) if isinstance(each, np.ndarray) and each.ndim else 0 for each in arrays}) == 1:
        arrays = in_one_order(arrays)  # results that are exchanged: the boxes are in any order there as well
    return dict(zip(RESULTS, arrays, strict=True))


def in_one_order(arrays: list) -> list:
    """Arrays of one length, their rows ordered by all their numbers."""
    if not len(arrays[0]):
        return arrays
    rows = np.concatenate([each.reshape(len(each), -1) for each in arrays], axis=1)
    order = np.lexsort(np.round(rows, 6).T[::-1])
    return [each[order] for each in arrays]


def as_numbers(value: Any, shape: Any) -> Any:
    """A list or array of numbers as an array; one without numbers has the shape that it should have."""
    try:
        array = np.asarray(value, float)
    except (TypeError, ValueError):
        return value
    return array.reshape(np.zeros(0).reshape(shape if shape != -1 else 0).shape) if array.size == 0 else array
