"""Refactorings of one file a language: what is proposed, what is left alone, and that runs decide."""

import textwrap

import pytest

from alchemy_assets.curation.edits import edited
from alchemy_assets.generation.completions import NO_ANSWERS
from alchemy_assets.strategies.grounded.refactoring import (
    CHANGED,
    NOT_BUILT,
    NOTHING_RUNS,
    NOTHING_TO_DO,
    OTHER_GRAMMAR,
    REASONS,
    TOO_LONG,
    Refactoring,
)
from alchemy_assets.strategies.grounded.refactorings.extract_function import extractions
from alchemy_assets.strategies.grounded.refactorings.extract_variable import variables
from alchemy_assets.strategies.grounded.refactorings.guard import guards
from alchemy_assets.strategies.grounded.refactorings.inline import inlines
from alchemy_assets.strategies.grounded.refactorings.invert import swaps
from alchemy_assets.strategies.grounded.refactorings.move import moves
from alchemy_assets.strategies.grounded.refactorings.reading import read
from alchemy_assets.strategies.grounded.refactorings.rename import renames
from alchemy_assets.strategies.grounded.refactorings.rename_function import functions
from alchemy_assets.strategies.grounded.refactorings.sql_aliases import aliases
from alchemy_assets.strategies.strategy import Rejected, Verified
from alchemy_assets.tracing.reasons import Dropped, Reason
from tests.strategies.observations import ran, really_seen, seen

KIND = Refactoring()
SUFFIXES = {"TypeScript": ".ts"}


def changed(sort, language: str, text: str) -> list[str]:
    """The texts that a refactoring makes of a file all of whose lines are reached."""
    text = textwrap.dedent(text).lstrip("\n")
    lines = frozenset(range(1, text.count("\n") + 2))
    proposals = sort(read(language, text, SUFFIXES.get(language, ""), lines))
    return [edited(text, one.edits) for one in sorted(proposals, key=lambda one: -one.score)]


def stops(sort, language: str, text: str, old: str, new: str) -> None:
    """A text is refactored, and no longer is with another piece in it."""
    assert old in text
    assert changed(sort, language, text)
    assert not changed(sort, language, text.replace(old, new))


# A language, a function with a poor name, and the old and new name of what is renamed.
RENAMED = {
    "C": (
        (
            "struct node *walk(struct node *first, int cnt)\n{\n    while (cnt > 0 && first) {\n        first = first->next;\n"
            "        cnt--; /* cnt is what is left */\n    }\n    return first;\n}\n"
        ),
        "cnt",
        "count",
    ),
    "Cpp": (
        (
            "int total(const std::vector<Order>& orders) {\n  int sum = 0;\n  for (const auto& o : orders) {\n"
            "    sum += o.price * o.amount;\n  }\n  return sum;\n}\n"
        ),
        "o",
        "order",
    ),
    "CSharp": (
        (
            "class Shop\n{\n    int Total(List<Order> orders)\n    {\n        int sum = 0;\n        foreach (var o in orders)\n"
            '        {\n            sum += o.Price;\n            Console.WriteLine($"{o}");\n        }\n        return sum;\n    }\n}\n'
        ),
        "o",
        "order",
    ),
    "Go": (
        (
            "package shop\n\nfunc total(orders []Order) int {\n\tsum := 0\n\tfor _, o := range orders {\n\t\tsum += o.price * o.amount\n"
            "\t}\n\treturn sum\n}\n"
        ),
        "o",
        "order",
    ),
    "Java": (
        (
            "class Shop {\n    int total(List<Order> orders) {\n        int sum = 0;\n        for (Order o : orders) {\n"
            "            sum += o.price() * o.amount();\n        }\n        return sum;\n    }\n}\n"
        ),
        "o",
        "order",
    ),
    "JavaScript": (
        (
            "function list(orders) {\n  const found = [];\n  for (const o of orders) {\n    found.push({ price: o.price, o });\n  }\n"
            "  return found;\n}\n"
        ),
        "o",
        "order",
    ),
    "PHP": (
        (
            "<?php\n\nfunction total(array $orders): int\n{\n    $sum = 0;\n    foreach ($orders as $o) {\n        $sum += $o->price;\n"
            '        echo "now $o\\n";\n    }\n    return $sum;\n}\n'
        ),
        "$o",
        "$order",
    ),
    "Python": (
        (
            'def total(orders):\n    result = 0\n    for o in orders:\n        print(f"{o.name}")\n        result += o.price\n'
            "    return result\n"
        ),
        "o",
        "order",
    ),
    "Ruby": (
        'def total(orders)\n  sum = 0\n  orders.each do |o|\n    puts "#{o.name}"\n    sum += o.price\n  end\n  sum\nend\n',
        "o",
        "order",
    ),
    "Rust": (
        (
            "fn total(orders: &[Order]) -> u32 {\n    let mut sum = 0;\n    for o in orders.iter() {\n"
            '        println!("{o} {}", o.price);\n        sum += o.price;\n    }\n    sum\n}\n'
        ),
        "o",
        "order",
    ),
    "Shell": (
        'list() {\n  local cnt=0 name\n  for name in "$@"; do\n    cnt=$((cnt + 1))\n    echo "$cnt ${cnt} $name"\n  done\n}\n',
        "cnt",
        "count",
    ),
    "Swift": (
        (
            "func total(_ orders: [Order]) -> Int {\n    var sum = 0\n    for o in orders {\n        sum += o.price * o.amount\n"
            '        print("\\(o)")\n    }\n    return sum\n}\n'
        ),
        "o",
        "order",
    ),
    "TypeScript": (
        (
            "function total(orders: Order[]): number {\n  let sum = 0;\n  for (const o of orders) {\n    sum += o.price * o.amount;\n"
            "  }\n  return sum;\n}\n"
        ),
        "o",
        "order",
    ),
}


