"""Good and hostile programs in one long row, each with what must come of it.

Belongs here: the choice and the good programs. Does not: the attacks (`table`), running so many (`test_soak`, and the
ten thousand of `bench`).
"""

import random
from collections.abc import Callable, Iterator

from alchemy_assets.sandbox.sandbox import Invocation, Limits, Outcome, Program, Run, Status
from tests.sandbox.attacks.assault import judge
from tests.sandbox.attacks.places import Place
from tests.sandbox.attacks.table import ATTACKS, REFUSED, SIGNALS, Attack

Check = Callable[[Outcome], list[str]]
"""Says what is wrong with an outcome."""

_PYTHON = Program("Python", {"main.py": b"import sys\nprint(sum(map(int, sys.stdin.read().split())))"}, "main.py")
_SHELL = Program("Shell", {"main.sh": b'read -r line; echo "$line" > kept; echo "$1 $line" >&2; exit 3'}, "main.sh")
_C = Program(
    "C",
    {"main.c": b"#include <stdio.h>\nint main(void) { int c; while ((c = getchar()) != EOF) putchar(c); }"},
    "main.c",
)
_LIMITS = Limits(cpu_seconds=5, wall_seconds=60)


def _python(number: int) -> tuple[Run, Check]:
    run = _PYTHON, Invocation(stdin=f"{number} {number}".encode()), _LIMITS
    return run, lambda outcome: _compare(outcome, 0, f"{2 * number}\n".encode(), b"", {})


def _shell(number: int) -> tuple[Run, Check]:
    word = f"word {number}".encode()
    run = _SHELL, Invocation(arguments=("said",), stdin=word + b"\n", collect=("kept",)), _LIMITS
    return run, lambda outcome: _compare(outcome, 3, b"", b"said " + word + b"\n", {"kept": word + b"\n"})


def _c(number: int) -> tuple[Run, Check]:
    content = random.Random(number).randbytes(100_000)
    return (_C, Invocation(stdin=content), _LIMITS), lambda outcome: _compare(outcome, 0, content, b"", {})


def _compare(outcome: Outcome, exit_code: int, stdout: bytes, stderr: bytes, files: dict[str, bytes]) -> list[str]:
    expected = (Status.FINISHED, exit_code, stdout, stderr, files)
    got = (outcome.status, outcome.exit_code, outcome.stdout, outcome.stderr, dict(outcome.files))
    return [] if got == expected else [f"a good program: {outcome.status} {outcome.detail}: {got!r:.500}"]


def _hostile(attack: Attack, place: Place) -> tuple[Run, Check]:
    run = attack.program, attack.started(place.environment), attack.limits
    return run, lambda outcome: [
        f"{attack.name}: {fault}" for fault in judge(attack, outcome, place.kind, place.host.secret)
    ]


def mixed(count: int, seed: int, place: Place) -> Iterator[tuple[Run, Check]]:
    """Yield so many runs, every other one hostile, the same for the same seed; with them what says if they ended well."""
    draw = random.Random(seed)
    runnable = {language: place.sandbox.runnable(language) for language in ("C", "Python", "Shell")}
    quick = [
        attack
        for attack in ATTACKS
        if not attack.slow and attack.expects(place.kind) != REFUSED and runnable[attack.program.language]
    ]
    weights = [1 / len(SIGNALS) if attack in SIGNALS else 1 for attack in quick]
    for number in range(count):
        if draw.random() < 0.5:
            yield _hostile(draw.choices(quick, weights)[0], place)
        else:
            yield draw.choice((_python, _shell, _c) if runnable["C"] else (_python, _shell))(number)
