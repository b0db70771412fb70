"""Propose inputs for a program by what its language's row says.

Belongs here: putting arguments, standard input and files together into candidates. Does not: finding them (`arguments`,
`streams`), which proposals are kept (`scripts.keep_distinct`).
"""

import re
from collections.abc import Callable, Sequence
from functools import partial

from alchemy_assets.tracing.inputs.arguments import propose_arguments, read_arguments
from alchemy_assets.tracing.inputs.literals import read_literals
from alchemy_assets.tracing.inputs.pools import FILE_NAME, MOST_CANDIDATES, interleave, unique
from alchemy_assets.tracing.inputs.rows import ROWS
from alchemy_assets.tracing.inputs.streams import contents_of_files, propose_input
from alchemy_assets.tracing.screening.code import Code, read_code
from alchemy_assets.tracing.scripts import Test

# An opening call and a name right behind it: a file that the program expects beside itself.
_OPENED = re.compile(
    r"\b(?:fopen|fstream(?:\s+\w+)?|open|Open|FileReader|FileInputStream|File|StreamReader|OpenText|ReadAll\w+"
    r"|readFile(?:Sync)?|file_get_contents"
    r"|file|File::open|read_to_string|foreach|readlines|read|ReadFile|freopen|Scanner\(new File"
    r"|contentsOfFile)\s*[(:]\s*(?:new\s+File\s*\(\s*)?[\"']([\w-]+(?:\.\w+)?)[\"']\s*(?:,\s*[\"']r[bt]?[\"'])?\s*[,)]"
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
    contents = contents_of_files(code, known)
    if lines:
        tests = [_with_file(words, contents, turn) for turn, words in enumerate(lines)]
        opening = [words for words in lines if FILE_NAME in words]
        streams.append(tests)
        streams.append(
            [
                _with_file(opening[turn % len(opening)], contents, turn)
                for turn in range(len(contents) if opening else 0)
            ]
        )
    if texts:
        streams.append([Test(stdin=text) for text in texts])
    if lines and texts:
        pairs = [(one, texts[turn % len(texts)]) for turn, one in enumerate(streams[0])]
        both = [Test(one.arguments, text, one.files) for one, text in pairs]
        naming = [named for one, text in pairs if (named := _naming(one, text)) is not None]
        # One half alone is worth a try or two: it may do, or be refused.
        streams = [both, naming[:2], streams[0][:1], streams[-1][:2]]
    if beside:
        streams = streams or [[Test()] * len(contents)]
        streams = [[_beside(test, beside, contents, turn) for turn, test in enumerate(stream)] for stream in streams]
    if not streams:
        return [Test()]
    # The empty test is always there, last: it shows whether the program needs its input at all.
    given = [test for test in unique(interleave(streams)) if test != Test()]
    return [*given[: MOST_CANDIDATES - 1], _beside(Test(), beside, contents, 0)]


def _naming(test: Test, text: str) -> Test | None:
    """The test with a word out of its input as the last argument, where that is no number."""
    words = re.findall(r"[a-zA-Z]\w*", text)
    if not words or not test.arguments or test.files or re.fullmatch(r"-?[\d.]+", test.arguments[-1]):
        return None
    return Test((*test.arguments[:-1], words[0]), text)


def proposer(language: str) -> Callable[[str], list[Test]]:
    """The function that proposes inputs for the programs of a language."""
    return partial(propose, language)


def _files(code: Code) -> list[str]:
    """Names of files that the program opens to read, by their name in the source."""
    return list(dict.fromkeys(match[1] for match in _OPENED.finditer(code.plain)))[:3]


def _with_file(words: tuple[str, ...], contents: Sequence[str], turn: int) -> Test:
    """A test whose file is there if one is named."""
    return Test(words, files={FILE_NAME: contents[turn % len(contents)]} if FILE_NAME in words else {})


def _beside(test: Test, names: list[str], contents: Sequence[str], turn: int) -> Test:
    given = {name: contents[(turn + place) % len(contents)] for place, name in enumerate(names)}
    return Test(test.arguments, test.stdin, {**given, **test.files})
