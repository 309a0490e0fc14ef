"""Features for style transfer: the layers of a pretrained network, from pictures with values from 0 to 1.

    from workbook.style_weights import load_style_features
    features = load_style_features(side=128)
    features.model(pictures)  # a list: the style layers, then the content layer

Weights come from the first source that has them: your own file of VGG-19, then of SqueezeNet 1.1; a download
of VGG-19, only when it is asked for; or the backbone that ships, with random filters beside it.
Importing this loads neither NumPy nor Keras.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbook.data import files
from workbook.data.errors import DataError
from workbook.weights import REMEDY, SOURCES, keras_cache, load_backbone, none_of, own_folders

LEAST_SIDE, LARGEST_SIDE = 32, 512  # pixels
CAFFE_MEAN = (103.939, 116.779, 123.68)  # of ImageNet's pictures, blue, green, red; both networks expect it
RANDOM_FILTERS, FILTER_SIDE, FILTER_SCALES, FILTER_SEED = 48, 7, 3, 0


@dataclass(frozen=True)
class StyleNetwork:
    """A network whose layers serve as features: its file, and the layers that are looked at.

    strength  root mean square that every layer is scaled to: the weights alpha=10, beta=40 then suit
    """

    name: str
    file: str
    build: Callable[[int], Any]
    layers: tuple[str, ...]
    content: str
    strength: float


def _vgg19(side: int) -> Any:
    import keras

    return keras.applications.VGG19(include_top=False, weights=None, input_shape=(side, side, 3))


def _squeezenet(side: int) -> Any:
    """SqueezeNet 1.1 without top, its layers named as in the file but for the slashes."""
    import keras
    from keras import layers

    inputs = keras.Input((side, side, 3))
    X = layers.Conv2D(64, 3, strides=2, activation="relu", name="conv1")(inputs)
    for number, squeeze in enumerate((16, 16, 32, 32, 48, 48, 64, 64), start=2):
        if number in (2, 4, 6):
            X = layers.MaxPooling2D(3, strides=2)(X)
        fire = f"fire{number}_"
        X = layers.Conv2D(squeeze, 1, activation="relu", name=fire + "squeeze1x1")(X)
        left = layers.Conv2D(4 * squeeze, 1, activation="relu", name=fire + "expand1x1")(X)
        right = layers.Conv2D(4 * squeeze, 3, padding="same", activation="relu", name=fire + "expand3x3")(X)
        X = layers.Concatenate(name=fire + "concat")([left, right])
    return keras.Model(inputs, X, name="squeezenet")


VGG19 = StyleNetwork(
    name="VGG-19",
    file="vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5",
    build=_vgg19,
    layers=("block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1", "block5_conv1"),
    content="block4_conv2",
    strength=16.0,
)
SQUEEZENET = StyleNetwork(
    name="SqueezeNet 1.1",
    file="squeezenet_weights_tf_dim_ordering_tf_kernels_notop.h5",
    build=_squeezenet,
    layers=("conv1", "fire2_concat", "fire3_concat", "fire4_concat", "fire6_concat"),
    content="fire5_concat",
    strength=16.0,
)
STYLE_NETWORKS = (VGG19, SQUEEZENET)  # best first

SHIPPED_LAYERS = (
    "Conv1_relu",
    "block_1_expand_relu",
    "block_3_expand_relu",
    "block_6_expand_relu",
    "block_10_expand_relu",
)
SHIPPED_CONTENT = "block_6_expand_relu"
SHIPPED_STRENGTH = 16.0


@dataclass(frozen=True)
class StyleFeatures:
    """Layers of a network to see a picture through, and where its weights came from."""

    model: Any = field(repr=False)  # keras.Model: (m, side, side, 3) in [0, 1] -> [style layers ..., content]
    names: tuple[str, ...]  # of all outputs; the last is the content layer
    network: str
    source: str  # one of weights.SOURCES
    line: str  # the sentence for people


def load_style_features(
    side: int = 128,
    network: str | None = None,
    source: str | None = None,
    quiet: bool = False,
    folder: str | os.PathLike | None = None,
    patience: Any = None,
) -> StyleFeatures:
    """A frozen model from pictures (m, side, side, 3), values from 0 to 1, to the layers for style transfer.

    network: "VGG-19" or "SqueezeNet 1.1" to insist on one; source: "own", "download" (VGG-19 only, and the
    sole one that needs a connection) or "shipped"; folder: where own files lie; quiet: print nothing.
    Raises DataError: a file that is broken or of another network, a source that has none; ValueError: side.
    """
    if not isinstance(side, int) or not LEAST_SIDE <= side <= LARGEST_SIDE:
        raise ValueError(f"side must be a whole number from {LEAST_SIDE} to {LARGEST_SIDE}, got {side!r}")
    if source not in (None, *SOURCES):
        raise DataError(
            f"There is no source {source!r}.", f"Use one of {', '.join(map(repr, SOURCES))}, or none."
        )
    wanted = _wanted(network)
    insist = source == "own" or folder is not None or network is not None
    if source == "shipped":
        if folder is not None or network is not None:
            raise DataError(
                "source='shipped' goes with neither folder nor network.", "Leave one of them out."
            )
        features = _shipped(side)
    elif source == "download":
        features = _from_file(VGG19, _downloaded(wanted, patience, quiet), side, "download")
    elif (found := _own(wanted, folder)) is not None:
        features = _from_file(*found, side, "own")
    elif insist:
        names = " or ".join(each.name for each in wanted)
        raise none_of(names, own_folders(folder), f"named {wanted[0].file}")
    else:
        features = _shipped(side)
    if not quiet:
        print(features.line, flush=True)
    return features


def _wanted(network: str | None) -> tuple[StyleNetwork, ...]:
    chosen = tuple(each for each in STYLE_NETWORKS if network in (None, each.name))
    if not chosen:
        known = ", ".join(repr(each.name) for each in STYLE_NETWORKS)
        raise DataError(
            f"There is no network {network!r} for style transfer.", f"Use one of {known}, or none."
        )
    return chosen


def _own(wanted: tuple[StyleNetwork, ...], folder) -> tuple[StyleNetwork, Path] | None:
    """The best network that has a file, and the file."""
    folders = own_folders(folder)
    for each in wanted:
        for place in folders:
            if (place / each.file).is_file():
                return each, place / each.file
    return None


def _downloaded(wanted: tuple[StyleNetwork, ...], patience: Any, quiet: bool) -> Path:
    """VGG-19's file in Keras's cache, fetched from the address in Keras's own code where it is not there."""
    from keras.src.applications import vgg19

    from workbook import weights_download

    if VGG19 not in wanted:
        raise DataError(
            "Only VGG-19 can be downloaded.", "Put the other network's file into datasets/weights/."
        )
    path = keras_cache() / VGG19.file
    if not path.is_file():
        url = vgg19.WEIGHTS_PATH_NO_TOP
        weights_download.fetch(url, path, lambda each: _loaded(VGG19, each, LEAST_SIDE), patience, quiet)
    return path


