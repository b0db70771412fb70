"""Have a Markdown document revised: one thing is proposed and done, and the rest of the document is still there.

Belongs here: what survives of a document, and the judge. Does not: documentation inside of code (`comments`).
"""

import re
from collections import Counter

from alchemy_assets.generation.completions import Answers
from alchemy_assets.generation.parsing import NO_CODE, UnreadableError, code_blocks
from alchemy_assets.strategies.generated.dev.proposed import REASONS as PROPOSED_REASONS
from alchemy_assets.strategies.generated.dev.rounds import Facts, Judging
from alchemy_assets.strategies.generated.dev.task import OTHER_LANGUAGE, plan_of, whole
from alchemy_assets.strategies.generated.new_code import MUCH_GONE, MUCH_MORE, UNCHANGED
from alchemy_assets.strategies.generated.shown import Shown
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left

TOO_BRIEF = "the document is too short to be revised"
CODE_GONE = "code of the document is gone or another"
LINK_MADE_UP = "a link stands in the answer that the document does not have"
LINKS_GONE = "links of the document are gone"
HEADINGS_GONE = "most headings of the document are gone"
REASONS = (
    *PROPOSED_REASONS,
    *(TOO_BRIEF, CODE_GONE, LINK_MADE_UP, LINKS_GONE, HEADINGS_GONE, UNCHANGED, MUCH_GONE, MUCH_MORE),
)
LEAST_CHARACTERS = 400
SHORTEST, LONGEST, MAY_ADD = 0.6, 2.0, 1_500
LEAST_HEADINGS, LEAST_LINKS = 0.5, 0.9
_LINK = re.compile(r"\]\(\s*<?([^\s)>#][^\s)>]*)|(?<![\w(<`\"'])(https?://[^\s)>\"'`\]]+)|<(https?://[^>\s]+)>")
_HEADING = re.compile(r"(?m)^#{1,6} +(.+?) *#*$")
_WORD = re.compile(r"\w+")


def document(file: CuratedFile, answers: Answers) -> Shown | Left:
    """A Markdown file of some length."""
    if file.language != "Markdown":
        return Left(OTHER_LANGUAGE, file.language)
    if len(file.text.strip()) < LEAST_CHARACTERS:
        return Left(TOO_BRIEF, f"{len(file.text.strip())} characters")
    return whole(file, answers)


def revised(said: str) -> str:
    """The document of an answer: its first block, which goes up to the last fence of its kind.

    Raises UnreadableError where there is none.
    """
    opening = re.search(r"(?m)^(`{3,}|~{3,})[ \t]*(?:markdown|md)?[ \t]*\n", said)
    if opening is None:
        raise UnreadableError(
            NO_CODE, "Your answer has no document. Put the whole document into one Markdown code block."
        )
    ends = list(re.finditer(rf"(?m)^{re.escape(opening[1])}[ \t]*$", said[opening.end() :]))
    if not ends:
        raise UnreadableError(NO_CODE, f"Close the block of your document with {opening[1]} on a line of its own.")
    return said[opening.end() : opening.end() + ends[-1].start()]


def judge(draft: Draft) -> Judging:  # noqa: PLR0911 -- each return is another reason
    """It differs, its code, links and headings are still there, and no link is made up."""
    yield from ()
    old, new = draft.file.text, plan_of(draft).answer
    assert isinstance(new, str)  # noqa: S101 -- `revised` read it
    if old.split() == new.split():
        return Left(UNCHANGED)
    sizes = f"{len(new):,} characters, {len(old):,} before"
    if len(new) < SHORTEST * len(old):
        return Left(MUCH_GONE, sizes)
    if len(new) > LONGEST * len(old) + MAY_ADD:
        return Left(MUCH_MORE, sizes)
    before, after = (Counter(code.split("\n")[0] + code for _, code in code_blocks(text)) for text in (old, new))
    if gone := before - after:
        return Left(CODE_GONE, next(iter(gone)).split("\n")[0][:120])
    known, now = links(old), links(new)
    if made_up := now - known:
        return Left(LINK_MADE_UP, min(made_up)[:200])
    if len(known & now) < LEAST_LINKS * len(known):
        return Left(LINKS_GONE, ", ".join(sorted(known - now)[:3])[:200])
    headings = [_words(one) for one in _HEADING.findall(_without_code(old))]
    kept = [_words(one) for one in _HEADING.findall(_without_code(new))]
    if sum(one in kept for one in headings) < LEAST_HEADINGS * len(headings):
        return Left(HEADINGS_GONE, f"{sum(one in kept for one in headings)} of {len(headings)} are left")
    detail = f"{len(known)} links, {sum(before.values())} code blocks and {len(headings)} headings were looked for"
    return Facts({"answer_is_source": False}, {"detail": detail}, {"answer_lines": new.count("\n") + 1})


def links(text: str) -> frozenset[str]:
    """The targets of the links of a document, those to its own headings apart."""
    return frozenset(
        next(part for part in found if part).rstrip(".,;:!?") for found in _LINK.findall(_without_code(text))
    )


def _without_code(text: str) -> str:
    return re.sub(r"(?ms)^([ \t]*)(`{3,}|~{3,}).*?(?:^\1\2[`~]*[ \t]*$|\Z)", "", text)


def _words(heading: str) -> str:
    return " ".join(_WORD.findall(heading.lower()))
