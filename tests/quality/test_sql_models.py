"""The SQL models over constructed tables whose answers are known."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import alchemy_assets
from alchemy_assets import schema
from alchemy_assets.curation import licenses
from alchemy_assets.errors import AlchemyError, SchemaError
from alchemy_assets.quality import sql_models
from alchemy_assets.quality.findings import conservation
from alchemy_assets.quality.sql_models import METRICS, run
from alchemy_assets.strategies.strategy import Rejected, Verified, tables
from alchemy_assets.tracing.reasons import Reached

STAGES = ("licenses", "heuristics")


def write(folder: Path, name: str, rows: list[dict[str, object]], columns: schema.Columns) -> Path:
    """Write rows as a Parquet file of a table; what a row leaves out is null."""
    file = folder / f"{name}.parquet"
    schema.frame_of([dict.fromkeys(columns) | row for row in rows], columns).write_parquet(file)
    return file


def source(blob_id: str, language: str = "Go") -> dict[str, object]:
    """A row of `source_files`."""
    return {"blob_id": blob_id, "language": language, "text": "x"}


def rejection(blob_id: str, stage: str, reason: str, language: str = "Go") -> dict[str, object]:
    """A row of `rejected_files`."""
    return {"blob_id": blob_id, "language": language, "stage": stage, "reason": reason, "detail": ""}


CURATED = schema.curated_files({"heuristics": {"lines": pl.Int64()}})


def funnel_rows(frame: pl.DataFrame) -> list[tuple[object, ...]]:
    """The rows of a funnel, without the step's number."""
    return frame.drop("step").rows()


@pytest.fixture
def corpus(tmp_path: Path) -> dict[str, list[Path]]:
    """Seven files: a, b kept, c held out, d of a denied licence and minified, e minified, f and g near duplicates; a broken input."""
    rejected = [
        rejection("d", "licenses", "denied"),
        rejection("d", "heuristics", "minified"),
        rejection("e", "heuristics", "minified"),
        rejection("e", "heuristics", "empty"),
        rejection("f", "near_duplicates", "a near duplicate of it is kept"),
        rejection("g", "near_duplicates", "a near duplicate of it is held out", "Java"),
    ]
    return {
        "rejected_inputs": [
            write(tmp_path, "i", [{"corpus": "local", "location": "x", "reason": "binary"}], schema.REJECTED_INPUTS)
        ],
        "source_files": [
            write(tmp_path, "s0", [source(one) for one in "abcd"], schema.SOURCE_FILES),
            write(tmp_path, "s1", [source("e"), source("f"), source("g", "Java")], schema.SOURCE_FILES),
        ],
        "rejected_files": [write(tmp_path, "r", rejected, schema.REJECTED_FILES)],
        "curated_files": [
            write(tmp_path, "k", [{"blob_id": one, "language": "Go", "held_out": one == "c"} for one in "abc"], CURATED)
        ],
    }


def test_the_funnel_counts_every_reason_and_every_file_once(corpus: dict[str, list[Path]]) -> None:
    """Each reason has its count, and how many files it alone costs; at the end every file has one fate."""
    funnel = run("funnel", corpus, stages=STAGES)
    assert funnel_rows(funnel) == [
        ("Go", "source_files", "read", "", 6, 0),
        ("Go", "licenses", "rejected", "denied", 1, 0),
        ("Go", "heuristics", "rejected", "minified", 2, 0),
        ("Go", "heuristics", "rejected", "empty", 1, 0),
        ("Go", "near_duplicates", "rejected", "a near duplicate of it is kept", 1, 1),
        ("Go", "curated_files", "kept", "for training", 2, 0),
        ("Go", "curated_files", "kept", "held out for the benchmarks", 1, 0),
        ("Go", "curated_files", "rejected", "", 3, 0),
        ("Java", "source_files", "read", "", 1, 0),
        ("Java", "near_duplicates", "rejected", "a near duplicate of it is held out", 1, 1),
        ("Java", "curated_files", "rejected", "", 1, 0),
        ("unknown", "rejected_inputs", "rejected", "binary", 1, 1),
    ]
    assert conservation(funnel).passed


