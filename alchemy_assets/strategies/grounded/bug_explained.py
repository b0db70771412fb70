"""Explain a planted bug: what is wrong, and why that gives what was seen.

Belongs here: which words fit a fault and a symptom, and what stands in their places. Does not: the words
(`phrasings/planted_bug_why`, `phrasings/planted_bug_so`). Nothing is said that does not hold for every such mutant.
"""

import re

from alchemy_assets.strategies.grounded import symptom as seen
from alchemy_assets.strategies.grounded.faults import change as faults
from alchemy_assets.strategies.grounded.faults.mutants import Mutant
from alchemy_assets.strategies.grounded.symptom import Symptom, error_named, first_difference, inline
from alchemy_assets.strategies.phrasing import fill, pick

LONGEST_CODE = 90
_RANGES = frozenset({"..", "..=", "..<", "..."})
_LOGIC = frozenset({"&&", "||", "and", "or", "AND", "OR"})
_DIRECTIONS = frozenset({"<", ">", "<=", ">=", "-lt", "-gt"})
_COMMAND = re.compile(r"(?:&&|\|\|)\s*(?:\{\s|(?:exit|return|continue|break|die|echo|shift)\b)")
_LOOP = re.compile(r"\W*(?:for|while)\b[^?]*$")
_ONLY = {
    faults.SWAPPED_ARGUMENTS: "swapped_arguments",
    faults.SWAPPED_OPERANDS: "swapped_operands",
    faults.SWAPPED_BRANCHES: "swapped_branches",
    faults.DEFAULT: "set",
    faults.RETURNED: "returned",
    faults.MISSING_BREAK: "fall_through",
    faults.LOOP_GOES_ON: "loop_goes_on",
    faults.EARLY_EXIT: "early_exit",
    faults.MISSING_RETURN: "missing_return",
    faults.TOO_EARLY: "too_early",
    faults.MISSING_ELSE: "missing_else",
    faults.VARIABLE: "variable",
    faults.FUNCTION: "function",
    faults.TERM: "term",
    faults.JOIN: "join",
    faults.ORDER: "order",
    faults.AGGREGATE: "aggregate",
    faults.DUPLICATES: "duplicates",
}


def explained(language: str, source: str, mutant: Mutant, symptom: Symptom, key: str) -> str:
    """One or two sentences: the cause, then its consequence."""
    why = cause(language, source, mutant, key)
    shape, values = _consequence(symptom)
    if not shape:
        return why
    return f"{why} {fill(pick(f'planted_bug_so/{shape}', key)[1], values)}"


def cause(language: str, source: str, mutant: Mutant, key: str) -> str:
    """What is wrong, in a sentence."""
    return fill(pick(f"planted_bug_why/{wording_of(source, mutant)}", key)[1], _places(language, source, mutant))


def wording_of(source: str, mutant: Mutant) -> str:
    """Which file of wordings fits a mutant."""
    old, new = replaced(source, mutant)
    starts = new in {"0", "1"} and re.search(r"[^=<>!]=[^=]", mutant.before) is not None
    if mutant.fault == faults.OFF_BY_ONE and old.isdigit() and f"[{old}]" in mutant.before:
        return "index"
    if mutant.fault == faults.OPERATOR and _COMMAND.search(mutant.before):
        return "and_then"
    of_two = {
        faults.BOUNDARY: ("boundary", "range", {old, new} <= _RANGES),
        faults.OFF_BY_ONE: ("off_by_one", "start", starts),
        faults.OPERATOR: ("arithmetic", "logic", old in _LOGIC),
        faults.INVERTED: ("inverted", "direction", new in _DIRECTIONS),
        faults.LOST_UPDATE: ("overwritten", "forgotten", not mutant.replacement),
        faults.SHADOWED: ("shadowed_field", "shadowed_block", new == "let"),
    }
    if (
        mutant.fault == faults.BOUNDARY
        and _LOOP.match(source.split("\n")[mutant.line - 1])
        and not {old, new} <= _RANGES
    ):
        return "loop_too_long" if "=" in new or new in {"-le", "-ge"} else "loop_too_short"
    if mutant.fault not in of_two:
        return _ONLY[mutant.fault]
    usual, other, holds = of_two[mutant.fault]
    return other if holds else usual


def replaced(source: str, mutant: Mutant) -> tuple[str, str]:
    """The text that was replaced, and what it was replaced by."""
    return source.encode()[mutant.start : mutant.end].decode().strip(), mutant.replacement.strip()


def _places(language: str, source: str, mutant: Mutant) -> dict[str, str]:
    old, new = replaced(source, mutant)
    line = mutant.line - (len(source) - len(source.lstrip("\n")))
    where = f"in `{mutant.function}`" if mutant.function else f"on line {line}"
    return {
        "right": inline(mutant.before),
        "wrong": inline(mutant.after),
        "old": inline(old),
        "new": inline(new),
        "line": str(line),
        "where": where,
        "where_cap": where[0].upper() + where[1:],
        "nothing": {"PHP": "`null`", "Python": "`None`"}.get(language, "`undefined`"),
    }


def _consequence(symptom: Symptom) -> tuple[str, dict[str, str]]:
    """Which consequence can be told, and with what in its places; none where nothing short can be quoted."""
    expected, actual = symptom.ran.result, symptom.actual
    values = {"run": inline(symptom.run.run), "code": str(actual.exit_code), "due": str(expected.exit_code)}
    shape = symptom.shape
    if shape == seen.CRASH:
        error = error_named(actual.stderr)
        return ("crash", values | {"error": inline(error)}) if error else ("status", values)
    if shape == seen.VALUE:
        one, other = expected.stdout.strip("\n"), actual.stdout.strip("\n")
        values |= {"expected": inline(one), "actual": inline(other)}
    if shape in {seen.HANG, seen.STATUS, seen.VALUE}:
        return shape, values
    return ("silent", values) if not actual.stdout.strip() else _line(expected.stdout, actual.stdout, values)


def _line(expected: str, actual: str, values: dict[str, str]) -> tuple[str, dict[str, str]]:
    """The first line that differs; where all lines are still there, that they are in another order."""
    before, after = expected.splitlines(), actual.splitlines()
    if before == after:
        return "", values
    if sorted(before) == sorted(after):
        at = next(at for at, (due, got) in enumerate(zip(before, after, strict=True), 1) if due != got)
        shape, due, got = "moved", before[at - 1].strip(), after[at - 1].strip()
    else:
        at, due, got = first_difference(expected, actual)
        due, got = due.strip(), got.strip()
        shape = "line" if due and got else "more" if got else "less"
        elsewhere = (shape == "more" and got in map(str.strip, before)) or (
            shape == "less" and due in map(str.strip, after)
        )
        if elsewhere:
            return "", values
    if max(len(due), len(got)) > LONGEST_CODE or due == got or (shape == "moved" and not (due and got)):
        return "", values
    return shape, values | {"at": str(at), "expected": inline(due), "actual": inline(got)}
