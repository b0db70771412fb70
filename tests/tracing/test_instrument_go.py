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
        "TRANSFORM:Stack.push:11:n=0; s.items=[0]",
        "VAR:Stack.push:12:s.size=1",
        "LOOP:main:34:i=1",
        "IN:Stack.push:10:n=1",
        "TRANSFORM:Stack.push:11:n=1; s.items=[0, 1]",
        "VAR:Stack.push:12:s.size=2",
        "LOOP:main:34:i=2",
        "IN:Stack.push:10:n=4",
        "TRANSFORM:Stack.push:11:n=4; s.items=[0, 1, 4]",
        "VAR:Stack.push:12:s.size=3",
        "LOOP:main:34:i=3",
        "IN:Stack.push:10:n=9",
        "TRANSFORM:Stack.push:11:n=9; s.items=[0, 1, 4, 9]",
        "VAR:Stack.push:12:s.size=4",
        "LOOP:main:34:i=4",
        "IN:Stack.push:10:n=16",
        "TRANSFORM:Stack.push:11:n=16; s.items=[0, 1, 4, 9, 16]",
        "VAR:Stack.push:12:s.size=5",
        "LOOP:main:34:i=5",
        "IN:Stack.push:10:n=25",
        "TRANSFORM:Stack.push:11:n=25; s.items=[0, 1, 4, 9, 16, 25]",
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
        "IN:look:28:values=[errors.errorString, Broken{code: 4}, 3, 1000000000, 120, 1e+06]",
        'IN:look:28:values=["ääääääääääääääääääääääääääääää... 60 bytes", [104, 105], [true, false, false, false, false, false, ... 9 in all], {X: 1, Y: 2}, nil, nil]',
        'IN:look:28:values=[chan, sync.Mutex, {"a": [1], "b": []}, [1, "a", nil], (2+3i)]',
        "IN:look:28:values=[errors.errorString, Broken{code: 4}]",
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
