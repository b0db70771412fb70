"""Take a query apart: its common tables, its clauses, what its results are called, where it goes one of several ways.

Belongs here: reading SELECT. Does not: the events that come of it (`sql.events`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from alchemy_assets.tracing.instrument.sql.statements import Token
from alchemy_assets.tracing.instrument.sql.tables import Column, Tables, closing, key_of, split
from alchemy_assets.tracing.screening.engine import words

_CLAUSES = ("FROM", "WHERE", "GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT")
_COMPOUND = ("UNION", "INTERSECT", "EXCEPT")
_VERBS = ("SELECT", "VALUES", "INSERT", "REPLACE", "UPDATE", "DELETE")
_AGGREGATES = {"sum", "count", "total", "avg", "min", "max", "group_concat", "string_agg", "json_group_array"}
# The kind of a token that the source has not.
MADE = "made"
_PLAIN_NAME = re.compile(r"[A-Za-z_]\w*")
# Names that a list of columns cannot hold without quotes, or that would be read as something else.
_RESERVED = words(
    "all and as asc between by case check collate column create cross default delete desc distinct drop else end "
    "escape except exists for foreign from full group having in index inner insert intersect into is isnull join "
    "left like limit natural not notnull null of offset on or order outer over primary references right row rows "
    "select set table then to transaction union unique update using values view when where window with rowid "
    "result took"
)


@dataclass(frozen=True)
class Common:
    """A table of a WITH: its name and columns, its body, and the WITH up to its end."""

    name: Token
    columns: tuple[str, ...] | None
    body: tuple[Token, ...]
    up_to: tuple[Token, ...]

    @property
    def recursive(self) -> bool:
        """Whether it reads itself."""
        return any(key_of(token.text) == key_of(self.name.text) for token in self.body if token.kind != "string")


@dataclass(frozen=True)
class Query:
    """A query: its WITH, its clauses by their first word, its tokens without that WITH."""

    prefix: tuple[Token, ...]
    commons: tuple[Common, ...]
    clauses: Mapping[str, tuple[Token, ...]]
    tokens: tuple[Token, ...]

    @property
    def simple(self) -> bool:
        """Whether it is one SELECT."""
        return "SELECT" in self.clauses

    def starts(self, clause: str) -> Token:
        """The word that a clause begins with."""
        return self.clauses[clause][0]

    def source(self, *clauses: str) -> tuple[Token, ...]:
        """These clauses, those that are there, one after the other."""
        return tuple(token for name in clauses for token in self.clauses.get(name, ()))


@dataclass(frozen=True)
class Case:
    """A CASE of a query: its tokens with the results of its arms replaced, and whether an aggregate is around it."""

    start: Token
    tokens: tuple[Token, ...]
    inside_aggregate: bool


def read_query(tokens: Sequence[Token]) -> Query:
    """The parts of a query, or of the WITH of another statement."""
    commons: list[Common] = []
    start = 0
    if tokens[0].says("WITH"):
        start = _read_with(tokens, commons)
    body = tuple(tokens[start:])
    return Query(tuple(tokens[:start]), tuple(commons), _clauses(body), body)


def _read_with(tokens: Sequence[Token], commons: list[Common]) -> int:
    position = 2 if tokens[1].says("RECURSIVE") else 1
    while position < len(tokens) and not tokens[position].says(*_VERBS):
        name, columns = tokens[position], None
        position += 1
        if position < len(tokens) and tokens[position].text == "(":
            end = closing(tokens, position)
            columns = tuple(part[0].text for part in split(tokens[position + 1 : end]) if part)
            position = end + 1
        while position < len(tokens) and tokens[position].text != "(":
            position += 1
        end = closing(tokens, position)
        commons.append(Common(name, columns, tuple(tokens[position + 1 : end]), tuple(tokens[: end + 1])))
        position = end + 1
        if position < len(tokens) and tokens[position].text == ",":
            position += 1
    return position


def _clauses(tokens: Sequence[Token]) -> dict[str, tuple[Token, ...]]:
    """The clauses of a plain SELECT; nothing for VALUES, compounds and other statements."""
    if not tokens or not tokens[0].says("SELECT"):
        return {}
    found: dict[str, list[Token]] = {}
    now = "SELECT"
    depth = 0
    for index, token in enumerate(tokens):
        if depth == 0 and token.says(*_COMPOUND):
            return {}
        # IS DISTINCT FROM is an operator.
        if depth == 0 and token.says(*_CLAUSES) and not (token.says("FROM") and tokens[index - 1].says("DISTINCT")):
            now = token.text.upper()
        depth += (token.text == "(") - (token.text == ")")
        found.setdefault(now, []).append(token)
    return {name: tuple(tokens) for name, tokens in found.items()}


def first_select(query: Query) -> Query:
    """The first of the queries that a compound is made of, which names the columns."""
    depth = 0
    for index, token in enumerate(query.tokens):
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0 and token.says(*_COMPOUND):
            return replace(query, clauses=_clauses(query.tokens[:index]), tokens=query.tokens[:index])
    return query


def results(query: Query, tables: Tables, source: str) -> tuple[Column, ...] | None:
    """A name for each column of the result, with its expression, or None where it is not known how many there are."""
    first = first_select(query)
    if first.tokens and first.tokens[0].says("VALUES"):
        row = first.tokens[2 : closing(first.tokens, 1)]
        return tuple((f"column{number}", "") for number, _ in enumerate(split(row), 1))
    if not first.simple:
        return None
    listed = list(first.clauses["SELECT"][1:])
    if listed and listed[0].says("DISTINCT", "ALL"):
        listed = listed[1:]
    found: list[Column] = []
    for item in split(listed):
        if not item:
            return None
        if item[-1].text == "*" and (len(item) == 1 or item[-2].text == "."):
            columns = _starred(first, tables)
            if columns is None:
                return None
            found += columns
        else:
            name, column = alias_of(item), item[-1].text if len(item) in {1, 3} and item[-1].kind == "word" else ""
            told = _type_of(column, tables) if column else source[item[0].start : item[-1].end]
            found.append((name or "", told))
    return _distinct(found)


def _type_of(column: str, tables: Tables) -> str:
    """The type that a column of this name has, where all tables agree."""
    types = {
        told for table in tables.known.values() for name, told in table.columns or () if key_of(name) == key_of(column)
    }
    return types.pop() if len(types) == 1 else ""


def _usable(name: str) -> bool:
    return _PLAIN_NAME.fullmatch(name) is not None and name.lower() not in _RESERVED


def _starred(query: Query, tables: Tables) -> tuple[Column, ...] | None:
    """What a star stands for, where all comes from one table of the script."""
    source = query.clauses.get("FROM", ())[1:]
    if any(token.text in {",", "("} or token.says("JOIN", "UNION") for token in source) or not source:
        return None
    if any(key_of(common.name.text) == key_of(source[0].text) for common in query.commons):
        return None
    table = tables.find(
        "".join(token.text for token in source[:3]) if "." in {t.text for t in source[:2]} else source[0].text
    )
    return table.columns if table is not None else None


def _distinct(columns: Sequence[Column]) -> tuple[Column, ...]:
    seen: dict[str, int] = {}
    found = []
    for number, (given, told) in enumerate(columns, 1):
        name = given if _usable(given) else f"column{number}"
        count = seen[name.lower()] = seen.get(name.lower(), 0) + 1
        found.append((name if count == 1 else f"{name}_{count}", told))
    return tuple(found)


def alias_of(item: Sequence[Token]) -> str | None:
    """What a result is called: the name it was given, or that of the column it is."""
    last = item[-1]
    if last.kind not in {"word", "quoted", "string"} or (len(item) > 1 and last.says("END", "NULL")):
        return None
    name = last.text.strip("\"`[]'")
    if len(item) == 1:
        return name if last.kind != "string" else None
    if item[-2].says("AS") or (item[-2].text == "." and len(item) in {3, 5}):
        return name
    return name if item[-2].kind != "sign" or item[-2].text == ")" else None


def aliases(query: Query) -> set[str]:
    """The names that a SELECT gives to what is no column of that name."""
    listed = split(query.clauses.get("SELECT", ())[1:])
    found = set()
    for item in listed:
        name = alias_of(item) if len(item) > 1 else None
        if name is not None and item[-2].text != ".":
            found.add(name.lower())
    return found


def mentions(tokens: Sequence[Token], names: set[str]) -> bool:
    """Whether one of these names stands alone, as what a SELECT calls its result would."""
    return any(
        token.kind in {"word", "quoted"}
        and key_of(token.text) in names
        and not (index and tokens[index - 1].text == ".")
        and not (index + 1 < len(tokens) and tokens[index + 1].text in {".", "("})
        for index, token in enumerate(tokens)
    )


def cases(tokens: Sequence[Token]) -> Iterator[Case]:
    """Each CASE that stands in no subquery and in no other CASE."""
    stack: list[str] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.text == "(":
            before, after = tokens[index - 1] if index else token, tokens[index + 1 : index + 2]
            if after and after[0].says("SELECT", "WITH", "VALUES"):
                index = closing(tokens, index)
                continue
            stack.append(before.text.lower() if before.kind == "word" else "")
        elif token.text == ")" and stack:
            stack.pop()
        elif token.says("CASE"):
            end = _end_of_case(tokens, index)
            over = any(one.says("OVER", "FILTER") for one in tokens)
            inside = bool(_AGGREGATES & set(stack)) and not over
            if end is not None and not (over and _AGGREGATES & set(stack)):
                yield Case(token, _with_arms(tokens[index : end + 1]), inside)
            index = end if end is not None else len(tokens)
        index += 1


def _end_of_case(tokens: Sequence[Token], start: int) -> int | None:
    depth = 0
    for index in range(start, len(tokens)):
        depth += tokens[index].says("CASE") - tokens[index].says("END")
        if depth == 0:
            return index
    return None


def _with_arms(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """A CASE whose results are the words of its arms: `when 1`, `when 2`, `else`."""
    made: list[Token] = []
    depth, arm, skipping = 0, 0, False
    otherwise = False
    for token in tokens[:-1]:
        depth += (token.text == "(") - (token.text == ")") + token.says("CASE") - token.says("END")
        if depth == 1 and token.says("WHEN"):
            arm, skipping = arm + 1, False
        elif depth == 1 and token.says("ELSE"):
            otherwise, skipping = True, False
        if not skipping:
            made.append(token)
        if depth == 1 and token.says("THEN", "ELSE"):
            made.append(Token(MADE, "'else'" if otherwise else f"'when {arm}'", token.end))
            skipping = True
    if not otherwise:
        made += [Token("word", "ELSE", tokens[-1].start), Token(MADE, "'else'", tokens[-1].start)]
    return (*made, tokens[-1])


def left_joins(source: Sequence[Token], tables: Tables) -> Iterator[tuple[Token, str]]:
    """Each LEFT JOIN with a table of the script, and the expression that is null where a row found no partner."""
    depth = 0
    for index, token in enumerate(source):
        depth += (token.text == "(") - (token.text == ")")
        if depth or not token.says("LEFT"):
            continue
        at = index + 1 + source[index + 1].says("OUTER")
        if at + 1 >= len(source) or not source[at].says("JOIN"):
            continue
        table = tables.find(source[at + 1].text)
        if table is None or table.order != "rowid":
            continue
        named = source[at + 2 : at + 4]
        name = source[at + 1].text
        if named and named[0].says("AS"):
            name = named[1].text
        elif (
            named and named[0].kind in {"word", "quoted"} and not named[0].says("ON", "USING", "LEFT", "INNER", "JOIN")
        ):
            name = named[0].text
        yield token, f"{name}.rowid"


def text_of(tokens: Sequence[Token], source: str, indent: str = "") -> str:
    """Tokens as the source lays them out, without its comments; lines after the first indented by as much more."""
    base = _blanks_before(source, source.rfind("\n", 0, tokens[0].start) + 1, forward=True) if tokens else ""
    parts: list[str] = []
    for before, token in zip((None, *tokens), tokens, strict=False):
        between = _blanks_before(source, token.start)
        if before is None:
            between = ""
        elif token.kind == MADE or (before.end != token.start and not between):
            between = " "
        elif "\n" in between:
            own = between.rsplit("\n", 1)[1].expandtabs(4)
            between = "\n" + indent + own[len(base.expandtabs(4)) :]
        elif between:
            between = " "
        parts.append(between + token.text)
    return "".join(parts)


def _blanks_before(source: str, offset: int, *, forward: bool = False) -> str:
    """The blanks that end at an offset, or begin there."""
    if forward:
        end = len(source) - len(source[offset:].lstrip(" \t"))
        return source[offset:end]
    return source[len(source[:offset].rstrip()) : offset]
