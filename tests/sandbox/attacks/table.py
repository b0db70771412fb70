"""The attacks: what each one tries, how it is started, and how it must end.

Belongs here: one row for each way of attacking. Does not: the programs (`programs/`), what must be unharmed on the host
(`host`, the same after every attack), running them (`assault`).
"""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from alchemy_assets.sandbox.sandbox import Invocation, Limits, Program, Status

PROGRAMS = Path(__file__).parent / "programs"
LANGUAGES: Mapping[str, str] = {".c": "C", ".py": "Python", ".sh": "Shell"}
REFUSED = "refused"
"""Expected where the sandbox must raise UnsafePathError before it starts anything."""


class Kind(StrEnum):
    """What holds a run to its limits, on which hang some of the expected ends."""

    GROUPED = "control groups"
    RLIMITS = "rlimits only"
    DOCKER = "docker"


LIMITS = Limits(
    cpu_seconds=0.8,
    wall_seconds=4,
    memory_bytes=128 * 2**20,
    processes=24,
    output_bytes=100_000,
    written_bytes=16_000_000,
)
COMPILE_LIMITS = Limits(
    cpu_seconds=6,
    wall_seconds=30,
    memory_bytes=256 * 2**20,
    processes=64,
    output_bytes=256 * 2**10,
    written_bytes=64 * 2**20,
)
"""What a compiler may use here: other than in earnest, an attack on it should not take a minute."""

NOT_COLLECTED = r".*was not collected.*"


@functools.cache
def _program(name: str) -> Program:
    path = PROGRAMS / name
    shared = {".c": "attempt.h", ".py": "attempt.py"}.get(path.suffix)
    names = (name, shared) if shared else (name,)
    return Program(LANGUAGES[path.suffix], {one: (PROGRAMS / one).read_bytes() for one in names}, name)


@dataclass(frozen=True)
class Attack:
    """One way of attacking.

    expected: how it ends, or `REFUSED`. otherwise: how it ends instead on some kinds of backends.
    race: how it may end as well, where it is chance which of two ends comes first.
    says: a pattern that all of stdout must match, where the program ended by itself.
    collected: exactly the files that come back. detail: a pattern that the outcome's detail must hold.
    exit_code: None where any will do. slow: whether it takes long enough to be left out of a soak.
    """

    name: str
    file: str
    expected: Status | str = Status.FINISHED
    says: str = r"contained(| \d+)\n"
    otherwise: Mapping[Kind, Status | str] = field(default_factory=dict)
    race: Status | str | None = None
    exit_code: int | None = 0
    invocation: Invocation = field(default_factory=Invocation)
    limits: Limits = LIMITS
    collected: Mapping[str, bytes] = field(default_factory=dict)
    detail: str = ""
    slow: bool = False

    @property
    def program(self) -> Program:
        """The attack's program, with the file that it shares with others of its language."""
        return _program(self.file)

    def started(self, environment: Mapping[str, str]) -> Invocation:
        """The invocation, with variables that tell a program where on the host it could do harm."""
        return replace(self.invocation, environment={**environment, **self.invocation.environment})

    def expects(self, kind: Kind) -> Status | str:
        """How it must end on a kind of backend."""
        return self.otherwise.get(kind, self.expected)

    def what(self) -> str:
        """What it tries, as its program says in its first lines."""
        text = (PROGRAMS / self.file).read_text()
        said = re.match(r'/\* (.*?) \*/|"""(.*?)"""|# ([^\n]*)', text, re.DOTALL)
        return " ".join(next(filter(None, said.groups())).split()) if said else ""


TIMED_OUT, OUT_OF_MEMORY, KILLED = Status.TIMED_OUT, Status.OUT_OF_MEMORY, Status.KILLED
BUSY = replace(LIMITS, cpu_seconds=0.4, wall_seconds=3)
IDLE = replace(LIMITS, wall_seconds=0.5)
_COUNT, _PROCESSES = Status.FINISHED, Status.TOO_MANY_PROCESSES
_NO_SUCH_CALL = {Kind.RLIMITS: Status.FINISHED}

