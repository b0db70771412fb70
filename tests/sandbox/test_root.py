"""Building a sandbox root: the list, where a root may go, what is left of a build that failed, Go's archives."""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemy_assets.errors import AlchemyError, UnsupportedLanguageError
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.sandbox import root
from alchemy_assets.sandbox.root import (
    GO_ARCHIVES,
    PackageListError,
    RootBuildError,
    RootFolderError,
    RootReport,
    build_root,
    read_packages,
    read_report,
    write_go_archives,
)

PACKAGES = read_packages()
RUNNABLE = sorted(name for name, language in LANGUAGES.items() if language.runs)
NOBODY = 65_534
LIST = """
suite = "trixie"
base = ["bash"]
left_out = ["/usr/share/doc/*"]
kept = []
[languages.SQL]
toolchain = ["sqlite3"]
libraries = []
"""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can build a sandbox root")
with_mmdebstrap = pytest.mark.skipif(shutil.which("mmdebstrap") is None, reason="mmdebstrap is not installed")
with_go = pytest.mark.skipif(
    not Path("/usr/bin/go").exists() or shutil.which("bwrap") is None, reason="Go or bubblewrap is not installed"
)
subsets = st.sets(st.sampled_from(RUNNABLE))


def _report(digest: str) -> RootReport:
    return RootReport(
        digest=digest,
        suite="trixie",
        languages=("SQL",),
        libraries=True,
        versions={"sqlite3": "3.46.1-7"},
        bytes=1,
        left_out_bytes=0,
        seconds=1.0,
    )


def _finished(folder: Path, digest: str) -> Path:
    marker = folder / root._REPORT
    marker.parent.mkdir(parents=True)
    marker.write_text(_report(digest).model_dump_json(exclude={"built"}))
    return folder


def _listing(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_every_language_that_runs_has_its_packages() -> None:
    """The list has a toolchain for each language whose programs run, and sections for no others."""
    assert sorted(PACKAGES.languages) == RUNNABLE
    assert all(section.toolchain for section in PACKAGES.languages.values())


def test_the_list_is_in_order() -> None:
    """Names stand sorted and once in each list, so that a change of it is easy to see."""
    sections = PACKAGES.languages.values()
    for names in (PACKAGES.base, *(s.toolchain for s in sections), *(s.libraries for s in sections)):
        assert list(names) == sorted(set(names))


def test_licences_are_kept() -> None:
    """Documents are not unpacked, but for the files that say under which licence a package stands."""
    assert "/usr/share/doc/*" in PACKAGES.left_out
    assert "/usr/share/doc/*/copyright" in PACKAGES.kept


@given(subsets, subsets)
def test_choices_add_up(some: set[str], others: set[str]) -> None:
    """The packages of two sets of languages are those of the one and those of the other, each once."""
    for libraries in (True, False):
        both = PACKAGES.chosen(some | others, libraries=libraries)
        each = (PACKAGES.chosen(some, libraries=libraries), PACKAGES.chosen(others, libraries=libraries))
        assert list(both) == sorted(set().union(*each))


@given(subsets)
def test_without_libraries_the_toolchains_stay(languages: set[str]) -> None:
    """What is chosen without libraries is the base and the toolchains, no more and no less."""
    toolchains = {name for language in languages for name in PACKAGES.languages[language].toolchain}
    assert set(PACKAGES.chosen(languages, libraries=False)) == {*PACKAGES.base, *toolchains}
    assert set(PACKAGES.chosen(languages, libraries=False)) <= set(PACKAGES.chosen(languages))


def test_no_choice_is_every_language() -> None:
    """All languages are chosen unless some are named; choosing none leaves the base."""
    assert PACKAGES.chosen() == PACKAGES.chosen(RUNNABLE)
    assert PACKAGES.chosen(()) == tuple(sorted(PACKAGES.base))


def test_an_unknown_language_is_named() -> None:
    """A language that the list does not have is refused, with those that it has."""
    with pytest.raises(UnsupportedLanguageError, match="no section for Cobol: choose among C, CSharp"):
        PACKAGES.chosen(["Python", "Cobol"])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"sqlite3"', '"--hook"', "languages.SQL.toolchain.0"),
        ('"sqlite3"', '"SQLite 3"', "languages.SQL.toolchain.0"),
        ("libraries", "library", "languages.SQL.libraries: Field required"),
        ('suite = "trixie"', 'suite = "-o"', "suite"),
        ('"/usr/share/doc/*"', '"usr/share/doc"', "left_out.0"),
        ("base =", "base", "cannot be read"),
    ],
)
def test_a_list_that_is_wrong_says_where(tmp_path: Path, old: str, new: str, said: str) -> None:
    """What is no package, suite or path is refused with its place, so that nothing else reaches a command line."""
    path = tmp_path / "packages.toml"
    path.write_text(LIST)
    assert read_packages(path).chosen(["SQL"]) == ("bash", "sqlite3")
    path.write_text(LIST.replace(old, new))
    with pytest.raises(PackageListError, match=said) as caught:
        read_packages(path)
    assert str(path) in str(caught.value)


