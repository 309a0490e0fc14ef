"""Finding lessons and their exercises.

weekN/solutions/<lesson>.py is a lesson's source. Its autograder is a module, weekN/exercises/<lesson>.py, or
where that grew too long a package, weekN/exercises/<lesson>/: modules that import from each other
(``from .overlap import iou``), and an ``__init__.py`` that ends with EXERCISES, the exercises in the order in
which they are taught.
"""

import difflib
import importlib.util
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from workbook.exercise import Exercise
from workbook.paths import repository


class LessonError(Exception):
    """A lesson or an exercise that cannot be found or read; the text says what to do."""


@dataclass(frozen=True)
class Lesson:
    """A lesson: its name, its week and its exercises in the order in which they are taught.

    path  its autograder: a module, or the folder of a package
    """

    name: str
    week: str
    path: Path

    @property
    def files(self) -> list[Path]:
        """All files of its autograder."""
        return files_with(_entry(self.path))

    @property
    def source(self) -> Path:
        """The solved lesson as a text notebook: the only file that a person edits."""
        return self.path.parent.parent / "solutions" / f"{self.name}.py"

    @property
    def notebook(self) -> Path:
        """The learner's notebook."""
        return self.path.parent.parent / f"{self.name}.ipynb"

    @property
    def header(self) -> dict[str, Any]:
        """What the source says of itself: title, order, minutes."""
        return _header(self.source)

    @property
    def title(self) -> str:
        return self.header.get("title", self.name.replace("_", " ").capitalize())

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        return _load(self.path)

    @property
    def points(self) -> int:
        return sum(exercise.points for exercise in self.exercises)

    def exercise(self, name: str) -> Exercise:
        """The exercise of that name; raises LessonError, with a guess at what was meant."""
        for exercise in self.exercises:
            if exercise.name == name:
                return exercise
        names = [exercise.name for exercise in self.exercises]
        raise LessonError(f"No exercise of {self.name} is called {name!r}.{did_you_mean(name, names)}")


def all_lessons(root: Path | None = None) -> list[Lesson]:
    """All lessons, in the order in which they are taught: by week, then by ``order`` in the header."""
    root = root or repository()
    found = {path.with_suffix(""): path for path in root.glob("week[0-9]/exercises/[a-z]*.py")}
    # Where a newer release was unpacked over an older one, the old module lies beside the folder.
    found |= {path.parent: path.parent for path in root.glob("week[0-9]/exercises/[a-z]*/__init__.py")}
    lessons = [Lesson(path.stem, path.parent.parent.name, path) for path in found.values()]
    return sorted(lessons, key=lambda lesson: (lesson.week, lesson.header.get("order", 99), lesson.name))


def find_lesson(name: str) -> Lesson:
    """The lesson of that name ("residual_networks" or "week2/residual_networks")."""
    lessons = all_lessons()
    stem = Path(name).stem
    for lesson in lessons:
        if lesson.name == stem:
            return lesson
    names = [lesson.name for lesson in lessons]
    raise LessonError(f"There is no lesson called {name!r}.{did_you_mean(stem, names)}")


def lessons_with(exercise_name: str) -> list[Lesson]:
    """The lessons that have an exercise of that name."""
    return [lesson for lesson in all_lessons() if exercise_name in exercise_names(lesson)]


def exercises_of(lesson: Lesson) -> tuple[Exercise, ...]:
    """A lesson's exercises; none where its autograder cannot be loaded.

    So one that is being written does not stop the checks of all others.
    """
    try:
        return lesson.exercises
    except LessonError:
        return ()


def exercise_names(lesson: Lesson) -> list[str]:
    """The names of a lesson's exercises; none where its autograder cannot be loaded."""
    return [exercise.name for exercise in exercises_of(lesson)]


def _header(source: Path) -> dict[str, Any]:
    """The part "workbook" of the header that jupytext keeps at the top of a text notebook."""
    if not source.is_file():
        return {}
    lines = source.read_text(encoding="utf-8").splitlines()
    if not lines or lines[0].strip() != "# ---":
        return {}
    header = []
    for line in lines[1:]:
        if line.strip() == "# ---":
            break
        header.append(line.removeprefix("#").removeprefix(" "))
    import yaml

    try:
        found = yaml.safe_load("\n".join(header))["jupyter"]["workbook"]
    except (yaml.YAMLError, KeyError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def did_you_mean(name: str, names: list[str]) -> str:
    """A sentence that guesses the name that was meant, or gives all there are where they are few."""
    close = difflib.get_close_matches(name, names, n=1)
    if close:
        return f" Did you mean {close[0]}?"
    return f" There are: {', '.join(names)}." if 0 < len(names) <= 15 else ""


def files_with(path: Path) -> list[Path]:
    """All files of the autograder that this module is or belongs to."""
    packed = (path.parent / "__init__.py").is_file()
    return sorted(path.parent.glob("*.py")) if packed else [path]


def load(path: Path, name: str) -> tuple[Exercise, ...]:
    """Run an autograder under this module name; its exercises in the order in which they are taught.

    Raises LessonError where it is missing, cannot be run, or a package does not say which exercises it has.
    """
    entry = _entry(path)
    if not entry.is_file():
        raise LessonError(f"{path} is missing: get the workbook again, or restore it with git.")
    inside = [str(path)] if path.is_dir() else None
    spec = importlib.util.spec_from_file_location(name, entry, submodule_search_locations=inside)
    if spec is None or spec.loader is None:
        raise LessonError(f"{path} is no Python module.")
    for old in loaded(name):
        del sys.modules[old.__name__]
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise LessonError(f"{path} cannot be loaded: {type(error).__name__}: {error}") from error
    if inside is None:
        return tuple(dict.fromkeys(item for item in vars(module).values() if isinstance(item, Exercise)))
    if not hasattr(module, "EXERCISES"):
        raise LessonError(f"{entry} must name its exercises in their order: EXERCISES = (...).")
    return tuple(module.EXERCISES)


def loaded(name: str) -> list[ModuleType]:
    """The module of that name, where it is loaded, and the modules of the package that it is."""
    return [module for key, module in list(sys.modules.items()) if f"{key}.".startswith(f"{name}.")]


def _entry(path: Path) -> Path:
    """The file that is run to load an autograder."""
    return path / "__init__.py" if path.is_dir() else path


@cache
def _load(path: Path) -> tuple[Exercise, ...]:
    return load(path, f"_workbook_{path.parent.parent.name}_{path.stem}")
