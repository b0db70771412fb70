"""Put trace points into PHP programs.

Belongs here: which node of the grammar is which shape, and how an event is written. Does not: where statements are put
(`engine`, `places`), what is in the shapes (`php.shapes`).
A variable is shown where it surely has a value, for PHP warns otherwise, and a property where the class of the same file
declares it, for any other one may be computed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

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
from alchemy_assets.tracing.instrument.php.shapes import (
    CLOSURES,
    arms,
    assignment,
    body,
    caught,
    change,
    container,
    function,
    is_ended,
    is_misread,
    is_printed,
    loop,
    may_come_again,
    raised,
    returned,
    statements_of,
    switch,
    unset,
    variable,
)
from alchemy_assets.tracing.instrument.points import Insertion, above_comments, indent_before
from alchemy_assets.tracing.instrument.scope import Scope
from alchemy_assets.tracing.instrument.shapes import (
    Assign,
    Block,
    Body,
    Branch,
    Container,
    Function,
    Jump,
    Label,
    Raise,
    Several,
    Shape,
)
from alchemy_assets.tracing.reasons import Dropped, Reason

_DEFINED = {"function_definition", "method_declaration"}
_CLASSES = {"class_declaration", "trait_declaration", "enum_declaration", "anonymous_class"}
_LOOPS = {"for_statement", "foreach_statement", "while_statement", "do_statement"}
_PROPERTY = re.compile(r"\$this->(\w+)|(?:self|static)::(\$\w+)")
_ELEMENT = re.compile(r"\$\w+(?:->\w+)?(?:\[(?:\$\w+|-?\d+|'[^'\\]*'|\"[^\"\\$]*\"|\$\w+ [+-] \d+)\])+")
_SUPERGLOBAL = re.compile(r"\$(?:GLOBALS|_[A-Z]+|argv|argc|this|http_response_header)")
_GIVEN = {"$argv", "$argc"}
LONGEST_ELEMENT = 40
HELPER_NAMES = ("trace", "traceEvent", "emitTrace")
ENDINGS = ("", "Out", "Value")
_STAYS_FIRST = {"declare_statement", "namespace_use_declaration"}
# What sees its own source, stack or memory would see the points.
_SEES_ITSELF = re.compile(
    r"\b__LINE__\b|\bdebug_(?:print_)?backtrace\b|->(?:getLine|getTrace|getTraceAsString)\b|\bget_defined_functions\b"
    r"|\bmemory_(?:get|reset)_\w+|\bdeclare\s*\(\s*ticks|\b(?:file|file_get_contents|fopen|readfile|show_source"
    r"|highlight_file|php_strip_whitespace|filesize|md5_file|sha1_file|SplFileObject)\s*\(\s*__FILE__|\bfclose\s*\(\s*STDERR"
    r"|\bgetStartLine\b|\bgetEndLine\b|__COMPILER_HALT_OFFSET__|\bphp://stderr|\bdefine\s*\(\s*['\"]STDERR",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Php:
    """The dialect; `trace` is what the helper is called in this source.

    unset: variables that lose their value in a loop or where errors are caught. indexes: whether classes here say what
    `$a[$i]` means. takes_given: whether `$argv` or `$argc` may lose their values.
    """

    trace: str
    raw: bytes
    root: Node
    unset: frozenset[str] = frozenset()
    indexes: bool = False
    takes_given: bool = False
    names: frozenset[str] = frozenset({"variable_name"})
    functions: frozenset[str] = frozenset({*_DEFINED, *_CLASSES, *CLOSURES})
    calls: frozenset[str] = frozenset({
        "function_call_expression", "member_call_expression", "scoped_call_expression", "object_creation_expression",
        "nullsafe_member_call_expression", "member_access_expression", "subscript_expression",
    })  # fmt: skip
    comments: frozenset[str] = frozenset({"comment"})
    line_comment: bytes = b"//"
    block_scoped: bool = False
    hoists: bool = False
    braces: tuple[str, str] = ("{", "}")
    _properties: dict[int, frozenset[str]] = field(default_factory=dict)

    def program(self, root: Node) -> Body:
        """All statements of the file."""
        return Body(root, statements_of(root))

    def shape(self, node: Node) -> Shape | None:  # noqa: C901, PLR0911, PLR0912 -- a row a node
        """Which statement is what."""
        if is_printed(node):
            return None
        match node.type:
            case kind if kind in _DEFINED | CLOSURES:
                return function(node, _name(node))
            case kind if kind in _CLASSES:
                return container(node, _name(node))
            case "namespace_definition":
                inside = node.child_by_field_name("body")
                return Several(statements_of(inside)) if inside is not None else None
            case "compound_statement":
                return Block(body(node))
            case "if_statement":
                return Branch(*arms(node)) if not is_misread(node) else None
            case "switch_statement":
                return switch(node)
            case kind if kind in _LOOPS:
                return loop(node)
            case "try_statement":
                return caught(node)
            case "return_statement":
                return returned(node)
            case "break_statement" | "continue_statement" | "exit_statement" | "goto_statement":
                return Jump(node)
            case "named_label_statement":
                return Label(node)
            case "global_declaration" | "function_static_declaration":
                named = [one.child_by_field_name("name") or one for one in node.named_children if one.type != "comment"]
                return Assign(node, (), node, tuple(map(variable, named)), shown=False)
            case "unset_statement":
                return unset(node)
            case "expression_statement":
                return self._expression(node, node.named_children[0]) if node.named_children else None
            case "assignment_expression" | "sequence_expression":
                return assignment(node, node)
            case _:
                return None

    def _expression(self, statement: Node, node: Node) -> Shape | None:
        if node.type == "throw_expression":
            return Raise(statement, raised(node))
        if node.type == "function_call_expression" and text_of(node).startswith(("exit(", "die(")):
            return Jump(statement)
        found = assignment(statement, node) or change(statement, node)
        if self._has_room(statement):
            return found
        if isinstance(found, Assign):
            return Assign(statement, found.targets, found.value, found.declares, shown=False)
        return None

    def _has_room(self, statement: Node) -> bool:
        """Whether a statement can stand behind: not where the page goes on, with or without a remark before."""
        end = self.raw.find(b"\n", statement.end_byte)
        rest = self.raw[statement.end_byte : end if end >= 0 else len(self.raw)].lstrip()
        return is_ended(statement) and not (rest.startswith((b"//", b"/*")) and b"?>" in rest)

    def reads(self, name: Node) -> bool:
        """Whether a variable is read there, and no property of a class named."""
        parent = name.parent
        if parent is not None and parent.type in {"scoped_property_access_expression", "dynamic_variable_name"}:
            return False
        return not _SUPERGLOBAL.fullmatch(text_of(name)) and text_of(name) not in self.unset

    def path(self, node: Node, scope: Scope) -> Shown | None:
        """A property of the object or class itself that has a value from the start, and the arguments of the program."""
        if (
            node.type == "variable_name"
            and text_of(node) in _GIVEN
            and scope.definition is None
            and not self.takes_given
        ):
            return Shown(text_of(node), text_of(node))
        text = text_of(node) if node.type in {"member_access_expression", "scoped_property_access_expression"} else ""
        match = _PROPERTY.fullmatch(text)
        if match is None:
            return None
        return Shown(text, text) if (match[1] or match[2]) in self._declared(node)[1] else None

    def reread(self, target: Node, scope: Scope) -> Shown | None:
        """A property that the class declares, or an element by plain names."""
        text = text_of(target)
        if (match := _PROPERTY.fullmatch(text)) is not None:
            return Shown(text, text) if (match[1] or match[2]) in self._declared(target)[0] else None
        if target.type != "subscript_expression" or len(text) > LONGEST_ELEMENT or not _ELEMENT.fullmatch(text):
            return None
        names = [one for one in walk(target) if one.type == "variable_name" and text_of(one) != "$this"]
        # The array itself is there once one of its elements was given a value.
        known = all(self.reads(one) for one in names) and all(scope.known(text_of(one)) for one in names[1:])
        own = [one for one in walk(target) if one.type == "member_access_expression"]
        declared = all(
            (match := _PROPERTY.fullmatch(text_of(one))) is not None and match[1] in self._declared(one)[0]
            for one in own
        )
        return Shown(text.replace("'", '"'), text) if known and declared and not self.indexes else None

    def _declared(self, node: Node) -> tuple[frozenset[str], frozenset[str]]:
        """Properties that the class around a node declares, and those of them that always have a value."""
        above = node.parent
        while above is not None and above.type not in _CLASSES:
            above = above.parent
        return (
            self._classes.get(above.start_byte, (frozenset(), frozenset())) if above is not None else (frozenset(),) * 2
        )

    @cached_property
    def _classes(self) -> dict[int, tuple[frozenset[str], frozenset[str]]]:
        return {one.start_byte: _properties(one) for one in walk(self.root) if one.type in _CLASSES}

    def printable(self, shown: Shown) -> bool:
        """Any value can be shown that is not lost somewhere."""
        return shown.expression not in self.unset and shown.expression != "$_"

    def write(self, kind: str, place: str, shown: Sequence[Shown]) -> str:
        """A call of the helper."""
        pairs = [f"'{one.label}' => " + (f"'{one.expression}'" if one.word else one.expression) for one in shown]
        words = ", ".join([f"'{kind}'", f"'{place}'", *([f"[{', '.join(pairs)}]"] if pairs else [])])
        return f"{self.trace}({words});"

    def hand_on(self, place: str, value: Node, scope: Scope) -> tuple[str, str] | None:
        """The helper gives its value back, unless what is given back is a place, a function or a class."""
        definition = scope.definition.node if scope.definition is not None else None
        place_given = definition is not None and any(one.type == "reference_modifier" for one in definition.children)
        if (
            place_given
            or value.type in CLOSURES
            or any(one.type in {"yield_expression", *_CLASSES} for one in walk(value))
        ):
            return None
        return f"{self.trace}Out('{place}', ", ")"

    def result(self, value: Node, function: Function | None, scope: Scope) -> Shown | None:  # noqa: ARG002
        """Nothing is shown that could not be handed on."""
        del value, scope
        return None


def _properties(node: Node) -> tuple[frozenset[str], frozenset[str]]:
    """What a class declares, without what hooks compute, and those that have a value before any is given."""
    declared, valued = set(), set()
    inside: Container | None = container(node, "")
    parts = [
        one for part in node.named_children if part.type.endswith("declaration_list") for one in part.named_children
    ]
    for one in parts:
        if one.type != "property_declaration" or any(part.type == "property_hook_list" for part in one.children):
            continue
        typed = one.child_by_field_name("type") is not None
        static = any(part.type == "static_modifier" for part in one.children)
        for element in one.named_children:
            name = element.child_by_field_name("name") if element.type == "property_element" else None
            if name is not None:
                word = text_of(name) if static else text_of(name).lstrip("$")
                declared.add(word)
                if not typed or element.child_by_field_name("default_value") is not None:
                    valued.add(word)
    for method in inside.members if inside is not None else ():
        head = method.child_by_field_name("parameters")
        for one in head.named_children if head is not None else ():
            name = one.child_by_field_name("name") if one.type == "property_promotion_parameter" else None
            if name is not None:
                declared.add(text_of(name).lstrip("$"))
                valued.add(text_of(name).lstrip("$"))
    lost = set(re.findall(r"\bunset\s*\([^)]*\$this->(\w+)", text_of(node)))
    return frozenset(declared - lost), frozenset(valued - lost)


def _name(node: Node) -> str:
    """The name of a function or class, or of the variable that one without a name is given to."""
    name = node.child_by_field_name("name")
    if name is not None:
        return text_of(name)
    if node.type == "anonymous_class":
        return "class"
    parent = node.parent
    left = parent.child_by_field_name("left") if parent is not None and parent.type == "assignment_expression" else None
    return re.sub(r"\W", "", text_of(left).rpartition(">")[2]) or "{closure}" if left is not None else "{closure}"


def _dialect(root: Node, raw: bytes, source: str) -> Php | Dropped:
    if (match := _SEES_ITSELF.search(without_comments(root))) is not None:
        return Dropped(Reason.CANNOT_INSTRUMENT, f"uses {match[0]}")
    if sum(one.type == "namespace_definition" for one in root.named_children) > 1:
        return Dropped(Reason.CANNOT_INSTRUMENT, "has several namespaces")
    name = free_name(source, HELPER_NAMES, endings=ENDINGS)
    if name is None:
        return all_taken(HELPER_NAMES)
    lost = {
        text_of(one)
        for statement in walk(root)
        if statement.type == "unset_statement" and may_come_again(statement)
        for one in statement.named_children
        if one.type == "variable_name"
    }
    takes_given = re.search(r"\bunset\s*\([^)]*\$arg[vc]\b", source) is not None
    return Php(name, raw, root, frozenset(lost), "offsetGet" in source, takes_given)


def _place_helper(root: Node, raw: bytes, name: str) -> list[Insertion] | Dropped:
    """The helper stands before the first statement that need not be first itself: behind `declare`, `namespace`, `use`."""
    newline = newline_of(raw)
    text = re.sub(r"\btrace(?=Out\b|Value\b|\()", name, helper_text("php"))
    tag = next((one for one in walk(root) if one.type == "php_tag"), None)
    if tag is None:
        return Dropped(Reason.CANNOT_INSTRUMENT, "no PHP in the file")
    if text_of(tag) == "<?=":
        return [Insertion(tag.start_byte, f"<?php\n{text}?>\n".replace("\n", newline))]
    around, after = root, tag.end_byte
    first: Node | None = None
    for one in root.named_children:
        inside = one.child_by_field_name("body") if one.type == "namespace_definition" else None
        if inside is not None:
            around, after = inside, inside.start_byte + 1
            first = next(iter(statements_of(inside)), None)
            break
        if one.type in {*_STAYS_FIRST, "namespace_definition"}:
            after = one.end_byte
        elif one.type not in {"text", "php_tag", "comment", "text_interpolation", "empty_statement"}:
            first = one
            break
    while first is not None and first.type == "namespace_use_declaration":
        after, first = first.end_byte, first.next_named_sibling
    if first is not None and first.type != "comment" and indent_before(raw, first.start_byte) is not None:
        offset = above_comments(raw, first)
        # Remarks at the top of the file stay there.
        if offset >= after and around.type:
            return [Insertion(offset, f"{text}\n".replace("\n", newline))]
    ended = raw[after : after + 1] in {b"\n", b"\r"}
    return [Insertion(after, f"\n{text}".rstrip("\n").replace("\n", newline) + ("" if ended else newline))]


def find_points(source: str) -> Found | Dropped:
    """All trace points that a PHP program could have, and the helper that they call."""
    return find(
        "PHP",
        source,
        lambda root, raw: _dialect(root, raw, source),
        lambda root, raw, made: _place_helper(root, raw, made.trace),
    )


def parses(source: str) -> bool:
    """Whether the grammar understands a program; PHP has the last word."""
    return not parse("PHP", source.encode()).root_node.has_error
