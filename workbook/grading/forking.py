"""Two forks into a sandbox, and the keeper between: it watches time and memory and kills all there is."""

import contextlib
import os
import select
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from workbook.grading import sandbox
from workbook.grading.bounds import Bounds
from workbook.grading.sandbox import Tree
from workbook.grading.wire import End


@dataclass(frozen=True)
class Task:
    """What runs in a sandbox of its own.

    tree    None runs it without a sandbox
    inside  is given a descriptor that tells of its own failure, which no learner's code may have
    keep    the descriptors that ``inside`` may keep
    """

    tree: Tree | None
    bounds: Bounds
    seconds: float
    inside: Callable[[int], None]
    keep: tuple[int, ...] = ()

    @property
    def sandboxed(self) -> bool:
        return self.tree is not None


def closed_in(
    tree: Tree, bounds: Bounds, seconds: float, inside: Callable[[int], None], keep: tuple[int, ...] = ()
) -> str:
    """Run something in a sandbox and wait for it; why it could not be, or nothing."""
    status, told = os.pipe()
    keeper = fork_keeper(Task(tree, bounds, seconds, inside, keep), told, None)
    os.close(told)
    with os.fdopen(status, "rb") as file:
        said = file.read().decode("utf-8", "replace")
    os.waitpid(keeper, 0)
    return "" if said == End.DONE else said


def fork_keeper(task: Task, status: int, life: int | None) -> int:
    """Fork a keeper that runs a task; gives the keeper's process id.

    status  the descriptor on which the keeper says how it ended: one of ``End``, or why it could not
    life    a descriptor; when its other end is closed the keeper kills all
    """
    ready_out, ready_in = os.pipe()
    go_out, go_in = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(ready_out)
            os.close(go_in)
            said = _keep(task, life, ready_in, go_out)
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        try:
            os.write(status, said.encode("utf-8", "replace")[:2_000])
        finally:
            os._exit(0)
    os.close(ready_in)
    os.close(go_out)
    try:
        if os.read(ready_out, 1) and task.sandboxed:
            sandbox.map_user(pid)
        os.write(go_in, b".")
    except OSError:
        pass  # the keeper says why
    finally:
        os.close(ready_out)
        os.close(go_in)
    return pid


def _keep(task: Task, life: int | None, ready: int, go: int) -> str:
    """Make the namespaces, fork the first process in them, and watch it."""
    if task.sandboxed:
        sandbox.die_with_parent()
    else:
        os.setsid()
    for kind in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(kind, signal.SIG_IGN if kind == signal.SIGINT else signal.SIG_DFL)
    if task.sandboxed:
        sandbox.enter_namespaces()
    os.write(ready, b".")
    os.read(go, 1)
    os.close(ready)
    os.close(go)
    failure_out, failure_in = os.pipe()
    pid = os.fork()
    if pid == 0:
        _first(task, failure_in)
    os.close(failure_in)
    for descriptor in task.keep:
        os.close(descriptor)
    try:
        said = _watch(pid, task.bounds, time.monotonic() + task.seconds, life)
    finally:
        _end(pid, task.sandboxed)
    with os.fdopen(failure_out, "rb") as file:
        failed = file.read(2_000).decode("utf-8", "replace")
    return f"no sandbox: {failed}" if failed else said


def _first(task: Task, failure: int) -> None:
    """The first process of the sandbox: shut it in, then run what is to run."""
    try:
        if task.sandboxed:
            sandbox.die_with_parent()
        _close_all_but({0, 1, 2, failure, *task.keep})
        if task.sandboxed:
            with open("/proc/self/oom_score_adj", "w") as file:  # if memory runs out, first these
                file.write("1000")
            sandbox.close_in(task.tree, task.bounds, task.seconds)
    except BaseException as error:
        os.write(failure, f"{type(error).__name__}: {error}".encode("utf-8", "replace")[:1_500])
        os._exit(1)
    try:
        task.inside(failure)
    except BaseException as error:
        os.write(failure, f"{type(error).__name__}: {error}".encode("utf-8", "replace")[:1_500])
    finally:
        os._exit(0)


