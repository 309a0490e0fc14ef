"""Pretrained networks, their weights found, fetched or shipped, always checked.

    from workbook.weights import load_backbone
    backbone = load_backbone(image_shape=(96, 96, 3))
    backbone.model  # a fresh keras.Model without top: (None, 96, 96, 3) in [-1, 1] -> feature maps

Weights come, like data, from the first source that has them: your own files or Keras's cache; a download,
only when it is asked for; or the small weights that ship. Importing this loads neither NumPy nor Keras.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbook.data import files
from workbook.data.errors import DataError

SOURCES = ("own", "download", "shipped")
REMEDY = "Delete it or move it away to use the weights that ship, or get it again."
LEAST_SIDE = 32  # pixels; MobileNetV2 halves its picture five times


@dataclass(frozen=True)
class Network:
    """What the loader must know about one architecture. Another one is another value of this class.

    file     pattern of Keras's file names, with the groups alpha and size
    build    image shape and alpha -> a Keras model without top and with random weights
    alphas   widths that Keras has weights for, best first; sizes: sides that they were trained at
    address  where Keras fetches its files
    """

    name: str
    file: re.Pattern
    file_name: Callable[[float, int], str]
    build: Callable[[tuple[int, int, int], float], Any]
    alphas: tuple[float, ...]
    sizes: tuple[int, ...]
    address: Callable[[], str]
    shipped: str  # file name in datasets/weights/
    shipped_alpha: float


def _mobilenet_v2(image_shape: tuple[int, int, int], alpha: float) -> Any:
    import keras

    return keras.applications.MobileNetV2(
        input_shape=image_shape, alpha=alpha, include_top=False, weights=None
    )


def _mobilenet_v2_address() -> str:
    """The address in Keras's own code, so that both fetch the same files."""
    from keras.src.applications import mobilenet_v2

    return mobilenet_v2.BASE_WEIGHT_PATH


MOBILENET_V2 = Network(
    name="MobileNetV2",
    file=re.compile(
        r"mobilenet_v2_weights_tf_dim_ordering_tf_kernels_(?P<alpha>\d\.\d+)_(?P<size>\d+)_no_top\.h5"
    ),
    file_name=lambda alpha, size: f"mobilenet_v2_weights_tf_dim_ordering_tf_kernels_{alpha}_{size}_no_top.h5",
    build=_mobilenet_v2,
    alphas=(1.0, 1.4, 1.3, 0.75, 0.5, 0.35),
    sizes=(96, 128, 160, 192, 224),
    address=_mobilenet_v2_address,
    shipped="backbone_mobilenet_v2_0.35_96.h5",
    shipped_alpha=0.35,
)
NETWORKS = (MOBILENET_V2,)

KNOWN = {  # SHA-256 of files whose origin is known. Other copies are checked by layers, shapes and numbers.
    "0d8348128c32a823095eb1a678c14f6f16bb1f5b9ca910a82db89f1536145bee": (
        "MobileNetV2 1.0 at 224 as first published for Keras (JonathanCMitchell/mobilenet_v2_keras, MIT)"
    ),
}


@dataclass(frozen=True)
class Backbone:
    """A pretrained network without top, and where its weights came from."""

    model: Any = field(
        repr=False
    )  # keras.Model: (None, h, w, 3) in [-1, 1] -> (None, h / 32, w / 32, channels)
    alpha: float
    source: str  # one of SOURCES
    line: str  # the sentence for people


@dataclass(frozen=True)
class Found:
    """A file of weights."""

    path: Path
    alpha: float
    size: int  # the side that it was trained at
    source: str


def load_backbone(
    image_shape: tuple[int, int, int] = (96, 96, 3),
    source: str | None = None,
    quiet: bool = False,
    folder: str | os.PathLike | None = None,
    patience: Any = None,
) -> Backbone:
    """MobileNetV2 without top and with pretrained weights, each time a fresh copy.

    image_shape: (height, width, 3), each side at least 32.
    source: "own", "download" or "shipped" to insist on one. Only "download" uses the network.
    folder: where own files lie, instead of WORKBOOK_DATA, datasets/ and Keras's cache. quiet: print nothing.
    Raises DataError: a file that is broken or of another network, a source that has no weights; ValueError
    for an image shape that the network cannot take.
    """
    return load(MOBILENET_V2, image_shape, source, quiet, folder, patience)


def load(network: Network, image_shape, source=None, quiet=False, folder=None, patience=None) -> Backbone:
    """Any network of NETWORKS, as load_backbone does it."""
    shape = _checked_shape(image_shape)
    if source not in (None, *SOURCES):
        raise DataError(
            f"There is no source {source!r}.", f"Use one of {', '.join(map(repr, SOURCES))}, or none."
        )
    if folder is not None and source in ("download", "shipped"):
        raise DataError(
            f"folder names own files and does not go with source={source!r}.", "Leave one of them out."
        )
    found = None
    if source in (None, "own"):
        found = _own(network, shape, folder, insist=source == "own" or folder is not None)
    if source == "download":
        found = _downloaded(network, shape, patience, quiet)
    backbone = _built(network, found or _shipped(network), shape)
    if not quiet:
        print(backbone.line, flush=True)
    return backbone


