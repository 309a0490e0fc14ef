"""Checks for happyModel: a network that sees a smile."""

from collections.abc import Callable
from typing import Any

from workbook import Exercise, case
from workbook.models import accepts
from workbook.plain import Other
from workbook.slips import switched

from .observers import look_at_network


def happyModel(
    *,
    pad: int = 3,
    padding: str = "valid",
    filters: int = 32,
    f: int = 7,
    stride: int = 1,
    order: tuple[str, ...] = ("norm", "relu"),
    axis: int = 3,
    ceiling: float | None = None,
    pooling: str | None = "max",
    pool: int = 2,
    pool_stride: int | None = None,
    end: str = "flatten",
    units: int = 1,
    activation: str | None = "sigmoid",
    inner: str | None = None,
    pad_last: bool = False,
    rescaled: bool = False,
) -> Any:
    """64x64 pictures in colour to the probability of a smile: (m, 1)."""
    import keras
    from keras import layers

    kinds = {"max": layers.MaxPooling2D, "average": layers.AveragePooling2D}
    steps = {"norm": lambda: layers.BatchNormalization(axis=axis), "relu": lambda: layers.ReLU(ceiling)}
    if inner:
        steps["relu"] = lambda: layers.LeakyReLU() if inner == "leaky" else layers.Activation(inner)
    steps["pool"] = lambda: kinds[pooling](pool, strides=pool_stride)
    ends = {
        "flatten": layers.Flatten,
        "global": layers.GlobalAveragePooling2D,
        "global max": layers.GlobalMaxPooling2D,
        "after": lambda: dense,
    }
    dense = layers.Dense(units, activation=activation)
    border = [layers.ZeroPadding2D(pad)] if pad else []
    order = order if "pool" in order or not pooling else (*order, "pool")
    return keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            *([layers.Rescaling(1 / 255)] if rescaled else []),
            *([] if pad_last else border),
            layers.Conv2D(filters, f, strides=stride, padding=padding),
            *(border if pad_last else []),
            *[steps[step]() for step in order],
            *([ends[end]()] if end else []),
            layers.Flatten() if end == "after" else dense,
        ]
    )


NOT_BUILT = Other(
    "Model",
    "one that does not know the shape of its pictures yet: begin the list with keras.Input((64, 64, 3)), for the next "
    "cell counts parameters",
)


def look_at_happy(function: Callable) -> Any:
    """As look_at_network; an older edition of the exercise asks for the shape of the pictures."""
    import keras

    shape = (64, 64, 3)
    model = function(*[shape] * accepts(function, "input_shape"))
    if isinstance(model, keras.Model) and not model.built:
        return NOT_BUILT
    return look_at_network(lambda: model, shape)


