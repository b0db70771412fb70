"""Screen C# files.

Belongs here: what a namespace, a class or a call of C# means for a trace. Does not: the order of the questions (`engine`).
Namespaces say little here: project templates import threads and networks into every file.
"""

import re

from alchemy_assets.tracing.reasons import Dropped, Reason
from alchemy_assets.tracing.screening import engine
from alchemy_assets.tracing.screening.code import Code
from alchemy_assets.tracing.screening.engine import Table, words


def _is_program(code: Code) -> bool:
    statements = any(child.type == "global_statement" for child in code.root.named_children)
    return statements or re.search(r"\bstatic\s+(?:async\s+|unsafe\s+)*[\w<>.]+\s+Main\s*\(", code.bare) is not None


TABLE = Table(
    "CSharp",
    _is_program,
    imports=re.compile(r"^[ \t]*(?:global\s+)?using\s+(?:static\s+)?([A-Z][\w.]*)\s*;", re.MULTILINE),
    modules={
        Reason.NEEDS_LIBRARY: words(
            "System.Windows System.Drawing UnityEngine UnityEditor Microsoft.AspNetCore "
            "Microsoft.EntityFrameworkCore Xamarin"
            " NUnit Xunit Microsoft.VisualStudio Newtonsoft System.Web BenchmarkDotNet Moq Microsoft.Extensions"
        ),
        Reason.NONDETERMINISTIC: words("System.Net System.Data.SqlClient System.IO.Pipes System.Management"),
        Reason.UNLEARNABLE: words("System.Security.Cryptography System.IO.Compression"),
    },
    calls=(
        (
            Reason.NEEDS_LIBRARY,
            re.compile(
                r"\bConsole\.(?:ReadKey|SetCursorPosition|KeyAvailable|CursorLeft|CursorTop|WindowWidth"
                r"|WindowHeight|SetWindowSize)\b"
            ),
        ),
        (
            Reason.NONDETERMINISTIC,
            re.compile(
                r"\bDate(?:Time(?:Offset)?|Only)\.(?:Now|UtcNow|Today)\b|\bnew\s+(?:System\.)?Random\b"
                r"|\bRandom\s+\w+\s*=\s*new\s*\(|\bRandom\.Shared\b"
                r"|\bGuid\.NewGuid\b|\bStopwatch\b|\bEnvironment\.(?!NewLine|Exit|GetCommandLineArgs)\w+"
                r"|\.GetHashCode\s*\(\s*\)"
                r"|\bRuntimeHelpers\b"
            ),
        ),
        (
            Reason.NONDETERMINISTIC,
            re.compile(
                r"\bnew\s+Thread\b|\bTask\.(?:Run|Factory|WhenAll|WhenAny|Delay)\b|\bParallel\.\w+"
                r"|\.AsParallel\b|\bThreadPool\b"
                r"|\bnew\s+(?:System\.)?(?:Threading\.)?Timer\b|\bnew\s+Task\b|\bBackgroundWorker\b"
            ),
        ),
        (
            Reason.NONDETERMINISTIC,
            re.compile(
                r"\bProcess\.(?:Start|GetCurrentProcess)\b|\bDirectory\.\w+|\bHttpClient\b|\bWebClient\b"
                r"|\bTcpClient\b|\bDns\.\w+"
                r"|\bAppDomain\b|\bGC\.\w+"
            ),
        ),
        # When a finalizer runs, and what the stack of a caught error looks like, stands nowhere in a file.
        (
            Reason.NONDETERMINISTIC,
            re.compile(
                r"~\s*\w+\s*\(\s*\)(?=\s*\{)|\bWeakReference\b"
                r"|\bcatch\s*\(\s*[\w.]+\s+(\w+)\s*\)(?=\s*\{[^{}]*\b\1\s*\.\s*ToString\s*\()"
            ),
        ),
        (
            Reason.UNLEARNABLE,
            re.compile(r"\b(?:SHA\d+|MD5|Aes|HMAC\w+|RSA)\.Create\b|\bConvert\.(?:To|From)Base64\w+|\bGZipStream\b"),
        ),
    ),
)


def screen(source: str) -> Dropped | None:
    """Why a C# file is not worth running, or None."""
    return engine.screen(TABLE, source)
