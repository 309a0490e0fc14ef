"""Checks for week1/convolution_application: three networks in Keras, and the table of their activations.

A network is judged by what it computes under known weights, in inference and in training mode, and by its
number of parameters. The references take switches, and a mistake is a reference with a switch thrown.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, Mistake, case
from workbook.models import accepts, known, known_pictures
from workbook.plain import plain
from workbook.slips import switched

# --- the references, with switches that make the mistakes ---------------------------------------------


def happyModel(
    *,
    pad: int = 3,
    padding: str = "valid",
    filters: int = 32,
    f: int = 7,
    stride: int = 1,
    order: tuple[str, ...] = ("norm", "relu"),
    axis: int = 3,
    pooling: str | None = "max",
    pool: int = 2,
    pool_stride: int | None = None,
    end: str = "flatten",
    units: int = 1,
    activation: str | None = "sigmoid",
) -> Any:
    """64x64 pictures in colour to the probability of a smile: (m, 1)."""
    import keras
    from keras import layers

    kinds = {"max": layers.MaxPooling2D, "average": layers.AveragePooling2D}
    steps = {"norm": lambda: layers.BatchNormalization(axis=axis), "relu": layers.ReLU}
    steps["pool"] = lambda: kinds[pooling](pool, strides=pool_stride)
    ends = {"flatten": layers.Flatten, "global": layers.GlobalAveragePooling2D, "after": lambda: dense}
    dense = layers.Dense(units, activation=activation)
    order = order if "pool" in order or not pooling else (*order, "pool")
    return keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            *([layers.ZeroPadding2D(pad)] if pad else []),
            layers.Conv2D(filters, f, strides=stride, padding=padding),
            *[steps[step]() for step in order],
            *([ends[end]()] if end else []),
            layers.Flatten() if end == "after" else dense,
        ]
    )


def convolutional_model(
    input_shape: tuple[int, int, int],
    *,
    filters: tuple[int, int] = (8, 16),
    windows: tuple[int, int] = (4, 2),
    paddings: tuple[str, str] = ("same", "same"),
    relus: tuple[int, ...] = (0, 1),
    pools: tuple[int | None, int | None] = (8, 4),
    pool_strides: tuple[int, int] | None = None,
    pool_paddings: tuple[str, str] = ("same", "same"),
    pooling: str = "max",
    bias: bool = True,
    conv_strides: tuple[int, int] = (1, 1),
    convolutions: tuple[int, ...] = (0, 1),
    rounds: int = 2,
    between: tuple[int, ...] = (),
    end: str = "flatten",
    units: int = 6,
    activation: str | None = "softmax",
) -> Any:
    """Pictures (m, n_H, n_W, n_C) to the probabilities of six signs: two convolutions, each with a pooling."""
    import keras
    from keras import layers

    kinds = {"max": layers.MaxPooling2D, "average": layers.AveragePooling2D}
    X = inputs = keras.Input(input_shape)
    for i in range(rounds):
        convolution = layers.Conv2D(filters[i], windows[i], conv_strides[i], paddings[i], use_bias=bias)
        X = convolution(X) if i in convolutions else X
        X = layers.ReLU()(X) if i in relus else X
        strides = pool_strides[i] if pool_strides else pools[i]
        X = kinds[pooling](pools[i], strides, padding=pool_paddings[i])(X) if pools[i] else X
    if end:
        X = layers.Flatten()(X) if end == "flatten" else layers.GlobalAveragePooling2D()(X)
    for each in between:
        X = layers.Dense(each, activation="relu")(X)
    return keras.Model(inputs, layers.Dense(units, activation=activation)(X))


def lenet5(
    input_shape: tuple[int, int, int],
    classes: int,
    *,
    paddings: tuple[str, str] = ("valid", "valid"),
    f: int = 5,
    filters: tuple[int, int] = (6, 16),
    pooling: str = "average",
    pools: tuple[int, ...] = (0, 1),
    pool_stride: int = 2,
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
    X = inputs = keras.Input(input_shape)
    for i in (0, 1):
        X = layers.Conv2D(filters[i], f, padding=paddings[i], activation=None if tanh_last else inner)(X)
        X = kinds[pooling](2, pool_stride)(X) if i in pools else X
        X = layers.Activation(inner)(X) if tanh_last else X
    if as_convolution:
        X = layers.Conv2D(units[0], 5, activation=inner)(X)
        units = units[1:]
    if end:
        X = layers.GlobalAveragePooling2D()(X) if end == "global" else layers.Flatten()(X)
    for each in units:
        X = layers.Dense(each, activation=inner if inner_dense == "" else inner_dense)(X)
    return keras.Model(inputs, layers.Dense(classes, activation=activation)(X))


def activation_table(
    model: Any,
    *,
    input_rows: str = "one",
    batch_axis: bool = False,
    size: Callable = math.prod,
    count: Callable = lambda layer: layer.count_params(),
    shape_of: Callable = lambda layer: layer.output.shape,
    only: Callable = lambda layer: True,
    name_of: Callable = lambda layer: layer.name,
    after: Callable = lambda rows: rows,
    last: int | None = None,
) -> list[tuple]:
    """Rows (name, activation shape, size, parameters): the input first, then each layer.

    input_rows  "one", "none", "as in layers" (a Sequential has none there), "one too many" or "for the first layer"
    after       what becomes of the rows at the end
    """
    import keras

    def is_input(layer: Any) -> bool:
        return isinstance(layer, keras.layers.InputLayer)

    def row(name: str, shape: tuple, parameters: int) -> tuple:
        shown = tuple(shape) if batch_axis else tuple(shape)[1:]
        return name, shown, size(tuple(shape)[1:]), parameters

    own_row = input_rows in ("one", "one too many", "for the first layer")
    rows = [row("input", model.input_shape, 0)] if own_row else []
    for layer in model.layers[1:] if input_rows == "for the first layer" else model.layers:
        skipped = is_input(layer) and input_rows in ("one", "none")
        if not skipped and (is_input(layer) or only(layer)):
            rows.append(row(name_of(layer), shape_of(layer), count(layer)))
    return after(rows[:last])


# --- what is looked at ---------------------------------------------------------------------------------


def role_of(variable: Any) -> str:
    """What a variable is for: "kernel", "bias", "gamma", ..."""
    return variable.path.split("/")[-1]


def added_up(rows: list[tuple]) -> list[tuple]:
    """Each row with the parameters of all rows up to it."""
    return [(*row[:3], sum(each[3] for each in rows[: i + 1])) for i, row in enumerate(rows)]


def needless_biases(model: Any) -> set[str]:
    """Paths of biases as long as a moving mean: a batch normalization takes them away again, so that a
    network may have them or not."""
    lengths = {tuple(each.shape) for each in model.variables if role_of(each) == "moving_mean"}
    return {each.path for each in model.variables if role_of(each) == "bias" and tuple(each.shape) in lengths}


def known_weight(shape: tuple[int, ...], role: str) -> np.ndarray:
    """Known numbers for a weight. A kernel's depend on how many numbers it takes in and gives out only, so
    that a convolution over the whole map and a dense layer get the same."""
    values = known((math.prod(shape[:-1]), shape[-1]), role).reshape(shape)
    if role == "gamma":
        return 0.7 + 0.2 * np.tanh(values)
    if role == "moving_variance":
        return 2 + np.tanh(values)
    if role == "kernel":
        return values * np.sqrt(2 / math.prod(shape[:-1]))
    return values if role == "bias" else 0.3 * values


def set_weights(model: Any) -> dict[str, int]:
    """Gives a built model known weights. Returns how many parameters train and how many do not, without the
    biases that change nothing."""
    needless = needless_biases(model)
    counts = {"trainable": 0, "not trainable": 0}
    trainable = {variable.path for variable in model.trainable_variables}
    for variable in model.variables:
        if "seed" in variable.path:
            continue
        shape = tuple(variable.shape)
        if variable.path in needless:
            variable.assign(np.zeros(shape))
            continue
        variable.assign(known_weight(shape, role_of(variable)))
        counts["trainable" if variable.path in trainable else "not trainable"] += math.prod(shape)
    return counts


def look_at_network(function: Callable, input_shape: tuple[int, int, int], *args: Any) -> Any:
    """What a network computes under known weights, in both modes: args are the function's own."""
    import keras

    model = function(*args)
    if not isinstance(model, keras.Model):
        return plain(model)
    X = 0.2 * known_pictures(3, input_shape)  # faint, so that a bias below 0 keeps a whole window below 0
    model(X[:1])  # builds a Sequential that was given no input shape
    counts = set_weights(model)
    inference = np.asarray(model(X, training=False))
    training = np.asarray(model(X, training=True))  # last, since it moves the statistics
    return {
        "output shape": list(inference.shape)[1:],
        "parameters": counts,
        "in inference mode": inference,
        "in training mode": training,
    }


