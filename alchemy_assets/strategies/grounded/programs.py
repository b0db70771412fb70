"""Read a whole program before it is run: whether it does anything, what it asks for, which calls its own text shows.

Belongs here: what the source says. Does not: what a run says (`printed`). Only Python and Shell are read.
"""

import ast
import re
import shlex
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from alchemy_assets import syntax_tree
from alchemy_assets.strategies.grounded.program_words import (
    OTHER_COMMANDS,
    OTHER_MODULES,
    PURE_COMMANDS,
    PURE_MODULES,
    UNLEARNABLE_COMMANDS,
    UNLEARNABLE_MODULES,
)

NO_MAIN = "library without a main"
NEEDS_LIBRARY = "needs a library"
SURROUNDINGS = "depends on its surroundings"
UNLEARNABLE = "unlearnable value"
NOT_PARSED = "does not parse"

_PYTHON_SURROUNDINGS = re.compile(
    r"\bos\.(?!path\.(?:join|basename|dirname|splitext|split|normpath|sep)\b|linesep\b|sep\b|EX_\w+|PathLike\b|fspath\b|path\b(?!\.))\w+"
    r"|\bsys\.(?:version|platform|executable|path\b|modules|getrefcount|getsizeof|maxsize|flags|implementation|byteorder)"
    r"|\.(?:now|today|utcnow)\(|\b(?:id|hash|globals|locals|vars|open|exec|eval|__import__)\(|__file__|\.(?:read_text|write_text|iterdir|exists)\("
)
_PYTHON_ARGUMENTS = re.compile(r"\bargparse\b|\boptparse\b|\bgetopt\b|\bargv\b")
_PYTHON_STDIN = re.compile(r"\binput\(|\bfileinput\b|\bstdin\b")
_SHELL_SURROUNDINGS = re.compile(
    r"\$\{?(?:RANDOM|HOME|PWD|OLDPWD|USER|LOGNAME|HOSTNAME|UID|EUID|PPID|SECONDS|EPOCH\w+|BASHPID|BASH_VERSION|OSTYPE|MACHTYPE"
    r"|HOSTTYPE|SHELL|TERM|COLUMNS|LINES|BASH_SOURCE|SHLVL|TMPDIR|DISPLAY|EDITOR)\b"
    r"|\$\$|\$!|/proc/|/etc/|/dev/u?random|/dev/tcp|printf '%\(|\bset -x\b|xtrace"
)
_SHELL_ARGUMENTS = re.compile(r"\$[@*#1-9]|\$\{[@*#1-9]|\$\{#\}|\(\(\s*\$?#|\bgetopts\b")
_SHELL_STDIN = re.compile(r"\bread\b|\bcat\b(?!\s*<<)|\bmapfile\b|\breadarray\b|/dev/stdin")
_WRITES_A_FILE = re.compile(r"(?<![<>&\d])>>?\s*(?!&|/dev/(?:null|stderr|stdout)\b)[\"'$\w./]")


@dataclass(frozen=True)
class Reading:
    """What the source of a program says about running it: why that is no use, or whether it asks for input."""

    fault: str | None
    detail: str = ""
    takes_input: bool = False
    reads_stdin: bool = False


def read_program(language: str, text: str) -> Reading:
    """Read a program of a language."""
    return _read_python(text) if language == "Python" else _read_shell(text)


def _read_python(text: str) -> Reading:  # noqa: PLR0911 -- one return a rule
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            module = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            return Reading(NOT_PARSED)
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    acting = [
        node
        for node in module.body
        if not isinstance(node, definitions) and any(isinstance(part, ast.Call) for part in ast.walk(node))
    ]
    prints = any(_prints(node) for node in acting) or any(_is_guard(node) for node in module.body)
    if not prints or not re.search(r"\bprint\(|stdout\b|\bpprint\(|doctest|unittest", text):
        return Reading(NO_MAIN)
    for name in sorted(_imports(module)):
        if name in UNLEARNABLE_MODULES:
            return Reading(UNLEARNABLE, name)
        if name in OTHER_MODULES and name not in PURE_MODULES:
            return Reading(SURROUNDINGS, name)
        if name not in PURE_MODULES:
            return Reading(NEEDS_LIBRARY, name)
    code = _without_strings(text, module)
    if found := _PYTHON_SURROUNDINGS.search(code):
        return Reading(SURROUNDINGS, found[0])
    return _asking(code, _PYTHON_ARGUMENTS, _PYTHON_STDIN)


