"""What a value that is read is turned into: by the calls around it, and by those that its variable is given to.

Belongs here: the names by which twelve languages turn text into numbers and open files.
Does not: where values are read.
"""

import re

from alchemy_assets.tracing.screening.code import Code

_INTEGER = re.compile(
    r"\b(?:ato[il]l?|strto(?:u?ll?|[iu]max)|stou?l{0,2}|stoi|Atoi|Parse(?:U?[iI]nt|Long)|parse(?:Int|Long"
    r"|Short|UnsignedInt)|intval|BigInteger|BigInt"
    r"|(?:Integer|Long|Short)\.(?:valueOf|decode)|(?:u?int|u?long|u?short|byte|Int32|Int64)\.(?:Try)?Parse"
    r"|Convert\.ToU?Int\w*"
    r"|Integer|Int|UInt|Int32|Int64|UInt8|Number)\s*\(|\(int\)|\.to_i\b|(?<!\w)parse::<\s*[iu](?:8|16|32|64|128|size)"
    r"|\.ParseInt\(|:\s*[iu](?:8|16|32|64|128|size)\s*=|\bas\s+[iu](?:32|64|size)\b|filter_var\s*\("
)
_REAL = re.compile(
    r"\b(?:atof|strto(?:d|f|ld)|sto[dfl]d?|ParseFloat|parseFloat|(?:Double|Float)\.(?:parse|valueOf)\w*"
    r"|parseDouble|(?:double|float|decimal|Double|Decimal)\.(?:Try)?Parse"
    r"|Convert\.To(?:Double|Single|Decimal)|floatval|Float|Double|BigDecimal|CGFloat)\s*\(|\((?:float"
    r"|double)\)|\.to_[fr]\b|parse::<\s*f(?:32|64)|:\s*f(?:32|64)\s*="
)
_FILE = re.compile(
    r"\b(?:fopen|freopen|_?open|i?fstream(?:\s+\w+)?|(?:new\s+)?(?:FileReader|FileInputStream|File"
    r"|StreamReader|Scanner\(new\s+File)|FileStream|readFile(?:Sync)?|createReadStream"
    r"|file_get_contents|file|is_file|file_exists|is_readable|SplFileObject|contentsOfFile:?|existsSync"
    r"|read_to_string|readlines|foreach|load_?[fF]ile|read_?[fF]ile)\s*\("
    r"|\b(?:os\.(?:Open|ReadFile|OpenFile)|ioutil\.ReadFile|Files?\.(?:open|read\w*|foreach|lines"
    r"|newBufferedReader|OpenText|OpenRead|Read\w+|Exists|exist\?|file\?)|Paths?\.(?:get|of)|IO\.(?:read\w*"
    r"|foreach)"
    r"|File::open|fs::(?:read\w*|File)|Path::new)\b"
)
_SPLIT = re.compile(
    r"\.split\w*\b|\.Split\b|\bexplode\s*\(|strings\.(?:Fields|Split)|split_whitespace"
    r"|components\s*\(\s*separatedBy|\bstrtok\s*\(|StringTokenizer"
)
_CHOOSING = re.compile(r"=[^=]*\b(?:match|switch|case)\b|==")
_EDGES = re.compile(r"[;{}\n]")


def statement(text: str, start: int, end: int) -> tuple[int, str]:
    """Where the statement around a place begins, and its text: up to the next line break, semicolon or brace."""
    left = max(
        (match.end() for match in _EDGES.finditer(text, max(0, start - 300), start)), default=max(0, start - 300)
    )
    right = _EDGES.search(text, end)
    return left, text[left : right.start() if right else len(text)]


def assigned(text: str) -> str:
    """The name of the variable that a statement gives a value to, or nothing."""
    match = re.search(r"([$@]?\w+)\s*(?:,\s*\w+\s*)*(?::\s*[\w<>?&\[\]. ]+)?\s*(?::|\|\|)?=(?![=~>])", text)
    return match[1] if match else ""


def kind_at(code: Code, start: int, end: int) -> tuple[str, str]:
    """What is made of the value read at a place (`int`, `float`, `file`, `ints`, `str` or nothing), and its name."""
    left, text = statement(code.bare, start, end)
    # `x = match argument` and the like choose by it, and say nothing of what it is.
    name = "" if _CHOOSING.search(text[: start - left]) else assigned(text)
    kind = _kind(text)
    if name.strip("$@") and not kind:
        kind = kind_of_name(code, name)
    return kind, name.strip("$@")


def kind_of_name(code: Code, name: str) -> str:
    """What is made of a variable wherever it stands: `int`, `float`, `file`, `ints` or nothing."""
    uses = re.finditer(rf"(?<![\w.$@]){re.escape(name)}\b", code.bare)
    found = (_kind_of_use(statement(code.bare, match.start(), match.end())[1], name) for match in list(uses)[:12])
    return next((kind for kind in found if kind), "")


def turns_into(code: Code, kind: str) -> bool:
    """Whether a program makes integers, reals, or open files of anything."""
    return {"int": _INTEGER, "float": _REAL, "file": _FILE}[kind].search(code.bare) is not None


def _kind(text: str) -> str:
    number = "int" if _INTEGER.search(text) else "float" if _REAL.search(text) else ""
    if _SPLIT.search(text):
        return "ints" if number else "str"
    return number or ("file" if _FILE.search(text) else "")


def _kind_of_use(text: str, name: str) -> str:
    word = re.escape(name)
    for kind, pattern in (("int", _INTEGER), ("float", _REAL), ("file", _FILE)):
        called = (
            rf"(?:{pattern.pattern})[^;\n]{{0,30}}?(?<![\w.]){word}\b"
            rf"|(?<![\w.]){word}\b[^;\n]{{0,20}}?(?:{pattern.pattern})"
        )
        if re.search(called, text):
            return "ints" if kind == "int" and _SPLIT.search(text) else kind
    return ""
