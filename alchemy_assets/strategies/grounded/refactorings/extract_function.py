"""Move statements that a comment describes into a function of their own, which takes its name from the comment.

Belongs here: which runs of statements, what they need and give, the edits. Does not: what a declared type is (`types`
of the variables are read off their declarations; where they have none in a language that wants them, nothing is moved).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from alchemy_assets.curation.edits import Edit
from alchemy_assets.strategies.grounded.names import Name
from alchemy_assets.strategies.grounded.outline import COMMENTS, last_line
from alchemy_assets.strategies.grounded.refactorings import better_names
from alchemy_assets.strategies.grounded.refactorings.better_names import CAMEL, SNAKE
from alchemy_assets.strategies.grounded.refactorings.invert import BLOCKS, LOOP_BODIES, has_long_text
from alchemy_assets.strategies.grounded.refactorings.reading import EDIT, Proposal, Reading, Scope
from alchemy_assets.syntax_tree import text_of, walk

EXTRACT_FUNCTION = "extract_function"
FEWEST_LINES, MOST_LINES, FEWEST_LEFT, MOST_STATEMENTS = 4, 20, 3, 4
_UNTYPED = frozenset({"Python", "JavaScript", "PHP", "Ruby", "Shell"})
_TYPED = frozenset({"C", "Java", "CSharp", "Go"})
_CAMEL = frozenset({"Java", "JavaScript", "CSharp", "Go"})
_MOST_INPUTS = 5
_VERBS = frozenset(
    """
    add adjust allocate append apply assemble assign attach build calculate check choose clean clear close collect
    combine compare compute configure convert copy count create decode define delete derive determine display draw drop
    dump encode ensure enumerate evaluate expand extract fetch fill filter find finish fix flush format free gather
    generate get group handle initialize initialise insert install invert iterate join list load locate log look make
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
    "for from in with to of and so if that which using based by on at into as or when until before after where while since it".split()  # noqa: SIM905
)
_LEAVING = frozenset(
    {
        *("return_statement", "return", "yield", "yield_expression", "await", "await_expression", "goto_statement"),
        *(
            "labeled_statement",
            "global_statement",
            "nonlocal_statement",
            "redo",
            "retry",
            "global_declaration",
            "fallthrough_statement",
        ),
    }
)
_JUMPS = frozenset({"break_statement", "continue_statement", "break", "next", "continue"})
_CHANGED_IN_PLACE = r"(?<![\w$]){}\s*(?:\[[^\]]*\]\s*)+(?:[-+*/.%|&^]|\?\?)?=(?![=>])"
_BY_REFERENCE = re.compile(
    r"\b(?:sort|rsort|usort|ksort|uksort|asort|arsort|shuffle|preg_match|preg_match_all|array_(?:push|pop|shift|unshift|splice|walk|multisort)|end|reset|next|each|settype|list)\s*\(|function\s+\w+\s*\([^)]*&|[(,=]\s*&\s*\$"
)


@dataclass(frozen=True)
class Run:
    """A run of statements: the comment above it, and its rows, that of the comment first."""

    comment: Node
    statements: tuple[Node, ...]

    @property
    def start(self) -> int:
        """The first byte of its statements."""
        return int(self.statements[0].start_byte)

    @property
    def end(self) -> int:
        """The byte behind its statements."""
        return int(self.statements[-1].end_byte)

    def holds(self, node: Node) -> bool:
        """Whether a node is a part of it."""
        return self.start <= node.start_byte < self.end


def extractions(reading: Reading) -> Iterator[Proposal]:
    """Every run of statements under a comment that says what they do, if it can be a function."""
    if reading.language not in _UNTYPED | _TYPED:
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
    children = block.named_children
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
        if 0 < len(statements) <= MOST_STATEMENTS and FEWEST_LINES <= row - last_line(comment) <= MOST_LINES:
            yield Run(comment, tuple(statements))


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
        if word not in _DROPPED:
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
    if named is None or item.last - item.head - (last - first + 1) < FEWEST_LEFT + 1 or _leaves(run):
        return None
    if any(has_long_text(one) for one in run.statements) or not all(
        line.startswith(indent) for line in inside if line.strip()
    ):
        return None
    new, said = named
    if language == "Python" and item.parents and not item.name.startswith("test"):
        new = f"_{new}"
    head = lines[item.node.start_point[0]]
    around = head[: len(head) - len(head.lstrip())]
    body = next((line for line in lines[item.head + 1 : item.last] if line.strip()), "")
    unit = body[: len(body) - len(body.lstrip())].removeprefix(around)
    if reading.has(new) or new in reading.words or not unit or unit.strip():
        return None
    given = _given(reading, scope, run)
    if given is None:
        return None
    inputs, output = given
    method = bool(item.parents) and item.node.type not in {"function_declaration", "arrow_function"}
    form = _form(reading, scope, run, new, inputs, output, method)
    if form is None:
        return None
    opening, closing, call, give = form
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


