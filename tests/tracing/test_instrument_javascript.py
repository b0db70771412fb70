"""What the instrumenters of JavaScript and TypeScript promise: insertions, the same behaviour, events that say enough."""

import asyncio

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from alchemy_assets.sandbox.programs import ProgramSandbox
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Outcome, Program, Status
from alchemy_assets.tracing.building import messages
from alchemy_assets.tracing.events import format_event, read_events, without_events
from alchemy_assets.tracing.instrument.points import Instrumented
from alchemy_assets.tracing.instrument.registry import INSTRUMENTERS, instrument
from alchemy_assets.tracing.launch import launch_of
from alchemy_assets.tracing.reasons import Dropped, Reason
from tests.tracing.generated_javascript import javascript_programs

BOTH = st.one_of(
    st.tuples(st.just("JavaScript"), javascript_programs()),
    st.tuples(st.just("TypeScript"), javascript_programs(typed=True)),
)


def shown(source: str, language: str = "JavaScript", points: int = 400, limit: int = 8) -> Instrumented:
    made = instrument(language, source, points, limit=limit)
    assert isinstance(made, Instrumented), (made, source)
    return made


def run(sandbox: ProgramSandbox, *programs: tuple[str, str]) -> list[Outcome]:
    runs = []
    for language, text in programs:
        entry = launch_of(language, text).entry
        runs.append((Program(language, {entry: text.encode()}, entry), Invocation(), Limits()))
    outcomes = asyncio.run(sandbox.run_many(runs))
    if outcomes[0].status is Status.UNSUPPORTED:
        pytest.skip(outcomes[0].detail)
    return outcomes


def same(before: Outcome, after: Outcome, source: str) -> list[str]:
    """The events of a program that is otherwise as before."""
    assert before.status is Status.FINISHED, (messages(before), source)
    assert after.status is Status.FINISHED, (messages(after), source)
    assert (after.exit_code, after.stdout) == (before.exit_code, before.stdout), (after.stderr.decode(), source)
    said = after.stderr.decode()
    assert without_events(said) == before.stderr.decode()
    return [format_event(one) for one in read_events(said)]


def trace(sandbox: ProgramSandbox, source: str, language: str = "JavaScript", limit: int = 8) -> list[str]:
    """The events of a program of which all points are taken, and of which nothing else has changed."""
    before, after = run(sandbox, (language, source), (language, shown(source, language, limit=limit).text))
    return same(before, after, source)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(BOTH, st.integers(1, 60))
def test_programs_come_back_byte_for_byte(program, points):
    """A generated program keeps its bytes under the insertions, gets the same ones each time, and still parses."""
    language, source = program
    made = shown(source, language, points)
    assert made.original() == source.encode()
    assert INSTRUMENTERS[language].parses(made.text)
    assert shown(source, language, points) == made


def test_programs_behave_as_before(sandbox):
    """Generated programs of both languages run with all their points, and print and end as they did."""
    programs: list[tuple[str, str]] = []

    @settings(
        max_examples=16, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )  # fmt: skip
    @given(BOTH)
    def collect(program):
        programs.append(program)

    collect()
    instrumented = [(language, shown(source, language).text) for language, source in programs]
    outcomes = run(sandbox, *programs, *instrumented)
    for (_, source), before, after in zip(programs, outcomes, outcomes[len(programs) :], strict=False):
        assert same(before, after, source)


def test_events_tell_what_came_in_which_way_was_taken_and_what_came_out(sandbox):
    """Arguments, results, arms with what they looked at, turns up to the limit, errors and changes are told in order."""
    source = """class Box {
  constructor(size) {
    this.size = size;
  }
  get double() { return this.size * 2; }
}

function find(items, want) {
  let low = 0, high = items.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (items[middle] === want) return middle;
    else if (items[middle] < want) low = middle + 1;
    else high = middle - 1;
  }
  throw new RangeError("no such item, and this message is rather long");
}

const sorted = [7, 3, 5].sort((a, b) => a - b);
const doubled = sorted.map((n) => n * 2);
console.log(find(sorted, 5), doubled);
try {
  find(sorted, 4);
} catch (error) {
  console.log("missing");
}
switch (new Box(3).double) {
  case 6:
    console.log("six");
}
"""
    assert trace(sandbox, source, limit=3) == [
        "TRACE:VAR:<module>:19:sorted=[3, 5, 7]",
        "TRACE:OUT:<anonymous>:20:n=3; result=6",
        "TRACE:OUT:<anonymous>:20:n=5; result=10",
        "TRACE:OUT:<anonymous>:20:n=7; result=14",
        "TRACE:TRANSFORM:<module>:20:sorted=[3, 5, 7]; doubled=[6, 10, 14]",
        "TRACE:IN:find:8:items=[3, 5, 7]; want=5",
        "TRACE:VAR:find:9:high=2; items=[3, 5, 7]",
        "TRACE:LOOP:find:10:low=0; high=2",
        "TRACE:VAR:find:11:middle=1; low=0; high=2",
        'TRACE:BRANCH:find:12:took="if"; items[middle]=5; want=5',
        "TRACE:OUT:find:12:result=1",
        "TRACE:IN:find:8:items=[3, 5, 7]; want=4",
        "TRACE:VAR:find:9:high=2; items=[3, 5, 7]",
        "TRACE:LOOP:find:10:low=0; high=2",
        "TRACE:VAR:find:11:middle=1; low=0; high=2",
        'TRACE:BRANCH:find:14:took="else"; items[middle]=5; want=4',
        "TRACE:VAR:find:14:high=0; middle=1",
        "TRACE:LOOP:find:10:low=0; high=0",
        "TRACE:VAR:find:11:middle=0; low=0; high=0",
        'TRACE:BRANCH:find:13:took="else if"; items[middle]=3; want=4',
        "TRACE:VAR:find:13:low=1; middle=0",
        'TRACE:ERR:find:16:error="RangeError"',
        'TRACE:ERR:<module>:24:error=RangeError("no such item, and this message is rather... 45 characters")',
        "TRACE:IN:Box.constructor:2:size=3",
        "TRACE:VAR:Box.constructor:3:this.size=3; size=3",
        "TRACE:IN:Box.double:5:",
        "TRACE:OUT:Box.double:5:result=6",
        'TRACE:BRANCH:<module>:28:took="case"',
    ]


