"""Judge words about code: what they quote is there, what they say of a change is no contradiction, a commit message is one.

Belongs here: the judges of kinds whose answer is text. Does not: which change is told (`changes`).
"""

import re

from alchemy_assets.generation.parsing import UnreadableError, code_blocks
from alchemy_assets.strategies.generated.dev import changes
from alchemy_assets.strategies.generated.dev.behaviour import seen_in
from alchemy_assets.strategies.generated.dev.changes import Changed, effect, touched
from alchemy_assets.strategies.generated.dev.rounds import Facts, Judging
from alchemy_assets.strategies.generated.dev.task import plan_of
from alchemy_assets.strategies.grounded.refactorings.reading import KEYWORDS
from alchemy_assets.strategies.grounded.resolve import known_names
from alchemy_assets.strategies.grounded.shapes import SHAPES
from alchemy_assets.strategies.strategy import Draft, Left

UNKNOWN_NAMES = "it quotes what stands in neither file nor change"
NAMES_NOTHING = "it names nothing of the change"
TOO_SHORT = "it says too little"
TOO_WORDY = "it says too much"
NO_WORDS = "it is not made of words"
CONTRADICTS = "it takes a fix for a refactoring, or the other way round"
WRONG_LINE = "it names a line that the file does not have"
NO_SUBJECT = "its subject line is missing or too long"
NOT_IMPERATIVE = "its subject line is no imperative"
NO_BLANK_LINE = "no blank line follows its subject"
COPIES_DIFF = "it copies the diff"
_ABOUT = (UNKNOWN_NAMES, NAMES_NOTHING, CONTRADICTS, COPIES_DIFF)
EXPLAINED_REASONS = (*changes.REASONS, *_ABOUT, TOO_SHORT, TOO_WORDY, NO_WORDS, WRONG_LINE)
MESSAGE_REASONS = (*changes.REASONS, *_ABOUT, NO_SUBJECT, NOT_IMPERATIVE, NO_BLANK_LINE, TOO_WORDY)
LEAST_KNOWN = 0.9
SHORTEST, LONGEST = 150, 3_500
# Characters of a word in the mean: English with code in it has 5 to 8, noise and what is encoded many more.
LONGEST_WORDS = 14
SUBJECT, BODY_LINE, LONGEST_MESSAGE = 72, 100, 1_500
MOST_COPIED = 1
QUOTED = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINES = re.compile(r"\blines? (\d{1,7})(?:\s*(?:-|–|to|and)\s*(\d{1,7}))?", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d]\w*")
_LITERAL = re.compile(r"\"[^\"]*\"|'[^']*'")
# Errors that a language raises by itself.
_ERROR = re.compile(r"(?:Error|Exception)$|^(?:NaN|None|EOF|NULL|stdin|stdout|stderr|int|args|argv)$")
_WORD = re.compile(r"[^\W\d]\w*|\d+")
_PREFIX = re.compile(r"^(?:[a-z]+(?:\([^)]*\))?!?|[\w./ -]{1,30}): +")
_FIRST = re.compile(r"[A-Za-z]+")
# Words of a subject that are no command: what was done, what does it, or the thing itself.
_NO_COMMAND = re.compile(
    r"(?i)(?:\w{2,}(?:ed|ing)|this|the|a|an|it|we|i|now|fixes|adds|removes|changes|updates|corrects|makes|renames|moves"
    r"|improves|uses|replaces|extracts|inlines|introduces|refactors|restores|ensures|prevents|handles|simplifies|bug|bugfix"
    r"|change|commit|minor|some)$"
)
_COMMANDS = frozenset({"embed", "shed", "feed", "need", "bring", "string", "seed", "speed", "change"})
_SAYS_SAME = re.compile(
    r"(?i)\b(?:no (?:functional|behaviou?ral) changes?|behaviou?r (?:is|stays|remains) (?:unchanged|the same|identical)"
    r"|pure(?:ly)? (?:a )?refactor\w*|without changing (?:its |the )?behaviou?r)"
)
_SAYS_FIX = re.compile(
    r"(?i)\b(?:fix(?:es|ed)? (?:a |an |the )?(?:\w+ ){0,3}(?:bug|error|defect)|corrects? (?:a |the )?bug|bug ?fix)"
)
_TYPE = re.compile(r"(?i)^(fix|bugfix|refactor\w*)\b")


def said(answer: str) -> str:
    """An answer that is words."""
    return answer


def message(answer: str) -> str:
    """The commit message of an answer, alone or in a block; raises UnreadableError where there is more beside it."""
    blocks = code_blocks(answer)
    if not blocks:
        return answer.strip()
    if len(blocks) == 1 and not answer.strip().startswith(("`", "~")):
        raise UnreadableError(TOO_WORDY, "Write the commit message and nothing else.")
    return blocks[0][1].strip()


def known_share(language: str, text: str, source: str) -> tuple[float, list[str]]:
    """The share of the quoted code whose names stand in a source or belong to the language, and what does not.

    Quotes without a name (numbers, examples of input) are none, and texts in quotation marks are no names.
    """
    words, squeezed = set(_NAME.findall(source)), " ".join(source.split())
    quotes, strange = 0, []
    for quote in QUOTED.findall(text):
        names = {name for name in _NAME.findall(_LITERAL.sub("", quote)) if len(name) > 1}
        quotes += bool(names)
        unknown = {name for name in names - words if not _of_language(language, name)}
        if unknown and " ".join(quote.split()) not in squeezed:
            strange.append(quote)
    return (1 - len(strange) / quotes if quotes else 1.0), strange


