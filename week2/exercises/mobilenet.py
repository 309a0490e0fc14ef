"""Checks for week2/mobilenet: what a separable convolution costs, the blocks of MobileNet v1 and v2, the whole
of MobileNetV2, and scaling by one number.

Blocks and networks are judged by what they compute under known weights, in inference and in training mode. The
references take switches, and a mistake is a reference with a switch thrown.
"""

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, Mistake, case
from workbook.models import block_model, extras, known, known_pictures, parameters, set_known_weights
from workbook.plain import plain
from workbook.slips import by_words, switched

TOLERANCE = 1e-9  # a few operations in float64


# --- what is looked at ---------------------------------------------------------------------------------


def numbers(function: Callable, *args: Any, **kwargs: Any) -> Any:
    """What the function returns; an array or tensor that holds one number counts as that number."""
    value = function(*args, **kwargs)
    if isinstance(value, list | tuple):
        return [_single(item) for item in value]
    return _single(value)


def _single(value: Any) -> Any:
    alone = hasattr(value, "__array__") and np.size(value) == 1
    return np.asarray(value).reshape(()) if alone else value


def set_lively_weights(model: Any, gain: float) -> None:
    """Known weights under which a ReLU6 meets its ceiling: gammas are ``gain`` times as large as elsewhere."""
    set_known_weights(model)
    for variable in model.variables:
        role = variable.path.split("/")[-1]
        if role == "gamma":
            variable.assign(gain * np.asarray(variable))
        elif role.endswith("kernel"):
            variable.assign(kernel(tuple(variable.shape)))


def kernel(shape: tuple[int, ...]) -> np.ndarray:
    """Known numbers for a kernel, the same for layers that can do the same.

    A depthwise kernel is (f, f, n_C, 1), and (f, f, 1, n_C) where a grouped convolution stands for it; a 1x1
    convolution's is (1, 1, n_C, filters), and (n_C, filters) where a dense layer stands for it.
    """
    if len(shape) == 4 and shape[0] > 1 and 1 in shape[2:]:
        return np.reshape(known((*shape[:2], max(shape[2:])), "depthwise") / shape[0], shape)
    core = shape[2:] if shape[:2] == (1, 1) else shape
    return np.reshape(known(core, "kernel") / np.sqrt(np.prod(core[:-1])), shape)


def computed(model: Any, X: np.ndarray, gain: float) -> dict[str, Any]:
    """Numbers of parameters, and the outputs for X under known weights in both modes."""
    model(X, training=False)  # a subclass may make its weights only now
    set_lively_weights(model, gain)
    inference = np.asarray(model(X, training=False))
    training = np.asarray(model(X, training=True))  # last, since it moves the statistics
    return {
        "parameters": parameters(model),
        "in inference mode": inference,
        "in training mode": training,
    }


def look_at_block(block: Callable, input_shape: tuple[int, ...], **kwargs: Any) -> Any:
    """Everything that a block computes for pictures of ``input_shape``, (n_H, n_W, n_C)."""
    import keras

    model = block_model(block, input_shape, **kwargs)
    if not isinstance(model, keras.Model):
        return model
    shape = {"output shape": list(model.output_shape)[1:]}
    return shape | computed(model, known_pictures(3, input_shape), gain=5)


def look_at_network(network: Callable, only_size: bool = False, **kwargs: Any) -> Any:
    """Everything that a network computes, or only its output's shape and its numbers of parameters."""
    import keras

    model = network(**kwargs, **extras(network))
    if not isinstance(model, keras.Model):
        return plain(model)
    input_shape = kwargs.get("input_shape", (64, 64, 3))
    if only_size:
        outputs = model(np.zeros((1, *input_shape), np.float32), training=False)
        return {"output shape": list(outputs.shape)[1:], "parameters": parameters(model)}
    seen = computed(model, 4 * known_pictures(3, input_shape), gain=2.5)
    return {"output shape": list(seen["in inference mode"].shape)[1:], **seen}


# --- separable_cost_ratio -------------------------------------------------------------------------------


def separable_cost_ratio(f: int, filters: int) -> float:
    """Multiplications of a depthwise separable convolution over those of a standard one.

    (Howard et al. 2017, section 3.1)
    """
    return (f * f + filters) / (f * f * filters)


