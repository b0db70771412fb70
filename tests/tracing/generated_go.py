"""Hypothesis strategies: small Go programs that compile and end, with all that makes inserting statements hard.

Belongs here: programs over a few variables of fixed types, so that any order of statements compiles. Does not: tests.
"""

import textwrap

from hypothesis import strategies as st

INDENTS = st.sampled_from(["\t", "  ", "    "])
HEAD = """// A program.
package main // of its own

import (
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"
)

type Pair struct {
	Left  int
	right []string
	next  *Pair
	seen  map[string]int
}

type Color int

const (
	Red Color = iota
	Green
)

var count = len(os.Args) + len(strings.Fields("a b"))
var order func([]int) = sort.Ints

func init() { count++ }

func (c Color) String() string { return [...]string{"red", "green"}[c] }

func (p *Pair) Add(word string) *Pair {
	if p == nil || p.right == nil && word == "" {
		return p
	}
	p.right = append(p.right, word)
	return p
}

func (p Pair) weight() (total int, err error) {
	if p.Left < 0 { err = errors.New("light"); return }
	for q := &p; q != nil; q = q.next { total += q.Left + len(q.right) }
	return total, nil
}

func largest[T int | float64](items ...T) (best T, ok bool) {
	for i, item := range items {
		if i == 0 || item > best {
			best, ok = item, true
		}
	}
	return
}

func deferred(n int) (result int) {
	defer func() { if r := recover(); r != nil { result = -1 } }()
	if n > 2 { panic(fmt.Sprint("too big ", n)) }
	return 10 / n
}
"""
SIMPLE = st.sampled_from(
    [
        "a = 3",
        "b = a*2 + 1; a, b = b, a",
        "total += a; b--",
        "items[a&3] = b",
        "items = append(items, a)[:4]",
        "sort.Ints(items)",
        'words = strings.Fields(strings.Join(words, " ") + " x")[:2]',
        "fmt.Println(a, b, total,\n\titems)",
        'fmt.Fprintln(os.Stderr, "own line")',
        "// only a remark {",
        "/* a remark { */ a = 4 /* } */ // more",
        "{ a := 7; total += a }",
        "{\n\tvar x, y int = 1, a; var z []int; z = append(z, x); total += y + len(z)\n}",
        '{ x := `raw { "\n` + "}"; total += len(x) }',
        "if a > b { b = 1 } else if x := total % 2; x == 0 && len(items) > 1 { a = items[0] } else { b = 2 }",
        'if v, err := (&Pair{Left: a}).Add("w").weight(); err != nil { total = 0 } else { total = v }',
        "for i := 0; i < 3; i++ { if i == 1 { continue }; total += i }",
        "for range items { total++ }",
        "for i := range items { if items[i] > 3 { break } }",
        'for k, v := range map[string]int{"k": a} { total += len(k) + v }',
        "switch { case a > b: total = 1; fallthrough; case a == b: total++; default: b = 0 }",
        "switch x := any(a).(type) { case int: total += x; case string, error: fmt.Println(x); default: }",
        "switch Color(a & 1) {\n// first\ncase Red:\n\tb = 1\ncase Green: // second\n}",
        "if best, ok := largest(a, b, total); ok { total = best }",
        "add := func(n int) int { total += n; return total }; add(1); func() { a = add(2) }()",
        "total += deferred(3) + deferred(0)",
        "{ ch := make(chan int, 1); ch <- a; select { case v := <-ch: total = v; default: b = 3 } }",
        '{\n\tp := &Pair{1, words, &Pair{}, map[string]int{"z": 1, "a": 2}}\n\tp.seen[words[0]]++\n\tp.next.Left = a\n\tp.next = p\n}',
        "{ pair := struct{ x, y int }{a, b}; total += pair.x; e := error(nil); _ = e }",
        "outer:\n\tfor i := 0; i < 2; i++ {\n\t\tfor {\n\t\t\tif i == 0 { continue outer }\n\t\t\tbreak outer\n\t\t}\n\t}",
        "for p := (&Pair{a, words, &Pair{}, nil}); p != nil && (p.Left > b || p.next != nil); { total += p.Left; p = p.next }",
        "{ done := make(chan bool); go func() { total++; done <- true }(); <-done }",
        "if len(words) > 9 { return 0 }",
        ";",
    ]
)


def _compound(children):
    blocks = st.lists(children, min_size=1, max_size=3)

    def build(kind, body, other, indent):
        inner, outer = textwrap.indent("\n".join(body), indent), textwrap.indent("\n".join(other), indent)
        return {
            "if": f"if a > b {{\n{inner}\n}} else if total > 3 {{\n{outer}\n}} else {{ // last\n{inner}\n}}",
            "for": f"for n := 0; n < 2; n++ {{ // each\n{inner}\n{indent}if n == 1 {{ continue }}\n{outer}\n}}",
            "while": f"for k := 0; k < 2; {{\n{indent}k++\n{inner}\n}}",
            "forever": f"for {{\n{inner}\n{indent}break\n}}",
            "switch": f"switch total % 3 {{\ncase 0, 1:\n{inner}\ndefault:\n{outer}\n}}",
            "block": f"{{\n{inner}\n{indent}{{ a := 7; total += a }}\n}}",
            "closure": f"func() {{\n{inner}\n}}()".replace("return 0", "return"),
        }[kind]

    kinds = st.sampled_from(["if", "for", "while", "forever", "switch", "block", "closure"])
    return st.builds(build, kinds, blocks, blocks, INDENTS)


def _program(parts, indent, newline, end):
    functions = []
    for number, body in enumerate(parts):
        # Names that begin in a statement end with it; what follows a jump is still there for the compiler.
        inside = textwrap.indent("\n".join(f"{{\n{one}\n}}" if ":=" in one else one for one in body), indent)
        functions.append(
            f"func part{number}(a, b int, items []int, words []string) int {{\n{indent}total := 0\n{inside}\n"
            f"{indent}return total + a + b\n}}\n"
        )
    calls = "".join(
        f'\tfmt.Println(part{number}({number}, 7, []int{{5, 4, 4, 1}}, []string{{"one", "two"}}))\n'
        for number in range(len(parts))
    )
    # A raw string keeps its line ends, as everything else does.
    return (HEAD + "\n" + "\n".join(functions) + f"func main() {{\n{calls}}}" + end).replace("\n", newline)


def go_programs():
    """Programs that print what their parts give back; any indentation and line end, final newline or not."""
    statements = st.recursive(SIMPLE, _compound, max_leaves=8)
    parts = st.lists(st.lists(statements, min_size=1, max_size=6), min_size=1, max_size=4)
    ends = st.sampled_from(["", "\n", "\n\n// end"])
    return st.builds(_program, parts, INDENTS, st.sampled_from(["\n", "\n", "\r\n"]), ends)


def every_statement():
    """One program with all simple statements, each in a part of its own."""
    return _program([[one] for one in SIMPLE.elements], "\t", "\n", "\n")
