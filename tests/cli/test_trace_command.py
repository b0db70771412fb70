"""`alchemy trace` on the programs of the example corpus, and on files that go wrong."""

import html
import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from alchemy_assets.cli.trace_view import printable, trace_file
from alchemy_assets.corpora.encodings import decode
from alchemy_assets.settings import Tracing
from tests.cli.conftest import Alchemy, Said, command

EXAMPLES = Path(__file__).parents[2] / "examples" / "corpus"
SHOWN = {
    "Python": (EXAMPLES / "tiny-parsers" / "tinyparsers" / "calc.py", "source.py"),
    "Shell": (EXAMPLES / "geometry" / "bin" / "life.sh", "source.sh"),
}
KEYS = {
    *("file", "blob_id", "language", "encoding", "kept", "reached", "reasons", "detail", "points", "events", "paths"),
    *("difficulty", "toolchain", "instrumenter", "harness", "seconds", "sandbox_seconds", "source_files", "run_sh"),
    *("trace_points", "tests"),
}
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@dataclass(frozen=True)
class Traced:
    """One program of the examples, traced once: the JSON, the files of -o, the page."""

    said: Said
    program: Path
    entry: str
    folder: Path
    page: Path

    @property
    def everything(self) -> dict:
        return json.loads(self.said.out)

    @property
    def source(self) -> dict:
        [source] = [one for one in self.everything["source_files"] if one["instrumented"]]
        return source


@pytest.fixture(scope="session", params=SHOWN)
def traced(request, sandbox, tmp_path_factory) -> Traced:
    """The trace of a Python and of a Shell program."""
    folder = tmp_path_factory.mktemp("traced")
    program, entry = SHOWN[request.param]
    out, page = folder / "out", folder / "page.html"
    said = command(folder)("trace", program, "--json", "-o", out, "--html", page)
    assert said.code == 0, said.text
    return Traced(said, program, entry, out, page)


def test_a_kept_program_is_shown_whole(alchemy: Alchemy, sandbox):
    """Source, run.sh, every trace and the verdict are printed as text without colours; the exit code is 0."""
    program, entry = SHOWN["Shell"]
    said = alchemy("trace", program, "--points", "8", "--runs", "2")
    assert said.code == 0, said.text
    names = re.findall(r"---- FILENAME: (\S+) ----", said.out)
    assert names[:3] == [entry, "run.sh", "trace1.txt"]
    places = set(re.findall(r"^ *trace ([A-Z]+ \w+:\d+) ", said.out, re.MULTILINE))
    assert 0 < len(places) <= 8
    assert "2> trace1.txt" in said.out
    assert set(re.findall(r"^TRACE:([A-Z]+:\w+:\d+):", said.out, re.MULTILINE)) <= {
        place.replace(" ", ":") for place in places
    }
    assert re.search(r"^verdict +kept$", said.out, re.MULTILINE)
    assert re.search(rf"^points +{len(places)}$", said.out, re.MULTILINE)
    assert re.search(r"^toolchain +bash .* x2$", said.out, re.MULTILINE)
    assert "\x1b" not in said.text


def test_json_has_everything_under_keys_that_stay(traced: Traced):
    """The documented keys are there, no others, and agree with each other."""
    everything = traced.everything
    assert set(everything) == KEYS
    assert everything["kept"] is True
    assert everything["reasons"] == []
    assert everything["points"] == len(everything["trace_points"]) > 0
    assert all(set(test) == {"trace_file", "given", "text", "output", "entries"} for test in everything["tests"])
    assert all(test["output"] for test in everything["tests"][:1])
    entries = [entry for test in everything["tests"] for entry in test["entries"]]
    assert (
        everything["events"]
        == sum(entry["type"] is not None for entry in entries)
        == everything["difficulty"]["events"]
    )
    assert set(entries[0]) == {"text", "type", "function", "line", "state", "shown_lines"}
    assert ["".join(f"{entry['text']}\n" for entry in test["entries"]) for test in everything["tests"]] == [
        test["text"] for test in everything["tests"]
    ]