def _loaded(network: StyleNetwork, path: Path, side: int) -> Any:
    """The network with the weights of a file, every layer checked. Raises DataError."""
    from workbook import weights_files

    layers, _ = weights_files.read(path, REMEDY)
    model = network.build(side)
    renamed = {name.replace("/", "_"): arrays for name, arrays in layers.items()}
    weights_files.put(renamed, model, path, REMEDY)
    return model


def _from_file(network: StyleNetwork, path: Path, side: int, source: str) -> StyleFeatures:
    import keras

    base = _loaded(network, path, side)
    inputs = keras.Input((side, side, 3))
    outputs = _through(base, (*network.layers, network.content), _caffe(inputs))
    kind = "own file" if source == "own" else "downloaded"
    what = f"{base.count_params():,} parameters, {kind}: trained on ImageNet, as its name says"
    line = f"features: {network.name}, {what} ({files.shown(path)})"
    names = (*network.layers, network.content)
    model = _scaled(inputs, outputs, network.strength, side)
    return StyleFeatures(model, names, network.name, source, line)


def _caffe(picture: Any) -> Any:
    """RGB from 0 to 1 as both networks were trained: blue first, 0 to 255, less the mean."""
    import numpy as np

    return picture[..., ::-1] * 255.0 - np.array(CAFFE_MEAN, np.float32)


