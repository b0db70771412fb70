"""Move statements that a comment describes into a function of their own, which takes its name from the comment.

Belongs here: which runs of statements, what they need and give, the edits. Does not: what a declared type is (`types`
of the variables are read off their declarations; where they have none in a language that wants them, nothing is moved).
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from alchemy_assets.curation.edits import Edit
from alchemy_assets.strategies.grounded.outline import COMMENTS, last_line
from alchemy_assets.strategies.grounded.refactorings import better_names
from alchemy_assets.strategies.grounded.refactorings.better_names import CAMEL, SNAKE
from alchemy_assets.strategies.grounded.refactorings.branches import BLOCKS, has_long_text
from alchemy_assets.strategies.grounded.refactorings.function_forms import form_of
from alchemy_assets.strategies.grounded.refactorings.reading import EDIT, Proposal, Reading, Scope
from alchemy_assets.strategies.grounded.refactorings.runs import TYPED, Run, given, leaves
from alchemy_assets.syntax_tree import text_of, walk

EXTRACT_FUNCTION = "extract_function"
FEWEST_LINES, MOST_LINES, FEWEST_LEFT, MOST_STATEMENTS = 4, 20, 3, 4
_UNTYPED = frozenset({"Python", "JavaScript", "PHP", "Ruby", "Shell"})
_CAMEL = frozenset({"Java", "JavaScript", "CSharp", "Go"})
_VERBS = frozenset(
    """
    add adjust allocate append apply assemble assign attach build calculate check choose clean clear close collect
    combine compare compute configure convert copy count create decode define delete derive determine display draw drop
    dump encode ensure enumerate evaluate expand extract fetch fill filter find finish fix flush format free gather
    generate get group handle initialize initialise insert install invert join list load locate log look make
    map mark match merge move normalize open order output pack parse pick populate prepare print process propagate prune
    push put read record reduce register remove render replace report reset resolve reverse rotate sanitize save scan
    search select send set setup show shuffle shift skip sort split start store strip sum swap sync traverse trim
    truncate try update validate verify visit walk wrap write
    """.split()  # noqa: SIM905 -- a page of words reads better so
)
_DROPPED = frozenset(
    {"the", "a", "an", "all", "our", "this", "these", "each", "every", "any", "its", "their", "up", "out", "now"}
)
_ENDING = frozenset(
    """
    for from in with to of and so if that which using based by on at into as or when until before after where while since
    it
    """.split()  # noqa: SIM905 -- a page of words reads better so
)


def extractions(reading: Reading) -> Iterator[Proposal]:
    """Every run of statements under a comment that says what they do, if it can be a function."""
    if reading.language not in _UNTYPED | TYPED:
        return
    for scope in reading.scopes:
        if scope.top:
            continue
        for block in walk(scope.item.node):
            if block.type in BLOCKS and block.is_named:
                for run in _runs(reading, block):
                    proposal = _proposal(reading, scope, run)
                    if proposal is not None:
                        yield proposal


def _runs(reading: Reading, block: Node) -> Iterator[Run]:
    # Go has a list around the statements behind the first comment.
    lists = [one.named_children if one.type == "statement_list" else [one] for one in block.named_children]
    children = [one for found in lists for one in found]
    lines = reading.outline.lines
    for at, comment in enumerate(children):
        if comment.type not in COMMENTS or lines[comment.start_point[0]][: comment.start_point[1]].strip():
            continue
        statements: list[Node] = []
        row = last_line(comment)
        for child in children[at + 1 :]:
            if child.type in COMMENTS and child.start_point[0] == row:
                continue
            if child.start_point[0] != row + 1 or child.type in COMMENTS:
                break
            statements.append(child)
            row = last_line(child)
        if _one_step(statements) and FEWEST_LINES <= row - last_line(comment) <= MOST_LINES:
            yield Run(comment, tuple(statements))


def _one_step(statements: list[Node]) -> bool:
    """Whether statements are one step: the last of them, and what gives its variables their first values.

    Of several steps the comment may describe only the first.
    """
    first = statements[:-1]
    return 0 < len(statements) <= MOST_STATEMENTS and all(
        one.start_point[0] == last_line(one) and "=" in text_of(one) for one in first
    )


def _name(language: str, comment: str, style: str) -> tuple[str, str] | None:
    """The name of the function and the comment's sentence."""
    said = re.sub(r"^(?:#+|//+|/\*+)\s*|\s*\*+/$", "", comment).strip()
    if "\n" in said or not re.fullmatch(r"(?:\d+[.)]\s*|step \d+:\s*)?[A-Za-z][\w ,'-]*[.:]?", said, re.IGNORECASE):
        return None
    said = re.sub(r"^(?:\d+[.)]\s*|step \d+:\s*)", "", said, flags=re.IGNORECASE)
    words = [word.lower() for word in re.findall(r"[A-Za-z]+", said)]
    if len(words) < 2 or words[0] not in _VERBS or len(words) > 9:  # noqa: PLR2004 -- a verb and a noun, no story
        return None
    kept = [words[0]]
    for word in words[1:]:
        if word in _ENDING:
            break
        if word not in _DROPPED and not word.endswith("ly"):
            kept.append(word)
    if not 2 <= len(kept) <= 4 or len("".join(kept)) > 28:  # noqa: PLR2004 -- a name that is no sentence
        return None
    name = better_names.joined(kept, style)
    return (name[:1].upper() + name[1:] if language == "CSharp" else name), said.rstrip(".:")


