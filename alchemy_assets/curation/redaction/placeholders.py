"""Tell a real secret from what only stands in its place: examples, templates, names, look-ups, test passwords.

Belongs here: what a value alone says. Does not: where values are looked for (`vendor_keys`, `assignments`, `plugins`).
In doubt a value is left alone: a test vector that changes breaks a program, a fake password that stays harms nobody.
"""

import base64
import binascii
import math
import re
from collections import Counter

# Every reserved value of `reserved` holds one of the first three.
_MARKED = re.compile(
    r"example|01234567|12345678|x{4}|\*{3}|\.{3}|change|dummy|sample|placeholder|insert|replace|redacted|"
    r"your|fake|test|mock|demo|asdf|qwer|abcdef|a1b2c3|a0b1c2|lorem|todo|deadbeef|notreal|invalid|secret|passw|token",
    re.IGNORECASE,
)
# Of passwords also the short ones that people write where any would do.
_EVERYDAY = re.compile(
    r"pass|pwd|admin|root|user|guest|welcome|letme|foo|bar|baz|abc|123(?!\d*[A-Z])|321|login|hello|world|enter|default|"
    r"value|string|field|empty|none|null|unset|wrong|correct|hidden|mysql|postgre|oracle|redis|rabbit|hunter2|s3cr|"
    r"p[a@4][s$5]{2}|t[o0]ps|monkey|dragon|master|swordfish|hashed|plain|encrypt|validat|confirm|required|forgot|forge",
    re.IGNORECASE,
)
# A template or a look-up: $NAME, ${name}, %(name)s, {{ name }}, <name>, #{name}; a hash with its scheme before it.
_TEMPLATE = re.compile(
    r"^[$%@&<:]|[{}<>]|://|^urn:|^\w+=\w*$|%[(s]|\$\(|^\*?[0-9A-F]{40}$|^(?:pbkdf2|sha\d|md5|scrypt|argon2|crypt)"
)
_WORDS = re.compile(r"[A-Z]?[a-z]{3,}|[A-Z]{4,}")
_CASES = re.compile(r"[a-z](?=[A-Z])|[A-Z](?=[a-z])")
_DIGITS = re.compile(r"[0-9]+")
_HEX = re.compile(r"[0-9a-f-]+|[0-9A-F-]+")
_IDENTIFIER = re.compile(r"[a-z]+(?:[-_./:][a-z0-9]+)+|[A-Z]+(?:[-_.][A-Z0-9]+)+|[A-Za-z]+(?:\.[A-Za-z0-9_]+)+")

# Published by their vendors for everyone: jwt.io, the emulators of Azure storage and Cosmos.
_PUBLIC = ("eyJzdWIiOiIxMjM0NTY3ODkw", "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IF", "C2y6yDjf5/R+ob0N8A7Cgv30")

_MOST_NUMBERS = 2
SHORTEST_KEY = 16
SHORTEST_HEX_KEY = 24  # shorter ones are checksums and ids
SHORTEST_PASSWORD = 7
LONGEST_PASSWORD = 64


def entropy(value: str) -> float:
    """Shannon's entropy of the characters, in bits a character."""
    return -sum(n / len(value) * math.log2(n / len(value)) for n in Counter(value).values())


def is_placeholder(value: str) -> bool:
    """Whether a value says of itself that it is none."""
    return bool(_MARKED.search(value) or _TEMPLATE.search(value) or any(each in value for each in _PUBLIC))


def is_worded(value: str) -> bool:
    """Whether a value is made of words, as names, paths and sentences are; random characters hold few."""
    covered = sum(len(word) for word in _WORDS.findall(value))
    return covered >= 0.6 * len(value) and len(_DIGITS.findall(value)) <= _MOST_NUMBERS


def is_encoded_text(value: str) -> bool:
    """Whether a value is the base64 of plain text: data, and no key."""
    try:
        plain = base64.b64decode(value.rstrip("=") + "=" * (-len(value.rstrip("=")) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return False
    return plain.isascii() and plain.decode().replace("\n", "").isprintable()


def is_mixed(value: str) -> bool:
    """Whether letters stand beside digits, or in cases that change as they do in no word."""
    letters = any(c.isalpha() for c in value)
    return letters and (
        any(c.isdigit() for c in value) or (len(_CASES.findall(value)) > len(value) / 3 and not is_worded(value))
    )


def is_random(value: str, shortest: int = SHORTEST_KEY) -> bool:
    """Whether a value looks drawn at random: long, of letters and digits, without words, rich in characters."""
    if len(value) < shortest or is_placeholder(value) or is_worded(value):
        return False
    if not is_mixed(value):
        return False
    if is_encoded_text(value):
        return False
    is_hex = _HEX.fullmatch(value) is not None
    if is_hex and len(value) < SHORTEST_HEX_KEY:
        return False
    least = 2.8 if is_hex else min(0.78 * math.log2(len(value)), 4.2)
    return entropy(value) >= least


def is_password(value: str) -> bool:
    """Whether a value looks like a password somebody uses: letters with digits or signs, and none of the usual words."""
    if not SHORTEST_PASSWORD <= len(value) <= LONGEST_PASSWORD or is_placeholder(value):
        return False
    if _EVERYDAY.search(value) or _IDENTIFIER.fullmatch(value) or "/" in value or value.startswith((".", "-")):
        return False
    return is_mixed(value) and len(set(value)) >= SHORTEST_PASSWORD - 1
