"""Cut a script of SQLite's shell into statements and dot-commands, and know what the shell prints like at each.

Belongs here: where a statement begins and ends, whether lines may be put around it, the shell's mode. Does not: what a
statement says (`sql.queries`, `sql.tables`), events (`sql`).
"""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n\f\ufeff]+)|(?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))"
    r"|(?P<string>[xX]?'(?:[^']|'')*')|(?P<quoted>\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`|\[[^\]]*\])"
    r"|(?P<word>[^\W\d][\w$]*)|(?P<number>\d[\w.]*|\.\d\w*)|(?P<parameter>\?\d*|[:@$]\w+)"
    r"|(?P<sign>\|\||<=|>=|<>|!=|==|<<|>>|->>?|.)",
    re.DOTALL,
)
# Commands after which the shell prints more than rows, or what it prints to is another; and those that change tables.
_SEES_ALL = re.compile(
    r"(?:bail\s+off|changes|check|connection|echo|eqp|explain|log|scanstats|stats|testcase|timer|trace)\b"
)
_CHANGES_TABLES = re.compile(r"(?:archive|ar|clone|import|load|open|read|recover|restore)\b")
_ENDS = re.compile(r"(?:quit|exit|q)\b")
_PLAIN_MODES = frozenset({"list", "tabs"})
# The words of a `.separator` that says nothing about the end of a row.
_OF_COLUMNS = 2
# A mode that shows the names of columns unless `.headers` said otherwise.
_SHOWS_HEADERS = "column"


