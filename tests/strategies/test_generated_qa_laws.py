"""Whatever a model answers, a kind of CodeQA makes one draft of it, and judges it without an error."""

from importlib import import_module

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alchemy_assets.generation.parsing import LEAKED
from alchemy_assets.strategies.generated.asking import CUT, EMPTY
from alchemy_assets.strategies.generated.qa.kinds import KINDS
from alchemy_assets.strategies.strategy import Rejected, Verified
from tests.strategies.qa_programs import CASES, PROBLEM, PROGRAMS
from tests.strategies.scripted import drive

OF_ASKING = (CUT, EMPTY, LEAKED)
TAGS = ("problem", "code", "cases", "gap", "input", "output", "time", "space")
PIECES = st.sampled_from(
    [
        *(f"<{tag}>" for tag in TAGS),
        *(f"</{tag}>" for tag in TAGS),
        *("```", "```python", "~~~", "\n", "\n\n", "[", "]", "{", "}", '"', "\\", "O(n log n)", "Time: ", "Answer: B"),
        *(
            CASES,
            PROBLEM,
            PROGRAMS["Python"],
            '{"arguments": ["a"], "stdin": "b"}',
            "TODO",
            "    x = 1",
            "\0",
            "\ufeff",
        ),
        *('{"question": "a", "program": "", "options": ["1", "2", "3", "4"], "correct": 1}', "<think>", "é", "\u2028"),
        *("[" * 5_000, '["\\ud800"]', '{"a": ' * 3, "null", "1e999", "-1"),
    ]
)
ANSWERS = st.lists(PIECES, max_size=14).map("".join)
SECTIONS = st.dictionaries(st.sampled_from(TAGS), ANSWERS, min_size=2).map(
    lambda parts: "\n".join(f"<{name}>\n{text}\n</{name}>" for name, text in parts.items())
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=st.lists(ANSWERS | SECTIONS, min_size=4, max_size=4))
def test_any_answer_becomes_one_judged_draft(curated, kind, answers):
    """Garbage in every part of every answer ends as one row, and nothing holds that nobody ran or read."""
    waiting = list(answers)
    drafts, _, asked = drive(kind, curated("def f(x):\n    return x\n"), lambda _: waiting.pop(0))
    [one] = kind.verify(drafts, None)
    assert isinstance(one, Verified | Rejected)
    assert 1 <= len(asked) <= 3
    if isinstance(one, Rejected):
        assert one.draft.request_sha256
        [reason] = one.reasons
        assert reason in {*import_module(type(kind).__module__).REASONS, *OF_ASKING}
