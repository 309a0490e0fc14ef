"""Checks for week2/inception: 1x1 convolutions, what a convolution costs, the Inception module, GoogLeNet.

Layers and networks are judged by what they compute under known weights. The references take switches, and a
mistake is a reference with a switch thrown.
"""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.models import block_model, extras, known, known_pictures, parameters, set_known_weights
from workbook.observing import standing_in
from workbook.plain import Other, plain
from workbook.slips import by_words, switched


def set_lively_weights(model: Any, biases: bool = False) -> None:
    """Known weights under which a picture is still felt after twenty layers, the same for layers that can do
    the same: a 1x1 convolution's kernel is (1, 1, n_C, filters), a dense layer's (n_C, filters)."""
    set_known_weights(model)
    for variable in model.variables:
        role, shape = variable.path.split("/")[-1], tuple(variable.shape)
        if role == "gamma":
            variable.assign(1.8 * np.asarray(variable))
        elif "moving" not in role and role != "beta" and "seed" not in variable.path:
            core = shape[next((i for i, n in enumerate(shape) if n > 1), 0) :]
            if len(core) > 1:
                variable.assign(np.reshape(known(core, "kernel") / np.sqrt(np.prod(core[:-1]) / 2), shape))
            elif biases:
                variable.assign(np.reshape(0.5 * known(core, "bias"), shape))


# --- pointwise_convolution -----------------------------------------------------------------------------


def look_at_pointwise(function: Callable, input_shape: tuple[int, ...], filters: int) -> Any:
    """The shape, the number of parameters and what comes out, under known weights and biases."""
    import keras

    model = block_model(_positional(function, filters), input_shape)
    if not isinstance(model, keras.Model):
        return model
    set_lively_weights(model, biases=True)
    output = np.asarray(model(known_pictures(3, input_shape), training=False))
    return {
        "output shape": list(output.shape)[1:],
        "parameters, biases included": model.count_params(),
        "output": output,
    }


def _positional(function: Callable, *args: Any) -> Callable:
    """The block as a function of X alone, its other arguments given by their places."""

    @functools.wraps(function)
    def block(X: Any, **kwargs: Any) -> Any:
        return function(X, *args, **kwargs)

    return block


def pointwise_convolution(X: Any, filters: int, slip: str = "") -> Any:
    """A 1x1 convolution with biases, then ReLU (Lin, Chen & Yan 2013); ``slip`` makes the mistakes."""
    from keras import layers

    if slip == "flat":
        return layers.Dense(filters, activation="relu")(layers.Flatten()(X))
    if slip == "columns":
        return layers.Permute((3, 2, 1))(
            layers.Conv2D(filters, 1, activation="relu")(layers.Permute((3, 2, 1))(X))
        )
    if slip == "depthwise":
        return layers.DepthwiseConv2D(1, activation="relu")(X)
    if slip == "averaged":
        X = layers.GlobalAveragePooling2D(keepdims=True)(X)
    if slip == "relu first":
        return layers.Conv2D(filters, 1)(layers.ReLU()(X))
    window = {"3x3": 3, "window": filters}.get(slip, 1)
    X = layers.Conv2D(
        X.shape[-1] if slip in ("n_C", "window") else filters,
        window,
        strides=2 if slip == "stride" else 1,
        padding="same",
        use_bias=slip != "no bias",
    )(X)
    if slip == "norm":
        X = layers.BatchNormalization()(X)
    return X if slip == "no relu" else layers.Activation("sigmoid" if slip == "sigmoid" else "relu")(X)


POINTWISE_SLIPS = {
    "there is no ReLU after the convolution": "no relu",
    "the ReLU stands before the convolution and not after it": "relu first",
    "there is a sigmoid in place of the ReLU": "sigmoid",
    "the window is 3x3. Here it sees one pixel only, 1x1": "3x3",
    "the convolution has no biases": "no bias",
    "filters is ignored, and as many channels come out as came in": "n_C",
    "each channel is multiplied by itself (a depthwise convolution). A 1x1 convolution mixes the channels": (
        "depthwise"
    ),
    "the picture is flattened before the dense layer, which then sees all pixels at once": "flat",
    "the layer works along the height and not along the channels, which are the last axis": "columns",
    "the pixels are averaged first, so that all places get the same answer": "averaged",
    "the stride is 2. Here every pixel gets an answer": "stride",
    "there is a batch normalization between convolution and ReLU. It comes later, not here": "norm",
}

