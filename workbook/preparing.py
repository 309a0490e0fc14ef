"""``workbook prepare``: what takes long once, done before the first lesson is opened."""

from collections.abc import Callable, Iterable

from workbook import data, remembering, session
from workbook.exercise import NOTEBOOK_SEED
from workbook.lessons import all_lessons, exercises_of
from workbook.showing import Tell

FIRST, LATER = ("signs", "smiles"), ("alpaca", "roads", "people")
"""The data sets that the first lessons use, and those of the later ones."""


def prepare(tell: Tell = lambda words, done, total: None, only_pictures: bool = False) -> list[str]:
    """Draw data sets, and observe what slow exercises are compared with. Gives back what went wrong.

    only_pictures  leave the observations for later: a check that needs one makes it then

    Each step is kept as it is done: stopped halfway, the next call goes on from there.
    """
    session.start()
    observations = [] if only_pictures else _observation_steps()
    steps = [*_data_steps(FIRST), *observations, *_data_steps(LATER)]
    problems = []
    for done, (words, step) in enumerate(steps):
        tell(words, done, len(steps))
        try:
            step()
        except data.DataError as error:
            problems.append(str(error))
    return problems


def _data_steps(names: Iterable[str]) -> list[tuple[str, Callable[[], object]]]:
    return [(f"{name}: pictures", lambda name=name: data.get(name, quiet=True)) for name in names]


def _observation_steps() -> list[tuple[str, Callable[[], object]]]:
    """A step for the reference and each mistake of the exercises whose reference is slow."""
    steps = []
    for lesson in all_lessons():
        for exercise in (each for each in exercises_of(lesson) if each.slow):
            words = f"{lesson.name}: {exercise.name}"
            steps.append((words, lambda e=exercise: remembering.reference(e, NOTEBOOK_SEED)))
            for index in range(len(exercise.mistakes)):
                steps.append((words, lambda e=exercise, i=index: remembering.mistake(e, i, NOTEBOOK_SEED)))
    return steps
