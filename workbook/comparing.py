"""Comparing what was expected with what was got, in a learner's words."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbook.plain import Other, is_told_only

WRONG_KIND, WRONG_VALUE = "wrong kind", "wrong value"
NO_RETURN = "it returns None: is a return line missing?"


@dataclass(frozen=True)
class Difference:
    """A difference: its rung on the ladder, a sentence, and where an array differs (True) if it is one."""

    rung: str
    text: str
    where: np.ndarray | None = None


def compare(expected: Any, got: Any, tolerance: float, names: tuple[str, ...] = ()) -> Difference | None:
    """The first difference between two pieces of plain data, or None where they agree.

    names  what the items are called, where both are lists of results
    """
    if got is None and expected is not None:
        return Difference(WRONG_KIND, NO_RETURN)
    if isinstance(got, Other) and not isinstance(expected, Other):
        return Difference(WRONG_KIND, f"expected {kind_of(expected)}, got {got.text}")
    if isinstance(expected, np.ndarray):
        return _compare_array(expected, got, tolerance)
    if isinstance(expected, list):
        return _compare_list(expected, got, tolerance, names)
    if isinstance(expected, dict):
        return _compare_dict(expected, got, tolerance)
    if type(expected) is not type(got):
        return Difference(WRONG_KIND, f"expected {kind_of(expected)}, got {kind_of(got)}")
    if expected != got:
        return Difference(WRONG_VALUE, f"expected {expected!r}, got {got!r}")
    return None


def _compare_array(expected: np.ndarray, got: Any, tolerance: float) -> Difference | None:
    if isinstance(got, list):
        return _list_for_array(expected, got, tolerance)
    if not isinstance(got, np.ndarray):
        return Difference(WRONG_KIND, f"expected {kind_of(expected)}, got {kind_of(got)}")
    if expected.shape != got.shape:
        return Difference(WRONG_KIND, f"shape {_shape(expected)} expected, got {_shape(got)}")
    return _compare_values(expected, got, tolerance)


def _list_for_array(expected: np.ndarray, got: list, tolerance: float) -> Difference | None:
    """A list where an array was expected: its numbers may be right all the same."""
    if len(got) > 1 and isinstance(got[0], np.ndarray) and not _compare_array(expected, got[0], tolerance):
        return Difference(WRONG_KIND, f"the first of your {len(got)} results is right: return it alone")
    if len(got) > 10 * max(expected.size, 1000):  # to make an array of it would take long
        return Difference(WRONG_KIND, f"expected {kind_of(expected)}, got {kind_of(got)}")
    array = _as_array(got)
    if array is None:
        kinds = "a list whose parts have different lengths" if _is_ragged(got) else kind_of(got)
        return Difference(WRONG_KIND, f"expected {kind_of(expected)}, got {kinds}")
    if array.shape == expected.shape and _compare_values(expected, array, tolerance) is None:
        return Difference(WRONG_KIND, "the values are right but come in a list: return an array (np.array)")
    return Difference(WRONG_KIND, f"expected {kind_of(expected)}, got a list of shape {_shape(array)}")


def _as_array(items: list) -> np.ndarray | None:
    if not _holds_numbers(items):
        return None
    try:
        array = np.array(items)
    except ValueError:
        return None
    return array if array.dtype.kind in "biufc" else None


def _holds_numbers(item: Any) -> bool:
    return all(map(_holds_numbers, item)) if isinstance(item, list) else isinstance(item, np.ndarray)


def _is_ragged(items: list) -> bool:
    return bool(items) and all(isinstance(item, list | np.ndarray) for item in items)


def near(expected: np.ndarray, got: np.ndarray, tolerance: float) -> np.ndarray:
    """Where two arrays of one shape agree. Of whole numbers only the absolute tolerance counts: a network has
    many parameters, and eight too few are wrong."""
    whole = expected.dtype.kind in "iu" and got.dtype.kind in "iu"
    wide = np.complex128 if expected.dtype.kind == "c" else np.float64
    relative = 0 if whole else tolerance
    return np.isclose(got.astype(wide), expected.astype(wide), rtol=relative, atol=tolerance, equal_nan=True)


@np.errstate(all="ignore")
def _compare_values(expected: np.ndarray, got: np.ndarray, tolerance: float) -> Difference | None:
    if got.dtype.kind == "c" and expected.dtype.kind != "c":
        return Difference(WRONG_KIND, "expected real numbers, got complex ones")
    wide = np.complex128 if expected.dtype.kind == "c" else np.float64
    a, b = expected.astype(wide), got.astype(wide)
    equal = near(expected, got, tolerance)
    if equal.all():
        return None
    where = ~equal
    if not np.isfinite(b[where]).all() and np.isfinite(a).all():
        place = _place(~np.isfinite(b))
        what = "NaN (not a number)" if np.isnan(b).any() else "infinity"
        return Difference(
            WRONG_VALUE, f"got {what}{place}: a division by zero, an overflow, or a log of 0?", where
        )
    if expected.shape == ():
        return Difference(WRONG_VALUE, f"expected {number(expected)}, got {number(got)}")
    index = tuple(np.argwhere(where)[0])
    # infinities that differ have a difference of infinity; a NaN that was expected has none
    largest = np.nanmax(np.append(np.abs(np.where(where, b - a, 0)), 0))
    count = f"{where.sum():,} of {where.size:,} values differ" if where.size > 1 else "the value differs"
    largest_text = f", by at most {number(largest)}" if where.size > 1 else ""
    return Difference(
        WRONG_VALUE,
        f"expected {number(expected[index])}{_place(where)}, got {number(got[index])}; {count}{largest_text}",
        where,
    )


def _compare_list(expected: list, got: Any, tolerance: float, names: tuple[str, ...]) -> Difference | None:
    of_numbers = isinstance(got, np.ndarray) and got.ndim >= 1 and _as_array(expected) is not None
    if not isinstance(got, list) and not of_numbers:  # an array of numbers does for a list of numbers
        results = f"{len(expected)} results ({', '.join(names)})" if names else kind_of(expected)
        return Difference(WRONG_KIND, f"expected {results}, got {kind_of(got)}")
    if len(expected) != len(got):
        what = f"results ({', '.join(names)})" if names else "items"
        return Difference(WRONG_KIND, f"expected {len(expected)} {what}, got {len(got)}")
    for i, (e, g) in enumerate(zip(expected, got, strict=True)):
        if found := compare(e, np.asarray(g) if of_numbers else g, tolerance):
            label = names[i] if i < len(names) else f"item {i}"
            return _inside(label, found, e)
    return None


def _compare_dict(expected: dict, got: Any, tolerance: float) -> Difference | None:
    if not isinstance(got, dict):
        return Difference(WRONG_KIND, f"expected a dictionary, got {kind_of(got)}")
    if got and not expected:
        return Difference(WRONG_VALUE, f"expected an empty dictionary, got one with {len(got)} items")
    for key, value in expected.items():
        if is_told_only(key):
            continue
        if key not in got:
            return Difference(WRONG_KIND, f"the key {key!r} is missing")
        if found := compare(value, got[key], tolerance):
            return _inside(key, found, value)
    return None


def _inside(label: str, found: Difference, expected: Any) -> Difference:
    """What was found, as part of a list or a dictionary."""
    text = f"expected {kind_of(expected)}, got None" if found.text == NO_RETURN else found.text
    return Difference(found.rung, f"{label}: {text}", found.where)


def kind_of(value: Any) -> str:
    """What plain data is, in words: "an array of shape (2, 3)"."""
    if value is None:
        return "None"
    if isinstance(value, Other):
        return value.text
    if isinstance(value, str):
        return "text"
    if isinstance(value, dict):
        return "a dictionary"
    if isinstance(value, list):
        return f"a list of {len(value):,} items"
    if value.shape == ():
        return "True or False" if value.dtype.kind == "b" else "a number"
    return f"an array of shape {_shape(value)}"


def number(value: Any) -> str:
    """A number as a learner would write it: six digits at most."""
    if isinstance(value, bool | np.bool_) or getattr(value, "dtype", np.dtype(float)).kind == "b":
        return str(bool(value))
    if np.iscomplexobj(value):
        return f"{complex(value):.6g}"
    if np.isfinite(value) and float(value) == int(value):
        return str(int(value)) if abs(value) < 1e15 else f"{float(value):.6g}"
    return f"{float(value):.6g}"


def _shape(array: np.ndarray) -> str:
    return str(tuple(int(n) for n in array.shape)) if array.shape else "() (a single number)"


def _place(where: np.ndarray) -> str:
    """ " at [1, 2]": the first place that is True; nothing for a single number."""
    if where.shape == ():
        return ""
    return f" at [{', '.join(str(int(i)) for i in np.argwhere(where)[0])}]"
