"""Plain data: the only thing that passes from running a learner's code to judging it.

Plain data is None, text, a NumPy array of numbers or booleans (a single number is an array of
shape ()), a list or a dictionary of plain data, or an ``Other``, which only describes what
something was. It travels as JSON with the arrays beside it as ``.npy``, without pickles.
"""

import inspect
import io
import json
import re
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

LONGEST_TEXT = 2_000
MOST_ITEMS = 100_000
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
    """The reverse of ``pack``. Trusts nothing: raises ValueError for anything that ``pack`` cannot write."""

    used: set[int] = set()

    def decode(item: Any, depth: int = 0) -> Any:
        if depth > DEEPEST + 4:  # observations hold values
            raise ValueError("these observations are nested too deep")
        match item:
            case None | str():
                return item
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
        return decode(json.loads(text))
    except (RecursionError, TypeError) as error:
        raise ValueError("these observations are not plain data") from error


def _text(key: Any) -> str:
    if isinstance(key, str):
        return key
    raise ValueError("a key is text")


def _load(content: bytes) -> np.ndarray:
    """An array from the bytes of a ``.npy`` file; raises ValueError for anything else."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _load_npy(content)
    except ValueError:
        raise
    except Exception as error:  # a header is Python text, and its readers raise many things
        raise ValueError("this is no array") from error


def _load_npy(content: bytes) -> np.ndarray:
    """An array, whose header may promise no more than there is."""
    file = io.BytesIO(content)
    version = np.lib.format.read_magic(file)
    if version not in ((1, 0), (2, 0)):
        raise ValueError(f"an array in format {version} is not accepted")
    read_header = (
        np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    )
    shape, _, dtype = read_header(file)
    if dtype.kind not in "biufc":
        raise ValueError(f"an array of {dtype} is not accepted: only numbers and booleans")
    promised = int(np.prod(shape, dtype=object)) * dtype.itemsize
    if promised != len(content) - file.tell():
        raise ValueError(f"an array promises {promised} bytes and brings {len(content) - file.tell()}")
    file.seek(0)
    return np.load(file, allow_pickle=False)
