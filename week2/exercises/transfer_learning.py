"""Checks for week2/transfer_learning: augmentation, AlexNet's colours, a frozen base with a head of its own, thawing
it, ten crops, and several networks that vote.

What is random is judged by what it does to many copies of one picture. A network on a pretrained base is looked at
on a small stand-in for the base, whose weights are known: no check needs pretrained weights or a download, and it
is all one whether the base comes from Keras or from this workbook.
"""

import contextlib
import functools
import importlib
import itertools
import sys
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.models import known, parameters, set_known_weights
from workbook.observing import standing_in, written
from workbook.plain import plain
from workbook.slips import by_words, switched

# --- a stand-in for a pretrained base ------------------------------------------------------------------

BASES = ("MobileNetV2", "load_backbone", "backbone")
"""Functions that give a pretrained base: Keras's own, the workbook's, and the lesson's."""


def small_base(
    input_shape: tuple[int, ...] | None = None,
    alpha: float = 1.0,
    include_top: bool = True,
    weights: str | None = "imagenet",
    input_tensor: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: str | None = "softmax",
    **also_ignored: Any,
) -> Any:
    """A small network with the arguments of Keras's MobileNetV2; other weights where none are asked for."""
    import keras
    from keras import layers

    def step(x: Any, layer: Any) -> Any:
        return layers.ReLU(6)(layers.BatchNormalization()(layer(x)))

    inputs = keras.Input(input_shape) if input_tensor is None else input_tensor
    x = step(inputs, layers.Conv2D(5, 3, strides=2, padding="same", use_bias=False))
    x = step(x, layers.DepthwiseConv2D(3, padding="same", use_bias=False))
    x = step(x, layers.Conv2D(6, 3, strides=2, padding="same", use_bias=False))
    x = step(x, layers.Conv2D(8, 1, use_bias=False))
    pool = {"avg": layers.GlobalAveragePooling2D, "max": layers.GlobalMaxPooling2D}
    if include_top:
        pooled = layers.GlobalAveragePooling2D()(x)
        x = layers.Dense(classes, activation=classifier_activation)(pooled)
    elif pooling in pool:
        x = pool[pooling]()(x)
    model = keras.Model(inputs, x)
    set_lively_weights(model, pretrained=weights is not None)
    return model


def set_lively_weights(model: Any, pretrained: bool) -> None:
    """Known weights under which no channel is dead; others where the base is not a pretrained one."""
    set_known_weights(model)
    for variable in model.variables:
        role = variable.path.split("/")[-1]
        values = np.asarray(variable)
        if role == "gamma":
            variable.assign(4 * values)
        elif role == "beta":
            variable.assign(values + 1.5)
        elif not pretrained and role.endswith("kernel"):
            variable.assign(values[::-1] if values.shape[0] > 1 else -values)


@contextlib.contextmanager
def stand_in_bases(function: Callable) -> Iterator[list[Any]]:
    """For a while every function in ``BASES`` gives a small base; yields the list of those that it gave."""
    given: list[Any] = []

    def keras_base(*args: Any, **kwargs: Any) -> Any:
        given.append(small_base(*args, **kwargs))
        return given[-1]

    def bare_base(input_shape: tuple[int, ...] = (96, 96, 3), *args: Any, **kwargs: Any) -> Any:
        return keras_base(input_shape, include_top=False)

    def loaded_base(image_shape: tuple[int, ...] = (96, 96, 3), *args: Any, **kwargs: Any) -> Any:
        model = bare_base(image_shape)
        return SimpleNamespace(model=model, alpha=0.35, source="shipped", line="a small base")

    small = dict(zip(BASES, (keras_base, loaded_base, bare_base), strict=True))
    with contextlib.ExitStack() as stack:
        for holder in (*_holders(), getattr(written(function), "__globals__", {})):
            _replace(stack, holder, small)
        yield given


def _holders() -> Iterator[dict[str, Any]]:
    """The contents of every module that offers a pretrained base."""
    for name in ("keras.applications", "tensorflow.keras.applications"):
        importlib.import_module(f"{name}.mobilenet_v2")
    for name, module in list(sys.modules.items()):
        if ".applications" in name or name in ("workbook.weights", "transfer"):
            yield vars(module)


def _replace(stack: contextlib.ExitStack, holder: dict[str, Any], small: dict[str, Callable]) -> None:
    """Until the stack closes, the names of bases in ``holder`` are those of small ones."""
    for key, value in list(holder.items()):
        name, home = getattr(value, "__name__", None), getattr(value, "__module__", None) or ""
        if callable(value) and name in small and home.startswith(("keras.", "workbook.weights", "transfer")):
            holder[key] = small[name]
            stack.callback(holder.__setitem__, key, value)


