"""Every setting of a workspace, read in one place: `alchemy.toml`, overridden by `ALCHEMY_*` variables.

Belongs here: names, types, defaults and what each means. Does not: what a setting does.
A nested value is overridden with two underscores, for instance `ALCHEMY_HELD_OUT__SHARE=0.01`.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from alchemy_assets.errors import SettingsError
from alchemy_assets.languages import LANGUAGES

FILE_NAME = "alchemy.toml"

StageName = Literal[
    "licenses",
    "heuristics",
    "syntax",
    "control_text",
    "redaction",
    "quality",
    "decontamination",
    "near_duplicates",
]


class _Section(BaseModel):
    # An engine's keeper reads its settings as JSON, where "never" must stay infinite.
    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_inf_nan="constants")


class LocalCorpus(_Section):
    """What the corpus `local` reads."""

    path: Path = Field(description="A folder, git checkout, .tar.gz, .jsonl(.gz, .zst) or .parquet.")
    largest_file: int = Field(
        default=10 * 2**20, description="Bytes above which a file is not read but listed as rejected.", gt=0
    )


class PublicCorpus(_Section):
    """What a corpus of Parquet tables reads: texts, or the ids of blobs that are fetched from Software Heritage."""

    path: str = Field(
        default="",
        description="A Parquet file, a folder of them, or `hf://datasets/<name>[@revision][/folder]`; "
        "empty is the corpus's own place on the Hub.",
    )
    largest_file: int = Field(
        default=10 * 2**20, description="Bytes above which a file is not kept but listed as rejected.", gt=0
    )


class Fetch(_Section):
    """How the network is used: Parquet from the Hugging Face Hub, blobs from Software Heritage's bucket."""

    bucket: str = Field(
        default="https://softwareheritage.s3.amazonaws.com",
        pattern="^https?://",
        description="Address of the bucket; a blob is read from `<bucket>/content/<blob id>`.",
    )
    hub: str = Field(default="https://huggingface.co", pattern="^https?://", description="Address of the Hub.")
    hub_token: SecretStr | None = Field(
        default=None, description="Token for gated datasets; absent, the one that `hf auth login` stored is used."
    )
    concurrency: int = Field(
        default=64, ge=1, le=1024, description="Requests under way at most; fewer while the bucket is overloaded."
    )
    memory: int = Field(
        default=256 * 2**20, ge=2**20, description="Bytes of blobs or of table rows that are held in memory at most."
    )
    attempts: int = Field(default=6, ge=1, le=20, description="Times that a blob is asked for before giving up.")
    connect_seconds: float = Field(default=10, gt=0, description="Seconds until a connection must stand.")
    stall_seconds: float = Field(default=30, gt=0, description="Seconds without a byte after which a request is over.")
    total_seconds: float = Field(default=120, gt=0, description="Seconds that a request may take as a whole.")
    longest_wait: float = Field(
        default=60, gt=0, description="Seconds between two attempts at most, Retry-After or not."
    )
    patience: float = Field(
        default=300, gt=0, description="Seconds without any answer after which the bucket counts as down."
    )
    unavailable: Literal["fail", "reject"] = Field(
        default="fail",
        description="What becomes of a partition some of whose blobs could not be fetched for now: "
        "it fails and the next run asks for those, or it lists them as rejected.",
    )


