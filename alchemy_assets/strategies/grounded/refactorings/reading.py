"""Read a file once for all refactorings: its functions, the names in each, its comments, and what may not be used anew.

Belongs here: what every refactoring needs to know of a file, and the shape of what it proposes. Does not: any refactoring.
Lines are counted from 0 here, as in `outline`; places in bytes.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from tree_sitter import Node

from alchemy_assets import syntax_tree
from alchemy_assets.curation.edits import Edit
from alchemy_assets.strategies.grounded.names import Name, names_in
from alchemy_assets.strategies.grounded.outline import COMMENTS, Item, Outline, last_line, outline_of
from alchemy_assets.strategies.grounded.resolve import known_names
from alchemy_assets.strategies.grounded.shapes import SHAPES

EDIT = "refactoring"
TOP = "the top-level code"
_WORD = re.compile(r"[A-Za-z_]\w*")
# Where programs are often written without a function around them.
_SCRIPTS = frozenset({"Python", "Ruby", "PHP", "JavaScript", "TypeScript", "Swift"})
_LABELLED = frozenset({"keyword_argument", "argument", "name_colon", "pair"})
# Words that some of the languages keep for themselves, or that nearly all programs use for something else.
KEYWORDS = frozenset(
    """
    abstract alias and any array as assert async auto await base begin bool box break byte callable case catch char
    checked class clone const continue debugger decimal def default defer del delete do double dyn echo elif else empty
    end ensure enum eval event exec export extension extern fallthrough false final finally fixed float fn for foreach
    from func function global go goto guard if impl implements import in include init inline inout instanceof int
    interface internal is isset lambda let list lock long loop macro map match mod module move mut namespace native new
    next nil not null object operator or out override package params pass print private protected protocol pub public
    raise range readonly redo ref register rescue restrict retry return sealed select self set short signed sizeof
    static str string struct super switch synchronized template then this throw throws trait transient true try type
    typedef typename typeof undef union unless unset unsigned until use using val var virtual void volatile when where
    while with xor yield function files lines read test time kill
    """.split()  # noqa: SIM905 -- a page of words reads better so
)


@dataclass(frozen=True)
class Proposal:
    """A change of one file that is said to keep what it does.

    refactoring: the sort, which names its phrasings. key: tells it apart from others of the file. values: for the places
    of its phrasings. edits: of the curated text. lines: those that the change touches, counted from 1; one that some test
    comes to must be among `proven`, or the runs prove nothing. first, last: lines of the definition that holds every
    edit, counted from 0; None where there is none. score: the higher, the better.
    """

    refactoring: str
    key: str
    values: Mapping[str, str]
    edits: tuple[Edit, ...]
    proven: frozenset[int]
    first: int | None = None
    last: int | None = None
    score: float = 0.0


@dataclass(eq=False)
class Scope:
    """One function and its names; or, where `top` holds, what stands outside of all functions."""

    item: Item
    names: list[Name]
    place: str
    top: bool = False
    apart: frozenset[int] = frozenset()

    def nodes(self) -> Iterator[Node]:
        """Its nodes, in source order; at the top those of functions and classes are left out."""
        if not self.top:
            yield from syntax_tree.walk(self.item.node)
            return
        for child in self.item.node.children:
            if child.id not in self.apart:
                yield from syntax_tree.walk(child)

    @cached_property
    def by_text(self) -> Mapping[str, list[Name]]:
        """Its names, by what they are called."""
        found: dict[str, list[Name]] = {}
        for name in self.names:
            found.setdefault(name.text, []).append(name)
        return found


@dataclass(eq=False)
class Reading:
    """A file that was read, and the lines that tests come to (from 1); `told` is what the tests call by name."""

    language: str
    text: str
    source: bytes
    outline: Outline
    reached: frozenset[int]
    told: str = ""
    scopes: list[Scope] = field(default_factory=list)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of the text."""
        return frozenset(_WORD.findall(self.text))

    @cached_property
    def comments(self) -> list[Node]:
        """The comments of the file."""
        return [node for node in syntax_tree.walk(self.outline.root) if node.type in COMMENTS]

    @cached_property
    def labels(self) -> frozenset[str]:
        """Names of parameters that calls give their arguments by."""
        found = set()
        for node in syntax_tree.walk(self.outline.root):
            if node.type in _LABELLED:
                label = node.child_by_field_name("name") or node.child_by_field_name("key")
                if label is None and node.type == "name_colon":
                    label = node.named_children[0]
                found.add("" if label is None else syntax_tree.text_of(label))
        return frozenset(found)

    def has(self, word: str) -> bool:
        """Whether a file-wide definition or the language itself has a name already."""
        bare = word.lstrip("$@")
        known = known_names(self.language)["bare"]
        return bare in KEYWORDS or bare in known or bare in self.outline.defined or bare in self.outline.imported

    def comments_of(self, item: Item) -> Iterator[Node]:
        """Comments in a function and right above it."""
        ends = {last_line(node): node.start_point[0] for node in self.comments}
        first = item.first
        while first - 1 in ends:
            first = ends[first - 1]
        for node in self.comments:
            if first <= node.start_point[0] <= item.last:
                yield node


