"""Every exercise of every lesson: its reference passes, each mistake is rejected and named, right answers
pass however they are written, and observations survive their journey out of a sandbox."""

import gc
import importlib.util
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import workbook
from workbook import remembering
from workbook.exercise import Exercise
from workbook.grading.bounds import MOST_CASES
from workbook.grading.quickening import quicken
from workbook.judging import judge
from workbook.lessons import Lesson, all_lessons
from workbook.observing import Observation, observe
from workbook.plain import pack, unpack

SEEDS = (1, 2)
ANSWERS = Path(__file__).parent / "answers"


@pytest.fixture(autouse=True, scope="module")
def quiet_tensorflow() -> None:
    workbook.start()
    import keras  # noqa: F401

    quicken()  # as the grading server does
    gc.collect()
    gc.freeze()  # TensorFlow's objects stay: to look through them all after each network takes long


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One folder for all tests here, so that slow references are observed once; workers share it."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    folder = folder / "exercises"
    monkeypatch.setenv("WORKBOOK_HOME", str(folder))
    return folder


def exercises() -> Iterator[tuple[Lesson, Exercise]]:
    for lesson in all_lessons():
        for exercise in lesson.exercises:
            yield lesson, exercise


def answers(kind: str) -> Iterator[tuple[Exercise, Callable, str | None]]:
    """The answers of a kind (RIGHT or WRONG) that tests/answers/<lesson>.py holds."""
    for lesson in all_lessons():
        path = ANSWERS / f"{lesson.name}.py"
        if not path.is_file():  # a lesson in the making: one test below says what it lacks
            continue
        module = _load(path)
        for exercise in lesson.exercises:
            for answer in getattr(module, kind).get(exercise.name, []):
                function, words = answer if isinstance(answer, tuple) else (answer, None)
                yield exercise, function, words


def _load(path: Path):
    spec = importlib.util.spec_from_file_location(f"answers_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def seeds(exercise: Exercise) -> tuple[int, ...]:
    """The seeds worth trying: cases in a list are the same for all of them."""
    return SEEDS if callable(exercise.cases) else SEEDS[:1]


def named(parameters: list) -> dict:
    """Test ids by the exercise's name, and a number where there are several."""
    ids = [f"{p[0].name}-{i}" if isinstance(p[0], Exercise) else p[1].name for i, p in enumerate(parameters)]
    return {"argvalues": parameters, "ids": ids}


ALL = list(exercises())
MISTAKES = [(exercise, index) for _, exercise in ALL for index in range(len(exercise.mistakes))]


@pytest.mark.parametrize(("lesson", "exercise"), **named(ALL))
def test_reference_passes_and_an_exercise_is_complete(lesson: Lesson, exercise: Exercise) -> None:
    for seed in seeds(exercise):
        report = judge(exercise, observe(exercise, exercise.reference, seed), seed)
        assert report.passed, report.text()
        assert report.score == exercise.points
        assert not report.notes, report.notes
    assert len(exercise.mistakes) >= 6
    assert len(exercise.hints) >= 3
    assert exercise.idea and exercise.try_next
    case_names = [case.name for case in exercise.draw(1)]
    assert len(set(case_names)) == len(case_names) <= MOST_CASES
    siblings = [each.name for each in lesson.exercises]
    for need in exercise.needs:
        assert siblings.index(need) < siblings.index(exercise.name)


@pytest.mark.parametrize(("exercise", "index"), **named(MISTAKES))
def test_mistake_is_rejected_and_named(exercise: Exercise, index: int) -> None:
    mistake = exercise.mistakes[index]
    for seed in seeds(exercise):
        if seed == SEEDS[0] and index % (8 if exercise.slow else 4) == 0:
            # run anew: a mistake that gives something else each time would go unnamed
            seen = observe(exercise, mistake.function, seed)
        else:
            seen = remembering.mistake(exercise, index, seed)
        assert not _is_dead(seen), f"the mistake's own code fails: {seen[0].error}"
        report = judge(exercise, seen, seed)
        assert not report.passed
        assert report.score < exercise.points
        assert report.diagnosis == mistake.words, report.text()


def _is_dead(seen: list[Observation]) -> bool:
    """True where nobody's results can equal these: the code of the mistake itself is at fault."""
    return all(each.error and each.error["type"] in ("NameError", "UnboundLocalError") for each in seen)


RIGHT = list(answers("RIGHT"))
WRONG = list(answers("WRONG"))


@pytest.mark.parametrize(("exercise", "function", "words"), **named(RIGHT))
def test_right_answer_passes(exercise: Exercise, function: Callable, words: None) -> None:
    for seed in seeds(exercise):
        report = judge(exercise, observe(exercise, function, seed), seed)
        assert report.passed, report.text()


@pytest.mark.parametrize(("exercise", "function", "words"), **named(WRONG))
def test_wrong_answer_is_rejected(exercise: Exercise, function: Callable, words: str | None) -> None:
    for seed in seeds(exercise):
        report = judge(exercise, observe(exercise, function, seed), seed)
        assert not report.passed
        if words is not None:
            assert words in (report.diagnosis or report.message), report.text()


def test_every_exercise_has_ten_right_answers_and_some_wrong_ones() -> None:
    for _, exercise in ALL:
        assert sum(each is exercise for each, _, _ in RIGHT) >= 10, exercise.name
        assert sum(each is exercise for each, _, _ in WRONG) >= 2, exercise.name


@pytest.mark.parametrize(("lesson", "exercise"), **named(ALL))
def test_observations_survive_the_journey(lesson: Lesson, exercise: Exercise) -> None:
    functions = [exercise.reference, exercise.mistakes[0].function, _blank, _prints_and_raises]
    for function in functions:
        seen = observe(exercise, function)
        text, files = pack([item.to_plain() for item in seen])
        back = [Observation.from_plain(item) for item in unpack(text, files)]
        assert judge(exercise, back).text() == judge(exercise, seen).text()


def _blank(*args, **kwargs):
    raise NotImplementedError("your code here")


def _prints_and_raises(*args, **kwargs):
    print("x" * 10_000)
    raise ValueError("a text with <b>markup</b>")
