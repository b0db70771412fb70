"""Find people's names in author tags: `@author`, `Author:`, `Created by`, `__author__`, `Signed-off-by`.

Belongs here: which words after a tag are a person's name. Does not: names in copyright lines, which licences require to
be kept, and names in a program's own data. In doubt (companies, teams, tools, lower-case words) it is no person.
"""

import re
from collections.abc import Iterator

from alchemy_assets.curation.redaction.findings import AUTHOR, Finding
from alchemy_assets.curation.redaction.reserved import GIVEN_NAMES, HANDLE, SURNAMES

_START = r"^[\s#/*!;%\"'<>|-]*(?:dnl\s+)?[*_]{0,2}"
_ROLES = (
    r"(?:original |main |lead )?authors?(?: +name)?|maintainers?|co-authored-by|signed-off-by|reported-by|reviewed-by|"
    r"tested-by|suggested-by|acked-by"
)
_TAG = re.compile(
    r"(?P<at>[@\\]authors?\b:?\s+)|"
    rf"{_START}(?:{_ROLES})[*_]{{0,2}}\s*::?[*_]{{0,2}}\s*|"
    rf"{_START}(?:originally )?(?:written|created|contributed|developed|coded) by:?\s+|"
    r":author:\s+|\b(?:code|module|section)author::\s+|^\s*///\s*<author>\s*|"
    r"- Authors?: \s*|"
    r"__(?:author|maintainer|credits)__\s*=\s*[\[(]?[\"']|\.authors?\s*=\s*\[?[\"']",
    re.IGNORECASE,
)
# In a package's description, or with an address behind it: `author="..."` alone may be a book's.
_FIELD = re.compile(
    r"\b(?:author|maintainer)[\"']?\s*[=:]\s*[\"'](?=[^\"']{0,200}<[^\"'@]{0,200}@|[^\"']{0,200}[\"'],?.{0,300}(?:author|maintainer)_email)"
)
_LINK = re.compile(r"<a\s[^>]*>\s*")
_HEAD = r"[^\W\d_a-z](?:[\w.-]|['\u2019](?=\w))*"
_PARTICLE = r"(?:van|von|de|der|den|del|della|da|di|la|le|bin|al|el|ten|ter|dos|du|zu)"
_NAME = re.compile(
    rf"(?P<name>{_HEAD}(?:[ \t]+(?:{_PARTICLE}[ \t]+){{0,2}}{_HEAD}){{1,3}}|[\u4e00-\u9fff]{{2,4}})"
    r"(?=\s*(?:$|[,;<(&/*\"'\]|\d-]|\u2013|\band\b|\bet\b|\b(?:on|in|at) \d|\.\s*$))"
)
_BETWEEN = re.compile(r"\s*(?:<[^>]*>|\([^)]*\))?[\"']?(?:\.freeze)?\s*(?:,|;|&|\band\b)\s*(?:<a\s[^>]*>|[\"'])?")
_HANDLE = re.compile(r"(?P<name>[A-Za-z][\w.-]{2,30})(?=\s*(?:\*/)?\s*$)")
_NO_PERSON = re.compile(
    r"\b(?:inc|ltd|llc|corp|corporation|company|gmbh|s\.a|ag|team|group|projects?|foundation|developers?|contributors?|authors?|"
    r"maintainers?|community|software|systems?|technolog\w+|labs?|laborator\w+|universit\w+|institute|studio|designer|builder|"
    r"wizard|generator|tools?|compiler|code|names?|your|unknown|anonymous|various|google|microsoft|apache|oracle|ibm|intel|"
    r"facebook|amazon|nvidia|jetbrains|intellij|eclipse|netbeans|microsystems|visual|xcode|android|llvm|gnu|free|"
    r"open|source|qt|red hat|limited|association|consortium|committee|networks?|solutions?|services?|research|"
    r"center|centre|file|see|the|and others|administrator|admin|root|user|todo|none|n/a|tbd|me|you|author|swiftgen|running|hand|"
    r"guidelines|all|copyright)\b",
    re.IGNORECASE,
)
_INITIAL = re.compile(r"\b[^\W\d_]\.$")
_RESERVED = re.compile(rf"(?:{'|'.join(GIVEN_NAMES)}) (?:{'|'.join(SURNAMES)})|{HANDLE}\d*")
_COPYRIGHT = re.compile(r"copyright|\(c\)|©|licen[cs]e", re.IGNORECASE)

# True of every line with a tag, in Rust's syntax: the first one cheap.
PREFILTER = (
    r"(?i)author|maintainer|__credits__|-by:|(?:written|created|contributed|developed|coded) by",
    (
        r"(?i)[@\\]authors?\b|(?:author|maintainer)s?(?:\s+name)?[*_]{0,2}\s*:|-by:|"
        r"(?:written|created|contributed|developed|coded) by\b|author::|<author>|__(?:author|maintainer|credits)__|"
        r"\.authors?\s*=|(?:author|maintainer)[\"']?\s*[=:]\s*[\"']"
    ),
)


def find(line: str) -> Iterator[Finding]:
    """The names of people in a line's author tag."""
    tag = _TAG.search(line) or _FIELD.search(line)
    if tag is None or _COPYRIGHT.search(line):
        return
    at = tag.end()
    link = _LINK.match(line, at)
    at = link.end() if link else at
    found = False
    while (name := _NAME.match(line, at)) is not None:
        found = True
        start, end = name.span("name")
        end -= name["name"].endswith(".") and not _INITIAL.search(name["name"])
        if _is_person(line[start:end]):
            yield Finding(start, end, AUTHOR)
        between = _BETWEEN.match(line, name.end("name"))
        if between is None:
            return
        at = between.end()
    handle = None if found or not tag.groupdict().get("at") else _HANDLE.match(line, at)
    if handle and _is_person(handle["name"]):
        yield Finding(*handle.span("name"), AUTHOR)


def _is_person(name: str) -> bool:
    return not _NO_PERSON.search(name) and not _RESERVED.fullmatch(name)
