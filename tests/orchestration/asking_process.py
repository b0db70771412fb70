"""A process that asks a server about made-up files, to be killed: `python -m tests.orchestration.asking_process ROOT ADDRESS`.

Belongs here: the files, a kind of two rounds, and the process. Does not: tests. With `between` as a third argument it kills
itself when its first answers are in the store and not yet out of the journal; with `deaf` it hears no signal, as in a step of
Dagster's.
"""

import os
import signal
import sys
from pathlib import Path

from alchemy_assets.generation.completions import Request
from alchemy_assets.generation.journal import Journal
from alchemy_assets.orchestration.generating import ask_partition
from alchemy_assets.orchestration.model import Model
from alchemy_assets.settings import Generation
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Verified
from tests.generation.fault_server import MODEL

PARTITION = "Python|0-of-1"
FILES = [
    CuratedFile(f"{number * 0x1111:040x}", "Python", f"x = {number}\n", "", [], "MIT", "c") for number in range(60)
]


class TwoRounds:
    """A kind that asks a question, and another one about its answer."""

    name, strategy = "two_rounds", "code_enhance"

    def __init__(self, *, shout=False):
        self.shout = shout

    def request(self, file, text):
        return Request((("user", text),), kind=self.name, strategy=self.strategy, blob_id=file.blob_id)

    def next(self, file, answers):
        first = answers.get(asked := self.request(file, f"first {file.blob_id}"))
        if first is None:
            return [asked]
        second = answers.get(asked := self.request(file, f"then {first.raw}"))
        if second is None:
            return [asked]
        said = second.raw.upper() if self.shout else second.raw
        messages = (("user", "What?"), ("assistant", said))
        return [Draft(self.name, file, messages, "p", file.text, request_sha256=second.request_sha256)]

    def verify(self, drafts, sandbox):
        return [Verified(draft, draft.messages, {"parsed": True}) for draft in drafts]


def settings(*addresses, **other):
    """Settings that reach the store after a few answers, and lose patience soon."""
    given = {"segment_answers": 7, "concurrency": 8, "patience": 5.0, "attempts": 3, "longest_wait": 0.2, **other}
    return Generation(engine="endpoint", model=MODEL, endpoints=addresses, **given)


def main(root, address, how=""):
    """Ask for everything."""
    if how == "deaf":
        for one in (signal.SIGINT, signal.SIGTERM):
            signal.signal(one, lambda *_: None)
    if how == "between":
        Journal.remove = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    model = Model(settings(address), Path(root) / "store", Path(root))
    ask_partition(model, Path(root) / "journals", PARTITION, [TwoRounds()], FILES)


if __name__ == "__main__":
    main(*sys.argv[1:])
