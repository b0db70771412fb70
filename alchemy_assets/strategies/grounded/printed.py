"""Judge whether what a run printed is worth working out: it cannot be read off the source, and can be had by reason.

Belongs here: rules over what was printed. Does not: running anything, choosing among runs (`recorded_output`).
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from alchemy_assets.tracing.events import copied_share
from alchemy_assets.tracing.observed import Result
from alchemy_assets.tracing.screening.code import read_code

MOST_LINES = 60
MOST_CHARACTERS = 2_000
READABLE_SHARE = 0.3
# Lines of the output that may be lines of what is typed: a program that echoes its input shows nothing of its own.
MOST_ECHOED = 0.5

NO_OUTPUT = "no output"
TOO_MUCH = "too much output"
FAILED = "failed"
READABLE = "readable from the file"
ECHOED = "echoes what it is given"
USAGE = "only says how it is called"
UNLEARNABLE = "unlearnable value"
OF_THE_INTERPRETER = "tells of the interpreter"
REASONS = (NO_OUTPUT, TOO_MUCH, FAILED, READABLE, ECHOED, USAGE, UNLEARNABLE, OF_THE_INTERPRETER)

# What nobody works out in the head.
LONG = re.compile(
    r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{12,}\b|\b0x[0-9a-f]{6,}\b|\d\.\d{7,}|\d{13,}|\d[eE][+-]?\d{2,}"
    r"|(?=[^\s]*\d)(?=[^\s]*[A-Z])(?=[^\s]*[a-z])[A-Za-z0-9+/]{32,}|\bobject at 0x",
    re.IGNORECASE,
)
# Sources whose output nobody works out: numbers in hexadecimal floating point, whatever the environment holds, by how
# much two texts differ, of which a library only promises the sign.
_FROM_ELSEWHERE = re.compile(
    r"\b0x[\da-f.]+p[+-]?\d|=\s*(?:mem|strn?(?:case)?)cmp\s*\(|\$_(?:SERVER|ENV)\[\$|/dev/tty\b", re.IGNORECASE
)
# How many methods a class has, and in which order they come, stands in no source.
LISTS = re.compile(
    r"\bgetOwnProperty(?:Names|Descriptors)\b|\bget(?:Declared)?(?:Methods|Fields|Constructors)\b"
    r"|\bGet(?:Methods|Properties|Fields|Members|Types)\b|\binstance_methods\b|\bget_class_methods\b|(?<!\w)dir\("
)
# That a test found nothing wrong is to be expected.
_ALL_WELL = re.compile(r"\s*(?:0|no) (?:tests?(?:\(s\))?|errors?|failures?)\b.{0,30}\s*", re.IGNORECASE)
# That every single test found nothing wrong, line by line.
_WELL = re.compile(r"(?i)\b(?:success|succeeded|passed|pass|ok|works!?)\b\W*$|^\W*(?:pass|ok|passed|success)\b(?! *=)")
# How JavaScript puts long arrays into columns, nobody counts; nor what bytes are in a code of 64 characters.
_IN_COLUMNS = re.compile(
    r"\[\n\s+(?:'[^'\n]*'|\"[^\"\n]*\"|-?[\d.]+n?|true|false|null|undefined), +(?:['\"]|-?\d|true|false|null|undefined)"
)
_ENCODES = re.compile(r"base_?64|b64|btoa\(|pack\(['\"]m", re.IGNORECASE)
_CODE = re.compile(r"(?<![\w+/])(?=[\w+/]*[A-Z])(?=[\w+/]*[a-z])[A-Za-z0-9+/_-]{12,}={0,2}")
# How Swift's runtime names its own types.
_OF_SWIFT = re.compile(r"\bSwift\.[A-Z]\w*")
# A sum over bytes that has so many digits is more arithmetic than reading.
_SUMS = re.compile(r"checksum|hash|digest|\bcrc|adler|fnv", re.IGNORECASE)
_SUM = re.compile(r"(?<![\w.-])\d{7,}(?![\w.])")
# A number or two of so many digits can be followed, a table of them is arithmetic.
_GREAT = re.compile(r"(?<![\w.-])\d{9,}(?![\w.])")
_MOST_GREAT = 2
# Decimals that an engine works out, and nobody else.
_DECIMALS = re.compile(r"\d\.\d{4,}[1-9]")
# Where a program may print the message of an error that it did not word itself.
_CATCHES = re.compile(r"\b(?:catch|except|rescue|recover)\b|\$!|strerror|error_(?:string|msg)", re.IGNORECASE)
_PAIR = re.compile(r"(?<![\w'])(?=([a-z]{2,} [a-z]{2,})(?![\w']))", re.IGNORECASE)
_LEAST_PAIRS = 2
_PLACE = re.compile(r"(?<![\w.])/(?:tmp|usr|home|root|proc|work|dev/shm)/?\b")
# What test runners and interpreters print: it tells of them, not of the program.
_OF_THE_INTERPRETER = re.compile(
    r"^Trying:$|items? had no tests|^\*{20,}$|^Ran \d+ tests?"
    r"|\b[Ee]xpected\b.{0,80}\b[Gg]ot\b"
    r"|^(?:PHP )?(?:Warning|Notice|Deprecated|Fatal error|Parse error): .* on line \d+|^Traceback \(most recent call last\)",
    re.MULTILINE,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_USAGE = re.compile(r"\A\s*(?:\S+:\s*)?usage\b|^\s*usage:", re.IGNORECASE | re.MULTILINE)
_WORD_FOR_WORD = 12
# A program that fails with so little to say only complains.
_LINES_OF_A_COMPLAINT = 2
# Lines that all stand in the source say something by their order, where they are not the same over and over.
_LEAST_DIFFERENT = 3
# What a shell says without quotes, or in those that its grammar takes for no string.
_SAID = re.compile(r"(?<=echo )[\w .,:!-]+$|(?<=')[^'\n]+(?=')", re.MULTILINE)

# A number that a check of the source says beforehand, at the end of what is printed.
_LAST_NUMBER = re.compile(r"(?<![\w.])-?\d{2,}$")
# What LLVM's FileCheck is told to find in the output.
_CHECK = re.compile(r"\bCHECK(?:-[A-Z]+)?: *(\S[^\n]*)")
# What stands alone behind a statement: `echo $var1  # 362.56`.
_BEHIND = re.compile(r"\S[ \t]+(?://|#|--)[ \t]+(\S[^\n]*?)[ \t]*$", re.MULTILINE)
# What a comment says that a line prints: `// expected output: 42`, `# => [1, 2]`.
_TOLD = re.compile(r"(?://|#|--|/\*).*?(?:=>|->|\u2192|:|\bprints|\breturns)\s*(\S[^\n]*?)\s*(?:\*/)?$", re.MULTILINE)
# A number or a word that a short output consists of may stand anywhere in the source.
_FEW_LINES = 2

Fault = tuple[str, str]


def fault_of_result(result: Result, language: str, source: str, typed: str) -> Fault | None:
    """Why what one run did is no use as an answer, and what shows it; `typed` is what it was given."""
    if result.exit_code and result.stdout.count("\n") < _LINES_OF_A_COMPLAINT:
        return FAILED, (result.stderr or result.stdout).strip()[-120:]
    if result.exit_code and result.stderr.strip():
        return FAILED, result.stderr.strip().split("\n")[-1][:120]
    if fault := fault_of_text(result.stdout, language, source):
        return fault
    echoed = copied_share(result.stdout, typed)
    return (ECHOED, f"{echoed:.2f}") if echoed > MOST_ECHOED else None


def fault_of_text(text: str, language: str, source: str) -> Fault | None:
    """Why a printed text is no use as an answer, and what shows it."""
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        return NO_OUTPUT, ""
    if len(text) > MOST_CHARACTERS or text.rstrip("\n").count("\n") >= MOST_LINES:
        return TOO_MUCH, f"{len(lines)} lines"
    if _USAGE.search(text):
        return USAGE, lines[0][:80]
    if found := _CONTROL.search(text) or _FROM_ELSEWHERE.search(source) or LISTS.search(source):
        return UNLEARNABLE, repr(found[0])
    columns = [(_IN_COLUMNS, UNLEARNABLE)] if language in {"JavaScript", "TypeScript"} else []
    encoded = [(_CODE, UNLEARNABLE)] if _ENCODES.search(source) else []
    summed = [(_SUM, UNLEARNABLE)] if _SUMS.search(source) else []
    for pattern, reason in (
        *(columns + encoded + summed),
        *((LONG, UNLEARNABLE), (_OF_SWIFT, UNLEARNABLE), (_DECIMALS, UNLEARNABLE), (_PLACE, UNLEARNABLE)),
        (_OF_THE_INTERPRETER, OF_THE_INTERPRETER),
    ):
        for match in pattern.finditer(text):
            if match[0] not in source:
                return reason, match[0][:80]
    return _fault_of_lines(lines, language, source)


def _fault_of_lines(lines: Sequence[str], language: str, source: str) -> Fault | None:
    """The same by the lines and what stands in the source."""
    if foreign := _worded_elsewhere(lines, source) or _table_of_great_numbers(lines, source):
        return UNLEARNABLE, foreign[:80]
    if (
        _counts(lines)
        or _are_literals(lines, source)
        or _is_checked(lines, source)
        or _are_foretold(lines, source)
        or _ALL_WELL.fullmatch(lines[0] if len(lines) == 1 else "")
        or all(map(_WELL.search, lines))
    ):
        return READABLE, lines[-1][:80]
    places = _places(language, source)
    share = _in_order(lines, places, source)
    if share > READABLE_SHARE:
        return READABLE, f"{share:.2f}"
    different = {line.strip() for line in lines}
    literal = len(different) < _LEAST_DIFFERENT and all(_stands(line, places, source) for line in different)
    if literal or (len(different) == 1 and len(lines) >= _LEAST_DIFFERENT):
        return READABLE, f"{len(different)} lines over and over"
    return None


def is_named(text: str, source: str) -> bool:
    """Whether a text of a line or two is made of what stands in the source by itself."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return len(lines) <= _FEW_LINES and all(
        len(line) <= _WORD_FOR_WORD and re.search(rf"(?<!\w){re.escape(line)}(?!\w)", source) for line in lines
    )


