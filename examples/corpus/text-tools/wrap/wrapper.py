"""Wrap paragraphs in two ways: first-fit, and with the least ragged margin."""

SAMPLE = (
    "The line breaker reads words one after another. A greedy breaker puts as "
    "many of them on a line as will fit, which is quick but can leave one very "
    "short line; a balanced breaker looks at the whole paragraph first."
)


def wrap_greedy(words, width):
    """Break `words` into lines of at most `width` columns, first fit.

    A word longer than `width` gets a line of its own.
    """
    lines = []
    current = []
    used = 0
    for word in words:
        needed = len(word) if not current else used + 1 + len(word)
        if current and needed > width:
            lines.append(" ".join(current))
            current, used = [word], len(word)
        else:
            current.append(word)
            used = needed
    if current:
        lines.append(" ".join(current))
    return lines


def wrap_balanced(words, width):
    """Break `words` so that the sum of squared trailing gaps is smallest.

    The last line costs nothing. best[i] is the lowest cost of setting the
    words from position i on, and cut[i] is where the next line then starts.
    """
    count = len(words)
    best = [0] * (count + 1)
    cut = [count] * (count + 1)
    for start in range(count - 1, -1, -1):
        best[start] = float("inf")
        length = -1
        for end in range(start + 1, count + 1):
            length += 1 + len(words[end - 1])
            if length > width and end > start + 1:
                break
            gap = 0 if end == count else max(width - length, 0)
            cost = gap * gap + best[end]
            if cost < best[start]:
                best[start], cut[start] = cost, end
    lines = []
    position = 0
    while position < count:
        lines.append(" ".join(words[position:cut[position]]))
        position = cut[position]
    return lines


def raggedness(lines, width):
    """Return the sum of squared gaps of every line but the last."""
    return sum((width - len(line)) ** 2 for line in lines[:-1] if len(line) < width)


def main():
    """Show the sample set at two widths by both breakers."""
    words = SAMPLE.split()
    for width in (20, 32):
        for name, wrap in (("greedy", wrap_greedy), ("balanced", wrap_balanced)):
            lines = wrap(words, width)
            print(f"{name}, width {width}: raggedness {raggedness(lines, width)}")
            for line in lines:
                print(f"  |{line:<{width}}|")


if __name__ == "__main__":
    main()
