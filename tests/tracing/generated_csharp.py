"""Hypothesis strategies: small C# programs that compile and end, with all that makes inserting statements hard.

Belongs here: programs over a few variables of fixed types, so that any order of statements compiles. Does not: tests.
"""

import re
import textwrap

from hypothesis import strategies as st

INDENTS = st.sampled_from(["    ", "  ", "\t"])
HEAD = """/* A program. */
using System;
using System.Collections.Generic;
using System.Linq;

namespace Shapes
{
    interface IShape { int Area(); }

    struct Box : IShape
    {
        public int Wide, High;
        public Box(int wide, int high) { if (wide < 0) throw new ArgumentException("narrow"); Wide = wide; High = high; }
        public int Area() => Wide * High;
        public static Box operator +(Box one, Box other) { return new Box(one.Wide + other.Wide, one.High); }
        public static implicit operator int(Box box) => box.Area();
    }

    enum Side { Left, Right = 4 }

    abstract class Counter<T> where T : IComparable<T>
    {
        private readonly List<T> items = new List<T>();
        public event EventHandler Changed;
        public event Action<int> Custom { add { Made++; } remove { Made--; } }
        public static int Made;
        static Counter() { Made = 1; }
        protected Counter(int start) { Start = start; }
        protected Counter() : this(3) { }
        ~Counter() { Made--; }
        public int Start { get; private set; }
        public int Twice { get { int twice = Start * 2; return twice; } set { Start = value / 2; } }
        public int Half => Start / 2;
        public T this[int at] { get { Console.WriteLine("at " + at); return items[at]; } set { items[at] = value; } }
        protected abstract T Pick(T one, T other);
        public T Best()
        {
            if (items.Count == 0) { throw new InvalidOperationException("none"); }
            T best = items[0];
            foreach (T item in items) best = Pick(best, item);
            return best;
        }
        public Counter<T> Add(T item)
        {
            items.Add(item);
            if (Changed != null) Changed(this, EventArgs.Empty);
            return this;
        }
        public IEnumerable<T> Some(int many) { for (int i = 0; i < many && i < items.Count; i++) yield return items[i]; }
        public override string ToString() { Console.WriteLine("shown"); return "counter"; }
    }

    class Least : Counter<int>
    {
        public Least(int start) : base(start) { }
        protected override int Pick(int one, int other) { return one < other ? one : other; }
    }
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
        "list.Add(a); list.RemoveAll(x => x > 5);",
        "list.Sort(); Array.Reverse(items);",
        "list = list.Select(x => x + 1).Where(x => { return x % 2 == 0; }).ToList();",
        'Console.WriteLine(a + " " + b +\n    total);',
        'Console.Error.WriteLine("own line");',
        "// only a remark {",
        "/* a remark { */ a = 4; /* } */ // more",
        "{ int late; if (a > 2) late = 1; else late = 2; total += late; }",
        "{ int x, y = 2; x = y + a; const int z = 3; total += z + x; }",
        "if (a > b) total++; else if (total > 3) a--; else b++;",
        "if (a > 1) if (b > 1) total++; else total--;",
        "if (items.Length > 3 && items[3] > a || list.Count == 0) b = 1;",
        "for (int i = 0; i < 3; i++) total += i;",
        "for (int i = 0, j = 3; i < j; i++, j--) { if (i == 1) continue; total += j; }",
        "foreach (int item in items) if (item > 4) break;",
        'foreach (var pair in new SortedDictionary<string, int> { { "k", a } })\n    total += pair.Value;',
        "do total++; while (total < 3);",
        "while (list.Count > 3) list.RemoveAt(0);",
        "switch (a & 3) { case 0: b = 1; goto case 1; case 1: total++; break; default: { a = 1; break; } }",
        "switch (Shapes.Side.Left) { case Shapes.Side.Left:\n    // first\n    total = 1;\n    break; case Shapes.Side.Right: break; }",
        'object o = a > 2 ? "t{" : (object)a; if (o is string) total += ((string)o).Length; else total--;',
        'try { if (a > 2) throw new InvalidOperationException("big"); new Shapes.Box(-1, 2); } catch (ArgumentException) { total = 1; } catch (Exception e) when (e.Message != "") { b = 2; } finally { a = 1; }',
        "var least = new Shapes.Least(a); least.Changed += (sender, e) => { total++; }; least.Custom += n => total += n; least.Add(a).Add(b); total += least.Best();",
        "var least = new Shapes.Least(b); least.Add(5); least[0] = a; least.Twice = 8; total += least[0] + least.Half; foreach (int one in least.Some(2)) total += one;",
        "EventHandler own = delegate { total++; }; var least = new Shapes.Least(1); least.Changed += own; least.Changed += Seen; least.Add(a);",
        "Func<int, int, int> add = (x, y) => { int sum = x + y; return sum; }; total = add(a, b); Action none = () => { }; none();",
        "Func<int, Func<int>> later = x => () => x + 1; total += later(a)();",
        'int found; if (int.TryParse("12", out found) && found > 3) total += found; else b = found;',
        'int parsed; int.TryParse("7", out parsed); total += parsed;',
        'var groups = new Dictionary<string, List<int>>(); groups["z"] = new List<int> { a }; groups["a"] = null; Console.WriteLine(groups.Count);',
        'string text = @"raw { ""text"" }\n}"; total += text.Length; text = $"{a}{{";',
        'using (var reader = new System.IO.StringReader("1")) { string line; while ((line = reader.ReadLine()) != null) total += line.Length; }',
        "lock (list) { total++; } unchecked { total += int.MaxValue; total = 2; }",
        "long wide = a; double half = a / 2.0; wide += total; total += half > 1 ? (int)wide : 0;",
        "var sum = new Shapes.Box(1, 2) + new Shapes.Box(a & 3, 1); sum.High = 3; total += sum;",
        'var pair = new { Left = a, Right = "r" }; total += pair.Left; var both = Tuple.Create(a, b); total += both.Item2;',
        "int? maybe = a > 2 ? (int?)a : null; total += maybe ?? 1; if (maybe.HasValue) b = maybe.Value;",
        "#if NEVER\ntotal--;\n#else\ntotal++;\n#endif",
        "{ int x = a; Twice(ref x); total += x; }",
        "if (list.Count > 9) return 0;",
        ";",
    ]
)


def _compound(children):
    blocks = st.lists(children, min_size=1, max_size=3)

    def build(kind, body, other, indent):
        # A name may not hide one of the statements around it.
        inner, outer = (
            textwrap.indent(re.sub(r"\b(k|n|problem)(_*)\b", r"\1\2_", "\n".join(map(_apart, one))), indent)
            for one in (body, other)
        )
        return {
            "if": f"if (a > b) {{\n{inner}\n}} else if (total > 3)\n{{\n{outer}\n}}\nelse {{ // last\n{inner}\n}}",
            "for": f"for (int n = 0; n < 2; n++) {{ // each\n{inner}\n{indent}if (n == 1) continue;\n{outer}\n}}",
            "while": f"{{ int k = 0;\nwhile (k++ < 2)\n{{\n{inner}\n}} }}",
            "do": f"{{ int k = 0; do {{\n{inner}\n}} while (++k < 2); }}",
            "switch": f"switch (total % 3) {{\ncase 0:\n{{\n{inner}\n{indent}goto case 1;\n}}\ncase 1: {{\n{outer}\n{indent}break; }}\ndefault: break;\n}}",
            "block": f"{{\n{inner}\n}}",
            "try": f"try {{\n{inner}\n}} catch (Exception problem) {{\n{outer}\n}} finally {{\n{indent}total++;\n}}",
        }[kind]

    kinds = st.sampled_from(["if", "for", "while", "do", "switch", "block", "try"])
    return st.builds(build, kinds, blocks, blocks, INDENTS)


def _program(parts, indent, newline, end):
    methods = []
    for number, body in enumerate(parts):
        inside = textwrap.indent("\n".join(map(_apart, body)), indent * 2)
        methods.append(
            f"{indent}static int Part{number}(int start, int second, params int[] items)\n{indent}{{\n"
            f"{indent * 2}var list = new List<int> {{ 3, 1 }};\n{indent * 2}int total = 0;\n"
            f"{inside}\n{indent * 2}return total + a + b;\n{indent}}}\n"
        )
    calls = "".join(
        f"        a = {number}; b = 7;\n        Console.WriteLine(Part{number}(a, b, 5, 4, 4, 1));\n"
        for number in range(len(parts))
    )
    rest = "    static void Seen(object sender, EventArgs e) { a++; }\n    static void Twice(ref int x) { x *= 2; }\n"
    main = f"    static void Main(string[] args)\n    {{\n{calls}    }}\n}}"
    text = HEAD + "\nstatic class Program\n{\n    static int a, b;\n" + rest + "\n".join(methods) + main + end
    return text.replace("\n", newline)


def _apart(statement):
    # Names that begin in a statement end with it.
    return f"{{\n{statement}\n}}" if ";" in statement else statement


def csharp_programs():
    """Programs that print what their parts give back; any indentation and line end, final newline or not."""
    statements = st.recursive(SIMPLE, _compound, max_leaves=8)
    parts = st.lists(st.lists(statements, min_size=1, max_size=6), min_size=1, max_size=4)
    ends = st.sampled_from(["", "\n", "\n\n// end"])
    return st.builds(_program, parts, INDENTS, st.sampled_from(["\n", "\n", "\r\n"]), ends)


def every_statement():
    """One program with all simple statements, each in a part of its own."""
    return _program([[one] for one in SIMPLE.elements], "    ", "\n", "\n")
