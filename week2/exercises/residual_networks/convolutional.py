"""Checks for convolutional_block: the block that changes the shape."""

from typing import Any

from workbook import Exercise, Mistake, case
from workbook.slips import switched

from .blocks import (
    ALWAYS_3,
    BEHIND,
    NO_INITIALIZER,
    ORDER,
    SLIPS_OF_BOTH,
    bottleneck,
    filters_first,
    look_at_block,
)


def convolutional_block(
    X: Any,
    f: int,
    filters: list[int],
    s: int = 2,
    initializer: Any = "glorot_uniform",
    *rest: Any,
    **switch: Any,
) -> Any:
    """The block that changes the shape: to (m, ceil(n_H / s), ceil(n_W / s), filters[2])."""
    return bottleneck(X, f, filters, s, initializer, *rest, **{"shortcut": "projection"} | switch)


def input_where_it_fits(
    X: Any, f: int, filters: list[int], s: int = 2, initializer: Any = "glorot_uniform"
) -> Any:
    """The shortcut has layers only where the shape changes."""
    fits = s == 1 and X.shape[-1] == filters[2]
    return convolutional_block(X, f, filters, s, initializer, shortcut="input" if fits else "projection")


convolutional = Exercise(
    name="convolutional_block",
    points=15,
    difficulty=3,
    minutes=20,
    cases=[
        case("stride 2, odd height and width", (7, 5, 6), f=3, filters=[4, 3, 8], s=2).weighing(3),
        case("stride 1, 2x2, as many channels as before", (6, 4, 4), f=2, filters=[2, 5, 4], s=1).weighing(3),
        case("stride 3", (10, 7, 2), f=3, filters=[3, 4, 5], s=3).weighing(3),
        case("without s and initializer", (8, 6, 2), only_defaults=True, f=3, filters=[2, 2, 4]),
    ],
    observe=look_at_block,
    gives="a Keras tensor",
    reference=convolutional_block,
    tolerance=1e-4,
    time_limit=60,
    slow=True,
    mistakes=[
        *switched(
            convolutional_block,
            {
                **SLIPS_OF_BOTH,
                "the shortcut is never added": {"add": "never"},
                "the convolution on the shortcut has no batch normalization": {"norms": (0, 1, 2)},
                "there is a ReLU on the main path before the addition. Only the sum gets one": {
                    "relus": (0, 1, 2, 3)
                },
                "there is a ReLU on the shortcut, before the addition": {"shortcut": "projection with ReLU"},
                "the shortcut is the input itself. Send it through a convolution first": {
                    "shortcut": "input"
                },
                "the stride is missing on the shortcut, so that the two paths differ in size": {
                    "strides_at": (0,)
                },
                "the stride stands on the middle convolution. Here it is the first one that has it": {
                    "strides_at": (1, 3)
                },
                "every convolution of the main path has the stride. Only the first has it": {
                    "strides_at": (0, 1, 2, 3)
                },
                "the shortcut's batch normalization gets the end of the main path. It gets what the shortcut's "
                "convolution gave": {"shortcut": "itself normalized"},
                "the shortcut starts at the end of the main path. It starts at the input": {
                    "shortcut": "itself projected"
                },
                "the shortcut's window is f x f. It is 1x1": {"windows_at": (1, 3), "padding": "same"},
                "all windows of the main path are f x f. Only the middle one is": {
                    "windows_at": (0, 1, 2),
                    "padding": "same",
                },
                "all windows are 1x1. The middle one is f x f": {"windows_at": ()},
                "all three convolutions of the main path have F3 filters": {"order": (2, 2, 2)},
            },
        ),
        *switched(
            convolutional_block,
            {
                "the argument s is ignored and the stride is always 2": {"s": 2},
                "the argument s is ignored and the stride is always 1": {"s": 1},
                NO_INITIALIZER: {"initializer": "glorot_uniform"},
            },
        ),
        *switched(convolutional_block, {BEHIND: {"add": "Concatenate, turned"}}),
        *switched(convolutional_block, {NO_INITIALIZER: {"initializer": "random_uniform"}}),
        Mistake(
            "where the shape stays as it is the shortcut is the input itself. In this block the shortcut always has its "
            "convolution and batch normalization",
            input_where_it_fits,
        ),
        *switched(
            convolutional_block,
            {
                "the stride stands on the last convolution. Here it is the first one that has it": {
                    "strides_at": (2, 3)
                }
            },
        ),
        Mistake(
            ALWAYS_3,
            lambda X, f, filters, s=2, initializer="glorot_uniform": convolutional_block(
                X, 3, filters, s, initializer
            ),
        ),
        Mistake(
            "the default of initializer is random_uniform, the identity block's. Here it is glorot_uniform",
            lambda X, f, filters, s=2, initializer="random_uniform": convolutional_block(
                X, f, filters, s, initializer
            ),
        ),
        Mistake(
            ORDER.format("convolutional_block(X, f, filters, s=2, initializer=glorot_uniform)"), filters_first
        ),
        Mistake(
            "s is 1 where it is not given. Its default is 2: s=2 among the parameters",
            lambda X, f, filters, s=1, initializer="glorot_uniform": convolutional_block(
                X, f, filters, s, initializer
            ),
        ),
    ],
    hints=[
        "The main path is that of the identity block but for one number. What must the shortcut do so that "
        "both can be added?",
        "Two convolutions have stride s: the first of the main path, and the only one of the shortcut. Both "
        "have 1x1 windows.",
        "If stride 1 passes and stride 2 is wrong, one of the two has lost its stride; if all are, look "
        "at what stands on the shortcut: a convolution with F3 filters, a batch normalization, no ReLU.",
        "X_shortcut = Conv2D(F3, 1, strides=s, kernel_initializer=...)(X_shortcut), then BatchNormalization, "
        "then Add and ReLU as in the identity block.",
    ],
    idea="A 1x1 convolution with a stride is the cheapest way to bring a shortcut to a new shape.",
    try_next="Put convolutional_block(inputs, 3, [64, 64, 256], s=2) into the counting cell above in place of "
    "the identity block: how many parameters does the wire cost now?",
)