def _prints(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        return True
    return isinstance(node, (ast.For, ast.While, ast.If, ast.With, ast.Try, ast.Match)) and any(
        isinstance(part, ast.Expr) and isinstance(part.value, ast.Call) for part in ast.walk(node)
    )


def _is_guard(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "__name__" in {
        part.id for part in ast.walk(node.test) if isinstance(part, ast.Name)
    }


def _imports(module: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module.split(".")[0] if node.module and not node.level else ".")
    return found


def _without_strings(text: str, module: ast.Module) -> str:
    """The source without comments and constants, so that words in messages count for nothing."""
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            node.value = ""
    try:
        return ast.unparse(module)
    except (ValueError, RecursionError):
        return text


def _read_shell(text: str) -> Reading:  # noqa: PLR0911 -- one return a rule
    root = syntax_tree.parse("Shell", text.encode()).root_node
    if root.has_error:
        return Reading(NOT_PARSED)
    passive = {"comment", "function_definition", "variable_assignment", "variable_assignments", "declaration_command"}
    acting = [child for child in root.named_children if child.type not in passive]
    if all(_command(child) in {"set", "shopt", "readonly", "export", "trap", "source", "."} for child in acting):
        return Reading(NO_MAIN)
    functions = {
        _text(node.child_by_field_name("name")) for node in syntax_tree.walk(root) if node.type == "function_definition"
    }
    code = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith("#"))
    for name in _commands(root):
        if name in functions or name in PURE_COMMANDS:
            continue
        if name in UNLEARNABLE_COMMANDS:
            return Reading(UNLEARNABLE, name)
        if name in OTHER_COMMANDS:
            return Reading(SURROUNDINGS, name)
        return Reading(NEEDS_LIBRARY, name)
    if found := _SHELL_SURROUNDINGS.search(code):
        return Reading(SURROUNDINGS, found[0])
    # Here-documents may hold any text; what is written to files is read back by nobody here.
    if found := _WRITES_A_FILE.search(re.sub(r"\(\(.*?\)\)|\[\[.*?\]\]|'[^']*'|\"[^\"]*\"", "", code)):
        return Reading(SURROUNDINGS, found[0])
    return _asking(code, _SHELL_ARGUMENTS, _SHELL_STDIN)


def _asking(code: str, arguments: re.Pattern[str], stdin: re.Pattern[str]) -> Reading:
    reads = stdin.search(code) is not None
    return Reading(None, "", takes_input=reads or arguments.search(code) is not None, reads_stdin=reads)


def _text(node: Node | None) -> str:
    return syntax_tree.text_of(node) if node is not None else ""


def _command(node: Node) -> str:
    return _text(node.child_by_field_name("name")) if node.type == "command" else ""


def _commands(root: Node) -> Iterator[str]:
    for node in syntax_tree.walk(root):
        if node.type == "command_name" and node.named_child_count == 1 and node.named_children[0].type == "word":
            yield _text(node)
        elif node.type == "command_name":
            yield "a command made at run time"


_EXAMPLE = r"""^[\s\#*>$%]*(?:(?P<usage>usage:)|example:|examples:|e\.g\.|try:?)?\s*
    (?:(?P<writer>echo|printf)\s+(?P<text>'[^']*'|"[^"$`\\]*"|[\w.,-]+)\s*\|\s*)?
    (?:python[23]?\s+|bash\s+|sh\s+)?(?:\./)?(?:[\w.-]+/)*{name}(?P<rest>(?:\s.*)?)$"""
_UNQUOTED = re.compile(r"[<>\[\]{}|;&`$()*?~]")
_PLACEHOLDER = re.compile(r"[<>\[\]{}]|\.\.\.|^-{0,2}[A-Z][A-Z_]+$|^[\w./-]*/[\w./-]*$|\.\w{1,4}$|^-+$")
_DEMONSTRATION = re.compile(r"(?<![\w-])--(?:demo|example|examples|self-?test|sample)(?![\w-])")
MOST_EXAMPLES = 2


@dataclass(frozen=True)
class Call:
    """How a program is called: its arguments and its standard input."""

    arguments: tuple[str, ...] = ()
    stdin: str = ""


def example_calls(text: str, file_name: str) -> list[Call]:
    """Calls that a program's own comments and help show with literal values, at most two."""
    pattern = re.compile(_EXAMPLE.format(name=re.escape(file_name)), re.IGNORECASE | re.MULTILINE | re.VERBOSE)
    calls = [Call((option,)) for option in sorted(set(_DEMONSTRATION.findall(text)))]
    for match in pattern.finditer(text):
        rest = match["rest"].split(" #")[0].strip()
        here, _, given = rest.partition("<<<")
        try:
            arguments = tuple(shlex.split(here))
            stdin = shlex.split(given) if given else []
        except ValueError:
            continue
        if _UNQUOTED.search(re.sub(r"'[^']*'|\"[^\"]*\"", "", here)) or any(map(_PLACEHOLDER.search, arguments)):
            continue
        if match["usage"] and not re.search(r"\d", match["rest"]):
            continue
        text_in = _piped(match) or (stdin[0] + "\n" if stdin else "")
        call = Call(arguments, text_in)
        if (arguments or text_in) and call not in calls:
            calls.append(call)
    return calls[:MOST_EXAMPLES]


def _piped(match: re.Match[str]) -> str:
    written = match["text"]
    if not written:
        return ""
    plain = written[1:-1] if written[:1] in {"'", '"'} else written
    if match["writer"] == "echo":
        return plain + "\n"
    return plain.replace("\\n", "\n").replace("\\t", "\t") if "%" not in plain else ""
