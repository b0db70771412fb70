"""Every attack of the table, in every place of this machine."""

import pytest

from tests.sandbox.attacks.assault import assail
from tests.sandbox.attacks.places import Place
from tests.sandbox.attacks.table import ATTACKS, PROGRAMS, Attack


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_is_contained(place: Place, attack: Attack) -> None:
    """It ends as expected; the host is unharmed, nothing is left, and the next program gets its right answer."""
    language = attack.program.language
    if not place.sandbox.runnable(language):
        pytest.skip(f"{language} programs cannot be run here")
    assert assail(attack, place).faults == []


def test_every_program_is_started() -> None:
    """No program lies around that no row of the table starts, and each says in its first lines what it tries."""
    assert {attack.file for attack in ATTACKS} == {path.name for path in PROGRAMS.iterdir()} - {
        "attempt.h",
        "attempt.py",
    }
    assert all(attack.what().endswith((".", ":")) for attack in ATTACKS)


def test_names_are_unique() -> None:
    """A name stands for one attack."""
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)
