"""Write the turns of a conversation about a bug: report, suspicion and check, result, fix, test, commit message.

Belongs here: what each turn says, out of what was recorded. Does not: the words (`phrasings/debugging*`), running anything.
"""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from alchemy_assets.strategies.conversation import fenced
from alchemy_assets.strategies.grounded import drafting, symptom
from alchemy_assets.strategies.grounded.assertions.shell import is_echo
from alchemy_assets.strategies.grounded.assertions.suite import Suite
from alchemy_assets.strategies.grounded.bug_explained import cause, explained, wording_of
from alchemy_assets.strategies.grounded.completion import language_name
from alchemy_assets.strategies.grounded.faults import change as faults
from alchemy_assets.strategies.grounded.faults.mutants import Mutant
from alchemy_assets.strategies.grounded.shown_run import Shown, shown
from alchemy_assets.strategies.grounded.symptom import NOT_A_COMMAND, Symptom, error_named, first_difference, inline
from alchemy_assets.strategies.phrasing import fill, pick
from alchemy_assets.strategies.strategy import CuratedFile
from alchemy_assets.tracing.events import Event
from alchemy_assets.tracing.observed import CALLS, Observed, Result

LONGEST_SAID = 80
MOST_TEST_LINES = 16
SUBJECT = 68
_LOWER = ("the error", "the right", "exit status")
_LARGE = re.compile(r"\d{6,}")
# Where a line ends with one of these, or the next begins so, its statement goes on there.
_GOES_ON = re.compile(r"(?:[=(,\[*/&|?.<>]|(?<!\+)\+|(?<!-)-)\s*\n|\n\s*(?:[.?|)]|&&|\+(?!\+)|-(?!-))")
_TIMES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
BODY = 72
_CODE, _IN_LINE, _BLANK = re.compile(r"`` .*? ``|`[^`]*`"), re.compile(r" in line \d+$"), "\x00"
_AN_ERROR = {
    faults.OFF_BY_ONE: "off-by-one error",
    faults.BOUNDARY: "wrong boundary",
    faults.OPERATOR: "wrong operator",
    faults.INVERTED: "inverted condition",
    faults.SWAPPED_ARGUMENTS: "swapped arguments",
    faults.SWAPPED_OPERANDS: "swapped operands",
    faults.SWAPPED_BRANCHES: "swapped branches",
    faults.LOST_UPDATE: "lost update",
    faults.DEFAULT: "wrong initial value",
    faults.RETURNED: "wrong return value",
    faults.MISSING_BREAK: "missing break",
    faults.LOOP_GOES_ON: "missing break",
    faults.EARLY_EXIT: "missing early exit",
    faults.MISSING_RETURN: "missing return",
    faults.TOO_EARLY: "early return",
    faults.MISSING_ELSE: "missing else",
    faults.SHADOWED: "shadowed name",
    faults.VARIABLE: "wrong variable",
    faults.FUNCTION: "wrong function call",
    faults.TERM: "missing condition",
    faults.JOIN: "wrong kind of join",
    faults.ORDER: "wrong sort order",
    faults.AGGREGATE: "wrong aggregate",
    faults.DUPLICATES: "handling of duplicates",
}


@dataclass(frozen=True)
class Probe:
    """A second run: what it does with the bug, and what it should do. number: of the test, from 1."""

    number: int
    run: Shown
    fails: bool
    now: str
    due: str


@dataclass(frozen=True)
class Look:
    """A value inside the reported run that is the first to be wrong: what and when, as it is with the bug, as it should be."""

    what: str
    when: str
    now: str
    due: str


@dataclass(frozen=True)
class Talk:
    """All that the turns are written from; said and status: what the test says about the file with the bug."""

    file: CuratedFile
    observed: Observed
    mutant: Mutant
    symptom: Symptom
    probe: Probe | Look
    suite: Suite
    said: str
    status: int


def probes(observed: Observed, results: Sequence[Result], reported: Symptom, key: str) -> Iterator[Probe]:
    """The other runs whose results can be said in a few words."""
    built = replace(observed, compile="")  # How it is built was said with the first run.
    for number, (ran, result) in enumerate(zip(observed.ran, results, strict=True), 1):
        run = shown(built, ran, f"{key} probe")
        if number == reported.number or run is None or run.run == reported.run.run:
            continue
        if ran.result.exit_code in NOT_A_COMMAND or is_echo(ran):
            continue
        now, due = in_words(result, ran.result), in_words(ran.result, result)
        fails = (result.stdout, result.exit_code) != (ran.result.stdout, ran.result.exit_code)
        if now is not None and due is not None:
            yield Probe(number, run, fails, now, due)


