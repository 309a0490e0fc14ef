"""The recipe: MobileNetV2 learns to tell the album's classes, then loses its last layer.

Backend-neutral Keras 3: the batches are NumPy arrays, nothing here names TensorFlow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from workbook.backbone.album import Album
from workbook.training import batch_norms, recalibrate


class Recipe(NamedTuple):
    """All that decides how the backbone comes out, besides the code."""

    each: int = 120  # pictures of every class
    size: int = 96  # pixels along a side of a drawn picture
    sides: tuple[int, ...] = (64,)  # sides at which it is trained, one stage after another
    epochs: tuple[int, ...] = (10,)  # in each stage
    rates: tuple[float, ...] = (1.5e-3,)  # learning rate in each stage
    batch: int = 32  # small: with little time many steps count more than exact ones
    decay: float = 0.02
    smoothing: float = 0.05
    alpha: float = 0.35
    seed: int = 11
    side: int = 96  # at which the backbone ships
    calibration: int = 40  # batches of that side over which batch norm's statistics are taken in the end
    names: tuple[str, ...] | None = None  # classes; None: all of the album


EARLY = "block_13_expand_relu"  # the last layer before the picture is halved for the fifth time


def _crop(picture: np.ndarray, what: np.ndarray, side: int, rng: np.random.Generator) -> tuple:
    """A random window of a picture, resized to side, and its map, four values for each cell of 16 pixels.

    One in six passes through fewer pixels and comes out blurred.
    """
    n, marks = len(picture), side // 4
    area, ratio = rng.uniform(0.35, 1.0), np.exp(rng.uniform(-0.3, 0.3))
    w, h = (min(n * np.sqrt(area * r), n) for r in (ratio, 1 / ratio))
    left, top = rng.uniform(0, n - w), rng.uniform(0, n - h)
    image, box = Image.fromarray(picture), (left, top, left + w, top + h)
    what = Image.fromarray(what).resize((marks, marks), Image.Resampling.NEAREST, box=box)
    if rng.random() < 0.17:
        coarse = int(side * rng.uniform(0.4, 0.8))
        image, box = image.resize((coarse, coarse), Image.Resampling.BILINEAR, box=box), None
    return np.asarray(image.resize((side, side), Image.Resampling.BILINEAR, box=box)), np.asarray(what)


def _recoloured(X: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(m, n, n, 3) in [-1, 1]: each picture under another light, with another contrast and saturation."""
    m = len(X)

    def factors(low: float, high: float) -> np.ndarray:
        return rng.uniform(low, high, (m, 1, 1, 1)).astype(np.float32)

    grey = X.mean(axis=-1, keepdims=True)
    saturation = np.where(rng.random((m, 1, 1, 1)) < 0.1, 0, factors(0.6, 1.4)).astype(np.float32)
    X = grey + saturation * (X - grey)
    middle = X.mean(axis=(1, 2), keepdims=True)
    X = middle + factors(0.7, 1.3) * (X - middle)
    X = X * np.exp(rng.normal(0, 0.07, (m, 1, 1, 3))).astype(np.float32) + factors(-0.25, 0.25)
    X += factors(0, 0.08) * rng.standard_normal(X.shape, dtype=np.float32)
    return np.clip(X, -1, 1)


def augmented(X: np.ndarray, maps: np.ndarray, side: int, rng: np.random.Generator) -> tuple:
    """Pictures cropped, mirrored, recoloured and noisy, and their maps cropped and mirrored alike.

    X: (m, n, n, 3) uint8 -> (m, side, side, 3) float32 in [-1, 1]; maps: (m, n, n) -> (m, side/4, side/4).
    """
    pairs = [_crop(picture, what, side, rng) for picture, what in zip(X, maps, strict=True)]
    pictures = np.stack([picture for picture, _ in pairs]).astype(np.float32) / 127.5 - 1
    maps = np.stack([what for _, what in pairs])
    mirrored = rng.random(len(X)) < 0.5
    pictures[mirrored], maps[mirrored] = pictures[mirrored, :, ::-1], maps[mirrored, :, ::-1]
    return _recoloured(pictures, rng), maps


def shares(maps: np.ndarray, cells: int, classes: int) -> np.ndarray:
    """(m, cells, cells, classes) float32: how much of each cell each class covers. maps: (m, k, k)."""
    m, k = len(maps), maps.shape[1] // cells
    inside = maps.reshape(m, cells, k, cells, k).transpose(0, 1, 3, 2, 4).reshape(-1, k * k)
    counts = np.zeros((len(inside), classes), np.float32)
    np.add.at(counts, (np.arange(len(inside))[:, None], inside), np.float32(1 / (k * k)))
    return counts.reshape(m, cells, cells, classes)


