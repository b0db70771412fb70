"""Put a refactoring into words: the question with the file, and the answer as a diff, the function or the whole file.

Belongs here: which form is asked for, and that form. Does not: the words (`phrasings/refactoring_*.txt`).
"""

import re
from pathlib import PurePosixPath

from alchemy_assets.strategies.conversation import fenced
from alchemy_assets.strategies.grounded.completion import language_name
from alchemy_assets.strategies.grounded.drafting import code_block, diff
from alchemy_assets.strategies.grounded.refactorings.reading import TOP, Proposal
from alchemy_assets.strategies.phrasing import draw, fill, pick
from alchemy_assets.strategies.strategy import CuratedFile

DIFF, FUNCTION, FILE = "diff", "function", "file"
# A longer file is not repeated for a small change, nor is a longer function.
WHOLE_FILE, WHOLE_FUNCTION = 2_000, 2_400
# What changes one function and makes another.
_OF_TWO = frozenset({"extract_function"})
_BARE = re.compile(
    r"\b(only|nothing|no more|just|bare|plain|without|no (?:comment|explan|prose|text|word)\w*)\b", re.IGNORECASE
)


def turns(file: CuratedFile, proposal: Proposal, text: str) -> tuple[str, str, str]:
    """The id of the phrasing, the question and the answer."""
    key = f"{file.blob_id} {proposal.key}"
    form = form_of(file, proposal, text)
    prompt_id, template = pick(f"refactoring_{proposal.refactoring}", key)
    several = form == FUNCTION and proposal.refactoring in _OF_TWO
    _, wish = pick(f"refactoring_as_{form}s" if several else f"refactoring_as_{form}", key)
    name = PurePosixPath(file.path).name or "the file"
    values = {
        **proposal.values,
        "code": code_block(file.language, file.text),
        "file": name,
        "language": language_name(file.language),
        "form": wish,
    }
    shown = shown_as(form, file, proposal, text)
    if not _BARE.search(wish):
        _, said = pick(f"refactoring_{proposal.refactoring}_answers", key)
        said = fill(said, values)
        shown = f"{said}\n\n{shown}" if said else shown
    return prompt_id, _begun(fill(template, values)), _begun(shown)


def _begun(text: str) -> str:
    """A text whose sentences begin with a capital letter where they begin with a place."""
    return re.sub(
        rf"(?:^|(?<=[.!?]\s)|(?<=\n))(?:{TOP}|this file|the query)", lambda found: found[0].capitalize(), text
    )


def form_of(file: CuratedFile, proposal: Proposal, text: str) -> str:
    """How the change is to be shown: what fits to its size, drawn."""
    forms = [DIFF]
    if proposal.first is not None and len("\n".join(_function(file, proposal, text))) <= WHOLE_FUNCTION:
        forms += [FUNCTION, FUNCTION]
    if len(file.text) <= WHOLE_FILE:
        forms += [FILE]
    return forms[draw("form", file.blob_id, proposal.key) % len(forms)]


def shown_as(form: str, file: CuratedFile, proposal: Proposal, text: str) -> str:
    """The changed code in one of the forms."""
    if form == DIFF:
        return fenced(diff(file.text, text, PurePosixPath(file.path).name or "file"), "diff")
    if form == FILE:
        return code_block(file.language, text)
    return code_block(file.language, "\n".join(_moved_left(_function(file, proposal, text))))


def _function(file: CuratedFile, proposal: Proposal, text: str) -> list[str]:
    """The lines of the definition that was changed, after the change."""
    before, after = file.text.split("\n"), text.split("\n")
    behind = len(before) - 1 - (proposal.last or 0)
    return after[proposal.first : len(after) - behind]


def _moved_left(lines: list[str]) -> list[str]:
    first = lines[0]
    indent = first[: len(first) - len(first.lstrip())]
    if not indent or not all(line.startswith(indent) for line in lines if line.strip()):
        return lines
    return [line.removeprefix(indent) if line.strip() else line for line in lines]
