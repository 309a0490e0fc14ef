"""The other end of a server: starts it, sends submissions, reads what comes back, within bounds."""

import ast
import contextlib
import json
import os
import selectors
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from workbook.grading.answers import Part, to_bytes
from workbook.grading.bounds import Bounds
from workbook.grading.judge import Judge
from workbook.grading.marking import Verdicts
from workbook.grading.server import send
from workbook.grading.wire import End, EndedByAnother, JudgeStuck, Returned, ServerDied
from workbook.lessons import Lesson
from workbook.paths import repository

_MEMORY = ":".join(
    (
        "glibc.malloc.hugetlb=1",
        f"glibc.malloc.mmap_threshold={2**30}",
        f"glibc.malloc.trim_threshold={2**33}",
    )
)
"""Large arrays come from huge pages and are used again: a network of fifty layers then costs a third less.
C libraries other than glibc do not read it."""

START_SECONDS = 600.0
"""The server loads TensorFlow: seconds, or minutes on a busy computer."""

_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHASHSEED")


class Warm:
    """A server for one lesson and seed. Many threads may use it at once."""

    def __init__(
        self,
        lesson: Lesson,
        seed: int,
        bounds: Bounds,
        sandbox: bool,
        tensorflow: bool,
        observations: Path | None = None,
    ) -> None:
        """``observations``: the folder for what the references give; without one there is no judge."""
        self.bounds, self._lock = bounds, threading.Lock()
        with contextlib.ExitStack() as opened, contextlib.ExitStack() as theirs:
            here, there = socket.socketpair()
            opened.callback(here.close)
            theirs.callback(there.close)
            asking, answering = socket.socketpair()
            opened.callback(asking.close)
            theirs.callback(answering.close)
            command = [sys.executable, "-m", "workbook.grading.server", str(lesson.path), "--seed", str(seed)]
            command += ["--bounds", json.dumps(bounds.to_dict()), "--socket", str(there.fileno())]
            command += ["--tensorflow"] * tensorflow + ["--no-sandbox"] * (not sandbox)
            if observations is not None:
                command += ["--judge", str(answering.fileno()), "--observations", str(observations.resolve())]
            command += ["--modules", *_imported(lesson)]
            self.process = subprocess.Popen(
                command,
                pass_fds=[there.fileno(), answering.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=_environment(),
                start_new_session=True,  # Ctrl-C reaches the grader alone
            )
            opened.pop_all()
        self.link, self._judge = here, Judge(asking)
        self._await_ready()

    def _await_ready(self) -> None:
        """Raises ServerDied where the server ends before it is ready, or takes longer than START_SECONDS."""
        self.link.settimeout(START_SECONDS)
        try:
            if self.link.recv(6) == b"ready\n":
                self.link.settimeout(None)
                return
            said = self.process.stderr.read().decode("utf-8", "replace").strip().splitlines()
            why = said[-1] if said else "it said nothing"
        except TimeoutError:
            why = f"it was not ready after {START_SECONDS:g} seconds"
        self.close()
        raise ServerDied(f"the grading server did not start: {why}")

    def __enter__(self) -> "Warm":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, where: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the server and all that it has forked."""
        self.link.close()
        self._judge.close()
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()

    def alive(self) -> bool:
        """True while submissions can be sent here."""
        return not self._judge.ended and self.process.poll() is None

    def verdicts(self, returned: Returned, names: list[str]) -> Verdicts:
        """The judge's verdicts on these exercises, what was stepped over. Raises as ``Judge.verdicts``."""
        try:
            return self._judge.verdicts(returned, names)
        except (JudgeStuck, ServerDied):
            self.process.kill()  # another server, with another judge, takes its place
            self.process.wait()
            raise

    def run(self, parts: list[Part], exercises: list[str], standing: list[str], seconds: float) -> Returned:
        """Observe exercises of one submission; ``seconds`` bounds the wait.

        ``standing``: other exercises, whose references take the place of what the submission has.

        Raises ServerDied, EndedByAnother where the judge of this server has failed with another submission,
        and OSError where this computer gives no more open files.
        """
        request = {"exercises": exercises, "standing": standing}
        with contextlib.ExitStack() as ours:
            with contextlib.ExitStack() as theirs:
                notebook = theirs.enter_context(tempfile.TemporaryFile())
                # only the sandbox reads it: all others descend from the server, and could search its memory
                notebook.write(to_bytes(parts))
                notebook.flush()
                life_out, _ = _pipe(theirs, ours)  # once it is closed, the keeper kills what is left
                pairs = [_pipe(ours, theirs) for _ in range(len(exercises) + 1)]
                (status_out, status_in), *channels = pairs
                try:
                    with self._lock:
                        sent = [status_in, life_out, notebook.fileno(), *(w for _, w in channels)]
                        send(self.link, request, sent)
                except OSError as error:
                    raise self._died("the grading server has ended") from error
            names = {status_out: ""} | {r: name for (r, _), name in zip(channels, exercises, strict=True)}
            returned = self._read(names, seconds)
        if returned.ended not in list(End):
            raise self._died(returned.ended or "the grading server has ended")
        return returned

    def _died(self, why: str) -> RuntimeError:
        return EndedByAnother(why) if self._judge.ended else ServerDied(why)

    def _read(self, names: dict[int, str], seconds: float) -> Returned:
        """Read all descriptors to their ends, until the status is known; each within the bound."""
        content = {descriptor: bytearray() for descriptor in names}
        returned, deadline = Returned(), time.monotonic() + seconds
        with selectors.DefaultSelector() as selector, open(os.devnull, "rb") as empty:
            nowhere = empty.fileno()
            for descriptor in names:
                selector.register(descriptor, selectors.EVENT_READ)
            while selector.get_map():
                wait = deadline - time.monotonic()
                ready = selector.select(max(0, wait))
                if not ready and wait <= 0:
                    returned.ended = End.TIME
                    break
                for key, _ in ready:
                    more = os.read(key.fd, 2**20)
                    content[key.fd] += more
                    if len(content[key.fd]) > self.bounds.output:
                        returned.flooded.add(names[key.fd])
                        content[key.fd].clear()
                    if not more or names[key.fd] in returned.flooded:
                        selector.unregister(key.fd)
                        os.dup2(nowhere, key.fd)  # nobody reads any more: who goes on writing is ended
        status = next(iter(names))
        returned.ended = returned.ended or content[status].decode("utf-8", "replace")[:2_000]
        returned.content = {names[d]: bytes(content[d]) for d in names if d != status and content[d]}
        return returned


def _pipe(reads: contextlib.ExitStack, writes: contextlib.ExitStack) -> tuple[int, int]:
    """A pipe, and who closes each of its ends."""
    r, w = os.pipe()
    reads.callback(os.close, r)
    writes.callback(os.close, w)
    return r, w


def _environment() -> dict[str, str]:
    """Only what Python needs: no keys, tokens or names of the one who grades."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    engine = str(Path(__file__).resolve().parent.parent.parent)
    kept["PYTHONPATH"] = os.pathsep.join(filter(None, [engine, kept.get("PYTHONPATH", "")]))
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}
    return (
        kept
        | threads
        | {
            "WORKBOOK_ROOT": str(repository()),
            "GLIBC_TUNABLES": _MEMORY,
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "TF_ENABLE_ONEDNN_OPTS": "1",
            "CUDA_VISIBLE_DEVICES": "",
            "PYTHONDONTWRITEBYTECODE": "1",
            "MPLBACKEND": "agg",
        }
    )


def _imported(lesson: Lesson) -> list[str]:
    """Modules that the learner's notebook of a lesson imports."""
    found: set[str] = set()
    with contextlib.suppress(OSError, ValueError, KeyError, SyntaxError):
        for cell in json.loads(lesson.notebook.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] != "code":
                continue
            for node in ast.walk(ast.parse("".join(cell["source"]))):
                if isinstance(node, ast.Import):
                    found |= {alias.name for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    found.add(node.module)
    return sorted(found)


def needs_tensorflow(lesson: Lesson) -> bool:
    """True where a lesson's checks, text or notebook name TensorFlow or Keras."""
    texts: list[Any] = []
    for path in (*lesson.files, lesson.notebook):
        with contextlib.suppress(OSError):
            texts.append(path.read_bytes())
    return any(names_tensorflow(text) for text in texts)


def names_tensorflow(content: bytes) -> bool:
    return any(word in content for word in (b"tensorflow", b"keras", b"workbook.models"))
