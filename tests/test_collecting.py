"""Collecting: a file becomes functions, and what cannot run here is stepped over and told."""

import json
import os
import sys
import textwrap
import traceback
from pathlib import Path

import numpy as np
import pytest

from workbook import session
from workbook.collecting import Collected, Unreadable, collect
from workbook.lessons import find_lesson


def script(folder: Path, text: str, name: str = "answers.py") -> Path:
    """A script with this text."""
    path = folder / name
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


def notebook(folder: Path, *cells: str, name: str = "answers.ipynb", minor: int = 5, **metadata) -> Path:
    """A notebook of format 4 with these code cells, and text between them."""
    listed = [{"cell_type": "markdown", "metadata": {}, "source": ["# Words\n", "for people"]}]
    for number, text in enumerate(cells):
        lines = textwrap.dedent(text).strip("\n").splitlines(keepends=True)
        cell = {"cell_type": "code", "metadata": {}, "source": lines, "outputs": [], "execution_count": None}
        listed.append(cell | ({"id": f"cell-{number}"} if minor == 5 else {}))
    content = {"cells": listed, "metadata": metadata, "nbformat": 4, "nbformat_minor": minor}
    path = folder / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def told(collected: Collected) -> str:
    return "\n".join(map(str, collected.stepped_over))


def test_imports_constants_and_definitions_run(tmp_path):
    found = collect(
        script(
            tmp_path,
            """
            '''What this is.'''
            from __future__ import annotations
            import math
            import numpy as np
            from functools import partial
            SIZES = [2 ** i for i in range(3)]
            KERNEL = np.array([[1, 0], [0, 1.5]]).reshape(4)
            names = "a b c".split()
            half: float = 1 / 2
            table = {"pad": 1}
            table["stride"] = 2
            KERNEL[0] = 7
            half += 1
            scale = lambda x, by=2: x * by
            triple = partial(scale, by=3)
            class Point:
                size = 3
            def area(r: NotKnown): return math.pi * r ** 2
            """,
        )
    )
    names = found.namespace
    assert not found.stepped_over
    assert names["SIZES"] == [1, 2, 4] and names["table"] == {"pad": 1, "stride": 2} and names["half"] == 1.5
    assert np.array_equal(names["KERNEL"], [7, 0, 0, 1.5]) and names["names"] == ["a", "b", "c"]
    assert names["triple"](2) == 6 and names["Point"].size == 3 and names["area"](1) == pytest.approx(np.pi)
    assert set(found.defined) == {"scale", "triple", "Point", "area"}


def test_what_computes_is_stepped_over_and_told(tmp_path):
    found = collect(
        script(
            tmp_path,
            """
            import numpy as np
            import os
            np.random.seed(1)
            print("a line")
            data = open("no such file").read()
            x = np.random.randn(3)
            os.environ["CHANGED_BY_A_FILE"] = "1"
            for i in range(10 ** 12):
                pass
            if __name__ == "__main__":
                raise SystemExit
            while True: pass
            def double(x): return 2 * x
            assert double(1) == 3
            """,
        )
    )
    assert found.namespace["double"](4) == 8 and "CHANGED_BY_A_FILE" not in os.environ
    for words in ("it calls np.random.seed, and 3 more", "a setting", "(a loop)"):
        assert words in told(found)
    assert "lines 4 to 7: np.random.seed(1)" in told(found) and "as a program" in told(found)


def test_missing_modules_cost_only_themselves(tmp_path):
    found = collect(
        script(
            tmp_path,
            """
            from resnets_utils import *
            from test_utils import summary, comparator
            import public_tests
            from math import pi, nothing_like_this, sqrt
            from . import relative_helper
            try:
                import not_there_either
                FAST = True
            except ImportError:
                print("no")
                FAST = False
            try:
                import never_there
            except ValueError:
                pass
            def root(x): return sqrt(x)
            """,
        )
    )
    assert found.namespace["root"](4) == 2 and "pi" in found.namespace and found.namespace["FAST"] is False
    for name in ("resnets_utils", "test_utils", "public_tests", "relative_helper", "never_there"):
        assert f"there is no module {name} here" in told(found)
    assert "cannot import name 'nothing_like_this'" in told(found) and "not_there_either" not in told(found)
    assert told(found).count("test_utils import") == 1


def test_a_name_from_a_try_that_is_stepped_over_is_none_for_a_default(tmp_path):
    found = collect(
        script(
            tmp_path,
            """
            try:
                X = load_the_pictures("pictures.h5")
            except OSError:
                X = None
            def look(a, b=X): return a
            """,
        )
    )
    assert found.namespace["look"](3) == 3 and not found.broken


