"""Which variables a function has, and which of them a person might mistake for another."""

import ast
import difflib
from collections.abc import Iterator

_NUMBERS = {"f", "m", "n", "s", "t", "c", "h", "w", "k", "stride", "strides", "pad", "padding", "filters"}
_NUMBERS |= {"classes", "expansion", "convolutions", "factor", "levels"}
_KINDS = {bool: "flag", int: "number", float: "number", str: "text"}


class Scope:
    """The variables of a function: where each is first bound, its kind, and defaults of parameters."""

    def __init__(self, function: ast.AST) -> None:
        self.bound: dict[str, int] = {}
        self.kinds: dict[str, str] = {}
        self.defaults: dict[str, ast.Constant] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.arguments):
                self._parameters(node)
        for name, kind, line in _bindings(function):
            self.bound[name] = min(line, self.bound.get(name, line))
            self.kinds.setdefault(name, kind)
        for name in _counted(function) & self.bound.keys():
            if self.kinds[name] == "parameter":
                self.kinds[name] = "number"

    def _parameters(self, node: ast.arguments) -> None:
        named = [*node.posonlyargs, *node.args]
        for parameter in [*named, *node.kwonlyargs]:
            self.bound[parameter.arg] = 0
            is_number = parameter.arg in _NUMBERS or parameter.arg.startswith("n_")
            self.kinds[parameter.arg] = "number" if is_number else "parameter"
        with_defaults = [
            *zip(named[len(named) - len(node.defaults) :], node.defaults, strict=True),
            *((p, d) for p, d in zip(node.kwonlyargs, node.kw_defaults, strict=True) if d is not None),
        ]
        for parameter, default in with_defaults:
            if isinstance(default, ast.Constant):
                self.defaults[parameter.arg] = default
                self.kinds[parameter.arg] = _KINDS.get(type(default.value), "option")

    def is_number(self, name: str) -> bool:
        """True for a size, a count or the like: something that could be the number 1."""
        return self.kinds.get(name) == "number"

    def mistakable(self, name: str, line: int, most: int = 3) -> list[str]:
        """Other variables, bound before this line, of the same kind or of a name much like this one."""
        if name not in self.bound:
            return []
        likeness = {
            other: difflib.SequenceMatcher(None, name, other).ratio()
            for other, first in self.bound.items()
            if other not in (name, "_") and first < line
        }
        fit = [
            other
            for other, ratio in likeness.items()
            if self.kinds[other] == self.kinds[name] or (ratio >= 0.5 and len(name) > 1)
        ]
        return sorted(fit, key=lambda other: (-likeness[other], other))[:most]


def _bindings(function: ast.AST) -> Iterator[tuple[str, str, int]]:
    """Each name that is given a value: its kind and its line."""
    for node in ast.walk(function):
        if isinstance(node, ast.For):
            yield from _names(node.target, "counter", node.lineno)
        elif isinstance(node, ast.comprehension):
            yield from _names(node.target, "counter", node.target.lineno - 1)
        elif isinstance(node, ast.Assign):
            kind = "number" if _is_count(node.value) else "result"
            for target in node.targets:
                yield from _names(target, kind, node.lineno)


def _names(target: ast.expr, kind: str, line: int) -> Iterator[tuple[str, str, int]]:
    for node in ast.walk(target):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, kind, line


def _is_count(value: ast.expr) -> bool:
    """True for a shape, an entry of a dictionary of settings, or arithmetic without a call."""
    if isinstance(value, ast.Attribute):
        return value.attr == "shape"
    if isinstance(value, ast.Subscript):
        text = isinstance(value.slice, ast.Constant) and isinstance(value.slice.value, str)
        return text or _is_count(value.value)
    if isinstance(value, ast.Tuple):
        return all(map(_is_count, value.elts))
    if isinstance(value, ast.BinOp):
        inner = ast.walk(value)
        return not any(isinstance(each, ast.Call | ast.Subscript | ast.MatMult) for each in inner)
    return False


def _counted(function: ast.AST) -> set[str]:
    """Names that stand beside a whole number, in a floor division, a slice's bound or a range."""
    found = set()
    for node in ast.walk(function):
        parts: list[ast.expr | None] = []
        if isinstance(node, ast.BinOp):
            sides = [node.left, node.right]
            if isinstance(node.op, ast.FloorDiv) or any(_is_whole(side) for side in sides):
                parts = sides
        elif isinstance(node, ast.Slice):
            parts = [node.lower, node.upper, node.step]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
            parts = list(node.args)
        found |= {part.id for part in parts if isinstance(part, ast.Name)}
    return found


def _is_whole(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int
