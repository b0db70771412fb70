"""One engine for several processes, for real: a tiny model under llama.cpp, and a vLLM without a model where it must fail."""

import contextlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from alchemy_assets.generation.engine import EngineUnavailableError, Served
from alchemy_assets.generation.keeping import shared
from alchemy_assets.settings import Generation
from tests.generation.processes import runs, wait_for

STAND_IN = Path(__file__).parent / "stand_in"
USER = """
import sys
from pathlib import Path
from alchemy_assets.generation.keeping import shared
from alchemy_assets.settings import Generation
with shared(Generation.model_validate_json(sys.argv[1]), Path(sys.argv[2])) as served:
    print(served.addresses[0], served.api_key, flush=True)
    sys.stdin.read()
"""


def of(model: Path, keep_seconds: float = 0.0, **more: object) -> Generation:
    llama = {"context": 512, "parallel": 2, "threads": 1}
    return Generation(engine="llama", model=str(model), llama=llama, keep_seconds=keep_seconds, **more)


def failing(folder: Path, mode: str, **vllm: object) -> Generation:
    variables = {
        "PYTHONPATH": str(STAND_IN),
        "STAND_IN": mode,
        "STAND_IN_STARTS": str(folder / "starts.jsonl"),
        "CUDA_VISIBLE_DEVICES": "",
    }
    told = {"ready_seconds": 600, "restarts": 0, "environment": variables, **vllm}
    return Generation(engine="vllm", model="owner/tiny", vllm=told, keep_seconds=0)


def starts(folder: Path) -> list[dict]:
    """What the stand-in wrote down of each of its starts."""
    return [json.loads(line) for line in (folder / "starts.jsonl").read_text().splitlines()]


def command_lines() -> dict[int, bytes]:
    """The command line of each process of this machine."""
    lines = {}
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # It ended meanwhile.
            lines[int(path.parent.name)] = path.read_bytes()
    return lines


def processes(folder: Path) -> list[int]:
    """Keepers of a folder."""
    return [pid for pid, line in command_lines().items() if f"{folder}/servers/".encode() in line]


def keepers_end(folder: Path, seconds: float = 30) -> bool:
    return wait_for(lambda: not processes(folder), seconds)


