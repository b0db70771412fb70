"""Say whether a function is worth asking for: described in prose, of sensible size, and derivable from what is shown.

Belongs here: the reasons to leave a function out. Does not: the question and the answer (`completion`), the comment
alone
(`doc_comments`).
"""

import re
from collections.abc import Iterable

from tree_sitter import Node

from alchemy_assets import syntax_tree
from alchemy_assets.strategies.grounded import doc_comments
from alchemy_assets.strategies.grounded.excerpt import Excerpt, hole_of
from alchemy_assets.strategies.grounded.names import names_in
from alchemy_assets.strategies.grounded.outline import COMMENTS, Item, Outline
from alchemy_assets.strategies.grounded.resolve import Needs

FEWEST_LINES, MOST_LINES = 3, 40
FEWEST_STATEMENTS, FEWEST_STATEMENTS_STRAIGHT = 2, 4
PROMPT_CHARACTERS = 8_000
ANSWER_CHARACTERS = 4_000
DOC_LINES = 40
# Characters of text in the body that nothing in the prompt tells, and their share of the body.
UNTOLD_CHARACTERS, UNTOLD_SHARE = 160, 0.25
UNTOLD_NUMBERS = 3
# Characters of patterns that the prompt does not hold: a short one can be worked out.
UNTOLD_PATTERNS = 24
# Printed texts that the prompt does not hold.
UNTOLD_PRINTED = 2
# Letters that two forms of a word share.
STEM = 4

ENTRY_OR_TEST = "an entry point or a test"
NO_FUNCTION = "no function with a doc comment"
TRIVIAL = "the body is trivial"
TOO_LONG = "the body is too long"
UNRESOLVED = "a name cannot be resolved"
UNTOLD = "the body holds constants that the prompt does not tell"
LAYOUT = "the body shares lines with other code"
TOO_MUCH_CONTEXT = "needs too much of the file"
PROMPT_TOO_LONG = "the prompt is too long"
NOT_PARSED = "does not parse"
ENOUGH = "the file has better ones"
REASONS = (
    *(
        NO_FUNCTION,
        ENTRY_OR_TEST,
        doc_comments.NO_DOC,
        doc_comments.SAYS_TOO_LITTLE,
        doc_comments.UNFINISHED,
        TRIVIAL,
        TOO_LONG,
        UNRESOLVED,
    ),
    *(UNTOLD, LAYOUT, TOO_MUCH_CONTEXT, PROMPT_TOO_LONG, NOT_PARSED, ENOUGH),
)

_BRANCHES = re.compile(
    r"(?:if|elif|for|for_in|for_range|while|until|unless|switch|expression_switch|type_switch|match|try|guard|do|loop|foreach|enhanced_for"
    r"|c_style_for|select)(?:_(?:statement|expression|clause|modifier|loop|let_expression))?|else_if\w*|catch\w*|except\w*|rescue|when|case"
    r"|(?:case|expression|type|default)_(?:item|clause|statement|case)|match_arm|switch_(?:entry|section|block_statement_group)"
    r"|conditional(?:_expression)?|ternary_expression"
)
_CONSTRUCTORS = frozenset({"__init__", "constructor", "initialize", "init", "__construct"})
# A name of a setting, a path, a format of a file: nobody could guess it.
_KEY = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|(?=\S*[./_:-])(?=\S*[A-Za-z]{3})[^\s%{}]{8,}")
# Their comments name them; what they do stands nowhere but in their bodies.
_SAYS_NOTHING = re.compile(
    r"(?:[Mm]ain|[Uu]sage|[Hh]elp|print_?(?:[Uu]sage|[Hh]elp)|[Tt]ests?\d*|set_?[Uu]p|tear_?[Dd]own)$"
    r"|[Tt]est(?=[A-Z_\d])\w*|\w+_tests?$|\w+Tests?$"
)
_STUB = re.compile(r"NotImplemented|not implemented|unimplemented!|todo!|fatalError\(", re.IGNORECASE)
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
_PATTERNS = frozenset({"regex", "regex_literal"})
# Sums that could be made in any way.
_HASHES = re.compile(r"hash|checksum|digest|fingerprint|random", re.IGNORECASE)
_MIXES = re.compile(r">>|\^|& *0x|% *\d")
_RETURNS = re.compile(r"return_(?:statement|expression)|control_transfer_statement|yield\w*")
# Words of names: `readUTF8Line` has three.
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[A-Z]")
_EVERYWHERE = frozenset(
    [
        *(
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
        ),
        *(
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
        ),
        *(
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
        ),
    ]
)
_DOES = re.compile(
    r"\W*(?!this\b|is\b|was\b|has\b|does\b|methods\b|tests\b|functions\b|helpers\b)(?:[A-Za-z]{2,}s\b(?!:)|(?:re)?(?:turn|move|set|add|place|name|write|read)\b"
    r"|(?:get|compute|calculate|print|find|check|count|create|make|build|convert|parse|delete|insert|issue|compare|list|sort|split"
    r"|join|apply|update|load|send|show|determine|draw|fill|format|handle|initiali[sz]e|look|map|merge|open|close|run|search|select"
    r"|store|transform|translate|try|wait|generate|copy|encode|decode|extract|emit|append|test whether|tell|say|drop|keep)\b)",
    re.IGNORECASE,
)
_STATEMENT = re.compile(
    r"statement$|^call$|^call_expression$|^command$|^macro_invocation$|_call_expression$|method_invocation"
)
_TEXT = re.compile(r"string|content|line_str")
# What a function gives without a word for it.
_ANY_RESULT = frozenset({"Ruby", "Shell"})
_NUMBER = re.compile(r"(?<![\w.])\d[\d_]*(?:\.\d+)?\d(?![\w.])")
_MULTILINE = frozenset(
    {
        "string",
        "template_string",
        "raw_string_literal",
        "heredoc",
        "heredoc_body",
        "nowdoc",
        "multi_line_string_literal",
    }
)
_WORDS = re.compile(r"\w+")


