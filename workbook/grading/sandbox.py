"""A sandbox of the kernel's own making: namespaces, a tree of its own, seccomp, limits.

Why not bubblewrap: it starts a new program, and TensorFlow takes seconds to load. Here a process that has
it loaded is forked and its child is closed in. That takes two forks: the first makes the namespaces, its
child is the first process of the new process namespace (a process that has left its own can start no
threads, its child can).

    user       an ordinary user without capabilities; of root's processes it becomes "nobody"
    mount      a small tree, read-only: the system's libraries, this Python, the workbook without its answers;
               one scratch folder of bounded size, which is /tmp, /dev/shm and the home
    process    with its own /proc; its first process dies: all die
    network, IPC, UTS, cgroup   empty ones: no device, not even loopback, is up
    seccomp    no sockets, mounts, namespaces, tracing, keys, io_uring, bpf, modules (see seccomp.py)
    limits     processor time, processes, sizes of files, open files, private memory, no core files

It needs Linux 5.12 on x86_64 or aarch64 and user namespaces. ``available`` says what is missing.
"""

import contextlib
import ctypes
import functools
import os
import platform
import resource
import shutil
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from workbook.grading import seccomp
from workbook.grading.bounds import Bounds

_NEW_NS, _NEW_CGROUP, _NEW_UTS, _NEW_IPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
_NEW_USER, _NEW_PID, _NEW_NET = 0x10000000, 0x20000000, 0x40000000
_READ_ONLY, _NO_SUID, _NO_DEV, _NO_EXEC, _BIND, _RECURSIVE, _PRIVATE = 1, 2, 4, 8, 4096, 16384, 1 << 18
_DETACH = 2
_INSIDE = 1000
_NOBODY = 65534
_DEATH_SIGNAL, _DUMPABLE, _DROP_BOUND, _NO_NEW_PRIVILEGES, _AMBIENT = 1, 4, 24, 38, 47

REMEDY = (
    "Grade on Linux 5.12 or newer (x86_64 or aarch64) where user namespaces are allowed: as an "
    "administrator, sysctl -w user.max_user_namespaces=10000 and, on Ubuntu, sysctl -w "
    "kernel.apparmor_restrict_unprivileged_userns=0; in a container, run it with --security-opt "
    "seccomp=unconfined --security-opt systempaths=unconfined. For your own notebook alone, --no-sandbox "
    "runs it without protection."
)


class NoSandbox(Exception):
    """No sandbox can be had here; the text says why and what to do."""


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _call(name: str, *args: object) -> None:
    if getattr(_libc(), name)(*args):
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")


# --- the first fork: namespaces -----------------------------------------------------------------------


def enter_namespaces() -> None:
    """Leave the server's namespaces; the process namespace is that of the children. Raises OSError.

    Whoever forked this process then writes its user map (``map_user``). Root's other groups stay outside:
    once inside, nobody can leave them.
    """
    if os.geteuid() == 0:
        with contextlib.suppress(PermissionError):  # some containers keep their root from it
            os.setgroups([])
    _call("unshare", _NEW_USER | _NEW_PID | _NEW_NET | _NEW_IPC | _NEW_UTS | _NEW_CGROUP)


def map_user(pid: int) -> None:
    """Give a process that has entered a user namespace its users. Raises OSError."""
    users, groups = f"{_INSIDE} {os.geteuid()} 1\n", f"{_INSIDE} {os.getegid()} 1\n"
    if os.geteuid() == 0:  # as root it builds its tree, and then becomes nobody for good
        users = groups = f"0 0 1\n{_INSIDE} {_NOBODY} 1\n"
    folder = Path(f"/proc/{pid}")
    (folder / "setgroups").write_text("deny")
    (folder / "uid_map").write_text(users)
    (folder / "gid_map").write_text(groups)


def die_with_parent() -> None:
    _call("prctl", _DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)


# --- the second fork: tree, user, limits --------------------------------------------------------------


