"""``workbook doctor``: what this computer has, what is wrong with it, and what to do about that."""

import contextlib
import importlib.metadata
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from workbook import paths
from workbook.showing import Tell, gigabytes

OLDEST, NEWEST = (3, 11), (3, 13)
LEAST_MEMORY, LEAST_FREE_MEMORY, LEAST_DISK = 3.5e9, 1.5e9, 1e9
INSTALL = "Run `make lab`, or `python -m pip install -r requirements.txt` in the workbook's environment."

MAIN = ("tensorflow", "keras", "numpy", "h5py", "matplotlib", "jupyterlab", "nbformat", "jupytext")
MAIN += ("pooch", "rich", "typer")
"""Packages that get a line each; the others are told together."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    ok      False where something is wrong
    detail  what was found
    remedy  what to do: where it is wrong, and where it is only worth a look
    """

    name: str
    ok: bool
    detail: str
    remedy: str = ""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def examine(quick: bool = False, tell: Tell = lambda words, done, total: None) -> list[Finding]:
    """Look at everything. ``quick`` leaves out the first computation with TensorFlow, which takes seconds."""
    looks: list[tuple[str, Callable[[], Iterator[Finding]]]] = [
        ("Python", _python),
        ("packages", _packages),
        ("processor, memory, disk", _machine),
        ("folders", _folders),
        ("Jupyter", _kernel),
        ("lessons", _lessons),
        ("data", _data),
        ("weights", _weights),
        ("progress", _progress),
    ]
    if not quick:
        looks.append(("TensorFlow's first computation", _tensorflow))
    findings: list[Finding] = []
    for done, (words, look) in enumerate(looks):
        tell(words, done, len(looks))
        try:
            findings += look()
        except Exception as error:  # one look that fails must not hide the others
            what = f"could not be looked at: {type(error).__name__}: {error}"
            findings.append(Finding(words, False, what, "Please report this."))
    return findings


def _python() -> Iterator[Finding]:
    found = sys.version_info[:2]
    remedy = "" if OLDEST <= found <= NEWEST else "Install Python 3.11, 3.12 or 3.13, then run `make lab`."
    yield Finding("Python", not remedy, f"{platform.python_version()} ({sys.executable})", remedy)


# Packages


def pins(root: Path) -> dict[str, str]:
    """What requirements.txt asks for on this computer: the version of each package."""
    from packaging.requirements import InvalidRequirement, Requirement

    found = {}
    for line in (root / "requirements.txt").read_text(encoding="utf-8").splitlines():
        text = line.split(" #")[0].split(" --hash")[0].strip(" \\")
        if not text or text.startswith(("#", "-")):
            continue
        with contextlib.suppress(InvalidRequirement):
            asked = Requirement(text)
            exact = [each.version for each in asked.specifier if each.operator == "=="]
            if exact and (asked.marker is None or asked.marker.evaluate()):
                found[asked.name.lower().replace("_", "-")] = exact[0]
    return found


def _packages() -> Iterator[Finding]:
    root = paths.repository()
    try:
        asked = pins(root)
    except OSError:
        what = f"{root / 'requirements.txt'} cannot be read"
        yield Finding("packages", False, what, "Restore it: git checkout requirements.txt")
        asked = {}
    for name in MAIN:
        yield _package(name, asked.get(name))
    others = [_package(name, version) for name, version in sorted(asked.items()) if name not in MAIN]
    wrong = [f"{each.name} {each.detail}" for each in others if not each.ok]
    if wrong:
        shown = "; ".join(wrong[:5]) + (f"; and {len(wrong) - 5} more" if len(wrong) > 5 else "")
        yield Finding("other packages", False, shown, INSTALL)
    elif others:
        yield Finding("other packages", True, f"{len(others)} as in requirements.txt")


def _package(name: str, asked: str | None) -> Finding:
    try:
        found = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, False, "not installed" + (f", needs {asked}" if asked else ""), INSTALL)
    if asked in (None, found):
        return Finding(name, True, found)
    return Finding(name, False, f"{found}, needs {asked}", INSTALL)