def _leaves(run: Run) -> bool:
    """Whether control may leave a run otherwise than behind it."""
    for statement in run.statements:
        for node in walk(statement):
            if node.type in _LEAVING and node.is_named:
                return True
            if node.type in _JUMPS and node.is_named:
                around = node.parent
                while (
                    around is not None
                    and around.type not in LOOP_BODIES | {"switch_statement"}
                    and around.start_byte >= run.start
                ):
                    around = around.parent
                if around is None or around.start_byte < run.start:
                    return True
    return False


def _given(reading: Reading, scope: Scope, run: Run) -> tuple[list[str], str | None] | None:
    """The variables that a run needs, and the one that it gives; None where it gives several, or nobody can tell."""
    language = reading.language
    text = reading.source[run.start : run.end].decode()
    if language == "Shell":
        bad = re.search(
            r"\$[\d@*#?{]|\bshift\b|\blocal\b|\bdeclare\b|\bset\b|<<", re.sub(r"\$\{[a-zA-Z_]\w*", "", text)
        )
        return None if bad else ([], None)
    if language == "PHP" and _BY_REFERENCE.search(text):
        return None
    inside = [name for name in scope.names if run.holds(name.node)]
    used = {name.text for name in inside if name.role in {"bind", "reference"}}
    bound = {name.text for name in inside if name.role == "bind" and not _only_read(name)}
    for text_name in list(used):
        if language == "PHP" and re.search(_CHANGED_IN_PLACE.format(re.escape(text_name)), text):
            bound.add(text_name)
    if language in _TYPED | {"JavaScript"}:
        changed = r"(?<![\w.]){}\s*(?:[-+*/%|&^]|<<|>>)?=(?![=>])|(?:\+\+|--)\s*{}\b|(?<![\w.]){}\s*(?:\+\+|--)"
        bound |= {one for one in used if re.search(changed.format(*[re.escape(one)] * 3), text)}
    before = {
        name.text
        for name in scope.names
        if name.role == "bind" and name.node.start_byte < run.start and not _only_read(name)
    }
    after = {
        name.text for name in scope.names if name.role in {"bind", "reference"} and name.node.start_byte >= run.end
    }
    own = {scope.item.name}
    later = [name for name in scope.names if name.role in {"bind", "reference"} and name.node.start_byte >= run.end]
    looped = _in_loop(run, scope)
    outputs = sorted(one for one in bound & after - own if looped or not _starts_anew(later, one))
    inputs = sorted(one for one in (used & before) - own if one in outputs or not _starts_anew(inside, one))
    inputs = [one for one in inputs if one not in outputs or not _first_is_plain(run, inside, one)]
    inputs.sort(key=lambda one: next(name.node.start_byte for name in scope.names if name.text == one))
    if len(outputs) > 1 or len(inputs) > _MOST_INPUTS:
        return None
    if looped and any(one in bound for one in before):
        return None
    if outputs and outputs[0] not in before and not _first_is_plain(run, inside, outputs[0]):
        return None
    return inputs, outputs[0] if outputs else None


def _starts_anew(names: list[Name], text: str) -> bool:
    """Whether the first of these uses of a variable gives it a new value."""
    first = next((name for name in names if name.text == text), None)
    return (
        first is not None
        and first.role == "bind"
        and "operator" not in first.holder.type
        and "augmented" not in first.holder.type
    )


def _only_read(name: Name) -> bool:
    """PHP: whether an argument is given away, not bound."""
    return name.holder.type == "argument"