def doc_of(outline: Outline, item: Item) -> str:
    """The doc comment of a function as it stands."""
    return "\n".join(outline.lines[item.doc[0] : item.doc[1] + 1]) if item.doc else ""


def _inside(item: Item) -> Iterable[Node]:
    return syntax_tree.walk(item.body) if item.body is not None else ()


def statements_in(item: Item) -> int:
    """Statements of a body, those inside of others too."""
    blocks = (
        "block",
        "compound_statement",
        "statement_block",
        "body_statement",
        "statements",
        "statement_list",
        "do_group",
    )
    return sum(
        1
        for node in _inside(item)
        if node.is_named
        and node.type not in COMMENTS
        and node.type not in blocks
        and node.parent is not None
        and node.parent.type in (*blocks, "then", "else", "case_item", "if_statement", "switch_entry")
    )


def branches_in(item: Item) -> int:
    """Conditions, loops, cases and handlers of a body."""
    return sum(1 for node in _inside(item) if node.is_named and _BRANCHES.fullmatch(node.type))


def _trivial(item: Item) -> bool:
    """Whether a body has too few statements; one that decides nothing needs more of them, and is no constructor."""
    statements = statements_in(item)
    if branches_in(item):
        return statements < FEWEST_STATEMENTS
    is_constructor = item.name in _CONSTRUCTORS or "constructor" in item.node.type
    return is_constructor or statements < FEWEST_STATEMENTS_STRAIGHT


def _code_lines(outline: Outline, first: int, last: int) -> int:
    marks = ("//", "#", "/*", "*")
    return sum(1 for line in outline.lines[first : last + 1] if line.strip() and not line.strip().startswith(marks))


def fault_before_reading(outline: Outline, item: Item) -> tuple[str, str] | None:  # noqa: PLR0911 -- one return a rule
    """What can be said without resolving names."""
    doc = doc_of(outline, item)
    if _SAYS_NOTHING.match(item.name) or any(_SAYS_NOTHING.match(parent.name) for parent in item.parents):
        return ENTRY_OR_TEST, ""
    if fault := doc_comments.fault_of(doc):
        return fault, doc.strip()[:80]
    if _unrelated(item, doc):
        return doc_comments.SAYS_TOO_LITTLE, doc.strip()[:80]
    hole = hole_of(outline, item)
    if hole is None or not _own_lines(outline, item):
        return LAYOUT, ""
    if item.node.has_error:
        return NOT_PARSED, ""
    body = "\n".join(outline.lines[hole[0] : hole[1] + 1])
    if _MIXES.search(body) and _HASHES.search(f"{item.name} {doc}"):
        return UNTOLD, "how it mixes"
    lines = _code_lines(outline, *hole)
    if lines < FEWEST_LINES or _trivial(item):
        return TRIVIAL, f"{lines} lines"
    if lines > MOST_LINES or len(body) > ANSWER_CHARACTERS or doc.count("\n") >= DOC_LINES:
        return TOO_LONG, f"{lines} lines"
    if _STUB.search(body) or doc_comments.UNFINISHED_WORD.search(body):
        return doc_comments.UNFINISHED, ""
    return None


def _own_lines(outline: Outline, item: Item) -> bool:
    """Whether the function begins and ends its lines, and can be moved to the left without changing a string."""
    lines, node = outline.lines, item.node
    end_row, end_column = node.end_point
    after = lines[min(end_row, item.last)].encode()[end_column:].decode().strip() if end_row <= item.last else ""
    before = lines[item.code][: len(lines[item.code]) - len(lines[item.code].lstrip())]
    if after not in {"", ";", ",", ");"} and not after.startswith(("//", "#", "/*")):
        return False
    if not before:
        return True
    docstring_row = item.doc[0] if item.doc else -1
    return not any(
        part.type in _MULTILINE and part.start_point[0] != part.end_point[0] and part.start_point[0] != docstring_row
        for part in _inside(item)
    ) and all(line.startswith(before) for line in lines[item.first : item.last + 1] if line.strip())


