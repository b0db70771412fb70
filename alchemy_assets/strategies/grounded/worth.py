"""Say whether a function is worth asking for: described in prose, of sensible size, and derivable from what is shown.

Belongs here: the reasons to leave a function out. Does not: the question and the answer (`completion`), the comment
alone
(`doc_comments`).
"""

import re

from alchemy_assets.strategies.grounded import comment_fit, doc_comments, untold
from alchemy_assets.strategies.grounded.excerpt import Excerpt, hole_of
from alchemy_assets.strategies.grounded.outline import COMMENTS, Item, Outline
from alchemy_assets.strategies.grounded.resolve import Needs

FEWEST_LINES, MOST_LINES = 3, 40
FEWEST_STATEMENTS, FEWEST_STATEMENTS_STRAIGHT = 2, 4
PROMPT_CHARACTERS = 8_000
ANSWER_CHARACTERS = 4_000
DOC_LINES = 40
# A body that decides this often, and more often than its comment has words, is made up.
MOST_BRANCHES_UNTOLD = 6

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
# Their comments name them; what they do stands nowhere but in their bodies.
_SAYS_NOTHING = re.compile(
    r"(?:[Mm]ain|[Uu]sage|[Hh]elp|print_?(?:[Uu]sage|[Hh]elp)|[Tt]ests?\d*|set_?[Uu]p|tear_?[Dd]own)$"
    r"|[Tt]est(?=[A-Z_\d])\w*|\w+_tests?$|\w+Tests?$"
)
_STUB = re.compile(r"NotImplemented|not implemented|unimplemented!|todo!|fatalError\(", re.IGNORECASE)
_RETURNS = re.compile(r"return_(?:statement|expression)|control_transfer_statement|yield\w*")
# Definitions of types, which are no values.
_TYPE = re.compile(r"struct|enum|union|trait|interface|type_(?:item|declaration|alias|definition|spec)|class")
# What a function gives without a word for it.
_ANY_RESULT = frozenset({"Ruby", "Shell"})
# Texts that may go over several lines.
MULTILINE = frozenset(
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
_COMMENT_MARKS = ("//", "#", "/*", "*")
# A word of a comment that stands there as code: `name`, .name, name(, several_words, severalWords.
_CODE_WORD = re.compile(r"(?<=[.`'\"#:>({@])(\w+)|(\w+)(?=[`(=\[])|(\w*[A-Za-z\d]_[A-Za-z]\w*|[a-z]+[A-Z]\w*)")
# What a module of JavaScript has given away is its own, and must be shown as any other name.
_EXPORTED = re.compile(r"\bexports\.(\w+)")


def doc_of(outline: Outline, item: Item) -> str:
    """The doc comment of a function as it stands."""
    return "\n".join(outline.lines[item.doc[0] : item.doc[1] + 1]) if item.doc else ""


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
        for node in item.inside
        if node.is_named
        and node.type not in COMMENTS
        and node.type not in blocks
        and node.parent is not None
        and node.parent.type in (*blocks, "then", "else", "case_item", "if_statement", "switch_entry")
    )


def branches_in(item: Item) -> int:
    """Conditions, loops, cases and handlers of a body."""
    return sum(1 for node in item.inside if node.is_named and _BRANCHES.fullmatch(node.type))


def _trivial(item: Item) -> bool:
    """Whether a body has too few statements; one that decides nothing needs more of them, and is no constructor."""
    statements = statements_in(item)
    if branches_in(item):
        return statements < FEWEST_STATEMENTS
    return comment_fit.is_constructor(item) or statements < FEWEST_STATEMENTS_STRAIGHT


def _code_lines(outline: Outline, first: int, last: int) -> int:
    lines = (line.strip() for line in outline.lines[first : last + 1])
    return sum(1 for line in lines if line and not line.startswith(_COMMENT_MARKS))


