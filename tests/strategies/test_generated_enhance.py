"""CodeEnhance: weak files are rewritten, good ones left alone, and what is said of a rewriting is proved."""

import json

import pytest

from alchemy_assets.generation.parsing import NO_CODE, UnreadableError
from alchemy_assets.settings import Enhance
from alchemy_assets.strategies.generated import new_code, running
from alchemy_assets.strategies.generated.asking import CUT
from alchemy_assets.strategies.generated.enhance import (
    CRITERIA,
    GOOD_ENOUGH,
    NO_SCORE,
    NOT_BETTER,
    Original,
    Rewriting,
    read_score,
)
from alchemy_assets.strategies.strategy import Rejected
from tests.strategies.observations import really_seen
from tests.strategies.scripted import completion, drive

WEAK = """import sys

def f(a):
    r = 0
    for x in a:
        if x > 10:
            r = r + x * 2
        else:
            r = r + x
    return r

def main():
    n = []
    for l in sys.stdin:
        l = l.strip()
        if l:
            n.append(int(l))
    if not n:
        print("none")
        return
    print(f(n))
    for x in n:
        if x % 2 == 0:
            print("even", x)
        else:
            print("odd", x)

if __name__ == "__main__":
    main()
"""
BETTER = WEAK.replace(
    "import sys\n", '"""Add numbers up, large ones twice, and tell even from odd."""\n\nimport sys\n\nLARGE = 10\n'
).replace("x > 10", "x > LARGE")
OTHERWISE = BETTER.replace('"none"', '"nothing"').replace("r + x * 2", "r + x * 3")


def score(number, **other):
    return json.dumps({**dict.fromkeys(CRITERIA, number), "why": "Names say nothing.", **other})


def scripted(rewriting, before=3, after=8):
    """Answers: a score, the rewriting, and the score of what was rewritten (its prompt does not hold the first file)."""

    def answer(request):
        asked = request.messages[-1][1]
        if "ten criteria" in asked:
            assert request.answer_schema
            assert request.sampling.temperature == 0
            return score(before if "def f(a):\n    r = 0\n" in asked and "LARGE" not in asked else after)
        assert "Names say nothing" in asked or len(request.messages) > 2
        return rewriting(request) if callable(rewriting) else rewriting

    return answer


def block(code):
    return f"```python\n{code}```"


def judged(file, rewriting, sandbox=None, settings=None, **scores):
    kind = Rewriting(settings or Enhance())
    drafts, _, requests = drive(kind, file, scripted(rewriting, **scores))
    [one] = kind.verify(drafts, sandbox)
    return one, requests


@pytest.fixture(scope="module")
def seen(curated, sandbox):
    """The weak file with what it was really seen to do."""
    [one] = really_seen([curated(WEAK)], sandbox)
    return one


def test_a_rewriting_that_prints_the_same_is_marked(seen, sandbox):
    """A weak file is scored, rewritten and scored again; its own tests print the same, so it behaves as its source."""
    held, requests = judged(seen, block(BETTER), sandbox)
    assert held.verified["behaves_as_source"] is True
    assert held.verified["executed"] is True
    assert (held.evidence["quality_before"], held.evidence["quality_after"]) == (3.0, 8.0)
    assert "prints the same in" in held.evidence["detail"]
    assert len(requests) == 3
    assert BETTER.strip() in held.messages[-1][1]
    assert "```python\n" + WEAK.strip() in held.messages[0][1]
    assert "{" not in held.messages[0][1].replace(WEAK.strip(), "")


def test_a_rewriting_that_prints_something_else_is_marked_too(seen, sandbox):
    """What does something else is no equal of its file, and the evidence names the test."""
    held, _ = judged(seen, block(OTHERWISE), sandbox)
    assert held.verified["behaves_as_source"] is False
    assert "test " in held.evidence["detail"]


def test_a_file_that_nobody_saw_running_is_not_marked(curated):
    """Without a run nothing is said about what it does."""
    held, _ = judged(curated(WEAK), block(BETTER))
    assert "behaves_as_source" not in held.verified
    assert held.verified["parsed"] is True


@pytest.mark.parametrize(
    ("rewriting", "reason"),
    [
        (block(BETTER.replace("def f(a)", "def total(a)").replace("f(n)", "total(n)")), new_code.NAMES_GONE),
        (block(BETTER.replace("def f(a):", "def f(a:")), new_code.NOT_PARSED),
        (block('"""Nothing."""\n\n\ndef f(a):\n    return 0\n\n\ndef main():\n    pass\n'), new_code.MUCH_GONE),
        (block(WEAK), new_code.UNCHANGED),
        ("I would rather not.", NO_CODE),
        (completion(block(BETTER), finish_reason="length"), CUT),
    ],
)
def test_what_is_not_taken_says_why(curated, rewriting, reason):
    """A rewriting that loses names, does not parse, is no file, is the old one, is missing or cut becomes a rejected row."""
    one, _ = judged(curated(WEAK), rewriting, settings=Enhance(shortest=0.4))
    assert isinstance(one, Rejected)
    assert one.reasons == (reason,)
    assert one.draft.request_sha256


