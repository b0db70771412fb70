"""Claim an end that was not: the code that a shell would give for a signal."""

raise SystemExit(137)
