"""What the tests of several rooms share: the real sandbox."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from alchemy_assets.errors import SandboxUnavailableError
from alchemy_assets.sandbox.backends import open_sandbox
from alchemy_assets.sandbox.programs import ProgramSandbox
from alchemy_assets.settings import Settings

# Machines are shared and noisy: a law is judged by what comes out, not by how long it took.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def sandbox() -> Iterator[ProgramSandbox]:
    """The sandbox of the settings (`ALCHEMY_SANDBOX__ROOT` names a root), one for the whole session; where there is none the test is skipped with the reason."""
    try:
        opened = open_sandbox(Settings().sandbox)
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    with opened:
        yield opened
