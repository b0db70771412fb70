"""Tell languages apart by the text where a file's name is not enough.

Belongs here: the suffixes that several languages share (`.h`, `.inc`, `.ts`, `.md`, `.cs`, `.rs`, `.sql`), files
without a suffix. Does not: names, labels, shebangs (`detection`). Only the head of a file is looked at; every pattern
is linear in it.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

_MODELINE_LINES: Final = 3
_MODELINE_LENGTH: Final = 200
_MODELINE: Final = re.compile(r"-\*-[ \t]*(?:mode:[ \t]*)?([\w+#-]+)[^\n]*-\*-", re.IGNORECASE)
_MODES: Mapping[str, str] = MappingProxyType(
    {"c": "C", "c++": "Cpp", "python": "Python", "ruby": "Ruby", "sh": "Shell", "shell-script": "Shell", "php": "PHP"}
)

# Possessive (`*+`), and an unclosed comment runs to the end: hostile text costs one pass, not one a character.
_C_ASIDES: Final = re.compile(
    r"""/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z)|//[^\n]*+|"(?:[^"\\\n]|\\.)*+(?:"|$)|'(?:[^'\\\n]|\\.)*+(?:'|$)""", re.MULTILINE
)
_IF: Final = re.compile(r"[ \t]*#[ \t]*(?P<word>if|ifdef|ifndef|elif|else|endif)\b(?P<condition>[^\n]*)")
# Lines begin with their newline here (`_header` puts one in front): a literal that the search can jump to.
_OBJECTIVE_C: Final = re.compile(
    r"\n[ \t]*+(?:@(?:interface|protocol|implementation|class|end|import|property)\b|#[ \t]*import[ \t]*[<\"]"
    r"|NS_ASSUME_NONNULL_BEGIN\b)"
)
_CPP_LINE: Final = re.compile(
    r"\n[ \t]*+(?:"
    r"template[ \t]*<"
    r"|(?:inline[ \t]+)?namespace\b[ \t\w:]*+(?:\{|$)"
    r"|using[ \t]+(?:namespace\b|\w+[ \t]*=|[\w:]+[ \t]*;)"
    r"|(?:public|private|protected)[ \t]*:"
    r"|(?:enum[ \t]+)?class[ \t]+(?:[A-Z_]+[ \t]+)?\w+(?:[ \t]+final)?[ \t]*(?:$|[:{;])"
    r"|virtual[ \t]+[\w~]"
    r"|#[ \t]*include[ \t]*<[a-z_]+>"
    r")",
    re.MULTILINE,
)
_CPP_WORDS: Final = ("std::", "_cast", "noexcept", "override", "operator", "constexpr")
_CPP: Final = re.compile(
    r"\bstd::|\b(?:static|const|reinterpret|dynamic)_cast[ \t]*<|\)[ \t]*(?:const[ \t]*)?(?:noexcept|override)\b"
    r"|\boperator[ \t]*(?:[-+*/<>!]|==|=[ \t]*\(|\(\)|\[\]|new\b|delete\b)|\bconstexpr\b"
)
_PHP: Final = re.compile(r"<\?(?:php\b|=)", re.IGNORECASE)
_PHP_START: Final = re.compile(r"\s*<\?php\b", re.IGNORECASE)
_XML: Final = re.compile(r"\s*<\?xml\b|\s*<!DOCTYPE\b", re.IGNORECASE)
_SGML_MAY_START: Final = frozenset({"Markdown", "PHP"})

_CONTRADICTIONS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        # Translations of Qt.
        ".ts": re.compile(r"\s*<(?:!DOCTYPE TS|TS)\b"),
        # Tile sets of the Tiled editor.
        ".tsx": re.compile(r"\s*<tileset\b"),
        # GCC's machine descriptions.
        ".md": re.compile(r"\s*;;|[ \t\r\n]*\((?:define_|include )"),
        # Change sets of Smalltalk.
        ".cs": re.compile(r"\s*(?:'From |\"Change Set:|![\w ]+ (?:class )?methodsFor:)"),
        # RenderScript.
        ".rs": re.compile(r"(?:\s|//[^\n]*\n|/\*(?:[^*]|\*(?!/))*+\*/)*+#[ \t]*pragma[ \t]+(?:version|rs)\b"),
        # A dump that SQLite, or a tool, wrote as something else than SQL.
        ".sql": re.compile(r"SQLite format 3|PGDMP|\s*[{\[]"),
        # The language that Facebook made of PHP.
        ".php": re.compile(r"(?:#![^\n]*\n)?\s*<\?hh\b"),
    }
)


def nameless(text: str) -> str | None:
    """The language of a file without a suffix: an editor's mode line, or PHP's opening tag."""
    return _mode(text) or ("PHP" if _PHP_START.match(text) else None)


def contradicts(suffix: str, language: str, text: str) -> bool:
    """Whether the text is plainly not in the language that its suffix stands for."""
    if language not in _SGML_MAY_START and _XML.match(text):
        return True
    pattern = _CONTRADICTIONS.get(suffix)
    return pattern is not None and pattern.match(text) is not None


@lru_cache(maxsize=4)  # the occurrences of a blob are asked about one by one, with the same text
def _header(text: str) -> str | None:
    """C, C++ or (None) Objective-C: a header is C++ if C++ stands outside its comments and `__cplusplus` guards."""
    mode = _mode(text)
    if mode in ("C", "Cpp"):
        return mode
    code = "\n" + _without_cplusplus(_C_ASIDES.sub(lambda aside: '""' if aside[0][0] in "\"'" else " ", text))
    if _OBJECTIVE_C.search(code):
        return None
    # The words come first: looking for them is a hundred times cheaper than the pattern that sees them in their places.
    is_cpp = _CPP_LINE.search(code) or (any(word in code for word in _CPP_WORDS) and _CPP.search(code))
    return "Cpp" if is_cpp else "C"


def _without_cplusplus(code: str) -> str:
    """The code that a C compiler sees: what stands under `#ifdef __cplusplus` is left out."""
    kept: list[str] = []
    # For each open condition: is what stands here hidden, and will what stands after its `#else` be?
    conditions: list[tuple[bool, bool]] = []
    hidden = 0
    for line in code.split("\n"):
        match = _IF.match(line)
        if match is None:
            if not hidden:
                kept.append(line)
            continue
        word, condition = match["word"], match["condition"]
        now, after = (False, False) if word.startswith("if") or not conditions else conditions.pop()
        hidden -= now
        if word.startswith("if"):
            cplusplus = "__cplusplus" in condition
            negated = word == "ifndef" or "!" in condition
            conditions.append((cplusplus and not negated, cplusplus and negated))
        elif word != "endif":
            conditions.append((after, False))
        else:
            continue
        hidden += conditions[-1][0]
    return "\n".join(kept)


def _include(text: str) -> str | None:
    """`.inc` is PHP if it opens PHP; assembler, Pascal, SQL and C use the suffix, too."""
    return "PHP" if _PHP.search(text) else None


def _mode(text: str) -> str | None:
    for line in text.split("\n", _MODELINE_LINES)[:_MODELINE_LINES]:
        match = _MODELINE.search(line[:_MODELINE_LENGTH])
        if match is not None:
            return _MODES.get(match[1].lower())
    return None


DECIDERS: Mapping[str, Callable[[str], str | None]] = MappingProxyType({".h": _header, ".inc": _include})
