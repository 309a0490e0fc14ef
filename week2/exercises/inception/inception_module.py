"""Checks for inception_module: four branches side by side."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.models import block_model, computed, known_pictures
from workbook.slips import by_words, switched

from .observers import positional, set_lively_weights


def convolution(
    X: Any,
    filters: int,
    f: int = 1,
    strides: int = 1,
    relu: bool = True,
    norm: bool = True,
    late: bool = False,
) -> Any:
    """Convolution that keeps height and width, batch normalization, ReLU; ``late`` normalizes last."""
    from keras import layers

    X = layers.Conv2D(
        filters, f, strides=strides, padding="same", use_bias=not norm, kernel_initializer="zeros"
    )(X)
    if norm and not late:
        X = layers.BatchNormalization()(X)
    if relu:
        X = layers.ReLU()(X)
    return layers.BatchNormalization()(X) if norm and late else X


def inception_module(
    X: Any,
    filters_1x1: int,
    filters_3x3_reduce: int,
    filters_3x3: int,
    filters_5x5_reduce: int,
    filters_5x5: int,
    filters_pool: int,
    *,
    order: tuple[int, ...] = (0, 1, 2, 3),
    reduces: tuple[int, ...] = (1, 2),
    windows: tuple[int, int] = (3, 5),
    relus: tuple[str, ...] = ("reduce", "end"),
    reduce_norm: bool = True,
    first_norm: bool = True,
    pool_norm: bool = True,
    pool: str = "max",
    pool_size: int = 3,
    pool_strides: int = 1,
    pool_padding: str = "same",
    projection: str = "after",
    chained: str = "",
    join: str = "channels",
    **how: bool,
) -> Any:
    """The Inception module with reductions (Szegedy et al. 2015, figure 2b), each convolution normalized.

    order     of the four parts in the result
    reduces   which parts have a 1x1 convolution first
    relus     which convolutions have one: "reduce" those that reduce, "end" those that end a part
    reduce_norm  whether those that reduce are normalized; first_norm, pool_norm: the same of the 1x1 convolutions of the
              first and the fourth part
    projection  where the 1x1 convolution of the fourth part stands: "after" the pooling, "before" it, or ""
    chained   what sees another part's result in place of X: "5x5" (what reduces before the 3x3 one), "5x5 whole" (what the
              3x3 one gave), "overwritten" (X after the first part), "all"
    """
    from keras import layers

    end = {"relu": "end" in relus, **how}

    def part(i: int, x: Any, reduce: int, filters: int) -> Any:
        if i in reduces:
            x = convolution(x, reduce, **{"relu": "reduce" in relus, "norm": reduce_norm, **how})
        return x, convolution(x, filters, windows[i - 1], **end)

    pooling = (layers.MaxPooling2D if pool == "max" else layers.AveragePooling2D)(
        pool_size, strides=pool_strides, padding=pool_padding
    )
    first = convolution(X, filters_1x1, **{"norm": first_norm} | end)
    X = first if chained == "overwritten" else X
    thin, second = part(1, first if chained == "all" else X, filters_3x3_reduce, filters_3x3)
    given = {"all": second, "5x5": thin, "5x5 whole": second}.get(chained, X)
    _, third = part(2, given, filters_5x5_reduce, filters_5x5)
    pooled = third if chained == "all" else X
    if projection == "before":
        pooled = convolution(pooled, filters_pool, **end)
    pooled = pooling(pooled) if pool else pooled
    if projection == "after":
        pooled = convolution(pooled, filters_pool, **{"norm": pool_norm} | end)
    parts = [first, second, third, pooled]
    if join == "sum":
        return layers.Add()(parts)
    return layers.Concatenate(axis=1 if join == "rows" else -1)([parts[i] for i in order])


def taking(*places: int) -> Callable:
    """A module that takes its six numbers in another order."""

    @functools.wraps(inception_module)
    def module(X: Any, *filters: int) -> Any:
        return inception_module(X, *(filters[i] for i in places))

    return module


def look_at_module(module: Callable, input_shape: tuple[int, ...], *filters: int) -> Any:
    """What a module computes under known weights, in both modes."""
    import keras

    model = block_model(positional(module, *filters), input_shape)
    if not isinstance(model, keras.Model):
        return model
    seen = computed(model, known_pictures(3, input_shape), set_weights=set_lively_weights)
    return {"output shape": list(seen["in inference mode"].shape)[1:], **seen}


module = Exercise(
    name="inception_module",
    points=15,
    difficulty=3,
    minutes=30,
    cases=[
        case("height unlike width, six different numbers", (6, 9, 5), 4, 3, 6, 2, 7, 8).weighing(3),
        case("fewer channels out than in", (7, 4, 24), 2, 5, 3, 6, 4, 7).weighing(3),
        case("a map that is smaller than the window", (2, 1, 6), 3, 4, 5, 2, 6, 7),
    ],
    observe=look_at_module,
    gives="a Keras tensor",
    reference=inception_module,
    tolerance=1e-4,
    time_limit=60,
    slow=True,
    mistakes=[
        *switched(
            inception_module,
            {
                "the four parts are added up. Put them one behind the other, along the channels": {
                    "join": "sum"
                },
                "the four parts are put below or beside each other, along height or width. The channels are the last axis": {
                    "join": "rows"
                },
                "the part with the pooling comes first in the result. The order is 1x1, 3x3, 5x5, pooling": {
                    "order": (3, 0, 1, 2)
                },
                "3x3 and 5x5 are exchanged in the result. The order is 1x1, 3x3, 5x5, pooling": {
                    "order": (0, 2, 1, 3)
                },
                "the part with the pooling stands before the 5x5 one in the result. The order is 1x1, 3x3, 5x5, pooling": {
                    "order": (0, 1, 3, 2)
                },
                "the windows of the second and third part are exchanged: first 3x3, then 5x5": {
                    "windows": (5, 3)
                },
                "the third part has a 3x3 window. It has 5x5": {"windows": (3, 3)},
                "the 1x1 convolution before the 3x3 one is missing": {"reduces": (2,)},
                "the 1x1 convolution before the 5x5 one is missing": {"reduces": (1,)},
                "both 1x1 convolutions that reduce are missing, which is the naive module": {"reduces": ()},
                "the convolutions that reduce have no ReLU": {"relus": ("end",)},
                "the convolutions that reduce have no batch normalization": {"reduce_norm": False},
                "the first part has no batch normalization: pointwise_convolution has none. Use convolution": {
                    "first_norm": False
                },
                "the 1x1 convolutions have no batch normalization: pointwise_convolution has none. Use convolution": {
                    "first_norm": False,
                    "reduce_norm": False,
                    "pool_norm": False,
                },
                "the convolutions that reduce have neither batch normalization nor ReLU. Each convolution has both": {
                    "relus": ("end",),
                    "reduce_norm": False,
                },
                "the convolutions that end a part have no ReLU": {"relus": ("reduce",)},
                "there is no batch normalization": {"norm": False},
                "the ReLUs stand before the batch normalizations and not after them": {"late": True},
                "the fourth part takes the average and not the maximum": {"pool": "average"},
                "the fourth part has no pooling": {"pool": ""},
                "the pooling has a 2x2 window. It has 3x3": {"pool_size": 2},
                "the pooling has stride 3, the default of its window. It needs strides=1": {
                    "pool_strides": 3
                },
                "the pooling has no padding. It needs padding='same'": {"pool_padding": "valid"},
                "the 1x1 convolution of the fourth part stands before the pooling. It comes after it": {
                    "projection": "before"
                },
                "the 1x1 convolution after the pooling is missing": {"projection": ""},
                "the third part starts from the second part's reduction. All four start from X": {
                    "chained": "5x5"
                },
                "the third part starts from the second part's result. All four start from X": {
                    "chained": "5x5 whole"
                },
                "X is overwritten by the first part, and the others start from its result. All four start from X": {
                    "chained": "overwritten"
                },
                "each part starts from the result of the part before. All four start from X": {
                    "chained": "all"
                },
            },
        ),
        *by_words(
            {
                "filters_3x3 and filters_3x3_reduce are exchanged": taking(0, 2, 1, 3, 4, 5),
                "filters_5x5 and filters_5x5_reduce are exchanged": taking(0, 1, 2, 4, 3, 5),
                "filters_1x1 and filters_pool are exchanged": taking(5, 1, 2, 3, 4, 0),
                "the fourth part has filters_1x1 channels. It has filters_pool": taking(0, 1, 2, 3, 4, 0),
                "the 5x5 convolution is reduced to filters_3x3_reduce channels": taking(0, 1, 2, 1, 4, 5),
            }
        ),
    ],
    hints=[
        "Four results from one input: give each of them a name of its own, and leave X as it is.",
        "Parts two and three are two convolutions each, 1x1 and then the window. Part four is a pooling that "
        "keeps height and width, then 1x1.",
        "If it raises an error about shapes that do not match, the pooling has lost pixels: strides=1, "
        "padding='same'. If the shape is right and the values are wrong, look at the order of the four.",
        "part_3x3 = convolution(convolution(X, filters_3x3_reduce, 1), filters_3x3, 3), and "
        "Concatenate()([part_1x1, part_3x3, part_5x5, part_pool]).",
    ],
    idea="No one had to choose a window: the module has all of them, and training decides which it listens to.",
    try_next="Build a module on an Input of (28, 28, 192) with the numbers of 3a, and one with "
    "filters_3x3_reduce=192: compare their count_params().",
)
