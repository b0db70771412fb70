"""Build a sandbox root: a folder with a small Debian in it that has the toolchains of all languages.

Belongs here: reading the package list, building the folder with mmdebstrap, and Go's standard library, which Go ships as
sources only. Does not: running a program in a root (`bubblewrap`, `toolchains`).
"""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import tempfile
import textwrap
import time
import tomllib
from collections.abc import Callable, Collection, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from alchemy_assets.errors import AlchemyError, UnsupportedLanguageError
from alchemy_assets.sandbox.program_folder import TEMPORARY

PACKAGES = Path(__file__).with_name("packages.toml")
GO_ARCHIVES = PurePosixPath("/usr/lib/codealchemy/go")
"""Where a root has Go's archives, and the table of them: `importcfg`."""

_REPORT = "usr/lib/codealchemy/root.json"
_BUILD = 1
"""Part of a root's digest: to be raised when roots are built in another way from the same list."""

_INSTALL = "Install it, on Debian and Ubuntu: `apt-get install mmdebstrap debian-archive-keyring bubblewrap`."
_GO_LIBRARIES = "/usr/share/gocode/src"
"""Where Debian puts the sources of Go libraries."""

_GO_SETTINGS = {
    "PATH": "/usr/bin:/bin",
    "HOME": TEMPORARY,
    "GOCACHE": f"{TEMPORARY}/cache",
    "GOPATH": str(PurePosixPath(_GO_LIBRARIES).parent),
    "GO111MODULE": "off",
    "GOFLAGS": "-trimpath",
    "GOTOOLCHAIN": "local",
    # Programs are then linked by Go's own linker alone, which is quick and needs no C compiler.
    "CGO_ENABLED": "0",
}
_LOG_LINES = 15
_ERROR = re.compile(r"E: |dpkg\S*: error|.*: error: ")
_PackageName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9+.-]+$")]
_Pattern = Annotated[str, StringConstraints(pattern=r"^/[^\n\"\\]+$")]


class PackageListError(AlchemyError, ValueError):
    """A list of packages cannot be read, or holds something else than packages."""


class RootFolderError(AlchemyError, FileExistsError):
    """A sandbox root cannot be put where it was asked for."""


