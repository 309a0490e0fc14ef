"""Checks for receptive_field: the pixels that a unit sees."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_slip

from .weights import with_slip


def receptive_field(model: Any, layer: str, *, slip: str = "") -> tuple[int, int, int]:
    """(size, jump, start) in pixels of what a unit of a layer sees (Araujo et al. 2019, equations 2 to 4).

    slip  a name from FIELD_SLIPS: what is done wrong
    """
    fields: dict[str, tuple[int, int, int]] = {}
    for each in model.layers:
        named = list(fields)[-1:] if slip == "one chain" else _feeds(model, each)
        feeds = [fields[name] for name in named] or [(int(slip != "from 0"), 1, 0)]
        size, jump, start = _together(feeds, slip if named else "")
        if slip == "too early" and each.name == layer:
            return size, jump, start
        k, s, d, p = _window(each, slip)
        if slip == "stride for dilation":
            s, d = d, s
        if slip == "half the kernel":
            p = (k - 1) // 2
        wide = {
            "whole kernels": k,
            "whole kernels, dilated": k * d,
            "whole kernels, stretched": (k - 1) * d + 1,
            "dilation of all": k * d - 1,
        }.get(slip, (k - 1) * d)
        size += wide * {"jump first": jump * s, "jump first in size": jump * s, "pixels": 1}.get(slip, jump)
        size += 2 * p * jump if slip == "padding counts" else 0
        if slip != "no start":
            after = p * jump * s
            start -= {
                "own pixels": p,
                "padding below": -p * jump,
                "jump first": after,
                "jump first in start": after,
            }.get(slip, p * jump)
        if slip == "no stride":
            s = 1
        jump = {"added": jump + s - 1, "last stride": s}.get(slip, jump * s)
        fields[each.name] = size, jump, start
        if each.name == layer and slip != "whole model":
            break
    size, jump, start = fields[each.name]
    return (size, start, jump) if slip == "start second" else (size, jump, start)


def _feeds(model: Any, layer: Any) -> list[str]:
    """Names of the layers of the model that a layer takes its inputs from."""
    import keras

    names = [tensor._keras_history.operation.name for tensor in keras.tree.flatten(layer.input)]
    inside = {each.name for each in model.layers} - {layer.name}
    return [name for name in names if name in inside]


def _together(feeds: list[tuple[int, int, int]], slip: str) -> tuple[int, int, int]:
    """The field of a unit that several others feed: from the smallest start to the greatest end."""
    if slip == "first branch":
        return feeds[0]
    if slip == "last branch":
        return feeds[-1]
    if slip == "greatest size":
        return max(each[0] for each in feeds), feeds[0][1], min(each[2] for each in feeds)
    if slip == "smallest branch":
        return min(feeds)
    if slip == "largest branch":
        return max(feeds)
    start = min(each[2] for each in feeds)
    end = max(each[0] + each[2] for each in feeds) - (slip == "last rows")
    return end - start, feeds[0][1], start


def _window(layer: Any, slip: str) -> tuple[int, int, int, int]:
    """Kernel, stride, dilation, and rows of padding on top."""
    settings = layer.get_config()
    if "cropping" in settings:
        return 1, 1, 1, -int(np.ravel(settings["cropping"])[0])
    if "kernel_size" not in settings and "pool_size" not in settings:
        p = int(np.ravel(settings["padding"])[0]) if "padding" in settings else 0
        return 1, 1, 1, p
    if slip == "no pooling" and "pool_size" in settings:
        return 1, 1, 1, 0
    k = int(np.ravel(settings.get("kernel_size", settings.get("pool_size")))[0])
    s = int(np.ravel(settings["strides"])[0])
    d = int(np.ravel(settings.get("dilation_rate", 1))[0])
    p = 0
    if settings["padding"] == "same":
        n, rows = int(layer.input.shape[1]), int(layer.output.shape[1])
        p = max((rows - 1) * s + (k - 1) * d + 1 - n, 0) // 2
    return k, s, 1 if slip == "no dilation" else d, p


def _plain() -> Any:
    """A plain stack of layers."""
    from keras import Input, Sequential, layers

    return Sequential(
        [
            Input((64, 64, 3)),
            layers.Conv2D(2, 5, name="first"),
            layers.ReLU(name="relu"),
            layers.Conv2D(2, 5, strides=2, padding="same", name="halved"),
            layers.Conv2D(2, 3, padding="same", name="after"),
            layers.MaxPooling2D(2, name="pooled"),
            layers.SeparableConv2D(2, 5, padding="same", name="deep"),
            layers.AveragePooling2D(3, strides=3, padding="same", name="thirds"),
            layers.Conv2D(2, 3, padding="valid", name="last"),
        ]
    )


def _dilated() -> Any:
    """Growing dilation, as in a network that labels pixels."""
    from keras import Input, Model, layers

    inputs = Input((32, 32, 1), name="picture")
    X = layers.Conv2D(2, 3, padding="same", name="conv")(inputs)
    X = layers.Conv2D(2, 3, dilation_rate=2, padding="same", name="by_two")(X)
    X = layers.BatchNormalization(name="norm")(X)
    X = layers.DepthwiseConv2D(3, dilation_rate=4, padding="valid", name="by_four")(X)
    return Model(inputs, layers.Conv2D(4, 1, name="labels")(X))


def _branched() -> Any:
    """An inception block, a residual block, and branches that look to opposite sides."""
    from keras import Input, Model, layers

    inputs = Input((48, 48, 3), name="picture")
    X = layers.ZeroPadding2D(3, name="frame")(inputs)
    X = layers.Conv2D(4, 7, strides=2, name="stem")(X)
    small = layers.Conv2D(2, 1, name="one")(X)
    large = layers.Conv2D(2, 5, padding="same", name="five")(layers.Conv2D(2, 1, name="reduce")(X))
    middle = layers.DepthwiseConv2D(3, padding="same", name="three")(X)
    X = layers.Concatenate(name="inception")([small, large, middle])
    Y = layers.Conv2D(8, 3, strides=2, padding="same", name="in_block")(X)
    Y = layers.Conv2D(8, 3, padding="same", name="end_of_block")(layers.ReLU(name="block_relu")(Y))
    X = layers.Add(name="residual")([Y, layers.Conv2D(8, 1, strides=2, name="shortcut")(X)])
    up = layers.Conv2D(4, 2, name="up")(layers.ZeroPadding2D(((1, 0), (1, 0)), name="above")(X))
    down = layers.Conv2D(4, 2, name="down")(layers.ZeroPadding2D(((0, 1), (0, 1)), name="below")(X))
    X = layers.Concatenate(name="both_sides")([down, up])
    return Model(inputs, layers.Conv2D(2, 3, padding="same", name="end")(X))


MODELS = {"a plain stack": _plain, "dilated": _dilated, "branched": _branched}


@functools.cache
def model_of(name: str) -> Any:
    """One of MODELS, made once."""
    return MODELS[name]()


def look_at_field(function: Callable, model: str, layer: str) -> Any:
    """What the function says of a layer of one of the models."""
    return function(model_of(model), layer)


FIELD_CASES = [
    case("one convolution of 5x5", "a plain stack", "first"),
    case("a ReLU sees what the layer before it sees", "a plain stack", "relu"),
    case("a stride counts for the layers after it", "a plain stack", "after"),
    case("pooling has a window and a stride", "a plain stack", "deep"),
    case("padding moves the field and does not widen it", "a plain stack", "last"),
    case("dilation", "dilated", "labels"),
    case("a layer in the middle", "dilated", "norm"),
    case("padding and a stride of two layers", "branched", "stem"),
    case("branches of unlike kernels", "branched", "inception"),
    case("a shortcut beside two convolutions", "branched", "residual"),
    case("branches that look to opposite sides", "branched", "end"),
]

FIELD_SLIPS = {
    "no stride": "strides are ignored: a step of one unit is then one pixel everywhere",
    "added": "strides are added: two layers of stride 3 make a jump of 9, so multiply",
    "last stride": "the jump is the layer's own stride: it is the product of all strides so far",
    "jump first": "the jump is multiplied by a layer's stride before its kernel and its padding are counted: a stride "
    "counts only for the layers after it",
    "jump first in size": "the jump is multiplied by a layer's stride before its kernel is counted: a stride widens only "
    "the layers after it",
    "jump first in start": "the start moves with the jump after the layer: its padding is counted in steps of the map "
    "before it, so take the jump from before",
    "no dilation": "dilation is ignored",
    "dilation of all": "the kernel grows by f d - 1 under dilation: only the gaps between the taps are stretched, so it "
    "is (f - 1) d",
    "no pooling": "pooling layers are passed over: they have a window and a stride too",
    "whole kernels": "the whole kernel is added: its first pixel was there already, so add f - 1",
    "whole kernels, dilated": "the whole kernel is added, f d: its first pixel was there already, so add (f - 1) d",
    "whole kernels, stretched": "the whole stretched kernel is added, (f - 1) d + 1: its first pixel was there already, so "
    "add (f - 1) d",
    "pixels": "(f - 1) d is added to the size as if it were pixels: these are steps on the map before, so times jump",
    "stride for dilation": "stride and dilation are exchanged: patches.window gives (f, s, d, p)",
    "half the kernel": "the padding is taken to be half of the kernel, (f - 1) // 2, whatever the layer says: take p",
    "from 0": "the size begins at 0: a pixel sees one pixel, itself",
    "padding counts": "the padding is added to the size: it moves the field and does not widen it",
    "own pixels": "the padding is not multiplied by the jump: its rows are rows of the layer's own map",
    "padding below": "the start moves down with the padding: rows on top move it up, so subtract",
    "no start": "the start stays at 0: padding moves it up",
    "one chain": "all layers are taken for one chain, each fed by the one before it in the list: a branch goes on from "
    "the layer that feeds it",
    "smallest branch": "the smallest field is taken where branches meet",
    "largest branch": "the largest field is taken where branches meet: it goes from the smallest start to the "
    "greatest end of all",
    "first branch": "only the first is looked at where branches meet",
    "last branch": "only the last is looked at where branches meet",
    "greatest size": "the greatest size goes with the smallest start where branches meet: branches that look to "
    "opposite sides see more together, from the smallest start to the greatest end",
    "last rows": "the end is taken for the last row, start + size - 1, and the size is one too small: the end is start + size",
    "start second": "start comes second and jump third: the order is size, jump, start",
    "too early": "the layer itself is left out: the walk ends before it",
    "whole model": "the argument layer is ignored: the walk goes on to the end of the model",
}

the_field = Exercise(
    name="receptive_field",
    points=18,
    difficulty=3,
    minutes=30,
    cases=FIELD_CASES,
    reference=receptive_field,
    observe=look_at_field,
    returns=("size", "jump", "start"),
    mistakes=by_slip(with_slip(receptive_field), FIELD_SLIPS),
    hints=[
        "Walk through model.layers, and keep the triple of every layer in a dictionary under its name.",
        "A layer: first size, with the jump so far; then start, with the jump so far; last the jump.",
        "If plain stacks are right and branches are not: start = min of all starts, and size = max of all "
        "start + size, less that start.",
        "size += (f - 1) * d * jump; start -= p * jump; jump *= s, with f, s, d, p = patches.window(each).",
    ],
    idea="Two 3x3 layers see as much as one 5x5, three as much as one 7x7, and dilation or strides far more.",
    try_next='Add "block_7_expand_relu": "block 7" to LAYERS near the top, and say before you run it how its size '
    "and its jump compare with those of block 6.",
)
