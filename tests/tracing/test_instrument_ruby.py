"""What the instrumenter of Ruby promises: only insertions, the same behaviour, events that follow from the source."""

import asyncio

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from alchemy_assets.sandbox.programs import ProgramSandbox
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Program, Status
from alchemy_assets.tracing.events import format_event, read_events, without_events
from alchemy_assets.tracing.instrument.found import LIMIT_MARK
from alchemy_assets.tracing.instrument.points import Instrumented, choose, insert
from alchemy_assets.tracing.instrument.ruby import instrumenter as ruby
from alchemy_assets.tracing.reasons import Dropped, Reason
from tests.tracing.generated_ruby import ruby_programs


def shown(source: str, points: int = 400, limit: int = 8) -> Instrumented:
    found = ruby.find_points(source)
    assert not isinstance(found, Dropped), found
    made = insert(source.encode(), choose(found.points, points), found.helper)
    return Instrumented(made.text.replace(LIMIT_MARK, str(limit)), made.insertions, made.points)


def run(sandbox: ProgramSandbox, *texts: str, stdin: bytes = b""):
    programs = [Program("Ruby", {"source.rb": text.encode()}, "source.rb") for text in texts]
    try:
        return asyncio.run(sandbox.run_many([(one, Invocation(stdin=stdin), Limits()) for one in programs]))
    except Exception as error:
        if "toolchain" in type(error).__name__.lower():
            pytest.skip(str(error))
        raise


def trace(sandbox: ProgramSandbox, source: str, **keywords) -> list[str]:
    """The events of a program of which all points are taken, and of which nothing else has changed."""
    made = shown(source, **{key: keywords.pop(key) for key in ("points", "limit") if key in keywords})
    before, after = run(sandbox, source, made.text, **keywords)
    assert before.exit_code == 0, before.stderr
    assert (after.status, after.exit_code, after.stdout) == (Status.FINISHED, 0, before.stdout), (after, made.text)
    said = after.stderr.decode()
    assert without_events(said) == before.stderr.decode()
    return [format_event(one) for one in read_events(said)]


def test_programs_come_back_byte_for_byte():
    """A generated program keeps its bytes under the insertions, gets the same ones each time, and still parses."""

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(ruby_programs(), st.integers(1, 60))
    def check(source, points):
        found = ruby.find_points(source)
        assert not isinstance(found, Dropped)
        made = insert(source.encode(), choose(found.points, points), found.helper)
        assert made.original() == source.encode()
        assert ruby.parses(made.text.replace(LIMIT_MARK, "8"))
        again = ruby.find_points(source)
        assert made == insert(source.encode(), choose(again.points, points), again.helper)

    check()


def test_programs_behave_as_before(sandbox):
    """Generated programs print, end and complain as they did, with all their points."""
    sources: list[str] = []

    @settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(ruby_programs())
    def collect(source):
        sources.append(source)

    collect()
    outcomes = run(sandbox, *sources, *(shown(source).text for source in sources))
    pairs = list(zip(sources, outcomes[: len(sources)], outcomes[len(sources) :], strict=True))
    ran = [(source, before, after) for source, before, after in pairs if before.exit_code == 0]
    assert len(ran) > len(sources) // 2
    for source, before, after in ran:
        assert (after.status, after.exit_code, after.stdout) == (before.status, 0, before.stdout), (source, after)
        said = after.stderr.decode()
        assert without_events(said) == before.stderr.decode(), source
        assert read_events(said)


