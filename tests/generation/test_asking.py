"""Asking servers that fail in every way: no answer is lost, none counted twice, and the report says what went wrong."""

import asyncio
import json
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from aiohttp import web

from alchemy_assets.generation import faults
from alchemy_assets.generation.asking import Asker
from alchemy_assets.generation.completions import LENGTH, Sampling
from alchemy_assets.generation.faults import EngineDownError, UnansweredError
from alchemy_assets.generation.journal import Journal
from alchemy_assets.generation.line import Line
from alchemy_assets.generation.usage import Budget, BudgetSpentError, Prices
from tests.corpora.servers import free_port
from tests.generation.asked import asked, hurried, many, request, served
from tests.generation.fault_server import (
    LLAMA_CONTEXT,
    MIDDLE_WORDS,
    NEW_WORDS,
    OLD_WORDS,
    Act,
    FaultServer,
    changed,
    drip,
    dropped,
    hang,
    payload,
    reset,
    slow,
    status,
    unknown_model,
    vllm_context,
)

# What a server does, what it is called, and whether it counts against the request.
FAULTS = {
    "429": (status(429), faults.OVERLOADED, False),
    "503": (status(503), faults.OVERLOADED, False),
    "529": (status(529), faults.OVERLOADED, False),
    "504": (status(504), faults.TIMED_OUT, True),
    "500": (status(500), faults.FAILED, True),
    "500 of llama.cpp": (status(500, {"error": {"message": "unparsed peg-native output"}}), faults.FAILED, True),
    "502 with a page": (status(502, "<html>Bad Gateway</html>"), faults.FAILED, True),
    "reset mid-body": (reset, faults.BROKEN_OFF, True),
    "dropped": (dropped, faults.BROKEN_OFF, True),
    "garbage": (payload(b'{"choices": [{"mess'), faults.GARBLED, True),
    "nothing": (payload(b""), faults.GARBLED, True),
    "a list": (payload(b"[]"), faults.GARBLED, True),
    "no choices": (payload(b'{"choices": []}'), faults.GARBLED, True),
    "an error with 200": (payload(b'{"error": {"message": "out of memory"}}'), faults.GARBLED, True),
    "content of another kind": (payload(b'{"choices": [{"message": {"content": 7}}]}'), faults.GARBLED, True),
    "deeply nested": (payload(b"[" * 100_000), faults.GARBLED, True),
    "hang": (hang, faults.TIMED_OUT, True),
    "slow drip": (drip, faults.TIMED_OUT, True),
}


# For what never ends by itself.
SHORT = {"first_byte_seconds": 0.8, "total_seconds": 1.2}


def deadlines(name: str) -> dict[str, object]:
    """Deadlines that a fault runs into."""
    return SHORT if name in {"hang", "slow drip"} else {}


@pytest.mark.parametrize("name", FAULTS)
def test_what_passes_costs_time_and_nothing_else(name):
    """Any fault that passes: the request is asked again and answered, others are not held up, and the report names the fault."""
    act, kind, _ = FAULTS[name]
    with FaultServer() as server:
        server.first_of["question 1"].append(act)
        outcome = asked([server.address], many(4), **deadlines(name))
    assert (len(outcome.answers), outcome.errors) == (4, {})
    assert outcome.report.faults == {(kind, server.address): 1}
    assert (outcome.report.retries, server.asked) == (1, 5)
    assert server.answered.total() == 4


@pytest.mark.parametrize("name", [name for name, (_, _, own) in FAULTS.items() if own])
def test_what_may_be_the_requests_own_fault_is_given_up(name):
    """A fault that stays and may be the request's own: after so many attempts it is unanswered, with the kind of fault; others are answered."""
    act, kind, _ = FAULTS[name]
    with FaultServer() as server:
        server.always_of["question 1"] = act
        outcome = asked([server.address], many(4), attempts=2, **deadlines(name))
    assert set(outcome.answers) == {"question 0", "question 2", "question 3"}
    error = outcome.errors["question 1"]
    assert isinstance(error, UnansweredError)
    assert (error.reason, outcome.report.unanswered) == (kind, {kind: 1})
    assert server.asked == 5
    assert any(kind in line for line in outcome.report.lines())