@dataclass(frozen=True)
class Tree:
    """What a submission sees of the file system.

    shown  folders and files that stand where they stand outside, read-only
    """

    shown: tuple[Path, ...]


def tree_for(week: Path) -> Tree:
    """The tree for a lesson: the system, this Python, the engine, the lesson's week without its answers."""
    engine = Path(__file__).resolve().parent.parent
    system = [Path(name) for name in ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin")]
    parts = [
        Path("/etc") / name for name in ("ld.so.cache", "localtime", "fonts", "alternatives", "mime.types")
    ]
    python = [Path(sys.prefix), Path(sys.base_prefix), Path(os.path.realpath(sys.executable)).parent]
    packages = [Path(entry) for entry in sys.path if "site-packages" in entry or "dist-packages" in entry]
    helpers = [each for each in week.iterdir() if each.suffix == ".py" or (each / "__init__.py").is_file()]
    chosen = [each for each in (*system, *parts, *python, *packages, engine, *helpers) if each.exists()]
    shown: list[Path] = []
    for path in sorted(set(chosen), key=lambda each: len(each.parts)):
        if path.is_symlink() or not any(
            path.is_relative_to(outer) for outer in shown if not outer.is_symlink()
        ):
            shown.append(path)
    return Tree(tuple(shown))


def close_in(tree: Tree, bounds: Bounds, seconds: float) -> None:
    """Shut the first process of a new process namespace in. Raises OSError where the kernel refuses."""
    _build(tree, bounds, _place_for(tree))
    _become_nobody()
    _limit(bounds, seconds)
    _call("prctl", _NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    seccomp.install(_libc())


def _place_for(tree: Tree) -> str:
    """A folder to build the tree in: it hides what lies there, so nothing that is shown may."""
    places = [each for each in ("/tmp", "/mnt", "/media", "/srv", "/opt") if os.path.isdir(each)]
    free = [each for each in places if not any(path.is_relative_to(each) for path in tree.shown)]
    return (free or places)[0]


def _mount(source: str, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    encoded = [text.encode() if text is not None else None for text in (source, target, kind)]
    _call("mount", *encoded, ctypes.c_ulong(flags), options.encode() if options else None)


def _build(tree: Tree, bounds: Bounds, new_root: str) -> None:
    """Put a small tree in the place of the whole file system."""
    _call("unshare", _NEW_NS)
    _mount("none", "/", None, _RECURSIVE | _PRIVATE)
    _mount("tmpfs", new_root, "tmpfs", _NO_SUID | _NO_DEV, "mode=755,size=1m")
    for path in tree.shown:
        _show(path, new_root)
    for name in ("null", "random", "urandom", "full"):  # memory shared through "zero" is counted nowhere
        _show(Path("/dev") / name, new_root)
    for name in ("proc", "tmp", "old", "dev/shm"):
        os.makedirs(f"{new_root}/{name}", exist_ok=True)
    os.chdir(new_root)
    _call("syscall", ctypes.c_long(_PIVOT_ROOT[platform.machine()]), b".", b"old")
    os.chdir("/")
    _mount_proc()
    _call("umount2", b"/old", _DETACH)
    os.rmdir("/old")
    _make_read_only()
    options = f"mode=1777,size={bounds.scratch},nr_inodes=4096"
    _mount("tmpfs", "/tmp", "tmpfs", _NO_SUID | _NO_DEV, options)
    _mount("/tmp", "/dev/shm", None, _BIND)
    os.chdir("/tmp")


_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}


def _show(path: Path, new_root: str) -> None:
    """Let a folder, file or link stand in the new tree where it stands now."""
    target = f"{new_root}{path}"
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if path.is_symlink():
        os.symlink(os.readlink(path), target)
        return
    if path.is_dir():
        os.makedirs(target, exist_ok=True)
    else:
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
    _mount(str(path), target, None, _BIND | _RECURSIVE)


def _mount_proc() -> None:
    """This process namespace's own /proc; none where a container hides parts of its own."""
    try:
        _mount("proc", "/proc", "proc", _NO_SUID | _NO_DEV | _NO_EXEC | _READ_ONLY)
    except OSError:
        return


class _Attributes(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("set", "clear", "propagation", "userns")]


def _make_read_only() -> None:
    """All that is mounted now, with all that is mounted in it."""
    mount_setattr, at_cwd, recursive = 442, -100, 0x8000
    wanted = _Attributes(set=_READ_ONLY | _NO_SUID)  # /dev/null is a device
    _call(
        "syscall",
        ctypes.c_long(mount_setattr),
        ctypes.c_int(at_cwd),
        b"/",
        ctypes.c_uint(recursive),
        ctypes.byref(wanted),
        ctypes.c_size_t(ctypes.sizeof(wanted)),
    )


def _become_nobody() -> None:
    """An ordinary user with no capability that could ever come back."""
    os.setresgid(_INSIDE, _INSIDE, _INSIDE)
    os.setresuid(_INSIDE, _INSIDE, _INSIDE)  # takes the capabilities of a root that became another user
    for capability in range(64):
        if _libc().prctl(_DROP_BOUND, capability, 0, 0, 0):
            break
    _libc().prctl(_AMBIENT, 4, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    _call("capset", ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)()))
    _call("prctl", _DUMPABLE, 0, 0, 0, 0)
    die_with_parent()  # becoming another user forgets it
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def _limit(bounds: Bounds, seconds: float) -> None:
    processor = max(1, int(seconds) + 1)
    for kind, most in (
        (resource.RLIMIT_CPU, processor),
        (resource.RLIMIT_NPROC, bounds.processes),
        (resource.RLIMIT_FSIZE, bounds.scratch),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_DATA, bounds.memory + 2**30),
        (resource.RLIMIT_MEMLOCK, 2**16),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_NICE, 0),
        (resource.RLIMIT_RTPRIO, 0),
    ):
        _, hard = resource.getrlimit(kind)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (least, least))


