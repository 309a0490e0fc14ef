"""Checks for lenet5: the network of 1998."""

from typing import Any

from workbook import Exercise, Mistake, case
from workbook.slips import switched

from .observers import look_at_model_of


def lenet5(
    input_shape: tuple[int, int, int],
    classes: int,
    *,
    paddings: tuple[str, str] = ("valid", "valid"),
    f: int = 5,
    filters: tuple[int, int] = (6, 16),
    pooling: str | tuple[str, str] = "average",
    pools: tuple[int, ...] = (0, 1),
    pool_stride: int = 2,
    pool_padding: str = "valid",
    layers_with: tuple[str | None, ...] = (),
    inner: str | None = "tanh",
    inner_dense: str | None = "",
    tanh_last: bool = False,
    units: tuple[int, ...] = (120, 84),
    as_convolution: bool = False,
    end: str = "flatten",
    activation: str | None = "softmax",
) -> Any:
    """LeNet-5 (LeCun et al. 1998, figure 2) as it is commonly built: (m, n_H, n_W, n_C) to (m, classes)."""
    import keras
    from keras import layers

    kinds = {"max": layers.MaxPooling2D, "average": layers.AveragePooling2D}
    dense = inner if inner_dense == "" else inner_dense
    bends = layers_with or (*[None if tanh_last else inner] * 2, *[dense] * len(units))
    X = inputs = keras.Input(input_shape)
    for i in (0, 1):
        X = layers.Conv2D(filters[i], f, padding=paddings[i], activation=bends[i])(X)
        kind = pooling if isinstance(pooling, str) else pooling[i]
        X = kinds[kind](2, pool_stride, padding=pool_padding)(X) if i in pools else X
        X = layers.Activation(inner)(X) if tanh_last else X
    if as_convolution:
        X = layers.Conv2D(units[0], 5, activation=inner)(X)
        units = units[1:]
    if end:
        X = layers.GlobalAveragePooling2D()(X) if end == "global" else layers.Flatten()(X)
    for each, bend in zip(units, bends[2:], strict=False):
        X = layers.Dense(each, activation=bend)(X)
    return keras.Model(inputs, layers.Dense(classes, activation=activation)(X))


WITH_TANH = (
    "the first convolution",
    "the second convolution",
    "the dense layer with 120 units",
    "the dense layer with 84 units",
)