def test_the_servers_own_words_are_kept():
    """An unanswered request says what the server said, on one line, without control characters, and where."""
    with FaultServer() as server:
        server.always_of["question 0"] = status(500, {"error": {"message": "CUDA error:\n\x1b[31mout of\tmemory"}})
        outcome = asked([server.address], many(1), attempts=1)
    detail = str(outcome.errors["question 0"])
    assert f"HTTP 500: CUDA error: [31mout of memory, at {server.address}, after 1 attempts" in detail


def test_a_storm_is_weathered():
    """A server that says 429 with Retry-After to everything for a while is left in peace as it asks, and then answers everything."""
    with FaultServer() as server:
        server.first.extend([status(429, Retry_After="1")] * 40)
        outcome = asked([server.address], many(60), longest_wait=5)
    assert len(outcome.answers) == 60
    assert server.answered.total() == 60
    assert outcome.report.faults.total() == 40
    first = server.times[0]
    assert not [moment for moment in server.times if 0.3 < moment - first < 0.95]


def test_a_storm_without_retry_after_is_not_answered_with_one():
    """A server that turns everything away is asked ever less often, and one that is never heard again is down."""
    with FaultServer() as server:
        server.always = status(503, "no healthy upstream")
        outcome = asked([server.address], many(200), patience=1.5, longest_wait=0.4, attempts=50)
    assert len(outcome.errors) == 200
    assert {type(error) for error in outcome.errors.values()} == {EngineDownError}
    assert "HTTP 503: no healthy upstream" in str(outcome.errors["question 0"])
    assert server.asked < 70
    assert outcome.seconds < 6


def test_a_request_that_is_always_turned_away_is_given_up_in_the_end():
    """A request that alone gets HTTP 429 for ever does not keep the run from ending."""
    with FaultServer(delay=0.005) as server:
        server.always_of["question 1"] = status(429, {"error": {"message": "Request too large for your tier"}})
        outcome = asked([server.address], many(4), attempts=1, longest_wait=0.01)
    assert outcome.report.unanswered == {faults.OVERLOADED: 1}
    assert server.asked == 13


def test_a_wait_is_bounded():
    """A server that asks for an hour, or until a date, gets the longest wait."""
    with FaultServer() as server:
        server.first.append(status(503, Retry_After="3600"))
        server.first.append(status(500, Retry_After="Wed, 21 Oct 2065 07:28:00 GMT"))
        outcome = asked([server.address], many(2), longest_wait=0.1)
    assert (len(outcome.answers), outcome.seconds < 6) == (2, True)


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (status(400, {"error": {"message": "temperature must be at most 2"}}), faults.REFUSED),
        (status(413), faults.REFUSED),
        (status(422, {"detail": [{"msg": "field required"}]}), faults.REFUSED),
        (status(400, LLAMA_CONTEXT), faults.TOO_LONG),
        (vllm_context(5_000, OLD_WORDS), faults.TOO_LONG),
        (vllm_context(5_000, MIDDLE_WORDS), faults.TOO_LONG),
    ],
)
def test_a_refusal_concerns_one_request(act, reason):
    """What a server will not answer is not asked again, here or elsewhere; others are answered, and the server stays in use."""
    with FaultServer() as server, FaultServer() as other:
        server.always_of["question 1"] = other.always_of["question 1"] = act
        outcome = asked([server.address, other.address], many(40))
    assert (len(outcome.answers), list(outcome.errors)) == (39, ["question 1"])
    assert outcome.report.unanswered == {reason: 1}
    assert server.asked + other.asked == 40


def test_a_server_that_refuses_requests_is_not_down():
    """However long it does nothing but refuse, one by one, a server is well: what it says is an answer, if not one to keep."""
    with FaultServer(delay=0.03) as server:
        server.always = status(400)
        outcome = asked([server.address], many(60), concurrency=1, patience=0.3, longest_wait=5)
    assert outcome.report.unanswered == {faults.REFUSED: 60}
    assert server.asked == 60


