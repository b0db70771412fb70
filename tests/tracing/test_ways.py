"""In how many ways control went, told from events."""

from alchemy_assets.tracing.events import parse_event
from alchemy_assets.tracing.ways import control_outcomes, path


def read(text):
    """Events in short: `IN f:1, BRANCH f:3 if`."""
    found = []
    for part in text.split(", "):
        kind, place, *took = part.split()
        found.append(parse_event(f"TRACE:{kind}:{place}:" + (f'took="{took[0]}"' if took else "")))
    assert None not in found
    return found


def outcomes(*traces, ends=None, most=None):
    return control_outcomes([read(one) for one in traces], ends or {}, most)


def test_a_branch_taken_both_ways_by_two_calls_is_two_outcomes():
    """Calls of one function that take different arms, or one an arm and one none, go two ways; the same arm is one."""
    assert outcomes("IN f:1, BRANCH f:3 if, IN f:1, BRANCH f:3 if") == 1
    assert outcomes("IN f:1, BRANCH f:3 if, IN f:1, BRANCH f:5 else") == 2
    assert outcomes("IN f:1, BRANCH f:3 if, IN f:1, OUT f:6") == 2


def test_several_branches_each_taken_once_are_one_outcome():
    """Nested and successive branches on one way through are one way, however many."""
    assert outcomes("IN f:1, BRANCH f:3 if, BRANCH f:4 if, BRANCH f:9 else, ERR f:12") == 1
    assert outcomes("BRANCH <module>:3 if, BRANCH <module>:9 if") == 1


def test_turns_of_a_loop_that_branch_differently_are_two_outcomes():
    """An arm in one turn and not in another is two ways, also in the last turn where it is known what belongs to the loop."""
    assert outcomes("LOOP f:2, BRANCH f:3 if, LOOP f:2, LOOP f:2") == 2
    assert outcomes("LOOP f:2, BRANCH f:3 if, LOOP f:2, BRANCH f:3 if, LOOP f:2, BRANCH f:3 if") == 1
    last = "LOOP f:2, LOOP f:2, LOOP f:2, BRANCH f:6 if"
    assert outcomes(last) == 1
    assert outcomes(last, ends={"f:2": 7}) == 2
    assert outcomes(last, ends={"f:2": 5}) == 1


def test_loops_of_different_lengths_are_two_outcomes():
    """A loop that turns twice in one stay and once in the next does two things; an inner loop has a stay in each outer turn."""
    assert outcomes("IN f:1, LOOP f:2, LOOP f:2, IN f:1, LOOP f:2") == 2
    assert outcomes("IN f:1, LOOP f:2, LOOP f:2, IN f:1, LOOP f:2, LOOP f:2") == 1
    assert outcomes("LOOP f:2, LOOP f:3, LOOP f:2, LOOP f:3, LOOP f:3") == 2
    assert outcomes("LOOP f:2, LOOP f:3, LOOP f:2, LOOP f:3") == 1


def test_what_follows_an_inner_loop_is_not_its_own():
    """A branch of the outer loop, after an inner loop, is no branch of the inner loop's last turn."""
    both = "LOOP f:2, LOOP f:3, LOOP f:3, BRANCH f:6 if, LOOP f:2, LOOP f:3, LOOP f:3, BRANCH f:6 if"
    assert outcomes(both, ends={"f:2": 8, "f:3": 4}) == 1


def test_after_a_place_fell_silent_nothing_is_known():
    """Where a place wrote as often as it may, the loop is not shorter for that."""
    turns = ", ".join(["LOOP f:2, LOOP f:3, LOOP f:3, LOOP f:3"] * 2 + ["LOOP f:2, LOOP f:3"])
    assert outcomes(turns) == 2
    assert outcomes(turns, most=7) == 1


def test_tests_that_differ_are_two_outcomes():
    """Two tests with different ways count, and two with the same way count as one."""
    assert outcomes("BRANCH f:3 if", "BRANCH f:5 else") == 2
    assert outcomes("BRANCH f:3 if", "BRANCH f:3 if") == 1


def test_two_arms_told_at_one_place_are_two_outcomes():
    """What SQL keeps and drops by a condition stands at one place."""
    assert outcomes("BRANCH script:3 dropped, BRANCH script:3 kept") == 2
    assert outcomes("BRANCH script:3 kept, BRANCH script:4 kept") == 1


def test_a_statement_that_finds_some_rows_goes_two_ways():
    """An UPDATE or DELETE tells in one event that its condition held for some rows; for every row is one way."""
    some, every = (
        parse_event(f'TRACE:BRANCH:script:3:took="{one}"; deleted=2; of=4') for one in ("some rows", "every row")
    )
    assert control_outcomes([[some]]) == 2
    assert control_outcomes([[every]]) == 1


def test_calls_without_a_beginning_are_told_by_what_follows():
    """Where neither the call nor a loop is shown, the same event followed by different ones went two ways."""
    assert outcomes("BRANCH f:3 if, OUT f:9, BRANCH f:3 if, OUT f:9") == 1
    assert outcomes("BRANCH f:3 if, OUT f:9, BRANCH f:5 else, OUT f:9, BRANCH f:3 if, OUT f:9") == 2


def test_several_events_of_one_line_are_one_way():
    """A statement that tells of two tables, one after the other, goes one way."""
    events = [parse_event(f"TRACE:TRANSFORM:script:26:{one}=[]") for one in ("users", "rights")]
    assert control_outcomes([[*events, parse_event("TRACE:VAR:script:28:changes=1")]]) == 1


def test_a_path_is_control_flow_in_order():
    """Values and calls are no part of a path."""
    assert path(read("IN f:1, LOOP f:2, VAR f:3, BRANCH f:4 if, OUT f:5")) == (
        ("LOOP", "f:2", ""),
        ("BRANCH", "f:4", '"if"'),
    )
