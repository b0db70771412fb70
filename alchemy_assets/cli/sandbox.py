"""The commands of the sandbox: run one program in it, and build the system that programs see."""

import base64
import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alchemy_assets.cli.terminal import clear_errors, err, listed, out, plain
from alchemy_assets.errors import SettingsError
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Outcome, Program, Status

if TYPE_CHECKING:
    from alchemy_assets.settings import Sandboxing

app = typer.Typer(no_args_is_help=True, help="Run untrusted programs, contained.")

RootOption = Annotated[
    Path | None, typer.Option(help="A system that `build-root` made; default: the setting `sandbox.root`.")
]


@app.command()
def run(  # noqa: PLR0913, PLR0917 -- one parameter an option
    file: Annotated[Path, typer.Argument(help="The program.", exists=True, dir_okay=False)],
    arguments: Annotated[list[str] | None, typer.Argument(metavar="[-- ARGS]", help="Its arguments.")] = None,
    stdin: Annotated[
        Path | None, typer.Option(help="File that it reads as standard input.", exists=True, dir_okay=False)
    ] = None,
    beside: Annotated[
        list[Path] | None,
        typer.Option("--with", help="File or folder that lies beside it; may be repeated.", exists=True),
    ] = None,
    collect: Annotated[list[str] | None, typer.Option(help="File that it writes, for --json; may be repeated.")] = None,
    language: Annotated[str | None, typer.Option(help="Its language; default: by its name.")] = None,
    root: RootOption = None,
    backend: Annotated[str | None, typer.Option(help="bubblewrap or docker; default: the setting.")] = None,
    cpu: Annotated[float, typer.Option(min=0.01, help="CPU seconds.")] = Limits.cpu_seconds,
    wall: Annotated[float, typer.Option(min=0.01, help="Seconds on the clock.")] = Limits.wall_seconds,
    memory: Annotated[int, typer.Option(min=1, help="MiB of memory.")] = Limits.memory_bytes // 2**20,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole outcome as JSON.")] = False,
) -> None:
    """Run one program in the sandbox. Its output and exit code are this command's; another end than its own gives 1."""
    from alchemy_assets.sandbox.backends import open_sandbox  # noqa: PLC0415 -- `alchemy --help` answers at once

    with clear_errors():
        program = Program(language or _language(file), _files(file, beside or []), file.name)
        invocation = Invocation(
            arguments=tuple(arguments or ()),
            stdin=b"" if stdin is None else stdin.read_bytes(),
            collect=tuple(collect or ()),
        )
        limits = Limits(cpu_seconds=cpu, wall_seconds=wall, memory_bytes=memory * 2**20)
        with open_sandbox(_settings(root, backend)) as sandbox:
            outcome = sandbox.run(program, invocation, limits)
    if as_json:
        sys.stdout.write(json.dumps(_jsonable(vars(outcome)), indent=2, ensure_ascii=False) + "\n")
    else:
        _show(outcome)
    raise typer.Exit(outcome.exit_code if outcome.status is Status.FINISHED and outcome.exit_code is not None else 1)


@app.command()
def build_root(  # noqa: PLR0913, PLR0917 -- one parameter an option
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to build it in; it appears when it is whole.")],
    languages: Annotated[
        str | None, typer.Option(help="Languages that it shall run, comma-separated; default: all fourteen.")
    ] = None,
    libraries: Annotated[bool, typer.Option(help="Include the short list of third-party libraries.")] = True,
    packages: Annotated[
        Path | None, typer.Option(help="Another list of packages than ours.", exists=True, dir_okay=False)
    ] = None,
    mirror: Annotated[str | None, typer.Option(help="Where Debian's packages come from.")] = None,
    downloads: Annotated[Path | None, typer.Option(help="Folder that keeps packages for the next build.")] = None,
) -> None:
    """Build the system that programs see: a small Debian with the toolchains of 14 languages. Needs root and minutes."""
    from alchemy_assets.sandbox import root  # noqa: PLC0415 -- `alchemy --help` answers at once

    with clear_errors():
        report = root.build_root(
            folder,
            packages=root.read_packages(packages or root.PACKAGES),
            mirror=mirror,
            libraries=libraries,
            languages=listed(languages),
            downloads=downloads,
            tell=lambda line: out.print(plain(line)),
        )
    out.print(plain(f"{folder}: {report.bytes / 1e9:.1f} GB, {len(report.versions)} packages, {report.seconds:.0f} s"))
    out.print(
        plain(f"to use it: ALCHEMY_SANDBOX__ROOT={shlex.quote(str(folder.absolute()))}, or `root` under [sandbox]")
    )


def _settings(root: Path | None, backend: str | None) -> "Sandboxing":
    from alchemy_assets.settings import Sandboxing, load  # noqa: PLC0415

    if backend not in {None, "bubblewrap", "docker"}:
        message = f"there is no backend {backend!r}; there are bubblewrap and docker"
        raise SettingsError(message)
    given = {key: value for key, value in {"root": root, "backend": backend}.items() if value is not None}
    return Sandboxing(**{**load().sandbox.model_dump(), **given})


def _language(file: Path) -> str:
    for name, language in LANGUAGES.items():
        if language.runs and file.suffix.lower() in language.suffixes:
            return name
    message = f"the language of {file.name} cannot be told by its name; say --language, one of " + ", ".join(
        name for name, language in LANGUAGES.items() if language.runs
    )
    raise SettingsError(message)


def _files(file: Path, beside: list[Path]) -> dict[str, bytes]:
    files = {}
    for given in map(Path.resolve, beside):
        found = [given] if given.is_file() else sorted(path for path in given.rglob("*") if path.is_file())
        files.update({str(path.relative_to(given.parent)): path.read_bytes() for path in found})
    return {**files, file.name: file.read_bytes()}


def _jsonable(value: Any) -> Any:
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {key: _jsonable(one) for key, one in value.items()}
    return _jsonable(vars(value)) if hasattr(value, "__dataclass_fields__") else value


def _show(outcome: Outcome) -> None:
    sys.stdout.buffer.write(outcome.stdout)
    sys.stdout.buffer.flush()
    # Of a program that was started, an interpreter has said itself what it could not read.
    step = outcome.compile_step if outcome.exit_code is None or outcome.status is Status.FINISHED else None
    if step is not None and outcome.status in {Status.COMPILE_ERROR, Status.UNSUPPORTED}:
        sys.stderr.buffer.write(step.messages)
    sys.stderr.buffer.write(outcome.stderr)
    sys.stderr.buffer.flush()
    ended = f"{outcome.status}" if outcome.exit_code is None else f"{outcome.status}, exit code {outcome.exit_code}"
    used = [f"{outcome.cpu_seconds:.3f} CPU s", f"{outcome.wall_seconds:.3f} s"]
    if outcome.peak_memory_bytes is not None:
        used.append(f"{outcome.peak_memory_bytes / 2**20:.0f} MiB")
    if step is not None:
        used.append(f"compiled in {step.cpu_seconds:.3f} CPU s")
    words = [ended, *([outcome.detail] if outcome.detail else []), *used, *filter(None, [outcome.toolchain])]
    err.print(f"[dim]{plain(' · '.join(words))}[/]")
