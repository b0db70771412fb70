"""Judge whether what a program printed is the same every time, and can be worked out from its source.

Belongs here: rules over outcomes. Does not: running anything (`recorded_output`).
"""

import ast
import re
import warnings
from collections.abc import Sequence

from alchemy_assets.sandbox.sandbox import Outcome, Status
from alchemy_assets.strategies.grounded.programs import NEEDS_LIBRARY, UNLEARNABLE

MOST_LINES = 60
MOST_CHARACTERS = 2_000
READABLE_SHARE = 0.3

NONDETERMINISTIC = "nondeterministic"
NO_OUTPUT = "no output"
TOO_MUCH = "too much output"
FAILED = "failed"
TIMEOUT = "timeout"
READABLE = "readable from the file"
NEEDS_INPUT = "needs input"

# What nobody works out in the head.
LONG = re.compile(
    r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{12,}\b|\b0x[0-9a-f]{6,}\b|\d\.\d{7,}|\d{13,}|\d[eE][+-]?\d{2,}"
    r"|(?=[^\s]*\d)(?=[^\s]*[A-Z])(?=[^\s]*[a-z])[A-Za-z0-9+/]{32,}|\bobject at 0x",
    re.IGNORECASE,
)
# What Python's own test runner prints: it tells of the interpreter, not of the program.
_TEST_REPORT = re.compile(r"^Trying:$|items? had no tests|^\*{20,}$|^Ran \d+ tests?", re.MULTILINE)
_PLACE = re.compile(r"(?<![\w.])/(?:tmp|usr|home|root|proc|work|dev/shm)/?\b")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_USAGE = re.compile(r"\A\s*(?:\S+:\s*)?usage\b", re.IGNORECASE)
_WORD_FOR_WORD = 12
# What bash exits with where a command is not there.
_NOT_FOUND = 127
# A program that fails with so little to say only complains.
_LINES_OF_A_COMPLAINT = 2


def fault_of_run(outcome: Outcome, source: str, *, takes_input: bool) -> tuple[str, str] | None:  # noqa: PLR0911 -- one return a rule
    """Why one run is no use, and what shows it."""
    error = outcome.stderr.decode(errors="replace").strip().split("\n")[-1][:120]
    if outcome.status in {Status.TIMED_OUT, Status.KILLED}:
        return TIMEOUT, outcome.detail
    if outcome.status is Status.TOO_MUCH_OUTPUT or outcome.truncated:
        return TOO_MUCH, outcome.detail
    if outcome.status is not Status.FINISHED:
        return FAILED, f"{outcome.status}: {outcome.detail}"
    if (outcome.exit_code and b"ModuleNotFoundError" in outcome.stderr) or outcome.exit_code == _NOT_FOUND:
        return NEEDS_LIBRARY, error
    if outcome.exit_code and (outcome.stderr.strip() or not outcome.stdout.strip()):
        return (NEEDS_INPUT if takes_input else FAILED), error
    if outcome.exit_code and outcome.stdout.strip().count(b"\n") < _LINES_OF_A_COMPLAINT:
        return (NEEDS_INPUT if takes_input else FAILED), outcome.stdout.decode(errors="replace").strip()[:120]
    return fault_of_text(outcome.stdout, source, takes_input=takes_input)


def fault_of_text(stdout: bytes, source: str, *, takes_input: bool) -> tuple[str, str] | None:  # noqa: PLR0911 -- one return a rule
    """Why what a program printed is no use as an answer, and what shows it."""
    try:
        text = stdout.decode()
    except UnicodeDecodeError:
        return UNLEARNABLE, "not UTF-8"
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        return (NEEDS_INPUT if takes_input else NO_OUTPUT), ""
    if len(text) > MOST_CHARACTERS or text.rstrip("\n").count("\n") >= MOST_LINES:
        return TOO_MUCH, f"{len(lines)} lines"
    if _USAGE.search(text):
        return NEEDS_INPUT, lines[0][:80]
    if found := _CONTROL.search(text):
        return UNLEARNABLE, repr(found[0])
    for pattern in (LONG, _PLACE, _TEST_REPORT):
        for match in pattern.finditer(text):
            if match[0] not in source:
                return UNLEARNABLE, match[0][:80]
    share = readable_share(text, source)
    return (READABLE, f"{share:.2f}") if share > READABLE_SHARE else None


def readable_share(text: str, source: str) -> float:
    """The share of printed lines that stand word for word in the source."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    literals = _literal_lines(source)
    known = sum(line in literals or (len(line) >= _WORD_FOR_WORD and line in source) for line in lines)
    return known / max(len(lines), 1)


def _literal_lines(source: str) -> set[str]:
    found: set[str] = set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            nodes = list(ast.walk(ast.parse(source)))
        except (SyntaxError, ValueError, RecursionError):
            nodes = []
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.update(line.strip() for line in node.value.split("\n"))
    if not nodes:
        found.update(part[1:-1].strip() for part in re.findall(r"'[^'\n]*'|\"[^\"\n]*\"", source))
        found.update(line.strip() for line in source.split("\n"))
        found.update(re.findall(r"(?<=echo )[\w .,:!-]+$", source, re.MULTILINE))
    return found - {""}


def differs(outcomes: Sequence[Outcome]) -> str:
    """In what the runs of one program differ; empty where they agree."""
    first = outcomes[0]
    for other in outcomes[1:]:
        if other.status is not first.status or other.exit_code != first.exit_code:
            return "how it ended"
        if other.stdout != first.stdout:
            return "standard output"
        if other.stderr != first.stderr:
            return "standard error"
    return ""
