"""The SQL models of `dbt_like_sql/`: tables of metrics over the published files of a workspace.

Belongs here: which views a model sees, and the schema of what it returns. Does not: which files count (the manifests
say), nor the SQL itself. DuckDB reads exactly the files that are listed, in memory of a bounded size.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl

import alchemy_assets
from alchemy_assets import schema
from alchemy_assets.curation import licenses
from alchemy_assets.errors import AlchemyError, SchemaError
from alchemy_assets.schema import Columns

FOLDER = "dbt_like_sql"
STRATEGIES = ("code_enhance", "code_qa", "code_dev", "code_dialogue", "code_trace")
THREADS = 2
MEMORY = "1GB"

_GLOB_CHARACTERS = re.compile(r"[*?\[]")
_COUNT = pl.Int64()

# What each model returns.
METRICS: Mapping[str, Columns] = {
    "funnel": {
        "language": pl.String(),
        "step": _COUNT,
        "stage": pl.String(),
        "outcome": pl.String(),
        "reason": pl.String(),
        "files": _COUNT,
        "alone": _COUNT,
    },
    "license_counts": {
        "language": pl.String(),
        "expressions": pl.String(),
        "source": pl.String(),
        "files": _COUNT,
        "kept": _COUNT,
        "denied": _COUNT,
    },
    "duplicate_counts": {
        "language": pl.String(),
        "files": _COUNT,
        "occurrences": _COUNT,
        "clusters": _COUNT,
        "copies": _COUNT,
        "copies_held_out": _COUNT,
        "largest_cluster": _COUNT,
        "median_jaccard": pl.Float64(),
    },
    "edit_counts": {
        "language": pl.String(),
        "kind": pl.String(),
        "edits": _COUNT,
        "files": _COUNT,
        "files_of_language": _COUNT,
        "bytes": _COUNT,
    },
    "sample_counts": {
        "strategy": pl.String(),
        "kind": pl.String(),
        "language": pl.String(),
        "samples": _COUNT,
        "released": _COUNT,
        "files": _COUNT,
        "prompt_tokens": _COUNT,
        "answer_tokens": _COUNT,
        "parsed": _COUNT,
        "compiled": _COUNT,
        "executed": _COUNT,
        "tests_passed": _COUNT,
        "behaves_as_source": _COUNT,
        "observed": _COUNT,
        "answer_is_source": _COUNT,
        "answer_lines": pl.Float64(),
        "dependency_depth": pl.Float64(),
        "copied_share": pl.Float64(),
        "rejected": _COUNT,
        "rejected_by_reason": pl.List(pl.Struct({"reason": pl.String(), "samples": _COUNT})),
    },
    "trace_yield": {
        "language": pl.String(),
        "outcome": pl.String(),
        "reason": pl.String(),
        "files": _COUNT,
        "files_of_language": _COUNT,
        "share": pl.Float64(),
    },
    "trace_funnel": {
        "language": pl.String(),
        "step": _COUNT,
        "reached": pl.String(),
        "files": _COUNT,
        "share": pl.Float64(),
        "share_of_previous": pl.Float64(),
    },
}

# The tables that a model can see, and their columns. Signals differ from stage to stage
# and no model reads those of `curated_files`; DuckDB has no struct without fields either.
TABLES: Mapping[str, Columns] = {
    "rejected_inputs": schema.REJECTED_INPUTS,
    "source_files": schema.SOURCE_FILES,
    "held_out": schema.HELD_OUT,
    "near_duplicates": schema.NEAR_DUPLICATES,
    "licenses": schema.facts(licenses.COLUMNS),
    "rejected_files": schema.REJECTED_FILES,
    "curated_files": {name: kind for name, kind in schema.curated_files({}).items() if name != "signals"},
    "trace_outcomes": schema.TRACE_OUTCOMES,
    "observations": schema.OBSERVATIONS,
    **dict.fromkeys(STRATEGIES, schema.SAMPLES),
    **{f"{strategy}_rejected": schema.REJECTED_SAMPLES for strategy in STRATEGIES},
}


def folder() -> Path:
    """Where the models lie: inside the package in a wheel, at the root of the repository in a checkout."""
    package = Path(alchemy_assets.__file__).parent
    places = (package / FOLDER, package.parent / FOLDER)
    for place in places:
        if place.is_dir():
            return place
    msg = f"the SQL models are in none of {', '.join(str(place) for place in places)}; install the package again"
    raise AlchemyError(msg)


def source(model: str) -> str:
    """The text of a model; raises AlchemyError where there is no such model."""
    if model not in METRICS:
        msg = f"there is no SQL model {model!r}; known are {', '.join(METRICS)}"
        raise AlchemyError(msg)
    return (folder() / f"{model}.sql").read_text(encoding="utf-8")


def run(model: str, tables: Mapping[str, Sequence[Path]], *, stages: Sequence[str] = ()) -> pl.DataFrame:
    """Run a model over exactly the Parquet files that are listed, by table; a table without files is empty.

    stages: the names of the stages of curation, in their order.
    Columns: METRICS[model], in the order that the model's SQL gives.
    Raises SchemaError where a table is unknown, or a file or the result lacks what the model needs.
    """
    unknown = sorted(set(tables) - set(TABLES))
    if unknown:
        msg = f"{model}: no view is made of the tables {unknown}; known are {', '.join(TABLES)}"
        raise SchemaError(msg)
    query = source(model)
    with TemporaryDirectory(prefix="alchemy-sql-") as spill, _connect(spill) as connection:
        try:
            _make_views(connection, tables, stages)
            frame = connection.sql(query).pl()
        except duckdb.Error as error:
            msg = f"{model}.sql cannot be run over the listed files: {error}"
            raise SchemaError(msg) from error
    return schema.validate(frame, METRICS[model], model)


def _connect(spill: str) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        ":memory:",
        config={
            "threads": THREADS,
            "memory_limit": MEMORY,
            "temp_directory": spill,  # the default is a folder `.tmp` where the process happens to stand
            "preserve_insertion_order": False,  # every model orders its rows itself
            "autoinstall_known_extensions": False,  # never reach for the network
        },
    )


def _make_views(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, Sequence[Path]], stages: Sequence[str]
) -> None:
    for name, columns in TABLES.items():
        _make_view(connection, name, tables.get(name, ()), columns)
    _union(connection, "samples", [_select("*", strategy) for strategy in STRATEGIES])
    _union(connection, "rejected_samples", [_select("*", f"{strategy}_rejected") for strategy in STRATEGIES])
    steps = ("rejected_inputs", "source_files", *stages, "near_duplicates", "edits", "curated_files")
    numbered = [f"SELECT CAST({step} AS BIGINT) AS step, {_text(stage)} AS stage" for step, stage in enumerate(steps)]
    _union(connection, "steps", numbered)


def _make_view(connection: duckdb.DuckDBPyConnection, name: str, files: Sequence[Path], columns: Columns) -> None:
    if not files:
        connection.register(name, pl.DataFrame(schema=dict(columns)))
        return
    selected = ", ".join(_name(column) for column in columns)
    # Without `hive_partitioning = false` a folder called `language=Python` would add or replace a column.
    listed = f"read_parquet([{', '.join(_path(file) for file in files)}], hive_partitioning = false)"
    connection.execute(f"CREATE VIEW {_name(name)} AS SELECT {selected} FROM {listed}")  # noqa: S608 -- escaped here


def _union(connection: duckdb.DuckDBPyConnection, name: str, selects: Sequence[str]) -> None:
    connection.execute(f"CREATE VIEW {_name(name)} AS {' UNION ALL BY NAME '.join(selects)}")


def _select(columns: str, view: str) -> str:
    return f"SELECT {columns} FROM {_name(view)}"  # noqa: S608 -- escaped by whoever calls


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _path(file: Path) -> str:
    """Write a path so that DuckDB reads it literally: it takes every name for a pattern, and `c[1]` would be `c1`."""
    return _text(_GLOB_CHARACTERS.sub(lambda found: f"[{found[0]}]", str(file.absolute())))
