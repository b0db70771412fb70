"""Plan how a program of each language is built and started, where that takes no look at its syntax.

Belongs here: command lines, and the file names on them. Does not: where toolchains are found and what they say
(`table`), names and modules that have to be read out of the source (`java`, `go`, `javascript`).
Compilers optimise little: most programs run for milliseconds, and are compiled for hundreds of them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath

from alchemy_assets.sandbox.sandbox import Limits, Program
from alchemy_assets.sandbox.toolchains.toolchain import Plan

Planner = Callable[[Program, Limits], Plan]

_HEADERS = (".h", ".hh", ".hpp", ".hxx", ".inl", ".ipp")
_INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"\n]+)[>"]', re.MULTILINE)
_LINKED: Mapping[bytes, tuple[str, ...]] = {
    b"Eigen/": ("-idirafter", "/usr/include/eigen3"),
    b"bzlib.h": ("-lbz2",),
    b"curl/": ("-lcurl",),
    b"curses.h": ("-lncurses",),
    b"fmt/": ("-lfmt",),
    b"gmp.h": ("-lgmp",),
    b"gmpxx.h": ("-lgmpxx", "-lgmp"),
    b"gtest/": ("-lgtest_main", "-lgtest"),
    b"ncurses.h": ("-lncurses",),
    b"openssl/": ("-lssl", "-lcrypto"),
    b"readline/": ("-lreadline",),
    b"sqlite3.h": ("-lsqlite3",),
    b"uv.h": ("-luv",),
    b"zlib.h": ("-lz",),
}
"""What a header of a library needs on the command line; where the library is missing, so is the header, and that is said."""
# C++ 20 and 23 make <iostream> a third dearer to read, so only those pay who ask for something of them.
NEWER_CPP = "-std=gnu++23"
_NEWER_CPP = re.compile(
    rb"#[ \t]*include[ \t]*<(?:barrier|bit|compare|concepts|coroutine|expected|format|generator|latch|mdspan|numbers"
    rb"|print|ranges|semaphore|source_location|span|stop_token|syncstream|version)>"
    rb"|\b(?:char8_t|co_await|co_return|co_yield|concept|consteval|constinit|requires)\b|<=>"
    rb"|\bstd::(?:bind_front|erase|erase_if|jthread|midpoint|ranges|ssize|to_array|views)\b"
    rb"|\.\s*(?:contains|starts_with|ends_with)\s*\("
    rb"|\btemplate *<[^<>]*\bauto\b|\busing enum\b|\[\[(?:un)?likely\]\]|\)\s*requires\b|\bif consteval\b"
)


def plain(name: str) -> str:
    """Return a file name that no command takes for an option, a list of arguments or a pipe."""
    return name if re.match(r"\w", name) else f"./{name}"


def free_name(program: Program, wanted: str) -> str:
    """Return `wanted`, or the first variant of it that is neither a file nor a folder of the program."""
    taken = {str(part) for name in program.files for part in (PurePosixPath(name), *PurePosixPath(name).parents)}
    stem, dot, suffix = wanted.rpartition(".") if "." in wanted else (wanted, "", "")
    while (name := f"{stem}{dot}{suffix}") in taken:
        stem += "_"
    return name


def heap(limits: Limits) -> int:
    """Return the bytes that a collected heap may have, so that it is swept before the limit on all memory is met."""
    return limits.memory_bytes * 5 // 8


def sources(program: Program, *suffixes: str) -> list[str]:
    """Return the program's files of a language, the entry first."""
    others = sorted(name for name in program.files if name.endswith(suffixes) and name != program.entry)
    return [plain(name) for name in (program.entry, *others)]


def interpreted(*command: str) -> Planner:
    """Return the plan of a language whose entry is handed to a command."""

    def plan(program: Program, limits: Limits) -> Plan:
        del limits
        return Plan(program.files, run=(*command, plain(program.entry)))

    return plan


def c(program: Program, limits: Limits) -> Plan:
    """Compile all C files together."""
    del limits
    return _gcc(program, "/usr/bin/gcc", "c", (".c",), ())