def look_at_happy(function: Callable) -> Any:
    """As look_at_network; an older edition of the exercise asks for the shape of the pictures."""
    shape = (64, 64, 3)
    return look_at_network(function, shape, *[shape] * accepts(function, "input_shape"))


def look_at_model_of(function: Callable, input_shape: tuple[int, int, int], *args: Any) -> Any:
    """As look_at_network, for a function that takes the shape of the pictures first."""
    return look_at_network(function, input_shape, input_shape, *args)


def small_model(kind: str, n_H: int, n_W: int, filters: int, units: int) -> Any:
    """A network to make a table of: "functional", "sequential" or "frozen"."""
    import keras
    from keras import layers

    if kind == "sequential":
        return keras.Sequential(
            [
                keras.Input((n_H, n_W, 3)),
                layers.Conv2D(filters, (3, 2), activation="relu", name="convolution"),
                layers.AveragePooling2D(2, name="pooling"),
                layers.Flatten(name="flatten"),
                layers.Dropout(0.5, name="dropout"),
                layers.Dense(units, activation="relu", name="hidden"),
                layers.Dense(3, name="output"),
            ]
        )
    X = inputs = keras.Input((n_H, n_W, 2), name="pictures")
    convolution = layers.Conv2D(filters, 3, strides=2, use_bias=kind == "frozen", name="convolution")
    convolution.trainable = kind != "frozen"
    X = convolution(X)
    X = layers.BatchNormalization(name="normalization")(X) if kind == "functional" else X
    X = layers.ReLU(name="relu")(X)
    X = layers.MaxPooling2D(2, padding="same", name="pooling")(X)
    X = layers.Flatten(name="flatten")(X)
    return keras.Model(inputs, layers.Dense(units, name="output")(X))


