"""Frames and programs that the tests of tracing share."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from alchemy_assets import schema

EXAMPLES = Path(__file__).parents[2] / "examples" / "corpus"
Frame = Callable[..., pl.DataFrame]


def example_files() -> list[Path]:
    """The Python and Shell files of the example corpus."""
    return sorted(path for path in EXAMPLES.rglob("*") if path.suffix in {".py", ".sh"})


@pytest.fixture(scope="session")
def curated() -> Frame:
    """Return a builder of frames of curated files out of (language, text) pairs."""

    def build(*files: tuple[str, str], held_out: bool = False) -> pl.DataFrame:
        rows = [
            {
                "blob_id": hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest(),
                "language": language,
                "occurrences": [
                    {
                        "corpus": "local",
                        "repo_name": "someone/tools",
                        "path": "tool",
                        "licenses": ["MIT"],
                        "license_type": None,
                    }
                ],
                "license": "MIT",
                "text": text,
                "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
                "edits": [],
                "signals": {},
                "near_duplicate_cluster": "c",
                "held_out": held_out,
            }
            for language, text in files
        ]
        columns = {name: kind for name, kind in schema.curated_files({}).items() if name != "signals"}
        return pl.DataFrame([{name: row[name] for name in columns} for row in rows], schema=columns)

    return build
