"""What this machine has, what each language can do here, and how to get what is missing."""

import importlib.metadata
import os
import platform
from collections.abc import Iterator
from importlib.util import find_spec

from alchemy_assets import __version__
from alchemy_assets.errors import SandboxUnavailableError, UnsupportedLanguageError
from alchemy_assets.languages import LANGUAGES, Language
from alchemy_assets.sandbox.backends import open_sandbox, report_protections
from alchemy_assets.sandbox.sandbox import Sandbox
from alchemy_assets.settings import Sandboxing
from alchemy_assets.strategies.grounded.shapes import SHAPES
from alchemy_assets.tracing.instrument.registry import INSTRUMENTERS

PACKAGES = ("dagster", "polars", "duckdb", "great-expectations", "tree-sitter")
EXTRAS = {"docker": "docker", "vllm": "vllm", "llama": "xllamacpp", "k8s": "dagster_k8s"}


def _mark(good: bool) -> str:  # noqa: FBT001 -- it prints a truth value
    return "yes" if good else "no "


def _language(language: Language, sandbox: Sandbox | None) -> str:
    """One row: curated, completion, executed and traced, and with what."""
    traced = language.name in INSTRUMENTERS
    runs = False
    if not language.runs:
        note = "is not executed"
    elif sandbox is None:
        note = "no sandbox"
    else:
        try:
            note = sandbox.toolchain(language.name)
            runs = True
        except UnsupportedLanguageError as error:
            note = str(error)
    completes = language.name in SHAPES
    return (
        f"  {language.name:<12} {'yes':<8} {_mark(completes):<11} {_mark(runs):<9} {_mark(traced and runs):<7} {note}"
    )


def lines(settings: Sandboxing) -> Iterator[str]:
    """The whole report, on a sandbox of these settings."""
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    yield f"alchemy {__version__}, Python {platform.python_version()}, {machine}"
    yield "packages   " + ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    yield "extras     " + ", ".join(
        f"{extra}: {'installed' if find_spec(module) else f'absent (pip install codealchemy[{extra}])'}"
        for extra, module in EXTRAS.items()
    )
    sandbox = None
    try:
        sandbox = open_sandbox(settings)
        yield f"sandbox    {settings.backend}, the system of {settings.root}"
    except SandboxUnavailableError as error:
        yield f"sandbox    none: {error}"
    for protection in report_protections(settings):
        yield f"  {_mark(protection.in_force)} {protection.name}: {protection.detail}"
    yield ""
    yield f"  {'language':<12} {'curated':<8} {'completion':<11} {'executed':<9} {'traced':<7}"
    yield from (_language(language, sandbox) for language in LANGUAGES.values())
    if sandbox is not None:
        sandbox.close()
