"""Read out of what a compiler or a failed program said which library it lacks.

Belongs here: one function a language, from a program and the words to the name of what a person would install, or None.
Does not: whether the program failed at all (`programs`). The words are those of the toolchains of Debian 12 and 13.

What a program brings along itself is no library: a relative file that is not there, a module in its own package, a name
that the standard library does not have. A name that stands for a library as well as for a file that was left behind
(`import helpers`, a function of a shell script) counts as a library, since nothing tells the two apart.
"""

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from alchemy_assets.sandbox.sandbox import Program

Finder = Callable[[Program, str], str | None]


def _own_names(program: Program) -> set[str]:
    """What a program's own modules can be called: its folders and files but for the entry, without suffixes."""
    others = [PurePosixPath(name) for name in program.files if name != program.entry]
    return {part for path in others for part in (path.parts[0].split(".")[0], path.stem)}


def _pattern(pattern: str, flags: int = 0) -> Finder:
    """Return a finder whose pattern has the library in its only group."""
    compiled = re.compile(pattern, re.MULTILINE | flags)

    def find(_program: Program, said: str) -> str | None:
        found = compiled.search(said)
        return found[1] if found else None

    return find


swift = _pattern(r"^\S.*: error: no such module '([^']+)'")
sqlite = _pattern(r"^(?:Error: |Runtime error near line \d+: |Parse error near line \d+: )"
                  r"(?:no such module: |(?=\S+?\.so: cannot open shared object file))(\S+?)(?:\.so.*)?$")  # fmt: skip

_HEADER = re.compile(
    r"fatal error: (.+?): No such file or directory\n.*#[ \t]*(?:include|include_next|import)[ \t]*([<\"])"
)
_HEADER_FOLDERS = frozenset(
    {
        *("Eigen", "GL", "GLFW", "SDL", "SDL2", "absl", "benchmark", "boost", "catch2", "curl", "fmt", "folly"),
        *("gflags", "glog", "gmock", "google", "gtest", "llvm", "nlohmann", "opencv2", "openssl", "spdlog"),
    }
)
"""Folders of libraries that are as often put between quotes."""


def c(program: Program, said: str) -> str | None:
    """A header between angle brackets, or in the folder of a well-known library; others between quotes are its own."""
    found = _HEADER.search(said)
    if not found or found[1].split("/")[0] in {"config.h", *(PurePosixPath(name).parts[0] for name in program.files)}:
        return None
    folder, slash, _ = found[1].partition("/")
    if found[2] == '"' and not (slash and folder in _HEADER_FOLDERS):
        return None
    # `sys/…` and its like are folders of another system's C library.
    return (
        folder
        if slash and folder not in {"arpa", "asm", "linux", "mach", "machine", "net", "netinet", "sys"}
        else found[1]
    )


_USING = re.compile(r"^\s*(?:global\s+)?using\s+(?:static\s+)?(?:\w+\s*=\s*)?([A-Za-z_][\w.]*)")
_NAMESPACE = re.compile(rb"^\s*namespace\s+([\w.]+)", re.MULTILINE)
_LOST_ASSEMBLY = re.compile(r"error CS0006: Metadata file [`']([^']+)' could not be found")
_UNKNOWN_NAMESPACE = re.compile(r"^(.+?)\((\d+),\d+\): error CS(?:0246|0234|0400):", re.MULTILINE)


def csharp(program: Program, said: str) -> str | None:
    """A namespace on a `using` line that the compiler does not know, and that the program does not declare itself."""
    assembly = _LOST_ASSEMBLY.search(said)
    if assembly:
        return assembly[1]
    own = {name.decode().split(".")[0] for text in program.files.values() for name in _NAMESPACE.findall(text)}
    for file, line in _UNKNOWN_NAMESPACE.findall(said):
        lines = program.files.get(file.removeprefix("./"), b"").decode(errors="replace").splitlines()
        using = _USING.match(lines[int(line) - 1]) if int(line) <= len(lines) else None
        if using and using[1].split(".")[0] not in own:
            return using[1]
    return None


