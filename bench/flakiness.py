"""Does a check ever change its mind? Each right answer and each mistake, many times, with fresh seeds.

python bench/flakiness.py             every exercise, 200 seeds, and bench/results/flakiness.json
python bench/flakiness.py --lesson car_detection --count 20

The reference must pass with every seed, and every known mistake must be rejected and named. Where the cases
of an exercise are the same for every seed, it is run as often all the same, since TensorFlow could differ.
Slow exercises (``slow``) get a tenth of the runs. Ends with 1 where one verdict differs.
"""

import argparse
import json
import platform
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results" / "flakiness.json"
sys.path.insert(0, str(ROOT))

import workbook  # noqa: E402
from workbook.exercise import Exercise  # noqa: E402
from workbook.judging import judge  # noqa: E402
from workbook.lessons import Lesson, all_lessons, find_lesson  # noqa: E402
from workbook.observing import observe  # noqa: E402


def surprises(exercise: Exercise, seed: int) -> Iterator[str]:
    """What is not as it must be with this seed: a line for each verdict."""
    report = judge(exercise, observe(exercise, exercise.reference, seed), seed)
    if not report.passed:
        yield f"{exercise.name}, seed {seed}: the reference does not pass: {report.message}"
    for mistake in exercise.mistakes:
        report = judge(exercise, observe(exercise, mistake.function, seed), seed)
        if report.passed:
            yield f"{exercise.name}, seed {seed}: passes though {mistake.words}"
        elif report.diagnosis != mistake.words:
            yield f"{exercise.name}, seed {seed}: taken for {report.diagnosis!r}: {mistake.words}"


def measure(lesson: Lesson, count: int) -> list[dict[str, Any]]:
    """A row for each exercise of a lesson."""
    workbook.start(lesson.name)
    rows = []
    for exercise in lesson.exercises:
        runs, start = max(1, count // 10 if exercise.slow else count), time.perf_counter()
        found = [line for seed in range(1_000, 1_000 + runs) for line in surprises(exercise, seed)]
        seconds = round(time.perf_counter() - start, 1)
        verdicts = runs * (1 + len(exercise.mistakes))
        print(
            f"{lesson.name}  {exercise.name}: {verdicts} verdicts, {len(found)} differ, {seconds} s",
            flush=True,
        )
        print(*found[:20], sep="\n", end="\n" if found else "")
        row = {"lesson": lesson.name, "exercise": exercise.name, "seeds": runs, "verdicts": verdicts}
        rows.append(row | {"differ": len(found), "seconds": seconds})
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lesson", help="one lesson; all where left out")
    parser.add_argument("--count", type=int, default=200, help="seeds for each exercise (200)")
    options = parser.parse_args()
    lessons = [find_lesson(options.lesson)] if options.lesson else all_lessons()
    rows = [row for lesson in lessons for row in measure(lesson, options.count)]
    differ = sum(row["differ"] for row in rows)
    if not options.lesson:
        results = {"python": platform.python_version(), "differ": differ, "exercises": rows}
        RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(f"{sum(row['verdicts'] for row in rows):,} verdicts, {differ} differ")
    raise SystemExit(1 if differ else 0)


if __name__ == "__main__":
    main()
