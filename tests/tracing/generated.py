"""Hypothesis strategies: small programs with all that makes inserting statements hard."""

import textwrap

from hypothesis import strategies as st

NAMES = ("a", "b", "total", "items")
INDENTS = st.sampled_from(["  ", "    ", "\t"])


def _block(lines, indent):
    return textwrap.indent("\n".join(lines), indent)


PYTHON_SIMPLE = st.sampled_from(
    [
        "a = 3",
        "b = a * 2 + 1",
        "a, b = b, a",
        "total += a",
        "total = a; b = total",
        "items = [a, b, total]",
        "items.append(a)",
        "items.sort()",
        "items = sorted(x + a for x in items)",
        "print(a, b, total, items)",
        "x = (a +\n     b)",
        'text = """one\n  two"""',
        "print(f'{a=}')  # a remark",
        "# only a remark",
        "a = b = total",
        "del items[:1]",
        "undefined_name",
        "c: int = a",
        "if a: b = 1",
        "while b > 9: b -= 4",
        "a = int('7') \\\n    + b",
        "d = {'k': a}\nd['k'] = b",
        "pass",
    ]
)


def _python_compound(children):
    blocks = st.lists(children, min_size=1, max_size=3)

    def build(kind, body, other, indent):
        inner, outer = _block(body, indent), _block(other, indent)
        # A loop inside that had the same counter might set it back for ever; what is inside is always shorter.
        k = f"k{len(inner)}"
        return {
            "if": f"if a > b:\n{inner}\nelif total:\n{outer}\nelse:\n{inner}",
            "element": f"if items and items[0] > a and not items[-1] == b:\n{inner}\nelif len(items) < 3 or items[b] == 2:\n"
            f"{outer}\nelse:\n{inner}",
            "element while": f"{k} = 0\nwhile {k} < 3 and items and (items[{k}] or total):\n{indent}{k} += 1\n{inner}",
            "bare if": f"if items:  # why not\n\n{inner}",
            "for": f"for n, item in enumerate(items[:3]):\n{indent}# each\n{inner}\nelse:\n{outer}",
            "while": f"{k} = 0\nwhile {k} < 3:\n{indent}{k} += 1\n{inner}",
            "try": f"try:\n{inner}\nexcept (ValueError, NameError) as e:\n{outer}\nfinally:\n{indent}b = 2",
            "def": f"def f(n, *rest, key=1, **more):\n{indent}'''Doc.'''\n{indent}a, b, total, items = n, key, 0, list(rest)\n"
            f"{inner}\n{indent}return a, b\nprint(f(1, 2, 3))",
            "class": f"class C:\n{indent}def __init__(self, n):\n{indent}{indent}self.n = n\n{indent}{indent}self.m = self.n + 1\n"
            f"{indent}@property\n{indent}def p(self): return self.m\nprint(C(4).p)",
            "with": f"import io\nwith io.StringIO('x') as handle:\n{inner}",
            "match": f"match a:\n{indent}case 3:\n{_block(body, indent * 2)}\n{indent}case _: b = 1",
        }[kind]

    kinds = st.sampled_from(
        ["if", "element", "element while", "bare if", "for", "while", "try", "def", "class", "with", "match"]
    )
    return st.builds(build, kinds, blocks, blocks, INDENTS)


def _safe(statement, indent):
    return f"try:\n{textwrap.indent(statement, indent)}\nexcept Exception as error:\n{indent}print(type(error))"


def python_programs():
    """Programs that end: docstring or not, any indentation, trailing newline or not."""
    statements = st.recursive(PYTHON_SIMPLE, _python_compound, max_leaves=12)
    bodies = st.lists(st.builds(_safe, statements, INDENTS), min_size=1, max_size=5)
    head = st.sampled_from(["", '"""A program."""\n', "#!/usr/bin/python3\n# -*- coding: utf-8 -*-\n", "\n\n"])
    start = "a, b, total, items = 1, 2, 0, [5, 4]\n"
    ends = st.sampled_from(["", "\n", "\n\n# end"])
    return st.builds(lambda top, body, end: top + start + "\n".join(body) + end, head, bodies, ends)


SHELL_SIMPLE = st.sampled_from(
    [
        "a=3",
        "b=$((a * 2))",
        'total+="x$a"',
        "items=(1 2 3)",
        'items+=("$a")',
        'echo "$a ${b:-} ${total:-}"',
        "a=$(echo 7)",
        "false || true",
        'echo "status $?"',
        "((b += 2)) || true",
        "local_count=${#items[@]}",
        "# a remark",
        "cat <<EOF\na is $a\nEOF",
        'read -r a b <<< "4 5"',
        "echo oops >&2",
        "items[1]=$a",
    ]
)


def _shell_compound(children):
    blocks = st.lists(children, min_size=1, max_size=3)

    def build(kind, body, other, indent):
        plain = [line for line in body if "EOF" not in line] or [":"]
        inner, outer = _block(plain, indent), _block([line for line in other if "EOF" not in line] or [":"], indent)
        return {
            "if": f'if [ "$a" = 3 ]; then\n{inner}\n{indent}:\nelif false; then\n{outer}\n{indent}:\nelse\n{inner}\n{indent}:\nfi',
            "for": f"for i in 1 2; do\n{inner}\n{indent}:\ndone",
            "while": f'k=0\nwhile [ "$k" -lt 2 ]; do\n{indent}k=$((k + 1))\n{inner}\ndone',
            "case": f"case $a in\n{indent}3)\n{inner}\n{indent};;\n{indent}*) echo other ;;\nesac",
            "function": f'f() {{\n{indent}local n=${{1:-0}}\n{inner}\n{indent}return 0\n}}\nf 4\nout=$(f 5 2>&1)\necho "$out"',
            "last": f"g() {{\n{inner}\n}}\nif g; then echo yes; else echo no; fi",
            "pipe": f"printf '1\\n2\\n' | while read -r line; do\n{inner}\n{indent}echo \"$line\"\ndone",
        }[kind]

    kinds = st.sampled_from(["if", "for", "while", "case", "function", "last", "pipe"])
    return st.builds(build, kinds, blocks, blocks, INDENTS)


def shell_scripts():
    """Scripts that end, with and without `set -euo pipefail`."""
    statements = st.recursive(SHELL_SIMPLE, _shell_compound, max_leaves=10)
    head = st.sampled_from(["", "#!/bin/bash\n", "#!/usr/bin/env bash\n# A script.\nset -euo pipefail\n"])
    start = "a=1\nb=2\ntotal=\nitems=()\n"
    bodies = st.lists(statements, min_size=1, max_size=4).map("\n".join)
    return st.builds(lambda top, body: top + start + body + "\n", head, bodies)