_SYNTAX_ERROR = re.compile(r"^(.+?)\((\d+),\d+\): error CS(?:1\d{3}|8025|0116|0453):", re.MULTILINE)
_NEWER_CSHARP = re.compile(
    r"^\s*(?:(?:public|internal|private|protected|sealed|abstract|readonly|partial)\s+)*record\s+(?:class\s+|struct\s+)?[A-Z]"
    r"|[\w)\]]\s+switch\s*(?:\{|$)|^\s*namespace\s+[\w.]+\s*;|\{[^}]*\binit\s*;|\b(?:object|string)\?(?=[\s>,)])|=\s*new\s*\("
)
"""A line of C# 8 or later: a record, a switch expression, a namespace of the whole file, `init`, `string?`, `new()`."""


def mono(program: Program, said: str) -> str | None:
    """What `csharp` finds; or the language itself, where a line that mono's compiler cannot read is of a later one."""
    for file, line in _SYNTAX_ERROR.findall(said):
        lines = program.files.get(file.removeprefix("./"), b"").decode(errors="replace").splitlines()
        if int(line) <= len(lines) and _NEWER_CSHARP.search(lines[int(line) - 1]):
            return "C# 8 or newer"
    return csharp(program, said)


_GO_IMPORT = re.compile(r"could not import (\S+) \(")
_GO_MODULE = re.compile(rb"^module[ \t]+\"?([^\s\"]+)", re.MULTILINE)
_OWNED_HOSTS = {"bitbucket.org", "github.com", "gitlab.com", "golang.org", "google.golang.org/genproto"}


def go(program: Program, said: str) -> str | None:
    """A path that starts with a host's name, as those of the standard library do not; or cgo, or embed."""
    own = [name.decode(errors="replace") for text in program.files.values() for name in _GO_MODULE.findall(text)]
    for path in _GO_IMPORT.findall(said):
        parts = path.split("/")
        if path == "C":
            return "cgo"
        if "." in parts[0] and not any(path == name or path.startswith(f"{name}/") for name in own):
            return "/".join(parts[:3] if parts[0] in _OWNED_HOSTS else parts[:2])
    return "embed" if "invalid go:embed: build system did not supply embed configuration" in said else None


_JAVA_PACKAGE = re.compile(r": error: package ([a-z][\w.]*) does not exist$", re.MULTILINE)
_JAVA_OWN = re.compile(rb"^\s*package\s+([\w.]+)\s*;", re.MULTILINE)


def java(program: Program, said: str) -> str | None:
    """A package that is neither Java's own nor beside those of the program; its first three parts name the library."""
    declared = [name.decode() for text in program.files.values() for name in _JAVA_OWN.findall(text)]
    own = {tuple(name.split(".")[:2]) for name in declared}
    for package in _JAVA_PACKAGE.findall(said):
        parts = tuple(package.split("."))
        if parts[0] != "java" and parts[:2] not in own:
            return ".".join(parts[:3])
    return None


_NODE_MODULE = re.compile(
    r"^Error(?: \[ERR_MODULE_NOT_FOUND\])?: Cannot find (?:module|package) '([^'./#][^']*)'(?:(?!\n\n).|\n)*\n\n(?:Node\.js v)",
    re.MULTILINE,
)


def _npm_name(module: str) -> str:
    parts = module.split("/")
    return "/".join(parts[:2]) if module.startswith("@") else parts[0]


def node(_program: Program, said: str) -> str | None:
    """A package that an import or `require` asked for, in the words of an error that nobody caught."""
    found = _NODE_MODULE.search(said)
    return _npm_name(found[1]) if found else None


_TYPED_MODULE = re.compile(
    r"error TS(?:2307: Cannot find module|7016: Could not find a declaration file for module) '([^'./][^']*)'"
)
_NODE_TYPES = re.compile(r"error TS(?:2580|2591|2304): .*type definitions for node")
_NODE_OWN = frozenset(
    {
        *("assert", "async_hooks", "buffer", "child_process", "cluster", "console", "constants", "crypto"),
        *("dgram", "diagnostics_channel", "dns", "domain", "events", "fs", "http", "http2", "https"),
        *("inspector", "module", "net", "os", "path", "perf_hooks", "process", "punycode", "querystring"),
        *("readline", "repl", "stream", "string_decoder", "sys", "timers", "tls", "trace_events", "tty"),
        *("url", "util", "v8", "vm", "wasi", "worker_threads", "zlib"),
    }
)


