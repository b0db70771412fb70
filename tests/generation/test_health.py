"""How a server fares: when it is left alone, for how long, and what brings it back."""

import asyncio

import pytest

from alchemy_assets.generation import faults
from alchemy_assets.generation.faults import Closed, Fault, Overloaded, ServerFault
from alchemy_assets.generation.health import Server
from tests.generation.asked import hurried

FAILED = ServerFault(faults.FAILED, "HTTP 500", own=True)


def server(longest_wait: float = 60) -> Server:
    """A server that is never really asked."""
    return Server(None, hurried(["http://127.0.0.1:1/v1"], longest_wait=longest_wait))


def test_the_third_failure_in_a_row_is_enough():
    """Two failures are not, nor three with an answer between them; then it is left alone for a moment."""
    one = server()
    for now in (1.0, 2.0):
        one.failed(FAILED, now, now)
    one.well()
    for now in (3.0, 4.0):
        one.failed(FAILED, now, now)
    assert not one.alone
    one.failed(FAILED, 5.0, 5.0)
    assert one.alone
    assert 5.25 <= one.opens() <= 5.5


def test_failures_of_one_moment_count_once():
    """What was under way together with the last failure before a server is left alone says nothing new."""
    one = server()
    for _ in range(3):
        one.failed(FAILED, 1.0, 2.0)
    opens = one.opens()
    for _ in range(200):
        one.failed(FAILED, 1.0, 2.1)
    assert one.opens() == opens


def test_it_is_tried_later_each_time():
    """Each try that fails doubles the time until the next one, up to the longest wait; one that is answered starts anew."""
    one, now, waits = server(longest_wait=4), 100.0, []
    one.unheard(FAILED, now)
    for _ in range(6):
        waits.append(one.opens() - now)
        now = one.opens()
        turn = one.begin(now)
        one.failed(FAILED, turn.started, now)
        one.end(turn.number)
    for wait, most in zip(waits, [0.5, 1, 2, 4, 4, 4], strict=True):
        assert most / 2 <= wait <= most
    one.well()
    assert not one.alone
    one.unheard(FAILED, now)
    assert one.opens() - now <= 0.5


def test_it_is_tried_with_one_request():
    """While a request tries it, it takes no other, even where others that were sent before are still under way."""

    async def run() -> None:
        one = server()
        before = one.begin(1.0)
        one.unheard(FAILED, 2.0)
        assert one.opens() is not None
        trying = one.begin(5.0)
        assert one.opens() is None
        one.end(before.number)
        assert one.opens() is None
        one.end(trying.number)
        assert one.opens() is not None

    asyncio.run(run())


@pytest.mark.parametrize(
    ("fault", "alone"),
    [
        (ServerFault(faults.NOT_CONNECTED, "refused"), True),
        (Overloaded(faults.TIMED_OUT, "", own=True), True),
        (Overloaded(faults.OVERLOADED, "HTTP 429"), False),
    ],
)
def test_having_too_much_to_do_is_not_being_ill(fault: Fault, alone: bool):  # noqa: FBT001 -- a parameter of the test
    """A server that turns requests away is asked less, not left alone; one that never answers or is not there is."""

    async def run() -> bool:
        one = server()
        for now in range(1, 10):
            one.failed(fault, float(now), float(now))
        return one.alone

    assert asyncio.run(run()) == alone


def test_a_refusal_for_good_is_said_three_times():
    """A server that never answered is left alone as soon as it will not be asked, and closed at the third time, until it answers."""
    one, refusal = server(), Closed(faults.CLOSED, "HTTP 401")
    one.failed(refusal, 1.0, 1.0)
    assert (one.alone, one.closed) == (True, False)
    one.failed(refusal, 2.0, 2.0)
    one.failed(refusal, 3.0, 3.0)
    assert (one.alone, one.closed) == (True, True)
    one.well()
    one.failed(refusal, 4.0, 4.0)
    assert (one.alone, one.closed) == (False, False)


def test_refusals_of_one_file_do_not_close():
    """What may be said to a request alone closes a server only when it was said about five files, with no answer in between."""
    one, refusal = server(), Closed(faults.CLOSED, "HTTP 403", own=True)
    for now in range(9):
        one.failed(refusal, float(now), float(now), "a file")
    assert not one.closed
    for file in "abcd":
        one.failed(refusal, 10.0, 10.0, file)
    assert one.closed


def test_an_answer_from_before_is_no_proof_that_it_is_open():
    """A closed server that answers what it took before is tried, with one request, and is open when that is answered."""

    async def run() -> None:
        one, refusal = server(), Closed(faults.CLOSED, "HTTP 401")
        before = one.begin(1.0)
        for _ in range(3):
            one.failed(refusal, 2.0, 3.0)
        assert (one.closed, one.busy(), one.opens()) == (True, True, None)
        one.well(before.started)
        one.end(before.number)
        assert (one.closed, one.alone, one.busy()) == (False, True, False)
        trying = one.begin(5.0)
        assert one.opens() is None
        one.well(trying.started)
        one.end(trying.number)
        assert not one.alone

    asyncio.run(run())
