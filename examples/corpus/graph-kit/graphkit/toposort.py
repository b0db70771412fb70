"""Topological order, layers and cycle finding for dependency graphs.

A graph is a dict that maps each name to the names it depends on. Names that
occur only as a dependency count as nodes without dependencies.
"""


class CycleError(ValueError):
    """Raised when no order exists; `cycle` holds the names that form the loop."""

    def __init__(self, cycle):
        super().__init__(" -> ".join(cycle))
        self.cycle = cycle


def all_nodes(graph):
    """Return every name in `graph`, sorted."""
    names = set(graph)
    for needed in graph.values():
        names.update(needed)
    return sorted(names)


def order(graph):
    """Return the names so that each comes after everything it depends on.

    The walk is depth first and visits names alphabetically, so equal graphs
    always give the same order.

    >>> order({"app": ["lib", "log"], "lib": ["log"]})
    ['log', 'lib', 'app']
    """
    finished = []
    state = {}

    def visit(name, trail):
        if state.get(name) == "done":
            return
        if state.get(name) == "open":
            raise CycleError(trail[trail.index(name):] + [name])
        state[name] = "open"
        for needed in sorted(graph.get(name, ())):
            visit(needed, trail + [name])
        state[name] = "done"
        finished.append(name)

    for name in all_nodes(graph):
        visit(name, [])
    return finished


def layers(graph):
    """Group the names into layers that could each be built in parallel.

    >>> layers({"app": ["lib", "ui"], "ui": ["lib"]})
    [['lib'], ['ui'], ['app']]
    """
    depth = {}
    for name in order(graph):
        below = [depth[needed] for needed in graph.get(name, ())]
        depth[name] = 1 + max(below, default=-1)
    result = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for name in sorted(depth):
        result[depth[name]].append(name)
    return result


def affected_by(graph, changed):
    """Return the names that depend on `changed`, directly or through others."""
    users = {}
    for name, needed in graph.items():
        for dependency in needed:
            users.setdefault(dependency, []).append(name)
    reached = set()
    pending = [changed]
    while pending:
        for user in users.get(pending.pop(), ()):
            if user not in reached:
                reached.add(user)
                pending.append(user)
    return sorted(reached)