pointwise = Exercise(
    name="pointwise_convolution",
    points=7,
    difficulty=1,
    minutes=10,
    cases=lambda rng: [
        case("fewer channels out than in", (5, 7, int(rng.integers(6, 9))), int(rng.integers(3, 6))),
        case("more channels out than in", (4, 3, int(rng.integers(2, 4))), int(rng.integers(5, 9))),
        case("a single pixel", (1, 1, int(rng.integers(5, 8))), int(rng.integers(2, 5))),
    ],
    observe=look_at_pointwise,
    gives="a Keras tensor",
    reference=pointwise_convolution,
    tolerance=1e-4,
    time_limit=30,
    slow=True,
    mistakes=by_words(
        {
            words: functools.partial(pointwise_convolution, slip=slip)
            for words, slip in POINTWISE_SLIPS.items()
        }
    ),
    hints=[
        "A convolution has a window. How large is it when the answer at a pixel depends on that pixel alone?",
        "Conv2D(filters, 1) looks at one pixel and all its channels. Which activation does the text ask for?",
        "If the shape is right and the output is wrong, look at the activation; if the number of parameters is "
        "wrong, look at the window and the biases.",
        "return Conv2D(filters, ..., activation=...)(X)",
    ],
    idea="Dense(filters, activation='relu')(X) passes this check too. The lesson shows why.",
    try_next="Give the first of the three filters made by hand the weights (-1, 2, -1) and look at its map: "
    "what do you expect to light up in a picture of a hand?",
)

# --- convolution_cost ----------------------------------------------------------------------------------


def one_number(function: Callable, *args: Any, **kwargs: Any) -> Any:
    """What the function returns; an array or tensor that holds one number counts as that number."""
    value = function(*args, **kwargs)
    alone = hasattr(value, "__array__") and np.size(value) == 1
    return np.asarray(value).reshape(()) if alone else value


def convolution_cost(
    input_shape: tuple[int, int, int], filters: int, f: int, bottleneck: int | None = None
) -> int:
    """Multiplications of a convolution of stride 1 that keeps height and width."""
    n_H, n_W, n_C = input_shape
    if bottleneck is None:
        return n_H * n_W * n_C * f * f * filters
    return n_H * n_W * bottleneck * (n_C + f * f * filters)


def cost(per_pixel: Callable, places: Callable = lambda n_H, n_W, f: n_H * n_W) -> Callable:
    """A wrong answer: multiplications at one pixel, from (n_C, filters, f, b), times a number of places."""

    def convolution_cost(input_shape, filters, f, bottleneck=None):
        n_H, n_W, n_C = input_shape
        return places(n_H, n_W, f) * per_pixel(n_C, filters, f, bottleneck)

    return convolution_cost


def two_parts(first: Callable, second: Callable, alone: Callable | None = None) -> Callable:
    """Multiplications at one pixel with a slip in one of the two parts; without bottleneck ``alone``, if not
    given right."""

    def per_pixel(n_C, filters, f, b):
        if b is None:
            return alone(n_C, filters, f) if alone else n_C * f * f * filters
        return first(n_C, filters, f, b) + second(n_C, filters, f, b)

    return per_pixel


def to_bottleneck(n_C, filters, f, b):
    return n_C * b


def from_bottleneck(n_C, filters, f, b):
    return b * f * f * filters


def right_per_pixel(n_C, filters, f, b):
    return two_parts(to_bottleneck, from_bottleneck)(n_C, filters, f, b)


def without_border(input_shape, filters, f, bottleneck=None):
    """The products with the zeros of the border are not counted."""
    n_H, n_W, n_C = input_shape

    def along(n):
        before = (f - 1) // 2
        return sum(min(n, i - before + f) - max(0, i - before) for i in range(n))

    if bottleneck is None:
        return along(n_H) * along(n_W) * n_C * filters
    return n_H * n_W * n_C * bottleneck + along(n_H) * along(n_W) * bottleneck * filters


