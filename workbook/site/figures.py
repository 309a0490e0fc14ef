"""Alternative text for figures: what the function that drew a figure says of itself.

The functions that draw stand in the week's modules, and the first line of each one's docstring says what
is to be seen. It is read from the source; nothing is run.
"""

import ast
import re
from functools import cache
from pathlib import Path

from nbformat import NotebookNode

_SHOWS = re.compile(r"(show|plot)(_|$)|\w+_(explorer|stepper)$")
_DRAWS = re.compile(r"draw_")
_FOR_CALLERS = re.compile(r"(?<=\.) (Raises |[a-z_]+(, [a-z_]+)*( and [a-z_]+)?: ).*")


def alternatives(notebook: NotebookNode, week: Path) -> dict[str, str]:
    """For the id of each cell that shows figures, what they show, in words."""
    found: dict[str, str] = {}
    modules: dict[str, str] = {}
    heading = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            heading = _last_heading(cell.source) or heading
            continue
        tree = _parse(cell.source)
        modules |= _imports(tree)
        if any("image/png" in output.get("data", {}) for output in cell.get("outputs", [])):
            found[cell.id] = _words(tree, modules, week) or f"A figure of the section: {heading}"
    return found


def _words(tree: ast.AST, modules: dict[str, str], week: Path) -> str:
    """What the last function of a cell that shows something says that it shows, with its titles."""
    for pattern in (_SHOWS, _DRAWS):
        calls = [call for call in _calls(tree) if pattern.match(call.func.attr)]
        for call in reversed(calls):
            module = modules.get(call.func.value.id, "")
            if text := _summaries(week, module).get(call.func.attr):
                return text + _titles(call)
    return ""


def _calls(tree: ast.AST) -> list[ast.Call]:
    """The calls ``module.function(...)``, in the order of their lines."""
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
    ]
    return sorted(found, key=lambda call: call.lineno)


def _titles(call: ast.Call) -> str:
    """The titles that a call gives to what it shows, where they stand in it as a list of words."""
    for argument in call.args:
        if isinstance(argument, ast.List) and argument.elts:
            words = [each.value for each in argument.elts if isinstance(each, ast.Constant)]
            if len(words) == len(argument.elts) and all(isinstance(word, str) for word in words):
                return f" Titles: {', '.join(words)}."
    return ""


def _imports(tree: ast.AST) -> dict[str, str]:
    """What each module is called here, and its own name."""
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }


@cache
def _summaries(week: Path, module: str) -> dict[str, str]:
    """The first line of the docstring of each function of a week's module, and of those it takes from
    others of the week by ``from other import function``."""
    path = week / f"{module}.py"
    if not path.is_file():
        return {}
    tree = _parse(path.read_text(encoding="utf-8"))
    found: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and (text := ast.get_docstring(node)):
            summary = " ".join(text.split("\n\n")[0].split()).replace("``", "")
            found[node.name] = _FOR_CALLERS.sub("", summary)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module != module:
            others = _summaries(week, node.module)
            found |= {alias.name: others[alias.name] for alias in node.names if alias.name in others}
    return found


def _parse(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError:  # a line of IPython's own, such as %timeit
        return ast.Module(body=[], type_ignores=[])


def _last_heading(source: str) -> str:
    headings = [line.lstrip("#").strip() for line in source.splitlines() if line.startswith("#")]
    return headings[-1].replace("`", "") if headings else ""
