"""Find IP addresses that may be somebody's machine.

Belongs here: which addresses nobody can own or everybody knows (loopback, private networks, link-local, multicast,
documentation, public resolvers, networks in CIDR notation), and which numbers only look like addresses (versions, OIDs,
sections). Does not: host names.
"""

import ipaddress
import re
from collections.abc import Iterator
from itertools import pairwise

from alchemy_assets.curation.redaction.findings import IP_ADDRESS, Finding

_V4 = re.compile(r"(?<![\w.:+-])(?<!\w/)(?:[1-9]\d{0,2}|0)(?:\.(?:[1-9]\d{0,2}|0)){3}(?![\w]|\.\d|-\w|\.[*x])")
_V6 = re.compile(r"(?<![\w:.])[23][0-9a-f]{3}:(?:[0-9a-f]{0,4}:){1,6}[0-9a-f]{0,4}(?![\w:])", re.IGNORECASE)
_NETWORK = re.compile(r"/\d{1,3}(?!\d)")
_VERSION = re.compile(
    r"(?:\bv|\bver|version|release|rev(?:ision)?|build|assembly\w*|package\w*|firmware|\bgem\b.*|require\w*|~>|[<>~^!=]=|[<>])"
    r"[_\"'()=:\s~>]{0,8}[\w.\"'(]{0,3}$",
    re.IGNORECASE,
)
_CONTEXT = 60

# Numbers of sections, versions and OIDs are small; an address has at least two larger ones in 98 of 100 cases.
_SMALL = 40
_LARGE_ONES = 2
_ARCS = frozenset({(1, 0), (1, 2), (1, 3), (2, 5), (2, 16)})  # where OIDs begin
_GROUPS = 3  # `2085::2093` is a range
_WORDS = re.compile(r"dead|beef|f00d|cafe|babe|face|1234|abcd|1111", re.IGNORECASE)

# Resolvers that stand in every manual, example.com's, the fixed addresses of clouds' own services, and made-up ones.
_EVERYBODYS = frozenset(
    {
        *("8.8.8.8", "8.8.4.4", "1.1.1.1", "9.9.9.9", "4.2.2.2", "208.67.222.222", "208.67.220.220", "114.114.114.114"),
        *("223.5.5.5", "223.6.6.6", "119.29.29.29", "180.76.76.76", "2001:4860:4860::8888", "2001:4860:4860::8844"),
        *("2606:4700:4700::1111", "2606:4700:4700::1001", "93.184.216.34", "93.184.216.119", "168.63.129.16"),
        *("2606:2800:220:1:248:1893:25c8:1946", "12.34.56.78", "123.45.67.89", "98.76.54.32", "172.1.1.1"),
    }
)
_SPECIAL = (ipaddress.IPv4Network("192.0.0.0/24"), ipaddress.IPv4Network("192.88.99.0/24"))  # RFC 6890, RFC 7526

# True of every line with an address, in Rust's syntax.
PREFILTER = (r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]|[23][0-9a-fA-F]{3}:[0-9a-fA-F:]*:",)


def find(line: str) -> Iterator[Finding]:
    """The IP addresses in a line."""
    for match in _V4.finditer(line):
        before = line[max(0, match.start() - _CONTEXT) : match.start()]
        if _may_be_owned_v4(match[0]) and not _VERSION.search(before) and not _is_network(line, match):
            yield Finding(*match.span(), IP_ADDRESS)
    for match in _V6.finditer(line):
        if _may_be_owned_v6(match[0]) and not _is_network(line, match):
            yield Finding(*match.span(), IP_ADDRESS)


def _may_be_owned_v4(value: str) -> bool:
    octets = [int(each) for each in value.split(".")]
    steps = {after - before for before, after in pairwise(octets)}
    if sum(each > _SMALL for each in octets) < _LARGE_ONES or octets[2:] == [0, 0] or len(steps) == 1:
        return False
    if value in _EVERYBODYS or tuple(octets[:2]) in _ARCS:
        return False
    try:
        address = ipaddress.IPv4Address(value)
    except ValueError:
        return False
    return address.is_global and not address.is_multicast and not any(address in network for network in _SPECIAL)


def _may_be_owned_v6(value: str) -> bool:
    try:
        address = ipaddress.IPv6Address(value)
    except ValueError:
        return False
    if str(address) in _EVERYBODYS or _WORDS.search(value) or sum(map(bool, value.split(":"))) < _GROUPS:
        return False
    # Teredo and 6to4 are made of other addresses, and so is what tests say about them.
    return address.is_global and not address.teredo and not address.sixtofour


def _is_network(line: str, match: re.Match[str]) -> bool:
    suffix = _NETWORK.match(line, match.end())
    if not suffix:
        return False
    try:
        ipaddress.ip_network(match[0] + suffix[0])
    except ValueError:
        return False
    return True
