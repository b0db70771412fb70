"""Managed vLLM: how it is started, that it is kept alive, and that none outlives us."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from alchemy_assets.generation.engine import EngineUnavailableError, Served, serve
from alchemy_assets.generation.servers import Launch, running
from alchemy_assets.generation.vllm_server import flags, share_out, visible_gpus
from alchemy_assets.settings import Generation
from tests.generation.processes import runs, wait_for

STAND_IN = Path(__file__).parent / "stand_in"
REAL = "ALCHEMY_TEST_VLLM"


class Started:
    """The settings of the stand-in, and what it wrote down of each of its starts."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "starts.jsonl"
        self.environment = {"PYTHONPATH": str(STAND_IN), "STAND_IN_STARTS": str(self.file), "CUDA_VISIBLE_DEVICES": ""}

    def settings(self, mode: str = "", *, environment: dict[str, str] | None = None, **vllm: object) -> Generation:
        variables = self.environment | {"STAND_IN": mode} | (environment or {})
        return Generation(
            engine="vllm",
            model="owner/tiny",
            revision="abc",
            vllm={"ready_seconds": 30, "environment": variables} | vllm,
        )

    @property
    def starts(self) -> list[dict]:
        return [json.loads(line) for line in self.file.read_text().splitlines()] if self.file.exists() else []

    @property
    def pids(self) -> list[int]:
        return [pid for start in self.starts for pid in start["pids"]]


@pytest.fixture(autouse=True)
def logs_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Logs of failures stay in the test's own folder."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[Started]:
    """A vLLM without a model; at the end no process of it may be left."""
    started = Started(tmp_path)
    yield started
    assert wait_for(lambda: not any(map(runs, started.pids)))


def ask(served: Served, content: str, *, address: str = "", **more: object) -> dict:
    body = {"model": served.model, "messages": [{"role": "user", "content": content}], **more}
    request = urllib.request.Request(
        f"{address or served.addresses[0]}/chat/completions",
        json.dumps(body).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {served.api_key}"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())


def content_of(answer: dict) -> str:
    return answer["choices"][0]["message"]["content"]


def answers(served: Served) -> bool:
    try:
        return bool(content_of(ask(served, "again?")))
    except OSError:
        return False


def test_a_server_is_told_what_the_settings_say(stand_in: Started):
    """Model, revision, parallelism, prefix caching and further arguments stand on the command line, dates in the environment."""
    arguments = {"max-model-len": 1024, "enforce_eager": True, "enable-log-requests": False, "dtype": "float32"}
    settings = stand_in.settings(arguments=arguments, start_date="2026-02-03", environment={"OTHER": "kept"})
    with serve(settings) as served:
        (start,) = stand_in.starts
        port = served.addresses[0].removeprefix("http://127.0.0.1:").removesuffix("/v1")
        assert start["argv"] == [
            *("--host", "127.0.0.1", "--model", "owner/tiny", "--revision", "abc", "--served-model-name", "owner/tiny"),
            *("--tensor-parallel-size", "1", "--enable-prefix-caching", "--enable-prompt-tokens-details"),
            *("--disable-uvicorn-access-log", "--max-model-len", "1024", "--enforce-eager"),
            *("--no-enable-log-requests", "--dtype", "float32", "--port", port),
        ]
        assert start["environment"]["VLLM_SYSTEM_START_DATE"] == "2026-02-03"
        assert start["environment"]["OTHER"] == "kept"
        assert served.keyed_as == ("owner/tiny", "abc")
        assert (served.version, served.gpus) == ("vllm 0.0.stand-in", None)


def test_the_key_is_needed_and_on_no_command_line(stand_in: Started):
    """Another user of the machine can neither ask the server nor read its key in the list of processes."""
    with serve(stand_in.settings()) as served:
        (start,) = stand_in.starts
        assert start["environment"]["VLLM_API_KEY"] == served.api_key
        lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if os.access(path, os.R_OK)]
        assert not [line for line in lines if served.api_key.encode() in line]
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(f"{served.addresses[0]}/models")
        assert content_of(ask(served, "hello")) == "hello"


