"""What a check found, and how it reads: as text in a terminal, as a table in Jupyter."""

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from workbook.exercise import Exercise
from workbook.notebook import Place, current_cell, fill, show
from workbook.observing import RAISED

PASSED, NOT_ATTEMPTED = "passed", "not attempted"

_SHORT = {"wrong kind": "wrong kind", "wrong value": "wrong", "stopped": "raised"}
"""The words of the ladder that are shorter on a row."""


STUCK = 3
"""After so many checks with the same result a learner is told of the hints in so many words."""


LONG = 12
"""A table with more rows than this shows those that are not right, and folds the others away."""


SAME, MANY = "the same", 3
"""What stands in a row that says again what another said; a longer run of them becomes one row."""


def folded_words(count: int, of: int) -> str:
    """ "all 60 cases", or "57 others"."""
    return f"all {count} cases" if count == of else "1 other" if count == 1 else f"{count} others"


def _ordinal(number: int) -> str:
    words = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
    return words[number - 1] if number <= len(words) else f"{number}th"


def diagnosed(mistake: str, outcomes: Iterable[str]) -> str:
    """The sentence that names a known mistake, with how each row came out."""
    raised = set(outcomes) <= {PASSED, RAISED}
    return when("It raises the same error as" if raised else "Your results are the ones you get", mistake)


def when(start: str, mistake: str) -> str:
    """A sentence that ends with the words of a known mistake, some of which are a question."""
    return f"{start} when {mistake}{'' if mistake.endswith('?') else '.'}"


@dataclass(frozen=True)
class Row:
    """One thing that was judged: the rung of the ladder, what to say, where an array differs.

    name  the case's, and after a colon the thing looked at where there are several
    case  the number of the case, from 0
    """

    name: str
    outcome: str
    text: str = ""
    where: np.ndarray | None = None
    case: int = 0

    @property
    def word(self) -> str:
        return _SHORT.get(self.outcome, self.outcome)


_ERROR = re.compile(r"(?P<type>\w+)(?:: (?P<said>.*?))?(?P<line> in line \d+)(?P<rest>: .*)", re.DOTALL)
"""A row's text on an exception, as a judge writes it: its line, the line's code and the cause behind it."""


def _said_once(rows: list[Row]) -> list[Row]:
    """The rows without what they repeat: a whole text, or the line and the cause of an error.

    A value is given each time. Of a case that gave nothing back only the first row has a text.
    """
    short, told, last = [], set(), ""
    for before, row in zip([None, *rows], rows, strict=False):
        words = row.text
        if row.outcome not in (PASSED, "wrong value", NOT_ATTEMPTED):
            error = _ERROR.fullmatch(row.text) if row.outcome == RAISED else None
            key = error.group("type", "line", "rest") if error else row.text
            if not words and before and (before.case, before.outcome) == (row.case, row.outcome):
                words = SAME
            elif words and key in told:
                words = _briefly(error) if error and row.text != last else SAME
            told.add(key)
            last = row.text or last
        short.append(replace(row, text=words))
    return short


def _run_together(rows: list[Row]) -> list[Row]:
    """The rows with one, "12 more", in place of a long run that says the same."""
    shown = []
    for (same, _), run in itertools.groupby(rows, key=lambda row: (row.text == SAME, row.outcome)):
        alike = list(run)
        long = same and len(alike) > MANY
        shown += [replace(alike[0], name=f"{len(alike)} more", where=None)] if long else alike
    return shown


def _briefly(error: re.Match) -> str:
    said = f": {error['said']}" if error["said"] else ""
    return f"the same {error['type']}{error['line']}{said}"


