"""A seccomp filter: which system calls a submission may not make. Linux on x86_64 and aarch64."""

import ctypes
import errno
import platform
import struct

_X86_64 = dict(
    socket=41, ptrace=101, mount=165, umount2=166, pivot_root=155, chroot=161, unshare=272, setns=308,
    process_vm_readv=310, process_vm_writev=311, kcmp=312, add_key=248, request_key=249, keyctl=250,
    bpf=321, perf_event_open=298, userfaultfd=323, io_uring_setup=425, io_uring_enter=426,
    io_uring_register=427, kexec_load=246, kexec_file_load=320, init_module=175, finit_module=313,
    delete_module=176, reboot=169, swapon=167, swapoff=168, acct=163, settimeofday=164, clock_settime=227,
    open_by_handle_at=304, name_to_handle_at=303, fanotify_init=300, lookup_dcookie=212, quotactl=179,
    open_tree=428, move_mount=429, fsopen=430, fsconfig=431, fsmount=432, fspick=433, mount_setattr=442,
    pidfd_getfd=438, process_madvise=440, iopl=172, ioperm=173, modify_ldt=154, personality=135,
    sethostname=170, setdomainname=171, syslog=103, vhangup=153, move_pages=279, migrate_pages=256,
    memfd_create=319, memfd_secret=447, shmget=29, msgget=68, semget=64, socketpair=53, io_setup=206,
    vmsplice=278,
)  # fmt: skip
_AARCH64 = dict(
    socket=198, ptrace=117, mount=40, umount2=39, pivot_root=41, chroot=51, unshare=97, setns=268,
    process_vm_readv=270, process_vm_writev=271, kcmp=272, add_key=217, request_key=218, keyctl=219,
    bpf=280, perf_event_open=241, userfaultfd=282, io_uring_setup=425, io_uring_enter=426,
    io_uring_register=427, kexec_load=104, kexec_file_load=294, init_module=105, finit_module=273,
    delete_module=106, reboot=142, swapon=224, swapoff=225, acct=89, settimeofday=170, clock_settime=112,
    open_by_handle_at=265, name_to_handle_at=264, fanotify_init=262, lookup_dcookie=18, quotactl=60,
    open_tree=428, move_mount=429, fsopen=430, fsconfig=431, fsmount=432, fspick=433, mount_setattr=442,
    pidfd_getfd=438, process_madvise=440, personality=92, sethostname=161, setdomainname=162, syslog=116,
    vhangup=58, move_pages=239, migrate_pages=238,
    memfd_create=279, memfd_secret=447, shmget=194, msgget=186, semget=190, socketpair=199, io_setup=0,
    vmsplice=75,
)  # fmt: skip

_MACHINES = {
    "x86_64": (0xC000003E, _X86_64, {"clone": 56, "clone3": 435, "ioctl": 16, "mmap": 9, "prlimit": 302}),
    "aarch64": (
        0xC00000B7,
        _AARCH64,
        {"clone": 220, "clone3": 435, "ioctl": 29, "mmap": 222, "prlimit": 261},
    ),
}

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NEW_NAMESPACES = 0x7E020000 | 0x80
_SHARED, _ANONYMOUS = 0x01, 0x20
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C


def supported() -> bool:
    """True where the numbers of the system calls are known."""
    return platform.machine() in _MACHINES


def program() -> bytes:
    """The filter as instructions of the kernel's packet filter."""
    arch, forbidden, other = _MACHINES[platform.machine()]
    refuse = _ERRNO | errno.EPERM
    lines = [
        _op(_LOAD, 4),  # the architecture: calls of 32 bits have other numbers
        _op(_EQUAL, arch, 1, 0),
        _op(_RETURN, _KILL),
        _op(_LOAD, 0),
        _op(_AT_LEAST, 0x40000000, 0, 1),  # the calls of x32
        _op(_RETURN, refuse),
        # its flags lie in memory, where a filter cannot look; C libraries then use clone
        _op(_EQUAL, other["clone3"], 0, 1),
        _op(_RETURN, _ERRNO | errno.ENOSYS),
    ]
    for number in forbidden.values():
        lines += [_op(_EQUAL, number, 0, 1), _op(_RETURN, refuse)]
    lines += [
        _op(_EQUAL, other["clone"], 0, 4),
        _op(_LOAD, 16),
        _op(_ANY_BIT, _NEW_NAMESPACES, 0, 1),
        _op(_RETURN, refuse),
        _op(_RETURN, _ALLOW),
        _op(_EQUAL, other["ioctl"], 0, 5),
        _op(_LOAD, 24),
        _op(_EQUAL, _TIOCSTI, 1, 0),
        _op(_EQUAL, _TIOCLINUX, 0, 1),
        _op(_RETURN, refuse),
        _op(_RETURN, _ALLOW),
        # the limits of another process: the first one's would be no failure of the submission
        _op(_EQUAL, other["prlimit"], 0, 4),
        _op(_LOAD, 16),
        _op(_EQUAL, 0, 1, 0),
        _op(_RETURN, refuse),
        _op(_RETURN, _ALLOW),
        # shared memory without a file, once let go of, is counted nowhere and takes room all the same
        _op(_EQUAL, other["mmap"], 0, 4),
        _op(_LOAD, 40),
        _op(_ANY_BIT, _SHARED, 0, 2),
        _op(_ANY_BIT, _ANONYMOUS, 0, 1),
        _op(_RETURN, refuse),
        _op(_RETURN, _ALLOW),
    ]
    return b"".join(lines)


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def install(libc: ctypes.CDLL) -> None:
    """Bind this process and its children to the filter for good. Raises OSError."""
    code = program()
    buffer = ctypes.create_string_buffer(code, len(code))
    filled = _Program(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    set_seccomp, mode_filter = 22, 2
    if libc.prctl(set_seccomp, mode_filter, ctypes.byref(filled), 0, 0):
        raise OSError(ctypes.get_errno(), "the seccomp filter was refused")
