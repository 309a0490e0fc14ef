"""Is every check proved? Mutants of each solution, run through the checks.

python -m bench.mutants                               all lessons, a table in bench/results/mutants.md
python -m bench.mutants --lesson inception            one lesson; nothing is written to bench/results
python -m bench.mutants --exercise iou --count 1000   all mutants of one exercise
python -m bench.mutants --show survived               and list those that pass unseen

An interrupted run goes on where it stopped. What was found is kept in build/mutants.
"""

import argparse
import json
import os
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
RESULTS = ROOT / "bench" / "results"
KEPT = ROOT / "build" / "mutants"

from bench.mutants.making import mutants_of, sample  # noqa: E402
from bench.mutants.running import Bench, Record  # noqa: E402
from bench.mutants.table import COLUMNS, Judged, reviewed, rows, show_open, to_json, to_markdown  # noqa: E402
from workbook.exercise import Exercise  # noqa: E402
from workbook.lessons import Lesson, LessonError, all_lessons  # noqa: E402


def run_lesson(lesson: Lesson, options: argparse.Namespace) -> list[Judged]:
    """The verdicts on the mutants of a lesson: those that are known, and the others run now."""
    found: list[Judged] = []
    print(lesson.name, file=sys.stderr, flush=True)
    with Bench(lesson, KEPT, options.jobs) as bench:
        record = Record(KEPT, lesson)
        for exercise in lesson.exercises:
            if options.exercise in (None, exercise.name):
                found += _run_exercise(bench, record, exercise, options)
    return found


def _run_exercise(
    bench: Bench, record: Record, exercise: Exercise, options: argparse.Namespace
) -> list[Judged]:
    name = bench.lesson.name
    made = mutants_of(bench.answer(exercise))
    chosen = sample(made, options.count, f"{options.seed} {exercise.name}")
    pending = [each for each in chosen if record.get(exercise, each) is None]
    start = time.monotonic()
    if pending and (fault := bench.fault(exercise)):
        print(f"  {exercise.name} was left out: {fault}", file=sys.stderr, flush=True)
        return []
    for mutant, verdict in bench.verdicts(exercise, pending):
        record.add(exercise, mutant, verdict)
        options.run_now += 1
    seconds = time.monotonic() - start
    print(
        f"  {exercise.name}: {len(chosen)} of {len(made)}, {len(pending)} run in {seconds:.0f} s",
        file=sys.stderr,
        flush=True,
    )
    return [
        Judged(name, exercise.name, each, record.get(exercise, each), reviewed(name, exercise.name, each))
        for each in chosen
    ]


def chosen_lessons(options: argparse.Namespace) -> list[Lesson]:
    """The lessons that are asked for, without those that have no solution yet."""
    return [
        lesson
        for lesson in all_lessons()
        if (options.lesson is None or lesson.name in options.lesson)
        and (options.exercise is None or options.exercise in [each.name for each in lesson.exercises])
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lesson", action="append", help="a lesson; may be given several times")
    parser.add_argument("--exercise", help="one exercise alone")
    parser.add_argument("--count", type=int, default=40, help="the most mutants of an exercise (40)")
    parser.add_argument("--seed", type=int, default=1, help="which of them, where there are more (1)")
    parser.add_argument("--jobs", type=int, default=2, help="mutants observed at a time (2)")
    parser.add_argument("--show", choices=[*COLUMNS[1:], "misnamed"], help="list the mutants of a column")
    options = parser.parse_args()
    options.run_now = 0  # the others are known from an earlier run
    start, found = time.monotonic(), []
    for lesson in chosen_lessons(options):
        try:
            found += run_lesson(lesson, options)
        except LessonError as error:
            print(f"{lesson.name} was left out: {error}", file=sys.stderr)
    about: dict[str, Any] = {
        "python": platform.python_version(),
        **{name: version(name) for name in ("tensorflow", "keras", "numpy")},
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "count": options.count,
        "seed": options.seed,
        "jobs": options.jobs,
        "mutants of this run": options.run_now,
        "minutes of this run": round((time.monotonic() - start) / 60, 1),
    }
    if options.lesson is None and options.exercise is None:
        RESULTS.mkdir(parents=True, exist_ok=True)
        content = json.dumps(to_json(found, about), indent=2)
        (RESULTS / "mutants.json").write_text(content + "\n", encoding="utf-8")
        (RESULTS / "mutants.md").write_text(to_markdown(found, about), encoding="utf-8")
    for row in rows(found):
        print(" ".join(f"{key}={value}" for key, value in row.items() if value != 0))
    if options.show:
        show_open(found, options.show)


if __name__ == "__main__":
    main()
