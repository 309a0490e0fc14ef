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


Chosen = Callable[[Any, int], list[Any]]
"""Which layers of a base stay frozen, from the base and the number of a layer."""


def choosing(chosen: Chosen, only_freezes: bool = False) -> Callable:
    """``unfreeze`` with another idea of which layers of the base stay frozen.

    only_freezes  True where no layer is thawed by itself: base.trainable = True, said twice, does nothing
    """

    def wrong(model: Any, from_layer: int) -> None:
        base = find_base(model)
        base.trainable = True
        frozen = {id(layer) for layer in chosen(base, from_layer)}
        for layer in base.layers:
            layer.trainable = id(layer) not in frozen and (not only_freezes or layer.trainable)

    return wrong


FROZEN: dict[str, Chosen] = {
    "the layer from_layer itself stays frozen. It is the first that trains": lambda base, n: base.layers[
        : n + 1
    ],
    "the layer before from_layer trains as well": lambda base, n: base.layers[: max(0, n - 1)],
    "the wrong half is frozen: the layers before from_layer train, those after do not": (
        lambda base, n: base.layers[n:]
    ),
    "the last from_layer layers train. from_layer counts from the front": (
        lambda base, n: base.layers[: len(base.layers) - n]
    ),
    "only the layer from_layer trains. All after it should too": (
        lambda base, n: base.layers[:n] + base.layers[n + 1 :]
    ),
    "only layers with weights are counted. Every layer counts, those without weights too": (
        lambda base, n: [layer for layer in base.layers if layer.weights][:n]
    ),
    "the last from_layer layers are frozen. from_layer counts from the front, and those before it are frozen": (
        lambda base, n: base.layers[len(base.layers) - n :]
    ),
    "the first layers train and only the last are frozen": lambda base, n: base.layers[-3:],
}
"""Wrong ideas of which layers stay frozen."""
BY_SLICES: dict[str, Chosen] = {
    "the layer before from_layer trains as well": lambda base, n: base.layers[: n - 1],
    "the last from_layer layers train. from_layer counts from the front": lambda base, n: base.layers[:-n],
}
"""Some of them by slices, whose ends below 0 count from the back."""


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


def ends_with_the_base(model: Any, from_layer: int) -> None:
    """The base as a whole comes last, and is frozen wherever one of its layers is."""
    unfreeze(model, from_layer)
    find_base(model).trainable = from_layer < 1


def thaws_a_copy(model: Any, from_layer: int) -> Any:
    """A clone is changed and given back."""
    import keras

    clone = keras.models.clone_model(model)
    unfreeze(clone, from_layer)
    return clone


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


def model_frozen(model: Any, from_layer: int) -> None:
    """The whole model is frozen, and stays so, whatever is said of its parts."""
    model.trainable = False
    unfreeze(model, from_layer)


OUTER = "the layers of the model are counted. from_layer counts those of its base"


def thaws_the_model(model: Any, from_layer: int) -> None:
    """The same, all of the model thawed first."""
    model.trainable = True
    for layer in model.layers[:from_layer]:
        layer.trainable = False


def counts_outer_layers(model: Any, from_layer: int) -> None:
    """The layers of the model are counted, in place of those of its base."""
    find_base(model).trainable = True
    for layer in model.layers[:from_layer]:
        layer.trainable = False


def look_at_unfreezing(function: Callable, *from_layers: int) -> dict[str, Any]:
    """Which weights of a frozen network train after one call or several.

    Of the base only kernels are looked at: many people leave its batch norms frozen, and they may.
    """
    import keras

    with stand_in_bases(alpaca_model) as bases:
        model = alpaca_model((16, 24), known_augmentation())
    before = _flags(model, bases)
    for from_layer in from_layers:
        returned = function(model, from_layer)
    training = {id(variable) for variable in model.trainable_variables}
    is_copy = isinstance(returned, keras.Model) and before == _flags(model, bases)
    is_copy = is_copy and all(returned is not each for each in (model, *bases))
    kernels = [[v for v in layer.variables if "kernel" in v.path] for layer in bases[0].layers]
    return {
        "what is changed": "a copy of the model" if is_copy else "the model itself",
        "weights of kernels that train, by layer of the base": np.array(
            [_size(variables, training) for variables in kernels]
        ),
        "weights that train in the head": _size(head_of(model, bases), training),
    }


def _flags(model: Any, bases: list[Any]) -> list[bool]:
    return [layer.trainable for each in (model, *bases) for layer in (each, *each.layers)]


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
    mistakes=[
        *by_words({words: choosing(chosen) for words, chosen in FROZEN.items()}),
        *by_words({words: choosing(chosen, only_freezes=True) for words, chosen in FROZEN.items()}),
        *by_words({words: choosing(chosen) for words, chosen in BY_SLICES.items()}),
        *by_words({OUTER: thaws_the_model}),
        *by_words(
            {
                "from_layer is ignored: all of the base trains": choosing(lambda base, n: []),
                "nothing in the base trains: it is still frozen. Set base.trainable = True first": thaws_nothing,
                "base.trainable = True comes last and takes back what was said of each layer. It comes first": (
                    thaws_last
                ),
                "base.trainable comes last, False for all but from_layer 0, and takes back what was said of each layer. "
                "It comes first, and is True": ends_with_the_base,
                "layers are only ever thawed. Those before from_layer must be frozen again, if an earlier call has "
                "thawed them": only_thaws,
                OUTER: counts_outer_layers,
                "the head no longer trains. It must go on": head_frozen,
                "model.trainable = False freezes all of it, the head too: while the model is off, nothing in it "
                "trains. Leave model.trainable alone": model_frozen,
                "a copy is changed: clone_model makes another model. Change the one that is given": thaws_a_copy,
            }
        ),
    ],
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
