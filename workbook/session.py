"""``start``: the first cell of every lesson. Seeds, threads, and a TensorFlow that keeps quiet."""

import importlib.abc
import importlib.util
import os
import random
import sys
from types import ModuleType

from workbook.limits import silent_descriptors

SEED = 1

_lesson: str | None = None


def current_lesson() -> str | None:
    """The lesson that ``start`` named, if it did."""
    return _lesson


def start(lesson: str | None = None, threads: int | None = None) -> None:
    """Make this session repeatable and quiet.

    lesson   its name, so that ``check`` knows where an exercise belongs and ``import helpers`` finds the
             week's helpers from any folder
    threads  processor threads that TensorFlow may use (default: what the environment's
             TF_NUM_INTRAOP_THREADS says, else all, at most 8)

    Sets the seeds of Python, NumPy and, when it is imported, TensorFlow. TensorFlow itself is imported
    only when the lesson first needs it.
    """
    global _lesson
    if lesson is not None:
        from workbook import gaps
        from workbook.lessons import exercise_names, find_lesson

        found = find_lesson(lesson)
        _lesson = found.name
        gaps.explain(lambda: exercise_names(found))
        week = str(found.notebook.parent)
        if week not in sys.path:
            sys.path.insert(0, week)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    _QuietImport.threads = threads or _threads()
    random.seed(SEED)
    numpy = sys.modules.get("numpy")
    if numpy is None:
        import numpy
    numpy.random.seed(SEED)
    if "tensorflow" in sys.modules:
        settle(sys.modules["tensorflow"])
    elif not any(isinstance(finder, _QuietImport) for finder in sys.meta_path):
        sys.meta_path.insert(0, _QuietImport())


def _threads() -> int:
    """As many as the environment asks TensorFlow for; without that one for each processor, at most 8."""
    asked = os.environ.get("TF_NUM_INTRAOP_THREADS", "")
    return (int(asked) if asked.isdecimal() else 0) or min(8, os.cpu_count() or 1)


def settle(tensorflow: ModuleType) -> None:
    """Fix TensorFlow's seed and threads, and make its first operation, which logs, in silence."""
    import logging

    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    try:
        tensorflow.config.threading.set_intra_op_parallelism_threads(_QuietImport.threads)
        tensorflow.config.threading.set_inter_op_parallelism_threads(2)
    except RuntimeError:
        pass  # TensorFlow has computed something already: its threads stay as they are
    with silent_descriptors(2):
        tensorflow.random.set_seed(SEED)
        tensorflow.linalg.matmul(tensorflow.zeros((2, 2)), tensorflow.zeros((2, 2)))


class _QuietImport(importlib.abc.MetaPathFinder):
    """Imports TensorFlow with the descriptor of stderr closed off, then settles it.

    TensorFlow's libraries write to that descriptor before its log level is looked at.
    """

    threads = 2

    def find_spec(self, name, path=None, target=None):
        if name != "tensorflow":
            return None
        others = (finder.find_spec(name, path, target) for finder in sys.meta_path if finder is not self)
        spec = next((found for found in others if found is not None), None)
        if spec is not None and spec.loader is not None:
            spec.loader = _QuietLoader(spec.loader, self)
        return spec


class _QuietLoader(importlib.abc.Loader):
    def __init__(self, loader: importlib.abc.Loader, finder: _QuietImport) -> None:
        self._loader, self._finder = loader, finder

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        if self._finder in sys.meta_path:  # it has done its work
            sys.meta_path.remove(self._finder)
        with silent_descriptors(2):
            self._loader.exec_module(module)
        settle(module)

    def __getattr__(self, name: str):
        return getattr(self._loader, name)
