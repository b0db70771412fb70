"""Find out which protections are really in force: run programs that look around and try what they must not.

Belongs here: the probing programs, and what their answers mean. Does not: putting the protections up (`containment`,
`group`, `limits`, `seccomp`). The programs are of bash and coreutils, which every system has that programs run on.
"""

import contextlib
import os
import secrets
import signal
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from alchemy_assets.sandbox.jobs import Ending, Job
from alchemy_assets.sandbox.program_folder import TEMPORARY
from alchemy_assets.sandbox.sandbox import Limits, Protection, Status
from alchemy_assets.sandbox.seccomp import ABSENT, DENIED

_NAMESPACES = ("user", "mnt", "pid", "net", "ipc", "uts", "cgroup")
_FILTERED, _CAPABILITIES = "2", ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
_LIMITS = Limits(cpu_seconds=5, wall_seconds=10, memory_bytes=32 * 2**20, processes=8)
_LOOKS = 5
_TOO_MUCH = "head -c 64M /dev/zero | tail"
"""Holds 64 MB in memory, as they are one line."""
_TOO_MANY = "for i in 1 2 3 4 5 6 7 8 9 10; do sleep 1 & done"
# Files are opened for appending only: where that is not refused, nothing is changed by it.
_LOOK = """
grep -E '^(NoNewPrivs|Seccomp|Cap...):' /proc/self/status
for name in /proc/self/ns/*; do echo "ns-${name##*/} $(readlink "$name")"; done
unshare --user true 2>/dev/null && echo nested namespace
echo interfaces $(grep -o '^ *[^:|]*:' /proc/net/dev)
for name in /usr/probe /etc/probe /probe /proc/sys/kernel/hostname /etc/passwd; do
  { : >> "$name"; } 2>/dev/null && echo "open $name"
done
for name in /root /home /var /sys /etc/shadow /etc/hostname; do [ -e "$name" ] && echo "open $name"; done
echo limits $(ulimit -c) $(ulimit -n) $(ulimit -f) $(ulimit -t)
setsid sleep SECONDS >/dev/null 2>&1 </dev/null &
sleep 0.1
"""


def _job(script: str) -> Job:
    return Job(("/usr/bin/bash", "-c", script), {}, {}, b"", (), "sandbox", TEMPORARY, _LIMITS)


def _process(word: str) -> Path | None:
    """Return the process of this machine that has the word in its command line; None without one."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if word.encode() in (process / "cmdline").read_bytes().split(b"\0"):
                return process
    return None


def _look(execute: Callable[[Job], Ending]) -> tuple[dict[str, str], int | None, bool]:
    """Return what a program saw, the user that it is outside, and whether what it left behind outlived it."""
    # A number that no other process sleeps for.
    seconds = f"{60 + secrets.randbelow(10**9) / 10**8:.8f}"
    user = None
    with ThreadPoolExecutor(1) as thread:
        run = thread.submit(execute, _job(_LOOK.replace("SECONDS", seconds)))
        while user is None and not run.done():
            if seen := _process(seconds):
                with contextlib.suppress(FileNotFoundError):
                    user = seen.stat().st_uid
    said: dict[str, str] = {}
    for line in run.result().stdout.decode(errors="replace").splitlines():
        key, _, value = line.partition(" " if ":\t" not in line else ":\t")
        said[key] = f"{said.get(key, '')} {value}".strip()
    survivor = _process(seconds)
    if survivor:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(survivor.name), signal.SIGKILL)
    return said, user, survivor is not None


def probe(execute: Callable[[Job], Ending], groups: str | None, *, root: bool) -> list[Protection]:
    """Say what stands between a program and this machine, by what programs that try it meet.

    groups: how the control groups of runs are described, None without them. root: whether they are required, and
    whether runs become another user. Raises what `execute` raises.
    """
    for _ in range(_LOOKS):  # On a busy machine a program may have ended before anybody saw it.
        said, user, survived = _look(execute)
        if user is not None:
            break
    looked = "Seccomp" in said  # A program that said nothing met no protection.
    return [
        Protection(
            "ordinary user",
            user not in {0, None},
            f"uid {user}, dropped to before anything else" if root else f"uid {user}, who started us",
        ),
        _namespaces(said),
        _no_new_rights(said),
        Protection(
            "files",
            looked and "open" not in said,
            f"reached {said.get('open', 'nobody knows what')}"
            if "open" in said or not looked
            else f"/usr read-only, and a {TEMPORARY} in memory of limited size",
        ),
        Protection(
            "network",
            said.get("interfaces") == "lo:",
            "none but a loopback of the program's own"
            if said.get("interfaces") == "lo:"
            else f"interfaces {said.get('interfaces')}",
        ),
        Protection(
            "system calls",
            said.get("Seccomp") == _FILTERED,
            f"{len(DENIED) + len(ABSENT)} refused, and socket families that know no network namespace",
        ),
        _resource_limits(said),
        Protection(
            "killing by process namespace", looked and not survived, "what a program leaves running ends with it"
        ),
        replace(_control_groups(execute, groups), required=root),
    ]


def _namespaces(said: Mapping[str, str]) -> Protection:
    ours = {name: str(Path("/proc/self/ns", name).readlink()) for name in _NAMESPACES}
    shared = [name for name in _NAMESPACES if said.get(f"ns-{name}", ours[name]) == ours[name]]
    own = [name for name in _NAMESPACES if name not in shared]
    detail = f"{', '.join(own)}; {'nested ones can be made' if 'nested' in said else 'no nested ones'}"
    if shared:
        detail += f"; shared with this machine: {', '.join(shared)}"
    return Protection("namespaces", not shared and "nested" not in said, detail)


def _no_new_rights(said: Mapping[str, str]) -> Protection:
    held = [name for name in _CAPABILITIES if int(said.get(name, "1"), 16)]
    detail = f"holds {', '.join(held)}" if held else "no capability, and none by setuid programs"
    return Protection("no new privileges", said.get("NoNewPrivs") == "1" and not held, detail)


def _resource_limits(said: Mapping[str, str]) -> Protection:
    values = said.get("limits", "").split()
    bounded = len(values) == 4 and values[0] == "0" and all(value.isdecimal() for value in values)  # noqa: PLR2004
    detail = "core dumps, open files, file size, CPU seconds: " + (" ".join(values) or "unknown")
    return Protection("resource limits", bounded, detail)


def _control_groups(execute: Callable[[Job], Ending], groups: str | None) -> Protection:
    if groups is None:
        detail = "none can be made here: memory and CPU time are sampled, processes and data limited by rlimits"
        return Protection("control groups", in_force=False, detail=detail)
    ends = execute(_job(_TOO_MUCH)).status, execute(_job(_TOO_MANY)).status
    works = ends == (Status.OUT_OF_MEMORY, Status.TOO_MANY_PROCESSES)
    return Protection("control groups", works, groups if works else f"{groups}; but they do not hold: {ends}")
