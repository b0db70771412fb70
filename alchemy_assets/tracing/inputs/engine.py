"""Propose inputs for a program by what its language's row says.

Belongs here: putting arguments, standard input and files together into candidates. Does not: finding them (`arguments`,
`streams`), which proposals are kept (`scripts.keep_distinct`).
"""

import re
from collections.abc import Callable
from functools import partial

from alchemy_assets.tracing.inputs.arguments import propose_arguments, read_arguments, with_files
from alchemy_assets.tracing.inputs.literals import read_literals
from alchemy_assets.tracing.inputs.pools import TEXTS, interleave, unique
from alchemy_assets.tracing.inputs.rows import ROWS
from alchemy_assets.tracing.inputs.streams import propose_input
from alchemy_assets.tracing.screening.code import Code, read_code
from alchemy_assets.tracing.scripts import Test

# An opening call and a name right behind it: a file that the program expects beside itself.
_OPENED = re.compile(
    r"\b(?:fopen|fstream(?:\s+\w+)?|open|Open|FileReader|FileInputStream|File|StreamReader|OpenText|ReadAll\w+|readFile(?:Sync)?|file_get_contents"
    r"|file|File::open|read_to_string|foreach|readlines|read|ReadFile|freopen|Scanner\(new File|contentsOfFile)\s*[(:]\s*(?:new\s+File\s*\(\s*)?[\"']([\w-]+(?:\.\w+)?)[\"']\s*(?:,\s*[\"']r[bt]?[\"'])?\s*[,)]"
)


def propose(language: str, source: str) -> list[Test]:
    """Candidate tests, deterministic; a single empty one for a program that reads nothing."""
    table = ROWS[language]
    code = read_code(language, source)
    known = read_literals(code)
    arguments = read_arguments(table, code, known)
    lines = propose_arguments(arguments, code, known) if arguments is not None else []
    texts = propose_input(table, code, known)
    beside = _files(code)
    streams: list[list[Test]] = []
    if lines:
        streams.append([with_files(words, turn) for turn, words in enumerate(lines)])
    if texts:
        streams.append([Test(stdin=text) for text in texts])
    if lines and texts:
        both = [Test(one.arguments, texts[turn % len(texts)], one.files) for turn, one in enumerate(streams[0])]
        streams = [both, *streams]
    if beside:
        streams = streams or [[Test()] * len(TEXTS)]
        streams = [[_beside(test, beside, turn) for turn, test in enumerate(stream)] for stream in streams]
    if not streams:
        return [Test()]
    return unique([*interleave(streams), Test()])


def proposer(language: str) -> Callable[[str], list[Test]]:
    """The function that proposes inputs for the programs of a language."""
    return partial(propose, language)


def _files(code: Code) -> list[str]:
    """Names of files that the program opens to read, by their name in the source."""
    return list(dict.fromkeys(match[1] for match in _OPENED.finditer(code.plain)))[:3]


def _beside(test: Test, names: list[str], turn: int) -> Test:
    given = {name: TEXTS[(turn + place) % len(TEXTS)] for place, name in enumerate(names)}
    return Test(test.arguments, test.stdin, {**given, **test.files})
