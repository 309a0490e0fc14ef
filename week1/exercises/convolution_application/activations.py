"""Checks for activation_table: shapes, sizes and parameters, layer by layer."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.plain import Other, plain
from workbook.slips import by_words, switched

from .observers import role_of


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
    in_layers: bool = False,
) -> list[tuple]:
    """Rows (name, activation shape, size, parameters): the input first, then each layer.

    input_rows  "one", "none", "as in layers" (a Sequential has none there), "one too many" or "for the first layer"
    after       what becomes of the rows at the end
    in_layers   True where the row of the input is right whatever the others are
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
    rows = after(rows[:last])
    return [*activation_table(model)[:1], *rows[1:]] if in_layers else rows


def added_up(rows: list[tuple]) -> list[tuple]:
    """Each row with the parameters of all rows up to it."""
    return [(*row[:3], sum(each[3] for each in rows[: i + 1])) for i, row in enumerate(rows)]


def one_row_late(rows: list[tuple]) -> list[tuple]:
    """Each row with the size of the row above it; the first keeps its own."""
    sizes = [rows[0][2], *(row[2] for row in rows)]
    return [(name, shape, size, count) for (name, shape, _, count), size in zip(rows, sizes, strict=False)]


def shapes_as(change: Callable) -> Callable:
    """Each row with another shape; the sizes stay."""
    return lambda rows: [(name, change(shape), *numbers) for name, shape, *numbers in rows]


def without_two(rows: list[tuple]) -> list[tuple]:
    """The layers' shapes without their last axis as well."""
    return [rows[0]] + [(name, shape[:-1], math.prod(shape[:-1]), n) for name, shape, _, n in rows[1:]]


def stops_at_the_input(model: Any) -> list[tuple]:
    """The loop ends at the input layer, which comes first where there is one."""
    rows = activation_table(model)
    return rows[:1] if type(model.layers[0]).__name__ == "InputLayer" else rows


def returned_in_the_loop(model: Any) -> list[tuple]:
    """The list comes back at the end of the loop's first turn, be that layer an input layer or not."""
    rows = activation_table(model)
    return rows[:1] if type(model.layers[0]).__name__ == "InputLayer" else rows[:2]


def input_from_the_first_layer(model: Any) -> list[tuple]:
    """The first row has the shape of what comes out of the first of model.layers."""
    shape = tuple(model.layers[0].output.shape)[1:]
    return [("input", shape, math.prod(shape), 0), *activation_table(model)[1:]]


def counted_as_a_whole(model: Any) -> list[tuple]:
    """Each layer with the parameters of the whole model."""
    first, *rows = activation_table(model)
    return [first, *((*row[:3], model.count_params()) for row in rows)]


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
    X = layers.ReLU(name="relu_1")(X)
    X = layers.MaxPooling2D(2, padding="same", name="pooling")(X)
    X = layers.Flatten(name="flatten")(X)
    return keras.Model(inputs, layers.Dense(units, name="output")(X))


def look_at_table(function: Callable, kind: str, *sizes: int) -> Any:
    """The table of a small model by its columns; anything that is not rows of four as it is."""
    model = small_model(kind, *sizes)
    rows = function(model)
    if not isinstance(rows, list | tuple | np.ndarray):
        return plain(rows)
    if any(isinstance(row, dict) for row in rows):
        return Other("list", "rows that are dictionaries. A row is a tuple: (name, shape, size, parameters)")
    if not all(isinstance(row, list | tuple | np.ndarray) and len(row) == 4 for row in rows):
        return plain(rows)
    names, shapes, counts, parameters = ([row[i] for row in rows] for i in range(4))
    known = {words for layer in model.layers for words in (layer.name, type(layer).__name__)}
    if len(names) > 1 and not known.intersection(map(str, names)):
        return Other(
            "list", "rows of which none is named after a layer of the model: read the argument model"
        )
    return {
        "layers": ["input" if names[0] == "input" else "another name", *map(str, names[1:])],
        "activation shapes": [shape_text(shape) for shape in shapes],
        "sizes": plain(counts),
        "parameters": plain(parameters),
    }


