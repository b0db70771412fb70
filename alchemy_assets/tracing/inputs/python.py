"""Find out what a Python program reads, and propose inputs for it.

Belongs here: `sys.argv`, argparse and its elders, `input()`, `sys.stdin`, files named on the command line.
Does not: which proposals are kept (`scripts.keep_distinct`).
"""

import ast
import re
from dataclasses import dataclass, field

from alchemy_assets.tracing.inputs.patterns import matching
from alchemy_assets.tracing.inputs.pools import (
    FILE_NAME,
    TEXTS,
    Slot,
    dialogues,
    interleave,
    slot_for,
    slot_named,
    turns,
    unique,
)
from alchemy_assets.tracing.scripts import Test

_FILE_WORDS = re.compile(r"file|path|input|src|source|infile|csv|json|log", re.IGNORECASE)
_SEARCHES = {"startswith", "endswith", "find", "partition", "split", "count", "index"}
_LONGEST_WORD = 20
_MATCHES = {"compile", "match", "search", "fullmatch", "findall", "finditer", "sub", "split"}
_COMPARED = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)


@dataclass
class _Option:
    flags: tuple[str, ...]
    keywords: dict[str, ast.expr]

    @property
    def positional(self) -> bool:
        return not self.flags[0].startswith("-")

    def word(self, name: str) -> object:
        value = self.keywords.get(name)
        return value.value if isinstance(value, ast.Constant) else None

    def is_switch(self) -> bool:
        return str(self.word("action")).startswith(
            ("store_true", "store_false", "store_const", "append_const", "count")
        )

    def is_exit(self) -> bool:
        return self.word("action") in {"version", "help"}


@dataclass
class _Parser:
    """An argparse parser: its options, and its sub-commands."""

    options: list[_Option] = field(default_factory=list)
    commands: dict[str, "_Parser"] = field(default_factory=dict)


def propose(source: str) -> list[Test]:
    """Candidate tests, deterministic; a single empty one for a program that reads nothing."""
    tree = ast.parse(source)
    literals = list(dict.fromkeys([*_examples(source)[:4], *_compared_literals(tree)]))
    written = [*_matched(tree), *_written(literals)]
    opens = (
        any(_call_name(node) in {"open", "FileType", "input", "read_text"} for node in ast.walk(tree))
        and "open" in source
    )
    streams: list[list[Test]] = []
    parser = _argparse(tree)
    if parser is not None:
        streams.append(_with_files(_argument_lists(parser, literals, opens=opens), written, opens=opens))
    elif re.search(r"\bargv\b|OptionParser|getopt", source):
        streams.append(_with_files(_raw_arguments(tree, source, literals, opens=opens), written, opens=opens))
    asks = [node for node in ast.walk(tree) if _call_name(node) in {"input", "raw_input"}]
    if asks:
        slots = [slot_for(_asked_type(node, tree), literals) for node in sorted(asks, key=lambda node: node.lineno)][:8]  # type: ignore[attr-defined]
        streams.append([Test(stdin=text) for text in dialogues(slots, literals)])
    if re.search(r"\bstdin\b|fileinput", source):
        streams.append([Test(stdin=text) for text in (*_own_texts(tree), *written, *TEXTS)])
    if len(streams) > 1 and (parser is not None or "argv" in source):
        texts = [test.stdin for test in streams[-1]]
        both = [Test(one.arguments, texts[turn % len(texts)], one.files) for turn, one in enumerate(streams[0])]
        streams = [both, *streams]
    if not streams:
        return [Test()]
    return unique([*interleave(streams), Test()])


