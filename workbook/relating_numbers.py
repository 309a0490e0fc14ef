"""The same thing done to each wrong number: a sign turned, a square, one sigmoid too many, a factor."""

from collections.abc import Callable

import numpy as np

from workbook.comparing import number

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


def close(one: np.ndarray, two: np.ndarray, tolerance: float) -> bool:
    return one.shape == two.shape and bool(
        np.isclose(two, one, rtol=tolerance, atol=tolerance, equal_nan=True).all()
    )


def by_numbers(pairs: list[Pair], tolerance: float) -> str | None:
    """The same thing done to each number."""
    if any(right.shape != got.shape for right, got in pairs):
        return None
    right, got = (np.concatenate([pair[k].ravel() for pair in pairs]) for k in (0, 1))
    wrong = ~np.isclose(got, right, rtol=tolerance, atol=tolerance)
    right, got = right[wrong], got[wrong]
    if not got.any() and (right > 0).any():
        return None  # 0 is a function of much: see by_nothing
    if not _is_telling(right, got):
        return None
    for decimals in (1, 2, 3, 4):
        if np.allclose(np.round(right, decimals), got, rtol=0, atol=1e-6):
            return f"Each number that is wrong is rounded to {decimals} decimals: give it as it is."
    for words, function in _DONE:
        if all(close(function(right), got, tolerance) for right, got in pairs):
            return f"Each number that is wrong {words}."
    for words, function in _LEFT_OUT:
        if all(close(right, function(got), tolerance) for right, got in pairs):
            return f"The numbers that are wrong would be right after {words}."
    return _by_factor(got / right, tolerance) or _by_step(got - right, tolerance)


def _by_factor(factors: np.ndarray, tolerance: float) -> str | None:
    """One factor between what was got and what is right."""
    middle = float(np.median(factors))
    if not np.isfinite(factors).all() or not middle:
        return None
    if np.allclose(factors, 1, rtol=1e-3):
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


def by_nothing(pairs: list[Pair], tolerance: float) -> str | None:
    """Only zeros where something is wrong."""
    if any(right.shape != got.shape for right, got in pairs):
        return None
    wrong = [g[~np.isclose(g, r, rtol=tolerance, atol=tolerance)] for r, g in pairs]
    if sum(each.size for each in wrong) < 2 or any(each.any() for each in wrong):
        return None
    return "Each number that is wrong is 0: is a branch, a case or the end of a loop left out?"