@dataclass
class Report:
    """The verdict on one exercise.

    rows       what was judged, in the order of the cases; what was said already becomes "the same"
    weights    what each case counts
    diagnosis  the words of the known mistake that gives the same observations, or None
    relation   without a diagnosis: a sentence on how all that is wrong relates to what is right
    first      what to mend before this exercise, where an earlier one that it needs is wrong
    notes      what costs no points but is worth knowing
    printed    the first characters that the function printed
    repeated   how often it has failed in this way, one check after the other
    """

    exercise: Exercise
    rows: list[Row]
    weights: list[int]
    diagnosis: str | None = None
    relation: str = ""
    first: str = ""
    notes: list[str] = field(default_factory=list)
    printed: str = ""
    repeated: int = 0
    _cell: int | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.rows = _said_once(self.rows)

    @property
    def points(self) -> int:
        """What the exercise is worth."""
        return self.exercise.points

    @property
    def passed(self) -> bool:
        """True where every row passed."""
        return all(row.outcome == PASSED for row in self.rows)

    @property
    def not_attempted(self) -> bool:
        """True where the function still waits for its code."""
        return bool(self.rows) and all(row.outcome == NOT_ATTEMPTED for row in self.rows)

    @property
    def score(self) -> int:
        """The points earned, rounded down: a case counts when all that was looked at in it is right."""
        wrong = {row.case for row in self.rows if row.outcome != PASSED}
        earned = sum(weight for i, weight in enumerate(self.weights) if i not in wrong)
        return self.points * earned // sum(self.weights)

    @property
    def headline(self) -> str:
        """ "iou: 6 of 10 points"."""
        return f"{self.exercise.name}: {self.score} of {self.points} points"

    @property
    def message(self) -> str:
        """The verdict in a sentence or a few, without the rows that passed."""
        if self.passed:
            return self.exercise.idea
        if self.not_attempted:
            waiting = next((f": {row.text}" for row in self.rows if row.text), "")
            return f"Not attempted yet{waiting}. {self._offer()}".strip()
        if self.diagnosis:
            return " ".join(filter(None, [self.first, self._diagnosed()]))
        wrong = next(row for row in self.rows if row.outcome != PASSED)
        stop = "." if self.relation else ""
        return " ".join(filter(None, [self.first, f"{wrong.name}: {wrong.text}{stop}", self.relation]))

    def _diagnosed(self) -> str:
        return diagnosed(self.diagnosis or "", (row.outcome for row in self.rows))

    def _offer(self) -> str:
        return f"For a hint run hint({self.exercise.name}) in a new cell." if self.exercise.hints else ""

    def _more(self) -> str:
        """Where to find a hint; in other words for who is stuck."""
        if self.repeated < STUCK:
            return f"hint({self.exercise.name}) has more."
        times = _ordinal(self.repeated)
        stuck = (
            f"This is the same mistake for the {times} time."
            if self.diagnosis
            else f"This is the {times} check in a row that ends with {self.score} of {self.points} points."
        )
        return (
            f"{stuck} Run hint({self.exercise.name}): there are {len(self.exercise.hints)}, one at a time, "
            "and the first is only a nudge."
        )

    def to_dict(self) -> dict[str, Any]:
        """What a program wants to know: name, points, score, passed, diagnosis, message."""
        return {
            "name": self.exercise.name,
            "points": self.points,
            "score": self.score,
            "passed": self.passed,
            "diagnosis": self.diagnosis,
            "message": self.message,
        }

    def open_rows(self) -> list[Row]:
        """The rows to show: all of a short table, of a long one those that are not right."""
        return _run_together([row for row in self.rows if len(self.rows) <= LONG or row.outcome != PASSED])

    def folded_rows(self) -> list[Row]:
        """The rows of a long table that are right: a learner need not scroll past them."""
        return [row for row in self.rows if len(self.rows) > LONG and row.outcome == PASSED]

    def closing(self) -> list[str]:
        """The sentences under the table."""
        if self.passed:
            more = f"One thing to try: {self.exercise.try_next}" if self.exercise.try_next else ""
            return [sentence for sentence in (self.exercise.idea, *self.notes, more) if sentence]
        diagnosis = [self._diagnosed()] if self.diagnosis else []
        diagnosis += [self.relation] if self.relation else []
        offer = [self._more()] if self.exercise.hints else []
        return [*diagnosis, *self.notes, *offer]

    def text(self) -> str:
        """The report for a terminal."""
        if self.not_attempted:
            return f"{self.headline}\n  {self.message}"
        lines = [self.headline]
        if self.first:
            lines.append(fill(self.first))
        shown, folded = self.open_rows(), self.folded_rows()
        width = max(len(row.word) for row in self.rows)
        name_width = min(44, max((len(row.name) for row in shown), default=0))
        for row in shown:
            head, *more = row.text.split("\n")
            lines.append(f"  {row.word:<{width}}  {row.name:<{name_width}}  {head}".rstrip())
            lines += [f"  {'':<{width}}  {line}" for line in more]
        if folded:
            lines.append(f"  {PASSED:<{width}}  {folded_words(len(folded), len(self.rows))}")
        if not self.passed and self.printed:
            lines.append("It printed: " + self.printed[:300].rstrip())
        lines += [fill(sentence) for sentence in self.closing()]
        return "\n".join(lines)

    __str__ = text

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        from workbook.html import report_html

        return report_html(self)

    def show(self) -> None:
        """Show the report: a table in Jupyter, text elsewhere."""
        show(self)

    def _ipython_display_(self, place: Place | None = None) -> None:
        """Once for each cell: ``check(f)`` shows its report, and Jupyter shows a cell's last value."""
        cell = current_cell()
        if cell is None or cell != self._cell:
            self._cell = cell
            show(self, place)
