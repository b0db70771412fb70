"""What the instrumenter of Swift promises: only insertions, the same behaviour, events that follow from the source."""

import asyncio

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from alchemy_assets.sandbox.programs import ProgramSandbox
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Outcome, Program, Status
from alchemy_assets.syntax_tree import parse
from alchemy_assets.tracing.building import messages
from alchemy_assets.tracing.events import format_event, read_events, without_events
from alchemy_assets.tracing.instrument.found import LIMIT_MARK
from alchemy_assets.tracing.instrument.points import Instrumented, choose, insert
from alchemy_assets.tracing.instrument.swift import instrumenter as swift
from alchemy_assets.tracing.reasons import Dropped, Reason
from tests.tracing.generated_swift import swift_programs


def shown(source: str, points: int = 400, limit: int = 8) -> Instrumented:
    found = swift.find_points(source)
    assert not isinstance(found, Dropped), found
    made = insert(source.encode(), choose(found.points, points), found.helper)
    assert made.text.count(LIMIT_MARK) == 1
    return Instrumented(made.text.replace(LIMIT_MARK, str(limit)), made.insertions, made.points)


def run(sandbox: ProgramSandbox, *texts: str) -> list[Outcome]:
    programs = [Program("Swift", {"source.swift": text.encode()}, "source.swift") for text in texts]
    outcomes = asyncio.run(sandbox.run_many([(one, Invocation(), Limits()) for one in programs]))
    if outcomes[0].status is Status.UNSUPPORTED:
        pytest.skip(outcomes[0].detail)
    return outcomes


def trace(sandbox: ProgramSandbox, source: str, *, points: int = 400, limit: int = 8) -> list[str]:
    """The events of a program of which all points are taken, and of which nothing else has changed."""
    made = shown(source, points, limit)
    before, after = run(sandbox, source, made.text)
    assert after.status is Status.FINISHED, (messages(after), made.text)
    assert (after.exit_code, after.stdout) == (before.exit_code, before.stdout)
    said = after.stderr.decode()
    assert without_events(said) == before.stderr.decode()
    return [format_event(one) for one in read_events(said)]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(swift_programs(), st.integers(1, 60))
def test_programs_come_back_byte_for_byte(source, points):
    """A generated program keeps its bytes under the insertions, gets the same ones each time, and still parses."""
    made = shown(source, points)
    assert insert(source.encode(), made.points, swift.find_points(source).helper).original() == source.encode()
    assert not parse("Swift", source.encode()).root_node.has_error
    found = swift.find_points(source)
    without_helper = insert(source.encode(), choose(found.points, points), ())
    assert not parse("Swift", without_helper.text.encode()).root_node.has_error
    assert shown(source, points) == made


