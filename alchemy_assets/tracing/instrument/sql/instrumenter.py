"""Put trace points into SQL scripts for SQLite's shell, statement by statement.

Belongs here: which statement tells what, and where that is put. Does not: the SELECT that tells it (`sql.events`), what a
script is run with (`tracing.inputs`), whether it may be run (`tracing.screening`).

`.once '|cat >&2'` sends what the next statement prints to stderr as it is open; a file of that name would be emptied. What
is put in only reads. An event that repeats a query stands after it, so a query that fails does so as before.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from alchemy_assets.tracing.instrument.found import Found, free_name, helper_text, newline_of
from alchemy_assets.tracing.instrument.points import Insertion, Point
from alchemy_assets.tracing.instrument.sql.events import Writer
from alchemy_assets.tracing.instrument.sql.queries import (
    Common,
    Query,
    aliases,
    cases,
    left_joins,
    mentions,
    read_query,
    results,
)
from alchemy_assets.tracing.instrument.sql.statements import (
    Refused,
    Statement,
    Token,
    Unknown,
    read_script,
)
from alchemy_assets.tracing.instrument.sql.tables import (
    Column,
    Table,
    Tables,
    Write,
    key_of,
    split,
    target_of,
    writes_of,
)
from alchemy_assets.tracing.reasons import Dropped, Reason

SCRIPT = "script"
_TO_STDERR = ".once '|cat >&2'"
# What would not be the same, or not be without effect, when it is asked a second time.
_NOT_TWICE = re.compile(
    r"\b(?:random|randomblob|edit|writefile|load_extension|changes|total_changes|sqlite_\w+)\s*\(|\bCURRENT_TIME"
    r"|\b(?:dbstat|bytecode|tables_used|sqlite_\w*|took)\b",
    re.IGNORECASE,
)
_RESULT_NAMES = ("result", "shown_rows", "result_rows")
_LONGEST_QUERY = 1_200
_IN_A_ROW = -1.5
_MOST_TABLES = 2
_MANY_ROWS = re.compile(r"\bRECURSIVE\b|\bgenerate_series\b", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z_][\w.]*")
_WEIGHTS = {"IN": 1.0, "OUT": 1.4, "VAR": -0.6, "BRANCH": 0.6, "LOOP": 1.0, "TRANSFORM": 1.2}


@dataclass
class _Finder:
    source: str
    writer: Writer
    newline: str
    tables: Tables = field(default_factory=Tables)
    begun: list[tuple[str, Tables, list[Write]]] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    told_views: set[str] = field(default_factory=set)
    next_target: str | None = None
    asked: bool = False

    def statement(self, one: Statement) -> None:
        """The points of a statement; what it does to the tables is known afterwards."""
        verb = one.verb
        if not self.asked:
            self._parameters(one)
        if verb in {"SELECT", "VALUES"} or (verb == "WITH" and not _writes(one.tokens)):
            self._select(one)
        elif verb in {"INSERT", "REPLACE", "UPDATE", "DELETE", "WITH"}:
            self._write(one)
        elif verb in {"BEGIN", "SAVEPOINT", "ROLLBACK", "COMMIT", "END", "RELEASE"}:
            self._transaction(one)
        else:
            self.tables.note(one.tokens)
            if verb == "CREATE" and any(token.says("AS") for token in one.tokens[:6]):
                self._created(one)

    def _parameters(self, one: Statement) -> None:
        numbers = sorted({int(token.text[1:]) for token in one.tokens if re.fullmatch(r"\?[1-9]", token.text)})
        if numbers:
            self.asked = True
            everywhere = sorted({int(number) for number in re.findall(r"\?([1-9])(?!\d)", self.source)})
            self._put(one, "IN", one.line, self.writer.parameters(f"{SCRIPT}:{one.line}", everywhere), before=True)

    def _select(self, one: Statement) -> None:
        query = read_query(one.tokens)
        self._query(one, query, SCRIPT)
        for before, token in zip(one.tokens, one.tokens[1:], strict=False):
            view = self.tables.find(token.text) if before.says("FROM", "JOIN", ",") else None
            if view is not None and view.is_view and view.name not in self.told_views:
                self.told_views.add(view.name)
                self._query(one, read_query(view.body), view.name)
        text = self._text(one.tokens)
        if not _NOT_TWICE.search(text) and len(text) <= _LONGEST_QUERY:
            columns = results(query, self.tables, self.source)
            weight = -len(text) / 600
            self._put(one, "OUT", one.line, self.writer.result(f"{SCRIPT}:{one.line}", one.tokens, columns), weight)

    def _query(self, one: Statement, query: Query, function: str, *, before: bool = False) -> None:
        """What rows a query lets through, which arms they take, and the turns of its recursion."""
        text = self._text((*query.prefix, *query.tokens))
        if _NOT_TWICE.search(text) or len(text) > 2 * _LONGEST_QUERY or not _NAME.fullmatch(function):
            return

        def put(kind: str, token: Token, write: str) -> None:
            self._put(one, kind, self._line(token), write, -len(write) / 1_000, function, before=before)

        limited = any(token.says("LIMIT") for token in (*one.tokens, *query.tokens))
        for common in query.commons:
            if common.recursive:
                columns = self._columns(common)
                place = f"{function}:{self._line(common.name)}"
                if columns:
                    put("LOOP", common.name, self.writer.turns(place, common, columns))
            elif not limited:
                earlier = common.up_to[: next(i for i, token in enumerate(common.up_to) if token is common.name)]
                prefix = earlier[:-1] if earlier and earlier[-1].text == "," else ()
                inner = read_query(common.body)
                if not inner.prefix:
                    self._ways(Query(prefix, (), inner.clauses, inner.tokens), function, put)
        if not limited or not query.commons:
            self._ways(query, function, put)

    def _is_wide(self, query: Query) -> bool:
        """Whether all pairs of rows of its tables may be too many to look at, which a WHERE would have cut down."""
        source = query.clauses["FROM"]
        joined = sum(token.says("JOIN") for token in _top_level(source))
        told = sum(token.says("ON", "USING", "NATURAL") for token in _top_level(source))
        tables = len(split(source)) + max(joined - told, 0)
        return tables > _MOST_TABLES or (tables > 1 and _MANY_ROWS.search(self.source) is not None)

    def _columns(self, common: Common) -> tuple[Column, ...] | None:
        """What the columns of a recursive table are called, where they have names."""
        found = results(read_query(common.body), self.tables, self.source)
        if common.columns is not None:
            told = [told for _, told in found or ()] or [""] * len(common.columns)
            found = tuple(zip(common.columns, told, strict=False))
        named = found is not None and all(_NAME.fullmatch(name) for name, _ in found)
        return found if named and not any(re.fullmatch(r"column\d+", name) for name, _ in found or ()) else None

    def _ways(self, query: Query, function: str, put: Callable[[str, Token, str], None]) -> None:
        """WHERE, HAVING, LEFT JOIN and CASE of one SELECT."""
        if not query.simple or "FROM" not in query.clauses or "LIMIT" in query.clauses or self._is_wide(query):
            return
        named, writer = aliases(query), self.writer

        def place(token: Token) -> str:
            return f"{function}:{self._line(token)}"

        clear = {name: not mentions(query.clauses.get(name, ()), named) for name in ("WHERE", "GROUP", "HAVING")}
        if "WHERE" in query.clauses and clear["WHERE"]:
            start = query.starts("WHERE")
            put("BRANCH", start, writer.condition(place(start), query, "WHERE"))
        if "HAVING" in query.clauses and "GROUP" in query.clauses and all(clear.values()) and not _by_number(query):
            start = query.starts("HAVING")
            put("BRANCH", start, writer.condition(place(start), query, "HAVING"))
        if clear["WHERE"]:
            for token, rowid in left_joins(query.clauses["FROM"], self.tables):
                put("BRANCH", token, writer.partners(place(token), query, rowid))
        for case in cases(query.clauses["SELECT"]):
            grouped = not case.inside_aggregate
            if clear["WHERE"] and (not grouped or (all(clear.values()) and not _by_number(query))):
                put("BRANCH", case.start, writer.case(place(case.start), query, case))

    def _write(self, one: Statement) -> None:
        """A statement that changes rows."""
        query = read_query(one.tokens)
        body = query.tokens
        named = target_of(body)
        if named is None:
            return
        name, rest = named
        table = self.tables.find(name)
        verb = body[0].text.upper()
        writes = writes_of(body)
        if self.begun:
            self.begun[-1][2].extend(writes)
        if verb == "UPDATE" and table is not None and not table.is_view:
            self._updated_by_case(one, query, name, rest)
        self._outcome(one, query, name, table)
        for written in self.tables.written_with(writes):
            self._state(one, written)
        chosen = next((i for i, token in enumerate(body) if token.says("SELECT", "WITH") and i), None)
        if verb in {"INSERT", "REPLACE"} and chosen is not None and not query.prefix:
            inner = body[chosen : _before_conflict(body)]
            if not any(key_of(token.text) == key_of(name) for token in inner if token.kind in {"word", "quoted"}):
                self._query(one, read_query(inner), SCRIPT)

    def _outcome(self, one: Statement, query: Query, name: str, table: Table | None) -> None:
        """How many rows a statement changed, and of how many where it could choose."""
        body, place = query.tokens, f"{SCRIPT}:{one.line}"
        verb = body[0].text.upper()
        known = table is not None and not table.is_view
        top = [token.text.upper() for token in _top_level(body) if token.kind == "word"]
        replaced = "REPLACE" in top[:3]
        if verb in {"UPDATE", "DELETE"} and "WHERE" in top and known and not replaced and self.tables.alone(name):
            word = f"{verb.lower()}d"
            self._put(one, "BRANCH", one.line, self.writer.matched(place, name, word))
        elif verb == "INSERT" and "VALUES" in top and ("IGNORE" in top[:3] or top[-2:] == ["DO", "NOTHING"]):
            offered = len(split(body[_values(body) + 1 : _before_conflict(body)]))
            self._put(one, "BRANCH", one.line, self.writer.ignored(place, offered))
        else:
            self._put(one, "VAR", one.line, self.writer.changes(place, inserted=verb in {"INSERT", "REPLACE"}))

    def _updated_by_case(self, one: Statement, query: Query, name: str, rest: int) -> None:
        """Which arms of a CASE the rows of an UPDATE will take; it stands before, while they are as they were."""
        body = query.tokens
        where = next((i for i, token in enumerate(_top_level(body)) if token.says("WHERE")), None)
        top = _top_level(body)
        if query.prefix or any(token.says("FROM", "RETURNING") for token in top) or _NOT_TWICE.search(self._text(body)):
            return
        start = body.index(top[where]) if where is not None else len(body)
        clauses = {
            "SELECT": body[rest:start],
            "FROM": (Token("made", "FROM", body[0].start), Token("made", name, body[0].end)),
            **({"WHERE": body[start:]} if where is not None else {}),
        }
        for case in cases(body[rest:start]):
            line = self._line(case.start)
            write = self.writer.case(f"{SCRIPT}:{line}", Query((), (), clauses, body), case)
            self._put(one, "BRANCH", line, write, -len(write) / 1_000, before=True)

    def _state(self, one: Statement, table: Table) -> None:
        if _NAME.fullmatch(table.name) and table.columns and table.order:
            # Of statements that write to one table in a row, the last shows what became of it.
            weight = _IN_A_ROW if key_of(table.name) == self.next_target else 0.0
            self._put(one, "TRANSFORM", one.line, self.writer.table(f"{SCRIPT}:{one.line}", table), weight)

    def _created(self, one: Statement) -> None:
        """A table that was created full."""
        position = next((i for i, token in enumerate(one.tokens) if token.says("AS")), 0)
        if position and any(token.says("TABLE") for token in one.tokens[:position]):
            name = one.tokens[position - 1].text
            if _NAME.fullmatch(name):
                self._put(one, "TRANSFORM", one.line, self.writer.count(f"{SCRIPT}:{one.line}", name))

    def _transaction(self, one: Statement) -> None:
        words = [token.text.upper() for token in one.tokens]
        if one.verb in {"BEGIN", "SAVEPOINT"}:
            self.begun.append((key_of(one.tokens[-1].text) if one.verb == "SAVEPOINT" else "", self.tables.copy(), []))
        elif one.verb in {"COMMIT", "END"}:
            self.begun.clear()
        elif one.verb == "RELEASE" or not self.begun:
            return
        else:
            back = key_of(words[-1]) if "TO" in words else ""
            touched: list[Write] = []
            while self.begun:
                name, tables, writes = self.begun.pop()
                touched += writes
                if name == back:
                    break
            self.tables = tables
            if back:
                self.begun.append((name, tables.copy(), []))
            for table in tables.written_with(touched):
                self._state(one, table)

    def _put(  # noqa: PLR0913, PLR0917 -- what a point is made of
        self,
        one: Statement,
        kind: str,
        line: int,
        select: str,
        weight: float = 0.0,
        function: str = SCRIPT,
        *,
        before: bool = False,
    ) -> None:
        """A point before or after a statement, where there is room."""
        offset = one.before if before else one.after
        if offset is None or one.printing.elsewhere:
            return
        start, end = one.printing.around()
        text = self.newline.join([*start, _TO_STDERR, *select.replace("\r", "").split("\n"), *end])
        at_end = offset == len(self.source) and not self.source.endswith("\n")
        text = f"{self.newline}{text}" if at_end else f"{text}{self.newline}"
        insertion = Insertion(len(self.source[:offset].encode()), text)
        self.points.append(Point(kind, function, line, (insertion,), _WEIGHTS[kind] + weight))

    def _line(self, token: Token) -> int:
        return self.source.count("\n", 0, token.start) + 1

    def _text(self, tokens: Sequence[Token]) -> str:
        return self.source[tokens[0].start : tokens[-1].end] if tokens else ""


def find_points(source: str) -> Found | Dropped:
    """All trace points that a script could have, and the comment that explains them."""
    if "TRACE:" in source:
        return Dropped(Reason.CANNOT_INSTRUMENT, "writes trace events itself")
    items = read_script(source)
    texts = [
        len(token.text)
        for item in items
        if isinstance(item, Statement)
        for token in item.tokens
        if token.kind == "string"
    ]
    newline = newline_of(source.encode())
    name = free_name(source, _RESULT_NAMES)
    if name is None:
        return Dropped(Reason.CANNOT_INSTRUMENT, "every name for a result is taken")
    finder = _Finder(source, Writer(source, name, max(texts, default=0)), newline)
    for number, item in enumerate(items):
        finder.next_target = _target(items[number + 1 : number + 2])
        if isinstance(item, Refused):
            return Dropped(Reason.CANNOT_INSTRUMENT, f"uses {item.command}")
        if isinstance(item, Unknown):
            finder.tables = Tables()
        else:
            finder.statement(item)
    if not finder.points:
        return Dropped(Reason.NO_EVENTS, "no place for a trace point")
    points = sorted(finder.points, key=lambda point: point.insertions[0].offset)
    helper = helper_text("sql").replace("\n", newline) + newline
    return Found(tuple(points), (Insertion(3 if source.startswith("\ufeff") else 0, helper),))


def parses(source: str) -> bool:
    """Whether a script is cut into statements to its end; SQLite has the last word."""
    return bool(read_script(source))


def _target(following: Sequence[Statement | Unknown | Refused]) -> str | None:
    """The table that the next statement writes to."""
    named = [target_of(read_query(one.tokens).tokens) for one in following if isinstance(one, Statement)]
    return key_of(named[0][0]) if named and named[0] is not None else None


def _writes(tokens: Sequence[Token]) -> bool:
    """Whether what follows a WITH changes rows."""
    body = read_query(tokens).tokens
    return bool(body) and body[0].says("INSERT", "REPLACE", "UPDATE", "DELETE")


def _top_level(tokens: Sequence[Token]) -> list[Token]:
    """The tokens that stand in no parentheses."""
    found, depth = [], 0
    for token in tokens:
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0:
            found.append(token)
    return found


def _values(tokens: Sequence[Token]) -> int:
    return next(index for index, token in enumerate(tokens) if token.says("VALUES"))


def _before_conflict(tokens: Sequence[Token]) -> int:
    """Where ON CONFLICT or RETURNING begins, or the end."""
    for index in range(len(tokens) - 1):
        if (tokens[index].says("ON") and tokens[index + 1].says("CONFLICT")) or tokens[index].says("RETURNING"):
            return index
    return len(tokens)


def _by_number(query: Query) -> bool:
    """Whether it groups by the place of a result, which is another one in what is put in."""
    return any(token.kind == "number" for token in query.clauses.get("GROUP", ()))
