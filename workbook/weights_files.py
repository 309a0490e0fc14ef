"""Files of pretrained weights in Keras's layer-by-layer HDF5 layout, read whole and checked or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbook.data import hdf5
from workbook.data.errors import DataError
from workbook.data.files import shown
from workbook.writing import atomic_write

if TYPE_CHECKING:
    import numpy as np

    Layers = dict[str, list[np.ndarray]]

MOST_LAYERS = 5000
LARGEST_WEIGHT = 1e5  # trained weights stay far below; what is beyond was damaged or scaled in some other way


def read(path: Path, remedy: str) -> tuple[Layers, dict[str, Any]]:
    """The arrays of each layer that has any, in the file's order, and the file's attributes.

    remedy: a sentence that ends every error. The arrays come back as float32 (from float16 too).
    Raises DataError: absent, truncated, no HDF5, another layout, numbers that no trained network has.
    """
    _, attributes = hdf5.read(path, (), remedy)
    names = _names(path, remedy)
    arrays, _ = hdf5.read(path, [name for layer in names.values() for name in layer], remedy)
    layers = {
        layer: [_sound(arrays[name], name, path, remedy) for name in within]
        for layer, within in names.items()
    }
    return layers, attributes


def _names(path: Path, remedy: str) -> dict[str, list[str]]:
    """The full names of the arrays of each layer. Raises DataError where the file has another layout."""
    import h5py

    try:
        with h5py.File(path, "r", locking=False) as file:
            root = file.get("model_weights", file)
            prefix = root.name.rstrip("/") + "/"
            layers = _listed(root, "layer_names")
            names = {layer: _listed(root[layer], "weight_names") for layer in layers}
            found = ", ".join(list(file)[:6]) or "nothing"
    except KeyError:
        layers, names, found = [], {}, "something else"
    except Exception as error:  # a damaged header makes HDF5 raise nearly anything
        why = (str(error).splitlines() or [type(error).__name__])[0][:120]
        raise DataError(f"{shown(path)} cannot be read: it is damaged ({why}).", remedy) from error
    names = {
        layer: [f"{prefix}{layer}/{name}" for name in within] for layer, within in names.items() if within
    }
    if not names or len(layers) > MOST_LAYERS:
        raise DataError(f"{shown(path)} holds no weights in Keras's layout; it holds {found}.", remedy)
    return names


def _listed(group: Any, key: str) -> list[str]:
    """A list of names in a group's attributes; Keras splits a long one into key0, key1 ..."""
    if key in group.attrs:
        return [_text(name) for name in group.attrs[key]]
    names, part = [], 0
    while f"{key}{part}" in group.attrs:
        names += [_text(name) for name in group.attrs[f"{key}{part}"]]
        part += 1
    return names


def _text(name: Any) -> str:
    return name.decode("utf-8") if isinstance(name, bytes) else str(name)


def _sound(array: np.ndarray, name: str, path: Path, remedy: str) -> np.ndarray:
    """The array as float32. Raises DataError where it holds what no trained network has."""
    import numpy as np

    if array.dtype.kind != "f":
        raise DataError(f"{shown(path)} is another kind of file: {name} holds {array.dtype}.", remedy)
    array = array.astype(np.float32)
    if not np.isfinite(array).all():
        raise DataError(f"{shown(path)} is damaged: {name} holds NaN or infinite numbers.", remedy)
    if array.size and np.abs(array).max() > LARGEST_WEIGHT:
        raise DataError(f"{shown(path)} is damaged: {name} reaches {np.abs(array).max():.1e}.", remedy)
    if "moving_variance" in name and array.min() < 0:
        raise DataError(f"{shown(path)} is damaged: {name} holds a variance below 0.", remedy)
    return array


def put(layers: Layers, model: Any, path: Path, remedy: str) -> None:
    """Give a Keras model the weights of a file, matched by the layers' names, or else by their order.

    Raises DataError where number or shapes do not fit; the model is then as before.
    """
    wanted = {layer.name: layer for layer in model.layers if layer.weights}
    by_order = set(layers) != set(wanted)
    if len(layers) != len(wanted):
        what = f"{len(layers)} layers with weights, and {model.name} has {len(wanted)}"
        raise DataError(f"{shown(path)} is for another network: it has {what}.", remedy)
    pairs = zip(layers, wanted, strict=True) if by_order else ((name, name) for name in layers)
    pairs = [(layers[theirs], wanted[ours]) for theirs, ours in pairs]
    for arrays, layer in pairs:
        found, needed = [array.shape for array in arrays], [tuple(weight.shape) for weight in layer.weights]
        if found != needed:
            what = f"{layer.name} has the shapes {_shapes(found)} in it and needs {_shapes(needed)}"
            raise DataError(f"{shown(path)} is for another network: {what}.", remedy)
    for arrays, layer in pairs:
        layer.set_weights(arrays)


def _shapes(shapes: Sequence[tuple]) -> str:
    return " and ".join(str(shape) for shape in shapes) or "none"


def write(path: Path, model: Any, attributes: Mapping[str, str | float], dtype: str = "float16") -> None:
    """Write a model's weights in Keras's layout, with attributes beside them, atomically.

    Keras itself reads such a file too (``model.load_weights``). Raises OSError, ValueError for numbers that
    the dtype cannot hold.
    """
    import h5py
    import numpy as np

    with h5py.File(path.name, "w", driver="core", backing_store=False) as file:
        layers = [layer for layer in model.layers if layer.weights]
        file.attrs["layer_names"] = np.array([layer.name.encode() for layer in layers])
        for layer in layers:
            names = [f"{layer.name}/{weight.name}:0" for weight in layer.weights]
            file.create_group(layer.name).attrs["weight_names"] = np.array([name.encode() for name in names])
            for name, array in zip(names, layer.get_weights(), strict=True):
                stored = array.astype(dtype)
                if not np.isfinite(stored).all():
                    raise ValueError(f"{name} does not fit into {dtype}")
                file[layer.name][name] = stored
        for key, value in attributes.items():
            file.attrs[key] = value
        file.flush()
        image = file.id.get_file_image()
    atomic_write(path, image)