def test_programs_behave_as_before(sandbox):
    """Generated programs compile with all their points, and print and end as they did."""
    sources: list[str] = []

    @settings(
        max_examples=5,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(swift_programs())
    def collect(source):
        sources.append(source)

    collect()
    outcomes = run(sandbox, *sources, *(shown(source).text for source in sources))
    for source, before, after in zip(sources, outcomes, outcomes[len(sources) :], strict=False):
        assert before.status is Status.FINISHED, (messages(before), source)
        assert after.status is Status.FINISHED, (messages(after), source)
        assert (after.exit_code, after.stdout) == (before.exit_code, before.stdout), source
        said = after.stderr.decode()
        assert without_events(said) == before.stderr.decode()
        assert read_events(said)


def test_events_tell_what_came_in_which_way_was_taken_and_what_came_out(sandbox):
    """Arguments, results, arms, turns up to the limit, errors and changes are told in the order of the run."""
    source = """enum Fault: Error { case tooBig(limit: Int), odd }

struct Box {
    var size: Int
    var weight = 0.5
    init(size: Int) {
        self.size = size
    }
    var double: Int { size * 2 }
    mutating func grow(by step: Int) {
        size += step
        weight *= 3
    }
}

func clamp(_ value: Int, why: String?) throws -> Int {
    if value < 0 {
        return -1
    } else if value > 99, let why {
        print(why)
        throw Fault.tooBig(limit: 99)
    }
    guard value % 2 == 0 else { throw Fault.odd }
    return value
}

var box = Box(size: 3)
box.grow(by: 2)
let names = ["b": 1, "a": 2]
var total = 0
for (index, name) in names.keys.sorted().enumerated() where index < 9 {
    total += index + name.count
}
while total < 12 { total += 3 }
for value in [4, -1, 100, 5] {
    do {
        let clamped = try clamp(value, why: "a text that is far too long to be shown as a whole")
        print(clamped)
    } catch Fault.tooBig(let limit) {
        print(limit)
    } catch {
        print("odd")
    }
}
let wide = names.keys.sorted().flatMap { name in (0..<4).map { name + String($0) } }
let unset: String
switch wide.count {
case 8 where box.size == 5: unset = "eight\\n"
case let other: unset = "\\(other)"
}
let text = unset + "!"
print(text)
"""
    assert trace(sandbox, source, limit=2) == [
        "TRACE:IN:Box.init:6:size=3",
        "TRACE:VAR:Box.init:7:self.size=3; size=3",
        "TRACE:VAR:<module>:27:box=Box(size: 3, weight: 0.5)",
        "TRACE:IN:Box.grow:10:step=2",
        "TRACE:VAR:Box.grow:11:size=5; step=2",
        "TRACE:VAR:Box.grow:12:weight=1.5",
        "TRACE:VAR:<module>:28:box=Box(size: 5, weight: 1.5)",
        'TRACE:LOOP:<module>:31:index=0; name="a"',
        'TRACE:VAR:<module>:32:total=1; index=0; name="a"',
        'TRACE:LOOP:<module>:31:index=1; name="b"',
        'TRACE:VAR:<module>:32:total=3; index=1; name="b"',
        "TRACE:LOOP:<module>:34:total=3",
        "TRACE:VAR:<module>:34:total=6",
        "TRACE:LOOP:<module>:34:total=6",
        "TRACE:VAR:<module>:34:total=9",
        "TRACE:LOOP:<module>:35:value=4",
        'TRACE:IN:clamp:16:value=4; why="a text that is far too long to be shown ... 50 characters"',
        'TRACE:BRANCH:clamp:23:took="passed"; value=4',
        "TRACE:OUT:clamp:24:result=4",
        "TRACE:VAR:<module>:37:clamped=4; value=4",
        "TRACE:LOOP:<module>:35:value=-1",
        'TRACE:IN:clamp:16:value=-1; why="a text that is far too long to be shown ... 50 characters"',
        'TRACE:BRANCH:clamp:17:took="if"; value=-1',
        "TRACE:OUT:clamp:18:result=-1",
        "TRACE:VAR:<module>:37:clamped=-1; value=-1",
        'TRACE:BRANCH:clamp:19:took="else if"; why="a text that is far too long to be shown ... 50 characters"; value=100',
        'TRACE:ERR:clamp:21:error="Fault.tooBig"',
        "TRACE:ERR:<module>:39:limit=99",
        'TRACE:BRANCH:clamp:23:took="else"; value=5',
        'TRACE:ERR:clamp:23:error="Fault.odd"',
        "TRACE:ERR:<module>:41:error=.odd",
        'TRACE:TRANSFORM:<module>:45:names=["a": 2, "b": 1]; wide=["a0", "a1", "a2", "a3", "b0", "b1", ... 8 in all]',
        'TRACE:BRANCH:<module>:48:took="case"; box.size=5; wide=["a0", "a1", "a2", "a3", "b0", "b1", ... 8 in all]',
        'TRACE:VAR:<module>:51:text="eight\\n!"; unset="eight\\n"',
    ]


def test_nothing_runs_because_it_is_shown(sandbox):
    """Descriptions, computed and lazy properties stay unasked; a name has a value where it is shown; values are brief."""
    source = """class Node: CustomStringConvertible {
    let name: String
    weak var parent: Node?
    var children: [Node] = []
    lazy var cost: Int = { print("cost"); return 1 }()
    var description: String { print("asked"); return name }
    let action: (Int) -> Int
    let character: Character
    init(_ name: String, in parent: Node? = nil) {
        character = Character()
        self.name = name
        action = { $0 + 1 }
        self.parent = parent
        parent?.children.append(self)
    }
}
struct Character { var mark = "c" }
enum Suit: CustomStringConvertible {
    case red, black
    var description: String { print("asked"); return "?" }
    var isRed: Bool {
        switch self {
        case .red: true
        case .black: false
        }
    }
}
struct Odd: CustomReflectable {
    var customMirror: Mirror { print("mirrored"); return Mirror(self, children: []) }
}
func apply(_ change: (inout Int) -> Void, to value: Int, odd: Odd?) -> Int? {
    var copy = value
    change(&copy)
    return copy
}
let top = Node("top")
let leaf = Node("leaf", in: top)
let suit = [Suit.black].first!
print(suit.isRed, apply({ $0 += 1 }, to: 3, odd: Odd()) ?? 0)
let values: Set = [3, 1, 2]
let table = Dictionary(uniqueKeysWithValues: values.sorted().map { ($0, Optional(String($0))) })
let number: Int
if values.count > 3 { number = 1 } else { number = values.count }
let kept = (table, Double(number) / 7, "quote \\" \\\\ \\u{1}é", Int.self, 0..<number, nil as Int?)
let made = { (parts: [Int]) -> Any in parts }([number])
print(kept.1, made)
"""
    top = 'Node(name: "top", parent: nil, children: [], cost: nil, action: function, character: Character(mark: "c"))'
    above = top.replace("[]", "...").replace('Character(mark: "c")', "...")
    leaf = top.replace('"top"', '"leaf"').replace("parent: nil", f"parent: {above}")
    table, kept = '[1: "1", 2: "2", 3: "3"]', '0.42857142857142855, "quote \\" \\\\ \\u0001é", Int, 0..<3, nil'
    assert trace(sandbox, source) == [
        'TRACE:IN:Node.init:9:name="top"; parent=nil',
        'TRACE:VAR:Node.init:10:character=Character(mark: "c")',
        'TRACE:VAR:Node.init:11:self.name="top"; name="top"',
        "TRACE:VAR:Node.init:13:self.parent=nil; parent=nil",
        f"TRACE:VAR:<module>:36:top={top}",
        f'TRACE:IN:Node.init:9:name="leaf"; parent={top}',
        'TRACE:VAR:Node.init:10:character=Character(mark: "c")',
        'TRACE:VAR:Node.init:11:self.name="leaf"; name="leaf"',
        f"TRACE:VAR:Node.init:13:self.parent={top}; parent={top}",
        f"TRACE:VAR:<module>:37:leaf={leaf}; top={top.replace('[]', '[...]')}",
        "TRACE:IN:Suit.isRed:21:self=.black",
        "TRACE:IN:apply:31:value=3; odd=Odd",
        "TRACE:VAR:apply:32:copy=3; value=3",
        "TRACE:VAR:apply:33:copy=4",
        "TRACE:OUT:apply:34:result=4",
        'TRACE:VAR:<module>:41:table=[1: "1", 2: "2", 3: "3"]; values=[1, 2, 3]',
        'TRACE:BRANCH:<module>:43:took="else"; values=[1, 2, 3]',
        "TRACE:VAR:<module>:43:number=3; values=[1, 2, 3]",
        f"TRACE:VAR:<module>:44:kept=({table}, {kept}); table={table}; number=3",
        "TRACE:VAR:<module>:45:made=[3]; number=3",
    ]


WHOLE = """@main
struct Program {
    static var count = 0
    @inlinable static func twice(_ n: Int) -> Int {
        let result = n * 2
        return result
    }
    static func main() {
        count += twice(start)
        print(count, listed(count))
    }
}
@resultBuilder struct Lines {
    static func buildBlock(_ parts: String...) -> String { parts.joined(separator: "/") }
}
@Lines func listed(_ n: Int) -> String {
    "a"
    String(n)
}
let start = 3
"""


def test_what_may_hold_no_statement_gets_none(sandbox):
    """Beside a main type, in inlinable functions and in bodies of result builders no point stands."""
    assert trace(sandbox, WHOLE) == [
        "TRACE:IN:Program.main:8:",
        "TRACE:VAR:Program.main:9:count=6; start=3",
        'TRACE:IN:Lines.buildBlock:14:parts=["a", "6"]',
        'TRACE:OUT:Lines.buildBlock:14:result="a/6"',
    ]


def test_values_alone_in_a_body_get_a_return():
    """A body of one expression keeps giving it back behind a second statement; closures of one expression are left alone."""
    source = """func double(_ n: Int) -> Int { n * 2 }
func sign(_ n: Int) -> String {
    if n < 0 { "-" } else { "+" }
}
let doubled = [1, 2].map { $0 * 2 }
"""
    text = shown(source).text
    assert (
        'func double(_ n: Int) -> Int { trace("IN", "double:1", ["n": n]); return traceOut("double:1", n * 2) }' in text
    )
    assert '    trace("IN", "sign:2", ["n": n])\n    return if n < 0 { "-" } else { "+" }\n' in text
    assert "let doubled = [1, 2].map { $0 * 2 }\n" in text


def test_a_taken_name_gives_way_to_another_and_a_file_that_sees_itself_is_refused():
    """The helper takes a name that the program does not use; without one, or where lines are read, there is no helper."""
    assert 'traceEvent("IN", "trace:1", ["n": n])' in shown("func trace(_ n: Int) { print(n) }\n").text
    for source, detail in [
        ("func trace() {}\nfunc traceEvent() {}\nfunc emitTraceOut(n: Int) { print(n) }\n", "every name"),
        ("func at(line: Int = #line) { print(line) }\nat()\n", "uses #line"),
    ]:
        refused = swift.find_points(source)
        assert isinstance(refused, Dropped)
        assert refused.reason is Reason.CANNOT_INSTRUMENT
        assert detail in refused.detail


def test_a_name_that_a_condition_binds_is_not_taken_for_another():
    """What hangs on a name is read only where that name means what the condition read."""
    source = """struct Source { var text = "x"; var kind: Kind }
enum Kind { case word(Source), none }
func told(_ s: Source, _ other: Source?) -> Int {
    switch s.kind {
    case .word(let s): return s.text.count
    case .none: break
    }
    if let other = other, other.text == "x" { return 1 } else { return 2 }
}
"""
    text = shown(source).text
    assert '["took": "case", "s": s]' in text
    assert '["took": "case", "s.kind": s.kind]' in text
    assert '["took": "if", "other": other, "other.text": other.text]' in text
    assert '["took": "else", "other": other]' in text
