"""Dialogues that a model writes: their course, what each turn must hold, and what is refused over a partition."""

import json
import re
from collections import Counter
from dataclasses import replace

import pytest

from alchemy_assets.generation.completions import Answers, Request, Sampling
from alchemy_assets.strategies.code_dialogue import written
from alchemy_assets.strategies.generated.dialogue import judging, reading, repeating, stock
from alchemy_assets.strategies.generated.dialogue.conversation import SAID_AGAIN, TOO_LONG, TOO_SHORT, Conversation
from alchemy_assets.strategies.generated.dialogue.plan import Wants, plan_of
from alchemy_assets.strategies.generated.running import BEHAVES_OTHERWISE, NOT_BUILT
from alchemy_assets.strategies.generated.shown import shown_of
from alchemy_assets.strategies.strategy import CONTROL_TEXT, Left, Rejected, Verified, run
from tests.strategies.observations import ran, really_seen, seen
from tests.strategies.scripted import completion, drive

KIND = Conversation()
PROGRAM = """import sys


def shares(amounts):
    total = sum(amounts)
    if total == 0:
        return [0 for _ in amounts]
    return [100 * amount // total for amount in amounts]


def bar(share):
    return "#" * (share // 10) or "-"


def main(words):
    amounts = [int(word) for word in words]
    for amount, share in zip(amounts, shares(amounts)):
        print(amount, share, bar(share))
    if len(amounts) > 3:
        print("many")


main(sys.argv[1:])
"""
CHANGED = PROGRAM.replace("amount // total", "amount  // total").replace("def bar", "# One sign a tenth.\ndef bar")
DOCUMENT = """# Sieve

Sieve reads log lines and keeps those that match.

## Use

Give it a pattern and a file, and it prints the lines.
The pattern is a regular expression of the usual kind.

## Limits

It holds no state between runs, and reads whole lines only.
Lines longer than a megabyte are cut without a word.
"""

COUNTED = (
    "#include <stdio.h>\n#include <stdlib.h>\n\nstatic int twice(int value)\n{\n    return 2 * value;\n}\n\n"
    "int main(int count, char **words)\n{\n    for (int i = 1; i < count; i++)\n"
    '        printf("%d\\n", twice(atoi(words[i])));\n    if (count > 2)\n        puts("many");\n    return 0;\n}\n'
)


class Script:
    """Answers of a model that plays its parts well; `turns` and `answers` give other words for some of them, by number."""

    def __init__(self, plan, changed, *, questions=None, answers=None, word="ledger"):
        self.plan, self.changed, self.word = plan, changed, word
        self.questions, self.answers = questions or {}, answers or {}
        self.asked = Counter()

    def __call__(self, request: Request):
        """The next turn, whoever's it is; asked again it says the same."""
        again = "Answer the same task again" in request.messages[-1][1]
        self.asked["again"] += again
        if "Answer in this form:" in request.messages[1][1]:
            number = self._number(request)
            return self.questions.get(number, self.question(number))
        number = [role for role, _ in request.messages].count("user") - 1 - again
        return self.answers.get(number, self.answer(number))

    @staticmethod
    def _number(request):
        found = re.search(r"next message, number (\d+) of", request.messages[1][1])
        return int(found[1]) - 1 if found else 0

    def said(self, number):
        """What stands in an answer and in no other."""
        said = self.answers.get(number, self.answer(number))
        return getattr(said, "raw", said)

    def question(self, number):
        """A message that takes up the answer before."""
        wants = self.plan.turns[number].wants
        ask = "give me the complete new version" if wants is Wants.WHOLE else "what follows for an empty list"
        says = f"<says>\n{self.word.title()} case {number}: {ask}?\n</says>"
        return f"<because>\nrule {number - 1} of the {self.word} holds\n</because>\n{says}" if number else says

    def answer(self, number):
        """An answer with something new in it."""
        said = f"{self.word.title()} point {number} first. Then rule {number} of the {self.word} holds for it."
        if self.plan.turns[number].wants is Wants.WHOLE:
            return f"{said}\n\n```python\n{self.changed}```\n"
        if self.plan.turns[number].wants is Wants.PART:
            return f"{said}\n\n```python\n# One sign a tenth.\ndef bar(share):\n```\n"
        return said


