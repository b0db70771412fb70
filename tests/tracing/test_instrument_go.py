"""What the instrumenter of Go promises: only insertions, the same behaviour, events that follow from the source."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alchemy_assets.tracing.instrument.registry import instrument
from alchemy_assets.tracing.reasons import Dropped, Reason
from tests.tracing.behaviour import comes_back, same_behaviour, shown, some_of
from tests.tracing.generated_go import every_statement, go_programs

FUNCTIONS = """package main

import "os"

type Stack struct {
	items []int
	size  int
}

func (s *Stack) push(n int) {
	s.items = append(s.items, n)
	s.size++
}

func sign(n int) string {
	if n < 0 {
		return "minus"
	} else if n == 0 {
		return "none"
	}
	return "plus"
}

func divide(a, b int) (quotient int, ok bool) {
	if b == 0 {
		return
	}
	quotient = a / b
	return quotient + 1, true
}

func main() {
	s := &Stack{}
	for i := 0; i < 9; i++ {
		s.push(i * i)
	}
	sign(-1)
	sign(0)
	sign(s.items[2])
	divide(1, 0)
	divide(9, 2)
	for s.size > 7 && s.items[0] == 0 {
		s.size--
	}
	switch {
	case s.size > 100:
	case s.size > 3:
		os.Exit(3)
	}
}
"""
VALUES = """package main

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

type Color int

func (c Color) String() string { return fmt.Sprint("color ", int(c)) }

type Broken struct{ code int }

func (b *Broken) Error() string { return fmt.Sprint("broken ", b.code) }

type Node struct {
	Name  string
	next  *Node
	color Color
	ratio float32
	seen  map[int]string
	then  func()
}

func look(values ...any) { _ = len(values) }

func main() {
	node := &Node{"a", &Node{}, 1, 0.1, map[int]string{10: "x", 9: "y", -1: "z"}, func() {}}
	node.next.next = node
	look(node)
	err, problem := errors.New("no \\"room\\"\\n"), error(&Broken{4})
	look(errors.New("no \\"room\\"\\n"), &Broken{4}, Color(3), time.Second, 'x', 1e6)
	look(strings.Repeat("ä", 30), []byte("hi"), [9]bool{true}, struct{ X, Y int }{1, 2}, (*Node)(nil), nil)
	look(make(chan int), &sync.Mutex{}, map[string][]int{"b": {}, "a": {1}}, []any{1, "a", nil}, 2+3i)
	look(err, problem)
	var self any
	self = &self
	look(self, &node, []any{[]any{2}})
	look(&strings.Builder{}, []*Node{nil}, [][][][]int{{{{1}}}})
}
"""
SHARED = """package main

import (
	"fmt"
	"sync"
)

type Cache struct {
	lock sync.Mutex
	hits map[int]int
	size int
}

func (c *Cache) hit(n int) int {
	c.lock.Lock()
	defer c.lock.Unlock()
	if c.size < n {
		c.size = n
	}
	c.hits[n]++
	return c.hits[n]
}

func work(c *Cache, names map[string]int, done *sync.WaitGroup) {
	defer done.Done()
	for n := 0; n < 2000; n++ {
		c.hit(n % 7)
	}
}

