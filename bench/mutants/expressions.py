"""Rules that change expressions: operators, constants, arguments, indices, names, layers, reductions."""

import ast
import builtins
from collections.abc import Iterator

from bench.mutants.scopes import Scope
from bench.mutants.statements import goes_on
from bench.mutants.words import COMMUTE, CREATES, EXCHANGED, OPERATORS, TESTS, TEXTS

Change = tuple[str, ast.expr]


def changed_expressions(node: ast.expr, parent: ast.AST | None, scope: Scope) -> Iterator[Change]:
    """What may stand in the place of an expression, each with the rule's name."""
    match node:
        case ast.BinOp():
            yield from _arithmetic(node)
        case ast.Compare(ops=[test]):
            for other in TESTS.get(type(test), ()):
                yield "comparison", ast.Compare(node.left, [other()], node.comparators)
        case ast.BoolOp():
            yield "comparison", ast.BoolOp(_other(node.op), node.values)
            if len(node.values) == 2:
                yield from (("term dropped", value) for value in node.values)
        case ast.UnaryOp():
            yield "sign or not dropped", node.operand
        case ast.Constant():
            yield from _constant(node, _is_place(parent))
        case ast.Name(ctx=ast.Load()):
            yield from _name(node, parent, scope)
        case ast.Attribute(ctx=ast.Load()):
            yield from _exchanged(node)
        case ast.Call():
            yield from _call(node, parent, scope)
        case ast.Subscript(ctx=ast.Load()):
            yield "index dropped", node.value
            yield from _subscript(node)
        case ast.Subscript():
            yield from _subscript(node)
        case ast.Slice():
            yield from _slice(node)
        case ast.IfExp():
            yield from (("branch fixed", branch) for branch in (node.body, node.orelse))
            yield "branch fixed", ast.IfExp(node.test, node.orelse, node.body)
        case ast.List(ctx=ast.Load()) | ast.Tuple(ctx=ast.Load()):
            yield from _items(node, parent)


def _arithmetic(node: ast.BinOp) -> Iterator[Change]:
    for other in OPERATORS.get(type(node.op), ()):
        yield "operator", ast.BinOp(node.left, other(), node.right)
    if not isinstance(node.op, ast.MatMult):
        yield "term dropped", node.left
    if isinstance(node.op, ast.Add | ast.Mult | ast.BitAnd | ast.BitOr):
        yield "term dropped", node.right
    elif not isinstance(node.op, ast.Pow | ast.FloorDiv):
        yield "sides exchanged", ast.BinOp(node.right, node.op, node.left)


def _other(op: ast.boolop) -> ast.boolop:
    return ast.Or() if isinstance(op, ast.And) else ast.And()


def _is_place(parent: ast.AST | None) -> bool:
    """True where a number says a place: an index, an axis."""
    if isinstance(parent, ast.keyword):
        return parent.arg == "axis"
    return isinstance(parent, ast.Subscript | ast.Slice)


