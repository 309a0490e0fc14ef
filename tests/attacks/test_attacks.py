"""Submissions that attack the grader: each attack fails, costs its own marks alone, and harms nobody else.

One grading run over all of them. An attack stands in the exercise ``corner`` (1 point); ``double`` (6 points)
of the same notebook is right, so a notebook whose attack fails earns 6. What an attack finds it raises as the
text of an error, which the verdict shows.
"""

import json
import os
import pickle
import socket
import threading
import time
from pathlib import Path

import pytest
from grading_support import RIGHT, need_sandbox, toy_tree, write_notebook

from workbook.grading import Bounds, Result, grade_folder
from workbook.grading.outputs import write_all
from workbook.lessons import find_lesson

DOUBLE = "import os, sys, socket, ctypes, time, threading, gc, signal\ndef double(X):\n    return 2 * X\n"
SECRET = "the examiner's secret"


def seen(body: str) -> str:
    """A ``corner`` that tries something; what comes of it is the text of its error."""
    lines = "\n".join("        " + line for line in body.strip().splitlines())
    return (
        f"{DOUBLE}\ndef corner(X):\n    result = 'nothing'\n    try:\n{lines}\n"
        "    except BaseException as error:\n        result = f'{type(error).__name__}: {error}'\n"
        "    raise ValueError(f'SAW {result}'[:400])\n"
    )


def does(body: str) -> str:
    """A ``corner`` that does something and nothing else."""
    lines = "\n".join("    " + line for line in body.strip().splitlines())
    return f"{DOUBLE}\ndef corner(X):\n{lines}\n"


REFUSED, HIDDEN = "PermissionError", "FileNotFoundError"

# What an attack would see, and what it must see instead (a part of the error's text).
LOOKING = {
    "tcp": ("s = socket.create_connection(('127.0.0.1', PORT), 2); result = 'CONNECTED'", REFUSED),
    "udp": ("socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', PORT))", REFUSED),
    "dns": ("result = socket.getaddrinfo('example.org', 80)", "gaierror"),
    "unix": ("s = socket.socket(socket.AF_UNIX); s.connect('NAMED'); result = 'CONNECTED'", REFUSED),
    "abstract": (
        "socket.socket(socket.AF_UNIX).connect('\\0ABSTRACT'); result = 'CONNECTED'",
        REFUSED,
    ),
    "writes-outside": ("open('OUTSIDE', 'w').write('x'); result = 'WROTE'", "Error: [Errno"),
    "reads-others": ("result = os.listdir('SUBMISSIONS')", HIDDEN),
    "reads-home": ("result = open(os.path.expanduser('HOME/secret')).read()", HIDDEN),
    "reads-exercises": ("result = os.listdir('ROOT/week1/exercises')", HIDDEN),
    "unshares": (
        "l = ctypes.CDLL(None, use_errno=True); result = (l.unshare(0x10000000), ctypes.get_errno())",
        "(-1, 1)",
    ),
    "is-root": ("os.setuid(0); result = 'ROOT'", "Error: [Errno"),  # 1 where root grades, 22 elsewhere
    "mounts": ("l = ctypes.CDLL(None); result = l.mount(b'none', b'/tmp', b'tmpfs', 0, None)", "-1"),
    "traces": ("l = ctypes.CDLL(None); result = l.ptrace(16, os.getppid(), 0, 0)", "-1"),
    "kills-grader": ("os.kill(GRADER, 9); result = 'KILLED'", "ProcessLookupError"),
    "fills-disk": (
        "f = open('/tmp/big', 'wb')\nfor n in range(1024):\n    f.write(bytes(2**20))\n    f.flush()\n"
        "result = 'FILLED'",
        "OSError: [Errno",
    ),
}


def forged(value: str) -> str:
    """Writes a frame to every descriptor that it finds, then goes on as if nothing had been."""
    return does(
        f"data = {value}\n"
        "for fd in range(3, 64):\n    try:\n        os.write(fd, data)\n    except OSError:\n        pass\n"
        "os._exit(0)"
    )


