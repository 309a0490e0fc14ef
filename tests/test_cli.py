"""The command line: every command, its exit codes, JSON alone on stdout, errors without tracebacks."""

import json
import os
import subprocess
import sys
import textwrap
import types
from pathlib import Path

import pytest

from workbook import progress
from workbook.cli import main
from workbook.showing import bar

ROOT = Path(__file__).resolve().parent.parent

TOY = """
import numpy as np
from workbook import Exercise, Mistake, case

def pad(X, pad): return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))

first = Exercise(
    "zero_pad", 5, reference=pad, hints=["np.pad"], minutes=7,
    cases=lambda rng: [case("one", rng.normal(size=(1, 2, 2, 1)), 1), case("two", np.ones((2, 3, 2, 2)), 2)],
    mistakes=[Mistake("every axis is padded", lambda X, pad: np.pad(X, pad))],
)
second = Exercise(
    "double", 10, reference=lambda x: 2 * x, cases=[case("three", 3), case("zero", 0)], slow=True,
    mistakes=[Mistake("it is squared", lambda x: x * x)],
)
"""
OTHER = TOY.replace('"zero_pad"', '"iou"').replace('"double"', '"average_precision"')
RIGHT_PAD = """
import numpy as np
def zero_pad(X, pad):
    return np.pad(X, ((0, 0), (pad,) * 2, (pad,) * 2, (0, 0)))
"""
WRONG_PAD = "import numpy as np\ndef zero_pad(X, pad):\n    return np.pad(X, pad)\n"
RIGHT_DOUBLE = "def double(x):\n    return x + x\n"


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    """A workbook with two small lessons, in a path with a space."""
    folder = tmp_path / "work book"
    for week, name, text in (("week1", "toy", TOY), ("week3", "car_toy", OTHER)):
        (folder / week / "exercises").mkdir(parents=True)
        (folder / week / "exercises" / f"{name}.py").write_text(text)
    monkeypatch.setenv("WORKBOOK_ROOT", str(folder))
    monkeypatch.delenv("WORKBOOK_DATA", raising=False)
    monkeypatch.delenv("WORKBOOK_MIRROR", raising=False)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def run(capfd):
    """Run a command; gives its exit code, stdout and stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        code = 0
        try:
            main([str(each) for each in arguments])
        except SystemExit as end:
            code = end.code or 0
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return run


def run_json(run, *arguments):
    """Run a command with --json: stdout must be JSON, and stderr empty."""
    code, out, err = run(*arguments, "--json")
    assert err == ""
    return code, json.loads(out)


def file(text: str, name: str = "answers.py") -> Path:
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return path


# check


def test_check_passes(root, run):
    code, out, err = run("check", file(RIGHT_PAD + RIGHT_DOUBLE))
    assert (code, err) == (0, "")
    assert "zero_pad: 5 of 5 points" in out and "2 of 2 exercises passed, 15 of 15 points (toy)" in out
    assert progress.best() == {}, "only --record keeps results"


def test_check_names_the_mistake(root, run):
    code, found = run_json(run, "check", file("from missing_helper import *\n" + WRONG_PAD + RIGHT_DOUBLE))
    assert code == 1 and found["lesson"] == "toy" and (found["score"], found["points"]) == (10, 15)
    wrong, right = found["exercises"]
    assert set(wrong) == {"name", "points", "score", "passed", "diagnosis", "message"}
    assert (wrong["name"], wrong["passed"], wrong["diagnosis"]) == ("zero_pad", False, "every axis is padded")
    assert right["passed"] and right["score"] == right["points"] == 10
    assert found["stepped_over"] == [
        {
            "place": "line 1",
            "what": "from missing_helper import *",
            "why": "there is no module missing_helper here",
        }
    ]


def test_check_of_a_part_is_not_a_failure(root, run):
    code, found = run_json(run, "check", file(RIGHT_PAD))
    assert code == 0 and found["not_found"] == ["double"] and found["points"] == 5
    code, out, _ = run("check", file(RIGHT_PAD))
    assert "The file does not define double (10 points)" in out


def test_check_of_what_cannot_be_run(root, run):
    code, found = run_json(run, "check", file(RIGHT_PAD + "def double(x=nowhere):\n    return 2 * x\n"))
    assert code == 1 and "nowhere" in found["exercises"][1]["message"] and found["points"] == 15
    code, out, _ = run("check", file(RIGHT_PAD + "def double(x:\n    return 2 * x\n"))
    assert code == 1 and "double: 0 of 10 points" in out and "cannot be run" in out


def test_check_of_an_empty_answer(root, run):
    code, found = run_json(run, "check", file("def double(x):\n    raise NotImplementedError\n"))
    assert code == 1 and "Not attempted" in found["exercises"][0]["message"]


def test_check_shows_the_learners_line(root, run):
    code, out, _ = run("check", file("def double(x):\n    y = x\n    return undefined * y\n"))
    assert code == 1 and "in line 3: return undefined * y" in out


def test_check_lives_through_bad_answers(root, run):
    text = (
        "import sys, warnings\ndef double(x):\n    print('loud' * 10 ** 6); warnings.warn('w'); sys.exit(3)\n"
    )
    code, found = run_json(run, "check", file(text))
    assert code == 1 and "exit" in found["exercises"][0]["message"]


def test_check_finds_the_lesson(root, run):
    iou = "def iou(X, pad):\n    return X\n"
    assert run_json(run, "check", file(iou))[1]["lesson"] == "car_toy"
    assert run_json(run, "check", file(iou + RIGHT_DOUBLE + RIGHT_PAD))[1]["lesson"] == "toy"
    assert run_json(run, "check", file(iou + RIGHT_DOUBLE, "my car_toy.py"))[1]["lesson"] == "car_toy"
    assert (
        run_json(run, "check", file(iou + RIGHT_DOUBLE), "--lesson", "week3/car_toy")[1]["lesson"]
        == "car_toy"
    )
    code, found = run_json(run, "check", file(iou + RIGHT_DOUBLE))
    assert code == 2 and "--lesson toy or --lesson car_toy" in found["error"]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("nowhere.py", None, "There is no file nowhere.py"),
        ("broken.ipynb", "{", "not a whole notebook"),
        ("empty.py", "", "defines no function at all"),
        ("prose.py", "Dear teacher,\nhere are my answers (all of them.\n", "defines no function at all"),
        ("other.py", "def doubel(x): return x\n", "did you mean double?"),
        ("library.py", "from math import sqrt as double\n", "defines no function at all"),
        (
            "toy.py",
            "def something_else(x): return x\n",
            "defines no exercise of toy. It defines something_else.",
        ),
        ("answers.txt", "", "neither a .py nor an .ipynb file"),
        (".", None, "is a folder"),
    ],
)
def test_check_of_what_cannot_be_read(root, run, name, text, words):
    if text is not None:
        file(text, name)
    code, out, err = run("check", name)
    assert (code, out) == (2, "") and words in err
    code, found = run_json(run, "check", name)
    assert code == 2 and found["file"] == name and words in found["error"]


def test_check_with_an_unknown_lesson(root, run):
    code, _, err = run("check", file(RIGHT_PAD), "--lesson", "toi")
    assert code == 2 and "There is no lesson called 'toi'. Did you mean toy?" in err


def test_check_can_record(root, run):
    assert run("check", file(WRONG_PAD), "--record")[0] == 1
    assert run("check", file(RIGHT_PAD), "--record")[0] == 0
    assert progress.best()["toy", "zero_pad"].checks == 2


# A notebook solved elsewhere, for the real first lesson

FOREIGN = {
    "helpers": """
        import numpy as np
        import h5py
        import matplotlib.pyplot as plt
        from public_tests import *
        from test_utils import summary, comparator

        %matplotlib inline
        plt.rcParams['figure.figsize'] = (5.0, 4.0)
        plt.rcParams['image.interpolation'] = 'nearest'

        %load_ext autoreload
        %autoreload 2

        np.random.seed(1)
        """,
    "zero_pad": """
        # GRADED FUNCTION: zero_pad
        def zero_pad(X, pad):
            print "padding", X.shape
            X_pad = np.pad(X, ((0,0), (pad,pad), (pad,pad), (0,0)), 'constant', constant_values=(0,0))
            return X_pad
        """,
    "plot": """
        np.random.seed(1)
        x = np.random.randn(4, 3, 3, 2)
        x_pad = zero_pad(x, 2)
        print ("x.shape =\\n", x.shape)
        fig, axarr = plt.subplots(1, 2)
        axarr[0].imshow(x[0,:,:,0])
        zero_pad_test(zero_pad)
        """,
    "scratch": "my notes on conv (not code",
    "conv_single_step": """
        def conv_single_step(a_slice_prev, W, b):
            s = np.multiply(a_slice_prev, W)
            Z = np.sum(s)
            Z = Z + float(np.squeeze(b))
            return Z
        """,
    "conv_forward": """
        def conv_forward(A_prev, W, b, hparameters):
            (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
            (f, f, n_C_prev, n_C) = W.shape
            stride = hparameters['stride']
            pad = hparameters['pad']
            n_H = int((n_H_prev - f + 2 * pad) / stride) + 1
            n_W = int((n_W_prev - f + 2 * pad) / stride) + 1
            Z = np.zeros((m, n_H, n_W, n_C))
            A_prev_pad = zero_pad(A_prev, pad)
            for i in range(m):
                for h in range(n_H):
                    for w in range(n_W):
                        for c in range(n_C):
                            a = A_prev_pad[i, h*stride:h*stride + f, w*stride:w*stride + f, :]
                            Z[i, h, w, c] = conv_single_step(a, W[:, :, :, c], b[:, :, :, c])
            cache = (A_prev, W, b, hparameters)
            return Z, cache
        """,
    "pool_forward": """
        hparameters = {"stride": 1, "f": 3}
        def pool_forward(A_prev, hparameters, mode = "max"):
            (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
            f = hparameters["f"]
            stride = hparameters["stride"]
            n_H = int(1 + (n_H_prev - f) / stride)
            n_W = int(1 + (n_W_prev - f) / stride)
            A = np.zeros((m, n_H, n_W, n_C_prev))
            for h in range(n_H):
                for w in range(n_W):
                    a = A_prev[:, h*stride:h*stride + f, w*stride:w*stride + f, :]
                    A[:, h, w, :] = a.max(axis=(1, 2)) if mode == "max" else a.mean(axis=(1, 2))
            return A, (A_prev, hparameters)
        """,
    "create_mask_from_window": """
        def create_mask_from_window(x):
            return x == np.max(x)
        """,
}
EXERCISES = ["zero_pad", "conv_single_step", "conv_forward", "pool_forward", "create_mask_from_window"]


def foreign(**changed: str) -> Path:
    """A notebook as people solved it years ago, with some cells changed."""
    import nbformat

    cells = [nbformat.v4.new_markdown_cell("# Convolutional Neural Networks: Step by Step")]
    cells += [
        nbformat.v4.new_code_cell(textwrap.dedent(each).strip()) for each in (FOREIGN | changed).values()
    ]
    path = Path("Convolution_model_Step_by_Step_v1.ipynb")
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


@pytest.fixture
def real_root(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("WORKBOOK_ROOT", str(ROOT))
    monkeypatch.chdir(tmp_path)
    return ROOT


def test_a_notebook_solved_elsewhere_passes(real_root, run):
    code, found = run_json(run, "check", foreign())
    assert found["lesson"] == "convolution_step_by_step"
    assert {each["name"]: each["message"] for each in found["exercises"] if not each["passed"]} == {}
    assert [each["name"] for each in found["exercises"]] == EXERCISES and code == 0
    told = [f"{each['place']}: {each['why']}" for each in found["stepped_over"]]
    for words in (
        "cell 1, line 4: there is no module public_tests here",
        "cell 1, line 7: a magic of Jupyter",
        "cell 2, line 3: written for Python 2",
        "cell 4, line 1: Python cannot read line 1: '(' was never closed",
    ):
        assert words in told, told


def test_a_notebook_solved_elsewhere_with_a_mistake(real_root, run):
    wrong = "def zero_pad(X, pad):\n    return np.pad(X, ((0,0), (0,0), (pad,pad), (pad,pad)), 'constant')"
    code, found = run_json(run, "check", foreign(zero_pad=wrong))
    by_name = {each["name"]: each for each in found["exercises"]}
    assert code == 1 and "one too late" in by_name["zero_pad"]["diagnosis"]
    assert by_name["conv_single_step"]["passed"]
    assert "Mend zero_pad first" in by_name["conv_forward"]["message"]


# progress


def test_progress_has_bars_where_there_is_room(root, run, monkeypatch):
    for columns, bars in (("120", True), ("80", False)):
        monkeypatch.setenv("COLUMNS", columns)
        out = run("progress")[1]
        assert "Start with zero_pad." in out and ("░" in out or ".........." in out) == bars, out


def test_progress(root, run):
    code, found = run_json(run, "progress")
    assert code == 0 and [each["lesson"] for each in found["lessons"]] == ["toy", "car_toy"]
    assert (found["score"], found["points"]) == (0, 30)
    assert found["lessons"][0]["next"] == "Start with zero_pad."
    code, out, err = run("progress")
    assert (code, err) == (0, "") and "Week 1" in out and "0 of 30 points in all" in out

    run("check", file(WRONG_PAD + RIGHT_DOUBLE), "--record")
    found = run_json(run, "progress")[1]["lessons"][0]
    assert (found["score"], found["passed"], found["next"]) == (10, 1, "Mend zero_pad (0 of 5).")
    assert "Next: zero_pad in week1/toy.ipynb, difficulty 1 of 5, about 7 minutes." in run("progress")[1]

    run("check", file(RIGHT_PAD), "--record")
    assert run_json(run, "progress")[1]["lessons"][0]["next"] == "Done."
    run("check", file((RIGHT_PAD + RIGHT_DOUBLE).replace("zero_pad", "iou"), "car_toy.py"), "--record")
    run("check", file(RIGHT_DOUBLE.replace("double", "average_precision"), "car_toy.py"), "--record")
    assert "well done" in run("progress")[1]


def test_progress_with_a_damaged_record(root, run, home):
    (home / "progress.sqlite").write_bytes(b"no database at all" * 99)
    code, out, err = run("progress")
    assert (code, out) == (2, "") and "workbook doctor" in err
    code, found = run_json(run, "progress")
    assert code == 2 and "workbook doctor" in found["error"]


def test_progress_outside_a_workbook(root, run, monkeypatch):
    monkeypatch.setenv("WORKBOOK_ROOT", str(root / "week1"))
    assert "There is no lesson here" in run("progress")[1]
    code, _, err = run("check", file(RIGHT_PAD))
    assert code == 2 and "There is no lesson in" in err


# release


def test_release(root, run, monkeypatch):
    calls = []

    def release(lessons, force, tell):
        tell("toy")
        calls.append((lessons and [lesson.name for lesson in lessons], force))
        return [root / "week1" / "toy.ipynb"] if force else []

    stand_in = types.ModuleType("workbook.releasing")
    stand_in.release = release
    stand_in.drifted = lambda lessons: ["week1/toy.ipynb has drifted"] if lessons is None else []
    monkeypatch.setitem(sys.modules, "workbook.releasing", stand_in)
    assert "up to date" in run("release")[1]
    code, out, _ = run("release", "toy", "--force")
    assert code == 0 and "wrote" in out and calls == [(None, False), (["toy"], True)]
    code, out, _ = run("release", "--check")
    assert code == 1 and "has drifted" in out
    assert run("release", "--check", "toy")[0] == 0
    assert run("release", "nothing")[0] == 2


# data and prepare


def test_data_list_get_and_verify(root, run, monkeypatch, home):
    from workbook.data import signs

    monkeypatch.setattr(signs.PICTURES, "m_train", 12)
    monkeypatch.setattr(signs.PICTURES, "m_test", 6)
    code, found = run_json(run, "data", "list")
    assert code == 0 and found[0]["name"] == "signs" and found[0]["used"] == "generated"
    assert "no data file yet" in run("data", "verify")[1]
    code, out, _ = run("data", "get", "signs")
    assert code == 0 and "12 training and 6 test pictures" in out
    code, found = run_json(run, "data", "verify", "signs")
    assert code == 0 and found["ok"] and "sound" in found["findings"][0]["what"]
    assert "* generated  ready" in run("data", "list")[1]
    code, _, err = run("data", "get", "signs", "--source", "own")
    assert code == 1 and "WORKBOOK_DATA" in err
    for command in ("get", "verify"):
        code, _, err = run("data", command, "sings")
        assert code == 2 and "signs" in err
    drawn = next((root / "datasets" / "generated").glob("signs-*.h5"))
    drawn.write_bytes(drawn.read_bytes()[:2000])
    code, out, _ = run("data", "verify")
    assert code == 1 and "WRONG" in out and "1 thing is wrong." in out


def test_prepare_is_quick_the_second_time(root, run, monkeypatch, home):
    from workbook import preparing, remembering
    from workbook.data import signs, smiles

    monkeypatch.setattr(preparing, "LATER", ())  # their drawings take minutes
    for pictures in (signs.PICTURES, smiles.PICTURES):
        monkeypatch.setattr(pictures, "m_train", 6)
        monkeypatch.setattr(pictures, "m_test", 6)
    assert run("prepare", "--pictures")[:2] == (0, "All is prepared.\n")
    assert not list((home / "cache" / "observations").glob("*.json"))
    assert run("prepare")[:2] == (0, "All is prepared.\n")
    kept = list((home / "cache" / "observations").glob("*.json"))
    assert len(kept) == 4, "a reference and a mistake for the slow exercise of each lesson"
    remembering._memory.clear()
    monkeypatch.setattr(remembering, "observe", lambda *_: pytest.fail("observed again"))
    for pictures in (signs.PICTURES, smiles.PICTURES):
        monkeypatch.setattr(pictures, "draw_set", lambda *_, **__: pytest.fail("drawn again"))
    assert run("prepare")[0] == 0


def test_prepare_says_how_to_go_on(root, run, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("workbook.preparing.prepare", stop)
    code, _, err = run("prepare")
    assert code == 130 and "run workbook prepare again" in err


def test_prepare_tells_what_went_wrong(root, run, monkeypatch):
    monkeypatch.setenv("WORKBOOK_DATA", str(root / "nowhere"))
    code, _, err = run("prepare")
    assert code == 1 and "WORKBOOK_DATA" in err


# The whole

COMMANDS = ["check", "progress", "release", "doctor", "prepare", "data list", "data get", "data verify"]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_examples(run, command):
    code, out, _ = run(*command.split(), "--help")
    assert code == 0 and "Examples" in out and f"workbook {command}" in out


def test_unknown_commands_and_options(run):
    assert run("chekc")[0] == run("check")[0] == run("check", "a.py", "--jsno")[0] == 2
    assert run("--version")[1].startswith("workbook ")


def test_a_fault_of_the_workbook_is_told_without_a_traceback(root, run, monkeypatch):
    monkeypatch.setattr("workbook.standing.standings", lambda: 1 / 0)
    code, _, err = run("progress")
    assert code == 2 and "ZeroDivisionError" in err and "fault of the workbook" in err


def test_starting_is_quick_and_imports_little():
    code = (
        "import sys, workbook.cli; print(sorted({'numpy', 'tensorflow', 'keras', 'h5py'} & set(sys.modules)))"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert (done.stdout, done.stderr) == ("[]\n", "")
    done = subprocess.run(
        [sys.executable, "-m", "workbook"], capture_output=True, text=True, env=environment, cwd=ROOT
    )
    assert "Usage: workbook" in done.stdout + done.stderr


def test_the_bar_shows_nothing_where_there_is_no_terminal(capfd):
    with bar() as tell:
        tell("words", 1, 2)
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_the_bar_shows_on_a_terminal(root):
    import pty

    leader, follower = pty.openpty()
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm"}
    command = [sys.executable, "-m", "workbook", "check", str(file(RIGHT_PAD)), "--lesson", "toy"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=follower, env=environment) as process:
        os.close(follower)
        shown = b""
        while True:
            try:
                block = os.read(leader, 4096)
            except OSError:
                break
            if not block:
                break
            shown += block
        out = process.stdout.read().decode()
    os.close(leader)
    assert process.returncode == 0 and b"reading answers.py" in shown and "5 of 5 points" in out