@pytest.mark.parametrize("language", RENAMED)
def test_a_variable_takes_the_name_that_the_code_has_for_it(language):
    """Every use of a poor name is renamed, in texts with places too, and members of the same name stay."""
    text, old, new = RENAMED[language]
    wanted = text
    for mark in "()[]{}<>,;:. \n&*+-/#|\"'$=!":
        for end in "()[]{}<>,;:. \n&*+-/#|\"'=!\\":
            wanted = wanted.replace(f"{mark}{old}{end}", f"{mark}{new}{end}")
    if language == "JavaScript":
        wanted = (
            wanted.replace("price, order }", "price, o: order }")
            .replace(", order }", ", o: order }")
            .replace("o: o:", "o:")
        )
    assert wanted in changed(renames, language, text)


PYTHON = """
def total(orders, rate):
    result = 0
    for o in orders:
        result += o.price * rate
        result -= o.rebate
    return result
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    result = 0\n", "    result = 0\n    order = orders[0].name\n"),
        ("    result = 0\n", "    result = len('%(o)s' % locals())\n"),
        ("    result = 0\n", "    result = 0\n    global o\n"),
        ("def total", "order = 3\n\n\ndef total"),
        ("def total", "o = 3\n\n\ndef total"),
        ("    result -= o.rebate\n", "    result -= getattr(rate, 'o')\n"),
        ("    for o in orders:\n", "    o = rate\n    for o in orders:\n"),
    ],
)
def test_a_name_that_may_mean_something_else_is_left(old, new):
    """The new name must be free, and the old one must belong to the function and not be read as text."""
    assert changed(renames, "Python", PYTHON)
    assert old in PYTHON
    assert not [text for text in changed(renames, "Python", PYTHON.replace(old, new)) if "for order in" in text]


def test_a_name_of_a_block_is_not_renamed_where_it_means_the_class():
    """In Java a loop variable hides a field of that name; uses outside of the loop are the field's."""
    text = RENAMED["Java"][0].replace("return sum;", "return sum + o.price();")
    assert not changed(renames, "Java", text)


def test_what_a_loop_runs_over_is_no_value_of_its_variable():
    """A loop over something whose name is no plural says nothing about one of its things."""
    text = RENAMED["CSharp"][0].replace("in orders", "in shop.ItemsOrdered")
    assert not changed(renames, "CSharp", text)


def test_parameters_that_callers_name_are_left():
    """A parameter that some call gives by its name keeps it."""
    text = "def scale(cnt):\n    print(cnt)\n    return cnt * cnt\n\n\nscale(3)\n"
    assert changed(renames, "Python", text)
    assert not changed(renames, "Python", text.replace("scale(3)", "scale(cnt=3)"))


def test_comments_speak_of_the_new_name():
    """What a comment says of the variable is said by its new name."""
    [text] = changed(renames, "Python", "def scale(cnt):\n    # cnt is small\n    print(cnt)\n    return cnt * cnt\n")
    assert "# count is small" in text


def test_an_alias_of_a_table_is_called_after_its_rows():
    """In SQL a short alias becomes the name of one row, in its query alone, if no column has the alias's name."""
    text = "select cu.name from customers cu where cu.id > 1;\nselect cu.id from houses cu where cu.id = 2;\n"
    first, second = aliases(text, "a.sql", frozenset({1, 2}))
    renamed = "select customer.name from customers customer where customer.id > 1;"
    assert edited(text, first.edits) == "\n".join([renamed, *text.split("\n")[1:]])
    assert second.values["new"] == "house"
    assert not list(aliases(text, "a.sql", frozenset({3})))
    assert len(list(aliases(text.replace("cu.name", "cu.name, cu"), "a.sql", frozenset({1, 2})))) == 1


# A language, an if-else that is negated, and the same the other way round.
SWAPPED = {
    "C": (
        'void f(int x)\n{\n    if (x != 0) {\n        puts("a");\n    } else {\n        puts("b");\n    }\n}\n',
        'void f(int x)\n{\n    if (x == 0) {\n        puts("b");\n    } else {\n        puts("a");\n    }\n}\n',
    ),
    "Cpp": (
        "void f(bool x) {\n  if (!x) {\n    a();\n  } else {\n    b();\n  }\n}\n",
        "void f(bool x) {\n  if (x) {\n    b();\n  } else {\n    a();\n  }\n}\n",
    ),
    "CSharp": (
        "class A { void F(bool x) {\n  if (!x) {\n    A();\n  } else {\n    B();\n  }\n} }\n",
        "class A { void F(bool x) {\n  if (x) {\n    B();\n  } else {\n    A();\n  }\n} }\n",
    ),
    "Go": (
        "package p\n\nfunc f(x *int) {\n\tif x != nil {\n\t\ta()\n\t} else {\n\t\tb()\n\t}\n}\n",
        "package p\n\nfunc f(x *int) {\n\tif x == nil {\n\t\tb()\n\t} else {\n\t\ta()\n\t}\n}\n",
    ),
    "Java": (
        "class A { void f(String x) {\n  if (!x.isEmpty()) {\n    a();\n  } else {\n    b();\n  }\n} }\n",
        "class A { void f(String x) {\n  if (x.isEmpty()) {\n    b();\n  } else {\n    a();\n  }\n} }\n",
    ),
    "JavaScript": (
        "function f(x) {\n  if (x !== 1) {\n    a();\n  } else {\n    b();\n  }\n}\n",
        "function f(x) {\n  if (x === 1) {\n    b();\n  } else {\n    a();\n  }\n}\n",
    ),
    "PHP": (
        "<?php\nfunction f($x)\n{\n    if (!isset($x['a'])) {\n        a();\n    } else {\n        b();\n    }\n}\n",
        "<?php\nfunction f($x)\n{\n    if (isset($x['a'])) {\n        b();\n    } else {\n        a();\n    }\n}\n",
    ),
    "Python": (
        "def f(x):\n    if x not in (1, 2):\n        a()\n    else:\n        # all is well\n        b()\n".replace(
            "        # all is well\n", ""
        ),
        "def f(x):\n    if x in (1, 2):\n        b()\n    else:\n        a()\n",
    ),
    "Ruby": (
        "def f(x)\n  if !x.nil?\n    a\n  else\n    b\n  end\nend\n",
        "def f(x)\n  if x.nil?\n    b\n  else\n    a\n  end\nend\n",
    ),
    "Rust": (
        "fn f(x: &str) {\n    if !x.is_empty() {\n        a();\n    } else {\n        b();\n    }\n}\n",
        "fn f(x: &str) {\n    if x.is_empty() {\n        b();\n    } else {\n        a();\n    }\n}\n",
    ),
    "Shell": (
        'f() {\n  if [ "$1" != go ]; then\n    a\n  else\n    b\n  fi\n}\n',
        'f() {\n  if [ "$1" = go ]; then\n    b\n  else\n    a\n  fi\n}\n',
    ),
    "Swift": (
        "func f(_ x: String) {\n    if !x.isEmpty {\n        a()\n    } else {\n        b()\n    }\n}\n",
        "func f(_ x: String) {\n    if x.isEmpty {\n        b()\n    } else {\n        a()\n    }\n}\n",
    ),
    "TypeScript": (
        "function f(x: boolean) {\n  if (!x) {\n    a();\n  } else {\n    b();\n  }\n}\n",
        "function f(x: boolean) {\n  if (x) {\n    b();\n  } else {\n    a();\n  }\n}\n",
    ),
}


