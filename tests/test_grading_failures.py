"""Where the machine fails, or a judge: no submission pays for it but the one that is to blame."""

import errno
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from grading_support import RIGHT, need_sandbox, toy_tree, write_notebook

from workbook.grading import (
    GRADED,
    NOT_GRADED,
    STOPPED,
    Grader,
    Result,
    batch,
    folder,
    grade_folder,
    judge,
    sandbox,
    server,
)
from workbook.grading.marking import SENSELESS
from workbook.grading.warm import Warm
from workbook.grading.wire import EndedByAnother, JudgeStuck, Returned, ServerDied
from workbook.lessons import find_lesson
from workbook.structure import difference

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, or asks Linux for a limit")
EMFILE = OSError(errno.EMFILE, "Too many open files")


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one right submission to the toy lesson."""
    monkeypatch.setenv("WORKBOOK_ROOT", str(toy_tree(tmp_path / "tree")))
    return write_notebook(tmp_path / "submissions" / "ada.ipynb", RIGHT).parent


@pytest.fixture
def grader(toy: Path) -> Iterator[Grader]:
    with Grader(find_lesson("toy"), 7, sandboxed=False) as made:
        yield made


def grade(grader: Grader, folder: Path) -> Result:
    return grader.grade("ada", "ada.ipynb", (folder / "ada.ipynb").read_bytes())


def fails(patch: pytest.MonkeyPatch, owner: type, name: str, *errors: Exception) -> None:
    """Let a method raise these errors first, one at each call."""
    left, usual = list(errors), getattr(owner, name)
    patch.setattr(owner, name, lambda *args: _raise(left.pop(0)) if left else usual(*args))


def _raise(error: Exception) -> None:
    raise error


# --- the judge ---------------------------------------------------------------------------------------


def test_layers_without_number_are_told_in_time() -> None:
    words = [f"a kernel of shape ({i}, {i + 1})" for i in range(60_000)]
    started = time.monotonic()
    assert "belongs, your model has" in difference(
        [f"a kernel of shape (3, 3, {i}, 8)" for i in range(100)], words
    )
    assert time.monotonic() - started < 5


@linux
def test_a_judge_that_is_stuck_once_costs_nobody(
    grader: Grader, toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge, "JUDGE_SECONDS", 2.0)
    assert grade(grader, toy).status == GRADED
    running = grader._server(grader._tensorflow).process.pid
    (forked,) = Path(f"/proc/{running}/task/{running}/children").read_text().split()[:1]
    os.kill(int(forked), signal.SIGSTOP)
    assert grade(grader, toy).status == GRADED


def test_judges_that_are_stuck_cost_the_one_whom_they_judge(
    grader: Grader, toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails(monkeypatch, Warm, "verdicts", JudgeStuck("no verdict"), JudgeStuck("no verdict"))
    result = grade(grader, toy)
    assert result.status == STOPPED and result.notes == [SENSELESS] and result.digest
    assert grade(grader, toy).status == GRADED


def test_those_who_wait_for_a_stuck_judge_do_not_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "JUDGE_SECONDS", 0.2)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        asked = judge.Judge(ours)
        with pytest.raises(JudgeStuck):
            asked.verdicts(Returned(), [])
        with pytest.raises(EndedByAnother):
            asked.verdicts(Returned(), [])


@linux
def test_a_judge_has_its_share_of_memory() -> None:
    code = (
        "from workbook.grading import Bounds, judge\njudge._limit_memory(Bounds(memory=2**20))\n"
        "try:\n    bytearray(5 * 2**30)\nexcept MemoryError:\n    print('refused')\n"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "refused\n"


def test_what_another_submission_ends_uses_up_no_attempt(
    grader: Grader, toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails(monkeypatch, Warm, "run", *[EndedByAnother("another")] * 5, ServerDied("it has ended"))
    assert grade(grader, toy).status == GRADED


# --- the machine -------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [EMFILE, ServerDied("No space left on device")], ids=["files", "space"])
def test_a_failure_of_the_machine_is_no_mark(
    toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def graded() -> Result:
        return grade_folder(toy, find_lesson("toy"), tmp_path / "out", sandbox=False)[0]

    with monkeypatch.context() as patch:
        patch.setattr(batch, "Warm", lambda *args: _raise(error))
        result = graded()
    assert result.status == NOT_GRADED and not result.digest
    assert "the machine failed and not the submission" in result.notes[0] and str(error) in result.notes[0]
    again = graded()
    assert again.status == GRADED and again.score == 7


def test_a_server_that_dies_is_tried_twice(
    grader: Grader, toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails(monkeypatch, Warm, "run", EMFILE)
    assert grade(grader, toy).status == GRADED
    fails(monkeypatch, Warm, "run", EMFILE, ServerDied("it has ended"))
    assert grade(grader, toy).status == NOT_GRADED


@linux
def test_no_descriptor_stays_open_where_opening_fails(
    grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    warm = grader._server(grader._tensorflow)
    before = os.listdir("/proc/self/fd")
    for calls in range(3):
        with monkeypatch.context() as patch:
            fails_after(patch, "pipe", calls)
            with pytest.raises(OSError, match="Too many open files"):
                warm.run([], ["double", "total"], {}, 1)
        assert os.listdir("/proc/self/fd") == before


def fails_after(patch: pytest.MonkeyPatch, name: str, calls: int) -> None:
    """Let a function of ``os`` work so often, then raise."""
    left, usual = [None] * calls, getattr(os, name)
    patch.setattr(os, name, lambda: usual() if left and not left.pop() else _raise(EMFILE))


def test_open_files_are_those_that_may_be_had() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 256), hard))
        folder._allow_open_files()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 256 or hard == 256
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_closed_grader_starts_no_server(grader: Grader, toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grader.close()
    monkeypatch.setattr(batch, "Warm", lambda *args: pytest.fail("it was started"))
    result = grade(grader, toy)
    assert result.status == NOT_GRADED and "the grading was stopped" in result.notes[0]


# --- the server and the sandbox ----------------------------------------------------------------------


def test_a_request_cut_short_is_the_end() -> None:
    ours, theirs = socket.socketpair()
    ours.send(b"\0\0\0")
    ours.close()
    found = []
    thread = threading.Thread(target=lambda: found.append(server.receive(theirs)), daemon=True)
    thread.start()
    thread.join(10)
    assert found == [None]


@linux
def test_a_server_with_threads_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "listdir", lambda path: ["1", "2"])
    with pytest.raises(SystemExit, match="2 threads run before the first fork"):
        server._insist_on_one_thread()


@linux
def test_a_sandbox_that_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    late = subprocess.TimeoutExpired("python", 60)
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: _raise(late))
    assert sandbox.available.__wrapped__() == "it did not answer within a minute"


def test_roots_other_groups_stay_outside() -> None:
    need_sandbox()
    if os.geteuid():
        pytest.skip("only root has other groups to give up")
    code = (
        "import os\nfrom pathlib import Path\nfrom workbook.grading import Bounds, forking, sandbox\n"
        "os.setgroups([4, 27])\nout, told = os.pipe()\n"
        "inside = lambda failure: os.write(told, repr(os.getgroups()).encode())\n"
        "said = forking.closed_in(sandbox.tree_for(Path('workbook')), Bounds(), 10, inside, (told,))\n"
        "os.close(told)\nprint(said, os.read(out, 99).decode(), os.getgroups())\n"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.stdout == " [] [4, 27]\n", found
