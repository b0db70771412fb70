"""Find out what a shell script reads, and propose inputs for it.

Belongs here: positional parameters, getopts, `read`, standard input, files named on the command line.
Does not: which proposals are kept (`scripts.keep_distinct`).
"""

import re

from tree_sitter import Node

from alchemy_assets.syntax_tree import parse, text_of, walk
from alchemy_assets.tracing.inputs.pools import (
    FILE_NAME,
    TEXTS,
    dialogues,
    interleave,
    slot_for,
    slot_named,
    turns,
    unique,
)
from alchemy_assets.tracing.scripts import Test

_READS_STREAM = re.compile(r"\bcat\b(?!\s*[<>]|\s+[\w\"$/.-])|\bwhile\b[^\n]*\bread\b|/dev/stdin|\$\(cat\)|\bcat -")
_FILE_TESTS = re.compile(r"-[efrs]\s+\"?\$\{?(\d|\w+)|<\s*\"?\$\{?(\d)")
_ARITHMETIC = re.compile(r"-(?:lt|gt|le|ge|eq|ne)\b|\(\(|\bexpr\b|\blet\b|\[0-9\]")
# How many parameters there are says nothing about what they are.
_COUNTED = re.compile(r"\$(?:#|\{#\})\"?\s*(?:-(?:lt|gt|le|ge|eq|ne)\b|[<>!=]=?)|\(\(\s*\$#[^)]*\)\)")
_OPTION = re.compile(r"--?[a-zA-Z][\w-]*")
_TAKES_VALUE = re.compile(r"\bshift\b.*\$\{?1\b|\$\{?2\b", re.DOTALL)
_COMPARES = {"=", "==", "!=", "-eq", "-ne"}


def propose(source: str) -> list[Test]:
    """Candidate tests, deterministic; a single empty one for a script that reads nothing."""
    root = parse("Shell", source.encode()).root_node
    outside = "".join(
        text_of(child) + "\n" for child in root.named_children if child.type not in {"function_definition", "comment"}
    )
    literals = _literals(root)
    streams: list[list[Test]] = []
    takes_arguments = re.search(r"\$[1-9@*#]|\$\{[1-9@*#]|\bgetopts\b|\bshift\b", outside) is not None
    if takes_arguments:
        streams.append([_with_file(words) for words in _argument_lists(root, source, outside, literals)])
    reads = [
        node for node in walk(root) if node.type == "command" and _name(node) == "read" and "<<<" not in text_of(node)
    ]
    if reads and not _READS_STREAM.search(source):
        slots = [slot_for(_kind(source), literals) for _ in reads][:8]
        streams.append([Test(stdin=text) for text in dialogues(slots, literals)])
    elif _READS_STREAM.search(source):
        own = _own_text(root)
        streams.append([Test(stdin=text) for text in (*own, *TEXTS)])
    if len(streams) > 1:
        texts = [test.stdin for test in streams[-1]]
        both = [Test(one.arguments, texts[turn % len(texts)], one.files) for turn, one in enumerate(streams[0])]
        streams = [both, *streams]
    if not streams:
        return [Test()]
    return unique([*interleave(streams), Test()])


def _name(node: Node) -> str:
    name = node.child_by_field_name("name")
    return text_of(name) if name is not None else ""


def _literals(root: Node) -> list[str]:
    """Patterns of `case` and words that something is compared with."""
    found: dict[str, None] = {}
    for node in walk(root):
        if node.type == "case_item":
            for pattern in node.children_by_field_name("value"):
                _add(found, text_of(pattern))
        elif node.type == "binary_expression" and re.search(r"=|-eq|-ne", text_of(node)):
            sides = [node.child_by_field_name("left"), node.child_by_field_name("right")]
            _compared(found, [text_of(side) for side in sides if side is not None])
        elif node.type == "command" and _name(node) == "test":
            words = [text_of(child) for child in node.children]
            for place in range(1, len(words) - 1):
                if words[place] in _COMPARES:
                    _compared(found, [words[place - 1], words[place + 1]])
    return list(found)


def _compared(found: dict[str, None], sides: list[str]) -> None:
    """What is compared, unless it is a number of parameters."""
    if not any("$#" in side or "${#" in side for side in sides):
        for side in sides:
            _add(found, side)


def _kind(source: str) -> str:
    """What a script takes its words for."""
    return "int" if _ARITHMETIC.search(_COUNTED.sub("", source)) else "str"


def _add(found: dict[str, None], text: str) -> None:
    word = text.strip().strip("\"'")
    if re.fullmatch(r"[\w.+/-]+(?: [\w.+-]+)?", word) and len(word) <= 20:  # noqa: PLR2004
        found.setdefault(word)


