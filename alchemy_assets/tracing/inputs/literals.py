"""What a program compares its input with, shows as usage, or holds as an example.

Belongs here: strings and numbers of the source that input may well be made of. Does not: where input is read
(`arguments`, `streams`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Node

from alchemy_assets.syntax_tree import walk
from alchemy_assets.tracing.screening.code import Code, Literal, said

MOST = 40
LONGEST = 30
_CASES = re.compile(
    r"case|switch_(?:label|pattern|section|rule|entry)|^when$|pattern|match_(?:arm|condition)|expression_case"
)
_COMPARISONS = re.compile(r"^binary|comparison|equality")
_ORDERED = re.compile(r"^(?:[=!]==?|<=?|>=?|<=>|===)$")
_OTHERWISE = {"||", "??", "?:", "or"}
_CHOICES = re.compile(r"conditional|ternary|nil_coalescing|null_coalescing|^if_expression$")
_ARGUMENTS = re.compile(r"\bargv\b|\b[aA]rgs\b|\bARGV\b|\bargc\b|\barguments\b|\bav\b|\bac\b")
_SIZES = re.compile(r"\bargc\b|\blen\b|[lL]ength\b|\b[cC]ount\b|\bsize\b|sizeof|strlen")
_OF_TYPES = re.compile(r"\btypeof\b|\bget_?(?:debug_)?type\s*\(")
_INDICES = re.compile(r"subscript|index|element_(?:access|reference)|bracketed|navigation_suffix|array_access")
_BODIES = re.compile(r"block|body|statements?$|then|consequence|declaration")
_COMPARING = re.compile(
    r"(?:equals|equalsIgnoreCase|Equals|str(?:n|case|ncase|i)?cmp|EqualFold|[cC]ompare(?:To)?"
    r"|starts?_?[wW]ith\??|StartsWith|has_?[pP]refix|HasPrefix"
    r"|hasSuffix|ends?_?[wW]ith\??|EndsWith|contains|Contains|includes?\??|indexOf|IndexOf|in_array|eql\?|eq"
    r"|when|on|strstr|strchr|getOrDefault|ContainsKey)"
)
_NUMBERS = re.compile(
    r"^(?:\w*integer_literal|int_literal|integer|number|number_literal|float|float_literal|real_literal"
    r"|\w*floating_point_literal)$"
)
_PAIRS = {"pair", "initializer_pair", "keyed_element", "array_element_initializer", "dictionary_literal"}
_LISTS = {"array", "array_literal", "array_creation_expression", "initializer_list", "literal_value", "array_expression",
          "string_array", "array_initializer", "initializer_expression", "collection_expression"}  # fmt: skip
_NO_NAMES = {"options", "option", "flags", "args", "usage"}
_TEMPLATE = re.compile(r"usage|options:|%[sd]|\$\{|\{\}", re.IGNORECASE)
_NAMES = re.compile(
    r"<([\w |./-]+)>|\[<?([\w|.-]+)>?(?:\.\.\.)?\]|\b(\w+(?:\|\w+)+)|(?<![\w%])([A-Z][A-Z_]{1,}\d?|[A-Z])(?![\w])"
)
_LEAVING = re.compile(
    r"(?:^|[\s\[(])['\"]?(\w{1,6})['\"]?\s*[\])]?\s*(?:[.:)=>-]+|\bto\b|\bfor\b)\s*(?:the\s+|to\s+"
    r"|program\s+)*(?:exit|quit|leave|stop|end|finish|sair|salir)\b",
    re.IGNORECASE,
)
_LEAVING_WORDS = re.compile(
    r"(?:type|enter|press|or|input)\s+['\"]?(\w{1,6}|-\d+)['\"]?\s+(?:to|for)\s+(?:exit|quit|stop|end|finish)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Known:
    """What a source knows of its input: what it compares with, what it takes where nothing is given, and the like."""

    compared: tuple[str, ...]
    defaults: tuple[str, ...]
    cases: tuple[str, ...]
    leaving: tuple[str, ...]
    texts: tuple[str, ...]
    usage: tuple[str, ...]

    @property
    def flags(self) -> list[str]:
        """Option words among what is compared."""
        return [one for one in self.compared if re.fullmatch(r"--?[a-zA-Z][\w-]*", one)]

    @property
    def words(self) -> list[str]:
        """What is compared and is no option."""
        return [one for one in self.compared if not re.fullmatch(r"--?[a-zA-Z][\w-]*=?", one)]


def read_literals(code: Code) -> Known:
    """Everything that a source knows of its input."""
    cases: dict[str, None] = {}
    compared: dict[str, None] = {}
    keys: dict[str, None] = {}
    defaults: dict[str, None] = {}
    strings = {literal.node.id: literal for literal in code.strings}
    for node in walk(code.root):
        if node.id in strings:
            text = strings[node.id].text
        elif _NUMBERS.match(node.type):
            text = (node.text or b"").decode(errors="replace")
        else:
            continue
        if not text or len(text) > LONGEST or not text.isascii() or not text.isprintable() or not text.strip():
            continue
        role = _role(node)
        if role == "case":
            cases.setdefault(text)
        if role in {"case", "compared"}:
            compared.setdefault(text)
        elif role:
            (keys if role == "key" else defaults).setdefault(text)
    lists = _lines_of_lists(code.root)
    return Known(
        tuple(dict.fromkeys([*list(defaults)[:6], *compared, *list(keys)[:12]]))[:MOST],
        tuple(defaults)[:6],
        tuple(cases)[:MOST],
        _ways_to_leave(code.strings),
        _own_texts([*(literal.text for literal in code.strings), *lists]),
        _usage(code),
    )


def _role(node: Node) -> str:
    """`case`, `compared`, `key`, `default`, or nothing: what the nearest node above says that has a say."""
    below, above = node, node.parent
    for _ in range(5):
        if above is None:
            return ""
        if (role := _role_under(above, below, node)) is not None:
            return role
        if "statement" in above.type or _BODIES.search(above.type):
            return ""
        below, above = above, above.parent
    return ""


def _role_under(above: Node, below: Node, node: Node) -> str | None:  # noqa: PLR0911 -- a return a role
    """The role that a node above gives a literal, or None where it has no say."""
    if _INDICES.search(above.type):
        return ""
    if _COMPARISONS.search(above.type):
        return _role_in_comparison(above, node)
    if _CHOICES.search(above.type) and _ARGUMENTS.search(_around(above)):
        return "default"
    if _CASES.search(above.type):
        return "" if _BODIES.search(below.type) or _is_value(above, below) else "case"
    if above.type in _PAIRS and len(above.named_children) > 1 and below == above.named_children[0]:
        return "key"
    if above.type in _LISTS:
        return _role_in_list(above)
    if "call" in above.type or "invocation" in above.type:
        return "compared" if _COMPARING.fullmatch(_called(above)) else ""
    return None


def _role_in_comparison(above: Node, node: Node) -> str:
    """What a length or a type is compared with is no input; what stands behind `||` is what is taken otherwise."""
    signs = {child.type for child in above.children}
    if any(_ORDERED.match(sign) for sign in signs):
        text = (above.text or b"").decode(errors="replace")
        counts = _NUMBERS.match(node.type) and _SIZES.search(text)
        return "" if counts or _OF_TYPES.search(text) else "compared"
    return "default" if signs & _OTHERWISE and _ARGUMENTS.search(_around(above)) else ""


def _role_in_list(above: Node) -> str:
    """Short lists of nothing but texts are examples, or what is taken where no argument is given."""
    texts = [child for child in above.named_children if "string" in _core(child).type]
    if not 1 <= len(texts) == len(above.named_children) <= 12:  # noqa: PLR2004 -- longer ones are tables
        return ""
    return "default" if _ARGUMENTS.search(_around(above)) else "key" if len(texts) > 2 else ""  # noqa: PLR2004


def _core(node: Node) -> Node:
    """The node inside of those that only wrap it."""
    while len(node.named_children) == 1 and "string" not in node.type:
        node = node.named_children[0]
    return node


def _around(node: Node) -> str:
    """The text of the statement that a node stands in, and of its condition where that is a branch."""
    above = node
    for _ in range(6):
        if above.parent is None or "statement" in above.type or above.type in {"declaration", "assignment"}:
            break
        if _BODIES.search(above.parent.type) and above.parent.type not in {"then", "else"}:
            break
        above = above.parent
    return (above.text or b"").decode(errors="replace")[:400]


def _is_value(arm: Node, below: Node) -> bool:
    """Whether the node is what an arm gives, rather than what it is chosen by."""
    return below in (
        arm.child_by_field_name("value"),
        arm.child_by_field_name("return_expression"),
        arm.child_by_field_name("body"),
    ) and ("case_statement" not in arm.type and arm.type not in {"expression_case", "switch_case"})


def _called(call: Node) -> str:
    for field in ("name", "method", "function"):
        if (name := call.child_by_field_name(field)) is not None:
            return (name.text or b"").decode(errors="replace").rpartition(".")[2].rpartition(":")[2].rpartition(">")[2]
    first = call.named_children[0] if call.named_children else None
    return (first.text or b"").decode(errors="replace").rpartition(".")[2] if first is not None else ""


def _ways_to_leave(strings: tuple[Literal, ...]) -> tuple[str, ...]:
    found = [
        match[1]
        for literal in strings
        for pattern in (_LEAVING, _LEAVING_WORDS)
        for match in pattern.finditer(literal.text)
    ]
    return tuple(
        dict.fromkeys(word for word in found if word.lower() not in {"to", "the", "or", "and", "want", "you"})
    )[:2]


def _lines_of_lists(root: Node) -> list[str]:
    """Strings that stand side by side, as lines: a map, a table, or the parts of one text."""
    found = []
    for node in walk(root):
        if node.type in _LISTS or node.type == "concatenated_string":
            parts = [_core(child) for child in node.named_children]
            if len(parts) > 2 and all("string" in part.type for part in parts):  # noqa: PLR2004 -- shorter is no text
                texts = [said(part) for part in parts]
                joined = "".join(texts) if node.type == "concatenated_string" else "\n".join(texts)
                if node.type == "concatenated_string" or len({len(text) for text in texts}) == 1 < len(texts[0]) - 1:
                    found.append(joined)
    return found


def _own_texts(candidates: Sequence[str]) -> tuple[str, ...]:
    """Texts of several lines that the program holds, and a part of each: perhaps what it reads."""
    texts: list[str] = []
    for text in candidates:
        lines = text.strip("\n").split("\n")
        if 2 < len(lines) < 40 and text.isascii() and not _TEMPLATE.search(text):  # noqa: PLR2004 -- an example, not a page
            texts += ["\n".join(lines) + "\n", "\n".join(lines[len(lines) // 2 :]) + "\n"]
    return tuple(texts[:4])


def _usage(code: Code) -> tuple[str, ...]:
    """The names of the arguments in the usage text, in order; alternatives keep their `|`."""
    shown = [code.plain[literal.start : literal.start + 240].split("\\n")[0] for literal in code.strings
             if re.search(r"usage", literal.text, re.IGNORECASE)]  # fmt: skip
    for text in [*shown, code.comments]:
        match = re.search(r"usage\b:?(.{0,160})", text, re.IGNORECASE | re.DOTALL)
        if match is None:
            continue
        rest = re.split(r";|\n\s*\n| \| ", match[1])[0]
        names = [next(group for group in one.groups() if group) for one in _NAMES.finditer(rest)]
        found = [one for one in names if one.lower() not in _NO_NAMES and not one.startswith("-")]
        if found:
            return tuple(found[:5])
    return ()
