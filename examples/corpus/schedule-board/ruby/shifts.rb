#!/usr/bin/env ruby
# frozen_string_literal: true

# Plans shifts by backtracking: every shift needs one person, nobody works two
# shifts in a row, and nobody works more than their limit.
class ShiftPlan
  # @param shifts [Array<String>] in order of time
  # @param people [Hash{String => Hash}] name => { limit:, not: [shifts] }
  def initialize(shifts, people)
    @shifts = shifts
    @people = people
    @tries = 0
  end

  # How many assignments were tried.
  attr_reader :tries

  # Find a plan.
  #
  # @return [Array<String>, nil] a name for each shift, or nil
  def solve(assigned = [])
    return assigned if assigned.size == @shifts.size

    candidates(assigned).each do |name|
      @tries += 1
      plan = solve(assigned + [name])
      return plan if plan
    end
    nil
  end

  private

  # Those who may take the next shift; whoever has worked least comes first.
  def candidates(assigned)
    shift = @shifts[assigned.size]
    able = @people.keys.select do |name|
      person = @people[name]
      assigned.last != name &&
        assigned.count(name) < person[:limit] &&
        !person.fetch(:not, []).include?(shift)
    end
    able.sort_by { |name| [assigned.count(name), name] }
  end
end

# Draw a plan with one row for each person.
#
# @return [String]
def draw(shifts, plan)
  plan.uniq.sort.map do |name|
    marks = plan.map { |worker| worker == name ? "X" : "." }.join(" ")
    "#{name.ljust(6)} #{marks}"
  end.unshift("       #{shifts.map { |s| s[0] }.join(' ')}").join("\n")
end

if $PROGRAM_NAME == __FILE__
  shifts = %w[Mon Tue Wed Thu Fri Sat Sun]
  people = {
    "Asta" => { limit: 3, not: %w[Sat Sun] },
    "Bo" => { limit: 3, not: %w[Mon] },
    "Cleo" => { limit: 2, not: %w[Tue Wed Thu] }
  }
  people.delete(ARGV[0]) if ARGV[0]
  plan = ShiftPlan.new(shifts, people)
  solution = plan.solve
  puts solution ? draw(shifts, solution) : "there is no plan"
  puts "#{plan.tries} tries"
end
