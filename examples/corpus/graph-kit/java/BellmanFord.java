import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Shortest paths with negative weights, and the negative cycles that prevent them. */
public final class BellmanFord {

    /** Distance of a node that cannot be reached. */
    public static final long UNREACHABLE = Long.MAX_VALUE;

    private final int nodes;
    private final List<int[]> edges = new ArrayList<>();
    private long[] distance;
    private int[] previous;

    /** Makes a graph of nodes 0 to {@code nodes - 1} without edges. */
    public BellmanFord(int nodes) {
        this.nodes = nodes;
    }

    /** Adds a directed edge; the weight may be negative. */
    public void add(int from, int to, int weight) {
        if (from < 0 || from >= nodes || to < 0 || to >= nodes) {
            throw new IndexOutOfBoundsException(from + " -> " + to);
        }
        edges.add(new int[] {from, to, weight});
    }

    /**
     * Computes the distances from a node.
     *
     * @return the nodes of a negative cycle that can be reached from {@code start}, or an empty
     *     list when there is none and the distances are valid
     */
    public List<Integer> run(int start) {
        distance = new long[nodes];
        previous = new int[nodes];
        Arrays.fill(distance, UNREACHABLE);
        Arrays.fill(previous, -1);
        distance[start] = 0;
        int changed = -1;
        for (int round = 0; round < nodes; round++) {
            changed = relaxAll();
            if (changed < 0) {
                return Collections.emptyList();
            }
        }
        return cycleThrough(changed);
    }

    /** Relaxes every edge once; returns a node that improved, or -1. */
    private int relaxAll() {
        int changed = -1;
        for (int[] edge : edges) {
            if (distance[edge[0]] == UNREACHABLE) {
                continue;
            }
            long candidate = distance[edge[0]] + edge[2];
            if (candidate < distance[edge[1]]) {
                distance[edge[1]] = candidate;
                previous[edge[1]] = edge[0];
                changed = edge[1];
            }
        }
        return changed;
    }

    /** Walks back from a node that improved too often until a node repeats. */
    private List<Integer> cycleThrough(int node) {
        for (int i = 0; i < nodes; i++) {
            node = previous[node];
        }
        List<Integer> cycle = new ArrayList<>();
        for (int at = node; cycle.isEmpty() || at != node; at = previous[at]) {
            cycle.add(at);
        }
        Collections.reverse(cycle);
        return cycle;
    }

    /** Returns the distance of a node after {@link #run}. */
    public long distanceTo(int node) {
        return distance[node];
    }

    /** Returns the nodes on the way to {@code target}, or an empty list if there is no way. */
    public List<Integer> pathTo(int target) {
        List<Integer> path = new ArrayList<>();
        if (distance[target] == UNREACHABLE) {
            return path;
        }
        for (int node = target; node >= 0; node = previous[node]) {
            path.add(node);
        }
        Collections.reverse(path);
        return path;
    }

    /** Shows a graph with and without a negative cycle. */
    public static void main(String[] args) {
        BellmanFord graph = new BellmanFord(5);
        graph.add(0, 1, 4);
        graph.add(0, 2, 2);
        graph.add(2, 1, -1);
        graph.add(1, 3, 5);
        System.out.println("cycle " + graph.run(0));
        for (int node = 0; node < 5; node++) {
            String text = graph.pathTo(node).isEmpty() ? "unreachable" : graph.pathTo(node) + " " + graph.distanceTo(node);
            System.out.println(node + ": " + text);
        }
        graph.add(3, 2, -7);
        System.out.println("cycle " + graph.run(0));
    }
}