def look(mutant: Mutant, due: Sequence[Event], now: Sequence[Event]) -> Look | None:
    """The first value that is wrong, of two traces that agree before it; None where they part in another way."""
    parted = next((at for at, (right, wrong) in enumerate(zip(due, now, strict=False)) if right != wrong), None)
    if parted is None:
        return None
    right, wrong = due[parted], now[parted]
    same_place = (right.kind, right.place) == (wrong.kind, wrong.place) and right.kind in {"VAR", "OUT"}
    if not same_place or [name for name, _ in right.state] != [name for name, _ in wrong.state]:
        return None
    differing = [(name, old, new) for (name, old), (_, new) in zip(right.state, wrong.state, strict=True) if old != new]
    turn = sum((one.kind, one.place) == (right.kind, right.place) for one in due[: parted + 1])
    name, old, new = differing[0]
    if "..." in old + new or max(len(old), len(new)) > LONGEST_SAID or turn > len(_TIMES) or not (old and new):
        return None
    if _GOES_ON.search("\n".join(mutant.text.split("\n")[right.line - 1 : right.line + 1])):
        return None
    ever = sum((one.kind, one.place) == (right.kind, right.place) for one in now)
    line = right.line - _above(mutant.text)
    if right.kind == "OUT":
        if right.function.rpartition(".")[2].lower() == "main":
            return None  # What it returns is the exit status, which was reported.
        what = f"what `{right.function}` returns" if name == "result" else f"`{name}` at the end of `{right.function}`"
    else:
        what = f"`{name}` right after line {line}"
    return Look(what, f" (the {_TIMES[turn - 1]} time)" if ever > 1 else "", inline(new), inline(old))


def _above(text: str) -> int:
    """Blank lines that a block of code does not show."""
    return len(text) - len(text.lstrip("\n"))


def in_words(result: Result, other: Result) -> str | None:  # noqa: PLR0911 -- one return a way to say it
    """What a run gave, told apart from what it gave otherwise, in a few words; None where that takes more."""
    if result.exit_code != other.exit_code:
        error = error_named(result.stderr)
        if _LARGE.search(error):
            return None  # Nobody foretells it.
        if result.exit_code and error and len(error) <= LONGEST_SAID and error not in other.stderr:
            return f"the error {inline(error)}"
        if not result.exit_code and (printed := _and(result)):
            return printed.removeprefix(" and ")
        return f"exit status {result.exit_code}" + _and(result)
    lines = result.stdout.rstrip("\n").split("\n")
    if result.stdout == other.stdout:
        last = lines[-1]
        if not last.strip() or len(last) > LONGEST_SAID:
            return None
        return inline(last) if len(lines) == 1 else f"{inline(last)} in the last of {len(lines)} lines"
    at, before, after = first_difference(other.stdout, result.stdout)
    if not after.strip() or not before.strip() or max(len(before), len(after)) > LONGEST_SAID:
        return None
    if not any("\n" in one.stdout.strip("\n") for one in (result, other)):
        return inline(after)
    return f"{inline(after)} in line {at}"


def _and(result: Result) -> str:
    lines = result.stdout.rstrip("\n").split("\n")
    short = len(lines) == 1 and 0 < len(lines[0].strip()) <= LONGEST_SAID
    return f" and {inline(lines[0])}" if short else ""


