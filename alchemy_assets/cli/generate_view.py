"""What a language model makes of one file: every prompt, every completion, and the verdict on what came of them.

Belongs here: asking about one file and telling of it. Does not: options (`generate`).
Answers are kept under `workspaces/files`, so that looking once more asks nothing.
"""

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from alchemy_assets.cli.terminal import plain
from alchemy_assets.cli.trace import read, understand
from alchemy_assets.errors import SandboxUnavailableError, SettingsError
from alchemy_assets.generation.completions import Answers
from alchemy_assets.orchestration.generating import ask_partition, of_files
from alchemy_assets.orchestration.looked import Looked
from alchemy_assets.orchestration.model import Model
from alchemy_assets.orchestration.setup import ROOT
from alchemy_assets.sandbox.backends import open_sandbox
from alchemy_assets.sandbox.sandbox import Sandbox
from alchemy_assets.settings import Settings
from alchemy_assets.shards import shard_key
from alchemy_assets.strategies.registry import WRITTEN, written_by
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Kind, Rejected, Verified
from alchemy_assets.tracing.observed import observed_of
from alchemy_assets.tracing.record import record

FOLDER = ROOT / "files"
_BAR = "─" * 24


def lines(
    path: Path, settings: Settings, strategies: Sequence[str], kinds: Sequence[str], *, show: bool
) -> Iterator[str]:
    """What there is to tell, as lines with markup; asks for what has no answer yet.

    Raises EngineUnavailableError where no engine is configured, SettingsError for a kind that nobody knows.
    """
    chosen = [
        kind
        for name in strategies or WRITTEN
        for kind in written_by(name, kinds, settings.generation.model_copy(update={"strategies": ()}))
    ]
    if not chosen:
        msg = "no kind is left to ask for; name an engine with --engine and --model, and kinds of the strategies that are named"
        raise SettingsError(msg)
    with contextlib.ExitStack() as stack:
        sandbox = None
        with contextlib.suppress(SandboxUnavailableError):
            sandbox = stack.enter_context(open_sandbox(settings.sandbox))
        file = _file(path, settings, sandbox)
        model = stack.enter_context(contextlib.closing(Model(settings.generation, FOLDER / "store", FOLDER)))
        partition = f"{file.language}|{shard_key(0, 1)}"
        asked, report = ask_partition(model, FOLDER / "generation", partition, chosen, [file])
        answers = model.answers(of_files(model.completions.read(partition), [file]))
        for kind in chosen:
            yield from _told(kind, file, answers, sandbox, show=show)
        yield ""
        yield from map(plain, report.lines())
        if asked.stopped:
            yield plain(asked.stopped)


def _file(path: Path, settings: Settings, sandbox: Sandbox | None) -> CuratedFile:
    data = read(path)
    language, decoded = understand(path, data, None, runs=False)
    occurrence: dict[str, object] = {
        "corpus": "local",
        "repo_name": None,
        "path": path.name,
        "licenses": [],
        "license_type": None,
    }
    file = CuratedFile(
        blob_id=hashlib.sha1(data, usedforsecurity=False).hexdigest(),
        language=language,
        text=decoded.text,
        text_sha256=hashlib.sha256(decoded.text.encode()).hexdigest(),
        occurrences=[occurrence],
        license="",
        near_duplicate_cluster="",
    )
    row = {"blob_id": file.blob_id, "language": language, "text": file.text}
    unknown = ("occurrences", "license", "near_duplicate_cluster", "held_out", "edits")
    frame = pl.DataFrame([row]).with_columns(pl.lit(None).alias(name) for name in unknown)
    [seen] = record(frame, sandbox, settings.tracing).observations.iter_rows(named=True)
    return replace(file, observed=observed_of(seen))


def _told(kind: Kind, file: CuratedFile, answers: Answers, sandbox: Sandbox | None, *, show: bool) -> Iterator[str]:
    looked = Looked.over(answers)
    made = list(kind.next(file, looked))
    drafts = [one for one in made if isinstance(one, Draft)]
    if show:
        for number, (request, answer) in enumerate(looked.found.values(), 1):
            yield f"[bold]{_BAR} {kind.name}: prompt {number} {_BAR}[/]"
            for role, content in request.messages:
                yield f"[bold]{plain(role)}:[/]"
                yield from map(plain, content.splitlines())
            yield f"[bold]{_BAR} {kind.name}: completion {number} ({answer.finish_reason}) {_BAR}[/]"
            if answer.reasoning:
                yield from (f"[dim]{plain(line)}[/]" for line in answer.reasoning.splitlines())
            yield from map(plain, answer.raw.splitlines())
        yield f"[bold]{_BAR} {kind.name}: verdict {_BAR}[/]"
    for one in kind.verify(drafts, sandbox):
        yield _verdict(kind, one)
    if waiting := len(made) - len(drafts):
        yield f"{kind.name:<20} [yellow]{waiting} requests have no answer[/]"


def _verdict(kind: Kind, one: Verified | Rejected) -> str:
    if isinstance(one, Rejected):
        detail = f": {one.detail}" if one.detail else ""
        return f"{kind.name:<20} [red]rejected[/]  {plain('; '.join(one.reasons) + detail)}"
    flags = ", ".join(f"{name} {value}" for name, value in one.verified.items() if value is not None)
    return f"{kind.name:<20} [green]accepted[/]  {plain(flags)}"
