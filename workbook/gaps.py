"""What a notebook says where an answer is missing: one sentence in place of a traceback.

Whoever runs a whole lesson before it is written meets two errors only: a function whose gap still raises
NotImplementedError, and a function whose cell has not run. Both are no faults, and a traceback that ends in
somebody else's cell says neither which exercise it is nor what to do.
"""

import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any

GAP = "{name} is not written yet. Fill the gap in its cell, run that cell, then run this one again."
NOT_RUN = "{name} is not known yet. Run the cell that begins with def {name}(...), then run this one again."


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


def missing(error: BaseException, trace: TracebackType | None, names: list[str]) -> str | None:
    """What to say of an error that comes from an answer that is missing; None of any other."""
    if isinstance(error, NameError):
        return NOT_RUN.format(name=error.name) if error.name in names else None
    raised_in = None
    while trace is not None:
        if trace.tb_frame.f_code.co_name in names:
            raised_in = trace.tb_frame.f_code.co_name
        trace = trace.tb_next
    return GAP.format(name=raised_in) if raised_in else None
