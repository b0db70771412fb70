"""Walk through the statements of a bash script and say where trace points may stand.

Belongs here: what each kind of statement means for control flow, for the status `$?`, and for a point. Does not: the
script as a whole (`shell`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk
from alchemy_assets.tracing.instrument.points import Insertion, Point, above_comments, end_of_line, indent_before

NAMES_SHOWN = 4
READS_STATUS = re.compile(r"\$\?|\$\{\?|PIPESTATUS|\$_\b|\$\{_\}|\A\s*(?:return|exit)\s*\Z")
_NO_STATEMENTS_IN = {
    "command_substitution",
    "process_substitution",
    "heredoc_redirect",
    "herestring_redirect",
    "string",
}
NAME = re.compile(r"[A-Za-z_]\w*")
# A parameter by its number, or how many there are; `${#name}` is the length of another.
_SPECIAL = re.compile(r"\$\{?([1-9])\b\S*|\$\{?(#)\}?")
_ELEMENT = re.compile(r"[A-Za-z_]\w*\[(?:\$?\w+|\$?\w+ ?[-+*] ?\$?\w+)\]")
# Names that bash itself sets, and that differ from one machine to the next.
_SYSTEM = {
    "_",
    "PWD",
    "OLDPWD",
    "HOME",
    "PATH",
    "USER",
    "HOSTNAME",
    "UID",
    "EUID",
    "PPID",
    "SECONDS",
    "RANDOM",
    "SHELL",
    "TMPDIR",
}
_SYSTEM |= {"BASH_VERSION", "LANG", "LC_ALL", "TERM", "COLUMNS", "LINES", "IFS", "PS1", "PS2", "LOGNAME", "DISPLAY"}


@dataclass(frozen=True)
class Scope:
    """Where a walk is: the function's name, and whether it is in a loop."""

    function: str
    in_loop: bool = False


