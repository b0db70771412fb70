"""Name the licence that a repository's LICENSE file holds, as an SPDX expression.

Belongs here: which files are licence files, and the phrases by which a text is known. Does not: whether a licence is
allowed (`curation.licenses`). Identifiers are those of the SPDX licence list (https://spdx.org/licenses/).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from alchemy_assets.corpora.encodings import peek
from alchemy_assets.languages import LANGUAGES

HEAD_BYTES: Final = 128 * 1024
_FILE_NAME: Final = re.compile(r"(?:licen[cs]es?|copying|unlicen[cs]e)(?:[-_. ].*)?", re.IGNORECASE | re.DOTALL)
# `LICENSE-MIT`, `COPYING.LESSER`: a name that says which licence is inside, so several of them are a choice.
_NAMED: Final = re.compile(
    r"unlicen[cs]e\b.*|licen[cs]e[-_. ](?!(?:txt|md|rst|html|third|3rd|vendor|depend)).+", re.IGNORECASE | re.DOTALL
)
_SOURCE_SUFFIXES: Final = tuple(
    suffix for language in LANGUAGES.values() if language.runs for suffix in language.suffixes
)
_IDENTIFIER: Final = re.compile(r"SPDX-License-Identifier:[ \t]*([A-Za-z0-9.+() \t-]+)")

_GRANT: Final = "permission is hereby granted free of charge to any person obtaining a copy"
_BSD: Final = "redistribution and use in source and binary forms with or without modification are permitted"
_ISC: Final = (
    r"permission to use copy modify and (?:or )?distribute this software for any purpose with or without fee is"
)
# Lower-case words with single blanks between them, as `_words` leaves a text.
_PHRASES: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        identifier: re.compile(pattern)
        for identifier, pattern in {
            "Apache-2.0": r"apache license version 2 0",
            "Apache-1.1": r"apache software license version 1 1",
            "MPL-2.0": r"mozilla public license (?:version|v) 2 0",
            "MPL-1.1": r"mozilla public license version 1 1",
            "EPL-2.0": r"eclipse public license (?:version |v )?2 0",
            "EPL-1.0": r"eclipse public license (?:version |v )?1 0",
            "BSL-1.0": r"boost software license version 1 0",
            "BUSL-1.1": r"business source license 1 1",
            "PSF-2.0": r"python software foundation license version 2"
            r"|this license agreement is between the python software foundation",
            "Artistic-2.0": r"the artistic license 2 0",
            "Unlicense": r"this is free and unencumbered software released into the public domain",
            "WTFPL": r"do what the fuck you want to public license",
            "CC0-1.0": r"cc0 1 0 universal",
            "CC-BY-4.0": r"\battribution 4 0 international",
            "CC-BY-SA-4.0": r"attribution sharealike 4 0 international",
            "CC-BY-NC-4.0": r"attribution noncommercial 4 0 international",
            "Zlib": r"altered source versions must be plainly marked as such",
            "PostgreSQL": r"for any purpose without fee and without a written agreement is hereby granted",
            "MIT": _GRANT,
            "BSD-2-Clause": _BSD,
            "ISC": _ISC,
            "GPL": r"gnu (?P<kind>affero |lesser |library )?general public license "
            r"(?:as published by the free software foundation )?(?:either )?"
            r"(?:version |v )(?P<major>\d)(?: (?P<minor>\d)\b)?",
        }.items()
    }
)
# A phrase that several licences begin with stands for the first of these that holds, or for the name it has above.
_VARIANTS: Mapping[str, tuple[tuple[str, Callable[[str], bool]], ...]] = MappingProxyType(
    {
        "MIT": (
            ("NCSA", lambda rest: "to deal with the software without restriction" in rest),
            ("X11", lambda rest: "shall not be used in advertising or otherwise to promote the sale" in rest),
            ("MIT-0", lambda rest: not re.search(r"permission notice (?:shall be included|including the next)", rest)),
        ),
        "BSD-2-Clause": (
            ("BSD-4-Clause", lambda rest: "all advertising materials mentioning features or use" in rest),
            ("BSD-3-Clause", lambda rest: "neither the name" in rest or "to endorse or promote products" in rest),
        ),
        "ISC": (("0BSD", lambda rest: "appear in all copies" not in rest),),
    }
)
_GNU: Mapping[str, str] = MappingProxyType({"affero ": "AGPL", "lesser ": "LGPL", "library ": "LGPL", "": "GPL"})
# A notice says "any later version" within this many characters; the licence's own text much later, if at all.
_NOTICE: Final = 120
# The short licences end within this many characters; notices of third parties may follow.
_TEXT: Final = 2_000


def is_license_file(name: str) -> bool:
    """Whether a file of this name holds a licence: LICENSE, LICENCE.txt, COPYING, UNLICENSE, but not `license.py`."""
    return _FILE_NAME.fullmatch(name) is not None and not name.lower().endswith(_SOURCE_SUFFIXES)


def identify(data: bytes) -> str:
    """The SPDX expression of a licence text, or "" where it is none that is known.

    What comes first decides, an SPDX-License-Identifier or the characteristic phrase of a licence: the notices of third
    parties follow the project's own. A GNU licence is `-or-later` only where a notice says so, otherwise `-only`.
    """
    text = peek(data, HEAD_BYTES)
    identifier = _IDENTIFIER.search(text)
    matches = _matches(_words(text))
    if identifier is not None and not _matches(_words(text[: identifier.start()])):
        return " ".join(identifier[1].split())
    if not matches:
        return ""
    _, name, match = min(matches, key=lambda found: found[:2])
    return _gnu(match) if name == "GPL" else _variant(name, match.string[match.start() : match.start() + _TEXT])


def expression(licenses: Iterable[tuple[str, str]]) -> str:
    """One SPDX expression for the licence files (name, what `identify` said) that lie in one folder.

    Files that are named after their licence (LICENSE-MIT, LICENSE-APACHE) are a choice, joined by OR; others hold
    together, joined by AND. A file that was not recognised adds nothing. The LGPL stands for the GPL text that it comes
    with.
    """
    known = sorted({(license_, name) for name, license_ in licenses if license_})
    names = [name for _, name in known]
    identifiers = sorted({license_ for license_, _ in known})
    if any(identifier.startswith("LGPL-") for identifier in identifiers):
        identifiers = [identifier for identifier in identifiers if not identifier.startswith("GPL-")]
    if len(identifiers) < 2:  # noqa: PLR2004 -- nothing to join
        return "".join(identifiers)
    choice = all(_NAMED.fullmatch(name) for name in names)
    parts = [f"({part})" if " " in part else part for part in identifiers]
    return (" OR " if choice else " AND ").join(parts)


def _words(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))


def _matches(words: str) -> list[tuple[int, str, re.Match[str]]]:
    return [(match.start(), name, match) for name, phrase in _PHRASES.items() if (match := phrase.search(words))]


def _variant(name: str, rest: str) -> str:
    """Tell apart the licences that begin with the same sentence; `rest` begins with it, too."""
    for variant, holds in _VARIANTS.get(name, ()):
        if holds(rest):
            return variant
    return name


def _gnu(match: re.Match[str]) -> str:
    version = f"{match['major']}.{match['minor'] or '0'}"
    later = "any later version" in match.string[match.end() : match.end() + _NOTICE]
    return f"{_GNU[match['kind'] or '']}-{version}-{'or-later' if later else 'only'}"
