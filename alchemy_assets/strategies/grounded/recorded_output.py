"""Ask what a whole program prints; the answer is what it printed, the same in every surrounding.

Belongs here: the calls that are tried, the question and the answer. Does not: reading programs (`programs`), judging
what they print (`printed`). Every Python and Shell file is at least one draft, so that what cannot be run is counted.
"""

import asyncio
import json
import re
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from alchemy_assets.generation.completions import Answers
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Outcome, Program, Sandbox
from alchemy_assets.strategies import phrasing
from alchemy_assets.strategies.conversation import fenced
from alchemy_assets.strategies.grounded import printed, programs
from alchemy_assets.strategies.grounded.completion import language_name
from alchemy_assets.strategies.grounded.programs import Call, example_calls, read_program
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Rejected, Verified

LANGUAGES_RUN = {"Python": "python3", "Shell": "bash"}
PROMPT_CHARACTERS = 8_000
# A program that was given nothing to read must still have something to say.
FEWEST_LINES_OF_NOTHING = 3
PROMPT_TOO_LONG = "the prompt is too long"
NOTHING_RUNS = "programs cannot be run here"
REASONS = (
    *(programs.NO_MAIN, programs.NEEDS_LIBRARY, programs.SURROUNDINGS, programs.UNLEARNABLE, programs.NOT_PARSED),
    *(printed.NONDETERMINISTIC, printed.NO_OUTPUT, printed.TOO_MUCH, printed.FAILED, printed.TIMEOUT, printed.READABLE),
    *(printed.NEEDS_INPUT, PROMPT_TOO_LONG, NOTHING_RUNS),
)

