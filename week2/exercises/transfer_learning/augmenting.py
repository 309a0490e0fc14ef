"""Checks for data_augmenter: pictures mirrored and turned in training."""

from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.plain import plain
from workbook.slips import by_words

SIDE, COPIES = 21, 400
REACH = 4
"""Pixels around the middle that are looked at: however a picture is turned, its border stays outside."""


def augmenter(*steps: str, rotation: Any = 0.2, flip: str = "horizontal") -> Any:
    """A Sequential of random layers: a flip and a rotation, or those of ``steps``."""
    import keras
    from keras import layers

    kinds = {
        "flip": lambda: layers.RandomFlip(flip),
        "rotation": lambda: layers.RandomRotation(rotation),
        "zoom": lambda: layers.RandomZoom(0.2),
        "translation": lambda: layers.RandomTranslation(0.2, 0.2),
        "tf.image flip": lambda: layers.Lambda(random_flip),
        "always flip": lambda: layers.Lambda(lambda x: x[:, :, ::-1]),
        "brightness": lambda: layers.RandomBrightness(0.2),
        "scaling": lambda: layers.Rescaling(1 / 255),
    }
    return keras.Sequential([kinds[step]() for step in (steps or ("flip", "rotation"))])


def random_flip(x: Any) -> Any:
    import tensorflow as tf

    return tf.image.random_flip_left_right(x)


def compass() -> np.ndarray:
    """Copies (COPIES, SIDE, SIDE, 3) of one picture: red grows to the right, green grows downwards, blue is even."""
    rows, columns = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    picture = np.stack([10 * columns, 10 * rows, np.full_like(rows, 100)], axis=-1)
    return np.repeat(picture[None], COPIES, axis=0)


def look_at_augmenter(function: Callable) -> Any:
    """What the layers do to many copies of one picture, read off its colours: mirroring, turns, and the rest."""
    import keras

    layer = function()
    if not isinstance(layer, keras.layers.Layer):
        return plain(layer)
    X = compass()
    few = X[:60]
    moved = np.asarray(layer(X, training=True))
    again = np.asarray(layer(X, training=True))
    seen = {
        "in inference mode the pictures come back as they are": _same(layer(few, training=False), few),
        "in training mode, shape": list(moved.shape),
    }
    return seen | (_motion(moved, again, X) if moved.shape == X.shape else {})


def _same(one: Any, two: np.ndarray) -> bool:
    one = np.asarray(one)
    return one.shape == two.shape and bool(np.allclose(one, two, atol=0.01))


def _motion(moved: np.ndarray, again: np.ndarray, X: np.ndarray) -> dict[str, Any]:
    """How the middle of each picture was mirrored, turned, grown, shifted and coloured."""
    c = SIDE // 2
    along_row, along_column = _slopes(moved, 2), _slopes(moved, 1)
    size = along_row[:, 0] * along_column[:, 1] - along_row[:, 1] * along_column[:, 0]
    mirrored = size < 0
    turn = np.arctan2(along_row[:, 1], along_row[:, 0] * np.where(mirrored, -1, 1)) / (2 * np.pi)
    shift = moved[:, c, c, :2] / 10 - c
    shares = np.mean(turn > 0.01), np.mean(turn < -0.01)
    # from top to bottom is from left to right and half a turn; a rotation alone goes as far only where it is too large
    upside_down = mirrored & (np.abs(turn) > 0.3) & np.any(mirrored & (np.abs(turn) > 0.42))
    return {
        "mirrored from left to right": _share(np.mean(mirrored & ~upside_down)),
        "mirrored from top to bottom": _share(np.mean(upside_down)),
        "largest turn, as a share of a full one": float(np.round(np.abs(turn).max() / 0.02) * 0.02),
        "turned to both sides": bool(min(shares) > 0.2),
        "neither grown nor shrunk": bool(np.median(np.abs(np.abs(size) - 1)) < 0.03),
        "not shifted": bool(np.abs(shift).max() < 0.1),
        "its colours are kept": bool(np.allclose(moved[:, c, c, 2], X[:, c, c, 2], atol=0.5)),
        "drawn anew each time": not _same(moved, again),
    }