@pytest.mark.parametrize(
    ("words", "most", "times"),
    [(OLD_WORDS, [2_000, 596], 2), (MIDDLE_WORDS, [2_000, 596], 2), (NEW_WORDS, [2_000, 1_000, 500], 3)],
    ids=["old vLLM", "vLLM that counts", "vLLM that counts as far as it has to"],
)
def test_an_answer_takes_the_room_that_is_left(words, most, times):
    """A prompt that is longer than was estimated is asked for again with the room that the server says, or with half of what was too much."""
    with FaultServer() as server:
        server.always = vllm_context(3_500, words)
        outcome = asked([server.address], [request("dense", sampling=Sampling(max_tokens=2_000))])
    assert list(outcome.answers) == ["dense"]
    assert [body["max_tokens"] for body in server.bodies] == most
    assert outcome.report.unanswered == {}
    assert server.asked == times


def test_the_wish_is_cut_to_the_context():
    """An answer is asked for with what a prompt leaves of the context, which the server says or the engine knows; else with the wish."""
    long = request("x" * 9_000, sampling=Sampling(max_tokens=4_000))
    short = request("y", sampling=Sampling(max_tokens=100))
    found = []
    for said, known in ((4_096, None), (None, 4_000), (None, None)):
        with FaultServer(context=said) as server:
            asked([server.address], [long, short], context=known)
            found.append(sorted(body["max_tokens"] for body in server.bodies))
    assert found == [[100, 4_096 - 3_004 - 32], [100, 4_000 - 3_004 - 32], [100, 4_000]]


def test_what_is_sent():
    """A request is sent as it stands, and nothing is sent that it does not have."""
    schema = {"type": "object", "properties": {"score": {"type": "integer"}}}
    plain = request("plain", seed=7, sampling=Sampling(0.5, 0.9, 64))
    full = request("full", sampling=Sampling(reasoning_effort="low"), answer_schema=json.dumps(schema))
    with FaultServer() as server:
        asked([server.address], [plain])
        asked([server.address], [full])
    assert server.bodies[0] == {
        "model": "the-model",
        "messages": [{"role": "system", "content": "You mend code."}, {"role": "user", "content": "plain"}],
        "temperature": 0.5,
        "top_p": 0.9,
        "max_tokens": 64,
        "seed": 7,
    }
    assert server.bodies[1]["reasoning_effort"] == "low"
    assert server.bodies[1]["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": schema, "strict": True},
    }


def test_what_is_read():
    """Text, reasoning under either name, why it ended, and the tokens, or none where they are not counted, are what the server said."""

    def newer(reply):
        reply["choices"][0] |= {
            "message": {"content": None, "reasoning": "hm", "reasoning_content": "older"},
            "finish_reason": "length",
        }
        reply["usage"] |= {
            "completion_tokens_details": {"reasoning_tokens": 3},
            "prompt_tokens_details": {"cached_tokens": 8},
        }

    def older(reply):
        reply["choices"][0]["message"] = {"content": "half a pair: \ud83d", "reasoning_content": "hm"}
        reply["system_fingerprint"] = "b1-abc"

    def bare(reply):
        del reply["usage"], reply["choices"][0]["finish_reason"]

    with FaultServer() as server:
        server.always_of = {"newer": changed(newer), "older": changed(older), "bare": changed(bare)}
        outcome = asked([server.address], [request("newer"), request("older"), request("bare")])
    newest, old, least = (outcome.answers[name] for name in ("newer", "older", "bare"))
    assert (newest.raw, newest.reasoning, newest.finish_reason) == ("", "hm", LENGTH)
    assert (newest.prompt_tokens, newest.completion_tokens, newest.reasoning_tokens) == (10, 5, 3)
    assert (newest.engine_version, old.engine_version) == ("vllm 0.99.1", "vllm 0.99.1")
    assert (old.raw, old.reasoning, old.finish_reason) == ("half a pair: \N{REPLACEMENT CHARACTER}", "hm", "stop")
    assert (least.finish_reason, least.prompt_tokens, least.reasoning) == ("", None, None)
    assert (outcome.report.cut, outcome.report.uncounted, outcome.report.cached_tokens) == ({"fix": 1}, 1, 8)


