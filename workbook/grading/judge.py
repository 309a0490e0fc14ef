"""The judge: a process forked from the server before any submission has come.

All that the references need is loaded there already, so that nobody waits for TensorFlow a second time. It
gets what came out of a sandbox, reads it with distrust, and gives back verdicts. It runs nothing of a
learner's, and no submission is forked from it: so what the references give is in no process that a submission
descends from.
"""

import contextlib
import json
import os
import resource
import select
import socket
import threading
from pathlib import Path
from typing import Any

from workbook import remembering
from workbook.exercise import Exercise
from workbook.grading import inside, wire
from workbook.grading.bounds import Bounds
from workbook.grading.marking import Verdicts, bounded, verdicts
from workbook.grading.wire import EndedByAnother, JudgeStuck, Returned, ServerDied
from workbook.lessons import Lesson

JUDGE_SECONDS = 600.0
"""For one submission. The first ones wait while the references are observed: minutes on a busy computer."""


def fork(
    lesson: Lesson, seed: int, bounds: Bounds, folder: Path, link: socket.socket, other: socket.socket
) -> None:
    """Fork the judge of a lesson and a seed, who answers on ``link``.

    folder  for what the references of slow exercises give
    other   the server's own link, which the judge must not hold open
    """
    if os.fork():
        link.close()
        return
    try:
        with contextlib.suppress(Exception):
            from workbook.grading.sandbox import die_with_parent

            die_with_parent()
        other.close()
        os.dup2(1, 2)  # to nowhere
        _limit_memory(bounds)
        inside.seed()
        _serve(bounded(lesson.exercises, bounds), seed, folder, link)
    finally:
        os._exit(0)


def _limit_memory(bounds: Bounds) -> None:
    """Let what asks for too much memory raise MemoryError, before the kernel ends a process for it."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = max(bounds.memory, 3 * 2**30) + 2**30  # the references of large networks take 1.2 GiB
    least = most if hard == resource.RLIM_INFINITY else min(most, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (least, hard))


def _serve(exercises: list[Exercise], seed: int, folder: Path, link: socket.socket) -> None:
    """Answer until the other end is closed; while nobody asks, observe the references."""
    todo = list(exercises)
    with remembering.keeping_in(folder):
        while True:
            if todo and not select.select([link], [], [], 0)[0]:
                with contextlib.suppress(Exception):  # the first verdict says what is wrong
                    remembering.reference(todo[0], seed)
                todo.pop(0)
            elif (asked := _receive(link)) is None:
                return
            else:
                _send(link, _answer(exercises, seed, *asked), [])


def _answer(
    exercises: list[Exercise], seed: int, head: dict[str, Any], contents: list[bytes]
) -> dict[str, Any]:
    returned = Returned(dict(zip(head["from"], contents, strict=True)), "", set(head["flooded"]))
    try:
        found, notes = verdicts(exercises, seed, returned, head["names"])
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"[:1_000]}
    return {"found": found, "notes": notes}


class Judge:
    """The grader's end of the link to the judge. Many threads may use it: one is judged at a time."""

    def __init__(self, link: socket.socket) -> None:
        self.link, self._lock, self.ended = link, threading.Lock(), False
        link.settimeout(JUDGE_SECONDS)

    def verdicts(self, returned: Returned, names: list[str]) -> Verdicts:
        """As ``marking.verdicts``. A judge that has failed once is not asked again.

        Raises JudgeStuck where there is no answer in time, ServerDied where the judge ends, EndedByAnother
        where either has come of another submission, and RuntimeError where nobody can be judged.
        """
        head = {"names": names, "flooded": sorted(returned.flooded), "from": list(returned.content)}
        with self._lock:
            if self.ended:
                raise EndedByAnother("another submission has ended the judge")
            received = self._ask(head, list(returned.content.values()))
        answer = received[0]
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["found"], answer["notes"]

    def _ask(self, head: dict[str, Any], contents: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        try:
            _send(self.link, head, contents)
            if (received := _receive(self.link)) is not None:
                return received
        except TimeoutError as error:
            self.ended = True
            raise JudgeStuck(f"the judge gave no verdict in {self.link.gettimeout():g} seconds") from error
        except OSError:
            pass
        self.ended = True
        raise ServerDied("the judge has ended")

    def close(self) -> None:
        self.link.close()


def _send(link: socket.socket, head: dict[str, Any], contents: list[bytes]) -> None:
    """A message: how many parts, the length of each, the parts: JSON, then bytes."""
    parts = [json.dumps(head).encode(), *contents]
    link.sendall(wire.head(parts))
    for part in parts:
        link.sendall(part)


def _receive(link: socket.socket) -> tuple[dict[str, Any], list[bytes]] | None:
    """The next message; None at the end."""
    lengths = [wire.number(link) for _ in range(wire.number(link) or 0)]
    parts = [None if length is None else wire.exactly(link, length) for length in lengths]
    if not parts or None in parts:
        return None
    return json.loads(parts[0]), parts[1:]
