"""Hypothesis strategies: small Java programs that compile and end, with all that makes inserting statements hard.

Belongs here: programs over a few variables of fixed types, so that any order of statements compiles. Does not: tests.
"""

import re
import textwrap

from hypothesis import strategies as st

INDENTS = st.sampled_from(["    ", "  ", "\t"])
HEAD = """/* A program. */
import java.util.*;
import java.util.function.*;
import java.util.stream.Collectors;

interface Shape { int area(); default int twice() { return area() * 2; } static Shape dot() { return () -> 1; } }

record Box(int wide, int high) implements Shape {
    Box { if (wide < 0) throw new IllegalArgumentException("narrow"); }
    public int area() { return wide * high; }
}

enum Side { LEFT, RIGHT { @Override int sign() { return 1; } }; int sign() { return -1; } }

abstract class Counter<T extends Comparable<T>> {
    private final List<T> items = new ArrayList<>();
    protected final int start;
    static int made;
    { made++; }
    Counter(int start) { super(); this.start = start; }
    Counter() { this(3); int x = start + 1; made += x; }
    abstract T pick(T one, T other);
    T best() throws NoSuchElementException {
        T best = null;
        for (T item : items) best = best == null ? item : pick(best, item);
        if (best == null) { throw new NoSuchElementException("none"); }
        return best;
    }
    Counter<T> add(T item) { items.add(item); return this; }
    @Override public String toString() { System.out.println("shown"); return "counter"; }
}
"""
SIMPLE = st.sampled_from(
    [
        "a = 3;",
        "b = a * 2 + 1;",
        "total += a; b--;",
        "a = b = total;",
        "items[a & 3] = b;",
        "items[a & 3]++; ++total;",
        "list.add(a); list.removeIf(x -> x > 5);",
        "Collections.sort(list); Arrays.sort(items);",
        "list = list.stream().map(x -> x + 1).filter(x -> { return x % 2 == 0; }).collect(Collectors.toList());",
        'System.out.println(a + " " + b +\n    total + list);',
        'System.err.println("own line");',
        "// only a remark {",
        "/* a remark { */ a = 4; /* } */ // more",
        "{ int late; if (a > 2) late = 1; else late = 2; total += late; }",
        "{ int x, y = 2; x = y + a; final int z = x; total += z; }",
        "{ int x = 1; int y[] = {x, a}; total += y[1]; }",
        "if (a > b) total++; else if (total > 3) a--; else b++;",
        "if (a > 1) if (b > 1) total++; else total--;",
        "if (items.length > 3 && items[3] > a || list.isEmpty()) b = 1;",
        "for (int i = 0; i < 3; i++) total += i;",
        "for (int i = 0, j = 3; i < j; i++, j--) { if (i == 1) continue; total += j; }",
        "for (int item : items) if (item > 4) break;",
        'for (var entry : new TreeMap<>(Map.of("k", a)).entrySet())\n    total += entry.getValue();',
        "do total++; while (total < 3);",
        "while (list.size() > 3) list.remove(0);",
        "outer: for (int i = 0; i < 2; i++) { while (true) { if (i == 0) continue outer; break outer; } }",
        "switch (a & 3) { case 0: b = 1; case 1: total++; break; default: { a = 1; } }",
        "switch (a) { case 1, 2 -> total = 1; case 3 -> { b = 2; } default -> { } }",
        "total = switch (b % 3) { case 0 -> 1; case 1 -> { int x = a + 1; yield x; } default -> a > 2 ? 2 : 3; };",
        "total += switch (Side.LEFT) { case LEFT: yield a; default: throw new IllegalStateException(); };",
        '{ Object o = a > 2 ? "t{" : (Object) a; if (o instanceof String s && !s.isEmpty()) total += s.length(); else total--; }',
        'try { if (a > 2) throw new IllegalStateException("big"); new Box(-1, 2); } catch (IllegalStateException | NoSuchElementException e) { total = 1; } catch (RuntimeException e) { b = 2; } finally { a = 1; }',
        'try (Scanner in = new Scanner("1 2")) { while (in.hasNextInt()) total += in.nextInt(); }',
        "Counter<Integer> counter = new Counter<>() { Integer pick(Integer one, Integer other) { return one < other ? one : other; } }; counter.add(a).add(b); total += counter.best();",
        "IntBinaryOperator add = (x, y) -> { int sum = x + y; return sum; }; total = add.applyAsInt(a, b); Runnable none = () -> {}; none.run();",
        "Function<Integer, Supplier<Integer>> later = x -> () -> x + 1; total += later.apply(a).get();",
        'Map<String, List<Integer>> groups = new HashMap<>(); groups.computeIfAbsent("z", k -> new ArrayList<>()).add(a); groups.put("a", null); System.out.println(groups);',
        "StringBuilder text = new StringBuilder(\"}\"); text.append('{').append(a).reverse(); System.out.println(text);",
        'String block = """\n    raw { "text" }\n    """; total += block.length();',
        "synchronized (list) { total++; }",
        "class Local { int n = 2; int get() { return n + 1; } } total += new Local().get();",
        "long wide = a; double half = a / 2.0; wide += total; total += half > 1 ? (int) wide : 0;",
        "total += Shape.dot().twice() + Side.RIGHT.sign();",
        'assert a > -99 : "small";',
        "if (list.size() > 9) return 0;",
        ";",
    ]
)


