"""Give an expression that stands in a function several times a name, which the expression itself suggests.

Belongs here: which expressions, where the variable is declared, the edits. Does not: runs of statements
(`extract_function`). Only what is looked up is taken out (members, entries, lengths), and only where nothing between its
first and its last use could change it.
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from alchemy_assets.curation.edits import Edit
from alchemy_assets.strategies.grounded.refactorings import better_names
from alchemy_assets.strategies.grounded.refactorings.better_names import CAMEL, SNAKE
from alchemy_assets.strategies.grounded.refactorings.branches import BLOCKS
from alchemy_assets.strategies.grounded.refactorings.reading import EDIT, Proposal, Reading, Scope, line_of
from alchemy_assets.syntax_tree import text_of

EXTRACT_VARIABLE = "extract_variable"
_MEMBERS = frozenset(
    {
        "attribute",
        "member_expression",
        "member_access_expression",
        "selector_expression",
        "field_access",
        "navigation_expression",
        "field_expression",
    }
)
_ENTRIES = frozenset({"subscript", "subscript_expression", "element_reference", "element_access_expression"})
_CALLS = frozenset(
    {"call", "call_expression", "function_call_expression", "method_invocation", "invocation_expression"}
)
_MEMBER = re.compile(r"[$@]?\w+(?:(?:\.|->|\?\.)\w+)*(?:\.|->|\?\.)([a-z]\w{2,})")
_ENTRY = re.compile(r"[$@]?\w+(?:\.\w+)*(?:\[[\w\"']+\])*\[:?[\"']?([a-zA-Z]\w{2,})[\"']?\]")
_LENGTH = re.compile(
    r"(?:len|count|strlen)\(([$@]?\w+(?:\.\w+)*)\)|([$@]?\w+(?:\.\w+)*)\.(?:length|size|count|Length|Count)(?:\(\))?"
)
_INNER = re.compile(
    r"lambda|function|closure|arrow|method|comprehension|generator|func_literal|block_argument|do_block$"
)
_MAYBE = re.compile(r"ternary|conditional|elif|else|catch|except|rescue|case|switch|match|when|while|modifier")
_FEWEST, _SHORTEST, _LONGEST = 3, 10, 60
_DECLARED = {
    "Python": "{} = {}",
    "Ruby": "{} = {}",
    "PHP": "{} = {};",
    "JavaScript": "const {} = {}",
    "TypeScript": "const {} = {}",
    "Go": "{} := {}",
    "Java": "int {} = {};",
    "CSharp": "var {} = {};",
    "Cpp": "const auto {} = {};",
    "Swift": "let {} = {}",
}
# Where assigning an object copies it, what is taken out may only be read.
_COPYING = frozenset({"Go", "Swift", "Cpp", "CSharp"})


def variables(reading: Reading) -> Iterator[Proposal]:
    """Every expression that is looked up again and again in a function and has a name of its own."""
    if reading.language not in _DECLARED:
        return
    for scope in reading.scopes:
        found: dict[str, list[Node]] = {}
        for node in scope.nodes():
            if node.type in _MEMBERS | _ENTRIES | _CALLS and _SHORTEST <= node.end_byte - node.start_byte <= _LONGEST:
                found.setdefault(text_of(node), []).append(node)
        for text, nodes in found.items():
            if len(nodes) >= _FEWEST and "\n" not in text and not _one_of_some(text, nodes, found):
                proposal = _proposal(reading, scope, text, nodes)
                if proposal is not None:
                    yield proposal


def _one_of_some(text: str, nodes: list[Node], found: dict[str, list[Node]]) -> bool:
    """Whether another member of the same object is looked up as often, and would go on without a name."""
    whole, _, _ = text.rpartition(".")
    return bool(whole) and any(
        other != text
        and other.rpartition(".")[0] == whole
        and len(others) >= _FEWEST
        and others[0].type == nodes[0].type
        for other, others in found.items()
    )


def _words(language: str, text: str) -> tuple[list[str] | None, str]:
    """What an expression is called by itself, and what it looks a thing up in (where it is a length)."""
    length = _LENGTH.fullmatch(text)
    if length:
        of = length[1] or length[2]
        return better_names.of_length(re.split(r"\W", of)[-1]), of
    if language == "Java":
        return None, ""
    member = _MEMBER.fullmatch(text) or _ENTRY.fullmatch(text)
    words = better_names.words_of(member[1]) if member else None
    return (better_names.fitting(words) if words else None), ""


def _proposal(reading: Reading, scope: Scope, text: str, nodes: list[Node]) -> Proposal | None:  # noqa: PLR0911 -- one return a rule
    words, counted = _words(reading.language, text)
    place = _where(reading, scope, nodes)
    if not words or place is None or _changes(reading, text, counted, place, nodes):
        return None
    if any(_is_called(node) or (reading.language in _COPYING and _goes_on(node)) for node in nodes):
        return None
    camel = reading.language in {"Java", "JavaScript", "TypeScript", "CSharp", "Swift", "Go"}
    new = better_names.joined(words, CAMEL if camel else SNAKE)
    if len(words) > 1 and reading.language == "PHP" and re.search(r"\$[a-z]+[A-Z]", reading.text):
        new = better_names.joined(words, CAMEL)
    taken = {name.text.lstrip("$@") for name in scope.names if name.role not in {"member", "key"}}
    if (
        new in taken
        or reading.has(new)
        or (
            reading.language in {"Java", "CSharp", "Cpp", "Swift", "Ruby"}
            and new in {name.text for name in scope.names}
        )
    ):
        return None
    shown = f"${new}" if reading.language == "PHP" else new
    row = place.start_point[0]
    line = reading.outline.lines[row]
    indent = line[: len(line) - len(line.lstrip())]
    if line[: place.start_point[1]].strip():
        return None
    declared = _DECLARED[reading.language].format(shown, text)
    if reading.language in {"JavaScript", "TypeScript"} and ";\n" in text_of(scope.item.node):
        declared += ";"
    start = place.start_byte - len(indent.encode())
    edits = [Edit(node.start_byte, node.end_byte, shown, EDIT) for node in nodes]
    if nodes[0].start_byte == start:
        return None
    proven = frozenset(map(line_of, nodes))
    if not proven & reading.reached:
        return None
    values = {
        "new": shown,
        "expression": text,
        "place": scope.place,
        "line": f"line {line_of(nodes[0])}",
        "count": _COUNTS.get(len(nodes), str(len(nodes))),
    }
    score = 2.6 + min(len(nodes) * len(text), 120) / 120
    edits.append(Edit(start, start, f"{indent}{declared}\n", EDIT))
    return Proposal(
        EXTRACT_VARIABLE, f"variable {text}", values, tuple(edits), proven, scope.item.first, scope.item.last, score
    )


_COUNTS = {3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine"}


def _chain(node: Node, top: Node) -> list[Node]:
    """The nodes around a node up to the function, innermost first."""
    found = []
    around = node.parent
    while around is not None and around != top:
        found.append(around)
        around = around.parent
    return found


def _where(reading: Reading, scope: Scope, nodes: list[Node]) -> Node | None:
    """The statement before which the variable is declared: the first use is sure to be reached from there."""
    chains = [_chain(node, scope.item.node) for node in nodes]
    if any(_INNER.search(one.type) for chain in chains for one in chain if one.type not in BLOCKS):
        return None
    common = next((one for one in chains[0] if one.type in BLOCKS and all(one in chain for chain in chains[1:])), None)
    if common is None:
        return None
    way = chains[0][: chains[0].index(common)]
    statement = way[-1] if way else None
    if statement is None or any(one.type in BLOCKS or _MAYBE.search(one.type) for one in way):
        return None
    for outer, inner in zip(way, [nodes[0], *way], strict=False):
        operator = outer.children[1].type if outer.child_count == 3 else ""  # noqa: PLR2004 -- two operands and what is between
        if operator in {"&&", "||", "and", "or", "??"} and inner != outer.children[0]:
            return None
    return statement if "for" not in statement.type or reading.language in {"Python", "Ruby"} else None


def _is_called(node: Node) -> bool:
    around = node.parent
    if around is None:
        return False
    return around.type in _CALLS and (
        around.child_by_field_name("function") == node or around.named_children[0] == node
    )


def _goes_on(node: Node) -> bool:
    """Whether something is done with a part of the value, or its place."""
    around = node.parent
    if around is None:
        return False
    return around.type in _MEMBERS | _ENTRIES | {
        "unary_expression",
        "pointer_expression",
        "index_expression",
        "inout_expression",
    }


def _changes(reading: Reading, text: str, counted: str, place: Node, nodes: list[Node]) -> bool:  # noqa: PLR0911 -- one return a rule
    """Whether something between the first and the last use may give the expression another value."""
    end = nodes[-1].end_byte
    around = nodes[-1]
    while around.parent is not None and around.parent != place.parent:
        around = around.parent
        end = max(end, around.end_byte)
    region = reading.source[place.start_byte : end].decode()
    own = set(re.findall(r"[$@]?\b[A-Za-z_]\w*", re.sub(r"[\"']\w+[\"']", "", text)))
    root = re.split(r"\.|->|\[|\?", counted or text)[0].strip("(")
    assigned = r"\s*(?:\[[^\]]*\]\s*)?(?:[-+*/%|&^.?]|<<|>>|\*\*|//|\|\||&&|\?\?)?=(?![=>~])|\s*(?:\+\+|--)"
    for word in own:
        if re.search(rf"(?<![\w$]){re.escape(word)}(?:{assigned})", region):
            return True
        if re.search(
            rf"(?:for|foreach|with|as|let|var|const|range|:=)\b[^\n]*(?<![\w$.]){re.escape(word)}\b\s*(?:in|of|:|,|=|\))",
            region,
        ):
            return True
    if re.search(
        rf"{re.escape(text)}(?:{assigned})|\bdel\s+{re.escape(root)}|&{re.escape(root)}\b|(?:\+\+|--){re.escape(text)}",
        region,
    ):
        return True
    plain = region.replace(text, "_")
    called = rf"(?<![\w$.]){re.escape(root)}(?:(?:\.|->)\w+)*(?:\.|->)\w+[!?]?\s*\(|[(,]\s*\*?{re.escape(root)}\s*[,)]"
    if counted:
        called += rf"|{re.escape(counted)}\s*(?:\.|->|<<)"
    if root in reading.outline.imported or root[:1].isupper():
        return True
    inside = {item.name for item in reading.outline.functions}
    if any(word in inside for word in re.findall(r"([A-Za-z_]\w*)\s*\(", region)):
        return True
    if root in {"self", "this", "$this"} and reading.language in {"Java", "CSharp", "Cpp", "Swift", "Ruby"}:
        return True
    return re.search(called, plain) is not None