def fault_before_reading(outline: Outline, item: Item) -> tuple[str, str] | None:  # noqa: C901, PLR0911 -- one return a rule
    """What can be said without resolving names."""
    doc = doc_of(outline, item)
    if _SAYS_NOTHING.match(item.name) or any(_SAYS_NOTHING.match(parent.name) for parent in item.parents):
        return ENTRY_OR_TEST, ""
    if fault := doc_comments.fault_of(doc):
        return fault, doc.strip()[:80]
    if comment_fit.unrelated(item, doc):
        return doc_comments.SAYS_TOO_LITTLE, doc.strip()[:80]
    hole = hole_of(outline, item)
    if hole is None or not _own_lines(outline, item):
        return LAYOUT, ""
    if item.node.has_error:
        return NOT_PARSED, ""
    body = "\n".join(outline.lines[hole[0] : hole[1] + 1])
    if untold.mixes(item, doc):
        return UNTOLD, "how it mixes"
    lines = _code_lines(outline, *hole)
    if lines < FEWEST_LINES or _trivial(item):
        return TRIVIAL, f"{lines} lines"
    if lines > MOST_LINES or len(body) > ANSWER_CHARACTERS or doc.count("\n") >= DOC_LINES:
        return TOO_LONG, f"{lines} lines"
    untold_branches = branches_in(item) >= max(MOST_BRANCHES_UNTOLD, len(doc_comments.prose(doc)))
    if untold_branches or comment_fit.too_short(doc, statements_in(item)):
        return doc_comments.SAYS_TOO_LITTLE, doc.strip()[:80]
    if _STUB.search(body) or doc_comments.UNFINISHED_WORD.search(body):
        return doc_comments.UNFINISHED, ""
    if off := comment_fit.switched_off(item):
        return doc_comments.UNFINISHED, off
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
        part.type in MULTILINE and part.start_point[0] != part.end_point[0] and part.start_point[0] != docstring_row
        for part in item.inside
    ) and all(line.startswith(before) for line in lines[item.first : item.last + 1] if line.strip())


def fault_of_excerpt(outline: Outline, item: Item, needs: Needs, excerpt: Excerpt) -> tuple[str, str] | None:
    """What can only be said with the excerpt at hand."""
    shown = _words_of_code(excerpt.text)
    exported = _EXPORTED.findall((item.body.text or b"").decode("utf-8", "replace")) if item.body is not None else []
    maybe = (name for name in needs.maybe if name not in shown and (_WORDS.fullmatch(name) or name not in excerpt.text))
    unknown = [*needs.unknown, *maybe, *(name for name in exported if name not in shown)]
    if unknown:
        return UNRESOLVED, ", ".join(sorted(set(unknown)))
    doc = doc_of(outline, item)
    found = untold.constants(item, excerpt) or untold.prints(outline, item, doc, excerpt)
    found = found or untold.joins(item, doc) or comment_fit.decides_by(outline, item, doc)
    if found or (outline.language == "Python" and (found := comment_fit.gives_several(item, doc))):
        return UNTOLD, found
    if idle := _idle(outline, item):
        return UNTOLD, f"what it does without {idle}"
    if _script(outline, item, needs):
        return ENTRY_OR_TEST, "takes nothing, gives nothing"
    if len(excerpt.text) > PROMPT_CHARACTERS:
        return PROMPT_TOO_LONG, ""
    return None


def _words_of_code(text: str) -> set[str]:
    """The words of lines of code, and those that comments mark as code."""
    lines = text.split("\n")
    said = [line for line in lines if line.lstrip().startswith(_COMMENT_MARKS)]
    code = [line for line in lines if not line.lstrip().startswith(_COMMENT_MARKS)]
    return {
        *_WORDS.findall("\n".join(code)),
        *(word for found in _CODE_WORD.findall("\n".join(said)) for word in found),
    }


def _idle(outline: Outline, item: Item) -> str:
    """A parameter that the comment names and the body does not use."""
    start = item.body.start_byte if item.body is not None else 0
    hole = hole_of(outline, item)
    body = set(_WORDS.findall("\n".join(outline.lines[hole[0] : hole[1] + 1]))) if hole else set()
    said = set(_WORDS.findall("\n".join(doc_comments.plain(doc_of(outline, item)))))
    given = (
        name.text
        for name in outline.names_of(item)
        if name.role == "bind" and name.node.end_byte <= start and name.text != item.name
    )
    return next((one for one in given if one.lstrip("$") in said and one.lstrip("$") not in body), "")


def _script(outline: Outline, item: Item, needs: Needs) -> bool:
    """Whether a function takes nothing, gives nothing and works on nothing of the file: what it does is up to it."""
    if outline.language in _ANY_RESULT or needs.fields or item.node.child_by_field_name("return_type") is not None:
        return False
    for one in needs.items:
        if one.kind == "value" and set(one.parents) <= set(item.parents) and not _TYPE.search(one.node.type):
            return False
    end = item.body.start_byte if item.body is not None else 0
    for name in outline.names_of(item):
        if name.role == "own" or (
            name.role == "bind"
            and name.node.end_byte <= end
            and name.text != item.name
            and "type_parameter" not in name.holder.type
        ):
            return False
    return not any(_RETURNS.fullmatch(node.type) and node.named_child_count for node in item.inside)
