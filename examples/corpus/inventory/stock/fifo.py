"""Value stock first-in, first-out, from a list of purchases and sales."""

from collections import deque

# (kind, item, quantity, unit price in cents); a sale's price is what it fetched.
MOVEMENTS = [
    ("buy", "lamp", 10, 1200),
    ("buy", "lamp", 5, 1350),
    ("sell", "lamp", 12, 2100),
    ("buy", "desk", 3, 8900),
    ("sell", "desk", 1, 14900),
    ("buy", "lamp", 8, 1280),
    ("sell", "desk", 4, 14500),
    ("sell", "lamp", 6, 1990),
]


class OutOfStock(Exception):
    """More was sold than is on the shelf."""


class Shelf:
    """The lots of one item, oldest first."""

    def __init__(self):
        self.lots = deque()

    @property
    def quantity(self):
        """How many pieces are on the shelf."""
        return sum(count for count, _ in self.lots)

    @property
    def value(self):
        """What the pieces on the shelf cost."""
        return sum(count * price for count, price in self.lots)

    def receive(self, count, price):
        """Add a lot, joining it with the newest one when the price is the same."""
        if self.lots and self.lots[-1][1] == price:
            self.lots[-1] = (self.lots[-1][0] + count, price)
        else:
            self.lots.append((count, price))

    def issue(self, count):
        """Take `count` pieces from the oldest lots and return their cost."""
        if count > self.quantity:
            raise OutOfStock(f"asked for {count}, have {self.quantity}")
        cost = 0
        while count:
            have, price = self.lots.popleft()
            taken = min(have, count)
            cost += taken * price
            count -= taken
            if have > taken:
                self.lots.appendleft((have - taken, price))
        return cost


def run(movements):
    """Apply the movements; return (shelves, profit by item, refused lines)."""
    shelves, profit, refused = {}, {}, []
    for kind, item, count, price in movements:
        shelf = shelves.setdefault(item, Shelf())
        if kind == "buy":
            shelf.receive(count, price)
            continue
        try:
            cost = shelf.issue(count)
        except OutOfStock as error:
            refused.append(f"{item}: {error}")
        else:
            profit[item] = profit.get(item, 0) + count * price - cost
    return shelves, profit, refused


def main():
    """Print stock, value and profit of each item."""
    shelves, profit, refused = run(MOVEMENTS)
    print("item    left     value    profit")
    for item, shelf in sorted(shelves.items()):
        earned = profit.get(item, 0)
        print(f"{item:<6}{shelf.quantity:>6}{shelf.value / 100:>10.2f}{earned / 100:>10.2f}")
    for line in refused:
        print("refused", line)


if __name__ == "__main__":
    main()
