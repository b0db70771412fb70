r"""Draw the words that a question is asked in, by a hash, from the files of `phrasings/`.

Belongs here: reading a file of phrasings, drawing one, filling its places. Does not: any wording
(`phrasings/<kind>.txt`).

A file holds one phrasing a line; blank lines and lines that start with `# ` are skipped. In a phrasing `\n` is a line
break, `[this|that|]` is one of its alternatives (drawn too; an empty one is allowed; no nesting), and `{name}` is a
place that `fill` fills. Numbers of phrasings are positions in the file: add new ones at its end.
"""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

from alchemy_assets.errors import SettingsError

_ALTERNATIVES = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
_PLACE = re.compile(r"\{([a-z_]+)\}")


def draw(*parts: str) -> int:
    """A number that is the same for the same parts, and evenly spread over many of them."""
    return int.from_bytes(hashlib.sha256("\0".join(parts).encode()).digest()[:8])


@cache
def phrasings(kind: str) -> tuple[str, ...]:
    """Every phrasing of a kind, in the order of its file; raises SettingsError where there is none."""
    file = resources.files("alchemy_assets.strategies") / "phrasings" / f"{kind}.txt"
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    found = tuple(line.strip() for line in lines if line.strip() and not line.startswith("# "))
    if not found:
        msg = f"no phrasings of the kind {kind!r}: {file} is missing or empty"
        raise SettingsError(msg)
    return found


def pick(kind: str, key: str) -> tuple[str, str]:
    """The id (`completion-017`, counted from 1) and the text of the phrasing that a key draws, places still open."""
    known = phrasings(kind)
    number = draw(kind, key) % len(known)
    template = known[number]
    drawn = iter(range(len(template)))

    def one_of(group: re.Match[str]) -> str:
        options = group[1].split("|")
        return options[draw(kind, key, str(next(drawn))) % len(options)]

    return f"{kind}-{number + 1:03}", _ALTERNATIVES.sub(one_of, template).replace("\\n", "\n")


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put values into the places of a template at once, so that braces inside of a value stay what they are.

    A place without a value is left as it stands, since `{name}` may be meant literally.
    """
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), template)