def shape_text(shape: Any) -> str:
    """A shape as text, whatever numbers it comes as: "14 x 14 x 6"."""
    if isinstance(shape, str):
        return "text"
    try:
        axes = list(shape)
    except TypeError:
        axes = [shape]  # a vector's length, without brackets
    return " x ".join("None" if n is None else f"{n:g}" if hasattr(n, "__float__") else str(n) for n in axes)


RETURNED = "the list comes back from inside the loop, after its first row: return stands one step further to the left"
SLIPS: dict[str, dict[str, Any]] = {
    "the row of the input is missing": {"input_rows": "none"},
    "the input has a row only where model.layers holds an input layer. A Sequential has none there: "
    "take model.input_shape": {"input_rows": "as in layers"},
    "the input of a functional model has two rows: skip its InputLayer": {"input_rows": "one too many"},
    "the shapes still have the batch axis, None, at the front: take shape[1:]": {"batch_axis": True},
    "the size adds up the axes of the shape. Multiply them": {"size": sum},
    "the size is the mean of the axes. Multiply them": {"size": lambda shape: sum(shape) / len(shape)},
    "the first row has another name. Its name is 'input'": {
        "after": lambda rows: [("pictures", *rows[0][1:]), *rows[1:]]
    },
    "the shapes are text. They are tuples of numbers, as layer.output.shape[1:] is": {
        "after": shapes_as(str)
    },
    "the layers' shapes lack their last axis: take shape[1:], not shape[1:-1]": {"after": without_two},
    RETURNED: {"after": lambda rows: rows[:2]},
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
    "only a layer's first array of weights is counted: it may have several, as a kernel and a bias": {
        "count": lambda layer: math.prod(layer.weights[0].shape) if layer.weights else 0
    },
    "the state of Dropout's random numbers is counted. It is among layer.variables, but no parameter: take "
    "layer.weights or layer.count_params()": {
        "count": lambda layer: sum(math.prod(v.shape) for v in layer.variables)
    },
    "rows is made anew for each layer, so the last alone is left: append to it": {
        "after": lambda rows: rows[-1:]
    },
    "the biases are not counted": {
        "count": lambda layer: sum(math.prod(w.shape) for w in layer.weights if role_of(w) != "bias")
    },
    "the arrays of weights are counted, not the numbers in them": {"count": lambda layer: len(layer.weights)},
    "layers without parameters are left out": {"only": lambda layer: layer.count_params() > 0},
    "the first of model.layers is skipped. It is the input in a functional model alone: in a Sequential it is "
    "a layer": {"input_rows": "for the first layer"},
    "size and parameters are exchanged: the size comes first": {
        "after": lambda rows: [(name, shape, count, size) for name, shape, size, count in rows]
    },
    "shape and size are exchanged: the shape comes first": {
        "after": lambda rows: [(name, size, shape, count) for name, shape, size, count in rows]
    },
    "the parameters are added up from row to row. Each row has those of its own layer": {"after": added_up},
    "the sizes come one row late, each from the shape of the row above: take the layer's own shape": {
        "after": one_row_late
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
    "the layers are named by their kind. Take layer.name": {"name_of": lambda layer: type(layer).__name__},
    "Flatten and Dropout are left out. They have no parameters, but a shape": {
        "only": lambda layer: type(layer).__name__ not in ("Flatten", "Dropout")
    },
    "the last layer is missing": {"last": -1},
}
ALSO_ALONE = (
    "the shapes still",
    "the shapes are text",
    "size and parameters",
    "shape and size",
    "the first number",
)
IN_LAYERS = [words for words, switches in SLIPS.items() if "size" in switches or words.startswith(ALSO_ALONE)]
"""Slips that are made where the layers' rows are written, while the row of the input, written beside them, is right."""

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
    mistakes=[
        *switched(activation_table, SLIPS),
        *switched(activation_table, {words: SLIPS[words] | {"in_layers": True} for words in IN_LAYERS}),
        *by_words(
            {
                "the loop breaks off at the InputLayer: continue goes on with the next layer": stops_at_the_input,
                RETURNED: returned_in_the_loop,
                "the input's shape is that of the first of model.layers. In a Sequential that is a layer: take "
                "model.input_shape": input_from_the_first_layer,
                "each layer has the parameters of the whole model: ask the layer, layer.count_params()": counted_as_a_whole,
            }
        ),
    ],
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
