"""Faults that are planted: of every family, in every language, and none that nobody would write."""

import textwrap
from pathlib import Path

import pytest

from alchemy_assets import syntax_tree
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.strategies.grounded.faults.change import FAULTS, SWAPPED_BRANCHES
from alchemy_assets.strategies.grounded.faults.mutants import mutants

CORPUS = Path(__file__).parents[2] / "examples" / "corpus"
RUNNING = [name for name, language in LANGUAGES.items() if language.runs]

# A loop that adds up in each language, and what it is got wrong to.
LOOPS = {
    "C": (
        "int f(int n) {\n  int t = 0;\n  for (int i = 0; i < n; i++) {\n    t += i;\n  }\n  return t;\n}\n",
        "i <= n",
    ),
    "CSharp": (
        (
            "class A {\n  static int F(int n) {\n    int t = 0;\n    for (int i = 0; i < n; i++) {\n      t += i;\n    }\n"
            "    return t;\n  }\n}\n"
        ),
        "i <= n",
    ),
    "Cpp": (
        "int f(int n) {\n  int t = 0;\n  for (int i = 0; i < n; i++) {\n    t += i;\n  }\n  return t;\n}\n",
        "i <= n",
    ),
    "Go": (
        "package p\n\nfunc f(n int) int {\n\tt := 0\n\tfor i := 0; i < n; i++ {\n\t\tt += i\n\t}\n\treturn t\n}\n",
        "i <= n",
    ),
    "Java": (
        (
            "class A {\n  static int f(int n) {\n    int t = 0;\n    for (int i = 0; i < n; i++) {\n      t += i;\n    }\n"
            "    return t;\n  }\n}\n"
        ),
        "i <= n",
    ),
    "JavaScript": (
        "function f(n) {\n  let t = 0;\n  for (let i = 0; i < n; i++) {\n    t += i;\n  }\n  return t;\n}\n",
        "i <= n",
    ),
    "PHP": (
        "<?php\nfunction f($n) {\n  $t = 0;\n  for ($i = 0; $i < $n; $i++) {\n    $t += $i;\n  }\n  return $t;\n}\n",
        "$i <= $n",
    ),
    "Python": (
        "def f(n):\n    t = 0\n    i = 0\n    while i < n:\n        t += i\n        i += 1\n    return t\n",
        "i <= n",
    ),
    "Ruby": ("def f(n)\n  t = 0\n  i = 0\n  while i < n\n    t += i\n    i += 1\n  end\n  t\nend\n", "i <= n"),
    "Rust": (
        "fn f(n: i32) -> i32 {\n    let mut t = 0;\n    for i in 0..n {\n        t += i;\n    }\n    t\n}\n",
        "0..=n",
    ),
    "SQL": ("SELECT a, SUM(b) FROM t WHERE a < 3 GROUP BY a ORDER BY a DESC;\n", "a <= 3"),
    "Shell": (
        'f() {\n  t=0\n  i=0\n  while [ "$i" -lt "$1" ]; do\n    t=$((t + i))\n    i=$((i + 1))\n  done\n  echo "$t"\n}\n',
        '"$i" -le "$1"',
    ),
    "Swift": (
        "func f(_ n: Int) -> Int {\n  var t = 0\n  for i in 0..<n {\n    t += i\n  }\n  return t\n}\n",
        "0...n",
    ),
    "TypeScript": (
        "function f(n: number): number {\n  let t = 0;\n  for (let i = 0; i < n; i++) {\n    t += i;\n  }\n  return t;\n}\n",
        "i <= n",
    ),
}


def made(language: str, text: str) -> set[tuple[str, str, str]]:
    """Fault, code before and code after of every mutant."""
    return {(one.fault, one.before, one.after) for one in mutants(language, textwrap.dedent(text))}


def faults(language: str, text: str) -> set[str]:
    """The faults of every mutant."""
    return {fault for fault, _, _ in made(language, text)}


@pytest.mark.parametrize("language", RUNNING)
def test_each_running_language_has_its_boundary_got_wrong(language):
    """In every language, the end of a loop (or of a condition) is among what is got wrong."""
    text, wrong = LOOPS[language]
    assert ("wrong boundary", wrong) in {(fault, after) for fault, _, after in made(language, text)}