def _slopes(moved: np.ndarray, axis: int) -> np.ndarray:
    """How red and green grow along an axis in the middle of each picture, (COPIES, 2): straight lines through
    many pixels, for those of a rotation with interpolation="nearest" are off by up to half a pixel."""
    places = np.arange(-REACH, REACH + 1)
    middle = moved[
        :, SIDE // 2 - REACH : SIDE // 2 + REACH + 1, SIDE // 2 - REACH : SIDE // 2 + REACH + 1, :2
    ]
    return np.tensordot(middle.mean(axis=3 - axis), places, (1, 0)) / (10 * np.sum(places**2))


def _share(part: float) -> str:
    """A share in words, for chance never gives the same one twice."""
    if part < 0.02:
        return "none"
    if part > 0.98:
        return "all"
    return "about half" if 0.35 < part < 0.65 else "some"


augmentation = Exercise(
    name="data_augmenter",
    points=6,
    difficulty=1,
    minutes=8,
    cases=[case("400 copies of one picture")],
    observe=look_at_augmenter,
    gives="a Keras layer or a Sequential of layers",
    reference=augmenter,
    tolerance=1e-3,
    time_limit=60,
    slow=True,
    mistakes=by_words(
        {
            "there is no random flip": lambda: augmenter("rotation"),
            "there is no random rotation": lambda: augmenter("flip"),
            "RandomFlip() alone mirrors from top to bottom as well. Alpacas stand on their feet: "
            "'horizontal'": lambda: augmenter(flip="horizontal_and_vertical"),
            "the flip is vertical: the animals stand on their heads. 'horizontal' swaps left and right": (
                lambda: augmenter(flip="vertical")
            ),
            "the rotation is 0.02 and not 0.2": lambda: augmenter(rotation=0.02),
            "the rotation is 0.1 and not 0.2": lambda: augmenter(rotation=0.1),
            "the rotation is 0.4: 72 of 180 degrees. It is a share of a full turn, 72 of 360": lambda: (
                augmenter(rotation=0.4)
            ),
            "there is a second flip, from top to bottom, or the rotation is 0.5, half a turn. One flip and 0.2 are asked for": (
                lambda: augmenter(rotation=0.5)
            ),
            "the pixels are scaled as well. Only a flip and a rotation are asked for": lambda: augmenter(
                "flip", "rotation", "scaling"
            ),
            "the rotation is given in radians. The factor is a share of a full turn": lambda: augmenter(
                rotation=0.2 / (2 * np.pi)
            ),
            "the pictures turn to one side alone. A single number, 0.2, means both": lambda: augmenter(
                rotation=(0.0, 0.2)
            ),
            "the pictures are flipped at random at all times, in use too: by a function of tf.image, or with training=True. "
            "RandomFlip, called without a mode, finds out by itself": (
                lambda: augmenter("tf.image flip", "rotation")
            ),
            "every picture is mirrored, at all times, and none at random": lambda: augmenter(
                "always flip", "rotation"
            ),
            "the pictures are zoomed and not turned": lambda: augmenter("flip", "zoom"),
            "the pictures are shifted and not turned": lambda: augmenter("flip", "translation"),
            "the pictures are shifted as well: only a flip and a rotation are asked for": lambda: augmenter(
                "flip", "rotation", "translation"
            ),
            "something else changes the pictures as well, such as a zoom: only a flip and a rotation are asked for": lambda: (
                augmenter("flip", "rotation", "zoom")
            ),
            "the brightness changes as well: only a flip and a rotation are asked for": lambda: augmenter(
                "flip", "rotation", "brightness"
            ),
        }
    ),
    hints=[
        "Two layers of Keras do all of it, one after the other in a Sequential. Both know by themselves when "
        "a network is in training.",
        "RandomFlip takes a word that says along which direction, RandomRotation a share of a full turn.",
        "If 'top to bottom' is not 'none', RandomFlip has another word than 'horizontal', or none. If the largest "
        "turn is wrong, look at the number: 0.2 of a full turn is 72 degrees to either side.",
        "keras.Sequential([RandomFlip(...), RandomRotation(...)]), and return it.",
    ],
    idea="A flip doubles your data for nothing, as long as the label survives it. A mirrored 'b' is a 'd'.",
    try_next="Write RandomRotation(0.02) into a copy of your augmenter and show eight versions again: would "
    "you have guessed that these had been turned?",
)
