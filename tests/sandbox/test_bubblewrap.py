"""What a program of Python or bash can count on when it is run under bubblewrap."""

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from alchemy_assets.errors import SandboxUnavailableError, UnsafePathError, UnsupportedLanguageError
from alchemy_assets.sandbox.backends import open_sandbox, report_protections
from alchemy_assets.sandbox.bubblewrap import backend as bubblewrap
from alchemy_assets.sandbox.jobs import Job
from alchemy_assets.sandbox.programs import ProgramSandbox, question
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Outcome, Program, Status
from alchemy_assets.settings import Sandboxing

Run = Callable[..., Outcome]


@pytest.mark.parametrize(("language", "source"), [("Python", "print('hello')"), ("Shell", "echo hello")])
def test_a_program_prints(run: Run, language: str, source: str) -> None:
    """What a program prints comes back, with exit code 0 and the toolchain that ran it."""
    outcome = run(source, language=language)
    assert (outcome.status, outcome.exit_code) == (Status.FINISHED, 0)
    assert (outcome.stdout, outcome.stderr, outcome.truncated) == (b"hello\n", b"", False)
    assert outcome.toolchain.startswith({"Python": "CPython 3.", "Shell": "bash "}[language])


@pytest.mark.parametrize(
    ("language", "source"),
    [("Python", "import sys; print(sys.stdin.read().upper(), *sys.argv[1:])"), ("Shell", 'tr a-z A-Z; echo " $*"')],
)
def test_a_program_reads_stdin_and_arguments(run: Run, language: str, source: str) -> None:
    """Standard input and arguments arrive, blanks and quotes in them untouched."""
    outcome = run(source, language=language, stdin=b"abc", arguments=("x y", "'"))
    assert outcome.stdout == b"ABC x y '\n"


def test_without_input_stdin_is_empty(run: Run) -> None:
    """A program that reads standard input where none is given meets its end at once."""
    assert run("print(repr(input()))").stderr.endswith(b"EOFError: EOF when reading a line\n")


def test_a_large_input_arrives_whole(run: Run) -> None:
    """Two megabytes of standard input arrive while the program writes much itself."""
    source = "import sys; d = sys.stdin.buffer.read(); sys.stdout.buffer.write(d[:500_000]); print(len(d))"
    outcome = run(source, stdin=b"\xff" * 2_000_000)
    assert outcome.stdout == b"\xff" * 500_000 + b"2000000\n"


@pytest.mark.parametrize(
    ("language", "source"),
    [
        ("Python", "from lib.part import F; print(open('data/in.txt').read(), F)"),
        ("Shell", "cat data/in.txt lib/part.py"),
    ],
)
def test_a_program_finds_its_other_files(run: Run, language: str, source: str) -> None:
    """Files that are given with a program lie beside it, in folders too."""
    outcome = run(
        source, language=language, files={"data/in.txt": b"in", "lib/part.py": b"F = 7", "lib/__init__.py": b""}
    )
    assert outcome.stdout == {"Python": b"in 7\n", "Shell": b"inF = 7"}[language]


@pytest.mark.parametrize(("language", "source"), [("Python", "raise SystemExit(3)"), ("Shell", "exit 3")])
def test_the_exit_code_comes_back(run: Run, language: str, source: str) -> None:
    """A program that ends with an exit code has finished, and the code is told."""
    outcome = run(source, language=language)
    assert (outcome.status, outcome.exit_code, outcome.detail.startswith("ended")) == (Status.FINISHED, 3, False)


def test_a_failing_assertion_is_an_ordinary_end(run: Run) -> None:
    """An assertion that fails gives exit code 1 and its traceback, without a path of this machine."""
    outcome = run("assert 1 == 2, 'no'")
    assert (outcome.status, outcome.exit_code) == (Status.FINISHED, 1)
    assert outcome.stderr.startswith(
        b'Traceback (most recent call last):\n  File "/tmp/main.py", line 1, in <module>\n'
    )
    assert outcome.stderr.endswith(b"\nAssertionError: no\n")