def test_arguments_branches_loops_and_results_are_shown(sandbox):
    """A program's events name what came in, which way was taken, every turn up to the limit, and what came out."""
    source = """# frozen_string_literal: true
class Till
  attr_reader :cash

  def initialize(cash) = @cash = cash

  def pay(amount, *rest, why: nil)
    return :nothing if amount.zero?
    raise ArgumentError, "too much" unless amount <= cash

    @cash -= amount
    if why.to_s.length > 3
      note = why * 9
      note + "!"
    elsif rest.any?
      rest.sum
    else
      puts "paid"
    end
  end
end

till = Till.new(9)
[1, 0, 2, 3].each_with_index do |amount, i|
  till.pay(amount, i, why: "wages\\n" * i)
end
begin
  till.pay(90)
rescue ArgumentError => error
  puts error.message
end
top = 9
sizes = (1..top).map { |n| n * n }
turns = 0
turns += 1 while turns < 4
"""
    assert trace(sandbox, source, limit=2, points=100) == [
        "TRACE:OUT:Till.initialize:5:result=9",
        "TRACE:VAR:<module>:23:till=Till(@cash: 9)",
        "TRACE:LOOP:<module>:24:amount=1; i=0",
        'TRACE:IN:Till.pay:7:amount=1; rest=[0]; why=""',
        "TRACE:VAR:Till.pay:11:@cash=8; amount=1",
        'TRACE:BRANCH:Till.pay:15:took="elsif"; rest=[0]; why=""',
        "TRACE:OUT:Till.pay:16:result=0",
        "TRACE:LOOP:<module>:24:amount=0; i=1",
        r'TRACE:IN:Till.pay:7:amount=0; rest=[1]; why="wages\n"',
        'TRACE:BRANCH:Till.pay:8:took="if"; amount=0',
        "TRACE:OUT:Till.pay:8:result=:nothing",
        "TRACE:VAR:Till.pay:11:@cash=6; amount=2",
        r'TRACE:BRANCH:Till.pay:12:took="if"; why="wages\nwages\n"',
        r'TRACE:VAR:Till.pay:13:note="wages\nwages\nwages\nwages\nwages\nwages\nwage... 108 characters"; why="wages\nwages\n"',
        r'TRACE:OUT:Till.pay:14:result="wages\nwages\nwages\nwages\nwages\nwages\nwage... 109 characters"',
        r'TRACE:BRANCH:Till.pay:12:took="if"; why="wages\nwages\nwages\n"',
        r'TRACE:VAR:Till.pay:13:note="wages\nwages\nwages\nwages\nwages\nwages\nwage... 162 characters"; why="wages\nwages\nwages\n"',
        r'TRACE:OUT:Till.pay:14:result="wages\nwages\nwages\nwages\nwages\nwages\nwage... 163 characters"',
        'TRACE:BRANCH:Till.pay:9:took="unless"; amount=90; @cash=3',
        'TRACE:ERR:Till.pay:9:error="ArgumentError"',
        'TRACE:ERR:<module>:29:error=ArgumentError("too much")',
        "TRACE:OUT:block:33:result=1",
        "TRACE:OUT:block:33:result=4",
        "TRACE:TRANSFORM:<module>:33:top=9; sizes=[1, 4, 9, 16, 25, 36, ... 9 in all]",
        "TRACE:VAR:<module>:35:turns=4",
    ]


def test_values_that_are_used_stay_what_they_are(sandbox):
    """What a method, a block, a branch or `begin` ends in is what it was, though points stand around it."""
    source = """def grade(n)
  case n
  when 0 then mark = "none"
  when 1..5
    list = [n]
    list << n + 1
  else
    @grade = n unless n > 90
  end
end

def each
  puts yield(1).inspect
end

def setting(name) = "#{name} is set"

p grade(0), grade(3), grade(9), grade(99)
each { |x| y = x + 1 }
label = if grade(0) == "none" then word = "low" else "high" end
size = begin
  Integer("x")
rescue ArgumentError
  items = [1]
  items.size
end
p label, size, [1, 2].map { |x| z = x * 2 }, (setting :a)
"""
    made = shown(source).text
    assert "list << n + 1)\n" in made
    assert 'Trace.event("VAR", "grade:6"' not in made
    assert '"VAR", "each.block:19"' not in made
    assert "TRACE:OUT:grade:8:result=9" in trace(sandbox, source)


