"""The filter of system calls, run by a small interpreter of BPF on both architectures."""

import errno
import re
import struct
from pathlib import Path

import pytest

from alchemy_assets.sandbox.seccomp import ABSENT, DENIED, MACHINES, build_filter

ALLOW, KILL = 0x7FFF_0000, 0x8000_0000


def judge(machine: str, number: int, *arguments: int, audit: int | None = None) -> int:
    """Return what the filter says of a call: `ALLOW`, `KILL` or an errno."""
    data = struct.pack("=iIQ6Q", number, audit or MACHINES[machine].audit_number, 0, *(arguments + (0,) * 6)[:6])
    steps = list(struct.iter_unpack("=HBBI", build_filter(machine)))
    at = value = 0
    while True:
        code, if_true, if_false, constant = steps[at]
        at += 1
        if code == 0x20:
            (value,) = struct.unpack_from("=I", data, constant)
        elif code == 0x06:
            return int(constant & 0xFFFF if constant & 0x7FFF_0000 == 0x0005_0000 else constant)
        else:
            holds = {0x15: value == constant, 0x35: value >= constant, 0x45: bool(value & constant)}[code]
            at += if_true if holds else if_false


@pytest.mark.parametrize("machine", MACHINES)
def test_listed_calls_are_refused_and_others_allowed(machine: str) -> None:
    """Of all call numbers exactly the listed ones get their error; all others are allowed."""
    column = MACHINES[machine].column
    expected = {numbers[column]: errno.EPERM for numbers in DENIED.values()}
    expected |= {numbers[column]: errno.ENOSYS for numbers in ABSENT.values()}
    expected |= {(41, 198)[column]: errno.EAFNOSUPPORT, (53, 199)[column]: errno.EAFNOSUPPORT}
    for number in range(600):
        assert judge(machine, number) == expected.get(number, ALLOW), number


@pytest.mark.parametrize("machine", MACHINES)
def test_arguments_decide_where_only_some_uses_are_bad(machine: str) -> None:
    """New namespaces by clone, foreign socket families and typing into a terminal are refused, plain uses are not."""
    column = MACHINES[machine].column
    clone, ioctl, socket = (56, 220)[column], (16, 29)[column], (41, 198)[column]
    assert judge(machine, clone, 17) == judge(machine, clone, 0x003D_0F00) == ALLOW
    assert {judge(machine, clone, flag | 17) for flag in (0x1000_0000, 0x2_0000, 0x4000_0000)} == {errno.EPERM}
    assert {judge(machine, socket, family) for family in (1, 2, 10, 16)} == {ALLOW}
    assert {judge(machine, socket, family) for family in (17, 38, 40)} == {errno.EAFNOSUPPORT}
    # The upper half of these arguments is ignored by the kernel, so it must not hide anything.
    assert judge(machine, ioctl, 0, 0x1_0000_5412) == errno.EPERM
    assert judge(machine, ioctl, 0, 0x5401) == ALLOW


def test_other_architectures_are_shut_out() -> None:
    """32-bit calls end the program, and calls of the x32 interface do not exist."""
    assert judge("x86_64", 0, audit=0x4000_0003) == judge("aarch64", 0, audit=0x4000_0028) == KILL
    assert judge("x86_64", 0x4000_0000 + 165) == errno.ENOSYS


@pytest.mark.parametrize(
    ("column", "header"),
    [(0, "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), (1, "/usr/include/asm-generic/unistd.h")],
)
def test_numbers_are_those_of_the_kernel(column: int, header: str) -> None:
    """Every number of the tables is the one of the kernel's headers, as far as those know the call."""
    if not Path(header).exists():
        pytest.skip(f"{header} comes with linux-libc-dev, which is not installed")
    pattern = r"#define __NR(?:3264)?_(\w+)\s+(\d+)$"
    known = {name: int(number) for name, number in re.findall(pattern, Path(header).read_text(), re.MULTILINE)}
    ours = {name: numbers[column] for name, numbers in {**DENIED, **ABSENT}.items()}
    assert {name: number for name, number in ours.items() if name in known} == {n: known[n] for n in ours if n in known}
    assert len(ours.keys() & known.keys()) > 50