@pytest.mark.parametrize(("language", "source"), [("Python", "while True: pass"), ("Shell", "while :; do :; done")])
def test_an_endless_loop_ends(run: Run, language: str, source: str) -> None:
    """A loop without end is stopped by its CPU seconds, and what was measured is near them."""
    outcome = run(source, language=language, limits=Limits(cpu_seconds=0.5))
    assert (outcome.status, outcome.exit_code) == (Status.TIMED_OUT, None)
    assert 0.5 < outcome.cpu_seconds < 1.5
    assert outcome.detail.startswith("used more than 0.5 CPU seconds")


def test_cpu_seconds_of_all_processes_count(run: Run) -> None:
    """Four processes that share the work meet the limit together, though each uses less than it."""
    source = "import os\nos.fork(); os.fork()\nwhile True: pass"
    outcome = run(source, limits=Limits(cpu_seconds=0.8))
    assert outcome.status == Status.TIMED_OUT
    assert outcome.cpu_seconds < 2


def test_a_sleeper_is_stopped_by_wall_time(run: Run) -> None:
    """A program that only waits is stopped by the wall seconds; what it printed and wrote before comes back."""
    source = "import time; open('x', 'w').write('kept'); print('before', flush=True); time.sleep(60)"
    outcome = run(source, limits=Limits(wall_seconds=0.5), collect=("x",))
    assert (outcome.status, outcome.stdout, outcome.files) == (Status.TIMED_OUT, b"before\n", {"x": b"kept"})
    assert outcome.detail.startswith("took more than 0.5 seconds")


def test_much_output_arrives_whole(run: Run) -> None:
    """250 kB on each of stdout and stderr, far more than a pipe holds, arrive complete."""
    outcome = run("import sys; sys.stdout.write('o' * 250_000); sys.stderr.write('e' * 250_000)")
    assert (outcome.stdout, outcome.stderr) == (b"o" * 250_000, b"e" * 250_000)
    assert outcome.status == Status.FINISHED


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_too_much_output_is_cut(run: Run, stream: str) -> None:
    """Of 5 MB the first `output_bytes` are kept, and the cut is told."""
    outcome = run(f"import sys; sys.{stream}.write('x' * 5_000_000)", limits=Limits(output_bytes=100_000))
    assert (outcome.status, outcome.truncated) == (Status.TOO_MUCH_OUTPUT, True)
    assert getattr(outcome, stream) == b"x" * 100_000


@pytest.mark.parametrize(("size", "status"), [(1_000, Status.FINISHED), (1_001, Status.TOO_MUCH_OUTPUT)])
def test_the_output_limit_is_exact(run: Run, size: int, status: Status) -> None:
    """As many bytes as the limit are well, one more is not, also when the program has ended by itself."""
    outcome = run(f"print('x' * {size}, end='')", limits=Limits(output_bytes=1_000))
    assert (outcome.status, len(outcome.stdout)) == (status, 1_000)


def test_output_is_bytes(run: Run) -> None:
    """Bytes that are no UTF-8 come back as they were written."""
    outcome = run("import sys; sys.stdout.buffer.write(bytes(range(256)))")
    assert outcome.stdout == bytes(range(256))


def test_unicode_goes_through(run: Run) -> None:
    """Letters of many scripts pass in source, arguments, input, file names and output."""
    outcome = run(
        "import sys; print('grüße', sys.argv[1], input(), open('日本.txt', encoding='utf-8').read())",
        arguments=("ключ",),
        stdin="γεια".encode(),
        files={"日本.txt": "🐍".encode()},
    )
    assert outcome.stdout.decode() == "grüße ключ γεια 🐍\n"


@pytest.mark.parametrize("name", ["SIGSEGV", "SIGABRT", "SIGKILL"])
@pytest.mark.parametrize("language", ["Python", "Shell"])
def test_a_signal_is_named(run: Run, language: str, name: str) -> None:
    """A program that a signal ends was killed, and the outcome names the signal."""
    source = {"Python": f"import os; os.kill(os.getpid(), {getattr(signal, name)})", "Shell": f"kill -{name} $$"}[
        language
    ]
    outcome = run(source, language=language)
    assert (outcome.status, outcome.exit_code) == (Status.KILLED, 128 + getattr(signal, name))
    assert outcome.detail.startswith(f"ended by {name}")


