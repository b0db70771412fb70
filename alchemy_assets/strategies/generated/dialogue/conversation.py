"""The kind `conversation`: a model plays both sides of a talk about a file, one turn at a time.

Belongs here: which turn is asked for next, and the draft when all are there. Does not: the course (`plan`), what must hold of
a turn (`reading`), of the dialogue and of the partition (`judging`).
The person's turns are asked for with the file, the person and the talk so far. The answers are asked for with the turns of
the sample and nothing else, so that the sample is what was answered.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alchemy_assets.generation.completions import Answers, Request
from alchemy_assets.generation.templates import rendered
from alchemy_assets.sandbox.sandbox import Sandbox
from alchemy_assets.strategies.generated.asking import Answered, ask, follow, refused, written
from alchemy_assets.strategies.generated.dialogue import reading
from alchemy_assets.strategies.generated.dialogue.judging import Spoken, judge
from alchemy_assets.strategies.generated.dialogue.plan import Plan, plan_of
from alchemy_assets.strategies.generated.dialogue.repeating import lines_of, said_again
from alchemy_assets.strategies.generated.shown import Shown, shown_of
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left, Rejected, Verified

# The file stands in the prompt, once more as its last version, and leaves room for the talk.
FILE_TOKENS = 3_000
LEAST_LINES = 6
MOST_CHARACTERS = 48_000
TOO_SHORT = "the file is too short to talk about"
TOO_LONG = "the dialogue is too long"
SAID_AGAIN = "the dialogue repeats too much of the file"
# Lines of the file that all turns together may say again, beside the listing: as many as it has, and this many at least.
SAID_AGAIN_LINES = 40
# People differ more from one another than answers do.
TEMPERATURE = 0.9


@dataclass(frozen=True)
class Conversation:
    """The kind `conversation`."""

    name: str = "conversation"
    strategy: str = "code_dialogue"

    def next(self, file: CuratedFile, answers: Answers) -> Iterator[Draft | Request]:
        """The one turn that is missing, or the dialogue."""
        # The last version is of the file's length or longer, and an answer has other things to say.
        shown = shown_of(file, min(FILE_TOKENS, answers.sampling.max_tokens // 2))
        if isinstance(shown, Shown) and lines_of(shown.text) < LEAST_LINES:
            shown = Left(TOO_SHORT, f"{lines_of(shown.text)} lines")
        if isinstance(shown, Left):
            yield refused(self, file, shown)
            return
        plan = plan_of(file.blob_id, document=file.language == "Markdown", whole=shown.whole)
        made = self._talk(file, answers, shown, plan)
        yield refused(self, file, made) if isinstance(made, Left) else made

    def verify(self, drafts: Sequence[Draft], sandbox: Sandbox | None) -> list[Verified | Rejected]:
        """Run the last version of every file, and refuse what too many dialogues begin with."""
        return judge(drafts, sandbox)

    def _talk(self, file: CuratedFile, answers: Answers, shown: Shown, plan: Plan) -> Draft | Request | Left:
        system, above = ("system", rendered("system", {})), rendered("file", shown.values())
        talk: list[tuple[str, str]] = []
        because: list[str] = []
        code, again, last = "", 0, None
        for number, turn in enumerate(plan.turns):
            said = self._ask(file, answers, shown, plan, talk)
            if not isinstance(said, Answered):
                return said
            message, quote = said.value
            talk.append(("user", message))
            because += [quote] if quote else []
            turns = (("user", f"{above}\n\n{talk[0][1]}"), *talk[1:])
            answer = follow(
                self,
                file,
                answers,
                (system, *turns),
                lambda text, wants=turn.wants: (text, reading.answered(text, shown, wants)),  # type: ignore[misc]
                prompt_id=plan.prompt_id,
                key=f"answer {number}",
            )
            if not isinstance(answer, Answered):
                return answer
            last = answer
            content, listing = answer.value
            talk.append(("assistant", content))
            code = listing.code or code
            again += said_again(listing.rest, shown.text)
            if (why := _too_much(above, talk, again, shown)) is not None:
                return Left(why.reason, why.detail, answer.completion.request_sha256)
        messages = (("user", f"{above}\n\n{talk[0][1]}"), *talk[1:])
        spoken = Spoken(plan, code, tuple(because), tuple(talk))
        assert last is not None  # noqa: S101 -- a plan has turns
        return written(self, file, last, messages, shown=shown, plan=spoken, reasoned=True)

    def _ask(
        self, file: CuratedFile, answers: Answers, shown: Shown, plan: Plan, talk: list[tuple[str, str]]
    ) -> Request | Answered[tuple[str, str]] | Left:
        """The next message of the person, and what it builds on."""
        number = len(talk) // 2
        turn = plan.turns[number]
        values = {
            "shown_as": plan.shown_as,
            "persona": plan.persona,
            "purpose": plan.intent.purpose,
            "keeps": plan.intent.keeps,
            "document": shown.language == "Markdown",
            "turn": turn,
            "number": number + 1,
            "count": len(plan.turns),
            "conversation": talk,
            "nested": shown.language == "Markdown" and "```" in shown.text,
        }

        def read(text: str) -> tuple[str, str]:
            return reading.follow_up(text, shown, turn, talk) if talk else (reading.opening(text, shown), "")

        template = "dialogue_user" if talk else "dialogue_opening"
        key = f"question {number}"
        return ask(self, file, answers, template, read, shown=shown, values=values, temperature=TEMPERATURE, key=key)


def _too_much(above: str, talk: Sequence[tuple[str, str]], again: int, shown: Shown) -> Left | None:
    characters = len(above) + sum(len(content) for _, content in talk)
    if characters > MOST_CHARACTERS:
        return Left(TOO_LONG, f"{characters:,} characters after {len(talk)} turns")
    if again > max(SAID_AGAIN_LINES, lines_of(shown.text)):
        return Left(SAID_AGAIN, f"{again} lines after {len(talk)} turns")
    return None
