"""A course folder for nbgrader: lessons as assignments whose checks give partial credit.

The notebook holds the text, the answer cells, the checks, and the imports and definitions that these need.
Cells that train, draw or measure are shown as text and never run, so that autograding stays quick.
"""

import ast
import builtins
import importlib.util
import shutil
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from workbook.lessons import Lesson, LessonError
from workbook.paths import repository
from workbook.releasing import BLANK, build

COURSE = "convnet_workbook"
NOT_HAD = "it is computed in a cell that is not run here"
NOT_RUN = "*Shown to be read: this cell is not run here, so that grading stays quick.*"

CONFIG = '''"""nbgrader's settings for this course. The folders are those of the computer that exported it."""

import os
import sys

from nbconvert.preprocessors import Preprocessor

HERE = os.path.dirname(os.path.abspath(__file__))
os.environ.setdefault("WORKBOOK_ROOT", {root!r})
os.environ["WORKBOOK_HOME"] = os.path.join(HERE, ".workbook")  # grading is nobody's own progress
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [{package!r}, os.environ.get("PYTHONPATH")]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ.get("PATH", "")  # alembic


class ForgiveStderr(Preprocessor):
    """Warnings cost nothing: nbgrader gives no points for a check that has anything on stderr."""

    enabled = True

    def preprocess_cell(self, cell, resources, index):
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {{}}).get("grade"):
            cell.outputs = [each for each in cell.outputs if each.get("name") != "stderr"]
        return cell, resources


c = get_config()  # noqa: F821
c.CourseDirectory.course_id = {course!r}
c.CourseDirectory.root = HERE
c.ClearSolutions.code_stub = {{"python": {stub!r}}}
c.ExecutePreprocessor.timeout = 300

from nbgrader.converters.autograde import Autograde  # noqa: E402
from nbgrader.preprocessors import SaveAutoGrades  # noqa: E402

steps = list(Autograde.autograde_preprocessors.default())
steps.insert(steps.index(SaveAutoGrades), ForgiveStderr)
c.Autograde.autograde_preprocessors = steps
'''


def export(lessons: Iterable[Lesson], folder: Path) -> list[Path]:
    """Write the course folder; the paths written. What nbgrader keeps there is left alone.

    Raises LessonError where the folder is a file, or holds an nbgrader_config.py of somebody else.
    """
    if folder.exists() and not folder.is_dir():
        raise LessonError(f"{folder} is a file: name a folder for the course.")
    config = folder / "nbgrader_config.py"
    if config.exists() and COURSE not in config.read_text(encoding="utf-8", errors="replace"):
        raise LessonError(f"{config} belongs to another course: name another folder, or move it away.")
    built = [(lesson, assignment(lesson)) for lesson in lessons]
    folder.mkdir(parents=True, exist_ok=True)
    package = str(Path(__file__).resolve().parents[2])
    config.write_text(
        CONFIG.format(root=str(repository()), package=package, course=COURSE, stub=BLANK), encoding="utf-8"
    )
    written = [config]
    for lesson, notebook in built:
        place = folder / "source" / lesson.name
        place.mkdir(parents=True, exist_ok=True)
        for module in sorted(lesson.notebook.parent.glob("*.py")):
            shutil.copyfile(module, place / module.name)
        path = place / f"{lesson.name}.ipynb"
        nbformat.write(notebook, path)
        written.append(path)
    return written


def assignment(lesson: Lesson) -> NotebookNode:
    """The solved lesson as nbgrader's source notebook: checks that end in a number, heavy cells as text."""
    if not lesson.source.is_file():
        raise LessonError(f"{lesson.name} has no source at {lesson.source}: it cannot be exported.")
    notebook = build(lesson)
    local = {path.stem for path in lesson.notebook.parent.glob("*.py")}
    cells: list[NotebookNode] = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.cell_type != "code":
            continue
        role = cell.metadata.get("nbgrader")
        if role and role.grade:
            name = role.grade_id.removeprefix("check-")
            cell.source = f"from workbook import check\n\ncheck({name}).score"
        elif not role and not _is_light(cell.source, local):
            light = _light_part(cell.source, local)
            _as_text(cell)
            if light:
                cells.append(new_code_cell(light, id=f"{cell.id[:57]}-light"))
    notebook.cells = cells
    _stand_in_for_defaults(notebook)
    return notebook


def _light_part(source: str, local: set[str]) -> str:
    """The imports, definitions and constants of a cell that is not run."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return ""
    kept = [each for each in body if _is_light_statement(each, local) and _gives_whole_names(each)]
    return "\n".join(ast.get_source_segment(source, each) or "" for each in kept)


def _gives_whole_names(node: ast.stmt) -> bool:
    """False for an expression, and for a change of something (``X[0] = 1``) that may not be there."""
    if isinstance(node, ast.Assign):
        return all(isinstance(target, ast.Name) for target in node.targets)
    return not isinstance(node, ast.Expr)


def _stand_in_for_defaults(notebook: NotebookNode) -> None:
    """Gives None to names that an answer's defaults use and that only a cell that is not run would give."""
    known = set(dir(builtins))
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if cell.metadata.get("nbgrader", {}).get("solution"):
            missing = sorted(_used_by_defaults(cell.source) - known)
            cell.source = "".join(f"{name} = None  # {NOT_HAD}\n" for name in missing) + cell.source
        known |= _names_given(cell.source)


def _used_by_defaults(source: str) -> set[str]:
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    defaults = [d for node in functions for d in (*node.args.defaults, *node.args.kw_defaults) if d]
    return {each.id for d in defaults for each in ast.walk(d) if isinstance(each, ast.Name)}


def _names_given(source: str) -> set[str]:
    """The names that a cell imports, defines or assigns at its top level."""
    names: set[str] = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        else:
            found = (each for each in ast.walk(node) if isinstance(each, ast.Name))
            names |= {each.id for each in found if isinstance(each.ctx, ast.Store)}
    return names


def _is_light(source: str, local: set[str]) -> bool:
    """True where a cell only imports, defines, or starts the workbook."""
    try:
        body = ast.parse(source).body
    except SyntaxError:  # a magic
        return False
    return all(_is_light_statement(each, local) for each in body)


def _is_light_statement(node: ast.stmt, local: set[str]) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        return all(name in local or importlib.util.find_spec(name.split(".")[0]) for name in names)
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return True
    if isinstance(node, ast.Assign):
        try:
            ast.literal_eval(node.value)
        except ValueError:
            return False
        return True
    return isinstance(node, ast.Expr) and ast.unparse(node).startswith(("workbook.start(", "'", '"'))


def _as_text(cell: NotebookNode) -> None:
    """Turn a code cell into a text cell that shows the code."""
    cell.source = f"{NOT_RUN}\n\n```python\n{cell.source}\n```"
    cell.cell_type = "markdown"
    cell.pop("outputs", None)
    cell.pop("execution_count", None)