@pytest.mark.parametrize("name", ["../up.py", "/tmp/x.py", "a/../../b", "./x", "a//b", "", "a\0b", "x" * 300, "\ud800"])
def test_unsafe_file_names_are_refused(run: Run, name: str) -> None:
    """A file name that is not a plain relative path is refused before anything runs, both to write and to collect."""
    with pytest.raises(UnsafePathError):
        run("pass", files={name: b""})
    with pytest.raises(UnsafePathError):
        run("pass", collect=(name,))


@pytest.mark.parametrize(
    "invocation",
    [
        {"script": "missing.sh"},
        {"work_folder": "/etc"},
        {"work_folder": "/tmp/../etc"},
        {"host_name": "-x"},
        {"environment": {"A=B": "1"}},
        {"environment": {"A": "\0"}},
        {"arguments": ("a\0b",)},
        {"arguments": ("x" * 200_000,)},
    ],
)
def test_what_cannot_be_handed_over_is_refused(run: Run, invocation: dict[str, object]) -> None:
    """Invocations that name a missing script, a foreign folder or an impossible value raise an error of ours."""
    with pytest.raises(UnsafePathError):
        run("pass", **invocation)


def test_collected_files_come_back_bytewise(run: Run) -> None:
    """Files that a run writes come back as they are; those that it does not write are absent."""
    source = "import os; os.mkdir('d'); open('d/all', 'wb').write(bytes(range(256)) * 1000); open('empty', 'w')"
    outcome = run(source, collect=("d/all", "empty", "never"))
    assert outcome.files == {"d/all": bytes(range(256)) * 1000, "empty": b""}


def test_sparse_files_are_not_collected_beyond_the_limit(run: Run) -> None:
    """Files with holes take no memory in the sandbox, and at most `written_bytes` of it outside, all together."""
    source = "for i in range(5):\n  f = open(str(i), 'wb'); f.truncate(900_000); f.close()"
    outcome = run(source, limits=Limits(written_bytes=1_000_000), collect=tuple("01234"))
    assert sum(map(len, outcome.files.values())) == 1_000_000
    assert "1 was cut" in outcome.detail


def test_a_script_records_traces(run: Run) -> None:
    """A bash script runs the program twice, in a folder, host and environment of its own, into collected files."""
    script = b"python3 main.py a 2> one.trace; TZ=Asia/Tokyo python3 main.py b 2> two.trace; hostname; pwd; echo $1"
    outcome = run(
        "import os, sys; print(sys.argv[1], os.environ['TZ'], os.environ['PYTHONHASHSEED'], file=sys.stderr)",
        files={"record.sh": script},
        script="record.sh",
        arguments=("given",),
        collect=("one.trace", "two.trace"),
        environment={"TZ": "UTC", "PYTHONHASHSEED": "7"},
        host_name="other-host",
        work_folder="/tmp/deep/er",
    )
    assert outcome.files == {"one.trace": b"a UTC 7\n", "two.trace": b"b Asia/Tokyo 7\n"}
    assert (outcome.stdout, outcome.stderr) == (b"other-host\n/tmp/deep/er\ngiven\n", b"")


def test_runs_are_repeatable(run: Run) -> None:
    """The order of a set of strings, the user, the environment and the folder are the same in every run."""
    source = (
        "import getpass, os; print({'a', 'b', 'c', 'd'}, getpass.getuser(), sorted(os.environ), os.listdir('/tmp'))"
    )
    assert run(source).stdout == run(source).stdout


def test_many_runs_come_in_order(sandbox: ProgramSandbox) -> None:
    """Outcomes of many programs stand in the order in which they were given, on however many workers."""
    programs = [Program("Shell", {"m": f"sleep 0.0{i % 3}; echo {i}".encode()}, "m") for i in range(20)]
    outcomes = asyncio.run(sandbox.run_many([(program, Invocation(), Limits()) for program in programs]))
    assert [int(outcome.stdout) for outcome in outcomes] == list(range(20))