def readable_share(text: str, language: str, source: str) -> float:
    """The share of printed lines that can be read off the source from top to bottom."""
    return _in_order([line for line in text.split("\n") if line.strip()], _places(language, source), source)


def _worded_elsewhere(lines: Sequence[str], source: str) -> str:
    """A line most of whose words stand side by side nowhere in a source that prints caught errors, or nothing."""
    if not _CATCHES.search(source):
        return ""
    known = " ".join(source.lower().split())
    for line in lines:
        pairs = [match[1].lower() for match in _PAIR.finditer(line)]
        new = [pair for pair in pairs if pair not in known]
        if len(new) >= _LEAST_PAIRS and 2 * len(new) > len(pairs):
            return line
    return ""


def _table_of_great_numbers(lines: Sequence[str], source: str) -> str:
    """The great numbers that stand in no source, where there are more than can be followed."""
    great = {one for line in lines for one in _GREAT.findall(line) if one not in source}
    return ", ".join(sorted(great)) if len(great) > _MOST_GREAT else ""


def _counts(lines: Sequence[str]) -> bool:
    """Whether all that is printed is 1, 2, 3 and so on."""
    numbers = [int(line) for line in map(str.strip, lines) if re.fullmatch(r"-?\d{1,9}", line)]
    steps = {two - one for one, two in pairwise(numbers)}
    return len(numbers) == len(lines) >= _LEAST_DIFFERENT and steps <= {1}


