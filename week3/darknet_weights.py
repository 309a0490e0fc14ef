"""Reading Darknet's .weights files: a header, then float32 numbers, layer after layer, without any names.

    major, minor, revision   3 x int32
    seen                     how many pictures the training saw: int64 from version 0.2 on, int32 before
    for each convolution     biases; with batch normalization also scales, means, variances; then the kernel
                             (filters, n_C / groups, size, size)

All is little endian. Nothing in such a file says which network it belongs to: only that not a number is missing
and none is left over shows that it fits.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from darknet_layers import Convolution, Plan
from workbook.data.errors import DataError
from workbook.data.files import shown

COPY_AGAIN = "Download or copy it again."
NEWEST = (9, 99, 999)  # versions are such as 0, 2, 5; other files' first bytes make far larger numbers


def read_weights(path: str | Path, plan: Plan, cfg: str = "the .cfg file") -> np.ndarray:
    """All numbers of a .weights file as one float32 array, as many as the plan needs.

    cfg: the name of the plan's file, for messages. Raises DataError: no such file, empty, not Darknet's, too
    short, too long, numbers that no training gives.
    """
    path = Path(path)
    file = shown(path)
    try:
        size = path.stat().st_size
        with open(path, "rb") as opened:
            header = _header_bytes(opened.read(20), file)
            _check_size(size - header, plan.numbers, file, cfg)
            opened.seek(header)
            content = opened.read(4 * plan.numbers)
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error.strerror or error}.", "Correct the path.") from error
    _check_size(len(content), plan.numbers, file, cfg)
    numbers = np.frombuffer(content, "<f4").astype(np.float32)
    if not np.isfinite(numbers).all():
        first = int(np.flatnonzero(~np.isfinite(numbers))[0])
        raise DataError(
            f"{file} is damaged: number {first:,} after its header is infinite or none at all.", COPY_AGAIN
        )
    for index, arrays in _by_layer(plan, numbers):
        if "variance" in arrays and arrays["variance"].min() < 0:
            raise DataError(
                f"{file} does not fit {cfg}: layer {index} would get variances below 0.",
                "Take the .cfg and the .weights file of the same network, or download them again.",
            )
    return numbers


def _header_bytes(start: bytes, file: str) -> int:
    """How long the header is. Raises DataError where it is none."""
    if not start:
        raise DataError(f"{file} is empty.", COPY_AGAIN)
    if len(start) < 16:
        raise DataError(f"{file} is too short for a .weights file: it has {len(start)} bytes.", COPY_AGAIN)
    version = struct.unpack("<3i", start[:12])
    if not all(0 <= number <= newest for number, newest in zip(version, NEWEST, strict=True)):
        raise DataError(
            f"{file} is not a .weights file of Darknet: it starts with {start[:12]!r}, which is no version.",
            "Give the .cfg file first and the .weights file second, or download it again.",
        )
    return 20 if version[0] * 10 + version[1] >= 2 else 16


def _check_size(there: int, needed: int, file: str, cfg: str) -> None:
    """Raises DataError unless there are 4 bytes for each number needed."""
    if there == 4 * needed:
        return
    count = f"{there // 4:,} numbers" + (f" and {there % 4} bytes" if there % 4 else "")
    if there < 4 * needed:
        raise DataError(
            f"{file} is too short: it holds {count}, and {cfg} describes a network of {needed:,}.",
            "The download may have been cut off, or the file holds only the first layers: get the whole one.",
        )
    raise DataError(
        f"{file} is too long: it holds {count}, and {cfg} describes a network of {needed:,}.",
        "Take the .cfg file that belongs to these weights.",
    )


def _by_layer(plan: Plan, numbers: np.ndarray) -> Iterator[tuple[int, dict[str, np.ndarray]]]:
    """For each convolution its number and its arrays, in Darknet's own layout."""
    start = 0

    def take(*shape: int) -> np.ndarray:
        nonlocal start
        start += int(np.prod(shape))
        return numbers[start - int(np.prod(shape)) : start].reshape(shape)

    for index, layer in enumerate(plan.layers):
        what = layer.what
        if not isinstance(what, Convolution):
            continue
        names = ("beta", "gamma", "mean", "variance") if what.batch_normalize else ("bias",)
        arrays = {name: take(what.filters) for name in names}
        yield (
            index,
            arrays | {"kernel": take(what.filters, layer.channels // what.groups, what.size, what.size)},
        )


def assign_weights(model, plan: Plan, numbers: np.ndarray) -> None:
    """Give a model that build_model() made from the plan its weights."""
    for index, arrays in _by_layer(plan, numbers):
        name = f"convolutional_{index}"
        layer = model.get_layer(name)
        kernel = arrays.pop("kernel").transpose(2, 3, 1, 0)  # (size, size, n_C / groups, filters)
        kernel = kernel.reshape(layer.kernel.shape)  # depthwise: (size, size, n_C, filters / n_C)
        layer.set_weights([kernel, *(arrays[key] for key in ("bias",) if key in arrays)])
        if "gamma" in arrays:
            model.get_layer(f"{name}_bn").set_weights(
                [arrays[key] for key in ("gamma", "beta", "mean", "variance")]
            )
