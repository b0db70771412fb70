"""The version of the code that makes a table: a hash over every module it can reach, and the data files beside them.

A number kept by hand is forgotten; a hash of the whole package recomputes everything for a typing error in a docstring of
the card. So the imports are followed from the module that does the work.
"""

import ast
import hashlib
from functools import cache
from importlib.metadata import distributions, version
from pathlib import Path

PACKAGE = "alchemy_assets"
_ROOT = Path(__file__).parents[1]
_DECIDING = frozenset({"charset-normalizer", "dulwich", "license-expression", "polars", "rensa"})
_DATA_SUFFIXES = (".j2", ".sql", ".txt", ".toml", ".json")


def _file_of(module: str) -> Path | None:
    path = _ROOT.joinpath(*module.split(".")[1:])
    if path.with_suffix(".py").is_file():
        return path.with_suffix(".py")
    return path / "__init__.py" if (path / "__init__.py").is_file() else None


@cache
def _imports(file: Path) -> frozenset[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(name for name in found if name.split(".")[0] == PACKAGE)


def reached(modules: tuple[str, ...]) -> list[Path]:
    """The files of some modules and of everything in the package that they import, and the data files beside them."""
    files: set[Path] = set()
    waiting = list(modules)
    while waiting:
        file = _file_of(waiting.pop())
        if file is not None and file not in files:
            files.add(file)
            waiting.extend(_imports(file))
    folders = {file.parent for file in files} - {_ROOT}
    data = {path for folder in folders for path in folder.rglob("*") if path.suffix in _DATA_SUFFIXES}
    return sorted(files | data)


@cache
def libraries() -> tuple[str, ...]:
    """The libraries that decide what tables hold, with their versions."""
    names = (name for name in (one.metadata["Name"] for one in distributions()) if name)
    chosen = {name for name in names if name.startswith("tree-sitter") or name in _DECIDING}
    return tuple(f"{name} {version(name)}" for name in sorted(chosen))


@cache
def file_hash(module: str) -> str:
    """The hash of one module's own file, without what it imports."""
    path = _file_of(module) if module.startswith(f"{PACKAGE}.") else None
    return hashlib.sha256(path.read_bytes()).hexdigest() if path is not None else ""


@cache
def code_version(*modules: str) -> str:
    """Twelve hex digits that change when anything changes that these modules can reach."""
    digest = hashlib.sha256()
    for path in reached(modules):
        digest.update(f"{path.relative_to(_ROOT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
