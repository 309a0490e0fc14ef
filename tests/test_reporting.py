"""How reports read: the same words in text and HTML, escaped, stable, with a word for every colour."""

import re
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from toy_support import function, make_tree

from workbook import Exercise, Mistake, case, notebook, remembering, session
from workbook.checking import check, hint
from workbook.judging import judge
from workbook.notebook import Note, Waiting
from workbook.observing import RAISED, observe
from workbook.reporting import Report, Row

EVIL = "<script>alert('x')</script>&\"'"

EXERCISE = Exercise(
    name="made",
    points=8,
    cases=[case(f"case {i}", i) for i in range(4)],
    reference=lambda n: n,
    mistakes=[Mistake("everything is 1 <more> & less", lambda n: n + 1)],
    hints=["First.", "Second."],
    idea="Take <b>this</b> away.",
)


class Page(HTMLParser):
    """The tags and the words of some HTML; fails where a tag is not closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.words, self.open = "", []
        self.feed(html)
        assert not self.open

    def handle_starttag(self, tag: str, attributes: list) -> None:
        self.tags.append((tag, dict(attributes)))
        if tag not in ("br", "rect"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list) -> None:
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data + " "


def of(answer: Callable, exercise: Exercise = EXERCISE) -> Report:
    return judge(exercise, observe(exercise, answer))


def raising(error: BaseException) -> Callable:
    def answer(n: int) -> None:
        raise error

    return answer


LINE = raising.__code__.co_firstlineno + 2
"""Where ``raising`` raises."""


def printing(n: int) -> int:
    print(EVIL)
    return -1


def endless(n: int) -> None:
    while True:
        pass


def leaving(n: int) -> None:
    sys.exit()


ANSWERS = {
    "passed": lambda n: n,
    "wrong": lambda n: n + 1,
    "another wrong": lambda n: n + 2,
    "raised": raising(ValueError(EVIL)),
    "wrong kind": lambda n: EVIL,
    "an object": lambda n: type(EVIL, (), {})(),
    "printed": printing,
    "not attempted": raising(NotImplementedError("your code here")),
    "a dictionary": lambda n: {EVIL: EVIL},
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_html_is_well_formed_and_holds_no_tag_of_the_learners(answer: Callable) -> None:
    html = of(answer)._repr_html_()
    page = Page(html)
    known = {"div", "p", "strong", "table", "caption", "thead", "tbody", "tr", "th", "td", "span", "br"}
    assert {tag for tag, _ in page.tags} <= known | {"details", "summary", "pre", "svg", "title", "rect"}
    assert "script>" not in re.sub(r"&lt;/?script&gt;", "", html)
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert "http" not in html


@pytest.mark.parametrize("kind", ["raised", "printed"])
def test_what_is_the_learners_is_shown_as_it_is(kind: str) -> None:
    report = of(ANSWERS[kind])
    assert EVIL in Page(report._repr_html_()).words
    assert EVIL in report.text()


def test_words_of_the_author_are_escaped_too() -> None:
    assert "1 &lt;more&gt; &amp; less" in of(lambda n: n + 1)._repr_html_()
    assert "&lt;b&gt;this&lt;/b&gt;" in of(lambda n: n)._repr_html_()
    named = Exercise(name="<i>", points=1, cases=[case("<u>", 1)], reference=abs)
    assert not {"i", "u"} & {tag for tag, _ in Page(of(lambda n: 2, named)._repr_html_()).tags}
    assert "i" not in {tag for tag, _ in Page(Note("<i>", "<i>")._repr_html_()).tags}


def test_the_table_has_headers_for_screen_readers() -> None:
    page = Page(of(lambda n: n + 2)._repr_html_())
    scopes = [attributes.get("scope") for tag, attributes in page.tags if tag == "th"]
    assert scopes == ["col"] * 3 + ["row"] * 4
    assert "Check of made" in page.words
    assert "Result Case What was seen" in page.words


OUTCOMES = {
    "passed": (lambda n: n, "passed"),
    "wrong": (lambda n: n + 2, "wrong"),
    "wrong kind": (lambda n: None, "wrong kind"),
    "raised": (lambda n: 1 / 0, "raised"),
    "exit": (leaving, "raised"),
    "never ends": (endless, "out of time"),
    "blank": (raising(NotImplementedError("your code here")), "not attempted"),
}


@pytest.mark.parametrize(("answer", "word"), OUTCOMES.values(), ids=OUTCOMES)
def test_a_word_for_each_outcome_besides_colour_and_sign(answer: Callable, word: str) -> None:
    hasty = Exercise(name="made", points=8, cases=[case("one", 1)], reference=lambda n: n, time_limit=0.5)
    report = of(answer, hasty)
    html = report._repr_html_()
    assert word in report.text().lower()
    assert word in Page(html).words.lower()
    if not report.not_attempted:
        assert re.search(rf"aria-hidden='true' style='color:#\w+'>&#\d+;</span> {word}</td>", html)


def test_the_picture_of_differences_is_described_in_words() -> None:
    exercise = Exercise(name="made", points=1, cases=[case("one", 5)], reference=lambda n: np.zeros((n, n)))
    page = Page(of(lambda n: np.eye(n), exercise)._repr_html_())
    svg = next(attributes for tag, attributes in page.tags if tag == "svg")
    assert svg["role"] == "img"
    assert svg["aria-label"] == "5 of 25 places differ"
    assert sum(tag == "rect" and attributes["fill"] != "none" for tag, attributes in page.tags) == 5


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_a_report_reads_the_same_each_time(answer: Callable) -> None:
    first, second = of(answer), of(answer)
    assert first.text() == second.text()
    assert first._repr_html_() == second._repr_html_()
    assert not re.search(r"\d\d:\d\d|20\d\d-|0x[0-9a-f]+", first.text())


class Adrift:
    pass


@pytest.mark.parametrize(
    "thing", [Adrift(), lambda: 0, iter([]), [Adrift()], {"a": Adrift()}, Adrift().__init__]
)
def test_no_addresses_are_shown(thing: object) -> None:
    assert "0x" not in of(lambda n: thing).text()
    assert "0x" not in of(raising(ValueError(f"bad {thing!r}"))).text()


def test_text_of_a_report() -> None:
    assert of(lambda n: n if n < 2 else n + 1).text() == (
        "made: 4 of 8 points\n"
        "  passed  case 0\n"
        "  passed  case 1\n"
        "  wrong   case 2  expected 2, got 3\n"
        "  wrong   case 3  expected 3, got 4\n"
        "Each number that is wrong is 1 too large.\n"
        "hint(made) has more."
    )
    assert of(lambda n: n).text().splitlines()[-1] == "Take <b>this</b> away."
    assert of(ANSWERS["not attempted"]).text() == (
        f"made: 0 of 8 points\n  Not attempted yet: line {LINE} still waits for your code. "
        "For a hint run hint(made) in a new cell."
    )


def test_the_line_and_the_cause_of_an_error_are_given_once() -> None:
    def answer(n: int) -> None:
        if n == 3:
            raise ValueError("another line")
        np.zeros(n + 2) + np.zeros(7)

    first, second, third, fourth = (row.text.split("\n") for row in of(answer).rows)
    number = re.search(r"in line (\d+)", first[0])[1]
    said = "operands could not be broadcast together with shapes"
    assert first[0] == f"ValueError: {said} (2,) (7,) in line {number}: np.zeros(n + 2) + np.zeros(7)"
    assert "print both shapes" in first[1]
    assert second == [f"the same ValueError in line {number}: {said} (3,) (7,)"]
    assert third == [f"the same ValueError in line {number}: {said} (4,) (7,)"]
    assert fourth[0].startswith("ValueError: another line in line ")


def test_what_was_said_before_something_else_is_not_just_the_same() -> None:
    texts = ["KeyError: 1 in line 3: D[k]", "KeyError: 2 in line 3: D[k]", "KeyError: 2 in line 3: D[k]"]
    rows = [Row("", RAISED, text, case=i) for i, text in enumerate([*texts, texts[0]])]
    assert [row.text for row in Report(EXERCISE, rows, [1] * 4).rows] == [
        "KeyError: 1 in line 3: D[k]",
        "the same KeyError in line 3: 2",
        "the same",
        "the same KeyError in line 3: 1",
    ]
    bare = [Row("", RAISED, f"AssertionError in line {n}: assert n", case=n) for n in (3, 4, 3)]
    assert Report(EXERCISE, bare, [1] * 4).rows[2].text == "the same AssertionError in line 3"


def test_a_long_run_of_the_same_is_one_row() -> None:
    def report(count: int) -> Report:
        rows = [Row(f"case {i}", RAISED, "KeyError: 1 in line 3: D[k]", case=i) for i in range(count)]
        return Report(EXERCISE, [*rows, Row("last", "wrong value", "expected 1, got 2", case=count)], [1] * 9)

    first = "  raised  case 0  KeyError: 1 in line 3: D[k]"
    assert report(4).text().splitlines()[1:5] == [
        first,
        *(f"  raised  case {i}  the same" for i in (1, 2, 3)),
    ]
    assert report(8).text().splitlines()[1:4] == [
        first,
        "  raised  7 more  the same",
        "  wrong   last    expected 1, got 2",
    ]
    assert Page(report(8)._repr_html_()).words.count("the same") == 1


def test_an_error_with_another_cause_is_given_whole() -> None:
    def answer(n: int) -> None:
        np.zeros(max(n - 1, 0))[9]

    texts = [row.text for row in of(answer).rows]
    assert "The array is empty here" in texts[0] and texts[1] == "the same"
    assert texts[2].startswith("IndexError: index 9") and "runs past the end" in texts[2]
    assert texts[3].startswith("the same IndexError in line ")


def test_each_thing_looked_at_in_a_case_that_raised_says_so() -> None:
    def two(function: Callable, n: int) -> dict[str, int]:
        return {"one": function(n), "other": n}

    exercise = Exercise("made", 2, [case("a", 0), case("b", 1)], lambda n: n, observe=two)
    rows = of(lambda n: n / n, exercise).rows
    assert rows[0].text.startswith("ZeroDivisionError") and rows[1].text == "the same"
    assert [row.word for row in rows] == ["raised", "raised", "passed", "passed"]
    assert [row.text for row in of(raising(NotImplementedError("your code here")), exercise).rows][1::2] == [
        "",
        "",
    ]


def test_a_long_table_folds_what_passed() -> None:
    many = Exercise(
        name="many", points=20, cases=[case(f"case {n}", n) for n in range(20)], reference=lambda n: n
    )

    def judged(function: Callable) -> Report:
        return judge(many, observe(many, function))

    right, wrong = judged(lambda n: n), judged(lambda n: n if n != 7 else 70)
    assert right.text() == "many: 20 of 20 points\n  passed  all 20 cases"
    assert wrong.text().splitlines()[1:3] == [
        "  wrong   case 7  expected 7, got 70",
        "  passed  19 others",
    ]
    page = wrong._repr_html_()
    assert page.index("case 7") < page.index("<summary>Passed: 19 others</summary>") < page.index("case 0")
    assert page.count("<table") == page.count("</table>") == 2
    assert right._repr_html_().count("<table") == 1


def test_printed_text_is_shown_for_wrong_answers_only() -> None:
    assert "It printed: <script>" in of(printing).text()
    assert "What it printed" in of(printing)._repr_html_()

    def right(n: int) -> int:
        print("looking")
        return n

    assert "looking" not in of(right).text() + of(right)._repr_html_()


def test_message_and_dictionary() -> None:
    wrong, passed, blank = of(lambda n: n + 1), of(lambda n: n), of(ANSWERS["not attempted"])
    assert wrong.to_dict() == {
        "name": "made",
        "points": 8,
        "score": 0,
        "passed": False,
        "diagnosis": "everything is 1 <more> & less",
        "message": "Your results are the ones you get when everything is 1 <more> & less.",
    }
    assert passed.to_dict() | {"message": ""} == {
        "name": "made", "points": 8, "score": 8, "passed": True, "diagnosis": None, "message": "",
    }  # fmt: skip
    assert blank.message.startswith(f"Not attempted yet: line {LINE} still waits for your code. For a hint")
    assert of(lambda n: n + 2).message == (
        "case 0: expected 0, got 2. Each number that is wrong is 2 too large."
    )


# --- hints ---------------------------------------------------------------------------------------------


@pytest.fixture
def double(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable:
    monkeypatch.setenv("WORKBOOK_ROOT", str(make_tree(tmp_path / "tree")))
    monkeypatch.setattr(session, "_lesson", None)
    return function("def double(X): return X", tmp_path)


@pytest.mark.parametrize("recorded", [True, False])
def test_hints_come_one_at_a_time_and_the_last_one_again(
    double: Callable,
    home: Path,
    capsys: pytest.CaptureFixture,
    recorded: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not recorded:
        (home / "progress.sqlite").mkdir()
        monkeypatch.setattr("workbook.checking._shown", {})
    said = []
    for _ in range(3):
        hint(double)
        said.append(capsys.readouterr().out)
    first = "double: hint 1 of 2\n  How often is X in 2X?\n"
    assert said == [first, "double: hint 2 of 2\n  Twice.\n", "double: hint 2 of 2\n  Twice.\n"]


def test_an_exercise_without_hints_says_so(
    double: Callable, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    hint(function("def results(X): return X", tmp_path, "results"))
    assert "There is no hint for this exercise." in capsys.readouterr().out


# --- where it is shown ---------------------------------------------------------------------------------


@pytest.fixture
def cell(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, dict], list[dict]]:
    """Runs a cell in IPython, and gives what it displays as the notebook would get it."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    shell.display_formatter.active_types = ["text/html", "text/plain"]

    def run(source: str, names: dict) -> list[dict]:
        """What stands below the cell in the end: an output may take the place of an earlier one."""
        shell.push(names)
        with capture_output() as captured:
            shell.run_cell(source, store_history=True).raise_error()
        assert captured.stderr == ""
        assert re.fullmatch(r"(Out\[\d+\]: )?", captured.stdout)
        below: dict[object, dict] = {}
        for i, output in enumerate(each for each in captured.outputs if each.data):
            place = (output.transient or {}).get("display_id", i)
            assert output.update == (place in below)
            below[place] = output.data
        return list(below.values())

    yield run
    InteractiveShell.clear_instance()


