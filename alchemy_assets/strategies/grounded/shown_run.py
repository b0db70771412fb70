"""Show a reader one run of a file: the file, what it is given, how it is built, and the command or the call in one line.

Belongs here: what is the same for every question about a run. Does not: questions (`phrasings/`), running anything.
"""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from alchemy_assets.languages import LANGUAGES
from alchemy_assets.strategies.conversation import fenced
from alchemy_assets.strategies.phrasing import draw
from alchemy_assets.tracing.observed import CALLS, Observed, Ran

# How the driver of a language prints what a call gives (`tracing.calls.drivers`).
PRINTED_BY: Mapping[str, str] = MappingProxyType(
    {
        "Go": "fmt.Println({call})",
        "Java": "System.out.println({call});",
        "JavaScript": "console.log({call});",
        "PHP": "var_dump({call});",
        "Python": "print({call})",
        "Ruby": "p {call}",
        "TypeScript": "console.log({call});",
    }
)
LONGEST_LINE = 160
_PIPED = re.compile(r"printf '%s\\n' .* \| ")
_HERE_DOCUMENT = re.compile(r" << '\w+'$")
_STDIN = ("Standard input:", "On standard input:", "Its standard input:", "stdin:", "It reads this:", "Typed in:")
_FILE = ("`{name}`:", "Beside it is `{name}`:", "The file `{name}` holds:", "`{name}` reads:", "In `{name}`:")
_BUILT = (
    "Built with `{compile}`.",
    "It is compiled by `{compile}`.",
    "Compiled like this: `{compile}`",
    "(`{compile}` builds it.)",
    "Build command: `{compile}`",
)


@dataclass(frozen=True)
class Shown:
    """One run as it is shown.

    run: one line, the command or, for a call, the statement that prints what it gives. beside: paragraphs that belong below
    the code, or "".
    """

    run: str
    beside: str


def shown(observed: Observed, ran: Ran, key: str) -> Shown | None:
    """A run in the words that `key` draws; None where its command does not fit into a line of text."""
    one = _call(observed, ran) if observed.harness == CALLS else _command(observed, ran, key)
    fits = one is not None and len(one.run) <= LONGEST_LINE and "`" not in one.run and "\n" not in one.run
    return one if fits else None


def with_code(language: str, text: str, beside: str, *, numbered: bool = False) -> str:
    """The file in a block, each line behind its number where that is asked for, and what belongs below it."""
    body = _numbered(text) if numbered else text.strip("\n")
    code = fenced(body, LANGUAGES[language].fence)
    return f"{code}\n\n{beside}" if beside else code


def _numbered(text: str) -> str:
    lines = text.rstrip("\n").split("\n")
    width = len(str(len(lines)))
    return "\n".join(f"{number:>{width}}  {line}".rstrip() for number, line in enumerate(lines, 1))


def _call(observed: Observed, ran: Ran) -> Shown | None:
    way = PRINTED_BY.get(observed.language)
    return Shown(way.replace("{call}", ran.test.label), "") if way else None


def _command(observed: Observed, ran: Ran, key: str) -> Shown:
    test = ran.test
    *above, last = ran.command.removesuffix("\n").split("\n") if not test.stdin else [ran.command]
    del above
    beside = [_block(_drawn(_FILE, key, name).format(name=name), text) for name, text in test.files.items()]
    run = last
    if test.stdin:
        run = _without_files(ran.command, test.files)
        if not _PIPED.match(run) or len(run) > LONGEST_LINE or "`" in run:
            run = _bare(run)
            beside.append(_block(_drawn(_STDIN, key, "stdin"), test.stdin))
    if observed.compile:
        beside.append(_drawn(_BUILT, key, "built").format(compile=observed.compile))
    return Shown(run, "\n\n".join(beside))


def _without_files(command: str, files: Mapping[str, str]) -> str:
    """The first line of the command itself, behind the here-documents that write its files."""
    lines = command.split("\n")
    for name in files:
        opening = f"cat > {shlex.quote(name)}"
        start = next((at for at, line in enumerate(lines) if line.startswith(opening)), None)
        if start is not None:
            mark = lines[start].rsplit("'", 2)[-2]
            lines = lines[lines.index(mark, start + 1) + 1 :]
    return lines[0]


def _bare(line: str) -> str:
    """A command without what it is given."""
    piped = _PIPED.match(line)
    return line[piped.end() :] if piped else _HERE_DOCUMENT.sub("", line)


def _block(opening: str, text: str) -> str:
    return f"{opening}\n\n{fenced(text.removesuffix(chr(10)), 'text')}"


def _drawn(ways: Sequence[str], key: str, what: str) -> str:
    return ways[draw(what, key) % len(ways)]
