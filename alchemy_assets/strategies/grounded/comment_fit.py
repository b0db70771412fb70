"""Say how well a comment fits its function: whether it is about it, long enough for it, and names what decides.

Belongs here: a comment and the body below it, side by side. Does not: the comment alone (`doc_comments`), constants
(`untold`), which functions are left out (`worth`).
"""

import re

from alchemy_assets.strategies.grounded import doc_comments
from alchemy_assets.strategies.grounded.outline import COMMENTS, Item, Outline
from alchemy_assets.syntax_tree import text_of

# Letters that two forms of a word share.
STEM = 4
# A comment of fewer words is too short for a body of so many statements.
FEWEST_WORDS, MANY_STATEMENTS = 8, 6

_WORD = re.compile(r"[^\W\d_]{2,}|\b[aAI]\b")
_CONSTRUCTORS = frozenset({"__init__", "constructor", "initialize", "init", "__construct"})
_LOOPS = ("for", "while", "until", "do", "repeat")
# Words for several results, a list of names in brackets, a type, and what is given back "and" something else.
_SEVERAL = re.compile(
    r"tuples?|pairs?\b|both|triple|\btwo\b|three|\(\s*[\w*`'\"]+\s*,|->|returns?\b[^.]*\b(?:and|with|plus)\b",
    re.IGNORECASE,
)
# Code behind a mark of a comment: a call, an assignment, a line that ends as code does.
_SWITCHED_OFF = re.compile(
    r"^\s*(?://+|#+|\*)?\s*(?:[\w.@$\[\]>-]+\s*[-+*/|]?=(?!=)\s*[\w\"'\[({@$].*[;\])]|[\w.$>:-]+\([^()]*\)?.*;"
    r"|_?[\w.]+\([\"'].*\)|(?:puts|print|p|echo|console\.log)\s+[\w.@$]+;?|(?:if|for|while)\s*\(.*\{|[\w.]+\s*[-+]=\s*\w+)\s*$"
)
# Words of names: `readUTF8Line` has three.
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[A-Z]")
_EVERYWHERE = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "at",
        "be",
        "by",
        "for",
        "from",
        "if",
        "in",
        "is",
        "it",
        "no",
        "not",
        "of",
        "on",
        "or",
        "s",
        "that",
        "the",
        "then",
        "this",
        "to",
        "with",
        "void",
        "static",
        "public",
        "private",
        "const",
        "def",
        "fn",
        "func",
        "function",
        "int",
        "str",
        "string",
        "bool",
        "boolean",
        "char",
        "double",
        "float",
        "long",
        "self",
        "param",
        "return",
    ]
)
_DOES = re.compile(
    r"\W*(?!this\b|is\b|was\b|has\b|does\b|methods\b|tests\b|functions\b|helpers\b)(?:[A-Za-z]{2,}s\b(?!:)|(?:re)?(?:turn|move|set|add|place|name|write|read)\b"
    r"|(?:get|compute|calculate|print|find|check|count|create|make|build|convert|parse|delete|insert|issue|compare|list|sort|split"
    r"|join|apply|update|load|send|show|determine|draw|fill|format|handle|initiali[sz]e|look|map|merge|open|close|run|search|select"
    r"|store|transform|translate|try|wait|generate|copy|encode|decode|extract|emit|append|test whether|tell|say|drop|keep)\b)",
    re.IGNORECASE,
)


def is_constructor(item: Item) -> bool:
    """Whether a function makes objects, as its name or its syntax says."""
    return item.name in _CONSTRUCTORS or "constructor" in item.node.type


def unrelated(item: Item, doc: str) -> bool:
    """Whether a comment neither begins by what is done nor has a word in common with its function's signature."""
    lines = [line.strip() for line in doc_comments.plain(doc) if line.strip()]
    if is_constructor(item) or (lines and _DOES.match(lines[0])):
        return False
    named = _words(f"{item.name} {item.signature}")
    said = _words(" ".join(lines)) - _EVERYWHERE
    stems = {word[:STEM] for word in named if len(word) >= STEM}
    return not any(word in named or word[:STEM] in stems for word in said)


def too_short(doc: str, statements: int) -> bool:
    """Whether a body has more statements than its comment has words, those about parameters too."""
    words = len(_WORD.findall(" ".join(doc_comments.plain(doc))))
    return words < statements or (words < FEWEST_WORDS and statements >= MANY_STATEMENTS)


def decides_by(outline: Outline, item: Item, doc: str) -> str:
    """A field that a condition asks for and neither the comment nor the signature names: nobody knows why it counts."""
    said = _words(f"{' '.join(doc_comments.plain(doc))} {item.signature}")
    stems = {word[:STEM] for word in said if len(word) >= STEM}
    asked = [
        (condition.start_byte, condition.end_byte)
        for node in item.inside
        if not node.type.startswith(_LOOPS) and (condition := node.child_by_field_name("condition")) is not None
    ]
    for name in outline.names_of(item):
        if name.role != "own" or not any(first <= name.node.start_byte < end for first, end in asked):
            continue
        words = _words(name.text)
        if not any(word in said or word[:STEM] in stems for word in words):
            return f"why {name.text} decides"
    return ""


def gives_several(item: Item, doc: str) -> str:
    """Several values that are given back at once, where neither comment nor signature says that there are several."""
    if _SEVERAL.search(doc) or "->" in item.signature:
        return ""
    given = (node.named_children[0] for node in item.inside if node.type == "return_statement" and node.named_children)
    return next((text_of(node)[:60] for node in given if node.type in {"expression_list", "tuple"}), "")


def switched_off(item: Item) -> str:
    """A line of code that somebody made a comment of inside of the body."""
    lines = (line for node in item.inside if node.type in COMMENTS for line in text_of(node).split("\n"))
    return next((line.strip()[:60] for line in lines if _SWITCHED_OFF.match(line)), "")


def _words(text: str) -> set[str]:
    return {word.lower() for word in _PARTS.findall(text)}
