"""The languages' own parsers: they judge like their command, execute nothing, and a bad file harms only itself."""

import shutil
import subprocess
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alchemy_assets.curation import native_parsers
from alchemy_assets.curation.native_parsers import NO_ANSWER, Judgement, judge

GOOD = {
    "Go": "package main\n\nfunc main() {}\n",
    "JavaScript": "const f = async () => { for (const a of [1]) await a; };\n",
    "PHP": "<html><?php\nfunction f(int ...$a): ?int { return $a[0] ?? null; }\n",
    "Ruby": "def f(a:, **b)\n  a => {b:}\nend\n",
    "Shell": "case $1 in a|b) echo $((1 + 2)) ;; esac\n",
}
# Wrong in line 3, whatever the parser says about it.
BAD = {
    "Go": "package main\n\nfunc main( {}\n",
    "JavaScript": "const a = 1;\n\nconst b = ;\n",
    "PHP": "<?php\n\nfunction f( { }\n",
    "Ruby": "a = 1\n\nb = = 2\n",
    "Shell": "echo a\n\nfi\n",
}
COMMANDS = {
    "Go": ("gofmt", "-e"),
    "JavaScript": ("node", "--check"),
    "PHP": ("php", "-l"),
    "Ruby": ("ruby", "-c"),
    "Shell": ("bash", "-n"),
}
SUFFIXES = {"Go": ".go", "JavaScript": ".js", "PHP": ".php", "Ruby": ".rb", "Shell": ".sh"}
LANGUAGES = [
    pytest.param(
        language, marks=pytest.mark.skipif(shutil.which(command[0]) is None, reason=f"{command[0]} is not installed")
    )
    for language, command in COMMANDS.items()
]
MORE = {
    "Go": (
        "package a\n\x00",
        "package a\nfunc f() { x := `\na:1:1: b` c }\n",
        "func f() {}\n",
        "",
        "package a\n// \ufeff",
    ),
    "JavaScript": (
        "#!/usr/bin/env node\nreturn 1\n",
        "let a; let a;\n",
        "import a from 'a';\nexport default await a;\n",
        "} ); (function () {",
        "with (a) b;\n",
        "class A { #a; static { } }\n",
        "",
        "a = `\n${",
    ),
    "PHP": (
        "no php\n",
        "<?php __halt_compiler(); ((((",
        "<?php echo <<<A\n  a\n  A;\n",
        "<?php f(\n",
        "",
        "<? f( ?>",
        "\0",
    ),
    "Ruby": (
        "BEGIN { exit 3 }\n",
        "puts 1\n__END__\n((((",
        "break\n",
        "x = 08\n",
        "",
        "a = <<~B\n  c\nB\n",
        "# coding: no\n",
    ),
    "Shell": (
        "cat <<A\nno end\n",
        "a=(1 2)\n[[ $a =~ b ]]\n",
        "if true; then\n",
        "",
        "echo 'open\n",
        "f() { :; }; f(\n",
        "a=$((\n",
    ),
}


@pytest.fixture
def fresh():
    """Parsers are looked for anew, in this test and after it."""
    native_parsers._find.cache_clear()
    yield
    native_parsers._find.cache_clear()