def cpp(program: Program, limits: Limits) -> Plan:
    """Compile all C++ files together, by the standard that they ask for."""
    del limits
    newer = any(map(is_newer_cpp, program.files.values()))
    return _gcc(program, "/usr/bin/g++", "c++", (".cpp", ".cc", ".cxx", ".c++", ".C"), (NEWER_CPP,) * newer)


def is_newer_cpp(content: bytes) -> bool:
    """Whether a C++ file asks for something that is newer than what the compiler takes by itself."""
    return _NEWER_CPP.search(content) is not None


def _gcc(program: Program, compiler: str, language: str, suffixes: tuple[str, ...], options: Sequence[str]) -> Plan:
    """Plan with the language said, as an entry may be called anything, and with every folder above a header.

    The system's headers come before the program's between angle brackets, and after them between quotes.
    """
    made = free_name(program, "main")
    files = sources(program, *suffixes)
    headers = (PurePosixPath(name) for name in program.files if name.endswith(_HEADERS))
    folders = sorted({str(folder) for header in headers for folder in header.parents})
    included_from = (word for folder in folders for word in ("-iquote", plain(folder), "-idirafter", plain(folder)))
    included = {name for content in program.files.values() for name in _INCLUDE.findall(content)}
    linked = [
        flag for start, flags in _LINKED.items() if any(name.startswith(start) for name in included) for flag in flags
    ]
    words = (compiler, *options, *included_from, "-o", made, "-x", language, *files)
    return Plan(program.files, run=(f"./{made}",), compile=(*words, "-x", "none", "-lm", "-pthread", *linked))


_ASSEMBLIES = (
    "System.ComponentModel.DataAnnotations",
    "System.Configuration",
    "System.Data",
    "System.Drawing",
    "System.IO.Compression",
    "System.Json",
    "System.Net.Http",
    "System.Numerics",
    "System.Runtime.Serialization",
    "System.ServiceModel",
    "System.Transactions",
    "System.Web",
    "System.Windows.Forms",
    "System.Xml.Linq",
)
"""Assemblies of the framework that mono's compiler has to be told of, each called as the namespace that is used."""


def mono(program: Program, limits: Limits) -> Plan:
    """Compile all C# files together into one assembly."""
    del limits
    made = free_name(program, "main.exe")
    text = b"\n".join(content for name, content in program.files.items() if name.endswith(".cs"))
    used = [f"-r:{name}" for name in _ASSEMBLIES if re.search(rb"\b%s\b" % re.escape(name.encode()), text)]
    used += ["-r:Microsoft.CSharp"] * (b"dynamic" in text)
    words = ("/usr/bin/mcs", "-langversion:latest", "-nowarn:0162,0168,0169,0219,0414,0649", f"-out:{made}", *used)
    return Plan(program.files, run=("/usr/bin/mono", made), compile=(*words, *sources(program, ".cs")))


_DOTNET = """
sdk=$(ls -dv "$(dirname "$(readlink -f /usr/bin/dotnet)")"/sdk/* | tail -n 1)
home=${sdk%/sdk/*}
framework=$(ls -dv "$home"/shared/Microsoft.NETCore.App/* | tail -n 1)
references=$(ls -dv "$home"/packs/Microsoft.NETCore.App.Ref/*/ref/* | tail -n 1)
out=$1 heap=$2; shift 2
cat > "${out%.dll}.runtimeconfig.json" <<END
{"runtimeOptions": {"framework": {"name": "Microsoft.NETCore.App", "version": "${framework##*/}"},
 "configProperties": {"System.GC.Server": false, "System.GC.Concurrent": false, "System.GC.HeapHardLimit": $heap}}}
END
exec /usr/bin/dotnet exec "$sdk/Roslyn/bincore/csc.dll" -nologo -langversion:latest -unsafe "-out:$out" \
  $(printf -- '-r:%s ' "$references"/*.dll) "$@"
"""
_GLOBAL_USINGS = b"".join(
    b"global using " + name + b";\n"
    for name in (
        b"System",
        b"System.Collections.Generic",
        b"System.IO",
        b"System.Linq",
        b"System.Net.Http",
        b"System.Threading",
        b"System.Threading.Tasks",
    )
)
"""The namespaces that a console project of .NET has without saying so."""


