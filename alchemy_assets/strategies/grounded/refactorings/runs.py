"""Say what a run of statements needs and gives, and whether control may leave it anywhere but at its end.

Belongs here: the variables of a run. Does not: which runs are looked at (`extract_function`), how a function is written
(`function_forms`).
"""

import re
from dataclasses import dataclass

from tree_sitter import Node

from alchemy_assets.strategies.grounded.names import Name
from alchemy_assets.strategies.grounded.refactorings.branches import LOOP_BODIES
from alchemy_assets.strategies.grounded.refactorings.reading import Reading, Scope
from alchemy_assets.syntax_tree import text_of, walk

TYPED = frozenset({"C", "Java", "CSharp", "Go"})
_MOST_INPUTS = 5
_LEAVING = frozenset(
    {
        *("return_statement", "return", "yield", "yield_expression", "await", "await_expression", "goto_statement"),
        *(
            "labeled_statement",
            "global_statement",
            "nonlocal_statement",
            "redo",
            "retry",
            "global_declaration",
            "fallthrough_statement",
        ),
    }
)
_JUMPS = frozenset({"break_statement", "continue_statement", "break", "next", "continue"})
_CHANGED_IN_PLACE = r"(?<![\w$]){}\s*(?:\[[^\]]*\]\s*)+(?:[-+*/.%|&^]|\?\?)?=(?![=>])"
_BY_REFERENCE = re.compile(
    r"\b(?:sort|rsort|usort|ksort|uksort|asort|arsort|shuffle|preg_match|preg_match_all|array_(?:push|pop|shift|unshift|splice|walk|multisort)|end|reset|next|each|settype|list)\s*\(|function\s+\w+\s*\([^)]*&|[(,=]\s*&\s*\$"
)


@dataclass(frozen=True)
class Run:
    """A run of statements: the comment above it, and its rows, that of the comment first."""

    comment: Node
    statements: tuple[Node, ...]

    @property
    def start(self) -> int:
        """The first byte of its statements."""
        return int(self.statements[0].start_byte)

    @property
    def end(self) -> int:
        """The byte behind its statements."""
        return int(self.statements[-1].end_byte)

    def holds(self, node: Node) -> bool:
        """Whether a node is a part of it."""
        return self.start <= node.start_byte < self.end


def leaves(run: Run) -> bool:
    """Whether control may leave a run otherwise than behind it."""
    for statement in run.statements:
        for node in walk(statement):
            # In a shell leaving is a command.
            if (node.type in _LEAVING and node.is_named) or (node.type == "command_name" and text_of(node) == "return"):
                return True
            if node.type in _JUMPS and node.is_named:
                around = node.parent
                while (
                    around is not None
                    and around.type not in LOOP_BODIES | {"switch_statement"}
                    and around.start_byte >= run.start
                ):
                    around = around.parent
                if around is None or around.start_byte < run.start:
                    return True
    return False


def given(reading: Reading, scope: Scope, run: Run) -> tuple[list[str], str | None] | None:
    """The variables that a run needs, and the one that it gives; None where it gives several, or nobody can tell."""
    language = reading.language
    text = reading.source[run.start : run.end].decode()
    if language == "Shell":
        bad = re.search(
            r"\$[\d@*#?{]|\bshift\b|\blocal\b|\bdeclare\b|\bset\b|<<", re.sub(r"\$\{[a-zA-Z_]\w*", "", text)
        )
        return None if bad else ([], None)
    if language == "PHP" and _BY_REFERENCE.search(text):
        return None
    inside = [name for name in scope.names if run.holds(name.node)]
    used = {name.text for name in inside if name.role in {"bind", "reference"}}
    bound = {name.text for name in inside if name.role == "bind" and not _only_read(name)}
    for text_name in list(used):
        if language == "PHP" and re.search(_CHANGED_IN_PLACE.format(re.escape(text_name)), text):
            bound.add(text_name)
    if language in TYPED | {"JavaScript"}:
        changed = r"(?<![\w.]){}\s*(?:[-+*/%|&^]|<<|>>)?=(?![=>])|(?:\+\+|--)\s*{}\b|(?<![\w.]){}\s*(?:\+\+|--)"
        bound |= {one for one in used if re.search(changed.format(*[re.escape(one)] * 3), text)}
    # `i -= 1` reads what it changes.
    changed = r"(?<![\w.]){}\s*(?:[-+*/%|&^@.?]|<<|>>|\*\*|//|\|\||&&|\?\?)=(?!=)"
    bound |= {one for one in used if re.search(changed.format(re.escape(one)), text)}
    before = {
        name.text
        for name in scope.names
        if name.role == "bind" and name.node.start_byte < run.start and not _only_read(name)
    }
    after = {
        name.text for name in scope.names if name.role in {"bind", "reference"} and name.node.start_byte >= run.end
    }
    own = {scope.item.name}
    later = [name for name in scope.names if name.role in {"bind", "reference"} and name.node.start_byte >= run.end]
    looped = _in_loop(run, scope)
    outputs = sorted(one for one in bound & after - own if looped or not _starts_anew(later, one))
    inputs = sorted(one for one in (used & before) - own if one in outputs or not _starts_anew(inside, one))
    inputs = [one for one in inputs if one not in outputs or not _first_is_plain(run, inside, one)]
    inputs.sort(key=lambda one: next(name.node.start_byte for name in scope.names if name.text == one))
    if len(outputs) > 1 or len(inputs) > _MOST_INPUTS:
        return None
    if looped and any(one in bound for one in before):
        return None
    if outputs and outputs[0] not in before and not _first_is_plain(run, inside, outputs[0]):
        return None
    return inputs, outputs[0] if outputs else None


def _starts_anew(names: list[Name], text: str) -> bool:
    """Whether the first of these uses of a variable gives it a new value."""
    first = next((name for name in names if name.text == text), None)
    return (
        first is not None
        and first.role == "bind"
        and "operator" not in first.holder.type
        and "augmented" not in first.holder.type
    )


def _only_read(name: Name) -> bool:
    """PHP: whether an argument is given away, not bound."""
    return name.holder.type == "argument"


def _first_is_plain(run: Run, inside: list[Name], text: str) -> bool:
    """Whether a run begins by giving a variable its value, whatever happens."""
    first = next((name for name in inside if name.text == text), None)
    if first is None or first.role != "bind" or "operator" in first.holder.type or "augmented" in first.holder.type:
        return False
    statement = next(one for one in run.statements if one.start_byte <= first.node.start_byte < one.end_byte)
    return (
        first.holder
        in (
            statement,
            *statement.named_children,
            *(deep for one in statement.named_children for deep in one.named_children),
        )
        and not any(
            other.text == text
            and other.role == "reference"
            and statement.start_byte <= other.node.start_byte < statement.end_byte
            for other in inside
        )
        and "for" not in statement.type
        and "if" not in statement.type
    )


def _in_loop(run: Run, scope: Scope) -> bool:
    around = run.statements[0].parent
    while around is not None and around != scope.item.node:
        if (
            around.type in LOOP_BODIES
            or around.type in {"do_block", "arrow_function", "lambda", "function_expression", "do_statement"}
            or (around.type == "block" and around.parent is not None and around.parent.type == "call")
        ):
            return True
        around = around.parent
    return False
