"""Checks for action_model: three convolutions along time, height and width, and the mean."""

from typing import Any

from workbook import Exercise, case
from workbook.slips import switched

from .observers import SLIPS_OF_BOTH, look_at_network

CLIP_LAYERS = ((8, (1, 2, 2)), (16, (1, 2, 2)), (32, (2, 2, 2)))
"""Kernels and stride (depth, height, width) of each layer of action_model; every kernel is 3 x 3 x 3."""


def action_model(
    input_shape: tuple[int, int, int, int],
    classes: int,
    *,
    layers_: tuple = CLIP_LAYERS,
    f: Any = 3,
    padding: str = "same",
    relus: tuple[int, ...] = (0, 1, 2),
    ceiling: float | None = None,
    pooling: str = "average",
    swap: bool = False,
    dropout: float = 0.0,
    activation: str | None = "softmax",
) -> Any:
    """Clips (m, n_D, n_H, n_W, channels) to probabilities (m, classes): three convolutions, and the mean."""
    import keras
    from keras import layers

    X = inputs = keras.Input(input_shape)
    X = layers.Permute((2, 1, 3, 4))(X) if swap else X
    for i, (filters, stride) in enumerate(layers_):
        X = layers.Conv3D(filters, f, strides=stride, padding=padding)(X)
        X = layers.ReLU(ceiling)(X) if i in relus else X
    ends = {
        "max": layers.GlobalMaxPooling3D,
        "average": layers.GlobalAveragePooling3D,
        "flatten": layers.Flatten,
    }
    X = layers.GlobalAveragePooling2D()(X[:, -1]) if pooling == "last" else ends[pooling]()(X)
    X = layers.Dropout(dropout)(X) if dropout else X
    return keras.Model(inputs, layers.Dense(classes, activation=activation)(X))


actions = Exercise(
    name="action_model",
    points=15,
    difficulty=2,
    minutes=20,
    cases=[
        case("frames, rows and columns unlike", (7, 16, 19, 1), 4),
        case("clips in colour, a single class more", (5, 9, 8, 3), 7),
        case("a clip of one frame", (1, 8, 12, 1), 3),
    ],
    observe=look_at_network,
    gives="a Keras model",
    reference=action_model,
    tolerance=2e-4,
    slow=True,
    mistakes=switched(
        action_model,
        {
            "the argument classes is ignored: it is always 6": {"classes": 6},
            **SLIPS_OF_BOTH,
            "the last convolution has no ReLU": {"relus": (0, 1)},
            "the largest number is taken: here it is the mean over all frames and places": {"pooling": "max"},
            "the maps are flattened: here each channel gives its mean": {"pooling": "flatten"},
            "only the last frame is looked at: here the mean runs over all of them": {"pooling": "last"},
            "the kernels are 1 x 3 x 3: each frame is looked at by itself, and nothing sees the motion": {
                "f": (1, 3, 3)
            },
            "the kernels are 3 x 1 x 1: they see time, and no picture": {"f": (3, 1, 1)},
            "all three convolutions have stride 2 in time as well: the first two keep all frames": {
                "layers_": tuple((filters, 2) for filters, _ in CLIP_LAYERS)
            },
            "no convolution has a stride in time: the last one's is 2 along all three axes": {
                "layers_": tuple((filters, (1, 2, 2)) for filters, _ in CLIP_LAYERS)
            },
            "the strides are written as (height, width, time): time comes first": {
                "layers_": tuple((filters, stride[::-1]) for filters, stride in CLIP_LAYERS)
            },
            "the first convolution has stride 2 in time, and the last one has none: it is the other way round": {
                "layers_": tuple(
                    (filters, stride)
                    for (filters, _), (_, stride) in zip(CLIP_LAYERS, CLIP_LAYERS[::-1], strict=True)
                )
            },
            "all convolutions have stride 1": {"layers_": tuple((filters, 1) for filters, _ in CLIP_LAYERS)},
            "frames and rows are exchanged before the convolutions": {"swap": True},
        },
    ),
    hints=[
        "keras.layers has Conv3D and GlobalAveragePooling3D. Sizes and strides are (time, height, width).",
        "model.summary() for input_shape (12, 24, 24, 1): 12 x 12 x 12 x 8, 12 x 6 x 6 x 16, 6 x 3 x 3 x 32.",
        "If the parameters are right and the outputs are not, look at what has none: the strides and their order, "
        "padding, ReLU, the pooling, the softmax.",
        "layers.Conv3D(filters, 3, strides=stride, padding='same', activation='relu') for the three rows of the "
        "table; then layers.GlobalAveragePooling3D() and layers.Dense(classes, activation='softmax').",
    ],
    idea="A kernel of three frames knows before and after. That is all it takes to see which way things go.",
    try_next="Build it for (24, 24, 24, 1) and compare count_params() with that for 12 frames; then "
    "find out what has doubled.",
)