def _proposal(reading: Reading, scope: Scope, run: Run) -> Proposal | None:  # noqa: PLR0911 -- one return a rule
    language, item, lines = reading.language, scope.item, reading.outline.lines
    named = _name(language, text_of(run.comment), CAMEL if language in _CAMEL else SNAKE)
    first, last = run.comment.start_point[0], last_line(run.statements[-1])
    inside = lines[run.statements[0].start_point[0] : last + 1]
    indent = lines[first][: run.comment.start_point[1]]
    if named is None or item.last - item.head - (last - first + 1) < FEWEST_LEFT + 1 or leaves(run):
        return None
    if any(has_long_text(one) for one in run.statements) or not all(
        line.startswith(indent) for line in inside if line.strip()
    ):
        return None
    new, said = named
    apart = any(other.name.startswith("_") for other in reading.outline.functions if not other.parents)
    if (language == "Python" and item.parents and not item.name.startswith("test")) or (
        language in {"Python", "Shell"} and not item.parents and apart
    ):
        new = f"_{new}"
    head = lines[item.node.start_point[0]]
    around = head[: len(head) - len(head.lstrip())]
    body = next((line for line in lines[item.head + 1 : item.last] if line.strip()), "")
    unit = body[: len(body) - len(body.lstrip())].removeprefix(around)
    if reading.has(new) or new in reading.words or not unit or unit.strip():
        return None
    found = given(reading, scope, run)
    if found is None:
        return None
    inputs, output = found
    method = bool(item.parents) and item.node.type not in {"function_declaration", "arrow_function"}
    written = form_of(reading, scope, run, new, inputs, output, method)
    if written is None:
        return None
    opening, closing, call, give = written
    moved = [around + unit + line.removeprefix(indent) if line.strip() else "" for line in inside]
    code = [f"{around}{part}" for part in _described(language, said, text_of(run.comment), opening, unit)]
    code += [*moved, *([f"{around}{unit}{give}"] if give else []), *([around + closing] if closing else [])]
    start = len("\n".join(lines[:first]).encode()) + 1
    end = len("\n".join(lines[: last + 1]).encode())
    gap = [""] * (2 if language == "Python" and not item.parents else 1)
    if language in {"Java", "CSharp", "Ruby"}:
        at = len("\n".join(lines[: item.last + 1]).encode())
        insert = Edit(at, at, "\n" + "\n".join([*gap, *code]), EDIT)
    else:
        at = len("\n".join(lines[: item.first]).encode()) + (item.first > 0)
        above = lines[item.first - 1].strip() if item.first else ""
        before = [""] if above and not above.endswith(("{", ":", "<?php")) else []
        insert = Edit(at, at, "\n".join([*before, *code, *gap, ""]), EDIT)
    proven = frozenset(range(first + 1, last + 2))
    if not proven & reading.reached:
        return None
    values = {
        "new": new,
        "place": scope.place,
        "lines": f"lines {first + 1} to {last + 1}",
        "comment": said,
        "needs": _listed([f"`{name}`" for name in inputs]) or "nothing",
        "gives": f"`{output}`" if output else "nothing",
    }
    score = 4.2 + min(last - first, 12) / 12
    return Proposal(
        EXTRACT_FUNCTION,
        f"extract {first}",
        values,
        (insert, Edit(start, end, indent + call, EDIT)),
        proven,
        item.first,
        item.last,
        score,
    )


def _listed(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def _described(language: str, said: str, comment: str, opening: str, unit: str) -> list[str]:
    sentence = said[:1].upper() + said[1:]
    if language == "Python":
        return [*opening.split("\n"), f'{unit}"""{sentence}."""']
    if language == "Java":
        return [f"/** {sentence}. */", *opening.split("\n")]
    return [comment, *opening.split("\n")]
