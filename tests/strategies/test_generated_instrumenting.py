"""Programs that a model instruments: what is asked, what is refused unrun, and what becomes of them in the sandbox."""

from collections.abc import Mapping

import polars as pl
import pytest

from alchemy_assets.generation.completions import NO_ANSWERS, Answers
from alchemy_assets.generation.parsing import NO_SECTION
from alchemy_assets.settings import Tracing
from alchemy_assets.strategies import code_trace
from alchemy_assets.strategies.generated import instrumenting as made
from alchemy_assets.strategies.generated.instrumenting import INSTRUMENTED, programs_of, recorded
from alchemy_assets.strategies.strategy import Left
from alchemy_assets.tracing.events import read_events
from alchemy_assets.tracing.given import Given
from alchemy_assets.tracing.record import record
from tests.strategies.scripted import completion, drive

PYTHON = """import sys


def collatz(n):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


for word in sys.argv[1:]:
    if not word.isdigit() or word == "0":
        print("no number:", word)
        continue
    print(word, collatz(int(word)))
"""
PYTHON_POINTS = {
    4: '    print(f"TRACE:IN:collatz:4:n={n}", file=sys.stderr)',
    7: '        print(f"TRACE:LOOP:collatz:6:n={n}; steps={steps}", file=sys.stderr)',
    8: '    print(f"TRACE:OUT:collatz:9:result={steps}", file=sys.stderr)',
    12: '    print(f"TRACE:LOOP:main:12:length={len(word)}", file=sys.stderr)',
    13: '        print(f"TRACE:BRANCH:main:13:taken=true; digits={str(word.isdigit()).lower()}", file=sys.stderr)',
    15: '    print(f"TRACE:BRANCH:main:13:taken=false; n={int(word)}", file=sys.stderr)',
}
PYTHON_SCRIPT = """#!/bin/bash
# A number that is halved a few times.
python3 source.py 8 6 2> trace1.txt
# Odd numbers.
python3 source.py 5 3 2> trace2.txt
# What is no number is told.
python3 source.py x 2 0 2> trace3.txt
"""
SHELL = """#!/bin/bash
count=0
longest=0
while read -r line; do
  if [ -z "$line" ]; then
    continue
  fi
  count=$((count + 1))
  if [ ${#line} -gt $longest ]; then
    longest=${#line}
  fi
done
echo "$count $longest"
"""
SHELL_POINTS = {
    4: "  printf 'TRACE:LOOP:main:4:length=%d\\n' \"${#line}\" >&2",
    5: "    printf 'TRACE:BRANCH:main:5:empty=1\\n' >&2",
    8: "  printf 'TRACE:VAR:main:8:count=%d\\n' \"$count\" >&2",
    10: "    printf 'TRACE:BRANCH:main:9:longest=%d\\n' \"$longest\" >&2",
    12: 'printf \'TRACE:OUT:main:13:count=%d; longest=%d\\n\' "$count" "$longest" >&2',
}
SHELL_SCRIPT = """#!/bin/bash
# Lines of different lengths.
bash source.sh 2> trace1.txt << 'EOF'
one
three
of
EOF
# Empty lines do not count.
printf 'ab\\n\\n\\nabcdef\\n' | bash source.sh 2> trace2.txt
# Nothing at all.
bash source.sh < /dev/null 2> trace3.txt
"""
C = """#include <stdio.h>
#include <stdlib.h>

static int divisors(int number)
{
    int found = 0;
    for (int i = 1; i <= number; i++) {
        if (number % i == 0) {
            found++;
        }
    }
    return found;
}

int main(int count, char **words)
{
    for (int i = 1; i < count; i++) {
        int number = atoi(words[i]);
        if (number <= 0) {
            printf("%s: no\\n", words[i]);
            continue;
        }
        printf("%d: %d\\n", number, divisors(number));
    }
    return count < 2;
}
"""
C_POINTS = {
    6: '    fprintf(stderr, "TRACE:IN:divisors:4:number=%d\\n", number);',
    9: '            fprintf(stderr, "TRACE:BRANCH:divisors:8:i=%d; found=%d\\n", i, found);',
    11: '    fprintf(stderr, "TRACE:OUT:divisors:12:found=%d\\n", found);',
    18: '        fprintf(stderr, "TRACE:LOOP:main:17:i=%d; number=%d\\n", i, number);',
    19: '            fprintf(stderr, "TRACE:ERR:main:19:number=%d\\n", number);',
}
C_SCRIPT = """#!/bin/bash
# Numbers with few and with many divisors.
./main 7 12 2> trace1.txt
# What is no number.
./main x 4 -3 2> trace2.txt
# One that is a square.
./main 9 1 2> trace3.txt
"""
PROGRAMS: Mapping[str, tuple[str, dict[int, str], str]] = {
    "Python": (PYTHON, PYTHON_POINTS, PYTHON_SCRIPT),
    "Shell": (SHELL, SHELL_POINTS, SHELL_SCRIPT),
    "C": (C, C_POINTS, C_SCRIPT),
}


