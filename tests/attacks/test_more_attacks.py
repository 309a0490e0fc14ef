"""More attacks: on what comes back through the pipe, on the kernel's bounds, and on the finding of files.

As in ``test_attacks``: ``corner`` (1 point) attacks, ``double`` (6 points) is right, so each earns 6.
"""

import json
import os
import socket
from pathlib import Path

import pytest
from grading_support import RIGHT, need_sandbox, toy_tree, write_notebook

from workbook.grading import Bounds, Result, grade_folder
from workbook.grading.outputs import write_all
from workbook.lessons import find_lesson

HEAD = (
    "import ctypes, os, signal, socket, sys, threading, time\nimport numpy as np\n"
    "from workbook.grading.wire import frame\ndef double(X):\n    return 2 * X\n"
)
SENSELESS = "nothing that can be judged"
NO_RESULT = "It gave no result"


def corner(body: str) -> str:
    """A notebook whose ``corner`` does something."""
    lines = "\n".join("    " + line for line in body.strip().splitlines())
    return f"{HEAD}def corner(X):\n{lines}\n"


def named(name: str) -> str:
    """Gives its process a name, which stands in what the kernel tells of its memory."""
    call = f"ctypes.CDLL(None).prctl(15, {name}, 0, 0, 0)"
    return corner(f"{call}\ntime.sleep(0.4)\nraise ValueError('named so')")


def writes(content: str) -> str:
    """Writes bytes to all descriptors that are open, and ends before the engine can say anything."""
    return corner(
        f"data = {content}\nfor each in range(3, 200):\n    try:\n        os.write(each, data)\n"
        "    except OSError:\n        pass\nos._exit(0)"
    )


FILES = (
    "for each in range(64):\n    try:\n        found.append(os.readlink(f'/proc/self/fd/{each}'))\n"
    "    except OSError:\n        pass\n"
    "raise ValueError(f'{sum(name != \"/dev/null\" for name in found)} open')"
)

# The notebook's cell, and a part of what the verdict on ``corner`` says.
ATTACKS = {
    "frame-of-no-cases": (writes("frame({'observations': [], 'stepped over': []})"), SENSELESS),
    "frame-of-nothing": (writes("frame({'observations': [None], 'stepped over': []})"), SENSELESS),
    "frame-of-another-kind": (writes("frame({'observations': {}, 'stepped over': []})"), SENSELESS),
    "frame-of-many-parts": (writes("(2**63).to_bytes(8, 'big') + b'x' * 80"), SENSELESS),
    "frame-nested": (
        writes("(1).to_bytes(8, 'big') + (9_000).to_bytes(8, 'big') + b'[' * 9_000"),
        SENSELESS,
    ),
    "frame-of-half-a-character": (
        writes(
            "frame({'observations': [{'outcome': 'returned', 'value': None, 'error': None, "
            "'printed': '\\ud800', 'changed': ['\\udfff']}], 'stepped over': []})"
        ),
        SENSELESS,
    ),
    "name-that-is-no-text": (named("b'\\xff\\xfe'"), "named so"),
    "name-that-is-a-line": (named("b'\\x0cRssAnon: -9'"), "named so"),
    "open-files": (corner(f"found = []\n{FILES}"), "1 open"),
    "processes": (
        corner("raise ValueError(f'{len([p for p in os.listdir(\"/proc\") if p.isdigit()])} seen')"),
        "2 seen",
    ),
    "environment-of-the-first": (corner("open('/proc/1/environ').read()"), "PermissionError"),
    "memory-of-the-first": (corner("open('/proc/1/mem', 'rb')"), "PermissionError"),
    "root-of-the-first": (corner("os.listdir('/proc/1/root/')"), "PermissionError"),
    "udp": (
        corner("socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', PORT))"),
        "PermissionError",
    ),
    "memory-files": (corner("os.memfd_create('x')"), "PermissionError"),
    "shared-memory": (
        corner(
            "f = open('/dev/shm/x', 'wb')\nfor _ in range(500):\n    f.write(bytes(2**20))\n    f.flush()"
        ),
        "OSError: [Errno",
    ),
    "memory-shared-without-a-file": (
        corner(
            "import mmap\nb = mmap.mmap(-1, 2**30)\nfor at in range(0, 2**30, 4096):\n    b[at] = 1\n"
            "b.madvise(mmap.MADV_DONTNEED)\nraise ValueError('HIDDEN')"
        ),
        "PermissionError",
    ),
    "memory-shared-through-a-device": (
        corner("import mmap\nf = open('/dev/zero', 'r+b')\nb = mmap.mmap(f.fileno(), 2**20)\nb[0] = 1"),
        "FileNotFoundError",
    ),
    "many-files": (corner("for i in range(9_000):\n    open(f'/tmp/{i}', 'w').close()"), "OSError: [Errno"),
    "deep-folders": (
        corner("for _ in range(2_000):\n    os.mkdir('d')\n    os.chdir('d')\nreturn X * 0 - 1"),
        "expected 0, got -1",
    ),
    "threads": (
        corner(
            "try:\n    for _ in range(99):\n        threading.Thread(target=time.sleep, args=(60,)).start()\n"
            "except RuntimeError:\n    pass\nreturn X * 0 - 1"
        ),
        "expected 0, got -1",
    ),
    "grandchildren": (
        corner(
            "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(60)\n"
            "    os._exit(0)\nreturn X * 0 - 1"
        ),
        "expected 0, got -1",
    ),
    "stops-parent": (
        corner("os.kill(os.getppid(), signal.SIGSTOP)\nreturn X * 0 - 1"),
        "expected 0, got -1",
    ),
    "crash": (corner("ctypes.string_at(0)"), NO_RESULT),
    "text-that-exits": (
        corner("class E(Exception):\n    def __str__(self): os._exit(0)\n    __repr__ = __str__\nraise E"),
        NO_RESULT,
    ),
    "trace-that-exits": (
        corner("sys.settrace(lambda *a: os._exit(0))\nreturn X * 0 - 1"),
        NO_RESULT,
    ),
    "number-that-equals-all": (
        corner("class F(float):\n    def __eq__(self, other): return True\nreturn {(0, 0): F(9)}"),
        "expected 0, got 9",
    ),
    "array-that-equals-all": (
        corner("class A(np.ndarray):\n    def __eq__(self, other): return True\nreturn (X * 0 - 1).view(A)"),
        "expected 0, got -1",
    ),
}
THREADS_CHILD = corner(
    "def child():\n    if os.fork() == 0:\n        kept = b'x' * (512 * 2**20)\n"
    "        open('/tmp/full', 'w').close()\n    time.sleep(60)\n"
    "threading.Thread(target=child, daemon=True).start()\n"
    "while not os.path.exists('/tmp/full'):\n    time.sleep(0.1)\n"
    "time.sleep(0.5)\nraise ValueError('HIDDEN')"
)
EXITS_AT_ONCE = ("import os\nos._exit(0)\n" + RIGHT, "import os\nY = os._exit(0)\n" + RIGHT)
ODD = "a..\n\x1b[31m<b>x"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("more")