def test_definitions_that_fail_do_not_stop_later_ones(tmp_path):
    found = collect(
        script(
            tmp_path,
            """
            def first(x=missing_default): return x
            @missing.decorator
            def second(x): return x + 1
            class Third(MissingBase): pass
            def fourth(x: return x
            def fifth(x):
                return x
            def fifth(x):
                return 5 * x
            def sixth(x): return 6
            def sixth(x: return x
            import sys
            class Seventh: sys.exit(3)
            """,
        )
    )
    assert found.namespace["second"](1) == 2 and "defined without its decorator" in told(found)
    assert found.namespace["fifth"](1) == 5, "the last definition counts"
    assert found.namespace["sixth"](1) == 6, "a later one that Python cannot read does not"
    assert set(found.broken) == {"first", "Third", "fourth", "Seventh"}
    assert "missing_default" in found.broken["first"] and "Python cannot read" in found.broken["fourth"]


def test_magics_and_python_2(tmp_path):
    found = collect(
        notebook(
            tmp_path,
            "%matplotlib inline\nimport math\n!pip install it's\nmath?\nfiles = !ls\ntwo = 2",
            "%%time\ndef double(x):\n    !echo inside\n    return two * x",
            "%%bash\necho def triple",
            """
            def triple(x):
                print "x is", x
                %debug
                note = '''
            def not_a_function(x:
            '''
                return 3 * x
            print "done"
            exec "x = 1"
            """,
            "def unclosed(x:\n    return (1\n\ndef closed(x):\n    return x",
        )
    )
    names = found.namespace
    assert names["double"](2) == 4 and names["triple"](2) == 6 and names["closed"](3) == 3
    assert "not_a_function" not in names and "unclosed" in found.broken
    for words in (
        "cell 1, line 1: %matplotlib inline  (a magic of Jupyter)",
        "cell 1, line 3: !pip install it's  (a command for Jupyter, no Python)",
        "cell 2, line 1: %%time",
        "cell 2, line 3: !echo inside",
        "%%bash makes it something else",
        'cell 4, line 2: print "x is", x  (written for Python 2)',
        "cell 4, line 3: %debug",
        "cell 5, lines 1 to 2: def unclosed(x:",
    ):
        assert words in told(found), words


def test_tracebacks_show_the_learners_own_line(tmp_path):
    found = collect(notebook(tmp_path, "import math", "def fails(x):\n    y = x\n    return y / 0  # here"))
    with pytest.raises(ZeroDivisionError) as caught:
        found.namespace["fails"](1)
    last = traceback.extract_tb(caught.tb)[-1]
    assert (last.filename, last.lineno, last.line) == ("cell 2 of answers.ipynb", 3, "return y / 0  # here")
    import inspect

    assert "# here" in inspect.getsource(found.namespace["fails"])


def test_helpers_beside_the_file_are_used_and_forgotten(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    helper = "import sys, os\nsys.path.insert(0, 'x'); sys.argv.append('y'); os.chdir('/')\n"
    helper += "def answer(): return {}"
    before = (sys.path[:], sys.argv[:], os.getcwd(), sys.dont_write_bytecode)
    for number, name in enumerate(("one", "two")):
        script(tmp_path / name, helper.format(number), "my_helper.py")
        script(tmp_path / name, "raise SystemExit", "numpy.py")  # must not stand in for the real one
        path = script(tmp_path / name, "import numpy\nfrom my_helper import answer\ndef f(): return answer()")
        found = collect(path)
        assert found.namespace["f"]() == number and found.namespace["numpy"] is np
        assert "answer" in found.defined and "my_helper" not in sys.modules
        assert not (tmp_path / name / "__pycache__").exists()
    assert (sys.path, sys.argv, os.getcwd(), sys.dont_write_bytecode) == before
    alone = collect(path, beside=False)
    assert "there is no module my_helper here" in told(alone)


def test_a_library_name_is_not_the_files_own(tmp_path):
    found = collect(script(tmp_path, "from math import sqrt\nfrom json import dumps as ResNet50\n"))
    assert callable(found.namespace["ResNet50"]) and not found.defined


def test_nothing_is_printed(tmp_path, capfd):
    collect(script(tmp_path, "import os\nclass Loud:\n    print('loud')\n    os.system('echo loud >&2')\n"))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("minor", [0, 2, 4, 5])
def test_notebook_formats_4(tmp_path, minor):
    path = notebook(tmp_path, "def double(x):\n    return 2 * x", minor=minor)
    assert collect(path).namespace["double"](2) == 4


def test_notebook_format_3(tmp_path):
    cell = {"cell_type": "code", "input": ["def double(x):\n", "    return 2 * x"], "outputs": []}
    cell |= {"collapsed": False, "language": "python", "metadata": {}}
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": "old"}, "worksheets": [{"cells": [cell]}]}
    path = tmp_path / "old.ipynb"
    path.write_text(json.dumps(old))
    assert collect(path).namespace["double"](2) == 4


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.ipynb", b'{"cells": [', "not a whole notebook"),
        ("a.ipynb", b"[1, 2]", "not a notebook that this workbook knows"),
        ("a.ipynb", b'{"nbformat": 9, "cells": []}', "not a notebook that this workbook knows"),
        ("a.ipynb", b'{"nbformat": 4, "cells": [3]}', "damaged"),
        ("a.ipynb", b'{"nbformat": 3, "worksheets": 3}', "old notebook"),
        ("a.ipynb", b'{"nbformat": 4, "cells": [], "metadata": {"kernelspec": {"language": "R"}}}', "in R"),
        ("a.ipynb", b"\xff\xfe\x00", "not text"),
        ("a.py", b"x = '\xff'", "not text"),
        ("a.py", b"x = 1\x00", "binary data"),
        ("a.txt", b"x = 1", "neither a .py nor an .ipynb file"),
    ],
)
def test_files_that_cannot_be_read(tmp_path, name, content, words):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=words):
        collect(path)


