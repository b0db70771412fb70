"""What a program can count on in a container, and what no program can do to the next one.

The expectations of any code runner are those of `test_bubblewrap`, collected here once more over the other backend.
"""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from alchemy_assets.errors import SandboxUnavailableError
from alchemy_assets.sandbox.docker.backend import Docker
from alchemy_assets.sandbox.docker.containers import LABEL
from alchemy_assets.sandbox.programs import ProgramSandbox
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Outcome, Program, Status
from tests.sandbox.docker_daemon import NoDaemon, running_daemon
from tests.sandbox.test_bubblewrap import (  # noqa: F401 - collected here
    test_a_failing_assertion_is_an_ordinary_end,
    test_a_language_without_toolchain_is_unsupported,
    test_a_large_input_arrives_whole,
    test_a_program_finds_its_other_files,
    test_a_program_prints,
    test_a_program_reads_stdin_and_arguments,
    test_a_script_records_traces,
    test_a_signal_is_named,
    test_a_sleeper_is_stopped_by_wall_time,
    test_an_endless_loop_ends,
    test_collected_files_come_back_bytewise,
    test_cpu_seconds_of_all_processes_count,
    test_many_runs_come_in_order,
    test_much_output_arrives_whole,
    test_output_is_bytes,
    test_pipes_end_as_they_do_in_a_terminal,
    test_runs_are_repeatable,
    test_sparse_files_are_not_collected_beyond_the_limit,
    test_the_exit_code_comes_back,
    test_the_output_limit_is_exact,
    test_too_much_output_is_cut,
    test_unicode_goes_through,
    test_unsafe_file_names_are_refused,
    test_without_input_stdin_is_empty,
)

docker = pytest.importorskip("docker", reason="the extra `docker` is not installed")
Run = Callable[..., Outcome]
MARKED = {"filters": {"label": LABEL}, "all": True}
SMALL = Limits(cpu_seconds=2, wall_seconds=5, memory_bytes=64 * 2**20, processes=8, written_bytes=8 * 2**20)