def _are_foretold(lines: Sequence[str], source: str) -> bool:
    """Whether comments for a checker say what most lines contain: `// CHECK: {{Adapter<Int>|too old}}`."""
    told = [part for match in _CHECK.finditer(source) for part in re.split(r"\{\{|\}\}|\|", match[1].replace("\\", ""))]
    parts = [part.strip() for part in told if len(part.strip()) >= _LEAST_DIFFERENT]
    return sum(any(part in line for part in parts) for line in lines) > len(lines) * READABLE_SHARE


def _are_literals(lines: Sequence[str], source: str) -> bool:
    """Whether numbers stand in the source one below the other, as they are printed; short ones are there by chance."""
    if 2 * sum(len(line.strip()) > 1 for line in lines) <= len(lines):
        return False
    at = 0
    for line in map(str.strip, lines):
        found = re.compile(rf"(?<![\w.]){re.escape(line)}(?![\w.])").search(source, at)
        if found is None or not re.fullmatch(r"-?\d+", line):
            return False
        at = found.end()
    return True


def _is_checked(lines: Sequence[str], source: str) -> bool:
    """Whether the source itself compares with every number that is printed."""
    numbers = [_LAST_NUMBER.search(line.strip()) for line in lines]
    return all(
        found is not None
        and re.search(rf"(?:(?:!=|==)\s*|\b[aA]ssert\w*!?\s*\(.*,\s*){re.escape(found[0])}(?![\w.])", source)
        for found in numbers
    )


def _in_order(lines: Sequence[str], places: Mapping[str, Sequence[int]], source: str) -> float:
    """The share of lines that stand in the source, one below the other: the longest rising run of their places."""
    ends: list[int] = []
    for line in map(str.strip, lines):
        found = places.get(line) or _word_for_word(line, source)
        for place in sorted(found, reverse=True):
            at = bisect_left(ends, place)
            ends[at : at + 1] = [place]
    return len(ends) / len(lines) if lines else 0.0


def _word_for_word(line: str, source: str) -> list[int]:
    at = source.find(line) if len(line) >= _WORD_FOR_WORD else -1
    return [] if at < 0 else [at]


def _stands(line: str, places: Mapping[str, Sequence[int]], source: str) -> bool:
    return line in places or bool(_word_for_word(line, source))


def _places(language: str, source: str) -> dict[str, list[int]]:
    """Where each line stands that the source says by a literal or as a line of its own."""
    places: dict[str, list[int]] = defaultdict(list)
    for literal in read_code(language, source).strings:
        for number, line in enumerate(literal.text.split("\n")):
            places[line.strip()].append(literal.start + number)
    at = 0
    for line in source.split("\n"):
        places[line.strip()].append(at)
        at += len(line.encode()) + 1
    for match in _TOLD.finditer(source):
        places[match[1].strip(" .\"'`")].append(match.start())
    for match in _BEHIND.finditer(source):
        places[match[1]].append(match.start())
    if language == "Shell":
        for match in _SAID.finditer(source):
            places[match[0].strip()].append(match.start())
    places.pop("", None)
    return places