@pytest.fixture(scope="module")
def graded(base: Path) -> dict[str, Result]:
    """One grading of all of them, with right submissions between."""
    need_sandbox()
    root, folder = base / "tree", base / "submissions"
    toy_tree(root)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        udp.settimeout(0.1)
        for name, (cell, _) in ATTACKS.items():
            cell = cell.replace("PORT", str(udp.getsockname()[1]))
            write_notebook(folder / f"{name}.ipynb", cell)
        for name in ("a-right", "m-right", "z-right", ODD):
            write_notebook(folder / f"{name}.ipynb", RIGHT)
        for number, cell in enumerate(EXITS_AT_ONCE):
            write_notebook(folder / f"exits-{number}.ipynb", cell)
        os.mkfifo(folder / "pipe.ipynb")
        (folder / "etc").symlink_to("/etc")
        (folder / "nested.ipynb").write_text("[" * 200_000)
        (folder / "big.ipynb").touch()
        os.truncate(folder / "big.ipynb", 40 * 2**20)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("WORKBOOK_ROOT", str(root))
            lesson = find_lesson("toy")
            bounds = Bounds(case_seconds=2.0, memory=1024 * 2**20)
            results = grade_folder(folder, lesson, base / "out", bounds=bounds)
            write_all(results, lesson, base / "out")
        with pytest.raises(TimeoutError):
            udp.recv(9)
    return {each.submission: each for each in results}


@pytest.mark.parametrize("name", ATTACKS)
def test_it_earns_what_the_rest_earns(graded: dict[str, Result], name: str) -> None:
    verdicts = {each["name"]: each for each in graded[name].exercises}
    assert graded[name].score == verdicts["double"]["score"] == 6, verdicts["corner"]
    assert ATTACKS[name][1] in verdicts["corner"]["message"]
    assert "NameError" not in verdicts["corner"]["message"]


@pytest.mark.parametrize("name", ["a-right", "m-right", "z-right", "exits-0", "exits-1"])
def test_those_beside_get_their_marks(graded: dict[str, Result], name: str) -> None:
    assert graded[name].score == 7, graded[name].exercises


