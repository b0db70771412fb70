"""Screen Go files.

Belongs here: what a package or a call of Go means for a trace. Does not: the order of the questions (`engine`).
"""

import re

from alchemy_assets.tracing.reasons import Dropped, Reason
from alchemy_assets.tracing.screening import engine
from alchemy_assets.tracing.screening.code import Code
from alchemy_assets.tracing.screening.engine import Table, Unordered, words

_IMPORTS = re.compile(
    r'^(?:import\b[ \t]*\(?|[ \t]+)[ \t]*(?:[\w.]+[ \t]+)?(["`])([\w./-]+)\1[ \t]*[;)]?[ \t]*$', re.MULTILINE
)


def _is_program(code: Code) -> bool:
    return re.search(r"^package\s+main\b", code.bare, re.MULTILINE) is not None and "main" in code.defined


def _foreign(code: Code) -> str | None:
    """The first package that is not of the standard library: its path begins with a host's name, or with a dot."""
    header = re.split(r"^(?:func|type|var|const)\b", code.plain, maxsplit=1, flags=re.MULTILINE)[0]
    names = [match[2] for match in _IMPORTS.finditer(header)]
    return next((name for name in names if "." in name.partition("/")[0] or name == "C"), None)


TABLE = Table(
    "Go",
    _is_program,
    imports=_IMPORTS,
    modules={
        Reason.NONDETERMINISTIC: words(
            "math/rand net os/exec os/user os/signal runtime/debug runtime/pprof runtime/trace runtime/metrics syscall"
            " database plugin testing debug expvar log/syslog"
            " log/slog sync/atomic context io/ioutil/TempDir"
        ),
        Reason.UNLEARNABLE: words(
            "crypto hash compress archive encoding/base64 encoding/base32 encoding/gob image math/cmplx maphash"
        ),
    },
    calls=(
        (
            Reason.NONDETERMINISTIC,
            re.compile(r"\btime\.(?:Now|Since|Until|After|Tick|NewTimer|NewTicker|AfterFunc|Local)\b"),
        ),
        (
            Reason.NONDETERMINISTIC,
            re.compile(
                r"\bos\.(?:Getenv|LookupEnv|Environ|ExpandEnv|Getpid|Getppid|Getuid|Getwd|Hostname|ReadDir"
                r"|Stat|TempDir|Executable"
                r"|MkdirTemp|CreateTemp|UserHomeDir)\b|\bioutil\.(?:ReadDir|TempDir|TempFile)\b"
            ),
        ),
        (Reason.NONDETERMINISTIC, re.compile(r"\bruntime\.(?!GC\b|KeepAlive\b|Gosched\b|Error\b|GOMAXPROCS\b)\w+")),
        (Reason.NONDETERMINISTIC, re.compile(r"\bfilepath\.(?:Walk|WalkDir|Glob|Abs)\b|\bunsafe\.Pointer\b")),
        (Reason.NONDETERMINISTIC, re.compile(r"^[ \t]*go\s+(?:func\b|[\w.]+\()", re.MULTILINE)),
        (
            Reason.NONDETERMINISTIC,
            re.compile(r"\blog\.Print(?:f|ln)?\b(?![\s\S]*\blog\.SetFlags\()(?<!\blog\.SetFlags)"),
        ),
    ),
    texts=((Reason.NONDETERMINISTIC, re.compile(r"%p\b")),),
    foreign=_foreign,
    unordered=(
        Unordered(
            Reason.NONDETERMINISTIC,
            re.compile(r"\b(\w+)\s*(?::?=\s*(?:make\()?|\s)map\["),
            r"\brange\s+(?:\w+\.)*NAME\s*\{",
        ),
    ),
)


def screen(source: str) -> Dropped | None:
    """Why a Go file is not worth running, or None."""
    return engine.screen(TABLE, source)
