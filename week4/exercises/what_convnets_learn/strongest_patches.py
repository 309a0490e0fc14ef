"""Checks for top_patches: the parts of pictures that excite a channel most."""

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.plain import plain
from workbook.slips import by_slip

from .receptive_fields import receptive_field
from .weights import give_weights, with_slip


def top_patches(model: Any, layer: str, images: np.ndarray, k: int, *, slip: str = "") -> np.ndarray:
    """For each channel the k pictures that excite it most, each cut out where they do.

    (n_C, k, size, size, channels of the pictures), the strongest first; zeros outside of a picture.
    """
    size, jump, start = receptive_field(model, layer)
    A = _activations(model, model.layers[-1].name if slip == "last layer" else layer, images)
    m, rows, columns, n_C = A.shape
    if slip == "absolute":
        A = np.abs(A)
    if slip == "least":
        A = -A
    flat = A.reshape(m, rows * columns, n_C)
    place = flat.argmax(axis=1)
    strength = flat.mean(axis=1) if slip == "mean" else flat.max(axis=1)
    patches = []
    for c in range(n_C):
        best = np.argsort(-strength[:, c], kind="stable")[:k]
        if slip == "channel 0":
            best = np.argsort(-strength[:, 0], kind="stable")[:k]
        if slip == "quietest":
            best = np.argsort(strength[:, c], kind="stable")[:k]
        chosen = [(i, *np.divmod(place[i, c], rows if slip == "rows" else columns)) for i in best]
        if slip == "same picture":
            everywhere = np.argsort(-A[..., c], axis=None, kind="stable")[:k]
            chosen = list(zip(*np.unravel_index(everywhere, A[..., c].shape), strict=True))
        if slip == "one place":
            chosen = [(i, *np.divmod(flat[i].sum(axis=-1).argmax(), columns)) for i in best]
        if slip == "one ranking":
            best = np.argsort(-strength.sum(axis=1), kind="stable")[:k]
            chosen = [(i, *np.divmod(place[i, c], columns)) for i in best]
        if slip == "first pictures":
            chosen = [(i, *np.divmod(place[i, c], columns)) for i in range(k)]
        if slip == "picture j":
            chosen = [(j, *np.divmod(place[i, c], columns)) for j, i in enumerate(best)]
        if slip == "place j":
            chosen = [(i, *np.divmod(place[j, c], columns)) for j, i in enumerate(best)]
        if slip == "weakest first":
            chosen = chosen[::-1]
        patches.append([_cut(images[i], size, jump, start, row, column, slip) for i, row, column in chosen])
    patches = np.array(patches)
    return patches.swapaxes(0, 1) if slip == "k first" else patches


