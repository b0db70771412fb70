"""Find secrets that a name, a URL or a header beside them gives away: `password = "..."`, `scheme://user:...@host`.

Belongs here: where a secret's value stands. Does not: whether a value is one (`placeholders`).
A key must look random; a password only unlike the words that people write where any password would do.
"""

import base64
import re
from collections.abc import Iterator

from alchemy_assets.curation.redaction.findings import API_KEY, PASSWORD, Finding
from alchemy_assets.curation.redaction.placeholders import is_password, is_placeholder, is_random, is_worded

# All patterns look at a lower-case copy of the line and begin with letters, not with assertions: Python's `re` then
# skips to those letters, which makes it several times faster than a search that ignores case.
_PASSPHRASES = r"passw(?:or)?d|passwd|passphrase|pwd|identified\s+by|pass(?<![a-z]pass)(?![a-z])"
_KEY = (
    r"(?:secret|token|api[_-]?key|access[_-]?key|auth[_-]?key|account[_-]?key|private[_-]?key|encryption[_-]?key|signing[_-]?key|"
    r"client[_-]?key|service[_-]?key|license[_-]?key|master[_-]?key|app[_-]?key|shared[_-]?key|credentials?|bearer)"
    r"(?<!publickeytoken)(?<!public_key_token)(?<!publictoken)(?<!public_token)"
)
# What may follow the word in a name that still holds the secret itself: `secret_key_base`, not `secret_name`.
_REST = r"(?:[_-]?(?:access|key|base|secret|token|value|str|string|default|prod|production|live|dev|staging|new|old|v?[0-9]++))*"
_NAME = rf"(?:(?P<password>{_PASSPHRASES})|{_KEY}){_REST}"
# `"] = `, `: &str = `, `[] = `, `', '`, `(`, ` => `, ` := `, a space
_TO = (
    r"(?:\[\w*\])?[\"'`\])]{0,3}(?:\s*:\s*[&\w?']+(?:\s+str)?(?=\s*=))?\s*"
    r"(?::=|=>|={1,3}|::?|,|\(|(?<!\bpass)\s(?=[\"']))\s*(?:@|[rbul]{1,2}(?=[\"']))?"
)
_QUOTED = re.compile(rf"{_NAME}{_TO}(?P<quote>[\"'`])(?P<value>[^\s\"'`\\]{{7,400}})(?P=quote)")
_BARE = re.compile(rf"{_NAME}(?P<to>=|\s*[:=]\s*|\s+)(?P<value>[a-z0-9+/_=!#%^*?~.-]{{8,400}})(?=[\s\"'`;&,)\\]|$)")
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")  # a name of the program
_CONTEXT = 40
_OPTION = re.compile(r"(?:[?&;]\s?|--)[\w-]*$")
_HEADER = re.compile(
    r"authorization[\"']?\s*[:,=]\s*[`\"']?\s*(?:bearer|(?P<basic>basic)|token)\s+(?P<value>[a-z0-9._~+/=-]{20,})"
)
_URL = re.compile(r"://(?P<user>[^\s:/@\"'`<>]{0,64}):(?P<value>[^\s@/\"'`<>\\]{4,128})@(?![\w.-]*\bexample\.)[\w\[]")
_DSN = re.compile(r"\b(?P<user>[\w.-]+):(?P<value>[^\s:@/\"'`<>\\]{7,64})@(?:tcp|unix)\(")

# True of every line with an assignment, in Rust's syntax: the first one cheap.
PREFILTER = (
    r"(?i)pass|pwd|identified\s+by|secret|token|[a-z][_-]?key|credential|bearer|authorization|://[^\s/@]*@|@tcp\(|@unix\(",
    (
        r"(?i:pass|pwd|identified\s+by|secret|token|key|credential|bearer)[\w\[\]\"'`:&? )-]*[\s:=,(\"'`][:=>]{0,2}\s*"
        r"(?:@|[rbuRBUL]{1,2})?[\"'`]?[^\s\"'`]*(?:[0-9]|[a-z][A-Z]+[a-z]+[A-Z])|://[^\s:/@\"'`<>]*:[^\s@/\"'`<>]{4,}@|"
        r"@(?:tcp|unix)\(|(?i:authorization)"
    ),
)


def find(line: str) -> Iterator[Finding]:
    """The values of named secrets in a line."""
    lower = line.lower() if line.isascii() else "".join(c.lower() if c.isascii() else c for c in line)
    for match in _QUOTED.finditer(lower):
        value, is_for_password = _value(line, match), match["password"] is not None
        if is_random(value) or (is_for_password and is_password(value)):
            yield _finding(match, PASSWORD if is_for_password else API_KEY)
    for match in _BARE.finditer(lower):
        value, is_for_password = _value(line, match), match["password"] is not None
        may_be_chosen = is_for_password and match["to"] == "="
        if not _DOTTED.fullmatch(value) and (
            is_random(value) or (may_be_chosen and _is_bare_password(value, lower, match.start()))
        ):
            yield _finding(match, PASSWORD if is_for_password else API_KEY)
    for match in _HEADER.finditer(lower):
        value = _value(line, match)
        if _is_login(value) if match["basic"] else is_random(value):
            yield _finding(match, API_KEY)
    yield from _in_urls(line, lower)


def _in_urls(line: str, lower: str) -> Iterator[Finding]:
    for pattern in (_URL, *((_DSN,) if "@tcp(" in lower or "@unix(" in lower else ())):
        for match in pattern.finditer(lower):
            value = _value(line, match)
            if (
                value.lower() != match["user"]
                and not is_placeholder(value)
                and (is_password(value) or is_random(value))
            ):
                yield _finding(match, PASSWORD)


def _value(line: str, match: re.Match[str]) -> str:
    return line[match.start("value") : match.end("value")]


def _finding(match: re.Match[str], kind: str) -> Finding:
    return Finding(*match.span("value"), kind)


def _is_bare_password(value: str, line: str, start: int) -> bool:
    """Without quotes it may be a name of the program: there a password has signs, or capitals as no name has them.

    In query strings, connection strings and options no names stand.
    """
    if not is_password(value):
        return False
    is_no_name = not value.isidentifier() or (value != value.lower() and not is_worded(value))
    return is_no_name or _OPTION.search(line[max(0, start - _CONTEXT) : start]) is not None


def _is_login(value: str) -> bool:
    """Whether a value is the base64 of a user and a password."""
    try:
        _, colon, password = base64.b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        return False
    return bool(colon) and (is_password(password) or is_random(password))