@pytest.mark.parametrize("language", SWAPPED)
def test_a_negated_if_else_is_turned_round(language):
    """The negation goes and the arms change places; all else is as it was."""
    before, after = SWAPPED[language]
    assert changed(swaps, language, before) == [after]


@pytest.mark.parametrize(
    "condition",
    ["x < y", "x == 1 or y == 2 or x == 3", "(x := y) is not None", "x", "x == 1"],
)
def test_what_has_no_plain_opposite_or_gains_nothing_is_left(condition):
    """Numbers may be no numbers, long conditions get longer, and a positive condition stays."""
    text = f"def f(x, y):\n    if {condition}:\n        a()\n    else:\n        b()\n"
    assert not changed(swaps, "Python", text)


def test_a_length_is_nothing_or_more():
    """The opposite of a length above 0 is 0."""
    text = (
        "def f(lines):\n    for line in lines:\n        if len(line) > 0:\n            a(line)\n            b(line)\n"
    )
    assert "if len(line) == 0:" in changed(guards, "Python", text)[0]
    assert "if len(line) <= 1:" in changed(guards, "Python", text.replace("> 0", "> 1"))[0]


def test_an_else_if_is_left():
    """An arm of a longer chain stays where it is."""
    text = "def f(x):\n    if x != 1:\n        a()\n    elif x:\n        c()\n    else:\n        b()\n"
    assert not changed(swaps, "Python", text)


# A language, a nested if, and the guard clause.
GUARDED = {
    "C": (
        "void f(int x)\n{\n    if (x != 0) {\n        a();\n        b();\n        c();\n    }\n}\n",
        "void f(int x)\n{\n    if (x == 0) {\n        return;\n    }\n\n    a();\n    b();\n    c();\n}\n",
    ),
    "CSharp": (
        (
            "class A\n{\n    void F(bool x)\n    {\n        if (x)\n        {\n            A();\n            B();\n            C();\n        }\n"
            "    }\n}\n"
        ),
        (
            "class A\n{\n    void F(bool x)\n    {\n        if (!x)\n        {\n            return;\n        }\n\n        A();\n        B();\n"
            "        C();\n    }\n}\n"
        ),
    ),
    "Go": (
        "package p\n\nfunc f(xs []int) {\n\tfor _, x := range xs {\n\t\tif x == 3 {\n\t\t\ta()\n\t\t\tb()\n\t\t\tc()\n\t\t}\n\t}\n}\n",
        (
            "package p\n\nfunc f(xs []int) {\n\tfor _, x := range xs {\n\t\tif x != 3 {\n\t\t\tcontinue\n\t\t}\n\n\t\ta()\n\t\tb()\n"
            "\t\tc()\n\t}\n}\n"
        ),
    ),
    "JavaScript": (
        "function f(x) {\n  if (x) {\n    a();\n    b();\n    return c();\n  }\n  return null;\n}\n",
        "function f(x) {\n  if (!x) {\n    return null;\n  }\n\n  a();\n  b();\n  return c();\n}\n",
    ),
    "Python": (
        "def f(x):\n    if x is not None:\n        a()\n        # then\n        b()\n        return c()\n    return None\n",
        "def f(x):\n    if x is None:\n        return None\n\n    a()\n    # then\n    b()\n    return c()\n",
    ),
    "Ruby": (
        "def f(x)\n  if x\n    a\n    b\n    c\n  end\nend\n",
        "def f(x)\n  return unless x\n\n  a\n  b\n  c\nend\n",
    ),
    "Rust": (
        "fn f(x: Option<u8>) {\n    if let Some(y) = x {\n        a();\n        b();\n        c(y);\n    }\n}\n",
        "fn f(x: Option<u8>) {\n    let Some(y) = x else {\n        return;\n    };\n\n    a();\n    b();\n    c(y);\n}\n",
    ),
    "Shell": (
        'f() {\n  for x in 1 2; do\n    if [ -n "$x" ]; then\n      a\n      b\n      c\n    fi\n  done\n}\n',
        'f() {\n  for x in 1 2; do\n    [ -n "$x" ] || continue\n\n    a\n    b\n    c\n  done\n}\n',
    ),
    "Swift": (
        "func f(_ x: Int?) {\n    if let y = x {\n        a()\n        b()\n        c(y)\n    }\n}\n",
        "func f(_ x: Int?) {\n    guard let y = x else {\n        return\n    }\n\n    a()\n    b()\n    c(y)\n}\n",
    ),
}


