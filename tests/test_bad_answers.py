"""Whatever a learner's answer does, check says in a sentence what is wrong, and the session lives."""

import os
import threading
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from toy_support import function, make_tree, run_answer

import workbook
from workbook import progress, session
from workbook.checking import check, hint
from workbook.limits import Bounded
from workbook.observing import standing_in

Ask = Callable[..., tuple]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tree(tmp_path_factory.mktemp("tree"))


@pytest.fixture(autouse=True)
def lesson(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBOOK_ROOT", str(tree))
    monkeypatch.setattr(session, "_lesson", None)


@pytest.fixture
def said(capfd: pytest.CaptureFixture) -> Callable[[], str]:
    """What was shown since the last time, on one line; it holds no traceback, and stderr holds nothing."""

    def read() -> str:
        out, err = capfd.readouterr()
        assert err == ""
        assert "Traceback" not in out
        assert " at 0x" not in out
        assert len(out) < 5_000
        return " ".join(out.split())

    return read


@pytest.fixture
def ask(said: Callable[[], str], tmp_path: Path) -> Ask:
    """Check a learner's cell; afterwards a right answer still passes."""

    def ask(source: str, name: str = "double") -> tuple:
        answer = function(source, tmp_path, name)
        said()
        report = check(answer)
        text = said()
        assert check(function("def double(X): return X + X", tmp_path)).passed
        assert "6 of 6 points" in said()
        return report, text

    return ask


def returning(expression: str) -> str:
    return f"def double(X):\n    return {expression}\n"


# --- what is returned ----------------------------------------------------------------------------------

RETURNED = {
    "nothing": ("None", "it returns None: is a return line missing?"),
    "a list": ("(2 * X).tolist()", "the values are right but come in a list: return an array (np.array)"),
    "a complex list": (
        "(2 * X + 1j).tolist()",
        "expected an array of shape (2, 2), got a list of shape (2, 2)",
    ),
    "a wrong list": ("[1.0, 2.0]", "expected an array of shape (2, 2), got a list of shape (2,)"),
    "a ragged list": ("[[1, 2], [3]]", "got a list whose parts have different lengths"),
    "an empty list": ("[]", "expected an array of shape (2, 2), got a list of shape (0,)"),
    "NaN": ("X * np.nan", "got NaN (not a number) at [0, 0]"),
    "infinity": ("X / 0", "a division by zero, an overflow, or a log of 0?"),
    "complex": ("2 * X + 0j", "expected real numbers, got complex ones"),
    "an object array": ("(2 * X).astype(object)", "got an array of object of shape (2, 2)"),
    "an array of text": ("(2 * X).astype(str)", "expected an array of shape (2, 2), got an array of <U"),
    "text": ("'2X'", "expected an array of shape (2, 2), got text"),
    "bytes": ("b'2X'", "got b'2X'"),
    "a number": ("7", "shape (2, 2) expected, got () (a single number)"),
    "a long number": ("10**30", "shape (2, 2) expected, got () (a single number)"),
    "a number too long to print": ("10**6000", "an object whose description raises ValueError"),
    "a tuple of two": ("2 * X, X", "the first of your 2 results is right: return it alone"),
    "a dictionary": ("{'X': X}", "expected an array of shape (2, 2), got a dictionary"),
    "a set": ("{1, 2}", "got a set of 2 items"),
    "two of another order": ("X, 2 * X", "expected an array of shape (2, 2), got a list of"),
    "a layer of Keras": (
        "__import__('keras').layers.Conv2D(2, 1)",
        "got a Conv2D layer that was not called: write Conv2D(...)(X)",
    ),
    "the function itself": ("double", "got the function double itself, which was not called"),
    "another function": ("np.sum", "got the function sum itself, which was not called"),
    "a class": ("dict", "got the function dict itself"),
    "a generator": ("(2 * x for x in X)", "got a generator: is there a yield in place of return?"),
    "an iterator": ("iter([X])", "got <list_iterator object>"),
    "an object": ("type('Mine', (), {})()", "got <__main__.Mine object>"),
    "thousands of items": ("[0.5] * 20_001", "got a list of 20,001 items"),
    "a million items": ("[0] * 1_000_000", "got a list of 1,000,000 items"),
    "half a character": ("'\\ud83d'", "got text"),
    "a list in itself": ("(lambda a: a.append(a) or a)([])", "expected an array of shape (2, 2), got a list"),
    "an object without words": (
        "type('Mute', (), {'__repr__': lambda self: 1 / 0})()",
        "got an object whose description raises ZeroDivisionError",
    ),
}


@pytest.mark.parametrize(("expression", "words"), RETURNED.values(), ids=RETURNED)
def test_wrong_kinds_of_results_are_named(ask: Ask, expression: str, words: str) -> None:
    report, text = ask(returning(expression))
    assert not report.passed
    assert report.score == 0
    assert words in text


def test_a_yield_in_place_of_return_is_named(ask: Ask) -> None:
    assert "is there a yield in place of return?" in ask("def double(X):\n    yield 2 * X")[1]


def test_async_def_is_named_and_nobody_is_warned_that_it_never_ran(ask: Ask) -> None:
    assert "write def in place of async def" in ask("async def double(X):\n    return 2 * X")[1]


def test_a_promise_of_a_billion_elements_is_never_kept(ask: Ask) -> None:
    tracemalloc.start()
    try:
        _, text = ask(returning("np.broadcast_to(np.int8(0), (10**9,))"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "got an array of 1.0 GB of shape (1000000000,)" in text
    assert peak < 2**28


def test_a_missing_result_of_several_is_named(ask: Ask) -> None:
    assert "expected 2 results (low, high), got 1" in ask("def results(X): return [X.min()]", "results")[1]
    assert "expected 2 results (low, high), got a number" in ask("def results(X): return 3", "results")[1]


def test_a_function_that_should_return_a_dictionary(ask: Ask) -> None:
    assert "is a return line missing?" in ask("def table(X): {'W': X}", "table")[1]
    assert "expected a dictionary, got a list of 2 items" in ask("def table(X): return X, 2", "table")[1]
    assert "a matrix: n expected a number, got nothing" in ask("def table(X): return {'W': X}", "table")[1]


# --- what is raised ------------------------------------------------------------------------------------

RAISED = {
    "no such name": ("Y", "NameError", "Y is not known here: is it misspelt"),
    "no such name in numpy": ("np.dubble(X)", "AttributeError", "numpy has nothing of that name"),
    "an attribute of a list": ("[1].shape", "AttributeError", "np.array"),
    "an attribute of None": ("None.shape", "AttributeError", "Something here is None"),
    "an item of None": ("None[0]", "TypeError", "Something here is None"),
    "arithmetic with None": ("X * 2 + None", "TypeError", "Something here is None"),
    "arithmetic with a list": ("[1, 2] - [1]", "TypeError", "Lists and tuples"),
    "a list with two indices": ("[[1]][0, 0]", "TypeError", "np.array"),
    "a float as a size": ("np.zeros(4 / 2)", "TypeError", "// an integer"),
    "a float as a range": ("list(range(4 / 2))", "TypeError", "// an integer"),
    "a float in a slice": ("X[: 4 / 2]", "TypeError", "// an integer"),
    "a float as an index": ("X[2 / 2]", "IndexError", "// an integer"),
    "an array as a number": ("float(np.ones(2))", "TypeError", "one number is needed"),
    "not a function": ("X(2)", "TypeError", "Something that is not a function is called with ()"),
    "shapes that do not fit": ("X + np.ones(7)", "ValueError", "print both shapes"),
    "a product that does not fit": ("X @ np.ones((7, 7))", "ValueError", "print both shapes"),
    "an array as a condition": ("1 if X > 0 else 2", "ValueError", "one True or False is needed"),
    "a reshape that does not fit": ("X.reshape(7)", "ValueError", "reshape"),
    "nothing to take a maximum of": ("X[5:].max()", "ValueError", "The window or the list is empty"),
    "names and values": ("(lambda: [a for a, b in [(1,)]])()", "ValueError", "number of names"),
    "no such axis": ("X.sum(axis=9)", "AxisError", "Axes count from 0"),
    "an index past the end": ("X[9]", "IndexError", "runs past the end of its axis"),
    "too many indices": ("X[0, 0, 0, 0, 0]", "IndexError", "more indices than the array has axes"),
    "no such key": ("{}['W1']", "KeyError", "no key 'W1'"),
    "a division by zero": ("1 / 0", "ZeroDivisionError", "divided by zero"),
    "a recursion": ("double(X)", "RecursionError", "calls itself without an end"),
    "too much memory": ("np.ones(10**14)", "MemoryError", "far larger than this exercise needs"),
    "no such module": ("__import__('nunpy')", "ModuleNotFoundError", "nunpy is not installed here"),
    "no such file": ("open('no.npy')", "FileNotFoundError", "no such file: the exercise gives all"),
}


@pytest.mark.parametrize(("expression", "kind", "cause"), RAISED.values(), ids=RAISED)
def test_exceptions_get_the_line_and_the_usual_cause(
    ask: Ask, expression: str, kind: str, cause: str
) -> None:
    report, text = ask(returning(expression))
    assert report.rows[0].word == "raised"
    assert kind in text
    assert f"in line 2: return {expression}" in text
    assert cause in text


def test_statements_that_raise_get_their_cause(ask: Ask) -> None:
    whole = "def double(X):\n    Z = np.zeros(2, int)\n    Z += 0.5\n    return Z"
    assert "whole numbers" in ask(whole)[1]
    element = "def double(X):\n    Z = np.zeros(2)\n    Z[0] = X\n    return Z"
    assert "One number is expected" in ask(element)[1]
    window = "def double(X):\n    Z = np.zeros((2, 2))\n    Z[:] = np.ones((7, 7))\n    return Z"
    assert "does not fit the slice" in ask(window)[1]
    unbound = "def double(X):\n    if X is None:\n        Z = 1\n    return Z"
    assert "Z is used before it is given a value" in ask(unbound)[1]
    locked = "def double(X):\n    Z = np.broadcast_to(X, X.shape)\n    Z[0] = 1\n    return Z"
    assert ".copy()" in ask(locked)[1]
    claim = "def double(X):\n    assert X.shape == ()\n    return X"
    assert "AssertionError in line 2" in ask(claim)[1]


def test_the_line_shown_is_the_learners_own_and_not_a_librarys(ask: Ask) -> None:
    source = "def helper(X):\n    return np.concatenate([X, 1])\n\ndef double(X):\n    return helper(X)"
    _, text = ask(source)
    assert "in line 2: return np.concatenate([X, 1])" in text
    assert "site-packages" not in text


def test_a_line_of_the_autograder_is_never_shown_as_the_learners(ask: Ask) -> None:
    _, text = ask("def corner(X): return X[0]", "corner")
    assert "IndexError" in text
    assert "in line" not in text


def test_exceptions_that_cannot_be_read_are_shown_all_the_same(ask: Ask) -> None:
    mute = "class Mute(Exception):\n    def __str__(self): return 1 / 0\n"
    assert "Mute: its text cannot be read" in ask(mute + "def double(X): raise Mute")[1]
    assert "ValueError in line 1" in ask("def double(X): raise ValueError")[1]
    assert "ValueError in line 1" in ask("def double(X): raise ValueError('\\n')")[1]
    assert "ValueError: ?" in ask("def double(X): raise ValueError('\\ud83d' + 'x' * 10**7)")[1]
    assert "BaseException: own" in ask("def double(X): raise BaseException('own')")[1]
    assert "ExceptionGroup: two" in ask("def double(X): raise ExceptionGroup('two', [ValueError('one')])")[1]


def test_a_blank_answer_is_not_an_error(ask: Ask) -> None:
    report, text = ask("def double(X):\n    raise NotImplementedError('your code here')")
    assert report.not_attempted
    assert "Not attempted yet" in text


def test_a_blank_helper_of_ones_own_is_not_an_error(ask: Ask) -> None:
    source = "def mine(X):\n    raise NotImplementedError\n\ndef double(X):\n    return mine(X)"
    assert ask(source)[0].not_attempted


def test_a_library_that_lacks_something_is_not_a_blank_answer(ask: Ask) -> None:
    report, text = ask(
        "import numbers\ndef double(X):\n    return numbers.Complex.__bool__(numbers.Integral.__int__)"
    )
    assert report is not None
    source = (
        "import io\nclass Lazy(io.RawIOBase): pass\nimport contextlib\nfrom email.message import Message\n"
    )
    source += "from decimal import Context\nimport asyncio\n"
    source += "def double(X):\n    return asyncio.AbstractEventLoop().run_forever()"
    report, text = ask(source)
    assert not report.not_attempted
    assert "NotImplementedError in line" in text


# --- what it does on the way ---------------------------------------------------------------------------


def test_printing_megabytes_costs_nothing(ask: Ask) -> None:
    report, text = ask("def double(X):\n    print('x' * 10**7)\n    return 2 * X")
    assert report.passed
    assert "xxx" not in text


def test_no_more_is_kept_of_what_is_printed_than_is_shown() -> None:
    stream = Bounded(most=10)
    for _ in range(3):
        print("1234567", end="", file=stream)
    assert (stream.kept, stream.dropped) == ("1234567123", 11)


def test_what_a_wrong_answer_prints_is_shown_in_short(ask: Ask) -> None:
    _, text = ask("def double(X):\n    for i in range(10**4): print('shape', X.shape, i)\n    return X")
    assert "It printed: shape (2, 2) 0" in text


def test_writing_past_python_costs_nothing(ask: Ask) -> None:
    source = "import os\ndef double(X):\n    for n in (1, 2): os.write(n, b'y' * 2**20)\n    return 2 * X"
    report, text = ask(source)
    assert report.passed
    assert "yyy" not in text


def test_warnings_logs_and_floating_point_alarms_cost_nothing(
    ask: Ask, recwarn: pytest.WarningsRecorder
) -> None:
    source = """
import warnings, logging, sys
np.seterr(all="raise")
def double(X):
    warnings.warn("old")
    logging.getLogger().error("bad")
    print("oh", file=sys.stderr)
    np.ones(1) / np.zeros(1)
    return 2 * X
"""
    try:
        assert ask(source)[0].passed
        assert not recwarn.list
    finally:
        import numpy as np

        np.seterr(all="warn")


def test_changing_the_input_in_place_is_told_and_harms_no_later_case(ask: Ask) -> None:
    report, text = ask("def double(X):\n    X *= 2\n    return X")
    assert report.passed
    assert "The function changes its input X in place. Work on a copy" in text


EXITS = ("import sys\ndef double(X): sys.exit()", "def double(X): exit()", "def double(X): quit(1)")
EXITS += ("def double(X): raise SystemExit('done')", "def double(X): raise GeneratorExit")


@pytest.mark.parametrize("source", EXITS)
def test_exit_ends_nothing(ask: Ask, source: str) -> None:
    report, text = ask(source)
    assert report.rows[0].word == "raised"
    assert "it calls exit, which would end the whole notebook: use return instead" in text


def test_input_is_not_waited_for(ask: Ask) -> None:
    _, text = ask("def double(X): return X * float(input('factor?'))")
    assert "EOFError: input() has nobody to ask during a check" in text
    assert "take values from the arguments" in text


def test_a_breakpoint_is_not_waited_at(ask: Ask) -> None:
    source = "import pdb\ndef double(X):\n    pdb.Pdb(nosigint=True).set_trace()\n    return X"
    assert "A breakpoint was reached, and a check has no keyboard" in ask(source)[1]


def test_exit_and_input_in_a_notebook(tree: Path, home: Path) -> None:
    """Jupyter has an exit of its own, which ends the kernel, and an input that asks in the page."""
    import nbformat
    from nbclient import NotebookClient

    cells = [
        "from workbook import check\ndef double(X):\n    exit()\ncheck(double)",
        "def double(X):\n    return input()\ncheck(double)",
        "import time; time.sleep(0.3); print('alive')",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    root = Path(workbook.__file__).parent.parent
    paths = os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")])
    environment = os.environ | {"PYTHONPATH": paths, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute(env=environment, cwd=str(tree))
    first, second, third = (cell.outputs for cell in notebook.cells)
    assert [output.output_type for output in (*first, *second)] == ["display_data"] * 2
    assert "it calls exit" in first[0].data["text/plain"]
    assert "EOFError" in second[0].data["text/plain"]
    assert third[0].text == "alive\n"


# --- what never ends -----------------------------------------------------------------------------------

ENDLESS = {
    "a loop": "def patience(X):\n    while True: pass",
    "a loop that excepts all": (
        "def patience(X):\n    while True:\n        try: sum(range(99))\n        except: pass"
    ),
    "a loop that excepts BaseException": (
        "import time\ndef patience(X):\n    while True:\n"
        "        try:\n            time.sleep(0.01)\n        except BaseException:\n            continue"
    ),
    "a loop in a helper": "def wait():\n    while 1: pass\n\ndef patience(X):\n    return wait()",
    "a sleep": "import time\ndef patience(X):\n    time.sleep(3600)",
    "an error whose text never ends": (
        "class Mine(Exception):\n    def __str__(self):\n        while 1: pass\ndef patience(X): raise Mine"
    ),
    "an endless result": "class Mine:\n    def __array__(self, *a, **k):\n        while 1: pass\n"
    "def patience(X): return Mine()",
    "a finally that goes on": (
        "import time\ndef patience(X):\n    try:\n        time.sleep(9)\n    finally:\n        time.sleep(9)"
    ),
}


@pytest.mark.parametrize("source", ENDLESS.values(), ids=ENDLESS)
def test_what_never_ends_is_ended(ask: Ask, source: str) -> None:
    start = time.perf_counter()
    report, text = ask(source, "patience")
    assert time.perf_counter() - start < 8
    assert [row.word for row in report.rows] == ["out of time"] * 3
    assert "no answer after 0.5 seconds: does a loop never end?" in text


@pytest.mark.parametrize("kind", ["a loop", "a loop that excepts all", "a loop in a helper"])
def test_what_never_ends_is_ended_outside_the_main_thread_too(
    said: Callable[[], str], tmp_path: Path, kind: str
) -> None:
    """On Windows, and where a notebook's front end runs cells in threads of their own."""
    reports = []
    answer = function(ENDLESS[kind], tmp_path, "patience")
    right = function("def double(X): return X + X", tmp_path)
    thread = threading.Thread(target=lambda: reports.extend([check(answer), check(right)]), daemon=True)
    thread.start()
    thread.join(10)
    assert [report.passed for report in reports] == [False, True]
    assert "does a loop never end?" in said()


def test_an_import_is_let_through_to_its_end(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A library that was interrupted halfway would stay broken as long as the kernel lives."""
    (tmp_path / "slow_library.py").write_text("import time\ntime.sleep(0.8)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    report, _ = ask("def patience(X):\n    import slow_library\n    return X", "patience")
    assert report.passed


def test_an_import_that_never_ends_is_ended(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbook.limits.IMPORT_SECONDS", 1.0)
    (tmp_path / "endless_library.py").write_text("while True: pass\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    start = time.perf_counter()
    report, _ = ask("def patience(X):\n    import endless_library", "patience")
    assert time.perf_counter() - start < 12
    assert [row.word for row in report.rows] == ["out of time"] * 3


TRACING = "import sys\ndef patience(X):\n    sys.settrace(lambda *a: None)\n    return X"


@pytest.mark.parametrize("source", [ENDLESS["a loop that excepts all"], TRACING], ids=["loop", "trace"])
def test_no_alarm_goes_off_after_a_check(ask: Ask, source: str) -> None:
    import signal
    import sys

    tracing = sys.gettrace()
    ask(source, "patience")
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert sys.gettrace() is tracing


# --- what is given to check ----------------------------------------------------------------------------


def test_a_misspelt_name_is_guessed(said: Callable[[], str], tmp_path: Path) -> None:
    assert check(function("def doubel(X): return 2 * X", tmp_path, "doubel")) is None
    assert "'doubel'" in (text := said())
    assert "Did you mean double?" in text
    assert check(function("def doubel(X): return 2 * X", tmp_path, "doubel"), lesson="toy") is None
    assert "Did you mean double?" in said()
    assert check(function("def double(X): return 2 * X", tmp_path), lesson="toi") is None
    assert "There is no lesson called 'toi'. Did you mean toy?" in said()


def test_too_few_and_too_many_parameters_are_told(ask: Ask) -> None:
    assert "takes fewer parameters than the exercise gives" in ask("def double(): return 2")[1]
    assert "asks for more than the exercise gives ('factor')" in ask("def double(X, factor): return X")[1]


RIGHT = {
    "an optional argument more": "def double(X, factor=2, *more, verbose=False): return factor * X",
    "functools.wraps": (
        "import functools\ndef loud(f):\n    @functools.wraps(f)\n    def wrapper(*a):\n"
        "        return f(*a)\n    return wrapper\n@loud\ndef double(X): return 2 * X"
    ),
    "a decorator without wraps": (
        "def loud(f):\n    def wrapper(*a):\n        return f(*a)\n    return wrapper\n"
        "@loud\ndef double(X): return 2 * X"
    ),
    "a partial of a lambda": "import functools\ndouble = functools.partial(lambda f, X: f * X, 2)",
    "a partial of a function": (
        "import functools\ndef times(f, X): return f * X\ndouble = functools.partial(times, 2)"
    ),
    "an object that is called": ("class Double:\n    def __call__(self, X): return 2 * X\ndouble = Double()"),
    "a method": "class Mine:\n    def double(self, X): return 2 * X\ndouble = Mine().double",
    "a lambda": "double = lambda X: 2 * X",
}


@pytest.mark.parametrize("source", RIGHT.values(), ids=RIGHT)
def test_right_answers_pass_however_they_are_made(ask: Ask, source: str) -> None:
    report, _ = ask(source)
    assert report.passed


def test_a_function_without_a_name_is_told_to_get_one(said: Callable[[], str]) -> None:
    check(lambda X: 2 * X)
    assert "without a name: write def and the exercise's name" in said()


NO_FUNCTIONS = {
    "a result": (3.5, "This is a float"),
    "nothing": (None, "This is None"),
    "a list": ([], "a list"),
}


@pytest.mark.parametrize(("thing", "words"), NO_FUNCTIONS.values(), ids=NO_FUNCTIONS)
def test_what_is_no_function_is_named(said: Callable[[], str], thing: object, words: str) -> None:
    assert check(thing) is None
    text = said()
    assert "Give the function itself, without parentheses after it" in text
    assert words in text
    hint(thing)
    assert words in said()


def test_a_name_in_quotes_is_told_to_lose_them(said: Callable[[], str]) -> None:
    check("double")
    assert "Give the function itself, without the quotes: double." in said()


def test_an_exercise_of_two_lessons_asks_which(
    said: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = function("def shared(n): return n", tmp_path, "shared")
    assert check(answer) is None
    assert 'add lesson="toy" or lesson="other"' in said()
    assert check(answer, lesson="other").passed
    monkeypatch.setattr(session, "_lesson", "toy")
    assert check(answer).passed
    assert [lesson for lesson, _ in progress.best()] == ["other", "toy"]
    said()


# --- exercises that build on others --------------------------------------------------------------------

TOTAL = "\ndef total(X):\n    return double(X).sum()\n"


def test_a_wrong_part_is_blamed_first(ask: Ask) -> None:
    report, text = ask("def double(X): return X ** 2" + TOTAL, "total")
    assert text.startswith("total: 0 of 4 points Mend double first.")
    assert "With a right double in its place, this total passes" in text
    assert report.message.startswith("Mend double first.")


def test_a_wrong_part_is_blamed_first_where_both_are_wrong(ask: Ask) -> None:
    _, text = ask("def double(X): return X ** 2\ndef total(X): return double(X).max()", "total")
    assert "It builds on double, which is not right yet: mend that first." in text


def test_a_right_part_is_not_blamed(ask: Ask) -> None:
    report, text = ask("def double(X): return 2 * X\ndef total(X): return double(X).max()", "total")
    assert report.first == ""
    assert "double" not in text


def test_a_blank_part_is_to_be_written_first(ask: Ask) -> None:
    _, text = ask("def double(X):\n    raise NotImplementedError" + TOTAL, "total")
    assert "it calls double, which is not written yet: write double first" in text


def test_a_wrong_part_is_the_learners_again_afterwards(tmp_path: Path, said: Callable[[], str]) -> None:
    names = run_answer("def double(X): return X ** 2" + TOTAL, tmp_path)
    mine = names["double"]
    check(names["total"])
    assert names["double"] is mine
    said()


def test_parts_stand_in_only_for_a_while(tmp_path: Path) -> None:
    mine = function("def total(X): return double(X) + other(X)\ndef double(X): return 5", tmp_path, "total")
    names = set(mine.__globals__)
    with standing_in(mine, {"double": abs, "other": abs}):
        assert mine(-1) == 2
    assert set(mine.__globals__) == names
    assert mine.__globals__["double"](1) == 5


# --- stopping, and the workbook's own faults -----------------------------------------------------------


def test_stopping_a_check_is_told_and_not_recorded(said: Callable[[], str], tmp_path: Path) -> None:
    source = "import signal\ndef double(X):\n    signal.raise_signal(signal.SIGINT)\n    return 2 * X"
    assert check(function(source, tmp_path)) is None
    assert "The check was stopped Nothing was recorded" in said()
    assert progress.best() == {}


def test_a_reference_that_fails_is_the_workbooks_fault(said: Callable[[], str], tmp_path: Path) -> None:
    assert check(function("def broken(n): return n", tmp_path, "broken")) is None
    text = said()
    assert "The check itself failed This is a fault of the workbook, not of your answer" in text
    assert "name 'nowhere' is not defined" in text
    assert progress.best() == {}


def test_a_reference_may_raise_on_purpose(ask: Ask) -> None:
    right = "def refusal(n):\n    if n % 2: raise ValueError('odd')\n    return n // 2"
    assert ask(right, "refusal")[0].passed
    _, text = ask("def refusal(n): return n // 2", "refusal")
    assert "expected a ValueError" in text
    assert "but nothing was raised" in text


# --- TensorFlow ----------------------------------------------------------------------------------------


def test_tensorflow_answers(ask: Ask) -> None:
    workbook.start()
    head = "import keras, tensorflow as tf\n"
    report, text = ask(head + "def double(X): return keras.Input((2, 3))")
    assert "got a symbolic Keras tensor of shape (None, 2, 3), which has no values yet" in text
    report, text = ask(head + "def double(X): return keras.Sequential([keras.layers.Dense(2)])")
    assert "got a Keras model" in text
    assert ask(head + "@tf.function\ndef double(X): return 2 * X")[0].passed
    assert ask(head + "def double(X): return tf.constant(X) * 2")[0].passed
    assert ask(head + "def double(X): return tf.Variable(2 * X)")[0].passed
    report, text = ask(head + "def double(X): return np.sum(keras.Input((2,)))")
    assert "Symbolic Keras tensors have no values yet" in text
    report, text = ask(head + "@tf.function\ndef double(X):\n    return np.square(tf.constant(X))")
    assert not report.not_attempted
    report, _ = ask(head + "@tf.function\ndef double(X):\n    raise NotImplementedError('your code here')")
    assert report.not_attempted
    _, text = ask(head + "def double(X): return tf.ones((2, 3)) @ tf.ones((2, 3))")
    assert "print both shapes" in text