def batches(album: Album, side: int, batch: int, seed: int) -> Any:
    """A keras.utils.PyDataset of augmented batches; each epoch has its own order and its own chance."""
    import keras

    X, y, maps = album
    classes = int(y.max()) + 1
    one_hot = np.eye(classes, dtype=np.float32)

    class Batches(keras.utils.PyDataset):
        def __init__(self) -> None:
            super().__init__(workers=1, use_multiprocessing=False)
            self.epoch = 0
            self.on_epoch_end()

        def on_epoch_end(self) -> None:
            self.epoch += 1
            self.order = np.random.default_rng([seed, self.epoch]).permutation(len(X))

        def __len__(self) -> int:
            return len(X) // batch

        def __getitem__(self, i: int) -> tuple:
            which = np.sort(self.order[i * batch : (i + 1) * batch])
            pictures, what = augmented(
                X[which], maps[which], side, np.random.default_rng([seed, self.epoch, i])
            )
            early, late = (shares(what, side // stride, classes) for stride in (16, 32))
            return pictures, {"what": one_hot[y[which]], "where": late, "early": early}

    return Batches()


def network(side: int, alpha: float, seed: int = 0) -> Any:
    """Keras's own MobileNetV2 without top and with random weights drawn from a seed."""
    import keras

    keras.utils.set_random_seed(seed)
    shape = (side, side, 3)
    return keras.applications.MobileNetV2(input_shape=shape, alpha=alpha, include_top=False, weights=None)


def _classifier(backbone: Any, classes: int, dropout: float = 0.1) -> Any:
    """The backbone with three heads: what the picture shows, and what is where, seen late and early."""
    import keras

    x = backbone.output
    pooled = keras.layers.Dropout(dropout)(keras.layers.GlobalAveragePooling2D()(x))
    heads = {
        "what": keras.layers.Dense(classes, name="what")(pooled),
        "where": keras.layers.Dense(classes, name="where")(x),
        "early": keras.layers.Dense(classes, name="early")(backbone.get_layer(EARLY).output),
    }
    return keras.Model(backbone.input, heads)


def train(recipe: Recipe, album: Album, callbacks: Sequence = (), verbose: int = 2) -> Any:
    """The trained backbone, without top, at the recipe's side.

    Each stage trains at a steady rate after a short rise; its result is the running mean of the weights.
    """
    import keras

    keras.utils.set_random_seed(recipe.seed)
    classes, weights = int(album.y.max()) + 1, None
    for stage, (side, epochs, rate) in enumerate(zip(recipe.sides, recipe.epochs, recipe.rates, strict=True)):
        backbone = network(side, recipe.alpha, recipe.seed)
        for layer in batch_norms(backbone):
            layer.momentum = 0.98
        model = _classifier(backbone, classes)
        if weights is not None:
            model.set_weights(weights)
        data = batches(album, side, recipe.batch, recipe.seed + stage)
        model.compile(
            keras.optimizers.AdamW(_rising(rate), recipe.decay, use_ema=True, ema_momentum=0.998),
            {
                head: keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=recipe.smoothing)
                for head in ("what", "where", "early")
            },
            loss_weights={"what": 1.0, "where": 1.0, "early": 0.5},
            metrics={"what": "accuracy"},
            jit_compile=keras.config.backend() == "jax",
        )
        model.fit(data, epochs=epochs, verbose=verbose, callbacks=list(callbacks))
        weights = model.get_weights()
    return finished(recipe, album, backbone)


def finished(recipe: Recipe, album: Album, trained: Any) -> Any:
    """The backbone at the side at which it ships, with batch norm's statistics of that side."""
    backbone = network(recipe.side, recipe.alpha, recipe.seed)
    backbone.set_weights(trained.get_weights())
    data = batches(album, recipe.side, recipe.batch, recipe.seed + len(recipe.sides))
    recalibrate(backbone, [data[i % len(data)][0] for i in range(recipe.calibration)])
    return backbone


def _rising(rate: float, steps: int = 300) -> Any:
    """A learning rate that rises from 0 within some steps and then stays."""
    from keras import ops
    from keras.optimizers.schedules import LearningRateSchedule

    class Rising(LearningRateSchedule):
        def __call__(self, step: Any) -> Any:
            return rate * ops.minimum((ops.cast(step, "float32") + 1) / steps, 1.0)

        def get_config(self) -> dict:
            return {"rate": rate, "steps": steps}

    return Rising()
