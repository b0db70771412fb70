"""Which shown values are whole, so that they may be asked for.

Belongs here: how the helpers of all languages shorten what they show. Does not: which values are worth asking for.
"""

import re

LONGEST = 90
# Texts of more than 40 characters, containers of more than 6 items, what lies too deep, what is only called by its class.
_SHORTENED = re.compile(r"\.\.\. \d+ (?:characters|bytes|in all)|(?<![\w.])\.\.\.(?![\w.])|<[^<>\"]*>")
_ONLY_NAMED = re.compile(
    r"\b(?:pointer|object|lambda|delegate|function|func|chan|resource|uintptr|unsafe\.Pointer|Proc)\b|\b[A-Z]\w*(?:\.\w+)*[({]"
)
_PLAIN = re.compile(r"[-\"'\[({:\d]|(?:true|false|null|nil|none|undefined|some|ok|err|set)\b", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
# `%g` of C writes 6 digits.
_ROUNDED = re.compile(r"\d*\.\d{4,}|\d[eE][+-]?\d")
# What an engine works out, and nobody else.
_LONG_NUMBER = re.compile(r"\d{10,}|\d\.\d{6,}")
_OF_RUST = re.compile(r"\b(?:Some|Ok|Err|None)\b\(?")
_PLACES = re.compile(r"/(?:tmp|usr|home|root|proc|work)\b|\b0x[0-9a-f]{4,}")


def is_whole(value: str, language: str) -> bool:
    """Whether a value is shown with all that it is, in a form that a reader of the source knows."""
    if not value or len(value) > LONGEST or _SHORTENED.search(value) or _PLACES.search(value) or "`" in value:
        return False
    bare = _QUOTED.sub('""', value)
    if language == "Rust":
        bare = _OF_RUST.sub("", bare) or "0"
    if _ONLY_NAMED.search(bare) or _LONG_NUMBER.search(bare) or "\\u" in value:
        return False
    if language in {"C", "Cpp"} and _ROUNDED.search(bare):
        return False
    return _PLAIN.match(value) is not None and len(_QUOTED.findall(value)) <= 8  # noqa: PLR2004 -- more is a table
