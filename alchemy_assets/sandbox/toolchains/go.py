"""Plan how a Go program is built: by the compiler and the linker themselves, package by package.

Belongs here: which files are a package, and in which order packages are built. Does not: other languages (`plans`).
`go build` wants a cache that can be written to, and takes 19 s where it is empty. The standard library comes ready made
instead: as the archives that Go shipped up to 1.19, or as those that an import table names (`TABLE`).
"""

import platform
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from tree_sitter import Node

from alchemy_assets.sandbox.sandbox import Limits, Program
from alchemy_assets.sandbox.toolchains.plans import free_name, plain
from alchemy_assets.sandbox.toolchains.toolchain import Plan
from alchemy_assets.syntax_tree import parse, text_of, walk

TABLE = "/usr/lib/codealchemy/go/importcfg"
"""Names an archive for each package of the standard library: lines of `packagefile fmt=/…/fmt.a`."""

ARCHIVES = "/usr/lib/go/pkg/linux_*"
"""Where Go up to 1.19 has them."""

_TOOLS = "/usr/lib/go/pkg/tool/linux_*"
# File names and constraints that leave a file out of a build for Linux on this machine.
_SYSTEMS = "aix|android|darwin|dragonfly|freebsd|illumos|ios|js|nacl|netbsd|openbsd|plan9|solaris|wasip1|windows|zos"
_MACHINE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
_MACHINES = "386|amd64|arm|arm64|loong64|mips|mips64|mips64le|mipsle|ppc64|ppc64le|riscv64|s390x|wasm"
_OTHERS = "|".join(name for name in _MACHINES.split("|") if name != _MACHINE)
_ELSEWHERE = re.compile(rf"_(?:(?:{_SYSTEMS})(?:_(?:{_MACHINES}))?|{_OTHERS}|test)(?:_test)?\.go$")
_CONSTRAINT = r"^//(?:go:build|[ \t]*\+build)[ \t][^\n]*"
_LEFT_OUT = re.compile(
    rf"{_CONSTRAINT}\b(?:ignore|windows|darwin|js|tools|integration|{_OTHERS})\b".encode(), re.MULTILINE
)
_KEPT = re.compile(rf"{_CONSTRAINT}(?:!|\blinux\b|\bunix\b|\b{_MACHINE}\b)".encode(), re.MULTILINE)
_LANGUAGE = re.compile(rb"^go[ \t]+1\.(\d+)", re.MULTILINE)
_NEW_LOOPS = 22
"""Go 1.22 gave each turn of a loop variables of its own; the compiler goes by what `go.mod` says."""
_MODULE = re.compile(rb"^module[ \t]+\"?([^\s\"]+)", re.MULTILINE)


def _head(source: bytes) -> tuple[str, set[str]]:
    """Return the name of a file's package and the paths that it imports."""
    name, imports = "", set()
    for node in parse("Go", source).root_node.named_children:
        if node.type == "package_clause" and node.named_children:
            name = text_of(node.named_children[0])
        elif node.type == "import_declaration":
            imports |= {_path(spec) for spec in walk(node) if spec.type == "import_spec"}
    return name, imports


def _path(spec: Node) -> str:
    path = spec.child_by_field_name("path")
    return text_of(path)[1:-1] if path is not None else ""


def _packages(program: Program) -> dict[str, list[str]]:
    """Return the files of each folder that are built for this system, entry first."""
    folders: dict[str, list[str]] = {}
    for name in sorted(program.files, key=lambda name: (name != program.entry, name)):
        content = program.files[name]
        apart = _ELSEWHERE.search(name) or (_LEFT_OUT.search(content) and not _KEPT.search(content))
        if name == program.entry or (name.endswith(".go") and not apart):
            folders.setdefault(str(PurePosixPath(name).parent), []).append(name)
    return folders


def _module(files: Mapping[str, bytes]) -> tuple[str, str]:
    """Return the folder and the name of the module, from the outermost `go.mod`."""
    for name in sorted(files, key=lambda name: (name.count("/"), name)):
        found = _MODULE.search(files[name]) if PurePosixPath(name).name == "go.mod" else None
        if found:
            return str(PurePosixPath(name).parent), found[1].decode(errors="replace")
    return ".", ""


