"""The grammar of trace events, and the measures over them."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alchemy_assets.tracing import events
from alchemy_assets.tracing.events import Event

NAMES = st.from_regex(r"[a-z_$][a-z0-9_.\[\]]{0,8}", fullmatch=True)
VALUES = st.one_of(st.integers().map(str), st.text(max_size=12).map(json.dumps), st.just("[1, 2]"), st.just("f(x=1)"))
EVENTS = st.builds(
    Event,
    st.sampled_from(events.KINDS),
    st.from_regex(r"[A-Za-z_<][\w.<>:]{0,10}\w", fullmatch=True),
    st.integers(1, 9_999),
    st.lists(st.tuples(NAMES, VALUES), max_size=4).map(tuple),
)


@given(EVENTS)
@example(Event("VAR", "f", 1, (("s", json.dumps('say "; n=1')), ("n", "2"))))
def test_what_is_written_is_read(event):
    """An event that was written as a line is read back as it was, whatever its values hold."""
    line = events.format_event(event)
    assert "\n" not in line
    assert events.parse_event(line) == event


@pytest.mark.parametrize(
    "line", ["", "hello", "TRACE:WAIT:f:1:", "TRACE:VAR:f:x=1", "TRACE:VAR:f:1:nothing", " TRACE:IN:f:1:"]
)
def test_other_lines_are_no_events(line):
    """A line with an unknown type, without a line number, or with a state that has no value is not an event."""
    assert events.parse_event(line) is None


@given(st.lists(EVENTS.map(events.format_event)), st.lists(st.sampled_from(["oops", "two words", "a:b"])))
def test_the_programs_own_lines_stay(written, own):
    """Taking the events out of a trace file leaves what the program itself said."""
    mixed = [line for pair in zip(written, own, strict=False) for line in pair]
    mixed += written[len(own) :] + own[len(written) :]
    text = "".join(f"{line}\n" for line in mixed)
    assert events.without_events(text) == "".join(f"{line}\n" for line in own)
    assert len(events.read_events(text)) == len(written)


def read(*lines):
    return [event for event in map(events.parse_event, lines) if event is not None]


def test_states_are_counted_once_and_changes_every_time():
    """The same state in the same place is one state; a name that goes back to an old value changed twice."""
    trace = read("TRACE:VAR:f:2:n=1", "TRACE:VAR:f:2:n=2", "TRACE:VAR:f:2:n=1")
    assert events.distinct_states(trace) == 2
    assert events.state_changes(trace) == 2
    assert events.repeated_share(trace) == pytest.approx(1 / 3)


def test_values_that_hang_on_each_other_are_deeper():
    """A chain of values that each meet the one before is deeper than as many that never meet."""
    chain = read("TRACE:VAR:f:1:a=1", "TRACE:VAR:f:2:b=2; a=1", "TRACE:VAR:f:3:c=3; b=2")
    apart = read("TRACE:VAR:f:1:a=1", "TRACE:VAR:f:2:b=2", "TRACE:VAR:f:3:c=3")
    assert events.dependency_depth(chain) == 3
    assert events.dependency_depth(apart) == 1


def test_copied_lines_are_found_in_the_prompt():
    """A line counts as copied where it stands in the prompt word for word; blank lines do not count."""
    assert events.copied_share("usage: x\n\nTRACE:IN:f:1:\n", "print('usage: x')") == 0.5
    assert events.copied_share("", "anything") == 0
