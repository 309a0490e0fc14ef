"""Mutants through the grader: observed in forks of a process that has all loaded, judged outside them.

What is found is kept line by line in build/mutants/<lesson>.jsonl, under a hash of the mutant, of the
exercise's file and of the engine that judges, so that an interrupted run goes on where it stopped and only
what changed is run again.
"""

import contextlib
import hashlib
import importlib
import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import nbformat

from bench.mutants.making import Mutant
from workbook import judging, remembering, session
from workbook.exercise import NOTEBOOK_SEED, Exercise
from workbook.grading import warm
from workbook.grading.answers import Part, parts_of
from workbook.grading.bounds import MEBIBYTE, Bounds
from workbook.grading.warm import Warm
from workbook.grading.wire import unframe
from workbook.judging import equal, judge
from workbook.lessons import Lesson
from workbook.observing import Observation
from workbook.plain import clean
from workbook.releasing import build
from workbook.reporting import PASSED

SECOND_SEED = 2
ENGINE = Path(judging.__file__).parent
BOUNDS = Bounds(case_seconds=10.0, memory=3 * 1024 * MEBIBYTE)
SURVIVED, NOTED, NAMED, RELATED, STOPPED = "survived", "noted", "named", "related", "stopped"


@dataclass(frozen=True)
class Verdict:
    """What the check says of a mutant.

    verdict  "survived", "noted" (it passes with a note), "named" (a known mistake, or an argument unused),
             "related" (a sentence on what all that is wrong has in common), or of the first row that is not
             right "wrong value", "wrong kind", "raised", "out of time", "not attempted"; "stopped" where
             nothing came back
    words    the diagnosis's, or that row's
    second   of a named or passing mutant, with the cases of a second seed: "the same", "another", or
             "none" where the cases are not drawn
    """

    verdict: str
    words: str = ""
    second: str = ""


class Bench:
    """One lesson: its solved cells and the processes that observe. Used from the main thread."""

    def __init__(self, lesson: Lesson, folder: Path, jobs: int = 2) -> None:
        self.lesson, self.jobs = lesson, jobs
        notebook = nbformat.writes(build(lesson)).encode()
        self.parts = parts_of(notebook, f"{lesson.name}.ipynb")
        self._servers: dict[int, Warm] = {}
        self._lock = threading.Lock()
        self._stack = contextlib.ExitStack()
        self._stack.enter_context(remembering.keeping_in(folder / "observations"))
        if warm.needs_tensorflow(lesson):
            session.start(lesson.name)
            importlib.import_module("keras")  # which takes seconds: here, and not within a case's time
            importlib.import_module("tensorflow")

    def __enter__(self) -> "Bench":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, where: TracebackType | None) -> None:
        for server in self._servers.values():
            server.close()
        self._stack.close()

    def answer(self, exercise: Exercise) -> str:
        """The solved answer cell of an exercise."""
        return next(part.cell.text for part in self.parts if part.answers == exercise.name)

    def fault(self, exercise: Exercise) -> str:
        """Why the exercise cannot be measured: its solution itself does not pass; nothing where it does."""
        answer = Mutant("none", 0, "", "", self.answer(exercise))
        found = self._judge(exercise, self._observe(exercise, answer, NOTEBOOK_SEED))
        return "" if found.verdict == SURVIVED else f"its solution: {found.verdict}, {found.words}"

    def verdicts(
        self, exercise: Exercise, mutants: list[Mutant], again: bool = True
    ) -> Iterator[tuple[Mutant, Verdict]]:
        """The verdict on each mutant, as they come; ``again``: look at a second seed as well."""
        second = again and callable(exercise.cases)
        with ThreadPoolExecutor(self.jobs) as pool:
            waiting = {pool.submit(self._observe, exercise, each, NOTEBOOK_SEED): each for each in mutants}
            later: list[tuple[Mutant, Verdict]] = []
            for done in as_completed(waiting):
                found = self._judge(exercise, done.result())
                if second and found.verdict in (SURVIVED, NAMED):
                    later.append((waiting[done], found))
                else:
                    yield waiting[done], found
            seen = pool.map(lambda pair: self._observe(exercise, pair[0], SECOND_SEED), later)
            for (mutant, found), observations in zip(later, seen, strict=True):
                holds = not isinstance(observations, str) and _holds(exercise, found, observations)
                word = "the same" if holds else "another"
                yield mutant, Verdict(found.verdict, found.words, word)

    def _observe(self, exercise: Exercise, mutant: Mutant, seed: int) -> list[Observation] | str:
        """What a mutant does on an exercise's cases; why it did nothing, where so. Any thread."""
        parts = [
            Part(type(part.cell)(part.cell.name, part.cell.label, mutant.source), part.answers)
            if part.answers == exercise.name
            else part
            for part in self.parts
        ]
        seconds = 60 + 2 * BOUNDS.wall(exercise.time_limit, len(exercise.draw(seed)))
        returned = self._server(seed).run(parts, [exercise.name], {}, seconds)
        if exercise.name not in returned.content:
            return "it ended its process, or took too long or too much memory"
        said = unframe(returned.content[exercise.name])
        if "observations" not in said:
            return f"it cannot be defined: {said.get('broken', '')}"
        return [Observation.from_plain(each) for each in said["observations"]]

    def _server(self, seed: int) -> Warm:
        with self._lock:
            if seed not in self._servers:
                loads = warm.needs_tensorflow(self.lesson)
                self._servers[seed] = Warm(self.lesson, seed, BOUNDS, sandbox=False, tensorflow=loads)
            return self._servers[seed]

    def _judge(self, exercise: Exercise, seen: list[Observation] | str) -> Verdict:
        if isinstance(seen, str):
            return Verdict(STOPPED, seen)
        report = judge(exercise, seen)
        if report.passed:
            return Verdict(NOTED, report.notes[0]) if report.notes else Verdict(SURVIVED)
        if report.diagnosis:
            return Verdict(NAMED, report.diagnosis)
        if report.relation:
            return Verdict(RELATED, report.relation)
        row = next(row for row in report.rows if row.outcome != PASSED)
        return Verdict(row.outcome, clean(f"{row.name}: {row.text}", 600))


