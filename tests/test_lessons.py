"""Finding and loading autograders: a module, or a package whose modules import from each other."""

import ast
import sys
from pathlib import Path

import pytest

from workbook import remembering
from workbook.exercise import Exercise
from workbook.grading import results, stripping, warm
from workbook.lessons import LessonError, _load, all_lessons, find_lesson, load, loaded

ROOT = Path(__file__).resolve().parent.parent

FACTORS = "import functools\n\nTWICE, SPARE = 2, 3\n\n\ndef times(x, factor=TWICE):\n    return factor * x\n"

DOUBLING = """
from workbook import Exercise, Mistake, case

from .factors import TWICE, times


def look(function, x):
    return function(x) + 0 * TWICE


def secret(x):
    return times(x)


double = Exercise(
    name="double",
    points=5,
    cases=[case("one", 1)],
    observe=look,
    reference=secret,
    slow=True,
    mistakes=[Mistake("it is the number itself", lambda x: x)],
)
"""

ADDING = """
from workbook import Exercise, case

from .factors import times

add = Exercise(name="add", points=5, cases=[case("one", 1)], reference=lambda x: x + times(x))
"""

NAMES = """
from .adding import add
from .doubling import double

EXERCISES = (double, add)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The package of a lesson, in a workbook without others."""
    folder = tmp_path / "week1" / "exercises" / "arithmetic"
    folder.mkdir(parents=True)
    texts = {"factors": FACTORS, "doubling": DOUBLING, "adding": ADDING, "__init__": NAMES}
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text)
    (tmp_path / "workbook").mkdir()
    (tmp_path / "workbook" / "paths.py").touch()
    monkeypatch.setenv("WORKBOOK_ROOT", str(tmp_path))
    _load.cache_clear()
    yield folder
    _load.cache_clear()


def test_a_package_is_a_lesson_whose_exercises_come_in_the_order_that_it_names(folder: Path) -> None:
    lesson = find_lesson("week1/arithmetic")
    assert all_lessons() == [lesson]
    assert [exercise.name for exercise in lesson.exercises] == ["double", "add"]
    assert lesson.source == folder.parents[1] / "solutions" / "arithmetic.py"
    assert {file.stem for file in lesson.files} == {"__init__", "adding", "doubling", "factors"}
    assert not {"factors", "adding", "doubling"} & set(sys.modules)


def test_a_module_left_over_from_an_older_release_does_not_hide_the_package(folder: Path) -> None:
    folder.with_suffix(".py").write_text("raise ValueError")
    assert [lesson.path for lesson in all_lessons()] == [folder]
    (folder / "__init__.py").unlink()
    assert [lesson.path for lesson in all_lessons()] == [folder.with_suffix(".py")]
    assert find_lesson("arithmetic").files == [folder.with_suffix(".py")]


def test_a_package_that_names_no_exercises_is_told_of(folder: Path) -> None:
    (folder / "__init__.py").write_text("from .adding import add")
    with pytest.raises(LessonError, match="EXERCISES"):
        load(folder, "_arithmetic")
    (folder / "__init__.py").unlink()
    with pytest.raises(LessonError, match="missing"):
        load(folder, "_arithmetic")


def test_every_exercise_of_every_package_is_named() -> None:
    for lesson in all_lessons():
        if lesson.path.is_dir():
            name = f"_packed_{lesson.name}"
            exercises, modules = load(lesson.path, name), loaded(name)
            assert {Path(module.__file__) for module in modules} == set(lesson.files)
            found = [each for module in modules for each in vars(module).values()]
            defined = [each for each in found if isinstance(each, Exercise)]
            assert {id(each) for each in defined} == {id(each) for each in exercises}, lesson.name


def test_what_is_kept_depends_on_every_file_of_a_package(folder: Path) -> None:
    lesson = find_lesson("arithmetic")
    exercise = lesson.exercise("double")

    def found() -> tuple:
        return results.digest(b"", lesson, 1), remembering._path(exercise, "reference", 1)

    before = found()
    assert found() == before and not warm.needs_tensorflow(lesson)
    (folder / "factors.py").write_text(FACTORS + "# keras\n")
    assert all(one != two for one, two in zip(found(), before, strict=True))
    assert warm.needs_tensorflow(lesson)


def imported_modules(path: Path) -> set[str]:
    """The modules of the workbook that a file imports from."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("workbook"):
            module = node.module.removeprefix("workbook").removeprefix(".")
            names |= {module} if module else {alias.name for alias in node.names}
    return {name for name in names if (ROOT / "workbook" / f"{name}.py").is_file()}


def test_what_is_kept_depends_on_all_that_exercises_import() -> None:
    files = [file for lesson in all_lessons() for file in lesson.files]
    files += [ROOT / "workbook" / f"{name}.py" for name in remembering.ENGINE]
    assert set().union(*map(imported_modules, files)) <= set(remembering.ENGINE)


def test_a_submission_sees_of_a_package_what_its_observers_use(folder: Path) -> None:
    double, _ = stripping.load(folder, 1, 5.0)
    assert [name for name in double.observe.__globals__ if not name.startswith("__")] == ["TWICE"]
    assert double.observe(lambda x: 3 * x, 1) == 3
    assert not [name for name in sys.modules if name.startswith("_workbook_grading")]
    kept, _ = stripping.load(folder, 1, 5.0, ("double",))
    assert kept.reference(4) == 8
    times = kept.reference.__globals__["times"]
    assert not {"functools", "SPARE"} & set(times.__globals__)
