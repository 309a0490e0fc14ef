"""From one source to two notebooks: blank answers, lasting ids, nbgrader's metadata, and no drift."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from workbook import releasing, session
from workbook.lessons import Lesson, LessonError, all_lessons, find_lesson
from workbook.rechecking import renew_checks
from workbook.releasing import (
    BEGIN,
    BLANK,
    END,
    GO_ON,
    blank,
    build,
    clear_solutions,
    drifted,
    known_outputs,
    release,
)

ROOT = Path(__file__).resolve().parent.parent

EXERCISES = """
from workbook import Exercise, case

double = Exercise(name="double", points=6, cases=[case("one", 1)], reference=lambda n: 2 * n)
total = Exercise(name="total", points=4, cases=[case("one", [1])], reference=sum)
"""

SOURCE = '''\
# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent, format_version: '1.3'}
#   workbook: {title: A small lesson, order: 1, minutes: 5, runs: 0.1}
# ---

# %% [markdown]
# # A small lesson
# Two functions, and no more.

# %%
import workbook

workbook.start("mini")
from workbook import check, hint

# %% [markdown]
# Write a function that doubles a number.


# %%
def double(n):
    """Twice n."""
    # add n to itself
    ### BEGIN SOLUTION
    answer = n + n
    ### END SOLUTION
    return answer


# %%
check(double)


# %%
def total(numbers):
    """The sum."""
    s = 0
    for n in numbers:
        # add n
        ### BEGIN SOLUTION
        s += n
        ### END SOLUTION
    # give the sum back
    ### BEGIN SOLUTION
    return s
    ### END SOLUTION


# %%
check(total)

# %% tags=["nbval-ignore-output"] name="a plot"
print("the secret", 6 * 7)
'''

CELL = "# %% [markdown]\n# Write a function that doubles a number.\n"


@pytest.fixture
def lesson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lesson:
    """A workbook of one lesson with its source."""
    week = tmp_path / "a book" / "week1"
    for folder, text in (("exercises", EXERCISES), ("solutions", SOURCE)):
        (week / folder).mkdir(parents=True)
        (week / folder / "mini.py").write_text(text)
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    monkeypatch.setenv("PYTHONPATH", paths)
    monkeypatch.setenv("WORKBOOK_ROOT", str(week.parent))
    monkeypatch.setattr(session, "_lesson", None)
    return find_lesson("mini")


def change(lesson: Lesson, old: str, new: str) -> None:
    text = lesson.source.read_text()
    assert old in text
    lesson.source.write_text(text.replace(old, new))


def ids(notebook: NotebookNode) -> list[str]:
    return [cell.id for cell in notebook.cells]


# --- clearing solutions --------------------------------------------------------------------------------


def test_a_solution_becomes_a_line_that_waits_for_code() -> None:
    source = (
        f'def f(x):\n    """Doc."""\n    # hint\n    {BEGIN}\n    y = x\n\n    z = 1\n    {END}\n    return z'
    )
    assert clear_solutions(source) == f'def f(x):\n    """Doc."""\n    # hint\n    {BLANK}\n    return z'


def test_several_solutions_keep_their_indents_and_the_learner_gets_valid_python() -> None:
    source = SOURCE.split("# %%")[-3]
    cleared = clear_solutions(source)
    assert cleared.count(BLANK) == 2
    assert f"\n        {BLANK}\n" in cleared
    assert f"\n    {BLANK}" in cleared
    assert "s += n" not in cleared
    compile(cleared, "cell", "exec")


def test_a_cell_without_solution_stays_as_it_is() -> None:
    assert clear_solutions("a = 1\n\nb = 2") == "a = 1\n\nb = 2"


@pytest.mark.parametrize(
    ("marks", "words"),
    [
        ([BEGIN], "is never ended"),
        ([END], "stands where it does not belong"),
        ([BEGIN, BEGIN, END, END], "stands where it does not belong"),
        ([BEGIN, END, END], "stands where it does not belong"),
        ([END, BEGIN], "stands where it does not belong"),
    ],
)
def test_marks_that_do_not_pair_up_are_refused(lesson: Lesson, marks: list[str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        clear_solutions("\n".join(marks))
    body = "".join(f"    {mark}\n" for mark in marks)
    change(lesson, f"    {BEGIN}\n    answer = n + n\n    {END}\n", body)
    with pytest.raises(LessonError) as error:
        build(lesson)
    assert words in str(error.value)
    assert "week1/solutions/mini.py" in str(error.value)


# --- ids and metadata ----------------------------------------------------------------------------------


def test_ids_say_what_a_cell_is(lesson: Lesson) -> None:
    assert ids(build(lesson)) == [
        "text-a-small-lesson-two-functions",
        "code-import-workbook-workbook-start-mini",
        "text-write-a-function-that-doubles",
        "answer-double",
        "check-double",
        "answer-total",
        "check-total",
        "a-plot",
    ]


@pytest.mark.parametrize(
    ("old", "new", "added"),
    [
        (CELL, f"# %% [markdown]\n# Something new.\n\n{CELL}", ["text-something-new"]),
        ("doubles a number", "doubles any number", []),
        ("answer = n + n", "answer = 2 * n", []),
        ('    """Twice n."""', '    """Two times n."""', []),
        ("6 * 7", "7 * 6", []),
    ],
    ids=["a cell is inserted", "a later word", "a solution", "a docstring", "code"],
)
def test_ids_last_when_something_else_changes(lesson: Lesson, old: str, new: str, added: list[str]) -> None:
    before = ids(build(lesson))
    change(lesson, old, new)
    assert [each for each in ids(build(lesson)) if each not in added] == before


def test_ids_are_unique_and_valid_whatever_cells_say(lesson: Lesson) -> None:
    same = "\n# %%\nx = 1\n" * 12 + "\n# %% [markdown]\n# 卷积\n" * 3 + '\n# %% name="' + "é " * 80 + '"\n1\n'
    same += (
        "\n# %%\n"
        + "a_very_long_name_of_a_variable_in_words = " * 3
        + "1\n"
        + f"\n# %%\n{'x' * 90} = 1\n" * 2
    )
    lesson.source.write_text(SOURCE + same)
    notebook = build(lesson)
    names = ids(notebook)
    assert len(set(names)) == len(names)
    assert ids(build(lesson)) == names  # nbformat mends equal ids, but by chance
    assert all(re.fullmatch(r"[a-zA-Z0-9-_]{1,64}", name) for name in names)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    nbformat.validate(notebook)


def test_answers_and_checks_carry_nbgraders_metadata(lesson: Lesson) -> None:
    cells = {cell.id: cell for cell in build(lesson).cells}
    assert cells["answer-double"].metadata.nbgrader == {
        "schema_version": 3,
        "grade_id": "answer-double",
        "grade": False,
        "solution": True,
        "locked": False,
        "task": False,
    }
    assert cells["check-double"].metadata.nbgrader == {
        "schema_version": 3,
        "grade_id": "check-double",
        "grade": True,
        "solution": False,
        "locked": True,
        "task": False,
        "points": 6,
    }
    assert cells["check-double"].metadata.deletable is False
    others = set(cells) - {f"{kind}-{name}" for kind in ("answer", "check") for name in ("double", "total")}
    assert not any("nbgrader" in cells[name].metadata for name in others)
    assert cells["a-plot"].metadata.tags == ["nbval-ignore-output"]


def test_the_learners_notebook_holds_no_solution_and_no_output(lesson: Lesson) -> None:
    solved = build(lesson)
    solved.cells[3].outputs = [nbformat.v4.new_output("stream", text="42")]
    solved.cells[3].execution_count = 7
    learner = blank(solved)
    text = nbformat.writes(learner)
    for secret in ("BEGIN SOLUTION", "END SOLUTION", "n + n", "s += n", "42"):
        assert secret not in text
    assert "# add n to itself" in text
    assert ids(learner) == ids(solved)
    assert all(not c.outputs and c.execution_count is None for c in learner.cells if c.cell_type == "code")
    assert solved.cells[3].execution_count == 7


def test_run_all_goes_on_below_a_gap(lesson: Lesson) -> None:
    change(lesson, "# %%\ncheck(total)", "# %%\ntotal([1])\n\n# %%\ncheck(total)")
    learner = blank(build(lesson))
    assert [cell.id for cell in learner.cells if GO_ON in cell.metadata.get("tags", [])] == [
        "code-total-1",
        "a-plot",
    ], "only cells that use an answer may fail; an answer or a check that fails is looked at first"
    assert not any(GO_ON in cell.metadata.get("tags", []) for cell in build(lesson).cells)


# --- sources that are not as they should be ------------------------------------------------------------

BROKEN = {
    "no header": (SOURCE.split("# ---")[1], "", "the header needs workbook: title"),
    "no title": ("title: A small lesson, ", "", "the header needs workbook: title"),
    "minutes in words": ("minutes: 5", "minutes: five", "the header needs workbook: minutes"),
    "a header that is no YAML": ("#   workbook: {", "#   workbook: {{{", "the header needs workbook"),
    "no check": ("# %%\ncheck(double)\n", "", "double needs a cell with its marked solution and, after it"),
    "no answer": ("def total(", "def totla(", "total needs a cell with its marked solution"),
    "a check before its answer": (
        "def double(n):",
        "def halve(n):\n    return n / 2\n\n\n# %%\ncheck(total)\n\n\n# %%\ndef double(n):",
        "total needs a cell with its marked solution and, after it, a cell check(total)",
    ),
    "a check of nothing": (
        "check(double)",
        "check(duoble)",
        "cell 5: No exercise of mini is called 'duoble'",
    ),
    "a solution outside a function": (
        'print("the secret", 6 * 7)',
        f"{BEGIN}\nx = 1\n{END}",
        "cell 8: a marked solution stands outside a function",
    ),
}


@pytest.mark.parametrize(("old", "new", "words"), BROKEN.values(), ids=BROKEN)
def test_a_source_with_a_fault_is_refused_by_name(lesson: Lesson, old: str, new: str, words: str) -> None:
    change(lesson, old, new)
    with pytest.raises(LessonError) as error:
        build(lesson)
    assert words in str(error.value)
    assert "week1/solutions/mini.py" in str(error.value)


def test_a_lesson_without_source_is_refused_by_name(lesson: Lesson) -> None:
    lesson.source.unlink()
    with pytest.raises(LessonError, match="mini: there is no source"):
        release([lesson])
    assert drifted() == []


# --- releasing -----------------------------------------------------------------------------------------


def test_release_writes_both_notebooks_and_only_what_changed(lesson: Lesson) -> None:
    said: list[str] = []
    written = release(tell=said.append)
    solved, learner = (nbformat.read(path, as_version=4) for path in written)
    assert [path.name for path in written] == ["mini.ipynb"] * 2
    assert written[1] == lesson.notebook
    assert solved.cells[4].outputs[0].data["text/plain"].startswith("double: 6 of 6 points")
    assert solved.cells[-1].outputs[0].text == "the secret 42\n"
    assert "execution" not in solved.cells[4].metadata
    assert not any(cell.get("outputs") for cell in learner.cells)
    assert drifted() == []
    assert release(tell=said.append) == []
    assert said == ["mini: running 6 cells", "mini: nothing has changed"]
    assert sorted(path.name for path in lesson.notebook.parent.iterdir()) == [
        "exercises",
        "mini.ipynb",
        "solutions",
    ]


@pytest.fixture
def released(lesson: Lesson) -> Lesson:
    """The lesson with both notebooks, as if it had run."""
    for path, notebook in zip(
        (lesson.source.with_suffix(".ipynb"), lesson.notebook),
        (build(lesson), blank(build(lesson))),
        strict=True,
    ):
        nbformat.write(notebook, path)
    assert drifted() == []
    return lesson


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("answer = n + n", "answer = 2 * n"),
        ("doubles a number", "doubles any number"),
        ('tags=["nbval-ignore-output"]', ""),
        ("# %% [markdown]\n# Write", "# %%\n# Write"),
    ],
)
def test_a_changed_source_has_drifted(released: Lesson, old: str, new: str) -> None:
    change(released, old, new)
    assert "week1/solutions/mini.ipynb is not what its source says: run make release." in drifted()


def test_a_changed_solution_leaves_the_learners_notebook_as_it_is(released: Lesson) -> None:
    change(released, "answer = n + n", "answer = 2 * n")
    assert len(drifted()) == 1


def test_changed_points_have_drifted(released: Lesson) -> None:
    notebook = nbformat.read(released.notebook, as_version=4)
    notebook.cells[4].metadata.nbgrader.points = 7
    nbformat.write(notebook, released.notebook)
    assert drifted() == ["week1/mini.ipynb is not what its source says: run make release."]


def test_a_missing_and_an_unreadable_notebook_have_drifted(released: Lesson) -> None:
    released.notebook.unlink()
    released.source.with_suffix(".ipynb").write_text('{"cells": [')
    assert drifted() == [
        "week1/solutions/mini.ipynb is not what its source says: run make release.",
        "week1/mini.ipynb is missing: run make release.",
    ]


def test_the_remedy_for_a_damaged_notebook_mends_it(released: Lesson) -> None:
    solved = released.source.with_suffix(".ipynb")
    solved.write_text("<<<<<<< HEAD\n" + solved.read_text())
    assert drifted() == ["week1/solutions/mini.ipynb is not what its source says: run make release."]
    release([released], tell=lambda words: None)
    assert not drifted() and known_outputs(released) is not None


def test_a_cell_that_ends_its_kernel_is_told_of(released: Lesson) -> None:
    change(released, 'print("the secret", 6 * 7)', "import os; os._exit(1)")
    with pytest.raises(LessonError, match=r"mini\.py: .*died"):
        release([released], tell=lambda words: None)


def files(lesson: Lesson) -> dict[str, bytes]:
    folder = lesson.notebook.parent
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.ipynb*")} | {
        str(path.relative_to(folder)): b"" for path in folder.rglob(".*")
    }


@pytest.mark.parametrize(
    ("code", "words"),
    [("1 / 0", "a cell fails"), ("import sys; sys.stderr.write('oh no')", "a-plot writes to stderr")],
)
def test_a_cell_that_fails_or_complains_changes_no_file(released: Lesson, code: str, words: str) -> None:
    before = files(released)
    change(released, 'print("the secret", 6 * 7)', code)
    with pytest.raises(LessonError) as error:
        release(tell=lambda words: None)
    assert words in str(error.value)
    assert "week1/solutions/mini.py" in str(error.value)
    assert files(released) == before


def full(descriptor: int) -> None:
    raise OSError("no space left on device")


def interrupted(old: Path, new: Path) -> None:
    raise OSError("no space left on device")


@pytest.mark.parametrize(("name", "failing"), [("fsync", full), ("replace", interrupted)])
def test_a_notebook_is_written_whole_or_not_at_all(
    released: Lesson, monkeypatch: pytest.MonkeyPatch, name: str, failing: Callable
) -> None:
    before = files(released)

    change(released, "6 * 7", "7 * 6")
    monkeypatch.setattr(releasing, "execute", lambda notebook, lesson: notebook)
    monkeypatch.setattr(f"workbook.writing.os.{name}", failing)
    with pytest.raises(OSError, match="no space left"):
        release(tell=lambda words: None)
    assert files(released) == before


# --- the real lessons ----------------------------------------------------------------------------------

LESSONS = [lesson for lesson in all_lessons(ROOT) if lesson.source.is_file()]
NOTEBOOKS = [lesson for lesson in LESSONS if lesson.notebook.is_file()]


def named(lesson: Lesson) -> str:
    return lesson.name


def test_there_are_lessons_to_test() -> None:
    assert len(all_lessons(ROOT)) >= 2
    assert LESSONS


@pytest.mark.parametrize("lesson", LESSONS, ids=named)
def test_notebooks_are_what_their_source_says(lesson: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBOOK_ROOT", str(ROOT))
    assert drifted([lesson]) == []


@pytest.mark.parametrize("lesson", NOTEBOOKS, ids=named)
def test_the_learner_gets_blank_answers(lesson: Lesson) -> None:
    notebook = nbformat.read(lesson.notebook, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code)
    assert "SOLUTION" not in nbformat.writes(notebook)
    blanks = {cell.id for cell in code if BLANK in cell.source}
    assert {f"answer-{exercise.name}" for exercise in lesson.exercises} <= blanks
    checks = [cell.id for cell in code if cell.id.startswith("check-")]
    assert checks == [f"check-{exercise.name}" for exercise in lesson.exercises], (
        "progress lists another order"
    )


@pytest.mark.parametrize("lesson", NOTEBOOKS, ids=named)
def test_the_learners_notebook_runs_from_top_to_bottom(lesson: Lesson, home: Path) -> None:
    """Nothing is raised but NotImplementedError, each check says so, and nothing goes to stderr."""
    from nbclient import NotebookClient

    notebook = nbformat.read(lesson.notebook, as_version=4)
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    environment = os.environ | {"PYTHONPATH": paths, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    client = NotebookClient(notebook, timeout=900, kernel_name="python3", allow_errors=True)
    client.execute(env=environment | {"WORKBOOK_ROOT": str(ROOT)}, cwd=str(lesson.notebook.parent))
    for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
        for output in cell.outputs:
            assert output.get("name") != "stderr", f"{cell.id}: {output.text}"
            raised = output.get("ename", "NotImplementedError")
            assert raised == "NotImplementedError", f"{cell.id}: {output.evalue}"
        if cell.id.startswith("check-"):
            (shown,) = cell.outputs
            assert "Not attempted yet" in shown.data["text/plain"], cell.id


# --- only the checks -----------------------------------------------------------------------------------


def test_checks_alone_are_made_anew(lesson: Lesson) -> None:
    release([lesson], tell=lambda words: None)
    path = lesson.source.with_suffix(".ipynb")
    as_executed = nbformat.read(path, as_version=4)
    stale = nbformat.read(path, as_version=4)
    kept = "kept, since it was not run again"
    for cell in stale.cells:
        for output in cell.get("outputs", []):
            if "text/html" in output.get("data", {}) and cell.source.startswith("check("):
                output.data["text/html"] = output.data["text/plain"] = "as an older exercise said"
            elif "text" in output:
                output.text = kept
    nbformat.write(stale, path)
    said: list[str] = []
    assert renew_checks([lesson], said.append) == [path]
    for new, executed in zip(nbformat.read(path, as_version=4).cells, as_executed.cells, strict=True):
        if new.source.startswith("check("):
            assert new.outputs == executed.outputs
        for output in new.get("outputs", []):
            assert output.get("text", kept) == kept
    assert said == ["mini: 2 checks made anew"]


def test_checks_are_not_made_anew_for_code_that_was_not_run(released: Lesson) -> None:
    change(released, "answer = n + n", "answer = 2 * n")
    before = files(released)
    with pytest.raises(LessonError, match="its code has changed since it was run"):
        renew_checks([released])
    assert files(released) == before
