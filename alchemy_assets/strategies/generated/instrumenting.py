"""CodeTrace by a model: it puts trace points into a program and writes the script with its tests.

Belongs here: which programs a model is asked for, what is asked, and what can be said of an answer without running it. Does
not: running, comparing and judging, which is the same as for our own instrumenter (`tracing.record`).
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from alchemy_assets.generation.completions import Answers, Request
from alchemy_assets.generation.parsing import UnreadableError, code_in, sections
from alchemy_assets.sandbox.sandbox import Sandbox
from alchemy_assets.settings import Tracing
from alchemy_assets.strategies.generated.asking import Answered, ask, refused, written
from alchemy_assets.strategies.generated.shown import Shown, whole_file
from alchemy_assets.strategies.grounded.outline import outline_of
from alchemy_assets.strategies.grounded.shapes import SHAPES
from alchemy_assets.strategies.strategy import CODE_TRACE, CuratedFile, Draft, Left, Rejected, Verified, tables
from alchemy_assets.tracing.events import KINDS
from alchemy_assets.tracing.given import MOST_GIVEN_TESTS, Given, put_in, trace_files
from alchemy_assets.tracing.inputs.registry import PROPOSE
from alchemy_assets.tracing.instrument.registry import INSTRUMENTERS
from alchemy_assets.tracing.launch import launch_of
from alchemy_assets.tracing.reasons import Dropped
from alchemy_assets.tracing.record import record
from alchemy_assets.tracing.screening.registry import SCREEN

PROMPT = "trace_instrument"
LEAST_LINES = 10
LEAST_POINTS = 5
LEAST_TESTS = 3
MOST_CHARACTERS = 12_000
# Characters of a file for each token of its answer: half of it is the file, the rest are points and the script.
CHARACTERS_A_TOKEN = 2
MOST_FUNCTIONS = 40
MOST_TIMES = 3

FEW_POINTS = "too few trace points"
UNSTEADY = "a trace point shows an address, a time or chance"
FEW_TESTS = "too few tests"
NOT_INSERTED = "it does more than put text in"
NO_TRACES = "run.sh does not write trace1.txt, trace2.txt, ..."
NOT_STARTED = "run.sh does not start the program"
BUILDS = "run.sh builds the program"
SAME_TESTS = "two tests are the same"
NOT_FIXED = "run.sh depends on time, chance or the machine"
ELSEWHERE = "recorded and judged as a trace"

_POINT = re.compile(rf"TRACE:(?:{'|'.join(KINDS)}):|\b[Tt]race\w*[(\s]\s*[\"'](?:{'|'.join(KINDS)})\b")
# Addresses of what stands in the program itself are the same in every run, so that running would not find them.
_UNSTEADY = re.compile(
    r"%p\b|\{[\w.]*:#?p\}|\b(?:hashCode|identityHashCode|object_id|__id__|spl_object_(?:id|hash)|ObjectIdentifier|getpid|"
    r"nanoTime|currentTimeMillis|perf_counter|monotonic|clock_gettime|Date\.now|Time\.now|DateTime\.Now|Instant::now|"
    r"time\.(?:time|Now)|microtime|Math\.random|random\.\w+|mt_rand|arc4random)\b"
)
_UNSTEADY_PYTHON = re.compile(r"\b(?:id|hash)\(")
_COMMENT = re.compile(r"^[ \t]*#.*\n?", re.MULTILINE)
_TRACE_FILE = re.compile(r"2>\s*trace(\d{1,4})\.txt\b")
_COMMAND = r"(?:^|[|;&(`{]|\b(?:then|do|else|sudo|exec)\b)[ \t]*"
_OF_THE_MACHINE = re.compile(
    r"\$\{?(?:S?RANDOM|EPOCH\w+|SECONDS|PPID|BASHPID|HOME|USER|PWD|HOSTNAME|PATH|LANG|TMPDIR)\b|\$\$|/dev/u?random\b"
    rf"|{_COMMAND}(?:date|env|printenv|mktemp|hostname|whoami|uname|pwd|shuf|uuidgen|curl|wget|sleep|time|ps|df|nproc)\b"
    r"|\bsort -R\b",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Instrumenting:
    """The kind `instrumented`: its drafts are programs (`Given`), which `tracing.record` makes traces of."""

    name: str = "instrumented"
    strategy: str = CODE_TRACE

    def next(self, file: CuratedFile, answers: Answers) -> Iterator[Draft | Request]:
        """The request for a program, or what came of it; nothing for a file that would not be recorded."""
        shown = _shown(file, answers)
        if shown is None:
            return
        launch = launch_of(file.language, file.text)
        takes = _takes_input(file)
        values = {
            "entry": launch.entry,
            "command": launch.command,
            "compile": launch.compile,
            "input": takes,
            "bound": launch.line(("red", "5")) if launch.binds and takes else "",
            "functions": _functions(file),
        }
        by = f"{answers.model}@{answers.model_revision}" if answers.model_revision else answers.model

        def read(answer: str) -> Given:
            return _program(answer, file, by, LEAST_TESTS if takes else 1)

        found = ask(self, file, answers, PROMPT, read, shown=shown, values=values)
        if isinstance(found, Answered):
            yield written(self, file, found, (), shown=shown, plan=found.value)
        else:
            yield refused(self, file, found) if isinstance(found, Left) else found

    def verify(self, drafts: Sequence[Draft], sandbox: Sandbox | None) -> list[Verified | Rejected]:
        """Nothing of it is a sample as it is: programs become traces, and samples are made of those."""
        del sandbox
        whys = [draft.plan if isinstance(draft.plan, Left) else Left(ELSEWHERE) for draft in drafts]
        return [Rejected(draft, (why.reason,), why.detail) for draft, why in zip(drafts, whys, strict=True)]


INSTRUMENTED = Instrumenting()


@dataclass(frozen=True)
class Written:
    """What came of the programs of a model.

    traces: those that hold. rejected: table `rejected_samples` of all others. programs: answers that there were.
    requests: the key of the answer, by the blob id of its trace. sandbox_seconds: wall seconds that programs ran.
    """

    traces: pl.DataFrame
    rejected: pl.DataFrame
    programs: int
    requests: Mapping[str, str]
    sandbox_seconds: float


def programs_of(files: Iterable[CuratedFile], answers: Answers) -> list[Draft]:
    """What a model answered about files: drafts whose plan is a program (`Given`), or why it is none (`Left`)."""
    return [one for file in files for one in INSTRUMENTED.next(file, answers) if isinstance(one, Draft)]


def recorded(files: pl.DataFrame, drafts: Sequence[Draft], sandbox: Sandbox | None, settings: Tracing) -> Written:
    """Record the programs of drafts. files: `curated_files`, those of the drafts at least."""
    programs = {draft.file.blob_id: draft.plan for draft in drafts if isinstance(draft.plan, Given)}
    made = record(files.filter(pl.col("blob_id").is_in(list(programs))), sandbox, settings, programs)
    dropped = {row["blob_id"]: row for row in made.outcomes.iter_rows(named=True) if not row["kept"]}
    without = [one for draft in drafts if (one := _rejection(draft, dropped.get(draft.file.blob_id))) is not None]
    _, rejected = tables(CODE_TRACE, without)
    requests = {draft.file.blob_id: draft.request_sha256 for draft in drafts if draft.request_sha256 is not None}
    return Written(made.traces, rejected, len(drafts), requests, made.sandbox_seconds)


def _rejection(draft: Draft, outcome: Mapping[str, Any] | None) -> Rejected | None:
    """Why there is no trace of an answer; None where there is one."""
    if isinstance(draft.plan, Left):
        return Rejected(draft, (draft.plan.reason,), draft.plan.detail)
    return None if outcome is None else Rejected(draft, tuple(outcome["reasons"]), outcome["detail"])


def _shown(file: CuratedFile, answers: Answers) -> Shown | None:
    """The file, where it is a program that can be traced and whose instrumented text fits into an answer."""
    if file.language not in INSTRUMENTERS or file.text.count("\n") < LEAST_LINES:
        return None
    if len(file.text) > min(MOST_CHARACTERS, CHARACTERS_A_TOKEN * answers.sampling.max_tokens):
        return None
    if SCREEN[file.language](file.text) is not None:
        return None
    shown = whole_file(file)
    return shown if isinstance(shown, Shown) else None


def _takes_input(file: CuratedFile) -> bool:
    tests = PROPOSE[file.language](file.text)
    return any(test.arguments or test.stdin or test.files for test in tests)


def _functions(file: CuratedFile) -> str:
    """The functions of a file and their lines, so that a model need not count."""
    if file.language not in SHAPES:
        return ""
    found = outline_of(file.language, file.text).functions[:MOST_FUNCTIONS]
    return ", ".join(f"{item.name} {item.node.start_point.row + 1}" for item in found if item.name)


def _program(answer: str, file: CuratedFile, by: str, least_tests: int) -> Given:
    """The program of an answer; raises UnreadableError with what can be seen to be wrong with it."""
    parts = sections(answer, ["source", "run_sh"])
    said = code_in(parts["source"])
    # Points are lines of their own at most; comparing texts that have less in common takes long.
    if said.count("\n") > MOST_TIMES * (file.text.count("\n") + LEAST_LINES):
        raise UnreadableError(NOT_INSERTED, "Your source is several times as long as the file. Put in 15 to 25 points.")
    source = _as_it_was(file.text, said)
    script = code_in(parts["run_sh"])
    inserted = put_in(file.text, source)
    if isinstance(inserted, Dropped):
        raise UnreadableError(
            NOT_INSERTED,
            f"Your source changes the file: {inserted.detail}. Put text in and change, move or leave out nothing.",
        )
    text = "\n".join(one.text for one in inserted.insertions)
    unsteady = _UNSTEADY.search(text) or (_UNSTEADY_PYTHON.search(text) if file.language == "Python" else None)
    if unsteady:
        raise UnreadableError(
            UNSTEADY, f"Your trace points use {unsteady[0]!r}. Show values that follow from the input."
        )
    points = len(_POINT.findall(text))
    if points < LEAST_POINTS:
        raise UnreadableError(FEW_POINTS, f"Your source has {points} trace points. Write 15 to 25.")
    _check(script, file, least_tests)
    return Given(source, script, by)


def _check(script: str, file: CuratedFile, least_tests: int) -> None:
    """What a script must hold; comments say nothing of it."""
    bare = _COMMENT.sub("", script)
    names, numbers = trace_files(bare), [int(number) for number in _TRACE_FILE.findall(bare)]
    if isinstance(names, Dropped) and len(set(numbers)) > MOST_GIVEN_TESTS:
        raise UnreadableError(NO_TRACES, f"run.sh has {len(set(numbers))} tests. Write {MOST_GIVEN_TESTS} at most.")
    if isinstance(names, Dropped) or numbers != list(range(1, len(numbers) + 1)):
        raise UnreadableError(
            NO_TRACES, "run.sh must send standard error to trace1.txt, trace2.txt and so on, one a test, in this order."
        )
    if len(names) < least_tests:
        raise UnreadableError(FEW_TESTS, f"run.sh has {len(names)} tests. Write {LEAST_TESTS} to {MOST_GIVEN_TESTS}.")
    launch = launch_of(file.language, file.text)
    tests = _tests(bare)
    if any((launch.entry if launch.binds else launch.command) not in test for test in tests):
        raise UnreadableError(NOT_STARTED, f"Every test of run.sh must start the program by `{launch.command}`.")
    if launch.compile and re.search(rf"{_COMMAND}{re.escape(launch.compile.split()[0])}\b", bare, re.MULTILINE):
        raise UnreadableError(BUILDS, "run.sh builds the program, which is built already. Leave that out.")
    if found := _OF_THE_MACHINE.search(bare):
        raise UnreadableError(
            NOT_FIXED, f"run.sh uses {found[0].strip()!r}. It must do the same everywhere, at any time."
        )
    if len({_TRACE_FILE.sub("", test) for test in tests}) < len(tests):
        raise UnreadableError(SAME_TESTS, "Two tests of run.sh are the same. Each must take the program another way.")


def _tests(script: str) -> list[str]:
    """The parts of a script that belong to a test each: from what comes before its command to its here-document's end."""
    parts: list[list[str]] = [[]]
    started = False
    for line in script.splitlines():
        if _TRACE_FILE.search(line):
            if started:
                parts.append([])
            started = True
        parts[-1].append(line.strip())
    return ["\n".join(line for line in part if line) for part in parts]


def _as_it_was(text: str, source: str) -> str:
    """An instrumented source with the white space that code blocks lose: at the ends of lines, and of the file."""
    old = text.splitlines(keepends=True)
    new = source.splitlines(keepends=True)
    bare = [line.rstrip() for line in new]
    lines: list[str] = []
    for what, first, last, begin, end in difflib.SequenceMatcher(
        None, [line.rstrip() for line in old], bare, autojunk=False
    ).get_opcodes():
        if what == "equal" or (what == "delete" and not "".join(old[first:last]).strip()):
            lines += old[first:last]
        else:
            lines += new[begin:end]
    # A file that ends without a line break has one where something follows.
    return "".join([*(line if line.endswith("\n") else f"{line}\n" for line in lines[:-1]), *lines[-1:]])
