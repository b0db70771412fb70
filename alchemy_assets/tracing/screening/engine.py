"""Screen a program by the table of its language: is it a program, and can its run be foreseen.

Belongs here: the order of the questions, and what a table holds. Does not: the words of a language (`c`, `go`, `java`, ...).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from alchemy_assets.tracing.reasons import Dropped, Reason
from alchemy_assets.tracing.screening.code import Code, read_code


@dataclass(frozen=True)
class Unordered:
    """Containers without an order that can be foreseen: `declared` finds their names, `iterated` where one is gone through.

    Both have the name as their last group that matched; `iterated` is asked for every name (`NAME` stands for it).
    """

    reason: Reason
    declared: re.Pattern[str]
    iterated: str


@dataclass(frozen=True)
class Table:
    """What screening knows of a language.

    imports: finds the names of what is imported (its last group that matched), in the text without comments.
    modules: what an imported name, or one above it, means.
    calls: patterns over the code without strings; the group `own` is a name that the program may define itself.
    texts: patterns over the strings.
    """

    language: str
    is_program: Callable[[Code], bool]
    imports: re.Pattern[str] | None = None
    modules: Mapping[Reason, frozenset[str]] = field(default_factory=dict)
    calls: tuple[tuple[Reason, re.Pattern[str]], ...] = ()
    texts: tuple[tuple[Reason, re.Pattern[str]], ...] = ()
    foreign: Callable[[Code], str | None] | None = None
    unordered: tuple[Unordered, ...] = ()


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


def own(names: str, before: str = r"(?<![\w.>:$@&])", after: str = r"\s*\(") -> re.Pattern[str]:
    """A pattern for calls of plain functions, which do not count where the program has its own of that name."""
    return re.compile(rf"{before}(?P<own>{'|'.join(names.split())}){after}")


def screen(table: Table, source: str) -> Dropped | None:
    """Why a file is not worth running, or None."""
    code = read_code(table.language, source)
    if not table.is_program(code):
        return Dropped(Reason.LIBRARY)
    if table.foreign is not None and (name := table.foreign(code)) is not None:
        return Dropped(Reason.NEEDS_LIBRARY, name)
    return _imports(table, code) or _calls(table, code) or _texts(table, code) or _unordered(table, code)


_KEYWORDS = words("import require const let var from package static as type use default function class")


def screen_part(table: Table, source: str) -> Dropped | None:
    """Why what is called of a file cannot be foreseen, or None; what is imported counts where it is used.

    source: the file with everything else blank.
    """
    code = read_code(table.language, source)
    if table.foreign is not None and (name := table.foreign(code)) is not None:
        return Dropped(Reason.NEEDS_LIBRARY, name)
    return _imports(table, code, used=True) or _calls(table, code) or _texts(table, code) or _unordered(table, code)


def _used(match: re.Match[str], code: Code) -> bool:
    """Whether a name that stands on an import's line, or the last part of what is imported, stands elsewhere too."""
    start, end = code.bare.rfind("\n", 0, match.start()) + 1, code.bare.find("\n", match.end())
    line, rest = code.bare[start:end], code.bare[:start] + code.bare[end:]
    names = {*re.findall(r"[^\W\d]\w*", line), re.split(r"\W", last_group(match))[-1]} - _KEYWORDS
    return not names or any(re.search(rf"(?<!\w){name}(?!\w)", rest) for name in names if name)


def imported(table: Table, code: Code) -> list[str]:
    """The names of what a program imports, in order."""
    if table.imports is None:
        return []
    return [last_group(match) for match in table.imports.finditer(code.plain)]


def last_group(match: re.Match[str]) -> str:
    """What the last group of a match that took part in it holds."""
    return match[match.lastindex or 0] or ""


def _imports(table: Table, code: Code, *, used: bool = False) -> Dropped | None:
    for match in table.imports.finditer(code.plain) if table.imports is not None else ():
        name = last_group(match)
        if used and not _used(match, code):
            continue
        above = _above(name)
        for reason, modules in table.modules.items():
            if not modules.isdisjoint(above):
                return Dropped(reason, name if reason is Reason.NEEDS_LIBRARY else f"imports {name}")
    return None


def _above(name: str) -> list[str]:
    """`a.b.c`, `a.b` and `a`, whatever separates them."""
    return [name, *(name[: match.start()] for match in re.finditer(r"[./:\\]+", name))]


def _calls(table: Table, code: Code) -> Dropped | None:
    for reason, pattern in table.calls:
        for match in pattern.finditer(code.bare):
            if (match.groupdict().get("own") or "") not in code.defined:
                return Dropped(reason, "uses " + " ".join(match[0].strip("( \t\n;{").split()))
    return None


def _texts(table: Table, code: Code) -> Dropped | None:
    for reason, pattern in table.texts:
        for literal in code.strings:
            if (match := pattern.search(literal.text)) is not None:
                return Dropped(reason, f"prints {match[0]}")
    return None


def _unordered(table: Table, code: Code) -> Dropped | None:
    for one in table.unordered:
        for name in dict.fromkeys(last_group(match) for match in one.declared.finditer(code.bare)):
            if name and re.search(one.iterated.replace("NAME", re.escape(name)), code.bare):
                return Dropped(one.reason, f"goes through {name}, which has no order")
    return None