def file_for(curated, fits, text=PROGRAM, language="Python"):
    """The file of this text whose dialogue has a plan that fits."""
    sign = "<!-- {} -->" if language == "Markdown" else "# {}"
    for number in range(3_000):
        file = curated(text + sign.format(number) + "\n", language)
        if fits(plan_of(file.blob_id, document=language == "Markdown")):
            return file
    raise AssertionError("no plan fits")


def script_for(file, **options):
    """A good script for a file."""
    plan = plan_of(file.blob_id, document=file.language == "Markdown")
    changed = options.pop("changed", None) or file.text.replace(PROGRAM, CHANGED).replace("## Limits", "## Bounds")
    return Script(plan, changed, **options)


def drafted(file, **options):
    """The one draft of a file."""
    (draft,), _, _ = drive(KIND, file, script_for(file, **options))
    return draft


def reason_of(file, **options):
    """Why a dialogue came to nothing."""
    draft = drafted(file, **options)
    assert isinstance(draft.plan, Left)
    return draft.plan.reason


def of_turns(count, *, after=False):
    """Plans of so many turns that end with their change, or with a question after it."""
    return lambda plan: len(plan.turns) == count and (plan.whole == count - 1) != after


@pytest.fixture(scope="module")
def short(curated):
    """A file with a dialogue of three turns."""
    return file_for(curated, of_turns(3))


@pytest.fixture(scope="module")
def long(curated):
    """A file with a dialogue of eight turns and a question at its end."""
    return file_for(curated, of_turns(8, after=True))


def test_plans_differ_and_each_asks_for_a_change():
    """Over many files all lengths, people and intents occur; every plan asks once for the whole file, late."""
    plans = [plan_of(f"{number:040x}", document=False) for number in range(3_000)]
    assert {len(plan.turns) for plan in plans} == set(range(3, 9))
    assert len({plan.persona.name for plan in plans}) >= 8
    assert len({plan.intent.name for plan in plans}) >= 10
    assert len({plan.intent.name for plan in (plan_of(f"{n:040x}", document=True) for n in range(500))}) >= 5
    for plan in plans:
        assert [turn.wants for turn in plan.turns].count(Wants.WHOLE) == 1
        assert plan.whole >= len(plan.turns) - 2
        assert plan.turns[0].wants is Wants.WORDS
        assert len({turn.aim for turn in plan.turns}) == len(plan.turns)
        assert (Wants.PART in {turn.wants for turn in plan.turns}) == (len(plan.turns) >= 5)
    assert plans[:50] == [plan_of(f"{number:040x}", document=False) for number in range(50)]


@pytest.mark.parametrize("turns", [3, 8])
def test_one_turn_is_asked_for_at_a_time(curated, turns):
    """Every round asks for one turn; answers are asked for with the turns of the sample after the system's, and no more."""
    file = file_for(curated, of_turns(turns))
    script = script_for(file)
    asked_in_round = []

    class Watched(Conversation):
        def next(self, file, answers):
            made = list(super().next(file, answers))
            asked_in_round.append(len(made))
            return iter(made)

    (draft,), _, requests = drive(Watched(), file, script)
    assert set(asked_in_round) == {1}
    assert len(requests) == 2 * turns
    assert [role for role, _ in draft.messages] == ["user", "assistant"] * turns
    for number, request in enumerate(requests[1::2]):
        assert request.messages[1:] == draft.messages[: 2 * number + 1]
        assert request.messages[0] == requests[0].messages[0]
        assert request.messages[0][0] == "system"
    shared = draft.messages[0][1].split(file.text.strip())[0]
    assert all(request.messages[1][1].startswith(f"{shared}{file.text.strip()}") for request in requests)
    assert draft.messages[0][1].count(file.text.strip()) == 1
    assert draft.seed_text == file.text
    assert draft.prompt_id == f"dialogue-{script.plan.intent.name}-{script.plan.persona.name}"