def _through(base: Any, names: tuple[str, ...], X: Any) -> list:
    import keras

    return keras.Model(base.input, [base.get_layer(name).output for name in names])(X)


def _shipped(side: int) -> StyleFeatures:
    """The backbone that ships, on the picture at twice its size, the pixels and random filters beside it."""
    import keras

    backbone = load_backbone((2 * side, 2 * side, 3), source="shipped", quiet=True)
    inputs = keras.Input((side, side, 3))
    large = keras.layers.UpSampling2D(2, interpolation="bilinear")(inputs)
    *layers, content = _through(backbone.model, (*SHIPPED_LAYERS, SHIPPED_CONTENT), 2 * large - 1)
    random = _random_filters(inputs)
    names = ("pixels", *SHIPPED_LAYERS, *(f"random_{2**i}" for i in range(len(random))), SHIPPED_CONTENT)
    model = _scaled(inputs, [_pixels(inputs), *layers, *random, content], SHIPPED_STRENGTH, side)
    line = f"features: {backbone.line.removeprefix('backbone: ')}, and {len(random)} banks of random filters"
    return StyleFeatures(model, names, "MobileNetV2", "shipped", line)


def _pixels(X: Any) -> Any:
    """Colours, and how they change to the right and downwards: (m, n - 1, n - 1, 9)."""
    import keras

    here, right, below = X[:, :-1, :-1], X[:, :-1, 1:], X[:, 1:, :-1]
    return keras.ops.concatenate([here - 0.5, 3 * (right - here), 3 * (below - here)], axis=-1)


def _random_filters(X: Any) -> list:
    """Layers of random filters on the picture, its half and its quarter (Ustyuzhaninov et al. 2016)."""
    import keras
    import numpy as np

    rng = np.random.default_rng(FILTER_SEED)
    outputs, X = [], X - 0.45
    for _ in range(FILTER_SCALES):
        kernel = rng.normal(size=(FILTER_SIDE, FILTER_SIDE, 3, RANDOM_FILTERS))
        kernel -= kernel.mean(axis=(0, 1))
        kernel /= np.sqrt((kernel**2).sum(axis=(0, 1, 2)))
        layer = keras.layers.Conv2D(RANDOM_FILTERS, FILTER_SIDE, activation="relu", use_bias=False)
        outputs.append(layer(X))
        layer.set_weights([kernel])
        X = keras.layers.AveragePooling2D(2)(X)
    return outputs


def _scaled(inputs: Any, outputs: list, strength: float, side: int) -> Any:
    """A frozen model in which every layer has the same root mean square on coloured noise."""
    import keras
    import numpy as np

    seen = keras.Model(inputs, outputs)(_noise(side))
    sizes = [float(np.sqrt(np.mean(np.square(each)))) for each in seen]
    model = keras.Model(
        inputs, [a * (strength / (size + 1e-6)) for a, size in zip(outputs, sizes, strict=True)]
    )
    model.trainable = False
    return model


def _noise(side: int) -> Any:
    """Four pictures (4, side, side, 3) of coloured blots, coarse and fine, with values from 0 to 1."""
    import numpy as np

    rng = np.random.default_rng(FILTER_SEED)
    X = np.full((4, side, side, 3), 0.5)
    for cells in (2, 4, 8, 16, 32):
        blots, repeat = rng.normal(0, 0.15, (4, cells, cells, 3)), -(-side // cells)
        X += blots.repeat(repeat, axis=1).repeat(repeat, axis=2)[:, :side, :side]
    return np.clip(X, 0, 1).astype(np.float32)
