"""What a person sees of a bug: of all runs that came out differently, the one that tells most, in few lines.

Belongs here: choosing and showing that run. Does not: the words (`phrasings/planted_bug_symptom`), planting bugs.
"""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alchemy_assets.strategies.conversation import fenced
from alchemy_assets.strategies.grounded.shown_run import Shown, shown
from alchemy_assets.strategies.phrasing import draw, fill, pick
from alchemy_assets.tracing.observed import Observed, Ran, Result

VALUE, OUTPUT, DIFFERENCE, CRASH, STATUS, HANG = "value", "output", "difference", "crash", "status", "hang"
LONGEST_VALUE = 80
LONGEST_LINE = 200
MOST_LINES, FEW_LINES, HALF = 24, 6, 0.5
MOST_ERROR_LINES = 14
MOST_DIFFERENT = 16
# Of a shell whose command is not there, or is none: nothing that a correct program would be asked for.
NOT_A_COMMAND = frozenset({126, 127})
CONTEXT = 2
_NOTHING, _EMPTY_LINE = "(nothing)", "(an empty line)"
_NO_ERROR = re.compile(
    r"\s*(?:at |from |File |\.\.\.|goroutine |note ?:|Node\.js v|\d+:|#\d|\^|exit status|stack backtrace"
    # Go names the functions that were running, Rust where it panicked: what went wrong stands elsewhere.
    r"|[\w.*()/]+\.\w+\([^)]*\)$|thread '[^']*' panicked at \S+:\d+:$)|\W*$"
)
# Frames of a trace in the driver of a call (`tracing.calls.drivers`) or inside of Node.
_DRIVERS = re.compile(
    r"\b[Dd]river\.(?:py|js|mjs|cjs|ts|rb|php|java|go)\b|\bDriver\.(?:main|call)\b|\(?node:internal/|^Node\.js v"
)
_EXCERPT = re.compile(r"\S*[Dd]river\.\w+:\d+")
_BELOW_EXCERPT, _BELOW_FRAME = re.compile(r"\s|$"), re.compile(r"    (?!\s*(?:at |from |File ))")
_USAGE = re.compile(r"(?im)^\W*(?:\S+: )?usage\b")
_NAMED = re.compile(r"(?i)error|exception|panic|fatal|fault|abort|assert|terminate")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffd]")
# Addresses, and numbers of threads and processes, are others each time.
_OF_A_BUILD = re.compile(r"0x[0-9a-f]{6,}|\b[0-9a-f]{32}\b")
_ELSEWHERE = re.compile(r"0x[0-9a-f]{6,}|\b[0-9a-f]{12,16}\b|\(\d{2,}\)")


@dataclass(frozen=True)
class Symptom:
    """One run that came out differently.

    shape: how it differs. number: of the test, from 1. worth: how much it says; passing: a run that is still right.
    failed: how many tests came out differently.
    """

    shape: str
    number: int
    ran: Ran
    actual: Result
    run: Shown
    worth: float
    failed: int
    passing: Shown | None = None
    seconds: int = 0


def symptom_of(observed: Observed, results: Sequence[Result], key: str) -> Symptom | None:
    """The run that tells most of what a changed source does; None where none can be shown."""
    pairs = list(zip(observed.ran, results, strict=True))
    wrong = [number for number, (ran, result) in enumerate(pairs, 1) if _differs(ran.result, result)]
    right = [ran for ran, result in pairs if not _differs(ran.result, result) and ran.result.stdout]
    passing = next((one for ran in right if (one := shown(observed, ran, key)) is not None and not one.beside), None)
    found = []
    for number in wrong:
        ran, actual = pairs[number - 1]
        run, shape = shown(observed, ran, key), shape_of(ran.result, actual)
        if run is None or not _fits(ran.result, actual) or _blanks_alone(ran.result, actual):
            continue
        if ran.result.exit_code in NOT_A_COMMAND:
            continue
        worth = _worth(shape, ran.result, actual) + (1.0 if len(wrong) < len(pairs) else 0.0)
        found.append(Symptom(shape, number, ran, actual, run, worth, len(wrong), passing))
    return max(found, key=lambda one: (one.worth, -len(one.ran.result.stdout)), default=None)