def test_the_person_is_told_the_talk_so_far(long):
    """A later question is asked for with the person, the aim, and every turn before it, the file standing there once."""
    script = script_for(long)
    _, _, requests = drive(KIND, long, script)
    for number, request in enumerate(requests[::2]):
        prompt = request.messages[1][1]
        assert script.plan.persona.who in prompt
        assert script.plan.turns[number].aim in prompt
        assert prompt.count(long.text.strip().splitlines()[3]) == (1 if number <= script.plan.whole else 2)
        for before in range(number):
            assert script.said(before) in prompt


def test_the_reasoning_of_the_last_answer_is_the_samples(short):
    """What the model thought of the last turn stands beside the sample; thoughts about earlier turns do not."""
    script = script_for(short)
    last = len(script.plan.turns) - 1
    script.answers = {
        0: completion(script.answer(0), "about the first"),
        last: completion(script.answer(last), "about the last"),
    }
    (draft,), _, _ = drive(KIND, short, script)
    assert draft.reasoning == "about the last"


def test_what_was_thought_about_a_complaint_is_not_shown(short):
    """Of an answer that came after a complaint the thoughts are left out: the sample has no such complaint."""
    script = script_for(short)
    last = len(script.plan.turns) - 1

    def answer(request):
        if "Answer the same task again" in request.messages[-1][1]:
            return completion(script.answer(last), "they complain")
        said = script(request)
        return "Certainly! Here it is." if said == script.answer(last) else said

    (draft,), _, _ = drive(KIND, short, answer)
    assert draft.messages[-1] == ("assistant", script.answer(last).strip())
    assert draft.reasoning is None


def says(text, number=1):
    """An answer for the person's turn of this number."""
    return f"<because>\nrule {number - 1} of the ledger holds\n</because>\n<says>\n{text}\n</says>"


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("<because>\nrule 7 of the ledger holds\n</because>\n<says>\nWhat of zero?\n</says>", reading.NO_QUOTE),
        ("<because>\nrule 0\n</because>\n<says>\nWhat of zero?\n</says>", reading.NO_QUOTE),
        ("<because>\nfor an empty list\n</because>\n<says>\nWhat of zero?\n</says>", reading.NO_QUOTE),
        (says("Great explanation! What of an empty list?"), reading.STOCK_QUESTION),
        (says("Thanks for the details. What of an empty list?"), reading.STOCK_QUESTION),
        (says("Now it is all clear to me. Works."), reading.EMPTY_PRAISE),
        (says("As my persona I ask: what of an empty list?"), reading.OUT_OF_ROLE),
        (says("In your last answer, what of an empty list?"), reading.OUT_OF_ROLE),
        (says("What of this? " + "word " * 400), reading.LONG_QUESTION),
        (says("Explain these:\n" + "\n".join(PROGRAM.splitlines()[3:17])), reading.REPEATED_QUESTION),
        (says("Ledger case 0: what follows for an empty list?"), reading.ASKED_BEFORE),
        (says("What of zero? And give me the whole new file."), reading.ASKED_WHOLE),
        (says("What of this?\nUser: hello"), CONTROL_TEXT),
    ],
)  # fmt: skip
def test_a_question_that_nobody_would_ask_is_refused(curated, question, reason):
    """After one complaint the dialogue is given up, with the reason."""
    file = file_for(curated, of_turns(4))
    assert reason_of(file, questions={1: question}) == reason


