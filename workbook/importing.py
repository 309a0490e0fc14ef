"""Imports in somebody else's file, name by name: what is missing costs only itself.

Names that an older Keras kept elsewhere are taken from where Keras 3 has them.
"""

import ast
import importlib
from pathlib import Path
from typing import Any

_NOW = ("layers", "models", "initializers", "utils", "regularizers", "optimizers", "losses", "metrics")
_NOW += ("callbacks", "constraints", "activations", "applications", "backend", "saving", "preprocessing")
_UTILS = {"np_utils", "layer_utils", "vis_utils", "data_utils", "generic_utils", "conv_utils"}
"""Modules of an older keras.utils, whose functions are in keras.utils itself now."""

_OTHER_KERAS = ("tensorflow.python.keras", "tensorflow.contrib.keras", "tf_keras")
"""Other copies of Keras, whose layers do not go together with Keras 3."""


def run_import(node: ast.Import | ast.ImportFrom, namespace: dict[str, Any]) -> list[str]:
    """Run an import in a namespace. Gives back, a sentence each, what was missing or taken from elsewhere."""
    notes = []
    for alias in node.names:
        notes += _import_one(node, alias, namespace)
    return notes


def _import_one(node: ast.Import | ast.ImportFrom, alias: ast.alias, namespace: dict[str, Any]) -> list[str]:
    module = node.module or "" if isinstance(node, ast.ImportFrom) else alias.name
    newer = _newer(module)
    try:
        _execute(node, alias, newer, namespace)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        if isinstance(node, ast.ImportFrom) and _is_keras(newer):
            taken = _take_from_keras(newer, alias, namespace)
            if taken:
                return [taken]
        return [_missing(error)]
    return [f"{module} is another Keras: taken from {newer}"] if newer != module else []


def _execute(
    node: ast.Import | ast.ImportFrom, alias: ast.alias, module: str, namespace: dict[str, Any]
) -> None:
    """Import one name. A relative import is made an absolute one: the file is no package."""
    one: ast.stmt
    if isinstance(node, ast.ImportFrom) and module:
        one = ast.ImportFrom(module, [alias], 0)
    elif isinstance(node, ast.ImportFrom):  # from . import helpers
        one = ast.Import([alias])
    else:
        one = ast.Import([ast.alias(module, alias.asname)])
    tree = ast.fix_missing_locations(ast.Module([ast.copy_location(one, node)], []))
    exec(compile(tree, "<import>", "exec", dont_inherit=True), namespace)


def _newer(module: str) -> str:
    for old in _OTHER_KERAS:
        if module == old or module.startswith(f"{old}."):
            return "keras" + module[len(old) :]
    return module


def _is_keras(module: str) -> bool:
    return module.removeprefix("tensorflow.").split(".")[0] == "keras"


def _take_from_keras(module: str, alias: ast.alias, namespace: dict[str, Any]) -> str:
    """Take a name from where Keras 3 has it; the sentence that says so, or nothing."""
    path = module.removeprefix("tensorflow.").split(".")
    if alias.name == "*":
        return _take_all(path, namespace)
    if alias.name in _UTILS:
        namespace[alias.asname or alias.name] = importlib.import_module("keras.utils")
        return f"Keras 3 has no {module}.{alias.name}: keras.utils stands in for it"
    homes = [
        *(".".join(path[:n]) for n in range(len(path) - 1, 1, -1)),
        *(f"keras.{n}" for n in _NOW),
        "keras",
    ]
    for home in homes:
        thing = getattr(_module(home), alias.name, None)
        if thing is not None:
            namespace[alias.asname or alias.name] = thing
            return f"Keras 3 has no {module}.{alias.name}: taken from {home}"
    return ""


def _take_all(path: list[str], namespace: dict[str, Any]) -> str:
    """What ``from keras.layers.core import *`` means now: all of keras.layers."""
    if len(path) < 3 or (home := _module(".".join(path[:2]))) is None:
        return ""
    namespace |= {name: thing for name, thing in vars(home).items() if not name.startswith("_")}
    return f"Keras 3 has no {'.'.join(path)}: all of {home.__name__} was taken"


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def _missing(error: BaseException) -> str:
    """Why an import failed, in a sentence."""
    if isinstance(error, ModuleNotFoundError) and error.name:
        return f"there is no module {error.name} here"
    if isinstance(error, ImportError) and "cannot import name" in str(error):
        return str(error).split(" (")[0]
    return f"{type(error).__name__}: {str(error).strip() or 'no more is said'}".split("\n")[0][:200]


def lies_in(module: Any, folder: Path) -> bool:
    """True for a module that lies in a folder, itself or its package, and is not the workbook's own."""
    file, top = getattr(module, "__file__", None), getattr(module, "__name__", "").split(".")[0]
    if not file or top == "workbook":
        return False
    home = Path(file).resolve()
    return home == folder / f"{top}.py" or home.is_relative_to(folder / top)