def test_one_of_three_is_bad():
    """Whatever is wrong with one server of three, the others answer everything, and the bad one is soon asked little."""
    for act in (status(500), status(503), unknown_model, reset, hang, payload(b"{}")):
        with FaultServer(delay=0.01) as bad, FaultServer(delay=0.01) as one, FaultServer(delay=0.01) as other:
            bad.always = act
            addresses = [bad.address, one.address, other.address]
            short = SHORT if act is hang else {}
            outcome = asked(addresses, many(300), concurrency=8, longest_wait=0.5, attempts=6, **short)
        assert (len(outcome.answers), outcome.errors) == (300, {})
        assert one.answered.total() + other.answered.total() == 300
        assert min(one.asked, other.asked) > 60
        assert bad.asked < 30
        assert {address for _, address in outcome.report.faults} == {bad.address}


def test_what_one_server_cannot_another_may():
    """A request that failed goes to another server where there is one, before it is tried at the same again."""
    for text in "abcd":
        with FaultServer() as bad, FaultServer() as good:
            bad.always = status(500)
            outcome = asked([bad.address, good.address], [request(text)], attempts=2)
        assert list(outcome.answers) == [text]
        assert bad.asked <= 1


def test_one_of_three_is_not_there():
    """A server that was never there costs nothing but a line of the report."""
    with free_port() as nowhere, FaultServer() as one, FaultServer() as other:
        outcome = asked([f"{nowhere}/v1", one.address, other.address], many(100))
    assert (len(outcome.answers), outcome.report.unanswered) == (100, {})
    assert {kind for kind, _ in outcome.report.faults} == {faults.NOT_CONNECTED}


def test_a_server_dies_and_returns():
    """While the only server is away nothing counts against requests; once it is back on its port all are answered, each once."""
    with FaultServer(delay=0.02) as server, ExitStack() as cleanup:
        gone = []

        def away() -> None:
            time.sleep(0.15)
            began = time.monotonic()
            server.stop()
            time.sleep(0.7)
            server.start()
            gone.append(time.monotonic() - began)

        thread = threading.Thread(target=away)
        thread.start()
        cleanup.callback(thread.join)
        outcome = asked([server.address], many(400), concurrency=16, longest_wait=0.2, attempts=2)
    assert (len(outcome.answers), outcome.errors) == (400, {})
    # All that were under way, then one now and then, not sixteen again and again.
    assert outcome.report.faults[faults.NOT_CONNECTED, server.address] < 32 + 20 * gone[0]
    assert outcome.seconds > 0.7


def test_a_server_that_starts_late_is_waited_for():
    """Nothing is asked of a server until it is there; its model and context are looked up then."""
    server = FaultServer()
    with server:
        address = server.address
    timer = threading.Timer(0.6, server.start)
    timer.start()
    try:
        outcome = asked([address], [request("x" * 9_000, sampling=Sampling(max_tokens=4_000))], longest_wait=0.2)
    finally:
        timer.join()
        server.stop()
    assert len(outcome.answers) == 1
    assert server.bodies[0]["max_tokens"] == 4_096 - 3_004 - 32


def test_nobody_answers():
    """Where no server is there, patience ends it for all at once, and the error says which server, what is wrong, and what to do."""
    with free_port() as nowhere:
        outcome = asked([f"{nowhere}/v1"], many(500), patience=0.6, longest_wait=0.2)
    assert len(outcome.errors) == outcome.report.left == 500
    said = str(outcome.errors["question 499"])
    assert isinstance(outcome.errors["question 0"], EngineDownError)
    for part in ("answered nothing for", f"{nowhere}/v1: no connection", "Connect call failed", "run again to go on"):
        assert part in said
    assert outcome.seconds < 6


def test_who_rests_is_told_too():
    """A request that waits a minute before its next attempt does not do so once nothing can be asked any more."""

    async def run() -> float:
        settings = hurried(["http://127.0.0.1:1/v1"])
        line, started = Line([], settings), time.monotonic()
        asyncio.get_running_loop().call_later(0.1, line.end, EngineDownError("gone"))
        await line.rest(60)
        with pytest.raises(EngineDownError, match="gone"):
            line.raise_end()
        return time.monotonic() - started

    assert asyncio.run(run()) < 20