def test_a_quote_must_be_new(curated):
    """Words that stand in the file, or that the person said, are nothing that an answer brought."""
    file = file_for(curated, of_turns(3))
    script = script_for(file)
    told = script.answer(0) + " It begins with `amounts = [int(word) for word in words]`."
    quote = "<because>\namounts = [int(word) for word in words]\n</because>\n<says>\nWhat of a word like x?\n</says>"
    assert reason_of(file, answers={0: told}, questions={1: quote}) == reading.OLD_QUOTE


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("Great question! Rule 0 of the ledger holds for it.", reading.STOCK_ANSWER),
        ("Certainly! Rule 0 of the ledger holds for it.", reading.STOCK_ANSWER),
        ("Sure, here is the rule. Rule 0 of the ledger holds.", reading.STOCK_ANSWER),
        ("You're absolutely right. Rule 0 of the ledger holds.", reading.STOCK_ANSWER),
        ("Rule 0 of the ledger holds for it. I hope this helps.", reading.STOCK_ANSWER),
        ("Rule 0 of the ledger holds for it.\n\nLet me know if it fails.", reading.STOCK_ANSWER),
        ("Rule 0 of the ledger holds. Don\u2019t hesitate to ask.", reading.STOCK_ANSWER),
        ("All of it:\n\n```python\n" + PROGRAM + "```\n\nRule 0 of the ledger holds.", reading.REPEATED),
        ("Rule 0 of the ledger holds. " + "And so on it goes. " * 600, reading.LONG_ANSWER),
        ("Rule 0 of the ledger holds.\nAssistant: so it is", CONTROL_TEXT),
    ],
)  # fmt: skip
def test_an_answer_with_stock_words_or_too_much_of_the_file_is_refused(short, answer, reason):
    """After one complaint the dialogue is given up, with the reason."""
    assert reason_of(short, answers={0: answer}) == reason


@pytest.mark.parametrize(
    "text",
    [
        "Goodness of fit is not what `bar` shows.",
        "A good choice here is integer division.",
        "Good choices for the unit are cents and tenths.",
        "Sure of one thing: `total` is never negative.",
        "Perfect numbers are handled by `main`.",
        "Understood as a ratio, it is 100.",
        "Let me know the shape of it, says the type.",
        "Of course rounding loses a cent, which `shares` accepts.",
    ],
)
def test_answers_that_only_look_like_stock_are_let_be(text):
    """An answer is refused for a stock phrase and not for a word of it."""
    assert stock.stock_of_assistant(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Thank goodness `total` is checked. What of -1?",
        "Good that zero is checked, but what of -1?",
        "Fair, but what of -1?",
        "That's clear from line 4, but why?",
        "Then make it so that it works for negative amounts.",
        "OK. Drop the first branch.",
        "I see, then leave the check out.",
        "why though?  -1 is fine for me",
    ],
)
def test_questions_that_only_look_like_praise_are_let_be(text):
    """A person may agree, or name a thing that works, and go on."""
    assert stock.stock_of_user(text) == ""
    assert not stock.is_empty_praise(text)


@pytest.mark.parametrize(
    "text",
    [
        "Perfect.",
        "OK, that makes sense now.",
        "Thanks a lot, it's all clear to me now.",
        "Got it. Exactly what I needed!",
        "Great explanation, no further questions.",
        "I see. Works for me.",
    ],
)
def test_praise_alone_is_no_turn(text):
    """Without its praise nothing is left of it."""
    assert stock.is_empty_praise(text) or stock.stock_of_user(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The loop adds each row to `total`.", "the loop adds each"),
        ("## The loop\n\nIt adds.", "the loop it adds"),
        ("```python\nx = 1\n```\n\nThat\u2019s all of it, and no more.", "that's all of it"),
        ("```python\nx = 1\n```", ""),
        ("Why?", "why"),
    ],
)
def test_an_opener_is_the_first_four_words_of_prose(text, words):
    """Code, headings and the form of an apostrophe make no other opener."""
    assert stock.opener(text) == words


