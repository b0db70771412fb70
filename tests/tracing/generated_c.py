"""Hypothesis strategies: small C and C++ programs with all that makes inserting statements hard."""

import textwrap

from hypothesis import strategies as st

INDENTS = st.sampled_from(["  ", "    ", "\t"])
SIMPLE = st.sampled_from(
    [
        "a = 3;",
        "b = a * 2 + 1;",
        "total += a; b--;",
        "a = b = total;",
        "items[a & 3] = b, ++total;",
        "p->count = a;",
        "p->count += q.count * 2;  /* why not */",
        "q = *p;",
        "*at = total;",
        "int fresh;",
        "int fresh = a + b; total += fresh;",
        'long wide = (long)a * b; printf("%ld\\n", wide);',
        'char word[8] = "ab{c"; printf("%s %d\\n", word, \'}\');',
        'const char *name = a > b ? "left" : "ri;ght";\nputs(name);',
        "double half = a / 2.0;\ntotal += half > 1;",
        "struct pair local = {a, b}; total += local.count;",
        "static int calls; calls++;",
        'printf("%d %d %d\\n", a, b,\n       total);',
        "// only a remark",
        "/* a remark\n   of two lines */",
        ";",
        "a = a \\\n  + 1;",
        "total = helper(a, &b);",
        "if (a > b) total++; else if (total) a--; else b++;",
        "if (a) if (b) total++; else total--;",
        "for (int i = 0; i < 3; i++) total += i;",
        "for (a = 0; a < 2; a++)\n  b += a;",
        "do total++; while (total < 3);",
        "switch (a & 3) { case 0: b = 1; case 1: total++; break; default: { a = 1; } }",
        "#if 1\ntotal++;\n#else\nno such thing;\n#endif",
        "SWAP(a, b);",
        'if ((a = b & 7) > 3 && p != 0 && p->count > 2) printf("%d\\n", a);',
    ]
)
SIMPLE_CPP = st.sampled_from(
    [
        'std::string text = std::string(a > b ? "x" : "y") + "{";\nstd::cout << text << \'\\n\';',
        "list.push_back(a);",
        "std::sort(list.begin(), list.end());",
        "for (auto& one : list) one += 1;",
        "for (const auto& [key, value] : table) std::cout << key << value << '\\n';",
        'table["a"] = a; table["b"] += b;',
        "auto add = [&](int x) { return x + total; }; total = add(2);",
        "auto fixed = [a](int x) -> int { if (x > a) return x; return a; }; b = fixed(b);",
        "try { if (total > 2) throw std::runtime_error(\"big\"); total++; } catch (const std::exception& e) {\n std::cout << e.what() << '\\n'; }",
        'if (auto found = table.find("a"); found != table.end()) total += found->second;',
        "Counter counter(a); counter.add(b); total += counter.get();",
        "total += largest(a, b);",
        "auto copy = list; list.clear(); list = std::move(copy);",
        "std::unique_ptr<int> owned(new int(a)); total += *owned;",
    ]
)
HEAD_C = """#include <stdio.h>
#include <string.h>
#define SWAP(x, y) do { int t = (x); (x) = (y); (y) = t; } while (0)

struct pair { int count; int other; unsigned bits : 3; };

/* Of two. */
static int helper(int x, int *y)
{
    if (y == NULL || x > 90) return -1;
    *y = x;
    return *y + 1;
}
"""
HEAD_CPP = (
    """#include <algorithm>
#include <cstring>
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>
"""
    + HEAD_C
    + """
template <typename T> T largest(T x, T y) { return x > y ? x : y; }
constexpr int twice(int x) { return x * 2; }
namespace inner {
class Base { public: virtual ~Base() = default; virtual int get() const { return 0; } };
}
class Counter : public inner::Base {
  int n_; std::string name_ = "n"; static int all;
public:
  explicit Counter(int n) : n_(n) { all++; }
  void add(int x) { n_ += x; if (n_ > 5) n_ = 5; }
  int get() const override;
  std::string name() const { return name_; }
  friend int peek(const Counter& c) { return c.n_; }
};
int Counter::all = 0;
int Counter::get() const { int sum = n_ + all; return sum + twice(1); }
"""
)
START = "int a = 5, b = 2, total = 0, items[4] = {1, 2, 3, 4};\nstruct pair q = {1, 2, 3}, *p = &q; int *at = items;\n"
START_CPP = START + "std::vector<int> list{3, 1, 2}; std::map<std::string, int> table;\n"


def _block(lines, indent):
    return textwrap.indent("\n".join(lines), indent)


def _compound(children):
    blocks = st.lists(children, min_size=1, max_size=3)

    def build(kind, body, other, indent):
        inner, outer = _block(body, indent), _block(other, indent)
        return {
            "if": f"if (a > b) {{\n{inner}\n}} else if (total)\n{{\n{outer}\n}}\nelse {{  // last\n{inner}\n}}",
            "for": f"for (int i = 0, k = 3; i < k; i++) {{  // each\n{inner}\n{indent}if (i > 1) break;\n}}",
            "while": f"{{ int k = 0;\nwhile (k++ < 2)\n{{\n{inner}\n{indent}if (k == 1) continue;\n{outer}\n}} }}",
            "do": f"{{ int turn = 0; do {{\n{inner}\n}} while (++turn < 2); }}",
            "switch": f"switch (total % 3) {{\ncase 0:\n{{\n{inner}\n}}\n{indent}/* falls */\ncase 1: {{\n{outer}\n{indent}break; }}\ndefault: ;\n}}",
            "block": f"{{\n{inner}\n{indent}{{ int a = 7; total += a; }}\n}}",
        }[kind]

    return st.builds(build, st.sampled_from(["if", "for", "while", "do", "switch", "block"]), blocks, blocks, INDENTS)


def _programs(simple, head, start):
    statements = st.recursive(simple, _compound, max_leaves=8)
    bodies = st.lists(st.lists(statements, min_size=1, max_size=4), min_size=1, max_size=3)

    def build(functions, newline, end):
        parts = [head]
        for number, body in enumerate(functions):
            inside = "\n".join(f"{{\n{one}\n}}" if "fresh" in one or "=" in one else one for one in body)
            parts.append(
                f"static int part{number}(int a, int b)\n{{\n{start.replace('a = 5, b = 2, ', '')}{inside}\n"
                f"  if (total > 40) goto out;\n  total++;\nout:\n  return total + items[0];\n}}\n"
            )
        calls = " ".join(f'printf("%d\\n", part{number}({number}, 3));' for number in range(len(functions)))
        parts.append(f"int main(void) {{ {calls} return 0; }}{end}")
        return "".join(parts).replace("\n", newline)

    return st.builds(build, bodies, st.sampled_from(["\n", "\n", "\r\n"]), st.sampled_from(["", "\n", "\n\n// end"]))


def c_programs():
    """C programs that end: any nesting, braces or none, remarks, either line end, with and without a last newline."""
    return _programs(SIMPLE, HEAD_C, START)


def cpp_programs():
    """C++ programs that end: those of C, with objects, templates, lambdas, exceptions and containers."""
    return _programs(st.one_of(SIMPLE, SIMPLE_CPP), HEAD_CPP, START_CPP)