def test_two_programs_do_not_see_each_other(no_trace: object) -> None:
    """Programs that run at the same time share no file, process, host name, shared memory or abstract socket."""
    assert no_trace
    source = b"""
import os, socket, sys, time
own = sys.argv[1]
open(f"/tmp/{own}", "w"); open(f"/dev/shm/{own}", "w")
bound = socket.socket(socket.AF_UNIX); bound.bind("\\0name"); bound.listen()
server = socket.socket(); server.bind(("127.0.0.1", 4321)); server.listen()
started = time.time()
time.sleep(0.6)
processes = [p for p in os.listdir("/proc") if p.isdigit()]
print(sorted(os.listdir("/tmp")), os.listdir("/dev/shm"), len(processes), os.uname().nodename)
print(started, time.time())
"""
    runs = [(Program("Python", {"m.py": source}, "m.py"), Invocation((own,), host_name=own), Limits()) for own in "ab"]
    with open_sandbox(Sandboxing(workers=2)) as sandbox:
        outcomes = asyncio.run(sandbox.run_many(runs))
    (seen_a, times_a), (seen_b, times_b) = (outcome.stdout.decode().splitlines() for outcome in outcomes)
    assert (seen_a, seen_b) == ("['a', 'm.py'] ['a'] 2 a", "['b', 'm.py'] ['b'] 2 b")
    (start_a, end_a), (start_b, end_b) = ([float(t) for t in times.split()] for times in (times_a, times_b))
    assert start_a < end_b
    assert start_b < end_a


def test_pipes_end_as_they_do_in_a_terminal(run: Run) -> None:
    """A command whose reader has gone ends silently by SIGPIPE, which is not ignored in a sandbox."""
    outcome = run("yes | head -n 1", language="Shell")
    assert (outcome.stdout, outcome.stderr, outcome.status) == (b"y\n", b"", Status.FINISHED)


def test_a_forked_process_has_its_own_launchers(sandbox: ProgramSandbox) -> None:
    """A process that forks after it opened a sandbox gets its own answers in both halves, not those of the other."""
    assert sandbox
    source = """
import os
from alchemy_assets.sandbox.backends import open_sandbox
from alchemy_assets.settings import Sandboxing
from alchemy_assets.sandbox.sandbox import *
sandbox = open_sandbox(Sandboxing(workers=1))
launcher = sandbox.backend._workers._idle.queue[0]
child = os.fork()
for number in range(5):
    own = f"{child == 0} {number}"
    outcome = sandbox.run(Program("Shell", {"m": b'sleep 0.0$2; echo -n "$*"'}, "m"), Invocation(tuple(own.split())), Limits())
    assert outcome.stdout.decode() == own, outcome
if child == 0:
    sandbox.close()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
assert launcher in sandbox.backend._workers._idle.queue
"""
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "PATH": "/usr/bin"}
    subprocess.run([sys.executable, "-c", source], env=environment, check=True, timeout=30)


def test_a_language_without_toolchain_is_unsupported(sandbox: ProgramSandbox) -> None:
    """A language that cannot run here is an outcome when it is run, and an error when its toolchain is asked for."""
    outcome = sandbox.run(Program("Markdown", {"m.md": b""}, "m.md"), Invocation(), Limits())
    assert (outcome.status, sandbox.runnable("Markdown"), sandbox.runnable("Python")) == (
        Status.UNSUPPORTED,
        False,
        True,
    )
    with pytest.raises(UnsupportedLanguageError, match="Markdown"):
        sandbox.toolchain("Markdown")


def test_a_missing_bubblewrap_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where bwrap is missing, opening a sandbox names the package, and the report of protections says so too."""
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(SandboxUnavailableError, match="apt-get install bubblewrap"):
        open_sandbox()
    (only,) = report_protections()
    assert (only.name, only.in_force) == ("bubblewrap", False)


def test_a_bubblewrap_that_cannot_start_says_why(
    sandbox: ProgramSandbox, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Where bwrap fails, its own words and the usual remedies are in the error."""
    assert sandbox
    monkeypatch.setattr(bubblewrap, "build_filter", lambda **_: b"")
    root = tmp_path_factory.mktemp("empty")
    (root / "usr").mkdir()
    with pytest.raises(SandboxUnavailableError, match=r"bwrap: .*user namespaces are switched off"):
        open_sandbox(Sandboxing(root=root))