def test_nothing_is_called_to_be_shown(sandbox):
    """A word is shown only where it is a variable, and no method of the program runs for a point."""
    source = """class Loud
  def initialize(n) = @n = n
  def inspect = puts("inspect")
  def to_s = puts("to_s")
  def [](i) = puts("index")
  def []=(i, value)
    @n = value
  end
  def size = puts("size")
end
class Pairs < Struct.new(:size, :each_pair); end
class Bare < BasicObject
  def go(n)
    @n = n + 1
    n * 2
  end
end
class Wrong < StandardError
  def message = puts("message")
end
def amount = puts("amount")
loud = Loud.new(1)
five = 5
loud[0] = five
[loud].each { |amount| amount }
other = [loud, Pairs.new(1, 2), Bare.new.go(3), Wrong.new("w")]
again = amount if other
squares = (1..Float::INFINITY).lazy.map { |n| puts n }
"""
    events = trace(sandbox, source)
    assert "TRACE:VAR:<module>:22:loud=Loud(@n: 1)" in events
    assert "TRACE:VAR:<module>:24:loud=Loud(@n: 5); five=5" in events
    assert "TRACE:LOOP:<module>:25:amount=Loud(@n: 5)" in events
    assert (
        'TRACE:VAR:<module>:26:other=[Loud(@n: 5), Pairs(size: 1, each_pair: 2), 6, Wrong("w")]; loud=Loud(@n: 5)'
        in events
    )
    assert "TRACE:VAR:<module>:27:again=nil" in events
    assert "TRACE:VAR:Bare.go:14:@n=4; n=3" in events
    assert "TRACE:VAR:<module>:28:squares=Enumerator::Lazy" in events


def test_objects_are_opened_where_their_class_stands_in_the_file(sandbox):
    """What a library keeps in its objects cannot be known from the file; members of structs can."""
    source = """require "optparse"
module Deep
  class Inner
    def initialize = @n = 1
  end
end
Point = Struct.new(:x, :y)
parser = OptionParser.new
inner = Deep::Inner.new
point = Point.new(2, "three")
"""
    assert [one for one in trace(sandbox, source) if one.startswith("TRACE:VAR")] == [
        "TRACE:VAR:<module>:8:parser=OptionParser",
        "TRACE:VAR:<module>:9:inner=Deep::Inner(@n: 1)",
        'TRACE:VAR:<module>:10:point=Point(x: 2, y: "three")',
    ]


def test_members_of_data_are_shown_where_there_is_such_a_thing(sandbox):
    """Classes made by `Data.define`, which Ruby has since 3.2; the helper runs on older ones too."""
    source = 'Point = Data.define(:x, :y)\npoint = Point.new(x: 2, y: "three")\n'
    [outcome] = run(sandbox, source)
    if b"uninitialized constant Data" in outcome.stderr:
        pytest.skip("this Ruby has no Data")
    assert trace(sandbox, source) == ['TRACE:VAR:<module>:2:point=Point(x: 2, y: "three")']


def test_counted_turns_are_turns(sandbox):
    """A block that `with_index` calls once a turn is a loop where nothing looks at its value, as with `each` alone."""
    source = """"a\\nb\\n".each_line.with_index(1) do |line, number|
  puts line * number
end
doubled = [1, 2].map.with_index { |one, place| one * place }
"""
    assert trace(sandbox, source) == [
        'TRACE:LOOP:<module>:1:line="a\\n"; number=1',
        'TRACE:LOOP:<module>:1:line="b\\n"; number=2',
        "TRACE:OUT:block:4:result=0",
        "TRACE:OUT:block:4:result=2",
        "TRACE:VAR:<module>:4:doubled=[0, 2]",
    ]


