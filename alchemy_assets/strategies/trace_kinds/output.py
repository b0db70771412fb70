"""Ask what the original program prints in one of its tests; the answer is the recorded standard output.

Belongs here: which test is asked about. Does not: what speaks against a text as an answer (`grounded.printed`).
"""

from alchemy_assets.strategies.conversation import fenced
from alchemy_assets.strategies.grounded.printed import fault_of_text
from alchemy_assets.strategies.strategy import Left
from alchemy_assets.strategies.trace_kinds import showing
from alchemy_assets.strategies.trace_kinds.reasons import Reason
from alchemy_assets.strategies.trace_kinds.recording import Made, Recording, Test
from alchemy_assets.tracing.events import copied_share

# Lines of the output that may be lines of what is typed: a program that echoes its input shows nothing of its own.
MOST_ECHOED = 0.5
EVENTFUL = 8


def make(recording: Recording) -> Made | Left:
    """The question about a test that is given something, where one prints what can be worked out; else about any."""
    faults: list[Left] = []
    held: list[Test] = []
    for test in recording.tests:
        fault = _fault(recording, test)
        if fault is None:
            held.append(test)
        else:
            faults.append(fault)
    if not held:
        # The last test is the one that is given most.
        return faults[-1] if faults else Left(Reason.NOT_RECORDED)
    # What a bare call prints is asked for by CodeQA already, and where little happens there is little to follow.
    given = [test for test in held if not _is_bare(recording, test)] or held
    eventful = [test for test in given if len(test.events) >= EVENTFUL] or given
    test = showing.choose(recording, "output", eventful)
    return Made(
        {"code": showing.code(recording), **showing.of_test(recording, test)},
        fenced((test.output or "").removesuffix("\n"), "text"),
        f"standard output of test {test.number}",
        test.events,
        instrumented=False,
    )


def _fault(recording: Recording, test: Test) -> Left | None:
    if test.output is None:
        return Left(Reason.NOT_RECORDED)
    fault = fault_of_text(test.output, recording.language, recording.original)
    if fault is not None:
        return Left(fault[0], f"test {test.number}: {fault[1]}" if fault[1] else f"test {test.number}")
    echoed = copied_share(test.output, test.commands)
    return Left(Reason.COPIED, f"test {test.number}: {echoed:.2f}") if echoed > MOST_ECHOED else None


def _is_bare(recording: Recording, test: Test) -> bool:
    return test.commands.split("\n")[-1].endswith(f"{recording.name} < /dev/null")