func main() {
	c := &Cache{hits: map[int]int{}}
	names := map[string]int{"a": 1}
	var done sync.WaitGroup
	for i := 0; i < 8; i++ {
		done.Add(1)
		go work(c, names, &done)
	}
	done.Wait()
	fmt.Println(c.size, c.hits[3])
}
"""
PROGRAMS = {"functions": FUNCTIONS, "values": VALUES, "shared": SHARED, "every statement": every_statement()}


@pytest.fixture(scope="module")
def traces(sandbox):
    """The events of all programs, which are built together."""
    generated = some_of(go_programs(), 1)
    found = same_behaviour(sandbox, "Go", [*PROGRAMS.values(), *generated], limit=6)
    return dict(zip(PROGRAMS, found, strict=False))


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(go_programs(), st.integers(1, 90))
def test_programs_come_back_byte_for_byte(source, points):
    """A generated program keeps its bytes under the insertions, gets the same ones each time, and still parses."""
    comes_back("Go", source, points)


def test_programs_behave_as_before(traces):
    """Programs with everything that makes inserting hard print the same, and write events of every kind."""
    kinds = {event.partition(":")[0] for event in traces["every statement"]}
    assert kinds == {"IN", "OUT", "VAR", "BRANCH", "LOOP", "ERR", "TRANSFORM"}


def test_events_tell_what_functions_are_given_do_and_give_back(traces):
    """IN has the arguments, BRANCH the arm and what it asked, LOOP every turn up to the limit, OUT the result."""
    assert traces["functions"] == [
        "IN:main:32:",
        "LOOP:main:34:i=0",
        "IN:Stack.push:10:n=0",
        "VAR:Stack.push:11:s.items=[0]; n=0",
        "VAR:Stack.push:12:s.size=1",
        "LOOP:main:34:i=1",
        "IN:Stack.push:10:n=1",
        "VAR:Stack.push:11:s.items=[0, 1]; n=1",
        "VAR:Stack.push:12:s.size=2",
        "LOOP:main:34:i=2",
        "IN:Stack.push:10:n=4",
        "VAR:Stack.push:11:s.items=[0, 1, 4]; n=4",
        "VAR:Stack.push:12:s.size=3",
        "LOOP:main:34:i=3",
        "IN:Stack.push:10:n=9",
        "VAR:Stack.push:11:s.items=[0, 1, 4, 9]; n=9",
        "VAR:Stack.push:12:s.size=4",
        "LOOP:main:34:i=4",
        "IN:Stack.push:10:n=16",
        "VAR:Stack.push:11:s.items=[0, 1, 4, 9, 16]; n=16",
        "VAR:Stack.push:12:s.size=5",
        "LOOP:main:34:i=5",
        "IN:Stack.push:10:n=25",
        "VAR:Stack.push:11:s.items=[0, 1, 4, 9, 16, 25]; n=25",
        "VAR:Stack.push:12:s.size=6",
        "IN:sign:15:n=-1",
        'BRANCH:sign:16:took="if"; n=-1',
        'OUT:sign:17:result="minus"',
        "IN:sign:15:n=0",
        'BRANCH:sign:18:took="else if"; n=0',
        'OUT:sign:19:result="none"',
        "IN:sign:15:n=4",
        'OUT:sign:21:result="plus"',
        "IN:divide:24:a=1; b=0",
        'BRANCH:divide:25:took="if"; b=0',
        "OUT:divide:26:result=0",
        "IN:divide:24:a=9; b=2",
        "VAR:divide:28:quotient=4; a=9; b=2",
        "OUT:divide:29:result=5",
        "LOOP:main:42:s.size=9; s.items[0]=0",
        "VAR:main:43:s.size=8",
        "LOOP:main:42:s.size=8; s.items[0]=0",
        "VAR:main:43:s.size=7",
        'BRANCH:main:47:took="case"; s.size=7',
    ]


def test_values_are_shown_without_running_the_program(traces):
    """Structs are shown by their fields, maps in order, errors by their message, and own methods are not called."""
    assert traces["values"] == [
        "IN:main:30:",
        'VAR:main:32:node.next.next=Node{Name: "a", next: Node{Name: "", next: Node{Name: "a", next: ..., color: 1, ratio: 0.1, seen: ..., then: func}, color: 0, ratio: 0, seen: {}, then: func}, color: 1, ratio: 0.1, seen: {-1: "z", 9: "y", 10: "x"}, then: func}',
        'IN:look:28:values=[Node{Name: "a", next: Node{Name: "", next: ..., color: 0, ratio: 0, seen: ..., then: func}, color: 1, ratio: 0.1, seen: {-1: "z", 9: "y", 10: "x"}, then: func}]',
        'VAR:main:34:err=error("no \\"room\\"\\n"); problem=Broken{code: 4}',
        'IN:look:28:values=[error("no \\"room\\"\\n"), Broken{code: 4}, 3, 1000000000, 120, 1e+06]',
        'IN:look:28:values=["ääääääääääääääääääääääääääääää... 60 bytes", [104, 105], [true, false, false, false, false, false, ... 9 in all], {X: 1, Y: 2}, nil, nil]',
        'IN:look:28:values=[chan, sync.Mutex, {"a": [1], "b": []}, [1, "a", nil], (2+3i)]',
        'IN:look:28:values=[error("no \\"room\\"\\n"), Broken{code: 4}]',
        "VAR:main:40:self=...",
        'IN:look:28:values=[..., Node{Name: "a", next: ..., color: 1, ratio: 0.1, seen: ..., then: func}, [[2]]]',
    ]


def test_what_goroutines_share_is_not_read(traces):
    """Maps, locks and what pointers lead to are not shown where goroutines run, so that no point races with them."""
    text = shown("Go", SHARED).text
    points = [line.strip() for line in text.split("\n") if line.strip().startswith("trace(")]
    assert 'trace("IN", "work:24")' in points
    assert 'trace("IN", "Cache.hit:14", "n", n)' in points
    assert not any('"c", c' in point or '"names", names' in point or '"done", done' in point for point in points)
    assert traces["shared"]


def test_what_a_sort_compares_with_has_no_points():
    """The order of comparisons is the library's; a search that the program could follow is told of."""
    source = """package main

import "sort"

func main() {
	items := []int{2, 1}
	sort.Slice(items, func(i, j int) bool { return items[i] < items[j] })
	sort.Search(2, func(i int) bool { return items[i] >= 1 })
}
"""
    text = shown("Go", source).text
    assert "main.func:7" not in text
    assert "main.func:8" in text


