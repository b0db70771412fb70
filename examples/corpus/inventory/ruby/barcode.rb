#!/usr/bin/env ruby
# frozen_string_literal: true

# EAN-13 barcodes: check digits, and the pattern of bars as text.
class Barcode
  # The seven modules of each digit in the left half with odd parity.
  ODD = %w[0001101 0011001 0010011 0111101 0100011 0110001 0101111 0111011 0110111 0001011].freeze

  # Which of the six left digits have even parity, by the first digit.
  PARITY = %w[OOOOOO OOEOEE OOEEOE OOEEEO OEOOEE OEEOOE OEEEOO OEOEOE OEOEEO OEEOEO].freeze

  attr_reader :digits

  # @param text [String] 12 digits, or 13 with a check digit; spaces and
  #   hyphens are ignored
  # @raise [ArgumentError] for anything else, or a wrong check digit
  def initialize(text)
    clean = text.delete(" -")
    raise ArgumentError, "not 12 or 13 digits" unless clean.match?(/\A\d{12,13}\z/)

    given = clean.chars.map(&:to_i)
    @digits = given.first(12)
    @digits << check_digit
    return if given.size == 12 || given.last == @digits.last

    raise ArgumentError, "check digit should be #{@digits.last}"
  end

  # The digit that makes the weighted sum a multiple of ten.
  #
  # @return [Integer]
  def check_digit
    sum = @digits.first(12).each_with_index.sum { |digit, i| digit * (i.even? ? 1 : 3) }
    -sum % 10
  end

  # @return [String] 95 modules, "1" for black
  def modules
    left = @digits[1..6].zip(PARITY[@digits[0]].chars).map do |digit, parity|
      parity == "O" ? ODD[digit] : invert(ODD[digit]).reverse
    end
    right = @digits[7..12].map { |digit| invert(ODD[digit]) }
    ["101", *left, "01010", *right, "101"].join
  end

  # @return [String] the bars as characters, two modules in each
  def to_s
    modules.ljust(96, "0").scan(/../).map do |pair|
      { "00" => " ", "01" => "\u2590", "10" => "\u258C", "11" => "\u2588" }[pair]
    end.join
  end

  private

  def invert(pattern)
    pattern.tr("01", "10")
  end
end

if $PROGRAM_NAME == __FILE__
  codes = ARGV.empty? ? ["978-0-306-40615", "4006381333931", "4006381333932", "123"] : ARGV
  codes.each do |code|
    barcode = Barcode.new(code)
    puts "#{code}: #{barcode.digits.join}", barcode.to_s
  rescue ArgumentError => e
    puts "#{code}: #{e.message}"
  end
end
