"""Convert between Roman numerals and integers.

Usage: roman.py VALUE [VALUE ...]

Each VALUE may be a number from 1 to 3999 or a Roman numeral; it is printed
with its counterpart.
"""

import sys

PAIRS = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"),
    (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
    (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)
DIGITS = {symbol: value for value, symbol in PAIRS if len(symbol) == 1}


def to_roman(number):
    """Return `number` in Roman numerals.

    >>> to_roman(1994)
    'MCMXCIV'
    """
    if not 1 <= number <= 3999:
        raise ValueError(f"{number} is outside 1..3999")
    parts = []
    for value, symbol in PAIRS:
        while number >= value:
            parts.append(symbol)
            number -= value
    return "".join(parts)


def from_roman(text):
    """Return the integer that `text` stands for.

    A smaller digit before a larger one is subtracted. Spellings that are not
    the canonical one, such as "IIII", are refused.
    """
    total = 0
    previous = 0
    for char in reversed(text.upper()):
        if char not in DIGITS:
            raise ValueError(f"{char!r} is not a Roman digit")
        value = DIGITS[char]
        if value < previous:
            total -= value
        else:
            total += value
            previous = value
    if not 1 <= total <= 3999 or to_roman(total) != text.upper():
        raise ValueError(f"{text!r} is not a well-formed numeral")
    return total


def main(argv):
    """Convert each argument, or a few well-known years when there is none."""
    values = argv or ["476", "MLXVI", "1789", "MCMLXIX", "IIII"]
    failures = 0
    for value in values:
        try:
            if value.isdigit():
                print(f"{value} = {to_roman(int(value))}")
            else:
                print(f"{value} = {from_roman(value)}")
        except ValueError as error:
            failures += 1
            print(f"{value}: {error}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
