"""Rows of `traces` that tests build by hand: a small program with its trace points, its script, and what it did.

Belongs here: the builder and one program. Does not: tests.
"""

from alchemy_assets import schema
from alchemy_assets.tracing.record import TRACE_POINT

OCCURRENCE = {"corpus": "local", "repo_name": "a/b", "path": "x.py", "licenses": ["MIT"], "license_type": None}
# Lines that begin with `+` are trace points. The others are the source.
BASKET = """\
+TRACE_LIMIT = 8  # events of one type that one place may write
import sys


def total(prices):
+    trace("IN", "total:4", prices=prices)
    owed = 0
    for price in prices:
+        trace("LOOP", "total:6", price=price)
        owed += price * 3
+        trace("VAR", "total:7", owed=owed, price=price)
        if owed > 40:
+            trace("BRANCH", "total:8", took="if", owed=owed)
            owed -= 5
        else:
+            trace("BRANCH", "total:10", took="else", owed=owed)
            owed += 1
    return owed


print("owed:", total([int(word) for word in sys.argv[1:]]))
"""
SCRIPT = """\
#!/usr/bin/env bash
# Run every test; the trace of test N goes to traceN.txt.

# Test 1
python3 source.py 7 9 2 2> trace1.txt < /dev/null

cat > input.txt << 'EOF'
# Test 2
x 2> trace2.txt
EOF

# Test 2
python3 source.py 2> trace2.txt << 'EOF'
4

5
EOF

# Test 3
printf '%s\\n' one | python3 source.py 1 2> trace3.txt
"""
TRACES = (
    """\
TRACE:IN:total:4:prices=[7, 9, 2]
TRACE:LOOP:total:6:price=7
TRACE:VAR:total:7:owed=21; price=7
TRACE:BRANCH:total:10:took="else"; owed=21
TRACE:LOOP:total:6:price=9
TRACE:VAR:total:7:owed=49; price=9
TRACE:BRANCH:total:8:took="if"; owed=49
TRACE:LOOP:total:6:price=2
TRACE:VAR:total:7:owed=50; price=2
TRACE:BRANCH:total:8:took="if"; owed=50
""",
    "TRACE:IN:total:4:prices=[]\n",
    """\
TRACE:IN:total:4:prices=[1]
TRACE:LOOP:total:6:price=1
TRACE:VAR:total:7:owed=3; price=1
TRACE:BRANCH:total:10:took="else"; owed=3
""",
)
OUTPUTS = ("owed: 45\n", "owed: 0\n", "owed: 4\n")


def files(names, texts):
    """A column of files."""
    return [{"name": name, "text": text} for name, text in zip(names, texts, strict=True)]


def recorded(
    blob="a" * 40, *, program=BASKET, script=SCRIPT, traces=TRACES, outputs=OUTPUTS, held_out=False, **changes
):
    """A row of `traces`."""
    edits, offset = [], 0
    for line in program.splitlines(keepends=True):
        if line.startswith("+"):
            edits.append({"start": offset, "end": offset, "replacement": line[1:], "kind": TRACE_POINT})
        else:
            offset += len(line.encode())
    shown = "".join(line.removeprefix("+") for line in program.splitlines(keepends=True))
    numbers = range(1, len(traces) + 1)
    return {
        "blob_id": blob,
        "language": "Python",
        "occurrences": [OCCURRENCE],
        "license": "MIT",
        "near_duplicate_cluster": "c",
        "held_out": held_out,
        "source_files": files(["source.py"], [shown]),
        "run_sh": script,
        "trace_files": files([f"trace{n}.txt" for n in numbers], traces),
        "outputs": None if outputs is None else files([f"output{n}.txt" for n in numbers], outputs),
        "inputs": ["no arguments"] * len(traces),
        "events": 15,
        "paths": 3,
        "difficulty": {"answer_lines": 9, "events": 9, "state_changes": 9, "dependency_depth": 5, "copied_share": 0.0},
        "toolchain": "CPython 3.11.2",
        "instrumenter": "python/1",
        "harness": "program/1 x3",
        "source_edits": edits,
        "source_sha256": "0" * 64,
    } | changes


def original(program=BASKET):
    """The program without its trace points."""
    return "".join(line for line in program.splitlines(keepends=True) if not line.startswith("+"))


def table(*rows):
    """The table of the rows."""
    return schema.frame_of(list(rows), schema.TRACES)


def blobs(count):
    """Blob ids that differ."""
    return [f"{number:040x}" for number in range(count)]
