"""Plain data: the only thing that passes from running a learner's code to judging it.

Plain data is None, text, a NumPy array of numbers or booleans (a single number is an array of
shape ()), a list or a dictionary of plain data, or an ``Other``, which only describes what
something was. It travels as JSON with the arrays beside it as ``.npy``, without pickles.
"""

import inspect
import io
import json
import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

LONGEST_TEXT = 2_000
MOST_ITEMS = 100_000
MOST_IN_ALL = 4 * MOST_ITEMS
"""Of what travels at once, lists of lists and all cases together."""

_MOST_MARKS = 10 * MOST_ITEMS
"""Of the commas and brackets of JSON: counted before it is read, for an empty list of two letters takes 64
bytes once it is."""

MOST_BYTES = 256 * 2**20
DEEPEST = 20


@dataclass(frozen=True)
class Other:
    """Something that is not plain data: the name of its type and a short description."""

    type: str
    text: str


def is_told_only(key: str) -> bool:
    """True for the key of something that an observer adds to help with words: it is never judged."""
    return key.startswith("_")


def clean(text: str, most: int = LONGEST_TEXT) -> str:
    """The start of a text, fit to be shown and sent: no addresses, which differ each time, and no halves of
    characters."""
    return _ADDRESS.sub("", text[:most]).encode("utf-8", "replace").decode("utf-8")


_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]{6,}")


def plain(value: Any, depth: int = 0) -> Any:
    """A copy of a value as plain data. Tensors become arrays; tuples become lists."""
    if value is None or isinstance(value, Other):
        return value
    if isinstance(value, str):
        return clean(value)
    if depth > DEEPEST:
        return Other(type(value).__name__, f"nested more than {DEEPEST} deep")
    if isinstance(value, dict) and len(value) <= MOST_ITEMS:
        return {clean(str(key)): plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple) and len(value) <= MOST_ITEMS:
        return [plain(item, depth + 1) for item in value]
    return _array(value)


def _array(value: Any) -> Any:
    """A number, array or tensor as an array of its own; an ``Other`` where that cannot be."""
    if isinstance(value, bool | int | float | complex | np.ndarray | np.generic) or hasattr(
        value, "__array__"
    ):
        try:
            if getattr(value, "nbytes", 0) > MOST_BYTES:  # may be a promise, such as np.broadcast_to makes
                return _other(value)
            array = np.array(float(value) if _is_long(value) else value)
        except Exception:  # a symbolic tensor says here that it has no value
            return _other(value)
        if array.dtype.kind in "biufc" and array.nbytes <= MOST_BYTES:
            return array
        if array.dtype.kind == "V" and array.dtype.name in ("bfloat16", "float8_e4m3fn", "float8_e5m2"):
            return array.astype(np.float32)
    return _other(value)


def _is_long(value: Any) -> bool:
    """True for a whole number that has no room in 64 bits."""
    return isinstance(value, int) and not -(2**63) <= value < 2**64


def _other(value: Any) -> Other:
    name = type(value).__name__
    shape = getattr(value, "shape", None)
    if isinstance(value, list | tuple | dict | set | frozenset):
        return Other(name, f"a {name} of {len(value):,} items")
    if inspect.isgenerator(value):
        return Other(name, "a generator: is there a yield in place of return?")
    if inspect.iscoroutine(value):
        return Other(name, "a coroutine, which did not run: write def in place of async def")
    if type(value).__module__.startswith("keras.") and name in ("Functional", "Sequential", "Model"):
        return Other(name, "a Keras model")
    if name == "KerasTensor":
        return Other(name, f"a symbolic Keras tensor of shape {tuple(shape)}, which has no values yet")
    if isinstance(value, np.ndarray):
        kind = f"{value.nbytes / 1e9:.1f} GB" if value.nbytes > MOST_BYTES else f"{value.dtype}"
        return Other(name, f"an array of {kind} of shape {value.shape}")
    if type(value).__module__.startswith("keras.") and hasattr(value, "call"):
        return Other(name, f"a {name} layer that was not called: write {name}(...)(X)")
    if callable(value) and hasattr(value, "__name__"):
        return Other(name, f"the function {value.__name__} itself, which was not called")
    try:
        text = repr(value)
    except Exception as error:
        text = f"an object whose description raises {type(error).__name__}"
    return Other(name, clean(text, 200))


