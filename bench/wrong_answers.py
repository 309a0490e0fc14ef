"""How often is a wrong answer that a person would write called by its name?

python bench/wrong_answers.py                      every lesson, and bench/results/wrong_answers.json
python bench/wrong_answers.py --lesson inception   one lesson, with what the check says of each answer

bench/answers/<lesson>.yaml holds six wrong answers to each exercise. They were written from the learner's
blank notebooks alone, without a look at the checks, so that they measure what the list of known mistakes is
worth to others.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
ANSWERS = Path(__file__).parent / "answers"
RESULTS = ROOT / "bench" / "results" / "wrong_answers.json"
sys.path.insert(0, str(ROOT))

import workbook  # noqa: E402
from workbook.collecting import collect  # noqa: E402
from workbook.judging import judge  # noqa: E402
from workbook.lessons import Lesson, all_lessons, find_lesson  # noqa: E402
from workbook.observing import observe  # noqa: E402
from workbook.reporting import PASSED, Report  # noqa: E402

KINDS = {
    "named": "a known mistake, or an argument unused",
    "related": "what all that is wrong has in common, or the layer that differs",
    "explained": "an exception or None, with what usually causes it",
    "bare": "what was expected and what came",
    "passed": "it is taken for right",
}


@dataclass(frozen=True)
class Answer:
    """A wrong answer: the exercise that it is for, what is wrong in its writer's words, its code."""

    exercise: str
    fault: str
    code: str


def answers_to(lesson: Lesson) -> list[Answer]:
    """The wrong answers to a lesson's exercises, in the file's order; none where there is no file."""
    path = ANSWERS / f"{lesson.name}.yaml"
    if not path.is_file():
        return []
    return [Answer(**each) for each in yaml.safe_load(path.read_text(encoding="utf-8"))]


def judged(lesson: Lesson) -> Iterator[tuple[Answer, str, str]]:
    """Each answer with the kind of feedback that it gets, and its words."""
    workbook.start(lesson.name)
    solved = lesson.source.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{lesson.name}.py"
        for answer in answers_to(lesson):
            exercise = lesson.exercise(answer.exercise)
            path.write_text(f"{solved}\n\n{answer.code}", encoding="utf-8")
            names = collect(path, beside=False, week=lesson.notebook.parent).namespace
            yield answer, *_kind(judge(exercise, observe(exercise, names[answer.exercise])))


def _kind(report: Report) -> tuple[str, str]:
    if report.passed:
        return "passed", ""
    if report.diagnosis:
        return "named", report.diagnosis
    if report.relation:
        return "related", report.relation
    row = next(row for row in report.rows if row.outcome != PASSED)
    return "explained" if "\n" in row.text else "bare", f"{row.name}: {row.text}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lesson", help="one lesson; all where left out")
    options = parser.parse_args()
    rows, total = [], Counter()
    for lesson in [find_lesson(options.lesson)] if options.lesson else all_lessons():
        found = list(judged(lesson))
        count = Counter(kind for _, kind, _ in found)
        total += count
        rows.append({"lesson": lesson.name, "answers": len(found), **{kind: count[kind] for kind in KINDS}})
        print(*(f"{key}={value}" for key, value in rows[-1].items()), flush=True)
        for answer, kind, words in found:
            if options.lesson or kind == "passed":
                print(f"\n{answer.exercise}: {answer.fault}\n  {kind}: {words}", flush=True)
    count = total.total()
    print(", ".join(f"{kind} {total[kind]} ({total[kind] / max(1, count):.0%})" for kind in KINDS))
    if not options.lesson:
        content = {"kinds": KINDS, "all": {"answers": count, **total}, "lessons": rows}
        RESULTS.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
