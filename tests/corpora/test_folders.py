"""Walking a folder: repositories, licences, ignored files, and everything that is not a plain file."""

import os
import random
import socket

import pytest

from alchemy_assets.corpora import regular_files
from alchemy_assets.corpora.found import Found, Rejected

CONFIG = b'[core]\n\tbare = false\n[remote "origin"]\n\turl = %s\n'


def checkout(at: str, url: bytes | None = None) -> dict[str, bytes]:
    """The two files by which a folder is a git checkout."""
    return {f"{at}.git/HEAD": b"ref: refs/heads/main\n", f"{at}.git/config": b"" if url is None else CONFIG % url}


def test_the_top_level_folder_is_the_repository(make, inputs):
    """Without git, a file's repository is the top-level folder that it lies in, and its path starts below that."""
    [found] = inputs(make({"geometry/shapes/hull.py": b"x"}))
    assert (found.location, found.repo_name, found.path) == ("geometry/shapes/hull.py", "geometry", "shapes/hull.py")


@pytest.mark.parametrize("mark", ["LICENSE", "pyproject.toml", "Cargo.toml"])
def test_a_folder_with_a_licence_or_a_build_file_is_one_project(make, inputs, mark):
    """Where the root says that it is a project, every file below belongs to it, under its path from the root."""
    found = [one for one in inputs(make({mark: b"x", "src/app/main.py": b"x"})) if isinstance(one, Found)]
    assert ("corpus", "src/app/main.py") in [(one.repo_name, one.path) for one in found]


def test_what_is_vendored_has_no_part_in_the_licence_around_it(make, inputs, mit):
    """Packages of others below a project are repositories of their own, and the project's licence is not theirs."""
    sources = ["a.py", "lib/site-packages/six.py", "lib/site-packages/yaml/load.py", "web/node_modules/left/pad.js"]
    found = [one for one in inputs(make({"LICENSE": mit} | dict.fromkeys(sources, b"x"))) if isinstance(one, Found)]
    assert {one.location: (one.repo_name, one.licenses) for one in found} == {
        "a.py": ("corpus", ("MIT",)),
        "lib/site-packages/six.py": ("corpus", ()),
        "lib/site-packages/yaml/load.py": ("yaml", ()),
        "web/node_modules/left/pad.js": ("left", ()),
    }


def test_a_file_at_the_top_is_of_the_corpus_folder(make, inputs):
    """A file in no folder belongs to a repository that is named as the corpus is."""
    [found] = inputs(make({"hull.py": b"x"}))
    assert (found.repo_name, found.path) == ("corpus", "hull.py")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        (b"https://github.com/ada/engine.git", "ada/engine"),
        (b"https://ada:secret@github.com/ada/engine", "ada/engine"),
        (b"git@github.com:ada/engine.git", "ada/engine"),
        (b"ssh://git@host:22/ada/engine.git/", "ada/engine"),
        (b"https://gitlab.com/group/sub/engine.git", "group/sub/engine"),
        (b"/srv/git/engine.git", "clone"),
        (b"file:///srv/git/engine.git", "clone"),
        (None, "clone"),
    ],
)
def test_a_checkout_is_named_after_its_remote(make, inputs, url, name):
    """A checkout's repository is the path of its remote `origin`, never with a password, or else its folder's name."""
    [found] = inputs(make(checkout("clone/", url) | {"clone/src/a.py": b"x"}))
    assert (found.repo_name, found.path) == (name, "src/a.py")


def test_a_damaged_configuration_leaves_the_folder_name(make, inputs):
    """A `.git/config` that cannot be parsed costs the remote's name, nothing else."""
    [found] = inputs(make(checkout("clone/") | {"clone/.git/config": b"[remote \xff", "clone/a.py": b"x"}))
    assert found.repo_name == "clone"


def test_a_nested_checkout_is_a_repository_of_its_own(make, inputs):
    """A checkout inside another has its own name, paths and licences; the outer licence does not reach into it."""
    files = checkout("", b"https://h/outer/one") | checkout("third/party/", b"https://h/inner/two")
    found = inputs(make(files | {"LICENSE": b"SPDX-License-Identifier: MIT", "a.py": b"x", "third/party/b.py": b"x"}))
    assert [(one.repo_name, one.path, one.licenses) for one in found if isinstance(one, Found)] == [
        ("outer/one", "a.py", ("MIT",)),
        ("inner/two", "b.py", ()),
    ]


