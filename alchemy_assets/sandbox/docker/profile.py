"""Render the list of refused system calls (`seccomp`) as the profile that Docker takes.

Belongs here: the translation, and what containers need beyond the list. Does not: the list.
It takes the place of Docker's own profile, which differs from version to version, so that programs meet the same
refusals on every daemon as under bubblewrap. What Docker's refuses beyond it needs a capability, and containers have none.
"""

import errno
import json
from collections.abc import Iterator
from typing import Any

from alchemy_assets.sandbox.seccomp import ABSENT, DENIED, NAMESPACE_FLAGS, SOCKET_FAMILIES, TERMINAL_INJECTION

_LOW_HALF = 0xFFFF_FFFF


def _refuse(names: list[str], error: int, *arguments: dict[str, Any]) -> dict[str, Any]:
    return {"names": names, "action": "SCMP_ACT_ERRNO", "errnoRet": error, "args": list(arguments)}


def _masked(index: int, mask: int, value: int) -> dict[str, Any]:
    """Compare the bits of the mask only: the kernel looks at the low half of these arguments, libseccomp at all of it."""
    return {"index": index, "value": mask, "valueTwo": value, "op": "SCMP_CMP_MASKED_EQ"}


def _rules() -> Iterator[dict[str, Any]]:
    yield _refuse(sorted(DENIED), errno.EPERM)
    yield _refuse(sorted(ABSENT), errno.ENOSYS)
    for flag in (1 << bit for bit in range(32) if NAMESPACE_FLAGS >> bit & 1):
        yield _refuse(["clone"], errno.EPERM, _masked(0, flag, flag))
    for request in TERMINAL_INJECTION:
        yield _refuse(["ioctl"], errno.EPERM, _masked(1, _LOW_HALF, request))
    # Only its own limits are a program's business: the first process of a container, the gate, has its user.
    yield _refuse(["prlimit64"], errno.EPERM, {"index": 0, "value": 0, "valueTwo": 0, "op": "SCMP_CMP_NE"})
    # A profile cannot say "none of these": so each number below the highest that is allowed, and all above it.
    beyond = max(SOCKET_FAMILIES) + 1
    for family in set(range(beyond)) - set(SOCKET_FAMILIES):
        yield _refuse(["socket", "socketpair"], errno.EAFNOSUPPORT, _masked(0, _LOW_HALF, family))
    yield _refuse(
        ["socket", "socketpair"],
        errno.EAFNOSUPPORT,
        {"index": 0, "value": beyond, "valueTwo": 0, "op": "SCMP_CMP_GE"},
    )


def docker_profile() -> str:
    """Return the profile as JSON. Calls of another architecture (32-bit code) end the program, as it names none."""
    return json.dumps({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": list(_rules())})