def test_a_server_that_hangs_is_down():
    """A server that takes every request and answers none is found to be down after a few of them, not after all."""
    with FaultServer() as server:
        server.always = hang
        outcome = asked([server.address], many(200), patience=0.5, concurrency=4, attempts=1, longest_wait=0.2, **SHORT)
    assert {type(error) for error in outcome.errors.values()} == {EngineDownError}
    assert faults.TIMED_OUT in str(outcome.errors["question 0"])
    assert server.asked < 20


def test_long_answers_are_not_taken_for_silence():
    """A server that takes longer for an answer than patience lasts, and turns others away meanwhile, is not down."""
    with FaultServer() as server:
        server.always_of["question 0"] = slow(2)
        server.first_of["question 1"].extend([status(429)] * 5)
        outcome = asked([server.address], many(2), patience=0.4, connect_seconds=0.1, longest_wait=0.3)
    assert (len(outcome.answers), outcome.errors) == (2, {})


def test_a_model_that_no_server_has():
    """A name that no server knows is an error at the start, before anything is asked, with the names that it knows."""
    with (
        FaultServer(model="another") as server,
        pytest.raises(EngineDownError, match="it has another, and not the-model"),
    ):
        asked([server.address], many(3))
    assert server.asked == 0


@pytest.mark.parametrize("act", [unknown_model, status(401), status(403), status(404, {"detail": "Not Found"})])
def test_servers_that_refuse_for_good(act):
    """Where every server refuses to be asked, all end at once with its words, and it is hardly asked."""
    with FaultServer() as server:
        server.always = act
        outcome = asked([server.address], many(300), concurrency=8)
    assert len(outcome.errors) == 300
    assert {type(error) for error in outcome.errors.values()} == {EngineDownError}
    assert "no server can be asked" in str(outcome.errors["question 299"])
    assert server.asked <= 8
    assert outcome.seconds < 6


@pytest.mark.parametrize("code", [403, 404, 405])
def test_a_firewall_may_refuse_one_request(code):
    """A request that alone is refused like a stranger's is unanswered after its attempts, among others and by itself."""
    with FaultServer() as server:
        server.always_of["question 1"] = status(code, {"error": "blocked"})
        outcome = asked([server.address], many(30), concurrency=4)
        alone = asked([server.address], [request("question 1")])
    assert (len(outcome.answers), list(outcome.errors), list(alone.errors)) == (29, ["question 1"], ["question 1"])
    for one in (outcome, alone):
        assert isinstance(one.errors["question 1"], UnansweredError)
        assert f"HTTP {code}: blocked" in str(one.errors["question 1"])
    assert server.asked == 29 + 4 + 4


def test_refusals_come_sooner_than_answers():
    """A firewall that refuses many requests before the first answer is there keeps none of the others from theirs."""
    with FaultServer() as server:
        server.always = slow(0.4)
        server.always_of = {f"question {number}": status(403) for number in range(10)}
        outcome = asked([server.address], many(60))
    assert len(outcome.answers) == 50
    assert outcome.report.unanswered == {faults.CLOSED: 10}


@pytest.mark.parametrize("code", [401, 402, 403])
def test_what_is_under_way_is_kept_before_the_end(code):
    """Where a server refuses all but one that it still answers, that answer is in the journal before anybody is told."""

    async def together(asker: Asker) -> None:
        async with asyncio.TaskGroup() as group:
            for one in many(100):
                group.create_task(asker.ask(one))

    async def run(folder: Path, address: str) -> list[str]:
        settings = hurried([address], concurrency=8)
        with Journal(folder / "a.sqlite") as journal:
            async with Asker(served(settings), settings, journal.add) as asker:
                with pytest.raises(ExceptionGroup):
                    await together(asker)
            return journal.rows()["blob_id"].to_list()

    with FaultServer() as server, TemporaryDirectory() as folder:
        server.always_of["question 0"] = slow(1)
        server.always = status(code)
        assert asyncio.run(run(Path(folder), server.address)) == ["question 0"]
    assert server.asked <= 20


