"""Checks for depthwise_separable_block: the block of MobileNet v1."""

from typing import Any

from workbook import Exercise, Mistake, case
from workbook.slips import switched

from .blocks import AXIS, DEFAULT, ONE_ZERO, RELU, RELU_FIRST, norm_and_relu6
from .observers import look_at_block


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
        return norm_and_relu6(x, step in norms, relu=step in relus, **how)

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


separable = Exercise(
    name="depthwise_separable_block",
    points=12,
    difficulty=2,
    minutes=20,
    cases=[
        case("stride 1, height unlike width", (5, 7, 3), filters=4, strides=1).weighing(2),
        case("stride 2", (8, 6, 4), filters=6, strides=2).weighing(2),
        case("as many filters as channels", (6, 4, 5), filters=5, strides=1),
        case("without strides", (6, 8, 3), only_defaults=True, filters=4),
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
                ONE_ZERO: {"padding": "one"},
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
        Mistake(DEFAULT, lambda X, filters, strides=2: depthwise_separable_block(X, filters, strides)),
        Mistake(
            "the argument strides is ignored: the stride is always 1",
            lambda X, filters, strides=1: depthwise_separable_block(X, filters, 1),
        ),
        Mistake(
            "the argument strides is ignored: the stride is always 2",
            lambda X, filters, strides=1: depthwise_separable_block(X, filters, 2),
        ),
    ],
    hints=[
        "Which of the two steps looks at neighbouring pixels, and which mixes channels? Only one has filters.",
        "DepthwiseConv2D takes the window first, then the stride. It has no number of filters: as many "
        "channels come out as went in.",
        "If both modes are wrong and the number of parameters is right, look at what has none: ReLU(6.0) in "
        "place of ReLU(), its place after the batch normalization, which of the two steps has the stride.",
        "DepthwiseConv2D(3, strides=strides, padding='same'), BatchNormalization(), ReLU(6.0), "
        "Conv2D(filters, 1), BatchNormalization(), ReLU(6.0).",
    ],
    idea="SeparableConv2D does both steps at once, with nothing between them: Xception was built so (2016).",
    try_next="Compare count_params() of your block and of keras.layers.SeparableConv2D(6, 3) on an Input of (8, 6, "
    "4): where do the extra numbers of your block come from?",
)