def with_points(text: str, points: Mapping[int, str]) -> str:
    """The text with a line after each of these lines."""
    lines = text.split("\n")
    return "\n".join(
        part for number, line in enumerate(lines, 1) for part in (line, *([points[number]] if number in points else []))
    )


SHOWN = with_points(PYTHON, PYTHON_POINTS)


def said(source: str, script: str) -> str:
    """The answer of a model."""
    return f"<source>\n```\n{source.rstrip()}\n```\n</source>\n<run_sh>\n```bash\n{script.rstrip()}\n```\n</run_sh>"


def answered(files, *answers: str) -> Answers:
    """All answers of a model to these files: the same again where it is asked again."""
    known = {}
    for file, answer in zip(files, answers, strict=True):
        known |= drive(INSTRUMENTED, file, lambda _, answer=answer: answer)[1].known
    return Answers("m", "r", known, more_room=0.0)


def rows_of(files):
    """The files as a frame of `curated_files`."""
    names = ("blob_id", "language", "text", "occurrences", "license", "near_duplicate_cluster", "edits")
    occurrence = pl.Struct(
        {
            "corpus": pl.String,
            "repo_name": pl.String,
            "path": pl.String,
            "licenses": pl.List(pl.String),
            "license_type": pl.String,
        }
    )
    rows = [{name: getattr(file, name) for name in names} | {"held_out": False} for file in files]
    return pl.DataFrame(rows, schema_overrides={"occurrences": pl.List(occurrence), "edits": pl.List(pl.Null)})


def reason_of(file, source=SHOWN, script=PYTHON_SCRIPT):
    """Why an answer is refused."""
    [draft] = programs_of([file], answered([file], said(source, script)))
    assert isinstance(draft.plan, Left)
    return draft.plan.reason


def program(file, source, script):
    """The program of an answer that is one."""
    [draft] = programs_of([file], answered([file], said(source, script)))
    assert isinstance(draft.plan, Given), draft.plan
    return draft.plan


@pytest.mark.parametrize("language", PROGRAMS)
def test_a_program_that_a_model_instrumented_becomes_a_trace(curated, sandbox, language):
    """Its source and script are recorded as they came, in the name of the model, and samples say who wrote them."""
    text, points, script = PROGRAMS[language]
    file = curated(text, language)
    source = with_points(text, points)
    answers = answered([file], said(source, script))
    drafts = programs_of([file], answers)
    assert [draft.plan for draft in drafts] == [Given(source, script, "m@r")]
    wrote = recorded(rows_of([file]), drafts, sandbox, Tracing())
    assert (wrote.programs, wrote.rejected.height) == (1, 0)
    (row,) = wrote.traces.iter_rows(named=True)
    assert (row["source_files"][0]["text"], row["run_sh"]) == (source, script)
    assert (row["instrumenter"], row["harness"]) == ("given/1 by m@r", "given/1 x3")
    assert len(row["trace_files"]) == 3
    assert all(read_events(one["text"]) for one in row["trace_files"][:2])
    samples, _ = code_trace.samples(wrote.traces, answers=answers, requests=wrote.requests)
    assert "trace" in samples["kind"].to_list()
    assert set(samples["model"]) == {"m@r"}
    assert set(samples["request_sha256"]) == {drafts[0].request_sha256}


def test_programs_that_do_not_hold_are_rejected_with_their_answer(curated, sandbox):
    """Programs that print more, end otherwise or differ each time, and answers that are none, become rejected rows."""
    files = [curated(f"{PYTHON}# {number}\n") for number in range(5)]
    shown = [with_points(file.text, PYTHON_POINTS) for file in files]
    answers = answered(
        files,
        said(shown[0].replace("    steps = 0\n", "    steps = 0\n    print(n)\n"), PYTHON_SCRIPT),
        said(shown[1].replace("length={len(word)}", "at={set(sys.argv + ['red', 'blue'])}"), PYTHON_SCRIPT),
        said(shown[2], "echo no"),
        said(shown[3], PYTHON_SCRIPT),
        said(f"{shown[4]}sys.exit(3)\n", PYTHON_SCRIPT),
    )
    drafts = programs_of(files, answers)
    wrote = recorded(rows_of(files), drafts, sandbox, Tracing())
    assert wrote.programs == 5
    assert wrote.traces["blob_id"].to_list() == [files[3].blob_id]
    rows = {row["blob_id"]: row for row in wrote.rejected.iter_rows(named=True)}
    assert {blob_id: row["request_sha256"] for blob_id, row in rows.items()} == {
        draft.file.blob_id: draft.request_sha256 for draft in drafts if draft.file is not files[3]
    }
    assert [rows[files[number].blob_id]["reasons"] for number in (0, 1, 2, 4)] == [
        ["changed behaviour"],
        ["nondeterministic"],
        [made.NO_TRACES],
        ["changed behaviour"],
    ]


