"""What a hostile program tries, and does not get. Every test also asserts that nothing is left of its runs."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest

from alchemy_assets.sandbox.backends import open_sandbox
from alchemy_assets.sandbox.programs import ProgramSandbox
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Outcome, Program, Status
from alchemy_assets.settings import Sandboxing

Run = Callable[..., Outcome]

TRY = """
import errno
def attempt(what, function):
    try:
        print(what, "done", function())
    except OSError as error:
        print(what, errno.errorcode[error.errno])
"""
SYSCALL = (
    TRY
    + """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def call(*arguments):
    if libc.syscall(*map(ctypes.c_long, arguments)) < 0:
        raise OSError(ctypes.get_errno(), "")
"""
)


class Watch(Protocol):
    """The fixture `no_trace`."""

    mark: str

    def processes(self) -> list[str]:
        """Return the marked processes that are alive."""

    def soon_gone(self, seconds: float = 10.0) -> bool:
        """Whether nothing is left after at most so many seconds."""


def test_there_is_no_network(run: Run) -> None:
    """TCP and UDP to the outside, a name look-up, and services of this machine on the loopback are out of reach."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as abstract:
        name = f"\0sandbox-test-{os.getpid()}"
        abstract.bind(name)
        abstract.listen()
        source = (
            TRY
            + f"""
import socket
attempt("tcp", lambda: socket.create_connection(("192.0.2.1", 80), 2))
attempt("udp", lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53)))
attempt("udp6", lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).sendto(b"x", ("2001:db8::1", 53)))
attempt("host", lambda: socket.create_connection(("127.0.0.1", {server.getsockname()[1]}), 2))
attempt("abstract", lambda: socket.socket(socket.AF_UNIX).connect({name!r}))
attempt("vsock", lambda: socket.socket(40, socket.SOCK_STREAM))
attempt("packet", lambda: socket.socket(17, socket.SOCK_RAW))
attempt("alg", lambda: socket.socket(38, socket.SOCK_SEQPACKET))
"""
        )
        assert run(source).stdout.decode().split("\n") == [
            "tcp ENETUNREACH",
            "udp ENETUNREACH",
            "udp6 ENETUNREACH",
            "host ECONNREFUSED",
            "abstract ECONNREFUSED",
            "vsock EAFNOSUPPORT",
            "packet EAFNOSUPPORT",
            "alg EAFNOSUPPORT",
            "",
        ]


def test_files_of_the_machine_are_not_there(run: Run, tmp_path: Path) -> None:
    """Nothing but the system's programs is to be seen: no home, no checkout, no passwords, not even by /proc."""
    secret = tmp_path / "secret"
    secret.write_text("secret")
    source = f"""
import os
for name in ("/root", "/work", "/home", "/var", "/sys", "/etc/shadow", "/etc/hostname", {str(Path(__file__).parent)!r}, {str(secret)!r}):
    for start in ("", "/proc/1/root", "/proc/self/root", "/proc/1/cwd/.."):
        if os.path.lexists(start + name):
            print("seen", start + name)
print(sorted(set(os.listdir("/")) - {{"lib32", "libx32", "lib64"}}), os.listdir("/etc"))
"""
    names = ["bin", "dev", "etc", "lib", "proc", "sbin", "tmp", "usr"]
    seen, _, settings = run(source).stdout.decode().strip().partition("] [")
    assert seen == str(names)[:-1]
    assert set(settings.strip("]").replace("'", "").split(", ")) <= {"alternatives", "ld.so.cache", "passwd", "group"}


