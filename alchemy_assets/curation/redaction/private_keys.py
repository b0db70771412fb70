"""Find the bodies of private keys: PEM and PGP blocks, PuTTY's files, also inside strings of any language.

Belongs here: which characters between two marks are the key. Does not: public keys and certificates, which are no
secrets. The frame, its headers, quotes, escapes and line breaks all stay, so a string remains the string it was.
"""

import re
from collections.abc import Iterator

from alchemy_assets.curation.redaction.findings import PRIVATE_KEY, Finding

_FRAME = re.compile(
    r"-----BEGIN (?P<name>(?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?)-----"
    r"(?P<body>(?:(?!-----BEGIN).){16,20000}?)-----END (?P=name)-----",
    re.DOTALL,
)
# A frame that somebody cut off: only lines that hold nothing but a piece of the key.
_OPEN = re.compile(
    r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----[ \t\"'\\nr+,\r]*\n"
    r"(?P<body>(?:[ \t\"'#*]*[A-Za-z0-9+/]{60,76}[ \t\"'\\nr+,\r]*\n){1,400})"
)
_PUTTY = re.compile(
    r"PuTTY-User-Key-File-\d(?:(?!PuTTY-User-Key-File|Private-Lines).){1,4000}Private-Lines: \d+"
    r"(?P<body>(?:(?!PuTTY-User-Key-File|Private-Lines).){16,20000}?)Private-MAC",
    re.DOTALL,
)

_ESCAPE = r"\\[nrt]"
_LONG = re.compile(rf"{_ESCAPE}|(?P<run>[A-Za-z0-9+/]{{20,}}={{0,2}})")
# The last line of a body is short: it counts where nothing but quotes and escapes stands beside it.
_SHORT = re.compile(r"^(?:[\s\"'`#*/,+]|\\[nrt])*(?P<run>=?[A-Za-z0-9+/]{2,}={0,2})(?=(?:[\s\"'`,;+]|\\[nrt])*$)")
_HEADER = re.compile(r"^[^A-Za-z]*[A-Za-z][A-Za-z-]*: .*$")

# True of every line where a key may begin, in Rust's syntax.
PREFILTER = (r"PRIVATE KEY|PuTTY-User-Key-File",)


def find(text: str) -> Iterator[Finding]:
    """The pieces of private keys in a text, none longer than a line."""
    framed: list[tuple[int, int]] = []
    for pattern in (_FRAME, _PUTTY, _OPEN):
        for match in pattern.finditer(text):
            start, end = match.span("body")
            is_new = not any(start < other_end and other_start < end for other_start, other_end in framed)
            if is_new and any(each["run"] for each in _LONG.finditer(text, start, end)):
                framed.append((start, end))
                yield from _pieces(text, start, end)


def _pieces(text: str, start: int, end: int) -> Iterator[Finding]:
    at = start
    for piece in re.split(r"(\n|\\n)", text[start:end]):
        if not _HEADER.match(piece):
            found = [each for each in _LONG.finditer(piece) if each["run"]] or [
                each for each in [_SHORT.match(piece)] if each
            ]
            for each in found:
                yield Finding(at + each.start("run"), at + each.end("run"), PRIVATE_KEY)
        at += len(piece)
