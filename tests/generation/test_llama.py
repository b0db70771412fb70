"""llama.cpp as an engine, for real: a tiny random model answers over HTTP."""

import asyncio
import importlib.util
import json
import os
import signal
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import aiohttp
import huggingface_hub
import pytest

from alchemy_assets.generation.engine import EngineUnavailableError, Served, keyed_as, serve
from alchemy_assets.settings import Generation
from tests.generation.tiny_gguf import build

CONTEXT = 512


def settings_of(model: Path | str, context: int = CONTEXT, **more: object) -> Generation:
    return Generation(engine="llama", model=str(model), llama={"context": context, "parallel": 2, "threads": 1}, **more)


@pytest.fixture(scope="module")
def served(tiny_model: Path) -> Iterator[Served]:
    """The tiny model, answering."""
    with serve(settings_of(tiny_model)) as engine:
        yield engine


def fetch(served: Served, path: str, body: object = None, key: str | None = None) -> dict:
    request = urllib.request.Request(
        served.addresses[0].removesuffix("/v1") + path,
        None if body is None else json.dumps(body).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {key or served.api_key}"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())


def chat(served: Served, content: str, **more: object) -> dict:
    body = {"model": served.model, "messages": [{"role": "user", "content": content}], "max_tokens": 200} | more
    return fetch(served, "/v1/chat/completions", body)


def text_of(answer: dict) -> str:
    return answer["choices"][0]["message"]["content"]


def test_the_model_answers_with_text_and_counts_of_tokens(served: Served):
    """Of forty answers most end by themselves, all are printable text of counted tokens."""
    answers = [chat(served, f"question {seed}", seed=seed) for seed in range(40)]
    assert sum(answer["choices"][0]["finish_reason"] == "stop" for answer in answers) > 30
    assert all(text_of(answer).replace("\n", " ").isprintable() for answer in answers)
    assert all(0 < answer["usage"]["completion_tokens"] <= 200 for answer in answers)
    assert len({text_of(answer) for answer in answers}) > 35


def test_a_seed_repeats_the_answer(served: Served):
    """The same question with the same seed has the same answer, and another seed another."""
    first, again, other = (text_of(chat(served, "hello", seed=seed)) for seed in (3, 3, 4))
    assert first == again != other


def test_a_schema_with_a_pattern_is_followed(served: Served):
    """Twenty answers of random weights are JSON, with the properties and the pattern that were asked for."""
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string", "pattern": "^[a-z]{1,12}$"}, "sure": {"type": "boolean"}},
        "required": ["name", "sure"],
        "additionalProperties": False,
    }
    wanted = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema, "strict": True}}
    for seed in range(20):
        answer = json.loads(text_of(chat(served, "who?", seed=seed, max_tokens=400, response_format=wanted)))
        assert answer["name"].isalpha()
        assert isinstance(answer["sure"], bool)


def test_each_request_has_the_whole_context_of_the_settings(served: Served):
    """The context is not shared between the slots, and both lists of facts name it."""
    assert fetch(served, "/props")["default_generation_settings"]["n_ctx"] == CONTEXT
    assert fetch(served, "/props")["total_slots"] == 2
    assert fetch(served, "/v1/models")["data"][0]["meta"]["n_ctx"] == CONTEXT
    with ThreadPoolExecutor(2) as threads:
        answers = list(
            threads.map(lambda seed: chat(served, "x" * 440, seed=seed, ignore_eos=True, max_tokens=900), (1, 2))
        )
    assert [answer["usage"]["total_tokens"] for answer in answers] == [CONTEXT, CONTEXT]
    assert [answer["choices"][0]["finish_reason"] for answer in answers] == ["length", "length"]


def test_a_prompt_longer_than_the_context_is_an_error_with_both_lengths(served: Served):
    """The client learns from status 400 how long the prompt is and how long it may be."""
    with pytest.raises(urllib.error.HTTPError) as caught:
        chat(served, "x" * 600)
    error = json.loads(caught.value.read())["error"]
    assert caught.value.code == 400
    assert error == {
        "code": 400,
        "message": f"request ({error['n_prompt_tokens']} tokens) exceeds the available context size ({CONTEXT} tokens), try increasing it",
        "type": "exceed_context_size_error",
        "n_prompt_tokens": error["n_prompt_tokens"],
        "n_ctx": CONTEXT,
    }
    assert error["n_prompt_tokens"] > 600


def test_the_beginning_that_two_prompts_share_is_read_once(served: Served):
    """The second question about a file finds the file in the cache, and the answer says so."""
    file = "def f(): return 1 " * 10
    chat(served, f"{file} explain", max_tokens=1)
    usage = chat(served, f"{file} review", max_tokens=1)["usage"]
    assert usage["prompt_tokens_details"]["cached_tokens"] > 0.8 * usage["prompt_tokens"]


def test_many_connections_do_not_wait_for_each_other(served: Served):
    """Sixty connections that are kept open take no longer than their answers: none waits for another to be closed."""

    async def all_of_them() -> list[int]:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=60)) as session:

            async def one(seed: int) -> int:
                body = {"messages": [{"role": "user", "content": "x"}], "seed": seed, "max_tokens": 4}
                headers = {"Authorization": f"Bearer {served.api_key}"}
                async with session.post(
                    f"{served.addresses[0]}/chat/completions", json=body, headers=headers
                ) as answer:
                    await answer.read()
                    return answer.status

            return await asyncio.gather(*map(one, range(120)))

    began = time.monotonic()
    assert asyncio.run(all_of_them()) == [200] * 120
    assert time.monotonic() - began < 5


