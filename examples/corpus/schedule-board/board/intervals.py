"""Half-open time intervals: merging, gaps, overlap and subtraction.

An interval is a (start, end) tuple of integers, usually minutes since
midnight, that holds start but not end. Functions return sorted lists of
disjoint intervals and never change their arguments.
"""


def normalize(intervals):
    """Merge overlapping and touching intervals; empty ones are dropped.

    >>> normalize([(5, 7), (1, 3), (3, 4), (6, 9), (2, 2)])
    [(1, 4), (5, 9)]
    """
    merged = []
    for start, end in sorted(intervals):
        if start > end:
            raise ValueError(f"interval ends before it starts: ({start}, {end})")
        if start == end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def total(intervals):
    """Return the length covered, counting overlaps once."""
    return sum(end - start for start, end in normalize(intervals))


def gaps(intervals, within):
    """Return the parts of the interval `within` that nothing covers.

    >>> gaps([(9, 10), (12, 14)], within=(8, 17))
    [(8, 9), (10, 12), (14, 17)]
    """
    cursor, limit = within
    free = []
    for start, end in normalize(intervals):
        if start >= limit:
            break
        if start > cursor:
            free.append((cursor, start))
        cursor = max(cursor, end)
    if cursor < limit:
        free.append((cursor, limit))
    return free


def intersect(first, second):
    """Return what two lists of intervals have in common."""
    a, b = normalize(first), normalize(second)
    common = []
    i = j = 0
    while i < len(a) and j < len(b):
        start = max(a[i][0], b[j][0])
        end = min(a[i][1], b[j][1])
        if start < end:
            common.append((start, end))
        if a[i][1] < b[j][1]:
            i += 1
        else:
            j += 1
    return common


def first_slot(busy, length, within):
    """Return the earliest free interval of `length`, or None when none fits."""
    for start, end in gaps(busy, within):
        if end - start >= length:
            return (start, start + length)
    return None


def busiest(intervals):
    """Return (moment, count) where the most intervals overlap.

    The earliest such moment wins; without intervals the answer is (None, 0).
    """
    events = []
    for start, end in intervals:
        events.append((start, 1))
        events.append((end, -1))
    best = (None, 0)
    running = 0
    for moment, change in sorted(events):
        running += change
        if running > best[1]:
            best = (moment, running)
    return best
