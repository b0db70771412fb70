"""Tell the licence that a file's own header states: an SPDX line, or the usual sentences of common licences.

Belongs here: reading the first lines of a file. Does not: whether a licence is allowed (`licenses`).
A header that only points to a LICENSE file ("governed by a BSD-style license") states nothing by itself.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

import polars as pl

HEADER_CHARACTERS = 4_000

# The comments that a file starts with: a block, or lines that are comments or blank (C#'s `#region` around them too).
_FIRST_COMMENT = re.compile(
    r"\s*(?:/\*.*?\*/|<!--.*?-->|\"{3}.*?\"{3}"
    r"|(?:(?://|--|;|#(?:region|endregion)\b|#(?![ \t]*[a-z]+\b|!)|#[ \t]+[A-Za-z])[^\n]*(?:\n\s*|\Z))+)",
    re.DOTALL,
)
_NOTICE = re.compile(r"copyright|licen[sc]e|all rights reserved", re.IGNORECASE)

_SPDX_LINE = re.compile(r"SPDX-License-Identifier:[ \t]*(\(*[A-Za-z0-9][A-Za-z0-9.+:/() \t-]*)")
# Every sentence below has one of these in it.
_MARKERS = ("licen", "permission", "redistribution", "public domain", "gpl")
# What a sentence says of itself stands no further than this before its first marker and behind its last.
_BEFORE, _BEHIND = 200, 400
# What stands between the words of a sentence that is wrapped in comments of any language.
_BETWEEN_WORDS = str.maketrans(dict.fromkeys("*#/;!%|\"'`<>,()\\-", " "))
_CHOICE = re.compile(
    r"\bdual(?:ly)? licen[sc]ed?\b|\blicen[sc]ed under both\b|\balternatively\b|\beither licen[sc]e\b"
    r"|\b(?:a|your) choice\b|\beither of (?:the|these|two)\b"
)
# In valgrind.h a BSD licence applies "to this one file" and the rest of Valgrind has another.
_OF_THE_REST = re.compile(r"\bthe rest of \S+ is licen[sc]ed under .{0,60}")

_GNU = re.compile(
    r"(?:under|terms of|subject to|governed by|covered by)(?: \S+){0,6}? (?:the )?gnu (affero |lesser |library )?"
    r"(?:lesser )?general public licen[sc]e(.{0,220})"
)
_GNU_VERSION = re.compile(r"(?:version|v\.?|gpl) ?(\d(?:\.\d)?)\b|^ ?(\d(?:\.\d)?)\b")
_GNU_NAMES = {None: "GPL", "affero ": "AGPL", "lesser ": "LGPL", "library ": "LGPL"}
_GNU_VERSIONS = {"GPL": ("1.0", "2.0", "3.0"), "AGPL": ("3.0",), "LGPL": ("2.0", "2.1", "3.0")}


def _gnu(text: str) -> Iterator[str]:
    for match in _GNU.finditer(text):
        name = _GNU_NAMES[match[1]]
        tail = match[2].split("without any warranty", 1)[0]
        found = _GNU_VERSION.search(tail)
        yield _gnu_identifier(name, (found[1] or found[2]) if found else "", tail)


_GNU_SHORT = re.compile(
    r"(?:under|licen[sc]ed?:?)(?: \S+){0,4} ([al]?gpl)[ -]?(?:version |v)?(\d(?:\.\d)?)?\b(.{0,60})"
)


def _gnu_short(text: str) -> Iterator[str]:
    for match in _GNU_SHORT.finditer(text):
        yield _gnu_identifier(match[1].upper(), match[2] or "", match[3])


def _gnu_identifier(name: str, version: str, tail: str) -> str:
    version = f"{version}.0"[:3]
    if version not in _GNU_VERSIONS[name]:
        return f"{name}-{_GNU_VERSIONS[name][0]}-or-later"
    later = tail.startswith("+") or re.search(r"\b(?:later|newer)\b", tail)
    return f"{name}-{version}-{'or-later' if later else 'only'}"


def _bsd(text: str) -> Iterator[str]:
    if "redistribution and use in source and binary forms" in text:
        if "all advertising materials" in text:
            yield "BSD-4-Clause"
        else:
            yield (
                "BSD-3-Clause" if re.search(r"neither the names? |may not be used to endorse", text) else "BSD-2-Clause"
            )


def _says(pattern: str, identifier: str) -> Callable[[str], Iterator[str]]:
    compiled = re.compile(pattern)
    return lambda text: iter((identifier,) if compiled.search(text) else ())


def _versioned(pattern: str, name: str, default: str) -> Callable[[str], Iterator[str]]:
    compiled = re.compile(pattern + r",? ?(?:\(?\w{3,4}\)? )?(?:version |v\.? ?)?(\d\.\d)?")
    return lambda text: (f"{name}-{match[1] or default}" for match in compiled.finditer(text))


# Sentences as SPDX's licence texts and standard headers have them (spdx.org/licenses), in lower case, on one line; each
# behind words without which it cannot be there.
_SENTENCES: tuple[tuple[str, Callable[[str], Iterator[str]]], ...] = (
    ("gnu ", _gnu),
    ("gpl", _gnu_short),
    ("redistribution", _bsd),
    ("mozilla", _versioned(r"(?:under|terms of|subject to)(?: \S+){0,4} mozilla public licen[sc]e", "MPL", "2.0")),
    ("eclipse", _versioned(r"(?:under|terms of)(?: \S+){0,6} eclipse public licen[sc]e", "EPL", "1.0")),
    ("common development", _says(r"terms of the common development and distribution licen[sc]e", "CDDL-1.0")),
    (
        "apache",
        _says(
            r"under the apache licen[sc]e,? (?:version |v\.? ?)?2(?:\.0)?\b|\band apache 2(?:\.0)? licen[sc]e\b",
            "Apache-2.0",
        ),
    ),
    ("hereby granted", _says(r"permission is hereby granted free of charge to any person obtaining a copy", "MIT")),
    ("mit", _says(r"(?:under|terms of)(?: the)? mit licen[sc]e|\bdual(?:ly)? licen[sc]ed under (?:the )?mit\b", "MIT")),
    (
        "to use copy",
        _says(r"permission to use copy modify and (?:or )?distribute this software for any purpose", "ISC"),
    ),
    ("boost", _says(r"under the boost software licen[sc]e", "BSL-1.0")),
    ("unencumbered", _says(r"free and unencumbered software released into the public domain", "Unlicense")),
)


def of_headers(headers: pl.Series) -> list[str]:
    """The SPDX expression that the first characters of each file state; empty where they state none."""
    # One pass in Rust over all of them leaves the few that are worth a closer look.
    said = headers.str.contains(f"(?i){'|'.join(_MARKERS)}")
    return [of_header(header) if header else "" for header in pl.select(pl.when(said).then(headers)).to_series()]


def of_header(header: str) -> str:
    """The SPDX expression that the first characters of a file state; empty where they state none.

    Several licences hold together unless the header offers a choice ("dual licensed", "alternatively").
    """
    if "SPDX-License-Identifier:" in header:
        listed = sorted({match[1].rstrip(" \t-/:") for match in _SPDX_LINE.finditer(header)})
        if listed:
            return listed[0] if len(listed) == 1 else " AND ".join(f"({text})" for text in listed)
    lowered = header.lower()
    places = [at for marker in _MARKERS if (at := lowered.find(marker)) >= 0]
    if not places:
        return ""
    last = max(lowered.rfind(marker) for marker in _MARKERS)
    return _of_sentences(lowered[max(0, min(places) - _BEFORE) : last + _BEHIND])


@lru_cache(maxsize=4096)
def _of_sentences(notice: str) -> str:
    text = " ".join(notice.translate(_BETWEEN_WORDS).split())
    if "the rest of" in text:
        text = _OF_THE_REST.sub("", text)
    stated = sorted({identifier for words, find in _SENTENCES if words in text for identifier in find(text)})
    return (" OR " if len(stated) > 1 and _CHOICE.search(text) else " AND ").join(stated)


def without_notice(text: str) -> str:
    """A text less its first comments with a copyright or licence notice; all of it if nothing is left."""
    at = 0
    if text.startswith("#!"):
        at = text.find("\n") + 1 or len(text)
    while (comment := _FIRST_COMMENT.match(text, at)) and comment.end() > at:
        if not _NOTICE.search(comment[0]):
            break
        at = comment.end()
    return text[at:] if text[at:].strip() else text
