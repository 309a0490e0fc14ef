"""How wrong results relate to the right ones, where no known mistake gives them: "each number is twice the
right one", "the axes are in another order", "only the first of the batch is right".

Said only where it holds of everything that is wrong.
"""

import inspect
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from workbook.comparing import number
from workbook.exercise import Case, Exercise, call
from workbook.observing import RETURNED, Observation
from workbook.plain import is_told_only

Pair = tuple[np.ndarray, np.ndarray]
"""A right array and what was got in its place."""
Function = Callable[[np.ndarray], np.ndarray]


def _softmax(a: np.ndarray) -> np.ndarray:
    if a.ndim == 0:
        return a
    grown = np.exp(a - a.max(axis=-1, keepdims=True))
    return grown / grown.sum(axis=-1, keepdims=True)


def _relu(a: np.ndarray) -> np.ndarray:
    return np.maximum(a, 0)


def _sigmoid(a: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-a))


_DONE: list[tuple[str, Function]] = [
    ("has the sign of the right one turned", np.negative),
    ("is the square of the right one", np.square),
    ("is the square root of the right one", np.sqrt),
    ("is the right one without its sign", np.abs),
    ("is the right one after another ReLU", _relu),
    ("is the right one after another sigmoid", _sigmoid),
    ("is the right one after another tanh", np.tanh),
    ("is the right one after another softmax", _softmax),
    ("is 1 minus the right one", lambda a: 1 - a),
    ("is 1 divided by the right one", lambda a: 1 / a),
    ("is the logarithm of the right one", np.log),
    ("is the exponential of the right one", np.exp),
    ("is the right one without its decimals", np.trunc),
    ("is the right one rounded up", np.ceil),
    ("is the right one rounded", np.round),
]
"""What was done to the right numbers."""

_LEFT_OUT: list[tuple[str, Function]] = [
    ("taking the square", np.square),
    ("taking the square root", np.sqrt),
    ("taking the value without its sign", np.abs),
    ("a ReLU", _relu),
    ("a sigmoid", _sigmoid),
    ("a tanh", np.tanh),
    ("a softmax", _softmax),
    ("taking the logarithm", np.log),
    ("taking the exponential", np.exp),
    ("cutting the decimals off", np.floor),
    ("rounding up", np.ceil),
    ("rounding", np.round),
    ("keeping to 0 to 1", lambda a: np.clip(a, 0, 1)),
]
"""What would make the numbers right."""


@np.errstate(all="ignore")
def relate(
    exercise: Exercise, cases: list[Case], expected: list[Observation], seen: list[Observation]
) -> str | None:
    """One sentence on how the wrong results relate to the right ones; None where no simple one is true."""
    if any(each.outcome != RETURNED for each in (*expected, *seen)):
        return None
    tolerance = exercise.tolerance
    found: list[tuple[int, Pair]] = []
    for i, (right, got) in enumerate(zip(expected, seen, strict=True)):
        pairs = _pairs(right.value, got.value)
        if pairs is None:
            return None
        found += [(i, pair) for pair in pairs if not _close(*pair, tolerance)]
    if not found:
        return None
    pairs = [pair for _, pair in found]
    inputs = [_arrays(exercise, cases[i]) for i, _ in found]
    ways = (
        lambda: _input_back(inputs, pairs, tolerance),
        lambda: _by_numbers(pairs, tolerance),
        lambda: _by_counts(inputs, pairs, tolerance),
        lambda: _by_axes(pairs, tolerance),
        lambda: _by_shape(pairs),
        lambda: _other_case(cases, expected, seen, tolerance),
        lambda: _by_place(pairs, tolerance),
        lambda: _by_nothing(pairs, tolerance),
    )
    return next((words for way in ways if (words := way())), None)


def _pairs(right: Any, got: Any) -> list[Pair] | None:
    """Arrays of numbers beside what was got in their places; None where one of these is no array.

    What is no array of numbers and is right is left out.
    """
    if isinstance(right, dict) and isinstance(got, dict) and right.keys() <= got.keys():
        inner = [_pairs(value, got[key]) for key, value in right.items() if not is_told_only(key)]
    elif isinstance(right, list) and isinstance(got, list) and len(right) == len(got):
        inner = [_pairs(*items) for items in zip(right, got, strict=True)]
    elif isinstance(right, np.ndarray) and isinstance(got, np.ndarray):
        if right.dtype.kind in "iuf" and got.dtype.kind in "iuf":
            return [(right.astype(np.float64), got.astype(np.float64))]
        return [] if right.shape == got.shape and np.array_equal(right, got) else None
    else:
        return [] if type(right) is type(got) and isinstance(right, str) and right == got else None
    return None if any(each is None for each in inner) else [pair for each in inner for pair in each or ()]


def _close(one: np.ndarray, two: np.ndarray, tolerance: float) -> bool:
    return one.shape == two.shape and bool(
        np.isclose(two, one, rtol=tolerance, atol=tolerance, equal_nan=True).all()
    )


