"""What runs in a sandbox: for each exercise a fresh fork that collects the answers and observes one.

The first process runs nothing of the learner's: it forks, waits, kills what is left, empties the scratch
folder. What the forks send is plain data, which the grader outside reads with distrust.
"""

import contextlib
import os
import random
import select
import signal
import sys
import time
from types import ModuleType
from typing import Any

from workbook.exercise import Exercise
from workbook.grading import answers, sandbox
from workbook.grading.answers import Part
from workbook.grading.bounds import Bounds
from workbook.grading.wire import frame
from workbook.observing import observe, standing_in


def run(
    exercises: list[Exercise],
    notebook: int,
    channels: dict[str, int],
    bounds: Bounds,
    standing: dict[str, Any],
    sandboxed: bool,
    failure: int,
) -> None:
    """Observe the exercises that have a channel, one after the other.

    notebook  the descriptor of a file that holds the parts of a submission
    channels  for each exercise the descriptor that its observations go to
    standing  what stands in the place of the learner's own functions, by their names
    failure   a descriptor for the first process alone
    """
    parts = answers.read_parts(notebook)
    chosen = answers.choose(parts, [exercise.name for exercise in exercises])
    for exercise in exercises:
        if exercise.name not in channels:
            continue
        others = [failure, *(each for name, each in channels.items() if name != exercise.name)]
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            if not sandboxed:
                os.setpgid(0, 0)
            elif os.getppid() != parent:
                os._exit(1)
            for other in others:
                with contextlib.suppress(OSError):
                    os.close(other)
            _observe(exercise, parts, chosen, channels[exercise.name], standing)
        os.close(channels.pop(exercise.name))
        _wait(pid, bounds.wall(exercise.time_limit, len(exercise.cases)))
        _clean(pid, sandboxed)


def _observe(
    exercise: Exercise, parts: list[Part], chosen: dict[str, int], channel: int, standing: dict[str, Any]
) -> None:
    """Collect and observe in this process, and end it."""
    try:
        seed()
        module = ModuleType("__main__")
        sys.modules["__main__"] = module
        collected = answers.collect_parts(parts, chosen, module)
        said: dict[str, Any] = {"stepped over": [*answers.doubles(parts, chosen), *answers.told(collected)]}
        function = collected.namespace.get(exercise.name)
        if exercise.name in collected.broken and exercise.name not in collected.defined:
            said["broken"] = collected.broken[exercise.name][:600]
        elif exercise.name in collected.defined and callable(function):
            with standing_in(function, standing):
                seen = observe(exercise, function)
            said["observations"] = [each.to_plain() for each in seen]
        elif exercise.name in collected.not_run:
            said["not run"] = collected.not_run[exercise.name][:600]
        _send(channel, frame(said))
    finally:
        os._exit(0)  # no atexit handler, no destructor, no thread is waited for


def seed() -> None:
    """The same seeds for everybody."""
    import numpy as np

    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(1)
    random.seed(1)
    np.random.seed(1)


def _send(channel: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(channel, view) :]


def _wait(pid: int, seconds: float) -> None:
    """Wait until a child has ended; kill it when its time is out."""
    if hasattr(os, "pidfd_open"):
        descriptor = os.pidfd_open(pid)
        select.select([descriptor], [], [], seconds)
        os.close(descriptor)
    else:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not os.waitid(
            os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT
        ):
            time.sleep(0.01)


def _clean(pid: int, sandboxed: bool) -> None:
    """Nothing of an exercise outlives it: no process, no file."""
    with contextlib.suppress(OSError):
        if sandboxed and os.getpid() == 1:
            os.kill(-1, signal.SIGKILL)  # all in this process namespace but the first
        else:
            os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(OSError):
        while True:
            os.waitpid(-1, 0)
    if sandboxed:
        with contextlib.suppress(OSError):
            sandbox.empty_scratch()
