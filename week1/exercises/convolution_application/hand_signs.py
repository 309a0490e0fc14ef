"""Checks for convolutional_model: a network that reads hand signs."""

from typing import Any

from workbook import Exercise, Mistake, case
from workbook.slips import switched

from .observers import look_at_model_of


def convolutional_model(
    input_shape: tuple[int, int, int],
    *,
    filters: tuple[int, int] = (8, 16),
    windows: tuple[int, int] = (4, 2),
    paddings: tuple[str, str] = ("same", "same"),
    relus: tuple[int, ...] = (0, 1),
    ceiling: float | None = None,
    pools: tuple[int | None, int | None] = (8, 4),
    pool_strides: tuple[int, int] | None = None,
    pool_paddings: tuple[str, str] = ("same", "same"),
    pooling: tuple[str, str] = ("max", "max"),
    bias: bool = True,
    conv_strides: tuple[int, int] = (1, 1),
    convolutions: tuple[int, ...] = (0, 1),
    rounds: int = 2,
    between: tuple[int, ...] = (),
    from_picture: bool = False,
    end: str = "flatten",
    units: int = 6,
    activation: str | None = "softmax",
    inner: str | None = None,
    rescaled: bool = False,
) -> Any:
    """Pictures (m, n_H, n_W, n_C) to the probabilities of six signs: two convolutions, each with a pooling."""
    import keras
    from keras import layers

    kinds = {"max": layers.MaxPooling2D, "average": layers.AveragePooling2D}
    X = inputs = keras.Input(input_shape)
    X = layers.Rescaling(1 / 255)(X) if rescaled else X
    for i in range(rounds):
        convolution = layers.Conv2D(filters[i], windows[i], conv_strides[i], paddings[i], use_bias=bias)
        X = convolution(inputs if from_picture else X) if i in convolutions else X
        bend = layers.Activation(inner) if inner and inner != "leaky" else layers.ReLU(ceiling)
        bend = layers.LeakyReLU() if inner == "leaky" else bend
        X = bend(X) if i in relus else X
        if not pools[i]:
            continue
        padding, strides = pool_paddings[i], pool_strides[i] if pool_strides else pools[i]
        if padding == "behind":
            X, padding = layers.ZeroPadding2D([(0, -n % pools[i]) for n in X.shape[1:3]])(X), "valid"
        X = kinds[pooling[i]](pools[i], strides, padding=padding)(X)
    if end:
        X = layers.Flatten()(X) if end == "flatten" else layers.GlobalAveragePooling2D()(X)
    for each in between:
        X = layers.Dense(each, activation="relu")(X)
    return keras.Model(inputs, layers.Dense(units, activation=activation)(X))


