"""Checks for mobilenet_v2: a table of stages as a network."""

from collections.abc import Callable
from typing import Any

from workbook import Exercise, case
from workbook.slips import by_words, switched

from .blocks import norm_and_relu6
from .inverted import inverted_residual_block
from .observers import look_at_network

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
    block_rounding: Callable[[float], int] | None = None,
    stem: dict[str, Any] | None = None,
    stem_alpha: bool = True,
    head: Callable[[float], int] = lambda alpha: make_divisible(1280 * max(1.0, alpha)),
    with_head: bool = True,
    strides_in: str = "first",
    swapped: bool = False,
    pooling: str = "average",
    activation: str | None = "softmax",
    ends: dict[str, Any] | None = None,
) -> Any:
    """MobileNetV2 (Sandler et al. 2018, table 2): pictures of ``input_shape`` to probabilities of ``classes``.

    stem  switches of the first convolution: "strides", "padding", "ceiling", "relu"; ends: the same of the last one
    head  the filters of the last convolution
    strides_in  which block of a stage has the stride: the "first", the "last" or "every" one
    """
    import keras
    from keras import layers

    stem, ends = {"strides": 2, "padding": "same"} | (stem or {}), ends or {}
    inputs = keras.Input(input_shape)
    first = rounding(32 * alpha) if stem_alpha else 32
    padding = stem.pop("padding")
    X, padding = (layers.ZeroPadding2D(1)(inputs), "valid") if padding == "one" else (inputs, padding)
    X = layers.Conv2D(first, 3, stem.pop("strides"), padding, use_bias=False)(X)
    X = norm_and_relu6(X, **stem)
    for expansion, channels, blocks, strides in stages:
        for i in range(blocks):
            has_stride = {"first": i == 0, "last": i == blocks - 1, "every": True}
            s = strides if has_stride[strides_in] else 1
            filters = (block_rounding or rounding)(channels * alpha)
            X = inverted_residual_block(X, *((expansion, filters) if swapped else (filters, expansion)), s)
    if with_head:
        X = norm_and_relu6(layers.Conv2D(head(alpha), 1, use_bias=False)(X), **ends)
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


def with_default(name: str, value: Any) -> Callable:
    """The network with another default of an argument."""

    def wrong(
        input_shape: tuple[int, int, int] | None = None,
        classes: int | None = None,
        alpha: float | None = None,
    ) -> Any:
        usual = {"input_shape": (64, 64, 3), "classes": 6, "alpha": 1.0, name: value}
        given = {"input_shape": input_shape, "classes": classes, "alpha": alpha}
        return mobilenet_v2(**usual | {key: item for key, item in given.items() if item is not None})

    return wrong