def test_a_list_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The message names the file, and one that can be followed."""
    with pytest.raises(PackageListError, match=r"none\.toml.*Write it like .*packages\.toml"):
        read_packages(tmp_path / "none.toml")


@given(subsets.filter(bool), st.randoms())
def test_a_digest_is_of_what_is_built(languages: set[str], random) -> None:
    """The order in which languages are named changes no digest; another package or path left out does."""
    shuffled = random.sample(sorted(languages), len(languages))
    names = PACKAGES.chosen(languages)
    digest = root._digest(PACKAGES, names)
    assert root._digest(PACKAGES, PACKAGES.chosen(shuffled)) == digest
    assert root._digest(PACKAGES, names[1:]) != digest
    assert root._digest(PACKAGES.model_copy(update={"left_out": PACKAGES.left_out[1:]}), names) != digest


def test_a_finished_root_is_left_as_it_is(tmp_path: Path) -> None:
    """A root of the same packages is reported, without any means to build one, and nothing in it is touched."""
    digest = root._digest(PACKAGES, PACKAGES.chosen(["SQL"]))
    folder = _finished(tmp_path / "root", digest)
    before, told = _listing(tmp_path), []
    report = build_root(folder, packages=PACKAGES, languages=["SQL"], tell=told.append)
    assert report == _report(digest)
    assert report == read_report(folder)
    assert not report.built
    assert told == [f"{folder} is this root already: nothing to do."]
    assert _listing(tmp_path) == before


@pytest.mark.parametrize("choice", [{"languages": ["Shell"]}, {"languages": ["SQL", "C"]}, {}])
def test_a_root_of_other_packages_is_not_replaced(tmp_path: Path, choice: dict[str, list[str]]) -> None:
    """A root of another choice stays, and the message says of which."""
    folder = _finished(tmp_path / "root", root._digest(PACKAGES, PACKAGES.chosen(["SQL"])))
    before = _listing(tmp_path)
    with pytest.raises(RootFolderError, match=r"other packages \(SQL; with libraries\): remove it"):
        build_root(folder, packages=PACKAGES, **choice)
    assert _listing(tmp_path) == before


def test_a_folder_of_others_is_not_touched(tmp_path: Path) -> None:
    """A folder with other files, or with a marker that cannot be read, or a file is refused and stays."""
    (tmp_path / "homework").mkdir()
    (tmp_path / "homework/essay").write_text("mine")
    damaged = _finished(tmp_path / "damaged", "x")
    (damaged / root._REPORT).write_text("{")
    (tmp_path / "file").touch()
    before = _listing(tmp_path)
    for name, said in {"homework": "holds other files", "damaged": "holds other files", "file": "not a folder"}.items():
        with pytest.raises(RootFolderError, match=said):
            build_root(tmp_path / name, packages=PACKAGES)
    assert _listing(tmp_path) == before


@pytest.fixture
def as_nobody() -> Iterator[Callable[[], None]]:
    """Return a function after which this test has the rights of an ordinary user."""
    was = os.geteuid()

    def drop() -> None:
        if was == 0:
            os.seteuid(NOBODY)

    yield drop
    os.seteuid(was)


def test_an_ordinary_user_is_told_to_become_root(tmp_path: Path, as_nobody: Callable[[], None]) -> None:
    """Only root can build, and the message says so before anything is written."""
    as_nobody()
    with pytest.raises(RootBuildError, match="by root only.*sudo"):
        build_root(Path(tempfile.gettempdir(), "alchemy-never-built"), packages=PACKAGES)


@as_root
def test_what_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing programs are named all at once, with the command that installs them."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RootBuildError, match="mmdebstrap, dpkg-query, .*bwrap is not installed.*apt-get install mmdeb"):
        build_root(tmp_path / "root", packages=PACKAGES)
    assert _listing(tmp_path) == []


def test_a_failed_build_leaves_its_log(tmp_path: Path) -> None:
    """After a failure only the log is left; the next build begins with an empty place, and cleans up when it is done."""
    folder, place = tmp_path / "root", tmp_path / "root.partial"

    def attempt(*, fail: bool) -> None:
        with root._workplace(folder) as (inside, log):
            assert not inside.exists()
            inside.mkdir()
            (inside / "half").write_text("done")
            log.write("what happened\n")
            assert not fail
            inside.rename(folder)

    for _ in range(2):
        with pytest.raises(AssertionError):
            attempt(fail=True)
        assert _listing(tmp_path) == ["root.partial", "root.partial/log"]
        assert (place / "log").read_text() == "what happened\n"
    attempt(fail=False)
    assert _listing(tmp_path) == ["root", "root/half"]


def test_what_a_killed_build_left_is_removed(tmp_path: Path) -> None:
    """A build that could not clean up after itself does not reach into the next one."""
    left = tmp_path / "root.partial/root/usr/bin"
    left.mkdir(parents=True)
    (tmp_path / "root.partial/log").touch()
    with root._workplace(tmp_path / "root") as (inside, _):
        assert not inside.exists()


def test_a_place_of_others_is_not_used(tmp_path: Path) -> None:
    """A folder that has the name of the place of work, but is none, is refused and stays."""
    (tmp_path / "root.partial/root").mkdir(parents=True)
    with (
        pytest.raises(RootFolderError, match=r"root\.partial is needed for the work"),
        root._workplace(tmp_path / "root"),
    ):
        pytest.fail("the place was taken")
    assert _listing(tmp_path) == ["root.partial", "root.partial/root"]


def test_two_builds_of_one_folder_do_not_meet(tmp_path: Path) -> None:
    """While a build is under way a second one is refused, and takes nothing from it."""
    with root._workplace(tmp_path / "root") as (inside, log):
        inside.mkdir()
        log.write("first")
        log.flush()
        with pytest.raises(RootFolderError, match="another process"), root._workplace(tmp_path / "root"):
            pytest.fail("the place was taken twice")
        assert _listing(tmp_path) == ["root.partial", "root.partial/log", "root.partial/root"]
        assert Path(log.name).read_text() == "first"


def test_a_build_holds_its_lock_until_its_last_process_is_gone(tmp_path: Path) -> None:
    """A log that a process of the build still has is locked, though the one that started the build is gone."""
    with root._workplace(tmp_path / "root") as (_, log):
        survivor = subprocess.Popen(["sleep", "60"], pass_fds=(log.fileno(),))
        (tmp_path / "kept").hardlink_to(log.name)
    try:
        with (tmp_path / "kept").open("a") as again, pytest.raises(BlockingIOError):
            fcntl.flock(again, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        survivor.kill()
        survivor.wait()


@as_root
def test_what_is_mounted_is_never_removed(tmp_path: Path) -> None:
    """A folder with something mounted below it is not removed: the mount could be this machine's files."""
    (tmp_path / "a root/proc").mkdir(parents=True)
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious/file").touch()
    script = (
        "import sys; from pathlib import Path; from alchemy_assets.sandbox.root import _remove, RootFolderError\n"
        "try: _remove(Path(sys.argv[1]))\n"
        "except RootFolderError as error: print(error)"
    )
    command = f'mount --bind "{tmp_path}/precious" "$1/proc" && "{sys.executable}" -c "$0" "$1"'
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", command, script, str(tmp_path / "a root")],
        capture_output=True,
        check=False,
        text=True,
        cwd=Path(root.__file__).parents[2],
    )
    if "unshare:" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"nothing can be mounted here: {done.stderr}")
    assert "is mounted: `umount` it first" in done.stdout, done.stderr
    assert (tmp_path / "precious/file").exists()