def _by_numbers(pairs: list[Pair], tolerance: float) -> str | None:
    """The same thing done to each number."""
    if any(right.shape != got.shape for right, got in pairs):
        return None
    right, got = (np.concatenate([pair[k].ravel() for pair in pairs]) for k in (0, 1))
    wrong = ~np.isclose(got, right, rtol=tolerance, atol=tolerance)
    right, got = right[wrong], got[wrong]
    if not got.any() and (right > 0).any():
        return None  # 0 is a function of much: see _by_nothing
    if not _is_telling(right, got):
        return None
    for decimals in (1, 2, 3, 4):
        if np.allclose(np.round(right, decimals), got, rtol=0, atol=1e-6):
            return f"Each number that is wrong is rounded to {decimals} decimals: give it as it is."
    for words, function in _DONE:
        if all(_close(function(right), got, tolerance) for right, got in pairs):
            return f"Each number that is wrong {words}."
    for words, function in _LEFT_OUT:
        if all(_close(right, function(got), tolerance) for right, got in pairs):
            return f"The numbers that are wrong would be right after {words}."
    return _by_factor(got / right, tolerance) or _by_step(got - right, tolerance)


def _by_factor(factors: np.ndarray, tolerance: float) -> str | None:
    """One factor between what was got and what is right."""
    middle = float(np.median(factors))
    if not np.isfinite(factors).all() or not middle:
        return None
    if np.allclose(factors, 1, rtol=1e-4):
        return "Each number that is wrong is nearly right: a rounding, or a constant that is a little off?"
    if np.allclose(factors, middle, rtol=max(1e-3, 10 * tolerance)):
        return f"Each number that is wrong is {_times(middle)} the right one."
    return None


def _by_step(steps: np.ndarray, tolerance: float) -> str | None:
    """One difference between what was got and what is right."""
    step = float(np.median(steps))
    if not np.allclose(steps, step, rtol=1e-3, atol=tolerance):
        return None
    return f"Each number that is wrong is {number(_tidy(abs(step)))} too {'large' if step > 0 else 'small'}."


def _is_telling(right: np.ndarray, got: np.ndarray) -> bool:
    """True where at least two different numbers are wrong: of one number much is true by chance."""
    return max(len(np.unique(each.round(9))) for each in (right, got)) >= 2


def _times(factor: float) -> str:
    if abs(factor) >= 1:
        return {2.0: "twice"}.get(_tidy(factor), f"{number(_tidy(factor))} times")
    return {0.5: "half"}.get(_tidy(factor), f"{number(_tidy(factor))} times (1/{number(_tidy(1 / factor))})")


def _tidy(value: float) -> float:
    """A number without the last digits of an arithmetic in float32."""
    return float(f"{value:.4g}")


def _by_counts(inputs: list[dict[str, np.ndarray]], pairs: list[Pair], tolerance: float) -> str | None:
    """Each number times or divided by a length of an input: a mean for a sum, or the other way round."""
    for name in inputs[0]:
        shapes = [each[name].shape for each in inputs if name in each]
        if len(shapes) < len(inputs) or len({len(shape) for shape in shapes}) > 1:
            continue
        for axis in (*range(len(shapes[0])), None):
            lengths = [float(np.prod(shape) if axis is None else shape[axis]) for shape in shapes]
            if 0 in lengths or all(n == 1 for n in lengths):
                continue
            where = f"the size of `{name}`" if axis is None else f"the length of axis {axis} of `{name}`"
            for word, power in (("divided by", -1), ("times", 1)):
                scaled = [right * n**power for (right, _), n in zip(pairs, lengths, strict=True)]
                if all(_close(one, got, tolerance) for one, (_, got) in zip(scaled, pairs, strict=True)):
                    return f"What is wrong is the right result {word} {where}: sum and mean confused?"
    return None


def _arrays(exercise: Exercise, case: Case) -> dict[str, np.ndarray]:
    """The arrays among a case's arguments, by name."""
    try:
        known = list(
            inspect.signature(exercise.reference if exercise.observe is call else exercise.observe).parameters
        )
    except (TypeError, ValueError):
        known = []
    known = known if exercise.observe is call else known[1:]
    names = [*known, *(f"argument {i + 1}" for i in range(len(known), len(case.args)))]
    named = dict(zip(names, case.args, strict=False)) | case.kwargs
    return {name: value for name, value in named.items() if isinstance(value, np.ndarray) and value.ndim}


def _by_axes(pairs: list[Pair], tolerance: float) -> str | None:
    """Right numbers in wrong places."""
    dims = {right.ndim for right, _ in pairs} | {got.ndim for _, got in pairs}
    if not all(right.size == got.size and right.size > 1 for right, got in pairs):
        return None
    if len(dims) == 1 and 2 <= (n := dims.pop()) <= 5:
        for order in itertools.permutations(range(n)):
            if list(order) != sorted(order) and all(
                _close(r.transpose(order), g, tolerance) for r, g in pairs
            ):
                return f"What is wrong holds the right numbers with its axes in the order {order}."
        for axis in range(n):
            if all(_close(np.flip(r, axis), g, tolerance) for r, g in pairs):
                return f"What is wrong holds the right numbers in reverse order along axis {axis}."
            for step in (1, -1):
                if all(_close(np.roll(r, step, axis), g, tolerance) for r, g in pairs):
                    return f"What is wrong holds the right numbers moved by {step} along axis {axis}."
    if all(r.shape != g.shape and _close(r.ravel(), g.ravel(), tolerance) for r, g in pairs):
        return "The numbers are right and in the right order: only the shape is not."
    return None


