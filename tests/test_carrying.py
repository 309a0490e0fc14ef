"""A learner's notebook meets a newer release: nothing that was written is lost, all else is new."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from workbook.carrying import ASIDE, carry, fresh, name_of
from workbook.releasing import BLANK

BLANK_ANSWER = f"def double(x):\n    {BLANK}"


def answer(source: str = BLANK_ANSWER, name: str = "double") -> nbformat.NotebookNode:
    role = {"grade_id": f"answer-{name}", "solution": True, "grade": False}
    return new_code_cell(source, id=f"answer-{name}", metadata={"nbgrader": role})


def check(name: str = "double") -> nbformat.NotebookNode:
    role = {"grade_id": f"check-{name}", "solution": False, "grade": True}
    return new_code_cell(f"check({name})", id=f"check-{name}", metadata={"nbgrader": role})


def released(*cells: nbformat.NotebookNode) -> nbformat.NotebookNode:
    notebook = new_notebook(cells=list(cells))
    notebook.metadata["workbook"] = {"lesson": "week1/toy"}
    return notebook


def first() -> nbformat.NotebookNode:
    return released(
        new_markdown_cell("# Toy", id="text-toy"),
        new_code_cell("size = 3", id="code-size"),
        answer(),
        check(),
    )


def sources(notebook: nbformat.NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells]


def cell(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    return next(each for each in notebook.cells if each.id == name)


def test_an_answer_stays_and_the_rest_becomes_new():
    mine = fresh(first())
    cell(mine, "answer-double").source = "def double(x):\n    return 2 * x"
    new = first()
    cell(new, "text-toy").source = "# Toy, told better"
    cell(new, "code-size").source = "size = 4"
    new.cells.insert(2, new_markdown_cell("A new picture", id="text-picture"))
    carried = carry(mine, new)
    assert sources(carried.notebook) == [
        "# Toy, told better",
        "size = 4",
        "A new picture",
        "def double(x):\n    return 2 * x",
        "check(double)",
    ]
    assert carried.notes == []


def test_a_blank_answer_gets_the_new_scaffold():
    new = first()
    cell(new, "answer-double").source = BLANK_ANSWER.replace("double(x)", "double(x, times=2)")
    assert "times=2" in cell(carry(fresh(first()), new).notebook, "answer-double").source


def test_a_written_answer_stays_under_a_new_scaffold_and_the_learner_is_told():
    mine = fresh(first())
    cell(mine, "answer-double").source = "def double(x):\n    return x + x"
    new = first()
    cell(new, "answer-double").source = BLANK_ANSWER + "\n# more"
    carried = carry(mine, new)
    assert cell(carried.notebook, "answer-double").source == "def double(x):\n    return x + x"
    assert "double: your answer stays" in carried.notes[0]


def test_the_learners_own_cells_stay_behind_what_they_stood_behind():
    mine = fresh(first())
    mine.cells.insert(2, new_code_cell("print('I try')", id="own1"))
    mine.cells.append(new_markdown_cell("my thoughts", id="own2"))
    mine.cells.insert(0, new_markdown_cell("before all", id="own0"))
    new = first()
    new.cells.reverse()
    ids = [each.id for each in carry(mine, new).notebook.cells]
    assert ids == ["own0", "check-double", "own2", "answer-double", "code-size", "own1", "text-toy"]


def test_a_cell_that_both_changed_stands_twice():
    mine = fresh(first())
    cell(mine, "code-size").source = "size = 7"
    new = first()
    cell(new, "code-size").source = "size = 4"
    carried = carry(mine, new)
    assert sources(carried.notebook)[1:3] == ["size = 4", ASIDE + "size = 7"]
    assert "yours stands below it" in carried.notes[0]


def test_a_note_in_a_check_cell_is_not_lost():
    mine = fresh(first())
    cell(mine, "check-double").source = "# my note: twice!\ncheck(double)"
    new = first()
    cell(new, "check-double").source += "  # newer"
    carried = carry(mine, new)
    told = sources(carried.notebook)
    assert ASIDE + "# my note: twice!\ncheck(double)" in told
    assert cell(new, "check-double").source in told


def test_a_cell_that_only_the_learner_changed_stays_changed():
    mine = fresh(first())
    cell(mine, "code-size").source = "size = 7"
    assert sources(carry(mine, first()).notebook)[1] == "size = 7"


def test_an_exercise_that_is_gone_stays_where_something_was_written():
    mine = fresh(first())
    mine.cells.insert(2, answer("def old(x):\n    return 1", "old"))
    mine.metadata["workbook"]["cells"]["answer-old"] = "another"
    carried = carry(mine, first())
    assert "def old(x):\n    return 1" in sources(carried.notebook)
    assert "answer-old: it is no longer in the lesson" in carried.notes[0]


def test_a_text_that_is_gone_and_was_not_touched_goes():
    mine = fresh(first())
    new = first()
    new.cells.pop(0)
    assert "# Toy" not in sources(carry(mine, new).notebook)


def test_outputs_stay_where_the_code_is_the_same():
    mine = fresh(first())
    for name in ("code-size", "check-double"):
        cell(mine, name).execution_count = 5
    new = first()
    cell(new, "code-size").source = "size = 4"
    carried = carry(mine, new).notebook
    assert cell(carried, "check-double").execution_count == 5
    assert cell(carried, "code-size").execution_count is None


def test_without_ids_answers_are_found_by_nbgraders_name():
    mine = fresh(first())
    for each in mine.cells:
        each.pop("id")
    mine.cells[2].source = "def double(x):\n    return 2 * x"
    carried = carry(mine, first()).notebook
    assert cell(carried, "answer-double").source == "def double(x):\n    return 2 * x"


@pytest.mark.parametrize("program", ("drops ids", "gives other ids"))
def test_cells_without_their_ids_are_known_by_what_they_say(program):
    mine = fresh(first())
    for number, each in enumerate(mine.cells):
        each.pop("id")
        if program == "gives other ids":
            each.id = f"other-{number}"
    mine.cells.append(nbformat.v4.new_code_cell("my = 1", id="mine"))
    new = first()
    cell(new, "code-size").source = "size = 4"
    carried = carry(mine, new).notebook
    assert sources(carried) == [*sources(new), "my = 1"]
    assert [name_of(each) for each in carried.cells[:-1]] == [name_of(each) for each in new.cells]


def test_a_copy_of_a_released_cell_stays_a_copy():
    mine = fresh(first())
    mine.cells.append(nbformat.v4.new_code_cell(cell(mine, "code-size").source, id="copied"))
    carried = carry(mine, first()).notebook
    assert len(carried.cells) == len(first().cells) + 1 and carried.cells[-1].id == "copied"


def test_an_answer_that_was_copied_is_kept_twice():
    mine = fresh(first())
    cell(mine, "answer-double").source = "def double(x):\n    return 2 * x"
    again = answer("def double(x):\n    return x + x")
    again.id = "other"
    mine.cells.insert(3, again)
    carried = carry(mine, first()).notebook
    assert "def double(x):\n    return 2 * x" in sources(carried)
    assert "def double(x):\n    return x + x" in sources(carried)
    nbformat.validate(carried)


def test_carrying_twice_changes_nothing_more():
    mine = fresh(first())
    cell(mine, "answer-double").source = "def double(x):\n    return 2 * x"
    cell(mine, "code-size").source = "size = 7"
    new = first()
    cell(new, "code-size").source = "size = 4"
    once = carry(mine, new).notebook
    twice = carry(once, new).notebook
    assert sources(once) == sources(twice)
    assert [each.id for each in once.cells] == [each.id for each in twice.cells]
