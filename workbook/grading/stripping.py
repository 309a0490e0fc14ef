"""A lesson as a submission may see it: cases and observers, without references, mistakes and hints."""

import gc
import sys
import types
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbook import lessons
from workbook.exercise import Exercise

_MODULE = "_workbook_grading_lesson"


def load(path: Path, seed: int, bounds_case: float, keep: tuple[str, ...] = ()) -> list[Exercise]:
    """A lesson's exercises with their cases drawn, their time limits bounded, and nothing else that tells
    answers; ``keep`` names exercises whose references stay.

    The other functions and variables of its modules are forgotten, but for those that the observers (and
    the kept references) use. Not a secret in the strict sense: the lessons are public, and a process can
    search memory that was given back. What a submission cannot have is what the references give for the seed.
    """
    found = lessons.load(path, _MODULE)
    modules = lessons.loaded(_MODULE)
    stripped = [_strip(exercise, seed, bounds_case, exercise.name in keep) for exercise in found]
    roots = [exercise.observe for exercise in stripped]
    roots += [exercise.reference for exercise in stripped if exercise.name in keep]
    _forget(modules, roots, stripped)
    for module in modules:
        del sys.modules[module.__name__]
    del found, module, modules
    gc.collect()
    return stripped


def _nothing(*args: Any, **kwargs: Any) -> None:
    """In the place of a reference."""


def _strip(exercise: Exercise, seed: int, bounds_case: float, keep: bool) -> Exercise:
    return replace(
        exercise,
        cases=exercise.draw(seed),
        reference=exercise.reference if keep else _nothing,
        mistakes=(),
        hints=(),
        idea="",
        time_limit=min(exercise.time_limit, bounds_case),
    )


def _forget(modules: list[types.ModuleType], roots: list[Any], exercises: list[Exercise]) -> None:
    """Delete from a lesson's modules what neither the roots nor the cases use."""
    homes = {id(vars(module)): vars(module) for module in modules}
    used: dict[int, set[str]] = {home: set() for home in homes}
    own = {module.__name__ for module in modules}
    todo = list(roots)
    for exercise in exercises:
        for case in exercise.cases:
            todo += [*case.args, *case.kwargs.values()]
    seen: set[int] = set()
    while todo:
        thing = todo.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        home = id(getattr(thing, "__globals__", None))  # where a function looks names up
        for name in _mentioned(thing) & homes.get(home, {}).keys() - used.get(home, set()):
            used[home].add(name)
            todo.append(homes[home][name])
        todo += _held(thing, own)
    for home, names in homes.items():
        for name in [name for name in names if name not in used[home] and not name.startswith("__")]:
            del names[name]


def _mentioned(thing: Any) -> set[str]:
    """The names that a function's code looks up."""
    code = getattr(thing, "__code__", None)
    return _names_of(code) if isinstance(code, types.CodeType) else set()


def _names_of(code: types.CodeType) -> set[str]:
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= _names_of(constant)
    return names


def _held(thing: Any, modules: set[str]) -> list[Any]:
    """What something holds that may be a function of the lesson: closures, defaults, methods, items."""
    if isinstance(thing, dict):
        return list(thing.values())
    if isinstance(thing, list | tuple | set | frozenset):
        return list(thing)
    held = [getattr(thing, name, None) for name in ("func", "args", "keywords", "__wrapped__", "__self__")]
    if isinstance(thing, types.FunctionType):
        held += [*(thing.__defaults__ or ()), *(thing.__kwdefaults__ or {}).values()]
        for cell in thing.__closure__ or ():
            try:
                held.append(cell.cell_contents)
            except ValueError:  # not filled yet
                continue
    if isinstance(thing, type) and thing.__module__ in modules:
        held += [*vars(thing).values(), *thing.__bases__]
    elif type(thing).__module__ in modules:
        held += [type(thing), *getattr(thing, "__dict__", {}).values()]
    return [each for each in held if each is not None and not isinstance(each, types.ModuleType)]