COST_MISTAKES = {
    "additions are counted as well. Only multiplications are asked for": cost(
        lambda *sizes: 2 * right_per_pixel(*sizes)
    ),
    "the biases are counted. To add a bias is no multiplication": cost(
        lambda n_C, filters, f, b: right_per_pixel(n_C, filters, f, b) + filters + (b or 0)
    ),
    "the argument bottleneck is ignored": cost(lambda n_C, filters, f, b: n_C * f * f * filters),
    "the first part, the 1x1 convolution to the bottleneck, is left out": cost(
        two_parts(lambda *sizes: 0, from_bottleneck)
    ),
    "the second part, the f x f convolution after the bottleneck, is left out": cost(
        two_parts(to_bottleneck, lambda *sizes: 0)
    ),
    "the f x f convolution after the bottleneck still sees all n_C channels. It sees bottleneck channels": cost(
        two_parts(to_bottleneck, lambda n_C, filters, f, b: n_C * f * f * filters)
    ),
    "the convolution to the bottleneck has an f x f window too. It is 1x1": cost(
        two_parts(lambda n_C, filters, f, b: n_C * f * f * b, from_bottleneck)
    ),
    "the second convolution is 1x1 too. It is f x f": cost(
        two_parts(to_bottleneck, lambda n_C, filters, f, b: b * filters)
    ),
    "the costs of the two parts are multiplied. They are added": cost(
        lambda n_C, filters, f, b: n_C * f * f * filters if b is None else n_C * b * b * f * f * filters
    ),
    "the bottleneck and filters are exchanged: first to bottleneck channels, then to filters": cost(
        two_parts(lambda n_C, filters, f, b: n_C * filters, lambda n_C, filters, f, b: filters * f * f * b)
    ),
    "the height is used twice, and the width never": cost(right_per_pixel, lambda n_H, n_W, f: n_H * n_H),
    "the width is used twice, and the height never": cost(right_per_pixel, lambda n_H, n_W, f: n_W * n_W),
    "the window has f numbers. It has f rows and f columns": cost(
        two_parts(
            to_bottleneck,
            lambda n_C, filters, f, b: b * f * filters,
            lambda n_C, filters, f: n_C * f * filters,
        )
    ),
    "the window is counted without its channels: a filter is as deep as what it sees": cost(
        two_parts(
            lambda n_C, filters, f, b: b,
            lambda n_C, filters, f, b: f * f * filters,
            lambda n_C, filters, f: f * f * filters,
        )
    ),
    "only one filter is counted. There are filters of them": cost(
        two_parts(to_bottleneck, lambda n_C, filters, f, b: b * f * f, lambda n_C, filters, f: n_C * f * f)
    ),
    "the weights are counted. Each of them is used once at every pixel": cost(
        right_per_pixel, lambda n_H, n_W, f: 1
    ),
    "the picture shrinks, as it does without padding. Here the output is as high and wide as the input": cost(
        right_per_pixel, lambda n_H, n_W, f: (n_H - f + 1) * (n_W - f + 1)
    ),
    "the products with the zeros of the border are left out. Count them too, as everybody does": without_border,
}