cost_ratio = Exercise(
    name="separable_cost_ratio",
    points=5,
    difficulty=1,
    minutes=8,
    observe=numbers,
    cases=lambda rng: [
        case("the example of the text", f=3, filters=64),
        case("a 5x5 window", f=5, filters=32),
        case("a 1x1 window: nothing to gain", f=1, filters=16),
        case("one filter: nothing to gain", f=3, filters=1),
        case("drawn at random", f=int(rng.choice([3, 5, 7, 9])), filters=int(rng.integers(10, 500))),
    ],
    reference=separable_cost_ratio,
    tolerance=TOLERANCE,
    mistakes=by_words(
        {
            "the window counts f times and not f * f times: it has two sides": lambda f, filters: (
                1 / filters + 1 / f
            ),
            "f ^ 2 stands for a power. In Python ^ is something else: write f**2": lambda f, filters: (
                1 / filters + 1 / (f ^ 2)
            ),
            "the ratio is upside down: the separable convolution's cost comes first": lambda f, filters: (
                1 / separable_cost_ratio(f, filters)
            ),
            "the two shares are multiplied. The steps come one after the other: add their costs": (
                lambda f, filters: 1 / filters * (1 / f**2)
            ),
            "only the depthwise step is counted: the 1x1 convolution costs something too": (
                lambda f, filters: 1 / filters
            ),
            "only the 1x1 convolution is counted: the depthwise step costs something too": (
                lambda f, filters: 1 / f**2
            ),
            "whole numbers are divided with //, which rounds down: use /": lambda f, filters: (
                1 // filters + 1 // f**2
            ),
            "the share that is saved comes back. Here the share that is left is asked for": (
                lambda f, filters: 1 - separable_cost_ratio(f, filters)
            ),
            "filters is squared and f is not: it is the window that has two sides": lambda f, filters: (
                1 / f + 1 / filters**2
            ),
            "the bracket of 1 / (filters + f**2) is too wide: the two fractions are added": (
                lambda f, filters: 1 / (filters + f**2)
            ),
        }
    ),
    hints=[
        "Write both costs for one pixel of the output and n_C input channels. What cancels when you divide?",
        "Standard: f * f * n_C * filters. Depthwise: f * f * n_C. The 1x1 convolution: n_C * filters.",
        "If 'a 1x1 window' fails and gives a number below 1, one of the two steps is missing or they are "
        "multiplied: there, the result is 1 + 1/filters.",
        "(f * f + filters) / (f * f * filters), or simpler: the sum of two fractions with a 1 on top.",
    ],
    idea="For a 3x3 window and many filters the ratio is 1/9 plus a little: it never gets better than that.",
    try_next="Ask for f=7 in the loop of the next cell, and predict for 512 filters where the wall stands now.",
)


# --- the blocks -----------------------------------------------------------------------------------------


def _norm_and_relu6(
    x: Any, norm: bool = True, ceiling: float | None = 6, relu: bool = True, **how: Any
) -> Any:
    """Batch normalization, then ReLU6; each may be left out, or their order turned round."""
    from keras import layers

    def activate(x: Any) -> Any:
        return layers.ReLU(ceiling)(x) if relu else x

    x = activate(x) if how.get("relu_first") else x
    x = layers.BatchNormalization(axis=how.get("axis", 3))(x) if norm else x
    return x if how.get("relu_first") else activate(x)


def depthwise_separable_block(
    X: Any,
    filters: int,
    strides: int = 1,
    *ignored: Any,
    norms: tuple[int, ...] = (0, 1),
    relus: tuple[int, ...] = (0, 1),
    strides_at: int = 0,
    depthwise: str = "depthwise",
    window: int = 3,
    padding: str = "same",
    pointwise_first: bool = False,
    pointwise: bool = True,
    **how: Any,
) -> Any:
    """The block of MobileNet v1 (Howard et al. 2017, figure 3, right).

    norms, relus  which of the two steps has a batch normalization, a ReLU6
    strides_at    which of the two steps has the stride
    depthwise     the first step: "depthwise" or "full"
    """
    from keras import layers

    def finish(x: Any, step: int) -> Any:
        return _norm_and_relu6(x, step in norms, relu=step in relus, **how)

    def first(x: Any) -> Any:
        s = strides if strides_at == 0 else 1
        kind = {"use_bias": False, "padding": "valid" if padding == "one" else padding}
        if padding == "one":
            x = layers.ZeroPadding2D(1)(x)
        if depthwise == "full":
            return finish(layers.Conv2D(x.shape[-1], window, s, **kind)(x), 0)
        return finish(layers.DepthwiseConv2D(window, s, **kind)(x), 0)

    def second(x: Any) -> Any:
        if not pointwise:
            return x
        s = strides if strides_at == 1 else 1
        return finish(layers.Conv2D(filters, 1, s, use_bias=False)(x), 1)

    return first(second(X)) if pointwise_first else second(first(X))