def test_the_steps_of_the_funnel_have_the_order_of_the_stages(corpus: dict[str, list[Path]]) -> None:
    """`step` numbers the stages as they were given, between the sources and the curated files."""
    steps = dict(run("funnel", corpus, stages=STAGES[::-1]).select("stage", "step").iter_rows())
    expected = ("rejected_inputs", "source_files", "heuristics", "licenses", "near_duplicates", "curated_files")
    assert sorted(steps, key=steps.__getitem__) == list(expected)


def test_a_file_that_vanishes_is_counted_as_lost(corpus: dict[str, list[Path]]) -> None:
    """A file that nobody rejected and nobody kept shows in the funnel and fails the conservation."""
    funnel = run("funnel", corpus | {"rejected_files": []}, stages=STAGES)
    assert ("Go", "curated_files", "lost", "", 3, 0) in funnel_rows(funnel)
    assert conservation(funnel).detail == "3 of Go, 1 of Java: lost, or kept although rejected"


def test_a_file_that_is_kept_although_rejected_is_a_contradiction(
    corpus: dict[str, list[Path]], tmp_path: Path
) -> None:
    """A rejected file that reappears among the curated ones shows in the funnel and fails the conservation."""
    kept = [{"blob_id": one, "language": "Go", "held_out": one == "c"} for one in "abcd"]
    funnel = run("funnel", corpus | {"curated_files": [write(tmp_path, "more", kept, CURATED)]}, stages=STAGES)
    assert ("Go", "curated_files", "contradicted", "for training", 1, 0) in funnel_rows(funnel)
    assert not conservation(funnel).passed


def test_a_reason_given_twice_counts_once(corpus: dict[str, list[Path]], tmp_path: Path) -> None:
    """A row that repeats another changes nothing."""
    again = write(tmp_path, "again", [rejection("d", "licenses", "denied")], schema.REJECTED_FILES)
    funnel = run("funnel", corpus | {"rejected_files": [*corpus["rejected_files"], again]}, stages=STAGES)
    assert funnel.equals(run("funnel", corpus, stages=STAGES))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fates=st.lists(st.tuples(st.sampled_from(["Go", "C"]), st.sets(st.sampled_from(["p", "q", "r"]))), max_size=12))
def test_the_funnel_conserves_files(fates: list[tuple[str, set[str]]], tmp_path: Path) -> None:
    """Whatever is rejected for whatever reasons, read = kept + rejected, and the rows do not depend on the files' order."""
    blobs = {f"{number:040x}": fate for number, fate in enumerate(fates)}
    kept = [
        {"blob_id": one, "language": language, "held_out": False}
        for one, (language, reasons) in blobs.items()
        if not reasons
    ]
    listed = {
        "source_files": [
            write(tmp_path, f"s{number}", [source(one, language)], schema.SOURCE_FILES)
            for number, (one, (language, _)) in enumerate(blobs.items())
        ],
        "rejected_files": [
            write(
                tmp_path,
                "v",
                [
                    rejection(one, "licenses", reason, language)
                    for one, (language, reasons) in blobs.items()
                    for reason in sorted(reasons)
                ],
                schema.REJECTED_FILES,
            )
        ],
        "curated_files": [write(tmp_path, "k", kept, CURATED)],
    }
    funnel = run("funnel", listed, stages=["licenses"])
    assert conservation(funnel).passed
    assert funnel.filter(pl.col("outcome") == "read")["files"].sum() == len(fates)
    assert run("funnel", {name: files[::-1] for name, files in listed.items()}, stages=["licenses"]).equals(funnel)


