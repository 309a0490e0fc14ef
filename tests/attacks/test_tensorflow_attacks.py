"""Submissions to a lesson of Keras models that attack the grader.

An attack stands in ``ResNet50`` (20 points); the two blocks of the same notebook are right (30 points), so a
notebook whose attack fails earns 30. A solved notebook beside them earns all.
"""

import json
import re

import pytest
from grading_support import need_sandbox

from workbook.grading import GRADED, Bounds, Result, grade_folder
from workbook.lessons import find_lesson

LESSON = "residual_networks"
SOLVED = find_lesson(LESSON).notebook.parent / "solutions" / f"{LESSON}.ipynb"
HEAD = "import os, gc, sys, threading, time\nimport numpy as np, tensorflow as tf, keras\n"

ATTACKS = {
    "replaces what a model gives": (
        "keras.Model.__call__ = lambda *a, **k: tf.zeros((2, 4))\n"
        "keras.layers.Layer.__call__ = lambda self, x, *a, **k: x\n"
        "np.asarray = lambda *a, **k: np.zeros((2, 4))\n"
        "inputs = keras.Input(input_shape)\nreturn keras.Model(inputs, inputs)"
    ),
    "a model that lies about itself": (
        "class Liar(keras.Model):\n"
        "    variables = trainable_variables = non_trainable_variables = property(lambda self: [])\n"
        "    output_shape = property(lambda self: (None, classes))\n"
        "    def __eq__(self, other): return True\n"
        "    def call(self, x, training=None): return tf.fill((tf.shape(x)[0], classes), 1 / classes)\n"
        "return Liar()"
    ),
    "code that runs when a model is called": (
        "inputs = keras.Input(input_shape)\n"
        "def call(x):\n    os.system('touch /tmp/ran')\n    os._exit(0)\n"
        "out = keras.layers.Lambda(call, output_shape=(classes,))(inputs)\n"
        "return keras.Model(inputs, out)"
    ),
    "a loop inside TensorFlow": (
        "forever = tf.function(lambda: tf.while_loop(lambda i: True, lambda i: [i + 1], [tf.constant(0)]))\n"
        "forever()"
    ),
    "more memory than there is": ("kept = [tf.ones((20_000, 20_000)) for _ in range(8)]\nreturn kept"),
    "threads that outlive it": (
        "def spin():\n    while True: pass\n"
        "for _ in range(8): threading.Thread(target=spin).start()\n"
        "raise ValueError('done')"
    ),
    "asks the objects in memory for the reference": (
        "for thing in gc.get_objects():\n"
        "    if getattr(thing, '__name__', '') == 'ResNet50' and thing is not ResNet50:\n"
        "        return thing(input_shape=input_shape, classes=classes)\n"
        "    if type(thing).__name__ == 'Exercise' and thing.name == 'ResNet50':\n"
        "        model = thing.reference(input_shape=input_shape, classes=classes)\n"
        "        if model is not None: return model\n"
        "raise ValueError('found nothing')"
    ),
}


def with_attack(body: str) -> dict:
    """The solved notebook with another ResNet50."""
    notebook = json.loads(
        find_lesson(LESSON).notebook.parent.joinpath(f"solutions/{LESSON}.ipynb").read_text()
    )
    lines = "\n".join("    " + line for line in body.splitlines())
    for cell in notebook["cells"]:
        if cell.get("id") == "answer-ResNet50":
            cell["source"] = f"{HEAD}\ndef ResNet50(input_shape=(64, 64, 3), classes=6):\n{lines}\n"
    return notebook


def file_name(words: str) -> str:
    return re.sub(r"\W+", "-", words)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """One grading run over all attacks and, beside them, a solved notebook."""
    need_sandbox()
    folder = tmp_path_factory.mktemp("submissions")
    for words, body in ATTACKS.items():
        (folder / f"{file_name(words)}.ipynb").write_text(json.dumps(with_attack(body)))
    (folder / "solved.ipynb").write_bytes(SOLVED.read_bytes())
    bounds = Bounds(case_seconds=15, memory=2 * 2**30)
    found = grade_folder(folder, find_lesson(LESSON), tmp_path_factory.mktemp("out"), bounds=bounds)
    return {each.submission: each for each in found}


@pytest.mark.parametrize("words", ATTACKS)
def test_an_attack_earns_what_the_rest_is_worth(results: dict[str, Result], words: str) -> None:
    result = results[file_name(words)]
    assert result.status == GRADED
    *blocks, network = result.exercises
    assert [each["score"] for each in blocks] == [15, 15]
    assert not network["passed"]
    assert network["score"] <= 5  # who gives a right shape and nothing else has that much, honestly


def test_a_solved_notebook_beside_them_earns_all(results: dict[str, Result]) -> None:
    assert results["solved"].score == find_lesson(LESSON).points
