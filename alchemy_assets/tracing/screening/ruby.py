"""Screen Ruby files.

Belongs here: what a library, a class or a call of Ruby means for a trace. Does not: the order of the questions (`engine`).
"""

import re

from tree_sitter import Node

from alchemy_assets.syntax_tree import walk
from alchemy_assets.tracing.reasons import Dropped, Reason
from alchemy_assets.tracing.screening import engine
from alchemy_assets.tracing.screening.code import Code
from alchemy_assets.tracing.screening.engine import Table, own, words

_SETTING_UP = words(
    "require require_relative include extend private public protected module_function attr_reader "
    "attr_accessor attr_writer"
    " private_constant autoload refine using freeze load define_method alias_method"
)
_DEFINING = {"class", "module", "method", "singleton_method", "singleton_class", "comment", "alias", "undef"}


def _is_program(code: Code) -> bool:
    return any(_acts(child) for child in code.root.named_children)


def _acts(statement: Node) -> bool:
    """Whether a statement of the file's own calls something other than what prepares definitions."""
    if statement.type in _DEFINING or statement.type in {"assignment", "operator_assignment"}:
        return False
    if statement.type == "identifier":
        return (statement.text or b"").decode() not in _SETTING_UP
    for node in walk(statement):
        if node.type in {"for", "while", "until"}:
            return True
        if node.type == "call" and (name := node.child_by_field_name("method")) is not None:
            if (name.text or b"").decode() not in _SETTING_UP:
                return True
            if node == statement:
                return False
    return statement.type in {"if", "unless", "case"} and "__FILE__" in (statement.text or b"").decode(errors="replace")


def _foreign(code: Code) -> str | None:
    other = re.search(r"^[ \t]*(?:require_relative|load)\b[ \t(]*(['\"])([^'\"\n]+)\1", code.plain, re.MULTILINE)
    return other[2] if other else None


TABLE = Table(
    "Ruby",
    _is_program,
    imports=re.compile(r"^[ \t]*require\b[ \t(]*['\"]([\w/.-]+)['\"]", re.MULTILINE),
    modules={
        Reason.NONDETERMINISTIC: words(
            "benchmark concurrent drb etc fiddle io/console io/wait logger minitest monitor net objspace "
            "open-uri open3 pty random"
            " rbconfig resolv ripper securerandom socket syslog tempfile test/unit timeout tmpdir tracer "
            "weakref webrick"
        ),
        Reason.UNLEARNABLE: words("base64 digest openssl zlib cmath"),
        Reason.NEEDS_LIBRARY: words(
            "rails active_support active_record sinatra rspec nokogiri httparty tk gosu colorize bundler"
        ),
    },
    calls=(
        (
            Reason.NONDETERMINISTIC,
            own("rand srand fork system exec spawn caller binding", after=r"(?=\s*[\s(]|$)(?!\s*=)"),
        ),
        (
            Reason.NONDETERMINISTIC,
            re.compile(
                r"\.(?:shuffle|sample|object_id|__id__)\b|\bRandom\.\w+|\bKernel\.rand\b|\bTime\.(?:now"
                r"|new(?!\s*\(\s*\d))\b"
                r"|\bDate(?:Time)?\.(?:today|now)\b|\bENV\b|\bDir\.\w+|\bDir\[|\bProcess\.\w+|\bThread\.new\b"
                r"|\bRactor\b|\bObjectSpace\b"
                r"|\bGC\.\w+|\bRUBY_\w+|\.hash\b(?!\s*=)|\$\$|\bSocket\b|\bTCP\w+|\bIO\.popen\b"
                r"|\bFile\.(?:stat|mtime|ctime|atime)\b|\bEtc\b|\bMutex\b"
            ),
        ),
        (Reason.NONDETERMINISTIC, re.compile(r"(?<![\w$'\"])`|%x[({\[]")),
        (Reason.UNLEARNABLE, re.compile(r"\bDigest::|\bBase64\.|\.pack\s*\(|\bMarshal\b|\.crypt\b|\bZlib\b")),
    ),
    foreign=_foreign,
)


def screen(source: str) -> Dropped | None:
    """Why a Ruby file is not worth running, or None."""
    return engine.screen(TABLE, source)
