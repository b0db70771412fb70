"""CodeTrace by difficulty: bounds and bands of the settings, and what they leave out."""

import polars as pl
import pytest
from pydantic import ValidationError

from alchemy_assets.settings import TraceSampling
from alchemy_assets.strategies import code_trace
from alchemy_assets.strategies.trace_kinds.reasons import Reason
from alchemy_assets.strategies.trace_kinds.sampling import HARD, MEDIUM, band
from tests.strategies.recorded import blobs, recorded, table


def rows(depths, changes=9):
    return table(
        *(
            recorded(
                blob,
                difficulty={
                    "answer_lines": 9,
                    "events": 9,
                    "state_changes": changes,
                    "dependency_depth": depth,
                    "copied_share": 0.0,
                },
            )
            for blob, depth in zip(blobs(len(depths)), depths, strict=True)
        )
    )


def traces_of(frame, bounds):
    made, rejected = code_trace.samples(frame, bounds)
    assert made.height + rejected.height == code_trace.proposed(frame)
    return made.filter(pl.col("kind") == "trace"), rejected.filter(pl.col("kind") == "trace")


def test_without_settings_nothing_is_left_out():
    """By default no sample is too easy, too hard or one too many."""
    made, rejected = traces_of(rows([0, 5, 50]), TraceSampling())
    assert (made.height, rejected.height) == (3, 0)


@pytest.mark.parametrize(
    ("bounds", "kept", "reason"),
    [
        ({"least_dependency_depth": 5}, [5, 50], Reason.TOO_EASY),
        ({"most_dependency_depth": 5}, [0, 5], Reason.TOO_HARD),
        ({"least_state_changes": 10}, [], Reason.TOO_EASY),
        ({"most_state_changes": 8}, [], Reason.TOO_HARD),
    ],
)
def test_what_is_out_of_bounds_is_rejected_with_a_reason(bounds, kept, reason):
    """Bounds are inclusive, and each sample out of them is a rejected one that says which bound it missed."""
    made, rejected = traces_of(rows([0, 5, 50]), TraceSampling(**bounds))
    assert sorted(made["difficulty"].struct.field("dependency_depth")) == kept
    assert {one for reasons in rejected["reasons"] for one in reasons} == {reason}
    assert all(next(iter(bounds)).split("_", 1)[1] in detail for detail in rejected["detail"])


def test_a_full_band_takes_no_more():
    """Each band keeps as many of a kind as it may; the others are rejected, in no order of the files."""
    frame = rows([1] * 6 + [5] * 6 + [20] * 6)
    made, rejected = traces_of(frame, TraceSampling(most_easy=2, most_hard=0))
    depths = made["difficulty"].struct.field("dependency_depth").value_counts().sort("dependency_depth")
    assert depths.rows() == [(1, 2), (5, 6)]
    assert rejected["reasons"].to_list() == [[Reason.ENOUGH_OF_BAND]] * 10
    again, _ = traces_of(frame.sample(fraction=1, shuffle=True, seed=1), TraceSampling(most_easy=2, most_hard=0))
    assert made.equals(again)
    drawn, _ = traces_of(rows([1] * 40), TraceSampling(most_easy=5))
    assert sorted(drawn["blob_id"]) != blobs(5)


def test_bands_begin_where_the_settings_say():
    """The settings' descriptions name the depths at which the bands begin."""
    fields = TraceSampling.model_fields
    assert f"below {MEDIUM}." in fields["most_easy"].description
    assert f"{MEDIUM} to {HARD - 1}." in fields["most_medium"].description
    assert f"{HARD} or more." in fields["most_hard"].description
    assert [band(depth) for depth in (MEDIUM - 1, MEDIUM, HARD - 1, HARD)] == ["easy", "medium", "medium", "hard"]


def test_bounds_that_cross_are_an_error():
    """Bounds between which nothing lies are refused when the settings are read."""
    with pytest.raises(ValidationError, match="most_state_changes is 1, less than least_state_changes, 2"):
        TraceSampling(least_state_changes=2, most_state_changes=1)
