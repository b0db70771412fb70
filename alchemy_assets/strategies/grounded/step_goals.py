"""Say what the next step of a file is to do, in the words of the file: a comment with a signature, or a comment alone.

Belongs here: which steps are described well enough to be asked for, and what is shown of them. Does not: the order of
steps (`building`), the question (`edit_sequence`).
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from alchemy_assets.strategies.grounded import derivable, doc_comments, holes, worth
from alchemy_assets.strategies.grounded.building import Building, Part, comment_lines
from alchemy_assets.strategies.grounded.excerpt import Excerpt
from alchemy_assets.strategies.grounded.holes import Hole
from alchemy_assets.strategies.grounded.names import Name
from alchemy_assets.strategies.grounded.outline import Item, Outline, attributes, braced, is_class
from alchemy_assets.strategies.grounded.resolve import known_names, needs_of
from alchemy_assets.syntax_tree import text_of

APART = "its comment stands apart from it"
OVERLOADED = "its name stands for several functions"
THIN = "its comment says less than it does"
UNSEEN = "it reads a field that is not there"
OPEN = "its comment leaves open how it goes about it"
REASONS = (APART, OVERLOADED, THIN, UNSEEN, OPEN)

# Where a function of one name may call another of that name, which is not there yet.
OVERLOADING = frozenset({"CSharp", "Cpp", "Java", "Swift", "TypeScript"})
# Of a body, for each word of its comment; braces alone are no lines.
MOST_LINES_A_WORD = 1
FEWEST_CODE_LINES, MOST_CODE_LINES = 2, 20
_HEADER = 4
_FIELD = re.compile(r"(?:@|\$this->|\bthis\.|\bself\.)([A-Za-z_]\w*)")
_WORD = re.compile(r"[A-Za-z_]\w*")
_COMMENT_LINES = 6
# The name of an argument where it is given.
_ARGUMENT = re.compile(r"\w+(?=\s*=[^=])")
# What can be done in many ways, or is not done as it is told; what stands for something that is missing, in code and in words.
_ANY_WAY = re.compile(
    r"\b(?:heuristics?|random|arbitrary|roughly|not (?:entirely|fully|quite)|inconsistent)\b", re.IGNORECASE
)
_MISSING = r"\s*(?:is (?:not )?None|[!=]==?\s*(?:(?:null|nil|None|NULL|nullptr|undefined)\b|-\d)|\.nil\?)"
_SAID_MISSING = re.compile(
    r"\b(?:null|nil|none|undefined|empty|optional(?:ly)?|missing|omitted|unset|default|given|provided|specified|without)\b|(?<!\w)-\d",
    re.IGNORECASE,
)
_HANDLERS = frozenset({"except_clause", "catch_clause", "rescue", "rescue_modifier"})
_SAID_ERROR = re.compile(
    r"error|fail|invalid|exception|could|can(?:not|.t)|unable|ignor|problem|none|null|nil|otherwise|except|\bif\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Turn:
    """One step that is asked for: the numbers of the lines before and after it, and what is said of it.

    what: `function`, `method`, or empty for statements under a comment. alone: whether it adds nothing that is not told.
    """

    name: str
    what: str
    goal: str
    before: tuple[int, ...]
    after: tuple[int, ...]
    score: float
    alone: bool


class Goals:
    """What can be asked of the steps of one file; `faults` says why not more."""

    def __init__(self, building: Building) -> None:
        """Of a file whose order is known."""
        self.building = building
        self.outline: Outline = building.outline
        self.faults: list[tuple[str, str]] = []

    @cached_property
    def fields(self) -> dict[str, list[tuple[Item, Name]]]:
        """Where fields are assigned."""
        return attributes(self.outline)

    @cached_property
    def _names(self) -> Counter[tuple[int, str]]:
        return Counter(map(_in_its_class, self.outline.functions))

    def overloaded(self, item: Item) -> bool:
        """Whether other functions beside it have its name."""
        return self.outline.language in OVERLOADING and self._names[_in_its_class(item)] > 1

    def fault_of_doc(self, item: Item) -> str:
        """Why a comment may be of something else, or is too short for what its function does; empty where it is neither."""
        if item.doc is None:
            return ""
        if item.doc[1] < item.code - 1:
            return APART
        words = len(doc_comments.prose(worth.doc_of(self.outline, item)))
        lines = [row for row in range(item.head + 1, item.last + 1) if _WORD.search(self.outline.lines[row])]
        return THIN if len(lines) > MOST_LINES_A_WORD * words else ""

    def text(self, rows: Iterable[int]) -> str:
        """The text of some lines."""
        return "".join(f"{self.outline.lines[row]}\n" for row in rows)

    def turn(self, there: Sequence[Part], step: Sequence[Part]) -> Turn | None:
        """A step as a turn, after the parts that are there; None where it is not described, or its body is not told."""
        wanted = [part for part in step if part.kind == "function"] or [
            part for part in step if part.kind == "statement"
        ]
        if len(wanted) != 1:
            return None
        part = wanted[0]
        # An import that it does not use is there already, since nothing tells of it.
        others = [other for other in step if other is not part]
        given = _closed([other for other in others if other.kind != "import" or other not in part.needs], step)
        if part in given:
            return None
        before = tuple(self.building.shown([*there, *given]))
        after = tuple(self.building.shown([*there, *step]))
        state = self.text(before)
        found = self._of_function(part, state) if part.kind == "function" else self._of_statements(part, state)
        return None if found is None else Turn(*found[:3], before, after, found[3], not given)

    def _of_function(self, part: Part, state: str) -> tuple[str, str, str, float] | None:
        item = part.items[0]
        if item.doc is None or part.lines != list(range(item.first, item.last + 1)):
            return None
        if unlike := self.fault_of_doc(item) or (OVERLOADED if self.overloaded(item) else ""):
            self.faults.append((unlike, item.name))
            return None
        goal = self._head(item)
        body = self.text(range(item.head + 1, item.last + 1))
        if unseen := set(_FIELD.findall(body)).difference(_WORD.findall(state)) or self._handed_on(item, state, body):
            self.faults.append((UNSEEN, min(unseen)))
            return None
        if left := self._left_open(item, goal, body):
            self.faults.append((OPEN, left))
            return None
        fault = worth.fault_before_reading(self.outline, item) or worth.fault_of_excerpt(
            self.outline, item, needs_of(self.outline, item, self.fields), Excerpt(f"{state}\n{goal}", (), "")
        )
        if fault:
            self.faults.append(fault)
            return None
        method = bool(item.parents) and item.parents[-1].kind == "container" and is_class(item.parents[-1])
        words = len(doc_comments.prose(worth.doc_of(self.outline, item)))
        score = min(words, 30) / 6 + 2 * min(worth.branches_in(item), 6)
        return item.name, "method" if method else "function", goal, score

    def _handed_on(self, item: Item, state: str, body: str) -> set[str]:
        """The names of arguments that nothing shows, and a method's own that a field is asked for without having it."""
        words = set(_WORD.findall(state))
        known = known_names(self.outline.language)
        shown = words | set(_WORD.findall(_ARGUMENT.sub("", body))) | known["bare"] | known["members"]
        found: set[str] = set()
        for node in item.inside:
            if node.type == "keyword_argument" and node.named_children:
                call = node.parent.parent if node.parent is not None else None
                called = _WORD.findall("" if call is None else text_of(call).split("(")[0])
                # What the language's own functions call their arguments, everybody can look up.
                if called and called[-1] not in known["bare"] | known["members"]:
                    found.add(text_of(node.named_children[0]))
        asked = rf"(?:(?:self|this)\.|\$this->|@)\w+(?:\.|->){re.escape(item.name)}\b"
        return (found - shown) | ({item.name} if re.search(asked, body) else set()) - words

    def _left_open(self, item: Item, goal: str, body: str) -> str:
        """What a comment does not settle: a way out of many, what comes of an error, or of an argument that is missing."""
        doc = worth.doc_of(self.outline, item)
        if (found := _ANY_WAY.search(doc)) and worth.branches_in(item):
            return found[0]
        if not _SAID_ERROR.search(doc) and any(node.type in _HANDLERS for node in item.inside):
            return "an error"
        if _SAID_MISSING.search(doc):
            return ""
        start = item.body.start_byte if item.body is not None else 0
        given = (one.text for one in self.outline.names_of(item) if one.role == "bind" and one.node.end_byte <= start)
        return next(
            (
                name
                for name in given
                if re.search(rf"(?<![\w.$@>]){re.escape(name)}{_MISSING}", body)
                and not re.search(rf"{re.escape(name)}\b[^,()]*=\s*\w", goal)
            ),
            "",
        )

    def _head(self, item: Item) -> str:
        """The comment and the signature of a function, with the line of its class where the file has several."""
        lines = self.outline.lines
        classes = [one for one in self.outline.items if one.kind == "container"]
        around = item.parents if len(classes) > len(item.parents) else ()
        rows = [row for one in around for row in lines[one.code : one.head + 1]][:_HEADER]
        text = _dedented([*rows, *lines[item.first : item.head + 1]])
        return text.removesuffix("{").rstrip() if item.body is not None and braced(item.body) else text

    def _of_statements(self, part: Part, state: str) -> tuple[str, str, str, float] | None:
        comments = comment_lines(self.outline)
        count = next((at for at, row in enumerate(part.lines) if row not in comments), 0)
        code = part.lines[count:]
        if not 0 < count <= _COMMENT_LINES or not FEWEST_CODE_LINES <= len(code) <= MOST_CODE_LINES:
            return None
        goal = _dedented([self.outline.lines[row] for row in part.lines[:count]])
        if any(sign in goal for sign in "()=;{}"):
            # Code that is commented out.
            return None
        content = self.text(code)
        nodes = tuple(item.node for item in part.items)
        hole = Hole(holes.STATEMENTS, nodes[0].start_byte, nodes[-1].end_byte, nodes, self.outline.root, lines=True)
        fault = (doc_comments.fault_of(goal) or "", goal[:60]) if doc_comments.fault_of(goal) else None
        if fault is None:
            text = f"{state}\n{goal}"
            shown = derivable.Shown(text, derivable.words_of(f"{text}\n{content}"), content, (state, ""))
            fault = derivable.fault_of_itself(hole, content) or derivable.fault_around(
                self.outline.language, hole, content, shown, described=True
            )
        if fault:
            self.faults.append(fault)
            return None
        return f"line {part.first}", "", goal, min(len(doc_comments.prose(goal)), 20) / 6 + len(code) / 4


def _in_its_class(item: Item) -> tuple[int, str]:
    return id(item.parents[-1]) if item.parents else 0, item.name


def _dedented(rows: Sequence[str]) -> str:
    indent = min(len(row) - len(row.lstrip()) for row in rows if row.strip())
    return "\n".join(row[indent:] if row.strip() else "" for row in rows).rstrip()


def _closed(parts: Sequence[Part], step: Sequence[Part]) -> list[Part]:
    """Parts of a step with those of it that they need."""
    found = list(parts)
    for part in found:
        found.extend(other for other in part.needs if other in step and other not in found)
    return found