def _call_name(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _compared_literals(tree: ast.Module) -> list[str]:
    """Text and numbers that the program compares something with, or looks up: what its input may well be."""
    found: dict[str, None] = {}
    for node in (one for outer in ast.walk(tree) for one in _candidates(outer)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | int) and not isinstance(node.value, bool):
            text = str(node.value)
            if text and text != "__main__" and text.isprintable() and text.isascii():
                found.setdefault(text)
    return list(found)


def _candidates(node: ast.AST) -> list[ast.expr]:
    """The expressions of a node whose values input may have."""
    if isinstance(node, ast.Compare) and any(isinstance(operator, _COMPARED) for operator in node.ops):
        sides = [node.left, *node.comparators]
        return [inner for side in sides for inner in (getattr(side, "elts", None) or [side])]
    if isinstance(node, ast.MatchValue):
        return [node.value]
    if isinstance(node, ast.Call) and _call_name(node) in _SEARCHES:
        return [inner for one in node.args[:1] for inner in (getattr(one, "elts", None) or [one])]
    if isinstance(node, ast.List | ast.Tuple) and _are_texts(node.elts):
        return node.elts[:4]
    if isinstance(node, ast.Dict):
        return [key for key in node.keys[:12] if key is not None]
    return []


def _are_texts(nodes: list[ast.expr]) -> bool:
    """Whether a list holds three or more short texts: examples, more likely than not."""
    values = [node.value if isinstance(node, ast.Constant) else None for node in nodes]
    return len(values) > 2 and all(isinstance(one, str) and 0 < len(one) <= 30 for one in values)  # noqa: PLR2004


def _examples(source: str) -> list[str]:
    """Arguments that docstrings show in their examples."""
    found = re.findall(r">>> [\w.]+\((?:(['\"])([^'\"\n]{1,30})\1|(-?\d{1,6}))", source)
    return list(dict.fromkeys(text or number for _, text, number in found))


def _own_texts(tree: ast.Module) -> list[str]:
    """Texts of several lines that the program holds, docstrings aside, and a part of each: perhaps what it reads."""
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    texts: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            lines = node.value.strip("\n").split("\n")
            if 2 < len(lines) < 40 and node.value.isascii():  # noqa: PLR2004 -- an example, not a page
                texts += ["\n".join(lines) + "\n", "\n".join(lines[len(lines) // 2 :]) + "\n"]
    return texts[:4]


def _argparse(tree: ast.Module) -> _Parser | None:
    """The program's parser; a variable that stands for a sub-parser or a group is followed by its name."""
    root = _Parser()
    known: dict[str, _Parser] = {}
    seen = False
    calls = [
        node for node in ast.walk(tree) if isinstance(node, ast.Assign | ast.Expr) and isinstance(node.value, ast.Call)
    ]
    for statement in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        call = statement.value
        name = _call_name(call)
        if not isinstance(call, ast.Call):
            continue
        owner = getattr(getattr(call.func, "value", None), "id", "")
        parser = known.get(owner, root)
        target = (
            statement.targets[0].id
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)
            else ""
        )
        if name == "ArgumentParser":
            seen, made = True, root
        elif name == "add_parser" and call.args and isinstance(call.args[0], ast.Constant):
            made = parser.commands.setdefault(str(call.args[0].value), _Parser())
        elif name in {"add_argument_group", "add_mutually_exclusive_group", "add_subparsers"}:
            made = parser
        elif name == "add_argument":
            flags = tuple(str(one.value) for one in call.args if isinstance(one, ast.Constant))
            if flags:
                parser.options.append(_Option(flags, {one.arg: one.value for one in call.keywords if one.arg}))
            continue
        else:
            continue
        if target:
            known[target] = made
    return root if seen else None


def _slot(option: _Option, literals: list[str], *, opens: bool) -> Slot:
    choices = option.keywords.get("choices")
    if isinstance(choices, ast.List | ast.Tuple | ast.Set):
        values = tuple(str(one.value) for one in choices.elts if isinstance(one, ast.Constant))
        if values:
            return Slot(values)
    kind = option.keywords.get("type")
    name = " ".join([*option.flags, str(option.word("metavar") or "")])
    if isinstance(kind, ast.Name) and kind.id in {"int", "float"}:
        return slot_for(kind.id, literals)
    if isinstance(kind, ast.Call) or (opens and _FILE_WORDS.search(name)):
        return slot_for("file")
    if isinstance(kind, ast.Name | ast.Lambda | ast.Attribute) and getattr(kind, "id", "") != "str":
        return slot_for("int", literals)
    return slot_named(option.flags[-1], literals) or slot_for("str", literals)


def _values(option: _Option, slot: Slot, turn: int) -> list[str]:
    """What an option is given: one value, or as many as its `nargs` asks for."""
    count = option.word("nargs")
    if isinstance(count, int):
        return [slot[turn + one] for one in range(count)]
    if count in {"+", "*", "..."}:
        return list(dict.fromkeys(slot[turn + one] for one in range(1 + turn % 4)))
    return [slot[turn]]


def _argument_lists(parser: _Parser, literals: list[str], *, opens: bool) -> list[tuple[str, ...]]:
    """Command lines: the required arguments in several values, then each option in turn."""
    found: list[tuple[str, ...]] = []
    usable = [option for option in parser.options if not option.is_exit()]
    slots = {id(option): _slot(option, literals, opens=opens) for option in usable}
    positional = [option for option in usable if option.positional]
    named = [option for option in usable if not option.positional]
    required = [option for option in named if option.word("required") is True]

    def line(turn: int, chosen: list[_Option]) -> tuple[str, ...]:
        words: list[str] = []
        for one in [*required, *(option for option in chosen if option not in required)]:
            flag = max(one.flags, key=len)
            words += [flag] if one.is_switch() else [flag, *_values(one, slots[id(one)], turn)]
        values = [value for one in positional for value in _values(one, slots[id(one)], turn)]
        return tuple([*values, *words] if any(one.word("nargs") for one in named) else [*words, *values])

    if parser.commands:
        lists = [
            [(name, *line) for line in _argument_lists(sub, literals, opens=opens)]
            for name, sub in parser.commands.items()
        ]
        return [lists[place][turn] for turn in range(4) for place in range(len(lists)) if turn < len(lists[place])]
    found += [line(turn, []) for turn in (0, 1)]
    for turn, option in enumerate(named):
        found.append(line(turn + 2, [option]))
    found += [line(turn, named[turn % 2 :: 2]) for turn in (2, 3)] if len(named) > 1 else []
    found += [line(turn, []) for turn in (2, 3, 4, 5, 6)]
    return list(dict.fromkeys(found))


def _raw_arguments(tree: ast.Module, source: str, literals: list[str], *, opens: bool) -> list[tuple[str, ...]]:
    """Command lines for programs that read `sys.argv` by hand."""
    lists = {"argv"}
    offset = {"argv": 0}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and "argv" in ast.unparse(node.value):
            lists.add(node.targets[0].id)
            offset[node.targets[0].id] = 1 if "[1:]" in ast.unparse(node.value) else 0
    numbers: dict[int, str] = {}
    highest = 0
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.slice, ast.Constant)
            and isinstance(node.slice.value, int)
        ):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if owner in lists:
                place = node.slice.value + offset.get(owner, 0)
                highest = max(highest, place)
                numbers.setdefault(place, "str")
    for kind, place in re.findall(r"\b(int|float)\(\s*(?:sys\.)?argv\[(\d)\]", source):
        numbers[int(place)] = kind
    for place in re.findall(r"open\(\s*(?:sys\.)?argv\[(\d)\]", source):
        numbers[int(place)] = "file"
    sizes = [int(one) for one in re.findall(r"len\(\s*(?:sys\.)?argv\s*\)\s*[<>!=]=?\s*(\d)", source)]
    highest = min(max([highest, *(size - 1 for size in sizes)], default=0), 5) or 1
    default = "int" if re.search(r"\b(?:int|float)\(", source) else "file" if opens and "open(" in source else "str"
    whole = re.search(r"argv\[1:\]", source) is not None
    slots = [
        slot_for(kind if (kind := numbers.get(place, default)) != "str" else default, literals)
        for place in range(1, highest + 1)
    ]
    flags = [literal for literal in literals if re.fullmatch(r"--?[a-zA-Z][\w-]*", literal)]
    found = [tuple(words) for words in turns(slots, 5)]
    found += [(flag, *words) for flag, words in zip(flags, turns(slots, 6), strict=False)]
    texts = [slot_for("str", literals), *slots[1:]]
    found += turns(texts, 6)
    if whole:
        found += [tuple(texts[0][start + turn] for turn in range(count)) for start, count in ((0, 3), (3, 2), (5, 4))]
        found += [tuple(slots[0][start + turn] for turn in range(count)) for start, count in ((0, 3), (3, 2))]
    return list(dict.fromkeys([*found[:3], *found[5:8], *found[3:]]))


def _asked_type(node: ast.AST, tree: ast.Module) -> str:
    """What an answer is turned into, from the calls around `input()` or from its question."""
    around = [
        one
        for one in ast.walk(tree)
        if isinstance(one, ast.Assign | ast.Call) and any(inner is node for inner in ast.walk(one))
    ]
    names = {_call_name(one) for one in around}
    text = next((ast.unparse(one) for one in around), "")
    if "map" in names or "split" in names:
        separator = "," if "split(',')" in text else " "
        target = next((one.targets[0] for one in around if isinstance(one, ast.Assign)), None)
        count = str(len(target.elts)) if isinstance(target, ast.Tuple) else ""
        return (
            f"ints{separator}{count}"
            if names & {"map", "int", "float", "list"} and re.search(r"\b(?:int|float)\b", text)
            else "str"
        )
    if kinds := names & {"int", "float"}:
        return kinds.pop()
    if "eval" in names:
        return "int"
    question = ast.unparse(node)
    return (
        "int" if re.search(r"number|how many|how much|age\b|year|amount|enter n\b", question, re.IGNORECASE) else "str"
    )


def _with_files(lines: list[tuple[str, ...]], written: list[str], *, opens: bool) -> list[Test]:
    """Command lines with the files that they name, the first of them with several contents."""
    if not opens:
        return [Test(words) for words in lines]
    tests = [Test(words, files=_file(TEXTS[len("".join(words)) % 3]) if FILE_NAME in words else {}) for words in lines]
    first = next((test for test in tests if test.files), None)
    if first is None:
        return tests
    contents = [*written, *TEXTS[:5]]
    more = [Test(first.arguments, files=_file(text)) for text in contents if _file(text) != first.files]
    return [*interleave([tests[:6], more]), *tests[6:]]


def _file(text: str) -> dict[str, str]:
    return {FILE_NAME: text}


def _written(literals: list[str]) -> list[str]:
    """Texts of lines that hold what the program looks for; the second begins with the first of these alone."""
    words = [word for word in literals if word.strip() and len(word) <= _LONGEST_WORD][:8]
    if not words:
        return []
    lines = [f"{word} {rest}" for word, rest in zip(words, ("alpha 1", "beta = 2", "gamma;", "3") * 2, strict=False)]
    return ["\n".join(lines) + "\n", f"{words[0]}\n{lines[-1]}\nthe end\n"]


def _matched(tree: ast.Module) -> list[str]:
    """Texts of lines in which the program's regular expressions find something: all of them, then others between."""
    named = {
        node.targets[0].id: node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    patterns: dict[str, None] = {}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and _call_name(node) in _MATCHES
            and node.args
            and "re." in ast.unparse(node.func)
        ):
            given = node.args[0]
            text = named.get(given.id) if isinstance(given, ast.Name) else getattr(given, "value", None)
            if isinstance(text, str) and re.search(r"[\\^$.*+?\[(|]", text):
                patterns.setdefault(text)
    full = [text for one in list(patterns)[:8] if (text := matching(one)) is not None]
    bare = [text for one in list(patterns)[:8] if (text := matching(one, least=True)) is not None]
    if not full:
        return []
    between = [line for turn, text in enumerate(full) for line in (f"{text} 3", ("the end", "alpha")[turn % 2])]
    return ["\n".join([*full, "x"]) + "\n", "\n".join([*between, *bare]) + "\n"]
