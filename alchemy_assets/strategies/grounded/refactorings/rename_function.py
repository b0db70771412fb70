"""Rename a function, with all its calls: the new name spells out the old one, or is what the doc comment says it gives.

Belongs here: which functions only this file knows, and the edits. Does not: variables (`rename`).
"""

import re
from collections.abc import Iterator, Mapping

from alchemy_assets.curation.edits import Edit
from alchemy_assets.strategies.grounded import doc_comments
from alchemy_assets.strategies.grounded.names import Name, names_in
from alchemy_assets.strategies.grounded.outline import Item
from alchemy_assets.strategies.grounded.refactorings import better_names
from alchemy_assets.strategies.grounded.refactorings.better_names import CAMEL, SNAKE
from alchemy_assets.strategies.grounded.refactorings.reading import EDIT, Proposal, Reading, line_of, touched
from alchemy_assets.strategies.grounded.refactorings.rows import shares_short_form
from alchemy_assets.strategies.grounded.shapes import SHAPES
from alchemy_assets.syntax_tree import text_of

RENAME = "rename"
FEWEST_USES, MOST_USES = 2, 20
_ENTRIES = frozenset({"main", "init", "setup", "teardown", "run", "Main", "usage", "initialize", "deinit"})
_KNOWN_ELSEWHERE = re.compile(
    r"\b(?:export|pub|public|protected|override|virtual|extern|module\.exports|exports\.|@\w+)\b|@"
)
_VERBS = {
    "calc": "calculate",
    "proc": "process",
    "gen": "generate",
    "del": "delete",
    "upd": "update",
    "chk": "check",
    "cmp": "compare",
    "conv": "convert",
    "disp": "display",
    "alloc": "allocate",
    "init": "initialize",
    "perm": "permute",
    "comp": "compute",
    "rm": "remove",
}
_SHORT_FORMS = _VERBS.keys() | better_names.ABBREVIATIONS.keys()
_FIRST = re.compile(
    r"^(returns?|computes?|calculates?|finds?|counts?|prints?|checks?|reads?|parses?|converts?|creates?|builds?|gets?|swaps?|sorts?"
    r"|adds?|removes?|determines?|generates?|displays?|writes?|merges?|reverses?)\s+(?:the |a |an |all |each |every )?"
    r"((?:[a-z]+ ){0,2}?[a-z]+)"
    r"(?= of | for | in | from | to | that | which | with | by | at | as | on | between | using |[.,;:(]|$)"
)
_GIVING = frozenset({"return", "get", "compute", "calculate", "find", "determine"})
_NO_NAMES = frozenset(
    {
        "value",
        "result",
        "number",
        "string",
        "list",
        "it",
        "this",
        "true",
        "false",
        "if",
        "whether",
        "given",
        "new",
        "following",
        "same",
        "first",
        "next",
        "current",
        "function",
        "method",
    }
)
_SHORT = 4


def functions(reading: Reading) -> Iterator[Proposal]:
    """Every function that only this file calls and that has a better name."""
    found = {item.name: words for item in reading.outline.functions if (words := _better(reading, item))}
    names: dict[str, list[Name]] = {}
    if found:
        for name in names_in(reading.outline.root, SHAPES[reading.language]):
            names.setdefault(name.text, []).append(name)
    for item in reading.outline.functions:
        if item.name in found and not shares_short_form(item.name, names, _SHORT_FORMS):
            proposal = _proposal(reading, item, found[item.name], names)
            if proposal is not None:
                yield proposal


def _better(reading: Reading, item: Item) -> tuple[list[str], str] | None:
    """The words of a better name, and why."""
    name = item.name
    if (
        name in _ENTRIES
        or name.startswith("_")
        or not re.fullmatch(r"[a-zA-Z]\w*", name)
        or re.search("(?i)test", name)
    ):
        return None
    if not _only_here(reading, item):
        return None
    if len(name) <= _SHORT and item.doc is not None:
        lines = reading.outline.lines[item.doc[0] : item.doc[1] + 1]
        said = " ".join(doc_comments.plain("\n".join(lines))).strip().lower()
        told = _FIRST.match(said)
        words = told[2].split() if told else []
        if told and words and not set(words) & _NO_NAMES:
            verb = told[1].removesuffix("s") if told[1].endswith("s") else told[1]
            whole = words if verb in _GIVING and len(words) > 1 else [verb, *words]
            fits = better_names.fitting(whole)
            if fits and len(fits) > 1 and name.lower() not in fits:
                return (
                    fits,
                    f'its comment says that it {told[1] if told[1].endswith("s") else f"{told[1]}s"} "{told[2]}"',
                )
    words = better_names.words_of(name)
    longer = [
        _VERBS.get(word, word) if at == 0 else better_names.ABBREVIATIONS.get(word, word)
        for at, word in enumerate(words)
    ]
    if longer != words and len(words) > 1 and better_names.fitting(longer):
        short = next(word for word, full in zip(words, longer, strict=True) if word != full)
        return longer, f"`{short}` is short for {_VERBS.get(short) or better_names.ABBREVIATIONS[short]}"
    return None


