"""Put trace points into Ruby programs.

Belongs here: which node of the grammar is which shape, and how an event is written. Does not: where statements are put
(`engine`, `places`), which words are variables and which values are used (`ruby.names`).
A statement whose value is used gets nothing behind it: what a method or block ends in is handed on by the helper.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tree_sitter import Node

from alchemy_assets.syntax_tree import parse, text_of, walk
from alchemy_assets.tracing.instrument.dialect import Shown
from alchemy_assets.tracing.instrument.found import (
    Found,
    all_taken,
    find,
    free_name,
    helper_text,
    newline_of,
    without_comments,
)
from alchemy_assets.tracing.instrument.points import Insertion, above_comments, indent_before
from alchemy_assets.tracing.instrument.ruby.names import (
    goes_on_with,
    heredocs,
    local_reads,
    names_a_method,
    statements_of,
)
from alchemy_assets.tracing.instrument.ruby.shapes import (
    assignment,
    body_of,
    bound,
    cases,
    caught,
    change,
    choice,
    conditioned,
    container,
    given_name,
    loop,
    makes,
    method,
    raised,
    returned,
    started,
    takes_lines,
)
from alchemy_assets.tracing.instrument.ruby.values import brackets, is_worth_showing, method_of
from alchemy_assets.tracing.instrument.scope import Scope
from alchemy_assets.tracing.instrument.shapes import (
    Arm,
    Assign,
    Body,
    Branch,
    Container,
    Function,
    Jump,
    Loop,
    Raise,
    Return,
    Several,
    Shape,
)
from alchemy_assets.tracing.reasons import Dropped, Reason

_BLOCKS = {"block", "do_block"}
_CHOICES = {"if", "unless", "case", "case_match", "begin"}
_MODIFIERS = {"if_modifier": "if", "unless_modifier": "unless"}
# Methods that look at nothing their block gives back, and call it once a turn.
_TURNS = re.compile(
    r"each(?:_with_index|_with_object|_pair|_char|_line|_byte|_slice|_cons|_key|_value|_index|_entry)?"
    r"|reverse_each|foreach|times|upto|downto|step|loop|cycle"
)
_COUNTED = {"with_index", "with_object"}
_ENDS = {"exit", "exit!", "abort", "throw"}
_RAISES = {"raise", "fail"}
_READABLE = re.compile(r"@{0,2}[a-z_]\w*(?:\[(?:[\w@ +*-]|:\w+|\"\w+\"|'\w+')+\])+")
_OWN_GLOBAL = re.compile(
    r"\$(?!(?:std\w+|PROGRAM_NAME|LOAD_PATH|LOADED_FEATURES|DEBUG|VERBOSE|FILENAME|KCODE|SAFE)$)[A-Za-z_]\w+"
)
LONGEST_ELEMENT = 40
HELPER_NAMES = ("Trace", "TraceLog", "EventTrace")
# What sees its own source, stack or all objects would see the points.
_SEES_ITSELF = re.compile(
    r"(?<!__FILE__, )\b__LINE__\b|\bcaller(?:_locations)?\b|\bObjectSpace\b|\bTracePoint\b|\bset_trace_func\b|\bRubyVM\b"
    r"|\bGC\.(?:stat|count|stress)|\bRactor\b|\bDATA\.(?:rewind|pos|seek)|\(__FILE__\)\.(?:each|read)"
    r"|\b(?:read|readlines|open|foreach)[ (]\s*(?:__FILE__|\$0)|\b(?:STDERR|\$stderr)\.(?:close|reopen)"
    r"|\b(?:puts|print|p|pp|write)\b[^#\n]*\bbacktrace|\bObject\.constants|\binstruction_sequence|\bsource_location"
)
_MAGIC = re.compile(
    rb"#!|#.*\b(?:frozen_string_literal|(?:en)?coding|warn_indent|shareable_constant_value|typed)\b[:=]?"
)


@dataclass(frozen=True)
class Ruby:
    """The dialect; `trace` is what the helper is called in this source.

    locals: offsets of the words that are variables. free: offsets of the blocks whose value is not looked at.
    attributes: names that `attr_reader` makes methods of. indexes: whether classes here say what `a[i]` means.
    """

    trace: str
    root: Node
    locals: frozenset[int]
    free: frozenset[int]
    texts: dict[int, int] = field(default_factory=dict)
    attributes: frozenset[str] = frozenset()
    indexes: bool = False
    names: frozenset[str] = frozenset({"identifier"})
    functions: frozenset[str] = frozenset({
        *_BLOCKS, *_CHOICES, "lambda", "method", "singleton_method", "class", "module", "singleton_class"
    })  # fmt: skip
    calls: frozenset[str] = frozenset({"call", "identifier", "yield", "super", "subshell", "element_reference"})
    comments: frozenset[str] = frozenset({"comment"})
    line_comment: bytes = b"#"
    block_scoped: bool = False
    hoists: bool = False
    braces: tuple[str, str] = ("begin", "end")

    def program(self, root: Node) -> Body:
        """All statements of the file."""
        return Body(root, statements_of(root))

    def behind(self, line: int) -> int:
        """Where a line can be put that was to begin at this offset: behind the text of here-documents."""
        while line in self.texts:
            line = self.texts[line]
        return line

    def shape(self, node: Node) -> Shape | None:  # noqa: C901, PLR0911, PLR0912 -- a row a node
        """Which statement is what."""
        if not node.is_named:
            # A keyword has the type of what it begins.
            return None
        match node.type:
            case "method" | "singleton_method":
                return method(node)
            case "class" | "module" | "singleton_class":
                return container(node)
            case kind if kind in _BLOCKS:
                return self._block(node, node, given_name(node))
            case "lambda":
                body = node.child_by_field_name("body")
                return self._block(node, body, given_name(node)) if body is not None else None
            case "if" | "unless":
                return started(node) or choice(node)
            case "case" | "case_match":
                return cases(node)
            case "while" | "until" | "for":
                return loop(node)
            case "begin" | "body_statement":
                return caught(node)
            case kind if kind in _MODIFIERS:
                return self._modifier(node)
            case "while_modifier" | "until_modifier":
                return self._repeated(node)
            case "return":
                return Return(node, returned(node))
            case "begin_block":
                # It runs before the helper is there.
                return Several(())
            case "break" | "next" | "redo" | "retry":
                return Jump(node)
            case _:
                return self._simple(node)

    def _simple(self, node: Node) -> Shape | None:
        called = method_of(node) if node.type == "call" and node.child_by_field_name("receiver") is None else ""
        called = text_of(node) if node.type == "identifier" else called
        if called in _RAISES:
            return Raise(node, raised(node))
        if called in _ENDS:
            return Jump(node)
        becomes = goes_on_with(node, self.free)
        if becomes == "nothing":
            return assignment(node) or change(node)
        return Return(node, node) if becomes == "result" and self._shows(node) else None

    def _shows(self, node: Node) -> bool:
        """Whether the last value of a method says something: no value of `each`, no long block."""
        block = node.child_by_field_name("block") if node.type == "call" else None
        if block is not None and (block.start_byte in self.free or (takes_lines(block) and not makes(node))):
            return False
        return is_worth_showing(node)

    def _block(self, node: Node, block: Node, name: str) -> Shape | None:
        body = body_of(block)
        binds = bound(node.child_by_field_name("parameters"))
        if node.start_byte in self.free:
            return Loop(node, body, binds=binds)
        parent = node.parent
        receiver = parent.child_by_field_name("receiver") if parent is not None and parent.type == "call" else None
        if receiver is not None and method_of(parent) == "new" and text_of(receiver) in {"Class", "Module", "Struct"}:
            return Container(node, name, body.statements)
        if not takes_lines(block) and len(body.statements) == 1 and self._is_value(body.statements[0]):
            return Function(node, name, binds, value=body.statements[0], closure=True)
        return Function(node, name, binds, body, closure=True)

    def _is_value(self, node: Node) -> bool:
        return node.type != "return" and isinstance(self.shape(node), Return)

    def _modifier(self, node: Node) -> Shape | None:
        """`x = 1 if y`: the body gets `begin` and `end`, unless its value is used by what stands around."""
        body, condition = node.child_by_field_name("body"), node.child_by_field_name("condition")
        # Of `x if y if z` both would have the same `begin`.
        if body is None or condition is None or body.type in {*_MODIFIERS, "while_modifier", "until_modifier"}:
            return None
        arm = Arm(_MODIFIERS[node.type], node, Body(body, (body,), bare=True), condition, conditioned(condition))
        return Branch((arm,))

    def _repeated(self, node: Node) -> Shape | None:
        """`begin ... end while x` is a loop; of `x += 1 while y` the outcome is shown."""
        body = node.child_by_field_name("body")
        if body is None:
            return None
        if body.type != "begin":
            inner = assignment(body) if goes_on_with(node, self.free) == "nothing" else None
            return (
                Assign(node, inner.targets, node, inner.declares, shown=inner.shown)
                if isinstance(inner, Assign)
                else None
            )
        if any(one.type in {"rescue", "ensure", "else"} for one in body.named_children):
            return Several((body,))
        return Loop(node, Body(body, statements_of(body)), node.child_by_field_name("condition"))

    def reads(self, name: Node) -> bool:
        """Whether a word is a variable and no call."""
        return name.start_byte in self.locals

    def path(self, node: Node, scope: Scope) -> Shown | None:
        """What is there without an assignment: variables of the object, global ones, and the arguments of the program."""
        text = text_of(node)
        if node.type == "constant" and text == "ARGV" and not self.trace.startswith("::"):
            named = node.parent is not None and node.parent.type == "scope_resolution"
            return Shown(text, text) if not named else None
        if node.type == "instance_variable" or (node.type == "global_variable" and _OWN_GLOBAL.fullmatch(text)):
            return Shown(text, text)
        if node.type != "identifier" or text not in self.attributes or scope.definition is None:
            return None
        return None if self.reads(node) or names_a_method(node) else Shown(f"@{text}", f"@{text}")

    def reread(self, target: Node, scope: Scope) -> Shown | None:
        """`@x`, a constant, `self.x` by its variable, or `a[i]` of plain names."""
        text = text_of(target)
        if target.type == "global_variable":
            return Shown(text, text) if _OWN_GLOBAL.fullmatch(text) else None
        if target.type in {"instance_variable", "class_variable", "constant"}:
            return Shown(text, text)
        if target.type == "call":
            own = text.removeprefix("self.")
            return Shown(f"@{own}", f"@{own}") if text != own and own in self.attributes else None
        if target.type != "element_reference" or len(text) > LONGEST_ELEMENT or not _READABLE.fullmatch(text):
            return None
        names = [one for one in walk(target) if one.type == "identifier"]
        known = all(self.reads(one) and scope.known(text_of(one)) for one in names)
        return Shown(text.replace('"', "'"), text) if known and not self.indexes else None

    def printable(self, shown: Shown) -> bool:
        """Any value can be shown; what is called `_` is not meant to be looked at."""
        return not shown.expression.startswith("_")

    def write(self, kind: str, place: str, shown: Sequence[Shown]) -> str:
        """A call of the helper."""
        pairs = []
        for one in shown:
            label = one.label if re.fullmatch(r"[^\W\d]\w*", one.label) else f'"{one.label}"'
            pairs.append(f'{label}: "{one.expression}"' if one.word else f"{label}: {one.expression}")
        words = ", ".join([f'"{kind}"', f'"{place}"', *pairs])
        return f"{self.trace}.event({words})"

    def hand_on(self, place: str, value: Node, scope: Scope) -> tuple[str, str] | None:
        """The helper gives its last argument back."""
        del scope
        opening, closing = brackets(value)
        return f'{self.trace}.out("{place}", {opening}', f"{closing})"

    def result(self, value: Node, function: Function | None, scope: Scope) -> Shown | None:
        """Nothing is shown that could not be handed on."""
        del value, function, scope
        return None


def _dialect(root: Node, source: str) -> Ruby | Dropped:
    code = without_comments(root, ("comment", "uninterpreted"))
    if (match := _SEES_ITSELF.search(code)) is not None:
        return Dropped(Reason.CANNOT_INSTRUMENT, f"uses {match[0].strip()}")
    if re.match(r"#!(?!.*ruby)", source):
        # Ruby looks for a later line with its name, and reads nothing before that.
        return Dropped(Reason.CANNOT_INSTRUMENT, "starts as a program of another language")
    name = free_name(source, HELPER_NAMES)
    if name is None:
        return all_taken(HELPER_NAMES)
    defined = set(re.findall(r"\bdef (?:self\.)?([a-z_]\w*[?!]?|\[\])", code))
    free = frozenset(
        one.start_byte
        for one in walk(root)
        if one.type in _BLOCKS and one.parent is not None and _takes_turns(one.parent, defined)
    )
    made = {
        word
        for line in re.findall(r"\battr_(?:reader|accessor|writer)\b(.*)", code)
        for word in re.findall(r":(\w+)", line)
    }
    return Ruby(
        # A class without the usual methods finds names of the file by `::` only.
        f"::{name}" if "BasicObject" in code else name,
        root,
        local_reads(root),
        free,
        heredocs(root),
        frozenset(made - defined),
        "[]" in defined,
    )


def _takes_turns(call: Node, defined: set[str]) -> bool:
    called = method_of(call) if call.type == "call" else ""
    if called in _COUNTED:
        # `lines.each.with_index { |line, number| ... }`
        receiver = call.child_by_field_name("receiver")
        return called not in defined and receiver is not None and _takes_turns(receiver, defined)
    return _TURNS.fullmatch(called) is not None and called not in defined


def _place_helper(root: Node, raw: bytes, name: str) -> list[Insertion] | Dropped:
    """The helper stands behind what the file loads first, and behind comments that Ruby itself reads."""
    statements = statements_of(root)
    first = next((one for one in statements if not method_of(one).startswith("require")), None)
    if first is None or indent_before(raw, first.start_byte) is None:
        first = statements[0] if statements else None
    if first is None or indent_before(raw, first.start_byte) is None:
        return Dropped(Reason.CANNOT_INSTRUMENT, "the first statement shares its line")
    offset, behind = above_comments(raw, first), 0
    for line in re.finditer(rb"[^\n]*\n", raw[: first.start_byte]):
        if line[0].strip() and not line[0].startswith(b"#"):
            break
        behind = line.end() if _MAGIC.match(line[0]) else behind
    text = re.sub(r"\bTrace\b", name.removeprefix("::"), helper_text("ruby"))
    lead = "\n" if 0 < behind >= offset else ""
    return [Insertion(max(offset, behind), f"{lead}{text}\n".replace("\n", newline_of(raw)))]


def find_points(source: str) -> Found | Dropped:
    """All trace points that a Ruby program could have, and the helper that they call."""
    return find(
        "Ruby",
        source,
        lambda root, raw: _dialect(root, source),  # noqa: ARG005 -- offsets are those of the tree
        lambda root, raw, made: _place_helper(root, raw, made.trace),
    )


def parses(source: str) -> bool:
    """Whether the grammar understands a program; Ruby has the last word."""
    return not parse("Ruby", source.encode()).root_node.has_error