@dataclass
class Walker:
    """Walks statements in order and collects points."""

    raw: bytes
    name: str
    arrays: dict[str, str]
    status_readers: set[str]
    muted: set[str]
    muted_parts: set[int]
    points: list[Point] = field(default_factory=list)

    def block(self, statements: Sequence[Node], scope: Scope) -> None:
        """Go through the statements of a block."""
        body = [one for one in statements if one.type != "comment"]
        for position, node in enumerate(body):
            following = body[position + 1] if position + 1 < len(body) else None
            self.statement(node, following, scope)

    def statement(self, node: Node, following: Node | None, scope: Scope) -> None:  # noqa: C901 -- a branch a kind
        """Collect the points of one statement and of what stands in it."""
        if node.type == "function_definition":
            self.function(node)
        elif node.type == "if_statement":
            self.choice(node, scope)
        elif node.type == "case_statement":
            self.cases(node, scope)
        elif node.type in {"for_statement", "c_style_for_statement", "while_statement"}:
            self.loop(node, scope)
        elif node.type in {"variable_assignment", "declaration_command"}:
            self.assignment(node, following, scope)
        elif node.type == "command":
            self.command(node, following, scope)
        elif node.type == "compound_statement" and self.raw[node.start_byte : node.start_byte + 2] == b"((":
            self.after(node, following, "VAR", scope, self.show(self.names(node)), weight=0.8)
        elif node.type in {"compound_statement", "subshell"}:
            self.block(node.named_children, scope)
        elif node.type in {"redirected_statement", "list", "pipeline", "negated_command"}:
            for child in node.named_children:
                if node.type == "pipeline" and child.start_byte in self.muted_parts:
                    continue
                if child.type not in {"command", "variable_assignment", "declaration_command", *_NO_STATEMENTS_IN}:
                    self.statement(child, None, scope)

    def function(self, node: Node) -> None:
        """The entry of a function, and its body."""
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is None or body is None or body.type != "compound_statement" or text_of(name) in self.muted:
            return
        scope = Scope(text_of(name).replace(":", "_"))
        text = text_of(body)
        shown = [f"\\${number}=${{{number}-}}" for number in sorted(set(re.findall(r"\$\{?([1-9])\b", text)))][
            :NAMES_SHOWN
        ]
        if re.search(r"\$[@*#]|\$\{[@*#]\}", text) and len(shown) < NAMES_SHOWN:
            shown.append("args=$*")
        self.first(body.named_children, "IN", node, scope, shown, weight=0.3 * len(shown) - (0 if shown else 1.2))
        self.block(body.named_children, scope)

    def choice(self, node: Node, scope: Scope) -> None:
        """The arms of an `if`."""
        condition = node.child_by_field_name("condition")
        shown = self.names(condition) if condition is not None else []
        self.arm(_after_word(node, "then"), "if", node, scope, shown)
        for clause in node.named_children:
            if clause.type == "elif_clause":
                shown = list(dict.fromkeys([*self.names(_before_word(clause, "then")), *shown]))
                self.arm(_after_word(clause, "then"), "elif", clause, scope, shown)
            elif clause.type == "else_clause":
                self.arm(clause.named_children, "else", clause, scope, shown)

    def cases(self, node: Node, scope: Scope) -> None:
        """The items of a `case`."""
        value = node.child_by_field_name("value")
        shown = self.names(value) if value is not None else []
        for item in node.named_children:
            if item.type == "case_item":
                patterns = item.children_by_field_name("value")
                self.arm([one for one in item.named_children if one not in patterns], "case", item, scope, shown)

    def arm(self, statements: Sequence[Node], word: str, place: Node, scope: Scope, shown: list[str]) -> None:
        """One way that control may take."""
        body = [one for one in statements if one.type not in {"elif_clause", "else_clause"}]
        weight = 0.3 * len(shown[:3]) + 0.4 * scope.in_loop
        self.first(body, "BRANCH", place, scope, [f"took={word}", *self.show(shown)], weight=weight)
        self.block(body, scope)

    def loop(self, node: Node, scope: Scope) -> None:
        """A loop of any kind."""
        body = node.child_by_field_name("body")
        if body is None:
            return
        inner = replace(scope, in_loop=True)
        variable = node.child_by_field_name("variable")
        if variable is not None and any(
            one.type == "subscript" and self.arrays.get(text_of(one).partition("[")[0]) == "hash"
            for value in node.children_by_field_name("value")
            for one in walk(value)
        ):
            return  # The order of an associative array is bash's own: nothing in here could be foreseen.
        if variable is not None:
            shown = self.show([text_of(variable)], assigned=(text_of(variable),))
        elif node.type == "c_style_for_statement":
            parts = [part for part in map(node.child_by_field_name, ("initializer", "condition")) if part is not None]
            shown = self.show(list(dict.fromkeys(name for part in parts for name in self.names(part, words=True))))
        else:
            condition = node.child_by_field_name("condition")
            shown = self.show([*_read_names(condition), *self.names(condition)]) if condition is not None else []
        self.first(body.named_children, "LOOP", node, inner, shown, weight=0.3 * len(shown) - (0 if shown else 0.8))
        self.block(body.named_children, inner)

    def assignment(self, node: Node, following: Node | None, scope: Scope) -> None:
        """Variables that get a value out of others."""
        parts = [child for child in node.named_children if child.type == "variable_assignment"]
        parts = [node] if node.type == "variable_assignment" else parts
        targets, used, values = [], [], []
        for part in parts:
            left, value = part.child_by_field_name("name"), part.child_by_field_name("value")
            if left is None or value is None or (target := _element(left) or NAME.match(text_of(left))) is None:
                continue
            if any(
                one.type in {"simple_expansion", "expansion", "arithmetic_expansion", "command_substitution"}
                for one in walk(value)
            ):
                targets.append(target[0])
                used += self.names(part)
                values.append(text_of(value))
        if not targets:
            return
        array = any(self.arrays.get(target) == "list" for target in targets)
        shown = self.show([*targets, *used], assigned=targets)
        kind = "TRANSFORM" if array and used else "VAR"
        masks = any("$(" in value or "`" in value for value in values) and node.type == "variable_assignment"
        weight = _weight(shown, scope) - 0.6 * all(
            re.fullmatch(r'"?\$\{?\w+\}?"?', value) is not None for value in values
        )
        self.after(node, following, kind, scope, shown, weight=weight, zero=not masks)

    def command(self, node: Node, following: Node | None, scope: Scope) -> None:
        """Commands that end a function or the script, or give a variable a value."""
        words = text_of(node).split()
        if words[0] in {"return", "exit"} and len(words) > 1:
            status = " ".join(words[1:])
            if "(" not in status and "`" not in status and not READS_STATUS.search(text_of(node)) and '"' not in status:
                kind = "OUT" if words[0] == "return" or status == "0" else "ERR"
                self.before(node, kind, node, scope, [f"status={status}"], weight=-0.5)
        elif words[0] == "read":
            names = _read_names(node)
            self.after(node, following, "VAR", scope, self.show(names), weight=0.6)
        elif words[0] == "let":
            self.after(node, following, "VAR", scope, self.show(self.names(node)), weight=0.6)
        elif following is None and words[0] in {"echo", "printf"} and _ends_function(node):
            shown = self.show(self.names(node))
            if shown:
                self.before(node, "OUT", node, scope, shown, weight=0.2 * len(shown))

    # Writing

    def names(self, node: Node | Sequence[Node], *, words: bool = False) -> list[str]:
        """The variables that a part of the script reads, in order, each once."""
        found: dict[str, None] = {}
        for part in [node] if isinstance(node, Node) else node:
            for child in walk(part):
                arithmetic = words and child.type == "word"
                if child.type == "string_content" and _is_let(child):
                    found |= dict.fromkeys(NAME.findall(text_of(child)))
                if child.type in {"simple_expansion", "expansion"} and (special := _SPECIAL.fullmatch(text_of(child))):
                    found.setdefault(special[1] or special[2])
                elif (element := _element(child)) is not None:
                    found.setdefault(element[0])
                elif (child.type == "variable_name" or arithmetic) and NAME.fullmatch(text_of(child)):
                    inside = child.parent is not None and _element(child.parent) is not None
                    if not inside or child.prev_sibling is not None:
                        found.setdefault(text_of(child))
        return list(found)

    def show(self, names: Sequence[str], assigned: Sequence[str] = ()) -> list[str]:
        """`name=$name` for those that may be shown."""
        shown = []
        for name in dict.fromkeys(names):
            if name in _SYSTEM or self.arrays.get(name) == "hash":
                continue
            if name.isdecimal() or name == "#":
                shown.append("\\$#=$#" if name == "#" else f"\\${name}=${{{name}-}}")
                continue
            if self.arrays.get(name) == "list":
                shown.append(f"{name}=(${{{name}[*]-}})")
            else:
                shown.append(f"{name}=${name}" if name in assigned and NAME.fullmatch(name) else f"{name}=${{{name}-}}")
        return shown

    def first(  # noqa: PLR0913 -- what an event says
        self, statements: Sequence[Node], kind: str, place: Node, scope: Scope, shown: list[str], *, weight: float
    ) -> None:
        """A point at the beginning of a body, on the line of its first statement where that line began before."""
        first = next((one for one in statements if one.type != "comment"), None)
        if first is None:
            return
        if indent_before(self.raw, first.start_byte) is not None:
            self.before(first, kind, place, scope, shown, weight=weight)
        elif not self.asks_for_status(first):
            line = place.start_point.row + 1
            insertion = Insertion(first.start_byte, f"{self.call(kind, scope, line, shown)}; ")
            self.points.append(Point(kind, scope.function, line, (insertion,), weight, place.end_point.row + 1))

    def before(  # noqa: PLR0913 -- what an event says
        self, node: Node, kind: str, place: Node, scope: Scope, shown: list[str], *, weight: float
    ) -> None:
        """A point before a statement that is the first on its line and does not ask for the status."""
        indent = indent_before(self.raw, node.start_byte)
        if indent is None or self.asks_for_status(node):
            return
        line = place.start_point.row + 1
        insertion = Insertion(above_comments(self.raw, node), f"{indent}{self.call(kind, scope, line, shown)}\n")
        self.points.append(Point(kind, scope.function, line, (insertion,), weight, place.end_point.row + 1))

    def after(  # noqa: PLR0913 -- what an event says
        self,
        node: Node,
        following: Node | None,
        kind: str,
        scope: Scope,
        shown: list[str],
        *,
        weight: float,
        zero: bool = False,
    ) -> None:
        """A point after a statement; at the end of a body only where the statement's status is 0 anyway (`zero`)."""
        indent = indent_before(self.raw, node.start_byte)
        end = end_of_line(self.raw, node.end_byte, b"#")
        if indent is None or end is None or not shown:
            return
        if (following is None and not zero) or (following is not None and self.asks_for_status(following)):
            return
        line = node.start_point.row + 1
        text = indent + self.call(kind, scope, line, shown)
        ended = self.raw[end - 1 : end] == b"\n"
        self.points.append(
            Point(kind, scope.function, line, (Insertion(end, f"{text}\n" if ended else f"\n{text}"),), weight)
        )

    def asks_for_status(self, node: Node) -> bool:
        """Whether a statement may read the status of the one before it."""
        text = text_of(node)
        if READS_STATUS.search(text):
            return True
        return any(one.type == "command_name" and text_of(one) in self.status_readers for one in walk(node))

    def call(self, kind: str, scope: Scope, line: int, shown: list[str]) -> str:
        """The command that writes an event."""
        words = "".join(f' "{one}"' for one in list(dict.fromkeys(shown))[:NAMES_SHOWN])
        return f"{self.name} {kind} {scope.function}:{line}{words}"


