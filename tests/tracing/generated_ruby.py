"""Hypothesis strategies: small Ruby programs with all that makes inserting statements hard."""

import textwrap

from hypothesis import strategies as st

INDENTS = st.sampled_from(["  ", "    ", "\t"])
SIMPLE = st.sampled_from(
    [
        "a = 3",
        "a = b * 2 + 1  # why not",
        "total += a; b -= 1",
        "a, b = b, a",
        "first, (*others, last) = items, 3",
        "items << a",
        "items << a << b",
        "items[a % 3] = b",
        "table[:a] ||= b",
        'table["k"] = total if a > b',
        "@count = a",
        "@count += b unless a == b",
        "$seen = total",
        "total += 1 while total < 9",
        "begin\n  b += 1\nend while b < 4",
        "items.sort!",
        "items.each { |one| total += one }",
        "items.each_with_index do |one, i|\n  next if i.zero?\n  total += one * i\nend",
        "3.times { }",
        "sum = items.inject(0) { |all, one| all + one }\nputs sum",
        "names = items.map do |one|\n  # each\n  one.to_s\nend\nputs names.join('}')",
        "double = ->(x) { x * 2 }\ntotal = double.call(a)",
        "add = lambda do |x, y = 2|\n  return x if y > 3\n  x + y\nend\ntotal += add.(a)",
        'text = <<~EOS + "!"\n  one #{a} {\n    two\nEOS\nputs text',
        "puts(<<A, <<-B) if a > 0\nx\nA\n  y\n  B",
        "size = if a > b then 1 else 2 end\nputs size",
        "kind = case a\n       when 0, 1 then :low\n       when 2..5\n         x = 3\n         x + a\n       else :high\n       end\np kind",
        "case [a, b]\nin [Integer => x, 2] if x > 1\n  total += x\nin [x, *]\n  puts x\nend",
        "case {name: 'n', age: a}\nin {name: String => name, age:}\n  puts \"#{name} #{age}\"\nend",
        "found = items.find { |one| one > b } or total = 0",
        "line = nil\nputs line.inspect",
        "puts 'a;b' if a == 1 or b == 2",
        "puts a > b ? 'left' : \"ri{ght\"",
        "(a += 1; b += a)",
        "total += 1 unless a == 1 if b == 3",
        "if a > b then total += 1\nelsif b > 3 and\n    items.any? { |one| one == b } then b = 1\nend if total",
        "p [1, 2].each { |one| break one if one > 1 }",
        "p [3].map { |one| next one }, [1].any? { |one| total or next false }",
        "class << self\n  def own = 1\n  x = own\nend if defined?(own)",
        "begin\n  Integer('x')\nrescue ArgumentError, TypeError => e\n  puts e.message\nelse\n  puts 1\nensure\n  total += 1\nend",
        "value = begin\n  Integer('7')\nrescue\n  0\nend\nputs value",
        "number = Integer('z') rescue 5\nputs number",
        "raise ArgumentError, 'big' if total > 900",
        "# only a remark",
        "=begin\na remark\n=end",
        "puts [\n  a,\n  b,\n].sum",
        "long = items\n  .select { |one| one > 1 }\n  # why\n  .map { |one| one + 1 }\nputs long.inspect",
        "for x in 0..2 do total += x end",
        "until a > 4 do a += 1 end",
        "i = 0\nloop do\n  i += 1\n  break if i > 2\nend",
        "puts helper(a) { |x| x + 1 }",
        "puts helper(a) { _1 * 2 }",
        "v = 5 if false\nputs v.inspect",
        "puts defined?(nothing).inspect",
    ]
)  # fmt: skip
HEAD = """#!/usr/bin/env ruby
# frozen_string_literal: true

require "set"
# A pair.
Pair = Struct.new(:left, :right) do
  def sum = left + right
end

module Shop
  class Empty < StandardError; end

  class Till
    attr_reader :count
    LIMIT = [1, 2].max

    def initialize(count) @count = count end

    def self.make(*counts, scale: 1)
      counts.map { |one| new(one * scale) }
    end

    def take(n)
      raise Empty, "empty" unless n <= count
      @count -= n
    end

    def count=(n)
      @count = n
    end

    class << self
      def none; new(0); end
    end

    private

    def hidden; yield 1; end
  end
end

# Calls its block.
def helper(x, *rest, key: nil, **others, &block)
  return x, 1 if key
  return yield x if block_given?
  x
end

def kind(x)
  if x > 5
    "big"
  elsif x > 2
    y = x * 2
  else
    case x
    when 0 then nil
    else puts "small"
    end
  end
end

def safe(x)
  10 / x
rescue ZeroDivisionError => e
  e.message
ensure
  @count = x
end
"""
START = "a, b, total, @count = 5, 2, 0, 0\nitems = [3, 1, 2]\ntable = {a: 1}\n"
USES = """till = Shop::Till.make(1, 2, scale: 3).last
till.count = 4
begin
  till.take(3)
  till.take(3)
rescue Shop::Empty => error
  puts error.message
end
p kind(9), kind(3), kind(1), kind(0), safe(0), safe(5), helper(1, key: 2), Pair.new(1, 2).sum, Set[1, 2].size
"""


def _compound(children):
    blocks = st.lists(children, min_size=1, max_size=3)

    def build(kind, body, other, indent):
        inner, outer = (_indented(one, indent) for one in (body, other))
        return {
            "if": f"if a > b\n{inner}\nelsif total == 1 then\n{outer}\nelse # last\n{inner}\nend",
            "unless": f"unless a > b\n{inner}\nend",
            "while": f"k = 0\nwhile (k += 1) < 3\n{inner}\n{indent}next if k == 1\n{outer}\nend",
            "each": f"[1, 2].each do |each_one|\n{inner}\n{indent}b += each_one\nend",
            "map": f"p([1, 2].map do |one|\n{inner}\n{indent}one\nend)",
            "case": f"case total % 3\nwhen 0\n{inner}\nwhen 1, 2\n{outer}\nend",
            "begin": f"begin\n{inner}\nrescue ZeroDivisionError\n{outer}\nend",
            "def": f"define_singleton_method(:inner) do |a = 1, b = 2, total = 3, items = [1], table = {{}}|\n{inner}\nend\np inner",
        }[kind]

    kinds = ["if", "unless", "while", "each", "map", "case", "begin", "def"]
    return st.builds(build, st.sampled_from(kinds), blocks, blocks, INDENTS)


def _indented(lines, indent):
    # The text of a here-document and `=begin` keep their column.
    text = "\n".join(lines)
    return text if "<<" in text or "=begin" in text else textwrap.indent(text, indent)


def ruby_programs():
    """Ruby programs that end: any nesting, modifiers, here-documents, patterns, either line end, no last newline."""
    statements = st.recursive(SIMPLE, _compound, max_leaves=8)
    bodies = st.lists(st.lists(statements, min_size=1, max_size=4), min_size=1, max_size=3)

    def build(methods, newline, end):
        parts = [HEAD]
        for number, body in enumerate(methods):
            inside = "\n".join(body)
            parts.append(f"def part{number}\n{START}{inside}\nend\np part{number}\n")
        return ("".join(parts) + START + "\n".join(methods[0]) + "\n" + USES.rstrip("\n") + end).replace("\n", newline)

    ends = st.sampled_from(["", "\n", "\n\n# end", "\n__END__\nnot { code"])
    return st.builds(build, bodies, st.sampled_from(["\n", "\n", "\r\n"]), ends)