def test_the_environment_of_the_machine_is_not_visible(no_trace: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables of the calling process reach neither the program nor what it can read of its init."""
    monkeypatch.setenv("CODEALCHEMY_TEST_SECRET", "hidden-word")
    source = b"cat /proc/*/environ | tr '\\0' '\\n' | grep -c hidden-word; env | cut -d= -f1 | sort"
    with open_sandbox(Sandboxing(workers=1)) as sandbox:
        outcome = sandbox.run(Program("Shell", {"m": source}, "m"), Invocation(), Limits())
    assert no_trace
    assert outcome.stdout.decode().split() == ["0", "HOME", "LANG", "PATH", "PWD", "SHLVL", "_"]


def test_no_descriptor_leaks_into_the_sandbox(run: Run) -> None:
    """A program holds its three standard streams and nothing else, above all not the line to the launcher."""
    source = "import os\nprint([d for d in range(1024) if os.path.exists(f'/proc/self/fd/{d}')])"
    outcome = run(source + "\nprint([os.readlink(f'/proc/1/fd/{d}')[:6] for d in os.listdir('/proc/1/fd')])")
    held, init = outcome.stdout.decode().splitlines()
    assert held == "[0, 1, 2]"
    assert "socket" not in init


def test_the_system_is_read_only(run: Run) -> None:
    """Writing anywhere but to the own /tmp is refused, and so is changing the kernel's settings."""
    core_pattern = Path("/proc/sys/kernel/core_pattern").read_text()
    source = (
        TRY
        + """
import os
for name in ("/x", "/usr/x", "/usr/bin/env", "/etc/x", "/etc/passwd", "/dev/x", "/proc/sys/kernel/core_pattern",
             "/proc/sys/vm/drop_caches", "/proc/sysrq-trigger", "/proc/sys/user/max_user_namespaces"):
    attempt(name, lambda: os.open(name, os.O_WRONLY | os.O_CREAT))
"""
    )
    outcome = run(source).stdout.decode()
    assert "done" not in outcome
    assert len(outcome.splitlines()) == 10
    assert Path("/proc/sys/kernel/core_pattern").read_text() == core_pattern


def test_dangerous_system_calls_are_refused(run: Run) -> None:
    """Nested namespaces, mounts, tracing, keys, BPF and loading code into the kernel are refused; io_uring is absent."""
    source = (
        SYSCALL
        + """
from os import uname
x86 = uname().machine == "x86_64"
NEWUSER, NEWNS = 0x10000000, 0x20000
attempt("unshare", lambda: call(272 if x86 else 97, NEWUSER))
attempt("clone", lambda: call(56 if x86 else 220, NEWUSER | 17, 0, 0, 0, 0))
attempt("clone3", lambda: call(435, 0, 0))
attempt("setns", lambda: call(308 if x86 else 268, os.open("/proc/self/ns/mnt", os.O_RDONLY), 0))
attempt("mount", lambda: call(165 if x86 else 40, 0, 0, 0, 0, 0))
attempt("umount", lambda: call(166 if x86 else 39, 0, 0))
attempt("fsopen", lambda: call(430, 0, 0))
attempt("ptrace", lambda: call(101 if x86 else 117, 0, 0, 0, 0))
attempt("keyctl", lambda: call(250 if x86 else 219, 0, -3, 0))
attempt("bpf", lambda: call(321 if x86 else 280, 0, 0, 0))
attempt("perf", lambda: call(298 if x86 else 241, 0, 0, 0, 0, 0))
attempt("userfaultfd", lambda: call(323 if x86 else 282, 0))
attempt("module", lambda: call(313 if x86 else 273, 0, 0, 0))
attempt("io_uring", lambda: call(425, 8, 0))
import fcntl
attempt("inject", lambda: fcntl.ioctl(os.openpty()[0], 0x5412, b"x"))
"""
    )
    answers = dict(line.split(" ", 1) for line in run(source).stdout.decode().splitlines())
    absent = {name: answers.pop(name) for name in ("clone3", "io_uring")}
    assert set(absent.values()) == {"ENOSYS"}
    assert set(answers.values()) == {"EPERM"}
    assert len(answers) == 13


def test_a_program_has_no_rights_to_gain(run: Run) -> None:
    """A program is an ordinary user without a capability, and setuid programs of the system do not change that."""
    source = """
import os, subprocess
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(os.getuid(), os.getgid(), *(int(status[f"Cap{k}"], 16) for k in ("Inh", "Prm", "Eff", "Bnd", "Amb")), status["NoNewPrivs"])
print(os.statvfs("/usr").f_flag & os.ST_NOSUID != 0, os.statvfs("/tmp").f_flag & os.ST_NOSUID != 0)
try: os.setuid(0)
except OSError as error: print(error.errno)
"""
    assert run(source).stdout.decode().split() == "10001 10001 0 0 0 0 0 1 True True 22".split()  # noqa: SIM905


def test_a_program_really_is_an_ordinary_user(sandbox: ProgramSandbox, no_trace: Watch) -> None:
    """Seen from outside no process of a run belongs to root, even where we do."""
    program = Program("Shell", {"m": b"sleep 0.5; :"}, "m")
    mark = Invocation(environment={"MARK": no_trace.mark})
    thread = threading.Thread(target=sandbox.run, args=(program, mark, Limits()))
    thread.start()
    seen: set[int] = set()
    while thread.is_alive():
        for process in no_trace.processes():
            try:
                seen.add(Path("/proc", process).stat().st_uid)
            except FileNotFoundError:
                continue
        time.sleep(0.05)
    thread.join()
    assert seen == {10_001 if os.getuid() == 0 else os.getuid()}


@pytest.mark.parametrize(
    ("language", "source"), [("Python", "import os\nwhile True: os.fork()"), ("Shell", "f() { f | f & }; f; wait")]
)
def test_a_fork_bomb_is_contained(run: Run, grouped: bool, language: str, source: str) -> None:  # noqa: FBT001
    """Processes that multiply are stopped at the limit, quickly."""
    outcome = run(source, language=language, limits=Limits(cpu_seconds=2, wall_seconds=5, processes=20))
    assert outcome.wall_seconds < 6
    if grouped:
        assert outcome.status == Status.TOO_MANY_PROCESSES
        assert outcome.exit_code is None
    else:
        assert b"temporarily unavailable" in outcome.stderr


def test_threads_count_as_processes(run: Run) -> None:
    """A program cannot have more threads than processes; just as many are well."""
    source = (
        "import threading, time\nfor _ in range(int(input())): threading.Thread(target=time.sleep, args=(.2,)).start()"
    )
    assert run(source, stdin=b"9", limits=Limits(processes=10)).status == Status.FINISHED
    assert (run(source, stdin=b"10", limits=Limits(processes=10)).exit_code or 1) == 1


@pytest.mark.parametrize(
    "source",
    [
        "x = []\nwhile True: x.append(b'x' * 1_000_000)",
        "import mmap\nx = []\nwhile True: x.append(mmap.mmap(-1, 2**20)); x[-1].write(bytes(2**20))",
        "import os\nfor _ in range(3): os.fork()\nx = []\nwhile True: x.append(b'x' * 100_000)",
    ],
)
def test_a_memory_bomb_is_contained(run: Run, source: str) -> None:
    """Memory of all processes together, private or shared, is bounded; the run ends and says why."""
    outcome = run(source, limits=Limits(memory_bytes=100 * 2**20))
    assert (outcome.status, outcome.exit_code) == (Status.OUT_OF_MEMORY, None)
    assert outcome.detail.startswith("used more than 104,857,600 bytes of memory")
    assert outcome.peak_memory_bytes is not None
    assert outcome.peak_memory_bytes < 300 * 2**20


@pytest.mark.parametrize("folder", ["/tmp", "/dev/shm"])
def test_filling_the_disk_is_contained(run: Run, folder: str) -> None:
    """All files together stay below the limit, and a single file too; the program is told that the space is full."""
    source = (
        TRY
        + f"""
import os
def fill():
    for number in range(100):
        with open(f"{folder}/{{number}}", "wb", buffering=0) as file:
            for _ in range(40):
                file.write(bytes(100_000))
attempt("fill", fill)
print(sum(os.stat(f"{folder}/{{name}}").st_size for name in os.listdir("{folder}")) <= 16_100_000)
attempt("large", lambda: os.truncate("/tmp/main.py", 16_000_001))
"""
    )
    outcome = run(source, limits=Limits(written_bytes=16_000_000))
    assert outcome.stdout == b"fill ENOSPC\nTrue\nlarge EFBIG\n"


def test_endless_output_is_cut(run: Run) -> None:
    """A program that prints for ever is stopped as soon as the limit is met."""
    outcome = run("yes", language="Shell", limits=Limits(output_bytes=10_001))
    assert (outcome.status, outcome.stdout) == (Status.TOO_MUCH_OUTPUT, b"y\n" * 5_000 + b"y")
    assert outcome.wall_seconds < 3


@pytest.mark.parametrize(
    "source",
    [
        "import signal, time\nfor s in (1, 2, 3, 13, 14, 15, 24): signal.signal(s, signal.SIG_IGN)\ntime.sleep(60)",
        "import os, signal\nos.setsid() if os.fork() == 0 else None\nsignal.pause()",
        "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    ],
)
def test_ignoring_signals_does_not_help(run: Run, source: str) -> None:
    """A program that ignores signals, leaves its session or stops itself ends with its wall time all the same."""
    outcome = run(source, limits=Limits(wall_seconds=0.5))
    assert outcome.status == Status.TIMED_OUT
    assert outcome.wall_seconds < 2


def test_a_daemon_does_not_outlive_its_program(run: Run) -> None:
    """A process that was forked twice into a session of its own, holding the output open, ends with the program."""
    source = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print("daemon", flush=True)
        time.sleep(60)
    os._exit(0)
os.wait(); time.sleep(0.1)
print("main")
"""
    outcome = run(source)
    assert (outcome.status, outcome.stdout) == (Status.FINISHED, b"daemon\nmain\n")
    assert outcome.wall_seconds < 3


def test_planted_links_are_not_followed(run: Run, tmp_path: Path) -> None:
    """A link, a FIFO or a folder in place of a collected file is not read, nor is a file behind a linked folder."""
    (tmp_path / "secret").write_text("secret")
    source = f"""
import os, socket
os.symlink("/etc/passwd", "link"); os.symlink({str(tmp_path / "secret")!r}, "host"); os.symlink("/etc", "folder")
os.symlink("/proc/self/root/etc", "magic"); os.mkfifo("fifo"); os.mkdir("directory"); os.symlink("good", "inner")
socket.socket(socket.AF_UNIX).bind("socket"); open("good", "w").write("good"); open("closed", "w"); os.chmod("closed", 0)
"""
    names = ("link", "host", "folder/passwd", "magic/passwd", "fifo", "directory", "inner", "socket", "closed", "good")
    outcome = run(source, collect=names)
    assert outcome.files == {"good": b"good"}
    assert outcome.detail.count("was not collected") == 9


def test_the_work_folder_cannot_be_swapped(run: Run) -> None:
    """Renaming the work folder and putting a link in its place does not change what is collected."""
    source = "import os; open('x', 'w').write('own'); os.rename('/tmp/w', '/tmp/v'); os.symlink('/etc', '/tmp/w')"
    assert run(source, work_folder="/tmp/w", collect=("x", "passwd")).files == {"x": b"own"}


def test_a_killed_launcher_takes_its_run_along(no_trace: Watch) -> None:
    """When the helper process is killed, so is its program; the run is repeated once, and nothing is left."""
    with open_sandbox(Sandboxing(workers=1)) as sandbox:
        assert sandbox.runnable("Shell")
        (worker,) = sandbox.backend._workers._idle.queue
        program = Program("Shell", {"m": b"sleep 1; echo done"}, "m")
        outcomes: list[Outcome] = []
        mark = Invocation(environment={"MARK": no_trace.mark})
        thread = threading.Thread(target=lambda: outcomes.append(sandbox.run(program, mark, Limits())))
        thread.start()
        while len(no_trace.processes()) < 3:
            time.sleep(0.01)
        os.kill(worker._process.pid, signal.SIGKILL)
        thread.join()
    assert outcomes[0].stdout == b"done\n"
    assert no_trace.soon_gone()


def test_a_killed_caller_takes_its_runs_along(no_trace: Watch) -> None:
    """When the process that opened the sandbox is killed in the middle of a run, nothing of the run is left."""
    source = f"""
from alchemy_assets.sandbox.backends import open_sandbox
from alchemy_assets.sandbox.sandbox import *
program = Program("Shell", {{"m": b"sleep 60 & sleep 60"}}, "m")
open_sandbox().run(program, Invocation(environment={{"MARK": "{no_trace.mark}"}}), Limits(wall_seconds=50))
"""
    caller = subprocess.Popen(
        [sys.executable, "-c", source], env={"PYTHONPATH": os.pathsep.join(sys.path), "PATH": "/usr/bin"}
    )
    # The caller's own command line has the mark, too.
    while len(no_trace.processes()) < 6:
        assert caller.poll() is None
        time.sleep(0.01)
    caller.kill()
    caller.wait()
    assert no_trace.soon_gone()
