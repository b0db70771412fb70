"""What every instrumenter promises, asked of programs of any language that is built before it runs.

Belongs here: only insertions, the same behaviour, the events that were written. Does not: programs, and which events
they should write.
"""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from alchemy_assets.sandbox.programs import ProgramSandbox
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Outcome, Program, Status
from alchemy_assets.tracing.building import messages
from alchemy_assets.tracing.events import format_event, read_events, without_events
from alchemy_assets.tracing.instrument.points import Instrumented
from alchemy_assets.tracing.instrument.registry import INSTRUMENTERS, instrument
from alchemy_assets.tracing.launch import launch_of
from alchemy_assets.tracing.reasons import Dropped

ALL = 1000


def shown(language: str, source: str, points: int = ALL, limit: int = 8) -> Instrumented:
    """A program with its points, all of them if not said otherwise."""
    made = instrument(language, source, points, limit=limit)
    assert not isinstance(made, Dropped), (made, source)
    return made


def comes_back(language: str, source: str, points: int) -> None:
    """Check that a program keeps its bytes under the insertions, gets the same ones each time, and still parses."""
    made = shown(language, source, points)
    assert made.original() == source.encode()
    assert INSTRUMENTERS[language].parses(made.text), made.text
    assert shown(language, source, points) == made
    if "\r\n" in source:
        assert made.text.count("\r\n") == made.text.count("\n")


def some_of(strategy: SearchStrategy[str], count: int) -> list[str]:
    """The longest of the first programs that a strategy makes, always the same."""
    found: list[str] = []

    @settings(
        max_examples=20 * count,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(source: str) -> None:
        found.append(source)

    collect()
    return sorted(found, key=len)[-count:]


def run(sandbox: ProgramSandbox, language: str, texts: Sequence[str]) -> list[Outcome]:
    """Build and run programs, all at once."""
    if not sandbox.runnable(language):
        pytest.skip(f"{language} programs cannot be run here")
    runs = []
    for text in texts:
        entry = launch_of(language, text).entry
        runs.append((Program(language, {entry: text.encode()}, entry), Invocation(), Limits()))
    return asyncio.run(sandbox.run_many(runs))


def same_behaviour(
    sandbox: ProgramSandbox, language: str, sources: Sequence[str], *, limit: int = 8
) -> list[list[str]]:
    """The events of programs of which all points are taken, and of which nothing else has changed."""
    made = [shown(language, source, limit=limit).text for source in sources]
    outcomes = run(sandbox, language, [*sources, *made])
    events = []
    for source, text, before, after in zip(
        sources, made, outcomes[: len(sources)], outcomes[len(sources) :], strict=True
    ):
        assert before.status is Status.FINISHED, (messages(before), before.detail, source)
        assert after.status is Status.FINISHED, (messages(after), after.detail, text)
        assert (after.exit_code, after.stdout) == (before.exit_code, before.stdout), text
        said = after.stderr.decode()
        assert without_events(said) == before.stderr.decode(), text
        events.append([format_event(one).removeprefix("TRACE:") for one in read_events(said)])
    return events