def _by_shape(pairs: list[Pair]) -> str | None:
    """What wrong shapes have in common."""
    shapes = [(right.shape, got.shape) for right, got in pairs if right.shape != got.shape]
    if len(shapes) < len(pairs):
        return None
    ranks = {(len(right), len(got)) for right, got in shapes}
    if len(ranks) != 1:
        return None
    n, n_got = ranks.pop()
    if n != n_got:
        longer, words = (0, "lacks") if n > n_got else (1, "should not have")
        axes = [k for k in range(max(n, n_got)) if all(_without(s[longer], s[1 - longer], k) for s in shapes)]
        return f"Each wrong result {words} axis {axes[0]}." if len(axes) == 1 and max(n, n_got) > 1 else None
    off = {tuple(k for k in range(n) if right[k] != got[k]) for right, got in shapes}
    steps = {got[k] - right[k] for right, got in shapes for k in range(n) if right[k] != got[k]}
    if len(off) != 1 or len(axes := off.pop()) == n > 1:
        return None
    places = " and ".join(f"axis {k}" for k in axes)
    if len(steps) == 1 and len(pairs) > 1:
        step = steps.pop()
        way = "long" if step > 0 else "short"
        return f"Each wrong shape is {abs(step)} too {way} along {places}, and else right."
    return f"Each wrong shape is wrong along {places} alone."


def _without(longer: tuple[int, ...], shorter: tuple[int, ...], axis: int) -> bool:
    return longer[:axis] + longer[axis + 1 :] == shorter


def _input_back(inputs: list[dict[str, np.ndarray]], pairs: list[Pair], tolerance: float) -> str | None:
    if any(got.size < 2 for _, got in pairs):
        return None
    same = [
        {name for name, value in each.items() if _close(value, got, tolerance)}
        for each, (_, got) in zip(inputs, pairs, strict=True)
    ]
    names = set.intersection(*same)
    return f"What is wrong is `{min(names)}` as it was passed: nothing was done to it." if names else None


def _other_case(
    cases: list[Case], expected: list[Observation], seen: list[Observation], tolerance: float
) -> str | None:
    """The result of another case: a variable of the notebook used in place of an argument?"""

    def same(one: Observation, two: Observation) -> bool:
        pairs = _pairs(one.value, two.value)
        return pairs is not None and all(_close(*pair, tolerance) for pair in pairs)

    wrong = [i for i in range(len(seen)) if not same(expected[i], seen[i])]
    for other in range(len(seen)):
        rest = [i for i in wrong if i != other]
        telling = [
            pair for pair in _pairs(expected[other].value, expected[other].value) or () if pair[0].size > 1
        ]
        if rest == wrong and telling and all(same(expected[other], seen[i]) for i in wrong):
            return (
                f"What is wrong is the result of the case “{cases[other].name}”: does the function use a "
                "variable from outside in place of its argument?"
            )
    return None


def _by_place(pairs: list[Pair], tolerance: float) -> str | None:
    """Only some places are wrong, and they have something in common."""
    if any(r.shape != g.shape or r.ndim == 0 for r, g in pairs):
        return None
    wrong = [~np.isclose(g, r, rtol=tolerance, atol=tolerance, equal_nan=True) for r, g in pairs]
    if all(w.shape[0] > 1 and not w[0].any() and all(part.any() for part in w[1:]) for w in wrong):
        return "The first along axis 0 is right, and all others are wrong."
    for axis in range(min(each.ndim for each in wrong)):
        for words, index in (("first", 0), ("last", -1)):
            if all(_is_only(w, axis, index) for w in wrong):
                return f"Only the {words} place along axis {axis} is wrong."
    return None


def _by_nothing(pairs: list[Pair], tolerance: float) -> str | None:
    """Only zeros where something is wrong."""
    if any(right.shape != got.shape for right, got in pairs):
        return None
    wrong = [g[~np.isclose(g, r, rtol=tolerance, atol=tolerance)] for r, g in pairs]
    if sum(each.size for each in wrong) < 2 or any(each.any() for each in wrong):
        return None
    return "Each number that is wrong is 0: is a branch, a case or the end of a loop left out?"


def _is_only(mask: np.ndarray, axis: int, index: int) -> bool:
    if mask.shape[axis] < 3:
        return False
    lines = mask.any(axis=tuple(k for k in range(mask.ndim) if k != axis))
    return bool(lines[index]) and int(lines.sum()) == 1