class LicensePolicy(_Section):
    """Which licences may be trained on, over SPDX expressions."""

    allowed: tuple[str, ...] = Field(
        default=(
            "0BSD",
            "Apache-2.0",
            "Artistic-2.0",
            "BlueOak-1.0.0",
            "BSD-2-Clause",
            "BSD-3-Clause",
            "BSL-1.0",
            "CC-BY-3.0",
            "CC-BY-4.0",
            "CC0-1.0",
            "curl",
            "FSFAP",
            "HPND",
            "ISC",
            "Libpng",
            "libtiff",
            "MIT",
            "MIT-0",
            "NCSA",
            "NTP",
            "OpenSSL",
            "PostgreSQL",
            "PSF-2.0",
            "Python-2.0",
            "Ruby",
            "TCL",
            "Unicode-DFS-2016",
            "Unlicense",
            "UPL-1.0",
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
    default_of: dict[str, str] = Field(
        default_factory=dict,
        description="SPDX expression assumed for files of a corpus of which neither header nor repository says a licence.",
    )


class HeldOut(_Section):
    """Which files are kept away from training, for the benchmarks. Fixed when the workspace is made."""

    version: str = Field(default="1", description="Name of the frozen list; it salts the hash.")
    share: float = Field(default=0.02, ge=0, le=0.5, description="Share of repositories (files where there is none).")


class NearDuplicates(_Section):
    """When two files count as copies."""

    jaccard: float = Field(default=0.7, gt=0, lt=1, description="Jaccard index of their token 5-grams.")
    incumbents: Path | None = Field(
        default=None,
        description="A Parquet file or folder with the `blob_id`s of an earlier release: no newcomer displaces them.",
    )
    quorum: float = Field(
        default=1.0, gt=0, le=1, description="Share of a language's shards that must be there to cluster it."
    )


class Decontamination(_Section):
    """What may not be trained on because a benchmark asks it, and how much of it is too much."""

    benchmarks: tuple[Path, ...] = Field(
        default=(), description="Benchmark files (HumanEval, MBPP, ...): .jsonl, .jsonl.gz, .jsonl.zst or .parquet."
    )
    n: int = Field(default=10, ge=4, le=50, description="Tokens in an n-gram; changing it reads the texts again.")
    common: int = Field(
        default=8, ge=2, description="Unrelated items of the index in which an n-gram stands that proves nothing."
    )
    least_tokens: int = Field(default=30, ge=30, description="Tokens of a prompt, solution or test that is looked for.")
    least_held_out_tokens: int = Field(default=100, ge=100, description="Tokens of a held-out file that is looked for.")
    longest_run: int = Field(default=100, ge=20, description="Copied tokens in a row that are enough by themselves.")
    gram_share: float = Field(default=0.8, gt=0.3, le=1, description="Share of an item's n-grams that is too much.")
    structure_share: float = Field(
        default=0.8, gt=0.3, le=1, description="Share of an item's structure that is too much."
    )


class TraceSampling(_Section):
    """Which CodeTrace samples are kept, by how hard they are; a bound that is not given holds nothing back."""

    least_dependency_depth: int = Field(
        default=0, ge=0, description="Values that hang on each other, at least: the longest chain of changes."
    )
    most_dependency_depth: int | None = Field(default=None, ge=0, description="The same, at most.")
    least_state_changes: int = Field(default=0, ge=0, description="Changes of a value that must be followed, at least.")
    most_state_changes: int | None = Field(default=None, ge=0, description="The same, at most.")
    most_easy: int | None = Field(
        default=None,
        ge=0,
        description="Samples of one kind and partition kept at most whose dependency depth is below 4.",
    )
    most_medium: int | None = Field(default=None, ge=0, description="The same, where the depth is 4 to 9.")
    most_hard: int | None = Field(default=None, ge=0, description="The same, where the depth is 10 or more.")

    @model_validator(mode="after")
    def _bounds_leave_something(self) -> "TraceSampling":
        for name, least, most in (
            ("dependency_depth", self.least_dependency_depth, self.most_dependency_depth),
            ("state_changes", self.least_state_changes, self.most_state_changes),
        ):
            if most is not None and most < least:
                msg = f"most_{name} is {most}, less than least_{name}, {least}"
                raise ValueError(msg)
        return self


class Tracing(_Section):
    """How programs are recorded."""

    instrumented: Path | None = Field(
        default=None,
        description="Parquet of programs that came instrumented (blob_id, source, run_sh); they are recorded in place of ours.",
    )
    points: int = Field(default=20, ge=5, le=60, description="Trace points a program gets at most.")
    runs: int = Field(default=3, ge=2, le=10, description="Times that a program must give the same trace.")
    answer_tokens: int = Field(
        default=4_000, gt=0, description="Estimated tokens (characters / 4) of the longest trace."
    )
    sampling: TraceSampling = TraceSampling()


class Samples(_Section):
    """Which samples are made, how long and how many of a file; CodeTrace has bounds of its own (`tracing`)."""

    kinds: tuple[str, ...] = Field(
        default=(), description="Kinds of samples to make, such as `planted_bug`; empty is all of them."
    )
    most_a_file: int = Field(default=3, ge=1, description="Samples of one kind that a file gives at most.")
    prompt_tokens: int = Field(
        default=6_000, gt=0, description="Estimated tokens (characters / 4) of all questions of a sample, at most."
    )
    answer_tokens: int = Field(default=3_000, gt=0, description="The same of all its answers, at most.")


class ModelSampling(_Section):
    """How a language model is sampled; another value asks anew."""

    temperature: float = Field(default=0.7, ge=0, le=2, description="Temperature; scores and verdicts are asked at 0.")
    top_p: float = Field(default=1.0, gt=0, le=1, description="Share of probability that is sampled from.")
    max_tokens: int = Field(
        default=4_096,
        gt=0,
        description="Tokens of an answer at most, reasoning included; fewer where the context ends.",
    )
    reasoning_effort: str = Field(
        default="",
        description="Such as `low`, `medium`, `high`, for models that take it; empty leaves it to the engine.",
    )


class VllmServer(_Section):
    """How `vllm serve` is started where `generation.engine` is `vllm`."""

    replicas: int = Field(default=1, ge=1, description="Servers side by side, each with its own GPUs.")
    tensor_parallel: int = Field(default=1, ge=1, description="GPUs that share one model.")
    arguments: dict[str, str | int | float | bool] = Field(
        default_factory=dict, description="Further arguments by name, such as `max-model-len = 32768`."
    )
    environment: dict[str, str] = Field(default_factory=dict, description="Further environment variables.")
    python: Path | None = Field(
        default=None, description="Python of the environment that has vLLM; empty is the one that runs this."
    )
    start_date: str = Field(
        default="2026-01-01", description="The date that prompts of some models embed: fixed, so that answers repeat."
    )
    ready_seconds: float = Field(default=1_800, gt=0, description="Seconds until a server must answer.")
    restarts: int = Field(default=5, ge=0, description="Times that a dead server is started again in an hour.")


class LlamaServer(_Section):
    """How llama.cpp is started where `generation.engine` is `llama`."""

    context: int = Field(default=8_192, gt=0, description="Tokens of prompt and answer together, of each request.")
    parallel: int = Field(default=4, ge=1, description="Requests answered side by side.")
    threads: int | None = Field(default=None, ge=1, description="CPU threads; empty is one a core.")
    gpu_layers: int = Field(default=0, ge=-1, description="Layers of the model on a GPU; -1 is all.")


class Enhance(_Section):
    """Which files CodeEnhance rewrites, and which rewritings it takes."""

    below: float = Field(default=6.0, gt=1, le=10, description="Mean score (1 to 10) under which a file is rewritten.")
    original_share: float = Field(
        default=0.05,
        ge=0,
        le=1,
        description="Share of low-quality files that are kept as they are, beside the rewritten.",
    )
    shortest: float = Field(default=0.3, gt=0, description="Length of a rewriting over that of its file, at least.")
    longest: float = Field(default=6.0, gt=0, description="The same, at most.")
    coverage: float = Field(
        default=0.6,
        gt=0,
        le=1,
        description="Share of a file's trace points that its tests reach before it is compared.",
    )


class Generation(_Section):
    """Which language model writes samples, how it is reached, and what it may cost."""

    engine: Literal["", "endpoint", "vllm", "llama", "replay"] = Field(
        default="",
        description="`endpoint`: OpenAI-compatible servers that run; `vllm`: `vllm serve`, started here; "
        "`llama`: llama.cpp, started here; `replay`: samples are made of the answers that are there, and nothing is asked; "
        "empty: nothing is asked and none of a model's kinds are made.",
    )
    model: str = Field(
        default="",
        description="Name of the model as its servers know it; llama: a GGUF file, or `<Hub name>/<file>.gguf`.",
    )
    revision: str = Field(default="", description="Revision of the model; another one asks anew.")
    license: str | None = Field(default=None, description="Licence of the model; it stands in each sample.")
    endpoints: tuple[str, ...] = Field(
        default=(), description="Addresses of the servers, such as `http://host:8000/v1`."
    )
    api_key: SecretStr | None = Field(default=None, description="Key that the endpoints ask for.")
    strategies: tuple[str, ...] = Field(default=(), description="Strategies that the model writes for; empty is all.")
    sampling: ModelSampling = ModelSampling()
    more_room: float = Field(
        default=0.0,
        ge=0,
        description="A cut answer is asked for once more with this many times the tokens; 0 rejects it at once.",
    )
    context: int | None = Field(
        default=None, gt=0, description="Tokens of prompt and answer together; empty is what the servers say."
    )
    concurrency: int = Field(
        default=256,
        ge=1,
        le=4096,
        description="Requests under way at one server at most; fewer while it is overloaded.",
    )
    attempts: int = Field(
        default=6, ge=1, le=50, description="Times that a request is sent before it counts as unanswerable."
    )
    connect_seconds: float = Field(default=10, gt=0, description="Seconds until a connection must stand.")
    first_byte_seconds: float = Field(
        default=900, gt=0, description="Seconds without a byte after which a request is over."
    )
    total_seconds: float = Field(default=1_800, gt=0, description="Seconds that a request may take as a whole.")
    longest_wait: float = Field(
        default=60, gt=0, description="Seconds between two attempts at most, Retry-After or not."
    )
    patience: float = Field(
        default=300,
        gt=0,
        description="Seconds without any answer, with none under way, after which the model counts as down.",
    )
    unanswered_share: float = Field(
        default=0.02, ge=0, le=1, description="Share of a partition's requests that may stay without an answer."
    )
    segment_answers: int = Field(
        default=2_000, ge=1, description="Answers after which the journal goes into the store."
    )
    segment_seconds: float = Field(default=60, gt=0, description="Seconds after which it goes there in any case.")
    journal: Path | None = Field(
        default=None, description="Folder of the journals, on a disk of this machine; empty is one in the workspace."
    )
    keep_seconds: float = Field(
        default=60,
        ge=0,
        description="Seconds that an engine which was started here stays after the last run that asked it; "
        "`alchemy generate` stops it at once.",
    )
    budget_tokens: int | None = Field(default=None, ge=0, description="Tokens that one `alchemy generate` may spend.")
    budget_usd: float | None = Field(default=None, ge=0, description="Dollars that it may spend, by the prices below.")
    prompt_usd: float | None = Field(default=None, ge=0, description="Dollars for a million prompt tokens.")
    completion_usd: float | None = Field(default=None, ge=0, description="Dollars for a million tokens of answers.")
    gpu_usd: float | None = Field(default=None, ge=0, description="Dollars for an hour of one GPU.")
    gpus: int | None = Field(default=None, ge=0, description="GPUs behind the endpoints; empty where nobody knows.")
    enhance: Enhance = Enhance()
    vllm: VllmServer = VllmServer()
    llama: LlamaServer = LlamaServer()

    @model_validator(mode="after")
    def _engine_has_what_it_needs(self) -> "Generation":
        if self.engine and not self.model:
            msg = f"the engine {self.engine} needs a model (generation.model)"
            raise ValueError(msg)
        if self.engine == "endpoint" and not self.endpoints:
            msg = "the engine endpoint needs addresses (generation.endpoints)"
            raise ValueError(msg)
        if self.enhance.longest <= self.enhance.shortest:
            msg = f"enhance.longest is {self.enhance.longest}, not more than enhance.shortest, {self.enhance.shortest}"
            raise ValueError(msg)
        return self


class Sandboxing(_Section):
    """Where and how untrusted programs are run."""

    backend: Literal["bubblewrap", "docker"] = Field(default="bubblewrap", description="What contains programs.")
    root: Path = Field(
        default=Path("/"),
        description="Folder with the system and toolchains that programs see; `alchemy sandbox build-root` makes one.",
    )
    workers: int | None = Field(default=None, ge=1, description="Programs run side by side; empty is one a core.")
    prefer: tuple[str, ...] = Field(
        default=(), description="Toolchains taken before others of their language, for instance `tsc`."
    )
    allow_missing: tuple[str, ...] = Field(
        default=(), description="Protections without which programs are run all the same, by name (`alchemy doctor`)."
    )
    build_cache: int = Field(default=256 * 2**20, ge=0, description="Bytes of compiled programs kept in memory.")
    docker_host: str | None = Field(
        default=None,
        description="Docker: address of the daemon, of Podman too; empty is `unix:///var/run/docker.sock`.",
    )
    image: str | None = Field(
        default=None, description="Docker: an image with the toolchains; empty shows the folder `root` in an empty one."
    )
    runtime: str | None = Field(default=None, description="Docker: another runtime for containers, such as `runsc`.")


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
    stack_edu: PublicCorpus | None = Field(default=None, description="Stack-Edu; absent, it is not in the graph.")
    refinecode: PublicCorpus | None = Field(default=None, description="RefineCode; absent, it is not in the graph.")
    stackv2_smol: PublicCorpus | None = Field(
        default=None, description="The Stack v2, smol; absent, it is not in the graph."
    )
    fetch: Fetch = Fetch()
    languages: tuple[str, ...] = Field(default=tuple(LANGUAGES), description="Languages to keep, of the fifteen.")
    stages: tuple[StageName, ...] = Field(default=(), description="Stages of curation to run; empty is all of them.")
    shards: int = Field(default=2, description="Shards a language, a power of two.")
    shards_of: dict[str, int] = Field(default_factory=dict, description="Other counts, at most `shards`, by language.")
    owner: str = Field(default="team:data", description="Owner of the assets as Dagster shows it.")
    allow_partial: bool = Field(
        default=False, description="Go on where partitions are missing or refused, and list them."
    )
    licenses: LicensePolicy = LicensePolicy()
    heuristics: dict[str, dict[str, float]] = Field(
        default_factory=dict, description="Thresholds that differ from the table's, by language or `default`."
    )
    held_out: HeldOut = HeldOut()
    near_duplicates: NearDuplicates = NearDuplicates()
    decontamination: Decontamination = Decontamination()
    sandbox: Sandboxing = Sandboxing()
    tracing: Tracing = Tracing()
    samples: Samples = Samples()
    generation: Generation = Generation()
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

    @field_validator("stages")
    @classmethod
    def _stages_in_order(cls, stages: tuple[StageName, ...]) -> tuple[StageName, ...]:
        if set(stages) == {"near_duplicates"}:
            msg = "near_duplicates alone judges no file; name another stage beside it"
            raise ValueError(msg)
        return tuple(sorted(set(stages)))

    @field_validator("heuristics")
    @classmethod
    def _thresholds_of_known_languages(cls, heuristics: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
        unknown = sorted(set(heuristics) - {"default", *LANGUAGES})
        if unknown:
            msg = f"unknown languages {unknown}; known are default, {', '.join(LANGUAGES)}"
            raise ValueError(msg)
        return heuristics

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

    def runs(self, stage: str) -> bool:
        """Whether a stage of curation is run."""
        return not self.stages or stage in self.stages

    def public_corpora(self) -> dict[str, PublicCorpus]:
        """The public corpora that the workspace names, by their keys."""
        named = {"stack_edu": self.stack_edu, "refinecode": self.refinecode, "stackv2_smol": self.stackv2_smol}
        return {key: corpus for key, corpus in named.items() if corpus is not None}

    @property
    def has_corpus(self) -> bool:
        """Whether the workspace names any corpus."""
        return self.local is not None or bool(self.public_corpora())

    def shard_count(self, language: str) -> int:
        """Shards that a language is cut into."""
        return self.shards_of.get(language, self.shards)


def sentences(error: ValidationError) -> str:
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
        wrong = sentences(error) if isinstance(error, ValidationError) else str(error)
        msg = f"{place} (or an ALCHEMY_* variable) cannot be used: {wrong}"
        raise SettingsError(msg) from error
    return settings.model_copy(update={"workspace": settings.workspace.absolute()})
