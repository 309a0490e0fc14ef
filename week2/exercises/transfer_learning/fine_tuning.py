"""Checks for unfreeze: a base that is trained from some layer on."""

from collections.abc import Callable
from typing import Any

import numpy as np

from workbook import Exercise, case
from workbook.slips import by_words

from .bases import known_augmentation, stand_in_bases
from .classifier import alpaca_model, head_of


def find_base(model: Any) -> Any:
    """The layer of a model that is itself a model, the one with most layers."""
    return max((layer for layer in model.layers if hasattr(layer, "layers")), key=lambda x: len(x.layers))


def unfreeze(model: Any, from_layer: int) -> None:
    """The layers of the base train from ``from_layer`` on; those before do not."""
    base = find_base(model)
    base.trainable = True
    for i, layer in enumerate(base.layers):
        layer.trainable = i >= from_layer


def choosing(chosen: Callable[[Any, int], list[Any]]) -> Callable:
    """``unfreeze`` with another idea of which layers of the base stay frozen."""

    def wrong(model: Any, from_layer: int) -> None:
        base = find_base(model)
        base.trainable = True
        for layer in chosen(base, from_layer):
            layer.trainable = False

    return wrong


def only_thaws(model: Any, from_layer: int) -> None:
    """Nothing is ever frozen again."""
    for layer in find_base(model).layers[from_layer:]:
        layer.trainable = True


def thaws_last(model: Any, from_layer: int) -> None:
    """The base as a whole comes after its layers, and takes back what was said of them."""
    base = find_base(model)
    for layer in base.layers[:from_layer]:
        layer.trainable = False
    base.trainable = True


def thaws_nothing(model: Any, from_layer: int) -> None:
    """The layers before from_layer are frozen, which they were, and that is all."""
    for layer in find_base(model).layers[:from_layer]:
        layer.trainable = False


def head_frozen(model: Any, from_layer: int) -> None:
    """All is frozen first, the head with it, and only the base is thawed."""
    model.trainable = False
    base = find_base(model)
    model.trainable = True
    for layer in model.layers:
        layer.trainable = layer is base
    for layer in base.layers[:from_layer]:
        layer.trainable = False


def counts_outer_layers(model: Any, from_layer: int) -> None:
    """The layers of the model are counted, in place of those of its base."""
    find_base(model).trainable = True
    for layer in model.layers[:from_layer]:
        layer.trainable = False


def with_weights(base: Any, from_layer: int) -> list[Any]:
    return [layer for layer in base.layers if layer.weights][:from_layer]


def look_at_unfreezing(function: Callable, *from_layers: int) -> dict[str, Any]:
    """Which weights of a frozen network train after one call or several.

    Of the base only kernels are looked at: many people leave its batch norms frozen, and they may.
    """
    with stand_in_bases(alpaca_model) as bases:
        model = alpaca_model((16, 24), known_augmentation())
    for from_layer in from_layers:
        function(model, from_layer)
    training = {id(variable) for variable in model.trainable_variables}
    kernels = [[v for v in layer.variables if "kernel" in v.path] for layer in bases[0].layers]
    return {
        "weights of kernels that train, by layer of the base": np.array(
            [_size(variables, training) for variables in kernels]
        ),
        "weights that train in the head": _size(head_of(model, bases), training),
    }


def _size(variables: list[Any], training: set[int]) -> int:
    return sum(int(np.prod(variable.shape)) for variable in variables if id(variable) in training)


thawing = Exercise(
    name="unfreeze",
    points=8,
    difficulty=2,
    minutes=15,
    cases=[
        case("from layer 4 of 13 on, a convolution", 4).weighing(2),
        case("from layer 0 on: all of the base", 0),
        case("from layer 13 on: none of the base", 13),
        case("from layer 8 on, behind a convolution", 8),
        case("first from layer 4, then from layer 7: those between are frozen again", 4, 7),
    ],
    observe=look_at_unfreezing,
    reference=unfreeze,
    time_limit=60,
    slow=True,
    mistakes=by_words(
        {
            "the layer from_layer itself stays frozen. It is the first that trains": choosing(
                lambda base, n: base.layers[: n + 1]
            ),
            "the layer before from_layer trains as well": choosing(
                lambda base, n: base.layers[: max(0, n - 1)]
            ),
            "the wrong half is frozen: the layers before from_layer train, those after do not": choosing(
                lambda base, n: base.layers[n:]
            ),
            "from_layer is ignored: all of the base trains": choosing(lambda base, n: []),
            "nothing in the base trains: it is still frozen. Set base.trainable = True first": thaws_nothing,
            "base.trainable = True comes last and takes back what was said of each layer. It comes first": thaws_last,
            "layers are only ever thawed. Those before from_layer must be frozen again, if an earlier call has "
            "thawed them": only_thaws,
            "the last from_layer layers train. from_layer counts from the front": choosing(
                lambda base, n: base.layers[: len(base.layers) - n]
            ),
            "only the layer from_layer trains. All after it should too": choosing(
                lambda base, n: base.layers[:n] + base.layers[n + 1 :]
            ),
            "the layers of the model are counted. from_layer counts those of its base": counts_outer_layers,
            "the head no longer trains. It must go on": head_frozen,
            "only layers with weights are counted. Every layer counts, those without weights too": choosing(
                with_weights
            ),
            "the first layers train and only the last are frozen": choosing(lambda base, n: base.layers[-3:]),
        }
    ),
    hints=[
        "The base is one of the model's layers, and has layers of its own. What does base.trainable = True do to "
        "them?",
        "Set trainable of the base, and then of each of its layers: True from from_layer on, False before. Leave "
        "the head alone.",
        "If no weights of the base train at all, base.trainable = True is missing. If only the last case is wrong, "
        "layers are thawed and never frozen again. If one layer too many or too few trains, look at the slice.",
        "base.trainable = True; for i, layer in enumerate(base.layers): layer.trainable = i >= from_layer.",
    ],
    idea="A change of trainable counts from the next compile() on: a training step that exists keeps its list.",
    try_next="Call unfreeze(model, n) for n = 0, 50, 100 and 150, and count the numbers that learn after each: "
    "where in the base are most of the weights?",
)