class RootBuildError(AlchemyError, RuntimeError):
    """A sandbox root, or a part of it, could not be built."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LanguagePackages(_Table):
    """What one language needs: its toolchain, and the libraries that its programs often import."""

    toolchain: tuple[_PackageName, ...]
    libraries: tuple[_PackageName, ...]


class Packages(_Table):
    """What a root holds.

    suite: the Debian release. base: packages of every root. left_out: patterns of paths that are not unpacked, but for
    those that `kept` matches.
    """

    suite: Annotated[str, StringConstraints(pattern=r"^[a-z]+$")]
    base: tuple[_PackageName, ...]
    left_out: tuple[_Pattern, ...]
    kept: tuple[_Pattern, ...]
    languages: dict[str, LanguagePackages]

    def chosen(self, languages: Collection[str] | None = None, *, libraries: bool = True) -> tuple[str, ...]:
        """Return the names of packages for some languages, or for all; raises UnsupportedLanguageError."""
        unknown = sorted(set(languages or ()) - set(self.languages))
        if unknown:
            known = ", ".join(sorted(self.languages))
            message = f"The package list has no section for {', '.join(unknown)}: choose among {known}."
            raise UnsupportedLanguageError(message)
        sections = [self.languages[name] for name in (self.languages if languages is None else languages)]
        names = [*self.base, *(name for section in sections for name in section.toolchain)]
        names += [name for section in sections for name in section.libraries if libraries]
        return tuple(sorted(set(names)))


class RootReport(_Table):
    """What a root is.

    digest: hash of what it was built from. languages: those that were asked for. versions: of the packages that were
    asked for. bytes: what it takes on the disk. left_out_bytes: what it would take beyond that, if all files had been
    unpacked, about. seconds: how long it was built. built: whether that was now.
    """

    digest: str
    suite: str
    languages: tuple[str, ...]
    libraries: bool
    versions: dict[str, str]
    bytes: int
    left_out_bytes: int
    seconds: float
    built: bool = False


def read_packages(path: Path = PACKAGES) -> Packages:
    """Return a list of packages; raises PackageListError."""
    try:
        return Packages.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"The package list {path} cannot be read: {error}. Write it like {PACKAGES}."
        raise PackageListError(message) from error
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        message = f"The package list {path} is wrong at {wrong}. Write it like {PACKAGES}."
        raise PackageListError(message) from error


def build_root(  # noqa: PLR0913 - each is a choice of the user's
    folder: Path,
    *,
    packages: Packages,
    mirror: str | None = None,
    libraries: bool = True,
    languages: Collection[str] | None = None,
    downloads: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> RootReport:
    """Build a sandbox root in a folder that is empty or does not exist, or report the one that is there.

    The folder appears only when it is whole; until then the work, and its log, lie in `<folder>.partial`, and the same
    command begins anew. mirror: where packages come from, otherwise where mmdebstrap takes them from. downloads: a folder
    that keeps packages for the next build. tell: gets lines about what is being done. Raises RootFolderError,
    RootBuildError, UnsupportedLanguageError.
    """
    folder = folder.resolve()
    names = packages.chosen(languages, libraries=libraries)
    digest = _digest(packages, names)
    there = _root_at(folder, digest)
    if there is not None:
        tell(f"{folder} is this root already: nothing to do.")
        return there
    _check_means()
    started = time.monotonic()
    with _workplace(folder) as (root, log):
        _install(root, packages, names, mirror, downloads, log, tell)
        unpacked = _tidy(root)
        versions, announced = _installed(root)
        if (root / "usr/bin/go").exists():
            tell("compiling Go's libraries")
            write_go_archives(root, root / GO_ARCHIVES.relative_to("/"), GO_ARCHIVES)
        report = RootReport(
            digest=digest,
            suite=packages.suite,
            languages=tuple(sorted(packages.languages if languages is None else set(languages))),
            libraries=libraries,
            versions={name: versions[name] for name in names},
            bytes=_tidy(root),
            left_out_bytes=max(0, announced - unpacked),
            seconds=round(time.monotonic() - started, 1),
        )
        marker = root / _REPORT
        marker.parent.mkdir(parents=True, exist_ok=True)
        marker.write_text(report.model_dump_json(indent=1, exclude={"built"}), encoding="utf-8")
        root.rename(folder)
    tell(f"{folder} is ready: {report.bytes / 2**30:.2f} GiB in {report.seconds:.0f} s.")
    return report.model_copy(update={"built": True})


def read_report(root: Path) -> RootReport | None:
    """Return what a finished root says about itself, or None where there is no such root."""
    try:
        return RootReport.model_validate_json((root / _REPORT).read_bytes())
    except (OSError, ValidationError):
        return None


def write_go_archives(root: Path, folder: Path, shown_as: PurePosixPath, wanted: tuple[str, ...] = ("std",)) -> None:
    """Compile the packages that a root's Go comes with into archives, and the table of them that Go's tools read.

    The table is `folder/importcfg`, lines of `packagefile <import path>=<archive as seen at shown_as>`. They carry no
    information for debuggers, which is a third of their bytes. Raises RootBuildError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    export = (
        "list",
        "-deps",
        "-export",
        "-gcflags=all=-dwarf=false",
        "-f",
        "{{if .Export}}{{.ImportPath}} {{.Export}}{{end}}",
    )
    with tempfile.TemporaryDirectory(prefix=".go-", dir=folder.parent) as work:
        exported = _go(root, (*export, *wanted), Path(work))
        if (root / _GO_LIBRARIES.lstrip("/")).is_dir():
            # -e: where a package of a library lacks something, the others are still compiled.
            exported += _go(root, (*export, "-e", "./..."), Path(work), _GO_LIBRARIES)
        table = []
        for package, archive in sorted(line.split() for line in set(exported.splitlines())):
            target = folder / f"{package}.a"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(work / PurePosixPath(archive).relative_to(TEMPORARY), target)
            table.append(f"packagefile {package}={shown_as / package}.a\n")
    (folder / "importcfg").write_text("".join(table), encoding="utf-8")