convolution_costs = Exercise(
    name="convolution_cost",
    points=8,
    difficulty=2,
    minutes=15,
    cases=lambda rng: [
        case("the example of the text", (28, 28, 192), 32, 5),
        case("the example through a bottleneck of 16", (28, 28, 192), 32, 5, 16),
        case("height unlike width", (int(rng.integers(10, 15)), int(rng.integers(16, 20)), 8), 12, 3),
        case(
            "height unlike width, with a bottleneck",
            (int(rng.integers(16, 20)), int(rng.integers(10, 15)), 24),
            int(rng.integers(5, 10)),
            3,
            bottleneck=int(rng.integers(2, 5)),
        ),
        case("a 1x1 window", (6, 7, int(rng.integers(3, 9))), 10, 1),
        case("a bottleneck that is wider than its input", (9, 8, 3), 6, 5, bottleneck=11),
        case("more than 32 bits hold", (224, 224, 512), 512, 3),
    ],
    observe=one_number,
    gives="a number",
    reference=convolution_cost,
    tolerance=1e-9,
    mistakes=by_words(COST_MISTAKES),
    hints=[
        "Take one number of the output. How many numbers does its filter have, and so how many products?",
        "Then count the numbers of the output: height times width times filters. With a bottleneck there are "
        "two convolutions, and the cost is a sum.",
        "If the cases without a bottleneck pass and the others fail, write down how many channels each of the "
        "two convolutions sees and gives: n_C to bottleneck, then bottleneck to filters.",
        "Without: n_H * n_W * filters * (f * f * n_C). With: n_H * n_W * bottleneck * n_C, plus the same "
        "formula as without, for an input of bottleneck channels.",
    ],
    idea="From which bottleneck on does the detour cost more than the straight way? Set both costs equal.",
    try_next="Let the loop over bottlenecks run with f=3 in place of 5: from which width on does the detour "
    "cost more now? Solve for it first.",
)

