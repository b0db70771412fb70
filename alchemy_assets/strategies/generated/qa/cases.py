"""What a program is given and must print, as a model writes it down in JSON.

Belongs here: reading and judging the form of cases and inputs. Does not: running them (`proving`).
"""

from typing import Any, NoReturn

from alchemy_assets.generation.parsing import UnreadableError, json_of
from alchemy_assets.strategies.generated.running import Case, settled

LEAST, MOST = 3, 12
LONGEST, MOST_ARGUMENTS = 8_000, 100
BAD_CASES = "its cases are not of the form that was asked for"
ONE_OUTPUT = "its cases expect one and the same output"
BAD_INPUT = "its input is not of the form that was asked for"
_FORM = '{"arguments": ["..."], "stdin": "...", "stdout": "..."}'


def cases_of(text: str) -> tuple[Case, ...]:
    """The cases of a section; `setup` is another word for `stdin`, for a script that is run after it.

    Raises UnreadableError where they are too few, of another form, or can be passed by a program without an input.
    """
    rows = json_of(text)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        _refuse(f"<cases> is a JSON list of objects {_FORM}.")
    if not LEAST <= len(rows) <= MOST:
        _refuse(f"<cases> holds {len(rows)} cases; write {LEAST} to {MOST}.")
    cases = tuple(_case(row) for row in rows)
    if not all(case.stdout.strip() for case in cases):
        _refuse('Every case has a "stdout" that is not empty.')
    if len({(case.arguments, case.stdin) for case in cases}) < len(cases):
        _refuse("Two of your cases have the same input.")
    if len({settled(case.stdout) for case in cases}) == 1:
        raise UnreadableError(ONE_OUTPUT, "All of your cases expect the same output. Write cases that differ.")
    return cases


def input_of(text: str) -> Case:
    """One input, without an output; raises UnreadableError where it is none."""
    row = json_of(text)
    if not isinstance(row, dict) or not set(row) <= {"arguments", "stdin"}:
        form = '{"arguments": ["..."], "stdin": "..."}'
        raise UnreadableError(BAD_INPUT, f"The input is one JSON object {form}.")
    try:
        return _case(row)
    except UnreadableError as error:
        raise UnreadableError(BAD_INPUT, error.complaint) from error


def _case(row: dict[str, Any]) -> Case:
    arguments = row.get("arguments", [])
    if not isinstance(arguments, list) or not all(isinstance(one, str | int | float) for one in arguments):
        _refuse(f'"arguments" is a list of strings, as in {_FORM}.')
    words = tuple(map(_word, arguments))
    stdin, stdout = (_text(row.get(name, "")) for name in ("setup" if "setup" in row else "stdin", "stdout"))
    together = "".join(words)
    if "\0" in together + stdin + stdout or max(len(stdin), len(stdout), len(together)) > LONGEST:
        _refuse(f"A text of a case is longer than {LONGEST:,} characters, or holds a NUL.")
    if len(words) > MOST_ARGUMENTS:
        _refuse(f"A case has more than {MOST_ARGUMENTS} arguments.")
    return Case(words, stdin, stdout)


def _word(value: str | float) -> str:
    return value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)


def _text(value: object) -> str:
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(f"{line}\n" for line in value)
    if not isinstance(value, str):
        _refuse(f'"stdin" and "stdout" are strings, as in {_FORM}.')
    return value


def _refuse(complaint: str) -> NoReturn:
    raise UnreadableError(BAD_CASES, complaint)