def _own_text(root: Node) -> list[str]:
    """Here-documents of the script: an example of what it reads, where it has one built in."""
    bodies = [text_of(node) for node in walk(root) if node.type == "heredoc_body"]
    texts = [body for body in bodies if 1 < body.count("\n") < 40 and "$" not in body]  # noqa: PLR2004
    halves = [
        "\n".join(reversed(text.rstrip("\n").split("\n")[: max(2, text.count("\n") // 2)])) + "\n" for text in texts[:1]
    ]
    return [*texts[:1], *halves]


def _argument_lists(root: Node, source: str, outside: str, literals: list[str]) -> list[tuple[str, ...]]:
    numbers = [int(one) for one in re.findall(r"\$\{?([1-9])", outside)]
    sizes = [int(one) for one in re.findall(r"\$#\"?\s*(?:-(?:lt|gt|le|ge|eq|ne)|[<>!=]=?)\s*(\d)", source)]
    usage = re.search(r"usage:?\s*\S+((?:\s+[\[<]?[A-Z_a-z-]+[\]>]?)+)", source, re.IGNORECASE)
    names = [word for word in (usage[1].split() if usage else []) if word.isupper() or word.startswith(("<", "["))]
    count = min(max([*numbers, *sizes, len(names), 1]), 5)
    files = {match[0] or match[1] for match in _FILE_TESTS.findall(source)}
    kind = _kind(source)
    options = [one for one in literals if _OPTION.fullmatch(one)]
    literals = [one for one in literals if one not in options]
    slots = [
        slot_for("file")
        if str(place) in files or (place <= len(names) and "file" in names[place - 1].lower())
        else (slot_named(names[place - 1], literals) if place <= len(names) else None) or slot_for(kind, literals)
        for place in range(1, count + 1)
    ]
    words = [slot_for("str", literals), *slots[1:]]
    letters = _letters(root)
    flags = _flags(letters, kind) if letters else _options(root, kind, options)
    plain = turns(slots, 6)
    found = [*plain[:2], *turns(words, 3)]
    if flags and not letters:
        valued = [flag for flag in flags if len(flag) > 1]
        together = tuple(word for flag in valued[:5] for word in flag)
        found = [plain[0], together or flags[0], *flags[:3], (*together, *plain[1 % len(plain)]), *flags[3:5]]
    found += [(*flag, *plain[turn % len(plain)]) for turn, flag in enumerate(flags[:6])]
    found += [
        (word, *rest[1:])
        for word, rest in zip([one for one in literals if one[0] != "-"][:8], turns(words, 8), strict=False)
    ]
    found += [(*flag, plain[0][0]) for flag in flags[:2]]
    if re.search(r"\"\$@\"|\$\*|\bshift\b", outside):
        found += [tuple(slots[0][turn] for turn in range(size)) for size in (3, 2, 5)]
    if files or re.search(r"<\s*\"?\$|\bcat\s+\"?\$|\bfile\b", source, re.IGNORECASE):
        found.insert(1, (FILE_NAME, *plain[0][1:]))
        found.insert(4, (FILE_NAME,))
    return list(dict.fromkeys([*found, *plain[2:]]))


def _letters(root: Node) -> str:
    """The letters that `getopts` is asked for."""
    for node in walk(root):
        if node.type == "command" and _name(node) == "getopts":
            return text_of(node).split()[1].strip("\"'").lstrip(":")
    return ""


def _options(root: Node, kind: str, compared: list[str]) -> list[tuple[str, ...]]:
    """The options that the items of a `case` stand for, with a value where they take one (`-o) shift; file=$1 ;;`).

    compared: all words that look like options.
    """
    found: dict[str, tuple[str, ...]] = {}
    values = slot_for(kind)
    for node in walk(root):
        if node.type != "case_item":
            continue
        patterns = [text_of(one).strip("\"'") for one in node.children_by_field_name("value")]
        for word in [one for one in patterns if _OPTION.fullmatch(one)][:1]:
            named = slot_named(word.lstrip("-")) if word.startswith("--") else None
            value = (named or values)[len(found)]
            found.setdefault(word, (word, value) if _TAKES_VALUE.search(text_of(node)) else (word,))
    for word in compared:
        found.setdefault(word, (word,))
    return list(found.values())


def _flags(letters: str, kind: str) -> list[tuple[str, ...]]:
    """The options of a getopts string, those with a colon with a value."""
    values = slot_for(kind)
    return [
        (f"-{letter}", values[turn]) if colon else (f"-{letter}",)
        for turn, (letter, colon) in enumerate(re.findall(r"(\w)(:?)", letters))
    ]


def _with_file(words: tuple[str, ...]) -> Test:
    return Test(words, files={FILE_NAME: TEXTS[len("".join(words)) % 3]} if FILE_NAME in words else {})
