"""Shortest paths in a weighted, undirected graph by Dijkstra's algorithm."""

import heapq

ROADS = [
    ("Ashby", "Brook", 7),
    ("Ashby", "Cross", 9),
    ("Ashby", "Fern", 14),
    ("Brook", "Cross", 10),
    ("Brook", "Dale", 15),
    ("Cross", "Dale", 11),
    ("Cross", "Fern", 2),
    ("Dale", "Elm", 6),
    ("Elm", "Fern", 9),
    ("Gate", "Hill", 3),
]


def build_graph(edges):
    """Return an adjacency dict for a list of (node, node, weight) edges."""
    graph = {}
    for first, second, weight in edges:
        if weight < 0:
            raise ValueError(f"negative weight between {first} and {second}")
        graph.setdefault(first, []).append((second, weight))
        graph.setdefault(second, []).append((first, weight))
    return graph


def distances_from(graph, start):
    """Return (distance, parent) dicts for the nodes reachable from `start`."""
    distance = {start: 0}
    parent = {start: None}
    # Nodes whose distance is final; later queue entries for them are stale.
    settled = set()
    queue = [(0, start)]
    while queue:
        length, node = heapq.heappop(queue)
        if node in settled:
            continue
        settled.add(node)
        for neighbour, weight in graph[node]:
            candidate = length + weight
            if neighbour not in distance or candidate < distance[neighbour]:
                distance[neighbour] = candidate
                parent[neighbour] = node
                heapq.heappush(queue, (candidate, neighbour))
    return distance, parent


def path_to(parent, target):
    """Follow `parent` links back from `target`; empty when it is unreachable."""
    if target not in parent:
        return []
    path = []
    node = target
    while node is not None:
        path.append(node)
        node = parent[node]
    path.reverse()
    return path


def main():
    """Print the way from the first town to every other town."""
    graph = build_graph(ROADS)
    start = "Ashby"
    distance, parent = distances_from(graph, start)
    for town in sorted(graph):
        path = path_to(parent, town)
        if not path:
            print(f"{town:<6} cannot be reached")
        elif town != start:
            print(f"{town:<6} {distance[town]:>3}  {' > '.join(path)}")


if __name__ == "__main__":
    main()