LIMITS = Limits(cpu_seconds=5.0, output_bytes=64 * 2**10)
# What must not change what is printed. The first is the recorded one.
SURROUNDINGS = (
    ({"TZ": "UTC", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0"}, "sandbox", "/tmp"),  # noqa: S108 -- inside of the sandbox
    ({"TZ": "Asia/Tokyo", "LANG": "C", "PYTHONHASHSEED": "1", "USER": "nobody"}, "kiln", "/tmp/a"),  # noqa: S108
    ({"TZ": "America/Lima", "LANG": "en_US.UTF-8", "PYTHONHASHSEED": "271828"}, "retort-7", "/tmp/some/where"),  # noqa: S108
)
_FILE_NAME = re.compile(r"[A-Za-z0-9_][\w.-]*")
# Words of a question that leave no room for a sentence before the output.
_BARE = re.compile(
    r"\b(only|nothing|no more|no other|just|bare|plain|verbatim|exact\w*|commentary|fenced?|block|character|byte)\b",
    re.IGNORECASE,
)
_ASKS_STATUS = (
    "And its exit status?",
    "Add the exit status.",
    "Tell me the exit status, too.",
    "Then say with which status it ends.",
)
_STDIN = ("Standard input:", "On standard input:", "Its standard input:", "stdin:", "It reads this:", "Typed in:")


@dataclass(frozen=True)
class Plan:
    """What is run, or why nothing is."""

    name: str
    call: Call
    fault: str | None
    detail: str = ""
    takes_input: bool = False
    reads_stdin: bool = False


@dataclass(frozen=True)
class RecordedOutput:
    """The kind `recorded_output`."""

    name: str = "recorded_output"
    strategy: str = "code_qa"

    def next(self, file: CuratedFile, _answers: Answers) -> Iterable[Draft]:
        """A draft for the bare call and for each call that the program's own help shows."""
        if file.language not in LANGUAGES_RUN:
            return []
        name = _file_name(file)
        reading = read_program(file.language, file.text)
        if reading.fault is None and len(file.text) > PROMPT_CHARACTERS:
            reading = programs.Reading(PROMPT_TOO_LONG)
        if reading.fault is not None:
            return [Draft(self.name, file, (), "", file.text, (), Plan(name, Call(), reading.fault, reading.detail))]
        calls = [Call(), *(example_calls(file.text, name) if reading.takes_input else [])]
        return [
            self._draft(file, Plan(name, call, None, "", reading.takes_input, reading.reads_stdin)) for call in calls
        ]

    def verify(self, drafts: Sequence[Draft], sandbox: Sandbox | None) -> list[Verified | Rejected]:
        """Run every draft once, what holds twice more elsewhere, and keep what printed the same."""
        faults = {index: fault for index, draft in enumerate(drafts) if (fault := _fault_before(draft, sandbox))}
        outcomes: dict[int, list[Outcome]] = {index: [] for index in range(len(drafts)) if index not in faults}
        for rounds in ((0,), tuple(range(1, len(SURROUNDINGS)))):
            asked = [(index, number) for index in outcomes if index not in faults for number in rounds]
            if sandbox is None or not asked:
                break
            ran = asyncio.run(sandbox.run_many([_run(drafts[index], number) for index, number in asked]))
            for (index, _), outcome in zip(asked, ran, strict=True):
                outcomes[index].append(outcome)
            for index in {index for index, _ in asked}:
                if fault := _fault_after(drafts[index], outcomes[index]):
                    faults[index] = fault
        return [
            Rejected(draft, (faults[index][0],), _detail(draft, faults[index][1]))
            if index in faults
            else _held(draft, outcomes[index])
            for index, draft in enumerate(drafts)
        ]

    def _draft(self, file: CuratedFile, plan: Plan) -> Draft:
        key = f"{file.blob_id} {' '.join(plan.call.arguments)}"
        prompt_id, template = phrasing.pick(self.name, key)
        code = fenced(file.text.strip("\n"), LANGUAGES[file.language].fence)
        if plan.call.stdin:
            opening = _STDIN[int(file.blob_id[:8] or "0", 16) % len(_STDIN)]
            code += f"\n\n{opening}\n\n{fenced(plan.call.stdin.rstrip(chr(10)), 'text')}"
        values = {
            "code": code,
            "run": _command(file.language, plan),
            "file": plan.name,
            "language": language_name(file.language),
        }
        return Draft(self.name, file, (("user", phrasing.fill(template, values)),), prompt_id, file.text, (), plan)


def _plan(draft: Draft) -> Plan:
    assert isinstance(draft.plan, Plan)  # noqa: S101 -- this kind made it
    return draft.plan


def _file_name(file: CuratedFile) -> str:
    name = PurePosixPath(file.path).name
    return name if _FILE_NAME.fullmatch(name) else f"main{LANGUAGES[file.language].suffixes[0]}"


def _command(language: str, plan: Plan) -> str:
    """The command as a person would type it."""
    command = shlex.join((LANGUAGES_RUN[language], plan.name, *plan.call.arguments))
    reads = plan.reads_stdin and not plan.call.stdin
    return f"{command} < /dev/null" if reads else command


def _run(draft: Draft, number: int) -> tuple[Program, Invocation, Limits]:
    plan = _plan(draft)
    environment, host, folder = SURROUNDINGS[number]
    program = Program(draft.file.language, {plan.name: draft.file.text.encode()}, plan.name)
    return (
        program,
        Invocation(plan.call.arguments, plan.call.stdin.encode(), environment, host_name=host, work_folder=folder),
        LIMITS,
    )


def _fault_before(draft: Draft, sandbox: Sandbox | None) -> tuple[str, str] | None:
    plan = _plan(draft)
    if plan.fault is not None:
        return plan.fault, plan.detail
    if sandbox is None or not sandbox.runnable(draft.file.language):
        return NOTHING_RUNS, draft.file.language
    return None


def _fault_after(draft: Draft, outcomes: Sequence[Outcome]) -> tuple[str, str] | None:
    plan = _plan(draft)
    if fault := printed.fault_of_run(outcomes[0], draft.file.text, takes_input=plan.takes_input):
        return fault
    if (
        plan.reads_stdin
        and not plan.call.stdin
        and outcomes[0].stdout.strip().count(b"\n") + 1 < FEWEST_LINES_OF_NOTHING
    ):
        return printed.NEEDS_INPUT, "says little without standard input"
    difference = printed.differs(outcomes)
    return (printed.NONDETERMINISTIC, difference) if difference else None


def _detail(draft: Draft, detail: str) -> str:
    plan = _plan(draft)
    return f"{_command(draft.file.language, plan)}: {detail}" if detail else _command(draft.file.language, plan)


def _held(draft: Draft, outcomes: Sequence[Outcome]) -> Verified:
    plan, first = _plan(draft), outcomes[0]
    text = first.stdout.decode().removesuffix("\n")
    command = _command(draft.file.language, plan)
    question, number = draft.messages[0][1], int(draft.file.blob_id[:8] or "0", 16)
    answer = fenced(text, "text")
    if not _BARE.search(question.replace(draft.file.text.strip("\n"), "")):
        _, template = phrasing.pick("recorded_output_answers", f"{draft.file.blob_id} {command}")
        answer = phrasing.fill(template, {"output": answer, "run": command})
    if first.exit_code:
        question += f"\n\n{_ASKS_STATUS[number % len(_ASKS_STATUS)]}"
        answer += f"\n\nIts exit status is {first.exit_code}."
    return Verified(
        draft,
        (("user", question), ("assistant", answer)),
        {"parsed": True, "executed": True, "observed": True, "answer_is_source": False},
        {
            "toolchain": first.toolchain,
            "runs": len(outcomes),
            "detail": json.dumps(
                {
                    "command": command,
                    "exit_code": first.exit_code,
                    "stderr_bytes": len(first.stderr),
                    "stdout_bytes": len(first.stdout),
                }
            ),
        },
        {"answer_lines": text.count("\n") + 1, "copied_share": round(printed.readable_share(text, draft.file.text), 4)},
    )
