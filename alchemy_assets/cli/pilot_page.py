"""The page of a pilot: what came of it, and samples side by side, in one HTML file that needs nothing else.

Belongs here: the values that the template shows. Does not: wording and looks (`pilot_page.html.j2`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from alchemy_assets.cli import figures, pilot
from alchemy_assets.cli.highlighting import Piece, pieces
from alchemy_assets.cli.trace_view import printable
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.orchestration.pilot import Result
from alchemy_assets.orchestration.samples_shown import FILE, Shown

TEMPLATE = Path(__file__).with_name("pilot_page.html.j2")
# Characters of one turn; what is beyond is said to be left out.
LONGEST = 60_000
_FENCE = re.compile(r"^(?P<mark>`{3,}|~{3,})(?P<info>[^`\n]*)$")
_OTHER_NAMES = {
    "sh": "Shell",
    "shell": "Shell",
    "zsh": "Shell",
    "py": "Python",
    "js": "JavaScript",
    "ts": "TypeScript",
} | {
    "c++": "Cpp",
    "c#": "CSharp",
    "cs": "CSharp",
    "rb": "Ruby",
    "rs": "Rust",
    "golang": "Go",
    "md": "Markdown",
}
_BY_NAME: Mapping[str, str] = (
    {language.fence: name for name, language in LANGUAGES.items()}
    | {name.lower(): name for name in LANGUAGES}
    | _OTHER_NAMES
)


@dataclass(frozen=True)
class Block:
    """A part of a turn: prose, or the lines of a code block."""

    code: bool
    info: str
    lines: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True)
class Turn:
    """What one side says."""

    role: str
    blocks: tuple[Block, ...]
    left_out: int = 0


@dataclass(frozen=True)
class Exchange:
    """A row of a sample: what the left side says, and what the right side answers."""

    left: tuple[Turn, ...]
    right: tuple[Turn, ...]


@dataclass(frozen=True)
class Card:
    """A sample on the page."""

    shown: Shown
    path: str
    flags: tuple[tuple[str, str], ...]
    exchanges: tuple[Exchange, ...]
    reasoning: str


def render(result: Result) -> str:
    """The page of a pilot."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["printable"] = printable
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        result=result,
        summary=list(pilot.summary(result)),
        cards={
            kind.name: [
                [_card(one) for one in result.shown if one.kind == kind.name and one.accepted is good]
                for good in (True, False)
            ]
            for kind in result.kinds
        },
        intervals=pilot.intervals(result),
        figures=figures,
        rate_of=pilot.rate_of,
        cut_of=pilot.cut_of,
        with_spread=pilot.with_spread,
    )


def _card(shown: Shown) -> Card:
    return Card(
        shown,
        printable(shown.path),
        tuple((name.replace("_", " "), printable(_value(value))) for name, value in shown.flags.items()),
        tuple(_exchanges(shown.turns, shown.language)),
        printable(shown.reasoning or ""),
    )


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _exchanges(turns: Sequence[tuple[str, str]], language: str) -> Iterator[Exchange]:
    """Turns in pairs: everything up to an answer stands at its left."""
    left: list[Turn] = []
    right: list[Turn] = []
    for role, content in turns:
        if role != "assistant" and right:
            yield Exchange(tuple(left), tuple(right))
            left, right = [], []
        (right if role == "assistant" else left).append(_turn(role, content, language))
    if left or right:
        yield Exchange(tuple(left), tuple(right))


def _turn(role: str, content: str, language: str) -> Turn:
    text = printable(content[:LONGEST])
    left_out = max(len(content) - LONGEST, 0)
    if role == FILE:
        return Turn(role, (_code(language, language, text),), left_out)
    return Turn(role, tuple(blocks(text)), left_out)


def _code(info: str, language: str | None, text: str) -> Block:
    found = (
        [tuple(line) for line in pieces(language, text)]
        if language
        else [(Piece(line, ""),) for line in text.split("\n")]
    )
    return Block(code=True, info=info, lines=tuple(found))


def blocks(text: str) -> Iterator[Block]:
    """A text in Markdown as prose and code blocks; a block that does not end goes on to the end of the text."""
    lines = text.split("\n")
    prose: list[str] = []
    at = 0
    while at < len(lines):
        opening = _FENCE.match(lines[at])
        if opening is None:
            prose.append(lines[at])
            at += 1
            continue
        yield from _prose(prose)
        prose = []
        mark, info = opening["mark"], opening["info"].strip()
        end = next((row for row in range(at + 1, len(lines)) if _closes(lines[row], mark)), len(lines))
        yield _code(info, _BY_NAME.get(info.split(" ")[0].lower()), "\n".join(lines[at + 1 : end]))
        at = end + 1
    yield from _prose(prose)


def _closes(line: str, mark: str) -> bool:
    said = line.rstrip()
    return said.startswith(mark) and set(said) == {mark[0]}


def _prose(lines: Sequence[str]) -> Iterator[Block]:
    text = "\n".join(lines).strip("\n")
    if text.strip():
        yield Block(code=False, info="", lines=((Piece(text, ""),),))