def _first_is_plain(run: Run, inside: list[Name], text: str) -> bool:
    """Whether a run begins by giving a variable its value, whatever happens."""
    first = next((name for name in inside if name.text == text), None)
    if first is None or first.role != "bind" or "operator" in first.holder.type or "augmented" in first.holder.type:
        return False
    statement = next(one for one in run.statements if one.start_byte <= first.node.start_byte < one.end_byte)
    return (
        first.holder
        in (
            statement,
            *statement.named_children,
            *(deep for one in statement.named_children for deep in one.named_children),
        )
        and not any(
            other.text == text
            and other.role == "reference"
            and statement.start_byte <= other.node.start_byte < statement.end_byte
            for other in inside
        )
        and "for" not in statement.type
        and "if" not in statement.type
    )


def _in_loop(run: Run, scope: Scope) -> bool:
    around = run.statements[0].parent
    while around is not None and around != scope.item.node:
        if (
            around.type in LOOP_BODIES
            or around.type in {"do_block", "arrow_function", "lambda", "function_expression", "do_statement"}
            or (around.type == "block" and around.parent is not None and around.parent.type == "call")
        ):
            return True
        around = around.parent
    return False


def _form(  # noqa: PLR0911, PLR0913, PLR0917 -- one branch a language
    reading: Reading, scope: Scope, run: Run, new: str, inputs: list[str], output: str | None, method: bool
) -> tuple[str, str, str, str] | None:
    """How the function opens and closes, how it is called, and how it gives its value."""
    language, item = reading.language, scope.item
    text = reading.source[run.start : run.end].decode()
    listed = ", ".join(inputs)
    if language == "Shell":
        return f"{new}() {{", "}", new, ""
    if language == "Python":
        return _python(reading, scope, text, new, inputs, output)
    if language == "Ruby":
        if item.node.type != "method" or re.search(r"\bself\b|\bsuper\b|\bbinding\b", text):
            return None
        brackets = f"({listed})" if inputs else ""
        return (
            f"def {new}{brackets}",
            "end",
            f"{output} = {new}{brackets}" if output else f"{new}{brackets}",
            output or "",
        )
    semicolon = "" if language == "Go" or (language == "JavaScript" and ";\n" not in text_of(item.node)) else ";"
    give = f"return {output}{semicolon}" if output else ""
    if language == "JavaScript":
        of_self = re.search(r"\bthis\b", text) is not None
        if (
            re.search(r"\bsuper\b|\barguments\b", text)
            or (method and not of_self)
            or (of_self and item.node.type != "method_definition")
        ):
            return None
        if not method and item.node.type != "function_declaration":
            return None
        assigned = _declared_in_js(scope, run, output)
        call = f"{'this.' if method else ''}{new}({listed}){semicolon}"
        return f"{'' if method else 'function '}{new}({listed}) {{", "}", f"{assigned}{call}", give
    if language == "PHP":
        of_self = "$this" in text
        if re.search(r"\b(?:self|static|parent)::", text) or (method and not of_self) or (of_self and not method):
            return None
        listed = ", ".join(inputs)
        brace = _brace(reading, scope)
        call = f"{f'{output} = ' if output else ''}{'$this->' if method else ''}{new}({listed});"
        return f"{'private ' if method else ''}function {new}({listed}){brace}", "}", call, give
    return _typed(reading, scope, run, new, inputs, output, semicolon)


def _brace(reading: Reading, scope: Scope) -> str:
    """The opening brace as the function around has it."""
    return "\n{" if reading.outline.lines[scope.item.head].strip() == "{" else " {"


def _python(  # noqa: PLR0913, PLR0917 -- what a function is made of
    reading: Reading, scope: Scope, text: str, new: str, inputs: list[str], output: str | None
) -> tuple[str, str, str, str] | None:
    item = scope.item
    of_self = re.search(r"\bself\b", text) is not None
    method = bool(item.parents)
    head = reading.source[item.node.start_byte : item.node.start_byte + 300].decode()
    if re.search(r"\bcls\b|\bsuper\(|\blocals\(|\beval\(|\bexec\(", text) or head.startswith("async"):
        return None
    if (method and (not of_self or not re.match(r"def \w+\(\s*self\b", head))) or (of_self and not method):
        return None
    given = ", ".join(one for one in inputs if one != "self")
    own = f"self, {given}".rstrip(", ") if method else given
    call = f"{f'{output} = ' if output else ''}{'self.' if method else ''}{new}({given})"
    return f"def {new}({own}):", "", call, f"return {output}" if output else ""