def test_samples_are_counted_by_strategy_kind_and_language(
    judged: Callable[..., Verified],
    rejected: Callable[..., Rejected],
    curated: Callable[..., dict[str, object]],
    tmp_path: Path,
) -> None:
    """Samples, tokens, proved facts and rejections stand in one row a strategy, kind and language."""
    accepted = [
        judged("a", difficulty={"answer_lines": 3, "copied_share": 0.5}),
        judged("b", verified={"parsed": True, "tests_passed": 3, "compiled": False}, difficulty={"answer_lines": 9}),
        judged(
            "b",
            messages=(("user", "Anything else?"), ("assistant", "No, nothing at all.")),
            difficulty={"answer_lines": 4, "copied_share": 0.0},
        ),
        judged("c", kind="output", language="Shell", verified={"observed": True}),
    ]
    refused = [rejected("a", "too short"), rejected("b", "too short", "no doc"), rejected("z", "no doc"), rejected("z")]
    files = {}
    for name, frame in zip(("code_qa", "code_qa_rejected"), tables("code_qa", [*accepted, *refused]), strict=True):
        files[name] = [tmp_path / f"{name}.parquet"]
        frame.write_parquet(files[name][0])
    kept = [{name: curated(one)[name] for name in ("blob_id", "language")} for one in "ab"]
    files["curated_files"] = [write(tmp_path, "k", kept, CURATED)]
    rows = run("sample_counts", files).rows(named=True)
    assert [(row["kind"], row["language"]) for row in rows] == [
        ("completion", "Python"),
        ("completion", "unknown"),
        ("output", "Shell"),
    ]
    first = rows[0]
    assert (first["samples"], first["released"], first["files"], first["rejected"]) == (3, 3, 2, 2)
    tokens = pl.read_parquet(files["code_qa"]).filter(pl.col("kind") == "completion")
    assert first["prompt_tokens"] == tokens["prompt_tokens"].sum()
    assert first["answer_tokens"] == tokens["answer_tokens"].sum()
    assert (first["parsed"], first["tests_passed"], first["compiled"], first["observed"]) == (3, 1, 0, 0)
    assert (first["answer_lines"], first["dependency_depth"], first["copied_share"]) == (4.0, None, 0.25)
    assert first["rejected_by_reason"] == [{"reason": "too short", "samples": 2}, {"reason": "no doc", "samples": 1}]
    assert (rows[1]["samples"], rows[1]["rejected"]) == (0, 2)
    assert rows[1]["rejected_by_reason"] == [
        {"reason": "no doc", "samples": 1},
        {"reason": "no reason given", "samples": 1},
    ]
    assert (rows[2]["observed"], rows[2]["rejected_by_reason"]) == (1, [])


def test_a_mean_is_the_same_in_any_order_of_rows(judged: Callable[..., Verified], tmp_path: Path) -> None:
    """Runs that read the same samples in another order give the same bytes."""
    files = []
    for number in range(60):
        share = round(number / 7 % 1, 4)
        files.append(tmp_path / f"{number}.parquet")
        tables("code_qa", [judged(f"blob {number}", difficulty={"copied_share": share})])[0].write_parquet(files[-1])
    means = {run("sample_counts", {"code_qa": files[at:] + files[:at]})["copied_share"][0] for at in range(0, 60, 6)}
    assert len(means) == 1


def test_trace_yield_has_the_share_of_each_reason(tmp_path: Path) -> None:
    """Every language has a row for what is kept, even when that is nothing, and one for each reason."""
    outcomes = [
        {"blob_id": blob_id, "language": language, "kept": not reasons, "reasons": reasons}
        for blob_id, language, reasons in [
            ("a", "Python", []),
            ("b", "Python", ["no main", "too long"]),
            ("c", "Python", ["no main"]),
            ("d", "Python", ["no main", "no main"]),
            ("e", "Shell", ["not the same twice"]),
        ]
    ]
    frame = run("trace_yield", {"trace_outcomes": [write(tmp_path, "t", outcomes, schema.TRACE_OUTCOMES)]})
    assert frame.rows() == [
        ("Python", "kept", "", 1, 4, 0.25),
        ("Python", "dropped", "no main", 3, 4, 0.75),
        ("Python", "dropped", "too long", 1, 4, 0.25),
        ("Shell", "kept", "", 0, 1, 0.0),
        ("Shell", "dropped", "not the same twice", 1, 1, 1.0),
    ]