def read(language: str, text: str, suffix: str, reached: frozenset[int], told: str = "") -> Reading:
    """Read a file; of its functions, those that some test comes to."""
    outline = outline_of(language, text, suffix)
    reading = Reading(language, text, text.encode(), outline, reached, told)
    often: dict[str, int] = {}
    for item in outline.functions:
        often[item.name] = often.get(item.name, 0) + 1
    for item in outline.functions:
        # Lambdas that are assigned to an object have no name to say where they stand.
        if item.body is None or not re.fullmatch(r"[~\w:.$?!]+", item.name):
            continue
        if any(item.code < line - 1 <= item.last or item.node.start_point[0] == line - 1 for line in reached):
            own = _receiver(item.node) if language == "Go" else frozenset[str]()
            names = list(names_in(item.node, SHAPES[language], own))
            reading.scopes.append(Scope(item, names, _place(item, often)))
    if language in _SCRIPTS:
        top = _top(reading)
        if top is not None:
            reading.scopes.append(top)
    return reading


def _top(reading: Reading) -> Scope | None:
    """What stands outside of functions and classes, with the names that only it knows; None where nothing runs there."""
    root, shape = reading.outline.root, SHAPES[reading.language]
    apart = [child for child in root.children if child.type in COMMENTS or _defines(reading, child)]
    held = [child for child in root.children if child not in apart]
    if not any(child.start_point[0] <= line - 1 <= last_line(child) for child in held for line in reading.reached):
        return None
    known = {name.text.lstrip("$@") for child in apart for name in names_in(child, shape) if child.type not in COMMENTS}
    names = [name for child in held for name in names_in(child, shape) if name.text.lstrip("$@") not in known]
    whole = Item("function", "", root, root, 0, 0, 0, len(reading.outline.lines) - 1, None, ())
    return Scope(whole, names, TOP, top=True, apart=frozenset(child.id for child in apart))


def _defines(reading: Reading, node: Node) -> bool:
    """Whether a node at the top is a definition, or has one inside."""
    shape = SHAPES[reading.language]
    if any(node.start_byte <= item.node.start_byte < node.end_byte for item in reading.outline.functions):
        return True
    kinds = shape.functions | shape.containers | shape.imports
    if node.type in kinds or "export" in node.type:
        return True
    return any(one.type in kinds for one in syntax_tree.walk(node) if one.is_named)


def _receiver(node: Node) -> frozenset[str]:
    receiver = node.child_by_field_name("receiver")
    parameter = receiver.named_children[0] if receiver is not None and receiver.named_child_count else None
    name = parameter.child_by_field_name("name") if parameter is not None else None
    return frozenset({syntax_tree.text_of(name)}) if name is not None else frozenset()


def _place(item: Item, often: Mapping[str, int]) -> str:
    """How a function is named so that only it can be meant."""
    if often[item.name] == 1:
        return f"`{item.name}`"
    owner = item.parents[-1].name if item.parents and re.fullmatch(r"\w+", item.parents[-1].name) else ""
    of = f"`{owner}.{item.name}`" if owner else f"`{item.name}`"
    return f"{of} (line {item.node.start_point[0] + 1})"


def line_of(node: Node) -> int:
    """The line of a node, counted from 1."""
    return int(node.start_point[0]) + 1


def touched(nodes: Iterator[Node] | list[Node]) -> frozenset[int]:
    """The lines of nodes, counted from 1."""
    return frozenset(map(line_of, nodes))
