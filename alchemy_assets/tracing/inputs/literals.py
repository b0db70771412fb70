"""What a program compares its input with, shows as usage, or holds as an example.

Belongs here: strings and numbers of the source that input may well be made of. Does not: where input is read
(`arguments`, `streams`).
"""

import re
from dataclasses import dataclass

from tree_sitter import Node

from alchemy_assets.syntax_tree import walk
from alchemy_assets.tracing.screening.code import Code, Literal

MOST = 40
LONGEST = 30
_CASES = re.compile(
    r"case|switch_(?:label|pattern|section|rule|entry)|^when$|pattern|match_(?:arm|condition)|expression_case"
)
_COMPARISONS = re.compile(r"^binary|comparison|equality")
_ORDERED = re.compile(r"^(?:[=!]==?|<=?|>=?|<=>|===)$")
_BODIES = re.compile(r"block|body|statements?$|then|consequence|declaration")
_COMPARING = re.compile(
    r"(?:equals|equalsIgnoreCase|Equals|str(?:n|case|ncase|i)?cmp|EqualFold|[cC]ompare(?:To)?|starts?_?[wW]ith\??|StartsWith|has_?[pP]refix|HasPrefix"
    r"|hasSuffix|ends?_?[wW]ith\??|EndsWith|contains|Contains|includes?\??|indexOf|IndexOf|in_array|eql\?|eq|when|on|strstr|strchr|getOrDefault|ContainsKey)"
)
_NUMBERS = re.compile(
    r"^(?:\w*integer_literal|int_literal|integer|number|number_literal|float|float_literal|real_literal|\w*floating_point_literal)$"
)
_PAIRS = {"pair", "initializer_pair", "keyed_element", "array_element_initializer", "dictionary_literal"}
_LISTS = {"array", "array_literal", "array_creation_expression", "initializer_list", "literal_value", "array_expression",
          "string_array", "array_initializer", "initializer_expression", "collection_expression"}  # fmt: skip
_LEAVING = re.compile(
    r"(?:^|[\s\[(])['\"]?(\w{1,6})['\"]?\s*[\])]?\s*(?:[.:)=>-]+|\bto\b|\bfor\b)\s*(?:the\s+|to\s+|program\s+)*(?:exit|quit|leave|stop|end|finish|sair|salir)\b",
    re.IGNORECASE,
)
_LEAVING_WORDS = re.compile(
    r"(?:type|enter|press|or|input)\s+['\"]?(\w{1,6}|-\d+)['\"]?\s+(?:to|for)\s+(?:exit|quit|stop|end|finish)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Known:
    """What a source knows of its input: words and numbers it compares with, cases, ways to leave, texts, usage."""

    compared: tuple[str, ...]
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
        elif role == "key":
            keys.setdefault(text)
    return Known(
        tuple([*compared, *(key for key in list(keys)[:12] if key not in compared)][:MOST]),
        tuple(cases)[:MOST],
        _ways_to_leave(code.strings),
        _own_texts(code.strings),
        _usage(code),
    )


def _role(node: Node) -> str:  # noqa: PLR0911 -- a return a role
    """`case`, `compared`, `key`, or nothing: what the nearest node above says that has a say."""
    below, above = node, node.parent
    for _ in range(5):
        if above is None:
            return ""
        if _COMPARISONS.search(above.type):
            return "compared" if any(_ORDERED.match(child.type) for child in above.children) else ""
        if _CASES.search(above.type):
            return "" if _BODIES.search(below.type) or _is_value(above, below) else "case"
        if above.type in _PAIRS and below == above.named_children[0]:
            return "key"
        if above.type in _LISTS:
            texts = [child for child in above.named_children if "string" in child.type]
            return "key" if 3 <= len(texts) <= 12 and len(texts) == len(above.named_children) else ""  # noqa: PLR2004
        if "call" in above.type or "invocation" in above.type:
            return "compared" if _COMPARING.fullmatch(_called(above)) else ""
        if "statement" in above.type or _BODIES.search(above.type):
            return ""
        below, above = above, above.parent
    return ""


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


def _own_texts(strings: tuple[Literal, ...]) -> tuple[str, ...]:
    """Texts of several lines that the program holds, and a part of each: perhaps what it reads."""
    texts: list[str] = []
    for literal in strings:
        lines = literal.text.strip("\n").split("\n")
        if (
            2 < len(lines) < 40
            and literal.text.isascii()
            and not re.search(r"usage|%[sd]|\$\{|\{\}", literal.text, re.IGNORECASE)
        ):
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
        rest = re.split(r";|\n\s*\n", match[1])[0]
        names = re.findall(
            r"<([\w |./-]+)>|\[<?([\w|.-]+)>?(?:\.\.\.)?\]|(?<![\w%])([A-Z][A-Z_]{1,}\d?|[A-Z])(?![\w])", rest
        )
        found = [
            a or b or c for a, b, c in names if (a or b or c).lower() not in {"options", "option", "flags", "args"}
        ]
        found = [one for one in found if not one.startswith("-")]
        if found:
            return tuple(found[:5])
    return ()