def test_every_event_leads_to_its_lines(traced: Traced):
    """An event's lines are the line that it names in the original, and the inserted one that writes it."""
    original, shown = traced.program.read_text().split("\n"), traced.source["text"].split("\n")
    for test in traced.everything["tests"]:
        for entry in test["entries"]:
            if entry["type"] is None:
                continue
            place = f"{entry['function']}:{entry['line']}"
            lines = [shown[at - 1] for at in entry["shown_lines"]]
            assert any(entry["type"] in line and place in line for line in lines), (place, lines)
            assert original[entry["line"] - 1].strip() in "".join(lines) or place in lines[0], (place, lines)
            assert entry["line"] in [traced.source["original_lines"][at - 1] for at in entry["shown_lines"]]


def test_a_changed_value_is_marked(traced: Traced):
    """A value is marked exactly where the last event of its type and place in the same test had another."""
    marked = 0
    for test in traced.everything["tests"]:
        last: dict[tuple[str, str, int], dict[str, str]] = {}
        for entry in filter(lambda one: one["type"], test["entries"]):
            before = last.get((entry["type"], entry["function"], entry["line"]))
            state = {one["name"]: one["value"] for one in entry["state"]}
            changed = {one["name"] for one in entry["state"] if one["changed"]}
            assert changed == {
                name for name, value in state.items() if before is not None and before.get(name) != value
            }
            last[entry["type"], entry["function"], entry["line"]] = state
            marked += len(changed)
    assert marked > 0


def test_the_written_files_give_the_same_traces(traced: Traced, tmp_path):
    """The folder of -o holds the shown files alone, and running them in an empty folder writes the shown traces."""
    written = {path.name: path.read_text() for path in traced.folder.iterdir()}
    traces = {test["trace_file"]: test["text"] for test in traced.everything["tests"]}
    assert written == {traced.entry: traced.source["text"], "run.sh": traced.everything["run_sh"], **traces}
    for name in (traced.entry, "run.sh"):
        shutil.copy(traced.folder / name, tmp_path)
    subprocess.run(["bash", "run.sh"], cwd=tmp_path, capture_output=True, check=False, timeout=60)
    assert {name: (tmp_path / name).read_text() for name in traces} == traces


def test_the_page_needs_nothing_else(traced: Traced):
    """The page names no other file or address, may load none, and shows every event of every test."""
    page = traced.page.read_text()
    assert "default-src 'none'" in page
    assert not re.search(r"https?://|\bsrc=|\bhref=|@import|url\(", re.sub(r"<code>.*?</code>", "", page))
    assert page.count('class="event ') == traced.everything["events"]
    assert page.count('<div role="tabpanel" class="test"') == len(traced.everything["tests"])


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
def test_the_page_answers_keys_and_mouse(traced: Traced, tmp_path):
    """Arrows step through events and tests; hovering and clicking an event or a line lights up the other side."""
    script = """<script>
      const seen = {}, one = what => document.querySelector(what), count = what => document.querySelectorAll(what).length;
      const press = key => document.body.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
      const lines = () => [...document.querySelectorAll(".line.chosen")].map(line => Number(line.dataset.at));
      const chosen = () => [...document.querySelectorAll(".test:not([hidden]) .event")].indexOf(one(".event.chosen"));
      press("ArrowDown"); press("ArrowDown"); press("ArrowDown"); press("ArrowUp");
      seen.stepped = [chosen(), lines()];
      press("ArrowRight");
      seen.test = [one(".test:not([hidden])").id, one("#tests [aria-selected=true]").textContent, count(".chosen")];
      press("End"); press("ArrowDown");
      seen.end = chosen();
      press("ArrowLeft"); press("Escape");
      const third = document.querySelectorAll("#test-1 .event")[2];
      third.dispatchEvent(new MouseEvent("mouseover", {bubbles: true}));
      seen.hovered = [...document.querySelectorAll(".line.touched")].map(line => Number(line.dataset.at));
      const line = one(`.line[data-at="${seen.hovered[0]}"]`);
      line.dispatchEvent(new MouseEvent("mouseover", {bubbles: true}));
      seen.back = third.classList.contains("touched");
      line.click();
      seen.clicked = one(".event.chosen").dataset.lines.split(" ").includes(line.dataset.at);
      document.title = JSON.stringify(seen);
    </script></body>"""
    (tmp_path / "page.html").write_text(traced.page.read_text().replace("</body>", script))
    options = ("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom")
    assert CHROMIUM is not None
    done = subprocess.run(
        [CHROMIUM, *options, (tmp_path / "page.html").as_uri()], capture_output=True, check=True, timeout=120
    )
    title = re.search(r"<title>(.*?)</title>", done.stdout.decode(), re.DOTALL)
    assert title is not None
    seen = json.loads(html.unescape(title[1]))
    first, second = ([entry for entry in test["entries"] if entry["type"]] for test in traced.everything["tests"][:2])
    assert seen["stepped"] == [1, first[1]["shown_lines"]]
    assert seen["test"] == ["test-2", f"Test 2 {len(second)}", 0]
    assert seen["end"] == len(second) - 1
    assert seen["hovered"] == first[2]["shown_lines"]
    assert seen["back"] is True
    assert seen["clicked"] is True