def test_trace_funnel_counts_what_came_at_least_so_far(tmp_path: Path) -> None:
    """A file counts at every step up to the last that it reached, and the steps are those of `Reached`, in its order."""
    outcomes = [
        {"blob_id": str(number), "language": "Go", "reached": reached}
        for number, reached in enumerate(["file", "file", "compiled", "behaved", "kept"])
    ]
    frame = run("trace_funnel", {"trace_outcomes": [write(tmp_path, "t", outcomes, schema.TRACE_OUTCOMES)]})
    assert frame["reached"].to_list() == [str(one) for one in Reached]
    assert frame["files"].to_list() == [5, 3, 3, 3, 2, 2, 2, 2, 1]
    assert frame["share"].to_list()[:2] == [1.0, 0.6]
    assert frame["share_of_previous"].to_list()[-1] == 0.5
    assert frame["share_of_previous"].to_list()[0] is None


def test_licences_are_counted_by_what_the_policy_makes_of_them(tmp_path: Path) -> None:
    """Files with the same expressions from the same source share a row, with how many are kept and denied."""
    facts = [
        {"blob_id": blob_id, "language": "Go", "signals": {"expressions": listed, "source": source}}
        for blob_id, listed, source in [
            ("a", ["MIT"], "its header"),
            ("b", ["MIT"], "its header"),
            ("c", ["MIT", "GPL-2.0-only"], "its repository"),
            ("d", [], "nowhere"),
        ]
    ]
    frame = run(
        "license_counts",
        {
            "licenses": [write(tmp_path, "l", facts, schema.facts(licenses.COLUMNS))],
            "rejected_files": [write(tmp_path, "r", [rejection("c", "licenses", "denied")], schema.REJECTED_FILES)],
            "curated_files": [write(tmp_path, "k", [{"blob_id": one, "language": "Go"} for one in "ad"], CURATED)],
        },
    )
    assert frame.rows() == [
        ("Go", "MIT", "its header", 2, 1, 0),
        ("Go", "", "nowhere", 1, 1, 0),
        ("Go", "MIT | GPL-2.0-only", "its repository", 1, 0, 1),
    ]


def test_duplicates_are_counted_exact_and_near(tmp_path: Path) -> None:
    """Occurrences beyond the first are exact duplicates; clusters count from two files on."""
    places = [{"corpus": "local", "repo_name": "r", "path": "p", "licenses": [], "license_type": ""}]
    files = [source(one) | {"occurrences": places * count} for one, count in zip("abcd", (1, 3, 1, 1), strict=True)]
    clusters = [
        {
            "blob_id": blob_id,
            "cluster": cluster,
            "keeper": blob_id == cluster,
            "jaccard_to_keeper": like,
            "keeper_held_out": held,
        }
        for blob_id, cluster, like, held in [
            ("a", "a", 1.0, False),
            ("b", "a", 0.8, False),
            ("c", "a", 0.9, False),
            ("d", "d", 1.0, True),
        ]
    ]
    frame = run(
        "duplicate_counts",
        {
            "source_files": [
                write(tmp_path, "s", [*files, source("e", "C") | {"occurrences": places}], schema.SOURCE_FILES)
            ],
            "near_duplicates": [write(tmp_path, "n", clusters, schema.NEAR_DUPLICATES)],
        },
    )
    assert frame.rows() == [("C", 1, 1, 0, 0, 0, 1, None), ("Go", 4, 6, 1, 2, 0, 3, pytest.approx(0.85))]


def test_edits_are_counted_by_kind(tmp_path: Path) -> None:
    """Spans, files and bytes of each kind of edit, beside all curated files of the language."""

    def edit(start: int, end: int, kind: str) -> dict[str, object]:
        return {"start": start, "end": end, "replacement": "x", "kind": kind}

    kept = [
        {
            "blob_id": "a",
            "language": "Go",
            "edits": [edit(0, 5, "email"), edit(9, 12, "email"), edit(20, 21, "author")],
        },
        {"blob_id": "b", "language": "Go", "edits": [edit(0, 5, "email")]},
        {"blob_id": "c", "language": "Go", "edits": []},
    ]
    frame = run("edit_counts", {"curated_files": [write(tmp_path, "k", kept, CURATED)]})
    assert frame.rows() == [("Go", "email", 3, 2, 3, 13), ("Go", "author", 1, 1, 3, 1)]


