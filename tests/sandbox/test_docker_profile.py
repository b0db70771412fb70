"""Docker's profile refuses what the filter of bubblewrap refuses."""

import json
import operator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alchemy_assets.sandbox.docker.profile import docker_profile
from alchemy_assets.sandbox.seccomp import ABSENT, DENIED, NAMESPACE_FLAGS, SOCKET_FAMILIES, TERMINAL_INJECTION

PROFILE = json.loads(docker_profile())


def _holds(condition: dict[str, Any], arguments: tuple[int, ...]) -> bool:
    """Whether a condition holds as libseccomp compares: all 64 bits."""
    value = arguments[condition["index"]]
    if condition["op"] == "SCMP_CMP_MASKED_EQ":
        return value & condition["value"] == condition["valueTwo"]
    return {"SCMP_CMP_GE": operator.ge, "SCMP_CMP_NE": operator.ne}[condition["op"]](value, condition["value"])


def _refused(name: str, *arguments: int) -> bool:
    rules = [rule for rule in PROFILE["syscalls"] if name in rule["names"]]
    return any(all(_holds(condition, arguments) for condition in rule["args"]) for rule in rules)


def test_every_refused_call_is_in_the_profile() -> None:
    """Each call of the list is refused whatever its arguments, and every other one is allowed."""
    assert PROFILE["defaultAction"] == "SCMP_ACT_ALLOW"
    assert all(_refused(name) for name in (*DENIED, *ABSENT))
    errors = {name: rule["errnoRet"] for rule in PROFILE["syscalls"] if not rule["args"] for name in rule["names"]}
    assert errors == {**dict.fromkeys(DENIED, 1), **dict.fromkeys(ABSENT, 38)}
    assert not _refused("execve")


@given(st.integers(0, 2**64 - 1))
def test_arguments_are_judged_by_what_the_kernel_reads(value: int) -> None:
    """High bits, which the kernel drops, neither hide a refused argument nor matter in a clone's flags."""
    assert _refused("clone", value) == bool(value & NAMESPACE_FLAGS)
    assert _refused("ioctl", 0, value) == (value & 0xFFFF_FFFF in TERMINAL_INJECTION)


@given(
    st.one_of(st.sampled_from((*SOCKET_FAMILIES, 0, 3, 17, 40)), st.integers(0, 2**64 - 1)), st.integers(0, 2**32 - 1)
)
def test_only_the_allowed_socket_families_pass(family: int, high: int) -> None:
    """A family is refused unless it is one of the list; with high bits set, at least each that is refused without."""
    family &= 0xFFFF_FFFF
    assert _refused("socket", family) == _refused("socketpair", family) == (family not in SOCKET_FAMILIES)
    assert _refused("socket", family | high << 32) or (high == 0 and family in SOCKET_FAMILIES)


def test_terminal_injection_is_refused_behind_high_bits() -> None:
    """An ioctl that pushes input into a terminal is refused also with a bit that the kernel drops."""
    assert all(_refused("ioctl", 0, request | 1 << 40) for request in TERMINAL_INJECTION)


def test_only_its_own_limits_are_a_program_s_business() -> None:
    """Resource limits of another process, above all of the gate, cannot be set; its own can."""
    assert not _refused("prlimit64", 0)
    assert _refused("prlimit64", 1)