def test_what_hangs_is_not_waited_for_at_the_end(monkeypatch):
    """Where a server drops connections and never answers, a request that hangs there ends soon after the others."""
    monkeypatch.setattr("alchemy_assets.generation.line._LAST_SECONDS", 0.3)
    with FaultServer() as server:
        server.always, server.always_of["question 0"] = dropped, hang
        long = {"first_byte_seconds": 60, "total_seconds": 60}
        outcome = asked([server.address], many(50), patience=0.5, connect_seconds=0.5, attempts=50, **long)
    assert {type(error) for error in outcome.errors.values()} == {EngineDownError}
    assert (len(outcome.errors), outcome.seconds < 20) == (50, True)


def test_what_no_journal_holds_is_not_read():
    """Counts beyond all numbers and truth values are none, and halves of characters are replaced wherever text is kept."""

    def hostile(reply):
        reply["choices"][0]["finish_reason"] = "\ud800"
        reply["choices"][0]["message"] = {"content": "\ud800", "reasoning": "\ud800"}
        reply["usage"] = {"prompt_tokens": 10**30, "completion_tokens": True}
        reply["system_fingerprint"] = "\ud800"

    with FaultServer() as server:
        server.models = status(404)
        server.always = changed(hostile)
        answer = asked([server.address], [request("one")]).answers["one"]
    assert (answer.raw, answer.reasoning, answer.finish_reason, answer.engine_version) == (
        "\N{REPLACEMENT CHARACTER}",
    ) * 4
    assert (answer.prompt_tokens, answer.completion_tokens) == (None, None)


@pytest.mark.parametrize(
    "said", [{"aliases": 5}, {"aliases": [None]}, {"max_model_len": 10**30}, {"max_model_len": True}]
)
def test_a_list_of_models_may_hold_anything(said):
    """What a server says of its model beside the name is passed over where it is of another kind."""
    with FaultServer() as server:
        server.models = payload(json.dumps({"data": [{"id": server.model, **said}]}).encode())
        outcome = asked([server.address], [request("one", sampling=Sampling(max_tokens=70))])
    assert server.bodies[0]["max_tokens"] == 70
    assert len(outcome.answers) == 1


@pytest.mark.parametrize("value", ["Mon, 01 Jan 9999999999999999999999 00:00:00 GMT", "soon", "", "-1"])
def test_a_date_that_is_none_is_no_wait(value):
    """A Retry-After that cannot be read is none."""
    assert faults.retry_after(value) is None


def echo(code: int, before: str = "") -> Act:
    """What came as the key, in an error or in place of an answer."""

    async def act(_: FaultServer, came: web.Request, __: object) -> web.Response:
        return web.Response(status=code, text=f"{before}your key: {came.headers['Authorization']}")

    return act


@pytest.mark.parametrize("act", [echo(401), echo(500), echo(400), echo(200), echo(500, "x" * 475)])
def test_a_key_that_is_repeated_is_not_shown(act):
    """A key that a server repeats is not in what is said of it, not even its beginning where that is cut."""
    with FaultServer() as server:
        server.always = act
        outcome = asked([server.address], many(1), api_key="sk-5ecret-0123456789")
    assert "sk-5" not in str(outcome.errors["question 0"])
    assert "*" in str(outcome.errors["question 0"])


@pytest.mark.parametrize("act", [echo(401), echo(500), reset])
def test_a_password_in_an_address_is_not_shown(act):
    """An address with a user and a password is asked with both, and shown without."""
    with FaultServer() as server:
        server.always = act
        outcome = asked([server.address.replace("//", "//some:pa55word@")], many(1))
    said = [str(outcome.errors["question 0"]), *outcome.report.lines()]
    assert not [line for line in said if "pa55word" in line or "some:" in line or "c29tZTpwYTU1d29yZA" in line]
    assert any(server.address in line for line in said)


def test_a_key_is_shown():
    """A server that wants a key gets it; one that gets none or another refuses at the start."""
    with FaultServer(key="s3cret") as server:
        assert len(asked([server.address], many(1), api_key="s3cret").answers) == 1
        with pytest.raises(EngineDownError, match="HTTP 401: Unauthorized") as raised:
            asked([server.address], many(1), api_key="other")
    assert "other" not in str(raised.value)