def _constant(node: ast.Constant, is_place: bool) -> Iterator[Change]:
    value = node.value
    if isinstance(value, bool):
        yield "flag", ast.Constant(not value)
    elif isinstance(value, int):
        near = (2 * value, value // 2) if value >= 8 else (value + 1, value - 1)
        for other in near:
            yield "index or axis" if is_place else "constant", ast.Constant(other)
    elif isinstance(value, float):
        for other in (2 * value, value / 10) if value else (1.0,):
            yield "constant", ast.Constant(other)
    elif isinstance(value, str):
        for text in TEXTS.get(value, ()):
            yield "padding or activation", ast.Constant(text)


def _name(node: ast.Name, parent: ast.AST | None, scope: Scope) -> Iterator[Change]:
    yield from _exchanged(node)
    if node.id in scope.defaults:
        yield "argument fixed", scope.defaults[node.id]
    if scope.is_number(node.id):
        yield "argument fixed", ast.Constant(1)
    if isinstance(parent, ast.keyword) and parent.arg == "training":
        yield from (("training fixed", ast.Constant(value)) for value in (True, False))
    for other in scope.mistakable(node.id, node.lineno):
        yield "variable", ast.Name(other, ast.Load())


def _exchanged(node: ast.Name | ast.Attribute) -> Iterator[Change]:
    """Another function, layer or attribute of a like name."""
    name = node.id if isinstance(node, ast.Name) else node.attr
    for other in EXCHANGED.get(name, ()):
        if isinstance(node, ast.Attribute):
            yield "reduction or layer", ast.Attribute(node.value, other, ast.Load())
        elif name in vars(builtins):
            yield "reduction or layer", ast.Name(other, ast.Load())
        else:
            yield "reduction or layer", _layer(other)


def _layer(name: str) -> ast.expr:
    """A layer by its name, whatever the lesson has imported of Keras."""
    return ast.parse(f"keras.layers.{name}", mode="eval").body


def _call(node: ast.Call, parent: ast.AST | None, scope: Scope) -> Iterator[Change]:
    args, keywords = node.args, node.keywords
    is_layer = isinstance(parent, ast.Call) and parent.func is node
    is_plain = not any(isinstance(each, ast.Starred) for each in args)
    if isinstance(node.func, ast.Call) and args:
        yield "layer removed", args[0]
        if not goes_on(parent):  # there the statement is doubled
            yield "layer doubled", ast.Call(node.func, [node], [])
    elif _name_of(node.func) == "range":
        yield from _range(node)
    elif not is_layer and not _creates(_name_of(node.func)):
        yield from _unwrapped(node, scope)
    for i in range(len(keywords)):
        yield "argument dropped", ast.Call(node.func, args, keywords[:i] + keywords[i + 1 :])
    if is_plain and len(args) >= 2:
        yield "argument dropped", ast.Call(node.func, args[:-1], keywords)
        if _name_of(node.func) not in COMMUTE:
            for new in _swapped(args):
                yield "arguments exchanged", ast.Call(node.func, new, keywords)


def _unwrapped(node: ast.Call, scope: Scope) -> Iterator[Change]:
    """The call is left out: f(x) becomes x, and x.f() too."""
    if isinstance(node.func, ast.Attribute) and not _is_module(node.func.value, scope):
        yield "call removed", node.func.value
    elif node.args and not isinstance(node.args[0], ast.Starred) and not isinstance(node.func, ast.Call):
        yield "call removed", node.args[0]


def _is_module(node: ast.expr, scope: Scope) -> bool:
    """True for np, tf.nn and the like: a name that the function does not bind, or an attribute of one."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id not in scope.bound


def _creates(name: str) -> bool:
    """True for a class, such as a layer, and for a function whose argument is no stand-in for its result."""
    return name[:1].isupper() or name in CREATES


def _name_of(func: ast.expr) -> str:
    return getattr(func, "id", getattr(func, "attr", ""))


def _range(node: ast.Call) -> Iterator[Change]:
    if len(node.args) == 1:
        (end,) = node.args
        one = ast.Constant(1)
        for bounds in ([ast.BinOp(end, op, one)] for op in (ast.Sub(), ast.Add())):
            yield "loop bound", ast.Call(node.func, bounds, [])
        yield "loop bound", ast.Call(node.func, [one, end], [])


def _subscript(node: ast.Subscript) -> Iterator[Change]:
    if isinstance(node.slice, ast.Tuple):
        for new in _swapped(node.slice.elts):
            index = ast.Tuple(new, ast.Load())
            yield "indices exchanged", ast.Subscript(node.value, index, node.ctx)


def _slice(node: ast.Slice) -> Iterator[Change]:
    for name in ("lower", "upper", "step"):
        if getattr(node, name) is not None:
            parts = {each: getattr(node, each) for each in ("lower", "upper", "step")}
            yield "slice", ast.Slice(**parts | {name: None})


def _items(node: ast.List | ast.Tuple, parent: ast.AST | None) -> Iterator[Change]:
    """Neighbours exchanged; of layers or settings one left out or doubled."""
    kind, items = type(node), node.elts
    layer = parent.func if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Call) else None
    if layer is None or _name_of(layer.func) not in COMMUTE:
        for new in _swapped(items):
            yield "items exchanged", kind(new, ast.Load())
    if len(items) >= 2 and all(isinstance(each, ast.Call | ast.Tuple) for each in items):
        for i, item in enumerate(items):
            yield "layer removed", kind(items[:i] + items[i + 1 :], ast.Load())
            yield "layer doubled", kind([*items[:i], item, *items[i:]], ast.Load())


def _swapped(items: list[ast.expr]) -> Iterator[list[ast.expr]]:
    for i in range(len(items) - 1):
        yield [*items[:i], items[i + 1], items[i], *items[i + 2 :]]
