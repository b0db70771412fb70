"""Hypothesis strategies: small JavaScript and TypeScript programs with all that makes inserting statements hard.

`§` in a snippet stands for a number of its own, so that a name is declared once.
"""

import itertools
import textwrap
from collections.abc import Iterator

from hypothesis import strategies as st

INDENTS = st.sampled_from(["  ", "    ", "\t", ""])
SIMPLE = (
    "a = 3",
    "b = a * 2 + 1; total += a",
    "a += 1;",
    ";[a, b] = [b, a] // swapped",
    "items[Math.abs(a % 3)] = b",
    "let at§ = 0; items[at§++] = a; items[--at§] = b; items[items.length] = at§; console.log(at§, items)",
    "items.push(a); items.sort((x, y) => x - y)",
    'names["a{b"] = total  /* why not */',
    "point.x = a",
    "point.move(b)",
    "point.half = total",
    "total = point.half",
    "if (point.next && point.next.x > a) total = point.next.x; else total -= 1",
    "if (items.length && items[0] > a) b = items[0]\nelse if (a) b = 0\nelse { total++ }",
    "let fresh§\nif (a > b) fresh§ = 1\ntotal += fresh§ || 0",
    "let low§ = a < b ? a : b, none§, high§ = Math.max(a, b), f§ = () => low§; console.log(low§, none§, high§)",
    "const { x: x§, deep: { y: [y§ = 7] = [] } = {}, ...rest§ } = point\ntotal += x§ + y§",
    'const word§ = `{${a} "quoted"\n  ${items.map((n) => n * a).join(`;${b}`)}`\nconsole.log(word§)',
    "const evens§ = items.filter((n) => n % 2 === 0).map(n => n * 2)\ntotal += evens§.length",
    "const sums§ = items.map(function (item) {\n  if (item > 4) return item\n  return total\n})\nconsole.log(sums§)",
    "const added§ = items.reduce((sum, item) => (total++, sum + item), 0)\nconsole.log(added§)",
    "const made§ = (() => { return () => 1 })(), named§ = (() => function () {})()\nconsole.log(made§.name, named§.name)",
    "const add§ = (x, y = a) => x + y\nconst object§ = () => ({ a, b })\nconsole.log(add§(1), object§())",
    "function inner§(x, { y = 2 } = {}, ...rest) { return x * y + total + rest.length }\nb = inner§(a, {}, 1)",
    "function plain§(x) { 'use strict'; return this === undefined }\nconsole.log(plain§(a))",
    (
        "function* count§(n) { for (let i = 0; i < n; i++) { const got = yield i; if (got) return got } return n }\n"
        "console.log([...count§(2)])"
    ),
    "console.log(total,\n      a)",
    "// only a remark",
    "/* a remark\n   of two lines */",
    ";",
    "if (!items.length) items = [1, 2, 3]",
    "while (items.length < 3) items.push(0)",
    "for (const [key, value] of Object.entries(names)) { total += value; if (key) continue }",
    "for (const key in names) total += key.length",
    "for (var i§ = 0, n§ = 2; i§ < n§; i§++) b += i§\nb += i§",
    "do total++; while (total < 3)",
    "do { total++ } while (total < 3)",
    "outer§: for (let i = 0; i < 3; i++) { for (let j = 0; j < 3; j++) { if (i === j) continue outer§; if (j > a) break outer§ } }",
    "block§: { if (a > b) break block§; total++ }",
    "switch (a % 3) { case 0: b = 1; case 1: total++; break\ndefault: }",
    "switch (typeof names) {\n  case 'string':\n  case 'object': {\n    const inside = a\n    b = inside\n    break\n  }\n  default:\n    b = 0\n}",
    "try { risky(a); total++ } catch { total-- } finally { b++ }",
    "try { risky(b) } catch ({ message }) { console.log(message) }",
    (
        "const loud§ = { get x() { console.log('asked'); return 1 }, toString() { console.log('text'); return 't' } }\n"
        "if (a > loud§.x) b = 1"
    ),
    "point.grow?.(a) ?? (b ||= 4)",
    "void (a, b)",
    "const big§ = 2n ** 70n, map§ = new Map([[a, { b }]]), set§ = new Set(items)\nconsole.log(big§, map§, set§)",
    "const spread§ = [...items, ...[a, b]].slice(1)\nconsole.log({ ...names, spread§ })",
    "const tag§ = /[{}\"]\\/(?:a|b)/g\nconsole.log('a}'.replace(/}/g, (all) => `<${all}>`), tag§.source)",
)
TYPED = (
    "let fresh§: number | undefined\nif (a > b) fresh§ = 1\ntotal += fresh§!",
    "const cast§ = <number>a + (b as unknown as number)\ntotal = cast§ satisfies number",
    "enum Kind§ { One = 1, Two }\ntype Alias§ = { [key: string]: Kind§ }\nb = Kind§.Two\nconst by§: Alias§ = { k: Kind§[b as any] as any }",
    "interface Has§ { size: number; get(n: number): void }\nconst has§: Has§ = { size: a, get(n: number) { return } }\ntotal += has§.size",
    (
        "function pick§<T extends { x: number }>(from: T[], at?: number): T | undefined { if (at === undefined) return; return from[at]! }\n"
        "b = pick§([point], 0)?.x ?? 0"
    ),
    "const id§ = <T,>(value: T): T => value\ntotal = id§<number>(a)",
)
COMPOUND = (
    ("if (a < b) {", "} else if (b > 3) {", "} else {", "}"),
    ("if (a < b)\n{", "}\nelse\n{", "}"),
    ("for (let i = 0; i < 4; i++) {\nif (i === 2) continue", "}"),
    ("for (const n of items.slice(0, 3)) {", "}"),
    ("try {", "} catch (error) {\nconsole.log(error instanceof Error)", "}"),
    ("try {\nrisky(a)", "} catch (error) {", "} finally {", "}"),
    ("switch (a) {\ncase 3:\nconsole.log(3)", "break\ndefault:\nconsole.log('other')", "}"),
    ("let turns§ = 0\nwhile (turns§ < 3 && items.length) {\nturns§++", "}"),
    ("{", "}"),
    ("const run§ = () => {", "return a\n}\nb = run§()"),
    ("items.forEach(function (item, at) {", "if (at) return\n})"),
    ("const holder§ = { go() {", "return b\n} }\ntotal += holder§.go()"),
)
HEAD = """class Point {
  #secret = 1
  static made = 0
  x = 1
  constructor(x, y = 2) { Point.made++; this.x = x; this.y = y; this.next = null }
  get half() { console.log('half'); return this.x / 2 }
  set half(value) { this.x = value * 2 }
  move(by) {
    this.x += by % 7
    if (this.#secret > 3 || !by) return this
    this.#secret++
    return this.#secret
  }
  toString() { console.log("asked"); return `(${this.x})` }
}

class Far extends Point {
  grow = (by) => { this.y += by; return this.y }
  constructor(...given) {
    const first = given[0] || 0
    super(first, 4)
    this.first = first
  }
}

function risky(n) {
  if (n > 3) throw new RangeError(`big ${n}`)
  return n + 1
}
"""
TYPED_HEAD = """abstract class Base<T> { protected kept: T[] = []; abstract size(): number; label?(): string }

class Point extends Base<number> {
  #secret: number = 1
  static made = 0
  next: Point | null = null
  deep: any
  grow?: (by: number) => number
  constructor(public x: number, private readonly y: number = 2) { super(); Point.made++ }
  size(): number { return this.kept.length }
  get half(): number { console.log('half'); return this.x / 2 }
  set half(value: number) { this.x = value * 2 }
  move(by: number): number | this;
  move(by: number): any {
    this.x += by % 7
    if (this.#secret > 3 || !by) return this
    this.#secret++
    return this.#secret + this.y
  }
}

class Far extends Point {}

function risky(n: number): number {
  if (n > 3) throw new RangeError(`big ${n}`)
  return n + 1
}
"""


