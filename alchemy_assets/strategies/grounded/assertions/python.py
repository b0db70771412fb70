"""Write tests of Python functions by `unittest` and by pytest, and record what calls give.

Belongs here: words and values of Python. Does not: which calls there are.
"""

import builtins
import keyword
import re
import sys
from collections.abc import Sequence

from alchemy_assets.strategies.grounded.assertions.calls import Call
from alchemy_assets.strategies.grounded.assertions.suite import Calling, Case, Framework, Job, Subject
from alchemy_assets.strategies.grounded.assertions.titles import by_function, camel, snake, titles

LINE = 88
_RECORD = """import ast
import json

from {module} import *
{imports}

def literal(value):
    said = repr(value)
    plain = ast.literal_eval(said)
    if plain != value or type(plain) is not type(value):
        raise ValueError(said)
    return said


def record(call):
    try:
        value = call()
    except Exception as error:
        own = type(error).__module__ in ("builtins", {module!r})
        return {{"error": type(error).__name__, "message": str(error)}} if own else {{}}
    try:
        return {{"value": literal(value), "float": type(value) is float}}
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return {{}}


for call in (
{calls}
):
    print(json.dumps(record(call)))
"""


def named(own: str, driven: str, text: str) -> str:
    """Its own name, where that can be imported and is no module of Python's."""
    del text
    stem = own.removesuffix(".py")
    usable = stem.isidentifier() and not keyword.iskeyword(stem) and stem not in sys.stdlib_module_names
    return own if usable and own.endswith(".py") and not stem.startswith(("_", "test")) else driven


def recorder(subject: Subject, calls: Sequence[Call]) -> Job:
    """A program that prints what each call gives."""
    listed = "\n".join(f"    lambda: {call.text}," for call in calls)
    imports = f"from {subject.stem} import {', '.join(_owners(calls))}\n"
    made = _RECORD.format(module=subject.stem, imports=imports, calls=listed)
    return Job("Python", lambda text: {subject.name: text, "record.py": made}, subject.name, "python3 record.py\n")


def _owners(calls: Sequence[Call]) -> list[str]:
    """What has to be imported for calls."""
    return sorted({call.owner.split(".")[0] or call.function for call in calls})


def _errors(cases: Sequence[Case]) -> list[str]:
    return sorted({case.error for case in cases if case.error and not hasattr(builtins, case.error)})


def _import(subject: Subject, cases: Sequence[Case]) -> str:
    listed = sorted({*_owners([case.call for case in cases]), *_errors(cases)})
    line = f"from {subject.stem} import {', '.join(listed)}"
    if len(line) <= LINE:
        return line
    return "\n".join([f"from {subject.stem} import (", *(f"    {name}," for name in listed), ")"])


def _titled(cases: Sequence[Case], *, function: bool = True) -> list[str]:
    listed = titles(cases)
    own = snake([cases[0].call.function.strip("_")])
    return [f"test_{own}_{snake(words)}".rstrip("_") if function else f"test_{snake(words)}" for words in listed]


def called(name: str, arguments: Sequence[str], indent: int) -> list[str]:
    """A call on a line, or on one line for each argument where that would be too long."""
    line = f"{' ' * indent}{name}({', '.join(arguments)})"
    if len(line) <= LINE:
        return [line]
    return [f"{' ' * indent}{name}(", *(f"{' ' * indent}    {one}," for one in arguments), f"{' ' * indent})"]


def _unit(case: Case) -> list[str]:
    said, inside = case.call.text, 8
    if case.error:
        if not case.message:
            return [f"        with self.assertRaises({case.error}):", f"            {said}"]
        lines = [f"        with self.assertRaises({case.error}) as caught:", f"            {said}"]
        return [*lines, *called("self.assertEqual", ["str(caught.exception)", repr(case.message)], inside)]
    if case.expected in {"True", "False", "None"}:
        name = {"True": "assertIs", "False": "assertIs", "None": "assertIsNone"}[case.expected]
        return called(f"self.{name}", [said, *([case.expected] if name == "assertIs" else [])], inside)
    name = "assertAlmostEqual" if case.tolerance else "assertEqual"
    return called(f"self.{name}", [said, case.expected], inside)


