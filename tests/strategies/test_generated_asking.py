"""Asking: one request, more room where it was cut, one complaint, then a rejection; and what a model is shown of a file."""

from alchemy_assets.generation.parsing import UnreadableError, code_in
from alchemy_assets.strategies.generated import asking
from alchemy_assets.strategies.generated.asking import Answered, ask, refused
from alchemy_assets.strategies.generated.shown import TOO_LONG, TOO_LONG_WHOLE, Shown, shown_of, whole_file
from alchemy_assets.strategies.strategy import Left
from tests.strategies.scripted import completion, drive

TEXT = '"""Tell words."""\n\nimport sys\n\n\ndef words(line):\n    """Split a line."""\n    return line.split()\n'
LONG_FUNCTION = (
    "def {name}(values):\n    total = 0\n    for value in values:\n        if value > {number}:\n            total += value\n"
    "        else:\n            total -= helper(value)\n        print(total)\n    return total\n\n\n"
)
VALUES = {"weaknesses": "names"}


class Once:
    """A kind that asks once and keeps what it was given."""

    name, strategy = "once", "code_enhance"

    def __init__(self, read=code_in):
        self.read = read
        self.got = None

    def next(self, file, answers):
        self.got = ask(self, file, answers, "enhance_rewrite", self.read, shown=whole_file(file), values=VALUES)
        if isinstance(self.got, Answered):
            return []
        return [refused(self, file, self.got) if isinstance(self.got, Left) else self.got]


def test_an_answer_is_read(curated):
    """What was asked for is there, with the reasoning and where it came from; the seed is drawn by the file."""
    kind = Once()
    _, _, [request] = drive(kind, curated(TEXT), lambda _: completion("```\nx\n```", reasoning="Hm."))
    assert (kind.got.value, kind.got.reasoning) == ("x\n", "Hm.")
    assert request.messages[1][1].startswith("The Python file `tool.py`:\n\n```python\n" + TEXT.strip())
    _, _, [again] = drive(Once(), curated(TEXT), lambda _: "```\nx\n```")
    _, _, [other] = drive(Once(), curated(TEXT + "\n# more\n"), lambda _: "```\nx\n```")
    assert request.seed == again.seed != other.seed


def test_one_complaint_then_a_rejection(curated):
    """The model is told once what was wrong with its answer; after that the row says so, with the last answer's key."""
    kind = Once()
    [draft], answers, requests = drive(kind, curated(TEXT), lambda _: "No.")
    assert len(requests) == 2
    assert requests[1].messages[:2] == requests[0].messages
    assert requests[1].messages[2] == ("assistant", "No.")
    assert "has no code" in requests[1].messages[3][1]
    assert draft.plan.reason == "the answer has no code block"
    assert draft.request_sha256 == answers.key(requests[1])


def test_a_second_answer_may_be_right(curated):
    """What was mended after the complaint counts."""
    kind = Once()
    drive(kind, curated(TEXT), lambda request: "```\nx\n```" if len(request.messages) > 2 else "No.")
    assert kind.got.value == "x\n"


def test_a_cut_answer_is_rejected_at_once(curated):
    """Half an answer is none."""
    [draft], _, requests = drive(Once(), curated(TEXT), lambda _: completion("```\nx", finish_reason="length"))
    assert (draft.plan.reason, len(requests)) == (asking.CUT, 1)


def test_a_cut_answer_is_asked_for_with_more_room_where_the_settings_say_so(curated):
    """Once more, with so many times the tokens; cut again, it is rejected."""

    def answer(request):
        return completion("```\nx\n```", finish_reason="length" if request.sampling.max_tokens < 9_000 else "stop")

    kind = Once()
    _, _, requests = drive(kind, curated(TEXT), answer, more_room=3.0)
    assert kind.got.value == "x\n"
    assert [one.sampling.max_tokens for one in requests] == [4_096, 12_288]
    [draft], _, requests = drive(Once(), curated(TEXT), answer, more_room=1.5)
    assert (draft.plan.reason, len(requests)) == (asking.CUT, 2)


def test_an_empty_answer_is_told_of(curated):
    """Nothing is asked for once more, and is then called by its name."""
    [draft], _, requests = drive(Once(), curated(TEXT), lambda _: completion("<think>I wonder.</think>\n"))
    assert (draft.plan.reason, len(requests)) == (asking.EMPTY, 2)
    assert requests[1].messages[2] != ("assistant", "")


def test_what_a_kind_cannot_read_is_its_own_reason(curated):
    """A kind's complaint goes to the model in its words."""

    def read(said):
        raise UnreadableError("no poem", f"Write a poem, not {said!r}.")

    [draft], _, requests = drive(Once(read), curated(TEXT), lambda _: "Prose")
    assert draft.plan.reason == "no poem"
    assert "Write a poem, not 'Prose'." in requests[1].messages[3][1]


def test_a_file_that_fits_is_shown_whole(curated):
    """Nothing is cut, and there is no edit."""
    shown = shown_of(curated(TEXT))
    assert (shown.text, shown.edits, shown.whole) == (TEXT, (), True)


def test_of_a_file_that_does_not_fit_a_function_is_shown_with_what_it_needs(curated):
    """The excerpt has imports, the function and what it calls; the recorded edits give it, and another file draws another one."""
    functions = "".join(LONG_FUNCTION.format(name=f"sum_{number}", number=number) for number in range(200))
    text = f"import sys\n\n\ndef helper(value):\n    return 2 * value\n\n\n{functions}"
    shown = [shown_of(curated(text + f"# {number}\n")) for number in range(4)]
    for number, one in enumerate(shown):
        assert isinstance(one, Shown)
        assert not one.whole
        assert "def helper(value):" in one.text
        assert one.text.count("def sum_") == 1
        assert applied(text + f"# {number}\n", one.edits) == one.text
    assert len({one.text for one in shown}) > 1


def applied(text, edits):
    """A text with the edits (byte spans) done."""
    source = text.encode()
    for edit in sorted(edits, key=lambda one: -one["start"]):
        source = source[: edit["start"]] + edit["replacement"].encode() + source[edit["end"] :]
    return source.decode()


def test_a_file_without_a_function_that_fits_is_left_out(curated):
    """Data of any length is not chopped."""
    text = "VALUES = [\n" + "    123456789,\n" * 4_000 + "]\n"
    assert shown_of(curated(text)).reason == TOO_LONG
    assert whole_file(curated(text)).reason == TOO_LONG_WHOLE