@pytest.mark.parametrize("program", [path for path in sorted(EXAMPLES.rglob("*")) if path.suffix in {".py", ".sh"}])
def test_every_line_knows_where_it_came_from(program):
    """Without what was inserted the lines are the original's, in order and under their own numbers."""
    data = program.read_bytes()
    language = {".py": "Python", ".sh": "Shell"}[program.suffix]
    view = trace_file(data, decode(data), language, None, Tracing())
    [file] = view.files
    assert file.instrumented
    assert len(file.lines) == file.text.count("\n") + (not file.text.endswith("\n"))
    kept = {line.number: "".join(part.text for part in line.parts if not part.inserted) for line in file.lines}
    kept.pop(None, None)
    assert list(kept.items()) == list(enumerate(data.decode().removesuffix("\n").split("\n"), 1))
    for point in view.points:
        assert any(f"{point.function}:{point.line}" in file.lines[at - 1].text for at in point.lines)


def test_a_dropped_file_is_shown_with_its_reasons(alchemy: Alchemy, tmp_path, sandbox):
    """What is dropped after it ran is shown with its trace points and every reason, ends with 1, and has no traces."""
    (tmp_path / "few.py").write_text(
        "for number in range(3):\n    if number:\n        print(number)\n    else:\n        print()\n"
    )
    said = alchemy("trace", "few.py", "-o", "out", "--html", "page.html")
    assert said.code == 1
    assert 'trace("LOOP", "<module>:1", number=number)' in said.out
    assert re.findall(r"^reason +(.*)$", said.out, re.MULTILINE) == ["few states"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["source.py"]
    assert '<span class="verdict">dropped</span>' in (tmp_path / "page.html").read_text()


def test_endless_and_broken_programs_are_dropped(alchemy: Alchemy, tmp_path, sandbox):
    """A program that does not end, and one that is none, are dropped with the reason; of the second its text is shown."""
    (tmp_path / "loop.py").write_text("number = 0\nwhile True:\n    number += 1\n")
    (tmp_path / "broken.py").write_text("def f(:\n")
    (tmp_path / "empty.sh").touch()
    loop, broken, empty = (alchemy("trace", name) for name in ("loop.py", "broken.py", "empty.sh"))
    assert (loop.code, broken.code, empty.code) == (1, 1, 1)
    assert re.search(r"^reason +timeout", loop.out, re.MULTILINE)
    assert re.search(r"^reason +compile error: ", broken.out, re.MULTILINE)
    assert "def f(:\n" in broken.out
    assert re.search(r"^verdict +dropped$", empty.out, re.MULTILINE)


def test_without_a_sandbox_the_source_is_shown_all_the_same(alchemy: Alchemy, tmp_path):
    """Where nothing can be run, trace points are still shown, and the reason says what is missing."""
    (tmp_path / "workspaces" / "default").mkdir(parents=True)
    (tmp_path / "workspaces" / "default" / "alchemy.toml").write_text('[sandbox]\nroot = "/nowhere"\n')
    said = alchemy("trace", SHOWN["Shell"][0], "--json")
    assert said.code == 1
    told = json.loads(said.out)
    assert told["reasons"] == ["no sandbox"]
    assert "/nowhere is no system that programs could run on" in told["detail"]
    assert "trace LOOP count_around:15 " in told["source_files"][0]["text"]
    assert set(told) == KEYS


def test_nothing_in_a_file_moves_the_terminal_or_the_page(alchemy: Alchemy, tmp_path, sandbox):
    """Control characters of a source are shown as escapes, and its markup as text, on the terminal, in JSON, on the page."""
    (tmp_path / "ansi.sh").write_text(
        "for n in 1 2; do\n  x=$n\n  echo '\x1b[31m \x9b31m\u202e</script><b>' >&2\ndone\n"
    )
    said = alchemy("trace", "ansi.sh", "--html", "page.html")
    assert not re.search("[\x1b\x9b\u202e]", said.text)
    assert r"\x1b[31m \x9b31m\u202e</script><b>" in said.out
    assert not re.search("[\x1b\x9b\u202e]", alchemy("trace", "ansi.sh", "--json").text)
    page = (tmp_path / "page.html").read_text()
    assert not re.search("[\x1b\x9b\u202e]", page)
    assert "&lt;/script&gt;&lt;b&gt;" in page
    assert page.count("</script>") == 1


def test_a_text_is_made_fit_to_be_shown():
    """Line ends and tabs stay, everything else that a terminal acts upon becomes an escape."""
    assert printable("a\tb\r\nc\rd\x00\x1b[2J\u2028é\ud800") == "a\tb\nc\\rd\\x00\\x1b[2J\\u2028é\\ud800"


def test_mistakes_end_with_two(alchemy: Alchemy, tmp_path):
    """What cannot be traced at all, or written where it was asked for, is told before anything runs."""
    (tmp_path / "not_utf8.py").write_bytes(b"x = '\xff\xfe\x80'\n")
    (tmp_path / "[red]\x1b[31m.xyz").write_text("x")
    (tmp_path / "read.md").write_text("# Title\n")
    (tmp_path / "good.sh").write_text("echo 1\n")
    (tmp_path / "large.py").write_text("x = 1\n" * 200_000)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    for arguments, told in (
        (("nowhere.py",), "does not exist"),
        ((".",), "is a directory"),
        (("not_utf8.py",), "its encoding cannot be told"),
        (("[red]\x1b[31m.xyz",), r"the language of [red]\x1b[31m.xyz cannot be told; say --language, one of C, CSharp"),
        (("good.sh", "--language", "Perl"), "there is no language 'Perl'"),
        (("read.md",), "Markdown programs cannot be run"),
        (("large.py",), "larger than 1 MiB"),
        (("good.sh", "--points", "4"), "greater than or equal to 5"),
        (("good.sh", "-o", "full"), "full is not empty"),
        (("good.sh", "--html", "good.sh"), "good.sh is the program itself"),
        (("good.sh", "--html", "nowhere/page.html"), "there is no folder nowhere"),
    ):
        said = alchemy("trace", *arguments)
        words = " ".join(said.err.replace("│", " ").split())
        assert (said.code, said.out) == (2, ""), said.text
        assert told in words
        assert "\x1b" not in said.text
    assert (tmp_path / "good.sh").read_text() == "echo 1\n"
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["file"]
