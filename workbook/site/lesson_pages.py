"""A solved notebook as a page: addresses for its exercises, folded answers, words for its figures."""

import re
from copy import deepcopy
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from workbook.lessons import Lesson
from workbook.releasing import BEGIN, END
from workbook.site.figures import alternatives

_LEARNERS_OWN = {"text-where-you-stand", "where-you-stand"}  # cells that show the progress of who runs them
_EXERCISE = re.compile(r"^(#+ Exercise[^\n]*`(?P<name>\w+)`[^\n]*)$", re.MULTILINE)


def exercise_label(lesson: Lesson, exercise: str) -> str:
    """The label of an exercise's heading, for links from other pages."""
    return f"exercise-{lesson.name}-{exercise}".replace("_", "-").lower()


def read_solved(lesson: Lesson) -> NotebookNode | None:
    """The solved notebook of a lesson; None where there is none yet."""
    path = lesson.source.with_suffix(".ipynb")
    return nbformat.read(path, as_version=4) if path.is_file() else None


def lesson_page(lesson: Lesson, solved: NotebookNode) -> NotebookNode:
    """The notebook that Sphinx reads: the outputs stay as they are, nothing is run again."""
    page = deepcopy(solved)
    names = {exercise.name for exercise in lesson.exercises}
    words = alternatives(solved, Path(lesson.notebook.parent))
    cells = []
    for cell in page.cells:
        if cell.id in _LEARNERS_OWN:
            continue
        if cell.cell_type == "markdown":
            cell.source = _labelled(cell.source, lesson, names)
        elif cell.cell_type == "code":
            _fold_answer(cell)
            if cell.id in words:
                cell.metadata.mystnb = cell.metadata.get("mystnb", {}) | {"image": {"alt": words[cell.id]}}
        cells.append(cell)
        if (name := _checked(cell)) in names:
            cells.append(_way_to_mistakes(lesson, name))
    page.cells = cells
    return page


def labels(page: NotebookNode) -> set[str]:
    """The labels that a page gives to its exercises."""
    return {
        label
        for cell in page.cells
        if cell.cell_type == "markdown"
        for label in re.findall(r"^\((exercise-[a-z0-9-]+)\)=$", cell.source, re.MULTILINE)
    }


def _labelled(source: str, lesson: Lesson, names: set[str]) -> str:
    """Text with a label above the heading of each exercise."""

    def label(match: re.Match) -> str:
        if match["name"] not in names:
            return match[0]
        return f"({exercise_label(lesson, match['name'])})=\n{match[1]}"

    return _EXERCISE.sub(label, source)


def _fold_answer(cell: NotebookNode) -> None:
    """An answer is folded away until the reader asks for it, and its marks are taken out."""
    if BEGIN not in cell.source:
        return
    lines = [line for line in cell.source.splitlines() if line.strip() not in (BEGIN, END)]
    cell.source = "\n".join(lines)
    cell.metadata.tags = [*cell.metadata.get("tags", []), "hide-input"]
    cell.metadata.mystnb = cell.metadata.get("mystnb", {}) | {
        "code_prompt_show": "Show an answer",
        "code_prompt_hide": "Hide the answer",
    }


def _checked(cell: NotebookNode) -> str:
    """The exercise that a cell checks; nothing where it checks none."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "").removeprefix("check-")


def _way_to_mistakes(lesson: Lesson, exercise: str) -> NotebookNode:
    link = f"[Known mistakes of `{exercise}`](/mistakes/{lesson.name}/{exercise})"
    text = f"Does your check say something else? {link}."
    return nbformat.v4.new_markdown_cell(text, id=f"mistakes-{exercise}"[:64])