def test_values_are_short_and_show_no_functions(sandbox):
    """Long text and containers are abbreviated with their length, objects show fields of their own without reading more."""
    source = """class Own { constructor() { this.a = 1; this.go = () => 2; } get loud() { console.log("read"); return 3; } }
function show(text, many, map) {
  return text.length;
}
const sparse = new Array(1e9);
show("ab".repeat(99), [...Array(99).keys()], new Map([["k", { v: [1.5] }]]));
show(new Own(), 2n ** 65n, show);
show(new Set([true]), Object.create(null), /a\\/b/g);
show([[[[1]]]], -0, sparse);
show(Uint8Array.of(1, 2), new Error("x"), Symbol("s"));
show(new Date(NaN), new Date(0), [[["deep"]]]);
"""
    shows = [
        line.partition(":2:")[2]
        for line in trace(sandbox, source.replace("text.length", "null"))
        if ":IN:show:" in line
    ]
    assert shows == [
        f'text="{"ab" * 20}... 198 characters"; many=[0, 1, 2, 3, 4, 5, ... 99 in all]; map=Map{{"k" => {{v: [1.5]}}}}',
        "text=Own{a: 1}; many=36893488147419103232n; map=<function show>",
        "text=Set{true}; many={}; map=/a\\/b/g",
        f"text=[[[...]]]; many=-0; map=[{'undefined, ' * 6}... 1000000000 in all]",
        'text=Uint8Array[1, 2]; many=Error("x"); map=Symbol(s)',
        'text=Date(null); many=Date(1970-01-01T00:00:00.000Z); map=[[["deep"]]]',
    ]


def test_nothing_of_the_program_runs_because_it_is_shown(sandbox):
    """Getters, proxies of properties, iterators and `toString` are not called; what only a taken way reads is not read."""
    source = """let reads = 0;
class Counted { get value() { reads++; return 1; } [Symbol.iterator]() { reads++; return [].values(); } }
class List extends Array { constructor(...all) { super(...all); reads++; } }
const counted = new Counted(), list = new List(1, 2, 3), nothing = null;
function look(one, all, none) {
  if (one.value > 0 && all.length) all[0] = one.value;
  if (none && none.x > 1) return none.x; else return all;
}
look(counted, list, nothing);
console.log(reads, (() => { return () => 1; })().name === "");
"""
    events = trace(sandbox, source)
    assert 'TRACE:BRANCH:look:7:took="else"; none=null' in events


def test_what_belongs_to_the_engine_is_not_shown(sandbox):
    """Streams, timers and patterns are left out of events that they are read in."""
    source = """const readline = require("readline");
const lines = readline.createInterface({ input: process.stdin }), word = /o+/;
let text = "moon";
if (lines && word.test(text)) text = text.replace(word, "a");
lines.close();
"""
    assert trace(sandbox, source) == [
        'TRACE:BRANCH:<module>:4:took="if"; text="moon"',
        'TRACE:VAR:<module>:4:text="man"',
    ]


def test_elements_that_an_assignment_moves_are_not_read_again(sandbox):
    """`a[i++] = x` does not count twice, and `a[a.length] = x` shows no element that is not there yet."""
    source = """const list = [];
let i = 0;
for (const one of [3, 5]) list[i++] = one;
list[list.length] = i;
console.log(list, i);
"""
    assert trace(sandbox, source) == [
        "TRACE:LOOP:<module>:3:one=3",
        "TRACE:VAR:<module>:3:i=1; list=[3]; one=3",
        "TRACE:LOOP:<module>:3:one=5",
        "TRACE:VAR:<module>:3:i=2; list=[3, 5]; one=5",
        "TRACE:VAR:<module>:4:list=[3, 5, 2]; i=2",
    ]


