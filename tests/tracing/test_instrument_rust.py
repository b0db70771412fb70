"""What the instrumenter of Rust promises: only insertions, the same behaviour, events that follow from the source."""

import asyncio

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from alchemy_assets.sandbox.programs import ProgramSandbox
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Outcome, Program, Status
from alchemy_assets.tracing.events import format_event, read_events, without_events
from alchemy_assets.tracing.instrument.found import LIMIT_MARK
from alchemy_assets.tracing.instrument.points import Instrumented, choose, insert
from alchemy_assets.tracing.instrument.refusals import refused
from alchemy_assets.tracing.instrument.rust import instrumenter as rust
from alchemy_assets.tracing.reasons import Dropped, Reason
from tests.tracing.generated_rust import every_statement, rust_programs

ENTRY = "source.rs"


def shown(source: str, points: int = 400, limit: int = 8) -> Instrumented:
    found = rust.find_points(source)
    assert not isinstance(found, Dropped), found
    made = insert(source.encode(), choose(found.points, points), found.helper)
    assert LIMIT_MARK in made.text
    return Instrumented(made.text.replace(LIMIT_MARK, str(limit)), made.insertions, made.points)


def run(sandbox: ProgramSandbox, *texts: str) -> list[Outcome]:
    if not sandbox.runnable("Rust"):
        pytest.skip("Rust programs cannot be run here")
    programs = [Program("Rust", {ENTRY: text.encode()}, ENTRY) for text in texts]
    return asyncio.run(sandbox.run_many([(one, Invocation(), Limits()) for one in programs]))


def messages(outcome: Outcome) -> str:
    return outcome.compile_step.messages.decode() if outcome.compile_step else ""


def same(before: Outcome, after: Outcome) -> None:
    assert before.status is Status.FINISHED, messages(before)
    assert after.status is Status.FINISHED, messages(after)
    assert (after.exit_code, after.stdout) == (before.exit_code, before.stdout)
    assert without_events(after.stderr.decode()) == before.stderr.decode()


def trace(sandbox: ProgramSandbox, source: str, limit: int = 8) -> list[str]:
    """The events of a program of which all points are taken, and of which nothing else has changed."""
    before, after = run(sandbox, source, shown(source, limit=limit).text)
    same(before, after)
    return [format_event(one).removeprefix("TRACE:") for one in read_events(after.stderr.decode())]


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(rust_programs(), st.integers(1, 90))
def test_programs_come_back_byte_for_byte(source, points):
    """A generated program keeps its bytes under the insertions, gets the same ones each time, and still parses."""
    made = shown(source, points)
    found = rust.find_points(source)
    assert not isinstance(found, Dropped)
    plain = insert(source.encode(), choose(found.points, points), found.helper)
    assert plain.original() == source.encode()
    assert rust.parses(made.text)
    assert shown(source, points) == made
    if "\r\n" in source:
        assert made.text.count("\r\n") == made.text.count("\n")


def test_programs_behave_as_before(sandbox):
    """Programs with everything that makes inserting hard compile at once, print the same, and say the same on stderr."""
    sources: list[str] = [every_statement()]

    @settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(rust_programs())
    def collect(source):
        sources.append(source)

    collect()
    before = run(sandbox, *sources)
    after = run(sandbox, *(shown(source).text for source in sources))
    for one, other in zip(before, after, strict=True):
        same(one, other)


def test_a_function_tells_what_it_is_given_takes_and_gives_back(sandbox):
    """IN has the arguments, BRANCH the arm and what its condition reads, OUT the result, also of a last expression."""
    source = (
        "fn sign(n: i32) -> &'static str {\n"
        '    if n < 0 { return "minus"; }\n'
        '    match n { 0 => "zero", big if big > 9 => "big", _ => "plus" }\n'
        "}\n"
        "fn main() {\n"
        '    println!("{}{}{}{}", sign(-1), sign(0), sign(12), sign(1));\n'
        "}\n"
    )
    assert trace(sandbox, source) == [
        "IN:main:5:",
        "IN:sign:1:n=-1",
        'BRANCH:sign:2:took="if"; n=-1',
        'OUT:sign:2:result="minus"',
        "IN:sign:1:n=0",
        'BRANCH:sign:3:took="0"; n=0',
        'OUT:sign:3:result="zero"',
        "IN:sign:1:n=12",
        'BRANCH:sign:3:took="big if big > 9"; big=12; n=12',
        'OUT:sign:3:result="big"',
        "IN:sign:1:n=1",
        'BRANCH:sign:3:took="_"; n=1',
        'OUT:sign:3:result="plus"',
    ]


