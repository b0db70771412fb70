"""A traced file on a terminal: coloured and with line numbers where a person looks, plain text where it is piped.

Belongs here: how the shown files look as text. Does not: the verdict (`trace`), the page (`trace_page`).
"""

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from alchemy_assets.cli.highlighting import Piece, pieces
from alchemy_assets.cli.trace_view import Entry, File, Test, View, printable

# The terminal's own colours, so that it is readable on light and dark ones.
STYLES = {
    "comment": "dim italic",
    "string": "green",
    "number": "cyan",
    "name": "bold",
    "builtin": "cyan",
    "keyword": "magenta",
    "": "",
}
KINDS = {
    "IN": "bold blue",
    "OUT": "bold magenta",
    "VAR": "bold",
    "BRANCH": "bold yellow",
    "LOOP": "bold cyan",
    "ERR": "bold red",
    "TRANSFORM": "bold green",
}


def show(view: View, console: Console) -> None:
    """Print every shown file under its name."""
    for file in view.files:
        _print(console, file.name, _source(file, view.language, numbered=console.is_terminal))
    if view.run_sh is not None:
        _print(console, "run.sh", map(_coloured, pieces("Shell", printable(view.run_sh).removesuffix("\n"))))
    for test in view.tests:
        _print(console, test.name, _trace(test), test.given)


def _print(console: Console, name: str, lines: Iterator[Text], given: str = "") -> None:
    title = Text(f"---- FILENAME: {name} ----", "bold blue")
    if given and console.is_terminal:
        title.append(f"  {given}".replace("\n", "\\n"), "not bold dim")
    console.print(title)
    for line in lines:
        console.print(line)
    console.print()


def _source(file: File, language: str, *, numbered: bool) -> Iterator[Text]:
    """Lines with their number in the original file, which is the one that events name; inserted ones with a plus."""
    if not file.lines:
        return
    width = len(str(len(file.lines)))
    for at, (line, coloured) in enumerate(
        zip(file.lines, pieces(language, "\n".join(line.text for line in file.lines)), strict=True), 1
    ):
        text = _coloured(coloured)
        if not numbered:
            yield text
        elif not file.instrumented:
            yield Text.assemble((f"{at:>{width}}   ", "dim"), text)
        elif line.number is None:
            yield Text.assemble((f"{'+':>{width}} ┃ ", "green"), text)
        else:
            changed = any(part.inserted for part in line.parts)
            yield Text.assemble((f"{line.number:>{width}} ", "dim"), ("┃ " if changed else "  ", "green"), text)


def _coloured(line: list[Piece]) -> Text:
    return Text.assemble(*((text, STYLES[sort]) for text, sort in line))


def _trace(test: Test) -> Iterator[Text]:
    for entry in test.entries:
        yield _event(entry) if entry.kind else Text(entry.text, "dim italic")


def _event(entry: Entry) -> Text:
    """The line of an event as it stands in the trace, with the values that changed in bold."""
    parts: list[tuple[str, str]] = [
        ("TRACE:", "dim"),
        (entry.kind, KINDS[entry.kind]),
        (f":{entry.function}:{entry.line}:", "dim"),
    ]
    for index, value in enumerate(entry.values):
        parts += [
            ("; " if index else "", "dim"),
            (f"{value.name}=", ""),
            (value.value, "bold" if value.changed else ""),
        ]
    text = Text.assemble(*parts)
    return text if text.plain == entry.text else Text(entry.text)
