"""A small bank that obeys commands read from standard input.

Commands, one to a line:
    open NAME            open an account
    deposit NAME AMOUNT  put money in
    withdraw NAME AMOUNT take money out; fails when there is too little
    move FROM TO AMOUNT  transfer between accounts
    show                 print every balance

Amounts are whole units. Blank lines and lines starting with # are skipped.
With `--demo` a built-in script is run instead.
"""

import sys

DEMO = """
open ada
open ben
deposit ada 120
move ada ben 45
withdraw ben 60
withdraw ben 5
close ada
show
"""


class BankError(Exception):
    """A command that the bank refuses."""


class Bank:
    """Accounts by name, none of which may go below zero."""

    def __init__(self):
        self.balances = {}
        self.history = []

    def open(self, name):
        """Open an account with nothing in it."""
        if name in self.balances:
            raise BankError(f"{name} already has an account")
        self.balances[name] = 0

    def change(self, name, amount):
        """Add `amount`, which may be negative, to an account."""
        if name not in self.balances:
            raise BankError(f"no account for {name}")
        if self.balances[name] + amount < 0:
            raise BankError(f"{name} has only {self.balances[name]}")
        self.balances[name] += amount
        self.history.append((name, amount))

    def move(self, source, target, amount):
        """Transfer `amount`; nothing changes when either account is missing."""
        if target not in self.balances:
            raise BankError(f"no account for {target}")
        self.change(source, -amount)
        self.change(target, amount)


def amount_of(text):
    """Read a positive whole amount."""
    if not text.isdigit() or int(text) == 0:
        raise BankError(f"{text} is not an amount")
    return int(text)


def execute(bank, line):
    """Run one command line against `bank`; return the text to print, if any."""
    match line.split():
        case ["open", name]:
            bank.open(name)
        case ["deposit", name, amount]:
            bank.change(name, amount_of(amount))
        case ["withdraw", name, amount]:
            bank.change(name, -amount_of(amount))
        case ["move", source, target, amount]:
            bank.move(source, target, amount_of(amount))
        case ["show"]:
            return "\n".join(f"{n}: {b}" for n, b in sorted(bank.balances.items()))
        case _:
            raise BankError("cannot understand that")
    return None


def main(argv):
    """Feed every command to a new bank; the status counts refused commands."""
    lines = DEMO.splitlines() if argv == ["--demo"] else sys.stdin
    bank = Bank()
    refused = 0
    for number, line in enumerate(lines, start=1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        try:
            output = execute(bank, line)
        except BankError as error:
            refused += 1
            print(f"line {number}: {line}: {error}")
        else:
            if output:
                print(output)
    print(f"{len(bank.history)} movements, {refused} refused")
    return min(refused, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
