"""Rules that change statements: removed, doubled, exchanged, a branch fixed."""

import ast
from collections.abc import Iterator

from bench.mutants.scopes import Scope

Change = tuple[str, list[ast.stmt]]


def changed_statements(body: list[ast.stmt], at: int, scope: Scope, marked: set[int]) -> Iterator[Change]:
    """The body with one statement changed, for each way to change it, and the rule's name."""
    before, node, after = body[:at], body[at], body[at + 1 :]
    for rule, new in _in_place_of(node, scope):
        yield rule, [*before, *new, *after] or [ast.Pass()]
    if after and after[0].lineno in marked and _depend(node, after[0]):
        yield "statements exchanged", [*before, after[0], node, *after[1:]]


def _in_place_of(node: ast.stmt, scope: Scope) -> Iterator[Change]:
    match node:
        case ast.Return(value=ast.expr()):
            yield "return removed", [ast.Expr(node.value)]
        case ast.Assign():
            if _had_a_value(node, scope):
                yield "statement removed", []
            if goes_on(node):
                yield "layer doubled", [node, node]
        case ast.AugAssign():
            yield "statement removed", []
            yield "statement removed", [ast.Assign([node.target], node.value)]
            if isinstance(node.op, ast.Add):
                yield "operator", [ast.AugAssign(node.target, ast.Sub(), node.value)]
        case ast.Expr(value=ast.Call()) | ast.Break():
            yield "statement removed", []
        case ast.If():
            yield "branch fixed", node.body
            yield "branch fixed", node.orelse


def _had_a_value(node: ast.Assign, scope: Scope) -> bool:
    """True where all that is assigned has a value before this line: else its use would only raise."""
    stored = [each for target in node.targets for each in ast.walk(target) if isinstance(each, ast.Name)]
    return all(scope.bound.get(each.id, 0) < node.lineno for each in stored)


def goes_on(node: ast.AST | None) -> bool:
    """True for a layer that takes the place of its own input: X = Conv2D(8, 3)(X)."""
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
        return False
    return isinstance(node.value.func, ast.Call) and bool(_set_by(node) & _used_by(node.value))


def _depend(one: ast.stmt, two: ast.stmt) -> bool:
    """True where the order of two simple statements may matter: one sets what the other uses or sets."""
    if not all(isinstance(node, ast.Assign | ast.AugAssign | ast.Expr) for node in (one, two)):
        return False
    set_by_one, set_by_two = _set_by(one), _set_by(two)
    return bool(set_by_one & (_used_by(two) | set_by_two) or set_by_two & _used_by(one))


def _used_by(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _set_by(node: ast.stmt) -> set[str]:
    """Names that a statement gives a value, or whose contents it changes: a[i] = 1 changes a, not i."""
    if isinstance(node, ast.Expr):
        return _used_by(node)
    found, pending = set(), list(node.targets if isinstance(node, ast.Assign) else [node.target])
    while pending:
        target = pending.pop()
        if isinstance(target, ast.Tuple | ast.List):
            pending += target.elts
        elif isinstance(target, ast.Subscript | ast.Attribute | ast.Starred):
            pending.append(target.value)
        elif isinstance(target, ast.Name):
            found.add(target.id)
    return found
