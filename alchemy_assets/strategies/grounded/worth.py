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
from alchemy_assets.strategies.grounded.outline import COMMENTS, Item, Outline, is_class
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
# Words from which a text is a sentence.
SENTENCE = 3

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
    r"\b(?:e?println!|e?print!|f?printf|print\w*|puts|echo|console\.\w+|cout|cerr|System\.(?:out|err)|fmt\.F?[Pp]rint\w*|NSLog"
    r"|Console\.Write\w*|log(?:ger|ging)?(?:\.|::|->)\w+|_?LOG\w*|warn\w*|error_log)\b"
)
_ANNOUNCED = re.compile(
    r"print|log|output|show|display|report|writ|dump|echo|warn|messag|tell|trac|std(?:err|out)|usage|help|prompt|debug|list|emit|say",
    re.IGNORECASE,
)
_PATTERN = re.compile(r"regex|pattern_content")
_RETURNS = re.compile(r"return_(?:statement|expression)|control_transfer_statement|yield\w*")
_STATEMENT = re.compile(r"statement|block|body|then|else|_list$|source_file|command_list|do_group")
_TEXT = re.compile(r"string|content|line_str|word")
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
    hole = hole_of(outline, item)
    if hole is None or not _own_lines(outline, item):
        return LAYOUT, ""
    if item.node.has_error:
        return NOT_PARSED, ""
    body = "\n".join(outline.lines[hole[0] : hole[1] + 1])
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
    if untold := _untold(item, excerpt) or _unannounced(item, doc_of(outline, item), excerpt):
        return UNTOLD, untold
    if _script(outline, item, needs):
        return ENTRY_OR_TEST, "takes nothing, gives nothing"
    if len(excerpt.text) > PROMPT_CHARACTERS:
        return PROMPT_TOO_LONG, ""
    return None


def _unannounced(item: Item, doc: str, excerpt: Excerpt) -> str:
    """A sentence that the body prints or logs, though its comment says nothing of that."""
    if _ANNOUNCED.search(doc):
        return ""
    for node in _inside(item):
        text = syntax_tree.text_of(node) if node.named_child_count == 0 else ""
        if not _TEXT.search(node.type) or len(_WORDS.findall(text)) < SENTENCE or text.strip("\"'`") in excerpt.text:
            continue
        around = node
        while around.parent is not None and around.parent != item.body and not _STATEMENT.search(around.parent.type):
            around = around.parent
        if _PRINTS.match(syntax_tree.text_of(around).lstrip()):
            return text[:60]
    return ""


def _script(outline: Outline, item: Item, needs: Needs) -> bool:
    """Whether a function takes nothing, gives nothing and uses no value of the file: what it does is up to it."""
    if outline.language in _ANY_RESULT or needs.fields or any(is_class(parent) for parent in item.parents):
        return False
    if any(one.kind == "value" for one in needs.items) or item.node.child_by_field_name("return_type") is not None:
        return False
    end = item.body.start_byte if item.body is not None else 0
    takes = any(
        name.role == "bind" and name.node.end_byte <= end and name.text != item.name
        for name in names_in(item.node, outline.shape)
    )
    gives = any(_RETURNS.fullmatch(node.type) and node.named_child_count for node in _inside(item))
    return not takes and not gives


def _untold(item: Item, excerpt: Excerpt) -> str:
    """Text and numbers of the body that do not occur in the prompt, where they are too many to be guessed."""
    assert item.body is not None  # noqa: S101 -- a hole was found in it
    texts, numbers, patterns = [], set(), []
    for node in _inside(item):
        leaf = node.named_child_count == 0
        text = syntax_tree.text_of(node) if leaf else ""
        if leaf and _PATTERN.search(node.type) and text not in excerpt.text:
            patterns.append(text)
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