def test_a_submodule_finds_its_configuration(make, inputs):
    """A `.git` file that points to a folder is followed to the remote's name."""
    files = {"sub/.git": b"gitdir: ../.git/modules/sub\n", "sub/a.py": b"x"}
    [found] = inputs(make(checkout("") | files | {".git/modules/sub/config": CONFIG % b"https://h/ada/sub"}))
    assert found.repo_name == "ada/sub"


def test_ignored_files_are_listed_and_not_read(make, reasons):
    """What .gitignore or .git/info/exclude names is rejected; an ignored folder is one row, whatever lies in it."""
    files = {
        ".gitignore": b"*.log\nbuild/\n!keep.log\n",
        ".git/info/exclude": b"notes.py\n",
        "deep/.gitignore": b"local.py\n",
    }
    sources = ["a.py", "b.log", "keep.log", "notes.py", "build/x.py", "build/y.py", "deep/local.py", "deep/other.py"]
    assert reasons(make(checkout("") | files | dict.fromkeys(sources, b"x"))) == {
        "b.log": "ignored by .gitignore",
        "notes.py": "ignored by .gitignore",
        "build": "ignored by .gitignore",
        "deep/local.py": "ignored by .gitignore",
    }


def test_gitignore_means_nothing_outside_a_checkout(make, reasons):
    """A .gitignore in a folder that is no checkout is an ordinary file."""
    assert reasons(make({".gitignore": b"*.py\n", "a.py": b"x"})) == {}


@pytest.mark.timeout(20)
def test_a_hostile_gitignore_costs_no_time(make, inputs):
    """Patterns that would backtrack for ages, and broken ones, are passed over; the others hold."""
    files = {".gitignore": b"*a" * 40 + b"b\n[z-a]\nx.py\n", "a" * 200 + ".py": b"x", "x.py": b"x"}
    assert sum(isinstance(one, Found) for one in inputs(make(checkout("") | files))) == 2


@pytest.mark.timeout(20)
def test_a_gitignore_that_is_a_pipe_is_never_opened(make, reasons):
    """A named pipe called .gitignore, at the root or below, is rejected like any other pipe, and nobody waits for it."""
    root = make(checkout("") | {"a.py": b"x", "deep/b.py": b"x"})
    os.mkfifo(root / ".gitignore")
    os.mkfifo(root / "deep" / ".gitignore")
    assert reasons(root) == dict.fromkeys([".gitignore", "deep/.gitignore"], "not a regular file")


def test_links_are_rejected_and_never_followed(make, inputs, tmp_path):
    """A link to a file, to a folder, to nothing, or to a folder above is one rejected input that says where it leads."""
    (tmp_path / "outside.py").write_bytes(b"secret")
    root = make({"a.py": b"x"})
    (root / "file").symlink_to(tmp_path / "outside.py")
    (root / "loop").symlink_to(root)
    (root / "gone").symlink_to("nowhere")
    assert [(one.location, one.reason) for one in inputs(root) if isinstance(one, Rejected)] == [
        ("file", "symbolic link"),
        ("gone", "symbolic link"),
        ("loop", "symbolic link"),
    ]
    assert "to nowhere" in [one.detail for one in inputs(root) if isinstance(one, Rejected)]


@pytest.mark.timeout(20)
def test_pipes_and_sockets_are_never_opened(make, inputs):
    """A named pipe and a socket are rejected by their kind."""
    root = make({"a.py": b"x"})
    os.mkfifo(root / "pipe.py")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(root / "socket.py"))
        details = {one.location: one.detail for one in inputs(root) if isinstance(one, Rejected)}
    assert details == {"pipe.py": "named pipe", "socket.py": "socket"}


def test_a_huge_file_is_not_read(make, inputs):
    """A file of 200 MB is rejected by its size alone."""
    root = make({"a.py": b"x"})
    with (root / "huge.py").open("wb") as file:
        file.truncate(200_000_000)
    [_, rejected] = inputs(root)
    assert (rejected.reason, rejected.detail) == ("larger than 1048576 bytes", "200000000 bytes")


def test_a_file_that_grows_while_it_is_read_is_too_large(make, inputs, monkeypatch):
    """The limit holds for what is read, not for what the file system announced."""
    root = make({"a.py": b"x" * 20})
    monkeypatch.setattr(regular_files, "_refusal", lambda *_: None)
    [rejected] = inputs(root, largest=10)
    assert rejected.reason == "larger than 10 bytes"


