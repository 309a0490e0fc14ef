"""How long a check takes: per exercise, of a right and of a wrong answer, with TensorFlow loaded.

python bench/check_latency.py            a table, and bench/results/check_latency.json
python bench/check_latency.py --json     the same as JSON
"""

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results" / "check_latency.json"
sys.path.insert(0, str(ROOT))

import workbook  # noqa: E402
from workbook.checking import examine  # noqa: E402
from workbook.exercise import Exercise  # noqa: E402
from workbook.lessons import all_lessons  # noqa: E402


def seconds(exercise: Exercise, function: Callable) -> float:
    """Seconds of one check, as a learner waits for it."""
    start = time.perf_counter()
    examine(exercise, function)
    return time.perf_counter() - start


def measure(exercise: Exercise, runs: int) -> dict[str, float]:
    """Seconds of the first check ever, and the medians of later ones of a right and of a wrong answer.

    The first check observes the reference too; the first of a wrong answer, not counted here, also the
    known mistake that it matches.
    """
    right, wrong = exercise.reference, exercise.mistakes[0].function
    first = seconds(exercise, right)
    seconds(exercise, wrong)
    return {
        "first": round(first, 4),
        "right": round(statistics.median(seconds(exercise, right) for _ in range(runs)), 4),
        "wrong": round(statistics.median(seconds(exercise, wrong) for _ in range(runs)), 4),
    }


def measure_all(runs: int, only: str | None = None) -> dict[str, Any]:
    """The measurements of every exercise of every lesson, with what they were made on."""
    import tensorflow

    tensorflow.keras.layers.Dense(1)(tensorflow.ones((1, 1)))  # loaded, as in a lesson that uses it
    rows = []
    for lesson in all_lessons():
        for exercise in lesson.exercises:
            if only in (None, lesson.name, exercise.name):
                print(f"{lesson.name}: {exercise.name}", file=sys.stderr)
                rows.append({"lesson": lesson.name, "exercise": exercise.name, **measure(exercise, runs)})
    names = ("numpy", "tensorflow", "keras")
    return {
        "python": platform.python_version(),
        **{name: version(name) for name in names},
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "runs": runs,
        "seconds": rows,
    }


def show(results: dict[str, Any]) -> None:
    """The measurements as a table."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"Seconds of a check, medians of {results['runs']}, on {results['cores']} cores")
    table.add_column("Exercise")
    for name in ("Right answer", "Wrong answer", "First check"):
        table.add_column(name, justify="right")
    for row in results["seconds"]:
        table.add_row(row["exercise"], *(f"{row[key]:.3f}" for key in ("right", "wrong", "first")))
    Console().print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="checks of which the median is taken (5)")
    parser.add_argument("--only", help="a lesson or an exercise; nothing is written then")
    parser.add_argument("--json", action="store_true", help="print JSON in place of a table")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["WORKBOOK_HOME"] = home  # nothing is remembered from earlier
        workbook.start()
        results = measure_all(options.runs, options.only)
    if not options.only:
        RESULTS.parent.mkdir(parents=True, exist_ok=True)
        RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    if options.json:
        print(json.dumps(results, indent=2))
    else:
        show(results)


if __name__ == "__main__":
    main()
