"""Write tests of functions inside of C, C++ and Rust programs, with the values that a trace of them shows.

Belongs here: words of these languages, and how such tests are built beside a program that has a main of its own. Does
not: which calls there are (`traced`).
"""

from collections.abc import Callable, Sequence

from alchemy_assets.strategies.grounded.assertions.calls import Call
from alchemy_assets.strategies.grounded.assertions.suite import NOT_BUILT, Case, Framework, Job, Subject
from alchemy_assets.strategies.grounded.assertions.titles import by_function, snake, titles
from alchemy_assets.strategies.grounded.assertions.traced import Seen

LINE = 90


def cases_of(seen: Sequence[Seen]) -> list[Case]:
    """Cases of what was seen."""
    return [
        Case(Call(text, text, one.function, "", one.arguments), one.result)
        for one in seen
        if "." not in one.function
        for text in [f"{one.function}({', '.join(one.arguments)})"]
    ]


def _compared(case: Case, language: str) -> str:
    """What an assertion says of a case."""
    said, expected = case.call.text, case.expected
    if expected in {"true", "false"}:
        return said if expected == "true" else f"!{said}"
    if expected.startswith('"'):
        return f"strcmp({said}, {expected}) == 0" if language == "C" else f"std::string({said}) == {expected}"
    return f"{said} == {expected}"


def _c(subject: Subject, cases: Sequence[Case]) -> tuple[str, str, Job]:
    """A file that includes the program with its main renamed, and has a main that runs the tests."""
    plain = subject.language == "C"
    suffix = subject.name.rpartition(".")[2]
    text = any(case.expected.startswith('"') for case in cases)
    heads = (
        ["assert.h", "stdio.h", *(["string.h"] if text else [])]
        if plain
        else ["cassert", "iostream", *(["string"] if text else [])]
    )
    parts = [
        *(f"#include <{head}>" for head in heads),
        "",
        "/* The program's own main is kept out of the way. */",
        "#define main program_main",
        f'#include "{subject.name}"',
        "#undef main",
    ]
    named: list[str] = []
    for own in by_function(cases).values():
        for case, words in zip(own, titles(own), strict=True):
            named.append(f"test_{snake([own[0].call.function, *words])}")
            parts += [
                "",
                f"static void {named[-1]}({'void' * plain})",
                "{",
                f"    assert({_compared(case, subject.language)});",
                "}",
            ]
    said = f'printf("%d tests passed\\n", {len(named)});' if plain else f'std::cout << "{len(named)} tests passed\\n";'
    parts += [
        "",
        f"int main({'void' * plain})",
        "{",
        *(f"    {name}();" for name in named),
        f"    {said}",
        "    return 0;",
        "}",
        "",
    ]
    name, whole = f"test_{subject.stem}.{suffix}", "\n".join(parts)
    script = f"{_built(subject)} 2> messages || {{ cat messages; exit {NOT_BUILT}; }}\n./tests\n"
    return name, whole, Job("Shell", lambda source: {subject.name: source, name: whole}, "check.sh", script)


def _built(subject: Subject) -> str:
    compiler, after = ("gcc", " -lm") if subject.language == "C" else ("g++", "")
    return f"{compiler} -o tests test_{subject.name}{after}"


def _rust(subject: Subject, cases: Sequence[Case]) -> tuple[str, str, Job]:
    """A module of tests for the end of the file."""
    parts = ["#[cfg(test)]", "mod tests {", "    use super::*;"]
    for own in by_function(cases).values():
        for case, words in zip(own, titles(own), strict=True):
            said, expected = case.call.text, case.expected
            line = f"assert_eq!({said}, {expected});"
            if expected in {"true", "false"}:
                line = f"assert!({'!' * (expected == 'false')}{said});"
            parts += [
                "",
                "    #[test]",
                f"    fn {snake([own[0].call.function, *words])}() {{",
                f"        {line}",
                "    }",
            ]
    whole = "\n".join([*parts, "}", ""])
    script = f"{_rust_built(subject)} 2> messages || {{ cat messages; exit {NOT_BUILT}; }}\n./tests\n"
    return (
        subject.name,
        whole,
        Job("Shell", lambda source: {subject.name: f"{source.rstrip()}\n\n{whole}"}, "check.sh", script),
    )


def _rust_built(subject: Subject) -> str:
    return f"rustc --edition 2021 --test -o tests {subject.name}"


_Command = Callable[[Subject], str]
_RUN: tuple[_Command, _Command] = (
    lambda subject: f"{_built(subject)} && ./tests",
    lambda subject: f"{_rust_built(subject)} && ./tests",
)
FRAMEWORKS = {
    "C": Framework("`assert.h`", _RUN[0], _c),
    "Cpp": Framework("`<cassert>`", _RUN[0], _c),
    "Rust": Framework("Rust's `#[test]`", _RUN[1], _rust),
}
"""The one way of each language."""
