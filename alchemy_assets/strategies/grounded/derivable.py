"""Whether what stands in a hole can be told from what is shown around it.

Belongs here: the reasons to leave a hole out. Does not: where holes are (`holes`), the question (`fill_in_the_middle`).
It errs towards "it cannot": every name must be shown, bound in the hole or the language's own; texts and numbers must
be shown; something around the hole must depend on what it does.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from tree_sitter import Node

from alchemy_assets import syntax_tree
from alchemy_assets.strategies.grounded import holes
from alchemy_assets.strategies.grounded.holes import Hole
from alchemy_assets.strategies.grounded.names import names_in
from alchemy_assets.strategies.grounded.outline import COMMENTS
from alchemy_assets.strategies.grounded.resolve import known_names
from alchemy_assets.strategies.grounded.shapes import SHAPES

TRIVIAL = "what stands there is trivial"
UNRESOLVED = "a name stands nowhere else"
UNTOLD = "a text or a number stands nowhere else"
COPIED = "it stands elsewhere in the prompt"
LOOSE = "nothing around it depends on it"
COMMENTED = "it holds a comment"
TELLS = "it only tells the user something"
REASONS = (TRIVIAL, UNRESOLVED, UNTOLD, COPIED, LOOSE, COMMENTED, TELLS)

MOST_COPIED = 0.5
_FEWEST_NODES = {holes.CONDITION: 7, holes.ARGUMENTS: 8, holes.VALUE: 8, holes.CLAUSE: 4}
_FEWEST_NODES_OF_LINES = 12
_MOST_NEW_NAMES = 2
_QUOTES = "\"'`"
_SHORT = 3
# Names of a value that may be put together in another way.
_MOST_NAMES = 3
# Texts among arguments: what a caller picks, and in which order, is told for few.
_MOST_TEXTS = 2
# Texts that stand for themselves.
_GUESSED = re.compile(r"[\s,./:;]{0,2}|\\[nr0]")
# A field that is set: its name is the author's, though the language may have a member of that name.
_FIELD_SET = re.compile(r"(?:\b(?:self|this)\.|\$this->)(\w+)\s*=(?!=)")
# Keys of an object that is made: author's names too, but for those of a property's description.
_KEYS = frozenset({"property_identifier", "hash_key_symbol"})
_DESCRIBING = frozenset({"configurable", "enumerable", "get", "set", "value", "writable"})
# Types as JavaScript calls them: they stand in quotes, and everybody knows them.
_TYPES = frozenset({"boolean", "function", "number", "object", "string", "symbol", "undefined"})
# An error without a word about it, where a value is missing.
_OR_RAISE = re.compile(r"(?:\bor|\|\|) raise$", re.MULTILINE)
_SENTENCE = 3

_WORD = re.compile(r"[A-Za-z_$@]\w*")
_NUMBER = re.compile(r"(?<![\w.])(?:0[xXbBoO])?\d[\w.]*")
_SMALL = frozenset({"0", "1", "-1", "0.0", "1.0"})
_TEXT = re.compile(r"string|char|content|heredoc|text|regex|raw|word|literal")
_CALL = re.compile(r"[\w.:>$-]+\s?\([^\n]*\);?$")
_DIGITS = re.compile(r"\d+")
_QUOTED = re.compile(r"""["'`]([^"'`\n]+)["'`]""")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_TELLS = re.compile(
    r"\W*(?:[\w.:>-]*(?:log|logger|logging|console|debug|warn\w*|info)[\w.:>-]*|f?printf?|print\w*|echo|puts|die|exit|panic"
    r"|fmt\.\w*print\w*|System\.(?:out|err)\.\w+|Console\.Write\w*|e?println!"
    r"|(?:(?:sys|process)\.|\$)?std(?:err|out)\.\w+"
    r"|(?:with )?(?:[\w$]+(?:\.|->|::))?\w*assert\w*!?|std::c(?:out|err)|c(?:out|err)|error)\b",
    re.IGNORECASE,
)
# Without one of these no language has a comment: most holes need not be walked.
_COMMENT_SIGN = re.compile(r"#|//|/\*|--|=begin|<!")
_FLAGS = frozenset({"true", "false", "null", "nil", "none", "nullptr", "undefined"})
_SQL_KNOWN = frozenset(
    [
        "count",
        "sum",
        "avg",
        "min",
        "max",
        "coalesce",
        "lower",
        "upper",
        "length",
        "round",
        "abs",
        "cast",
        "date",
        "now",
        "year",
        "month",
    ]
)


class Shown:
    """What a prompt shows around a hole: `text` without the hole, and whether a word is in it."""

    def __init__(
        self, text: str, words: Counter[str], content: str, function: tuple[str, str], comment: str = ""
    ) -> None:
        """Of the text without the hole, the words of the text with it, the hole, the function before and after it."""
        self.text = text
        self._comment = comment
        self._words = words
        self._gone = Counter(_WORD.findall(content))
        self._function = function

    def __contains__(self, word: object) -> bool:
        """Whether a word stands outside of the hole."""
        return self._words[word] > self._gone[word]  # type: ignore[index] # words are texts

    def once_before(self, word: str) -> bool:
        """Whether the function has a word (not that of a type) once before the hole, and not after it."""
        return not word[:1].isupper() and self._before[word] == 1 and word not in self._after

    def after(self, word: str) -> bool:
        """Whether the function has a word after the hole."""
        return word in self._after

    def near(self, word: str) -> bool:
        """Whether the function has a word outside of the hole."""
        return word in self._before or word in self._after

    def quotes(self, text: str) -> bool:
        """Whether the function, or the comment above it, has a text in quotes."""
        parts = (self._comment, *self._function)
        return any(f"{quote}{text}{quote}" in part for quote in _QUOTES for part in parts)

    @cached_property
    def _before(self) -> Counter[str]:
        return words_of(self._function[0])

    @cached_property
    def _after(self) -> frozenset[str]:
        return frozenset(_WORD.findall(self._function[1]))


def words_of(text: str) -> Counter[str]:
    """How often each word stands in a text."""
    return Counter(_WORD.findall(text))


def fault_of_itself(hole: Hole, content: str) -> tuple[str, str] | None:
    """What can be said without looking around the hole."""
    if _trivial(hole, content):
        return TRIVIAL, content.strip()[:60]
    if (hole.lines and any(map(_TELLS.match, content.split("\n")))) or (
        hole.form == holes.ARGUMENTS and _TELLS.match(called(hole))
    ):
        return TELLS, content.strip()[:60]
    if _COMMENT_SIGN.search(content) and _has_comment(hole):
        return COMMENTED, ""
    return None


def fault_around(language: str, hole: Hole, content: str, shown: Shown, *, described: bool) -> tuple[str, str] | None:
    """Why a hole cannot be told from what is shown; `described`: a comment says what the code around it does."""
    if copied_share(content, shown.text) > MOST_COPIED:
        return COPIED, content.strip()[:60]
    if untold := _untold(language, hole, content, shown):
        return UNTOLD, untold
    names = _Names(language, hole, shown)
    made = (*_FIELD_SET.findall(content), *(_keys(hole) if ":" in content else ()))
    if unknown := [*names.unknown, *(name for name in made if name not in shown)]:
        return UNRESOLVED, ", ".join(unknown)
    if (hole.form == holes.STATEMENTS and _of_a_list(hole, content)) or (
        hole.form == holes.ARGUMENTS and _of_like_calls(hole)
    ):
        return LOOSE, content.strip()[:60]
    words = words_of(content)
    idle = [text for text in names.bound if words[text] == 1 and not shown.near(text)]
    apart = [node for node in hole.nodes if hole.lines and not _connected(language, node, names, shown)]
    if len(names.new) > _MOST_NEW_NAMES or idle or apart:
        return LOOSE, ", ".join(idle or names.new)
    return None if _waited_for(language, hole, names, shown, described=described) else (LOOSE, hole.form)


def _waited_for(language: str, hole: Hole, names: "_Names", shown: Shown, *, described: bool) -> bool:
    """Whether the code around a hole depends on what it does, or a comment says that."""
    if language == "SQL":
        return not any(part.type == "literal" for node in hole.nodes for part in syntax_tree.walk(node))
    if hole.form == holes.CONDITION:
        return _body_tells(hole, names)
    if hole.form == holes.VALUE:
        return _value_waited_for(hole, names, shown, described=described)
    if hole.form == holes.ARGUMENTS:
        near = {name for name in names.all if shown.near(name)}
        texts = [argument for argument in hole.nodes[0].named_children if "string" in argument.type]
        return (
            0 < len(near) <= _MOST_NAMES
            and len(texts) <= _MOST_TEXTS
            and not any(map(_is_flag, hole.nodes[0].named_children))
            and _bound(names, shown)
        )
    if hole.form == holes.STATEMENTS:
        return comment_above(hole) or _bound(names, shown)
    return described or _bound(names, shown)


def _keys(hole: Hole) -> Iterator[str]:
    """The keys of objects that are made in a hole, but for those that describe a property."""
    for node in hole.nodes:
        for part in syntax_tree.walk(node):
            named = part.type in _KEYS and part.parent is not None and part.parent.type == "pair"
            if named and part.prev_sibling is None and (text := syntax_tree.text_of(part)) not in _DESCRIBING:
                yield text


def _is_flag(argument: Node) -> bool:
    """Whether an argument is a value that nothing around a call tells."""
    return syntax_tree.text_of(argument).split(":")[-1].strip().casefold() in _FLAGS


def _connected(language: str, node: Node, names: "_Names", shown: Shown) -> bool:
    """Whether a statement has to do with what is around it; one without names may only end something."""
    if language == "SQL":
        return True
    words = set(_WORD.findall(syntax_tree.text_of(node)))
    mine = words & (set(names.all) | set(names.bound))
    return not mine or any(word in names.bound or (shown.near(word) and word not in names.known) for word in mine)


def comment_above(hole: Hole) -> bool:
    """Whether a comment on the line above says what comes."""
    before = hole.nodes[0].prev_sibling
    return before is not None and before.type in COMMENTS and before.end_point[0] >= hole.nodes[0].start_point[0] - 1


def _of_a_list(hole: Hole, content: str) -> bool:
    """Whether each line is like the statement before or after, but for numbers and arguments: nothing tells how many."""
    beside = (hole.nodes[0].prev_named_sibling, hole.nodes[-1].next_named_sibling)
    known = {_shape_of(syntax_tree.text_of(node)) for node in beside if node is not None}
    return all(_shape_of(line) in known for line in content.split("\n") if line.strip())


def _of_like_calls(hole: Hole) -> bool:
    """Whether the same is called in the statements before and after: nothing tells what this one is given."""
    node = hole.nodes[0]
    while node.parent is not None and node.parent.start_point[0] == node.parent.end_point[0]:
        node = node.parent
    beside = (node.prev_named_sibling, node, node.next_named_sibling)
    called = {_DIGITS.sub("0", syntax_tree.text_of(one)).split("(")[0] if one is not None else None for one in beside}
    return len(called) == 1


def _shape_of(statement: str) -> str:
    """What is before the arguments of a call, or all of a statement; numbers do not count."""
    text = _DIGITS.sub("0", statement.strip())
    return text.split("(")[0] if _CALL.match(text) else text.rstrip(";")


def copied_share(content: str, text: str) -> float:
    """The share of the lines of a hole that stand in the prompt, or of its only one as a part of a line."""
    lines = [line.strip() for line in content.split("\n") if len(line.strip()) > 3]  # noqa: PLR2004 -- not a brace
    if len(lines) == 1:
        return float(lines[0].rstrip(";") in text)
    if not any(line in text for line in lines):
        return 0.0
    known = {line.strip() for line in text.split("\n")}
    return round(sum(line in known for line in lines) / max(len(lines), 1), 4)


def _trivial(hole: Hole, content: str) -> bool:
    size = sum(node.descendant_count for node in hole.nodes)
    return size < _FEWEST_NODES.get(hole.form, _FEWEST_NODES_OF_LINES) or len(set(_WORD.findall(content))) < 2  # noqa: PLR2004


def _callee(hole: Hole) -> Node | None:
    """What is called with the arguments of a hole; Swift has a node around them."""
    node = hole.nodes[0]
    before, parent = node.prev_named_sibling, node.parent
    return parent.prev_named_sibling if before is None and parent is not None else before


def called(hole: Hole) -> str:
    """The text of what is called with the arguments of a hole."""
    callee = _callee(hole)
    return "" if callee is None else syntax_tree.text_of(callee)


def _has_comment(hole: Hole) -> bool:
    """Whether a comment stands in statements, or between them."""
    if any(part.type in COMMENTS for node in hole.nodes for part in syntax_tree.walk(node)):
        return True
    node = hole.nodes[0]
    while node != hole.nodes[-1] and (following := node.next_sibling) is not None:
        node = following
        if node.type in COMMENTS:
            return True
    return False


def _untold(language: str, hole: Hole, content: str, shown: Shown) -> str:
    """The first text or number of the hole that the prompt does not hold, or an error that nothing calls for."""
    commands = known_names(language)["bare"] if language == "Shell" else frozenset()
    for node in hole.nodes:
        for part in syntax_tree.walk(node):
            if part.child_count or not part.is_named:
                continue
            text = syntax_tree.text_of(part)
            if _TEXT.search(part.type) and text not in commands and not _told(text, part.type, shown):
                return text[:60]
            if (
                (found := _NUMBER.fullmatch(text))
                and text not in _SMALL
                and not re.search(rf"(?<![\w.]){re.escape(found[0])}(?![\w.])", shown.text)
            ):
                return text[:60]
    bare = _OR_RAISE.search(content)
    return bare[0] if bare and bare[0] not in shown.text else ""


def _told(text: str, kind: str, shown: Shown) -> bool:
    """Whether a text is shown, or goes without saying."""
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in _QUOTES
    bare = text[1:-1] if quoted else text
    if "regex" not in kind and _GUESSED.fullmatch(bare):
        return True
    if bare.isidentifier() and len(bare) >= _SHORT and (quoted or "string" in kind):
        # A word is no text: what names a function elsewhere does not tell that it is written down here; nor does one
        # of many texts of another function tell that it is this one.
        return shown.quotes(bare) or (bare in _TYPES and bare in shown)
    if len(bare) < _SHORT:
        # A single sign stands everywhere; as a text it stands between quotes.
        return any(f"{quote}{bare}{quote}" in shown.text for quote in _QUOTES) or (
            bare.isidentifier() and bare in shown
        )
    return bare in shown.text


class _Names:
    """The names of a hole: those that nobody knows, and those that it binds and nothing shown reads."""

    def __init__(self, language: str, hole: Hole, shown: Shown) -> None:
        if language == "SQL":
            self.all = [
                syntax_tree.text_of(part)
                for node in hole.nodes
                for part in syntax_tree.walk(node)
                if part.type == "identifier"
            ]
            folded = {word.casefold() for word in _WORD.findall(shown.text)} | _SQL_KNOWN
            self.unknown = [name for name in self.all if name.casefold().strip('"`[]') not in folded]
            self.bound: list[str] = []
            self.new: list[str] = []
            self.known: frozenset[str] = frozenset()
            return
        known = known_names(language)
        self.known = known["bare"]
        found = [name for node in hole.nodes for name in names_in(node, SHAPES[language])]
        self.all = [name.text for name in found]
        self.bound = list(dict.fromkeys(name.text for name in found if name.role == "bind"))
        self.new = [text for text in self.bound if text not in shown]
        mine = set(self.bound)
        self.unknown = list(
            dict.fromkeys(
                name.text
                for name in found
                if name.role != "bind"
                and name.text not in shown
                and name.text not in mine
                and name.text not in known["members" if name.role in {"member", "key", "own"} else "bare"]
                and (name.role != "mention" or language != "Shell")
            )
        )
        if language == "Shell":
            # What the environment holds is known to the shell, not to the reader.
            read = (part for node in hole.nodes for part in syntax_tree.walk(node) if part.type == "variable_name")
            self.unknown += [text for text in map(syntax_tree.text_of, read) if text not in shown and text not in mine]


def _body_tells(hole: Hole, names: _Names) -> bool:
    """Whether what a condition leads to uses its names, or says in words when it comes about."""
    node = hole.nodes[0]
    after, parent = node.next_named_sibling, node.parent
    if after is None and parent is not None and parent.type not in {"if_statement", "while_statement"}:
        after = parent.next_named_sibling
    text = "" if after is None else syntax_tree.text_of(after)
    if any(re.search(rf"(?<![\w$@]){re.escape(name)}\b", text) for name in names.all):
        return True
    return any(len(_LETTERS.findall(words)) >= _SENTENCE for words in _QUOTED.findall(text))


def _bound(names: _Names, shown: Shown) -> bool:
    """Whether the function reads what a hole sets, or sets what only the hole reads."""
    return any(map(shown.after, names.bound)) or any(map(shown.once_before, names.all))


def _value_waited_for(hole: Hole, names: _Names, shown: Shown, *, described: bool) -> bool:
    """Whether a value is made of what is shown; and is described, or read again and made of what only it reads."""
    node = hole.nodes[0]
    used = {name for name in names.all if name in shown and name not in names.known}
    if not used or len(used) > _MOST_NAMES + described:
        return False
    if described:
        return True
    before = node.prev_named_sibling
    if before is None or hole.function.parent is None:
        return False
    target = syntax_tree.text_of(before)
    return any(map(shown.after, _WORD.findall(target))) and any(map(shown.once_before, names.all))
