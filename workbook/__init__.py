"""A workbook on convolutional networks: lessons, exercises, and checks that say what is wrong.

In a notebook::

    import workbook
    workbook.start("convolution_step_by_step")
    from workbook import check, hint

An author writes ``Exercise``, ``Mistake`` and ``case``; ``observe`` runs a learner's function and
``judge`` compares what was seen with the reference. Everything here is imported when it is first
used, so that ``import workbook`` costs next to nothing.
"""

from importlib import import_module

__version__ = "0.1.0"

_HOME = {
    "Case": "exercise",
    "Exercise": "exercise",
    "Mistake": "exercise",
    "case": "exercise",
    "Observation": "observing",
    "observe": "observing",
    "judge": "judging",
    "Report": "reporting",
    "check": "checking",
    "hint": "checking",
    "show_progress": "checking",
    "start": "session",
}

__all__ = sorted(_HOME)


def __getattr__(name: str):
    if name not in _HOME:
        raise AttributeError(f"module 'workbook' has no attribute {name!r}")
    return getattr(import_module(f"workbook.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
