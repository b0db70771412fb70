"""How the programs of each language read their arguments and their standard input.

Belongs here: one row a language. Does not: what is made of it (`arguments`, `streams`); Python and shell have their own modules.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from alchemy_assets.tracing.inputs.table import Table

_GETOPT = (re.compile(r"\bgetopt(?:_long)?\s*\([^\"'\n;]*[\"'][+:-]*([a-zA-Z:]+)[\"']"), "getopt")

_C = Table(
    "C",
    input=re.compile(r"\bstdin\b|\b(?:scanf|getchar\w*|gets|yylex)\s*\(|\bread\s*\(\s*(?:0|STDIN_FILENO)|\bcin\b"),
    lists=((r"(?<![\w.])NAME\b", 1),),
    parameter=re.compile(r"\bmain\s*\(\s*[^,()]*,\s*[^()]*?(?:\*\s*\*|\*)\s*(?:const\s*)?(\w+)\s*(?:\[\s*\])?"),
    asks=((re.compile(r"\b(?:fgets|getline)\s*\([^;]*?\bstdin\b|(?<![\w.])gets(?:_s)?\s*\("), "line"),),
    formats=re.compile(r"(?<![\w.])scanf\s*\("),
    streams=re.compile(
        r"\bgetchar(?:_unlocked)?\s*\(|\bf?getc\s*\(\s*stdin|\bwhile\s*\([^;{]*(?:\bstdin\b|\bscanf\b"
        r"|\bgetline\b)|\bfread\s*\([^;]*stdin|\bread\s*\(\s*(?:0|STDIN_FILENO)"
        r"|\byylex\b|=\s*stdin\b|\?\s*stdin\b|\(\s*stdin\s*[,)]"
    ),
    options=(_GETOPT,),
)
_JAVASCRIPT = Table(
    "JavaScript",
    lists=((r"\bprocess\.argv\b", 2), (r"\bDeno\.args\b", 0)),
    asks=(
        (
            re.compile(
                r"\.question\s*\(|(?<![\w.])prompt\s*\(|\breadline(?:Sync)?\.(?:question|prompt)\w*\s*\("
                r"|(?<![\w.])readline\s*\(\s*\)"
            ),
            "line",
        ),
    ),
    streams=re.compile(
        r"\bprocess\.stdin\b|\breadFileSync\s*\(\s*(?:0|process\.stdin\.fd)|\breadline\.createInterface\b"
        r"|\bcreateInterface\s*\("
    ),
    options=((re.compile(r"\.option\s*\(\s*[\"']([^\"'\n]+)[\"']"), "flag"),),
)
ROWS: Mapping[str, Table] = MappingProxyType(
    {
        "C": _C,
        "Cpp": replace(
            _C,
            language="Cpp",
            asks=(*_C.asks, (re.compile(r"\bgetline\s*\(\s*(?:std::)?cin"), "line")),
            targets=re.compile(r"\bcin\s*((?:>>\s*[\w.\[\]>-]+\s*)+)"),
            streams=re.compile(
                (_C.streams.pattern if _C.streams else "")
                + r"|\bwhile\s*\([^;{]*\bcin\b|\bcin\.(?:get|rdbuf|read|peek)\b|\bistream(?:buf)?_iterator\b"
                r"|\?\s*(?:std::)?cin\b|\(\s*(?:std::)?cin\s*\)"
            ),
        ),
        "CSharp": Table(
            "CSharp",
            lists=((r"(?<![\w.])NAME\b", 0), (r"\bEnvironment\.GetCommandLineArgs\s*\(\s*\)", 1)),
            parameter=re.compile(
                r"\bMain\s*\(\s*(?:params\s+)?string\s*\[\s*\]\s*(\w+)|(?<![\w.])(args)\s*(?:\.Length|\[\s*\d|\.Count"
                r"|\.Any|\.Skip|\.Select)"
            ),
            asks=((re.compile(r"\bConsole\.ReadLine\s*\("), "line"), (re.compile(r"\bConsole\.Read\s*\("), "str")),
            streams=re.compile(r"\bConsole\.In\b|\bOpenStandardInput\b|\bwhile\s*\([^;{]*Console\.Read"),
        ),
        "Go": Table(
            "Go",
            input=re.compile(r"\bos\.Stdin\b|\bfmt\.Scan"),
            lists=((r"\bos\.Args\b", 1), (r"\bflag\.Args\(\)", 0), (r"\bflag\.Arg(?=\()", 0)),
            asks=((re.compile(r"\b\w*[rR]eader\w*\.ReadString\s*\(|\bin\.ReadString\s*\("), "line"),),
            formats=re.compile(r"\bfmt\.F?[sS]canf\s*\("),
            targets=re.compile(r"\bfmt\.F?[sS]can(?:ln)?\s*\(((?:[^()]|\(\))*)\)"),
            streams=re.compile(
                r"\bbufio\.NewScanner\s*\(\s*os\.Stdin|\bio(?:util)?\.ReadAll\s*\(\s*os\.Stdin|\bos\.Stdin\b"
            ),
            options=(
                (
                    re.compile(
                        r"\bflag\.(Int|Int64|Uint|Bool|String|Float64|Duration)(?:Var)?\s*\(\s*(?:&[\w.]+\s*,\s*)?\"([\w-]+)\""
                    ),
                    "go",
                ),
            ),
        ),
        "Java": Table(
            "Java",
            input=re.compile(r"\bSystem\.(?:in|console)\b|\bIO\.readln\b"),
            lists=((r"(?<![\w.])NAME\b", 0),),
            parameter=re.compile(
                r"\bmain\s*\(\s*(?:final\s+)?String\s*(?:\[\s*\]|\.\.\.)\s*(\w+)"
                r"|\bmain\s*\(\s*(?:final\s+)?String\s+(\w+)\s*\[\s*\]"
            ),
            asks=(
                (re.compile(r"\.next(?:Int|Long|Short|Byte|BigInteger)\s*\("), "int"),
                (re.compile(r"\.next(?:Double|Float|BigDecimal)\s*\("), "float"),
                (re.compile(r"\.(?:nextLine|next|readLine)\s*\(\s*\)"), "line"),
            ),
            streams=re.compile(
                r"\.hasNext\w*\s*\(\s*\)|\bwhile\s*\([^;{]*readLine\s*\(|\bSystem\.in\.read|\.lines\s*\(\s*\)"
                r"|\.readAllBytes\s*\("
            ),
        ),
        "JavaScript": _JAVASCRIPT,
        "TypeScript": replace(_JAVASCRIPT, language="TypeScript"),
        "PHP": Table(
            "PHP",
            input=re.compile(r"\bSTDIN\b|\breadline\s*\(|\(\s*['\"]\s{11}['\"]"),
            lists=((r"\$argv\b", 1), (r"\$_SERVER\s*\[\s*'\s*'\s*\]", 1)),
            asks=(
                (
                    re.compile(
                        r"\bf(?:gets|getc|scanf)\s*\(\s*(?:STDIN|\$\w*(?:stdin|handle|input|in|fp|f)\b)|\breadline\s*\("
                        r"|\bstream_get_line\s*\(\s*STDIN"
                    ),
                    "line",
                ),
            ),
            streams=re.compile(
                r"\bstream_get_contents\s*\(\s*STDIN|\bwhile\s*\([^;{]*\bfgets\s*\(|\bfeof\s*\(\s*STDIN"
                r"|\bfile_get_contents\s*\(\s*'\s+'|\bfopen\s*\(\s*'\s{11}'|\bSTDIN\b"
            ),
            options=((re.compile(r"\bgetopt\s*\(\s*[\"']([a-zA-Z:]+)[\"']"), "getopt"),),
        ),
        "Ruby": Table(
            "Ruby",
            lists=((r"(?<!\w)ARGV\b", 0),),
            asks=((re.compile(r"(?<![\w.])(?:\$stdin\.|STDIN\.|ARGF\.)?(?:gets|readline)\b"), "line"),),
            streams=re.compile(
                r"(?:\$stdin|STDIN|ARGF|\$<)\s*\.\s*(?:read|each\w*|readlines|map|lines|getc|each_line)\b"
                r"|\bwhile\b[^\n]*\bgets\b|\bARGF\b|\b(?<![.\w])readlines\b|\buntil\b[^\n]*\bgets\b"
            ),
            options=(
                (
                    re.compile(
                        r"\.on\s*\(?\s*((?:[\"'][^\"'\n]+[\"']\s*,?\s*)+(?:Integer|Float|Numeric|Array|String)?)"
                    ),
                    "flag",
                ),
            ),
        ),
        "Rust": Table(
            "Rust",
            input=re.compile(r"\bstdin\b|\bread_line\b"),
            lists=((r"\b(?:std::)?env::args\s*\(\s*\)", 1), (r"(?<![\w:.])args\s*\(\s*\)", 1)),
            asks=((re.compile(r"\.read_line\s*\("), "line"),),
            streams=re.compile(
                r"\bstdin\s*\(\s*\)\s*(?:\.lock\s*\(\s*\)\s*)?\.\s*(?:lines|read_to_string|bytes|split)"
                r"|\.read_to_string\s*\(|\bstdin\.(?:lock\(\)\.)?lines\b|\.lines\s*\(\s*\)"
                r"|\bread_to_end\s*\("
            ),
        ),
        "SQL": Table("SQL", lists=()),
        "Swift": Table(
            "Swift",
            lists=((r"\bCommandLine\.arguments\b", 1), (r"\bProcessInfo\.processInfo\.arguments\b", 1)),
            asks=((re.compile(r"\breadLine\s*\("), "line"),),
            streams=re.compile(r"\bwhile\s+(?:let|var)\s+[^{]*readLine\s*\(|\bFileHandle\.standardInput\b"),
        ),
    }
)