# --- inception_module ----------------------------------------------------------------------------------


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
    projection  where the 1x1 convolution of the fourth part stands: "after" the pooling, "before" it, or ""
    chained   what sees another part's result in place of X: "5x5", "all"
    """
    from keras import layers

    end = {"relu": "end" in relus, **how}

    def part(i: int, x: Any, reduce: int, filters: int) -> Any:
        if i in reduces:
            x = convolution(x, reduce, relu="reduce" in relus, **how)
        return x, convolution(x, filters, windows[i - 1], **end)

    pooling = (layers.MaxPooling2D if pool == "max" else layers.AveragePooling2D)(
        pool_size, strides=pool_strides, padding=pool_padding
    )
    first = convolution(X, filters_1x1, **end)
    thin, second = part(1, first if chained == "all" else X, filters_3x3_reduce, filters_3x3)
    _, third = part(2, {"all": second, "5x5": thin}.get(chained, X), filters_5x5_reduce, filters_5x5)
    pooled = third if chained == "all" else X
    if projection == "before":
        pooled = convolution(pooled, filters_pool, **end)
    pooled = pooling(pooled) if pool else pooled
    if projection == "after":
        pooled = convolution(pooled, filters_pool, **end)
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

    model = block_model(_positional(module, *filters), input_shape)
    if not isinstance(model, keras.Model):
        return model
    X = known_pictures(3, input_shape)
    set_lively_weights(model)
    inference = np.asarray(model(X, training=False))
    return {
        "output shape": list(inference.shape)[1:],
        "parameters": parameters(model),
        "in inference mode": inference,
        "in training mode": np.asarray(model(X, training=True)),
    }


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
                "the four parts are put below each other, along the height. The channels are the last axis": {
                    "join": "rows"
                },
                "the part with the pooling comes first in the result. The order is 1x1, 3x3, 5x5, pooling": {
                    "order": (3, 0, 1, 2)
                },
                "3x3 and 5x5 are exchanged in the result. The order is 1x1, 3x3, 5x5, pooling": {
                    "order": (0, 2, 1, 3)
                },
                "the windows of the second and third part are exchanged: first 3x3, then 5x5": {
                    "windows": (5, 3)
                },
                "the third part has a 3x3 window. It has 5x5": {"windows": (3, 3)},
                "the 1x1 convolution before the 3x3 one is missing": {"reduces": (2,)},
                "the 1x1 convolution before the 5x5 one is missing": {"reduces": (1,)},
                "both 1x1 convolutions that reduce are missing, which is the naive module": {"reduces": ()},
                "the convolutions that reduce have no ReLU": {"relus": ("end",)},
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
                "each part starts from the result of the part before. All four start from X": {
                    "chained": "all"
                },
            },
        ),
        *by_words(
            {
                "filters_3x3 and filters_3x3_reduce are exchanged": taking(0, 2, 1, 3, 4, 5),
                "filters_5x5 and filters_5x5_reduce are exchanged": taking(0, 1, 2, 4, 3, 5),
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

# --- googlenet -----------------------------------------------------------------------------------------

TABLE = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
"""The six numbers of each module (Szegedy et al. 2015, table 1)."""


def googlenet(
    input_shape: tuple[int, int, int],
    classes: int,
    width: float = 1,
    *,
    table: dict[str, tuple[int, ...]] = TABLE,
    without: tuple[str, ...] = (),
    stride: int = 2,
    pool: dict[str, Any] | None = None,
    heads_after: tuple[str, str] = ("4a", "4d"),
    head_pool: str = "AveragePooling2D",
    head_strides: int = 3,
    head_end: str = "Flatten",
    head_relu: str | None = "relu",
    head_width: float | None = None,
    onwards: bool = False,
    end: str = "GlobalAveragePooling2D",
    dropped: tuple[float, float] = (0.4, 0.7),
    activations: tuple[str | None, str | None] = ("softmax", "softmax"),
    outputs: tuple[int, ...] = (0, 1, 2),
) -> Any:
    """GoogLeNet (Szegedy et al. 2015, table 1) with batch normalization, three outputs.

    without  what is left out: "pool 1" to "pool 4", "1x1", "norm", "head pool", "head 1x1", "head dense"
    onwards  whether the main path goes on from what the first head has pooled
    """
    import keras
    from keras import layers

    def n(filters: int, factor: float = width) -> int:
        return int(factor * filters)

    def unless(name: str, layer: Any, x: Any) -> Any:
        return x if name in without else layer(x)

    def halved(name: str, x: Any) -> Any:
        how = {"pool_size": 3, "strides": 2, "padding": "same"} | (pool or {})
        return unless(name, layers.MaxPooling2D(**how), x)

    def answer(x: Any, share: float, activation: str | None) -> Any:
        return layers.Dense(classes, activation=activation)(layers.Dropout(share)(x) if share else x)

    def head(x: Any) -> tuple[Any, Any]:
        factor = width if head_width is None else head_width
        pooled = x
        if "head pool" not in without:
            pooled = getattr(layers, head_pool)(5, strides=head_strides, padding="same")(x)
        x = unless("head 1x1", lambda x: convolution(x, n(128, factor)), pooled)
        x = getattr(layers, head_end)()(x)
        dense = layers.Dense(n(1024, factor), activation=head_relu, kernel_initializer="zeros")
        return pooled, answer(unless("head dense", dense, x), dropped[1], activations[1])

    inputs = keras.Input(input_shape)
    X = halved("pool 1", convolution(inputs, n(64), 7, stride))
    X = unless("1x1", lambda x: convolution(x, n(64)), X)
    X = halved("pool 2", convolution(X, n(192), 3))
    asides = {}
    for name, filters in table.items():
        X = inception_module(X, *map(n, filters))
        if name in heads_after:
            pooled, asides[name] = head(X)
            X = pooled if onwards else X
        if name in ("3b", "4e"):
            X = halved("pool 3" if name == "3b" else "pool 4", X)
    main = answer(getattr(layers, end)()(X), dropped[0], activations[0])
    results = [main, asides[heads_after[0]], asides[heads_after[1]]]
    chosen = [results[i] for i in outputs]
    return keras.Model(inputs, chosen if len(chosen) > 1 else chosen[0])


def with_filters_of(name: str, other: str) -> dict[str, tuple[int, ...]]:
    """The table with one module taking the numbers of another."""
    return TABLE | {name: TABLE[other]}


def always_six(input_shape: tuple[int, int, int], classes: int, width: float = 1) -> Any:
    return googlenet(input_shape, 6, width)


STEP = 0.01
"""What each feature adds to the first class's logit where dropped features are counted."""