def filters_as_window(X: Any, filters: int, strides: int = 1) -> Any:
    """The slip that gives DepthwiseConv2D the number of filters first, as Conv2D takes it."""
    return depthwise_separable_block(X, filters, strides, window=filters)


RELU = "the activations are ReLU and not ReLU6: nothing is cut off at 6"
RELU_FIRST = "the ReLU6 stand before the batch normalizations and not after them"
AXIS = "batch normalization works along another axis than the last, the channels"

separable = Exercise(
    name="depthwise_separable_block",
    points=12,
    difficulty=2,
    minutes=20,
    cases=[
        case("stride 1, height unlike width", (5, 7, 3), filters=4, strides=1).weighing(2),
        case("stride 2", (8, 6, 4), filters=6, strides=2).weighing(2),
        case("as many filters as channels", (6, 4, 5), filters=5, strides=1),
    ],
    observe=look_at_block,
    gives="a Keras tensor",
    reference=depthwise_separable_block,
    tolerance=1e-4,
    time_limit=60,
    slow=True,
    mistakes=[
        *switched(
            depthwise_separable_block,
            {
                RELU: {"ceiling": None},
                "the 3x3 convolution is a full one: it mixes the channels. Use DepthwiseConv2D": {
                    "depthwise": "full"
                },
                "the stride stands on the 1x1 convolution. The depthwise one has it": {"strides_at": 1},
                "the argument strides is ignored: the stride is always 1": {"strides": 1},
                "the argument strides is ignored: the stride is always 2": {"strides": 2},
                "nothing stands between the two steps (SeparableConv2D does that). Each step has its own "
                "batch normalization and ReLU6": {"norms": (1,), "relus": (1,)},
                "there is no ReLU6 after the depthwise step": {"relus": (1,)},
                "there is no ReLU6 at the end": {"relus": (0,)},
                "there is no ReLU6 at all": {"relus": ()},
                "there is no batch normalization after the depthwise step": {"norms": (1,)},
                "there is no batch normalization after the 1x1 convolution": {"norms": (0,)},
                "there is no batch normalization at all": {"norms": ()},
                "the two steps are swapped: the depthwise one comes first": {"pointwise_first": True},
                "the 1x1 convolution is missing": {"pointwise": False},
                "the depthwise step shrinks the picture. It needs padding='same'": {"padding": "valid"},
                "one zero is put around the picture on every side. Padding 'same' puts them below and to the "
                "right alone where the stride is 2 and the size even": {"padding": "one"},
                RELU_FIRST: {"relu_first": True},
                AXIS: {"axis": 1},
            },
        ),
        Mistake(
            "the argument filters is ignored: the 1x1 convolution has as many filters as X has channels",
            lambda X, filters, strides=1: depthwise_separable_block(X, X.shape[-1], strides),
        ),
        Mistake(
            "DepthwiseConv2D gets filters as its first argument. That is its window: it has no filters",
            filters_as_window,
        ),
    ],
    hints=[
        "Which of the two steps looks at neighbouring pixels, and which mixes channels? Only one has filters.",
        "layers.DepthwiseConv2D takes the window first, then the stride. It has no number of filters: as many "
        "channels come out as went in.",
        "If both modes are wrong and the number of parameters is right, look at what has none: ReLU(6.0) in "
        "place of ReLU(), its place after the batch normalization, which of the two steps has the stride.",
        "DepthwiseConv2D(3, strides=strides, padding='same'), BatchNormalization(), ReLU(6.0), "
        "Conv2D(filters, 1), BatchNormalization(), ReLU(6.0).",
    ],
    idea="SeparableConv2D does both steps at once, with nothing between them: Xception was built so (2016).",
    try_next="Compare count_params() of your block and of SeparableConv2D(6, 3) on an Input of (8, 6, 4): where do "
    "the extra numbers of your block come from?",
)


