"""Speed of the sandbox, beside bare subprocesses in the same run. Never run by the tests.

    python -m bench.sandbox [--root DIR] [--languages Python,Go] [--at-once 1 2 8] [--seconds 2] [--docker]

Each language runs a greeting and a program of about 100 lines, at concurrency 1, cores and 4 x cores, sources different
each time: what is compiled is compiled anew. The bare side runs the commands of the same plans in folders in memory,
with --root in that root. Prints one JSON line a figure; `ratio` is programs a second, ours to bare ones.
With --docker also `docker run` and `docker exec`, by a daemon that is started for it. For thousands of programs in one
go see `sandbox_soak`.
"""

import argparse
import asyncio
import contextlib
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from alchemy_assets.sandbox.backends import open_sandbox
from alchemy_assets.sandbox.bubblewrap.containment import as_guest
from alchemy_assets.sandbox.programs import ProgramSandbox, question
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Program, Status
from alchemy_assets.sandbox.system import GUEST
from alchemy_assets.sandbox.toolchains.table import TOOLCHAINS
from alchemy_assets.sandbox.toolchains.toolchain import Plan, Toolchain
from alchemy_assets.settings import Sandboxing
from bench.sandbox_programs import KINDS, program
from tests.sandbox.docker_daemon import running_daemon

_CORES = os.cpu_count() or 1
_LIMITS = Limits(cpu_seconds=20, wall_seconds=60)
_ROUNDS = 3
_FEWEST, _MOST = 4, 300
_NAMESPACED = "RUNS_IN_A_MOUNT_NAMESPACE"


@dataclass(frozen=True)
class Bare:
    """Where bare subprocesses run: a system, and a folder in memory as it is called there."""

    root: Path
    scratch: str


def show(figure: str, **values: object) -> None:
    """Print a figure."""
    print(json.dumps({"figure": figure} | values), flush=True)


