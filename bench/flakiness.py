"""Does a check ever change its mind? Each right answer and each mistake, many times, with fresh seeds.

python bench/flakiness.py               every exercise, and bench/results/flakiness.json
python bench/flakiness.py --lesson car_detection --count 20
python bench/flakiness.py --quick       without the exercises that take over a tenth of a second at a time

The reference must pass with every seed, and every known mistake must be rejected and named. An exercise gets
200 seeds, or as many as fit into three minutes (``--count``, ``--minutes``), two at least. Rows are kept in
build/flakiness, and an interrupted run goes on there. Ends with 1 where a verdict differs.
"""

import argparse
import hashlib
import json
import platform
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results" / "flakiness.json"
KEPT = ROOT / "build" / "flakiness"
FIRST_SEED = 1_000
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


def measure(lesson: Lesson, options: argparse.Namespace) -> list[dict[str, Any]]:
    """A row for each exercise of a lesson: known from an earlier run, or made now."""
    workbook.start(lesson.name)
    KEPT.mkdir(parents=True, exist_ok=True)
    rows = []
    for exercise in lesson.exercises:
        if exercise.slow and options.quick:
            continue
        asked = f"{options.count}-{options.minutes:g}"
        path = KEPT / f"{lesson.name}-{exercise.name}-{asked}-{_version(lesson)}.json"
        if not path.is_file():
            row = _row(lesson, exercise, options.count, options.minutes)
            path.write_text(json.dumps(row), encoding="utf-8")
        rows.append(json.loads(path.read_text(encoding="utf-8")))
    return rows


def _row(lesson: Lesson, exercise: Exercise, count: int, minutes: float) -> dict[str, Any]:
    start, seeds, found = time.perf_counter(), 0, []
    while seeds < 2 or (seeds < count and time.perf_counter() - start < 60 * minutes):
        found += surprises(exercise, FIRST_SEED + seeds)
        seeds += 1
    seconds = round(time.perf_counter() - start, 1)
    verdicts = seeds * (1 + len(exercise.mistakes))
    print(
        f"{lesson.name}  {exercise.name}: {verdicts} verdicts, {len(found)} differ, {seconds} s", flush=True
    )
    print(*found[:20], sep="\n", end="\n" if found else "")
    row = {"lesson": lesson.name, "exercise": exercise.name, "seeds": seeds, "verdicts": verdicts}
    return row | {"differ": len(found), "seconds": seconds}


ENGINE = ("exercise", "observing", "judging", "comparing", "diagnosing", "remembering", "plain", "models")
ENGINE += ("known", "quick_layers", "structure", "losses")
"""The modules on which a verdict and its name depend."""


def _version(lesson: Lesson) -> str:
    """What a row depends on: the lesson's exercises and the engine."""
    sources = [*lesson.files, *(ROOT / "workbook" / f"{name}.py" for name in ENGINE)]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lesson", help="one lesson; all where left out")
    parser.add_argument("--count", type=int, default=200, help="the most seeds for an exercise (200)")
    parser.add_argument("--minutes", type=float, default=3, help="the most minutes for an exercise (3)")
    parser.add_argument("--quick", action="store_true", help="leave out the slow exercises")
    options = parser.parse_args()
    lessons = [find_lesson(options.lesson)] if options.lesson else all_lessons()
    rows = [row for lesson in lessons for row in measure(lesson, options)]
    differ = sum(row["differ"] for row in rows)
    if not options.lesson:
        results = {"python": platform.python_version(), "differ": differ, "exercises": rows}
        RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(f"{sum(row['verdicts'] for row in rows):,} verdicts, {differ} differ")
    raise SystemExit(1 if differ else 0)


if __name__ == "__main__":
    main()