def test_replicas_share_the_gpus_out(stand_in: Started):
    """Two servers see two GPUs of four each, and both answer."""
    gpus = {"CUDA_VISIBLE_DEVICES": "4,5,6,7"}
    with serve(stand_in.settings(replicas=2, tensor_parallel=2, environment=gpus)) as served:
        assert sorted(start["environment"]["CUDA_VISIBLE_DEVICES"] for start in stand_in.starts) == ["4,5", "6,7"]
        assert served.gpus == 4
        assert [content_of(ask(served, "hi", address=address)) for address in served.addresses] == ["hi", "hi"]


def test_too_few_gpus_are_said_before_anything_starts(stand_in: Started):
    """Two replicas of two GPUs each do not start on three."""
    settings = stand_in.settings(replicas=2, tensor_parallel=2, environment={"CUDA_VISIBLE_DEVICES": "0,1,2"})
    with pytest.raises(EngineUnavailableError, match="need 4, and 3 can be seen"), serve(settings):
        pass
    assert stand_in.starts == []


def test_gpus_are_shared_evenly():
    """What is left over when GPUs are shared out stays idle."""
    assert share_out(("a", "b", "c", "d", "e"), 2, 1) == [("a", "b"), ("c", "d")]


def test_gpus_are_counted_by_nvidia_smi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Where no variable lists the GPUs, nvidia-smi does; where it is absent, there are none."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert visible_gpus({}) == ()
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho 0\necho 1\n")
    tool.chmod(0o755)
    assert visible_gpus({}) == ("0", "1")


@pytest.mark.parametrize("name", ["api-key", "--api_key", "port"])
def test_arguments_that_are_ours_are_refused(name: str):
    """A key on the command line would be seen by every user of the machine."""
    with pytest.raises(EngineUnavailableError, match="is not set there"):
        flags({name: "x"})


def test_without_vllm_the_message_says_what_to_install():
    """A Python without vLLM is named together with the extra and the setting."""
    settings = Generation(engine="vllm", model="m", vllm={"python": "/nowhere/python"})
    with (
        pytest.raises(EngineUnavailableError, match=r"/nowhere/python has no vLLM: pip install codealchemy\[vllm\]"),
        serve(settings),
    ):
        pass


def test_a_server_that_ends_at_once_is_an_error_at_once(stand_in: Started):
    """Its last words are in the message, and its log is where the message says."""
    began = time.monotonic()
    with pytest.raises(EngineUnavailableError, match="CUDA out of memory") as caught, serve(stand_in.settings("ends")):
        pass
    assert time.monotonic() - began < 25
    log = Path(str(caught.value).split("its log is ")[1].split(" and ends so")[0])
    assert "CUDA out of memory" in log.read_text()


def test_one_replica_that_ends_does_not_wait_for_the_others():
    """While one server loads for half an hour, the end of another is known at once."""
    program = "import sys, time; time.sleep(float(sys.argv[1]))"
    slow = Launch("slow", lambda port: (sys.executable, "-c", program, "600", str(port)), "m", "k")
    dead = Launch("dead", lambda port: (sys.executable, "-c", program, "0", str(port)), "m", "k")
    began = time.monotonic()
    with pytest.raises(EngineUnavailableError, match="dead ended with status 0"), running([slow, dead]):
        pass
    assert time.monotonic() - began < 60


def test_a_server_that_never_knows_its_model_is_given_up(stand_in: Started):
    """After the seconds that the settings give, the message says which model nobody answered for."""
    settings = stand_in.settings("never ready", ready_seconds=1)
    with pytest.raises(EngineUnavailableError, match="did not answer for owner/tiny in 1 s"), serve(settings):
        pass


def test_an_interrupt_does_not_wait_for_a_server_that_loads(stand_in: Started):
    """Ctrl+C while a model loads for half an hour is heard at once, and the server is gone."""

    def use() -> None:
        with serve(stand_in.settings("never ready", ready_seconds=1_800)):
            pass

    interrupt = threading.Timer(3, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT))
    interrupt.start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        use()
    assert time.monotonic() - began < 60


def test_a_killed_server_is_started_again_at_its_place(stand_in: Started):
    """After kill -9 the same address and key answer again, and nothing of the dead one is left."""
    with serve(stand_in.settings()) as served:
        (first,) = stand_in.starts
        os.kill(first["pids"][0], signal.SIGKILL)
        assert wait_for(lambda: len(stand_in.starts) == 2 and answers(served))
        assert not any(map(runs, first["pids"]))