def _tensorflow() -> Iterator[Finding]:
    """TensorFlow computes, in a process of its own: on some computers it ends the process."""
    code = "import tensorflow as tf; assert float(tf.reduce_sum(tf.ones((2, 3)))) == 6"
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    try:
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=180, env=environment
        )
    except subprocess.TimeoutExpired:
        what = "no result after three minutes"
        yield Finding("TensorFlow computes", False, what, "Close other programs and try again.")
        return
    if done.returncode == 0:
        yield Finding("TensorFlow computes", True, "yes")
        return
    last = (done.stderr.strip().splitlines() or ["nothing is said"])[-1]
    remedy = INSTALL
    if done.returncode < 0:
        last = f"it ended with signal {-done.returncode}"
        remedy = (
            "This processor may lack what TensorFlow needs (AVX): use a newer computer or a hosted Jupyter."
        )
    yield Finding("TensorFlow computes", False, last[:300], remedy)


# The computer


def _machine() -> Iterator[Finding]:
    import psutil

    cores = _cores()
    slow = "Lessons that train networks will take longer than they say." if cores < 2 else ""
    yield Finding("processor cores", True, str(cores), slow)
    memory = psutil.virtual_memory()
    remedy = ""
    if memory.total < LEAST_MEMORY:
        remedy = "The lessons need a computer with 4 GB of memory."
    elif memory.available < LEAST_FREE_MEMORY:
        remedy = "Close other programs, or notebooks whose kernels still run (Kernel, Shut Down)."
    detail = f"{gigabytes(memory.available)} free of {gigabytes(memory.total)}"
    yield Finding("memory", not remedy, detail, remedy)
    for name, folder in (("disk", paths.repository()), ("disk of the record", paths.user_data())):
        folder = _existing(folder)
        free = shutil.disk_usage(folder).free
        remedy = "" if free >= LEAST_DISK else "Make room: data sets and their caches take up to 1 GB."
        yield Finding(name, not remedy, f"{gigabytes(free)} free at {folder}", remedy)


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS, Windows
        return os.cpu_count() or 1


