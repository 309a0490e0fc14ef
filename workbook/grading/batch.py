"""Grading a few submissions: the unit that a thread, another process or another computer can do."""

import contextlib
import os
import tempfile
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from workbook.exercise import Exercise
from workbook.grading import sandbox, warm
from workbook.grading.answers import Unreadable, parts_of
from workbook.grading.bounds import MOST_CASES, Bounds
from workbook.grading.marking import SENSELESS, Marker, Run, Verdicts, bounded, mark, without
from workbook.grading.results import NOT_GRADED, STOPPED, UNREADABLE, Result, digest
from workbook.grading.warm import Warm
from workbook.grading.wire import EndedByAnother, JudgeStuck, Returned, ServerDied
from workbook.lessons import Lesson, find_lesson


class Grader:
    """A lesson, a seed, and the warm servers for them. Many threads may use it at once."""

    def __init__(
        self,
        lesson: Lesson,
        seed: int,
        *,
        bounds: Bounds | None = None,
        sandboxed: bool = True,
        observations: Path | None = None,
    ) -> None:
        """``observations``: the folder for what the references give; a temporary one where left out."""
        if sandboxed:
            sandbox.insist()
        elif not hasattr(os, "fork"):
            raise sandbox.NoSandbox("Grading needs fork, which Windows lacks: use workbook check FILE there.")
        self.lesson, self.seed, self.sandboxed, self.bounds = lesson, seed, sandboxed, bounds or Bounds()
        self.marker = Marker(bounded(lesson.exercises, self.bounds), self._verdicts)
        self._tensorflow = warm.needs_tensorflow(lesson)
        self._servers: dict[bool, Warm] = {}
        self._lock, self._closed = threading.Lock(), False
        self._stack = contextlib.ExitStack()
        if observations is None:
            observations = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self._observations = observations

    def __enter__(self) -> "Grader":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the servers and all that they have forked; no others are started."""
        with self._lock:
            self._closed = True
            for server in self._servers.values():
                server.close()
            self._servers.clear()
        self._stack.close()

    def prepare(self) -> None:
        """Start the server, whose judge then begins with the references."""
        with contextlib.suppress(ServerDied, OSError):  # the first submission tries again, and says why
            self._server(self._tensorflow)

    def _verdicts(self, returned: Returned, names: list[str]) -> Verdicts:
        return self._server(self._tensorflow).verdicts(returned, names)

    def grade(self, name: str, file: str, content: bytes) -> Result:
        """The result on one submission. Raises nothing for what the submission does."""
        blank = self.blank(name, file, digest(content, self.lesson, self.seed))
        try:
            parts = parts_of(content, file)
        except Unreadable as error:
            return _none(blank, self.marker, UNREADABLE, str(error))
        tensorflow = self._tensorflow or warm.names_tensorflow(content)

        def run(names: list[str], standing: list[str]) -> Returned:
            seconds = 30 + sum(self._wall(each) + 1 for each in self.marker.exercises if each.name in names)
            return self._server(tensorflow).run(parts, names, standing, seconds)

        try:
            return self._mark(run, blank)
        except (ServerDied, JudgeStuck, OSError):
            pass  # once more, with another server: what its judge has observed so far is kept
        try:
            return self._mark(run, blank)
        except JudgeStuck:
            return _none(blank, self.marker, STOPPED, SENSELESS)
        except (ServerDied, OSError) as error:
            return not_graded(self, name, file, str(error))

    def _wall(self, exercise: Exercise) -> float:
        """The longest that an exercise may take, in seconds."""
        cases = MOST_CASES if callable(exercise.cases) else len(exercise.cases)
        return self.bounds.wall(exercise.time_limit, cases)

    def _mark(self, run: Run, blank: Result) -> Result:
        """The result, begun anew as often as other submissions end the server.

        Raises ServerDied, JudgeStuck, OSError.
        """
        while True:
            with contextlib.suppress(EndedByAnother):
                return mark(self.marker, run, blank)

    def blank(self, name: str, file: str, hashed: str) -> Result:
        """A result without verdicts."""
        return Result(name, file, self.lesson.name, STOPPED, 0, self.lesson.points, digest=hashed)

    def _server(self, tensorflow: bool) -> Warm:
        """The server that has TensorFlow loaded, or the one that has not; a new one where it has died.

        Raises ServerDied, and OSError where none can be started.
        """
        with self._lock:
            if self._closed:
                raise ServerDied("the grading was stopped")
            server = self._servers.get(tensorflow)
            if server is not None and not server.alive():
                server.close()
                server = None
            if server is None:
                judges = self._observations if tensorflow == self._tensorflow else None
                server = Warm(self.lesson, self.seed, self.bounds, self.sandboxed, tensorflow, judges)
                self._servers[tensorflow] = server
            return server


def _none(blank: Result, marker: Marker, status: str, why: str) -> Result:
    """A result where nothing of the submission could be run."""
    from dataclasses import replace

    verdicts = [without(exercise, why, False) for exercise in marker.exercises]
    return replace(blank, status=status, exercises=verdicts, notes=[why])


def unreadable(grader: Grader, name: str, file: str, why: str) -> Result:
    """The result on a file that is no submission."""
    return _none(grader.blank(name, file, ""), grader.marker, UNREADABLE, why)


def not_graded(grader: Grader, name: str, file: str, why: str) -> Result:
    """The result where the machine has failed. It is not kept for the next grading."""
    words = (
        f"It was not graded, because the machine failed and not the submission: {why}. Mend that and grade "
        "the folder again; the others keep their marks."
    )
    return _none(grader.blank(name, file, ""), grader.marker, NOT_GRADED, words)


_graders: dict[tuple, Grader] = {}


def grade_batch(
    submissions: Iterable[tuple[str, str, bytes]],
    lesson: str,
    seed: int,
    *,
    bounds: Bounds | None = None,
    sandbox: bool = True,
) -> Iterator[Result]:
    """Grade submissions one by one: (name, file, content) each. The servers stay warm for the next batch of
    the same lesson and seed in this process; ``close_all`` ends them."""
    key = (lesson, seed, bounds, sandbox)
    if key not in _graders:
        close_all()
        _graders[key] = Grader(find_lesson(lesson), seed, bounds=bounds, sandboxed=sandbox)
    for name, file, content in submissions:
        yield _graders[key].grade(name, file, content)


def close_all() -> None:
    """End the servers that batches have left warm."""
    while _graders:
        _graders.popitem()[1].close()
