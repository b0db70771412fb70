"""How a program that is asked for is written and started, as its problem says it.

Belongs here: sentences about a language. Does not: what the program is to do.
"""

from alchemy_assets.languages import LANGUAGES
from alchemy_assets.strategies.conversation import fenced
from alchemy_assets.strategies.generated.shown import language_name
from alchemy_assets.strategies.phrasing import fill, pick
from alchemy_assets.tracing.launch import launch_of

# What a reader cannot guess about the toolchains that answers are run by.
_NOTES = {
    "CSharp": "It is C# 7 with one class that has `static void Main(string[] args)`.",
    "Java": "The class with `main` is called `Main`.",
    "PHP": "It begins with `<?php`.",
    "TypeScript": "It runs in node; `process.argv` and the module `fs` are there.",
}
_SQL = (
    "The script is run by sqlite3 in the same database, after the statements that create and fill its tables, "
    "and prints by SELECT, in sqlite3's default form (columns joined by `|`)."
)


def started(language: str, text: str = "", *, over_tables: bool = False) -> str:
    """How a program is built and started, in a sentence or two; text: of the program, where it is there already.

    over_tables: whether the tables of a script are there before it runs.
    """
    launch = launch_of(language, text)
    if language == "SQL":
        after = ", after the statements that create and fill its tables" if over_tables else ""
        return f"It is run as `{launch.command}`{after}."
    built = f"built by `{launch.compile}` and " if launch.compile else ""
    return f"`{launch.entry}` is {built}started as `{launch.command}`, followed by its arguments."


def form_of(language: str, key: str) -> str:
    """The form that a program of a language is to have: where its input comes from, where its output goes."""
    if language == "SQL":
        return _SQL
    _, template = pick("qa_form", key)
    said = fill(template, {"language": language_name(language), "start": started(language)})
    return f"{said} {_NOTES[language]}" if language in _NOTES else said


def block(language: str, code: str) -> str:
    """A program as a code block."""
    return fenced(code.strip("\n"), LANGUAGES[language].fence)
