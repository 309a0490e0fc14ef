"""The first cell of every lesson: nothing is imported too early, nothing is logged, everything repeats."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from toy_support import make_tree

from workbook import session
from workbook.lessons import LessonError

ROOT = Path(__file__).resolve().parent.parent

USE = """
import json, random
import numpy as np
import tensorflow as tf
import keras

model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name="first"), keras.layers.Dense(1)])
first = model.get_layer("first").kernel.numpy().tolist()
model.compile("adam", "mse")
model.fit(np.ones((8, 4)), np.ones((8, 1)), epochs=2, verbose=0)
model.predict(np.ones((8, 4)), verbose=0)

@tf.function
def twice(x):
    return x + tf.matmul(x, x)

twice(tf.ones((2, 2)))
numbers = [random.random(), np.random.rand(), float(tf.random.normal(()).numpy())]
print(json.dumps({"numbers": numbers, "weights": first, "after fit": model.get_weights()[0].tolist()}))
"""


def run(source: str, folder: Path, **environment: str) -> subprocess.CompletedProcess:
    """Python on a script, with nothing in the environment that quiets TensorFlow."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("TF_", "WORKBOOK_"))}
    clean |= {"PYTHONPATH": str(ROOT), "WORKBOOK_HOME": str(folder / "home")} | environment
    return subprocess.run(
        [sys.executable, "-c", source], cwd=folder, env=clean, capture_output=True, text=True, timeout=180
    )


def test_import_workbook_imports_nothing_heavy_and_says_nothing(tmp_path: Path) -> None:
    heavy = ("numpy", "tensorflow", "keras", "IPython", "nbformat", "rich", "yaml", "sqlite3")
    source = f"import sys, workbook; print([name for name in {heavy} if name in sys.modules])"
    done = run(source, tmp_path)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_start_does_not_import_tensorflow(tmp_path: Path) -> None:
    source = "import sys, workbook; workbook.start(); workbook.start(); print('tensorflow' in sys.modules)"
    done = run(source, tmp_path)
    assert (done.stdout, done.stderr) == ("False\n", "")


def test_tensorflow_is_quiet_and_two_sessions_are_the_same(tmp_path: Path) -> None:
    sessions = [
        run("import workbook; workbook.start()\n" + USE, tmp_path, PYTHONHASHSEED=seed) for seed in "12"
    ]
    assert [done.stderr for done in sessions] == ["", ""]
    first, second = (json.loads(done.stdout) for done in sessions)
    assert first["numbers"] == second["numbers"]
    assert first["weights"] == second["weights"]
    assert len(set(map(tuple, first["weights"]))) == 4


def test_keras_may_be_imported_first(tmp_path: Path) -> None:
    done = run("import workbook; workbook.start(threads=1)\nimport keras\n" + USE, tmp_path)
    assert done.stderr == ""
    assert json.loads(done.stdout)["weights"]


def test_tensorflow_may_be_looked_for_before_it_is_imported(tmp_path: Path) -> None:
    looked = "import importlib.util as u\nassert u.find_spec('tensorflow') and u.find_spec('tensorflow')\n"
    done = run("import workbook; workbook.start(threads=3)\n" + looked + USE, tmp_path)
    assert done.stderr == "" and json.loads(done.stdout)["weights"]


@pytest.mark.parametrize(("argument", "threads"), [("", 3), ("threads=1", 1)])
def test_threads_are_those_asked_for(argument: str, threads: int, tmp_path: Path) -> None:
    source = f"""
import workbook; workbook.start({argument})
import tensorflow as tf
print(tf.config.threading.get_intra_op_parallelism_threads())
"""
    done = run(source, tmp_path, TF_NUM_INTRAOP_THREADS="3")
    assert int(done.stdout) == threads, done.stderr


@pytest.mark.parametrize("asked", ["0", "many", None])
def test_without_a_number_there_is_a_thread_for_each_processor(
    asked: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TF_NUM_INTRAOP_THREADS", raising=False)
    if asked is not None:
        monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", asked)
    assert session._threads() == min(8, os.cpu_count() or 1)


def test_start_may_come_after_tensorflow(tmp_path: Path) -> None:
    """What TensorFlow wrote before cannot be taken back: the words after it must be the last."""
    source = "import sys, tensorflow, workbook\nprint('so far', file=sys.stderr)\nworkbook.start()\n" + USE
    done = run(source, tmp_path)
    assert done.stderr.endswith("so far\n")
    assert json.loads(done.stdout)["weights"]


def test_start_repeats_the_seeds_of_python_and_numpy() -> None:
    import random

    import numpy as np

    session.start()
    first = random.random(), np.random.rand()
    session.start()
    assert (random.random(), np.random.rand()) == first


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = make_tree(tmp_path / "tree")
    (root / "week1" / "helpers.py").write_text("NAME = 'the toy helpers'\n")
    monkeypatch.setenv("WORKBOOK_ROOT", str(root))
    monkeypatch.setattr(session, "_lesson", None)
    return root


def test_a_lesson_that_is_not_there_is_told_with_a_guess(tree: Path) -> None:
    with pytest.raises(LessonError, match=r"There is no lesson called 'toyy'. Did you mean toy\?"):
        session.start("toyy")
    with pytest.raises(LessonError, match=r"There is no lesson called 'no_such'. There are: toy, other"):
        session.start("no_such")
    assert session.current_lesson() is None


def test_a_lesson_is_remembered_and_helpers_are_found_from_anywhere(tree: Path, tmp_path: Path) -> None:
    source = "import workbook; workbook.start('toy'); import helpers; print(helpers.NAME)"
    source += "; from workbook.session import current_lesson; print(current_lesson())"
    done = run(source, tmp_path, WORKBOOK_ROOT=str(tree))
    assert (done.stdout, done.stderr) == ("the toy helpers\ntoy\n", "")
