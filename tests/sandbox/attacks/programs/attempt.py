"""What hostile programs in Python share: count the attempts that are refused, and cry out about one that is not."""

import sys

_refused = 0


def attempt(what, function, *arguments):
    """Call a function that must fail with an OSError."""
    global _refused
    try:
        got = function(*arguments)
    except OSError as error:
        print(what, error, file=sys.stderr)
        _refused += 1
    else:
        print("BREACH", what, repr(got)[:200], flush=True)


def contained():
    """Say how many attempts were refused."""
    print("contained", _refused)
