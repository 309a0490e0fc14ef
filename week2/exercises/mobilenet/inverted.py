"""Checks for inverted_residual_block: the block of MobileNetV2."""

from typing import Any

from workbook import Exercise, Mistake, case
from workbook.slips import switched

from .blocks import AXIS, DEFAULT, ONE_ZERO, RELU, RELU_FIRST, norm_and_relu6
from .observers import look_at_block

ALWAYS_ADDED = (
    "the input is added whenever the stride is 1. It fits only where it has as many channels as the result"
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
    relu_at_end: str = "",
    skip_expansion: bool = True,
    **how: Any,
) -> Any:
    """The block of MobileNetV2 (Sandler et al. 2018, table 1 and figure 4).

    expand      what expansion multiplies: "channels" or "filters"
    norms       which of the three convolutions is normalized; relus: which has a ReLU6 after it
    strides_at  which of the three convolutions has the stride
    relu_at_end  "after the addition" or "always": where one more ReLU6 follows
    shortcut    when the input is added: "where it fits", "never", "at stride 1", "where channels agree", "turned" (at
                stride 1, with the two paths named the other way round), "where n_C is left" (the expansion overwrote
                it), "where it expands", "itself", "projected", "always projected", "as in ResNet" (with a batch
                normalization) or "as in ResNet, at stride 1"
    """
    from keras import layers

    n_C = X.shape[-1]
    stride = [strides if strides_at == i else 1 for i in range(3)]

    def finish(x: Any, i: int) -> Any:
        return norm_and_relu6(x, i in norms, relu=i in relus, **how)

    x, left = X, n_C
    if expansion != 1 or not skip_expansion:
        wide = expansion * (n_C if expand == "channels" else filters)
        left = wide
        x = finish(layers.Conv2D(wide, 1, stride[0], use_bias=False)(x), 0)
    if padding == "one":
        x, padding = layers.ZeroPadding2D(1)(x), "valid"
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
    wires = ("always projected", "as in ResNet", *(("as in ResNet, at stride 1",) if strides == 1 else ()))
    if shortcut in wires and not fits:
        wire = layers.Conv2D(filters, 1, strides, use_bias=False)(X)
        return layers.Add()([layers.BatchNormalization()(wire) if "ResNet" in shortcut else wire, x])
    added = {"never": False, "at stride 1": strides == 1, "turned": strides == 1}
    added |= {"where channels agree": n_C == filters, "where n_C is left": strides == 1 and left == filters}
    added |= {"where it expands": fits and expansion != 1}
    if added.get(shortcut, fits):
        x = layers.Add()([x, X] if shortcut == "turned" else [X, x])
        return layers.ReLU(6)(x) if relu_at_end else x
    return layers.ReLU(6)(x) if relu_at_end == "always" else x


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
        case("without expansion and strides", (6, 8, 3), only_defaults=True, filters=4),
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
                "there is a ReLU6 after the addition. Here nothing follows it": {
                    "relu_at_end": "after the addition"
                },
                "there is a ReLU6 at the very end, with the addition or without. Nothing follows them": {
                    "relu_at_end": "always"
                },
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
                "where the input does not fit it goes through a 1x1 convolution with the stride and is added. Here it is "
                "not added at all": {"shortcut": "always projected"},
                "where the input does not fit it goes through a 1x1 convolution and a batch normalization and is added, "
                "as in ResNet. Here it is not added at all": {"shortcut": "as in ResNet"},
                "where only the channels differ the input goes through a 1x1 convolution and a batch normalization and is "
                "added. Here it is not added at all": {"shortcut": "as in ResNet, at stride 1"},
                "the input is never added where the block expands: was n_C overwritten? Compare filters with the "
                "channels of X": {"shortcut": "where n_C is left"},
                "with expansion 1 the input is not added. It is, where it fits": {
                    "shortcut": "where it expands"
                },
                "expansion multiplies the filters of the result. It multiplies the channels of the input": {
                    "expand": "filters"
                },
                RELU: {"ceiling": None},
                "with expansion 1 there still is a first 1x1 convolution. Leave it out": {
                    "skip_expansion": False
                },
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
                ONE_ZERO: {"padding": "one"},
                RELU_FIRST: {"relu_first": True},
                AXIS: {"axis": 1},
            },
        ),
        *switched(inverted_residual_block, {ALWAYS_ADDED: {"shortcut": "turned"}}),
        Mistake(
            DEFAULT,
            lambda X, filters, expansion=6, strides=2: inverted_residual_block(
                X, filters, expansion, strides
            ),
        ),
        Mistake(
            "the argument expansion is ignored: it is always 6",
            lambda X, filters, expansion=6, strides=1: inverted_residual_block(X, filters, 6, strides),
        ),
        Mistake(
            "the argument strides is ignored: the stride is always 1",
            lambda X, filters, expansion=6, strides=1: inverted_residual_block(X, filters, expansion, 1),
        ),
        Mistake(
            "expansion and strides are exchanged: the first line reads inverted_residual_block(X, filters, expansion=6, "
            "strides=1)",
            lambda X, filters, strides=1, expansion=6: inverted_residual_block(
                X, filters, expansion, strides
            ),
        ),
        Mistake(
            "the middle has 6 * n_C channels, whatever expansion is, and is left out where that is 1. It has "
            "expansion * n_C",
            lambda X, filters, expansion=6, strides=1: inverted_residual_block(
                X, filters, expansion if expansion == 1 else 6, strides
            ),
        ),
    ],
    hints=[
        "Write the channels beside the drawing: n_C, then expansion * n_C twice, then filters. Under which two "
        "conditions has the result the shape of the input?",
        "Three convolutions, three batch normalizations, two ReLU6. X.shape[-1] is n_C. Keep X itself for the "
        "end, and let the layers work on another name.",
        "If only the cases where it fits fail, the addition is missing or a ReLU6 follows it. If only the cases with "
        "expansion 1 fail, the first 1x1 convolution is still there. If a case raises and says that "
        "shapes do not agree, look at the condition for the addition.",
        "Y = X; if expansion != 1: Conv2D(expansion * n_C, 1), norm, ReLU6; DepthwiseConv2D(3, strides, 'same'), "
        "norm, ReLU6; Conv2D(filters, 1), norm; X + Y if strides == 1 and n_C == filters else Y.",
    ],
    idea="ResNet's block is wide, thin, wide; this one thin, wide, thin. Which of the two stores less?",
    try_next="Count the parameters of a block from 24 to 24 channels on an Input of (16, 16, 24) with "
    "expansion 3, 6 and 12: which part does not grow with it?",
)
