"""Convex hulls, areas and containment for points with integer coordinates."""

from typing import Iterable, NamedTuple, Sequence


class Point(NamedTuple):
    """A point of the plane."""

    x: int
    y: int


def cross(origin: Point, a: Point, b: Point) -> int:
    """Return the z part of (a - origin) x (b - origin).

    It is positive when the turn origin -> a -> b goes to the left, negative
    when it goes to the right, and zero when the three lie on one line.
    """
    return (a.x - origin.x) * (b.y - origin.y) - (a.y - origin.y) * (b.x - origin.x)


def half_hull(points: Iterable[Point]) -> list[Point]:
    """Return the chain of left turns over points that are already in order."""
    chain: list[Point] = []
    for point in points:
        while len(chain) >= 2 and cross(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain


def convex_hull(points: Iterable[Point]) -> list[Point]:
    """Return the corners of the hull, anticlockwise from the leftmost.

    Andrew's monotone chain: sort once, then build the lower and the upper
    half. Points on an edge are not corners and are left out.
    """
    ordered = sorted(set(points))
    if len(ordered) <= 2:
        return ordered
    lower = half_hull(ordered)
    upper = half_hull(reversed(ordered))
    return lower[:-1] + upper[:-1]


def doubled_area(polygon: Sequence[Point]) -> int:
    """Return twice the signed area; positive for anticlockwise corners."""
    total = 0
    for index, point in enumerate(polygon):
        following = polygon[(index + 1) % len(polygon)]
        total += point.x * following.y - following.x * point.y
    return total


def contains(polygon: Sequence[Point], point: Point) -> bool:
    """Tell whether a convex anticlockwise polygon holds `point`, edges included."""
    if len(polygon) < 3:
        return False
    for index, corner in enumerate(polygon):
        following = polygon[(index + 1) % len(polygon)]
        if cross(corner, following, point) < 0:
            return False
    return True