class Evil:
    def __reduce__(self):
        return (os.system, ("true",))


DOING = {
    "os-exit": does("os._exit(0)"),
    "sys-exit": does("sys.exit(0)"),
    "del-exit": does("class D:\n    def __del__(self): raise SystemExit\nD()\nreturn X * 0 - 1"),
    "loop": does("while True:\n    try:\n        while True: pass\n    except BaseException:\n        pass"),
    "kills-parent": does("os.kill(os.getppid(), 9)\nos.kill(-1, 9)\nreturn X"),
    "signals": does("signal.signal(signal.SIGALRM, signal.SIG_IGN)\nos.kill(os.getpid(), signal.SIGSTOP)"),
    "fork-bomb": does(
        "for _ in range(100):\n    if os.fork() == 0:\n        time.sleep(60); os._exit(0)\nreturn X * 0 - 1"
    ),
    "memory": does(
        "b = []\nfor _ in range(60):\n    b.append(bytearray(b'x') * (100 * 2**20))\nreturn X * 0 - 1"
    ),
    "flood": does("for _ in range(2000):\n    print('x' * 10_000)\nreturn X * 0 - 1"),
    "big-result": does("return np.zeros((9000, 9000))[None]".replace("np.", "__import__('numpy').")),
    "object-array": does("return __import__('numpy').array([object()])[None]"),
    "promise": does("np = __import__('numpy')\nreturn np.broadcast_to(np.ones(()), (1, 1, 10**9))[0:1, 0:1]"),
    "nan": does("return X * float('nan')"),
    "huge-text": does("return [['x' * 10**8]]"),
    "forged-pickle": forged(repr(pickle.dumps(Evil()))),
    "forged-frame": forged(repr(b'{"observations": [], "passed": true, "score": 99}')),
    "patched": does(
        "import numpy as np, builtins, workbook.observing as o, workbook.judging as j\n"
        "np.allclose = np.array_equal = lambda *a, **k: True\nbuiltins.abs = lambda x: 0\n"
        "o.plain = lambda *a, **k: None\nj.compare = lambda *a, **k: []\n"
        "sys.modules['numpy'] = None\nreturn X * 0 - 1"
    ),
    "frames": does(
        "frame = sys._getframe()\nwhile frame:\n    for value in list(frame.f_locals.values()):\n"
        "        try:\n            return [[value.reference(X)[0, 0]]]\n        except Exception:\n"
        "            pass\n    frame = frame.f_back\nreturn X * 0 - 1"
    ),
    "gc": does(
        "for thing in gc.get_objects():\n    if getattr(thing, 'name', '') == 'corner' and "
        "callable(getattr(thing, 'reference', None)):\n"
        "        return __import__('numpy').asarray(thing.reference(X))\nreturn X * 0 - 1"
    ),
    "outlives": does(
        "import atexit\natexit.register(lambda: time.sleep(60))\n"
        "threading.Thread(target=lambda: time.sleep(60)).start()\nreturn X * 0 - 1"
    ),
    "markup": does("raise ValueError('<script>alert(1)</script>\\x1b[31m')"),
}
BESIDE = ("a-right", "m-right", "z-right")


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """One grading of all attacks, with right submissions before, between and after them."""
    need_sandbox()
    base = tmp_path_factory.mktemp("attacks")
    root, folder, home = base / "tree", base / "submissions", base / "home"
    toy_tree(root)
    home.mkdir()
    (home / "secret").write_text(SECRET)
    tcp, unix, abstract = socket.socket(), socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
    place = f"workbook-attack-{os.getpid()}"
    unix_path = f"/tmp/{place}"
    tcp.bind(("127.0.0.1", 0))
    unix.bind(unix_path)
    abstract.bind("\0" + place)
    reached: list[str] = []
    for name, listener in (("tcp", tcp), ("unix", unix), ("abstract", abstract)):
        listener.listen()
        threading.Thread(target=_listen, args=(name, listener, reached), daemon=True).start()
    words = {
        "PORT": str(tcp.getsockname()[1]),
        "ABSTRACT": place,
        "NAMED": unix_path,
        "OUTSIDE": str(base / "outside"),
        "SUBMISSIONS": str(folder),
        "HOME": str(home),
        "ROOT": str(root),
        "GRADER": str(os.getpid()),
    }
    for name, (body, _) in LOOKING.items():
        for key, value in words.items():
            body = body.replace(key, value)
        write_notebook(folder / f"{name}.ipynb", seen(body))
    for name, cell in DOING.items():
        write_notebook(folder / f"{name}.ipynb", cell)
    for name in BESIDE:
        write_notebook(folder / f"{name}.ipynb", RIGHT)
    write_notebook(folder / "leaves-state.ipynb", "import numpy as np\nnp.workbook_left = 2\n" + RIGHT)
    stale = "import numpy as np\ndef double(X): return np.workbook_left * X"
    write_notebook(folder / "uses-state.ipynb", stale)
    (folder / "link.ipynb").symlink_to(home / "secret")
    (folder / "bomb.zip").write_bytes(b"PK\x03\x04" + bytes(1000))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBOOK_ROOT", str(root))
        patch.setenv("HOME", str(home))
        lesson = find_lesson("toy")
        bounds = Bounds(case_seconds=1.0, memory=1024 * 2**20)
        started = time.monotonic()
        results = grade_folder(folder, lesson, base / "out", bounds=bounds)
        write_all(results, lesson, base / "out")
    for listener in (tcp, unix, abstract):
        listener.close()
    os.unlink(unix_path)
    assert reached == []
    assert not (base / "outside").exists()
    assert time.monotonic() - started < 300
    found = {each.submission: each for each in results}
    found["pages"] = base / "out"
    return found


