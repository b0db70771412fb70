"""What the tests of the corpora share: a folder made of a mapping, and an index of it."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import polars as pl
import pytest

from alchemy_assets.corpora.found import Found, Rejected
from alchemy_assets.corpora.index import Index, index
from alchemy_assets.corpora.local_files import read
from alchemy_assets.settings import LocalCorpus, Settings

MIT = b"""MIT License

Copyright (c) 2026 Ada

Permission is hereby granted, free of charge, to any person obtaining a copy of this software, to deal in it.
The above copyright notice and this permission notice shall be included in all copies.
"""
APACHE = b"Apache License\nVersion 2.0, January 2004\nhttp://www.apache.org/licenses/\n"

Corpus = Mapping[str, bytes]


@pytest.fixture
def mit() -> bytes:
    """The part of the MIT licence by which it is known."""
    return MIT


@pytest.fixture
def apache() -> bytes:
    """The head of the Apache licence."""
    return APACHE


@pytest.fixture
def make(tmp_path: Path) -> Callable[[Corpus], Path]:
    """Write files below a new folder `corpus`, and return it."""

    def write(files: Corpus) -> Path:
        root = tmp_path / "corpus"
        root.mkdir(exist_ok=True)
        for name, data in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return root

    return write


@pytest.fixture
def inputs() -> Callable[..., list[Found | Rejected]]:
    """Everything that the corpus `local` finds at a path."""

    def of(path: Path, largest: int = 2**20) -> list[Found | Rejected]:
        return list(read(LocalCorpus(path=path, largest_file=largest)))

    return of


@pytest.fixture
def reasons(inputs: Callable[..., list[Found | Rejected]]) -> Callable[..., dict[str, str]]:
    """Location and reason of everything that a path holds and that is rejected while reading."""

    def of(path: Path, largest: int = 2**20) -> dict[str, str]:
        return {one.location: one.reason for one in inputs(path, largest) if isinstance(one, Rejected)}

    return of


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with two shards, and no file behind them."""
    return Settings(workspace=tmp_path / "workspace", shards=2)


@pytest.fixture
def indexed(tmp_path: Path, settings: Settings) -> Callable[..., Index]:
    """The index of some inputs."""

    def of(found: Iterable[Found | Rejected], changed: Settings | None = None) -> Index:
        return index("local", found, changed or settings, tmp_path / "scratch")

    return of


@pytest.fixture
def files_of(indexed: Callable[..., Index]) -> Callable[..., pl.DataFrame]:
    """All source files of some inputs, sorted by blob id."""

    def of(found: Iterable[Found | Rejected]) -> pl.DataFrame:
        return pl.concat([frame for _, _, frame in indexed(found).parts()]).sort("blob_id")

    return of
