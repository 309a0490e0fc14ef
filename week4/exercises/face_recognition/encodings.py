"""What verify and who_is_it share: pictures, a small model, encodings at known distances."""

import contextlib
import functools
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from workbook.models import known
from workbook.observing import standing_in
from workbook.plain import plain

SIDE = 8


def img_to_encoding(image_path: str, model: Any, *, dtype: type = np.float32) -> np.ndarray:
    """(1, dimensions): the model's answer to the picture of a file, as in the notebook."""
    from PIL import Image, UnidentifiedImageError

    if not Path(image_path).is_file():
        raise FileNotFoundError(f"There is no file {Path(image_path).name}.")
    try:
        with Image.open(image_path) as picture:
            X = np.asarray(picture.convert("RGB").resize((SIDE, SIDE)), np.float32)[np.newaxis] / 255
    except (UnidentifiedImageError, OSError) as error:
        raise ValueError(f"{Path(image_path).name} is not a picture that can be read.") from error
    return np.asarray(model(X, training=False)).astype(dtype)


@functools.cache
def small_model(role: str) -> Any:
    """A Keras model that turns a picture into four numbers of length 1; another role, other weights.

    In the role "three of four" the last number is 0.
    """
    import keras

    inputs = keras.Input((SIDE, SIDE, 3))
    X = keras.layers.Dense(4, use_bias=False)(keras.layers.Flatten()(inputs))
    model = keras.Model(inputs, keras.layers.UnitNormalization()(X))
    kernel = known((SIDE * SIDE * 3, 4), role)
    model.set_weights([kernel * (1, 1, 1, role != "three of four")])
    return model


def in_a_folder(look: Callable) -> Callable:
    """Runs a look with a picture in a folder that is gone afterwards."""

    @functools.wraps(look)
    def wrapped(function: Callable, picture: np.ndarray, **kwargs: Any) -> Any:
        from PIL import Image

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "at_the_door.png"
            if kwargs.get("file") == "broken":
                path.write_bytes(b"no picture")
            elif kwargs.get("file") != "missing":
                Image.fromarray(picture).save(path)
            dtype = np.float64 if kwargs.get("role") == "three of four" else np.float32
            reads = functools.partial(img_to_encoding, dtype=dtype)
            with standing_in(function, {"img_to_encoding": reads}), in_its_module(reads):
                return look(function, path, picture, **kwargs)

    return wrapped


def in_its_module(reads: Callable) -> contextlib.AbstractContextManager:
    """For a while the lesson's module, where it is imported, gives this img_to_encoding as well."""
    module = sys.modules.get("triplets")
    return mock.patch.object(module, "img_to_encoding", reads) if module else contextlib.nullcontext()


def encodings(picture: np.ndarray, model: Any, distances: dict[str, float]) -> dict[str, np.ndarray]:
    """A database in which each person is so far from the picture's own encoding.

    Where the own encoding ends with a 0, they differ in that number alone, and the distance is exact (float64).
    """
    own = np.asarray(model(picture[np.newaxis].astype(np.float32) / 255, training=False))
    if own[0, -1] == 0:
        last = np.array([0.0, 0.0, 0.0, 1.0])
        return {name: own.astype(float) + distance * last for name, distance in distances.items()}
    away = known((1, own.shape[1]), "away")
    away -= (away * own).sum() * own
    away /= np.linalg.norm(away)
    return {name: (own + distance * away).astype(np.float32) for name, distance in distances.items()}


def told(call: Callable) -> Any:
    """ "an answer", or "an error" where one was raised on purpose, of whatever kind."""
    try:
        call()
        return "an answer"
    except (NotImplementedError, NameError, TypeError, AttributeError, ImportError):
        raise
    except Exception:
        return "an error"


def pair(value: Any, names: tuple[str, str]) -> Any:
    if not isinstance(value, list) or len(value) != 2:
        return value
    parts = [
        np.asarray(part).reshape(()) if np.size(part) == 1 and isinstance(part, np.ndarray) else part
        for part in value
    ]
    return dict(zip(names, parts, strict=True))


def measured(distance: str, encoding: np.ndarray, stored: np.ndarray) -> float:
    """How far two encodings are apart: "L2" is right, the others are what people take for it."""
    difference = encoding - stored
    return {
        "L2": np.linalg.norm(difference),
        "squared": np.sum(difference**2),
        "mean squared": np.mean(difference**2),
        "L1": np.abs(difference).sum(),
        "mean": np.sqrt(np.mean(difference**2)),
        "cosine": 1 - np.sum(encoding * stored) / np.linalg.norm(encoding) / np.linalg.norm(stored),
    }[distance]


def pictures_for_doors(rng: np.random.Generator) -> list[np.ndarray]:
    return [rng.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8) for _ in range(8)]
