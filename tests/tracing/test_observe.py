"""What programs and functions do, seen through the real sandbox."""

import ast
import asyncio

import pytest

from alchemy_assets import schema
from alchemy_assets.settings import Tracing
from alchemy_assets.tracing.observed import CALLS, PROGRAM, Observed, observed_of
from alchemy_assets.tracing.reasons import Dropped, Reason
from alchemy_assets.tracing.record import record

HALVES = """import sys


def halves(n):
    turns = 0
    while n > 1:
        n //= 2
        turns += 1
    return turns


if __name__ == "__main__":
    n = int(sys.argv[1])
    if n < 5:
        print("too small")
        sys.exit(3)
    print(halves(n))
    print("done", file=sys.stderr)
"""
ONE_WAY = 'total = 0\nfor n in (3, 4):\n    total += n\nprint("total", total)\n'
LIBRARY = '''def clamp(value: int, low: int, high: int) -> int:
    """Keep a value between two bounds."""
    if low > high:
        raise ValueError("bounds are swapped")
    if value < low:
        return low
    if value > high:
        return high
    return value
'''
SHAKY = "import time\nprint(time.time())\n"
LIBC = """#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    int n = argc > 1 ? atoi(argv[1]) : 0;
    for (int i = 2; i <= n; i++) {
        if (n % i == 0) {
            printf("%d divides %d\\n", i, n);
        }
    }
    return n > 100 ? 1 : 0;
}
"""


@pytest.fixture(scope="module")
def seen(sandbox, curated):
    """What was seen of five files, by their text."""
    texts = [("Python", HALVES), ("Python", ONE_WAY), ("Python", LIBRARY), ("Python", SHAKY), ("C", LIBC)]
    frame = curated(*texts)
    table = record(frame, sandbox, Tracing()).observations
    schema.validate(table, schema.OBSERVATIONS, "observations")
    assert table["blob_id"].to_list() == sorted(frame["blob_id"])
    by_id = {row["blob_id"]: observed_of(row) for row in table.iter_rows(named=True)}
    return {row["text"]: by_id[row["blob_id"]] for row in frame.iter_rows(named=True)}


def changed(sandbox, observed, text):
    """What the tests do over a changed text."""
    (outcome,) = asyncio.run(sandbox.run_many([observed.run(text)]))
    return observed.results(outcome)


def test_tests_of_a_program_say_what_it_printed_and_how_it_ended(seen):
    """Each test has its command, its output, its standard error without trace lines, and its exit status."""
    observed = seen[HALVES]
    assert isinstance(observed, Observed)
    assert observed.harness == PROGRAM
    assert len(observed.ran) >= 2
    for ran in observed.ran:
        number = int(ran.test.arguments[0])
        assert ran.command == f"python3 source.py {number}"
        if number < 5:
            assert (ran.result.stdout, ran.result.exit_code) == ("too small\n", 3)
        else:
            assert ran.result.stdout == f"{number.bit_length() - 1}\n"
            assert ran.result.stderr == "done\n"


def test_reached_lines_are_those_that_ran(seen):
    """A test that never turns the loop does not reach its body, one that does reaches it; each line has a point."""
    observed = seen[HALVES]
    turned = [ran for ran in observed.ran if int(ran.test.arguments[0]) >= 5]
    still = [ran for ran in observed.ran if int(ran.test.arguments[0]) < 5]
    assert turned
    assert still
    assert all(7 in ran.reached for ran in turned)
    assert all(7 not in ran.reached for ran in still)
    assert observed.reached <= observed.points


def test_a_program_that_goes_one_way_is_seen_all_the_same(seen):
    """It is no trace worth reading, but what it prints is known."""
    observed = seen[ONE_WAY]
    assert [ran.result.stdout for ran in observed.ran] == ["total 7\n"]
    assert [ran.command for ran in observed.ran] == ["python3 source.py"]


def test_functions_of_a_library_are_seen_by_calls(seen):
    """A test of a library has the call as its driver says it, and what came of it."""
    observed = seen[LIBRARY]
    assert observed.harness == CALLS
    assert "driver.py" in observed.beside
    for ran in observed.ran:
        assert ran.test.label.startswith("clamp(")
        value, low, high = ast.literal_eval(ran.test.label.removeprefix("clamp"))
        if low <= high:
            assert ran.result.stdout.strip() == str(min(max(value, low), high))
    assert len({ran.result.stdout for ran in observed.ran}) > 1


def test_what_was_not_seen_says_why(seen):
    """A program that tells the time has the reason in its row."""
    assert isinstance(seen[SHAKY], Dropped)
    assert seen[SHAKY].reason is Reason.NONDETERMINISTIC


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [(HALVES, "turns += 1", "turns += 2"), (LIBC, "i <= n", "i < n"), (LIBRARY, "> high", ">= low")],
)
def test_a_changed_source_is_run_by_the_same_tests(seen, sandbox, text, old, new):
    """The original does the same again; a fault that its tests come to makes a difference."""
    observed = seen[text]
    assert observed.same(changed(sandbox, observed, text))
    faulty = changed(sandbox, observed, text.replace(old, new))
    assert faulty is not None
    assert not observed.same(faulty)


@pytest.mark.parametrize("text", ["int main( {", "int main() { for (;;) ; }"])
def test_what_is_not_built_or_does_not_end_has_no_results(seen, sandbox, text):
    """A source that does not compile, or runs into a limit, did not do the same."""
    observed = seen[LIBC]
    assert changed(sandbox, observed, text) is None
    assert not observed.same(None)