def hanging(observed: Observed, number: int, seconds: int, key: str) -> Symptom | None:
    """The run that does not end."""
    ran = observed.ran[number - 1]
    run = shown(observed, ran, key)
    if run is None or not ran.result.stdout or not _fits(ran.result, ran.result):
        return None
    return Symptom(HANG, number, ran, Result(137, "", ""), run, 0.0, 1, None, seconds)


def told(symptom: Symptom, key: str) -> str:
    """The symptom in the words that `key` draws, with what the run is given below it."""
    expected, actual = symptom.ran.result, symptom.actual
    values = {"run": inline(symptom.run.run), "seconds": str(symptom.seconds), "expected": _expected(expected)}
    match symptom.shape:
        case "value":
            values |= {"expected": inline(expected.stdout.strip("\n")), "actual": inline(actual.stdout.strip("\n"))}
        case "output":
            values["actual"] = _block(actual.stdout)
        case "difference":
            values |= {
                "difference": fenced("\n".join(_differing(expected, actual)), "diff"),
                "lines": _how_many(symptom),
            }
        case "crash":
            ending = f"Exit status: {actual.exit_code}{_signal(actual.exit_code)}.\n\n"
            values |= {"actual": _failure(actual), "status": ending}
        case "status":
            values |= {"code": f"{actual.exit_code}{_signal(actual.exit_code)}", "due": str(expected.exit_code)}
            values["said"] = f"\n\n{_failure(actual)}" if actual.stderr.strip() or actual.stdout else ""
    text = fill(pick(f"planted_bug_symptom/{symptom.shape}", key)[1], values).strip()
    if symptom.run.beside:
        text += f"\n\n{symptom.run.beside}"
    if symptom.passing is not None and draw("fine", key) % 3 == 0:
        text += "\n\n" + fill(pick("planted_bug_fine", key)[1], {"run": inline(symptom.passing.run)})
    return text