_NETWORK = (
    Attack("TCP, UDP, DNS to the outside", "network_outside.py", says=r"no routes\ncontained (10|11)\n"),
    Attack("sockets of the host", "network_host.py", says=r"contained 13\n"),
    Attack("every socket family", "socket_families.c", says=r"contained 0\n"),
)
_READING = (
    Attack("files of the host", "read_host.py", says=r"nothing to see\ncontained 91\n"),
    Attack("environment of the host", "read_environment.sh"),
    Attack("other processes, descriptors", "other_processes.py", says=r"alone\n"),
)
_WRITING = (
    Attack("write outside of its folder", "write_outside.py", says=r"contained 53\n"),
    Attack("/proc/sys", "proc_sys.c", says=r"contained 12\n"),
    Attack("mounts", "mounts.c", says=r"contained 24\n"),
    Attack("namespaces", "namespaces.c", says=r"contained 42\n"),
    Attack("setuid and capabilities", "setuid.py", says=r"contained 11\n", limits=replace(LIMITS, cpu_seconds=3)),
    Attack("ptrace of others", "trace.c", says=r"contained 19\n"),
    Attack(
        "memory of its init",
        "init_memory.c",
        says=r"(contained\n)?",
        expected=KILLED,
        exit_code=None,
        otherwise={Kind.DOCKER: Status.FINISHED},
    ),
    Attack("page cache of the host", "page_cache.c", says=r"contained 3\n"),
    Attack("kernel keyrings", "keyrings.c", says=r"contained 22\n"),
    Attack("calls of administrators", "forbidden_calls.c", says=r"contained 28\n"),
    Attack("the clock", "clock.c", says=r"contained 8\n"),
    Attack("32-bit calls", "foreign_calls.c", expected=KILLED, says=r"before\n", exit_code=128 + 31, detail="SIGSYS"),
    Attack("priorities, OOM score", "priorities.c", says=r"contained 8\n"),
    Attack("raising limits", "limits_raised.c", says=r"contained 6\n"),
    Attack("limits of its init", "init_limits.c", says=r"(contained\n)?", exit_code=None, race=KILLED),
)
_TOO_MANY = (
    Attack("fork bomb in C", "fork_bomb.c", expected=_PROCESSES, otherwise={Kind.RLIMITS: TIMED_OUT}, limits=BUSY),
    Attack(
        "fork bomb in Shell",
        "fork_bomb.sh",
        expected=_PROCESSES,
        otherwise={Kind.RLIMITS: TIMED_OUT},
        limits=replace(BUSY, wall_seconds=1),
    ),
    Attack("as many processes as possible", "fork_counted.c", expected=_PROCESSES, otherwise={Kind.RLIMITS: _COUNT}),
    Attack("thread bomb", "thread_bomb.c", expected=_PROCESSES, otherwise={Kind.RLIMITS: _COUNT}),
    Attack("zombies", "zombies.c", expected=_PROCESSES, otherwise={Kind.RLIMITS: _COUNT}),
    Attack("memory bomb in C", "memory_bomb.c", expected=OUT_OF_MEMORY),
    Attack("memory bomb in Python", "memory_bomb.py", expected=OUT_OF_MEMORY),
    Attack("memory of many processes", "memory_forks.c", expected=OUT_OF_MEMORY),
    Attack("shared memory out of sight", "memory_shared.c", expected=OUT_OF_MEMORY),
    Attack("memory in unnamed files", "memory_file.c", expected=OUT_OF_MEMORY, otherwise=_NO_SUCH_CALL),
    Attack("System V segments", "memory_segments.c", expected=OUT_OF_MEMORY, otherwise=_NO_SUCH_CALL),
    Attack("memory of a process without its first thread", "memory_headless.c", expected=OUT_OF_MEMORY),
    Attack("time of children nobody waits for", "time_unclaimed.c", expected=TIMED_OUT, limits=BUSY),
    Attack("memory of a thread's children", "memory_hidden.c", expected=OUT_OF_MEMORY),
    Attack("time of a thread's children", "time_hidden.c", expected=TIMED_OUT, limits=BUSY),
    Attack(
        "a relay of short processes",
        "time_relay.c",
        expected=TIMED_OUT,
        limits=replace(BUSY, wall_seconds=2, processes=500),
    ),
    # Without control groups nothing counts these: descriptors bound them, to about a gigabyte a process.
    Attack(
        "buffers of sockets",
        "memory_sockets.c",
        expected=OUT_OF_MEMORY,
        otherwise={Kind.RLIMITS: Status.FINISHED},
        limits=replace(LIMITS, cpu_seconds=5, wall_seconds=8),
    ),
    Attack("empty files without end", "memory_inodes.c", expected=OUT_OF_MEMORY, limits=replace(LIMITS, cpu_seconds=3)),
    Attack("memory in tmpfs", "memory_tmpfs.c", expected=OUT_OF_MEMORY, limits=replace(LIMITS, written_bytes=2**28)),
    Attack("locked and huge pages", "memory_locked.c", says=r"contained 4\n"),
    Attack("reserving addresses", "memory_pressure.c", says=r"(refused|reserved)\n"),
    Attack("disk filling, /dev/shm", "disk_fill.py", says=r"contained 4\n"),
    Attack(
        "sparse files",
        "sparse.c",
        says=r"contained 3\n",
        invocation=Invocation(collect=("hole",)),
        collected={"hole": bytes(7_999_997) + b"end"},
    ),
    Attack(
        "50,000 folders deep",
        "deep_folders.c",
        says=r"50000 levels\n",
        invocation=Invocation(collect=("top", "d")),
        collected={"top": b""},
        detail=NOT_COLLECTED,
        limits=replace(LIMITS, cpu_seconds=3),
    ),
    Attack(
        "20,000 files",
        "many_files.c",
        says=r"20000 files\n",
        invocation=Invocation(collect=("f9999", "l9999")),
        collected={"f9999": b""},
        detail=NOT_COLLECTED,
        limits=replace(LIMITS, cpu_seconds=3),
    ),
    Attack("descriptors in descriptors", "descriptors.c", limits=replace(LIMITS, cpu_seconds=2)),
    # To come to the limit of kept signals takes a second of CPU time on a slow machine.
    Attack("timers", "timers.c", limits=replace(LIMITS, cpu_seconds=3)),
    Attack("terminals", "terminals.c"),
    Attack("message queues", "queues.c", expected=OUT_OF_MEMORY, otherwise=_NO_SUCH_CALL),
    Attack("filters over filters", "filters.c"),
)
_OUTPUT = (
    Attack("endless stdout", "endless_stdout.sh", expected=Status.TOO_MUCH_OUTPUT),
    Attack("endless stderr", "endless_stderr.c", expected=Status.TOO_MUCH_OUTPUT),
    Attack("a line of 10 GB", "long_line.c", expected=Status.TOO_MUCH_OUTPUT),
    Attack("a full pipe, then silence", "output_to_the_brim.c", expected=TIMED_OUT, limits=IDLE),
    Attack("stealing its own output", "steal_output.c", expected=TIMED_OUT, limits=BUSY),
    Attack("close stdout and run on", "close_stdout.c", expected=TIMED_OUT, limits=BUSY),
    Attack("close stdout and sleep on", "close_stdout_and_sleep.c", expected=TIMED_OUT, limits=IDLE),
    Attack("wait for ever", "read_for_ever.py", expected=TIMED_OUT, limits=IDLE),
)
_STAYING = (
    Attack("ignore every signal", "ignore_signals.c", expected=TIMED_OUT, limits=BUSY),
    Attack("stop everything", "stop.c", expected=TIMED_OUT, limits=IDLE),
    Attack("a daemon", "daemon.c", says=r"main ended\n"),
    Attack("a daemon that writes", "daemon_writing.py", says=r"daemon\nmain\n"),
    Attack("a swarm that replaces itself", "respawn.c", says="", limits=replace(LIMITS, cpu_seconds=3, processes=500)),
    Attack("signals to everything", "kill_all.c"),
    Attack("signals to the host", "kill_victim.c", says=r"contained 5\n"),
    Attack("executed from memory", "memfd_execution.c", says=r"\d+\n"),
    Attack("core dump", "core_dump.c", expected=KILLED, says=r"before\n", exit_code=134, detail="SIGABRT"),
    Attack("stack overflow", "crash.c", expected=KILLED, says="", exit_code=139, detail="SIGSEGV"),
    Attack("a false end", "false_end.py", expected=KILLED, says="", exit_code=137),
)
_FOLDER = (
    Attack(
        "names that are no UTF-8",
        "odd_names.py",
        says=r"written\n",
        invocation=Invocation(collect=("caf\udce9", "new\nline", "-rf", "x" * 255, "\udced\udca0\udc80", "fifo\udcff")),
        collected={
            "caf\udce9": b"caf\xe9",
            "new\nline": b"new\nline",
            "-rf": b"-rf",
            "x" * 255: b"x" * 255,
            "\udced\udca0\udc80": b"\xed\xa0\x80",
        },
        detail=NOT_COLLECTED,
    ),
    Attack(
        "planted links, FIFO",
        "planted_links.py",
        says="",
        invocation=Invocation(
            collect=(
                "link",
                "host",
                "folder/passwd",
                "magic/passwd",
                "environment",
                "loop",
                "fifo",
                "directory",
                "inner",
                "socket",
                "closed",
                "good",
            )
        ),
        collected={"good": b"good"},
        detail=NOT_COLLECTED,
    ),
    Attack(
        "a swapped work folder",
        "swapped_folder.py",
        says="",
        collected={"x": b"own"},
        invocation=Invocation(work_folder="/tmp/w", collect=("x", "passwd")),
    ),
    Attack(
        "a race of links",
        "swap_race.c",
        says=r"main ended\n",
        limits=replace(LIMITS, cpu_seconds=3),
        invocation=Invocation(collect=("folder/passwd",)),
    ),
    Attack(
        "folders without rights",
        "locked_folder.c",
        says=r"locked\n",
        invocation=Invocation(collect=("a/b/file",)),
        detail=NOT_COLLECTED,
    ),
    Attack("its own source and profile", "folder_of_program.sh"),
)
_HANDED_OVER = (
    Attack("huge arguments of its own", "huge_argv.c"),
    Attack(
        "arguments of 90 kB",
        "count_words.py",
        says=r"45000 45000\n",
        invocation=Invocation(arguments=("x" * 45_000,), environment={"HUGE": "x" * 45_000}),
    ),
    Attack(
        "arguments of 1 MB", "count_words.py", expected=REFUSED, invocation=Invocation(arguments=("x" * 1_000_000,))
    ),
    Attack(
        "a million arguments", "count_words.py", expected=REFUSED, invocation=Invocation(arguments=("",) * 1_000_000)
    ),
    Attack(
        "environment of 1 MB",
        "count_words.py",
        expected=REFUSED,
        invocation=Invocation(environment={"HUGE": "x" * 1_000_000}),
    ),
    Attack(
        "collect from above", "count_words.py", expected=REFUSED, invocation=Invocation(collect=("../../etc/passwd",))
    ),
)
_COMPILER = (
    Attack("#include /etc/shadow", "include_shadow.c", expected=Status.COMPILE_ERROR, exit_code=None),
    Attack("#include of an environment", "include_secret.c", expected=Status.COMPILE_ERROR, exit_code=None),
    Attack(
        "#include /dev/zero",
        "include_zero.c",
        expected=OUT_OF_MEMORY,
        exit_code=None,
        otherwise={Kind.RLIMITS: Status.COMPILE_ERROR},
    ),
    Attack("#include of itself", "include_itself.c", expected=OUT_OF_MEMORY, exit_code=None, slow=True),
    Attack("#include of itself, too deep", "include_too_deep.c", expected=Status.TOO_MUCH_OUTPUT, exit_code=None),
    Attack("macro bomb", "macro_bomb.c", expected=OUT_OF_MEMORY, exit_code=None, slow=True),
    Attack(".incbin /etc/shadow", "incbin.c", expected=Status.COMPILE_ERROR, exit_code=None),
    Attack("an array of 10 GB", "huge_array.c", expected=Status.COMPILE_ERROR, exit_code=None, slow=True),
    Attack("a section of 16 GB", "huge_section.c", expected=Status.COMPILE_ERROR, exit_code=None, slow=True),
    Attack("messages without end", "error_flood.c", expected=Status.TOO_MUCH_OUTPUT, exit_code=None, slow=True),
)
_IGNORED, _STOPPING, _LIBRARY = {17, 18, 20, 21, 22, 23, 28}, {19}, {32, 33}
"""Stops from a terminal do nothing in a group without a parent; the C library has its own ignored by what it spawns."""


def _signal(number: int) -> Attack:
    ends = Status.FINISHED if number in _IGNORED | _LIBRARY else TIMED_OUT if number in _STOPPING else KILLED
    return Attack(
        f"signal {number}",
        "by_signal.c",
        expected=ends,
        says=rf"{number}\n",
        otherwise={Kind.DOCKER: KILLED} if number in _LIBRARY else {},
        exit_code=None if number in _LIBRARY else 0 if ends == Status.FINISHED else 128 + number,
        invocation=Invocation(arguments=(str(number),)),
        limits=IDLE,
    )


SIGNALS = tuple(map(_signal, range(1, 65)))
ATTACKS = (
    *_NETWORK,
    *_READING,
    *_WRITING,
    *_TOO_MANY,
    *_OUTPUT,
    *_STAYING,
    *_FOLDER,
    *_HANDED_OVER,
    *_COMPILER,
    *SIGNALS,
)
