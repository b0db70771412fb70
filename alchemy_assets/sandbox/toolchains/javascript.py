"""Plan JavaScript and TypeScript programs: which kind of module a file is decides how it is started.

Belongs here: telling ES modules from CommonJS, and the plans of both languages. Does not: other languages (`plans`).
"""

import re
from pathlib import PurePosixPath

from tree_sitter import Node

from alchemy_assets.sandbox.sandbox import Limits, Program
from alchemy_assets.sandbox.toolchains.plans import free_name, heap, plain, sources
from alchemy_assets.sandbox.toolchains.toolchain import Plan
from alchemy_assets.syntax_tree import parse

_MAYBE_MODULE = re.compile(rb"\b(?:import|export|await)\b")
_MAYBE_AWAIT = re.compile(rb"\bawait\b|\bimport\.meta\b")
_DECORATOR = re.compile(rb"^[ \t]*@[A-Za-z_]\w*", re.MULTILINE)
_FUNCTIONS = {
    "arrow_function",
    "class_body",
    "function_declaration",
    "function_expression",
    "generator_function",
    "generator_function_declaration",
    "method_definition",
}
_MODULE_FILE = b'{"type": "module"}\n'
_LEGACY_DECORATORS = b'{"compilerOptions": {"experimentalDecorators": true}}\n'
_TYPE_FOLDER = "/usr/share/nodejs/@types"
_SCRIPTS = (".ts", ".tsx", ".mts", ".cts")


def _waits(node: Node) -> bool:
    """Whether something below waits outside any function, or asks for `import.meta`: only ES modules can."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        awaits = current.type in {"await_expression", "meta_property"} and current.text != b"new.target"
        if awaits or (current.type == "for_in_statement" and any(child.type == "await" for child in current.children)):
            return True
        waiting += (child for child in current.children if child.type not in _FUNCTIONS)
    return False


def is_module(source: bytes) -> bool:
    """Whether a JavaScript file has syntax that only an ES module may have."""
    if not _MAYBE_MODULE.search(source):
        return False
    root = parse("JavaScript", source).root_node
    return any(node.type in {"import_statement", "export_statement"} for node in root.named_children) or _waits(root)


def _node(limits: Limits) -> tuple[str, ...]:
    return ("/usr/bin/node", f"--max-old-space-size={max(heap(limits) // 2**20, 16)}")


def javascript(program: Program, limits: Limits) -> Plan:
    """Start the entry in Node; a program of ES modules without a `package.json` is given one that says so."""
    files = program.files
    described = any(PurePosixPath(name).name == "package.json" for name in files)
    suffix = PurePosixPath(program.entry).suffix
    if not described and suffix not in {".mjs", ".cjs"} and is_module(files[program.entry]):
        files = {**files, "package.json": _MODULE_FILE}
    return Plan(files, run=(*_node(limits), plain(program.entry)))


def _made(program: Program, *, module: bool) -> str:
    """Return a name beside the entry that Node takes for the right kind of module."""
    described = any(PurePosixPath(name).name == "package.json" for name in program.files)
    suffix = ".mjs" if module else ".cjs" if described else ".js"
    return free_name(program, str(PurePosixPath(program.entry).with_suffix(suffix)))


def _needs_module(program: Program) -> bool:
    """Whether a file of a TypeScript program can only be an ES module."""
    return any(
        _waits(parse("TypeScript", content, PurePosixPath(name).suffix).root_node)
        for name, content in program.files.items()
        if name.endswith(_SCRIPTS) and _MAYBE_AWAIT.search(content)
    )


def bundled(program: Program, limits: Limits) -> Plan:
    """Turn the entry and what it imports of the program into one script, with types taken away and not checked."""
    if "=" in program.entry:  # esbuild takes what stands before it for the name of its output.
        renamed = free_name(program, program.entry.replace("=", "_"))
        others = {name: content for name, content in program.files.items() if name != program.entry}
        program = Program(program.language, {**others, renamed: program.files[program.entry]}, renamed)
    module = _needs_module(program)
    made = _made(program, module=module)
    files = program.files
    if "tsconfig.json" not in files and any(_DECORATOR.search(content) for content in files.values()):
        files = {**files, "tsconfig.json": _LEGACY_DECORATORS}
    options = ("--bundle", "--platform=node", "--packages=external", "--target=node18", "--charset=utf8")
    said = ("--log-level=warning", "--log-override:empty-import-meta=silent")
    kind = f"--format={'esm' if module else 'cjs'}"
    words = ("/usr/bin/esbuild", plain(program.entry), *options, kind, *said, f"--outfile={plain(made)}")
    return Plan(files, run=(*_node(limits), plain(made)), compile=words)


def checked(program: Program, limits: Limits) -> Plan:
    """Check the types of all files and turn each into a script; a program with a type error is not run."""
    module = _needs_module(program)
    suffix = PurePosixPath(program.entry).suffix
    made = str(PurePosixPath(program.entry).with_suffix({".mts": ".mjs", ".cts": ".cjs"}.get(suffix, ".js")))
    files = {**program.files, "package.json": _MODULE_FILE} if module and suffix in {".ts", ".tsx"} else program.files
    emitted = {re.sub(r"tsx?$", "js", name) for name in files if name.endswith(_SCRIPTS)}
    # A script that was given would stand in the place of the one that the compiler makes.
    files = {name: content for name, content in files.items() if name not in emitted}
    kind = ("--module", "esnext" if module else "commonjs", "--moduleResolution", "node", "--target", "es2022")
    leave = ("--noEmitOnError", "--skipLibCheck", "--esModuleInterop", "--experimentalDecorators", "--pretty", "false")
    types = ("--typeRoots", _TYPE_FOLDER)
    words = ("/usr/bin/tsc", *kind, *leave, *types, "--rootDir", ".", "--outDir", ".")
    return Plan(files, run=(*_node(limits), plain(made)), compile=(*words, *sources(program, *_SCRIPTS)))