def test_a_program_of_the_settings_is_dropped_as_before(curated, sandbox):
    """What a person handed in stands in place of ours, kept or not."""
    file = curated(PYTHON)
    made_of = record(rows_of([file]), sandbox, Tracing(), {file.blob_id: Given(SHOWN, "echo no\n")})
    assert made_of.traces.is_empty()
    assert made_of.outcomes["reasons"].to_list() == [["cannot be instrumented"]]


def test_without_a_sandbox_nothing_given_is_lost(curated):
    """Every file has its outcome where no program can be run."""
    files = [curated(PYTHON), curated(f"{PYTHON}# 2\n")]
    given = {files[0].blob_id: Given(SHOWN, PYTHON_SCRIPT), files[1].blob_id: Given(SHOWN, PYTHON_SCRIPT, "m")}
    made_of = record(rows_of(files), None, Tracing(), given)
    assert made_of.outcomes["reasons"].to_list() == [["no sandbox"]] * 2


@pytest.mark.parametrize(
    ("source", "script", "reason"),
    [
        (SHOWN.replace("3 * n + 1", "n * 3 + 1"), PYTHON_SCRIPT, made.NOT_INSERTED),
        (SHOWN.replace("    return steps\n", ""), PYTHON_SCRIPT, made.NOT_INSERTED),
        (with_points(PYTHON, {4: PYTHON_POINTS[4]}), PYTHON_SCRIPT, made.FEW_POINTS),
        (SHOWN.replace("length={len(word)}", "at={id(word)}"), PYTHON_SCRIPT, made.UNSTEADY),
        (SHOWN.replace("length={len(word)}", "at={time.time()}"), PYTHON_SCRIPT, made.UNSTEADY),
        (SHOWN, PYTHON_SCRIPT.replace("trace2", "trace4"), made.NO_TRACES),
        (SHOWN, PYTHON_SCRIPT.replace("trace1", "trace0"), made.NO_TRACES),
        (SHOWN, PYTHON_SCRIPT.replace("trace1", "x").replace("trace2", "trace1").replace("x.txt", "trace2.txt"), made.NO_TRACES),
        (SHOWN, PYTHON_SCRIPT + "".join(f"python3 source.py {n} 2> trace{n}.txt\n" for n in (4, 5, 6)), made.NO_TRACES),
        (SHOWN, "python3 source.py 4 2> trace1.txt\npython3 source.py 5 2> trace2.txt\n", made.FEW_TESTS),
        (SHOWN, PYTHON_SCRIPT.replace("python3 source.py 5", "python3 main.py 5"), made.NOT_STARTED),
        (SHOWN, PYTHON_SCRIPT.replace("5 3", "8 6"), made.SAME_TESTS),
        (SHOWN, PYTHON_SCRIPT.replace("5 3", "$RANDOM"), made.NOT_FIXED),
        (SHOWN, PYTHON_SCRIPT.replace("5 3", "$(date +%s)"), made.NOT_FIXED),
        (SHOWN, "env A=1 true\n" + PYTHON_SCRIPT, made.NOT_FIXED),
        (SHOWN, "f=$(mktemp)\n" + PYTHON_SCRIPT, made.NOT_FIXED),
        (SHOWN, PYTHON_SCRIPT.replace("5 3", "${HOME}"), made.NOT_FIXED),
    ],
)  # fmt: skip
def test_what_can_be_seen_to_be_wrong_is_refused_unrun(curated, source, script, reason):
    """A changed line, few points, and scripts that cannot be right: each after one complaint."""
    assert reason_of(curated(PYTHON), source, script) == reason


def test_a_script_that_builds_is_refused(curated):
    """The sandbox has built the program; a compiler is not there to be called again."""
    text, points, script = PROGRAMS["C"]
    built = script.replace("#!/bin/bash\n", "#!/bin/bash\ngcc -o main source.c\n")
    assert reason_of(curated(text, "C"), with_points(text, points), built) == made.BUILDS