def _of_language(language: str, name: str) -> bool:
    """Whether a name is one of a language or its standard library, as far as those are listed."""
    bare = known_names(language)["bare"] if language in SHAPES else frozenset[str]()
    return name in bare or name.lower() in KEYWORDS or _ERROR.search(name) is not None


def explained(draft: Draft) -> Judging:
    """An explanation quotes what is there, names the change, and does not contradict what its runs show."""
    change, text = _change(draft), draft.messages[-1][1]
    if (fault := _about(change, draft, text) or _sane(text)) is not None:
        return fault
    wrong = [number for number in lines_named(text) if number > max(map(_lines, (change.before, change.after)))]
    if wrong:
        return Left(WRONG_LINE, f"line {wrong[0]}")
    return (yield from _shown_by_runs(draft, change))


def committed(draft: Draft) -> Judging:  # noqa: PLR0911 -- each return is another reason
    """A commit message has the form of one, and is true of its change as far as that can be told."""
    change, text = _change(draft), str(plan_of(draft).answer)
    subject, *rest = text.split("\n")
    if not subject.strip() or len(subject) > SUBJECT:
        return Left(NO_SUBJECT, f"{len(subject)} characters")
    first = _FIRST.search(_PREFIX.sub("", subject))
    if first is None or (_NO_COMMAND.match(first[0]) and first[0].lower() not in _COMMANDS):
        return Left(NOT_IMPERATIVE, subject)
    if rest and rest[0].strip():
        return Left(NO_BLANK_LINE, rest[0][:80])
    if len(text) > LONGEST_MESSAGE or any(len(line) > BODY_LINE for line in rest if "http" not in line):
        return Left(TOO_WORDY, f"{len(text):,} characters, a line of {max(map(len, text.split(chr(10))))}")
    if (fault := _about(change, draft, text)) is not None:
        return fault
    kind = _TYPE.match(subject)
    if kind is not None and kind[1].lower().startswith("refactor") == change.fix:
        return Left(CONTRADICTS, subject)
    return (yield from _shown_by_runs(draft, change))


def lines_named(text: str) -> list[int]:
    """The numbers of lines that a text speaks of."""
    return [int(number) for pair in LINES.findall(text) for number in pair if number]


def _about(change: Changed, draft: Draft, text: str) -> Left | None:
    known, strange = known_share(
        draft.file.language, text, f"{change.before}\n{change.after}\n{draft.file.path}\n{change.patch}"
    )
    if known < LEAST_KNOWN:
        return Left(UNKNOWN_NAMES, ", ".join(strange[:5]))
    copied = [line for line in map(str.strip, touched(change)) if len(line) > SUBJECT // 4 and _copies(text, line)]
    if len(copied) > MOST_COPIED or "\n@@ " in text:
        return Left(COPIES_DIFF, copied[0] if copied else "@@")
    if not _names(change) & {word.lower() for word in _WORD.findall(text)}:
        return Left(NAMES_NOTHING)
    if match := (_SAYS_SAME if change.fix else _SAYS_FIX).search(text):
        return Left(CONTRADICTS, match[0])
    return None


def _copies(text: str, line: str) -> bool:
    """Whether a line of the change stands as a line of its own, with or without its sign."""
    return any(own.strip().lstrip("+-").strip() == line for own in text.split("\n"))


def _names(change: Changed) -> set[str]:
    """Words of the lines that a change touches, and of the function around it."""
    words = {word.lower() for line in (*touched(change), change.where) for word in _WORD.findall(line)}
    parts = {part for word in words for part in word.split("_")}
    return {word for word in words | parts if len(word) > 1}


def _sane(text: str) -> Left | None:
    if len(text) < SHORTEST:
        return Left(TOO_SHORT, f"{len(text)} characters")
    if (mean := len(text) / len(text.split())) > LONGEST_WORDS:
        return Left(NO_WORDS, f"{mean:.0f} characters a word")
    return Left(TOO_WORDY, f"{len(text):,} characters") if len(text) > LONGEST else None


def _shown_by_runs(draft: Draft, change: Changed) -> Judging:
    seen = seen_in(draft)
    (outcome,) = yield [seen.run(change.other(draft.file.text))]
    shown = effect(change, seen, outcome)
    if isinstance(shown, Left):
        return shown
    return Facts(
        {"executed": True, "compiled": True if seen.compile else None, "answer_is_source": False},
        {"toolchain": outcome.toolchain, "runs": len(seen.ran), "detail": f"{change.what}; {shown}"},
        {"answer_lines": draft.messages[-1][1].count("\n") + 1},
    )


def _change(draft: Draft) -> Changed:
    change = plan_of(draft).given
    assert isinstance(change, Changed)  # noqa: S101 -- `changes.prepare` gave it
    return change


def _lines(text: str) -> int:
    return text.count("\n") + 1
