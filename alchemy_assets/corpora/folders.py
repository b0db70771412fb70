"""Walk a folder of source files, with the git checkouts and licence files in it.

Belongs here: which files there are, what repository and licence each has. Does not: opening them safely
(`regular_files`), naming a licence (`license_files`). Links are never followed, so loops are harmless; the order is
that of the names' bytes, whatever the file system says.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from alchemy_assets.corpora import found, license_files
from alchemy_assets.corpora.checkouts import Checkout, checkout
from alchemy_assets.corpora.found import Found, Rejected, printable
from alchemy_assets.corpora.regular_files import read_regular

# A folder that holds one of these (or a licence) at its root is one project, not a shelf of several.
_MANIFESTS = frozenset(
    {
        "cargo.toml",
        "cmakelists.txt",
        "composer.json",
        "gemfile",
        "go.mod",
        "makefile",
        "package.json",
        "package.swift",
        "pom.xml",
        "pyproject.toml",
        "setup.py",
    }
)
# What lies in these was written by others: the licence of the project around them does not hold for it.
_VENDORED = frozenset({"bower_components", "dist-packages", "node_modules", "site-packages", "third_party", "vendor"})


@dataclass(frozen=True)
class _Folder:
    """A folder to be read: where it is, its names below the corpus, and what holds for the files in it.

    depth: how many of the names stand above the root of its repository. project: the whole corpus is one project.
    """

    absolute: Path
    names: tuple[str, ...]
    repository: str
    depth: int = 0
    project: bool = False
    checkout: Checkout | None = None
    licenses: tuple[str, ...] = ()

    def location(self, name: str | None = None) -> str:
        names = self.names if name is None else (*self.names, name)
        return printable("/".join(names)) or "."

    def inside(self, name: str) -> str:
        """The path of a file in its repository, as the file system spells it."""
        return "/".join((*self.names, name)[self.depth :])


def walk(root: Path, largest: int) -> Iterator[Found | Rejected]:
    """Every file below a folder, as found or rejected; `.git` alone is passed over in silence.

    A git checkout is a repository, named after its remote. Elsewhere the whole is one where its root has a licence or a
    build file, else each top-level folder is; what is vendored is a repository of its own.
    A folder that git ignores is one rejected input. The nearest licence file upwards in the repository holds.
    """
    pending = [_Folder(root, (), printable(root.resolve().name) or "/")]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(folder.absolute) as scan:
                entries = sorted(scan, key=lambda entry: os.fsencode(entry.name))
        except OSError as error:
            yield Rejected(folder.location(), found.UNREADABLE, f"folder: {error.strerror}")
            continue
        below: list[_Folder] = []
        yield from _visit(folder, entries, largest, below)
        pending.extend(reversed(below))


def _visit(
    folder: _Folder, entries: list[os.DirEntry[str]], largest: int, below: list[_Folder]
) -> Iterator[Found | Rejected]:
    """The files of one folder; the folders in it that are to be visited are added to `below`."""
    folder = _repository(folder, entries)
    files: list[os.DirEntry[str]] = []
    folders: list[os.DirEntry[str]] = []
    for entry in entries:
        is_folder = entry.is_dir(follow_symlinks=False)
        if entry.name == ".git":
            continue
        if folder.checkout is not None and folder.checkout.ignored(folder.inside(entry.name), is_folder=is_folder):
            yield Rejected(folder.location(entry.name), found.IGNORED, "folder" if is_folder else "")
        else:
            (folders if is_folder else files).append(entry)

    licenses: list[tuple[str, str]] = []
    sources: list[os.DirEntry[str]] = []
    for entry in files:
        if license_files.is_license_file(entry.name):
            yield _license(folder, entry, largest, licenses)
        else:
            sources.append(entry)
    if licenses:
        folder = replace(folder, licenses=tuple(filter(None, [license_files.expression(licenses)])))
    below.extend(replace(folder, absolute=Path(one.path), names=(*folder.names, one.name)) for one in folders)
    for entry in sources:
        yield _file(folder, entry, largest)


def _license(folder: _Folder, entry: os.DirEntry[str], largest: int, licenses: list[tuple[str, str]]) -> Rejected:
    """The rejection of a licence file; its name and what it says are added to `licenses`."""
    location = folder.location(entry.name)
    data = read_regular(Path(entry.path), location, largest)
    if isinstance(data, Rejected):
        return data
    licenses.append((entry.name, license_files.identify(data)))
    return Rejected(location, found.LICENCE_TEXT, licenses[-1][1] or "not recognised")


def _repository(folder: _Folder, entries: list[os.DirEntry[str]]) -> _Folder:
    """The folder with the repository that begins at it, if one does."""
    own = checkout(folder.absolute) if any(entry.name == ".git" for entry in entries) else None
    if own is not None:
        folder = replace(folder, repository=own.name, depth=len(folder.names), checkout=own, licenses=())
    elif not folder.names:
        marks = (entry.name for entry in entries if entry.is_file(follow_symlinks=False))
        folder = replace(
            folder, project=any(license_files.is_license_file(name) or name.lower() in _MANIFESTS for name in marks)
        )
    elif folder.checkout is None and (_is_vendored(folder.names) or (len(folder.names) == 1 and not folder.project)):
        folder = replace(folder, repository=printable(folder.names[-1]), depth=len(folder.names), licenses=())
    if folder.names and folder.names[-1].lower() in _VENDORED:
        folder = replace(folder, licenses=())
    return folder


def _is_vendored(names: tuple[str, ...]) -> bool:
    """Whether a folder stands directly in one for the code of others."""
    return len(names) > 1 and names[-2].lower() in _VENDORED


def _file(folder: _Folder, entry: os.DirEntry[str], largest: int) -> Found | Rejected:
    location = folder.location(entry.name)
    data = read_regular(Path(entry.path), location, largest)
    if isinstance(data, Rejected):
        return data
    return Found(location, folder.repository, printable(folder.inside(entry.name)), data, folder.licenses)
