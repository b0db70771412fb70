"""Runs in the sandbox, and a watch over what a run leaves behind.

Belongs here: the fixtures `run` and `no_trace`. Does not: tests, how one sees what is left (`watch`).
"""

from collections.abc import Callable, Iterator

import pytest

from alchemy_assets.sandbox.programs import ProgramSandbox
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Outcome, Program
from tests.sandbox.docker_daemon import docker_address  # noqa: F401 - a fixture, one for all of these tests
from tests.sandbox.watch import Watch

MARK = "SANDBOX_TEST_MARK"
SUFFIXES = {"Python": "main.py", "Shell": "main.sh"}
Runner = Callable[..., Outcome]


@pytest.fixture
def no_trace(sandbox: ProgramSandbox) -> Iterator[Watch]:
    """Assert after the test that no process, control group or mount is left of runs that carry its mark."""
    assert sandbox
    watch = Watch()
    yield watch
    assert watch.left() == []


@pytest.fixture
def run(sandbox: ProgramSandbox, no_trace: Watch) -> Runner:
    """Return a function that runs source text in the session's sandbox, and asserts that nothing is left."""

    def run_source(
        source: str | bytes,
        *,
        language: str = "Python",
        files: dict[str, bytes] | None = None,
        limits: Limits | None = None,
        environment: dict[str, str] | None = None,
        **invocation: object,
    ) -> Outcome:
        entry = SUFFIXES[language]
        content = source if isinstance(source, bytes) else source.encode()
        program = Program(language, {entry: content, **(files or {})}, entry)
        marked = {MARK: no_trace.mark, **(environment or {})}
        outcome = sandbox.run(program, Invocation(environment=marked, **invocation), limits or Limits())  # type: ignore[arg-type]
        assert no_trace.left() == []
        return outcome

    return run_source


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Call the expectations that docker shares with bubblewrap slow: a container is made for each of their programs."""
    for item in items:
        if item.path.name == "test_docker.py" and getattr(item, "function", item).__module__.endswith(
            "test_bubblewrap"
        ):
            item.add_marker(pytest.mark.slow)
