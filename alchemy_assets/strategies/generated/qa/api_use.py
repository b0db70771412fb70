"""Ask for a program that uses what the file defines: it is run beside the file, and must not work without it.

Belongs here: the kind `api_use`, and how a program of a language uses a file that lies beside it. Does not: how programs
are proved (`proving`).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from alchemy_assets.generation.completions import Answers, Request
from alchemy_assets.generation.parsing import NO_CODE, NO_JSON, NO_SECTION, UnreadableError, code_in, sections
from alchemy_assets.sandbox.sandbox import Sandbox
from alchemy_assets.strategies.generated.qa import cases as reading
from alchemy_assets.strategies.generated.qa import proving
from alchemy_assets.strategies.generated.qa.cases import cases_of
from alchemy_assets.strategies.generated.qa.forms import block, form_of
from alchemy_assets.strategies.generated.qa.proving import Proof, Trial
from alchemy_assets.strategies.generated.qa.specified_program import Problem
from alchemy_assets.strategies.generated.qa.writing import ASKED_REASONS, Task, level_of, made, worded
from alchemy_assets.strategies.generated.shown import TOO_LONG_WHOLE, Shown, language_name, name_of, whole_file
from alchemy_assets.strategies.grounded.outline import outline_of
from alchemy_assets.strategies.grounded.shapes import SHAPES
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left, Rejected, Verified
from alchemy_assets.tracing.launch import launch_of

NO_LIBRARY = "the file cannot be used by another one"
USES_NOTHING = "the program uses nothing that the file defines"
REASONS = (
    *(*ASKED_REASONS, NO_SECTION, NO_CODE, NO_JSON, TOO_LONG_WHOLE, NO_LIBRARY, USES_NOTHING),
    *(reading.BAD_CASES, reading.ONE_OUTPUT, *proving.REASONS),
)
# What the file may not hold, as a program of its own would be in the way of the other one.
_MAIN = {
    "C": r"\bmain\s*\(",
    "CSharp": r"\bstatic\s+(?:async\s+)?\w+\s+Main\s*\(",
    "Cpp": r"\bmain\s*\(",
    "Go": r"(?m)^func\s+main\s*\(|\A(?!(?:.*\n)*?package main\b)",
    "Java": r"\bvoid\s+main\s*\(|(?m:^\s*package\s)",
    "Rust": r"\bfn\s+main\s*\(",
    "Swift": r"@main\b",
}
_MUST_HOLD = {"JavaScript": r"\bmodule\.exports\b|\bexports\.\w", "TypeScript": r"(?m)^export\b", "Rust": r"\bpub\b"}
_SUFFIXES = {"C": (".h",), "Cpp": (".h", ".hh", ".hpp", ".hxx", ".ipp")}
_HOW = {
    "C": 'which includes it: `#include "{name}"`',
    "CSharp": "and is compiled together with it",
    "Cpp": 'which includes it: `#include "{name}"`',
    "Go": "and is built together with it as one `package main`",
    "Java": "and is compiled together with it",
    "JavaScript": "which loads it by `require('./{name}')`",
    "PHP": "which loads it by `require __DIR__ . '/{name}';`",
    "Python": "which imports it as the module `{stem}`",
    "Ruby": "which loads it by `require_relative '{stem}'`",
    "Rust": "which has it as a module: `mod {stem};`",
    "Shell": "which reads it by `source ./{name}`",
    "Swift": "and is compiled together with it into one module",
    "TypeScript": "which imports from `'./{stem}'`",
}


def usable(file: CuratedFile) -> Shown | Left:
    """The whole file, where a program can lie beside it and use it."""
    name = PurePosixPath(name_of(file))
    wrong = (
        file.language not in _HOW
        or file.language not in SHAPES
        or not re.fullmatch(r"[A-Za-z_]\w*" if file.language in {"Python", "Rust"} else r"\w[\w.-]*", name.stem)
        or name.suffix not in _SUFFIXES.get(file.language, (name.suffix,))
        or re.search(_MAIN.get(file.language, r"(?!)"), file.text) is not None
        or re.search(_MUST_HOLD.get(file.language, ""), file.text) is None
        or str(name) == launch_of(file.language, "").entry
    )
    return Left(NO_LIBRARY, str(name)) if wrong else whole_file(file)


def names_of(file: CuratedFile) -> frozenset[str]:
    """What a file defines that another one can name: its functions and classes."""
    outline = outline_of(file.language, file.text, PurePosixPath(file.path).suffix.lower())
    kinds = {"function", "container"}
    return frozenset(item.name for item in outline.items if item.kind in kinds and item.name)


@dataclass(frozen=True)
class ApiUse:
    """The kind `api_use`."""

    name: str = "api_use"
    strategy: str = "code_qa"

    def next(self, file: CuratedFile, answers: Answers) -> Iterable[Draft | Request]:
        """One program a file."""
        language, name = file.language, name_of(file)

        def read(answer: str) -> Problem:
            parts = sections(answer, ("problem", "cases"))
            return Problem(parts["problem"], cases_of(parts["cases"]))

        def turn(problem: Problem) -> tuple[str, str]:
            how = _HOW[language].format(name=name, stem=PurePosixPath(name).stem)
            values = {
                "problem": problem.text,
                "code": block(language, file.text),
                "beside": f"`{name}` lies in the folder of the program, {how}.",
                "form": form_of(language, file.blob_id),
                "file": name,
                "language": language_name(language),
            }
            return worded(self, file, values)

        def plan(problem: Problem, answer: str) -> Proof:
            code = code_in(answer)
            used = names_of(file) & set(re.findall(r"\w+[?!]?", code))
            if not used:
                raise UnreadableError(USES_NOTHING, ", ".join(sorted(names_of(file)))[:200])
            return Proof(
                Trial(language, code, problem.cases, {name: file.text}),
                fails=Trial(language, code, problem.cases),
                facts={"level": level_of(self, file), "uses": sorted(used)[:20]},
            )

        task = Task(read, turn, plan, values={"program": language_name(language)})
        return made(self, file, answers, usable(file), task)

    def verify(self, drafts: Sequence[Draft], sandbox: Sandbox | None) -> list[Verified | Rejected]:
        """Run every program beside its file and without it, then its mutants."""
        return proving.prove(drafts, sandbox)