def _close_all_but(keep: set[int]) -> None:
    last = 0
    for descriptor in sorted(keep):
        if last < descriptor:  # closerange(0, 0) would close all there are
            os.closerange(last, descriptor)
        last = descriptor + 1
    os.closerange(last, 65_536)


def _watch(pid: int, bounds: Bounds, deadline: float, life: int | None) -> str:
    """Wait until the first process has ended, time or memory is out, or nobody waits any more."""
    ended = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else -1
    watched = [each for each in (ended, life) if each is not None and each >= 0]
    base, crowd = _private(pid), Crowd()
    while True:
        ready, _, _ = select.select(watched, [], [], 0.05)
        if ended in ready or (ended < 0 and os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)):
            return End.DONE
        if life in ready:
            return End.DROPPED
        if time.monotonic() > deadline:
            return End.TIME
        family = _family(pid)
        if sum(max(0, _private(each) - base) for each in family) > bounds.memory:
            return End.MEMORY
        if crowd.too_large(family):
            return End.CROWD


def _private(pid: int) -> int:
    """The bytes in memory of a process that no file holds, shared with its parent or not."""
    try:
        lines = Path(f"/proc/{pid}/status").read_bytes().split(b"\n")  # its name may be any bytes
    except OSError:
        return 0
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith(_COUNTED))


_COUNTED = (b"RssAnon:", b"RssShmem:", b"VmSwap:", b"VmPTE:")
"""The tables of pages, too: they are larger than the pages where most lead to the one page of zeros."""


def _family(pid: int) -> list[int]:
    """A process and all that descend from it, whichever of its threads forked them."""
    found = [pid]
    for each in found:
        for path in _threads(each):
            with contextlib.suppress(OSError):
                found += map(int, Path(path, "children").read_text().split())
    return found


def _threads(pid: int) -> list[str]:
    """The folders of a process's threads in /proc; none where it has ended."""
    try:
        return [thread.path for thread in os.scandir(f"/proc/{pid}/task")]
    except OSError:
        return []


class Crowd:
    """How long a submission has kept so many threads busy that others are late for it.

    With more than FEW for half a second it comes behind all others; with more than MANY for two it is ended.
    """

    FEW, MANY = 4, max(16, 2 * (os.cpu_count() or 1))
    PATIENCE, LIMIT = 0.5, 2.0

    def __init__(self) -> None:
        self.seen, self.some, self.much = time.monotonic(), 0.0, 0.0

    def too_large(self, family: list[int]) -> bool:
        """Look at a submission's processes: whether it must be ended."""
        busy = sum(map(_is_busy, chain.from_iterable(map(_threads, family))))
        now = time.monotonic()
        passed, self.seen = min(now - self.seen, 0.5), now  # one look proves no more than that
        self.some = max(0.0, self.some + (passed if busy > self.FEW else -passed))
        self.much = max(0.0, self.much + (passed if busy > self.MANY else -passed))
        if self.some > self.PATIENCE:
            _put_behind(family[1:])  # the first process runs what comes after, too
        return self.much > self.LIMIT


def _is_busy(thread: str) -> bool:
    """Whether a thread computes, or waits for nothing but a processor."""
    try:
        said = Path(thread, "stat").read_bytes()
    except OSError:
        return False
    return said.rpartition(b") ")[2].startswith(b"R")  # before that stands its name, which may be any bytes


def _put_behind(processes: list[int]) -> None:
    """Let all others compute first, so that none is late for the sake of these."""
    for thread in chain.from_iterable(map(_threads, processes)):
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, int(os.path.basename(thread)), 19)


def _end(pid: int, sandboxed: bool) -> None:
    """Kill the first process; in a sandbox all others die with it."""
    if not sandboxed:
        for each in reversed(_family(pid)):
            if each != pid:
                _kill(each)
    _kill(pid)
    os.waitpid(pid, 0)


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