def test_the_key_is_needed(served: Served):
    """Another user of the machine is not answered."""
    with pytest.raises(urllib.error.HTTPError, match="401"):
        fetch(served, "/v1/chat/completions", {"messages": []}, key="another")


def test_answers_name_the_engine_and_its_version(served: Served):
    """The column engine_version says llama.cpp, by which package, of which version."""
    assert served.version.startswith("llama.cpp via xllamacpp 20")


def test_requests_leave_no_lines_in_the_log(tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A run of days does not fill the disk: what is answered is not logged."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with serve(settings_of(tiny_model)) as served:
        (log,) = tmp_path.glob("alchemy-servers-*/*.log")
        before = log.stat().st_size
        for seed in range(5):
            chat(served, "x", seed=seed)
        assert log.stat().st_size == before


def test_files_where_somebody_works_are_no_modules(tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A `json.py` in the working directory does not keep llama.cpp from starting."""
    (tmp_path / "json.py").write_text("raise SystemExit('not this one')")
    monkeypatch.chdir(tmp_path)
    with serve(settings_of(tiny_model)) as served:
        assert text_of(chat(served, "x", seed=1))


def test_it_starts_twice_and_ends_while_it_is_asked(tiny_model: Path):
    """Leaving does not wait for long answers, and afterwards the next start is like the first."""
    for _ in range(2):
        with ThreadPoolExecutor(3) as threads:
            began = time.monotonic()
            with serve(settings_of(tiny_model, context=32_768)) as served:
                asked = [threads.submit(chat, served, "x", max_tokens=32_000, ignore_eos=True) for _ in range(3)]
                time.sleep(0.5)
            assert time.monotonic() - began < 15
            assert all(isinstance(one.exception(), OSError) for one in asked)


def test_it_comes_back_after_a_crash(tiny_model: Path):
    """A failed assertion of llama.cpp ends its own process only, and another answers at the same address."""
    with serve(settings_of(tiny_model)) as served:
        port = served.addresses[0].removesuffix("/v1").rsplit(":", 1)[1]
        mine = [
            int(path.parent.name)
            for path in Path("/proc").glob("[0-9]*/cmdline")
            if os.access(path, os.R_OK) and f'"port": {port}}}'.encode() in path.read_bytes()
        ]
        os.kill(max(mine), signal.SIGABRT)
        until = time.monotonic() + 20
        while True:
            try:
                assert text_of(chat(served, "x", seed=1))
                break
            except OSError:
                assert time.monotonic() < until
                time.sleep(0.1)


def test_a_local_model_is_known_by_its_name_and_hash(tiny_model: Path, tmp_path: Path):
    """Wherever the file lies its answers are found again; other weights under the same name are another model."""
    elsewhere = tmp_path / "tiny.gguf"
    elsewhere.write_bytes(tiny_model.read_bytes())
    name, revision = keyed_as(settings_of(tiny_model))
    assert (name, len(revision)) == ("tiny.gguf", 16)
    assert keyed_as(settings_of(elsewhere)) == (name, revision)
    build(elsewhere, seed=8)
    assert keyed_as(settings_of(elsewhere))[1] != revision


def test_a_revision_of_the_settings_stands_for_the_hash(tiny_model: Path):
    """Who names a revision has answers kept under it, of a model of the Hub without fetching it."""
    assert keyed_as(settings_of(tiny_model, revision="v2")) == ("tiny.gguf", "v2")
    assert keyed_as(settings_of("owner/name/q4.gguf", revision="main")) == ("owner/name/q4.gguf", "main")


def test_the_package_that_is_missing_is_named(tiny_model: Path, monkeypatch: pytest.MonkeyPatch):
    """Without xllamacpp the message says which extra to install."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with (
        pytest.raises(EngineUnavailableError, match=r"pip install codealchemy\[llama\]"),
        serve(settings_of(tiny_model)),
    ):
        pass


@pytest.mark.parametrize("model", ["missing.gguf", "./a/b/missing.gguf", "folder/missing.gguf"])
def test_a_file_that_is_missing_is_named_in_full(model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The message has the absolute path at which the file was looked for."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EngineUnavailableError, match=str(tmp_path / Path(model))), serve(settings_of(model)):
        pass


def test_a_hub_that_does_not_answer_is_an_error_of_ours(monkeypatch: pytest.MonkeyPatch):
    """Without a network the message says what was looked for here and there."""

    def offline(repository: str, name: str, revision: str | None) -> str:
        raise huggingface_hub.errors.LocalEntryNotFoundError(f"no network for {repository} {name} {revision}")

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", offline)
    with (
        pytest.raises(EngineUnavailableError, match=r"the Hub does not give q4/a.gguf of owner/name: no network"),
        serve(settings_of("owner/name/q4/a.gguf")),
    ):
        pass


def test_a_file_that_is_no_model_is_an_error_with_the_words_of_llama_cpp(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A damaged file ends the start at once."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    file = tmp_path / "damaged.gguf"
    file.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(EngineUnavailableError, match="failed to load model"), serve(settings_of(file)):
        pass


def test_the_tiny_model_is_the_same_bytes_for_a_seed(tmp_path: Path):
    """The model of the tests is deterministic and small."""
    one, two = build(tmp_path / "one.gguf"), build(tmp_path / "two.gguf")
    assert one.read_bytes() == two.read_bytes()
    assert one.stat().st_size < 2_000_000


def test_an_interrupt_is_still_an_interrupt(tiny_model: Path):
    """Ctrl+C raises KeyboardInterrupt here and ends the server in good order."""

    def use() -> None:
        with serve(settings_of(tiny_model)):
            signal.raise_signal(signal.SIGINT)
            time.sleep(5)

    with pytest.raises(KeyboardInterrupt):
        use()