def test_a_closed_file_is_rejected(make, inputs, monkeypatch):
    """A file that may not be opened is rejected with what the system says."""
    root = make({"a.py": b"x", "b.py": b"x"})
    opening = os.open

    def closed(path, *arguments, **options):
        if str(path).endswith("a.py"):
            raise PermissionError(13, "Permission denied")
        return opening(path, *arguments, **options)

    monkeypatch.setattr(os, "open", closed)
    [rejected, found] = inputs(root)
    assert (rejected.reason, rejected.detail, found.path) == ("cannot be read", "Permission denied", "b.py")


def test_a_closed_folder_is_rejected(make, inputs, monkeypatch):
    """A folder that may not be listed is one rejected input; the walk goes on."""
    root = make({"closed/a.py": b"x", "open/b.py": b"x"})
    scan = os.scandir

    def closed(path):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", closed)
    assert [one.location for one in inputs(root)] == ["closed", "open/b.py"]


def test_odd_names_are_shown_escaped(make, inputs):
    """Names with newlines, emoji or bytes that are not UTF-8 give valid Unicode, and the files are read."""
    root = make({"new\nline.py": b"x", "\N{SNAKE}.py": b"x"})
    with open(os.fsencode(root) + b"/caf\xe9.py", "wb") as file:  # noqa: PTH123 -- a Path cannot be made of bytes
        file.write(b"x")
    assert [one.path for one in inputs(root)] == ["caf\\xe9.py", "new\nline.py", "\N{SNAKE}.py"]


def test_the_walk_is_sorted_by_bytes(make, inputs, monkeypatch):
    """However the file system lists a folder, files come in the order of their names' bytes."""
    root = make(dict.fromkeys(("b.py", "B.py", "a/z.py", "a.py", "é.py", "c/d/e.py"), b"x"))
    expected = [one.location for one in inputs(root)]
    listing = sorted

    def shuffled(entries, key):
        entries = list(entries)
        random.shuffle(entries)
        return listing(entries, key=key)

    monkeypatch.setattr("alchemy_assets.corpora.folders.sorted", shuffled, raising=False)
    assert [one.location for one in inputs(root)] == expected
    assert expected == ["B.py", "a.py", "b.py", "é.py", "a/z.py", "c/d/e.py"]


def test_paths_longer_than_the_system_allows_are_rejected(make, inputs):
    """Folders inside each other are walked as far as the system lets paths reach; the rest is one rejected input."""
    root = make({"a.py": b"x"})
    here = os.open(root, os.O_RDONLY)
    for _ in range(30):
        os.mkdir("d" * 200, dir_fd=here)
        below = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    [found, rejected] = inputs(root)
    assert (found.path, rejected.reason) == ("a.py", "cannot be read")
    assert rejected.detail == "folder: File name too long"


def test_the_nearest_licence_holds(make, inputs, mit, apache):
    """A file has the licence of the nearest LICENSE upwards in its repository; one that nobody knows gives none."""
    files = {"r/LICENSE": mit, "r/sub/COPYING": apache, "r/odd/LICENSE.txt": b"All mine!", "LICENSE": apache}
    sources = ["r/a.py", "r/in/a.py", "r/sub/b.py", "r/sub/in/c.py", "r/odd/d.py", "other/e.py", "f.py"]
    found = inputs(make(files | dict.fromkeys(sources, b"x")))
    assert {one.location: one.licenses for one in found if isinstance(one, Found)} == {
        "r/a.py": ("MIT",),
        "r/in/a.py": ("MIT",),
        "r/sub/b.py": ("Apache-2.0",),
        "r/sub/in/c.py": ("Apache-2.0",),
        "r/odd/d.py": (),
        "other/e.py": ("Apache-2.0",),
        "f.py": ("Apache-2.0",),
    }
    assert {one.location: one.detail for one in found if isinstance(one, Rejected)} == {
        "LICENSE": "Apache-2.0",
        "r/LICENSE": "MIT",
        "r/sub/COPYING": "Apache-2.0",
        "r/odd/LICENSE.txt": "not recognised",
    }


def test_two_named_licences_are_a_choice(make, inputs, mit, apache):
    """LICENSE-MIT beside LICENSE-APACHE gives one expression."""
    found = inputs(make({"r/LICENSE-MIT": mit, "r/LICENSE-APACHE": apache, "r/a.rs": b"x"}))
    assert [one.licenses for one in found if isinstance(one, Found)] == [("Apache-2.0 OR MIT",)]