def test_modules_are_not_shown_and_keys_are_quoted_where_they_must_be(sandbox):
    """A module is the engine's own; what it gave is shown. A key that is no name stands in quotes, as in the source."""
    source = """const util = require("util"), size = require("fs").readFileSync("/dev/null").length;
function count(words) {
  const found = {};
  for (const word of words) if (util.isDeepStrictEqual(size, 0)) found[word] = 1;
  return found;
}
count(["a b", "$c", "7"]);
"""
    events = trace(sandbox, source)
    assert 'TRACE:BRANCH:count:4:took="if"; size=0' in events
    assert events[-1] == 'TRACE:OUT:count:5:result={7: 1, "a b": 1, $c: 1}'


def test_statements_without_semicolons_stay_apart(sandbox):
    """Points on the line of a statement that ends without a semicolon, and before one that begins with a bracket."""
    source = (
        "let a = 1, b = 2\nif (a) { b = a + 1 }\nconst f = x => { a = x\n  ;[a, b] = [b, a] }\nf(5)\nconsole.log(a, b)"
    )
    assert "TRACE:VAR:f:3:a=5; x=5" in trace(sandbox, source)


def test_modules_and_types_are_looked_through(sandbox):
    """A module keeps its imports in front, and TypeScript its parameter properties, overloads, enums and casts."""
    source = """import { EOL } from "node:os";
export const half = (n) => n / 2;
console.log(half(3) + EOL);
"""
    assert trace(sandbox, source) == ["TRACE:OUT:half:2:n=3; result=1.5"]
    typed = """enum Level { Low = 1, High }
namespace Shop { export function price(n: number): number { return n * Level.High } }
class Item<T> { constructor(private readonly kept: T, public n = 2) {} first(): T { return this.kept! } }
console.log(Shop.price(3), new Item<string>("x").first() as string)
"""
    assert trace(sandbox, typed, "TypeScript") == [
        "TRACE:IN:Shop.price:2:n=3",
        "TRACE:OUT:Shop.price:2:result=6",
        'TRACE:IN:Item.constructor:3:kept="x"; n=2',
        "TRACE:IN:Item.first:3:",
        'TRACE:OUT:Item.first:3:result="x"',
    ]


def test_functions_have_no_name_where_the_bundler_gives_them_another(sandbox):
    """A function of TypeScript is shown as what it is: esbuild calls one that another hides `d2`."""
    source = "function f(n: number): Function {\n  function d() {}\n  const e = n > 1 ? f(1) : d\n  return e\n}\nfunction d() {}\n"
    events = trace(sandbox, source + "console.log(typeof f(2), typeof d)\n", "TypeScript")
    assert events[-1] == "TRACE:OUT:f:4:result=<function>"


def test_classes_have_the_name_that_the_source_gives_them(sandbox):
    """A class that names itself in a static method is renamed by the bundler, and shown as the source has it."""
    source = """class Tree {
  constructor(readonly size: number) {}
  static of(size: number): Tree { return new Tree(size) }
}
console.log(Tree.of(3).size)
"""
    assert "TRACE:OUT:Tree.of:3:result=Tree{size: 3}" in trace(sandbox, source, "TypeScript")


@pytest.mark.parametrize("language", ["JavaScript", "TypeScript"])
def test_helper_gives_way_to_names_of_the_program(language):
    """Where the program has a `trace` of its own the helper takes another name; with all taken the file is refused."""
    source = "function traceValue(x) { return x + 1; }\nconsole.log(traceValue(1));\n"
    assert "function traceEvent(" in shown(source, language).text
    taken = source + "var traceEvent = 1, emitTraceCount = 2;\n"
    assert instrument(language, taken, 20) == Dropped(
        Reason.CANNOT_INSTRUMENT, "every name for the helper is taken: trace, traceEvent, emitTrace"
    )


@pytest.mark.parametrize(
    "text",
    [
        "class Map {}",
        "const process = require('process');",
        "process.stderr.write = (text) => true;",
        "Array.prototype.map = function () {};",
        "Object.assign(Array.prototype, { map() {} });",
        "for (const name of ['map']) Array.prototype[name] = null;",
        "const seen = new Proxy({}, {});",
        "/(a)/.test('a') && console.log(RegExp.$1);",
    ],
)
def test_programs_that_the_helper_could_disturb_are_refused(text):
    """What gives the helper's own words another meaning, or sees every read, is left alone."""
    refused = instrument("JavaScript", f"{text}\nfor (const n of [1, 2]) console.log(n);\n", 20)
    assert isinstance(refused, Dropped)
    assert refused.reason is Reason.CANNOT_INSTRUMENT


@pytest.mark.parametrize(
    "declaration",
    ["let n = 3;", "let n;", "let m = 1, n = 2;", "const [n] = [3];", "let {a: {n = 2}} = {a: {}};", "class n {}"],
)
def test_names_of_a_block_are_not_read_before_they_begin(declaration):
    """A block that declares a name of its own further down says nothing of the one that it hides."""
    source = f"function f(n) {{\n  if (n) {{\n    {declaration}\n    console.log(n);\n  }}\n}}\nf(2);\n"
    result = instrument("JavaScript", source, 200)
    assert isinstance(result, Instrumented)
    assert 'trace("BRANCH", "f:2", { took: "if" });' in result.text
