#!/usr/bin/env ruby
# frozen_string_literal: true

# An envelope budget: every month some money goes into each envelope, and what
# is not spent stays there.
class Budget
  # Raised when an envelope does not exist.
  class UnknownEnvelope < StandardError; end

  # An envelope with its monthly allowance and its contents, in cents.
  Envelope = Struct.new(:name, :allowance, :content) do
    def overdrawn?
      content.negative?
    end
  end

  def initialize
    @envelopes = {}
  end

  # Add an envelope.
  #
  # @param name [Symbol]
  # @param allowance [Integer] cents that are put in every month
  # @return [self]
  def envelope(name, allowance)
    @envelopes[name] = Envelope.new(name, allowance, 0)
    self
  end

  # Begin a month: fill every envelope.
  def begin_month
    @envelopes.each_value { |e| e.content += e.allowance }
  end

  # Spend money from an envelope. When it holds too little, the rest is taken
  # from the fullest other ones as far as possible.
  #
  # @return [Array<Symbol>] the other envelopes that had to help
  def spend(name, cents)
    target = fetch(name)
    target.content -= cents
    helpers = []
    others = @envelopes.values.reject { |e| e.equal?(target) }
    others.sort_by { |e| [-e.content, e.name] }.each do |other|
      break unless target.overdrawn?

      moved = [other.content, -target.content].min
      next unless moved.positive?

      other.content -= moved
      target.content += moved
      helpers << other.name
    end
    helpers
  end

  # @return [Integer] all the money there is
  def total
    @envelopes.each_value.sum(&:content)
  end

  # @yield [Envelope] each envelope by name
  def each
    @envelopes.values.sort_by(&:name).each { |e| yield e }
  end

  private

  def fetch(name)
    @envelopes.fetch(name) { raise UnknownEnvelope, "no envelope #{name}" }
  end
end

if $PROGRAM_NAME == __FILE__
  budget = Budget.new.envelope(:food, 30_000).envelope(:fun, 8_000).envelope(:repairs, 5_000)
  months = [
    [[:food, 28_000], [:fun, 9_500]],
    [[:repairs, 12_000], [:food, 25_500]],
    [[:fun, 2_500], [:food, 45_000], [:pets, 100]]
  ]
  months.each.with_index(1) do |payments, month|
    budget.begin_month
    payments.each do |name, cents|
      helpers = budget.spend(name, cents)
      puts "month #{month}: #{name} was helped by #{helpers.join(', ')}" if helpers.any?
    rescue Budget::UnknownEnvelope => e
      puts "month #{month}: #{e.message}"
    end
  end
  budget.each { |e| puts format("%-8s %8.2f", e.name, e.content / 100.0) }
  puts format("%-8s %8.2f", "total", budget.total / 100.0)
end