@pytest.mark.parametrize("name", ["pipe", "etc", "nested", "big"])
def test_what_is_no_notebook_is_not_read(graded: dict[str, Result], name: str) -> None:
    assert graded[name].status == "unreadable" and graded[name].notes


def test_memory_of_a_threads_children_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need_sandbox()
    monkeypatch.setenv("WORKBOOK_ROOT", str(toy_tree(tmp_path / "tree")))
    write_notebook(tmp_path / "submissions" / "a.ipynb", THREADS_CHILD)
    bounds = Bounds(case_seconds=20.0, memory=256 * 2**20)
    (result,) = grade_folder(tmp_path / "submissions", find_lesson("toy"), tmp_path / "out", bounds=bounds)
    assert "HIDDEN" not in result.exercises[-1]["message"] and "more memory" in result.notes[0]


def test_an_odd_name_harms_no_table_page_or_terminal(graded: dict[str, Result], base: Path) -> None:
    (odd,) = [each for each in graded.values() if each.submission.endswith("b_x")]
    assert odd.score == 7 and odd.submission.isprintable()
    for path in base.joinpath("out").rglob("*.*"):
        if path.suffix in (".html", ".csv", ".json"):
            assert "\x1b" not in path.read_text() and "<b>x" not in path.read_text()
    names = [each["submission"] for each in json.loads((base / "out" / "grades.json").read_text())["results"]]
    assert names == list(graded)


CHAIN = """
from workbook import Exercise, case

first = Exercise(name="first", points=2, cases=[case("a number", 3)], reference=lambda x: x + 1)
second = Exercise(
    name="second", points=3, cases=[case("a number", 3)], needs=("first",), reference=lambda x: 2 * x + 2
)
third = Exercise(
    name="third", points=4, cases=[case("a number", 3)], needs=("second",), reference=lambda x: 2 * x + 3
)
"""
THIEF = """
import gc, sys, types
def first(x): return -1
def third(x): return second(x)
def second(x):
    frame, found = sys._getframe(), []
    while frame is not None:
        found += list(frame.f_locals.values())
        frame = frame.f_back
    found += [each for kind in (dict, types.FunctionType) for each in gc.get_objects() if type(each) is kind]
    for each in found:
        each = each.get("second", each) if isinstance(each, dict) else each
        each = each.get("second") if isinstance(each, dict) else each
        if isinstance(each, types.FunctionType) and each.__name__ == "<lambda>" and each is not second:
            try:
                if each(3) == 8 and each(5) == 12:
                    return each(x)
            except Exception:
                pass
    return -1
"""


def test_the_part_of_one_exercise_is_no_answer_to_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need_sandbox()
    (tmp_path / "tree" / "week1" / "exercises").mkdir(parents=True)
    (tmp_path / "tree" / "week1" / "exercises" / "chain.py").write_text(CHAIN)
    (tmp_path / "tree" / "workbook").mkdir()
    (tmp_path / "tree" / "workbook" / "paths.py").touch()
    monkeypatch.setenv("WORKBOOK_ROOT", str(tmp_path / "tree"))
    honest = "def first(x): return -1\ndef second(x): return 2 * first(x)\ndef third(x): return 1 + second(x)"
    for name, cell in (("thief", THIEF), ("honest", honest)):
        write_notebook(tmp_path / "submissions" / f"{name}.ipynb", cell)
    found = grade_folder(tmp_path / "submissions", find_lesson("chain"), tmp_path / "out")
    scores = {each.submission: [verdict["score"] for verdict in each.exercises] for each in found}
    assert scores == {"thief": [0, 0, 0], "honest": [0, 3, 4]}


def test_who_gives_back_too_much_is_ended_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need_sandbox()
    monkeypatch.setenv("WORKBOOK_ROOT", str(toy_tree(tmp_path / "tree")))
    cell = (
        "import numpy as np\ndef double(X):\n    return 2 * X\ndef corner(X): return np.ones((1, 1, 2**20))"
    )
    write_notebook(tmp_path / "submissions" / "a.ipynb", cell)
    bounds = Bounds(output=2**20)
    (result,) = grade_folder(tmp_path / "submissions", find_lesson("toy"), tmp_path / "out", bounds=bounds)
    verdicts = {each["name"]: each for each in result.exercises}
    assert verdicts["double"]["score"] == 6 and "more than can be judged" in verdicts["corner"]["message"]
    assert result.seconds < bounds.wall(10.0, 1)  # its time for one exercise, which it would have slept away
