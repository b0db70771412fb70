#!/usr/bin/env ruby
# frozen_string_literal: true

# A reader and evaluator for a very small Lisp.
module Sexp
  class Error < StandardError; end

  TOKEN = /\s*(?:;[^\n]*\n?)?([()]|-?\d+(?![^\s()])|[^\s();]+)?/

  module_function

  # Cut a source into tokens; comments run from ";" to the end of the line.
  #
  # @return [Array<String>]
  def tokens(source)
    source.scan(TOKEN).flatten.compact
  end

  # Parse all expressions of a source into nested arrays.
  #
  # @return [Array]
  def parse(source)
    stack = [[]]
    tokens(source).each do |token|
      case token
      when "("
        stack.push([])
      when ")"
        raise Error, "unexpected )" if stack.size == 1

        list = stack.pop
        stack.last << list
      when /\A-?\d+\z/
        stack.last << token.to_i
      else
        stack.last << token.to_sym
      end
    end
    raise Error, "missing )" if stack.size > 1

    stack.first
  end

  # The names every program starts out with.
  def globals
    {
      :+ => ->(*xs) { xs.sum },
      :- => ->(x, *xs) { xs.empty? ? -x : xs.reduce(x, :-) },
      :* => ->(*xs) { xs.reduce(1, :*) },
      :< => ->(x, y) { x < y },
      :"=" => ->(x, y) { x == y },
      :list => ->(*xs) { xs }
    }
  end

  # Evaluate an expression.
  #
  # @param expression [Integer, Symbol, Array]
  # @param scope [Hash{Symbol => Object}]
  def evaluate(expression, scope)
    case expression
    in Integer
      expression
    in Symbol
      scope.fetch(expression) { raise Error, "unknown name #{expression}" }
    in [:if, test, yes, no]
      evaluate(evaluate(test, scope) ? yes : no, scope)
    in [:define, Symbol => name, value]
      scope[name] = evaluate(value, scope)
      name
    in [:lambda, [*names], body]
      lambda do |*args|
        raise Error, "expected #{names.size} arguments" if args.size != names.size

        evaluate(body, scope.merge(names.zip(args).to_h))
      end
    in [head, *rest]
      function = evaluate(head, scope)
      raise Error, "#{head} is not a function" unless function.respond_to?(:call)

      function.call(*rest.map { |part| evaluate(part, scope) })
    in []
      []
    end
  end
end

if $PROGRAM_NAME == __FILE__
  source = ARGV.empty? ? <<~LISP : ARGV.join(" ")
    (define square (lambda (x) (* x x)))
    (define fact (lambda (n) (if (< n 2) 1 (* n (fact (- n 1))))))
    (list (square 12) (fact 10)) ; a comment
    (+ 1 nothing)
  LISP
  begin
    scope = Sexp.globals
    Sexp.parse(source).each { |expression| puts Sexp.evaluate(expression, scope).inspect }
  rescue Sexp::Error => e
    puts "error: #{e.message}"
  end
end
