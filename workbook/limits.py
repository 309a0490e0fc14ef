"""Running somebody's code within bounds: time, output, warnings, exits."""

import builtins
import contextlib
import ctypes
import io
import itertools
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any


class OutOfTime(BaseException):
    """The time limit was reached. Not an Exception, so that ``except Exception`` does not swallow it."""


IMPORT_SECONDS = 60.0


class _Again(OutOfTime):
    """Raised where an ``except`` has swallowed OutOfTime: makes the next line raise too, which is that of
    the ``except``. Made in the thread that is to be stopped."""

    def __init__(self) -> None:
        super().__init__()

        def trace(frame: Any, event: str, arg: Any) -> Any:
            if event == "line":
                raise OutOfTime
            return trace

        frame = sys._getframe(1)
        while frame is not None and frame.f_code not in _OWN:
            frame.f_trace = trace
            frame = frame.f_back
        sys.settrace(trace)


def within(seconds: float, function: Callable[[], Any]) -> Any:
    """The function's result; raises OutOfTime after so many seconds.

    An import under way is let through to its end, for IMPORT_SECONDS at most, and the time begins anew after
    it: TensorFlow takes long on a busy computer, and a library that was interrupted halfway stays broken as
    long as the kernel lives.

    In the main thread a timer signal interrupts it; elsewhere (and on Windows) an exception is sent to the
    thread. Either is repeated until the code gives in, so that a bare ``except`` does not outlive it, and
    neither strikes here, where it would outlive the code.
    """
    if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
        return _within_by_signal(seconds, function)
    return _within_by_thread(seconds, function)


def _within_by_signal(seconds: float, function: Callable[[], Any]) -> Any:
    kinds = itertools.chain([OutOfTime], itertools.repeat(_Again))
    may_stop = _stopper(seconds)

    def interrupt(_: int, frame: Any) -> None:
        if may_stop(frame):
            raise next(kinds)

    tracing, before = sys.gettrace(), signal.signal(signal.SIGALRM, interrupt)
    try:
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds, 0.05)
            return function()
        finally:
            sys.settrace(tracing)  # a debugger that was called may raise at this line, but only at this one
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _within_by_thread(seconds: float, function: Callable[[], Any]) -> Any:
    running = threading.Lock()
    running.acquire()
    thread, tracing = threading.get_ident(), sys.gettrace()

    def watch() -> None:
        wait = seconds
        kinds = itertools.chain([OutOfTime], itertools.repeat(_Again))
        may_stop = _stopper(seconds)
        while not running.acquire(timeout=wait):
            frame = sys._current_frames().get(thread)
            if may_stop(frame):
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(thread), ctypes.py_object(next(kinds))
                )
            wait = 0.05

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        try:
            return function()
        finally:
            sys.settrace(tracing)
    finally:
        while True:
            try:  # what was sent at the last moment arrives here, and not later
                if watcher.is_alive() and running.locked():
                    running.release()
                watcher.join()
                for _ in range(9):
                    pass
                break
            except OutOfTime:
                continue


def _stopper(seconds: float) -> Callable[[Any], bool]:
    """Tells, once the time is over, whether code may be stopped now: our own may not, nor an import."""
    latest = time.monotonic() + seconds + IMPORT_SECONDS
    until = 0.0

    def may_stop(frame: Any) -> bool:
        nonlocal until
        now = time.monotonic()
        if frame is None or frame.f_code in _OWN:
            return False
        if now < latest and _is_importing(frame):
            until = now + seconds
        return now >= min(until, latest)

    return may_stop


def _is_importing(frame: Any) -> bool:
    while frame is not None and frame.f_code not in _OWN:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


_OWN = (_within_by_signal.__code__, _within_by_thread.__code__)


class Bounded(io.TextIOBase):
    """A text stream that keeps the first characters written to it and counts the rest."""

    def __init__(self, most: int = 2_000) -> None:
        self.most, self.kept, self.dropped = most, "", 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        room = self.most - len(self.kept)
        self.kept += text[:room]
        self.dropped += max(0, len(text) - room)
        return len(text)


@contextlib.contextmanager
def captured() -> Iterator[Bounded]:
    """Collect what Python code prints; drop warnings and what libraries write past Python.

    Nobody is asked for input meanwhile, and ``exit()`` raises SystemExit in a notebook too.
    """
    stream = Bounded()
    with (
        silent_descriptors(1, 2),
        _alone(),
        contextlib.redirect_stdout(stream),
        contextlib.redirect_stderr(stream),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield stream


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """No keyboard, and no way to end the notebook."""

    def no_input(*_: Any) -> str:
        raise EOFError("input() has nobody to ask during a check")

    def no_exit(*_: Any) -> None:
        raise SystemExit

    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    asking, stdin, leaving = builtins.input, sys.stdin, getattr(shell, "ask_exit", None)
    builtins.input, sys.stdin = no_input, io.StringIO()
    if shell is not None:
        shell.ask_exit = no_exit
    try:
        yield
    finally:
        builtins.input, sys.stdin = asking, stdin
        if shell is not None:
            shell.ask_exit = leaving


@contextlib.contextmanager
def silent_descriptors(*descriptors: int) -> Iterator[None]:
    """Send what C and C++ libraries write to these file descriptors nowhere for a while."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    saved = []
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
    except OSError:
        yield
        return
    try:
        for descriptor in descriptors:
            with contextlib.suppress(OSError):  # a process may run without one
                saved.append((os.dup(descriptor), descriptor))
                os.dup2(nowhere, descriptor)
        yield
    finally:
        for copy, descriptor in saved:
            os.dup2(copy, descriptor)
            os.close(copy)
        os.close(nowhere)
