"""Comparing and judging: what counts as equal, what is said of what differs, what a case is worth."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from workbook import Exercise, Mistake, case
from workbook.comparing import WRONG_KIND, WRONG_VALUE, Difference, compare
from workbook.html import image_plane
from workbook.judging import judge
from workbook.observing import Observation, observe
from workbook.plain import plain
from workbook.reporting import Report


def found(expected: Any, got: Any, tolerance: float = 1e-6, names: tuple[str, ...] = ()) -> Difference | None:
    return compare(plain(expected), plain(got), tolerance, names)


def made(reference: Callable, *cases: Any, **more: Any) -> Exercise:
    return Exercise(name="made", points=more.pop("points", 10), cases=cases, reference=reference, **more)


def report(exercise: Exercise, function: Callable) -> Report:
    return judge(exercise, observe(exercise, function))


def raising(error: BaseException) -> Callable:
    def function(*_: Any) -> None:
        raise error

    return function


# --- what counts as equal ------------------------------------------------------------------------------

EQUAL = {
    "float32 and float64": (np.float64([0.1, 1e4]), np.float32([0.1, 1e4])),
    "integers and floats": (np.array([1, 2]), np.array([1.0, 2.0])),
    "a 0-d array and a Python float": (np.array(2.5), 2.5),
    "a NumPy scalar and a Python float": (np.float32(2.5), 2.5),
    "an integer and a float": (3, 3.0),
    "True and 1": (True, 1),
    "True and NumPy's True": (True, np.True_),
    "a tuple and a list": ((1, 2.0), [1, 2.0]),
    "a list and an array of its numbers": ([1, 2, 3], np.array([1, 2, 3])),
    "Fortran order": (np.arange(6).reshape(2, 3), np.asfortranarray(np.arange(6).reshape(2, 3))),
    "a view": (np.arange(3), np.arange(6)[::2] // 2),
    "NaN where NaN is expected": (np.array([np.nan, 1]), np.array([np.nan, 1])),
    "infinity where it is expected": (np.array([np.inf, -np.inf]), np.array([np.inf, -np.inf])),
    "minus zero": (np.zeros(2), -np.zeros(2)),
    "nothing in an array": (np.zeros((0, 3)), np.zeros((0, 3), int)),
    "texts": ("same", "same"),
    "None": (None, None),
    "dictionaries": ({"a": 1, "b": [2]}, {"b": (2.0,), "a": 1}),
    "a dictionary with more in it": ({"a": 1}, {"a": 1, "cache": 2}),
    "complex numbers": (np.array([1j]), np.array([1j])),
    "a real number for a complex one": (np.array([1 + 0j]), np.array([1.0])),
}


@pytest.mark.parametrize(("expected", "got"), EQUAL.values(), ids=EQUAL)
def test_equal(expected: Any, got: Any) -> None:
    assert found(expected, got) is None


DIFFERENT = {
    "a shape": (np.ones((2, 3)), np.ones((3, 2)), WRONG_KIND, "shape (2, 3) expected, got (3, 2)"),
    "one axis more": (np.array(1.0), np.ones(1), WRONG_KIND, "shape () (a single number) expected, got (1,)"),
    "an empty array": (np.ones(2), np.ones(0), WRONG_KIND, "shape (2,) expected, got (0,)"),
    "a value": (
        np.zeros((2, 2)),
        np.eye(2),
        WRONG_VALUE,
        "expected 0 at [0, 0], got 1; 2 of 4 values differ",
    ),
    "a number": (0.0, 0.125, WRONG_VALUE, "expected 0, got 0.125"),
    "a truth": (True, False, WRONG_VALUE, "expected True, got False"),
    "a text": ("a", "b", WRONG_VALUE, "expected 'a', got 'b'"),
    "a text for a number": (1, "1", WRONG_KIND, "expected a number, got text"),
    "a number for a text": ("1", 1, WRONG_KIND, "expected text, got a number"),
    "something for None": (None, 3, WRONG_KIND, "expected None, got a number"),
    "too few results": ((1, 2), (1,), WRONG_KIND, "expected 2 items, got 1"),
    "a result": ((1, 2), (1, 3), WRONG_VALUE, "item 1: expected 2, got 3"),
    "a key": ({"a": 1}, {"b": 1}, WRONG_KIND, "the key 'a' is missing"),
    "a value of a key": ({"a": 1}, {"a": 2}, WRONG_VALUE, "a: expected 1, got 2"),
    "a list for a dictionary": ({"a": 1}, [1], WRONG_KIND, "expected a dictionary, got a list of 1 items"),
    "NaN": (1.0, np.nan, WRONG_VALUE, "got NaN"),
    "a number for NaN": (np.nan, 1.0, WRONG_VALUE, "expected nan, got 1"),
    "one number for NaN": (np.array([np.nan, 1]), np.ones(2), WRONG_VALUE, "expected nan at [0], got 1"),
    "the other infinity": (np.array([np.inf]), np.array([-np.inf]), WRONG_VALUE, "expected inf"),
    "huge numbers": (np.full(2, 1.7e308), np.full(2, -1.7e308), WRONG_VALUE, "by at most inf"),
    "many": (np.zeros(2000), np.ones(2000), WRONG_VALUE, "2,000 of 2,000 values differ, by at most 1"),
}


@pytest.mark.parametrize(("expected", "got", "rung", "words"), DIFFERENT.values(), ids=DIFFERENT)
def test_different(
    capfd: pytest.CaptureFixture,
    recwarn: pytest.WarningsRecorder,
    expected: Any,
    got: Any,
    rung: str,
    words: str,
) -> None:
    difference = found(expected, got)
    assert difference.rung == rung
    assert words in difference.text
    assert not recwarn.list
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("tolerance", [1e-8, 1e-5, 1e-3])
@pytest.mark.parametrize("size", [0.0, 1e-3, 1.0, 1e6])
def test_tolerance_is_absolute_and_relative_to_what_was_expected(tolerance: float, size: float) -> None:
    allowed = tolerance + tolerance * size
    assert found(size, size + 0.9 * allowed, tolerance) is None
    assert found(size, size - 0.9 * allowed, tolerance) is None
    assert found(size, size + 1.2 * allowed, tolerance) is not None


def test_random_arrays_equal_themselves_and_differ_at_the_place_that_was_changed() -> None:
    rng = np.random.default_rng(3)
    for _ in range(200):
        shape = tuple(rng.integers(1, 5, rng.integers(0, 5)))
        dtype = rng.choice([np.float64, np.float32, np.int32])
        expected = np.asarray(rng.normal(size=shape) * 100).astype(dtype)
        got = expected.copy()
        assert found(expected, got) is None
        place = tuple(int(rng.integers(n)) for n in shape)
        got[place] += 3
        difference = found(expected, got)
        assert difference.rung == WRONG_VALUE
        if shape:
            assert np.argwhere(difference.where).tolist() == [list(place)]
            assert f" at [{', '.join(map(str, place))}]" in difference.text
            assert f"1 of {expected.size:,} values" in difference.text or expected.size == 1


def test_a_list_of_results_is_called_by_its_names() -> None:
    assert found((1, 2), (1, 3), names=("low", "high")).text == "high: expected 2, got 3"
    assert "expected 2 results (low, high)" in found((1, 2), (1,), names=("low", "high")).text


def test_the_picture_shows_where_images_differ() -> None:
    expected, got = np.zeros((2, 5, 4, 3)), np.zeros((2, 5, 4, 3))
    got[1, 2:4, 1, 0] = 1
    plane = image_plane(found(expected, got).where)
    assert np.argwhere(plane).tolist() == [[2, 1], [3, 1]]
    assert image_plane(found(expected[0], got[1]).where).sum() == 2
    assert image_plane(found(expected[0, :, :, 0], got[1, :, :, 0]).where).sum() == 2


@pytest.mark.parametrize("shape", [(5,), (1, 2, 2, 3), (200, 200), (2, 2, 2, 2, 2)])
def test_there_is_no_picture_where_it_would_be_no_help(shape: tuple[int, ...]) -> None:
    expected, got = np.zeros(shape), np.zeros(shape)
    got[(0,) * len(shape)] = 1
    assert image_plane(found(expected, got).where) is None
    assert image_plane(found(np.zeros((4, 4)), np.ones((4, 4))).where) is None


# --- what a case is worth ------------------------------------------------------------------------------


def test_scores_follow_the_weights_and_are_rounded_down() -> None:
    exercise = made(
        lambda n: n, case("one", 1), case("two", 2).weighing(2), case("four", 4).weighing(4), points=5
    )
    assert report(exercise, lambda n: n if n != 1 else 0).score == 4  # 6 of 7 of 5 points
    assert report(exercise, lambda n: n if n != 4 else 0).score == 2
    assert report(exercise, lambda n: 0).score == 0
    assert report(exercise, lambda n: n).score == 5


def test_full_points_only_for_what_passed() -> None:
    rng = np.random.default_rng(5)
    for _ in range(100):
        weights = [int(weight) for weight in rng.integers(1, 50, rng.integers(1, 8))]
        cases = [case(f"case {i}", i).weighing(weight) for i, weight in enumerate(weights)]
        right = rng.random(len(cases)) < 0.7
        exercise = made(lambda n: n, *cases, points=int(rng.integers(1, 100)))
        result = report(exercise, lambda n, right=right: n if right[n] else -1)
        assert 0 <= result.score <= result.points
        assert (result.score == result.points) == result.passed == bool(right.all())


@pytest.mark.parametrize("weight", [0, -1])
def test_a_case_cannot_weigh_nothing(weight: int) -> None:
    with pytest.raises(ValueError, match="weighs at least 1"):
        case("free", 1).weighing(weight)


def test_an_exercise_without_cases_is_refused() -> None:
    for cases in ((), lambda rng: []):
        exercise = Exercise(name="made", points=1, cases=cases, reference=abs)
        with pytest.raises(ValueError, match="no cases"):
            report(exercise, abs)


def test_a_dictionary_is_several_things_looked_at() -> None:
    exercise = made(lambda n: {"double": 2 * n, "half": n / 2}, case("four", 4), case("six", 6))
    result = report(exercise, lambda n: {"double": 2 * n, "half": 2.0})
    assert [(row.name, row.word) for row in result.rows] == [
        ("four: double", "passed"),
        ("four: half", "passed"),
        ("six: double", "passed"),
        ("six: half", "wrong"),
    ]
    assert result.score == 5  # a case counts when all in it is right


def test_what_lacks_in_a_dictionary_is_named() -> None:
    exercise = made(lambda n: {"double": 2 * n, "half": n / 2}, case("four", 4))
    row = report(exercise, lambda n: {"double": 8}).rows[1]
    assert row.word == "wrong kind"
    assert "got nothing" in row.text


def test_none_in_one_part_of_a_result_is_no_missing_return() -> None:
    exercise = made(lambda n: {"distance": n / 2, "name": "Ada"}, case("four", 4))
    row = report(exercise, lambda n: {"distance": 2.0, "name": None}).rows[1]
    assert row.text == "expected text, got None: is it never set, or never returned?"
    assert "return line missing" in report(exercise, lambda n: None).rows[0].text


def test_all_cases_are_judged_after_the_first_failure() -> None:
    exercise = made(lambda n: n, case("one", 1), case("two", 2), case("three", 3))
    result = report(exercise, lambda n: 1 / (n - 1) if n < 3 else n)
    assert [row.word for row in result.rows] == ["raised", "wrong", "passed"]


def test_observations_of_other_cases_are_refused() -> None:
    with pytest.raises(ValueError, match="1 observations of 2 cases"):
        judge(made(abs, case("one", 1), case("two", 2)), [Observation("returned", np.array(1))])


@pytest.mark.parametrize(
    "error", [{}, {"type": "", "text": ""}, {"type": "ValueError", "text": "\n", "number": []}]
)
def test_observations_from_a_sandbox_that_lack_things_are_judged_all_the_same(error: dict) -> None:
    data = {"outcome": "raised", "value": None, "error": error, "printed": "", "changed": []}
    assert not judge(made(abs, case("one", 1)), [Observation.from_plain(data)]).passed


@pytest.mark.parametrize(
    ("outcome", "error"), [("raised", None), ("returned", {}), ("passed", None), (3, None)]
)
def test_what_no_observation_can_be_is_refused(outcome: object, error: object) -> None:
    data = {"outcome": outcome, "value": None, "error": error, "printed": "", "changed": []}
    with pytest.raises(ValueError, match="not an observation"):
        Observation.from_plain(data)


# --- which mistake it is -------------------------------------------------------------------------------

SQUARE = made(
    lambda n: n * n,
    case("two", 2.0),
    case("three", 3.0),
    case("minus one", -1.0),
    mistakes=[
        Mistake("it is doubled", lambda n: 2 * n),
        Mistake("it is doubled, too", lambda n: n + n),
        Mistake("it is cubed", lambda n: n**3),
        Mistake("it is refused", raising(ValueError("no"))),
        Mistake("layers meet", raising(ValueError("add_3 does not fit"))),
        Mistake("it is blank", raising(NotImplementedError("your code here"))),
    ],
)


def test_a_mistake_is_matched_and_the_first_of_equal_ones_is_named() -> None:
    assert report(SQUARE, lambda n: n * 2.0).diagnosis == "it is doubled"
    assert report(SQUARE, lambda n: n * n * n).diagnosis == "it is cubed"


def test_a_mistake_is_matched_only_where_all_observations_are_equal() -> None:
    assert report(SQUARE, lambda n: 2 * n if n > 0 else 7).diagnosis is None
    assert report(SQUARE, lambda n: 2 * n + (n == 3) * 1e-3).diagnosis is None
    assert report(SQUARE, lambda n: 2 * n + 1e-9).diagnosis == "it is doubled"


def test_a_mistake_that_raises_is_matched_by_its_text() -> None:
    assert report(SQUARE, raising(ValueError("no"))).diagnosis == "it is refused"
    assert report(SQUARE, raising(ValueError("never"))).diagnosis is None
    assert report(SQUARE, raising(TypeError("no"))).diagnosis is None
    assert report(SQUARE, raising(ValueError("add_17 does not fit"))).diagnosis == "layers meet"


def test_a_right_and_a_blank_answer_have_no_diagnosis() -> None:
    assert report(SQUARE, lambda n: n * n).diagnosis is None
    assert report(SQUARE, raising(NotImplementedError("your code here"))).diagnosis is None


def test_none_and_kinds_never_match_a_mistake() -> None:
    assert report(SQUARE, lambda n: None).diagnosis is None
    assert report(SQUARE, lambda n: [2 * n]).diagnosis is None


def test_what_is_said_twice_is_said_once_but_values_are_given_each_time() -> None:
    rows = report(SQUARE, raising(ValueError("no"))).rows
    assert [row.text for row in rows[1:]] == ["the same", "the same"]
    rows = report(made(lambda n: 1.0, case("a", 1), case("b", 2)), lambda n: 2.0).rows
    assert [row.text for row in rows] == ["expected 1, got 2"] * 2


def test_a_seed_gives_its_own_cases_and_the_same_each_time() -> None:
    exercise = Exercise(
        name="made", points=1, reference=lambda x: 2 * x, cases=lambda rng: [case("any", rng.normal(size=3))]
    )
    seen = observe(exercise, exercise.reference, 7)
    assert judge(exercise, seen, 7).passed
    assert not judge(exercise, seen, 8).passed
    assert judge(exercise, observe(exercise, exercise.reference, 7), 7).passed


def test_shapes_that_do_not_fit_are_one_error_in_either_order() -> None:
    A, B = np.ones((2, 3)), np.ones((4, 5))
    exercise = made(
        lambda x: x, case("one", 1.0), mistakes=[Mistake("the shapes do not fit", lambda x: A * B)]
    )
    assert report(exercise, lambda x: B * A).diagnosis == "the shapes do not fit"
    assert report(exercise, lambda x: B * B[:, :3]).diagnosis is None


def test_a_mistake_is_named_that_gives_all_results_there_are() -> None:
    def wrong(n: int) -> int:
        if n > 3:
            raise ValueError("too much")
        return n + n

    exercise = made(
        lambda n: n * n,
        *(case(f"{n}", n) for n in (2, 3, 4)),
        mistakes=[Mistake("n is doubled", lambda n: 2 * n)],
    )
    assert report(exercise, wrong).relation == ""  # one wrong result may be chance
    exercise = made(
        lambda n: n * n,
        *(case(f"{n}", n) for n in (-1, 3, 4)),
        mistakes=[Mistake("n is doubled", lambda n: 2 * n)],
    )
    found = report(exercise, wrong)
    assert found.diagnosis is None
    assert found.relation == "Where it gives results, they are the ones you get when n is doubled."
