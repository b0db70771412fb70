"""Try one attack in one place, and say what was wrong with its end.

Belongs here: the judgement of an outcome, of the host, of what is left, and of the next program. Does not: the attacks
(`table`), the places (`places`).
"""

import contextlib
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from alchemy_assets.errors import UnsafePathError
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Outcome, Program, Status
from tests.sandbox.attacks.places import Place
from tests.sandbox.attacks.table import REFUSED, Attack, Kind
from tests.sandbox.watch import descendants, parents

_LATE_SECONDS = 3.0
_MOST_OVERSHOOT = 3
"""How much more memory than allowed may be held between two looks where no control group prevents it."""
_PATIENCE_SECONDS = 5.0
NEXT = Program("Python", {"main.py": b"print(sum(map(int, input().split())))"}, "main.py")


@dataclass(frozen=True)
class Result:
    """How an attack ended, and everything about its end that should not be."""

    status: str
    faults: list[str]
    seconds: float


def _everything(outcome: Outcome) -> bytes:
    messages = outcome.compile_step.messages if outcome.compile_step else b""
    names = b"".join(map(os.fsencode, outcome.files))
    return b"".join(
        [outcome.stdout, outcome.stderr, messages, names, *outcome.files.values(), os.fsencode(outcome.detail)]
    )


def judge(attack: Attack, outcome: Outcome, kind: Kind, secret: str) -> list[str]:
    """Return what is wrong with an outcome."""
    return list(_faults(attack, outcome, kind, secret))


def _wrong_words(attack: Attack, outcome: Outcome) -> Iterator[str]:
    """Yield what is wrong with the output and exit code of a program that ended by itself, or did not."""
    if outcome.status not in {Status.FINISHED, Status.KILLED}:
        if outcome.exit_code is not None:
            yield f"exit code {outcome.exit_code} although it was {outcome.status}"
        return
    said = outcome.stdout.decode("latin-1")
    if not re.fullmatch(attack.says, said, re.DOTALL):
        yield f"said {said[:2000]!r} and {outcome.stderr[-2000:]!r}"
    if attack.exit_code not in {outcome.exit_code, None}:
        yield f"exit code {outcome.exit_code}: {outcome.stderr[-2000:]!r}"


def _faults(attack: Attack, outcome: Outcome, kind: Kind, secret: str) -> Iterator[str]:
    expected = attack.expects(kind)
    if outcome.status not in {expected, attack.race}:
        yield f"{outcome.status} instead of {expected}: {outcome.detail}; exit code {outcome.exit_code}"
    yield from _wrong_words(attack, outcome)
    if b"BREACH" in outcome.stdout or secret.encode() in _everything(outcome):
        yield f"got through: {outcome.stdout[:2000]!r}"
    if dict(outcome.files) != dict(attack.collected):
        yield f"collected { {name: len(content) for name, content in outcome.files.items()} }"
    if not re.search(attack.detail, outcome.detail, re.DOTALL):
        yield f"detail {outcome.detail!r}"
    if outcome.wall_seconds > attack.limits.wall_seconds + _LATE_SECONDS:
        yield f"took {outcome.wall_seconds:.1f} s"
    if (outcome.peak_memory_bytes or 0) > _MOST_OVERSHOOT * attack.limits.memory_bytes:
        yield f"held {outcome.peak_memory_bytes:,} bytes of memory"
    if max(len(outcome.stdout), len(outcome.stderr)) > attack.limits.output_bytes:
        yield "more output than allowed"


def _is_launcher(process: int) -> bool:
    return b"launcher" in Path("/proc", str(process), "cmdline").read_bytes()


def _has_ended(process: int) -> bool:
    """Whether only its exit code is left, which the machine's init has not fetched yet."""
    return Path("/proc", str(process), "stat").read_text(errors="replace").rpartition(")")[2].split()[0] == "Z"


def _strays(place: Place, before: set[int]) -> list[str]:
    """Return processes of the sandbox's user that are new, also where they hid their mark or lost their parent."""
    known, ours = parents(), descendants(os.getpid())
    found = []
    for process in known.keys() - before:
        with contextlib.suppress(OSError):
            uid = Path("/proc", str(process)).stat().st_uid
            lost = uid == place.host.uid and known[process] == 1 and not _has_ended(process)
            if (lost or process in ours) and not _is_launcher(process):
                found.append(f"process {process} of {uid}: {Path('/proc', str(process), 'cmdline').read_bytes()!r}")
    return found


def left(place: Place, before: set[int]) -> list[str]:
    """Return what is still there of programs: their processes must be gone when an outcome comes, so without patience.

    before: processes that were there already. Other users of this machine come and go, so strays get a while.
    """
    found = place.watch.left()
    if place.kind == Kind.DOCKER:  # Containers for the next programs wait, without a mark.
        return found
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (strays := _strays(place, before)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found + strays


def _run(attack: Attack, place: Place) -> tuple[str, list[str]]:
    invocation = attack.started(place.environment)
    try:
        outcome = place.sandbox.run(attack.program, invocation, attack.limits)
    except UnsafePathError as error:
        return REFUSED, [] if attack.expects(place.kind) == REFUSED else [str(error)]
    except Exception as error:  # noqa: BLE001 - whatever a program does, it must not become an error of ours
        return "error", [f"raised {error!r}"]
    return outcome.status, judge(attack, outcome, place.kind, place.host.secret)


def _next(place: Place) -> list[str]:
    invocation = Invocation(stdin=b"20 22", environment={"MARK": place.watch.mark})
    try:
        outcome = place.sandbox.run(NEXT, invocation, Limits())
    except Exception as error:  # noqa: BLE001 - as above
        return [f"the next program raised {error!r}"]
    good = (outcome.status, outcome.exit_code, outcome.stdout, outcome.stderr) == (Status.FINISHED, 0, b"42\n", b"")
    return [] if good else [f"the next program ended so: {outcome}"]


def assail(attack: Attack, place: Place) -> Result:
    """Try an attack, then look at the host, at what is left, and at the next program in the same sandbox."""
    before, started = set(parents()), time.monotonic()
    status, faults = _run(attack, place)
    seconds = time.monotonic() - started
    return Result(str(status), [*faults, *left(place, before), *place.host.harm(), *_next(place)], seconds)