def cpu_seconds() -> float:
    """CPU seconds of this process and all its descendants, those that are still alive too, in hundredths."""
    times, ticks = os.times(), 0
    for thread in Path("/proc/self/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            for child in (thread / "children").read_text().split():
                fields = Path("/proc", child, "stat").read_text().rpartition(")")[2].split()
                ticks += sum(map(int, fields[11:15]))
    return times.user + times.system + times.children_user + times.children_system + ticks / os.sysconf("SC_CLK_TCK")


def _bare_run(plan: Plan, toolchain: Toolchain, scratch: str) -> None:
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        for name, content in plan.files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        environment = {"PATH": "/usr/bin:/bin", "HOME": folder, "LANG": "C.UTF-8", **toolchain.environment}
        for command in filter(None, (plan.compile, plan.run)):
            subprocess.run(
                command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=True
            )


def bare(plans: Sequence[Plan], toolchain: Toolchain, at_once: int, where: Bare) -> tuple[float, float]:
    """Run plans as plain subprocesses, from a process of its own that sees nothing but their system; wall, CPU seconds."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if where.root != Path("/"):
                os.chroot(where.root)
                os.chdir("/")
            started, used = time.perf_counter(), sum(os.times()[:4])
            with ThreadPoolExecutor(at_once) as threads:
                list(threads.map(lambda plan: _bare_run(plan, toolchain, where.scratch), plans))
            os.write(write, f"{time.perf_counter() - started} {sum(os.times()[:4]) - used}".encode())
        except subprocess.CalledProcessError as error:
            os.write(write, f"failed {error}: {error.stderr[-300:]!r}".encode())
        except BaseException as error:  # noqa: BLE001 -- must not run on in its parent's code
            os.write(write, f"failed {error!r}".encode())
        finally:
            os._exit(0)
    os.close(write)
    with open(read, encoding="utf-8") as file:  # noqa: PTH123 -- a descriptor
        said = file.read()
    os.waitpid(child, 0)
    if said.startswith("failed"):
        raise RuntimeError(said)
    wall, cpu = map(float, said.split())
    return wall, cpu


def ours(programs: Sequence[Program], sandbox: ProgramSandbox) -> tuple[float, float]:
    """Run programs in the sandbox; wall and CPU seconds. Raises RuntimeError for one that did not end well."""
    used, started = cpu_seconds(), time.perf_counter()
    outcomes = asyncio.run(sandbox.run_many([(one, Invocation(), _LIMITS) for one in programs]))
    seconds = time.perf_counter() - started
    for outcome in outcomes:
        if outcome.status is not Status.FINISHED or outcome.exit_code != 0:
            message = f"{outcome.status} {outcome.detail} {outcome.stderr[-300:]!r}"
            raise RuntimeError(message)
    return seconds, cpu_seconds() - used


class _Numbers:
    """Numbers for programs, none twice."""

    def __init__(self) -> None:
        self._next = 0

    def take(self, language: str, kind: str, count: int) -> list[Program]:
        """Return so many programs that were not seen before."""
        self._next += count
        return [program(language, kind, number) for number in range(self._next - count, self._next)]


def throughput(  # noqa: PLR0913, PLR0917 -- what is measured, and on what
    sandbox: ProgramSandbox, language: str, kind: str, where: Bare, seconds: float, numbers: _Numbers
) -> None:
    """Time a program of one language, ours and bare in turns, at the concurrency of the sandbox."""
    label = sandbox.toolchain(language)
    (toolchain,) = (row for row in TOOLCHAINS[language] if label.split()[0] == row.name.split()[0])
    at_once = sandbox.backend.at_once

    def plans(count: int) -> list[Plan]:
        return [toolchain.plan(one, _LIMITS) for one in numbers.take(language, kind, count)]

    one, _ = bare(plans(at_once), toolchain, at_once, where)
    count = max(_FEWEST, at_once, min(_MOST, math.ceil(seconds / one * at_once)))
    ours(numbers.take(language, kind, min(count, 8)), sandbox)
    bare_speeds, our_speeds, bare_cpu, our_cpu = [], [], 0.0, 0.0
    for _ in range(_ROUNDS):
        wall, used = bare(plans(count), toolchain, at_once, where)
        bare_speeds.append(count / wall)
        bare_cpu += used
        wall, used = ours(numbers.take(language, kind, count), sandbox)
        our_speeds.append(count / wall)
        our_cpu += used
    mine, theirs = statistics.median(our_speeds), statistics.median(bare_speeds)
    show(
        f"{language}, {kind}, {at_once} at once",
        toolchain=label,
        programs=count * _ROUNDS,
        ours_per_second=round(mine, 1),
        bare_per_second=round(theirs, 1),
        ratio=round(statistics.median(one / other for one, other in zip(our_speeds, bare_speeds, strict=True)), 3),
        our_cpu_ms_per_program=round(our_cpu / count / _ROUNDS * 1_000, 1),
        bare_cpu_ms_per_program=round(bare_cpu / count / _ROUNDS * 1_000, 1),
        # Beside other work on the machine this one says more.
        ratio_by_cpu=round(bare_cpu / our_cpu, 3),
    )


def overhead(sandbox: ProgramSandbox, root: Path, repeats: int) -> None:
    """Time `true` bare, under bare bwrap and under ours in turns; print what is added to the bare one."""
    links = (name for name in ("bin", "lib", "lib64") if (root / name).is_symlink())
    bwrap = [
        *(shutil.which("bwrap") or "", "--unshare-all", "--unshare-user", "--disable-userns", "--cap-drop", "ALL"),
        *("--uid", str(GUEST), "--gid", str(GUEST), "--die-with-parent", "--new-session"),
        *("--ro-bind", str(root / "usr"), "/usr"),
        *(word for name in links for word in ("--symlink", f"usr/{name}", f"/{name}")),
        *("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--remount-ro", "/"),  # noqa: S108 -- the sandbox's own
    ]

    def under_bwrap() -> None:
        with as_guest():
            subprocess.run([*bwrap, "/usr/bin/true"], env={}, capture_output=True, check=True)

    ways: Mapping[str, Callable[[], object]] = {
        "bare": lambda: subprocess.run(["/usr/bin/true"], env={}, capture_output=True, check=True),
        "bwrap": under_bwrap,
        "ours": lambda: sandbox.backend.execute(question("/usr/bin/true")),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, way in ways.items():
            started = time.perf_counter()
            way()
            times[name].append((time.perf_counter() - started) * 1_000)
    median = {name: statistics.median(values) for name, values in times.items()}
    lowest = {name: statistics.quantiles(values, n=10)[0] for name, values in times.items()}
    for name, values in {"median": median, "lowest tenth": lowest}.items():
        show(
            f"overhead of one run, {name}",
            **{f"{key}_ms": round(value, 2) for key, value in values.items()},
            ours_to_bare_bwrap=round((values["ours"] - values["bare"]) / (values["bwrap"] - values["bare"]), 2),
        )


def burst(sandbox: ProgramSandbox, numbers: _Numbers) -> None:
    """Hand over 64 programs at once, after as many in a calm stream, and print both speeds."""
    for language in ("Shell", "Python"):
        calm, _ = ours(numbers.take(language, "hello", 256), sandbox)
        at_once, _ = ours(numbers.take(language, "hello", 64), sandbox)
        show(
            f"burst of 64 at once, {language}",
            lost=0,
            per_second=round(64 / at_once, 1),
            calm_per_second=round(256 / calm, 1),
        )


def docker(root: Path) -> None:
    """Print how long `docker run` and `docker exec` take for a greeting, in a new and in a warm container."""
    with running_daemon() as (address, _), tempfile.TemporaryDirectory() as folder:
        call = ["docker", "--host", address]
        for name in ("bin", "lib", "lib64"):
            Path(folder, name).symlink_to(f"usr/{name}")
        archive = subprocess.run(["tar", "-C", folder, "-c", "."], check=True, capture_output=True).stdout
        imported = subprocess.run([*call, "import", "-"], input=archive, check=True, capture_output=True)
        shape = ["--network", "none", "--volume", f"{root / 'usr'}:/usr:ro", imported.stdout.decode().strip()]
        warm = subprocess.run(
            [*call, "run", "--detach", "--rm", *shape, "/usr/bin/sleep", "600"], check=True, capture_output=True
        )
        container = warm.stdout.decode().strip()
        for language, command in (
            ("Shell", ["bash", "-c", "echo hello"]),
            ("Python", ["python3", "-c", "print('hello')"]),
        ):
            ways = {"docker run": ["run", "--rm", *shape], "docker exec": ["exec", container]}
            for way, words in ways.items():
                times = []
                for _ in range(10):
                    started = time.perf_counter()
                    subprocess.run([*call, *words, *command], check=True, capture_output=True)
                    times.append(time.perf_counter() - started)
                show(f"{way}, {language}, hello, 1 at once", median_ms=round(statistics.median(times) * 1_000, 1))
        subprocess.run([*call, "rm", "--force", container], check=True, capture_output=True)


def measure(given: argparse.Namespace, where: Bare) -> None:
    """Print all figures of the sandbox."""
    numbers = _Numbers()
    for at_once in sorted(set(given.at_once)):
        with open_sandbox(Sandboxing(workers=at_once, root=given.root)) as sandbox:
            if at_once == 1:
                overhead(sandbox, given.root, 300)
            if at_once == _CORES:
                burst(sandbox, numbers)
            for language in given.languages.split(","):
                if not sandbox.runnable(language):
                    show(f"{language} cannot run here")
                    continue
                for kind in KINDS:
                    try:
                        throughput(sandbox, language, kind, where, given.seconds, numbers)
                    except RuntimeError as error:
                        show(f"{language}, {kind}, {at_once} at once", failed=str(error))


def _prepared(root: Path) -> Bare:
    """Return where bare subprocesses run. A root gets what its programs need, in a mount namespace of this process."""
    if root == Path("/"):
        return Bare(root, "/dev/shm")  # noqa: S108 -- in memory, as the sandbox's folders are
    if not os.environ.get(_NAMESPACED):
        words = ["unshare", "--mount", sys.executable, "-m", "bench.sandbox", *sys.argv[1:]]
        os.execvpe(words[0], words, {**os.environ, _NAMESPACED: "1"})  # noqa: S606 -- no shell is the point
    for kind, folder in (("proc", "proc"), ("tmpfs", "tmp")):
        subprocess.run(["mount", "-t", kind, kind, root / folder], check=True)
    subprocess.run(["mount", "--rbind", "/dev", root / "dev"], check=True)
    return Bare(root, "/tmp")  # noqa: S108 -- in the root


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(prog="python -m bench.sandbox")
    parser.add_argument("--root", type=Path, default=Path("/"))
    parser.add_argument("--languages", default=",".join(KINDS["hello"]))
    parser.add_argument("--seconds", type=float, default=2.0, help="how long one measurement of one side takes, about")
    parser.add_argument("--at-once", type=int, nargs="+", default=[1, _CORES, 4 * _CORES])
    parser.add_argument("--docker", action="store_true")
    given = parser.parse_args()
    where = _prepared(given.root)
    if given.docker:
        docker(given.root)
    measure(given, where)


if __name__ == "__main__":
    main()