def _declared_in_js(scope: Scope, run: Run, output: str | None) -> str:
    if output is None:
        return ""
    bound = next(name for name in scope.names if name.text == output and name.role == "bind")
    if not run.holds(bound.node):
        return f"{output} = "
    holder = bound.holder.parent
    word = text_of(holder.children[0]) if holder is not None and holder.child_count else "let"
    return f"{word if word in {'const', 'let', 'var'} else 'let'} {output} = "


def _typed(  # noqa: PLR0911, PLR0913, PLR0917 -- one return a rule
    reading: Reading, scope: Scope, run: Run, new: str, inputs: list[str], output: str | None, semicolon: str
) -> tuple[str, str, str, str] | None:
    """The function in a language whose parameters have types: those of the declarations."""
    language, item = reading.language, scope.item
    text = reading.source[run.start : run.end].decode()
    if re.search(r"\bthis\s*\(|\bsuper\b|\bbase\b|\bdefer\b|\bref\b|\bout\b", text) and language != "C":
        return None
    types = {}
    for one in {*inputs, *([output] if output else [])}:
        kind = _type(reading, scope, one)
        if kind is None or (language == "C" and re.search(rf"&\s*{one}\b|\b{one}\s*\.", text)):
            return None
        types[one] = kind
    declared = bool(output) and run.holds(
        next(name.node for name in scope.names if name.text == output and name.role == "bind")
    )
    head = reading.source[item.node.start_byte : (item.body or item.node).start_byte].decode()
    brace = _brace(reading, scope)
    give = f"return {output}{semicolon}" if output else ""
    if language == "Go":
        if item.node.type != "function_declaration" or "[" in head.split("(")[0]:
            return None
        listed = ", ".join(f"{one} {types[one]}" for one in inputs)
        call = f"{new}({', '.join(inputs)})"
        gives = f" {types[output]}" if output else ""
        return (
            f"func {new}({listed}){gives} {{",
            "}",
            f"{output} {':=' if declared else '='} {call}" if output else call,
            give,
        )
    listed = ", ".join(f"{types[one]}{'' if types[one].endswith('*') else ' '}{one}" for one in inputs)
    gives = types[output] if output else "void"
    call = f"{new}({', '.join(inputs)});"
    if output:
        call = f"{f'{gives} ' if declared and not gives.endswith('*') else gives if declared else ''}{output} = {call}"
    space = "" if gives.endswith("*") else " "
    if language == "C":
        return f"static {gives}{space}{new}({listed or 'void'}){brace}", "}", call, give
    if "<" in head.split("(")[0] and re.search(r"<\s*[A-Z]\w*(?:\s+extends|\s*[,>])", head.split("(")[0]):
        return None
    static = "static " if re.search(r"\bstatic\b", head) else ""
    throws = re.search(r"\bthrows\s+[\w., ]+", head)
    return f"private {static}{gives} {new}({listed}){f' {throws[0].strip()}' if throws else ''}{brace}", "}", call, give


def _type(reading: Reading, scope: Scope, text: str) -> str | None:
    """The type that a variable is declared with; None where it has none of its own."""
    names = [name for name in scope.names if name.text == text and name.role == "bind"]
    kinds = {_declared_type(reading, name) for name in names if "assignment" not in name.holder.type}
    return next(iter(kinds)) if len(kinds) == 1 else None


def _declared_type(reading: Reading, name: Name) -> str | None:
    holder: Node | None = name.holder
    while holder is not None and holder.child_by_field_name("type") is None:
        holder = (
            holder.parent if holder.type in {"variable_declarator", "init_declarator", "variable_declaration"} else None
        )
    if holder is None:
        return None
    kind = holder.child_by_field_name("type")
    around = name.node.parent
    if kind is None or around is None:
        return None
    shown = text_of(kind)
    if reading.language == "Go":
        return shown if "..." not in text_of(holder) else None
    between = reading.source[kind.end_byte : name.node.start_byte].decode().strip()
    behind = reading.source[name.node.end_byte : name.node.end_byte + 2].decode().lstrip()
    if between.strip("* ") or behind.startswith("[") or shown in {"var", "auto", "dynamic"} or "struct {" in shown:
        return None
    const = "const " if reading.source[holder.start_byte : kind.start_byte].decode().strip() == "const" else ""
    return f"{const}{shown} {between}".rstrip() if between else f"{const}{shown}"