def verdict_of_the_command(language, text, folder):
    """What the command that a person would type says of a text."""
    file = folder / f"file{SUFFIXES[language]}"
    file.write_bytes(text.encode())
    done = subprocess.run((*COMMANDS[language], file), capture_output=True, stdin=subprocess.DEVNULL, check=False)
    return done.returncode == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_good_file_is_accepted_and_a_bad_one_refused_with_its_line(language):
    """Both are judged in one batch, and the refusal says where and why."""
    good, bad = judge(language, [GOOD[language].encode(), BAD[language].encode()])
    assert good == Judgement(accepted=True)
    assert (bad.accepted, bad.line) == (False, 3)
    assert bad.message


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_verdict_is_that_of_the_command(language, tmp_path):
    """`gofmt -e`, `node --check`, `php -l`, `ruby -c` and `bash -n` say the same of good, bad and odd files."""
    texts = [GOOD[language], BAD[language], *MORE[language]]
    judged = judge(language, [text.encode() for text in texts])
    expected = {text: verdict_of_the_command(language, text, tmp_path) for text in texts}
    assert {text: each.accepted for text, each in zip(texts, judged, strict=True)} == expected


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_batch_says_of_each_file_what_it_is_told_of_alone(language, data):
    """Company and order change no judgement, not even beside a file that nests without end."""
    pool = [GOOD[language], BAD[language], *MORE[language], "(" * 60_000, "a" * 1000]
    texts = data.draw(st.lists(st.sampled_from(pool), min_size=2, max_size=6))
    sources = [text.encode() for text in texts]
    assert judge(language, sources) == [judge(language, [source])[0] for source in sources]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_of_a_file_is_executed(language, tmp_path):
    """Whatever would run first in a program, or while it is compiled, leaves no trace."""
    trace = tmp_path / "trace"
    other = tmp_path / "other.rb"
    other.write_text(f"File.write('{trace}', '')\n")
    texts = {
        "Go": (
            f'package main\n\nimport "os"\n\nfunc init() {{ os.Create("{trace}") }}\n',
            "//go:generate touch x\npackage a\n",
        ),
        "JavaScript": (
            f"require('fs').writeFileSync('{trace}', '');\n",
            f"await import('fs').then((fs) => fs.writeFileSync('{trace}', ''));\n",
            f"}} ); require('fs').writeFileSync('{trace}', ''); (function () {{\n",
        ),
        "PHP": (f"<?php touch('{trace}');\n", f"<?php exit(touch('{trace}')); __halt_compiler();\n"),
        "Ruby": (
            f"BEGIN {{ File.write('{trace}', ''); exit 3 }}\n",
            f"#!/usr/bin/env ruby -r{other}\nputs 1\n",
            f"END {{ File.write('{trace}', '') }}\nexit!\n",
        ),
        "Shell": (
            f"touch {trace}\n",
            f"set +n\n: > {trace}\n",
            f"$(touch {trace})\n",
            f"cat <<A\n$(touch {trace})\nA\n",
        ),
    }
    assert all(each.accepted is not None for each in judge(language, [text.encode() for text in texts[language]]))
    assert not trace.exists()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "hostile",
    [
        "(" * 1_000_000,
        "x = [" + "1," * 2_000_000 + "]\n",
        "\0" * 1000,
        "-" * 300_000 + "1",
        "${" * 200_000,
        "<<A " * 50_000,
    ],
    ids=["nested", "5 MB in a line", "NUL", "signs", "braces", "here-documents"],
)
def test_a_hostile_file_ends_and_its_neighbours_are_judged(language, hostile):
    """Deep nesting, long lines and bytes that are no text get some answer or none; the files around them get theirs."""
    prefix = {"Go": "package a\nvar a = ", "PHP": "<?php "}.get(language, "")
    sources = [GOOD[language].encode(), (prefix + hostile).encode(), BAD[language].encode()]
    before, _, after = judge(language, sources)
    assert before.accepted is True
    assert after.accepted is False


@pytest.mark.skipif(shutil.which("ruby") is None, reason="ruby is not installed")
def test_bytes_that_only_a_magic_comment_makes_wrong_are_no_refusal():
    """A file that was decoded from another encoding still names it: that is no fault of its author."""
    assert judge("Ruby", ["# coding: euc-jp\nputs '日本'\n".encode()]) == [NO_ANSWER]


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_extended_patterns_are_bash_though_it_reads_without_executing():
    """`bash -n` does not see that `shopt -s extglob` was executed, so such a file gets a second chance."""
    assert judge("Shell", [b"shopt -s extglob\nfor a in !(b|c); do case $a in +(d)) ;; esac; done\n"])[0].accepted


def broken(tmp_path, body):
    """A program in the place of bash that behaves as `body` says."""
    program = tmp_path / "bash"
    program.write_text(f"#!/bin/sh\n{body}")
    program.chmod(0o755)
    return str(program)