def _go(root: Path, command: tuple[str, ...], work: Path | None = None, directory: str = "/") -> str:
    """Return what Go printed in a root that cannot be written to; it writes to `work`, which it sees as /tmp."""
    walls = ("--unshare-all", "--die-with-parent", "--clearenv", "--ro-bind", str(root), "/")
    systems = ("--proc", "/proc", "--dev", "/dev", *(("--bind", str(work)) if work else ("--tmpfs",)), TEMPORARY)
    settings = [word for name, value in _GO_SETTINGS.items() for word in ("--setenv", name, value)]
    try:
        # Only Go itself runs here, so that bubblewrap may be started by root.
        done = subprocess.run(
            ["bwrap", *walls, *systems, *settings, "--chdir", directory, "--", "/usr/bin/go", *command],
            capture_output=True,
            check=False,
            text=True,
            errors="replace",
        )
    except FileNotFoundError as error:
        message = f"Go's libraries of {root} cannot be compiled, as bubblewrap (`bwrap`) is not installed. {_INSTALL}"
        raise RootBuildError(message) from error
    if done.returncode:
        said = "\n".join(done.stderr.splitlines()[-_LOG_LINES:])
        message = f"`go {command[0]}` failed in {root}, so its programs cannot be built. It said:\n{said}"
        raise RootBuildError(message)
    return done.stdout


def _digest(packages: Packages, names: tuple[str, ...]) -> str:
    said = [_BUILD, os.uname().machine, packages.suite, packages.left_out, packages.kept, names]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _root_at(folder: Path, digest: str) -> RootReport | None:
    """Return the root that is there, None where there is nothing; raises RootFolderError for anything else."""
    if not folder.exists():
        return None
    if not folder.is_dir():
        message = f"{folder} is not a folder, so no sandbox root can be built there: name another."
        raise RootFolderError(message)
    report = read_report(folder)
    if report is None and folder.is_mount():
        message = (
            f"{folder} is where something is mounted, so no finished root can take its place: name a folder in it."
        )
        raise RootFolderError(message)
    if report is not None and report.digest != digest:
        message = (
            f"{folder} is a sandbox root of other packages ({', '.join(report.languages)}; "
            f"{'with' if report.libraries else 'without'} libraries): remove it, or name another folder."
        )
        raise RootFolderError(message)
    if report is None and any(folder.iterdir()):
        message = f"{folder} holds other files, and no sandbox root: name a folder that is empty or not there."
        raise RootFolderError(message)
    return report


def _check_means() -> None:
    if os.geteuid() != 0:
        message = (
            "A sandbox root can be built by root only, as its files must belong to root: start the command with sudo."
        )
        raise RootBuildError(message)
    missing = [
        name for name in ("mmdebstrap", "dpkg-query", "setpriv", "unshare", "bwrap") if shutil.which(name) is None
    ]
    if missing:
        message = f"A sandbox root cannot be built, as {', '.join(missing)} is not installed. {_INSTALL}"
        raise RootBuildError(message)


@contextlib.contextmanager
def _workplace(folder: Path) -> Iterator[tuple[Path, IO[str]]]:
    """Give an empty place for the root and a log beside it; both go when all went well, and the log stays otherwise."""
    place = folder.with_name(f"{folder.name}.partial")
    root = place / "root"
    if place.is_symlink() or (place.exists() and not (place / "log").is_file()):
        message = f"{place} is needed for the work and holds something else: move it away."
        raise RootFolderError(message)
    place.mkdir(parents=True, exist_ok=True)
    with (place / "log").open("a", encoding="utf-8") as log:
        try:
            fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            message = f"{folder} is being built by another process; its log is {place / 'log'}."
            raise RootFolderError(message) from error
        _remove(root)
        log.truncate(0)
        try:
            yield root, log
        except BaseException:
            _remove(root)
            raise
        _remove(place)


def _remove(folder: Path) -> None:
    """Remove a folder, but never what is mounted below it; raises RootFolderError then."""
    escaped = str(folder).replace("\\", r"\134").replace(" ", r"\040")
    with Path("/proc/self/mountinfo").open(encoding="utf-8", errors="surrogateescape") as mounts:
        points = [PurePosixPath(line.split()[4]) for line in mounts]
    mounted = [str(point) for point in points if point.is_relative_to(escaped)]
    if mounted:
        message = f"{folder} cannot be removed, as {', '.join(mounted)} is mounted: `umount` it first."
        raise RootFolderError(message)
    if folder.exists():
        shutil.rmtree(folder)


