"""Write the SELECT that gives an event, for each thing that a statement of SQL may tell.

Belongs here: the text of what is put in. Does not: which statement gets which (`sql`), reading SQL (`sql.queries`).
Every one is a single SELECT of a single column, so it changes nothing: not the tables, not `changes()`.
"""
# ruff: noqa: S608 -- what is made here is SQL to be shown beside the program's, and nothing from outside enters it

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from alchemy_assets.tracing.instrument.sql.queries import Case, Common, Query, text_of
from alchemy_assets.tracing.instrument.sql.statements import Token
from alchemy_assets.tracing.instrument.sql.tables import Column, Table

ROWS, CHARACTERS, TURNS = 6, 40, 8
_BLOBS = re.compile(r"\b[xX]'|\b(?:AS\s+BLOB|zeroblob|unhex|readfile|randomblob|jsonb\w*|compress)\b", re.IGNORECASE)
_BUILDS_TEXT = re.compile(
    r"\|\||\b(?:group_concat|string_agg|printf|format|replace|hex|json\w*|concat\w*)\s*\(", re.IGNORECASE
)
_PARAMETER = re.compile(r"\?[1-9]")
# Where a column, by its type, or an expression, by what it begins with, holds no text.
_NUMBER = re.compile(
    r"\w*INT\w*\b|(?:REAL|FLOAT|DOUBLE|NUMERIC|DECIMAL|BOOLEAN)\b|(?:count|sum|total|avg|abs|round|length|row_number|rank)\s*\(",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Writer:
    """Writes events about one source. `result`: a free name; `longest_text`: of the texts that stand in the source."""

    source: str
    result_name: str
    longest_text: int

    @cached_property
    def _has_blobs(self) -> bool:
        return _BLOBS.search(self.source) is not None

    @cached_property
    def _has_parameters(self) -> bool:
        return _PARAMETER.search(self.source) is not None

    def _shown(self, column: str, told: str) -> str:
        """How a value is given to JSON: blobs in hexadecimal digits, long texts abbreviated, where there may be any.

        told: the type of the column, or the expression that it is.
        """
        text = column
        long = self.longest_text - 2 > CHARACTERS or _BUILDS_TEXT.search(told)
        if long and not _NUMBER.match(told):
            cut = f"substr({column}, 1, {CHARACTERS}) || '... ' || length({column}) || ' characters'"
            text = f"iif(length({column}) > {CHARACTERS}, {cut}, {column})"
        if self._has_blobs and not _NUMBER.match(told):
            text = f"iif(typeof({column}) = 'blob', 'x' || hex(substr({column}, 1, {CHARACTERS // 2})), {text})"
        return text

    def _rows(self, columns: Sequence[Column]) -> str:
        """An array of arrays."""
        return f"json_group_array({_call('json_array', [self._shown(*one) for one in columns])})"

    def changes(self, place: str, *, inserted: bool) -> str:
        """How many rows a statement changed, and all did."""
        told = f"SELECT 'TRACE:VAR:{place}:changes=' || changes()"
        if self._has_parameters:
            return f"{told};"  # Binding them changed rows of a table that the script does not show.
        last = " || '; last_rowid=' || last_insert_rowid()" if inserted else ""
        return f"{told} || '; total=' || total_changes(){last};"

    def matched(self, place: str, table: str, word: str) -> str:
        """Whether an UPDATE or DELETE found all rows, some or none; what a DELETE left is counted."""
        whole = "count(*)" if word == "updated" else "(changes() + count(*))"
        return (
            f"SELECT 'TRACE:BRANCH:{place}:took=\"' || CASE changes() WHEN 0 THEN 'no row' WHEN {whole} THEN 'every row'"
            f" ELSE 'some rows' END\n    || '\"; {word}=' || changes() || '; of=' || {whole} FROM {table};"
        )

    def ignored(self, place: str, offered: int) -> str:
        """Whether an INSERT took all the rows that it was given."""
        return (
            f"SELECT 'TRACE:BRANCH:{place}:took=\"' || CASE changes() WHEN 0 THEN 'ignored' WHEN {offered} THEN 'inserted'"
            f" ELSE 'ignored some' END\n    || '\"; changes=' || changes() || '; of={offered}';"
        )

    def table(self, place: str, table: Table) -> str:
        """How many rows a table has, and the first of them."""
        return (
            f"SELECT 'TRACE:TRANSFORM:{place}:{table.name}=' || {self._rows(table.columns or ())}"
            f"\n    || '; rows=' || (SELECT count(*) FROM {table.name})\n"
            f"FROM (SELECT * FROM {table.name} ORDER BY {table.order} LIMIT {ROWS});"
        )

    def count(self, place: str, table: str) -> str:
        """How many rows a table has."""
        return f"SELECT 'TRACE:TRANSFORM:{place}:{table} rows=' || count(*) FROM {table};".replace(" rows=", "_rows=")

    def result(self, place: str, tokens: Sequence[Token], columns: Sequence[Column] | None) -> str:
        """How many rows a query gave, and the first of them."""
        query = f"    {text_of(tokens, self.source, '    ')}"
        name = self.result_name
        if columns is None:
            return f"SELECT 'TRACE:OUT:{place}:rows=' || count(*) FROM (\n{query}\n);"
        return (
            f"WITH {name} ({', '.join(column for column, _ in columns)}) AS (\n{query}\n)\n"
            f"SELECT 'TRACE:OUT:{place}:rows=' || (SELECT count(*) FROM {name})\n"
            f"    || '; result=' || {self._rows(columns)}\n"
            f"FROM (SELECT * FROM {name} LIMIT {ROWS});"
        )

    def arms(self, place: str, query: Query, took: str, *clauses: str) -> str:
        """How many rows of a query went each way; `took` gives the word of the way."""
        rest = query.source(*clauses)
        return (
            f"{self._with(query)}SELECT 'TRACE:BRANCH:{place}:took=\"' || took || '\"; rows=' || count(*)\n"
            f"FROM (\n    SELECT {took} AS took\n    {text_of(rest, self.source, '    ')}\n)\nGROUP BY took ORDER BY took;"
        )

    def case(self, place: str, query: Query, case: Case) -> str:
        """How many rows took each arm of a CASE."""
        clauses = ("FROM", "WHERE") if case.inside_aggregate else ("FROM", "WHERE", "GROUP", "HAVING", "WINDOW")
        return self.arms(place, query, text_of(case.tokens, self.source, "    "), *clauses)

    def condition(self, place: str, query: Query, clause: str) -> str:
        """How many rows WHERE kept, or groups HAVING kept."""
        condition = text_of(query.clauses[clause][1:], self.source, "        ")
        before = ("FROM",) if clause == "WHERE" else ("FROM", "WHERE", "GROUP")
        return self.arms(place, query, f"CASE WHEN {condition} THEN 'kept' ELSE 'dropped' END", *before)

    def partners(self, place: str, query: Query, rowid: str) -> str:
        """How many rows found a partner in a LEFT JOIN."""
        return self.arms(place, query, f"CASE WHEN {rowid} IS NULL THEN 'alone' ELSE 'joined' END", "FROM", "WHERE")

    def turns(self, place: str, common: Common, columns: Sequence[Column]) -> str:
        """The rows of a recursive table in the order in which they come."""
        state = _state(columns and [(name, self._shown(name, told)) for name, told in columns])
        return (
            f"{text_of(common.up_to, self.source)}\n"
            f"SELECT 'TRACE:LOOP:{place}:{state}\nFROM {common.name.text} LIMIT {TURNS};"
        )

    def parameters(self, place: str, numbers: Sequence[int]) -> str:
        """What the script was given."""
        state = _state([(f"parameter_{number}", f"?{number}") for number in numbers])
        return f"SELECT 'TRACE:IN:{place}:{state};"

    def _with(self, query: Query) -> str:
        return f"{text_of(query.prefix, self.source)}\n" if query.prefix else ""


def _state(shown: Sequence[tuple[str, str]]) -> str:
    """Names with their values, a line a name where it would be long; it goes on in a text, and ends outside."""
    parts = [f"{name}=' || json_quote({value})" for name, value in shown]
    plain = " || '; ".join(parts)
    return plain if len(plain) <= 90 else "\n    || '; ".join(parts)  # noqa: PLR2004 -- as wide as people write SQL


def _call(function: str, arguments: Sequence[str]) -> str:
    """A call, a line an argument where it would be long."""
    plain = ", ".join(arguments)
    if len(plain) <= 80:  # noqa: PLR2004 -- as wide as people write SQL
        return f"{function}({plain})"
    return f"{function}(\n    " + ",\n    ".join(arguments) + "\n)"