@pytest.mark.parametrize("language", GUARDED)
def test_a_nested_if_becomes_a_guard_clause(language):
    """The guard leaves early in the way of its language, and what was nested moves left."""
    before, after = GUARDED[language]
    assert changed(guards, language, before) == [after]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    }\n}", "    }\n    d();\n}"),
        ("void f", "int f"),
        ("        a();", "        int y = 1;\n        a();"),
    ],
)
def test_an_if_that_more_comes_after_is_no_guard(old, new):
    """Something behind the if, a value to give, or a name that is there twice: no guard clause."""
    text = GUARDED["C"][0].replace("{\n    if", "{\n    { int y = 2; d(y); }\n    if")
    assert changed(guards, "C", text)
    assert not changed(guards, "C", text.replace(old, new, 1))


def test_an_arm_that_reports_and_returns_is_a_guard_already():
    """An exception of two lines that returns stays in its if; work of three lines that returns does not."""
    text = GUARDED["Python"][0].replace("        # then\n", "")
    stops(guards, "Python", text, "        b()\n", "")


def code(text: str) -> str:
    """The code of a turn."""
    return text.split("```")[1].split("\n", 1)[1].rstrip("\n")


PROGRAM = """
import sys


def total(orders):
    result = 0
    for o in orders:
        if o != "x":
            result += int(o)
        else:
            result += 1
    return result


if __name__ == "__main__":
    print(total(sys.argv[1:] or ["1", "2", "x"]))
""".lstrip("\n")


def test_a_refactoring_holds_by_the_files_own_tests(curated, sandbox):
    """A real program is refactored and run again; the samples say so, and the question holds the whole file."""
    [file] = really_seen([curated(PROGRAM)], sandbox)
    drafts = list(KIND.next(file, NO_ANSWERS))
    samples = KIND.verify(drafts, sandbox)
    assert {one.draft.plan.proposal.refactoring for one in samples} == {"rename", "swap"}
    for one in samples:
        assert isinstance(one, Verified), one
        assert one.verified["behaves_as_source"]
        assert code(one.messages[0][1]) == PROGRAM.rstrip("\n")


def test_what_does_something_else_or_does_not_run_is_rejected(curated, sandbox):
    """A change that changes the output, and one that is no program, are rejected with their reasons."""
    [file] = really_seen([curated(PROGRAM)], sandbox)
    draft = next(iter(KIND.next(file, NO_ANSWERS)))
    reasons = []
    for text in (PROGRAM.replace("+= 1", "+= 2"), PROGRAM.replace("def total", "def total total")):
        object.__setattr__(draft.plan, "text", text)
        [one] = KIND.verify([draft], sandbox)
        assert isinstance(one, Rejected)
        reasons += one.reasons
    assert reasons in ([CHANGED, CHANGED], [CHANGED, NOT_BUILT])


@pytest.mark.parametrize(
    ("text", "language", "reason"),
    [
        ("print(1)\n", "Python", NOTHING_TO_DO),
        (PROGRAM + "# much to say\n" * 3_000, "Python", TOO_LONG),
        ("select 1;\n", "SQL", NOTHING_TO_DO),
        ("# A title\n", "Markdown", OTHER_GRAMMAR),
        (PROGRAM, "Python", NOTHING_RUNS),
    ],
)
def test_what_is_not_made_says_why(curated, text, language, reason):
    """A file without a sample is a rejected draft with a reason of the closed set."""
    file = seen(curated(text, language), ran("1\n", "TRACE:IN:total:4:\nTRACE:LOOP:total:6:\n"))
    judged = KIND.verify(list(KIND.next(file, NO_ANSWERS)), None)
    assert {one.reasons for one in judged} == {(reason,)}
    assert reason in REASONS


def test_lines_that_no_test_comes_to_are_left(curated):
    """Where no test comes to a changed line the runs would prove nothing."""
    file = seen(curated(PROGRAM), ran("1\n", "TRACE:IN:main:15:\n"))
    assert [one.plan.reason for one in KIND.next(file, NO_ANSWERS)] == [NOTHING_TO_DO]


def test_nothing_seen_is_said(curated):
    """A file whose program nobody could run keeps the reason for that."""
    file = curated(PROGRAM)
    object.__setattr__(file, "observed", Dropped(Reason.NEEDS_LIBRARY, "numpy"))
    [draft] = KIND.next(file, NO_ANSWERS)
    assert (draft.plan.reason, draft.plan.detail) == (Reason.NEEDS_LIBRARY, "numpy")


# A language, a function with a step under a comment, and the same with the step in a function.
EXTRACTED = {
    "Python": (
        (
            "def report(orders):\n    print('start')\n    # Count the open orders\n    total = 0\n    for order in orders:\n"
            "        if order:\n            total += 1\n\n    print(total)\n    print('end')\n"
        ),
        (
            'def count_open_orders(orders):\n    """Count the open orders."""\n    total = 0\n    for order in orders:\n'
            "        if order:\n            total += 1\n    return total\n\n\ndef report(orders):\n    print('start')\n"
            "    total = count_open_orders(orders)\n\n    print(total)\n    print('end')\n"
        ),
    ),
    "JavaScript": (
        (
            "function report(orders) {\n  log('start');\n  // Print the open orders\n  for (const order of orders) {\n"
            "    if (order) {\n      log(order);\n    }\n  }\n\n  log('one');\n  log('end');\n}\n"
        ),
        (
            "// Print the open orders\nfunction printOpenOrders(orders) {\n  for (const order of orders) {\n    if (order) {\n"
            "      log(order);\n    }\n  }\n}\n\nfunction report(orders) {\n  log('start');\n  printOpenOrders(orders);\n\n"
            "  log('one');\n  log('end');\n}\n"
        ),
    ),
    "Java": (
        (
            "class A {\n    static void report(int[] orders) {\n        start();\n        // Print the orders\n"
            "        for (int order : orders) {\n            if (order > 0) {\n                log(order);\n            }\n"
            "        }\n\n        end();\n        close();\n    }\n}\n"
        ),
        (
            "class A {\n    static void report(int[] orders) {\n        start();\n        printOrders(orders);\n\n        end();\n"
            "        close();\n    }\n\n    /** Print the orders. */\n    private static void printOrders(int[] orders) {\n"
            "        for (int order : orders) {\n            if (order > 0) {\n                log(order);\n            }\n"
            "        }\n    }\n}\n"
        ),
    ),
}


