"""The dataset card: `README.md` of a release, with the metadata that makes its configs load.

Belongs here: what the card says. Does not: counting (`release.summary`), nor the wording (`card.md.j2`).
There is no date on it: the same release has the same card.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import yaml
from jinja2 import Environment, StrictUndefined

import alchemy_assets
from alchemy_assets import schema
from alchemy_assets.release.configs import CONFIGS, PLACEHOLDER, Column, Config, config_named
from alchemy_assets.release.summary import Summary
from alchemy_assets.settings import Release

TEMPLATE = Path(__file__).with_name("card.md.j2")
NO_SAMPLES = "no samples were made for it"
# Upper bounds of the size categories of Hugging Face, in rows.
_SIZES = (
    (10**3, "n<1K"),
    (10**4, "1K<n<10K"),
    (10**5, "10K<n<100K"),
    (10**6, "100K<n<1M"),
    (10**7, "1M<n<10M"),
    (10**8, "10M<n<100M"),
    (10**9, "100M<n<1B"),
)
_LARGEST = "1B<n<10B"
_MARKDOWN = re.compile(r"([|\\`*_<>\[\]])")


@dataclass(frozen=True)
class About:
    """What the card tells besides numbers.

    held_out: name of the frozen list of held-out files. held_out_share: of the repositories, 0 to 1.
    empty: why a config has no rows, by config. missing: partitions that are left out, and why (`allow_partial`).
    limits: sentences that are true of this release besides those that are true of every one.
    versions: of tools that decided what the release holds, by name.
    """

    held_out: str
    held_out_share: float
    empty: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)


def render(summary: Summary, about: About, settings: Release) -> str:
    """The text of the card."""
    environment = Environment(  # noqa: S701 -- it renders Markdown, not HTML; `cell` escapes what data says
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters.update(cell=_cell, number=_number, size=_size)
    released = {name: config_named(name, source_free=settings.source_free) for name in CONFIGS if summary.rows_of(name)}
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        metadata=yaml.safe_dump(_metadata(summary, settings), sort_keys=False, allow_unicode=True),
        name=settings.name,
        about=about,
        configs=released,
        empty={name: about.empty.get(name, NO_SAMPLES) for name in CONFIGS if name not in released},
        columns=_columns(released.values()),
        totals={name: _total(summary, name) for name in released},
        kinds={name: summary.by("language", "kind", config=name).rows(named=True) for name in released},
        licenses=summary.by("license")
        .sort("rows", "license", descending=[True, False], nulls_last=True)
        .rows(named=True),
        corpora=summary.by("corpus").rows(named=True),
        summary=summary,
        source_free=[name for name, config in released.items() if config.is_source_free],
        placeholder=PLACEHOLDER,
        versions={
            "codealchemy": alchemy_assets.__version__,
            "table schema": str(schema.VERSION),
            "polars": pl.__version__,
            **about.versions,
        },
    )


def _metadata(summary: Summary, settings: Release) -> dict[str, Any]:
    """The YAML at the head of the card; a config without rows is left out, since `load_dataset` fails on it."""
    metadata: dict[str, Any] = {
        "pretty_name": settings.name,
        "license": "other",
        "license_name": "license-of-each-row",
        "license_link": "README.md",
        "language": ["code", "en"],
        "task_categories": ["text-generation"],
        "tags": ["code", "synthetic", "execution-traces"],
        "size_categories": [next((name for most, name in _SIZES if summary.rows < most), _LARGEST)],
    }
    configs = [
        {"config_name": name, "data_files": [{"split": config.split, "path": f"{name}/{config.split}-*.parquet"}]}
        for name, config in CONFIGS.items()
        if summary.rows_of(name)
    ]
    return metadata | {"configs": configs} if configs else metadata


def _columns(configs: Iterable[Config]) -> list[tuple[list[str], tuple[Column, ...]]]:
    """The columns of all configs, those that have the same together."""
    alike: dict[tuple[str, ...], tuple[list[str], tuple[Column, ...]]] = {}
    for config in configs:
        alike.setdefault(tuple(config.schema), ([], config.columns))[0].append(config.name)
    return list(alike.values())


def _total(summary: Summary, config: str) -> dict[str, int]:
    files = [size for path, size in summary.files.items() if path.startswith(f"{config}/")]
    [total] = summary.by("config", config=config).rows(named=True)
    return {**total, "files": len(files), "bytes": sum(files)}


def _cell(value: str | None) -> str:
    return "unknown" if not value or value.isspace() else _MARKDOWN.sub(r"\\\1", " ".join(value.split()))


def _number(value: int) -> str:
    return f"{value:,}"


def _size(size: int) -> str:
    for unit, bytes_of in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= bytes_of:
            return f"{size / bytes_of:.1f} {unit}"
    return f"{size} B"