@functools.cache
def flip_in_training() -> type:
    """A layer that mirrors pictures in training mode, by height and by width, always."""
    from keras import layers

    class FlipInTraining(layers.Layer):
        def __init__(self, axes: tuple[int, ...], **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.axes = axes

        def call(self, x: Any, training: bool | None = False) -> Any:
            import keras

            return keras.ops.flip(x, self.axes) if training else x

    return FlipInTraining


def known_augmentation(axes: tuple[int, ...] = (2,)) -> Any:
    """An augmentation without chance: mirrors every picture in training mode, from left to right."""
    import keras

    return keras.Sequential([flip_in_training()(axes)])


def data_augmenter() -> Any:
    """What a network finds by this name while it is looked at: it mirrors from top to bottom."""
    return known_augmentation((1,))


# --- data_augmenter -------------------------------------------------------------------------------------

SIDE, COPIES = 21, 400


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
    along_row = (moved[:, c, c + 1, :2] - moved[:, c, c - 1, :2]) / 20
    along_column = (moved[:, c + 1, c, :2] - moved[:, c - 1, c, :2]) / 20
    size = along_row[:, 0] * along_column[:, 1] - along_row[:, 1] * along_column[:, 0]
    mirrored = size < 0
    turn = np.arctan2(along_row[:, 1], along_row[:, 0] * np.where(mirrored, -1, 1)) / (2 * np.pi)
    shift = moved[:, c, c, :2] / 10 - c
    shares = np.mean(turn > 0.01), np.mean(turn < -0.01)
    return {
        "mirrored from left to right": _share(np.mean(mirrored & (np.abs(turn) < 0.3))),
        "mirrored from top to bottom": _share(np.mean(mirrored & (np.abs(turn) > 0.3))),
        "largest turn, as a share of a full one": float(np.round(np.abs(turn).max() / 0.02) * 0.02),
        "turned to both sides": bool(min(shares) > 0.2),
        "neither grown nor shrunk": bool(np.allclose(np.abs(size), 1, atol=0.02)),
        "not shifted": bool(np.abs(shift).max() < 0.1),
        "its colours are kept": bool(np.allclose(moved[:, c, c, 2], X[:, c, c, 2], atol=0.5)),
        "drawn anew each time": not _same(moved, again),
    }


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
            "the rotation is given in radians. The factor is a share of a full turn": lambda: augmenter(
                rotation=0.2 / (2 * np.pi)
            ),
            "the pictures turn to one side alone. A single number, 0.2, means both": lambda: augmenter(
                rotation=(0.0, 0.2)
            ),
            "a function of tf.image flips the pictures at all times, in use too. RandomFlip knows the mode": (
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
            "the pictures are zoomed as well: only a flip and a rotation are asked for": lambda: augmenter(
                "flip", "rotation", "zoom"
            ),
            "the brightness changes as well: only a flip and a rotation are asked for": lambda: augmenter(
                "flip", "rotation", "brightness"
            ),
        }
    ),
    hints=[
        "Two layers of Keras do all of it, one after the other in a Sequential. Both know by themselves when "
        "a network is in training.",
        "layers.RandomFlip takes a word that says along which direction, layers.RandomRotation a share of a "
        "full turn.",
        "If 'top to bottom' is not 'none', RandomFlip has another word than 'horizontal', or none. If the largest "
        "turn is wrong, look at the number: 0.2 of a full turn is 72 degrees to either side.",
        "keras.Sequential([RandomFlip(...), RandomRotation(...)]), and return it.",
    ],
    idea="A flip doubles your data for nothing, as long as the label survives it. A mirrored 'b' is a 'd'.",
    try_next="Write RandomRotation(0.02) into a copy of your augmenter and show eight versions again: would "
    "you have guessed that these had been turned?",
)


# --- pca_color_augmentation -----------------------------------------------------------------------------

COLOUR_TOLERANCE = 1e-3  # a covariance divided by N or by N - 1, N being some thousand pixels


