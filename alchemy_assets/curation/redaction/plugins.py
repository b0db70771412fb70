"""Ask detect-secrets' plugins about a line: vendors that our own shapes do not name.

Belongs here: using its patterns without the rest of it. Its settings, baselines and verification (which would ask the
vendors over the network) live above `analyze_line`; we run the plugins' patterns ourselves, so none of that is reached.
Its keyword, entropy and IP plugins mark every hash and version number; `assignments`, `placeholders` and `addresses`
stand for them.
"""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache

from alchemy_assets.curation.redaction.findings import API_KEY, Finding
from alchemy_assets.curation.redaction.placeholders import is_random

_OURS = frozenset({"base", "basic_auth", "high_entropy_strings", "ip_public", "jwt", "keyword", "private_key"})
_SHORTEST = 16

# True of lines where a plugin may find what our own detectors do not, in Rust's syntax: the first one cheap. What it
# leaves out is what plugins look for beside a name (`assignments` does as well).
PREFILTER = (
    (
        r"(?i)AKC[a-z0-9]{3}|cloudant|softlayer|sq0csp-|/:_authToken|GR1348941|glcbt-|gloas-|-us[0-9]|[0-9]{8}:|A3T[A-Z0-9]|"
        r"\.[a-z\d_-]{6}\.[a-z\d_-]{27}"
    ),
    (
        r"AKC[a-zA-Z0-9]{10}|[MNO][a-zA-Z\d_-]{23,25}\.[a-zA-Z\d_-]{6}\.[a-zA-Z\d_-]{27}|[0-9]{8,10}:[0-9A-Za-z_-]{35}|A3T[A-Z0-9]{17}|"
        r"cloudant|softlayer|sq0csp-|/:_authToken|GR1348941|glcbt-|gloas-|[0-9a-z]{32}-us[0-9]"
    ),
)


@cache
def patterns() -> tuple[re.Pattern[str], ...]:
    """The patterns of all plugins that are made of patterns, in the order of their modules' names."""
    # Imported here: requests comes with it, half a second that no other stage should pay.
    from detect_secrets import plugins  # noqa: PLC0415 -- as above
    from detect_secrets.plugins.base import RegexBasedDetector  # noqa: PLC0415 -- as above

    found: list[re.Pattern[str]] = []
    for module in sorted(each.name for each in pkgutil.iter_modules(plugins.__path__)):
        if module in _OURS:
            continue
        members = vars(importlib.import_module(f"{plugins.__name__}.{module}"))
        detectors = [
            each for each in members.values() if isinstance(each, type) and issubclass(each, RegexBasedDetector)
        ]
        found += [
            pattern for detector in detectors if detector is not RegexBasedDetector for pattern in detector().denylist
        ]
    return tuple(found)


def find(line: str) -> Iterator[Finding]:
    """What the plugins see in a line and what looks random."""
    for pattern in patterns():
        for match in pattern.finditer(line):
            spans = [match.span(group) for group in range(1, (match.re.groups or 0) + 1) if match[group]]
            start, end = max([span for span in spans if span[1] - span[0] >= _SHORTEST] or [match.span()], key=_length)
            inner = re.search(r"[^\s\"'=:]\S*[^\s\"']", line[start:end])
            if inner and is_random(inner[0], _SHORTEST):
                yield Finding(start + inner.start(), start + inner.end(), API_KEY)


def _length(span: tuple[int, int]) -> int:
    return span[1] - span[0]