def test_a_hung_server_is_started_again(stand_in: Started):
    """A process that lives but does not answer for its health is killed and replaced."""
    environment = stand_in.environment | {"VLLM_API_KEY": "k"}
    launch = Launch(
        name="hangs",
        command=lambda port: (
            *(sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--host", "127.0.0.1"),
            *("--port", str(port), "--served-model-name", "m"),
        ),
        model="m",
        key="k",
        environment=environment,
        hung_seconds=1,
        look_seconds=0.1,
    )
    with running([launch]) as (server,):
        served = Served((server.address,), "m", ("m", ""), "k")
        ask(served, "hang")
        assert wait_for(lambda: len(stand_in.starts) == 2 and answers(served))


def test_a_server_that_dies_again_and_again_is_what_the_caller_hears(stand_in: Started):
    """Past the restarts that are set, the caller's own error gives way to that of the server."""

    def use() -> None:
        with serve(stand_in.settings("ends later", restarts=1)) as served:
            assert wait_for(lambda: len(stand_in.starts) == 2 and not answers(served))
            time.sleep(3)
            raise ConnectionError("nobody answers")

    with pytest.raises(EngineUnavailableError, match="ended with status 3") as caught:
        use()
    assert "as often as is set" in str(caught.value)
    assert isinstance(caught.value.__cause__, ConnectionError)
    assert len(stand_in.starts) == 2


def test_what_is_under_way_is_answered_before_the_end(stand_in: Started):
    """Leaving while a request runs lets the server finish it."""
    heard: list[str] = []
    with serve(stand_in.settings()) as served:
        asking = threading.Thread(target=lambda: heard.append(content_of(ask(served, "late", max_tokens=2))))
        asking.start()
        time.sleep(0.5)
    asking.join()
    assert heard == ["late"]


def test_a_server_that_does_not_want_to_end_is_killed(stand_in: Started):
    """A request to end that is ignored is followed by a kill, once the time to drain is over."""
    launch = Launch(
        name="stays",
        command=lambda port: (
            *(sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--host", "127.0.0.1"),
            *("--port", str(port), "--served-model-name", "m"),
        ),
        model="m",
        key="k",
        environment=stand_in.environment | {"VLLM_API_KEY": "k", "STAND_IN": "stays"},
        drain_seconds=1,
    )
    began = time.monotonic()
    with running([launch]):
        pass
    assert 1 < time.monotonic() - began < 60
    assert not any(map(runs, stand_in.pids))


def test_logs_are_kept_of_failures_only(stand_in: Started, tmp_path: Path):
    """A server that did its work leaves no file behind, also where its caller failed; the log of another's failure stays."""

    def use(mode: str) -> None:
        with serve(stand_in.settings(mode)):
            raise LookupError("the caller's own")

    with pytest.raises(LookupError):
        use("")
    assert list(tmp_path.glob("alchemy-servers-*/*")) == []
    with pytest.raises(EngineUnavailableError):
        use("ends")
    assert len(list(tmp_path.glob("alchemy-servers-*/*.log"))) == 1


PARENT = """
import os, sys, time
from alchemy_assets.generation.engine import serve
from alchemy_assets.settings import Generation
with serve(Generation.model_validate_json(sys.argv[1])):
    fork = os.fork()
    if fork:
        print(fork, flush=True)
    time.sleep(600)
"""


def test_no_server_outlives_a_killed_parent(stand_in: Started):
    """After kill -9 of this program the server and its children are gone, though a fork of it still holds all its pipes."""
    settings = stand_in.settings().model_dump_json(exclude={"api_key"})
    with subprocess.Popen((sys.executable, "-c", PARENT, settings), stdout=subprocess.PIPE) as parent:
        fork = int(parent.stdout.readline())
        try:
            assert all(map(runs, stand_in.pids))
            parent.kill()
            assert wait_for(lambda: not any(map(runs, stand_in.pids)))
        finally:
            os.kill(fork, signal.SIGKILL)


def test_no_server_outlives_its_killed_guard(stand_in: Started):
    """Should what stands between us and the server be killed, the server goes with it, and another takes its place."""
    with serve(stand_in.settings()) as served:
        (first,) = stand_in.starts
        guard = int(Path(f"/proc/{first['pids'][0]}/stat").read_text().split()[3])
        os.kill(guard, signal.SIGKILL)
        assert wait_for(lambda: len(stand_in.starts) == 2 and answers(served))
        assert not runs(first["pids"][0])
        with contextlib.suppress(
            ProcessLookupError
        ):  # Nobody is left to find this one: it left the session and the guard.
            os.kill(first["pids"][1], signal.SIGKILL)


MODEL = """
import sys
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
tokens = ["<s>", "</s>", *sorted(pre_tokenizers.ByteLevel.alphabet())]
tokenizer = Tokenizer(models.BPE(vocab={token: number for number, token in enumerate(tokens)}, merges=[]))
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
tokenizer.decoder = decoders.ByteLevel()
whole = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>")
whole.chat_template = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\\n{% endfor %}assistant: "
whole.save_pretrained(sys.argv[1])
torch.manual_seed(7)
sizes = dict(hidden_size=128, intermediate_size=256, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=4)
config = LlamaConfig(vocab_size=len(tokens), max_position_embeddings=1024, bos_token_id=0, eos_token_id=1, dtype="float32", **sizes)
LlamaForCausalLM(config).save_pretrained(sys.argv[1])
"""


@pytest.fixture(scope="module")
def real_vllm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The real thing, serving a Llama of two layers with random weights that is made here."""
    if REAL not in os.environ:
        pytest.skip(f"{REAL} names no Python that has vLLM")
    python = os.environ[REAL]
    folder = tmp_path_factory.mktemp("model")
    subprocess.run((python, "-c", MODEL, folder), check=True)
    settings = Generation(
        engine="vllm",
        model=str(folder),
        vllm={
            "python": python,
            "ready_seconds": 900,
            "arguments": {"max-model-len": 1024, "enforce-eager": True, "dtype": "float32"},
            "environment": {
                "VLLM_CPU_OMP_THREADS_BIND": "nobind",
                "VLLM_CPU_KVCACHE_SPACE": "1",
                "HF_HUB_OFFLINE": "1",
            },
        },
    )
    with serve(settings) as served:
        yield served


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_vllm_answers_and_a_seed_repeats_the_answer(real_vllm: Served):
    """The same question with the same seed has the same answer, and another seed another."""
    first, again, other = (content_of(ask(real_vllm, "hello", max_tokens=60, seed=seed)) for seed in (3, 3, 4))
    assert first == again != other
    assert real_vllm.version.startswith("vllm 0.")


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_vllm_follows_a_schema_with_a_pattern(real_vllm: Served):
    """Ten answers of random weights are JSON, and have the properties and the pattern that were asked for."""
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string", "pattern": "^[a-z]{1,12}$"}, "sure": {"type": "boolean"}},
        "required": ["name", "sure"],
        "additionalProperties": False,
    }
    wanted = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema, "strict": True}}
    for seed in range(10):
        answer = json.loads(content_of(ask(real_vllm, "who?", max_tokens=400, seed=seed, response_format=wanted)))
        assert answer["name"].isalpha()
        assert isinstance(answer["sure"], bool)


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_vllm_reads_the_beginning_that_two_prompts_share_once(real_vllm: Served):
    """The second question about a file finds it in the cache, in whole blocks of 128 tokens, and the answer says so."""
    ask(real_vllm, "f" * 600 + " explain", max_tokens=1)
    usage = ask(real_vllm, "f" * 600 + " review", max_tokens=1)["usage"]
    assert usage["prompt_tokens_details"]["cached_tokens"] == 512


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_vllm_says_when_its_context_is_exceeded(real_vllm: Served):
    """A prompt that is too long gives status 400 with the sentence that the client looks for."""
    with pytest.raises(urllib.error.HTTPError) as caught:
        ask(real_vllm, "x" * 1_500)
    assert caught.value.code == 400
    error = json.loads(caught.value.read())["error"]
    assert (error["type"], error["param"]) == ("BadRequestError", "input_tokens")
    assert "maximum context length is 1024 tokens" in error["message"]


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_vllm_is_started_again_after_a_kill(real_vllm: Served):
    """After kill -9 of its server the same address answers again."""
    port = real_vllm.addresses[0].removesuffix("/v1").rsplit(":", 1)[1]
    mine = [
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if os.access(path, os.R_OK) and path.read_bytes().endswith(f"--port\0{port}\0".encode())
    ]
    # The guard's command line ends so too: the server is the younger of the two.
    os.kill(max(mine), signal.SIGKILL)
    assert wait_for(lambda: not answers(real_vllm), 10)
    assert wait_for(lambda: answers(real_vllm), 900)
