"""The layers with weights that a Keras model has, in words, and how they differ from those it should have.

Only told, never judged: a network is right when it computes the right thing. But where it does not, the layer
that is missing, or of another shape, is what a learner looks for.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from workbook.plain import is_told_only

LAYERS = "_layers"
"""The key, in what an observer gives back, of a list of a model's layers with weights in words."""

NO_WEIGHTS = (
    "All layers with weights are there and of the right shapes, so look at what has no weights: an "
    "activation, a stride, padding, pooling, dropout, a reshape, the order of layers, or what is connected "
    "to what."
)
OTHER_COUNT = (
    "All kernels are there and of the right shapes, but the number of parameters is another one: look at "
    "biases, at normalizations, and at what is frozen."
)


def layers_in_words(model: Any, biases: bool = False) -> list[str]:
    """One line for each kernel, normalization, bias or other weight of a model, in its variables' order.

    biases  True where all biases matter; else those as long as a batch normalization are left out, for one
            before it is idle
    """
    trains = {id(variable) for variable in model.trainable_variables}
    is_frozen = {variable.path: id(variable) not in trains for variable in model.weights}
    idle = () if biases else {v.shape for v in model.weights if v.path.endswith("moving_mean")}
    return [
        words
        for variable in model.weights
        if (words := _in_words(variable, is_frozen))
        and not (words.startswith(_BIAS) and variable.shape in idle)
    ]


_BIAS = "a bias"


def _in_words(variable: Any, is_frozen: dict[str, bool]) -> str:
    """A weight in words; nothing for one that tells no more than its layer's others.

    is_frozen  for the path of each weight of the model, whether it does not train
    """
    *layer, role = variable.path.split("/")
    shape = tuple(int(n) for n in variable.shape)
    others = {name: is_frozen.get("/".join([*layer, name])) for name in ("moving_mean", "gamma", "beta")}
    frozen = ", frozen" if is_frozen[variable.path] else ""
    if not shape or role == "moving_variance":
        return ""
    if role == "moving_mean":
        lacks = [name for name in ("gamma", "beta") if others[name] is None]
        frozen = ", frozen" if others["gamma"] or others["beta"] else ""
        without = f" without {' and '.join(lacks)}" if lacks else ""
        return f"a batch normalization over {shape[0]} channels{without}{frozen}"
    if role in ("gamma", "beta"):
        is_first = others["moving_mean"] is None and (role == "gamma" or others["gamma"] is None)
        return (
            f"a normalization without moving averages over {shape[-1]} channels{frozen}" if is_first else ""
        )
    if role == "bias":
        return f"{_BIAS} of shape {shape}{frozen}"
    if role.endswith("kernel") or role == "embeddings":
        return f"a {role.replace('_', ' ')} of shape {shape}{frozen}"
    return f"a weight ({role}) of shape {shape}{frozen}"


def holds_layers(expected: list[Any], seen: list[Any]) -> bool:
    """True where the values are what models compute, with lists of their layers."""
    return bool(_lists_of_all(expected, seen))


def tell_layers(expected: list[Any], seen: list[Any]) -> str:
    """A sentence on the layers with weights that differ, from values case by case; "" where none do."""
    return next(filter(None, (difference(*pair) for pair in _lists_of_all(expected, seen))), "")


def tell_rest(expected: list[Any], seen: list[Any]) -> str:
    """Where to look when all layers with weights are right and what the model computes is not."""
    lists = _lists_of_all(expected, seen)
    if not lists or any(difference(*pair) for pair in lists):
        return ""
    outputs = zip(map(_outputs, expected), map(_outputs, seen), strict=True)
    if not any(not _same(*pair) for pair in outputs):
        return ""
    return NO_WEIGHTS if list(_counts(expected)) == list(_counts(seen)) else OTHER_COUNT


def _counts(value: Any) -> Iterator[int]:
    """The numbers of parameters that stand beside the lists of layers."""
    if isinstance(value, dict) and LAYERS in value:
        yield from (int(n) for n in value.values() if isinstance(n, np.ndarray) and n.shape == ())
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _counts(item)


def _lists_of_all(expected: list[Any], seen: list[Any]) -> list[tuple[list[str], list[str]]]:
    """Each list of layers beside the one that was got; none where these do not pair up."""
    pairs: list[tuple[list[str], list[str]]] = []
    for right, got in zip(expected, seen, strict=True):
        wanted, had = _lists(right), _lists(got)
        if len(wanted) != len(had):
            return []
        pairs += zip(wanted, had, strict=True)
    return pairs


