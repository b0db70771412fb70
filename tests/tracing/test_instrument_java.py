"""What the instrumenter of Java promises: only insertions, the same behaviour, events that follow from the source."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alchemy_assets.tracing.instrument.registry import instrument
from alchemy_assets.tracing.reasons import Dropped, Reason
from tests.tracing.behaviour import comes_back, same_behaviour, shown, some_of
from tests.tracing.generated_java import every_statement, java_programs

FUNCTIONS = """import java.util.*;

public class Main {
    private final int[] cash = {5, 0};
    private int taken;

    int pay(int amount) {
        if (amount > cash[0]) throw new IllegalStateException("only " + cash[0]);
        this.taken += amount;
        cash[0] -= amount;
        return cash[0] * 2;
    }

    static String sign(int n) {
        if (n < 0)
            return "minus";
        else if (n == 0) {
            return "none";
        }
        return switch (n) {
            case 1, 2 -> "few";
            default -> {
                int tens = n / 10;
                yield "many " + tens;
            }
        };
    }

    static int largest(int[] items) {
        int best = 0;
        for (int i = 0; i < items.length; i++) {
            if (items[i] > best && i < 9) {
                best = items[i];
            }
        }
        return best;
    }

    public static void main(String[] args) {
        Main till = new Main();
        try {
            till.pay(3);
            till.pay(4);
        } catch (IllegalStateException problem) {
            System.out.println(problem.getMessage());
        }
        sign(-1);
        sign(0);
        sign(25);
        largest(new int[] {1, 4, 2});
        List<String> words = new ArrayList<>();
        while (words.size() < 9) words.add("w" + words.size());
        switch (words.size()) {
            case 1 -> System.out.println("one");
            default -> System.exit(3);
        }
    }
}
"""
VALUES = """import java.util.*;

public class Main {
    enum Side { LEFT, RIGHT { @Override public String toString() { return "R"; } } }
    record Point(int x, double y) {}
    static class Base { String name = "a\\n\\"\\u00e9"; Base next; static int made; }
    static class Node extends Base {
        Side side = Side.RIGHT;
        public String toString() { System.out.println("called"); return "node"; }
        public int hashCode() { System.out.println("called"); return 1; }
        public boolean equals(Object other) { System.out.println("called"); return this == other; }
    }

    static int look(Object... values) { return values.length; }