def listing(code):
    """A last answer around a listing."""
    return f"Ledger point 2 first.\n\n```python\n{code}```\n"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("Only this changes:\n\n```python\n# One sign a tenth.\n```\n", repeating.NOT_WHOLE),
        (listing(CHANGED.replace("    total = sum(amounts)\n", "    # ... rest of the function unchanged\n")), repeating.NOT_WHOLE),
        (listing(CHANGED.replace("shares", "s").replace("bar", "b").replace("main(", "m(")), repeating.NOT_WHOLE),
        (listing(CHANGED) + "Once more:\n\n" + listing(CHANGED), repeating.TWO_LISTINGS),
        (listing(CHANGED.replace("return [0", "return 0 ]")), repeating.NOT_PARSED),
        (listing(CHANGED.replace("def bar(share)", "def bar(share, share)")), repeating.NOT_PARSED),
    ],
)  # fmt: skip
def test_the_last_version_is_whole_changed_and_parses(short, answer, reason):
    """A fragment, an ellipsis, lost names, two listings or a syntax error end the dialogue."""
    assert reason_of(short, answers={2: answer}) == reason


def test_a_small_change_must_be_shown(long):
    """Words about it, or lines of the file as they are, show no change."""
    plan = plan_of(long.blob_id, document=False)
    part = next(number for number, turn in enumerate(plan.turns) if turn.wants is Wants.PART)
    said = f"Ledger point first. Then rule {part} of the ledger holds for it."
    assert reason_of(long, answers={part: said}) == reading.NOTHING_SHOWN
    assert reason_of(long, answers={part: f"{said}\n\n```\ndef bar(share):\n```"}) == reading.NOTHING_SHOWN


def test_of_a_long_file_an_excerpt_is_talked_about(curated, sandbox):
    """It is called what it is, its last version is one of the excerpt, and is not run."""
    other = "\n\n" + "\n".join(f"VALUE_{number} = {number}" for number in range(1_000)) + "\n"
    body = PROGRAM.replace("    if len(amounts) > 3:\n", "    print()\n" * 4 + "    if len(amounts) > 3:\n").replace(
        "main(sys.argv[1:])", other
    )
    file = curated(body)
    shown = shown_of(file, 2_048)
    assert not shown.whole
    script = script_for(file, changed=shown.text + "\n# Done.\n")
    (draft,), _, requests = drive(KIND, file, script)
    assert any("complete new version of the excerpt" in request.messages[1][1] for request in requests)
    assert (draft.seed_text, draft.edits) == (shown.text, shown.edits)
    (held,) = KIND.verify([replace(draft, file=seen(file, ran("x\n")))], sandbox)
    assert held.verified == {"parsed": True, "compiled": None, "executed": None, "behaves_as_source": None}


def test_a_version_in_any_language_is_parsed(curated):
    """Where a language has no parser of its own here, its grammar finds the error; an error that was there is no fault."""
    for text, reason in ((COUNTED, repeating.NOT_PARSED), (f"{COUNTED}\nint broken(int {{\n", None)):
        file = curated(text, "C")
        draft = drafted(
            file, changed=file.text.replace("if (count > 2)", "if (count > 2" if reason else "if (count > 4)")
        )
        assert (draft.plan.reason if isinstance(draft.plan, Left) else None) == reason


def test_a_file_must_fit_into_an_answer(curated):
    """Where answers may be longer, longer files are shown whole."""
    file = curated(PROGRAM + "".join(f"VALUE_{number} = {number}\n" for number in range(650)))
    for tokens, whole in ((4_096, False), (8_192, True)):
        (made,) = KIND.next(file, Answers(sampling=Sampling(max_tokens=tokens)))
        assert isinstance(made, Request) is whole


def test_the_old_version_is_no_change(short):
    """A listing of the file as it was is refused, whatever is said around it."""
    assert reason_of(short, answers={2: listing(short.text)}) == repeating.UNCHANGED


def test_the_whole_must_be_asked_for(short):
    """A message that asks for the change alone would make the listing come out of nowhere."""
    assert reason_of(short, questions={2: says("Then round the shares up.", 2)}) == reading.NOT_ASKED_WHOLE


def test_a_complaint_can_save_a_turn(short):
    """The model is told what was wrong; a better second answer goes on, and the sample shows nothing of the first."""
    script = script_for(short)
    first = iter(["Certainly! Here is why.", script.answer(0)])
    (draft,), _, requests = drive(KIND, short, lambda request: next(first) if _is_first(request) else script(request))
    assert not isinstance(draft.plan, Left)
    assert "Certainly" not in "".join(content for _, content in draft.messages)
    assert [request for request in requests if "Answer the same task again" in request.messages[-1][1]]