def unittest(subject: Subject, cases: Sequence[Case]) -> tuple[str, str, Job]:
    """A class of tests for each function."""
    parts = ["import unittest", "", _import(subject, cases)]
    for function, own in by_function(cases).items():
        parts += ["", "", f"class {camel(['Test', *re.split(r'[._]', function)])}(unittest.TestCase):"]
        for number, (case, title) in enumerate(zip(own, _titled(own, function=False), strict=True)):
            parts += [*([""] if number else []), f"    def {title}(self):", *_unit(case)]
    parts += ["", "", 'if __name__ == "__main__":', "    unittest.main()", ""]
    return _file(subject, "\n".join(parts), f"python3 -m unittest test_{subject.stem}")


def _pytest_one(case: Case, title: str) -> list[str]:
    said = case.call.text
    if case.error:
        lines = [f"def {title}():", f"    with pytest.raises({case.error}) as caught:", f"        {said}"]
        return [*lines, f"    assert str(caught.value) == {case.message!r}"] if case.message else [
            lines[0], f"    with pytest.raises({case.error}):", lines[2]]  # fmt: skip
    expected = f"pytest.approx({case.expected})" if case.tolerance else case.expected
    sign = "is" if case.expected in {"True", "False", "None"} else "=="
    line = f"    assert {said} {sign} {expected}"
    if len(line) <= LINE:
        return [f"def {title}():", line]
    return [f"def {title}():", f"    result = {said}", f"    assert result {sign} {expected}"]


def pytest(subject: Subject, cases: Sequence[Case]) -> tuple[str, str, Job]:
    """A function for each case; those of a function whose calls differ in the arguments alone in a table, at times."""
    parts: list[str] = []
    for own in by_function(cases).values():
        plain = [case for case in own if not case.error and _tabled(case)]
        table = len(plain) > 2 and subject.drawn(f"table {own[0].call.shown}", 2) == 0  # noqa: PLR2004 -- a table of two is none
        alone = [case for case in own if not (table and case in plain)]
        if table:
            parts += ["", "", *_table(own[0].call, plain)]
        for case, title in zip(own, _titled(own), strict=True):
            if case in alone:
                parts += ["", "", *_pytest_one(case, title)]
    needed = any("pytest." in line for line in parts)
    text = "\n".join([*(["import pytest", ""] if needed else []), _import(subject, cases), *parts, ""])
    return _file(subject, text, f"python3 -m pytest -q -p no:cacheprovider test_{subject.stem}.py")


def _tabled(case: Case) -> bool:
    """Whether a call fits into a row of a table: a plain function, and every argument by its place."""
    call = case.call
    return call.text == f"{call.function}({', '.join(call.arguments)})" and not any(
        re.match(r"\w+=", argument) for argument in call.arguments
    )


def _table(call: Call, cases: Sequence[Case]) -> list[str]:
    least = min(len(case.call.arguments) for case in cases)
    alike = all(len(case.call.arguments) == least for case in cases) and least == 1
    rows = []
    for case in cases:
        given = (
            case.call.arguments[0]
            if alike
            else f"({', '.join(case.call.arguments)}{',' * (len(case.call.arguments) == 1)})"
        )
        expected = f"pytest.approx({case.expected})" if case.tolerance else case.expected
        row = f"        ({given}, {expected}),"
        rows += (
            [row]
            if len(row) <= LINE
            else ["        (", f"            {given},", f"            {expected},", "        ),"]
        )
    what = "argument" if alike else "arguments"
    shown = snake([call.function.strip("_")])
    return [
        "@pytest.mark.parametrize(",
        f'    ("{what}", "expected"),',
        "    [",
        *rows,
        "    ],",
        ")",
        f"def test_{shown}_gives_the_expected_result({what}, expected):",
        f"    assert {call.function}({what if alike else f'*{what}'}) == expected",
    ]


def _file(subject: Subject, text: str, command: str) -> tuple[str, str, Job]:
    name = f"test_{subject.stem}.py"
    return name, text, Job("Python", lambda source: {subject.name: source, name: text}, subject.name, f"{command}\n")


FRAMEWORKS = (
    Framework("`unittest`", lambda subject: f"python3 -m unittest test_{subject.stem}", unittest),
    Framework("pytest", lambda subject: f"pytest test_{subject.stem}.py", pytest),
)
CALLING = Calling(named, recorder, FRAMEWORKS)
