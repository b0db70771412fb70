"""Turn the bytes of a source file into text, or say that it cannot be done safely.

Belongs here: byte-order marks, UTF-8, declared and detected encodings. Does not: languages (`detection`).
The law: `data.decode(encoding) == text` for whatever is returned, so a reader of the raw blob can redo it.
"""

import codecs
import re
from typing import NamedTuple

import charset_normalizer
from charset_normalizer.constant import IANA_SUPPORTED

# UTF-32's little-endian mark begins with UTF-16's, so the longer ones come first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# PEP 263's pattern; Emacs and Vim read the same mark in every language.
_DECLARATION = re.compile(rb"coding[:=][ \t]*([-\w.]+)", re.ASCII)
_DECLARATION_LINES = 2
# What source code was really written in before UTF-8. All of charset-normalizer's tables at once guess far worse:
# French comes out as cp775, KOI8-R as Japanese.
_CANDIDATES = [
    "cp1252",
    "cp1250",
    "cp1251",
    "koi8_r",
    "cp1253",
    "cp1254",
    "cp932",
    "euc_jp",
    "gb18030",
    "big5",
    "cp949",
]
# Two readings nearer than this in charset-normalizer's measure of mess are a draw, and a draw is not decoded.
_MARGIN = 0.02
_FEWEST_BYTES = 6
_MOST_BYTES = 64 * 1024
# Signs of a wrong guess: control and private characters, half-width katakana, Latin glued to Greek or Cyrillic.
_SUSPECT = re.compile(
    r"[\x00-\x08\x0e-\x1a\x7f-\x9f\ue000-\uf8ff\uff61-\uff9f\ufffd]"
    r"|(?<!\\)[A-Za-z][\u0370-\u04ff]|[\u0370-\u04ff][A-Za-z]"
)


class Decoded(NamedTuple):
    """A file's text and the name of the Python codec that gives it."""

    text: str
    encoding: str


def marked(data: bytes) -> str | None:
    """The codec that a byte-order mark names, or None where there is no mark."""
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)


def is_binary(data: bytes) -> bool:
    """Whether the bytes hold a NUL that is not half of a UTF-16 or UTF-32 character."""
    return b"\0" in data and marked(data) in (None, "utf-8-sig")


def peek(data: bytes, length: int) -> str:
    """The first bytes as text for looking at its ASCII parts; never fails, and is not the file's text."""
    return data[:length].decode(marked(data) or "latin-1", errors="replace")


def decode(data: bytes, claimed: str = "") -> Decoded | None:
    """The text of a file, newlines untouched and its byte-order mark removed; None if no encoding is safe.

    UTF-8 is tried first, then what the file's first two lines declare, then charset-normalizer over a short list of
    encodings. Its answer is taken only if every reading that is about as plausible is the same text: of 3,240 Python
    files with one, three or ten comments in 16 human languages, half stay undecided, and one answer in 270 is wrong.
    What stays undecided is read by the encoding that its corpus claims, if nothing in the text speaks against it.
    """
    encoding = marked(data)
    if encoding is not None:
        return _decoded(data, encoding)
    return _decoded(data, "utf-8") or _declared(data) or _detected(data) or _claimed(data, claimed)


def _decoded(data: bytes, encoding: str) -> Decoded | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return Decoded(text, encoding)


def _declared(data: bytes) -> Decoded | None:
    for line in data[:_MOST_BYTES].splitlines()[:_DECLARATION_LINES]:
        match = _DECLARATION.search(line)
        if match is None:
            continue
        return _named(data, match[1].decode("ascii"))
    return None


def _named(data: bytes, encoding: str) -> Decoded | None:
    try:
        name = codecs.lookup(encoding).name.replace("-", "_")
    except (LookupError, ValueError):  # ValueError: a NUL in the name
        return None
    name = {"iso8859_1": "latin_1"}.get(name, name)
    # Only character sets: a file may not name a codec that computes (`unicode_escape`, `rot13`).
    # UTF-16 without its mark would be binary.
    return _decoded(data, name) if name in IANA_SUPPORTED and not name.startswith("utf") else None


def _claimed(data: bytes, encoding: str) -> Decoded | None:
    decoded = _named(data, encoding) if encoding else None
    return None if decoded is None or _SUSPECT.search(decoded.text) else decoded


def _detected(data: bytes) -> Decoded | None:
    # Each line once: a repeated one says nothing more.
    foreign = dict.fromkeys(line for line in data.split(b"\n") if not line.isascii())
    sample = b"\n".join(foreign)[:_MOST_BYTES]
    if sum(byte > 127 for byte in sample) < _FEWEST_BYTES:  # noqa: PLR2004 -- the end of ASCII
        return None
    matches = charset_normalizer.from_bytes(sample, cp_isolation=_CANDIDATES, enable_fallback=False)
    best = matches.best()
    if best is None or len({str(match) for match in matches if match.chaos <= best.chaos + _MARGIN}) > 1:
        return None
    decoded = _decoded(data, best.encoding)
    return None if decoded is None or _SUSPECT.search(decoded.text) else decoded