@pytest.mark.parametrize("language", sorted(set(RUNNING) - {"SQL"}))
def test_each_language_but_sql_loses_an_update(language):
    """In every language, a sum is set where it should be added to."""
    assert "lost update" in faults(language, LOOPS[language][0])


@pytest.mark.parametrize("language", RUNNING)
def test_a_mutant_is_the_text_with_its_span_replaced(language):
    """The text of a mutant is the original with one span replaced, on the line that is said, and it parses."""
    source = LOOPS[language][0].encode()
    for one in mutants(language, source.decode()):
        assert one.text.encode() == source[: one.start] + one.replacement.encode() + source[one.end :]
        assert not syntax_tree.errors(syntax_tree.parse(language, one.text.encode()))
        assert one.fault in FAULTS
        assert one.text != source.decode()


def test_the_line_is_that_of_the_change():
    """Lines are counted from 1, and are those where the texts differ."""
    text = LOOPS["Python"][0]
    for one in mutants("Python", text):
        before, after = text.split("\n"), one.text.split("\n")
        first = next(at for at, (old, new) in enumerate(zip(before, after, strict=False), 1) if old != new)
        assert one.line == first


def test_the_line_of_a_long_expression_is_that_of_its_change():
    """What is the same before the change has lines of its own."""
    text = "class A {\n  static int f(int a, int b) {\n    return a > 0 &&\n      b > 0 ? a : b;\n  }\n}\n"
    assert {one.line for one in mutants("Java", text, most=30) if one.fault == SWAPPED_BRANCHES} == {4}


def test_code_is_quoted_with_the_blanks_that_it_has():
    """Only breaks of lines become blanks: two blanks within a text are two."""
    text = "def f(rows):\n    out = ''\n    for row in rows:\n        out += 'a  b' + row\n    return out\n"
    quoted = [one.before for one in mutants("Python", text) if "'a" in one.before]
    assert quoted
    assert all("'a  b'" in one for one in quoted)


def test_only_the_given_lines_are_changed():
    """Where lines are given, mutants are on these alone."""
    assert {one.line for one in mutants("Python", LOOPS["Python"][0], frozenset({4}))} == {4}
    assert not mutants("Python", LOOPS["Python"][0], frozenset({1}))


def test_mutants_are_the_same_each_time_and_not_too_many():
    """Two calls give the same, at most forty."""
    text = "\n".join(LOOPS["Python"][0].replace("f(", f"f{number}(") for number in range(30))
    assert mutants("Python", text) == mutants("Python", text)
    assert 30 < len(mutants("Python", text)) <= 40
    assert len(mutants("Python", text, most=5)) == 5


def test_first_come_different_faults():
    """The first mutants are of different faults, so that a few of them are a good choice."""
    few = mutants("Python", LOOPS["Python"][0])[:3]
    assert len({one.fault for one in few}) == 3


def test_the_function_around_is_named():
    """A mutant says which function it is in, and nothing outside of one."""
    found = mutants("Python", "limit = 0\n\ndef f(a, b):\n    return a < b\n")
    assert {(one.line, one.function) for one in found} == {(1, ""), (4, "f")}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("Python", "# if a < b: t += 1\n"),
        ("Python", "print('a < b and c + 1')\n"),
        ("Python", "def test_sum():\n    total = 0\n    for i in range(3):\n        total += i\n"),
        ("Python", "assert a < b\n"),
        ("Python", "self.assertTrue(a < b)\n"),
        ("Python", 'if __name__ == "__main__":\n    pass\n'),
        ("Python", "SIZE = 32 * 1024\n"),
        ("Python", "x = 'a' + b\n"),
        ("Python", "isinstance(slots, kind)\n"),
        ("C", "#define MAX(a, b) ((a) < (b))\n"),
        ("C", "#if A < 3\n#endif\n"),
        ("C", "int main(void) {\n  return 0;\n}\n"),
        ("Rust", "#[cfg(test)]\nmod tests {\n    fn f(a: i32) -> bool {\n        a < 3\n    }\n}\n"),
        ("Rust", "fn f(a: i32) {\n    assert!(a < 3);\n}\n"),
        ("Java", "class A {\n  java.util.List<String> names;\n}\n"),
        ("Go", 'package p\n\nimport "a"\n'),
        ("Rust", "fn f(xs: Xs) {\n    xs.push(1);\n}\n"),
        ("Rust", "fn f(x: Two) {\n    match x {\n        Two::Some(ref a, b) => g(a, b),\n    }\n}\n"),
        ("SQL", "CREATE TABLE t (a INTEGER DEFAULT 0, b TEXT NOT NULL);\n"),
        ("Shell", 'echo "a -lt b && c"\n'),
        ("Shell", "make || true\n"),
    ],
)
def test_text_declarations_and_tests_stay_as_they_are(language, text):
    """Comments, texts, checks and what the compiler reads are left alone; so is what nobody would get wrong."""
    assert made(language, text) == set()


