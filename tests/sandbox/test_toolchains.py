"""The table of toolchains."""

import pytest

from alchemy_assets.errors import UnsupportedLanguageError
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.sandbox.toolchains import TOOLCHAINS, toolchain_of


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
    assert toolchain_of(language).label(said) == label


def test_rows_are_languages_that_run() -> None:
    """Every row is for a known language whose programs run, and starts an absolute path."""
    for name, toolchain in TOOLCHAINS.items():
        assert LANGUAGES[name].runs
        assert toolchain.executable.startswith("/")


def test_an_entry_is_never_an_option() -> None:
    """A file whose name starts with a hyphen is started as a file."""
    assert toolchain_of("Shell").command("-c", ("x",)) == ("/usr/bin/bash", "./-c", "x")


def test_an_unknown_language_is_an_error() -> None:
    """A language without a row raises an error that names the languages that have one."""
    with pytest.raises(UnsupportedLanguageError, match=r"Markdown.*Python, Shell"):
        toolchain_of("Markdown")
