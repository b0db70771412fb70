// Package flow finds maximum flows and minimum cuts in small networks.
package flow

import "fmt"

// edge is one direction of a pipe; its reverse is stored at index rev of the
// other node's list.
type edge struct {
	to, rev  int
	capacity int
}

// Network is a directed network with nodes 0 to n-1. The zero value is an empty
// network; use New for one with nodes.
type Network struct {
	edges [][]edge
}

// New returns a network of n nodes without pipes.
func New(n int) *Network {
	return &Network{edges: make([][]edge, n)}
}

// Add lays a pipe between two nodes. It fails when a node does not exist or the
// capacity is negative.
func (g *Network) Add(from, to, capacity int) error {
	n := len(g.edges)
	if from < 0 || from >= n || to < 0 || to >= n || from == to {
		return fmt.Errorf("flow: no pipe possible from %d to %d", from, to)
	}
	if capacity < 0 {
		return fmt.Errorf("flow: negative capacity %d", capacity)
	}
	g.edges[from] = append(g.edges[from], edge{to, len(g.edges[to]), capacity})
	g.edges[to] = append(g.edges[to], edge{from, len(g.edges[from]) - 1, 0})
	return nil
}

// levels returns the distance of every node from source in pipes that still
// have room, or -1 for nodes out of reach.
func (g *Network) levels(source int) []int {
	level := make([]int, len(g.edges))
	for i := range level {
		level[i] = -1
	}
	level[source] = 0
	queue := []int{source}
	for len(queue) > 0 {
		node := queue[0]
		queue = queue[1:]
		for _, e := range g.edges[node] {
			if e.capacity > 0 && level[e.to] < 0 {
				level[e.to] = level[node] + 1
				queue = append(queue, e.to)
			}
		}
	}
	return level
}

// push sends up to limit units from node to sink along rising levels and
// returns how many arrived. next remembers which pipes were tried.
func (g *Network) push(node, sink, limit int, level, next []int) int {
	if node == sink {
		return limit
	}
	for ; next[node] < len(g.edges[node]); next[node]++ {
		e := &g.edges[node][next[node]]
		if e.capacity == 0 || level[e.to] != level[node]+1 {
			continue
		}
		room := limit
		if e.capacity < room {
			room = e.capacity
		}
		if sent := g.push(e.to, sink, room, level, next); sent > 0 {
			e.capacity -= sent
			g.edges[e.to][e.rev].capacity += sent
			return sent
		}
	}
	return 0
}

// Max sends as much as possible from source to sink by Dinic's algorithm and
// returns the amount. The network keeps the flow, so a second call returns 0.
func (g *Network) Max(source, sink int) int {
	const unlimited = int(^uint(0) >> 1)
	total := 0
	for {
		level := g.levels(source)
		if level[sink] < 0 {
			return total
		}
		next := make([]int, len(g.edges))
		for {
			sent := g.push(source, sink, unlimited, level, next)
			if sent == 0 {
				break
			}
			total += sent
		}
	}
}

// Cut returns the nodes on the source's side of a minimum cut. Call it after
// Max with the same source.
func (g *Network) Cut(source int) []int {
	var side []int
	for node, level := range g.levels(source) {
		if level >= 0 {
			side = append(side, node)
		}
	}
	return side
}