@pytest.mark.parametrize("language", EXTRACTED)
def test_a_step_under_a_comment_becomes_a_function(language):
    """The function takes what it needs, gives what is used later, and is called after the comment."""
    before, after = EXTRACTED[language]
    assert changed(extractions, language, before) == [after]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("            total += 1", "            return 1"),
        ("Count the open orders", "the open orders of today"),
        ("    total = 0\n", "    print('first')\n    total = 0\n"),
        ("    print(total)\n", "    print(total, order)\n"),
        ("def report", "def count_open_orders():\n    pass\n\n\ndef report"),
    ],
)
def test_what_is_no_step_of_its_own_is_not_extracted(old, new):
    """No return inside, a comment that says what is done, one step, one value at most, and a name that is free."""
    text = EXTRACTED["Python"][0]
    assert old in text
    assert not changed(extractions, "Python", text.replace(old, new))


INLINED = "def total(orders):\n    result = sum(orders)\n    return result\n"


def test_a_variable_that_is_only_returned_is_inlined():
    """What the next statement returns needs no name."""
    assert changed(inlines, "Python", INLINED) == ["def total(orders):\n    return sum(orders)\n"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    return result\n", "    print(orders)\n    return result\n"),
        ("    return result\n", "    return result + 1\n"),
        ("    return result\n", "    return result, result\n"),
        ("    return result\n", "    # the sum\n    return result\n"),
    ],
)
def test_a_variable_that_is_more_than_a_step_is_kept(old, new):
    """Something between, an operator, a second use or a comment: the variable stays."""
    assert not changed(inlines, "Python", INLINED.replace(old, new))


REPEATED = """
def show(options):
    if options.verbose_mode == 1:
        print(options.verbose_mode)
    return options.verbose_mode
"""


def test_a_repeated_expression_gets_a_name():
    """What is looked up three times is looked up once, by its own name."""
    [text] = changed(variables, "Python", REPEATED)
    assert text == (
        "def show(options):\n    verbose_mode = options.verbose_mode\n    if verbose_mode == 1:\n        print(verbose_mode)\n"
        "    return verbose_mode\n"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("        print(", "        options.verbose_mode = 2\n        print("),
        ("        print(", "        options.update()\n        print("),
        ("        print(", "        change(options)\n        print("),
        ("        print(", "        options = other\n        print("),
        ("if options.verbose_mode", "while options.verbose_mode"),
        ("if options.verbose_mode", "if options and options.verbose_mode"),
    ],
)
def test_what_may_change_between_is_looked_up_again(old, new):
    """An assignment, a method, a call with the object, or a use that may not come: no name."""
    assert not changed(variables, "Python", REPEATED.replace(old, new, 1))


def test_a_function_is_renamed_with_its_calls():
    """A name that is cut short is written out, in the definition, the calls and the comments."""
    text = "# calc_total is slow.\ndef calc_total(rows):\n    return sum(rows)\n\n\nprint(calc_total([1]))\n"
    assert changed(functions, "Python", text) == [text.replace("calc_total", "calculate_total")]
    assert not changed(functions, "Python", text + "print('calc_total')\n")
    assert not changed(functions, "JavaScript", "export function calcTotal(a) {\n  return a;\n}\ncalcTotal(1);\n")


def test_a_helper_is_moved_to_its_only_caller():
    """Past other definitions, a helper goes directly above the one that calls it."""
    helper = "def helper(x):\n    return x + 1\n"
    others = "def other(x):\n    print(x)\n    print(x)\n    return x\n"
    caller = "def caller(x):\n    return helper(x)\n"
    text = f"import sys\n\n\n{helper}\n\n{others}\n\n{caller}"
    assert changed(moves, "Python", text) == [f"import sys\n\n\n{others}\n\n{helper}\n\n{caller}"]
    assert not changed(moves, "Python", text.replace("print(x)", "print(helper(x))"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("left", "cnt_left"),
        ('print("done")', 'print("cnt: done")'),
        ("left", "cnt2"),
        ("left", "newcnt"),
    ],
)
def test_a_name_that_others_go_with_is_left(old, new):
    """A short form stays where another name has it too, a text speaks of it, or it is one of a numbered row."""
    text = (
        'def walk(first, cnt):\n    left = cnt\n    while left:\n        left -= 1\n    print("done")\n    return cnt\n'
    )
    stops(renames, "Python", text, old, new)


def test_a_style_is_not_mended_for_one_of_two():
    """A name in snake case stays beside another one, and a formatter of Rust is called `f`."""
    text = """
        function f(firstOne, secondOne, thirdOne, fourthOne) {
            let old_name = firstOne + secondOne;
            while (old_name < thirdOne) { old_name += fourthOne; }
            return old_name;
        }
    """
    assert "oldName" in changed(renames, "JavaScript", text)[0]
    assert not changed(renames, "JavaScript", text.replace("fourthOne", "fourth_one"))
    rust = 'fn fmt(q: &mut Formatter) -> R {\n    write!(q, "a")?;\n    write!(q, "b")\n}\n'
    assert "formatter" in changed(renames, "Rust", rust)[0]
    assert not changed(renames, "Rust", rust.replace("q", "f"))


def test_a_method_of_csharp_is_no_type():
    """`new Reader()` makes a reader, `Reading()` makes no reading."""
    text = "class A\n{\n    void F()\n    {\n        var r = new Reader();\n        r.A();\n        r.B();\n    }\n}\n"
    assert "var reader" in changed(renames, "CSharp", text)[0]
    assert not changed(renames, "CSharp", text.replace("new Reader()", "Reading()"))
    assert not changed(renames, "CSharp", text.replace("new Reader()", "new Shop().Reading()"))