def _ends_function(node: Node) -> bool:
    return (
        node.parent is not None and node.parent.parent is not None and node.parent.parent.type == "function_definition"
    )


def _element(node: Node) -> re.Match[str] | None:
    """One element of an array, `name[$index]`, whose index can be read twice."""
    return _ELEMENT.fullmatch(text_of(node)) if node.type == "subscript" else None


def _after_word(node: Node, word: str) -> list[Node]:
    """The statements that stand behind a keyword of a construct."""
    position = next((index for index, child in enumerate(node.children) if child.type == word), len(node.children))
    return [child for child in node.children[position:] if child.is_named]


def _before_word(node: Node, word: str) -> list[Node]:
    position = next((index for index, child in enumerate(node.children) if child.type == word), len(node.children))
    return [child for child in node.children[:position] if child.is_named]


def _is_let(text: Node) -> bool:
    """Whether a text is an expression: `let "n = n + 1"`."""
    command = text.parent.parent if text.parent is not None else None
    name = command.child_by_field_name("name") if command is not None and command.type == "command" else None
    return name is not None and text_of(name) == "let"


def _read_names(node: Node) -> list[str]:
    """The variables that `read` or `getopts` fills."""
    names = []
    for command in walk(node):
        if command.type != "command" or (called := command.child_by_field_name("name")) is None:
            continue
        words = [text_of(child) for child in command.named_children if child.type == "word"]
        if text_of(called) == "read":
            names += [word for word in words if NAME.fullmatch(word)] or ["REPLY"]
        elif text_of(called) == "getopts":
            names += [*words[-1:], "OPTARG"]
    return names


def _weight(shown: list[str], scope: Scope) -> float:
    return 0.6 * min(len(set(shown)), NAMES_SHOWN) + 0.5 * scope.in_loop
