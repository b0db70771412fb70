"""Propose values for the parameters of an SQL script; a script reads nothing else.

Belongs here: `?1`, `?2`, ... and what they are compared with. Does not: how they are bound (the toolchain's part).
"""

import re

from alchemy_assets.tracing.inputs.literals import read_literals
from alchemy_assets.tracing.inputs.pools import slot_for, turns, unique
from alchemy_assets.tracing.screening.code import read_code
from alchemy_assets.tracing.scripts import Test


def propose(source: str) -> list[Test]:
    """Candidate tests, deterministic; a single empty one for a script without parameters."""
    code = read_code("SQL", source)
    count = max((int(number) for number in re.findall(r"\?([1-9])(?!\d)", code.bare)), default=0)
    if not count:
        return [Test()]
    words = [one.text for one in code.strings if 0 < len(one.text) <= 30 and one.text.isprintable()]  # noqa: PLR2004
    literals = [*read_literals(code).compared, *dict.fromkeys(words)]
    slots = [slot_for(_kind(code.bare, place), literals) for place in range(1, count + 1)]
    return unique([*(Test(line) for line in turns(slots, 10)), Test()])


def _kind(text: str, place: int) -> str:
    """Numbers where a parameter is added to, limits, or stands beside an order; text elsewhere."""
    around = re.search(rf"[^\n]{{0,30}}\?{place}(?!\d)[^\n]{{0,20}}", text)
    near = around[0] if around else ""
    numeric = re.search(
        rf"(?:[-+*/]|(?<!<)[<>]=?(?!>)|\b(?:LIMIT|OFFSET|BETWEEN|AND|id)\s*=?)\s*\?{place}|\?{place}\s*[-+*/<>]|INTEGER",
        near,
        re.IGNORECASE,
    )
    return "int" if numeric else "str"
