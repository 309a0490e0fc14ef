"""Checks for vgg16: five blocks and three dense layers."""

from typing import Any

from workbook import Exercise, Mistake, case
from workbook.slips import switched

from .dense import COMMON, change, dense_layers, fixed_picture
from .observers import look_at_network
from .vgg_block import vgg_block

VGG_16 = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
"""Of each block: its number of filters, its number of convolutions."""


def vgg16(
    input_shape: tuple[int, int, int],
    classes: int,
    *,
    blocks: tuple[tuple[int, int], ...] = VGG_16,
    from_picture: bool = False,
    norm: bool = False,
    exchanged: bool = False,
    **head: Any,
) -> Any:
    """VGG-16 (the same table, column D).

    from_picture  True where every block is given the picture in place of the block before
    """
    import keras

    X = inputs = keras.Input(input_shape)
    for filters, convolutions in blocks:
        numbers = (convolutions, filters) if exchanged else (filters, convolutions)
        X = vgg_block(inputs if from_picture else X, *numbers, norm=norm)
    return keras.Model(inputs, dense_layers(X, classes, **head))


def with_convolutions(*counts: int) -> tuple[tuple[int, int], ...]:
    """The blocks of VGG-16 with other numbers of convolutions."""
    return tuple((filters, n) for (filters, _), n in zip(VGG_16, counts, strict=True))


vgg16_exercise = Exercise(
    name="vgg16",
    points=15,
    difficulty=2,
    minutes=15,
    needs=("vgg_block",),
    cases=[case("70x36 grey pictures, 7 classes", (70, 36, 1), classes=7)],
    observe=look_at_network,
    gives="a Keras model",
    reference=vgg16,
    tolerance=1e-4,
    time_limit=60,
    slow=True,
    mistakes=[
        *switched(
            vgg16,
            {
                "blocks 3, 4 and 5 have two convolutions each. They have three": {
                    "blocks": with_convolutions(2, 2, 2, 2, 2)
                },
                "blocks 3, 4 and 5 have four convolutions each: that is VGG-19. VGG-16 has three": {
                    "blocks": with_convolutions(2, 2, 4, 4, 4)
                },
                "every block has three convolutions. Blocks 1 and 2 have two": {
                    "blocks": with_convolutions(3, 3, 3, 3, 3)
                },
                "block 3 has two convolutions. It has three, as blocks 4 and 5": {
                    "blocks": with_convolutions(2, 2, 2, 3, 3)
                },
                "block 5 has 1024 filters. The doubling ends at 512": {
                    "blocks": change(VGG_16, (4, 1024, 3))
                },
                "block 5 is missing": {"blocks": VGG_16[:4]},
                "block 1 has 32 filters, and all others half as many as they should. The first has 64": {
                    "blocks": tuple((filters // 2, n) for filters, n in VGG_16)
                },
                "every block has 64 filters: they double from block to block, up to 512": {
                    "blocks": tuple((64, n) for _, n in VGG_16)
                },
                "every block takes the picture itself. Give each block the result of the one before": {
                    "from_picture": True
                },
                "filters and convolutions are exchanged in the call: vgg_block(X, filters, convolutions)": {
                    "exchanged": True
                },
                "there is batch normalization, which this network does not have": {"norm": True},
                **COMMON,
            },
        ),
        Mistake("the argument input_shape is ignored: it is always (224, 224, 3)", fixed_picture(224)),
    ],
    hints=[
        "Five calls of vgg_block. What are filters and convolutions in each?",
        "A list of five pairs and a loop: (64, 2), (128, 2), (256, 3), (512, 3), (512, 3). Then the end is that "
        "of AlexNet.",
        "If the parameters are wrong, compare model.summary() with the table, block by block. If they are right "
        "and the outputs are wrong, look at the ReLUs of the dense layers and at the softmax.",
        "for filters, convolutions in blocks: X = vgg_block(X, filters, convolutions); then Flatten, "
        "Dense(4096, activation='relu') twice, Dense(classes, activation='softmax').",
    ],
    idea="One rule and a list of five pairs: that is the whole design. VGG-19 is the same with three other "
    "numbers.",
    try_next="Count the parameters of vgg16((32, 32, 3), 1000) and of vgg16((224, 224, 3), 1000): which single "
    "layer makes the whole difference?",
)
