"""From a solved answer cell to its mutants: one change each, inside the marked solution only."""

import ast
import random
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from bench.mutants.expressions import changed_expressions
from bench.mutants.scopes import Scope
from bench.mutants.statements import changed_statements
from workbook.releasing import BEGIN, END

_NOTHING = re.compile(r"(\w+) = \1")
"""X = X: the statement removed is a mutant of its own."""


@dataclass(frozen=True)
class Mutant:
    """A spoilt answer: the rule that made it, the lines that it changed, and the whole cell.

    line  the number of the first line that changed, in the cell without its comments
    """

    rule: str
    line: int
    was: str
    now: str
    source: str


def mutants_of(cell: str) -> list[Mutant]:
    """All mutants of an answer cell, each text once, in the order of the code."""
    marked = _marked_lines(cell)
    tree = ast.parse(cell)
    original = ast.unparse(tree)
    found: dict[str, Mutant] = {}
    for function in tree.body:
        if isinstance(function, ast.FunctionDef | ast.ClassDef):
            for rule in _changes(function, marked):
                text = ast.unparse(ast.fix_missing_locations(tree))
                if text != original and text not in found and _compiles(text):
                    mutant = Mutant(rule, *_difference(original, text), text)
                    if not _NOTHING.fullmatch(mutant.now):
                        found[text] = mutant
    return list(found.values())


def sample(mutants: list[Mutant], count: int, seed: str) -> list[Mutant]:
    """At most so many mutants: the rules take turns, and within a rule chance decides."""
    chance = random.Random(seed)
    by_rule: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        by_rule.setdefault(mutant.rule, []).append(mutant)
    piles = [by_rule[rule] for rule in sorted(by_rule)]
    for pile in piles:
        chance.shuffle(pile)
    chance.shuffle(piles)
    chosen: list[Mutant] = []
    while len(chosen) < count and any(piles):
        for pile in piles:
            if pile and len(chosen) < count:
                chosen.append(pile.pop())
    return chosen


def _changes(function: ast.FunctionDef | ast.ClassDef, marked: set[int]) -> Iterator[str]:
    """Make one change after the other in place; gives each one's rule while it is made."""
    scope = Scope(function)
    for parent in list(ast.walk(function)):
        for name, value in list(ast.iter_fields(parent)):
            if isinstance(value, list):
                yield from _in_list(value, parent, scope, marked)
            elif isinstance(value, ast.expr) and value.lineno in marked:
                for rule, new in changed_expressions(value, parent, scope):
                    setattr(parent, name, new)
                    yield rule
                    setattr(parent, name, value)


def _in_list(items: list, parent: ast.AST, scope: Scope, marked: set[int]) -> Iterator[str]:
    """The same for the statements of a body and the expressions of a list, a tuple or a call."""
    whole = list(items)
    for i, item in enumerate(whole):
        if getattr(item, "lineno", 0) not in marked:
            continue
        if isinstance(item, ast.stmt):
            changes = changed_statements(whole, i, scope, marked)
        elif isinstance(item, ast.expr):
            changes = _one_changed(whole, i, parent, scope)
        else:
            continue
        for rule, new in changes:
            items[:] = new
            yield rule
            items[:] = whole


def _one_changed(
    items: list[ast.expr], at: int, parent: ast.AST, scope: Scope
) -> Iterator[tuple[str, list[ast.expr]]]:
    for rule, new in changed_expressions(items[at], parent, scope):
        yield rule, [*items[:at], new, *items[at + 1 :]]


def _marked_lines(cell: str) -> set[int]:
    """The numbers of the lines between the marks."""
    inside, lines = False, set()
    for number, line in enumerate(cell.splitlines(), 1):
        if line.strip() in (BEGIN, END):
            inside = line.strip() == BEGIN
        elif inside:
            lines.add(number)
    return lines


def _compiles(text: str) -> bool:
    """False for what Python refuses or warns of: a learner would see that before the check."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SyntaxWarning)
            compile(text, "<mutant>", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def _difference(before: str, after: str) -> tuple[int, str, str]:
    """The first line that differs, and all lines from there to the last that does, before and after."""
    old, new = before.splitlines(), after.splitlines()
    shorter = min(len(old), len(new))
    top = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    rest = shorter - top
    bottom = next((i for i in range(rest) if old[-1 - i] != new[-1 - i]), rest)
    parts = (text[top : len(text) - bottom] for text in (old, new))
    was, now = ("\n".join(line.strip() for line in part) for part in parts)
    return top + 1, was, now
