"""A double-entry journal held in cents, with a trial balance.

Every transaction lists postings whose amounts add up to zero: a positive
amount debits the account, a negative one credits it.
"""

from collections import defaultdict

JOURNAL = [
    ("2024-01-02", "Opening capital", [("assets:bank", 500000), ("equity:capital", -500000)]),
    ("2024-01-05", "Rent for January", [("expenses:rent", 120000), ("assets:bank", -120000)]),
    ("2024-01-09", "Invoice 1001", [("assets:receivable", 89950), ("income:design", -89950)]),
    ("2024-01-16", "Paper and ink", [("expenses:office", 4375), ("liabilities:card", -4375)]),
    ("2024-01-23", "Invoice 1001 paid", [("assets:bank", 89950), ("assets:receivable", -89950)]),
    ("2024-01-30", "Typing error", [("expenses:office", 1200), ("assets:bank", -1000)]),
]


def check(postings):
    """Return the imbalance of `postings` in cents; zero means balanced."""
    return sum(amount for _, amount in postings)


def post(journal):
    """Apply the balanced transactions of `journal`.

    Returns (balances, rejected) where `rejected` lists (date, text, imbalance)
    of the transactions that were left out.
    """
    balances = defaultdict(int)
    rejected = []
    for date, text, postings in journal:
        imbalance = check(postings)
        if imbalance:
            rejected.append((date, text, imbalance))
            continue
        for account, amount in postings:
            balances[account] += amount
    return dict(balances), rejected


def roll_up(balances):
    """Sum the balances by the part of the account name before the colon."""
    totals = {}
    for account, amount in balances.items():
        group = account.split(":", 1)[0]
        totals[group] = totals.get(group, 0) + amount
    return totals


def money(cents):
    """Format cents as an amount with thousands separators and a sign."""
    sign = "-" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}{whole:,}.{rest:02d}"


def main():
    """Print the trial balance, the group totals, and what was rejected."""
    balances, rejected = post(JOURNAL)
    debit = credit = 0
    for account in sorted(balances):
        amount = balances[account]
        if amount == 0:
            continue
        if amount > 0:
            debit += amount
            print(f"{account:<20}{money(amount):>14}")
        else:
            credit -= amount
            print(f"{account:<20}{'':>14}{money(-amount):>14}")
    print(f"{'total':<20}{money(debit):>14}{money(credit):>14}")
    for group, total in sorted(roll_up(balances).items()):
        print(f"{group}: {money(total)}")
    for date, text, imbalance in rejected:
        print(f"rejected {date} {text}: off by {money(imbalance)}")


if __name__ == "__main__":
    main()
