"""How statements become functions: imports, constants and definitions are run, the rest is told."""

import __future__

import ast
import linecache
import sys
from collections.abc import Container
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from workbook.harmless import changes_outside, first_call
from workbook.importing import lies_in, run_import
from workbook.reading import Cell, Trouble, statements


@dataclass(frozen=True)
class SteppedOver:
    """What was not run, or not as it stands: its place, its first line, and why."""

    place: str
    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}  ({self.why})"


@dataclass
class Collected:
    """What a file defines.

    namespace     all names, as after running the file's imports, constants and definitions
    stepped_over  what was not run, in the file's order
    defined       where the file itself gives a name its value (not a name that it imports from a library)
    broken        names whose only definition cannot be run, and why
    not_run       names that a statement gives a value which was stepped over: where it stands, and why
    """

    namespace: dict[str, Any]
    stepped_over: list[SteppedOver] = field(default_factory=list)
    defined: dict[str, str] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    not_run: dict[str, str] = field(default_factory=dict)


class Collector:
    """Runs the statements of one file in one namespace: ``collected`` says what came of it."""

    def __init__(self, module: ModuleType, folder: Path | None = None) -> None:
        self.collected = Collected(vars(module))
        self.namespace = self.collected.namespace
        self.folder = folder
        self.flags = 0  # of "from __future__ import ..."
        self.group: list[tuple[Cell, ast.stmt, str]] = []  # neighbours that are told as one

    def read(self, cell: Cell, skipped: Container[str] = ()) -> None:
        """Run what may be run of a cell; tell the rest. ``skipped``: names that get nothing from it."""
        lines = cell.text.splitlines(keepends=True)
        linecache.cache[cell.name] = (len(cell.text), None, lines, cell.name)
        found, troubles = statements(cell)
        for item in sorted([*found, *troubles], key=_line):
            if isinstance(item, Trouble):
                self._tell(cell, item.first, item.last, item.why)
                self._break(item.names, f"{cell.place(item.first, item.last)}: {item.why}")
            elif not any(name in skipped for name in defined_by(item)):
                self._statement(cell, item)
        self.finish_group()

    def _statement(self, cell: Cell, node: ast.stmt) -> None:
        match node:
            case ast.Import() | ast.ImportFrom():
                self.finish_group()
                self._import(cell, node)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self.finish_group()
                self._define(cell, node)
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                self._assign(cell, node)
            case ast.Try() if all(map(_may_be_tried, _all_of(node))):
                self._try(cell, node)
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                pass
            case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
                self._tell(cell, node.lineno, node.end_lineno, "the part that runs as a program")
            case _:
                self._leave(cell, node, _kind(node))

    def _leave(self, cell: Cell, node: ast.stmt, why: str) -> None:
        """Step over a statement, together with its neighbours."""
        self.group.append((cell, node, why))
        self._give(cell, node, why)

    def _give(self, cell: Cell, node: ast.stmt, why: str) -> None:
        """Remember the names that a statement would have given a value."""
        self.collected.not_run |= dict.fromkeys(_given(node), f"{cell.place(node.lineno)} ({why})")

    # The kinds of statements

    def _import(self, cell: Cell, node: ast.Import | ast.ImportFrom) -> None:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            for alias in node.names:
                self.flags |= getattr(getattr(__future__, alias.name, None), "compiler_flag", 0)
            return
        before = dict(self.namespace)
        for note in dict.fromkeys(run_import(node, self.namespace)):
            self._tell(cell, node.lineno, node.end_lineno, note)
        for name, thing in self.namespace.items():
            if before.get(name) is not thing and callable(thing) and self._lies_beside(thing):
                self.collected.defined[name] = cell.place(node.lineno)

    def _define(self, cell: Cell, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        error = self._run(cell, node)
        if error and node.decorator_list:
            node.decorator_list = []
            if not self._run(cell, node):
                self._tell(cell, node.lineno, node.lineno, f"defined without its decorator: {error}")
                error = ""
        if error and _without_defaults(node, set(self.collected.not_run)) and not self._run(cell, node):
            self._tell(cell, node.lineno, node.lineno, f"defined with None for a default: {error}")
            error = ""
        if error:
            self._tell(cell, node.lineno, node.end_lineno, error)
            self._break((node.name,), f"{cell.place(node.lineno)}: {error}")
        else:
            self._bind(node.name, cell.place(node.lineno))

    def _assign(self, cell: Cell, node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> None:
        if node.value is None:  # X: int
            return
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        called = next(filter(None, (first_call(e, self.namespace) for e in (node.value, *targets))), "")
        if called:
            self._leave(cell, node, f"it calls {called}")
            return
        self.finish_group()
        if any(changes_outside(target, self.namespace) for target in targets):
            why = "it changes a setting"
        else:
            why = self._run(cell, node)
        if why:
            self._tell(cell, node.lineno, node.end_lineno, why)
            self._give(cell, node, why)
            return
        for name in (
            each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)
        ):
            if callable(self.namespace.get(name)):
                self._bind(name, cell.place(node.lineno))

    def _try(self, cell: Cell, node: ast.Try) -> None:
        """Imports with a way out. Where no way works as it stands, each is run by itself."""
        for each in _all_of(node):
            called = first_call(each.value, self.namespace) if isinstance(each, ast.Assign) else ""
            if called:
                self._leave(cell, node, f"it calls {called}")
                return
        for branch in (node.body, node.orelse, node.finalbody, *(each.body for each in node.handlers)):
            branch[:] = [_nothing(each) if isinstance(each, ast.Expr) else each for each in branch]
        if self._run(cell, node):
            for each in node.body:
                self._statement(cell, each)
            return
        for each in _all_of(node):
            name = getattr(each, "name", None)
            if name in self.namespace:
                self._bind(name, cell.place(each.lineno))

    def _run(self, cell: Cell, node: ast.stmt) -> str:
        """Run one statement; why it failed, or nothing."""
        try:
            tree = ast.Module([node], [])
            exec(compile(tree, cell.name, "exec", self.flags, dont_inherit=True), self.namespace)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            text = str(error).strip().split("\n")[0][:200]
            return f"{type(error).__name__}: {text}" if text else type(error).__name__
        return ""

    # What is told

    def _bind(self, name: str, place: str) -> None:
        self.collected.defined[name] = place
        self.collected.broken.pop(name, None)

    def _break(self, names: tuple[str, ...], why: str) -> None:
        for name in names:
            if name not in self.collected.defined:
                self.collected.broken[name] = why

    def _tell(self, cell: Cell, first: int, last: int | None, why: str) -> None:
        self.finish_group()
        what = _first_line(cell, first)
        self.collected.stepped_over.append(SteppedOver(cell.place(first, last), what, why))

    def finish_group(self) -> None:
        """Tell neighbouring calls, loops and plots as one."""
        group, self.group = self.group, []
        if not group:
            return
        (cell, first, kind), (_, last, _) = group[0], group[-1]
        rest = f", and {len(group) - 1} more" if len(group) > 1 else ""
        self._tell(cell, first.lineno, last.end_lineno, kind + rest)

    def _lies_beside(self, thing: Any) -> bool:
        """True for what was imported from a module in the file's folder."""
        module = sys.modules.get(str(getattr(thing, "__module__", "")))
        return self.folder is not None and lies_in(module, self.folder)


def _line(item: ast.stmt | Trouble) -> int:
    if isinstance(item, Trouble):
        return item.first
    return min([item.lineno, *(each.lineno for each in getattr(item, "decorator_list", []))])


def _first_line(cell: Cell, number: int) -> str:
    lines = cell.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    line = lines[number - 1].strip() if 0 < number <= len(lines) else ""
    return line if len(line) <= 70 else line[:67] + "..."


def _kind(node: ast.stmt) -> str:
    """What a statement is, in a word or two."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return f"it calls {ast.unparse(node.value.func).splitlines()[0][:60]}"
    names = {ast.For: "a loop", ast.While: "a loop", ast.If: "an if", ast.With: "a with", ast.Try: "a try"}
    return names.get(type(node), "a statement")


def _given(node: ast.stmt) -> set[str]:
    """The names that a statement gives a value, or defines."""
    inside = list(ast.walk(node))
    names = {each.id for each in inside if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return names | {each.name for each in inside if isinstance(each, kinds)}


def defined_by(node: ast.stmt) -> list[str]:
    """The name of a function or class, or those that are given a value in the simple way."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [each.id for each in targets if isinstance(each, ast.Name)]


def _without_defaults(node: ast.stmt, names: set[str]) -> bool:
    """Puts None in the place of a function's defaults that use these names; whether there were any.

    ``def f(a, layers=LAYERS)`` cannot be run where LAYERS comes from a statement that is stepped over.
    """
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    found = False
    for defaults in (node.args.defaults, node.args.kw_defaults):
        for i, default in enumerate(defaults):
            if default is not None and any(getattr(each, "id", "") in names for each in ast.walk(default)):
                defaults[i] = ast.copy_location(ast.Constant(None), default)
                found = True
    return found


def _all_of(node: ast.Try) -> list[ast.stmt]:
    """The statements of all branches of a try."""
    handled = [each for handler in node.handlers for each in handler.body]
    return [*node.body, *handled, *node.orelse, *node.finalbody]


def _may_be_tried(node: ast.stmt) -> bool:
    """True for what a try around imports may hold; what it prints is left out."""
    if isinstance(node, ast.Assign):
        return all(isinstance(each, ast.Name) for each in node.targets)
    kinds = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef | ast.Pass | ast.Expr
    return isinstance(node, kinds)


def _nothing(node: ast.stmt) -> ast.stmt:
    return ast.copy_location(ast.Pass(), node)
