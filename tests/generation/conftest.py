"""What the tests of generation share: a language model that is small enough to be built for them."""

from pathlib import Path

import pytest

from tests.generation.tiny_gguf import build


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A GGUF file of half a megabyte with random weights, the same in every session."""
    return build(tmp_path_factory.mktemp("model") / "tiny.gguf")