def _is_first(request):
    """Whether an answer to the first message is asked for."""
    asked = request.messages[1][1]
    return (
        "Answer in this form:" not in asked
        and len(request.messages) in {2, 4}
        and (len(request.messages) == 2 or "Answer the same task again" in request.messages[3][1])
    )


def test_dialogues_are_bounded_in_length_and_in_what_they_repeat(curated, long, monkeypatch):
    """A dialogue that grows too long, or says too much of the file over its turns, is given up on the way."""
    lines = [line for line in long.text.splitlines() if len(line.strip()) >= 8][:9]
    repeats = {
        number: script_for(long).answer(number) + "\n\n" + "\n".join(lines)
        for number in range(8)
        if number != plan_of(long.blob_id, document=False).whole
    }
    assert reason_of(long, answers=repeats) == SAID_AGAIN
    monkeypatch.setattr("alchemy_assets.strategies.generated.dialogue.conversation.MOST_CHARACTERS", 1_000)
    assert reason_of(long) == TOO_LONG
    assert reason_of(curated("x = 1\n")) == TOO_SHORT


def test_a_good_dialogue_is_verified_by_running_its_last_version(curated, sandbox):
    """One that promises the same behaviour is run by the tests of its file, which it agrees with."""
    file = file_for(curated, lambda plan: plan.intent.keeps)
    (known,) = really_seen([file], sandbox)
    (held,) = KIND.verify([drafted(known)], sandbox)
    assert isinstance(held, Verified)
    assert held.verified == {"parsed": True, "compiled": None, "executed": True, "behaves_as_source": True}
    detail = json.loads(held.evidence["detail"])
    assert detail["turns"] == len(held.messages) // 2
    assert len(detail["builds_on"]) == detail["turns"] - 1
    assert detail["same"].startswith("prints the same in ")


def test_a_promise_of_the_same_behaviour_is_held_to(curated, sandbox):
    """Other output is refused where behaviour was to stay, and taken where it was to change."""
    other = PROGRAM.replace('"many"', '"several"').replace("print(amount, share", "print(share, amount")
    for keeps in (True, False):
        file = file_for(curated, lambda plan, keeps=keeps: plan.intent.keeps is keeps)
        (known,) = really_seen([file], sandbox)
        (one,) = KIND.verify([drafted(known, changed=file.text.replace(PROGRAM, other))], sandbox)
        if keeps:
            assert isinstance(one, Rejected)
            assert one.reasons == (BEHAVES_OTHERWISE,)
        else:
            assert isinstance(one, Verified)
            assert (one.verified["executed"], one.verified["behaves_as_source"]) == (True, None)


def test_a_version_that_crashes_where_its_file_did_not_is_refused(curated, sandbox):
    """Also where behaviour may change."""
    broken = PROGRAM.replace("bar(share))", "bars(share))")
    file = file_for(curated, lambda plan: not plan.intent.keeps)
    (known,) = really_seen([file], sandbox)
    (one,) = KIND.verify([drafted(known, changed=file.text.replace(PROGRAM, broken))], sandbox)
    assert isinstance(one, Rejected)
    assert one.reasons == (judging.CRASHES,)


def test_a_version_that_is_not_built_is_refused(curated, sandbox):
    """A C program of which a declaration is gone does not compile."""
    for number in range(200):
        file = curated(f"/* {number} */\n{COUNTED}", "C")
        if not plan_of(file.blob_id, document=False).intent.keeps:
            break
    (known,) = really_seen([file], sandbox)
    changed = file.text.replace("2 * value", "factor * value")
    (one,) = KIND.verify([drafted(known, changed=changed)], sandbox)
    assert isinstance(one, Rejected)
    assert one.reasons == (NOT_BUILT,)