def _cut(picture: np.ndarray, size: int, jump: int, start: int, row: int, column: int, slip: str) -> Any:
    if slip == "swapped":
        row, column = column, row
    top, left = start + jump * int(row), start + jump * int(column)
    if slip == "no jump":
        top, left = start + int(row), start + int(column)
    if slip == "no start":
        top, left = top - start, left - start
    if slip == "start of -1":
        top, left = top - start - 1, left - start - 1
    if slip == "size twice":
        top, left = top - size, left - size
    if slip == "centred":
        top, left = (jump * int(place) - size // 2 for place in (row, column))
    if slip == "pushed in":
        top, left = (
            int(np.clip(at, 0, n - size)) for at, n in zip((top, left), picture.shape[:2], strict=True)
        )
    how = {"mode": "edge"} if slip == "edge" else {"constant_values": 1} if slip == "white" else {}
    frame = 2 * size
    around = np.pad(picture, ((frame, frame), (frame, frame), (0, 0)), **how)
    return around[top + frame : top + frame + size, left + frame : left + frame + size]


def _activations(model: Any, layer: str, images: np.ndarray) -> np.ndarray:
    import keras

    part = keras.Model(model.input, model.get_layer(layer).output)
    return np.asarray(part(np.asarray(images, np.float32), training=False))


@functools.cache
def finder(channels: int) -> Any:
    """A small model with known weights and linear layers at places, for pictures of 14 by 18."""
    from keras import Input, Model, layers

    inputs = Input((14, 18, channels), name="picture")
    X = layers.Conv2D(3, 3, padding="same", name="early")(inputs)
    X = layers.LeakyReLU(name="early_relu")(X)
    X = layers.Conv2D(4, 3, strides=2, padding="same", name="middle")(X)
    X = layers.BatchNormalization(name="norm")(X)
    X = layers.Activation("tanh", name="tanh")(X)
    model = Model(inputs, layers.Conv2D(2, 3, padding="same", name="late")(X))
    give_weights(model)
    return model


def look_at_patches(function: Callable, layer: str, images: np.ndarray, k: int) -> Any:
    """The patches that the function finds with the small model; lists of lists of patches will do."""
    found = plain(function(finder(images.shape[-1]), layer, images, k))
    try:
        return np.array(found, float) if isinstance(found, list) and found else found
    except (TypeError, ValueError):
        return found


def albums(rng: np.random.Generator) -> Iterator:
    def pictures(m: int, channels: int = 3) -> np.ndarray:
        X = rng.normal(0, 0.35, (m, 14, 18, channels))
        X *= rng.uniform(0.4, 1.6, (m, 1, 1, 1))
        X += rng.normal(0, 0.2, (m, 1, 1, channels))
        return X.clip(-1, 1).astype(np.float32)

    many = pictures(40)
    many[:32] *= 0.5  # those after the first batch count
    one_loud = pictures(7)
    one_loud[3] *= 0.98 / np.abs(one_loud[3]).max()
    one_loud[[0, 1, 2, 4, 5, 6]] *= 0.25
    return [
        case("a layer without a stride", "early", pictures(6), 2),
        case("a layer with a stride: a step is two pixels", "middle", pictures(8), 3),
        case("one picture is louder than all others", "norm", one_loud, 4),
        case("as many as there are pictures, grey ones", "late", pictures(5, 1), 5),
        case("more pictures than one batch", "norm", many, 6),
    ]


PATCH_SLIPS = {
    "least": "the places where the channel is weakest are taken",
    "absolute": "the absolute value is taken: a strongly negative unit is not excited",
    "quietest": "the k pictures in which the channel is weakest are taken: argsort begins with the smallest",
    "rows": "the number of a unit is divided by the map's height: it has a width of units in each row",
    "mean": "pictures are ranked by the channel's mean: take its greatest value",
    "same picture": "several patches of a channel come from one picture: take at most one from each",
    "one place": "all channels are cut out at the same place: each has its own",
    "one ranking": "all channels rank the pictures in the same way: each channel has its own best ones",
    "channel 0": "all channels get the best pictures of channel 0: each channel has its own best ones",
    "first pictures": "the first k pictures are taken: the k in which the channel is strongest are asked for",
    "picture j": "the patches are cut out of the first k pictures, at the places found in the best ones: cut out of the best",
    "place j": "the best pictures are cut at the places found in the first k pictures: the place belongs to the picture",
    "size twice": "the first row of the patch is off by size: the frame of zeros moves everything by size",
    "weakest first": "the patches stand from the weakest of the k to the strongest",
    "k first": "the first axis counts the k patches: it belongs to the channels",
    "swapped": "row and column are swapped",
    "no jump": "the place on the map is taken for pixels: a step on the map is jump pixels",
    "no start": "the start is forgotten: the field of unit (0, 0) begins there, not at pixel 0",
    "start of -1": "the start is -1, whatever the layer: take that of receptive_field",
    "centred": "the patch is centred on pixel jump * row: its first row is start + jump * row",
    "pushed in": "patches at the rim are pushed into the picture: fill up with zeros",
    "edge": "patches at the rim are filled up with the last pixels: fill up with zeros",
    "last layer": "the argument layer is ignored: the last layer is looked at",
}

the_patches = Exercise(
    name="top_patches",
    points=18,
    difficulty=3,
    minutes=30,
    cases=albums,
    reference=top_patches,
    observe=look_at_patches,
    needs=["receptive_field"],
    mistakes=by_slip(with_slip(top_patches), PATCH_SLIPS),
    hints=[
        "keras.Model(model.input, model.get_layer(layer).output).predict(images, verbose=0) gives the maps.",
        "For each picture and channel: the greatest value, and where it is. Then sort the pictures.",
        "If the patches are right but shifted: top = start + jump * row. If only those at the rim are wrong: pad.",
        "Pad the picture by size on all sides; the patch is then rows size + top to 2 * size + top of it.",
    ],
    idea="Eight patches of a unit say more than one: what they share is what it answers to.",
    try_next="Give top_patches only the hands, X[kind == 1], in the cell with block 4, and say first what the "
    "channels for mouths will find there.",
)
