"""Wrong answers that no list holds: an argument that is not used, results that relate to the right ones."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from workbook.exercise import Case, Exercise, case
from workbook.explaining import explain
from workbook.judging import judge
from workbook.observing import argument_names, observe
from workbook.reporting import Report


def report(exercise: Exercise, function: Callable) -> Report:
    return judge(exercise, observe(exercise, function))


def window(X: np.ndarray, hparameters: dict[str, int], scale: float = 2.0, shift: float = 1.0) -> np.ndarray:
    pad, stride = hparameters["pad"], hparameters["stride"]
    return scale * np.pad(X, pad)[::stride, ::stride] + shift


RNG = np.random.default_rng(0)
WINDOW = Exercise(
    name="window",
    points=4,
    cases=[
        case("plain", RNG.normal(size=(5, 7)), {"pad": 0, "stride": 1}),
        case("padded", RNG.normal(size=(6, 4)), {"pad": 2, "stride": 2}, scale=3.0),
        case("wide", RNG.normal(size=(4, 9)), {"pad": 1, "stride": 3}, scale=0.5, shift=4.0),
    ],
    reference=window,
)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda X, h, scale=2.0, shift=1.0: window(X, h, 2.0, shift), "`scale` is its default, 2, whatever"),
        (lambda X, h, scale=2.0, shift=1.0: window(X, h, 0.5, shift), "`scale` is 0.5, whatever is passed"),
        (
            lambda X, h, scale=3.0, shift=1.0: window(X, h, scale, shift),
            "`scale` is 3 where none is given: its default is 2",
        ),
        (
            lambda X, h, scale=2.0, shift=0.0: window(X, h, scale, shift),
            "`shift` is 0 where none is given: its default is 1",
        ),
        (lambda X, h, scale=2.0, shift=0.25: window(X, h, scale, shift), None),
        (lambda X, h, scale=2.0, shift=1.0: window(X, h, shift, scale), "`scale` and `shift` are exchanged"),
        (lambda X, h, scale=2.0, shift=1.0: window(X, h, scale, 0), "`shift` is 0, whatever is passed"),
        (
            lambda X, h, scale=2.0, shift=1.0: window(X, h | {"pad": 0}, scale, shift),
            '`hparameters["pad"]` is 0, whatever is passed',
        ),
        (
            lambda X, h, scale=2.0, shift=1.0: (
                window(X, h | {"pad": h["stride"], "stride": h["pad"]}, scale, shift)
                if h["pad"]
                else np.zeros(3)
            ),
            None,
        ),
        (
            lambda X, h, scale=2.0, shift=1.0: window(X, h | {"stride": h["stride"] + 1}, scale, shift),
            '`hparameters["stride"]` is one larger than what is passed',
        ),
        (lambda X, h, scale=2.0, shift=1.0: window(0 * X + 1, h, scale, shift), "`X` is all ones, whatever"),
        (lambda X, h, scale=2.0, shift=1.0: window(X, h, scale, shift) + X.mean(), None),
    ],
)
def test_an_argument_that_is_not_used_is_named(wrong: Callable, words: str | None) -> None:
    found = report(WINDOW, wrong).diagnosis
    assert found is None if words is None else words in (found or "")


def test_right_answers_and_those_that_raise_get_no_words() -> None:
    assert report(WINDOW, window).diagnosis is None
    assert report(WINDOW, lambda X, h, scale=2.0, shift=1.0: X[9]).diagnosis is None


def test_an_argument_is_looked_for_behind_an_observer_too() -> None:
    def through(function: Callable, seeds: list[int], **kwargs: Any) -> dict[str, Any]:
        return {"first": function(seeds[0], **kwargs), "second": function(seeds[-1], **kwargs)}

    def power(n: int, exponent: int = 2) -> int:
        return n**exponent

    exercise = Exercise(
        name="power",
        points=2,
        cases=[case("as it is", [2, 3]), case("cubed", [2, 5], exponent=3)],
        reference=power,
        observe=through,
    )
    assert (
        report(exercise, lambda n, exponent=2: n * n).diagnosis
        == "`exponent` is its default, 2, whatever is passed"
    )


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda n, classes=5: n * classes, "`classes` is 5 where none is given: its default is 23"),
        (lambda n, classes=24: n * classes, "`classes` is 24 where none is given: its default is 23"),
        (lambda n, classes=23: n * 23, "`classes` is its default, 23, whatever is passed"),
        (lambda n, classes=23: n * 5, "`classes` is 5, whatever is passed"),
    ],
)
def test_a_wrong_default_is_told_from_an_argument_that_is_not_used(wrong: Callable, words: str) -> None:
    cases = [case("usual", 7), case("five", 7, classes=5), case("six", 3, 6)]
    exercise = Exercise("scaled", 1, cases, lambda n, classes=23: n * classes)
    assert report(exercise, wrong).diagnosis == words
    if "none is given" in words:  # though nobody can tell it from an argument that is not used
        assert report(replace(exercise, cases=cases[:2]), wrong).diagnosis == words


def test_switches_of_a_reference_are_nobodys_arguments() -> None:
    def area(height: int, width: int = 2, factor: int = 3) -> int:
        return height + width**factor

    exercise = Exercise(
        name="area", points=2, cases=[case("one", 5, 7), case("two", 4, width=9)], reference=area
    )
    assert (
        report(exercise, lambda height, width=2: height + 3**width).diagnosis is None
    )  # as if exchanged with factor
    assert report(exercise, lambda height, width=2: width + height**3).diagnosis == (
        "`height` and `width` are exchanged"
    )


def test_a_reference_whose_arguments_nobody_can_name_is_left_alone() -> None:
    exercise = Exercise(name="top", points=1, cases=[case("two", 1, 2), case("three", 3, 2)], reference=max)
    assert report(exercise, min).diagnosis is None


BATCH = Exercise(
    name="batch",
    points=3,
    cases=[case("small", RNG.normal(size=(3, 4, 5))), case("large", RNG.normal(size=(6, 2, 7)))],
    reference=lambda X: X - 0.3,
)


def first_only(X: np.ndarray) -> np.ndarray:
    out = X - 0.3
    out[1:] = 0
    return out


def last_line_forgotten(X: np.ndarray) -> np.ndarray:
    out = X - 0.3
    out[:, :, -1] = 0
    return out


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda X: 0.3 - X, "has the sign of the right one turned"),
        (lambda X: 2 * (X - 0.3), "is twice the right one"),
        (lambda X: (X - 0.3) / 4, "is 0.25 times (1/4) the right one"),
        (lambda X: X + 0.2, "is 0.5 too large"),
        (lambda X: (X - 0.3) ** 2, "is the square of the right one"),
        (lambda X: np.maximum(X - 0.3, 0), "is the right one after another ReLU"),
        (lambda X: (X - 0.3) / len(X), "divided by the length of axis 0 of `X`"),
        (lambda X: (X - 0.3) / X.size, "divided by the size of `X`"),
        (lambda X: (X - 0.3).transpose(0, 2, 1), "axes in the order (0, 2, 1)"),
        (lambda X: (X - 0.3)[:, :, ::-1], "in reverse order along axis 2"),
        (lambda X: (X - 0.3).reshape(len(X), -1), "only the shape is not"),
        (lambda X: (X - 0.3)[:, :, 1:], "is 1 too short along axis 2, and else right"),
        (lambda X: (X - 0.3)[:2], "is wrong along axis 0 alone"),
        (lambda X: (X - 0.3).sum(axis=1), "lacks axis 1"),
        (lambda X: np.stack([X, X]), "should not have axis 0"),
        (lambda X: X, "`X` as it was passed"),
        (first_only, "The first along axis 0 is right"),
        (last_line_forgotten, "Only the last place along axis 2 is wrong."),
        (lambda X: 0 * X, "is 0: is a branch, a case or the end of a loop left out?"),
        (lambda X: np.round(X - 0.3, 2), "is rounded to 2 decimals: give it as it is"),
        (lambda X: (X - 0.3) * 1.0004, "is nearly right: a rounding, or a constant"),
        (lambda X: (X - 0.3) * 1.00003, "is nearly right: a rounding, or a constant"),
        (lambda X: BATCH.draw()[0].args[0] - 0.3, "result of the case “small”"),
        (lambda X: X - 0.3 + 0.01 * np.random.default_rng(1).normal(size=X.shape), ""),
    ],
)
def test_how_wrong_results_relate_to_right_ones(wrong: Callable, words: str) -> None:
    found = report(BATCH, wrong).relation
    assert words in found and bool(words) == bool(found), found


def test_a_step_that_was_left_out_is_told() -> None:
    exercise = Exercise(
        name="relu",
        points=1,
        cases=[case("signs", RNG.normal(size=(4, 4)))],
        reference=lambda X: np.maximum(X, 0),
    )
    assert report(exercise, lambda X: 1.0 * X).relation.endswith("nothing was done to it.")
    doubled = Exercise(
        name="relu",
        points=1,
        cases=[case("signs", RNG.normal(size=(4, 4)))],
        reference=lambda X: np.maximum(2 * X, 0),
    )
    assert (
        report(doubled, lambda X: 2 * X).relation == "The numbers that are wrong would be right after a ReLU."
    )


def test_nothing_is_told_of_one_number_alone() -> None:
    exercise = Exercise(name="sum", points=1, cases=[case("three", 3)], reference=lambda n: n + 1)
    assert report(exercise, lambda n: n * 2).relation == ""


def test_a_shape_is_told_where_one_case_is_a_single_number() -> None:
    exercise = Exercise("count", 1, [case("one", 1), case("four", 4)], lambda n: np.arange(n) + 0.5)
    wrong = report(exercise, lambda n: (np.arange(n) + 0.5)[:, None])
    assert wrong.relation == "The numbers are right and in the right order: only the shape is not."


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda h, w: np.zeros((w, h)), "In each wrong shape axis 0 and axis 1 are exchanged."),
        (lambda h, w: np.zeros((h, h)), "Each wrong shape is wrong along axis 1 alone."),
        (lambda h, w: np.zeros((w, h + 1)), ""),
    ],
)
def test_axes_that_are_exchanged_are_told_from_the_shapes(wrong: Callable, words: str) -> None:
    cases = [case("wide", 2, 5), case("high", 4, 3), case("square", 4, 4)]
    exercise = Exercise("grid", 1, cases, lambda h, w: np.zeros((h, w)) + (h != w) * np.arange(w))
    assert report(exercise, wrong).relation == words


TRIPLES = Exercise(
    name="triples",
    points=1,
    cases=[case("six", 6), case("nine", 9)],
    reference=lambda n: np.arange(n).reshape(-1, 3),
)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda n: np.arange(n + 3).reshape(-1, 3), "All right rows are there, and more than these"),
        (
            lambda n: np.arange(n).reshape(-1, 3)[1:],
            "Every row that is there is right, but some",
        ),
        (lambda n: np.full((1, 3), 0.5), "wrong along axis 0 alone"),
    ],
)
def test_rows_too_many_or_too_few(wrong: Callable, words: str) -> None:
    assert words in report(TRIPLES, wrong).relation


@pytest.mark.parametrize(
    ("type_", "text", "words"),
    [
        ("IndexError", "index 0 is out of bounds for axis 0 with size 0", "The array is empty here"),
        ("IndexError", "index 4 is out of bounds for axis 0 with size 4", "runs past the end of its axis"),
        ("IndexError", "list index out of range", "runs past the end of a list"),
        ("IndexError", "arrays used as indices must be of integer (or boolean) type", "np.array([], int)"),
        ("ValueError", "No gradients provided for any variable.", "of tf.GradientTape, and without"),
    ],
)
def test_what_usually_causes_an_exception(type_: str, text: str, words: str) -> None:
    assert words in explain(type_, text)


def handed_on(function: Callable, X: np.ndarray, *args: Any, small: Any = None, **kwargs: Any) -> Any:
    return function(X, *args, **kwargs)


def test_arguments_are_called_what_they_are_called_where_they_are_passed() -> None:
    named = replace(BATCH, observe=handed_on)
    assert argument_names(named, lambda A, W, b=0, *more, key=1: A, 5) == [
        "X",
        "W",
        "b",
        "argument 4",
        "argument 5",
    ]
    assert argument_names(BATCH, lambda A, *, key=1: A, 2) == ["A", "argument 2"]
    assert argument_names(BATCH, print, 1) == ["argument 1"]


def test_arguments_that_are_handed_on_have_the_names_of_the_function() -> None:
    def shifted(X: np.ndarray, by: np.ndarray) -> np.ndarray:
        return X + by

    def draw(rng: np.random.Generator) -> list[Case]:
        shapes = {"few": ((4, 3), (5, 1, 3)), "many": ((2, 3), (7, 1, 3))}
        return [case(name, *map(rng.random, each)) for name, each in shapes.items()]

    exercise = Exercise("shifted", 1, draw, shifted, observe=handed_on)
    assert (
        "divided by the length of axis 0 of `by`"
        in report(exercise, lambda X, by: (X + by) / len(by)).relation
    )

    def in_place(A: np.ndarray, shift: np.ndarray) -> np.ndarray:
        result = A + shift
        shift += 1
        return result

    assert "changes its input shift in place" in report(exercise, in_place).text()


def test_of_an_input_of_a_wrong_shape_the_shapes_are_told_and_not_the_numbers() -> None:
    import keras

    model = keras.Sequential([keras.Input((None, None, 3)), keras.layers.GlobalAveragePooling2D()])
    exercise = Exercise("ask", 1, [case("a picture", np.ones((1, 4, 4, 3)))], lambda X: np.ones((1, 3)))
    text = report(exercise, lambda X: model(X[0])).text()
    assert "(4, 4, 3)" in text and "np.stack" in text and "1. 1." not in text, text
