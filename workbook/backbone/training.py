"""The recipe: MobileNetV2 learns what the album shows and what its edges make up, then loses its heads.

Backend-neutral Keras 3: the batches are NumPy arrays, nothing here names TensorFlow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from workbook.backbone.album import FLAT, NAMES, Album
from workbook.backbone.canvas import noise
from workbook.backbone.teacher import SIZES, Teacher
from workbook.training import recalibrate, set_momentum


class Recipe(NamedTuple):
    """All that decides how the backbone comes out, besides the code."""

    each: int = 120  # pictures of every class
    size: int = 96  # pixels along a side of a drawn picture
    solid: bool = False  # solid animals as well
    sides: tuple[int, ...] = (64,)  # sides at which it is trained, one stage after another
    steps: tuple[int, ...] = (5510,)  # in each stage
    rates: tuple[float, ...] = (1.5e-3,)  # highest learning rate in each stage
    lowest: tuple[float, ...] = (1.0,)  # the share of it that is left at the end of each stage
    changed: tuple[float, ...] = (0.0,)  # share of pictures that become collages in each stage
    taught: tuple[float, ...] = (
        0.0,
    )  # how much each of the teacher's heads weighs in each stage; 0: no teacher
    taught_on: int = 1500  # pictures that the teacher is made from
    batch: int = 32  # small: with little time many steps count more than exact ones
    decay: float = 0.02
    smoothing: float = 0.05
    alpha: float = 0.35
    seed: int = 11
    side: int = 96  # at which the backbone ships
    calibration: int = 40  # batches of that side over which batch norm's statistics are taken in the end
    names: tuple[str, ...] | None = None  # classes; None: all of the album's

    def classes(self) -> tuple[str, ...]:
        """The names of the classes that are drawn."""
        return self.names or (NAMES if self.solid else FLAT)

    def stages(self) -> list[tuple]:
        """What decides each stage: side, steps, rates, share of collages, the teacher's weight."""
        parts = (self.sides, self.steps, self.rates, self.lowest, self.changed, self.taught)
        return list(zip(*parts, strict=True))


LONGER = Recipe(
    solid=True,
    sides=(64, 64),
    steps=(10_000, 9000),
    rates=(3e-3, 2e-3),
    lowest=(0.3, 0.01),
    changed=(0.0, 0.8),
    taught=(2.0, 3.0),
)
"""More than three times as long, with a teacher, solid animals, collages. See datasets/weights/README.md."""


FINE = "block_3_expand_relu"  # the last layers before the picture is halved for the third, fourth, fifth time
MIDDLE = "block_6_expand_relu"
EARLY = "block_13_expand_relu"


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


def cropped(X: np.ndarray, maps: np.ndarray, side: int, rng: np.random.Generator) -> tuple:
    """Pictures cropped and mirrored, and their maps alike.

    X: (m, n, n, 3) uint8 -> (m, side, side, 3) float32 in [-1, 1]; maps: (m, n, n) -> (m, side/4, side/4).
    """
    pairs = [_crop(picture, what, side, rng) for picture, what in zip(X, maps, strict=True)]
    pictures = np.stack([picture for picture, _ in pairs]).astype(np.float32) / 127.5 - 1
    maps = np.stack([what for _, what in pairs])
    mirrored = rng.random(len(X)) < 0.5
    pictures[mirrored], maps[mirrored] = pictures[mirrored, :, ::-1], maps[mirrored, :, ::-1]
    return pictures, maps