def test_paths_that_name_no_file(tmp_path):
    script(tmp_path, "", "answers.py")
    with pytest.raises(Unreadable, match=r"Did you mean .*answers\.py"):
        collect(tmp_path / "answer.py")
    with pytest.raises(Unreadable, match="is a folder"):
        collect(tmp_path)


def test_other_encodings_and_line_ends(tmp_path):
    path = tmp_path / "old.py"
    path.write_bytes(
        "# -*- coding: latin-1 -*-\r\nname = 'é'\r\ndef f():\r\n    return name\r\n".encode("latin-1")
    )
    assert collect(path).namespace["f"]() == "é"
    path.write_bytes("\ufeffdef f():\n    return 1\f\n\ndef g(): return 2".encode())
    assert collect(path).namespace["g"]() == 2
    assert not collect(script(tmp_path, "", "empty.py")).defined


def test_long_nonsense_is_read_quickly(tmp_path):
    path = script(tmp_path, "this is (not Python\n" * 3000 + "def f(): return 1\n")
    assert collect(path).namespace["f"]() == 1


def test_imports_of_an_older_keras(tmp_path):
    """The one test here that imports TensorFlow."""
    session.start()
    found = collect(
        notebook(
            tmp_path,
            """
            import tensorflow as tf
            import keras.backend as K
            import tensorflow.keras.layers as tfl
            from keras import layers
            from keras.layers import Input, Add, Dense, NeverThere
            from keras.layers.core import Lambda as L
            from keras.layers.normalization import BatchNormalization
            from keras.engine.topology import Layer
            from keras.utils import np_utils, layer_utils
            from keras.utils.vis_utils import model_to_dot
            from keras.layers.merge import *
            from keras.initializers import glorot_uniform
            from tensorflow.keras.initializers import random_uniform, constant, identity
            from tensorflow.python.framework.ops import EagerTensor
            from tensorflow.python.keras.layers import Conv2D
            import tensorflow.python.keras.models as km
            import keras.engine
            import scipy.misc
            """,
            """
            K.set_image_data_format('channels_last')
            K.set_learning_phase(1)
            init = glorot_uniform(seed=0)
            relu = tfl.ReLU()
            KERNEL = tf.constant([1., 2.])
            model = tf.keras.Sequential([tfl.Dense(3)])
            @tf.function
            def double(x): return 2 * x
            """,
        )
    )
    import keras

    names = found.namespace
    assert names["L"] is keras.layers.Lambda and names["Layer"] is keras.layers.Layer
    assert names["BatchNormalization"] is keras.layers.BatchNormalization
    assert names["Conv2D"] is keras.layers.Conv2D and names["km"].__name__.startswith("keras.")
    assert names["np_utils"].to_categorical and names["concatenate"] is keras.layers.concatenate
    assert names["model_to_dot"] is keras.utils.model_to_dot and names["identity"]
    assert "init" in names and "relu" in names and "model" not in names
    assert names["double"](names["KERNEL"]).numpy().tolist() == [2, 4]
    for words in (
        "cannot import name 'NeverThere'",
        "Keras 3 has no keras.layers.core.Lambda: taken from keras.layers",
        "Keras 3 has no keras.utils.np_utils: keras.utils stands in for it",
        "tensorflow.python.keras.layers is another Keras: taken from keras.layers",
        "there is no module keras.engine here",
        "it calls K.set_image_data_format, and 1 more",
        "it calls tf.keras.Sequential",
    ):
        assert words in told(found), words


def test_a_default_that_cannot_be_had_becomes_none(tmp_path):
    found = collect(
        script(
            tmp_path,
            """
            LAYERS = open("layers.txt").read()

            def cost(a, layers=LAYERS, *, weight=2, name=LAYERS.title()):
                return a, layers, weight, name
            """,
        )
    )
    assert found.namespace["cost"](1) == (1, None, 2, None)
    assert "defined with None for a default: NameError" in told(found)


def test_a_module_of_another_week_is_not_taken_for_this_week_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weeks = [find_lesson(name).notebook.parent for name in ("edges_and_convolution", "mobilenet")]
    monkeypatch.syspath_prepend(weeks[0])  # as where a lesson of the first week was started before
    path = tmp_path / "answers.py"
    path.write_text("import helpers\n", encoding="utf-8")
    for week in (*weeks, weeks[0]):
        found = collect(path, beside=False, week=week).namespace["helpers"]
        assert Path(found.__file__).parent == week
    assert str(weeks[0]) in sys.path