@pytest.mark.usefixtures("fresh")
def test_without_a_parser_there_is_no_answer(monkeypatch):
    """A language whose parser is not installed, or that has none, gets no answer and no entry."""
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert judge("Go", [b"package a\n", b"("]) == [NO_ANSWER, NO_ANSWER]
    assert judge("Java", [b"("]) == [NO_ANSWER]
    assert native_parsers.parsers_at_hand() == {}


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize("body", ["echo 1.0; exit 0\n", "echo 1.0; exit 1\n", "kill -9 $$\n", "exit 127\n"])
def test_a_program_that_misjudges_two_tiny_files_is_not_used(tmp_path, monkeypatch, body):
    """What is called bash and takes everything, nothing, or crashes is not at hand."""
    monkeypatch.setattr(shutil, "which", lambda _: broken(tmp_path, body))
    assert native_parsers.at_hand("Shell") is None


def run_by(monkeypatch, script, sources):
    """The judgements of a parser that sh runs as `script`, with little CPU time."""
    monkeypatch.setattr(native_parsers, "_LIMITED", "ulimit -c 0; ulimit -t 1\n")
    return native_parsers._judge(native_parsers._Parser("sh", b"", script=script), "/bin/sh", sources)


# Says ok of each file, but of a file with `crash` or `spin` in it ends or hangs with all that it has not said yet.
_MOODY = """
for file do
  read -r word < "$file"
  case $word in crash) kill -SEGV $$;; spin) while :; do :; done;; no) echo "$file:7: no"; continue;; esac
  echo "$file: ok"
done
"""
# The same, but says nothing until the end, like gofmt.
_SILENT = (
    'said=""\n'
    + _MOODY.replace('echo "$file: ok"', 'said="$said$file: ok\n"').replace("continue", ":")
    + 'printf "%s" "$said"\n'
)


@pytest.mark.parametrize("script", [_MOODY, _SILENT], ids=["line by line", "at the end"])
def test_a_crash_or_a_hang_costs_its_own_file_only(monkeypatch, script):
    """A parser that dies or never ends on some files has judged all others of their batch."""
    words = ["fine", "no", "crash", "fine", "fine", "spin", "no", "fine", "crash"]
    judged = run_by(monkeypatch, script, [f"{word}\n".encode() for word in words])
    expected = {"fine": True, "no": False, "crash": None, "spin": None}
    assert [each.accepted for each in judged] == [expected[word] for word in words]
    assert judged[1] == Judgement(accepted=False, line=7, message="no")


def test_a_parser_that_sleeps_is_ended_with_all_that_it_started(monkeypatch):
    """Sleeping uses no CPU time, so wall time bounds it, and its children go too."""
    monkeypatch.setattr(native_parsers, "_WALL_SECONDS", 0.5)
    started = time.monotonic()
    assert run_by(monkeypatch, "sleep 60 & wait\n", [b"a"]) == [NO_ANSWER]
    assert time.monotonic() - started < 20


def test_a_parser_cannot_write_files(monkeypatch, tmp_path):
    """The limits of every run forbid files that grow."""
    script = f"(trap '' XFSZ; echo text > {tmp_path}/made)\nfor file do echo \"$file: ok\"; done\n"
    judged = native_parsers._judge(native_parsers._Parser("sh", b"", script=script), "/bin/sh", [b"a"])
    assert judged == [Judgement(accepted=True)]
    assert (tmp_path / "made").read_bytes() == b""


def test_a_file_cannot_speak_for_another():
    """What looks like an answer in the words of a parser counts only below the folder that no text can guess."""
    said = "/tmp/x/0: ok\n/tmp/y/1:3: no\n/tmp/x/1: line 2: warning: a\n/tmp/x/1: line 4: syntax error\n/tmp/x/1: ok\n"
    refused = Judgement(accepted=False, line=4, message="syntax error")
    assert native_parsers._read(said, "/tmp/x") == {0: Judgement(accepted=True), 1: refused}


def test_large_inputs_are_cut_into_batches():
    """Neither a batch's files nor its bytes grow without end, and no file is lost."""
    sources = [b"a"] * 600 + [b"b" * 5_000_000] * 3
    batches = list(native_parsers._batches(sources))
    assert [len(batch) for batch in batches] == [256, 256, 89, 1, 1]
    assert [source for batch in batches for source in batch] == sources