def test_what_is_not_judged_better_is_not_taken(curated):
    """A rewriting whose score did not rise is rejected with both scores."""
    one, _ = judged(curated(WEAK), block(BETTER), after=3)
    assert (one.reasons, one.detail) == ((NOT_BETTER,), "3.0, then 3.0")


def test_a_good_file_is_left_alone(curated):
    """A file above the threshold is asked about once, and its row names the score."""
    one, requests = judged(curated(WEAK), "never asked", before=6)
    assert (one.reasons, one.detail, len(requests)) == ((GOOD_ENOUGH,), "6.0", 1)


def test_a_rewriting_that_does_not_build_is_rejected(curated, sandbox):
    """Where the file ran, a rewriting that cannot even be built is no sample."""
    text = '#include <stdio.h>\n#include <stdlib.h>\n\nint twice(int x)\n{\n    return 2 * x;\n}\n\nint main(int argc, char **argv)\n{\n    int i;\n    if (argc < 2) {\n        printf("none\\n");\n        return 0;\n    }\n    for (i = 1; i < argc; i++) {\n        int n = atoi(argv[i]);\n        if (n > 3)\n            printf("big %d\\n", twice(n));\n        else\n            printf("small %d\\n", n);\n    }\n    return 0;\n}\n'
    [file] = really_seen([curated(text, "C")], sandbox)
    if not sandbox.runnable("C"):
        pytest.skip("no C toolchain here")

    def answer(request):
        if "ten criteria" in request.messages[-1][1]:
            return score(8 if "undeclared" in request.messages[-1][1] else 3)
        return f"```c\n{text.replace('return 2 * x;', 'return undeclared * x;')}```"

    kind = Rewriting(Enhance())
    [one] = kind.verify(drive(kind, file, answer)[0], sandbox)
    assert one.reasons == (running.NOT_BUILT,)
    assert "undeclared" in one.detail


def test_a_score_is_asked_for_once_more_where_it_is_no_score(curated):
    """Of two unreadable scores the second ends it, and the model was told what was wrong."""
    kind = Rewriting(Enhance())
    drafts, _, requests = drive(kind, curated(WEAK), lambda _: score(3, naming=11))
    [one] = kind.verify(drafts, None)
    assert one.reasons == (NO_SCORE,)
    assert "`naming` must be a whole number from 1 to 10" in requests[1].messages[-1][1]
    assert len(requests) == 2


def test_scores_are_read_in_any_dress():
    """A score may stand in a fence, as text, or as a float."""
    assert read_score(f"Here:\n```json\n{score('7')}\n```").mean == 7.0
    assert read_score(score(7.0)).weaknesses.startswith("readability 7 of 10")


def test_a_share_of_weak_files_stays_as_it_is(curated):
    """With a share of one each weak file is also a sample of itself, under its score, and no more is asked for it."""
    file = curated(WEAK)
    kind = Original(Enhance(original_share=1.0))
    drafts, answers, requests = drive(kind, file, scripted("never"))
    [one] = kind.verify(drafts, None)
    assert "3.0" in one.messages[0][1]
    assert WEAK.strip() in one.messages[1][1]
    assert one.verified == {"answer_is_source": True}
    again = list(Rewriting(Enhance()).next(file, answers))
    assert [request.kind for request in requests] == ["rewriting"]
    assert answers.key(again[0]) not in answers.known
    assert "ten criteria" not in again[0].messages[-1][1]


def test_no_share_keeps_none(curated):
    """With a share of nothing the kind asks nothing and gives nothing."""
    assert (
        list(
            Original(Enhance(original_share=0.0)).next(
                curated(WEAK), drive(Original(Enhance(original_share=0)), curated(WEAK), lambda _: "")[1]
            )
        )
        == []
    )


@pytest.mark.parametrize(
    "value", ["NaN", "Infinity", "1e999", '"' + "1" * 5_000 + '"', "true", "[1]", "7.5", "0", "11"]
)
def test_a_number_that_is_no_score_is_refused(value):
    """Whatever JSON allows as a number or a text of digits, only whole numbers from 1 to 10 are scores."""
    text = score(5).replace('"naming": 5', f'"naming": {value}')
    assert value in text
    with pytest.raises(UnreadableError, match="naming"):
        read_score(text)
