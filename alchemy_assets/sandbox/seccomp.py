"""Build the seccomp filter of a sandbox: a list of system calls that a program has no business to make.

Belongs here: the list and its encoding as classic BPF (seccomp(2), `struct sock_filter`), for x86-64 and AArch64.
Does not: loading the filter, which bwrap does right before the program starts (`containment`).
"""

import errno
import platform
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

DENIED: Mapping[str, tuple[int, int | None]] = MappingProxyType(
    {
        "_sysctl": (156, None),
        "acct": (163, 89),
        "add_key": (248, 217),
        "adjtimex": (159, 171),
        "bpf": (321, 280),
        "chroot": (161, 51),
        "clock_adjtime": (305, 266),
        "clock_settime": (227, 112),
        "create_module": (174, None),
        "delete_module": (176, 106),
        "fanotify_init": (300, 262),
        "finit_module": (313, 273),
        "fsconfig": (431, 431),
        "fsmount": (432, 432),
        "fsopen": (430, 430),
        "fspick": (433, 433),
        "get_kernel_syms": (177, None),
        "init_module": (175, 105),
        "ioperm": (173, None),
        "iopl": (172, None),
        "kcmp": (312, 272),
        "kexec_file_load": (320, 294),
        "kexec_load": (246, 104),
        "keyctl": (250, 219),
        "lookup_dcookie": (212, 18),
        "memfd_secret": (447, 447),
        "migrate_pages": (256, 238),
        "modify_ldt": (154, None),
        "mount": (165, 40),
        "mount_setattr": (442, 442),
        "move_mount": (429, 429),
        "move_pages": (279, 239),
        "name_to_handle_at": (303, 264),
        "nfsservctl": (180, 42),
        "open_by_handle_at": (304, 265),
        "open_tree": (428, 428),
        "open_tree_attr": (467, 467),
        "perf_event_open": (298, 241),
        "pidfd_getfd": (438, 438),
        "pivot_root": (155, 41),
        "process_madvise": (440, 440),
        "process_mrelease": (448, 448),
        "process_vm_readv": (310, 270),
        "process_vm_writev": (311, 271),
        "ptrace": (101, 117),
        "query_module": (178, None),
        "quotactl": (179, 60),
        "quotactl_fd": (443, 443),
        "reboot": (169, 142),
        "request_key": (249, 218),
        "setdomainname": (171, 162),
        "sethostname": (170, 161),
        "setns": (308, 268),
        "settimeofday": (164, 170),
        "swapoff": (168, 225),
        "swapon": (167, 224),
        "sysfs": (139, None),
        "syslog": (103, 116),
        "umount2": (166, 39),
        "unshare": (272, 97),
        "uselib": (134, None),
        "userfaultfd": (323, 282),
        "ustat": (136, None),
        "vhangup": (153, 58),
        "vmsplice": (278, 75),
    }
)
"""Refused with EPERM; the numbers are those of x86-64 and of AArch64 (None: the call does not exist there)."""

ABSENT: Mapping[str, tuple[int, int | None]] = MappingProxyType(
    {
        # The C library falls back to clone, whose flags a filter can see; libuv falls back from io_uring to epoll.
        "clone3": (435, 435),
        "io_uring_enter": (426, 426),
        "io_uring_register": (427, 427),
        "io_uring_setup": (425, 425),
    }
)
"""Refused with ENOSYS, as on a kernel that lacks them: programs know a way around them."""

UNMETERED: Mapping[str, tuple[int, int | None]] = MappingProxyType(
    {
        # Of what else a process can hold memory by, its page tables tell; these hold it without any.
        "memfd_create": (319, 279),
        "msgget": (68, 186),
        "shmget": (29, 194),
    }
)
"""Refused with ENOSYS too where no control group counts the memory that they hold."""

_CLONE, _IOCTL, _SOCKET, _SOCKETPAIR = (56, 220), (16, 29), (41, 198), (53, 199)
NAMESPACE_FLAGS = 0x7E02_0080  # CLONE_NEW{USER,PID,NET,IPC,UTS,CGROUP,NS,TIME}
SOCKET_FAMILIES = (1, 2, 10, 16)  # UNIX, INET, INET6, NETLINK. VSOCK, above all, knows no network namespaces.
TERMINAL_INJECTION = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX

_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE, _KILL_PROCESS = 0x7FFF_0000, 0x0005_0000, 0x8000_0000
_X32_BIT = 0x4000_0000


@dataclass(frozen=True)
class Machine:
    """A processor architecture: its AUDIT_ARCH number and the column of the tables above that holds its numbers."""

    audit_number: int
    column: int


MACHINES: Mapping[str, Machine] = MappingProxyType(
    {"x86_64": Machine(0xC000_003E, 0), "aarch64": Machine(0xC000_00B7, 1)}
)


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _refuse(number: int) -> bytes:
    return _step(_RETURN, _REFUSE | number)


def _argument(index: int) -> bytes:
    """Load the low half of an argument: all that the kernel itself looks at in those that are filtered here."""
    return _step(_LOAD, _ARGUMENTS + 8 * index)


def build_filter(machine: str | None = None, *, metered: bool = True) -> bytes:
    """Return the filter as an array of `struct sock_filter`, as `bwrap --seccomp` reads it.

    machine: a key of `MACHINES`, by default this one. metered: whether a control group counts all memory of a run.
    Raises KeyError for another architecture. A call made through another architecture's entry (32-bit code) ends the program.
    """
    here = MACHINES[machine or platform.machine()]
    allow = _step(_RETURN, _ALLOW)
    steps = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_EQUAL, here.audit_number, if_true=1),
        _step(_RETURN, _KILL_PROCESS),
        _step(_LOAD, _NUMBER),
    ]
    if here.column == 0:
        steps += [_step(_AT_LEAST, _X32_BIT, if_false=1), _refuse(errno.ENOSYS)]
    for table, error in ((DENIED, errno.EPERM), (ABSENT if metered else {**ABSENT, **UNMETERED}, errno.ENOSYS)):
        for numbers in table.values():
            number = numbers[here.column]
            if number is not None:
                steps += [_step(_EQUAL, number, if_false=1), _refuse(error)]

    clone = [_argument(0), _step(_ANY_BIT, NAMESPACE_FLAGS, if_false=1), _refuse(errno.EPERM), allow]
    ioctl = [_argument(1)]
    for request in TERMINAL_INJECTION:
        ioctl += [_step(_EQUAL, request, if_false=1), _refuse(errno.EPERM)]
    ioctl += [allow]
    socket = [_argument(0)]
    for family in SOCKET_FAMILIES:
        socket += [_step(_EQUAL, family, if_false=1), allow]
    socket += [_refuse(errno.EAFNOSUPPORT)]
    for call, body in ((_CLONE, clone), (_IOCTL, ioctl), (_SOCKET, socket), (_SOCKETPAIR, socket)):
        steps += [_step(_EQUAL, call[here.column], if_false=len(body)), *body]
    return b"".join([*steps, allow])