def _install(  # noqa: PLR0913, PLR0917 - what mmdebstrap needs
    root: Path,
    packages: Packages,
    names: tuple[str, ...],
    mirror: str | None,
    downloads: Path | None,
    log: IO[str],
    tell: Callable[[str], None],
) -> None:
    command = [
        # Whatever ends this process or the build takes all mounts and processes of the build along.
        *("setpriv", "--pdeathsig", "KILL"),
        *("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"),
        *("mmdebstrap", "--mode=root", "--variant=essential", "--format=directory"),
        *("--aptopt=APT::Install-Recommends false", "--aptopt=Acquire::Languages none"),
        # A root that was not finished is built anew, so that nothing need be safe on the disk at once.
        "--dpkgopt=force-unsafe-io",
        *(f"--dpkgopt=path-exclude={pattern}" for pattern in packages.left_out),
        *(f"--dpkgopt=path-include={pattern}" for pattern in packages.kept),
        # Java's packages put links to manuals there, and fail without the folder.
        '--setup-hook=mkdir -p "$1/usr/share/man/man1"',
    ]
    if downloads is not None:
        downloads.mkdir(parents=True, exist_ok=True)
        archives = '"$1/var/cache/apt/archives"'
        command += [
            "--skip=download/empty,essential/unlink,cleanup/apt/cache",
            f"--setup-hook=mkdir -p {archives} && mount --bind {shlex.quote(str(downloads.absolute()))} {archives}",
            f"--customize-hook=umount {archives}",
        ]
    command += [f"--include={','.join(names)}", packages.suite, str(root), *([mirror] if mirror else [])]
    tell(f"installing {len(names)} packages of Debian {packages.suite}, and what they need")
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        # The log is what is locked: so it stays locked until the last process of the build is gone.
        pass_fds=(log.fileno(),),
    ) as process:
        try:
            for line in process.stdout or ():
                log.write(line)
                if line.startswith("I: "):
                    tell(line[3:].strip())
        except BaseException:
            process.terminate()
            raise
    log.flush()
    if process.returncode:
        lines = Path(log.name).read_text(encoding="utf-8").splitlines()
        errors = [line for line in lines if _ERROR.match(line)]
        said = "\n".join(textwrap.shorten(line, 200) for line in errors[:_LOG_LINES] or lines[-_LOG_LINES:])
        message = f"mmdebstrap failed; the same command begins anew. It said, and all of it is in {log.name}:\n{said}"
        raise RootBuildError(message)


def _tidy(root: Path) -> int:
    """Remove what no sandbox needs (devices, caches, logs, this machine's names, setuid bits); return bytes on disk."""
    (root / "etc/resolv.conf").unlink(missing_ok=True)
    (root / "etc/hostname").write_text("sandbox\n", encoding="utf-8")
    for name in ("dev", "run", "tmp", "var/cache", "var/log", "var/lib/apt"):
        for entry in (root / name).iterdir() if (root / name).is_dir() else ():
            if entry.is_dir() and not entry.is_symlink():
                _remove(entry)
            else:
                entry.unlink()
    sizes = {}
    for above, folders, files in os.walk(root):
        for name in (*folders, *files):
            path = Path(above, name)
            status = path.lstat()
            sizes[status.st_ino] = status.st_blocks * 512
            if stat.S_ISREG(status.st_mode) and status.st_mode & (stat.S_ISUID | stat.S_ISGID):
                path.chmod(status.st_mode & 0o777)
    return sum(sizes.values())


def _installed(root: Path) -> tuple[dict[str, str], int]:
    """Return the versions of all packages of a root, and the bytes that they announce."""
    shape = "--showformat=${Package} ${Version} ${Installed-Size}\n"
    database = f"--admindir={root / 'var/lib/dpkg'}"
    done = subprocess.run(["dpkg-query", database, "--show", shape], capture_output=True, check=True, text=True)
    rows = [line.split() for line in done.stdout.splitlines()]
    return {name: version for name, version, _ in rows}, sum(int(size) * 1024 for *_, size in rows)
