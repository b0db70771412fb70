"""Samples to release, made the way that the strategies make them."""

import hashlib
import itertools
from collections.abc import Callable, Sequence

import polars as pl
import pytest

from alchemy_assets import schema
from alchemy_assets.release.card import About
from alchemy_assets.settings import Release
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Verified, tables

ABOUT = About(held_out="2026-11", held_out_share=0.02)
SETTINGS = Release()


def sha1(text: str) -> str:
    """A blob id for tests."""
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


@pytest.fixture
def about() -> About:
    """The least that a card must be told."""
    return ABOUT


@pytest.fixture
def settings() -> Release:
    """The settings of a release as they are by default."""
    return SETTINGS


@pytest.fixture
def sample() -> Callable[..., pl.DataFrame]:
    """A maker of one accepted sample: a frame of one row of `samples`."""

    def make(
        name: str = "a",
        messages: Sequence[tuple[str, str]] = (("user", "What does it do?"), ("assistant", "It prints a.")),
        *,
        strategy: str = "code_qa",
        kind: str = "completion",
        language: str = "Python",
        license: str = "MIT",  # noqa: A002 -- the column's name
        reasoning: str | None = None,
        seed: str | None = None,
        edits: Sequence[dict[str, object]] = (),
        release: bool = True,
    ) -> pl.DataFrame:
        text = f"print({name!r})\n"
        place: dict[str, object] = {
            "corpus": "local",
            "repo_name": "demo",
            "path": f"{name}.py",
            "licenses": [license],
            "license_type": None,
        }
        file = CuratedFile(sha1(name), language, text, "", [place], license, sha1(name))
        draft = Draft(
            kind, file, tuple(messages), "p1", text if seed is None else seed, edits=tuple(edits), reasoning=reasoning
        )
        frame = tables(strategy, [Verified(draft, tuple(messages), {"parsed": True})])[0]
        return frame.with_columns(release=pl.lit(release))

    return make


@pytest.fixture
def many(sample: Callable[..., pl.DataFrame]) -> pl.DataFrame:
    """Three hundred samples of two languages and two kinds, some of several turns, some with reasoning."""
    frames = [
        sample(
            f"f{number}",
            [("user", f"Question {number}\n\nwith é and 🎉"), ("assistant", f"Answer {number}\n")] * (1 + number % 2),
            kind=kind,
            language=language,
            license="MIT" if number % 3 else "Apache-2.0 OR MIT",
            reasoning="First,\nthen." if number % 5 == 0 else None,
        )
        for number, (kind, language) in zip(
            range(300),
            itertools.cycle([("completion", "Python"), ("output", "Shell"), ("completion", "Go")]),
            strict=False,
        )
    ]
    return pl.concat(frames).sort("sample_id")


@pytest.fixture
def curated() -> Callable[..., pl.DataFrame]:
    """A maker of `curated_files` with one file, without signals."""

    def make(name: str = "a", text: str | None = None, edits: Sequence[dict[str, object]] = ()) -> pl.DataFrame:
        columns = {column: kind for column, kind in schema.curated_files({}).items() if column != "signals"}
        row: dict[str, object] = {**dict.fromkeys(columns), "blob_id": sha1(name), "edits": list(edits)}
        return schema.frame_of([row | {"text": f"print({name!r})\n" if text is None else text}], columns)

    return make