def typescript(program: Program, said: str) -> str | None:
    """A package without types or without anything, in the words of `tsc`, or of Node where types are not checked."""
    for module in _TYPED_MODULE.findall(said):
        name = _npm_name(module.removeprefix("node:"))
        return "@types/node" if name in _NODE_OWN else name
    return "@types/node" if _NODE_TYPES.search(said) else node(program, said)


_PHP_CLASS = re.compile(
    r"^Fatal error: Uncaught Error: (?:Class|Interface|Trait|Enum) \"([^\"]+)\" not found in", re.MULTILINE
)
_PHP_FATAL_CLASS = re.compile(r"^Fatal error: (?:Class|Interface|Trait) \"([^\"]+)\" not found in", re.MULTILINE)
_PHP_FUNCTION = re.compile(
    r"^Fatal error: Uncaught Error: Call to undefined function (?:\w+\\)*(\w+)\(\)", re.MULTILINE
)
_PHP_AUTOLOAD = re.compile(r"Failed opening required '[^']*vendor/autoload\.php'")
_PHP_NAMESPACE = re.compile(rb"^\s*(?:<\?php\s+)?namespace\s+(\w+)", re.MULTILINE)
_PHP_EXTENSIONS: Mapping[str, str] = {
    "bc": "bcmath",
    "collator": "intl",
    "ctype_": "ctype",
    "curl_": "curl",
    "dom": "dom",
    "gmp_": "gmp",
    "grapheme_": "intl",
    "iconv": "iconv",
    "image": "gd",
    "imagick": "imagick",
    "intl": "intl",
    "mb_": "mbstring",
    "memcached": "memcached",
    "mongodb": "mongodb",
    "mysqli": "mysqli",
    "normalizer": "intl",
    "numberformatter": "intl",
    "pcntl_": "pcntl",
    "pdo": "pdo",
    "pg_": "pgsql",
    "redis": "redis",
    "simplexml": "simplexml",
    "soapclient": "soap",
    "sqlite3": "sqlite3",
    "swoole": "swoole",
    "xml": "xml",
    "ziparchive": "zip",
}
"""First letters of functions and classes of extensions that PHP may come without."""


def _php_extension(name: str) -> str | None:
    return next((library for start, library in _PHP_EXTENSIONS.items() if name.lower().startswith(start)), None)


def php(program: Program, said: str) -> str | None:
    """Composer's autoloader, a namespace that is not the program's, or an extension by its function or class."""
    own = {name.decode() for text in program.files.values() for name in _PHP_NAMESPACE.findall(text)}
    found = _PHP_CLASS.search(said) or _PHP_FATAL_CLASS.search(said)
    if found:
        first, inside, _ = found[1].partition("\\")
        if inside:
            return None if first in own else first
        return _php_extension(first)
    function = _PHP_FUNCTION.search(said)
    if function:
        return _php_extension(function[1])
    return "vendor/autoload.php" if _PHP_AUTOLOAD.search(said) else None


_PYTHON_MODULE = re.compile(r"ModuleNotFoundError: No module named '([^']+)'$")
_PYTHON_2 = frozenset(
    {
        *("BaseHTTPServer", "ConfigParser", "Cookie", "HTMLParser", "Queue", "SimpleHTTPServer"),
        *("SocketServer", "StringIO", "Tkinter", "UserDict", "__builtin__", "anydbm", "cPickle", "cStringIO"),
        *("commands", "cookielib", "exceptions", "httplib", "itertools2", "md5", "sets", "sha", "thread"),
        *("tkMessageBox", "urllib2", "urlparse", "xmlrpclib"),
    }
)
"""Modules of Python 2, which no library brings back."""
_PYPI: Mapping[str, str] = {
    "Crypto": "pycryptodome",
    "MySQLdb": "mysqlclient",
    "OpenSSL": "pyOpenSSL",
    "PIL": "Pillow",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "git": "GitPython",
    "gi": "PyGObject",
    "jwt": "PyJWT",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "wx": "wxPython",
    "yaml": "PyYAML",
    "zmq": "pyzmq",
}
"""Well-known modules that are not called as what one installs."""


