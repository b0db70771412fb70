"""Run-length coding with an escape for digits, as a library.

A run of three or more equal characters becomes COUNT followed by the
character: "aaaab" is coded as "4ab". Shorter runs stay as they are. Digits and
backslashes of the plain text are written with a backslash in front, so every
text survives a round trip.
"""

MIN_RUN = 3
ESCAPED = set("0123456789\\")


class DecodeError(ValueError):
    """Raised for coded text that no encoder would produce."""


def runs(text):
    """Yield (character, count) for each maximal run in `text`.

    >>> list(runs("aab"))
    [('a', 2), ('b', 1)]
    """
    start = 0
    for position in range(1, len(text) + 1):
        if position == len(text) or text[position] != text[start]:
            yield text[start], position - start
            start = position


def encode(text):
    """Return the coded form of `text`.

    >>> encode("wwwwwwx77")
    '6wx\\\\7\\\\7'
    """
    parts = []
    for char, count in runs(text):
        symbol = "\\" + char if char in ESCAPED else char
        if count >= MIN_RUN:
            parts.append(f"{count}{symbol}")
        else:
            parts.append(symbol * count)
    return "".join(parts)


def decode(coded):
    """Return the text that `coded` stands for; the inverse of `encode`."""
    parts = []
    digits = ""
    position = 0
    while position < len(coded):
        char = coded[position]
        if char.isdigit():
            digits += char
            position += 1
            continue
        if char == "\\":
            position += 1
            if position == len(coded):
                raise DecodeError("backslash at the end")
            char = coded[position]
        count = int(digits) if digits else 1
        if digits and count < MIN_RUN:
            raise DecodeError(f"run of {count} is too short to be coded")
        parts.append(char * count)
        digits = ""
        position += 1
    if digits:
        raise DecodeError(f"count {digits} without a character")
    return "".join(parts)


def saving(text):
    """Return the share of characters saved by coding, from -1.0 up to 1.0."""
    if not text:
        return 0.0
    return 1 - len(encode(text)) / len(text)
