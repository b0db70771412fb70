"""Compare what the instrumented program did with what the original did, and its runs with one another.

Belongs here: what may differ (lines in messages) and what may not. Does not: running (`record`), worth (`acceptance`).
"""

import re
from collections.abc import Sequence

from alchemy_assets.sandbox.sandbox import Outcome, Status
from alchemy_assets.tracing import events as measure
from alchemy_assets.tracing.instrument.points import Instrumented
from alchemy_assets.tracing.reasons import Dropped, Reached, Reason
from alchemy_assets.tracing.scripts import output_name, trace_name


def ended(outcomes: Sequence[Outcome]) -> Dropped | None:
    """Why runs did not come to their own end."""
    for outcome in outcomes:
        if outcome.status is Status.COMPILE_ERROR:
            return Dropped(Reason.POINTS_REFUSED, outcome.detail, Reached.INSTRUMENTED)
        if outcome.status is Status.UNSUPPORTED:
            return Dropped(Reason.NEEDS_LIBRARY, outcome.detail, Reached.INSTRUMENTED)
        if outcome.status is Status.TIMED_OUT:
            return Dropped(Reason.TIMEOUT, reached=Reached.COMPILED)
        if outcome.status is not Status.FINISHED or outcome.truncated:
            return Dropped(Reason.EXCEEDS_LIMITS, str(outcome.status), Reached.COMPILED)
    return None


def unstable(recorded: Sequence[Outcome], tests: int) -> Dropped | None:
    """Whether runs in different surroundings differ."""
    for outcome in recorded[1:]:
        for name in map(trace_name, range(1, tests + 1)):
            if outcome.files.get(name) != recorded[0].files.get(name):
                return Dropped(Reason.NONDETERMINISTIC, f"{name} differs", Reached.TWO_PATHS)
    return None


def changed(shown: Instrumented, source: str, original: Outcome, compared: Outcome, tests: int) -> Dropped | None:
    """Whether the instrumented program printed or ended otherwise than the original, in any test.

    source: the name of the file, which messages give in front of a line.
    """
    if original.stdout != compared.stdout:
        return Dropped(Reason.CHANGED_BEHAVIOUR, "exit status", Reached.DETERMINISTIC)
    numbered = re.compile(rf"(?:(?<=line )|(?<={re.escape(source)}:)|(?<={re.escape(source)}\())\d{{1,6}}")

    def as_before(text: str) -> str:
        return numbered.sub(lambda match: str(shown.original_line(int(match[0]))), text)

    for number in range(1, tests + 1):
        for name, what in ((output_name(number), "standard output"), (trace_name(number), "standard error")):
            try:
                before, after = (outcome.files.get(name, b"").decode() for outcome in (original, compared))
            except UnicodeDecodeError:
                return Dropped(Reason.CONTROL_TEXT, f"{name} is not UTF-8", Reached.DETERMINISTIC)
            if name == trace_name(number):
                after = measure.without_events(after)
            if before not in (after, as_before(after)):
                return Dropped(Reason.CHANGED_BEHAVIOUR, f"{what} of test {number}", Reached.DETERMINISTIC)
    return None