def test_what_was_not_seen_to_run_is_parsed_only(short):
    """Without a run of the file, or without a sandbox, a dialogue says no more than that its last version parses."""
    for file in (short, seen(short, ran("1 100 ##########\n"))):
        (held,) = KIND.verify([drafted(file)], None)
        assert isinstance(held, Verified)
        assert {name for name, value in held.verified.items() if value is not None} == {"parsed"}


def test_a_document_is_talked_about_and_not_run(curated):
    """Its last version is the document; fences inside of it need a longer one around."""
    file = file_for(curated, of_turns(4), DOCUMENT, "Markdown")
    draft = drafted(file)
    (held,) = KIND.verify([draft], None)
    assert isinstance(held, Verified)
    assert draft.plan.code.startswith("# Sieve")
    assert all(value is None for value in held.verified.values())
    nested = DOCUMENT.replace("## Limits", "```\nsieve x y\n```\n\n## Limits")
    other = file_for(curated, of_turns(4), nested, "Markdown")
    changed = other.text.replace("## Limits", "## Bounds")
    plan = plan_of(other.blob_id, document=True)
    good = f"Ledger point.\n\n````markdown\n{changed}````\n\nrule {plan.whole} of the ledger holds"
    assert drafted(other, answers={plan.whole: good}).plan.code == changed
    asked = drive(KIND, other, script_for(other, answers={plan.whole: good}))[2]
    assert any("four backticks" in request.messages[1][1] for request in asked)


def many(curated, count, word_of, text=PROGRAM):
    """Drafts of so many files, each with its own way of talking."""
    drafts = []
    for number in range(count):
        file = curated(f"{text}# {number}\n")
        drafts.append(drafted(file, word=word_of(number)))
    return drafts


def test_openers_that_many_dialogues_share_are_refused(curated):
    """Of a partition, three dialogues or 5 % keep an opener, the first by blob id; the order of drafts does not matter."""
    drafts = many(curated, 40, lambda number: "ledger" if number % 4 == 0 else f"w{number}x")
    common = [draft for draft in drafts if draft.plan.talk[0][1].startswith("Ledger")]
    judged = KIND.verify(drafts, None)
    assert [one.draft for one in judged] == drafts
    refused = [one for one in judged if isinstance(one, Rejected)]
    first = sorted(draft.file.blob_id for draft in common)[:3]
    assert {one.draft.file.blob_id for one in refused} == {one.file.blob_id for one in common} - set(first)
    assert {one.reasons for one in refused} == {(judging.OPENER,)}
    assert "'ledger case 0" in refused[0].detail or "'ledger point" in refused[0].detail
    again = KIND.verify(drafts[::-1], None)
    assert {one.draft.file.blob_id for one in again if isinstance(one, Rejected)} == {
        one.draft.file.blob_id for one in refused
    }
    assert not [one for one in KIND.verify(common[:3], None) if isinstance(one, Rejected)]


def test_the_quota_grows_with_the_partition(curated):
    """Of 100 dialogues five may share an opener; those that are refused for it, or for other reasons, use none up."""
    drafts = many(curated, 100, lambda number: "ledger" if number < 8 else f"w{number}x")
    judged = KIND.verify(drafts, None)
    assert sum(isinstance(one, Rejected) for one in judged) == 3
    wrong = [replace(draft, plan=Left("no")) for draft in drafts[:3]]
    assert sum(isinstance(one, Rejected) for one in KIND.verify([*wrong, *drafts[3:]], None)) == 3 + 1


def test_the_kind_is_one_of_code_dialogue(short):
    """Its drafts become samples of the strategy, each with the model that wrote it."""
    (kind,) = written(None)
    assert (kind.name, kind.strategy) == ("conversation", "code_dialogue")
    _, answers, _ = drive(kind, short, script_for(short))
    made = run((kind,), [short], None, "code_dialogue", answers)
    (sample,) = made.samples.iter_rows(named=True)
    assert (sample["kind"], sample["model"], sample["engine"]) == ("conversation", "m@r", "scripted 1")
    assert len(sample["messages"]) == 6