def look_at_table(function: Callable, kind: str, *sizes: int) -> Any:
    """The table of a small model by its columns; anything that is not rows of four as it is."""
    rows = function(small_model(kind, *sizes))
    if not isinstance(rows, list | tuple | np.ndarray):
        return plain(rows)
    rows = [list(row.values()) if isinstance(row, dict) else row for row in rows]
    if not all(isinstance(row, list | tuple | np.ndarray) and len(row) == 4 for row in rows):
        return plain(rows)
    names, shapes, counts, parameters = ([row[i] for row in rows] for i in range(4))
    return {
        "layers": ["input", *map(str, names[1:])],
        "activation shapes": [shape_text(shape) for shape in shapes],
        "sizes": plain(counts),
        "parameters": plain(parameters),
    }


def shape_text(shape: Any) -> str:
    """A shape as text, whatever it comes as: "14 x 14 x 6"."""
    if isinstance(shape, str):
        return shape
    try:
        axes = list(shape)
    except TypeError:
        axes = [shape]  # a vector's length, without brackets
    return " x ".join("None" if n is None else f"{n:g}" if hasattr(n, "__float__") else str(n) for n in axes)


# --- the exercises -------------------------------------------------------------------------------------

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
                "the first pooling has no padding='same', and drops the rows and columns that do not fill a window": {
                    "pool_paddings": ("valid", "same")
                },
                "the second pooling has no padding='same', and drops the rows and columns that do not fill a "
                "window": {"pool_paddings": ("same", "valid")},
                "neither pooling has padding='same'": {"pool_paddings": ("valid", "valid")},
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
                "the poolings take averages. Here they take the largest number": {"pooling": "average"},
                "there is no ReLU after the first convolution": {"relus": (1,)},
                "there is no ReLU after the second convolution": {"relus": (0,)},
                "there is no ReLU at all": {"relus": ()},
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
                "the windows of both poolings are 8x8. The second is 4x4": {"pools": (8, 8)},
                "the windows of both poolings are 4x4. The first is 8x8": {"pools": (4, 4)},
                "the windows of both poolings are 2x2, as by default. They are 8x8 and 4x4": {
                    "pools": (2, 2)
                },
                "the second convolution is missing, or what comes out of it is not used": {
                    "convolutions": (0,)
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

table = Exercise(
    name="activation_table",
    points=10,
    difficulty=2,
    minutes=20,
    cases=lambda rng: [
        case(
            "a functional network, with batch normalization",
            "functional",
            *rng.integers([9, 13, 3, 4], [12, 17, 6, 7]).tolist(),
        ),
        case(
            "a Sequential, which has no input layer",
            "sequential",
            *rng.integers([8, 12, 3, 4], [11, 16, 6, 7]).tolist(),
        ),
        case(
            "a convolution that does not train",
            "frozen",
            *rng.integers([10, 14, 3, 4], [13, 18, 6, 7]).tolist(),
        ),
    ],
    observe=look_at_table,
    gives="a list of rows of four: name, activation shape, size, number of parameters",
    reference=activation_table,
    time_limit=30,
    slow=True,
    mistakes=switched(
        activation_table,
        {
            "the row of the input is missing": {"input_rows": "none"},
            "the input has a row only where model.layers holds an input layer. A Sequential has none there: "
            "take model.input_shape": {"input_rows": "as in layers"},
            "the input of a functional model has two rows: skip its InputLayer": {
                "input_rows": "one too many"
            },
            "the shapes still have the batch axis, None, at the front: take shape[1:]": {"batch_axis": True},
            "the size adds up the axes of the shape. Multiply them": {"size": sum},
            "the size leaves the channels out: it is n_H times n_W times n_C": {
                "size": lambda shape: math.prod(shape[:2])
            },
            "the size is the number of axes, not the number of values": {"size": len},
            "the shapes are those of what goes into the layers, not of what comes out": {
                "shape_of": lambda layer: layer.input.shape
            },
            "only the parameters that train are counted. Batch normalization and frozen layers have others too": {
                "count": lambda layer: sum(math.prod(w.shape) for w in layer.trainable_weights)
            },
            "the biases are not counted": {
                "count": lambda layer: sum(math.prod(w.shape) for w in layer.weights if role_of(w) != "bias")
            },
            "the arrays of weights are counted, not the numbers in them": {
                "count": lambda layer: len(layer.weights)
            },
            "layers without parameters are left out": {"only": lambda layer: layer.count_params() > 0},
            "the first of model.layers is skipped. It is the input in a functional model alone: in a Sequential it is "
            "a layer": {"input_rows": "for the first layer"},
            "size and parameters are exchanged: the size comes first": {
                "after": lambda rows: [(name, shape, count, size) for name, shape, size, count in rows]
            },
            "shape and size are exchanged: the shape comes first": {
                "after": lambda rows: [(name, size, shape, count) for name, shape, size, count in rows]
            },
            "the parameters are added up from row to row. Each row has those of its own layer": {
                "after": added_up
            },
            "the first number of each shape is missing too. Take off the batch axis alone: shape[1:]": {
                "after": lambda rows: [
                    (name, shape[1:], math.prod(shape[1:]), count) for name, shape, _, count in rows
                ]
            },
            "the shapes lack their last axis: take shape[1:], up to the end": {
                "after": lambda rows: [
                    (name, shape[:-1], math.prod(shape[:-1]), count) for name, shape, _, count in rows
                ]
            },
            "the size of the input is 0. It has no parameters, but as many numbers as its shape says": {
                "after": lambda rows: [(*rows[0][:2], 0, 0), *rows[1:]]
            },
            "the layers are named by their kind. Take layer.name": {
                "name_of": lambda layer: type(layer).__name__
            },
            "Flatten and Dropout are left out. They have no parameters, but a shape": {
                "only": lambda layer: type(layer).__name__ not in ("Flatten", "Dropout")
            },
            "the last layer is missing": {"last": -1},
        },
    ),
    hints=[
        "A model knows its layers (model.layers), its input (model.input_shape); a layer knows its output "
        "(layer.output.shape) and its parameters (layer.count_params()).",
        "Every shape that Keras gives begins with None, the batch, of any size. It belongs neither into the "
        "shape nor into the size.",
        "If the functional network passes and the Sequential is wrong, or the other way round, look at the "
        "input: only the functional model has an InputLayer among model.layers. If only the parameters are "
        "wrong, count everything that is stored, trained or not.",
        "rows = [('input', model.input_shape[1:], math.prod(model.input_shape[1:]), 0)], then one such row "
        "for each layer that is not a keras.layers.InputLayer.",
    ],
    idea="Sum the column of sizes: that is what training must keep in memory for every picture of a batch.",
    try_next="Call helpers.print_table(activation_table(happyModel())) and find the layers with the most "
    "numbers, and the one with the most parameters.",
)

lenet = Exercise(
    name="lenet5",
    points=15,
    difficulty=3,
    minutes=20,
    cases=[
        case("32x32 grey pictures, 10 classes", (32, 32, 1), 10),
        case("40x36 pictures in colour, 4 classes", (40, 36, 3), 4).weighing(2),
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
        "the softmax. If 32x32 passes and 40x36 is wrong, something is written as a number that should come "
        "from input_shape or classes, or the 120 units are a convolution.",
        "X = Conv2D(6, 5, activation='tanh')(X); X = AveragePooling2D(2)(X); the same with 16 filters; then "
        "Flatten, Dense(120, 'tanh'), Dense(84, 'tanh'), Dense(classes, 'softmax').",
    ],
    idea="Most of LeNet-5's parameters sit in one place: find it in the table of its activations.",
    try_next="Print lenet5((64, 64, 1), 10).count_params() and find out which single layer has taken nearly all "
    "of the growth.",
)