def answers(served: Served) -> bool:
    request = urllib.request.Request(
        f"{served.addresses[0]}/chat/completions",
        json.dumps({"messages": [{"role": "user", "content": "x"}], "max_tokens": 1}).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {served.api_key}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return bool(json.loads(answer.read())["choices"])
    except OSError:
        return False


@contextlib.contextmanager
def another(settings: Generation, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that uses the engine until its standard input is closed, as the background of a script starts it: with interrupts ignored."""
    command = (
        "sh",
        "-c",
        'trap "" INT; exec "$@"',
        "sh",
        sys.executable,
        "-c",
        USER,
        settings.model_dump_json(),
        folder,
    )
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_processes_that_start_together_share_one_engine(tiny_model: Path, tmp_path: Path):
    """Three processes of one moment are given one address and one key, and one keeper is there."""
    with contextlib.ExitStack() as stack:
        users = [stack.enter_context(another(of(tiny_model), tmp_path)) for _ in range(3)]
        assert len({user.stdout.readline() for user in users}) == 1
        assert wait_for(lambda: len(processes(tmp_path)) == 1)
    assert keepers_end(tmp_path)


def test_it_stays_until_the_last_has_left(tiny_model: Path, tmp_path: Path):
    """The one that started the engine may go, and the other is answered still; then it ends, and tells nobody where it was."""
    with shared(of(tiny_model), tmp_path) as mine:
        with another(of(tiny_model), tmp_path) as first:
            assert first.stdout.readline().split() == [mine.addresses[0], mine.api_key]
        time.sleep(0.5)
        assert answers(mine)
    assert keepers_end(tmp_path)
    assert not answers(mine)
    assert list(tmp_path.glob("servers/*/served")) == []


def test_a_run_soon_after_finds_the_engine_of_the_last(tiny_model: Path, tmp_path: Path):
    """Within the seconds that an engine stays nothing is loaded anew; afterwards it is."""
    with shared(of(tiny_model, 8), tmp_path) as first:
        pass
    time.sleep(1)
    with shared(of(tiny_model, 8), tmp_path) as second:
        assert second == first
    assert keepers_end(tmp_path)
    with shared(of(tiny_model), tmp_path) as third:
        assert third.api_key != first.api_key
        assert answers(third)


def test_who_is_killed_has_left(tiny_model: Path, tmp_path: Path):
    """After kill -9 of its only user the engine ends."""
    with another(of(tiny_model), tmp_path) as user:
        assert user.stdout.readline()
        assert processes(tmp_path)
        user.kill()
        assert keepers_end(tmp_path)


def test_what_ends_a_terminal_takes_the_engine_from_nobody(tiny_model: Path, tmp_path: Path):
    """The end of all processes of one session leaves the engine to those of others that use it."""
    with another(of(tiny_model), tmp_path) as first, shared(of(tiny_model), tmp_path) as mine:
        assert first.stdout.readline().split() == [mine.addresses[0], mine.api_key]
        os.killpg(first.pid, signal.SIGKILL)
        time.sleep(0.5)
        assert answers(mine)


def test_a_keeper_that_is_killed_is_followed(tiny_model: Path, tmp_path: Path):
    """After kill -9 of the keeper its engine is gone, and the next run starts another."""
    with shared(of(tiny_model), tmp_path) as first:
        os.kill(processes(tmp_path)[0], signal.SIGKILL)
        assert wait_for(lambda: not answers(first))
        with shared(of(tiny_model), tmp_path) as second:
            assert answers(second)


def test_another_model_or_context_has_its_own(tiny_model: Path, tmp_path: Path):
    """Who asks for more room or names another revision is not served by an engine that was told otherwise."""
    wanted = [of(tiny_model), of(tiny_model, revision="v2"), of(tiny_model, context=100)]
    with contextlib.ExitStack() as stack:
        served = [stack.enter_context(shared(one, tmp_path)) for one in wanted]
        assert len({one.addresses for one in served}) == 3
        assert [one.context for one in served] == [None, None, 100]
        assert [one.keyed_as[1] == "v2" for one in served] == [False, True, False]


def test_only_its_owner_reads_the_key(tiny_model: Path, tmp_path: Path):
    """The file with the key is readable for its owner only, and no command line has the key in it."""
    with shared(of(tiny_model), tmp_path) as served:
        (told,) = tmp_path.glob("servers/*/served")
        assert stat.S_IMODE(told.stat().st_mode) == 0o600
        assert not [line for line in command_lines().values() if served.api_key.encode() in line]


def test_each_that_waits_hears_why_it_does_not_start(tmp_path: Path):
    """The last words of an engine that ends at once reach all that wanted it, and nothing is left."""

    def use(_: int) -> str:
        with pytest.raises(EngineUnavailableError) as caught, shared(failing(tmp_path, "ends"), tmp_path):
            pass
        return str(caught.value)

    with ThreadPoolExecutor(2) as threads:
        assert all("CUDA out of memory" in words for words in threads.map(use, range(2)))
    assert keepers_end(tmp_path)


def test_an_engine_that_is_given_up_is_what_its_users_hear(tmp_path: Path):
    """Past its restarts the words of the server are told to who asks why nobody answers."""
    with shared(failing(tmp_path, "ends later"), tmp_path) as served:
        assert served.failure() == ""
        assert wait_for(lambda: not answers(served) and not processes(tmp_path))
        assert "ended with status 3" in served.failure()


def test_one_replica_that_is_given_up_leaves_the_other(tmp_path: Path):
    """As long as one server answers, nothing is given up and nobody is sent elsewhere."""
    settings = failing(tmp_path, "", replicas=2)
    with shared(settings, tmp_path) as served:
        (first, _) = starts(tmp_path)
        os.kill(first["pids"][0], signal.SIGKILL)
        ports = [one for one in served.addresses if f":{first['argv'][-1]}/" in one]
        assert wait_for(lambda: not answers(replace(served, addresses=tuple(ports))))
        time.sleep(1.5)
        others = [one for one in served.addresses if one not in ports]
        assert answers(replace(served, addresses=tuple(others)))
        assert served.failure() == ""
        with shared(settings, tmp_path) as same:
            assert same == served


def test_many_that_wait_hear_of_one_failure(tmp_path: Path):
    """An engine that cannot start is tried once for all that wait for it, however long that takes."""
    settings = failing(tmp_path, "never ready", ready_seconds=4)

    def use(_: int) -> str:
        with pytest.raises(EngineUnavailableError) as caught, shared(settings, tmp_path):
            pass
        return str(caught.value)

    with ThreadPoolExecutor(4) as threads:
        assert all("in 4 s" in words for words in threads.map(use, range(4)))
    assert len(starts(tmp_path)) == 1


def test_leaving_waits_until_the_engine_is_gone(tiny_model: Path, tmp_path: Path):
    """Where an engine shall not stay, the next command finds its memory free; where another uses it, nobody waits."""
    with shared(of(tiny_model), tmp_path), another(of(tiny_model), tmp_path) as other:
        assert other.stdout.readline()
        began = time.monotonic()
        with shared(of(tiny_model), tmp_path):
            pass
        assert time.monotonic() - began < 20
    with contextlib.suppress(FileNotFoundError), shared(of(tiny_model), tmp_path) as served:
        raise FileNotFoundError
    assert not answers(served)
    assert keepers_end(tmp_path, 10)


def test_an_engine_whose_folder_is_gone_ends(tiny_model: Path, tmp_path: Path):
    """Whoever deletes a workspace does not leave a model in memory that nobody finds."""
    with shared(of(tiny_model, 600), tmp_path):
        (keeper,) = processes(tmp_path)
        shutil.rmtree(tmp_path / "servers")
    assert wait_for(lambda: not runs(keeper))


@pytest.mark.parametrize(
    "left", ["", "{}", '{"addresses": ["http://127.0.0.1:9/v1"], "keyed_as": ["m", ""], "model": "m"}']
)
def test_what_a_dead_keeper_left_is_nobodys(tiny_model: Path, tmp_path: Path, left: str):
    """A file that is damaged, or tells of an engine that is no more, keeps nobody from starting one."""
    with shared(of(tiny_model), tmp_path):
        (told,) = tmp_path.glob("servers/*/served")
    told.write_text(left)
    with shared(of(tiny_model), tmp_path) as served:
        assert answers(served)


def test_a_keeper_that_dies_while_it_loads_is_told_with_its_log(tmp_path: Path):
    """The message of last resort names status and log."""

    def kill() -> None:
        wait_for((tmp_path / "starts.jsonl").exists)
        os.kill(processes(tmp_path)[0], signal.SIGKILL)

    threading.Thread(target=kill).start()
    with (
        pytest.raises(EngineUnavailableError, match=r"ended with status -9; its log is .*/log"),
        shared(failing(tmp_path, "never ready"), tmp_path),
    ):
        pass


def test_forever_is_a_number_of_seconds(tiny_model: Path, tmp_path: Path):
    """An engine may be told to stay for good, and ends when its keeper is asked to."""
    with shared(of(tiny_model, float("inf"), patience=float("inf")), tmp_path) as served:
        assert answers(served)
    time.sleep(0.5)
    assert answers(served)
    os.kill(processes(tmp_path)[0], signal.SIGTERM)
    assert keepers_end(tmp_path)
    assert not answers(served)


def test_an_engine_that_loads_ends_when_nobody_waits_for_it(tmp_path: Path):
    """Who interrupts a load of half an hour leaves no process behind."""

    def use() -> None:
        with shared(failing(tmp_path, "never ready"), tmp_path):
            pass

    def interrupt() -> None:
        wait_for((tmp_path / "starts.jsonl").exists)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        use()
    assert keepers_end(tmp_path)
    (start,) = starts(tmp_path)
    assert wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in start["pids"]))
