"""Grading a folder: in parallel, kept as it comes, resumed, and only what changed a second time."""

import contextlib
import csv
import hashlib
import io
import json
import queue
import re
import resource
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from workbook.grading.batch import Grader, unreadable
from workbook.grading.bounds import Bounds
from workbook.grading.results import NOT_GRADED, Result, digest
from workbook.grading.submissions import Submission, find, trouble_of
from workbook.lessons import Lesson, LessonError, all_lessons
from workbook.showing import Tell
from workbook.writing import atomic_write

Runner = Callable[[Iterable[tuple[str, str, bytes]], Grader], Iterator[Result]]
"""Grades submissions elsewhere: a cluster. Gives results in any order."""

STATE = ".results"


def grade_folder(
    submissions: Path,
    lesson: Lesson,
    out: Path,
    *,
    jobs: int = 2,
    seed: int | None = None,
    sandbox: bool = True,
    tell: Tell = lambda words, done, total: None,
    regrade: bool = False,
    runner: Runner | None = None,
    bounds: Bounds | None = None,
) -> list[Result]:
    """Grade all submissions in a folder; results by name, as in ``grades.csv`` and ``grades.json``.

    seed     of the cases: that of the last grading in ``out``, else a fresh one
    regrade  grades again what has not changed, too
    runner   grades elsewhere in place of ``jobs`` threads here

    Each result is kept in ``out`` when it comes. What is there already and has not changed is not graded
    again. Raises NoSandbox where no sandbox can be had and ``sandbox`` is wanted, LessonError where ``out``
    holds the grades of another lesson. Where there is no submission, the grades there stay as they are.
    """
    state = out / STATE
    _insist_on_one_lesson(out, lesson)
    others = {each.name for each in all_lessons()} - {lesson.name}
    if seed is None:
        seed = _seed(state, lesson)
    results: dict[str, Result] = {}
    with Grader(
        lesson, seed, bounds=bounds, sandboxed=sandbox, observations=state / "observations"
    ) as grader:
        found = find(submissions, lesson.name, others)
        if found:
            write_json(state / "grading.json", {"lesson": lesson.name, "seed": seed})
        todo = list(_todo(found, grader, state, results, regrade))
        tell(lesson.name, len(results), len(found))
        contents = _contents(todo, grader, results, others)
        if first := next(contents, None):
            contents = chain([first], contents)
            if not runner:
                _allow_open_files()
                grader.prepare()
        graded = runner(contents, grader) if runner else _in_threads(contents, grader, jobs)
        for result in graded if first else ():
            results[result.submission] = result
            _keep(state, result)
            tell(result.submission, len(results), len(found))
    ordered = [_as_told(results[each.name], each) for each in found if each.name in results]
    if ordered:
        write_grades(ordered, lesson, seed, out)
    return ordered


def _insist_on_one_lesson(out: Path, lesson: Lesson) -> None:
    """Raise LessonError where a folder holds the grades of another lesson."""
    for path in (out / "grades.json", out / STATE / "grading.json"):
        known = read_json(path)
        other = known.get("lesson", lesson.name) if isinstance(known, dict) else lesson.name
        if other != lesson.name:
            raise LessonError(
                f"{out} holds the grades of {other}: give another folder with --out, such as "
                f"{out / lesson.name}."
            )


def _as_told(result: Result, submission: Submission) -> Result:
    """A result with what is to be told of other notebooks that lay there, and nothing told twice: why
    nothing was judged stands in the notes, and not at each exercise again."""
    exercises = [
        each | {"message": "", "text": each["text"].split("\n")[0]}
        if each["message"] in result.notes
        else each
        for each in result.exercises
    ]
    notes = [*result.notes, submission.note] if submission.note else result.notes
    return replace(result, exercises=exercises, notes=notes)


def _seed(state: Path, lesson: Lesson) -> int:
    """The seed of the last grading of a lesson; a fresh one where there is none."""
    known = read_json(state / "grading.json")
    kept = known.get("seed") if isinstance(known, dict) and known.get("lesson") == lesson.name else None
    return kept if isinstance(kept, int) else secrets.randbits(32)


