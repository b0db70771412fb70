"""Screen shell scripts: does a script need only bash and the text tools of any system, can its run be foreseen.

Belongs here: what a command means for a trace. Does not: running anything.
"""

import re

from tree_sitter import Node

from alchemy_assets.syntax_tree import parse, text_of, walk
from alchemy_assets.tracing.reasons import Dropped, Reason

_BUILTINS = {
    ".", ":", "[", "[[", "alias", "bg", "bind", "break", "builtin", "case", "cd", "command", "continue", "declare",
    "dirs", "do", "done", "echo", "enable", "esac", "eval", "exec", "exit", "export", "false", "fg", "fi", "for",
    "function", "getopts", "hash", "help", "history", "if", "in", "jobs", "kill", "let", "local", "logout",
    "mapfile", "popd", "printf", "pushd", "read", "readarray", "readonly", "return", "select", "set", "shift",
    "shopt", "source", "suspend", "test", "then", "time", "times", "trap", "true", "type", "typeset", "ulimit",
    "umask", "unalias", "unset", "until", "wait", "while",
}  # fmt: skip
_TOOLS = {
    "awk", "basename", "bash", "bc", "cat", "chmod", "cmp", "column", "comm", "cp", "cut", "dc", "diff", "dirname",
    "echo", "egrep", "env", "expand", "expr", "factor", "false", "fgrep", "find", "fmt", "fold", "gawk", "getopt",
    "grep", "head", "hexdump", "join", "jq", "ln", "mawk", "mkdir", "mktemp", "mv", "nl", "numfmt", "od", "paste",
    "pr", "printf", "pwd", "readlink", "realpath", "rev", "rm", "rmdir", "sed", "seq", "sh", "sleep", "sort", "split",
    "tac", "tail", "tee", "test", "touch", "tr", "true", "tsort", "unexpand", "uniq", "wc", "which", "xargs", "yes",
}  # fmt: skip
# Where a folder is, a random name and the order of a directory show in the runs, which differ in them; these may not.
_NONDETERMINISTIC = {
    "arch", "date", "df", "dmesg", "du", "file", "free", "getconf", "groups", "hostid", "hostname", "id", "jobs",
    "kill", "last", "locale", "logname", "ls", "lscpu", "nproc", "ps", "shuf", "stat", "timeout", "times", "top",
    "tty", "ulimit", "uname", "uptime", "vmstat", "wait", "who", "whoami",
}  # fmt: skip
_UNLEARNABLE = {
    "b2sum", "base32", "base64", "cksum", "gpg", "gzip", "md5sum", "openssl", "sha1sum", "sha224sum", "sha256sum",
    "sha384sum", "sha512sum", "sum",
}  # fmt: skip
_VARIABLES = re.compile(
    r"\$\{?(RANDOM|SRANDOM|SECONDS|EPOCHSECONDS|EPOCHREALTIME|HOSTNAME|PPID|BASHPID|UID|EUID|BASH_VERSION)\b"
)
_PID = re.compile(r"\$\$(?![A-Za-z(])")


def screen(source: str) -> Dropped | None:
    """Why a script is not worth running, or None."""
    first = source.partition("\n")[0]
    if first.startswith("#!") and not re.search(r"\b(?:ba|da)?sh\b", first):
        return Dropped(Reason.NEEDS_LIBRARY, first[2:].strip().rpartition("/")[2])
    root = parse("Shell", source.encode()).root_node
    functions = {text_of(name) for node in walk(root) if node.type == "function_definition"
                 and (name := node.child_by_field_name("name")) is not None}  # fmt: skip
    if all(child.type in {"comment", "function_definition"} for child in root.named_children):
        return Dropped(Reason.LIBRARY)
    if (match := _VARIABLES.search(source)) is not None or (match := _PID.search(source)) is not None:
        return Dropped(Reason.NONDETERMINISTIC, f"uses {match[0]}")
    return next((reason for node in walk(root) if (reason := _command(node, functions)) is not None), None)


def _command(node: Node, functions: set[str]) -> Dropped | None:  # noqa: PLR0911 -- a return a reason
    if node.type != "command_name":
        return None
    name = text_of(node).strip("\"'").removeprefix("\\")
    name = name.rpartition("/")[2] if name.startswith(("/bin/", "/usr/bin/")) else name
    if name in functions or "$" in name or "`" in name:
        return None
    if name in {"source", "."}:
        return Dropped(Reason.NEEDS_LIBRARY, "another script")
    if name in _NONDETERMINISTIC:
        return Dropped(Reason.NONDETERMINISTIC, f"calls {name}")
    if name in _UNLEARNABLE:
        return Dropped(Reason.UNLEARNABLE, f"calls {name}")
    if name not in _BUILTINS | _TOOLS:
        return Dropped(Reason.NEEDS_LIBRARY, name)
    return None