def _soon(holds: Callable[[], bool], seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


def _python(source: str, limits: Limits = SMALL) -> tuple[Program, Invocation, Limits]:
    return Program("Python", {"m.py": source.encode()}, "m.py"), Invocation(), limits


def _waiting(backend: Docker) -> list[str]:
    """Return the containers that a backend has started ahead."""
    assert backend._pool is not None
    return [future.result().identity for futures in backend._pool._waiting.values() for future in futures]


@pytest.fixture(scope="session")
def sandbox(docker_address: str) -> Iterator[ProgramSandbox]:
    """A sandbox of containers, in place of the default one."""
    with ProgramSandbox(Docker(workers=2, address=docker_address)) as opened:
        yield opened


@pytest.fixture
def one_place(docker_address: str) -> Iterator[ProgramSandbox]:
    """A sandbox that runs one program at a time, so that the next one comes right after."""
    with ProgramSandbox(Docker(workers=1, address=docker_address)) as opened:
        yield opened


def test_protections_are_in_force(sandbox: ProgramSandbox, run: Run) -> None:
    """What the report says is what a program meets when it tries: no privilege, no interface, no writable system."""
    assert {one.name: one.in_force for one in sandbox.protections()} == dict.fromkeys(
        (
            *("docker", "ordinary user", "privileges", "namespaces"),
            *("files", "network", "system calls", "control groups"),
        ),
        True,
    )
    source = """
import ctypes, os, re, socket
status = open("/proc/self/status").read()
print(*re.findall(r"^(?:CapEff|CapBnd|NoNewPrivs|Seccomp):\\t(\\S+)", status, re.M), os.getuid(), os.getgroups())
for folder in ("/", "/usr", "/etc", "/sys/fs/cgroup", "/proc/sys/kernel", "/dev"):
    try:
        open(folder + "/x", "w")
    except OSError as error:
        print(error.strerror)
libc = ctypes.CDLL(None, use_errno=True)
for call in (272, 435, 250, 101):
    libc.syscall(call, 0x10000000 if call == 272 else 0, 0, 0, 0)
    print(os.strerror(ctypes.get_errno()))
libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0)
print(os.strerror(ctypes.get_errno()))
for family in (40, 38, 17, 2**32 + 40):
    libc.syscall(41, ctypes.c_long(family), 1, 0)
    print(os.strerror(ctypes.get_errno()))
libc.ioctl(0, ctypes.c_long(2**32 + 0x5412), b"x")
print(os.strerror(ctypes.get_errno()))
print(socket.if_nameindex(), os.path.exists("/var/run/docker.sock"), sorted(os.listdir("/home")) if os.path.exists("/home") else [])
"""
    lines = run(source).stdout.decode().splitlines()
    assert lines[0] == "0000000000000000 0000000000000000 1 2 10001 [10001]"
    assert set(lines[1:7]) <= {"Read-only file system", "Permission denied", "No such file or directory"}
    assert lines[7:12] == [os.strerror(number) for number in (1, 38, 1, 1, 1)]
    assert lines[12:17] == [*[os.strerror(97)] * 4, os.strerror(1)]
    assert lines[17] == "[(1, 'lo')] False []"


def test_the_gate_is_out_of_reach(run: Run) -> None:
    """A program cannot look into the first process of its container, stop it or interrupt it, and is never its child."""
    source = """
import os, signal
for name in ("fd/1", "mem", "environ", "root/tmp"):
    try:
        open(f"/proc/1/{name}", "rb").read(1)
    except OSError as error:
        print(error.strerror)
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL, signal.SIGCHLD):
    os.kill(1, number)
print(os.getpid(), flush=True)
"""
    outcome = run(source)
    assert (outcome.status, outcome.exit_code) == (Status.FINISHED, 0)
    assert outcome.stdout == b"Permission denied\n" * 4 + b"16\n"


LEFT_BEHIND = """
import ctypes, os, socket, subprocess, time
open("/tmp/left", "w").write("x"); open("/dev/shm/left", "w").write("x")
libc = ctypes.CDLL(None)
libc.shmget(0x1234, 4096, 0o1666)
try:
    open("/dev/mqueue/left", "w")
except OSError:
    pass
server = socket.socket(); server.bind(("127.0.0.1", 4321)); server.listen()
client = socket.create_connection(("127.0.0.1", 4321)); other, _ = server.accept()
other.close(); client.close()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(60)
    os._exit(0)
"""
LOOK_AROUND = """
import os, socket, time
print(os.getpid(), sorted(os.listdir("/tmp")), os.listdir("/dev/shm"), os.listdir("/dev/mqueue"))
print([name for name in os.listdir("/proc") if name.isdigit()], open("/proc/sysvipc/shm").read().count("\\n"))
print(open("/proc/net/tcp").read().count("\\n"), open("/proc/net/dev").read().split("lo:")[1].split()[:2])
server = socket.socket(); server.bind(("127.0.0.1", 4321)); print("bound")
"""


def test_nothing_of_a_program_is_left_for_the_next(one_place: ProgramSandbox) -> None:
    """Files, shared memory, queues, ports, processes and counters of a program are gone when the next one looks."""
    for _ in range(2):
        assert one_place.run(*_python(LEFT_BEHIND)).status == Status.FINISHED
        seen = one_place.run(*_python(LOOK_AROUND)).stdout.decode().splitlines()
        assert seen == ["16 ['m.py'] [] []", "['1', '16'] 1", "1 ['0', '0']", "bound"]


HOSTILE = {
    "fork bomb": ("import os\nwhile True: os.fork()", Status.TOO_MANY_PROCESSES),
    "memory bomb": ("x = bytearray(2**30)", Status.OUT_OF_MEMORY),
    "many that eat memory": (
        "import os\nfor i in range(5): os.fork()\nx = [bytearray(2**20) for i in range(999)]",
        Status.OUT_OF_MEMORY,
    ),
    "full disk": ("f = open('/tmp/full', 'wb')\nwhile True: f.write(bytes(2**20))", Status.FINISHED),
    "daemon": ("import os, time\nif os.fork() == 0:\n  os.setsid(); os.fork() or time.sleep(60)", Status.FINISHED),
    "deaf": (
        "import signal, time\nfor i in range(1, 32):\n  if i not in (9, 19): signal.signal(i, 1)\ntime.sleep(60)",
        Status.TIMED_OUT,
    ),
    "shouting": ("import os\nwhile True: os.write(1, b'x' * 65536)", Status.TOO_MUCH_OUTPUT),
    "whispering at the gate": (
        "import os, resource, time\nfor i in range(16):\n  try: resource.prlimit(1, i, (0, 0))\n  except OSError: pass\nprint('x' * 100_000)",
        None,
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_program_changes_nothing_for_others(one_place: ProgramSandbox, no_trace: object, name: str) -> None:
    """A program that takes all it can get ends as it should, and the next one runs as if it were the first."""
    source, status = HOSTILE[name]
    first = one_place.run(*_python(LOOK_AROUND))
    if name == "many that eat memory":
        hostile = one_place.run(*_python(source, replace(SMALL, wall_seconds=20, processes=64)))
    elif name == "deaf":
        hostile = one_place.run(*_python(source, replace(SMALL, wall_seconds=1)))
    else:
        hostile = one_place.run(*_python(source))
    assert status is None or hostile.status == status, hostile
    after = one_place.run(*_python(LOOK_AROUND))
    assert (after.status, after.stdout) == (first.status, first.stdout)


def test_hostile_programs_beside_others(sandbox: ProgramSandbox, no_trace: object) -> None:
    """Bombs in one place do not change what a program in the other place does meanwhile."""
    calm = _python("import time; x = sum(range(10**6)); time.sleep(0.1); print(x)", Limits())
    bombs = [_python(HOSTILE[name][0]) for name in ("fork bomb", "memory bomb", "full disk")]
    outcomes = asyncio.run(sandbox.run_many([calm, *[one for bomb in bombs for one in (bomb, calm)]]))
    assert [outcome.stdout for outcome in outcomes[::2]] == [b"499999500000\n"] * 4


def test_programs_side_by_side_share_nothing(sandbox: ProgramSandbox) -> None:
    """Two programs at once may use one port and one abstract socket, and have host names of their own."""
    source = """
import os, socket, sys, time
bound = socket.socket(socket.AF_UNIX); bound.bind("\\0name")
server = socket.socket(); server.bind(("127.0.0.1", 4321)); server.listen()
started = time.time(); time.sleep(0.8)
print(os.uname().nodename, len([p for p in os.listdir("/proc") if p.isdigit()])); print(started, time.time())
"""
    runs = [(Program("Python", {"m.py": source.encode()}, "m.py"), Invocation(host_name=own), Limits()) for own in "ab"]
    outcomes = asyncio.run(sandbox.run_many(runs))
    (seen_a, times_a), (seen_b, times_b) = (outcome.stdout.decode().splitlines() for outcome in outcomes)
    assert (seen_a, seen_b) == ("a 2", "b 2")
    (start_a, end_a), (start_b, end_b) = ([float(t) for t in times.split()] for times in (times_a, times_b))
    assert start_a < end_b
    assert start_b < end_a


def test_odd_files_are_collected_as_they_are(run: Run) -> None:
    """Links, FIFOs and folders are not followed but named; a name that is not UTF-8 does no harm to the others."""
    source = """
import os
os.symlink("/etc/passwd", "link"); os.mkfifo("fifo"); os.mkdir("folder"); os.symlink("/etc", "way")
open(b"\\xff", "w"); open("kept", "w").write("kept"); os.symlink("kept", "near")
"""
    outcome = run(source, collect=("link", "fifo", "folder", "way/passwd", "kept", "near", "\udcff"))
    assert outcome.files == {"kept": b"kept", "\udcff": b""}
    for name in ("link", "fifo", "folder", "way/passwd", "near"):
        assert f"{name} was not collected" in outcome.detail


def test_the_limit_of_written_bytes_is_exact(run: Run) -> None:
    """All files of a run together take what may be written, to the page, beside those that it was given."""
    source = """
import os
wrote = 0
try:
    for number in range(99):
        with open(str(number), "wb", buffering=0) as file:
            for _ in range(100):
                wrote += file.write(bytes(4096))
except OSError as error:
    print(error.strerror)
print(wrote)
"""
    for written in (5 * 2**20, 100_000):
        outcome = run(source, limits=Limits(written_bytes=written), files={"given": b"x" * 1_234_567})
        assert outcome.stdout.decode().splitlines() == ["No space left on device", str(written // 4_096 * 4_096)]


def test_a_compiled_program_is_built_in_one_container_and_run_in_another(sandbox: ProgramSandbox) -> None:
    """What a compiler writes comes back with its mode, so that a program can be executed elsewhere."""
    if not sandbox.runnable("C"):
        pytest.skip("there is no C compiler in the sandbox")
    program = Program("C", {"m.c": b'#include <stdio.h>\nint main(void) { puts("built"); return 4; }'}, "m.c")
    outcome = sandbox.run(program, Invocation(), Limits())
    assert (outcome.stdout, outcome.exit_code, outcome.status) == (b"built\n", 4, Status.FINISHED), outcome


def test_measures_are_those_of_the_program(run: Run) -> None:
    """CPU seconds and peak memory of a program are near what it uses, not what its container costs."""
    outcome = run("x = b'x' * 50_000_000\nimport time\nwhile time.process_time() < 0.4: pass")
    assert 0.35 < outcome.cpu_seconds < 0.8
    assert outcome.peak_memory_bytes is not None
    assert 50e6 < outcome.peak_memory_bytes < 70e6


def test_a_container_that_was_ended_is_replaced(docker_address: str) -> None:
    """When those that wait were removed by somebody else, a program gets a new one and does not notice."""
    client = docker.APIClient(docker_address)
    backend = Docker(workers=1, address=docker_address)
    with ProgramSandbox(backend) as sandbox:
        assert sandbox.run(*_python("print(1)")).stdout == b"1\n"
        (waiting,) = _waiting(backend)
        client.remove_container(waiting, force=True)
        assert sandbox.run(*_python("print(2)")).stdout == b"2\n"


def test_closing_leaves_no_container(docker_address: str) -> None:
    """A closed sandbox has removed every container that it made; used again, it makes new ones."""
    client = docker.APIClient(docker_address)
    before = {one["Id"] for one in client.containers(**MARKED)}
    backend = Docker(workers=2, address=docker_address)
    with ProgramSandbox(backend) as sandbox:
        asyncio.run(sandbox.run_many([_python("print(1)")] * 6))
    assert {one["Id"] for one in client.containers(**MARKED)} - before == set()
    assert ProgramSandbox(backend).run(*_python("print(3)")).stdout == b"3\n"
    backend.close()


def test_a_killed_caller_leaves_no_container(docker_address: str) -> None:
    """After SIGKILL to the process that runs programs, those that run and those that wait end by themselves."""
    client = docker.APIClient(docker_address)
    before = {one["Id"] for one in client.containers(**MARKED)}
    source = f"""
from alchemy_assets.sandbox.docker.backend import Docker
from alchemy_assets.sandbox.programs import ProgramSandbox
from alchemy_assets.sandbox.sandbox import *
sandbox = ProgramSandbox(Docker(workers=2, address={docker_address!r}))
sandbox.runnable("Shell")
print("ready", flush=True)
sandbox.run(Program("Shell", {{"m": b"sleep 100"}}, "m"), Invocation(), Limits(wall_seconds=100))
"""
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "PATH": "/usr/bin"}
    with subprocess.Popen([sys.executable, "-c", source], env=environment, stdout=subprocess.PIPE) as caller:
        assert caller.stdout is not None
        assert caller.stdout.readline() == b"ready\n"
        time.sleep(1)
        assert {one["Id"] for one in client.containers(**MARKED)} - before
        caller.kill()
    assert _soon(lambda: not {one["Id"] for one in client.containers(**MARKED)} - before)


def test_abandoned_containers_are_removed_at_the_next_start(docker_address: str) -> None:
    """One that its owner made and never started is removed when a sandbox is opened; that of a living owner is kept."""
    client = docker.APIClient(docker_address)
    backend = Docker(workers=1, address=docker_address)
    with ProgramSandbox(backend) as sandbox:
        assert sandbox.run(*_python("print(1)")).stdout == b"1\n"
        (ours,) = _waiting(backend)
        config = client.inspect_container(ours)["Config"]
        labels = {**config["Labels"], f"{LABEL}.owner": f"{os.getpid()} 1"}
        gone = client.create_container(config["Image"], ["/usr/bin/true"], labels=labels)["Id"]
        Docker(workers=1, address=docker_address).close()
        left = {one["Id"] for one in client.containers(**MARKED)}
    assert gone not in left
    assert ours in left


def test_a_forked_process_has_containers_of_its_own(docker_address: str) -> None:
    """A process that forks after it opened a sandbox gets its own answers in both halves."""
    source = f"""
import os
from alchemy_assets.sandbox.docker.backend import Docker
from alchemy_assets.sandbox.programs import ProgramSandbox
from alchemy_assets.sandbox.sandbox import *
sandbox = ProgramSandbox(Docker(workers=1, address={docker_address!r}))
sandbox.runnable("Shell")
child = os.fork()
for number in range(3):
    own = f"{{child == 0}} {{number}}"
    outcome = sandbox.run(Program("Shell", {{"m": b'echo -n "$*"'}}, "m"), Invocation(tuple(own.split())), Limits())
    assert outcome.stdout.decode() == own, outcome
sandbox.close()
if child == 0:
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
"""
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "PATH": "/usr/bin"}
    subprocess.run([sys.executable, "-c", source], env=environment, check=True, timeout=60)


def test_a_daemon_that_ends_meanwhile_is_told() -> None:
    """When the daemon goes while a program runs, the error says what to do; so does the next run."""
    try:
        with running_daemon() as (address, process):
            sandbox = ProgramSandbox(Docker(workers=1, address=address))
            assert sandbox.runnable("Shell")
            timer = threading.Timer(1.0, process.send_signal, (signal.SIGTERM,))
            timer.start()
            for _ in range(2):
                with pytest.raises(SandboxUnavailableError, match="systemctl start docker"):
                    sandbox.run(Program("Shell", {"m": b"sleep 30"}, "m"), Invocation(), Limits(wall_seconds=30))
            timer.join()
            sandbox.close()
    except NoDaemon as error:
        pytest.skip(str(error))


def test_without_a_daemon_the_error_says_what_to_do() -> None:
    """Where no daemon answers, the error names the address, the service and the setting."""
    with pytest.raises(SandboxUnavailableError, match=r"/nowhere/socket.*systemctl start docker.*sandbox\.docker_host"):
        Docker(address="unix:///nowhere/socket")


def test_without_the_sdk_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the Docker SDK is missing, the error names the extra that brings it."""
    monkeypatch.setitem(sys.modules, "docker", None)
    with pytest.raises(SandboxUnavailableError, match=r"pip install codealchemy\[docker\]"):
        Docker()


def test_an_image_may_bring_the_toolchains(docker_address: str, tmp_path: Path) -> None:
    """Programs run on the system of an image too, which needs a Python; what is not in it is unsupported."""
    archive, client = tmp_path / "system.tar", docker.APIClient(docker_address)
    python = os.path.realpath("/usr/bin/python3")
    library = Path("/usr/lib", Path(python).name)
    if not library.is_dir():
        pytest.skip("no Python of the system's own here")
    listed = subprocess.run(["ldd", python, *(library / "lib-dynload").glob("*.so")], capture_output=True, check=True)
    libraries = sorted({word for word in listed.stdout.decode().split() if word.startswith("/lib") and ":" not in word})
    words = ["tar", "--create", "--dereference", "--file", archive, "--exclude=__pycache__", "--exclude=test"]
    subprocess.run([*words, "/usr/bin/env", "/usr/bin/python3", library, *libraries], check=True, capture_output=True)
    client.import_image(str(archive), repository="test-python", tag="1")
    with ProgramSandbox(Docker(workers=1, address=docker_address, image="test-python:1")) as sandbox:
        program = _python("import os; print(sorted(os.listdir('/usr/bin')), os.getuid(), os.getcwd())")
        outcome = sandbox.run(*program)
        assert (outcome.stdout, outcome.stderr) == (b"['env', 'python3'] 10001 /tmp\n", b""), outcome
        assert not sandbox.runnable("Shell")


def test_what_a_daemon_refuses_is_said_in_its_words(docker_address: str) -> None:
    """An image or a runtime that the daemon does not know is named in the error."""
    for wrong in ({"image": "no-such-image"}, {"runtime": "no-such-runtime"}):
        backend = Docker(workers=1, address=docker_address, **wrong)  # type: ignore[arg-type]
        with pytest.raises(SandboxUnavailableError, match="no-such-"):
            backend.protections()
        backend.close()