def principal_colours(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues (3,), smallest first, and eigenvectors, columns of (3, 3), of the covariance of (N, 3)."""
    values, vectors = np.linalg.eigh(np.cov(pixels, rowvar=False, bias=True))
    return values, vectors


def pca_color_augmentation(
    images: np.ndarray,
    sigma: float,
    seed: int,
    *,
    spread: str = "covariance",
    draw: str = "normal",
    size: str = "image",
    strength: Callable = lambda values: values,
    turn: Callable = lambda vectors: vectors,
    layout: str = "pixels",
    limits: tuple[float, float] = (0, 1),
    own_seed: int | None = None,
    combine: Callable = np.add,
) -> np.ndarray:
    """Shifts the colours of each picture along the principal axes (Krizhevsky et al. 2012, section 4.1)."""
    images = np.asarray(images, np.float64)
    m, n_H, n_W, _ = images.shape
    pixels = images.reshape(-1, 3) if layout == "pixels" else images.reshape(3, -1).T
    values, vectors = _axes(pixels, spread)
    shape = {"image": (m, 3), "all": (1, 3), "number": (m, 1), "pixel": (m, n_H, n_W, 3), "turned": (3, m)}[
        size
    ]
    rng = np.random.default_rng(seed if own_seed is None else own_seed)
    alpha = rng.normal(0, sigma, shape) if draw == "normal" else rng.uniform(-sigma, sigma, shape)
    alpha = alpha.T if size == "turned" else alpha
    shift = (alpha * strength(values)) @ turn(vectors).T
    shift = shift if size == "pixel" else shift[:, None, None]
    return np.clip(combine(images, shift), *limits)


def _axes(pixels: np.ndarray, spread: str) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues and eigenvectors of another matrix than the covariance, by its name."""
    kinds = {
        "covariance": lambda: np.cov(pixels, rowvar=False, bias=True),
        "not centred": lambda: pixels.T @ pixels / len(pixels),
        "sum": lambda: np.cov(pixels, rowvar=False, bias=True) * len(pixels),
        "correlation": lambda: np.corrcoef(pixels, rowvar=False),
    }
    return np.linalg.eigh(kinds[spread]())


def each_by_itself(images: np.ndarray, sigma: float, seed: int) -> np.ndarray:
    """The covariance of every picture, in place of that of all."""
    alpha = np.random.default_rng(seed).normal(0, sigma, (len(images), 3))
    shifted = []
    for image, a in zip(np.asarray(images, np.float64), alpha, strict=True):
        values, vectors = principal_colours(image.reshape(-1, 3))
        shifted.append(image + vectors @ (a * values))
    return np.clip(shifted, 0, 1)


def first_image_only(images: np.ndarray, sigma: float, seed: int) -> np.ndarray:
    """The covariance of the first picture, in place of that of all."""
    values, vectors = principal_colours(np.asarray(images[0], np.float64).reshape(-1, 3))
    alpha = np.random.default_rng(seed).normal(0, sigma, (len(images), 3))
    return np.clip(images + ((alpha * values) @ vectors.T)[:, None, None], 0, 1)


def look_at_colours(function: Callable, images: np.ndarray, sigma: float, seed: int) -> Any:
    """What comes back; where only the order or the signs of the axes differ, what the reference gives.

    An eigenvector's sign says nothing, and each library has an order of its own.
    """
    result = plain(function(images, sigma, seed))
    if not isinstance(result, np.ndarray) or result.shape != images.shape or result.dtype.kind not in "fiu":
        return result
    m = len(images)
    values, vectors = principal_colours(np.reshape(images, (-1, 3)))
    alpha = np.random.default_rng(seed).normal(0, sigma, (m, 3))
    for order in itertools.permutations(range(3)):
        for signs in itertools.product((1, -1), repeat=3):
            shift = (alpha[:, order] * signs * values) @ vectors.T
            expected = np.clip(images + shift[:, None, None], 0, 1)
            if np.allclose(result, expected, rtol=COLOUR_TOLERANCE, atol=COLOUR_TOLERANCE):
                return pca_color_augmentation(images, sigma, seed)
    return result


def pictures_of_one_place(
    rng: np.random.Generator, m: int, n_H: int, n_W: int, low: float = 0.3, high: float = 0.7
) -> np.ndarray:
    """Pictures (m, n_H, n_W, 3) from 0 to 1 whose colours vary together, each around a colour of its own."""
    own = rng.uniform(low, high, (m, 1, 1, 3))
    light = rng.normal(0, 0.12, (m, n_H, n_W, 1)) * np.array([1.0, 0.8, 0.5])
    warmth = rng.normal(0, 0.05, (m, n_H, n_W, 1)) * np.array([1.0, 0.1, -1.0])
    return np.clip(own + light + warmth + rng.normal(0, 0.01, (m, n_H, n_W, 3)), 0.02, 0.98)


def strong_everywhere(images: np.ndarray, sigma: float, seed: int) -> np.ndarray:
    return pca_color_augmentation(images, 0.1, seed)


colours = Exercise(
    name="pca_color_augmentation",
    points=14,
    difficulty=3,
    minutes=25,
    cases=lambda rng: [
        case("four pictures", pictures_of_one_place(rng, 4, 24, 36), 1.0, int(rng.integers(1, 99))).weighing(
            2
        ),
        case("another seed, a weaker sigma", pictures_of_one_place(rng, 3, 40, 30), 0.4, 1234),
        case("sigma 0: nothing changes", pictures_of_one_place(rng, 2, 40, 44), 0.0, 7),
        case("bright pictures: cut off at 1", pictures_of_one_place(rng, 5, 20, 32, 0.75, 0.95), 2.0, 8),
        case("dark pictures: cut off at 0", pictures_of_one_place(rng, 5, 32, 20, 0.05, 0.25), 2.0, 9),
        case("a single picture", pictures_of_one_place(rng, 1, 60, 50), 1.5, int(rng.integers(1, 99))),
    ],
    observe=look_at_colours,
    reference=pca_color_augmentation,
    tolerance=COLOUR_TOLERANCE,
    mistakes=[
        *switched(
            pca_color_augmentation,
            {
                "alpha is not multiplied by the eigenvalues: every axis is shifted as much": {
                    "strength": np.ones_like
                },
                "alpha is multiplied by the square roots of the eigenvalues. Here it is the eigenvalues "
                "themselves": {"strength": np.sqrt},
                "the eigenvectors are transposed. They are the columns of what eigh gives": {
                    "turn": np.transpose
                },
                "one alpha is drawn for all pictures. Each needs three numbers of its own": {"size": "all"},
                "a new alpha is drawn for every pixel, which is noise. One for each picture": {
                    "size": "pixel"
                },
                "one number is drawn for each picture. It is three, one for each axis": {"size": "number"},
                "alpha is drawn in shape (3, m) and turned round, which puts its numbers in other places. Draw (m, 3)": {
                    "size": "turned"
                },
                "alpha is drawn evenly and not from a normal distribution": {"draw": "uniform"},
                "values leave the range from 0 to 1: cut them off (np.clip)": {"limits": (-np.inf, np.inf)},
                "values are cut off at 255. These pictures go from 0 to 1": {"limits": (0, 255)},
                "the argument seed is ignored: it is always 0": {"own_seed": 0},
                "the argument seed is ignored: it is always 1": {"own_seed": 1},
                "the mean colour is not subtracted before the products are taken: that is no covariance": {
                    "spread": "not centred"
                },
                "the covariance is a sum over pixels and not a mean: divide by their number": {
                    "spread": "sum"
                },
                "the correlation is taken (np.corrcoef). Here it is the covariance": {
                    "spread": "correlation"
                },
                "reshape(3, -1) mixes the channels. Pixels in rows are reshape(-1, 3)": {
                    "layout": "channels"
                },
                "eigenvalues and eigenvectors are sorted differently: the largest value goes with the axis of "
                "the smallest": {"strength": lambda values: values[::-1]},
                "the shift is a factor. It is added": {"combine": lambda images, shift: images * (1 + shift)},
            },
        ),
        *by_words(
            {
                "the covariance is each picture's own. Take it over the pixels of all pictures": each_by_itself,
                "the covariance is that of the first picture alone. Take all of them": first_image_only,
                "the argument sigma is ignored: it is always 0.1": strong_everywhere,
                "sigma is taken for a variance. It is a standard deviation": (
                    lambda images, sigma, seed: pca_color_augmentation(images, np.sqrt(sigma), seed)
                ),
            }
        ),
    ],
    hints=[
        "Forget for a moment that these are pictures: they are a table with one row for each pixel and three "
        "columns. What is the covariance of its columns?",
        "np.linalg.eigh of the 3x3 covariance gives the eigenvalues, and the eigenvectors as columns. Draw alpha "
        "for all pictures in one go, in shape (m, 3).",
        "If 'a single picture' passes and 'four pictures' fails, the covariance is not that of all pictures or "
        "alpha is shared. If only the bright and dark ones fail, the values are not cut off.",
        "shift = (alpha * eigenvalues) @ eigenvectors.T has shape (m, 3); put two axes of length 1 in its middle, "
        "add, and np.clip.",
    ],
    idea="For pictures from 0 to 255 the eigenvalues are 65,025 times as large: the unit of sigma hides in them.",
    try_next="Show eight copies of one picture, divided by 255, with sigma 1, 3 and 10: from which sigma on "
    "would you no longer call the animal an alpaca?",
)


# --- alpaca_model ---------------------------------------------------------------------------------------


def alpaca_model(
    image_shape: tuple[int, int],
    data_augmentation: Any,
    *,
    frozen: str = "base",
    base_training: bool | None = False,
    weights: str | None = "imagenet",
    include_top: bool = False,
    augment: str = "given",
    scaling: Callable = lambda x: x / 127.5 - 1.0,
    pooling: str = "mean",
    dropout: float = 0.2,
    dropout_last: bool = False,
    outputs: int = 1,
    activation: str | None = None,
) -> Any:
    """A frozen MobileNetV2, mean pooling, dropout and one logit. (Sandler et al. 2018)"""
    import keras
    from keras import layers

    shape = (*image_shape, 3)
    base = keras.applications.MobileNetV2(input_shape=shape, include_top=include_top, weights=weights)
    base.trainable = frozen != "base"
    inputs = keras.Input(shape)
    x = data_augmenter()(inputs) if augment == "own" else inputs
    x = data_augmentation(x) if augment == "given" else x
    x = data_augmentation(x, training=True) if augment == "always" else x
    x = scaling(x)
    x = base(x) if base_training is None else base(x, training=base_training)
    pools = {"mean": layers.GlobalAveragePooling2D, "max": layers.GlobalMaxPooling2D, "none": layers.Flatten}
    x = pools[pooling]()(x)
    x = x if dropout_last else layers.Dropout(dropout)(x)
    x = layers.Dense(outputs, activation=activation)(x)
    x = layers.Dropout(dropout)(x) if dropout_last else x
    model = keras.Model(inputs, x)
    model.trainable = frozen != "all"
    if frozen == "base":
        base.trainable = False
    return model


def striped_pictures(m: int, n_H: int, n_W: int) -> np.ndarray:
    """Pictures (m, n_H, n_W, 3) from 0 to 255, each with stripes of its own, brighter towards one corner."""
    rows, columns = np.mgrid[:n_H, :n_W].astype(np.float32)[..., None]
    k = np.arange(1, m + 1, dtype=np.float32).reshape(-1, 1, 1, 1)
    stripes = np.sin(k * columns / 4 + k * np.arange(3)) + np.cos(rows / (2 + k) + k)
    slope = columns / n_W - rows / n_H
    return np.clip(127.5 + 45 * stripes + 70 * slope, 0, 255).astype(np.float32)


def look_at_alpaca_model(function: Callable, image_shape: tuple[int, int]) -> Any:
    """What a network on a small base computes, in both modes, frozen and once the base trains as well."""
    import keras

    with standing_in(function, {"data_augmenter": data_augmenter}), stand_in_bases(function) as bases:
        model = function(image_shape, known_augmentation())
    if not isinstance(model, keras.Model):
        return plain(model)
    shape = list(getattr(model, "input_shape", (None, *image_shape, 3)))[1:]
    seen: dict[str, Any] = {"a picture that goes in": shape}
    if shape != [*image_shape, 3] and None not in shape:
        return seen
    X = striped_pictures(3, *image_shape)
    model(X, training=False)  # a model may be built only now
    head = _head(model, bases)
    _set_head(head)
    outputs = np.asarray(model(X, training=False))
    seen |= {
        "output shape": list(outputs.shape)[1:],
        "parameters": parameters(model, biases=True),
        "in inference mode": outputs,
        "where no mode is given": np.asarray(model(X)),
    }
    before = _statistics(bases)
    extremes = _extremes(model, X, head)
    return seen | {
        "in training mode, of 100 copies each the smallest and the largest output": extremes,
        "in training mode the statistics of the batch norms move": _moved(before, bases),
        **_thawed(model, bases, X, head),
    }


def _thawed(model: Any, bases: list[Any], X: np.ndarray, head: list[Any]) -> dict[str, Any]:
    """What the network does once its base trains, as for fine-tuning."""
    import tensorflow as tf

    for base in bases:
        base.trainable = True
    _set_head(head)
    with tf.GradientTape() as tape:
        outputs = model(X)
    weights = [variable.value for base in bases for variable in base.trainable_variables]
    gradients = tape.gradient(outputs, weights)
    return {
        "once the base trains: gradients reach it": all(gradient is not None for gradient in gradients),
        "once the base trains: where no mode is given": np.asarray(outputs),
    }


def _moved(before: list[np.ndarray], bases: list[Any]) -> bool:
    return any(not np.array_equal(old, new) for old, new in zip(before, _statistics(bases), strict=True))


def _statistics(bases: list[Any]) -> list[np.ndarray]:
    """Copies of the moving statistics of all batch norms."""
    return [
        np.array(variable.value) for base in bases for variable in base.variables if "moving" in variable.path
    ]


def _head(model: Any, bases: list[Any]) -> list[Any]:
    """The variables of a model that are not its base's."""
    known_ones = {id(variable) for base in bases for variable in base.variables}
    return [v for v in model.variables if id(v) not in known_ones and "seed" not in v.path]


def _set_head(head: list[Any], one: bool = False) -> None:
    """Known weights for a head: by the number of its weights, so that a 1x1 convolution will do as well.

    one  True: the kernel passes on one number of those that come in, and nothing else
    """
    for variable in head:
        shape = tuple(variable.shape)
        values = known((int(np.prod(shape)),), "head") / 3
        if "bias" in variable.path.split("/")[-1]:
            values = np.full_like(values, 0.5 if one else -5)  # logits on either side of 0
        elif one:
            values = np.eye(1, len(values), 2, dtype=np.float32)[0]
        variable.assign(np.reshape(values, shape))


def _extremes(model: Any, X: np.ndarray, head: list[Any]) -> np.ndarray:
    """The smallest and the largest output of 100 copies of each of two pictures, in training mode: (2, 2, ...).

    The head passes on one number. So the smallest output is that where dropout has taken the number away, and the
    largest that where it was left, and magnified.
    """
    _set_head(head, one=True)
    outputs = np.asarray(model(np.repeat(X[:2], 100, axis=0), training=True))
    outputs = outputs.reshape(2, 100, -1)
    return np.stack([outputs.min(axis=(1, 2)), outputs.max(axis=(1, 2))], axis=1)


def always_96(image_shape: tuple[int, int], data_augmentation: Any) -> Any:
    return alpaca_model((96, 96), data_augmentation)


def swapped_sides(image_shape: tuple[int, int], data_augmentation: Any) -> Any:
    return alpaca_model(image_shape[::-1], data_augmentation)


network = Exercise(
    name="alpaca_model",
    points=16,
    difficulty=3,
    minutes=30,
    cases=[
        case("pictures of 24x32", (24, 32)).weighing(2),
        case("pictures of 40x28", (40, 28)),
    ],
    observe=look_at_alpaca_model,
    gives="a Keras model",
    reference=alpaca_model,
    tolerance=1e-3,
    time_limit=120,
    slow=True,
    mistakes=[
        *switched(
            alpaca_model,
            {
                "the base is not frozen: all of its weights train. Set base.trainable = False": {
                    "frozen": "nothing"
                },
                "the whole model is frozen, the head too: nothing trains": {"frozen": "all"},
                "data_augmentation is never called: the network sees the pictures as they are": {
                    "augment": "never"
                },
                "the augmentation works at all times, in use too: call it without training=True": {
                    "augment": "always"
                },
                "data_augmenter() is called in place of the argument data_augmentation": {"augment": "own"},
                "the pixels are not scaled: the base gets 0 to 255 and was trained on -1 to 1": {
                    "scaling": lambda x: x
                },
                "the pixels are scaled to 0 to 1. The base was trained on -1 to 1: x / 127.5 - 1": {
                    "scaling": lambda x: x / 255.0
                },
                "the pixels are scaled twice, and all end up near -1: preprocess_input wants 0 to 255": {
                    "scaling": lambda x: (x / 127.5 - 1.0) / 127.5 - 1.0
                },
                "the pixels are scaled to -0.5 to 0.5: x / 127.5 - 1, not x / 255 - 0.5": {
                    "scaling": lambda x: x / 255.0 - 0.5
                },
                "the base is called with training=True: once it trains, its batch norms take the statistics of "
                "the batch wherever no mode is given. Write training=False": {"base_training": True},
                "the weights of the base are random (weights=None): nothing is transferred": {
                    "weights": None
                },
                "the base still has its top, a thousand classes: include_top=False": {"include_top": True},
                "the output is a probability: there is a sigmoid. Here the logit itself is asked for": {
                    "activation": "sigmoid"
                },
                "there are two outputs. One logit is enough for yes or no": {"outputs": 2},
                "there are two outputs with a softmax. One logit is asked for: Dense(1)": {
                    "outputs": 2,
                    "activation": "softmax",
                },
                "there is a ReLU on the output. A logit may be negative": {"activation": "relu"},
                "the features are flattened. Take the mean of each channel: GlobalAveragePooling2D": {
                    "pooling": "none"
                },
                "the largest value of each channel is taken. Take the mean: GlobalAveragePooling2D": {
                    "pooling": "max"
                },
                "there is no dropout": {"dropout": 0.0},
                "the dropout is 0.5. Here it is 0.2": {"dropout": 0.5},
                "the dropout is 0.8: its number says what is dropped, not what is kept": {"dropout": 0.8},
                "the dropout stands after the dense layer, and drops answers. It belongs before": {
                    "dropout_last": True
                },
            },
        ),
        *by_words(
            {
                "the argument image_shape is ignored: it is always 96x96": always_96,
                "height and width are swapped": swapped_sides,
            }
        ),
    ],
    hints=[
        "Follow one picture: it is augmented, scaled, goes through the base, becomes one number for each channel, "
        "loses a fifth of them, becomes one logit. Which of these steps learn?",
        "Two switches that sound alike: base.trainable = False keeps the weights; base(x, training=False) runs the "
        "batch norms on the statistics that they came with. Write both.",
        "If the parameters are right and both modes are wrong, look at the scaling. If only training mode is wrong, "
        "look at augmentation and dropout. If only the rows 'where no mode is given' are wrong, training=True is "
        "written somewhere.",
        "x = data_augmentation(inputs); x = preprocess_input(x); x = base(x, training=False); then "
        "GlobalAveragePooling2D(), Dropout(0.2) and Dense(1), and keras.Model(inputs, x).",
    ],
    idea="Scaling and augmentation inside the model travel with it: whoever uses it cannot forget them.",
    try_next="Send one picture of 0 to 255 through your model, then the same divided by 255: how far apart are "
    "the two logits, and does anything warn you?",
)


# --- unfreeze -------------------------------------------------------------------------------------------


def find_base(model: Any) -> Any:
    """The layer of a model that is itself a model, the one with most layers."""
    return max((layer for layer in model.layers if hasattr(layer, "layers")), key=lambda x: len(x.layers))


def unfreeze(model: Any, from_layer: int) -> None:
    """The layers of the base train from ``from_layer`` on; those before do not."""
    base = find_base(model)
    base.trainable = True
    for i, layer in enumerate(base.layers):
        layer.trainable = i >= from_layer


def choosing(chosen: Callable[[Any, int], list[Any]]) -> Callable:
    """``unfreeze`` with another idea of which layers of the base stay frozen."""

    def wrong(model: Any, from_layer: int) -> None:
        base = find_base(model)
        base.trainable = True
        for layer in chosen(base, from_layer):
            layer.trainable = False

    return wrong


def only_thaws(model: Any, from_layer: int) -> None:
    """Nothing is ever frozen again."""
    for layer in find_base(model).layers[from_layer:]:
        layer.trainable = True


def thaws_nothing(model: Any, from_layer: int) -> None:
    """The layers before from_layer are frozen, which they were, and that is all."""
    for layer in find_base(model).layers[:from_layer]:
        layer.trainable = False


def head_frozen(model: Any, from_layer: int) -> None:
    """All is frozen first, the head with it, and only the base is thawed."""
    model.trainable = False
    base = find_base(model)
    model.trainable = True
    for layer in model.layers:
        layer.trainable = layer is base
    for layer in base.layers[:from_layer]:
        layer.trainable = False


def counts_outer_layers(model: Any, from_layer: int) -> None:
    """The layers of the model are counted, in place of those of its base."""
    find_base(model).trainable = True
    for layer in model.layers[:from_layer]:
        layer.trainable = False


def with_weights(base: Any, from_layer: int) -> list[Any]:
    return [layer for layer in base.layers if layer.weights][:from_layer]


def look_at_unfreezing(function: Callable, *from_layers: int) -> dict[str, Any]:
    """Which weights of a frozen network train after one call or several.

    Of the base only kernels are looked at: many people leave its batch norms frozen, and they may.
    """
    with stand_in_bases(alpaca_model) as bases:
        model = alpaca_model((16, 24), known_augmentation())
    for from_layer in from_layers:
        function(model, from_layer)
    training = {id(variable) for variable in model.trainable_variables}
    kernels = [[v for v in layer.variables if "kernel" in v.path] for layer in bases[0].layers]
    return {
        "weights of kernels that train, by layer of the base": np.array(
            [_size(variables, training) for variables in kernels]
        ),
        "weights that train in the head": _size(_head(model, bases), training),
    }


def _size(variables: list[Any], training: set[int]) -> int:
    return sum(int(np.prod(variable.shape)) for variable in variables if id(variable) in training)


thawing = Exercise(
    name="unfreeze",
    points=8,
    difficulty=2,
    minutes=15,
    cases=[
        case("from layer 4 of 13 on, a convolution", 4).weighing(2),
        case("from layer 0 on: all of the base", 0),
        case("from layer 13 on: none of the base", 13),
        case("from layer 8 on, behind a convolution", 8),
        case("first from layer 4, then from layer 7: those between are frozen again", 4, 7),
    ],
    observe=look_at_unfreezing,
    reference=unfreeze,
    time_limit=60,
    slow=True,
    mistakes=by_words(
        {
            "the layer from_layer itself stays frozen. It is the first that trains": choosing(
                lambda base, n: base.layers[: n + 1]
            ),
            "the layer before from_layer trains as well": choosing(
                lambda base, n: base.layers[: max(0, n - 1)]
            ),
            "the wrong half is frozen: the layers before from_layer train, those after do not": choosing(
                lambda base, n: base.layers[n:]
            ),
            "from_layer is ignored: all of the base trains": choosing(lambda base, n: []),
            "nothing in the base trains: it is still frozen. Set base.trainable = True first": thaws_nothing,
            "layers are only ever thawed. Those before from_layer must be frozen again, if an earlier call has "
            "thawed them": only_thaws,
            "the last from_layer layers train. from_layer counts from the front": choosing(
                lambda base, n: base.layers[: len(base.layers) - n]
            ),
            "only the layer from_layer trains. All after it should too": choosing(
                lambda base, n: base.layers[:n] + base.layers[n + 1 :]
            ),
            "the layers of the model are counted. from_layer counts those of its base": counts_outer_layers,
            "the head no longer trains. It must go on": head_frozen,
            "only layers with weights are counted. Every layer counts, those without weights too": choosing(
                with_weights
            ),
            "the first layers train and only the last are frozen": choosing(lambda base, n: base.layers[-3:]),
        }
    ),
    hints=[
        "The base is one of the model's layers, and has layers of its own. What does base.trainable = True do to "
        "them?",
        "First thaw all of the base, then freeze again what lies before from_layer. Leave the head alone.",
        "If no weights of the base train at all, base.trainable = True is missing. If only the last case is wrong, "
        "layers are thawed and never frozen again. If one layer too many or too few trains, look at the slice.",
        "base.trainable = True, then a loop over base.layers[:from_layer] that sets layer.trainable = False.",
    ],
    idea="A change of trainable counts from the next compile() on: a training step that exists keeps its list.",
    try_next="Call unfreeze(model, n) for n = 0, 50, 100 and 150, and count the numbers that learn after each: "
    "where in the base are most of the weights?",
)


# --- multi_crop_predict and ensemble_predict ------------------------------------------------------------


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.asarray(z, np.float64)))


