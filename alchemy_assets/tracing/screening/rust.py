"""Screen Rust files.

Belongs here: what a crate, a module or a call of Rust means for a trace. Does not: the order of the questions (`engine`).
"""

import re

from alchemy_assets.syntax_tree import walk
from alchemy_assets.tracing.reasons import Dropped, Reason
from alchemy_assets.tracing.screening import engine
from alchemy_assets.tracing.screening.code import Code
from alchemy_assets.tracing.screening.engine import Table, Unordered, words

_OWN = {"std", "core", "alloc", "crate", "self", "super"}
_NAMED = {"mod_item", "enum_item", "struct_item", "trait_item", "type_item", "use_as_clause"}


def _is_program(code: Code) -> bool:
    return any(
        child.type == "function_item"
        and (name := child.child_by_field_name("name")) is not None
        and name.text == b"main"
        for child in code.root.named_children
    )


def _foreign(code: Code) -> str | None:
    """A crate that is not the standard library's, or a module in a file of its own."""
    if (module := re.search(r"^[ \t]*(?:pub(?:\([^)]*\))?\s+)?mod\s+(\w+)\s*;", code.bare, re.MULTILINE)) is not None:
        return f"another file ({module[1]})"
    if (crate := re.search(r"\bextern\s+crate\s+(?!std\b|core\b|alloc\b)(\w+)", code.bare)) is not None:
        return crate[1]
    named = {
        (name.text or b"").decode()
        for node in walk(code.root)
        if node.type in _NAMED
        and (name := node.child_by_field_name("name") or node.child_by_field_name("alias")) is not None
    }
    used = re.findall(r"^[ \t]*(?:pub(?:\([^)]*\))?\s+)?use\s+(?:::)?(\w+)\s*::", code.bare, re.MULTILINE)
    imported = {
        last for line in re.findall(r"\buse\s+([^;]+);", code.bare) for last in re.findall(r"(\w+)\s*(?=[,}]|$)", line)
    }
    return next((name for name in used if name not in _OWN | named | imported), None)


TABLE = Table(
    "Rust",
    _is_program,
    imports=re.compile(r"\buse\s+((?:\w+::)*\w+)|\b(std::\w+(?:::\w+)?)"),
    modules={
        Reason.NONDETERMINISTIC: words(
            "std::net std::thread std::os std::process::Command std::time::Instant std::time::SystemTime "
            "std::sync::mpsc"
            " std::env::var std::env::vars std::env::current_dir std::env::temp_dir std::fs::read_dir std::arch"
        ),
    },
    calls=(
        (
            Reason.NONDETERMINISTIC,
            re.compile(
                r"\bthread::(?:spawn|scope|sleep|current)\b|\bInstant::now\b|\bSystemTime::now\b"
                r"|\bprocess::id\b|\bCommand::new\b"
                r"|\benv::(?:var|vars|var_os|current_dir|current_exe|temp_dir)\b|\bfs::(?:read_dir|metadata)\b"
                r"|\bRandomState\b"
                r"|\bTcp(?:Listener|Stream)\b|\bUdpSocket\b|\benv!\s*\(|\basm!\s*\("
            ),
        ),
        (Reason.UNLEARNABLE, re.compile(r"\bDefaultHasher\b")),
    ),
    texts=((Reason.NONDETERMINISTIC, re.compile(r"\{\w*:#?p\}")),),
    foreign=_foreign,
    unordered=(
        Unordered(
            Reason.NONDETERMINISTIC,
            re.compile(
                r"\b(\w+)\s*:\s*&?\s*(?:mut\s+)?(?:std::collections::)?Hash(?:Map|Set)\s*<"
                r"|\blet\s+(?:mut\s+)?(\w+)(?:\s*:[^=;]*)?\s*=\s*(?:std::collections::)?Hash(?:Map|Set)\b"
                r"|\blet\s+(?:mut\s+)?(\w+)\s*:\s*Hash(?:Map|Set)\b"
            ),
            r"\bin\s+&?\s*(?:mut\s+)?(?:self\.|\w+\.)?NAME\s*\{|\bNAME\s*\.\s*(?:iter|iter_mut|keys|values"
            r"|values_mut|into_iter|into_keys|into_values|drain|retain|difference|union|intersection)\s*\("
            r"|\b(?:print|println|eprintln|format|write|writeln)!\s*\([^;{}]*,\s*&?NAME\s*[,)]",
        ),
    ),
)


def screen(source: str) -> Dropped | None:
    """Why a Rust file is not worth running, or None."""
    return engine.screen(TABLE, source)
