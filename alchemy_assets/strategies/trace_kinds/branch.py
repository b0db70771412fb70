"""Ask which way control went at one place: how often a loop turned, which arm ran, which tests came there.

Belongs here: which of these can be asked about a recording, and its short answer with the events that show it.
Does not: how it is asked (`phrasings/trace_branch*.txt`). A count is asked for only below the limit of events that one
place may write: above it, the trace does not say how often control really came there.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from alchemy_assets.strategies.conversation import fenced
from alchemy_assets.strategies.phrasing import fill, pick
from alchemy_assets.strategies.strategy import Left
from alchemy_assets.strategies.trace_kinds import showing
from alchemy_assets.strategies.trace_kinds.reasons import Reason
from alchemy_assets.strategies.trace_kinds.recording import Made, Recording
from alchemy_assets.tracing.events import Event, format_event
from alchemy_assets.tracing.scripts import trace_name

LEAST_TURNS, MOST_TURNS = 2, 12
FIRST_ARM, LAST_ARM = 2, 10
LEAST_TESTS = 3
LONGEST = 1_200
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


@dataclass(frozen=True)
class Question:
    """One question: its words' file and places, its answer in few words, and the events that show it."""

    wording: str
    values: tuple[tuple[str, str], ...]
    answer: str
    ground: tuple[str, ...]
    followed: tuple[Event, ...]
    detail: str


def make(recording: Recording) -> Made | Left:
    """One question, drawn first by its kind and then by its place."""
    ways: Sequence[Callable[[Recording], list[Question]]] = (turns, arms, reached)
    found = [questions for way in ways if (questions := [one for one in way(recording) if _is_short(one)])]
    if not found:
        return Left(Reason.NOTHING_TO_ASK)
    question = showing.choose(recording, "branch", showing.choose(recording, "way", found))
    _, words = pick(question.wording, recording.blob_id)
    return Made(
        {
            "files": showing.files(recording),
            "question": fill(words, dict(question.values)),
            **showing.of_test(recording, recording.tests[0]),
        },
        f"{question.answer}\n\n{fenced(chr(10).join(question.ground), 'text')}",
        question.detail,
        question.followed,
        instrumented=True,
    )


def _is_short(question: Question) -> bool:
    return sum(len(line) + 1 for line in question.ground) <= LONGEST


def turns(recording: Recording) -> list[Question]:
    """How often a loop turned, or an arm was taken, in one test."""
    found = []
    for test in recording.tests:
        counts = Counter((event.kind, event.place) for event in test.events if event.kind in {"LOOP", "BRANCH"})
        for (kind, place), count in sorted(counts.items()):
            if not LEAST_TURNS <= count <= MOST_TURNS or recording.limit is None or count >= recording.limit:
                continue
            ground = tuple(event for event in test.events if (event.kind, event.place) == (kind, place))
            arm = _arm(ground[0])
            found.append(
                Question(
                    "trace_branch_turns" if kind == "LOOP" else "trace_branch_taken",
                    (*_where(ground[0]), ("test", f"test {test.number}"), ("arm", arm)),
                    f"{count} times.",
                    tuple(map(format_event, ground)),
                    test.events,
                    f"{kind} {place} in test {test.number}: {count}",
                )
            )
    return found


def arms(recording: Recording) -> list[Question]:
    """Which arm ran where a function came to its n-th branch in one test, and another had run before."""
    found = []
    for test in recording.tests:
        for function in sorted({event.function for event in test.events}):
            here = [
                (index, event)
                for index, event in enumerate(test.events)
                if (event.kind, event.function) == ("BRANCH", function)
            ]
            if len({event.place for _, event in here}) < LEAST_TURNS:
                continue
            for number, (index, event) in enumerate(here[:LAST_ARM], 1):
                if number < FIRST_ARM or event.place == here[number - 2][1].place:
                    continue
                found.append(
                    Question(
                        "trace_branch_arm",
                        (*_where(event), ("test", f"test {test.number}"), ("nth", ORDINALS[number - 1])),
                        f"The `{_arm(event)}` arm at line {event.line}.",
                        (format_event(event),),
                        test.events[: index + 1],
                        f"BRANCH number {number} of {function} in test {test.number}",
                    )
                )
    return found


def reached(recording: Recording) -> list[Question]:
    """Which of at least three tests came to a place that some of them never see."""
    if len(recording.tests) < LEAST_TESTS:
        return []
    first: dict[tuple[str, str], dict[int, Event]] = {}
    for test in recording.tests:
        for event in test.events:
            if event.kind in {"BRANCH", "LOOP", "ERR"}:
                first.setdefault((event.kind, event.place), {}).setdefault(test.number, event)
    followed = tuple(event for test in recording.tests for event in test.events)
    return [
        Question(
            "trace_branch_tests",
            (*_where(next(iter(by_test.values()))), ("kind", kind)),
            f"{_tests(sorted(by_test))}.",
            tuple(f"{trace_name(number)}: {format_event(by_test[number])}" for number in sorted(by_test)),
            followed,
            f"{kind} {place} in tests {', '.join(map(str, sorted(by_test)))}",
        )
        for (kind, place), by_test in sorted(first.items())
        if len(by_test) < len(recording.tests)
    ]


def _where(event: Event) -> tuple[tuple[str, str], ...]:
    return ("place", event.place), ("line", str(event.line)), ("function", event.function)


def _arm(event: Event) -> str:
    """The word of the arm that was taken, as the event says it."""
    return dict(event.state).get("took", "").strip('"') or "branch"


def _tests(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"Only test {numbers[0]}"
    return f"Tests {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