def test_without_a_filter_no_program_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What bwrap finds where its launcher ended before it gave the word, an empty filter, keeps a program from starting."""
    monkeypatch.setattr(bubblewrap, "build_filter", lambda **_: b"")
    backend = bubblewrap.Bubblewrap(workers=1)
    with pytest.raises(SandboxUnavailableError, match=r"bwrap did not start the program: bwrap: .*SECCOMP"):
        backend.execute(question("/usr/bin/echo", "started"))
    backend.close()


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize("collect", [(), ("made",)])
def test_files_are_there_however_they_come(sandbox: ProgramSandbox, count: int, collect: tuple[str, ...]) -> None:
    """Few or many files, with or without some to be read back, have the same names, bytes, modes and owner."""
    files = {f"d{i % 3}/{i}": bytes([i]) * (100_000 * (i % 2)) for i in range(count)} | {"run": b"#!/bin/sh\necho ran"}
    command = (
        "find . -printf '%p %m %U:%G %y %s\n' | sort | grep -v '^. '; find . -type f | sort | xargs cat | md5sum; ./run"
    )
    job = replace(
        question("/usr/bin/bash", "-c", command), files=files, collect=collect, executables=frozenset({"run"})
    )
    lines = sandbox.backend.execute(job).stdout.decode().splitlines()
    folders = {name.partition("/")[0] for name in files} - {"run"}
    expected = [
        f"./{name} {755 if name == 'run' else 644} 10001:10001 f {len(content)}" for name, content in files.items()
    ]
    seen = [line for line in lines if " f " in line]
    assert sorted(seen) == sorted(expected)
    assert [line.split()[:2] for line in lines if " d " in line] == [[f"./{name}", "755"] for name in sorted(folders)]
    whole = b"".join(files[name] for name in sorted(files, key=lambda name: f"./{name}"))
    assert lines[-2:] == [f"{hashlib.md5(whole, usedforsecurity=False).hexdigest()}  -", "ran"]


def test_files_may_be_larger_than_what_a_program_may_write(run: Run) -> None:
    """The files of a program come whole, also where they are more than it may write itself."""
    source = "print(len(open('big').read()), len(open('main.py').read()) > 0)"
    outcome = run(source, files={"big": b"x" * 300_000}, limits=Limits(written_bytes=1_000))
    assert outcome.stdout == b"300000 True\n"


def test_the_memory_limit_is_exact_and_repeatable(run: Run) -> None:
    """A program that fits into its memory by little does so in every run, also after one that did not."""
    limits = Limits(memory_bytes=64 * 2**20)
    source = "import mmap, sys; m = mmap.mmap(-1, int(sys.argv[1]) << 20)\nfor i in range(0, len(m), 4096): m[i] = 1"
    fits, exceeds = [], []
    for _ in range(4):
        exceeds.append(run(source, arguments=("64",), limits=limits).status)
        fits.append(run(source, arguments=("48",), limits=limits).status)
    assert set(fits) == {Status.FINISHED}
    assert set(exceeds) == {Status.OUT_OF_MEMORY}


def test_nothing_grows_from_run_to_run() -> None:
    """After hundreds of runs, some of them ended by force, a launcher holds no more descriptors and hardly more memory."""
    backend = bubblewrap.Bubblewrap(workers=1)
    jobs = [
        question("/usr/bin/true"),
        replace(question("/usr/bin/false"), collect=("x",)),
        replace(question("/usr/bin/yes"), limits=Limits(output_bytes=100_000)),
        replace(question("/usr/bin/sleep", "9"), limits=Limits(wall_seconds=0.01)),
    ]

    def held(rounds: int) -> tuple[int, int]:
        for _ in range(rounds):
            for job in jobs:
                backend.execute(job)
        (worker,) = backend._workers._idle.queue
        process = Path("/proc", str(worker._process.pid))
        return len(list((process / "fd").iterdir())), int((process / "statm").read_text().split()[1])

    descriptors, pages = held(10)
    later_descriptors, later_pages = held(60)
    backend.close()
    assert later_descriptors == descriptors
    assert later_pages - pages < 128


def test_a_closed_backend_leaves_no_group() -> None:
    """When the launchers have ended no control group of theirs is there."""
    backend = bubblewrap.Bubblewrap(workers=2)
    backend.execute(question("/usr/bin/true"))
    (worker,) = backend._workers._idle.queue
    backend.close()
    assert list(Path("/sys/fs/cgroup").rglob(f"codealchemy-*-{worker._process.pid}-*")) == []


def test_protections_are_plain_data(sandbox: ProgramSandbox) -> None:
    """The report lists each protection with whether it is in force and in words how."""
    names = [protection.name for protection in sandbox.protections()]
    assert names[:2] == ["bubblewrap", "ordinary user"]
    assert {
        "namespaces",
        "no new privileges",
        "files",
        "network",
        "system calls",
        "resource limits",
        "killing by process namespace",
        "control groups",
    } == set(names[2:])
    assert all(protection.detail for protection in sandbox.protections())


@pytest.mark.parametrize("content", [b"\x7fELF no program", b"#!/nowhere\n"])
def test_a_program_that_is_none_is_no_fault_of_the_sandbox(sandbox: ProgramSandbox, content: bytes) -> None:
    """A file that the kernel does not start ends as in a shell, and the sandbox goes on."""
    job = Job(("./x",), {}, {"x": content}, b"", (), "sandbox", "/tmp", Limits(), executables=frozenset({"x"}))
    ending = sandbox.backend.execute(job)
    assert (ending.status, ending.exit_code) == (Status.FINISHED, 127)
    assert b"./x" in ending.stderr


def test_localhost_is_known(run: Run) -> None:
    """The loopback has its name."""
    assert run("import socket; print(socket.gethostbyname('localhost'))").stdout == b"127.0.0.1\n"


def test_launchers_that_were_killed_while_idle_are_replaced() -> None:
    """A launcher that ended between two programs is not asked again, however many there are."""
    backend = bubblewrap.Bubblewrap(workers=2)
    threads = [threading.Thread(target=backend.execute, args=(question("/usr/bin/sleep", "0.5"),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    idle = list(backend._workers._idle.queue)
    for worker in idle:
        worker._process.kill()
        worker._process.wait()
    ending = backend.execute(question("/usr/bin/true"))
    backend.close()
    assert (len(idle), ending.exit_code) == (2, 0)


def test_what_a_program_locks_is_told() -> None:
    """A folder that its program has locked costs no other file, and no launcher."""
    backend = bubblewrap.Bubblewrap(workers=1)
    job = question("/usr/bin/bash", "-c", "mkdir d; touch d/x; chmod 000 d; echo > y")
    ending = backend.execute(replace(job, collect_new=True))
    backend.close()
    assert (dict(ending.files), "d was not collected: Permission denied" in ending.detail) == ({"y": b"\n"}, True)


def test_a_limit_that_is_met_before_the_start_is_an_outcome() -> None:
    """Memory that does not suffice for the files of a program is no fault of the sandbox."""
    backend = bubblewrap.Bubblewrap(workers=1)
    job = replace(question("/usr/bin/true"), files={"f": bytes(32 * 2**20)}, limits=Limits(memory_bytes=8 * 2**20))
    grouped = {one.name: one for one in backend.protections()}["control groups"].in_force
    ending = backend.execute(job)
    backend.close()
    if not grouped:
        pytest.skip("no control groups can be made here")
    assert ending.status == Status.OUT_OF_MEMORY


def test_signals_that_the_caller_ignores_end_programs_all_the_same() -> None:
    """A sandbox that was opened where a signal is ignored, as in a shell's background job, does not hand that on."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with open_sandbox(Sandboxing(workers=1)) as sandbox:
            outcome = sandbox.run(Program("Shell", {"m": b"kill -INT $$"}, "m"), Invocation(), Limits())
    finally:
        signal.signal(signal.SIGINT, before)
    assert (outcome.status, outcome.detail[:15]) == (Status.KILLED, "ended by SIGINT")