def test_a_server_without_a_list_of_models_is_asked_all_the_same():
    """Not every server lists its models."""
    with FaultServer() as server:
        server.models = status(404)
        assert len(asked([server.address], many(2)).answers) == 2


@pytest.mark.parametrize("act", [hang, payload(b"garbage"), status(500), status(503)])
def test_a_server_that_cannot_say_its_models_yet_is_tried_again(act):
    """A server that does not answer at the start is only left alone for a moment."""
    with FaultServer() as server:
        server.models = act
        threading.Timer(0.8, lambda: setattr(server, "models", None)).start()
        outcome = asked([server.address], many(3), longest_wait=0.2, connect_seconds=0.3)
    assert (len(outcome.answers), outcome.errors) == (3, {})


def test_the_same_request_at_once_is_one():
    """Asks for one request at the same time are one request, one row, and one answer to all, though the server never says the same twice."""
    with FaultServer(delay=0.05) as server:
        server.varied = True
        settings = hurried([server.address])
        rows: list[object] = []

        async def add(row: object) -> None:
            rows.append(row)

        async def run() -> set[str]:
            async with Asker(served(settings), settings, add) as asker:
                answers = await asyncio.gather(*(asker.ask(request("one")) for _ in range(20)))
            assert asker.report.completion_tokens == 5
            return {one.raw for one in answers}

        assert len(asyncio.run(run())) == 1
    assert (server.asked, len(rows)) == (1, 1)


def test_one_that_is_cancelled_leaves_the_request_to_the_others():
    """Where several ask for one request and the first goes away, the next one asks; nothing hangs."""
    with FaultServer(delay=1) as server:
        settings = hurried([server.address])

        async def add(_: object) -> None: ...

        async def run() -> str:
            async with Asker(served(settings), settings, add) as asker:
                first = asyncio.create_task(asker.ask(request("one")))
                second = asyncio.create_task(asker.ask(request("one")))
                await asyncio.sleep(0.2)
                first.cancel()
                answer = await asyncio.wait_for(second, 20)
                assert first.cancelled()
                return answer.raw

        assert asyncio.run(run()) == "answer to one"
    assert server.asked == 2


def test_one_fault_is_told_to_all_who_asked():
    """Where several ask for a request that is unanswerable, each gets the error."""
    with FaultServer(delay=0.05) as server:
        server.always = status(400)
        settings = hurried([server.address])

        async def add(_: object) -> None: ...

        async def run() -> list[object]:
            async with Asker(served(settings), settings, add) as asker:
                return await asyncio.gather(*(asker.ask(request("one")) for _ in range(3)), return_exceptions=True)

        assert [type(one) for one in asyncio.run(run())] == [UnansweredError] * 3
    assert server.asked == 1


def test_cancelling_leaves_nothing_behind():
    """An interrupted run ends at once, with requests under way, in line and resting, and no task or warning is left."""
    problems: list[object] = []
    left: list[object] = []

    async def run(address: str) -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: problems.append(context))
        settings = hurried([address], concurrency=8, longest_wait=60, first_byte_seconds=60, total_seconds=60)

        async def add(_: object) -> None: ...

        async with Asker(served(settings), settings, add) as asker:
            try:
                async with asyncio.timeout(0.5):
                    await asyncio.gather(*(asker.ask(one) for one in many(100)))
            finally:
                left.extend([*asker._line._waiting, *asker._line._resting, *asker._asked])

    with FaultServer() as server:
        server.first.extend([status(500)] * 2)
        server.always = hang
        started = time.monotonic()
        with pytest.raises(TimeoutError):
            asyncio.run(run(server.address))
    assert (problems, left, time.monotonic() - started < 5) == ([], [], True)


def test_a_journal_that_fails_ends_the_ask():
    """An answer that cannot be kept does not count, and what was wrong is not swallowed."""
    with FaultServer() as server:
        settings = hurried([server.address])

        async def full(_: object) -> None:
            raise OSError(28, "No space left on device")

        async def run() -> None:
            async with Asker(served(settings), settings, full) as asker:
                with pytest.raises(OSError, match="No space"):
                    await asker.ask(request("one"))
                assert asker.report.answered.total() == 0

        asyncio.run(run())