def _listen(name: str, listener: socket.socket, reached: list[str]) -> None:
    try:
        listener.accept()
    except OSError:
        return
    reached.append(name)


def verdict(result: Result, name: str) -> dict:
    return next(each for each in result.exercises if each["name"] == name)


@pytest.mark.parametrize("name", BESIDE)
def test_those_beside_get_their_marks(graded: dict[str, Result], name: str) -> None:
    assert graded[name].score == 7, graded[name].exercises


@pytest.mark.parametrize("name", LOOKING)
def test_it_sees_nothing(graded: dict[str, Result], name: str) -> None:
    result = graded[name]
    corner = verdict(result, "corner")
    assert verdict(result, "double")["score"] == 6 and result.score == 6, corner
    assert LOOKING[name][1] in corner["text"].split("SAW", 1)[1], corner["text"]
    assert "NameError" not in corner["text"]
    assert SECRET not in json.dumps(result.to_dict())


@pytest.mark.parametrize("name", DOING)
def test_it_earns_what_the_rest_earns(graded: dict[str, Result], name: str) -> None:
    result = graded[name]
    assert verdict(result, "corner")["score"] == 0, verdict(result, "corner")
    assert verdict(result, "double")["score"] == 6, result.exercises[0]
    assert result.score == 6


def test_nothing_is_left_for_the_next(graded: dict[str, Result]) -> None:
    assert verdict(graded["uses-state"], "double")["score"] == 0
    assert verdict(graded["leaves-state"], "double")["score"] == 6


def test_links_are_not_followed_and_archives_not_opened(graded: dict[str, Result]) -> None:
    assert graded["link"].status == "unreadable" and SECRET not in json.dumps(graded["link"].to_dict())
    assert graded["bomb"].status == "unreadable"


def test_pages_hold_no_markup_of_an_attack(graded: dict[str, Result]) -> None:
    for path in Path(graded["pages"]).rglob("*.html"):
        assert "<script" not in path.read_text() and "\x1b" not in path.read_text()