def inline(text: str) -> str:
    """A line of code within a sentence, whatever marks it holds."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def comparable(results: Sequence[Result] | None) -> list[tuple[str, int, str]] | None:
    """What must be the same when a changed source runs again somewhere else."""
    if results is None:
        return None
    return [(one.stdout, one.exit_code, error_of(one.stderr)) for one in results]


def error_of(stderr: str) -> str:
    """The line of an error message that names the error, without what is another each time; or nothing."""
    return _ELSEWHERE.sub("...", _error_line(stderr))[:160]


def _error_line(stderr: str) -> str:
    lines = [line.strip() for line in stderr.split("\n") if line.strip() and not _NO_ERROR.match(line)]
    named = [line for line in lines if _NAMED.search(line)]
    return (named or lines or [""])[-1]


def error_named(stderr: str) -> str:
    """The error where a message names one: of a usage text, or of some lines without one, no line is the error."""
    error = _error_line(stderr)[:160]
    if _ELSEWHERE.search(error):
        return ""
    alone = len(stderr.strip().split("\n")) == 1
    return error if (_NAMED.search(error) or alone) and not _USAGE.search(stderr) else ""


def first_difference(expected: str, actual: str) -> tuple[int, str, str]:
    """Where two outputs part: the line of the actual one (from 1), the lines of either; empty where it has none there."""
    before, after = expected.splitlines(), actual.splitlines()
    for tag, i, j, at, to in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            return at + 1, before[i] if i < j else "", after[at] if at < to else ""
    return 0, "", ""


def shape_of(expected: Result, actual: Result) -> str:
    """How a result differs from the expected one."""
    if actual.exit_code != expected.exit_code:
        failed = actual.exit_code and error_of(actual.stderr) != error_of(expected.stderr)
        return CRASH if failed and expected.stdout.strip() and actual.stderr.strip() else STATUS
    one, other = expected.stdout.strip("\n"), actual.stdout.strip("\n")
    short = one and other and "\n" not in one + other and max(len(one), len(other)) <= LONGEST_VALUE
    if short and "`" not in one + other and one == one.strip() and other == other.strip():
        return VALUE
    lines = max(one.count("\n"), other.count("\n")) + 1
    whole = lines <= FEW_LINES or (lines <= MOST_LINES and _share(expected, actual) > HALF)
    return OUTPUT if whole or not (one and other) else DIFFERENCE


def _differs(expected: Result, actual: Result) -> bool:
    """Whether a reader would say so: ids that each build has of its own are no difference."""
    one, other = (_OF_A_BUILD.sub("...", result.stdout) for result in (expected, actual))
    return (one, expected.exit_code) != (other, actual.exit_code)


def _blanks_alone(expected: Result, actual: Result) -> bool:
    """Whether only blanks or breaks of lines differ: nobody sees them."""
    return expected.exit_code == actual.exit_code and expected.stdout.split() == actual.stdout.split()


def _fits(expected: Result, actual: Result) -> bool:
    """Whether both can be shown to a person: lines that are not too long, of characters that are seen."""
    text = expected.stdout + actual.stdout + actual.stderr
    longest = max(map(len, (expected.stdout + actual.stdout).split("\n")))
    visible = _UNSEEN.search(text) is None and _OF_A_BUILD.search(expected.stdout + actual.stdout) is None
    if max(expected.stdout.count("\n"), actual.stdout.count("\n")) > 40 * MOST_LINES:
        return False
    return longest <= LONGEST_LINE and visible and len(list(_differing(expected, actual))) <= 3 * MOST_DIFFERENT


def _share(expected: Result, actual: Result) -> float:
    """The share of lines that differ."""
    before, after = expected.stdout.splitlines(), actual.stdout.splitlines()
    same = sum(
        block.size for block in difflib.SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    )
    return 1 - same / max(len(before), len(after), 1)


def _worth(shape: str, expected: Result, actual: Result) -> float:
    known = {VALUE: 3.0, OUTPUT: 2.5, DIFFERENCE: 3.0, CRASH: 1.5, STATUS: 0.5}[shape]
    if shape in {OUTPUT, DIFFERENCE}:
        known -= 1.5 * _share(expected, actual) - (0.5 if actual.stdout else -0.5)
    return known


def _differing(expected: Result, actual: Result) -> Iterator[str]:
    lines = difflib.unified_diff(
        expected.stdout.splitlines(), actual.stdout.splitlines(), "expected", "actual", lineterm="", n=CONTEXT
    )
    return (line.rstrip() if line.startswith("@@") else line for line in lines)


def _how_many(symptom: Symptom) -> str:
    lines = symptom.ran.result.stdout.count("\n")
    return f"{lines} lines in all, only the places that differ are shown"


def _block(text: str) -> str:
    lines = text.strip("\n").split("\n")
    if not text.strip():
        return _EMPTY_LINE if text == "\n" else _NOTHING
    if len(lines) <= MOST_LINES:
        return fenced("\n".join(lines), "text")
    return f"{fenced(chr(10).join(lines[:12]), 'text')}\n\n(the first 12 of {len(lines)} lines)"


def _expected(result: Result) -> str:
    ending = f"\n\n(exit status {result.exit_code})" if result.exit_code else ""
    return _block(result.stdout) + ending


def _failure(actual: Result) -> str:
    """What stands on the terminal when a run fails: what it printed, then the error."""
    out, err = actual.stdout.strip("\n").split("\n"), _of_the_file(actual.stderr)
    cut = []
    if len(out) > MOST_ERROR_LINES:
        cut.append(f"the last {MOST_ERROR_LINES} lines of its output")
        out = out[-MOST_ERROR_LINES:]
    if len(err) > MOST_ERROR_LINES:
        cut.append(f"{len(err) - MOST_ERROR_LINES} lines of the error left out")
        half = MOST_ERROR_LINES // 2
        err = [*err[:half], "...", *err[-half:]]
    text = "\n".join(line[:LONGEST_LINE] for line in (*out, *err) if line.strip() or line in out[1:])
    block = fenced(text.strip("\n"), "text") if text.strip() else _NOTHING
    return f"{block}\n\n({', '.join(cut)})" if cut else block


def _of_the_file(stderr: str) -> list[str]:
    """The lines of an error without those about the driver, which nobody is shown, and the inside of Node."""
    kept: list[str] = []
    skipping = 0
    for line in stderr.strip("\n").split("\n"):
        if _DRIVERS.search(line):
            skipping = 2 if _EXCERPT.fullmatch(line) else 1
            last = next((one for one in reversed(kept) if one.strip()), "")
            if last != "    ..." and not _EXCERPT.fullmatch(line):
                kept.append("    ...")
        elif not (skipping == 2 and _BELOW_EXCERPT.match(line)) and not (skipping == 1 and _BELOW_FRAME.match(line)):  # noqa: PLR2004
            skipping = 0
            kept.append(line)
    return kept


def _signal(code: int) -> str:
    return {134: " (aborted)", 136: " (arithmetic error)", 139: " (segmentation fault)"}.get(code, "")