def test_a_key_is_not_called_after_what_it_leads_to():
    """A loop over a mapping gives keys."""
    text = "def count(edges):\n    total = 0\n    for v in edges:\n        total += size(v)\n        show(v)\n    return total\n"
    assert "for edge in" in changed(renames, "Python", text)[0]
    assert not changed(renames, "Python", text.replace("size(v)", "size(edges[v])"))
    assert not changed(renames, "Python", text.replace("size(v)", "size(edges.get(v))"))


def test_two_letters_that_are_compared_keep_their_names():
    """Of `a` and `b`, neither is renamed alone."""
    text = "func cmp(a Index, q int) bool {\n\tif len(a) > q {\n\t\treturn true\n\t}\n\treturn len(a) < q\n}\n"
    stops(renames, "Go", text, "q", "b")


def test_a_loop_that_takes_its_elements_apart_names_none():
    """Rust's `(mut t, path)` is a pair: `t` is no file of `files`."""
    loop = "fn check(files: &[(Kind, Path)]) {\n    for t in files.iter() {\n        show(t);\n        show(t);\n    }\n}\n"
    assert "for file in" in changed(renames, "Rust", loop)[0]
    assert not changed(renames, "Rust", loop.replace("for t in", "for (mut t, path) in"))


def moved(helper: str, other: str, heading: str = "") -> list[str]:
    """What moving makes of a file of a helper, another function and the caller of the helper."""
    others = f"{heading}def {other}(x):\n    print(x)\n    print(x)\n    return x\n"
    caller = f"def caller(x):\n    return {helper}(x)\n"
    return changed(moves, "Python", f"import sys\n\n\ndef {helper}(x):\n    return x + 1\n\n\n{others}\n\n{caller}")


@pytest.mark.parametrize(
    ("helper", "other"), [("read_text", "read_bytes"), ("to_signed", "from_signed"), ("half1", "half2")]
)
def test_a_helper_stays_among_its_kind(helper, other):
    """A function beside one of the same first or last words stays, and so does one of a numbered row."""
    assert moved(helper, "show")
    assert not moved(helper, other)


def test_a_helper_stays_beside_one_that_takes_the_same():
    """`larger` and `smaller` of the same two or more parameters are read together."""
    text = """
        package main

        func larger(a, b int) int {
        \tif a > b {
        \t\treturn a
        \t}
        \treturn b
        }

        func smaller(OTHER int) int {
        \treturn a
        }

        func Most(first, second, third int) int {
        \treturn larger(first, larger(second, third))
        }
    """
    assert changed(moves, "Go", text.replace("OTHER", "a, c"))
    assert not changed(moves, "Go", text.replace("OTHER", "a, b"))


def test_no_helper_crosses_a_heading():
    """What a heading stands above belongs together."""
    assert moved("helper", "other", "# prints\n")
    assert not moved("helper", "other", "# ---- others ----\n")
    assert not moved("helper", "other", "# Others\n\n")


def test_a_function_keeps_the_short_form_that_its_variables_have():
    """`check_expr` beside a variable `expr` stays."""
    text = "def check_expr(text):\n    return len(text)\n\n\ndef show(one):\n    print(check_expr(one))\n"
    stops(functions, "Python", text, "one", "last_expr")
    stops(functions, "Python", text, "one", "expr")


def test_a_short_arm_comes_first_without_a_negation_only():
    """A condition that would be negated keeps its else, however short."""
    text = "def f(x):\n    if x > 0:\n        a()\n        b()\n        c()\n    else:\n        d()\n"
    stops(swaps, "Python", text.replace("x > 0", "x.size > 0"), "x.size > 0", "x")
    assert not changed(swaps, "Python", text.replace("x > 0", "x == 1"))


def test_a_length_of_go_is_nothing_or_more():
    """The opposite of `Len() > 0` is 0, as that of `len(x) > 0`."""
    text = "func f(x *List) {\n\tif x.Len() > 0 {\n\t\ta()\n\t\tb()\n\t\tc()\n\t} else {\n\t\td()\n\t}\n}\n"
    assert "x.Len() == 0" in changed(swaps, "Go", text)[0]


@pytest.mark.parametrize(
    "before",
    ["    if y:\n        c()\n", "".join(f"    c({number})\n" for number in range(9))],
    ids=["one of some cases", "a remark behind a longer part"],
)
def test_only_what_a_block_is_about_becomes_its_main_path(before):
    """An if that is the last of some, or small beside what stands before it, is no guard in disguise."""
    text = "def f(x, y):\n    e()\n    if x:\n        a()\n        b()\n"
    stops(guards, "Python", text, "    e()\n", before)


def test_what_others_may_call_as_well_stays():
    """A public method and a function that is exported are no helpers of one caller."""
    text = """
        class A {
            private int helper(int x) {
                return x + 1;
            }

            int other(int x) {
                return x;
            }

            int caller(int y) {
                return helper(y);
            }
        }
    """
    stops(moves, "Java", text, "private int helper", "public int helper")
    text = "package a\n\nfunc caller(y int) int {\n\treturn helper(y)\n}\n\nfunc other() int {\n\treturn 1\n}\n\nfunc helper(x int) int {\n\treturn x\n}\n"
    stops(moves, "Go", text, "helper", "Helper")


def test_a_helper_takes_its_blank_lines_along():
    """Where two blank lines are between functions, they are after a move as well."""
    functions = [
        "    int caller(int y) {\n        return helper(y);\n    }",
        "    int other(String x) {\n        return x.length();\n    }",
        "    int helper(int x) {\n        return x + 1;\n    }",
    ]
    file = "class A {{\n{}\n}}\n"
    first, second, third = functions
    [text] = changed(moves, "Java", file.format("\n\n\n".join(functions)))
    assert text == file.format(f"{first}\n\n\n{third}\n\n\n{second}")


