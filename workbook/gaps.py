"""What a notebook says where an answer is missing: one sentence in place of a traceback.

Whoever runs a whole lesson before it is written meets two errors only: a function whose gap still raises
NotImplementedError, and a function whose cell has not run. Both are no faults, and a traceback that ends in
somebody else's cell says neither which exercise it is nor what to do.

And where a cell has failed, or defines a function of another name, the function that Python still knows is
not the one on the screen: that is remembered here, so that nobody is told about a version that is gone.
"""

import re
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any

GAP = "{name} is not written yet. Fill the gap in its cell, run that cell, then run this one again."
NOT_RUN = "{name} is not known yet. Run the cell that begins with def {name}(...), then run this one again."
MEND = "{why} Mend that cell, run it, then run this one again."
OLD = "{why} What Python knows is the version before it. Mend that cell, run it, then check again."

_DEFINED = re.compile(r"^(?:async[ \t]+)?def[ \t]+(\w+)", re.MULTILINE)
_ANSWER = "answer-"
_outdated: dict[str, tuple[str, Any]] = {}
"""By a function's name: why the last run of its cell did not define it, and what was defined before."""


def explain(names: Callable[[], list[str]]) -> None:
    """From now on this kernel, if there is one, explains a missing answer to one of these exercises.

    names  gives the exercises' names; asked only once an error is there, since to load them takes a moment
    """
    if "IPython" not in sys.modules:  # no notebook: nothing to explain to
        return
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        return

    def tell(
        shell: Any, kind: type, error: BaseException, trace: TracebackType, tb_offset: int | None = None
    ) -> list[str]:
        words = missing(error, trace, names())
        lines = (
            [words]
            if words
            else shell.InteractiveTB.structured_traceback(kind, error, trace, tb_offset=tb_offset)
        )
        shell._showtraceback(kind, error, lines)
        return lines

    shell.set_custom_exc((NotImplementedError, NameError), tell)
    _watch(shell)


def missing(error: BaseException, trace: TracebackType | None, names: list[str]) -> str | None:
    """What to say of an error that comes from an answer that is missing; None of any other."""
    if isinstance(error, NameError):
        if error.name not in names:
            return None
        why, _ = _outdated.get(error.name, ("", None))
        return MEND.format(why=why) if why else NOT_RUN.format(name=error.name)
    raised_in = None
    while trace is not None:
        if trace.tb_frame.f_code.co_name in names:
            raised_in = trace.tb_frame.f_code.co_name
        trace = trace.tb_next
    return GAP.format(name=raised_in) if raised_in else None


def outdated(name: str, function: Any) -> str | None:
    """What to say where a function is not the one that the cell for this name now says; else None."""
    why, old = _outdated.get(name, ("", None))
    return OLD.format(why=why) if why and function is old else None


class _Watch:
    """Sees each cell before and after it runs."""

    def __init__(self, shell: Any) -> None:
        self.shell, self.before = shell, {}

    def pre_run_cell(self, info: Any) -> None:
        self.before = {name: self.shell.user_ns.get(name) for name in _meant(info)}

    def post_run_cell(self, result: Any) -> None:
        defined = _DEFINED.findall(result.info.raw_cell or "")
        error = result.error_before_exec or result.error_in_exec
        for name in _meant(result.info):
            old = self.before.get(name)
            if self.shell.user_ns.get(name) is not old:
                _outdated.pop(name, None)
            elif error is not None and name in defined:
                _outdated[name] = f"The last run of the cell with def {name} failed: {_told(error)}.", old
            elif error is None and defined and name not in defined and not _given(name, result.info):
                others = " and ".join(dict.fromkeys(defined))
                _outdated[name] = f"The cell for {name} defines {others}, and not {name}.", old


def _watch(shell: Any) -> None:
    """Watch the cells of this kernel; once, however often a lesson is started."""
    known = shell.events.callbacks["pre_run_cell"]
    if not any(isinstance(getattr(each, "__self__", None), _Watch) for each in known):
        watch = _Watch(shell)
        shell.events.register("pre_run_cell", watch.pre_run_cell)
        shell.events.register("post_run_cell", watch.post_run_cell)


def _meant(info: Any) -> list[str]:
    """The names that a cell should define: those behind a def, and the exercise that it answers."""
    cell = str(getattr(info, "cell_id", None) or "")
    answered = [cell.removeprefix(_ANSWER)] if cell.startswith(_ANSWER) else []
    return list(dict.fromkeys([*_DEFINED.findall(info.raw_cell or ""), *answered]))


def _given(name: str, info: Any) -> bool:
    """Whether a cell gives a value to the name in another way."""
    return bool(re.search(rf"\b{re.escape(name)}\b[^=\n]*=|\bclass[ \t]+{re.escape(name)}\b", info.raw_cell))


def _told(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        kind = type(error).__name__
        kind = "SyntaxError" if kind.startswith("_") else kind  # _IncompleteInputError, from Python 3.13 on
        return f"{kind} in line {error.lineno} ({error.msg})"
    text = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