def test_a_budget_of_tokens_stops_cleanly():
    """Once the tokens are spent nothing more is sent; what was under way is finished and kept, and all others are told."""
    with FaultServer(delay=0.01) as server:
        outcome = asked([server.address], many(200), concurrency=4, budget=Budget(tokens=15 * 20))
    assert 20 <= len(outcome.answers) <= 24
    assert server.asked == len(outcome.answers)
    assert {type(error) for error in outcome.errors.values()} == {BudgetSpentError}
    assert "300 tokens are spent of the 300" in str(outcome.errors["question 199"])
    assert outcome.report.left == 200 - len(outcome.answers)


def test_a_budget_of_dollars_stops_cleanly():
    """The same with dollars, by the prices of tokens or of time."""
    with FaultServer(delay=0.01) as server:
        by_token = Budget(usd=0.01, prices=Prices(prompt_usd=10, completion_usd=100))
        outcome = asked([server.address], many(100), concurrency=2, budget=by_token)
        assert 17 <= len(outcome.answers) <= 19
        by_hour = Budget(usd=0.2, prices=Prices(gpu_usd=360, gpus=10))
        outcome = asked([server.address], many(1_000), concurrency=2, budget=by_hour)
    assert 0.19 < outcome.report.engine_seconds < 3
    assert outcome.report.left > 500


def test_a_budget_that_cannot_be_kept_stops():
    """Where a server does not count tokens, a budget of tokens is not taken for unspent."""

    def uncounted(reply):
        del reply["usage"]

    with FaultServer(delay=0.01) as server:
        server.always = changed(uncounted)
        outcome = asked([server.address], many(50), concurrency=4, budget=Budget(tokens=10**9))
    assert len(outcome.answers) <= 4
    assert "does not say how many tokens" in str(outcome.errors["question 49"])


def test_requests_under_way_are_bounded():
    """No server sees more requests at once than the setting allows, each sees that many, and the report has the peak of all."""
    with FaultServer(delay=0.1) as one, FaultServer(delay=0.1) as other:
        outcome = asked([one.address, other.address], many(120), concurrency=12)
    assert (one.most, other.most) == (12, 12)
    assert outcome.report.peak == 24


def test_an_overloaded_server_is_asked_less():
    """A server that refuses more than ten requests at once is soon asked for about so many, although many more are allowed."""
    with FaultServer(delay=0.02) as server:
        server.capacity = 10
        outcome = asked([server.address], many(500), concurrency=200, attempts=20)
    assert len(outcome.answers) == 500
    assert server.most < 50
    assert outcome.report.faults.total() < 150


@pytest.mark.parametrize(("files", "concurrency", "most"), [(60, 4, 25), (6, 256, 0)], ids=["a queue", "room for all"])
def test_the_requests_of_a_file_go_to_one_server(files, concurrency, most):
    """Requests with one blob id go to the same server while it has room, mostly also while all have to wait; both are used."""
    asks = [request(f"{blob} {kind}", blob_id=f"blob {blob}") for blob in range(files) for kind in range(5)]
    with FaultServer(delay=0.01) as one, FaultServer(delay=0.01) as other:
        asked([one.address, other.address], asks, concurrency=concurrency)
        own = [{text.split()[0] for text in server.answered} for server in (one, other)]
    assert len(own[0] & own[1]) <= most
    assert min(one.asked, other.asked) >= len(asks) // 6


def test_seconds_of_the_engine_are_those_with_work():
    """Time with requests under way counts, and idle time does not."""
    with FaultServer(delay=0.2) as server:
        settings = hurried([server.address])

        async def add(_: object) -> None: ...

        async def run() -> float:
            async with Asker(served(settings), settings, add) as asker:
                await asyncio.gather(asker.ask(request("a")), asker.ask(request("b")))
                await asyncio.sleep(2)
                await asker.ask(request("c"))
                return asker.report.engine_seconds

        assert 0.39 < asyncio.run(run()) < 1.9