def empty_scratch() -> None:
    """Remove what an exercise has left in the scratch folder. Follows no links."""
    with os.scandir("/tmp") as found:
        for entry in list(found):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path, ignore_errors=True)
            else:
                os.unlink(entry.path)


# --- is there one? ------------------------------------------------------------------------------------


@functools.cache
def available() -> str:
    """Why no sandbox can be had here; nothing where one can."""
    if sys.platform != "linux" or not seccomp.supported():
        return f"this is {platform.system()} on {platform.machine()}"
    import subprocess

    command = [sys.executable, "-m", "workbook.grading.sandbox"]
    try:
        tried = subprocess.run(command, capture_output=True, text=True, timeout=60, env=_plain_environment())
    except subprocess.TimeoutExpired:
        return "it did not answer within a minute"
    return "" if tried.returncode == 0 else (tried.stderr.strip().splitlines() or ["it does not start"])[-1]


def _plain_environment() -> dict[str, str]:
    home = str(Path(__file__).resolve().parent.parent.parent)
    return os.environ | {"PYTHONPATH": os.pathsep.join([home, os.environ.get("PYTHONPATH", "")])}


def insist() -> None:
    """Raise NoSandbox where none can be had."""
    if reason := available():
        raise NoSandbox(f"No sandbox can be had here: {reason}. {REMEDY}")


def _try() -> None:
    """Close a child in, and look whether it is."""
    from workbook.grading.forking import closed_in

    tree = tree_for(Path(__file__).resolve().parent)
    proof, prove = os.pipe()

    def inside(failure: int) -> None:
        os.write(prove, b"closed in")

    status = closed_in(tree, Bounds(), 10, inside, (prove,))
    os.close(prove)
    if status or os.read(proof, 9) != b"closed in":
        raise SystemExit(status or "its first process ended at once")


if __name__ == "__main__":
    _try()