@pytest.mark.parametrize(
    ("language", "text", "mutant"),
    [
        ("Python", "def f(a, b):\n    g(a, b)\n", ("swapped arguments", "g(a, b)", "g(b, a)")),
        ("Python", "def f(a, b):\n    return a - b\n", ("swapped operands", "a - b", "b - a")),
        ("Python", "y = a if b else c\n", ("swapped branches", "a if b else c", "c if b else a")),
        ("Python", "if not a:\n    b()\n", ("inverted condition", "not a", "a")),
        ("Python", "x = items[i + 1]\n", ("off by one", "i + 1", "i")),
        ("Python", "for i in range(1, n):\n    f(i)\n", ("off by one", "range(1, n)", "range(0, n)")),
        ("Python", "def f(a):\n    return g(a)\n", ("missing return", "return g(a)", "g(a)")),
        ("Python", "def f():\n    return True\n", ("wrong value returned", "return True", "return False")),
        ("Python", "x = min(a)\n", ("wrong function", "min(a)", "max(a)")),
        ("Python", "x = a // b\n", ("wrong operator", "a // b", "a / b")),
        (
            "Python",
            "class A:\n    def __init__(self, a):\n        self.a = a\n",
            ("shadowed name", "self.a = a", "a = a"),
        ),
        ("Ruby", "def f(a)\n  @a = a\nend\n", ("shadowed name", "@a = a", "a = a")),
        ("PHP", "<?php\nfunction f($a) {\n  $this->a = $a;\n}\n", ("shadowed name", "$this->a = $a", "$a = $a")),
        (
            "JavaScript",
            "function f() {\n  let t = 0;\n  if (g()) {\n    t = 3;\n  }\n  return t;\n}\n",
            ("shadowed name", "t = 3", "let t = 3"),
        ),
        (
            "C",
            "int f(int i, int j) {\n  return g[i][j];\n}\n",
            ("wrong variable", "g[i]", "g[j]"),
        ),
        (
            "SQL",
            "SELECT a FROM t LEFT JOIN u ON t.b = u.b;\n",
            ("wrong join", "LEFT JOIN u ON t.b = u.b", "JOIN u ON t.b = u.b"),
        ),
        ("SQL", "SELECT a FROM t ORDER BY a DESC;\n", ("wrong order", "DESC", "ASC")),
        ("SQL", "SELECT SUM(a) FROM t;\n", ("wrong aggregate", "SUM(a)", "AVG(a)")),
        ("SQL", "SELECT a FROM t WHERE a = b AND c = d;\n", ("missing condition", "a = b AND c = d", "a = b")),
        (
            "SQL",
            "SELECT a FROM t UNION SELECT a FROM u;\n",
            (
                "wrong handling of duplicates",
                "UNION",
                "UNION ALL",
            ),
        ),
        ("Shell", 'if [ -z "$a" ]; then\n  b\nfi\n', ("inverted condition", '-z "$a"', '-n "$a"')),
        ("Shell", 'f() {\n  g\n}\nf "$a" "$b"\n', ("swapped arguments", 'f "$a" "$b"', 'f "$b" "$a"')),
    ],
)
def test_what_is_got_wrong(language, text, mutant):
    """Each family of faults has its change."""
    assert mutant in made(language, text)


