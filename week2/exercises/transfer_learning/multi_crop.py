"""Checks for multi_crop_predict: ten crops that vote."""

from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.slips import switched

from .voting import WRONG_MEANS, known_classifier, logits, noise, probabilities, sigmoid

VOTES = "the crops vote, each for yes or no. The mean of their probabilities is asked for"
RESIZED = "the whole picture is made smaller and not cropped"
MEAN_OF_PICTURES = "the mean goes over the pictures. It goes over the ten crops of each"


def ten_crops(
    images: np.ndarray,
    h: int,
    w: int,
    *,
    mirror: int | tuple[int, int] | None = 2,
    places: str = "corners and centre",
    corner: int = 0,
    middle: int = 0,
    up: int = 0,
    halved: bool = False,
) -> list[np.ndarray]:
    """The crops (m, h, w, 3) of pictures (m, n_H, n_W, 3): four corners and the centre, and their mirrored ones.

    mirror  the axis that is turned round (or several), None for no mirrored crops; corner, middle: pixels that the last row and
            the centre are off; up: 1 where the centre's place is rounded up; halved: True where only the picture's
            side is halved there
    """
    n_H, n_W = images.shape[1:3]
    bottom, right = max(0, n_H - h - corner), max(0, n_W - w - corner)
    top_of_centre, left_of_centre = (n_H - h + up) // 2 + middle, (n_W - w + up) // 2 + middle
    if halved:
        top_of_centre, left_of_centre = max(0, n_H // 2 - h), max(0, n_W // 2 - w)
    corners = [(0, 0), (0, right), (bottom, 0), (bottom, right)]
    chosen = corners * ("corners" in places) + [(top_of_centre, left_of_centre)] * ("centre" in places)
    if places == "top corners and centre":
        chosen = [corners[0], corners[1], chosen[-1]]
    crops = [images[:, a : a + h, b : b + w] for a, b in chosen]
    return crops + [np.flip(crop, mirror) for crop in crops] if mirror is not None else crops


def multi_crop_predict(
    model: Any,
    images: np.ndarray,
    *,
    mean: Callable = lambda z: sigmoid(z).mean(axis=0),
    training: bool = False,
    crops: Callable = ten_crops,
    **how: Any,
) -> np.ndarray:
    """Mean probability over ten crops of each picture (Krizhevsky et al. 2012, section 4.1)."""
    h, w = model.input_shape[1:3]
    return mean(np.stack([logits(model, crop, training) for crop in crops(images, h, w, **how)]))


def resized(images: np.ndarray, h: int, w: int) -> list[np.ndarray]:
    """The whole picture made small, and its mirror image, in place of crops."""
    import tensorflow as tf

    small = tf.image.resize(images, (h, w)).numpy()
    return [small, small[:, :, ::-1]]


def look_at_crops(function: Callable, images: np.ndarray, input_side: tuple[int, int]) -> Any:
    model = known_classifier((*input_side, 3))
    return probabilities(function(model, images), multi_crop_predict(model, images))


multi_crop = Exercise(
    name="multi_crop_predict",
    points=10,
    difficulty=2,
    minutes=20,
    cases=lambda rng: [
        case("pictures of 12x15, crops of 8x9", noise(rng, 3, 12, 15, 3), (8, 9)).weighing(2),
        case("one picture, a centre that has to be rounded down", noise(rng, 1, 14, 10, 3), (7, 6)),
        case("as wide as a crop, but taller", noise(rng, 4, 14, 6, 3), (8, 6)),
        case("as large as a crop: ten times the same, or its mirror image", noise(rng, 2, 6, 8, 3), (6, 8)),
    ],
    observe=look_at_crops,
    reference=multi_crop_predict,
    tolerance=1e-4,
    time_limit=60,
    slow=True,
    mistakes=[
        *switched(
            multi_crop_predict,
            {
                **WRONG_MEANS,
                "the mirrored crops are forgotten: there are five and not ten": {"mirror": None},
                "the mirrored crops stand on their heads. Left and right are swapped, not top and bottom": {
                    "mirror": 1
                },
                "the centre is forgotten": {"places": "corners"},
                "the corners are forgotten": {"places": "centre"},
                "the lower corners are forgotten": {"places": "top corners and centre"},
                "the lower and right crops end one pixel before the border": {"corner": 1},
                "the centre crop lies one pixel too far down and to the right": {"middle": 1},
                "the place of the centre is rounded up. Subtract first, then halve: (n_H - h) // 2 rounds it down": {
                    "up": 1
                },
                "the centre crop starts at n_H // 2 - h, or at 0. It starts at (n_H - h) // 2": {
                    "halved": True
                },
                VOTES: {"mean": lambda z: (z > 0).mean(axis=0)},
                "the mean goes over the pictures too, or instead. Each picture gets a number of its own": {
                    "mean": lambda z: sigmoid(z).mean()
                },
                "the sigmoid is taken twice: model gives logits, and one sigmoid makes them probabilities": {
                    "mean": lambda z: sigmoid(sigmoid(z)).mean(axis=0)
                },
                "the network is in training mode. Predict with training=False": {"training": True},
                RESIZED: {"crops": resized},
                MEAN_OF_PICTURES: {"mean": lambda z: sigmoid(z).mean(axis=1)},
                "only the first picture is looked at: images[:1]. Each gets a number of its own": {
                    "mean": lambda z: sigmoid(z[:, :1]).mean(axis=0)
                },
                "in place of left and right the colours are swapped: crop[..., ::-1] turns the last axis round": {
                    "mirror": 3
                },
                "the mirrored crops are turned by half a turn: both axes are turned round. Left and right alone are swapped": {
                    "mirror": (1, 2)
                },
                "only the last crop counts: the loop overwrites what the others gave": {
                    "mean": lambda z: sigmoid(z[-1])
                },
                "only the mirrored crops are asked. The five others count too": {
                    "mean": lambda z: sigmoid(z[5:]).mean(axis=0)
                },
                "the answers of a long batch are put into (m, 10). One crop of all pictures comes after the other: (10, m)": {
                    "mean": lambda z: sigmoid(z).reshape(-1, 10).mean(axis=1)
                },
                "the crops are divided by 255. The model takes pictures as they are given": {
                    "crops": lambda *sizes: [crop / 255 for crop in ten_crops(*sizes)]
                },
                "the crops go through preprocess_input. The model takes pictures as they are given": {
                    "crops": lambda *sizes: [crop / 127.5 - 1 for crop in ten_crops(*sizes)]
                },
            },
        ),
        *switched(
            multi_crop_predict,
            {
                MEAN_OF_PICTURES: {"mean": lambda z: sigmoid(z).mean(axis=1).reshape(2, 5).T.ravel()}
            },  # by turns
        ),
        *switched(multi_crop_predict, {RESIZED: {"crops": resized, "mean": lambda z: sigmoid(z[0])}}),  # once
    ],
    hints=[
        "How large is a crop? The model knows: model.input_shape. Where does a crop start that ends at the lower "
        "border?",
        "Five slices of images along axes 1 and 2, and the same five with axis 2 turned round. Ten predictions "
        "for each picture; the sigmoid; the mean.",
        "If 'as large as a crop' passes and the others fail, look at where the crops start: 0, (n_H - h) // 2 and "
        "n_H - h. If it fails as well, look at the mirroring, or at the order of sigmoid and mean.",
        "crops = [images[:, a : a + h, b : b + w] for a, b in five_places], then crop[:, :, ::-1] for each, then "
        "np.mean of the sigmoids over axis 0.",
    ],
    idea="Ten crops cost ten predictions. A phone will not thank you: people do it to win competitions.",
    try_next="Cut the five crops of 96 x 96 out of transfer.small(data, margin=16).X_test[0] and show them by "
    "transfer.show: in how many do you still see the whole animal?",
)
