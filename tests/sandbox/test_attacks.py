"""What a hostile program does not get, where that takes more than one program: the table in `attacks` has all others.

Every test also asserts that nothing is left of its runs.
"""

import os
import signal
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


class Watch(Protocol):
    """The fixture `no_trace`."""

    mark: str

    def processes(self) -> list[str]:
        """Return the marked processes that are alive."""

    def soon_gone(self, seconds: float = 10.0) -> bool:
        """Whether nothing is left after at most so many seconds."""


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
print(sorted(set(os.listdir("/")) - {{"lib32", "libx32", "lib64", "node_modules"}}), os.listdir("/etc"))
"""
    names = ["bin", "dev", "etc", "lib", "proc", "sbin", "tmp", "usr"]
    seen, _, settings = run(source).stdout.decode().strip().partition("] [")
    assert seen == str(names)[:-1]
    toolchains = {"mono", "php"} | {f"java-{version}-openjdk" for version in range(8, 40)}
    shown = set(settings.strip("]").replace("'", "").split(", "))
    files = {"passwd", "group", "hosts", "matplotlibrc", "protocols", "services", "ssl"}
    assert shown - toolchains <= {"alternatives", "ld.so.cache", *files}


def test_the_environment_of_the_machine_is_not_visible(no_trace: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables of the calling process reach neither the program nor what it can read of its init."""
    monkeypatch.setenv("CODEALCHEMY_TEST_SECRET", "hidden-word")
    source = b"cat /proc/*/environ | tr '\\0' '\\n' | grep -c hidden-word; env | cut -d= -f1 | sort"
    with open_sandbox(Sandboxing(workers=1)) as sandbox:
        outcome = sandbox.run(Program("Shell", {"m": source}, "m"), Invocation(), Limits())
    assert no_trace
    assert outcome.stdout.decode().split() == ["0", "HOME", "LANG", "PATH", "PWD", "SHLVL", "_"]


def test_a_program_really_is_an_ordinary_user(sandbox: ProgramSandbox, no_trace: Watch) -> None:
    """Seen from outside no process of a run belongs to root, even where we do, but all to a user that is the launcher's own."""
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
    own = {0x7000_0000 + worker._process.pid for worker in sandbox.backend._workers._idle.queue}
    assert len(seen) == 1
    assert seen <= (own if os.getuid() == 0 else {os.getuid()})


def test_threads_count_as_processes(run: Run) -> None:
    """A program cannot have more threads than processes; just as many are well."""
    source = (
        "import threading, time\nfor _ in range(int(input())): threading.Thread(target=time.sleep, args=(.2,)).start()"
    )
    assert run(source, stdin=b"9", limits=Limits(processes=10)).status == Status.FINISHED
    assert (run(source, stdin=b"10", limits=Limits(processes=10)).exit_code or 1) == 1


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
