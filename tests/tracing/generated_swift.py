"""Hypothesis strategies: small Swift programs with all that makes inserting statements hard.

`§` in a snippet stands for a number of its own, so that a name is declared once.
"""

import itertools
import textwrap
from collections.abc import Iterator

from hypothesis import strategies as st

INDENTS = st.sampled_from(["  ", "    ", "\t"])
SIMPLE = st.sampled_from(
    [
        "a = 3",
        "b = a &* 2 &+ 1; total &+= a",
        "a &+= 1;",
        "(a, b) = (b, a) // swapped",
        "items[abs(a % 3)] = b",
        "items.append(a); items.sort()",
        'names["k", default: 0] &+= a',
        'names["a{b"] = total  /* why not */',
        "point.x = a",
        "point.move(by: b)",
        "node.next?.value = a",
        "node.next = Node(a % 4)",
        "maybe = a > b ? nil : a",
        "let fresh§: Int\nif a > b { fresh§ = 1 } else { fresh§ = b }\ntotal &+= fresh§",
        'var unset§: String\nunset§ = "}\\(a)"\nprint(unset§)',
        "let (low§, high§) = a < b ? (a, b) : (b, a); print(low§, high§)",
        'let word§ = """\n  {\\(a) "quoted"\n  """\nprint(word§)',
        "let evens§ = items.filter { $0 % 2 == 0 }.map { $0 &* 2 }\ntotal &+= evens§.count",
        "let sums§ = items.map { item -> Int in\n  let twice = item &* 2\n  if twice > 4 { return twice }\n  return total\n}\nprint(sums§)",
        "let added§ = items.reduce(into: 0) { sum, item in sum &+= item; total &+= 1 }\nprint(added§)",
        "let each§ = { (x: Int) -> Int in\n  guard x > 1 else { return x }\n  return x &- 1\n}\na = each§(a)",
        "func inner§(_ x: Int, scale: Int = 2) -> Int { x &* scale &+ total }\nb = inner§(a)",
        "print(total,\n      a)",
        "// only a remark",
        "/* a remark\n   of two lines */",
        "_ = items.popLast()",
        "if items.isEmpty { items = [1, 2, 3] }",
        "while items.count < 3 { items.append(0) }",
        "if let some§ = maybe, some§ > a { total &+= some§ } else if case .some(let other§) = maybe { print(other§) }",
        "let other§: Node? = a > b ? nil : node\nif let other§ = other§, other§.value > a { print(other§.value) } else { print(a) }",
        "for (index, item) in items.enumerated() where index > 0 { total &+= item &* index }",
        "for case let found? in [maybe, nil, 4] { total &+= found }",
        "repeat { total &+= 1 } while total < 3",
        "outer§: for i in 0..<3 { for j in 0..<3 { if i == j { continue outer§ }; if j > a { break outer§ } } }",
        "switch a % 3 { case 0: b = 1; case 1: total &+= 1\nfallthrough\ndefault: break }",
        'switch shape {\ncase .circle(let r) where r > 2:\n  print(r)\ncase .circle: break\ncase let .rect(w, h):\n  total &+= w &* h\ncase .none:\n  print("none")\n}',
        'defer { print("left", a) }',
        "do { try risky(a); total &+= 1 } catch Problem.big(let size) where size > 4 { print(size) } catch { print(error) }",
        "a = (try? risky(b)) == nil ? 0 : 1",
        'let kind§ = if a > b { "more" } else { "less" }\nprint(kind§)',
        "swap(&a, &b)",
        "change(&total, by: 1)",
        "#if os(Linux)\ntotal &+= 1\n#else\ntotal = 0\n#endif",
        "print(point.area, node.label, shape)",
    ]
)
COMPOUND = st.sampled_from(
    [
        ("if a < b {", "} else if b > 3 {", "} else {", "}"),
        ("guard a < 9 else {", "return total }"),
        ("for i in 0..<4 {\nif i == 2 { continue }", "}"),
        ("do {", "}"),
        ("do {\n_ = try risky(a)", "} catch let problem as Problem {\nprint(problem)", "}"),
        ("do {", 'try risky(total)\n} catch {\nprint("caught")', "}"),
        ("switch shape {\ncase .circle(let r), .rect(let r, _):\nprint(r)", 'default:\nprint("other")', "}"),
        ("var turns§ = 0\nwhile turns§ < 3, let top§ = items.last, top§ < 9 {\nturns§ += 1", "}"),
        ("if let some§ = maybe {\nprint(some§)", "}"),
        ("let run§ = { () -> Int in", "return a\n}\nb = run§()"),
        ("func step§() throws -> Int {", "return total\n}\nb = try step§()"),
    ]
)
HEAD = """import Foundation

enum Shape { case circle(Int), rect(Int, Int), none }
enum Problem: Error { case big(size: Int), odd }
protocol Named { var label: String { get } }

struct Point: Equatable, CustomStringConvertible {
    var x = 1
    var y = 2 { didSet { if y > 90 { y = 0 } } }
    static var made = 0
    init(x: Int = 1, y: Int = 2) { self.x = x; self.y = y; Point.made += 1 }
    var area: Int { x &* y }
    var half: Int {
        get { return x / 2 }
        set(new) { x = new &* 2 }
    }
    var description: String { print("asked"); return "(\\(x))" }
    mutating func move(by step: Int) {
        x &+= step % 7
        half = x
        self.y = step
    }
    subscript(i: Int) -> Int { i == 0 ? x : y }
    static func + (l: Point, r: Point) -> Point { Point(x: l.x &+ r.x, y: l.y) }
}

class Node: Named {
    let value0: Int
    var value: Int
    var next: Node?
    lazy var cost: Int = { print("made"); return value &+ 1 }()
    init(_ value: Int) {
        value0 = value
        self.value = value
    }
    convenience init?(text: String) {
        guard let number = Int(text) else { return nil }
        self.init(number)
    }
    deinit { if value > 100 { print("gone", value) } }
    var label: String { "node \\(value)" }
}

extension Named { func shout() -> String { label.uppercased() } }

@discardableResult func risky(_ n: Int) throws -> Int {
    if n > 3 { throw Problem.big(size: n) }
    return n &+ 1
}
func change(_ value: inout Int, by step: Int) { value &+= step }
"""