SHORT = "def f(first, cnt):\n    while cnt:\n        cnt -= 1\n    return first\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("return first\n", "return first\n\n\ndef g(cnt):\n    return cnt\n"),
        ("return first\n", "return first.cnt\n"),
        ("first", "acnt"),
    ],
    ids=["another function has it", "a member is called so", "a longer one"],
)
def test_a_short_form_that_stands_elsewhere_is_left(old, new):
    """What another function, a member or a name with one letter more has too would go on without the new name."""
    stops(renames, "Python", SHORT, old, new)


def test_go_keeps_its_short_names():
    """A short form is written out in most languages; in Go it is good style."""
    text = "func f(rows []int, cnt int) int {\n\tfor cnt > 0 {\n\t\tcnt--\n\t}\n\treturn len(rows)\n}\n"
    assert not changed(renames, "Go", text)


def test_of_two_letters_with_the_same_last_one_none_is_renamed():
    """`fi` and `pi` are infos of two kinds."""
    text = "class A\n{\n    void F()\n    {\n        FieldReader fr = new FieldReader();\n        fr.A();\n        fr.B();\n        var pq = 1;\n    }\n}\n"
    stops(renames, "CSharp", text, "pq", "pr")


def test_what_is_one_of_some_members_is_not_extracted_alone():
    """A member beside another one of the same object that is looked up as often keeps its place."""
    twin = "    total = options.other_mode + options.other_mode + options.other_mode\n"
    stops(variables, "Python", REPEATED, "    return", f"{twin}    return")


def test_a_parameter_of_an_inner_function_is_not_called_one_of_the_outer():
    """What is asked for says where the name stands."""
    text = "function f(tokens) {\n  return tokens.map((tok) => {\n    return tok.a + tok.b;\n  });\n}\n"
    [proposal] = renames(read("JavaScript", text, "", frozenset(range(1, 7))))
    assert proposal.values["what"] == "local variable"


def test_an_arm_that_reports_a_failure_is_the_exception():
    """What goes to standard error is not what a loop is about."""
    text = "def f(rows):\n    for row in rows:\n        if not row:\n            a(row)\n            b(row)\n"
    stops(guards, "Python", text, "b(row)", "print(row, file=sys.stderr)")


def test_an_attribute_goes_with_its_if():
    """What Rust compiles for some builds only stays in its if."""
    text = "fn f(x: bool) {\n    if x {\n        a();\n        b();\n    }\n}\n"
    stops(guards, "Rust", text, "    if", "    #[cfg(debug_assertions)]\n    if")


def test_the_last_of_some_cases_that_return_is_no_main_path():
    """One of several cases, each with its result, stays as the others are."""
    text = "def f(x, y):\n    e()\n    if x:\n        a()\n        b()\n        return 1\n    return 2\n"
    stops(guards, "Python", text, "    e()\n", "    if y:\n        return 3\n")


def test_a_value_that_is_compared_with_itself_is_left():
    """`d != d` asks whether a float is a number."""
    text = "int f(double d, double e) {\n    if (d != e) {\n        a();\n    } else {\n        b();\n    }\n    return 0;\n}\n"
    stops(swaps, "C", text, "d != e", "d != d")


def test_a_match_that_fails_is_a_negation():
    """Ruby's `!~` comes with no else either."""
    text = "def f(x)\n  if x =~ /a/\n    a\n    b\n    c\n  else\n    d\n  end\nend\n"
    assert not changed(swaps, "Ruby", text)
    assert changed(swaps, "Ruby", text.replace("=~", "!~"))


def test_of_two_opposites_none_is_renamed():
    """`lo` stays beside `hi`."""
    text = "def f(rows):\n    lo = rows.lower_bound\n    other = 1\n    while lo:\n        lo -= other\n    return lo\n"
    stops(renames, "Python", text, "other", "hi")


def test_what_is_made_elsewhere_names_no_status():
    """`Status s = env->NewFile(&file)` gives a status, whatever it makes."""
    text = "void f(Env* env) {\n  TYPE s = env->NewLogFile();\n  s.a();\n  s.b();\n}\n"
    assert "log_file" in changed(renames, "Cpp", text.replace("TYPE", "LogFile"))[0]
    assert not [one for one in changed(renames, "Cpp", text.replace("TYPE", "Status")) if "log_file" in one]


def test_a_helper_stays_beside_its_opposite():
    """`incref` and `decref` are read together."""
    assert moved("incref", "show")
    assert not moved("incref", "decref")


def test_a_copy_is_not_taken_out_where_parts_of_it_are_used():
    """`const auto job = jobs[last]` copies what a reference would change."""
    text = (
        "void f() {\n  int a = table_[last_] + 1;\n  int b = table_[last_] + 2;\n  int c = table_[last_] + a + b;\n}\n"
    )
    stops(variables, "Cpp", text, "table_[last_] + a", "table_[last_].count + a")


def test_a_step_of_a_shell_that_returns_is_no_function():
    """The caller would go on after it."""
    text = (
        'report() {\n  echo start\n  # Print the open orders\n  for order in a b; do\n    if [ -n "$order" ]; then\n'
        '      echo "$order"\n    fi\n  done\n\n  echo one\n  echo end\n}\n'
    )
    stops(extractions, "Shell", text, 'echo "$order"', "return 1")


def test_what_typescript_asks_of_an_object_has_no_short_opposite():
    """`not in` is Python's."""
    text = "function f(x, y) {\n  for (const z of y) {\n    if (z in x) {\n      a(z);\n      b(z);\n    }\n  }\n}\n"
    assert not changed(guards, "TypeScript", text)
    assert changed(guards, "TypeScript", text.replace("z in x", "z === x"))


def test_a_variable_of_a_shell_that_others_read_keeps_its_name():
    """What is not local is everybody's."""
    text = 'f() {\n  cnt=$1\n  echo "$cnt"\n  echo "${cnt}"\n}\n'
    assert "count" in changed(renames, "Shell", text)[0]
    assert not changed(renames, "Shell", text + '\ng() {\n  echo "$cnt"\n}\n')