def _only_here(reading: Reading, item: Item) -> bool:
    """Whether nobody outside of the file can call a function."""
    head = "\n".join(reading.outline.lines[item.code : item.head + 1])
    language = reading.language
    if item.parents:
        return language in {"Java", "CSharp"} and re.search(r"\bprivate\b", head) is not None
    if language == "Go":
        return item.name[:1].islower()
    return not _KNOWN_ELSEWHERE.search(head)


def _proposal(  # noqa: PLR0911 -- one return a rule
    reading: Reading, item: Item, better: tuple[list[str], str], names: Mapping[str, list[Name]]
) -> Proposal | None:
    old = item.name
    words, why = better
    own = better_names.style_of(old)
    camel = (
        own == CAMEL
        or re.fullmatch(r"(?:[A-Z][a-z0-9]+)+", old) is not None
        or (own is None and reading.language in {"Java", "JavaScript", "TypeScript", "Swift", "Go", "CSharp"})
    )
    new = better_names.joined(words, CAMEL if camel else SNAKE)
    if old[:1].isupper():
        new = new[:1].upper() + new[1:]
    uses = names.get(old, [])
    if new == old or new in reading.words or reading.has(new) or not FEWEST_USES <= len(uses) <= MOST_USES:
        return None
    if (
        len(
            [
                one
                for one in reading.outline.defined.get(old, ())
                if one.kind != "value" or reading.language not in {"C", "Cpp"}
            ]
        )
        != 1
    ):
        return None
    if any(name.role not in {"bind", "reference", "mention"} or _is_other(name, item) for name in uses):
        return None
    if re.search(rf"['\"`]\W?{re.escape(old)}\b", reading.text) or re.search(
        rf"(?<![\w$]){re.escape(old)}\b", reading.told
    ):
        return None
    nodes = [name.node for name in uses]
    if any(node.type.startswith("shorthand") for node in nodes) or len(
        re.findall(rf"\b{re.escape(old)}\b", _without_comments(reading))
    ) != len(nodes):
        return None
    lines = touched(nodes)
    if not lines & reading.reached and not any(item.code <= line - 1 <= item.last for line in reading.reached):
        return None
    edits = [Edit(node.start_byte, node.end_byte, new, EDIT) for node in nodes]
    for comment in reading.comments:
        text = text_of(comment)
        for said in re.finditer(rf"(?<![\w'-]){re.escape(old)}(?![\w'-])", text):
            start = comment.start_byte + len(text[: said.start()].encode())
            edits.append(Edit(start, start + len(old.encode()), new, EDIT))
    method = bool(item.parents)
    values = {
        "old": old,
        "new": new,
        "what": "method" if method else "function",
        "place": f"`{item.parents[-1].name}`" if method and item.parents[-1].name else "this file",
        "line": f"line {line_of(item.node)}",
        "why": why,
    }
    proven = lines | {line for line in reading.reached if item.code <= line - 1 <= item.last}
    return Proposal(RENAME, f"function {old}", values, tuple(edits), proven, None, None, 3.6 + min(len(uses), 8) / 8)


def _is_other(name: Name, item: Item) -> bool:
    """Whether a name is bound by something else than the function."""
    return (
        name.role == "bind"
        and name.node.start_byte not in range(item.node.start_byte, item.node.end_byte)
        and ("declarat" not in name.holder.type or "variable" in name.holder.type)
    )


def _without_comments(reading: Reading) -> str:
    source = bytearray(reading.source)
    for comment in reading.comments:
        source[comment.start_byte : comment.end_byte] = b" " * (comment.end_byte - comment.start_byte)
    return source.decode()
