"""Whether what stands in a hole can be told from what is shown around it.

Belongs here: the reasons to leave a hole out. Does not: where holes are (`holes`), the question (`fill_in_the_middle`).
It errs towards "it cannot": every name must be shown, bound in the hole or the language's own; texts and numbers must
be shown; something around the hole must depend on what it does.
"""

import re
from collections import Counter
from functools import cached_property

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
# Characters of a text without a word that may be guessed.
_GUESSED = 3
_SENTENCE = 3

_WORD = re.compile(r"[A-Za-z_$@]\w*")
_NUMBER = re.compile(r"(?<![\w.])(?:0[xXbBoO])?\d[\w.]*")
_SMALL = frozenset({"0", "1", "-1", "0.0", "1.0"})
_TEXT = re.compile(r"string|char|content|heredoc|text|regex|raw|word|literal")
_QUOTED = re.compile(r"""["'`]([^"'`\n]+)["'`]""")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_TELLS = re.compile(
    r"\W*(?:[\w.:>-]*(?:log|logger|logging|console|debug|warn\w*|info)[\w.:>-]*|f?printf?|print\w*|echo|puts|die|exit|panic"
    r"|fmt\.\w*print\w*|System\.(?:out|err)\.\w+|Console\.Write\w*|e?println!|std::c(?:out|err)|c(?:out|err)|error)\b",
    re.IGNORECASE,
)
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

    def __init__(self, text: str, words: Counter[str], content: str, function: tuple[str, str]) -> None:
        """Of the text without the hole, the words of the text with it, the hole, the function before and after it."""
        self.text = text
        self._words = words
        self._gone = Counter(_WORD.findall(content))
        self._function = function

    def __contains__(self, word: object) -> bool:
        """Whether a word stands outside of the hole."""
        return self._words[word] > self._gone[word]  # type: ignore[index] # words are texts

    def once_before(self, word: str) -> bool:
        """Whether the function has a word once before the hole, and not after it."""
        return self._before[word] == 1 and word not in self._after

    def after(self, word: str) -> bool:
        """Whether the function has a word after the hole."""
        return word in self._after

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
    if hole.lines and any(_TELLS.match(syntax_tree.text_of(node)) for node in hole.nodes):
        return TELLS, content.strip()[:60]
    if any(part.type in COMMENTS for node in hole.nodes for part in syntax_tree.walk(node)) or _has_comment(hole):
        return COMMENTED, ""
    return None


def fault_around(  # noqa: PLR0911 -- one return a rule
    language: str, hole: Hole, content: str, shown: Shown, *, described: bool
) -> tuple[str, str] | None:
    """Why a hole cannot be told from what is shown; `described`: a comment says what the code around it does."""
    if copied_share(content, shown.text) > MOST_COPIED:
        return COPIED, content.strip()[:60]
    if untold := _untold(language, hole, shown):
        return UNTOLD, untold
    names = _Names(language, hole, shown)
    if names.unknown:
        return UNRESOLVED, ", ".join(names.unknown)
    if len(names.new) > _MOST_NEW_NAMES:
        return LOOSE, ", ".join(names.new)
    if hole.form == holes.CONDITION and language != "SQL" and not _body_tells(hole, names):
        return LOOSE, "the branch says nothing of its condition"
    if (hole.form == holes.VALUE or not described) and not _bound(hole, names, shown):
        return LOOSE, ""
    return None


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


def _has_comment(hole: Hole) -> bool:
    """Whether a comment stands between statements."""
    node = hole.nodes[0]
    while node != hole.nodes[-1] and (following := node.next_sibling) is not None:
        node = following
        if node.type in COMMENTS:
            return True
    return False


def _untold(language: str, hole: Hole, shown: Shown) -> str:
    """The first text or number of the hole that the prompt does not hold."""
    commands = known_names(language)["bare"] if language == "Shell" else frozenset()
    for node in hole.nodes:
        for part in syntax_tree.walk(node):
            if part.child_count or not part.is_named:
                continue
            text = syntax_tree.text_of(part)
            if (
                _TEXT.search(part.type)
                and (_LETTERS.search(text) or len(text.strip("\"'`")) > _GUESSED or "regex" in part.type)
                and text not in shown
                and text not in commands
                and text.strip("\"'`") not in shown.text
            ):
                return text[:60]
            if (
                (found := _NUMBER.fullmatch(text))
                and text not in _SMALL
                and not re.search(rf"(?<![\w.]){re.escape(found[0])}(?![\w.])", shown.text)
            ):
                return text[:60]
    return ""


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
            return
        known = known_names(language)
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


def _bound(hole: Hole, names: _Names, shown: Shown) -> bool:
    """Whether the code around a hole waits for it: it reads what the hole sets, or sets what only the hole reads."""
    if hole.form == holes.VALUE:
        return _value_waited_for(hole, names, shown)
    if hole.form in {holes.CONDITION, holes.CLAUSE}:
        return True
    if any(map(shown.after, names.bound)):
        return True
    return any(map(shown.once_before, names.all))


def _value_waited_for(hole: Hole, names: _Names, shown: Shown) -> bool:
    """Whether a value is made of what is shown, and is returned or read again."""
    node = hole.nodes[0]
    if not any(name in shown for name in names.all):
        return False
    before = node.prev_named_sibling
    while before is not None and before.prev_named_sibling is not None:
        before = before.prev_named_sibling
    return before is None or any(map(shown.after, _WORD.findall(syntax_tree.text_of(before))))