@pytest.mark.parametrize(
    ("language", "text", "fault", "changed"),
    [
        (
            "C",
            "int f(int a) {\n  switch (a) {\n  case 1:\n    g();\n    break;\n  default:\n    h();\n  }\n}\n",
            "missing break",
            "int f(int a) {\n  switch (a) {\n  case 1:\n    g();\n  default:\n    h();\n  }\n}\n",
        ),
        (
            "Python",
            "def f(n):\n    if n < 2:\n        return n\n    return f(n - 1) + 1\n",
            "missing early exit",
            "def f(n):\n    return f(n - 1) + 1\n",
        ),
        (
            "Python",
            "def f(xs):\n    for x in xs:\n        g(x)\n    return xs\n",
            "returned too early",
            "def f(xs):\n    for x in xs:\n        g(x)\n        return xs\n",
        ),
        (
            "JavaScript",
            "function f(xs) {\n  for (const x of xs) {\n    g(x);\n  }\n  return xs;\n}\n",
            "returned too early",
            "function f(xs) {\n  for (const x of xs) {\n    g(x);\n    return xs;\n  }\n}\n",
        ),
        (
            "Python",
            "if a:\n    b()\nelif c:\n    d()\nelse:\n    e()\n",
            "missing else",
            "if a:\n    b()\nif c:\n    d()\nelse:\n    e()\n",
        ),
        (
            "Java",
            "class A {\n  void f() {\n    if (a) {\n      b();\n    } else if (c) {\n      d();\n    }\n  }\n}\n",
            "missing else",
            "class A {\n  void f() {\n    if (a) {\n      b();\n    }\n    if (c) {\n      d();\n    }\n  }\n}\n",
        ),
        (
            "C",
            "void f(void) {\n  while (a) {\n    b();\n    n++;\n  }\n}\n",
            "lost update",
            "void f(void) {\n  while (a) {\n    b();\n  }\n}\n",
        ),
    ],
)
def test_statements_that_are_missing_or_misplaced(language, text, fault, changed):
    """Whole lines go, or move, and nothing else changes."""
    assert (fault, changed) in {(one.fault, one.text) for one in mutants(language, text)}


def test_arguments_of_different_types_are_not_swapped():
    """A typed language would refuse a value of another type."""
    text = "class A {\n  void f(int a, String b, int c) {\n    g(a, b);\n    h(a, c);\n  }\n}\n"
    swapped = {one.before for one in mutants("Java", text) if one.fault == "swapped arguments"}
    assert swapped == {"h(a, c)"}


def test_a_guard_whose_numbers_stand_nowhere_else_is_not_left_out():
    """Nobody could write such a line again from what the code does."""
    text = "def f(n):\n    if n > 4711:\n        return n\n    return n + 1\n"
    assert "missing early exit" not in faults("Python", text)
    assert "missing early exit" not in faults("Python", f"{text}\n\nLIMIT = 4711\n")
    assert "missing early exit" not in faults("Python", text.replace("n + 1", "n + 47110"))
    assert "missing early exit" in faults("Python", text.replace("n + 1", "n + 4711"))


def test_long_code_is_cut_around_the_difference():
    """A condition that fills a screen is not quoted whole, and stands in a line."""
    sums = (" + ".join(f"{side}_{number}" for number in range(20)) for side in ("left", "right"))
    found = made("Python", f"if ({') < ('.join(sums)}):\n    f()\n")
    (cut,) = ((before, after) for fault, before, after in found if fault == "wrong boundary")
    assert "< (right_0" in cut[0]
    assert "<= (right_0" in cut[1]
    assert all(len(code) < 90 and code.startswith("… ") and code.endswith(" …") for code in cut)


def test_code_that_was_left_out_is_told_alone():
    """Of a statement that is missing, the code before is that statement and nothing else."""
    text = "def f(n):\n    if n < 2:\n        return n\n    return f(n - 1) + 1\n"
    (one,) = (one for one in mutants("Python", text) if one.fault == "missing early exit")
    assert (one.before, one.after, one.line) == ("if n < 2: return n", "", 2)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="examples/corpus is not here")
def test_real_files_of_every_language_have_mutants():
    """Every program of the example corpus gives mutants that parse as well as it does."""
    suffixes = {language.suffixes[0]: name for name, language in LANGUAGES.items() if language.runs}
    found = set()
    for path in sorted((CORPUS / "ledger").rglob("*")):
        if path.suffix in suffixes:
            language, text = suffixes[path.suffix], path.read_text(encoding="utf-8")
            broken = syntax_tree.errors(syntax_tree.parse(language, text.encode()))
            for one in mutants(language, text):
                found.add(language)
                assert syntax_tree.errors(syntax_tree.parse(language, one.text.encode())) <= broken
    assert len(found) >= 10