def dotnet(program: Program, limits: Limits) -> Plan:
    """Compile all C# files by the compiler inside the .NET SDK, without a project, which would take seconds."""
    made = free_name(program, "main.dll")
    usings = free_name(program, "GlobalUsings.g.cs")
    words = ("/usr/bin/bash", "-ec", _DOTNET, "dotnet", made, str(heap(limits)))
    configured = f"{PurePosixPath(made).stem}.runtimeconfig.json"  # Given, it would stand in the place of the one made.
    files = {name: content for name, content in program.files.items() if name != configured}
    return Plan(
        {**files, usings: _GLOBAL_USINGS},
        run=("/usr/bin/dotnet", "exec", made),
        compile=(*words, *sources(program, ".cs"), usings),
    )


_EDITION = re.compile(rb'^[ \t]*edition[ \t]*=[ \t]*"(20\d\d)"', re.MULTILINE)


def rust(program: Program, limits: Limits) -> Plan:
    """Compile the entry, whose `mod` lines name the other files; overflow checks and debug assertions are on."""
    del limits
    described = [content for name, content in program.files.items() if PurePosixPath(name).name == "Cargo.toml"]
    editions = sorted({year.decode() for content in described for year in _EDITION.findall(content)})
    edition = editions[-1] if editions else "2021"
    made = free_name(program, "main")
    # Stripped of what the standard library has for debuggers, a program is 0.5 MB instead of 11, and linked in half the time.
    options = ("--edition", edition, "--crate-name", "main", "-C", "debuginfo=0", "-C", "strip=debuginfo", "-o", made)
    # A crate's own name is taken from its file otherwise, which may be none.
    return Plan(program.files, run=(f"./{made}",), compile=("/usr/bin/rustc", *options, plain(program.entry)))


_SWIFT_MAIN = re.compile(rb"^[ \t]*@(?:main|UIApplicationMain|NSApplicationMain)\b", re.MULTILINE)
# Its own linker is the quicker one, and the only one that links some of its modules.
_SWIFT = """[ -e /usr/libexec/swift/bin/ld.lld ] && set -- -use-ld=lld "$@"
swiftc -module-cache-path "$PWD/.modules" "$@"; code=$?; rm -rf .modules; exit $code"""


def swift(program: Program, limits: Limits) -> Plan:
    """Compile all Swift files together; statements outside functions are allowed in `main.swift` alone."""
    del limits
    made = free_name(program, "main")
    folder = str(PurePosixPath(program.entry).parent)
    others = [name for name in program.files if name.endswith(".swift") and name != program.entry]
    marked = any(_SWIFT_MAIN.search(content) for name, content in program.files.items() if name.endswith(".swift"))
    apart = marked or not others or any(PurePosixPath(name).name == "main.swift" for name in others)
    renamed = {} if apart else {program.entry: str(PurePosixPath(folder, "main.swift"))}
    files = {renamed.get(name, name): content for name, content in program.files.items() if name not in renamed}
    files |= {renamed[name]: program.files[name] for name in renamed}
    words = ("/usr/bin/bash", "-c", _SWIFT, "swiftc", "-module-name", "main", *("-parse-as-library",) * marked)
    entry = renamed.get(program.entry, program.entry)
    moved = Program(program.language, files, entry)
    return Plan(files, run=(f"./{made}",), compile=(*words, "-o", made, *sources(moved, ".swift")))


def sqlite_parameters(arguments: Sequence[str]) -> list[str]:
    """Return options that bind each argument to `?1`, `?2`, …; the shell takes bare words for statements."""
    words = []
    for number, argument in enumerate(arguments, 1):
        literal = "'" + argument.replace("'", "''") + "'"
        words += ["-cmd", f".parameter set ?{number} {_dot_word(literal)}"]
    return words


def _dot_word(text: str) -> str:
    """Return text as one word of a command of sqlite3's shell, which reads escapes between double quotes."""
    escapes: Mapping[str, str] = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"' + "".join(escapes.get(character, character) for character in text) + '"'


def sqlite(program: Program, limits: Limits) -> Plan:
    """Run a script in a database of its own in memory, up to the first error."""
    del limits
    read = f".read {_dot_word(plain(program.entry))}"
    words = ("/usr/bin/sqlite3", "-batch", "-bail", ":memory:", read)
    return Plan(program.files, run=words, arguments=sqlite_parameters)
