"""Find keys that their vendor's prefix gives away.

Belongs here: the shapes of keys, from the vendors' documentation. Does not: keys that only a name beside them gives away
(`assignments`). The prefix stays, so that what is written instead is still a key of that vendor to the eye.
Stripe's test keys and keys that are public by design (`pk_live_`, Sentry) are left alone.
"""

import re
from collections.abc import Iterator

from alchemy_assets.curation.redaction.findings import API_KEY, Finding
from alchemy_assets.curation.redaction.placeholders import is_placeholder, is_random

_W = "[A-Za-z0-9_-]"
_B = "[A-Za-z0-9]"

# The prefix that stays, the body that is replaced.
SHAPES: tuple[tuple[str, str], ...] = (
    ("(?:AKIA|ASIA|ABIA|ACCA)", "[A-Z0-9]{16}"),
    ("gh[oprsu]_", f"{_B}{{36}}"),
    ("github_pat_", f"{_B}{{22}}_{_B}{{59}}"),
    ("gl(?:pat|dt|ft|soat|rt|ptt|imt|agent)-", f"{_W}{{20,64}}"),
    ("xox[abeoprs]-", r"[0-9]+-[A-Za-z0-9-]{10,}"),
    ("xapp-[0-9]-", "[A-Z0-9]+-[0-9]+-[a-z0-9]{20,}"),
    (r"hooks\.slack\.com/services/T", f"{_B}{{8,12}}/B{_B}{{8,12}}/{_B}{{20,26}}"),
    (r"discord(?:app)?\.com/api/webhooks/[0-9]{17,20}/", f"{_W}{{60,72}}"),
    ("[rs]k_live_", f"{_B}{{24,99}}"),
    ("whsec_", "[A-Za-z0-9+/]{32,}"),
    ("AIza", f"{_W}{{35}}"),
    ("GOCSPX-", f"{_W}{{28}}"),
    (r"ya29\.", f"{_W}{{20,}}"),
    ("npm_", f"{_B}{{36}}"),
    ("pypi-AgE", f"{_W}{{50,}}"),
    ("sk-ant-[a-z0-9]+-", f"{_W}{{80,}}"),
    ("sk-(?:proj-|svcacct-|admin-|or-v1-)?", f"{_W}{{32,}}"),
    (r"SG\.", rf"{_W}{{22}}\.{_W}{{43}}"),
    ("(?:SK|AC)", "[0-9a-f]{32}"),
    ("key-", "[0-9a-f]{32}"),
    ("", "[0-9a-f]{32}(?=-us[0-9]{1,2})"),
    ("do[opr]_v1_", "[0-9a-f]{64}"),
    ("shp(?:at|ca|pa|ss)_", "[0-9a-fA-F]{32}"),
    ("hf_", "[A-Za-z0-9]{34}"),
    ("dapi", "[0-9a-f]{32}"),
    ("NRAK-", "[A-Z0-9]{27}"),
    ("lin_api_", f"{_B}{{40}}"),
    (r"hv[bs]\.", f"{_W}{{24,}}"),
    ("[0-9]{8,10}:AA", f"{_W}{{33}}"),
    ("(?:sq0csp|sq0atp)-", f"{_W}{{22,43}}"),
    ("gsk_", f"{_B}{{52}}"),
    ("xai-", f"{_B}{{80}}"),
    ("r8_", f"{_B}{{37}}"),
    (r"dp\.pt\.", f"{_B}{{43}}"),
    ("ATATT3x", f"{_W}{{100,}}"),
    ("AccountKey=", "[A-Za-z0-9+/]{86}=="),
    ("SharedAccessKey=", "[A-Za-z0-9+/]{43}="),
    (r"[A-Za-z0-9_~.]{3}[0-9]Q~", r"[A-Za-z0-9_~.-]{31,34}"),
    (f"eyJ{_W}{{8,}}[.]eyJ", rf"{_W}{{8,}}\.{_W}{{16,}}"),
)

_KEY = re.compile(
    "(?<![A-Za-z0-9_+=-])(?:" + "|".join(f"{prefix}({body})" for prefix, body in SHAPES) + ")(?![A-Za-z0-9_])"
)
# After a host or a variable a prefix may stand inside a longer word.
_INSIDE = re.compile(r"hooks\.slack\.com/services/T([A-Za-z0-9]{8,12}/B[A-Za-z0-9]{8,12}/[A-Za-z0-9]{20,26})")
_SHORTEST = 14

# True of every line with a key, in Rust's syntax: the first one cheap.
PREFILTER = (
    (
        r"AKIA|ASIA|ABIA|ACCA|gh[oprsu]_|github_pat_|gl[a-z]+-|xox[abeoprs]-|xapp-|hooks\.slack|webhooks/|k_live_|whsec_|AIza|GOCSPX-|"
        r"ya29\.|npm_|pypi-AgE|sk-|SG\.|SK[0-9a-f]|AC[0-9a-f]|key-[0-9a-f]|dapi[0-9a-f]|-us[0-9]|do[opr]_v1_|shp[acps][ats]_|hf_|NRAK-|"
        r"lin_api_|hv[bs]\.|:AA|sq0[ac][ts]p-|gsk_|xai-|r8_|dp\.pt\.|ATATT3x|AccountKey=|SharedAccessKey=|Q~|eyJ"
    ),
    (
        r"A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{16}|gh[oprsu]_[A-Za-z0-9]{36}|github_pat_|gl(?:pat|dt|ft|soat|rt|ptt|imt|agent)-[A-Za-z0-9_-]{20}|"
        r"xox[abeoprs]-[0-9]|xapp-[0-9]|hooks\.slack\.com/services/T|/api/webhooks/[0-9]{17}|k_live_|whsec_|AIza|GOCSPX-|ya29\.|"
        r"npm_[A-Za-z0-9]{36}|pypi-AgE|sk-[a-zA-Z0-9_-]{32}|SG\.[A-Za-z0-9_-]{22}\.|(?:SK|AC|key-|dapi)[0-9a-f]{32}|"
        r"[0-9a-f]{32}-us[0-9]|do[opr]_v1_|shp(?:at|ca|pa|ss)_|hf_[A-Za-z0-9]{34}|NRAK-|lin_api_|hv[bs]\.[A-Za-z0-9_-]{24}|"
        r"[0-9]{8}:AA|sq0csp-|sq0atp-|gsk_[A-Za-z0-9]{52}|xai-[A-Za-z0-9]{80}|r8_[A-Za-z0-9]{37}|dp\.pt\.|ATATT3x|AccountKey=|"
        r"SharedAccessKey=|[0-9]Q~|eyJ[A-Za-z0-9_-]{8,}\.eyJ"
    ),
)


def find(line: str) -> Iterator[Finding]:
    """The bodies of vendors' keys in a line."""
    for match in (*_KEY.finditer(line), *_INSIDE.finditer(line)):
        start, end = match.span(match.lastindex or 0)
        body = line[start:end]
        if is_random(body, _SHORTEST) or (
            len(body) > 2 * _SHORTEST and not is_placeholder(body) and not body.isalpha()
        ):
            yield Finding(start, end, API_KEY)
