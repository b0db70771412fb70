"""The harness of calls: a small driver beside the file that makes the call of the number that it is given.

Belongs here: candidates by number, and the driver that has only the calls that are kept. Does not: how a language's
driver is written (`calls.python`, ...), which calls there are (`arguments`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from alchemy_assets.tracing.calls.functions import Calls, Function
from alchemy_assets.tracing.launch import Launch
from alchemy_assets.tracing.scripts import Test


@cache
def template(name: str) -> str:
    """The text of a driver in `drivers/`, with marks where names and calls go."""
    return (Path(__file__).parent / "drivers" / name).read_text(encoding="utf-8")


@dataclass(frozen=True)
class CallHarness:
    """A file whose functions are called by a driver; `calls` are the candidates, from number 1.

    lines: those of what is called and what that draws on; elsewhere nothing is worth a trace point.
    """

    table: Calls
    text: str
    calls: Sequence[tuple[Function, str]]
    lines: frozenset[int]
    name: str = "call/1"

    @property
    def source(self) -> str:
        """What the traced file is called."""
        return self.table.source(self.text)

    @property
    def launch(self) -> Launch:
        """How the driver is started."""
        return self.table.launch(self.text)

    @property
    def candidates(self) -> Sequence[Test]:
        """A test for each call, by its number."""
        return [Test((str(number),), label=call) for number, (_, call) in enumerate(self.calls, 1)]

    def beside(self, tests: Sequence[Test]) -> Mapping[str, str]:
        """The driver with the calls of these tests alone."""
        return self.table.driver(self.text, [self.calls[int(test.arguments[0]) - 1] for test in tests])

    def started(self, tests: Sequence[Test]) -> list[Test]:
        """The tests by their numbers in the driver that has them alone."""
        return [Test((str(number),), label=test.label) for number, test in enumerate(tests, 1)]
