//! Strongly connected components by Tarjan's algorithm, without recursion.

/// A directed graph over the nodes `0..len`.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    edges: Vec<Vec<usize>>,
}

impl Graph {
    /// Makes a graph of `len` nodes without edges.
    pub fn new(len: usize) -> Self {
        Graph { edges: vec![Vec::new(); len] }
    }

    /// Adds an edge.
    ///
    /// # Panics
    ///
    /// Panics if either node does not exist.
    pub fn connect(&mut self, from: usize, to: usize) {
        assert!(to < self.edges.len(), "no node {to}");
        self.edges[from].push(to);
    }

    /// Returns the components, each sorted. A component comes after all those
    /// that it has edges to.
    pub fn components(&self) -> Vec<Vec<usize>> {
        let len = self.edges.len();
        let mut index = vec![None; len];
        let mut low = vec![0; len];
        let mut on_stack = vec![false; len];
        let mut stack = Vec::new();
        let mut components = Vec::new();
        let mut counter = 0;

        for root in 0..len {
            if index[root].is_some() {
                continue;
            }
            // Every frame holds a node and how many of its edges were followed.
            let mut frames = vec![(root, 0)];
            while let Some((node, next)) = frames.pop() {
                if next == 0 {
                    index[node] = Some(counter);
                    low[node] = counter;
                    counter += 1;
                    stack.push(node);
                    on_stack[node] = true;
                } else {
                    let child = self.edges[node][next - 1];
                    if on_stack[child] {
                        low[node] = low[node].min(low[child]);
                    }
                }
                if let Some(&child) = self.edges[node].get(next) {
                    frames.push((node, next + 1));
                    if index[child].is_none() {
                        frames.push((child, 0));
                    }
                } else if Some(low[node]) == index[node] {
                    let start = stack.iter().rposition(|&n| n == node).unwrap_or(0);
                    let mut component = stack.split_off(start);
                    component.iter().for_each(|&n| on_stack[n] = false);
                    component.sort_unstable();
                    components.push(component);
                }
            }
        }
        components
    }

    /// Tells whether the graph has a cycle, loops of a single node included.
    pub fn is_cyclic(&self) -> bool {
        self.components().iter().any(|c| c.len() > 1)
            || self.edges.iter().enumerate().any(|(node, to)| to.contains(&node))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_components_in_order() {
        let mut graph = Graph::new(6);
        for (from, to) in [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 3), (5, 4)] {
            graph.connect(from, to);
        }
        assert_eq!(graph.components(), vec![vec![3, 4], vec![0, 1, 2], vec![5]]);
        assert!(graph.is_cyclic());
    }

    #[test]
    fn a_chain_has_no_cycle() {
        let mut graph = Graph::new(3);
        graph.connect(0, 1);
        graph.connect(1, 2);
        assert!(!graph.is_cyclic());
        graph.connect(2, 2);
        assert!(graph.is_cyclic());
    }
}
