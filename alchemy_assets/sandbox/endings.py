"""Say what the end of a program means: a syntax error, a missing library and a full heap have words, not exit codes.

Belongs here: the rules that hold for all languages. Does not: the words of each (`toolchains`), limits that a backend
met, which it says itself.
"""

from dataclasses import fields, replace
from pathlib import PurePosixPath

from alchemy_assets.sandbox.builds import LIMITS, as_build, first_error
from alchemy_assets.sandbox.jobs import Backend, Ending, Job
from alchemy_assets.sandbox.program_folder import TEMPORARY
from alchemy_assets.sandbox.sandbox import CompileStep, Outcome, Program, Status
from alchemy_assets.sandbox.toolchains.plans import plain
from alchemy_assets.sandbox.toolchains.toolchain import Toolchain

_MOST_CHECKED = 4
"""Files beside the entry that are looked at for a syntax error."""

_ENDING = tuple(one.name for one in fields(Ending) if one.name != "executables")


def explain_build(failure: Outcome, toolchain: Toolchain, program: Program) -> Outcome:
    """Return the outcome of a program that could not be built, as `UNSUPPORTED` where a library is what it lacks."""
    if failure.status is not Status.COMPILE_ERROR or failure.compile_step is None:
        return failure
    return _needing_library(failure, toolchain, program, failure.compile_step.messages)


def explain_run(outcome: Outcome, toolchain: Toolchain, program: Program, backend: Backend) -> Outcome:
    """Return the outcome of a program that ran, with the status that the words of its toolchain stand for.

    program: with the files that were really there. A program that ended with exit code 0 has finished, whatever it said.
    """
    if not outcome.exit_code:
        return outcome
    said = outcome.stderr.decode(errors="replace")
    if toolchain.out_of_memory is not None:
        words, exit_code = toolchain.out_of_memory
        if outcome.exit_code == exit_code and words.search(said):
            return replace(outcome, status=Status.OUT_OF_MEMORY, detail="met the limit of its heap")
    if outcome.status is not Status.FINISHED:
        return outcome
    if toolchain.syntax_error is not None and toolchain.syntax_error.search(said):
        step = _unreadable(outcome, toolchain, program, backend)
        if step is not None:
            detail = first_error(step.messages)
            return replace(outcome, status=Status.COMPILE_ERROR, detail=detail, compile_step=step)
    return _needing_library(outcome, toolchain, program, outcome.stderr)


def _needing_library(outcome: Outcome, toolchain: Toolchain, program: Program, said: bytes) -> Outcome:
    library = toolchain.missing_library(program, said.decode(errors="replace"))
    if library is None:
        return outcome
    return replace(outcome, status=Status.UNSUPPORTED, detail=f"needs the library {library}")


def _unreadable(outcome: Outcome, toolchain: Toolchain, program: Program, backend: Backend) -> CompileStep | None:
    """Return what the language says of the first file that it cannot read: the entry, or one that stderr names."""
    if toolchain.check is None:
        return as_build(Ending(**{name: getattr(outcome, name) for name in _ENDING})).step
    suffix = PurePosixPath(program.entry).suffix
    others = [name for name in sorted(program.files) if name.endswith(suffix) and name != program.entry]
    named = [name for name in others if name.encode() in outcome.stderr]
    for name in (program.entry, *named[:_MOST_CHECKED]):
        command = (*toolchain.check, plain(name))
        job = Job(command, toolchain.environment, program.files, b"", (), "sandbox", TEMPORARY, LIMITS)
        build = as_build(backend.execute(job))
        if build.failure is not None and build.failure.status is Status.COMPILE_ERROR:
            return build.step
    return None