def test_a_notebook_shows_a_report_once_a_cell(cell: Callable, double: Callable) -> None:
    names = {"check": check, "hint": hint, "double": double}
    for source in (
        "check(double)",
        "report = check(double)",
        "check(double);",
        "report = check(double)\nreport",
    ):
        (shown,) = cell(source, names)
        assert shown["text/plain"].startswith("double: 0 of 6 points")
        assert shown["text/html"].startswith("<div")
    (again,) = cell("report", names)
    assert again["text/plain"].startswith("double: 0 of 6 points")
    assert len(cell("check(double)\ncheck(double)", names)) == 2
    (note,) = cell("hint(double)", names)
    assert "hint 1 of 2" in note["text/html"]
    assert cell("check(3)", names)[0]["text/plain"].startswith("Nothing was checked")


def test_a_check_that_takes_long_says_so_until_it_is_done(
    cell: Callable, double: Callable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told: list[str] = []
    monkeypatch.setattr(notebook, "PATIENCE", 0.0)
    monkeypatch.setattr(Note, "text", lambda note: told.append(note.words) or note.words)
    (shown,) = cell("report = check(double)", {"check": check, "double": double})
    assert shown["text/plain"].startswith("double: 0 of 6 points")
    assert [words.split(".")[0] for words in told] == [
        f"Compared with {n} of 2 usual mistakes" for n in range(3)
    ]
    told.clear()
    right = function("def double(X): return 2 * X", tmp_path)
    (shown,) = cell("check(right);", {"check": check, "right": right})
    assert shown["text/plain"].startswith("double: 6 of 6 points") and not told


def test_a_check_that_is_stopped_says_so_in_the_same_place(
    cell: Callable, double: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(notebook, "PATIENCE", 0.0)
    monkeypatch.setattr(remembering, "mistake", interrupted)
    (shown,) = cell("report = check(double)", {"check": check, "double": double})
    assert shown["text/plain"].startswith("The check was stopped")


def test_a_quick_check_does_not_tell_how_far_it_is(cell: Callable) -> None:
    waiting = Waiting()
    assert cell("waiting.tell(1, 3)", {"waiting": waiting}) == [] and waiting.place is None


def test_a_terminal_gets_plain_text(double: Callable, capsys: pytest.CaptureFixture) -> None:
    report = check(double)
    assert capsys.readouterr().out == f"{report.text()}\n"
    assert repr(report) == str(report) == report.text()


def test_a_terminal_that_knows_few_characters_gets_the_rest_as_question_marks(
    double: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    screen = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", screen)
    assert check(function("def double(X): raise ValueError('×')", tmp_path)) is not None
    screen.flush()
    assert b"ValueError: ?" in screen.buffer.getvalue()