def inverted_residual_block(
    X: Any,
    filters: int,
    expansion: int = 6,
    strides: int = 1,
    *ignored: Any,
    expand: str = "channels",
    norms: tuple[int, ...] = (0, 1, 2),
    relus: tuple[int, ...] = (0, 1),
    strides_at: int = 1,
    depthwise: bool = True,
    padding: str = "same",
    shortcut: str = "where it fits",
    relu_at_end: bool = False,
    skip_expansion: bool = True,
    **how: Any,
) -> Any:
    """The block of MobileNetV2 (Sandler et al. 2018, table 1 and figure 4).

    expand      what expansion multiplies: "channels" or "filters"
    norms       which of the three convolutions is normalized; relus: which has a ReLU6 after it
    strides_at  which of the three convolutions has the stride
    shortcut    when the input is added: "where it fits", "never", "at stride 1", "where channels agree",
                "turned" (at stride 1, with the two paths named the other way round), "itself" or "projected"
    """
    from keras import layers

    n_C = X.shape[-1]
    stride = [strides if strides_at == i else 1 for i in range(3)]

    def finish(x: Any, i: int) -> Any:
        return _norm_and_relu6(x, i in norms, relu=i in relus, **how)

    x = X
    if expansion != 1 or not skip_expansion:
        wide = expansion * (n_C if expand == "channels" else filters)
        x = finish(layers.Conv2D(wide, 1, stride[0], use_bias=False)(x), 0)
    if depthwise:
        x = layers.DepthwiseConv2D(3, stride[1], padding=padding, use_bias=False)(x)
    else:
        x = layers.Conv2D(x.shape[-1], 3, stride[1], padding=padding, use_bias=False)(x)
    x = finish(x, 1)
    x = finish(layers.Conv2D(filters, 1, stride[2], use_bias=False)(x), 2)
    fits = strides == 1 and n_C == filters
    if shortcut == "itself" and fits:
        return layers.Add()([x, x])
    if shortcut == "projected" and strides == 1 and n_C != filters:
        return layers.Add()([layers.Conv2D(filters, 1, use_bias=False)(X), x])
    added = {"never": False, "at stride 1": strides == 1, "turned": strides == 1}
    added["where channels agree"] = n_C == filters
    if added.get(shortcut, fits):
        x = layers.Add()([x, X] if shortcut == "turned" else [X, x])
        return layers.ReLU(6)(x) if relu_at_end else x
    return x


ALWAYS_ADDED = (
    "the input is added whenever the stride is 1. It fits only where it has as many channels as the result"
)

inverted = Exercise(
    name="inverted_residual_block",
    points=15,
    difficulty=3,
    minutes=25,
    cases=[
        case("it fits: stride 1, as many filters as channels", (5, 7, 4), filters=4, expansion=3, strides=1),
        case("stride 1, more filters than channels", (7, 5, 3), filters=5, expansion=2, strides=1),
        case("stride 2, as many filters as channels", (8, 6, 4), filters=4, expansion=3, strides=2),
        case("stride 2, fewer filters than channels", (6, 8, 6), filters=2, expansion=6, strides=2),
        case("expansion 1: no expansion", (4, 6, 5), filters=3, expansion=1, strides=1),
        case("expansion 1 where it fits", (6, 4, 3), filters=3, expansion=1, strides=1),
    ],
    observe=look_at_block,
    gives="a Keras tensor",
    reference=inverted_residual_block,
    tolerance=1e-4,
    time_limit=60,
    slow=True,
    mistakes=[
        *switched(
            inverted_residual_block,
            {
                "there is a ReLU6 after the last batch normalization. The result is linear": {
                    "relus": (0, 1, 2)
                },
                "there is a ReLU6 after the addition. Here nothing follows it": {"relu_at_end": True},
                "the input is never added": {"shortcut": "never"},
                ALWAYS_ADDED: {"shortcut": "at stride 1"},
                "the input is added wherever the channels agree. With a stride of 2 it is too large": {
                    "shortcut": "where channels agree"
                },
                "what is added is the result itself: X was overwritten. Keep the input under another name": {
                    "shortcut": "itself"
                },
                "where the channels differ the input goes through a 1x1 convolution and is added. Here it is "
                "not added at all": {"shortcut": "projected"},
                "expansion multiplies the filters of the result. It multiplies the channels of the input": {
                    "expand": "filters"
                },
                RELU: {"ceiling": None},
                "the argument expansion is ignored: it is always 6": {"expansion": 6},
                "with expansion 1 there still is a first 1x1 convolution. Leave it out": {
                    "skip_expansion": False
                },
                "the argument strides is ignored: the stride is always 1": {"strides": 1},
                "the stride stands on the first 1x1 convolution. The depthwise one has it": {"strides_at": 0},
                "the stride stands on the last 1x1 convolution. The depthwise one has it": {"strides_at": 2},
                "the 3x3 convolution is a full one. Use DepthwiseConv2D": {"depthwise": False},
                "there is no ReLU6 after the expansion": {"relus": (1,)},
                "there is no ReLU6 after the depthwise step": {"relus": (0,)},
                "there is no ReLU6 at all. Only the result is linear": {"relus": ()},
                "there is no batch normalization after the expansion": {"norms": (1, 2)},
                "there is no batch normalization after the last 1x1 convolution": {"norms": (0, 1)},
                "there is no batch normalization after the depthwise step": {"norms": (0, 2)},
                "there is no batch normalization at all": {"norms": ()},
                "the depthwise step shrinks the picture. It needs padding='same'": {"padding": "valid"},
                RELU_FIRST: {"relu_first": True},
                AXIS: {"axis": 1},
            },
        ),
        *switched(inverted_residual_block, {ALWAYS_ADDED: {"shortcut": "turned"}}),
    ],
    hints=[
        "Write the channels beside the drawing: n_C, then expansion * n_C twice, then filters. Under which two "
        "conditions has the result the shape of the input?",
        "Three convolutions, three batch normalizations, two ReLU6. X.shape[-1] is n_C. Keep X itself for the "
        "end, and let the layers work on another name.",
        "If only 'it fits' fails, the addition is missing or a ReLU6 follows it. If only the cases with "
        "expansion 1 fail, the first 1x1 convolution is still there. If the one case raises and says that "
        "shapes do not agree, look at the condition for the addition.",
        "Y = X; if expansion != 1: Conv2D(expansion * n_C, 1), norm, ReLU6; DepthwiseConv2D(3, strides, 'same'), "
        "norm, ReLU6; Conv2D(filters, 1), norm; X + Y if strides == 1 and n_C == filters else Y.",
    ],
    idea="ResNet's block is wide, thin, wide; this one thin, wide, thin. Which of the two stores less?",
    try_next="Count the parameters of a block from 24 to 24 channels on an Input of (16, 16, 24) with "
    "expansion 3, 6 and 12: which part does not grow with it?",
)


