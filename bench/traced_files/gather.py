"""Bring the files that the lists name: `python -m bench.traced_files.gather LANGUAGE... --into FOLDER`.

Belongs here: downloading packages by the registries' own clients, unpacking them, checking each file's sha256. Does not:
choosing files (the lists are fixed before the instrumenters are written), running them.

A line's path is one inside the package, unpacked: `dpkg-deb -x` for `debian`, `dpkg-source -x --skip-patches` for
`debian-source`, the tarball without its first folder for `npm`. `a.tar.xz!/b` is the file `b` in the archive `a.tar.xz`
there, and a file that is packed by itself (`b.c.gz`) is listed with the sha256 of what is in it.
A version that a mirror no longer has is replaced by the one it has: most files are the same, and the sha256 tells.
"""

import argparse
import atexit
import csv
import gzip
import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LISTS = Path(__file__).parent
COLUMNS = ("package", "version", "registry", "path", "sha256")
_APT = Path("/etc/apt")


@dataclass(frozen=True, order=True)
class Listed:
    """One file of a list: where it is found, and the sha256 of its bytes."""

    package: str
    version: str
    registry: str
    path: str
    sha256: str

    @property
    def name(self) -> str:
        """The file's place under the folder of its language."""
        path = self.path.replace("!/", "/").removesuffix(".gz")
        return f"{self.package.replace('/', '+')}/{path}"


class UnavailableError(Exception):
    """A package or file that could not be had; the message says which and why."""


def languages() -> list[str]:
    """Return the languages that have a list."""
    return sorted(path.stem for path in LISTS.glob("*.tsv"))


def read(language: str) -> list[Listed]:
    """Return the files that the list of a language names."""
    with (LISTS / f"{language}.tsv").open(encoding="utf-8", newline="") as lines:
        return [Listed(**row) for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]


def write(language: str, files: Iterable[Listed]) -> None:
    """Write the list of a language, sorted."""
    rows = [f"{one.package}\t{one.version}\t{one.registry}\t{one.path}\t{one.sha256}" for one in sorted(set(files))]
    (LISTS / f"{language}.tsv").write_text("\n".join(["\t".join(COLUMNS), *rows]) + "\n", encoding="utf-8")


def gather(files: Mapping[Path, Listed]) -> list[str]:
    """Write each file to its path, unpacking a package once; return a line for each that could not be had."""
    packages: dict[tuple[str, str, str], dict[Path, Listed]] = {}
    for path, one in files.items():
        if not _there(one, path):
            packages.setdefault((one.registry, one.package, one.version), {})[path] = one
    missing: list[str] = []
    for package, wanted in sorted(packages.items()):
        missing += _of_package(*package, wanted)
    return missing


def unpack(registry: str, package: str, version: str, space: Path) -> Path:
    """Download a package and return the folder, in `space`, that it was unpacked to; raises UnavailableError."""
    downloads, unpacked = space / "downloads", space / "unpacked"
    downloads.mkdir()
    if registry == "npm":
        _run("npm", "pack", "--silent", "--ignore-scripts", f"{package}@{version}", folder=downloads)
        unpacked.mkdir()
        _run("tar", "-xzf", _only(downloads, "*.tgz"), "--strip-components=1", "-C", unpacked)
    elif registry == "debian":
        _some_version(("apt-get", "download"), package, version, downloads)
        _run("dpkg-deb", "-x", _only(downloads, "*.deb"), unpacked)
    elif registry == "debian-source":
        command = ("apt-get", *_source_options(), "source", "--download-only")
        _some_version(command, package, version, downloads)
        _run("dpkg-source", "--no-check", "--skip-patches", "-x", _only(downloads, "*.dsc"), unpacked)
    else:
        message = f"there is no registry {registry!r}"
        raise UnavailableError(message)
    return unpacked


def _there(one: Listed, path: Path) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == one.sha256


def _of_package(registry: str, package: str, version: str, files: Mapping[Path, Listed]) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as space:
        try:
            unpacked = unpack(registry, package, version, Path(space))
            texts = list(_texts(unpacked, [one.path for one in files.values()]))
        except (UnavailableError, OSError, EOFError, tarfile.TarError) as error:
            yield f"{package} {version} ({registry}), {len(files)} files: {error}"
            return
    for (path, one), text in zip(files.items(), texts, strict=True):
        if text is None or hashlib.sha256(text).hexdigest() != one.sha256:
            yield f"{package} {version}: {one.path} {'is not there' if text is None else 'is another'}"
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)