    public static void main(String[] args) {
        Node node = new Node();
        node.next = node;
        look(node, new Point(1, 0.1), Side.LEFT, (Runnable) () -> look(), new Object());
        Map<Object, Integer> hashed = new HashMap<>(Map.of(100, 1, 9, 2, 16, 3));
        look(hashed, hashed.keySet(), new TreeMap<>(Map.of("b", 1, "a", 2)), Set.of("x", "y"), new HashSet<>(List.of(10, 9)));
        look("long \\"text\\" ".repeat(9), new StringBuilder("sb"), 'x', '\\n', 1.5f, 1e100, 7L, true, null);
        look(new int[7], new char[] {'a'}, new int[][][][] {{{{1}}}}, List.of(1, List.of()), new ArrayDeque<>(List.of(3)));
        look(new RuntimeException("bad \\"x\\""), Optional.of(1), new LinkedHashMap<>(Map.of(1, new Point(2, 3))));
    }
}
"""
PROGRAMS = {"functions": FUNCTIONS, "values": VALUES, "every statement": every_statement()}


@pytest.fixture(scope="module")
def traces(sandbox):
    """The events of all programs, which are built together."""
    generated = some_of(java_programs(), 1)
    found = same_behaviour(sandbox, "Java", [*PROGRAMS.values(), *generated], limit=6)
    return dict(zip(PROGRAMS, found, strict=False))


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(java_programs(), st.integers(1, 90))
def test_programs_come_back_byte_for_byte(source, points):
    """A generated program keeps its bytes under the insertions, gets the same ones each time, and still parses."""
    comes_back("Java", source, points)


def test_programs_behave_as_before(traces):
    """Programs with everything that makes inserting hard print the same, and write events of every kind."""
    kinds = {event.partition(":")[0] for event in traces["every statement"]}
    assert kinds == {"IN", "OUT", "VAR", "BRANCH", "LOOP", "ERR", "TRANSFORM"}


def test_events_tell_what_methods_are_given_do_and_give_back(traces):
    """IN has the arguments, BRANCH the arm and what it asked, LOOP every turn up to the limit, ERR what is thrown."""
    assert traces["functions"] == [
        "IN:Main.main:39:args=[]",
        "VAR:Main.main:40:till=Main(cash=[5, 0], taken=0)",
        "IN:Main.pay:7:amount=3",
        "VAR:Main.pay:9:this.taken=3; amount=3",
        "VAR:Main.pay:10:cash[0]=2; amount=3",
        "OUT:Main.pay:11:result=4",
        "IN:Main.pay:7:amount=4",
        'BRANCH:Main.pay:8:took="if"; amount=4; cash[0]=2',
        'ERR:Main.pay:8:error="IllegalStateException"; cash=[2, 0]',
        'ERR:Main.main:44:problem=IllegalStateException("only 2")',
        "IN:Main.sign:14:n=-1",
        'BRANCH:Main.sign:15:took="if"; n=-1',
        'OUT:Main.sign:16:result="minus"',
        "IN:Main.sign:14:n=0",
        'BRANCH:Main.sign:17:took="else if"; n=0',
        'OUT:Main.sign:18:result="none"',
        "IN:Main.sign:14:n=25",
        'BRANCH:Main.sign:22:took="default"; n=25',
        "VAR:Main.sign:23:tens=2; n=25",
        "IN:Main.largest:29:items=[1, 4, 2]",
        "LOOP:Main.largest:31:i=0; items.length=3",
        'BRANCH:Main.largest:32:took="if"; items[i]=1; best=0; i=0',
        "VAR:Main.largest:33:best=1; i=0",
        "LOOP:Main.largest:31:i=1; items.length=3",
        'BRANCH:Main.largest:32:took="if"; items[i]=4; best=1; i=1',
        "VAR:Main.largest:33:best=4; i=1",
        "LOOP:Main.largest:31:i=2; items.length=3",
        "OUT:Main.largest:36:result=4",
        "VAR:Main.main:51:words=[]",
        "LOOP:Main.main:52:words.size()=0",
        'VAR:Main.main:52:words=["w0"]',
        "LOOP:Main.main:52:words.size()=1",
        'VAR:Main.main:52:words=["w0", "w1"]',
        "LOOP:Main.main:52:words.size()=2",
        'VAR:Main.main:52:words=["w0", "w1", "w2"]',
        "LOOP:Main.main:52:words.size()=3",
        'VAR:Main.main:52:words=["w0", "w1", "w2", "w3"]',
        "LOOP:Main.main:52:words.size()=4",
        'VAR:Main.main:52:words=["w0", "w1", "w2", "w3", "w4"]',
        "LOOP:Main.main:52:words.size()=5",
        'VAR:Main.main:52:words=["w0", "w1", "w2", "w3", "w4", "w5"]',
        'BRANCH:Main.main:55:took="default"; words.size()=9',
    ]


def test_values_are_shown_without_running_the_program(traces):
    """Objects of the program are shown by their fields, hash tables in order, text with escapes, nothing else by an address."""
    assert traces["values"] == [
        "IN:Main.main:16:args=[]",
        'VAR:Main.main:17:node=Node(side=RIGHT, name="a\\n\\"\\u00e9", next=null)',
        'VAR:Main.main:18:node.next=Node(side=RIGHT, name="a\\n\\"\\u00e9", next=Node(side=RIGHT, name="a\\n\\"\\u00e9", next=Node(side=RIGHT, name="a\\n\\"\\u00e9", next=...)))',
        'IN:Main.look:14:values=[Node(side=RIGHT, name="a\\n\\"\\u00e9", next=Node(side=RIGHT, name="a\\n\\"\\u00e9", next=...)), Point(x=1, y=0.1), LEFT, lambda, Object]',
        "OUT:Main.look:14:result=5",
        "VAR:Main.main:20:hashed={9: 2, 16: 3, 100: 1}",
        'IN:Main.look:14:values=[{9: 2, 16: 3, 100: 1}, {9, 16, 100}, {"a": 2, "b": 1}, {"x", "y"}, {9, 10}]',
        "OUT:Main.look:14:result=5",
        'IN:Main.look:14:values=["long \\"text\\" long \\"text\\" long \\"text\\" long... 108 characters", "sb", \'x\', \'\\n\', 1.5, 1.0E100, ... 9 in all]',
        "OUT:Main.look:14:result=9",
        "IN:Main.look:14:values=[[0, 0, 0, 0, 0, 0, ... 7 in all], ['a'], [[...]], [1, []], [3]]",
        "OUT:Main.look:14:result=5",
        'IN:Main.look:14:values=[RuntimeException("bad \\"x\\""), Optional, {1: Point(x=2, y=3.0)}]',
        "OUT:Main.look:14:result=3",
    ]


def test_a_condition_is_not_read_again_where_it_may_not_have_been_evaluated():
    """Elements and lengths behind `||`, or behind `&&` in the other arm, may not be there; what a call changes is not read."""
    source = """class A {
    static int f(int[] a, int i) {
        if (a == null || a.length == 0) return 1;
        if (i < a.length && a[i] > 2) { return 2; } else { i = 3; }
        if (a[i++] > 2) return 4;
        do { i--; } while (a[i] > 3);
        while (a[i] > 4) i = f(null, i);
        return 5;
    }
}
"""
    calls = re.findall(r'Trace\.event\("(?:BRANCH|LOOP)", "A\.f:(\d)"(.*?)\);', shown("Java", source).text)
    read = [(int(line), re.findall(r', "[^"]+", ([^",]+)', rest)) for line, rest in calls]
    assert read == [
        (3, ["a"]),
        (4, ["i", "a.length", "a[i]"]),
        (4, ["i", "a.length", "a"]),
        (5, ["i", "a"]),
        (6, ["i", "a"]),
        (7, ["a[i]"]),
    ]


def test_a_field_that_keeps_an_argument_as_it_is_has_no_point():
    """`this.x = x` repeats what IN has told; what is worked out has its point."""
    source = "class A { int x, y; A(int x, int y) { this.x = x; this.y = x * y; } }\n"
    calls = re.findall(r'Trace\.event\("VAR", "A\.A:1", ("[^"]+")', shown("Java", source).text)
    assert calls == ['"this.y"']


def test_an_index_that_counts_is_not_read_again():
    """`a[i++] = n` and `a[--i] += n` are not shown by their element, which would count once more."""
    source = "class A { void f(int[] a, int i, int n) { a[i++] = n; a[--i] += n; a[i - 1] = n * 2; } }\n"
    told = re.findall(r'Trace\.event\("VAR", "A\.f:1", "([^"]+)"', shown("Java", source).text)
    assert told == ["i", "i", "a[i - 1]"]


def test_a_block_among_the_members_is_told_of_by_its_class():
    """What an object runs before its constructor is `init`, what its class runs once is `static`."""
    source = "class A { int n = f(); { int a = f(); } static { int b = f(); } static int f() { return 1; } }\n"
    calls = re.findall(r'Trace\.event\("VAR", "([^"]+)", "([^"]+)"', shown("Java", source).text)
    assert calls == [("A.init:1", "a"), ("A.static:1", "b")]


def test_what_a_sort_compares_with_has_no_points():
    """The order of comparisons is the library's; what the program's own `sort` is given, and other lambdas, are told of."""
    source = """class A {
    static void f(java.util.List<Integer> items) {
        items.sort((a, b) -> { return b - a; });
        items.forEach(c -> { g(c); });
        sort(d -> { return d; });
    }
    static void g(int n) {}
    static void sort(java.util.function.IntUnaryOperator by) { by.applyAsInt(1); }
}
"""
    text = shown("Java", source).text
    assert [f"A.f.lambda:{line}" in text for line in (3, 4, 5)] == [False, True, True]


def test_the_helper_takes_another_name_where_its_own_is_taken():
    """A program with a class `Trace` gets another helper; one with all of them is refused, and says so."""
    source = "class Trace { static int f(int n) { return n; } }\n"
    text = shown("Java", source).text
    assert 'TraceLog.event("IN", "Trace.f:1", "n", n);' in text
    assert "/** Trace events go to stderr" in text
    dropped = instrument("Java", source.replace("int n", "TraceLog n, EventTrace m"), 20)
    assert isinstance(dropped, Dropped)
    assert (dropped.reason, dropped.detail) == (
        Reason.CANNOT_INSTRUMENT,
        "every name for the helper is taken: Trace, TraceLog, EventTrace",
    )


@pytest.mark.parametrize("use", ["new Error().getStackTrace()", "StackWalker.getInstance()"])
def test_what_sees_its_own_place_is_refused(use):
    """A program that reads its own stack would see the points."""
    dropped = instrument("Java", f"class A {{ void f() {{ Object o = {use}; }} }}\n", 20)
    assert isinstance(dropped, Dropped)
    assert dropped.reason is Reason.CANNOT_INSTRUMENT
