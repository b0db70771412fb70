#!/usr/bin/env ruby
# frozen_string_literal: true

# Shift ciphers: encoding, decoding and breaking by letter frequencies.
module Caesar
  # How often each letter occurs in English, in per mille, from a to z.
  FREQUENCIES = [
    82, 15, 28, 43, 127, 22, 20, 61, 70, 2, 8, 40, 24,
    67, 75, 19, 1, 60, 63, 91, 28, 10, 24, 2, 20, 1
  ].freeze

  module_function

  # Shift every letter; anything else stays.
  #
  # @param text [String]
  # @param key [Integer] places to shift by, may be negative
  # @return [String]
  def shift(text, key)
    text.gsub(/[a-z]/i) do |letter|
      base = letter =~ /[a-z]/ ? 97 : 65
      ((letter.ord - base + key) % 26 + base).chr
    end
  end

  # Count the letters of a text.
  #
  # @return [Array<Integer>] 26 counts
  def counts(text)
    tally = text.downcase.scan(/[a-z]/).tally
    ("a".."z").map { |letter| tally.fetch(letter, 0) }
  end

  # Measure how unlike English a text is (chi-squared); lower is better.
  #
  # @return [Float]
  def oddness(text)
    found = counts(text)
    total = found.sum
    return 0.0 if total.zero?

    found.zip(FREQUENCIES).sum do |count, per_mille|
      expected = total * per_mille / 1000.0
      (count - expected)**2 / expected
    end
  end

  # Guess the key that a text was shifted by.
  #
  # @return [Integer] from 0 to 25
  def guess_key(text)
    (0..25).min_by { |key| [oddness(shift(text, -key)), key] }
  end
end

if $PROGRAM_NAME == __FILE__
  command, *rest = ARGV
  case command
  when "encode", "decode"
    key = Integer(rest.shift || "13")
    key = -key if command == "decode"
    puts Caesar.shift(rest.join(" "), key)
  when nil, "break"
    text = rest.empty? ? "Wkh dqvzhu lv klgghq lq sodlq vljkw" : rest.join(" ")
    key = Caesar.guess_key(text)
    puts "key #{key}: #{Caesar.shift(text, -key)}"
  else
    warn "usage: caesar.rb encode|decode KEY TEXT | break TEXT"
    exit 2
  end
end
