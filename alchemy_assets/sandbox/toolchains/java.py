"""Find the names that Java asks for: files are called as their public class, and a class is started, not a file.

Belongs here: reading them out of the source, and the plan of Java. Does not: other languages (`plans`).
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from tree_sitter import Node

from alchemy_assets.sandbox.sandbox import Limits, Program
from alchemy_assets.sandbox.toolchains.plans import heap, sources
from alchemy_assets.sandbox.toolchains.toolchain import Plan
from alchemy_assets.syntax_tree import parse, text_of

_TYPES = {
    "annotation_type_declaration",
    "class_declaration",
    "enum_declaration",
    "interface_declaration",
    "record_declaration",
}
_BODIES = {"class_body", "enum_body", "enum_body_declarations", "interface_body"}
# The serial collector and the first compiler alone start fastest; counters would write to the program's folder.
_VIRTUAL_MACHINE = ("-Xshare:auto", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")
_IMPORT = re.compile(rb"\bimport\s+(?:static\s+)?(?!java\.)(\w+\.\w+)")
_PACKAGE = re.compile(rb"^\s*package\s+(\w+(?:\.\w+)?)", re.MULTILINE)
_JARS = "/usr/share/java/*"
"""Where Debian keeps its libraries; only programs that import something else than Java's own pay for reading them."""
_PROCESSORS = "-XX:ActiveProcessorCount=2"
# Without a path of their own, compiler plugins are looked for on the class path: among the program's own files.
_NO_PLUGINS = ("-proc:none", "-processorpath", "/dev/null")
_LONGEST_NAME = 255
"""Bytes of a file's name that the kernel allows."""


def _types(root: Node) -> Iterator[tuple[Node, str]]:
    """Each type that stands at the top of a file, with its name."""
    for node in root.named_children:
        name = node.child_by_field_name("name") if node.type in _TYPES else None
        if name is not None:
            yield node, text_of(name)


def _modifiers(node: Node) -> set[str]:
    return {word.type for child in node.named_children if child.type == "modifiers" for word in child.children}


def _members(node: Node) -> Iterator[Node]:
    for child in node.named_children:
        if child.type in _BODIES:
            yield from _members(child)
            yield from (member for member in child.named_children if member.type not in _BODIES)


def _has_main(node: Node) -> bool:
    """Whether a type has a static method `main`; in an interface it need not say that it is public."""
    for member in _members(node):
        name = member.child_by_field_name("name") if member.type == "method_declaration" else None
        if name is not None and text_of(name) == "main" and "static" in _modifiers(member):
            return True
    return False


def _package(root: Node) -> str:
    for node in root.named_children:
        if node.type == "package_declaration":
            return "".join(text_of(node.named_children[-1]).split())
    return ""


def file_name(name: str, source: bytes) -> str:
    """Return what a file must be called: as its public type, in the folder where it is, if a name may be so long."""
    public = next(
        (called for node, called in _types(parse("Java", source).root_node) if "public" in _modifiers(node)), ""
    )
    fits = 0 < len(public.encode()) <= _LONGEST_NAME - len(".java")
    return str(PurePosixPath(name).with_name(f"{public}.java")) if fits else name


def main_class(source: bytes) -> str:
    """Return the full name of the type of a file that is started: the first with a `main`, a public one before others.

    A file without one gives its first type, so that Java says itself what is missing.
    """
    root = parse("Java", source).root_node
    types = list(_types(root))
    ranked = sorted(types, key=lambda one: (not _has_main(one[0]), "public" not in _modifiers(one[0])))
    package = _package(root)
    name = ranked[0][1] if ranked else "Main"
    return f"{package}.{name}" if package else name


def _is_compiled(name: str) -> bool:
    """Whether a file would stand in the place of what the compiler makes of another, being given with the program."""
    return not name.endswith(".java") and any(part.endswith(".class") for part in PurePosixPath(name).parts)


def _renamed(program: Program) -> Program:
    """Return the program with every file called as Java wants it, where that name is free, and without compiled ones."""
    names: dict[str, str] = {}
    for name, content in program.files.items():
        if name == program.entry or name.endswith(".java"):
            wanted = file_name(name, content)
            if not wanted.endswith(".java"):  # The compiler takes anything else for the name of a class.
                wanted = f"{wanted}.java"
            if wanted not in program.files and wanted not in names.values():
                names[name] = wanted
    files = {
        names.get(name, name): content
        for name, content in program.files.items()
        if name == program.entry or not _is_compiled(name)
    }
    return Program(program.language, files, names.get(program.entry, program.entry))


def java(program: Program, limits: Limits) -> Plan:
    """Compile all Java files together and start the entry's class; assertions are on, as they are in other languages."""
    named = _renamed(program)
    text = b"\n".join(named.files[name] for name in named.files if name.endswith(".java"))
    own = tuple(_PACKAGE.findall(text))
    path = "." if all(name.startswith(own) for name in _IMPORT.findall(text)) else f".:{_JARS}"
    machine = tuple(f"-J{option}" for option in (*_VIRTUAL_MACHINE, _PROCESSORS, "-Xmx1g"))
    options = ("-d", ".", "-encoding", "UTF-8", *_NO_PLUGINS, "-nowarn", "-implicit:none", "-cp", path)
    own = ("-ea", f"-Xmx{max(heap(limits) // 2**20, 16)}m", "-cp", path)
    return Plan(
        named.files,
        run=("/usr/bin/java", *_VIRTUAL_MACHINE, _PROCESSORS, *own, main_class(named.files[named.entry])),
        compile=("/usr/bin/javac", *machine, *options, *sources(named, ".java")),
    )
