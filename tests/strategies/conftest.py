"""Builders and fixtures that the tests of the strategies share."""

import hashlib
from collections.abc import Callable

import pytest

from alchemy_assets.languages import LANGUAGES
from alchemy_assets.strategies.strategy import CuratedFile

Curated = Callable[..., CuratedFile]


@pytest.fixture(scope="session")
def curated() -> Curated:
    """Return a builder of curated files out of their text."""

    def build(text: str, language: str = "Python", path: str = "") -> CuratedFile:
        occurrence = {
            "corpus": "local",
            "repo_name": "someone/tools",
            "path": path or f"src/tool{LANGUAGES[language].suffixes[0]}",
            "licenses": ["MIT"],
            "license_type": "permissive",
        }
        return CuratedFile(
            blob_id=hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest(),
            language=language,
            text=text,
            text_sha256=hashlib.sha256(text.encode()).hexdigest(),
            occurrences=[occurrence],
            license="MIT",
            near_duplicate_cluster="c",
        )

    return build