def test_a_place_writes_as_many_events_as_its_limit(sandbox):
    """Loops tell what every turn binds, up to the limit of the shown helper."""
    source = (
        'fn main() {\n    let mut sum = 0;\n    for (i, c) in "abcd".chars().enumerate() {\n        sum += i;\n'
        "        if c == 'c' { continue; }\n    }\n    while sum > 5 { sum -= 1; }\n    println!(\"{sum}\");\n}\n"
    )
    assert trace(sandbox, source, limit=2) == [
        "IN:main:1:",
        "LOOP:main:3:i=0; c='a'",
        "VAR:main:4:sum=0; i=0",
        "LOOP:main:3:i=1; c='b'",
        "VAR:main:4:sum=1; i=1",
        "BRANCH:main:5:took=\"if\"; c='c'",
        "LOOP:main:7:sum=6",
        "VAR:main:7:sum=5",
    ]


def test_errors_and_transforms_are_told(sandbox):
    """A panic is an ERR with what it reads, an `Err` a result, and what comes of a collection a TRANSFORM after it."""
    source = (
        'fn half(n: u32) -> Result<u32, String> {\n    if n % 2 == 1 { return Err(format!("odd {n}")); }\n    Ok(n / 2)\n}\n'
        "fn main() {\n    let halves: Vec<u32> = [4, 3].iter().flat_map(|n| half(*n)).collect();\n"
        "    let twice: Vec<u32> = halves.iter().map(|n| n * 2).collect();\n"
        '    let caught = std::panic::catch_unwind(move || {\n        if twice.len() == 1 { panic!("one {}", twice[0]); }\n    });\n'
        "    std::process::exit(caught.is_err() as i32);\n}\n"
    )
    before, after = run(sandbox, source, shown(source).text)
    assert (before.exit_code, after.exit_code) == (1, 1)
    events = [format_event(one).removeprefix("TRACE:") for one in read_events(after.stderr.decode())]
    assert 'OUT:half:2:result=Err("odd 3")' in events
    assert "OUT:half:3:result=Ok(2)" in events
    assert "TRANSFORM:main:7:halves=[2]; twice=[4]" in events
    assert 'ERR:main.<closure>:9:error="panic"; twice=[4]' in events


def test_values_are_shown_briefly(sandbox):
    """Long text and containers are cut with their length, hashed ones are sorted, what has no `Debug` is left out."""
    source = """use std::collections::HashMap;
struct Plain;
#[derive(Debug)]
struct Pair { name: char, of: Option<(u8, String)> }
fn show<T>(_value: T) {}
fn look(text: &str, many: &[u8], map: &HashMap<u32, char>, deep: Option<[[[[u8; 1]; 1]; 1]; 1]>, pair: &Pair) {
    let unknown = Some(Plain).filter(|_| true);
    let place = Some(text.as_ptr()).filter(|p| !p.is_null());
    show((unknown, text, many, map, deep, pair, place));
}
fn main() {
    let map = (1..12).map(|n| (n, '"')).collect();
    let pair = Pair { name: '\\'', of: Some((1, "}\\n".to_string())) };
    look(&"a\\"{".repeat(20), &[7; 9], &map, Some([[[[1]]]]), &pair);
    show(pair.of == None);
}
"""
    events = trace(sandbox, source)
    text = 'a\\"{' * 13 + "a"
    entered = next(one for one in events if one.startswith("IN:look"))
    assert entered == (
        f'IN:look:6:text="{text}... 60 characters"; many=[7, 7, 7, 7, 7, 7, ... 9 in all]; '
        "map={1: '\"', 2: '\"', 3: '\"', 4: '\"', 5: '\"', 6: '\"', ... 11 in all}; deep=Some([[[[...]]]])"
    )
    assert "unknown" not in "".join(events)
    assert "; place=Some(pointer)" in " ".join(events)
    assert "VAR:main:13:pair=Pair { name: '\\'', of: Some((1, \"}\\n\")) }" in events


def test_a_cycle_is_left_out(sandbox):
    """What holds itself has no end, and is not shown."""
    source = """use std::{cell::RefCell, rc::Rc};
#[derive(Debug)]
struct Node { n: u8, next: RefCell<Option<Rc<Node>>> }
fn look(node: &Rc<Node>, n: u8) -> u8 { node.n + n }
fn main() {
    let node = Rc::new(Node { n: 1, next: RefCell::new(None) });
    println!("{}", look(&node, 2));
    *node.next.borrow_mut() = Some(node.clone());
    println!("{}", look(&node, 3));
}
"""
    assert [one for one in trace(sandbox, source) if one.startswith("IN:look")] == [
        "IN:look:4:node=Node { n: 1, next: RefCell { value: None } }; n=2",
        "IN:look:4:n=3",
    ]


