"""Builders and fixtures that the tests of the strategies share."""

import hashlib
from collections.abc import Callable

import pytest

from alchemy_assets.languages import LANGUAGES
from alchemy_assets.strategies.strategy import CuratedFile

Curated = Callable[..., CuratedFile]
# Their compilers take seconds a program; of the kinds that a model writes one is tried in all languages at every run.
SLOW_LANGUAGES = frozenset({"Cpp", "CSharp", "Go", "Java", "Rust", "Swift", "TypeScript"})
IN_EVERY_LANGUAGE = "test_a_program_that_passes_its_cases_holds_in_every_language"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the slow languages of kinds that a model writes to `make test-slow`, but for one test."""
    for item in items:
        if not item.path.name.startswith(("test_generated_qa", "test_generated_dev")) or IN_EVERY_LANGUAGE in item.name:
            continue
        call = getattr(item, "callspec", None)
        if call is not None and SLOW_LANGUAGES & {value for value in call.params.values() if isinstance(value, str)}:
            item.add_marker(pytest.mark.slow)


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
