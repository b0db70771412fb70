"""Keep the samples that are as hard as the settings ask for, and no more of one band of difficulty than they allow.

Belongs here: bounds, bands, and which samples of a full band stay. Does not: the measures (`tracing.events`).
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from alchemy_assets.settings import TraceSampling
from alchemy_assets.strategies.strategy import Rejected, Verified, sample_id
from alchemy_assets.strategies.trace_kinds.reasons import Reason

# The dependency depth at which a band begins. The settings' descriptions name these numbers.
MEDIUM, HARD = 4, 10


def band(depth: int) -> str:
    """The band of difficulty of a dependency depth."""
    return "easy" if depth < MEDIUM else "medium" if depth < HARD else "hard"


def kept(judged: Iterable[Verified | Rejected], sampling: TraceSampling) -> Iterator[Verified | Rejected]:
    """All of what was judged; what the settings leave out is rejected, with the reason.

    Those that stay in a full band are drawn by sample id, so that no file's name or place decides.
    """
    most = {"easy": sampling.most_easy, "medium": sampling.most_medium, "hard": sampling.most_hard}
    taken: Counter[tuple[str, str]] = Counter()
    waiting: list[tuple[str, Verified]] = []
    for one in judged:
        if isinstance(one, Rejected):
            yield one
        elif (out := _out_of_bounds(one, sampling)) is not None:
            yield out
        else:
            waiting.append((sample_id(one.draft, one.messages), one))
    for _, one in sorted(waiting, key=lambda pair: pair[0]):
        here = band(_measure(one, "dependency_depth"))
        key, allowed = (one.draft.kind, here), most[here]
        if allowed is not None and taken[key] >= allowed:
            yield Rejected(one.draft, (Reason.ENOUGH_OF_BAND,), f"{here}: {allowed} are kept")
        else:
            taken[key] += 1
            yield one


def _out_of_bounds(one: Verified, sampling: TraceSampling) -> Rejected | None:
    for name, least, most in (
        ("dependency_depth", sampling.least_dependency_depth, sampling.most_dependency_depth),
        ("state_changes", sampling.least_state_changes, sampling.most_state_changes),
    ):
        value = _measure(one, name)
        if value < least:
            return Rejected(one.draft, (Reason.TOO_EASY,), f"{name} is {value}, at least {least} is asked for")
        if most is not None and value > most:
            return Rejected(one.draft, (Reason.TOO_HARD,), f"{name} is {value}, at most {most} is allowed")
    return None


def _measure(one: Verified, name: str) -> int:
    return int(one.difficulty.get(name) or 0)
