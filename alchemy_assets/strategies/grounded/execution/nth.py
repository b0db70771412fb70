"""Ask for a value as it is the n-th time that control comes to something: a line, a call, a return.

Belongs here: the question and its answer. Does not: which values are worth it (`state`, `calls`).
"""

from collections.abc import Mapping, Sequence

from alchemy_assets.strategies.grounded.execution.values import is_whole
from alchemy_assets.strategies.grounded.execution.watched import Question, Watched, listed, ordinal
from alchemy_assets.tracing.events import Event

MOST_NUMBER = 15


def of_pass(  # noqa: PLR0913 -- what a question is made of
    watched: Watched,
    form: str,
    index: int,
    passes: Sequence[Event],
    name: str,
    *,
    facts: Mapping[str, str],
    what: str,
    best: bool,
) -> Question:
    """The question for a name in the last of some events, which is the one at an index of the run.

    facts: the places of the form's phrasings but `nth`, `value` and `values`; what: that which is asked for, in a word.
    """
    values = [dict(one.state).get(name, "") for one in passes]
    value = f"`{values[-1]}`"
    nth = ordinal(len(passes), watched.chance(f"{form} {index}"))
    filled = {**facts, "nth": nth, "value": value, "values": listed(values)}
    told = len(values) > 1 and all(is_whole(one, watched.observed.language) for one in values[-8:])
    return Question(
        form,
        watched.words(form, str(index), filled),
        value,
        watched.words(f"{form}_answers" if told else f"{form}_only", str(index), filled),
        watched.events[: index + 1],
        f"{what}, pass {len(passes)}",
        best,
    )
