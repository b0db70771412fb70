"""The languages whose functions can be called, and the one way to get the harness of a file.

Belongs here: from a language and a text to a harness. Does not: the languages (their own modules).
"""

from collections.abc import Mapping
from types import MappingProxyType

from alchemy_assets.tracing.calls import go, java, javascript, php, python, ruby
from alchemy_assets.tracing.calls.arguments import proposals
from alchemy_assets.tracing.calls.driver import CallHarness
from alchemy_assets.tracing.calls.functions import Calls, interesting
from alchemy_assets.tracing.reasons import Dropped, Reason

CALLS: Mapping[str, Calls] = MappingProxyType(
    {
        "Go": go.CALLS,
        "Java": java.CALLS,
        "JavaScript": javascript.JAVASCRIPT,
        "PHP": php.CALLS,
        "Python": python.CALLS,
        "Ruby": ruby.CALLS,
        "TypeScript": javascript.TYPESCRIPT,
    }
)
"""What each language brings."""


def harness_of_calls(language: str, text: str) -> CallHarness | Dropped:
    """The harness of a file's most interesting functions, or why none is called."""
    table = CALLS[language]
    drawn = interesting(table, text)
    if drawn is None:
        return Dropped(Reason.NO_CALLS)
    if isinstance(drawn, Dropped):
        return drawn
    calls = [(one.function, call) for one, call in proposals(table, drawn)]
    return CallHarness(table, text, calls, frozenset[int]().union(*(one.lines for one in drawn)))
