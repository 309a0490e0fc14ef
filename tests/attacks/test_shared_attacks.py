"""Attacks on what all submissions share: the server's memory, the kernel's, and whose fault a failure is.

As in ``test_attacks``: ``corner`` (1 point) attacks, ``double`` (6 points) is right, so each earns 6.
"""

import platform

import pytest
from grading_support import RIGHT, need_sandbox, toy_tree, write_notebook

from workbook.grading import GRADED, Bounds, Result, grade_folder
from workbook.lessons import find_lesson

ASYNCHRONOUS_IO = 0 if platform.machine() == "aarch64" else 206
HEAD = "import ctypes, os, re, resource, socket\nimport numpy as np\ndef double(X):\n    return 2 * X\n"
SEARCH = """
found = set()
for line in open('/proc/self/maps'):
    place, rights = line.split()[:2]
    if rights.startswith('rw') and '/' not in line:
        start, end = [int(each, 16) for each in place.split('-')]
        found |= set(re.findall(b'THE ANSWE[R] OF [A-Z]+', ctypes.string_at(start, end - start)))
raise ValueError(f'{len(found)} found {found}')
"""
PAGES = """
libc = ctypes.CDLL(None)
libc.mmap.restype, size = ctypes.c_void_p, 300 * 2**30
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
start = libc.mmap(None, size, 1, 0x4022, -1, 0)
seen = np.frombuffer((ctypes.c_char * size).from_address(start), np.uint8)
for _ in range(200):
    seen[:: 2**21].sum()
raise ValueError('HIDDEN')
"""

BUSY = """
for _ in range(60):
    if os.fork() == 0:
        while True:
            pass
while True:
    pass
"""

# What ``corner`` does, and a part of what the verdict on it says.
ATTACKS = {
    "b-searches-memory": (SEARCH, "0 found"),
    "d-searches-memory": (SEARCH, "0 found"),
    "tables-of-pages": (PAGES, "It gave no result"),
    "many-busy-processes": (BUSY, "It gave no result"),
    "pinned-pages": ("raise ValueError(ctypes.CDLL(None).vmsplice(0, None, 0, 0))", "ValueError: -1"),
    "full-sockets": ("socket.socketpair()", "PermissionError"),
    "asynchronous-io": (
        f"number = {ASYNCHRONOUS_IO}\nlibc = ctypes.CDLL(None)\n"
        "raise ValueError(libc.syscall(number, 60_000, ctypes.byref(ctypes.c_ulong(0))))",
        "ValueError: -1",
    ),
}
LIMITS = """
import resource
def corner(X): return X
def double(X):
    for kind in (resource.RLIMIT_NPROC, resource.RLIMIT_NOFILE, resource.RLIMIT_DATA):
        resource.prlimit(os.getppid(), kind, (0, 0))
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """One grading of all of them, with right submissions between."""
    need_sandbox()
    base = tmp_path_factory.mktemp("shared")
    toy_tree(base / "tree")
    for name, (body, _) in ATTACKS.items():
        lines = "\n".join("    " + line for line in body.strip().splitlines())
        write_notebook(base / "submissions" / f"{name}.ipynb", f"{HEAD}def corner(X):\n{lines}\n")
    for name in ("a", "c"):
        secret = f"# THE ANSWER OF {name.upper() * 5}\n" * 50
        write_notebook(base / "submissions" / f"{name}.ipynb", secret + RIGHT)
    write_notebook(base / "submissions" / "limits.ipynb", HEAD + LIMITS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBOOK_ROOT", str(base / "tree"))
        bounds = Bounds(case_seconds=8.0, memory=512 * 2**20)
        found = grade_folder(base / "submissions", find_lesson("toy"), base / "out", bounds=bounds, jobs=1)
    return {each.submission: each for each in found}


@pytest.mark.parametrize("name", ATTACKS)
def test_it_earns_what_the_rest_earns(graded: dict[str, Result], name: str) -> None:
    verdicts = {each["name"]: each for each in graded[name].exercises}
    assert graded[name].score == verdicts["double"]["score"] == 6, verdicts["corner"]
    assert ATTACKS[name][1] in verdicts["corner"]["message"]


def test_tables_of_pages_are_counted_as_memory(graded: dict[str, Result]) -> None:
    assert "more memory" in graded["tables-of-pages"].notes[0]


def test_who_takes_the_processors_of_all_others_is_ended(graded: dict[str, Result]) -> None:
    assert "kept more threads busy" in graded["many-busy-processes"].notes[0]


def test_nobody_can_make_a_machine_fail_that_grades_them(graded: dict[str, Result]) -> None:
    result = graded["limits"]
    assert result.status == GRADED and result.score == 1, result
    assert "PermissionError" in result.exercises[0]["message"]


@pytest.mark.parametrize("name", ["a", "c"])
def test_those_beside_get_their_marks(graded: dict[str, Result], name: str) -> None:
    assert graded[name].score == 7, graded[name].exercises
