"""Hypothesis strategies: small Rust programs that compile and end, with all that makes inserting statements hard.

Belongs here: programs over a few variables of fixed types, so that any order of statements compiles. Does not: tests.
"""

import textwrap

from hypothesis import strategies as st

INDENTS = st.sampled_from(["    ", "  ", "\t"])
HEAD = """#![allow(warnings)]
//! A program.
use std::collections::{BTreeMap, HashMap};

/// A pair without `Debug`.
#[derive(Clone)]
struct Pair { left: i64, right: Vec<String> }

#[derive(Debug, Clone, PartialEq)]
enum Shape<T> { Dot, Round(T), Box { wide: T, high: T } }

impl Pair {
    pub fn new(left: i64) -> Self { Pair { left, right: vec![] } }
    fn named(mut self, name: &str) -> Pair { self.right.push(name.to_string()); self }
    fn last(&mut self) -> Option<&mut String> { self.right.last_mut() }
    fn weight(&self) -> i64 { if self.left < 0 { return -self.left } self.left.wrapping_add(self.right.len() as i64) }
}

fn largest<T: PartialOrd + Copy>(items: &[T]) -> Option<T> {
    let mut best = *items.first()?;
    for &item in items { if item > best { best = item } }
    Some(best)
}
"""

SIMPLE = st.sampled_from(
    [
        "a = 3;",
        "b = a.wrapping_mul(2).wrapping_add(1);",
        "(a, b) = (b, a);",
        "total = total.wrapping_add(a); b = total;",
        "items = vec![a, b, total];",
        "items.push(a); items.truncate(9);",
        "items.sort(); items.dedup();",
        "items = items.iter().map(|x| x.wrapping_add(1)).filter(|x| *x % 2 == 0).collect();",
        'println!("{} {b} {total} {items:?}", a);',
        "let x = (a\n    .wrapping_add(b)); total = x;",
        'let text = r#"one { "two" } /* "#.to_string(); let kept = text; println!("{}", kept.len());',
        "// only a remark {",
        "/* a remark { */ a = 4; /* } */ // more",
        "if a > 1 { b = 1 }",
        "if let Some(x) = items.pop() { total = x } else if let [first, ..] = items[..] { total = first }",
        'let Some(first) = items.first().copied() else { return Err(format!("no items at {a}")) }; b = first;',
        'let moved = words.clone(); let other = moved; println!("{}", other.len());',
        "for word in words.clone() { total = total.wrapping_add(word.len() as i64); }",
        "let held = &mut items; held.push(1); held.push(2); held.truncate(5);",
        "let late; if a > 2 { late = 1i64; } else { late = 2; } total = late;",
        'match a { 1 => b = 2, 2 | 3 => {}, n if n > 9 => println!("{n}"), _ => total = 0, }',
        "let v = match items.len() { 0 => 0, 1 =>\n    1, n => { let m = n as i64; m } }; total = v;",
        "#[allow(unused)]\nlet y = 5;",
        "#[cfg(any())]\nlet never = missing;",
        "let mut add = |n: i64| { total = total.wrapping_add(n); total }; add(1); add(2);",
        "let grown = (1..4).map(|n| if n == 2 { n * 2 } else { n }).sum::<i64>(); b = grown;",
        "fn inner<T: Clone>(x: &T) -> T { x.clone() } b = inner(&a);",
        'let pair = Pair::new(a).named("p"); let mut two = pair.clone(); drop(pair); if let Some(s) = two.last() { s.push(\'!\'); } println!("{}", two.weight());',
        'let mut seen: HashMap<i64, usize> = HashMap::new(); *seen.entry(a).or_insert(0) += 1; println!("{seen:?}");',
        'let shape = if a > b { Shape::Round(a) } else { Shape::Box { wide: a, high: b } }; match &shape { Shape::Round(r) => total = *r, Shape::Box { wide, .. } => total = *wide, Shape::Dot => (), } println!("{shape:?}");',
        "total = 'found: { if a > 5 { break 'found a; } b };",
        'let mut chars = "a{b".chars().peekable(); while let Some(c) = chars.next() { if chars.peek().is_none() { println!("{c}"); } }',
        'let n: i64 = "12".parse::<i64>().map_err(|e| e.to_string())?; a = n;',
        "unsafe { a = 1; }",
        "let boxed: Box<dyn Fn(i64) -> i64> = Box::new(move |x| x.wrapping_sub(a)); total = boxed(b);",
        ";",
    ]
)


def _compound(children):
    blocks = st.lists(children, min_size=1, max_size=3)

    def build(kind, body, other, indent):
        inner, outer = textwrap.indent("\n".join(body), indent), textwrap.indent("\n".join(other), indent)
        return {
            "if": f"if a > b {{\n{inner}\n}} else if total > 3 {{\n{outer}\n}} else {{\n{inner}\n}}",
            "for": f"'outer: for n in 0..3i64 {{ // each\n{inner}\n    if n == 1 {{ continue 'outer }}\n{outer}\n}}",
            "while": f"let mut k = 0;\nwhile k < 3 {{\n    k += 1;\n{inner}\n}}",
            "loop": f"let mut k = 0;\nlet got = loop {{\n{inner}\n    k += 1;\n    if k > 2 {{ break k * 2 }}\n}};\ntotal = got;",
            "block": f"{{\n{inner}\n}}",
            "match": f"match a % 3 {{\n    0 => {{\n{inner}\n    }}\n    1 if b > 2 => {{\n{outer}\n    }}\n    _ => b = 1,\n}}",
            "value": f"let got = match b {{\n    0 => {{\n{inner}\n        1i64\n    }}\n    n => n,\n}};\ntotal = got;",
            "one line": f"if total > 1 {{ a = 2; {{ b = 2; }} }} else {{\n{outer}\n}}",
        }[kind]

    kinds = st.sampled_from(["if", "for", "while", "loop", "block", "match", "value", "one line"])
    return st.builds(build, kinds, blocks, blocks, INDENTS)


def _program(parts, indent, newline, end):
    functions = []
    for number, body in enumerate(parts):
        inside = textwrap.indent("\n".join(body), indent)
        functions.append(
            f"fn part_{number}(mut a: i64, mut b: i64, mut items: Vec<i64>, words: &[String]) -> Result<i64, String> {{\n"
            f"{indent}let words = words.to_vec();\n{indent}let mut total = 0i64;\n{inside}\n{indent}Ok(total)\n}}\n"
        )
    calls = "".join(
        f'    println!("{{:?}}", part_{number}({number}, 7 - {number}, vec![5, 4, 4], &words));\n'
        for number in range(len(parts))
    )
    main = f'fn main() {{\n    let words = vec!["one".to_string(), "two".to_string()];\n{calls}}}'
    return (HEAD + "\n".join(functions) + main + end).replace("\n", newline)


def rust_programs():
    """Programs that print what their parts give back; any indentation and line end, final newline or not."""
    statements = st.recursive(SIMPLE, _compound, max_leaves=8)
    parts = st.lists(st.lists(statements, min_size=1, max_size=6), min_size=1, max_size=4)
    ends = st.sampled_from(["", "\n", "\n\n// end"])
    return st.builds(_program, parts, INDENTS, st.sampled_from(["\n", "\n", "\r\n"]), ends)


def every_statement():
    """One program with all simple statements, each in a part of its own."""
    return _program([[one] for one in SIMPLE.elements], "    ", "\n", "\n")