def _checked_shape(image_shape) -> tuple[int, int, int]:
    try:
        height, width, channels = (int(side) for side in image_shape)
    except (TypeError, ValueError):
        height = width = channels = 0
    if min(height, width) < LEAST_SIDE or channels != 3:
        raise ValueError(
            f"image_shape must be (height, width, 3) with sides of at least {LEAST_SIDE}, got {image_shape!r}"
        )
    return height, width, channels


def _built(network: Network, found: Found, shape: tuple[int, int, int]) -> Backbone:
    from workbook import weights_files

    remedy = _remedy(found)
    layers, attributes = weights_files.read(found.path, remedy)
    model = network.build(shape, found.alpha)
    weights_files.put(layers, model, found.path, remedy)
    return Backbone(model, found.alpha, found.source, _line(network, found, model, attributes))


def _remedy(found: Found) -> str:
    if found.source == "shipped":
        return "Restore it from the repository (git checkout datasets/weights)."
    return REMEDY


def _line(network: Network, found: Found, model: Any, attributes: dict) -> str:
    what = f"backbone: {network.name}, alpha {found.alpha}, {model.count_params():,} parameters"
    where = files.shown(found.path)
    if found.source == "shipped":
        pictures = attributes.get("pictures", "generated pictures")
        return f"{what}, shipped: trained by this workbook on {pictures} ({where})"
    known = KNOWN.get(files.sha256(found.path))
    sure = "as registered" if known else "as its name says"
    trained = f"trained on ImageNet at {found.size}x{found.size}, {sure}"
    kind = "own file" if found.source == "own" else "downloaded"
    return f"{what}, {kind}: {trained} ({where})"


# 1. Own files and Keras's cache


def keras_cache() -> Path:
    """The folder in which Keras keeps downloaded weights; KERAS_HOME moves it."""
    home = os.environ.get("KERAS_HOME")
    return (Path(home).expanduser() if home else Path.home() / ".keras") / "models"


def own_folders(folder: str | os.PathLike | None = None) -> list[Path]:
    """Folders in which weights are looked for, best first. Raises DataError for one that is not there."""
    named = [sub for each in files.own_folders(folder) for sub in (each, each / "weights")]
    return named if folder is not None else [*named, keras_cache()]


def candidates(network: Network, folders: list[Path]) -> Iterator[Found]:
    """Files of a network by their names, folder after folder."""
    for folder in folders:
        for path in sorted(folder.glob("*.h5")) if folder.is_dir() else ():
            if (match := network.file.fullmatch(path.name)) and float(match["alpha"]) in network.alphas:
                yield Found(path, float(match["alpha"]), int(match["size"]), "own")


def _own(network: Network, shape, folder, insist: bool) -> Found | None:
    folders = own_folders(folder)
    for each in folders:
        if there := list(candidates(network, [each])):
            return min(
                there, key=lambda f: (network.alphas.index(f.alpha), abs(f.size - max(shape[:2])), -f.size)
            )
    if not insist:
        return None
    name = network.file_name(network.alphas[0], network.sizes[-1])
    raise none_of(network.name, folders, f"such as {name}")


def none_of(names: str, folders: list[Path], file: str) -> DataError:
    """The error where none of these folders has own weights of a network. file: what it may be called."""
    looked = ", ".join(files.shown(each) for each in folders)
    return DataError(
        f"There are no own weights of {names} in {looked}.",
        f"Put a file {file} there, or use the weights that ship.",
    )


# 2. Download


def _downloaded(network: Network, shape, patience, quiet: bool) -> Found:
    from workbook import weights_download

    alpha = network.alphas[0]
    size = min(network.sizes, key=lambda each: (abs(each - max(shape[:2])), -each))
    name = network.file_name(alpha, size)

    def check(path: Path) -> None:
        _built(network, Found(path, alpha, size, "download"), (size, size, 3))

    path = keras_cache() / name
    if not path.is_file():
        weights_download.fetch(network.address() + name, path, check, patience, quiet)
    return Found(path, alpha, size, "download")


# 3. Shipped


def shipped_file(network: Network = MOBILENET_V2) -> Path:
    """Where the weights that ship lie."""
    return files.datasets_folder() / "weights" / network.shipped


def _shipped(network: Network) -> Found:
    return Found(shipped_file(network), network.shipped_alpha, 96, "shipped")


# What is there


def describe(network: Network = MOBILENET_V2) -> list[tuple[Found, str]]:
    """Every file of a network's weights and what is wrong with it ("" where it is sound), without Keras.

    Raises DataError where WORKBOOK_DATA names no folder.
    """
    from workbook import weights_files

    found = list(candidates(network, own_folders()))
    if shipped_file(network).exists():
        found.append(_shipped(network))
    states = []
    for each in found:
        try:
            weights_files.read(each.path, _remedy(each))
            states.append((each, ""))
        except DataError as error:
            states.append((each, str(error)))
    return states
