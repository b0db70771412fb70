# frozen_string_literal: true

require "set"

# Undirected graphs whose nodes can be anything that can be a hash key.
class Graph
  include Enumerable

  def initialize
    @neighbours = Hash.new { |hash, node| hash[node] = Set.new }
  end

  # Add a node, with edges to others.
  #
  # @return [self]
  def add(node, *others)
    @neighbours[node]
    others.each do |other|
      @neighbours[node] << other
      @neighbours[other] << node
    end
    self
  end

  # @yield [node] each node in the order of insertion
  def each(&block)
    @neighbours.each_key(&block)
  end

  # Walk breadth first.
  #
  # @yield [node, distance]
  # @return [Enumerator] without a block
  def walk(start)
    return enum_for(:walk, start) unless block_given?
    return unless @neighbours.key?(start)

    seen = Set[start]
    level = [start]
    distance = 0
    until level.empty?
      level.each { |node| yield node, distance }
      level = level.flat_map { |node| @neighbours[node].select { |other| seen.add?(other) } }
      distance += 1
    end
  end

  # @return [Array<Array>] the nodes of each connected part, largest first
  def components
    left = Set.new(self)
    parts = []
    until left.empty?
      part = walk(left.first).map { |node, _| node }
      left.subtract(part)
      parts << part
    end
    parts.sort_by.with_index { |part, i| [-part.size, i] }
  end

  # Colour the nodes with two colours so that neighbours differ.
  #
  # @return [Hash{Object => Integer}, nil] nil when that is impossible
  def two_colours
    colours = {}
    components.each do |part|
      walk(part.first) { |node, distance| colours[node] = distance % 2 }
    end
    clash = any? { |node| @neighbours[node].any? { |other| colours[other] == colours[node] } }
    clash ? nil : colours
  end

  # The largest distance between a node and any other it is connected to.
  def eccentricity(node)
    walk(node).map { |_, distance| distance }.max
  end

  # @return [Array] the nodes from which all others of their part are nearest
  def centre_of(part)
    smallest = part.map { |node| eccentricity(node) }.min
    part.select { |node| eccentricity(node) == smallest }
  end
end