def _texts(unpacked: Path, paths: Sequence[str]) -> Iterator[bytes | None]:
    archives: dict[str, dict[str, bytes]] = {}
    for archive in {path.partition("!/")[0] for path in paths if "!/" in path}:
        members = {path.partition("!/")[2] for path in paths if path.startswith(f"{archive}!/")}
        archives[archive] = _members(unpacked / archive, members)
    for path in paths:
        archive, inside, member = path.partition("!/")
        text = archives[archive].get(member) if inside else _bytes(unpacked, path)
        yield gzip.decompress(text) if text is not None and path.endswith(".gz") else text


def _bytes(unpacked: Path, path: str) -> bytes | None:
    file = (unpacked / path).resolve()
    return file.read_bytes() if file.is_relative_to(unpacked.resolve()) and file.is_file() else None


def _members(archive: Path, wanted: set[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    if archive.is_file():
        with tarfile.open(archive) as tar:
            for member in tar:
                content = tar.extractfile(member) if member.name.removeprefix("./") in wanted else None
                if content is not None:
                    found[member.name.removeprefix("./")] = content.read()
    return found


def _some_version(command: Sequence[str], package: str, version: str, downloads: Path) -> None:
    try:
        _run(*command, f"{package}={version}", folder=downloads)
    except UnavailableError:
        _run(*command, package, folder=downloads)


@cache
def _source_options() -> tuple[str, ...]:
    """Options by which apt knows the sources of this machine's packages, without a change to its own lists."""
    private = Path(tempfile.mkdtemp(prefix="traced-files-apt-"))
    atexit.register(shutil.rmtree, private, ignore_errors=True)
    (private / "parts").mkdir()
    for path in [_APT / "sources.list", *(_APT / "sources.list.d").glob("*")]:
        if path.is_file() and path.suffix in {".list", ".sources"}:
            text = path.read_text(encoding="utf-8")
            text = re.sub(r"(?m)^(Types:.*|deb(?:-src)?(?=\s))", _sources_only, text)
            (private / "parts" / path.name).write_text(text, encoding="utf-8")
    options = (
        *("-o", "Dir::Etc::sourcelist=/dev/null", "-o", f"Dir::Etc::sourceparts={private / 'parts'}"),
        *("-o", f"Dir::State::lists={private / 'lists'}", "-o", f"Dir::Cache={private / 'cache'}"),
    )
    (private / "lists" / "partial").mkdir(parents=True)
    _run("apt-get", *options, "update")
    return options


def _sources_only(match: re.Match[str]) -> str:
    return "Types: deb-src" if match[0].startswith("Types:") else "deb-src"


def _only(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if not found:
        message = f"the client brought no {pattern}"
        raise UnavailableError(message)
    return found[0]


def _run(*command: str | Path, folder: Path | None = None) -> None:
    if shutil.which(str(command[0])) is None:
        message = f"{command[0]} is not installed"
        raise UnavailableError(message)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        message = f"{command[0]} ended with {done.returncode}: {(done.stderr.strip().splitlines() or [''])[-1]}"
        raise UnavailableError(message)


def main(arguments: Sequence[str]) -> int:
    """Gather the files of the languages asked for; 0 where all of them could be had."""
    parser = argparse.ArgumentParser(prog="bench.traced_files.gather", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("languages", nargs="*", metavar="LANGUAGE", help="default: all that have a list")
    parser.add_argument("--into", type=Path, required=True, metavar="FOLDER")
    given = parser.parse_args(arguments)
    chosen = given.languages or languages()
    if unknown := sorted(set(chosen) - set(languages())):
        parser.error(f"without a list: {', '.join(unknown)}; with one: {', '.join(languages())}")
    files = {language: {given.into / language / one.name: one for one in read(language)} for language in chosen}
    missing = gather({path: one for listed in files.values() for path, one in listed.items()})
    for language, listed in files.items():
        print(f"{language}: {sum(_there(one, path) for path, one in listed.items())} of {len(listed)} files")
    for line in missing:
        print(f"not had: {line}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