@pytest.mark.parametrize("model", METRICS)
def test_no_files_give_no_rows(model: str) -> None:
    """A workspace in which nothing is published yet has empty tables of metrics with all their columns."""
    frame = run(model, {}, stages=STAGES)
    assert frame.is_empty()
    assert frame.schema == pl.Schema(dict(METRICS[model]))


@pytest.mark.parametrize(
    "name", ["it's", "two\nlines", 'a "b" c', "c[1]", "*", "who?", "{a,b}", "né 🎉", "language=Java", "%20;--"]
)
def test_any_path_is_read_literally(name: str, tmp_path: Path) -> None:
    """Quotes, newlines and what DuckDB takes for a pattern or a partition are just names, beside files that they would match."""
    for decoy in ("c1", "anything", "whom", "a", "b"):
        (tmp_path / decoy).mkdir(exist_ok=True)
        write(tmp_path / decoy, "t", [{"blob_id": "z", "language": "C", "kept": True}], schema.TRACE_OUTCOMES)
    (tmp_path / name).mkdir()
    file = write(tmp_path / name, "t", [{"blob_id": "a", "language": "Go", "kept": True}], schema.TRACE_OUTCOMES)
    assert run("trace_yield", {"trace_outcomes": [file]}).rows() == [("Go", "kept", "", 1, 1, 1.0)]


def test_stages_are_data_and_not_sql(corpus: dict[str, list[Path]], tmp_path: Path) -> None:
    """A stage whose name has quotes in it is one more stage."""
    stage = 'it\'s "odd"; --'
    odd = write(tmp_path, "odd", [rejection("d", stage, "denied")], schema.REJECTED_FILES)
    frame = run("funnel", corpus | {"rejected_files": [odd]}, stages=[*STAGES, stage])
    assert ("Go", stage, "rejected", "denied", 1, 1) in funnel_rows(frame)


def test_what_cannot_be_asked_is_named(tmp_path: Path) -> None:
    """An unknown model, a table that no view is made of, and a file without the columns each say what is wrong."""
    with pytest.raises(AlchemyError, match=r"no SQL model 'tunnel'; known are funnel"):
        run("tunnel", {})
    with pytest.raises(SchemaError, match=r"the tables \['licences'\]; known are rejected_inputs"):
        run("funnel", {"licences": []})
    (tmp_path / "t.parquet").write_bytes(b"PAR1")
    with pytest.raises(SchemaError, match=r"trace_yield\.sql cannot be run"):
        run("trace_yield", {"trace_outcomes": [tmp_path / "t.parquet"]})
    pl.DataFrame({"blob_id": ["a"]}).write_parquet(tmp_path / "u.parquet")
    with pytest.raises(SchemaError, match="language"):
        run("trace_yield", {"trace_outcomes": [tmp_path / "u.parquet"]})


def test_models_are_found_in_a_wheel_and_in_a_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder inside the package comes first, then the one beside it; with neither, the places looked at are named."""
    package = tmp_path / "site" / "alchemy_assets"
    package.mkdir(parents=True)
    monkeypatch.setattr(alchemy_assets, "__file__", str(package / "__init__.py"))
    with pytest.raises(AlchemyError, match=r"site/alchemy_assets/dbt_like_sql, .*site/dbt_like_sql"):
        sql_models.folder()
    (tmp_path / "site" / "dbt_like_sql").mkdir()
    assert sql_models.folder() == tmp_path / "site" / "dbt_like_sql"
    (package / "dbt_like_sql").mkdir()
    assert sql_models.folder() == package / "dbt_like_sql"


def test_every_model_has_its_file_and_says_what_a_row_is() -> None:
    """Each model begins with a comment about its rows that names every column, and no file is left without a schema."""
    assert {file.stem for file in sql_models.folder().glob("*.sql")} == set(METRICS)
    for model, columns in METRICS.items():
        comment = sql_models.source(model).split("WITH", maxsplit=1)[0]
        assert " a row is " in comment.splitlines()[0]
        named = comment.replace(
            "parsed .. answer_is_source", "parsed compiled executed behaves_as_source observed answer_is_source"
        )
        assert [column for column in columns if column not in named] == []