@as_root
@with_mmdebstrap
def test_a_mirror_that_is_not_there_is_said(tmp_path: Path) -> None:
    """What mmdebstrap said stands in the error and in the log; no half root is left, and no mount."""
    folder = tmp_path / "root"
    with pytest.raises(RootBuildError, match="the same command begins anew") as caught:
        build_root(folder, packages=PACKAGES, languages=["SQL"], mirror=f"file://{tmp_path}/none")
    log = tmp_path / "root.partial/log"
    assert str(log) in str(caught.value)
    assert re.search(rf"E: .*{re.escape(str(tmp_path))}/none", str(caught.value))
    assert f"{tmp_path}/none" in log.read_text()
    assert _listing(tmp_path) == ["root.partial", "root.partial/log"]
    assert str(tmp_path) not in Path("/proc/self/mountinfo").read_text()


def test_a_root_without_a_marker_has_no_report(tmp_path: Path) -> None:
    """A folder that no build finished says nothing about itself."""
    assert read_report(tmp_path) is None


@with_go
def test_go_programs_are_built_from_archives_alone(tmp_path: Path) -> None:
    """Compiler and linker build a program from the table that was written, without the `go` command and its cache."""
    folder = tmp_path / "archives"
    try:
        write_go_archives(Path("/"), folder, PurePosixPath(folder), ("strings",))
    except RootBuildError as error:
        if "bwrap:" in str(error):
            pytest.skip(f"bubblewrap cannot be used here: {error}")
        raise
    table = (folder / "importcfg").read_text()
    archives = dict(line.removeprefix("packagefile ").split("=", 1) for line in table.splitlines())
    assert {"strings", "unicode/utf8", "runtime"} <= set(archives)
    assert list(archives) == sorted(archives)
    assert all(Path(archive).is_file() for archive in archives.values())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archives"]

    (tmp_path / "main.go").write_text(
        'package main\nimport "strings"\nfunc main() { println(strings.ToUpper("hello")) }\n'
    )
    table_at = ("-importcfg", f"{folder}/importcfg")
    for command in (
        ("compile", *table_at, "-p", "main", "-complete", "-pack", "-o", "main.a", "main.go"),
        ("link", *table_at, "-s", "-w", "-o", "main", "main.a"),
    ):
        tools = Path("/usr/lib/go/pkg/tool")
        if not tools.exists():
            pytest.skip("Go's tools are not where Debian puts them")
        tool = next(tools.glob(f"linux_*/{command[0]}"))
        subprocess.run([tool, *command[1:]], cwd=tmp_path, check=True, env={})
    assert subprocess.run([tmp_path / "main"], capture_output=True, check=True).stderr == b"HELLO\n"


