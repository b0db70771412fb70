r"""Find what a prompt or a training loop would take for its own marks, and say what to write instead.

Belongs here: the marks, as pure functions of a text; samples after generation use them as well as sources. Does not:
which findings to act on in a program (`control_text`). What is written instead reads the same and means the same in
strings, comments and, where a mark is also code (`List<PRE>`, `regs[INST]`), in code: the marks are set apart by
spaces.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

ROLES = ("User", "Assistant", "Human", "System")


class Mark(NamedTuple):
    """A mark: where (characters), of what kind, what to write instead, and whether a role is alone on its line."""

    start: int
    end: int
    kind: str
    replacement: str
    alone: bool = True


# A name between bars, as in <|im_start|>; DeepSeek's are full-width.
_BARRED = r"<[|\uff5c](?P<barred>[^\s<>|\uff5c\[\]{}]{1,64})[|\uff5c]>"
# StarCoder's and Gemma's, Mistral's and Llama's, CodeLlama's, and those of reasoning and tool calls.
_ANGLED = (
    r"</?(?P<angled>fim_(?:prefix|middle|suffix|pad)|file_sep|reponame|gh_stars|issue_(?:start|comment|closed)|"
    r"jupyter_(?:start|text|code|output|script)|empty_output|commit_(?:before|msg|after)|"
    r"(?:start|end)_of_(?:turn|image)|SUF|MID|think|tool_(?:call|response))>"
)
_BRACKETED = r"\[/?(?:INST|TOOL_CALLS|TOOL_RESULTS|AVAILABLE_TOOLS)\]|<</?SYS>>"
# Ours: the placeholder of a source-free release, and the frame of trace files.
_OWN = r"\{{3,}(?P<placeholder>REPLACE_WITH_\w*_SOURCE)\}{3,}|={3,}STDERR:|-{3,} FILENAME:"
_TOKEN = re.compile(f"{_BARRED}|{_ANGLED}|{_BRACKETED}|{_OWN}")
# Marks of models that are ordinary HTML or generics elsewhere: they count only beside an unmistakable one.
_BESIDE_SUFFIX = re.compile(r"<(?:PRE|EOT)>")
_SUFFIX = re.compile(r"<(?:SUF|MID)>")
_BESIDE_INST = re.compile(r"</?s>")
_INST = re.compile(r"\[/?INST\]|<</?SYS>>")

_COMMENT_SIGN = r"(?:(?:#+|//+!?|/\*+|\*+|--+|;+|<!--|>)[ \t]*)?"
_ROLE = re.compile(
    rf"^(?P<before>[ \t]*{_COMMENT_SIGN}[*_]{{0,2}}(?:{'|'.join(ROLES)}))(?P<colon>:)(?![:=])(?P<rest>[^\n]*)$",
    re.MULTILINE,
)
_NOTHING = re.compile(r"[\s*_]*")

# One pattern that is true of every text with a mark, for looking through many texts at once (Rust's syntax).
PREFILTER = (
    r"<[|\x{ff5c}]|</?(?:fim_|file_sep|reponame|gh_stars|issue_|jupyter_|empty_output|commit_|start_of_|end_of_|"
    r"SUF>|MID>|think>|tool_)|\[/?(?:INST|TOOL_|AVAILABLE_TOOLS)|<</?SYS>>|REPLACE_WITH_|===STDERR:|--- FILENAME:|"
    rf"(?m:^[^\w\n]*_{{0,2}}(?:{'|'.join(ROLES)}):)"
)


def marks(text: str) -> list[Mark]:
    """All marks of a text, in order and not overlapping."""
    found = sorted((*_tokens(text), *_roles(text)))
    kept: list[Mark] = []
    for mark in found:
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return kept


def _tokens(text: str) -> Iterator[Mark]:
    patterns = [_TOKEN]
    if _SUFFIX.search(text):
        patterns.append(_BESIDE_SUFFIX)
    if _INST.search(text):
        patterns.append(_BESIDE_INST)
    for pattern in patterns:
        for match in pattern.finditer(text):
            yield Mark(match.start(), match.end(), "control_token", _instead_of(match))


def _instead_of(match: re.Match[str]) -> str:
    token, groups = match[0], match.groupdict()
    if groups.get("barred"):
        plain = f"<{groups['barred']}>"
        return (
            plain
            if not (_TOKEN.search(plain) or _BESIDE_SUFFIX.search(plain) or _BESIDE_INST.search(plain))
            else f"< {groups['barred']} >"
        )
    if groups.get("placeholder"):
        return f"{{ {groups['placeholder']} }}"
    if token.endswith(":"):
        return token.replace("STDERR", " STDERR").replace(" FILENAME", " FILE NAME")
    edge = 2 if token.startswith("<<") else 1
    return f"{token[:edge]} {token[edge:-edge]} {token[-edge:]}"


def _roles(text: str) -> Iterator[Mark]:
    for match in _ROLE.finditer(text):
        yield Mark(
            match.start("colon"), match.end("colon"), "role_line", " :", _NOTHING.fullmatch(match["rest"]) is not None
        )