# --- mobilenet_v2 ---------------------------------------------------------------------------------------

STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
"""Of each stage: expansion, channels, blocks, stride of the first block (Sandler et al. 2018, table 2)."""


def make_divisible(channels: float) -> int:
    """The nearest multiple of 8, at least 8, and never less than nine tenths of ``channels``."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded


def mobilenet_v2(
    input_shape: tuple[int, int, int] = (64, 64, 3),
    classes: int = 6,
    alpha: float = 1.0,
    *ignored: Any,
    stages: tuple[tuple[int, int, int, int], ...] = STAGES,
    rounding: Callable[[float], int] = make_divisible,
    stem: dict[str, Any] | None = None,
    stem_alpha: bool = True,
    head: Callable[[float], int] = lambda alpha: make_divisible(1280 * max(1.0, alpha)),
    with_head: bool = True,
    every_block_strides: bool = False,
    swapped: bool = False,
    pooling: str = "average",
    activation: str | None = "softmax",
    ends: dict[str, Any] | None = None,
) -> Any:
    """MobileNetV2 (Sandler et al. 2018, table 2): pictures of ``input_shape`` to probabilities of ``classes``.

    stem  switches of the first convolution: "strides", "ceiling", "relu"; ends: the same of the last one
    head  the filters of the last convolution
    """
    import keras
    from keras import layers

    stem, ends = {"strides": 2} | (stem or {}), ends or {}
    inputs = keras.Input(input_shape)
    first = rounding(32 * alpha) if stem_alpha else 32
    X = layers.Conv2D(first, 3, stem.pop("strides"), padding="same", use_bias=False)(inputs)
    X = _norm_and_relu6(X, **stem)
    for expansion, channels, blocks, strides in stages:
        for i in range(blocks):
            s = strides if i == 0 or every_block_strides else 1
            filters = rounding(channels * alpha)
            X = inverted_residual_block(X, *((expansion, filters) if swapped else (filters, expansion)), s)
    if with_head:
        X = _norm_and_relu6(layers.Conv2D(head(alpha), 1, use_bias=False)(X), **ends)
    pool = {"average": layers.GlobalAveragePooling2D, "max": layers.GlobalMaxPooling2D}
    X = pool.get(pooling, layers.Flatten)()(X)
    return keras.Model(inputs, layers.Dense(classes, activation=activation)(X))


def stage(index: int, **change: int) -> tuple[tuple[int, int, int, int], ...]:
    """The stages with one of them changed: expansion, channels, blocks or strides."""
    names = ("expansion", "channels", "blocks", "strides")
    changed = tuple(change.get(name, old) for name, old in zip(names, STAGES[index], strict=True))
    return (*STAGES[:index], changed, *STAGES[index + 1 :])


def one_block_more(stages: tuple[tuple[int, int, int, int], ...]) -> tuple[tuple[int, int, int, int], ...]:
    """Each stage with one block more than the table says."""
    return tuple((t, c, n + 1, s) for t, c, n, s in stages)


network = Exercise(
    name="mobilenet_v2",
    points=18,
    difficulty=4,
    minutes=35,
    needs=("inverted_residual_block",),
    cases=[
        case(
            "64x96 pictures, 2 channels, alpha 0.35", input_shape=(64, 96, 2), classes=4, alpha=0.35
        ).weighing(3),
        case("alpha 1.4: its size", only_size=True, input_shape=(32, 32, 3), classes=5, alpha=1.4),
    ],
    observe=look_at_network,
    gives="a Keras model",
    reference=mobilenet_v2,
    tolerance=1e-3,
    time_limit=120,
    slow=True,
    mistakes=switched(
        mobilenet_v2,
        {
            "the argument alpha is ignored: the channels are always those of the table": {"alpha": 1.0},
            "the channels are not rounded to multiples of 8: use make_divisible": {"rounding": int},
            "the first convolution has 32 filters for every alpha. They are scaled and rounded too": {
                "stem_alpha": False
            },
            "the last convolution has alpha times 1280 filters where alpha is below 1. It keeps its 1280 there": {
                "head": lambda alpha: make_divisible(1280 * alpha)
            },
            "the last convolution always has 1280 filters. Where alpha is above 1 they grow with it": {
                "head": lambda alpha: 1280
            },
            "the first convolution has stride 1. It has stride 2": {"stem": {"strides": 1}},
            "there is no ReLU6 after the first convolution": {"stem": {"relu": False}},
            "the activation after the first convolution is ReLU and not ReLU6": {"stem": {"ceiling": None}},
            "there is no batch normalization after the first convolution": {"stem": {"norm": False}},
            "the last 1x1 convolution, before the pooling, is missing": {"with_head": False},
            "there is no ReLU6 after the last convolution": {"ends": {"relu": False}},
            "the blocks do not reach the output: write X = inverted_residual_block(X, ...)": {"stages": ()},
            "each stage has one block. It has n, of which the first has the stride": {
                "stages": tuple((t, c, 1, s) for t, c, _, s in STAGES)
            },
            "every block of a stage has the stride. Only the first of each has it": {
                "every_block_strides": True
            },
            "filters and expansion are swapped in the call of the block: the filters come first": {
                "swapped": True
            },
            "each stage has one block more than the table says: n counts the first block too": {
                "stages": one_block_more(STAGES)
            },
            "every stage but the first starts with stride 2. Those of 96 and 320 channels have stride 1": {
                "stages": tuple((t, c, n, 1 if c == 16 else 2) for t, c, n, _ in STAGES)
            },
            "the stage of 96 channels starts with stride 2. It has stride 1": {"stages": stage(4, strides=2)},
            "the first stage has expansion 6. It has expansion 1": {"stages": stage(0, expansion=6)},
            "the stage of 320 channels is missing": {"stages": STAGES[:-1]},
            "the pictures are flattened. Take the mean of each channel: GlobalAveragePooling2D": {
                "pooling": "flatten"
            },
            "the largest value of each channel is taken. Take the mean: GlobalAveragePooling2D": {
                "pooling": "max"
            },
            "the output has no softmax: its numbers are not probabilities": {"activation": None},
            "the argument classes is ignored: there are always 6 outputs": {"classes": 6},
            "the argument input_shape is ignored: it is always (64, 64, 3)": {"input_shape": (64, 64, 3)},
        },
    ),
    hints=[
        "Two loops: over the rows of the table, and over the n blocks of a row. What is different for the first "
        "block of a row?",
        "Every number of channels in the table goes through make_divisible(alpha * channels), the first "
        "convolution's too. Only the last convolution is special: 1280, or more where alpha is above 1.",
        "If the number of parameters is right and the outputs are wrong, look at what has none: the strides "
        "(2 for the first convolution, then 1, 2, 2, 2, 1, 2, 1), the ReLU6, the pooling, the softmax.",
        "for t, c, n, s in ROWS: for i in range(n): X = inverted_residual_block(X, make_divisible(alpha * c), t, "
        "s if i == 0 else 1).",
    ],
    idea="At alpha 0.35 a third of the parameters are in the last 1x1 convolution: see model.summary().",
    try_next="Give mobile.plot_memory the steps of mobilenet_v2((64, 64, 3), alpha=0.35): is the largest "
    "tensor still in the second block?",
)


# --- compound_scaling -----------------------------------------------------------------------------------


def compound_scaling(
    phi: float, alpha: float = 1.2, beta: float = 1.1, gamma: float = 1.15
) -> tuple[float, float, float]:
    """Factors for depth, width and resolution (Tan & Le 2019, eq. 3)."""
    return alpha**phi, beta**phi, gamma**phi


def by_defaults(phi: float, alpha: float = 1.2, beta: float = 1.1, gamma: float = 1.15) -> tuple:
    return compound_scaling(phi)


scaling = Exercise(
    name="compound_scaling",
    points=5,
    difficulty=1,
    minutes=8,
    observe=numbers,
    returns=("depth", "width", "resolution"),
    cases=lambda rng: [
        case("the example of the text", 2),
        case("phi 0: the network itself", 0),
        case("phi 1: one step", 1),
        case("a broken phi, other factors", 2.5, alpha=1.3, beta=1.2, gamma=1.05),
        case("a negative phi: a smaller network", -1.5),
        case("only gamma is given", 3, gamma=1.3),
        case("drawn at random", float(rng.uniform(1, 6)), *(float(x) for x in rng.uniform(1, 1.5, 3))),
    ],
    reference=compound_scaling,
    tolerance=TOLERANCE,
    mistakes=by_words(
        {
            "the factors are multiplied by phi. phi is the exponent: alpha**phi": (
                lambda phi, alpha=1.2, beta=1.1, gamma=1.15: (alpha * phi, beta * phi, gamma * phi)
            ),
            "base and exponent are swapped: alpha**phi, not phi**alpha": (
                lambda phi, alpha=1.2, beta=1.1, gamma=1.15: (phi**alpha, phi**beta, phi**gamma)
            ),
            "width and resolution are swapped: beta is for the width, gamma for the resolution": (
                lambda phi, alpha=1.2, beta=1.1, gamma=1.15: compound_scaling(phi, alpha, gamma, beta)
            ),
            "depth and width are swapped: alpha is for the depth, beta for the width": (
                lambda phi, alpha=1.2, beta=1.1, gamma=1.15: compound_scaling(phi, beta, alpha, gamma)
            ),
            "width and resolution are squared. Their squares are in the cost, not in the factors": (
                lambda phi, alpha=1.2, beta=1.1, gamma=1.15: compound_scaling(phi, alpha, beta**2, gamma**2)
            ),
            "alpha, beta and gamma are ignored: the factors are always those of the defaults": by_defaults,
            "the factors grow by the same amount at each step. They are multiplied at each step": (
                lambda phi, alpha=1.2, beta=1.1, gamma=1.15: tuple(
                    1 + phi * (base - 1) for base in (alpha, beta, gamma)
                )
            ),
            "phi is cut to a whole number": lambda phi, alpha=1.2, beta=1.1, gamma=1.15: compound_scaling(
                int(phi), alpha, beta, gamma
            ),
            "the cost comes back. Three factors are asked for: depth, width, resolution": (
                lambda phi, alpha=1.2, beta=1.1, gamma=1.15: (alpha * beta**2 * gamma**2) ** phi
            ),
            "all three factors come from alpha: the width has beta, the resolution gamma": (
                lambda phi, alpha=1.2, beta=1.1, gamma=1.15: (alpha**phi,) * 3
            ),
        }
    ),
    hints=[
        "One step of phi multiplies the depth by alpha once. What do two steps do?",
        "Three powers with the same exponent, in the order depth, width, resolution.",
        "If 'phi 1' passes and the others fail, phi multiplies where it should be an exponent. If only 'only "
        "gamma is given' fails, an argument is ignored.",
        "return alpha**phi, beta**phi, ... The third is like the first two.",
    ],
    idea="One number in place of three: that is why EfficientNets are called B0 to B7.",
    try_next="Print the factors for phi = -1 and for phi = 1, and multiply them one by one: what must come "
    "out, and does it?",
)


# --- scale_to_budget ------------------------------------------------------------------------------------


def scale_to_budget(
    flops: float, budget: float, alpha: float = 1.2, beta: float = 1.1, gamma: float = 1.15
) -> float:
    """The phi with which a network that costs ``flops`` costs ``budget`` (Tan & Le 2019, section 3.3)."""
    return math.log(budget / flops, alpha * beta**2 * gamma**2)


def with_base(base: Callable[[float, float, float], float]) -> Callable:
    """``scale_to_budget`` with another idea of what one step costs."""

    def wrong(
        flops: float, budget: float, alpha: float = 1.2, beta: float = 1.1, gamma: float = 1.15
    ) -> float:
        return math.log(budget / flops) / math.log(base(alpha, beta, gamma))

    return wrong


budget = Exercise(
    name="scale_to_budget",
    points=5,
    difficulty=2,
    minutes=12,
    observe=numbers,
    cases=lambda rng: [
        case("eight times the cost", 100e6, 800e6),
        case("the budget is what it costs: phi 0", 3e8, 3e8),
        case("a smaller budget: phi below 0", 400e6, 100e6),
        case("other factors", 2e6, 9e6, alpha=1.4, beta=1.3, gamma=1.05),
        case("only beta is given", 2e6, 5e6, beta=1.4),
        case(
            "drawn at random",
            float(rng.uniform(1e6, 2e6)),
            float(rng.uniform(3e6, 1e8)),
            *(float(x) for x in rng.uniform(1.05, 1.5, 3)),
        ),
    ],
    reference=scale_to_budget,
    tolerance=TOLERANCE,
    mistakes=by_words(
        {
            "one step costs alpha * beta * gamma. Width and resolution count twice: beta**2 * gamma**2": (
                with_base(lambda alpha, beta, gamma: alpha * beta * gamma)
            ),
            "the depth counts twice as well. Twice as many layers cost twice, not four times": with_base(
                lambda alpha, beta, gamma: (alpha * beta * gamma) ** 2
            ),
            "only the resolution counts twice. The width does too: both ends of a layer are wider": with_base(
                lambda alpha, beta, gamma: alpha * beta * gamma**2
            ),
            "only the width counts twice. The resolution does too: height and width of the picture": with_base(
                lambda alpha, beta, gamma: alpha * beta**2 * gamma
            ),
            "the factors of one step are added. They are multiplied": with_base(
                lambda alpha, beta, gamma: alpha + beta**2 + gamma**2
            ),
            "one step is taken to double the cost, which is only nearly so": with_base(lambda *factors: 2.0),
            "alpha, beta and gamma are ignored: one step always costs what it costs with the defaults": (
                with_base(lambda *factors: 1.2 * 1.1**2 * 1.15**2)
            ),
            "the ratio is upside down: budget / flops": lambda flops, budget, *args, **kwargs: (
                -scale_to_budget(flops, budget, *args, **kwargs)
            ),
            "the ratio itself comes back. phi is how many steps lead to it: take logarithms": (
                lambda flops, budget, *args, **kwargs: budget / flops
            ),
            "the ratio is divided by the cost of one step. phi is an exponent: divide logarithms": (
                lambda flops, budget, alpha=1.2, beta=1.1, gamma=1.15: (
                    budget / flops / (alpha * beta**2 * gamma**2)
                )
            ),
            "the logarithm of the ratio is not divided by the logarithm of one step's cost": (
                lambda flops, budget, *args, **kwargs: math.log(budget / flops)
            ),
            "phi is rounded down to a whole number": lambda *args, **kwargs: math.floor(
                scale_to_budget(*args, **kwargs)
            ),
            "a budget below the cost gives 0. phi may be negative: the network shrinks": (
                lambda *args, **kwargs: max(0.0, scale_to_budget(*args, **kwargs))
            ),
            "two logarithms of different kinds are divided: np.log and np.log10, for instance": (
                lambda flops, budget, alpha=1.2, beta=1.1, gamma=1.15: (
                    math.log10(budget / flops) / math.log(alpha * beta**2 * gamma**2)
                )
            ),
        }
    ),
    hints=[
        "A network with depth, width and resolution 1 costs flops. What does it cost after one step? After two?",
        "One step multiplies the cost by alpha * beta**2 * gamma**2. How many such steps make budget / flops?",
        "If 'phi 0' passes and 'eight times' fails, look at the cost of one step. If the sign is wrong, the "
        "ratio is upside down.",
        "phi = log(budget / flops) / log(cost of one step), with the same kind of logarithm above and below.",
    ],
    idea="Round phi down to a whole step and the network stays within the budget, with something to spare.",
    try_next="Halve the budget of the next cell, 18.5e9 in place of 37e9: predict by how much phi falls before "
    "you run it.",
)