signs = Exercise(
    name="convolutional_model",
    points=20,
    difficulty=3,
    minutes=25,
    cases=[
        case("64x64 pictures in colour", (64, 64, 3)),
        case("39x52 grey pictures: no multiple of 8", (39, 52, 1)).weighing(2),
    ],
    observe=look_at_model_of,
    gives="a Keras model",
    reference=convolutional_model,
    tolerance=1e-4,
    time_limit=30,
    slow=True,
    mistakes=[
        *switched(
            convolutional_model,
            {
                "the first convolution makes the picture smaller. It needs padding='same'": {
                    "paddings": ("valid", "same")
                },
                "the second convolution makes the maps smaller. It needs padding='same'": {
                    "paddings": ("same", "valid")
                },
                "neither convolution has padding='same', and both make the maps smaller": {
                    "paddings": ("valid", "valid")
                },
                "there is no padding='same' anywhere. Both convolutions and both poolings have it": {
                    "paddings": ("valid", "valid"),
                    "pool_paddings": ("valid", "valid"),
                },
                "the pixels are divided by 255. The table has no such layer: the pictures come in centred": {
                    "rescaled": True
                },
                "the activations are leaky ReLUs. Here they are ReLU": {"inner": "leaky"},
                "the activations are tanh. Here they are ReLU": {"inner": "tanh"},
                "the activations are sigmoids. Here they are ReLU": {"inner": "sigmoid"},
                "the windows of both convolutions are 2x2. The first is 4x4": {"windows": (2, 2)},
                "the first pooling has no padding='same', and drops the rows and columns that do not fill a window": {
                    "pool_paddings": ("valid", "same")
                },
                "the second pooling has no padding='same', and drops the rows and columns that do not fill a "
                "window": {"pool_paddings": ("same", "valid")},
                "neither pooling has padding='same'": {"pool_paddings": ("valid", "valid")},
                "the maps are padded at the bottom and on the right alone before they are pooled: padding='same' puts "
                "as much at the top and on the left (or one pixel less)": {
                    "pool_paddings": ("behind", "behind")
                },
                "padding='SAME' stands in capital letters in the pooling. Conv2D reads that, a Keras pooling "
                "does not: write padding='same'": {"pool_paddings": ("SAME", "SAME")},
                "the first pooling is missing, or the second convolution does not get its result": {
                    "pools": (None, 4)
                },
                "the second pooling is missing, or Flatten does not get its result": {"pools": (8, None)},
                "the windows of the two poolings are swapped: the first is 8x8, the second 4x4": {
                    "pools": (4, 8)
                },
                "both poolings move by 1. Their strides are 8 and 4": {"pool_strides": (1, 1)},
                "both poolings move by 2. Their strides are 8 and 4": {"pool_strides": (2, 2)},
                "the poolings take averages. Here they take the largest number": {
                    "pooling": ("average", "average")
                },
                "the first pooling takes averages. It takes the largest number, as the second": {
                    "pooling": ("average", "max")
                },
                "the second pooling takes averages. It takes the largest number, as the first": {
                    "pooling": ("max", "average")
                },
                "there is no ReLU after the first convolution": {"relus": (1,)},
                "there is no ReLU after the second convolution": {"relus": (0,)},
                "there is no ReLU at all": {"relus": ()},
                "the activations are ReLU6, which cuts off at 6. Here they are ReLU": {"ceiling": 6.0},
                "the numbers of filters are swapped: the first convolution has 8, the second 16": {
                    "filters": (16, 8)
                },
                "both convolutions have 8 filters. The second has 16": {"filters": (8, 8)},
                "the windows of the two convolutions are swapped: the first is 4x4, the second 2x2": {
                    "windows": (2, 4)
                },
                "both convolutions have 16 filters. The first has 8": {"filters": (16, 16)},
                "the windows of both convolutions are 4x4. The second is 2x2": {"windows": (4, 4)},
                "the windows of both convolutions are 3x3. The first is 4x4, the second 2x2": {
                    "windows": (3, 3)
                },
                "filters and windows of the convolutions are exchanged: Conv2D takes the number of filters first": {
                    "filters": (4, 2),
                    "windows": (8, 16),
                },
                "the convolutions move by their own windows' size. Their strides are 1": {
                    "conv_strides": (4, 2)
                },
                "the windows of both poolings are 8x8, or the second is a global one. It is 4x4, and then the maps are "
                "flattened": {"pools": (8, 8)},
                "the windows of both poolings are 4x4. The first is 8x8": {"pools": (4, 4)},
                "the windows of both poolings are 2x2, as by default. They are 8x8 and 4x4": {
                    "pools": (2, 2)
                },
                "the second convolution is missing, or what comes out of it is not used": {
                    "convolutions": (0,)
                },
                "the second convolution gets the picture. It gets what the first pooling gave": {
                    "from_picture": True
                },
                "the second round is missing, or Flatten gets the result of the first pooling": {"rounds": 1},
                "there is one more dense layer, with 64 units. Flatten is followed by the six at once": {
                    "between": (64,)
                },
                "the convolutions have no biases": {"bias": False},
                "Flatten is missing: the dense layer then works at every place of the maps by itself": {
                    "end": ""
                },
                "the maps are averaged to one number each before the dense layer. Here they are flattened": {
                    "end": "global"
                },
                "the output has no softmax: its numbers are not probabilities": {"activation": None},
                "the output has a sigmoid. The six probabilities then do not add up to 1": {
                    "activation": "sigmoid"
                },
                "the output has a ReLU in place of a softmax": {"activation": "relu"},
                "there are 10 outputs. There are six signs": {"units": 10},
            },
        ),
        Mistake(
            "the argument input_shape is ignored: it is always (64, 64, 3)",
            lambda input_shape: convolutional_model((64, 64, 3)),
        ),
    ],
    hints=[
        "Start with inputs = keras.Input(input_shape). Every layer is called on what the one before it "
        "returned; at the end keras.Model(inputs, outputs).",
        "Seven steps have a shape of their own for 64 x 64 x 3: 64x64x8, 64x64x8, 8x8x8, 8x8x16, 8x8x16, "
        "2x2x16, 64. Then six numbers.",
        "If 64x64 passes and 39x52 is wrong, a padding='same' is missing: 64 is a multiple of 8, so it does "
        "not show there. If the parameters are right and the outputs wrong, look at the ReLUs, the kind of "
        "pooling, the softmax. If the parameters are wrong, look at filters, windows and strides.",
        "Z1 = Conv2D(8, 4, padding='same')(inputs); A1 = ReLU()(Z1); P1 = MaxPooling2D(8, strides=8, "
        "padding='same')(A1); the same with 16 filters of 2x2 and a 4x4 pooling; then "
        "Dense(6, activation='softmax')(Flatten()(P2)).",
    ],
    idea="1,310 parameters. A dense layer with one single unit needs nine times as many for such a picture.",
    try_next="Print convolutional_model((128, 128, 3)).count_params() and say, before you do, which layer has "
    "grown and how many times.",
)
