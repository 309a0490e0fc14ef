"""What the reference and the known mistakes give on an exercise's cases, observed once for each seed.

Kept in memory, and for slow exercises on disk too: a network of fifty layers takes seconds to build,
and a learner should not wait for it at each check. Files are named by a hash of everything that they
depend on, so that a changed exercise never meets stale observations.
"""

import contextlib
import hashlib
import importlib.metadata
import inspect
import json
from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from workbook.exercise import Exercise
from workbook.lessons import files_with
from workbook.observing import OUT_OF_TIME, Observation, observe
from workbook.paths import user_cache
from workbook.plain import pack, unpack
from workbook.writing import atomic_write

_MOST_IN_MEMORY = 400
_memory: OrderedDict[tuple, list[Observation]] = OrderedDict()
_folder: Path | None = None


@contextlib.contextmanager
def keeping_in(folder: Path) -> Iterator[None]:
    """For a while what is kept on disk is kept there: a grading has a seed of its own, and its observations
    would fill the cache."""
    global _folder
    before, _folder = _folder, folder
    try:
        yield
    finally:
        _folder = before


def reference(exercise: Exercise, seed: int) -> list[Observation]:
    """The observations of the reference."""
    return _remember(exercise, exercise.reference, "reference", seed)


def mistake(exercise: Exercise, index: int, seed: int) -> list[Observation]:
    """The observations of a known mistake."""
    return _remember(exercise, exercise.mistakes[index].function, f"mistake {index}", seed)


def _remember(exercise: Exercise, function: Callable, role: str, seed: int) -> list[Observation]:
    seed = seed if callable(exercise.cases) else 0  # cases in a list are the same for every seed
    key = (exercise, role, seed)
    if key not in _memory:
        path = _path(exercise, role, seed) if exercise.slow else None
        seen = _read(path) if path else None
        if seen is None:
            seen = observe(exercise, function, seed)
            if any(each.outcome == OUT_OF_TIME for each in seen):
                return seen  # a busy computer, perhaps: the next time is another try
            if path:
                _write(path, seen)
        _memory[key] = seen
        while len(_memory) > _MOST_IN_MEMORY:
            _memory.popitem(last=False)
    return _memory[key]


def _path(exercise: Exercise, role: str, seed: int) -> Path | None:
    try:
        files = files_with(Path(inspect.getfile(exercise.reference)))
        source = b"".join(file.read_bytes() for file in files)
    except (OSError, TypeError):
        return None
    text = f"{exercise.name} {role} {seed} {_engine()}".encode()
    home = _folder or user_cache() / "observations"
    return home / f"{hashlib.sha256(source + text).hexdigest()[:32]}.json"


ENGINE = (
    "comparing",
    "exercise",
    "known",
    "limits",
    "losses",
    "models",
    "observing",
    "plain",
    "quick_layers",
    "quick_training",
    "slips",
    "structure",
)
"""The modules that an observation can depend on: what exercises import, and what these import."""


@cache
def _engine() -> str:
    """What observations depend on besides the exercise: the engine's own code and the libraries."""
    folder = Path(__file__).parent
    parts = [(folder / f"{name}.py").read_bytes() for name in ENGINE]
    versions = [importlib.metadata.version(name) for name in ("tensorflow", "keras", "numpy")]
    return hashlib.sha256(b"".join(parts)).hexdigest() + " ".join(versions)


def _read(path: Path) -> list[Observation] | None:
    try:
        stored = json.loads(path.read_text())
        content = unpack(stored["text"], [bytes.fromhex(file) for file in stored["files"]])
        return [Observation.from_plain(item) for item in content]
    except (OSError, ValueError, KeyError, TypeError):
        return None  # not there, or damaged: it is made again


def _write(path: Path, seen: list[Observation]) -> None:
    """Keep observations on disk; a disk that is full or read-only costs only time."""
    text, files = pack([item.to_plain() for item in seen])
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        stored = json.dumps({"text": text, "files": [each.hex() for each in files]})
        atomic_write(path, stored.encode(), durably=False)
