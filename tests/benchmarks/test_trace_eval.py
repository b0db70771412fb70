"""TraceEval: items out of held-out traces."""

from alchemy_assets import schema
from alchemy_assets.benchmarks import trace_eval
from alchemy_assets.settings import HeldOut
from tests.strategies.test_code_trace import trace_row, traces

# A share at which the repository of these rows is drawn, and one at which it is not.
ALL, NONE = HeldOut.model_construct(version="1", share=1.0), HeldOut(share=0.0)


def test_only_held_out_programs_become_items():
    """An item never comes from a file that training may see."""
    made, rejected = trace_eval.items(traces(trace_row(held_out=True), trace_row("b" * 40)), ALL)
    assert rejected.is_empty()
    assert made["blob_id"].to_list() == ["a" * 40]
    schema.validate(made, schema.SAMPLES, "samples")


def test_items_are_asked_alike_and_hold_their_reference():
    """All items share one phrasing, and the second message is the recorded answer."""
    made, _ = trace_eval.items(traces(*(trace_row(f"{n:040x}", held_out=True) for n in range(9))), ALL)
    assert made.height == 9
    assert made["strategy"].unique().to_list() == ["trace_eval"]
    assert made["prompt_id"].n_unique() == 1
    for messages in made["messages"].to_list():
        assert messages[0]["content"].startswith("Here are an instrumented Python program")
        assert "TRACE:VAR:f:1:x=1" in messages[1]["content"]


def test_a_program_that_also_lies_elsewhere_is_no_item():
    """A held-out file that occurs in a repository with training files too makes no item, and is listed with the reason."""
    made, rejected = trace_eval.items(traces(trace_row(held_out=True)), NONE)
    assert made.is_empty()
    assert rejected["reasons"].to_list() == [[trace_eval.ELSEWHERE]]
    assert rejected["strategy"].to_list() == ["trace_eval"]
