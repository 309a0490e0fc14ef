"""Running somebody's code within bounds: time, output, warnings, exits."""

import contextlib
import ctypes
import io
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any


class OutOfTime(BaseException):
    """The time limit was reached. Not an Exception, so that ``except Exception`` does not swallow it."""


def within(seconds: float, function: Callable[[], Any]) -> Any:
    """The function's result; raises OutOfTime after so many seconds.

    In the main thread a timer signal interrupts it; elsewhere (and on Windows) an exception is sent to the
    thread. Either is repeated until the code gives in, so that a bare ``except`` does not outlive it.
    """
    if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
        return _within_by_signal(seconds, function)
    return _within_by_thread(seconds, function)


def _within_by_signal(seconds: float, function: Callable[[], Any]) -> Any:
    over = False

    def interrupt(*_: Any) -> None:
        if not over:
            raise OutOfTime

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds, 0.05)
        return function()
    finally:
        over = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _within_by_thread(seconds: float, function: Callable[[], Any]) -> Any:
    done = threading.Event()
    thread = ctypes.c_ulong(threading.get_ident())

    def watch() -> None:
        wait = seconds
        while not done.wait(wait):
            ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(OutOfTime))
            wait = 0.05

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        return function()
    finally:
        done.set()
        watcher.join()


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
    """Collect what Python code prints; drop warnings and what libraries write past Python."""
    stream = Bounded()
    with (
        silent_descriptors(1, 2),
        contextlib.redirect_stdout(stream),
        contextlib.redirect_stderr(stream),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield stream


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