def _language(files: Mapping[str, bytes]) -> str:
    """Return the compiler's option for a language of old loops, if `go.mod` asks for one, as a word of the script.

    The Go of the archives knows no other language, and refuses a version later than its own.
    """
    name = min(
        (name for name in files if PurePosixPath(name).name == "go.mod"),
        key=lambda name: (name.count("/"), name),
        default="",
    )
    asked = _LANGUAGE.search(files.get(name, b""))
    return f"$([ ! -e {TABLE} ] || echo -lang=go1.{int(asked[1])})" if asked and int(asked[1]) < _NEW_LOOPS else ""


def _import_path(folder: str, module: tuple[str, str]) -> str:
    """Return how a folder of the module is imported, or "" where it lies outside."""
    root, name = module
    if folder == root:
        return name
    if root != "." and not folder.startswith(f"{root}/"):
        return ""
    below = folder if root == "." else folder.removeprefix(f"{root}/")
    return f"{name}/{below}" if name else below


def go(program: Program, limits: Limits) -> Plan:
    """Build the packages that the entry's needs, those first that others import, then link; leaves the program alone."""
    del limits
    module = _module(program.files)
    heads = {name: _head(content) for name, content in program.files.items() if name.endswith(".go")}
    heads.setdefault(program.entry, _head(program.files[program.entry]))
    folders = _packages(program)
    home = str(PurePosixPath(program.entry).parent)
    own = heads[program.entry][0]
    folders[home] = [name for name in folders[home] if heads[name][0] == own]
    known = {_import_path(folder, module): folder for folder in folders if folder != home}

    def needed(folder: str) -> Iterator[str]:
        paths = set[str]().union(*(heads[name][1] for name in folders[folder]))
        return (known[path] for path in sorted(paths) if path in known)

    order: list[str] = []
    seen = {home}
    waiting = [(home, needed(home))]
    while waiting:
        folder, rest = waiting[-1]
        below = next((one for one in rest if one not in seen), None)
        if below is None:
            order.append(folder)
            waiting.pop()
        else:
            seen.add(below)
            waiting.append((below, needed(below)))
    made = free_name(program, "main")
    work = free_name(program, ".go-build")
    steps = []
    for number, folder in enumerate(order):
        path = "main" if folder == home and own == "main" else _import_path(folder, module) or own or "main"
        files = shlex.join(plain(name) for name in folders[folder])
        archive = f"{work}/{number}.a"
        steps.append(
            f'"$tools/compile" $language -p {shlex.quote(path)} -complete -pack -trimpath "$PWD=>" -importcfg {work}/table '
            f"-o {archive} {files}"
        )
        steps.append(f"echo {shlex.quote(f'packagefile {path}={archive}')} >> {work}/table")
    linked = f'"$tools/link" -importcfg {work}/table -s -w -o {made} {work}/{len(order) - 1}.a'
    if own != "main":  # The linker would say so too, but name the compiler's folder and not the file.
        complaint = f"{program.entry}: error: package {own} is not a main package"
        linked = f"echo {shlex.quote(complaint)} >&2; exit 1"
    script = "\n".join((_TABLE_SCRIPT.replace("WORK", work), f"language={_language(program.files)}", *steps, linked))
    return Plan(program.files, run=(f"./{made}",), compile=("/usr/bin/bash", "-ec", script))


_TABLE_SCRIPT = f"""tools=$(echo {_TOOLS})
mkdir WORK
trap 'rm -rf WORK' EXIT
if [ -e {TABLE} ]; then
  cp {TABLE} WORK/table
else
  shopt -s globstar
  archives=$(echo {ARCHIVES})
  for archive in "$archives"/**/*.a; do
    package=${{archive#"$archives/"}}
    echo "packagefile ${{package%.a}}=$archive"
  done > WORK/table
fi"""
