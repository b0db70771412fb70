"""Find e-mail addresses that may belong to somebody.

Belongs here: what is an address, and which ones are nobody's: example domains (RFC 2606, RFC 6761), the domains that
people make up, the users of version control. Does not: user names in URLs.
"""

import re
from collections.abc import Iterator

from alchemy_assets.curation.redaction.findings import EMAIL, Finding

_EMAIL = re.compile(
    r"(?<![\w.+%-])(?P<local>[^\W_][\w.+-]{0,63})@"
    r"(?P<domain>(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?P<top>[a-z]{2,18}))(?![\w(@=\[]|[.-]\w)",
    re.IGNORECASE,
)
# Top-level domains beyond the countries' two letters, as far as addresses in source code have them.
_TOPS = re.compile(
    r"[a-z]{2}|com|net|org|edu|gov|mil|int|info|biz|name|pro|aero|coop|museum|mobi|jobs|travel|tel|asia|cat|post|xyz|online|"
    r"site|shop|store|app|dev|cloud|tech|blog|page|email|wiki|news|live|world|today|space|website|agency|digital|company|"
    r"solutions|software|systems|network|group|team|studio|media|design|academy|foundation|science|codes|tools|technology|"
    r"ninja|guru|rocks|life|work|games|one|top|club|vip|fun|icu|link|click|chat|social|eco|bio|berlin|london|nyc|paris|tokyo|"
    r"institute|university|ventures|capital|finance|bank|health|care|zone|center"
)
# Countries whose letters are mostly a file's suffix (`logo@2x.ps`), and those that are also one, or a method (`w@x.to`).
_SUFFIXES = re.compile(r"py|so|md|ps")
_ALSO_CODE = re.compile(r"rs|sh|pl|cc|vi|id|to|is|in")
_NOBODYS = re.compile(
    r"(?:^|\.)(?:example|test|invalid|localhost|local|internal|lan|home|corp)(?:\.|$)|"
    r"(?:^|\.)(?:foo|bar|baz|foobar|domain|your-?domain|my-?domain|some-?domain|yourcompany|mycompany|company|acme|email|mail|"
    r"somewhere|nowhere|host|hostname|server|site|mysite|yoursite|website|xyz|abc|xxx|dummy|fake|sample|tempuri|contoso|"
    r"[a-z]{1,2}|[0-9]+)\.(?:com|org|net|edu|de|tld|io|co|dev)$|\.tld$",
    re.IGNORECASE,
)
# SSH's names of ciphers and keys are written like addresses (RFC 4251, section 6): `chacha20-poly1305@openssh.com`.
_OF_PROTOCOLS = re.compile(r"(?:openssh|ssh|libssh2?)\.(?:com|org)|lysator\.liu\.se", re.IGNORECASE)
_FOR_MACHINES = frozenset({"git", "hg", "svn", "bzr"})
# A template's end, the user of a URL, an escape of quoted-printable.
_BEFORE = re.compile(r"[%$)}{\]]$|//[^\s@]*$|=3D$")
# A path or port: not an address, but the place of a repository or file.
_AFTER = re.compile(r"/|:[^\s]")
_CONTEXT = 200
# `X @ self.info` without the spaces.
_OWN = re.compile(r"(?:self|cls|this)\.")

# True of every line with an address, in Rust's syntax.
PREFILTER = (r"(?-u:[\w.+-])@(?-u:[A-Za-z0-9.-]+)\.[A-Za-z]{2}|[^\x00-\x7f]@[A-Za-z0-9.-]+\.[A-Za-z]{2}",)


def find(line: str) -> Iterator[Finding]:
    """The e-mail addresses in a line."""
    for match in _EMAIL.finditer(line):
        start, end = match.span()
        if line[start - 1 : start] == "\\":  # the letter of an escape: "\nuser@..."
            start += 1
        local = line[start : match.end("local")].lower()
        if (
            not local
            or local in _FOR_MACHINES
            or _NOBODYS.search(match["domain"])
            or _OF_PROTOCOLS.fullmatch(match["domain"])
        ):
            continue
        if not _TOPS.fullmatch(match["top"].lower()) or _AFTER.match(line, end):
            continue
        if not (_BEFORE.search(line[max(0, start - _CONTEXT) : start]) or _is_code(line, start, match)):
            yield Finding(start, end, EMAIL)


def _is_code(line: str, start: int, match: re.Match[str]) -> bool:
    """Whether it may be a product or a file's name: a doubtful country, one dot, and no quotes or spaces around."""
    top = match["top"].lower()
    if _OWN.match(match["domain"]):
        return True
    if match["domain"].count(".") > 1 or not (_ALSO_CODE.fullmatch(top) or _SUFFIXES.fullmatch(top)):
        return False
    return (
        bool(_SUFFIXES.fullmatch(top)) or line[start - 1 : start] not in tuple("\"'<:([ ") or not line[:start].strip()
    )