_DIGITS = re.compile(r"[\d.]+")


def _holds(exercise: Exercise, found: Verdict, seen: list[Observation]) -> bool:
    """True where a second seed says the same: the mutant passes again, or equals the same mistake again."""
    if found.verdict == SURVIVED:
        return judge(exercise, seen, SECOND_SEED).passed
    index = next((i for i, mistake in enumerate(exercise.mistakes) if mistake.words == found.words), None)
    if index is None:  # an argument that is not used; its numbers are drawn
        again = judge(exercise, seen, SECOND_SEED).diagnosis or ""
        return _DIGITS.sub("", again) == _DIGITS.sub("", found.words)
    known = remembering.mistake(exercise, index, SECOND_SEED)
    return all(equal(exercise, one, two) for one, two in zip(known, seen, strict=True))


class Record:
    """What is known of a lesson's mutants, kept in a file that is only ever added to."""

    def __init__(self, folder: Path, lesson: Lesson) -> None:
        self.path = folder / f"{lesson.name}.jsonl"
        sources = [*lesson.files, *sorted(ENGINE.glob("*.py"))]
        self.exercises = b"".join(path.read_bytes() for path in sources)
        self.known: dict[str, Verdict] = {}
        folder.mkdir(parents=True, exist_ok=True)
        if self.path.is_file():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                with contextlib.suppress(ValueError, TypeError):  # the last line of an interrupted run
                    content: dict[str, Any] = json.loads(line)
                    key = content.pop("key")
                    self.known[key] = Verdict(**content)

    def key(self, exercise: Exercise, mutant: Mutant) -> str:
        """What a verdict depends on: the mutant, the files of the exercise, and the engine."""
        content = f"{exercise.name}\n{mutant.source}".encode() + self.exercises
        return hashlib.sha256(content).hexdigest()[:24]

    def get(self, exercise: Exercise, mutant: Mutant) -> Verdict | None:
        return self.known.get(self.key(exercise, mutant))

    def add(self, exercise: Exercise, mutant: Mutant, verdict: Verdict) -> None:
        key = self.key(exercise, mutant)
        self.known[key] = verdict
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"key": key, **vars(verdict)}) + "\n")
