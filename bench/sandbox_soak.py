"""Thousands of good and hostile programs in one go: none lost, nothing left, nothing grown. Never run by the tests.

    python -m bench.sandbox_soak [--programs 10000] [--workers N] [--seed 1] [--user]

The programs are those of `tests/sandbox/attacks`, every other one hostile. Prints a JSON line a thousand programs, with
what the launchers hold, and one at the end; its exit code is 1 where a program ended otherwise than it must, or anything
is left. --user: as an ordinary user, where root starts it.
"""

import argparse
import asyncio
import os
import sys
import time
from collections import Counter
from pathlib import Path

from bench.sandbox import cpu_seconds, show
from tests.sandbox.attacks import places
from tests.sandbox.attacks.mixed import mixed
from tests.sandbox.watch import descendants

_PORTION = 1_000
_ALLOWED_GROWTH = 8 * 2**20
_PAGE = os.sysconf("SC_PAGE_SIZE")


def _held() -> dict[str, int]:
    """Return what this process and its launchers hold: the most of one launcher, and counts over the machine."""
    launchers = [process for process in descendants(os.getpid()) if b"launcher" in _read(process, "cmdline")]
    return {
        "launchers": len(launchers),
        "launcher_bytes": max((int(_read(one, "statm").split()[1]) * _PAGE for one in launchers), default=0),
        "launcher_descriptors": max((len(os.listdir(f"/proc/{one}/fd")) for one in launchers), default=0),  # noqa: PTH208
        "mounts": len(Path("/proc/self/mountinfo").read_text().splitlines()),
        "temporary_files": len(os.listdir("/tmp")) + len(os.listdir("/dev/shm")),  # noqa: PTH208, S108 -- only looked at
    }


def _read(process: int, name: str) -> bytes:
    try:
        return Path("/proc", str(process), name).read_bytes()
    except OSError:
        return b""


def soak(place: places.Place, programs: int, seed: int) -> list[str]:
    """Run so many programs in a place and print what they held; return everything that went wrong."""
    faults: list[str] = []
    ends: Counter[str] = Counter()
    started, used, before, held = time.perf_counter(), cpu_seconds(), dict[str, int](), dict[str, int]()
    rows = list(mixed(programs, seed, place))
    for first in range(0, programs, _PORTION):
        portion = rows[first : first + _PORTION]
        outcomes = asyncio.run(place.sandbox.run_many([run for run, _ in portion]))
        known = len(faults)
        for outcome, (_, check) in zip(outcomes, portion, strict=True):
            ends[outcome.status] += 1
            faults += check(outcome)
        faults += [f"left: {thing}" for thing in (*place.watch.left(), *place.host.harm())]
        for fault in faults[known:]:
            show("fault", fault=fault[:500])
        held = _held()
        before = before or held
        show("soak", programs=first + len(portion), faults=len(faults), **held)
    for name, limit in {"launcher_bytes": _ALLOWED_GROWTH, "launcher_descriptors": 0}.items():
        if held[name] - before[name] > limit:
            faults.append(f"{name} grew from {before[name]:,} to {held[name]:,}")
            show("fault", fault=faults[-1])
    seconds = time.perf_counter() - started
    show(
        f"soak in {place.name}",
        programs=sum(ends.values()),
        lost=programs - sum(ends.values()),
        ends=dict(sorted(ends.items())),
        seconds=round(seconds),
        per_second=round(programs / seconds, 1),
        cpu_seconds=round(cpu_seconds() - used),
        faults=len(faults),
    )
    return faults


def main() -> int:
    """Read the arguments, run, and return whether anything went wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.sandbox_soak")
    parser.add_argument("--programs", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--user", action="store_true")
    given = parser.parse_args()
    opened = places.user if given.user or os.getuid() != 0 else places.root
    with opened(given.workers) as place:
        faults = soak(place, given.programs, given.seed)
    # With the sandbox closed not even its launchers are left.
    left = descendants(os.getpid())
    show("processes left", processes=sorted(left))
    return bool(faults or left)


if __name__ == "__main__":
    sys.exit(main())
