"""Rows of the tables that quality looks at, made the way that the floors below make them."""

import hashlib
from collections.abc import Callable, Mapping

import polars as pl
import pytest

from alchemy_assets import schema
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Rejected, Verified, tables

Rows = Callable[..., dict[str, object]]


def sha1(text: str) -> str:
    """A blob id for tests."""
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def occurrence(path: str = "tool.py") -> dict[str, object]:
    """One place where a file was found."""
    return {"corpus": "local", "repo_name": "demo", "path": path, "licenses": ["MIT"], "license_type": "permissive"}


@pytest.fixture
def curated() -> Rows:
    """A maker of rows of `curated_files`, without signals."""

    def make(name: str = "a", **changes: object) -> dict[str, object]:
        text = f"print({name!r})\n"
        row: dict[str, object] = {
            "blob_id": sha1(name),
            "language": "Python",
            "occurrences": [occurrence()],
            "license": "MIT",
            "text": text,
            "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
            "edits": [],
            "near_duplicate_cluster": sha1(name),
            "held_out": False,
        }
        return row | changes

    return make


@pytest.fixture
def judged() -> Callable[..., Verified]:
    """A maker of accepted drafts."""

    def make(  # noqa: PLR0917 -- what a sample is made of
        name: str = "a",
        kind: str = "completion",
        language: str = "Python",
        messages: tuple[tuple[str, str], ...] = (
            ("user", "What does it print?"),
            ("assistant", "It prints the letter a."),
        ),
        verified: Mapping[str, bool | int | None] | None = None,
        difficulty: Mapping[str, float | int | None] | None = None,
    ) -> Verified:
        text = f"print({name!r})\n"
        file = CuratedFile(sha1(name), language, text, sha1(text), [occurrence()], "MIT", sha1(name))
        return Verified(
            Draft(kind, file, messages, "p1", text),
            messages,
            {"parsed": True} if verified is None else verified,
            difficulty=difficulty or {},
        )

    return make


@pytest.fixture
def samples(judged: Callable[..., Verified]) -> pl.DataFrame:
    """Three samples of `code_qa` that hold."""
    return tables("code_qa", [judged(name) for name in "abc"])[0]


@pytest.fixture
def rejected(judged: Callable[..., Verified]) -> Callable[..., Rejected]:
    """A maker of drafts that did not hold."""

    def make(name: str, *reasons: str, kind: str = "completion") -> Rejected:
        return Rejected(judged(name, kind=kind).draft, reasons)

    return make


@pytest.fixture
def curated_files(curated: Rows) -> pl.DataFrame:
    """Three curated files that hold, with the signals of one stage."""
    frame = schema.frame_of(
        [curated(name) for name in "abc"],
        {name: kind for name, kind in schema.curated_files({}).items() if name != "signals"},
    )
    return frame.with_columns(signals=pl.struct(pl.struct(pl.lit(1).alias("lines")).alias("heuristics"))).sort(
        "blob_id"
    )