def test_one_of_some_functions_alike_keeps_its_names():
    """Where two functions hold what the same call gives, both call it the same."""
    text = "def f(x):\n    res = get_user_name(x)\n    if res:\n        return res\n    return x\n"
    assert "user_name" in changed(renames, "Python", text)[0]
    assert not changed(renames, "Python", text + text.replace("f(x)", "g(x)"))


def test_a_method_of_another_object_is_no_caller():
    """`result.helper()` may be anybody's."""
    text = """
        class A {
            private String helper() {
                return "";
            }

            int other(int x) {
                return x;
            }

            String caller(Builder result) {
                return helper();
            }
        }
    """
    stops(moves, "Java", text, "return helper()", "return result.helper()")


def test_a_helper_of_another_class_stays_with_it():
    """C++ says before a name whose method it is."""
    text = "int x;\n\nint A::helper() {\n  return 1;\n}\n\nint A::other() {\n  a();\n  b();\n  return 2;\n}\n\nint A::caller() {\n  return helper();\n}\n"
    stops(moves, "Cpp", text, "A::caller", "A::B::caller")


def test_a_comment_that_tells_of_a_variable_keeps_it():
    """`/** @var resource $file */` would stand above nothing."""
    text = "<?php\nfunction f($x)\n{\n    a($x);\n    $file = $x->open();\n    return $file;\n}\n"
    stops(inlines, "PHP", text, "    $file =", "    /** @var resource $file */\n    $file =")


def test_a_new_function_is_named_as_those_of_the_file():
    """Without an adverb, and with a mark before its name where the file's helpers have one."""
    text = EXTRACTED["Python"][0].replace("Count the open orders", "Count the open orders properly")
    assert "def count_open_orders(" in changed(extractions, "Python", text)[0]
    assert "def _count_open_orders(" in changed(extractions, "Python", text + "\n\ndef _other():\n    pass\n")[0]


def test_what_is_counted_down_is_given_back():
    """`i -= 1` changes `i`: a step that does it has a value to give, or is none."""
    text = (
        "def f(rows, i):\n    print('start')\n    # Drop the last rows\n    while i > 0:\n        print(rows[i])\n"
        "        print(i)\n        i -= 1\n\n    print('end')\n    return rows[:i]\n"
    )
    assert "    i = drop_last_rows(rows, i)\n" in changed(extractions, "Python", text)[0]


@pytest.mark.parametrize(
    ("old", "new"), [("x == 9", "x == 0"), ("x == 9", "x is None"), ("    if", "    # Long rows are cut.\n    if")]
)
def test_a_rare_case_and_one_that_a_comment_tells_of_stay(old, new):
    """What a function answers first stays first, and so does what a comment above says of an arm."""
    text = "def f(x):\n    if x == 9:\n        a()\n        b()\n        return 1\n    return 2\n"
    stops(guards, "Python", text, old, new)


def test_a_shell_tests_for_what_is_so_first():
    """`-ne` is a negation as well."""
    text = 'f() {\n  if [ "$1" -OP 0 ]; then\n    echo a\n    echo b\n    echo c\n  else\n    echo d\n  fi\n}\n'
    assert not changed(swaps, "Shell", text.replace("OP", "eq"))
    assert changed(swaps, "Shell", text.replace("OP", "ne"))


def test_what_a_function_lists_is_no_list():
    """`list_commands()` gives commands, not list commands."""
    text = "def f(rows):\n    for x in rows.list_commands():\n        show(x)\n        show(x)\n"
    assert "for command in" in changed(renames, "Python", text)[0]


def test_rust_keeps_the_short_names_of_its_library():
    """`read(buf)` is what the trait calls it."""
    text = "fn read(&mut self, NAME: &mut [u8]) -> usize {\n    a(NAME);\n    b(NAME)\n}\n"
    assert changed(renames, "Rust", text.replace("NAME", "msg"))
    assert not changed(renames, "Rust", text.replace("NAME", "buf"))


def test_of_two_loops_alike_none_is_changed_alone():
    """The second would stay as it is."""
    loop = "    for row in rows:\n        if row == x:\n            a(row)\n            b(row)\n"
    assert changed(guards, "Python", f"def f(rows, x):\n{loop}")
    assert not changed(guards, "Python", f"def f(rows, x):\n{loop}{loop}")


def test_a_block_of_ruby_is_not_chained():
    """A call with a block keeps its name before another one."""
    text = "def f(x)\n  found = x.select(:a)\n  found.each do |one|\n    a(one)\n  end\nend\n"
    stops(inlines, "Ruby", text, "x.select(:a)", "x.select { |y| y.z }")
    stops(inlines, "Ruby", text, "x.select(:a)", "x.select :a")


def test_a_shell_that_reads_names_of_a_style_keeps_them():
    """What is read and set elsewhere shows the style as well."""
    text = (
        'f() {\n  first_one=1\n  second_one=2\n  third_one=3\n  fourth_one=4\n  aName=$1\n  echo "$aName"\n  echo "$aName"\n'
        '  echo "$first_one$second_one$third_one$fourth_one"\n  echo "$other"\n}\n'
    )
    stops(renames, "Shell", text, "$other", "$aNames")


def test_a_step_of_go_ends_before_the_next_comment():
    """The first comment of a body describes the first step, not all of them."""
    text = (
        "package a\n\nfunc f(rows []int) {\n\t// Print the rows\n\tfor _, row := range rows {\n\t\tif row > 0 {\n\t\t\tlog(row)\n"
        "\t\t}\n\t}\n\n\t// Count the rows\n\tlog(len(rows))\n\tlog(1)\n\tlog(2)\n}\n"
    )
    [changed_text] = changed(extractions, "Go", text)
    assert changed_text.index("// Count the rows") > changed_text.index("printRows(rows)\n\n\t//")
