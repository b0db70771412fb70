"""Keeper order: each rule, that each gives way to those above it, and who was released before."""

import itertools

import polars as pl
import pytest

from alchemy_assets.curation import licenses
from alchemy_assets.curation.keeper_order import (
    STANDINGS,
    IncumbentsError,
    in_keeper_order,
    released_before,
    standing,
)
from alchemy_assets.curation.signatures import sign
from alchemy_assets.settings import LicensePolicy
from tests.builders import source_file

NOBODY = released_before(None)
BETTER = {"held_out": True, "kept": True, "incumbent": True, "license_allowed": True, "length_bytes": 9, "quality": 0.9}
WORSE = {
    "held_out": False,
    "kept": False,
    "incumbent": False,
    "license_allowed": False,
    "length_bytes": 8,
    "quality": None,
}
RULES = [*BETTER, "blob_id"]


def ordered(rows, folder):
    """Blob ids of rows of standings with their length, in keeper order."""
    table = pl.DataFrame(rows)
    table.select("blob_id", "length_bytes").write_parquet(folder / "signatures.parquet")
    standings = table.select(pl.col(name).cast(kind) for name, kind in STANDINGS.items())
    return in_keeper_order([folder / "signatures.parquet"], standings)["blob_id"].to_list()


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_decides_where_those_above_it_leave_a_tie(rule, tmp_path):
    """A file that is better by one rule comes first, though it is worse by all rules below."""
    at = RULES.index(rule)
    tie = {name: BETTER[name] for name in RULES[:at]}
    first = {**WORSE, **tie, **({rule: BETTER[rule]} if rule in BETTER else {}), "blob_id": "b"}
    second = {**BETTER, **tie, **({rule: WORSE[rule]} if rule in WORSE else {}), "blob_id": "a"}
    if rule == "blob_id":
        first, second = {**BETTER, "blob_id": "a"}, {**BETTER, "blob_id": "b"}
    for rows in itertools.permutations([first, second]):
        assert ordered(list(rows), tmp_path) == [first["blob_id"], second["blob_id"]]


def test_a_file_without_a_standing_comes_last(tmp_path):
    """Its shard's verdicts are missing: it displaces nothing, and is not lost."""
    long, short = source_file("word " * 100), source_file("word")
    sign(pl.concat([long, short])).write_parquet(tmp_path / "signatures.parquet")
    standings = standing(short.select("blob_id", held_out=pl.lit(value=False)), {}, NOBODY)
    files = in_keeper_order([tmp_path / "signatures.parquet"], standings)
    assert files["blob_id"].to_list() == [short["blob_id"].item(), long["blob_id"].item()]
    assert files["held_out"].to_list() == [False, False]


def test_a_standing_says_what_is_known_of_a_file():
    """Refused by a stage, released before, an allowed licence: each in its column; what no stage says settles nothing."""
    files = pl.concat(
        [
            source_file("allowed"),
            source_file("denied", licenses=["GPL-3.0-only"]),
            source_file("unknown", licenses=[]),
            source_file("unjudged"),
        ]
    )
    ids = dict(files.select("text", "blob_id").iter_rows())
    held_out = files.select("blob_id", held_out=pl.col("text") == "unknown", decided_by=pl.lit("test"))
    verdicts = {"licenses": licenses.stage(LicensePolicy()).judge(files[:3])}
    made = standing(held_out, verdicts, pl.Series([ids["denied"]]))
    assert made.schema == pl.Schema(dict(STANDINGS))
    rows = {text: made.row(by_predicate=pl.col("blob_id") == blob_id)[1:] for text, blob_id in ids.items()}
    assert rows == {
        "allowed": (False, True, False, True, None),
        "denied": (False, False, True, False, None),
        "unknown": (True, True, False, False, None),
        "unjudged": (False, False, False, False, None),
    }


def test_standings_of_shards_are_those_of_the_language():
    """Made one by one they are the same rows."""
    files = pl.concat([source_file(f"text {at}", licenses=["MIT"] if at % 2 else []) for at in range(20)])
    held_out = files.select("blob_id", held_out=pl.lit(value=False))
    verdicts = licenses.stage(LicensePolicy(unknown="reject")).judge(files)
    incumbents = files["blob_id"][:7]
    whole = standing(held_out, {"licenses": verdicts}, incumbents)
    parts = [standing(held_out[at : at + 6], {"licenses": verdicts}, incumbents) for at in range(0, 20, 6)]
    assert pl.concat(parts).equals(whole)


def test_a_quality_score_is_taken_from_its_stage():
    """The stage `quality` says it in the signal `quality_score`."""
    verdicts = pl.DataFrame({"blob_id": ["a"], "kept": [True], "signals": [{"quality_score": 0.25}]})
    held_out = pl.DataFrame({"blob_id": ["a", "b"], "held_out": [False, False]})
    assert standing(held_out, {"quality": verdicts}, NOBODY)["quality"].to_list() == [0.25, None]


def test_incumbents_are_read_from_a_file_or_a_release(tmp_path):
    """Every Parquet file of a folder that has blob ids counts, each id once; other files of the release do not."""
    for place, rows in {
        "code-qa/train-00001-of-00001.parquet": {"blob_id": ["b", "a", None], "text": ["", "", ""]},
        "code-trace/train-00001-of-00001.parquet": {"events": [1, 2], "blob_id": ["c", "a"]},
        "scores.parquet": {"quality_score": [0.1]},
    }.items():
        (tmp_path / place).parent.mkdir(exist_ok=True)
        pl.DataFrame(rows).write_parquet(tmp_path / place)
    assert released_before(tmp_path).to_list() == ["a", "b", "c"]
    assert released_before(tmp_path / "code-trace" / "train-00001-of-00001.parquet").to_list() == ["a", "c"]
    assert released_before(None).to_list() == []


@pytest.mark.parametrize("place", ["nowhere", "."])
def test_a_release_without_blob_ids_is_an_error(place, tmp_path):
    """A wrong path would let newcomers displace what was released."""
    with pytest.raises(IncumbentsError, match="holds no Parquet file with a column blob_id"):
        released_before(tmp_path / place)