@dataclass(frozen=True)
class Token:
    """A piece of SQL; `kind` is a group of the pattern above."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)

    def says(self, *words: str) -> bool:
        """Whether it is one of these keywords or signs, in capitals."""
        return self.kind in {"word", "sign"} and self.text.upper() in words


@dataclass(frozen=True)
class Printing:
    """How the shell prints, as far as dot-commands said so."""

    mode: str = ""
    separators: tuple[str, ...] = ()
    headers: bool = False
    headers_chosen: bool = False
    elsewhere: bool = False

    @property
    def plain(self) -> bool:
        """Whether a row of one column is printed as it is."""
        named = self.mode.split()[1:2]
        rows_end_otherwise = any(len(one.split()) > _OF_COLUMNS for one in self.separators)
        return (not named or named[0] in _PLAIN_MODES) and not rows_end_otherwise

    def around(self) -> tuple[list[str], list[str]]:
        """The commands that make it print a line as it is, and those that bring back what the script had chosen."""
        before, after = [], []
        if not self.plain:
            before.append(".mode list")
            after += [self.mode or ".mode list", *self.separators]
        if self.headers:
            before.append(".headers off")
            after.append(".headers on")
        return before, after


@dataclass(frozen=True)
class Statement:
    """A statement, its semicolon left out, and where lines can be put before and after it (None: nowhere)."""

    tokens: tuple[Token, ...]
    line: int
    printing: Printing
    before: int | None
    after: int | None

    @property
    def verb(self) -> str:
        """What it begins with, in capitals."""
        return self.tokens[0].text.upper()


@dataclass(frozen=True)
class Unknown:
    """A dot-command after which the tables may be others."""

    line: int


@dataclass(frozen=True)
class Refused:
    """A dot-command that lets a script see what is put into it."""

    command: str


@dataclass
class _Reader:
    source: str
    position: int = 0
    printing: Printing = field(default_factory=Printing)
    once: bool = False
    comments: list[Token] = field(default_factory=list)

    def items(self) -> Iterator[Statement | Unknown | Refused]:
        pending: list[Token] = []
        while self.position < len(self.source):
            if not pending and self._at_command():
                line = self._line()
                if _ENDS.match(line[1:]):
                    return
                item = self._command(line[1:].strip()) if line.startswith(".") else None
                if item is not None:
                    yield item
                continue
            token = self._token()
            if token is None:
                continue
            if token.kind == "comment" and not pending:
                self.comments.append(token)
            if token.kind == "comment" or (token.text == ";" and not pending):
                continue
            if token.text == ";" and self._complete(pending, token):
                yield self._statement(pending, token)
                pending = []
            else:
                pending.append(token)

    def _at_command(self) -> bool:
        """Whether a dot-command begins here, or a comment of the shell's own."""
        return self.source[self.position] in ".#" and self._at_line_start()

    def _at_line_start(self) -> bool:
        return self.position == 0 or self.source[self.position - 1] == "\n"

    def _line(self) -> str:
        end = self.source.find("\n", self.position)
        end = len(self.source) if end < 0 else end + 1
        line, self.position = self.source[self.position : end], end
        return line

    def _token(self) -> Token | None:
        """The next token, or None for blanks; these are read line by line, as a dot-command may begin each."""
        start = self.position
        match = _TOKEN.match(self.source, start)
        if match is None:  # the last group takes any character
            raise AssertionError(start)
        self.position = match.end()
        if match.lastgroup != "space":
            return Token(str(match.lastgroup), match[0], start)
        line_end = self.source.find("\n", start, self.position)
        self.position = self.position if line_end < 0 else line_end + 1
        return None

    def _complete(self, pending: Sequence[Token], end: Token) -> bool:
        """Only a trigger holds semicolons; SQLite itself knows where it ends."""
        if not any(token.says("TRIGGER") for token in pending[:4]):
            return True
        return sqlite3.complete_statement(self.source[pending[0].start : end.end])

    def _statement(self, pending: Sequence[Token], end: Token) -> Statement:
        first = pending[0]
        once, self.once = self.once, False
        return Statement(
            tuple(pending),
            self.source.count("\n", 0, first.start) + 1,
            replace(self.printing, elsewhere=self.printing.elsewhere or once),
            None if once else self._before(first.start),
            self._after(end.end),
        )

    def _before(self, start: int) -> int | None:
        """The beginning of its line, or of the comments right above."""
        line = self.source.rfind("\n", 0, start) + 1
        if self.source[line:start].strip():
            return None
        for comment in reversed(self.comments):
            began = self.source.rfind("\n", 0, comment.start) + 1
            alone = not self.source[began : comment.start].strip()
            if not alone or self.source[comment.end : line].strip(" \t\r") != "\n":
                break
            line = began
        return line

    def _after(self, end: int) -> int | None:
        """The beginning of the next line, where nothing but a comment follows on this one."""
        line_end = self.source.find("\n", end)
        rest = self.source[end : len(self.source) if line_end < 0 else line_end]
        if not re.fullmatch(r"\s*(?:/\*(?:(?!\*/).)*\*/\s*)*(?:--.*)?", rest):
            return None
        return len(self.source) if line_end < 0 else line_end + 1

    def _command(self, text: str) -> Unknown | Refused | None:
        word, *rest = text.split() or [""]
        now = self.printing
        if _SEES_ALL.match(text):
            return Refused(f".{' '.join(text.split()[:2])}")
        if len(word) > 1 and "mode".startswith(word):
            shows = not now.headers_chosen and rest[:1] == [_SHOWS_HEADERS]
            self.printing = replace(now, mode=f".{text}", separators=(), headers=now.headers or shows)
        elif len(word) > 2 and "separator".startswith(word):  # noqa: PLR2004 -- as the shell has it
            self.printing = replace(now, separators=(*now.separators, f".{text}"))
        elif len(word) > 2 and "headers".startswith(word):  # noqa: PLR2004
            chosen = bool(rest) and rest[0].lower() in {"on", "yes", "1", "true"}
            self.printing = replace(now, headers=chosen, headers_chosen=True)
        elif len(word) > 1 and "output".startswith(word):
            self.printing = replace(now, elsewhere=bool(rest) and rest != ["stdout"])
        elif word in {"once", "on", "excel"}:
            self.once = True
        elif _CHANGES_TABLES.match(text):
            return Unknown(self.source.count("\n", 0, self.position))
        return None


def read_script(source: str) -> list[Statement | Unknown | Refused]:
    """The statements of a script, in order, up to where it ends itself."""
    return list(_Reader(source).items())
