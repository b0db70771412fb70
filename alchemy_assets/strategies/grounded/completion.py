"""Ask for the body of a function that a comment describes; the answer is the body that a person wrote.

Belongs here: which functions are worth asking for, and their question and answer. Does not: reading the file
(`outline`),
resolving its names (`resolve`), cutting it (`excerpt`), finding examples of calls (`call_examples`). Every function with
a comment is a draft, so that what is not taken is counted; a file without one is one rejected draft.

Where the function was seen to be called, half of the questions show what it gave, if a stub in its place is noticed.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from alchemy_assets import syntax_tree
from alchemy_assets.curation.syntax import python_parses
from alchemy_assets.generation.completions import Answers
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.sandbox.sandbox import Outcome, Run, Sandbox
from alchemy_assets.strategies import phrasing
from alchemy_assets.strategies.conversation import fenced
from alchemy_assets.strategies.grounded import doc_comments
from alchemy_assets.strategies.grounded.call_examples import Example, as_tests, examples_of, told
from alchemy_assets.strategies.grounded.drafting import outcomes_of
from alchemy_assets.strategies.grounded.excerpt import excerpt_of
from alchemy_assets.strategies.grounded.outline import Item, Outline, attributes, is_class, outline_of
from alchemy_assets.strategies.grounded.resolve import Needs, needs_of
from alchemy_assets.strategies.grounded.shapes import SHAPES
from alchemy_assets.strategies.grounded.stubs import stubbed
from alchemy_assets.strategies.grounded.worth import (
    ENOUGH,
    NO_FUNCTION,
    NOT_PARSED,
    TOO_MUCH_CONTEXT,
    branches_in,
    doc_of,
    fault_before_reading,
    fault_of_excerpt,
    statements_in,
)
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Rejected, Verified
from alchemy_assets.tracing.observed import CALLS, Observed
from alchemy_assets.tracing.surroundings import SURROUNDINGS

A_FILE = 3

HOLES = (
    *(
        "your code here",
        "body left out",
        "to be written",
        "fill this in",
        "missing",
        "implement this",
        "body goes here",
    ),
    *(
        "(the part to write)",
        "implementation?",
        "... the body ...",
        "write me",
        "to be filled in",
        "no code yet",
        "your turn",
    ),
)


@dataclass(frozen=True)
class Plan:
    """What a draft is about: the function, why it is not taken, and the excerpt with the body in its place.

    examples: calls that the question shows; specified: the question with them; stub: the file with the function stubbed.
    """

    name: str
    reason: str | None
    detail: str = ""
    filled: str = ""
    suffix: str = ""
    statements: int = 0
    branches: int = 0
    score: float = 0.0
    examples: tuple[Example, ...] = ()
    specified: str = ""
    stub: str = ""


@dataclass(frozen=True)
class Completion:
    """The kind `completion`."""

    name: str = "completion"
    strategy: str = "code_qa"

    def next(self, file: CuratedFile, _answers: Answers) -> Iterable[Draft]:
        """A draft for every function with a comment: the three best can hold, the others say why not."""
        if file.language not in SHAPES:
            return []
        suffix = PurePosixPath(file.path).suffix.lower()
        outline = outline_of(file.language, file.text, suffix)
        functions = [item for item in outline.functions if item.doc is not None and not _nested(item)]
        if not functions:
            return [_without_question(self.name, file, Plan("", NO_FUNCTION))]
        drafts = [self._draft(file, outline, item, suffix) for item in functions]
        held = [draft for draft in drafts if _plan(draft).reason is None]
        best = sorted(held, key=lambda draft: -_plan(draft).score)[:A_FILE]
        return [
            draft
            if draft in best or _plan(draft).reason is not None
            else _without_question(self.name, file, Plan(_plan(draft).name, ENOUGH))
            for draft in drafts
        ]

    def verify(self, drafts: Sequence[Draft], sandbox: Sandbox | None) -> list[Verified | Rejected]:
        """The answer must parse where the prompt has its hole; examples are shown where a stub is told by them."""
        told_apart = _stubs_noticed(drafts, sandbox)
        return [self._judge(draft, specified=number in told_apart) for number, draft in enumerate(drafts)]

    def _draft(self, file: CuratedFile, outline: Outline, item: Item, suffix: str) -> Draft:
        if fault := fault_before_reading(outline, item):
            return _without_question(self.name, file, Plan(item.name, *fault))
        prompt_id, template = phrasing.pick(self.name, f"{file.blob_id} {item.name}")
        hole = HOLES[int(file.blob_id[:8], 16) % len(HOLES)] if file.blob_id else HOLES[0]
        needs = needs_of(outline, item, attributes(outline))
        excerpt = excerpt_of(outline, item, needs, hole)
        if excerpt is None:
            return _without_question(self.name, file, Plan(item.name, TOO_MUCH_CONTEXT))
        fault = fault_of_excerpt(outline, item, needs, excerpt)
        if fault:
            return _without_question(self.name, file, Plan(item.name, *fault))
        values = {
            "name": item.name,
            "language": language_name(file.language),
            "what": "method"
            if item.parents and item.parents[-1].kind == "container" and is_class(item.parents[-1])
            else "function",
            "code": fenced(excerpt.text.strip("\n"), LANGUAGES[file.language].fence),
            "file": PurePosixPath(file.path).name or "the file",
            "hole": hole,
            "comment": "docstring" if file.language == "Python" else "comment",
        }
        answer = fenced(_dedented(outline, item), LANGUAGES[file.language].fence)
        branches = branches_in(item)
        words = len(doc_comments.prose(doc_of(outline, item)))
        plan = Plan(
            item.name,
            None,
            "",
            excerpt.filled,
            suffix,
            statements_in(item),
            branches,
            min(words, 30) / 6 + 2 * min(branches, 6),
        )
        plan = _with_examples(plan, file, outline, item, needs)
        if plan.examples:
            key = f"{file.blob_id} {item.name}"
            plan = replace(plan, specified=_specified(file.language, key, plan.examples, template, values))
        messages = (("user", phrasing.fill(template, values)), ("assistant", answer))
        return Draft(self.name, file, messages, prompt_id, excerpt.text, excerpt.edits, plan)

    def _judge(self, draft: Draft, *, specified: bool) -> Verified | Rejected:
        plan = _plan(draft)
        if plan.reason is not None:
            return Rejected(draft, (plan.reason,), f"{plan.name}: {plan.detail}".removesuffix(": "))
        language = draft.file.language
        tree = syntax_tree.parse(language, plan.filled.encode(), plan.suffix)
        if syntax_tree.errors(tree) or (language == "Python" and not python_parses(plan.filled).accepted):
            return Rejected(draft, (NOT_PARSED,), plan.name)
        answer = draft.messages[-1][1]
        difficulty = {"answer_lines": answer.count("\n") - 1, "dependency_depth": None, "copied_share": _copied(draft)}
        facts = {"parsed": True, "answer_is_source": True}
        said = f"{plan.name}: {plan.statements} statements, {plan.branches} branches"
        if not specified:
            return Verified(draft, draft.messages, facts, {"detail": said}, difficulty)
        observed = draft.file.observed
        assert isinstance(observed, Observed)  # noqa: S101 -- its examples come from there
        detail = {"function": said, "tests": as_tests(plan.examples)}
        return Verified(
            draft,
            (("user", plan.specified), *draft.messages[1:]),
            facts | {"executed": True, "observed": True, "tests_passed": len(plan.examples)},
            {
                "toolchain": observed.toolchain,
                "runs": len(SURROUNDINGS),
                "detail": json.dumps(detail, ensure_ascii=False),
            },
            difficulty,
        )


def _with_examples(plan: Plan, file: CuratedFile, outline: Outline, item: Item, needs: Needs) -> Plan:
    """The plan with examples, where there are any: half of those that could have them do."""
    key = f"{file.blob_id} {item.name}"
    if not isinstance(file.observed, Observed) or phrasing.draw("shows examples", key) % 2:
        return plan
    examples = examples_of(file.observed, outline, item, needs, key)
    stub = stubbed(outline, item) if examples else None
    return plan if stub is None else replace(plan, examples=examples, stub=stub)


def _specified(language: str, key: str, examples: Sequence[Example], template: str, values: Mapping[str, str]) -> str:
    """The question with a paragraph of examples, behind the code or at the end."""
    shown = told(examples, key, LANGUAGES[language].line_comment or "//")
    listed = shown if shown.startswith("- ") else fenced(shown, LANGUAGES[language].fence)
    _, opening = phrasing.pick("completion_examples", key)
    if phrasing.draw("examples at the end", key) % 3 == 0:
        template = f"{template}\n\n{opening}"
    else:
        template = template.replace("{code}", f"{{code}}\n\n{opening}", 1)
    return phrasing.fill(template, {**values, "examples": listed})


def _stubs_noticed(drafts: Sequence[Draft], sandbox: Sandbox | None) -> set[int]:
    """The numbers of the drafts whose examples tell the function from a stub, which is run for it."""
    wanted: list[tuple[int, Run]] = []
    for number, draft in enumerate(drafts):
        plan, observed = _plan(draft), draft.file.observed
        if plan.examples and plan.reason is None and isinstance(observed, Observed):
            wanted.append((number, observed.run(plan.stub)))
    if sandbox is None or not wanted:
        return set()
    outcomes = outcomes_of([run for _, run in wanted], sandbox)
    return {number for (number, _), outcome in zip(wanted, outcomes, strict=True) if _noticed(drafts[number], outcome)}


def _noticed(draft: Draft, outcome: Outcome) -> bool:
    """Whether a stub was run and does not give what the examples say."""
    observed = draft.file.observed
    assert isinstance(observed, Observed)  # noqa: S101 -- its examples come from there
    results = observed.results(outcome)
    if results is None:
        return False
    if observed.harness != CALLS:
        return not observed.same(results)
    return any(results[one.test].stdout != one.printed for one in _plan(draft).examples)


def language_name(language: str) -> str:
    """A language as people write it."""
    return {"CSharp": "C#", "Cpp": "C++", "Shell": "Bash"}.get(language, language)


def _plan(draft: Draft) -> Plan:
    assert isinstance(draft.plan, Plan)  # noqa: S101 -- this kind made it
    return draft.plan


def _without_question(kind: str, file: CuratedFile, plan: Plan) -> Draft:
    return Draft(kind, file, (), "", "", (), plan)


def _nested(item: Item) -> bool:
    node = item.node.parent
    while node is not None:
        if node.type.endswith(("function_definition", "function_item", "function_declaration")):
            return True
        node = node.parent
    return False


def _dedented(outline: Outline, item: Item) -> str:
    lines = outline.lines[item.first : item.last + 1]
    indent = len(outline.lines[item.code]) - len(outline.lines[item.code].lstrip())
    return "\n".join(line[indent:] if line.strip() else "" for line in lines)


def _copied(draft: Draft) -> float:
    """The share of the answer's lines that stand in the prompt."""
    shown = {line.strip() for line in draft.messages[0][1].split("\n")}
    lines = [line.strip() for line in draft.messages[-1][1].split("\n")[1:-1] if line.strip()]
    return round(sum(line in shown for line in lines) / max(len(lines), 1), 4)
