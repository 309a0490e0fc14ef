"""The judge: forked from the server, gives verdicts, and dies with it. And the pages that show them."""

from pathlib import Path

import numpy as np
import pytest
from grading_support import need_sandbox, write_notebook

from workbook.grading import GRADED
from workbook.grading.batch import Grader
from workbook.grading.pages import feedback_page
from workbook.grading.results import Result
from workbook.grading.wire import Returned
from workbook.lessons import find_lesson

LESSON = "convolution_step_by_step"
PADS_ONES = "import numpy as np\n\ndef zero_pad(X, pad):\n    print('<b>hello</b>')\n    return X + 1\n"


@pytest.fixture(scope="module")
def grader():
    need_sandbox()
    with Grader(find_lesson(LESSON), 7) as made:
        yield made


def grade(grader: Grader, folder: Path, *cells: str) -> Result:
    path = write_notebook(folder / "ada.ipynb", *cells)
    return grader.grade("ada", path.name, path.read_bytes())


def test_a_page_shows_the_cases(grader: Grader, tmp_path: Path) -> None:
    result = grade(grader, tmp_path, PADS_ONES)
    found = {each["name"]: each for each in result.exercises}
    rows = found["zero_pad"]["rows"]
    cases = [case.name for case in find_lesson(LESSON).exercise("zero_pad").draw(7)]
    assert [name for _, name, _ in rows] == cases and {"wrong", "wrong kind"} & {word for word, *_ in rows}
    page = feedback_page(result, find_lesson(LESSON))
    assert all(name in page for name in cases) and "What was seen" in page
    assert "&lt;b&gt;hello" in page and "<b>" not in page
    assert Result.from_dict(result.to_dict()) == result
    bad = result.to_dict()
    bad["exercises"][0]["rows"] = [["wrong", "one"]]
    with pytest.raises(ValueError):
        Result.from_dict(bad)


def test_another_judge_takes_the_place_of_one_that_has_died(grader: Grader, tmp_path: Path) -> None:
    first = grade(grader, tmp_path, PADS_ONES)
    grader._server(grader._tensorflow)._judge.link.shutdown(2)
    second = grade(grader, tmp_path, PADS_ONES)
    assert second.status == GRADED and second.exercises == first.exercises


def test_what_is_senseless_is_judged_as_that(grader: Grader) -> None:
    returned = Returned({"zero_pad": b"\0" * 90, "conv_forward": b"no"}, "done", {"pool_forward"})
    found, _ = grader.marker.verdicts(returned, ["zero_pad", "conv_forward", "pool_forward", "conv_backward"])
    assert [each["score"] for each in found.values()] == [0] * 4
    assert "nothing that can be judged" in found["zero_pad"]["message"]
    assert "more than can be judged" in found["pool_forward"]["message"]


# --- networks under known weights ----------------------------------------------------------------------


def network(input_shape, kind):
    import keras
    from keras import layers

    print("building")
    if kind == "raises":
        raise ValueError("no")
    if kind == "subclass":

        class Late(keras.Model):
            def __init__(self):
                super().__init__()
                self.first, self.last = layers.Conv2D(4, 3), layers.Dense(2)

            def call(self, x):
                return self.last(keras.ops.mean(self.first(x), axis=(1, 2)))

        return Late()
    model = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(4, 3),
            layers.BatchNormalization(),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2),
        ]
    )
    if kind == "asks for values":
        assert float(keras.ops.sum(keras.ops.square(model.layers[0].get_weights()[0]))) > 0
    if kind == "compiles":
        model.compile("adam", "mse")
    return model


@pytest.mark.parametrize("kind", ["plain", "asks for values", "compiles"])
def test_known_weights_come_whichever_way_it_is_built(kind, capsys) -> None:
    from workbook import models

    made = models.build_known(lambda: network((6, 6, 3), kind))
    assert capsys.readouterr().out == "building\n"  # once, even where it was built twice
    usual = network((6, 6, 3), "plain")
    models.set_known_weights(usual)
    for one, two in zip(made.variables, usual.variables, strict=True):
        np.testing.assert_array_equal(np.asarray(one), np.asarray(two))
    from keras.src.backend.common import global_state

    assert not global_state.get_global_attribute("uninitialized_variables")


def test_a_subclass_that_makes_its_weights_late_has_known_ones_too() -> None:
    from workbook.models import observe_network

    one, two = (observe_network(network, (6, 6, 3), biases=True, kind="subclass") for _ in range(2))
    np.testing.assert_array_equal(one["in inference mode"], two["in inference mode"])
    assert one["parameters"]["trainable"] == 3 * 3 * 3 * 4 + 4 + 4 * 2 + 2


def test_what_is_raised_is_raised() -> None:
    from workbook.models import build_known

    with pytest.raises(ValueError, match="no"):
        build_known(lambda: network((6, 6, 3), "raises"))
    assert build_known(lambda: 3) == 3
