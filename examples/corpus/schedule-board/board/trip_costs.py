"""Share the costs of a trip: who owes whom, from a list of receipts.

Receipts are read from standard input, one to a line as "NAME CENTS WHAT"; when
standard input is empty a weekend in the hills is settled instead.
"""

import sys

RECEIPTS = """\
mira 8400 cabin
noor 2350 groceries
mira 1200 firewood
otto 650 bread
noor 1000 boat
"""


def read_receipts(lines):
    """Return name -> cents paid; raise ValueError for a line that is not a receipt."""
    paid = {}
    for number, line in enumerate(lines, start=1):
        fields = line.split(maxsplit=2)
        if not fields:
            continue
        if len(fields) < 2 or not fields[1].isdigit():
            raise ValueError(f"line {number}: expected NAME CENTS WHAT")
        paid[fields[0]] = paid.get(fields[0], 0) + int(fields[1])
    return paid


def round_up(paid):
    """Add cents to the first names until the total divides evenly; return a copy."""
    adjusted = dict(paid)
    names = sorted(adjusted)
    missing = -sum(adjusted.values()) % max(len(names), 1)
    for name in names[:missing]:
        adjusted[name] += 1
    return adjusted


def settle_debts(payments):
    """Several friends paid for a trip; payments maps each name to the cents paid.
    Everyone owes an equal share (the total divides evenly). Return the transfers
    (debtor, creditor, cents) that even things out, always matching the largest
    remaining debt with the largest remaining claim; equal amounts are taken in
    order of name.
    >>> settle_debts({"ann": 900, "bob": 0, "cal": 300})
    [('bob', 'ann', 400), ('cal', 'ann', 100)]
    """
    share = sum(payments.values()) // max(len(payments), 1)
    balance = {name: paid - share for name, paid in payments.items()}
    transfers = []
    while any(balance.values()):
        debtor = min(balance, key=lambda name: (balance[name], name))
        creditor = min(balance, key=lambda name: (-balance[name], name))
        cents = min(-balance[debtor], balance[creditor])
        balance[debtor] += cents
        balance[creditor] -= cents
        transfers.append((debtor, creditor, cents))
    return transfers


def report(paid, transfers):
    """Return the printed summary as a list of lines."""
    lines = [f"{name:<8}paid {cents / 100:8.2f}" for name, cents in sorted(paid.items())]
    if not transfers:
        lines.append("nobody owes anything")
    for debtor, creditor, cents in transfers:
        lines.append(f"{debtor} gives {creditor} {cents / 100:.2f}")
    return lines


def main():
    """Settle the receipts and print the outcome."""
    text = "" if sys.stdin.isatty() else sys.stdin.read()
    try:
        paid = read_receipts((text.strip() or RECEIPTS).splitlines())
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(report(paid, settle_debts(round_up(paid)))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