def collage(
    pictures: np.ndarray, maps: np.ndarray, shown: np.ndarray, share: float, rng: np.random.Generator
) -> None:
    """Changes some of the pictures into others that nobody has drawn: tiles, patches and another light.

    The more kinds of pictures the teacher is heard on, the better what is learned holds for pictures of still
    another kind. pictures: (m, side, side, 3) in [-1, 1], maps: (m, side/4, side/4), shown: (m, classes), how
    much of each class there is. share: how many are changed.
    """
    m, side = pictures.shape[:2]
    whole, wheres, kinds = pictures.copy(), maps.copy(), shown.copy()
    half = whole.reshape(m, side // 2, 2, side // 2, 2, 3).mean(axis=(2, 4))
    for i in np.flatnonzero(rng.random(m) < share):
        if rng.random() < 0.3:
            four = rng.integers(m, size=4)
            pictures[i], maps[i] = _tiled(half[four]), _tiled(wheres[four, ::2, ::2])
            shown[i] = kinds[four].mean(axis=0)
        for k in rng.integers(m, size=rng.integers(0, 3)):
            mask = noise(side, rng.uniform(1.2, 6), rng) > rng.normal(0.2, 0.6)
            patch, what = whole[k], wheres[k]
            if rng.random() < 0.5:
                patch, what = np.swapaxes(patch, 0, 1), what.T
            if rng.random() < 0.5:
                patch = patch[..., rng.permutation(3)]
            pictures[i] = np.where(mask[..., None], _relit(patch, rng), pictures[i])
            maps[i] = np.where(mask[2::4, 2::4], what, maps[i])
            shown[i] += mask.mean() * (kinds[k] - shown[i])
        pictures[i] = _relit(pictures[i], rng)


def _tiled(four: np.ndarray) -> np.ndarray:
    return np.concatenate([np.concatenate(four[:2], axis=1), np.concatenate(four[2:], axis=1)])


def _relit(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(side, side, 3) in [-1, 1] with another tone, in uneven light."""
    light = np.exp(rng.uniform(0, 0.3) * noise(len(picture), rng.uniform(1, 3), rng) + rng.normal(0, 0.2))
    toned = (0.5 * (picture + 1)) ** np.exp(rng.normal(0, 0.3)) * light[..., None]
    return np.clip(2 * toned - 1, -1, 1)


def shares(maps: np.ndarray, cells: int, classes: int) -> np.ndarray:
    """(m, cells, cells, classes) float32: how much of each cell each class covers. maps: (m, k, k)."""
    m, k = len(maps), maps.shape[1] // cells
    inside = maps.reshape(m, cells, k, cells, k).transpose(0, 1, 3, 2, 4).reshape(-1, k * k)
    counts = np.zeros((len(inside), classes), np.float32)
    np.add.at(counts, (np.arange(len(inside))[:, None], inside), np.float32(1 / (k * k)))
    return counts.reshape(m, cells, cells, classes)


def batches(
    album: Album, teacher: Teacher | None, side: int, batch: int, steps: int, seed: int, changed: float = 0.0
) -> Any:
    """A keras.utils.PyDataset of augmented batches, with what each head has to say of them.

    The teacher sees each picture before it is recoloured: its answer is the same under any light.
    changed: the share of pictures that become collages.
    """
    import keras

    X, y, maps = album
    classes = album.kinds
    one_hot = np.eye(classes, dtype=np.float32)
    each = len(X) // batch  # batches in which every picture comes once

    class Batches(keras.utils.PyDataset):
        def __init__(self) -> None:
            super().__init__(workers=2, use_multiprocessing=False)

        def __len__(self) -> int:
            return steps

        def __getitem__(self, i: int) -> tuple:
            round_, i = divmod(i, each)
            order = np.random.default_rng([seed, round_]).permutation(len(X))
            which = np.sort(order[i * batch : (i + 1) * batch])
            rng = np.random.default_rng([seed, round_, i])
            pictures, what = cropped(X[which], maps[which], side, rng)
            shown = one_hot[y[which]]
            if changed:
                collage(pictures, what, shown, changed, rng)
            early, late = (shares(what, side // stride, classes) for stride in (16, 32))
            told = {"what": shown, "where": late, "early": early}
            if teacher:
                told |= teacher(pictures)
            return _recoloured(pictures, rng), told

    return Batches()


def network(side: int, alpha: float, seed: int = 0) -> Any:
    """Keras's own MobileNetV2 without top and with random weights drawn from a seed."""
    import keras

    keras.utils.set_random_seed(seed)
    shape = (side, side, 3)
    return keras.applications.MobileNetV2(input_shape=shape, alpha=alpha, include_top=False, weights=None)


def _with_heads(backbone: Any, classes: int, taught: bool, dropout: float = 0.1) -> Any:
    """The backbone with heads: what the picture shows, what is where, what a teacher says at each depth."""
    import keras

    last, early = backbone.output, backbone.get_layer(EARLY).output
    pooled = keras.layers.GlobalAveragePooling2D()(last)
    heads = {
        "what": (classes, keras.layers.Dropout(dropout)(pooled)),
        "where": (classes, last),
        "early": (classes, early),
    }
    if taught:
        depths = {
            "edge": backbone.get_layer(FINE).output,
            "corner": backbone.get_layer(MIDDLE).output,
            "place": early,
            "part": last,
            "sketch": pooled,
        }
        heads |= {name: (SIZES[name], x) for name, x in depths.items()}
    outputs = {  # every head begins by saying nothing
        name: keras.layers.Dense(units, kernel_initializer="zeros", name=name)(x)
        for name, (units, x) in heads.items()
    }
    return keras.Model(backbone.input, outputs)


def unexplained(told: Any, said: Any) -> Any:
    """Squared distance; 1 on average for a network that says the same of everything."""
    from keras import ops

    return ops.sum(ops.square(told - said), axis=-1)


def _compile(model: Any, rate: Any, taught: float, recipe: Recipe) -> None:
    import keras

    of_classes = {"what": 1.0, "where": 1.0, "early": 0.5}
    cross_entropy = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=recipe.smoothing)
    of_teacher = dict.fromkeys(SIZES, taught) if taught else {}
    model.compile(
        keras.optimizers.AdamW(rate, recipe.decay, use_ema=True, ema_momentum=0.998),
        dict.fromkeys(of_classes, cross_entropy) | dict.fromkeys(of_teacher, unexplained),
        loss_weights=of_classes | of_teacher,
        metrics={"what": "accuracy"},
        jit_compile=keras.config.backend() == "jax",
    )


def made_teacher(recipe: Recipe, album: Album) -> Teacher:
    """The teacher, made from some of the album's pictures, cropped as the network sees them."""
    rng = np.random.default_rng(recipe.seed)
    which = np.sort(rng.permutation(len(album.X))[: recipe.taught_on])
    return Teacher(cropped(album.X[which], album.maps[which], recipe.side, rng)[0], recipe.seed)


def train(recipe: Recipe, album: Album, callbacks: Sequence = (), verbose: int = 2) -> Any:
    """The trained backbone, without top, at the recipe's side.

    Each stage begins with fresh heads; its rate rises, then falls; its result is the running mean of the
    weights.
    """
    import keras

    keras.utils.set_random_seed(recipe.seed)
    weights, teacher = None, made_teacher(recipe, album) if any(recipe.taught) else None
    for stage, (side, steps, rate, lowest, changed, taught) in enumerate(recipe.stages()):
        backbone = network(side, recipe.alpha, recipe.seed)
        set_momentum(backbone, 0.98)
        if weights is not None:
            backbone.set_weights(weights)
        model = _with_heads(backbone, album.kinds, bool(taught))
        _compile(model, _rising_and_falling(rate, steps, lowest), taught, recipe)
        data = batches(
            album, teacher if taught else None, side, recipe.batch, steps, recipe.seed + stage, changed
        )
        model.fit(data, shuffle=False, verbose=verbose, callbacks=list(callbacks))
        weights = backbone.get_weights()
    return finished(recipe, album, backbone)


def finished(recipe: Recipe, album: Album, trained: Any) -> Any:
    """The backbone at the side at which it ships, with batch norm's statistics of that side."""
    backbone = network(recipe.side, recipe.alpha, recipe.seed)
    backbone.set_weights(trained.get_weights())
    rng = np.random.default_rng([recipe.seed, len(recipe.sides)])

    def pictures() -> np.ndarray:
        which = rng.integers(len(album.X), size=recipe.batch)
        return _recoloured(cropped(album.X[which], album.maps[which], recipe.side, rng)[0], rng)

    recalibrate(backbone, [pictures() for _ in range(recipe.calibration)])
    return backbone


def _rising_and_falling(rate: float, steps: int, lowest: float, rising: int = 300) -> Any:
    """A learning rate that rises from 0 in some steps and falls along half a cosine to the share lowest."""
    import math

    from keras import ops
    from keras.optimizers.schedules import LearningRateSchedule

    class RisingAndFalling(LearningRateSchedule):
        def __call__(self, step: Any) -> Any:
            step = ops.cast(step, "float32") + 1
            share = lowest + (1 - lowest) * 0.5 * (1 + ops.cos(math.pi * ops.minimum(step / steps, 1.0)))
            return rate * share * ops.minimum(step / rising, 1.0)

        def get_config(self) -> dict:
            return {"rate": rate, "steps": steps, "lowest": lowest, "rising": rising}

    return RisingAndFalling()
