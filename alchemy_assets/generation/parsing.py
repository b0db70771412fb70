"""Read what a model answered: reasoning, tagged sections, code blocks, JSON; forgiving in form, strict in what must be there.

Belongs here: text in, parts out, and the complaint that a model is told when a part is missing. Does not: what the parts mean.
"""

import json
import re
from collections.abc import Iterable
from itertools import islice
from typing import Any

_OPENED, _CLOSED = "<think>", "</think>"
# What some chat templates let through when an engine reads their channels wrongly.
_LEAKED = re.compile(r"<\|[a-z_]+\|>|</?think>")
# No two of its parts can share a character: then runs of any of them are read in linear time.
_FENCE = re.compile(
    r"^([ \t]*)(`{3,}(?!`)|~{3,}(?!~))([^\n`]*)\n(.*?)(?:^\1\2[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE
)
NO_SECTION = "the answer lacks a part"
NO_CODE = "the answer has no code block"
# Brackets of words around it are few; each that begins nothing costs a look at all lines before.
_MOST_STARTS = 100
NO_JSON = "the answer is no JSON"
LEAKED = "control tokens of the model in its answer"


class UnreadableError(ValueError):
    """An answer cannot be read. reason: for the rejected row; complaint: what the model is told, to answer once more."""

    def __init__(self, reason: str, complaint: str) -> None:
        super().__init__(reason, complaint)
        self.reason = reason
        self.complaint = complaint


def without_thoughts(raw: str, reasoning: str | None) -> tuple[str | None, str]:
    """The reasoning and the answer proper, whether or not the engine told them apart.

    What stands before a first `</think>` is reasoning also without `<think>`: some templates write that into the prompt.
    Raises UnreadableError where tokens that frame channels or thoughts stand in the answer.
    """
    before, closed, after = raw.partition(_CLOSED)
    thought = before.lstrip().removeprefix(_OPENED)
    if closed and (_OPENED not in before or before.lstrip().startswith(_OPENED)):
        reasoning = "\n\n".join(part.strip() for part in (reasoning or "", thought) if part.strip()) or None
        raw = after
    if leak := _LEAKED.search(raw):
        raise UnreadableError(LEAKED, f"Your answer holds {leak[0]}. Answer without such marks.")
    return (reasoning.strip() or None) if reasoning else None, raw.strip()


def sections(answer: str, names: Iterable[str], optional: Iterable[str] = ()) -> dict[str, str]:
    """The parts between `<name>` and `</name>`, stripped; the end of the last may be missing.

    Raises UnreadableError naming those that are missing or empty. What is optional is left out where it is not there.
    """
    wanted, spare = tuple(names), tuple(optional)
    marks = "|".join(map(re.escape, (*wanted, *spare)))
    found: dict[str, str] = {}
    for part in re.finditer(
        rf"^[ \t]*<({marks})>[ \t]*\n?(.*?)(?:</\1>|\Z|(?=^<(?:{marks})>))", answer, re.DOTALL | re.MULTILINE
    ):
        found.setdefault(part[1], part[2].strip("\n").rstrip())
    if missing := [name for name in wanted if not found.get(name, "").strip()]:
        listed = ", ".join(f"<{name}>...</{name}>" for name in missing)
        raise UnreadableError(NO_SECTION, f"Your answer lacks {listed}. Write all parts, each between its tags.")
    return found


def code_blocks(text: str) -> list[tuple[str, str]]:
    """The fenced code blocks of a text: what stands behind the fence, and the code with a line break at its end."""
    blocks = []
    for indent, _, info, code in _FENCE.findall(text):
        lines = [line.removeprefix(indent) for line in code.splitlines()] if indent else code.splitlines()
        blocks.append((info.strip(), "\n".join(lines).rstrip() + "\n"))
    return blocks


def code_in(text: str) -> str:
    """The one code of a text: its longest block, or all of it where nothing is fenced and it does not read as prose.

    Raises UnreadableError where there is none.
    """
    blocks = [code for _, code in code_blocks(text) if code.strip()]
    if not blocks:
        raise UnreadableError(NO_CODE, "Your answer has no code. Put the whole code between ``` fences.")
    return max(blocks, key=len)


def json_of(answer: str) -> Any:
    """The JSON of an answer, with or without a fence or words around it; raw control characters in strings are allowed.

    Raises UnreadableError where there is none, where it nests too deep (a model may answer with brackets alone), or where a
    string holds half a character.
    """
    try:
        value = _first_json(answer)
        json.dumps(value, ensure_ascii=False).encode()
    except (RecursionError, UnicodeEncodeError) as error:
        raise UnreadableError(NO_JSON, "Your JSON nests too deep, or holds half a character. Write it anew.") from error
    return value


def _first_json(answer: str) -> Any:
    decoder = json.JSONDecoder(strict=False)
    candidates = [code for _, code in code_blocks(answer)] + [answer]
    for text in candidates:
        for start in islice(re.finditer(r"[{\[]", text), _MOST_STARTS):
            try:
                return decoder.raw_decode(text, start.start())[0]
            except ValueError:
                continue
    raise UnreadableError(NO_JSON, "Your answer is no JSON. Answer with one JSON value and nothing else.")