NOT_ROUNDED = "the channels are not rounded to multiples of 8: use make_divisible"

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
        case("alpha 1.33: its size", only_size=True, input_shape=(32, 32, 3), classes=5, alpha=1.33),
        case("called without arguments: its size", only_size=True),
    ],
    observe=look_at_network,
    gives="a Keras model",
    reference=mobilenet_v2,
    tolerance=1e-3,
    time_limit=120,
    slow=True,
    mistakes=[
        *switched(
            mobilenet_v2,
            {
                "the argument alpha is ignored: the channels are always those of the table": {"alpha": 1.0},
                NOT_ROUNDED: {"rounding": int},
                "the first convolution has 32 filters for every alpha. They are scaled and rounded too": {
                    "stem_alpha": False
                },
                "the last convolution has alpha times 1280 filters where alpha is below 1. It keeps its 1280 there": {
                    "head": lambda alpha: make_divisible(1280 * alpha)
                },
                "the last convolution has int(1280 * alpha) filters where alpha is above 1: that goes through make_divisible "
                "too": {"head": lambda alpha: int(1280 * max(1.0, alpha))},
                "make_divisible is forgotten in the blocks, or taken before alpha: alpha * channels goes through it there too, "
                "not only in the first and the last convolution": {"block_rounding": int},
                "the last convolution always has 1280 filters. Where alpha is above 1 they grow with it": {
                    "head": lambda alpha: 1280
                },
                "the first convolution has stride 1. It has stride 2": {"stem": {"strides": 1}},
                "the first convolution has no padding. It has padding='same'": {"stem": {"padding": "valid"}},
                "one zero is put around the picture before the first convolution. Padding 'same' puts them below and to the "
                "right alone where the size is even": {"stem": {"padding": "one"}},
                "there is no ReLU6 after the first convolution": {"stem": {"relu": False}},
                "the activation after the first convolution is ReLU and not ReLU6": {
                    "stem": {"ceiling": None}
                },
                "there is no batch normalization after the first convolution": {"stem": {"norm": False}},
                "the last 1x1 convolution, before the pooling, is missing": {"with_head": False},
                "there is no ReLU6 after the last convolution": {"ends": {"relu": False}},
                "there is no batch normalization after the last convolution": {"ends": {"norm": False}},
                "there is neither batch normalization nor ReLU6 after the last convolution": {
                    "ends": {"norm": False, "relu": False}
                },
                "the blocks do not reach the output: write X = inverted_residual_block(X, ...)": {
                    "stages": ()
                },
                "each stage has one block. It has n, of which the first has the stride": {
                    "stages": tuple((t, c, 1, s) for t, c, _, s in STAGES)
                },
                "every block of a stage has the stride. Only the first of each has it": {
                    "strides_in": "every"
                },
                "the last block of each stage has the stride. The first of each has it": {
                    "strides_in": "last"
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
                "the stage of 96 channels starts with stride 2. It has stride 1": {
                    "stages": stage(4, strides=2)
                },
                "the first stage has expansion 6. It has expansion 1": {"stages": stage(0, expansion=6)},
                "the stage of 320 channels is missing": {"stages": STAGES[:-1]},
                "the pictures are flattened. Take the mean of each channel: GlobalAveragePooling2D": {
                    "pooling": "flatten"
                },
                "the largest value of each channel is taken. Take the mean: GlobalAveragePooling2D": {
                    "pooling": "max"
                },
                "the output has no softmax: its numbers are not probabilities": {"activation": None},
                "the output has a sigmoid in place of a softmax": {"activation": "sigmoid"},
                "the argument classes is ignored: there are always 6 outputs": {"classes": 6},
                "the argument input_shape is ignored: it is always (64, 64, 3)": {"input_shape": (64, 64, 3)},
            },
        ),
        *switched(
            mobilenet_v2,
            {NOT_ROUNDED: {"rounding": int, "head": lambda alpha: int(1280 * max(1.0, alpha))}},
        ),
        *by_words(
            {
                f"the default of {name} is another one: the first line is to read "
                "mobilenet_v2(input_shape=(64, 64, 3), classes=6, alpha=1.0)": with_default(name, value)
                for name, value in (("alpha", 0.5), ("classes", 1000), ("input_shape", (224, 224, 3)))
            }
        ),
    ],
    hints=[
        "Two loops: over the rows of the table, and over the n blocks of a row. What is different for the first "
        "block of a row?",
        "Every number of channels in the table goes through make_divisible(alpha * channels), the first "
        "convolution's too. Only the last convolution is special: 1280, or more where alpha is above 1.",
        "If the number of parameters is right and the outputs are wrong, look at what has none: the strides "
        "(2 for the first convolution, then 1, 2, 2, 2, 1, 2, 1), the ReLU6, the pooling, the softmax.",
        "for t, c, n, s in rows: for i in range(n): X = inverted_residual_block(X, make_divisible(alpha * c), t, "
        "s if i == 0 else 1).",
    ],
    idea="At alpha 0.35 a third of the parameters are in the last 1x1 convolution: see model.summary().",
    try_next="Write alpha=0.35 into the call of mobilenet_v2 in the cell that draws the memory: is the largest "
    "tensor still at the same place?",
)
