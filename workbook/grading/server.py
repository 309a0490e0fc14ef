"""``python -m workbook.grading.server``: has all loaded, and forks a sandbox for each submission.

It is started by ``warm.Warm`` and speaks with it over a Unix socket: a line of JSON and descriptors come
in, nothing goes back; a keeper (``forking``) is forked for each request and says how it ended on a pipe of
its own. TensorFlow is imported and has computed nothing: it would have started threads, and a fork has none.

What a submission in a sandbox can still see: the cases of the exercises with the seed's inputs, the code of
the observers, the engine, the helpers of its week, its own notebook, and, by searching memory that was
given back, perhaps parts of a reference's code (the lessons are public anyway). It cannot see what the
references give for the seed: that is computed in another process (``judge``), forked before the first
submission comes. Nor can it see other submissions: no notebook is ever read here.
"""

import argparse
import contextlib
import gc
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workbook.exercise import Exercise
from workbook.grading import forking, inside, judge, quickening, stripping, wire
from workbook.grading.bounds import Bounds
from workbook.grading.sandbox import Tree, tree_for
from workbook.lessons import Lesson


class Server:
    """The lesson for one seed, and what is needed to fork a submission from here."""

    def __init__(self, lesson: Path, seed: int, bounds: Bounds, sandboxed: bool) -> None:
        self.lesson, self.seed, self.bounds, self.sandboxed = lesson, seed, bounds, sandboxed
        self.exercises = stripping.load(lesson, seed, bounds.case_seconds)
        self.tree: Tree | None = tree_for(lesson.parent.parent) if sandboxed else None

    def serve(self, link: socket.socket) -> None:
        """Fork a keeper for each request until the other end is closed."""
        while (received := receive(link)) is not None:
            _bury()
            request, descriptors = received
            try:
                self._fork(request, descriptors)
            except Exception as error:
                with contextlib.suppress(OSError):
                    os.write(descriptors[0], f"{type(error).__name__}: {error}".encode()[:1_000])
            finally:
                for descriptor in descriptors:
                    os.close(descriptor)

    def _fork(self, request: dict[str, Any], descriptors: list[int]) -> None:
        """Descriptors: the keeper's status, its life, the notebook, one for each exercise that is asked for.

        The notebook is read in the sandbox alone: what lay in this process's memory, the next one could find.
        """
        status, life, notebook, *rest = descriptors
        channels = dict(zip(request["exercises"], rest, strict=True))
        seconds = 5 + sum(
            self.bounds.wall(exercise.time_limit, len(exercise.cases)) + 1
            for exercise in self.exercises
            if exercise.name in channels
        )
        inside = self._inside(notebook, channels, request["standing"])
        keep = (notebook, *rest)
        forking.fork_keeper(forking.Task(self.tree, self.bounds, seconds, inside, keep), status, life)

    def _inside(self, notebook: int, channels: dict[str, int], needed: list[str]) -> Callable[[int], None]:
        exercises: list[Exercise] = self.exercises
        standing: dict[str, Any] = {}
        if needed:  # they come into this sandbox alone, in which nothing else is judged
            if both := set(needed) & channels.keys():
                raise ValueError(f"asked for a reference of what is judged: {', '.join(sorted(both))}")
            loaded = stripping.load(self.lesson, self.seed, 1.0, tuple(needed))
            standing = {each.name: each.reference for each in loaded if each.name in needed}
        return lambda failure: inside.run(
            exercises, notebook, channels, self.bounds, standing, self.sandboxed, failure
        )


def _bury() -> None:
    """Wait for the keepers that have ended, so that their time is counted as this process's."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def receive(link: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """A request and its descriptors; None at the end."""
    start, descriptors, _, _ = socket.recv_fds(link, 8, 128)
    rest = wire.exactly(link, 8 - len(start)) if start else None
    content = None if rest is None else wire.exactly(link, int.from_bytes(start + rest, "big"))
    return None if content is None else (json.loads(content), list(descriptors))


def send(link: socket.socket, request: dict[str, Any], descriptors: list[int]) -> None:
    """Send a request and descriptors."""
    content = json.dumps(request).encode()
    socket.send_fds(link, [len(content).to_bytes(8, "big")], descriptors)
    link.sendall(content)


def _load_tensorflow() -> None:
    """Import TensorFlow without letting it compute: one thread for each submission."""
    import keras
    import tensorflow

    tensorflow.config.threading.set_intra_op_parallelism_threads(1)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)
    import logging

    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    keras.layers.Dense  # noqa: B018  keras loads lazily: once here, not in each fork
    quickening.quicken()


def _load_modules(names: list[str]) -> None:
    """Import what submissions are likely to import, so that no fork has to."""
    import importlib

    for name in names:
        if name.split(".")[0] in ("tensorflow", "keras"):
            continue
        with contextlib.suppress(Exception):
            importlib.import_module(name)


def _insist_on_one_thread() -> None:
    """End where a fork would lose threads, and hang where they hold a lock."""
    for _ in range(20):  # one that has ended may stand in the list for a moment
        threads = len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else 1
        if threads == 1:
            return
        time.sleep(0.05)
    raise SystemExit(
        f"{threads} threads run before the first fork, which would lose them: a module that the lesson's "
        "notebook imports starts them; import it inside the functions that need it"
    )


def main() -> None:
    """Load, say "ready", serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("lesson", type=Path)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--bounds", type=json.loads, default={})
    parser.add_argument("--socket", type=int, required=True)
    parser.add_argument("--judge", type=int)
    parser.add_argument("--observations", type=Path)
    parser.add_argument("--tensorflow", action="store_true")
    parser.add_argument("--no-sandbox", action="store_true")
    parser.add_argument("--modules", nargs="*", default=[])
    options = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it decides when it ends
    link = socket.socket(fileno=options.socket)
    sys.path.insert(0, str(options.lesson.parent.parent))
    from workbook.limits import silent_descriptors

    with silent_descriptors(1, 2):
        if options.tensorflow:
            _load_tensorflow()
        _load_modules(options.modules)
    gc.collect()
    gc.freeze()
    bounds = Bounds(**options.bounds)
    _insist_on_one_thread()
    if options.judge is not None:
        lesson = Lesson(options.lesson.stem, options.lesson.parent.parent.name, options.lesson)
        judge.fork(
            lesson, options.seed, bounds, options.observations, socket.socket(fileno=options.judge), link
        )
    server = Server(options.lesson, options.seed, bounds, not options.no_sandbox)
    gc.collect()
    gc.freeze()
    os.dup2(1, 2)  # to nowhere: a pipe that nobody reads could be filled by one submission for all others
    link.sendall(b"ready\n")
    server.serve(link)


if __name__ == "__main__":
    main()
