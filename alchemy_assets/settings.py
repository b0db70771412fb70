"""Every setting of a workspace, read in one place: `alchemy.toml`, overridden by `ALCHEMY_*` variables.

Belongs here: names, types, defaults and what each means. Does not: what a setting does.
A nested value is overridden with two underscores, for instance `ALCHEMY_HELD_OUT__SHARE=0.01`.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from alchemy_assets.errors import SettingsError
from alchemy_assets.languages import LANGUAGES

FILE_NAME = "alchemy.toml"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LocalCorpus(_Section):
    """What the corpus `local` reads."""

    path: Path = Field(description="A folder, git checkout, .tar.gz, .jsonl(.gz, .zst) or .parquet.")
    largest_file: int = Field(
        default=10 * 2**20, description="Bytes above which a file is not read but listed as rejected.", gt=0
    )


class LicensePolicy(_Section):
    """Which licences may be trained on, over SPDX expressions."""

    allowed: tuple[str, ...] = Field(
        default=(
            "0BSD",
            "Apache-2.0",
            "Artistic-2.0",
            "BSD-2-Clause",
            "BSD-3-Clause",
            "BSL-1.0",
            "CC-BY-3.0",
            "CC-BY-4.0",
            "CC0-1.0",
            "ISC",
            "MIT",
            "MIT-0",
            "NCSA",
            "PostgreSQL",
            "PSF-2.0",
            "Python-2.0",
            "Ruby",
            "Unicode-DFS-2016",
            "Unlicense",
            "WTFPL",
            "X11",
            "Zlib",
        ),
        description="SPDX identifiers that pass.",
    )
    unknown: Literal["pass", "reject"] = Field(
        default="pass", description="What happens to a file whose licence cannot be told. It is counted either way."
    )
    strict: bool = Field(
        default=False, description="A blob that occurs several times must be allowed everywhere, not just once."
    )


class HeldOut(_Section):
    """Which files are kept away from training, for the benchmarks. Fixed when the workspace is made."""

    version: str = Field(default="1", description="Name of the frozen list; it salts the hash.")
    share: float = Field(default=0.02, ge=0, le=0.5, description="Share of repositories (files where there is none).")


class NearDuplicates(_Section):
    """When two files count as copies."""

    jaccard: float = Field(default=0.7, gt=0, lt=1, description="Jaccard index of their token 5-grams.")


class Tracing(_Section):
    """How programs are recorded."""

    points: int = Field(default=20, ge=5, le=60, description="Trace points a program gets at most.")
    runs: int = Field(default=3, ge=2, le=10, description="Times that a program must give the same trace.")
    answer_tokens: int = Field(
        default=4_000, gt=0, description="Estimated tokens (characters / 4) of the longest trace."
    )


class Release(_Section):
    """How the released dataset is cut."""

    name: str = Field(default="code-alchemy", description="Name on the dataset card.")
    seed: str = Field(default="code-alchemy", description="Salts the order of rows.")
    shard_bytes: int = Field(default=256 * 2**20, gt=0, description="Size that a released file should have.")
    source_free: bool = Field(
        default=False, description="Leave seed files out of code-dev and code-dialogue; `text_with_placeholders`."
    )


# Fifteen languages by this many shards stay under the 10,000 partitions that Dagster's web UI shows quickly.
MOST_SHARDS = 512


def _power_of_two(count: int) -> int:
    if count < 1 or count > MOST_SHARDS or count & (count - 1):
        msg = f"a shard count is a power of two from 1 to {MOST_SHARDS}, not {count}"
        raise ValueError(msg)
    return count


class Settings(BaseSettings):
    """The settings of one workspace."""

    model_config = SettingsConfigDict(
        env_prefix="ALCHEMY_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    workspace: Path = Field(default=Path("workspaces/default"), description="Folder of the store and Dagster's home.")
    local: LocalCorpus | None = Field(default=None, description="The corpus `local`; absent, it is not in the graph.")
    languages: tuple[str, ...] = Field(default=tuple(LANGUAGES), description="Languages to keep, of the fifteen.")
    shards: int = Field(default=2, description="Shards a language, a power of two.")
    shards_of: dict[str, int] = Field(default_factory=dict, description="Other counts, at most `shards`, by language.")
    owner: str = Field(default="team:data", description="Owner of the assets as Dagster shows it.")
    allow_partial: bool = Field(
        default=False, description="Go on where partitions are missing or refused, and list them."
    )
    licenses: LicensePolicy = LicensePolicy()
    held_out: HeldOut = HeldOut()
    near_duplicates: NearDuplicates = NearDuplicates()
    tracing: Tracing = Tracing()
    release: Release = Release()

    _shards_power = field_validator("shards")(_power_of_two)

    @field_validator("languages")
    @classmethod
    def _languages_are_known(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        unknown = sorted(set(languages) - set(LANGUAGES))
        if unknown or not languages:
            msg = f"unknown languages {unknown}; known are {', '.join(LANGUAGES)}"
            raise ValueError(msg)
        return tuple(sorted(set(languages)))

    @model_validator(mode="after")
    def _counts_fit_the_grid(self) -> "Settings":
        for language, count in self.shards_of.items():
            if language not in LANGUAGES:
                msg = f"shards_of names the unknown language {language!r}"
                raise ValueError(msg)
            if _power_of_two(count) > self.shards:
                msg = f"shards_of.{language} is {count}, more than the grid's {self.shards}"
                raise ValueError(msg)
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """A variable wins over the file, and the workspace's own path over both."""
        workspace = init_settings().get("workspace") or env_settings().get("workspace")
        file = Path(workspace or cls.model_fields["workspace"].default) / FILE_NAME
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=file)

    def shard_count(self, language: str) -> int:
        """Shards that a language is cut into."""
        return self.shards_of.get(language, self.shards)


def _sentences(error: ValidationError) -> str:
    """What pydantic found, without its own notes: a field and what is wrong with it."""
    found = error.errors(include_url=False, include_context=False)
    return "; ".join(
        f"{'.'.join(map(str, one['loc']))}: {one['msg'].removeprefix('Value error, ')}".removeprefix(": ")
        for one in found
    )


def load(workspace: Path | None = None) -> Settings:
    """Read the settings of a workspace; raises SettingsError with the file and the field that is wrong."""
    values: Annotated[dict[str, Path], "workspace only"] = {} if workspace is None else {"workspace": workspace}
    try:
        settings = Settings(**values)  # type: ignore[arg-type] # pydantic-settings reads the rest from its sources
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        place = (workspace or Path(str(Settings.model_fields["workspace"].default))) / FILE_NAME
        wrong = _sentences(error) if isinstance(error, ValidationError) else str(error)
        msg = f"{place} (or an ALCHEMY_* variable) cannot be used: {wrong}"
        raise SettingsError(msg) from error
    return settings.model_copy(update={"workspace": settings.workspace.absolute()})
