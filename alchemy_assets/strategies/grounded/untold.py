"""Say whether a body holds what nobody could write who sees the prompt alone: texts, numbers, patterns, what is printed.

Belongs here: constants and printing of one body. Does not: names (`resolve`), other reasons to leave a function out
(`worth`).
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from alchemy_assets.strategies.grounded.excerpt import Excerpt
from alchemy_assets.strategies.grounded.outline import Item, Outline
from alchemy_assets.syntax_tree import text_of, walk

# Characters of text in the body that nothing in the prompt tells, and their share of the body.
UNTOLD_CHARACTERS, UNTOLD_SHARE = 160, 0.25
UNTOLD_NUMBERS = 3
# Different texts with letters that are no messages of errors, and formats such as `%05x: %02x`.
UNTOLD_TEXTS, UNTOLD_FORMATS = 1, 1
# Characters of patterns: a short one can be worked out.
UNTOLD_PATTERNS = 24
# Texts that are printed.
UNTOLD_PRINTED = 2
SHORT = 3
# Names of what is given back, which a caller must know, and signs in a row.
UNTOLD_KEYS, UNTOLD_SIGNS = 2, 4

# A name of a setting, a path, a format of a file: nobody could guess it.
_KEY = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|(?=\S*[./_:-])(?=\S*[A-Za-z]{3})[^\s%{}]{8,}")
_FORMAT = re.compile(r"%[-+ #]?[\d.]+l*[a-zA-Z]|%l*[a-zA-Z]\W+%l*[a-zA-Z]")
# Numbers of three digits and more that come with bytes, hours, hundreds; another one was chosen (a port, a limit).
_CHOSEN = re.compile(r"(?!(?:[1-9]0+|1[26]7|128|25[56]|36[056]|400|51[12]|102[34]|409[56]|3600|6553[56]|86400)$)\d{3,}")
# Numbers that something is compared with, and parts of one: a limit that somebody chose.
_LIMIT = re.compile(r"(?!10$)[1-9]\d|(?!0?\.50*$)\d*\.0*[1-9]\d*")
_NUMBER = re.compile(r"(?<![\w.])\d[\d_]*(?:\.\d+)?\d(?![\w.])")
# What prints or logs, and the words of a comment that announce it.
_PRINTS = re.compile(
    r"(?:e?print(?:ln)?!|(?:v?f?printf|print|print_r|println|puts|console\.\w+|System\.(?:out|err)\.\w+|fmt\.F?[Pp]rint\w*"
    r"|NSLog|Console\.Write\w*|log(?:ger|ging)?(?:\.|::|->)\w+|warn|warning|error_log|debugPrint|var_dump))\s*[($@\"'\[]"
    r"|(?:std::)?(?:cout|cerr|clog)\s*<<|echo\s"
)
_ANNOUNCED = re.compile(
    r"print|log|output|show|display|report|writ|dump|echo|warn|messag|tell|trac|std(?:err|out)|usage|help|prompt|debug|list|emit|say",
    re.IGNORECASE,
)
_THROWS = re.compile(
    r"(?:raise|throw|throws|panic!?|fail|fatalError|fmt\.Errorf|errors\.New|new \w*(?:Error|Exception))\b"
)
_PATTERNS = frozenset({"regex", "regex_literal"})
_STATEMENT = re.compile(
    r"statement$|^call$|^call_expression$|^command$|^macro_invocation$|_call_expression$|method_invocation|object_creation|new_expression"
)
_TEXT = re.compile(r"string|content|line_str|simple_symbol")
# Where a text is a key: nobody knows what keys there are.
_ASKED_BY = re.compile(r"subscript|^index|element_reference|element_access")
# Where a text decides something, and where it is what is given back.
_DECIDES = re.compile(r"case|when|match_(?:pattern|arm)|switch_label|comparison")
_COMPARED = re.compile(r"[=!]==?|<=>|=~|!~")
_ORDERED = re.compile(r"[=!]==?|<=?|>=?")
_GIVES = re.compile(r"return_(?:statement|expression)|control_transfer_statement|expression_list")
_KEY_OF = frozenset({"pair", "shorthand_property_identifier", "array_element_initializer"})
_SIGNS = re.compile(r"[^\w\s]+")
_STATEMENTS = ("statement", "statements", "statement_list", "block", "body", "command", "declaration")
# Names of types as texts, and what any program asks for.
_COMMON = frozenset(
    [
        *("string", "function", "object", "number", "undefined", "boolean", "symbol", "bigint"),
        *("__main__", "utf-8", "utf8", "nt", "win32", "true", "false", "none", "null"),
    ]
)
# A sign between values that are joined to one text.
_JOINING = re.compile(r"[^\w\s\\,.]{1,3}")
_JOINED = re.compile(r"binary|augmented|concat|additive")
# Letters of a text, behind the marks that say of which kind it is.
_WORDED = re.compile(r"[A-Za-z]")
_KIND_OF_TEXT = re.compile(r"^[a-zA-Z]{0,2}(?=[\"'`])|[\"'`]|\\.")
# Sums that could be made in any way.
_MIXED = re.compile(r"hash|checksum|digest|fingerprint|random", re.IGNORECASE)
_MIXES = re.compile(r">>|\^|& *0x|% *\d")


def mixes(item: Item, doc: str) -> bool:
    """Whether a function computes a hash or chance numbers by itself, which can be done in many ways."""
    return _MIXED.search(f"{item.name} {doc}") is not None and _MIXES.search(_body(item)) is not None


def prints(outline: Outline, item: Item, doc: str, excerpt: Excerpt) -> str:
    """What a body prints or logs though its comment says nothing of that, or in a form that nobody could guess."""
    # What a shell function prints is what it gives.
    announced = outline.language == "Shell" or _ANNOUNCED.search(doc)
    printed: set[str] = set()
    for node in item.inside:
        text = text_of(node) if _STATEMENT.search(node.type) else ""
        if not _PRINTS.match(text):
            continue
        if not announced:
            return text[:60]
        printed |= {
            one for one in map(text_of, filter(_literal, walk(node))) if len(one) > 1 and not _told(one, excerpt)
        }
    return min(printed)[:60] if len(printed) > UNTOLD_PRINTED else ""


def constants(item: Item, excerpt: Excerpt) -> str:  # noqa: PLR0911 -- one return a rule
    """Texts, patterns and numbers of a body that do not occur in the prompt, where they are too many to be guessed."""
    texts, messages = [], set()
    thrown = [node for node in item.inside if _STATEMENT.search(node.type) and _THROWS.match(text_of(node))]
    for leaf in filter(_text_or_word, item.inside):
        text = text_of(leaf)
        if not _told(text, excerpt):
            texts.append(text)
            # Words of a shell are names of its own as often as texts.
            if leaf.type == "word" or any(node.start_byte <= leaf.start_byte < node.end_byte for node in thrown):
                messages.add(text)
            if any(_ASKED_BY.search(node.type) for node in _around(leaf)) or _matters(leaf, text):
                return text[:60]
    long = [text for text in texts if len(text) > SHORT]
    if key := next((text for text in long if _KEY.fullmatch(text.strip("\"'`"))), ""):
        return key[:60]
    free = sorted({text for text in texts if _WORDED.search(_bare(text)) and text not in messages})
    formats = sorted({text for text in texts if _FORMAT.search(text) and text not in messages})
    patterns = [text for text in map(text_of, _inside_of(item, _PATTERNS)) if text not in excerpt.text]
    if sum(map(len, patterns)) > UNTOLD_PATTERNS:
        return patterns[0][:60]
    if len(formats) >= UNTOLD_FORMATS or len(free) >= UNTOLD_TEXTS:
        return (formats or free)[0][:60]
    keys, given = _keys(item, excerpt)
    if given or len(keys) >= UNTOLD_KEYS:
        return ", ".join(keys)[:60]
    characters = sum(map(len, long))
    if characters > UNTOLD_CHARACTERS or characters > UNTOLD_SHARE * len(_body(item).encode()):
        return long[0][:60]
    leaves = (text_of(node) for node in item.inside if node.named_child_count == 0)
    numbers = {text for text in leaves if _NUMBER.fullmatch(text) and text not in excerpt.text}
    many = len(numbers) > UNTOLD_NUMBERS or any(map(_CHOSEN.fullmatch, numbers))
    return ", ".join(sorted(numbers)) if many else _limit(item, excerpt)


def joins(item: Item, doc: str) -> str:
    """A sign that is put between values and that the comment does not have, blanks and commas aside: of many, one."""
    for leaf in filter(_literal, item.inside):
        sign = text_of(leaf).strip("\"'`")
        if not _JOINING.fullmatch(sign) or sign in doc:
            continue
        literal = leaf
        while literal.parent is not None and _TEXT.search(literal.parent.type):
            literal = literal.parent
        around = literal.parent
        if (literal != leaf and literal.named_child_count > 1) or (
            around is not None
            and _JOINED.match(around.type)
            and any(child.type in {"+", "+=", ".", ".="} for child in around.children)
        ):
            return sign
    return ""


def _matters(leaf: Node, text: str) -> bool:
    """Whether a text that nobody told decides something, is given back as it is, or holds signs that were chosen."""
    bare = text.strip("\"'`")
    if _SIGNS.fullmatch(bare) and len(set(bare)) >= UNTOLD_SIGNS:
        return True
    if len(bare) <= SHORT and not (len(bare) > 1 and bare.isalpha()):
        return False
    node, parent = leaf, leaf.parent
    while parent is not None and _TEXT.search(parent.type):
        node, parent = parent, parent.parent
    gives = parent is not None and _GIVES.fullmatch(parent.type) is not None
    if gives or bare.lower() in _COMMON:
        return gives
    while parent is not None:
        operator = parent.child_by_field_name("operator")
        if (
            parent.child_by_field_name("condition") == node
            or (_DECIDES.search(parent.type) and not node.type.endswith(_STATEMENTS))
            or (operator is not None and _COMPARED.fullmatch(text_of(operator)))
        ):
            return True
        if parent.type.endswith(_STATEMENTS):
            return False
        node, parent = parent, parent.parent
    return False


def _limit(item: Item, excerpt: Excerpt) -> str:
    """A number of two digits that something is compared with, or a fraction, which nothing shown has."""
    for node in item.inside:
        text = text_of(node) if node.named_child_count == 0 and node.is_named else ""
        if not _LIMIT.fullmatch(text) or re.search(rf"(?<![\w.]){re.escape(text)}(?!\w|\.\d)", excerpt.text):
            continue
        compared = node.parent is not None and any(_ORDERED.fullmatch(child.type) for child in node.parent.children)
        if compared or "." in text:
            return text
    return ""


def _keys(item: Item, excerpt: Excerpt) -> tuple[list[str], bool]:
    """Keys that the body makes and nothing shown has, and whether one of them is given back."""
    found, given = [], False
    for node in _inside_of(item, _KEY_OF):
        key = node if node.type.startswith("shorthand") else node.child_by_field_name("key") or node.named_child(0)
        named = key is not None and (node.type != "array_element_initializer" or node.named_child_count > 1)
        if key is None or not named or not re.fullmatch(r"[\"':]?[A-Za-z_]\w*[\"':]?", text_of(key)):
            continue
        name = text_of(key).strip("\"':")
        if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", excerpt.text):
            found.append(name)
            above = node.parent.parent if node.parent is not None else None
            given = given or (above is not None and _GIVES.fullmatch(above.type) is not None)
    return list(dict.fromkeys(found)), given


def _bare(text: str) -> str:
    """A text without quotes and escapes; nothing where everybody knows it."""
    bare = _KIND_OF_TEXT.sub("", text)
    return "" if bare.lower() in _COMMON else bare


def _body(item: Item) -> str:
    return text_of(item.body) if item.body is not None else ""


def _inside_of(item: Item, types: frozenset[str]) -> Iterator[Node]:
    return (node for node in item.inside if node.type in types)


def _around(leaf: Node) -> Iterator[Node]:
    """The two nodes around the literal that a leaf is part of."""
    literal = leaf
    while literal.parent is not None and _TEXT.search(literal.parent.type):
        literal = literal.parent
    for _ in range(2):
        if literal.parent is None:
            return
        literal = literal.parent
        yield literal


def _literal(node: Node) -> bool:
    # Ruby's `&:read` is a call.
    called = node.parent is not None and node.parent.type == "block_argument"
    return node.named_child_count == 0 and _TEXT.search(node.type) is not None and not called


def _text_or_word(node: Node) -> bool:
    """Whether a leaf is a text; of a shell, a word that is no command's name."""
    if node.type == "word" and node.named_child_count == 0:
        return node.parent is None or node.parent.type != "command_name"
    return _literal(node)


def _told(text: str, excerpt: Excerpt) -> bool:
    return text.strip("\"'`") in excerpt.text
