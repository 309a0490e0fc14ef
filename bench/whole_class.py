"""A class of 300 graded twice: right, half, wrong, blank, slow and hostile submissions, every mark known.

python bench/whole_class.py                  300 submissions, and bench/results/whole_class.json
python bench/whole_class.py --count 30       fewer

What each must earn follows from how it is made: it is a solved notebook in which some answers were replaced.
The second grading has another seed; it must give every submission the same marks. Ends with 1 where a mark
is not what it must be.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results" / "whole_class.json"
sys.path.insert(0, str(ROOT))

from workbook.grading import Bounds, grade_folder  # noqa: E402
from workbook.lessons import Lesson, find_lesson  # noqa: E402

LESSON = "convolution_step_by_step"
BLANK = "def {name}(*args, **kwargs):\n    raise NotImplementedError\n"
WRONG = "def {name}(*args, **kwargs):\n    return 'no'\n"
SLOW = """{source}
_quick, _first = {name}, [True]
def {name}(*args, **kwargs):
    if _first:
        __import__("time").sleep(2 * _first.pop())
    return _quick(*args, **kwargs)
"""

HOSTILE = (
    "while True: pass",
    "import os; os._exit(0)",
    "import os; os.kill(-1, 9)",
    "import os\n    for _ in range(100):\n        if os.fork() == 0:\n            while True: pass",
    "hold = [bytearray(b'x') * 10**8 for _ in range(80)]",
    "print('x' * 10**8); raise SystemExit",
    "import socket; socket.create_connection(('127.0.0.1', 1), 1)",
    "import builtins; builtins.len = None; builtins.isinstance = lambda *a: True",
    "open('/tmp/full', 'wb').write(bytes(2**30))",
)
"""The bodies of functions that attack; {name} is such a function's name."""


class Maker:
    """Makes submissions to a lesson from its solved notebook."""

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson
        solved = lesson.notebook.parent / "solutions" / lesson.notebook.name
        self.notebook = solved.read_text(encoding="utf-8")
        self.points = {exercise.name: exercise.points for exercise in lesson.exercises}

    def names(self, number: int, few: int) -> list[str]:
        """Some of the lesson's exercises, others for each number."""
        names = list(self.points)
        return [names[(number + 2 * i) % len(names)] for i in range(few)]

    def replaced(self, change: dict[str, Callable[[str], str]]) -> str:
        """The solved notebook with the sources of these exercises' answers changed."""
        notebook = json.loads(self.notebook)
        for cell in notebook["cells"]:
            name = str(cell.get("id", "")).removeprefix("answer-")
            if name in change:
                cell["source"] = change[name]("".join(cell["source"]))
        return json.dumps(notebook)

    def with_answers(self, text: str, names: list[str], number: int) -> tuple[str, dict[str, int]]:
        """A notebook in which these exercises have another answer, and what each exercise then earns."""

        def answer(name: str) -> Callable[[str], str]:
            return lambda source: text.format(name=name, source=source)

        marks = {
            name: 0 if name in names and text != SLOW else points for name, points in self.points.items()
        }
        return self.replaced({name: answer(name) for name in names}), marks

    def make(self, kind: str, number: int) -> tuple[str, dict[str, int]]:
        """A submission of a kind and its marks."""
        if kind == "right":
            return self.notebook, self.points
        if kind == "blank":
            return self.with_answers(BLANK, list(self.points), number)
        if kind == "half":
            return self.with_answers(BLANK, self.names(number, len(self.points) // 2), number)
        if kind == "wrong":
            return self.with_answers(WRONG, self.names(number, 2), number)
        if kind == "slow":
            return self.with_answers(SLOW, self.names(number, 1), number)
        body = HOSTILE[number % len(HOSTILE)]
        text = "def {name}(*args, **kwargs):\n    " + body.replace("{", "{{").replace("}", "}}") + "\n"
        return self.with_answers(text, self.names(number, 1), number)


KINDS = ("right", "half", "right", "wrong", "right", "blank", "half", "slow", "right", "hostile")


def write_class(maker: Maker, count: int, folder: Path) -> dict[str, dict[str, int]]:
    """Write the submissions; the marks that each must get."""
    expected = {}
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        content, marks = maker.make(kind, number // len(KINDS))
        name = f"{kind}-{number:03}"
        (folder / f"{name}.ipynb").write_text(content, encoding="utf-8")
        expected[name] = marks
    return expected


def grade(folder: Path, lesson: Lesson, jobs: int, seed: int) -> tuple[dict[str, dict[str, int]], float]:
    """The marks of all, and the seconds."""
    start = time.perf_counter()
    bounds = Bounds(case_seconds=3)
    with tempfile.TemporaryDirectory() as out:
        found = grade_folder(folder, lesson, Path(out), jobs=jobs, seed=seed, bounds=bounds)
    marks = {each.submission: {e["name"]: e["score"] for e in each.exercises} for each in found}
    return marks, time.perf_counter() - start


def differences(expected: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """A line for each submission whose marks are not what they must be."""
    return [
        f"{name}: must be {marks}, is {found.get(name)}"
        for name, marks in expected.items()
        if found.get(name) != marks
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    lesson = find_lesson(LESSON)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        expected = write_class(Maker(lesson), options.count, folder)
        first, seconds = grade(folder, lesson, options.jobs, seed=1)
        second, more_seconds = grade(folder, lesson, options.jobs, seed=2)
    wrong = differences(expected, first) + differences(expected, second)
    kinds = [name.split("-")[0] for name in expected]
    results = {
        "python": platform.python_version(),
        "lesson": LESSON,
        "submissions": options.count,
        "jobs": options.jobs,
        "kinds": {kind: kinds.count(kind) for kind in dict.fromkeys(KINDS)},
        "marks_that_are_wrong": len(wrong),
        "seconds": [round(seconds, 1), round(more_seconds, 1)],
    }
    print(json.dumps(results, indent=2))
    print(*wrong, sep="\n")
    if wrong:
        raise SystemExit(1)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
