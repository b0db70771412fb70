"""Screen JavaScript and TypeScript files.

Belongs here: what a module, a global or a call means for a trace. Does not: the order of the questions (`engine`).
"""

import re
from dataclasses import replace

from tree_sitter import Node

from alchemy_assets.syntax_tree import walk
from alchemy_assets.tracing.reasons import Dropped, Reason
from alchemy_assets.tracing.screening import engine
from alchemy_assets.tracing.screening.code import Code
from alchemy_assets.tracing.screening.engine import Table, words

# Modules of Node whose answers can be foreseen.
_FORESEEN = words(
    "assert buffer events fs path process punycode querystring readline stream string_decoder url util timers console"
)
_MODULES = re.compile(
    r"""\brequire\s*\(\s*(["'])([^"'\n]+)\1\s*\)|(?<!\.)\b(?:from|import)\s*\(?\s*(["'])([^"'\n]+)\3"""
)
_SAYS = re.compile(r"\bconsole\.\w+|\bprocess\.(?:stdout|stderr)\b|\b(?:print|alert)\s*\(|\bwriteSync\s*\(")
_EXPORTS = re.compile(
    r"\bmodule\.exports\b|(?<![\w.])exports\b|\bdefine\.amd\b|\bdefine\s*\(|^[ \t]*export\b", re.MULTILINE
)
_ACTING = {"for_statement", "for_in_statement", "while_statement", "do_statement", "switch_statement"}
_BRANCHING = {
    "if_statement",
    "try_statement",
    "statement_block",
    "expression_statement",
    "lexical_declaration",
    "variable_declaration",
}
_FUNCTIONS = {
    "function_declaration",
    "class_declaration",
    "function_expression",
    "arrow_function",
    "method_definition",
    "class",
}


def _is_program(code: Code) -> bool:
    """Whether loading the file calls something; a file that exports must also be able to say what came of it."""
    exports = _EXPORTS.search(code.bare) is not None and _SAYS.search(code.bare) is None
    return not exports and any(_acts(child) for child in code.root.named_children)


def _acts(statement: Node) -> bool:
    if statement.type in _ACTING:
        return True
    if statement.type not in _BRANCHING:
        return False
    return any(
        node.type in {"call_expression", "new_expression"} and not _is_import(node) and not _inside_function(node, statement)
        for node in walk(statement)
    )  # fmt: skip


def _is_import(node: Node) -> bool:
    called = node.child_by_field_name("function")
    name = (called.text or b"").decode() if called is not None else ""
    return name in {"require", "Object.defineProperty", "Symbol", "Object.freeze", "Object.create"}


def _inside_function(node: Node, statement: Node) -> bool:
    above = node.parent
    while above is not None and above != statement:
        if above.type in _FUNCTIONS:
            return True
        above = above.parent
    return False


def _foreign(code: Code) -> str | None:
    """The first module that is not Node's own."""
    for match in _MODULES.finditer(code.plain):
        name = (match[2] or match[4]).removeprefix("node:")
        if (
            name.partition("/")[0]
            not in _FORESEEN | _JAVASCRIPT.modules[Reason.NONDETERMINISTIC] | _JAVASCRIPT.modules[Reason.UNLEARNABLE]
        ):
            return name
    browser = re.search(r"(?<![\w.$])(document|window|localStorage|jQuery|chrome|browser|angular)\s*[.(\[]", code.bare)
    if browser is not None and not re.search(
        rf"\btypeof\s+{browser[1]}\b|\b(?:const|let|var|function|class)\s+{browser[1]}\b", code.bare
    ):
        return f"a browser ({browser[1]})"
    return None


_JAVASCRIPT = Table(
    "JavaScript",
    _is_program,
    imports=re.compile(r"""(?:\brequire\s*\(\s*|\bfrom\s*|\bimport\s*\(?\s*)["'](?:node:)?([^"'\n]+)["']"""),
    modules={
        Reason.NONDETERMINISTIC: words(
            "async_hooks child_process cluster dgram diagnostics_channel dns domain http http2 https "
            "inspector net os perf_hooks"
            " process/env repl tls trace_events tty v8 vm wasi worker_threads sqlite test"
        ),
        Reason.UNLEARNABLE: words("crypto zlib"),
    },
    calls=(
        (
            Reason.NONDETERMINISTIC,
            re.compile(
                r"\bMath\.random\b|\bDate\.now\b|\bnew\s+Date\s*(?:\(\s*\)|;|\))|(?<![\w.])Date\s*\(\s*\)"
                r"|\bperformance\.\w+|\bcrypto\.\w+"
                r"|\bprocess\.(?:hrtime|memoryUsage|cpuUsage|uptime|pid|ppid|cwd|platform|env|versions?|arch"
                r"|title|execPath|getuid|binding)\b"
                r"|\b__(?:dirname|filename)\b|\bimport\.meta\b|\bconsole\.time\w*"
            ),
        ),
        (
            Reason.NONDETERMINISTIC,
            re.compile(
                r"\breaddir(?:Sync)?\s*\(|\bfs\.(?:l?stat|watch)\w*\s*\(|(?<![\w.])(?:fetch|XMLHttpRequest"
                r"|WebSocket|Worker)\s*\("
            ),
        ),
        (Reason.UNLEARNABLE, re.compile(r"(?<![\w.])(?:btoa|atob)\s*\(|\.toString\s*\(\s*'base64'")),
    ),
    foreign=_foreign,
)
_TYPESCRIPT = replace(_JAVASCRIPT, language="TypeScript")
TABLES = {"JavaScript": _JAVASCRIPT, "TypeScript": _TYPESCRIPT}
"""What screening knows of both, by language."""


def screen_javascript(source: str) -> Dropped | None:
    """Why a JavaScript file is not worth running, or None."""
    return engine.screen(_JAVASCRIPT, source)


def screen_typescript(source: str) -> Dropped | None:
    """Why a TypeScript file is not worth running, or None."""
    return engine.screen(_TYPESCRIPT, source)
