"""How fast a class is graded: ``workbook grade`` against nbgrader's autograde, on the same submissions.

python bench/grading.py                          both lessons, a table, and bench/results/grading.json
python bench/grading.py inception --count 20     another lesson, 20 submissions
python bench/grading.py --json                   the same as JSON

The submissions are solved notebooks, each a little different, so that every check does all its work. Both
graders are timed as whole commands, start and pages included: ours runs two at a time, nbgrader one after
the other, as each does by itself. nbgrader gets the exported course, whose cells that train or draw are
text. That both give the same marks is checked.
"""

import argparse
import csv
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
import psutil

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results" / "grading.json"
sys.path.insert(0, str(ROOT))

from workbook.grading.export_nbgrader import assignment, export  # noqa: E402
from workbook.lessons import Lesson, find_lesson  # noqa: E402

LESSONS = ("convolution_step_by_step", "residual_networks")
COUNT = 30
JOBS = 2


def write_submissions(lesson: Lesson, count: int, course: Path) -> None:
    """Solved notebooks in the layout that nbgrader collects, which ``workbook grade`` reads too."""
    notebook = assignment(lesson)
    for number in range(count):
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("solution"):
                cell.source = f"{cell.source.split('# learner')[0].rstrip()}\n# learner {number}\n"
        place = course / "submitted" / f"learner{number:04}" / lesson.name
        place.mkdir(parents=True)
        nbformat.write(notebook, place / f"{lesson.name}.ipynb")


class Memory(threading.Thread):
    """Watches how much memory a process and all below it hold, pages that they share counted once."""

    def __init__(self, process: subprocess.Popen) -> None:
        super().__init__(daemon=True)
        self.process, self.peak = psutil.Process(process.pid), 0

    def run(self) -> None:
        while self.process.is_running() and self.process.status() != psutil.STATUS_ZOMBIE:
            self.peak = max(self.peak, sum(self._held()))
            time.sleep(2)  # looking costs time, too

    def _held(self) -> Iterator[int]:
        try:
            family = [self.process, *self.process.children(recursive=True)]
        except psutil.Error:
            return
        for each in family:
            try:
                yield each.memory_full_info().pss
            except (psutil.Error, AttributeError, OSError):
                continue


def timed(command: list[str], folder: Path) -> dict[str, float]:
    """Run a command: its seconds, those of processors in all that it started, and its peak of memory in MB.
    Ends the bench where the command fails."""
    environment = os.environ | {
        "WORKBOOK_HOME": str(folder / "home"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    with tempfile.TemporaryFile("w+") as said:
        start, before = time.perf_counter(), _processor_seconds()
        process = subprocess.Popen(command, cwd=folder, stdout=said, stderr=said, env=environment)
        memory = Memory(process)
        memory.start()
        code = process.wait()
        seconds = time.perf_counter() - start
        memory.join()
        if code:
            said.seek(0)
            raise SystemExit(f"{' '.join(command)} failed:\n{said.read()[-3_000:]}")
    spent = _processor_seconds() - before
    return {
        "seconds": round(seconds, 1),
        "processor_seconds": round(spent, 1),
        "peak_mb": round(memory.peak / 2**20),
    }


def _processor_seconds() -> float:
    """What the children that have ended took, which noise on the machine changes little."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def ours(lesson: Lesson, course: Path, jobs: int) -> tuple[dict[str, float], dict[str, float]]:
    """What ``workbook grade`` takes, and its marks."""
    out = course / f"marks-{jobs}"
    command = [sys.executable, "-m", "workbook", "grade", "submitted", "--lesson", lesson.name]
    figures = timed([*command, "--out", str(out), "--jobs", str(jobs)], course)
    with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
        return figures, {row["submission"]: float(row["score"]) for row in csv.DictReader(file)}


def theirs(lesson: Lesson, course: Path) -> tuple[dict[str, float], dict[str, float]]:
    """What ``nbgrader autograde`` takes, and its marks."""
    from nbgrader.api import Gradebook

    nbgrader = [sys.executable, "-m", "nbgrader"]
    timed([*nbgrader, "generate_assignment", lesson.name], course)
    figures = timed([*nbgrader, "autograde", lesson.name], course)
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        return figures, {each.student.id: each.score for each in book.assignment_submissions(lesson.name)}


def measure(lesson: Lesson, count: int, jobs: int) -> dict[str, Any]:
    """Both graders on the same submissions, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder)
        export([lesson], course)
        write_submissions(lesson, count, course)
        found, our_marks = ours(lesson, course, jobs)
        again, their_marks = theirs(lesson, course)
    if our_marks != their_marks:
        raise SystemExit(f"{lesson.name}: the marks are not the same:\n{our_marks}\n{their_marks}")
    rates = {name: 60 * count / figures["seconds"] for name, figures in (("ours", found), ("theirs", again))}
    return {
        "lesson": lesson.name,
        "submissions": count,
        "jobs": jobs,
        "ours": found | {"a_minute": round(rates["ours"], 1)},
        "nbgrader": again | {"a_minute": round(rates["theirs"], 1)},
        "ratio": round(rates["ours"] / rates["theirs"], 1),
    }


def show(results: dict[str, Any]) -> None:
    """The measurements as a table."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"Grading, on {results['cores']} cores")
    table.add_column("Lesson")
    titles = ("Submissions", "Ours a minute", "nbgrader", "Ratio", "Ours, peak MB", "nbgrader")
    for name in (*titles, "Ours, processor s each", "nbgrader"):
        table.add_column(name, justify="right")
    for row in results["lessons"]:
        mine, other = row["ours"], row["nbgrader"]
        rates = f"{mine['a_minute']:.1f}", f"{other['a_minute']:.1f}", f"{row['ratio']:.1f}"
        peaks = f"{mine['peak_mb']:.0f}", f"{other['peak_mb']:.0f}"
        spent = [f"{each['processor_seconds'] / row['submissions']:.2f}" for each in (mine, other)]
        table.add_row(row["lesson"], str(row["submissions"]), *rates, *peaks, *spent)
    Console().print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", default=list(LESSONS), help=f"lessons ({' '.join(LESSONS)})")
    parser.add_argument("--count", type=int, default=COUNT, help=f"submissions to each ({COUNT})")
    parser.add_argument("--jobs", type=int, default=JOBS, help=f"that ours grades at a time ({JOBS})")
    parser.add_argument("--json", action="store_true", help="print JSON in place of a table")
    options = parser.parse_args()
    results = {
        "python": platform.python_version(),
        **{name: version(name) for name in ("tensorflow", "nbgrader")},
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "lessons": [measure(find_lesson(name), options.count, options.jobs) for name in options.lessons],
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=2)) if options.json else show(results)


if __name__ == "__main__":
    main()