@st.composite
def _body(draw, numbers: Iterator[int], depth: int = 2) -> str:
    lines = []
    for _ in range(draw(st.integers(1, 4))):
        number = str(next(numbers))
        if depth and draw(st.integers(0, 2)) == 0:
            parts = [part.replace("§", number) for part in draw(COMPOUND)]
            lines.append(parts[0])
            for part in parts[1:]:
                lines.append(textwrap.indent(draw(_body(numbers, depth=depth - 1)), draw(INDENTS)))
                lines.append(part)
        else:
            lines.append(draw(SIMPLE).replace("§", number))
    return "\n".join(lines)


@st.composite
def swift_programs(draw) -> str:
    """A program of a few functions that are called with several arguments."""
    parts, numbers = [HEAD], itertools.count()
    count = draw(st.integers(1, 3))
    for number in range(count):
        indent = draw(INDENTS)
        inner = f"""var a = n, b = 2, total = 0
var items = [1, 2, 3], names: [String: Int] = [:], maybe: Int? = n
var point = Point(), shape = Shape.rect(n, 2)
let node = Node(text: "7")!
shape = n > 4 ? .circle(n) : shape
{draw(_body(numbers))}
print(a, b, items, names.count, maybe as Any, point.x, node.shout())
return total"""
        body = textwrap.indent(inner, indent)
        parts.append(f"func work{number}(_ n: Int, text: String) throws -> Int {{\n{body}\n}}\n")
    calls = "\n".join(
        f'do {{ print(try work{number}({n}, text: "x")) }} catch {{ print("failed", error) }}'
        for number in range(count)
        for n in (0, 5)
    )
    text = "\n".join([*parts, "var top = 0", "for n in 1...3 { top += n }", calls])
    text += draw(st.sampled_from(["\n", "", "\n\n// the end"]))
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text
