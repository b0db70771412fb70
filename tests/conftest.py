"""What the tests of several rooms share: the real sandbox."""

from collections.abc import Iterator

import pytest

from alchemy_assets.errors import SandboxUnavailableError
from alchemy_assets.sandbox.backends import open_sandbox
from alchemy_assets.sandbox.programs import ProgramSandbox
from alchemy_assets.settings import Settings


@pytest.fixture(scope="session")
def sandbox() -> Iterator[ProgramSandbox]:
    """The sandbox of the settings (`ALCHEMY_SANDBOX__ROOT` names a root), one for the whole session; where there is none the test is skipped with the reason."""
    try:
        opened = open_sandbox(Settings().sandbox)
    except SandboxUnavailableError as error:
        pytest.skip(str(error))
    with opened:
        yield opened