def _allow_open_files() -> None:
    """As many as this process may have: each sandbox takes two for each exercise."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    soft = 65_536 if most == resource.RLIM_INFINITY else min(most, 65_536)
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < soft:
        with contextlib.suppress(ValueError, OSError):  # then as many as there are must do
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, most))


def _todo(
    found: list[Submission], grader: Grader, state: Path, results: dict[str, Result], regrade: bool
) -> Iterator[Submission]:
    """The submissions that must be graded; results of the others are filled in."""
    for each in found:
        if each.trouble:
            results[each.name] = unreadable(grader, each.name, each.file, f"{each.file}: {each.trouble}.")
            continue
        old = None if regrade else _kept(state, each.name)
        if old is not None and old.file == each.file and old.digest:
            with contextlib.suppress(OSError, ValueError):
                content = each.read(grader.bounds.submission)
                if digest(content, grader.lesson, grader.seed) == old.digest:
                    results[each.name] = old
                    continue
        yield each


def _contents(
    todo: list[Submission], grader: Grader, results: dict[str, Result], others: set[str]
) -> Iterator[tuple[str, str, bytes]]:
    """Read one submission after the other; what is no notebook of the lesson gets its result here."""
    for each in todo:
        try:
            content = each.read(grader.bounds.submission)
        except (OSError, ValueError) as error:
            why = f"{each.file} cannot be read: {getattr(error, 'strerror', None) or error}."
        else:
            if not (trouble := trouble_of(content, grader.lesson.name, others)):
                yield each.name, each.file, content
                continue
            why = f"{each.file}: {trouble}."
        results[each.name] = unreadable(grader, each.name, each.file, why)


def _in_threads(contents: Iterator[tuple[str, str, bytes]], grader: Grader, jobs: int) -> Iterator[Result]:
    """Grade with several sandboxes at a time. Threads only wait: processes do the work."""
    done: queue.Queue[Result | BaseException | None] = queue.Queue()
    lock, stop = threading.Lock(), threading.Event()

    def work() -> None:
        try:
            while not stop.is_set():
                with lock:
                    item = next(contents, None)
                if item is None:
                    return
                done.put(grader.grade(*item))
        except BaseException as error:
            done.put(error)
        finally:
            done.put(None)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(max(1, jobs))]
    for thread in threads:
        thread.start()
    running = len(threads)
    try:
        while running:
            item = done.get()
            if item is None:
                running -= 1
            elif isinstance(item, BaseException):
                raise item
            else:
                yield item
    finally:
        stop.set()


# --- files --------------------------------------------------------------------------------------------


def _path(state: Path, name: str) -> Path:
    return state / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.json"


def _keep(state: Path, result: Result) -> None:
    write_json(_path(state, result.submission), result.to_dict())


def _kept(state: Path, name: str) -> Result | None:
    """The result of an earlier run; None where there is none, or it is damaged."""
    try:
        result = Result.from_dict(read_json(_path(state, name)))
    except ValueError:
        return None
    return result if result.submission == name else None


def read_json(path: Path) -> Any:
    """The content of a JSON file; None where there is none or it is damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def write_json(path: Path, content: Any) -> None:
    write_whole(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n", durably=True)


def write_whole(path: Path, text: str, durably: bool = False) -> None:
    """Write a text, and its folder where there is none. Raises OSError, which names the file itself.

    Half a character, which no file can hold, becomes a question mark: no learner's text ends the grading.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        atomic_write(path, text.encode("utf-8", "replace"), durably)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def write_grades(results: list[Result], lesson: Lesson, seed: int, out: Path) -> None:
    """``grades.json`` with every verdict, and ``grades.csv`` with the points of each exercise."""
    content = {
        "lesson": lesson.name,
        "points": lesson.points,
        "seed": seed,
        "results": [result.to_dict() for result in results],
    }
    write_json(out / "grades.json", content)
    names = [exercise.name for exercise in lesson.exercises]
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["submission", "status", "score", "points", *names, "file"])
    for result in results:
        scores = {each["name"]: each["score"] for each in result.exercises}
        marks = [result.score, result.points, *(scores.get(name, 0) for name in names)]
        if result.status == NOT_GRADED:
            marks = ["", result.points, *("" for _ in names)]  # no mark, rather than 0
        writer.writerow([_safe(result.submission), result.status, *marks, _safe(result.file)])
    write_whole(out / "grades.csv", table.getvalue())


def _safe(text: str) -> str:
    """A text that a spreadsheet does not take for a formula, nor what stands behind a semicolon, where some
    begin a new cell."""
    return _FORMULA.sub(r"\1'", text)


_FORMULA = re.compile(r"(^|;\s*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
"""Where a formula would start; in East Asia with a full-width sign, too."""