def turns(talk: Talk, key: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The id of the first phrasing, and the eight turns."""
    prompt_id, first = pick("debugging", key)
    asked = fill(
        first,
        {
            "code": drafting.code_block(talk.file.language, talk.mutant.text),
            "symptom": symptom.told(replace(talk.symptom, passing=None), key),
            "file": talk.observed.source,
            "language": language_name(talk.file.language),
        },
    )
    run, now = talk.symptom.run.run, in_words(talk.symptom.ran.result, talk.symptom.actual)
    messages = (
        asked,
        _suspect(talk, key),
        _result(talk.probe, key),
        _fix(talk, key),
        _drawn(
            "debugging_applied",
            key,
            run=run,
            output=now or "the right output",
            framework=talk.suite.said,
        ),
        _drawn(
            "debugging_test",
            key,
            test=drafting.code_block(talk.suite.language, talk.suite.text),
            how=talk.suite.command,
        ),
        _drawn("debugging_both", key, old=_old(talk)),
        fenced(_message(talk, key, now), "text"),
    )
    roles = ("user", "assistant") * (len(messages) // 2)
    return prompt_id, tuple(zip(roles, messages, strict=True))


def _drawn(wording: str, key: str, **values: str) -> str:
    template = pick(wording, key)[1]
    if values.get("given"):
        template = template.replace("{given} ", "{given}")  # A block ends a paragraph.
    text = fill(template, values)
    # What a run gave may begin a sentence.
    return text[0].upper() + text[1:] if text.startswith(_LOWER) else text


def _result(probe: Probe | Look, key: str) -> str:
    if isinstance(probe, Look):
        return _drawn("debugging_look", key, what=probe.what, when=probe.when, output=probe.now)
    return _drawn("debugging_result", key, run=probe.run.run, output=probe.now)


def _check(probe: Probe | Look, key: str) -> str:
    if isinstance(probe, Look):
        return _drawn("debugging_check_look", key, what=probe.what, when=probe.when, wrong=probe.now, right=probe.due)
    given = f"\n\n{probe.run.beside}\n\n" if probe.run.beside else ""
    wording = "debugging_check_fails" if probe.fails else "debugging_check_holds"
    return _drawn(wording, key, run=probe.run.run, wrong=probe.now, right=probe.due, given=given)


def _suspect(talk: Talk, key: str) -> str:
    mutant = talk.mutant
    line = mutant.text.split("\n")[mutant.line - 1].strip()
    missing = not mutant.replacement.strip() and mutant.text.count("\n") < talk.file.text.count("\n")
    return _drawn(
        "debugging_suspect_missing" if missing else "debugging_suspect",
        key,
        line=str(_number(talk)),
        code=drafting.code_block(talk.file.language, line),
        inside=f" in `{mutant.function}`" if mutant.function else "",
        why=explained(talk.file.language, talk.file.text, mutant, talk.symptom, key),
        check=_check(talk.probe, key),
    )


def _number(talk: Talk) -> int:
    """The number of the line as it is shown."""
    return talk.mutant.line - _above(talk.mutant.text)


def _fix(talk: Talk, key: str) -> str:
    probe = talk.probe
    way = "look" if isinstance(probe, Look) else "fails" if probe.fails else "holds"
    said = f"debugging_verdict_{way}"
    change = drafting.diff(talk.mutant.text, talk.file.text, talk.observed.source)
    return _drawn(
        "debugging_fix",
        key,
        verdict=_drawn(said, key, line=str(_number(talk))),
        line=str(_number(talk)),
        diff=f"```diff\n{change}\n```",
    )


def _old(talk: Talk) -> str:
    """What the test says about the file with the bug; frameworks tell times as well, so of theirs only the status."""
    lines = talk.said.rstrip("\n").split("\n")
    if talk.observed.harness == CALLS or not talk.said.strip() or len(lines) > MOST_TEST_LINES:
        return fenced(f"exit status {talk.status}", "text")
    return fenced("\n".join(lines), "text")


def _message(talk: Talk, key: str, now: str | None) -> str:
    where = talk.mutant.function or talk.observed.source
    indexed = wording_of(talk.file.text, talk.mutant) == "index"
    subject = f"Fix {'wrong index' if indexed else _AN_ERROR[talk.mutant.fault]} in {where}"
    about, effect = (talk.file.language, talk.file.text, talk.mutant), _effect(talk, now)
    why = cause(*about, f"{key} message") if effect else explained(*about, talk.symptom, f"{key} message")
    body = wrapped(" ".join(part for part in (why, effect, f"{talk.suite.name} fails without the change.") if part))
    return f"{subject}\n\n{body}" if len(subject) <= SUBJECT else f"{subject[: subject.rfind(' in ')]}\n\n{body}"


def _effect(talk: Talk, now: str | None) -> str:
    """What the reported run gave, and should give."""
    wrong, run = in_words(talk.symptom.actual, talk.symptom.ran.result), inline(talk.symptom.run.run)
    if not wrong or not now:
        return ""
    if talk.symptom.actual.exit_code == talk.symptom.ran.result.exit_code:
        place = _IN_LINE.search(wrong)
        due = now.removesuffix(place[0]) if place else now
        return f"{run} printed {wrong} instead of {due}."
    if wrong.startswith("the error") and now == "exit status 0":
        return f"{run} ended with {wrong}."
    due = now.removeprefix("exit status ") if wrong.startswith("exit status") else now
    return f"{run} ended with {wrong} instead of {due}."


def wrapped(text: str) -> str:
    """Lines of a message; code within a sentence stays whole, however long."""
    whole = _CODE.sub(lambda code: code[0].replace(" ", _BLANK), text)
    lines = textwrap.fill(whole, BODY, break_long_words=False, break_on_hyphens=False)
    return lines.replace(_BLANK, " ")
