"""Turn a character picture by quarter turns, or read it off in a spiral.

Usage: matrix_turn.py [left|right|half|mirror|spiral] [ROW ...]

Rows are plain words of equal length. Without rows a small arrow is used.
"""

import sys

ARROW = ["..#..", ".###.", "#####", "..#..", "..#.."]


def turn_right(rows):
    """Return the picture turned clockwise by a quarter."""
    height, width = len(rows), len(rows[0])
    return ["".join(rows[height - 1 - y][x] for y in range(height)) for x in range(width)]


def turn(rows, quarters):
    """Turn clockwise `quarters` times; a negative count turns the other way."""
    for _ in range(quarters % 4):
        rows = turn_right(rows)
    return rows


def mirror(rows):
    """Swap left and right."""
    return [row[::-1] for row in rows]


def spiral(rows):
    """Return the characters met when walking inwards, clockwise from the top left."""
    top, bottom = 0, len(rows) - 1
    left, right = 0, len(rows[0]) - 1
    found = []
    while top <= bottom and left <= right:
        found.extend(rows[top][left:right + 1])
        top += 1
        for y in range(top, bottom + 1):
            found.append(rows[y][right])
        right -= 1
        if top <= bottom:
            for x in range(right, left - 1, -1):
                found.append(rows[bottom][x])
            bottom -= 1
        if left <= right:
            for y in range(bottom, top - 1, -1):
                found.append(rows[y][left])
            left += 1
    return "".join(found)


def main(argv):
    """Apply the named operation and print the result."""
    operation = argv[0] if argv else "right"
    rows = argv[1:] or ARROW
    if len({len(row) for row in rows}) != 1:
        print("all rows must have the same length", file=sys.stderr)
        return 2
    if operation in ("left", "right", "half"):
        result = turn(rows, {"right": 1, "half": 2, "left": -1}[operation])
    elif operation == "mirror":
        result = mirror(rows)
    elif operation == "spiral":
        result = [spiral(rows)]
    else:
        print(__doc__.strip().splitlines()[2], file=sys.stderr)
        return 2
    print("\n".join(result))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