def python(program: Program, said: str) -> str | None:
    """The module of an error that ended the program: its words stand on the last line."""
    found = _PYTHON_MODULE.search(said.rstrip())
    if not found:
        return None
    first, inside, _ = found[1].partition(".")
    unknown_part = inside and first in sys.stdlib_module_names
    if unknown_part or first.startswith("_") or first in _PYTHON_2 | _own_names(program):
        return None
    return _PYPI.get(first, first)


_RUBY_FILE = re.compile(r"cannot load such file -- ([^/.\s][^\s]*) \(LoadError\)\n(?:\t.*\n)*\Z")
_RUBY_GEM = re.compile(r"Could not find '([^']+)' \(.*\(Gem::MissingSpecError\)$", re.MULTILINE)
_RUBY_TESTS = frozenset({"helper", "rails_helper", "spec_helper", "test_helper"})
"""Files that tests of a project ask for as if they were libraries."""
_GEMS: Mapping[str, str] = {
    "action_controller": "actionpack",
    "action_mailer": "actionmailer",
    "action_view": "actionview",
    "active_job": "activejob",
    "active_model": "activemodel",
    "active_record": "activerecord",
    "active_support": "activesupport",
    "concurrent": "concurrent-ruby",
    "libxml": "libxml-ruby",
}


def ruby(program: Program, said: str) -> str | None:
    """The file of a `require` that nobody rescued; its first part names the gem."""
    gem = _RUBY_GEM.search(said)
    found = _RUBY_FILE.search(said)
    if gem or not found:
        return gem[1] if gem else None
    first = found[1].split("/")[0]
    return None if first in _own_names(program) | _RUBY_TESTS else _GEMS.get(first, first)


_CRATE = re.compile(
    r"error\[E0433\]: .*(?:undeclared crate or module|unresolved module or unlinked crate) `(\w+)`"
    r"|error\[E0463\]: can't find crate for `(\w+)`"
    r"|error\[E0658\]: .*this crate is being loaded from the sysroot(?:.*\n)*?.*extern crate (\w+)"
)
_RUST_IMPORT = re.compile(r"^error\[E0432\]: unresolved imports? (.*)", re.MULTILINE)
_RUST_LOST_FILE = re.compile(r"error\[E0583\]: file not found for module `(\w+)`")
_CRATE_NAME = re.compile(rb'^[ \t]*name[ \t]*=[ \t]*"([\w-]+)"', re.MULTILINE)
_RUST_OWN = frozenset({"alloc", "core", "crate", "self", "std", "super"})


def rust(program: Program, said: str) -> str | None:
    """A crate in an import or a path, unless the compiler knows a module of the standard library by that name."""
    described = [text for name, text in program.files.items() if PurePosixPath(name).name == "Cargo.toml"]
    own = _RUST_OWN | _own_names(program)
    own |= {name.decode().replace("-", "_") for text in described for name in _CRATE_NAME.findall(text)}
    own |= set(_RUST_LOST_FILE.findall(said))
    for block in said.split("\n\n"):
        if "help: consider importing" in block:
            continue
        named = _CRATE.search(block)
        names: list[str] = [name for name in named.groups() if name] if named else []
        imports = _RUST_IMPORT.search(block)
        if imports and ("undeclared crate" in block or "unlinked crate" in block or "maybe a missing crate" in block):
            names += [name.split("::")[0] for name in re.findall(r"`([^`]+)`", imports[1])]
        for name in names:
            if name not in own:
                return name
    return None


_COMMAND = re.compile(r"^\S.*?: line \d+: (\w[\w.+-]*): command not found\s*\Z", re.MULTILINE)


def shell(program: Program, said: str) -> str | None:
    """A command that bash did not find as its last words, unless it is a file of the program."""
    names = {PurePosixPath(name).name for name in program.files}
    found = _COMMAND.search(said)
    return found[1] if found and found[1] not in names else None