@pytest.mark.parametrize(
    "script",
    [
        PYTHON_SCRIPT.replace("# Odd numbers.", "# Odd numbers, as of the date of $RANDOM."),
        PYTHON_SCRIPT.replace("5 3", "--date 5 'update time'"),
        PYTHON_SCRIPT.replace("python3 source.py 5 3", "cat > f.txt << 'EOF'\nthe date\nEOF\npython3 source.py 5 3"),
    ],
)
def test_words_that_only_look_like_commands_are_let_be(curated, script):
    """A date in a comment, in an argument or in a file is no call of `date`."""
    file = curated(PYTHON)
    assert program(file, SHOWN, script).run_sh == script


@pytest.mark.parametrize("ends", ["", "\n", "\n\n\n"])
def test_white_space_that_a_code_block_loses_is_put_back(curated, ends):
    """Blanks at the ends of lines and empty lines around the file are those of the file, whatever the answer made of them."""
    text = "\n\n" + PYTHON.replace("steps = 0\n", "steps = 0   \n").rstrip("\n") + ends
    file = curated(text)
    source = program(file, SHOWN, PYTHON_SCRIPT).source
    assert source.startswith("\n\nimport sys\n")
    assert "steps = 0   \n" in source
    assert source.endswith(f"collatz(int(word))){ends}")


def test_lines_that_get_text_before_and_after_are_still_the_lines(curated):
    """A point above a line and one at its end are insertions, though no line of the place is as it was."""
    shown = SHOWN.replace(
        "        steps += 1\n",
        '        sys.stderr.write("TRACE:VAR:collatz:8:steps=%d\\n" % steps)\n        steps += 1; sys.stderr.write("")\n',
    )
    file = curated(PYTHON)
    assert program(file, shown, PYTHON_SCRIPT).source == shown


def test_what_is_asked_names_the_command_and_the_lines(curated):
    """The file comes first; the task says how the program is started, where functions stand, and how one writes to stderr."""
    for language, (text, points, script) in PROGRAMS.items():
        file = curated(text, language)
        _, _, (request,) = drive(INSTRUMENTED, file, lambda _, p=points, t=text, s=script: said(with_points(t, p), s))
        (_, prompt) = request.messages[1]
        assert prompt.index(text.strip()) < prompt.index("TRACE:<TYPE>:<FUNCTION>:<LINE>:<STATE>")
        assert {"Python": "`python3 source.py`", "Shell": "`bash source.sh`", "C": "`./main`"}[language] in prompt
        assert {"Python": "collatz 4", "Shell": ">&2", "C": "divisors 4, main 15"}[language] in prompt
        assert "3 to 5 tests" in prompt
        assert request.blob_id == file.blob_id


def test_what_is_asked_of_sql_says_how_arguments_are_bound(curated):
    """A script with parameters is told how to give them; one without gets one test."""
    table = "CREATE TABLE t (a TEXT, n INTEGER);\n" + "INSERT INTO t VALUES ('red', 1);\n" * 10
    for query, asked, not_asked in (
        ("SELECT n FROM t WHERE a = ?1;\n", '-cmd ".parameter set ?1', "one test"),
        ("SELECT n FROM t;\n", "with one test", ".parameter"),
    ):
        (request,) = INSTRUMENTED.next(curated(table + query, "SQL"), NO_ANSWERS)
        prompt = request.messages[1][1]
        assert asked in prompt
        assert not_asked not in prompt


def test_files_that_would_not_be_recorded_cost_no_answer(curated):
    """Libraries, documents, short files and files that do not fit into an answer are not asked about, and lose nothing by it."""
    library = PYTHON.split("\n\n\nfor", maxsplit=1)[0] + "\n\n" + "# more\n" * 10
    files = [
        curated(library),
        curated("# Title\n\ntext\n" * 10, "Markdown"),
        curated("print(1)\n"),
        curated(PYTHON + "# long\n" * 2_000),
    ]
    assert [one for file in files for one in INSTRUMENTED.next(file, NO_ANSWERS)] == []


def test_what_is_not_answered_is_pending_and_a_complaint_is_one_round(curated):
    """An answer without its parts is asked for once more, with what is missing; then it is refused."""
    file = curated(PYTHON)
    assert programs_of([file], NO_ANSWERS) == []
    assert len(list(INSTRUMENTED.next(file, NO_ANSWERS))) == 1
    drafts, _, requests = drive(INSTRUMENTED, file, lambda _: "I cannot do that.")
    assert (drafts[0].plan.reason, len(requests)) == (NO_SECTION, 2)
    assert "<run_sh>" in requests[1].messages[-1][1]
    cut = drive(INSTRUMENTED, file, lambda _: completion("<source>", None, "length"))[0]
    assert cut[0].plan.reason == "the answer was cut"
    assert [one.reasons for one in INSTRUMENTED.verify([*drafts, *cut], None)] == [
        (NO_SECTION,),
        ("the answer was cut",),
    ]
