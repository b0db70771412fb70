"""A list that grows for ever."""

kept = []
while True:
    kept.append(b"x" * 1_000_000)