def pack(value: Any) -> tuple[str, list[bytes]]:
    """Plain data as JSON text and a list of ``.npy`` files."""
    files: list[bytes] = []

    def encode(item: Any) -> Any:
        if item is None or isinstance(item, str):
            return item
        if isinstance(item, np.ndarray):
            buffer = io.BytesIO()
            np.save(buffer, item, allow_pickle=False)
            files.append(buffer.getvalue())
            return {"array": len(files) - 1}
        if isinstance(item, list):
            return {"list": [encode(each) for each in item]}
        if isinstance(item, dict):
            return {"dict": [[key, encode(each)] for key, each in item.items()]}
        if isinstance(item, Other):
            return {"other": [item.type, item.text]}
        raise TypeError(f"not plain data: {type(item).__name__}")

    return json.dumps(encode(value)), files


def unpack(text: str, files: list[bytes]) -> Any:
    """The reverse of ``pack``. Trusts nothing: raises ValueError for anything that ``pack`` cannot write, and
    for more items than come of any answer. Texts longer than ``LONGEST_TEXT`` are cut."""
    used: set[int] = set()
    items_left = MOST_IN_ALL

    def decode(item: Any, depth: int = 0) -> Any:
        nonlocal items_left
        items_left -= 1
        if items_left < 0:
            raise ValueError("these observations hold too many items")
        if depth > DEEPEST + 4:  # observations hold values
            raise ValueError("these observations are nested too deep")
        match item:
            case None:
                return None
            case str():
                return item[:LONGEST_TEXT]
            case {"array": int(index)} if len(item) == 1 and 0 <= index < len(files) and index not in used:
                used.add(index)  # once: a file that is named a thousand times would fill the memory
                return _load(files[index])
            case {"list": list(items)} if len(item) == 1:
                return [decode(each, depth + 1) for each in items]
            case {"dict": list(pairs)} if len(item) == 1:
                return {_text(key): decode(each, depth + 1) for key, each in pairs}
            case {"other": [str(kind), str(description)]} if len(item) == 1:
                return Other(kind[:LONGEST_TEXT], description[:LONGEST_TEXT])
        raise ValueError("these observations are not plain data")

    try:
        if sum(map(text.count, ",[{")) > _MOST_MARKS:
            raise ValueError("these observations hold too many items")
        return decode(json.loads(text))
    except (RecursionError, TypeError) as error:
        raise ValueError("these observations are not plain data") from error


def _text(key: Any) -> str:
    if isinstance(key, str):
        return key[:LONGEST_TEXT]
    raise ValueError("a key is text")


_NPY = re.compile(
    rb"\x93NUMPY(?:\x01\x00..|\x02\x00....)"
    rb"\{'descr': '([<>|][biufc]\d{1,2})', 'fortran_order': (True|False), "
    rb"'shape': \(((?:\d{1,19}, ?){0,64}(?:\d{1,19})?)\), \} {0,200}\n",
    re.DOTALL,
)
"""A file's start as ``np.save`` writes it. Python's own parser, which NumPy would call, is not used: it reads
more than that, and in Python 3.11 it now and then gives up where several threads use it."""


def _load(content: bytes) -> np.ndarray:
    """An array from the bytes of a ``.npy`` file; raises ValueError for anything else."""
    start = _NPY.match(content)
    if not start:
        raise ValueError("this is no array of numbers or booleans as NumPy saves one")
    size = int.from_bytes(content[8:10] if content[6] == 1 else content[8:12], "little")
    if start.end() != size + (10 if content[6] == 1 else 12):
        raise ValueError("the header of an array has another length than it says")
    shape = tuple(int(n) for n in start[3].replace(b",", b" ").split())
    try:
        dtype = np.dtype(start[1].decode())
        promised = math.prod(shape) * dtype.itemsize
        if promised != len(content) - start.end():
            raise ValueError(f"an array promises {promised} bytes and brings {len(content) - start.end()}")
        order = "F" if start[2] == b"True" else "C"
        return np.frombuffer(content, dtype, offset=start.end()).reshape(shape, order=order).copy(order)
    except (TypeError, OverflowError) as error:
        raise ValueError("this is no array") from error
