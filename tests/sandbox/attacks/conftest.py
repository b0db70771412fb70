"""The places that are attacked, one after the other."""

from collections.abc import Iterator

import pytest

from tests.sandbox.attacks.places import PLACES, NotHere, Place

_KINDS = [pytest.param(name, marks=[pytest.mark.slow] if name == "docker" else []) for name in PLACES]


@pytest.fixture(scope="session", params=_KINDS)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """A sandbox that is attacked, with canaries around it; where there is none its tests are skipped with the reason."""
    try:
        opened = PLACES[request.param]()
        entered = opened.__enter__()
    except NotHere as reason:
        pytest.skip(f"{request.param}: {reason}")
    try:
        yield entered
    finally:
        opened.__exit__(None, None, None)