def test_what_stands_before_a_modifier_is_shown_whether_or_not_it_holds(sandbox):
    """An event before `x if y` does not hang on y: one of the statement, arm or loop around it."""
    source = """x = "five!".size
puts x if x > 9
[1, 2].each { |n| puts n if n > 1 }
case x
when 5 then puts "five" if x.even?
end
def small(n)
  return "small" if n < 9
  n
end
small(x)
"""
    assert trace(sandbox, source) == [
        "TRACE:VAR:<module>:1:x=5",
        "TRACE:LOOP:<module>:3:n=1",
        "TRACE:LOOP:<module>:3:n=2",
        'TRACE:BRANCH:<module>:3:took="if"; n=2',
        'TRACE:BRANCH:<module>:5:took="when"; x=5',
        "TRACE:IN:small:7:n=5",
        'TRACE:BRANCH:small:8:took="if"; n=5',
        'TRACE:OUT:small:8:result="small"',
    ]


def test_an_error_without_a_name_is_shown(sandbox):
    """What was caught says its class and message where the program gave it no name, and `$!` is as it was."""
    source = """begin
  Integer("five")
rescue TypeError, ArgumentError
  puts $!.message
end
"""
    caught = 'ArgumentError("invalid value for Integer(): \\"five\\"")'
    assert trace(sandbox, source) == [f"TRACE:ERR:<module>:3:$!={caught}"]


def test_here_documents_and_data_keep_their_text(sandbox):
    """A point after a statement with here-documents stands behind their text, and `DATA` is read as it was."""
    source = """name = ARGV.fetch(0, "you")
text = [<<~ONE, <<TWO].join(name)
  first #{name}
ONE
second
TWO
puts text if name
lines = DATA.read.split
puts lines.size
__END__
a b
if
"""
    assert trace(sandbox, source) == [
        'TRACE:VAR:<module>:1:name="you"; ARGV=[]',
        r'TRACE:TRANSFORM:<module>:2:name="you"; text="first you\nyousecond\n"',
        'TRACE:BRANCH:<module>:7:took="if"; name="you"',
        'TRACE:VAR:<module>:8:lines=["a", "b", "if"]',
    ]


def test_comments_that_ruby_reads_stay_in_front():
    """The helper stands behind `#!`, magic comments and what the file loads, and above the remark of what follows."""
    source = "#!/usr/bin/ruby -w\n# -*- coding: utf-8 -*-\n# Adds.\ndef add(a) = a + 1\nadd(1)\n"
    assert shown(source).text.startswith("#!/usr/bin/ruby -w\n# -*- coding: utf-8 -*-\n\n# Trace events go")
    assert shown("# frozen_string_literal: true\n\nrequire 'set'\n\n# Adds.\nx = Set[1]\n").text.startswith(
        "# frozen_string_literal: true\n\nrequire 'set'\n\n# Trace events go"
    )
    assert "end\n\n# Adds.\nx = Set[1]\nTrace.event(" in shown("require 'set'\n\n# Adds.\nx = Set[1]\n").text


def test_a_taken_name_gives_another():
    """A program that has a `Trace` of its own gets a helper of another name, and none is refused where all are taken."""
    assert 'TraceLog.event("VAR", "<module>:2", x: x)' in shown("Trace = 1\nx = Trace.succ\n").text
    refused = ruby.find_points("Trace = TraceLog = EventTrace = 1\nx = Trace.succ\n")
    assert isinstance(refused, Dropped)
    assert refused.reason is Reason.CANNOT_INSTRUMENT


@pytest.mark.parametrize(
    "line", ["puts __LINE__", "puts caller", "ObjectSpace.each_object { }", "puts File.read(__FILE__)"]
)
def test_what_sees_itself_is_refused(line):
    """A program that looks at its own lines, callers or objects is refused, for points would change what it sees."""
    assert isinstance(ruby.find_points(f"x = gets\n{line}\n"), Dropped)
    assert isinstance(ruby.find_points('#!/bin/sh\nexec ruby -x "$0" if false\n#!ruby\nx = gets\n'), Dropped)
    assert not isinstance(ruby.find_points("x = gets\neval('1', binding, __FILE__, __LINE__)\n"), Dropped)