def dropped_shares(model: Any, input_shape: tuple[int, ...], classes: int) -> np.ndarray:
    """Which share of the features before each output dropout sets to zero in training mode: (outputs,).

    Every feature is made 1, and each adds STEP to one logit. Dropout of a share r leaves some, times
    1 / (1 - r), so that logits differ by multiples of STEP / (1 - r).
    """
    for variable in model.variables:
        role, shape = variable.path.split("/")[-1], tuple(variable.shape)
        if "seed" in variable.path or "int" in str(variable.dtype):
            continue
        value = np.full(shape, float(role in ("beta", "bias", "moving_variance")), np.float32)
        if len(shape) > 1 and shape[-1] == classes:
            value[..., 0] = STEP
        variable.assign(value)
    outputs = _several(model(np.zeros((32, *input_shape), np.float32), training=True))
    return np.array([_dropped(np.asarray(output, np.float64)) for output in outputs])


def _dropped(output: np.ndarray) -> float:
    """The share that was dropped, from probabilities or logits (m, classes), to two digits."""
    logits = np.log(output) if np.allclose(output.sum(axis=1), 1, atol=1e-4) else output
    values = np.unique(np.round(logits[:, 0] - logits[:, 1], 4))
    return 0.0 if len(values) < 2 else round(1 - STEP / float(np.diff(values).min()), 2)


PLACES = ("main output", "output after 4a", "output after 4d")


def light(X: Any, *filters: int, **named: int) -> Any:
    """A cheap layer in place of a module, where only the first convolution and the shapes are of interest."""
    from keras import layers

    one, _, three, _, five, pool = (*filters, *named.values())
    return layers.Conv2D(one + three + five + pool, 1)(X)


def look_at_defaults(network: Callable, input_shape: tuple[int, ...], classes: int) -> Any:
    """A network called without a width: how wide its first convolution is, and the shapes of its outputs."""
    import keras

    with standing_in(network, {"inception_module": light}):
        model = network(input_shape, classes, **extras(network))
    if not isinstance(model, keras.Model):
        return plain(model)
    found = _several(model(np.zeros((1, *input_shape), np.float32), training=False))
    first = [v.shape[-1] for v in model.trainable_variables if len(v.shape) == 4 and v.shape[0] == 7]
    return {
        "filters of the 7x7 convolution": first,
        "shapes of the outputs": [list(output.shape)[1:] for output in found],
    }


def look_at_network(
    network: Callable, input_shape: tuple[int, ...], classes: int, only_defaults: bool = False, **kwargs: Any
) -> Any:
    """Everything that a network with three outputs computes, or only what its defaults give."""
    import keras

    if only_defaults:
        return look_at_defaults(network, input_shape, classes)
    model = network(input_shape, classes, **kwargs, **extras(network))
    if not isinstance(model, keras.Model):
        return plain(model)
    X = known_pictures(2, input_shape)
    if isinstance(model(X, training=False), dict):  # called first: a subclass may make its weights only now
        return Other("Model", "a model whose outputs are a dictionary: give keras.Model a list of three")
    set_lively_weights(model)
    found = _several(model(X, training=False))
    return {
        "number of outputs": len(found),
        "parameters": parameters(model),
        **dict(zip(PLACES, map(np.asarray, found), strict=False)),
        "share of features dropped in training": dropped_shares(model, input_shape, classes),
    }


def _several(outputs: Any) -> list:
    return list(outputs) if isinstance(outputs, list | tuple) else [outputs]