def test_an_object_without_debug_is_shown_by_its_fields():
    """A parameter, or the object of a method without parameters, whose type has no `Debug` is shown field by field."""
    source = """struct Point { x: i32, y: i32, next: Option<Box<Point>> }
impl Point { fn sum(&self) -> i32 { self.x + self.y } }
fn look(point: &Point, n: u8) -> i32 { point.sum() + n as i32 }
fn main() { println!("{}", look(&Point { x: 1, y: 2, next: None }, 3)); }
"""
    made = shown(source).text
    assert 'trace!("IN", "Point.sum:2", self.x, self.y);' in made
    assert 'trace!("IN", "look:3", n, point.x, point.y);' in made


def test_nothing_is_read_that_was_moved_or_lent(sandbox):
    """After a move, and while another name may change it, a variable is not shown; a new value brings it back."""
    source = """fn take(words: Vec<String>) -> usize { words.len() }
fn main() {
    let mut words = vec![String::from("a")];
    let held = &mut words;
    let size = held.len() + 1;
    held.push(String::from("b"));
    let all = words.len() + size;
    let taken = take(words) + all;
    words = vec![String::from("c"); taken];
    println!("{words:?}");
}
"""
    made = shown(source).text
    calls = {line.split('"')[3]: line for line in made.split("\n") if line.strip().startswith('trace!("VAR"')}
    assert "words" not in calls["main:6"]
    assert "words" in calls["main:7"]
    assert "words" not in calls["main:8"]
    assert "words" in calls["main:9"]
    trace(sandbox, source)


def test_showing_a_value_runs_no_code_of_the_program(sandbox):
    """What has a `Debug` of its own, and what holds it, is not shown by that, but by fields that show themselves."""
    source = """use std::fmt;
struct Seen(u8);
impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let name = format!("seen {}", self.0);
        f.write_str(&name)
    }
}
#[derive(Debug)]
struct Held { seen: Seen, n: i8 }
fn look(seen: &Seen, held: &Held) -> u8 { seen.0 + held.n as u8 }
fn main() { println!("{}", look(&Seen(3), &Held { seen: Seen(1), n: 2 })); }
"""
    assert trace(sandbox, source) == ["IN:main:12:", "IN:look:11:seen.0=3; held.n=2", "OUT:look:11:result=5"]


def test_a_strict_program_still_compiles(sandbox):
    """The helper brings no warnings and no `unsafe`, below inner documentation and attributes, and reaches into modules."""
    source = (
        "//! Strict.\n#![deny(warnings)]\n#![forbid(unsafe_code)]\n\n/// Inner.\nmod inner {\n    use std::cmp as order;\n"
        '    pub fn twice(n: u8) -> u8 { order::min(n, 9) * 2 }\n}\n\nfn main() { println!("{}", inner::twice(4)); }\n'
    )
    assert trace(sandbox, source) == ["IN:main:11:", "IN:inner.twice:8:n=4", "OUT:inner.twice:8:result=8"]


def test_a_point_that_the_compiler_does_not_take_is_found_by_its_messages(sandbox):
    """A name that holds a temporary may not be shown after its statement: the compiler blames that, we the point behind."""
    source = (
        'fn main() {\n    let n = 4 + 4;\n    let held = Some(String::from("a")).as_ref().and_then(|one| one.get(..1));\n'
        '    println!("{n}");\n}\n'
    )
    made = shown(source)
    (outcome,) = run(sandbox, made.text)
    assert outcome.status is Status.COMPILE_ERROR
    blamed = refused(made, messages(outcome), ENTRY)
    assert blamed == {("VAR", "main:3")}


def test_the_helper_takes_another_name_where_its_own_is_taken():
    """A program with a name `trace` gets another helper; one with all of them is refused, and says so."""
    made = shown("fn trace(n: u8) -> u8 { n }\nfn main() { trace(1); }\n").text
    assert "macro_rules! trace_event" in made
    assert 'trace_event!("IN", "trace:1", n);' in made
    dropped = rust.find_points("fn trace() {}\nfn trace_event() {}\nfn emit_trace() {}\nfn main() {}\n")
    assert isinstance(dropped, Dropped)
    assert (dropped.reason, dropped.detail) == (
        Reason.CANNOT_INSTRUMENT,
        "every name for the helper is taken: trace, trace_event, emit_trace",
    )


@pytest.mark.parametrize("use", ['println!("{}", line!());', "let _ = std::panic::Location::caller();"])
def test_what_sees_its_own_place_is_refused(use):
    """A program that reads its own line numbers would see the points."""
    dropped = rust.find_points(f"fn main() {{ {use} }}\n")
    assert isinstance(dropped, Dropped)
    assert dropped.reason is Reason.CANNOT_INSTRUMENT


def test_constant_functions_and_tests_have_no_points():
    """What is run by the compiler, or not at all, is left as it is."""
    source = "const fn f(n: u8) -> u8 { n + 1 }\nconst N: u8 = { let a = 1; a };\n#[cfg(test)]\nmod tests { fn g(n: u8) {} }\nfn main() { f(N); }\n"
    assert {point.function for point in shown(source).points} == {"main"}
