"""Checks for identity_block: the block that keeps the shape."""

from typing import Any

from workbook import Exercise, Mistake, case
from workbook.slips import switched

from .blocks import (
    ALWAYS_3,
    AXIS,
    BEHIND,
    NO_INITIALIZER,
    ORDER,
    SLIPS_OF_BOTH,
    bottleneck,
    filters_first,
    look_at_block,
)


def identity_block(
    X: Any, f: int, filters: list[int], initializer: Any = "random_uniform", *rest: Any, **switch: Any
) -> Any:
    """The block that keeps the shape: (m, n_H, n_W, n_C) with n_C = filters[2]."""
    return bottleneck(X, f, filters, 1, initializer, *rest, **switch)


identity = Exercise(
    name="identity_block",
    points=15,
    difficulty=3,
    minutes=25,
    cases=[
        case("3x3, height unlike width", (5, 7, 6), f=3, filters=[4, 3, 6]).weighing(3),
        case("2x2, another number of filters", (6, 4, 3), f=2, filters=[2, 5, 3]).weighing(3),
        case("without an initializer", (4, 4, 2), only_defaults=True, f=3, filters=[2, 2, 2]),
    ],
    observe=look_at_block,
    gives="a Keras tensor",
    reference=identity_block,
    tolerance=1e-4,
    time_limit=60,
    slow=True,
    mistakes=[
        *switched(
            identity_block,
            {
                **SLIPS_OF_BOTH,
                "the shortcut is never added: keep X before the first layer and add it": {"add": "never"},
                "there is a ReLU before the addition. Only the sum gets one": {"relus": (0, 1, 2, 3)},
                "there is no ReLU at all": {"relus": ()},
                AXIS: {"axis": 1},
                "the shortcut goes through a convolution. Here it is the input itself": {
                    "shortcut": "projection"
                },
                "what is added is the result itself: X was overwritten. Keep the input under another name": {
                    "shortcut": "itself"
                },
                "what is added is what the first convolution gave. Keep X before the first layer": {
                    "shortcut": "first"
                },
                "the two paths are multiplied. They are added": {"add": "Multiply"},
                "all three convolutions have F3 filters": {"order": (2, 2, 2)},
                "all three windows are f x f. Only the middle one is": {
                    "windows_at": (0, 1, 2),
                    "padding": "same",
                },
                "all three windows are 1x1. The middle one is f x f": {"windows_at": ()},
            },
        ),
        *switched(identity_block, {BEHIND: {"add": "Concatenate, turned"}}),
        *switched(
            identity_block,
            {
                NO_INITIALIZER: {"initializer": "random_uniform"},
            },
        ),
        *switched(
            identity_block,
            {NO_INITIALIZER: {"initializer": "glorot_uniform"}, AXIS: {"axis": 1, "use_bias": True}},
        ),
        Mistake(
            ALWAYS_3,
            lambda X, f, filters, initializer="random_uniform": identity_block(X, 3, filters, initializer),
        ),
        Mistake(
            "the default of initializer is glorot_uniform, the convolutional block's. Here it is random_uniform",
            lambda X, f, filters, initializer="glorot_uniform": identity_block(X, f, filters, initializer),
        ),
        Mistake(ORDER.format("identity_block(X, f, filters, initializer=random_uniform)"), filters_first),
    ],
    hints=[
        "Draw the two paths. Which of the three convolutions changes the height and width if its padding is "
        "'valid'? What must be kept before the first layer?",
        "The main path is three times convolution and batch normalization, with a ReLU after the first two. "
        "The third ReLU comes after the two paths have met.",
        "If the output shape is right and both modes are wrong, look at the order: convolution, batch "
        "normalization along axis 3, ReLU. If only the kernels are wrong, look at kernel_initializer.",
        "X_shortcut = X; three blocks of Conv2D and BatchNormalization with F1 1x1, F2 fxf 'same', F3 1x1; "
        "X = Add()([X, X_shortcut]); X = Activation('relu')(X).",
    ],
    idea="If the main path learns to give zeros, the block passes its input on: depth can no longer hurt.",
    try_next="Call identity_block with filters=[64, 64, 128] in the cell that counts its parameters: which line of "
    "your block complains, and about which two shapes?",
)
