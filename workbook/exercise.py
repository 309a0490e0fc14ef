"""What an exercise is: a reference, cases and mistakes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

NOTEBOOK_SEED = 1
"""The seed of the cases in a notebook: a check reads the same every time."""


@dataclass(frozen=True)
class Case:
    """One situation in which a learner's function is looked at; its name says why it is there.

    args, kwargs  what the exercise's ``observe`` gets after the function
    weight        how much it counts among the exercise's points
    """

    name: str
    args: tuple = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    weight: int = 1

    def __post_init__(self) -> None:
        if self.weight < 1:
            raise ValueError(f"{self.name}: a case weighs at least 1, got {self.weight}")

    def weighing(self, weight: int) -> "Case":
        """This case with another share of the exercise's points: 3 counts three times as much as 1."""
        return replace(self, weight=weight)


def case(name: str, /, *args: Any, **kwargs: Any) -> Case:
    """A case: its name, then the arguments that the exercise's ``observe`` gets after the function."""
    return Case(name, args, kwargs)


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that people really give: what is wrong, in words to the learner, and the answer.

    ``words`` complete the sentence "Your results are the ones you get when ...".
    """

    words: str
    function: Callable


def call(function: Callable, *args: Any, **kwargs: Any) -> Any:
    """The plainest way to observe: call the function and look at what it returns."""
    return function(*args, **kwargs)


@dataclass(frozen=True, eq=False)
class Exercise:
    """One graded function.

    name        the function's name
    points      what it is worth
    cases       a sequence of cases, or a function that draws them from a random generator
    reference   an independent right answer
    mistakes    known wrong answers: each must be rejected, and gives its words when it is matched
    hints       from a nudge to nearly the answer
    observe     ``observe(function, *case.args, **case.kwargs)``: runs the learner's function and returns
                what is to be compared. A dictionary is several things looked at, each judged by itself.
    gives       what the function should return, in words, where the observer looks at it: "a Keras model"
    returns     names of the results, where the function returns several
    tolerance   largest difference that is not a mistake, absolute and relative to the expected value
    needs       names of the exercises of the same lesson whose functions this one calls
    time_limit  seconds for each case
    slow        True where the reference takes over a tenth of a second: its observations are then kept
                on disk
    difficulty  from 1 to 5
    minutes     how long it takes a learner, about
    idea        a sentence for those who have passed: what to take away
    try_next    for them too: one thing to change in the notebook and to look at, in a sentence
    """

    name: str
    points: int
    cases: Sequence[Case] | Callable[[np.random.Generator], Sequence[Case]]
    reference: Callable
    mistakes: Sequence[Mistake] = ()
    hints: Sequence[str] = ()
    observe: Callable = call
    gives: str = ""
    returns: Sequence[str] = ()
    tolerance: float = 1e-6
    needs: Sequence[str] = ()
    time_limit: float = 10.0
    slow: bool = False
    difficulty: int = 1
    minutes: int = 10
    idea: str = ""
    try_next: str = ""

    def __post_init__(self) -> None:
        if self.points < 1:
            raise ValueError(f"{self.name}: points must be at least 1, got {self.points}")
        if not 1 <= self.difficulty <= 5:
            raise ValueError(f"{self.name}: difficulty goes from 1 to 5, got {self.difficulty}")

    def draw(self, seed: int = NOTEBOOK_SEED) -> list[Case]:
        """The cases for a seed: the same seed gives the same cases."""
        drawn = self.cases(np.random.default_rng(seed)) if callable(self.cases) else self.cases
        if not drawn:
            raise ValueError(f"{self.name}: there are no cases, and nothing would be checked")
        return list(drawn)