def test_what_a_sort_calls_has_no_points():
    """Methods of `sort.Interface` are left alone where the library calls them, and told of where nothing sorts."""
    source = """package main

import "sort"

type byAge []int

func (a byAge) Len() int           { return len(a) }
func (a byAge) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
func (a byAge) Less(i, j int) bool { return func() bool { return a[i] < a[j] }() }
func (a byAge) First(i int) int    { return a[i] }

func main() {
	sort.Sort(byAge{3, 1})
}
"""
    found = [shown("Go", text).text for text in (source, source.replace("sort.Sort(", "print("))]
    assert ["byAge.First:10" in text for text in found] == [True, True]
    assert [any(f"byAge.{name}" in text for name in ("Len", "Swap", "Less")) for text in found] == [False, True]


def test_what_is_shown_by_its_name_alone_is_left_out():
    """Readers, patterns, and pointers to what other packages keep to themselves; an error says something."""
    source = """package main

import (
	"bufio"
	"errors"
	"go/ast"
	"os"
	"regexp"
)

func f(file *ast.File, n int, node ast.Node) *ast.Ident {
	star, ok := node.(*ast.StarExpr)
	in := bufio.NewReader(os.Stdin)
	line, _ := in.ReadString('\\n')
	word := regexp.MustCompile(line)
	at := word.FindStringIndex(line)
	err := errors.New(line)
	_, _, _, _ = at, err, star, ok
	return file.Name
}
"""
    text = shown("Go", source).text
    points = [line.strip() for line in text.split("\n") if '"f:' in line]
    assert points == [
        'trace("IN", "f:11", "n", n, "node", node)',
        'trace("VAR", "f:14", "line", line)',
        'trace("VAR", "f:16", "at", at, "line", line)',
        'trace("VAR", "f:17", "err", err, "line", line)',
    ]


def test_what_the_program_makes_is_shown_whatever_it_is_called():
    """A method `NewNode` of a value of the program is no constructor of another package."""
    source = """package main

type arena struct{ size int }

func (a *arena) NewNode(n int) []int { return make([]int, n) }

func f(a *arena, n int) {
	node := a.NewNode(n)
	_ = node
}
"""
    assert 'trace("VAR", "f:8", "node", node, "a", a, "n", n)' in shown("Go", source).text


def test_a_type_switch_shows_its_value_once():
    """The name that it gives to its subject is enough."""
    source = "package main\n\nfunc f(v any) {\n\tswitch x := v.(type) {\n\tcase int:\n\t\tprint(x)\n\t}\n}\n"
    assert 'trace("BRANCH", "f:5", "took", "case", "x", x)' in shown("Go", source).text


def test_a_slice_that_is_appended_to_itself_is_a_change():
    """It is shown first, as a VAR; one that is made out of another is a TRANSFORM, that one first."""
    source = """package main

func f(a []int, n int) []int {
	a = append(a, n)
	b := append(a, n)
	return b
}
"""
    text = shown("Go", source).text
    assert 'trace("VAR", "f:4", "a", a, "n", n)' in text
    assert 'trace("TRANSFORM", "f:5", "a", a, "b", b, "n", n)' in text


def test_the_helper_takes_another_name_where_its_own_is_taken():
    """A program with a name `trace` gets another helper; one with all of them is refused, and says so."""
    source = "package main\n\nfunc trace(n int) int { return n }\n\nfunc main() { trace(1) }\n"
    assert 'traceEvent("IN", "trace:3", "n", n)' in shown("Go", source).text
    dropped = instrument("Go", source.replace("(n", "(traceEvent, emitTraceValue, n"), 20)
    assert isinstance(dropped, Dropped)
    assert (dropped.reason, dropped.detail) == (
        Reason.CANNOT_INSTRUMENT,
        "every name for the helper is taken: trace, traceEvent, emitTrace",
    )


def test_the_helper_knows_its_package():
    """Structs of the file are told from those of others by the name of its package, whatever that is."""
    assert '!traceStrings.HasPrefix(name, "queue.")' in shown("Go", "package queue\n\nfunc F(n int) {\n}\n").text


@pytest.mark.parametrize(
    ("source", "detail"),
    [
        ("package main\nfunc main() { runtime.Caller(0) }\n", "uses runtime.Caller"),
        ("package main; func main() {\n}\n", "no line for the imports of the helper"),
        ("package main\ntype len int\nfunc main() {\n}\n", "gives len another meaning"),
    ],
)
def test_what_cannot_hold_the_helper_is_refused(source, detail):
    """A program that sees its own lines, or means something else by the words of the helper, has no points."""
    dropped = instrument("Go", source, 20)
    assert isinstance(dropped, Dropped)
    assert (dropped.reason, dropped.detail) == (Reason.CANNOT_INSTRUMENT, detail)