@st.composite
def _body(draw, snippets: tuple[str, ...], numbers: Iterator[int], depth: int = 2) -> str:
    lines = []
    for _ in range(draw(st.integers(1, 4))):
        number = str(next(numbers))
        if depth and draw(st.integers(0, 2)) == 0:
            parts = [part.replace("§", number) for part in draw(st.sampled_from(COMPOUND))]
            lines.append(parts[0])
            for part in parts[1:]:
                lines.append(textwrap.indent(draw(_body(snippets, numbers, depth=depth - 1)), draw(INDENTS)))
                lines.append(part)
        else:
            lines.append(draw(st.sampled_from(snippets)).replace("§", number))
    return "\n".join(lines)


@st.composite
def javascript_programs(draw, *, typed: bool = False) -> str:
    """A program of a few functions that are called with several arguments."""
    snippets, numbers = (*SIMPLE, *TYPED) if typed else SIMPLE, itertools.count()
    top = draw(st.sampled_from(["", "'use strict'\n", "/* A licence. */\n", "#!/usr/bin/env node\n// A remark.\n"]))
    parts = [top + (TYPED_HEAD if typed else HEAD)]
    count = draw(st.integers(1, 3))
    kind = (": number", ": string", ": { [key: string]: any }", ": any[]") if typed else ("", "", "", "")
    for number in range(count):
        inner = f"""var a = n, b = 2, total = 0
let items{kind[3]} = [1, 2, 3], names{kind[2]} = {{}}
const point{": any" if typed else ""} = n > 4 ? new Far(n) : new Point(n)
{draw(_body(snippets, numbers))}
console.log(a, b, items, names, total, point.x, text)
return total"""
        body = textwrap.indent(inner, draw(INDENTS))
        parts.append(f"function work{number}(n{kind[0]}, text{kind[1]}) {{\n{body}\n}}\n")
    calls = "\n".join(
        f"try {{ console.log(work{number}({n}, 'x')) }} catch (error) {{ console.log('failed', String(error)) }}"
        for number in range(count)
        for n in (0, 5)
    )
    text = "\n".join([*parts, "var top = 0", "for (const n of [1, 2, 3]) top += n", calls])
    text += draw(st.sampled_from(["\n", "", "\n\n// the end"]))
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text
