"""Follow which tables a script has at each statement, and what its triggers write to.

Belongs here: what CREATE, ALTER and DROP say. Does not: statements that handle rows (`sql.queries`).
A script runs from top to bottom and stops at its first error, so what was created is there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from alchemy_assets.tracing.instrument.sql.statements import Token

_NOT_A_COLUMN = ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN")
_PLAIN_NAME = re.compile(r"[A-Za-z_]\w*")
_TEMPORARY = ("TEMP", "TEMPORARY")


# The name of a column, and its type, or the expression that it is, as far as they are known.
Column = tuple[str, str]
# A table by its name in small letters, and what is done to it: INSERT, UPDATE or DELETE.
Write = tuple[str, str]


@dataclass(frozen=True)
class Table:
    """A table or view: its name and columns as the script spells them (None: not known), and how its rows are ordered."""

    name: str
    columns: tuple[Column, ...] | None
    order: str | None
    body: tuple[Token, ...] = ()

    @property
    def is_view(self) -> bool:
        """Whether it is a view."""
        return bool(self.body)


@dataclass
class Tables:
    """What is there, by name in small letters.

    follows: what else is done to which table when something is done to one. hidden: what has the name of a temporary table.
    """

    known: dict[str, Table] = field(default_factory=dict)
    follows: dict[Write, list[Write]] = field(default_factory=dict)
    hidden: dict[str, Table] = field(default_factory=dict)

    def copy(self) -> "Tables":
        """As it is now."""
        follows = {write: list(others) for write, others in self.follows.items()}
        return Tables(dict(self.known), follows, dict(self.hidden))

    def find(self, name: str) -> Table | None:
        """A table or view by its name."""
        return self.known.get(key_of(name))

    def written_with(self, writes: Sequence[Write]) -> list[Table]:
        """The tables that a statement writes to, and those that triggers and keys write to because of it."""
        found: list[Write] = []
        waiting = list(writes)
        while waiting:
            one = waiting.pop(0)
            if one not in found:
                found.append(one)
                waiting += self.follows.get(one, [])
        tables = [self.known.get(name) for name in dict.fromkeys(name for name, _ in found)]
        return [table for table in tables if table is not None and not table.is_view]

    def alone(self, name: str) -> bool:
        """Whether nothing but a statement that names the table writes to it."""
        return key_of(name) not in {other for others in self.follows.values() for other, _ in others}

    def note(self, tokens: Sequence[Token]) -> None:
        """Take in a statement that may change what is there."""
        words = [token.text.upper() for token in tokens[:2]]
        if words[0] == "CREATE":
            self._create(tokens)
        elif words[0] == "DROP" and words[1:] in (["TABLE"], ["VIEW"]):
            name = key_of(_named(tokens, _past_exists(tokens, 2))[0])
            self.known.pop(name, None)
            if name in self.hidden:
                self.known[name] = self.hidden.pop(name)
        elif words == ["ALTER", "TABLE"]:
            self._alter(tokens)

    def _create(self, tokens: Sequence[Token]) -> None:
        temporary = len(tokens) > 1 and tokens[1].says(*_TEMPORARY)
        start = _past_exists(tokens, 3 if temporary else 2)
        kind = tokens[2 if temporary else 1] if len(tokens) > 2 else tokens[0]  # noqa: PLR2004 -- CREATE, what, its name
        name = key_of(_named(tokens, start)[0])
        if temporary and kind.says("TABLE", "VIEW") and name in self.known:
            self.hidden[name] = self.known.pop(name)
        if kind.says("TABLE"):
            self._create_table(tokens, start)
        elif kind.says("VIEW"):
            self._create_view(tokens, start)
        elif kind.says("TRIGGER"):
            self._create_trigger(tokens)
        elif kind.says("VIRTUAL"):
            name, _ = _named(tokens, _past_exists(tokens, start + 1))
            self.known.setdefault(key_of(name), Table(name, None, None))

    def _create_table(self, tokens: Sequence[Token], start: int) -> None:
        name, position = _named(tokens, _past_exists(tokens, start))
        if key_of(name) in self.known:
            return
        if position >= len(tokens) or tokens[position].text != "(":
            self.known[key_of(name)] = Table(name, None, None)
            return
        end = closing(tokens, position)
        parts = split(tokens[position + 1 : end])
        columns = [part for part in parts if part and not part[0].says(*_NOT_A_COLUMN)]
        without = any(token.says("WITHOUT") for token in tokens[end:])
        order = ", ".join(_primary_key(parts)) if without else "rowid"
        self.known[key_of(name)] = Table(name, tuple(map(_column, columns)), order or None)
        for part in parts:
            self._create_key(key_of(name), part)

    def _create_key(self, name: str, part: Sequence[Token]) -> None:
        """What happens to the rows of a table when those that they refer to go or change."""
        parent = next((key_of(after.text) for one, after in pairwise(part) if one.says("REFERENCES")), None)
        for at, token in enumerate(part[:-2]):
            if parent is not None and token.says("ON") and part[at + 2].says("CASCADE", "SET"):
                done = part[at + 1].text.upper()
                follows = "DELETE" if done == "DELETE" and part[at + 2].says("CASCADE") else "UPDATE"
                self.follows.setdefault((parent, done), []).append((name, follows))

    def _create_view(self, tokens: Sequence[Token], start: int) -> None:
        name, position = _named(tokens, _past_exists(tokens, start))
        columns = None
        if position < len(tokens) and tokens[position].text == "(":
            end = closing(tokens, position)
            columns = tuple((_spelled(part[0]), "") for part in split(tokens[position + 1 : end]) if part)
            position = end + 1
        if position < len(tokens) and tokens[position].says("AS"):
            self.known.setdefault(key_of(name), Table(name, columns, None, tuple(tokens[position + 1 :])))

    def _create_trigger(self, tokens: Sequence[Token]) -> None:
        begin = next((index for index, token in enumerate(tokens) if token.says("BEGIN")), len(tokens))
        on = next((index for index, token in enumerate(tokens[:begin]) if token.says("ON")), None)
        if on is None or on + 1 >= len(tokens):
            return
        name, _ = _named(tokens, on + 1)
        done = [token.text.upper() for token in tokens[:on] if token.says("INSERT", "UPDATE", "DELETE")]
        writes = self.follows.setdefault((key_of(name), done[-1] if done else ""), [])
        for index in range(begin, len(tokens) - 1):
            if tokens[index - 1].text == ";" or index == begin + 1:
                writes += writes_of(tokens[index:])

    def _alter(self, tokens: Sequence[Token]) -> None:
        name, position = _named(tokens, 2)
        table = self.known.get(key_of(name))
        if table is None or position >= len(tokens):
            return
        rest = [token for token in tokens[position:] if not token.says("COLUMN")]
        columns = table.columns
        if rest[0].says("ADD") and columns is not None:
            columns = (*columns, _column(rest[1:]))
        elif rest[0].says("DROP") and columns is not None:
            columns = tuple(one for one in columns if key_of(one[0]) != key_of(rest[1].text))
        elif rest[0].says("RENAME") and rest[1].says("TO"):
            del self.known[key_of(name)]
            table = replace(table, name=rest[2].text)
        elif rest[0].says("RENAME") and columns is not None:
            old = key_of(rest[1].text)
            columns = tuple(
                (_spelled(rest[3]), told) if key_of(name) == old else (name, told) for name, told in columns
            )
        self.known[key_of(table.name)] = replace(table, columns=columns)


def key_of(name: str) -> str:
    """What a name is compared by: no quotes, no `main.`, small letters."""
    return re.sub(r"[\"`\[\]']", "", name).lower().removeprefix("main.").removeprefix("temp.")


def target_of(tokens: Sequence[Token]) -> tuple[str, int] | None:
    """The table that an INSERT, REPLACE, UPDATE or DELETE writes to, and the index of what follows its name."""
    if not tokens or not tokens[0].says("INSERT", "REPLACE", "UPDATE", "DELETE"):
        return None
    position = 1
    if position + 1 < len(tokens) and tokens[position].says("OR"):
        position += 2
    if position < len(tokens) and tokens[position].says("INTO", "FROM"):
        position += 1
    return _named(tokens, position) if position < len(tokens) else None


def writes_of(tokens: Sequence[Token]) -> list[Write]:
    """What a statement itself may do to its table; the statement ends at a semicolon, if there is one."""
    target = target_of(tokens)
    if target is None:
        return []
    end = next((at for at, token in enumerate(tokens) if token.text == ";"), len(tokens))
    words = [token.text.upper() for token in tokens[:end] if token.kind == "word"]
    done = {"INSERT" if words[0] == "REPLACE" else words[0]: None}
    if words[0] == "INSERT" and "CONFLICT" in words and "UPDATE" in words:
        done["UPDATE"] = None
    if "REPLACE" in words[:3]:
        done["DELETE"] = None
    return [(key_of(target[0]), one) for one in done]


def closing(tokens: Sequence[Token], opening: int) -> int:
    """The index of the parenthesis that closes this one, or the end."""
    depth = 0
    for index in range(opening, len(tokens)):
        depth += (tokens[index].text == "(") - (tokens[index].text == ")")
        if depth == 0:
            return index
    return len(tokens)


def split(tokens: Sequence[Token]) -> list[list[Token]]:
    """The parts between commas that stand in no parentheses."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.text == "(") - (token.text == ")")
        if token.text == "," and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _past_exists(tokens: Sequence[Token], position: int) -> int:
    while position < len(tokens) and tokens[position].says("IF", "NOT", "EXISTS"):
        position += 1
    return position


def _named(tokens: Sequence[Token], position: int) -> tuple[str, int]:
    """A name, perhaps with that of its database, and the index of what follows."""
    if position >= len(tokens):
        return "", position
    name = _spelled(tokens[position])
    if position + 2 < len(tokens) and tokens[position + 1].text == ".":
        return f"{name}.{_spelled(tokens[position + 2])}", position + 3
    return name, position + 1


def _spelled(token: Token) -> str:
    """A name as an expression may hold it: between single quotes it would be a text."""
    if token.kind == "string":
        inner = token.text[1:-1]
        return inner if _PLAIN_NAME.fullmatch(inner) else f'"{inner}"'
    return token.text


def _column(part: Sequence[Token]) -> Column:
    return _spelled(part[0]), part[1].text if len(part) > 1 else ""


def _primary_key(parts: Sequence[Sequence[Token]]) -> list[str]:
    for part in parts:
        for token in part[:-1]:
            if not token.says("PRIMARY"):
                continue
            if part[0].says("PRIMARY", "CONSTRAINT"):
                opening = next((at for at, one in enumerate(part) if one.text == "("), len(part))
                return [_spelled(one[0]) for one in split(part[opening + 1 : closing(part, opening)]) if one]
            return [_spelled(part[0])]
    return []