def _compound(children):
    blocks = st.lists(children, min_size=1, max_size=3)

    def build(kind, body, other, indent):
        # A name may not hide one of the statements around it.
        inner, outer = (
            textwrap.indent(re.sub(r"\b(k|n|problem)(_*)\b", r"\1\2_", "\n".join(one)), indent) for one in (body, other)
        )
        return {
            "if": f"if (a > b) {{\n{inner}\n}} else if (total > 3)\n{{\n{outer}\n}}\nelse {{ // last\n{inner}\n}}",
            "for": f"for (int n = 0; n < 2; n++) {{ // each\n{inner}\n{indent}if (n == 1) continue;\n{outer}\n}}",
            "while": f"{{ int k = 0;\nwhile (k++ < 2)\n{{\n{inner}\n}} }}",
            "do": f"{{ int k = 0; do {{\n{inner}\n}} while (++k < 2); }}",
            "switch": f"switch (total % 3) {{\ncase 0:\n{{\n{inner}\n}}\n{indent}/* falls */\ncase 1: {{\n{outer}\n{indent}break; }}\ndefault: ;\n}}",
            "block": f"{{\n{inner}\n}}",
            "try": f"try {{\n{inner}\n}} catch (RuntimeException problem) {{\n{outer}\n}} finally {{\n{indent}total++;\n}}",
        }[kind]

    kinds = st.sampled_from(["if", "for", "while", "do", "switch", "block", "try"])
    return st.builds(build, kinds, blocks, blocks, INDENTS)


def _program(parts, indent, newline, end):
    methods = []
    for number, body in enumerate(parts):
        inside = textwrap.indent("\n".join(_apart(one) for one in body), indent * 2)
        methods.append(
            f"{indent}static int part{number}(int start, int second, int... items) {{\n"
            f"{indent * 2}List<Integer> list = new ArrayList<>(List.of(3, 1));\n{indent * 2}int total = 0;\n"
            f"{inside}\n{indent * 2}return total + a + b;\n{indent}}}\n"
        )
    calls = "".join(
        f"        a = {number}; b = 7;\n        System.out.println(part{number}(a, b, 5, 4, 4, 1));\n"
        for number in range(len(parts))
    )
    main = f"    public static void main(String[] args) {{\n{calls}    }}\n}}"
    return (HEAD + "\npublic class Main {\n    static int a, b;\n" + "\n".join(methods) + main + end).replace(
        "\n", newline
    )


def _apart(statement):
    # Names that begin in a statement end with it; what a lambda reads must not change.
    return f"{{\n{statement}\n}}" if ";" in statement else statement


def java_programs():
    """Programs that print what their parts give back; any indentation and line end, final newline or not."""
    statements = st.recursive(SIMPLE, _compound, max_leaves=8)
    parts = st.lists(st.lists(statements, min_size=1, max_size=6), min_size=1, max_size=4)
    ends = st.sampled_from(["", "\n", "\n\n// end"])
    return st.builds(_program, parts, INDENTS, st.sampled_from(["\n", "\n", "\r\n"]), ends)


def every_statement():
    """One program with all simple statements, each in a part of its own."""
    return _program([[one] for one in SIMPLE.elements], "    ", "\n", "\n")
