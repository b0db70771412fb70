"""Take examples of what one function gives out of what its file was seen to do.

Belongs here: recorded calls and events that say it in full, and which of them are shown. Does not: running anything
(`completion`), the words around them (`phrasings/completion_examples.txt`), stubs (`stubs`).

A driver's call is told as it was made; a call inside of a whole program by its parameters. What was shortened, depends
on more than the parameters, or was said differently another time is no example.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from alchemy_assets.strategies.grounded.outline import Item, Outline
from alchemy_assets.strategies.grounded.resolve import Needs
from alchemy_assets.strategies.phrasing import draw
from alchemy_assets.syntax_tree import text_of
from alchemy_assets.tracing.events import Event
from alchemy_assets.tracing.observed import CALLS, Observed, Ran

FEWEST, MOST = 2, 4
LONGEST = 100
# More calls than this of one function may have gone unwritten.
MANY_CALLS = 15
_TEXT = r'"(?:[^"\\]|\\.)*"'
_NUMBER = r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?"
_WORD = r"[Tt]rue|[Ff]alse|None|null|nil|NULL|undefined"
_SIMPLE = re.compile(rf"{_NUMBER}|{_WORD}|{_TEXT}")
# What gives no idea of what a function does, where it comes twice.
_NOTHING = re.compile(r"\[\s*\]|\{\s*\}|\"\"|''|None|null|nil|NULL|undefined|NaN")
_TYPED = re.compile(rf"{_TEXT}|'(?:[^'\\]|\\.)*'|(?<![\w.]){_NUMBER}")
_ITEMS = re.compile(r"([\[{(])([nt])(?:, \2)*([\]})])")
_LIST = re.compile(r"\[[nt]?\]")
_NESTED = re.compile(r"[\[({].*[\])}]")
_SHORTENED = re.compile(r"\.\.\.|…")
_OPAQUE = re.compile(r"<\w|0x[0-9a-f]{6,}|@[0-9a-f]{4,}|\bfunction\b|\[Object|\[Array|\[class|#<")
# What is read from elsewhere does not follow from the parameters.
_READS = re.compile(
    r"stdin|STDIN|ARGV|argv|input|gets|fgets|getchar|getc|fgetc|fread|f?scanf|read\w*|f?open|File|environ|getenv|now|time|\w*[Rr]and\w*"
)
_TYPES = re.compile(r"type|struct|enum|interface|alias|class")
_CONSTANT = re.compile(r"\b(?:const|constexpr|final|readonly|let|define|define_method|static\s+const)\b")


@dataclass(frozen=True)
class Example:
    """What the function was given and what it gave.

    call: as the driver made it, or the parameters (`a=1; b=2`) where a program did. given: the parameters by name; empty
    for a driver's call. expected: what it gave, as it is shown. printed: what the driver printed. test: which it was of.
    """

    call: str
    given: tuple[tuple[str, str], ...]
    expected: str
    printed: str
    test: int


def examples_of(observed: Observed, outline: Outline, item: Item, needs: Needs, key: str) -> tuple[Example, ...]:
    """Two to four examples with different outcomes, in the order they were run; none where there are not enough."""
    driven = _chosen(_agreeing(list(_driven(observed, item))), key) if observed.harness == CALLS else ()
    if driven or not _depends_on_parameters_only(outline, item, needs):
        return driven
    return _chosen(_agreeing(list(_inside(observed, outline, item))), key)


def _driven(observed: Observed, item: Item) -> Iterator[Example]:
    """Calls that a driver made of the function itself."""
    called = re.compile(rf"(?<![\w$]){re.escape(item.name)}\(")
    for number, ran in enumerate(observed.ran):
        label = ran.test.label
        first = next((one for one in ran.events if one.kind == "IN" and _last_name(one) == item.name), None)
        # A function of the same name may be another one, of another class or with other parameters.
        if not called.search(label) or first is None or not _of(item, first) or ran.result.exit_code:
            continue
        expected = _given_back(ran, item)
        if expected is not None and _tellable(label):
            yield Example(label, (), expected, ran.result.stdout, number)


def _given_back(ran: Ran, item: Item) -> str | None:
    """What a call gave: as its return was recorded, or as it was printed, where that is a value and no text."""
    own = [one for one in ran.events if _of(item, one)]
    results = [value for one in own if one.kind == "OUT" for name, value in one.state if name == "result"]
    line = ran.result.stdout.strip("\n")
    if results and len(results) == sum(one.kind == "IN" for one in own):
        # The call of the driver came in first and went out last.
        return results[-1] if _is_value(results[-1]) and results[-1] != '""' else None
    return line if not results and _is_value(line) else None


def _inside(observed: Observed, outline: Outline, item: Item) -> Iterator[Example]:
    """Calls of the function by others: an entry, and the return that comes next of that function."""
    wanted = _parameters(outline, item)
    for number, ran in enumerate(observed.ran):
        own = [one for one in ran.events if one.kind in {"IN", "OUT"} and _of(item, one)]
        entries = sum(one.kind == "IN" for one in own)
        for entry, end in pairwise(own):
            entries -= entry.kind == "IN"
            if entries == 0 and len(own) > MANY_CALLS:
                break
            if entry.kind == "IN" and end.kind == "OUT" and _says_all(entry, end, wanted):
                call = "; ".join(f"{name}={value}" for name, value in entry.state)
                yield Example(call, entry.state, end.state[0][1], end.state[0][1], number)


def _says_all(entry: Event, end: Event, wanted: set[str]) -> bool:
    """Whether every parameter and the result are shown in full."""
    names = {name.lstrip("$@&") for name, _ in entry.state}
    if not wanted or names != wanted or [name for name, _ in end.state] != ["result"]:
        return False
    return all(_is_value(value) for _, value in (*entry.state, *end.state))


def _depends_on_parameters_only(outline: Outline, item: Item, needs: Needs) -> bool:
    if item.body is None or needs.fields:
        return False
    for name in outline.names_of(item):
        if name.role == "own" or text_of(name.node) in outline.shape.own or _READS.fullmatch(name.text):
            return False
    if any(re.search(r"yield|await", node.type) for node in item.inside):
        return False
    return all(
        one.kind != "value"
        or _TYPES.search(one.node.type)
        or _CONSTANT.search(outline.lines[one.code])
        or text_of(one.node).split("=")[0].strip().isupper()
        for one in needs.items
    )


def _parameters(outline: Outline, item: Item) -> set[str]:
    """The names that the signature binds, those of types aside."""
    end = item.body.start_byte if item.body is not None else item.node.end_byte
    bound = {
        name.text
        for name in outline.names_of(item)
        if name.role == "bind" and name.node.end_byte <= end and "type_parameter" not in name.holder.type
    }
    return {text.lstrip("$@&") for text in bound - {item.name}}


def _of(item: Item, event: Event) -> bool:
    return _last_name(event) == item.name and item.code < event.line <= item.last + 1


def _last_name(event: Event) -> str:
    return re.split(r"[.:]", event.function)[-1]


def _tellable(text: str) -> bool:
    """Whether a text can stand between backticks, and was not shortened."""
    return (
        bool(text) and len(text) <= LONGEST and text.isprintable() and "`" not in text and not _SHORTENED.search(text)
    )


def _is_value(text: str) -> bool:
    if not _tellable(text) or _OPAQUE.search(text):
        return False
    return _SIMPLE.fullmatch(text) is not None or _NESTED.fullmatch(text) is not None


def _agreeing(found: Sequence[Example]) -> list[Example]:
    """Each call once; those that gave something else another time are left out."""
    outcomes: dict[str, set[str]] = {}
    for one in found:
        outcomes.setdefault(one.call, set()).add(one.expected)
    if any(len(expected) > 1 for expected in outcomes.values()):
        return []
    return list({one.call: one for one in found}.values())


def _chosen(found: Sequence[Example], key: str) -> tuple[Example, ...]:
    most = FEWEST + draw("examples", key) % (MOST - FEWEST + 1)
    kept: list[Example] = []
    by_length = sorted(found, key=lambda one: (_echoes(one), len(one.call) + len(one.expected)))
    # Different outcomes say more than the same one again.
    for repeated in (0, 1):
        for one in by_length:
            known = sum(one.expected == other.expected for other in kept)
            if known and _NOTHING.fullmatch(one.expected):
                continue
            if len(kept) < most and one not in kept and known == repeated:
                kept.append(one)
    if len({one.expected for one in kept}) < FEWEST or all(map(_echoes, kept)) or _mixed(kept):
        return ()
    return tuple(one for one in found if one in kept)


def _mixed(kept: Sequence[Example]) -> bool:
    """Whether a parameter was given values of several types, as nobody would who knows what it is for."""
    shapes = [_TYPED.sub(lambda value: "t" if value[0].endswith(("'", '"')) else "n", one.call) for one in kept]
    listed = {_ITEMS.sub(r"\1\2\3", shape) for shape in shapes}
    # An empty list is one of any type.
    return len({_LIST.sub("[]", shape) for shape in listed}) > 1 or len({one for one in listed if "[]" not in one}) > 1


def _echoes(one: Example) -> bool:
    """Whether a call may have given back what it was given, as a function would that does nothing."""
    plain = one.expected.strip("\"'")
    if one.given:
        return plain in {value.strip("\"'") for _, value in one.given}
    return (
        plain in re.split(r"[\"']|[(,]\s*|\s*[,)]", one.call) or f"({plain})" in one.call or f"({plain}, " in one.call
    )


def told(examples: Sequence[Example], key: str, mark: str) -> str:
    """The examples as a list, or the calls of a driver as lines of code; `mark` is what starts a comment."""
    form = draw("examples told", key)
    if examples[0].given:
        word = _RESULTS[form % len(_RESULTS)]
        return "\n".join(f"- {_given(one.given)}: {word} `{one.expected}`" for one in examples)
    if form // 16 % 3 == 0:
        width = max(len(one.call) for one in examples)
        return "\n".join(f"{one.call:<{width}}  {mark} {one.expected}" for one in examples)
    return "\n".join(f"- `{one.call}` {_VERBS[form % len(_VERBS)]} `{one.expected}`" for one in examples)


_VERBS = ("gives", "gives", "returns", "is", "->", "=>", "should give", "must return", "yields", "evaluates to")
_RESULTS = ("the result is", "it returns", "it gives", "result", "back comes", "expect")


def _given(given: Sequence[tuple[str, str]]) -> str:
    pairs = [f"`{name}` = `{value}`" for name, value in given]
    return pairs[0] if len(pairs) == 1 else f"{', '.join(pairs[:-1])} and {pairs[-1]}"


def as_tests(examples: Sequence[Example]) -> list[Mapping[str, object]]:
    """The examples for the evidence: what is called or given, and what must come of it."""
    return [
        {"call": one.call, "expected": one.printed}
        if not one.given
        else {"given": dict(one.given), "expected": one.printed}
        for one in examples
    ]