happy = Exercise(
    name="happyModel",
    points=15,
    difficulty=2,
    minutes=20,
    cases=[case("64x64 pictures in colour")],
    observe=look_at_happy,
    gives="a Keras model",
    reference=happyModel,
    tolerance=1e-4,
    time_limit=30,
    slow=True,
    mistakes=switched(
        happyModel,
        {
            "the zero padding is missing, and the convolution makes the picture smaller": {"pad": 0},
            "the picture is padded twice: by ZeroPadding2D, and by padding='same' in the convolution": {
                "padding": "same"
            },
            "the zero padding stands behind the convolution. It comes before it": {"pad_last": True},
            "the pixels are divided by 255. The table has no such layer: the pictures come in centred": {
                "rescaled": True
            },
            "the activation is a leaky ReLU. Here it is ReLU": {"inner": "leaky"},
            "the activation is a tanh. Here it is ReLU": {"inner": "tanh"},
            "the activation is a sigmoid. Only the dense layer has one: here it is ReLU": {
                "inner": "sigmoid"
            },
            "of each map only the largest number is left before the dense layer. Here they are flattened": {
                "end": "global max"
            },
            "the windows of the convolution are 5x5. Here they are 7x7": {"f": 5},
            "the zero padding is 2 wide. A 7x7 window needs 3 on each side": {"pad": 2},
            "the windows of the pooling are 4x4, or there are two poolings. There is one, 2x2": {"pool": 4},
            "the zero padding is 1 wide. A 7x7 window needs 3 on each side": {"pad": 1},
            "the convolution has stride 2. Here it is 1": {"stride": 2},
            "the windows of the convolution are 3x3. Here they are 7x7": {"f": 3},
            "the windows of the convolution are 3x3, with a border of 1. Here they are 7x7, with one of 3": {
                "f": 3,
                "pad": 1,
            },
            "the convolution has 64 filters. Here it has 32": {"filters": 64},
            "the batch normalization is missing": {"order": ("relu",)},
            "the batch normalization works along axis 1, the rows. Here it is axis 3, the channels": {
                "axis": 1
            },
            "the batch normalization works along axis 2, the columns. Here it is axis 3, the channels": {
                "axis": 2
            },
            "the ReLU is missing": {"order": ("norm",)},
            "the ReLU stands before the batch normalization. Here it comes after it": {
                "order": ("relu", "norm")
            },
            "the activation is ReLU6, which cuts off at 6. Here it is ReLU": {"ceiling": 6.0},
            "there is a ReLU before the batch normalization as well. It has one, after it": {
                "order": ("relu", "norm", "relu")
            },
            "the batch normalization stands behind the pooling. It comes right after the convolution": {
                "order": ("relu", "pool", "norm")
            },
            "the pooling stands before the batch normalization. It comes after the ReLU": {
                "order": ("pool", "norm", "relu")
            },
            "the number of filters and the size of their windows are exchanged: Conv2D(32, 7), filters first": {
                "filters": 7,
                "f": 32,
            },
            "the windows of the pooling are 3x3. By default they are 2x2": {"pool": 3},
            "the max pooling is missing": {"pooling": None},
            "the pooling takes averages. Here it takes the largest number": {"pooling": "average"},
            "the max pooling moves by 1 and keeps the picture's size. By default it moves by 2": {
                "pool_stride": 1
            },
            "Flatten is missing: the dense layer then works on every pixel by itself": {"end": ""},
            "the maps are averaged to one number each before the dense layer. Here they are flattened": {
                "end": "global"
            },
            "Flatten stands behind the dense layer. It comes before it, so that the unit sees the whole picture": {
                "end": "after"
            },
            "the output has no sigmoid: it is not a probability": {"activation": None},
            "the output has a tanh in place of a sigmoid": {"activation": "tanh"},
            "the output has a softmax. Over one single number that is always 1": {"activation": "softmax"},
            "the output has a ReLU in place of a sigmoid": {"activation": "relu"},
            "the output has two units. One is enough: the probability of a smile": {
                "units": 2,
                "activation": "softmax",
            },
        },
    ),
    hints=[
        "Six kinds of layers, and data flows straight through: keras.Sequential takes them as a list. What "
        "does each do to 64 x 64 x 3?",
        "In order: ZeroPadding2D, Conv2D, BatchNormalization, ReLU, MaxPooling2D, Flatten, Dense. "
        "model.summary() shows the shapes: 70 x 70 x 3, then 64 x 64 x 32, at the end 1.",
        "If the number of parameters is wrong, look at padding, window and pooling: each changes how long "
        "the flattened vector is (32 x 32 x 32). If only the outputs are wrong, look at what has no weights: "
        "the ReLU and its place, the kind of pooling, the sigmoid.",
        "keras.Sequential([keras.Input((64, 64, 3)), ZeroPadding2D(3), Conv2D(32, 7), "
        "BatchNormalization(axis=3), ReLU(), MaxPooling2D(), Flatten(), Dense(1, activation='sigmoid')])",
    ],
    idea="Convolution, batch normalization, ReLU: you will meet these three in this order again and again.",
    try_next="Print happyModel().count_params(), then put MaxPooling2D(4) into a copy of the function and "
    "predict the new number before you print it.",
)
