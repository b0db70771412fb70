"""Proposed inputs make real programs behave differently: the originals are run in the sandbox with every candidate."""

import asyncio

import pytest

from alchemy_assets.sandbox.programs import ProgramSandbox
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Outcome, Program, Status
from alchemy_assets.sandbox.toolchains.table import TOOLCHAINS
from alchemy_assets.tracing.inputs.registry import PROPOSE
from alchemy_assets.tracing.screening.registry import SCREEN
from alchemy_assets.tracing.scripts import LEAST_TESTS, Test
from tests.tracing.input_programs import PROGRAMS

LIMITS = Limits(cpu_seconds=5)


def run_all(sandbox: ProgramSandbox, language: str, source: str, tests: list[Test]) -> list[Outcome]:
    """Run a program once with each test."""
    entry = TOOLCHAINS[language][0].entry
    runs = [
        (
            Program(
                language, {entry: source.encode(), **{name: text.encode() for name, text in test.files.items()}}, entry
            ),
            Invocation(test.arguments, test.stdin.encode()),
            LIMITS,
        )
        for test in tests
    ]
    return asyncio.run(sandbox.run_many(runs))


@pytest.mark.parametrize("language", sorted(PROGRAMS))
def test_candidates_tell_ways_of_a_program_apart(sandbox: ProgramSandbox, language: str) -> None:
    """Of a small program's candidates, as many as a script needs are accepted by it and print different things."""
    if not sandbox.runnable(language):
        pytest.skip(f"{language} programs cannot be run here")
    source = PROGRAMS[language]
    assert SCREEN[language](source) is None
    tests = PROPOSE[language](source)
    outcomes = run_all(sandbox, language, source, tests)
    assert all(outcome.status is Status.FINISHED for outcome in outcomes), [
        (test.describe(), outcome.status, outcome.stderr[-300:], outcome.compile_step)
        for test, outcome in zip(tests, outcomes, strict=True)
        if outcome.status is not Status.FINISHED
    ]
    accepted = {outcome.stdout for outcome in outcomes if outcome.exit_code == 0}
    assert len(accepted) > LEAST_TESTS, [
        (test.describe(), outcome.stdout) for test, outcome in zip(tests, outcomes, strict=True)
    ]
