"""How wrong results relate to the right ones, where no known mistake gives them: "each number is twice the
right one", "the axes are in another order", "only the first of the batch is right".

Said only where it holds of everything that is wrong.
"""

import itertools
from typing import Any

import numpy as np

from workbook.exercise import Case, Exercise
from workbook.observing import RETURNED, Observation, argument_names
from workbook.plain import is_told_only
from workbook.relating_numbers import Pair, by_nothing, by_numbers, close


@np.errstate(all="ignore")
def relate(
    exercise: Exercise,
    cases: list[Case],
    expected: list[Observation],
    seen: list[Observation],
    places: bool = True,
) -> str | None:
    """One sentence on how the wrong results relate to the right ones; None where no simple one is true.

    places  False where it is chance which numbers are wrong, as among the outputs of a network
    """
    if any(each.outcome != RETURNED for each in (*expected, *seen)):
        return None
    tolerance = exercise.tolerance
    found: list[tuple[int, Pair]] = []
    for i, (right, got) in enumerate(zip(expected, seen, strict=True)):
        pairs = _pairs(right.value, got.value)
        if pairs is None:
            return None
        found += [(i, pair) for pair in pairs if not close(*pair, tolerance)]
    if not found:
        return None
    pairs = [pair for _, pair in found]
    inputs = [_arrays(exercise, cases[i]) for i, _ in found]
    ways = (
        lambda: _input_back(inputs, pairs, tolerance),
        lambda: by_numbers(pairs, tolerance),
        lambda: _by_counts(inputs, pairs, tolerance),
        lambda: _by_axes(pairs, tolerance),
        lambda: _by_rows(pairs, tolerance),
        lambda: _by_shape(pairs),
        lambda: _other_case(cases, expected, seen, tolerance),
        lambda: _by_place(pairs, tolerance) if places else None,
        lambda: by_nothing(pairs, tolerance),
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
                if all(close(one, got, tolerance) for one, (_, got) in zip(scaled, pairs, strict=True)):
                    return f"What is wrong is the right result {word} {where}: sum and mean confused?"
    return None


def _arrays(exercise: Exercise, case: Case) -> dict[str, np.ndarray]:
    """The arrays among a case's arguments, by name."""
    names = argument_names(exercise, exercise.reference, len(case.args))
    named = dict(zip(names, case.args, strict=True)) | case.kwargs
    return {name: value for name, value in named.items() if isinstance(value, np.ndarray) and value.ndim}


def _by_axes(pairs: list[Pair], tolerance: float) -> str | None:
    """Right numbers in wrong places."""
    dims = {right.ndim for right, _ in pairs} | {got.ndim for _, got in pairs}
    sizes = [right.size for right, _ in pairs]
    if sizes != [got.size for _, got in pairs] or max(sizes) < 2:
        return None
    if min(sizes) > 1 and len(dims) == 1 and 2 <= (n := dims.pop()) <= 5:
        for order in itertools.permutations(range(n)):
            if list(order) != sorted(order) and all(
                close(r.transpose(order), g, tolerance) for r, g in pairs
            ):
                return f"What is wrong holds the right numbers with its axes in the order {order}."
        for axis in range(n):
            if all(close(np.flip(r, axis), g, tolerance) for r, g in pairs):
                return f"What is wrong holds the right numbers in reverse order along axis {axis}."
            for step in (1, -1):
                if all(close(np.roll(r, step, axis), g, tolerance) for r, g in pairs):
                    return f"What is wrong holds the right numbers moved by {step} along axis {axis}."
    if all(r.shape != g.shape and close(r.ravel(), g.ravel(), tolerance) for r, g in pairs):
        return "The numbers are right and in the right order: only the shape is not."
    return None


def _by_rows(pairs: list[Pair], tolerance: float) -> str | None:
    """All right rows of tables and others besides, or some of them and no other."""

    def holds(table: np.ndarray, row: np.ndarray) -> bool:
        return bool(np.isclose(table, row, rtol=tolerance, atol=tolerance).all(axis=1).any())

    if any(r.ndim != 2 or g.ndim != 2 or r.shape[1] != g.shape[1] or len(r) == len(g) for r, g in pairs):
        return None
    if max(max(map(len, pair)) for pair in pairs) > 1000:
        return None
    if all(all(holds(g, row) for row in r) for r, g in pairs):
        return "All right rows are there, and more than these: something is let in that should not be."
    if any(len(g) for _, g in pairs) and all(all(holds(r, row) for row in g) for r, g in pairs):
        return "Every row that is there is right, but some are missing."
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
    for one, two in itertools.combinations(range(n), 2):
        order = [two if k == one else one if k == two else k for k in range(n)]
        if all(tuple(right[k] for k in order) == got for right, got in shapes):
            return f"In each wrong shape axis {one} and axis {two} are exchanged."
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
        {name for name, value in each.items() if close(value, got, tolerance)}
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
        return pairs is not None and all(close(*pair, tolerance) for pair in pairs)

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


def _is_only(mask: np.ndarray, axis: int, index: int) -> bool:
    if mask.shape[axis] < 3:
        return False
    lines = mask.any(axis=tuple(k for k in range(mask.ndim) if k != axis))
    return bool(lines[index]) and int(lines.sum()) == 1