network = Exercise(
    name="googlenet",
    points=20,
    difficulty=4,
    minutes=40,
    needs=("inception_module",),
    cases=[
        case(
            "64x80 grey pictures, 5 classes, a quarter as wide", (64, 80, 1), classes=5, width=0.25
        ).weighing(3),
        case("without a width, 7 classes", (64, 64, 3), classes=7, only_defaults=True),
    ],
    observe=look_at_network,
    gives="a Keras model",
    reference=googlenet,
    tolerance=1e-3,
    time_limit=120,
    slow=True,
    mistakes=[
        *switched(
            googlenet,
            {
                "only the main output comes back. Training needs all three": {"outputs": (0,)},
                "the main output comes last. The order is main, after 4a, after 4d": {"outputs": (1, 2, 0)},
                "the two auxiliary outputs are exchanged. The order is main, after 4a, after 4d": {
                    "outputs": (0, 2, 1)
                },
                "the auxiliary heads stand one module too late, after 4b and 4e": {
                    "heads_after": ("4b", "4e")
                },
                "both auxiliary heads look at the result of 4a. The second one looks at that of 4d": {
                    "heads_after": ("4a", "4a")
                },
                "the auxiliary outputs have no softmax": {"activations": ("softmax", None)},
                "the main output has no softmax": {"activations": (None, "softmax")},
                "the auxiliary heads have no average pooling": {"without": ("head pool",)},
                "the auxiliary heads take the maximum and not the average": {"head_pool": "MaxPooling2D"},
                "the pooling of the auxiliary heads has stride 5, the default of its window. It has 3": {
                    "head_strides": 5
                },
                "the auxiliary heads have no 1x1 convolution": {"without": ("head 1x1",)},
                "the auxiliary heads have no dense layer of 1024": {"without": ("head dense",)},
                "the dense layer of 1024 in the auxiliary heads has no ReLU": {"head_relu": None},
                "the auxiliary heads average over all places in place of flattening": {
                    "head_end": "GlobalAveragePooling2D"
                },
                "4b gets what the auxiliary head has pooled. Give the head a variable of its own": {
                    "onwards": True
                },
                "there is no dropout before the main output": {"dropped": (0, 0.7)},
                "there is no dropout before the auxiliary outputs": {"dropped": (0.4, 0)},
                "the shares of dropout are taken for what is kept: Dropout(0.4) drops 0.4": {
                    "dropped": (0.6, 0.3)
                },
                "dropout is 0.4 everywhere. In the auxiliary heads it is 0.7": {"dropped": (0.4, 0.4)},
                "the main path is flattened. It is averaged over all places": {"end": "Flatten"},
                "the main path takes the maximum over all places and not the average": {
                    "end": "GlobalMaxPooling2D"
                },
                "the max pooling after the first convolution is missing": {"without": ("pool 1",)},
                "the max pooling before 3a is missing": {"without": ("pool 2",)},
                "the max pooling between 3b and 4a is missing": {"without": ("pool 3",)},
                "the max pooling between 4e and 5a is missing": {"without": ("pool 4",)},
                "the max poolings have 2x2 windows. They have 3x3": {"pool": {"pool_size": 2}},
                "the max poolings have no padding. They need padding='same'": {"pool": {"padding": "valid"}},
                "the first convolution has stride 1. It has 2": {"stride": 1},
                "the 1x1 convolution before the 3x3 one with 192 filters is missing": {"without": ("1x1",)},
                "module 4c is missing": {"table": {k: v for k, v in TABLE.items() if k != "4c"}},
                "module 4e has the numbers of 4d": {"table": with_filters_of("4e", "4d")},
                "module 5b has the numbers of 5a": {"table": with_filters_of("5b", "5a")},
                "width is ignored": {"width": 1},
                "width is forgotten in the auxiliary heads: it shrinks their 128 and 1024 too": {
                    "head_width": 1
                },
            },
        ),
        *by_words({"classes is ignored, and there are always 6": always_six}),
    ],
    hints=[
        "Write the main path first, from top to bottom of the table, with a loop over MODULES. Where in that "
        "loop do the two auxiliary heads and the two poolings belong?",
        "A head starts from X and must not change it: write a function of its own that takes X and gives back "
        "an output. Flatten, then the dense layers.",
        "If only the parameters differ, compare numbers of filters, above all with width. If only the outputs "
        "differ, look at poolings: 3x3, stride 2, 'same' in the main path, 5x5, stride 3, 'same' in the heads.",
        "for name, filters in MODULES.items(): X = inception_module(X, *[int(width * n) for n in filters]); "
        "after '4a' and '4d' append auxiliary_head(X, classes, width) to the outputs; after '3b' and '4e' pool.",
    ],
    idea="Two of the three outputs are cut off after training: in use they cost nothing.",
    try_next="Print the count_params() of googlenet((64, 64, 3), 6, width) for the widths 1, 0.5 and 0.25: "
    "does half the width leave half of the parameters, or a quarter?",
)
