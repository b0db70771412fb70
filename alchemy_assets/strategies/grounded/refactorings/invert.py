"""Turn an if-else round: its condition is negated, and its arms change places.

Belongs here: which ones read better so, and the edits. Does not: reading branches (`branches`), the opposite of a condition
(`negation`), early exits (`guard`).
"""

import re
from collections.abc import Iterator

from alchemy_assets.curation.edits import Edit
from alchemy_assets.strategies.grounded.outline import last_line
from alchemy_assets.strategies.grounded.refactorings.branches import Branch, branches, in_chain, values_of
from alchemy_assets.strategies.grounded.refactorings.negation import bare, is_negated, negated
from alchemy_assets.strategies.grounded.refactorings.reading import EDIT, Proposal, Reading, line_of
from alchemy_assets.syntax_tree import text_of

SWAP = "swap"
_MOST_LINES = 40
_SHORT = 3
_WHY = {"positive": "the condition comes without a negation", "short": "the short case comes first"}


def swaps(reading: Reading) -> Iterator[Proposal]:
    """Every if-else that reads better the other way round: without a negation, or with its short arm first."""
    for scope in reading.scopes:
        for branch in branches(reading, scope):
            turned = negated(reading.language, branch.condition) if branch.otherwise else None
            if turned is None or branch.otherwise is None or in_chain(branch.node):
                continue
            source, (then, otherwise) = reading.source, (branch.then, branch.otherwise)
            first, second = source[then[0] : then[1]].decode(), source[otherwise[0] : otherwise[1]].decode()
            lengths = first.count("\n") + 1, second.count("\n") + 1
            why = "positive" if is_negated(reading.language, branch.condition) and not _negative(turned) else ""
            # A negation with an else is harder to read than a long first arm.
            if not why and lengths[1] <= _SHORT and lengths[0] >= lengths[1] + 2 and not _negative(turned):
                why = "short"
            if _with_itself(branch) or not why or max(lengths) > _MOST_LINES or _splits(reading, branch, first, second):
                continue
            condition = bare(branch.condition)
            edits = (
                Edit(condition.start_byte, condition.end_byte, turned, EDIT),
                Edit(*then, second, EDIT),
                Edit(*otherwise, first, EDIT),
            )
            proven = frozenset(range(line_of(branch.node), last_line(branch.node) + 2))
            if proven & reading.reached:
                yield Proposal(
                    SWAP,
                    f"{branch.node.start_byte}",
                    values_of(scope, branch, turned) | {"why": _WHY[why]},
                    edits,
                    proven,
                    scope.item.first,
                    scope.item.last,
                    3.0 + (why == "positive") - max(lengths) / 40,
                )


def _negative(turned: str) -> bool:
    return re.search(r"(?<![\w=])!|\bnot\b|!=|(?<!\S)-ne(?!\S)", turned) is not None


def _with_itself(branch: Branch) -> bool:
    """Whether a value is compared with itself: `d != d` asks for what is no number, and everybody knows it so."""
    sides = re.fullmatch(r"\(?\s*(\S+)\s*[!=]==?\s*(\S+?)\s*\)?", text_of(bare(branch.condition)))
    return sides is not None and sides[1] == sides[2]


def _splits(reading: Reading, branch: Branch, first: str, second: str) -> bool:
    """Whether the arms hold what cannot be moved: a status that is read, a comment between the arms."""
    if reading.language == "Shell" and ("$?" in first or "$?" in second):
        return True
    then, otherwise = branch.then, branch.otherwise or branch.then
    between = reading.source[then[1] : otherwise[0]].decode()
    head = reading.source[branch.condition.end_byte : then[0]].decode()
    marks = ("#",) if reading.language in {"Python", "Ruby", "Shell"} else ("//", "/*")
    if any(mark in part for mark in marks for part in (between, head)):
        return True
    if first.startswith("{") and ("\n" in head) != ("\n" in between.split("else")[-1]):
        return True
    return _indent_of(reading, then[0]) != _indent_of(reading, otherwise[0])


def _indent_of(reading: Reading, start: int) -> str:
    line = reading.source[:start].rsplit(b"\n", 1)[-1].decode()
    return line[: len(line) - len(line.lstrip())]
