"""What the cache of builds promises: one compile for equal sources, and never another build than a compile gives."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemy_assets.errors import SandboxUnavailableError
from alchemy_assets.sandbox.builds import LIMITS, Builds, Wanted, as_build
from alchemy_assets.sandbox.jobs import MOST_FILES, Ending, Job
from alchemy_assets.sandbox.programs import ProgramSandbox
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Program, Protection, Status
from alchemy_assets.sandbox.toolchains.table import TOOLCHAINS
from alchemy_assets.sandbox.toolchains.toolchain import Plan
from alchemy_assets.sandbox.warm.batch import OWN

C = TOOLCHAINS["C"][0]
JAVA = TOOLCHAINS["Java"][0]
FINISHED = Ending(Status.FINISHED, "", 0, b"", b"", False, {}, 0.1, 0.1, 1)  # noqa: FBT003 - a row of values


class Compiler:
    """A backend that makes one file of all that a job hands over, and counts its jobs."""

    at_once = 4

    def __init__(self, end: Callable[[Job], Ending] | None = None) -> None:
        self.compiled: Counter[tuple[bytes, ...]] = Counter()
        self._end = end or (lambda job: replace(FINISHED, files={"main": b"".join(job.files.values()) * 100}))
        self._lock = threading.Lock()

    def execute(self, job: Job) -> Ending:
        with self._lock:
            self.compiled[(*job.files.values(),)] += 1
        return self._end(job)

    def protections(self) -> list[Protection]:
        return []

    def close(self) -> None:
        pass


def wanted(source: bytes, name: str = "main.c", label: str = "GCC 1.0", compiler: str = "/usr/bin/gcc") -> Wanted:
    return Wanted(C, label, Plan({name: source}, run=("/usr/bin/run", "main"), compile=(compiler, name)))


@given(st.lists(st.integers(0, 6), max_size=30), st.integers(0, 20_000))
def test_the_cache_changes_no_build_and_keeps_to_its_size(asked: list[int], most: int) -> None:
    """Whatever is asked for in whatever order, a build is what a compile gives, and those kept are within the bound."""
    builds = Builds(Compiler(), most)
    for number in asked:
        program = wanted(bytes([number]) * number * 20)
        build, fresh = builds.build(program), Builds(Compiler(), most).build(program)
        assert (build.files, build.executables, build.status) == (fresh.files, fresh.executables, fresh.status)
        kept = [future.result().size for future in builds._kept.values()]
        assert sum(kept) == builds._bytes <= most


def test_the_build_used_longest_ago_goes_first() -> None:
    """Where three builds do not fit, the one that nobody asked for since is compiled again, and no other."""
    compiler = Compiler()
    builds = Builds(compiler, 2 * Builds(compiler, 0).build(wanted(b"0")).size + 10)
    for source in (b"a", b"b", b"a", b"c", b"a", b"b"):
        builds.build(wanted(source))
    assert compiler.compiled == {(b"0",): 1, (b"a",): 1, (b"b",): 2, (b"c",): 1}


def test_many_threads_share_one_compile() -> None:
    """32 threads that want 4 builds compile 4 times; the others say that theirs was cached."""
    go = threading.Event()

    def end(job: Job) -> Ending:
        go.wait(10)
        return FINISHED

    compiler = Compiler(end)
    builds = Builds(compiler, 2**20)
    with ThreadPoolExecutor(32) as threads:
        asked = [threads.submit(builds.build, wanted(bytes([number % 4]))) for number in range(32)]
        go.set()
        steps = [future.result().step for future in asked]
    assert set(compiler.compiled.values()) == {1}
    assert Counter(step.cached for step in steps if step) == {False: 4, True: 28}


def test_who_waits_for_a_build_that_could_not_be_started_tries_by_himself() -> None:
    """The error of a backend reaches the one that it happened to; those that waited start their own compile."""
    entered, go, errors = threading.Event(), threading.Event(), ["the first one fails"]

    def end(job: Job) -> Ending:
        entered.set()
        go.wait(10)
        if errors:
            raise SandboxUnavailableError(errors.pop())
        return FINISHED

    compiler = Compiler(end)
    builds = Builds(compiler, 2**20)
    with ThreadPoolExecutor(3) as threads:
        first = threads.submit(builds.build, wanted(b""))
        assert entered.wait(10)
        waiting = [threads.submit(builds.build, wanted(b"")) for _ in range(2)]
        go.set()
        with pytest.raises(SandboxUnavailableError, match="the first one fails"):
            first.result(10)
        assert [future.result(10).failure for future in waiting] == [None, None]
    assert compiler.compiled == {(b"",): 2}


@pytest.mark.parametrize(
    ("changed", "compiles"),
    [
        ({"exit_code": 1, "stderr": b"error: no"}, 1),
        ({"status": Status.OUT_OF_MEMORY}, 1),
        ({"status": Status.TOO_MUCH_OUTPUT}, 1),
        ({"status": Status.TIMED_OUT, "cpu_seconds": LIMITS.cpu_seconds + 0.1}, 1),
        ({"status": Status.TIMED_OUT, "wall_seconds": LIMITS.wall_seconds + 0.1}, 2),
        ({"status": Status.KILLED}, 2),
        ({"status": Status.TOO_MANY_PROCESSES}, 2),
    ],
)
def test_a_failure_is_kept_where_it_would_come_again(changed: dict[str, object], compiles: int) -> None:
    """What the source is to blame for is remembered; a slow machine and a killed compiler get another try."""
    compiler = Compiler(lambda _: replace(FINISHED, **changed))  # type: ignore[arg-type]
    builds = Builds(compiler, 2**20)
    first, second = builds.build(wanted(b"")), builds.build(wanted(b""))
    assert compiler.compiled == {(b"",): compiles}
    assert first.failure is not None
    assert second.failure is not None
    assert second.failure.compile_step is not None
    assert second.failure.compile_step.cached is (compiles == 1)
    assert first.failure.status == second.failure.status != Status.FINISHED


def test_everything_that_changes_a_build_is_in_its_key() -> None:
    """Another label, command, environment, name, content or border between files is another build."""
    warmer = replace(C, environment={"LANG": "de"})
    several = [
        wanted(b"a"),
        wanted(b"a", label="GCC 1.1"),
        wanted(b"a", compiler="/usr/bin/clang"),
        wanted(b"a", name="other.c"),
        wanted(b"b"),
        wanted(b"a")._replace(toolchain=warmer),
        wanted(b"")._replace(plan=Plan({"a": b"bc", "d": b""}, run=(), compile=("x",))),
        wanted(b"")._replace(plan=Plan({"a": b"b", "cd": b""}, run=(), compile=("x",))),
        wanted(b"")._replace(plan=Plan({"a": b"", "d": b"bc"}, run=(), compile=("x",))),
    ]
    assert len({one.key for one in several}) == len(several)
    reordered = Plan({"d": b"", "a": b"bc"}, run=(), compile=("x",))
    assert wanted(b"")._replace(plan=reordered).key == several[6].key


def test_more_files_than_are_collected_are_no_build() -> None:
    """A compiler that made more files than come back has not built the program, and the outcome says so."""
    failure = as_build(replace(FINISHED, files={str(number): b"" for number in range(MOST_FILES)})).failure
    assert failure is not None
    assert "made 1,000 files or more" in failure.detail


def test_a_compiler_that_makes_no_program_has_refused_it() -> None:
    """Where the file that is to be started is not there, or may not be executed, the outcome is a compile error."""
    for made in ({}, {"main": b"a library"}):
        failure = as_build(replace(FINISHED, files=made), "./main").failure
        assert failure is not None
        assert (failure.status, failure.detail[:28]) == (Status.COMPILE_ERROR, "the compiler made no program")
    assert as_build(replace(FINISHED, files={"main": b"x"}, executables=frozenset({"main"})), "./main").failure is None


def java(source: bytes, name: str = "Main.java") -> Wanted:
    plan = Plan({name: source}, run=("/usr/bin/java", "Main"), compile=("/usr/bin/javac", name))
    return Wanted(JAVA, "OpenJDK 1.0", plan)


@given(st.lists(st.integers(0, 300), max_size=400), st.integers(1, 8))
def test_batches_hold_each_program_once(numbers: list[int], places: int) -> None:
    """Batches hold every program once, at most 64 each, about as many in each, and no batch where there are few."""
    builds = Builds(Compiler(), 2**20)
    programs = [java(str(number).encode()) for number in numbers]
    batches = builds.batches([*programs, wanted(b"not of a warm compiler")], places)
    keys = [one.key for batch in batches for one in batch]
    distinct = {one.key for one in programs}
    if len(distinct) < 4:
        assert batches == []
    else:
        assert len(keys) == len(set(keys))
        assert set(keys) == distinct
        assert max(map(len, batches)) <= 64
        assert max(map(len, batches)) - min(map(len, batches)) <= 1
        assert len(batches) >= min(places, len(distinct) // 4)


def test_what_is_built_or_cannot_be_carried_is_in_no_batch() -> None:
    """A program that is in the cache, has files where the driver has, or a name that is not UTF-8 is left out."""
    builds = Builds(Compiler(), 2**20)
    builds.build(java(b"0"))
    odd = [java(b"5", name=f"{OWN}/Main.java"), java(b"6", name="\udcff.java"), java(b"7", name=OWN)]
    batches = builds.batches([*(java(str(number).encode()) for number in range(5)), *odd], 1)
    assert [one.plan.files["Main.java"] for batch in batches for one in batch] == [b"1", b"2", b"3", b"4"]


def test_a_real_build_by_cache_equals_one_without(sandbox: ProgramSandbox) -> None:
    """The second run of a C program is served by the cache, and prints the same; a refused one is refused the same."""
    if not sandbox.runnable("C"):
        pytest.skip("no C compiler in the sandbox")
    good = Program("C", {"main.c": b'#include <stdio.h>\nint main(void) { puts("hi"); }'}, "main.c")
    bad = Program("C", {"main.c": b"int main(void) { return nothing_of_this_test; }"}, "main.c")
    for program in (good, bad):
        first, second = (sandbox.run(program, Invocation(), Limits()) for _ in range(2))
        assert first.compile_step is not None
        assert second.compile_step == replace(first.compile_step, cached=True)
        assert (first.status, first.stdout, first.detail) == (second.status, second.stdout, second.detail)
    assert first.status is Status.COMPILE_ERROR
    assert b"nothing_of_this_test" in first.compile_step.messages
