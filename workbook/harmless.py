"""What a statement may do to be run when answers are collected: nothing but make a constant."""

import ast
import builtins
from types import ModuleType
from typing import Any


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BUILTINS = _words("""
abs bool bytes classmethod complex dict divmod enumerate float frozenset int len list max min object pow
property range reversed round set slice sorted staticmethod str sum super tuple type zip
""")

_ARRAYS = _words("""
TensorShape TensorSpec Variable arange array asarray bfloat16 bool_ cast concatenate constant
convert_to_tensor deg2rad diag dtype exp expand_dims eye fill float16 float32 float64 full function identity
int16 int32 int64 int8 linspace log log2 logspace meshgrid ones ones_like prod range reshape shape sqrt
stack string tile transpose uint8 zeros zeros_like
""")
"""What numpy and tensorflow make arrays with."""

_PURE = {"collections", "functools", "math", "typing", "itertools", "operator", "re", "fractions", "enum"}
_PURE |= {"decimal", "dataclasses", "abc", "cmath", "string"}

_KERAS_PARTS = ("initializers", "regularizers", "constraints", "layers", "activations")

_METHODS = _words("""
astype copy format get index items join keys lower replace reshape split strip title tolist transpose upper
values
""")
"""Methods of numbers, texts, arrays and collections that only look."""


def first_call(expression: ast.expr, namespace: dict[str, Any]) -> str:
    """The name of the first thing that an expression calls and that might do more than make a constant."""
    for node in _evaluated(expression):
        if isinstance(node, ast.Await | ast.Yield | ast.YieldFrom):
            return "await or yield"
        if isinstance(node, ast.Call) and not _is_harmless(node.func, namespace):
            return ast.unparse(node.func)[:60]
    return ""


def changes_outside(target: ast.expr, namespace: dict[str, Any]) -> bool:
    """True where an assignment reaches into something that the file did not make: plt.rcParams["..."]."""
    if isinstance(target, ast.Tuple | ast.List):
        return any(changes_outside(each, namespace) for each in target.elts)
    if isinstance(target, ast.Starred):
        return changes_outside(target.value, namespace)
    while isinstance(target, ast.Subscript):
        target = target.value
        if isinstance(target, ast.Name):
            own = namespace.get(target.id)
            return not isinstance(own, dict | list) and type(own).__name__ != "ndarray"
    return not isinstance(target, ast.Name)


def _evaluated(node: ast.AST):
    """The parts of an expression that run when it is evaluated: not the body of a lambda."""
    yield node
    children = [node.args] if isinstance(node, ast.Lambda) else ast.iter_child_nodes(node)
    for child in children:
        yield from _evaluated(child)


def _is_harmless(function: ast.expr, namespace: dict[str, Any]) -> bool:
    if isinstance(function, ast.Attribute) and function.attr in _METHODS:
        owner = _look_up(function.value, namespace)
        if not isinstance(owner, ModuleType | type):
            return True
    thing = _look_up(function, namespace)
    if thing is None:
        return isinstance(function, ast.Name) and _names_a_builtin(function.id, namespace)
    name = getattr(thing, "__name__", "") or ""
    home = str(getattr(thing, "__module__", "") or _home(function, namespace)).split(".")
    if thing is getattr(builtins, name, None):
        return name in _BUILTINS
    if home[0].lstrip("_") in _PURE:
        return True
    if home[0] in ("numpy", "tensorflow", "jax", "torch"):
        return name in _ARRAYS or getattr(function, "attr", "") in _ARRAYS
    return (
        home[:2] == ["keras", "src"]
        and home[2:3] != []
        and home[2] in _KERAS_PARTS
        and isinstance(thing, type)
    )


def _names_a_builtin(name: str, namespace: dict[str, Any]) -> bool:
    return name in _BUILTINS and name not in namespace


def _look_up(expression: ast.expr, namespace: dict[str, Any]) -> Any:
    """What a dotted name stands for; None where it is no such name or stands for nothing."""
    if isinstance(expression, ast.Name):
        return namespace.get(expression.id, getattr(builtins, expression.id, None))
    if isinstance(expression, ast.Attribute):
        owner = _look_up(expression.value, namespace)
        try:
            return getattr(owner, expression.attr, None) if owner is not None else None
        except Exception:  # a lazy module whose import fails
            return None
    return None


def _home(function: ast.expr, namespace: dict[str, Any]) -> str:
    """The module that a dotted name goes through."""
    owner = _look_up(function.value, namespace) if isinstance(function, ast.Attribute) else None
    return owner.__name__ if isinstance(owner, ModuleType) else ""
