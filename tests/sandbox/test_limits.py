"""How a run is judged by what was measured of it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemy_assets.sandbox.limits import Facts, decide
from alchemy_assets.sandbox.sandbox import Limits, Status

LIMITS = Limits(cpu_seconds=5, wall_seconds=20)
WELL = Facts(exit_code=0, cpu_seconds=1, wall_seconds=1)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, Status.FINISHED),
        ({"exit_code": 255}, Status.FINISHED),
        ({"exit_code": 139}, Status.KILLED),
        ({"exit_code": None}, Status.KILLED),
        ({"cpu_seconds": 5}, Status.FINISHED),
        ({"cpu_seconds": 5.001}, Status.TIMED_OUT),
        ({"wall_seconds": 20.1}, Status.TIMED_OUT),
        ({"too_much_output": True}, Status.TOO_MUCH_OUTPUT),
        ({"out_of_memory": True, "exit_code": 137}, Status.OUT_OF_MEMORY),
        ({"out_of_processes": True, "exit_code": 1}, Status.TOO_MANY_PROCESSES),
    ],
)
def test_each_limit_has_its_status(change: dict[str, Any], status: Status) -> None:
    """A run that meets a limit gets that limit's status, whatever its exit code; else the exit code decides."""
    assert decide(replace(WELL, **change), LIMITS)[0] == status


@given(st.floats(5.01, 60), st.floats(0, 60), st.one_of(st.none(), st.integers(0, 255)))
def test_a_verdict_on_cpu_time_is_repeatable(cpu: float, wall: float, exit_code: int | None) -> None:
    """Beyond the CPU seconds neither wall time nor the way of ending changes the verdict or its words."""
    facts = Facts(exit_code=exit_code, cpu_seconds=cpu, wall_seconds=wall)
    assert decide(facts, LIMITS) == (Status.TIMED_OUT, "used more than 5 CPU seconds")


def test_a_signal_without_name_is_numbered() -> None:
    """A real-time signal that has no name is told by its number."""
    assert decide(replace(WELL, exit_code=128 + 40), LIMITS) == (Status.KILLED, "ended by signal 40")