def fault_of_excerpt(outline: Outline, item: Item, needs: Needs, excerpt: Excerpt) -> tuple[str, str] | None:
    """What can only be said with the excerpt at hand."""
    shown = set(_WORDS.findall(excerpt.text))
    unknown = [*needs.unknown, *(name for name in needs.maybe if name not in shown)]
    if unknown:
        return UNRESOLVED, ", ".join(sorted(set(unknown)))
    if untold := _untold(item, excerpt) or _prints(outline, item, excerpt):
        return UNTOLD, untold
    if _script(outline, item, needs):
        return ENTRY_OR_TEST, "takes nothing, gives nothing"
    if len(excerpt.text) > PROMPT_CHARACTERS:
        return PROMPT_TOO_LONG, ""
    return None


def _prints(outline: Outline, item: Item, excerpt: Excerpt) -> str:
    """What a body prints or logs though its comment says nothing of that, or in a form that nobody could guess."""
    # What a shell function prints is what it gives.
    announced = outline.language == "Shell" or _ANNOUNCED.search(doc_of(outline, item))
    printed: dict[int, str] = {}
    for node in _inside(item):
        text = syntax_tree.text_of(node) if _STATEMENT.search(node.type) else ""
        if not _PRINTS.match(text):
            continue
        if not announced:
            return text[:60]
        texts = {leaf.start_byte: syntax_tree.text_of(leaf) for leaf in syntax_tree.walk(node) if _literal(leaf)}
        printed |= {at: one for at, one in texts.items() if one.strip("\"'`") not in excerpt.text}
    return next(iter(printed.values()))[:60] if len(printed) > UNTOLD_PRINTED else ""


def _literal(node: Node) -> bool:
    return node.named_child_count == 0 and _TEXT.search(node.type) is not None and len(node.text or b"") > 1


def _script(outline: Outline, item: Item, needs: Needs) -> bool:
    """Whether a function takes nothing, gives nothing and works on nothing of the file: what it does is up to it."""
    if outline.language in _ANY_RESULT or needs.fields or item.node.child_by_field_name("return_type") is not None:
        return False
    if any(one.kind == "value" and all(parent in item.parents for parent in one.parents) for one in needs.items):
        return False
    end = item.body.start_byte if item.body is not None else 0
    for name in names_in(item.node, outline.shape):
        if name.role == "own" or (
            name.role == "bind"
            and name.node.end_byte <= end
            and name.text != item.name
            and "type_parameter" not in name.holder.type
        ):
            return False
    return not any(_RETURNS.fullmatch(node.type) and node.named_child_count for node in _inside(item))


def _unrelated(item: Item, doc: str) -> bool:
    """Whether a comment neither begins by what is done nor has a word in common with its function's signature."""
    lines = [line.strip() for line in doc_comments.plain(doc) if line.strip()]
    if item.name in _CONSTRUCTORS or "constructor" in item.node.type or (lines and _DOES.match(lines[0])):
        return False
    end = item.body.start_byte if item.body is not None else item.node.end_byte
    signature = (item.node.text or b"")[: end - item.node.start_byte].decode("utf-8", "replace")
    named = {word.lower() for word in _PARTS.findall(f"{item.name} {signature}")}
    said = {word.lower() for word in _PARTS.findall(" ".join(lines))} - _EVERYWHERE
    stems = {word[:STEM] for word in named if len(word) >= STEM}
    return not any(word in named or word[:STEM] in stems for word in said)


def _untold(item: Item, excerpt: Excerpt) -> str:
    """Text and numbers of the body that do not occur in the prompt, where they are too many to be guessed."""
    assert item.body is not None  # noqa: S101 -- a hole was found in it
    texts, numbers, patterns = [], set(), []
    for node in _inside(item):
        leaf = node.named_child_count == 0
        text = syntax_tree.text_of(node) if leaf else ""
        if node.type in _PATTERNS and syntax_tree.text_of(node) not in excerpt.text:
            patterns.append(syntax_tree.text_of(node))
        if leaf and (
            "string" in node.type or "content" in node.type or node.type in {"raw_string", "word", "line_str_text"}
        ):
            if len(text) > 3 and text.strip("\"'`") not in excerpt.text:  # noqa: PLR2004 -- shorter ones can be guessed
                texts.append(text)
        elif leaf and _NUMBER.fullmatch(text) and text not in excerpt.text:
            numbers.add(text)
    characters, body = sum(map(len, texts)), len(item.body.text or b"")
    if key := next((text for text in texts if _KEY.fullmatch(text.strip("\"'`"))), ""):
        return key[:60]
    if sum(map(len, patterns)) > UNTOLD_PATTERNS:
        return patterns[0][:60]
    if characters > UNTOLD_CHARACTERS or characters > UNTOLD_SHARE * body:
        return texts[0][:60]
    return ", ".join(sorted(numbers)) if len(numbers) > UNTOLD_NUMBERS else ""
