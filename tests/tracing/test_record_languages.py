"""One program of the example corpus in each language that runs, on the whole way from its file to its trace."""

import hashlib

import pytest

from alchemy_assets.sandbox.sandbox import Invocation, Limits, Program
from alchemy_assets.settings import Tracing
from alchemy_assets.tracing.instrument.registry import INSTRUMENTERS
from alchemy_assets.tracing.record import TRACE_POINT, record
from tests.tracing.conftest import EXAMPLES

FILES = {
    "C": "log-sifter/c/ring_buffer.c",
    "CSharp": "inventory/Stock/StockBook.cs",
    "Cpp": "schedule-board/cpp/scheduler.cpp",
    "Go": "inventory/bins/bins.go",
    "Java": "geometry/java/Turtle.java",
    "JavaScript": "text-tools/js/columns.js",
    "PHP": "schedule-board/php/free_slots.php",
    "Python": "geometry/geometry/matrix_turn.py",
    "Ruby": "inventory/ruby/barcode.rb",
    "Rust": "text-tools/rust/lcs.rs",
    "SQL": "ledger/sql/accounts.sql",
    "Shell": "geometry/bin/life.sh",
    "Swift": "text-tools/Sources/Palindromes.swift",
    "TypeScript": "text-tools/ts/markdown-table.ts",
}
# What a reader types: the command that the script's first comment gives, where it gives one, then the script.
ALL = 'set -e\neval "$(sed -n "s/^# Build first: //p" run.sh)"\nbash run.sh\n'
BUILDING = Limits(cpu_seconds=120, wall_seconds=240, memory_bytes=2 * 2**30, processes=64, written_bytes=1000 * 2**20)
# `go build` compiles the standard library too, where nothing is in its cache.
LANGUAGES = [pytest.param(one, marks=pytest.mark.slow) if one == "Go" else one for one in sorted(FILES)]


@pytest.fixture(scope="module")
def rows(sandbox, curated):
    """The row of each language; None where its toolchain is missing."""
    texts = {language: (EXAMPLES / path).read_text(encoding="utf-8") for language, path in FILES.items()}
    result = record(curated(*texts.items()), sandbox, Tracing())
    kept = {row["language"]: row for row in result.traces.iter_rows(named=True)}
    why = {row["language"]: (row["reasons"], row["detail"]) for row in result.outcomes.iter_rows(named=True)}
    return {language: kept.get(language, why[language]) for language in FILES}


def row_of(rows, sandbox, language):
    """The row of a language that can be run here."""
    if not sandbox.runnable(language):
        pytest.skip(f"no toolchain for {language}")
    assert isinstance(rows[language], dict), rows[language]
    return rows[language]


def test_there_is_a_program_for_each_instrumenter():
    """Every language that can be instrumented has its example here."""
    assert set(FILES) == set(INSTRUMENTERS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shown_files_alone_give_the_shown_trace(rows, sandbox, language):
    """Built by the command of the script's first comment, in a folder with the shown files alone, it writes the same."""
    row = row_of(rows, sandbox, language)
    files = {file["name"]: file["text"].encode() for file in row["source_files"]}
    files |= {"run.sh": row["run_sh"].encode(), "all.sh": ALL.encode()}
    names = tuple(file["name"] for file in row["trace_files"])
    outcome = sandbox.run(
        Program("Shell", files, "all.sh"), Invocation(environment={"HOME": "/tmp"}, collect=names), BUILDING
    )
    for file in row["trace_files"]:
        assert outcome.files.get(file["name"], b"").decode() == file["text"], outcome.stderr[-500:]


@pytest.mark.parametrize("language", sorted(FILES))
def test_taking_the_points_out_gives_the_file_back(rows, sandbox, language):
    """The recorded edits lead from the file to what is shown, and are insertions alone."""
    row = row_of(rows, sandbox, language)
    source, parts, position = (EXAMPLES / FILES[language]).read_bytes(), [], 0
    for edit in row["source_edits"]:
        assert edit["kind"] == TRACE_POINT
        assert edit["start"] == edit["end"]
        parts += [source[position : edit["start"]], edit["replacement"].encode()]
        position = edit["end"]
    shown = b"".join([*parts, source[position:]])
    assert shown.decode() in [file["text"] for file in row["source_files"]]
    assert hashlib.sha256(shown).hexdigest() == row["source_sha256"]


@pytest.mark.parametrize("language", sorted(FILES))
def test_output_of_the_original_is_kept(rows, sandbox, language):
    """What each test printed stands beside its trace."""
    row = row_of(rows, sandbox, language)
    assert len(row["outputs"]) == len(row["trace_files"]) == len(row["inputs"])
    assert any(one["text"] for one in row["outputs"])