def known_classifier(input_shape: tuple[int, ...], role: str = "classifier") -> Any:
    """A Keras model (m, n_H, n_W, 3) to one logit (m, 1) that looks at every pixel; in training mode another one."""
    import keras
    from keras import layers

    inputs = keras.Input(input_shape)
    x = layers.Dense(1)(layers.Flatten()(inputs))
    model = keras.Model(inputs, layers.BatchNormalization()(x))
    size = int(np.prod(input_shape))
    dense, norm = model.layers[-2:]
    dense.set_weights([4 * known((size, 1), role) / np.sqrt(size), known((1,), role)])
    norm.set_weights([np.ones(1), np.zeros(1), np.full(1, 0.4), np.full(1, 1.5)])
    return model


def logits(model: Any, X: np.ndarray, training: bool = False) -> np.ndarray:
    """What the model says, as an array (m,)."""
    return np.asarray(model(np.asarray(X, np.float32), training=training))[:, 0]


def ten_crops(
    images: np.ndarray,
    h: int,
    w: int,
    *,
    mirror: int | None = 2,
    places: str = "corners and centre",
    corner: int = 0,
    middle: int = 0,
    up: int = 0,
) -> list[np.ndarray]:
    """The crops (m, h, w, 3) of pictures (m, n_H, n_W, 3): four corners and the centre, and their mirrored ones.

    mirror  the axis that is turned round, None for no mirrored crops; corner, middle: pixels that the last row and
            the centre are off; up: 1 where the centre's place is rounded up
    """
    n_H, n_W = images.shape[1:3]
    bottom, right = max(0, n_H - h - corner), max(0, n_W - w - corner)
    top_of_centre, left_of_centre = (n_H - h + up) // 2 + middle, (n_W - w + up) // 2 + middle
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