_MOST = 2_000


def difference(expected: list[str], got: list[str]) -> str:
    """How a list of layers in words differs from the right one, whatever the order; "" where it does not.

    Of a longer list than any model's, only the start is looked at. Biases are spoken of where nothing else
    differs.
    """
    expected, got = expected[:_MOST], got[:_MOST]
    without = ([each for each in words if not each.startswith(_BIAS)] for words in (expected, got))
    return _difference(*without) or _difference(expected, got)


def _difference(expected: list[str], got: list[str]) -> str:
    missing, extra = _without_doubles(_without(expected, got), _without(got, expected))
    if not missing and not extra:
        return ""
    if not extra:
        return f"Your model lacks {_first_of(missing)}."
    if not missing:
        return f"Your model has {_first_of(extra)} too many."
    instead = max(extra, key=lambda words: _likeness(words, missing[0]))
    more = max(len(_layers(missing)), len(_layers(extra))) - 1
    rest = f" {more} more of its layers with weights differ, perhaps for this reason." if more else ""
    return f"Where {missing[0]} belongs, your model has {instead}.{rest}"


def _first_of(words: list[str]) -> str:
    layers = _layers(words)
    return layers[0] if len(layers) == 1 else f"{len(layers)} layers with weights (the first: {layers[0]})"


def _layers(words: list[str]) -> list[str]:
    """Without the biases, which are no layers of their own, unless there is nothing else."""
    return [each for each in words if not each.startswith(_BIAS)] or words


def _without(one: list[str], other: list[str]) -> list[str]:
    """What the first list holds more often than the second, in the order of the first."""
    left = Counter(one) - Counter(other)
    found = []
    for words in one:
        if left[words] > 0:
            left[words] -= 1
            found.append(words)
    return found


def _without_doubles(missing: list[str], extra: list[str]) -> tuple[list[str], list[str]]:
    """Both lists without kernels that do the same: a dense layer, and a convolution over the whole map."""
    left, kernels = [], [(words, _kernel(words)) for words in extra]
    for words in missing:
        kernel = _kernel(words)
        double = next((i for i, (_, other) in enumerate(kernels) if _does_the_same(kernel, other)), None)
        if double is None:
            left.append(words)
        else:
            del kernels[double]
    return left, [words for words, _ in kernels]


def _kernel(words: str) -> tuple[str, int, int, int]:
    """A layer's kind, and of its shape: how many numbers stand before the last, their product, the last."""
    *n_in, n_out = [int(n) for n in re.findall(r"\d+", words)] or [0]
    return re.sub(r"\([\d, ]*\)", "", words), len(n_in), math.prod(n_in), n_out


def _does_the_same(one: tuple[str, int, int, int], two: tuple[str, int, int, int]) -> bool:
    return one[1] != two[1] and (one[0], *one[2:]) == (two[0], *two[2:])


def _likeness(one: str, two: str) -> tuple[bool, int]:
    """How much two layers in words have in common: their kind, then the numbers in the same places."""
    numbers = [re.findall(r"\d+", words) for words in (one, two)]
    kinds = [re.sub(r"[\d, ()]+", " ", words) for words in (one, two)]
    return kinds[0] == kinds[1], sum(a == b for a, b in zip(*numbers, strict=False))


def _lists(value: Any) -> list[list[str]]:
    """The lists of layers anywhere in what an observer gave back."""
    found = []
    if isinstance(value, dict):
        for key, item in value.items():
            if key == LAYERS and isinstance(item, list) and all(isinstance(each, str) for each in item):
                found.append(item)
            elif not is_told_only(key):
                found += _lists(item)
    elif isinstance(value, list):
        for item in value:
            found += _lists(item)
    return found


def _outputs(value: Any) -> Iterator[np.ndarray]:
    """The arrays of several numbers in what an observer gave back: a network's outputs."""
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _outputs(item)
    elif isinstance(value, np.ndarray) and value.ndim and value.dtype.kind == "f":
        yield value


def _same(one: Iterator[np.ndarray], two: Iterator[np.ndarray]) -> bool:
    one, two = list(one), list(two)
    return len(one) == len(two) and all(
        a.shape == b.shape and np.allclose(a, b, rtol=1e-3, atol=1e-3, equal_nan=True)
        for a, b in zip(one, two, strict=True)
    )
