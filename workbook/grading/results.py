"""What grading one submission gives: a score for each exercise, and what to tell learner and teacher."""

import hashlib
import importlib.metadata
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import workbook
from workbook.lessons import Lesson

GRADED, UNREADABLE, STOPPED, NOT_GRADED = "graded", "unreadable", "stopped", "not graded"


@dataclass(frozen=True)
class Result:
    """The verdict on one submission.

    submission  the learner's name, free of path parts, control characters and terminal escapes
    file        relative to the folder of submissions
    status      "graded", "unreadable" (not a notebook), "stopped" (out of bounds before it gave results),
                "not graded" (the machine failed, not the submission: its score says nothing)
    exercises   for each exercise of the lesson, in its order: ``Report.to_dict()`` and "attempted", "text"
                (the report as for a terminal), "notes", "with_reference_parts" (the score is that with the
                reference in the place of an earlier exercise that is wrong), and where it was judged "rows"
                (of each case the outcome, its name, what was seen) and "printed"
    notes       sentences for teacher and learner: what was stepped over, what was stopped
    digest      what decides whether a second run must grade it again; "" where it must
    """

    submission: str
    file: str
    lesson: str
    status: str
    score: int
    points: int
    exercises: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    digest: str = ""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Any) -> "Result":
        """The reverse of ``to_dict``; raises ValueError where the data is nothing that it writes."""
        if not isinstance(data, dict) or set(data) != set(cls.__dataclass_fields__):
            raise ValueError("this is no result of a grading")
        kinds = {
            "submission": str,
            "file": str,
            "lesson": str,
            "status": str,
            "score": int,
            "points": int,
            "exercises": list,
            "notes": list,
            "seconds": int | float,
            "digest": str,
        }
        right = (
            all(isinstance(data[name], kind) for name, kind in kinds.items())
            and data["status"] in (GRADED, UNREADABLE, STOPPED, NOT_GRADED)
            and all(isinstance(note, str) for note in data["notes"])
            and all(map(_is_verdict, data["exercises"]))
        )
        if not right:
            raise ValueError("this is no result of a grading")
        return cls(**data)


_VERDICT = {"name": str, "points": int, "score": int, "passed": bool, "message": str, "attempted": bool}
_VERDICT |= {"diagnosis": str | None, "text": str, "notes": list, "with_reference_parts": bool}


def _is_verdict(data: Any) -> bool:
    if not isinstance(data, dict) or not isinstance(data.get("printed", ""), str):
        return False
    rows = data.get("rows", [])
    return all(name in data and isinstance(data[name], kind) for name, kind in _VERDICT.items()) and (
        isinstance(rows, list)
        and all(isinstance(row, list) and list(map(type, row)) == [str] * 3 for row in rows)
    )


def digest(content: bytes, lesson: Lesson, seed: int) -> str:
    """A hash of all that a submission's marks depend on: the notebook, the seed, the lesson's checks, the
    week's helpers, the engine and the libraries that compute."""
    parts = (
        content,
        f"{lesson.name} {seed}".encode(),
        *(file.read_bytes() for file in lesson.files),
        _surroundings(lesson.path.parent.parent),
    )
    hashes = b"".join(hashlib.sha256(part).digest() for part in parts)
    return hashlib.sha256(hashes).hexdigest()


@cache
def _surroundings(week: Path) -> bytes:
    """A hash of the code around a lesson."""
    files = [*sorted(week.glob("*.py")), *sorted(Path(workbook.__file__).parent.rglob("*.py"))]
    versions = " ".join(importlib.metadata.version(name) for name in ("tensorflow", "keras", "numpy"))
    content = b"".join(hashlib.sha256(file.read_bytes()).digest() for file in files)
    return content + f"{workbook.__version__} {versions}".encode()
