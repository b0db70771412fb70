"""The table of toolchains."""

import pytest

from alchemy_assets.languages import LANGUAGES
from alchemy_assets.sandbox.sandbox import Limits, Program
from alchemy_assets.sandbox.toolchains.table import SHELL, TOOLCHAINS


@pytest.mark.parametrize(
    ("language", "said", "label"),
    [
        ("Python", "Python 3.11.2\n", "CPython 3.11.2"),
        ("Shell", "GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)\n", "bash 5.2.15"),
        ("Shell", "no number", "bash"),
    ],
)
def test_a_label_has_name_and_version(language: str, said: str, label: str) -> None:
    """The first dotted number that a toolchain prints of itself is its version."""
    assert TOOLCHAINS[language][0].label(said) == label


def test_rows_are_languages_that_run() -> None:
    """Every row is for a known language whose programs run, and starts absolute paths."""
    for name, rows in TOOLCHAINS.items():
        assert LANGUAGES[name].runs
        assert all(path.startswith("/") for row in rows for path in row.executables)


def test_an_entry_is_never_an_option() -> None:
    """A file whose name starts with a hyphen is started as a file."""
    assert SHELL.plan(Program("Shell", {"-c": b""}, "-c"), Limits()).run == ("/usr/bin/bash", "./-c")
