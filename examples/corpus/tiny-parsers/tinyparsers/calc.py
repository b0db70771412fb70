"""Evaluate arithmetic with + - * / ^, parentheses and unary minus.

Usage: calc.py EXPRESSION [EXPRESSION ...]

The grammar, from loosest to tightest:
    sum     = product (("+" | "-") product)*
    product = factor (("*" | "/") factor)*
    factor  = "-" factor | power
    power   = atom ("^" factor)?
    atom    = NUMBER | "(" sum ")"
"""

import sys
from fractions import Fraction


class CalcError(ValueError):
    """An expression that cannot be read or evaluated."""


def tokenize(text):
    """Return a list of (kind, value) tokens that ends with ("end", None)."""
    tokens = []
    position = 0
    while position < len(text):
        char = text[position]
        if char.isspace():
            position += 1
        elif char in "+-*/^()":
            tokens.append(("op", char))
            position += 1
        elif char.isdigit() or char == ".":
            start = position
            while position < len(text) and (text[position].isdigit() or text[position] == "."):
                position += 1
            if text[start:position].count(".") > 1 or text[start:position] == ".":
                raise CalcError(f"bad number {text[start:position]!r}")
            tokens.append(("number", Fraction(text[start:position])))
        else:
            raise CalcError(f"unexpected {char!r} at column {position + 1}")
    tokens.append(("end", None))
    return tokens


class Parser:
    """Recursive descent over a token list; each method returns a Fraction."""

    def __init__(self, tokens):
        self.tokens = tokens
        self.position = 0

    def peek(self):
        """Return the value of the current token."""
        return self.tokens[self.position][1]

    def take(self, *operators):
        """Consume and return the current token if it is one of `operators`."""
        kind, value = self.tokens[self.position]
        if kind == "op" and value in operators:
            self.position += 1
            return value
        return None

    def sum(self):
        """Parse additions and subtractions, left to right."""
        value = self.product()
        while operator := self.take("+", "-"):
            right = self.product()
            value = value + right if operator == "+" else value - right
        return value

    def product(self):
        """Parse multiplications and divisions, left to right."""
        value = self.factor()
        while operator := self.take("*", "/"):
            right = self.factor()
            if operator == "/" and right == 0:
                raise CalcError("division by zero")
            value = value * right if operator == "*" else value / right
        return value

    def factor(self):
        """Parse a unary minus or a power; the exponent binds to the right."""
        if self.take("-"):
            return -self.factor()
        base = self.atom()
        if self.take("^"):
            exponent = self.factor()
            if exponent.denominator != 1 or abs(exponent) > 64:
                raise CalcError(f"exponent {exponent} is not a small whole number")
            if base == 0 and exponent < 0:
                raise CalcError("zero to a negative power")
            return base ** int(exponent)
        return base

    def atom(self):
        """Parse a number or a parenthesised sum."""
        if self.take("("):
            value = self.sum()
            if not self.take(")"):
                raise CalcError("missing )")
            return value
        kind, value = self.tokens[self.position]
        if kind != "number":
            raise CalcError("unexpected end" if kind == "end" else f"unexpected {value!r}")
        self.position += 1
        return value


def evaluate(text):
    """Return the value of the expression `text` as a Fraction."""
    parser = Parser(tokenize(text))
    value = parser.sum()
    if parser.peek() is not None:
        raise CalcError(f"unexpected {parser.peek()!r}")
    return value


def main(argv):
    """Evaluate the arguments, or some examples when there are none."""
    status = 0
    for text in argv or ["2 + 3 * 4", "-2 ^ 2", "2 ^ 3 ^ 2", "(1 + 1/3) * 6", "1 / (2 - 2)", "7 +"]:
        try:
            print(f"{text} = {evaluate(text)}")
        except CalcError as error:
            status = 1
            print(f"{text}: {error}")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
