#!/usr/bin/env ruby
# frozen_string_literal: true

# Draw a histogram of the numbers on standard input.
#
# usage: histogram.rb [BUCKETS [WIDTH]] < numbers

# Numbers sorted into buckets of equal width.
class Histogram
  # A bucket holds the numbers from +low+ up to, but not including, +high+.
  Bucket = Struct.new(:low, :high, :count)

  # @param values [Array<Float>]
  # @param buckets [Integer]
  def initialize(values, buckets)
    raise ArgumentError, "no values" if values.empty?

    @values = values
    low, high = values.minmax
    @step = high > low ? (high - low) / buckets.to_f : 1.0
    buckets = 1 if high == low
    @buckets = Array.new(buckets) { |i| Bucket.new(low + i * @step, low + (i + 1) * @step, 0) }
    values.each { |value| @buckets[index(value)].count += 1 }
  end

  # @return [Float] the mean
  def mean
    @values.sum / @values.size.to_f
  end

  # @return [Float] the value in the middle, or the mean of the two there
  def median
    sorted = @values.sort
    middle = sorted.size / 2
    sorted.size.odd? ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0
  end

  # Draw the bars, the longest of them +width+ columns wide.
  #
  # @return [Array<String>]
  def lines(width)
    most = @buckets.map(&:count).max
    @buckets.map do |bucket|
      bar = "#" * (bucket.count * width / most.to_f).ceil
      format("%8.2f .. %8.2f %5d %s", bucket.low, bucket.high, bucket.count, bar).rstrip
    end
  end

  private

  # The largest value belongs to the last bucket.
  def index(value)
    [((value - @buckets.first.low) / @step).floor, @buckets.size - 1].min
  end
end

if $PROGRAM_NAME == __FILE__
  buckets = (ARGV[0] || "5").to_i
  width = (ARGV[1] || "30").to_i
  if buckets < 1 || width < 1
    warn "usage: histogram.rb [BUCKETS [WIDTH]] < numbers"
    exit 2
  end
  values = $stdin.read.split.filter_map { |word| Float(word, exception: false) }
  if values.empty?
    puts "no numbers"
  else
    histogram = Histogram.new(values, buckets)
    puts histogram.lines(width)
    puts format("mean %.2f, median %.2f", histogram.mean, histogram.median)
  end
end