def probabilities(result: Any, m: int) -> Any:
    """What came back as plain data; (m, 1) counts as (m,)."""
    result = plain(result)
    is_column = isinstance(result, np.ndarray) and result.shape == (m, 1)
    return result[:, 0] if is_column else result


def look_at_crops(function: Callable, images: np.ndarray, input_side: tuple[int, int]) -> Any:
    return probabilities(function(known_classifier((*input_side, 3)), images), len(images))


def noise(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.normal(size=shape).astype(np.float32)


VOTES = "the crops vote, each for yes or no. The mean of their probabilities is asked for"
LOGITS_FIRST = "the logits are averaged and the sigmoid comes last. First the sigmoid, then the mean"
NO_SIGMOID = "the logits are averaged and there is no sigmoid: these are no probabilities"

multi_crop = Exercise(
    name="multi_crop_predict",
    points=10,
    difficulty=2,
    minutes=20,
    cases=lambda rng: [
        case("pictures of 12x15, crops of 8x9", noise(rng, 3, 12, 15, 3), (8, 9)).weighing(2),
        case("one picture, a centre that has to be rounded down", noise(rng, 1, 12, 10, 3), (7, 6)),
        case("as wide as a crop, but taller", noise(rng, 4, 14, 6, 3), (8, 6)),
        case("as large as a crop: ten times the same, or its mirror image", noise(rng, 2, 6, 8, 3), (6, 8)),
    ],
    observe=look_at_crops,
    reference=multi_crop_predict,
    tolerance=1e-4,
    time_limit=60,
    slow=True,
    mistakes=switched(
        multi_crop_predict,
        {
            "the mirrored crops are forgotten: there are five and not ten": {"mirror": None},
            "the mirrored crops stand on their heads. Left and right are swapped, not top and bottom": {
                "mirror": 1
            },
            "the centre is forgotten": {"places": "corners"},
            "the corners are forgotten": {"places": "centre"},
            "the lower corners are forgotten": {"places": "top corners and centre"},
            "the lower and right crops end one pixel before the border": {"corner": 1},
            "the centre crop lies one pixel too far down and to the right": {"middle": 1},
            "the place of the centre is rounded up. Round it down: // 2": {"up": 1},
            LOGITS_FIRST: {"mean": lambda z: sigmoid(z.mean(axis=0))},
            NO_SIGMOID: {"mean": lambda z: z.mean(axis=0)},
            VOTES: {"mean": lambda z: (z > 0).mean(axis=0)},
            "the probabilities are added and not divided by their number": {
                "mean": lambda z: sigmoid(z).sum(axis=0)
            },
            "the largest probability is taken and not the mean": {"mean": lambda z: sigmoid(z).max(axis=0)},
            "the median is taken and not the mean": {"mean": lambda z: np.median(sigmoid(z), axis=0)},
            "the mean goes over the pictures too, or instead. Each picture gets a number of its own": {
                "mean": lambda z: sigmoid(z).mean()
            },
            "the mean goes over the pictures. It goes over the ten crops of each": {
                "mean": lambda z: sigmoid(z).mean(axis=1)
            },
            "the answers are yes or no (above 0.5). The probabilities themselves are asked for": {
                "mean": lambda z: (sigmoid(z).mean(axis=0) > 0.5).astype(float)
            },
            "the sigmoid is taken twice: model gives logits, and one sigmoid makes them probabilities": {
                "mean": lambda z: sigmoid(sigmoid(z)).mean(axis=0)
            },
            "the network is in training mode. Predict with training=False": {"training": True},
            "the whole picture is made smaller and not cropped": {"crops": resized},
        },
    ),
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
    try_next="Put the ten crops of one test picture beside each other with transfer.show: in how many of them "
    "do you still see the whole animal?",
)


def ensemble_predict(
    models: list[Any],
    images: np.ndarray,
    *,
    mean: Callable = lambda z: sigmoid(z).mean(axis=0),
    training: bool = False,
    chosen: Callable = lambda models: models,
) -> np.ndarray:
    """Mean probability over several networks."""
    return mean(np.stack([logits(model, images, training) for model in chosen(models)]))


def look_at_ensemble(function: Callable, images: np.ndarray, count: int) -> Any:
    models = [known_classifier(images.shape[1:], f"model {i}") for i in range(count)]
    return probabilities(function(models, images), len(images))


def geometric(z: np.ndarray) -> np.ndarray:
    return np.exp(np.log(sigmoid(z)).mean(axis=0))


ensemble = Exercise(
    name="ensemble_predict",
    points=6,
    difficulty=1,
    minutes=10,
    cases=lambda rng: [
        case("three networks, five pictures", noise(rng, 5, 6, 4, 3), 3).weighing(2),
        case("four networks, one picture", noise(rng, 1, 4, 6, 3), 4),
        case("one network", noise(rng, 3, 5, 5, 3), 1),
    ],
    observe=look_at_ensemble,
    reference=ensemble_predict,
    tolerance=1e-4,
    time_limit=60,
    slow=True,
    mistakes=switched(
        ensemble_predict,
        {
            LOGITS_FIRST: {"mean": lambda z: sigmoid(z.mean(axis=0))},
            NO_SIGMOID: {"mean": lambda z: z.mean(axis=0)},
            "the networks vote, each for yes or no. The mean of their probabilities is asked for": {
                "mean": lambda z: (z > 0).mean(axis=0)
            },
            "only the first network is asked": {"chosen": lambda models: models[:1]},
            "only the last network is asked: the loop overwrites what the others said": {
                "chosen": lambda models: models[-1:]
            },
            "the probabilities are added and not divided by their number": {
                "mean": lambda z: sigmoid(z).sum(axis=0)
            },
            "the probabilities are multiplied": {"mean": lambda z: sigmoid(z).prod(axis=0)},
            "the geometric mean is taken: the mean of the logarithms. The plain mean is asked for": {
                "mean": geometric
            },
            "the median is taken and not the mean": {"mean": lambda z: np.median(sigmoid(z), axis=0)},
            "the largest probability is taken and not the mean": {"mean": lambda z: sigmoid(z).max(axis=0)},
            "the mean goes over the pictures. It goes over the networks": {
                "mean": lambda z: sigmoid(z).mean(axis=1)
            },
            "the mean goes over networks and pictures. Each picture gets a number of its own": {
                "mean": lambda z: sigmoid(z).mean()
            },
            "the answers are yes or no (above 0.5). The probabilities themselves are asked for": {
                "mean": lambda z: (sigmoid(z).mean(axis=0) > 0.5).astype(float)
            },
            "the sigmoid is taken twice: the models give logits, and one sigmoid makes them probabilities": {
                "mean": lambda z: sigmoid(sigmoid(z)).mean(axis=0)
            },
            "the networks are in training mode. Predict with training=False": {"training": True},
        },
    ),
    hints=[
        "Each network gives m logits. Put them under each other, networks along axis 0, pictures along axis 1. "
        "Over which axis goes the mean?",
        "First the sigmoid of each logit, then the mean: these two cannot be swapped.",
        "If 'one network' passes and the others fail, it is the mean. If it fails as well, it is the sigmoid.",
        "np.mean([sigmoid(model(images, training=False)) for model in models], axis=0), with a sigmoid from Keras, "
        "TensorFlow or your own hand.",
    ],
    idea="Networks that err on different pictures gain most: five copies of one network gain nothing.",
    try_next="Ask ensemble_predict([model, model, model], ...) of one network three times: predict the "
    "difference to asking it once.",
)
