"""The commands that need no workspace."""

from alchemy_assets import __version__
from alchemy_assets.languages import LANGUAGES


def test_doctor_lists_every_language(alchemy):
    """Each of the fifteen languages has its line, with what it can do on this machine."""
    said = alchemy("doctor")
    assert said.code == 0
    table = said.out.partition("language ")[2].splitlines()[1:]
    assert [line.split()[0] for line in table if line.strip()] == list(LANGUAGES)
    assert len(LANGUAGES) == 15


def test_version(alchemy):
    """--version prints the package's version and nothing else."""
    assert alchemy("--version").out == f"alchemy {__version__}\n"


def test_without_a_command_the_commands_are_listed(alchemy):
    """`alchemy` alone shows what there is."""
    said = alchemy()
    assert all(name in said.text for name in ("run", "ui", "doctor", "why", "gc", "verify"))