lenet = Exercise(
    name="lenet5",
    points=15,
    difficulty=3,
    minutes=20,
    cases=[
        case("32x32 grey pictures, 10 classes", (32, 32, 1), 10),
        case("41x39 pictures in colour, 4 classes", (41, 39, 3), 4).weighing(2),
    ],
    observe=look_at_model_of,
    gives="a Keras model",
    reference=lenet5,
    tolerance=1e-4,
    time_limit=30,
    slow=True,
    mistakes=[
        *switched(
            lenet5,
            {
                "the poolings take the largest number. LeNet-5 takes averages": {"pooling": "max"},
                "the first pooling is missing": {"pools": (1,)},
                "the second pooling is missing": {"pools": (0,)},
                "the activations are ReLUs. LeNet-5 is older than that: it has tanh": {"inner": "relu"},
                "the activations are sigmoids. Here they are tanh": {"inner": "sigmoid"},
                "there is no tanh anywhere: two layers in a row without a bend are one layer": {
                    "inner": None
                },
                "the convolutions have no tanh. Every layer but the poolings and the last has one": {
                    "inner": None,
                    "inner_dense": "tanh",
                },
                "the dense layers have no tanh. Every layer but the poolings and the last has one": {
                    "inner_dense": None
                },
                "the convolutions have ReLUs. LeNet-5 has tanh there as well": {
                    "inner": "relu",
                    "inner_dense": "tanh",
                },
                "the dense layers have ReLUs. LeNet-5 has tanh there as well": {"inner_dense": "relu"},
                "each tanh stands behind the pooling. It comes right after the convolution": {
                    "tanh_last": True
                },
                "the poolings move by 1. They move by 2": {"pool_stride": 1},
                "the poolings have padding='same'. They have none: of 37 rows 18 remain": {
                    "pool_padding": "same"
                },
                "the first pooling takes the largest number. It takes averages, as the second": {
                    "pooling": ("max", "average")
                },
                "the second pooling takes the largest number. It takes averages, as the first": {
                    "pooling": ("average", "max")
                },
                **{
                    f"{which} has {other}": {"layers_with": ("tanh",) * i + (bend,) + ("tanh",) * (3 - i)}
                    for i, which in enumerate(WITH_TANH)
                    for bend, other in (
                        (None, "no tanh. Every layer but the poolings and the last has one"),
                        ("relu", "a ReLU. It has a tanh, as all others but the last"),
                    )
                },
                "the first convolution has padding='same'. It has no padding: 32 becomes 28": {
                    "paddings": ("same", "valid")
                },
                "the second convolution has padding='same'. It has no padding: 14 becomes 10": {
                    "paddings": ("valid", "same")
                },
                "both convolutions have padding='same'. They have no padding": {"paddings": ("same", "same")},
                "the windows of the convolutions are 3x3. Here they are 5x5": {"f": 3},
                "both convolutions have 6 filters. The second has 16": {"filters": (6, 6)},
                "both convolutions have 16 filters. The first has 6": {"filters": (16, 16)},
                "the numbers of filters are swapped: the first convolution has 6, the second 16": {
                    "filters": (16, 6)
                },
                "the 400 numbers that Flatten gives go through a dense layer with 400 units as well": {
                    "units": (400, 120, 84)
                },
                "Flatten is missing: the dense layers then work at every place of the maps by themselves": {
                    "end": ""
                },
                "the dense layers are swapped: first 120 units, then 84": {"units": (84, 120)},
                "the dense layer with 120 units is missing": {"units": (84,)},
                "the dense layer with 84 units is missing": {"units": (120,)},
                "the 120 units are a 5x5 convolution. That is the same as a dense layer only where a 5x5 map "
                "comes in: flatten first, then a dense layer": {"as_convolution": True},
                "the maps are averaged to one number each. Here they are flattened": {"end": "global"},
                "the output has no softmax: its numbers are not probabilities": {"activation": None},
                "the output has a tanh in place of a softmax": {"activation": "tanh"},
                "the output has a sigmoid in place of a softmax": {"activation": "sigmoid"},
            },
        ),
        Mistake(
            "the argument classes is ignored: there are always 10 outputs",
            lambda input_shape, classes: lenet5(input_shape, 10),
        ),
        Mistake(
            "the argument input_shape is ignored: it is always (32, 32, 1)",
            lambda input_shape, classes: lenet5((32, 32, 1), classes),
        ),
    ],
    hints=[
        "Two rounds of convolution and pooling, then three dense layers. Which of them have a tanh, and what "
        "stands at the very end?",
        "For 32 x 32 x 1 the shapes are 28x28x6, 14x14x6, 10x10x16, 5x5x16, 400, 120, 84, 10: 61,706 "
        "parameters. What does model.summary() say?",
        "If the parameters are right and the outputs wrong, look at the kind of pooling, at each tanh, at "
        "the softmax. If 32x32 passes and 41x39 is wrong, something is written as a number that should come "
        "from input_shape or classes, the 120 units are a convolution, or the poolings are padded.",
        "X = Conv2D(6, 5, activation='tanh')(X); X = AveragePooling2D(2)(X); the same with 16 filters; then "
        "Flatten, Dense(120, 'tanh'), Dense(84, 'tanh'), Dense(classes, 'softmax').",
    ],
    idea="Most of LeNet-5's parameters sit in one place: find it in the table of its activations.",
    try_next="Print lenet5((64, 64, 1), 10).count_params() and that for (32, 32, 1), and find out which single "
    "layer has taken all of the growth.",
)
