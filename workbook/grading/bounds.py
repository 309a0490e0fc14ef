"""How much of everything a submission may use."""

from dataclasses import asdict, dataclass
from typing import Any

MEBIBYTE = 2**20
MOST_CASES = 20
"""Of an exercise whose cases are drawn: the grader waits long enough for so many."""


@dataclass(frozen=True)
class Bounds:
    """Bounds of one submission. Sizes are in bytes, times in seconds.

    case_seconds  for one case, where the exercise's own limit is not less
    memory        all its processes together, beyond what they share with the server
    processes     at one time, threads included: TensorFlow starts a dozen
    scratch       all files that it writes
    output        what an exercise sends back
    submission    a notebook; larger ones are not read
    """

    case_seconds: float = 20.0
    memory: int = 3 * 1024 * MEBIBYTE
    processes: int = 96
    scratch: int = 64 * MEBIBYTE
    output: int = 48 * MEBIBYTE
    submission: int = 32 * MEBIBYTE

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def wall(self, time_limit: float, cases: int) -> float:
        """The longest that an exercise may take: ``observe`` gives a late answer's other cases a tenth."""
        return 2 * time_limit + 0.1 * time_limit * cases + 5