def _existing(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return next((each for each in (folder, *folder.parents) if each.exists()), folder)


def _folders() -> Iterator[Finding]:
    cache = "What is drawn or computed once is made again each time."
    for name, folder, effect in (
        ("record", paths.user_data(), "Your progress cannot be kept."),
        ("cache", paths.user_cache(), cache),
        ("datasets", paths.repository() / "datasets", "Data sets are kept in the cache folder instead."),
    ):
        problem = _cannot_write(folder)
        remedy = f"{effect} Make the folder writable, or let WORKBOOK_HOME name another." if problem else ""
        yield Finding(f"{name} folder", not problem, f"{folder}{problem}", remedy)


def _cannot_write(folder: Path) -> str:
    """Why nothing can be written into a folder, or nothing."""
    there = _existing(folder)
    if not there.is_dir():
        return f" cannot be made: {there} is a file"
    try:
        with tempfile.TemporaryFile(dir=there):
            return ""
    except OSError as error:
        return f" cannot be written: {error.strerror or error}"


def _kernel() -> Iterator[Finding]:
    """The kernel that JupyterLab starts for the lessons must be this very Python."""
    try:
        from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
    except ImportError:
        yield Finding("Jupyter kernel", False, "Jupyter is not installed", INSTALL)
        return
    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        yield Finding("Jupyter kernel", False, "there is no kernel called python3", INSTALL)
        return
    program = spec.argv[0]
    if program in ("python", "python3", sys.executable) or _same_file(program, sys.executable):
        yield Finding("Jupyter kernel", True, f"{spec.display_name} ({spec.resource_dir})")
        return
    remedy = f"Run `{sys.executable} -m ipykernel install --sys-prefix`, or delete {spec.resource_dir}."
    yield Finding("Jupyter kernel", False, f"python3 starts {program} and not this Python", remedy)


def _same_file(one: str, two: str) -> bool:
    """True for two names of one program. A virtual environment's own link to a Python counts as another."""
    return os.path.abspath(one) == os.path.abspath(two)


# The workbook's own things


def _lessons() -> Iterator[Finding]:
    from workbook.lessons import all_lessons

    lessons, exercises = all_lessons(), 0
    for lesson in lessons:
        try:
            exercises += len(lesson.exercises)
        except Exception as error:
            what = f"{lesson.path} cannot be read: {type(error).__name__}: {error}"
            remedy = f"Restore it (git checkout {lesson.path}), or install what it needs."
            yield Finding(f"lesson {lesson.name}", False, what, remedy)
    if lessons:
        yield Finding("lessons", True, f"{len(lessons)} with {exercises} exercises in {paths.repository()}")
    else:
        remedy = "Run workbook inside the workbook's folder, or let WORKBOOK_ROOT name it."
        yield Finding("lessons", False, f"none in {paths.repository()}", remedy)


def _data() -> Iterator[Finding]:
    from workbook import data
    from workbook.data.files import own_folders

    try:
        own_folders()
    except data.DataError as error:  # one cause of trouble with every set is told once
        yield Finding("data", False, error.what, error.remedy)
        return
    for each in data.describe_all():
        if each.used:
            state = next(source for source in each.sources if source.source == each.used)
            where = f" ({state.where})" if state.where else ""
            yield Finding(f"data: {each.name}", True, f"{state.source}{where}: {state.detail}")
        for source in each.sources:
            if source.state == "broken":
                yield Finding(
                    f"data: {each.name}, {source.source}", False, source.detail, _data_remedy(each.name)
                )


def _data_remedy(name: str) -> str:
    return f"`workbook data verify {name}` says more; `workbook data get {name}` makes the set ready again."


def _weights() -> Iterator[Finding]:
    from workbook import weights
    from workbook.data.errors import DataError
    from workbook.data.files import own_folders, shown

    try:
        known = weights.describe()
    except DataError:
        return  # a folder that is not there: told with the data
    for each, problem in known:
        name = f"weights: {each.path.name}" if problem else f"weights: MobileNetV2, {each.source}"
        size = "" if problem else f"alpha {each.alpha}, {each.path.stat().st_size / 1e6:.1f} MB"
        yield Finding(name, not problem, problem or f"{size} ({shown(each.path)})")
    shipped = weights.shipped_file()
    if not shipped.exists() and (paths.repository() / "README.md").exists():
        remedy = "Restore it from the repository (git checkout datasets/weights)."
        yield Finding("weights: MobileNetV2, shipped", False, f"{shown(shipped)} is not there", remedy)
    kinds = (".h5", ".keras", ".npz", ".weights", ".pkl")
    found = [
        file
        for folder in own_folders()
        for file in sorted((folder / "weights").glob("*"))
        if file.suffix in kinds and file.is_file() and file not in {each.path for each, _ in known}
    ]
    empty = [file for file in found if file.stat().st_size == 0]
    for file in empty:
        yield Finding("weights", False, f"{shown(file)} is empty", "Delete it, or get it again.")
    if not found and not known:
        where = " and ".join(shown(folder / "weights") for folder in own_folders())
        yield Finding("weights", True, f"none in {where}; a lesson that needs some says so")
    elif found and not empty:
        listed = ", ".join(f"{shown(file)} ({file.stat().st_size / 1e6:.1f} MB)" for file in found)
        yield Finding("weights", True, listed)


def _progress() -> Iterator[Finding]:
    path = paths.user_data() / "progress.sqlite"
    if not path.exists():
        yield Finding("progress", True, f"nothing recorded yet ({path})")
        return
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=5)) as database:
            verdict = database.execute("PRAGMA quick_check").fetchone()[0]
            checks = database.execute("SELECT COUNT(*) FROM checks").fetchone()[0]
    except sqlite3.OperationalError as error:
        remedy = "Close what else uses it, and see that you may read and write it."
        yield Finding("progress", False, f"{path}: {error}", remedy)
        return
    except sqlite3.DatabaseError as error:
        verdict, checks = str(error), 0
    if verdict == "ok":
        yield Finding("progress", True, f"{checks} checks recorded ({path})")
    else:
        remedy = (
            f"Rename {path.name}: the next check begins a new record. Check your answers again to fill it."
        )
        yield Finding("progress", False, f"{path} is damaged: {verdict}"[:300], remedy)
