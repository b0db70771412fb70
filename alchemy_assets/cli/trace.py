"""`alchemy trace`: one file through the whole tracing pipeline, and what came of it.

Belongs here: the command, and the verdict in words. Does not: what there is to show (`trace_view`), how it looks on a
terminal (`trace_text`) and on a page (`trace_page`).
"""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from alchemy_assets.cli.terminal import clear_errors, err, out, plain
from alchemy_assets.errors import SandboxUnavailableError

if TYPE_CHECKING:
    from alchemy_assets.cli.trace_view import View
    from alchemy_assets.corpora.encodings import Decoded

# The pipeline drops what is longer than a fraction of this; it bounds what is read of a device or a pipe.
MOST_BYTES = 2**20


def trace(  # noqa: PLR0913, PLR0917 -- one parameter an option
    file: Annotated[Path, typer.Argument(help="The program.", exists=True, dir_okay=False)],
    language: Annotated[str | None, typer.Option(help="Its language; default: by its name and content.")] = None,
    points: Annotated[
        int | None, typer.Option(min=5, max=60, help="Trace points at most; default: the setting `tracing.points`.")
    ] = None,
    runs: Annotated[
        int | None, typer.Option(min=2, max=10, help="Runs that must agree; default: the setting `tracing.runs`.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("-o", help="Empty or new folder for source, run.sh and traces.", file_okay=False)
    ] = None,
    page: Annotated[
        Path | None, typer.Option("--html", help="File for a page with source and events side by side.", dir_okay=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Trace one file: its source with trace points, run.sh, each trace, the verdict. 0 where it is kept, 1 where not."""
    from alchemy_assets.settings import load  # noqa: PLC0415 -- `alchemy --help` answers at once

    with clear_errors():
        data = read(file)
        known, decoded = understand(file, data, language)
        _refuse_targets(file, folder, page)
        # What traces takes a while to import, and a mistake is told before.
        from alchemy_assets.cli import trace_page, trace_text, trace_view  # noqa: PLC0415
        from alchemy_assets.sandbox.backends import open_sandbox  # noqa: PLC0415

        settings = load()
        given = {name: value for name, value in {"points": points, "runs": runs}.items() if value is not None}
        tracing = settings.tracing.model_copy(update=given)
        began, trouble = time.monotonic(), ""
        try:
            with open_sandbox(settings.sandbox) as sandbox:
                view = trace_view.trace_file(data, decoded, known, sandbox, tracing)
        except SandboxUnavailableError as error:
            # What can be said without running it is said all the same.
            trouble = str(error)
            view = trace_view.trace_file(data, decoded, known, None, tracing)
        seconds = time.monotonic() - began
        summary = list(_summary(view, trouble, seconds))
        if folder is not None:
            _write(view, folder)
        if page is not None:
            page.write_text(trace_page.render(view, file.name, summary), encoding="utf-8", newline="")
    if as_json:
        # ASCII alone, so that nothing in it can move a terminal.
        sys.stdout.write(json.dumps(_jsonable(view, file, trouble, seconds), indent=2) + "\n")
    else:
        trace_text.show(view, out)
        for label, text in summary:
            colour = {"kept": "green", "dropped": "red", "reason": "red"}.get(
                text if label == "verdict" else label, "default"
            )
            out.print(f"[bold]{label:<11}[/][{colour}]{plain(text)}[/]")
    for written in filter(None, (folder, page)):
        err.print(f"[dim]written: {plain(str(written))}[/]")
    raise typer.Exit(0 if view.kept else 1)


def _wrong(message: str, hint: str) -> NoReturn:
    """A mistake in what was typed: exit code 2, as for every other."""
    message = "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in message)
    raise typer.BadParameter(message, param_hint=hint)


def read(file: Path) -> bytes:
    """The bytes of a file that is not too large for anything to be made of it."""
    with file.open("rb") as stream:
        data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        _wrong(f"{file.name} is larger than {MOST_BYTES // 2**20} MiB; no trace is made of such a file", "FILE")
    return data


def understand(file: Path, data: bytes, language: str | None, *, runs: bool = True) -> "tuple[str, Decoded]":
    """Language and text of the file, as a corpus that holds it would know them; `runs`: it must be one of programs."""
    from alchemy_assets.corpora.detection import Evidence, detect  # noqa: PLC0415
    from alchemy_assets.corpora.encodings import decode, is_binary  # noqa: PLC0415
    from alchemy_assets.languages import LANGUAGES  # noqa: PLC0415

    detected = detect([Evidence(language or "", file.name)], data)
    if detected is None or (runs and not LANGUAGES[detected.language].runs):
        what = f"there is no language {language!r}" if language else f"the language of {file.name} cannot be told"
        if detected is not None:
            what = f"{detected.language} programs cannot be run, so there is nothing to trace"
        names = ", ".join(name for name, one in LANGUAGES.items() if one.runs or not runs)
        _wrong(f"{what}; say --language, one of {names}", "--language")
    decoded = None if is_binary(data) else decode(data)
    if decoded is None:
        _wrong(f"{file.name} is binary, or its encoding cannot be told: save it as UTF-8", "FILE")
    return detected.language, decoded


def _refuse_targets(file: Path, folder: Path | None, page: Path | None) -> None:
    """What is written never replaces the program or mixes with other files, and is asked for before it is made."""
    if folder is not None and folder.exists() and any(folder.iterdir()):
        _wrong(f"{folder} is not empty", "-o")
    if page is not None and page.exists() and page.samefile(file):
        _wrong(f"{page} is the program itself", "--html")
    if page is not None and not page.absolute().parent.is_dir():
        _wrong(f"there is no folder {page.parent} to write {page.name} into", "--html")


def _summary(view: "View", trouble: str, seconds: float) -> Iterator[tuple[str, str]]:
    """The verdict, as labels with their text."""
    yield "verdict", "kept" if view.kept else "dropped"
    detail = "; ".join(filter(None, (view.detail, trouble)))
    for index, reason in enumerate(view.reasons, 1):
        # A detail belongs to one reason, or to all of them together.
        yield "reason", f"{reason}: {detail}" if detail and len(view.reasons) == index == 1 else reason
    if detail and len(view.reasons) != 1:
        yield "detail", detail
    if not view.kept:
        yield "reached", view.reached
    yield "language", view.language
    traced = view.trace
    if view.points:
        yield "points", f"{len(view.points)}"
    if traced is not None:
        counts = (traced["events"], "event"), (traced["paths"], "path"), (len(view.tests), "test")
        yield "trace", ", ".join(f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in counts)
        yield (
            "difficulty",
            ", ".join(f"{name.replace('_', ' ')} {_number(value)}" for name, value in traced["difficulty"].items()),
        )
        yield "toolchain", f"{traced['toolchain']} · {traced['instrumenter']} · {traced['harness']}"
    yield "seconds", f"{seconds:.2f} on the clock; programs ran {view.sandbox_seconds:.2f}"


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f}" if isinstance(value, float) else f"{value}"


def _write(view: "View", folder: Path) -> None:
    """The shown files, byte for byte, where a person can run them."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {file.name: file.text for file in view.files} | {test.name: test.text for test in view.tests}
    if view.run_sh is not None:
        texts["run.sh"] = view.run_sh
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode())
    if view.run_sh is not None:
        (folder / "run.sh").chmod(0o755)


def _jsonable(view: "View", file: Path, trouble: str, seconds: float) -> dict[str, Any]:
    """Everything, under keys that stay; what a dropped file does not have is null or an empty list."""
    traced = view.trace or {}
    kept = ("events", "paths", "difficulty", "toolchain", "instrumenter", "harness")
    return {
        "file": str(file),
        "blob_id": view.blob_id,
        "language": view.language,
        "encoding": view.encoding,
        "kept": view.kept,
        "reached": view.reached,
        "reasons": list(view.reasons),
        "detail": "; ".join(filter(None, (view.detail, trouble))),
        "points": len(view.points),
        **{name: traced.get(name) for name in kept},
        "seconds": seconds,
        "sandbox_seconds": view.sandbox_seconds,
        "source_files": [
            {
                "name": one.name,
                "text": one.text,
                "instrumented": one.instrumented,
                "original_lines": [line.number for line in one.lines] if one.instrumented else None,
            }
            for one in view.files
        ],
        "run_sh": view.run_sh,
        "trace_points": [asdict(point) for point in view.points],
        "tests": [
            {
                "trace_file": test.name,
                "given": test.given,
                "text": test.text,
                "output": test.output,
                "entries": [
                    {
                        "text": entry.text,
                        "type": entry.kind or None,
                        "function": entry.function or None,
                        "line": entry.line or None,
                        "state": [value._asdict() for value in entry.values],
                        "shown_lines": list(entry.lines),
                    }
                    for entry in test.entries
                ],
            }
            for test in view.tests
        ],
    }
