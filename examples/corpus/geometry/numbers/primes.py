"""List primes, factor numbers and find perfect ones up to a limit.

Usage: primes.py [LIMIT]
"""

import sys


def sieve(limit):
    """Return the primes up to and including `limit` (sieve of Eratosthenes)."""
    if limit < 2:
        return []
    composite = bytearray(limit + 1)
    found = []
    for number in range(2, limit + 1):
        if composite[number]:
            continue
        found.append(number)
        for multiple in range(number * number, limit + 1, number):
            composite[multiple] = 1
    return found


def factor(number, primes):
    """Return the prime factors of `number` as a list of (prime, exponent)."""
    factors = []
    for prime in primes:
        if prime * prime > number:
            break
        exponent = 0
        while number % prime == 0:
            number //= prime
            exponent += 1
        if exponent:
            factors.append((prime, exponent))
    if number > 1:
        factors.append((number, 1))
    return factors


def divisor_sum(factors):
    """Return the sum of all divisors of the number with these factors."""
    total = 1
    for prime, exponent in factors:
        total *= (prime ** (exponent + 1) - 1) // (prime - 1)
    return total


def twins(primes):
    """Return the pairs of primes that differ by two."""
    return [(a, b) for a, b in zip(primes, primes[1:]) if b - a == 2]


def kind(number, primes):
    """Call a number deficient, perfect or abundant."""
    others = divisor_sum(factor(number, primes)) - number
    if others == number:
        return "perfect"
    return "abundant" if others > number else "deficient"


def main(argv):
    """Print what there is to say about the numbers up to the limit."""
    try:
        limit = int(argv[0]) if argv else 60
    except ValueError:
        print("usage: primes.py [LIMIT]", file=sys.stderr)
        return 2
    if not 2 <= limit <= 100000:
        print("LIMIT must lie between 2 and 100000", file=sys.stderr)
        return 2
    primes = sieve(limit)
    print(f"{len(primes)} primes, the largest {primes[-1]}")
    print("twins:", ", ".join(f"{a}-{b}" for a, b in twins(primes)) or "none")
    counts = {"deficient": 0, "perfect": 0, "abundant": 0}
    for number in range(2, limit + 1):
        counts[kind(number, primes)] += 1
    for name, count in counts.items():
        print(f"{name}: {count}")
    shown = " * ".join(f"{p}^{e}" if e > 1 else str(p) for p, e in factor(limit, primes))
    print(f"{limit} = {shown}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
