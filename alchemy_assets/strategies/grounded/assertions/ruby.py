"""Write tests of Ruby methods by Minitest, test-unit and RSpec, and record what calls give.

Belongs here: words and values of Ruby. Does not: which calls there are.
"""

import json
import re
from collections.abc import Sequence

from alchemy_assets.strategies.grounded.assertions.calls import Call
from alchemy_assets.strategies.grounded.assertions.suite import Calling, Case, Framework, Job, Subject
from alchemy_assets.strategies.grounded.assertions.titles import by_function, camel, snake, titles

LINE = 90
_RECORD = """\
require "json"
require_relative "MODULE"

def literal_of(value)
  case value
  when nil, true, false, Integer then value.inspect
  when Float
    raise ArgumentError unless value.finite?
    value.inspect
  when String
    raise ArgumentError unless value.valid_encoding? && value.instance_of?(String)
    value.inspect
  when Symbol then value.inspect
  when Array then "[#{value.map { |one| literal_of(one) }.join(", ")}]"
  when Hash
    known = value.map do |key, one|
      simple = key.is_a?(Symbol) && key.to_s.match?(/\\A[a-z_]\\w*\\z/)
      simple ? "#{key}: #{literal_of(one)}" : "#{literal_of(key)} => #{literal_of(one)}"
    end
    known.empty? ? "{}" : "{ #{known.join(", ")} }"
  else raise ArgumentError
  end
end

def record_of
  begin
    value = yield
  rescue StandardError => error
    return { error: error.class.name, message: error.message }
  end
  begin
    { value: literal_of(value), float: value.is_a?(Float) }
  rescue StandardError
    {}
  end
end

CALLS
"""


def named(own: str, driven: str, text: str) -> str:
    """Its own name, where it is a plain one."""
    del text
    return own if re.fullmatch(r"[a-zA-Z][\w-]*\.rb", own) and own != "record.rb" else driven


def recorder(subject: Subject, calls: Sequence[Call]) -> Job:
    """A program that prints what each call gives."""
    listed = "\n".join(f"$stdout.puts(JSON.generate(record_of {{ {call.text} }}))" for call in calls)
    made = _RECORD.replace("MODULE", subject.stem).replace("CALLS", listed)
    return Job("Ruby", lambda text: {subject.name: text, "record.rb": made}, subject.name, "ruby record.rb\n")


def _said(case: Case) -> str:
    """The call without empty brackets."""
    text = case.call.text
    return text if re.search(r"[\"'][^\"']*\(\)", text) else re.sub(r"(?<=[\w?!])\(\)", "", text)


def _asserted(case: Case, indent: str) -> list[str]:
    said = _said(case)
    if case.error:
        caught = "error = " if case.message else ""
        lines = [f"{indent}{caught}assert_raises({case.error}) {{ {said} }}"]
        return [*lines, f"{indent}assert_equal {json.dumps(case.message)}, error.message"] if case.message else lines
    if case.expected == "nil":
        return [f"{indent}assert_nil {said}"]
    name = "assert_in_delta" if case.tolerance else "assert_equal"
    line = f"{indent}{name} {case.expected}, {said}"
    if case.expected.startswith("{") or len(line) > LINE:
        line = f"{indent}{name}({case.expected}, {said})"
    return (
        [line]
        if len(line) <= LINE
        else [f"{indent}{name}(", f"{indent}  {case.expected},", f"{indent}  {said}", f"{indent})"]
    )


def _class_of(subject: Subject) -> str:
    return f"{camel([subject.stem])}Test" if subject.stem[:1].isalpha() else "SourceTest"


def _unit(subject: Subject, cases: Sequence[Case], required: str, above: str) -> tuple[str, str, Job]:
    parts = [f'require "{required}"', f'require_relative "{subject.stem}"', "", f"class {_class_of(subject)} < {above}"]
    first = True
    for own in by_function(cases).values():
        name = snake([own[0].call.function])
        for case, words in zip(own, titles(own), strict=True):
            parts += [*([] if first else [""]), f"  def test_{name}_{snake(words)}", *_asserted(case, "    "), "  end"]
            first = False
    return _file(subject, "\n".join([*parts, "end", ""]), f"{subject.stem}_test.rb", "ruby")


def minitest(subject: Subject, cases: Sequence[Case]) -> tuple[str, str, Job]:
    """A class of Minitest."""
    return _unit(subject, cases, "minitest/autorun", "Minitest::Test")


def test_unit(subject: Subject, cases: Sequence[Case]) -> tuple[str, str, Job]:
    """A class of test-unit."""
    return _unit(subject, cases, "test/unit", "Test::Unit::TestCase")


def _expected(case: Case, indent: str) -> list[str]:
    said = _said(case)
    if case.error:
        more = f", {json.dumps(case.message)}" if case.message else ""
        return [f"{indent}expect {{ {said} }}.to raise_error({case.error}{more})"]
    matcher = {"nil": "be_nil", "true": "be(true)", "false": "be(false)"}.get(case.expected, f"eq({case.expected})")
    if case.tolerance:
        matcher = f"be_within(1e-9).of({case.expected})"
    line = f"{indent}expect({said}).to {matcher}"
    return [line] if len(line) <= LINE else [f"{indent}expect({said})", f"{indent}  .to {matcher}"]


def rspec(subject: Subject, cases: Sequence[Case]) -> tuple[str, str, Job]:
    """A group of examples for each method."""
    parts = [f'require_relative "{subject.stem}"']
    for function, own in by_function(cases).items():
        parts += ["", f'RSpec.describe "{function}" do']
        for number, (case, words) in enumerate(zip(own, titles(own), strict=True)):
            parts += [*([""] if number else []), f'  it "{" ".join(words)}" do', *_expected(case, "    "), "  end"]
        parts.append("end")
    return _file(subject, "\n".join([*parts, ""]), f"{subject.stem}_spec.rb", "rspec")


def _file(subject: Subject, text: str, name: str, command: str) -> tuple[str, str, Job]:
    return (
        name,
        text,
        Job("Ruby", lambda source: {subject.name: source, name: text}, subject.name, f"{command} {name}\n"),
    )


FRAMEWORKS = (
    Framework("Minitest", lambda subject: f"ruby {subject.stem}_test.rb", minitest),
    Framework("RSpec", lambda subject: f"rspec {subject.stem}_spec.rb", rspec),
    Framework("test-unit", lambda subject: f"ruby {subject.stem}_test.rb", test_unit),
)
CALLING = Calling(named, recorder, FRAMEWORKS)