def test_a_root_without_go_says_so(tmp_path: Path) -> None:
    """Archives of a root in which nothing runs are refused with what was said."""
    with pytest.raises(AlchemyError, match=r"`go list[^`]*` failed|is not installed"):
        write_go_archives(tmp_path, tmp_path / "archives", GO_ARCHIVES)


@pytest.mark.slow
@as_root
@with_mmdebstrap
def test_a_small_root_is_built(tmp_path: Path) -> None:
    """Bash and SQLite run in a root of theirs, that has no devices, setuid programs or leftovers, and is built once."""
    folder, downloads = tmp_path / "root", tmp_path / "downloads"
    folder.mkdir()
    told: list[str] = []
    report = build_root(folder, packages=PACKAGES, languages=["SQL"], downloads=downloads, tell=told.append)
    assert report.built
    assert sorted(path.name for path in tmp_path.iterdir()) == ["downloads", "root"]
    assert list(downloads.glob("sqlite3_*.deb"))
    assert report.languages == ("SQL",)
    assert sorted(report.versions) == sorted(PACKAGES.chosen(["SQL"]))
    assert report.versions["sqlite3"].startswith("3.")
    assert 50 * 2**20 < report.bytes < 500 * 2**20
    assert report.left_out_bytes > 0
    assert any("installing" in line for line in told)

    def inside(*command: str) -> str:
        return subprocess.run(["chroot", folder, *command], capture_output=True, check=True, text=True).stdout

    assert inside("/usr/bin/bash", "-c", "echo $((6 * 7)) | sed s/4/9/") == "92\n"
    assert inside("/usr/bin/sqlite3", ":memory:", "select sqrt(2);") == "1.4142135623731\n"
    assert not [path for path in folder.rglob("*") if path.is_file() and path.stat().st_mode & 0o6000]
    assert not [path for path in folder.rglob("*") if path.is_block_device() or path.is_char_device()]
    assert not (folder / "etc/resolv.conf").exists()
    assert not list((folder / "usr/share/man").rglob("*.gz"))
    assert (folder / "usr/share/doc/sqlite3/copyright").is_file()
    assert str(tmp_path) not in Path("/proc/self/mountinfo").read_text()

    again = build_root(folder, packages=PACKAGES, languages=["SQL"])
    assert again == report.model_copy(update={"built": False})
    with pytest.raises(RootFolderError, match="other packages"):
        build_root(folder, packages=PACKAGES, languages=["Shell"])
