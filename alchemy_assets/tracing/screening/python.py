"""Screen Python files: is it a program, does it need only what the sandbox has, can its run be foreseen.

Belongs here: what an import or a call means for a trace. Does not: running anything.
"""

import ast
import sys
import warnings

from alchemy_assets.tracing.reasons import Dropped, Reason

# What differs from run to run, or depends on the machine.
_NONDETERMINISTIC = {
    "_thread", "asyncio", "bz2", "cProfile", "cgi", "code", "concurrent", "ctypes", "dbm", "faulthandler", "fcntl",
    "ftplib", "gc", "getpass", "grp", "gzip", "http", "imaplib", "inspect", "locale", "logging", "lzma", "marshal",
    "mmap", "multiprocessing", "pickle", "platform", "poplib", "profile", "pstats", "pty", "pwd", "queue", "random",
    "resource", "sched", "secrets", "select", "selectors", "shelve", "shutil", "signal", "site", "smtplib", "socket",
    "socketserver", "sqlite3", "ssl", "subprocess", "sysconfig", "tarfile", "telnetlib", "tempfile", "termios",
    "threading", "time", "timeit", "tracemalloc", "tty", "unittest", "uuid", "weakref", "webbrowser", "wsgiref",
    "xmlrpc", "zipfile",
}  # fmt: skip
_UNLEARNABLE = {"hashlib", "hmac", "zlib", "binascii", "base64", "crypt", "cmath", "wave", "colorsys"}
_WINDOWS = {"tkinter", "turtle", "curses", "readline", "idlelib", "msvcrt", "winreg", "winsound"}
_CALLS = {
    "os": {
        "cpu_count", "environ", "execv", "execvp", "fork", "get_terminal_size", "getcwd", "getenv", "getlogin",
        "getpid", "kill", "listdir", "popen", "scandir", "spawnv", "stat", "system", "times", "uname", "urandom",
        "walk",
    },
    "datetime": {
        "now", "today", "utcnow",
    },
    "date": {
        "today",
    },
    "sys": {
        "executable", "getrefcount", "getsizeof", "maxsize", "modules", "path", "platform", "version",
        "version_info",
    },
    "glob": {
        "glob", "iglob",
    },
    "dt": {
        "now", "today", "utcnow",
    },
}  # fmt: skip
_NETWORK = {"urllib.request"}


def screen(source: str) -> Dropped | None:
    """Why a file is not worth running, or None."""
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Dropped(Reason.COMPILE_ERROR, "not valid Python 3")
    if not _is_program(tree):
        return Dropped(Reason.LIBRARY)
    return _imports(tree) or _calls(tree)


def screen_part(source: str) -> Dropped | None:
    """Why what is called of a module cannot be foreseen, or None: imports count that the module needs or that are used.

    source: the module with everything else blank.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Dropped(Reason.COMPILE_ERROR, "not valid Python 3")
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    body = [node for node in tree.body if not _only_for_types(node)]
    for node in (node for one in body for node in ast.walk(one) if isinstance(node, ast.Import | ast.ImportFrom)):
        bound = {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        alone = _imports(ast.Module([node], []))
        needed = node in body and alone is not None and alone.reason is Reason.NEEDS_LIBRARY
        if alone is not None and (needed or bound & used or "*" in bound):
            return alone
    return _calls(ast.Module(body, []))


def _only_for_types(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


def _is_program(tree: ast.Module) -> bool:
    """Whether importing the file as `__main__` does something beside defining."""
    for statement in tree.body:
        if isinstance(statement, ast.If) and "__name__" in ast.dump(statement.test):
            return True
        if isinstance(statement, ast.For | ast.While):
            return True
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            return True
        if isinstance(statement, ast.If | ast.With | ast.Try | ast.Match) and _acts(statement):
            return True
    return False


def _acts(statement: ast.stmt) -> bool:
    return any(isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) for node in ast.walk(statement))


def _imports(tree: ast.Module) -> Dropped | None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                return Dropped(Reason.NEEDS_LIBRARY, "." * node.level + (node.module or ""))
            names = [
                f"{node.module}.{alias.name}" if node.module == "urllib" else str(node.module) for alias in node.names
            ]
        else:
            continue
        for name in names:
            top = name.partition(".")[0]
            if top not in sys.stdlib_module_names or top in _WINDOWS:
                return Dropped(Reason.NEEDS_LIBRARY, top)
            if top in _NONDETERMINISTIC or name in _NETWORK:
                return Dropped(Reason.NONDETERMINISTIC, f"imports {name}")
            if top in _UNLEARNABLE:
                return Dropped(Reason.UNLEARNABLE, f"imports {name}")
    return None


def _calls(tree: ast.Module) -> Dropped | None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if node.attr in _CALLS.get(owner, ()):
                return Dropped(Reason.NONDETERMINISTIC, f"uses {owner}.{node.attr}")
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"id", "hash", "globals"}
        ):
            return Dropped(Reason.NONDETERMINISTIC, f"calls {node.func.id}()")
    return None
